"""Agreement of raters: Krippendorff's alpha, Kendall's W, the deviation of each from the others.

Axis letters: u units (things that are rated), k raters, s samples of units, v different values, p
known entries. All tables of ratings are of shape (u, k), a row for each unit and a column for each
rater, and passed as `units_by_raters`. NaN is a missing rating.

References
----------
Hayes, A. F., & Krippendorff, K. (2007). Answering the call for a standard reliability measure for
coding data. Communication Methods and Measures, 1(1), 77-89. doi:10.1080/19312450709336664
Kendall, M. G., & Babington Smith, B. (1939). The problem of m rankings. The Annals of Mathematical
Statistics, 10(3), 275-287. doi:10.1214/aoms/1177732186
Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
https://repository.upenn.edu/asc_papers/43
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from ..arrays import FloatArray, IndexArray, IntArray

__all__ = [
    "METRICS",
    "Disagreements",
    "Metric",
    "concordance",
    "deviations",
    "disagreements",
    "percentile_interval",
    "resampled_units",
]

Metric = Literal["nominal", "ordinal", "interval"]
"""What counts as the distance of two ratings: that they differ, their ranks, their difference."""

METRICS: tuple[Metric, ...] = get_args(Metric)

# entries of a table times samples that are held at once
_CELLS = 2_000_000


class Disagreements(NamedTuple):
    """Disagreement that is observed, and that is expected by chance, in each sample of units.

    The sums over several tables give the alpha of all of them, in which chance stays within each.

    Parameters
    ----------
    observed, expected : arrays of shape (s,)
        Sums over all comparable ratings. Both 0 where there is no pair of ratings; `expected` is 0
        where all ratings are equal.
    """

    observed: FloatArray
    expected: FloatArray

    @property
    def alphas(self) -> FloatArray:
        """Krippendorff's alpha of each sample, (s,), at most 1; NaN where all ratings are equal."""
        with np.errstate(divide="ignore", invalid="ignore"):
            alphas = 1 - self.observed / self.expected
        return np.where(self.expected > 0, alphas, np.nan)


