"""Aggregation: the values of groups and of the whole, and what each leaf contributes to it.

Imports numpy alone. Axis letters: `n` candidates, `m` leaf criteria. NaN stands for an omitted one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Tree",
    "child_shares",
    "contributions",
    "exponent",
    "node_values",
    "overall_weights",
    "power_mean",
    "root_values",
    "without_gaps",
]

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]

# two children of a minimum or maximum this close to one another, relatively, both attain it: what is equal on
# paper (0.1 + 0.2 and 0.3) should not go by the last bit
_TIE = 1e-12


@dataclass(frozen=True, eq=False)
class Tree:
    """A tree of criteria, each group a weighted power mean of its children.

    Nodes are numbered: the leaves 0 ... `leaves` - 1 in order, then the groups, each after its children; the
    last node is the root. Every other node is the child of exactly one group.

    Parameters
    ----------
    leaves : int
        How many leaf criteria there are, `m`.
    children : tuple of integer arrays
        The nodes that each group combines, one array a group, at least one node in each.
    weights : tuple of float arrays
        Their weights, not negative, summing to 1 within each group: of shape (c,), or (n, c) where each candidate
        has weights of its own, as the same one has in several draws; these are positive.
    powers : tuple of float
        The exponent of each group: 1 arithmetic, 0 geometric, -1 harmonic, -inf minimum, +inf maximum, or any
        other.
    rootless : bool
        The top is not combined (`combine: none`): the root's weights still divide it among its children, but
        it has no value, and so no leaf contributes to it. The power of the root is then of no account.
    """

    leaves: int
    children: tuple[Indices, ...]
    weights: tuple[Floats, ...]
    powers: tuple[float, ...]
    rootless: bool = False

    @property
    def nodes(self) -> int:
        """How many leaves and groups there are."""
        return self.leaves + len(self.children)

    @property
    def arithmetic(self) -> bool:
        """Whether the root is a weighted sum of the leaves."""
        plain = all(
            p == 1 or len(kids) == 1 for p, kids in zip(self.powers, self.children, strict=True)
        )
        return plain and not self.rootless


def overall_weights(tree: Tree) -> Floats:
    """Return the share of the whole that falls to each node: the product of the weights along its path.

    Returns
    -------
    array of shape (nodes,), or (n, nodes) where a group's weights are
        1 for the root; the leaves' sum to 1, and so do those of the children of a rootless tree's top.
    """
    rows = next((weights.shape[:1] for weights in tree.weights if weights.ndim > 1), ())
    overall = np.ones((*rows, tree.nodes), order="F")
    for group in range(len(tree.children) - 1, -1, -1):
        above = overall[..., [tree.leaves + group]]
        overall[..., tree.children[group]] = above * tree.weights[group]
    return overall


def power_mean(values: Floats, weights: Floats, p: float) -> Floats:
    """Return the weighted power mean of each row.

    Parameters
    ----------
    values : array of shape (n, c)
        Not negative; NaN is omitted and the weights of the others stand for it.
    weights : array of shape (c,) or (n, c)
        Not negative, summing to 1; a child without weight is left out altogether. Those of a row each are positive.
    p : float
        1 arithmetic, 0 geometric, -1 harmonic, -inf minimum, +inf maximum, or any other.

    Returns
    -------
    array of shape (n,)
        Never below the least or above the greatest child that has weight, so that equal children give exactly
        their value; 0 where a child is 0 and ``p <= 0``; NaN where every child is.

    Notes
    -----
    ``m * exp(log1p(sum w expm1(p ln(v / m))) / p)``, `m` being the largest child for p > 0 and the smallest
    for p < 0: no power of a value is formed that could overflow, and nothing cancels for p near 0. Where the
    sum comes close to -1, which it does if `m` weighs little, ``log(sum w (v / m)^p)`` takes the place of the
    ``log1p``.

    References
    ----------
    Bullen, P. S. (2003). Handbook of means and their inequalities. Kluwer. doi:10.1007/978-94-017-0399-4
    """
    p = exponent(p)
    if weights.ndim == 1 and not (weighty := weights > 0).all():
        values, weights = values[:, weighty], weights[weighty]
    with np.errstate(invalid="ignore"):
        least, greatest = values.min(axis=1), values.max(axis=1)
    mean = _mean(values, weights, p, least, greatest)
    gaps = np.isnan(mean)
    if gaps.any():
        mean[gaps] = _mean_of_rest(values[gaps], weights if weights.ndim == 1 else weights[gaps], p)
    return mean


def exponent(p: float) -> float:
    """Return the exponent to reckon with: 0 for one so near to it that the means agree to the last bit."""
    # the products of a power nearer to 0 with a logarithm would lose bits of their own
    return p if abs(p) > 1e-200 else 0.0


def node_values(tree: Tree, leaf_values: Floats) -> Floats:
    """Return the value of every node, the leaves' own included.

    Parameters
    ----------
    tree : Tree
    leaf_values : array of shape (n, m)
        In [0, 1]; NaN is omitted: its siblings' weights stand for it, and a group with nothing left is
        omitted too.

    Returns
    -------
    array of shape (n, nodes)
        In [0, 1], one contiguous column a node; NaN for what is omitted and for the top of a rootless tree.
    """
    values = np.empty((len(leaf_values), tree.nodes), order="F")
    values[:, : tree.leaves] = leaf_values
    for group, kids in enumerate(tree.children):
        values[:, tree.leaves + group] = power_mean(
            _columns(values, kids), tree.weights[group], tree.powers[group]
        )
    if tree.rootless:
        values[:, -1] = math.nan
    return values


def root_values(tree: Tree, leaf_values: Floats) -> Floats:
    """Return the value of the root alone: one product where it can be, and as `node_values` but for rounding.

    Returns
    -------
    array of shape (n,)
    """
    if not tree.arithmetic:
        return node_values(tree, leaf_values)[:, -1]
    weights = overall_weights(tree)[..., : tree.leaves]
    root = np.asarray(
        leaf_values @ weights if weights.ndim == 1 else (leaf_values * weights).sum(axis=1)
    )
    gaps = np.isnan(root)
    if gaps.any():
        root[gaps] = node_values(_of_rows(tree, gaps), leaf_values[gaps])[:, -1]
    return root


def contributions(tree: Tree, values: Floats) -> Floats:
    """Return what each leaf contributes to the root's value.

    Power means are homogeneous of degree one, and so is a tree of them; by Euler's theorem the root's value
    divides exactly among the leaves.

    Parameters
    ----------
    tree : Tree
    values : array of shape (n, nodes)
        What `node_values` gives.

    Returns
    -------
    array of shape (n, m)
        In [0, 1], rows sum to the root's value; 0 for an omitted leaf; rows of NaN where the root is.

    Notes
    -----
    A child's share of its group is ``w (v / M)^p``. For a minimum or a maximum it all goes to the child that
    attains it; several that do share it in proportion to weight. A leaf's contribution is the root's value
    times the shares along its path: ``weight x value`` where all is arithmetic and nothing omitted.
    """
    if not tree.arithmetic:
        return _divide(tree, values)
    divided = values[:, : tree.leaves] * overall_weights(tree)[: tree.leaves]
    # a sum is NaN where any of its terms is
    gaps = np.isnan(divided @ np.ones(tree.leaves))
    if gaps.any():
        divided[gaps] = _divide(tree, values[gaps])
    return divided


def child_shares(logs: Floats, weights: Floats, p: float) -> Floats:
    """Return the share of each child in the value of its group, by Euler's theorem.

    Parameters
    ----------
    logs : array of shape (n, c)
        Natural logarithms of the children's values, -inf for 0, NaN for an omitted one. Logarithms, because
        along the way from a value of 0 to another the values themselves can lie below the least float.
    weights : array of shape (c,)
    p : float

    Returns
    -------
    array of shape (n, c)
        Rows sum to 1; 0 for an omitted child. Of no meaning, but finite, where the group's value is 0 or it
        is omitted.
    """
    p = exponent(p)
    parts = np.where(np.isnan(logs), 0.0, weights)
    if p != 0:
        known = np.where(parts > 0, logs, math.nan)
        best = (np.fmax if p > 0 else np.fmin).reduce(known, axis=1)[:, None]
        with np.errstate(invalid="ignore", over="ignore"):
            beyond = known - best
            if math.isinf(p):
                attains = np.abs(beyond) <= _TIE + 8 * np.finfo(float).eps * np.abs(best)
                parts *= attains | (known == best)
            else:
                parts *= np.exp(p * beyond)
        parts[np.isnan(parts)] = 0.0
    total = parts.sum(axis=1, keepdims=True)
    parts /= np.where(total > 0, total, 1.0)
    return parts


def without_gaps(tree: Tree, values: Floats) -> Floats:
    """Give each omitted node the value that its group has without it, from the top down.

    The root's value stays what it is: a power mean does not change by a further child equal to it.

    Parameters
    ----------
    tree : Tree
    values : array of shape (n, nodes)
        What `node_values` gives.

    Returns
    -------
    array of shape (n, nodes)
        Without NaN but where the root is.
    """
    whole = values.copy(order="F")
    for group in range(len(tree.children) - 1, -1, -1):
        for child in tree.children[group]:
            column = whole[:, child]
            np.copyto(column, whole[:, tree.leaves + group], where=np.isnan(column))
    return whole


def _of_rows(tree: Tree, rows: NDArray[np.bool_]) -> Tree:
    """Return the tree of some candidates, where they have weights of their own."""
    return replace(
        tree, weights=tuple(given if given.ndim == 1 else given[rows] for given in tree.weights)
    )


def _columns(values: Floats, columns: Indices) -> Floats:
    """Select columns: a view, where they stand beside one another in order, so that nothing is copied."""
    first, last = int(columns[0]), int(columns[-1])
    if last - first + 1 == len(columns) and (np.diff(columns) == 1).all():
        return values[:, first : last + 1]
    return values[:, columns]


def _mean(values: Floats, weights: Floats, p: float, least: Floats, greatest: Floats) -> Floats:
    """Return the power mean of rows whose extremes are known; NaN where a child is NaN.

    `weights` is of shape (c,), or (n, c) where rows have weights of their own; a child without weight is no
    smaller than the least and no greater than the greatest.
    """
    if math.isinf(p):
        return (greatest if p > 0 else least).copy()
    if p == 1:
        mean = values @ weights if weights.ndim == 1 else (values * weights).sum(axis=1)
    else:
        anchor = greatest if p >= 0 else least
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            growth = _log_mean_ratio(values, weights, p, anchor)
            np.exp(growth, out=growth)
        # an anchor of 0 is the mean itself: all children are 0, or one of them is and p < 0
        mean = np.where(anchor > 0, anchor * growth, anchor)
    return np.clip(mean, least, greatest, out=mean)


def _log_mean_ratio(values: Floats, weights: Floats, p: float, anchor: Floats) -> Floats:
    """Return the logarithm of the mean over the anchor, column by column to keep in step with the memory."""
    total = np.zeros(len(values))
    for j in range(values.shape[1]):
        term = _log_ratio(values[:, j], anchor)
        if p != 0:
            term *= p
            np.expm1(term, out=term)
        term *= weights[..., j]
        total += term
    if p == 0:
        return total
    # 1 + total would cancel: the anchor weighs little, and all else is far from it
    light = total < -0.5
    powers = np.exp(p * _log_ratio(values[light], anchor[light, None]))
    np.log1p(total, out=total)
    total[light] = np.log((powers * (weights[light] if weights.ndim > 1 else weights)).sum(axis=1))
    total /= p
    return total


def _log_ratio(values: Floats, anchor: Floats) -> Floats:
    """Return ``ln(v / anchor)``, also where the quotient is beyond what a float can hold."""
    ratio = values / anchor
    np.log(ratio, out=ratio)
    beyond = np.isposinf(ratio)
    if beyond.any():
        ratio[beyond] = (np.log(values) - np.log(anchor))[beyond]
    return ratio


def _mean_of_rest(values: Floats, weights: Floats, p: float) -> Floats:
    """Return the power mean of what is there in each row, re-weighted; NaN where nothing is."""
    present = ~np.isnan(values)
    least, greatest = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    rest = np.where(present, weights, 0.0)
    with np.errstate(invalid="ignore"):
        rest /= rest.sum(axis=1, keepdims=True)
    # a gap takes the place of the anchor, whose term is 0 whatever its weight
    filled = np.where(present, values, (greatest if p >= 0 else least)[:, None])
    return _mean(filled, rest, p, least, greatest)


def _divide(tree: Tree, values: Floats) -> Floats:
    """Divide the root's value among the leaves, group by group from the top down."""
    with np.errstate(divide="ignore"):
        logs = np.log(values)
    portions = np.zeros_like(values)
    portions[:, -1] = values[:, -1]
    for group in range(len(tree.children) - 1, -1, -1):
        kids = tree.children[group]
        shares = child_shares(logs[:, kids], tree.weights[group], tree.powers[group])
        portions[:, kids] = portions[:, [tree.leaves + group]] * shares
    return portions[:, : tree.leaves]
