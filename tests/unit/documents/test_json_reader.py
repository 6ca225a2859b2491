from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.documents.json_reader import read_json, read_json_lines
from collabscore.documents.yaml_reader import read_yaml

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


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}}', '{"b": {"a": 1, "a": 2}, "c": }'])
def test_a_repeated_key_before_a_mistake_is_found(text: str) -> None:
    with pytest.raises(cs.DocumentError) as caught:
        read_json(text, "x.json")
    assert [found.code for found in caught.value.diagnostics] == ["duplicate-key"]


def test_many_keys_with_one_twice_take_no_longer_than_they_are() -> None:
    text = json.dumps({f"key-{k}": k for k in range(20_000)})
    begin = time.process_time()
    with pytest.raises(cs.DocumentError, match="defined twice"):
        read_json(text[:-1] + ', "key-19999": 0}', "x.json")
    assert time.process_time() - begin < 10
