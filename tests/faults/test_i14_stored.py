"""Stored results with one key deleted or changed: a clear error or a result, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from tests.architecture.test_results import FRAMEWORK, LISTED, RANKING, RESULTS

import collabscore as cs
from unit.changed import changed_at

PANEL = cs.panel([LISTED, LISTED[1:]], FRAMEWORK, labels=["anna", "ben"])
STORED = {result.kind: result for result in [PANEL, *RESULTS] if result.kind != "sensitivity"}
STORED["ranking"] = RANKING
STORED["ranking-narrowed"] = RANKING.select(verdict=["inside", "refer"], top=1)
CONTENTS: dict[str, Any] = {name: json.loads(one.to_json()) for name, one in STORED.items()}
ODD: tuple[object, ...] = (..., None, True, -1, 0.5, "", "x", [], {}, [[1]], [None], {"x": [1]})
"""What a key is changed to; `...` deletes it."""
KNOWN = (cs.DocumentError, cs.UsageError)

Path = tuple[str | int, ...]


def places(data: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each key and of the first entry of each list."""
    if path:
        yield path
    if isinstance(data, list) and data:
        yield from places(data[0], (*path, 0))
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))


def with_first_rows(data: Any) -> Any:
    """Return a copy with the first entry of each list alone."""
    if isinstance(data, list):
        return [with_first_rows(entry) for entry in data[:1]]
    if isinstance(data, dict):
        return {key: with_first_rows(value) for key, value in data.items()}
    return data


def use(content: Any) -> None:
    """Call what a stored result offers."""
    stored = cs.load_result(content)
    assert isinstance(stored, cs.StoredResult)
    assert repr(stored)
    assert stored.table().to_records() is not None
    assert stored.to_csv() is not None
    assert cs.to_arrow(stored).num_rows == len(stored)
    selections: list[dict[str, Any]] = [{"top": 1}, {"verdict": "inside"}]
    for options in selections:
        with suppress(cs.UsageError):  # no row has a rank, or that verdict
            cs.load_result(stored.select(**options).document())
    if stored.kind == "ranking":
        assert cs.to_arrow(stored, rows="findings").num_columns
        assert cs.diff(stored, RANKING).records() is not None
        cs.load_result(content, LISTED, FRAMEWORK)


def check_refusal(refused: Exception, name: str, path: Path) -> None:
    """A refusal has a place and a cure, and no words of Python."""
    assert isinstance(refused, KNOWN), (name, path)
    if isinstance(refused, cs.DocumentError):
        for found in refused.diagnostics:
            assert found.code, (name, path)
            assert found.help, (name, path)
            assert found.path or found.place or "is missing" in found.message, (name, path)
    for word in ("None", "True", "KeyError", "TypeError", "Mapping"):
        assert word not in str(refused), (name, path, str(refused))


@pytest.mark.parametrize("name", CONTENTS)
def test_one_key_deleted_or_changed(name: str) -> None:
    content = CONTENTS[name]
    if not name.startswith("ranking"):
        content = with_first_rows(content)
    use(content)
    for number, path in enumerate(places(content)):
        for value in (..., ODD[1 + number % (len(ODD) - 1)]):
            try:
                use(changed_at(content, path, value))
            except Exception as refused:
                check_refusal(refused, name, path)


JSON = CONTENTS["ranking"]


def refusal_of(content: Any) -> tuple[str, str, str]:
    """Return the only refusal of a stored result: its message, place and cure."""
    with pytest.raises(cs.DocumentError) as refused:
        cs.load_result(content)
    (found,) = refused.value.diagnostics
    return found.message, found.place, found.help or ""


AGAIN = "write the result again, with `--format json`"
SELECTION: dict[str, Any] = {"shown": 4, "of": 4, "left_out": {}}
EDITED: dict[str, tuple[Any, str, str, str]] = {
    "D11-row-deleted": (
        {**JSON, "candidates": JSON["candidates"][:-1]},
        "4 candidates were scored, but 3 are here",
        "candidates",
        AGAIN,
    ),
    "D11-all-rows-deleted": (
        {**JSON, "candidates": []},
        "4 candidates were scored, but 0 are here",
        "candidates",
        AGAIN,
    ),
    "D11-selection-of-others": (
        {**JSON, "selection": {"shown": 4, "of": 5, "left_out": {"top 4": 1}}},
        "4 candidates were scored, but 5 are here",
        "selection",
        AGAIN,
    ),
    "D11-selection-of-fewer-rows": (
        {**JSON, "candidates": JSON["candidates"][:3], "selection": SELECTION},
        "4 rows are shown, but 3 are here",
        "selection.shown",
        AGAIN,
    ),
    "D11-selection-that-does-not-add-up": (
        {**JSON, "selection": {**SELECTION, "left_out": {"top 1": 3}}},
        "4 are shown, but the numbers left out leave 1",
        "selection.shown",
        AGAIN,
    ),
    "D11-score-nan": (
        changed_at(JSON, ("candidates", 0, "score"), float("nan")),
        "the score is null, but its contributions are not",
        "candidates[flu].score",
        AGAIN,
    ),
    "D11-contributions-null": (
        changed_at(JSON, ("candidates", 0, "contributions"), None),
        "the score is 75, but its contributions are not",
        "candidates[flu].score",
        AGAIN,
    ),
    "D13-sensitivity": (
        cs.sensitivity(RANKING).document(),
        "a result of `sensitivity` has rows of several kinds, and is not read",
        "collabscore",
        "give one of `ranking/1`",
    ),
    "D14-no-cascade": (
        changed_at(JSON, ("candidates", 0, "findings"), ...),
        "`findings` is missing",
        "candidates[flu]",
        "add `findings: ...`",
    ),
    "D14-version": (
        {**CONTENTS["panel"], "collabscore": "panel/2"},
        "this result is of version `2`, and version 1 is read",
        "collabscore",
        AGAIN,
    ),
}


@pytest.mark.parametrize("name", EDITED)
def test_edited_results(name: str) -> None:
    content, *wanted, cure = EDITED[name]
    *found, help = refusal_of(content)
    assert found == wanted
    assert help.startswith(cure)


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_d14_a_table_is_no_stored_result(suffix: str, tmp_path: Any) -> None:
    file = tmp_path / f"r{suffix}"
    file.write_text(RANKING.to_csv())
    message, _, help = refusal_of(file)
    assert (message, help) == ("a table is no stored result: only JSON is read", AGAIN)


def test_d10_a_narrowed_result_is_scored_again() -> None:
    for options in ({"top": 2}, {"verdict": ["inside", "refer"]}, {"verdict": "refer", "top": 1}):
        narrowed = cs.load_result(JSON).select(**options)  # type: ignore[union-attr]
        wanted = json.loads(RANKING.select(**options).to_json())
        assert narrowed.document() | {"notes": wanted["notes"]} == wanted
        assert "(shown: " in narrowed.notes[0]
        again = cs.load_result(narrowed.document(), LISTED, FRAMEWORK)
        assert json.loads(again.to_json()) == wanted
