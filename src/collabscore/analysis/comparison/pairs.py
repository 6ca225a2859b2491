"""Two frameworks at a time: how often they answer alike, how far their orders agree, and who stands elsewhere.

Imports the crosswalk, scoring and the kernels. Axis letter: n candidates.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.agreement import TauB, interval, tau_b
from ...scoring.ranking import Ranking
from .crosswalk import Codes

__all__ = ["LEAST", "Move", "Pair", "pairs_of"]

Indices: TypeAlias = NDArray[np.intp]

LEAST = 10
"""Of fewer candidates no interval is given: it would hold the truth less often than it says."""
_MOVES = 10


@dataclass(frozen=True)
class Move:
    """A candidate that stands elsewhere by another framework.

    Parameters
    ----------
    id, title : str
    first, second : int
        Its ranks in the two orders, among the candidates that both rank.
    """

    id: str
    title: str
    first: int
    second: int

    @property
    def by(self) -> int:
        """How many places better it stands in the second order; below 0 for worse."""
        return self.first - self.second

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {**asdict(self), "by": self.by}


@dataclass(frozen=True, eq=False)
class Pair:
    """Two frameworks, and how far they agree.

    Parameters
    ----------
    first, second : Ranking
    judged : int
        How many candidates both are about.
    same, first_milder, second_milder : int
        Of how many of these the answers are the same, and of how many the one or the other is milder.
    rows : integer array
        The candidates that both rank, by their rows in the problem.
    first_ranks, second_ranks : integer arrays
        Their ranks among these, in the order of `rows`.
    """

    first: Ranking
    second: Ranking
    judged: int
    same: int
    first_milder: int
    second_milder: int
    rows: Indices
    first_ranks: NDArray[np.int64]
    second_ranks: NDArray[np.int64]

    @property
    def rankable(self) -> bool:
        """Whether both make a total score, and so ranks."""
        return self.first.has_total and self.second.has_total

    @cached_property
    def tau(self) -> TauB:
        """Kendall's tau-b of the two orders of the candidates that both rank."""
        return tau_b(self.first_ranks, self.second_ranks)

    @property
    def interval(self) -> tuple[float, float]:
        """The ends between which tau-b lies with 95 %; NaN where that cannot be said."""
        return interval(self.tau) if self.tau.count >= LEAST else (math.nan, math.nan)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The candidates whose ranks differ most, the farthest first; ten at most."""
        gaps = np.abs(self.first_ranks - self.second_ranks)
        farthest = np.argsort(-gaps, kind="stable")[:_MOVES].tolist()
        return tuple(self._move(place) for place in farthest if gaps[place])

    def _move(self, place: int) -> Move:
        problem, row = self.first.problem, int(self.rows[place])
        first, second = int(self.first_ranks[place]), int(self.second_ranks[place])
        return Move(problem.id_of(row), problem.title_of(row), first, second)

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        low, high = self.interval
        ranks = None
        if self.rankable:
            ranks = {
                "ranked": len(self.rows),
                "tau_b": self.tau.value,
                "standard_error": self.tau.error,
                "low": low,
                "high": high,
                "moves": [move.record() for move in self.moves],
            }
        return {
            "first": self.first.framework.id,
            "second": self.second.framework.id,
            "judged": self.judged,
            "same": self.same,
            "first_milder": self.first_milder,
            "second_milder": self.second_milder,
            "ranks": ranks,
        }


def pairs_of(rankings: tuple[Ranking, ...], answers: Codes) -> tuple[Pair, ...]:
    """Return each pair of frameworks, in their order."""
    ranks = [_by_row(ranking) for ranking in rankings]
    return tuple(
        _pair(rankings[a], rankings[b], answers[:, a], answers[:, b], ranks[a], ranks[b])
        for a, b in combinations(range(len(rankings)), 2)
    )


def _pair(
    first: Ranking,
    second: Ranking,
    answers: Codes,
    others: Codes,
    ranks: NDArray[np.int64],
    other_ranks: NDArray[np.int64],
) -> Pair:
    both = (answers >= 0) & (others >= 0)
    rows = np.flatnonzero((ranks > 0) & (other_ranks > 0))
    return Pair(
        first=first,
        second=second,
        judged=int(both.sum()),
        same=int((both & (answers == others)).sum()),
        first_milder=int((both & (answers < others)).sum()),
        second_milder=int((both & (answers > others)).sum()),
        rows=rows,
        first_ranks=_among(ranks[rows]),
        second_ranks=_among(other_ranks[rows]),
    )


def _by_row(ranking: Ranking) -> NDArray[np.int64]:
    """Return ranks in the order of the problem; 0 for none."""
    ranks = np.zeros(len(ranking), dtype=np.int64)
    ranks[ranking.order] = ranking.ranks
    return ranks


def _among(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ranks that those candidates have among themselves; ties stay ties."""
    return 1 + np.searchsorted(np.sort(ranks), ranks, side="left").astype(np.int64)
