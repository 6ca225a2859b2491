"""Scans of ratings: what each candidate's score, verdict and rank would be all along the scale of each criterion.

Imports scoring and below. Axis letters: n candidates that are looked at, v variants of them, side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.ranking import TOLERANCE
from ...kernels.values import ValueFunction, value_at
from ...models.expressions import Compare, Constant, RatingOf, walk_expression
from ...scoring.columns import RatingColumn
from ...scoring.evaluation import Evaluator
from ...scoring.ranking import Ranking
from ...scoring.valuation import Valuation
from ...scoring.verdicts import judge

__all__ = ["RatingScan", "Scene", "States"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Places: TypeAlias = NDArray[np.intp]

_STEPS = 17  # of each scale, beside the points where something may turn
_BLOCK = 1_000_000  # values of nodes held at once


@dataclass(frozen=True, eq=False)
class States:
    """What becomes of variants.

    Parameters
    ----------
    scores : array of shape (v,)
        In [0, 100]; NaN for none.
    severity : integer array of shape (v,)
        The verdict, by its place among the verdicts; -1 where the framework is not about the candidate.
    ranks : integer array of shape (v,)
        Among the other candidates as they are, from 1; 0 for none.
    """

    scores: Floats
    severity: Integers
    ranks: Integers

    def shaped(self, start: int, shape: tuple[int, int]) -> States:
        """Return some of them, from `start` on, as arrays of two axes."""
        part = slice(start, start + shape[0] * shape[1])
        return States(
            self.scores[part].reshape(shape),
            self.severity[part].reshape(shape),
            self.ranks[part].reshape(shape),
        )


@dataclass(frozen=True, eq=False)
class Scene:
    """A ranking in which single ratings of single candidates are changed, all else staying as it is.

    Parameters
    ----------
    ranking : Ranking
    """

    ranking: Ranking

    @cached_property
    def present(self) -> States:
        """What is, in the order of the problem."""
        judgement = self.ranking.judgement
        severity = np.where(judgement.applicable, judgement.severity, -1).astype(np.int64)
        scores = 100 * self.ranking.valuation.root
        return States(scores, severity, self._ranks(np.arange(len(scores)), scores, severity))

    def states(self, rows: Places, leaves: Places, points: Floats) -> States:
        """Return what becomes of candidates when each is given another rating on one criterion.

        Parameters
        ----------
        rows : integer array of shape (v,)
            The candidate, by its row in the problem.
        leaves : integer array of shape (v,)
            The criterion, by its place among the leaves.
        points : array of shape (v,)
            The rating, in the units of its scale.
        """
        step = max(1, _BLOCK // max(1, self.ranking.valuation.tree.nodes))
        blocks = [
            self._block(rows[k : k + step], leaves[k : k + step], points[k : k + step])
            for k in range(0, max(1, len(rows)), step)
        ]
        return States(
            *(
                np.concatenate([getattr(b, name) for b in blocks])
                for name in ("scores", "severity", "ranks")
            )
        )

    def _block(self, rows: Places, leaves: Places, points: Floats) -> States:
        problem = self.ranking.problem.take(rows)
        columns = {}
        for k, key in enumerate(self.ranking.framework.leaves):
            here = leaves == k
            if here.any():
                columns[key] = _pointed(problem.ratings[key], here, points)
        problem = problem.with_columns(ratings=columns)
        valuation = Valuation(problem, self.ranking.valuation.given)
        judgement = judge(Evaluator(problem, valuation), self.ranking.framework.compiled_guardrails)
        scores = 100 * valuation.root
        severity = np.where(judgement.applicable, judgement.severity, -1).astype(np.int64)
        return States(scores, severity, self._ranks(rows, scores, severity))

    @cached_property
    def tiers(self) -> Integers:
        """The tier of each verdict; -1 for one that is not ranked, and at the end for none."""
        verdicts = self.ranking.framework.all_verdicts.values()
        return np.array(
            [*(verdict.tier if verdict.ranked else -1 for verdict in verdicts), -1], dtype=np.int64
        )

    @cached_property
    def tier_of(self) -> Integers:
        """The tier of each candidate, in the order of the problem; -1 for one that is not ranked."""
        found = np.full(self.ranking.problem.size, -1)
        order, severity = self.ranking.order, self.ranking.judgement.severity
        found[order] = np.where(self.ranking.ranks > 0, self.tiers[severity[order]], -1)
        return found

    def _ranks(self, rows: Places, scores: Floats, severity: Integers) -> Integers:
        """Return the rank of each variant: one more than the others who are ahead of it."""
        own, tiers = 100 * self.ranking.valuation.root, self.tiers[severity]
        ranks = np.zeros(len(rows), dtype=np.int64)
        for tier in np.unique(tiers[tiers >= 0]).tolist():
            here = np.flatnonzero((tiers == tier) & ~np.isnan(scores))
            rising = np.sort(own[self.tier_of == tier])
            bar = scores[here] + TOLERANCE
            ahead = len(rising) - np.searchsorted(rising, bar, side="right")
            ahead += ((self.tier_of >= 0) & (self.tier_of < tier)).sum()
            mine = self.tier_of[rows[here]]
            itself = ((mine == tier) & (own[rows[here]] > bar)) | ((mine >= 0) & (mine < tier))
            ranks[here] = 1 + ahead - itself
        return ranks

    def level_with(self, row: int, score: float, severity: int) -> int | None:
        """Return which other candidate of the tier of a verdict has the score nearest to one, by its row."""
        others = np.flatnonzero((self.tier_of == self.tiers[severity]) & (self.tier_of >= 0))
        others = others[others != row]
        if not len(others):
            return None
        return int(others[np.argmin(np.abs(100 * self.ranking.valuation.root[others] - score))])


@dataclass(frozen=True, eq=False)
class RatingScan:
    """The scale of one criterion, looked at for several candidates.

    Parameters
    ----------
    leaf : int
        The criterion, by its place among the leaves.
    low, high : arrays of shape (n,)
        What the rating leaves open, in the units of the scale; unknown is the whole scale.
    start : array of shape (n,)
        The rating that stands for the present one: itself, the likeliest of three, else one whose value the score
        counts.
    points : array of shape (n, q)
        Ratings that are looked at, rising; every one at which the value function bends, and every number that a
        condition compares a rating with, is among them.
    """

    leaf: int
    low: Floats
    high: Floats
    start: Floats
    points: Floats

    @classmethod
    def of(cls, ranking: Ranking, key: str, rows: Places) -> RatingScan:
        """Return the scan of a criterion for the candidates in some rows."""
        node, leaf = ranking.framework.leaves[key], list(ranking.framework.leaves).index(key)
        least, greatest = (float(end) for end in node.scale.range)
        column, function = ranking.problem.ratings[key].take(rows), ranking.valuation.functions[key]
        low = np.where(column.unknown, least, column.low)
        high = np.where(column.unknown, greatest, column.high)
        start = np.where(low == high, low, column.value)
        standing = _standing_for(function, ranking.valuation.leaf_values[rows, leaf], low, high)
        start = np.where(np.isnan(start), standing, start)
        mesh = np.concatenate(
            [np.linspace(least, greatest, _STEPS), function.xs, compared(ranking, key)]
        )
        mesh = np.unique(mesh[(mesh >= least) & (mesh <= greatest)])
        own = np.stack([low, high, start], axis=1)
        points = np.sort(np.concatenate([np.tile(mesh, (len(rows), 1)), own], axis=1), axis=1)
        return cls(leaf, low, high, start, points)

    @property
    def open(self) -> NDArray[np.bool_]:
        """Which points lie within what the rating leaves open, (n, q)."""
        inside: NDArray[np.bool_] = (self.points >= self.low[:, None]) & (
            self.points <= self.high[:, None]
        )
        return inside

    @property
    def place(self) -> Places:
        """Where the start stands among the points, (n,)."""
        found: Places = np.argmax(self.points >= self.start[:, None], axis=1)
        return found


def compared(ranking: Ranking, key: str) -> list[float]:
    """Return the numbers with which conditions compare the rating on a criterion."""
    found = []
    conditions = ranking.framework.deciding_expressions
    for part in (part for when in conditions for part in walk_expression(when)):
        if isinstance(part, Compare) and RatingOf(key) in (part.left, part.right):
            found += [
                float(side.value) for side in (part.left, part.right) if isinstance(side, Constant)
            ]
    return found


def _standing_for(function: ValueFunction, values: Floats, low: Floats, high: Floats) -> Floats:
    """Return a rating in each range that has the value which is counted, the nearest one to the middle of the range.

    The middle itself, where nothing is counted, or what is counted is the value of none of them.
    """
    middle = (low + high) / 2
    nearest = np.full(len(values), np.inf)
    found = middle.copy()
    ends = list(zip(function.xs, function.ys, strict=True))
    for (x0, y0), (x1, y1) in pairwise(ends):
        with np.errstate(invalid="ignore"):
            x = np.clip(middle, x0, x1) if y0 == y1 else x0 + (values - y0) / (y1 - y0) * (x1 - x0)
            x = np.clip(x, low, high)
            distance = np.where(
                np.abs(value_at(function, x) - values) < 1e-9, np.abs(x - middle), np.inf
            )
        better = distance < nearest
        nearest, found = np.where(better, distance, nearest), np.where(better, x, found)
    return found


def _pointed(column: RatingColumn, here: NDArray[np.bool_], points: Floats) -> RatingColumn:
    low = np.where(here, points, column.low)
    if column.points_only:
        return RatingColumn(low, low, low)
    return RatingColumn(
        low, np.where(here, points, column.value), np.where(here, points, column.high)
    )
