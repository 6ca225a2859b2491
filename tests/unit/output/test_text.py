"""Texts and numbers in words."""

from __future__ import annotations

import time

import pytest

from collabscore.output.text import cut, display_width, one_line, wrap


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


def test_one_unbroken_word_takes_no_longer_than_its_length():
    start = time.perf_counter()
    lines = wrap("ü" * 80_000, 20)
    assert (len(lines), set(map(len, lines))) == (4_000, {20})
    # quadratic work takes fifteen seconds
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("text", "seen"), [("流感流感", "流…"), ("abc", "abc"), ("abcdef", "abc…")]
)
def test_cut(text, seen):
    assert cut(text, 4) == seen
