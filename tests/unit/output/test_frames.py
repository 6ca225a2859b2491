"""Data frames of every result: the names and values of CSV, typed, in full."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.architecture.test_results import ALL, LISTED, RANKING

import collabscore as cs
from collabscore.errors import MissingExtraError
from collabscore.output import Result, frames
from collabscore.output.frames import parquet_of


@ALL
def test_arrow_has_the_values_of_the_rows(result: Result) -> None:
    table = cs.to_arrow(result)
    wanted = result.plain_table().to_columns()
    assert table.column_names == list(wanted)
    for key, cells in wanted.items():
        found = table.column(key).to_pylist()
        for cell, other in zip(cells, found, strict=True):
            if isinstance(cell, float) and math.isnan(cell):
                assert other is None
            else:
                assert other == cell
    for row, record in zip(table.to_pylist(), result.records(), strict=True):
        for key in row.keys() & record.keys():  # records are made of other fields than columns
            cell = record[key]
            assert row[key] == (list(cell) if isinstance(cell, tuple) else cell), key
    about = json.loads(table.schema.metadata[b"collabscore"])
    assert about["collabscore"] == f"{result.kind}/1"
    assert about["manifest"] == json.loads(result.to_json())["manifest"]


@ALL
def test_pandas_polars_and_parquet_hold_the_same(result: Result) -> None:
    table = cs.to_arrow(result)
    rows = table.to_pylist()
    assert cs.to_polars(result).to_dicts() == rows
    assert pq.read_table(io.BytesIO(parquet_of(result))).equals(table)
    frame = nw.from_native(cs.to_pandas(result), eager_only=True)
    assert frame.columns == table.column_names
    for key in frame.columns:
        nulls = frame[key].is_null().to_list()
        assert nulls == [row[key] is None for row in rows]


def test_types() -> None:
    types = {field.name: field.type for field in cs.to_arrow(RANKING).schema}
    assert types["rank"] == pa.int64()
    assert types["score"] == types["points_gain"] == pa.float64()
    assert types["id"] == types["verdict"] == pa.string()
    assert types["reasons"] == pa.list_(pa.string())
    frame = cs.to_pandas(RANKING)
    assert (str(frame["rank"].dtype), str(frame["score"].dtype)) == ("Int64", "float64")
    # a column without a value has the type of its field
    bare = cs.to_arrow(cs.score([{"id": "flu"}], "ca-strac"))
    assert bare.schema.field("score").type == pa.float64()
    assert bare.schema.field("band").type == pa.string()


def test_an_id_is_a_text_and_stays_one() -> None:
    listed = [{"id": "007", "title": "1e3", "ratings": {}}, {"id": "=1+1", "ratings": {}}]
    frame = cs.to_polars(cs.score(listed, "guardrail"))
    assert sorted(frame["id"].to_list()) == ["007", "=1+1"]
    assert "1e3" in frame["title"].to_list()


def test_a_row_for_each_candidate_and_criterion() -> None:
    rows = cs.to_polars(RANKING, rows="criteria").to_dicts()
    assert len(rows) == len(LISTED) * 2
    first = next(row for row in rows if (row["id"], row["criterion"]) == ("flu", "risk"))
    assert first == {
        "id": "flu",
        "title": "Flu",
        "criterion": "risk",
        "criterion_title": "Risk",
        "rating_low": 1.0,
        "rating": None,
        "rating_high": 3.0,
        "value": 0.75,
        "weight": 0.5,
        "contribution": 37.5,
    }
    unknown = next(row for row in rows if (row["id"], row["criterion"]) == ("ice", "risk"))
    assert (unknown["rating_low"], unknown["rating"], unknown["rating_high"]) == (None, None, None)
    totals: dict[str, float] = {}
    for row in rows:
        totals[row["id"]] = totals.get(row["id"], 0.0) + row["contribution"]
    assert totals == pytest.approx(dict(zip(RANKING.ids, RANKING.scores, strict=True)))


def test_a_row_for_each_finding() -> None:
    rows = cs.to_polars(RANKING, rows="findings").to_dicts()
    assert len(rows) == len(LISTED)
    arms = next(row for row in rows if row["id"] == "arms")
    assert (arms["guardrail"], arms["state"], arms["verdict"]) == ("g1", "unmet", "outside")
    assert (arms["missing"], arms["unknown"]) == (["review"], [])
    narrowed = cs.to_arrow(RANKING.select(verdict="outside"), rows="findings")
    assert narrowed.column("id").to_pylist() == ["arms"]


def test_the_name_of_the_own_rows_is_known() -> None:
    assert cs.to_arrow(RANKING, rows="candidates").equals(cs.to_arrow(RANKING))


REFUSED: dict[str, tuple[Any, Any, str]] = {
    "other-rows": (
        RANKING,
        "finding",
        "rows: the result `ranking` has no rows `finding`; did you mean `findings`?",
    ),
    "no-rows": (
        cs.extreme_ranks(RANKING),
        "criteria",
        "rows: the result `extremes` has no rows `criteria`; choose from `candidates`",
    ),
    "number": (
        RANKING,
        3,
        "rows: `3` is not a name of rows; choose from `candidates`, `criteria`, `findings`, `columns`",
    ),
    "no-result": (
        [1],
        None,
        "result: `[1]` is not a result; give the result of a call such as `score(candidates, framework)`",
    ),
    "table": (
        RANKING.table(),
        None,
        "result: `Table` is not a result; give the result of a call such as `score(candidates, framework)`",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize(
    "make", [cs.to_arrow, cs.to_pandas, cs.to_polars], ids=lambda f: f.__name__
)
def test_other_calls_are_refused(make: Any, name: str) -> None:
    result, rows, message = REFUSED[name]
    with pytest.raises(cs.UsageError) as refused:
        make(result, rows)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("library", "make", "line"),
    [
        ("pyarrow", cs.to_arrow, "pip install 'collabscore[tables]'"),
        ("polars", cs.to_polars, "pip install polars"),
        ("pandas", cs.to_pandas, "pip install pandas"),
    ],
)
def test_a_library_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, library: str, make: Any, line: str
) -> None:
    optional = frames.optional

    def without(module: str, extra: str) -> Any:
        if module == library:
            raise MissingExtraError(module, extra)
        return optional(module, extra)

    monkeypatch.setattr(frames, "optional", without)
    with pytest.raises(MissingExtraError) as missing:
        make(RANKING)
    assert str(missing.value) == f"`{library}` is needed for this: {line}"


@pytest.mark.parametrize("ranking", [RANKING, RANKING[1:3]], ids=["whole", "narrowed"])
def test_columns_at_hand_are_those_of_the_rows(ranking: cs.Ranking) -> None:
    table = cs.to_arrow(ranking, rows="columns")
    assert pq.read_table(io.BytesIO(written(table))).num_rows == len(ranking)
    for row, found in zip(table.to_pylist(), ranking, strict=True):
        ends = (row["mildest"], row["severest"])
        assert ends == (found.verdict_range or (found.verdict, found.verdict))
        for key in ("id", "rank", "score", "low", "high", "verdict"):
            assert row[key] == getattr(found, key)
        states = {key.partition(".")[2]: row[key] for key in row if key.startswith("guardrail.")}
        assert states == {finding.guardrail: finding.state for finding in found.findings}


def test_columns_at_hand_of_candidates_that_a_framework_is_not_about() -> None:
    framework = {
        "collabscore": "framework/1",
        "id": "areas",
        "applies": "large",
        "criteria": {"benefit": {"scale": {"range": [1, 5]}}},
        "facts": {"large": {"kind": "flag"}},
    }
    small = [{"id": name, "facts": {"large": False}} for name in "ab"]
    table = cs.to_arrow(cs.score(small, framework), rows="columns")
    assert table["rank"].null_count == table["verdict"].null_count == 2
    assert table["id"].to_pylist() == ["a", "b"]


def written(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()
