"""Columns: what all candidates say of one criterion or fact, as arrays.

Axis letters: n candidates, q different answers, k possible answers, s settings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray
from ..errors import CandidateError, Diagnostic
from ..models.base import UNKNOWN, ReadingError
from ..models.candidates import Candidate
from ..models.criteria import Scale
from ..models.facts import Answer, AnswerSet, Fact, NumberFact, NumberRange

__all__ = [
    "AnswerColumn",
    "Column",
    "FactColumn",
    "NumberColumn",
    "RatingColumn",
    "column_of",
    "fact_column",
    "facts_of",
    "rating_column",
    "ratings_of",
]

Rows: TypeAlias = NDArray[np.intp]
Values = TypeVar("Values", np.float64, np.intp)


@dataclass(frozen=True, eq=False)
class RatingColumn:
    """Ratings on one criterion, in the units of its scale.

    Parameters
    ----------
    low, value, high : arrays of shape (n,)
        All three NaN where unknown; `value` alone NaN for an interval. One and the same array where
        every rating is a point or unknown.
    """

    low: FloatArray
    value: FloatArray
    high: FloatArray

    @property
    def points_only(self) -> bool:
        """Whether every rating is a point or unknown."""
        return self.low is self.high

    @cached_property
    def unknown(self) -> BoolArray:
        """Where there is no rating, (n,)."""
        return np.isnan(self.low)

    @cached_property
    def complete(self) -> bool:
        """Whether every rating is a point."""
        return self.points_only and not bool(self.unknown.any())

    def take(self, rows: Rows) -> RatingColumn:
        """Return the column of some candidates."""
        low = self.low[rows]
        if self.points_only:
            return RatingColumn(low, low, low)
        return RatingColumn(low, self.value[rows], self.high[rows])

    def with_rows(self, rows: Rows, new: RatingColumn, settings: int = 1) -> RatingColumn:
        """Return the column as often as there are settings, with new entries in some rows.

        Parameters
        ----------
        rows : integer array of shape (o,)
        new : RatingColumn
            The o entries of the first setting, then those of the next, (s * o,).
        """
        low = _put(self.low, rows, new.low, settings)
        uncertain = ~self.unknown & (self.low != self.high)
        uncertain[rows] = not new.points_only
        if not uncertain.any():
            return RatingColumn(low, low, low)
        value = _put(self.value, rows, new.value, settings)
        return RatingColumn(low, value, _put(self.high, rows, new.high, settings))


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """Numbers that a fact gives: the least and the greatest possible, (n,); NaN where unknown."""

    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, answers: Sequence[NumberRange | None]) -> NumberColumn:
        """Return the column of answers, (n,)."""
        low = np.array([math.nan if a is None else a.low for a in answers], dtype=np.float64)
        high = np.array([math.nan if a is None else a.high for a in answers], dtype=np.float64)
        return cls(low, low if np.array_equal(low, high, equal_nan=True) else high)

    @cached_property
    def known(self) -> BoolArray:
        """Where there is a number, an open one included, (n,)."""
        return ~np.isnan(self.low)

    @cached_property
    def settled(self) -> BoolArray:
        """Where there is one number, (n,)."""
        return np.equal(self.low, self.high)

    def answer_at(self, row: int) -> NumberRange | None:
        """Return the answer in a row; None is an unknown one."""
        if not self.known[row]:
            return None
        return NumberRange(float(self.low[row]), float(self.high[row]))

    def take(self, rows: Rows) -> NumberColumn:
        """Return the column of some candidates."""
        low = self.low[rows]
        return NumberColumn(low, low if self.high is self.low else self.high[rows])

    def with_rows(self, rows: Rows, new: NumberColumn, settings: int = 1) -> NumberColumn:
        """Return the column for each setting, with new entries; see `RatingColumn.with_rows`."""
        low = _put(self.low, rows, new.low, settings)
        return NumberColumn(low, _put(self.high, rows, new.high, settings))


@dataclass(frozen=True, eq=False)
class AnswerColumn:
    """Answers to a fact whose answers are words or sets: a code each into the different answers.

    Parameters
    ----------
    codes : integer array of shape (n,)
    answers : tuple of AnswerSet, SetAnswer or None
        The q different answers; None is unknown.
    """

    codes: Rows
    answers: tuple[Any, ...]

    @classmethod
    def of(cls, answers: Sequence[Answer | None]) -> AnswerColumn:
        """Return the column of answers, (n,)."""
        codes: dict[Answer | None, int] = {}
        for answer in answers:
            codes.setdefault(answer, len(codes))
        column = np.array([codes[answer] for answer in answers], dtype=np.intp)
        return cls(column, tuple(codes))

    @cached_property
    def known(self) -> BoolArray:
        """Where there is any answer, an open one included, (n,)."""
        known = [answer is not None for answer in self.answers]
        return np.array(known, dtype=np.bool_)[self.codes]

    @cached_property
    def settled(self) -> BoolArray:
        """Where only one answer is possible, (n,)."""
        settled = [answer is not None and answer.settled for answer in self.answers]
        return np.array(settled, dtype=np.bool_)[self.codes]

    def answer_at(self, row: int) -> Answer | None:
        """Return the answer in a row; None is an unknown one."""
        found: Answer | None = self.answers[self.codes[row]]
        return found

    def take(self, rows: Rows) -> AnswerColumn:
        """Return the column of some candidates."""
        return AnswerColumn(self.codes[rows], self.answers)

    def with_rows(self, rows: Rows, new: AnswerColumn, settings: int = 1) -> AnswerColumn:
        """Return the column for each setting, with new entries; see `RatingColumn.with_rows`."""
        codes = _put(self.codes, rows, new.codes + len(self.answers), settings)
        return AnswerColumn(codes, (*self.answers, *new.answers))


FactColumn: TypeAlias = AnswerColumn | NumberColumn
Column: TypeAlias = RatingColumn | FactColumn


def _put(
    mine: NDArray[Values], rows: Rows, values: NDArray[Values], settings: int
) -> NDArray[Values]:
    out = np.tile(mine, (settings, 1))
    out[:, rows] = values.reshape(settings, -1)
    return out.ravel()


# from candidates


def ratings_of(candidates: Sequence[Candidate], key: str, scale: Scale) -> RatingColumn:
    """Return the ratings of all candidates on one criterion."""
    lows: list[float] = []
    values: list[float] = []
    highs: list[float] = []
    points_only = True
    for candidate in candidates:
        raw = candidate.ratings.get(key)
        if type(raw) is int or type(raw) is float:  # by far the commonest
            low = value = high = raw
        else:
            reading = scale.read(raw)
            if reading is None:
                low = value = high = math.nan
            else:
                low, value, high = reading.low, reading.value, reading.high
                points_only = points_only and low == high
        lows.append(low)
        values.append(value)
        highs.append(high)
    column = np.array(lows, dtype=np.float64)
    if points_only:
        return RatingColumn(column, column, column)
    return RatingColumn(
        column, np.array(values, dtype=np.float64), np.array(highs, dtype=np.float64)
    )


def facts_of(
    candidates: Sequence[Candidate],
    key: str,
    fact: Fact,
    lists: Mapping[str, frozenset[str]],
) -> FactColumn:
    """Return the answers of all candidates to one fact; `lists` holds the items of each list."""
    read: dict[str | None, Answer | None] = {None: None}
    answers = []
    for candidate in candidates:
        raw = candidate.facts.get(key)
        if raw is None or type(raw) is str:  # by far the commonest
            if raw not in read:
                read[raw] = fact.read(raw, lists)
            answers.append(read[raw])
        else:
            answers.append(fact.read(raw, lists))
    return column_of(answers, fact)


def column_of(answers: Sequence[Any], fact: Fact) -> FactColumn:
    """Return the column of answers to a fact, as its `read` returns them, (n,)."""
    if fact.answer_type is NumberRange:
        return NumberColumn.of(answers)
    return AnswerColumn.of(answers)


# from arrays


def rating_column(key: str, data: Any, scale: Scale, n: int) -> RatingColumn:
    """Return the column of a criterion from an array.

    Parameters
    ----------
    data : array of shape (n,), (n, 2) or (n, 3)
        Points; or low and high; or low, value and high. NaN is unknown.

    Raises
    ------
    CandidateError
        If it has another shape or is no number, or a rating is off the scale.
    """
    array = _as_floats(key, data, n, (2, 3))
    least, greatest = scale.range
    # NaN compares with nothing, so one look at the extremes says that all is known and on the scale
    if array.ndim == 1 and n and least <= array.min() and array.max() <= greatest:
        return RatingColumn(array, array, array)
    low, value, high = _ends_of(key, array)
    off_scale = (low < least) | (high > greatest)
    message = f"is off the scale, which goes from {least} to {greatest}"
    _refuse_rows(key, "off-scale", message, off_scale)
    return RatingColumn(low, value, high)


def fact_column(
    key: str, data: Any, fact: Fact, lists: Mapping[str, frozenset[str]], n: int
) -> FactColumn:
    """Return the column of a fact from an array.

    Parameters
    ----------
    data : array of shape (n,)
        Flags: booleans. Levels and choices: words, or whole numbers that count the answers from 0,
        -1 being unknown. Numbers: floats, NaN being unknown; also of shape (n, 2), low and high.
        Sets: lists of items.
    lists : mapping of list id to its items

    Raises
    ------
    CandidateError
        If an answer is none that the fact knows.
    """
    if isinstance(fact, NumberFact):
        return _number_column(key, data, fact, n)
    array = data if isinstance(data, np.ndarray) else _object_array(data)
    _require_length(key, array, n)
    if fact.answers and array.dtype.kind in "biu":
        return _coded_column(key, array, len(fact.answers))
    return column_of(_read_answers(key, array.tolist(), fact, lists), fact)


def _read_answers(
    key: str, entries: Sequence[Any], fact: Fact, lists: Mapping[str, frozenset[str]]
) -> list[Answer | None]:
    read: dict[Any, Answer | None] = {}
    answers = []
    for row, raw in enumerate(entries):
        if isinstance(raw, set | frozenset | tuple):
            raw = sorted(raw)
        elif isinstance(raw, float) and math.isnan(raw):
            raw = None
        token = tuple(raw) if isinstance(raw, list) else raw
        if token not in read:
            try:
                read[token] = fact.read(raw, lists)
            except ReadingError as error:
                found = error.diagnostic
                wrong = Diagnostic(found.code, found.message, (key, row), found.help)
                raise CandidateError([wrong]) from None
        answers.append(read[token])
    return answers


def _coded_column(key: str, array: NDArray[Any], k: int) -> AnswerColumn:
    codes = array.astype(np.intp)
    wrong = (codes < -1) | (codes >= k)
    _refuse_rows(key, "unknown-level", f"is none of the {k} answers, which count from 0", wrong)
    answers = [AnswerSet(frozenset({position})) for position in range(k)]
    return AnswerColumn(np.where(codes < 0, k, codes), (*answers, None))


def _number_column(key: str, data: Any, fact: NumberFact, n: int) -> NumberColumn:
    low, _, high = _ends_of(key, _as_floats(key, data, n, (2,)))
    if fact.minimum is not None:
        _refuse_rows(key, "out-of-range", f"is below {fact.minimum}", low < fact.minimum)
    if fact.maximum is not None:
        _refuse_rows(key, "out-of-range", f"is above {fact.maximum}", high > fact.maximum)
    return NumberColumn(low, high)


def _as_floats(key: str, data: Any, n: int, widths: tuple[int, ...]) -> FloatArray:
    if not isinstance(data, np.ndarray) or data.dtype == object:
        data = [_nan_if_unknown(entry) for entry in data]
    try:
        array = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError):
        raise _wrong_column(key, "invalid-type", "holds something that is no number") from None
    _require_length(key, array, n)
    if array.shape != (n,) and array.shape not in [(n, width) for width in widths]:
        raise _wrong_column(key, "wrong-shape", f"has the shape {array.shape}")
    return array


def _nan_if_unknown(entry: object) -> object:
    unknown = entry is None or (isinstance(entry, str) and entry == UNKNOWN)
    return math.nan if unknown else entry


def _ends_of(key: str, array: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the least, the likeliest and the greatest number of each row, (n,) each."""
    if np.isinf(array).any():
        raise _wrong_column(key, "not-finite", "holds an infinite number")
    if array.ndim == 1:
        return array, array, array
    low, high = np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, -1])
    if array.shape[1] == 3:
        value = np.ascontiguousarray(array[:, 1])
    else:
        value = np.where(low == high, low, math.nan)
    reversed_ = (low > high) | (low > value) | (value > high)
    _refuse_rows(key, "reversed-interval", "does not run from low to high", reversed_)
    one_end = np.isnan(low) != np.isnan(high)
    _refuse_rows(key, "missing-key", "has one end without the other", one_end)
    return low, value, high


def _object_array(data: Any) -> NDArray[Any]:
    entries = list(data)
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array


def _require_length(key: str, array: NDArray[Any], n: int) -> None:
    if len(array) != n:
        raise _wrong_column(key, "wrong-length", f"has {len(array)} rows, and the others have {n}")


def _wrong_column(key: str, code: str, message: str) -> CandidateError:
    return CandidateError([Diagnostic(code, f"the column `{key}` {message}", (key,))])


def _refuse_rows(key: str, code: str, message: str, wrong: BoolArray) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        more = f", and {len(rows) - 1:,} more rows like it" if len(rows) > 1 else ""
        message = f"`{key}` {message} in row {rows[0]}{more}"
        raise CandidateError([Diagnostic(code, message, (key, int(rows[0])))])
