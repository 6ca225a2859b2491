"""Variance: how much of the doubt about scores and places each source of it explains.

Imports the kernels and `draws`. Axis letters: n candidates, s draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.ranking import ranks_in_draws
from ...kernels.weights import TILE
from .methods import Outcome
from .streams import Draws, Sources

__all__ = ["Factor", "Indices", "Share", "factors_of", "indices", "variance_shares"]

Floats: TypeAlias = NDArray[np.float64]
Output = Literal["score", "place"]

_TILES = (8, 16)
"""The least and the greatest number of tiles of 256 draws."""


@dataclass(frozen=True)
class Factor:
    """A source of doubt: its name, and how to take it from other draws, the rest staying as it is."""

    name: str
    swapped: Callable[[Sources, Sources], Sources]


@dataclass(frozen=True, eq=False)
class Share:
    """What one source explains of a variance.

    Parameters
    ----------
    source : str
        "weights", "ratings", a group or criterion, or a choice of method.
    output : {"score", "place"}
        The variance of what; an unranked candidate stands in the last place.
    first : float
        The share that goes if it alone were known: the first-order index.
    total : float
        The share that stays if all but it were known: the total index.
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
        reach = 1.96 * self.first_error
        return max(0.0, self.first - reach), min(1.0, self.first + reach)

    def record(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "source": self.source,
            "output": self.output,
            "first": self.first,
            "first_error": self.first_error,
            "total": self.total,
            "total_error": self.total_error,
        }


def factors_of(source: Draws) -> Iterator[Factor]:
    """Yield what is drawn: all weights, all ratings, and each choice of method."""
    if any(space.free for space in source.spaces):
        yield Factor("weights", lambda one, other: replace(one, shares=other.shares))
    if len(source.cells):
        yield Factor("ratings", lambda one, other: replace(one, uniform=other.uniform))
    for k, choice in enumerate(source.choices):
        yield Factor(choice.name, _option(k))


def _option(k: int) -> Callable[[Sources, Sources], Sources]:
    def swapped(one: Sources, other: Sources) -> Sources:
        options = one.options.copy()
        options[:, k] = other.options[:, k]
        return replace(one, options=options)

    return swapped


@dataclass(frozen=True, eq=False)
class Indices:
    """How much of the variance of one output each factor explains, by candidate and over all.

    Parameters
    ----------
    variance : array of shape (n,)
    shared, left, moved : arrays of shape (tiles, factors, n)
        Means over the draws of a tile: of the product of what two draws have in common with that factor; half the
        square of what is left when the factor alone is known; and half the square of what it alone moves.
    """

    variance: Floats
    shared: Floats
    left: Floats
    moved: Floats

    def first(self) -> Floats:
        """Return the first-order index of each factor for each candidate, (factors, n); NaN where nothing varies."""
        return self._first()[0]

    def first_errors(self) -> Floats:
        """Return the standard errors of `first`, (factors, n), from the tiles."""
        return self._first()[1]

    def _first(self) -> tuple[Floats, Floats]:
        """Return the first-order indices and their errors, each by the estimator that errs less for it."""
        variance, tiles = self.variance, np.sqrt(len(self.left))
        by_product, by_rest = (
            _over(self.shared.mean(axis=0), variance),
            1 - _over(self.left.mean(axis=0), variance),
        )
        errors = [
            _over(part.std(axis=0, ddof=1) / tiles, variance) for part in (self.shared, self.left)
        ]
        product = errors[0] <= errors[1]
        return np.where(product, by_product, by_rest), np.where(product, *errors)

    def total(self) -> Floats:
        """Return the total index of each factor for each candidate, (factors, n); NaN where nothing varies."""
        return _over(self.moved.mean(axis=0), self.variance)

    def total_errors(self) -> Floats:
        """Return the standard errors of `total`, (factors, n), from the tiles."""
        return _over(self.moved.std(axis=0, ddof=1) / np.sqrt(len(self.moved)), self.variance)

    def summed(self) -> Indices:
        """Return the indices of the sum of all variances: those of all candidates together."""
        whole = self.variance.sum(keepdims=True)
        return Indices(
            whole,
            *(part.sum(axis=2, keepdims=True) for part in (self.shared, self.left, self.moved)),
        )


