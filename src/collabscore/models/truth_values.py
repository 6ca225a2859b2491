"""The truth values that a condition can have, whatever candidates answer.

False is 0, unknown 1 and true 2, so that `and` is the least. A part of a condition that asks
something is an atom; atoms that ask for the same thing are looked at together. Axis letter: s
states of what is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from ..kernels.logic import Truth
from ..kernels.ranking import TOLERANCE
from .expressions import (
    And,
    Answers,
    Atom,
    Compare,
    Constant,
    Expression,
    Has,
    Known,
    Named,
    Not,
    NumberOf,
    Or,
    Overlaps,
    Points,
    RatingOf,
    atoms_of,
    evaluate,
)
from .facts import stretches
from .framework import Framework

__all__ = ["MOST_COMBINATIONS", "possible_truth_values"]

MOST_COMBINATIONS = 20_000
"""Above this number of states, or of combinations of them, nothing is claimed of a condition."""

Key: TypeAlias = str | Points | Has | Compare
"""What an atom asks for: a fact or a rating by its id, points, or the atom itself."""
Tables: TypeAlias = Mapping[Key, Mapping[Expression, Truth]]
"""Truth of the atoms of a condition in each state of what they ask for, (s,)."""


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


# states of what is asked for


def _key_of(atom: Atom) -> Key:
    """Return what an atom asks for; a comparison of two quantities is its own question."""
    match atom:
        case Answers(name) | Overlaps(name) | Known(name):
            return name
        case Compare(_, quantity, Constant()) | Compare(_, Constant(), quantity):
            match quantity:
                case NumberOf(name) | RatingOf(name):
                    return name
                case Points():
                    return quantity
    return atom


def _truth_in_states(
    framework: Framework, key: Key, atoms: Sequence[Atom]
) -> dict[Expression, Truth]:
    """Return the truth of all atoms that ask for one thing, in each of its states, (s,)."""
    asking = [atom for atom in atoms if not isinstance(atom, Known)]
    certain = list(dict.fromkeys(_states(framework, key, asking)))
    possible = certain.copy()
    known = np.ones(len(certain), dtype=np.bool_)
    if isinstance(key, Compare) or len(asking) < len(atoms):
        # the last state: the answer is unknown, or a comparison of which nothing is known
        certain.append((False,) * len(asking))
        possible.append((True,) * len(asking))
        known = np.append(known, np.False_)
    table: dict[Expression, Truth] = dict.fromkeys(atoms, Truth(known, known))
    for atom, row, upper in zip(asking, np.transpose(certain), np.transpose(possible), strict=True):
        table[atom] = Truth(row, upper)
    return table


def _states(framework: Framework, key: Key, atoms: list[Any]) -> list[tuple[bool, ...]]:
    """Return the truth of atoms in each state of the one thing that they ask for, once answered."""
    if isinstance(key, Has | Compare):
        return [(False,), (True,)]
    limits, tolerance = (0.0, 100.0), TOLERANCE
    if isinstance(key, str):
        fact = framework.all_facts.get(key)
        if fact is not None:
            most = MOST_COMBINATIONS + 1
            classes = fact.classes(atoms, None, framework.all_lists, most)
            return [found.truths for found in classes]
        limits, tolerance = framework.leaves[key].scale.range, 0.0
    return [truths for _, _, truths in stretches(atoms, limits, tolerance)]


# what a condition can be


def _values(expression: Expression, tables: Tables) -> frozenset[int]:
    match expression:
        case Named(_, condition):
            return _values(condition, tables)
        case Not(operand):
            return frozenset(2 - value for value in _values(operand, tables))
        case Or(operands):
            return _values(Not(And(tuple(map(Not, operands)))), tables)
        case And():
            return _values_of_all(expression, tables)
    return _values_by_combination(expression, tables)


def _values_of_all(expression: And, tables: Tables) -> frozenset[int]:
    """Look at parts that share nothing one by one: their values combine freely."""
    values = frozenset({2})
    for parts in _independent(_operands(expression)):
        if len(parts) == 1:
            found = _values(parts[0], tables)
        else:
            found = _values_by_combination(And(tuple(parts)), tables)
        values = frozenset(map(min, product(values, found)))
    return values


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
    truth = evaluate(expression, truths.__getitem__)
    return frozenset((truth.certain.astype(int) + truth.possible).tolist())


def _operands(expression: And) -> list[Expression]:
    """Return what must hold for all to hold, also of named and (by De Morgan) negated parts."""
    found: list[Expression] = []
    waiting: list[Expression] = [expression]
    seen = {*waiting}
    while waiting:
        part = waiting.pop()
        inner: Sequence[Expression] = ()
        match part:
            case Named(_, condition) | Not(Not(condition)):
                inner = (condition,)
            case Not(Named(_, condition)):
                inner = (Not(condition),)
            case Not(Or(parts)):
                inner = tuple(map(Not, parts))
            case And(parts):
                inner = parts
            case _:
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
