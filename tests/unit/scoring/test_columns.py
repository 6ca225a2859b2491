"""Columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from collabscore.models.facts import (
    AnswerSet,
    Fact,
    FlagFact,
    NumberFact,
    NumberRange,
    SetAnswer,
    SetFact,
)
from collabscore.scoring.columns import NumberColumn, column_of
from collabscore.scoring.problem import Problem
from unit.scoring.samples import COLUMNS, FRAMEWORK


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
    "flag": [AnswerSet(frozenset({1})), None, AnswerSet(frozenset({0, 1}))],
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
