"""Answers: the open facts at which guardrails look, and the answers to them that guardrails can tell apart.

Imports scoring, the models and `wording`. Axis letter: n candidates.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ...models.base import title_of, within
from ...models.expressions import (
    Answers,
    Compare,
    Constant,
    Expression,
    NumberOf,
    Overlaps,
    walk_expression,
)
from ...models.facts import Fact, NumberFact, SetAnswer, SetFact
from ...models.framework import Framework
from ...output.text import figure
from ...scoring.columns import AnswerColumn, NumberColumn, SetColumn
from ...scoring.problem import Problem

__all__ = [
    "MOST_CLASSES",
    "Answer",
    "OpenFact",
    "Part",
    "count_open",
    "open_facts",
    "words_in",
]

MOST_CLASSES = 1024
"""Sets may differ for guardrails in two to the power of their lists ways; no more than these are told apart."""


Part: TypeAlias = tuple[float, float] | int | SetAnswer
"""An answer as columns have it: the place of a word, the ends of a number, a set."""


@dataclass(frozen=True)
class Answer:
    """One answer to an open fact, or one class of answers between which no guardrail makes a difference.

    Parameters
    ----------
    label : str
        In words.
    part : int, pair of float or SetAnswer
        The place of the word among the answers; the ends of a stretch of numbers; one set of the class.
    """

    label: str
    part: Part


@dataclass(frozen=True)
class OpenFact:
    """A fact of one candidate that is open, in a way that makes a difference to some guardrail.

    Parameters
    ----------
    row : int
        The candidate, in the order of the problem.
    fact : str
    answers : tuple of Answer
        At least two; each counts as equally likely.
    """

    row: int
    fact: str
    answers: tuple[Answer, ...]


def parts_of(framework: Framework) -> tuple[Expression, ...]:
    """Return the parts of conditions that look at facts, ratings and scores, each once, in the order they stand."""
    found: dict[Expression, None] = {}
    for condition in framework.deciding_expressions:
        for part in walk_expression(condition):
            if isinstance(part, Answers | Compare | Overlaps):
                found[part] = None
    return tuple(found)


def words_in(framework: Framework) -> frozenset[str]:
    """Return the facts and leaf criteria at which the conditions of guardrails, and of `applies`, look."""
    used = framework.references
    found = set(used.inputs)
    for key, node in framework.leaves.items():
        if not set(used.scores).isdisjoint(node.path):
            found.add(key)
    return frozenset(found)


def open_facts(problem: Problem) -> list[OpenFact]:
    """Return the open facts that some guardrail looks at, by candidate and in the order of the framework.

    Notes
    -----
    Of flags, levels and choices each answer still possible is a class of its own. Sets are told apart by the lists and
    items that conditions look for in them: each way in which these can come out is a class. Numbers are told apart by
    the constants with which conditions compare them.
    """
    parts = parts_of(problem.framework)
    found: list[OpenFact] = []
    for key, fact in problem.framework.all_facts.items():
        looked_at = [part for part in parts if _looks_at(part, key)]
        if looked_at:
            found += _open(problem, key, fact, looked_at)
    return sorted(found, key=lambda entry: entry.row)  # stable: facts keep their order


def count_open(problem: Problem) -> int:
    """Return how many facts of candidates are unknown or leave several answers, whether a guardrail looks or not."""
    total = 0
    for column in problem.facts.values():
        match column:
            case AnswerColumn(codes, possible):
                total += int((possible.sum(axis=1) > 1)[codes].sum())
            case NumberColumn():
                total += int((~column.fully_known).sum())
            case SetColumn(codes, answers):
                total += int(
                    np.array([answer is None or answer.open for answer in answers])[codes].sum()
                )
    return total


def _looks_at(part: Expression, fact: str) -> bool:
    match part:
        case Answers(name, _) | Overlaps(name, _):
            return name == fact
        case Compare(_, left, right):
            return NumberOf(fact) in (left, right)
    return False


def _open(
    problem: Problem, key: str, fact: Fact, parts: Sequence[Expression]
) -> Iterator[OpenFact]:
    """Yield the open answers to one fact; candidates that say the same share their classes."""
    column = problem.facts[key]
    classes: Callable[[int], tuple[Answer, ...]]
    match column:
        case AnswerColumn(codes, possible):
            assert not isinstance(fact, NumberFact | SetFact)
            words = fact.answers
            said = codes

            def classes(code: int) -> tuple[Answer, ...]:
                return tuple(Answer(words[k], k) for k in np.flatnonzero(possible[code]).tolist())

        case NumberColumn(low, high):
            assert isinstance(fact, NumberFact)
            pairs, said = np.unique(
                np.column_stack([low, high]), axis=0, return_inverse=True, equal_nan=True
            )
            said = said.reshape(-1)

            def classes(code: int) -> tuple[Answer, ...]:
                return _stretches(fact, pairs[code].tolist(), parts)

        case SetColumn(codes, answers):
            assert isinstance(fact, SetFact)
            said = codes

            def classes(code: int) -> tuple[Answer, ...]:
                return _patterns(problem.framework, fact, answers[code], parts)

    different = {code: classes(code) for code in np.unique(said).tolist()}
    for row, code in enumerate(said.tolist()):
        if len(different[code]) > 1:
            yield OpenFact(row, key, different[code])


# numbers

_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def _stretches(
    fact: NumberFact, known: Sequence[float], parts: Sequence[Expression]
) -> tuple[Answer, ...]:
    """Return the stretches of numbers between the constants with which a fact is compared, cut to what is known."""
    low, high = known
    if math.isnan(low):
        low = -math.inf if fact.minimum is None else float(fact.minimum)
        high = math.inf if fact.maximum is None else float(fact.maximum)
    if low == high:
        return ()
    tests = [
        test for part in parts if isinstance(part, Compare) and (test := _test_of(part)) is not None
    ]
    if len(tests) < len(parts) and math.isfinite(high - low):
        # compared with what is no constant: quarters of what is possible stand for the stretches
        tests += [(">=", low + (high - low) * k / 4) for k in (1, 2, 3)]
    cuts = sorted({constant for _, constant in tests if low <= constant <= high})
    # each constant is a cell of its own, and so is what lies between two
    edges = [low, *cuts, high]
    cells = [(edges[0], edges[1])]
    for k, cut in enumerate(cuts, start=1):
        cells += [(cut, cut), (cut, edges[k + 1])]
    cells = [(start, end) for k, (start, end) in enumerate(cells) if start < end or k % 2]
    merged: list[tuple[tuple[bool, ...], list[tuple[float, float]]]] = []
    for cell in cells:
        inside = _inside(*cell)
        pattern = tuple(_SIGNS[sign](inside, constant) for sign, constant in tests)
        if merged and merged[-1][0] == pattern:
            merged[-1][1].append(cell)
        else:
            merged.append((pattern, [cell]))
    return tuple(_stretch(fact, joined, low, high) for _, joined in merged)


def _test_of(part: Compare) -> tuple[str, float] | None:
    match part:
        case Compare(sign, NumberOf(), Constant(value)):
            return sign, value
        case Compare(sign, Constant(value), NumberOf()):
            return _MIRRORED[sign], value
    return None


def _inside(start: float, end: float) -> float:
    """Return a number within a cell, apart from its ends unless they are one."""
    if math.isinf(start) and math.isinf(end):
        return 0.0
    if math.isinf(start):
        return end - 1
    return start + 1 if math.isinf(end) else start + (end - start) / 2


def _stretch(
    fact: NumberFact, cells: Sequence[tuple[float, float]], low: float, high: float
) -> Answer:
    start, end = cells[0][0], cells[-1][1]
    holds_start = cells[0][0] == cells[0][1] or start == low
    holds_end = cells[-1][0] == cells[-1][1] or end == high
    unit = f" {fact.unit}" if fact.unit else ""
    if start == end:
        label = f"exactly {figure(start)}{unit}"
    elif start == low or math.isinf(start):
        label = (
            "any number"
            if math.isinf(end)
            else f"{'at most' if holds_end else 'below'} {figure(end)}{unit}"
        )
    elif end == high or math.isinf(end):
        label = (
            f"{figure(start)}{unit} or more" if holds_start else f"more than {figure(start)}{unit}"
        )
    else:
        first = figure(start) if holds_start else f"above {figure(start)}"
        label = f"{first} to {'' if holds_end else 'below '}{figure(end)}{unit}"
    # ends that do not belong to the stretch, or have no end, give way to numbers within it
    inner = (_inside(*cells[0]), _inside(*cells[-1]))
    least = start if holds_start and math.isfinite(start) else inner[0]
    most = end if holds_end and math.isfinite(end) else inner[1]
    return Answer(label, (least, most))


# sets


def _patterns(
    framework: Framework, fact: SetFact, known: SetAnswer | None, parts: Sequence[Expression]
) -> tuple[Answer, ...]:
    """Return one set for each way in which what guardrails look for in a set can come out.

    Notes
    -----
    Only finest items need be named: whoever names an item that holds finer ones can name one of these, as the
    conditions are decided then and come out alike.
    """
    wanted = [part.items for part in parts if isinstance(part, Overlaps)]
    parents = framework.parents(fact)
    finer = {
        parent: [key for key, above in parents.items() if above == parent]
        for parent in set(parents.values())
    }
    base = frozenset() if known is None else known.items

    def found(items: frozenset[str]) -> int:
        """Return which of the wanted have an item in common with some, a bit each."""
        named = items | {above for item in items if (above := parents[item]) is not None}
        return sum(1 << k for k, some in enumerate(wanted) if named & some)

    reached = {found(base): base}
    for parent in sorted(
        item for item in base if item in finer and not base.intersection(finer[item])
    ):
        # something of it is meant: one of its finer items at least
        reached = _closed({}, reached, [frozenset({item}) for item in finer[parent]], found)
    if known is None or known.open:
        atoms = [frozenset({item}) for item in parents if item not in finer]
        reached = _closed(reached, reached, atoms, found)
    chosen = sorted(reached.items())[:MOST_CLASSES]
    return tuple(
        Answer(_label(framework, fact, wanted, pattern), SetAnswer(items))
        for pattern, items in chosen
    )


def _closed(
    reached: Mapping[int, frozenset[str]],
    start: Mapping[int, frozenset[str]],
    atoms: Sequence[frozenset[str]],
    found: Callable[[frozenset[str]], int],
) -> dict[int, frozenset[str]]:
    """Add to sets that come out differently every set that comes out differently again with more items."""
    different = {found(atom): atom for atom in reversed(atoms)}
    closed, edge = dict(reached), dict(start)
    while edge and len(closed) < MOST_CLASSES:
        step: dict[int, frozenset[str]] = {}
        for pattern, items in edge.items():
            for more, atom in different.items():
                if (pattern | more) not in closed and (pattern | more) not in step:
                    step[pattern | more] = items | atom
        closed |= step
        edge = step
    return closed


def _label(
    framework: Framework, fact: SetFact, wanted: Sequence[frozenset[str]], pattern: int
) -> str:
    words = [_name(framework, fact, items) for items in wanted]
    there = [word for k, word in enumerate(words) if pattern >> k & 1]
    absent = [word for k, word in enumerate(words) if not pattern >> k & 1]
    said = [f"something of {word}" for word in there[:1]] + there[1:]
    if not there:
        return f"nothing of {' or '.join(absent)}"
    return " and ".join(said) + (f", nothing of {' or '.join(absent)}" if absent else "")


def _name(framework: Framework, fact: SetFact, items: frozenset[str]) -> str:
    """Return what conditions look for, in words: the title of a list, or of the one item."""
    for name, found in framework.all_lists.items():
        if framework.members(name) == items and name != fact.of:
            return within(title_of(name, found.title))
    return " or ".join(sorted(items))
