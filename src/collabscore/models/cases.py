"""Cases: candidates with what a framework is expected to say of them.

Imports the other models. Axis letters: n cases.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import (
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
from .candidates import Candidate, Candidates

__all__ = ["Case", "CaseCandidate", "Cases", "Expectation", "State"]

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
