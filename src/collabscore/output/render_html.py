"""HTML: pages without scripts, every text escaped, legible in light, dark and without style."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .blocks import (
    MISSING,
    Badge,
    Block,
    Bullets,
    Cell,
    CellBar,
    Column,
    Grid,
    Heading,
    Item,
    Paragraph,
    Row,
    cell_text,
    naming_column,
)
from .render_text import render_text
from .style import STYLE
from .text import one_line

__all__ = ["render_html", "whole_page"]

_PLAIN_WIDTH = 100
# notebooks typeset what stands between two dollar signs, unless told not to
_NO_MATH = "tex2jax_ignore mathjax_ignore"


def render_html(blocks: Sequence[Block]) -> str:
    """Return blocks as a fragment of a page: the elements, their style, and plain text.

    Notebooks that are not trusted drop `<style>`: then the text, which it hides, shows, and the
    elements, which it shows, stay hidden.
    """
    elements = "".join(map(_block_element, blocks))
    plain = render_text(blocks, _PLAIN_WIDTH)
    return (
        f'<div class="collabscore">\n<style>{STYLE}</style>\n'
        f'<pre class="cs-plain {_NO_MATH}">{escape(plain)}</pre>\n'
        f'<div class="cs-sheet {_NO_MATH}" hidden style="display:none">\n{elements}</div>\n</div>\n'
    )


def whole_page(title: str, fragment: str) -> str:
    """Return a whole page around a fragment; it asks no host for anything."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_escaped(title)}</title>\n"
        "<style>body{margin:1.5em;font-family:system-ui,sans-serif}"
        "@media (prefers-color-scheme:dark){body{background:#1e1e1e}}</style>\n"
        f"</head>\n<body>\n{fragment}</body>\n</html>\n"
    )


def _escaped(text: str) -> str:
    """Escape a text for an element or a quoted attribute: the one way of labels into a page."""
    return escape(one_line(text), quote=True)


def _block_element(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 1}>{_escaped(text)}</h{level + 1}>\n"
        case Paragraph(text):
            return f"<p>{_escaped(text)}</p>\n"
        case Bullets():
            return _list_element(list(block)) + "\n"
        case Grid():
            return _table_element(block)


def _list_element(items: Sequence[Item]) -> str:
    """Return a list; items deeper than the one above them belong to it."""
    tag = "ol" if items[0].mark.strip()[:1].isdigit() else "ul"
    parts = [f"<{tag}>"]
    start = 0
    while start < len(items):
        item = items[start]
        stop = start + 1
        while stop < len(items) and items[stop].depth > item.depth:
            stop += 1
        style = "" if item.mark else ' style="list-style:none"'
        parts.append(f"<li{style}>{_escaped(item.text)}")
        if stop > start + 1:
            parts.append(_list_element(items[start + 1 : stop]))
        parts.append("</li>")
        start = stop
    return "".join(parts) + f"</{tag}>"


def _table_element(grid: Grid) -> str:
    parts = ['<table class="cs-table">\n']
    if grid.title:
        title = f'<span class="cs-title">{_escaped(grid.title)}</span>'
        parts.append(f"<caption>{title}</caption>\n")
    heads = "".join(map(_head_element, grid.columns))
    parts.append(f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n")
    for row in grid.visible:
        parts.append(f"<tr>{_row_elements(grid.columns, row)}</tr>\n")
    parts.append("</tbody>\n</table>\n")
    if grid.notes:
        notes = "".join(f"<p>{_escaped(note)}</p>" for note in grid.notes)
        parts.append(f'<div class="cs-notes">{notes}</div>\n')
    return "".join(parts)


_SIDES = {"left": "", "right": ' class="cs-right"'}


def _head_element(column: Column) -> str:
    content = _escaped(column.head)
    if column.detail:
        content += f' <span class="cs-detail">{_escaped(column.detail)}</span>'
    return f'<th scope="col"{_SIDES[column.side]}>{content}</th>'


def _row_elements(columns: Sequence[Column], row: Row | str) -> str:
    if isinstance(row, str):
        return f'<td class="cs-span" colspan="{len(columns)}">{_escaped(row)}</td>'
    naming = naming_column(columns)
    elements = ""
    for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
        classes = _SIDES[column.side]
        if column.is_figure:
            classes = ' class="cs-right cs-figure"' if classes else ' class="cs-figure"'
        content = classes + ">" + _cell_content(column, cell)
        if index == naming:
            elements += f'<th scope="row"{content}</th>'
        else:
            elements += f"<td{content}</td>"
    return elements


def _cell_content(column: Column, cell: Cell) -> str:
    text = cell_text(column, cell)
    if text == MISSING:
        # where numbers have bars beside them, the dash stands among the numbers
        blank = '<span class="cs-bar cs-blank"></span>' if column.kind == "bar" else ""
        return f'<span class="cs-none">{MISSING}</span>{blank}'
    if isinstance(cell, Badge):
        return f'<span class="cs-badge cs-{cell.tone}">{_escaped(text)}</span>'
    if isinstance(cell, CellBar):
        # the number stands beside it, so that the drawing has nothing to add for who cannot see it
        fill = f'<span class="cs-fill" style="width:{100 * cell.fraction:.1f}%"></span>'
        return f'{_escaped(text)}<span class="cs-bar" aria-hidden="true">{fill}</span>'
    return _escaped(text)
