"""Influence: how much of the variance of scores each group of weights and each rating explains.

Imports scoring, the table, `draws`, `spaces` and `variance`. Axis letter: n candidates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...models.base import title_of
from ...models.weight_spaces import Weights, describe, group_weights
from ...output import Column, Table
from ...scoring.ranking import Ranking
from ..uncertainty import DrawBatch, Draws
from ..variance import Factor, sobol_indices

__all__ = ["Influence", "Influences", "influences_of"]

Floats: TypeAlias = NDArray[np.float64]


_MEANING = (
    "Alone: the share of the variance of scores that would go if only this were known. With others: what would stay if"
    " all but this were known."
)


@dataclass(frozen=True, eq=False)
class Influence:
    """What the weights of one group, or the ratings on one criterion, explain of the variance of scores.

    Parameters
    ----------
    kind : {"weights", "ratings"}
    id, title : str
        Of the group, "" for the top, or of the criterion.
    first, total : float
        Of the variances of all candidates together: the share it explains alone, and with what it does together with
        others.
    first_error, total_error : float
        Their standard errors.
    firsts, totals : arrays of shape (n,)
        The same for each candidate, in the order of the ranking; NaN where its score does not vary.
    """

    kind: Literal["weights", "ratings"]
    id: str
    title: str
    first: float
    total: float
    first_error: float
    total_error: float
    firsts: Floats
    totals: Floats

    def record(self, ids: tuple[str, ...]) -> dict[str, Any]:
        """Return it as plain data."""
        by_candidate = zip(ids, self.firsts.tolist(), self.totals.tolist(), strict=True)
        return {
            "kind": self.kind,
            "id": self.id,
            "first": self.first,
            "first_error": self.first_error,
            "total": self.total,
            "total_error": self.total_error,
            "candidates": {
                name: None if math.isnan(total) else {"first": first, "total": total}
                for name, first, total in by_candidate
            },
        }


@dataclass(frozen=True, eq=False)
class Influences:
    """The influences on the scores of a ranking, the greatest first.

    Parameters
    ----------
    ranking : Ranking
    source : Draws
    draws : int
        How many were asked for.
    found : tuple of Influence
    """

    ranking: Ranking
    source: Draws
    draws: int
    found: tuple[Influence, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return (
            "All that is uncertain is drawn at once. "
            + describe(self.source.groups, self.ranking.framework),
            _MEANING,
            "Of the variances of all candidates together; those of each are in the result as JSON.",
        )

    def table(self) -> Table:
        """Return a row for each influence."""
        columns = (
            Column("what", "What varies", least=20),
            Column("kind", "Kind", priority=2),
            Column("first", "Alone", kind="share", priority=0),
            Column("first_error", "±", kind="share", priority=1),
            Column("total", "With others", kind="share", priority=0),
            Column("total_error", "± ", kind="share", priority=1),
        )
        rows = tuple(
            (
                found.title,
                found.kind,
                max(0.0, found.first),
                found.first_error,
                found.total,
                found.total_error,
            )
            for found in self.found
        )
        return Table(columns, rows, title="What the scores depend on most", notes=self.notes)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each influence."""
        return [found.record(self.ranking.ids) for found in self.found]


def influences_of(ranking: Ranking, *, weights: Weights, draws: int, seed: int) -> Influences:
    """Return what each group of weights and each criterion's ratings explain of the variance of scores.

    Notes
    -----
    Sobol's first-order and total indices, see `variance.indices`. The ratings of all candidates on a criterion are
    taken together, since each candidate's score depends on its own alone.
    """
    source = Draws(ranking.problem, group_weights(ranking.framework, weights), seed)
    named = list(_factors(source))
    if not named or not len(ranking):
        return Influences(ranking, source, draws, ())
    each = sobol_indices(source, [factor for _, _, factor in named], draws)["score"]
    whole, order = each.of_all(), ranking.order
    (first, first_error), (total, total_error) = whole.first(), whole.total()
    figures = np.nan_to_num(np.hstack([first, total, first_error, total_error]))
    firsts, totals = each.first()[0][:, order], each.total()[0][:, order]
    found = [
        Influence(
            kind,
            factor.name,
            _title(kind, factor.name, ranking),
            first=float(figures[k, 0]),
            total=float(figures[k, 1]),
            first_error=float(figures[k, 2]),
            total_error=float(figures[k, 3]),
            firsts=firsts[k],
            totals=totals[k],
        )
        for k, (kind, _, factor) in enumerate(named)
    ]
    return Influences(ranking, source, draws, tuple(sorted(found, key=lambda one: -one.total)))


def _factors(source: Draws) -> Iterator[tuple[Literal["weights", "ratings"], int, Factor]]:
    for k, space in enumerate(source.groups):
        if space.free:
            yield "weights", k, Factor(space.group, _group(k))
    leaves = list(source.problem.framework.leaves)
    for leaf, part in source.uncertain.by_leaf.items():
        yield "ratings", leaf, Factor(leaves[leaf], _leaf(part))


def _group(k: int) -> Callable[[DrawBatch, DrawBatch], DrawBatch]:
    def swapped(one: DrawBatch, other: DrawBatch) -> DrawBatch:
        return replace(one, shares=(*one.shares[:k], other.shares[k], *one.shares[k + 1 :]))

    return swapped


def _leaf(part: slice) -> Callable[[DrawBatch, DrawBatch], DrawBatch]:
    def swapped(one: DrawBatch, other: DrawBatch) -> DrawBatch:
        uniform = one.uniform.copy()
        uniform[:, part] = other.uniform[:, part]
        return replace(one, uniform=uniform)

    return swapped


def _title(kind: str, key: str, ranking: Ranking) -> str:
    if kind == "ratings":
        return f"Ratings: {ranking.framework.nodes[key].title}"
    return (
        f"Weights: {title_of(key, ranking.framework.nodes[key].title)}"
        if key
        else "Weights of the groups at the top"
    )
