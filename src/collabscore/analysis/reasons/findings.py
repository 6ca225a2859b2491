"""Findings in full: the clause behind each guardrail, the facts that decided it, the safeguards it asks for.

Imports `scoring`, the models and the words of answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ...models.expressions import (
    And,
    Answers,
    Compare,
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
from ...models.facts import SetFact, walk_items
from ...models.framework import Framework
from ...models.guardrails import CompiledStep
from ...models.sources import citations, title_of, verification, within
from ...scoring.assessment import Finding
from ...scoring.columns import SetColumn
from ...scoring.evaluation import Evaluator
from ...scoring.ranking import Ranking
from ..wording import figure, known_of, title_of_word

__all__ = [
    "Cited",
    "Decided",
    "GuardrailPart",
    "guardrail_part",
    "guardrail_parts",
    "rating_words",
    "safeguard_words",
]


@dataclass(frozen=True)
class Cited:
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
class Decided:
    """A fact, a rating, a score or a safeguard that decided whether a guardrail applies.

    Parameters
    ----------
    name, title : str
    answer : str
        What the candidate says, in words.
    """

    name: str
    title: str
    answer: str


@dataclass(frozen=True)
class GuardrailPart:
    """What one guardrail found, and what that rests on.

    Parameters
    ----------
    finding : Finding
    sources : tuple of Cited
        Of the step that decided, else of the guardrail.
    verified : str or None
        How far the guardrail was checked; None where it cites nothing.
    basis : str or None
        "judgement" where it is its author's own.
    decided : tuple of Decided
        What made its condition true, false or unknown; empty where it has none.
    """

    finding: Finding
    sources: tuple[Cited, ...]
    verified: str | None
    basis: str | None
    decided: tuple[Decided, ...]

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            **self.finding.record(),
            "title": self.finding.title,
            "verdict": self.finding.verdict,
            "reason": self.finding.reason,
            "sources": [asdict(source) for source in self.sources],
            "verified": self.verified,
            "basis": self.basis,
            "decided_by": [asdict(fact) for fact in self.decided],
        }


def guardrail_parts(ranking: Ranking, place: int) -> tuple[GuardrailPart, ...]:
    """Return what each guardrail found of the candidate at a place, in the order of the framework."""
    row = int(ranking.order[place])
    findings = ranking.findings_of(place)
    return tuple(_part(ranking, row, k, finding) for k, finding in enumerate(findings))


def guardrail_part(ranking: Ranking, place: int, guardrail: str) -> GuardrailPart:
    """Return what one guardrail found of the candidate at a place."""
    k = list(ranking.framework.guardrails).index(guardrail)
    return _part(ranking, int(ranking.order[place]), k, ranking.finding_of(guardrail, place))


def _part(ranking: Ranking, row: int, k: int, finding: Finding) -> GuardrailPart:
    guardrail = ranking.framework.guardrails[finding.guardrail]
    rules = ranking.rules[finding.guardrail]
    deciding = rules[ranking.judgement.steps[row, k]]
    step = deciding.step
    cites = step if step.source is not None and finding.state != "clear" else guardrail
    known = ranking.framework.all_sources
    return GuardrailPart(
        finding=finding,
        sources=tuple(
            Cited(
                c.id,
                known[c.id].title,
                c.clause,
                known[c.id].date,
                known[c.id].url,
                known[c.id].verified,
            )
            for c in citations(cites.source)
        ),
        verified=verification(cites, known),
        basis=cites.basis or guardrail.basis,
        decided=_decided(ranking, row, rules, deciding, finding.state),
    )


def _decided(
    ranking: Ranking, row: int, rules: tuple[CompiledStep, ...], deciding: CompiledStep, state: str
) -> tuple[Decided, ...]:
    # that it is clear took every step; that one cannot tell, any that is unknown
    steps = rules if state in ("clear", "unknown") else (deciding,)
    conditions = [rule.when for rule in steps if rule.when is not None]
    if state == "unknown":
        conditions = [when for when in conditions if ranking.evaluator.truth(when).unknown[row]]
    found = (part for when in conditions for part in _deciding(ranking.evaluator, when, row))
    return tuple({(fact := _in_words(ranking, part, row)).name: fact for part in found}.values())


def _deciding(
    evaluator: Evaluator, expression: Expression, row: int
) -> Iterator[Expression | Quantity]:
    """Yield the smallest parts of a condition that make it what it is: of a false `and`, those that are false."""
    truth = evaluator.truth(expression)
    worth = bool(truth.sure[row]), bool(truth.possible[row])

    def same(part: Expression) -> bool:
        found = evaluator.truth(part)
        return (bool(found.sure[row]), bool(found.possible[row])) == worth

    match expression:
        case And(parts) | Or(parts):
            for part in parts:
                if same(part):
                    yield from _deciding(evaluator, part, row)
        case Not(operand):
            yield from _deciding(evaluator, operand, row)
        case Named(_, condition):
            yield from _deciding(evaluator, condition, row)
        case Compare(_, left, right):
            for side in (left, right):
                yield from _quantities(evaluator, side, row)
        case _:
            yield expression


def _quantities(evaluator: Evaluator, side: Quantity, row: int) -> Iterator[Expression | Quantity]:
    match side:
        case Count(conditions):
            for condition in conditions:
                yield from _deciding(evaluator, condition, row)
        case NumberOf() | RatingOf() | Points():
            yield side


def _in_words(ranking: Ranking, part: Expression | Quantity, row: int) -> Decided:
    framework = ranking.framework
    match part:
        case Answers(name, _) | Overlaps(name, _) | NumberOf(name):
            return Decided(name, title_of_word(framework, name), fact_words(ranking, name, row))
        case RatingOf(name):
            return Decided(name, title_of_word(framework, name), rating_words(ranking, name, row))
        case Points(name):
            title = f"Score on {within(title_of_word(framework, name))}"
            return Decided(f"score({name})", title, _points(ranking, name, row))
        case Known(name):
            known = name in ranking.problem.ratings or name in framework.all_facts
            assert known
            answer = (
                fact_words(ranking, name, row)
                if name in framework.all_facts
                else rating_words(ranking, name, row)
            )
            return Decided(name, title_of_word(framework, name), answer)
        case Has(name):
            there = name in ranking.problem.in_place and bool(ranking.problem.in_place[name][row])
            title = title_of(name, framework.all_safeguards[name].title)
            return Decided(name, title, "in place" if there else "not in place")
    raise AssertionError(part)  # every other part is looked into


def _points(ranking: Ranking, name: str, row: int) -> str:
    k = ranking.valuation.nodes[name]
    low, high = (100 * float(bound[row, k]) for bound in ranking.valuation.node_bounds)
    return f"{low:.1f}" if abs(high - low) < 0.05 else f"between {low:.1f} and {high:.1f}"


def rating_words(ranking: Ranking, criterion: str, row: int) -> str:
    """Return a rating as it is written: in the units of its scale, with the name of its level."""
    scale, column = ranking.framework.leaves[criterion].scale, ranking.problem.ratings[criterion]
    assert scale is not None
    low, value, high = (float(part[row]) for part in (column.low, column.value, column.high))
    if math.isnan(low):
        return "unknown"
    unit = ("" if scale.unit == "%" else " ") + scale.unit if scale.unit else ""
    if low < high:
        range_ = f"{figure(low)} to {figure(high)}{unit}"
        return range_ if math.isnan(value) else f"{figure(value)} ({range_})"
    level = next((name for name, point in scale.named().items() if low == point), None)
    return f"{figure(low)}{unit}" + (f" ({level})" if level is not None else "")


def fact_words(ranking: Ranking, fact: str, row: int) -> str:
    """Return an answer in words; the items of a set by their titles."""
    column, definition = ranking.problem.facts[fact], ranking.framework.all_facts[fact]
    if not isinstance(column, SetColumn) or not isinstance(definition, SetFact):
        return known_of(ranking.problem, fact, row).replace("_", " ")
    answer = column.answers[column.codes[row]]
    if answer is None:
        return "unknown"
    titles = _item_titles(ranking.framework, definition)
    words = ", ".join(within(titles[item]) for item in titles if item in answer.items)
    if answer.open:
        return f"{words}, and perhaps more" if words else "unknown"
    return words or "none"


def _item_titles(framework: Framework, fact: SetFact) -> dict[str, str]:
    listed = framework.all_lists[fact.of]
    whole = framework.all_lists[listed.among] if listed.among is not None else listed
    return {key: title_of(key, item.title) for key, _, item in walk_items(whole.items)}


def safeguard_words(framework: Framework, name: str) -> str:
    """Return the title of a safeguard as it stands within a sentence."""
    return within(title_of(name, framework.all_safeguards[name].title))