def _over(part: Floats, variance: Floats) -> Floats:
    # what varies less than rounding does not vary
    return np.where(variance > 1e-18, part / np.where(variance > 1e-18, variance, 1.0), np.nan)


def indices(source: Draws, factors: Sequence[Factor], draws: int) -> dict[Output, Indices]:
    """Return first-order and total sensitivity indices of scores and of places.

    Parameters
    ----------
    source : Draws
    factors : sequence of Factor
        Independent of one another.
    draws : int
        Rounded to tiles of 256, from 8 to 16 of them; each draw is evaluated once for each factor, and twice more.

    Notes
    -----
    Sobol's indices: with the draws A and B, and AB where one factor of A is taken from B, ``E f(B) (f(AB) - f(A)) / V``
    (Saltelli et al.) or ``1 - E(f(B) - f(AB))^2 / 2V`` (Jansen) for the first order, whichever has the smaller error:
    the one is exact for what has no effect, the other for what has all of it. ``E(f(A) - f(AB))^2 / 2V`` (Jansen) for
    the total.

    References
    ----------
    Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics Communications, 117(1-2),
    35-43. doi:10.1016/S0010-4655(98)00154-4
    Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., & Tarantola, S. (2010). Variance based sensitivity
    analysis of model output. Computer Physics Communications, 181(2), 259-270. doi:10.1016/j.cpc.2009.09.018
    Gamboa, F., Janon, A., Klein, T., & Lagnoux, A. (2014). Sensitivity analysis for multidimensional and functional
    outputs. Electronic Journal of Statistics, 8(1), 575-603. doi:10.1214/14-EJS895 (for `Indices.summed`)
    """
    fewest, most = _TILES
    tiles = min(most, max(fewest, -(-draws // TILE)))
    pairs = islice(
        zip(source.sources(1), source.sources(2), strict=False), tiles
    )  # streams of their own
    seen = [_tile(source, factors, one, other) for one, other in pairs]
    return {output: _indices([tile[output] for tile in seen]) for output in ("score", "place")}


def _tile(
    source: Draws, factors: Sequence[Factor], one: Sources, other: Sources
) -> dict[Output, Floats]:
    """Return each output under the one draws, the other, and the one with each factor swapped, (factors + 2, s, n)."""
    swapped = [one, other, *(factor.swapped(one, other) for factor in factors)]
    found = [_outputs(source.outcome(sources)) for sources in swapped]
    return {
        output: np.stack([outputs[output] for outputs in found]) for output in ("score", "place")
    }


def _indices(tiles: Sequence[Floats]) -> Indices:
    both = np.concatenate([tile[:2] for tile in tiles], axis=1)
    centre = both.mean(axis=(0, 1))
    variance: Floats = both.reshape(-1, both.shape[2]).var(axis=0, ddof=1)
    return Indices(
        variance,
        shared=np.array(
            [((tile[1] - centre) * (tile[2:] - tile[0])).mean(axis=1) for tile in tiles]
        ),
        left=np.array([((tile[1] - tile[2:]) ** 2).mean(axis=1) / 2 for tile in tiles]),
        moved=np.array([((tile[0] - tile[2:]) ** 2).mean(axis=1) / 2 for tile in tiles]),
    )


def _outputs(outcome: Outcome) -> dict[Output, Floats]:
    ranks = ranks_in_draws(outcome.values, outcome.tiers)
    return {
        "score": 100 * outcome.values,
        "place": np.where(ranks > 0, ranks, ranks.shape[1]).astype(np.float64),
    }


def variance_shares(source: Draws, draws: int) -> tuple[Share, ...]:
    """Return what weights, ratings and choices of method explain of the variances of all candidates together.

    Where nothing varies, all shares are 0.
    """
    factors = list(factors_of(source))
    found = []
    for output, each in indices(source, factors, draws).items() if factors else ():
        whole = each.summed()
        columns = (whole.first(), whole.total(), whole.first_errors(), whole.total_errors())
        for factor, figures in zip(
            factors, np.nan_to_num(np.hstack(columns)).tolist(), strict=True
        ):
            found.append(Share(factor.name, output, *figures))
    return tuple(found)
