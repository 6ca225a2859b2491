"""Tables and pages as plain text and Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabscore.output import (
    Badge,
    CellBar,
    Column,
    Heading,
    Notes,
    Page,
    Table,
)
from collabscore.output.render import escape_markdown
from collabscore.output.text import display_width, one_line
from unit.output.samples import (
    COLUMNS,
    NUMBERED,
    ROWS,
    SECTIONED,
    TABLE,
    TABLE_TAGS,
    Reader,
    shown,
    tables,
    without_code,
)

# plain text


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
        "Not shown at this width: Could be, First,",
    ]


def test_text_in_ascii():
    lines = TABLE.to_text(ascii_only=True).splitlines()
    assert (
        lines[5]
        == "1  Influenza      87.5  80.0-90.0    83%  o inside   50.0 ########    ethics review; agreement"
    )
    assert replace(TABLE, rows=ROWS[:1] * 40, shortened=True).to_text(ascii_only=True).isascii()


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
    assert "Not shown at this width: aaaaaaaa, bbbbbbbb." in table.to_text(21).replace("\n", " ")


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


# Markdown


def test_markdown():
    assert TABLE.to_markdown().splitlines() == [
        "**Ranking**",
        "",
        "|   # | Candidate     | Score |  Could be |  First | Verdict   | Interest ▲ 60% | Needs                    |",
        "| --: | ------------- | ----: | --------: | -----: | --------- | -------------: | ------------------------ |",
        "|   1 | Influenza     |  87.5 | 80.0–90.0 |    83% | ● inside  |           50.0 | ethics review; agreement |",
        r"|   – | 流感 \| chips |     – | – to 43.2 | &lt;1% | ✕ outside |              – | none                     |",
        "",
        "- 2 candidates",
        "- seed 0",
    ]


@given(tables())
@settings(deadline=None)
def test_markdown_keeps_its_rows_and_its_words(table):
    markdown_it = pytest.importorskip("markdown_it")
    page = (
        markdown_it.MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(table.to_markdown())
    )
    reader = Reader()
    reader.feed(page)
    assert reader.tags <= TABLE_TAGS | {"strong", "p", "ul", "li", "code"}
    assert len(reader.rows) == 1 + max(1, len(table.rows))
    if table.rows:
        rows = [[text.strip() for text in row] for row in reader.rows[1:]]
        assert rows == [[without_code(text).strip() for text in row] for row in shown(table)]


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
        notes=(text,),
    )
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(table.to_markdown())
    reader = Reader()
    reader.feed(page)
    assert reader.tags - {"code"} == TABLE_TAGS | {"strong", "p", "ul", "li"}
    text = without_code(one_line(text))
    assert reader.rows == [[text, "B"], [text, "b"]]
    others = "".join(reader.others).replace("\n", "")
    assert others == text * 2


def test_markdown_shows_ids_as_code_and_no_backticks():
    text = "there is no `flu_a`; did you mean `a|b`, or 5 ` 6?"
    assert escape_markdown(text) == (
        r"there is no `flu_a`; did you mean <code>a\|b</code>, or 5 \` 6?"
    )


# lists


def test_items_stand_below_the_text_that_they_belong_to():
    assert NUMBERED.to_text() == " 9. First\n    - why\n      more\n"


def test_markdown_gives_every_item_a_mark():
    assert NUMBERED.to_markdown() == "9. First\n   - why\n     - more\n"


# sections, headings with a line below them, legends


def test_text_indents_rows_that_begin_with_a_text_under_their_section():
    assert SECTIONED.to_text().splitlines() == [
        "  Id     Score",
        "──────────────",
        "Can go ahead",
        "  flu      1.0",
        "Not ranked",
        "  chips      –",
        "",
        "Two.",
    ]


def test_text_sets_sections_of_numbered_rows_apart():
    table = Table(COLUMNS, ROWS, sections={0: "Can go ahead", 1: "Not ranked"})
    lines = table.to_text(60).splitlines()
    assert [lines.index("Can go ahead"), lines.index("Not ranked")] == [2, 5]
    assert lines[4] == ""


def test_markdown_has_one_table_with_its_sections_in_bold():
    table = replace(SECTIONED, columns=(SECTIONED.columns[1], SECTIONED.columns[0]), title="Before")
    table = replace(table, rows=tuple(row[::-1] for row in SECTIONED.rows))
    assert table.to_markdown().split("\n\n") == [
        "**Before**",
        (
            "| Score | Id               |\n| ----: | ---------------- |\n"
            "|       | **Can go ahead** |\n|   1.0 | flu              |\n"
            "|       | **Not ranked**   |\n|     – | chips            |"
        ),
        "- Two.\n",
    ]


def test_a_subtitle_stands_below_its_heading():
    page = Page((Heading("List", 1, "Framework"), Notes(("A legend.",))))
    assert page.to_text() == "List\nFramework\n\nA legend.\n"
    assert page.to_markdown() == "# List\n\nFramework\n\n- A legend.\n"
    assert page.to_text(color=True).splitlines()[1] == "\x1b[2mFramework\x1b[0m"


def test_badges_and_bars_give_way_before_titles():
    title = Column("title", "Candidate", least=32)
    verdict = Column("verdict", "Verdict", kind="badge")
    bar = Column("bar", "Points", kind="bar")
    badge = Badge("conditional: must hold", "◆", "caution")
    row = ("A title of forty letters, more or less so", badge, CellBar(3.0, 10))
    table = Table((title, verdict, bar), (row,))
    assert table.to_text(65).splitlines()[2:] == [
        "A title of forty letters, more or    ◆ conditional: must      3.0",
        "less so                                hold",
    ]
    assert "must hold" in table.to_text(90).splitlines()[2]
    assert "█" in table.to_text(90)
    for width in range(80, 120):
        assert table.to_text(width).splitlines()[2].startswith("A title of forty letters, more")


def test_on_narrow_paper_a_title_leaves_room_for_its_figures():
    columns = (Column("title", "Candidate", least=32), Column("score", "Score", kind="number"))
    row = ("A title of forty letters, more or less so", 63.1)
    assert Table(columns, (row,)).to_text(40).splitlines()[2:] == [
        "A title of forty letters, more or   63.1",
        "less so",
    ]
    assert "63.1" in Table(columns, (row,)).to_text(24)


def test_a_cut_id_has_no_blank_after_its_hyphen():
    table = Table((Column("id", "Id", lines=1),), (("meteorology-and-weather-data",),))
    assert table.to_text(20).splitlines()[2] == "meteorology-and-wea…"
    table = Table(
        (Column("id", "Id", lines=2),), (("meteorology-and-weather-data-of-both-sides",),)
    )
    assert table.to_text(20).splitlines()[2:4] == ["meteorology-and-", "weather-data-of-bot…"]
