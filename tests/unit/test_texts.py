from __future__ import annotations

import io
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.documents.checking import check
from collabscore.documents.json_reader import read_json, read_json_lines
from collabscore.documents.loading import load_candidates, read_document, shipped_path
from collabscore.documents.positions import Positions
from collabscore.documents.yaml_reader import read_yaml

SCALARS: list[tuple[str, Any]] = [
    ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("y", "y"),
    ("true", True), ("False", False), ("~", None), ("null", None), ("", None),
    ("012", 12), ("0o17", 15), ("0x1F", 31), ("1:30", "1:30"), ("1e3", 1000.0), ("+1", 1), ("-.5", -0.5),
    ("1_000", "1_000"), ("2024-01-01", "2024-01-01"), ("0b11", "0b11"), (".inf", math.inf), ("-.INF", -math.inf),
    ("'NO'", "NO"), ('"12"', "12"), ("!!str 12", "12"), ("!!int 12", 12), ("!!float 12", 12.0), ("!!bool true", True),
    ("!!null ~", None), ("!!map {a: 1}", {"a": 1}), ("0o9", "0o9"), ("-", None), ("+", "+"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [pair for pair in SCALARS if pair[0] != "-"])
def test_scalars_of_yaml_1_2(text: str, value: Any) -> None:
    found = read_yaml(f"key: {text}", "x")["key"]
    assert found == value
    assert type(found) is type(value)


def test_nan_is_read_and_left_to_the_models() -> None:
    assert math.isnan(read_yaml("a: .nan", "x")["a"])


WRONG_YAML: list[tuple[str | bytes, str, int, int]] = [
    ("", "empty-document", 1, 1),
    ("# only a remark\n", "empty-document", 2, 1),
    ("a: 1\n---\nb: 2\n", "several-documents", 2, 1),
    ("a: 1\na: 2\n", "duplicate-key", 2, 1),
    ("1: a\n1.0: b\n", "duplicate-key", 2, 1),
    ("a: {b: 1, b: 2}\n", "duplicate-key", 1, 11),
    ("? [a]\n: 1\n", "bad-key", 1, 3),
    ("true: 1\n", "bad-key", 1, 1),
    ("~: 1\n", "bad-key", 1, 1),
    (".inf: 1\n", "bad-key", 1, 1),
    ("a: &x {b: 1}\nc: {<<: *x}\n", "merge-key", 2, 5),
    ("a: !!timestamp 2024-01-01\n", "unknown-tag", 1, 4),
    ("a: !thing {b: 1}\n", "unknown-tag", 1, 4),
    ("a: !!int many\n", "bad-tag", 1, 4),
    ("a: *nowhere\n", "unknown-alias", 1, 4),
    ("a: &x [*x]\n", "recursive-alias", 1, 8),
    ("*a : b\n", "unknown-alias", 1, 1),
    ("a: [" * 60 + "[" * 60, "too-deep", 1, 0),
    ("a:\n\tb: 1\n", "tab-indent", 2, 1),
    ("a: 'open\n", "yaml-syntax", 0, 0),
    ("a: @x\n", "yaml-syntax", 1, 4),
    ("a: b: c\n", "yaml-syntax", 1, 5),
    ("日本: \x01\n", "bad-character", 1, 5),
    ("日本: a\n流感: ".encode() + b"\xff\n", "not-utf8", 2, 5),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), WRONG_YAML)
def test_what_is_no_yaml_has_a_code_and_a_place(
    text: str | bytes, code: str, line: int, column: int
) -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_yaml(text, "x.yaml")
    found = caught.value.diagnostics[0]
    assert found.code == code
    assert found.span is not None
    if line:
        assert found.span.line == line
    if column:
        assert found.span.column == column


def test_all_duplicate_keys_come_at_once() -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_yaml("a: 1\nb: {c: 1, c: 2}\na: 3\nd: [{e: 1, e: 2}]\n", "x")
    assert [d.span.line for d in caught.value.diagnostics if d.span] == [2, 3, 4]


