"""Agreement of two orders: Kendall's tau-b, its standard error and an interval.

Axis letter: n candidates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray, IntArray

__all__ = ["TauB", "interval", "order_balance", "tau_b"]

_NORMAL_95 = 1.959963984540054
"""The quantile of the normal distribution that leaves 2.5 % on either side."""

# pairs compared at once
_BLOCK = 2**22


@dataclass(frozen=True)
class TauB:
    """Kendall's tau-b of two orders.

    Parameters
    ----------
    value : float
        In [-1, 1]: 1 where all pairs are in the same order, -1 where all are in opposite order; NaN
        where all candidates tie in one of the orders.
    error : float
        Its asymptotic standard error, 0 or above; NaN beside a value of NaN.
    count : int
        Number of candidates compared, n.
    """

    value: float
    error: float
    count: int


def tau_b(first: FloatArray | IntArray, second: FloatArray | IntArray) -> TauB:
    """Return the agreement of two orders of the same candidates.

    Of all pairs of candidates, those in the same order in both count for it, those in the opposite
    order against it; pairs that tie count for neither.

    Parameters
    ----------
    first, second : arrays of shape (n,)
        Ranks or scores, finite; equal ones tie. If lower is better in one alone, the sign is
        reversed.

    Returns
    -------
    TauB

    Notes
    -----
    With `d` the balance of each candidate (`order_balance`), `t` and `u` the sizes of
    its tie in each order, itself included, and sums over the candidates: ``a = n² - sum t``, ``b =
    n² - sum u``, ``tau = sum d / sqrt(a b)`` and ::

        error² = (sum (2 w d + tau (t b + u a))² - n³ tau² (a + b)²) / w⁴,    w = sqrt(a b)

    which is the formula of Brown and Benedetti for a table of counts, each candidate being a count
    of one. It treats the candidates as a random sample. It is 0 where all pairs are in the same
    order: such a sample cannot show how far others may differ. Time grows as n², memory as n.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems.
    Biometrika 33, 239-251. doi:10.1093/biomet/33.3.239
    Brown, M. B., Benedetti, J. K. (1977).
    Sampling behavior of tests for correlation in two-way contingency tables. Journal of the
    American Statistical Association 72, 309-315. doi:10.1080/01621459.1977.10480995

    Examples
    --------
    >>> found = tau_b(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4]))
    >>> round(found.value, 4), found.count
    (0.6667, 4)
    """
    n = len(first)
    balance = order_balance(first, second).astype(np.float64)
    in_x, in_y = _tie_sizes(first), _tie_sizes(second)
    a, b = n * n - in_x.sum(), n * n - in_y.sum()
    if a <= 0 or b <= 0:
        return TauB(math.nan, math.nan, n)
    w = math.sqrt(a * b)
    tau = max(-1.0, min(1.0, float(balance.sum()) / w))
    # divided by w before it is squared: w is about n²
    spread = 2 * balance + tau * (in_x * (b / w) + in_y * (a / w))
    square = (float(spread @ spread) - float(n) ** 3 * (tau * (a + b) / w) ** 2) / w**2
    return TauB(tau, math.sqrt(max(0.0, square)), n)


def _tie_sizes(values: FloatArray | IntArray) -> FloatArray:
    """Return the number of candidates with the value of each, itself included."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return counts[place].astype(np.float64)


def interval(tau: TauB) -> tuple[float, float]:
    """Return the ends of the 95 % interval of tau-b.

    Returns
    -------
    low, high : float
        In [-1, 1]; both NaN where the standard error is not above 0.

    Notes
    -----
    By Fisher's transformation, ``tanh(atanh(tau) ± 1.96 error / (1 - tau²))``, which
    stays between -1 and 1. In samples of a bivariate normal distribution it held the true value in
    92 to 95 % of samples of ten and in 94 to 96 % of samples of seventy, where
    ``tau ± 1.96 error`` did in 88 to 90 % and 94 to 95 % (`tests/unit/kernels/test_agreement.py`).

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


def order_balance(first: FloatArray | IntArray, second: FloatArray | IntArray) -> IntArray:
    """Return for each candidate its concordant pairs less its discordant ones.

    Parameters
    ----------
    first, second : arrays of shape (n,)

    Returns
    -------
    integer array of shape (n,)
        ``sum over k of sign(first[i] - first[k]) sign(second[i] - second[k])``.
    """
    n = len(first)
    balance = np.empty(n, dtype=np.int64)
    step = max(1, _BLOCK // max(1, n))
    for start in range(0, n, step):
        rows = slice(start, start + step)
        signs = _signs(first[rows], first) * _signs(second[rows], second)
        balance[rows] = signs.sum(axis=1, dtype=np.int64)
    return balance


def _signs(some: FloatArray | IntArray, others: FloatArray | IntArray) -> NDArray[np.int8]:
    """Return the sign of the number of the row less that of the column."""
    greater = (some[:, None] > others).view(np.int8)
    return greater - (some[:, None] < others).view(np.int8)
