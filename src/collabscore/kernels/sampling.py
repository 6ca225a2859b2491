"""Sampling: points drawn uniformly from spaces of weights, and ratings drawn from what they leave open.

Imports numpy alone. Axis letters: `s` draws, `c` children of a group, `u` uncertain ratings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "TILE",
    "Sampler",
    "any_weights",
    "exact_weights",
    "order_classes",
    "ordered_weights",
    "ratings_from",
    "weights_between",
]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

TILE = 256
"""Draws are made, and the arithmetic on them done, this many at a time, so that their last bits are always the same."""

# below this share of accepted proposals a random walk is cheaper than rejection
_LEAST_ACCEPTANCE = 0.01
_PILOT = 4096
# a space narrower than this in a direction is a point in it
_FLAT = 1e-12


@dataclass(eq=False)
class Sampler:
    """An endless row of points of a space: always the same for the same seed, however many are taken at a time.

    Parameters
    ----------
    points : iterator of arrays of shape (any, c)
        Shares, not negative, each row summing to 1.
    independent : bool
        Whether each point is drawn by itself; False for a random walk.
    """

    points: Iterator[Floats]
    independent: bool = True
    _left: Floats | None = None

    def take(self, count: int) -> Floats:
        """Return the next points, (count, c)."""
        parts = [] if self._left is None else [self._left]
        there = sum(map(len, parts))
        while there < count:
            parts.append(next(self.points))
            there += len(parts[-1])
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
        self._left = joined[count:]
        return joined[:count]


def exact_weights(shares: Floats) -> Sampler:
    """Return the space of one point.

    Parameters
    ----------
    shares : array of shape (c,)
        Summing to 1.
    """

    def points() -> Iterator[Floats]:
        tile = np.tile(shares, (TILE, 1))
        while True:
            yield tile

    return Sampler(points())


def any_weights(c: int, seed: np.random.SeedSequence) -> Sampler:
    """Return the uniform distribution on the simplex: any weights of `c` children.

    Notes
    -----
    Spacings of exponential variables, which is Dirichlet's distribution with all parameters 1. Uniform numbers divided
    by their sum would not be uniform: they crowd in the middle.

    References
    ----------
    Devroye, L. (1986). Non-uniform random variate generation, ch. V. Springer. doi:10.1007/978-1-4613-8643-8
    """
    return Sampler(_tiles(seed, c, _on_simplex))


def ordered_weights(shares: Floats, seed: np.random.SeedSequence) -> Sampler:
    """Return the uniform distribution on the part of the simplex where weights stand in the order of `shares`.

    Parameters
    ----------
    shares : array of shape (c,)
        Equal ones are unordered among themselves.

    Notes
    -----
    A point of the simplex, sorted: each of its orders is equally likely, and its sorted values do not depend on it. The
    greatest values go to the children with the greatest share; among equals, in the order they were drawn.
    """
    classes = order_classes(shares)
    places = np.argsort(classes, kind="stable")

    def ordered(uniform: Floats) -> Floats:
        drawn = _on_simplex(uniform)
        falling = -np.sort(-drawn, axis=1)
        # the children by class, and within a class as they were drawn: place k in this order gets value k
        rows = np.argsort(-drawn[:, places], axis=1, kind="stable")
        by_class = np.argsort(classes[places][rows], axis=1, kind="stable")
        points = np.empty_like(drawn)
        np.put_along_axis(
            points, places[np.take_along_axis(rows, by_class, axis=1)], falling, axis=1
        )
        return points

    return Sampler(_tiles(seed, len(shares), ordered))


def order_classes(shares: Floats) -> NDArray[np.intp]:
    """Return the class of each share, (c,), from 0 for the greatest; those equal but for rounding share one."""
    places = np.argsort(-shares, kind="stable")
    classes = np.empty(len(shares), dtype=np.intp)
    # the middle of [0.1, 0.2] is not quite 0.15
    classes[places] = np.cumsum(np.diff(-shares[places], prepend=-shares[places[0]]) > _FLAT)
    return classes


def weights_between(low: Floats, high: Floats, seed: np.random.SeedSequence) -> Sampler:
    """Return the uniform distribution on the simplex cut by a box.

    Parameters
    ----------
    low, high : arrays of shape (c,)
        The least and the greatest share of each child, in [0, 1]; ``sum(low) <= 1 <= sum(high)``.

    Raises
    ------
    ValueError
        If no point is within.

    Notes
    -----
    Rejection from whichever encloses the space more closely: the simplex shifted to the lower ends, or the box
    itself, whose widest side is what the others leave. Where both accept less than 1 %, hit-and-run, from 256 walks
    side by side, thinned by the cube of the dimension.

    References
    ----------
    Tervonen, T., van Valkenhoef, G., Baştürk, N., & Postmus, D. (2013). Hit-And-Run enables efficient weight generation
    for simulation-based multiple criteria decision analysis. European Journal of Operational Research, 224(3), 552-559.
    doi:10.1016/j.ejor.2012.08.026
    """
    if low.sum() > 1 + _FLAT or high.sum() < 1 - _FLAT or (low > high).any():
        raise ValueError(f"no weights lie between {low!r} and {high!r}")
    # what the others leave, at least and at most
    low, high = np.maximum(low, 1 - (high.sum() - high)), np.minimum(high, 1 - (low.sum() - low))
    free = high - low > _FLAT
    if np.count_nonzero(free) < 2:
        middle = np.where(free, 1 - low[~free].sum(), low)
        return exact_weights(middle / middle.sum())
    fixed = np.where(free, 0.0, low)
    total = 1 - fixed.sum()
    inner = _between(low[free] / total, high[free] / total, seed)
    if free.all():
        return inner

    def points() -> Iterator[Floats]:
        for part in inner.points:
            whole = np.tile(fixed, (len(part), 1))
            whole[:, free] = part * total
            yield whole

    return Sampler(points(), inner.independent)


def _between(low: Floats, high: Floats, seed: np.random.SeedSequence) -> Sampler:
    c = len(low)
    proposals: list[Callable[[Floats], Floats]] = [_shifted(low, high), _boxed(low, high)]
    # a stream of its own, so that the choice depends on the space alone
    pilot = np.random.Generator(np.random.PCG64(0)).random((_PILOT, c))
    accepted = [len(propose(pilot)) / _PILOT for propose in proposals]
    if max(accepted) < _LEAST_ACCEPTANCE:
        return Sampler(
            _walk(low, high, np.random.Generator(np.random.PCG64(seed))), independent=False
        )
    return Sampler(_tiles(seed, c, proposals[int(np.argmax(accepted))]))


def _tiles(
    seed: np.random.SeedSequence, c: int, points_of: Callable[[Floats], Floats]
) -> Iterator[Floats]:
    rng = np.random.Generator(np.random.PCG64(seed))
    while True:
        yield points_of(rng.random((TILE, c)))


def _on_simplex(uniform: Floats) -> Floats:
    # 1 - u is never 0, since u is never 1; all of them 1, whose logarithm is 0, has no chance worth the name
    spacings: Floats = -np.log1p(-uniform)
    spacings /= spacings.sum(axis=1, keepdims=True)
    return spacings


def _shifted(low: Floats, high: Floats) -> Callable[[Floats], Floats]:
    room = 1 - low.sum()

    def propose(uniform: Floats) -> Floats:
        points: Floats = low + room * _on_simplex(uniform)
        return points[(points <= high).all(axis=1)]

    return propose


def _boxed(low: Floats, high: Floats) -> Callable[[Floats], Floats]:
    rest = int(np.argmax(high - low))

    def propose(uniform: Floats) -> Floats:
        points: Floats = low + (high - low) * uniform
        points[:, rest] = 0.0
        points[:, rest] = 1 - points.sum(axis=1)
        inside: Floats = points[(low[rest] <= points[:, rest]) & (points[:, rest] <= high[rest])]
        return inside

    return propose


def _walk(low: Floats, high: Floats, rng: np.random.Generator) -> Iterator[Floats]:
    """Walk at random within the space: from each point a direction, and along it any point alike."""
    c = len(low)
    centre = low + (high - low) * (1 - low.sum()) / (high - low).sum()
    points = np.tile(centre, (TILE, 1))
    steps = 10 * c**3  # until the start is forgotten
    while True:
        for _ in range(steps):
            points = _step(points, low, high, rng)
        yield points / points.sum(axis=1, keepdims=True)
        steps = c**3


def _step(points: Floats, low: Floats, high: Floats, rng: np.random.Generator) -> Floats:
    direction = rng.standard_normal(points.shape)
    direction -= direction.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (low - points) / direction, (high - points) / direction
    backward = np.minimum(to_low, to_high).max(axis=1, keepdims=True)
    forward = np.maximum(to_low, to_high).min(axis=1, keepdims=True)
    moved: Floats = (
        points + (backward + (forward - backward) * rng.random((len(points), 1))) * direction
    )
    inside: Floats = np.clip(moved, low, high)
    return inside


def ratings_from(low: Floats, value: Floats, high: Floats, uniform: Floats) -> Floats:
    """Return ratings drawn from what each leaves open, by inverse transform.

    Parameters
    ----------
    low, value, high : arrays of shape (u,)
        In the units of each scale; where `value` is NaN all between `low` and `high` is equally likely, else the
        distribution is the triangular one with its mode at `value`.
    uniform : array of shape (s, u)
        In [0, 1).

    Returns
    -------
    array of shape (s, u)
        Never beyond `low` and `high`.
    """
    width = high - low
    three = ~np.isnan(value)
    drawn = low + width * uniform
    if three.any():
        least, mode, most, u = low[three], value[three], high[three], uniform[:, three]
        span = most - least
        with np.errstate(invalid="ignore", divide="ignore"):
            rising = u * span < mode - least
            up = least + np.sqrt(u * span * (mode - least))
            down = most - np.sqrt((1 - u) * span * (most - mode))
        drawn[:, three] = np.where(rising, up, down)
    clipped: Floats = np.clip(drawn, low, high, out=drawn)
    return clipped
