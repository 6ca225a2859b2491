"""Variance: shares of the uncertainty about scores and places that its sources explain.

Axis letters: n candidates, s draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import attrgetter
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from ..arrays import FloatArray, Frozen
from ..kernels.weights import TILE
from ..models.base import title_of
from ..models.framework import Framework
from ..models.weight_spaces import Weights, group_weights
from ..output import Field
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.variants import Outcomes
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
    """A source of uncertainty.

    Parameters
    ----------
    kind : {"weights", "ratings", "choices"}
        The draws that it is among.
    name : str
        A choice of method, or, of a part of the weights or ratings, the group or criterion.
    part : slice
        The groups, or the columns of ratings or choices.
    """

    kind: str
    name: str
    part: slice

    def swap(self, one: DrawBatch, other: DrawBatch) -> DrawBatch:
        """Return a batch with this factor taken from another."""
        if self.kind == "weights":
            shares = list(one.shares)
            shares[self.part] = other.shares[self.part]
            return replace(one, shares=tuple(shares))
        name = "uniform" if self.kind == "ratings" else "options"
        mixed = getattr(one, name).copy()
        mixed[:, self.part] = getattr(other, name)[:, self.part]
        return replace(one, **{name: mixed})


@dataclass(frozen=True)
class VarianceShare:
    """Shares of the variance of all candidates together that one source explains.

    Parameters
    ----------
    source : str
        "weights", "ratings", or a choice of method.
    output : {"score", "place"}
        The quantity whose variance is explained; an unranked candidate is in the last place.
    first, first_error : float
        The share that would go if this source alone were known, the first-order index, and its
        standard error.
    total, total_error : float
        The share that would stay if all others were known, the total index, and its standard error.
    """

    source: str
    output: Output
    first: float
    first_error: float
    total: float
    total_error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the first-order share, within [0, 1]."""
        margin = 1.96 * self.first_error
        return max(0.0, self.first - margin), min(1.0, self.first + margin)


def factors_of(draws: Draws) -> Iterator[Factor]:
    """Yield the sources of uncertainty: all weights, all ratings, and each choice of method."""
    if any(group.free for group in draws.groups):
        yield Factor("weights", "weights", slice(None))
    if draws.uncertain:
        yield Factor("ratings", "ratings", slice(None))
    for k, name in enumerate(draws.choices):
        yield Factor("choices", name, slice(k, k + 1))


@dataclass(frozen=True, eq=False, repr=False)
class SobolIndices:
    """Sensitivity indices of one output by candidate, the last column those of all together.

    Parameters
    ----------
    variance : array of shape (n + 1,)
    estimates, errors : arrays of shape (3, factors, n + 1)
        First-order indices, by what two draws share with a factor and by what differs without it;
        total indices; and their standard errors. NaN where nothing varies.
    """

    variance: FloatArray
    estimates: FloatArray
    errors: FloatArray

    def first(self) -> tuple[FloatArray, FloatArray]:
        """Return first-order indices and their standard errors, (factors, n + 1)."""
        by_product, rest = self.estimates[:2]
        better = self.errors[0] <= self.errors[1]
        return np.where(better, by_product, 1 - rest), np.minimum(*self.errors[:2])

    def total(self) -> tuple[FloatArray, FloatArray]:
        """Return total indices and their standard errors, (factors, n + 1)."""
        return self.estimates[2], self.errors[2]

    def shares(self, factors: Sequence[Factor], output: Output) -> list[VarianceShare]:
        """Return the indices of all candidates together: of the sum of their variances.

        0 where nothing varies.
        """
        figures = np.nan_to_num([*self.first(), *self.total()])[..., -1].T
        found = []
        for factor, row in zip(factors, figures.tolist(), strict=True):
            found.append(VarianceShare(factor.name, output, *row))
        return found


class _Products:
    """Sums over draws from which indices and their errors follow, whatever the number of draws.

    Parameters
    ----------
    centre : array of shape (n,)
        Near the mean of the output: products about 0 would lose digits.
    factors : int
    """

    def __init__(self, centre: FloatArray, factors: int) -> None:
        columns = len(centre) + 1
        self.centre = centre
        self.draws = 0
        self.means = np.zeros(columns - 1)
        self.squares = np.zeros((2, columns))
        self.parts = np.zeros((3, 3, factors, columns))

    def add(self, one: FloatArray, other: FloatArray, swapped: Sequence[FloatArray]) -> None:
        """Add an output in draws A and B, and in A with each factor taken from B, (s, n) each."""
        one, other = one - self.centre, other - self.centre
        self.draws += len(one)
        self.means += (one + other).sum(axis=0) / 2
        square = _with_total((one**2 + other**2) / 2)
        self.squares += [square.sum(axis=0), (square**2).sum(axis=0)]
        for k, both_ways in enumerate(swapped):
            changed = both_ways - self.centre
            rise = changed - one
            for part, product in enumerate((other * rise, (other - changed) ** 2 / 2, rise**2 / 2)):
                product = _with_total(product)
                sums = [product, product**2, product * square]
                self.parts[:, part, k] += [numbers.sum(axis=0) for numbers in sums]

    def indices(self) -> SobolIndices:
        """Return the indices; their errors are those of a ratio of two means."""
        away = self.means / self.draws
        away_squared = _with_total(away[None] ** 2)[0]
        square, fourth = self.squares / self.draws
        variance = (square - away_squared) * (2 * self.draws / (2 * self.draws - 1))
        variance = np.where(variance > _NOTHING, variance, np.nan)
        product, product_squared, both = self.parts / self.draws
        ratio = product / variance
        spread = product_squared - 2 * ratio * both + ratio**2 * fourth
        spread -= (product - ratio * square) ** 2
        errors = np.sqrt(np.maximum(spread, 0.0) / self.draws) / variance
        return SobolIndices(np.nan_to_num(variance), ratio, errors)


