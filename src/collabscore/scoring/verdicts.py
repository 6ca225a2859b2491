"""Verdicts: conditions, the finding of each guardrail, and the verdict that follows.

Axis letters: n candidates, g guardrails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray
from ..kernels.logic import Range, Truth, compare, count
from ..kernels.ranking import TOLERANCE
from ..models.base import title_of
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
    evaluate,
)
from ..models.facts import AnswerSet, SetAnswer
from ..models.framework import STATES, CompiledStep, Need, options_of
from .problem import Column, Problem
from .valuation import Valuation

__all__ = [
    "Assessment",
    "Codes",
    "Evaluator",
    "Finding",
    "Judgement",
    "finding_of",
    "holds",
    "judge",
]


@dataclass(frozen=True, eq=False)
class Evaluator:
    """Evaluates conditions for all candidates at once, each part once."""

    problem: Problem
    valuation: Valuation
    _seen: dict[Expression, Truth] = field(default_factory=dict)

    def truth(self, expression: Expression) -> Truth:
        """Return what is known of a condition, (n,)."""
        return evaluate(expression, self._truth_of, self._seen)

    def _truth_of(self, part: Expression) -> Truth:
        problem = self.problem
        match part:
            case Answers(fact, truth):
                wanted = frozenset(np.flatnonzero(truth).tolist())
                return self._decided(fact, lambda answer: _is_among(answer, wanted))
            case Overlaps(fact, items):
                definition: Any = problem.framework.all_facts[fact]
                parents = definition.parents(problem.framework.all_lists)
                return self._decided(fact, lambda answer: _set_overlaps(answer, items, parents))
            case Compare(sign, left, right):
                points = isinstance(left, Points) or isinstance(right, Points)
                tolerance = TOLERANCE if points else 0.0
                return compare(sign, self.range_of(left), self.range_of(right), tolerance)
            case Has(safeguard):
                nowhere = np.zeros(problem.size, dtype=np.bool_)
                return _settled(problem.in_place.get(safeguard, nowhere))
            case Known(name):
                columns = problem.facts if name in problem.facts else problem.ratings
                return _settled(~columns[name].unknown)
            case _:
                raise TypeError(part)

    def _decided(self, fact: str, decide: Callable[[Any], bool | None]) -> Truth:
        """Return the truth of a question to a fact, given the decision on each answer."""
        column: Any = self.problem.facts[fact]
        sure, possible = [], []
        for answer in column.answers:
            decision = None if answer is None else decide(answer)
            sure.append(decision is True)
            possible.append(decision is not False)
        flags = np.array([sure, possible], dtype=np.bool_)
        truth = Truth(flags[0, column.codes], flags[1, column.codes])
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

    # what would have to be found out

    def open_names(self, expression: Expression, row: int) -> list[str]:
        """Return the facts and criteria in the undecided parts of a condition, in order."""
        return list(dict.fromkeys(self._open_in(expression, row)))

    def _open_in(self, expression: Expression, row: int) -> Iterator[str]:
        if not self.truth(expression).unknown[row]:
            return
        match expression:
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self._open_in(part, row)
            case Not(operand):
                yield from self._open_in(operand, row)
            case Named(_, condition):
                yield from self._open_in(condition, row)
            case Answers(fact) | Overlaps(fact):
                yield fact
            case Compare(_, left, right):
                yield from self._open_in_quantity(left, row)
                yield from self._open_in_quantity(right, row)

    def _open_in_quantity(self, quantity: Quantity, row: int) -> Iterator[str]:
        columns: Mapping[str, Column] = self.problem.ratings
        keys: list[str] = []
        match quantity:
            case Count(conditions):
                for condition in conditions:
                    yield from self._open_in(condition, row)
            case NumberOf(fact):
                columns, keys = self.problem.facts, [fact]
            case RatingOf(criterion):
                keys = [criterion]
            case Points(criterion):
                keys = self.problem.framework.leaves_below(criterion)
        for key in keys:
            if not columns[key].settled[row]:
                yield key


def _settled(flags: BoolArray) -> Truth:
    return Truth(flags, flags)


def _is_among(answer: AnswerSet, wanted: frozenset[int]) -> bool | None:
    """Return whether an answer is one of `wanted`; None where it is open in that respect."""
    if answer.possible <= wanted:
        return True
    return False if answer.possible.isdisjoint(wanted) else None


def _set_overlaps(
    answer: SetAnswer, items: frozenset[str], parents: Mapping[str, str | None]
) -> bool | None:
    """Return whether a set has one of `items`; None where that cannot be told.

    Naming an item names its parent. A parent alone says that something of it is meant, not what:
    where only some of its items are among `items`, nothing is decided.
    """
    above = {parents.get(item) for item in answer.items}
    if not items.isdisjoint(answer.items | above):
        return True
    unclear = answer.open
    for parent in answer.items - above:
        finer = {item for item, other in parents.items() if other == parent}
        if finer and finer <= items:
            return True
        unclear = unclear or not finer.isdisjoint(items)
    return None if unclear else False


Codes: TypeAlias = NDArray[np.int8]
"""Verdicts or tiers by position."""

_CLEAR, _MET, _UNKNOWN, _UNMET, _BARRED = range(5)


@dataclass(frozen=True, eq=False)
class Judgement:
    """Findings and verdicts of all candidates, in the order of the problem, as positions.

    Parameters
    ----------
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

    severity: Codes
    mild: Codes
    severe: Codes
    applicable: BoolArray
    states: NDArray[np.uint8]
    steps: NDArray[np.uint8]


