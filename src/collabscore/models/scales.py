"""Scales and value functions: the units in which a criterion is rated, and what a rating is worth.

Imports `kernels.values` and the base of the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from .sources import Element, Number, Text

__all__ = ["Scale", "ValuePoints"]


def _number_from_text(value: object) -> object:
    """Read a key of JSON, where every key is text, as the number it stands for."""
    if not isinstance(value, str):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return (
        int(number)
        if number.is_integer() and "." not in value and "e" not in value.lower()
        else number
    )


def _plain_mapping(value: object) -> object:
    """Turn keys of text into numbers, refusing two keys for one number."""
    if not isinstance(value, Mapping):
        return value
    plain = {_number_from_text(key): item for key, item in value.items()}
    if len(plain) != len(value):
        raise PydanticCustomError("duplicate-key", "two keys stand for the same number")
    return plain


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not low < high:
        raise PydanticCustomError(
            "empty-range",
            "a range goes from low to high, and `[{low}, {high}]` does not",
            {"low": low, "high": high},
        )
    return ends


Range = Annotated[tuple[Number, Number], Field(strict=False), AfterValidator(_rising)]
ValuePoints = Annotated[
    dict[Number, Annotated[Number, Field(ge=0, le=100)]],
    BeforeValidator(_plain_mapping),
    Field(min_length=2),
]
Labels = Annotated[dict[Number, Text], BeforeValidator(_plain_mapping)]


class Scale(Element):
    """A range of numbers in which criteria are rated, with names for some of its points."""

    range: Range = Field(
        description="The ends of the scale, [low, high]; every point between may be rated."
    )
    levels: Labels | None = Field(
        default=None, description="Names of points: {1: very low, 5: very high}."
    )
    unit: Text | None = Field(default=None, description="Unit of measurement, for example `%`.")

    def named(self) -> dict[str, float]:
        """Return the points of the scale by their names."""
        return {name: float(point) for point, name in (self.levels or {}).items()}
