"""Evidence: the clause behind each guardrail, and the facts that decided it, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..models.base import Element, citations, title_of, verification, within
from ..models.expressions import (
    And,
    Answers,
    Compare,
    Constant,
    Count,
    Expression,
    Has,
    Known,
    Named,
    Not,
    NumberOf,
    Or,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
)
from ..models.facts import SetAnswer, SetFact, walk_items
from ..models.framework import Framework
from ..output.text import figure
from ..scoring.assessment import Finding
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking
from ..scoring.wording import known_of, title_of_word

__all__ = [
    "CitedSource",
    "Evidence",
    "GuardrailEvidence",
    "fact_words",
    "guardrail_evidence",
    "rating_words",
]


@dataclass(frozen=True)
class CitedSource:
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


@dataclass(frozen=True)
class Evidence:
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


@dataclass(frozen=True)
class GuardrailEvidence:
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
            "verdict": self.finding.verdict,
            "reason": self.finding.reason,
            "sources": [asdict(source) for source in self.sources],
            "verified": self.verified,
            "basis": self.basis,
            "decided_by": [asdict(part) for part in self.decided],
        }


def guardrail_evidence(ranking: Ranking, place: int, key: str) -> GuardrailEvidence:
    """Return the finding of one guardrail for the candidate at a place, and the grounds for it."""
    framework = ranking.framework
    guardrail, finding = framework.guardrails[key], ranking.finding_of(key, place)
    row, column = int(ranking.order[place]), list(framework.guardrails).index(key)
    rules = ranking.framework.compiled_guardrails[key]
    deciding = rules[ranking.judgement.steps[row, column]]
    cites = guardrail
    if deciding.step.source is not None and finding.state != "clear":
        cites = deciding.step
    # every step decides that a guardrail is clear; any unknown one that it is unknown
    if finding.state not in ("clear", "unknown"):
        rules = (deciding,)
    decided: dict[str, Evidence] = {}
    for rule in rules:
        if rule.when is None:
            continue
        if finding.state == "unknown" and not ranking.evaluator.truth(rule.when).unknown[row]:
            continue
        for part in _deciding_parts(ranking, rule.when, row):
            evidence = _evidence_of(ranking, part, row)
            decided[evidence.name] = evidence
    return GuardrailEvidence(
        finding=finding,
        sources=_cited_sources(cites, framework),
        verified=verification(cites, framework.all_sources),
        basis=cites.basis or guardrail.basis,
        decided=tuple(decided.values()),
    )


def _cited_sources(element: Element, framework: Framework) -> tuple[CitedSource, ...]:
    found = []
    for citation in citations(element.source):
        source = framework.all_sources[citation.id]
        found.append(
            CitedSource(
                id=citation.id,
                title=source.title,
                clause=citation.clause,
                date=source.date,
                url=source.url,
                verified=source.verified,
            )
        )
    return tuple(found)


def _deciding_parts(
    ranking: Ranking, part: Expression | Quantity, row: int
) -> Iterator[Expression | Quantity]:
    """Yield the smallest parts that decide a condition: of a false `and`, the false ones."""
    inner: Sequence[Expression | Quantity]
    match part:
        case And(parts) | Or(parts):
            truth = _truth_at(ranking, part, row)
            inner = [each for each in parts if _truth_at(ranking, each, row) == truth]
        case Not(operand) | Named(_, operand):
            inner = [operand]
        case Count(conditions):
            inner = conditions
        case Compare(_, left, right):
            inner = [left, right]
        case Constant():
            inner = []
        case _:
            yield part
            return
    for each in inner:
        yield from _deciding_parts(ranking, each, row)


def _truth_at(ranking: Ranking, condition: Expression, row: int) -> tuple[bool, bool]:
    truth = ranking.evaluator.truth(condition)
    return bool(truth.sure[row]), bool(truth.possible[row])


def _evidence_of(ranking: Ranking, part: Expression | Quantity, row: int) -> Evidence:
    framework = ranking.framework
    match part:
        case Points(name):
            title = f"Score on {within(title_of_word(framework, name))}"
            return Evidence(f"score({name})", title, _score_words(ranking, name, row))
        case Has(name):
            in_place = ranking.problem.in_place.get(name)
            answer = "in place" if in_place is not None and in_place[row] else "not in place"
            return Evidence(name, title_of(name, framework.all_safeguards[name].title), answer)
        case Answers(name, _) | Overlaps(name, _) | NumberOf(name) | RatingOf(name) | Known(name):
            words = fact_words if name in framework.all_facts else rating_words
            return Evidence(name, title_of_word(framework, name), words(ranking.problem, name, row))
    raise AssertionError(part)  # every other part has been taken apart


def _score_words(ranking: Ranking, criterion: str, row: int) -> str:
    low, high = ranking.valuation.node_bounds
    column = ranking.valuation.nodes[criterion]
    least, most = 100 * float(low[row, column]), 100 * float(high[row, column])
    if most - least < 0.05:
        return f"{least:.1f}"
    return f"between {least:.1f} and {most:.1f}"


def rating_words(problem: Problem, criterion: str, row: int) -> str:
    """Return a rating in words: in the units of its scale, with the name of its level."""
    scale, column = problem.framework.leaves[criterion].scale, problem.ratings[criterion]
    low, value, high = (float(part[row]) for part in (column.low, column.value, column.high))
    unit = ""
    if scale.unit:
        unit = scale.unit if scale.unit == "%" else f" {scale.unit}"
    if math.isnan(low):
        return "unknown"
    if low < high:
        interval = f"{figure(low)} to {figure(high)}{unit}"
        return interval if math.isnan(value) else f"{figure(value)} ({interval})"
    for name, point in scale.named().items():
        if point == low:
            return f"{figure(low)}{unit} ({name})"
    return f"{figure(low)}{unit}"


def fact_words(problem: Problem, fact: str, row: int) -> str:
    """Return an answer in words; the items of a set by their titles."""
    definition = problem.framework.all_facts[fact]
    answer = problem.facts[fact].answer_at(row)
    if not isinstance(answer, SetAnswer) or not isinstance(definition, SetFact):
        return known_of(problem, fact, row).replace("_", " ")
    lists = problem.framework.all_lists
    among = lists[definition.of].among or definition.of
    titles = [
        within(title_of(key, item.title))
        for key, _, item in walk_items(lists[among].items)
        if key in answer.items
    ]
    words = ", ".join(titles)
    if answer.open:
        return f"{words}, and perhaps more" if words else "unknown"
    return words or "none"
