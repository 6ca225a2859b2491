"""The language of conditions: what texts mean, and the columns of mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from collabscore.models.conditions import Symbols, parse
from collabscore.models.expressions import (
    And,
    Answers,
    Compare,
    Constant,
    Count,
    Has,
    Known,
    Named,
    Not,
    NumberOf,
    Or,
    Overlaps,
    Points,
    RatingOf,
    walk_expression,
)
from collabscore.models.facts import (
    ChoiceFact,
    FlagFact,
    LevelFact,
    NumberFact,
    SetFact,
)
from collabscore.models.syntax import ConditionError

SYMBOLS = Symbols(
    facts={
        "stage": LevelFact(
            kind="level", levels={"basic": None, "applied": "aimed at use", "very late": None}
        ),
        "animals": FlagFact(kind="flag"),
        "lead": ChoiceFact(kind="choice", options={"health": "Health", "energy": None}),
        "budget": NumberFact(kind="number"),
        "about": SetFact(kind="set", of="fields"),
        "größe": NumberFact(kind="number"),
    },
    ratings={"dual_use": {"low": 2.0, "very high": 5.0}, "benefit": {}},
    groups=frozenset({"risk"}),
    lists={
        "fields": frozenset({"quantum", "health_field"}),
        "listed": frozenset({"quantum"}),
        "other": frozenset({"x"}),
    },
    safeguards=frozenset({"review"}),
    conditions={
        "late": "stage >= applied",
        "self": "not self",
        "one": "two",
        "two": "one",
        "wrong": "stge == basic",
    },
)


LATE = Answers("stage", (False, True, True))


ANIMALS = Answers("animals", (False, True))


READ: list[tuple[str, Any]] = [
    ("animals", ANIMALS),
    ("not animals", Not(ANIMALS)),
    ("animals == no", Answers("animals", (True, False))),
    ("animals == True", ANIMALS),
    ("animals != true", Answers("animals", (True, False))),
    ("stage >= applied", LATE),
    ("applied <= stage", LATE),
    ("stage == 'very late'", Answers("stage", (False, False, True))),
    ("basic < stage <= applied", Answers("stage", (False, True, False))),
    ("stage in [basic, applied]", Answers("stage", (True, True, False))),
    ("stage not in [basic]", Not(Answers("stage", (True, False, False)))),
    ("lead == health", Answers("lead", (True, False))),
    ("lead != health", Answers("lead", (False, True))),
    ("budget > -2.5", Compare(">", NumberOf("budget"), Constant(-2.5))),
    ("3 < budget", Compare("<", Constant(3.0), NumberOf("budget"))),
    ("budget in [1, 2]", Or((Compare("==", NumberOf("budget"), Constant(1.0)), Compare("==", NumberOf("budget"), Constant(2.0))))),
    ("budget in [1]", Compare("==", NumberOf("budget"), Constant(1.0))),
    ("größe >= budget", Compare(">=", NumberOf("größe"), NumberOf("budget"))),
    ("dual_use >= low", Compare(">=", RatingOf("dual_use"), Constant(2.0))),
    ("dual_use == 'very high'", Compare("==", RatingOf("dual_use"), Constant(5.0))),
    ("score(risk) >= 60", Compare(">=", Points("risk"), Constant(60.0))),
    ("score(benefit) < score(risk)", Compare("<", Points("benefit"), Points("risk"))),
    ("count(animals, late) >= 1", Compare(">=", Count((ANIMALS, Named("late", LATE))), Constant(1.0))),
    ("overlaps(about, listed)", Overlaps("about", frozenset({"quantum"}))),
    ("overlaps(about, [quantum, health_field])", Overlaps("about", frozenset({"quantum", "health_field"}))),
    ("includes(about, quantum)", Overlaps("about", frozenset({"quantum"}))),
    ("'quantum' in about", Overlaps("about", frozenset({"quantum"}))),
    ("has(review)", Has("review")),
    ("known(budget) and known(dual_use)", And((Known("budget"), Known("dual_use")))),
    ("animals\n  or late", Or((ANIMALS, Named("late", LATE)))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_what_a_condition_says(text: str, expected: Any) -> None:
    assert parse(text, SYMBOLS) == expected


SEVERAL = Symbols(
    facts={"use": LevelFact(kind="level", levels={"lab": None, "pilot": None, "sale": None}, several=True)}
)  # fmt: skip
OF_SEVERAL: list[tuple[str, Any]] = [
    ("use >= pilot", Answers("use", (False, True, True))),
    ("lab < use < sale", Answers("use", (False, True, False))),
    ("use != lab", Not(Answers("use", (True, False, False)))),
    ("lab <= use != sale", And((Answers("use", (True, True, True)), Not(Answers("use", (False, False, True)))))),
    ("use not in [lab, sale]", Not(Answers("use", (True, False, True)))),
    ("overlaps(use, [lab, sale])", Overlaps("use", frozenset({"lab", "sale"}))),
    ("includes(use, lab)", Overlaps("use", frozenset({"lab"}))),
    ("lab in use", Overlaps("use", frozenset({"lab"}))),
    ("overlaps('use', ['lab'])", Overlaps("use", frozenset({"lab"}))),
    ("lab < use in [lab, pilot]", Answers("use", (False, True, False))),
    ("within(use, [lab, sale])", Not(Overlaps("use", frozenset({"pilot"})))),
    ("within(use, lab)", Not(Overlaps("use", frozenset({"pilot", "sale"})))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), OF_SEVERAL)
def test_what_a_condition_says_of_several_answers(text: str, expected: Any) -> None:
    assert parse(text, SEVERAL) == expected


WRONG: list[tuple[str, str, str]] = [
    ("animals and", "condition-syntax", ""),
    ("(animals", "condition-syntax", ""),
    ("", "condition-not-allowed", ""),
    ("stge == basic", "unknown-name", "stge"),
    ("stage == bsic", "unknown-level", "bsic"),
    ("dual_use >= hgh", "unknown-level", "hgh"),
    ("größe >= sehr", "unknown-name", "sehr"),
    ("nothing", "unknown-name", "nothing"),
    ("budget", "condition-type", "budget"),
    ("stage", "condition-type", "stage"),
    ("about", "condition-type", "about"),
    ("dual_use", "condition-type", "dual_use"),
    ("risk", "condition-type", "risk"),
    ("listed", "condition-type", "listed"),
    ("review", "condition-type", "review"),
    ("3", "condition-type", "3"),
    ("[animals]", "condition-type", "[animals]"),
    ("-budget", "condition-type", "-budget"),
    ("lead >= health", "condition-type", "lead"),
    ("animals < yes", "condition-type", "animals"),
    ("stage >= 3", "condition-type", "3"),
    ("stage == stage", "condition-type", "stage"),
    ("about == quantum", "condition-type", "about"),
    ("risk >= 3", "condition-type", "risk"),
    ("listed == 3", "condition-type", "listed"),
    ("late == animals", "condition-type", "late"),
    ("has(review) == 3", "condition-type", "has(review)"),
    ("(animals and late) == 3", "condition-type", "animals and late"),
    ("[1] == 3", "condition-type", "[1]"),
    ("1 < 2", "condition-type", "1 < 2"),
    ("budget >= 'much'", "condition-type", "'much'"),
    ("one_word == other_word", "unknown-name", "one_word"),
    ("'a' == 'b'", "unknown-name", "'a'"),
    ("budget is 3", "condition-not-allowed", "budget is 3"),
    ("budget ** 2 > 2", "condition-not-allowed", "budget ** 2"),
    ("budget.real > 2", "condition-not-allowed", "budget.real"),
    ("(lambda: 1)()", "unknown-function", "lambda: 1"),
    ("__import__('os')", "unknown-function", "__import__"),
    ("f(x) > 2", "unknown-function", "f"),
    ("overlaps(about)", "condition-type", "overlaps(about)"),
    ("overlaps(about, x=listed)", "condition-not-allowed", "overlaps(about, x=listed)"),
    ("has(*review)", "condition-not-allowed", "has(*review)"),
    ("overlaps(stage, listed)", "unknown-name", "stage"),
    ("overlaps(about, other)", "condition-type", "other"),
    ("overlaps(about, 3)", "condition-type", "3"),
    ("includes(about, nothing)", "unknown-name", "nothing"),
    ("has(nothing)", "unknown-name", "nothing"),
    ("has(3)", "condition-type", "3"),
    ("known(nothing)", "unknown-name", "nothing"),
    ("score(nothing) > 2", "unknown-name", "nothing"),
    ("score(risk)", "condition-type", "score(risk)"),
    ("count(animals)", "condition-type", "count(animals)"),
    ("count() > 1", "condition-type", "count()"),
    ("budget in 3", "condition-type", "3"),
    ("budget in []", "condition-type", "[]"),
    ("nothing in [1]", "unknown-name", "nothing"),
    ("1e999 > budget", "out-of-range", "1e999"),
    ("wrong or animals", "unknown-name", ""),
    ("one", "circular-condition", ""),
    ("budget in [stage]", "condition-type", "stage"),
    ("budget in [1, animals]", "condition-type", "animals"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "marked"), WRONG)
def test_a_mistake_has_a_code_and_its_columns(text: str, code: str, marked: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text, SYMBOLS)
    issue = caught.value.diagnostic
    assert issue.code == code
    assert issue.within is not None
    start, end = issue.within
    if marked:
        assert text[start:end] == marked


def test_too_long_and_too_deep() -> None:
    for text, code in (
        ("a" * 10_001, "condition-too-long"),
        ("not " * 2_000 + "animals", "condition-too-deep"),
    ):
        with pytest.raises(ConditionError) as caught:
            parse(text, SYMBOLS)
        assert caught.value.diagnostic.code == code


def test_a_condition_knows_its_own_circle() -> None:
    with pytest.raises(ConditionError, match="self -> self"):
        parse(SYMBOLS.conditions["self"], SYMBOLS, chain=("self",))


def test_walking_sees_everything() -> None:
    text = "not (late and count(animals, has(review)) >= 1) or score(risk) > budget"
    kinds = {type(part).__name__ for part in walk_expression(parse(text, SYMBOLS))}
    assert kinds == {
        "Or",
        "Not",
        "And",
        "Named",
        "Answers",
        "Compare",
        "Count",
        "Has",
        "Constant",
        "Points",
        "NumberOf",
    }


@pytest.mark.parametrize(
    ("text", "elsewhere"), [("wrong and animals", True), ("stge and wrong", False)]
)
def test_a_mistake_in_a_named_condition_is_elsewhere(text: str, elsewhere: bool) -> None:
    with pytest.raises(ConditionError) as found:
        parse(text, SYMBOLS)
    assert found.value.elsewhere is elsewhere
    assert found.value.diagnostic.code == "unknown-name"