def disagreements(
    *, units_by_raters: FloatArray, metric: Metric, times: IntArray | None = None
) -> Disagreements:
    """Return the observed and the expected disagreement of raters.

    Parameters
    ----------
    units_by_raters : array of shape (u, k)
        Ratings, a row for each unit; NaN where there is none. A unit with fewer than two ratings
        does not count.
    metric : {"nominal", "ordinal", "interval"}
    times : integer array of shape (s, u), optional
        How often each unit counts in each sample; once in a single sample, if left out.

    Notes
    -----
    With `m` the ratings of a unit, `n` those of all units, and sums over ordered pairs of ratings::

        observed = sum over units of (sum of d² within the unit) / (m - 1)
        expected = (sum of d² over all pairs) / (n - 1)
        alpha = 1 - observed / expected

    These are the sums over the matrix of coincidences, which is not built: for d² = (x - y)² a sum
    over pairs is a sum of squares about the mean, so that time grows as the number of ratings.
    Krippendorff's ordinal d is the difference of the mean ranks of two values among all ratings; it
    is divided by `n`, which changes no alpha, so that tables of several sizes can be summed.

    Examples
    --------
    >>> ratings = np.array([[1.0, 1.0], [2.0, 3.0], [4.0, 4.0], [5.0, np.nan]])
    >>> [round(float(disagreements(units_by_raters=ratings, metric=metric).alphas[0]), 3)
    ...  for metric in METRICS]
    [0.615, 0.949, 0.912]
    """
    known = ~np.isnan(units_by_raters)
    counted = known.sum(axis=1) > 1
    table, known = units_by_raters[counted], known[counted]
    if times is None:
        times = np.ones((1, len(counted)), dtype=np.int64)
    times = times[:, counted]
    if not len(table):
        nothing = np.zeros(len(times))
        return Disagreements(nothing, nothing)
    values, codes = np.unique(table[known], return_inverse=True)
    entries = _Entries(known.sum(axis=1), codes, values)
    step = max(1, _CELLS // len(codes))
    parts = []
    for start in range(0, len(times), step):
        parts.append(_disagreements_in(entries, metric, times[start : start + step]))
    observed, expected = np.concatenate(parts, axis=1)
    return Disagreements(observed, expected)


class _Entries(NamedTuple):
    """The known ratings of all units with at least two, unit after unit.

    Parameters
    ----------
    sizes : integer array of shape (u,)
        Ratings of each unit.
    codes : integer array of shape (p,)
        Each rating by its position among the different values.
    values : array of shape (v,)
        The different values, rising.
    """

    sizes: IntArray
    codes: IndexArray
    values: FloatArray

    @property
    def units(self) -> IndexArray:
        """The unit of each rating, (p,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def value_counts(self, times: IntArray) -> FloatArray:
        """Return how often each value occurs in each sample, (s, v)."""
        by_value = np.argsort(self.codes, kind="stable")
        begins = np.searchsorted(self.codes[by_value], np.arange(len(self.values)))
        counts = np.add.reduceat(times[:, self.units[by_value]], begins, axis=1)
        return counts.astype(np.float64)

    def unequal_pairs(self) -> FloatArray:
        """Return the ordered pairs of different ratings within each unit, (u,)."""
        pairs = self.units * len(self.values) + self.codes
        places, counts = np.unique(pairs, return_counts=True)
        equal = np.bincount(places // len(self.values), counts.astype(np.float64) ** 2)
        return np.asarray(self.sizes**2 - equal)

    def squares(self, points: FloatArray) -> FloatArray:
        """Return the sum of squared differences within each unit over ordered pairs, (s, u).

        `points` is the position of each value, (s, v) or (1, v).
        """
        begins = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        placed = points[:, self.codes]
        means = np.add.reduceat(placed, begins, axis=1) / self.sizes
        around = (placed - means[:, self.units]) ** 2
        return np.asarray(2 * self.sizes * np.add.reduceat(around, begins, axis=1))


def _disagreements_in(entries: _Entries, metric: Metric, times: IntArray) -> FloatArray:
    """Return observed and expected disagreement in each of some samples, (2, s)."""
    counts = entries.value_counts(times)
    n = counts.sum(axis=1)
    if metric == "nominal":
        within = entries.unequal_pairs()
        among = n**2 - (counts**2).sum(axis=1)
    else:
        points = entries.values[None]
        if metric == "ordinal":
            points = (np.cumsum(counts, axis=1) - counts / 2) / np.maximum(n, 1)[:, None]
        within = entries.squares(points)
        means = (counts * points).sum(axis=1) / np.maximum(n, 1)
        among = 2 * n * (counts * (points - means[:, None]) ** 2).sum(axis=1)
    observed = (times * (within / (entries.sizes - 1))).sum(axis=1)
    # rounding must not make a difference where all ratings are equal
    several = np.count_nonzero(counts, axis=1) > 1
    return np.array([observed, np.where(several, among / np.maximum(n - 1, 1), 0.0)])


def resampled_units(units: int, samples: int, seed: int) -> Iterator[IntArray]:
    """Yield how often each unit is in each bootstrap sample of as many units, some samples at once.

    Each table is of shape (s, u); together they have all samples.
    """
    generator = np.random.default_rng(seed)
    shares = np.full(units, 1 / max(1, units))
    step = max(1, _CELLS // max(1, units))
    for start in range(0, samples, step):
        some = min(step, samples - start)
        yield generator.multinomial(units, shares, size=some).astype(np.int64)


def percentile_interval(value: float, sampled: FloatArray) -> tuple[float, float]:
    """Return the middle 95 % of a statistic in bootstrap samples, stretched to hold its value.

    Both ends are NaN where the samples do not differ: they cannot show how far others may.

    Parameters
    ----------
    value : float
        The statistic of all units; NaN for none.
    sampled : array of shape (s,)
        The statistic of each sample; NaN where it is not defined.
    """
    sampled = sampled[~np.isnan(sampled)]
    if math.isnan(value) or not len(sampled):
        return math.nan, math.nan
    low, high = np.quantile(sampled, [0.025, 0.975]).tolist()
    if low == high:
        return math.nan, math.nan
    return min(low, value), max(high, value)


def concordance(*, units_by_raters: FloatArray | IntArray) -> float:
    """Return Kendall's W, the agreement of the orders that raters give, corrected for ties.

    Parameters
    ----------
    units_by_raters : array of shape (u, k)
        The rank or score of each unit by each rater, without NaN; equal ones tie.

    Returns
    -------
    float
        In [0, 1]: 1 where all orders are the same, near 0 where they have nothing in common; NaN
        where no rater tells one unit from another.

    Notes
    -----
    With `R` the sum of the ranks of a unit, ties sharing their mean rank, and `t` the sizes of
    ties::

        W = 12 sum (R - mean R)² / (k² (u³ - u) - k sum (t³ - t))

    Examples
    --------
    >>> concordance(units_by_raters=np.array([[1, 1, 2], [2, 3, 1], [3, 2, 3]]))
    0.4444444444444444
    """
    u, k = units_by_raters.shape
    sums, ties = np.zeros(u), 0.0
    for column in units_by_raters.T:
        _, places, counts = np.unique(column, return_inverse=True, return_counts=True)
        sums += (np.cumsum(counts) - (counts - 1) / 2)[places]
        sizes = counts.astype(np.float64)
        ties += float((sizes**3 - sizes).sum())
    most = float(k) ** 2 * (float(u) ** 3 - u) - k * ties
    if most <= 0:
        return math.nan
    return float(12 * ((sums - sums.mean()) ** 2).sum() / most)


def deviations(*, units_by_raters: FloatArray) -> tuple[FloatArray, Any]:
    """Return how far each rater is from the mean of the others, on average.

    Parameters
    ----------
    units_by_raters : array of shape (u, k)
        Ratings; NaN where there is none.

    Returns
    -------
    means : array of shape (k,)
        Above 0 for a rater whose ratings are higher; NaN for one who shares no unit.
    counts : integer array of shape (k,)
        Units that the rater shares with at least one other.

    Examples
    --------
    >>> means, counts = deviations(units_by_raters=np.array([[4.0, 2.0, 3.0], [5.0, np.nan, 3.0]]))
    >>> means.tolist(), counts.tolist()
    ([1.75, -1.5, -1.0], [2, 1, 2])
    """
    known = ~np.isnan(units_by_raters)
    ratings = np.where(known, units_by_raters, 0.0)
    others = known.sum(axis=1, keepdims=True) - known
    shared = known & (others > 0)
    means_of_others = (ratings.sum(axis=1, keepdims=True) - ratings) / np.maximum(others, 1)
    apart = np.where(shared, ratings - means_of_others, 0.0)
    counts = shared.sum(axis=0)
    means = np.where(counts > 0, apart.sum(axis=0) / np.maximum(counts, 1), np.nan)
    return means, counts
