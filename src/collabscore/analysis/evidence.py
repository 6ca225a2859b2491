"""Evidence in words: clauses behind guardrails, the facts that decided them, and their sources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..arrays import Record
from ..models.base import Backed, Element, citations, title_of, verification, within
from ..models.candidates import PlacedSafeguard
from ..models.expressions import Expression, Quantity, references
from ..models.facts import SetFact
from ..models.framework import CompiledStep, Framework
from ..models.lists import walk_items
from ..output.text import figure
from ..scoring.judgement import Judgement
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking
from ..scoring.verdicts import Finding, holds
from ..scoring.wording import known_of, title_of_word

__all__ = [
    "CitedSource",
    "Evidence",
    "GuardrailEvidence",
    "backed_entries",
    "backing_cells",
    "backing_sentences",
    "guardrail_evidence",
    "rating_words",
    "source_titles",
    "status_in_words",
]


class CitedSource(Record):
    """A source as a guardrail cites it.

    Parameters
    ----------
    id, title : str
    clause, date, url : str or None
    verified : {"primary", "secondary", "no"}
        How far the source was checked.
    """

    id: str
    title: str
    clause: str | None
    date: str | None
    url: str | None
    verified: str


class Evidence(Record):
    """A fact, a rating, a score or a safeguard that decided whether a guardrail applies.

    Parameters
    ----------
    name, title : str
    answer : str
        The candidate's answer, in words.
    """

    name: str
    title: str
    answer: str


class GuardrailEvidence(Record):
    """The finding of one guardrail, and the grounds for it.

    Parameters
    ----------
    finding : Finding
    sources : tuple of CitedSource
        Those of the step that decided, else those of the guardrail.
    verified : str or None
        How far the guardrail was checked; None where it cites nothing.
    basis : str or None
        "judgement" where it is its author's own.
    decided : tuple of Evidence
        The parts that made its condition true, false or unknown; empty where it has none.
    """

    finding: Finding
    sources: tuple[CitedSource, ...]
    verified: str | None
    basis: str | None
    decided: tuple[Evidence, ...]

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            **self.finding.record(),
            "title": self.finding.title,
            "reason": self.finding.reason,
            "sources": [asdict(source) for source in self.sources],
            "verified": self.verified,
            "basis": self.basis,
            "decided_by": [asdict(part) for part in self.decided],
        }


def guardrail_evidence(ranking: Ranking, row: int, key: str) -> GuardrailEvidence:
    """Return the finding of one guardrail for the candidate in a row, and the grounds for it."""
    framework = ranking.framework
    # where answers are in doubt, the finding rests on other answers
    judged, place = ranking.judgement.deciding_part(key, row)
    guardrail, finding = framework.guardrails[key], ranking.judgement.finding(key, row)
    deciding = framework.compiled_guardrails[key][judged.steps[place, judged.columns[key]]]
    cites = guardrail
    if deciding.step.source is not None and finding.state != "clear":
        cites = deciding.step
    decided: dict[str, Evidence] = {}
    steps = _steps_shown(judged, place, key, finding.state)
    for step in steps:
        # of a row its cells are shown, whatever the rows above
        asked = step.asks or step.when
        parts = () if asked is None else judged.evaluator.deciding_parts(asked, place)
        for evidence in (_evidence_of(ranking, part, row) for part in parts):
            if evidence is not None:
                decided[evidence.name] = evidence
    return GuardrailEvidence(
        finding=finding,
        sources=tuple(_cited_sources(cites, framework)),
        verified=verification(cites, framework.all_sources),
        basis=cites.basis or guardrail.basis,
        decided=tuple(decided.values()),
    )


def _steps_shown(judged: Judgement, place: int, key: str, state: str) -> Sequence[CompiledStep]:
    """Return the steps or rows whose conditions explain a finding."""
    steps, truth = judged.rules[key], judged.evaluator.truth
    if state == "unknown":
        return [step for step in steps if step.when and truth(step.when).unknown[place]]
    if state != "clear":
        return [steps[judged.steps[place, judged.columns[key]]]]
    # the row that matches; without one, every step decides that a guardrail is clear
    rows = [step for step in steps if step.asks and truth(step.asks).certain[place]]
    return rows[:1] or steps


def _cited_sources(element: Element, framework: Framework) -> Iterator[CitedSource]:
    for cited in citations(element.source):
        source = framework.all_sources[cited.id]
        yield CitedSource(
            cited.id, source.title, cited.clause, source.date, source.url, source.verified
        )


def _evidence_of(ranking: Ranking, part: Expression | Quantity, row: int) -> Evidence | None:
    """Return the answer of a candidate to a part that asks for one thing; None: nobody is asked."""
    problem, names = ranking.problem, references(part)
    (name,) = names.inputs + names.scores + names.safeguards
    if names.safeguards:
        title = title_of(name, problem.framework.all_safeguards[name].title)
        in_place = holds(problem.in_place, name, row)
        return Evidence(name, title, "in place" if in_place else "not in place")
    known_as = problem.name_at(name, row) if name else problem.framework.id
    if not known_as:
        return None
    title = "the whole"
    if name:
        title, name = title_of_word(problem.framework, known_as), problem.key_at(known_as, row)
    if name in problem.facts:
        words = _fact_words(problem, name, row)
        if holds(ranking.judgement.doubted, name, row):
            words = f"{words} (in doubt)"
        return Evidence(known_as, title, words)
    if names.inputs:
        return Evidence(name, title, rating_words(problem, name, row))
    column = ranking.valuation.nodes[name] if name else -1
    least, most = (100 * float(ends[row, column]) for ends in ranking.valuation.node_bounds)
    points = f"between {least:.1f} and {most:.1f}"
    if most - least < 0.05:
        points = f"{least:.1f}"
    return Evidence(f"score({name or problem.framework.id})", f"Score on {within(title)}", points)


def rating_words(problem: Problem, criterion: str, row: int) -> str:
    """Return a rating in words: in the units of its scale, with the name of its level."""
    scale, column = problem.framework.leaves[criterion].scale, problem.ratings[criterion]
    low, value, high = (float(part[row]) for part in (column.low, column.value, column.high))
    if math.isnan(low):
        return known_of(problem, criterion, row)
    unit = scale.unit or ""
    if unit and unit != "%":
        unit = f" {unit}"
    if low < high:
        interval = f"{figure(low)} to {figure(high)}{unit}"
        return interval if math.isnan(value) else f"{figure(value)} ({interval})"
    for name, point in scale.named().items():
        if point == low:
            # two scales may share the name of a level, not its place
            return f"{figure(low)}/{figure(scale.range[1])}{unit} ({name})"
    return f"{figure(low)}{unit}"


def _fact_words(problem: Problem, fact: str, row: int) -> str:
    """Return an answer in words; the items of a set by their titles."""
    definition = problem.framework.all_facts[fact]
    answer = problem.facts[fact].answer_at(row)
    if answer is None or not isinstance(definition, SetFact):
        return known_of(problem, fact, row).replace("_", " ")
    whole = definition.whole_list(problem.framework.all_lists)
    titles = {key: within(title_of(key, item.title)) for key, _, item in walk_items(whole.items)}
    return definition.words(answer, titles)


# evidence of a list of candidates


def backing_sentences(ranking: Ranking, candidate: str) -> Iterator[str]:
    """Yield the evidence and the notes of a candidate's ratings, facts and safeguards, as given."""
    problem = ranking.problem
    if problem.document is None:
        return
    row, titles = int(ranking.order[ranking.place_of(candidate)]), source_titles(ranking)
    entry = problem.document.candidates[row]
    for known, backed in _known_entries(problem, row):
        parts = [f"{part.rstrip('.')}." for part in _backing_parts(backed, titles)]
        if parts:
            yield f"{known}. {' '.join(parts)}"
    if entry.note is not None:
        yield f"Note: {entry.note}"


