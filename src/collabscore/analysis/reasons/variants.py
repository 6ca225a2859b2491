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
from ...scoring.columns import FactColumn, NumberColumn, RatingColumn
from ...scoring.evaluation import Evaluator
from ...scoring.problem import Problem
from ...scoring.ranking import Ranking
from ...scoring.valuation import Valuation
from ...scoring.verdicts import judge

__all__ = ["Outcomes", "Rivals", "Variants"]

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
class Outcomes:
    """What becomes of each variant.

    Parameters
    ----------
    scores : array of shape (v,)
        In [0, 100]; NaN for none.
    severity : integer array of shape (v,)
        The verdict, by its place among the verdicts, mild to severe.
    applicable : boolean array of shape (v,)
        False where the framework would not be about it.
    ranks : integer array of shape (v,)
        Among the other candidates as they are, from 1; 0 for none.
    """

    scores: Floats
    severity: Integers
    applicable: Flags
    ranks: Integers


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

    @cached_property
    def verdict_words(self) -> tuple[str, ...]:
        """Ids of the verdicts, mild to severe."""
        return tuple(self.ranking.framework.all_verdicts)

    @cached_property
    def present(self) -> Outcomes:
        """What has become of the candidate as it is, (1,)."""
        return self.outcomes(self.copies(1))

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

    def answered(self, fact: str, column: FactColumn) -> Problem:
        """Return variants of which each gives another answer to a fact."""
        return self.copies(_rows(column)).with_columns(facts={fact: column})

    def secured(self, safeguards: Mapping[str, Flags]) -> Problem:
        """Return variants with safeguards in place, or not, as the columns (v,) say; others stay as they are."""
        return self.copies(len(next(iter(safeguards.values())))).with_columns(in_place=safeguards)

    def outcomes(self, problem: Problem) -> Outcomes:
        """Return what becomes of variants."""
        valuation = Valuation(problem, self.ranking.valuation.given)
        judgement = judge(Evaluator(problem, valuation), self.ranking.rules)
        scores = 100 * valuation.root
        severity = judgement.severity.astype(np.int64)
        ranks = np.zeros(problem.size, dtype=np.int64)
        for place, verdict in enumerate(self.ranking.framework.all_verdicts.values()):
            here = judgement.applicable & (severity == place)
            if verdict.ranked and here.any():
                ranks[here] = self.rivals.rank_in(verdict.tier, scores[here])
        return Outcomes(scores, severity, judgement.applicable, ranks)


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


def _rows(column: FactColumn) -> int:
    return len(column.low if isinstance(column, NumberColumn) else column.codes)
