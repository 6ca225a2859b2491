"""Tables and pages as HTML, and the style sheet with its colours."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from collabscore.output import TONES, Badge, Column, Heading, Notes, Page, Paragraph, Table
from collabscore.output.render_html import DARK, LIGHT, STYLE
from collabscore.output.text import one_line
from unit.output.samples import (
    COLUMNS,
    NUMBERED,
    PLAIN,
    ROWS,
    SECTIONED,
    TABLE,
    TABLE_TAGS,
    Reader,
    shown,
    squeezed,
    tables,
    without_code,
)

# elements


def test_html():
    page = PLAIN.to_html()
    assert page[page.index("<table") : page.index("</table>")] == (
        '<table class="cs-table cs-needs-8">\n<thead>\n'
        '<tr><th scope="col" style="text-align:left">Id</th><th scope="col" class="cs-right">Score</th></tr>\n</thead>\n<tbody>\n'
        '<tr><th scope="row" class="cs-kept" style="text-align:left">flu</th><td class="cs-right cs-figure" data-label="Score">1.0</td></tr>\n'
        '<tr><th scope="row" class="cs-kept" style="text-align:left">chips</th><td class="cs-right cs-figure" data-label="Score"><span class="cs-none">–</span></td></tr>\n'
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
    assert reader.tags <= TABLE_TAGS | {"div", "style", "caption", "span", "p", "code"}
    known = {"class", "scope", "colspan", "style", "aria-hidden", "data-label"}
    assert reader.attributes <= known
    found = [squeezed(text) for text in reader.rows[0]]
    parts = [(one_line(column.head), one_line(column.detail)) for column in table.columns]
    assert found == [squeezed(" ".join(map(without_code, part))) for part in parts]
    assert set(reader.labels) <= set(found)  # a label is the head of its column, as shown
    rows = [list(map(without_code, row)) for row in shown(table)]
    assert reader.rows[1:] == (rows or [["none"]])
    around = "".join(without_code(one_line(text)) for text in (table.title, *table.notes))
    assert squeezed("".join(reader.others)).replace(" ", "") == around.replace(" ", "")


@pytest.mark.parametrize(
    ("head", "detail"), [("`", "`"), ("` `", ""), ("a `b`", "`c` d"), ("", "`")]
)
def test_the_label_of_a_card_is_the_head_of_its_column(head, detail):
    columns = (Column("title", "Title"), Column("x", head, detail=detail))
    reader = Reader()
    reader.feed(Table(columns, (("one", "two"),)).to_html())
    reader.close()
    (label,) = reader.labels or [""]
    assert label == squeezed(reader.rows[0][1])


def test_a_whole_page_says_its_language_and_has_one_main_heading():
    page = Page((Heading("List", 1, "Framework"), Heading("Part")), "The `list`").to_html(
        whole=True
    )
    assert '<html lang="en">' in page
    assert "<title>The list</title>" in page
    assert re.findall(r"<h(\d)>", page) == ["1", "2"]
    assert '<h1>List</h1>\n<p class="cs-subtitle">Framework</p>' in page


def test_every_table_has_a_name():
    page = Page((Heading("The `list` & more", 1), PLAIN, TABLE)).to_html()
    assert re.findall(r'<table class="[^"]*"([^>]*)>', page) == [
        ' aria-label="The list &amp; more"',
        "",
    ]
    assert (
        '<caption style="text-align:left"><span class="cs-title">Ranking</span></caption>' in page
    )


def test_headings_of_a_fragment_stand_below_those_of_its_host():
    fragment = Page((Heading("List", 1), Heading("Part"))).to_html()
    assert re.findall(r"<h(\d)>", fragment) == ["2", "3"]


def test_ids_are_code_and_no_backtick_shows():
    text = "there is no candidate `flu`"
    table = Table((Column("a", "The `a`"), Column("b", "`b`")), ((text, text),), text, (text,))
    page = Page((Heading(text), Paragraph(text), Notes((text,)), table), text).to_html(whole=True)
    assert "`" not in page
    assert page.count("there is no candidate <code>flu</code>") == 7
    assert 'data-label="b"' in page


def test_html_puts_deeper_items_into_lists_of_their_own():
    inner = '<li>why<ul><li style="list-style:none">more</li></ul></li>'
    assert f'<ol start="9"><li>First<ul>{inner}</ul></li></ol>' in NUMBERED.to_html()


def test_html_has_a_row_header_over_all_columns_for_each_section():
    html = SECTIONED.to_html()
    head = '<th class="cs-section" scope="rowgroup" colspan="2" style="text-align:left">'
    assert html.count(f"{head}Can go ahead</th>") == html.count(f"{head}Not ranked</th>") == 1
    assert html.count("<tbody>") == html.count("</tbody>") == 2


def test_a_shape_stays_beside_its_word_where_a_verdict_wraps():
    badge = Badge("conditional: must hold", "◆", "caution")
    html = Table((Column("a", "A", kind="badge"),), ((badge,),)).to_html()
    assert "◆\u00a0conditional: must hold<" in html


def test_no_line_ends_within_a_short_text_or_before_a_per_cent_sign():
    columns = (Column("a", "A"), Column("b", "B", detail="middle 90 %"))
    html = Table(columns, (("x" * 20, "1 place down"), ("y", "1 place " * 3))).to_html()
    assert (
        'class="cs-kept" style="text-align:left" data-label="B middle 90 %">1 place down<' in html
    )
    assert 'class="cs-text" style="text-align:left" data-label="B middle 90 %">1 place 1' in html
    assert ">middle 90\u00a0%<" in html


# no column is lost where there is little room


def needs(table):
    return int(re.search(r"cs-needs-(\d+)", table.to_html())[1])


def test_each_cell_names_its_column_where_rows_are_cards():
    html = TABLE.to_html()
    labels = ["#", "Score", "Could be", "First", "Verdict", "Interest ▲ 60%", "Needs"]
    assert re.findall(r'data-label="([^"]*)"', html) == labels * 2
    assert f"@container (max-width:{needs(TABLE)}em)" in html


def test_the_room_that_a_table_needs_grows_with_its_columns_and_words_alone():
    narrow, wide = Column("a", "A"), Column("b", "Complementary")
    assert needs(Table((narrow,), (("x",),))) < needs(Table((wide,), (("x",),)))
    assert needs(replace(TABLE, columns=COLUMNS[:3], rows=tuple(row[:3] for row in ROWS))) < needs(
        TABLE
    )
    prose = "a sentence of words that wrap "
    once, often = (Table((narrow,), ((prose * count,),)) for count in (2, 50))
    assert needs(once) == needs(often)


def test_rules_for_cards_are_given_once_for_each_width():
    page = Page((PLAIN, PLAIN, TABLE))
    widths = re.findall(r"@container \(max-width:(\d+)em\)", page.to_html())
    assert widths == [str(needs(PLAIN)), str(needs(TABLE))]


def test_nothing_is_hidden_where_the_style_is_dropped():
    badge = Badge("inside", "●", "good")
    table = Table((Column("a", "A", kind="badge"),), ((badge,),), "Title", ("Note.",))
    bare = re.sub(r"<style>.*?</style>", "", table.to_html(), flags=re.DOTALL)
    assert "hidden" not in bare.replace("aria-hidden", "")
    assert "display:none" not in bare
    assert "●\u00a0inside<" in bare
    assert bare.count('style="text-align:left"') == 3  # notebooks set cells to the right


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
    texts = ("ink", "soft", *TONES)
    for behind in (paper, palette["track"]):  # ids stand on the track
        assert min(contrast(palette[name], behind) for name in texts) >= 4.5
    assert contrast(palette["fill"], paper) >= 3
    assert contrast(palette["fill"], palette["track"]) >= 3


def test_the_style_touches_nothing_outside_its_own_element():
    style = re.search(r"<style>(.*?)</style>", TABLE.to_html(), re.DOTALL)[1]
    assert style.startswith(STYLE)
    rules = re.sub(r"@(media|container) [^{]*\{", "", style)
    selectors = [
        part for rule in re.findall(r"([^{}]+)\{", rules) for part in rule.strip().split(",")
    ]
    assert all(".collabscore" in selector for selector in selectors)
    assert style.count("{") == style.count("}")