def test_aliases_and_byte_order_marks() -> None:
    assert read_yaml("\ufeffa: &x [1, 2]\nb: *x\nc: &y d\ne: *y\n", "x") == {
        "a": [1, 2],
        "b": [1, 2],
        "c": "d",
        "e": "d",
    }
    assert read_yaml(b"\xef\xbb\xbfa: 1", "x") == {"a": 1}
    assert read_yaml("[" * 100 + "]" * 100, "x")


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcdefgh", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(PLAIN)
def test_json_is_read_alike_by_both_readers(data: Any) -> None:
    text = json.dumps(data, ensure_ascii=False)
    assert read_json(text, "x") == data
    assert read_yaml(text, "x") == data


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1), st.lists(st.integers() | st.text("abc xyz")), min_size=1
    )
)
def test_what_pyyaml_writes_is_read(data: Any) -> None:
    assert read_yaml(yaml.safe_dump(data), "x") == data


@settings(deadline=None, max_examples=200)
@given(st.text() | st.binary())
def test_nothing_else_than_a_document_error_is_raised(text: str | bytes) -> None:
    for reader in (read_yaml, read_json, read_json_lines):
        try:
            reader(text, "x")
        except cs.DocumentError:
            continue


WRONG_JSON = [
    ('{"a": 1, "a": 2}', "duplicate-key"),
    ('{"a": NaN}', "json-syntax"),
    ('{"a": 1e999}', "json-syntax"),
    ('{"a": }', "json-syntax"),
    ("", "empty-document"),
    ("[" * 200 + "]" * 200, "too-deep"),
    ('{"a": "' + "[" * 300, "json-syntax"),
]


@pytest.mark.parametrize(("text", "code"), WRONG_JSON)
def test_what_is_no_json(text: str, code: str) -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_json(text, "x.json")
    assert caught.value.diagnostics[0].code == code


def test_brackets_in_texts_are_no_depth() -> None:
    text = json.dumps(["[" * 300 + '\\"', {"a": 1}])
    assert read_json(text, "x")[0].startswith("[")


def test_json_lines_report_all_lines() -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_json_lines('{"a": 1}\n\n{"a": \n{"b": 1, "b": 2}\n', "x.jsonl")
    assert [d.span.line for d in caught.value.diagnostics if d.span] == [3, 4]
    with pytest.raises(cs.DocumentError, match="nothing in this document"):
        read_json_lines("\n", "x.jsonl")
    assert read_json_lines('{"a": 1}\n\n[2]\n', "x") == [{"a": 1}, [2]]


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


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.touch()
    os.truncate(file, 2**30)
    with pytest.raises(cs.UnreadableFileError, match="larger than 256 MiB"):
        read_document(file)


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(cs.UnreadableFileError, match="directory"):
        read_document(tmp_path)
    with pytest.raises(cs.UnreadableFileError, match="no such file"):
        read_document(tmp_path / "nothing.yaml")


class _Stdin(io.StringIO):
    buffer: io.BytesIO


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = _Stdin()
    stdin.buffer = io.BytesIO(b"- {id: a}\n")
    monkeypatch.setattr(sys, "stdin", stdin)
    candidates = load_candidates("-", "guardrail")
    assert candidates["a"].id == "a"
    stdin.buffer = io.BytesIO(b"- {id: a, ratings: {global: 1}}\n")
    with pytest.raises(cs.CandidateError, match="<stdin>:1:21"):
        load_candidates("-", "guardrail")


MINIMAL = "collabscore: framework/1\nid: {id}\nfacts: {{animals: {{kind: {kind}}}}}\n"


