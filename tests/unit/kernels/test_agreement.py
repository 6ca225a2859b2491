"""Kendall's tau-b against the pairs counted one by one, scipy, and samples whose tau is known."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from collabscore.kernels.agreement import TauB, interval, order_balance, tau_b

ORDERS = st.integers(1, 24).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-4, 8), min_size=n, max_size=n) for _ in range(2)])
)


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def slow_balance(x: list[int], y: list[int]) -> list[int]:
    return [
        sum(sign(x[i] - x[k]) * sign(y[i] - y[k]) for k in range(len(x))) for i in range(len(x))
    ]


def slow_tau_b(x: list[int], y: list[int]) -> tuple[float, float]:
    """As SAS/STAT documents it for a table of counts (PROC FREQ, measures of association), cell by cell."""
    rows, columns = sorted(set(x)), sorted(set(y))
    table = {(i, j): 0 for i in rows for j in columns}
    for pair in zip(x, y, strict=True):
        table[pair] += 1
    n = len(x)
    in_row = {i: sum(table[i, j] for j in columns) for i in rows}
    in_column = {j: sum(table[i, j] for i in rows) for j in columns}
    w_r = n * n - sum(count**2 for count in in_row.values())
    w_c = n * n - sum(count**2 for count in in_column.values())
    if w_r == 0 or w_c == 0:
        return math.nan, math.nan
    w = math.sqrt(w_r * w_c)

    def d(i: int, j: int) -> int:
        return sum(sign(i - k) * sign(j - m) * table[k, m] for k in rows for m in columns)

    cells = [(i, j) for i in rows for j in columns]
    tau = sum(table[cell] * d(*cell) for cell in cells) / w
    terms = [
        table[i, j] * (2 * w * d(i, j) + tau * (in_row[i] * w_c + in_column[j] * w_r)) ** 2
        for i, j in cells
    ]
    square = (math.fsum(terms) - n**3 * tau**2 * (w_r + w_c) ** 2) / w**4
    return tau, math.sqrt(max(0.0, square))


@given(ORDERS)
def test_balance_is_the_sum_over_pairs(orders: tuple[list[int], list[int]]) -> None:
    x, y = orders
    assert order_balance(np.array(x), np.array(y)).tolist() == slow_balance(x, y)


@given(ORDERS)
def test_tau_and_error_as_cell_by_cell(orders: tuple[list[int], list[int]]) -> None:
    x, y = orders
    found, (tau, error) = tau_b(np.array(x), np.array(y)), slow_tau_b(x, y)
    # the square of the error is a difference of two sums about n times as large: 1e-7 is the root
    # of its rounding
    assert (found.value, found.error) == (
        pytest.approx(tau, abs=1e-12, nan_ok=True),
        pytest.approx(error, abs=1e-7, nan_ok=True),
    )
    assert found.count == len(x)


@given(ORDERS)
def test_tau_as_in_scipy(orders: tuple[list[int], list[int]]) -> None:
    x, y = orders
    if len(set(x)) > 1 and len(set(y)) > 1:
        assert tau_b(np.array(x), np.array(y)).value == pytest.approx(
            kendalltau(x, y).statistic, abs=1e-12
        )


@given(ORDERS)
@settings(max_examples=50)
def test_what_should_change_nothing_changes_nothing(orders: tuple[list[int], list[int]]) -> None:
    x, y = map(np.array, orders)
    found = tau_b(x, y)
    if math.isnan(found.value):
        return
    turned, swapped, stretched = tau_b(-x, y), tau_b(y, x), tau_b(3.5 * x - 1, y**3)
    assert turned.value == pytest.approx(-found.value, abs=1e-15)
    assert [other.value for other in (swapped, stretched)] == pytest.approx(
        [found.value] * 2, abs=1e-15
    )
    assert [other.error for other in (turned, swapped, stretched)] == pytest.approx(
        [found.error] * 3, abs=1e-7
    )


def test_large_orders_are_counted_as_small_ones() -> None:
    rng = np.random.default_rng(7)
    x = rng.integers(0, 300, 3000)
    y = x + rng.integers(0, 400, 3000)
    slow = (np.sign(x[:, None] - x) * np.sign(y[:, None] - y)).sum(axis=1)
    assert order_balance(x, y).tolist() == slow.tolist()


@pytest.mark.parametrize(
    ("x", "y"),
    [([], []), ([1], [1]), ([2, 2], [1, 2]), ([1, 2], [3, 3])],
    ids=["none", "one", "tied", "other tied"],
)
def test_no_order_no_agreement(x: list[int], y: list[int]) -> None:
    found = tau_b(np.array(x), np.array(y))
    assert (math.isnan(found.value), math.isnan(found.error), found.count) == (True, True, len(x))
    assert all(map(math.isnan, interval(found)))


def test_all_alike_and_none_alike_have_no_interval() -> None:
    for second, tau in ((np.arange(9), 1.0), (-np.arange(9), -1.0)):
        found = tau_b(np.arange(9), second)
        assert (found.value, found.error) == (tau, 0.0)
        assert all(map(math.isnan, interval(found)))


def test_interval_holds_the_value_and_stays_within_bounds() -> None:
    for tau in (-0.99, -0.4, 0.0, 0.7, 0.99):
        widths = []
        for error in (0.01, 0.1, 0.5):
            low, high = interval(TauB(tau, error, 20))
            assert -1 <= low < tau < high <= 1
            widths.append(high - low)
        assert all(narrow < wide for narrow, wide in pairwise(widths))


def coverage(n: int, tau: float, samples: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    rho = math.sin(math.pi / 2 * tau)  # of a bivariate normal distribution: Greiner's relation
    held = 0
    for _ in range(samples):
        x, noise = rng.standard_normal((2, n))
        low, high = interval(tau_b(x, rho * x + math.sqrt(1 - rho**2) * noise))
        held += low <= tau <= high
    return held / samples


@pytest.mark.parametrize("tau", [0.0, 0.6])
@pytest.mark.parametrize(("n", "least"), [(10, 0.90), (70, 0.92)])
def test_interval_holds_the_truth_about_as_often_as_it_says(
    n: int, least: float, tau: float
) -> None:
    # 400 samples have a standard error of about 0.011; the seed is fixed, so a false alarm comes
    # with a change alone
    assert least - 0.02 <= coverage(n, tau, 400, seed=20 + n) <= 0.98
