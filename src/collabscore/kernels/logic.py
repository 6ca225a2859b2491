"""Kleene's three-valued logic on arrays: true, false or unknown.

Axis letter: `n` candidates.

A truth is a pair of boolean arrays: `certain` where it is true whatever the unknown, `possible`
where it is true for some of it. Where everything is known both are one and the same array, and the
work is done once.

References
----------
Kleene, S. C. (1952). Introduction to metamathematics, section 64. North-Holland.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np

from ..arrays import BoolArray, FloatArray

__all__ = ["Range", "Truth", "all_of", "any_of", "compare", "count", "negation", "weighted_sum"]

Range: TypeAlias = tuple[FloatArray, FloatArray]
"""Least and greatest that a number can be, each (n,) or (); NaN where it is unknown."""


class Truth(NamedTuple):
    """What is known of a condition: arrays of shape (n,); `certain` implies `possible`."""

    certain: BoolArray
    possible: BoolArray

    @classmethod
    def settled(cls, flags: BoolArray) -> Truth:
        """Return the truth of what is decided for every candidate."""
        return cls(flags, flags)

    @property
    def decided(self) -> bool:
        """Whether it is decided for every candidate."""
        return self.certain is self.possible

    @property
    def unknown(self) -> BoolArray:
        """Where it is unknown, (n,)."""
        return self.possible & ~self.certain


def negation(truth: Truth) -> Truth:
    """Return the opposite."""
    if truth.decided:
        return Truth.settled(~truth.certain)
    return Truth(~truth.possible, ~truth.certain)


def all_of(truths: Sequence[Truth]) -> Truth:
    """Return whether all of one or more hold."""
    return _joined(np.logical_and, truths)


def any_of(truths: Sequence[Truth]) -> Truth:
    """Return whether any of one or more holds."""
    return _joined(np.logical_or, truths)


def count(truths: Sequence[Truth]) -> Range:
    """Return how many hold: the least and the greatest number, (n,)."""
    low = _sum(truth.certain for truth in truths)
    if all(truth.decided for truth in truths):
        return low, low
    return low, _sum(truth.possible for truth in truths)


def weighted_sum(factors: Sequence[float], numbers: Sequence[Range]) -> Range:
    """Return the least and the greatest sum of one or more numbers, each times a factor, (n,).

    It is rounded to 14 digits of its largest part, so that 0.7 and 0.1 are 0.8.

    Parameters
    ----------
    factors : sequence of float
        None is 0.
    numbers : sequence of pairs of arrays of shape (n,) or ()
        NaN: nothing is known, also of the sum.

    Examples
    --------
    >>> tenths = [(np.array([low]), np.array([high])) for low, high in [(0.7, 0.9), (0.1, 0.2)]]
    >>> weighted_sum((1, 1), tenths), weighted_sum((1, -2), tenths)
    ((array([0.8]), array([1.1])), (array([0.3]), array([0.7])))
    """
    lows, highs = [], []
    for factor, (low, high) in zip(factors, numbers, strict=True):
        ends = (factor * low, factor * high)
        lows.append(ends[factor < 0])
        highs.append(ends[factor > 0])
    least = _sum_rounded(lows)
    return least, least if all(map(_is_point, numbers)) else _sum_rounded(highs)


def _sum_rounded(parts: Sequence[FloatArray]) -> FloatArray:
    """Return the sum of parts, rounded to 14 digits of the largest; a whole number as it is."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        total = reduce(np.add, parts)
        largest = reduce(np.maximum, map(np.abs, parts))
        power = 10.0 ** (13 - np.floor(np.log10(largest)))
        rounded = np.rint(total * power) / power
    return np.where(np.isfinite(rounded) & (total != np.rint(total)), rounded, total)


def compare(sign: str, left: Range, right: Range, tolerance: float = 0.0) -> Truth:
    """Compare two numbers of which only ranges may be known.

    Parameters
    ----------
    sign : {"<", "<=", ">", ">=", "==", "!="}
    left, right : pair of arrays of shape (n,) or ()
        NaN: nothing is known, and no comparison with it is decided.
    tolerance : float
        Numbers no farther apart are equal.

    Examples
    --------
    >>> ends, three = (np.array([3.0, 1.0]), np.array([5.0, 5.0])), np.float64(3)
    >>> compare(">=", ends, (three, three)).certain
    array([ True, False])
    """
    if sign in ("<", "<="):
        sign = sign.replace("<", ">")
        left, right = right, left
    (low, high), (other_low, other_high) = left, right
    # a comparison with NaN is false: neither certain nor never, and so unknown; all look at
    # differences, so that rounding cannot make two numbers both level and apart
    match sign:
        case ">=":
            certain = low - other_high >= -tolerance
            never = high - other_low < -tolerance
        case ">":
            certain = low - other_high > tolerance
            never = high - other_low <= tolerance
        case _:
            certain = (high - other_low <= tolerance) & (other_high - low <= tolerance)
            never = (low - other_high > tolerance) | (other_low - high > tolerance)
    if _is_point(left) and _is_point(right):
        truth = Truth.settled(certain)
    else:
        truth = Truth(certain, ~never)
    return negation(truth) if sign == "!=" else truth


def _sum(flags: Iterable[BoolArray]) -> FloatArray:
    """Return how many of several are true, whatever can be broadcast together."""
    total: FloatArray = np.zeros((), dtype=np.float64)
    for each in flags:
        total = total + each
    return total


def _joined(join: np.ufunc, truths: Sequence[Truth]) -> Truth:
    certain = reduce(join, (truth.certain for truth in truths))
    if all(truth.decided for truth in truths):
        return Truth.settled(certain)
    return Truth(certain, reduce(join, (truth.possible for truth in truths)))


def _is_point(number: Range) -> bool:
    low, high = number
    return low is high and not np.isnan(low).any()
