"""Rank search: differences and ranks on plain arrays, against all points of a fine grid."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from collabscore.analysis import rank_search
from collabscore.analysis.rank_search import TIE, min_score_differences, rank_extremes
from collabscore.kernels.aggregation import Tree
from collabscore.kernels.weights import WeightPolytope, WeightSet


def polytope(weights: WeightSet) -> WeightPolytope:
    q = weights.membership.shape[1]
    return WeightPolytope(Tree(q, (np.arange(q),), (np.full(q, 1 / q),), (1.0,)), (weights,))


def grid(weights: WeightPolytope, steps: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the admissible points whose weights are multiples of a step."""
    q = weights.tree.leaves
    points = [
        point for point in itertools.product(range(steps + 1), repeat=q) if sum(point) == steps
    ]
    found = np.array(points) / steps
    return found[[weights.max_violation(point) < 1e-12 for point in found]]


SETS = {
    "any": WeightSet.between(np.zeros(3), np.ones(3)),
    "order": WeightSet.in_order(np.array([0.5, 0.3, 0.2])),
    "box": WeightSet.between(np.array([0.3, 0.2, 0.1]), np.array([0.6, 0.5, 0.4])),
    "rest": WeightSet.between_and_rest(
        np.array([0.2, 0.35, 0.35]), np.array([0.5, 0.35, 0.35]), np.array([0.3, 0.35, 0.35])
    ),
    "point": WeightSet.fixed(np.array([0.5, 0.3, 0.2])),
}


@pytest.mark.parametrize("name", SETS)
def test_no_grid_point_goes_beyond_and_the_weights_named_give_the_ranks(name: str) -> None:
    weights = polytope(SETS[name])
    points = grid(weights, 40)
    for seed in range(4):
        # tenths, so that many are level
        values = np.random.default_rng(seed).integers(0, 11, (9, 3)) / 10
        differences = min_score_differences(values, weights)
        scores = points @ values.T
        apart = scores[:, :, None] - scores[:, None, :]
        assert (differences <= apart.min(axis=0) + 1e-12).all()
        found = rank_extremes(values, weights, differences)
        ranks = 1 + (apart < -TIE).sum(axis=2)
        assert (found.best <= ranks.min(axis=0)).all()
        assert (found.worst >= ranks.max(axis=0)).all()
        for a in range(9):
            for rank, named in (
                (found.best[a], found.best_weights[a]),
                (found.worst[a], found.worst_weights[a]),
            ):
                assert weights.max_violation(named) < 1e-9
                assert 1 + ((named @ values.T) - named @ values[a] > TIE).sum() == rank


def test_the_least_lead_is_nought_over_oneself() -> None:
    values = np.random.default_rng(1).random((20, 3))
    differences = min_score_differences(values, polytope(SETS["box"]))
    np.testing.assert_allclose(np.diag(differences), 0, atol=1e-15)
    # no candidate leads another by more than it can fall behind it
    assert (differences <= -differences.T + 1e-15).all()


def test_a_rank_at_one_point_alone_is_found() -> None:
    # the third is first where the two others are level with it, at (1/3, 2/3), which no draw meets
    values = np.array([[1.0, 0.0], [0.0, 0.5], [1 / 3, 1 / 3]])
    weights = polytope(WeightSet.between(np.zeros(2), np.ones(2)))
    found = rank_extremes(values, weights, min_score_differences(values, weights))
    assert found.best.tolist() == [1, 1, 1]
    np.testing.assert_allclose(found.best_weights[2], [1 / 3, 2 / 3], atol=1e-12)
    assert found.worst.tolist() == [3, 3, 2]


def test_pairs_are_excluded_only_if_no_weights_serve_both() -> None:
    rng = np.random.default_rng(3)
    weights = polytope(SETS["any"])
    points = grid(weights, 60)
    draws = next(weights.sample(rng))
    gaps = rng.normal(size=(30, 3)) - 0.4
    pairs = rank_search._excluded_pairs(gaps, weights, draws)
    assert len(pairs) > 20
    for first, second in pairs:
        assert not ((points @ gaps[[first, second]].T) >= -TIE).all(axis=1).any()


def test_a_programme_that_is_not_solved_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    scipy = pytest.importorskip("scipy.optimize")
    failed = SimpleNamespace(success=False, status=1, message="time limit reached")
    monkeypatch.setattr(scipy, "milp", lambda *_, **__: failed)
    values = np.random.default_rng(2).random((25, 3))
    weights = polytope(SETS["any"])
    with pytest.raises(ArithmeticError, match="not solved: time limit reached"):
        rank_extremes(values, weights, min_score_differences(values, weights))
