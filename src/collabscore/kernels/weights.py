"""Random numbers, and sets of weights: draws from them, least linear functions, constraints.

Axis letters: `c` children of a group, `p` parts of a group, `m` leaves of a tree, `N` linear
functions, `k` streams of random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray, Frozen, IntArray, frozen_property
from .aggregation import Tree, overall_weights

__all__ = ["TILE", "Keys", "WeightPolytope", "WeightSet", "uniform_numbers"]

Proposal: TypeAlias = Callable[[FloatArray], FloatArray]
Keys: TypeAlias = NDArray[np.uint64]

TILE = 256
"""Number of draws made and computed with at a time, so that their last bits are always the same."""

# a box narrower than this in a direction is a point in it, and shares this near to one another,
# relatively, are equal
_FLAT = 1e-12
_PILOT = 4096

# the constants of SplitMix64, and numbers that are mixed at once: as many as stay in the cache
_GAMMA, *_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64
)
_SHIFTS = np.array([30, 27, 31, 12], np.uint64)
# the bits of 1.0: with 52 random ones behind them, a number from 1 to 2
_ONE = np.float64(1).view(np.uint64)
_CACHED = 2**15


def uniform_numbers(keys: Keys, first: int, count: int = TILE) -> FloatArray:
    """Return so many numbers of each stream, from the first one asked for, (count, k) in [0, 1).

    Parameters
    ----------
    keys : array of shape (k,)
        One for each stream, whose numbers depend on its key alone.
    first, count : int
        Numbers of a stream count from 0, and may be asked for in any order.

    Notes
    -----
    SplitMix64, whose number i is a bijection of ``key + i * gamma``: a stream needs no state, and
    all of them are filled at once. Streams that overlap do so at a lag, so that numbers of one
    draw stay independent.

    References
    ----------
    Steele, G. L., Lea, D., & Flood, C. H. (2014). Fast splittable pseudorandom number generators.
    ACM SIGPLAN Notices, 49(10), 453-472. doi:10.1145/2714064.2660195
    """
    drawn = np.empty((count, len(keys)))
    if not drawn.size:
        return drawn
    begins = np.arange(first + 1, first + count + 1, dtype=np.uint64) * _GAMMA
    step = max(1, _CACHED // len(keys))
    for start in range(0, count, step):
        mixed = begins[start : start + step, None] + keys
        for shift, factor in zip(_SHIFTS, _FACTORS, strict=False):
            mixed ^= mixed >> shift
            mixed *= factor
        mixed ^= mixed >> _SHIFTS[2]
        mixed >>= _SHIFTS[3]
        mixed |= _ONE
        np.subtract(mixed.view(np.float64), 1.0, out=drawn[start : start + step])
    return drawn


@dataclass(frozen=True, eq=False)
class WeightSet(Frozen):
    """The weights that the children of one group may have: a simplex, cut by a box or by an order.

    A part is a child, or several that keep their proportions. Build it with `fixed`, `between`,
    `between_and_rest` or `in_order`.

    Parameters
    ----------
    low, high : arrays of shape (p,)
        The least and the greatest share of each part, in [0, 1]; ``sum(low) <= 1 <= sum(high)``.
    membership : array of shape (p, c)
        How each part is divided among the children; not negative, rows sum to 1, each child in one
        part.
    classes : integer array of shape (p,), optional
        No part weighs less than one of a higher class; there is no box then.

    Raises
    ------
    ValueError
        If no weights lie between the ends.
    """

    low: FloatArray
    high: FloatArray
    membership: FloatArray
    classes: IntArray | None = None

    def __post_init__(self) -> None:
        reversed_ends = bool((self.low > self.high).any())
        if reversed_ends or self.low.sum() > 1 + _FLAT or self.high.sum() < 1 - _FLAT:
            raise ValueError(f"no weights lie between {self.low!r} and {self.high!r}")
        super().__post_init__()

    @classmethod
    def fixed(cls, shares: FloatArray) -> WeightSet:
        """Return the set of one point.

        Parameters
        ----------
        shares : array of shape (c,)
            Positive, summing to 1.
        """
        return cls(np.ones(1), np.ones(1), shares[None, :])

    @classmethod
    def between(cls, low: FloatArray, high: FloatArray) -> WeightSet:
        """Return the simplex cut by a box; the whole of it between 0 and 1.

        Parameters
        ----------
        low, high : arrays of shape (c,)
            Not negative; ``sum(low) <= 1 <= sum(high)``.
        """
        return cls(low, np.minimum(high, 1.0), np.eye(len(low)))

    @classmethod
    def between_and_rest(cls, low: FloatArray, high: FloatArray, shares: FloatArray) -> WeightSet:
        """Return a box for children whose ends differ; the others divide the rest.

        Parameters
        ----------
        low, high : arrays of shape (c,)
            The ends of the box, not negative; equal for the children that divide the rest.
        shares : array of shape (c,)
            Positive.
        """
        plain = low == high
        if not plain.any():
            return cls.between(low, high)
        own = np.flatnonzero(~plain)
        membership = np.zeros((len(own) + 1, len(shares)))
        membership[np.arange(len(own)), own] = 1.0
        membership[-1, plain] = shares[plain] / shares[plain].sum()
        least_rest = max(0.0, 1 - float(high[own].sum()))
        most_rest = 1 - float(low[own].sum())
        return cls(
            np.append(low[own], least_rest),
            np.append(np.minimum(high[own], 1.0), most_rest),
            membership,
        )

    @classmethod
    def in_order(cls, shares: FloatArray) -> WeightSet:
        """Return the weights in the order of `shares`; equal ones are unordered among themselves.

        Parameters
        ----------
        shares : array of shape (c,)
            Not negative.
        """
        c = len(shares)
        order = np.argsort(-shares, kind="stable")
        falling = shares[order]
        # the middle of [0.1, 0.2] is not quite 0.15
        begins = -np.diff(falling, prepend=falling[:1]) > _FLAT * falling
        classes = np.empty(c, dtype=np.int64)
        classes[order] = np.cumsum(begins)
        return cls(np.zeros(c), np.ones(c), np.eye(c), classes)

    @property
    def is_point(self) -> bool:
        """Whether there is one point in it alone."""
        return self.classes is None and bool((self.low == self.high).all())

    def attainable_ends(self) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest share that each part has in the box, (p,) each."""
        # a part weighs at least, and at most, the rest that the others leave of 1
        low = np.maximum(self.low, 1 - (self.high.sum() - self.high))
        high = np.minimum(self.high, 1 - (self.low.sum() - self.low))
        return low, high

    @frozen_property
    def _undivided(self) -> bool:
        """Whether each part is a child, in their order."""
        return np.array_equal(self.membership, np.eye(self.membership.shape[1]))

    # draws

    def sample(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield points drawn uniformly, without end, in arrays of shape (256, c).

        Notes
        -----
        ----- Independent draws, each by inverse transform of uniform numbers. On the whole simplex
        they are spacings of exponential variables, which is Dirichlet's distribution with all
        parameters 1 (uniform numbers divided by their sum would crowd in the middle). Under an
        order such a point is sorted: each of its orders is equally likely, and its sorted values do
        not depend on it. In a box, rejection from whichever encloses the set more closely: the
        simplex shifted to the lower ends, or the box itself, whose widest side is the rest of 1.
        About the middle of a box the latter accepts at least some 1 in sqrt(c), so that no random
        walk is needed.

        References
        ----------
        ---------- Devroye, L. (1986). Non-uniform random variate generation, ch. V. Springer.
        doi:10.1007/978-1-4613-8643-8
        """
        tiles = self._boxed_parts(rng) if self.classes is None else self._ordered_parts(rng)
        if self._undivided:
            yield from tiles
        for parts in tiles:
            yield parts @ self.membership

    def _boxed_parts(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        low, high = self.attainable_ends()
        free, middle = high - low > _FLAT, (low + high) / 2
        if np.count_nonzero(free) < 2:
            point = np.where(free, 1 - middle[~free].sum(), middle)
            tile = np.tile(point / point.sum(), (TILE, 1))
            while True:
                yield tile
        fixed = np.where(free, 0.0, middle)
        total = 1 - fixed.sum()
        propose = _closest_proposal(low[free] / total, high[free] / total)
        uniform_shape = (TILE, int(np.count_nonzero(free)))
        accepted = np.empty((0, uniform_shape[1]))
        while True:
            while len(accepted) < TILE:
                accepted = np.concatenate([accepted, propose(rng.random(uniform_shape))])
            parts = accepted[:TILE] * total
            accepted = accepted[TILE:]
            if not free.all():
                whole = np.tile(fixed, (TILE, 1))
                whole[:, free] = parts
                parts = whole
            yield parts

    def _ordered_parts(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        assert self.classes is not None
        by_class = np.argsort(self.classes, kind="stable")
        while True:
            drawn = _on_simplex(rng.random((TILE, len(by_class))))
            falling = -np.sort(-drawn, axis=1)
            # the greatest values go to the lowest class, and within a class to its parts in the
            # order they were drawn
            rows = np.argsort(-drawn[:, by_class], axis=1, kind="stable")
            rows_by_class = np.argsort(self.classes[by_class][rows], axis=1, kind="stable")
            receivers = by_class[np.take_along_axis(rows, rows_by_class, axis=1)]
            parts = np.empty_like(drawn)
            np.put_along_axis(parts, receivers, falling, axis=1)
            yield parts

    # linear functions and constraints

    def minimise(self, slopes: FloatArray) -> FloatArray:
        """Return the weights at which each linear function is least.

        Parameters
        ----------
        slopes : array of shape (N, c)

        Returns
        -------
        array of shape (N, c)
            Not negative, rows sum to 1: a vertex each.

        Notes
        -----
        ----- In a box: all parts at their least, then the rest of 1 to those with the lowest
        slopes, as the continuous knapsack problem is solved (Dantzig 1957). Under an order the
        vertices are equal weights for the parts of the first classes and some of the next, none for
        others; within a class those with the lowest slopes come first.

        References
        ----------
        Dantzig, G. B. (1957). Discrete-variable extremum problems. Operations Research 5, 266-288.
        doi:10.1287/opre.5.2.266
        """
        # not by products of matrices, for which threads would be started
        of_parts = slopes
        if not self._undivided:
            of_parts = np.einsum("nc,pc->np", slopes, self.membership)
        weights = np.empty_like(of_parts)
        if self.classes is None:
            order = np.argsort(of_parts, axis=1, kind="stable")
            width = (self.high - self.low)[order]
            rest = (1 - self.low.sum()) - (np.cumsum(width, axis=1) - width)
            np.put_along_axis(weights, order, self.low[order] + np.clip(rest, 0.0, width), axis=1)
            # low ends may come to 1 but for rounding
            weights /= weights.sum(axis=1, keepdims=True)
        else:
            classes = np.broadcast_to(self.classes, of_parts.shape)
            order = np.lexsort((of_parts, classes), axis=1)
            counts = np.arange(1, of_parts.shape[1] + 1)
            means = np.cumsum(np.take_along_axis(of_parts, order, axis=1), axis=1) / counts
            size = counts[np.argmin(means, axis=1)][:, None]
            np.put_along_axis(weights, order, np.where(counts <= size, 1.0 / size, 0.0), axis=1)
        if self._undivided:
            return weights
        return np.asarray(np.einsum("np,pc->nc", weights, self.membership))

    def constraints(self) -> tuple[FloatArray, FloatArray]:
        """Return the constraints on the weights of the children, beside being not negative.

        Returns
        -------
        at_least, equal : arrays of shape (any, c)
            ``at_least @ y >= 0`` and ``equal @ y == 0``, whatever the weights sum to.
        """
        members = (self.membership > 0).astype(np.float64)
        # a share of y is a share of its sum
        lower = (members - self.low[:, None])[self.low > 0]
        upper = (self.high[:, None] - members)[self.high < 1]
        at_least = np.vstack([lower, upper])
        if self.classes is not None:
            heavier, lighter = np.nonzero(self.classes[:, None] + 1 == self.classes)
            at_least = np.vstack([at_least, members[heavier] - members[lighter]])
        proportions = []
        for part in self.membership:
            first, *others = np.flatnonzero(part).tolist()
            for other in others:
                row = np.zeros(len(part))
                row[other], row[first] = part[first], -part[other]
                proportions.append(row)
        return at_least, np.array(proportions).reshape(-1, self.membership.shape[1])


@dataclass(frozen=True, eq=False)
class WeightPolytope(Frozen):
    """The overall weights that the leaves of an arithmetic tree may have.

    Parameters
    ----------
    tree : Tree
        Its structure; weights and powers are ignored.
    sets : tuple of WeightSet
        One for each group of the tree.
    """

    tree: Tree
    sets: tuple[WeightSet, ...]

    def sample(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield overall weights, drawn uniformly in each group, without end, (256, m) each."""
        tiles = [weights.sample(rng) for weights in self.sets]
        while True:
            shares = [*map(next, tiles)]
            yield overall_weights(self.tree, shares)[:, : self.tree.leaves]

    def minimise(self, values: FloatArray) -> FloatArray:
        """Return the overall weights at which each weighted sum of the leaves is least.

        Parameters
        ----------
        values : array of shape (N, m)
            One function a row; without NaN.

        Returns
        -------
        array of shape (N, m)
            A vertex each.

        Notes
        -----
        ----- Each group has weights of its own, so the least of the whole is found from the bottom
        up: the value of a group is the least weighted mean of the values of its children.
        """
        tree = self.tree
        least = np.empty((len(values), tree.nodes), order="F")
        least[:, : tree.leaves] = values
        shares = []
        for group, children in enumerate(tree.children):
            shares.append(self.sets[group].minimise(least[:, children]))
            least[:, tree.leaves + group] = (shares[-1] * least[:, children]).sum(axis=1)
        return overall_weights(tree, shares)[:, : tree.leaves]

    def least(self, values: FloatArray) -> FloatArray:
        """Return the least of each weighted sum of the leaves over all admissible weights.

        Parameters
        ----------
        values : array of shape (N, m)

        Returns
        -------
        array of shape (N,)
        """
        return np.asarray((self.minimise(values) * values).sum(axis=1))

    @frozen_property
    def constraints(self) -> tuple[FloatArray, FloatArray]:
        """The constraints on overall weights, beside being not negative, with sum 1.

        Returns
        -------
        at_least, equal : arrays of shape (any, m)
            ``at_least @ y >= 0`` and ``equal @ y == 0``.

        Notes
        -----
        ----- A group weighs as much as the leaves below it. Shares of a group become linear when
        multiplied by its weight.
        """
        below = np.zeros((self.tree.nodes, self.tree.leaves))
        below[: self.tree.leaves] = np.eye(self.tree.leaves)
        at_least: list[FloatArray] = []
        equal: list[FloatArray] = []
        for group, (children, weights) in enumerate(
            zip(self.tree.children, self.sets, strict=True)
        ):
            below[self.tree.leaves + group] = below[children].sum(axis=0)
            inequalities, equations = weights.constraints()
            at_least.append(inequalities @ below[children])
            equal.append(equations @ below[children])
        return np.vstack(at_least), np.vstack(equal)

    @property
    def is_box(self) -> bool:
        """Whether no group has an order."""
        return all(weights.classes is None for weights in self.sets)

    def halves(self, overall: FloatArray) -> tuple[WeightPolytope, WeightPolytope]:
        """Return two polytopes that hold all of this one, which is a box.

        Parameters
        ----------
        overall : array of shape (m,)
            Weights of the set. The share whose ends are farthest apart, times the weight of its
            group, is cut there, but never close to an end.
        """
        tree = self.tree
        totals = np.append(overall, np.empty(len(self.sets)))
        widest = -1.0
        for group, children in enumerate(tree.children):
            totals[tree.leaves + group] = totals[children].sum()
            low, high = self.sets[group].attainable_ends()
            widths = (high - low) * totals[tree.leaves + group]
            if widths.max() > widest:
                widest = float(widths.max())
                widest_group, part = group, int(widths.argmax())
        cut = self.sets[widest_group]
        low, high = cut.attainable_ends()
        members = tree.children[widest_group][cut.membership[part] > 0]
        share = totals[members].sum() / totals[tree.leaves + widest_group]
        margin = 0.3 * (high[part] - low[part])
        share = min(max(share, low[part] + margin), high[part] - margin)
        most, least = high.copy(), low.copy()
        most[part] = least[part] = share
        halves = []
        for ends in ((low, most), (least, high)):
            sets = list(self.sets)
            sets[widest_group] = WeightSet(*ends, cut.membership)
            halves.append(replace(self, sets=tuple(sets)))
        return halves[0], halves[1]


def _on_simplex(uniform: FloatArray) -> FloatArray:
    # 1 - u is never 0, since u is never 1; all of them 1, whose logarithm is 0, has no chance worth
    # the name
    spacings: FloatArray = -np.log1p(-uniform)
    spacings /= spacings.sum(axis=1, keepdims=True)
    return spacings


def _closest_proposal(low: FloatArray, high: FloatArray) -> Proposal:
    """Return the function from uniform numbers to points in a box that accepts the most of them."""
    to_rest = 1 - low.sum()
    widest = int(np.argmax(high - low))

    def shifted_simplex(uniform: FloatArray) -> FloatArray:
        points: FloatArray = low + to_rest * _on_simplex(uniform)
        inside: FloatArray = points[(points <= high).all(axis=1)]
        return inside

    def box(uniform: FloatArray) -> FloatArray:
        points: FloatArray = low + (high - low) * uniform
        points[:, widest] = 0.0
        points[:, widest] = 1 - points.sum(axis=1)
        rest = points[:, widest]
        inside: FloatArray = points[(low[widest] <= rest) & (rest <= high[widest])]
        return inside

    if not low.any() and (high == 1).all():
        # the whole simplex: nothing is refused, and there is nothing to try
        return shifted_simplex
    # a stream of its own, so that the choice depends on the set alone
    pilot = np.random.Generator(np.random.PCG64(0)).random((_PILOT, len(low)))
    by_simplex, by_box = len(shifted_simplex(pilot)), len(box(pilot))
    if not by_simplex and not by_box:
        raise ValueError(f"the weights between {low!r} and {high!r} are too few to be drawn")
    return shifted_simplex if by_simplex >= by_box else box
