"""Polytopes of weights: what a linear function of the weights of a whole tree can come to, and its constraints.

Imports the kernel of trees and numpy. Axis letters: `c` children of a group, `p` parts of a group, `N` functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .aggregation import Tree
from .sampling import order_classes

__all__ = ["Cut", "Polytope", "between", "between_and_rest", "fixed", "in_order"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Cut:
    """The weights that the children of one group may have: a simplex, cut by a box or by an order.

    A part is a child, or several that keep their proportions. Build it with `fixed`, `between`, `between_and_rest`
    or `in_order`.

    Parameters
    ----------
    low, high : arrays of shape (p,)
        The least and the greatest share of each part, in [0, 1]; ``sum(low) <= 1 <= sum(high)``.
    spread : array of shape (p, c)
        How each part is divided among the children; not negative, rows sum to 1, each child in one part.
    classes : integer array of shape (p,), optional
        No part weighs less than one of a higher class; there is no box then.
    """

    low: Floats
    high: Floats
    spread: Floats
    classes: Integers | None = None

    def minimiser(self, slopes: Floats) -> Floats:
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
        In a box: all parts at their least, then what is left to those with the lowest slopes, as the continuous
        knapsack problem is solved (Dantzig 1957). Under an order the vertices are equal weights for the parts of the
        first classes and some of the next, none for others; within a class those with the lowest slopes come first.

        References
        ----------
        Dantzig, G. B. (1957). Discrete-variable extremum problems. Operations Research 5, 266-288.
        doi:10.1287/opre.5.2.266
        """
        parts = slopes @ self.spread.T
        chosen = (
            self._in_box(parts) if self.classes is None else self._in_order(parts, self.classes)
        )
        return np.asarray(chosen @ self.spread)

    def _in_box(self, slopes: Floats) -> Floats:
        order = np.argsort(slopes, axis=1, kind="stable")
        room = (self.high - self.low)[order]
        left = (1 - self.low.sum()) - (np.cumsum(room, axis=1) - room)
        weights = np.empty_like(slopes)
        np.put_along_axis(weights, order, self.low[order] + np.clip(left, 0.0, room), axis=1)
        # low ends may come to 1 but for rounding
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    @staticmethod
    def _in_order(slopes: Floats, classes: Integers) -> Floats:
        order = np.lexsort((slopes, np.broadcast_to(classes, slopes.shape)), axis=1)
        counts = np.arange(1, slopes.shape[1] + 1)
        means = np.cumsum(np.take_along_axis(slopes, order, axis=1), axis=1) / counts
        first = counts[np.argmin(means, axis=1)][:, None]
        weights = np.empty_like(slopes)
        np.put_along_axis(weights, order, np.where(counts <= first, 1.0 / first, 0.0), axis=1)
        return weights

    def rows(self) -> tuple[Floats, Floats]:
        """Return the constraints on the weights of the children, beside being not negative.

        Returns
        -------
        at_least, equal : arrays of shape (any, c)
            ``at_least @ y >= 0`` and ``equal @ y == 0``, whatever the weights sum to.
        """
        members = (self.spread > 0).astype(np.float64)
        # a share of y is a share of its sum
        lower = (members - self.low[:, None])[self.low > 0]
        upper = (self.high[:, None] - members)[self.high < 1]
        return np.vstack([lower, upper, self._order_rows()]), self._proportions()

    def _proportions(self) -> Floats:
        rows = []
        for part in self.spread:
            first, *others = np.flatnonzero(part).tolist()
            for other in others:
                row = np.zeros(len(part))
                row[other], row[first] = part[first], -part[other]
                rows.append(row)
        return np.array(rows).reshape(-1, self.spread.shape[1])

    def _order_rows(self) -> Floats:
        c = self.spread.shape[1]
        if self.classes is None:
            return np.empty((0, c))
        heavier, lighter = np.nonzero(self.classes[:, None] + 1 == self.classes)
        rows = np.zeros((len(heavier), c))
        rows[np.arange(len(rows)), heavier] = 1.0
        rows[np.arange(len(rows)), lighter] = -1.0
        return rows


def fixed(shares: Floats) -> Cut:
    """Return the space of one point.

    Parameters
    ----------
    shares : array of shape (c,)
        Positive, summing to 1.
    """
    return Cut(np.ones(1), np.ones(1), np.asarray(shares / shares.sum())[None, :])


