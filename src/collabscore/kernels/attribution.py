"""Attribution: a value, a difference or a shortfall, divided among the leaves.

Axis letters: `n` candidates, `m` leaf criteria, `c` children of a group, `q` points on a path. NaN
stands for an omitted leaf.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ..arrays import BoolArray, FloatArray, IndexArray
from .aggregation import (
    Tree,
    fill_missing,
    log_power_mean,
    node_values,
    select_rows,
)

__all__ = ["child_shares", "contrast", "contributions", "shortfalls"]

# Two children of a minimum or maximum this close to one another, relatively, both attain it:
# numbers equal on paper (0.1 + 0.2 and 0.3) should not differ by their last bit.
_TIE = 1e-12
# of the integral over one panel, in the root's value; in all there may be a thousand times as much
_PRECISION = 1e-11
_REMAINDER = 1e-8
# A kink is enclosed by some forty halvings; more panels mean that nothing converges.
_HALVINGS = 60
_PANELS = 4096
# beyond this power a mean bends as sharply as a minimum or a maximum
_STEEP = 8.0
# -log of a quantity that vanishes beside 1
_VANISHED = 37.0


class Path(NamedTuple):
    """Straight line on which every leaf moves, from `start` by `gap`; at time t = exp(-y)."""

    tree: Tree
    start: FloatArray
    gap: FloatArray


def contributions(tree: Tree, values: FloatArray) -> FloatArray:
    """Divide the root's value of each candidate among the leaves.

    Power means are homogeneous of degree one, and so is a tree of them; by Euler's theorem the
    root's value divides exactly among the leaves.

    Parameters
    ----------
    tree : Tree
    values : array of shape (n, nodes)
        From `node_values`.

    Returns
    -------
    array of shape (n, m)
        In [0, 1], rows sum to the root's value; 0 for an omitted leaf; rows of NaN where the root
        is.

    Notes
    -----
    A child's share of its group is ``w (v / M)^p``. For a minimum or a maximum it all
    goes to the child that attains it; several that do share it in proportion to weight. A leaf's
    contribution is the root's value times the shares along its path: ``weight x value`` where all
    is arithmetic and nothing omitted.
    """
    if not tree.arithmetic:
        return _divide_root(tree, _logs(values), values[:, -1])
    divided = values[:, : tree.leaves] * tree.overall[..., : tree.leaves]
    incomplete = np.isnan(divided.sum(axis=1))
    if incomplete.any():
        rest = values[incomplete]
        divided[incomplete] = _divide_root(select_rows(tree, incomplete), _logs(rest), rest[:, -1])
    return divided


def child_shares(logs: FloatArray, weights: FloatArray, p: float) -> FloatArray:
    """Return the share of each child in the value of its group, by Euler's theorem.

    Parameters
    ----------
    logs : array of shape (n, c)
        Natural logarithms of the children's values, -inf for 0, NaN for an omitted one. Logarithms,
        because along the path from a value of 0 to another the values themselves can lie below the
        least float.
    weights : array of shape (c,) or (n, c)
    p : float

    Returns
    -------
    array of shape (n, c)
        Rows sum to 1; 0 for an omitted child. Finite, but without meaning, where the group's value
        is 0 or it is omitted.
    """
    shares = np.where(np.isnan(logs), 0.0, weights)
    if p != 0:
        known = np.where(shares > 0, logs, math.nan)
        extreme = np.fmax if p > 0 else np.fmin
        best = extreme.reduce(known, axis=1)[:, None]
        with np.errstate(invalid="ignore", over="ignore"):
            beyond = known - best
            if math.isinf(p):
                tolerance = _TIE + 8 * np.finfo(float).eps * np.abs(best)
                shares *= (np.abs(beyond) <= tolerance) | (known == best)
            else:
                shares *= np.exp(p * beyond)
        shares[np.isnan(shares)] = 0.0
    total = shares.sum(axis=1, keepdims=True)
    shares /= np.where(total > 0, total, 1.0)
    return shares


def contrast(tree: Tree, start: FloatArray, end: FloatArray) -> FloatArray:
    """Divide the difference of two candidates' root values among the leaves.

    The part of a leaf is its own difference, times its average effect while every leaf moves
    steadily from its value in one candidate to that in the other.

    Parameters
    ----------
    tree : Tree
    start, end : arrays of shape (m,)
        Values of the leaves, in [0, 1]; NaN is omitted.

    Returns
    -------
    array of shape (m,)
        Sums to the root's value at `end` less that at `start`; NaN throughout where either has
        none. 0 for a leaf whose value is the same in both.

    Notes
    -----
    The Aumann-Shapley value along the straight line ``v(t) = start + t (end - start)``: leaf i gets
    ``(end_i - start_i)`` times the integral of the root's slope in i over t from 0 to 1, which is
    ``weight x difference`` where all is arithmetic. A remainder below 1e-8 goes to the largest
    part. Swapping `start` and `end` changes the signs. Under exponents and weights so extreme that
    the integral misses the difference by more, the part of a leaf is the difference that it makes
    when all leaves move in turn, the first first and the last first, on average.

    A leaf omitted in one of the two enters there with the value that its group has without it, or,
    where all of the group is omitted, with the value that the group above has without that group,
    and so on upwards; this leaves the root's value as it is. A leaf omitted in both is left out of
    the tree, its siblings re-weighted, and gets 0.

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
        parts[common] = contrast(_prune(tree, common), start[common], end[common])
        return parts
    nodes = fill_missing(tree, nodes)
    first, last = nodes[0, : tree.leaves], nodes[1, : tree.leaves]
    if tree.arithmetic:
        return (last - first) * tree.overall[: tree.leaves]
    there = _integrate_first_half(Path(tree, first, last - first))
    back = _integrate_first_half(Path(tree, last, first - last))
    parts, difference = there - back, float(nodes[1, -1] - nodes[0, -1])
    remainder = difference - math.fsum(parts)
    if not abs(remainder) <= _REMAINDER:
        return (_move_in_turn(tree, first, last) - _move_in_turn(tree, last, first)) / 2
    parts[np.argmax(np.abs(parts))] += remainder
    return parts


