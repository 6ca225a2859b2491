from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.documents.rows import Rows, answer_of, frameworks_in, id_from, rows_of
from collabscore.documents.sheets import Sheet

FRAMEWORK = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "small",
        "scales": {"five": {"range": [1, 5]}},
        "criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
        "facts": {"stage": {"kind": "level", "levels": ["basic", "applied"], "several": True}},
        "safeguards": {"audit": {}, "board": {}},
    }
)


def rows_in(*rows: list[Any]) -> Rows:
    """Return the candidates in rows, the first of which has the heads."""
    return rows_of(
        Sheet("t.csv", [list(column) for column in zip(*rows, strict=True)]), [FRAMEWORK]
    )


def test_each_part_of_a_candidate_has_its_cell() -> None:
    found = rows_in(
        ["Title", "gain", "gain.low", "gain.note", "safeguards", "audit", "audit.by", "stage"],
        ["A", 3, None, "n", "board", "planned", "office", "basic; ?"],
        ["", None, None, None, None, None, None, None],
        ["B", "2-4", None, None, None, "yes", None, None],
    )
    places = {
        ("candidates", 0, "id"): "A2",
        ("candidates", 0, "title"): "A2",
        ("candidates", 0, "ratings", "gain"): "B2",
        ("candidates", 0, "ratings", "gain", "value"): "B2",
        ("candidates", 0, "ratings", "gain", "note"): "D2",
        ("candidates", 1, "ratings", "gain", "low"): "C4",
        ("candidates", 0, "safeguards", 0): "E2",
        ("candidates", 0, "safeguards", 1): "F2",
        ("candidates", 0, "safeguards", 1, "by"): "G2",
        ("candidates", 1, "safeguards", 0): "F4",
        ("candidates", 0, "facts", "stage", "at_least", 0): "H2",
        ("candidates", 1): "A4",
        ("candidates", 1, "ratings", "risk"): "A4",
        ("sources", "who"): "A1",
        (): "A1",
    }
    for path, cell in places.items():
        span, _ = found.find(path)
        assert span is not None
        assert (path, span.cell) == (path, cell)
    assert found.find(("candidates", 0, "ratings", "gain"))[1]
    assert not found.find(("candidates", 0, "ratings", "gain", 0))[1]
    assert not found.find(("candidates", 0, "ratings", "risk"))[1]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ice-core archive (Phase II)", "ice-core-archive-phase-ii"),
        ("  北极 冰芯 ", "北极-冰芯"),
        ("Über_sicht", "über-sicht"),
        ("???", "???"),
    ],
)
def test_ids_are_made_of_letters_and_digits_of_any_script(title: str, expected: str) -> None:
    assert id_from(title) == expected


def test_details_join_an_answer() -> None:
    assert answer_of({"": 3}, "ratings") == 3
    assert answer_of({"": [2, 4], "note": "n"}, "ratings") == {"low": 2, "high": 4, "note": "n"}
    assert answer_of({"": ["a", "b"], "note": "n"}, "facts") == {"value": ["a", "b"], "note": "n"}
    assert answer_of({"": {"at_least": ["a"]}, "by": "x"}, "facts") == {
        "at_least": ["a"],
        "by": "x",
    }
    assert answer_of({"note": "n"}, "facts") == {"note": "n"}
    assert answer_of({}, "facts") is None


def test_frameworks_are_named_by_a_column() -> None:
    cells = ["framework", "small.yaml; other", None, "small.yaml", "[guardrail]", "[[x]]", "{", 3]
    named, rows = frameworks_in(Sheet("t.csv", [["id", *"abcdefg"], cells]))
    assert named == ["small.yaml", "other", "guardrail", "3"]
    span, _ = rows.find(("framework", 0))
    assert span is not None
    assert span.cell == "B1"


def test_a_cell_that_is_the_name_of_a_column_makes_no_heads() -> None:
    rows = [["id", "gain", "x", "y", "z"], ["note", None, None, None, None], ["b", 3, 1, 1, 1]]
    found = rows_in(*rows)
    assert [entry["id"] for entry in found.data["candidates"]] == ["note", "b"]
    assert [one.code for one in found.found] == ["unknown-column"] * 3
    above = rows_in(["My list", "in", "May"], ["", "", ""], ["id", "gain", "x"], ["b", 3, 1])
    assert above.sheet.heads == ("id", "gain", "x")
    assert above.remarks[:2] == [
        "1 row, 1 candidate",
        "row 3 is the header row; 1 row above it is not read",
    ]


def test_a_row_below_the_heads_may_be_wrong_without_being_heads() -> None:
    one_wrong = rows_in(["id", "gain", "risk"], ["a", "high", 2], ["b", 3, 2])
    assert [entry["id"] for entry in one_wrong.data["candidates"]] == ["a", "b"]
    alone = rows_in(["id", "gain", "risk"], ["a", "high", "low"])
    assert not alone.found
    heads = rows_in(["id", "gain", "risk"], ["a", "high", "low"], ["b", 3, 2])
    assert [one.code for one in heads.found] == ["second-headers"]
