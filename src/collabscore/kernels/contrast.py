"""Contrast: the difference of two candidates' values, or what one lacks of the best, divided among the leaves.

Imports numpy alone. Axis letters: `n` candidates, `m` leaf criteria; `q` points on the way from one to the other.
NaN stands for an omitted leaf.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .aggregation import Tree, child_shares, exponent, node_values, overall_weights, without_gaps

__all__ = ["contrast", "shortfalls"]

Floats: TypeAlias = NDArray[np.float64]

# of the integral over one panel, in the root's value; in all there may be a thousand times as much
_PRECISION = 1e-11
_REMAINDER = 1e-8
# a kink is closed in by halving, some forty times; more panels than these mean that nothing converges
_HALVINGS = 60
_PANELS = 4096
# beyond this power a mean bends as sharply as a minimum or a maximum
_STEEP = 8.0
# -log of what is lost beside 1
_VANISHED = 37.0


@cache
def _rules() -> tuple[tuple[Floats, Floats], tuple[Floats, Floats], Floats]:
    """Return a coarse and a fine rule of Gauss and Legendre, and all points at which both look."""
    coarse, fine = np.polynomial.legendre.leggauss(12), np.polynomial.legendre.leggauss(24)
    return coarse, fine, np.concatenate([coarse[0], fine[0], [-1.0, 1.0]])


@dataclass(frozen=True)
class _Way:
    """The straight line on which every leaf moves, from `start` by `gap` in all; at time t = exp(-y) of 1."""

    tree: Tree
    start: Floats
    gap: Floats


def contrast(tree: Tree, start: Floats, end: Floats) -> Floats:
    """Divide the difference of two candidates' root values among the leaves.

    What a leaf is answerable for: its own difference, times what it counts for on average while every leaf
    moves steadily from its value in one candidate to that in the other.

    Parameters
    ----------
    tree : Tree
    start, end : arrays of shape (m,)
        Values of the leaves, in [0, 1]; NaN is omitted.

    Returns
    -------
    array of shape (m,)
        Sums to the root's value at `end` less that at `start`; NaN throughout where either has none. 0 for a
        leaf whose value is the same in both.

    Raises
    ------
    ArithmeticError
        If the parts fall short of the difference, or exceed it, by more than 1e-8.

    Notes
    -----
    The Aumann-Shapley value along the straight line ``v(t) = start + t (end - start)``: leaf i gets ``(end_i
    - start_i)`` times the integral of the root's slope in i over t from 0 to 1; ``weight x difference`` where
    all is arithmetic. A remainder below 1e-8 goes to the largest part. Swapping `start` and `end` changes the
    signs.

    A leaf omitted in one of the two enters there with the value that its group has without it, or, where all
    of the group is omitted, with the value that the group above has without that group, and so on upwards;
    this leaves the root's value as it is. A leaf omitted in both is left out of the tree, its siblings
    re-weighted, and gets 0.

    References
    ----------
    Aumann, R. J., & Shapley, L. S. (1974). Values of non-atomic games. Princeton University Press.
    """
    values = np.vstack([start, end])
    nodes = node_values(tree, values)
    if np.isnan(nodes[:, -1]).any():
        return np.full(tree.leaves, math.nan)
    common = np.asarray(~np.isnan(values).all(axis=0))
    if not common.all():
        parts = np.zeros(tree.leaves)
        parts[common] = contrast(_pruned(tree, common), start[common], end[common])
        return parts
    nodes = without_gaps(tree, nodes)
    start_root, end_root = nodes[:, -1].tolist()
    first, last = nodes[0, : tree.leaves], nodes[1, : tree.leaves]
    if tree.arithmetic:
        return (last - first) * overall_weights(tree)[: tree.leaves]
    parts = _first_half(_Way(tree, first, last - first)) - _first_half(
        _Way(tree, last, first - last)
    )
    return _completed(parts, end_root - start_root)


def shortfalls(tree: Tree, leaf_values: Floats) -> Floats:
    """Divide what each candidate's root value lacks of 1 among the leaves.

    The contrast with a candidate that has the value 1 everywhere.

    Parameters
    ----------
    tree : Tree
    leaf_values : array of shape (n, m)
        In [0, 1]; NaN is omitted, and enters with the value that its group has without it.

    Returns
    -------
    array of shape (n, m)
        Rows sum to 1 less the root's value; rows of NaN where it has none.
    """
    if tree.arithmetic:
        nodes = without_gaps(tree, node_values(tree, leaf_values))
        return (1.0 - nodes[:, : tree.leaves]) * overall_weights(tree)[: tree.leaves]
    # each candidate's way to the top has kinks and bends of its own, and so panels of its own
    best = np.ones(tree.leaves)
    parts = np.empty(leaf_values.shape)
    for i, row in enumerate(leaf_values):
        parts[i] = contrast(tree, row, best)
    return parts


def _pruned(tree: Tree, kept: NDArray[np.bool_]) -> Tree:
    """Return the tree of some of the leaves, siblings re-weighted; a group without any goes too."""
    number = {int(leaf): new for new, leaf in enumerate(np.flatnonzero(kept))}
    leaves = len(number)
    children: list[NDArray[np.intp]] = []
    weights: list[Floats] = []
    powers: list[float] = []
    for group, kids in enumerate(tree.children):
        there = np.array([int(kid) in number for kid in kids]) & (tree.weights[group] > 0)
        if there.any():
            number[tree.leaves + group] = leaves + len(children)
            children.append(np.array([number[int(kid)] for kid in kids[there]]))
            weights.append(tree.weights[group][there] / tree.weights[group][there].sum())
            powers.append(tree.powers[group])
    return Tree(leaves, tuple(children), tuple(weights), tuple(powers), tree.rootless)


def _completed(parts: Floats, difference: float) -> Floats:
    """Give what is left of the difference to the largest part."""
    remainder = difference - math.fsum(parts)
    if not abs(remainder) <= _REMAINDER:
        raise ArithmeticError(
            f"the parts of a contrast sum to {math.fsum(parts)!r}, and the difference is {difference!r}"
        )
    parts[np.argmax(np.abs(parts))] += remainder
    return parts


def _first_half(way: _Way) -> Floats:
    """Integrate over the first half of the way.

    With ``t = exp(-y)`` the integrand of leaf i is its Euler contribution at v(t), times ``gap_i t /
    v_i(t)``, which is 1 for a leaf that starts at 0 and lies between -1 and 1 for all others: the slope,
    which is infinite where a leaf starts at 0 under a geometric mean, is gone. What is left may fall as
    slowly as ``exp(-w y)`` for a leaf of weight w, so that y runs to many thousands, where t itself is 0 to a
    computer; hence logarithms throughout.
    """
    edges = _edges(way)
    lower, upper = edges[:-1], edges[1:]
    parts = np.zeros(way.tree.leaves)
    for left in range(_HALVINGS, -1, -1):
        fine, error = _integrals(way, lower, upper)
        rough = error > _PRECISION
        if not left or np.count_nonzero(rough) > _PANELS:
            rough[:] = False
        parts += fine[~rough].sum(axis=0)
        if not rough.any():
            break
        lower, upper = lower[rough], upper[rough]
        middle = (lower + upper) / 2
        lower, upper = np.concatenate([lower, middle]), np.concatenate([middle, upper])
    return parts


def _integrals(way: _Way, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Integrate over panels of y; return the parts (panels, m), and the error of each panel (panels,)."""
    coarse_rule, fine_rule, points = _rules()
    half = (upper - lower) / 2
    y = ((lower + upper) / 2)[:, None] + half[:, None] * points
    nodes = _node_logs(way.tree, _leaf_logs(way, y.ravel()))
    heights = (
        _euler(way.tree, nodes) * _pace(way, y.ravel(), nodes[:, : way.tree.leaves])
    ).reshape(*y.shape, -1)
    n_coarse = len(coarse_rule[0])
    coarse = half[:, None] * np.einsum("pqm,q->pm", heights[:, :n_coarse], coarse_rule[1])
    fine = half[:, None] * np.einsum("pqm,q->pm", heights[:, n_coarse:-2], fine_rule[1])
    root = np.exp(nodes[:, -1]).reshape(y.shape)
    # two checks: a kink between the points may show in one of them alone
    unmet = np.abs(fine.sum(axis=1) - (root[:, -2] - root[:, -1]))
    return fine, np.maximum(np.abs(fine - coarse).max(axis=1), unmet)


