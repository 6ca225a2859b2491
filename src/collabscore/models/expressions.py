"""Expressions: conditions as trees of small frozen parts, the names they use, and their truth.

`conditions` reads them from text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Record
from ..kernels.logic import Range, Truth, all_of, any_of, compare, count, negation
from ..kernels.ranking import TOLERANCE

__all__ = [
    "And",
    "Answers",
    "AsOf",
    "Atom",
    "Compare",
    "Constant",
    "Count",
    "Expression",
    "Has",
    "Known",
    "Named",
    "Not",
    "NumberOf",
    "Or",
    "Overlaps",
    "Points",
    "Quantity",
    "RatingOf",
    "References",
    "Sum",
    "atoms_of",
    "evaluate",
    "extent_of",
    "only_counts",
    "parts_of",
    "references",
    "walk_expression",
]


class Constant(Record):
    """A number written in the condition."""

    value: float


class AsOf(Record):
    """The day of the list of candidates, as a number; a constant once the list is known."""

    name: str = "as_of"


class NumberOf(Record):
    """The number that a fact gives; of a date the number of its day, from 1 January of year 1."""

    fact: str


class RatingOf(Record):
    """The rating on a leaf criterion, in the units of its scale."""

    criterion: str


class Points(Record):
    """The points, 0 to 100, of a leaf or a group; "" is the whole."""

    criterion: str


class Count(Record):
    """How many of several conditions hold."""

    conditions: tuple[Expression, ...]


class Sum(Record):
    """The sum of different numbers and ratings, each times a whole factor; none is 0."""

    factors: tuple[int, ...]
    parts: tuple[NumberOf | RatingOf | AsOf, ...]


Quantity = Constant | NumberOf | RatingOf | Points | Count | Sum | AsOf


class Answers(Record):
    """Whether `truth` holds for the answer to a flag, level or choice; of several, for any.

    Of a set, whether it holds for the number of its items, from 0.
    """

    fact: str
    truth: tuple[bool, ...]


class Compare(Record):
    """A comparison of two quantities."""

    sign: str
    left: Quantity
    right: Quantity

    @property
    def tolerance(self) -> float:
        """How far apart numbers may be that are equal: scores tie, ratings and facts do not."""
        scores = [isinstance(side, Points) for side in (self.left, self.right)]
        return TOLERANCE if any(scores) else 0.0


class Overlaps(Record):
    """Whether a set, or the answers to a fact with `several`, have one of `items`.

    `listed` is the list of the items, where one is named. With `outside`, whether a set has an item
    that is neither one of these nor part of one.
    """

    fact: str
    items: frozenset[str]
    listed: str | None = field(default=None, compare=False)
    outside: bool = False


class Has(Record):
    """Whether a safeguard is in place."""

    safeguard: str


class Known(Record):
    """Whether a fact or a rating is known at all."""

    name: str


class Named(Record):
    """A condition used by its name."""

    name: str
    condition: Expression = field(repr=False)

    def __hash__(self) -> int:
        # conditions that name each other grow without end when written out
        return hash(self.name)

    @cached_property
    def extent(self) -> tuple[int, int]:
        """Number of its parts and depth; see `extent_of`."""
        parts, depth = extent_of(self.condition)
        return parts + 1, depth + 1


class Not(Record):
    """The opposite."""

    operand: Expression


class And(Record):
    """All of several."""

    operands: tuple[Expression, ...]


class Or(Record):
    """Any of several."""

    operands: tuple[Expression, ...]


Atom = Answers | Overlaps | Has | Known | Compare
"""A part that asks for something."""

Expression = Atom | Named | Not | And | Or


def walk_expression(
    expression: Expression | Quantity, seen: set[str] | None = None
) -> Iterator[Expression | Quantity]:
    """Yield an expression and everything in it; each named condition is looked into once.

    Parameters
    ----------
    seen : set of str, optional
        Named conditions that were looked into before.
    """
    if seen is None:
        seen = set()
    yield expression
    if isinstance(expression, Named):
        if expression.name in seen:
            return
        seen.add(expression.name)
    for part in parts_of(expression):
        yield from walk_expression(part, seen)


def parts_of(expression: Expression | Quantity) -> tuple[Expression | Quantity, ...]:
    """Return the parts that an expression is directly made of; none for one that asks by itself."""
    match expression:
        case And(parts) | Or(parts) | Count(parts) | Sum(_, parts):
            return parts
        case Not(part) | Named(_, part):
            return (part,)
        case Compare(_, left, right):
            return (left, right)
    return ()


def extent_of(expression: Expression | Quantity) -> tuple[int, int]:
    """Return the number of parts of an expression, named conditions written out, and its depth.

    Examples
    --------
    >>> extent_of(And((Has("review"), Not(Has("waiver")))))
    (4, 3)
    """
    if isinstance(expression, Named):
        return expression.extent
    inner = [extent_of(part) for part in parts_of(expression)]
    deepest = max((depth for _, depth in inner), default=0)
    return 1 + sum(parts for parts, _ in inner), 1 + deepest


def only_counts(comparison: Compare) -> bool:
    """Return whether a comparison follows from the conditions that it counts."""
    return all(isinstance(side, Count | Constant) for side in (comparison.left, comparison.right))


def atoms_of(expression: Expression) -> Iterator[Atom]:
    """Yield the parts of a condition that ask for something, those that it counts included."""
    for part in walk_expression(expression):
        if isinstance(part, Atom) and not (isinstance(part, Compare) and only_counts(part)):
            yield part


class References(NamedTuple):
    """Names that expressions use, each once, in the order of their first use.

    Parameters
    ----------
    inputs : tuple of str
        Facts, and leaf criteria whose rating is used.
    scores : tuple of str
        Leaf criteria and groups whose points are used.
    safeguards, lists, conditions : tuple of str
    """

    inputs: tuple[str, ...]
    scores: tuple[str, ...]
    safeguards: tuple[str, ...]
    lists: tuple[str, ...]
    conditions: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        """Return all names together."""
        return (*self.inputs, *self.scores, *self.safeguards, *self.lists, *self.conditions)


def references(*expressions: Expression | Quantity) -> References:
    """Return the names that expressions use, those inside named conditions included.

    Examples
    --------
    >>> references(And((Has("review"), Known("stage")))).inputs
    ('stage',)
    """
    found: dict[str, dict[str, None]] = {kind: {} for kind in References.__match_args__}
    for expression in expressions:
        for part in walk_expression(expression):
            match part:
                case Answers(name) | NumberOf(name) | RatingOf(name) | Known(name):
                    found["inputs"][name] = None
                case Overlaps(name, _, listed, _):
                    found["inputs"][name] = None
                    if listed is not None:
                        found["lists"][listed] = None
                case Points(name):
                    found["scores"][name] = None
                case Has(name):
                    found["safeguards"][name] = None
                case Named(name):
                    found["conditions"][name] = None
    return References(*map(tuple, found.values()))


def evaluate(
    expression: Expression,
    truth_of: Callable[[Expression], Truth],
    seen: dict[Expression, Truth] | None = None,
) -> Truth:
    """Return the truth of an expression, given that of the parts that ask for something.

    Parameters
    ----------
    truth_of : function
        Called with each part that is no `and`, `or`, `not`, named condition or count of conditions
        held against a number or another count.
    seen : dict, optional
        Truth of the expressions evaluated before; what is found is added.
    """
    if seen is None:
        seen = {}
    found = seen.get(expression)
    if found is not None:
        return found
    if isinstance(expression, Compare) and only_counts(expression):
        one, other = (_counted(side, truth_of, seen) for side in parts_of(expression))
        found = compare(expression.sign, one, other)
    elif isinstance(expression, Atom):
        found = truth_of(expression)
    else:
        parts: Any = parts_of(expression)
        join = any_of if isinstance(expression, Or) else all_of
        found = join([evaluate(part, truth_of, seen) for part in parts])
        if isinstance(expression, Not):
            found = negation(found)
    seen[expression] = found
    return found


def _counted(
    side: Any, truth_of: Callable[[Expression], Truth], seen: dict[Expression, Truth]
) -> Range:
    """Return a constant, or how many of the conditions that a count holds are true."""
    if isinstance(side, Count):
        return count([evaluate(condition, truth_of, seen) for condition in side.conditions])
    constant: Any = np.float64(side.value)
    return constant, constant
