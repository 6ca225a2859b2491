from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from collabscore.kernels.aggregation import (
    Tree,
    ValueFunction,
    fill_missing,
    mean_over,
    node_values,
    overall_weights,
    power_mean,
    range_over,
    root_values,
    value_at,
)
from collabscore.kernels.attribution import child_shares, contributions

NONE = math.nan
POWERS = [
    1.0,
    0.0,
    -1.0,
    -3.0,
    0.5,
    2.0,
    1e-8,
    -1e-8,
    1e-3,
    -0.02,
    40.0,
    1e6,
    -1e6,
    math.inf,
    -math.inf,
]


def exact_power_mean(values, weights, p):
    pairs = [(v, w) for v, w in zip(values, weights, strict=True) if not math.isnan(v) and w > 0]
    if not pairs:
        return NONE
    if math.isinf(p):
        return (max if p > 0 else min)(v for v, _ in pairs)
    if p <= 0 and any(v == 0 for v, _ in pairs):
        return 0.0
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = 60, 10**15, -(10**15)
        total = sum(Decimal(w) for _, w in pairs)
        logs = [(Decimal(w) / total, Decimal(v).ln()) for v, w in pairs if v > 0]
        if p == 0:
            return float(sum(w * log for w, log in logs).exp())
        exponent = Decimal(p)
        grown = sum(w * (exponent * log).exp() for w, log in logs)
        return float((grown.ln() / exponent).exp()) if grown else 0.0


def tree_of(*groups, leaves, rootless=False):
    kids, weights, powers = zip(*groups, strict=True)
    return Tree(
        leaves,
        tuple(np.array(k) for k in kids),
        tuple(np.array(w, dtype=float) / sum(w) for w in weights),
        tuple(float(p) for p in powers),
        rootless,
    )


def exact_nodes(tree, row):
    nodes = list(row)
    for kids, weights, p in zip(tree.children, tree.weights, tree.powers, strict=True):
        nodes.append(exact_power_mean([nodes[k] for k in kids], weights, p))
    return nodes


NESTED = tree_of(
    ([0, 1], [1, 3], 0), ([2, 3, 5], [1, 2, 1], -2), ([4, 6, 7], [2, 1, 1], 1), leaves=6
)
ARITHMETIC = tree_of(
    ([1, 0], [1, 3], 1), ([2, 5], [1, 2], 1), ([6, 3, 4, 7], [1, 2, 2, 3], 1), leaves=6
)
EXTREMES = tree_of(
    ([0, 1, 2], [1, 1, 2], -math.inf),
    ([3, 4], [1, 1], math.inf),
    ([6, 7, 5], [1, 2, 3], 0.5),
    leaves=6,
)
TREES = [NESTED, ARITHMETIC, EXTREMES]


def rows(n=40, m=6, gaps=0.0, zeros=0.0, seed=1):
    rng = np.random.default_rng(seed)
    values = rng.random((n, m))
    values[rng.random((n, m)) < zeros] = 0.0
    values[rng.random((n, m)) < gaps] = NONE
    return np.asfortranarray(values)


@pytest.mark.parametrize("p", POWERS)
@pytest.mark.parametrize(
    "weights",
    [[0.2, 0.3, 0.5], [1e-12, 0.5, 0.5 - 1e-12], [0.7, 0.3 - 2e-12, 2e-12], [0.5, 0.5, 0.0]],
)
def test_power_mean_is_that_of_sixty_digits(p, weights):
    values = np.array(
        [
            [0.2, 0.5, 0.9],
            [1e-300, 0.5, 1.0],
            [1.0, 1e-300, 1e-200],
            [0.9, 1e-5, 1e-5],
            [1e-9, 0.3, 0.4],
            [0.3, 0.3 + 1e-15, 0.3 - 1e-15],
            [0.0, 0.4, 0.8],
            [0.0, 0.0, 0.0],
            [0.0, 0.0, 1.0],
            [1.0, 1.0, 0.5],
            [NONE, 0.25, 0.75],
            [0.6, NONE, NONE],
            [0.0, NONE, 0.4],
            [NONE, 0.0, 0.0],
            [NONE, NONE, NONE],
        ]
    )
    expected = [exact_power_mean(row, weights, p) for row in values]
    np.testing.assert_allclose(
        power_mean(values, np.array(weights), p), expected, rtol=1e-12, atol=0
    )


