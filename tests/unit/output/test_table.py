from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabscore.errors import UsageError
from collabscore.output import TONES, Badge, CellBar, Column, Interval, Table, round_significant
from collabscore.output.blocks import cell_text
from collabscore.output.render_data import _harmless
from collabscore.output.style import DARK, LIGHT, STYLE
from collabscore.output.text import display_width, one_line

NAN = float("nan")
INSIDE, OUTSIDE = Badge("inside", "●", "good"), Badge("outside", "✕", "stop")
COLUMNS = (
    Column("rank", "#", kind="number", digits=0),
    Column("title", "Candidate"),
    Column("score", "Score", kind="number"),
    Column("range", "Could be", kind="interval", priority=2),
    Column("first", "First", kind="share", priority=2),
    Column("verdict", "Verdict", kind="badge"),
    Column("interest", "Interest", kind="bar", detail="▲ 60%", priority=3),
    Column("needs", "Needs", kind="list", priority=4),
)
ROWS = (
    (
        1,
        "Influenza",
        87.46,
        (80.0, 90.0),
        0.834,
        INSIDE,
        CellBar(50, 60),
        ("ethics review", "agreement"),
    ),
    (None, "流感 | chips", NAN, Interval(None, 43.21), 0.001, OUTSIDE, CellBar(None, 60), ()),
)
TABLE = Table(
    COLUMNS, ROWS, title="Ranking", caption="Best first.", notes=("2 candidates", "seed 0")
)

PLAIN = Table(
    (Column("id", "Id"), Column("score", "Score", kind="number")), (("flu", 1.0), ("chips", None))
)


# golden forms


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
        "Best first.",
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


def test_markdown():
    assert TABLE.to_markdown().splitlines() == [
        "**Ranking**",
        "",
        "|   # | Candidate     | Score |  Could be |  First | Verdict   | Interest ▲ 60% | Needs                    |",
        "| --: | ------------- | ----: | --------: | -----: | --------- | -------------: | ------------------------ |",
        "|   1 | Influenza     |  87.5 | 80.0–90.0 |    83% | ● inside  |           50.0 | ethics review; agreement |",
        r"|   – | 流感 \| chips |     – | – to 43.2 | &lt;1% | ✕ outside |              – | none                     |",
        "",
        "- Best first.",
        "- 2 candidates",
        "- seed 0",
    ]


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
        "caption": "Best first.",
        "records": records,
        "notes": ["2 candidates", "seed 0"],
    }


def test_html():
    page = PLAIN.to_html()
    assert page[page.index("<table") : page.index("</table>")] == (
        '<table class="cs-table">\n<thead>\n'
        '<tr><th scope="col">Id</th><th scope="col" class="cs-right">Score</th></tr>\n</thead>\n<tbody>\n'
        '<tr><th scope="row">flu</th><td class="cs-right cs-figure">1.0</td></tr>\n'
        '<tr><th scope="row">chips</th><td class="cs-right cs-figure"><span class="cs-none">–</span></td></tr>\n'
        "</tbody>\n"
    )
    assert PLAIN._repr_html_() == page


