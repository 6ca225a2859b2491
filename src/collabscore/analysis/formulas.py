"""Formulas: conditions and verdicts in the logic of z3, of any candidate with all answers known.

A formula is true or false of one candidate. Its variables are the candidate's facts, ratings and
safeguards, and whether it is an area. Points of criteria are variables of their own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from operator import mul
from typing import Any, NamedTuple

from ..errors import optional
from ..models.answers import NumberRange, SetAnswer
from ..models.expressions import (
    And,
    Answers,
    AsOf,
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
    Sum,
    walk_expression,
)
from ..models.facts import Fact, FlagFact, NumberFact, SetFact
from ..models.framework import CompiledStep, Framework, LeafNode

__all__ = ["Formulas", "Judge", "Search", "Slot", "StepFormula"]

# the day that examples have, if any will do
_A_DAY = date(2026, 1, 1).toordinal()
# numbers of the first and the last day that documents hold
_DAYS = (date(1000, 1, 1).toordinal(), date.max.toordinal())


class Slot(NamedTuple):
    """What one entry of a candidate can be.

    Parameters
    ----------
    section : {"facts", "ratings", "safeguards", "unit", "points", "list"}
        The part of a candidate that holds the entry. No candidate gives points, and the list gives
        its day.
    key : str
    terms : tuple of z3 terms
        Of words: whether each answer is the case. Else one term.
    answers : tuple of SetAnswer
        Of words: the answers.
    definition : Fact, optional
        Of an answer in words.
    in_days : bool
        Whether the term is the number of a day.
    """

    section: str
    key: str
    terms: tuple[Any, ...]
    answers: tuple[SetAnswer, ...] = ()
    definition: Fact | None = None
    in_days: bool = False

    @property
    def has_one_answer(self) -> bool:
        """Whether exactly one of several words is the answer."""
        return self.definition is not None and not self.definition.holds_several

    def written(self, values: Sequence[Any]) -> Any:
        """Return the entry as a candidate writes it.

        Parameters
        ----------
        values : sequence of bool or float
            Of the terms.
        """
        if self.in_days:
            return date.fromordinal(int(values[0])).isoformat()
        if self.definition is None or not self.answers:
            return values[0]
        chosen: set[Any] = set()
        for answer, holds in zip(self.answers, values, strict=True):
            if holds:
                chosen |= answer.items
        if isinstance(self.definition, FlagFact):
            return chosen == {1}
        return self.definition.written(SetAnswer(frozenset(chosen)))


class StepFormula(NamedTuple):
    """A step of a guardrail: whether it applies, and whether its safeguards are all in place."""

    step: CompiledStep
    applies: Any
    ready: Any
    lacking: Any

    @property
    def findings(self) -> tuple[tuple[int, Any], ...]:
        """What the step finds while it applies, each with the formula of the case.

        A finding is a number: of two, the greater one has the more severe verdict, or says more.
        """
        _, met, _, unmet, barred = (8 * self.step.severity.astype(int) + range(5)).tolist()
        if self.step.step.needs is None:
            return ((barred, True),)
        return (met, self.ready), (unmet, self.lacking)


class Formulas:
    """The variables of all candidates, and the formulas of what frameworks say of them.

    Parameters
    ----------
    frameworks : sequence of Framework
        Frameworks that give an id one meaning.
    conditions : sequence of Expression
        Further conditions of the first framework.

    Attributes
    ----------
    slots : dict of (section, key) to Slot
        Everything that was asked for.
    domain : list
        Formulas that hold of every candidate: a fact has one answer, a number is within its limits.
    kept : set of (section, key)
        Answers of which a condition asks whether they are known.
    rated : dict of str to LeafNode
        Criteria of which a condition asks whether they are rated.

    Raises
    ------
    MissingExtraError
        If z3 is not installed.
    """

    def __init__(
        self, frameworks: Sequence[Framework], conditions: Sequence[Expression] = ()
    ) -> None:
        self.z3 = optional("z3", "prove")
        # a context of its own, so that a result does not depend on what was proved before
        self.context = self.z3.Context()
        self.slots: dict[tuple[str, str], Slot] = {}
        self.domain: list[Any] = []
        self.kept: set[tuple[str, str]] = set()
        self.rated: dict[str, LeafNode] = {}
        self.area = self._slot("unit", "", self.z3.Bool).terms[0]
        self._asked: dict[str, dict[Any, None]] = {}
        for framework in frameworks:
            self._note_questions(framework.asking_expressions)
        self._note_questions(conditions)
        self.judges = tuple(
            Judge(self, framework, number) for number, framework in enumerate(frameworks)
        )

    def _note_questions(self, expressions: Iterable[Expression]) -> None:
        """Note what conditions ask of facts in words: no answers need be told apart further."""
        for expression in expressions:
            for part in walk_expression(expression):
                if isinstance(part, Answers | Overlaps):
                    self._asked.setdefault(part.fact, {})[part] = None

    def any_of(self, formulas: Iterable[Any]) -> Any:
        """Return the formula that one of some holds; of none it is false."""
        return self.z3.Or(self.truth(False), *formulas)

    def all_of(self, formulas: Iterable[Any]) -> Any:
        """Return the formula that all of some hold; of none it is true."""
        return self.z3.And(self.truth(True), *formulas)

    def changed(self, formula: Any, changes: Sequence[tuple[Any, Any]]) -> Any:
        """Return what a formula says if some variables have other values."""
        return self.z3.substitute(formula, *changes) if changes else formula

    def truth(self, value: bool) -> Any:
        """Return true or false as a formula."""
        return self.z3.BoolVal(value, self.context)

    def number(self, value: float) -> Any:
        """Return a number as it is, without rounding."""
        return self.z3.RealVal(str(Fraction(value)), self.context)

    def _slot(self, section: str, key: str, sort: Any) -> Slot:
        """Return the slot of an entry that is a truth value or a number, made when first used."""
        if (section, key) not in self.slots:
            term = sort(f"{section}.{key}", self.context)
            self.slots[section, key] = Slot(section, key, (term,))
        return self.slots[section, key]

    def safeguard(self, key: str) -> Any:
        """Return whether a safeguard is in place."""
        return self._slot("safeguards", key, self.z3.Bool).terms[0]

    def between(
        self, section: str, key: str, limits: tuple[float, float], *, in_days: bool = False
    ) -> Any:
        """Return a number of a candidate, or the number of a day, which lies between limits."""
        if (section, key) not in self.slots:
            sort = self.z3.Int if in_days else self.z3.Real
            slot = self._slot(section, key, sort)
            self.slots[section, key] = slot._replace(in_days=in_days)
            low, high = limits
            if low > -math.inf:
                self.domain.append(slot.terms[0] >= self.number(low))
            if high < math.inf:
                self.domain.append(slot.terms[0] <= self.number(high))
        return self.slots[section, key].terms[0]

    def answer_in_numbers(self, section: str, key: str, fact: Any) -> Any:
        """Return the answer to a fact that is a number or a date."""
        limits = _DAYS if fact.in_days else fact.bounds
        return self.between(section, key, limits, in_days=fact.in_days)

    def words(self, framework: Framework, key: str) -> Slot:
        """Return the slot of a fact whose answers are words or items, made when first used."""
        if ("facts", key) not in self.slots:
            fact = framework.all_facts[key]
            answers = fact.single_answers(framework.all_lists)
            asks_for_size = any(isinstance(part, Answers) for part in self._asked.get(key, ()))
            if isinstance(fact, SetFact) and not asks_for_size:
                # one item for each way in which items are asked for
                ways: dict[tuple[bool, ...], SetAnswer] = {}
                for answer in answers:
                    ways.setdefault(self._way(framework, key, answer), answer)
                answers = tuple(ways.values())
            slot = self._words_slot("facts", key, answers, fact)
            self.slots["facts", key] = slot
        return self.slots["facts", key]

    def _way(self, framework: Framework, key: str, answer: SetAnswer) -> tuple[bool, ...]:
        fact, lists = framework.all_facts[key], framework.all_lists
        return tuple(fact.truth(part, answer, lists)[0] for part in self._asked.get(key, ()))

    def _words_slot(
        self, section: str, key: str, answers: tuple[SetAnswer, ...], fact: Fact
    ) -> Slot:
        terms = []
        for number in range(len(answers)):
            terms.append(self.z3.Bool(f"{section}.{key}.{number}", self.context))
        if not fact.holds_several:
            self.domain.append(self.z3.PbEq([(term, 1) for term in terms], 1))
        elif not isinstance(fact, SetFact):
            self.domain.append(self.any_of(terms))
        return Slot(section, key, tuple(terms), answers, fact)

    def other_answer(self, slot: Slot, fact: Any) -> Slot:
        """Return a slot, which is no entry of a candidate, for another answer to a fact."""
        if slot.answers:
            return self._words_slot("other", slot.key, slot.answers, fact)
        self.answer_in_numbers("other", slot.key, fact)
        return self.slots.pop(("other", slot.key))

    def holds_for(self, framework: Framework, part: Answers | Overlaps) -> Any:
        """Return whether what a condition asks of a fact in words is the case."""
        slot, fact = self.words(framework, part.fact), framework.all_facts[part.fact]
        if isinstance(fact, SetFact) and isinstance(part, Answers):
            return self._has_size(slot.terms, part.truth)
        named = []
        for answer, term in zip(slot.answers, slot.terms, strict=True):
            if fact.truth(part, answer, framework.all_lists)[0]:
                named.append(term)
        return self.any_of(named)

    def _has_size(self, terms: Sequence[Any], truth: Sequence[bool]) -> Any:
        """Return whether the number of terms that hold is one for which a truth is set."""
        sizes = [size for size in range(len(terms) + 1) if truth[size]]
        weighed = [(term, 1) for term in terms]
        ways = []
        for first in sizes:
            if first - 1 not in sizes:
                last = first
                while last + 1 in sizes:
                    last += 1
                bounds = (self.z3.PbGe(weighed, first), self.z3.PbLe(weighed, last))
                ways.append(self.all_of(bounds))
        return self.any_of(ways)


class Judge:
    """What one framework says of any candidate.

    Parameters
    ----------
    formulas : Formulas
        Holds the variables.
    framework : Framework
    number : int
        Its place among the frameworks, which tells its points from those of another.
    """

    def __init__(self, formulas: Formulas, framework: Framework, number: int) -> None:
        self.formulas = formulas
        self.framework = framework
        self.number = number
        self._seen: dict[Expression, Any] = {}

    @cached_property
    def applies(self) -> Any:
        """Whether the framework is about the candidate."""
        return self._condition(self.framework.applies_expression)

    @cached_property
    def consistent(self) -> Any:
        """Whether no answers contradict each other that verdicts rest on."""
        z3 = self.formulas.z3
        found = self.framework.live_contradictions.values()
        return self.formulas.all_of(z3.Not(self.formula(expression)) for expression in found)

    @cached_property
    def steps(self) -> Mapping[str, tuple[StepFormula, ...]]:
        """The steps of each guardrail."""
        found = {}
        for key, steps in self.framework.compiled_guardrails.items():
            found[key] = tuple(map(self._step_formula, steps))
        return found

    def _step_formula(self, step: CompiledStep) -> StepFormula:
        ready = self._ready(step)
        return StepFormula(step, self._condition(step.when), ready, self.formulas.z3.Not(ready))

    @cached_property
    def at_least(self) -> tuple[Any, ...]:
        """Whether the verdict is at least as severe as each one, in their order."""
        every = [step for steps in self.steps.values() for step in steps]
        found = []
        for severity in range(len(self.framework.all_verdicts)):
            ways = []
            for step in every:
                for number, case in step.findings:
                    if number >> 3 >= severity:
                        ways.append(self.formulas.z3.And(step.applies, case))
            found.append(self.formulas.any_of(ways) if severity else self.formulas.all_of(()))
        return tuple(found)

    def verdict_is(self, severity: int) -> Any:
        """Return whether the verdict is the one at a position; -1: the framework does not apply."""
        z3 = self.formulas.z3
        if severity < 0:
            return z3.Not(self.applies)
        parts = [self.applies, self.at_least[severity]]
        if severity + 1 < len(self.at_least):
            parts.append(z3.Not(self.at_least[severity + 1]))
        return z3.And(*parts)

    def decides(self, guardrail: str, number: int) -> Any:
        """Return whether a step gives the finding of its guardrail."""
        z3, steps = self.formulas.z3, self.steps[guardrail]
        ways = []
        for mine, case in steps[number].findings:
            # of equal findings the first one is shown
            others = []
            for k, step in enumerate(steps):
                for found, its_case in () if step.step.is_idle else step.findings:
                    if k != number and found >= mine + (k > number):
                        others.append(z3.And(step.applies, its_case))
            ways.append(z3.And(case, z3.Not(self.formulas.any_of(others))))
        return z3.And(self.applies, steps[number].applies, self.formulas.any_of(ways))

    def worse_answer(self, key: str) -> tuple[Slot, Slot, Any]:
        """Return the slot of a fact, one for another answer, and whether that one is worse."""
        formulas, z3, fact = self.formulas, self.formulas.z3, self.framework.all_facts[key]
        if isinstance(fact, NumberFact):
            self._term(NumberOf(key))
            slot = formulas.slots["facts", key]
            other = formulas.other_answer(slot, fact)
            difference = other.terms[0] - slot.terms[0]
            return slot, other, difference > 0 if fact.worse == "high" else difference < 0
        slot = formulas.words(self.framework, key)
        other = formulas.other_answer(slot, fact)
        places = [fact.answers.index(word) for word in fact.good_to_bad]
        ways = []
        for good, bad in combinations(places, 2):
            ways.append(z3.And(slot.terms[good], other.terms[bad]))
        # of several answers at once none is better or worse
        single = [z3.PbEq([(term, 1) for term in each.terms], 1) for each in (slot, other)]
        return slot, other, z3.And(formulas.any_of(ways), *single)

    def _ready(self, step: CompiledStep) -> Any:
        """Return whether all safeguards of a step are in place, or an area presumes them."""
        needs = []
        for options in step.step.options:
            there = [self.formulas.safeguard(name) for name in options]
            if not self.framework.is_permission(options):
                there.append(self.formulas.area)
            needs.append(self.formulas.any_of(there))
        return self.formulas.all_of(needs)

    def _condition(self, expression: Expression | None) -> Any:
        return self.formulas.all_of(()) if expression is None else self.formula(expression)

    def formula(self, part: Expression) -> Any:
        """Return a condition as a formula."""
        if part not in self._seen:
            self._seen[part] = self._new_formula(part)
        return self._seen[part]

    def _new_formula(self, part: Expression) -> Any:
        formulas, z3 = self.formulas, self.formulas.z3
        match part:
            case Named(_, condition):
                return self.formula(condition)
            case Not(operand):
                return z3.Not(self.formula(operand))
            case And(operands):
                return formulas.all_of(map(self.formula, operands))
            case Or(operands):
                return formulas.any_of(map(self.formula, operands))
            case Answers() | Overlaps():
                return formulas.holds_for(self.framework, part)
            case Has(safeguard):
                return formulas.safeguard(safeguard)
            case Known(key):
                self._note_known(key)
                return formulas.all_of(())
            case Compare(sign, left, right):
                tolerance = formulas.number(part.tolerance)
                return self._compared(sign, self._term(left) - self._term(right), tolerance)
        raise TypeError(part)

    def _note_known(self, key: str) -> None:
        """Note that an entry must be there, since a condition asks whether it is known."""
        if key in self.framework.leaves:
            self.formulas.rated[key] = self.framework.leaves[key]
            return
        self.formulas.kept.add(("facts", key))
        if self.framework.all_facts[key].answer_type is NumberRange:
            self._term(NumberOf(key))
        else:
            self.formulas.words(self.framework, key)

    def _compared(self, sign: str, difference: Any, tolerance: Any) -> Any:
        """Return a comparison with 0 as `kernels.logic.compare` makes it."""
        z3 = self.formulas.z3
        if sign[0] == "<":
            sign, difference = sign.replace("<", ">"), -difference
        match sign:
            case ">=":
                return difference >= -tolerance
            case ">":
                return difference > tolerance
        equal = z3.And(difference >= -tolerance, difference <= tolerance)
        return equal if sign == "==" else z3.Not(equal)

    def _term(self, quantity: Quantity) -> Any:
        """Return a quantity as a term."""
        formulas, z3 = self.formulas, self.formulas.z3
        match quantity:
            case Constant(value):
                return formulas.number(value)
            case NumberOf(key):
                return formulas.answer_in_numbers("facts", key, self.framework.all_facts[key])
            case RatingOf(key):
                low, high = self.framework.leaves[key].scale.range
                return formulas.between("ratings", key, (float(low), float(high)))
            case Points(key):
                return formulas.between("points", f"{self.number}.{key}", (0.0, 100.0))
            case Count(conditions):
                one, none = formulas.number(1), formulas.number(0)
                counted = [z3.If(self.formula(each), one, none) for each in conditions]
                return z3.Sum(*counted)
            case Sum(factors, parts):
                return z3.Sum(*map(mul, factors, map(self._term, parts)))
            case AsOf(key):
                return formulas.between("list", key, _DAYS, in_days=True)
        raise TypeError(quantity)


class Search:
    """Looks for candidates of which a formula holds.

    Parameters
    ----------
    formulas : Formulas
    seconds : float
        Time for all searches together.
    """

    def __init__(self, formulas: Formulas, seconds: float) -> None:
        self.formulas = formulas
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def plainest(self, formula: Any) -> Any:
        """Return a model with the first answer to as many facts as can be, and few safeguards.

        Returns
        -------
        z3 model or None or False
            As `find`.
        """
        optimizer = self.formulas.z3.Optimize(ctx=self.formulas.context)
        if not self._is_put_to(optimizer, formula):
            return False
        for slot in self.formulas.slots.values():
            if slot.in_days:
                for formula in (slot.terms[0] == _A_DAY, slot.terms[0] >= _A_DAY - 3650):
                    optimizer.add_soft(formula)
            elif slot.has_one_answer:
                optimizer.add_soft(slot.terms[0])
            elif self.formulas.z3.is_bool(slot.terms[0]):
                for term in slot.terms:
                    optimizer.add_soft(self.formulas.z3.Not(term))
        found = optimizer.check()
        if found == self.formulas.z3.sat:
            return optimizer.model()
        return None if found == self.formulas.z3.unsat else False

    def find(self, formula: Any, *assumed: Any) -> Any:
        """Return a model of a formula; None if there is none; False if time ran out.

        With assumptions, the core of those that rule it out is returned in place of None.
        """
        solver = self.formulas.z3.Solver(ctx=self.formulas.context)
        if assumed:
            solver.set("core.minimize", True)
        if not self._is_put_to(solver, formula):
            return False
        found = solver.check(*assumed)
        if found == self.formulas.z3.sat:
            return solver.model()
        if found == self.formulas.z3.unknown:
            return False
        return solver.unsat_core() if assumed else None

    def _is_put_to(self, solver: Any, formula: Any) -> bool:
        """Give a solver a formula and the time that is left; return whether there is any."""
        left = int(1000 * (self._end - time.monotonic()))
        if left > 0:
            solver.set("timeout", left)
            solver.add(*self.formulas.domain, formula)
        return left > 0
