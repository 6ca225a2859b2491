"""Candidates: the areas or projects that a framework is to put in order.

Axis letter: n candidates.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr

from .base import (
    ALSO_ACCEPTED,
    IN_ORDER,
    Backed,
    Date,
    Document,
    FrozenList,
    FrozenMap,
    FrozenSequence,
    Id,
    Model,
    Source,
    Text,
    list_field,
    map_field,
    optional_field,
)
from .criteria import Rating, RatingDetail
from .facts import FactDetail, FactValue
from .framework import Framework

__all__ = ["Candidate", "Candidates", "FactDetail", "PlacedSafeguard", "RatingDetail", "Unit"]

Unit = Literal["area", "project"]


class PlacedSafeguard(Backed):
    """A safeguard of a candidate, and how far it is in place."""

    id: Id = Field(description="The id of a safeguard.")
    status: Literal["in_place", "planned"] = Field(
        default="in_place", description="`planned` is said, and does not count yet."
    )


class Candidate(Model):
    """One area or project: how it is rated, what is the case, what is in place."""

    id: Id = Field(description="Its name in every result; any printable text, once in a list.")
    title: Text | None = optional_field("Name shown to readers; made from the id if left out.")
    summary: Text | None = optional_field("What it is, in a sentence or two.")
    unit: Unit | None = optional_field("area or project; that of the list if left out.")
    ratings: FrozenMap[str, Rating] = map_field("By criterion; unknown if left out.")
    facts: FrozenMap[str, FactValue] = map_field("By fact; unknown if left out.")
    safeguards: FrozenSequence[Annotated[str | PlacedSafeguard, IN_ORDER]] = list_field(
        "Safeguards in place, or {id, status: planned}."
    )
    tags: FrozenSequence[Text] = list_field("Words to select by.")
    part_of: Id | None = optional_field("The candidate of which this one is a part.")
    note: Text | None = optional_field("A remark for readers.")

    def placed(self) -> tuple[PlacedSafeguard, ...]:
        """Return the safeguards, each with its status."""
        return tuple(
            PlacedSafeguard(id=entry) if isinstance(entry, str) else entry
            for entry in self.safeguards
        )


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


ALSO_ACCEPTED[_one_or_more] = ({"type": "string"},)


class Candidates(Document):
    """A list of candidates."""

    _frameworks: tuple[Framework, ...] = PrivateAttr(default=())

    collabscore: Literal["candidates/1"] = Field(
        default="candidates/1", description="The kind of document and its version."
    )
    title: Text | None = optional_field("Name shown to readers.")
    summary: Text | None = optional_field("What the list is, and how the ratings were made.")
    note: Text | None = optional_field("A remark for readers.")
    as_of: Date | None = optional_field("The day up to which it is true.")
    framework: Annotated[list[Id], BeforeValidator(_one_or_more), AfterValidator(FrozenList)] = (
        list_field("The framework whose words the list uses, or a list of them.")
    )
    unit: Unit = Field(
        default="project", description="What the candidates are, unless one says otherwise."
    )
    sources: FrozenMap[Id, Source] = map_field("Documents that evidence names, by id.")
    candidates: FrozenSequence[Candidate] = Field(description="The candidates, in any order.")

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks with which it was checked; none where it was not loaded."""
        return self._frameworks

    def checked_by(self, frameworks: tuple[Framework, ...]) -> None:
        """Store the frameworks used for validation."""
        self._frameworks = frameworks

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.candidates)

    def __getitem__(self, key: str) -> Candidate:
        """Return the candidate of that id."""
        return next(candidate for candidate in self.candidates if candidate.id == key)

    def unit_of(self, candidate: Candidate) -> Unit:
        """Return what a candidate is: its own word, else the list's."""
        return candidate.unit or self.unit