def _edges(way: _Way) -> Floats:
    """Return where to cut y into panels: ever wider ones, cut again where leaves settle and where they cross."""
    moving = (way.start > 0) & (way.gap != 0)
    settling = np.log(np.abs(way.gap[moving])) - np.log(way.start[moving])
    far = math.log(2) + np.concatenate([[0.0], 2.0 ** np.arange(-1, 61)])
    root = np.exp(_node_logs(way.tree, _leaf_logs(way, np.append(far, np.inf)))[:, -1])
    settled = settling.max(initial=0.0) + _VANISHED
    arrived = (np.abs(root[:-1] - root[-1]) <= 1e-15) & (far >= settled)
    last = int(np.argmax(arrived)) if arrived.any() else len(far) - 1
    cuts = np.concatenate([settling[settling > 4], _crossings(way)])
    return np.unique(np.concatenate([far[: last + 1], cuts[(cuts > far[0]) & (cuts < far[last])]]))


def _crossings(way: _Way) -> Floats:
    """Return y where two children of a minimum, or of what is nearly one, cross, for those on a straight line."""
    tree = way.tree
    start, gap = np.full((2, tree.nodes), math.nan)
    start[: tree.leaves], gap[: tree.leaves] = way.start, way.gap
    found = []
    for group, (kids, weights, p) in enumerate(
        zip(tree.children, tree.weights, tree.powers, strict=True)
    ):
        if p == 1 or len(kids) == 1:
            start[tree.leaves + group], gap[tree.leaves + group] = (
                weights @ start[kids],
                weights @ gap[kids],
            )
        elif abs(p) > _STEEP:
            found += [(start[i] - start[j], gap[j] - gap[i]) for i, j in combinations(kids, 2)]
    ahead, closing = np.array(found).reshape(-1, 2).T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(-np.log(ahead / closing))