def test_words_that_two_frameworks_define_differently_are_an_error_at_both_places(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.yaml").write_text(MINIMAL.format(id="one", kind="flag"))
    (tmp_path / "two.yaml").write_text(MINIMAL.format(id="two", kind="number"))
    listed = tmp_path / "list.yaml"
    listed.write_text(
        "collabscore: candidates/1\nframework: [one.yaml, two.yaml]\ncandidates: [{id: a}]\n"
    )
    found = check(listed)
    assert [d.code for d in found.diagnostics] == ["conflicting-words"]
    assert [
        note.span.source.rpartition("/")[2] for note in found.diagnostics[0].notes if note.span
    ] == [
        "one.yaml",
        "two.yaml",
    ]
    (tmp_path / "two.yaml").write_text(MINIMAL.format(id="two", kind="flag"))
    with pytest.raises(cs.UsageError, match="several frameworks"):
        cs.score(listed)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside.yaml", tmp_path / "in"
    inside.mkdir()
    outside.write_text(MINIMAL.format(id="one", kind="flag"))
    (inside / "link.yaml").symlink_to(outside)
    (inside / "list.yaml").write_text(
        "collabscore: candidates/1\nframework: link.yaml\ncandidates: []\n"
    )
    assert [d.code for d in check(inside / "list.yaml").diagnostics] == ["path-not-allowed"]


def test_frameworks_from_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(MINIMAL.format(id="one", kind="flag"))
    one = cs.load_framework(file)
    assert cs.load_framework(str(file)) == one == cs.load_framework(one)
    vocabulary = {"collabscore": "vocabulary/1", "id": "own", "facts": {"wet": {"kind": "flag"}}}
    inline = cs.load_framework({"collabscore": "framework/1", "id": "x", "uses": vocabulary})
    assert "wet" in inline.all_facts
    assert cs.load_vocabulary("common") == cs.load_vocabulary(cs.load_vocabulary("common"))
    named = cs.Framework.model_validate({"collabscore": "framework/1", "id": "x", "uses": "common"})
    assert cs.load_framework(named).vocabulary is not None
    with pytest.raises(cs.UsageError, match="did you mean `guardrail`"):
        cs.load_framework("gaurdrail")
    assert shipped_path("../x") is None
    assert shipped_path("") is None


def test_candidates_from_everywhere() -> None:
    framework = cs.load_framework("guardrail")
    candidate = cs.Candidate(id="a", ratings={"dual_use": 2})
    loaded = cs.load_candidates([candidate, {"id": "b"}], framework)
    assert cs.load_candidates(loaded, framework) is loaded
    assert len(cs.load_candidates(cs.Candidates(candidates=[candidate]), "guardrail")) == 1
    assert (
        len(
            cs.load_candidates(
                {"collabscore": "candidates/1", "framework": "guardrail", "candidates": []}
            )
        )
        == 0
    )
    with pytest.raises(cs.UsageError, match="no framework is named"):
        cs.load_candidates([candidate])
    with pytest.raises(cs.CandidateError, match="would stand beside this document"):
        cs.load_candidates(
            {"collabscore": "candidates/1", "framework": "house.yaml", "candidates": []}
        )


def test_a_document_that_is_no_mapping(tmp_path: Path) -> None:
    for text, code in (
        ("just text", "missing-key"),
        ("[1, 2]", "invalid-type"),
        ("collabscore: {a: 1}", "wrong-kind"),
    ):
        file = tmp_path / "x.yaml"
        file.write_text(text)
        assert check(file, [cs.load_framework("guardrail")]).diagnostics[0].code == code
    file.write_text("[1]")
    with pytest.raises(cs.FrameworkError, match="expected a mapping"):
        cs.load_framework(file)
    with pytest.raises(
        cs.FrameworkError, match="this is a list of candidates, and a framework is needed"
    ):
        cs.load_framework({"collabscore": "candidates/1"})


def test_checking_a_vocabulary() -> None:
    found = check(str(shipped_path("common", "vocabulary")))
    assert found.ok
    assert found.kind == "vocabulary"
