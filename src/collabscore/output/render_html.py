"""Blocks as HTML: no script, every text escaped, legible in light, dark, on paper and unstyled."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from .blocks import (
    MISSING,
    TONES,
    Badge,
    Block,
    Bullets,
    Cell,
    CellBar,
    Column,
    Grid,
    Heading,
    Item,
    Notes,
    Paragraph,
    Row,
    Section,
    cell_text,
    naming_column,
)
from .text import code_parts, display_width, one_line, words_of

__all__ = ["DARK", "LIGHT", "STYLE", "render_html", "whole_page"]

# notebooks typeset what stands between two dollar signs, unless told not to
_NO_MATH = "tex2jax_ignore mathjax_ignore"


def render_html(blocks: Sequence[Block], *, top: int = 2) -> str:
    """Return blocks as a fragment of a page: the elements and their style.

    Where the width does not suffice for a table, each of its rows is shown as a card, so that no
    column is lost. Notebooks that are not trusted drop `<style>`: then the bare elements show.

    Parameters
    ----------
    blocks : sequence of Block
    top : int
        Level of the HTML element for a heading of level 1.
    """
    elements = ""
    heading = ""
    for block in blocks:
        if isinstance(block, Heading):
            heading = block.text
        elements += _block_element(block, top, heading)
    widths = {_needed_width(block) for block in blocks if isinstance(block, Grid)}
    return (
        f'<div class="collabscore">\n<style>{STYLE}\n{_card_style(sorted(widths))}</style>\n'
        f'<div class="cs-sheet {_NO_MATH}">\n{elements}</div>\n</div>\n'
    )


def whole_page(title: str, fragment: str) -> str:
    """Return a whole page around a fragment; it asks no host for anything."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_attribute(title)}</title>\n<style>{_PAGE_STYLE}</style>\n"
        f"</head>\n<body>\n<main>\n{fragment}</main>\n</body>\n</html>\n"
    )


# as `html.escape` has them: the module loads all entities of HTML, at each start of the command
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def _content(text: str) -> str:
    """Escape a text for an element: the one way of texts into a page; backticks become code."""
    kept = " ".join(word.replace(" ", "\u00a0") for word in words_of(one_line(text)))
    parts = []
    for part, is_code in code_parts(kept):
        escaped = part.translate(_ESCAPES)
        parts.append(f"<code>{escaped}</code>" if is_code else escaped)
    return "".join(parts)


def _attribute(text: str) -> str:
    """Escape a text for a quoted attribute or a title, which hold no elements."""
    shown = "".join(part for part, _ in code_parts(one_line(text)))
    return one_line(shown).translate(_ESCAPES)


def _block_element(block: Block, top: int, above: str) -> str:
    """Return a block, below a heading of that text."""
    match block:
        case Heading(text, level, subtitle):
            tag = f"h{min(level + top - 1, 6)}"
            heading = f"<{tag}>{_content(text)}</{tag}>\n"
            if subtitle:
                heading += f'<p class="cs-subtitle">{_content(subtitle)}</p>\n'
            return heading
        case Paragraph(text):
            return f"<p>{_content(text)}</p>\n"
        case Notes(lines):
            return _notes_element(lines)
        case Bullets():
            return _list_element(list(block)) + "\n"
        case Grid():
            return _table_element(block, above)


def _notes_element(notes: Iterable[str]) -> str:
    lines = "".join(f"<p>{_content(note)}</p>" for note in notes)
    return f'<div class="cs-notes">{lines}</div>\n'


def _list_element(items: Sequence[Item]) -> str:
    """Return a list; items deeper than the one above them belong to it."""
    first = items[0].mark.strip(" .")
    tag = "ol" if first.isdecimal() else "ul"
    # a list that continues another one counts on
    start = f' start="{first}"' if tag == "ol" and first != "1" else ""
    parts = [f"<{tag}{start}>"]
    place = 0
    while place < len(items):
        item = items[place]
        stop = place + 1
        while stop < len(items) and items[stop].depth > item.depth:
            stop += 1
        style = "" if item.mark else ' style="list-style:none"'
        parts.append(f"<li{style}>{_content(item.text)}")
        if stop > place + 1:
            parts.append(_list_element(items[place + 1 : stop]))
        parts.append("</li>")
        place = stop
    return "".join(parts) + f"</{tag}>"


# tables


