"""Kleene's three-valued logic on arrays: surely true, surely false, or not to be told.

Imports numpy alone. Axis letter: `n` candidates.

A truth is a pair of boolean arrays: `sure` where it is true whatever the unknown, `possible` where
it is true for some of it. Where everything is known both are one and the same array, and the work
is done once.

References
----------
Kleene, S. C. (1952). Introduction to metamathematics, section 64. North-Holland.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Range", "Truth", "all_of", "any_of", "compare", "count", "negation"]

Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Range: TypeAlias = tuple[Floats, Floats]
"""Least and greatest that a number can be, each (n,) or (); NaN where it is unknown."""


class Truth(NamedTuple):
    """What is known of a condition: arrays of shape (n,); `sure` implies `possible`."""

    sure: Flags
    possible: Flags

    @property
    def decided(self) -> bool:
        """Whether it is decided for every candidate."""
        return self.sure is self.possible

    @property
    def unknown(self) -> Flags:
        """Where one cannot tell, (n,)."""
        return self.possible & ~self.sure


def negation(truth: Truth) -> Truth:
    """Return the opposite."""
    if truth.decided:
        return _known(~truth.sure)
    return Truth(~truth.possible, ~truth.sure)


def all_of(truths: Sequence[Truth]) -> Truth:
    """Return whether all of one or more hold."""
    return _joined(np.logical_and, truths)


def any_of(truths: Sequence[Truth]) -> Truth:
    """Return whether any of one or more holds."""
    return _joined(np.logical_or, truths)


def count(truths: Sequence[Truth]) -> Range:
    """Return how many hold: the least and the greatest number, (n,)."""
    low: Floats = np.sum([truth.sure for truth in truths], axis=0, dtype=np.float64)
    if all(truth.decided for truth in truths):
        return low, low
    high: Floats = np.sum([truth.possible for truth in truths], axis=0, dtype=np.float64)
    return low, high


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
    >>> compare(">=", ends, (three, three)).sure
    array([ True, False])
    """
    return _COMPARISONS[sign](left, right, tolerance)


def _known(flags: Flags) -> Truth:
    return Truth(flags, flags)


def _joined(join: np.ufunc, truths: Sequence[Truth]) -> Truth:
    sure = reduce(join, (truth.sure for truth in truths))
    if all(truth.decided for truth in truths):
        return _known(sure)
    return Truth(sure, reduce(join, (truth.possible for truth in truths)))


def _is_point(number: Range) -> bool:
    low, high = number
    return low is high and not np.isnan(low).any()


def _decide(
    left: Range, right: Range, sure: Callable[[], Flags], never: Callable[[], Flags]
) -> Truth:
    if _is_point(left) and _is_point(right):
        return _known(sure())
    # a comparison with NaN is false: neither sure nor never, and so unknown
    return Truth(sure(), ~never())


def _at_least(left: Range, right: Range, tolerance: float) -> Truth:
    (low, high), (other_low, other_high) = left, right
    return _decide(
        left, right, lambda: low >= other_high - tolerance, lambda: high < other_low - tolerance
    )


def _above(left: Range, right: Range, tolerance: float) -> Truth:
    (low, high), (other_low, other_high) = left, right
    return _decide(
        left, right, lambda: low > other_high + tolerance, lambda: high <= other_low + tolerance
    )


def _equal(left: Range, right: Range, tolerance: float) -> Truth:
    (low, high), (other_low, other_high) = left, right
    return _decide(
        left,
        right,
        lambda: (high - other_low <= tolerance) & (other_high - low <= tolerance),
        lambda: (low - other_high > tolerance) | (other_low - high > tolerance),
    )


_COMPARISONS: dict[str, Callable[[Range, Range, float], Truth]] = {
    ">=": _at_least,
    "<=": lambda left, right, tolerance: _at_least(right, left, tolerance),
    ">": _above,
    "<": lambda left, right, tolerance: _above(right, left, tolerance),
    "==": _equal,
    "!=": lambda left, right, tolerance: negation(_equal(left, right, tolerance)),
}
