"""Classes of answers that conditions can tell apart, and the truth values that conditions can have.

A part of a condition that asks something is an atom; atoms that ask for the same thing are looked
at together. Axis letter: s states of what is asked for, one for each class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import Literal, TypeAlias

import numpy as np

from ..arrays import BoolArray, FloatArray
from ..kernels.logic import Range, Truth, compare, count
from ..kernels.ranking import TOLERANCE
from ..output.text import figure
from .base import title_of, within
from .expressions import (
    And,
    Answers,
    Atom,
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
    atoms_of,
    evaluate,
    only_counts,
)
from .facts import Answer, AnswerSet, NumberFact, NumberRange, SetAnswer, SetFact
from .framework import Framework

__all__ = [
    "MOST_CLASSES",
    "MOST_COMBINATIONS",
    "AnswerClass",
    "TruthValue",
    "answer_classes",
    "possible_truth_values",
]

MOST_CLASSES = 1024
"""Most classes of answers to one fact: k lists can make 2^k of them."""

MOST_COMBINATIONS = 20_000
"""Above this number of classes, or of combinations of them, nothing is claimed of a condition."""

Key: TypeAlias = tuple[str, object]
Cell: TypeAlias = tuple[float, float]


def _key_of(atom: Atom) -> Key:
    """Return what a part asks for; a comparison of two quantities is its own question."""
    match atom:
        case Answers(name) | Overlaps(name) | Known(name):
            return "input", name
        case Has(safeguard):
            return "safeguard", safeguard
        case Compare(_, NumberOf(name) | RatingOf(name), Constant()) | Compare(
            _, Constant(), NumberOf(name) | RatingOf(name)
        ):
            return "input", name
        case Compare(_, Points(name), Constant()) | Compare(_, Constant(), Points(name)):
            return "score", name
    return "comparison", atom


# classes of numbers and of sets


def _cells_between(low: float, high: float, cuts: Iterable[float]) -> list[Cell]:
    """Return the cuts from low to high, each a cell of its own, and what lies between them."""
    cells = []
    start = low
    for cut in sorted(set(cuts)):
        if low <= cut <= high:
            if start < cut:
                cells.append((start, cut))
            cells.append((cut, cut))
            start = cut
    if start < high or not cells:
        cells.append((start, high))
    return cells


def _point_inside(cell: Cell) -> float:
    """Return a number within a cell, apart from its ends unless they are one."""
    start, end = cell
    if math.isinf(start) and math.isinf(end):
        return 0.0
    if math.isinf(start):
        return end - 1
    return start + 1 if math.isinf(end) else start + (end - start) / 2


def _truth_of_cells(
    atoms: Iterable[Atom], low: float, high: float, tolerance: float = 0.0
) -> tuple[list[Cell], BoolArray]:
    """Return the cells that comparisons with constants tell apart, and their truth, (parts, s)."""
    comparisons = [atom for atom in atoms if isinstance(atom, Compare)]
    cuts = []
    for part in comparisons:
        for side in (part.left, part.right):
            if isinstance(side, Constant):
                cuts += [side.value - tolerance, side.value + tolerance]
    cells = _cells_between(low, high, cuts)
    points = np.array([_point_inside(cell) for cell in cells], dtype=np.float64)
    truths = np.zeros((len(comparisons), len(cells)), dtype=np.bool_)
    for k, part in enumerate(comparisons):
        left, right = _values_of(part.left, points), _values_of(part.right, points)
        truths[k] = compare(part.sign, left, right, tolerance).sure
    return cells, truths


def _values_of(side: Quantity, points: FloatArray) -> Range:
    values = np.full_like(points, side.value) if isinstance(side, Constant) else points
    return values, values


def _limits_of(fact: NumberFact) -> Cell:
    low = -math.inf if fact.minimum is None else float(fact.minimum)
    return low, math.inf if fact.maximum is None else float(fact.maximum)


class _SetClasses:
    """Sets of items that questions for items can tell apart.

    Only finest items need be named: an item that holds finer ones is decided, and comes out alike,
    as soon as one of these is named.
    """

    def __init__(
        self, framework: Framework, fact: SetFact, wanted: Sequence[frozenset[str]], most: int
    ) -> None:
        self.wanted = wanted
        self.most = most
        self.parents = framework.parents(fact)
        self.finer: dict[str, list[str]] = {}
        for item, parent in self.parents.items():
            if parent is not None:
                self.finer.setdefault(parent, []).append(item)
        members = framework.members(fact.of)
        self.finest = [
            item
            for item, parent in self.parents.items()
            if item not in self.finer and (item in members or parent in members)
        ]

    def pattern(self, items: Iterable[str]) -> int:
        """Return which questions hold of a set, a bit each."""
        named = {name for item in items for name in (item, self.parents[item])}
        return sum(1 << k for k, some in enumerate(self.wanted) if not named.isdisjoint(some))

    def found(self, known: SetAnswer | None) -> dict[int, frozenset[str]]:
        """Return one set for each way in which the questions can come out."""
        base = known.items if known is not None else frozenset()
        found = {self.pattern(base): base}
        for parent in sorted(base & self.finer.keys()):
            if base.isdisjoint(self.finer[parent]):
                # something of it is meant: one of its finer items at least
                found = self._with_more({}, found, self.finer[parent])
        if known is None or known.open:
            found = self._with_more(found, found, self.finest)
        return found

    def _with_more(
        self, found: dict[int, frozenset[str]], edge: dict[int, frozenset[str]], items: list[str]
    ) -> dict[int, frozenset[str]]:
        """Add to sets, one item after the other, what makes them come out differently."""
        options = {self.pattern([item]): item for item in reversed(items)}
        found = dict(found)
        while edge and len(found) < self.most:
            added: dict[int, frozenset[str]] = {}
            for before, chosen in edge.items():
                for more, item in options.items():
                    pattern = before | more
                    if pattern not in found and pattern not in added:
                        added[pattern] = chosen | {item}
            found |= added
            edge = added
        return found


# answers to one fact, in words


@dataclass(frozen=True)
class AnswerClass:
    """An answer to a fact, standing for all those from which no condition can tell it.

    Parameters
    ----------
    label : str
        The class in words.
    answer : AnswerSet, NumberRange or SetAnswer
        A word by its position; the ends of a stretch of numbers; one set of the class.
    """

    label: str
    answer: Answer


def answer_classes(framework: Framework, key: str, known: Answer | None) -> tuple[AnswerClass, ...]:
    """Return the classes of answers to a fact that conditions can tell apart, in order.

    Parameters
    ----------
    key : str
        The fact.
    known : AnswerSet, NumberRange, SetAnswer or None
        What is known of the answer; None: nothing.

    Notes
    -----
    Of flags, levels and choices each answer still possible is a class of its own. Sets are told
    apart by the lists and items that conditions look for in them: each way in which these can come
    out is a class, up to `MOST_CLASSES`. Numbers are told apart by the constants with which
    conditions compare them; compared with anything else, they are divided into quarters besides.
    """
    fact, atoms = framework.all_facts[key], framework.atoms_by_fact.get(key, ())
    if isinstance(fact, NumberFact):
        return _number_classes(fact, key, known, atoms)
    if isinstance(fact, SetFact):
        return _set_classes(framework, fact, known, atoms)
    possible = known.possible if isinstance(known, AnswerSet) else range(len(fact.answers))
    return tuple(AnswerClass(fact.answers[k], AnswerSet(frozenset({k}))) for k in sorted(possible))


def _number_classes(
    fact: NumberFact, key: str, known: Answer | None, atoms: Sequence[Atom]
) -> tuple[AnswerClass, ...]:
    low, high = _limits_of(fact)
    if isinstance(known, NumberRange):
        low, high = known.low, known.high
    if low == high:
        return ()
    comparisons = [part for part in atoms if _key_of(part) == ("input", key)]
    if len(comparisons) < len(atoms) and math.isfinite(high - low):
        quarters = np.linspace(low, high, 5)[1:-1].tolist()
        comparisons += [Compare(">=", NumberOf(key), Constant(point)) for point in quarters]
    cells, truths = _truth_of_cells(comparisons, low, high)
    changes = np.any(truths[:, 1:] != truths[:, :-1], axis=0)
    begins = [0, *(np.flatnonzero(changes) + 1).tolist(), len(cells)]
    unit = f" {fact.unit}" if fact.unit else ""
    found = []
    for begin, end in pairwise(begins):
        stretch = _Stretch(cells[begin], cells[end - 1], (low, high))
        found.append(AnswerClass(stretch.label(unit), stretch.answer))
    return tuple(found)


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring cells between which no comparison makes a difference."""

    first: Cell
    last: Cell
    limits: Cell

    @property
    def holds_start(self) -> bool:
        """Whether its least number belongs to it."""
        return self.first[0] in (self.first[1], self.limits[0])

    @property
    def holds_end(self) -> bool:
        """Whether its greatest number belongs to it."""
        return self.last[1] in (self.last[0], self.limits[1])

    @property
    def answer(self) -> NumberRange:
        """Numbers of the stretch, as far apart as can be; where it has no end, near the other one."""
        low, high = self.first[0], self.last[1]
        if not self.holds_start or math.isinf(low):
            low = _point_inside(self.first)
        if not self.holds_end or math.isinf(high):
            high = _point_inside(self.last)
        return NumberRange(low, high)

    def label(self, unit: str) -> str:
        """Return the stretch in words."""
        start, end = self.first[0], self.last[1]
        least, most = self.limits
        if start == end:
            return f"exactly {figure(start)}{unit}"
        if start == least:
            bound = "at most" if self.holds_end else "below"
            return "any number" if math.isinf(end) else f"{bound} {figure(end)}{unit}"
        if end == most and self.holds_start:
            return f"{figure(start)}{unit} or more"
        if end == most:
            return f"more than {figure(start)}{unit}"
        above = "" if self.holds_start else "above "
        below = "" if self.holds_end else "below "
        return f"{above}{figure(start)} to {below}{figure(end)}{unit}"