@pytest.mark.parametrize("p", POWERS)
def test_equal_children_give_exactly_their_value(p):
    weights = np.full(10, 0.1)
    for value in (0.0, 1e-300, 0.1, 1 / 3, 0.7, 1.0):
        assert power_mean(np.full((2, 10), value), weights, p).tolist() == [value, value]


@pytest.mark.parametrize("p", POWERS)
def test_mean_lies_between_the_children_that_have_weight(p):
    values, weights = rows(500, 4, gaps=0.1, zeros=0.1), np.array([0.1, 0.6, 0.0, 0.3])
    values[:, 2] = 2.0
    counted = values[:, weights > 0]
    mean = power_mean(values, weights, p)
    some = ~np.isnan(counted).all(axis=1)
    assert (mean[some] >= np.nanmin(counted[some], axis=1)).all()
    assert (mean[some] <= np.nanmax(counted[some], axis=1)).all()
    assert np.isnan(mean[~some]).all()


def test_a_lone_child_is_its_group():
    values = rows(50, 1)
    for p in POWERS:
        np.testing.assert_array_equal(power_mean(values, np.array([1.0]), p), values[:, 0])


def test_overall_weights_are_products_along_the_path():
    np.testing.assert_allclose(
        overall_weights(NESTED),
        [1 / 16, 3 / 16, 1 / 16, 1 / 8, 1 / 2, 1 / 16, 1 / 4, 1 / 4, 1],
        rtol=1e-15,
    )
    for tree in TREES:
        assert overall_weights(tree)[: tree.leaves].sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("gaps", [0.0, 0.3])
@pytest.mark.parametrize("order", ["C", "F"])
def test_nodes_are_those_of_the_definition(tree, gaps, order):
    values = np.array(rows(60, gaps=gaps, zeros=0.1), order=order)
    before = values.copy()
    nodes = node_values(tree, values)
    expected = [exact_nodes(tree, row) for row in values.tolist()]
    np.testing.assert_allclose(nodes, expected, rtol=1e-12)
    np.testing.assert_allclose(root_values(tree, values), nodes[:, -1], rtol=1e-14)
    np.testing.assert_array_equal(values, before)


def test_omitting_a_leaf_is_a_tree_without_it():
    values = rows()
    values[:, 2] = NONE
    smaller = tree_of(
        ([0, 1], [1, 3], 0), ([2, 4], [2, 1], -2), ([3, 5, 6], [2, 1, 1], 1), leaves=5
    )
    np.testing.assert_allclose(
        root_values(NESTED, values), root_values(smaller, np.delete(values, 2, axis=1)), rtol=1e-14
    )


def test_a_group_with_nothing_left_is_omitted_and_so_is_a_candidate():
    values = np.array([[NONE, NONE, 0.5, 0.5, 0.2, 0.5], [NONE] * 6])
    nodes = node_values(NESTED, values)
    assert np.isnan(nodes[:, 6]).all()
    assert nodes[0, 8] == pytest.approx((2 * 0.2 + 0.5) / 3)
    assert np.isnan(nodes[1]).all()
    shares = contributions(NESTED, nodes)
    assert shares[0, :2].tolist() == [0, 0]
    assert np.isnan(shares[1]).all()


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize(("gaps", "zeros"), [(0.0, 0.0), (0.0, 0.3), (0.3, 0.2)])
def test_contributions_sum_to_the_value_of_the_root(tree, gaps, zeros):
    values = rows(200, gaps=gaps, zeros=zeros)
    nodes = node_values(tree, values)
    parts = contributions(tree, nodes)
    np.testing.assert_allclose(parts.sum(axis=1), nodes[:, -1], rtol=0, atol=1e-14)
    there = ~np.isnan(nodes[:, -1])
    assert (parts[there] >= 0).all()
    assert (parts[there][np.isnan(values[there])] == 0).all()


def test_contributions_are_slopes_times_values():
    values = rows(30) + 0.1
    nodes = node_values(NESTED, values)
    step = 1e-6
    for leaf in range(6):
        up, down = values.copy(), values.copy()
        up[:, leaf] += step
        down[:, leaf] -= step
        slope = (root_values(NESTED, up) - root_values(NESTED, down)) / (2 * step)
        np.testing.assert_allclose(
            contributions(NESTED, nodes)[:, leaf], slope * values[:, leaf], atol=1e-9
        )


def test_contributions_are_weight_times_value_where_all_is_arithmetic():
    values = rows()
    nodes = node_values(ARITHMETIC, values)
    np.testing.assert_array_equal(
        contributions(ARITHMETIC, nodes), values * overall_weights(ARITHMETIC)[:6]
    )


