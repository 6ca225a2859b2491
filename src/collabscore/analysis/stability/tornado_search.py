"""The search behind a tornado: the scales of all criteria, looked at for several candidates at once.

Imports scoring, `rating_scan` and `tornado`. Axis letters: n candidates that are looked at, q points of a scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...scoring.ranking import Ranking
from .rating_scan import RatingScan, Scene, States
from .tornado import Bar, Kind, RatingTurn, Tornado

__all__ = ["Tornadoes"]

Floats: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]

# a sixteenth of a scale halved so often is below 1e-13 of it
_HALVINGS = 40


@dataclass(frozen=True)
class _Bracket:
    """Two neighbouring points of a scan between which something turns."""

    candidate: int
    scan: int
    kind: Kind
    side: int
    holds: float
    fails: float
    reference: int


@dataclass(frozen=True, eq=False)
class Tornadoes:
    """The tornadoes of several candidates, found together.

    Parameters
    ----------
    ranking : Ranking
        With a score of the whole.
    rows : integer array of shape (n,)
        The candidates, by their rows in the problem.

    Notes
    -----
    Every criterion is looked at along its whole scale: where its value function bends, at each number that a condition
    compares its rating with, and at 17 steps. Between two of these the score moves one way; where the rank or the
    verdict differs, halving finds the turn. A verdict that turns and turns back between two of them is missed.
    """

    ranking: Ranking
    rows: Places

    @cached_property
    def scene(self) -> Scene:
        """The ranking in which ratings are changed."""
        return Scene(self.ranking)

    @cached_property
    def scans(self) -> tuple[RatingScan, ...]:
        """The ratings to look at, by criterion."""
        return tuple(
            RatingScan.of(self.ranking, key, self.rows) for key in self.ranking.framework.leaves
        )

    @cached_property
    def states(self) -> tuple[States, ...]:
        """What becomes of each candidate at each of them, (n, q), by criterion."""
        shapes = [scan.points.shape for scan in self.scans]
        rows = np.concatenate([np.repeat(self.rows, width) for _, width in shapes])
        leaves = np.repeat([scan.leaf for scan in self.scans], [n * width for n, width in shapes])
        found = self.scene.states(
            rows, leaves, np.concatenate([scan.points.ravel() for scan in self.scans])
        )
        starts = np.cumsum([0, *(n * width for n, width in shapes)])
        return tuple(
            found.shaped(int(start), (n, width))
            for start, (n, width) in zip(starts, shapes, strict=False)
        )

    def tornado(self, candidate: int) -> Tornado:
        """Return the tornado of one of the candidates, by its place in `rows`."""
        row = int(self.rows[candidate])
        bars = [self._bar(candidate, k) for k in range(len(self.scans))]
        bars.sort(key=lambda bar: (-round(bar.swing, 9), -round(bar.reach, 9)))
        return Tornado(
            self.ranking,
            self.ranking.problem.id_of(row),
            self.ranking.problem.title_of(row),
            tuple(bars),
        )

    def _bar(self, candidate: int, k: int) -> Bar:
        key, scan, states = self.ranking.criteria[k], self.scans[k], self.states[k]
        node = self.ranking.framework.leaves[key]
        inside, points, scores = (
            scan.open[candidate],
            scan.points[candidate],
            states.scores[candidate],
        )
        row = self.rows[candidate]
        is_open = bool(scan.low[candidate] < scan.high[candidate])
        return Bar(
            criterion=key,
            title=node.title,
            weight=node.overall,
            low=float(scan.low[candidate]),
            high=float(scan.high[candidate]),
            rated=not bool(self.ranking.problem.ratings[key].unknown[row]),
            start=float(scan.start[candidate]),
            open=_extremes(points[inside], scores[inside]),
            scale=_extremes(points, scores),
            rank_turns=self._sides(candidate, k, "rank"),
            verdict_turns=self._sides(candidate, k, "verdict"),
            turns_rank=is_open
            and bool((states.ranks[candidate][inside] != self.scene.present.ranks[row]).any()),
            turns_verdict=is_open
            and bool(
                (states.severity[candidate][inside] != self.scene.present.severity[row]).any()
            ),
        )

    # where something turns

    def _sides(
        self, candidate: int, k: int, kind: Kind
    ) -> tuple[RatingTurn | None, RatingTurn | None]:
        return self._turns.get((candidate, k, kind, 0)), self._turns.get((candidate, k, kind, 1))

    @cached_property
    def _turns(self) -> dict[tuple[int, int, Kind, int], RatingTurn]:
        brackets = [b for k in range(len(self.scans)) for b in self._brackets(k)]
        if not brackets:
            return {}
        holds, fails = self._halved(brackets)
        rows, leaves = self._variants(brackets)
        after = self.scene.states(rows, leaves, fails)
        return {
            (bracket.candidate, bracket.scan, bracket.kind, bracket.side): self._turn(
                bracket,
                float(holds[i]),
                float(fails[i]),
                after.scores[i],
                int(after.severity[i]),
                int(after.ranks[i]),
            )
            for i, bracket in enumerate(brackets)
        }

    def _brackets(self, k: int) -> Sequence[_Bracket]:
        """Return the first step of a scan, each way from the start, beyond which something is different."""
        scan, states, found = self.scans[k], self.states[k], []
        columns = np.arange(scan.points.shape[1])
        every = np.arange(len(self.rows))
        kinds: dict[Kind, NDArray[np.int64]] = {"verdict": states.severity, "rank": states.ranks}
        for kind, codes in kinds.items():
            reference = codes[every, scan.place]
            other = codes != reference[:, None]
            for side in (0, 1):
                beyond = other & (
                    (columns > scan.place[:, None]) if side else (columns < scan.place[:, None])
                )
                first = (
                    np.argmax(beyond, axis=1)
                    if side
                    else columns[-1] - np.argmax(beyond[:, ::-1], axis=1)
                )
                for i in np.flatnonzero(beyond.any(axis=1)).tolist():
                    last = first[i] - 1 if side else first[i] + 1
                    ends = float(scan.points[i, last]), float(scan.points[i, first[i]])
                    found.append(_Bracket(i, k, kind, side, *ends, int(reference[i])))
        return found

    def _variants(self, brackets: Sequence[_Bracket]) -> tuple[Places, Places]:
        rows = self.rows[[bracket.candidate for bracket in brackets]]
        return rows, np.array(
            [self.scans[bracket.scan].leaf for bracket in brackets], dtype=np.intp
        )

    def _halved(self, brackets: Sequence[_Bracket]) -> tuple[Floats, Floats]:
        """Return the ends of brackets once they are about as narrow as numbers allow."""
        rows, leaves = self._variants(brackets)
        holds = np.array([bracket.holds for bracket in brackets])
        fails = np.array([bracket.fails for bracket in brackets])
        reference = np.array([bracket.reference for bracket in brackets])
        of_rank = np.array([bracket.kind == "rank" for bracket in brackets])
        for _ in range(_HALVINGS):
            middle = (holds + fails) / 2
            found = self.scene.states(rows, leaves, middle)
            inside = np.where(of_rank, found.ranks, found.severity) == reference
            holds, fails = np.where(inside, middle, holds), np.where(inside, fails, middle)
        return holds, fails

    def _turn(
        self, bracket: _Bracket, holds: float, fails: float, score: float, severity: int, rank: int
    ) -> RatingTurn:
        # an end that never moved is a number which a condition names, or a bend of the value function
        rating = fails if fails == bracket.fails else holds
        row, level = int(self.rows[bracket.candidate]), None
        if bracket.kind == "rank" and severity == self._severity_at(bracket):
            other = self.scene.level_with(row, score, severity)
            if other is not None:
                level = self.ranking.problem.id_of(other)
                rating = self._where_level(
                    bracket, rating, 100 * float(self.ranking.valuation.root[other])
                )
        words = [*self.ranking.framework.all_verdicts, None]
        return RatingTurn(rating, words[severity], rank or None, level)

    def _severity_at(self, bracket: _Bracket) -> int:
        """Return the verdict before the turn."""
        scan, states = self.scans[bracket.scan], self.states[bracket.scan]
        place = np.flatnonzero(scan.points[bracket.candidate] == bracket.holds)[0]
        return int(states.severity[bracket.candidate, place])

    def _where_level(self, bracket: _Bracket, rating: float, target: float) -> float:
        """Return where the score is another's exactly, not but for the tolerance of ties: where it is a line."""
        tree, nodes = (
            self.ranking.valuation.tree,
            self.ranking.framework.leaves[self.ranking.criteria[bracket.scan]],
        )
        above = [self.ranking.valuation.nodes[key] - tree.leaves for key in nodes.path[:-1]]
        if not all(map(tree.is_linear, (*above, -1))):
            return rating
        points = self.scans[bracket.scan].points[bracket.candidate]
        scores = self.states[bracket.scan].scores[bracket.candidate]
        ends = [int(np.flatnonzero(points == end)[0]) for end in (bracket.holds, bracket.fails)]
        start, stop = float(scores[ends[0]]), float(scores[ends[1]])
        if math.isnan(start + stop) or start == stop:
            return rating
        exact = bracket.holds + (target - start) / (stop - start) * (bracket.fails - bracket.holds)
        slack = abs(1e-8 / (stop - start) * (bracket.fails - bracket.holds))
        least, most = sorted((bracket.holds, bracket.fails))
        return min(max(exact, least), most) if abs(exact - rating) <= slack else rating


def _extremes(points: Floats, scores: Floats) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the worst and the best of some ratings, each with its score."""
    if np.isnan(scores).all():
        return (float(points[0]), math.nan), (float(points[-1]), math.nan)
    worst, best = int(np.nanargmin(scores)), int(np.nanargmax(scores))
    return (float(points[worst]), float(scores[worst])), (float(points[best]), float(scores[best]))
