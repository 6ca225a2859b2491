"""Variance: shares of the uncertainty about scores and places that its sources explain.

Axis letters: n candidates, s draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from ..arrays import FloatArray
from ..kernels.ranking import ranks_in_draws
from ..kernels.weights import TILE
from ..models.base import title_of
from ..models.weight_spaces import Weights, describe, group_weights
from ..output import Column, Field
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.variants import Outcomes
from ..scoring.wording import unverified_note
from .uncertainty import DrawBatch, Draws

__all__ = [
    "Factor",
    "Influence",
    "Influences",
    "SobolIndices",
    "VarianceShare",
    "factors_of",
    "influences_of",
    "sobol_indices",
    "variance_shares",
]

Output: TypeAlias = Literal["score", "place"]

_LEAST_TILES, _MOST_TILES = 8, 16
# a variance below this is rounding
_NOTHING = 1e-18


@dataclass(frozen=True)
class Factor:
    """A source of uncertainty: its name, and a function that takes it from a second batch."""

    name: str
    swap: Callable[[DrawBatch, DrawBatch], DrawBatch]


@dataclass(frozen=True)
class VarianceShare:
    """Shares of the variance of all candidates together that one source explains.

    Parameters
    ----------
    source : str
        "weights", "ratings", or a choice of method.
    output : {"score", "place"}
        The quantity whose variance is explained; an unranked candidate is in the last place.
    first : float
        The share that would go if this source alone were known: the first-order index.
    total : float
        The share that would stay if all others were known: the total index.
    first_error, total_error : float
        Their standard errors.
    """

    source: str
    output: Output
    first: float
    total: float
    first_error: float
    total_error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the first-order share, within [0, 1]."""
        margin = 1.96 * self.first_error
        return max(0.0, self.first - margin), min(1.0, self.first + margin)

    def record(self) -> dict[str, Any]:
        """Return the share as plain data."""
        return {
            "source": self.source,
            "output": self.output,
            "first": self.first,
            "first_error": self.first_error,
            "total": self.total,
            "total_error": self.total_error,
        }


def factors_of(draws: Draws) -> Iterator[Factor]:
    """Yield the sources of uncertainty: all weights, all ratings, and each choice of method."""
    if any(group.free for group in draws.groups):
        yield Factor("weights", lambda one, other: replace(one, shares=other.shares))
    if len(draws.uncertain):
        yield Factor("ratings", lambda one, other: replace(one, uniform=other.uniform))
    for k, choice in enumerate(draws.choices):
        yield Factor(choice.name, _option_swap(k))


