from __future__ import annotations

import math

import numpy as np
import pytest

from collabscore.kernels.aggregation import (
    Tree,
    node_values,
    overall_weights,
    root_values,
)
from collabscore.kernels.attribution import contrast, contributions, shortfalls

NONE = math.nan
INF = math.inf
POWERS = [0.0, -1.0, -3.0, 0.5, 2.0, 1e-8, -1e-8, -40.0, 1e6, -1e6, INF, -INF]


def tree_of(*groups, leaves):
    kids, weights, powers = zip(*groups, strict=True)
    shares = tuple(np.array(w, dtype=float) / sum(w) for w in weights)
    return Tree(leaves, tuple(np.array(k) for k in kids), shares, tuple(float(p) for p in powers))


def flat(p, weights=(1, 2, 3)):
    return tree_of((range(len(weights)), weights, p), leaves=len(weights))


NESTED = tree_of(
    ([0, 1], [1, 3], 0), ([2, 3, 5], [1, 2, 1], -2), ([4, 6, 7], [2, 1, 1], 1), leaves=6
)
EXTREMES = tree_of(
    ([0, 1, 2], [1, 1, 2], -INF), ([3, 4], [1, 1], INF), ([6, 7, 5], [1, 2, 3], 0.5), leaves=6
)
CURVED = tree_of(
    ([0, 1], [1, 3], 0),
    ([2, 3], [1, 1], 0),
    ([4, 5], [1, 1], -1),
    ([6, 7, 8], [1, 1, 1], -INF),
    leaves=6,
)
ARITHMETIC = tree_of(([0, 1], [1, 3], 1), ([2, 3, 4, 5, 6], [1, 1, 2, 2, 3], 1), leaves=6)
TREES = [NESTED, EXTREMES, CURVED, ARITHMETIC]


def slow_slopes(tree, values):
    nodes = [*values]
    for kids, weights, p in zip(tree.children, tree.weights, tree.powers, strict=True):
        children = [nodes[k] for k in kids]
        if math.isinf(p):
            nodes.append(max(children) if p > 0 else min(children))
        elif p == 0:
            nodes.append(math.prod(v**w for v, w in zip(children, weights, strict=True)))
        else:
            nodes.append(sum(w * v**p for v, w in zip(children, weights, strict=True)) ** (1 / p))
    slopes = [0.0] * (len(nodes) - 1) + [1.0]
    for group in reversed(range(len(tree.children))):
        whole, outer = nodes[tree.leaves + group], slopes[tree.leaves + group]
        for kid, weight in zip(tree.children[group], tree.weights[group], strict=True):
            if math.isinf(tree.powers[group]):
                slopes[kid] = outer * (nodes[kid] == whole)
            else:
                slopes[kid] = outer * weight * (nodes[kid] / whole) ** (tree.powers[group] - 1)
    return slopes[: tree.leaves]


def slow_contrast(tree, start, end, steps=2000):
    # midpoints, crowded towards both ends, where slopes may be infinite: t = 35 u^4 - 84 u^5 + 70
    # u^6 - 20 u^7
    parts = [0.0] * tree.leaves
    for k in range(steps):
        u = (k + 0.5) / steps
        t = u**4 * (35 - 84 * u + 70 * u**2 - 20 * u**3)
        pace = 140 * u**3 * (1 - u) ** 3 / steps
        slopes = slow_slopes(tree, [a + t * (b - a) for a, b in zip(start, end, strict=True)])
        for i in range(tree.leaves):
            parts[i] += (end[i] - start[i]) * slopes[i] * pace
    return parts


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ([0.2, 0.4, 0.9, 0.5, 0.3, 0.8], [0.9, 0.3, 0.1, 0.6, 0.3, 0.4]),
        ([0.0, 0.4, 0.0, 0.0, 0.3, 0.8], [0.9, 0.0, 0.1, 0.6, 0.0, 0.0]),
    ],
)
def test_contrast_is_that_of_many_small_steps(tree, start, end):
    expected = slow_contrast(tree, start, end)
    np.testing.assert_allclose(contrast(tree, np.array(start), np.array(end)), expected, atol=2e-4)


