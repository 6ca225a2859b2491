"""Classes of answers that conditions can tell apart, and the truth values that conditions can have.

A part of a condition that asks something is an atom; atoms that ask for the same thing are looked
at together. Axis letter: s states of what is asked for, one for each class.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TypeAlias

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

__all__ = ["MOST_COMBINATIONS", "AnswerClass", "answer_classes", "possible_truth_values"]

MOST_CLASSES = 1024
"""Most classes of answers to one fact: k lists can make 2^k of them."""

MOST_COMBINATIONS = 20_000
"""Above this number of classes, or of combinations of them, nothing is claimed of a condition."""

Key: TypeAlias = tuple[str, object]
Cell: TypeAlias = tuple[float, float]
Sets: TypeAlias = dict[int, frozenset[str]]
"""One set for each way in which questions for items can come out, a bit each."""
Tables: TypeAlias = Mapping[Key, Mapping[Expression, Truth]]
"""Truth of the atoms of a condition in each state of what they ask for, (s,)."""


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


# numbers


def _truth_of_cells(
    atoms: Iterable[Atom], low: float, high: float, tolerance: float = 0.0
) -> tuple[list[Cell], BoolArray]:
    """Return the cells that comparisons with constants tell apart, and their truth, (parts, s).

    Each constant is a cell of its own, and so is the open interval between two of them.
    """
    comparisons = [atom for atom in atoms if isinstance(atom, Compare)]
    cuts = set()
    for part in comparisons:
        for side in (part.left, part.right):
            if isinstance(side, Constant):
                cuts |= {side.value - tolerance, side.value + tolerance}
    cells = _cells_between(low, high, cuts)
    points = np.array(list(map(_point_inside, cells)))
    truths = np.zeros((len(comparisons), len(cells)), dtype=np.bool_)
    for k, part in enumerate(comparisons):
        left, right = _values_of(part.left, points), _values_of(part.right, points)
        truths[k] = compare(part.sign, left, right, tolerance).certain
    return cells, truths


def _cells_between(low: float, high: float, cuts: Iterable[float]) -> list[Cell]:
    cells = []
    inside = sorted(cut for cut in cuts if low <= cut <= high)
    for start, end in pairwise([low, *inside, high]):
        if start < end:
            cells.append((start, end))
        if math.isfinite(end):
            cells.append((end, end))
    return cells


def _point_inside(cell: Cell) -> float:
    """Return a number within a cell, apart from its ends unless they are one."""
    start, end = cell
    if math.isinf(end):
        return 0.0 if math.isinf(start) else start + 1
    if math.isinf(start):
        return end - 1
    return start + (end - start) / 2


def _values_of(side: Quantity, points: FloatArray) -> Range:
    values = np.full_like(points, side.value) if isinstance(side, Constant) else points
    return values, values


def _number_classes(
    fact: NumberFact, key: str, known: Answer | None, atoms: Sequence[Atom]
) -> tuple[AnswerClass, ...]:
    low, high = fact.limits
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
        found.append(_stretch(cells[begin], cells[end - 1], (low, high), unit))
    return tuple(found)


def _stretch(first: Cell, last: Cell, limits: Cell, unit: str) -> AnswerClass:
    """Return the class of neighbouring cells between which no comparison makes a difference."""
    start, end = first[0], last[1]
    above, below, most = "", "", "at most "
    # numbers as far apart as can be; where the stretch has no end, near the other one
    low, high = start, end
    if math.isinf(start) or start not in (first[1], limits[0]):
        above, low = "above ", _point_inside(first)
    if math.isinf(end) or end not in (last[0], limits[1]):
        below = most = "below "
        high = _point_inside(last)
    if start == end:
        label = f"exactly {figure(start)}{unit}"
    elif start == limits[0]:
        label = f"{most}{figure(end)}{unit}"
        if math.isinf(end):
            label = "any number"
    elif end == limits[1]:
        label = f"{figure(start)}{unit} or more"
        if above:
            label = f"more than {figure(start)}{unit}"
    else:
        label = f"{above}{figure(start)} to {below}{figure(end)}{unit}"
    return AnswerClass(label, NumberRange(low, high))


# sets


class _SetClasses:
    """Sets of items that questions for items can tell apart.

    Only finest items need be named: an item that holds finer ones is decided, and comes out alike,
    as soon as one of these is named.
    """

    def __init__(self, framework: Framework, fact: SetFact, atoms: Iterable[Atom]) -> None:
        self.wanted = [atom.items for atom in atoms if isinstance(atom, Overlaps)]
        self.parents = framework.parents(fact)
        self.finer: dict[str, list[str]] = {}
        for item, parent in self.parents.items():
            if parent is not None:
                self.finer.setdefault(parent, []).append(item)
        members = framework.list_members[fact.of]
        self.finest = []
        for item, parent in self.parents.items():
            if item not in self.finer and (item in members or parent in members):
                self.finest.append(item)

    def pattern(self, items: Iterable[str]) -> int:
        """Return which questions hold of a set, a bit each."""
        named = {name for item in items for name in (item, self.parents[item])}
        return sum(1 << k for k, some in enumerate(self.wanted) if not named.isdisjoint(some))

    def found(self, known: SetAnswer, most: int) -> Sets:
        """Return one set for each way in which the questions can come out."""
        base = known.items
        found = {self.pattern(base): base}
        for parent in sorted(base & self.finer.keys()):
            if base.isdisjoint(self.finer[parent]):
                # something of it is meant: one of its finer items at least
                found = self._with_more({}, found, self.finer[parent], most)
        if known.open:
            found = self._with_more(found, found, self.finest, most)
        return found

    def _with_more(self, found: Sets, edge: Sets, items: list[str], most: int) -> Sets:
        """Add to sets, one item after the other, what makes them come out differently."""
        options = {self.pattern([item]): item for item in reversed(items)}
        found = dict(found)
        while edge and len(found) < most:
            added: Sets = {}
            for before, chosen in edge.items():
                for more, item in options.items():
                    if before | more not in found:
                        added.setdefault(before | more, chosen | {item})
            found |= added
            edge = added
        return found


_ANY_SET = SetAnswer(frozenset(), open=True)


def _set_classes(
    framework: Framework, fact: SetFact, known: Answer | None, atoms: Sequence[Atom]
) -> tuple[AnswerClass, ...]:
    classes = _SetClasses(framework, fact, atoms)
    sets = classes.found(known if isinstance(known, SetAnswer) else _ANY_SET, MOST_CLASSES)
    words = [_words_for_items(framework, fact, items) for items in classes.wanted]
    found = []
    for pattern, items in sorted(sets.items())[:MOST_CLASSES]:
        absent: list[str] = []
        there: list[str] = []
        for k, word in enumerate(words):
            (there if pattern >> k & 1 else absent).append(word)
        parts = []
        if there:
            parts.append(f"something of {' and '.join(there)}")
        if absent:
            parts.append(f"nothing of {' or '.join(absent)}")
        found.append(AnswerClass(", ".join(parts), SetAnswer(items)))
    return tuple(found)


def _words_for_items(framework: Framework, fact: SetFact, items: frozenset[str]) -> str:
    """Return what a condition looks for, in words: the title of a list, or the items."""
    for name, members in framework.list_members.items():
        if members == items and name != fact.of:
            return within(title_of(name, framework.all_lists[name].title))
    return " or ".join(sorted(items))


# truth values of a condition: 0 is false, 1 unknown, 2 true, so that `and` is the least and `or`
# the greatest


def possible_truth_values(expression: Expression, framework: Framework) -> frozenset[int]:
    """Return what a condition can be for candidates all of whose answers are known.

    Anything that `known()` asks for may be unknown as well. The result holds every value that
    occurs; it may hold others only where there are more than `MOST_COMBINATIONS` combinations, or
    where quantities are compared with each other or a score depends on a rating beside it.

    Returns
    -------
    frozenset of int
        0 for false, 1 for unknown, 2 for true.

    Examples
    --------
    >>> framework = Framework.model_validate({"collabscore": "framework/1", "id": "house"})
    >>> sorted(possible_truth_values(And((Has("review"), Not(Has("review")))), framework))
    [0]
    """
    atoms: dict[Key, list[Atom]] = {}
    for atom in dict.fromkeys(atoms_of(expression)):
        atoms.setdefault(_key_of(atom), []).append(atom)
    tables = {key: _truth_in_states(framework, key, asking) for key, asking in atoms.items()}
    return _values(expression, tables)


def _values(expression: Expression, tables: Tables) -> frozenset[int]:
    """Return what a part of the condition can be."""
    match expression:
        case Named(_, condition):
            return _values(condition, tables)
        case Not(operand):
            return frozenset(2 - value for value in _values(operand, tables))
        case And():
            return _joined_values(expression, tables, min, 2)
        case Or():
            return _joined_values(expression, tables, max, 0)
    return _values_by_combination(expression, tables)


def _joined_values(
    expression: And | Or, tables: Tables, join: Callable[[int, int], int], of_nothing: int
) -> frozenset[int]:
    """Look at parts that share nothing one by one: their values combine freely."""
    kind = type(expression)
    joined = frozenset({of_nothing})
    for parts in _independent(_operands(expression, kind)):
        if len(parts) == 1:
            found = _values(parts[0], tables)
        else:
            found = _values_by_combination(kind(tuple(parts)), tables)
        joined = frozenset(join(one, other) for one, other in product(joined, found))
    return joined


def _values_by_combination(expression: Expression, tables: Tables) -> frozenset[int]:
    """Look at all combinations of states, unless they are too many."""
    keys = dict.fromkeys(map(_key_of, atoms_of(expression)))
    asked = [tables[key] for key in keys]
    sizes = [len(next(iter(table.values())).certain) for table in asked]
    if math.prod(sizes) > MOST_COMBINATIONS:
        return frozenset({0, 1, 2})
    truths: dict[Expression, Truth] = {}
    for table, states in zip(asked, np.indices(sizes), strict=True):
        for atom, truth in table.items():
            truths[atom] = Truth(truth.certain[states.ravel()], truth.possible[states.ravel()])
    truth = _truth_in(truths, expression)
    return frozenset((truth.certain.astype(int) + truth.possible).tolist())


def _truth_in_states(
    framework: Framework, key: Key, atoms: Sequence[Atom]
) -> dict[Expression, Truth]:
    """Return the truth of all atoms that ask for one thing, in each of its states, (s,)."""
    kind, name = key
    asking = [atom for atom in atoms if not isinstance(atom, Known)]
    if kind in ("safeguard", "comparison"):
        truths = np.array([[False, True]])
    else:
        truths = _truth_of_classes(framework, kind, str(name), asking)
    sure = possible = truths
    if kind == "comparison" or len(asking) < len(atoms):
        # the last state: the answer is unknown, or a comparison of which nothing is known
        last = ((0, 0), (0, 1))
        sure, possible = np.pad(truths, last), np.pad(truths, last, constant_values=True)
    known = np.arange(sure.shape[1]) < truths.shape[1]
    table: dict[Expression, Truth] = dict.fromkeys(atoms, Truth(known, known))
    for atom, row, upper in zip(asking, sure, possible, strict=True):
        table[atom] = Truth(row, upper)
    return table


def _truth_of_classes(
    framework: Framework, kind: str, name: str, atoms: Sequence[Atom]
) -> BoolArray:
    """Return the truth of atoms in each class of answers, (parts, s)."""
    fact = framework.all_facts.get(name)
    if not atoms:
        return np.ones((0, 1), dtype=np.bool_)
    if isinstance(fact, SetFact):
        classes = _SetClasses(framework, fact, atoms)
        sets = classes.found(_ANY_SET, MOST_COMBINATIONS + 1)
        patterns = np.array(list(sets)[: MOST_COMBINATIONS + 1], dtype=object)
        return np.array([patterns >> k & 1 for k in range(len(atoms))], dtype=np.bool_)
    if isinstance(fact, NumberFact):
        truths = _truth_of_cells(atoms, *fact.limits)[1]
    elif fact is not None:
        truths = np.array([atom.truth for atom in atoms if isinstance(atom, Answers)])
    elif kind == "score":
        truths = _truth_of_cells(atoms, 0.0, 100.0, TOLERANCE)[1]
    else:
        truths = _truth_of_cells(atoms, *framework.leaves[name].scale.range)[1]
    return np.unique(truths, axis=1)


def _truth_in(truths: Mapping[Expression, Truth], expression: Expression) -> Truth:
    """Return the truth of a condition, given that of its atoms."""

    def truth_of(part: Expression) -> Truth:
        if isinstance(part, Compare) and only_counts(part):
            return compare(part.sign, counted(part.left), counted(part.right))
        return truths[part]

    def counted(side: Quantity) -> Range:
        if isinstance(side, Count):
            return count([_truth_in(truths, part) for part in side.conditions])
        return _values_of(side, np.zeros(1))

    return evaluate(expression, truth_of)


def _operands(expression: Expression, kind: type[And | Or]) -> list[Expression]:
    """Return the operands of a chain of one kind, also of named and (by De Morgan) negated ones."""
    found: list[Expression] = []
    waiting, seen = [expression], {expression}
    while waiting:
        part = waiting.pop()
        inner: Sequence[Expression] = ()
        match part:
            case Named(_, condition) | Not(Not(condition)):
                inner = (condition,)
            case Not(Named(_, condition)):
                inner = (Not(condition),)
            case Not(And(parts) | Or(parts) as other) if not isinstance(other, kind):
                inner = tuple(map(Not, parts))
            case And(parts) | Or(parts) if isinstance(part, kind):
                inner = parts
        if not inner:
            found.append(part)
        # a part that is there twice says nothing more
        waiting += [other for other in reversed(inner) if other not in seen]
        seen.update(inner)
    return found


def _independent(parts: Iterable[Expression]) -> list[list[Expression]]:
    """Return the parts in groups that ask for nothing in common."""
    groups: list[tuple[set[Key], list[Expression]]] = []
    for part in parts:
        keys, members = set(map(_key_of, atoms_of(part))), [part]
        apart = []
        for other_keys, others in groups:
            if keys.isdisjoint(other_keys):
                apart.append((other_keys, others))
            else:
                keys, members = keys | other_keys, [*others, *members]
        groups = [*apart, (keys, members)]
    return [members for _, members in groups]
