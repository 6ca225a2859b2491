"""Variance: shares of the uncertainty about scores and places that its sources explain.

Axis letters: n candidates, s draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, TypeAlias

import numpy as np

from ..arrays import FloatArray
from ..kernels.ranking import ranks_in_draws
from ..kernels.weights import TILE
from .uncertainty import DrawBatch, Draws

__all__ = [
    "Factor",
    "SobolIndices",
    "VarianceShare",
    "factors_of",
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
    draws: Draws, factors: Sequence[Factor], count: int
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
    scores, places = [], []
    for one, other in islice(pairs, tiles):
        batches = [one, other, *(factor.swap(one, other) for factor in factors)]
        outcomes = [draws.outcomes(batch) for batch in batches]
        scores.append(np.stack([100 * outcome.values for outcome in outcomes]))
        ranks = np.stack([ranks_in_draws(outcome.values, outcome.tiers) for outcome in outcomes])
        places.append(np.where(ranks > 0, ranks, ranks.shape[-1]).astype(np.float64))
    return {"score": _indices_of_tiles(scores), "place": _indices_of_tiles(places)}


def _indices_of_tiles(tiles: Sequence[FloatArray]) -> SobolIndices:
    """Return the indices of an output from its tiles, (factors + 2, s, n) each.

    Along the first axis: under A, under B, and under A with one factor after another of B.
    """
    both = np.concatenate([tile[:2] for tile in tiles], axis=1)
    centre = both.mean(axis=(0, 1))
    shared, left, moved = [], [], []
    for tile in tiles:
        one, other, swapped = tile[0], tile[1], tile[2:]
        shared.append(((other - centre) * (swapped - one)).mean(axis=1))
        left.append(((other - swapped) ** 2).mean(axis=1) / 2)
        moved.append(((one - swapped) ** 2).mean(axis=1) / 2)
    variance = both.reshape(-1, both.shape[-1]).var(axis=0, ddof=1)
    return SobolIndices(variance, np.array(shared), np.array(left), np.array(moved))


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
