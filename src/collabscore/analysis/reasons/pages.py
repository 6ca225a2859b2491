"""Pages: headings, sentences, items and tables as plain text, Markdown or HTML.

Imports `table`, in which all escaping lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from ...output import Table
from ...output.cells import one_line
from ...output.markdown import escape_markdown
from ...output.markup import render_html, table_element
from ...output.text import display_width

__all__ = [
    "Block",
    "Heading",
    "Items",
    "Page",
    "Paragraph",
    "page_html",
    "page_markdown",
    "page_text",
]

_FALLBACK_WIDTH = 100
_LEAST_WIDTH = 20


@dataclass(frozen=True)
class Heading:
    """A heading; the title of a page has level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """One or more sentences."""

    text: str


@dataclass(frozen=True)
class Items:
    """Several sentences, each with a bullet."""

    texts: tuple[str, ...]


Block: TypeAlias = "Heading | Paragraph | Items | Table"
Page: TypeAlias = "Sequence[Block]"


def page_text(page: Page, width: int | None = None) -> str:
    """Return a page as plain text, no line wider than `width`."""
    room = None if width is None else max(width, _LEAST_WIDTH)
    return "\n\n".join(_text(block, room) for block in page) + "\n"


def _text(block: Block, room: int | None) -> str:
    match block:
        case Heading(text, level):
            lines = _wrapped(text, room)
            sign = {1: "═", 2: "─"}.get(level)
            return "\n".join([*lines, sign * max(map(display_width, lines))] if sign else lines)
        case Paragraph(text):
            return "\n".join(_wrapped(text, room))
        case Items(texts):
            return "\n".join("\n".join(_item(text, room)) for text in texts)
        case Table():
            return block.to_text(room).rstrip("\n")


def _item(text: str, room: int | None) -> list[str]:
    first, *rest = _wrapped(text, None if room is None else room - 2)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _wrapped(text: str, room: int | None) -> list[str]:
    """Return a text in lines of whole words; a word longer than a line is broken."""
    lines = [""]
    for word in one_line(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if room is None or display_width(longer) <= room:
            lines[-1] = longer
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = word
        while display_width(lines[-1]) > room:
            # a wide letter takes two columns: as many letters as fit, one at least
            end = next(
                k for k in range(room, 0, -1) if k == 1 or display_width(lines[-1][:k]) <= room
            )
            lines[-1:] = [lines[-1][:end], lines[-1][end:]]
    return lines


def page_markdown(page: Page) -> str:
    """Return a page as Markdown."""
    return "\n\n".join(map(_markdown, page)) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escape_markdown(text)}"
        case Paragraph(text):
            # a text of its own may begin with a sign that means something at the start of a line
            return _line_start(escape_markdown(text))
        case Items(texts):
            return "\n".join(f"- {_line_start(escape_markdown(text))}" for text in texts)
        case Table():
            return block.to_markdown().rstrip("\n")


def _line_start(text: str) -> str:
    digits = len(text) - len(text.lstrip("0123456789"))
    return (
        f"{text[:digits]}\\{text[digits:]}"
        if text[digits : digits + 1] in tuple("#+-=.)")
        else text
    )


def page_html(page: Page) -> str:
    """Return a page as a fragment of HTML: no script, its own style, light and dark."""
    return render_html("".join(map(_element, page)), page_text(page, _FALLBACK_WIDTH))


def _element(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 1}>{_escaped(text)}</h{level + 1}>\n"
        case Paragraph(text):
            return f"<p>{_escaped(text)}</p>\n"
        case Items(texts):
            return "<ul>" + "".join(f"<li>{_escaped(text)}</li>" for text in texts) + "</ul>\n"
        case Table(columns, rows, title, caption, notes):
            return table_element(
                columns, rows or ["none"], title=title, caption=caption, notes=notes
            )


def _escaped(text: str) -> str:
    return escape(one_line(text), quote=True)
