"""Large tables with types: read as columns or row by row, the result is the same."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import collabscore as cs
from collabscore.documents import columns
from collabscore.models.facts import FlagFact, NumberFact, SetFact

ROWS = 60


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_ROWS", ROWS - 1)


def answer_of(rng: Random, fact: Any, items: list[str]) -> Any:
    match fact:
        case FlagFact():
            return rng.random() < 0.5
        case NumberFact():
            low, high = fact.bounds
            return rng.uniform(max(low, 0), min(high, 100))
        case SetFact():
            return rng.sample(items, rng.randint(0, 2))
    return rng.choice(fact.answers)


def columns_for(framework: cs.Framework, seed: int) -> dict[str, list[Any]]:
    """Return columns in which a tenth of the entries are unknown."""
    rng = Random(seed)
    found: dict[str, list[Any]] = {"id": [f"p-{k}" for k in range(ROWS)]}
    for key, node in framework.leaves.items():
        low, high = node.scale.range
        found[key] = [rng.uniform(low, high) for _ in range(ROWS)]
    for key, fact in framework.all_facts.items():
        if "#" not in key:
            members = getattr(fact, "of", None)
            items = sorted(framework.list_members[members]) if members else []
            found[key] = [answer_of(rng, fact, items) for _ in range(ROWS)]
    for key in framework.all_safeguards:
        found[key] = [rng.random() < 0.5 for _ in range(ROWS)]
    unknown = [key for key in found if key != "id" and key not in framework.all_safeguards]
    for key in unknown:
        found[key] = [None if rng.random() < 0.1 else cell for cell in found[key]]
    return found


@pytest.mark.parametrize("id", ["guardrail", "sta-2024", "mit-elevated-risk"])
@pytest.mark.parametrize("form", [pa.table, pl.DataFrame], ids=["arrow", "polars"])
def test_columns_give_what_rows_give(id: str, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    framework = cs.load_framework(id)
    frame = form(columns_for(framework, len(id)))
    by_rows = cs.score(frame, framework)
    assert by_rows.problem.document is not None
    monkeypatch.setattr(columns, "MOST_ROWS", ROWS - 1)
    found = cs.score(frame, framework)
    assert found.problem.document is None
    assert found.records() == by_rows.records()
    assert found.manifest["candidates"]["count"] == ROWS


FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"scale": {"range": [1, 5]}}},
    "facts": {
        "stage": {"kind": "level", "levels": ["basic", "applied"]},
        "day": {"kind": "date"},
    },
    "safeguards": {"review": {"title": "Review"}},
    "guardrails": {"late": {"when": "stage == applied", "needs": ["review"], "then": "refer"}},
}
TYPED: dict[str, list[Any]] = {
    "id": [f"p-{k}" for k in range(ROWS)],
    "gain": [3.0] * ROWS,
    "stage": ["basic", "applied"] * (ROWS // 2),
    "review": [True] * ROWS,
}
READ_BY_ROW: dict[str, dict[str, list[Any]]] = {
    "ratings as text": {"gain": ["2-4"] * ROWS},
    "a range in two columns": {"gain.low": [2.0] * ROWS, "gain.high": [3.0] * ROWS},
    "a date": {"day": ["2026-01-31"] * ROWS},
    "a status": {"review": ["planned"] * ROWS},
    "answers in other words": {"stage": ["Basic", "n/a"] * (ROWS // 2)},
    "no ids": {"id": [None] * ROWS, "title": [f"Title {k}" for k in range(ROWS)]},
    "tags": {"tags": ["a; b"] * ROWS},
}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", READ_BY_ROW)
def test_what_columns_cannot_say_is_read_row_by_row(name: str) -> None:
    frame = pa.table({**TYPED, **READ_BY_ROW[name]})
    assert cs.score(frame, FRAMEWORK).problem.document is not None


WRONG: dict[str, dict[str, list[Any]]] = {
    "levels by number": {"stage": [1] * ROWS},
    "a wrong rating": {"gain": [3.0, 9.0] * (ROWS // 2)},
    "an id twice": {"id": ["p"] * ROWS},
    "an unknown column": {"gainn": [1.0] * ROWS},
}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", WRONG)
def test_mistakes_of_large_tables_have_the_places_of_cells(name: str) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        cs.score(pa.table({**TYPED, **WRONG[name]}), FRAMEWORK)
    assert caught.value.diagnostics[0].span is not None


@pytest.mark.usefixtures("at_once")
def test_columns_of_files_and_options(tmp_path: Path) -> None:
    file = tmp_path / "list.parquet"
    pq.write_table(pa.table({**TYPED, "remarks by hand": ["x"] * ROWS}), file)
    ranking = cs.score(str(file), FRAMEWORK, ignore_columns="remarks by hand")
    assert ranking.problem.document is None
    of_pandas = cs.score(pd.DataFrame(TYPED), FRAMEWORK, weights={"gain": 2})
    assert of_pandas.problem.document is None
    assert of_pandas.ids == ranking.ids
    # expiry and dates are in documents alone
    assert cs.score(pa.table(TYPED), FRAMEWORK, as_of="2026-01-31").problem.document is not None


def test_small_tables_are_read_row_by_row() -> None:
    assert cs.score(pa.table(TYPED), FRAMEWORK).problem.document is not None
