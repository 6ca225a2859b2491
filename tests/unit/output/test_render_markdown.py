"""Tables as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from collabscore.output import (
    Column,
    Table,
)
from collabscore.output.text import one_line
from unit.output.samples import TABLE, TABLE_TAGS, Reader, shown, tables


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
        notes=(text,),
    )
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(table.to_markdown())
    reader = Reader()
    reader.feed(page)
    assert reader.tags == TABLE_TAGS | {"strong", "p", "ul", "li"}
    assert reader.rows == [[one_line(text), "B"], [one_line(text), "b"]]
    assert [other for other in reader.others if other.strip()] == [one_line(text)] * 2
