from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from collabscore.documents.checking import check
from collabscore.documents.positions import Positions, positions_of
from collabscore.errors import Origin


def test_positions_of_keys_and_values() -> None:
    positions = Positions("流感:\n  - id: 日本\n    x: [1, 2]\nb: |\n  text\n", "x.yaml")
    key, _ = positions.find(("流感", 0, "x"))
    value, _ = positions.find(("流感", 0, "id"), at_key=False)
    assert key is not None
    assert value is not None
    assert (key.line, key.column, key.end_column) == (3, 5, 6)
    assert (value.line, value.column, value.end_column) == (2, 9, 11)
    nearest, exists = positions.find(("流感", 0, "missing", "deeper"), at_key=False)
    assert not exists
    assert nearest is not None
    assert nearest.line == 2
    assert positions.find(("b",))[1]
    assert not positions.find(("c",))[1]
    root, exists = positions.find(())
    assert root is not None
    assert exists
    with pytest.raises(yaml.YAMLError):
        Positions("a: [", "x")
    assert positions_of(Origin("x", b"a: [")) is None
    assert positions_of(Origin()) is None
    assert Positions("", "x").find(()) == (None, False)


def test_positions_in_json_lines() -> None:
    positions = Positions('{"id": "a"}\n\n{"id": "b", "x": 3}\n{', "x.jsonl", lines=True)
    span, _ = positions.find((1, "x"), at_key=False)
    assert span is not None
    assert (span.line, span.column) == (3, 18)
    assert span.text == '{"id": "b", "x": 3}'
    for path in ((7,), (2, "x"), (2,), ("id",), ()):
        assert positions.find(path) == (None, False)


def test_a_condition_over_several_lines_is_marked_at_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "collabscore: framework/1\nid: x\nfacts: {wet: {kind: flag}}\nguardrails:\n"
        "  g:\n    then: refer\n    when: >-\n      wet and\n      not dry\n"
    )
    (found,) = check(file).diagnostics
    assert found.code == "unknown-name"
    assert found.span is not None
    assert found.span.line == 7
