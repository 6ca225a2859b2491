"""Columns."""

from __future__ import annotations

import numpy as np

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
        assert column.take(rows).known.tolist() == column.known[rows].tolist()