def _set_classes(
    framework: Framework, fact: SetFact, known: Answer | None, atoms: Sequence[Atom]
) -> tuple[AnswerClass, ...]:
    wanted = [atom.items for atom in atoms if isinstance(atom, Overlaps)]
    classes = _SetClasses(framework, fact, wanted, MOST_CLASSES)
    found = classes.found(known if isinstance(known, SetAnswer) else None)
    words = [_words_for_items(framework, fact, items) for items in wanted]
    return tuple(
        AnswerClass(_label_of_pattern(words, pattern), SetAnswer(items))
        for pattern, items in sorted(found.items())[:MOST_CLASSES]
    )


def _label_of_pattern(words: Sequence[str], pattern: int) -> str:
    there = [word for k, word in enumerate(words) if pattern >> k & 1]
    absent = [word for k, word in enumerate(words) if not pattern >> k & 1]
    parts = []
    if there:
        parts.append(f"something of {' and '.join(there)}")
    if absent:
        parts.append(f"nothing of {' or '.join(absent)}")
    return ", ".join(parts)


def _words_for_items(framework: Framework, fact: SetFact, items: frozenset[str]) -> str:
    """Return what a condition looks for, in words: the title of a list, or the items."""
    for name, members in framework.list_members.items():
        if members == items and name != fact.of:
            return within(title_of(name, framework.all_lists[name].title))
    return " or ".join(sorted(items))


