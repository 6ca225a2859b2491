"""Uncertainty: draws of weights, ratings and choices of method, evaluated and counted.

Axis letters: n candidates, m leaf criteria, s draws, u uncertain ratings, c children of a group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, IndexArray, IntArray
from ..errors import UsageError, did_you_mean
from ..kernels.aggregation import Tree, overall_weights
from ..kernels.ranking import TOLERANCE, ranks_in_draws
from ..kernels.values import ratings_from
from ..kernels.weights import TILE
from ..models.criteria import power_of
from ..models.framework import Framework, GroupWeights
from ..scoring.problem import Problem
from ..scoring.valuation import Valuation, tree_of
from ..scoring.variants import Changes, Outcomes, Variants, points_at

__all__ = [
    "BINS",
    "LARGE",
    "Accumulator",
    "DrawBatch",
    "Draws",
    "UncertainRatings",
    "add_wins",
    "choices_of_method",
    "refuse_out_of_range",
    "take_draws",
]

LARGE = 1000
"""The most candidates for which there are tables by ranks, by scores and by one another."""

BINS = 1000
"""Scores are counted in bins of 0.1 point."""

# numbers of an array that is worked on at once: as many as stay in the cache of a core
_CACHED = 2**16


@dataclass(frozen=True, eq=False)
class UncertainRatings:
    """Ratings on one criterion that are not points, (u,) each.

    Parameters
    ----------
    key : str
        The criterion.
    rows : integer array
        The rows of the candidates in the problem.
    low, value, high : arrays
        In the units of the scale, the whole scale where unknown; `value` is NaN where there are no
        three points.
    unknown : boolean array
        Where there is no rating at all.
    columns : slice
        Their columns in `DrawBatch.uniform`.
    """

    key: str
    rows: IndexArray
    low: FloatArray
    value: FloatArray
    high: FloatArray
    unknown: BoolArray
    columns: slice

    def draw(self, uniform: FloatArray) -> FloatArray:
        """Return drawn ratings, (s, u), from numbers in [0, 1) of that shape."""
        return ratings_from(self.low, self.value, self.high, uniform)


def choices_of_method(names: Sequence[str], framework: Framework) -> dict[str, tuple[str, ...]]:
    """Return the options, equally likely, of each choice of method to draw from.

    Parameters
    ----------
    names : sequence of str
        "missing": the value of an unknown rating (average, worst, omit), in place of drawing it.
        "combine": the mean of the top (arithmetic, geometric, harmonic). "guardrail:ID": whether
        that guardrail is in force.

    Raises
    ------
    UsageError
        If there is no such choice.
    """
    options: dict[str, tuple[str, ...]] = {
        "missing": ("average", "worst", "omit"),
        "combine": ("arithmetic", "geometric", "harmonic"),
    }
    for key in framework.guardrails:
        options[f"guardrail:{key}"] = ("in force", "left out")
    for name in names:
        if name not in options:
            raise UsageError(f"`{name}` is no choice of method; {did_you_mean(name, options)}")
    return {name: options[name] for name in names}


@dataclass(frozen=True, eq=False)
class DrawBatch:
    """Draws before anything is evaluated.

    Parameters
    ----------
    shares : tuple of arrays of shape (s, c) or (c,)
        The weights of each group, in the order of the groups drawn from; (c,) where all draws have
        the same.
    uniform : array of shape (s, u)
        In [0, 1): the place of each uncertain rating between its ends.
    options : integer array of shape (s, number of choices)
        The option of each choice of method.
    """

    shares: tuple[FloatArray, ...]
    uniform: FloatArray
    options: IndexArray

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.uniform)

    def take(self, rows: IndexArray | slice) -> DrawBatch:
        """Return some of the draws."""
        shares = tuple(part if part.ndim == 1 else part[rows] for part in self.shares)
        return DrawBatch(shares, self.uniform[rows], self.options[rows])

    @property
    def tree_weights(self) -> tuple[FloatArray, ...]:
        """Weights of the groups as a tree has them: in reverse order, and the top last."""
        return (*reversed(self.shares[1:]), *self.shares[:1])


def take_draws(batches: Iterator[DrawBatch], count: int) -> Iterator[DrawBatch]:
    """Yield the next `count` draws in tiles, the last of which may be shorter."""
    for start in range(0, count, TILE):
        yield next(batches).take(slice(count - start))


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the weights, ratings and choices of method of a problem.

    Parameters
    ----------
    problem : Problem
    groups : tuple of GroupWeights
        The admissible weights of each group, the top first.
    seed : int
    choices : mapping of choice of method to its options
    """

    problem: Problem
    groups: tuple[GroupWeights, ...]
    seed: int
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def uncertain(self) -> tuple[UncertainRatings, ...]:
        """The ratings that are not points, of each criterion that has any."""
        found = []
        start = 0
        for key, column in self.problem.ratings.items():
            low, high = self.problem.rating_bounds(key)
            rows = np.flatnonzero(low < high)
            if len(rows):
                columns = slice(start, start + len(rows))
                ends = low[rows], column.value[rows], high[rows]
                found.append(UncertainRatings(key, rows, *ends, column.unknown[rows], columns))
                start = columns.stop
        return tuple(found)

    @property
    def uncertain_count(self) -> int:
        """The number of ratings that are not points."""
        return self.uncertain[-1].columns.stop if self.uncertain else 0

    def batches(self, stream: int = 0) -> Iterator[DrawBatch]:
        """Yield tiles of 256 draws without end.

        Parameters
        ----------
        stream : int
            Streams of the same seed are independent of one another.

        Notes
        -----
        One random stream for the ratings, one for the choices, and one for the weights of each
        group: an addition to one leaves the others as they are.
        """
        width = len(self.groups) + 2
        seeds = np.random.SeedSequence(self.seed).spawn((stream + 1) * width)[stream * width :]
        ratings, options, *weights = (np.random.Generator(np.random.PCG64(seed)) for seed in seeds)
        samples = [
            group.weights.sample(rng) for group, rng in zip(self.groups, weights, strict=True)
        ]
        counts = np.array([len(choice) for choice in self.choices.values()], dtype=np.intp)
        while True:
            tiles = zip(self.groups, map(next, samples), strict=True)
            yield DrawBatch(
                shares=tuple(tile if group.free else tile[0] for group, tile in tiles),
                uniform=ratings.random((TILE, self.uncertain_count)),
                options=(options.random((TILE, len(counts))) * counts).astype(np.intp),
            )

    def changes(self, batch: DrawBatch) -> Changes:
        """Return draws as changes of all candidates."""
        ratings = {}
        for part in self.uncertain:
            rows, points = part.rows, part.draw(batch.uniform[:, part.columns])
            if "missing" in self.choices:  # which gives the values of unknown ratings
                rows, points = rows[~part.unknown], points[:, ~part.unknown]
            ratings[part.key] = points_at(rows, points)
        everyone = np.arange(self.problem.size)
        return Changes(everyone, len(batch), ratings, weights=batch.tree_weights)

    def variants(self, options: tuple[int, ...] = ()) -> Variants:
        """Return the problem by an option of each choice of method, given by their numbers."""
        if options not in self._variants:
            framework, tree = self.problem.framework, self._tree
            chosen: dict[str, Any] = {}
            for (name, words), k in zip(self.choices.items(), options, strict=True):
                chosen[name] = words[k]
            if "combine" in chosen:
                tree = replace(tree, powers=(*tree.powers[:-1], power_of(chosen["combine"])))
            rules = {}
            for key, steps in framework.compiled_guardrails.items():
                if chosen.get(f"guardrail:{key}") != "left out":
                    rules[key] = steps
            valuation = Valuation(self.problem, tree, chosen.get("missing"))
            self._variants[options] = Variants(valuation, rules)
        return self._variants[options]

    @cached_property
    def _variants(self) -> dict[tuple[int, ...], Variants]:
        return {}

    def outcomes(self, batch: DrawBatch) -> Outcomes:
        """Return values, verdicts and tiers in each draw; 0 for a candidate without a value."""
        if not self.choices:
            return self.variants().outcomes(self.changes(batch))
        shape = (len(batch), self.problem.size)
        values = np.empty(shape)
        severity, tiers = np.empty(shape, np.int8), np.empty(shape, np.int8)
        kinds, kind_of = np.unique(batch.options, axis=0, return_inverse=True)
        for k, options in enumerate(kinds.tolist()):
            rows = np.flatnonzero(kind_of.reshape(-1) == k)
            found = self.variants(tuple(options)).outcomes(self.changes(batch.take(rows)))
            values[rows] = np.nan_to_num(found.values)
            severity[rows], tiers[rows] = found.severity, found.tiers
        return Outcomes(values, severity, tiers)

    def leaf_weights(self, batch: DrawBatch) -> FloatArray:
        """Return the overall weights of the leaves in each draw, (s, m)."""
        tree = replace(self._tree, weights=batch.tree_weights)
        weights = overall_weights(tree)[..., : tree.leaves]
        return np.broadcast_to(weights, (len(batch), tree.leaves))

    @cached_property
    def _tree(self) -> Tree:
        return tree_of(self.problem.framework)

    def shares_of(self, leaf_weights: FloatArray) -> tuple[FloatArray, ...]:
        """Return the weights of each group, (c,), from overall weights of the leaves, (m,)."""
        framework = self.problem.framework
        by_leaf = dict(zip(framework.leaves, leaf_weights.tolist(), strict=True))
        shares = []
        for group in self.groups:
            parts = []
            for child in group.children:
                parts.append(sum(by_leaf[leaf] for leaf in framework.leaves_below(child)))
            shares.append(np.array(parts) / np.sum(parts))
        return tuple(shares)