def shortfalls(tree: Tree, leaf_values: FloatArray) -> FloatArray:
    """Divide the shortfall of each candidate, 1 less its root value, among the leaves.

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
        nodes = fill_missing(tree, node_values(tree, leaf_values))
        return (1.0 - nodes[:, : tree.leaves]) * tree.overall[: tree.leaves]
    # each candidate's path to the top has kinks and bends of its own, and so panels of its own
    best = np.ones(tree.leaves)
    parts = np.empty(leaf_values.shape)
    for i, row in enumerate(leaf_values):
        parts[i] = contrast(tree, row, best)
    return parts


def _logs(values: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.log(values)


def _divide_root(tree: Tree, logs: FloatArray, root: FloatArray) -> FloatArray:
    """Divide the root's value among the leaves, (n, m), group by group from the top down.

    Parameters
    ----------
    logs : array of shape (n, nodes)
        Natural logarithms of the values of all nodes.
    root : array of shape (n,)
        The value itself.
    """
    portions = np.zeros_like(logs)
    portions[:, -1] = root
    for group in range(len(tree.children) - 1, -1, -1):
        children = tree.children[group]
        shares = child_shares(logs[:, children], tree.weights[group], tree.powers[group])
        portions[:, children] = portions[:, [tree.leaves + group]] * shares
    return portions[:, : tree.leaves]


def _prune(tree: Tree, kept: BoolArray) -> Tree:
    """Return the tree of some of the leaves, siblings re-weighted; a group without any goes too."""
    number = {int(leaf): new for new, leaf in enumerate(np.flatnonzero(kept))}
    leaves = len(number)
    children: list[IndexArray] = []
    weights: list[FloatArray] = []
    powers: list[float] = []
    for group, nodes in enumerate(tree.children):
        there = np.array([int(node) in number for node in nodes]) & (tree.weights[group] > 0)
        if there.any():
            number[tree.leaves + group] = leaves + len(children)
            children.append(np.array([number[int(node)] for node in nodes[there]]))
            weights.append(tree.weights[group][there] / tree.weights[group][there].sum())
            powers.append(tree.powers[group])
    return Tree(leaves, tuple(children), tuple(weights), tuple(powers), tree.rootless)


def _move_in_turn(tree: Tree, start: FloatArray, end: FloatArray) -> FloatArray:
    """Return the difference that each leaf makes when one after the other moves, (m,)."""
    moved = np.tri(tree.leaves + 1, tree.leaves, -1, dtype=np.bool_)
    return np.diff(node_values(tree, np.where(moved, end, start))[:, -1])


# the integral along a path


@cache
def _quadrature_rules() -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return points and weights of a coarse and of a fine rule of Gauss and Legendre."""
    coarse_points, coarse_weights = np.polynomial.legendre.leggauss(12)
    fine_points, fine_weights = np.polynomial.legendre.leggauss(24)
    return coarse_points, fine_points, coarse_weights, fine_weights


def _integrate_first_half(path: Path) -> FloatArray:
    """Integrate over the first half of the path.

    With ``t = exp(-y)`` the integrand of leaf i is its Euler contribution at v(t), times ``gap_i t
    / v_i(t)``, which is 1 for a leaf that starts at 0 and lies between -1 and 1 for all others: the
    slope, which is infinite where a leaf starts at 0 under a geometric mean, is gone. The rest may
    fall as slowly as ``exp(-w y)`` for a leaf of weight w, so that y runs to many thousands, where
    t itself is 0 to a computer; hence logarithms throughout.
    """
    edges = _panel_edges(path)
    lower, upper = edges[:-1], edges[1:]
    parts = np.zeros(path.tree.leaves)
    for left in range(_HALVINGS, -1, -1):
        integrals, error = _integrate_panels(path, lower, upper)
        rough = error > _PRECISION
        if not left or np.count_nonzero(rough) > _PANELS:
            rough[:] = False
        parts += integrals[~rough].sum(axis=0)
        if not rough.any():
            break
        lower, upper = lower[rough], upper[rough]
        middle = (lower + upper) / 2
        lower, upper = np.concatenate([lower, middle]), np.concatenate([middle, upper])
    return parts


