"""Agreement of two orders of the same things: Kendall's tau-b, and how far it can be trusted.

Imports numpy alone. Axis letter: n candidates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["TauB", "interval", "order_balance", "tau_b"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_NORMAL_95 = 1.959963984540054
"""The quantile of the normal distribution that leaves 2.5 % on either side."""


@dataclass(frozen=True)
class TauB:
    """Kendall's tau-b of two orders.

    Parameters
    ----------
    value : float
        In [-1, 1]: 1 where all pairs stand alike, -1 where all stand the other way round; NaN where one of the orders
        puts nothing before anything.
    error : float
        Its asymptotic standard error, 0 or above; NaN beside a value of NaN.
    count : int
        How many were compared, n.
    """

    value: float
    error: float
    count: int


def tau_b(first: Floats | Integers, second: Floats | Integers) -> TauB:
    """Return how far two orders of the same candidates agree.

    Of all pairs of candidates, those in the same order in both count for it, those in the opposite order against it;
    pairs that tie count for neither.

    Parameters
    ----------
    first, second : arrays of shape (n,)
        Ranks or scores, finite; equal ones tie. That lower is better in one and not in the other turns the sign.

    Returns
    -------
    TauB

    Notes
    -----
    With `d` the balance of each candidate (`order_balance`), `t` and `u` how many share its place in each order, itself
    included, and sums over the candidates: ``a = n² - sum t``, ``b = n² - sum u``, ``tau = sum d / sqrt(a b)`` and ::

        error² = (sum (2 w d + tau (t b + u a))² - n³ tau² (a + b)²) / w⁴,    w = sqrt(a b)

    which is what Brown and Benedetti have for a table of counts, each candidate being a count of one. It looks at the
    candidates as drawn from many like them, at random. It is 0 where all pairs stand alike: such a sample cannot show
    how far its like may differ. Time grows as n log² n, memory as n.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33, 239-251.
    doi:10.1093/biomet/33.3.239
    Brown, M. B., Benedetti, J. K. (1977). Sampling behavior of tests for correlation in two-way contingency tables.
    Journal of the American Statistical Association 72, 309-315. doi:10.1080/01621459.1977.10480995

    Examples
    --------
    >>> found = tau_b(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4]))
    >>> round(found.value, 4), found.count
    (0.6667, 4)
    """
    n = len(first)
    x, y = _places(first), _places(second)
    balance = order_balance(x, y).astype(np.float64)
    in_x, in_y = np.bincount(x)[x].astype(np.float64), np.bincount(y)[y].astype(np.float64)
    a, b = n * n - in_x.sum(), n * n - in_y.sum()
    if a <= 0 or b <= 0:
        return TauB(math.nan, math.nan, n)
    w = math.sqrt(a * b)
    tau = max(-1.0, min(1.0, float(balance.sum()) / w))
    # divided by w before it is squared: w is about n²
    spread = 2 * balance + tau * (in_x * (b / w) + in_y * (a / w))
    square = (float(spread @ spread) - float(n) ** 3 * (tau * (a + b) / w) ** 2) / w**2
    return TauB(tau, math.sqrt(max(0.0, square)), n)


def interval(tau: TauB) -> tuple[float, float]:
    """Return the ends between which tau-b lies with 95 %.

    Returns
    -------
    low, high : float
        In [-1, 1]; both NaN where there is no standard error above 0 to make them of.

    Notes
    -----
    By Fisher's transformation, ``tanh(atanh(tau) ± 1.96 error / (1 - tau²))``, which stays between -1 and 1. In
    samples of a bivariate normal distribution it held the true value in 92 to 95 % of samples of ten and of 94 to
    96 % of samples of seventy, where ``tau ± 1.96 error`` did in 88 to 90 % and 94 to 95 %
    (`tests/unit/test_agreement.py`).

    Examples
    --------
    >>> low, high = interval(TauB(0.5, 0.1, 40))
    >>> round(low, 3), round(high, 3)
    (0.28, 0.67)
    """
    if not tau.error > 0 or abs(tau.value) >= 1:
        return math.nan, math.nan
    middle, half = math.atanh(tau.value), _NORMAL_95 * tau.error / (1 - tau.value**2)
    return math.tanh(middle - half), math.tanh(middle + half)


def order_balance(first: Floats | Integers, second: Floats | Integers) -> Integers:
    """Return for each candidate how many stand to it alike in both orders, less those that do not.

    Parameters
    ----------
    first, second : arrays of shape (n,)

    Returns
    -------
    integer array of shape (n,)
        ``sum over k of sign(first[i] - first[k]) sign(second[i] - second[k])``.
    """
    x, y = _places(first), _places(second)
    last_x, last_y = x.max(initial=0), y.max(initial=0)
    alike = _below_in_both(x, y) + _below_in_both(last_x - x, last_y - y)
    return alike - _below_in_both(x, last_y - y) - _below_in_both(last_x - x, y)


def _places(values: Floats | Integers) -> Integers:
    """Return numbers as places from 0, equal ones sharing theirs."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _below_in_both(x: Integers, y: Integers) -> Integers:
    """Return how many are smaller than each in both; the numbers are 0 or above, and less than n.

    From the highest binary digit of `y` down, what is smaller is told apart where it first differs: of those that share
    all higher digits, a candidate with a one counts those before it with a zero.
    """
    # of equal x the larger y stand first, so that none of them counts another
    order = np.lexsort((-y, x))
    y = y[order]
    below = np.zeros(len(y), dtype=np.int64)
    for digit in range(int(y.max(initial=0)).bit_length()):
        group = y >> (digit + 1)
        sorted_ = np.argsort(group, kind="stable")
        ones = (y[sorted_] >> digit) & 1
        zeros_before = np.cumsum(1 - ones)
        heads = np.flatnonzero(np.diff(group[sorted_], prepend=-1))
        lengths = np.diff(np.append(heads, len(y)))
        before_group = (zeros_before - (1 - ones))[heads]
        below[sorted_] += ones * (zeros_before - np.repeat(before_group, lengths))
    found = np.empty_like(below)
    found[order] = below
    return found
