"""Tests of `scoring.completions`."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.models.conditions import parse
from collabscore.models.expressions import (
    Answers,
    Expression,
    Not,
    NumberOf,
    Points,
    RatingOf,
    atoms_of,
)
from collabscore.scoring import completions as module
from collabscore.scoring.completions import (
    Asked,
    Completions,
    Numbers,
    Words,
    asked_in,
    completions,
    completions_of,
    distinct,
    keys_of,
    open_where,
    separated,
)
from collabscore.scoring.evaluation import Evaluator
from reference import generate
from unit.scoring.samples import FRAMEWORK, scored

OPEN = {"stage": [None] * 3, "animals": [None] * 3, "lead": [None] * 3, "about": [None] * 3}
EVERY = np.arange(3)


def read(*conditions: str) -> list[Expression]:
    return [parse(condition, FRAMEWORK.symbols) for condition in conditions]


def evaluator_of(**columns: Any) -> Evaluator:
    return Evaluator(scored(**columns).valuation, exact=True)


def asked_by(*conditions: str) -> Asked:
    return asked_in(*read(*conditions))


# what conditions look at


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        # each fact occurs once: one name for all of it
        (["stage >= applied and (animals or lead == energy)"], [("stage", "animals", "lead")]),
        (["count(animals, lead == energy) >= 2"], [("animals", "lead")]),
        (["has(review)"], [()]),
        # the same condition in several steps counts as one
        (["animals or lead == energy", "not (animals or lead == energy)"], [("animals", "lead")]),
        # a fact that occurs twice is a name of its own
        (["animals or stage >= applied", "animals"], [("animals",), ("stage",)]),
        (["stage == applied and animals", "stage == basic"], ["stage", ("animals",)]),
        # a count never equals 1.5, though Kleene's logic leaves it open
        (["count(animals, lead == energy) == 1.5"], [("animals",), ("lead",)]),
        # numbers and `known` are never part of a whole
        (["animals and budget > 10"], [("animals",), NumberOf("budget")]),
    ],
)
def test_conditions_apart_from_all_others_are_one_name(
    conditions: list[str], names: list[Any]
) -> None:
    found = []
    for name in asked_by(*conditions).names:
        whole = isinstance(name, Expression)
        found.append(tuple(separated(name)) if whole else name)
    assert found == names


def test_names_stand_in_the_order_of_their_first_use() -> None:
    asked = asked_by("benefit > 2 and stage == basic", "stage == applied or animals")
    assert asked.separate == (RatingOf("benefit"), "stage", "animals")


@pytest.mark.parametrize(
    "conditions",
    [
        ["stage >= applied and animals", "animals or lead == energy"],
        ["stage < applied or not animals", "not animals and lead != energy"],
        ["count(animals, stage != basic) <= 1", "not animals"],
        ["budget > 50 or animals", "animals and 20 < budget"],
        ["not (budget > 50) or animals", "animals"],
        ["not known(stage) and animals"],
    ],
)
def test_the_mildest_completion_meets_none_of_conditions_that_agree(conditions: list[str]) -> None:
    asked = asked_by(*conditions)
    evaluator = evaluator_of(**OPEN, budget=np.array([np.nan] * 3))
    way = completions_of(evaluator, asked, EVERY, any_known=True).mildest(asked.signs)
    assert not np.logical_or.reduce([way.truth(when) for when in read(*conditions)]).any()


def atoms_apart(whole: Expression) -> Asked:
    """Ask for the parts of a condition besides, so that it is no longer looked at as one."""
    return asked_in(whole, *(Not(atom) for atom in atoms_of(whole)))


@pytest.mark.parametrize("seed", range(12))
def test_whole_conditions_come_out_as_their_parts_do(seed: int) -> None:
    random = Random(seed)
    document = generate.gating_only(random)
    ranking = cs.score(generate.candidates(random, document, 8), document)
    framework = ranking.framework
    evaluator = Evaluator(ranking.valuation, exact=True)
    for steps in framework.compiled_guardrails.values():
        asked = asked_in(*(step.when for step in steps if step.when is not None))
        for whole in asked.names:
            if not isinstance(whole, Expression):
                continue
            for part, ways in completions(evaluator, atoms_apart(whole), np.arange(8)):
                found = ways.truth(whole)
                assert (evaluator.truth(whole).certain[part] == ways.least(found)).all()
                assert (evaluator.truth(whole).possible[part] == ways.most(found)).all()


# classes and options


def test_options_are_the_ways_in_which_answers_can_come_out() -> None:
    evaluator = evaluator_of(stage=["basic", ["basic", "applied"], None])
    asked = asked_by("stage >= applied", "stage == basic")
    options = completions_of(evaluator, asked, EVERY, any_known=False).options["stage"]
    late = Answers("stage", (False, True, True))
    assert options.counts.tolist() == [1, 2, 2]
    assert sorted(options.values_of(options.truths[late])[2].tolist()) == [False, True]
    assert options.values_of(options.truths[late])[0].tolist() == [False, False]


def test_more_classes_than_are_known_are_too_many_completions() -> None:
    items = [f"i{k}" for k in range(11)]
    for most, exact in [(10, True), (11, False)]:
        counted = ", ".join(f"includes(s, {item})" for item in items[:most])
        framework = {
            "collabscore": "framework/1",
            "id": "many",
            "lists": {"l": {"items": items}},
            "facts": {"s": {"kind": "set", "of": "l"}},
            "guardrails": {"all": {"when": f"count({counted}) >= {most}", "then": "outside"}},
        }
        (found,) = cs.score([{"id": "a"}], framework)
        assert (found.verdict_range, found.range_exact) == (("inside", "outside"), exact)


@pytest.mark.parametrize(
    ("when", "state", "names"),
    [
        ("b or a < low", "unknown", ("b",)),
        ("b or not a <= high", "unknown", ("b",)),
        ("a <= high", "barred", ()),
        ("within(c, [low, high])", "barred", ()),
        ("not within(c, [low, high])", "clear", ()),
        ("b and within(c, [low, high])", "unknown", ("b",)),
        ("a < low", "clear", ()),
    ],
)
def test_a_question_with_one_outcome_is_decided(
    when: str, state: str, names: tuple[str, ...]
) -> None:
    levels = {"kind": "level", "levels": ["low", "high"]}
    framework = {
        "collabscore": "framework/1",
        "id": "constant",
        "facts": {"a": levels, "b": {"kind": "flag"}, "c": {**levels, "several": True}},
        "guardrails": {"rule": {"when": when, "then": "outside"}},
    }
    (finding,) = cs.score([{"id": "x"}], framework)["x"].findings
    assert (finding.state, finding.unknown) == (state, names)


def test_mildest_options_come_first() -> None:
    words = Words(np.array([0, 1]), np.array([1, 2]), {})
    assert words.mildest(1).counts.tolist() == [1, 1]
    numbers = Numbers(np.array([[1.0, 3.0], [2.0, 5.0]]), np.array([2, 2]))
    assert numbers.mildest(1).points.tolist() == [[1.0], [2.0]]
    assert numbers.mildest(-1).points.tolist() == [[3.0], [5.0]]


# numbers


def points_of(condition: str, **columns: Any) -> list[list[float]]:
    asked = asked_by(condition)
    evaluator = evaluator_of(**columns)
    options = completions_of(evaluator, asked, EVERY, any_known=False).options
    return [sorted(set(row.tolist())) for row in options[NumberOf("budget")].points]


def test_numbers_are_tried_at_their_ends_at_constants_and_between_them() -> None:
    budget = np.array([[5.0, 5.0], [20.0, 80.0], [np.nan, np.nan]])
    known, some, unknown = points_of("budget > 50", budget=budget)
    assert known == [5.0]
    assert some == [20.0, 35.0, 50.0, 65.0, 80.0]
    assert unknown == [0.0, 25.0, 50.0, 75.0, 100.0]


def test_quantities_that_are_compared_can_have_any_order_between_neighbours() -> None:
    _, _, unknown = points_of("budget > benefit or budget > 50", benefit=np.array([1.0, 2.0, 3.0]))
    # two points between neighbours, for either order of two quantities
    assert {0.0, 1.0, 2.0, 3.0, 50.0, 100.0} <= set(unknown)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted), min_size=3, max_size=3)
)
@settings(max_examples=40)
def test_rounding_carries_no_point_out_of_the_range(ends: list[list[float]]) -> None:
    for points, (low, high) in zip(
        points_of("budget > 50", budget=np.array(ends)), ends, strict=True
    ):
        assert (points[0], points[-1]) == (low, high)


# rows that come out alike

COLUMNS = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 70_000, 1 << 40]), min_size=6, max_size=6),
    min_size=1,
    max_size=5,
)


@given(COLUMNS)
def test_rows_are_alike_if_they_are_in_all_columns(columns: list[list[int]]) -> None:
    found, inverse = distinct([np.array(column) for column in columns])
    rows = list(zip(*columns, strict=True))
    assert [rows[k] for k in found[inverse]] == rows
    assert len(set(rows)) == len(found)


def test_rows_with_one_key_have_like_completions() -> None:
    budget = np.array([20.0, 30.0, 70.0])
    evaluator = evaluator_of(stage=["basic", "applied", "development"], budget=budget)
    for condition, inverse in [
        ("stage >= applied", [0, 1, 1]),
        ("stage == basic or stage == applied and animals", [0, 1, 2]),
        ("budget > 50", [0, 0, 1]),
        ("budget > benefit", [0, 1, 2]),
        ("has(review)", [0, 0, 0]),
    ]:
        keys = keys_of(evaluator, asked_by(condition), EVERY)
        assert distinct(keys)[1].tolist() == inverse


# completions


def ways_of(*conditions: str, **columns: Any) -> Completions:
    every = list(completions(evaluator_of(**columns), asked_by(*conditions), EVERY))
    ((part, ways),) = every
    assert part.tolist() == [0, 1, 2]
    return ways


def test_all_completions_of_open_answers_are_tried() -> None:
    conditions = ["stage >= applied and animals", "animals or stage == basic"]
    ways = ways_of(*conditions, **OPEN)
    one, other = (ways.truth(condition) for condition in read(*conditions))
    found = {(bool(a), bool(b)) for a, b in zip(one[0].ravel(), other[0].ravel(), strict=True)}
    expected = set()
    for stage, animals in product(range(3), (False, True)):
        expected.add((stage >= 1 and animals, animals or stage == 0))
    assert found == expected
    assert ways.least(one).tolist() == [False] * 3
    assert ways.most(one).tolist() == [True] * 3


def test_names_decide_if_their_answer_alone_changes_the_outcome() -> None:
    conditions = ["stage >= applied and animals", "not (stage >= applied) and animals", "animals"]
    ways = ways_of(*conditions, **OPEN)
    late, early, animals = (ways.truth(condition) for condition in read(*conditions))
    assert "stage" not in ways.deciding(late | early)
    assert len(ways.deciding(late | early)) == len(ways.deciding(animals)) == 1
    assert len(ways.deciding(late)) == 2


def test_rows_with_too_many_completions_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_COMPLETIONS", 3)
    asked = asked_by("animals and stage == basic", "animals", "stage == applied")
    evaluator = evaluator_of(**{**OPEN, "stage": ["basic", None, None]})
    parts = [part.tolist() for part, _ in completions(evaluator, asked, EVERY)]
    assert parts == [[0]]
    assert list(completions(evaluator_of(**OPEN), asked, EVERY)) == []
    # the finding is Kleene's then, and names all that is open in it
    assert scored()["c"].findings[0].unknown == ("stage", "budget")


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=12))
def test_blocks_hold_each_row_once(counts: list[tuple[int, int]]) -> None:
    table = np.array(counts, dtype=np.intp).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW_CELLS", 20)
        patch.setattr(module, "_MOST_CELLS", 60)
        blocks = list(module._blocks(table, np.arange(len(counts))))
    assert sorted(np.concatenate(blocks).tolist()) == list(range(len(counts)))
    for rows in blocks:
        cells = int(np.prod(table[:, rows].max(axis=1))) * len(rows)
        assert cells <= 60 or len(rows) == 1


def test_a_score_beside_what_it_is_made_of_is_tried_freely() -> None:
    benefit = np.array([5.0, np.nan, np.nan])
    risk = np.array([1.0, 1.0, np.nan])
    asked = asked_by("score(benefit) > 50 or benefit > 3 or risk > 2")
    assert asked.names == (Points("benefit"), RatingOf("benefit"), RatingOf("risk"))
    every = completions_of(evaluator_of(benefit=benefit, risk=risk), asked, EVERY, any_known=False)
    assert every.free.tolist() == [False, True, True]


def test_names_are_open_where_answers_are() -> None:
    evaluator = evaluator_of(stage=["basic", ["basic", "applied"], None])
    atoms: list[Any] = read("stage == basic", "overlaps(about, [codes])")
    assert open_where(evaluator, "stage", atoms).tolist() == [False, True, True]
    # an area that is named alone leaves open which of its items are meant
    assert open_where(evaluator, "about", atoms).tolist() == [False, True, False]