@pytest.mark.parametrize("p", POWERS)
def test_contrast_sums_to_the_difference_for_every_rule(p):
    tree = flat(p)
    values = [
        [0.2, 0.4, 0.6],
        [0.9, 0.1, 0.7],
        [0, 0.4, 0.6],
        [0.9, 0, 0.7],
        [0, 0, 0],
        [1, 1, 1],
        [1e-300, 1, 0.5],
    ]
    for start in values:
        for end in values:
            roots = root_values(tree, np.array([start, end], dtype=float))
            parts = contrast(tree, np.array(start, dtype=float), np.array(end, dtype=float))
            assert parts.sum() == pytest.approx(roots[1] - roots[0], abs=1e-14)


@pytest.mark.parametrize("tree", [*TREES, *(flat(p, (1, 2, 1, 3, 1, 1)) for p in POWERS)])
def test_contrast_with_nothing_is_the_contributions(tree):
    # along the line from 0 a homogeneous function divides everywhere as it does at the end
    values = np.array([0.3, 0.7, 0.5, 0.9, 0.2, 0.6])
    expected = contributions(tree, node_values(tree, values[None]))[0]
    np.testing.assert_allclose(contrast(tree, np.zeros(6), values), expected, atol=1e-12)


def test_a_minimum_by_hand():
    # the first rises from 0.2 and meets the second, falling from 0.4, at 0.34
    parts = contrast(flat(-INF), np.array([0.2, 0.4, 0.6]), np.array([0.9, 0.1, 0.7]))
    np.testing.assert_allclose(parts, [0.14, -0.24, 0], atol=1e-14)


def test_a_maximum_by_hand():
    parts = contrast(flat(INF), np.array([0.0, 0.4, 0.6]), np.array([0.9, 0.1, 0.7]))
    np.testing.assert_allclose(parts, [0.225, 0, 0.075], atol=1e-14)


def test_a_geometric_mean_of_one_that_moves_gives_it_all():
    for weight in (1e-1, 1e-4, 1e-8, 1e-12):
        parts = contrast(flat(0, (weight, 1 - weight)), np.array([0.0, 0.5]), np.array([1.0, 0.5]))
        np.testing.assert_allclose(parts, [0.5 ** (1 - weight), 0], rtol=1e-13)


