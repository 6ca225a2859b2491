"""Draws: weights, ratings and choices of method drawn together, the same ones for the same seed.

Imports the kernels, scoring, `spaces`, `cells` and `methods`. Axis letters: n candidates, s draws, u uncertain ratings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.aggregation import Tree
from ...kernels.weights import TILE
from ...models.weight_spaces import GroupWeights
from ...scoring.problem import Problem
from ...scoring.valuation import tree_of
from .cells import Cells
from .methods import Choice, Method, Outcome, leaf_weights

__all__ = ["Draws", "Sources"]

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Sources:
    """What a tile draws, before anything is evaluated.

    Parameters
    ----------
    shares : tuple of arrays of shape (s, c)
        The weights of each group, in the order of the spaces.
    uniform : array of shape (s, u)
        In [0, 1): where each uncertain rating lies within what it leaves open.
    options : integer array of shape (s, number of choices)
        Which option of each choice.
    """

    shares: tuple[Floats, ...]
    uniform: Floats
    options: Indices

    def rows(self, chosen: Indices) -> Sources:
        """Return some of the draws."""
        return Sources(
            tuple(part[chosen] for part in self.shares), self.uniform[chosen], self.options[chosen]
        )

    def with_shares(self, shares: tuple[Floats, ...]) -> Sources:
        """Return the same draws under one set of weights, (c,) a group."""
        s = len(self.uniform)
        return replace(self, shares=tuple(np.broadcast_to(part, (s, len(part))) for part in shares))


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the weights, ratings and choices of a problem.

    Parameters
    ----------
    problem : Problem
    spaces : tuple of GroupWeights
        One for each group, the top first.
    seed : int
    choices : tuple of Choice
    """

    problem: Problem
    spaces: tuple[GroupWeights, ...]
    seed: int
    choices: tuple[Choice, ...] = ()

    @cached_property
    def cells(self) -> Cells:
        """The ratings that are not points."""
        return Cells.of(self.problem)

    @cached_property
    def independent(self) -> bool:
        """Whether each draw is made by itself, and none is a step of a walk."""
        return True

    def sources(self, stream: int = 0) -> Iterator[Sources]:
        """Yield tiles of 256 draws without end.

        Parameters
        ----------
        stream : int
            Streams of the same seed are independent of one another.

        Notes
        -----
        One random stream for the ratings, one for the choices, and one for the weights of each group: what is added to
        one leaves the others as they are.
        """
        width = len(self.spaces) + 2
        seeds = np.random.SeedSequence(self.seed).spawn((stream + 1) * width)[stream * width :]
        ratings, options = (np.random.Generator(np.random.PCG64(seed)) for seed in seeds[:2])
        points = [
            group.weights.sample(np.random.Generator(np.random.PCG64(seed)))
            for group, seed in zip(self.spaces, seeds[2:], strict=True)
        ]
        counts = np.array([len(choice.options) for choice in self.choices], dtype=np.intp)
        while True:
            yield Sources(
                shares=tuple(map(next, points)),
                uniform=ratings.random((TILE, len(self.cells))),
                options=(options.random((TILE, len(counts))) * counts).astype(np.intp),
            )

    def outcome(self, sources: Sources) -> Outcome:
        """Return what draws make of the candidates."""
        if not self.choices:
            return self.method(()).outcome(sources.shares, sources.uniform)
        codes, which = np.unique(sources.options, axis=0, return_inverse=True)
        s, n = len(sources.options), self.problem.size
        values, severity, tiers = (
            np.empty((s, n)),
            np.empty((s, n), np.int8),
            np.empty((s, n), np.int8),
        )
        for k, code in enumerate(codes):
            rows = np.flatnonzero(which.reshape(-1) == k)
            part = sources.rows(rows)
            found = self.method(tuple(code.tolist())).outcome(part.shares, part.uniform)
            values[rows], severity[rows], tiers[rows] = found.values, found.severity, found.tiers
        return Outcome(values, severity, tiers)

    def leaf_weights(self, sources: Sources) -> Floats:
        """Return the overall weights of the leaves in each draw, (s, m)."""
        return leaf_weights(self._tree, sources.shares)

    def method(self, options: tuple[int, ...]) -> Method:
        """Return the way of evaluating that goes with an option of each choice."""
        if options not in self._methods:
            chosen = {
                choice.name: choice.options[k]
                for choice, k in zip(self.choices, options, strict=True)
            }
            self._methods[options] = Method.of(self.problem, self.spaces, self.cells, chosen)
        return self._methods[options]

    @cached_property
    def _tree(self) -> Tree:
        return tree_of(self.problem.framework)

    @cached_property
    def _methods(self) -> dict[tuple[int, ...], Method]:
        return {}
