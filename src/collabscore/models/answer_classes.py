"""Classes of answers: what the parts of a condition can tell apart of a fact, a rating, a score or a safeguard.

A part that asks is an atom; atoms that ask for the same thing are looked at together. Imports the kernels, the
expressions and the models of facts. Axis letter: s states of what is asked for, one for each class.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..kernels.logic import Range, Truth, compare
from ..kernels.ranking import TOLERANCE
from .expressions import (
    Answers,
    Compare,
    Constant,
    Count,
    Expression,
    Has,
    Known,
    NumberOf,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
    walk_expression,
)
from .facts import NumberFact, SetFact
from .framework import Framework

__all__ = ["MOST_COMBINATIONS", "Atom", "Key", "atoms_of", "key_of", "only_counts", "states_of"]

MOST_COMBINATIONS = 20_000
"""Above this number of classes, or of combinations of them, nothing is claimed."""

Key: TypeAlias = tuple[str, object]
Atom: TypeAlias = Answers | Overlaps | Has | Known | Compare
Flags: TypeAlias = NDArray[np.bool_]


def atoms_of(expression: Expression) -> Iterator[Atom]:
    """Yield the parts of a condition that ask for something."""
    for part in walk_expression(expression):
        if isinstance(part, Answers | Overlaps | Has | Known) or (
            isinstance(part, Compare) and not only_counts(part)
        ):
            yield part


def only_counts(comparison: Compare) -> bool:
    """Return whether a comparison follows from the conditions that it counts."""
    return all(isinstance(side, Count | Constant) for side in (comparison.left, comparison.right))


def key_of(atom: Atom) -> Key:
    """Return what a part asks for; a comparison of two quantities is its own question."""
    match atom:
        case Answers(name, _) | Overlaps(name, _) | Known(name):
            return "word", name
        case Has(safeguard):
            return "safeguard", safeguard
        case Compare(_, NumberOf(name) | RatingOf(name), Constant()) | Compare(
            _, Constant(), NumberOf(name) | RatingOf(name)
        ):
            return "word", name
        case Compare(_, Points(name), Constant()) | Compare(_, Constant(), Points(name)):
            return "score", name
    return "comparison", atom


def states_of(key: Key, atoms: Sequence[Atom], framework: Framework) -> dict[Atom, Truth] | None:
    """Return what each part says in each state of what they all ask for, unknown last where `known` asks for it."""
    kind, name = key
    if kind == "safeguard":
        return {atom: _known(np.array([False, True])) for atom in atoms}
    if kind == "comparison":  # nothing is known of it: false, true, or not to be told
        free = Truth(np.array([False, True, False]), np.array([False, True, True]))
        return dict.fromkeys(atoms, free)
    asking = [atom for atom in atoms if not isinstance(atom, Known)]
    said = _classes(str(name), kind, asking, framework)
    if said is None:
        return None
    if len(asking) == len(atoms):
        return {atom: _known(truth) for atom, truth in zip(asking, said, strict=True)}
    table = {
        atom: Truth(np.append(truth, False), np.append(truth, True))
        for atom, truth in zip(asking, said, strict=True)
    }
    known = np.append(np.ones(said.shape[1], dtype=np.bool_), False)
    return table | {atom: _known(known) for atom in atoms if isinstance(atom, Known)}


def _known(flags: Flags) -> Truth:
    return Truth(flags, flags)


def _classes(name: str, kind: str, atoms: Sequence[Atom], framework: Framework) -> Flags | None:
    """Return what the parts say of each class of answers that they tell apart, (parts, s); None: too many classes."""
    if not atoms:
        return np.ones((0, 1), dtype=np.bool_)
    fact = framework.all_facts.get(name)
    if kind == "score":
        said = _of_numbers(atoms, 0.0, 100.0, TOLERANCE)
    elif isinstance(fact, SetFact):
        return _of_sets(atoms, fact, framework)
    elif isinstance(fact, NumberFact):
        said = _of_numbers(atoms, fact.minimum, fact.maximum)
    elif fact is not None:
        said = np.array([atom.truth for atom in atoms if isinstance(atom, Answers)], dtype=np.bool_)
    else:
        scale = framework.leaves[name].scale
        said = (
            _of_numbers(atoms, *scale.range)
            if scale is not None
            else _of_numbers(atoms, None, None)
        )
    return np.unique(said, axis=1)


def _of_numbers(
    atoms: Sequence[Atom], low: float | None, high: float | None, tolerance: float = 0.0
) -> Flags:
    """Return what comparisons with constants say on and between them, (parts, s)."""
    comparisons = [atom for atom in atoms if isinstance(atom, Compare)]
    constants = {
        side.value for c in comparisons for side in (c.left, c.right) if isinstance(side, Constant)
    }
    # where a comparison can change, and the ends; a number without an end goes beyond every constant
    edges = {value + shift for value in constants for shift in (-tolerance, tolerance)}
    least = low if low is not None else min(edges | {high if high is not None else math.inf}) - 1
    most = high if high is not None else max(edges | {least}) + 1
    points = np.array(
        [least, *sorted(edge for edge in edges if least < edge < most), most], dtype=np.float64
    )
    points = np.concatenate([points, (points[1:] + points[:-1]) / 2])

    def side(quantity: Quantity) -> Range:
        values = np.full_like(points, quantity.value) if isinstance(quantity, Constant) else points
        return values, values

    return np.array(
        [compare(c.sign, side(c.left), side(c.right), tolerance).sure for c in comparisons]
    )


def _of_sets(atoms: Sequence[Atom], fact: SetFact, framework: Framework) -> Flags | None:
    """Return which lists a set can overlap at once, (parts, s): any union of what its items overlap."""
    asked = [atom.items for atom in atoms if isinstance(atom, Overlaps)]
    parents = framework.parents(fact)
    finer: dict[str, list[str]] = {}
    for item, parent in parents.items():
        if parent is not None:
            finer.setdefault(parent, []).append(item)
    # who names an area alone means something of it
    named = {inner for item in framework.members(fact.of) for inner in finer.get(item, [item])}
    patterns = {
        tuple(not items.isdisjoint((item, parents.get(item))) for items in asked) for item in named
    }
    reached = {(False,) * len(asked)}
    for pattern in sorted(patterns):
        reached |= {tuple(map(max, pattern, other)) for other in reached}
        if len(reached) > MOST_COMBINATIONS:
            return None
    return np.array(sorted(reached), dtype=np.bool_).T