def source_titles(ranking: Ranking) -> dict[str, str]:
    """Return the titles of the sources of a framework and of its list, by their ids."""
    sources = dict(ranking.framework.all_sources)
    if ranking.problem.document is not None:
        sources |= ranking.problem.document.sources
    return {key: source.title for key, source in sources.items()}


def backed_entries(problem: Problem, row: int) -> dict[str, Backed]:
    """Return the ratings, facts and safeguards of a candidate that may have evidence, by name.

    A list for several frameworks has words of the others, too: they are left out.
    """
    if problem.document is None:
        return {}
    framework, candidate = problem.framework, problem.document.candidates[row]
    found: dict[str, Backed] = {}
    for key, entry in (*candidate.ratings.items(), *candidate.named_facts().items()):
        if isinstance(entry, Backed) and (framework.fact_named(key) or key in framework.leaves):
            found[key] = entry
    for placed in candidate.placed():
        if placed.id in framework.all_safeguards:
            found[placed.id] = placed
    return found


def status_in_words(problem: Problem, placed: PlacedSafeguard, row: int) -> str:
    """Return whether a safeguard of a candidate is in place, planned or expired."""
    is_expired = holds(problem.expired, placed.id, row)
    return "expired" if is_expired else placed.status.replace("_", " ")


def _known_entries(problem: Problem, row: int) -> Iterator[tuple[str, Backed]]:
    """Yield the entries of a candidate that may have evidence, each after its answer in words."""
    for key, entry in backed_entries(problem, row).items():
        if isinstance(entry, PlacedSafeguard):
            answer = status_in_words(problem, entry, row)
        else:
            answer = known_of(problem, key, row).replace("_", " ")
        yield f"{title_of_word(problem.framework, key)}: {answer}", entry


def _cited_words(backed: Backed, titles: Mapping[str, str]) -> str:
    """Return the titles of the sources behind an entry, each with its clause; empty for none."""
    cited = []
    for citation in citations(list(backed.evidence or ())):
        title = titles.get(citation.id, citation.id)
        cited.append(f"{title}, {citation.clause}" if citation.clause else title)
    return "; ".join(cited)


def backing_cells(backed: Backed | None, titles: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return note, evidence, origin, date and last day of an entry, for cells."""
    if backed is None:
        return (None,) * 5
    cited = _cited_words(backed, titles) or backed.basis
    return backed.note, cited, backed.by, backed.date, backed.until


def _backing_parts(backed: Backed, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield the sources behind an entry, and what else is said of it."""
    cited = _cited_words(backed, titles)
    if cited:
        yield f"Evidence: {cited}"
    remarks = {
        "Basis": backed.basis,
        "Note": backed.note,
        "Stated by": backed.by,
        "Date": backed.date,
        "Valid until": backed.until,
    }
    for label, text in remarks.items():
        if text is not None:
            yield f"{label}: {text}"
