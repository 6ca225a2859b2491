"""From ratings to the score: the values of ratings, of groups and of the whole.

A value function tells the worth of a rating, from 0 (the bad end) to 1 (the good end); power means
make the value of a group of those of its children.

Axis letters: `n` candidates, `m` leaf criteria, `c` children of a group, `s` draws, `u` uncertain
ratings. NaN stands for an omitted value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from ..arrays import BoolArray, FloatArray, Frozen, IndexArray, frozen_property

__all__ = [
    "Tree",
    "ValueFunction",
    "fill_missing",
    "log_power_mean",
    "mean_over",
    "node_values",
    "overall_weights",
    "power_mean",
    "range_over",
    "ratings_from",
    "root_values",
    "select_rows",
    "value_at",
]


# values of ratings


@dataclass(frozen=True)
class ValueFunction:
    """A piecewise linear function from ratings to [0, 1], constant beyond its first and last point.

    Parameters
    ----------
    xs : tuple of float
        Ratings, in the units of the scale, strictly increasing; at least one.
    ys : tuple of float
        The value of each, in [0, 1].
    log : bool
        Whether it is linear in the logarithm of the rating. There are then two points at least,
        and all ratings are above 0.

    Raises
    ------
    ValueError
        If the points are not as described.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    log: bool = False

    def __post_init__(self) -> None:
        if not self.xs or len(self.xs) != len(self.ys):
            raise ValueError(
                f"a value function has as many values as ratings: {self.xs!r}, {self.ys!r}"
            )
        if not all(map(math.isfinite, self.xs)) or not all(a < b for a, b in pairwise(self.xs)):
            raise ValueError(
                f"the ratings of a value function are finite and increase: {self.xs!r}"
            )
        if not all(0 <= y <= 1 for y in self.ys):
            raise ValueError(f"values lie between 0 and 1: {self.ys!r}")
        if self.log and (len(self.xs) < 2 or self.xs[0] <= 0):
            raise ValueError(f"logarithms need two ratings or more, above 0: {self.xs!r}")

    @classmethod
    def linear(
        cls, low: float, high: float, prefer: Literal["high", "low"] = "high", *, log: bool = False
    ) -> ValueFunction:
        """Return the straight line over a scale, falling where `prefer` is "low".

        Examples
        --------
        >>> value_at(ValueFunction.linear(1, 5, prefer="low"), np.array([1, 2, 5]))
        array([1.  , 0.75, 0.  ])
        """
        ends = (0.0, 1.0) if prefer == "high" else (1.0, 0.0)
        return cls((float(low), float(high)), ends, log)

    @classmethod
    def through(cls, points: Mapping[float, float], *, log: bool = False) -> ValueFunction:
        """Return the function through `points`, a mapping of ratings to values from 0 to 100.

        Examples
        --------
        >>> function = ValueFunction.through({1: 100, 2: 100, 3: 85, 4: 40, 5: 0})
        >>> value_at(function, np.array([2.5, 4]))
        array([0.925, 0.4  ])
        """
        ordered = sorted(points.items())
        xs, ys = tuple(float(x) for x, _ in ordered), tuple(y / 100 for _, y in ordered)
        return cls(xs, ys, log)

    def share(self, x: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
        """Return how far ratings are on the way from `start` to `end`: 0 to 1, straight in value.

        Examples
        --------
        >>> function = ValueFunction.linear(1, 100, log=True)
        >>> function.share(np.array([10.0]), np.array([1.0]), np.array([100.0]))
        array([0.5])
        """
        if self.log:
            # logarithms of neighbours would lose their digits in a difference
            return np.asarray(np.log1p((x - start) / start) / np.log1p((end - start) / start))
        return (x - start) / (end - start)

    def rating(self, share: FloatArray, start: float, end: float) -> FloatArray:
        """Return the rating that is a share of the way from `start` to `end`; see `share`."""
        if self.log:
            return np.asarray(start + start * np.expm1(share * math.log1p((end - start) / start)))
        return start + share * (end - start)


def value_at(f: ValueFunction, x: FloatArray) -> FloatArray:
    """Return the value of each rating.

    Parameters
    ----------
    f : ValueFunction
    x : array of shape (n,)
        Ratings, in the units of the scale; NaN where there is none.

    Returns
    -------
    array of shape (n,)
        In [0, 1], exact at every point of `f`, never beyond the values of
        `f`; NaN where `x` is.
    """
    if f.log:
        xs, ys = np.array(f.xs), np.array(f.ys)
        piece = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(xs) - 2)
        share = f.share(x, xs[piece], xs[piece + 1]).clip(0.0, 1.0)
        value: FloatArray = ys[piece] * (1.0 - share) + ys[piece + 1] * share
    elif len(f.xs) != 2:
        value = np.interp(x, f.xs, f.ys)
    else:
        # twice as fast as `np.interp`, and a falling line is the exact mirror of the rising one
        (low, high), (first, last) = f.xs, f.ys
        if (first, last) == (1.0, 0.0):
            value = (high - x) / (high - low)
        else:
            value = (x - low) / (high - low)
            if (first, last) != (0.0, 1.0):
                share = value.clip(0.0, 1.0)
                value = first * (1.0 - share) + last * share
    return value.clip(min(f.ys), max(f.ys))  # as `np.clip`, in half the time


