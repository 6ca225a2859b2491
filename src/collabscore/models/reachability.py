"""What conditions can be worth: true, false or not to be told, looked at by themselves.

Every part of a condition that asks something (a fact, a rating, a safeguard) can tell apart a few classes of answers.
All combinations of those classes are gone through; parts that share nothing are looked at one by one. Where there are
too many combinations everything counts as possible, so what is said to be impossible is so for every candidate.

Imports the kernels, the expressions and `answer_classes`. Axis letter: s combinations.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..kernels.logic import Range, Truth, compare, count
from .answer_classes import MOST_COMBINATIONS, Atom, Key, atoms_of, key_of, only_counts, states_of
from .expressions import (
    And,
    Compare,
    Constant,
    Count,
    Expression,
    Named,
    Not,
    Or,
    Quantity,
    evaluate,
)
from .framework import Framework

__all__ = ["Worth", "possible_worths"]

Worth: TypeAlias = Literal[0, 1, 2]
"""False, not to be told, true: so that `and` is the least and `or` the greatest."""

Flags: TypeAlias = NDArray[np.bool_]

_ANYTHING: frozenset[Worth] = frozenset((0, 1, 2))
_OPPOSITE: dict[Worth, Worth] = {0: 2, 1: 1, 2: 0}


def possible_worths(expression: Expression, framework: Framework) -> frozenset[Worth]:
    """Return what a condition can be worth for candidates all of whose answers are known.

    What `known()` asks for may be unknown as well. The result holds every worth that occurs; it may hold others only
    where there are more than `MOST_COMBINATIONS` combinations, or where quantities are compared with each other or
    a score depends on a rating beside it.

    Examples
    --------
    >>> from collabscore.models.expressions import Has
    >>> framework = Framework.model_validate({"collabscore": "framework/1", "id": "house"})
    >>> sorted(possible_worths(And((Has("review"), Not(Has("review")))), framework))
    [0]
    """
    return _Space(framework, expression).worths(expression)


@dataclass(frozen=True)
class _Space:
    """The states of everything that one condition asks for."""

    framework: Framework
    root: Expression
    _tables: dict[Key, dict[Atom, Truth] | None] = field(default_factory=dict)

    @cached_property
    def atoms(self) -> dict[Key, list[Atom]]:
        """The parts that ask, by what they ask for."""
        found: dict[Key, list[Atom]] = {}
        for atom in atoms_of(self.root):
            asked = found.setdefault(key_of(atom), [])
            if atom not in asked:
                asked.append(atom)
        return found

    def table(self, key: Key) -> dict[Atom, Truth] | None:
        """Return what each part says in each state of what it asks for, each (s,); None where there are too many."""
        if key not in self._tables:
            self._tables[key] = states_of(key, self.atoms[key], self.framework)
        return self._tables[key]

    def worths(self, expression: Expression) -> frozenset[Worth]:
        """Return what a part of the condition can be worth."""
        match expression:
            case Named(_, condition):
                return self.worths(condition)
            case Not(operand):
                return frozenset(_OPPOSITE[worth] for worth in self.worths(operand))
            case And() | Or():
                return self._joined(expression)
            case _:
                return self._of_all_combinations(expression)

    def _joined(self, expression: And | Or) -> frozenset[Worth]:
        """Look at parts that share nothing by themselves: any worth of one goes with any of another."""
        kind = type(expression)
        joined: frozenset[Worth] | None = None
        for parts in _independent(_operands(expression, kind)):
            found = (
                self.worths(parts[0])
                if len(parts) == 1
                else self._of_all_combinations(kind(tuple(parts)))
            )
            if joined is None:
                joined = found
            else:
                pick = min if kind is And else max
                joined = frozenset(pick(one, other) for one, other in product(joined, found))
        assert joined is not None  # the grammar knows no empty `and`
        return joined

    def _of_all_combinations(self, expression: Expression) -> frozenset[Worth]:
        keys = list(dict.fromkeys(key_of(atom) for atom in atoms_of(expression)))
        tables = {key: table for key in keys if (table := self.table(key)) is not None}
        sizes = [len(next(iter(table.values())).sure) for table in tables.values()]
        if len(tables) < len(keys) or math.prod(sizes) > MOST_COMBINATIONS:
            return _ANYTHING
        grid = np.indices(sizes).reshape(len(sizes), -1)
        truths = {
            atom: Truth(truth.sure[states], truth.possible[states])
            for table, states in zip(tables.values(), grid, strict=True)
            for atom, truth in table.items()
        }
        truth = _truth(expression, truths)
        occurs: tuple[tuple[Worth, Flags], ...] = (
            (0, ~truth.possible),
            (1, truth.unknown),
            (2, truth.sure),
        )
        return frozenset(worth for worth, where in occurs if where.any())


def _operands(expression: Expression, kind: type[And | Or]) -> Iterator[Expression]:
    """Yield what a chain of one kind joins, looking into names and, by De Morgan, into what is negated."""
    match expression:
        case Named(_, condition):
            yield from _operands(condition, kind)
        case Not(Named(_, condition)):
            yield from _operands(Not(condition), kind)
        case Not(Not(operand)):
            yield from _operands(operand, kind)
        case Not(And(parts) | Or(parts) as inner) if not isinstance(inner, kind):
            for part in parts:
                yield from _operands(Not(part), kind)
        case And(parts) | Or(parts) if isinstance(expression, kind):
            for part in parts:
                yield from _operands(part, kind)
        case _:
            yield expression


def _independent(parts: Iterable[Expression]) -> list[list[Expression]]:
    """Return the parts in groups that have nothing asked in common."""
    groups: list[tuple[set[Key], list[Expression]]] = []
    for part in parts:
        keys, members = {key_of(atom) for atom in atoms_of(part)}, [part]
        for group in [group for group in groups if group[0] & keys]:
            groups.remove(group)
            keys, members = keys | group[0], [*group[1], *members]
        groups.append((keys, members))
    return [members for _, members in groups]


def _truth_of_counts(comparison: Compare, truths: dict[Atom, Truth]) -> Truth:
    """Return the truth of a comparison of counts of conditions in every combination, (s,)."""

    def counted(side: Quantity) -> Range:
        if isinstance(side, Count):
            return count([_truth(condition, truths) for condition in side.conditions])
        assert isinstance(side, Constant)
        point = np.float64(side.value)
        return point, point  # type: ignore[return-value]

    return compare(comparison.sign, counted(comparison.left), counted(comparison.right))


def _truth(expression: Expression, truths: dict[Atom, Truth]) -> Truth:
    """Return the truth of a condition in every combination, (s,)."""

    def truth_of(part: Expression) -> Truth:
        if isinstance(part, Compare) and only_counts(part):
            return _truth_of_counts(part, truths)
        return truths[part]  # type: ignore[index]

    return evaluate(expression, truth_of)
