from __future__ import annotations

import json
import math
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.documents.reader import READERS, decoded, positions_of, read_yaml
from collabscore.errors import Origin


def read_json(text: str | bytes, source: str) -> Any:
    return decoded(text, source, READERS[".json"]).read()


def read_json_lines(text: str | bytes, source: str) -> Any:
    return decoded(text, source, READERS[".jsonl"]).read()


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
    assert math.isnan(read_json('{"a": NaN}', "x")["a"])
    assert read_json('{"a": 1e999, "b": -Infinity}', "x") == {"a": math.inf, "b": -math.inf}


@pytest.mark.parametrize("digits", [301, 5_000])
def test_a_number_of_too_many_digits_is_a_float(digits: int) -> None:
    expected = float("1" * digits)
    assert read_yaml(f"a: {'1' * digits}", "x") == {"a": expected}
    assert read_json(f'{{"a": {"1" * digits}}}', "x") == {"a": expected}


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


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1), st.lists(st.integers() | st.text("abc xyz")), min_size=1
    )
)
def test_what_pyyaml_writes_is_read(data: Any) -> None:
    assert read_yaml(yaml.safe_dump(data), "x") == data


def test_a_repeated_key_beside_a_repeated_anchor_is_found() -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_yaml("a: &x 1\nb: &x 2\nc: *x\nb: 3\n", "x")
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("duplicate-key", "`b` is defined twice")
    assert found.span is not None
    assert found.span.line == 4


def test_a_byte_that_is_no_utf8_is_shown_after_a_byte_order_mark() -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        with pytest.raises(cs.DocumentError) as caught:
            read_yaml(mark + "a: 流\nb: ".encode() + b"x\xfe\n", "x.yaml")
        (found,) = caught.value.diagnostics
        assert found.message == "the file is not saved as UTF-8: it has the byte 0xfe"
        assert found.span is not None
        assert (found.span.line, found.span.column, found.span.text) == (2, 5, "b: x\ufffd")


# JSON

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
    text = unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False))
    data = json.loads(text)
    assert read_json(text, "x") == data
    assert read_yaml(text, "x") == data


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
    with pytest.raises(cs.DocumentError, match="this document is empty"):
        read_json_lines("\n", "x.jsonl")
    assert read_json_lines('{"a": 1}\n\n[2]\n', "x") == [{"a": 1}, [2]]


@pytest.mark.parametrize(
    ("text", "column"), [('{"a": 1, "a": 2}}', 17), ('{"b": {"a": 1, "a": 2}, "c": }', 30)]
)
def test_a_mistake_of_syntax_after_a_repeated_key_is_found(text: str, column: int) -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_json(text, "x.json")
    (found,) = caught.value.diagnostics
    assert found.code == "json-syntax"
    assert found.span is not None
    assert found.span.column == column


def test_many_keys_with_one_twice_take_no_longer_than_they_are() -> None:
    text = json.dumps({f"key-{k}": k for k in range(20_000)})
    begin = time.process_time()
    with pytest.raises(cs.DocumentError, match="defined twice"):
        read_json(text[:-1] + ', "key-19999": 0}', "x.json")
    assert time.process_time() - begin < 10


# places


def test_positions_of_keys_and_values() -> None:
    text = "流感:\n  - id: 日本\n    x: [1, 2]\nb: |\n  text\n"
    positions = positions_of(Origin("x.yaml", text.encode()))
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
    assert positions_of(Origin("x", b"a: [")).find(("a",)) == (None, False)
    assert positions_of(Origin()).find(()) == (None, False)
    assert positions_of(Origin("x.yaml", b"# a remark")).find(()) == (None, False)


def test_positions_in_json_lines() -> None:
    text = b'{"id": "a"}\n\n{"id": "b", "x": 3}\n{'
    positions = positions_of(Origin("x.jsonl", text))
    span, _ = positions.find((1, "x"), at_key=False)
    assert span is not None
    assert (span.line, span.column) == (3, 18)
    assert span.text == '{"id": "b", "x": 3}'
    for path in ((7,), (2, "x"), (2,), ("id",)):
        span, exists = positions.find(path)
        assert span is not None
        assert (span.line, exists) == (1, False)


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