# truth values of a condition

TruthValue: TypeAlias = Literal[0, 1, 2]
"""False, unknown, true: so that `and` is the least and `or` the greatest."""

_ANYTHING: frozenset[TruthValue] = frozenset((0, 1, 2))
_OPPOSITE: dict[TruthValue, TruthValue] = {0: 2, 1: 1, 2: 0}


def possible_truth_values(expression: Expression, framework: Framework) -> frozenset[TruthValue]:
    """Return what a condition can be for candidates all of whose answers are known.

    Anything that `known()` asks for may be unknown as well. The result holds every value that
    occurs; it may hold others only where there are more than `MOST_COMBINATIONS` combinations, or where
    quantities are compared with each other or a score depends on a rating beside it.

    Examples
    --------
    >>> framework = Framework.model_validate({"collabscore": "framework/1", "id": "house"})
    >>> sorted(possible_truth_values(And((Has("review"), Not(Has("review")))), framework))
    [0]
    """
    return _Space(framework, expression).values(expression)


@dataclass(frozen=True)
class _Space:
    """The states of everything that one condition asks for."""

    framework: Framework
    root: Expression

    @cached_property
    def tables(self) -> dict[Key, dict[Expression, Truth] | None]:
        """Truth of the atoms in each state of what they ask for, (s,); None: too many states."""
        found: dict[Key, list[Atom]] = {}
        for atom in dict.fromkeys(atoms_of(self.root)):
            found.setdefault(_key_of(atom), []).append(atom)
        return {key: self._table(key, atoms) for key, atoms in found.items()}

    def values(self, expression: Expression) -> frozenset[TruthValue]:
        """Return what a part of the condition can be."""
        match expression:
            case Named(_, condition):
                return self.values(condition)
            case Not(operand):
                return frozenset(_OPPOSITE[value] for value in self.values(operand))
            case And() | Or():
                return self._joined_values(expression)
            case _:
                return self._values_by_combination(expression)

    def _joined_values(self, expression: And | Or) -> frozenset[TruthValue]:
        """Look at parts that share nothing one by one: their values combine freely."""
        kind = type(expression)
        pick = min if kind is And else max
        joined: frozenset[TruthValue] | None = None
        for parts in _independent(_operands(expression, kind)):
            if len(parts) == 1:
                found = self.values(parts[0])
            else:
                found = self._values_by_combination(kind(tuple(parts)))
            if joined is None:
                joined = found
            else:
                joined = frozenset(pick(one, other) for one, other in product(joined, found))
        assert joined is not None  # the grammar knows no empty `and`
        return joined

    def _values_by_combination(self, expression: Expression) -> frozenset[TruthValue]:
        truths = self._combinations(expression)
        if truths is None:
            return _ANYTHING
        truth = _truth_in(truths, expression)
        occur: tuple[tuple[TruthValue, BoolArray], ...] = (
            (0, ~truth.possible),
            (1, truth.unknown),
            (2, truth.sure),
        )
        return frozenset(value for value, where in occur if where.any())

    def _combinations(self, expression: Expression) -> dict[Expression, Truth] | None:
        """Return the truth of the atoms of a part in all combinations of states; None: too many."""
        tables = []
        for key in dict.fromkeys(_key_of(atom) for atom in atoms_of(expression)):
            table = self.tables[key]
            if table is None:
                return None
            tables.append(table)
        sizes = [len(next(iter(table.values())).sure) for table in tables]
        if math.prod(sizes) > MOST_COMBINATIONS:
            return None
        truths: dict[Expression, Truth] = {}
        for table, states in zip(tables, np.indices(sizes), strict=True):
            for atom, truth in table.items():
                truths[atom] = Truth(truth.sure[states.ravel()], truth.possible[states.ravel()])
        return truths

    def _table(self, key: Key, atoms: Sequence[Atom]) -> dict[Expression, Truth] | None:
        kind, name = key
        if kind == "safeguard":
            either = np.array([False, True])
            return dict.fromkeys(atoms, Truth(either, either))
        if kind == "comparison":  # nothing is known of it: false, true or unknown
            free = Truth(np.array([False, True, False]), np.array([False, True, True]))
            return dict.fromkeys(atoms, free)
        asking = [atom for atom in atoms if not isinstance(atom, Known)]
        truths = self._classes(str(name), kind, asking)
        if truths is None:
            return None
        if len(asking) == len(atoms):
            return {atom: Truth(row, row) for atom, row in zip(asking, truths, strict=True)}
        # where `known` is asked for, an unknown answer is the last state
        known = np.append(np.ones(truths.shape[1], dtype=np.bool_), False)
        table: dict[Expression, Truth] = dict.fromkeys(atoms, Truth(known, known))
        for atom, row in zip(asking, truths, strict=True):
            table[atom] = Truth(np.append(row, False), np.append(row, True))
        return table

    def _classes(self, name: str, kind: str, atoms: Sequence[Atom]) -> BoolArray | None:
        """Return the truth of atoms in each class of answers, (parts, s); None: too many."""
        fact = self.framework.all_facts.get(name)
        if not atoms:
            return np.ones((0, 1), dtype=np.bool_)
        if isinstance(fact, SetFact):
            return self._set_classes(fact, atoms)
        if isinstance(fact, NumberFact):
            truths = _truth_of_cells(atoms, *_limits_of(fact))[1]
        elif fact is not None:
            truths = np.array([atom.truth for atom in atoms if isinstance(atom, Answers)])
        elif kind == "score":
            truths = _truth_of_cells(atoms, 0.0, 100.0, TOLERANCE)[1]
        else:
            truths = _truth_of_cells(atoms, *self.framework.leaves[name].scale.range)[1]
        return np.unique(truths, axis=1)

    def _set_classes(self, fact: SetFact, atoms: Sequence[Atom]) -> BoolArray | None:
        wanted = [atom.items for atom in atoms if isinstance(atom, Overlaps)]
        found = _SetClasses(self.framework, fact, wanted, MOST_COMBINATIONS + 1).found(None)
        if len(found) > MOST_COMBINATIONS:
            return None
        rows = [[pattern >> k & 1 for pattern in found] for k in range(len(wanted))]
        return np.array(rows, dtype=np.bool_)


