"""Tallies: what is counted while draws go by, in memory that does not grow with their number.

Imports the kernels and `methods`. Axis letters: n candidates, m leaf criteria, s draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.ranking import TOLERANCE, ranks_in_draws
from ...kernels.weights import TILE
from ..draws.methods import Outcome

__all__ = ["BINS", "LARGE", "Tally"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Indices: TypeAlias = NDArray[np.intp]

BINS = 1000
"""Scores are counted in so many bins of 0.1 point."""

LARGE = 1000
"""With more candidates than these there are no tables of candidates by ranks or by scores."""

# numbers of an array that is worked on at once: what stays in the cache of a core
_ROOM = 2**15


@dataclass(eq=False)
class Tally:
    """Counts over draws, candidates in the order of the problem.

    Parameters
    ----------
    n, m, verdicts : int
        How many candidates, leaf criteria and verdicts there are.
    bands : sequence of float
        Scores from which bands begin, ascending.
    top : int
        The rank up to which a candidate counts as among the first, in a large set.
    block : int, optional
        How many draws are ranked and counted at once; what is counted does not depend on it.
    walks : bool
        Whether weights come from a random walk: then the mean ranks of each tile are kept too.
    """

    n: int
    m: int
    verdicts: int
    bands: Sequence[float]
    top: int
    block: int | None = None
    walks: bool = False
    draws: int = 0
    tables: Integers | None = field(init=False)
    scores: Integers | None = field(init=False)

    def __post_init__(self) -> None:
        n, large = self.n, self.n > LARGE
        self.tables = None if large else np.zeros((n, n + 1), dtype=np.int64)  # by rank, 0 for none
        self.scores = None if large else np.zeros((n, BINS + 1), dtype=np.int64)
        self.first, self.among, self.unranked = (np.zeros(n, dtype=np.int64) for _ in range(3))
        self.best, self.worst = np.full(n, n + 1, dtype=np.int64), np.zeros(n, dtype=np.int64)
        self.ranks, self.rank_squares = np.zeros(n), np.zeros(n)
        self.values, self.value_squares = np.zeros(n), np.zeros(n)
        self.by_verdict = np.zeros(
            (n, self.verdicts + 1), dtype=np.int64
        )  # the last: not applicable
        self.by_band = np.zeros((n, len(self.bands)), dtype=np.int64)
        self.weights, self.weight_squares = np.zeros((n, self.m)), np.zeros((n, self.m))
        self.tile_ranks: list[Floats] = []

    def add(self, outcome: Outcome, weights: Floats, count: int = TILE) -> None:
        """Count the first draws of a tile.

        Parameters
        ----------
        outcome : Outcome
            Of a whole tile.
        weights : array of shape (s, m)
            Overall weights of the leaves in each draw.
        count : int
            How many draws of the tile count.
        """
        values = outcome.values[:count]
        tiers = outcome.tiers if outcome.tiers.ndim == 1 else outcome.tiers[:count]
        ranks = np.empty(values.shape, dtype=np.intp)
        for rows in self._slices(count):
            ranks[rows] = ranks_in_draws(values[rows], tiers if tiers.ndim == 1 else tiers[rows])
            self._add_ranks(ranks[rows])
            self._add_scores(values[rows])
        self.draws += count
        self._add_values(values)
        self._add_verdicts(outcome, count)
        self._add_bands(values, ranks)
        self._add_first(ranks, weights[:count])
        if self.walks:
            self.tile_ranks.append(ranks.mean(axis=0))

    def _slices(self, count: int) -> Iterator[slice]:
        """Yield the rows that are ranked at once."""
        step = min(self.block or count, max(1, _ROOM // max(1, self.n)))
        return (slice(start, min(start + step, count)) for start in range(0, count, step))

    def _add_values(self, values: Floats) -> None:
        # sums of whole tiles: the same to the last bit, whatever the block
        self.values += values.sum(axis=0)
        self.value_squares += np.einsum("sn,sn->n", values, values)

    def _add_verdicts(self, outcome: Outcome, count: int) -> None:
        places = np.arange(self.n)
        if outcome.severity.ndim == 1:
            self.by_verdict[places, outcome.severity] += count
        else:
            kinds = self.verdicts + 1
            flat = outcome.severity[:count] % kinds + places * kinds
            self.by_verdict += np.bincount(flat.ravel(), minlength=self.by_verdict.size).reshape(
                self.n, kinds
            )

    def _add_bands(self, values: Floats, ranks: Indices) -> None:
        for k, threshold in enumerate(self.bands):
            reached = values >= (threshold - TOLERANCE) / 100
            reached &= ranks > 0
            self.by_band[:, k] += np.count_nonzero(reached, axis=0)

    def _add_first(self, ranks: Indices, weights: Floats) -> None:
        rows, leaders = np.divmod(np.flatnonzero(ranks == 1), self.n)
        self.first += np.bincount(leaders, minlength=self.n)
        # as many rows as there are draws, and ties: far fewer than draws and candidates
        ever, place = np.unique(leaders, return_inverse=True)
        marks = np.zeros((len(ever), len(weights)))
        marks[place, rows] = 1.0
        self.weights[ever] += marks @ weights
        self.weight_squares[ever] += marks @ weights**2

    def _add_ranks(self, ranks: Indices) -> None:
        if self.tables is not None:
            _count(self.tables, ranks)
            return
        there = ranks > 0
        self.unranked += len(ranks) - np.count_nonzero(there, axis=0)
        self.among += np.count_nonzero(there & (ranks <= self.top), axis=0)
        np.minimum(self.best, np.where(there, ranks, self.n + 1).min(axis=0), out=self.best)
        np.maximum(self.worst, ranks.max(axis=0), out=self.worst)
        # whole numbers below 2^53: exact, in whatever order they are added
        self.ranks += ranks.sum(axis=0)
        self.rank_squares += np.einsum("sn,sn->n", ranks, ranks)

    def _add_scores(self, values: Floats) -> None:
        if self.scores is not None:
            _count(self.scores, (values * BINS).astype(np.intp))


def _count(table: Integers, columns: Indices) -> None:
    """Add 1, for each row of `columns`, in the column of each candidate's row of `table`."""
    n, width = table.shape
    # faster than `bincount`, whose result is as large as the table, for as few as stay in the cache
    np.add.at(table.reshape(-1), (columns + np.arange(n) * width).ravel(), 1)
