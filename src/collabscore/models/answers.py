"""Answers to facts, as candidates write them and as they are read, and classes of numbers."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic.json_schema import SkipJsonSchema

from ..arrays import frozen
from ..errors import quotable
from ..kernels.logic import compare
from .base import (
    IN_ORDER,
    Backed,
    FrozenSequence,
    ReadingError,
    Word,
    after_reading,
    before_reading,
    clean_data,
    optional_field,
)
from .criteria import Point, RatingDetail
from .expressions import Compare, Constant, parts_of

__all__ = [
    "KEYS_OF_ANSWERS",
    "MOST_CLASSES",
    "Answer",
    "AnswerClass",
    "Asked",
    "Cell",
    "FactDetail",
    "FactValue",
    "NumberRange",
    "OneOf",
    "SetAnswer",
    "Stretch",
    "Truths",
    "not_single",
    "point_inside",
    "stretches",
    "truths_in",
]


def not_single(value: object, help: str, *path: int) -> ReadingError:
    """Return the error that several answers, or none, stand where one is expected."""
    message = f"`{quotable(value)}` is not a single answer"
    return ReadingError("invalid-fact", message, path, help)


def _refuse_mapping(value: object) -> object:
    if isinstance(value, Mapping):
        raise not_single(value, "write the answer itself, or a list of answers that hold together")
    return value


def _refuse_nested(value: object) -> object:
    if isinstance(value, Mapping | list):
        help = "write single answers in a list, or `{one_of: [...]}` in place of the list"
        raise not_single(value, help)
    return value


def _text_of_day(value: object) -> object:
    # another reader of YAML makes a date of it
    return value.isoformat() if type(value) is date else None


_Day: TypeAlias = SkipJsonSchema[Annotated[str, before_reading(_text_of_day)]]
_PlainAnswer: TypeAlias = Annotated[bool | int | float | Word | _Day, IN_ORDER]
_PlainAnswers: TypeAlias = FrozenSequence[Annotated[_PlainAnswer, before_reading(_refuse_nested)]]
_OneAnswer: TypeAlias = Annotated[
    _PlainAnswer | _PlainAnswers, IN_ORDER, before_reading(_refuse_mapping)
]


class FactDetail(Backed):
    """An answer to a fact, with its evidence."""

    value: Annotated[Any, before_reading(clean_data), after_reading(frozen)] = optional_field(
        "The answer, in any form allowed without detail."
    )
    low: Point | None = optional_field("Lowest possible answer; with `high`.")
    high: Point | None = optional_field("Highest possible answer; with `low`.")
    at_least: FrozenSequence[Word] | None = optional_field(
        "Items of a set, or answers to a fact with `several: true`. There may be more."
    )
    all_of: _PlainAnswers | None = optional_field(
        "All answers to a fact with `several: true`, at least one."
    )
    one_of: FrozenSequence[_OneAnswer] | None = optional_field(
        "Possible answers, at least two. Exactly one of them is the case."
    )


KEYS_OF_ANSWERS = {*RatingDetail.model_fields, *FactDetail.model_fields}
"""Keys of ratings and answers with detail, which no party may have as its id."""

FactValue = Annotated[
    _PlainAnswer | _PlainAnswers | FactDetail | None,
    IN_ORDER,
]


class NumberRange(NamedTuple):
    """A number anywhere between two ends."""

    low: float
    high: float

    @property
    def settled(self) -> bool:
        """Whether only one answer is possible."""
        return self.low == self.high


class SetAnswer(NamedTuple):
    """Answers that hold together; `open` where there may be more.

    The items of a set are ids. All other answers in words are positions among all answers: one of
    them, or any number of a fact with `several`.
    """

    items: frozenset[Any]
    open: bool = False

    @property
    def settled(self) -> bool:
        """Whether only one answer is possible."""
        return not self.open

    @property
    def possible(self) -> "tuple[SetAnswer, ...]":
        """Itself alone, where `OneOf` has several."""
        return (self,)


class OneOf(NamedTuple):
    """One of these answers, at least two, each settled."""

    answers: frozenset[SetAnswer]

    @property
    def settled(self) -> bool:
        """Whether only one answer is possible: never."""
        return False

    @property
    def possible(self) -> tuple[SetAnswer, ...]:
        """The answers in order."""
        return tuple(sorted(self.answers, key=lambda answer: sorted(answer.items)))


Answer: TypeAlias = OneOf | NumberRange | SetAnswer
Truths: TypeAlias = tuple[bool, ...]
"""Whether each part of a condition that was looked at holds."""


class AnswerClass(NamedTuple):
    """An answer to a fact, standing for all those from which no condition can tell it.

    Parameters
    ----------
    label : str
        The class in words.
    answer : NumberRange, SetAnswer or None
        The ends of a stretch of numbers; one set of words or items of the class; None if there is
        none.
    truths : tuple of bool
        Whether each part of a condition that looks at words holds; see `truths_in` for numbers.
    """

    label: str
    answer: Answer | None
    truths: Truths = ()


Asked: TypeAlias = Sequence[Any]
"""Parts of conditions that look at a fact: Answers, Overlaps or Compare, as its kind has it."""

MOST_CLASSES = 1024
"""Most classes of answers to one fact: k lists can make 2^k of them."""


# classes of numbers


Cell: TypeAlias = tuple[float, float]
"""One number, twice, or the ends of the open interval between two."""
Stretch: TypeAlias = tuple[Cell, Cell]
"""First and last of neighbouring cells in which comparisons come out alike."""


def stretches(comparisons: Asked, limits: Cell, *, in_days: bool = False) -> list[Stretch]:
    """Return the stretches of a number that comparisons with constants can tell apart.

    Parameters
    ----------
    comparisons : sequence of Compare
        The number stands at the side that is no constant.
    limits : (float, float)
        Least and greatest number; may be infinite.
    in_days : bool
        Whether there are whole numbers only.
    """
    # only the comparisons with a cut between two cells can come out differently in them
    cuts: dict[float, list[Compare]] = {}
    for part in dict.fromkeys(comparisons):
        for side in parts_of(part):
            if isinstance(side, Constant):
                low, high = side.value - part.tolerance, side.value + part.tolerance
                for cut in (math.floor(low), math.ceil(high)) if in_days else (low, high):
                    cuts.setdefault(cut, []).append(part)
    found: list[Stretch] = []
    for cell in _cells(cuts, limits, in_days):
        first, asked = cell, cuts.get(cell[0], [])
        if found and np.array_equal(*truths_in([found[-1], (cell, cell)], asked).T):
            first = found.pop()[0]
        found.append((first, cell))
    return found


def truths_in(found: Sequence[Stretch], comparisons: Asked) -> NDArray[np.bool_]:
    """Return whether each of k comparisons holds in each of s stretches, (k, s)."""
    points: Any = np.array([point_inside(last) for _, last in found])
    truths = np.empty((len(comparisons), len(found)), dtype=np.bool_)
    for row, part in zip(truths, comparisons, strict=True):
        sides: list[Any] = []
        for side in parts_of(part):
            sides.append(np.float64(side.value) if isinstance(side, Constant) else points)
        one, other = sides
        row[:] = compare(part.sign, (one, one), (other, other), part.tolerance).certain
    return truths


def _cells(cuts: Iterable[float], limits: Cell, in_days: bool) -> Iterator[Cell]:
    low, high = limits
    inside = sorted(cut for cut in cuts if low <= cut <= high)
    for number, (start, end) in enumerate(pairwise([low, *inside, high])):
        # nothing is between neighbouring days; the first cell has its start
        if end - start > (in_days and number > 0):
            yield start, end
        if math.isfinite(end):
            yield end, end


def point_inside(cell: Cell) -> float:
    """Return a number within a cell, apart from its ends unless they are one."""
    start, end = cell
    # a step of 1 would be lost in the rounding of large ends
    if math.isinf(end):
        return 0.0 if math.isinf(start) else start + max(1.0, 2 * math.ulp(start))
    if math.isinf(start):
        return end - max(1.0, 2 * math.ulp(end))
    return start + (end - start) / 2
