"""Candidates: the areas or projects that a framework is to put in order; cases that test it.

Axis letter: n candidates or cases.
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
    Element,
    FrozenList,
    FrozenMap,
    FrozenSequence,
    Id,
    Model,
    NonEmptySequence,
    Source,
    Text,
    list_field,
    map_field,
    optional_field,
)
from .criteria import Rating
from .facts import FactValue
from .framework import Framework

__all__ = ["Candidate", "Candidates", "Case", "Cases", "Expectation", "PlacedSafeguard"]

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


# cases

State = Literal["clear", "met", "unmet", "barred", "unknown"]
"""What a guardrail can find."""


class CaseCandidate(Candidate):
    """The candidate of a case: as in a list of candidates, but its id may be left out."""

    id: Id = Field(default_factory=str, description="That of the case, if left out.")


class Expectation(Model):
    """What a framework is expected to say of a candidate; what is left out is not compared."""

    verdict: Id | None = optional_field(
        "The verdict; `null` where the framework is not about the candidate."
    )
    verdict_range: (
        Annotated[list[Id], Field(min_length=2, max_length=2), AfterValidator(FrozenList)] | None
    ) = optional_field("The mildest and the most severe verdict still possible.")
    findings: FrozenMap[Id, State] = map_field(
        "What each guardrail named finds: clear, met, unmet, barred or unknown."
    )
    unknown: FrozenSequence[Id] | None = optional_field(
        "All facts and ratings that findings of state `unknown` ask for, in any order."
    )
    band: Id | None = optional_field("The band; `null` where it has none.")


class Case(Element):
    """One case: a candidate, and what is expected of the framework."""

    id: Id = Field(description="Its name in every report; once in a file.")
    candidate: CaseCandidate = Field(description="The candidate that is judged.")
    expect: Expectation = Field(description="What the framework is to say of it.")


class Cases(Document):
    """Cases by which a framework is tested."""

    collabscore: Literal["cases/1"] = Field(description="The kind of document and its version.")
    framework: Id = Field(
        description="The framework that is tested: the id of the one above this folder or of a "
        "shipped one, or a file name beside this one."
    )
    title: Text | None = optional_field("Name shown to readers.")
    note: Text | None = optional_field("A remark for readers.")
    as_of: Date | None = optional_field("The day up to which it is true.")
    sources: FrozenMap[Id, Source] = map_field(
        "Documents that cases rest on, beside those of the framework."
    )
    cases: NonEmptySequence[Case] = Field(description="The cases, in any order.")
    order: FrozenSequence[Id] = list_field(
        "Cases whose candidates, ranked together, stand in this order: by tier, then by score."
    )

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.cases)

    def candidates(self) -> Candidates:
        """Return the candidates of all cases as a list, (n,), in the order of the cases."""
        return Candidates.model_construct(
            _fields_set={"framework", "sources", "candidates"},
            framework=[self.framework],
            sources=self.sources,
            candidates=[_candidate_of(case) for case in self.cases],
        )


def _candidate_of(case: Case) -> Candidate:
    """Return the candidate of a case, with an id."""
    written = case.candidate
    given = {key: getattr(written, key) for key in Candidate.model_fields}
    given |= {"id": written.id or case.id, "title": written.title or case.title}
    return Candidate.model_construct(_fields_set=written.model_fields_set | {"id"}, **given)
