"""Contests: the ranked candidates of a ranking as points, and the weights under which they are compared.

Imports scoring, `spaces` and the kernels. Axis letters: n ranked candidates, q criteria or groups whose values do not
depend on the weights, m leaf criteria.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError
from ...kernels.aggregation import Tree, overall_weights
from ...kernels.weights import WeightPolytope, WeightSet
from ...models.expressions import references
from ...models.weight_spaces import GroupWeights, Weights, group_weights
from ...scoring.ranking import Ranking

__all__ = ["Contest", "contest_of"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Contest:
    """The ranked candidates, in rank order, and the weights they may be compared under.

    Parameters
    ----------
    values : array of shape (n, q)
        In [0, 1]: of the criteria, and of the groups whose weights are held.
    tiers : integer array of shape (n,)
        Lower stands first.
    polytope : WeightPolytope
        The admissible weights; its leaves are the columns of `values`.
    spread : array of shape (q, m)
        How the weight of each column is divided among the leaf criteria; rows sum to 1.
    spaces : tuple of GroupWeights
    """

    values: Floats
    tiers: Integers
    polytope: WeightPolytope
    spread: Floats
    spaces: tuple[GroupWeights, ...]


def contest_of(ranking: Ranking, weights: Weights = None) -> Contest:
    """Return the contest of a ranking over a space of weights.

    Parameters
    ----------
    ranking : Ranking
    weights : str or mapping of group id to str, optional
        See `group_weights`.

    Raises
    ------
    UsageError
        If scores are not linear in the weights, if verdicts depend on them, or if there is nothing to rank.
    """
    _refuse_pointless(ranking)
    spaces = group_weights(ranking.framework, weights)
    varying = {key for space in spaces if space.free for key in _path(ranking, space.group)}
    _refuse_turning_verdicts(ranking, varying)
    kept = [space for space in reversed(spaces) if space.group in varying]
    _refuse_not_arithmetic(ranking, kept)
    columns = [child for space in kept for child in space.children if child not in varying] or [""]
    ranked = ranking.order[ranking.ranks > 0]
    tier = np.array([verdict.tier for verdict in ranking.framework.all_verdicts.values()])
    return Contest(
        values=_values(ranking, columns, ranked),
        tiers=tier[ranking.judgement.severity[ranked]],
        polytope=_polytope(kept, columns),
        spread=_spread(ranking, columns),
        spaces=spaces,
    )


def _path(ranking: Ranking, group: str) -> tuple[str, ...]:
    """Return a group and those above it, the top, "", first."""
    return ("", *(ranking.framework.nodes[group].path if group else ()))


def _polytope(kept: Sequence[GroupWeights], columns: list[str]) -> WeightPolytope:
    number = {key: k for k, key in enumerate([*columns, *(space.group for space in kept)])}
    # where nothing varies, the score itself is the only column
    groups = [(space.children, space.weights) for space in kept] or [
        (("",), WeightSet.fixed(np.ones(1)))
    ]
    tree = Tree(
        leaves=len(columns),
        children=tuple(
            np.array([number[kid] for kid in kids], dtype=np.intp) for kids, _ in groups
        ),
        weights=tuple(np.full(len(kids), 1 / len(kids)) for kids, _ in groups),
        powers=(1.0,) * len(groups),
    )
    return WeightPolytope(tree, tuple(cut for _, cut in groups))


def _values(ranking: Ranking, columns: list[str], ranked: NDArray[np.intp]) -> Floats:
    valuation = ranking.valuation
    values = np.stack(
        [valuation.node_values[:, valuation.nodes[key] if key else -1] for key in columns], axis=1
    )
    values = np.asarray(values[ranked])
    gaps = np.argwhere(np.isnan(values))
    if len(gaps):
        place, column = gaps[0].tolist()
        raise UsageError(
            f"exact ranks need scores that are sums of weight times value; `{ranking.ids[place]}` has no value on"
            f" `{columns[column]}`, which is omitted, so that its weights are its own"
        )
    return values


def _spread(ranking: Ranking, columns: list[str]) -> Floats:
    tree, nodes = ranking.valuation.tree, ranking.valuation.nodes
    overall = overall_weights(tree)
    spread = np.zeros((len(columns), tree.leaves))
    for k, column in enumerate(columns):
        for j, (key, leaf) in enumerate(ranking.framework.leaves.items()):
            if column in ("", *leaf.path):
                spread[k, j] = overall[nodes[key]] / (overall[nodes[column]] if column else 1.0)
    return spread


# what has no exact answer


def _refuse_pointless(ranking: Ranking) -> None:
    framework = ranking.framework
    if not len(ranking):
        raise UsageError("there are no candidates: nothing to rank")
    if not framework.leaves:
        raise UsageError(f"`{framework.id}` only gates: without criteria nothing has a rank")
    if framework.combine == "none":
        raise UsageError(f"`{framework.id}` makes no total of its groups: nothing has a rank")
    if not ranking.ranks.any():
        raise UsageError("no candidate has a rank: there are none to be found for other weights")


def _refuse_not_arithmetic(ranking: Ranking, kept: Sequence[GroupWeights]) -> None:
    tree, framework = ranking.valuation.tree, ranking.framework
    for space in kept:
        number = ranking.valuation.nodes[space.group] - tree.leaves if space.group else -1
        if not tree.is_linear(number):
            name, combine = "the top", framework.combine
            if space.group:
                name, combine = f"`{space.group}`", framework.nodes[space.group].criterion.combine
            held = (
                f"; hold its weights, and those below, with `exact` for `{space.group}`"
                if space.group
                else ""
            )
            raise UsageError(
                f"exact ranks need scores that are sums of weight times value; {name} combines by `{combine}`{held}"
            )


def _refuse_turning_verdicts(ranking: Ranking, varying: set[str]) -> None:
    for words, key in _scores_used(ranking):
        if key in varying:
            raise UsageError(
                f"exact ranks need verdicts that do not depend on the weights; {words} uses score({key})"
            )


def _scores_used(ranking: Ranking) -> Iterator[tuple[str, str]]:
    """Yield each criterion or group whose points a verdict makes use of, and where."""
    framework = ranking.framework
    whens = [
        (f"guardrail `{key}`", rule.when)
        for key, steps in ranking.framework.compiled_guardrails.items()
        for rule in steps
        if rule.when is not None
    ]
    if framework.applies_expression is not None:
        whens.append(("`applies`", framework.applies_expression))
    for words, when in whens:
        for key in references(when).scores:
            yield words, key
