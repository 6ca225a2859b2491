"""Tables and pages, and tables as records, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from collabscore.output import (
    Bullets,
    CellBar,
    Column,
    Heading,
    Item,
    Page,
    Paragraph,
    Table,
    round_significant,
)
from collabscore.output.table import harmless
from unit.output.samples import NAN, PLAIN, ROWS, TABLE, tables


def test_columns_may_be_aligned_otherwise():
    table = Table(
        (Column("a", "Answer", align="right"), Column("b", "No", kind="number", align="left")),
        (("yes", 1.0),),
    )
    assert table.to_text().splitlines()[2] == "   yes  1.0"
    assert table.to_markdown().splitlines()[1] == "| -----: | --- |"
    assert '<th scope="row" class="cs-right cs-kept">' in table.to_html()
    assert (
        '<td class="cs-figure" style="text-align:left" data-label="No">1.0</td>' in table.to_html()
    )


def test_a_shortened_table_says_how_many_are_between_and_machines_get_all():
    table = Table(
        (Column("id", "Id"), Column("n", "N", kind="number", digits=0)),
        tuple((f"c{k}", k) for k in range(40)),
    )
    short = replace(table, shortened=True)
    assert [line.split()[0] for line in short.to_text().splitlines()[2:]] == [
        *(f"c{k}" for k in range(20)),
        "…",
        *(f"c{k}" for k in range(35, 40)),
    ]
    assert "| … 15 more |" in short.to_markdown()
    assert (
        '<td class="cs-span" colspan="2" style="text-align:left">… 15 more</td>' in short.to_html()
    )
    assert short.to_csv() == table.to_csv()
    assert short.to_json() == table.to_json()
    assert short.to_records() == table.to_records()


def test_an_empty_table_says_so():
    table = Table(PLAIN.columns, ())
    assert table.to_text().splitlines()[2:] == ["none"]
    assert ">none</td>" in table.to_html()
    assert table.to_records() == []
    assert table.to_csv() == "id,score\r\n"


PAGE = Page(
    (
        Heading("Why #1", 1),
        Paragraph("- one, and then another"),
        Bullets(("First.", Item("Of the first, and of none of all the others.", 1), "Second.")),
        Bullets(
            (
                Item("Asked", mark="10."),
                Item("in detail", 1, mark=""),
                Item("yes", 1),
                Item("(so)", 2, mark=""),
            )
        ),
        Heading("How"),
        Heading("Deep", 3),
        Table((Column("id", "Id"),), (("flu",),)),
    ),
    "Why",
)


def test_a_page_as_text() -> None:
    assert PAGE.to_text(24).splitlines() == [
        "Why #1",
        "══════",
        "",
        "- one, and then another",
        "",
        "- First.",
        "  - Of the first, and of",
        "    none of all the",
        "    others.",
        "- Second.",
        "",
        "10. Asked",
        "    in detail",
        "    - yes",
        "      (so)",
        "",
        "How",
        "───",
        "",
        "Deep",
        "",
        "Id",
        "───",
        "flu",
    ]
    assert PAGE.to_text(24, ascii_only=True).isascii()
    assert "\x1b[1mHow\x1b[0m" in PAGE.to_text(24, color=True)


def test_a_page_as_markdown() -> None:
    assert PAGE.to_markdown().splitlines()[:12] == [
        "# Why #1",
        "",
        r"\- one, and then another",
        "",
        "- First.",
        "  - Of the first, and of none of all the others.",
        "- Second.",
        "",
        "10. Asked",
        "    - in detail",
        "    - yes",
        "      - (so)",
    ]


def test_a_page_as_html() -> None:
    page = PAGE.to_html(whole=True)
    assert "<title>Why</title>" in page
    assert "<ul><li>First.<ul><li>Of the first," in page
    assert (
        '<ol start="10"><li>Asked<ul><li style="list-style:none">in detail</li><li>yes<ul>' in page
    )
    assert "<h1>Why #1</h1>\n<p>- one, and then another</p>" in page


def test_a_page_is_shortened_by_its_tables() -> None:
    long = Table((Column("id", "Id"),), tuple((f"c{k}",) for k in range(40)))
    assert "… 15 more" in Page((long,)).for_notebook().to_markdown()
    assert PAGE.for_notebook().to_text() == PAGE.to_text()


# forms for machines


def test_csv():
    assert TABLE.to_csv() == (
        "rank,title,score,range_low,range_high,first,verdict,interest,needs\r\n"
        "1,Influenza,87.46,80.0,90.0,0.834,inside,50,ethics review; agreement\r\n"
        ",流感 | chips,,,43.21,0.001,outside,,\r\n"
    )


def test_records_and_json():
    records = [
        {
            "rank": 1,
            "title": "Influenza",
            "score": 87.46,
            "range": [80.0, 90.0],
            "first": 0.834,
            "verdict": "inside",
            "interest": 50,
            "needs": ["ethics review", "agreement"],
        },
        {
            "rank": None,
            "title": "流感 | chips",
            "score": None,
            "range": [None, 43.21],
            "first": 0.001,
            "verdict": "outside",
            "interest": None,
            "needs": [],
        },
    ]
    assert TABLE.to_records() == records
    assert json.loads(TABLE.to_json()) == {
        "title": "Ranking",
        "caption": "",
        "records": records,
        "notes": ["2 candidates", "seed 0"],
    }


def test_round_significant():
    value = {
        "a": [1 / 3, np.float32(0.5), np.int64(3), 10**12, True, None, "x"],
        "b": (float("inf"), NAN),
    }
    assert json.dumps(round_significant(value)) == (
        '{"a": [0.333333333, 0.5, 3, 1000000000000, true, null, "x"], "b": [null, null]}'
    )
    assert round_significant(123456.789, digits=3) == 123000.0
    assert round_significant(ROWS[0][5]) is ROWS[0][5]


def test_csv_for_excel_has_shown_digits_and_a_column_for_each_of_several_texts():
    columns = (
        Column("id"),
        Column("score", kind="number"),
        Column("rank", kind="number", digits=0),
        Column("share", kind="share"),
        Column("range", kind="interval", digits=0, outward=True, ends=("low", "high")),
        Column("points", kind="bar"),
        Column("why", kind="list"),
        Column("more", kind="list"),
        Column("none", kind="list"),
    )
    rows = (
        ("a", 87.456, 1, 0.8339, (61.2, 70.9), CellBar(3.14159, 5.0), ("=x", "y"), ("m",), ()),
        ("b", None, None, None, (62.54, 62.54), CellBar(None, 5.0), None, (), ()),
        ("c", -0.04, 2.0, 1.0, (None, None), CellBar(2.0, 5.0), ("z",), None, ()),
    )
    assert Table(columns, rows).to_csv(excel=True) == (
        "\ufeffid,score,rank,share,low,high,points,why_1,why_2,more,none\r\n"
        "a,87.5,1,0.83,61,71,3.1,'=x,y,m,\r\n"
        "b,,,,62.5,62.5,,,,,\r\n"
        "c,0.0,2,1.0,,,2.0,z,,,\r\n"
    )
    assert Table(columns, ()).to_csv(excel=True) == (
        "\ufeffid,score,rank,share,low,high,points,why,more,none\r\n"
    )


def test_rows_as_lines_of_json_and_between_other_signs():
    table = Table((Column("id"), Column("n", kind="number")), (("a\tb", 1.5), ("c", None)))
    assert table.to_csv(separator="\t") == 'id\tn\r\n"a\tb"\t1.5\r\nc\t\r\n'
    assert table.to_jsonl() == '{"id": "a\\tb", "n": 1.5}\n{"id": "c", "n": null}\n'


def test_csv_writes_numbers_as_numbers_and_heads_as_text():
    assert Table((Column("-a", "A"),), ()).to_csv() == "'-a\r\n"
    columns = (Column("a", "A", kind="number"), Column("b", "B"), Column("c", "C", kind="interval"))
    rows = ((-1.5, -2, (-3, float("inf"))), (True, "-1", None), (False, {"=": 1}, "=1"))
    assert Table(columns, rows).to_csv() == (
        "a,b,c_low,c_high\r\n-1.5,-2,-3,inf\r\ntrue,'-1,,\r\nfalse,{'=': 1},'=1,'=1\r\n"
    )


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx", "  =1", '"=1', "'=1", "\ufeff=1", "＝1"],
)
def test_csv_neutralises_what_a_spreadsheet_would_run(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "flu - strain", "", "'quoted'", "5 - 3"])
def test_csv_leaves_other_texts_alone(text):
    assert harmless(text) == text


@given(tables())
def test_csv_round_trips_but_for_the_apostrophe(table):
    lines = list(csv.reader(io.StringIO(table.to_csv(), newline="")))
    width = len(table.columns) + sum(column.kind == "interval" for column in table.columns)
    assert [len(line) for line in lines] == [width] * (1 + len(table.rows))
    texts = [column.key for column in table.columns if column.kind in {"text", "badge"}]
    assert not any(head.startswith(tuple("=+-@\t\r\n")) for head in lines[0])
    places = {key: lines[0].index(harmless(key)) for key in texts}
    for record, line in zip(table.to_records(), lines[1:], strict=True):
        for key, place in places.items():
            raw = record[key] or ""
            assert line[place] in {raw, f"'{raw}"}
            assert not line[place].lstrip(" \t\r\n'\"").startswith(tuple("=+-@")) or line[
                place
            ].startswith("'")


@given(tables())
def test_json_is_whole_and_strict(table):
    document = json.loads(table.to_json(), parse_constant=lambda name: pytest.fail(name))
    assert document["records"] == round_significant(table.to_records())