def between(low: Floats, high: Floats) -> Cut:
    """Return the simplex cut by a box; the whole of it between 0 and 1.

    Parameters
    ----------
    low, high : arrays of shape (c,)
        In [0, 1]; ``sum(low) <= 1 <= sum(high)``.
    """
    return Cut(low, high, np.eye(len(low)))


def between_and_rest(low: Floats, high: Floats, shares: Floats, plain: Flags) -> Cut:
    """Return a box for some children, the others dividing what is left in proportion to their shares.

    Parameters
    ----------
    low, high : arrays of shape (c,)
        The ends of the box, in [0, 1]; of no account for the others.
    shares : array of shape (c,)
        Positive.
    plain : boolean array of shape (c,)
        Which are the others; at least one.
    """
    c, own = len(shares), np.flatnonzero(~plain)
    spread = np.zeros((len(own) + 1, c))
    spread[np.arange(len(own)), own] = 1.0
    spread[-1, plain] = shares[plain] / shares[plain].sum()
    least, most = max(0.0, 1 - float(high[own].sum())), 1 - float(low[own].sum())
    return Cut(np.append(low[own], least), np.append(np.minimum(high[own], 1.0), most), spread)


def in_order(shares: Floats) -> Cut:
    """Return the weights in the order of `shares`; equal ones are unordered among themselves.

    Parameters
    ----------
    shares : array of shape (c,)
    """
    c = len(shares)
    return Cut(np.zeros(c), np.ones(c), np.eye(c), order_classes(shares))


@dataclass(frozen=True, eq=False)
class Polytope:
    """The overall weights that the leaves of an arithmetic tree may have.

    Parameters
    ----------
    tree : Tree
        What is a child of what; its weights and powers are of no account.
    cuts : tuple of Cut
        One for each group of the tree.
    """

    tree: Tree
    cuts: tuple[Cut, ...]

    def least_at(self, values: Floats) -> Floats:
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
        Each group has weights of its own, so the least of the whole is found from the bottom up: a group is worth
        the least weighted mean of what its children are worth.
        """
        tree = self.tree
        worth = np.empty((len(values), tree.nodes), order="F")
        worth[:, : tree.leaves] = values
        shares = []
        for group, kids in enumerate(tree.children):
            shares.append(self.cuts[group].minimiser(worth[:, kids]))
            worth[:, tree.leaves + group] = (shares[-1] * worth[:, kids]).sum(axis=1)
        overall = np.ones((len(values), tree.nodes), order="F")
        for group in range(len(tree.children) - 1, -1, -1):
            overall[:, tree.children[group]] = overall[:, [tree.leaves + group]] * shares[group]
        return overall[:, : tree.leaves]

    def least(self, values: Floats) -> Floats:
        """Return the least of each weighted sum of the leaves over all admissible weights.

        Parameters
        ----------
        values : array of shape (N, m)

        Returns
        -------
        array of shape (N,)
        """
        return np.asarray((self.least_at(values) * values).sum(axis=1))

    def rows(self) -> tuple[Floats, Floats]:
        """Return the constraints on the overall weights of the leaves, beside being not negative and summing to 1.

        Returns
        -------
        at_least, equal : arrays of shape (any, m)
            ``at_least @ y >= 0`` and ``equal @ y == 0``.

        Notes
        -----
        A group weighs what the leaves below it do. Shares of a group become linear when multiplied by its weight.
        """
        below = np.zeros((self.tree.nodes, self.tree.leaves))
        below[: self.tree.leaves] = np.eye(self.tree.leaves)
        at_least: list[Floats] = []
        equal: list[Floats] = []
        for group, (kids, cut) in enumerate(zip(self.tree.children, self.cuts, strict=True)):
            below[self.tree.leaves + group] = below[kids].sum(axis=0)
            for found, rows in zip((at_least, equal), cut.rows(), strict=True):
                found.append(rows @ below[kids])
        return np.vstack(at_least), np.vstack(equal)

    def excess(self, overall: Floats) -> float:
        """Return by how much weights miss a constraint, at most; 0 for those that are admissible.

        Parameters
        ----------
        overall : array of shape (m,)
        """
        at_least, equal = self.rows()
        missed = np.concatenate([-overall, -(at_least @ overall), np.abs(equal @ overall)])
        return max(abs(float(overall.sum()) - 1), float(np.max(missed, initial=0.0)))
