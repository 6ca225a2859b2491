"""Standings: scores, verdicts and ranks of all candidates while the weight of one criterion moves.

Imports scoring and below. Axis letters: p weightings to look at, n candidates in the order of the problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.ranking import ranks_in_draws
from ...scoring.evaluation import Evaluator
from ...scoring.ranking import Ranking
from ...scoring.valuation import Valuation
from ...scoring.verdicts import judge

__all__ = ["Observer", "Share", "Standings"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.integer]
Flags: TypeAlias = NDArray[np.bool_]

NEAREST = 1e-9
"""Weights are positive: a share comes as near to 0 and 1 as this."""

_BLOCK = 1_000_000  # values of nodes held at once


@dataclass(frozen=True)
class Share:
    """The weight of one criterion or group, as a share among its siblings.

    Parameters
    ----------
    key : str
        The criterion or group.
    group : int
        Its parent's place among the groups of the tree.
    position : int
        Its own place among its parent's children.
    now : float
        Its present share, in (0, 1].
    """

    key: str
    group: int
    position: int
    now: float


@dataclass(frozen=True, eq=False)
class Standings:
    """Where candidates stand under several weightings.

    Parameters
    ----------
    ranks : integer array of shape (p, n)
        From 1; 0 for one that is not ranked.
    severity : integer array of shape (p, n)
        The verdict, by its place among the verdicts; -1 where the framework is not about the candidate.
    """

    ranks: Integers
    severity: Integers


@dataclass(frozen=True, eq=False)
class Observer:
    """Looks at a ranking under other weights.

    Parameters
    ----------
    ranking : Ranking
    """

    ranking: Ranking

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """The share of each criterion and group, in the order of the document."""
        valuation, framework = self.ranking.valuation, self.ranking.framework
        found = {}
        for group, kids in enumerate(valuation.tree.children):
            for position, node in enumerate(kids.tolist()):
                found[node] = group, position, float(valuation.tree.weights[group][position])
        return tuple(Share(key, *found[valuation.nodes[key]]) for key in framework.nodes)

    @cached_property
    def touched(self) -> frozenset[str]:
        """Criteria and groups of whose points a verdict makes use."""
        return frozenset(self.ranking.framework.references.scores)

    def turns_verdicts(self, share: Share) -> bool:
        """Whether verdicts rest on points that this share moves: those of a group that it is part of."""
        return not self.touched.isdisjoint(self.ranking.framework.nodes[share.key].path[:-1])

    def slopes(self, share: Share) -> Floats | None:
        """Return by how many points each score rises as the share goes from 0 to 1, (n,).

        Returns
        -------
        array of shape (n,) or None
            None where scores are not straight lines in the share: where its group, or one above, is not combined
            arithmetically, or a ranked candidate has something omitted there, so that its weights are its own.
        """
        valuation, tree = self.ranking.valuation, self.ranking.valuation.tree
        above = [
            valuation.nodes[key] - tree.leaves
            for key in self.ranking.framework.nodes[share.key].path[:-1]
        ]
        groups = [*above, len(tree.children) - 1]
        if not all(map(tree.is_linear, groups)):
            return None
        ranked = self.ranking.order[self.ranking.ranks > 0]
        met = np.concatenate([tree.children[group] for group in groups])
        if np.isnan(valuation.node_values[np.ix_(ranked, met)]).any():
            return None
        kids, weights = tree.children[share.group], tree.weights[share.group]
        values = valuation.node_values[:, kids]
        own, rest = values[:, share.position], np.delete(weights, share.position) / (1 - share.now)
        others = np.delete(values, share.position, axis=1) @ rest
        whole = np.prod(
            [_weight_of(tree.children, tree.weights, group + tree.leaves) for group in groups[:-1]]
        )
        slopes: Floats = 100 * whole * (own - others)
        return slopes

    def standings(self, shares: Sequence[Share], to: Floats) -> Standings:
        """Return where all stand with each share moved, the others of its group in their present proportions.

        Parameters
        ----------
        shares : sequence of Share
            p of them.
        to : array of shape (p,)
            What each is moved to, in [0, 1].
        """
        nodes = self.ranking.valuation.tree.nodes
        step = max(1, _BLOCK // max(1, self.ranking.problem.size * nodes))
        blocks = [
            self._block(shares[k : k + step], to[k : k + step]) for k in range(0, len(shares), step)
        ]
        return Standings(
            *(np.concatenate([getattr(b, name) for b in blocks]) for name in ("ranks", "severity"))
        )

    def _block(self, shares: Sequence[Share], to: Floats) -> Standings:
        ranking, p, n = self.ranking, len(shares), self.ranking.problem.size
        tree = ranking.valuation.tree
        weights = list(tree.weights)
        for group in {share.group for share in shares}:
            weights[group] = np.repeat(
                [_moved(weights[group], s, t, group) for s, t in zip(shares, to, strict=True)], n, 0
            )
        problem = ranking.problem.take(np.tile(np.arange(n), p))
        valuation = Valuation(problem, replace(tree, weights=tuple(weights)))
        severity, applicable = ranking.judgement.severity, ranking.judgement.applicable
        if any(map(self.turns_verdicts, shares)):
            judged = judge(Evaluator(problem, valuation), ranking.framework.compiled_guardrails)
            severity, applicable = judged.severity.reshape(p, n), judged.applicable.reshape(p, n)
        verdicts = list(ranking.framework.all_verdicts.values())
        tier = np.array([verdict.tier if verdict.ranked else -1 for verdict in verdicts])
        values = valuation.root.reshape(p, n)
        tiers = np.where(applicable & ~np.isnan(values), tier[severity], -1)
        codes = np.broadcast_to(np.where(applicable, severity, -1), (p, n))
        return Standings(ranks_in_draws(np.nan_to_num(values), tiers), codes)


def _moved(weights: Floats, share: Share, to: float, group: int) -> Floats:
    """Return the weights of a group with one share moved; as they are, where the share is of another group."""
    if share.group != group:
        return weights
    to = float(np.clip(to, NEAREST, 1 - NEAREST))
    moved: Floats = weights * ((1 - to) / (1 - share.now))
    moved[share.position] = to
    return moved


def _weight_of(
    children: tuple[NDArray[np.intp], ...], weights: tuple[Floats, ...], node: int
) -> float:
    """Return the share of a node among its siblings."""
    for kids, given in zip(children, weights, strict=True):
        if node in kids:
            return float(given[np.flatnonzero(kids == node)[0]])
    return 1.0