def refuse_out_of_range(n: int, *, top: int | None, draws: int, seed: int, most: int) -> None:
    """Refuse options of draws that are out of their range.

    Parameters
    ----------
    n : int
        The number of candidates.
    top : int or None
        The k of "among the first k".
    draws, seed : int
    most : int
        The most draws.

    Raises
    ------
    UsageError
    """
    if not 1 <= draws <= most:
        raise UsageError(f"draws: {draws} is not from 1 to {most:,}")
    if seed < 0:
        raise UsageError(f"seed: {seed} is negative")
    if top is not None and not 1 <= top <= n:
        raise UsageError(f"top: {top} is not from 1 to {n}, the number of candidates")


@dataclass(eq=False)
class Accumulator:
    """Counts over draws, in memory that does not grow with their number.

    Candidates are in the order of the problem.

    Parameters
    ----------
    n, m, verdicts : int
        The number of candidates, of leaf criteria and of verdicts.
    bands : sequence of float
        The scores at which bands begin, ascending.
    top : int
        The k of "among the first k".
    """

    n: int
    m: int
    verdicts: int
    bands: Sequence[float]
    top: int
    draws: int = 0

    def __post_init__(self) -> None:
        n, m = self.n, self.m
        self.is_large = n > LARGE
        ranks = np.arange(n + 1)
        # a large set has four classes of ranks: none, first, others up to `top`, those after it
        self.class_of_rank = np.searchsorted([0, 1, self.top], ranks) if self.is_large else ranks
        self.rank_counts = np.zeros((n, int(self.class_of_rank[-1]) + 1), dtype=np.int64)
        self.score_counts = np.zeros((0 if self.is_large else n, BINS + 1), dtype=np.int64)
        # the last one: the framework is not about the candidate
        self.verdict_counts = np.zeros((n, self.verdicts + 1), dtype=np.int64)
        self.band_counts = np.zeros((n, len(self.bands)), dtype=np.int64)
        self.value_sums, self.value_squares = np.zeros(n), np.zeros(n)
        self.weight_sums = np.zeros((n, m))
        # of large sets alone; elsewhere they follow from the counts
        self._best, self._worst = np.full(n, n + 1), np.zeros(n, dtype=np.int64)
        self._rank_sums, self._rank_squares = np.zeros((2, n))

    def add(self, outcomes: Outcomes, weights: FloatArray) -> None:
        """Count draws.

        Parameters
        ----------
        outcomes : Outcomes
            Of a tile of draws.
        weights : array of shape (s, m)
            Overall weights of the leaves in each draw.
        """
        values, tiers = outcomes.values, outcomes.tiers
        count = len(values)
        ranks = np.empty(values.shape, dtype=np.intp)
        step = max(1, _CACHED // max(1, self.n))
        for start in range(0, count, step):
            rows = slice(start, start + step)
            ranks[rows] = ranks_in_draws(values[rows], tiers if tiers.ndim == 1 else tiers[rows])
            self._add_ranks(ranks[rows])
            if not self.is_large:
                _add_counts(self.score_counts, (values[rows] * BINS).astype(np.intp))
        self.draws += count
        # sums over whole tiles: the same to the last bit, however many draws are ranked at once
        self.value_sums += values.sum(axis=0)
        self.value_squares += np.einsum("sn,sn->n", values, values)
        verdicts = outcomes.severity % (self.verdicts + 1)
        _add_counts(self.verdict_counts, verdicts, count if verdicts.ndim == 1 else 1)
        for k, threshold in enumerate(self.bands):
            reached = (values >= (threshold - TOLERANCE) / 100) & (ranks > 0)
            self.band_counts[:, k] += np.count_nonzero(reached, axis=0)
        # the weights of each draw count for the candidates that are first in it
        draws, leaders = np.divmod(np.flatnonzero(ranks == 1), self.n)
        np.add.at(self.weight_sums, leaders, weights[draws])

    def _add_ranks(self, ranks: IndexArray) -> None:
        if not self.is_large:
            _add_counts(self.rank_counts, ranks)
            return
        _add_counts(self.rank_counts, self.class_of_rank[ranks])
        best = np.where(ranks > 0, ranks, self.n + 1).min(axis=0)
        np.minimum(self._best, best, out=self._best)
        np.maximum(self._worst, ranks.max(axis=0), out=self._worst)
        # whole numbers below 2^53: exact, in whatever order they are added
        self._rank_sums += ranks.sum(axis=0)
        self._rank_squares += np.einsum("sn,sn->n", ranks, ranks)

    def rank_means(self) -> tuple[FloatArray, FloatArray]:
        """Return means of ranks and their standard errors, (n,); NaN for one never ranked."""
        sums, squares = self._rank_sums, self._rank_squares
        if not self.is_large:
            counts, ranks = self.rank_counts[:, 1:], self.class_of_rank[1:].astype(np.float64)
            sums, squares = counts @ ranks, counts @ ranks**2
        return _means_and_errors(sums, squares, self.draws - self.rank_counts[:, 0])

    def value_means(self) -> tuple[FloatArray, FloatArray]:
        """Return means of values and their standard errors, (n,)."""
        return _means_and_errors(self.value_sums, self.value_squares, self.draws)

    def rank_ranges(self) -> IntArray:
        """Return the best and the worst rank in any draw, (n, 2); 0 for one never ranked."""
        best, worst = self._best, self._worst
        if not self.is_large:
            seen = self.rank_counts[:, 1:] > 0
            best, worst = seen.argmax(axis=1) + 1, self.n - seen[:, ::-1].argmax(axis=1)
        ranges = np.stack([best, worst], axis=1)
        ranges[self.rank_counts[:, 0] == self.draws] = 0
        return ranges


def _means_and_errors(
    sums: NDArray[Any], squares: NDArray[Any], times: IntArray | int
) -> tuple[FloatArray, FloatArray]:
    """Return means and their standard errors, from sums of so many numbers and of their squares."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / times
        return means, np.sqrt(np.maximum(squares / times - means**2, 0.0) / times)


def _add_counts(table: IntArray, columns: NDArray[np.integer], times: int = 1) -> None:
    """Count, for each row of `columns`, a column of each candidate's row of `table`."""
    n, width = table.shape
    # faster than `bincount`, whose result is as large as the table, for as few as fit the cache
    np.add.at(table.reshape(-1), (columns + np.arange(n) * width).ravel(), times)


def add_wins(wins: IntArray, ranks: IndexArray) -> None:
    """Count in `wins`, (n, n), the draws in which the row's candidate is ahead of the column's."""
    n = ranks.shape[1]
    kind: type[np.unsignedinteger[Any]] = np.uint8 if n < 255 else np.uint16
    places: NDArray[np.unsignedinteger[Any]] = np.where(ranks > 0, ranks, n + 1).astype(kind)
    # a byte counts to 255, and what is compared at once should stay in the cache
    step = min(128, max(1, _CACHED // n))
    for start in range(0, len(places), step):
        part = places[start : start + step]
        for candidate in range(n):
            ahead: NDArray[np.bool_] = part[:, [candidate]] < part
            wins[candidate] += np.add.reduce(ahead.view(np.uint8), axis=0, dtype=np.uint8)
