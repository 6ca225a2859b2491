"""Crossings: how far a share may move until an order of scores that are straight lines in it changes.

Imports numpy and the kernels. Axis letter: n ranked candidates, in rank order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.ranking import TOLERANCE

__all__ = ["Crossing", "Lines"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.integer]
Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True)
class Crossing:
    """Where one candidate overtakes another.

    Parameters
    ----------
    distance : float
        How far the share has moved, 0 or more; there the two are equal.
    gains, loses : int
        The places of the one that is ahead beyond it, and of the one that is behind.
    """

    distance: float
    gains: int
    loses: int


@dataclass(frozen=True, eq=False)
class Lines:
    """The scores of ranked candidates as straight lines in the distance that a share has moved, one way.

    What counts is who is ahead by more than the tolerance of ties; where it happens is where the scores are equal.

    Parameters
    ----------
    scores : array of shape (n,)
        At the distance 0, in points; those of a tie are taken as equal.
    slopes : array of shape (n,)
        In points a unit of distance.
    tiers, ranks : integer arrays of shape (n,)
        As they are at the distance 0; the tiers stay.
    limit : float
        How far the share can move, 0 or more.
    """

    scores: Floats
    slopes: Floats
    tiers: Integers
    ranks: Integers
    limit: float

    @classmethod
    def of(
        cls, scores: Floats, slopes: Floats, tiers: Integers, ranks: Integers, limit: float
    ) -> Lines:
        """Return the lines of candidates, the scores of each tie made equal."""
        _, tie = np.unique(ranks, return_inverse=True)
        means = np.bincount(tie, weights=scores) / np.bincount(tie)
        alone = np.bincount(tie)[tie] == 1
        return cls(np.where(alone, scores, means[tie]), slopes, tiers, ranks, limit)

    def leader_lost(self) -> Crossing | None:
        """Return where nobody who leads now is first or joint first any more; None if nowhere."""
        leaders = self.ranks == 1
        # from a common start the steepest line is the highest
        held = int(np.flatnonzero(leaders)[np.argmax(self.slopes[leaders])])
        rivals = np.flatnonzero(~leaders & (self.tiers == self.tiers[0]))
        return self._overtaking(rivals, held)

    def top_changed(self, k: int) -> Crossing | None:
        """Return where the set of those with a rank up to `k` changes; None if nowhere.

        Notes
        -----
        Walks along the lower envelope of those in the set: whoever is lowest is overtaken from outside, or gives
        way to another of the set. A set larger than `k`, by a tie, lasts while enough of it tie at its lower end.
        """
        inside = self.ranks <= k
        edge = self.tiers[np.flatnonzero(inside)[-1]]
        members = np.flatnonzero(inside & (self.tiers == edge))
        rivals = np.flatnonzero(~inside & (self.tiers == edge))
        room = k - int((self.tiers < edge).sum())
        distance = 0.0
        # the lower envelope has no more pieces than there are lines
        for _ in members:
            lowest, level = self._lowest(members, distance)
            if len(members) - len(lowest) >= room:
                risen = level[np.argmax(self.slopes[level])]
                return Crossing(distance, int(risen), int(lowest[0]))
            held = int(lowest[0])
            lost, fallen = (
                self._overtaking(rivals, held),
                self._undercutting(members, held, distance),
            )
            if lost is not None and (fallen is None or lost.distance <= fallen):
                return lost
            if fallen is None:
                break
            distance = fallen
        return None

    def order_changed(self) -> Crossing | None:
        """Return where the first two candidates that are not tied now change places; None if nowhere."""
        # before any two cross the order is what it is just beyond the start: the first two to cross are neighbours
        order = np.lexsort((-self.slopes, -self.scores, self.tiers))
        upper, lower = order[:-1], order[1:]
        gaps = self.scores[upper] - self.scores[lower]
        paces = self.slopes[lower] - self.slopes[upper]
        reached = (
            (self.tiers[upper] == self.tiers[lower])
            & (gaps > 0)
            & (paces * self.limit - gaps > TOLERANCE)
        )
        found = _earliest(gaps, paces, reached)
        return (
            None
            if found is None
            else Crossing(found[1], int(lower[found[0]]), int(upper[found[0]]))
        )

    def _overtaking(self, rivals: Places, held: int) -> Crossing | None:
        """Return where the first of the rivals, all behind at the start, gets ahead of one."""
        gaps, paces = (
            self.scores[held] - self.scores[rivals],
            self.slopes[rivals] - self.slopes[held],
        )
        found = _earliest(gaps, paces, paces * self.limit - gaps > TOLERANCE)
        return None if found is None else Crossing(found[1], int(rivals[found[0]]), held)

    def _lowest(self, members: Places, distance: float) -> tuple[Places, Places]:
        """Return who is lowest just beyond a distance, and who is level with them at it."""
        values = self.scores[members] + self.slopes[members] * distance
        level = members[values <= values.min() + TOLERANCE]
        excess = (self.slopes[level] - self.slopes[level].min()) * (self.limit - distance)
        return level[excess <= TOLERANCE], level

    def _undercutting(self, members: Places, held: int, distance: float) -> float | None:
        """Return how far it is until another member falls below the lowest."""
        gaps, paces = (
            self.scores[members] - self.scores[held],
            self.slopes[held] - self.slopes[members],
        )
        found = _earliest(gaps, paces, (paces * self.limit - gaps > TOLERANCE) & (members != held))
        return None if found is None else max(found[1], distance)


def _earliest(gaps: Floats, paces: Floats, reached: NDArray[np.bool_]) -> tuple[int, float] | None:
    """Return which gap closes first, and where."""
    places = np.flatnonzero(reached)
    if not len(places):
        return None
    distances = np.maximum(gaps[places], 0.0) / paces[places]
    first = int(np.argmin(distances))
    return int(places[first]), float(distances[first])
