"""Candidates: the areas or projects that a framework is to put in order; cases that test it.

Axis letter: n candidates or cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, PrivateAttr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ..errors import UnknownIdError, did_you_mean, quotable
from ..output.text import plural
from .answers import FactValue
from .base import (
    ALSO_ACCEPTED,
    IN_ORDER,
    Backed,
    Date,
    Document,
    Element,
    FrozenDict,
    FrozenList,
    FrozenMap,
    FrozenSequence,
    Id,
    Model,
    NonEmptySequence,
    Source,
    Text,
    Word,
    after_reading,
    before_reading,
    composed,
    days_of,
    has_expired,
    list_field,
    map_field,
    optional_field,
    title_of,
)
from .conditions import OF_PARTNER
from .criteria import Rating
from .framework import Framework

__all__ = [
    "Candidate",
    "Candidates",
    "Case",
    "CaseCandidate",
    "Cases",
    "Claim",
    "ClaimedVerdict",
    "Expectation",
    "Given",
    "Partner",
    "PlacedSafeguard",
    "State",
    "Unit",
]

Unit = Literal["area", "project"]


class PlacedSafeguard(Backed):
    """A safeguard of a candidate, in place or planned."""

    id: Id = Field(description="The id of a safeguard.")
    status: Literal["in_place", "planned"] = Field(
        default="in_place", description="`planned` is shown, but does not count yet."
    )


PlacedSafeguards = FrozenSequence[Annotated[Word | PlacedSafeguard, IN_ORDER]]
"""Safeguards of a candidate, each by its id or with its status."""


class _OrByParty:
    """In JSON Schema, one answer or one for each party; `load_candidates` writes them out."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        answer = handler(schema)
        return {"anyOf": [answer, {"type": "object", "additionalProperties": answer}]}


Ratings = FrozenMap[Word, Annotated[Rating, _OrByParty()]]
Facts = FrozenMap[Word, Annotated[FactValue, _OrByParty()]]


class Partner(Model):
    """An organisation that takes part in a candidate; never a person."""

    id: Id = Field(description="The organisation's name in results. Unique in the candidate.")
    title: Text | None = optional_field("Name of the organisation. Default: made from the id.")
    facts: FrozenMap[Word, FactValue] = map_field(
        "Answers to the facts with `per: partner`. Default: unknown."
    )
    note: Text | None = optional_field("A remark for readers.")


class Candidate(Model):
    """One area or project with its ratings, facts and safeguards."""

    id: Id = Field(description="Its name in every result. Printable text, unique in the list.")
    title: Text | None = optional_field("Name shown to readers. Default: made from the id.")
    summary: Text | None = optional_field("A description in a sentence or two.")
    unit: Unit | None = optional_field("area or project. Default: the unit of the list.")
    ratings: Ratings = map_field(
        "Ratings by criterion; of a criterion with `per: party` by party. Default: unknown."
    )
    facts: Facts = map_field(
        "Answers by fact; to a fact with `per: party` by party. Default: unknown."
    )
    safeguards: PlacedSafeguards = list_field("Safeguards in place, or {id, status: planned}.")
    partners: FrozenSequence[Partner] | None = optional_field(
        "The organisations that take part, never persons. `[]`: none. Default: unknown."
    )
    tags: FrozenSequence[Text] = list_field("Words for selecting candidates.")
    part_of: Id | None = optional_field("The candidate that contains this one.")
    note: Text | None = optional_field("A remark for readers.")

    def partner_at(self, place: str) -> Partner | None:
        """Return the partner at a place, from "1"; None where there is none, or none is listed."""
        there = (self.partners or [])[int(place) - 1 : int(place)]
        return there[0] if there else None

    def named_facts(self) -> dict[str, Any]:
        """Return its answers to facts, and as `law@acme` those of its partners."""
        found: dict[str, Any] = dict(self.facts)
        for partner in self.partners or ():
            for key, answer in partner.facts.items():
                found[f"{key}{OF_PARTNER}{partner.id}"] = answer
        return found

    def placed(self) -> tuple[PlacedSafeguard, ...]:
        """Return the safeguards, each with its status."""
        return _placed(self.safeguards)


def _placed(safeguards: Sequence[str | PlacedSafeguard]) -> tuple[PlacedSafeguard, ...]:
    return tuple(
        PlacedSafeguard(id=entry) if isinstance(entry, str) else entry for entry in safeguards
    )


class Listed(Document):
    """A document that is a sequence of entries with ids: by position, slice or id."""

    entry_word: ClassVar[str]
    """What an entry is, in a sentence."""

    @property
    def entries(self) -> Sequence[Any]:
        """Its entries, in the order of the document."""
        raise NotImplementedError

    @cached_property
    def _by_id(self) -> Mapping[str, Any]:
        return {entry.id: entry for entry in self.entries}

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        """Yield the entries, where models of pydantic yield their fields."""
        return iter(self.entries)

    def __contains__(self, item: object) -> bool:
        """Whether there is an entry of that id, or the same entry."""
        return item in self._by_id if isinstance(item, str) else item in self.entries

    def __getitem__(self, key: int | slice | str) -> Any:
        """Return an entry by its id or position, or several.

        Raises
        ------
        UsageError
            If there is none of that id; it is a `KeyError`, too.
        """
        if not isinstance(key, str):
            return self.entries[key]
        if composed(key) not in self._by_id:
            message = f"there is no {self.entry_word} `{quotable(key)}`"
            raise UnknownIdError(message, help=did_you_mean(key, self._by_id))
        return self._by_id[composed(key)]


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