def _integrate_panels(
    path: Path, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Integrate over panels of y; return parts (panels, m) and errors (panels,)."""
    coarse_points, fine_points, coarse_weights, fine_weights = _quadrature_rules()
    points = np.concatenate([coarse_points, fine_points, [-1.0, 1.0]])
    half = (upper - lower) / 2
    y = ((lower + upper) / 2)[:, None] + half[:, None] * points
    logs = _node_logs(path, y.ravel())
    root = np.exp(logs[:, -1])
    heights = _divide_root(path.tree, logs, root) * _relative_rates(path, y.ravel(), logs)
    heights = heights.reshape(*y.shape, -1)
    n_coarse = len(coarse_points)
    coarse = half[:, None] * np.einsum("pqm,q->pm", heights[:, :n_coarse], coarse_weights)
    fine = half[:, None] * np.einsum("pqm,q->pm", heights[:, n_coarse:-2], fine_weights)
    ends = root.reshape(y.shape)[:, -2:]
    # two checks: a kink between the points may show in one of them alone
    unmet = np.abs(fine.sum(axis=1) - (ends[:, 0] - ends[:, 1]))
    return fine, np.maximum(np.abs(fine - coarse).max(axis=1), unmet)


def _panel_edges(path: Path) -> FloatArray:
    """Return where to cut y into panels: ever wider ones, cut where leaves settle or cross."""
    moving = (path.start > 0) & (path.gap != 0)
    settling = np.log(np.abs(path.gap[moving])) - np.log(path.start[moving])
    # the part of a leaf of weight w has vanished where w y is large
    overall = path.tree.overall
    doublings = 6 - int(np.log2(overall[overall > 0].min(initial=2.0**-55)))
    far = math.log(2) + np.concatenate([[0.0], 2.0 ** np.arange(-1, doublings)])
    root = np.exp(_node_logs(path, np.append(far, np.inf))[:, -1])
    settled = settling.max(initial=0.0) + _VANISHED
    arrived = (np.abs(root[:-1] - root[-1]) <= 1e-15) & (far >= settled)
    last = int(np.argmax(arrived)) if arrived.any() else len(far) - 1
    cuts = np.concatenate([settling[settling > 4], _crossings(path)])
    inside = (cuts > far[0]) & (cuts < far[last])
    return np.unique(np.concatenate([far[: last + 1], cuts[inside]]))


def _crossings(path: Path) -> FloatArray:
    """Return y where two children of a minimum, or of a nearly sharp mean, cross."""
    tree = path.tree
    start, gap = np.full((2, tree.nodes), math.nan)
    start[: tree.leaves], gap[: tree.leaves] = path.start, path.gap
    ahead = []
    closing = []
    for group, children in enumerate(tree.children):
        if tree.is_linear(group):
            start[tree.leaves + group] = tree.weights[group] @ start[children]
            gap[tree.leaves + group] = tree.weights[group] @ gap[children]
        elif abs(tree.powers[group]) > _STEEP:
            for i, j in combinations(children, 2):
                ahead.append(start[i] - start[j])
                closing.append(gap[j] - gap[i])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(-np.log(np.array(ahead) / np.array(closing)))


def _node_logs(path: Path, y: FloatArray) -> FloatArray:
    """Return the logarithm of every node's value at each y, of shape (q, nodes)."""
    tree = path.tree
    logs = np.empty((len(y), tree.nodes), order="F")
    # the branch not taken may overflow
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at_start, change = np.log(path.start), np.log(np.abs(path.gap)) - y[:, None]
        falling = at_start + np.log1p(-np.exp(change - at_start))
        logs[:, : tree.leaves] = np.where(path.gap < 0, falling, np.logaddexp(at_start, change))
    for group, children in enumerate(tree.children):
        logs[:, tree.leaves + group] = log_power_mean(
            logs[:, children], tree.weights[group], tree.powers[group]
        )
    return logs


def _relative_rates(path: Path, y: FloatArray, logs: FloatArray) -> FloatArray:
    """Return the relative rate of change of each leaf with respect to y, of shape (q, m)."""
    leaf_logs = logs[:, : path.tree.leaves]
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.sign(path.gap) * np.exp(np.log(np.abs(path.gap)) - y[:, None] - leaf_logs)
    return np.where(path.gap == 0, 0.0, rates)