def _table_element(grid: Grid, above: str) -> str:
    """Return a table; one without a title is named after the heading above it."""
    label = "" if grid.title or not above else f' aria-label="{_attribute(above)}"'
    parts = [f'<table class="cs-table cs-needs-{_needed_width(grid)}"{label}>\n']
    if grid.title:
        title = f'<span class="cs-title">{_content(grid.title)}</span>'
        parts.append(f"<caption{_LEFT}>{title}</caption>\n")
    heads = "".join(map(_head_element, grid.columns))
    parts.append(f"<thead>\n<tr>{heads}</tr>\n</thead>\n")
    span = f'colspan="{len(grid.columns)}"{_LEFT}'
    parts.append("<tbody>\n")
    for place, row in enumerate(grid.visible):
        match row:
            case Section(title):
                if place:
                    parts.append("</tbody>\n<tbody>\n")
                cells = f'<th class="cs-section" scope="rowgroup" {span}>{_content(title)}</th>'
            case str():
                cells = f'<td class="cs-span" {span}>{_content(row)}</td>'
            case _:
                cells = "".join(_cell_elements(grid.columns, row))
        parts.append(f"<tr>{cells}</tr>\n")
    parts.append("</tbody>\n</table>\n")
    if grid.notes:
        parts.append(_notes_element(grid.notes))
    return "".join(parts)


_STEP = 2
_LETTER, _PADDING = 0.54, 0.8
_LONGEST_WORD, _NAMING_LEAST, _TEXT_LEAST, _BAR_LEAST = 16, 16, 14, 6


def _needed_width(grid: Grid) -> int:
    """Return the width in em below which the rows of a table are shown as cards."""
    rows = [row for row in grid.visible if isinstance(row, tuple)]
    naming = naming_column(grid.columns)
    letters = 0
    for place, column in enumerate(grid.columns):
        texts = [cell_text(column, row[place]) for row in rows]
        letters += _least_letters(column, texts, is_naming=place == naming)
    width = letters * _LETTER + len(grid.columns) * _PADDING
    return _STEP * math.ceil(width / _STEP)


def _least_letters(column: Column, texts: Sequence[str], *, is_naming: bool) -> int:
    """Return the letters in a line below which a column is hard to read."""
    widest = max(map(display_width, texts), default=0)
    head = _longest_word([column.head, column.detail])
    if column.kind == "bar":
        widest = max(widest, _BAR_LEAST)
    elif not column.is_figure:
        enough = _NAMING_LEAST if is_naming else _TEXT_LEAST
        widest = min(widest, max(enough, _longest_word(texts)))
    return max(widest, head)


def _longest_word(texts: Iterable[str]) -> int:
    words = re.split(r"[\s-]", " ".join(texts))
    return min(max(map(display_width, words)), _LONGEST_WORD)


# notebooks set cells to the right, and those that drop `<style>` keep this
_LEFT = ' style="text-align:left"'


def _head_element(column: Column) -> str:
    content = _content(column.head)
    if column.detail:
        content += f' <span class="cs-detail">{_content(column.detail)}</span>'
    side = ' class="cs-right"' if column.side == "right" else _LEFT
    return f'<th scope="col"{side}>{content}</th>'


def _cell_elements(columns: Sequence[Column], row: Row) -> Iterator[str]:
    """Yield the elements of a row; each names its column, for where it is shown as a card."""
    naming = naming_column(columns)
    for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
        attributes = _cell_attributes(column, cell)
        content = _cell_content(column, cell)
        if index == naming:
            yield f'<th scope="row"{attributes}>{content}</th>'
        else:
            # the signs of code in a head and in its detail are no pair
            head = " ".join(filter(None, map(_attribute, (column.head, column.detail))))
            label = f' data-label="{head}"' if head else ""
            yield f"<td{attributes}{label}>{content}</td>"


def _cell_attributes(column: Column, cell: Cell) -> str:
    """Return class and style of a cell."""
    classes = []
    if column.side == "right":
        classes.append("cs-right")
    if column.is_figure:
        classes.append("cs-figure")
    elif column.kind != "badge":
        is_long = display_width(cell_text(column, cell)) > _TEXT_LEAST
        classes.append("cs-text" if is_long else "cs-kept")
    style = _LEFT if column.side == "left" else ""
    return f' class="{" ".join(classes)}"{style}' if classes else style


def _cell_content(column: Column, cell: Cell) -> str:
    text = cell_text(column, cell)
    if text == MISSING:
        return f'<span class="cs-none">{MISSING}</span>'
    if isinstance(cell, Badge):
        return f'<span class="cs-badge cs-{cell.tone}">{_content(text)}</span>'
    if isinstance(cell, CellBar):
        # the number stands beside it: the drawing has nothing to add for readers who cannot see it
        fill = f'<span class="cs-fill" style="width:{100 * cell.fraction:.1f}%"></span>'
        return f'{_content(text)}<span class="cs-bar" aria-hidden="true">{fill}</span>'
    return _content(text)