ALSO_ACCEPTED[_one_or_more] = ({"type": "string"},)


class Candidates(Listed):
    """A list of candidates."""

    entry_word: ClassVar[str] = "candidate"
    _frameworks: tuple[Framework, ...] = PrivateAttr(default=())
    _given_as_of: str | None = PrivateAttr(default=None)
    _remarks: tuple[str, ...] = PrivateAttr(default=())
    _columns: tuple[tuple[str, str, str], ...] = PrivateAttr(default=())

    collabscore: Literal["candidates/1"] = Field(
        default="candidates/1", description="Kind and version of the document."
    )
    title: Text | None = optional_field("Name shown to readers.")
    summary: Text | None = optional_field("A description of the list and of the rating process.")
    note: Text | None = optional_field("A remark for readers.")
    as_of: Date | None = optional_field(
        "Date of the information. What has an `until` before it has expired."
    )
    framework: Annotated[list[Id], before_reading(_one_or_more), after_reading(FrozenList)] = (
        list_field("The framework that judges the list, or a list of frameworks.")
    )
    unit: Unit = Field(
        default="project", description="Unit of all candidates without a unit of their own."
    )
    sources: FrozenMap[Id, Source] = map_field("Sources of evidence, by id.")
    candidates: FrozenSequence[Candidate] = Field(description="The candidates, in any order.")

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks with which it was checked; none where it was not loaded."""
        return self._frameworks

    def checked_by(self, frameworks: tuple[Framework, ...]) -> None:
        """Store the frameworks used for validation."""
        self._frameworks = frameworks

    @property
    def remarks(self) -> tuple[str, ...]:
        """How a table was read: its rows, blank cells, and what was recognised; else nothing."""
        return self._remarks

    @property
    def columns(self) -> tuple[tuple[str, str, str], ...]:
        """The columns of the table that it was read from: section, key and part; else nothing."""
        return self._columns

    def read_with(
        self, remarks: tuple[str, ...], columns: tuple[tuple[str, str, str], ...] = ()
    ) -> None:
        """Store how a table was read, and what its columns hold."""
        self._remarks, self._columns = remarks, columns

    @property
    def given_as_of(self) -> str | None:
        """The date that a call gave in place of its own; None for none."""
        return self._given_as_of

    def judge_at(self, as_of: str | None) -> None:
        """Store the date that a call gives in place of its own."""
        self._given_as_of = as_of

    @property
    def day(self) -> date | None:
        """The day by which entries expire, the last one of a month or a year; None: no date."""
        as_of = self._given_as_of or self.as_of
        return None if as_of is None else days_of(as_of)[1]

    def judged_by(self, framework: Framework) -> Framework:
        """Return a framework with room for the partners of every candidate."""
        listed = [candidate.partners or () for candidate in self.candidates]
        titles = {one.id: title_of(one.id, one.title) for one in chain.from_iterable(listed)}
        return framework.for_partners(max(map(len, listed), default=0), titles)

    def in_place_of(self, candidate: Candidate) -> frozenset[str]:
        """Return the safeguards of a candidate that are in place and have not expired."""
        placed = [one for one in candidate.placed() if not has_expired(one, self.day)]
        return frozenset(one.id for one in placed if one.status == "in_place")

    @property
    def date_in_words(self) -> str | None:
        """The date of the information; one given in its place, which may be earlier."""
        given = self._given_as_of
        if given is None or self.as_of is None or given == self.as_of:
            return given or self.as_of
        is_earlier = days_of(given)[1] < days_of(self.as_of)[1]
        return f"{given} ({'earlier' if is_earlier else 'later'} than the list: {self.as_of})"

    @property
    def entries(self) -> Sequence[Candidate]:
        """The candidates."""
        return self.candidates

    def __repr__(self) -> str:
        by = ", ".join(f"`{name}`" for name in self.framework)
        return "; ".join(filter(None, [f"<Candidates: {plural(len(self), 'candidate')}", by])) + ">"

    __str__ = __repr__

    def unit_of(self, candidate: Candidate) -> Unit:
        """Return the unit of a candidate (area or project): its own, else the list's."""
        return candidate.unit or self.unit


# cases

State = Literal["clear", "met", "unmet", "barred", "unknown"]
"""What a guardrail can find."""


class CaseCandidate(Candidate):
    """The candidate of a case: as in a list of candidates, but its id may be left out."""

    id: Id = Field(default_factory=str, description="Default: the id of the case.")