def _leaf_logs(way: _Way, y: Floats) -> Floats:
    """Return the logarithm of each leaf's value at each y, of shape (q, m)."""
    # the branch not taken may overflow
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        from_, by = np.log(way.start), np.log(np.abs(way.gap)) - y[:, None]
        return np.where(way.gap < 0, from_ + np.log1p(-np.exp(by - from_)), np.logaddexp(from_, by))


def _pace(way: _Way, y: Floats, leaf_logs: Floats) -> Floats:
    """Return by what share of itself each leaf changes for a unit of y, of shape (q, m)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = np.sign(way.gap) * np.exp(np.log(np.abs(way.gap)) - y[:, None] - leaf_logs)
    return np.where(way.gap == 0, 0.0, pace)


def _node_logs(tree: Tree, leaf_logs: Floats) -> Floats:
    """Return the logarithm of every node's value, of shape (q, nodes)."""
    logs = np.empty((len(leaf_logs), tree.nodes), order="F")
    logs[:, : tree.leaves] = leaf_logs
    for group, kids in enumerate(tree.children):
        logs[:, tree.leaves + group] = _log_mean(
            logs[:, kids], tree.weights[group], tree.powers[group]
        )
    return logs


def _log_mean(logs: Floats, weights: Floats, p: float) -> Floats:
    """Return the logarithm of `power_mean`, from the children's."""
    p = exponent(p)
    if not weights.all():
        logs, weights = logs[:, weights > 0], weights[weights > 0]
    if p == 0:
        return np.asarray(logs @ weights)
    anchor: Floats = logs.max(axis=1) if p > 0 else logs.min(axis=1)
    if math.isinf(p):
        return anchor
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        growth = p * (logs - anchor[:, None])
        total = np.expm1(growth) @ weights
        light = total < -0.5
        ratio = np.log1p(total)
    ratio[light] = np.log(np.exp(growth[light]) @ weights)
    return np.where(np.isneginf(anchor), anchor, anchor + ratio / p)


def _euler(tree: Tree, node_logs: Floats) -> Floats:
    """Return what each leaf contributes to the root's value, of shape (q, m)."""
    portions = np.zeros_like(node_logs)
    portions[:, -1] = np.exp(node_logs[:, -1])
    for group in range(len(tree.children) - 1, -1, -1):
        kids = tree.children[group]
        shares = child_shares(node_logs[:, kids], tree.weights[group], tree.powers[group])
        portions[:, kids] = portions[:, [tree.leaves + group]] * shares
    return portions[:, : tree.leaves]
