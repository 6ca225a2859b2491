"""Stored results with one key deleted or changed: a clear error or a result, never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.architecture.test_results import FRAMEWORK, LISTED, RANKING, RESULTS

import collabscore as cs

PANEL = cs.panel([LISTED, LISTED[1:]], FRAMEWORK, labels=["anna", "ben"])
STORED = {result.kind: result for result in [*RESULTS, PANEL] if result.kind != "sensitivity"}
NARROWED = {"ranking-narrowed": RANKING.select(verdict=["inside", "refer"], top=1)}
CONTENTS: dict[str, Any] = {
    name: json.loads(result.to_json()) for name, result in {**STORED, **NARROWED}.items()
}
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


def changed(data: Any, path: Path, value: object) -> Any:
    """Return a copy with another value at a path, without it for `...`."""
    content = inner = copy.deepcopy(data)
    for part in path[:-1]:
        inner = inner[part]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return content


def use(content: Any) -> None:
    """Call what a stored result offers."""
    stored = cs.load_result(content)
    assert isinstance(stored, cs.StoredResult)
    assert repr(stored)
    assert stored.to_text()
    assert stored.to_csv() is not None
    assert cs.to_arrow(stored).num_rows == len(stored)
    selections: list[dict[str, Any]] = [{"top": 1}, {"verdict": "inside"}]
    for options in selections:
        try:
            stored.select(**options).document()
        except cs.UsageError as refused:
            assert refused.keyword in options, "it is of another call"
    if stored.kind == "ranking":
        assert cs.to_arrow(stored, rows="findings").num_columns
        cs.diff(stored, RANKING).to_text()
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
    use(content)
    for number, path in enumerate(places(content)):
        for value in (..., ODD[1 + number % (len(ODD) - 1)]):
            try:
                use(changed(content, path, value))
            except Exception as refused:  # noqa: BLE001
                check_refusal(refused, name, path)
