"""Open facts: facts that are not settled and that guardrails look at, their answers, and draws of these.

Axis letters: n candidates, s draws, f open facts, o open entries of one fact.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray
from ..kernels.weights import TILE
from ..models.base import title_of, within
from ..models.expressions import (
    Answers,
    Compare,
    Constant,
    Expression,
    NumberOf,
    Overlaps,
    walk_expression,
)
from ..models.facts import Answer, AnswerSet, Fact, NumberFact, NumberRange, SetAnswer, SetFact
from ..models.framework import Framework
from ..output.text import figure
from ..scoring.columns import AnswerColumn, FactColumn, NumberColumn, SetColumn, column_of
from ..scoring.problem import Problem
from ..scoring.variants import Entries
from .uncertainty import Draws

__all__ = [
    "MOST_CLASSES",
    "QUANTILES",
    "AnswerClass",
    "JointDraws",
    "OpenFact",
    "count_open",
    "draw_jointly",
    "open_facts",
]

MOST_CLASSES = 1024
"""Sets may differ for guardrails in two to the power of their lists ways; no more than these are told apart."""

QUANTILES = 256
"""The place of a drawn rating between its ends is kept as one of these."""

_FACT_STREAM = 1_000_003  # far from the streams of weights and ratings, which count from 0


@dataclass(frozen=True)
class AnswerClass:
    """One answer to an open fact, or a class of answers between which no guardrail makes a difference.

    Parameters
    ----------
    label : str
        In words.
    answer : Answer
        One word of several, a stretch of numbers, or one set of the class.
    """

    label: str
    answer: Answer


@dataclass(frozen=True)
class OpenFact:
    """A fact of one candidate that is open, in a way that makes a difference to some guardrail.

    Parameters
    ----------
    row : int
        The candidate, in the order of the problem.
    fact : str
    answers : tuple of AnswerClass
        At least two; each counts as equally likely.
    """

    row: int
    fact: str
    answers: tuple[AnswerClass, ...]


def parts_of(framework: Framework) -> tuple[Expression, ...]:
    """Return the parts of conditions that look at facts, ratings and scores, each once, in the order they stand."""
    found: dict[Expression, None] = {}
    for condition in framework.deciding_expressions:
        for part in walk_expression(condition):
            if isinstance(part, Answers | Compare | Overlaps):
                found[part] = None
    return tuple(found)


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
    classes: Callable[[int], tuple[AnswerClass, ...]]
    match column:
        case AnswerColumn(codes, possible):
            assert not isinstance(fact, NumberFact | SetFact)
            words = fact.answers
            said = codes

            def classes(code: int) -> tuple[AnswerClass, ...]:
                return tuple(
                    AnswerClass(words[k], AnswerSet(frozenset({k})))
                    for k in np.flatnonzero(possible[code]).tolist()
                )

        case NumberColumn(low, high):
            assert isinstance(fact, NumberFact)
            pairs, said = np.unique(
                np.column_stack([low, high]), axis=0, return_inverse=True, equal_nan=True
            )
            said = said.reshape(-1)

            def classes(code: int) -> tuple[AnswerClass, ...]:
                return _stretches(fact, pairs[code].tolist(), parts)

        case SetColumn(codes, answers):
            assert isinstance(fact, SetFact)
            said = codes

            def classes(code: int) -> tuple[AnswerClass, ...]:
                return _patterns(problem.framework, fact, answers[code], parts)

    different = {code: classes(code) for code in np.unique(said).tolist()}
    for row, code in enumerate(said.tolist()):
        if len(different[code]) > 1:
            yield OpenFact(row, key, different[code])


# draws


@dataclass(frozen=True, eq=False)
class JointDraws:
    """Answers, verdicts and first places in each draw, candidates in the order of the problem.

    Parameters
    ----------
    source : Draws
        Of weights and ratings.
    facts : tuple of OpenFact
    top : boolean array of shape (s, n), or None
        Who is among the first k; None where there is no order.
    verdicts : integer array of shape (s, n)
        The verdict by its position among the verdicts; -1 where the framework is not about the candidate.
    answers : integer array of shape (s, f)
        The answer to each open fact.
    quantiles : integer array of shape (s, u)
        The place of each uncertain rating between its ends, as one of 256 quantiles.
    """

    source: Draws
    facts: tuple[OpenFact, ...]
    top: BoolArray | None
    verdicts: NDArray[np.int8]
    answers: NDArray[np.int16]
    quantiles: NDArray[np.uint8]

    @cached_property
    def contested(self) -> NDArray[np.float32]:
        """Who is among the first k, for candidates that are so in some draws and not in others, (s, any)."""
        if self.top is None:
            return np.zeros((len(self.verdicts), 0), dtype=np.float32)
        return self.top[:, self.top.any(axis=0) & ~self.top.all(axis=0)].astype(np.float32)

    @cached_property
    def verdict_inputs(self) -> frozenset[str]:
        """The facts and leaf criteria on which verdicts depend."""
        framework = self.source.problem.framework
        inputs = set(framework.references.inputs)
        for key in framework.references.scores:
            inputs.update(framework.leaves_below(key))
        return frozenset(inputs)


def draw_jointly(
    source: Draws,
    facts: tuple[OpenFact, ...],
    top: int | None,
    draws: int,
    advance: Callable[[int], None],
) -> JointDraws:
    """Draw weights, ratings and open facts together; judge and order all candidates anew in each draw.

    Weights and ratings are those of `robustness` with the same seed; facts have a stream of their own. Everything is
    drawn by inverse transform.
    """
    n = source.problem.size
    seed = np.random.SeedSequence(source.seed, spawn_key=(_FACT_STREAM,))
    stream = np.random.Generator(np.random.PCG64(seed))
    counts = np.array([len(fact.answers) for fact in facts], dtype=np.float64)
    tables = _answer_tables(source.problem, facts)
    evaluator = source.evaluator(())
    drawn = JointDraws(
        source,
        facts,
        None if top is None else np.empty((draws, n), dtype=np.bool_),
        np.empty((draws, n), dtype=np.int8),
        np.empty((draws, len(facts)), dtype=np.int16),
        np.empty((draws, len(source.uncertain)), dtype=np.uint8),
    )
    for start, tile in zip(range(0, draws, TILE), source.batches(), strict=False):
        part = slice(start, min(start + TILE, draws))
        batch = tile.take(slice(0, part.stop - start))
        # before the point the answer, behind it the place within
        answers = (stream.random((TILE, len(facts))) * counts)[: len(batch)]
        drawn.answers[part] = answers
        drawn.quantiles[part] = batch.uniform * QUANTILES
        entries = {key: table.entries(answers) for key, table in tables.items()}
        changes = replace(evaluator.changes(batch), facts=entries)
        outcomes = evaluator.variants.outcomes(changes)
        drawn.verdicts[part] = outcomes.severity
        if drawn.top is not None and top is not None:
            drawn.top[part] = (outcomes.ranks > 0) & (outcomes.ranks <= top)
        advance(part.stop)
    return drawn


@dataclass(frozen=True, eq=False)
class _AnswerTable:
    """The answers to one fact that are drawn for some candidates.

    Parameters
    ----------
    rows : integer array of shape (o,)
        The candidates.
    numbers : integer array of shape (o,)
        The positions of these entries among all open facts.
    begins : integer array of shape (o,)
        The position in `answers` of the first answer of each entry.
    answers : FactColumn
        The answers of each entry, one after another.
    """

    rows: NDArray[np.intp]
    numbers: NDArray[np.intp]
    begins: NDArray[np.intp]
    answers: FactColumn

    def entries(self, drawn: FloatArray) -> Entries[FactColumn]:
        """Return the answers that are drawn, (s, f), before the point which, behind it the place within."""
        mine = drawn[:, self.numbers]
        which = mine.astype(np.intp)
        column = self.answers.take((self.begins + which).ravel())
        if isinstance(column, NumberColumn):
            number = column.low + (mine - which).ravel() * (column.high - column.low)
            column = NumberColumn(number, number)
        return Entries(self.rows, column)


def _answer_tables(problem: Problem, facts: Sequence[OpenFact]) -> dict[str, _AnswerTable]:
    numbers: dict[str, list[int]] = {}
    for number, entry in enumerate(facts):
        numbers.setdefault(entry.fact, []).append(number)
    tables = {}
    for key, chosen in numbers.items():
        rows = [facts[number].row for number in chosen]
        counts = [len(facts[number].answers) for number in chosen]
        answers = [known.answer for number in chosen for known in facts[number].answers]
        column = column_of(answers, problem.framework.all_facts[key])
        begins = np.cumsum([0, *counts[:-1]])
        tables[key] = _AnswerTable(np.array(rows), np.array(chosen), begins, column)
    return tables


# classes of numbers

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
) -> tuple[AnswerClass, ...]:
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
) -> AnswerClass:
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
    return AnswerClass(label, NumberRange(least, most))


# sets


def _patterns(
    framework: Framework, fact: SetFact, known: SetAnswer | None, parts: Sequence[Expression]
) -> tuple[AnswerClass, ...]:
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
        AnswerClass(_label(framework, fact, wanted, pattern), SetAnswer(items))
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
