"""Writing: what the reader reads back is what was written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collabscore as cs
from collabscore.arrays import FrozenDict, FrozenList
from collabscore.documents.loading import load_candidates, read_document
from collabscore.documents.writing import candidates_text, yaml_text
from collabscore.models.base import clean_data
from collabscore.models.framework import digest_of

ROOT = Path(__file__).parents[3]
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff")
)
WORDS = st.one_of(
    TEXTS,
    st.sampled_from(["NO", "1e3", "0o7", "12:30", "~", "yes", "2025-01-01", "[a", "a: b", "#x"]),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.floats(-1e6, 1e6), WORDS)


@given(
    st.dictionaries(WORDS, st.lists(SCALARS, max_size=3), max_size=4),
    st.sampled_from([True, False, None]),
)
def test_data_are_read_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any], flow: bool | None
) -> None:
    file = tmp_path_factory.mktemp("written") / "data.yaml"
    file.write_text(yaml_text({"title": "t", "data": data}, flow=flow), encoding="utf-8")
    # the reader composes letters, as it does in every document
    assert read_document(file).data["data"] == clean_data(data)


def test_frozen_data_are_written_as_plain_ones() -> None:
    assert yaml_text(FrozenDict({"a": FrozenList([1, 2])}), flow=None) == "a: [1, 2]\n"


@pytest.mark.parametrize("name", ["proposed_projects", "second_rating", "collaboration_areas"])
def test_a_list_is_read_back_as_the_same_list(name: str, tmp_path: Path) -> None:
    listed = load_candidates(ROOT / "examples" / f"{name}.yaml", "guardrail")
    file = tmp_path / "again.yaml"
    file.write_text(candidates_text(listed, ["One line.", ""]), encoding="utf-8")
    again = load_candidates(file, "guardrail")
    assert again.model_dump(exclude_unset=True) == listed.model_dump(exclude_unset=True)
    assert digest_of(again) == digest_of(listed)
    assert file.read_text(encoding="utf-8").startswith(
        "# One line.\n#\ncollabscore: candidates/1\n"
    )


# files

SMALL = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"side": "gain", "scale": {"range": [1, 5]}}},
    "facts": {
        "summary": {"kind": "flag"},
        "law": {"kind": "choice", "options": ["us", "a; b", "?"], "several": True},
        "fields": {"kind": "set", "of": "topics"},
    },
    "lists": {"topics": {"items": ["ice", "flu"]}},
    "safeguards": {"audit": {}, "review": {}},
}


def row_of(tmp_path: Path, entry: dict[str, Any], suffix: str = ".csv") -> list[str]:
    """Return the last row of a list of one candidate as CSV; what is written is read back as it was."""
    file = tmp_path / f"list{suffix}"
    before = cs.load_candidates([entry], SMALL)
    assert cs.write_candidates(before, file) == {}
    after = cs.load_candidates(file, SMALL)
    assert digest_of(after) == digest_of(before)
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))[-1][1:]


CELLS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "range": ({"ratings": {"gain": [2, 4]}}, ["2 to 4"]),
    "ends": ({"ratings": {"gain": {"low": 2, "high": 4}}}, ["2", "4"]),
    "all": (
        {"ratings": {"gain": {"low": 1, "value": 2, "high": 4.5, "note": "n"}}},
        ["2", "1", "4.5", "n"],
    ),
    "value-alone": ({"ratings": {"gain": {"value": 3}}}, ["{value: 3}"]),
    "flags": ({"facts": {"summary": True}}, ["TRUE"]),
    "flags-in-words": ({"facts": {"summary": "yes"}}, ["yes"]),
    "set": ({"facts": {"fields": ["ice", "flu"]}}, ["ice; flu"]),
    "no-item": ({"facts": {"fields": []}}, ["none"]),
    "more": ({"facts": {"fields": {"at_least": ["ice"]}}}, ["ice; ?"]),
    "sign-in-a-word": ({"facts": {"law": {"all_of": ["us", "a; b"]}}}, ["{all_of: [us, a; b]}"]),
    "one-of": ({"facts": {"law": {"one_of": ["us", "?"]}}}, ["{one_of: [us, '?']}"]),
    "safeguards": (
        {"safeguards": ["audit", {"id": "review", "status": "planned"}]},
        ["audit; review (planned)"],
    ),
    "safeguard-with-note": (
        {"safeguards": [{"id": "audit", "note": "n"}]},
        ["[{note: n, id: audit}]"],
    ),
    "formula": ({"note": "=1+1"}, ["'=1+1"]),
    "apostrophe": ({"note": "'=1+1"}, ["''=1+1"]),
    "quoted": ({"note": "'tis"}, ["'tis"]),
    "one-column": ({}, [""]),
    "lines": ({"note": "two\nlines"}, ["two\nlines"]),
}


@pytest.mark.parametrize(("entry", "cells"), CELLS.values(), ids=CELLS)
def test_cells(tmp_path: Path, entry: dict[str, Any], cells: list[str]) -> None:
    assert row_of(tmp_path, {"id": "a", **entry}) == cells


def test_a_head_that_means_something_else_by_itself_names_its_section(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    entry = {"id": "a", "ratings": {"gain": 3}, "facts": {"summary": "no"}}
    cs.write_candidates([entry], file, SMALL)
    assert file.read_text().splitlines()[0] == "id,gain,facts.summary"


def test_an_unknown_answer_is_a_blank_cell(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    entry = {"id": "a", "ratings": {"gain": "unknown"}, "note": "unknown", "facts": {"law": None}}
    assert cs.write_candidates([entry], file, SMALL) == {}
    assert file.read_text().splitlines() == ["id,gain,law,note", "a,,,unknown"]


@pytest.mark.parametrize("number", [0.1 + 0.2, 2**53 + 1, 1e-7])
def test_numbers_keep_their_digits_in_a_workbook(tmp_path: Path, number: float) -> None:
    wide = {**SMALL, "facts": {"n": {"kind": "number"}}}
    cs.write_candidates([{"id": "a", "facts": {"n": number}}], tmp_path / "a.xlsx", wide)
    assert cs.load_candidates(tmp_path / "a.xlsx", wide)["a"].facts == {"n": number}


@pytest.mark.parametrize(
    ("suffix", "entry", "lost"),
    [
        (".xlsx", {"note": "x" * 32_768}, {"note": ["a"]}),
        (".csv", {"title": " a "}, {"title": ["a"]}),
        (".yaml", {"title": " a "}, {}),
    ],
    ids=["long-cell", "outer-blanks", "no-table"],
)
def test_what_a_file_does_not_hold_is_named(
    tmp_path: Path, suffix: str, entry: dict[str, Any], lost: dict[str, list[str]]
) -> None:
    file = tmp_path / f"list{suffix}"
    assert cs.write_candidates([{"id": "b"}, {"id": "a", **entry}], file, SMALL) == lost
    assert len(cs.load_candidates(file, SMALL)) == 2


@pytest.mark.parametrize("name", ["list.txt", "list", "list.xls"])
def test_a_name_shows_the_form(tmp_path: Path, name: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        cs.write_candidates([{"id": "a"}], tmp_path / name, SMALL)
    assert "does not show a format" in caught.value.message
    assert "`.xlsx`" in (caught.value.help or "")
    assert not list(tmp_path.iterdir())


def test_a_file_is_whole_or_not_written(tmp_path: Path) -> None:
    with pytest.raises(cs.UsageError, match="cannot write"):
        cs.write_candidates([{"id": "a"}], tmp_path / "no-folder" / "list.csv", SMALL)
    (tmp_path / "list.csv").write_text("before")
    with pytest.raises(cs.CandidateError):
        cs.write_candidates([{"id": "a", "ratings": {"gain": 9}}], tmp_path / "list.csv", SMALL)
    assert (tmp_path / "list.csv").read_text() == "before"


def test_the_sign_between_cells_is_found_where_ids_have_others(tmp_path: Path) -> None:
    ids = ["a; b", "c; d", "e | f"]
    cs.write_candidates([{"id": id} for id in ids], tmp_path / "list.csv", SMALL)
    assert [one.id for one in cs.load_candidates(tmp_path / "list.csv", SMALL)] == ids


TABLES = {
    "blank": "id,gain,law\r\na,,\r\n",
    "order": "id,law,gain,note\r\na,us,3,n\r\n",
    "safeguards": "id,audit,audit.note,review\r\na,in place,n,planned\r\nb,,,in place\r\n",
    "keys-of-the-list": "id,gain,list.unit,list.title\r\na,,area,A list\r\nb,3,,\r\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_keeps_its_columns(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text, newline="")
    listed = cs.load_candidates(tmp_path / "list.csv", SMALL)
    assert cs.write_candidates(listed, tmp_path / "new.csv") == {}
    assert (tmp_path / "new.csv").read_bytes().decode() == text


def test_sources_are_divided_among_the_rows(tmp_path: Path) -> None:
    sources = {f"s{k}": {"title": "x" * 900} for k in range(70)}
    data = {"sources": sources, "candidates": [{"id": id} for id in "abc"]}
    for name in ("list.csv", "list.xlsx"):
        assert cs.write_candidates(data, tmp_path / name, SMALL) == {}
        found = cs.load_candidates(tmp_path / name, SMALL).sources
        assert {key: source.title for key, source in found.items()} == {
            key: source["title"] for key, source in sources.items()
        }
    one = {**data, "candidates": [{"id": "a"}]}
    with pytest.raises(cs.UsageError, match="too few for the sources"):
        cs.write_candidates(one, tmp_path / "list.xlsx", SMALL)
    text = (tmp_path / "list.csv").read_text().replace("s60: {title: x", "s0: {title: y")
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(cs.CandidateError, match="different values of `sources`"):
        cs.load_candidates(tmp_path / "list.csv", SMALL)


def test_an_empty_list_is_a_header_row(tmp_path: Path) -> None:
    cs.write_candidates([], tmp_path / "list.csv", SMALL)
    assert (tmp_path / "list.csv").read_text() == "id,title\n"
    data = {"title": "A list", "candidates": []}
    assert cs.write_candidates(data, tmp_path / "list.csv", SMALL) == {"list.title": []}


def test_json_lines_have_the_keys_of_the_list_in_their_first_line(tmp_path: Path) -> None:
    file = tmp_path / "list.jsonl"
    data = {"framework": "guardrail", "unit": "area", "candidates": [{"id": "a"}, {"id": "b"}]}
    cs.write_candidates(data, file)
    head, *lines = file.read_text().splitlines()
    assert json.loads(head) == {
        "collabscore": "candidates/1",
        "framework": "guardrail",
        "unit": "area",
    }
    assert lines == ['{"id": "a"}', '{"id": "b"}']
    file.write_text("\n".join([head, lines[0], '{"id": "b", "notee": "x"}']))
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(file)
    (found,) = caught.value.diagnostics
    assert (found.code, found.path, found.span and found.span.line) == (
        "unknown-key",
        ("candidates", 1, "notee"),
        3,
    )


def test_an_answer_stands_before_its_evidence_and_note() -> None:
    rating = {"note": "by the report", "evidence": ["s"], "value": 2}
    candidate = {
        "id": "flu",
        "ratings": {"dual_use": rating},
        "safeguards": [{"note": "n", "id": "written_agreement"}],
    }
    listed = load_candidates(
        {"sources": {"s": {"title": "One"}}, "candidates": [candidate]}, "guardrail"
    )
    text = candidates_text(listed)
    assert text.index("value: 2") < text.index("evidence:") < text.index("note: by the report")
    assert "{id: written_agreement, note: n}" in text