def judge(evaluator: Evaluator, rules: Mapping[str, tuple[CompiledStep, ...]]) -> Judgement:
    """Return the findings of guardrails, and the verdicts, for all candidates."""
    problem = evaluator.problem
    n, g = problem.size, len(rules)
    always = np.ones(n, dtype=np.bool_)
    severity, mild, severe = (np.zeros(n, dtype=np.int8) for _ in range(3))
    states = np.zeros((n, g), dtype=np.uint8, order="F")
    steps = np.zeros((n, g), dtype=np.uint8, order="F")
    for k, compiled in enumerate(rules.values()):
        verdict = np.zeros(n, dtype=np.int8)
        for number, rule in enumerate(compiled):
            trigger = Truth(always, always) if rule.when is None else evaluator.truth(rule.when)
            ready = _in_place(rule.step.needs, problem)
            state = _states(trigger, ready)
            found = _verdicts(rule, state)
            if number == 0:
                verdict, states[:, k] = found, state
            else:
                # the most severe verdict, and of equal ones the finding that says most
                better = (found > verdict) | ((found == verdict) & (state > states[:, k]))
                verdict = np.where(better, found, verdict)
                states[better, k], steps[better, k] = state[better], number
            # what is decided is its own extreme
            least, most = (found, found) if trigger.decided else _extremes(rule, trigger, ready)
            np.maximum(mild, least, out=mild)
            np.maximum(severe, most, out=severe)
        np.maximum(severity, verdict, out=severity)
    np.minimum(mild, severity, out=mild)
    np.maximum(severe, severity, out=severe)
    applies = problem.framework.applies_expression
    applicable = always if applies is None else evaluator.truth(applies).possible
    return Judgement(severity, mild, severe, applicable, states, steps)


def _in_place(needs: Sequence[Need] | None, problem: Problem) -> BoolArray | None:
    """Return where all needs of a step are met, (n,), by any area; None: it needs nothing."""
    if needs is None:
        return None
    nowhere = np.zeros(problem.size, dtype=np.bool_)
    ready = ~nowhere
    for need in needs:
        options = [problem.in_place.get(name, nowhere) for name in options_of(need)]
        ready &= np.logical_or.reduce(options)
    return ready | problem.area


def _states(trigger: Truth, ready: BoolArray | None) -> NDArray[np.uint8]:
    """Return the state that a step gives: sums, not choices, since there may be millions."""
    if_applies: Any = np.uint8(_BARRED)
    if_unknown: Any = np.uint8(_UNKNOWN)
    if ready is not None:
        if_applies = np.uint8(_UNMET) - ready * np.uint8(_UNMET - _MET)
        if_unknown = np.uint8(_UNKNOWN) - ready * np.uint8(_UNKNOWN - _MET)
    state: NDArray[np.uint8] = trigger.certain * if_applies
    if not trigger.decided:
        state += trigger.unknown * if_unknown
    return state


def _verdicts(rule: CompiledStep, state: NDArray[np.uint8]) -> Codes:
    """Return the verdict that each finding of a step gives."""
    found = (state >= _UNMET) * np.int8(rule.then)
    if rule.met:
        found += (state == _MET) * np.int8(rule.met)
    if rule.if_unknown:
        found += (state == _UNKNOWN) * np.int8(rule.if_unknown)
    return found


