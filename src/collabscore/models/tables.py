"""Tables in place of steps: cells as conditions, and the answers for which each row counts.

Rows are looked at from the first to the last, and the first that matches counts. The condition of a
row holds where its cells do and those of no earlier row, so that one row at most applies.

Axis letters: r rows, c classes of answers to a fact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..arrays import BoolArray, Frozen, IntArray, frozen_property
from ..errors import did_you_mean, quotable
from ..kernels.logic import Truth
from .answers import MOST_CLASSES, stretches, truths_in
from .base import ReadingError
from .conditions import Symbols, parse
from .expressions import And, Compare, Expression, Not, atoms_of, evaluate
from .facts import Fact, SetFact
from .lists import NamedList
from .syntax import ConditionError

__all__ = ["MOST_COMBINATIONS", "Cell", "Grid", "cell_expression", "cells_in_words"]

Answer: TypeAlias = bool | int | float | str
Cell: TypeAlias = Answer | Sequence[Answer]
"""An answer, a list of answers, a comparison such as `>= applied`, or `any`."""

MOST_COMBINATIONS = 20_000
"""More combinations of answers are not looked at one by one."""

_ANY = "any"
_COMPARISON = re.compile(r"(<=|>=|==|!=|<|>)\s*(.+)", re.DOTALL)
_QUOTED = re.compile(r"(['\"])(.+)\1", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?")


# cells


def cell_expression(cell: Cell, name: str, symbols: Symbols) -> Expression | None:
    """Return what a cell asks of a fact; None: any answer will do.

    Raises
    ------
    ReadingError
        If the fact has no such answer, or cannot be compared in this way.

    Examples
    --------
    >>> from .facts import LevelFact
    >>> stage = LevelFact(kind="level", levels=["basic", "applied"])
    >>> cell_expression(">= applied", "stage", Symbols(facts={"stage": stage}))
    Answers(fact='stage', truth=(False, True))
    """
    text = _condition_of(cell, name, symbols)
    if text is None:
        return None
    try:
        return parse(text, symbols)
    except ConditionError as error:
        found, help = error.diagnostic, error.diagnostic.help
        if found.code == "condition-type":
            help = _forms_of_cell(name, symbols.facts[name])
        raise ReadingError(found.code, found.message, help=help) from None


def _forms_of_cell(name: str, fact: Fact) -> str:
    """Return how a cell asks for answers to a fact, where it did so in a wrong way."""
    if fact.answers:
        return f"list the answers that match: `[{', '.join(fact.answers[:2])}]`"
    example = fact.comparison_example(name).strip("`").removeprefix(f"{name} ")
    return f"write a {fact.kind}, or a comparison such as `{example}`"


def _condition_of(cell: Cell, name: str, symbols: Symbols) -> str | None:
    fact, answers = symbols.facts[name], _answers_in(cell)
    if cell == _ANY:
        if fact.position(_ANY) is None:
            return None
        message = f"`any` stands for every answer, but is also an answer to `{name}`"
        help = "write `\"'any'\"` for this answer; for every answer, list them all: `[any, ...]`"
        raise ReadingError("ambiguous-cell", message, help=help)
    if isinstance(fact, SetFact):
        return " or ".join(_question_of_set(answer, name, fact, symbols) for answer in answers)
    literals = [_literal_of(answer, fact) for answer in answers]
    if answers is cell:
        return f"{name} in [{', '.join(literals)}]"
    compared = _COMPARISON.fullmatch(_word_of(answers[0]))
    if compared is not None and fact.position(answers[0]) is None:
        return f"{name} {compared[1]} {_literal_of(compared[2], fact)}"
    return f"{name} == {literals[0]}"


def _answers_in(cell: Cell) -> Sequence[Answer]:
    """Return the answers of a cell, which may be one alone."""
    return [cell] if isinstance(cell, bool | int | float | str) else cell


def _literal_of(answer: Answer, fact: Fact) -> str:
    """Return an answer as conditions write it."""
    word = _word_of(answer)
    if not fact.answers and _NUMBER.fullmatch(word):
        return word
    return repr(_unquoted(word, fact))


def _word_of(answer: Answer) -> str:
    return ("no", "yes")[answer] if isinstance(answer, bool) else quotable(answer)


def _unquoted(word: str, fact: Fact) -> str:
    """Return a word without quotation marks of its own."""
    inner = _QUOTED.fullmatch(word)
    return word if inner is None or fact.position(word) is not None else inner[2]


def _question_of_set(answer: Answer, name: str, fact: SetFact, symbols: Symbols) -> str:
    """Return the question for any item of a list, or for one item."""
    word, items = _word_of(answer), symbols.lists.get(fact.of, frozenset())
    if word in symbols.lists:
        return f"overlaps({name}, {word})"
    item = _unquoted(word, fact)
    if item not in items:
        message = f"`{word}` is neither a list nor an item of `{fact.of}`"
        help = did_you_mean(item, [*symbols.lists, *sorted(items)])
        raise ReadingError("unknown-item", message, help=help)
    return f"includes({name}, {item!r})"


def cells_in_words(cells: Sequence[Cell], names: Sequence[str]) -> str:
    """Return the cells of a row for readers, each after its fact; those for any answer left out.

    Examples
    --------
    >>> cells_in_words(["firm", "any", [1, 2]], ["partner", "stage", "budget"])
    'partner: firm; budget: 1 or 2'
    """
    said = []
    for cell, name in zip(cells, names, strict=False):
        words = " or ".join(map(_word_of, _answers_in(cell)))
        if words != _ANY:
            said.append(f"{name}: {words}")
    return "; ".join(said) or "any answers"


# rows


class Column(NamedTuple):
    """A fact of a table, and the classes of its answers that cells tell apart.

    Parameters
    ----------
    labels : tuple of str
        The classes in words.
    holds : boolean array of shape (c, r)
        Whether the cell of each row holds in each class.
    """

    fact: str
    labels: tuple[str, ...]
    holds: BoolArray

    @property
    def is_complete(self) -> bool:
        """Whether all classes are there."""
        return len(self.labels) <= MOST_CLASSES

    def masks(self) -> dict[int, str]:
        """Return a class for each set of rows whose cells hold together, a bit each."""
        found: dict[int, str] = {}
        for label, flags in zip(self.labels, self.holds.tolist(), strict=True):
            found.setdefault(sum(1 << row for row, holds in enumerate(flags) if holds), label)
        return found


@dataclass(frozen=True, eq=False)
class Grid(Frozen):
    """The rows of a table over the answers that its cells tell apart.

    Parameters
    ----------
    cells : tuple of tuples of Expression or None
        What each row asks of each fact; None: any answer will do.
    columns : tuple of Column
        One for each fact.
    """

    cells: tuple[tuple[Expression | None, ...], ...]
    columns: tuple[Column, ...]

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        symbols: Symbols,
        lists: Mapping[str, NamedList],
    ) -> Grid:
        """Return the grid of a table whose cells can all be read."""
        read = []
        # one object for cells that ask the same: it is found sooner where conditions are compared
        same: dict[Expression | None, Expression | None] = {}
        for row in rows:
            pairs = zip(row, names, strict=True)
            cells = [cell_expression(cell, name, symbols) for cell, name in pairs]
            read.append(tuple(same.setdefault(cell, cell) for cell in cells))
        columns = []
        for name, asked in zip(names, zip(*read, strict=True), strict=True):
            columns.append(_column_of(name, symbols.facts[name], asked, lists))
        return cls(tuple(read), tuple(columns))

    @property
    def rows(self) -> int:
        """Number of rows up to the first that matches every answer."""
        for row in range(len(self.cells)):
            if not self.columns_asked(row):
                return row + 1
        return len(self.cells)

    def columns_asked(self, row: int) -> int:
        """Return how many facts a row asks for."""
        return sum(cell is not None for cell in self.cells[row])

    @frozen_property
    def own(self) -> tuple[And, ...]:
        """The condition that the cells of each row hold, whatever the other rows."""
        return tuple(And(tuple(cell for cell in row if cell is not None)) for row in self.cells)

    @frozen_property
    def _opposite(self) -> tuple[Not, ...]:
        # one object a row: the conditions of many rows hold it
        return tuple(map(Not, self.own))

    def condition(self, row: int) -> Expression | None:
        """Return the condition that a row is the first to match; None: it always is."""
        parts: list[Expression] = list(self.own[row].operands)
        for other in np.flatnonzero(self.overlaps[row, :row]).tolist():
            parts.append(self._opposite[other])
        return And(tuple(parts)) if parts else None

    @frozen_property
    def overlaps(self) -> BoolArray:
        """Whether some answers match both of two rows, (r, r)."""
        found = np.ones((len(self.cells), len(self.cells)), dtype=np.bool_)
        for column in self.columns:
            if column.is_complete:
                holds = column.holds.astype(np.int64)
                found &= (holds.T @ holds) > 0
        return found

    @frozen_property
    def _reached(self) -> dict[int, tuple[str, ...]] | None:
        """Sets of rows that match together, a bit each, with such answers; None: too many."""
        found: dict[int, tuple[str, ...]] = {(1 << len(self.cells)) - 1: ()}
        for column in self.columns:
            below: dict[int, tuple[str, ...]] = {}
            masks = column.masks()
            for rows, labels in found.items():
                for mask, label in masks.items():
                    below.setdefault(rows & mask, (*labels, label))
            if len(below) > MOST_COMBINATIONS or not column.is_complete:
                return None
            found = below
        return found

    @property
    def is_checked(self) -> bool:
        """Whether all combinations of answers can be looked at."""
        return self._reached is not None

    def gap(self) -> str | None:
        """Return answers that no row matches, in words; None where there are none, or too many."""
        labels = (self._reached or {}).get(0)
        return None if labels is None else self.in_words(labels)

    def rows_that_count(self) -> set[int]:
        """Return the rows that are the first to match some answers.

        Where these are too many, all up to the first row that matches every answer.
        """
        if self._reached is None:
            return set(range(self.rows))
        # the lowest bit of each set
        return {(rows & -rows).bit_length() - 1 for rows in self._reached if rows}

    def in_words(self, labels: Sequence[str]) -> str:
        """Return a class of answers to each fact in words."""
        pairs = zip(self.columns, labels, strict=True)
        return ", ".join(f"`{column.fact}` {label}" for column, label in pairs)

    def good_to_bad(self, axis: int, fact: Fact) -> list[int]:
        """Return the classes of a fact from the best to the worst answer; none if it does not say.

        Of a fact with several answers, those of one answer alone.
        """
        size = len(self.columns[axis].labels)
        if size > 1 and fact.good_to_bad:
            return [fact.answers.index(answer) for answer in fact.good_to_bad]
        worse = None if fact.answers else getattr(fact, "worse", None)
        return [*range(size)][:: -1 if worse == "low" else 1] if worse else []

    def first_rows(self) -> IntArray | None:
        """Return the first row that matches each combination of classes, (c, c, ...); -1: none.

        None where the combinations are too many.
        """
        sizes = [len(column.labels) for column in self.columns]
        if math.prod(sizes) > MOST_COMBINATIONS:
            return None
        found = np.full(sizes, -1)
        for row in reversed(range(len(self.cells))):
            matches = np.ones([1] * len(sizes), dtype=np.bool_)
            for axis, column in enumerate(self.columns):
                shape = [1] * len(sizes)
                shape[axis] = sizes[axis]
                matches = matches & column.holds[:, row].reshape(shape)
            found = np.where(matches, row, found)
        return found


def _column_of(
    name: str, fact: Fact, asked: Sequence[Expression | None], lists: Mapping[str, NamedList]
) -> Column:
    cells = [cell for cell in asked if cell is not None]
    atoms: list[Any] = list(dict.fromkeys(chain.from_iterable(map(atoms_of, cells))))
    if not atoms:
        return Column(name, ("any answer",), np.ones((1, len(asked)), dtype=np.bool_))
    classes = fact.classes(atoms, None, lists, MOST_CLASSES + 1)
    if isinstance(atoms[0], Compare):
        number: Any = fact
        truths = truths_in(stretches(atoms, number.limits, in_days=number.in_days), atoms)
    else:
        truths = np.array([each.truths for each in classes]).T
    truth_of = dict(zip(atoms, map(Truth.settled, truths), strict=True))
    always = np.ones(len(classes), dtype=np.bool_)
    holds = []
    for cell in asked:
        holds.append(always if cell is None else evaluate(cell, truth_of.__getitem__).certain)
    return Column(name, tuple(each.label for each in classes), np.array(holds).T)
