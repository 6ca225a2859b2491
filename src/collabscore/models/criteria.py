"""Criteria: a tree whose leaves are rated on scales and whose groups combine their children.

Axis letter: m leaf criteria.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field

from ..errors import KeyPath, did_you_mean, quotable
from ..output.text import plural
from .base import (
    IN_ORDER,
    NARROWEST,
    SMALLEST,
    UNKNOWN,
    Backed,
    Element,
    FrozenDict,
    FrozenMap,
    FrozenSequence,
    Id,
    NonEmptyMap,
    Number,
    ReadingError,
    Text,
    Word,
    after_reading,
    before_reading,
    empty_is_default,
    optional_field,
)

__all__ = [
    "Combine",
    "CombineName",
    "Criteria",
    "Criterion",
    "Missing",
    "PlainWeight",
    "Point",
    "Rating",
    "RatingDetail",
    "Reading",
    "Scale",
    "Side",
    "Weight",
    "criteria_path",
    "power_of",
    "require_both_ends",
    "walk",
    "weight_of",
    "weights_by_party",
]

Side = Literal["gain", "risk"]
Missing = Literal["average", "worst", "omit", "refuse"]
CombineName = Literal["arithmetic", "geometric", "harmonic", "minimum", "maximum"]
Combine = Annotated[CombineName | Number, IN_ORDER]
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


# scales, and the ratings on them


def _number_from_text(value: object) -> object:
    """Read a key of JSON, where every key is text, as the number it stands for."""
    if isinstance(value, str):
        # thousands of longer integers can have one hash, and would take as long as their square
        for read in (int, float) if len(value) <= _MOST_DIGITS else (float,):
            with suppress(ValueError):
                return read(value)
    return value


_MOST_DIGITS = 15


def _numbers_as_keys(value: object) -> object:
    """Turn keys of text into numbers, refusing two keys for one number."""
    if not isinstance(value, Mapping):
        return value
    plain = {_number_from_text(key): item for key, item in value.items()}
    if len(plain) != len(value):
        raise ReadingError("duplicate-key", "two keys are the same number", help="keep one")
    return plain


def _check_rising(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    written = f"`{quotable([low, high])}`"
    if not low < high:
        message = f"a range goes from a low end to a higher one, but {written} does not"
        help = f"write `{quotable([high, low])}`"
        if low == high:
            help = "write two different numbers, the lower one first"
        raise ReadingError("empty-range", message, help=help)
    least = max(SMALLEST, NARROWEST * max(abs(low), abs(high)))
    if high - low < least:
        message = f"the range {written} is too narrow to tell ratings apart"
        raise ReadingError("empty-range", message, help=f"make it at least {least:g} wide")
    return ends


Range = Annotated[tuple[Number, Number], Field(strict=False), after_reading(_check_rising)]
ValuePoints = Annotated[
    dict[Number, Annotated[Number, Field(ge=0, le=100)]],
    before_reading(_numbers_as_keys),
    Field(min_length=2),
    after_reading(FrozenDict),
]
Labels = Annotated[FrozenMap[Number, Text], before_reading(_numbers_as_keys)]

Point = Annotated[Number | Word, IN_ORDER]
"""A number, or the name of a level."""


class RatingDetail(Backed):
    """A rating with its uncertainty and its evidence."""

    value: Point | None = optional_field(
        "The rating, or the most likely rating: a number or a level."
    )
    low: Point | None = optional_field("Lowest possible rating; with `high`.")
    high: Point | None = optional_field("Highest possible rating; with `low`.")


Rating = Annotated[
    int | float | Word | FrozenSequence[Point] | RatingDetail | None,
    IN_ORDER,
]


class Reading(NamedTuple):
    """A rating in the units of its scale: ends, and the most likely point where one is given.

    A point has three equal numbers; an interval has no `value` (NaN).
    """

    low: float
    value: float
    high: float


# a scale from 0 to 100 is one of points, and no scale of whole numbers
_LONGEST_WHOLE = 10


class Scale(Element, defer_build=False):
    """A range of numbers for ratings, with names for some points."""

    range: Range = Field(
        description="Ends of the scale, [low, high]. Any number between them is a valid rating."
    )
    levels: Labels | None = optional_field("Names of points: {1: very low, 5: very high}.")
    unit: Text | None = optional_field("Unit of measurement, for example `%`.")

    @property
    def whole_points(self) -> tuple[int, ...]:
        """The ratings of a scale of whole numbers: short, with whole ends and levels; else none.

        Readers are told of these points alone, never of "at least 4.94".
        """
        low, high = self.range
        points = [low, high, *(self.levels or {})]
        if high - low > _LONGEST_WHOLE or not all(float(point).is_integer() for point in points):
            return ()
        return tuple(range(int(low), int(high) + 1))

    def named(self) -> dict[str, float]:
        """Return the points of the scale by their names."""
        return {name: float(point) for point, name in (self.levels or {}).items()}

    def read(self, raw: object) -> Reading | None:
        """Read one rating as a candidate writes it; None is an unknown one, also the whole scale.

        Raises
        ------
        ReadingError
            If it is off the scale, runs backwards, or names no level.

        Examples
        --------
        >>> Scale(range=(1, 5)).read([3, 5])
        Reading(low=3.0, value=nan, high=5.0)
        """
        if isinstance(raw, RatingDetail):
            return self._read_detail(raw)
        if isinstance(raw, list):
            if len(raw) != 2:
                count = plural(len(raw), "number")
                message = f"`{quotable(raw)}` has {count}, but an interval has two"
                help = "write `[low, high]`: the lowest and the highest possible rating"
                raise ReadingError("invalid-rating", message, help=help)
            return self._unless_whole(self._point(raw[0], (0,)), self._point(raw[1], (1,)))
        if raw is None or raw == UNKNOWN:
            return None
        point = self._point(raw, ())
        return Reading(point, point, point)

    def _read_detail(self, raw: RatingDetail) -> Reading | None:
        require_both_ends(raw.low, raw.high)
        if raw.low is None:
            return self.read(raw.value)
        ends = _interval_of(self._point(raw.low, ("low",)), self._point(raw.high, ("high",)))
        if raw.value is None:
            return self._unless_whole(ends.low, ends.high)
        value = self._point(raw.value, ("value",))
        if not ends.low <= value <= ends.high:
            interval = f"{quotable(ends.low)} to {quotable(ends.high)}"
            message = f"`value` {quotable(value)} is outside its interval {interval}"
            help = "change `value`, or widen the interval with another `low` or `high`"
            raise ReadingError("value-outside-interval", message, ("value",), help)
        return Reading(ends.low, value, ends.high)

    def _unless_whole(self, low: float, high: float) -> Reading | None:
        """Return an interval; None where it is the whole scale, which says nothing."""
        ends = _interval_of(low, high)
        return None if (low, high) == self.range else ends

    def _point(self, raw: object, path: KeyPath) -> float:
        low, high = self.range
        if isinstance(raw, str):
            named = self.named()
            if raw in named:
                return named[raw]
            message = f"`{quotable(raw)}` is not a level of this scale"
            if not named:
                message = f"`{quotable(raw)}` is a word, but this scale has numbers alone"
            help = did_you_mean(raw, named) or ""
            if not help.startswith("did you mean"):
                form = f"write a number {self._ends_in_words()}, or `unknown`"
                help = f"{help}, or {form}" if help else form
            raise ReadingError("unknown-level", message, path, help)
        assert isinstance(raw, int | float)  # the model of a rating allows nothing else
        if low <= raw <= high:
            return float(raw)
        message = f"`{quotable(raw)}` is off the scale"
        help = f"use a number {self._ends_in_words()}, or `unknown`"
        raise ReadingError("off-scale", message, path, help)

    def _ends_in_words(self) -> str:
        """Return the ends of the scale, with their names: `from 1 (low) to 5 (high)`."""
        words = []
        for end in self.range:
            name = (self.levels or {}).get(end)
            words.append(f"{quotable(end)} ({name})" if name else quotable(end))
        return f"from {words[0]} to {words[1]}"


def require_both_ends(low: object, high: object) -> None:
    """Refuse `low` without `high`, and the other way round."""
    if (low is None) != (high is None):
        there, missing = ("low", "high") if high is None else ("high", "low")
        message = f"`low` and `high` must be given together; `{missing}` is missing"
        help = f"add `{missing}: ...`, or write `value` in place of `{there}`"
        raise ReadingError("missing-key", message, (there,), help)


def _interval_of(low: float, high: float) -> Reading:
    if low > high:
        raise ReadingError(
            "reversed-interval",
            f"`{quotable([low, high])}` runs backwards",
            help=f"write `{quotable([high, low])}`",
        )
    return Reading(low, low if low == high else math.nan, high)


# weights, and the tree


def _check_interval(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not low <= high:
        message = f"`{quotable([low, high])}` runs backwards"
        help = f"write `{quotable([high, low])}`"
        raise ReadingError("reversed-interval", message, help=help)
    _refuse_light(high, ends)
    return ends


def _check_positive(weight: float) -> float:
    _refuse_light(weight, weight)
    return weight


def _refuse_light(weight: float, written: object) -> None:
    if weight < SMALLEST:
        message = f"a weight must be positive, but `{quotable(written)}` is not"
        if weight > 0:
            message = f"a weight must be {SMALLEST:g} or more, not `{quotable(written)}`"
        help = "write a number above 0, or remove the criterion if it should not count"
        raise ReadingError("weight-not-positive", message, help=help)


_OneWeight = (
    Annotated[Number, after_reading(_check_positive)]
    | Annotated[
        tuple[Annotated[Number, Field(ge=0)], Annotated[Number, Field(ge=0)]],
        Field(strict=False),
        after_reading(_check_interval),
    ]
)
Weight = Annotated[_OneWeight | NonEmptyMap[Id, Annotated[_OneWeight, IN_ORDER]], IN_ORDER]
"""A positive number, an interval [low, high] of them, or one of these for each party."""
PlainWeight: TypeAlias = float | tuple[float, float]


def weight_of(weight: PlainWeight | Mapping[str, PlainWeight]) -> float:
    """Return the point weight: the number, the middle of the interval, or the sum over parties."""
    if isinstance(weight, Mapping):
        return sum(map(weight_of, weight.values()))
    if isinstance(weight, tuple):
        return (float(weight[0]) + float(weight[1])) / 2
    return float(weight)


def weights_by_party(
    weight: PlainWeight | Mapping[str, PlainWeight], parties: Collection[str]
) -> Mapping[str, PlainWeight]:
    """Return the weight for each party: its own, or an equal part.

    Examples
    --------
    >>> weights_by_party((1, 2), ["eu", "in"])
    {'eu': (0.5, 1.0), 'in': (0.5, 1.0)}
    """
    if isinstance(weight, Mapping):
        return weight
    count = len(parties) or 1
    if isinstance(weight, tuple):
        return dict.fromkeys(parties, (weight[0] / count, weight[1] / count))
    return dict.fromkeys(parties, weight / count)


class Criterion(Element):
    """A criterion rated on a scale, or a group of criteria.

    A leaf that a vocabulary defines is named by its id and may add a weight, a policy for missing
    ratings, a side and a note.
    """

    question: Text | None = optional_field("The question for raters. Rated criteria only.")
    side: Side | None = optional_field(
        "Its sub-score, gain or risk. Applies to all criteria below it."
    )
    weight: Weight = Field(
        default=1,
        description="A positive number or an interval; with `per: party` divided equally among the "
        "parties, or one for each. Only its share within its group counts.",
    )
    missing: Missing | None = optional_field(
        "Treatment of an unknown rating: the average of the scale, the worst of the scale, "
        "omitted, or no score."
    )
    scale: Annotated[Word | Scale, IN_ORDER] | None = optional_field(
        "The name of a scale, or a scale written here. Rated criteria only."
    )
    prefer: Literal["high", "low"] | None = optional_field(
        "The good end of the scale. Default: `high`. Rated criteria only."
    )
    value: ValuePoints | None = optional_field(
        "Points of the value function, {rating: 0 to 100}, instead of `prefer`. Rated "
        "criteria only."
    )
    log: bool = Field(
        default=False,
        description="Whether the value function is linear in the logarithm of the rating. Rated "
        "criteria only.",
    )
    anchors: Labels | None = optional_field(
        "Meanings of ratings in words, {1: ..., 5: ...}. Rated criteria only."
    )
    combine: Combine | None = optional_field(
        "Method of combining the children. Default: `arithmetic`. Groups only."
    )
    weights: Text | None = optional_field(
        "Weights allowed in robustness: exact, within 25%, order, any, intervals. Groups only."
    )
    per: Literal["party"] | None = optional_field(
        "`party`: rated for each party of the framework. Rated criteria only."
    )
    criteria: "Criteria | None" = optional_field("Children of a group, by id.")

    @property
    def is_group(self) -> bool:
        """Whether it combines other criteria."""
        return self.criteria is not None


Criteria = NonEmptyMap[Id, Annotated[Criterion, before_reading(empty_is_default)]]


def criteria_path(ids: tuple[str, ...]) -> KeyPath:
    """Return the path in the document of a criterion, given the ids that lead to it."""
    path: KeyPath = ()
    for key in ids:
        path = (*path, "criteria", key)
    return path


def walk(
    criteria: Criteria | None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Criterion]]:
    """Yield every criterion with the ids that lead to it, parents before children."""
    for key, criterion in (criteria or {}).items():
        here = (*path, key)
        yield here, criterion
        yield from walk(criterion.criteria, here)