def test_under_a_geometric_mean_each_child_contributes_by_weight_alone():
    tree = tree_of(([0, 1], [1, 3], 0), leaves=2)
    nodes = node_values(tree, np.array([[0.2, 0.9], [0.0, 0.9]]))
    np.testing.assert_allclose(contributions(tree, nodes), nodes[:, [2]] * [0.25, 0.75], rtol=1e-15)


@pytest.mark.parametrize(("p", "attains"), [(-math.inf, 0.2), (math.inf, 0.9)])
def test_an_extreme_goes_to_those_that_attain_it_in_proportion_to_weight(p, attains):
    tree = tree_of(([0, 1, 2, 3], [1, 2, 3, 4], p), leaves=4)
    row = [attains, 0.5, attains + 1e-16, 0.5]
    parts = contributions(tree, node_values(tree, np.array([row])))
    np.testing.assert_allclose(parts, [[attains / 4, 0, attains * 3 / 4, 0]], rtol=1e-15)


def test_shares_need_no_value_that_a_float_can_hold():
    logs = np.array([[-5000.0, -5001.0, NONE]])
    expected = 0.5 / (0.5 + 0.3 * math.exp(3))
    shares = child_shares(logs, np.array([0.5, 0.3, 0.2]), -3.0)
    np.testing.assert_allclose(shares, [[expected, 1 - expected, 0]], rtol=1e-12)


@pytest.mark.parametrize("tree", TREES)
def test_an_omitted_leaf_may_take_the_value_of_its_group_without_it(tree):
    nodes = node_values(tree, rows(100, gaps=0.4))
    whole = fill_missing(tree, nodes)
    there = ~np.isnan(nodes[:, -1])
    assert not np.isnan(whole[there]).any()
    assert np.isnan(whole[~there, -1]).all()
    np.testing.assert_allclose(root_values(tree, whole[there, :6]), nodes[there, -1], rtol=1e-13)


def test_a_rootless_tree_has_groups_and_weights_but_no_whole():
    tree = tree_of(([0, 1], [1, 1], 1), ([2], [1], 1), ([3, 4], [1, 3], 1), leaves=3, rootless=True)
    values = np.array([[0.2, 0.4, 0.6]])
    nodes = node_values(tree, values)
    np.testing.assert_allclose(nodes, [[0.2, 0.4, 0.6, 0.3, 0.6, NONE]])
    assert np.isnan(root_values(tree, values)).all()
    assert np.isnan(contributions(tree, nodes)).all()
    np.testing.assert_allclose(overall_weights(tree), [0.125, 0.125, 0.75, 0.25, 0.75, 1])


def test_a_tree_may_be_a_single_leaf():
    tree = Tree(1, (), (), ())
    values = np.array([[0.3], [NONE]])
    np.testing.assert_array_equal(node_values(tree, values), values)
    np.testing.assert_array_equal(contributions(tree, values), values)
    assert overall_weights(tree).tolist() == [1]


def test_human_development_index():
    """The index of Norway for 2019, a geometric mean one of whose children is an arithmetic one.

    UNDP (2020), Human Development Report 2020, statistical annex, table 1, and technical note 1:
    life expectancy 82.4 years (goalposts 20 and 85), expected years of schooling 18.1 (0 and 18,
    capped), mean years of schooling 12.9 (0 and 15), income 66,494 dollars a head (100 and 75,000,
    in logarithms), index 0.957.
    """
    observed = [82.4, 18.1, 12.9, math.log(66_494)]
    goalposts = [(20, 85), (0, 18), (0, 15), (math.log(100), math.log(75_000))]
    values = [
        value_at(ValueFunction.linear(*ends), np.array([x]))
        for x, ends in zip(observed, goalposts, strict=True)
    ]
    tree = tree_of(([1, 2], [1, 1], 1), ([0, 4, 3], [1, 1, 1], 0), leaves=4)
    assert round(float(node_values(tree, np.column_stack(values))[0, -1]), 3) == 0.957


# value functions


RISING = ValueFunction.linear(1, 5)
FALLING = ValueFunction.linear(1, 5, prefer="low")
BENT = ValueFunction.through({1: 100, 2: 100, 3: 85, 4: 40, 5: 0})
PEAKED = ValueFunction.through({30: 0, 10: 20, 20: 100})
FUNCTIONS = [
    RISING,
    FALLING,
    BENT,
    PEAKED,
    ValueFunction.linear(0, 100),
    ValueFunction((3.0,), (0.4,)),
]


