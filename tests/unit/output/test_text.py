"""Texts and numbers in words."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabscore.output import text
from collabscore.output.text import (
    capitalised,
    cut,
    display_width,
    listed,
    number,
    one_line,
    outward,
    rounded_parts,
    wrap,
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u2028b\tc\r\nd", "a b c d"),
        ("\x1b[2J", "�[2J"),
        ("a\u202eb", "a�b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_one_line_disarms_what_steers_a_terminal_and_keeps_what_spells_words(text, seen):
    assert one_line(text) == seen


@pytest.mark.parametrize(
    "text",
    ["flu", "流感", "e\u0301", "Ü", "감염병", "\uff21", "– … █", "क\u094dष", "\u200d", "a\ufe0f"],
)
def test_display_width_agrees_with_the_terminal_library(text):
    cells = pytest.importorskip("rich.cells")
    assert display_width(text) == sum(cells.cell_len(char) for char in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", None, ["one two three"]),
        ("one two three", 7, ["one two", "three"]),
        ("a considerable word", 6, ["a", "consid", "erable", "word"]),
        ("流感流感", 3, ["流", "感", "流", "感"]),
        ("流感", 1, ["…", "…"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        ("", 5, [""]),
    ],
)
def test_wrap(text, width, lines):
    assert wrap(text, width) == lines


def test_links_are_broken_only_where_they_may_be():
    link = "https://example.org/" + "a" * 40
    assert wrap(f"see {link} or {'b' * 12}", 10, keep_links=True) == [
        "see",
        link,
        "or",
        "bbbbbbbbbb",
        "bb",
    ]
    assert max(map(len, wrap(link, 10))) == 10


def test_each_letter_of_an_unbroken_word_is_measured_a_few_times(monkeypatch):
    measured = Counter()
    width_of = text._character_width

    def counted(character):
        measured[character] += 1
        return width_of(character)

    monkeypatch.setattr(text, "_character_width", counted)
    lines = wrap("ü" * 80_000, 20)
    assert (len(lines), set(map(len, lines))) == (4_000, {20})
    # once a line, each letter would be measured 2,000 times
    assert measured["ü"] < 4 * 80_000


@pytest.mark.parametrize(
    ("text", "seen"), [("流感流感", "流…"), ("abc", "abc"), ("abcdef", "abc…")]
)
def test_cut(text, seen):
    assert cut(text, 4) == seen


FINITE = st.floats(-1e6, 1e6)


@given(FINITE, FINITE, st.floats(0, 1), st.integers(0, 3), st.integers(0, 3))
def test_bounds_as_printed_hold_each_number_between_them_as_printed(
    one, other, share, digits, more
):
    low, high = sorted([one, other])
    between = min(max(low + share * (high - low), low), high)
    least, most = outward(low, high, digits)
    printed = float(number(between, digits + more))
    assert float(number(least, digits)) <= printed <= float(number(most, digits))
    assert high - low <= most - least + 1e-6 <= high - low + 2.001 / 10**digits


def test_bounds_that_are_not_quite_whole_stay_whole():
    assert outward(70.99999999999, 72.00000000001) == (71, 72)
    assert outward(-math.inf, math.nan)[0] == -math.inf


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.integers(0, 2))
def test_parts_as_printed_sum_to_the_total_as_printed(parts, digits):
    total = sum(parts)
    rounded = rounded_parts(parts, total, digits)
    printed = sum(float(number(part, digits)) for part in rounded)
    assert number(printed, digits) == number(total, digits)
    for part, near in zip(parts, rounded, strict=True):
        assert abs(part - near) <= 1.001 / 10**digits


@pytest.mark.parametrize(
    ("word", "width", "lines"),
    [
        ("guardrail-security-first", 20, ["guardrail-security-", "first"]),
        ("guardrail-security-first", 16, ["guardrail-", "security-first"]),
        ("-" * 7, 3, ["---", "---", "-"]),
        ("a-b", 1, ["a", "-", "b"]),
        ("antidisestablishment", 8, ["antidise", "stablish", "ment"]),
    ],
)
def test_long_words_are_broken_after_hyphens(word: str, width: int, lines: list[str]) -> None:
    assert wrap(word, width) == lines


def test_a_per_cent_sign_stays_with_its_number() -> None:
    assert wrap("it is first in 91 % of draws", 20) == ["it is first in 91 %", "of draws"]
    assert wrap("it is first in 91 % of draws", 17) == ["it is first in", "91 % of draws"]


@pytest.mark.parametrize("words", [[], ["a"], ["a", "b"], ["a", "b", "c"]])
def test_words_in_a_list_stand_once_and_in_order(words: list[str]) -> None:
    text = listed(words, "or")
    assert text.replace(" or ", ", ").split(", ") == (words or [""])
    assert text.count(" or ") == (len(words) > 1)


def test_only_the_first_letter_becomes_a_capital() -> None:
    assert [capitalised(text) for text in ("", "éL", "1 a")] == ["", "ÉL", "1 a"]