def _extremes(rule: CompiledStep, trigger: Truth, ready: BoolArray | None) -> tuple[Codes, Codes]:
    """Return the verdict of a step with every unknown taken as not applying, and as applying."""
    applying = np.full(len(trigger.certain), rule.then, dtype=np.int8)
    if ready is not None:
        applying = np.where(ready, np.int8(rule.met), applying)
    return applying * trigger.certain, applying * trigger.possible


@dataclass(frozen=True)
class Finding:
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

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        missing: list[str | list[str]] = []
        for options in self.missing:
            missing.append(options[0] if len(options) == 1 else list(options))
        return {
            "guardrail": self.guardrail,
            "state": self.state,
            "verdict": self.verdict,
            "missing": missing,
            "planned": list(self.planned),
            "in_place": list(self.in_place),
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True)
class Assessment:
    """What a ranking says of one candidate.

    Parameters
    ----------
    id, title : str
    rank : int or None
        From 1; ties share the better rank. None where it has no score or its verdict is not ranked.
    score : float or None
        In [0, 100].
    low, high : float or None
        Bounds of the score over all ratings that its own leave open.
    rated : float
        Share of overall weight that was rated, in [0, 1].
    verdict : str or None
        None where the framework is not about it.
    verdict_range : tuple of str or None
        The mildest and the most severe verdict that what is unknown leaves open.
    band : str or None
    findings : tuple of Finding
        One for each guardrail, in the order of the framework.
    contributions : mapping of str to float, or None
        Points of each leaf criterion; they sum to the score.
    sides : mapping of str to float or None
        Sub-scores of gain and of risk.
    unit : {"project", "area"}
    standing : tuple of str
        Safeguards asked of every project, whatever its verdict, that are not in place.
    unrated : tuple of str
        Criteria on which it is not rated.
    """

    id: str
    title: str
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


def finding_of(evaluator: Evaluator, judgement: Judgement, guardrail: str, row: int) -> Finding:
    """Return what one guardrail finds of the candidate in a row of the problem."""
    problem = evaluator.problem
    framework = problem.framework
    definition = framework.guardrails[guardrail]
    steps = framework.compiled_guardrails[guardrail]
    column = list(framework.guardrails).index(guardrail)
    code = int(judgement.states[row, column])
    state = STATES[code]
    deciding = steps[judgement.steps[row, column]]
    finding = Finding(
        guardrail=guardrail,
        title=title_of(guardrail, definition.title),
        state=state,
        verdict=list(framework.all_verdicts)[deciding.severity[code]],
        reason=deciding.step.reason or definition.reason,
    )
    if state in ("clear", "barred"):
        return finding
    unknown: list[str] = []
    for step in steps:
        if step.when is not None and state == "unknown" and _is_open(evaluator, step, row):
            unknown += evaluator.open_names(step.when, row)
    missing, planned, ready = _safeguards_of(problem, deciding, row)
    return replace(
        finding,
        missing=tuple(missing),
        planned=tuple(planned),
        in_place=tuple(ready),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _safeguards_of(
    problem: Problem, step: CompiledStep, row: int
) -> tuple[list[tuple[str, ...]], list[str], list[str]]:
    """Return the safeguards that a step misses, those of them planned, and those in place."""
    missing, planned, ready = [], [], []
    for need in step.step.needs or ():
        options = options_of(need)
        there = [name for name in options if holds(problem.in_place, name, row)]
        ready += there
        if not there:
            missing.append(options)
            planned += [name for name in options if holds(problem.planned, name, row)]
    return missing, planned, ready


def _is_open(evaluator: Evaluator, step: CompiledStep, row: int) -> bool:
    """Whether the condition of a step is unknown, and its safeguards do not settle it either."""
    problem = evaluator.problem
    if step.when is None or not evaluator.truth(step.when).unknown[row]:
        return False
    if step.step.needs is None:
        return True
    # safeguards of an area are put in place later
    return not problem.area[row] and bool(_safeguards_of(problem, step, row)[0])


def holds(columns: Mapping[str, BoolArray], name: str, row: int) -> bool:
    """Whether a safeguard has a column and is marked in a row of it."""
    return name in columns and bool(columns[name][row])
