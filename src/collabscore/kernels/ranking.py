"""Order, ranks and bands: where each candidate stands, given its score and its verdict.

Axis letters: `n` candidates, `s` draws. NaN means: no score.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, IndexArray, IntArray

__all__ = [
    "TOLERANCE",
    "bands",
    "by_candidate",
    "first_in_draws",
    "order_and_ranks",
    "ordered_draws",
    "ranks_in_draws",
]

Integers: TypeAlias = NDArray[np.integer]

TOLERANCE = 1e-9
"""In points of 100: scores no farther apart tie, and a threshold no farther off is reached."""

# what a weighted mean of numbers from 0 to 1 may exceed them by
_ROUNDING = 1e-12
# the bits of 1.0
_ONE = np.float64(1).view(np.int64)


def order_and_ranks(
    scores: FloatArray,
    tiers: Integers,
    ranked: BoolArray,
    severity: Integers,
    applicable: BoolArray,
) -> tuple[IndexArray, IntArray]:
    """Order candidates, and rank those with a score and a ranked verdict.

    Parameters
    ----------
    scores : array of shape (n,)
        In [0, 100]; NaN for none.
    tiers : integer array of shape (n,)
        The tier of each one's verdict, 0 or above; lower stands first.
    ranked : boolean array of shape (n,)
        Whether its verdict is ranked.
    severity : integer array of shape (n,)
        The place of its verdict among the verdicts, the mildest lowest.
    applicable : boolean array of shape (n,)
        Whether the framework is about it.

    Returns
    -------
    order : integer array of shape (n,)
        Places in the input, the first one first.
    ranks : integer array of shape (n,)
        From 1, in the order of the input; 0 for none.

    Notes
    -----
    First those that are ranked: by tier, then by score, ranks running on through the
    tiers. A score no more than 1e-9 below the next better one of its tier ties with it, chains of
    such included; ties keep the order of input and share the better rank (1, 1, 3). Then those of a
    ranked verdict that have no score, mildest verdict first. Then those of an unranked verdict, by
    score, then those the framework is not about, also by score; whoever has no score comes last of
    these.
    """
    scored = ~np.isnan(scores)
    standing = applicable & ranked
    ranks = np.zeros(len(scores), dtype=np.int64)
    order = []
    places = np.flatnonzero(standing & scored)
    done = 0
    tiers_of_places = tiers[places]
    for tier in np.flatnonzero(np.bincount(tiers_of_places)):
        members = places[tiers_of_places == tier]
        sorted_members, first_of_tie = _by_score(scores, members)
        ranks[sorted_members] = done + 1 + first_of_tie
        done += len(members)
        order.append(sorted_members)
    unscored = np.flatnonzero(standing & ~scored)
    order.append(unscored[np.argsort(severity[unscored], kind="stable")])
    for unranked in (applicable & ~ranked, ~applicable):
        order.append(_by_score(scores, np.flatnonzero(unranked & scored))[0])
        order.append(np.flatnonzero(unranked & ~scored))
    return np.concatenate(order), ranks


def bands(scores: FloatArray, thresholds: FloatArray) -> IndexArray:
    """Return the band of each score: the last threshold that it reaches.

    Parameters
    ----------
    scores : array of shape (n,)
        In [0, 100]; NaN for none.
    thresholds : array of shape (b,)
        Ascending; a band begins 1e-9 below its threshold, so that rounding costs nobody a band.

    Returns
    -------
    integer array of shape (n,)
        The place of the threshold; -1 below the lowest, and for no score.
    """
    found = np.searchsorted(np.asarray(thresholds) - TOLERANCE, scores, side="right") - 1
    # a search puts NaN behind everything
    found[np.isnan(scores)] = -1
    return found


def ranks_in_draws(values: FloatArray, tiers: Integers) -> IndexArray:
    """Return the rank of each candidate in each draw, as `order_and_ranks` gives them in one.

    Parameters
    ----------
    values, tiers : arrays
        As for `ordered_draws`.

    Returns
    -------
    integer array of shape (s, n)
        From 1, ties share the better rank; 0 for a candidate that is not ranked.
    """
    return by_candidate(*ordered_draws(values, tiers))


def ordered_draws(values: FloatArray, tiers: Integers) -> tuple[IndexArray, IndexArray]:
    """Return the candidates of each draw in order, and their ranks in this order.

    Parameters
    ----------
    values : array of shape (s, n)
        In [0, 1].
    tiers : integer array of shape (n,) or (s, n)
        The tier of each one's verdict, lower stands first; -1 for one that is not ranked.

    Returns
    -------
    order : integer array of shape (s, n)
        The first candidate first; candidates that are not ranked come last.
    ranks : integer array of shape (s, n)
        From 1, ties share the better rank; 0 for a candidate that is not ranked.

    Raises
    ------
    ArithmeticError
        If a value is NaN, or none between 0 and 1.

    Notes
    -----
    A candidate's tier, its value in fixed point and its number are packed into one
    integer, and integers sorted: that is twice as fast as sorting numbers by way of an index. Only
    draws in which neighbours are nearly equal are looked at again, for ties.
    """
    n = values.shape[1]
    last = int(tiers.max(initial=0)) + 1
    id_bits, tier_bits = max(1, n - 1).bit_length(), last.bit_length()
    bits = min(52, 62 - id_bits - tier_bits)
    places = np.arange(n)
    unranked = tiers < 0
    keys = _missing_to_one(values)
    keys >>= 52 - bits
    keys <<= id_bits
    tier_shift = bits + 1 + id_bits
    keys += (np.where(unranked, last, tiers).astype(np.int64) << tier_shift) + places
    keys.sort(axis=1)
    order = keys & ((1 << id_bits) - 1)
    ranks = np.broadcast_to(places + 1, order.shape)
    # neighbours in fixed point: no nearer than this, and they cannot tie
    nearest = int(TOLERANCE / 100 * 2**bits) + 3 << id_bits
    gaps = keys[:, 1:] - keys[:, :-1]
    near = np.flatnonzero(gaps.min(axis=1, initial=nearest) < nearest)
    if len(near):
        falling = np.take_along_axis(values[near], order[near], axis=1)
        ranks = ranks.copy()
        ranks[near] = _shared_ranks(falling, keys[near] >> tier_shift)
    if unranked.any():
        ranked = np.broadcast_to(~unranked, order.shape).sum(axis=1)
        ranks = np.where(places < ranked[:, None], ranks, 0)
    return order, ranks


def by_candidate(order: IndexArray, ranks: IndexArray) -> IndexArray:
    """Return ranks in the order of the candidates, (s, n), as `ordered_draws` returns both."""
    s, n = order.shape
    found = np.empty((s, n), dtype=np.intp)
    # in one dimension, which is twice as fast as in two
    cells = order + np.arange(s)[:, None] * n
    found.ravel()[cells.ravel()] = ranks.ravel()
    return found


def first_in_draws(values: FloatArray, tiers: Integers, candidate: int) -> BoolArray:
    """Return whether a candidate is first, alone or with others, in each draw: of rank 1.

    Parameters
    ----------
    values, tiers : arrays
        As for `ranks_in_draws`.
    candidate : int
        Its column.

    Returns
    -------
    boolean array of shape (s,)

    Notes
    -----
    As `ranks_in_draws`, without sorting: the best of the first tier is first, and no candidate is
    whose value is farther off than the longest chain of ties. Draws between the two are sorted.
    """
    tiers = np.broadcast_to(tiers, values.shape)
    own = tiers[:, [candidate]]
    ahead = (tiers >= 0) & (tiers < own)
    best = np.where(tiers == own, values, -np.inf).max(axis=1)
    gap = best - values[:, candidate]
    longest = values.shape[1] * TOLERANCE / 100
    first: BoolArray = (own[:, 0] >= 0) & ~ahead.any(axis=1) & (gap <= longest)
    near = np.flatnonzero(first & (gap > 0))
    first[near] = ranks_in_draws(values[near], tiers[near])[:, candidate] == 1
    return first


def _missing_to_one(values: FloatArray) -> IntArray:
    """Return what is missing to 1 in fixed point, 52 bits behind the point."""
    least, most = values.min(initial=0.0), values.max(initial=0.0)
    # NaN is on neither side of anything
    if not (least >= -_ROUNDING and most <= 1 + _ROUNDING):
        raise ArithmeticError("a draw gave a value that is no number between 0 and 1")
    if most > 1:
        values = np.minimum(values, 1.0)
    # numbers from 1 to 2 are 2^-52 apart, and in the order of their bits
    missing = (2.0 - values).view(np.int64)
    missing -= _ONE
    return missing


def _shared_ranks(values: FloatArray, tiers: Integers) -> IndexArray:
    """Return the ranks of candidates in order, (s, n); ties share the better rank."""
    begins = np.ones(values.shape, dtype=np.bool_)
    begins[:, 1:] = (values[:, :-1] - values[:, 1:] > TOLERANCE / 100) | (
        tiers[:, :-1] != tiers[:, 1:]
    )
    return np.maximum.accumulate(np.where(begins, np.arange(values.shape[1]), 0), axis=1) + 1


def _by_score(scores: FloatArray, places: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return places sorted by score, best first, and where the tie of each begins."""
    # the sort is stable: scores that are equal keep the order of `places`
    order = places[np.argsort(-scores[places], kind="stable")]
    falling = scores[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = falling[:-1] - falling[1:] > TOLERANCE
    if begins.all():
        return order, np.arange(len(order))
    # scores that nearly tie may still stand out of order, which is rare: look before sorting again
    astray = np.flatnonzero(~begins[1:] & (order[1:] < order[:-1])) + 1
    tie = np.cumsum(begins) - 1
    if len(astray):
        touched = np.flatnonzero(np.isin(tie, tie[astray]))
        order[touched] = order[touched][np.lexsort((order[touched], tie[touched]))]
    return order, np.flatnonzero(begins)[tie]
