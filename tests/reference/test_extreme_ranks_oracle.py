"""Extreme ranks against enumeration: exact fractions for two and three criteria, all subsets of competitors for trees."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.extreme_ranks import TIE, extreme_ranks

from .linear_rankings import ends, flat, leaves_of, ranked
from .weight_vertices import constraints, overall, ranks_in_a_plane, ranks_on_a_line, vertices

SPACES = ("exact", "within 25%", "within 100%", "order", "any", "intervals")

# generated: two and three criteria, in fractions


def generated(seed, c, n, step):
    rng = random.Random(seed)
    weights = [rng.choice([1, 2, 3, (1, 3), (0, 2), (1.5, 2)]) for _ in range(c)]
    return weights, [[step * rng.randint(0, 100 // step) for _ in range(c)] for _ in range(n)]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("step", [25, 1])
def test_two_criteria_in_fractions(space, step):
    for seed in range(12):
        weights, ratings = generated(seed, 2, 6, step)
        corners = vertices(weights, space)
        values = [[Fraction(x, 100) for x in row] for row in ratings]
        found = extreme_ranks(ranked(flat(*weights), ratings), weights=space)
        assert ends(found, 6) == ranks_on_a_line(values, [corners[0], corners[-1]])


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("step", [25, 1])
def test_three_criteria_in_fractions(space, step):
    for seed in range(3):
        weights, ratings = generated(seed, 3, 4, step)
        rows, equal = constraints(weights, space)
        values = [[Fraction(x, 100) for x in row] for row in ratings]
        corners = vertices(weights, space)
        # a space of less than two dimensions is a point or a line
        expected = (
            ranks_in_a_plane(values, rows)
            if not equal and len(corners) > 2
            else ranks_on_a_line(values, [corners[0], corners[-1]])
        )
        assert ends(extreme_ranks(ranked(flat(*weights), ratings), weights=space), 4) == expected


# generated: trees, by all subsets of competitors over the vertices of the whole

TREES = (
    {
        "a": (2, {"a1": (1, {}), "a2": (2, {})}),
        "b": (1, {"b1": (1, {}), "b2": (1, {})}),
        "c": (1, {}),
    },
    {
        "a": ((1, 2), {"a1": ((0, 1), {}), "a2": (2, {})}),
        "b": (1, {"b1": (3, {}), "b2": (2, {}), "b3": (1, {})}),
    },
    {"a": (1, {"b": (2, {"b1": (1, {}), "b2": ((1, 4), {})}), "c": (1, {})}), "d": (3, {})},
)


def groups_of(tree, key=""):
    return [
        key,
        *(
            group
            for child, (_, below) in tree.items()
            if below
            for group in groups_of(below, child)
        ),
    ]


def widest(gaps):
    """Return the widest margin by which all of some gaps, at corners (v, k), can be above 0 at once."""
    from scipy.optimize import linprog

    v, k = gaps.shape
    found = linprog(
        [*[0.0] * v, -1.0],
        A_ub=np.hstack([-gaps.T, np.ones((k, 1))]),
        b_ub=np.zeros(k),
        A_eq=[[*[1.0] * v, 0.0]],
        b_eq=[1.0],
        bounds=[*[(0, None)] * v, (None, None)],
    )
    return -found.fun


def ends_by_subsets(scores):
    """Return the best and the worst rank of each, from the scores in [0, 1] at all corners, (v, n)."""
    n = scores.shape[1]
    found = []
    for a in range(n):
        ahead = np.delete(scores, a, axis=1) - scores[:, [a]]

        # with one margin for many, what cannot be had of a few need not be asked of more
        def largest(gaps, least):
            for size in range(n - 1, 0, -1):
                if any(
                    widest(gaps[:, list(some)]) > least for some in combinations(range(n - 1), size)
                ):
                    return size
            return 0

        # 1e-10 is beyond what the simplex method leaves, and far below what differs in these cases
        found.append((n - largest(-ahead, -1e-10), 1 + largest(ahead, 1e-10)))
    return found


@pytest.mark.parametrize("tree", TREES, ids=["two groups", "intervals", "three storeys"])
@pytest.mark.parametrize("step", [25, 1])
def test_trees_by_all_subsets(tree, step):
    rng = random.Random(step)
    for _ in range(3):
        spaces = {group: rng.choice(SPACES) for group in groups_of(tree)}
        leaves = leaves_of(tree)
        ratings = [[step * rng.randint(0, 100 // step) for _ in leaves] for _ in range(5)]
        corners = np.array(
            [[point[leaf] for leaf in leaves] for point in overall(tree, spaces)], dtype=float
        )
        scores = corners @ np.array(ratings).T / 100
        found = extreme_ranks(ranked(tree, ratings), weights=spaces)
        assert ends(found, 5) == ends_by_subsets(scores)
        places = [found.ranking.place_of(name) for name in "abcde"]
        leads = (scores[:, :, None] - scores[:, None, :]).min(axis=0)
        np.testing.assert_allclose(
            found.min_score_differences[np.ix_(places, places)], 100 * leads, atol=1e-11
        )
        np.testing.assert_array_equal(found.necessary[np.ix_(places, places)], leads >= -TIE)
        np.testing.assert_array_equal(found.ahead[np.ix_(places, places)], leads > TIE)


# against draws


def test_draws_agree():
    rng = random.Random(9)
    ratings = [[rng.randint(0, 100) for _ in range(6)] for _ in range(12)]
    ranking = ranked(TREES[0] | {"d": (2, {})}, ratings)
    for space in SPACES:
        found, drawn = (
            extreme_ranks(ranking, weights=space),
            cs.robustness(ranking, weights=space, draws=2000),
        )
        assert (found.best_ranks <= drawn.rank_ranges[:, 0]).all()
        assert (found.worst_ranks >= drawn.rank_ranges[:, 1]).all()
        assert (found.can_be_first >= (drawn.top_probability(1) > 0)).all()
        assert (drawn.pairwise_wins[found.ahead] == 1).all()
        assert (drawn.pairwise_wins[found.necessary.T] == 0).all()
