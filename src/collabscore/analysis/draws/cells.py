"""Cells: the ratings of a problem that are not points, and what is drawn for them.

Imports scoring and the kernels. Axis letters: s draws, u uncertain ratings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.values import ratings_from
from ...scoring.problem import Problem

__all__ = ["Cells"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cells:
    """Ratings that are not points, (u,) each, those of one criterion beside one another.

    Parameters
    ----------
    rows, leaves : integer arrays
        The candidate and the criterion, by their places in the problem.
    low, value, high : arrays
        In the units of the scale, the whole scale where unknown; `value` is NaN where there are no three points.
    unknown : boolean array
        Where there is no rating at all.
    """

    rows: Indices
    leaves: Indices
    low: Floats
    value: Floats
    high: Floats
    unknown: Flags

    @classmethod
    def of(cls, problem: Problem) -> Cells:
        """Return the uncertain ratings of a problem."""
        parts = []
        for j, (key, node) in enumerate(problem.framework.leaves.items()):
            assert node.scale is not None
            column = problem.ratings[key]
            low = np.where(column.unknown, float(node.scale.range[0]), column.low)
            high = np.where(column.unknown, float(node.scale.range[1]), column.high)
            rows = np.flatnonzero(low < high)
            parts.append(
                (
                    rows,
                    rows * 0 + j,
                    low[rows],
                    column.value[rows],
                    high[rows],
                    column.unknown[rows],
                )
            )
        if not parts:
            none = np.zeros(0)
            return cls(none.astype(np.intp), none.astype(np.intp), none, none, none, none > 0)
        rows, leaves, low, value, high, unknown = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        return cls(rows, leaves, low, value, high, unknown)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    def where(self, chosen: Flags) -> Cells:
        """Return some of them."""
        return Cells(
            self.rows[chosen],
            self.leaves[chosen],
            self.low[chosen],
            self.value[chosen],
            self.high[chosen],
            self.unknown[chosen],
        )

    def by_leaf(self) -> Iterator[tuple[int, slice]]:
        """Yield each criterion that has some, and where they stand."""
        leaves, starts = np.unique(self.leaves, return_index=True)
        for leaf, start, end in zip(
            leaves.tolist(), starts.tolist(), [*starts[1:].tolist(), len(self)], strict=False
        ):
            yield leaf, slice(start, end)

    def ratings(self, uniform: Floats) -> Floats:
        """Return ratings drawn for them, (s, u), from numbers in [0, 1) of that shape."""
        return ratings_from(self.low, self.value, self.high, uniform)
