"""Kinds of facts: forms of answers."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

import collabscore as cs
from collabscore.models.answers import FactDetail, NumberRange, OneOf, SetAnswer
from collabscore.models.conditions import parse
from collabscore.models.expressions import Answers, NumberOf
from collabscore.models.facts import (
    ChoiceFact,
    DateFact,
    Fact,
    FlagFact,
    LevelFact,
    NumberFact,
    SetFact,
)
from unit.small_framework import BASE, FACTS

STATED: list[tuple[str, Any, str | None]] = [
    ("wet", True, None), ("wet", [True, False], None), ("wet", "no", None), ("wet", {"value": "yes"}, None), ("wet", 3, "invalid-fact"),
    ("stage", {"low": "one", "high": "two"}, None), ("stage", {"low": "two", "high": "one"}, "reversed-interval"),
    ("stage", [], "invalid-fact"), ("stage", {"low": "one"}, "missing-key"), ("stage", {"high": "one"}, "missing-key"),
    ("stage", {"value": ["one", "tow"]}, "unknown-level"), ("stage", 3, "unknown-level"),
    ("lead", {"low": "x", "high": "y"}, "invalid-fact"), ("lead", "z", "unknown-option"),
    ("budget", [1, 2, 3], "invalid-fact"), ("budget", {"low": 1, "high": 3}, None), ("budget", [3, 1], "reversed-interval"),
    ("budget", "much", "invalid-fact"), ("budget", 12, "out-of-range"), ("budget", {"value": {"low": 1, "high": 2}}, None),
    ("budget", {"value": {"lw": 1}}, "invalid-fact"), ("budget", {"value": "unknown", "note": "asked"}, None),
    ("about", {"at_least": ["a"]}, None), ("about", {"at_least": ["c"]}, "unknown-item"), ("about", "a", "invalid-fact"),
    ("about", {"value": ["a"], "at_least": ["b"]}, "invalid-fact"), ("wet", {"at_least": ["a"]}, "invalid-fact"), ("about", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("key", "raw", "code"), STATED)
def test_forms_of_facts(key: str, raw: Any, code: str | None) -> None:
    try:
        cs.load_candidates([{"id": "c", "facts": {key: raw}}], FACTS)
        found = None
    except cs.CandidateError as error:
        found = error.diagnostics[0].code
    assert found == code


def test_answers_have_meanings_where_the_framework_says_so() -> None:
    stage = LevelFact(kind="level", levels={"basic": None, "applied": "aimed at use"})
    assert stage.meanings["applied"] == "aimed at use"
    assert stage.meanings["basic"] is None
    assert FlagFact(kind="flag").meanings == {"no": None, "yes": None}
    assert NumberFact(kind="number").meanings == {}


def test_answers_are_listed_once() -> None:
    # they are asked for again for each answer: 20,000 options took three seconds
    lead = ChoiceFact(kind="choice", options=["a", "b"])
    assert lead.answers is lead.answers


def test_numbers_have_limits_where_the_framework_says_so() -> None:
    assert NumberFact(kind="number").limits == (-math.inf, math.inf)
    assert NumberFact(kind="number", minimum=2).limits == (2.0, math.inf)


def _one_of(*positions: int) -> OneOf:
    return OneOf(frozenset(SetAnswer(frozenset({k})) for k in positions))


SEVERAL = LevelFact(kind="level", levels={"one": None, "two": None, "three": None}, several=True)

KINDS: list[tuple[Fact, Any, Any, str, bool]] = [
    (FlagFact(kind="flag"), "yes", SetAnswer(frozenset({1})), "yes", True),
    (FlagFact(kind="flag"), [True, False], _one_of(0, 1), "no or yes", False),
    (
        LevelFact(kind="level", levels=["one", "two", "three"]),  # type: ignore[arg-type]
        FactDetail(low="two", high="three"),
        _one_of(1, 2),
        "two or three",
        False,
    ),
    (
        ChoiceFact(kind="choice", options={"x": None, "y": None}),
        FactDetail(value="y"),
        SetAnswer(frozenset({1})),
        "y",
        True,
    ),
    (SEVERAL, ["two", "one"], SetAnswer(frozenset({0, 1})), "one and two", True),
    (SEVERAL, FactDetail(all_of=["three"]), SetAnswer(frozenset({2})), "three", True),
    (
        SEVERAL,
        FactDetail(at_least=["three", "one"]),
        SetAnswer(frozenset({0, 2}), open=True),
        "one and three, and perhaps more",
        False,
    ),
    (SEVERAL, FactDetail(one_of=["two", "one"]), _one_of(0, 1), "one or two", False),
    (SEVERAL, FactDetail(low="one", high="two"), _one_of(0, 1), "one or two", False),
    (
        SEVERAL,
        FactDetail(one_of=[["two", "three"], "one"]),
        OneOf(frozenset([SetAnswer(frozenset({1, 2})), SetAnswer(frozenset({0}))])),
        "one; or two and three",
        False,
    ),
    (FlagFact(kind="flag"), FactDetail(one_of=[False, "yes"]), _one_of(0, 1), "no or yes", False),
    (
        SetFact(kind="set", of="fields"),
        FactDetail(value={"one_of": [["b", "a"], ["b"]]}),
        OneOf(frozenset([SetAnswer(frozenset("ab")), SetAnswer(frozenset("b"))])),
        "a, b; or b",
        False,
    ),
    (
        DateFact(kind="date"),
        "2026-02",
        NumberRange(739_648, 739_675),
        "2026-02-01 to 2026-02-28",
        False,
    ),
    (DateFact(kind="date"), "2026-02-01", NumberRange(739_648, 739_648), "2026-02-01", True),
    (NumberFact(kind="number", unit="MW"), 1_000_000, NumberRange(1e6, 1e6), "1,000,000 MW", True),
    (NumberFact(kind="number"), [1, 2.5], NumberRange(1.0, 2.5), "between 1 and 2.5", False),
    (SetFact(kind="set", of="fields"), ["b", "a"], SetAnswer(frozenset("ab")), "a, b", True),
    (SetFact(kind="set", of="fields"), [], SetAnswer(frozenset()), "none", True),
    (
        SetFact(kind="set", of="fields"),
        FactDetail(at_least=["a"]),
        SetAnswer(frozenset("a"), open=True),
        "a, and perhaps more",
        False,
    ),
]


@pytest.mark.parametrize(("fact", "raw", "answer", "words", "settled"), KINDS)
def test_a_kind_reads_and_says_its_answers(
    fact: Fact, raw: Any, answer: Any, words: str, settled: bool
) -> None:
    found = fact.read(raw, {"fields": ["a", "b"]})
    assert found == answer
    assert isinstance(found, fact.answer_type | OneOf)
    assert fact.words(found) == words
    assert found.settled is settled
    written = fact.written(found)
    again = FactDetail(**written) if isinstance(written, dict) else written
    assert fact.read(again, {"fields": ["a", "b"]}) == answer


@pytest.mark.parametrize("raw", [None, "unknown", FactDetail(), FactDetail(value="unknown")])
def test_every_kind_may_be_unknown(raw: Any) -> None:
    for fact, *_ in KINDS:
        assert fact.read(raw, {"fields": ["a", "b"]}) is None


@pytest.mark.parametrize("kind", FACTS["facts"])
def test_every_kind_gives_a_condition_that_can_be_read(kind: str) -> None:
    framework = cs.load_framework(FACTS)
    example = framework.all_facts[kind].comparison_example(kind).strip("`")
    parse(example.replace(", list", ", fields"), framework.symbols)


def test_every_kind_says_how_it_is_answered() -> None:
    framework = cs.load_framework(FACTS)
    said = {}
    for key, fact in framework.all_facts.items():
        said[key] = (
            re.split("[,;]", fact.how_to_answer())[0],
            list(fact.listed(framework.all_lists)),
        )
    assert said == {
        "wet": ("yes or no", []),
        "stage": ("one of these", [("one", ""), ("two", ""), ("three", "")]),
        "lead": ("one of these", [("x", ""), ("y", "")]),
        "budget": ("a number", []),
        "about": ("a list", [("a", ""), ("b", "")]),
    }
    budget = NumberFact(kind="number", unit="MW", minimum=0, maximum=2.5)
    assert budget.how_to_answer() == "a number, in MW, at least 0 and at most 2.5; or [low, high]"


def test_only_flags_and_numbers_are_something_by_themselves() -> None:
    framework = cs.load_framework(FACTS)
    found = {key: fact.expression(key) for key, fact in framework.all_facts.items()}
    flag, number = Answers("wet", (False, True)), NumberOf("budget")
    assert found == {"wet": flag, "budget": number, "stage": None, "lead": None, "about": None}


@pytest.mark.parametrize(
    ("word", "position"), [(True, 1), ("yes", 1), ("true", 1), (False, 0), ("false", 0), (1, None)]
)
def test_a_flag_is_answered_by_truth_values_too(word: object, position: int | None) -> None:
    assert FlagFact(kind="flag").position(word) == position


def test_classes_of_sets_are_told_apart_by_what_conditions_look_for() -> None:
    lists = {
        "fields": {"items": {"physics": {"items": ["quantum", "optics"]}, "health": None}},
        "listed": {"title": "The list", "among": "fields", "items": ["quantum"]},
    }
    house = cs.load_framework(
        {
            **BASE,
            "lists": lists,
            "facts": {"about": {"kind": "set", "of": "fields"}},
            "guardrails": {
                "one": {"when": "overlaps(about, listed)", "then": "refer"},
                "two": {"when": "overlaps(about, [health, optics])", "then": "refer"},
            },
        }
    )

    def classes(known: SetAnswer | None) -> dict[str, tuple[Any, tuple[bool, ...]]]:
        found = house.answer_classes("about", known)
        return {one.label: (one.answer, one.truths) for one in found}

    nothing = "nothing of the list or health or optics"
    listed = "something of the list, nothing of health or optics"
    other = "something of health or optics, nothing of the list"
    assert classes(None) == {
        nothing: (SetAnswer(frozenset()), (False, False)),
        listed: (SetAnswer(frozenset({"quantum"})), (True, False)),
        other: (SetAnswer(frozenset({"optics"})), (False, True)),
        "something of the list and health or optics": (
            SetAnswer(frozenset({"quantum", "optics"})),
            (True, True),
        ),
    }
    # something of physics is meant: one of its finer items at least
    assert classes(SetAnswer(frozenset({"physics"}))).keys() >= {listed, other}
    assert nothing not in classes(SetAnswer(frozenset({"physics"})))
    assert list(classes(SetAnswer(frozenset({"quantum"})))) == [listed]
