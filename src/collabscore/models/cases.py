"""Cases: candidates with what a framework is expected to say of them, and what is wrong with a list of such.

Imports the other models. Axis letters: n cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from ..errors import Diagnostic, KeyPath, Note, did_you_mean
from .candidate_checks import Lexicon, candidate_issues
from .candidates import Candidate, Candidates
from .framework import Framework
from .sources import Citation, Date, Document, Element, Id, Model, Source, Text, citations

__all__ = ["Case", "CaseCandidate", "Cases", "Expectation", "State", "case_issues"]

State = Literal["clear", "met", "unmet", "barred", "unknown"]
"""What a guardrail can find."""


class CaseCandidate(Candidate):
    """The candidate of a case: as in a list of candidates, but its id may be left out."""

    id: Id = Field(default_factory=str, description="That of the case, if left out.")


class Expectation(Model):
    """What a framework is expected to say of a candidate; what is left out is not compared."""

    verdict: Id | None = Field(
        default=None,
        description="The verdict; `null` where the framework is not about the candidate.",
    )
    verdict_range: list[Id] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        description="The mildest and the most severe verdict still possible.",
    )
    findings: dict[Id, State] = Field(
        default_factory=dict,
        description="What each guardrail named finds: clear, met, unmet, barred or unknown.",
    )
    unknown: list[Id] | None = Field(
        default=None,
        description="All facts and ratings that findings of state `unknown` ask for, in any order.",
    )
    band: Id | None = Field(default=None, description="The band; `null` where it has none.")


class Case(Element):
    """One case: a candidate, and what is expected of the framework."""

    id: Id = Field(description="Its name in every report; once in a file.")
    candidate: CaseCandidate = Field(description="The candidate that is judged.")
    expect: Expectation = Field(description="What the framework is to say of it.")


class Cases(Document):
    """Cases by which a framework is tested."""

    collabscore: Literal["cases/1"] = Field(description="The kind of document and its version.")
    framework: Id = Field(
        description="The framework that is tested: the id of the one above this folder or of a shipped one, or a file "
        "name beside this one."
    )
    title: Text | None = Field(default=None, description="Name shown to readers.")
    note: Text | None = Field(default=None, description="A remark for readers.")
    as_of: Date | None = Field(default=None, description="The day up to which it is true.")
    sources: dict[Id, Source] = Field(
        default_factory=dict,
        description="Documents that cases rest on, beside those of the framework.",
    )
    cases: Annotated[list[Case], Field(min_length=1)] = Field(
        description="The cases, in any order."
    )
    order: list[Id] = Field(
        default_factory=list,
        description="Cases whose candidates, ranked together, stand in this order: by tier, then by score.",
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
            candidates=[_named(case) for case in self.cases],
        )


def _named(case: Case) -> Candidate:
    """Return the candidate of a case, with an id."""
    written = case.candidate
    given = {key: getattr(written, key) for key in Candidate.model_fields}
    given |= {"id": written.id or case.id, "title": written.title or case.title}
    return Candidate.model_construct(_fields_set=written.model_fields_set | {"id"}, **given)


def case_issues(cases: Cases, framework: Framework) -> list[Diagnostic]:
    """Return everything wrong with cases of a framework: their candidates, what they expect, their order."""
    issues = list(_of_candidates(cases, framework))
    sources = cases.sources.keys() | framework.all_sources.keys()
    first: dict[str, int] = {}
    for k, case in enumerate(cases.cases):
        path = ("cases", k)
        if case.id in first:
            notes = (Note("first used here", path=("cases", first[case.id], "id")),)
            issues.append(
                Diagnostic(
                    "duplicate-id", f"the id `{case.id}` is taken", (*path, "id"), notes=notes
                )
            )
        first.setdefault(case.id, k)
        issues += _dangling(case.source, (*path, "source"), sources, framework)
        issues += _expected(case.expect, (*path, "expect"), framework)
    issues += _ordered(cases.order, first)
    return issues


def _of_candidates(cases: Cases, framework: Framework) -> Iterator[Diagnostic]:
    """Yield what is wrong with the candidates, found as in any list of them, at their places among the cases."""

    def moved(path: KeyPath) -> KeyPath:
        return ("cases", path[1], "candidate", *path[2:])

    for issue in candidate_issues(cases.candidates(), Lexicon([framework])):
        taken = issue.code == "duplicate-id"
        if taken and not cases.cases[int(issue.path[1])].candidate.id:
            continue  # the id is that of the case: said there, or by the candidate that took it
        yield issue.moved(moved)


def _dangling(
    source: str | Citation | list[str | Citation] | None,
    path: KeyPath,
    known: Collection[str],
    framework: Framework,
) -> Iterator[Diagnostic]:
    for k, citation in enumerate(citations(source)):
        if citation.id not in known:
            place = (*path, k) if isinstance(source, list) else path
            written = source[k] if isinstance(source, list) else source
            yield Diagnostic(
                "unknown-source",
                f"`{citation.id}` is not a source of the cases or of `{framework.id}`",
                place if isinstance(written, str) else (*place, "id"),
                did_you_mean(citation.id, sorted(known)),
            )


def _expected(expect: Expectation, path: KeyPath, framework: Framework) -> Iterator[Diagnostic]:
    if not expect.model_fields_set:
        yield Diagnostic(
            "too-few", "this case expects nothing", path, "say what the `verdict` is to be"
        )
    verdicts = list(framework.all_verdicts)
    if expect.verdict is not None:
        yield from _unknown("verdict", expect.verdict, (*path, "verdict"), verdicts, framework)
    ends = expect.verdict_range or []
    for k, verdict in enumerate(ends):
        yield from _unknown("verdict", verdict, (*path, "verdict_range", k), verdicts, framework)
    if set(ends) <= set(verdicts) and sorted(ends, key=verdicts.index) != ends:
        words = f"`[{', '.join(ends)}]` runs backwards: the mildest verdict comes first"
        yield Diagnostic(
            "reversed-interval", words, (*path, "verdict_range"), f"write `[{ends[1]}, {ends[0]}]`"
        )
    for name in expect.findings:
        yield from _unknown(
            "guardrail",
            name,
            (*path, "findings", name),
            framework.guardrails,
            framework,
            at_key=True,
        )
    words_to_ask = [*framework.all_facts, *framework.leaves]
    for k, name in enumerate(expect.unknown or ()):
        yield from _unknown("fact", name, (*path, "unknown", k), words_to_ask, framework)
    if expect.band is not None:
        yield from _unknown("band", expect.band, (*path, "band"), framework.bands, framework)


def _unknown(
    kind: str,
    word: str,
    path: KeyPath,
    known: Collection[str],
    framework: Framework,
    *,
    at_key: bool = False,
) -> Iterator[Diagnostic]:
    if word not in known:
        what = "fact or criterion" if kind == "fact" else kind
        message = f"`{word}` is not a {what} of `{framework.id}`"
        yield Diagnostic(f"unknown-{kind}", message, path, did_you_mean(word, known), at_key=at_key)


def _ordered(order: Sequence[str], known: Collection[str]) -> Iterator[Diagnostic]:
    if len(order) == 1:
        yield Diagnostic("too-few", "an order takes two cases or more", ("order",))
    seen: dict[str, int] = {}
    for k, name in enumerate(order):
        if name not in known:
            yield Diagnostic(
                "unknown-case",
                f"`{name}` is not a case of this file",
                ("order", k),
                did_you_mean(name, known),
            )
        if name in seen:
            notes = (Note("first listed here", path=("order", seen[name])),)
            yield Diagnostic(
                "repeated-word", f"`{name}` is listed twice", ("order", k), notes=notes
            )
        seen.setdefault(name, k)
