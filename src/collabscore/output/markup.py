"""HTML: a table without scripts, every text escaped, legible in light and dark and where the style is stripped.

Imports the cells and the palette.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .cells import MISSING, TONES, Badge, Bar, Cell, Column, Row, one_line, row_head, words
from .palette import STYLE

__all__ = ["render_html", "render_page", "table_element"]

# notebooks typeset what stands between two dollar signs, unless told not to
_NO_MATH = "tex2jax_ignore mathjax_ignore"


def render_html(element: str, plain: str) -> str:
    """Return a fragment of a page: a table element and its style, and the plain text for where styles are stripped.

    Notebooks that are not trusted drop `<style>`: then the text, which it hides, shows, and the table, which it
    shows, stays hidden.
    """
    return (
        f'<div class="collabscore">\n<style>{STYLE}</style>\n'
        f'<pre class="cs-plain {_NO_MATH}">{escape(plain)}</pre>\n'
        f'<div class="cs-sheet {_NO_MATH}" hidden style="display:none">\n{element}</div>\n</div>\n'
    )


def render_page(title: str, fragment: str) -> str:
    """Return a whole page around a fragment; it asks no host for anything."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_text(title)}</title>\n"
        "<style>body{margin:1.5em;font-family:system-ui,sans-serif}"
        "@media (prefers-color-scheme:dark){body{background:#1e1e1e}}</style>\n"
        f"</head>\n<body>\n{fragment}</body>\n</html>\n"
    )


def table_element(
    columns: Sequence[Column],
    rows: Iterable[Row | str],
    *,
    title: str,
    caption: str,
    notes: Sequence[str],
) -> str:
    """Return the table itself and the notes below it, without its style: pages that bring the style once use this."""
    naming = row_head(columns)
    parts = ['<table class="cs-table">\n', _caption(title, caption), "<thead>\n<tr>"]
    parts += [_head(column) for column in columns]
    parts.append("</tr>\n</thead>\n<tbody>\n")
    for row in rows:
        if isinstance(row, str):
            parts.append(
                f'<tr><td class="cs-span" colspan="{len(columns)}">{_text(row)}</td></tr>\n'
            )
        else:
            cells = (
                _cell(column, cell, naming=place == naming)
                for place, (column, cell) in enumerate(zip(columns, row, strict=True))
            )
            parts.append(f"<tr>{''.join(cells)}</tr>\n")
    parts.append("</tbody>\n</table>\n")
    if notes:
        parts.append(
            f'<div class="cs-notes">{"".join(f"<p>{_text(note)}</p>" for note in notes)}</div>\n'
        )
    return "".join(parts)


def _text(text: str) -> str:
    """Escape a text for an element or a quoted attribute: the one way that labels take into a page."""
    return escape(one_line(text), quote=True)


def _caption(title: str, caption: str) -> str:
    if not title and not caption:
        return ""
    name = f'<span class="cs-title">{_text(title)}</span>' if title else ""
    return f"<caption>{name}{_text(caption)}</caption>\n"


def _classes(column: Column) -> str:
    names = [f"cs-{column.side}"] if column.side != "left" else []
    names += ["cs-figure"] if column.is_figure else []
    return f' class="{" ".join(names)}"' if names else ""


def _head(column: Column) -> str:
    detail = f' <span class="cs-detail">{_text(column.detail)}</span>' if column.detail else ""
    side = f' class="cs-{column.side}"' if column.side != "left" else ""
    return f'<th scope="col"{side}>{_text(column.head)}{detail}</th>'


def _cell(column: Column, cell: Cell, *, naming: bool) -> str:
    content = _content(column, cell)
    if naming:
        return f'<th scope="row"{_classes(column)}>{content}</th>'
    return f"<td{_classes(column)}>{content}</td>"


def _content(column: Column, cell: Cell) -> str:
    seen = words(column, cell)
    if seen is None:
        # where numbers have bars beside them, the dash stands among the numbers
        blank = '<span class="cs-bar cs-blank"></span>' if column.kind == "bar" else ""
        return f'<span class="cs-none">{MISSING}</span>{blank}'
    if isinstance(cell, Badge):
        tone = cell.tone if cell.tone in TONES else "muted"
        return f'<span class="cs-badge cs-{tone}">{_text(seen)}</span>'
    if isinstance(cell, Bar):
        # the number stands beside it, so that the drawing has nothing to add for who cannot see it
        fill = f'<span class="cs-fill" style="width:{100 * cell.fraction:.1f}%"></span>'
        return f'{_text(seen)}<span class="cs-bar" aria-hidden="true">{fill}</span>'
    return _text(seen)
