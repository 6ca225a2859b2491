"""I3, I7, H15, F: values and places come from one parser, in linear time; no finding loses its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collabscore as cs
from collabscore.documents.reader import READERS, DocumentText, decoded
from collabscore.errors import Diagnostic, likely
from collabscore.models.base import composed

from ..unit.work import growth
from .conftest import FRAMEWORK, SMALL, marked, the_one

# I3: two parsers with other rules

LOST = {
    "I3-escaped-emoji": (
        '[{"id": "\\ud83e\\uddea", "ratings": {"gian": 3}}]',
        "list.json",
        '"gian"',
    ),
    "I3-long-key": (
        '[{"id": "a", "' + "k" * 1_100 + '": 1, "ratings": {"gian": 3}}]',
        "list.json",
        '"gian"',
    ),
    "I3-anchor-anew": (
        "- &x {id: a}\n- &x {id: b}\n- {id: c, ratings: {gian: 3}}\n",
        "list.yaml",
        "gian",
    ),
    "anchor-anew-in-itself": (
        "- &x {id: &x a, title: *x, ratings: {gian: 3}}\n",
        "list.yaml",
        "gian",
    ),
    "emoji-in-a-key": (
        '[{"id": "a", "ratings": {"\\ud83e\\uddea": 3}}]',
        "list.json",
        '"\\ud83e\\uddea"',
    ),
    "raw-emoji": ('[{"id": "\U0001f9ea", "ratings": {"gian": 3}}]', "list.json", '"gian"'),
    "raw-emoji-in-yaml": ("- {id: \U0001f9ea, ratings: {gian: 3}}\n", "list.yaml", "gian"),
    "slash": ('[{"id": "a\\/b", "ratings": {"gi\\u0061n": 3}}]', "list.json", '"gi\\u0061n"'),
    "tab-between": ('[{"id":\t"a",\t"ratings":\t{"gian":\t3}}]', "list.json", '"gian"'),
    "lines": (
        '{"id": "a"}\n\n{"id": "\\ud83e\\uddea", "ratings": {"gian": 3}}\n',
        "list.jsonl",
        '"gian"',
    ),
    "old-mac": ("- id: a\r  ratings: {gian: 3}\r", "list.yaml", "gian"),
    "windows": ("- id: a\r\n  ratings: {gian: 3}\r\n", "list.yaml", "gian"),
    "byte-order-mark": ("\ufeff- id: a\n  ratings: {gian: 3}\n", "list.yaml", "gian"),
    "json-in-yaml": ('[{"id": "a", "ratings": {"gian": 3}}]', "list.yaml", '"gian"'),
    "json-without-a-name": ('[{"id": "\\ud83e\\uddea", "ratings": {"gian": 3}}]', "list", '"gian"'),
    "quoted-key": ("- {id: a, ratings: {'gian': 3}}\n", "list.yaml", "'gian'"),
    "explicit-key": ("- id: a\n  ratings:\n    ? gian\n    : 3\n", "list.yaml", "gian"),
    "tagged-key": ("- {id: a, ratings: {!!str gian: 3}}\n", "list.yaml", "!!str gian"),
    "decomposed-before": ("- {id: Zu\u0308rich, ratings: {gian: 3}}\n", "list.yaml", "gian"),
}


@pytest.mark.parametrize(("text", "name", "key"), LOST.values(), ids=LOST)
def test_a_misspelt_rating_is_marked_whatever_stands_before_it(
    found_in: Callable[..., list[Diagnostic]], text: str, name: str, key: str
) -> None:
    assert marked(the_one(found_in(text, name), "unknown-criterion")) == key


TWICE = {
    "I3-syntax-error-behind": ('{"a": 1, "a": 2, "b": }', "list.json", ["json-syntax"], "}"),
    "bracket-behind": ('{"a": 1, "a": 2}]', "list.json", ["json-syntax"], "]"),
    "in-two-mappings": (
        '[{"a": 1, "a": 2}, {"b": 1, "b": 2}]',
        "list.json",
        ["duplicate-key"] * 2,
        '"a"',
    ),
    "thrice": ('[{"a": 1, "a": 2, "a": 3}]', "list.json", ["duplicate-key"], '"a"'),
    "escaped": ('[{"a": 1, "\\u0061": 2}]', "list.json", ["duplicate-key"], '"\\u0061"'),
    "in-a-value-that-is-twice": (
        '{"a": {"b": 1, "b": 2}, "a": 3}',
        "list.json",
        ["duplicate-key"] * 2,
        '"b"',
    ),
    "in-lines": (
        '{"a": 1}\n{"a": 1, "a": 2}\n{"a": \n',
        "list.jsonl",
        ["duplicate-key", "json-syntax"],
        '"a"',
    ),
    "yaml-anchor-anew": ("a: &x 1\nb: &x 2\nb: *x\n", "list.yaml", ["duplicate-key"], "b"),
    "yaml-number-and-text": ("1: a\n1.0: b\n", "list.yaml", ["duplicate-key"], "1.0"),
    "yaml-syntax-behind": ("a: 1\na: 2\nb: [\n", "list.yaml", ["yaml-syntax"], ""),
}


@pytest.mark.parametrize(("text", "name", "codes", "mark"), TWICE.values(), ids=TWICE)
def test_a_key_twice_is_told_beside_anything_else(
    found_in: Callable[..., list[Diagnostic]], text: str, name: str, codes: list[str], mark: str
) -> None:
    found = found_in(text, name)
    assert [one.code for one in found] == codes
    assert marked(found[0]) == mark
    assert all(one.help for one in found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "list.yaml"),
        ("\n\n", "list.json"),
        (" \n", "list.jsonl"),
        ("a: [", "list.yaml"),
        ("?", "list.yaml"),
        ("k" * 1_100 + ": 1\n", "list.yaml"),
        ("'k", "list.yaml"),
        ('{"a', "list.json"),
        ("[1 2]", "list.json"),
        ("a: \x01", "list.yaml"),
        (b"a: \xff", "list.yaml"),
        ("%YAML 3.0\n---\na: 1\n", "list.yaml"),
        ("a: !<x y\n", "list.yaml"),
        ("---\na\n...\nb\n", "list.yaml"),
        ("[" * 2_000, "list.yaml"),
        ("[" * 200 + "]" * 200, "list.json"),
        ("5", "list.yaml"),
        ("- 5", "list.yaml"),
        ('"text"', "list.json"),
    ],
)
def test_no_finding_about_a_file_lacks_its_place_or_its_cure(
    found_in: Callable[..., list[Diagnostic]], text: str | bytes, name: str
) -> None:
    found = found_in(text, name)
    assert found
    for one in found:
        assert one.span is not None
        assert one.span.line >= 1
        assert one.help or one.notes


# one parser: the places lead to the values

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


def places_lead_to_values(text: DocumentText, data: Any) -> None:
    """Assert that the text at the place of each value and key says that value and key."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        span, exists = text.find(path, at_key=False)
        assert exists
        assert span is not None
        written = span.text[span.column - 1 : span.end_column - 1]
        if path and isinstance(path[-1], str):
            key, _ = text.find(path)
            assert key is not None
            word = json.loads(key.text[key.column - 1 : key.end_column - 1])
            assert composed(word) == path[-1]
        if not isinstance(value, dict | list):
            assert composed(str(json.loads(written))) == composed(str(value))
        else:
            entries = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*path, key), entry) for key, entry in entries]


