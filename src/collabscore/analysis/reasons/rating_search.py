"""Changes of one rating: the nearest point of a scale at which something is gained or lost.

Imports the turning points, the changes, and `scoring` and below. Axis letter: `v` variants.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.values import ValueFunction
from ...models.framework import LeafNode
from ...scoring.columns import RatingColumn
from ...scoring.variants import Alone
from ..changes import Aim, RatingChange, consequence_of
from ..evidence import rating_words
from .turning_points import telling_ratings
from .variants import Variants

__all__ = ["rating_changes"]

Floats: TypeAlias = NDArray[np.float64]

# ties reach 1e-9 of a point: a turn no farther than this share of the scale from a short number is meant to be there
_SNAP = 1e-8


@dataclass(frozen=True, eq=False)
class _Line:
    """One criterion, the ratings looked at, and what each of them would bring."""

    key: str
    node: LeafNode
    uncertain: bool
    start: float
    points: Floats
    outcomes: Alone
    offset: int

    @property
    def span(self) -> float:
        low, high = self.node.scale.range
        return float(high) - float(low)


def rating_changes(variants: Variants, aims: Sequence[Aim]) -> Iterator[RatingChange]:
    """Yield, for each aim and each criterion that can bring it about alone, the least change of its rating."""
    if not aims or not variants.ranking.framework.leaves:
        return
    found = [_change(variants, *found) for found in _nearest(variants, aims)]
    number = {aim.id: k for k, aim in enumerate(aims)}
    yield from sorted(found, key=lambda c: (number[c.aim], c.share_of_scale))


def _nearest(variants: Variants, aims: Sequence[Aim]) -> Iterator[tuple[Aim, _Line, int]]:
    lines = list(_lines(variants, tuple(aim.rank for aim in aims if aim.rank is not None)))
    for aim in aims:
        for line in lines:
            part = slice(line.offset, line.offset + len(line.points))
            holds = np.flatnonzero(aim.holds(line.outcomes)[part])
            if len(holds):
                yield aim, line, int(holds[np.argmin(np.abs(line.points[holds] - line.start))])


def _lines(variants: Variants, ranks: tuple[int, ...]) -> Iterator[_Line]:
    nodes = variants.ranking.framework.leaves
    ratings, functions = variants.copies(1).ratings, variants.ranking.valuation.functions
    starts = {
        k: start_of(ratings[key], node, functions[key])
        for k, (key, node) in enumerate(nodes.items())
    }
    leaves, points = telling_ratings(variants, ranks, starts)
    outcomes = variants.outcomes(leaves, points)
    for k, (key, node) in enumerate(nodes.items()):
        here = np.flatnonzero(leaves == k)
        yield _Line(
            key,
            node,
            bool(ratings[key].low[0] != ratings[key].high[0]),
            starts[k],
            points[here],
            outcomes,
            int(here[0]),
        )


def start_of(column: RatingColumn, node: LeafNode, function: ValueFunction) -> float:
    """Return where a change of the only rating in a column is counted from."""
    low, value, high = (float(part[0]) for part in (column.low, column.value, column.high))
    if not math.isnan(value):
        return value
    if not math.isnan(low):
        return low / 2 + high / 2
    ends = tuple(float(end) for end in node.scale.range)
    if node.missing != "worst":
        return ends[0] / 2 + ends[1] / 2
    candidates = [*ends, *(x for x in function.xs if ends[0] < x < ends[1])]
    return min(candidates, key=lambda x: float(np.interp(x, function.xs, function.ys)))


def _change(variants: Variants, aim: Aim, line: _Line, k: int) -> RatingChange:
    first = float(line.points[k])
    step = int(np.sign(first - line.start))
    holds = aim.holds(line.outcomes)[line.offset : line.offset + len(line.points)]
    to, beyond = _said(variants, aim, line, first)
    return RatingChange(
        aim=aim.id,
        criterion=line.key,
        present=rating_words(variants.ranking.problem, line.key, variants.row),
        uncertain=line.uncertain,
        start=line.start,
        rises=first > line.start,
        to=to,
        beyond=beyond,
        until=_until(line.points, holds, k, step),
        share_of_scale=abs(first - line.start) / line.span,
        consequence=consequence_of(variants.ranking.framework, line.outcomes, line.offset + k),
    )


def _until(points: Floats, holds: NDArray[np.bool_], k: int, step: int) -> float | None:
    """Return the last rating up to which it holds, going on; None where that is the end of the scale."""
    if step == 0:
        return None
    while 0 <= k + step < len(points):
        if not holds[k + step]:
            return float(points[k])
        k += step
    return None


def _said(variants: Variants, aim: Aim, line: _Line, first: float) -> tuple[float, bool]:
    """Return the turn as a number to say, and whether the aim is reached only beyond it."""
    digits = 3 - math.floor(math.log10(line.span))
    short = round(first, digits)
    if short == first or abs(short - first) > _SNAP * line.span:
        return first, False
    leaf = list(variants.ranking.framework.leaves).index(line.key)
    there = variants.outcomes(np.array([leaf]), np.array([short]))
    return short, not bool(aim.holds(there)[0])
