"""Problems: one framework and its candidates as columns, ready to be scored.

Axis letters: n candidates, q different answers, k possible answers, s settings.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from importlib import import_module
from itertools import count
from typing import Any, NamedTuple, NoReturn, Self, TypeAlias, TypeGuard, get_args

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, Frozen, IndexArray, frozen_property, read_only
from ..cells import Cells, CodedCells, cells_of, plain_cell
from ..documents.loading import CandidateSource, FrameworkSource, date_given, load_framework
from ..errors import (
    CandidateError,
    Diagnostic,
    KeyPath,
    UsageError,
    as_called,
    choose_from,
    did_you_mean,
    label_of,
    names_of,
    quotable,
    refusal_of_name,
)
from ..models.answers import Answer, FactDetail, NumberRange, SetAnswer
from ..models.base import (
    LARGEST,
    FrozenDict,
    ReadingError,
    are_plain_ids,
    clean_id,
    clean_text,
    days_of,
    has_expired,
    title_of,
)
from ..models.candidates import Candidate, Candidates, Unit
from ..models.conditions import OF_PARTNER, PLACE
from ..models.criteria import RatingDetail, Scale
from ..models.facts import DateFact, Fact, FlagFact, NumberFact
from ..models.framework import PARTNERS, Framework
from ..output.text import plural

__all__ = [
    "AnswerColumn",
    "Column",
    "NumberColumn",
    "Problem",
    "column_of",
    "fact_column",
    "rating_column",
    "ratings_of",
]

Ends: TypeAlias = tuple[float, float, float]
"""Low, value and high of a rating or of a number."""

_NO_NUMBER = (math.nan, math.nan, math.nan)


class _Entries(Frozen):
    """Entries of all candidates; those that have expired are unknown, and kept as `stood`."""

    stood: Any
    unknown: Any

    def expired_in(self, rows: Sequence[int]) -> Self:
        """Return the column with the entries of some rows expired."""
        places = np.array(rows, dtype=np.intp)
        stood = self.blank(len(self.unknown)).with_rows(places, self.take(places))
        rest: Any = self.with_rows(places, self.blank(len(rows)))
        expired: Self = replace(rest, stood=stood)
        return expired

    def as_given(self) -> Self:
        """Return the column with no entry expired."""
        if self.stood is None:
            return self
        rows = np.flatnonzero(~self.stood.unknown)
        return self.with_rows(rows, self.stood.take(rows))

    def opened(self, flags: BoolArray) -> Self:
        """Return the column with some entries unknown."""
        rows = np.flatnonzero(flags)
        return self.with_rows(rows, self.blank(len(rows)))

    def stood_with(self, rows: IndexArray, new: Self, settings: int) -> Self | None:
        """Return what stood before it expired, once there are new entries in some rows."""
        if self.stood is None and new.stood is None:
            return None
        stood = self.stood or self.blank(len(self.unknown))
        return stood.with_rows(rows, new.stood or new.blank(len(new.unknown)), settings)

    @classmethod
    def blank(cls, n: int) -> Self:
        """Return n unknown entries."""
        raise NotImplementedError

    def take(self, rows: NDArray[np.integer[Any]]) -> Self:
        """Return the column of some candidates."""
        raise NotImplementedError

    def with_rows(self, rows: IndexArray, new: Self, settings: int = 1) -> Self:
        """Return the column as often as there are settings, with new entries in some rows.

        Parameters
        ----------
        rows : integer array of shape (o,)
        new : column
            The o entries of the first setting, then those of the next, (s * o,).
        """
        raise NotImplementedError


@dataclass(frozen=True, eq=False, repr=False)
class NumberColumn(_Entries):
    """Ratings on a criterion, or numbers that a fact gives.

    Parameters
    ----------
    low, value, high : arrays of shape (n,)
        All three NaN where unknown; `value` alone NaN for an interval. One and the same array where
        every number is a point or unknown.
    stood : NumberColumn, optional
        Entries before they expired; unknown elsewhere.
    """

    low: FloatArray
    value: FloatArray
    high: FloatArray
    stood: NumberColumn | None = None

    @classmethod
    def of_points(cls, points: FloatArray) -> NumberColumn:
        """Return a column without intervals; NaN is unknown."""
        return cls(points, points, points)

    @classmethod
    def blank(cls, n: int) -> NumberColumn:
        """Return n unknown numbers."""
        return cls.of_points(read_only(np.full(n, np.nan)))

    @property
    def points_only(self) -> bool:
        """Whether every number is a point or unknown."""
        return self.low is self.high

    @frozen_property
    def unknown(self) -> BoolArray:
        """Where there is no number, (n,)."""
        return np.isnan(self.low)

    @frozen_property
    def settled(self) -> BoolArray:
        """Where there is one number, (n,)."""
        return np.equal(self.low, self.high)

    @frozen_property
    def complete(self) -> bool:
        """Whether every number is a point."""
        return self.points_only and not bool(self.unknown.any())

    def answer_at(self, row: int) -> NumberRange | None:
        """Return the answer in a row; None is an unknown one."""
        if self.unknown[row]:
            return None
        return NumberRange(float(self.low[row]), float(self.high[row]))

    def take(self, rows: NDArray[np.integer[Any]]) -> NumberColumn:
        """Return the column of some candidates."""
        low, stood = self.low[rows], self.stood and self.stood.take(rows)
        if self.points_only:
            return NumberColumn(low, low, low, stood)
        return NumberColumn(low, self.value[rows], self.high[rows], stood)

    def with_rows(self, rows: IndexArray, new: NumberColumn, settings: int = 1) -> NumberColumn:
        """Return the column with new entries in some rows, for each setting."""
        low, stood = _put(self.low, rows, new.low, settings), self.stood_with(rows, new, settings)
        points = self.unknown | self.settled
        points[rows] = new.points_only
        if points.all():
            return NumberColumn(low, low, low, stood)
        value = _put(self.value, rows, new.value, settings)
        return NumberColumn(low, value, _put(self.high, rows, new.high, settings), stood)


@dataclass(frozen=True, eq=False, repr=False)
class AnswerColumn(_Entries):
    """Answers to a fact whose answers are words or sets: a code each into the different answers.

    Parameters
    ----------
    codes : integer array of shape (n,)
    answers : tuple of SetAnswer, OneOf or None
        The q different answers; None is unknown.
    stood : AnswerColumn, optional
        Answers before they expired; unknown elsewhere.
    """

    codes: NDArray[np.integer[Any]]
    answers: tuple[Any, ...]
    stood: AnswerColumn | None = None

    @classmethod
    def blank(cls, n: int) -> AnswerColumn:
        """Return n unknown answers."""
        return cls(read_only(np.zeros(n, dtype=np.intp)), (None,))

    @frozen_property
    def unknown(self) -> BoolArray:
        """Where there is no answer, (n,)."""
        unknown = [answer is None for answer in self.answers]
        return self._of_each(unknown)

    @frozen_property
    def settled(self) -> BoolArray:
        """Where only one answer is possible, (n,).

        An item of a set that is named without its finer ones counts as one answer here;
        `completions.open_where` says which conditions it leaves open.
        """
        settled = [answer is not None and answer.settled for answer in self.answers]
        return self._of_each(settled)

    def _of_each(self, flags: list[bool]) -> BoolArray:
        rows: BoolArray = np.array(flags, dtype=np.bool_)[self.codes]
        return rows

    def answer_at(self, row: int) -> Answer | None:
        """Return the answer in a row; None is an unknown one."""
        found: Answer | None = self.answers[self.codes[row]]
        return found

    def take(self, rows: NDArray[np.integer[Any]]) -> AnswerColumn:
        """Return the column of some candidates."""
        is_each = len(self.codes) <= len(self.answers) and self.stood is None
        if is_each and np.array_equal(self.codes, np.arange(len(self.codes))):
            return AnswerColumn(rows, self.answers)  # a row for each answer, taken often
        return AnswerColumn(self.codes[rows], self.answers, self.stood and self.stood.take(rows))

    def with_rows(self, rows: IndexArray, new: AnswerColumn, settings: int = 1) -> AnswerColumn:
        """Return the column with new entries in some rows, for each setting."""
        codes = _put(self.codes, rows, new.codes + len(self.answers), settings)
        stood = self.stood_with(rows, new, settings)
        return AnswerColumn(codes, (*self.answers, *new.answers), stood)


Column: TypeAlias = AnswerColumn | NumberColumn


def _put(mine: NDArray[Any], rows: IndexArray, new: NDArray[Any], settings: int) -> NDArray[Any]:
    """Return values as often as there are settings, with new ones in some rows."""
    out = np.tile(mine, (settings, 1))
    out[:, rows] = new.reshape(settings, -1)
    return out.ravel()


# columns from candidates


def ratings_of(entries: Sequence[Any], scale: Scale) -> NumberColumn:
    """Return the ratings on one criterion, as candidates write them."""
    ends: list[Ends] = []
    for raw in entries:
        if type(raw) is int or type(raw) is float:  # by far the commonest
            ends.append((raw, raw, raw))
        elif (reading := scale.read(raw)) is not None:
            ends.append((reading.low, reading.value, reading.high))
        else:
            ends.append(_NO_NUMBER)
    return _number_column(ends)


def _answers_of(
    entries: list[Any], key: str, fact: Fact, lists: Mapping[str, frozenset[str]]
) -> Column:
    """Return the column of answers to a fact, as candidates write them."""
    reader = _CellReader(("facts", key), partial(fact.read, lists=lists))
    return column_of(reader.each(entries), fact)


def column_of(answers: Sequence[Any], fact: Fact) -> Column:
    """Return the column of answers to a fact, as its `read` returns them, (n,)."""
    if fact.answer_type is NumberRange:
        ends = []
        for answer in answers:
            ends.append(_NO_NUMBER if answer is None else (answer.low, math.nan, answer.high))
        return _number_column(ends)
    codes: dict[Answer | None, int] = {}
    for answer in answers:
        codes.setdefault(answer, len(codes))
    column = np.array([codes[answer] for answer in answers], dtype=np.intp)
    return AnswerColumn(column, tuple(codes))


def _fact_column_of(
    rows: Sequence[Candidate], key: str, framework: Framework, day: date | None
) -> Any:
    """Return the column of answers to a fact, or to that of partners at one place."""
    fact = framework.all_facts[key]
    entries, absent = [row.facts.get(key) for row in rows], list[int]()
    if PLACE in key:
        entries, absent = _entries_at_place(rows, key, framework.places_unknown)
    answers: Any = _answers_of(entries, key, fact, framework.list_members)
    if absent:
        anything = column_of([fact.some_answer()] * len(absent), fact)
        answers = answers.with_rows(np.array(absent), anything)
    return _without_expired(answers, entries, day)


def _entries_at_place(
    rows: Sequence[Candidate], key: str, most_unknown: int
) -> tuple[list[Any], list[int]]:
    """Return what partners at one place answer to a fact, and the rows without such a partner.

    Whether there is one is itself an answer. Of a candidate that lists no partners it is unknown,
    and so are the answers of as many as conditions can tell apart.
    """
    fact, _, place = key.partition(PLACE)
    entries: list[Any] = []
    absent = []
    for row, candidate in enumerate(rows):
        partner = candidate.partner_at(place)
        entry = candidate.facts.get(key)  # of a changed candidate
        if candidate.partners is not None or int(place) > most_unknown:
            if fact and partner is None:
                absent.append(row)
            elif not fact:
                entry = "none" if partner is None else "some"
        if partner is not None and fact:
            entry = partner.facts.get(fact)
        entries.append(entry)
    return entries, absent


def _without_expired(column: Any, entries: Sequence[object], day: date | None) -> Any:
    """Return the column of entries without those that have expired on a day."""
    if day is None:
        return column
    expired = [row for row, entry in enumerate(entries) if has_expired(entry, day)]
    return column.expired_in(expired) if expired else column


def _number_column(ends: Sequence[Ends]) -> NumberColumn:
    low, value, high = read_only(np.array(ends, dtype=np.float64).reshape(-1, 3).T.copy())
    if np.array_equal(low, high, equal_nan=True):
        return NumberColumn.of_points(low)
    return NumberColumn(low, value, high)


# columns from the cells of a call


class _CellReader(NamedTuple):
    """How the cells of one column of a call are read.

    Parameters
    ----------
    path : tuple of str
        The place of the column in the call.
    read : callable
        Returns the meaning of a cell, or raises a ReadingError.
    help : str
        The cure where an error has none of its own.
    """

    path: KeyPath
    read: Callable[[Any], Any]
    help: str | None = None

    def each(self, cells: Cells, rows: Iterable[int] | None = None) -> list[Any]:
        """Return the meaning of each cell, or raise the first refusal of each kind, with a count.

        Parameters
        ----------
        rows : iterable of int, optional
            The rows of the cells; from 0, if left out.
        """
        if isinstance(cells, CodedCells):
            meanings = self._each_different(cells)
            return [meanings[code] for code in cells.codes.tolist()]
        listed = list(map(plain_cell, cells.tolist())) if isinstance(cells, np.ndarray) else cells
        return self._each_listed(listed, count() if rows is None else rows)

    def _each_listed(self, cells: list[Any], rows: Iterable[int]) -> list[Any]:
        found = []
        known: dict[object, Any] = {}
        refused: dict[str, Diagnostic] = {}
        times: Counter[str] = Counter()
        for row, cell in zip(rows, cells, strict=False):
            # words are by far the commonest, and each is read once
            is_word = cell is None or isinstance(cell, str | bool)
            if is_word and cell in known:
                found.append(known[cell])
                continue
            try:
                meaning = self.read(cell)
            except ReadingError as error:
                one = error.diagnostic
                times[one.code] += 1
                refused.setdefault(one.code, replace(one, path=(row, *one.path)))
                continue
            found.append(meaning)
            if is_word:
                known[cell] = meaning
        if refused:
            raise CandidateError(self._finding(one, times[one.code]) for one in refused.values())
        return found

    def _each_different(self, cells: CodedCells) -> list[Any]:
        """Return the meaning of each different cell, or refuse cells at their rows."""
        try:
            return self.each(cells.different)
        except CandidateError:
            self.each(cells.listed())
            raise

    def column(self, cells: Cells, build: Callable[[list[Any]], Any]) -> Any:
        """Return the column that `build` makes of the meanings of cells."""
        if isinstance(cells, CodedCells):
            return build(self._each_different(cells)).take(cells.codes)
        return build(self.each(cells))

    def _finding(self, one: Diagnostic, times: int) -> Diagnostic:
        """Return the finding on a cell, and on others like it, at its place in the call."""
        message = f"`{self.path[-1]}` in row {one.path[0]}: {one.message}"
        if times > 1:
            message += f" (and {plural(times - 1, 'more row')} like it)"
        path = (*self.path, *one.path)
        return replace(one, message=message, path=path, help=one.help or self.help)

    def numbers(self, array: NDArray[Any], limits: tuple[float, float], parts: int) -> NumberColumn:
        """Return the column of an array with a number in each row, or 2 to `parts` of them."""
        if array.shape[1:] not in [(), (2,), (3,)][:parts]:
            shape = " x ".join(map(str, array.shape))
            message = f"the column `{self.path[-1]}` has {shape} numbers"
            many = " or ".join("23"[: parts - 1])
            help = f"give one number in each row, or {many} numbers for an interval"
            raise CandidateError([Diagnostic("wrong-shape", message, self.path, help)])
        with np.errstate(over="ignore"):  # a number with more than 64 bits may be infinite then
            numbers = read_only(np.array(array, dtype=np.float64))
        column = NumberColumn.of_points(numbers) if numbers.ndim == 1 else _intervals_of(numbers)
        low, value, high = column.low, column.value, column.high
        least, greatest = limits
        # NaN compares with nothing: one look at the extremes may say that all is well
        lowest, highest = low.min(initial=greatest), high.max(initial=least)
        if not (column.points_only and least <= lowest <= highest <= greatest):
            wrong = (low < least) | (high > greatest) | (np.isnan(low) != np.isnan(high))
            rows = np.flatnonzero(wrong | (low > high) | (low > value) | (value > high))
            self.each(array[rows], rows.tolist())
        return column

    def codes(self, array: NDArray[Any], words: Sequence[str]) -> AnswerColumn:
        """Return the column of an array of numbers that count the answers from 0."""
        if any(map(_is_number_name, words)):
            message = f"`{self.path[-1]}` has numbers, and numbers are names of its answers"
            help = f"give names as text, such as `{words[-1]}` in quotes"
            raise CandidateError([Diagnostic("invalid-type", message, self.path, help)])
        k = len(words)
        wrong = (array < -1) | (array >= k)
        if array.dtype.kind == "f":
            wrong |= np.floor(array) != array
            wrong &= ~np.isnan(array)
            array = np.nan_to_num(array, nan=-1)
        rows = np.flatnonzero(wrong)
        self._replace(read=partial(_refuse_code, k)).each(array[rows], rows.tolist())
        answers = [SetAnswer(frozenset({position})) for position in range(k)]
        codes = array.astype(np.intp)
        codes[codes < 0] = k
        return AnswerColumn(read_only(codes), (*answers, None))


def _is_number_name(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()


def _refuse_code(k: int, cell: object) -> NoReturn:
    message = f"`{quotable(cell)}` is none of the {k} answers, which count from 0"
    raise ReadingError("unknown-level", message)


def _intervals_of(array: FloatArray) -> NumberColumn:
    """Return the column of an array of shape (n, 2) or (n, 3): low, perhaps value, and high."""
    low, value, high = array[:, [0, 1, -1]].T.copy()
    if array.shape[1] == 2:
        value = np.where(low == high, low, math.nan)
    is_point = np.isnan(low) & np.isnan(high)
    return NumberColumn(np.where(is_point, value, low), value, np.where(is_point, value, high))


def _holds_numbers(cells: Cells) -> TypeGuard[NDArray[Any]]:
    return isinstance(cells, np.ndarray) and cells.dtype.kind != "b"


def rating_column(path: KeyPath, cells: Cells, scale: Scale) -> NumberColumn:
    """Return the column of a criterion.

    Parameters
    ----------
    path : tuple of str
        The place of the column in the call.
    cells : array or list of length n
        Points, names of levels, rows of low and high, or rows of low, value and high.

    Raises
    ------
    CandidateError
        If a cell is not a rating on the scale.
    """
    low, high = map(quotable, scale.range)
    help = f"use a number from {low} to {high}, or `unknown`"
    reader = _CellReader(path, partial(_read_rating, scale), help)
    if _holds_numbers(cells):
        column = reader.numbers(cells, scale.range, 3)
        if column.points_only:
            return column
        is_whole = (column.low == scale.range[0]) & (column.high == scale.range[1])
        return column.opened(is_whole & np.isnan(column.value))
    read: NumberColumn = reader.column(cells, _number_column)
    return read


def _read_rating(scale: Scale, cell: Any) -> Ends:
    """Return low, value and high of a rating in a column."""
    _refuse_odd_cell(cell, "a rating", (int, float, str))
    if isinstance(cell, list) and len(cell) in (2, 3):
        low, *value, high = cell
        cell = RatingDetail.model_construct(low=low, high=high, value=value[0] if value else None)
    reading = scale.read(cell)
    return _NO_NUMBER if reading is None else (reading.low, reading.value, reading.high)


def fact_column(
    path: KeyPath, cells: Cells, fact: Fact, lists: Mapping[str, frozenset[str]]
) -> Column:
    """Return the column of a fact.

    Parameters
    ----------
    path : tuple of str
        The place of the column in the call.
    cells : array or list of length n
        Flags: truth values. Levels and choices: words. All three also: whole numbers that count the
        answers from 0, -1 being unknown. Numbers: points, or rows of low and high. Sets: lists.
    lists : mapping of list id to its items

    Raises
    ------
    CandidateError
        If a cell is not an answer to the fact.
    """
    words = fact.answers
    help = f"{choose_from(words)}, or `unknown`" if words else f"use {fact.how_to_answer()}"
    reader = _CellReader(path, partial(_read_answer, fact, lists), help)
    if isinstance(cells, np.ndarray) and (_holds_numbers(cells) or isinstance(fact, FlagFact)):
        if isinstance(fact, NumberFact):
            return reader.numbers(cells, fact.bounds, 2)
        if words and cells.ndim == 1:
            return reader.codes(cells, words)
    answers: Column = reader.column(cells, partial(column_of, fact=fact))
    return answers


def _read_answer(fact: Fact, lists: Mapping[str, frozenset[str]], cell: Any) -> Answer | None:
    """Return an answer in a column; None is an unknown one."""
    if fact.in_days and isinstance(cell, date):
        cell = str(cell).removesuffix(" 00:00:00")
    _refuse_odd_cell(cell, "an answer", (bool, int, float, str))
    if fact.answer_type is NumberRange and isinstance(cell, list) and len(cell) == 2:
        cell = FactDetail.model_construct(low=cell[0], high=cell[1])
    return fact.read(cell, lists)


def _refuse_odd_cell(cell: Any, noun: str, kinds: tuple[type, ...]) -> None:
    """Refuse what no document could hold in its place, as the models of documents do."""
    for part in cell if isinstance(cell, list) else [cell]:
        if part is not None and type(part) not in kinds:
            raise ReadingError("invalid-type", f"`{quotable(part)}` is not {noun}")
        if isinstance(part, float) and math.isinf(part):
            raise ReadingError("not-finite", f"`{quotable(part)}` is not a finite number")
        if isinstance(part, int) and abs(part) > LARGEST:
            raise ReadingError("out-of-range", f"`{quotable(part)}` is too large")


def _read_text(read: Callable[[str], str], cell: Any) -> str:
    """Return an id or a title, read as in documents."""
    if not isinstance(cell, str):
        help = "write a name" if cell is None else f'put it in quotes: `"{quotable(cell)}"`'
        raise ReadingError("invalid-type", f"expected text, not `{quotable(cell)}`", help=help)
    return read(cell)


def _read_title(cell: Any) -> str | None:
    if cell == "":
        raise ReadingError(
            "empty-text", "this title is empty", help="write a title, or leave it out"
        )
    return None if cell is None else _read_text(clean_text, cell)


def _read_unit(cell: Any) -> bool:
    """Return whether a unit is an area; one that is missing is a project, as in documents."""
    try:
        _refuse_no_unit("project" if cell is None else cell)
    except UsageError as error:
        raise ReadingError("invalid-choice", error.message, help=error.help) from None
    return bool(cell == "area")


def _refuse_no_unit(unit: object) -> None:
    units = get_args(Unit)
    if unit not in units:
        raise refusal_of_name(f"`{quotable(unit)}` is not a unit", unit, units, "unit")


# the problem


@dataclass(frozen=True, eq=False, repr=False)
class Problem(Frozen):
    """What is to be scored: the words of candidates, turned into columns.

    Build it with `from_candidates` or `from_columns`.

    Parameters
    ----------
    framework : Framework
    size : int
        How many candidates there are, n.
    ratings : mapping of leaf id to NumberColumn
        One for each leaf of the framework.
    facts : mapping of fact id to Column
        One for each fact of the framework.
    in_place, planned, expired : mapping of safeguard id to boolean array (n,)
        Only those that some candidate has.
    area : boolean array of shape (n,)
        True for an area, False for a project.
    document : Candidates, optional
        Where they came from; None for columns.
    ids : sequence of str, optional
        "1" to "n" if left out.
    titles : sequence of str or None, optional
        Made from the ids where there is none.
    unknown : mapping of criterion or fact id to boolean array (n,)
        Entries that conditions count as unknown, though values are drawn for them.
    day : date, optional
        The day with which conditions compare dates, as `as_of`.
    """

    framework: Framework
    size: int
    ratings: Mapping[str, NumberColumn]
    facts: Mapping[str, Column]
    in_place: Mapping[str, BoolArray]
    planned: Mapping[str, BoolArray]
    area: BoolArray
    document: Candidates | None = None
    ids: Sequence[str] | None = None
    titles: Sequence[str | None] | None = None
    unknown: Mapping[str, BoolArray] = field(default_factory=dict)
    expired: Mapping[str, BoolArray] = field(default_factory=dict)
    day: date | None = None

    def __post_init__(self) -> None:
        """Let the framework know the day, and freeze the fields."""
        vars(self)["framework"] = self.framework.on_day(self.day)
        super().__post_init__()

    def __repr__(self) -> str:
        return f"<Problem: {self.size:,} candidates; {self.framework!r}>"

    @classmethod
    def from_candidates(cls, candidates: Candidates, framework: Framework) -> Problem:
        """Return the problem of a checked list of candidates.

        Examples
        --------
        >>> from collabscore.documents.loading import load_candidates
        >>> listed = load_candidates([{"id": "flu", "ratings": {}}], "guardrail")
        >>> Problem.from_candidates(listed, listed.frameworks[0]).size
        1
        """
        rows, day = candidates.candidates, candidates.day
        framework = candidates.judged_by(framework)
        ratings = {}
        for key, node in framework.leaves.items():
            raw = [row.ratings.get(key) for row in rows]
            ratings[key] = _without_expired(ratings_of(raw, node.scale), raw, day)
        facts = {key: _fact_column_of(rows, key, framework, day) for key in framework.all_facts}
        safeguards: dict[str, dict[str, BoolArray]] = {"in_place": {}, "planned": {}, "expired": {}}
        area = np.zeros(len(rows), dtype=np.bool_)
        for k, row in enumerate(rows):
            area[k] = candidates.unit_of(row) == "area"
            for safeguard in row.placed():
                status = "expired" if has_expired(safeguard, day) else safeguard.status
                columns = safeguards[status]
                columns.setdefault(safeguard.id, np.zeros_like(area))[k] = True
        ids, titles = [row.id for row in rows], [row.title for row in rows]
        return cls(
            framework,
            len(rows),
            ratings,
            facts,
            **safeguards,
            area=area,
            document=candidates,
            ids=ids,
            titles=titles,
            day=day,
        )

    @classmethod
    def from_columns(
        cls,
        framework: FrameworkSource,
        columns: Mapping[str, Any],
        *,
        ids: Sequence[str] | None = None,
        titles: Sequence[str | None] | None = None,
        unit: Unit | Sequence[Unit] = "project",
        safeguards: Mapping[str, Any] | None = None,
        as_of: str | date | None = None,
    ) -> Problem:
        """Return the problem of columns, one for each criterion or fact.

        Columns are lists, tuples, arrays, masked arrays, or series of pandas, polars or pyarrow.
        None, NaN, NA, a masked cell and ``"unknown"`` are unknown. Columns are copied.

        Parameters
        ----------
        framework : str, Path, mapping or Framework
            As in `load_framework`.
        columns : mapping of criterion or fact id to column, or data frame
            Criteria: points; names of levels; pairs of low and high, also (n, 2); or low, value and
            high, also (n, 3). Facts: see `fact_column`. Columns left out are unknown.
        ids : column of str, optional
            Names of the candidates, by the same rules as in documents; "1" to "n" if left out.
        titles : column of str, optional
        unit : {"project", "area"} or column of them
        safeguards : mapping of safeguard id to column of truth values, or data frame, optional
            Where each is in place. Where that is unknown, it is not.
        as_of : str or date, optional
            The date of the columns, for frameworks that compare dates with it.

        Raises
        ------
        CandidateError
            With all errors, each with its column and row (from 0).
        """
        framework = load_framework(framework)
        day = _day_of_columns(framework, as_of)
        given = _columns_by_place(framework, columns, {} if safeguards is None else safeguards)
        for name, data in (("ids", ids), ("titles", titles)):
            if data is not None:
                given[name,] = data
        if unit is None or isinstance(unit, str):
            _refuse_no_unit(unit)
        else:
            given["unit",] = unit
        cells = _each_column(given, _cells_at)
        n = _common_length(cells)
        read = _each_column(cells, partial(_column_at, framework))
        unknown = NumberColumn.blank(n)
        ratings = {key: read.get(("columns", key), unknown) for key in framework.leaves}
        facts = {}
        for key, fact in framework.all_facts.items():
            no_answer = column_of([None], fact).take(np.zeros(n, dtype=np.intp))
            facts[key] = read.get(("columns", key), no_answer)
        in_place = {path[-1]: flags for path, flags in read.items() if path[0] == "safeguards"}
        return cls(
            framework,
            n,
            FrozenDict(ratings),
            FrozenDict(facts),
            FrozenDict(in_place),
            FrozenDict(),
            area=read_only(read.get(("unit",), np.full(n, unit == "area"))),
            ids=read.get(("ids",)),
            titles=read.get(("titles",)),
            day=day,
        )

    @classmethod
    def from_table(
        cls,
        table: CandidateSource,
        framework: FrameworkSource,
        *,
        ignore_columns: str | Sequence[str] = (),
        as_of: str | date | None = None,
    ) -> Problem:
        """Return the problem of a data frame, Parquet or Arrow file, column by column.

        It has no object for each row, so a million candidates take seconds. Heads are those of
        tables in general; cells must be of one type: numbers for ratings, text for answers, lists
        of text for sets, truth values for safeguards.

        Parameters
        ----------
        table : data frame, str or Path
        framework : str, Path, mapping or Framework
            As in `load_framework`.
        ignore_columns : str or sequence of str
            Columns that are left out.
        as_of : str or date, optional
            The date of the table, for frameworks that compare dates with it.

        Raises
        ------
        CandidateError
            With all errors, each with its column, and its row (from 0).
        UsageError
            If it is no table with types.
        """
        framework = load_framework(framework)
        # tables are read by few, and their modules take time to load
        reading = import_module("..documents.columns", __package__)
        ignored = names_of("ignore_columns", ignore_columns)
        columns = reading.columns_of_table(table, framework, ignored)
        return cls.from_columns(
            framework,
            columns.measured,
            ids=columns.ids,
            titles=columns.titles,
            safeguards=columns.safeguards,
            as_of=as_of,
        )

    def rating_bounds(self, key: str) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest possible rating, (n,): the whole scale, if unknown."""
        column = self.ratings[key]
        if column.complete:
            return column.low, column.low
        least, greatest = self.framework.leaves[key].scale.range
        low = np.where(column.unknown, float(least), column.low)
        return low, np.where(column.unknown, float(greatest), column.high)

    def number_bounds(self, key: str) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest number that a fact can give, (n,); may be infinite."""
        fact, column = self.framework.all_facts[key], self.facts[key]
        if not isinstance(fact, NumberFact | DateFact) or not isinstance(column, NumberColumn):
            raise TypeError(fact)
        least, greatest = fact.limits
        low = np.where(column.unknown, least, column.low)
        return low, np.where(column.unknown, greatest, column.high)

    def column(self, key: str) -> Column:
        """Return the entries of all candidates for a criterion or a fact."""
        return self.facts[key] if key in self.facts else self.ratings[key]

    def take(self, rows: IndexArray, facts: Mapping[str, Column]) -> Problem:
        """Return some candidates, for conditions alone, with other columns of some facts."""
        asked = self.framework.references.inputs
        given = {key: facts.get(key, self.facts[key]) for key in asked if key in self.facts}
        return Problem(
            self.framework,
            len(rows),
            ratings={key: column.take(rows) for key, column in self.ratings.items()},
            facts={key: column.take(rows) for key, column in given.items()},
            in_place={key: flags[rows] for key, flags in self.in_place.items()},
            planned={key: flags[rows] for key, flags in self.planned.items()},
            area=self.area[rows],
            unknown={key: flags[rows] for key, flags in self.unknown.items()},
        )

    def is_known(self, key: str) -> BoolArray:
        """Return for which candidates a criterion or a fact is known, (n,)."""
        unknown = self.unknown[key] if key in self.unknown else self.column(key).unknown
        return ~unknown

    def name_at(self, key: str, row: int) -> str:
        """Return the id by which readers know a fact: with the partner's, at its place.

        It is empty at a place without a question: behind the last partner, or where it is known
        that there is one.
        """
        fact, sign, place = key.partition(PLACE)
        if not sign:
            return key
        candidate = None if self.document is None else self.document.candidates[row]
        if candidate is None or not candidate.partners:
            return PARTNERS
        partner = candidate.partner_at(place)
        return f"{fact}{OF_PARTNER}{partner.id}" if fact and partner is not None else ""

    def key_at(self, name: str, row: int) -> str:
        """Return the key of the column of a fact that readers know by `name`."""
        if name == PARTNERS and name not in self.facts:
            return f"{PLACE}1"
        fact, _, of = name.partition(OF_PARTNER)
        partners = self.document.candidates[row].partners if self.document is not None else None
        for place, partner in enumerate(partners or (), start=1):
            if partner.id == of:
                return f"{fact}{PLACE}{place}"
        return name

    def asks(self, key: str, row: int) -> bool:
        """Return whether a candidate is asked for a fact or a rating, and under this key alone."""
        name = self.name_at(key, row)
        return bool(name) and self.key_at(name, row) == key

    def has_partner_at(self, key: str) -> BoolArray:
        """Return which candidates list a partner at the place of a key, (n,)."""
        column: Any = self.facts[PLACE + key.partition(PLACE)[2]]
        some = SetAnswer(frozenset({1}))
        is_some = np.array([answer == some for answer in column.answers], dtype=np.bool_)
        there: BoolArray = is_some[column.codes]
        return there

    def names_of_partners(self, row: int) -> list[str]:
        """Return the ids by which readers know what is asked of the partners of a candidate."""
        names = [self.name_at(key, row) for key in self.facts if PLACE in key]
        return [name for name in dict.fromkeys(names) if OF_PARTNER in name]

    def expired_of(self, row: int) -> tuple[str, ...]:
        """Return the ratings, facts and safeguards of a candidate that have expired, by id."""
        return tuple(self.name_at(key, row) for key, flags in self.expiries if flags[row])

    def until_of(self, key: str, row: int) -> str | None:
        """Return the last day of a rating, fact or safeguard of a candidate; None: it has none."""
        if self.document is None:
            return None
        candidate = self.document.candidates[row]
        entries: dict[str, Any] = {placed.id: placed for placed in candidate.placed()}
        entries |= {**candidate.named_facts(), **candidate.ratings}
        until: str | None = getattr(entries.get(key), "until", None)
        return until

    @frozen_property
    def expiries(self) -> tuple[tuple[str, BoolArray], ...]:
        """Each rating, fact and safeguard that has expired for some, by id, and for whom, (n,)."""
        found = []
        for key, column in (*self.ratings.items(), *self.facts.items()):
            if column.stood is not None:
                found.append((key, ~column.stood.unknown))
        for key, flags in self.expired.items():
            if key in self.framework.all_safeguards:
                found.append((key, flags))
        return tuple(found)

    def id_of(self, row: int) -> str:
        """Return the id of the candidate in a row."""
        return str(self.ids[row]) if self.ids is not None else str(row + 1)

    @frozen_property
    def names(self) -> Sequence[str]:
        """Ids of all candidates, in the order of the problem."""
        return self.ids if self.ids is not None else tuple(map(self.id_of, range(self.size)))

    def title_of(self, row: int) -> str:
        """Return the title of the candidate in a row; made from its id where it has none."""
        title = self.titles[row] if self.titles is not None else None
        return title_of(self.id_of(row), title)


def _day_of_columns(framework: Framework, as_of: str | date | None) -> date | None:
    """Return the date of columns; refuse none where conditions compare dates with it."""
    if as_of is not None:
        return days_of(date_given(as_of))[1]
    if framework.asks_day:
        message = f"`{framework.id}` compares dates with the date of the columns"
        help = "give it, such as `as_of='2026-01-31'`"
        raise CandidateError([Diagnostic("date-without-as-of", message, ("as_of",), help)])
    return None


_Places: TypeAlias = dict[tuple[str, ...], Any]
"""Something of each column, by its place in the call."""


def _columns_by_place(framework: Framework, columns: Any, safeguards: Any) -> _Places:
    """Return the columns of both mappings or data frames; refuse names that mean nothing."""
    found: _Places = {}
    wrong = []
    measured = [*framework.leaves, *framework.all_facts]
    for argument, given, known, kind in (
        ("columns", columns, measured, "criterion or fact"),
        ("safeguards", safeguards, [*framework.all_safeguards], "safeguard"),
    ):
        for name, data in _named_columns(argument, given).items():
            found[argument, name] = data
            if name not in known:
                message = f"`{quotable(name)}` is not a {kind} of `{framework.id}`"
                help = did_you_mean(name, known) or "leave the column out"
                wrong.append(Diagnostic("unknown-column", message, (argument, name), help))
    if wrong:
        raise CandidateError(wrong)
    return found


def _named_columns(argument: str, given: Any) -> Mapping[str, Any]:
    """Return the columns of a mapping, or of a data frame of any library, by their names."""
    if isinstance(given, Mapping):
        return given
    names = getattr(given, "column_names", getattr(given, "columns", None))
    if names is None or callable(names) or not hasattr(given, "__getitem__"):
        message = f"expected a mapping of columns, not `{as_called(given)}`"
        help = "write {name: column}, or give a data frame"
        raise CandidateError([Diagnostic("invalid-type", message, (argument,), help)])
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        message = f"the data frame has several columns `{quotable(repeated[0])}`"
        help = "rename or drop all but one"
        raise CandidateError([Diagnostic("duplicate-key", message, (argument,), help)])
    return {name: given[name] for name in names}


def _each_column(columns: _Places, read: Callable[[tuple[str, ...], Any], Any]) -> _Places:
    """Return what `read` makes of each column, or raise all that it refuses."""
    found = {}
    wrong: list[Diagnostic] = []
    for path, data in columns.items():
        try:
            found[path] = read(path, data)
        except CandidateError as error:
            wrong += error.diagnostics
    if wrong:
        raise CandidateError(wrong)
    return found


def _cells_at(path: tuple[str, ...], data: Any) -> Cells:
    cells = cells_of(data, coded=path[0] not in ("ids", "titles"))
    if cells is None:
        message = f"`{path[-1]}` is of type `{type(data).__name__}`, which is not a column"
        if data is None:
            message = f"`{path[-1]}` is not given"
        help = "give a list or an array with an entry for each candidate"
        raise CandidateError([Diagnostic("invalid-type", message, path, help)])
    return cells


def _common_length(columns: _Places) -> int:
    """Return the number of rows that all columns have."""
    n, first = 0, ""
    for path, cells in columns.items():
        if not first:
            n, first = len(cells), label_of(path)
        elif len(cells) != n:
            message = f"`{path[-1]}` has {plural(len(cells), 'row')}, and `{first}` has {n:,}"
            help = "give each column an entry for each candidate"
            raise CandidateError([Diagnostic("wrong-length", message, path, help)])
    return n


def _column_at(framework: Framework, path: tuple[str, ...], cells: Cells) -> Any:
    """Return what the cells at a place of the call mean."""
    argument, name = path[0], path[-1]
    match argument:
        case "columns" if name in framework.leaves:
            return rating_column(path, cells, framework.leaves[name].scale)
        case "columns":
            return fact_column(path, cells, framework.all_facts[name], framework.list_members)
        case "safeguards":
            return _certainly_in_place(path, cells)
        case "unit":
            return np.array(_CellReader(path, _read_unit).each(cells), dtype=np.bool_)
        case "titles":
            return tuple(_CellReader(path, _read_title).each(cells))
    return _ids_of(path, cells)


def _ids_of(path: KeyPath, cells: Cells) -> tuple[str, ...]:
    """Return the ids of all candidates, each used once."""
    given: Any = cells.listed() if isinstance(cells, CodedCells) else cells
    if not are_plain_ids(given):
        given = _CellReader(path, partial(_read_text, clean_id)).each(given)
    ids = tuple(given)
    if len(set(ids)) < len(ids):
        _refuse_repeated(ids)
    return ids


_IN_PLACE = FlagFact.model_construct(kind="flag")
"""The question that a column of safeguards answers: is it in place?"""


def _certainly_in_place(path: KeyPath, cells: Cells) -> BoolArray:
    """Return where a safeguard is in place, (n,): an unknown one never counts."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "b" and cells.ndim == 1:
        return read_only(cells.copy())  # by far the commonest
    answers: Any = fact_column(path, cells, _IN_PLACE, {})
    is_yes = [answer == SetAnswer(frozenset({1})) for answer in answers.answers]
    return read_only(np.array(is_yes, dtype=np.bool_)[answers.codes])


def _refuse_repeated(ids: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for row, name in enumerate(ids):
        if first.setdefault(name, row) != row:
            message = f"the id `{name}` is used twice, in rows {first[name]} and {row}"
            help = "give each candidate an id of its own"
            raise CandidateError([Diagnostic("duplicate-id", message, ("ids", row), help)])
