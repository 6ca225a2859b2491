"""I2 and C7: a column is what it can mean, and anything else is an error at its column and row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collabscore as cs
from collabscore.scoring.problem import NumberColumn
from collabscore.scoring.ranking import rank

NAN = math.nan
FRAMEWORK = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "house",
        "lists": {"fields": {"items": ["health", "quantum"]}},
        "scales": {"five": {"range": [1, 5], "levels": {1: "low", 3: "middle", 5: "high"}}},
        "criteria": {
            "gain": {"scale": "five"},
            "risk": {"scale": {"range": [1, 5]}, "prefer": "low"},
        },
        "facts": {
            "crit": {"kind": "flag"},
            "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
            "trl": {"kind": "level", "levels": ["1", "2", "3"]},
            "lead": {"kind": "choice", "options": ["health", "energy"]},
            "budget": {"kind": "number", "minimum": 0, "maximum": 100},
            "staff": {"kind": "number"},
            "about": {"kind": "set", "of": "fields"},
        },
        "safeguards": {"review": {}},
        "guardrails": {"g1": {"when": "crit", "needs": ["review"], "then": "outside"}},
    }
)


def problem_of(columns: Any, **options: Any) -> cs.Problem:
    return cs.Problem.from_columns(FRAMEWORK, columns, **options)


def refusals_of(columns: Any, **options: Any) -> list[str]:
    """Return each error as one line: code, message, place, cure."""
    with pytest.raises(cs.CandidateError) as caught:
        problem_of(columns, **options)
    found = caught.value.diagnostics
    return [f"{one.code} | {one.message} | {one.place} | {one.help}" for one in found]


# what a column may be


def numbers_in(column: Any) -> list[tuple[Any, Any, Any]]:
    """Return low, value and high of each row, None for NaN."""
    assert isinstance(column, NumberColumn)
    ends = np.stack([column.low, column.value, column.high], axis=1).tolist()
    return [tuple(None if math.isnan(end) else end for end in row) for row in ends]


def series_of_decimals() -> pl.Series:
    return pl.Series([Decimal("1.5"), None, Decimal(3)])


POINTS = [(1.5, 1.5, 1.5), (None, None, None), (3.0, 3.0, 3.0)]
SAME_NUMBERS: dict[str, Any] = {
    "list": [1.5, NAN, 3],
    "tuple": (1.5, None, 3),
    "I2-mask": np.ma.array([1.5, 4.0, 3.0], mask=[False, True, False]),
    "I2-mask-of-objects": np.ma.array([1.5, 4, "middle"], mask=[0, 1, 0], dtype=object),
    "float32": np.array([1.5, NAN, 3], dtype=np.float32),
    "longdouble": np.array([1.5, NAN, 3], dtype=np.longdouble),
    "objects": np.array([1.5, None, 3], dtype=object),
    "scalars-of-numpy": [np.float16(1.5), np.float64(NAN), np.int8(3)],
    "scalar-of-masked": [1.5, np.ma.masked, 3],
    "C7-level-names": [1.5, "unknown", "middle"],
    "C7-NA-among-objects": [1.5, pd.NA, 3],
    "C7-NaT-among-objects": [1.5, pd.NaT, 3],
    "C7-Float64": pd.Series([1.5, None, 3], dtype="Float64"),
    "pandas-objects": pd.Series([1.5, None, "middle"], dtype=object),
    "pandas-category": pd.Series(pd.Categorical([1.5, None, 3.0])),
    "pandas-index": pd.Index([1.5, NAN, 3]),
    "pandas-sparse": pd.Series([1.5, NAN, 3], dtype="Sparse[float]"),
    "polars": pl.Series([1.5, None, 3.0]),
    "polars-decimal": series_of_decimals(),
    "decimals": [Decimal("1.5"), Decimal("nan"), Decimal(3)],
    "fractions": [Fraction(3, 2), None, Fraction(3)],
}


@pytest.mark.parametrize("column", SAME_NUMBERS.values(), ids=SAME_NUMBERS)
def test_the_same_numbers_in_every_kind_of_column(column: Any) -> None:
    assert numbers_in(problem_of({"gain": column}).ratings["gain"]) == POINTS
    if not any(isinstance(cell, str) for cell in column):
        assert numbers_in(problem_of({"budget": column}).facts["budget"])[1] == POINTS[1]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([1, None, 3], dtype="UInt8"),
        pl.Series([1, None, 3]),
        np.ma.array([1, 2, 3], mask=[0, 1, 0]),
        pd.Series(["low", None, "middle"], dtype="string"),
        pd.Series(["low", NAN, "middle"]),
        pl.Series(["low", None, "middle"], dtype=pl.Categorical),
        np.ma.array(["low", "", "middle"], mask=[0, 1, 0]),
    ],
    ids=lambda column: f"C7-{column.dtype}",
)
def test_whole_numbers_and_names_with_missing_ones(column: Any) -> None:
    found = numbers_in(problem_of({"gain": column}).ratings["gain"])
    assert found == [(1.0, 1.0, 1.0), (None, None, None), (3.0, 3.0, 3.0)]


INTERVALS: dict[str, Any] = {
    "C7-tuples": [(2, 4), 3, None],
    "C7-tuples-of-names": [(2, 4), "middle", NAN],
    "objects": np.array([[2, 4], 3, None], dtype=object),
    "pairs": np.array([[2, 4], [3, 3], [NAN, NAN]]),
    "lists": [[2, 4], [3, 3], [None, None]],
    "masked-pairs": np.ma.array([[2, 4], [3, 3], [1, 1]], mask=[[0, 0], [0, 0], [1, 1]]),
    "pandas-frame": pd.DataFrame({"low": [2, 3, None], "high": [4, 3, None]}),
    "polars-lists": pl.Series([[2, 4], [3, 3], None]),
    "arrays-in-a-list": [np.array([2, 4]), np.int64(3), None],
}


@pytest.mark.parametrize("column", INTERVALS.values(), ids=INTERVALS)
def test_the_same_intervals_in_every_kind_of_column(column: Any) -> None:
    expected = [(2.0, None, 4.0), (3.0, 3.0, 3.0), (None, None, None)]
    assert numbers_in(problem_of({"gain": column}).ratings["gain"]) == expected


def test_intervals_with_a_most_likely_rating() -> None:
    rows = [(2, 3, 5), (NAN, 4, NAN), (1, NAN, 2), (NAN, NAN, NAN)]
    expected = [(2.0, 3.0, 5.0), (4.0, 4.0, 4.0), (1.0, None, 2.0), (None, None, None)]
    for column in (rows, np.array(rows)):
        assert numbers_in(problem_of({"gain": column}).ratings["gain"]) == expected


ANSWERS: dict[str, tuple[str, Any]] = {
    "C7-boolean": ("crit", pd.Series([True, None, False], dtype="boolean")),
    "polars-boolean": ("crit", pl.Series([True, None, False])),
    "masked-truths": ("crit", np.ma.array([True, True, False], mask=[0, 1, 0])),
    "truths-of-numpy": ("crit", [np.True_, None, np.False_]),
    "truths-as-numbers": ("crit", pd.Series([1.0, NAN, 0.0])),
    "truths-as-words": ("crit", ["yes", "unknown", "no"]),
    "codes": ("stage", np.array([1, -1, 0])),
    "C7-codes-Int64": ("stage", pd.Series([1, None, 0], dtype="Int64")),
    "codes-in-a-list": ("stage", [1, None, 0]),
    "codes-uint64": ("stage", np.ma.array([1, 2, 0], mask=[0, 1, 0], dtype=np.uint64)),
    "C7-string": ("stage", pd.Series(["applied", None, "basic"], dtype="string")),
    "C7-category": ("stage", pd.Series(["applied", None, "basic"], dtype="category")),
    "polars-enum": ("stage", pl.Series(["applied", None, "basic"], dtype=pl.Enum(["applied", "basic"]))),
    "text-of-numpy": ("stage", np.array(["applied", "unknown", "basic"])),
    "levels-named-by-numbers": ("trl", ["2", None, "1"]),
}  # fmt: skip


@pytest.mark.parametrize(("fact", "column"), ANSWERS.values(), ids=ANSWERS)
def test_the_same_answers_in_every_kind_of_column(fact: str, column: Any) -> None:
    found = problem_of({fact: column}).facts[fact]
    words = FRAMEWORK.all_facts[fact].words
    answers = [found.answer_at(row) for row in range(3)]
    said = [None if answer is None else words(answer) for answer in answers]
    expected = {
        "crit": ["yes", None, "no"],
        "stage": ["applied", None, "basic"],
        "trl": ["2", None, "1"],
    }
    assert said == expected[fact]


def test_columns_of_sets() -> None:
    columns = (
        [{"health", "quantum"}, None, ()],
        pl.Series([["health", "quantum"], None, []]),
        np.array([frozenset(["quantum", "health"]), NAN, []], dtype=object),
    )
    for column in columns:
        found = problem_of({"about": column}).facts["about"]
        assert [found.unknown.tolist(), found.settled.tolist()] == [
            [False, True, False],
            [True, False, True],
        ]
        assert found.answer_at(0).items == {"health", "quantum"}  # type: ignore[union-attr]
    nothing = problem_of({"about": pd.Series([NAN, NAN])}).facts["about"]
    assert nothing.unknown.tolist() == [True, True]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_a_data_frame_is_a_mapping_of_columns(frame: Any) -> None:
    data = frame({"gain": [5, 1, None], "stage": ["basic", None, "applied"]})
    flags = frame({"review": [True, False, None]})
    problem = problem_of(data, safeguards=flags, ids=frame({"id": ["a", "b", "c"]})["id"])
    assert numbers_in(problem.ratings["gain"])[2] == (None, None, None)
    assert problem.facts["stage"].unknown.tolist() == [False, True, False]
    assert problem.in_place["review"].tolist() == [True, False, False]
    assert problem.ids == ("a", "b", "c")


def test_columns_say_what_documents_say() -> None:
    listed = [
        {"id": "a", "ratings": {"gain": "high", "risk": [1, 3]}, "facts": {"stage": "basic"}},
        {"id": "b", "ratings": {"gain": 2}, "facts": {"budget": [5, 20], "crit": True}},
    ]
    columns = {
        "gain": ["high", 2],
        "risk": [(1, 3), NAN],
        "stage": ["basic", None],
        "budget": [pd.NA, (5, 20)],
        "crit": [None, np.True_],
    }
    one, other = cs.score(listed, FRAMEWORK), rank(problem_of(columns, ids=["a", "b"]))
    assert one.records() == other.records()


# what it may not be

NO_COLUMN = "give a list or an array with an entry for each candidate"
RATING = "use a number from 1 to 5, or `unknown`"
LEVELS = (
    "choose from `low`, `middle`, `high`, or write a number from 1 (low) to 5 (high), or `unknown`"
)
BUDGET = "use a number, at least 0 and at most 100; or [low, high]"


def no_column(name: str, kind: str) -> str:
    return f"invalid-type | `{name}` is of type `{kind}`, which is not a column | columns.{name} | {NO_COLUMN}"


def one_by_one() -> Iterator[int]:
    yield from (1, 2)


WRONG: dict[str, tuple[dict[Any, Any], str]] = {
    "I2-dict": ({"gain": {1: "a", 3: "b"}}, no_column("gain", "dict")),
    "I2-set": ({"gain": {1, 3}}, no_column("gain", "set")),
    "I2-text": ({"gain": "135"}, no_column("gain", "str")),
    "text-for-a-fact": ({"stage": "basic"}, no_column("stage", "str")),
    "bytes": ({"gain": b"\1\3"}, no_column("gain", "bytes")),
    "I2-scalar": ({"gain": 3}, no_column("gain", "int")),
    "scalar-of-numpy": ({"gain": np.float64(3)}, no_column("gain", "float64")),
    "array-without-dimension": ({"gain": np.array(3.0)}, no_column("gain", "ndarray")),
    "records-of-numpy": ({"gain": np.array([(1, 2)], dtype="i4,i4")}, no_column("gain", "ndarray")),
    "I2-generator": ({"gain": one_by_one()}, no_column("gain", "generator")),
    "iterator": ({"gain": iter([1, 2])}, no_column("gain", "list_iterator")),
    "view-of-a-dict": ({"gain": {"a": 1}.values()}, no_column("gain", "dict_values")),
    "nothing": ({"gain": None}, f"invalid-type | `gain` is not given | columns.gain | {NO_COLUMN}"),
    "I2-complex": (
        {"gain": [1, 2j]},
        f"invalid-type | `gain` in row 1: `2j` is not a rating | columns.gain[1] | {RATING}",
    ),
    "complex-of-numpy": (
        {"gain": np.array([1, 2j])},
        f"invalid-type | `gain` in row 0: `(1+0j)` is not a rating (and 1 more row like it) | columns.gain[0] | {RATING}",
    ),
    "I2-huge": (
        {"gain": [1, 10**400]},
        f"out-of-range | `gain` in row 1: `1{'0' * 58}…` is too large | columns.gain[1] | {RATING}",
    ),
    "huge-number": (
        {"staff": [1, -(10**400)]},
        f"out-of-range | `staff` in row 1: `-1{'0' * 57}…` is too large | columns.staff[1] | use a number; or [low, high]",
    ),
    "longdouble-beyond-floats": (
        {"staff": np.array([1, np.longdouble("1e4000")])},
        "not-finite | `staff` in row 1: `.inf` is not a finite number | columns.staff[1] | use a number; or [low, high]",
    ),
    "infinite": (
        {"gain": [-math.inf, 1]},
        f"not-finite | `gain` in row 0: `-.inf` is not a finite number | columns.gain[0] | {RATING}",
    ),
    "truths-as-ratings": (
        {"gain": np.array([True, False])},
        f"invalid-type | `gain` in row 0: `true` is not a rating (and 1 more row like it) | columns.gain[0] | {RATING}",
    ),
    "truths-as-numbers": (
        {"budget": [1, True]},
        "invalid-fact | `budget` in row 1: expected a number, not `true` | columns.budget[1] | use a number, or `unknown`",
    ),
    "dates": (
        {"gain": pd.to_datetime(pd.Series(["2026-01-01"]))},
        f"invalid-type | `gain` in row 0: `2026-01-01 00:00:00` is not a rating | columns.gain[0] | {RATING}",
    ),
    "bytes-in-a-list": (
        {"stage": [b"basic"]},
        "invalid-type | `stage` in row 0: `b'basic'` is not an answer | columns.stage[0] | choose from `basic`, `applied`, `development`, or `unknown`",
    ),
    "object-in-a-list": (
        {"gain": [1, object()]},
        f"invalid-type | `gain` in row 1: `object` is not a rating | columns.gain[1] | {RATING}",
    ),
    "mapping-in-a-list": (
        {"gain": [1, {"low": 1}]},
        f"invalid-type | `gain` in row 1: `{{low: 1}}` is not a rating | columns.gain[1] | {RATING}",
    ),
    "numbers-as-text": (
        {"gain": ["low", "4"]},
        f"unknown-level | `gain` in row 1: `4` is not a level of this scale | columns.gain[1] | {LEVELS}",
    ),
    "off-the-scale": (
        {"gain": np.array([1, 9, 8])},
        "off-scale | `gain` in row 1: `9` is off the scale (and 1 more row like it) | columns.gain[1] | use a number from 1 (low) to 5 (high), or `unknown`",
    ),
    "four-in-a-row": (
        {"gain": np.zeros((2, 4))},
        "wrong-shape | the column `gain` has 2 x 4 numbers | columns.gain | give one number in each row, or 2 or 3 numbers for an interval",
    ),
    "three-in-a-row-of-a-fact": (
        {"budget": np.zeros((2, 3))},
        "wrong-shape | the column `budget` has 2 x 3 numbers | columns.budget | give one number in each row, or 2 numbers for an interval",
    ),
    "three-dimensions": (
        {"gain": np.ones((2, 2, 2))},
        "wrong-shape | the column `gain` has 2 x 2 x 2 numbers | columns.gain | give one number in each row, or 2 or 3 numbers for an interval",
    ),
    "one-masked-end": (
        {"gain": np.ma.array([[1, 2], [1, 2]], mask=[[0, 0], [0, 1]])},
        "missing-key | `gain` in row 1: `low` and `high` must be given together; `high` is missing | columns.gain[1].low | add `high: ...`, or write `value` in place of `low`",
    ),
    "backwards": (
        {"gain": [(1, 2), (4, 2)]},
        "reversed-interval | `gain` in row 1: `[4, 2]` runs backwards | columns.gain[1] | write `[2, 4]`",
    ),
    "code-too-large": (
        {"stage": np.array([0, 3])},
        "unknown-level | `stage` in row 1: `3` is none of the 3 answers, which count from 0 | columns.stage[1] | choose from `basic`, `applied`, `development`, or `unknown`",
    ),
    "code-that-wraps": (
        {"stage": np.array([0, 2**64 - 1], dtype=np.uint64)},
        "unknown-level | `stage` in row 1: `18446744073709551615` is none of the 3 answers, which count from 0 | columns.stage[1] | choose from `basic`, `applied`, `development`, or `unknown`",
    ),
    "code-between-two": (
        {"crit": [0.5, NAN]},
        "unknown-level | `crit` in row 0: `0.5` is none of the 2 answers, which count from 0 | columns.crit[0] | choose from `no`, `yes`, or `unknown`",
    ),
    "codes-of-levels-named-by-numbers": (
        {"trl": [1, 2]},
        "invalid-type | `trl` has numbers, and numbers are names of its answers | columns.trl | give names as text, such as `3` in quotes",
    ),
    "truths-as-levels": (
        {"stage": [True, False]},
        "unknown-level | `stage` in row 0: `true` is not a level of this fact (and 1 more row like it) | columns.stage[0] | choose from `basic`, `applied`, `development`",
    ),
    "words-as-sets": (
        {"about": ["health"]},
        "invalid-fact | `about` in row 0: expected a list of items of `fields`, not `health` | columns.about[0] | write `[health]`",
    ),
    "unknown-column": (
        {"gian": [1]},
        "unknown-column | `gian` is not a criterion or fact of `house` | columns.gian | did you mean `gain`?",
    ),
    "name-that-is-no-text": (
        {3: [1]},
        "unknown-column | `3` is not a criterion or fact of `house` | columns[3] | choose from `gain`, `risk`, `crit`, `stage`, `trl`, `lead`, `budget`, `staff`, `about`",
    ),
    "wrong-length": (
        {"gain": [1, 2], "risk": [1]},
        "wrong-length | `risk` has 1 row, and `columns.gain` has 2 | columns.risk | give each column an entry for each candidate",
    ),
}


@pytest.mark.parametrize(("columns", "expected"), WRONG.values(), ids=WRONG)
def test_anything_else_is_an_error_at_its_column_and_row(columns: Any, expected: str) -> None:
    assert refusals_of(columns) == [expected]


def test_a_list_that_holds_itself_is_quoted() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for columns in ({"gain": endless}, {"gain": [1, (2, endless)]}, {"about": [endless]}):
        (found,) = refusals_of(columns)
        assert "`[[[[[[[[…]]]]]]]]`" in found


def test_every_column_is_looked_at_and_every_kind_of_error_reported_once() -> None:
    columns = {"gain": [9, "x", 8, "y"], "risk": [0, 1, 2, 3], "stage": ["basic", "aplied"] * 2}
    assert [one.partition(" |")[0] for one in refusals_of(columns)] == [
        "off-scale",
        "unknown-level",
        "off-scale",
        "unknown-level",
    ]
    assert refusals_of(columns)[0].count("(and 1 more row like it)") == 1


FRAMES: dict[str, tuple[Any, str]] = {
    "pairs": (
        [("gain", [1])],
        "invalid-type | expected a mapping of columns, not `[('gain', [1])]` | columns | write {name: column}, or give a data frame",
    ),
    "array": (
        np.zeros((2, 2)),
        "invalid-type | expected a mapping of columns, not `ndarray` | columns | write {name: column}, or give a data frame",
    ),
    "column-twice": (
        pd.DataFrame([[1, 2]], columns=["gain", "gain"]),
        "duplicate-key | the data frame has several columns `gain` | columns | rename or drop all but one",
    ),
}


@pytest.mark.parametrize(("columns", "expected"), FRAMES.values(), ids=FRAMES)
def test_columns_are_a_mapping_or_a_data_frame(columns: Any, expected: str) -> None:
    assert refusals_of(columns) == [expected]


IDS: dict[str, tuple[Any, str]] = {
    "I2-number-and-text": (
        [1, "1"],
        'invalid-type | `ids` in row 0: expected text, not `1` | ids[0] | put it in quotes: `"1"`',
    ),
    "missing": (
        ["a", pd.NA],
        "invalid-type | `ids` in row 1: expected text, not `null` | ids[1] | write a name",
    ),
    "twice": (
        ["a", "a"],
        "duplicate-id | the id `a` is used twice, in rows 0 and 1 | ids[1] | give each candidate an id of its own",
    ),
    "I2-text": (
        "ab",
        f"invalid-type | `ids` is of type `str`, which is not a column | ids | {NO_COLUMN}",
    ),
    "numbers": (
        range(2),
        'invalid-type | `ids` in row 0: expected text, not `0` (and 1 more row like it) | ids[0] | put it in quotes: `"0"`',
    ),
    "I2-too-few": (
        ["a"],
        "wrong-length | `ids` has 1 row, and `columns.gain` has 2 | ids | give each column an entry for each candidate",
    ),
}


@pytest.mark.parametrize(("ids", "expected"), IDS.values(), ids=IDS)
def test_ids_that_documents_refuse(ids: Any, expected: str) -> None:
    assert refusals_of({"gain": [1, 2]}, ids=ids) == [expected]


@pytest.mark.parametrize("odd", ["", " ", "a\nb", "a\x00b", "x" * 300])
def test_ids_are_refused_as_in_documents(odd: str) -> None:
    with pytest.raises(cs.CandidateError):
        cs.load_candidates([{"id": odd}], FRAMEWORK)
    (found,) = refusals_of({}, ids=["a", odd])
    assert "ids[1]" in found
    assert not found.endswith("None")
