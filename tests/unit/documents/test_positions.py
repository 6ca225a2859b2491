from __future__ import annotations

from pathlib import Path

from collabscore.documents.checking import check
from collabscore.documents.positions import Positions


def test_positions_of_keys_and_values() -> None:
    positions = Positions.of("流感:\n  - id: 日本\n    x: [1, 2]\nb: |\n  text\n", "x.yaml")
    assert positions is not None
    key, value = positions.key(("流感", 0, "x")), positions.value(("流感", 0, "id"))
    assert key is not None
    assert value is not None
    assert (key.line, key.column, key.end_column) == (3, 5, 6)
    assert (value.line, value.column, value.end_column) == (2, 9, 11)
    nearest = positions.value(("流感", 0, "missing", "deeper"))
    assert nearest is not None
    assert nearest.line == 2
    assert positions.exists(("b",))
    assert not positions.exists(("c",))
    assert positions.key(()) is not None
    assert Positions.of("a: [", "x") is None
    empty = Positions.of("", "x")
    assert empty is not None
    assert empty.key(()) is None


def test_positions_in_json_lines() -> None:
    positions = Positions.of('{"id": "a"}\n\n{"id": "b", "x": 3}\n{', "x.jsonl", lines=True)
    assert positions is not None
    span = positions.value((1, "x"))
    assert span is not None
    assert (span.line, span.column) == (3, 18)
    assert positions.value((7,)) is None
    assert positions.value((2, "x")) is None
    assert positions.value(()) is None


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
