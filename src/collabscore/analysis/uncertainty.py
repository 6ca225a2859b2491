"""Uncertainty: weights, ratings and choices of method drawn together, and every candidate evaluated in each draw.

Axis letters: n candidates, m leaf criteria, s draws, u uncertain ratings, c children of a group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray
from ..errors import UsageError, did_you_mean
from ..kernels.aggregation import overall_weights
from ..kernels.values import ratings_from
from ..kernels.weights import TILE
from ..models.criteria import Missing, power_of
from ..models.framework import Framework
from ..models.weight_spaces import GroupWeights
from ..scoring.problem import Problem
from ..scoring.valuation import Valuation, tree_of
from ..scoring.variants import Changes, Outcomes, Variants, points_at

__all__ = [
    "DrawBatch",
    "DrawEvaluator",
    "Draws",
    "MethodChoice",
    "UncertainRatings",
    "choices_of_method",
    "refuse_out_of_range",
]

Indices: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class UncertainRatings:
    """Ratings that are not points, (u,) each, those of one criterion beside one another.

    Parameters
    ----------
    rows, leaves : integer arrays
        The row of the candidate in the problem, and the number of the criterion.
    low, value, high : arrays
        In the units of the scale, the whole scale where unknown; `value` is NaN where there are no three points.
    unknown : boolean array
        Where there is no rating at all.
    """

    rows: Indices
    leaves: Indices
    low: FloatArray
    value: FloatArray
    high: FloatArray
    unknown: BoolArray

    @classmethod
    def of(cls, problem: Problem) -> UncertainRatings:
        """Return the uncertain ratings of a problem."""
        none = np.zeros(0)
        no_index = np.zeros(0, dtype=np.intp)
        found = [(no_index, no_index, none, none, none, none > 0)]
        for leaf, (key, node) in enumerate(problem.framework.leaves.items()):
            column = problem.ratings[key]
            low = np.where(column.unknown, float(node.scale.range[0]), column.low)
            high = np.where(column.unknown, float(node.scale.range[1]), column.high)
            rows = np.flatnonzero(low < high)
            leaves = np.full(len(rows), leaf)
            found.append(
                (rows, leaves, low[rows], column.value[rows], high[rows], column.unknown[rows])
            )
        return cls(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def __len__(self) -> int:
        """Return the number of uncertain ratings."""
        return len(self.rows)

    def where(self, chosen: BoolArray | slice) -> UncertainRatings:
        """Return some of them; flags are of shape (u,)."""
        return UncertainRatings(
            self.rows[chosen],
            self.leaves[chosen],
            self.low[chosen],
            self.value[chosen],
            self.high[chosen],
            self.unknown[chosen],
        )

    def by_leaf(self) -> Iterator[tuple[int, slice]]:
        """Yield the number of each criterion with uncertain ratings, and their places here."""
        leaves, starts, counts = np.unique(self.leaves, return_index=True, return_counts=True)
        for leaf, start, count in zip(leaves, starts, counts, strict=True):
            yield int(leaf), slice(int(start), int(start + count))

    def draw(self, uniform: FloatArray) -> FloatArray:
        """Return drawn ratings, (s, u), from numbers in [0, 1) of that shape."""
        return ratings_from(self.low, self.value, self.high, uniform)


@dataclass(frozen=True)
class MethodChoice:
    """An uncertain choice of method: its name as asked for, and its options, equally likely."""

    name: str
    options: tuple[str, ...]


_CHOICES: dict[str, tuple[str, ...]] = {
    "missing": ("average", "worst", "omit"),
    "combine": ("arithmetic", "geometric", "harmonic"),
}


def choices_of_method(names: Sequence[str], framework: Framework) -> tuple[MethodChoice, ...]:
    """Return the choices of method to draw from.

    Parameters
    ----------
    names : sequence of str
        "missing": the value of an unknown rating (average, worst, omit), in place of drawing it. "combine": the mean
        of the top (arithmetic, geometric, harmonic). "guardrail:ID": whether that guardrail is in force.

    Raises
    ------
    UsageError
        If there is no such choice.
    """
    options = dict(_CHOICES)
    for key in framework.guardrails:
        options[f"guardrail:{key}"] = ("in force", "left out")
    for name in names:
        if name not in options:
            raise UsageError(f"`{name}` is no choice of method; {did_you_mean(name, [*options])}")
    return tuple(MethodChoice(name, options[name]) for name in dict.fromkeys(names))


@dataclass(frozen=True, eq=False)
class DrawBatch:
    """Draws before anything is evaluated.

    Parameters
    ----------
    shares : tuple of arrays of shape (s, c) or (c,)
        The weights of each group, in the order of the groups drawn from; (c,) where all draws have the same.
    uniform : array of shape (s, u)
        In [0, 1): the place of each uncertain rating between its ends.
    options : integer array of shape (s, number of choices)
        The option of each choice of method.
    """

    shares: tuple[FloatArray, ...]
    uniform: FloatArray
    options: Indices

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.uniform)

    def take(self, rows: Indices | slice) -> DrawBatch:
        """Return some of the draws."""
        shares = tuple(part if part.ndim == 1 else part[rows] for part in self.shares)
        return DrawBatch(shares, self.uniform[rows], self.options[rows])

    @property
    def tree_weights(self) -> tuple[FloatArray, ...]:
        """Weights of the groups as a tree has them: in reverse order, and the top last."""
        return (*reversed(self.shares[1:]), *self.shares[:1])


@dataclass(frozen=True, eq=False)
class DrawEvaluator:
    """An evaluation of draws under one option of each choice of method.

    Parameters
    ----------
    problem : Problem
    uncertain : UncertainRatings
        All uncertain ratings of the problem.
    options : mapping of choice to option
    """

    problem: Problem
    uncertain: UncertainRatings
    options: Mapping[str, str]

    def outcomes(self, batch: DrawBatch) -> Outcomes:
        """Return the values, verdicts and tiers of the candidates in each draw; without any score the value is 0."""
        found = self.variants.outcomes(self.changes(batch))
        found.values[:, self._unscored] = 0.0
        return found

    def changes(self, batch: DrawBatch) -> Changes:
        """Return draws as changes of all candidates."""
        leaves = list(self.problem.framework.leaves)
        drawn = self.uncertain.where(self._is_drawn)
        points = drawn.draw(batch.uniform[:, self._is_drawn])
        ratings = {}
        for leaf, part in drawn.by_leaf():
            ratings[leaves[leaf]] = points_at(drawn.rows[part], points[:, part])
        everyone = np.arange(self.problem.size)
        return Changes(everyone, len(batch), ratings=ratings, weights=batch.tree_weights)

    @cached_property
    def variants(self) -> Variants:
        """The problem by this method, all else as given."""
        tree = tree_of(self.problem.framework)
        if "combine" in self.options:
            tree = replace(tree, powers=(*tree.powers[:-1], power_of(self.options["combine"])))
        missing: Missing | None = self.options.get("missing")  # type: ignore[assignment]
        rules = {
            key: steps
            for key, steps in self.problem.framework.compiled_guardrails.items()
            if self.options.get(f"guardrail:{key}") != "left out"
        }
        return Variants.of_valuation(Valuation(self.problem, tree, missing), rules)

    @cached_property
    def _is_drawn(self) -> BoolArray | slice:
        """The ratings that are drawn: not the unknown ones where their value is a choice of method."""
        return ~self.uncertain.unknown if "missing" in self.options else slice(None)

    @cached_property
    def _unscored(self) -> BoolArray:
        """Where nothing is rated, and unknown ratings are left out, (n,)."""
        values = self.variants.valuation.leaf_values.copy()
        drawn = self.uncertain.where(self._is_drawn)
        values[drawn.rows, drawn.leaves] = 0.0
        return np.asarray(np.isnan(values).all(axis=1))


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the weights, ratings and choices of method of a problem.

    Parameters
    ----------
    problem : Problem
    groups : tuple of GroupWeights
        The admissible weights of each group, the top first.
    seed : int
    choices : tuple of MethodChoice
    """

    problem: Problem
    groups: tuple[GroupWeights, ...]
    seed: int
    choices: tuple[MethodChoice, ...] = ()

    @cached_property
    def uncertain(self) -> UncertainRatings:
        """The ratings that are not points."""
        return UncertainRatings.of(self.problem)

    def batches(self, stream: int = 0) -> Iterator[DrawBatch]:
        """Yield tiles of 256 draws without end.

        Parameters
        ----------
        stream : int
            Streams of the same seed are independent of one another.

        Notes
        -----
        One random stream for the ratings, one for the choices, and one for the weights of each group: an addition to
        one leaves the others as they are.
        """
        width = len(self.groups) + 2
        seeds = np.random.SeedSequence(self.seed).spawn((stream + 1) * width)[stream * width :]
        ratings, options, *weights = (np.random.Generator(np.random.PCG64(seed)) for seed in seeds)
        samples = [
            group.weights.sample(rng) for group, rng in zip(self.groups, weights, strict=True)
        ]
        counts = np.array([len(choice.options) for choice in self.choices], dtype=np.intp)
        while True:
            tiles = zip(self.groups, map(next, samples), strict=True)
            yield DrawBatch(
                shares=tuple(tile if group.free else tile[0] for group, tile in tiles),
                uniform=ratings.random((TILE, len(self.uncertain))),
                options=(options.random((TILE, len(counts))) * counts).astype(np.intp),
            )

    def outcomes(self, batch: DrawBatch) -> Outcomes:
        """Return the values, verdicts and tiers of the candidates in each draw; without any score the value is 0."""
        if not self.choices:
            return self.evaluator(()).outcomes(batch)
        shape = (len(batch), self.problem.size)
        values = np.empty(shape)
        severity, tiers = np.empty(shape, np.int8), np.empty(shape, np.int8)
        kinds, kind_of = np.unique(batch.options, axis=0, return_inverse=True)
        for k, options in enumerate(kinds.tolist()):
            rows = np.flatnonzero(kind_of.reshape(-1) == k)
            found = self.evaluator(tuple(options)).outcomes(batch.take(rows))
            values[rows], severity[rows], tiers[rows] = found.values, found.severity, found.tiers
        return Outcomes(values, severity, tiers)

    def evaluator(self, options: tuple[int, ...]) -> DrawEvaluator:
        """Return the evaluation under an option of each choice, given by their numbers."""
        if options not in self._evaluators:
            chosen = {}
            for choice, k in zip(self.choices, options, strict=True):
                chosen[choice.name] = choice.options[k]
            self._evaluators[options] = DrawEvaluator(self.problem, self.uncertain, chosen)
        return self._evaluators[options]

    @cached_property
    def _evaluators(self) -> dict[tuple[int, ...], DrawEvaluator]:
        return {}

    def leaf_weights(self, batch: DrawBatch) -> FloatArray:
        """Return the overall weights of the leaves in each draw, (s, m)."""
        tree = replace(tree_of(self.problem.framework), weights=batch.tree_weights)
        weights = overall_weights(tree)[..., : tree.leaves]
        return np.broadcast_to(weights, (len(batch), tree.leaves))

    def shares_of(self, leaf_weights: FloatArray) -> tuple[FloatArray, ...]:
        """Return the weights of each group, (c,), that give the leaves these overall weights, (m,)."""
        framework = self.problem.framework
        overall = dict.fromkeys(framework.nodes, 0.0)
        for weight, leaf in zip(leaf_weights.tolist(), framework.leaves.values(), strict=True):
            for key in leaf.path:
                overall[key] += weight
        shares = []
        for group in self.groups:
            parts = np.array([overall[child] for child in group.children])
            shares.append(parts / parts.sum())
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