def mean_over(f: ValueFunction, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the mean of the value function over each interval, points equally likely.

    Parameters
    ----------
    f : ValueFunction
    low, high : arrays of shape (n,)
        Ends of the intervals, ``low <= high``; NaN where there is none.

    Returns
    -------
    array of shape (n,)
        In [0, 1]; the value itself where ``low == high``; NaN where either end is.

    Notes
    -----
    Each piece of the function counts by the share of the interval that it covers, with
    the mean of its values at the ends of that stretch. Unlike a difference of antiderivatives this
    loses nothing where intervals are tiny. Where the function is linear in logarithms, the mean of
    ``ln(x / a)`` over an interval from a to b is ``b / (b - a) ln(b / a) - 1``.
    """
    width = high - low
    point = value_at(f, low)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (np.minimum(high, f.xs[0]) - np.minimum(low, f.xs[0])) / width
        above = (np.maximum(high, f.xs[-1]) - np.maximum(low, f.xs[-1])) / width
        mean = below * f.ys[0] + above * f.ys[-1]
        for (x0, x1), (y0, y1) in zip(pairwise(f.xs), pairwise(f.ys), strict=True):
            start, end = np.clip(low, x0, x1), np.clip(high, x0, x1)
            if f.log:
                middle = np.log1p((start - x0) / x0) + _mean_logarithm((end - start) / start)
                middle /= math.log1p((x1 - x0) / x0)
            else:
                middle = ((start - x0) / (x1 - x0) + (end - x0) / (x1 - x0)) / 2
            mean += (end - start) / width * (y0 * (1 - middle) + y1 * middle)
    np.clip(mean, min(f.ys), max(f.ys), out=mean)
    # an end that is NaN makes `width` NaN, which is not 0, and so the mean NaN
    return np.where(width == 0, point, mean)


def _mean_logarithm(growth: FloatArray) -> FloatArray:
    """Return the mean of ``ln(x / a)`` over ratings x from a to ``a (1 + growth)``."""
    half = growth / 2
    square = (half / (1 + half)) ** 2
    # the first terms of a series about the middle, where the closed form would cancel
    near = np.log1p(half) - square * (1 / 6 + square * (1 / 20 + square / 42))
    return np.where(growth < 0.02, near, (1 + 1 / growth) * np.log1p(growth) - 1)


def range_over(
    f: ValueFunction, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest value within each interval, the turns inside it included.

    Parameters
    ----------
    f : ValueFunction
    low, high : arrays of shape (n,)
        Ends of the intervals, ``low <= high``; NaN where there is none.

    Returns
    -------
    least, greatest : arrays of shape (n,)
        In [0, 1]; NaN where either end is. One array, if both ends are one.
    """
    first = value_at(f, low)
    if high is low:
        return first, first
    last = value_at(f, high)
    least, greatest = np.minimum(first, last), np.maximum(first, last)
    # beyond its first and last point the function is constant: an interval over one of them
    # ends at that value
    for x, y in zip(f.xs[1:-1], f.ys[1:-1], strict=True):
        inside = (low < x) & (x < high)
        np.minimum(least, y, out=least, where=inside)
        np.maximum(greatest, y, out=greatest, where=inside)
    return least, greatest


def ratings_from(
    low: FloatArray, value: FloatArray, high: FloatArray, uniform: FloatArray
) -> FloatArray:
    """Return ratings drawn from what each leaves open, by inverse transform.

    Parameters
    ----------
    low, value, high : arrays of shape (u,)
        In the units of each scale; where `value` is NaN all between `low` and `high` is equally
        likely, else the distribution is the triangular one with its mode at `value`.
    uniform : array of shape (s, u)
        In [0, 1).

    Returns
    -------
    array of shape (s, u)
        Never beyond `low` and `high`.
    """
    width = high - low
    three = ~np.isnan(value)
    drawn = low + width * uniform
    if three.any():
        least, mode, most, u = low[three], value[three], high[three], uniform[:, three]
        span = most - least
        with np.errstate(invalid="ignore", divide="ignore"):
            rising = u * span < mode - least
            up = least + np.sqrt(u * span * (mode - least))
            down = most - np.sqrt((1 - u) * span * (most - mode))
        drawn[:, three] = np.where(rising, up, down)
    clipped: FloatArray = np.clip(drawn, low, high, out=drawn)
    return clipped


# values of groups and of the whole


@dataclass(frozen=True, eq=False)
class Tree(Frozen):
    """A tree of criteria, each group a weighted power mean of its children.

    IndexArray are numbered: the leaves 0 ... `leaves` - 1 in order, then the groups, each after its
    children; the last node is the root. Every other node is the child of exactly one group. Scores
    divide exactly among the leaves because power means are homogeneous: another kind of mean needs
    attributions of its own.

    Parameters
    ----------
    leaves : int
        Number of leaf criteria, `m`.
    children : tuple of integer arrays
        The nodes that each group combines, one array a group, at least one node in each.
    weights : tuple of float arrays
        Their weights, not negative, summing to 1 within each group: of shape (c,), or (n, c) where
        each candidate has weights of its own, as the same candidate has in several draws; these are
        positive.
    powers : tuple of float
        The exponent of each group: 1 arithmetic, 0 geometric, -1 harmonic, -inf minimum, +inf
        maximum, or any other.
    rootless : bool
        The top is not combined (`combine: none`): the root's weights still divide it among its
        children, but it has no value, and so no leaf contributes to it. The power of the root is
        then ignored.
    """

    leaves: int
    children: tuple[IndexArray, ...]
    weights: tuple[FloatArray, ...]
    powers: tuple[float, ...]
    rootless: bool = False

    @property
    def nodes(self) -> int:
        """Number of leaves and groups."""
        return self.leaves + len(self.children)

    def is_linear(self, group: int) -> bool:
        """Whether the value of a group, by its position, is a weighted sum of its children."""
        return self.powers[group] == 1 or len(self.children[group]) == 1

    @frozen_property
    def overall(self) -> FloatArray:
        """The share of each node in the whole; see `overall_weights`."""
        return overall_weights(self)

    @frozen_property
    def columns(self) -> tuple[slice | IndexArray, ...]:
        """The columns of each group's children: a slice where they are neighbours in order."""
        return tuple(map(_columns, self.children))

    @property
    def arithmetic(self) -> bool:
        """Whether the root is a weighted sum of the leaves."""
        return not self.rootless and all(map(self.is_linear, range(len(self.children))))


def overall_weights(tree: Tree, weights: Sequence[FloatArray] = ()) -> FloatArray:
    """Return the share of each node in the whole: the product of the weights along its path.

    Parameters
    ----------
    tree : Tree
    weights : sequence of arrays, optional
        Weights within each group, in place of those of the tree.

    Returns
    -------
    array of shape (nodes,), or (n, nodes) where a group's weights are
        1 for the root; the leaves' sum to 1, and so do those of the children of a rootless tree's
        top.
    """
    weights = weights or tree.weights
    rows = next((group.shape[:1] for group in weights if group.ndim > 1), ())
    overall = np.ones((tree.nodes, *(rows or (1,))))
    for group in range(len(tree.children) - 1, -1, -1):
        above = overall[tree.leaves + group]
        overall[tree.children[group]] = above * np.atleast_2d(weights[group]).T
    return overall.T.reshape(*rows, tree.nodes)


def power_mean(values: FloatArray, weights: FloatArray, p: float) -> FloatArray:
    """Return the weighted power mean of each row.

    Parameters
    ----------
    values : array of shape (n, c)
        Not negative; NaN is omitted, and the others are re-weighted.
    weights : array of shape (c,) or (n, c)
        Not negative, summing to 1; a child without weight is left out altogether. Those of a row
        each are positive.
    p : float
        1 arithmetic, 0 geometric, -1 harmonic, -inf minimum, +inf maximum, or any other.

    Returns
    -------
    array of shape (n,)
        Never below the least or above the greatest child that has weight, so that equal children
        give exactly their value; 0 where a child is 0 and ``p <= 0``; NaN where every child is.
    """
    if weights.ndim == 1 and not weights.all():
        values, weights = values[:, weights > 0], weights[weights > 0]
    with np.errstate(invalid="ignore"):
        mean = _mean(values, weights, p, values.min(axis=1), values.max(axis=1))
    incomplete = np.isnan(mean)
    if incomplete.any():
        rest = weights if weights.ndim == 1 else weights[incomplete]
        mean[incomplete] = _mean_of_present(values[incomplete], rest, p)
    return mean


def log_power_mean(logs: FloatArray, weights: FloatArray, p: float) -> FloatArray:
    """Return the natural logarithm of `power_mean`, from those of the children.

    Parameters
    ----------
    logs : array of shape (n, c)
        -inf for a value of 0; they may lie below the logarithm of the least float.
    weights : array of shape (c,) or (n, c)
        Not negative, summing to 1; a child without weight is left out altogether.
    p : float

    Returns
    -------
    array of shape (n,)

    Notes
    -----
    ``ln m + log1p(sum w expm1(p ln(v / m))) / p``, `m` being the largest child for p >
    0 and the smallest for p < 0: no power of a value is formed that could overflow, and nothing
    cancels for p near 0. Where the sum comes close to -1, which it does if `m` weighs little,
    ``log(sum w (v / m)^p)`` takes the place of the ``log1p``.

    References
    ----------
    Bullen, P. S. (2003). Handbook of means and their inequalities. Kluwer.
    doi:10.1007/978-94-017-0399-4
    """
    if weights.ndim == 1 and not weights.all():
        logs, weights = logs[:, weights > 0], weights[weights > 0]
    anchor: FloatArray = logs.max(axis=1) if p >= 0 else logs.min(axis=1)
    if math.isinf(p):
        return anchor
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        growth = logs - anchor[:, None]
        # the products of a power nearer to 0 with a logarithm would lose bits of their own
        if abs(p) <= 1e-200:
            ratio = _weighted_sums(growth, weights)
        else:
            growth *= p
            total = _weighted_sums(np.expm1(growth), weights)
            ratio = np.log1p(total)
            # 1 + total would cancel: the anchor weighs little, and all else is far from it
            light = total < -0.5
            if light.any():
                rest = weights if weights.ndim == 1 else weights[light]
                ratio[light] = np.log(_weighted_sums(np.exp(growth[light]), rest))
            ratio /= p
        # an anchor of 0 is the mean itself: all children are 0, or one of them is and p < 0
        return np.where(np.isneginf(anchor), anchor, anchor + ratio)


def node_values(tree: Tree, leaf_values: FloatArray) -> FloatArray:
    """Return the value of every node, the leaves' own included.

    Parameters
    ----------
    tree : Tree
    leaf_values : array of shape (n, m)
        In [0, 1]; NaN is omitted: its siblings are re-weighted, and a group with nothing left is
        omitted too.

    Returns
    -------
    array of shape (n, nodes)
        In [0, 1], one contiguous column a node; NaN for omitted nodes and for the top of a rootless
        tree.
    """
    values = np.empty((len(leaf_values), tree.nodes), order="F")
    values[:, : tree.leaves] = leaf_values
    for group, columns in enumerate(tree.columns):
        values[:, tree.leaves + group] = power_mean(
            values[:, columns], tree.weights[group], tree.powers[group]
        )
    if tree.rootless:
        values[:, -1] = math.nan
    return values


def root_values(tree: Tree, leaf_values: FloatArray) -> FloatArray:
    """Return the value of the root alone: `node_values` but for rounding, one product if possible.

    Returns
    -------
    array of shape (n,)
    """
    if not tree.arithmetic:
        return node_values(tree, leaf_values)[:, -1]
    root = _weighted_sums(leaf_values, tree.overall[..., : tree.leaves])
    incomplete = np.isnan(root)
    if incomplete.any():
        rest = select_rows(tree, incomplete)
        root[incomplete] = node_values(rest, leaf_values[incomplete])[:, -1]
    return root


def fill_missing(tree: Tree, values: FloatArray) -> FloatArray:
    """Give each omitted node the value that its group has without it, from the top down.

    The root's value stays what it is: a power mean does not change by a further child equal to it.

    Parameters
    ----------
    tree : Tree
    values : array of shape (n, nodes)
        From `node_values`.

    Returns
    -------
    array of shape (n, nodes)
        No NaN, except in rows whose root is NaN.
    """
    filled = values.copy(order="F")
    for group in range(len(tree.children) - 1, -1, -1):
        for child in tree.children[group]:
            column = filled[:, child]
            np.copyto(column, filled[:, tree.leaves + group], where=np.isnan(column))
    return filled


def select_rows(tree: Tree, rows: BoolArray) -> Tree:
    """Return the tree of some candidates, where they have weights of their own."""
    weights = [given if given.ndim == 1 else given[rows] for given in tree.weights]
    return replace(tree, weights=tuple(weights))


def _columns(columns: IndexArray) -> slice | IndexArray:
    """Return what selects columns: a view, without a copy, where they are neighbours in order."""
    first, last = int(columns[0]), int(columns[-1])
    if last - first + 1 == len(columns) and (np.diff(columns) == 1).all():
        return slice(first, last + 1)
    return columns


def _weighted_sums(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted sum of each row; weights (c,), or (n, c) where rows have their own."""
    if weights.ndim == 1:
        return np.asarray(values @ weights)
    return np.asarray((values * weights).sum(axis=1))


def _mean(
    values: FloatArray, weights: FloatArray, p: float, least: FloatArray, greatest: FloatArray
) -> FloatArray:
    """Return the power mean of rows whose extremes are known; NaN where a child is NaN."""
    if math.isinf(p):
        return (greatest if p > 0 else least).copy()
    if p == 1:
        mean = _weighted_sums(values, weights)
    else:
        with np.errstate(divide="ignore"):
            logs = np.log(values)
        mean = np.exp(log_power_mean(logs, weights, p))
    # equal children give their value to the last bit
    return mean.clip(least, greatest, out=mean)


def _mean_of_present(values: FloatArray, weights: FloatArray, p: float) -> FloatArray:
    """Return the re-weighted power mean of the children present in each row; NaN if none is."""
    present = ~np.isnan(values)
    least, greatest = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    rest = np.where(present, weights, 0.0)
    # a missing value takes the place of the anchor, whose term is 0 whatever its weight
    filled = np.where(present, values, (greatest if p >= 0 else least)[:, None])
    with np.errstate(invalid="ignore"):
        rest /= rest.sum(axis=1, keepdims=True)
        return _mean(filled, rest, p, least, greatest)
