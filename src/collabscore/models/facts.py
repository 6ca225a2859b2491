"""Facts: their kinds, the answers of candidates, and the lists of items for sets."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from ..errors import KeyPath, choose_from, did_you_mean
from ..output.text import figure
from .base import (
    ALSO_ACCEPTED,
    IN_ORDER,
    UNKNOWN,
    Backed,
    Element,
    FrozenDict,
    FrozenMap,
    FrozenSequence,
    Number,
    ReadingError,
    Text,
    optional_field,
)
from .criteria import Point, as_written, require_both_ends

__all__ = [
    "Answer",
    "AnswerSet",
    "ChoiceFact",
    "Fact",
    "FactDetail",
    "FactValue",
    "FlagFact",
    "Item",
    "Leaf",
    "LevelFact",
    "NamedList",
    "NumberFact",
    "NumberRange",
    "SetAnswer",
    "SetFact",
    "walk_items",
]


# answers, as candidates write them and as they are read


class FactDetail(Backed):
    """A fact with what it rests on."""

    value: Any = optional_field("The answer, in any form a fact may take without detail.")
    low: Point | None = optional_field("The lowest answer it could be; with `high`.")
    high: Point | None = optional_field("The highest answer it could be; with `low`.")
    at_least: FrozenSequence[str] | None = optional_field(
        "Items known to be in a set that may hold more."
    )


FactValue = Annotated[
    bool
    | int
    | float
    | str
    | FrozenSequence[Annotated[bool | int | float | str, IN_ORDER]]
    | FactDetail
    | None,
    IN_ORDER,
]


@dataclass(frozen=True)
class AnswerSet:
    """One of these answers, by their positions among all answers."""

    possible: frozenset[int]

    @property
    def settled(self) -> bool:
        """Whether only one answer is possible."""
        return len(self.possible) == 1


@dataclass(frozen=True)
class NumberRange:
    """A number anywhere between two ends."""

    low: float
    high: float

    @property
    def settled(self) -> bool:
        """Whether only one answer is possible."""
        return self.low == self.high


@dataclass(frozen=True)
class SetAnswer:
    """Items known to be in a set; `open` where it may hold more."""

    items: frozenset[str]
    open: bool = False

    @property
    def settled(self) -> bool:
        """Whether only one answer is possible."""
        return not self.open


Answer: TypeAlias = AnswerSet | NumberRange | SetAnswer
Lists: TypeAlias = Mapping[str, Collection[str]]


# kinds of facts


def _meanings_of(value: object) -> object:
    """Read a list of words as a mapping to their (missing) meanings; a word twice is an error."""
    if not isinstance(value, list):
        return value
    for number, word in enumerate(value):
        if word in value[:number]:
            raise PydanticCustomError("repeated-word", "`{word}` is listed twice", {"word": word})
    for word in value:
        if not isinstance(word, str):
            raise PydanticCustomError(
                "invalid-type", "expected a word, not `{word}`", {"word": repr(word)}
            )
    return dict.fromkeys(value)


ALSO_ACCEPTED[_meanings_of] = (
    {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
)


Meanings = Annotated[
    dict[str, Text | None],
    BeforeValidator(_meanings_of),
    Field(min_length=1),
    AfterValidator(FrozenDict),
]
"""Words in order, with their meanings where given: a list of words, or {word: meaning}."""


class _Fact(Element):
    """A kind of fact: how its answers are read, and how they are said."""

    answer_type: ClassVar[type[Answer]] = AnswerSet
    ordered: ClassVar[bool] = False

    question: Text | None = optional_field("What one asks the person who knows.")
    kind: str

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Possible answers in order, where they are words, and their meanings where given."""
        return {}

    @property
    def answers(self) -> tuple[str, ...]:
        """Possible answers in order, where they are words."""
        return tuple(self.meanings)

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`{name} == {self.answers[-1]}`"

    def words(self, answer: Any) -> str:
        """Return an answer, as `read` returns it, in words."""
        return " or ".join(self.answers[k] for k in sorted(answer.possible))

    def read(self, raw: object, lists: Lists) -> Answer | None:
        """Read an answer as a candidate writes it; None is an unknown one.

        Parameters
        ----------
        raw : object
        lists : mapping of list id to its items
            For sets.

        Raises
        ------
        ReadingError
            If the answer is none that the fact knows.

        Examples
        --------
        >>> FlagFact(kind="flag").read("yes", {})
        AnswerSet(possible=frozenset({1}))
        """
        if isinstance(raw, FactDetail):
            return self._read_detail(raw, lists)
        if raw is None or (isinstance(raw, str) and raw == UNKNOWN):
            return None
        return self._read_plain(raw, lists)

    def _read_detail(self, raw: FactDetail, lists: Lists) -> Answer | None:
        given = [key for key in ("value", "low", "at_least") if getattr(raw, key) is not None]
        if len(given) > 1:
            raise ReadingError(
                "invalid-fact", f"`{given[0]}` and `{given[1]}` exclude each other", (given[1],)
            )
        require_both_ends(raw.low, raw.high)
        if raw.at_least is not None:
            return self._read_at_least(raw.at_least, lists)
        if raw.low is not None:
            return self._read_interval(raw.low, raw.high)
        try:
            return self.read(_detail_in_value(raw.value), lists)
        except ReadingError as error:
            found = error.diagnostic
            path = ("value", *found.path)
            raise ReadingError(found.code, found.message, path, found.help) from None

    def _read_plain(self, raw: object, lists: Lists) -> Answer:
        if not isinstance(raw, list):
            return AnswerSet(frozenset({self._position(raw, ())}))
        if not raw:
            raise ReadingError("invalid-fact", "an open answer lists at least one possible answer")
        return AnswerSet(frozenset(self._position(entry, (k,)) for k, entry in enumerate(raw)))

    def _position(self, raw: object, path: KeyPath) -> int:
        """Return the position of an answer among all."""
        raise NotImplementedError

    def _read_at_least(self, raw: object, lists: Lists) -> Answer:
        message = f"`at_least` belongs to a set, and this is a {self.kind}"
        raise ReadingError("invalid-fact", message, ("at_least",))

    def _read_interval(self, low: object, high: object) -> Answer:
        message = f"`low` and `high` belong to a level or a number, and this is a {self.kind}"
        raise ReadingError("invalid-fact", message, ("low",))


