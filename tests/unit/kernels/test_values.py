from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from collabscore.kernels.values import ValueFunction, mean_over, range_over, value_at

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
