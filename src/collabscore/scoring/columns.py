"""Columns: what all candidates say of one criterion, fact or safeguard, as arrays.

Imports numpy, the kernels and the models. Axis letters: n candidates, q different answers, k possible answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import CandidateError, Diagnostic
from ..models.base import UNKNOWN, ReadingError
from ..models.candidates import Candidate
from ..models.criteria import Scale
from ..models.facts import (
    Answer,
    AnswerSet,
    ChoiceFact,
    Fact,
    FlagFact,
    LevelFact,
    NumberFact,
    NumberRange,
    SetAnswer,
    SetFact,
)
from ..models.framework import Framework

__all__ = [
    "AnswerColumn",
    "Column",
    "FactColumn",
    "NumberColumn",
    "RatingColumn",
    "SetColumn",
    "column_of",
]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RatingColumn:
    """Ratings on one criterion, in the units of its scale.

    Parameters
    ----------
    low, value, high : arrays of shape (n,)
        All three NaN where unknown; `value` alone NaN for an interval. One and the same array where every
        rating is a point or unknown.
    """

    low: Floats
    value: Floats
    high: Floats

    @property
    def points_only(self) -> bool:
        """Whether every rating is a point or unknown."""
        return self.low is self.high

    @cached_property
    def unknown(self) -> Flags:
        """Where there is no rating, (n,)."""
        return np.isnan(self.low)

    @cached_property
    def complete(self) -> bool:
        """Whether every rating is a point."""
        return self.points_only and not bool(self.unknown.any())

    def take(self, rows: NDArray[np.intp]) -> RatingColumn:
        """Return the column of some candidates."""
        low = self.low[rows]
        return (
            RatingColumn(low, low, low)
            if self.points_only
            else RatingColumn(low, self.value[rows], self.high[rows])
        )


@dataclass(frozen=True, eq=False)
class AnswerColumn:
    """Answers to a flag, a level or a choice: a code each into the table of different answers.

    Parameters
    ----------
    codes : integer array of shape (n,)
        Rows of `possible`; the last row stands for unknown.
    possible : boolean array of shape (q, k)
        Which of the k answers each of the q different answers leaves open.
    """

    codes: NDArray[np.intp]
    possible: Flags

    @cached_property
    def known(self) -> Flags:
        """Where there is any answer, an open one included, (n,)."""
        return np.not_equal(self.codes, len(self.possible) - 1)

    def take(self, rows: NDArray[np.intp]) -> AnswerColumn:
        """Return the column of some candidates."""
        return AnswerColumn(self.codes[rows], self.possible)


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """Numbers that a fact gives: the least and the greatest each can be, (n,); NaN where unknown."""

    low: Floats
    high: Floats

    @cached_property
    def known(self) -> Flags:
        """Where there is a number, an open one included, (n,)."""
        return ~np.isnan(self.low)

    @cached_property
    def fully_known(self) -> Flags:
        """Where there is one number, (n,)."""
        return np.equal(self.low, self.high)

    def take(self, rows: NDArray[np.intp]) -> NumberColumn:
        """Return the column of some candidates."""
        low = self.low[rows]
        return NumberColumn(low, low if self.high is self.low else self.high[rows])


@dataclass(frozen=True, eq=False)
class SetColumn:
    """Sets of items: a code each into the list of different answers; None among them is unknown."""

    codes: NDArray[np.intp]
    answers: tuple[SetAnswer | None, ...]

    @cached_property
    def known(self) -> Flags:
        """Where anything is known of the set, (n,)."""
        return np.array([answer is not None for answer in self.answers], dtype=np.bool_)[self.codes]

    def take(self, rows: NDArray[np.intp]) -> SetColumn:
        """Return the column of some candidates."""
        return SetColumn(self.codes[rows], self.answers)


FactColumn: TypeAlias = AnswerColumn | NumberColumn | SetColumn
Column: TypeAlias = RatingColumn | FactColumn


# from candidates


def ratings_of(candidates: Sequence[Candidate], key: str, scale: Scale) -> RatingColumn:
    """Return the ratings of all candidates on one criterion."""
    lows, values, highs = [], [], []
    points_only = True
    for candidate in candidates:
        raw = candidate.ratings.get(key)
        kind = type(raw)
        if kind is int or kind is float:
            low = value = high = raw
        else:
            reading = scale.read(raw)
            low, value, high = (
                (math.nan,) * 3 if reading is None else (reading.low, reading.value, reading.high)
            )
            points_only = points_only and (reading is None or low == high)
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
    candidates: Sequence[Candidate], key: str, fact: Fact, framework: Framework
) -> FactColumn:
    """Return what all candidates say of one fact."""
    lists = {fact.of: framework.members(fact.of)} if isinstance(fact, SetFact) else {}
    answers = [fact.read(candidate.facts.get(key), lists) for candidate in candidates]
    return column_of(answers, fact)


def column_of(answers: Sequence[Answer | None], fact: Fact) -> FactColumn:
    """Return the column of answers to one fact, None for unknown."""
    if isinstance(fact, NumberFact):
        return _numbers(answers)
    codes, different = _encoded(answers)
    if isinstance(fact, SetFact):
        return SetColumn(codes, tuple(different))  # type: ignore[arg-type]
    return _answers(codes, different, len(fact.answers))


def _encoded(answers: Sequence[Answer | None]) -> tuple[NDArray[np.intp], list[Answer | None]]:
    """Give each different answer a number; None, unknown, is the last of them."""
    number: dict[Answer | None, int] = {}
    for answer in answers:
        if answer is not None:
            number.setdefault(answer, len(number))
    number[None] = len(number)
    return np.array([number[answer] for answer in answers], dtype=np.intp), list(number)


def _answers(codes: NDArray[np.intp], different: Sequence[Answer | None], k: int) -> AnswerColumn:
    possible = np.ones((len(different), k), dtype=np.bool_)
    for row, answer in enumerate(different):
        if isinstance(answer, AnswerSet):
            possible[row] = [number in answer.possible for number in range(k)]
    return AnswerColumn(codes, possible)


def _numbers(answers: Sequence[Answer | None]) -> NumberColumn:
    ends = [
        (answer.low, answer.high) if isinstance(answer, NumberRange) else (math.nan, math.nan)
        for answer in answers
    ]
    pairs = np.array(ends, dtype=np.float64).reshape(-1, 2)
    low = np.ascontiguousarray(pairs[:, 0])
    point = np.array_equal(low, pairs[:, 1], equal_nan=True)
    return NumberColumn(low, low if point else np.ascontiguousarray(pairs[:, 1]))


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
    array = _as_floats(key, data, n, (1, 2, 3))
    least, greatest = scale.range
    if array.ndim == 1:
        column = RatingColumn(array, array, array)
        # NaN compares with nothing, so one look at the extremes says that all is known and on the scale
        if n and least <= array.min() and array.max() <= greatest:
            vars(column)["complete"] = True
            return column
        _refuse_infinite(key, array)
    else:
        _refuse_infinite(key, array)
        low, high = np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, -1])
        value = (
            np.ascontiguousarray(array[:, 1])
            if array.shape[1] == 3
            else np.where(low == high, low, math.nan)
        )
        column = RatingColumn(low, value, high)
        inside = (low <= high) & (np.isnan(value) | ((low <= value) & (value <= high)))
        _refuse_rows(
            key,
            "reversed-interval",
            "does not run from low to high",
            ~inside & ~np.isnan(low + high),
        )
        _refuse_rows(
            key, "missing-key", "has one end without the other", np.isnan(low) != np.isnan(high)
        )
    with np.errstate(invalid="ignore"):
        off = (column.low < least) | (column.high > greatest)
    _refuse_rows(key, "off-scale", f"is off the scale, which goes from {least} to {greatest}", off)
    return column


def fact_column(key: str, data: Any, fact: Fact, framework: Framework, n: int) -> FactColumn:
    """Return the column of a fact from an array.

    Parameters
    ----------
    data : array of shape (n,)
        Flags: booleans. Levels and choices: words, or whole numbers that count the answers from 0, -1 being
        unknown. Numbers: floats, NaN being unknown; also of shape (n, 2), low and high. Sets: lists of items.

    Raises
    ------
    CandidateError
        If an answer is none that the fact knows.
    """
    if isinstance(fact, NumberFact):
        return _number_column(key, data, fact, n)
    array = np.asarray(data) if isinstance(data, np.ndarray) else _object_array(data)
    if len(array) != n:
        raise _wrong(key, "wrong-length", f"has {len(array)} rows, and the others have {n}")
    if not isinstance(fact, SetFact) and array.dtype.kind in "biu":
        return _coded_column(key, array, fact)
    return _read_column(key, array, fact, framework)


def _coded_column(
    key: str, array: NDArray[Any], fact: FlagFact | LevelFact | ChoiceFact
) -> AnswerColumn:
    k = len(fact.answers)
    codes = array.astype(np.intp)
    if array.dtype.kind != "b":
        _refuse_rows(
            key,
            "unknown-level",
            f"is none of the {k} answers, which count from 0",
            (codes < -1) | (codes >= k),
        )
        codes = np.where(codes < 0, k, codes)
    possible = np.vstack([np.eye(k, dtype=np.bool_), np.ones((1, k), dtype=np.bool_)])
    return AnswerColumn(codes, possible)


def _read_column(key: str, array: NDArray[Any], fact: Fact, framework: Framework) -> FactColumn:
    lists = {fact.of: framework.members(fact.of)} if isinstance(fact, SetFact) else {}
    memo: dict[Any, Answer | None] = {}
    answers = []
    for row, raw in enumerate(array.tolist()):
        if isinstance(raw, set | frozenset | tuple):
            raw = sorted(raw)
        elif isinstance(raw, float) and math.isnan(raw):
            raw = None
        token = tuple(raw) if isinstance(raw, list) else raw
        if token not in memo:
            try:
                memo[token] = fact.read(raw, lists)
            except ReadingError as error:
                found = error.diagnostic
                raise CandidateError(
                    [Diagnostic(found.code, found.message, (key, row), found.help)]
                ) from None
        answers.append(memo[token])
    return column_of(answers, fact)


def _number_column(key: str, data: Any, fact: NumberFact, n: int) -> NumberColumn:
    array = _as_floats(key, data, n, (1, 2))
    _refuse_infinite(key, array)
    low, high = (
        (array, array)
        if array.ndim == 1
        else (np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, 1]))
    )
    with np.errstate(invalid="ignore"):
        _refuse_rows(key, "reversed-interval", "does not run from low to high", low > high)
        if fact.minimum is not None:
            _refuse_rows(key, "out-of-range", f"is below {fact.minimum}", low < fact.minimum)
        if fact.maximum is not None:
            _refuse_rows(key, "out-of-range", f"is above {fact.maximum}", high > fact.maximum)
    return NumberColumn(low, high)


def _as_floats(key: str, data: Any, n: int, widths: tuple[int, ...]) -> Floats:
    if not isinstance(data, np.ndarray) or data.dtype == object:
        data = [
            math.nan if entry is None or (isinstance(entry, str) and entry == UNKNOWN) else entry
            for entry in data
        ]
    try:
        array = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError):
        raise _wrong(key, "invalid-type", "holds something that is no number") from None
    if len(array) != n:
        raise _wrong(key, "wrong-length", f"has {len(array)} rows, and the others have {n}")
    if (array.ndim == 1 and 1 in widths) or (
        array.ndim == 2 and array.shape[1] in widths and array.shape[1] > 1
    ):
        return array
    raise _wrong(key, "wrong-shape", f"has the shape {array.shape}")


def _refuse_infinite(key: str, array: Floats) -> None:
    if np.isinf(array).any():
        raise _wrong(key, "not-finite", "holds an infinite number")


def _object_array(data: Any) -> NDArray[Any]:
    entries = list(data)
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array


def _wrong(key: str, code: str, message: str) -> CandidateError:
    return CandidateError([Diagnostic(code, f"the column `{key}` {message}", (key,))])


def _refuse_rows(key: str, code: str, message: str, wrong: Flags) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        more = f", and {len(rows) - 1:,} more rows like it" if len(rows) > 1 else ""
        raise CandidateError(
            [Diagnostic(code, f"`{key}` {message} in row {rows[0]}{more}", (key, int(rows[0])))]
        )
