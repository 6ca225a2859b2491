"""Conditions: what is known of them for all candidates at once.

Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..kernels.logic import Range, Truth, compare, count, weighted_sum
from ..models.expressions import (
    And,
    Answers,
    Compare,
    Constant,
    Count,
    Expression,
    Has,
    Known,
    NumberOf,
    Or,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
    Sum,
    evaluate,
    parts_of,
)
from .problem import Problem
from .valuation import Valuation

__all__ = ["Evaluator"]


@dataclass(frozen=True, eq=False, repr=False)
class Evaluator:
    """Evaluates conditions for all candidates at once, each part once.

    Parameters
    ----------
    valuation : Valuation
    exact : bool
        Whether a question to a fact is decided where all answers that are possible agree, such as
        one that no answer can meet. If not, a question to an unknown fact is always unknown.
    """

    valuation: Valuation
    exact: bool = False
    _seen: dict[Expression, Truth] = field(default_factory=dict)
    _ranges: dict[Quantity, Range] = field(default_factory=dict)

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
                return compare(sign, self.range_of(left), self.range_of(right), part.tolerance)
            case Has(safeguard):
                nowhere = np.zeros(self.problem.size, dtype=np.bool_)
                return Truth.settled(self.problem.in_place.get(safeguard, nowhere))
            case Known(name):
                return Truth.settled(self.problem.is_known(name))
            case _:
                raise TypeError(part)

    def _truth_by_answer(self, fact: str, part: Expression) -> Truth:
        """Return the truth of a question to a fact whose answers are words or sets."""
        column: Any = self.problem.facts[fact]
        certain, possible = (flags[column.codes] for flags in self.outcomes(fact, part))
        truth = Truth(certain, possible)
        return truth if truth.unknown.any() else Truth.settled(truth.certain)

    def outcomes(self, fact: str, part: Expression) -> Truth:
        """Return what is known of a question for each different answer to a fact, (q,)."""
        framework = self.problem.framework
        definition, lists = framework.all_facts[fact], framework.all_lists
        column: Any = self.problem.facts[fact]
        decisions = []
        for answer in column.answers:
            if self.exact and (answer is None or not answer.settled):
                ways = framework.ways_to_answer(fact, (part,), answer)
                decisions.append((all(map(all, ways)), any(map(any, ways))))
            else:
                known = answer is not None
                decisions.append(definition.truth(part, answer, lists) if known else (False, True))
        return Truth(*np.array(decisions, dtype=np.bool_).reshape(-1, 2).T)

    def range_of(self, quantity: Quantity) -> Range:
        """Return the least and the greatest that a quantity can be, (n,) or () each."""
        if quantity not in self._ranges:
            self._ranges[quantity] = self._find_range(quantity)
        return self._ranges[quantity]

    def _find_range(self, quantity: Quantity) -> Range:
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
                return self._range_of_points(criterion)
            case Count(conditions):
                return count([self.truth(condition) for condition in conditions])
            case Sum(factors, parts) if parts:
                return weighted_sum(factors, list(map(self.range_of, parts)))
            case Sum():
                nothing = np.zeros(self.problem.size)
                return nothing, nothing
            case _:
                raise TypeError(quantity)

    def _range_of_points(self, criterion: str) -> Range:
        low, high = self.valuation.bounds_of(criterion)
        least = 100 * low
        return least, least if high is low else 100 * high

    def deciding_parts(
        self, part: Expression | Quantity, row: int
    ) -> Iterator[Expression | Quantity]:
        """Yield the smallest parts that decide a condition: of a false `and`, the false ones."""
        inner = parts_of(part)
        if isinstance(part, And | Or):
            truth = self._truth_at(part, row)
            inner = tuple(each for each in part.operands if self._truth_at(each, row) == truth)
        elif not inner and not isinstance(part, Constant):
            yield part
        for each in inner:
            yield from self.deciding_parts(each, row)

    def _truth_at(self, condition: Expression, row: int) -> tuple[bool, bool]:
        truth = self.truth(condition)
        return bool(truth.certain[row]), bool(truth.possible[row])

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
