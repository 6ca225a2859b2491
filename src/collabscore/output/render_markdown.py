"""Markdown that pastes cleanly: pipe tables as GitHub, Jupyter and pandoc read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .blocks import (
    Block,
    Bullets,
    Column,
    Grid,
    Heading,
    Paragraph,
    Row,
    cell_text,
    naming_column,
)
from .text import display_width, one_line

__all__ = ["escape_markdown", "render_markdown"]

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# an underscore inside a word means nothing, and ids are full of them
_SIGNS = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK_STARTS = re.compile(r"^(\d*)([#+\-=.)])")


def escape_markdown(text: str) -> str:
    r"""Return a text that Markdown shows as it is, in one line.

    Examples
    --------
    >>> print(escape_markdown("a|b *c* <d> snake_case $5"))
    a\|b \*c\* &lt;d&gt; snake_case \$5
    """
    return _SIGNS.sub(r"\\\g<0>", one_line(text).translate(_ENTITIES))


def _escape_start(text: str) -> str:
    """Escape a text that stands at the start of a block, where more signs have a meaning."""
    return _BLOCK_STARTS.sub(r"\1\\\2", escape_markdown(text))


def render_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown; a grid is a pipe table with its title above, its notes below."""
    return "\n\n".join(map(_block_markdown, blocks)) + "\n"


def _block_markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escape_markdown(text)}"
        case Paragraph(text):
            return _escape_start(text)
        case Bullets():
            return _list_markdown(block)
        case Grid():
            return _grid_markdown(block)


def _list_markdown(items: Bullets) -> str:
    lines = []
    indents = [0]
    for item in items:
        del indents[item.depth + 1 :]
        start = " " * indents[-1] + (item.mark.strip() or "-") + " "
        lines.append(start + _escape_start(item.text))
        indents.append(len(start))
    return "\n".join(lines)


def _grid_markdown(grid: Grid) -> str:
    columns = grid.columns
    lines = [[escape_markdown(f"{column.head} {column.detail}") for column in columns]]
    for row in grid.visible:
        lines.append(_row_cells(columns, row))
    widths = [max(3, *map(display_width, cells)) for cells in zip(*lines, strict=True)]
    rule = []
    for column, width in zip(columns, widths, strict=True):
        last = {"left": "-", "right": ":"}[column.side]
        rule.append("-" * (width - 1) + last)
    lines.insert(1, rule)
    title = escape_markdown(grid.title)
    above = f"**{title}**\n\n" if title else ""
    table = "\n".join(_pipe_line(columns, widths, cells) for cells in lines)
    below = [f"- {_escape_start(note)}" for note in grid.notes]
    return (above + table + "\n\n" + "\n".join(below)).rstrip("\n")


def _row_cells(columns: Sequence[Column], row: Row | str) -> list[str]:
    if isinstance(row, str):
        cells = [""] * len(columns)
        cells[naming_column(columns)] = escape_markdown(row)
        return cells
    return [escape_markdown(text) for text in map(cell_text, columns, row)]


def _pipe_line(columns: Sequence[Column], widths: Sequence[int], cells: Sequence[str]) -> str:
    line = "|"
    for column, width, cell in zip(columns, widths, cells, strict=True):
        blanks = " " * (width - display_width(cell))
        line += f" {blanks}{cell} |" if column.side == "right" else f" {cell}{blanks} |"
    return line