# style: text has a contrast of at least 4.5:1 on its paper and on what is behind code, what is
# drawn at least 3:1 (WCAG 2.2, 1.4.3 and 1.4.11); a test computes it

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2328",
    "soft": "#57606a",
    "rule": "#d0d7de",
    "track": "#eaeef2",
    "fill": "#0072b2",
    "good": "#0b6e4f",
    "caution": "#8a5300",
    "decide": "#6f3fb5",
    "stop": "#b3261e",
    "muted": "#57606a",
}
DARK = {
    "paper": "#1e1e1e",
    "ink": "#e6e6e6",
    "soft": "#a8b0b8",
    "rule": "#454b52",
    "track": "#33383d",
    "fill": "#4aa3df",
    "good": "#4fc99a",
    "caution": "#e3b341",
    "decide": "#c4a2f5",
    "stop": "#ff8a80",
    "muted": "#a8b0b8",
}

_HOST = {
    "paper": "var(--jp-layout-color0,var(--vscode-editor-background,{}))",
    "ink": "var(--jp-content-font-color0,var(--vscode-editor-foreground,{}))",
}
_DARK_HOSTS = (
    "[data-theme=dark]",
    "[data-bs-theme=dark]",
    "[data-jp-theme-light=false]",
    "[theme=dark]",
    ".vscode-dark",
    ".vscode-high-contrast",
    ".quarto-dark",
)
_LIGHT_HOSTS = (
    "[data-theme=light]",
    "[data-bs-theme=light]",
    "[data-jp-theme-light=true]",
    "[theme=light]",
    ".vscode-light",
    ".quarto-light",
)


def _variables(palette: dict[str, str], host: dict[str, str]) -> str:
    return "".join(
        f"--cs-{name}:{host.get(name, '{}').format(color)};" for name, color in palette.items()
    )


def _inside(hosts: tuple[str, ...]) -> str:
    return ",".join(f"{host} .collabscore" for host in hosts)


# `:nth-child(n)` always holds and only adds weight: a notebook's own rules for the tables of its
# outputs would win otherwise. Widths are in em, since a page, a notebook and paper differ in
# their letters.
STYLE = f"""
.collabscore{{{_variables(LIGHT, _HOST)}color:var(--cs-ink);background:var(--cs-paper);\
font-size:.9em;line-height:1.4}}
@media (prefers-color-scheme:dark){{.collabscore{{{_variables(DARK, _HOST)}}}}}
{_inside(_DARK_HOSTS)}{{{_variables(DARK, _HOST)}}}
{_inside(_LIGHT_HOSTS)}{{{_variables(LIGHT, _HOST)}}}
.collabscore .cs-sheet{{container-type:inline-size;contain-intrinsic-inline-size:48em;\
padding:.25em .1em}}
.collabscore h1,.collabscore h2,.collabscore h3,.collabscore h4,.collabscore h5{{color:inherit;\
border:0;padding:0;margin:1.2em 0 .4em;line-height:1.25;font-weight:600;break-after:avoid}}
.collabscore .cs-sheet>:first-child{{margin-top:0}}
.collabscore h1{{font-size:1.5em}}
.collabscore h2{{font-size:1.3em}}
.collabscore h3{{font-size:1.12em}}
.collabscore h4,.collabscore h5{{font-size:1em}}
.collabscore p,.collabscore li{{max-width:52em;margin:.35em 0;overflow-wrap:anywhere;\
font-size:inherit}}
.collabscore ul,.collabscore ol{{margin:.4em 0;padding:0 0 0 1.5em}}
.collabscore p.cs-subtitle{{margin:-.2em 0 .8em;color:var(--cs-soft)}}
.collabscore code{{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em;\
padding:0 .2em;color:inherit;background:var(--cs-track);border-radius:.2em;overflow-wrap:anywhere}}
.collabscore .cs-table{{border-collapse:collapse;border:0;margin:.6em 0 1em;color:inherit;\
background:none;font-size:inherit;table-layout:auto}}
.collabscore .cs-table caption{{caption-side:top;text-align:left;padding:0 0 .4em;\
color:var(--cs-soft);break-after:avoid}}
.collabscore .cs-title{{display:block;font-weight:600;font-size:1.1em;color:var(--cs-ink)}}
.collabscore .cs-table thead,.collabscore .cs-table tr:nth-child(n):nth-child(n){{background:none;\
border:0}}
.collabscore .cs-table tr{{break-inside:avoid}}
.collabscore .cs-table th,.collabscore .cs-table td{{padding:.3em .4em;border:0;max-width:none;\
border-bottom:1px solid var(--cs-rule);
text-align:left;vertical-align:top;white-space:normal;line-height:inherit;font-weight:400;\
font-variant-numeric:tabular-nums;overflow-wrap:break-word;
unicode-bidi:plaintext}}
.collabscore .cs-table tr>:first-child{{padding-left:0}}
.collabscore .cs-table thead th{{vertical-align:bottom;font-weight:600;font-size:.94em;\
border-bottom:2px solid var(--cs-soft)}}
.collabscore .cs-table tbody th{{font-weight:500;max-width:32em}}
.collabscore .cs-table tbody th.cs-section{{font-weight:700;max-width:none;padding-top:1em;\
break-after:avoid}}
.collabscore .cs-table .cs-right{{text-align:right}}
.collabscore .cs-table .cs-figure{{white-space:nowrap}}
.collabscore .cs-table .cs-text{{max-width:32em}}
.collabscore .cs-detail{{display:block;font-weight:400;font-size:.9em;color:var(--cs-soft)}}
.collabscore .cs-badge{{font-weight:600}}
.collabscore .cs-table .cs-kept{{white-space:nowrap}}
.collabscore .cs-none,.collabscore .cs-table .cs-span{{color:var(--cs-soft)}}
.collabscore .cs-bar{{display:block;width:100%;min-width:3.5em;height:.4em;margin:.2em 0 0;\
background:var(--cs-track);text-align:left;line-height:0}}
.collabscore .cs-fill{{display:inline-block;height:100%;background:var(--cs-fill)}}
.collabscore .cs-notes{{margin:.6em 0 1em;padding:0;color:var(--cs-soft);font-size:.92em}}
.collabscore .cs-notes p{{margin:.15em 0}}
{"".join(f".collabscore .cs-{tone}{{color:var(--cs-{tone})}}" for tone in TONES)}
@media screen{{.collabscore .cs-sheet{{overflow-x:auto}}}}
@media print{{.collabscore:nth-child(n):nth-child(n){{{_variables(LIGHT, {})}font-size:9pt}}
.collabscore .cs-bar,.collabscore .cs-fill{{print-color-adjust:exact;\
-webkit-print-color-adjust:exact}}}}
""".strip()
"""The style sheet of every fragment, held to what is inside an element of class `collabscore`."""

