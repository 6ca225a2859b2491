"""Verdicts: conditions, the finding of each guardrail, and the verdict that follows.

Axis letters: n candidates, g guardrails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, Frozen, frozen_property
from ..kernels.logic import Range, Truth, compare, count
from ..kernels.ranking import TOLERANCE
from ..models.base import title_of
from ..models.expressions import (
    Answers,
    Compare,
    Constant,
    Count,
    Expression,
    Has,
    Known,
    NumberOf,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
    evaluate,
    parts_of,
)
from ..models.framework import STATES, CompiledStep, Framework, Need, Verdict, options_of
from ..output import Block, Page
from ..output.result import reported
from ..output.table import Readable
from .problem import Problem
from .valuation import Valuation

__all__ = [
    "ANSWERS",
    "REASON_CODES",
    "Assessment",
    "Codes",
    "Evaluator",
    "Finding",
    "Judgement",
    "crosswalk",
    "deciding_findings",
    "goes_ahead",
    "holds",
    "is_refused",
    "judge",
    "open_findings",
    "tiers_of",
]

Codes: TypeAlias = NDArray[np.int8]
"""Verdicts or tiers by position."""


# conditions


@dataclass(frozen=True, eq=False, repr=False)
class Evaluator:
    """Evaluates conditions for all candidates at once, each part once."""

    valuation: Valuation
    _seen: dict[Expression, Truth] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """The candidates."""
        return self.valuation.problem

    def truth(self, expression: Expression) -> Truth:
        """Return what is known of a condition, (n,)."""
        return evaluate(expression, self._truth_of, self._seen)

    def _truth_of(self, part: Expression) -> Truth:
        match part:
            case Answers(fact) | Overlaps(fact):
                return self._truth_by_answer(fact, part)
            case Compare(sign, left, right):
                points = isinstance(left, Points) or isinstance(right, Points)
                tolerance = TOLERANCE if points else 0.0
                return compare(sign, self.range_of(left), self.range_of(right), tolerance)
            case Has(safeguard):
                nowhere = np.zeros(self.problem.size, dtype=np.bool_)
                return _settled(self.problem.in_place.get(safeguard, nowhere))
            case Known(name):
                return _settled(self.problem.is_known(name))
            case _:
                raise TypeError(part)

    def _truth_by_answer(self, fact: str, part: Expression) -> Truth:
        """Return the truth of a question to a fact whose answers are words or sets."""
        column: Any = self.problem.facts[fact]
        framework = self.problem.framework
        definition, lists = framework.all_facts[fact], framework.all_lists
        decisions = []
        for answer in column.answers:
            known = answer is not None
            decisions.append(definition.truth(part, answer, lists) if known else (False, True))
        certain, possible = np.array(decisions, dtype=np.bool_).reshape(-1, 2).T
        truth = Truth(certain[column.codes], possible[column.codes])
        return truth if truth.unknown.any() else _settled(truth.certain)

    def range_of(self, quantity: Quantity) -> Range:
        """Return the least and the greatest that a quantity can be, (n,) or () each."""
        match quantity:
            case Constant(value):
                point = np.float64(value)
                return point, point  # type: ignore[return-value]
            case NumberOf(fact):
                column: Any = self.problem.facts[fact]
                return column.low, column.high
            case RatingOf(criterion):
                # an unknown rating is the whole scale, whatever `missing` says
                return self.problem.rating_bounds(criterion)
            case Points(criterion):
                low, high = self.valuation.node_bounds
                k = self.valuation.nodes[criterion]
                least = 100 * low[:, k]
                return least, least if high is low else 100 * high[:, k]
            case Count(conditions):
                return count([self.truth(condition) for condition in conditions])

    def open_names(self, expression: Expression, row: int) -> list[str]:
        """Return the facts and criteria in the undecided parts of a condition, in order."""
        return list(dict.fromkeys(self._open_in(expression, row)))

    def _open_in(self, part: Expression | Quantity, row: int) -> Iterator[str]:
        if isinstance(part, Expression) and not self.truth(part).unknown[row]:
            return
        for inner in parts_of(part):
            yield from self._open_in(inner, row)
        match part:
            case Answers(fact) | Overlaps(fact):
                yield fact
            case NumberOf(name) | RatingOf(name) | Points(name):
                for key in self.problem.framework.leaves_below(name) or [name]:
                    if not self.problem.column(key).settled[row]:
                        yield key


def _settled(flags: BoolArray) -> Truth:
    return Truth(flags, flags)


# findings and assessments of one candidate, in plain values

REASON_CODES: Mapping[str, str] = {
    "clear": "The guardrail does not apply.",
    "met": "It applies, and all safeguards that it needs are in place.",
    "safeguard-due": "It applies to an area: each project has to put the safeguards in place.",
    "safeguard-planned": "It applies; every missing safeguard is planned.",
    "safeguard-missing": "It applies, and a safeguard is missing that is not even planned.",
    "applies": "It applies and gives a ranked verdict that no safeguard changes.",
    "bars": "It applies and gives an unranked verdict that no safeguard changes.",
    "answer-unknown": "An unknown answer or rating decides whether it applies.",
}
"""Codes of findings, which stay the same when texts change, and their meanings."""


@dataclass(frozen=True)
class Finding(Frozen):
    """What one guardrail finds of one candidate.

    Parameters
    ----------
    guardrail, title : str
    state : {"clear", "met", "unmet", "barred", "unknown"}
    verdict : str
        The verdict it gives.
    missing : tuple of tuple of str
        Safeguards still needed; of each inner tuple any one will do. For an area: to be put in
        place.
    planned : tuple of str
        Those of the missing ones that are planned.
    in_place : tuple of str
        Those of the needed ones that are in place.
    unknown : tuple of str
        The facts and ratings that would have to be known.
    reason : str or None
        Reason of the framework for the step that decides; None where the guardrail does not apply.
    code : str
        Reason code, one of `REASON_CODES`.
    """

    guardrail: str
    title: str
    state: str
    verdict: str
    missing: tuple[tuple[str, ...], ...] = ()
    planned: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reason: str | None = None
    code: str = "clear"

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        missing: list[str | list[str]] = []
        for options in self.missing:
            missing.append(options[0] if len(options) == 1 else list(options))
        return {
            "guardrail": self.guardrail,
            "state": self.state,
            "code": self.code,
            "verdict": self.verdict,
            "missing": missing,
            "planned": list(self.planned),
            "in_place": list(self.in_place),
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class Assessment(Readable, Frozen):
    """The assessment of one candidate: its place, its verdict, and the findings behind it.

    Notebooks show it as a card; `print` shows the same as text.

    Parameters
    ----------
    id, title : str
    rank : int or None
        From 1; ties share the better rank. None where it has no score or its verdict is not ranked.
    score : float or None
        In [0, 100].
    low, high : float or None
        Range of the score over all values of its uncertain ratings.
    rated : float
        Share of overall weight that was rated, in [0, 1].
    verdict : str or None
        None where the framework is not about it.
    verdict_range : tuple of str or None
        The mildest and the most severe verdict that unknown answers allow.
    band : str or None
    findings : tuple of Finding
        One for each guardrail, in the order of the framework.
    contributions : mapping of str to float, or None
        Points of each leaf criterion; they sum to the score.
    sides : mapping of str to float or None
        Sub-scores of gain and of risk.
    unit : {"project", "area"}
    standing : tuple of str
        Safeguards required of every project, whatever its verdict, that are not in place.
    unrated : tuple of str
        Criteria on which it is not rated.
    framework : Framework
    """

    id: str
    title: str = ""
    rank: int | None
    score: float | None
    low: float | None
    high: float | None
    rated: float
    verdict: str | None
    verdict_range: tuple[str, str] | None
    band: str | None
    findings: tuple[Finding, ...]
    contributions: Mapping[str, float] | None
    sides: Mapping[str, float | None]
    unit: str = "project"
    standing: tuple[str, ...] = ()
    unrated: tuple[str, ...] = ()
    framework: Framework = field(compare=False)

    def page(self) -> Page:
        """Return the card: verdict, rank, score, and what is missing or unknown."""
        page: Page = reported(self, "ranking", "assessment_page_of")
        return page

    @property
    def blocks(self) -> Sequence[Block]:
        """Blocks of the card."""
        return self.page().blocks

    def __str__(self) -> str:
        return self.to_text(100).rstrip("\n")

    def __repr__(self) -> str:
        parts = [self.verdict or "not applicable"]
        if self.rank is not None:
            parts.append(f"rank {self.rank}")
        if self.score is not None:
            parts.append(f"score {self.score:.1f}")
        return f"<Assessment: `{self.id}`; {', '.join(parts)}>"


def deciding_findings(assessment: Assessment) -> list[Finding]:
    """Return the findings that give the verdict on a candidate; none if it is the mildest one."""
    found: list[Finding] = []
    if assessment.verdict == next(iter(assessment.framework.all_verdicts)):
        return found
    for finding in assessment.findings:
        if finding.verdict == assessment.verdict and finding.state != "clear":
            found.append(finding)
    return found


def open_findings(assessment: Assessment) -> list[Finding]:
    """Return the findings that leave something to do or to keep: those that decide, then others.

    Of a candidate that is barred, only those that bar it.
    """
    verdicts, deciding = assessment.framework.all_verdicts, deciding_findings(assessment)
    if deciding and not verdicts[deciding[0].verdict].ranked:
        return [finding for finding in deciding if finding.state == "barred"] or deciding
    found = [finding for finding in deciding if finding.in_place or _is_open(finding, verdicts)]
    for finding in assessment.findings:
        # a rule that leaves the mildest verdict is not in the way
        is_mild = bool(deciding) and finding.verdict == next(iter(verdicts))
        if finding not in deciding and not is_mild and _is_open(finding, verdicts):
            found.append(finding)
    return found


def _is_open(finding: Finding, verdicts: Mapping[str, Verdict]) -> bool:
    """Return whether a finding lacks safeguards or answers, or leaves the decision to a person."""
    if finding.state == "barred":
        # a verdict of the first tier is a class: nothing is in the way
        return not verdicts[finding.verdict].ranked or verdicts[finding.verdict].tier > 1
    return bool(finding.missing or finding.unknown)


def is_refused(assessment: Assessment) -> bool:
    """Return whether a candidate is judged and has no score, since ratings are unknown."""
    judged = assessment.verdict is not None and assessment.framework.has_total
    return judged and assessment.score is None and bool(assessment.unrated)


def goes_ahead(assessment: Assessment) -> bool:
    """Return whether a candidate has the mildest verdict, and a score where it has to have one."""
    mildest = next(iter(assessment.framework.all_verdicts))
    return assessment.verdict == mildest and not is_refused(assessment)


# all candidates


@dataclass(frozen=True, eq=False, repr=False)
class Judgement(Frozen):
    """Findings and verdicts of all candidates, in the order of the problem, as positions.

    Parameters
    ----------
    evaluator : Evaluator
        Truth of the conditions.
    severity : integer array of shape (n,)
        The verdict, by its position among the verdicts, mild to severe.
    mild, severe : integer arrays of shape (n,)
        The ends of the verdict range.
    applicable : boolean array of shape (n,)
        False where the framework is not about the candidate.
    states : integer array of shape (n, g)
        The state of each guardrail, by its position in `STATES`.
    steps : integer array of shape (n, g)
        The step that decided it.
    """

    evaluator: Evaluator
    severity: Codes
    mild: Codes
    severe: Codes
    applicable: BoolArray
    states: NDArray[np.uint8]
    steps: NDArray[np.uint8]

    @property
    def verdicts(self) -> Codes:
        """The verdict by its position, (n,); -1 where the framework is not about the candidate."""
        return np.where(self.applicable, self.severity, np.int8(-1))

    def finding(self, guardrail: str, row: int) -> Finding:
        """Return what one guardrail finds of the candidate in a row of the problem."""
        problem = self.evaluator.problem
        framework = problem.framework
        column = self.columns[guardrail]
        code = self.states[row, column]
        clear, state = self._clear_findings[guardrail], STATES[code]
        if state == "clear":
            return clear
        steps = framework.compiled_guardrails[guardrail]
        deciding = steps[self.steps[row, column]]
        unknown: list[str] = []
        for step in steps:
            if step.when is not None and state == "unknown" and self._is_open(step, row):
                unknown += self.evaluator.open_names(step.when, row)
        missing, planned, in_place = _safeguards_of(problem, deciding.step.needs or (), row)
        verdict = list(framework.all_verdicts)[deciding.severity[code]]
        return Finding(
            guardrail=guardrail,
            title=clear.title,
            state=state,
            verdict=verdict,
            missing=tuple(missing),
            planned=tuple(planned),
            in_place=tuple(in_place),
            unknown=tuple(dict.fromkeys(unknown)),
            reason=deciding.step.reason or framework.guardrails[guardrail].reason,
            code=_reason_code(
                state, missing, planned, ranked=framework.all_verdicts[verdict].ranked
            ),
        )

    @frozen_property
    def columns(self) -> dict[str, int]:
        """The column of each guardrail."""
        return {key: k for k, key in enumerate(self.evaluator.problem.framework.guardrails)}

    @cached_property
    def _clear_findings(self) -> dict[str, Finding]:
        """The finding of each guardrail where it does not apply, shared by all such candidates."""
        framework = self.evaluator.problem.framework
        mildest = next(iter(framework.all_verdicts))
        found = {}
        for key, definition in framework.guardrails.items():
            found[key] = Finding(key, title_of(key, definition.title), "clear", mildest)
        return found

    def _is_open(self, step: CompiledStep, row: int) -> bool:
        """Whether a step is unknown, and its safeguards do not settle it either."""
        problem = self.evaluator.problem
        if step.when is None or not self.evaluator.truth(step.when).unknown[row]:
            return False
        if step.step.needs is None:
            return True
        # safeguards of an area are put in place later
        return not problem.area[row] and bool(_safeguards_of(problem, step.step.needs, row)[0])


def judge(valuation: Valuation, rules: Mapping[str, tuple[CompiledStep, ...]]) -> Judgement:
    """Return the findings of guardrails, and the verdicts, for all candidates."""
    problem, evaluator = valuation.problem, Evaluator(valuation)
    n, g = problem.size, len(rules)
    always = np.ones(n, dtype=np.bool_)
    # Each finding is a number, 8 times its verdict plus its state: the greatest one has the most
    # severe verdict, and of equal verdicts the state that says most.
    kind = np.min_scalar_type(8 * len(problem.framework.all_verdicts))
    found, mild, severe = (np.zeros(n, dtype=kind) for _ in range(3))
    states = np.zeros((n, g), dtype=np.uint8, order="F")
    steps = np.zeros((n, g), dtype=np.uint8, order="F")
    for k, compiled in enumerate(rules.values()):
        decisive = np.zeros(n, dtype=kind)
        for number, step in enumerate(compiled):
            trigger = Truth(always, always) if step.when is None else evaluator.truth(step.when)
            applying, doubtful = _finding_numbers(step, problem, kind)
            given = least = most = applying * trigger.certain
            if not trigger.decided:
                given = least + doubtful * trigger.unknown
                most = applying * trigger.possible
            if number:
                steps[given > decisive, k] = number
            np.maximum(decisive, given, out=decisive)
            np.maximum(mild, least, out=mild)
            np.maximum(severe, most, out=severe)
        states[:, k] = decisive & 7
        np.maximum(found, decisive, out=found)
    severity, mild, severe = (
        (numbers >> 3).astype(np.int8)
        for numbers in (found, np.minimum(mild, found), np.maximum(severe, found))
    )
    applies = problem.framework.applies_expression
    applicable = always if applies is None else evaluator.truth(applies).possible
    # a fresh evaluator: what is true of a million candidates takes room
    return Judgement(Evaluator(valuation), severity, mild, severe, applicable, states, steps)


def _finding_numbers(step: CompiledStep, problem: Problem, kind: np.dtype[Any]) -> tuple[Any, Any]:
    """Return the finding of a step while it applies, and while that is unknown, each (n,) or ()."""
    numbers = step.severity.astype(kind) * 8 + np.arange(len(STATES), dtype=kind)
    _, met, unknown, unmet, barred = numbers
    if step.step.needs is None:
        return barred, unknown
    ready = np.ones(problem.size, dtype=np.bool_)
    nowhere = ~ready
    for need in step.step.needs:
        options = [problem.in_place.get(name, nowhere) for name in options_of(need)]
        ready &= np.logical_or.reduce(options)
    # safeguards of an area are put in place later
    ready |= problem.area
    # sums of products cost a sixth of `np.where` on numbers of one byte
    lacking, satisfied = ~ready, ready * met
    return satisfied + lacking * unmet, satisfied + lacking * unknown


def _safeguards_of(
    problem: Problem, needs: Sequence[Need], row: int
) -> tuple[list[tuple[str, ...]], list[str], list[str]]:
    """Return the needed safeguards that are missing, those of them planned, those in place."""
    missing, planned, ready = [], [], []
    for need in needs:
        options = options_of(need)
        there = [name for name in options if holds(problem.in_place, name, row)]
        ready += there
        if not there:
            missing.append(options)
            planned += [name for name in options if holds(problem.planned, name, row)]
    return missing, planned, ready


def _reason_code(
    state: str, missing: Sequence[tuple[str, ...]], planned: Sequence[str], *, ranked: bool
) -> str:
    """Return the reason code of a finding that is not clear; see `REASON_CODES`."""
    if state == "barred":
        return "applies" if ranked else "bars"
    if state == "met":
        return "safeguard-due" if missing else "met"
    if state == "unknown":
        return "answer-unknown"
    pending = [need for need in missing if set(planned).isdisjoint(need)]
    return "safeguard-missing" if pending else "safeguard-planned"


def holds(columns: Mapping[str, BoolArray], name: str, row: int) -> bool:
    """Whether a safeguard has a column and is marked in a row of it."""
    return name in columns and bool(columns[name][row])


def tiers_of(framework: Framework) -> Codes:
    """Return the tier of each verdict, counted from 0; -1 if unranked, and last, for no verdict."""
    verdicts = framework.all_verdicts.values()
    tiers = np.unique([verdict.tier for verdict in verdicts], return_inverse=True)[1]
    ranked = [verdict.ranked for verdict in verdicts]
    return np.append(np.where(ranked, tiers, -1), -1).astype(np.int8)


# the meaning of verdicts

ANSWERS = ("goes ahead", "goes ahead with conditions", "a person decides", "does not go ahead")
"""Meanings of verdicts, mild to severe."""


def crosswalk(framework: Framework) -> dict[str, str]:
    """Return the meaning of each verdict of a framework, by its definition.

    A verdict that is not ranked does not go ahead; of a ranked one beyond the first tier a person
    decides; of the first tier the mildest goes ahead, and the others go ahead with conditions.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> crosswalk(load_framework("guardrail"))["conditional"]
    'goes ahead with conditions'
    """
    meanings = {}
    for index, (key, verdict) in enumerate(framework.all_verdicts.items()):
        code = min(index, 1)
        if not verdict.ranked:
            code = 3
        elif verdict.tier > 1:
            code = 2
        meanings[key] = ANSWERS[code]
    return meanings