def _detail_in_value(raw: object) -> object:
    """Read `{low, high}` and `{at_least}` under `value`, with the evidence beside them."""
    if not isinstance(raw, Mapping):
        return raw
    try:
        return FactDetail.model_validate(raw)
    except ValidationError:
        raise ReadingError("invalid-fact", f"`{dict(raw)}` is no answer") from None


def _quote(raw: object) -> str:
    return raw if isinstance(raw, str) else repr(raw)


class FlagFact(_Fact):
    """Yes or no."""

    kind: Literal["flag"] = Field(description="A yes or a no.")

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """No and yes."""
        return {"no": None, "yes": None}

    def _position(self, raw: object, path: KeyPath) -> int:
        if raw is True or raw in ("yes", "true"):
            return 1
        if raw is False or raw in ("no", "false"):
            return 0
        raise ReadingError(
            "invalid-fact",
            f"expected yes or no, not `{_quote(raw)}`",
            path,
            "write `yes`, `no` or `unknown`",
        )


class _WordFact(_Fact):
    """One of several words that the framework lists."""

    word: ClassVar[str]
    unknown_word: ClassVar[str]

    def _position(self, raw: object, path: KeyPath) -> int:
        if isinstance(raw, str) and raw in self.meanings:
            return self.answers.index(raw)
        message = f"`{_quote(raw)}` is not {self.word} of this fact"
        raise ReadingError(self.unknown_word, message, path, did_you_mean(raw, self.answers))


class LevelFact(_WordFact):
    """One of several ordered levels."""

    ordered: ClassVar[bool] = True
    word: ClassVar[str] = "a level"
    unknown_word: ClassVar[str] = "unknown-level"

    kind: Literal["level"] = Field(description="One of several levels, in ascending order.")
    levels: Meanings = Field(
        description="The levels from low to high: a list, or {level: what it means}."
    )

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Levels from low to high, and their meanings where given."""
        return self.levels

    def _read_interval(self, low: object, high: object) -> Answer:
        first, last = self._position(low, ("low",)), self._position(high, ("high",))
        if first > last:
            raise ReadingError("reversed-interval", f"`{low}` to `{high}` runs backwards", ("low",))
        return AnswerSet(frozenset(range(first, last + 1)))


class ChoiceFact(_WordFact):
    """One of several options without order."""

    word: ClassVar[str] = "an option"
    unknown_word: ClassVar[str] = "unknown-option"

    kind: Literal["choice"] = Field(description="One of several options without order.")
    options: Meanings = Field(description="The options: a list, or {option: what it means}.")

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Options, and their meanings where given."""
        return self.options


