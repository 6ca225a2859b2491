"""Expressions: what a condition says, as a tree of small frozen parts.

Imports nothing of the package. `conditions` reads them from text; `scoring.evaluation` says what they are worth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "And",
    "Answers",
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
    "walk_expression",
]


@dataclass(frozen=True)
class Constant:
    """A number written in the condition."""

    value: float


@dataclass(frozen=True)
class NumberOf:
    """The number that a fact gives."""

    fact: str


@dataclass(frozen=True)
class RatingOf:
    """The rating on a leaf criterion, in the units of its scale."""

    criterion: str


@dataclass(frozen=True)
class Points:
    """The points, 0 to 100, of a leaf or a group."""

    criterion: str


@dataclass(frozen=True)
class Count:
    """How many of several conditions hold."""

    conditions: tuple[Expression, ...]


Quantity = Constant | NumberOf | RatingOf | Points | Count


@dataclass(frozen=True)
class Answers:
    """Whether the answer to a flag, level or choice is one of those for which `truth` holds."""

    fact: str
    truth: tuple[bool, ...]


@dataclass(frozen=True)
class Compare:
    """A comparison of two quantities."""

    sign: str
    left: Quantity
    right: Quantity


@dataclass(frozen=True)
class Overlaps:
    """Whether a set has an item in common with `items`."""

    fact: str
    items: frozenset[str]


@dataclass(frozen=True)
class Has:
    """Whether a safeguard is in place."""

    safeguard: str


@dataclass(frozen=True)
class Known:
    """Whether a fact or a rating is known at all."""

    name: str


@dataclass(frozen=True)
class Named:
    """A condition used by its name."""

    name: str
    condition: Expression


@dataclass(frozen=True)
class Not:
    """The opposite."""

    operand: Expression


@dataclass(frozen=True)
class And:
    """All of several."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """Any of several."""

    operands: tuple[Expression, ...]


Expression = Answers | Compare | Overlaps | Has | Known | Named | Not | And | Or


def walk_expression(expression: Expression | Quantity) -> Iterator[Expression | Quantity]:
    """Yield an expression and everything in it, named conditions looked into."""
    yield expression
    match expression:
        case And(parts) | Or(parts) | Count(parts):
            inner: tuple[Expression | Quantity, ...] = parts
        case Not(operand):
            inner = (operand,)
        case Named(_, condition):
            inner = (condition,)
        case Compare(_, left, right):
            inner = (left, right)
        case _:
            inner = ()
    for part in inner:
        yield from walk_expression(part)
