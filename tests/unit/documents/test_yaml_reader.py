from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
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