@given(PLAIN, st.sampled_from([None, 1]), st.booleans())
def test_places_in_json_lead_to_the_values(data: Any, indent: int | None, ascii_only: bool) -> None:
    written = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    text = decoded(written, "x.json", READERS[".json"])
    try:
        found = text.read()
    except cs.DocumentError:  # characters that no text may hold, and keys that are one in NFC
        return
    places_lead_to_values(text, found)


@given(st.lists(PLAIN, min_size=1, max_size=5), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_places_in_json_lines_lead_to_the_values(data: list[Any], end: str) -> None:
    text = decoded(end.join(map(json.dumps, data)), "x.jsonl", READERS[".jsonl"])
    try:
        found = text.read()
    except cs.DocumentError:
        return
    for number, value in enumerate(found):
        span, exists = text.find((number,), at_key=False)
        assert exists
        assert span is not None
        assert composed(str(json.loads(span.text.strip()))) == composed(str(value))


# I7: time grows with the text


def wide(n: int) -> dict[str, int]:
    return {f"key-{k}": k for k in range(n)}


LONG: dict[str, tuple[str, Callable[[int], str]]] = {
    "I7-last-key-twice": (
        "list.json",
        lambda n: json.dumps(wide(n))[:-1] + f', "key-{n - 1}": 0}}',
    ),
    "I7-errors-in-a-line": (
        "list.jsonl",
        lambda n: json.dumps({"id": "a", "ratings": {f"gian-{k}": 3 for k in range(n)}}),
    ),
    "I7-misspelt-ratings": (
        "list.yaml",
        lambda n: "- id: a\n  ratings:\n" + "".join(f"    gian-{k}: 3\n" for k in range(n)),
    ),
    "first-key-twice": ("list.yaml", lambda n: "".join(f"key-{k}: 1\n" for k in [*range(n), 0])),
    "all-keys-twice": ("list.yaml", lambda n: "".join(f"key-{k // 2}: 1\n" for k in range(n))),
    "unknown-keys": (
        "list.yaml",
        lambda n: "- id: a\n" + "".join(f"  x{k}: 1\n" for k in range(n)),
    ),
    "wrong-types": ("list.yaml", lambda n: "".join(f"- {{id: {k}}}\n" for k in range(n))),
    "without-ids": ("list.yaml", lambda n: "".join(f"- {{title: t{k}}}\n" for k in range(n))),
    "aliases": ("list.yaml", lambda n: "- &x {id: a, ratings: {gian: 3}}\n" + "- *x\n" * n),
    "comments": (
        "list.yaml",
        lambda n: "".join(f"- {{id: a{k}, # b\n title: c #{k}\n }}\n" for k in range(n)),
    ),
    "off-the-scale": (
        "list.json",
        lambda n: json.dumps([{"id": f"a{k}", "ratings": {"gain": k + 6}} for k in range(n)]),
    ),
    "words-listed": (
        "house.yaml",
        lambda n: (
            "collabscore: framework/1\nid: a\nlists: {l: {items: ["
            + ", ".join(f"i{k}" for k in range(n))
            + "]}}\n"
        ),
    ),
}


@pytest.mark.parametrize(("name", "text_of"), LONG.values(), ids=LONG)
def test_many_mistakes_take_time_in_proportion(
    found_in: Callable[..., list[Diagnostic]], name: str, text_of: Callable[[int], str]
) -> None:
    found_in(text_of(4), name)  # what is built once is built
    assert growth(lambda n: lambda: found_in(text_of(n), name), 60) < 2.5


def test_one_long_line_is_kept_once(found_in: Callable[..., list[Diagnostic]]) -> None:
    found = found_in(LONG["I7-errors-in-a-line"][1](300), "list.jsonl")
    assert len(found) == 300
    assert len({id(one.span.text) for one in found if one.span}) == 1


@pytest.mark.parametrize(
    "key", [2**61 - 1, -(2**61 - 1), 10**17], ids=["I7-of-one-hash", "negative", "of-18-digits"]
)
def test_a_key_is_a_number_with_a_hash_of_its_own(
    found_in: Callable[..., list[Diagnostic]], key: int
) -> None:
    (found,) = found_in(f"a: {{{key}: 1}}\n")
    assert (found.code, found.message) == ("bad-key", f"a key is a word or a number, not `{key}`")
    assert found.help == f'write a word before the colon, or put this in quotes: `"{key}"`'


def test_levels_of_json_are_numbers_with_hashes_of_their_own() -> None:
    levels = {str(k * (2**61 - 1)): f"l{k}" for k in range(1, 2_000)}
    house = {
        "collabscore": "framework/1",
        "id": "a",
        "scales": {"s": {"range": [0, 1], "levels": levels}},
    }
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework({**house, "criteria": {"gain": {"scale": "s"}}})
    assert {one.code for one in caught.value.diagnostics} == {"off-scale"}


def test_the_likely_word_is_found_among_thousands() -> None:
    words = [f"benefit-of-partner-{k}-in-field-{k % 7}" for k in range(3_000)]
    assert (
        likely("benifit-of-partner-1234-in-feild-2", words) == "benefit-of-partner-1234-in-field-2"
    )
    assert likely("x" * 100_000, words) is None
    assert likely("ＧＡＩＮ", ["gain", "risk"]) == "gain"


# H15, F: all mistakes at once, and equal ones once


def test_a_wrong_id_hides_nothing_behind_it(found_in: Callable[..., list[Diagnostic]]) -> None:
    found = found_in("- {id: 5, ratings: {gian: 3}, facts: {crit: maybe}}\n")
    assert [(one.code, marked(one)) for one in found] == [
        ("invalid-type", "5"),
        ("unknown-criterion", "gian"),
        ("invalid-fact", "maybe"),
    ]


@pytest.mark.parametrize("identifier", ["[a]", "~", '"a\\u200b"', '" a"', "{b: c}"])
def test_nor_does_any_other_id(found_in: Callable[..., list[Diagnostic]], identifier: str) -> None:
    found = found_in(f"- {{id: {identifier}, ratings: {{gian: 3}}, part_of: nobody}}\n")
    assert [one.code for one in found[1:]] == ["unknown-criterion", "unknown-candidate"]
    assert found[0].place.endswith(".id")


@pytest.mark.parametrize(
    "rule",
    ["{when: crti, needs: [reviw], met: nix}", "{steps: [{when: crti, needs: [reviw], met: nix}]}"],
)
def test_a_step_without_a_verdict_hides_nothing(
    found_in: Callable[..., list[Diagnostic]], rule: str
) -> None:
    text = SMALL.replace("{when: crit, needs: [review], then: outside, met: conditional}", rule)
    found = found_in(text, "house.yaml")
    assert sorted(one.code for one in found) == [
        "missing-key",
        "unknown-name",
        "unknown-safeguard",
        "unknown-verdict",
    ]


EQUAL = {
    "F-ten-equal": ("- {{id: a{k}, ratings: {{gian: 3}}}}\n", 10, "unknown-criterion"),
    "off-the-scale": ("- {{id: a{k}, ratings: {{gain: 9}}}}\n", 4, "off-scale"),
    "without-ids": ("- {{title: t{k}}}\n", 3, "missing-key"),
    "answers": ("- {{id: a{k}, facts: {{crit: maybe}}}}\n", 2, "invalid-fact"),
    "dates": ("- {{id: a{k}, ratings: {{gain: {{value: 3, date: soon}}}}}}\n", 5, "invalid-date"),
    "warnings": ("- id: a{k}\n  title: of call #7\n", 6, "comment-in-text"),
}


@pytest.mark.parametrize(("line", "count", "code"), EQUAL.values(), ids=EQUAL)
def test_errors_that_say_the_same_are_one_with_their_number(
    found_in: Callable[..., list[Diagnostic]], line: str, count: int, code: str
) -> None:
    found = found_in("".join(line.format(k=k) for k in range(count)))
    one = the_one(found, code)
    assert one.message.endswith(f" ({count} times)")
    assert one.span is not None
    assert one.span.line <= 2
    assert one.notes[-1].message == "the next is here"
    assert one.notes[-1].span is not None
    assert one.notes[-1].span.line == one.span.line + line.count("\n")


def test_errors_about_other_keys_or_in_other_words_are_not_one(
    found_in: Callable[..., list[Diagnostic]],
) -> None:
    text = "- {id: a, ratings: {gian: 3, gain: 9, risk: 9}, title: 3, note: 3}\n"
    found = found_in(text)
    assert len(found) == 5
    assert not any(re.search(r"\d times", one.message) for one in found)


def test_errors_from_python_name_the_next_place() -> None:
    listed = [{"id": f"a{k}", "ratings": {"gian": 3}} for k in range(3)]
    with pytest.raises(cs.CandidateError) as caught:
        cs.score(listed, FRAMEWORK)
    (found,) = caught.value.diagnostics
    assert (found.place, found.message[-9:]) == ("candidates[a0].ratings.gian", "(3 times)")
    assert found.notes[-1].message == "the next: candidates[a1].ratings.gian"


def test_data_that_contain_themselves_are_refused() -> None:
    tags: list[Any] = ["x"]
    tags.append(tags)
    with pytest.raises(cs.DocumentError) as caught:
        cs.score([{"id": "a", "tags": tags}], FRAMEWORK)
    (found,) = caught.value.diagnostics
    assert found.message == "this is nested more than 100 levels deep, or contains itself"
    assert found.place.startswith("candidates[a].tags[1][1]")