def exact_value(f, x):
    x = Fraction(x)
    xs, ys = [Fraction(v) for v in f.xs], [Fraction(v) for v in f.ys]
    if x <= xs[0]:
        return ys[0]
    for (x0, x1), (y0, y1) in zip(pairwise(xs), pairwise(ys), strict=True):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return ys[-1]


def exact_mean(f, low, high):
    if low == high:
        return exact_value(f, low)
    low, high = Fraction(low), Fraction(high)
    cuts = [low, *(Fraction(x) for x in f.xs if low < x < high), high]
    area = sum((b - a) * (exact_value(f, a) + exact_value(f, b)) / 2 for a, b in pairwise(cuts))
    return area / (high - low)


def exact_range(f, low, high):
    seen = [exact_value(f, x) for x in (low, high, *(x for x in f.xs if low < x < high))]
    return min(seen), max(seen)


def intervals(f):
    rng = np.random.default_rng(7)
    reach = f.xs[-1] - f.xs[0] + 1
    ends = np.sort(rng.uniform(f.xs[0] - reach / 3, f.xs[-1] + reach / 3, (200, 2)), axis=1)
    points = np.array([(a, b) for a in f.xs for b in f.xs if a <= b])
    tiny = np.array([(x - 1e-13 * k, x + 1e-13) for x in f.xs for k in (0, 1, 5)])
    return np.vstack([ends, points, tiny]).T


def test_straight_line_is_exact_at_its_ends_and_constant_beyond():
    x = np.array([-3.0, 1.0, 2.0, 3.0, 5.0, 5.5, np.nan])
    np.testing.assert_array_equal(value_at(RISING, x), [0, 0, 0.25, 0.5, 1, 1, np.nan])
    np.testing.assert_array_equal(value_at(FALLING, x), [1, 1, 0.75, 0.5, 0, 0, np.nan])


def test_ends_stay_exact_where_the_scale_is_no_round_number():
    for prefer, ends in (("high", [0, 1]), ("low", [1, 0])):
        f = ValueFunction.linear(0.1, 0.7, prefer=prefer)
        np.testing.assert_array_equal(value_at(f, np.array([0.1, 0.7])), ends)


def test_straight_line_between_other_values_stays_within_them():
    f = ValueFunction.through({0.1: 10, 0.7: 30})
    x = np.linspace(0.1, 0.7, 1001)
    assert value_at(f, x)[[0, -1]].tolist() == [0.1, 0.3]
    assert (np.diff(value_at(f, x)) > 0).all()


@pytest.mark.parametrize("f", FUNCTIONS)
def test_values_are_those_of_the_definition(f):
    low, high = intervals(f)
    for x in (low, high, np.array(f.xs)):
        expected = [float(exact_value(f, v)) for v in x]
        np.testing.assert_allclose(value_at(f, x), expected, rtol=0, atol=3e-15)
    np.testing.assert_array_equal(value_at(f, np.array(f.xs)), f.ys)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_mean_is_the_integral_over_the_width(f):
    low, high = intervals(f)
    expected = [float(exact_mean(f, a, b)) for a, b in zip(low, high, strict=True)]
    np.testing.assert_allclose(mean_over(f, low, high), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_range_includes_the_turns_inside(f):
    low, high = intervals(f)
    expected = [exact_range(f, a, b) for a, b in zip(low, high, strict=True)]
    np.testing.assert_allclose(
        range_over(f, low, high), np.array(expected, dtype=float).T, rtol=0, atol=3e-15
    )


@pytest.mark.parametrize(
    "f", [RISING, FALLING, ValueFunction.linear(0, 100), ValueFunction.linear(-1.1, 7.3)]
)
def test_the_whole_of_a_straight_scale_is_worth_exactly_one_half(f):
    assert mean_over(f, np.array([f.xs[0]]), np.array([f.xs[-1]])).tolist() == [0.5]


def test_mean_of_a_point_is_its_value():
    x = np.array([1.0, 2.2, 5.0])
    for f in (RISING, FALLING, BENT):
        np.testing.assert_array_equal(mean_over(f, x, x), value_at(f, x))


def test_an_unknown_end_leaves_mean_and_range_unknown():
    low, high = np.array([np.nan, 2.0, np.nan]), np.array([2.0, np.nan, np.nan])
    for f in (RISING, BENT):
        assert np.isnan(mean_over(f, low, high)).all()
        assert np.isnan(range_over(f, low, high)).all()


def test_inputs_are_left_alone_and_whole_numbers_are_welcome():
    x = np.array([1, 3, 5])
    for f in (RISING, FALLING, BENT):
        before = x.copy()
        assert value_at(f, x).dtype == np.float64
        mean_over(f, x, x + 1)
        range_over(f, x, x + 1)
        np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("xs", "ys"),
    [
        ((), ()),
        ((1.0, 1.0), (0.0, 1.0)),
        ((2.0, 1.0), (0.0, 1.0)),
        ((1.0, 2.0), (0.0,)),
        ((1.0, 2.0), (0.0, 1.5)),
    ],
)
def test_points_that_make_no_function_are_refused(xs, ys):
    with pytest.raises(ValueError, match="value"):
        ValueFunction(xs, ys)