class NumberFact(_Fact):
    """A number."""

    answer_type: ClassVar[type[Answer]] = NumberRange

    kind: Literal["number"] = Field(description="A number.")
    unit: Text | None = optional_field("Unit of measurement, for example `million USD`.")
    minimum: Number | None = optional_field("The least value that makes sense.")
    maximum: Number | None = optional_field("The greatest value that makes sense.")

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`{name} >= 1`"

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest value that makes sense; infinite where there is none."""
        low = -math.inf if self.minimum is None else float(self.minimum)
        return low, math.inf if self.maximum is None else float(self.maximum)

    def words(self, answer: Any) -> str:
        """Return a number or a range in words, with the unit."""
        unit = f" {self.unit}" if self.unit else ""
        if answer.settled:
            return f"{figure(answer.low)}{unit}"
        return f"between {figure(answer.low)} and {figure(answer.high)}{unit}"

    def _read_plain(self, raw: object, lists: Lists) -> Answer:
        if not isinstance(raw, list):
            number = self._number(raw, ())
            return NumberRange(number, number)
        if len(raw) != 2:
            raise ReadingError(
                "invalid-fact",
                f"an open number is written `[low, high]`, not with {len(raw)} numbers",
            )
        return _range_of(self._number(raw[0], (0,)), self._number(raw[1], (1,)))

    def _read_interval(self, low: object, high: object) -> Answer:
        return _range_of(self._number(low, ("low",)), self._number(high, ("high",)))

    def _number(self, raw: object, path: KeyPath) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise ReadingError("invalid-fact", f"expected a number, not `{_quote(raw)}`", path)
        low, high = self.limits
        if low <= raw <= high:
            return float(raw)
        allowed = []
        if self.minimum is not None:
            allowed.append(f"at least {as_written(self.minimum)}")
        if self.maximum is not None:
            allowed.append(f"at most {as_written(self.maximum)}")
        message = f"`{as_written(raw)}` is out of range: {' and '.join(allowed)}"
        raise ReadingError("out-of-range", message, path)


def _range_of(low: float, high: float) -> NumberRange:
    if low > high:
        raise ReadingError(
            "reversed-interval", f"`[{as_written(low)}, {as_written(high)}]` runs backwards"
        )
    return NumberRange(low, high)


class SetFact(_Fact):
    """Any number of items of a list."""

    answer_type: ClassVar[type[Answer]] = SetAnswer

    kind: Literal["set"] = Field(description="Any number of items of a list.")
    of: Text = Field(description="The list whose items may be named.")

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`overlaps({name}, ...)`"

    def words(self, answer: Any) -> str:
        """Return the items of a set in words."""
        items = ", ".join(sorted(answer.items))
        if answer.open:
            return f"{items}, and perhaps more" if items else "unknown"
        return items or "none"

    def _read_plain(self, raw: object, lists: Lists) -> Answer:
        return SetAnswer(self._items(raw, lists, ()))

    def _read_at_least(self, raw: object, lists: Lists) -> Answer:
        return SetAnswer(self._items(raw, lists, ("at_least",)), open=True)

    def _items(self, raw: object, lists: Lists, path: KeyPath) -> frozenset[str]:
        known = lists.get(self.of, ())
        if not isinstance(raw, list):
            help = choose_from(sorted(known))
            if isinstance(raw, str) and raw in known:
                help = f"write `[{raw}]`"
            message = f"expected a list of items of `{self.of}`, not `{_quote(raw)}`"
            raise ReadingError("invalid-fact", message, path, help)
        for k, entry in enumerate(raw):
            if not isinstance(entry, str) or entry not in known:
                message = f"`{_quote(entry)}` is not an item of `{self.of}`"
                raise ReadingError("unknown-item", message, (*path, k), did_you_mean(entry, known))
        return frozenset(raw)


Fact = Annotated[
    FlagFact | LevelFact | ChoiceFact | NumberFact | SetFact, Field(discriminator="kind")
]


# lists


def _item(value: object) -> object:
    if value is None:
        return {}
    return {"title": value} if isinstance(value, str) else value


ALSO_ACCEPTED[_item] = ({"type": "string"}, {"type": "null"})


class Item(Element):
    """An item of a list; it may hold finer items, one level deep."""

    items: (
        Annotated[
            FrozenMap[str, Annotated[Leaf, BeforeValidator(_item)]], BeforeValidator(_meanings_of)
        ]
        | None
    ) = optional_field("Finer items: an area's sub-fields.")


class Leaf(Element):
    """An item that holds no finer ones."""


class NamedList(Element):
    """A list of items, or a selection among the items of another list."""

    among: Text | None = optional_field("The list of which this one is a part.")
    items: Annotated[
        FrozenMap[str, Annotated[Item, BeforeValidator(_item)]], BeforeValidator(_meanings_of)
    ] = Field(description="The items: a list of ids, or {id: title}, or {id: {title, items}}.")


def walk_items(items: Mapping[str, Item]) -> Iterator[tuple[str, str | None, Item | Leaf]]:
    """Yield every item with its parent's id (None at the top), parents before children."""
    for key, item in items.items():
        yield key, None, item
        for child_key, child in (item.items or {}).items():
            yield child_key, key, child
