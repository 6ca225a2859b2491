"""Conditions on columns: true, false or unknown for each candidate, and what one would have to find out.

Imports the kernels of logic and the valuation. Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

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
from ..models.facts import SetAnswer, SetFact
from .columns import AnswerColumn, NumberColumn, SetColumn
from .problem import Problem
from .valuation import Valuation

__all__ = ["Evaluator"]

Flags: TypeAlias = NDArray[np.bool_]


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
            case Answers():
                return self._answers(part)
            case Compare(sign, left, right):
                points = isinstance(left, Points) or isinstance(right, Points)
                return compare(
                    sign, self._range(left), self._range(right), TOLERANCE if points else 0.0
                )
            case Overlaps():
                return self._overlaps(part)
            case Has(safeguard):
                return _known(
                    self.problem.in_place.get(
                        safeguard, np.zeros(self.problem.size, dtype=np.bool_)
                    )
                )
            case Known(name):
                return _known(self._known(name))
            case _:
                raise TypeError(part)

    def _answers(self, expression: Answers) -> Truth:
        column = self.problem.facts[expression.fact]
        assert isinstance(column, AnswerColumn)
        wanted = np.array(expression.truth, dtype=np.bool_)
        # an open answer decides if all of it decides; of an unknown one nothing can be told
        sure: Flags = ~np.any(column.possible & ~wanted, axis=1)
        possible: Flags = np.any(column.possible & wanted, axis=1)
        sure[-1], possible[-1] = False, True
        if np.array_equal(sure[:-1], possible[:-1]) and column.known.all():
            return _known(sure[column.codes])
        return Truth(sure[column.codes], possible[column.codes])

    def _range(self, quantity: Quantity) -> Range:
        match quantity:
            case Constant(value):
                point = np.float64(value)
                return point, point  # type: ignore[return-value]
            case NumberOf(fact):
                column = self.problem.facts[fact]
                assert isinstance(column, NumberColumn)
                return column.low, column.high
            case RatingOf(criterion):
                return self._rating(criterion)
            case Points(criterion):
                low, high = self.valuation.node_bounds
                k = self.valuation.nodes[criterion]
                least = 100 * low[:, k]
                return least, least if high is low else 100 * high[:, k]
            case Count(conditions):
                return count([self.truth(condition) for condition in conditions])

    def _rating(self, criterion: str) -> Range:
        """Return a rating as its interval; an unknown one is the whole scale, whatever `missing` says."""
        column = self.problem.ratings[criterion]
        if column.complete:
            return column.low, column.low
        scale = self.problem.framework.leaves[criterion].scale
        return (
            np.where(column.unknown, scale.range[0], column.low),
            np.where(column.unknown, scale.range[1], column.high),
        )

    def _overlaps(self, expression: Overlaps) -> Truth:
        column, fact = (
            self.problem.facts[expression.fact],
            self.problem.framework.all_facts[expression.fact],
        )
        assert isinstance(column, SetColumn)
        assert isinstance(fact, SetFact)
        parents = self.problem.framework.parents(fact)
        decided = [_set_overlaps(answer, expression.items, parents) for answer in column.answers]
        sure = np.array([answer is True for answer in decided], dtype=np.bool_)
        possible = np.array([answer is not False for answer in decided], dtype=np.bool_)
        return Truth(sure[column.codes], possible[column.codes])

    def _known(self, name: str) -> Flags:
        if name in self.problem.facts:
            return self.problem.facts[name].known
        return ~self.problem.ratings[name].unknown

    # what one would have to find out

    def open_names(self, expression: Expression, row: int) -> list[str]:
        """Return the facts and criteria in the undecided parts of a condition, in the order they stand there."""
        return list(dict.fromkeys(self._open(expression, row)))

    def _open(self, expression: Expression, row: int) -> Iterator[str]:
        if not self.truth(expression).unknown[row]:
            return
        match expression:
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self._open(part, row)
            case Not(operand):
                yield from self._open(operand, row)
            case Named(_, condition):
                yield from self._open(condition, row)
            case Answers(fact, _) | Overlaps(fact, _):
                yield fact
            case Compare(_, left, right):
                yield from self._open_quantity(left, row)
                yield from self._open_quantity(right, row)

    def _open_quantity(self, quantity: Quantity, row: int) -> Iterator[str]:
        match quantity:
            case Count(conditions):
                for condition in conditions:
                    yield from self._open(condition, row)
            case NumberOf(fact):
                column = self.problem.facts[fact]
                assert isinstance(column, NumberColumn)
                yield from [fact] * (not column.fully_known[row])
            case RatingOf(criterion):
                yield from self._unsettled([criterion], row)
            case Points(criterion):
                yield from self._unsettled(self._leaves_below(criterion), row)

    def _unsettled(self, criteria: list[str], row: int) -> Iterator[str]:
        for key in criteria:
            column = self.problem.ratings[key]
            if column.low[row] != column.high[row]:  # true of NaN too
                yield key

    def _leaves_below(self, criterion: str) -> list[str]:
        return [
            key for key, node in self.problem.framework.leaves.items() if criterion in node.path
        ]


def _known(flags: Flags) -> Truth:
    return Truth(flags, flags)


def _set_overlaps(
    answer: SetAnswer | None, items: frozenset[str], parents: Mapping[str, str | None]
) -> bool | None:
    """Return whether a set has one of `items`; None where one cannot tell.

    Naming an item names its parent. A parent alone says that something of it is meant, not what: where only
    some of its items are among `items`, one cannot tell.
    """
    if answer is None:
        return None
    named = answer.items | {
        parent for item in answer.items if (parent := parents.get(item)) is not None
    }
    if named & items:
        return True
    unclear = answer.open
    for item in answer.items:
        finer = {key for key, parent in parents.items() if parent == item}
        if finer and not finer & answer.items and finer & items:
            if finer <= items:
                return True
            unclear = True
    return None if unclear else False
