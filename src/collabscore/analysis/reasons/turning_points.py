"""Turning points: the ratings of one candidate at which a score passes another or a condition turns.

Imports the variants and `scoring` and below. Axis letters: `v` variants, `b` bits (what can turn).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...models.expressions import Compare, Expression, Points, Quantity, RatingOf, walk_expression
from ...scoring.evaluation import Evaluator
from ...scoring.valuation import Valuation
from .variants import Variants

__all__ = ["conditions_of", "telling_ratings"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = NDArray[np.intp]

# two scores that one rating moves both can cross more than once between two knots
_GRID = 64
# floats are halved by their order: no more steps than they have bits
_HALVINGS = 64
# each round finds what those before it uncovered; rounding can make a bit flicker, and is not to be chased for ever
_ROUNDS = 16


def conditions_of(variants: Variants) -> tuple[Expression, ...]:
    """Return every condition that decides on a verdict, and the one that says whom the framework is about."""
    return variants.ranking.framework.deciding_expressions


def telling_ratings(
    variants: Variants, ranks: tuple[int, ...], starts: Mapping[int, float]
) -> tuple[Indices, Floats]:
    """Return, for each criterion, the ratings at which something turns, their neighbours, and one between any two.

    Parameters
    ----------
    variants : Variants
    ranks : tuple of int
        The ranks of which it matters whether the candidate reaches them.
    starts : mapping of leaf place to rating
        Further ratings to look at: where changes are counted from.

    Returns
    -------
    leaves : integer array of shape (v,)
        The criterion of each rating, by its place among the leaves, rising.
    points : array of shape (v,)
        The ratings, in the units of the scale, rising within a criterion. Nothing turns between two of them that are
        not neighbouring floats.

    Notes
    -----
    Between two knots of its value function a rating moves every score one way (power means are monotone), so that
    each comparison in a condition, and each rank, turns at most once there; where two ends differ, halving finds
    the two neighbouring floats between which it turns. A comparison whose two sides the rating moves both may turn
    more often: it is looked at on a grid besides. A count of conditions turns only where one of them does, so what
    is found is looked at again until nothing is added.
    """
    search = _Search(variants, ranks)
    leaves, points = search.start()
    leaves = np.append(leaves, np.fromiter(starts, dtype=np.intp, count=len(starts)))
    points = np.append(points, np.fromiter(starts.values(), dtype=np.float64, count=len(starts)))
    leaves, points = search.refined(*_ordered(leaves, points))
    return search.refined(*_with_middles(leaves, points))


@dataclass(frozen=True, eq=False)
class _Search:
    variants: Variants
    ranks: tuple[int, ...]

    @cached_property
    def comparisons(self) -> tuple[Compare, ...]:
        """The comparisons that a rating can turn; beside an `==`, which comes and goes, `>=` and `<=`."""
        found: dict[Compare, None] = {}
        for when in conditions_of(self.variants):
            for part in walk_expression(when):
                if isinstance(part, Compare) and any(map(_moves, walk_expression(part))):
                    found.update(dict.fromkeys(_one_sided(part)))
        return tuple(found)

    def start(self) -> tuple[Indices, Floats]:
        """Return the ends of each scale and the knots of each value function between them."""
        framework = self.variants.ranking.framework
        functions = self.variants.ranking.valuation.functions
        leaves, points = [], []
        for k, (key, node) in enumerate(framework.leaves.items()):
            low, high = (float(end) for end in node.scale.range)
            here = {low, high, *(x for x in functions[key].xs if low < x < high)}
            if self._moves_both_sides(key):
                ends = sorted(here)
                here.update(np.linspace(ends[:-1], ends[1:], _GRID).ravel().tolist())
            leaves += [k] * len(here)
            points += sorted(here)
        return np.array(leaves, dtype=np.intp), np.array(points)

    def _moves_both_sides(self, key: str) -> bool:
        path = self.variants.ranking.framework.nodes[key].path

        def moved(side: Quantity) -> bool:
            return (isinstance(side, RatingOf) and side.criterion == key) or (
                isinstance(side, Points) and side.criterion in path
            )

        return any(
            moved(comparison.left) and moved(comparison.right) for comparison in self.comparisons
        )

    def refined(self, leaves: Indices, points: Floats) -> tuple[Indices, Floats]:
        """Add the places at which something turns, until none is left between two ratings."""
        for _ in range(_ROUNDS):
            more_leaves, more_points = self.turns(leaves, points)
            if not len(more_leaves):
                break
            leaves, points = _ordered(
                np.append(leaves, more_leaves), np.append(points, more_points)
            )
        return leaves, points

    def bits(self, leaves: Indices, points: Floats) -> Flags:
        """Return everything that can turn, at each rating, (v, b)."""
        problem = self.variants.rated(leaves, points)
        valuation = Valuation(problem, self.variants.ranking.valuation.given)
        evaluator = Evaluator(problem, valuation)
        columns: list[Flags] = []
        for comparison in self.comparisons:
            truth = evaluator.truth(comparison)
            columns += [truth.sure, truth.possible]
        scores = 100 * valuation.root
        for tier in self.variants.rivals.scores:
            ranks = self.variants.rivals.rank_in(tier, scores)
            columns += [ranks <= rank for rank in self.ranks]
        return np.column_stack(columns) if columns else np.zeros((len(leaves), 0), dtype=np.bool_)

    def turns(self, leaves: Indices, points: Floats) -> tuple[Indices, Floats]:
        """Return the neighbouring floats between which something turns, where two given ratings differ in it."""
        bits = self.bits(leaves, points)
        first = np.flatnonzero(
            (leaves[:-1] == leaves[1:]) & (np.nextafter(points[:-1], points[1:]) != points[1:])
        )
        cell, bit = np.nonzero(bits[first] != bits[first + 1])
        place = first[cell]
        here, below, above = leaves[place], points[place].copy(), points[place + 1].copy()
        lane = np.arange(len(place))
        for _ in range(_HALVINGS):
            if not len(place):
                break
            middle = _between(below, above)
            same = self.bits(here, middle)[lane, bit] == bits[place, bit]
            below, above = np.where(same, middle, below), np.where(same, above, middle)
            if (np.nextafter(below, above) == above).all():
                break
        return np.concatenate([here, here]), np.concatenate([below, above])


def _moves(part: Expression | Quantity) -> bool:
    return isinstance(part, RatingOf | Points)


def _one_sided(comparison: Compare) -> Iterator[Compare]:
    if comparison.sign in ("==", "!="):
        yield Compare(">=", comparison.left, comparison.right)
        yield Compare("<=", comparison.left, comparison.right)
    # also beside its two sides: it rounds in its own way, and may turn some floats away from them
    yield comparison


def _ordered(leaves: Indices, points: Floats) -> tuple[Indices, Floats]:
    """Return ratings by criterion, rising, each once."""
    order = np.lexsort((points, leaves))
    leaves, points = leaves[order], points[order]
    new = np.ones(len(leaves), dtype=np.bool_)
    new[1:] = (leaves[1:] != leaves[:-1]) | (points[1:] != points[:-1])
    return leaves[new], points[new]


def _with_middles(leaves: Indices, points: Floats) -> tuple[Indices, Floats]:
    """Add a rating between any two of a criterion that are no neighbours."""
    apart = (leaves[:-1] == leaves[1:]) & (np.nextafter(points[:-1], points[1:]) != points[1:])
    middles = points[:-1][apart] / 2 + points[1:][apart] / 2
    return _ordered(np.append(leaves, leaves[:-1][apart]), np.append(points, middles))


def _between(low: Floats, high: Floats) -> Floats:
    """Return a float half way between two, counting the floats; the lower one, where they are neighbours.

    Notes
    -----
    Halving by value would take a thousand steps towards 0; by order it takes as many as a float has bits.
    """
    first, last = _order(low), _order(high)
    # rounded down, and without the sum, which can overflow
    return _float((first >> 1) + (last >> 1) + (first & last & 1))


def _order(x: Floats) -> NDArray[np.int64]:
    """Return integers that stand to each other as the floats do; -0 and 0 are one."""
    bits = (x + 0.0).view(np.int64)
    return np.where(bits < 0, np.int64(np.iinfo(np.int64).min) - bits, bits)


def _float(order: NDArray[np.int64]) -> Floats:
    return np.where(order < 0, np.int64(np.iinfo(np.int64).min) - order, order).view(np.float64)
