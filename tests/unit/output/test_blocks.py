"""Cells, grids and their words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from collabscore.errors import UsageError
from collabscore.output import (
    CellBar,
    Column,
    Table,
)
from collabscore.output.blocks import Section, cell_text
from unit.output.samples import NAN, PLAIN


@pytest.mark.parametrize(
    ("kind", "cell", "seen"),
    [
        ("number", 0.0, "0.0"),
        ("number", -0.04, "0.0"),
        ("number", -1.25, "-1.2"),
        ("number", np.float64(7), "7.0"),
        ("number", np.int64(7), "7.0"),
        ("number", float("-inf"), "-∞"),
        ("number", float("inf"), "∞"),
        ("number", 1e300, "1e+300"),
        ("number", "refused", "refused"),
        ("number", NAN, "–"),
        ("share", 0, "0%"),
        ("share", 0.0099, "<1%"),
        ("share", 0.9901, ">99%"),
        ("share", 1, "100%"),
        ("share", CellBar(0.5, 1), "50%"),
        ("interval", (1, 2), "1.0–2.0"),
        ("interval", (-3, 2), "-3.0 to 2.0"),
        ("interval", (4.0, 4.0), "4.0"),
        ("interval", 4, "4.0"),
        ("interval", (None, NAN), "–"),
        ("interval", (None, None), "–"),
        ("interval", "refused", "refused"),
        ("bar", CellBar(NAN, 1), "–"),
        ("list", ["a", "b\nc"], "a; b c"),
        ("text", True, "yes"),
        ("text", False, "no"),
        ("text", "", ""),
        ("text", {"a": 1}, "{'a': 1}"),
    ],
)
def test_cell_text(kind, cell, seen):
    assert cell_text(Column("x", "X", kind=kind), cell) == seen


def test_a_bar_is_never_longer_than_its_place():
    assert [CellBar(value, 10).fraction for value in (-1, 0, 5, 20, None, NAN)] == [
        0,
        0,
        0.5,
        1,
        0,
        0,
    ]
    assert CellBar(1, 0).fraction == 0


def test_no_short_table_and_no_single_row_is_left_out():
    for count in (0, 1, 25, 26):
        table = Table(PLAIN.columns, tuple((f"c{k}", k) for k in range(count)))
        assert replace(table, shortened=True).to_text() == table.to_text()
    table = Table(PLAIN.columns, tuple((f"c{k}", k) for k in range(27)))
    assert "… 2 more" in replace(table, shortened=True).to_text()
    assert "more" not in table.to_text()


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        ((), (), "a table needs a column"),
        ((Column("a", "A"), Column("a", "B")), (), "two columns have the key `a`"),
        ((Column("a", "A"),), (("x",), ("x", "y")), "row 1 has 2 cells for 1 columns"),
    ],
)
def test_mistakes(columns, rows, message):
    with pytest.raises(UsageError, match=message):
        Table(columns, rows)


def test_sections_stand_above_their_rows_and_are_no_rows():
    table = replace(PLAIN, sections={0: "First", 1: "Last"})
    assert table.visible == (Section("First"), PLAIN.rows[0], Section("Last"), PLAIN.rows[1])
    assert table.to_records() == PLAIN.to_records()
    assert table.to_csv() == PLAIN.to_csv()


def test_a_shortened_table_keeps_the_headings_of_the_rows_it_shows():
    rows = tuple((str(number),) for number in range(40))
    table = Table((Column("id"),), rows, shortened=True, sections={0: "a", 30: "b", 37: "c"})
    visible = table.visible
    assert visible[0] == Section("a")
    assert visible[21] == "… 15 more"
    assert visible[22:] == (Section("b"), ("35",), ("36",), Section("c"), ("37",), ("38",), ("39",))


def test_an_interval_rounded_outward_holds_the_number_beside_it():
    column = Column("range", kind="interval", digits=0, outward=True)
    assert cell_text(column, (64.4, 66.5)) == "64–67"
    assert cell_text(column, (64.82, 64.82)) == "64.8"
    assert cell_text(column, (None, 66.5)) == "– to 66"
