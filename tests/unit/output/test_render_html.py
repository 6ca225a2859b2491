"""Tables as HTML."""

from __future__ import annotations

import re

from hypothesis import given

from collabscore.output.text import one_line
from unit.output.samples import PLAIN, TABLE, TABLE_TAGS, Reader, shown, squeezed, tables


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


def test_a_page_asks_no_host_for_anything():
    page = TABLE.to_html(whole=True)
    assert "default-src 'none'" in page
    assert "<title>Ranking</title>" in page
    assert not re.search(r"https?:|url\(|<script|<link|@import|src=", page)
    assert "<title>Table</title>" in PLAIN.to_html(whole=True)


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
    around = "".join(one_line(text) for text in (table.title, *table.notes))
    assert squeezed("".join(reader.others)).replace(" ", "") == around.replace(" ", "")
    assert reader.plain == table.to_text(100)