def test_functions_are_values():
    assert ValueFunction.linear(1, 5) == ValueFunction.through({5: 100, 1: 0})
    assert len({ValueFunction.linear(1, 5), ValueFunction.linear(1.0, 5.0)}) == 1


# value functions that are linear in logarithms

INCOME = ValueFunction.linear(100, 75_000, log=True)
TURNING = ValueFunction.through({1: 0, 10: 100, 1000: 40}, log=True)
NARROW = ValueFunction.linear(1e9, 1e9 + 2, log=True)
WIDE = ValueFunction.linear(1e-90, 1e90, prefer="low", log=True)


def exact_log_value(f, x):
    """Value at a rating, and its antiderivative from the first point, by logarithms of 60 digits."""
    with localcontext() as context:
        context.prec = 60
        points = [(Decimal(a), Decimal(b)) for a, b in zip(f.xs, f.ys, strict=True)]
        x = Decimal(x)
        if x <= points[0][0]:
            return points[0][1], points[0][1] * (x - points[0][0])
        area = Decimal(0)
        for (x0, y0), (x1, y1) in pairwise(points):
            end = min(x, x1)
            slope = (y1 - y0) / (x1 / x0).ln()
            grown = (end / x0).ln()
            area += y0 * (end - x0) + slope * (end * grown - (end - x0))
            if x <= x1:
                return y0 + slope * grown, area
        return points[-1][1], area + points[-1][1] * (x - points[-1][0])


@pytest.mark.parametrize("f", [INCOME, TURNING, NARROW, WIDE])
def test_logarithms_are_exact_at_points_and_between(f):
    assert value_at(f, np.array(f.xs)).tolist() == list(f.ys)
    shares = np.array([1e-9, 0.1, 0.5, 0.999])
    for start, end in pairwise(f.xs):
        x = f.rating(shares, start, end)
        assert f.share(x, np.array(start), np.array(end)) == pytest.approx(shares, abs=1e-6)
        exact = [float(exact_log_value(f, each)[0]) for each in x.tolist()]
        assert value_at(f, x) == pytest.approx(exact, abs=1e-15)


@pytest.mark.parametrize("f", [INCOME, TURNING, NARROW, WIDE])
def test_mean_of_a_logarithm_is_its_integral(f):
    first, last = f.xs[0], f.xs[-1]
    inside = f.rating(np.array([0.2, 0.2000001, 0.21, 0.7]), first, last)
    ends = np.array([first / 2, first, *inside, last, last * 2])
    low, high = np.array([(a, b) for a in ends for b in ends if a < b]).T
    exact = []
    with localcontext() as context:
        context.prec = 60
        for a, b in zip(low.tolist(), high.tolist(), strict=True):
            area = exact_log_value(f, b)[1] - exact_log_value(f, a)[1]
            exact.append(float(area / (Decimal(b) - Decimal(a))))
    assert mean_over(f, low, high) == pytest.approx(exact, abs=1e-14)
    assert mean_over(f, ends, ends).tolist() == value_at(f, ends).tolist()


def test_logarithms_turn_where_their_points_do():
    low, high = np.array([2.0, 5.0, NONE]), np.array([5.0, 500.0, 3.0])
    least, greatest = range_over(TURNING, low, high)
    assert least[0] == value_at(TURNING, low)[0]
    assert greatest[1] == 1
    assert math.isnan(least[2])
    assert math.isnan(value_at(TURNING, low)[2])


@pytest.mark.parametrize("points", [{0: 0, 5: 100}, {-1: 0, 5: 100}, {5: 100}])
def test_logarithms_need_two_ratings_above_zero(points):
    with pytest.raises(ValueError, match="logarithms need two ratings or more, above 0"):
        ValueFunction.through(points, log=True)
