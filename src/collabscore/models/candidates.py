"""Candidates: the areas or projects that a framework is to put in order.

Imports the base of the models. Axis letters: n candidates.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from .framework import Framework
from .sources import Citation, Date, Document, Id, Model, Number, Source, Text

__all__ = ["Candidate", "Candidates", "FactDetail", "PlacedSafeguard", "RatingDetail", "Unit"]

Unit = Literal["area", "project"]
UNKNOWN = "unknown"

Point = Annotated[Number | str, Field(union_mode="left_to_right")]
"""A number, or the name of a level."""

Evidence = list[Annotated[str | Citation, Field(union_mode="left_to_right")]]


class _Backed(Model):
    """What may stand behind a rating, a fact or a safeguard."""

    evidence: Evidence | None = Field(default=None, description="Ids of sources that back it.")
    note: Text | None = Field(default=None, description="A remark for readers.")
    by: Text | None = Field(
        default=None, description="The office or document that said so; never a person's name."
    )
    date: Date | None = Field(
        default=None, description="When it was said: YYYY, YYYY-MM or YYYY-MM-DD."
    )
    until: Date | None = Field(default=None, description="Until when it holds.")


class RatingDetail(_Backed):
    """A rating with its uncertainty and what it rests on."""

    value: Point | None = Field(
        default=None, description="The rating, or the most likely one; a number or a level."
    )
    low: Point | None = Field(default=None, description="The lowest it could be; with `high`.")
    high: Point | None = Field(default=None, description="The highest it could be; with `low`.")


class FactDetail(_Backed):
    """A fact with what it rests on."""

    value: Any = Field(
        default=None, description="The answer, in any form a fact may take without detail."
    )
    low: Point | None = Field(
        default=None, description="The lowest answer it could be; with `high`."
    )
    high: Point | None = Field(
        default=None, description="The highest answer it could be; with `low`."
    )
    at_least: list[str] | None = Field(
        default=None, description="Items known to be in a set that may hold more."
    )


class PlacedSafeguard(_Backed):
    """A safeguard of a candidate, and how far it is in place."""

    id: Id = Field(description="The id of a safeguard.")
    status: Literal["in_place", "planned"] = Field(
        default="in_place", description="`planned` is said, and does not count yet."
    )


Rating = Annotated[
    int | float | str | list[Point] | RatingDetail | None,
    Field(union_mode="left_to_right"),
]
FactValue = Annotated[
    bool
    | int
    | float
    | str
    | list[Annotated[bool | int | float | str, Field(union_mode="left_to_right")]]
    | FactDetail
    | None,
    Field(union_mode="left_to_right"),
]


class Candidate(Model):
    """One area or project: how it is rated, what is the case, what is in place."""

    id: Id = Field(description="Its name in every result; any printable text, once in a list.")
    title: Text | None = Field(
        default=None, description="Name shown to readers; made from the id if left out."
    )
    summary: Text | None = Field(default=None, description="What it is, in a sentence or two.")
    unit: Unit | None = Field(
        default=None, description="area or project; that of the list if left out."
    )
    ratings: dict[str, Rating] = Field(
        default_factory=dict, description="By criterion; unknown if left out."
    )
    facts: dict[str, FactValue] = Field(
        default_factory=dict, description="By fact; unknown if left out."
    )
    safeguards: list[Annotated[str | PlacedSafeguard, Field(union_mode="left_to_right")]] = Field(
        default_factory=list, description="Safeguards in place, or {id, status: planned}."
    )
    tags: list[Text] = Field(default_factory=list, description="Words to select by.")
    part_of: Id | None = Field(
        default=None, description="The candidate of which this one is a part."
    )
    note: Text | None = Field(default=None, description="A remark for readers.")

    def placed(self) -> tuple[PlacedSafeguard, ...]:
        """Return the safeguards, each with its status."""
        return tuple(
            PlacedSafeguard(id=entry) if isinstance(entry, str) else entry
            for entry in self.safeguards
        )


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Candidates(Document):
    """A list of candidates."""

    _words: tuple[Framework, ...] = PrivateAttr(default=())

    collabscore: Literal["candidates/1"] = Field(
        default="candidates/1", description="The kind of document and its version."
    )
    title: Text | None = Field(default=None, description="Name shown to readers.")
    summary: Text | None = Field(
        default=None, description="What the list is, and how the ratings were made."
    )
    note: Text | None = Field(default=None, description="A remark for readers.")
    as_of: Date | None = Field(default=None, description="The day up to which it is true.")
    framework: Annotated[list[Id], BeforeValidator(_one_or_more)] = Field(
        default_factory=list,
        description="The framework whose words the list uses, or a list of them.",
    )
    unit: Unit = Field(
        default="project", description="What the candidates are, unless one says otherwise."
    )
    sources: dict[Id, Source] = Field(
        default_factory=dict, description="Documents that evidence names, by id."
    )
    candidates: list[Candidate] = Field(description="The candidates, in any order.")

    @property
    def words(self) -> tuple[Framework, ...]:
        """The frameworks by whose words it was checked; none where it was not loaded."""
        return self._words

    def checked_by(self, words: tuple[Framework, ...]) -> None:
        """Note the frameworks by whose words it was checked."""
        self._words = words

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.candidates)

    def __getitem__(self, key: str) -> Candidate:
        """Return the candidate of that id."""
        return next(candidate for candidate in self.candidates if candidate.id == key)

    def unit_of(self, candidate: Candidate) -> Unit:
        """Return what a candidate is: its own word, else the list's."""
        return candidate.unit or self.unit
