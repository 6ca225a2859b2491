"""Markdown that pastes cleanly: pipe tables as GitHub, Jupyter and pandoc read them.

Imports the cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .cells import MISSING, Align, Column, Row, one_line, row_head, words
from .text import display_width

__all__ = ["escape_markdown", "render_markdown"]

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# an underscore inside a word means nothing, and ids are full of them
_SIGNS = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK_STARTS = re.compile(r"^(\d*)([#+\-=.)])")
_RULES: dict[Align, tuple[str, str]] = {
    "left": ("-", "-"),
    "center": (":", ":"),
    "right": ("-", ":"),
}


def escape_markdown(text: str) -> str:
    r"""Return a text that Markdown shows as it is, in one line.

    Examples
    --------
    >>> print(escape_markdown("a|b *c* <d> snake_case $5"))
    a\|b \*c\* &lt;d&gt; snake_case \$5
    """
    return _SIGNS.sub(r"\\\g<0>", one_line(text).translate(_ENTITIES))


def render_markdown(
    columns: Sequence[Column], rows: Iterable[Row | str], *, title: str, below: Sequence[str]
) -> str:
    """Return a pipe table, the title above it and what belongs to it below."""
    lines = [[escape_markdown(f"{column.head} {column.detail}") for column in columns]]
    lines += [
        _spanning(columns, row) if isinstance(row, str) else _cells(columns, row) for row in rows
    ]
    widths = [max(3, *map(display_width, cells)) for cells in zip(*lines, strict=True)]
    rule = [
        (first + "-" * (width - 2) + last)
        for width, (first, last) in zip(
            widths, (_RULES[column.side] for column in columns), strict=True
        )
    ]
    table = "\n".join(_line(columns, widths, cells) for cells in (lines[0], rule, *lines[1:]))
    heading = [f"**{name}**"] if (name := escape_markdown(title)) else []
    # the breaks of a footer are kept as the items of a list
    footer = ["\n".join(f"- {_paragraph(text)}" for text in below)] if below else []
    return "\n\n".join([*heading, table, *footer]) + "\n"


def _cells(columns: Sequence[Column], row: Row) -> list[str]:
    return [
        MISSING if (seen := words(column, cell)) is None else escape_markdown(seen)
        for column, cell in zip(columns, row, strict=True)
    ]


def _spanning(columns: Sequence[Column], text: str) -> list[str]:
    cells = [""] * len(columns)
    cells[row_head(columns)] = escape_markdown(text)
    return cells


def _line(columns: Sequence[Column], widths: Sequence[int], cells: Sequence[str]) -> str:
    padded = []
    for column, width, cell in zip(columns, widths, cells, strict=True):
        blanks = " " * (width - display_width(cell))
        padded.append(blanks + cell if column.side == "right" else cell + blanks)
    return f"| {' | '.join(padded)} |"


def _paragraph(text: str) -> str:
    """Escape a text that stands at the start of a block, where more signs have a meaning."""
    return _BLOCK_STARTS.sub(r"\1\\\2", escape_markdown(text))
