"""Tables with types: read as columns or row by row, the result is the same."""

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
from collabscore.models.facts import FlagFact, NumberFact, SetFact

ROWS = 60


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
def test_columns_give_what_rows_give(id: str, form: Any) -> None:
    framework = cs.load_framework(id)
    frame = form(columns_for(framework, len(id)))
    by_rows = cs.score(frame, framework)
    found = cs.score(cs.Problem.from_table(frame, framework))
    assert found.records() == by_rows.records()
    assert found.manifest["candidates"]["count"] == ROWS


FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"scale": {"range": [1, 5]}}},
    "facts": {
        "stage": {"kind": "level", "levels": ["basic", "applied"]},
        "topics": {"kind": "set", "of": "areas"},
        "day": {"kind": "date"},
    },
    "lists": {"areas": {"items": ["bio", "ice"]}},
    "safeguards": {"review": {"title": "Review"}},
    "guardrails": {"late": {"when": "stage == applied", "needs": ["review"], "then": "refer"}},
}
TYPED: dict[str, list[Any]] = {
    "id": [f"p-{k}" for k in range(ROWS)],
    "gain": [3.0] * ROWS,
    "stage": ["basic", "applied"] * (ROWS // 2),
    "review": [True] * ROWS,
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "levels by number": ({"stage": [1] * ROWS}, "`stage` holds int64, not text"),
    "ratings as text": ({"gain": ["2-4"] * ROWS}, "`gain` holds string, not numbers"),
    "a range in two columns": ({"gain.low": [2.0] * ROWS}, "`gain.low` is read row by row only"),
    "a date": ({"day": ["2026-01-31"] * ROWS}, "`day` is read row by row only"),
    "a status": ({"review": ["planned"] * ROWS}, "`review` holds string, not truth values"),
    "a set in one text": ({"topics": ["bio; ice"] * ROWS}, "`topics` holds string, not lists of text"),
    "sets of views": ({"topics": pa.array([["bio"]] * ROWS, pa.list_(pa.string_view()))}, "not lists"),
    "ids in bytes": ({"id": [b"p"] * ROWS}, "`id` holds binary, not text"),
    "an unknown column": ({"gainn": [1.0] * ROWS}, "`gainn` is no criterion, fact or safeguard"),
    "a column twice": ({"Gain": [1.0] * ROWS}, "`Gain` holds what another column holds"),
    "a wrong rating": ({"gain": [3.0, 9.0] * (ROWS // 2)}, "`gain` in row 1: `9` is off the scale"),
    "answers in other words": ({"stage": ["Basic"] * ROWS}, "`stage` in row 0: `Basic` is not a level"),
    "an id twice": ({"id": ["p"] * ROWS}, "the id `p` is used twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_columns_cannot_hold_is_named(name: str) -> None:
    changes, message = WRONG[name]
    with pytest.raises(cs.CandidateError) as caught:
        cs.Problem.from_table(pa.table({**TYPED, **changes}), FRAMEWORK)
    assert message in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].help


def test_all_mistakes_of_columns_are_listed_at_once() -> None:
    table = {key: TYPED[key] for key in ("gain", "stage")} | {"stage": [1] * ROWS, "x": [1] * ROWS}
    with pytest.raises(cs.CandidateError) as caught:
        cs.Problem.from_table(pa.table(table), FRAMEWORK)
    assert len(caught.value.diagnostics) == 3


def test_a_column_of_several_types_is_named() -> None:
    frame = pd.DataFrame({**TYPED, "gain": [1, "2-3"] * (ROWS // 2)})
    with pytest.raises(cs.CandidateError, match="`gain` holds several types, not numbers"):
        cs.Problem.from_table(frame, FRAMEWORK)


@pytest.mark.parametrize("listed", [[{"id": "a"}], "list.csv"])
def test_only_tables_with_types_have_columns(listed: Any, tmp_path: Path) -> None:
    if listed == "list.csv":
        listed = tmp_path / listed
        listed.write_text("id,gain\na,3\n", encoding="utf-8")
    with pytest.raises(cs.UsageError, match="columns with types"):
        cs.Problem.from_table(listed, FRAMEWORK)


def test_columns_of_files_and_options(tmp_path: Path) -> None:
    file = tmp_path / "list.parquet"
    pq.write_table(pa.table({**TYPED, "remarks by hand": ["x"] * ROWS}), file)
    problem = cs.Problem.from_table(str(file), FRAMEWORK, ignore_columns="remarks by hand")
    of_pandas = cs.Problem.from_table(pd.DataFrame(TYPED), FRAMEWORK)
    assert cs.score(of_pandas).to_json() == cs.score(problem).to_json()


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_text_of_every_type(kind: pa.DataType) -> None:
    table = pa.table({**TYPED, "stage": pa.array(TYPED["stage"], kind), "topics": [["bio"]] * ROWS})
    found = cs.score(cs.Problem.from_table(table, FRAMEWORK))
    assert (
        found.records()
        == cs.score(pa.table({**TYPED, "topics": [["bio"]] * ROWS}), FRAMEWORK).records()
    )
