"""Facts and lists: what is the case, as against what is judged, and the words it is said in.

Imports the base of the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from .sources import Element, Number, Text

__all__ = [
    "ChoiceFact",
    "Fact",
    "FlagFact",
    "Item",
    "LevelFact",
    "NamedList",
    "NumberFact",
    "SetFact",
    "answers_of",
]


def _words(value: object) -> object:
    """Read a list of words as a mapping to their (missing) meanings; a word twice is an error."""
    if isinstance(value, list):
        if repeated := [word for number, word in enumerate(value) if word in value[:number]]:
            raise PydanticCustomError(
                "repeated-word", "`{word}` is listed twice", {"word": repeated[0]}
            )
        if strange := [word for word in value if not isinstance(word, str)]:
            raise PydanticCustomError(
                "invalid-type", "expected a word, not `{word}`", {"word": repr(strange[0])}
            )
        return dict.fromkeys(value)
    return value


Words = Annotated[dict[str, Text | None], BeforeValidator(_words), Field(min_length=1)]
"""Words in order, with their meanings where given: a list of words, or {word: meaning}."""


class _Fact(Element):
    question: Text | None = Field(default=None, description="What one asks the person who knows.")


class FlagFact(_Fact):
    """Yes or no."""

    kind: Literal["flag"] = Field(description="A yes or a no.")


class LevelFact(_Fact):
    """One of several ordered levels."""

    kind: Literal["level"] = Field(description="One of several levels, in ascending order.")
    levels: Words = Field(
        description="The levels from low to high: a list, or {level: what it means}."
    )


class ChoiceFact(_Fact):
    """One of several options without order."""

    kind: Literal["choice"] = Field(description="One of several options without order.")
    options: Words = Field(description="The options: a list, or {option: what it means}.")


class NumberFact(_Fact):
    """A number."""

    kind: Literal["number"] = Field(description="A number.")
    unit: Text | None = Field(
        default=None, description="Unit of measurement, for example `million USD`."
    )
    minimum: Number | None = Field(default=None, description="The least value that makes sense.")
    maximum: Number | None = Field(default=None, description="The greatest value that makes sense.")


class SetFact(_Fact):
    """Any number of items of a list."""

    kind: Literal["set"] = Field(description="Any number of items of a list.")
    of: Text = Field(description="The list whose items may be named.")


Fact = Annotated[
    FlagFact | LevelFact | ChoiceFact | NumberFact | SetFact, Field(discriminator="kind")
]

FLAG_ANSWERS = ("no", "yes")


def answers_of(fact: FlagFact | LevelFact | ChoiceFact) -> tuple[str, ...]:
    """Return the possible answers in order: the levels, the options, or no and yes."""
    if isinstance(fact, LevelFact):
        return tuple(fact.levels)
    return tuple(fact.options) if isinstance(fact, ChoiceFact) else FLAG_ANSWERS


def meaning_of(fact: FlagFact | LevelFact | ChoiceFact, answer: str) -> str | None:
    """Return what an answer means, where the framework says so."""
    if isinstance(fact, FlagFact):
        return None
    return (fact.levels if isinstance(fact, LevelFact) else fact.options).get(answer)


def _item(value: object) -> object:
    if value is None:
        return {}
    return {"title": value} if isinstance(value, str) else value


class Item(Element):
    """An item of a list; it may hold finer items, one level deep."""

    items: (
        Annotated[dict[str, Annotated[Leaf, BeforeValidator(_item)]], BeforeValidator(_words)]
        | None
    ) = Field(default=None, description="Finer items: an area's sub-fields.")


class Leaf(Element):
    """An item that holds no finer ones."""


class NamedList(Element):
    """A list of items, or a selection among the items of another list."""

    among: Text | None = Field(default=None, description="The list of which this one is a part.")
    items: Annotated[
        dict[str, Annotated[Item, BeforeValidator(_item)]], BeforeValidator(_words)
    ] = Field(description="The items: a list of ids, or {id: title}, or {id: {title, items}}.")


def walk_items(items: Mapping[str, Item]) -> Iterator[tuple[str, str | None, Item | Leaf]]:
    """Yield every item with its parent's id (None at the top), parents before children."""
    for key, item in items.items():
        yield key, None, item
        for child_key, child in (item.items or {}).items():
            yield child_key, key, child


def parents_of(items: Mapping[str, Item]) -> dict[str, str | None]:
    """Return each item's parent, None for those at the top."""
    return {key: parent for key, parent, _ in walk_items(items)}
