"""Valuation: from ratings to the values of leaves, groups and the whole, and their bounds.

Axis letters: n candidates, m leaf criteria.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import BoolArray, FloatArray, Frozen, IndexArray, frozen_property
from ..kernels.aggregation import (
    Tree,
    ValueFunction,
    mean_over,
    node_values,
    range_over,
    root_values,
    value_at,
)
from ..kernels.attribution import contributions
from ..models.criteria import Missing, power_of, weight_of
from ..models.framework import Framework
from .problem import Column, NumberColumn, Problem

__all__ = ["Valuation", "tree_of"]


def node_columns(framework: Framework) -> dict[str, int]:
    """Return the column of each node in arrays over nodes: leaves first, parents last."""
    # a parent stands before its children in the document, and after them in arrays
    keys = [*framework.leaves, *reversed(list(framework.groups))]
    return {key: column for column, key in enumerate(keys)}


def tree_of(framework: Framework) -> Tree:
    """Return the tree of criteria as arrays: leaves in the order of the document, the root last."""
    columns = node_columns(framework)
    groups = list(framework.groups.values())[::-1]
    children = []
    weights = []
    for keys in [*(group.children for group in groups), tuple(framework.tree)]:
        written = np.array([weight_of(framework.nodes[key].criterion.weight) for key in keys])
        children.append(np.array([columns[key] for key in keys], dtype=np.intp))
        weights.append(written / written.sum())
    rootless = framework.combine == "none"
    root_power = 1.0 if rootless else power_of(framework.combine)
    return Tree(
        leaves=len(framework.leaves),
        children=tuple(children),
        weights=tuple(weights),
        powers=(*(power_of(group.criterion.combine) for group in groups), root_power),
        rootless=rootless,
    )


@dataclass(frozen=True, eq=False, repr=False)
class Valuation(Frozen):
    """The values of a problem, in the order of its candidates, each computed when first asked for.

    Arrays over criteria have one column for each leaf, in the order of the document; those over
    nodes have the groups after the leaves, the root last.

    Parameters
    ----------
    problem : Problem
    tree : Tree
        The tree of criteria, its weights and powers those of the framework or others.
    missing : {"average", "worst", "omit"}, optional
        What every unknown rating counts as, in place of what the framework says.
    """

    problem: Problem
    tree: Tree
    missing: Missing | None = None

    def take(self, rows: IndexArray, facts: Mapping[str, Column]) -> Valuation:
        """Return that of some candidates, for conditions alone, with other columns of facts."""
        weights = [group[rows] if group.ndim > 1 else group for group in self.tree.weights]
        tree = replace(self.tree, weights=tuple(weights))
        return Valuation(self.problem.take(rows, facts), tree, self.missing)

    @frozen_property
    def nodes(self) -> dict[str, int]:
        """The column of each criterion and group."""
        return node_columns(self.problem.framework)

    @frozen_property
    def functions(self) -> dict[str, ValueFunction]:
        """The value function of each leaf: through its points, or straight over its scale."""
        functions = {}
        for key, node in self.problem.framework.leaves.items():
            (low, high), criterion = node.scale.range, node.criterion
            prefer, log = criterion.prefer or "high", criterion.log
            functions[key] = ValueFunction.linear(low, high, prefer, log=log)
            if criterion.value is not None:
                functions[key] = ValueFunction.through(criterion.value, log=log)
        return functions

    @frozen_property
    def certain(self) -> bool:
        """Whether every rating is a point: then the score is its own bound."""
        return all(column.complete for column in self.problem.ratings.values())

    @frozen_property
    def leaf_values(self) -> FloatArray:
        """Values of the leaves, (n, m) in [0, 1]; NaN where a rating is omitted."""
        values = self._empty()
        for j, key in enumerate(self.problem.framework.leaves):
            values[:, j] = self.values_of(key, self.problem.ratings[key])
        return values

    def values_of(self, key: str, column: NumberColumn) -> FloatArray:
        """Return the values of ratings on a leaf, (n,) in [0, 1]; NaN for an omitted one.

        An unknown one has the value that the missing policy gives it.
        """
        function, node = self.functions[key], self.problem.framework.leaves[key]
        values = value_at(function, column.value)
        if column.complete:
            return values
        if not column.points_only:
            interval = np.isnan(column.value) & ~column.unknown
            ends = column.low[interval], column.high[interval]
            if self.problem.framework.ranges == "worst":
                values[interval] = range_over(function, *ends)[0]
            else:
                values[interval] = mean_over(function, *ends)
        missing = self.missing or node.missing
        if missing != "omit":
            low, high = (np.array([float(end)]) for end in node.scale.range)
            # a refused rating counts as the average wherever something else is computed beside it
            stand_in = mean_over(function, low, high)
            if missing == "worst":
                stand_in = range_over(function, low, high)[0]
            values[column.unknown] = stand_in[0]
        if column.stood is not None:
            # no better than before it expired; `fmin` ignores the NaN of one that is omitted
            rows = np.flatnonzero(~column.stood.unknown)
            values[rows] = np.fmin(values[rows], self.values_of(key, column.stood.take(rows)))
        return values

    @frozen_property
    def leaf_bounds(self) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest possible value of each leaf, (n, m) each."""
        if self.certain:
            return self.leaf_values, self.leaf_values
        least, greatest = self._empty(), self._empty()
        for j, key in enumerate(self.problem.framework.leaves):
            low, high = self.problem.rating_bounds(key)
            least[:, j], greatest[:, j] = range_over(self.functions[key], low, high)
        return least, greatest

    def _empty(self) -> FloatArray:
        return np.empty((self.problem.size, len(self.problem.framework.leaves)), order="F")

    @frozen_property
    def refused(self) -> BoolArray | None:
        """Where an unknown rating forbids a value of a node, (n, nodes); None: nowhere."""
        refused = np.zeros((self.problem.size, self.tree.nodes), dtype=np.bool_, order="F")
        for key, node in self.problem.framework.leaves.items():
            if (self.missing or node.missing) == "refuse":
                above = [*map(self.nodes.__getitem__, node.path), -1]
                refused[:, above] |= self.problem.ratings[key].unknown[:, None]
        return refused if refused[:, -1:].any() else None

    @frozen_property
    def node_values(self) -> FloatArray:
        """Values of all nodes, (n, nodes); NaN where omitted, refused or not combined."""
        values = node_values(self.tree, self.leaf_values)
        if self.refused is not None:
            values[self.refused] = np.nan
        return values

    @frozen_property
    def node_bounds(self) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest possible value of each node, (n, nodes) each."""
        least, greatest = self.leaf_bounds
        low = node_values(self.tree, least)
        return low, low if greatest is least else node_values(self.tree, greatest)

    def bounds_of(self, criterion: str) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest possible value of a node, (n,) each; "" is the whole.

        Both are one array where every rating that counts is a point.
        """
        problem = self.problem
        if criterion in problem.framework.leaves and not self.certain:
            ends = problem.rating_bounds(criterion)  # those of all leaves would take far longer
            return range_over(self.functions[criterion], *ends)
        low, high = self.node_bounds
        k = self.nodes[criterion] if criterion else -1
        least = low[:, k]
        return least, least if high is low else high[:, k]

    @frozen_property
    def root(self) -> FloatArray:
        """The value of the whole, (n,); NaN where there is none."""
        if not self.problem.framework.leaves:
            return np.full(self.problem.size, np.nan)
        values = root_values(self.tree, self.leaf_values)
        return values if self.refused is None else np.where(self.refused[:, -1], np.nan, values)

    @frozen_property
    def root_bounds(self) -> tuple[FloatArray, FloatArray]:
        """Bounds of the value of the whole, (n,) each, stretched to hold the value itself."""
        if self.certain:
            return self.root, self.root
        # `omit` can put the value outside
        low, high = (root_values(self.tree, values) for values in self.leaf_bounds)
        return np.fmin(low, self.root), np.fmax(high, self.root)

    @frozen_property
    def contributions(self) -> FloatArray:
        """Contribution of each leaf to the overall value, (n, m); rows sum to it."""
        return contributions(self.tree, self.node_values)

    @frozen_property
    def rated(self) -> FloatArray:
        """The share of overall weight that was rated, (n,) in [0, 1]; an interval counts."""
        rated = np.zeros(self.problem.size)
        overall = self.tree.overall
        for j, key in enumerate(self.problem.framework.leaves):
            rated += np.where(self.problem.ratings[key].unknown, 0.0, overall[j])
        # sums of shares end in the last bits: all of them are 1
        return np.clip(rated.round(12), 0.0, 1.0)

    @frozen_property
    def sides(self) -> Mapping[str, FloatArray]:
        """Scores of gain and of risk, (n,) in [0, 100]: with the other leaves left out."""
        found: dict[str, FloatArray] = {}
        leaves = self.problem.framework.leaves
        for side in ("gain", "risk"):
            members = np.array([node.side == side for node in leaves.values()], dtype=np.bool_)
            if self.tree.rootless or not members.any():
                continue
            values = np.where(members, self.leaf_values, np.nan)
            found[side] = 100 * root_values(self.tree, values)
            if self.refused is not None:
                refused = self.refused[:, : len(leaves)] & members
                found[side][refused.any(axis=1)] = np.nan
        return found
