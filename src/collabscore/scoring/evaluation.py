"""Conditions on columns: true, false or unknown for each candidate, and the unknown inputs.

Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import BoolArray
from ..kernels.logic import Range, Truth, compare, count
from ..kernels.ranking import TOLERANCE
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
from ..models.facts import AnswerSet, SetAnswer, SetFact
from .columns import AnswerColumn, NumberColumn
from .problem import Problem
from .valuation import Valuation

__all__ = ["Evaluator"]


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
        match part:
            case Answers(fact, truth):
                wanted = frozenset(k for k, holds in enumerate(truth) if holds)
                return self._decided(fact, lambda answer: _is_among(answer, wanted))
            case Overlaps(fact, items):
                parents = self._parents_of(fact)
                return self._decided(fact, lambda answer: _set_overlaps(answer, items, parents))
            case Compare():
                return self._compared(part)
            case Has(safeguard):
                nowhere = np.zeros(self.problem.size, dtype=np.bool_)
                return _settled(self.problem.in_place.get(safeguard, nowhere))
            case Known(name):
                return _settled(self._is_known(name))
            case _:
                raise TypeError(part)

    def _compared(self, part: Compare) -> Truth:
        points = isinstance(part.left, Points) or isinstance(part.right, Points)
        tolerance = TOLERANCE if points else 0.0
        return compare(part.sign, self._range(part.left), self._range(part.right), tolerance)

    def _decided(self, fact: str, decide: Callable[[Any], bool | None]) -> Truth:
        """Return the truth of a question to a fact, given the decision on each answer."""
        column = self.problem.facts[fact]
        assert isinstance(column, AnswerColumn)
        decisions = [None if answer is None else decide(answer) for answer in column.answers]
        sure = np.array([decision is True for decision in decisions], dtype=np.bool_)[column.codes]
        unknown = np.array([decision is None for decision in decisions], dtype=np.bool_)
        undecided = unknown[column.codes]
        return Truth(sure, sure | undecided) if undecided.any() else _settled(sure)

    def _parents_of(self, fact: str) -> Mapping[str, str | None]:
        framework = self.problem.framework
        definition = framework.all_facts[fact]
        assert isinstance(definition, SetFact)
        return framework.parents(definition)

    def _range(self, quantity: Quantity) -> Range:
        match quantity:
            case Constant(value):
                point = np.float64(value)
                return point, point  # type: ignore[return-value]
            case NumberOf(fact):
                column = self._numbers(fact)
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

    def _numbers(self, fact: str) -> NumberColumn:
        column = self.problem.facts[fact]
        assert isinstance(column, NumberColumn)
        return column

    def _is_known(self, name: str) -> BoolArray:
        if name in self.problem.facts:
            return self.problem.facts[name].known
        return ~self.problem.ratings[name].unknown

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
        criteria: list[str] = []
        match quantity:
            case Count(conditions):
                for condition in conditions:
                    yield from self._open_in(condition, row)
            case NumberOf(fact):
                if not self._numbers(fact).settled[row]:
                    yield fact
            case RatingOf(criterion):
                criteria = [criterion]
            case Points(criterion):
                criteria = self.problem.framework.leaves_below(criterion)
        for key in criteria:
            column = self.problem.ratings[key]
            if column.low[row] != column.high[row]:  # true of NaN too
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
