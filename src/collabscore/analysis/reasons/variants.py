"""Variants: what would become of one candidate if something about it were otherwise, all else staying as it is.

Imports `scoring` and below. Axis letter: `v` variants of one candidate, side by side as the rows of a problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.ranking import TOLERANCE
from ...scoring.columns import RatingColumn
from ...scoring.evaluation import Evaluator
from ...scoring.problem import Problem
from ...scoring.ranking import Ranking
from ...scoring.valuation import Valuation
from ...scoring.variants import Alone, tiers_of
from ...scoring.variants import Variants as Engine
from ...scoring.verdicts import judge

__all__ = ["Rivals", "Variants"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rivals:
    """The other candidates that have a rank: what a score is worth among them.

    Parameters
    ----------
    scores : mapping of tier to array
        Their scores, falling, in [0, 100]; one for each tier of the framework, the first one first.
    """

    scores: Mapping[int, Floats]

    @classmethod
    def of(cls, ranking: Ranking, row: int) -> Rivals:
        """Return the rivals of the candidate in a row of the problem."""
        verdicts = list(ranking.framework.all_verdicts.values())
        others = ranking.order[(ranking.ranks > 0) & (ranking.order != row)]
        tiers = np.array([verdict.tier for verdict in verdicts])[ranking.judgement.severity[others]]
        scores = 100 * ranking.valuation.root[others]
        return cls(
            {
                tier: -np.sort(-scores[tiers == tier])
                for tier in sorted({verdict.tier for verdict in verdicts if verdict.ranked})
            }
        )

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.scores.values()))

    def rank_in(self, tier: int, scores: Floats) -> Integers:
        """Return the rank that each score would have in a tier, (v,); 0 for no score.

        Notes
        -----
        As `kernels.ranking.order_and_ranks`: a score no more than 1e-9 below the next better one shares its rank,
        and that of whoever shares it.
        """
        above = sum(len(found) for other, found in self.scores.items() if other < tier)
        falling, first_of_tie = self._ladders[tier]
        if not len(falling):
            return np.where(np.isnan(scores), 0, above + 1)
        place = np.searchsorted(-falling, -scores, side="right")
        next_better = np.maximum(place - 1, 0)
        ties = (place > 0) & (falling[next_better] - scores <= TOLERANCE)
        return np.where(
            np.isnan(scores), 0, above + 1 + np.where(ties, first_of_tie[next_better], place)
        )

    @cached_property
    def _ladders(self) -> dict[int, tuple[Floats, NDArray[np.intp]]]:
        """The scores of each tier, falling, and the place at which the tie of each begins."""
        return {tier: (falling, _first_of_tie(falling)) for tier, falling in self.scores.items()}


@dataclass(frozen=True, eq=False)
class Variants:
    """Makes variants of one candidate of a ranking, and says what becomes of them.

    Parameters
    ----------
    ranking : Ranking
    row : int
        The candidate, by its row in the problem.
    """

    ranking: Ranking
    row: int

    @cached_property
    def rivals(self) -> Rivals:
        """The other candidates that have a rank."""
        return Rivals.of(self.ranking, self.row)

    def copies(self, count: int) -> Problem:
        """Return the candidate as it is, as often as asked."""
        return self.ranking.problem.take(np.full(count, self.row, dtype=np.intp))

    def rated(self, leaves: NDArray[np.intp], points: Floats) -> Problem:
        """Return variants of which each has another rating on one criterion.

        Parameters
        ----------
        leaves : integer array of shape (v,)
            The criterion, by its place among the leaves.
        points : array of shape (v,)
            The rating, in the units of its scale.
        """
        problem = self.copies(len(leaves))
        changed = {}
        for k, key in enumerate(self.ranking.framework.leaves):
            here = leaves == k
            if here.any():
                changed[key] = _pointed(problem.ratings[key], here, points)
        return problem.with_columns(ratings=changed)

    def outcomes(self, leaves: NDArray[np.intp], points: Floats) -> Alone:
        """Return what becomes of the candidate with another rating on one criterion."""
        problem = self.rated(leaves, points)
        valuation = Valuation(problem, self.ranking.valuation.given)
        judgement = judge(Evaluator(problem, valuation), self.ranking.framework.compiled_guardrails)
        severity = np.where(judgement.applicable, judgement.severity, np.int8(-1))
        tiers = tiers_of(self.ranking.framework)[severity]
        tiers = np.where(np.isnan(valuation.root), np.int8(-1), tiers)
        rows = np.full(len(leaves), self.row)
        rivals = Engine.of_ranking(self.ranking).rivals
        return Alone(valuation.root, severity, tiers, rows, rivals)


def _first_of_tie(falling: Floats) -> NDArray[np.intp]:
    begins = np.ones(len(falling), dtype=np.bool_)
    begins[1:] = falling[:-1] - falling[1:] > TOLERANCE
    return np.asarray(np.flatnonzero(begins)[np.cumsum(begins) - 1])


def _pointed(column: RatingColumn, here: Flags, points: Floats) -> RatingColumn:
    low = np.where(here, points, column.low)
    if column.points_only:
        return RatingColumn(low, low, low)
    return RatingColumn(
        low, np.where(here, points, column.value), np.where(here, points, column.high)
    )
