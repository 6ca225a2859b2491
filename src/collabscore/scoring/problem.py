"""Problems: one framework and its candidates as columns, ready to be scored.

Axis letters: n candidates, q different answers, k possible answers, s settings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, IndexArray
from ..errors import CandidateError, Diagnostic, likely
from ..models.base import UNKNOWN, ReadingError, title_of
from ..models.candidates import Candidate, Candidates
from ..models.criteria import Scale
from ..models.facts import Answer, AnswerSet, Fact, NumberFact, NumberRange
from ..models.framework import Framework

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

_NO_NUMBER = (math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False, repr=False)
class NumberColumn:
    """Ratings on a criterion, or numbers that a fact gives.

    Parameters
    ----------
    low, value, high : arrays of shape (n,)
        All three NaN where unknown; `value` alone NaN for an interval. One and the same array where
        every number is a point or unknown.
    """

    low: FloatArray
    value: FloatArray
    high: FloatArray

    @classmethod
    def of_points(cls, points: FloatArray) -> NumberColumn:
        """Return a column without intervals; NaN is unknown."""
        return cls(points, points, points)

    @property
    def points_only(self) -> bool:
        """Whether every number is a point or unknown."""
        return self.low is self.high

    @cached_property
    def unknown(self) -> BoolArray:
        """Where there is no number, (n,)."""
        return np.isnan(self.low)

    @cached_property
    def settled(self) -> BoolArray:
        """Where there is one number, (n,)."""
        return np.equal(self.low, self.high)

    @cached_property
    def complete(self) -> bool:
        """Whether every number is a point."""
        return self.points_only and not bool(self.unknown.any())

    def answer_at(self, row: int) -> NumberRange | None:
        """Return the answer in a row; None is an unknown one."""
        if self.unknown[row]:
            return None
        return NumberRange(float(self.low[row]), float(self.high[row]))

    def take(self, rows: IndexArray) -> NumberColumn:
        """Return the column of some candidates."""
        if self.points_only:
            return NumberColumn.of_points(self.low[rows])
        return NumberColumn(self.low[rows], self.value[rows], self.high[rows])

    def with_rows(self, rows: IndexArray, new: NumberColumn, settings: int = 1) -> NumberColumn:
        """Return the column as often as there are settings, with new entries in some rows.

        Parameters
        ----------
        rows : integer array of shape (o,)
        new : NumberColumn
            The o entries of the first setting, then those of the next, (s * o,).
        """
        low = _put(self.low, rows, new.low, settings)
        points = self.unknown | self.settled
        points[rows] = new.points_only
        if points.all():
            return NumberColumn.of_points(low)
        value = _put(self.value, rows, new.value, settings)
        return NumberColumn(low, value, _put(self.high, rows, new.high, settings))


@dataclass(frozen=True, eq=False, repr=False)
class AnswerColumn:
    """Answers to a fact whose answers are words or sets: a code each into the different answers.

    Parameters
    ----------
    codes : integer array of shape (n,)
    answers : tuple of AnswerSet, SetAnswer or None
        The q different answers; None is unknown.
    """

    codes: IndexArray
    answers: tuple[Any, ...]

    @cached_property
    def unknown(self) -> BoolArray:
        """Where there is no answer, (n,)."""
        unknown = [answer is None for answer in self.answers]
        return np.array(unknown, dtype=np.bool_)[self.codes]

    @cached_property
    def settled(self) -> BoolArray:
        """Where only one answer is possible, (n,)."""
        settled = [answer is not None and answer.settled for answer in self.answers]
        return np.array(settled, dtype=np.bool_)[self.codes]

    def answer_at(self, row: int) -> Answer | None:
        """Return the answer in a row; None is an unknown one."""
        found: Answer | None = self.answers[self.codes[row]]
        return found

    def take(self, rows: IndexArray) -> AnswerColumn:
        """Return the column of some candidates."""
        return AnswerColumn(self.codes[rows], self.answers)

    def with_rows(self, rows: IndexArray, new: AnswerColumn, settings: int = 1) -> AnswerColumn:
        """Return the column for each setting, with new entries; see `NumberColumn.with_rows`."""
        codes = _put(self.codes, rows, new.codes + len(self.answers), settings)
        return AnswerColumn(codes, (*self.answers, *new.answers))


Column: TypeAlias = AnswerColumn | NumberColumn


def _put(mine: NDArray[Any], rows: IndexArray, new: NDArray[Any], settings: int) -> NDArray[Any]:
    """Return values as often as there are settings, with new ones in some rows."""
    out = np.tile(mine, (settings, 1))
    out[:, rows] = new.reshape(settings, -1)
    return out.ravel()


# columns from candidates


def ratings_of(candidates: Sequence[Candidate], key: str, scale: Scale) -> NumberColumn:
    """Return the ratings of all candidates on one criterion."""
    ends: list[tuple[float, float, float]] = []
    for candidate in candidates:
        raw = candidate.ratings.get(key)
        if type(raw) is int or type(raw) is float:  # by far the commonest
            ends.append((raw, raw, raw))
        elif (reading := scale.read(raw)) is not None:
            ends.append((reading.low, reading.value, reading.high))
        else:
            ends.append(_NO_NUMBER)
    return _number_column(ends)


def _answers_of(
    entries: Iterable[Any], key: str, fact: Fact, lists: Mapping[str, frozenset[str]]
) -> Column:
    """Return the column of answers to a fact, as candidates write them."""
    read = partial(fact.read, lists=lists)
    read_word = cache(read)
    answers = []
    for row, raw in enumerate(entries):
        # words are by far the commonest, and each is read once
        is_word = raw is None or isinstance(raw, str | bool)
        try:
            answers.append(read_word(raw) if is_word else read(raw))
        except ReadingError as error:
            raise CandidateError([replace(error.diagnostic, path=(key, row))]) from None
    return column_of(answers, fact)


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


def _number_column(ends: Sequence[tuple[float, float, float]]) -> NumberColumn:
    low, value, high = np.array(ends, dtype=np.float64).reshape(-1, 3).T.copy()
    if np.array_equal(low, high, equal_nan=True):
        return NumberColumn.of_points(low)
    return NumberColumn(low, value, high)


# columns from arrays


def rating_column(key: str, data: Any, scale: Scale) -> NumberColumn:
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
    column = _numbers_of(key, data, 3)
    least, greatest = scale.range
    # NaN compares with nothing: one look at the extremes may say that all is on the scale
    lowest, highest = column.low.min(initial=greatest), column.high.max(initial=least)
    if not least <= lowest <= highest <= greatest:
        wrong = (column.low < least) | (column.high > greatest)
        message = f"is off the scale, which goes from {least} to {greatest}"
        _refuse_rows(key, "off-scale", message, wrong)
    return column


def fact_column(key: str, data: Any, fact: Fact, lists: Mapping[str, frozenset[str]]) -> Column:
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
        column = _numbers_of(key, data, 2)
        least, greatest = fact.limits
        _refuse_rows(key, "out-of-range", f"is below {fact.minimum}", column.low < least)
        _refuse_rows(key, "out-of-range", f"is above {fact.maximum}", column.high > greatest)
        return column
    if isinstance(data, np.ndarray):
        if fact.answers and data.dtype.kind in "biu":
            return _column_of_codes(key, data.astype(np.intp), len(fact.answers))
        data = data.tolist()
    return _answers_of(map(_plain_answer, data), key, fact, lists)


def _plain_answer(raw: Any) -> Any:
    if isinstance(raw, set | frozenset | tuple):
        return sorted(raw)
    return None if isinstance(raw, float) and math.isnan(raw) else raw


def _column_of_codes(key: str, codes: IndexArray, k: int) -> AnswerColumn:
    message = f"is none of the {k} answers, which count from 0"
    _refuse_rows(key, "unknown-level", message, (codes < -1) | (codes >= k))
    answers = [AnswerSet(frozenset({position})) for position in range(k)]
    return AnswerColumn(np.where(codes < 0, k, codes), (*answers, None))


def _numbers_of(key: str, data: Any, most: int) -> NumberColumn:
    """Return the column of an array with n rows, each a number or 2 to `most` of them."""
    if not isinstance(data, np.ndarray) or data.dtype == object:
        # numpy makes a NaN of None
        data = [None if isinstance(raw, str) and raw == UNKNOWN else raw for raw in data]
    try:
        array = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError):
        raise _wrong_column(key, "invalid-type", "holds something that is no number") from None
    if array.shape[1:] not in [(), (2,), (3,)][:most]:
        raise _wrong_column(key, "wrong-shape", f"has the shape {array.shape}")
    if np.isinf(array).any():
        raise _wrong_column(key, "not-finite", "holds an infinite number")
    return NumberColumn.of_points(array) if array.ndim == 1 else _intervals_of(key, array)


def _intervals_of(key: str, array: FloatArray) -> NumberColumn:
    """Return the column of an array of shape (n, 2) or (n, 3): low, perhaps value, and high."""
    low, value, high = array[:, [0, 1, -1]].T.copy()
    if array.shape[1] == 2:
        value = np.where(low == high, low, math.nan)
    backwards = (low > high) | (low > value) | (value > high)
    _refuse_rows(key, "reversed-interval", "does not run from low to high", backwards)
    one_end = np.isnan(low) != np.isnan(high)
    _refuse_rows(key, "missing-key", "has one end without the other", one_end)
    return NumberColumn(low, value, high)


def _wrong_column(key: str, code: str, message: str) -> CandidateError:
    return CandidateError([Diagnostic(code, f"the column `{key}` {message}", (key,))])


def _refuse_rows(key: str, code: str, message: str, wrong: BoolArray) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        more = f", and {len(rows) - 1:,} more rows like it" if len(rows) > 1 else ""
        message = f"`{key}` {message} in row {rows[0]}{more}"
        raise CandidateError([Diagnostic(code, message, (key, int(rows[0])))])


# the problem


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
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
    in_place, planned : mapping of safeguard id to boolean array (n,)
        Only those that some candidate has.
    area : boolean array of shape (n,)
        True for an area, False for a project.
    document : Candidates, optional
        Where they came from; None for columns.
    ids : sequence of str, optional
        "1" to "n" if left out.
    titles : sequence of str or None, optional
        Made from the ids where there is none.
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
        rows = candidates.candidates
        ratings = {}
        for key, node in framework.leaves.items():
            ratings[key] = ratings_of(rows, key, node.scale)
        facts = {}
        for key, fact in framework.all_facts.items():
            entries = [row.facts.get(key) for row in rows]
            facts[key] = _answers_of(entries, key, fact, framework.list_members)
        safeguards: dict[str, dict[str, BoolArray]] = {"in_place": {}, "planned": {}}
        area = np.zeros(len(rows), dtype=np.bool_)
        for k, row in enumerate(rows):
            area[k] = candidates.unit_of(row) == "area"
            for safeguard in row.placed():
                columns = safeguards[safeguard.status]
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
        )

    @classmethod
    def from_columns(
        cls,
        framework: Framework,
        columns: Mapping[str, Any],
        *,
        ids: Sequence[str] | None = None,
        titles: Sequence[str] | None = None,
        unit: Literal["area", "project"] = "project",
        safeguards: Mapping[str, Any] | None = None,
    ) -> Problem:
        """Return the problem of arrays, one for each criterion or fact.

        Parameters
        ----------
        framework : Framework
        columns : mapping of criterion or fact id to array
            Criteria: (n,) points, (n, 2) low and high, or (n, 3) low, value and high; NaN: unknown.
            Facts: see `fact_column`. Columns left out are unknown.
        ids : sequence of str, optional
            Names of the candidates; "1" to "n" if left out.
        titles : sequence of str, optional
        unit : {"project", "area"}
        safeguards : mapping of safeguard id to boolean array (n,), optional
            Where each is in place.

        Raises
        ------
        CandidateError
            If a column is not defined by the framework or has an invalid value.
        """
        safeguards = safeguards or {}
        known = [*framework.leaves, *framework.all_facts]
        _refuse_unknown(columns, known, "criterion or fact", framework)
        _refuse_unknown(safeguards, list(framework.all_safeguards), "safeguard", framework)
        every = {**columns, **safeguards}
        if ids is not None:
            every["ids"] = ids
        n = _common_length(every)
        _refuse_repeated(ids if ids is not None else ())
        ratings = {}
        for key, node in framework.leaves.items():
            ratings[key] = rating_column(key, columns.get(key, np.full(n, np.nan)), node.scale)
        facts = {}
        for key, fact in framework.all_facts.items():
            facts[key] = column_of([None], fact).take(np.zeros(n, dtype=np.intp))
            if key in columns:
                facts[key] = fact_column(key, columns[key], fact, framework.list_members)
        in_place = {key: np.asarray(data, dtype=np.bool_) for key, data in safeguards.items()}
        area = np.full(n, unit == "area")
        return cls(framework, n, ratings, facts, in_place, {}, area, ids=ids, titles=titles)

    def rating_bounds(self, key: str) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest possible rating, (n,): the whole scale, if unknown."""
        column = self.ratings[key]
        if column.complete:
            return column.low, column.low
        least, greatest = self.framework.leaves[key].scale.range
        low = np.nan_to_num(column.low, nan=float(least))
        return low, np.nan_to_num(column.high, nan=float(greatest))

    def column(self, key: str) -> Column:
        """Return the entries of all candidates for a criterion or a fact."""
        return self.facts[key] if key in self.facts else self.ratings[key]

    def id_of(self, row: int) -> str:
        """Return the id of the candidate in a row."""
        return str(self.ids[row]) if self.ids is not None else str(row + 1)

    def title_of(self, row: int) -> str:
        """Return the title of the candidate in a row; made from its id where it has none."""
        title = self.titles[row] if self.titles is not None else None
        return title_of(self.id_of(row), title)


def _common_length(columns: Mapping[str, Any]) -> int:
    n, first = 0, ""
    for name, data in columns.items():
        if not first:
            n, first = len(data), name
        elif len(data) != n:
            raise _wrong_column(
                name, "wrong-length", f"has {len(data)} rows, and `{first}` has {n}"
            )
    return n


def _refuse_unknown(
    columns: Mapping[str, Any], known: Sequence[str], kind: str, framework: Framework
) -> None:
    wrong = []
    for name in columns:
        if name not in known:
            guess = likely(name, known)
            message = f"`{name}` is not a {kind} of `{framework.id}`"
            help = f"did you mean `{guess}`?" if guess else None
            wrong.append(Diagnostic("unknown-column", message, (name,), help))
    if wrong:
        raise CandidateError(wrong)


def _refuse_repeated(ids: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for row, name in enumerate(ids):
        if first.setdefault(name, row) != row:
            wrong = Diagnostic("duplicate-id", f"the id `{name}` is used twice", ("ids", row))
            raise CandidateError([wrong])