def _truth_in(truths: dict[Expression, Truth], expression: Expression) -> Truth:
    """Return the truth of a condition, given that of its atoms."""

    def truth_of(part: Expression) -> Truth:
        if isinstance(part, Compare) and only_counts(part):
            return compare(part.sign, counted(part.left), counted(part.right))
        return truths[part]

    def counted(side: Quantity) -> Range:
        if isinstance(side, Count):
            return count([_truth_in(truths, part) for part in side.conditions])
        assert isinstance(side, Constant)
        return _values_of(side, np.zeros(1))

    return evaluate(expression, truth_of)


def _operands(expression: Expression, kind: type[And | Or]) -> list[Expression]:
    """Return the operands of a chain of one kind, also of named and (by De Morgan) negated ones."""
    found: list[Expression] = []
    waiting, seen = [expression], {expression}
    while waiting:
        part = waiting.pop()
        inner = _operands_of_part(part, kind)
        if not inner:
            found.append(part)
        # a part that is there twice says nothing more
        waiting += [other for other in reversed(inner) if other not in seen]
        seen.update(inner)
    return found


def _operands_of_part(part: Expression, kind: type[And | Or]) -> Sequence[Expression]:
    match part:
        case Named(_, condition) | Not(Not(condition)):
            return (condition,)
        case Not(Named(_, condition)):
            return (Not(condition),)
        case Not(And(parts) | Or(parts) as other) if not isinstance(other, kind):
            return tuple(Not(operand) for operand in parts)
        case And(parts) | Or(parts) if isinstance(part, kind):
            return parts
    return ()


def _independent(parts: Iterable[Expression]) -> list[list[Expression]]:
    """Return the parts in groups that ask for nothing in common."""
    groups: list[tuple[set[Key], list[Expression]]] = []
    for part in parts:
        keys, members = {_key_of(atom) for atom in atoms_of(part)}, [part]
        apart = []
        for other_keys, others in groups:
            if keys.isdisjoint(other_keys):
                apart.append((other_keys, others))
            else:
                keys, members = keys | other_keys, [*others, *members]
        groups = [*apart, (keys, members)]
    return [members for _, members in groups]