class Expectation(Model):
    """The expected result for a candidate. Keys left out are not compared."""

    verdict: Id | None = optional_field(
        "The verdict; `null` if the framework does not apply to the candidate."
    )
    verdict_range: (
        Annotated[list[Id], Field(min_length=2, max_length=2), after_reading(FrozenList)] | None
    ) = optional_field("The mildest and the most severe possible verdict.")
    findings: FrozenMap[Id, State] = map_field(
        "State of each named guardrail: clear, met, unmet, barred or unknown."
    )
    unknown: FrozenSequence[Id] | None = optional_field(
        "All unknown facts and ratings behind findings of state `unknown`, in any order."
    )
    band: Id | None = optional_field("The band; `null` if there is none.")


class Case(Element):
    """One case: a candidate and the expected result."""

    id: Id = Field(description="Its name in every report. Unique in the file.")
    candidate: CaseCandidate = Field(description="The candidate to judge.")
    expect: Expectation = Field(description="The expected result.")


class Given(Model):
    """Answers that all cases share. An answer of a case comes before them."""

    ratings: Ratings = map_field("Ratings by criterion.")
    facts: Facts = map_field("Answers by fact.")
    safeguards: PlacedSafeguards = list_field("Safeguards in place, or {id, status: planned}.")

    def places_beside(self, candidate: Candidate) -> list[int]:
        """Return the positions of the safeguards that the candidate of a case does not name."""
        own = {placed.id for placed in candidate.placed()}
        return [k for k, placed in enumerate(_placed(self.safeguards)) if placed.id not in own]


class ClaimedVerdict(Model):
    """Candidates, and verdicts that a claim says they always or never get."""

    when: Text | None = optional_field(
        "Condition that describes the candidates. Default: all to which the framework applies."
    )
    verdict: (
        Annotated[
            NonEmptySequence[Id],
            before_reading(_one_or_more),
        ]
        | None
    ) = optional_field("The verdict, or a list of verdicts.")
    at_least: Id | None = optional_field("This verdict or a more severe one.")
    at_most: Id | None = optional_field("This verdict or a milder one.")

    def positions(self, verdicts: Sequence[str]) -> frozenset[int]:
        """Return the verdicts that it names, by position among all, which run mild to severe."""
        if self.verdict is not None:
            return frozenset(map(verdicts.index, self.verdict))
        low = 0 if self.at_least is None else verdicts.index(self.at_least)
        high = len(verdicts) - 1 if self.at_most is None else verdicts.index(self.at_most)
        return frozenset(range(low, high + 1))


class Claim(Element):
    """A statement about every candidate, which `test` and `prove` check: `always` or `never`."""

    id: Id = Field(description="Its name in every report. Unique in the file.")
    unit: Unit | None = optional_field("Only for this unit: area or project. Default: both.")
    always: ClaimedVerdict | None = optional_field(
        "Every such candidate has one of these verdicts."
    )
    never: ClaimedVerdict | None = optional_field("No such candidate has one of these verdicts.")

    @property
    def subject(self) -> ClaimedVerdict:
        """The candidates and the verdicts that it names."""
        named = self.always or self.never
        assert named is not None
        return named


class Cases(Listed):
    """Test cases for a framework."""

    entry_word: ClassVar[str] = "case"
    collabscore: Literal["cases/1"] = Field(description="Kind and version of the document.")
    framework: Id = Field(
        description="The framework to test: the id of the one above this folder or of a "
        "shipped one, or a file name beside this one."
    )
    title: Text | None = optional_field("Name shown to readers.")
    note: Text | None = optional_field("A remark for readers.")
    as_of: Date | None = optional_field("Date of the information.")
    sources: FrozenMap[Id, Source] = map_field(
        "Sources of the cases, in addition to those of the framework."
    )
    given: Given = Field(default_factory=Given, description="Answers that all cases share.")
    cases: FrozenSequence[Case] = list_field(
        "The cases, in any order. Default: none, with claims alone."
    )
    order: FrozenSequence[Id] = list_field(
        "Expected order of cases if ranked together: by tier, then by score."
    )
    claims: FrozenSequence[Claim] = list_field("Statements about every candidate.")

    @property
    def entries(self) -> Sequence[Case]:
        """The cases."""
        return self.cases

    def candidates(self) -> Candidates:
        """Return the candidates of all cases as a list, (n,), in the order of the cases."""
        return Candidates.model_construct(
            _fields_set={"as_of", "framework", "sources", "candidates"},
            as_of=self.as_of,
            framework=FrozenList([self.framework]),
            sources=self.sources,
            candidates=FrozenList(_candidate_of(case, self.given) for case in self.cases),
        )


def _candidate_of(case: Case, given: Given) -> Candidate:
    """Return the candidate of a case, with an id and the answers that all cases share."""
    written = case.candidate
    entries = {key: getattr(written, key) for key in Candidate.model_fields}
    entries |= {"id": written.id or case.id, "title": written.title or case.title}
    named = written.model_fields_set | given.model_fields_set | {"id"}
    for section in ("ratings", "facts"):
        entries[section] = FrozenDict({**getattr(given, section), **entries[section]})
    shared = [given.safeguards[k] for k in given.places_beside(written)]
    entries["safeguards"] = FrozenList([*written.safeguards, *shared])
    return Candidate.model_construct(_fields_set=named, **entries)