def _option_swap(k: int) -> Callable[[DrawBatch, DrawBatch], DrawBatch]:
    def swap(one: DrawBatch, other: DrawBatch) -> DrawBatch:
        options = one.options.copy()
        options[:, k] = other.options[:, k]
        return replace(one, options=options)

    return swap


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """Sensitivity indices of one output by candidate, from means over the draws of each tile.

    Parameters
    ----------
    variance : array of shape (n,)
    shared, left, moved : arrays of shape (tiles, factors, n)
        The mean product of what two draws share with that factor; half the mean square of the
        difference between two draws that have the factor alone in common; half that of two draws
        that differ by the factor alone.
    """

    variance: FloatArray
    shared: FloatArray
    left: FloatArray
    moved: FloatArray

    def first(self) -> tuple[FloatArray, FloatArray]:
        """Return first-order indices and their standard errors, (factors, n); NaN if constant."""
        product, product_error = self._estimate(self.shared)
        rest, rest_error = self._estimate(self.left)
        by_product = product_error <= rest_error
        return np.where(by_product, product, 1 - rest), np.minimum(product_error, rest_error)

    def total(self) -> tuple[FloatArray, FloatArray]:
        """Return total indices and their standard errors, (factors, n); NaN if constant."""
        return self._estimate(self.moved)

    def of_all(self) -> SobolIndices:
        """Return the indices of all candidates together, n = 1: of the sum of their variances."""
        parts = (self.variance, self.shared, self.left, self.moved)
        return SobolIndices(*(part.sum(axis=-1, keepdims=True) for part in parts))

    def _estimate(self, tiles: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the mean over the tiles and its standard error, as shares of the variance."""
        varies = self.variance > _NOTHING
        variance = np.where(varies, self.variance, np.nan)
        error = tiles.std(axis=0, ddof=1) / np.sqrt(len(tiles))
        return tiles.mean(axis=0) / variance, error / variance


def sobol_indices(
    draws: Draws,
    factors: Sequence[Factor],
    count: int,
    outputs: Sequence[Output] = ("score", "place"),
) -> Mapping[Output, SobolIndices]:
    """Return first-order and total sensitivity indices of scores and of places.

    Parameters
    ----------
    draws : Draws
    factors : sequence of Factor
        Independent of one another.
    count : int
        How many draws, rounded to tiles of 256, from 8 to 16 of them; each is evaluated once for
        each factor, and twice more.
    outputs : sequence of {"score", "place"}

    Notes
    -----
    Sobol's indices: with the draws A and B, and AB where one factor of A is taken from B,
    ``E f(B) (f(AB) - f(A)) / V`` (Saltelli et al.) or ``1 - E(f(B) - f(AB))^2 / 2V`` (Jansen)
    for the first order, whichever has the smaller error: the former is exact for a factor without
    effect, the latter for the only factor with any. ``E(f(A) - f(AB))^2 / 2V`` (Jansen) for the
    total.

    References
    ----------
    Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics
    Communications, 117(1-2), 35-43. doi:10.1016/S0010-4655(98)00154-4
    Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., & Tarantola, S. (2010).
    Variance based sensitivity analysis of model output. Computer Physics Communications, 181(2),
    259-270. doi:10.1016/j.cpc.2009.09.018
    Gamboa, F., Janon, A., Klein, T., & Lagnoux, A. (2014). Sensitivity analysis for
    multidimensional and functional outputs. Electronic Journal of Statistics, 8(1), 575-603.
    doi:10.1214/14-EJS895 (for `SobolIndices.of_all`)
    """
    tiles = min(_MOST_TILES, max(_LEAST_TILES, -(-count // TILE)))
    # streams of their own, beside those of the draws that are counted
    pairs = zip(draws.batches(1), draws.batches(2), strict=False)
    means = {output: _TileMeans() for output in outputs}
    for one, other in islice(pairs, tiles):
        outcomes = [draws.outcomes(one), draws.outcomes(other)]
        for factor in factors:  # a batch is as large as all that is uncertain: one at a time
            outcomes.append(draws.outcomes(factor.swap(one, other)))
        for output, found in means.items():
            found.add(np.stack([_OUTPUTS[output](outcome) for outcome in outcomes]))
    return {output: found.indices() for output, found in means.items()}


def _places(outcomes: Outcomes) -> FloatArray:
    ranks = ranks_in_draws(outcomes.values, outcomes.tiers)
    return np.where(ranks > 0, ranks, ranks.shape[-1]).astype(np.float64)


_OUTPUTS: Mapping[Output, Callable[[Outcomes], FloatArray]] = {
    "score": lambda outcomes: 100 * outcomes.values,
    "place": _places,
}


@dataclass
class _TileMeans:
    """Means over the draws of each tile, so that no more than one tile is held at once."""

    plain: list[FloatArray] = field(default_factory=list)
    shared: list[FloatArray] = field(default_factory=list)
    rises: list[FloatArray] = field(default_factory=list)
    left: list[FloatArray] = field(default_factory=list)
    moved: list[FloatArray] = field(default_factory=list)

    def add(self, tile: FloatArray) -> None:
        """Take in an output in one tile, (factors + 2, s, n).

        Along the first axis: under A, under B, and under A with one factor after another of B.
        """
        self.plain.append(tile[:2].copy())
        one, other, swapped = tile[0], tile[1], tile[2:]
        self.shared.append(((other - self._about) * (swapped - one)).mean(axis=1))
        self.rises.append((swapped - one).mean(axis=1))
        self.left.append(((other - swapped) ** 2).mean(axis=1) / 2)
        self.moved.append(((one - swapped) ** 2).mean(axis=1) / 2)

    @property
    def _about(self) -> FloatArray:
        """About the centre, (n,): products with what is far from 0 would lose digits."""
        about: FloatArray = self.plain[0].mean(axis=(0, 1))
        return about

    def indices(self) -> SobolIndices:
        """Return the indices of the output."""
        both = np.concatenate(self.plain, axis=1)
        centre = both.mean(axis=(0, 1))
        shared = np.array(self.shared) - (centre - self._about) * np.array(self.rises)
        variance = both.reshape(-1, both.shape[-1]).var(axis=0, ddof=1)
        return SobolIndices(variance, shared, np.array(self.left), np.array(self.moved))


def variance_shares(draws: Draws, count: int) -> tuple[VarianceShare, ...]:
    """Return shares of weights, ratings and choices of method in the variance of all candidates.

    Where nothing varies, all shares are 0.
    """
    factors = list(factors_of(draws))
    if not factors:
        return ()
    found = []
    for output, indices in sobol_indices(draws, factors, count).items():
        together = indices.of_all()
        first, first_errors = np.nan_to_num(together.first())
        total, total_errors = np.nan_to_num(together.total())
        for k, factor in enumerate(factors):
            found.append(
                VarianceShare(
                    factor.name,
                    output,
                    first=float(first[k, 0]),
                    total=float(total[k, 0]),
                    first_error=float(first_errors[k, 0]),
                    total_error=float(total_errors[k, 0]),
                )
            )
    return tuple(found)


# influences on the scores of a ranking


@dataclass(frozen=True, eq=False)
class Influence:
    """Shares of the variance of scores that one group's weights, or one criterion's ratings, explain.

    Parameters
    ----------
    kind : {"weights", "ratings"}
    id, title : str
        Of the group, "" for the top, or of the criterion.
    first, total : float
        Of the variances of all candidates together: the share it explains alone, and with its
        interactions.
    first_error, total_error : float
        Their standard errors.
    firsts, totals : arrays of shape (n,)
        The same for each candidate, in rank order; NaN where its score does not vary.
    """

    kind: Literal["weights", "ratings"]
    id: str
    title: str
    first: float
    total: float
    first_error: float
    total_error: float
    firsts: FloatArray
    totals: FloatArray


_MEANING = (
    "Alone: the share of the variance of scores that would go if only this were known."
    " With others: what would stay if all but this were known."
)


@dataclass(frozen=True, eq=False, repr=False)
class Influences(RankingResult):
    """The influences on the scores of a ranking, the greatest first.

    Parameters
    ----------
    ranking : Ranking
    source : Draws
    draws : int
        How many were asked for.
    found : tuple of Influence
    """

    kind: ClassVar[str] = "influences"
    things: ClassVar[str] = "influences"
    title: ClassVar[str] = "What the scores depend on most"
    shown: ClassVar[tuple[str, ...]] = (
        *("what", "kind", "first", "first_error", "total", "total_error"),
    )

    ranking: Ranking
    source: Draws
    draws: int
    found: tuple[Influence, ...]

    @property
    def rows(self) -> tuple[Influence, ...]:
        """The influences."""
        return self.found

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is drawn, and the meaning of the shares."""
        framework = self.ranking.framework
        notes = [
            f"All that is uncertain is drawn at once. {describe(self.source.groups, framework)}",
            _MEANING,
            "Of the variances of all candidates together; those of each are in the result as JSON.",
        ]
        unverified = unverified_note(framework)
        return (*notes, unverified) if unverified is not None else tuple(notes)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The shares of each influence."""
        first = Column("first", "Alone", kind="share", priority=0)
        return (
            Field(Column("what", "What varies", least=20), lambda row: row.title, json=False),
            Field(Column("kind", "Kind", priority=2)),
            Field(Column("id")),
            Field(first, lambda row: max(0.0, row.first), lambda row: row.first),
            Field(Column("first_error", "±", kind="share")),
            Field(Column("total", "With others", kind="share", priority=0)),
            Field(Column("total_error", "± ", kind="share")),
            Field(Column("candidates"), self._by_candidate, csv=False),
        )

    def _by_candidate(self, row: Influence) -> dict[str, dict[str, float] | None]:
        found: dict[str, dict[str, float] | None] = {}
        figures = zip(self.ranking.ids, row.firsts.tolist(), row.totals.tolist(), strict=True)
        for name, first, total in figures:
            found[name] = None if math.isnan(total) else {"first": first, "total": total}
        return found


def influences_of(ranking: Ranking, *, weights: Weights, draws: int, seed: int) -> Influences:
    """Return the shares of the variance of scores that weights and ratings explain.

    Notes
    -----
    Sobol's first-order and total indices, see `sobol_indices`. The ratings of all candidates on a
    criterion are taken together, since each candidate's score depends on its own alone.
    """
    source = Draws(ranking.problem, group_weights(ranking.framework, weights), seed)
    named = list(_named_factors(source))
    if not named or not len(ranking):
        return Influences(ranking, source, draws, ())
    factors = [factor for _, factor in named]
    each = sobol_indices(source, factors, draws, outputs=("score",))["score"]
    together, order = each.of_all(), ranking.order
    first, first_error = np.nan_to_num(together.first())[..., 0]
    total, total_error = np.nan_to_num(together.total())[..., 0]
    firsts, totals = each.first()[0][:, order], each.total()[0][:, order]
    found = []
    for k, (kind, factor) in enumerate(named):
        found.append(
            Influence(
                kind,
                factor.name,
                _influence_title(kind, factor.name, ranking),
                first=float(first[k]),
                total=float(total[k]),
                first_error=float(first_error[k]),
                total_error=float(total_error[k]),
                firsts=firsts[k],
                totals=totals[k],
            )
        )
    found.sort(key=lambda influence: -influence.total)
    return Influences(ranking, source, draws, tuple(found))


def _named_factors(source: Draws) -> Iterator[tuple[Literal["weights", "ratings"], Factor]]:
    for k, group in enumerate(source.groups):
        if group.free:
            yield "weights", Factor(group.group, _group_swap(k))
    leaves = list(source.problem.framework.leaves)
    for leaf, part in source.uncertain.by_leaf.items():
        yield "ratings", Factor(leaves[leaf], _leaf_swap(part))


def _group_swap(k: int) -> Callable[[DrawBatch, DrawBatch], DrawBatch]:
    def swap(one: DrawBatch, other: DrawBatch) -> DrawBatch:
        return replace(one, shares=(*one.shares[:k], other.shares[k], *one.shares[k + 1 :]))

    return swap


def _leaf_swap(part: slice) -> Callable[[DrawBatch, DrawBatch], DrawBatch]:
    def swap(one: DrawBatch, other: DrawBatch) -> DrawBatch:
        uniform = one.uniform.copy()
        uniform[:, part] = other.uniform[:, part]
        return replace(one, uniform=uniform)

    return swap


def _influence_title(kind: str, key: str, ranking: Ranking) -> str:
    if not key:
        return "Weights of the groups at the top"
    title = ranking.framework.nodes[key].title
    return f"Ratings: {title}" if kind == "ratings" else f"Weights: {title_of(key, title)}"