_PAGE_STYLE = (
    "body{margin:0;padding:1rem;font:16px/1.4 system-ui,sans-serif;"
    f"color:{LIGHT['ink']};background:{LIGHT['paper']}}}"
    "main{max-width:76rem;margin:0 auto}"
    "@media (max-width:40rem){body{padding:.75rem}}"
    f"@media (prefers-color-scheme:dark){{body{{background:{DARK['paper']};color:{DARK['ink']}}}}}"
    "@page{margin:15mm 14mm}"
    f"@media print{{body{{padding:0;background:{LIGHT['paper']};color:{LIGHT['ink']}}}}}"
)
"""The style sheet of a whole page around a fragment."""


def _card_style(widths: Sequence[int]) -> str:
    """Return the rules that show rows as cards in tables that need more room than there is.

    Parameters
    ----------
    widths : sequence of int
        Widths in em that tables need; each has a class of its own, such as `cs-needs-40`.
    """
    return "\n".join(map(_cards_below, widths))


def _cards_below(width: int) -> str:
    table = f".collabscore .cs-table.cs-needs-{width}"
    return f"""
@container (max-width:{width}em){{
{table},{table} caption,{table} tbody,{table} th,{table} td{{display:block}}
{table} thead{{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
{table} tbody tr{{display:flex;flex-wrap:wrap;gap:.1em 1.3em;padding:.5em 0;\
border-bottom:1px solid var(--cs-rule)!important}}
{table} tbody th,{table} tbody td{{padding:0;border:0;text-align:left;max-width:100%}}
{table} tbody th{{flex:1 0 100%;order:-1;font-weight:600}}
{table} tbody th.cs-section{{padding-top:.8em;font-weight:700}}
{table} tbody td.cs-text{{flex:1 0 100%}}
{table} tbody td:empty{{display:none}}
{table} td[data-label]::before{{content:attr(data-label)" ";font-weight:400;font-size:.9em;\
color:var(--cs-soft)}}
{table} .cs-figure{{white-space:normal}}
{table} .cs-bar{{display:inline-block;width:3.5em;margin:0 0 0 .4em;height:.55em}}
}}
""".strip()