# what a reader sees of a value


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
        ("number", NAN, None),
        ("share", 0, "0%"),
        ("share", 0.0099, "<1%"),
        ("share", 0.9901, ">99%"),
        ("share", 1, "100%"),
        ("share", CellBar(0.5, 1), "50%"),
        ("interval", (1, 2), "1.0–2.0"),
        ("interval", (-3, 2), "-3.0 to 2.0"),
        ("interval", Interval(4.0, 4.0), "4.0"),
        ("interval", 4, "4.0"),
        ("interval", (None, NAN), None),
        ("interval", Interval(None, None), None),
        ("bar", CellBar(NAN, 1), None),
        ("list", ["a", "b\nc"], "a; b c"),
        ("text", True, "yes"),
        ("text", False, "no"),
        ("text", "", ""),
        ("text", {"a": 1}, "{'a': 1}"),
    ],
)
def test_cell_text(kind, cell, seen):
    assert cell_text(Column("x", "X", kind=kind), cell) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u2028b\tc\r\nd", "a b c d"),
        ("\x1b[2J", "�[2J"),
        ("a\u202eb", "a�b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_one_line_disarms_what_steers_a_terminal_and_keeps_what_spells_cell_text(text, seen):
    assert one_line(text) == seen


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


def test_columns_may_be_aligned_otherwise():
    table = Table(
        (Column("a", "Answer", align="center"), Column("b", "", align="right")), (("yes", "b"),)
    )
    assert table.to_text().splitlines()[2] == " yes    b"
    assert table.to_markdown().splitlines()[1] == "| :----: | --: |"
    assert '<th scope="row" class="cs-center">' in table.to_html()


@pytest.mark.parametrize(
    "text",
    ["flu", "流感", "e\u0301", "Ü", "감염병", "\uff21", "– … █", "क\u094dष", "\u200d", "a\ufe0f"],
)
def test_display_width_agrees_with_the_terminal_library(text):
    cells = pytest.importorskip("rich.cells")
    assert display_width(text) == sum(cells.cell_len(char) for char in text)


# long tables


def test_head_and_tail_says_how_many_are_between_and_machines_get_all():
    table = Table(
        (Column("id", "Id"), Column("n", "N", kind="number", digits=0)),
        tuple((f"c{k}", k) for k in range(40)),
    )
    short = table.head_and_tail(best=2, worst=1)
    assert [line.split()[0] for line in short.to_text().splitlines()[2:]] == [
        "c0",
        "c1",
        "…",
        "c39",
    ]
    assert "| … 37 more |" in short.to_markdown()
    assert '<td class="cs-span" colspan="2">… 37 more</td>' in short.to_html()
    assert short.to_csv() == table.to_csv()
    assert short.to_json() == table.to_json()
    assert short.to_records() == table.to_records()


def test_head_and_tail_leaves_short_tables_alone():
    assert PLAIN.head_and_tail() == PLAIN
    assert PLAIN.head_and_tail(1, 0) == PLAIN
    assert "… 2 more" in PLAIN.head_and_tail(0, 0).to_text()
    with pytest.raises(UsageError, match="not -1"):
        PLAIN.head_and_tail(3, -1)


def test_an_empty_table_says_so():
    table = Table(PLAIN.columns, ())
    assert table.to_text().splitlines()[2:] == ["none"]
    assert ">none</td>" in table.to_html()
    assert table.to_records() == []
    assert table.to_csv() == "id,score\r\n"


# what cannot be a table


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


# numbers for machines


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
    assert _harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "flu - strain", "", "'quoted'", "5 - 3"])
def test_csv_leaves_other_texts_alone(text):
    assert _harmless(text) == text


# colours


def luminance(color):
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("palette", "paper"), [(LIGHT, "#ffffff"), (DARK, "#1e1e1e")])
def test_contrast(palette, paper):
    assert palette["paper"] == paper
    assert min(contrast(palette[name], paper) for name in ("ink", "soft", *TONES)) >= 4.5
    assert contrast(palette["fill"], paper) >= 3
    assert contrast(palette["fill"], palette["track"]) >= 3


def test_the_style_shows_the_table_and_hides_the_text_that_stands_in_for_it():
    assert ".collabscore .cs-plain{display:none}" in STYLE
    assert ".collabscore .cs-sheet{display:block!important;" in STYLE
    assert (
        '<div class="cs-sheet tex2jax_ignore mathjax_ignore" hidden style="display:none">'
        in PLAIN.to_html()
    )
    rules = re.sub(r"@media [^{]*\{", "", STYLE)
    selectors = [
        part for rule in re.findall(r"([^{}]+)\{", rules) for part in rule.strip().split(",")
    ]
    assert all(".collabscore" in selector for selector in selectors)


def test_a_page_asks_no_host_for_anything():
    page = TABLE.to_html(whole=True)
    assert "default-src 'none'" in page
    assert "<title>Ranking</title>" in page
    assert not re.search(r"https?:|url\(|<script|<link|@import|src=", page)
    assert "<title>Table</title>" in PLAIN.to_html(whole=True)


# hostile labels

ODD = [
    "<script>alert(1)</script>",
    "</style>",
    "</pre>",
    "]]>",
    "<!--",
    "&amp;",
    "&",
    '"',
    "' onload='x",
    "`",
    "|",
    "\\",
]
ODD += [
    "\n",
    "\r\n",
    "\x1b[31m",
    "\x00",
    "\u202e",
    "\u200f",
    "\u2028",
    "=1+1",
    "-2",
    "@x",
    "流感",
    "e\u0301",
    "$x$",
    "# a",
    "*b*",
]
ODD += ["[a](javascript:x)", "1. ", "~~~", "\\|", "_", "<b", " ", "word"]
LABELS = st.lists(st.sampled_from(ODD) | st.text(max_size=8), max_size=5).map("".join)
SHAPES = st.sampled_from("●◆▲✕")
CELLS = {
    "text": LABELS | st.none(),
    "number": st.floats() | st.integers() | st.none(),
    "share": st.floats(0, 1),
    "interval": st.tuples(st.floats(), st.floats() | st.none()),
    "badge": st.builds(Badge, LABELS, SHAPES, st.sampled_from(TONES)),
    "bar": st.builds(CellBar, st.floats(), st.floats(0, 100)),
    "list": st.lists(LABELS, max_size=3),
}


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=7))
    columns = tuple(
        Column(
            f"{draw(LABELS)}{place}",
            draw(LABELS),
            kind=kind,
            detail=draw(LABELS),
            digits=draw(st.integers(0, 3)),
            priority=draw(st.integers(1, 3)),
            least=draw(st.integers(1, 20)),
            lines=draw(st.none() | st.integers(1, 3)),
        )
        for place, kind in enumerate(kinds)
    )
    rows = draw(st.lists(st.tuples(*(CELLS[kind] for kind in kinds)), max_size=4))
    notes = tuple(draw(st.lists(LABELS, max_size=2)))
    return Table(columns, tuple(rows), title=draw(LABELS), caption=draw(LABELS), notes=notes)


TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}


def shown(table):
    rows = [
        [cell_text(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return [["–" if text is None else text for text in row] for row in rows]


def squeezed(text):
    return " ".join(text.split())


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.rows, self.others = set(), set(), [], []
        self.cell = False
        self.plain = ""
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.inside = tag if tag in {"style", "pre"} else self.inside
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        self.cell = self.cell and tag not in {"td", "th"}
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1] += data
        elif self.inside == "pre":
            self.plain += data
        elif not self.inside:
            self.others.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@given(tables())
def test_no_label_escapes_into_html(table):
    reader = Reader()
    reader.feed(table.to_html())
    reader.close()
    assert reader.tags <= TABLE_TAGS | {"div", "style", "pre", "caption", "span", "p"}
    assert reader.attributes <= {"class", "scope", "colspan", "style", "hidden", "aria-hidden"}
    heads = [
        squeezed(f"{one_line(column.head)} {one_line(column.detail)}") for column in table.columns
    ]
    assert [squeezed(text) for text in reader.rows[0]] == heads
    assert reader.rows[1:] == (shown(table) or [["none"]])
    around = "".join(one_line(text) for text in (table.title, table.caption, *table.notes))
    assert squeezed("".join(reader.others)).replace(" ", "") == around.replace(" ", "")
    assert reader.plain == table.to_text(100)


@given(tables(), st.integers(1, 130))
@settings(deadline=None)
def test_text_never_exceeds_its_width(table, width):
    lines = table.to_text(width).splitlines()
    assert max(map(display_width, lines), default=0) <= max(width, 20)
    assert "\x1b" not in table.to_text()


@given(tables())
@settings(deadline=None)
def test_markdown_keeps_its_rows_and_its_cell_text(table):
    markdown_it = pytest.importorskip("markdown_it")
    page = (
        markdown_it.MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(table.to_markdown())
    )
    reader = Reader()
    reader.feed(page)
    assert reader.tags <= TABLE_TAGS | {"strong", "p", "ul", "li"}
    assert len(reader.rows) == 1 + max(1, len(table.rows))
    if table.rows:
        assert [[text.strip() for text in row] for row in reader.rows[1:]] == shown(table)


HARD = [
    r"\|",
    r"\\|",
    "\\",
    r"\# a",
    r"\*b*",
    "**b**",
    "_b_ a_b",
    "`a`|`b`",
    "&lt;",
    "<b>",
    "[a](b)",
    "![a](b)",
    "~~a~~",
    "$a$",
]
HARD += [
    "# a",
    "- a",
    "+ a",
    "1. a",
    "1) a",
    "---",
    "===",
    "> a",
    "    a",
    "a | b",
    "|",
    ":-:",
    "```",
    "~~~",
    "<!--",
    "a\n\n# b",
]


@pytest.mark.parametrize("text", HARD)
def test_markdown_shows_every_sign_wherever_it_stands(text):
    markdown_it = pytest.importorskip("markdown_it")
    table = Table(
        (Column("a", text), Column("b", "B")),
        ((text, "b"),),
        title=text,
        caption=text,
        notes=(text,),
    )
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(table.to_markdown())
    reader = Reader()
    reader.feed(page)
    assert reader.tags == TABLE_TAGS | {"strong", "p", "ul", "li"}
    assert reader.rows == [[one_line(text), "B"], [one_line(text), "b"]]
    assert [other for other in reader.others if other.strip()] == [one_line(text)] * 3


@given(tables())
def test_csv_round_trips_but_for_the_apostrophe(table):
    lines = list(csv.reader(io.StringIO(table.to_csv(), newline="")))
    width = len(table.columns) + sum(column.kind == "interval" for column in table.columns)
    assert [len(line) for line in lines] == [width] * (1 + len(table.rows))
    texts = [column.key for column in table.columns if column.kind in {"text", "badge"}]
    assert not any(head.startswith(tuple("=+-@\t\r\n")) for head in lines[0])
    places = {key: lines[0].index(_harmless(key)) for key in texts}
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
