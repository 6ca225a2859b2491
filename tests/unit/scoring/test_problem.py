"""Columns, and problems from columns and from candidates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import collabscore as cs
from collabscore.models.answers import NumberRange, OneOf, SetAnswer
from collabscore.models.facts import Fact, FlagFact, NumberFact, SetFact
from collabscore.scoring.problem import NumberColumn, Problem, column_of
from collabscore.scoring.ranking import rank
from unit.scoring.samples import COLUMNS, FRAMEWORK, scored


def test_taking_rows_of_a_column() -> None:
    problem = Problem.from_columns(
        FRAMEWORK, {**COLUMNS, "benefit": np.array([[1.0, 2.0], [3.0, 3.0], [4.0, 5.0]])}
    )
    rows = np.array([2, 0])
    assert problem.ratings["benefit"].take(rows).high.tolist() == [5.0, 2.0]
    assert problem.ratings["risk"].take(rows).low.tolist() == [5.0, 1.0]
    for column in problem.facts.values():
        assert column.take(rows).unknown.tolist() == column.unknown[rows].tolist()


ANSWERS: dict[str, list[Any]] = {
    "flag": [
        SetAnswer(frozenset({1})),
        None,
        OneOf(frozenset(map(SetAnswer, (frozenset({0}), frozenset({1}))))),
    ],
    "number": [NumberRange(1.0, 1.0), None, NumberRange(1.0, 2.0)],
    "set": [SetAnswer(frozenset("a")), None, SetAnswer(frozenset("a"), open=True)],
}
FACTS: dict[str, Fact] = {
    "flag": FlagFact(kind="flag"),
    "number": NumberFact(kind="number"),
    "set": SetFact(kind="set", of="letters"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_columns_give_back_their_answers(kind: str) -> None:
    column = column_of(ANSWERS[kind], FACTS[kind])
    assert [column.answer_at(row) for row in range(3)] == ANSWERS[kind]
    assert column.unknown.tolist() == [False, True, False]
    assert column.settled.tolist() == [True, False, False]


@pytest.mark.parametrize("kind", ANSWERS)
def test_columns_take_new_entries_for_each_setting(kind: str) -> None:
    one, unknown, other = ANSWERS[kind]
    column = column_of([one, unknown, other], FACTS[kind])
    # two settings of three candidates, of which the last and the first get new entries
    new = column_of([unknown, other, one, unknown], FACTS[kind])
    found = column.with_rows(np.array([2, 0]), new, settings=2)  # type: ignore[arg-type]
    expected = [other, unknown, unknown, unknown, unknown, one]
    assert [found.answer_at(row) for row in range(6)] == expected


def test_a_column_of_points_stays_one_where_all_that_is_uncertain_is_settled() -> None:
    low, value, high = np.array([[1.0, 2.0], [np.nan, 2.0], [3.0, 2.0]])
    column = NumberColumn(low, value, high)
    points = np.array([5.0])
    settled = column.with_rows(np.array([0]), NumberColumn.of_points(points))
    assert settled.points_only
    assert settled.value.tolist() == [5.0, 2.0]
    open_still = column.with_rows(np.array([1]), NumberColumn.of_points(points))
    assert not open_still.points_only
    assert open_still.high.tolist() == [3.0, 5.0]


def test_columns_and_candidates_give_the_same() -> None:
    facts = [
        {"stage": "basic", "animals": "yes", "lead": "health", "budget": 5, "about": ["health"]},
        {"stage": "development", "animals": "no", "budget": 50, "about": ["quantum"]},
        {"animals": "no", "lead": "energy", "about": ["devices"]},
    ]
    ratings = [{"benefit": 5, "risk": 1}, {"benefit": 3, "risk": 3}, {"risk": 5}]
    listed = [
        {"id": n, "ratings": r, "facts": f} for n, r, f in zip("abc", ratings, facts, strict=True)
    ]
    one, other = scored(), cs.score(listed, FRAMEWORK)
    assert one.records() == [{**record} for record in other.records()]
    assert [found.verdict for found in one] == ["inside", "refer", "outside"]


@pytest.mark.parametrize("frame", [pd.Series, pl.Series, list, tuple])
def test_any_column_will_do(frame: Any) -> None:
    assert scored(benefit=frame([5.0, 3.0, 4.0])).scores.tolist()[0] == 100.0


def coded_words(cells: list[Any]) -> pa.ChunkedArray:
    words = pa.array([*cells, "never used"]).dictionary_encode()
    return pa.chunked_array([words[:2], words[2:-1]])


WORDS = ["basic", "development", None]
LISTS: list[Any] = [["health", "codes"], [], None]


@pytest.mark.parametrize(
    "form",
    [pa.array, pl.Series, pd.Series, coded_words, lambda cells: pa.chunked_array([cells[:1], cells[1:]])],
    ids=["arrow", "polars", "pandas", "coded", "chunks"],
)  # fmt: skip
def test_words_of_frames_are_those_of_lists(form: Any) -> None:
    words = scored(stage=form(WORDS), animals=form(["yes", "unknown", None]))
    assert words.records() == scored(stage=WORDS, animals=["yes", None, None]).records()
    if form is not coded_words:
        # an empty list is an answer, and none is not
        assert scored(about=form(LISTS)).records() == scored(about=LISTS).records()


@pytest.mark.parametrize("form", [pa.array, coded_words, pl.Series])
def test_a_wrong_word_of_a_frame_is_at_its_row(form: Any) -> None:
    cells = ["basic", "aplied", "aplied"]
    with pytest.raises(cs.CandidateError) as caught:
        scored(stage=form(cells))
    with pytest.raises(cs.CandidateError) as listed:
        scored(stage=cells)
    assert str(caught.value) == str(listed.value)
    assert caught.value.diagnostics[0].path[-1] == 1


@pytest.mark.parametrize(
    "odd",
    [
        [["health", None], [], []],
        [["health", ""], [], []],
        [["health\x1fcodes"], [], []],
        [[1], [], []],
    ],
)
def test_odd_lists_of_frames_are_read_one_by_one(odd: list[list[Any]]) -> None:
    messages = []
    for form in (list, pa.array):
        with pytest.raises(cs.CandidateError) as caught:
            scored(about=form(odd))
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_numbers_too_large_for_arrow_are_refused_at_their_rows() -> None:
    cells = pd.Series(["basic", 10**400, "basic"], dtype=object)
    with pytest.raises(cs.CandidateError) as caught:
        scored(stage=cells)
    assert caught.value.diagnostics[0].path[-1] == 1


@pytest.mark.parametrize(
    "words",
    [
        pa.chunked_array([
            pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array(["basic", None])),
            pa.DictionaryArray.from_arrays(pa.array([0]), pa.array(["applied"])),
        ]).slice(0, 3),
        pd.Series(pd.Categorical(["basic", None, "basic"], [*map(str, range(127)), "basic"])),
    ],
    ids=["a null among the words", "as many words as a byte can count"],
)  # fmt: skip
def test_what_arrow_cannot_code_is_read_cell_by_cell(words: Any) -> None:
    stages = ["basic", None, "basic"]
    assert scored(stage=words).records() == scored(stage=stages).records()


@pytest.mark.parametrize("odd", ["", " a", "a ", "a\nb", "\n", "x" * 201, None, 5, "\u200b"])
def test_ids_of_frames_are_read_as_those_of_lists(odd: Any) -> None:
    for ids in (["a", odd, "c"], [odd, "a", "c"], ["a", "c", odd]):
        with pytest.raises(cs.CandidateError):
            rank(Problem.from_columns(FRAMEWORK, COLUMNS, ids=ids))


def test_intervals_and_three_points() -> None:
    pairs = scored(benefit=np.array([[5.0, 5.0], [1.0, 3.0], [np.nan, np.nan]]))
    assert pairs["b"].low == 25.0
    assert pairs["b"].high == 50.0
    three = scored(benefit=np.array([[1.0, 2.0, 5.0], [1.0, 1.0, 1.0], [np.nan] * 3]))
    assert three["a"].score == 62.5


def test_codes_stand_for_answers() -> None:
    coded = scored(
        stage=np.array([0, 2, -1]), lead=np.array([0, -1, 1]), animals=np.array([1, 0, 0])
    )
    assert coded.records() == scored().records()


def test_sets_of_every_kind() -> None:
    ranking = scored(about=[{"health"}, ("quantum",), frozenset({"devices"})])
    assert ranking["b"].findings[1].unknown == ("about",)
    assert scored(about=[[], None, math.nan])["a"].findings[1].state == "clear"


def test_open_numbers() -> None:
    ranking = scored(
        stage=["applied"] * 3, budget=np.array([[5.0, 20.0], [1.0, 2.0], [np.nan, np.nan]])
    )
    assert [ranking[name].findings[0].state for name in "abc"] == ["unknown", "clear", "unknown"]
    assert ranking["a"].findings[0].unknown == ("budget",)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"benefit": np.array([7.0, 3.0, 1.0])}, "off-scale"),
    ({"benefit": np.array([np.inf, 3.0, 1.0])}, "not-finite"),
    ({"benefit": ["high", 3, 1]}, "unknown-level"),
    ({"benefit": [True, 3, 1]}, "invalid-type"),
    ({"benefit": np.array([1.0, 2.0])}, "wrong-length"),
    ({"benefit": np.zeros((3, 4))}, "wrong-shape"),
    ({"benefit": np.array([[3.0, 1.0], [1.0, 2.0], [1.0, 2.0]])}, "reversed-interval"),
    ({"benefit": np.array([[3.0, np.nan], [1.0, 2.0], [1.0, 2.0]])}, "missing-key"),
    ({"budget": np.array([-1.0, 2.0, 3.0])}, "out-of-range"),
    ({"budget": np.array([1.0, 200.0, 3.0])}, "out-of-range"),
    ({"budget": np.array([[2.0, 1.0], [1.0, 2.0], [1.0, 2.0]])}, "reversed-interval"),
    ({"stage": np.array([0, 9, 1])}, "unknown-level"),
    ({"stage": ["basic", "aplied", "basic"]}, "unknown-level"),
    ({"lead": ["health", "helth", "energy"]}, "unknown-option"),
    ({"stage": ["basic", "basic"]}, "wrong-length"),
    ({"about": [["helth"], [], []]}, "unknown-item"),
    ({"benefitt": np.array([1.0, 2.0, 3.0])}, "unknown-column"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_a_wrong_column_is_named(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        scored(**changes)
    assert caught.value.diagnostics[0].code == code
    assert next(iter(changes)) in str(caught.value)


def test_ids_differ_and_default_to_numbers() -> None:
    with pytest.raises(cs.CandidateError, match="the id `a` is used twice"):
        Problem.from_columns(FRAMEWORK, {}, ids=["a", "b", "a"])
    found = rank(Problem.from_columns(FRAMEWORK, {"benefit": [1.0, 5.0]}, titles=["One", "Two"]))
    assert found.ids == ("2", "1")
    assert found["2"].title == "Two"
    assert len(rank(Problem.from_columns(FRAMEWORK, {}))) == 0


def test_safeguards_in_columns() -> None:
    problem = Problem.from_columns(
        FRAMEWORK,
        {**COLUMNS, "stage": ["applied"] * 3, "budget": [50.0] * 3},
        safeguards={"review": [True, False, True]},
    )
    assert [
        found.findings[0].state for found in sorted(rank(problem), key=lambda found: found.id)
    ] == [
        "met",
        "unmet",
        "met",
    ]
    with pytest.raises(cs.CandidateError, match="did you mean `review`"):
        Problem.from_columns(FRAMEWORK, COLUMNS, safeguards={"reveiw": [True] * 3})
    areas = rank(
        Problem.from_columns(
            FRAMEWORK, {**COLUMNS, "stage": ["applied"] * 3, "budget": [50.0] * 3}, unit="area"
        )
    )
    assert {found.findings[0].state for found in areas} == {"met"}


def test_a_problem_has_its_framework() -> None:
    problem = Problem.from_columns(FRAMEWORK, COLUMNS)
    assert cs.score(problem).ids == cs.score(problem, FRAMEWORK).ids
    with pytest.raises(cs.UsageError, match="has its framework already"):
        cs.score(problem, "guardrail")
