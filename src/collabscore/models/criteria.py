"""Criteria: a tree whose leaves are rated and whose groups combine what lies below them.

Imports the scales and the base of the models. Axis letters: m leaf criteria.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from .scales import Labels, Scale, ValuePoints
from .sources import Element, Number, Text

__all__ = ["Combine", "Criteria", "Criterion", "Missing", "Side", "Weight", "power_of", "weight_of"]

Side = Literal["gain", "risk"]
Missing = Literal["average", "worst", "omit", "refuse"]
CombineName = Literal["arithmetic", "geometric", "harmonic", "minimum", "maximum"]
Combine = Annotated[CombineName | Number, Field(union_mode="left_to_right")]
"""How a group combines its children: a weighted power mean, by name or by its exponent p."""

_POWERS = {
    "arithmetic": 1.0,
    "geometric": 0.0,
    "harmonic": -1.0,
    "minimum": float("-inf"),
    "maximum": float("inf"),
}


def power_of(combine: str | float | None) -> float:
    """Return the exponent p of a combination; arithmetic, where none is written.

    Examples
    --------
    >>> power_of("geometric"), power_of(2)
    (0.0, 2.0)
    """
    if combine is None:
        return _POWERS["arithmetic"]
    return _POWERS[combine] if isinstance(combine, str) else float(combine)


def _interval(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not low <= high:
        raise PydanticCustomError(
            "reversed-interval", "`[{low}, {high}]` runs backwards", {"low": low, "high": high}
        )
    if high <= 0:
        raise PydanticCustomError(
            "weight-not-positive",
            "a weight is positive, and `[{low}, {high}]` is not",
            {"low": low, "high": high},
        )
    return ends


def _positive(weight: float) -> float:
    if not weight > 0:
        raise PydanticCustomError(
            "weight-not-positive", "a weight is positive, and `{weight}` is not", {"weight": weight}
        )
    return weight


Weight = Annotated[
    Annotated[Number, AfterValidator(_positive)]
    | Annotated[
        tuple[Annotated[Number, Field(ge=0)], Annotated[Number, Field(ge=0)]],
        Field(strict=False),
        AfterValidator(_interval),
    ],
    Field(union_mode="left_to_right"),
]
"""A positive number, or an interval [low, high] of them."""


def weight_of(weight: float | tuple[float, float]) -> float:
    """Return the point weight: the number, or the middle of the interval."""
    return (float(weight[0]) + float(weight[1])) / 2 if isinstance(weight, tuple) else float(weight)


def _empty_is_default(value: object) -> object:
    # `dual_use:` with nothing behind it takes everything from the vocabulary
    return {} if value is None else value


class Criterion(Element):
    """A leaf that is rated on a scale, or a group of criteria.

    A leaf that a vocabulary defines is named by its id and may add a weight, a policy for missing ratings,
    a side and a note.
    """

    question: Text | None = Field(default=None, description="What a rater asks; leaves only.")
    side: Side | None = Field(
        default=None,
        description="Which sub-score it belongs to: gain or risk; handed down to what lies below.",
    )
    weight: Weight = Field(
        default=1,
        description="A positive number or an interval of them; only its share among its siblings counts.",
    )
    missing: Missing | None = Field(
        default=None,
        description="What an unknown rating counts as: the average of the scale, the worst, omitted, or no score.",
    )
    scale: Annotated[str | Scale, Field(union_mode="left_to_right")] | None = Field(
        default=None, description="The name of a scale, or a scale written in place; leaves only."
    )
    prefer: Literal["high", "low"] | None = Field(
        default=None, description="Which end of the scale is good; `high` if left out; leaves only."
    )
    value: ValuePoints | None = Field(
        default=None,
        description="Points of the value function, {rating: 0 to 100}; in place of `prefer`; leaves only.",
    )
    anchors: Labels | None = Field(
        default=None, description="What a rating means, in words: {1: ..., 5: ...}; leaves only."
    )
    combine: Combine | None = Field(
        default=None,
        description="How a group combines its children; `arithmetic` if left out; groups only.",
    )
    weights: Text | None = Field(
        default=None,
        description="Space of weights for robustness: exact, within 25%, order, any, intervals; groups only.",
    )
    criteria: Criteria | None = Field(default=None, description="The children of a group, by id.")

    @property
    def is_group(self) -> bool:
        """Whether it combines other criteria."""
        return self.criteria is not None


Criteria = Annotated[
    dict[str, Annotated[Criterion, BeforeValidator(_empty_is_default)]], Field(min_length=1)
]


def walk(
    criteria: Criteria | None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Criterion]]:
    """Yield every criterion with the ids that lead to it, parents before children."""
    for key, criterion in (criteria or {}).items():
        here = (*path, key)
        yield here, criterion
        yield from walk(criterion.criteria, here)