def test_a_geometric_mean_by_hand():
    # along sqrt(t (1 - t)) the first leaf's slope is sqrt((1 - t) / t) / 2, infinite where it
    # starts
    parts = contrast(flat(0, (1, 1)), np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(parts, [math.pi / 4, -math.pi / 4], atol=1e-12)


@pytest.mark.parametrize("tree", TREES)
def test_swapping_the_two_changes_the_signs(tree):
    rng = np.random.default_rng(5)
    for _ in range(10):
        start, end = np.round(rng.random((2, 6)), 1)
        np.testing.assert_array_equal(contrast(tree, start, end), -contrast(tree, end, start))
        np.testing.assert_array_equal(contrast(tree, start, start), np.zeros(6))


def test_arithmetic_needs_no_integral():
    start, end = np.random.default_rng(6).random((2, 6))
    expected = (end - start) * overall_weights(ARITHMETIC)[:6]
    np.testing.assert_array_equal(contrast(ARITHMETIC, start, end), expected)


@pytest.mark.parametrize("p", [-INF, -1e6])
def test_children_that_are_equal_all_the_way_share_by_weight(p):
    tree = tree_of(([1, 2], [1, 2], 0), ([0, 3], [1, 1], p), leaves=3)
    parts = contrast(tree, np.full(3, 0.2), np.full(3, 0.7))
    np.testing.assert_allclose(parts, [0.25, 0.25 / 3, 0.5 / 3], atol=1e-9)


@pytest.mark.parametrize("tree", TREES)
def test_a_leaf_omitted_in_one_enters_with_the_value_of_its_group_without_it(tree):
    start = np.array([0.2, 0.4, NONE, 0.5, 0.3, 0.8])
    end = np.array([0.9, 0.1, 0.7, 0.6, 0.1, 0.4])
    filled = start.copy()
    group = next(g for g, kids in enumerate(tree.children) if 2 in kids)
    filled[2] = node_values(tree, start[None])[0, tree.leaves + group]
    np.testing.assert_allclose(contrast(tree, start, end), contrast(tree, filled, end), atol=1e-12)


def test_a_group_omitted_in_one_enters_with_the_value_of_the_group_above():
    start = np.array([NONE, NONE, 0.3, 0.5, 0.3, 0.8])
    end = np.array([0.9, 0.1, 0.7, 0.6, 0.1, 0.4])
    filled = start.copy()
    filled[:2] = node_values(NESTED, start[None])[0, -1]
    parts = contrast(NESTED, start, end)
    np.testing.assert_allclose(parts, contrast(NESTED, filled, end), atol=1e-12)
    roots = root_values(NESTED, np.array([start, end]))
    assert parts.sum() == pytest.approx(roots[1] - roots[0], abs=1e-14)


def test_a_leaf_omitted_in_both_is_out():
    start = np.array([NONE, NONE, 0.3, NONE, 0.3, 0.8])
    end = np.array([NONE, NONE, 0.7, NONE, 0.1, NONE])
    smaller = tree_of(([0, 2], [1, 1], -2), ([1, 3], [2, 1], 1), leaves=3)
    kept = [2, 4, 5]
    parts = contrast(NESTED, start, end)
    assert parts[[0, 1, 3]].tolist() == [0, 0, 0]
    np.testing.assert_allclose(parts[kept], contrast(smaller, start[kept], end[kept]), atol=1e-12)


@pytest.mark.parametrize("tree", TREES)
def test_without_two_values_there_is_no_contrast(tree):
    some = np.array([NONE, 0.1, 0.7, 0.6, 0.1, 0.4])
    nothing = np.full(6, NONE)
    for pair in ((some, nothing), (nothing, some), (nothing, nothing)):
        assert np.isnan(contrast(tree, *pair)).all()
    rootless = Tree(tree.leaves, tree.children, tree.weights, tree.powers, rootless=True)
    assert np.isnan(contrast(rootless, some, some)).all()
    assert np.isnan(shortfalls(rootless, some[None])).all()


@pytest.mark.parametrize("tree", TREES)
def test_shortfalls_are_the_contrast_with_the_best(tree):
    rng = np.random.default_rng(8)
    values = np.asfortranarray(rng.random((12, 6)))
    values[rng.random((12, 6)) < 0.2] = NONE
    values[rng.random((12, 6)) < 0.2] = 0.0
    values[3] = NONE
    before = values.copy()
    parts = shortfalls(tree, values)
    for row, expected in zip(values, parts, strict=True):
        np.testing.assert_allclose(contrast(tree, row, np.ones(6)), expected, atol=1e-14)
    np.testing.assert_allclose(parts.sum(axis=1), 1 - root_values(tree, values), atol=1e-14)
    assert np.isnan(parts[3]).all()
    np.testing.assert_array_equal(values, before)


def test_what_is_perfect_lacks_nothing():
    for tree in TREES:
        np.testing.assert_array_equal(shortfalls(tree, np.ones((1, 6))), np.zeros((1, 6)))


EXTREME = (0.0, -1.0, 1.0, 1e-3, -1e-3, 1e-50, 100.0, -100.0, 1e50, INF, -INF)


def extreme_tree(rng: np.random.Generator) -> Tree:
    """Return a tree of five leaves and two groups, its weights and powers as unequal as can be."""
    children = (np.array([0, 1, 2]), np.array([3, 4]), np.array([5, 6]))
    weights = []
    for group in children:
        sizes = 10.0 ** rng.choice([0, 0, -3, -7, -15], len(group)) * rng.uniform(
            0.3, 1, len(group)
        )
        weights.append(sizes / sizes.sum())
    powers = tuple(rng.choice(EXTREME, 3).tolist())
    return Tree(5, children, tuple(weights), powers)


def test_parts_sum_to_the_difference_under_extreme_weights_and_powers():
    rng = np.random.default_rng(4)
    for _ in range(300):
        tree = extreme_tree(rng)
        ends = rng.choice([0, 1, 0.5, 1e-9, 1 - 1e-9, 1e-100, rng.random()], (2, 5))
        parts = contrast(tree, *ends)
        start, end = root_values(tree, ends)
        assert parts.sum() == pytest.approx(end - start, abs=1e-12)
        assert np.abs(parts[ends[0] == ends[1]]).max(initial=0) == pytest.approx(0, abs=1e-8)
        np.testing.assert_allclose(contrast(tree, *ends[::-1]), -parts, atol=2e-8)
