"""Open facts: facts that are not settled and that guardrails look at, and draws of answers.

Axis letters: n candidates, s draws, f open facts, o open entries of one fact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, IndexArray
from ..kernels.weights import TILE
from ..models.facts import Answer, AnswerClass
from ..scoring.problem import Column, NumberColumn, Problem, column_of
from ..scoring.variants import Entries
from .uncertainty import Draws, take_draws

__all__ = [
    "QUANTILES",
    "JointDraws",
    "OpenFact",
    "count_open",
    "draw_jointly",
    "open_facts",
]

QUANTILES = 256
"""The place of a drawn rating between its ends is kept as one of these."""

_FACT_STREAM = 1_000_003  # far from the streams of weights and ratings, which count from 0


@dataclass(frozen=True)
class OpenFact:
    """A fact of one candidate that is open, in a way that makes a difference to some guardrail.

    Parameters
    ----------
    row : int
        The candidate, in the order of the problem.
    fact : str
    answers : list of AnswerClass
        At least two; each counts as equally likely.
    """

    row: int
    fact: str
    answers: list[AnswerClass]


def open_facts(problem: Problem, rows: Sequence[int] | None = None) -> list[OpenFact]:
    """Return the open facts that some guardrail looks at, by candidate and as in the framework.

    `rows` are the candidates to look at; all of them, if left out.
    """
    found: list[OpenFact] = []
    framework = problem.framework
    for key, column in problem.facts.items():
        if key not in framework.atoms_by_fact:
            continue
        classes: dict[Answer | None, list[AnswerClass]] = {}
        for row in range(problem.size) if rows is None else rows:
            known = column.answer_at(row)
            if known not in classes:
                classes[known] = framework.answer_classes(key, known)
            if len(classes[known]) > 1:
                found.append(OpenFact(row, key, classes[known]))
    return sorted(found, key=lambda entry: entry.row)  # stable: facts keep their order


def count_open(problem: Problem) -> int:
    """Return how many facts are not settled, whether a guardrail looks at them or not."""
    return sum(int((~column.settled).sum()) for column in problem.facts.values())


# draws


@dataclass(frozen=True, eq=False)
class JointDraws:
    """Answers, verdicts and first places in each draw, candidates in the order of the problem.

    Parameters
    ----------
    source : Draws
        Of weights and ratings.
    facts : tuple of OpenFact
    top : boolean array of shape (s, n)
        Who is among the first k; nobody where there is no order.
    verdicts : integer array of shape (s, n)
        The verdict by its position among the verdicts; -1 where the framework is not about the
        candidate.
    answers : integer array of shape (s, f)
        The answer to each open fact.
    quantiles : integer array of shape (s, u)
        The place of each uncertain rating between its ends, as one of 256 quantiles.
    """

    source: Draws
    facts: tuple[OpenFact, ...]
    top: BoolArray
    verdicts: NDArray[np.int8]
    answers: NDArray[np.int16]
    quantiles: NDArray[np.uint8]

    @cached_property
    def contested(self) -> NDArray[np.float32]:
        """Who is among the first k, for candidates that are so in some draws only, (s, any)."""
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
    """Draw weights, ratings and open facts together; judge and order all candidates in each draw.

    Weights and ratings are those of `robustness` with the same seed; facts have a stream of their
    own. Everything is drawn by inverse transform.
    """
    n = source.problem.size
    seed = np.random.SeedSequence(source.seed, spawn_key=(_FACT_STREAM,))
    stream = np.random.Generator(np.random.PCG64(seed))
    counts = np.array([len(fact.answers) for fact in facts], dtype=np.float64)
    tables = _answer_tables(source.problem, facts)
    drawn = JointDraws(
        source,
        facts,
        np.empty((draws, n), dtype=np.bool_),
        np.empty((draws, n), dtype=np.int8),
        np.empty((draws, len(facts)), dtype=np.int16),
        np.empty((draws, source.uncertain_count), dtype=np.uint8),
    )
    start = 0
    for batch in take_draws(source.batches(), draws):
        part = slice(start, start + len(batch))
        # before the point the answer, behind it the place within
        answers = (stream.random((TILE, len(facts))) * counts)[: len(batch)]
        drawn.answers[part] = answers
        drawn.quantiles[part] = batch.uniform * QUANTILES
        changes = source.changes(batch)
        entries = {key: table.entries(answers) for key, table in tables.items()}
        changes = replace(changes, entries={**changes.entries, **entries})
        outcomes = source.variants().outcomes(changes)
        drawn.verdicts[part] = outcomes.severity
        drawn.top[part] = (outcomes.ranks > 0) & (outcomes.ranks <= (top or 0))
        start = part.stop
        advance(start)
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
    answers : Column
        The answers of each entry, one after another.
    """

    rows: IndexArray
    numbers: IndexArray
    begins: IndexArray
    answers: Column

    def entries(self, drawn: FloatArray) -> Entries:
        """Return the drawn answers, (s, f), before the point which, behind it the place within."""
        mine = drawn[:, self.numbers]
        which = mine.astype(np.intp)
        column = self.answers.take((self.begins + which).ravel())
        if isinstance(column, NumberColumn):
            number = column.low + (mine - which).ravel() * (column.high - column.low)
            column = NumberColumn.of_points(number)
        return Entries(self.rows, column)


def _answer_tables(problem: Problem, facts: Sequence[OpenFact]) -> dict[str, _AnswerTable]:
    by_fact: dict[str, list[int]] = {}
    for number, entry in enumerate(facts):
        by_fact.setdefault(entry.fact, []).append(number)
    tables = {}
    for key, numbers in by_fact.items():
        rows, begins = [], []
        answers: list[Answer] = []
        for number in numbers:
            rows.append(facts[number].row)
            begins.append(len(answers))
            for known in facts[number].answers:
                answers.append(known.answer)
        column = column_of(answers, problem.framework.all_facts[key])
        tables[key] = _AnswerTable(np.array(rows), np.array(numbers), np.array(begins), column)
    return tables