def _with_total(numbers: FloatArray) -> FloatArray:
    """Return numbers of shape (s, n) with their sums in a column more."""
    return np.column_stack([numbers, numbers.sum(axis=1)])


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
    total. `V` is estimated from the same draws, and its error is part of theirs. A candidate that
    has no score in some draws counts in no variance of scores.

    References
    ----------
    Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics
    Communications, 117(1-2), 35-43. doi:10.1016/S0010-4655(98)00154-4
    Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., & Tarantola, S. (2010).
    Variance based sensitivity analysis of model output. Computer Physics Communications, 181(2),
    259-270. doi:10.1016/j.cpc.2009.09.018
    Gamboa, F., Janon, A., Klein, T., & Lagnoux, A. (2014). Sensitivity analysis for
    multidimensional and functional outputs. Electronic Journal of Statistics, 8(1), 575-603.
    doi:10.1214/14-EJS895 (for `SobolIndices.shares`)
    """
    tiles = min(_MOST_TILES, max(_LEAST_TILES, -(-count // TILE)))
    # streams of their own, beside those of the draws that are counted
    pairs = zip(draws.batches(1), draws.batches(2), strict=False)
    found: dict[Output, _Products] = {}
    for one, other in islice(pairs, tiles):
        outcomes = [draws.outcomes(one), draws.outcomes(other)]
        for factor in factors:  # a batch is as large as all that is uncertain: one at a time
            outcomes.append(draws.outcomes(factor.swap(one, other)))
        for output in outputs:
            first, second, *swapped = (_output_of(each, output, draws) for each in outcomes)
            if output not in found:
                found[output] = _Products((first + second).mean(axis=0) / 2, len(factors))
            found[output].add(first, second, swapped)
    return {output: products.indices() for output, products in found.items()}


def _output_of(outcomes: Outcomes, output: Output, draws: Draws) -> FloatArray:
    """Return scores in points, or places, (s, n); 0 for who may be without a score."""
    if output == "score":
        return np.where(draws.may_lack_score, 0.0, 100 * outcomes.values)
    ranks = outcomes.ranks
    return np.where(ranks > 0, ranks, ranks.shape[-1]).astype(np.float64)


def variance_shares(draws: Draws, count: int) -> tuple[VarianceShare, ...]:
    """Return shares of weights, ratings and choices of method in the variance of all candidates.

    Where nothing varies, all shares are 0.
    """
    factors = list(factors_of(draws))
    if not factors:
        return ()
    found = []
    for output, indices in sobol_indices(draws, factors, count).items():
        found += indices.shares(factors, output)
    return tuple(found)


# influences on the scores of a ranking


@dataclass(frozen=True, eq=False)
class Influence(Frozen):
    """Influence of one group's weights, or one criterion's ratings, on the scores.

    Parameters
    ----------
    kind : {"weights", "ratings"}
    title : str
        Of the group or criterion, with its kind.
    share : VarianceShare
        Of the variances of all candidates together; its source is the group, "" for the top, or
        the criterion.
    firsts, totals : arrays of shape (n,)
        The indices of each candidate, in rank order; NaN where its score does not vary.
    """

    kind: str
    title: str
    share: VarianceShare
    firsts: FloatArray = field(repr=False)
    totals: FloatArray = field(repr=False)


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
    report: ClassVar[str] = "sensitivity"
    things: ClassVar[str] = "influences"
    title: ClassVar[str] = "What do the scores depend on most?"
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

    @property
    def fields(self) -> tuple[Field, ...]:
        """The shares of each influence."""
        return (
            Field("what", "What varies", attrgetter("title"), least=20, json=False),
            Field("kind", "Kind", priority=2),
            Field("id", cell=attrgetter("share.source")),
            Field(
                "first",
                "Alone",
                lambda row: max(0.0, row.share.first),
                attrgetter("share.first"),
                kind="share",
                priority=0,
            ),
            Field("first_error", "±", attrgetter("share.first_error"), kind="share"),
            Field("total", "With others", attrgetter("share.total"), kind="share", priority=0),
            Field("total_error", "± ", attrgetter("share.total_error"), kind="share"),
            Field("candidates", cell=self._by_candidate, csv=False),
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
    factors = []
    for k, group in enumerate(source.groups):
        if group.free:
            factors.append(Factor("weights", group.group, slice(k, k + 1)))
    for part in source.uncertain:
        factors.append(Factor("ratings", part.key, part.columns))
    if not factors or not len(ranking):
        return Influences(ranking, source, draws, ())
    indices = sobol_indices(source, factors, draws, outputs=("score",))["score"]
    firsts, totals = (index[0][:, ranking.order] for index in (indices.first(), indices.total()))
    found = []
    for k, share in enumerate(indices.shares(factors, "score")):
        title = _influence_title(factors[k], ranking.framework)
        found.append(Influence(factors[k].kind, title, share, firsts[k], totals[k]))
    found.sort(key=lambda influence: -influence.share.total)
    return Influences(ranking, source, draws, tuple(found))


def _influence_title(factor: Factor, framework: Framework) -> str:
    if not factor.name:
        return "Weights of the groups at the top"
    title = framework.nodes[factor.name].title
    if factor.kind == "ratings":
        return f"Ratings: {title}"
    return f"Weights: {title_of(factor.name, title)}"
