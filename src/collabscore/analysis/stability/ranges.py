"""Stability of weights: how far each may move before the leader, the top k or the order changes.

Imports scoring, `standings` and `crossings`. Axis letter: n candidates in the order of the problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...scoring.ranking import Ranking
from .claims import CLAIMS, Claim, Claims, Turn
from .crossings import Crossing, Lines
from .standings import Observer, Share

__all__ = ["CLAIMS", "GRID", "Claim", "StableRange", "Turn", "WeightStability", "stability_of"]

Floats: TypeAlias = NDArray[np.float64]
Method = Literal["exact", "grid of 201"]

GRID = np.linspace(0.0, 1.0, 201)
# 1 / 200 halved so often is below 1e-12
_HALVINGS = 33
# what happens no farther from 0 or 1 than this is a tie at the end itself
_AT_END = 1e-8


@dataclass(frozen=True)
class StableRange:
    """The connected range of a share, around the present one, in which something stays.

    Parameters
    ----------
    low, high : float
        Shares among its siblings, in [0, 1]; the ends belong to it.
    below, above : Turn or None
        What happens beyond each end; None where it reaches 0 or 1.
    """

    low: float
    high: float
    below: Turn | None
    above: Turn | None


@dataclass(frozen=True)
class WeightStability:
    """How far the weight of one criterion or group may move, the others of its group in their present proportions.

    Parameters
    ----------
    id, title : str
    parent : str or None
        The group it belongs to; None at the top.
    share : float
        Its present share among its siblings, in (0, 1].
    of_whole : float
        The overall weight of its group, in (0, 1]: a share times this is an overall weight.
    method : {"exact", "grid of 201"} or None
        None for an only child, whose share is 1 whatever its weight.
    ranges : mapping of claim to StableRange
        Empty for an only child.
    """

    id: str
    title: str
    parent: str | None
    share: float
    of_whole: float
    method: Method | None
    ranges: Mapping[Claim, StableRange]

    def margin(self, claim: Claim) -> float:
        """Return the least change that ends a range, relative to the present share; infinite if none does."""
        found = self.ranges.get(claim)
        if found is None:
            return float("inf")
        ends = [
            end
            for end, turn in ((found.low, found.below), (found.high, found.above))
            if turn is not None
        ]
        return min((abs(end - self.share) / self.share for end in ends), default=float("inf"))


def stability_of(ranking: Ranking, top: int) -> tuple[WeightStability, ...]:
    """Return the stability of every weight, the most fragile first.

    Parameters
    ----------
    ranking : Ranking
        With at least one ranked candidate and a score of the whole.
    top : int
        The k of the top k, at least 1.

    Returns
    -------
    tuple of WeightStability
        By the least relative change that costs the leader the first place, then that changes the top k, then the
        order; then as in the document.

    Notes
    -----
    With joint leaders the first place stays while one of them holds it. The top k stays while those with a rank of
    at most k are those who have one now, and no others: who draws level with the last of them ends it, and one that
    is larger than k by a tie may end at once. The order stays while nobody passes one who is ahead now; a tie may
    open. Where a condition uses ``score()`` of a group that the weight is part of, verdicts are judged anew under
    each weight, and a range ends where a verdict turns too: for the leader that of a leader, for the top k that of
    one of these, for the order that of anyone ranked.

    Scores are straight lines in a share where its group and all above are combined arithmetically; then the ends are
    exact crossings. Elsewhere 201 shares are looked at, and the ends found by halving, to 1e-12; what turns and turns
    back between two of these shares is missed.

    References
    ----------
    Mareschal, B. (1988). Weight stability intervals in multicriteria decision aid. European Journal of Operational
    Research 33, 54-64. doi:10.1016/0377-2217(88)90254-8
    Triantaphyllou, E., Sanchez, A. (1997). A sensitivity analysis approach for some deterministic multi-criteria
    decision making methods. Decision Sciences 28, 151-194. doi:10.1111/j.1540-5915.1997.tb01306.x
    """
    test = _Test(ranking, top, Observer(ranking))
    found = {share.key: test.exact(share) for share in test.observer.shares if test.is_exact(share)}
    found |= test.on_grid(
        [s for s in test.observer.shares if s.key not in found and not test.is_alone(s)]
    )
    stabilities = [
        test.stability(share, found.get(share.key, {})) for share in test.observer.shares
    ]
    return tuple(sorted(stabilities, key=lambda weight: [weight.margin(claim) for claim in CLAIMS]))


@dataclass(frozen=True)
class _Bracket:
    """A claim that holds at one share and not at another."""

    share: Share
    claim: Claim
    holds: float
    fails: float


@dataclass(frozen=True, eq=False)
class _Test:
    ranking: Ranking
    top: int
    observer: Observer

    @cached_property
    def claims(self) -> Claims:
        """What may stay."""
        return Claims(self.ranking, self.top)

    def is_alone(self, share: Share) -> bool:
        return len(self.ranking.valuation.tree.children[share.group]) == 1

    def is_exact(self, share: Share) -> bool:
        if self.is_alone(share) or self.observer.turns_verdicts(share):
            return False
        return self.observer.slopes(share) is not None

    def stability(self, share: Share, ranges: Mapping[Claim, StableRange]) -> WeightStability:
        node = self.ranking.framework.nodes[share.key]
        method: Method = "exact" if self.is_exact(share) else "grid of 201"
        return WeightStability(
            id=share.key,
            title=node.title,
            parent=node.path[-2] if len(node.path) > 1 else None,
            share=share.now,
            of_whole=node.overall / node.share,
            method=method if ranges else None,
            ranges=ranges,
        )

    # straight lines

    def exact(self, share: Share) -> dict[Claim, StableRange]:
        slopes = self.observer.slopes(share)
        assert slopes is not None
        slopes = slopes[self.claims.order]
        below, above = self._crossings(-slopes, share.now), self._crossings(slopes, 1 - share.now)
        return {claim: self._range(share, below[claim], above[claim]) for claim in CLAIMS}

    def _range(self, share: Share, below: Crossing | None, above: Crossing | None) -> StableRange:
        return StableRange(
            low=0.0 if below is None else share.now - below.distance,
            high=1.0 if above is None else share.now + above.distance,
            below=self._overtaking(below),
            above=self._overtaking(above),
        )

    def _crossings(self, slopes: Floats, limit: float) -> dict[Claim, Crossing | None]:
        tiers = np.array([verdict.tier for verdict in self.ranking.framework.all_verdicts.values()])
        scores = 100 * self.ranking.valuation.root[self.claims.order]
        lines = Lines.of(
            scores, slopes, tiers[self.claims.severity[self.claims.order]], self.claims.ranks, limit
        )
        return {
            "leader": lines.leader_lost(),
            "top": lines.top_changed(self.top),
            "order": lines.order_changed(),
        }

    def _overtaking(self, crossing: Crossing | None) -> Turn | None:
        if crossing is None:
            return None
        return Turn("overtakes", self.ranking.ids[crossing.gains], self.ranking.ids[crossing.loses])

    # a grid

    def on_grid(self, shares: list[Share]) -> dict[str, dict[Claim, StableRange]]:
        if not shares:
            return {}
        brackets = [bracket for share in shares for bracket in self._brackets(share)]
        ends = self._halved(brackets)
        turns = self._turns(brackets, ends)
        found: dict[str, dict[Claim, StableRange]] = {
            share.key: dict.fromkeys(CLAIMS, StableRange(0.0, 1.0, None, None)) for share in shares
        }
        for bracket, end, turn in zip(brackets, ends, turns, strict=True):
            if not _AT_END < end.fails < 1 - _AT_END:
                continue
            now = found[bracket.share.key][bracket.claim]
            if bracket.fails < bracket.holds:
                now = StableRange(end.holds, now.high, turn, now.above)
            else:
                now = StableRange(now.low, end.holds, now.below, turn)
            found[bracket.share.key][bracket.claim] = now
        return found

    def _brackets(self, share: Share) -> Iterator[_Bracket]:
        """Yield the first step of the grid, each way from the present share, in which a claim fails."""
        holds = self.claims.holds(self.observer.standings([share] * len(GRID), GRID))
        for side in (np.flatnonzero(share.now > GRID)[::-1], np.flatnonzero(share.now < GRID)):
            steps = [share.now, *GRID[side].tolist()]
            for claim in CLAIMS:
                failing = np.flatnonzero(~holds[claim][side])
                if len(failing):
                    yield _Bracket(share, claim, steps[failing[0]], steps[failing[0] + 1])

    def _halved(self, brackets: list[_Bracket]) -> list[_Bracket]:
        """Return brackets about as narrow as numbers allow."""
        if not brackets:
            return []
        shares = [bracket.share for bracket in brackets]
        holds = np.array([bracket.holds for bracket in brackets])
        fails = np.array([bracket.fails for bracket in brackets])
        claims = np.array([CLAIMS.index(bracket.claim) for bracket in brackets])
        for _ in range(_HALVINGS):
            middle = (holds + fails) / 2
            held = self.claims.holds(self.observer.standings(shares, middle))
            inside = np.stack([held[claim] for claim in CLAIMS])[claims, np.arange(len(brackets))]
            holds, fails = np.where(inside, middle, holds), np.where(inside, fails, middle)
        return [
            _Bracket(b.share, b.claim, *ends)
            for b, *ends in zip(brackets, holds.tolist(), fails.tolist(), strict=True)
        ]

    def _turns(self, brackets: list[_Bracket], ends: list[_Bracket]) -> list[Turn]:
        if not brackets:
            return []
        found = self.observer.standings(
            [end.share for end in ends], np.array([end.fails for end in ends])
        )
        return [
            self.claims.turn(bracket.claim, found.ranks[k], found.severity[k])
            for k, bracket in enumerate(brackets)
        ]
