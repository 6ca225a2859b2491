"""Tables and pages."""

from __future__ import annotations

from collabscore.output import (
    Bullets,
    Column,
    Heading,
    Item,
    Page,
    Paragraph,
    Table,
)
from unit.output.samples import PLAIN


def test_columns_may_be_aligned_otherwise():
    table = Table(
        (Column("a", "Answer", align="right"), Column("b", "No", kind="number", align="left")),
        (("yes", 1.0),),
    )
    assert table.to_text().splitlines()[2] == "   yes  1.0"
    assert table.to_markdown().splitlines()[1] == "| -----: | --- |"
    assert '<th scope="row" class="cs-right">' in table.to_html()
    assert '<td class="cs-figure">1.0</td>' in table.to_html()


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
    assert '<ol><li>Asked<ul><li style="list-style:none">in detail</li><li>yes<ul>' in page
    assert "<h2>Why #1</h2>\n<p>- one, and then another</p>" in page


def test_a_page_is_shortened_by_its_tables() -> None:
    long = Table((Column("id", "Id"),), tuple((f"c{k}",) for k in range(40)))
    assert "… 15 more" in Page((long,)).shortened().to_markdown()
    assert PAGE.shortened() == PAGE
