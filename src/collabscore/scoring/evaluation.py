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
from ..models.facts import AnswerSet, SetAnswer
from .columns import Column
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
        problem = self.problem
        match part:
            case Answers(fact, truth):
                wanted = frozenset(np.flatnonzero(truth).tolist())
                return self._decided(fact, lambda answer: _is_among(answer, wanted))
            case Overlaps(fact, items):
                definition: Any = problem.framework.all_facts[fact]
                parents = problem.framework.parents(definition)
                return self._decided(fact, lambda answer: _set_overlaps(answer, items, parents))
            case Compare(sign, left, right):
                points = isinstance(left, Points) or isinstance(right, Points)
                tolerance = TOLERANCE if points else 0.0
                return compare(sign, self._range(left), self._range(right), tolerance)
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

    def _range(self, quantity: Quantity) -> Range:
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
