"""Tables as plain text."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from collabscore.output import (
    CellBar,
    Column,
    Table,
)
from collabscore.output.text import display_width
from unit.output.samples import ROWS, TABLE, tables


def test_text():
    assert str(TABLE) == repr(TABLE) == TABLE.to_text().rstrip()
    assert TABLE.to_text().splitlines() == [
        "Ranking",
        "",
        "                                                     Interest",
        "#  Candidate     Score   Could be  First  Verdict    ▲ 60%            Needs",
        "─" * 94,
        "1  Influenza      87.5  80.0–90.0    83%  ● inside   50.0 ████████▍   ethics review; agreement",
        "–  流感 | chips      –  – to 43.2    <1%  ✕ outside     –             none",
        "",
        "2 candidates",
        "seed 0",
    ]


def test_text_says_which_columns_a_narrow_terminal_leaves_out():
    assert TABLE.to_text(48).splitlines()[2:8] == [
        "#  Candidate     Score  Verdict",
        "─" * 33,
        "1  Influenza      87.5  ● inside",
        "–  流感 | chips      –  ✕ outside",
        "",
        "not shown for want of width: Could be, First,",
    ]


def test_text_in_ascii():
    lines = TABLE.to_text(ascii_only=True).splitlines()
    assert (
        lines[5]
        == "1  Influenza      87.5  80.0-90.0    83%  o inside   50.0 ########    ethics review; agreement"
    )
    assert replace(TABLE, rows=ROWS[:1] * 4).head_and_tail(1, 1).to_text(ascii_only=True).isascii()


def test_text_in_colour_is_the_same_text():
    colored = TABLE.to_text(60, color=True)
    assert "\x1b[32m● inside \x1b[0m" in colored
    bare = re.sub(r"\x1b\[\d+m", "", colored)
    assert [line.rstrip() for line in bare.splitlines()] == TABLE.to_text(60).splitlines()


def test_bars_share_one_length_and_show_what_is_small():
    columns = (
        Column("a", "A", kind="bar", digits=0),
        Column("b", "A very long head of two", kind="bar", digits=0),
    )
    row = Table(columns, ((CellBar(1000, 1000), CellBar(0.001, 1000)),)).to_text().splitlines()[-1]
    assert row == "1000 ██████████  0 ▏"


def test_half_a_breakdown_is_never_shown():
    columns = (
        Column("id", "Id"),
        *(Column(key, key * 8, kind="number", priority=2) for key in "ab"),
    )
    table = Table(columns, (("x", 1.0, 2.0),))
    assert "aaaaaaaa  bbbbbbbb" in table.to_text(22)
    assert "not shown for want of width: aaaaaaaa, bbbbbbbb" in table.to_text(21).replace("\n", " ")


def test_figures_are_dropped_or_hidden_but_never_cut():
    table = Table((Column("n", "N", kind="number", digits=9),), ((123456789012345.0,),))
    assert table.to_text(20).splitlines()[-1].strip() == "…"
    assert table.to_text(30).splitlines()[-1].strip() == "123456789012345.000000000"


def test_a_text_may_be_held_to_some_lines():
    column = Column("note", "Note", least=8, lines=2)
    lines = (
        Table((column,), (("one two three four five six seven eight nine",),))
        .to_text(20)
        .splitlines()
    )
    assert lines[2:] == ["one two three four", "five six seven eigh…"]


@given(tables(), st.integers(1, 130))
@settings(deadline=None)
def test_text_never_exceeds_its_width(table, width):
    lines = table.to_text(width).splitlines()
    assert max(map(display_width, lines), default=0) <= max(width, 20)
    assert "\x1b" not in table.to_text()
