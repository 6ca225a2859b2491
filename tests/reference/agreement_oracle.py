"""Agreement of raters in plain Python: alpha by its matrix of coincidences, W by sums of ranks.

It may import the standard library alone. A table is a list of units, each a list with a rating by each rater, None for
none. Slow: every pair of ratings is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

Table = Sequence[Sequence[Fraction | None]]
Distance = Callable[[Fraction, Fraction], Fraction]


def coincidences(table: Table) -> Counter[tuple[Fraction, Fraction]]:
    """Return the matrix of coincidences: pairs of ratings of a unit, each divided by its ratings less one."""
    found: Counter[tuple[Fraction, Fraction]] = Counter()
    for unit in table:
        ratings = [rating for rating in unit if rating is not None]
        for one, other in permutations(ratings, 2):
            found[one, other] += Fraction(1, len(ratings) - 1)  # type: ignore[assignment]
    return found


def distance_of(metric: str, totals: Counter[Fraction]) -> Distance:
    """Return the squared distance of two values."""
    if metric == "nominal":
        return lambda one, other: Fraction(one != other)
    if metric == "interval":
        return lambda one, other: (one - other) ** 2

    def ordinal(one: Fraction, other: Fraction) -> Fraction:
        low, high = sorted((one, other))
        between = sum(count for value, count in totals.items() if low <= value <= high)
        return (between - Fraction(totals[one] + totals[other]) / 2) ** 2

    return ordinal


def alpha(table: Table, metric: str) -> Fraction | None:
    """Return Krippendorff's alpha; None where all ratings that can be compared are equal, or there are none."""
    matrix = coincidences(table)
    totals: Counter[Fraction] = Counter()
    for (value, _), count in matrix.items():
        totals[value] += count
    if len(totals) < 2:
        return None
    distance = distance_of(metric, totals)
    n = sum(totals.values())
    observed = sum(count * distance(*pair) for pair, count in matrix.items())
    expected = sum(
        Fraction(totals[one]) * totals[other] * distance(one, other)
        for one in totals
        for other in totals
    )
    return 1 - (n - 1) * Fraction(observed) / expected


def rank_of(value: Fraction, values: Sequence[Fraction]) -> Fraction:
    """Return the rank of a value among others, ties sharing their mean rank."""
    lower, equal = sum(other < value for other in values), values.count(value)
    return lower + Fraction(equal + 1, 2)


def w(table: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Return Kendall's W, corrected for ties; None where every rater ties all units."""
    u, k = len(table), len(table[0])
    columns = [list(column) for column in zip(*table, strict=True)]
    sums = [sum(rank_of(unit[j], columns[j]) for j in range(k)) for unit in table]
    mean = Fraction(sum(sums), u)
    ties = sum(size**3 - size for column in columns for size in Counter(column).values())
    most = k**2 * (u**3 - u) - k * ties
    return 12 * sum((each - mean) ** 2 for each in sums) / most if most else None
