"""Plain text: aligned by what letters take on a terminal, and fitted to its width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from .blocks import (
    Badge,
    Block,
    Bullets,
    Cell,
    CellBar,
    Column,
    Grid,
    Heading,
    Paragraph,
    Tone,
    cell_text,
    naming_column,
)
from .text import cut, display_width, one_line, wrap

__all__ = ["ANSI", "render_text"]

ANSI: dict[Tone | str, str] = {
    "good": "32",
    "caution": "33",
    "decide": "35",
    "stop": "31",
    "muted": "2",
    "head": "1",
}
"""Select Graphic Rendition codes of the sixteen colours that a terminal's own theme chooses."""

_LEAST_WIDTH, _ANY_WIDTH = 20, 10**9
_GAP = "  "
_BAR, _LEAST_BAR = 10, 4
_LONGEST_WORD = 16
_EIGHTHS = " ▏▎▍▌▋▊▉"
_ASCII = str.maketrans("–…─═█▉▊▋▌▍▎▏●◆▲▼✕○", "-~-=#####   o+^vx.")
_UNDERLINES = {1: "═", 2: "─"}


@dataclass(frozen=True)
class _Paper:
    """The width of a line, and how to draw on it."""

    width: int
    color: bool
    ascii_only: bool

    def paint(self, text: str, style: str) -> str:
        """Return a text in the colour of a style."""
        if not self.color or not text.strip():
            return text
        return f"\x1b[{ANSI[style]}m{text}\x1b[0m"

    def heads(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield lines of a heading in its colour."""
        for line in lines:
            yield self.paint(line, "head")

    def lines(self, text: str) -> list[str]:
        """Return a text in lines that fit."""
        return wrap(one_line(text), self.width)


def render_text(
    blocks: Iterable[Block],
    width: int | None = None,
    *,
    color: bool = False,
    ascii_only: bool = False,
) -> str:
    """Return blocks as lines no wider than `width`, with an empty line between blocks.

    Parameters
    ----------
    blocks : iterable of Block
    width : int, optional
        Letters in a line, at least 20; as many as it takes, if left out. Where they do not
        suffice, texts are wrapped, bars shortened, and the columns that matter least are left out
        and named below.
    color : bool
        Whether badges and heads are coloured, with ANSI codes.
    ascii_only : bool
        Whether rules, bars and shapes are drawn with ASCII signs; letters of labels stay as they
        are.
    """
    paper = _Paper(max(width or _ANY_WIDTH, _LEAST_WIDTH), color, ascii_only)
    parts = []
    for block in blocks:
        lines = map(str.rstrip, _block_lines(block, paper))
        parts.append("\n".join(lines).rstrip("\n"))
    text = "\n\n".join(parts) + "\n"
    return text.translate(_ASCII) if ascii_only else text


def _block_lines(block: Block, paper: _Paper) -> Iterator[str]:
    match block:
        case Heading(text, level):
            lines = paper.lines(text)
            yield from paper.heads(lines)
            if level in _UNDERLINES:
                yield _UNDERLINES[level] * max(map(display_width, lines))
        case Paragraph(text):
            yield from paper.lines(text)
        case Bullets():
            yield from _item_lines(block, paper.width)
        case Grid():
            yield from _grid_lines(block, paper)


def _item_lines(items: Bullets, width: int) -> Iterator[str]:
    """Yield the lines of a list; an item is indented by the marks of those that it belongs to."""
    indents = [0]
    for item in items:
        del indents[item.depth + 1 :]
        start = " " * indents[-1]
        if item.mark:
            start += f"{item.mark} "
            indents.append(len(start))
        room = max(width - len(start), _LEAST_WIDTH)
        for line in wrap(one_line(item.text), room):
            yield start + line
            start = " " * len(start)


# tables


@dataclass(eq=False)
class _LayoutColumn:
    """A column with its texts, and the widths between which it is set.

    Parameters
    ----------
    column : Column
    head, texts : list of str
        Lines of the head; a text for each cell.
    cells : sequence of Cell
    widest : int
        Width of the widest text.
    least, natural : int
        Width below which it is left out, and above which it has no use for more.
    width : int
        Width in which it is set.
    """

    column: Column
    head: list[str]
    texts: list[str]
    cells: tuple[Cell, ...]
    widest: int
    least: int
    natural: int
    width: int = 0

    @property
    def is_bar(self) -> bool:
        """Whether it holds bars."""
        return self.column.kind == "bar"

    def aligned(self, text: str) -> str:
        """Return a text with blanks up to the width; a bar grows from the left."""
        blanks = " " * (self.width - display_width(text))
        if self.column.side == "right" and not self.is_bar:
            return blanks + text
        return text + blanks


def _measured_column(column: Column, cells: tuple[Cell, ...]) -> _LayoutColumn:
    head = [one_line(text) for text in (column.head, column.detail) if text.strip()]
    texts = [cell_text(column, cell) for cell in cells]
    widest = max(map(display_width, texts), default=0)
    longest = _longest_word(head)
    least = natural = widest
    if column.kind == "bar":
        least += 1 + _LEAST_BAR
        natural += 1 + _BAR
    elif not column.is_figure:
        natural = max(widest, 1, *map(display_width, head))
        if column.kind != "badge":
            least = min(natural, max(column.least, _longest_word(texts)))
    return _LayoutColumn(
        column, head, texts, cells, widest, max(least, longest), max(natural, longest)
    )


def _longest_word(texts: Iterable[str]) -> int:
    """Return the width below which words are broken, within reason."""
    words = " ".join(texts).split()
    return min(max([1, *map(display_width, words)]), _LONGEST_WORD)


def _grid_lines(grid: Grid, paper: _Paper) -> Iterator[str]:
    rows = [row for row in grid.visible if not isinstance(row, str)]
    cells = zip(*rows, strict=True) if rows else [()] * len(grid.columns)
    columns = list(map(_measured_column, grid.columns, cells))
    kept = _kept_columns(columns, paper.width)
    total = _set_widths(kept, paper.width)
    if grid.title:
        yield from paper.heads(paper.lines(grid.title))
        yield ""
    yield from paper.heads(_head_lines(kept))
    yield "─" * total
    yield from _body_lines(grid, kept, total, paper)
    yield ""
    for text in _below_texts(grid, [column for column in columns if column not in kept]):
        yield from paper.lines(text)


def _below_texts(grid: Grid, dropped: list[_LayoutColumn]) -> Iterator[str]:
    if dropped:
        names = [column.head[0] if column.head else column.column.key for column in dropped]
        yield f"not shown for want of width: {', '.join(names)}"
    yield from grid.notes


def _kept_columns(columns: list[_LayoutColumn], width: int) -> list[_LayoutColumn]:
    """Return the columns for which there is room, the most dispensable left out first."""
    kept = list(columns)
    while len(kept) > 1:
        if sum(column.least + len(_GAP) for column in kept) <= width + len(_GAP):
            break
        for column in _dispensable(kept):
            kept.remove(column)
    return kept


def _dispensable(columns: list[_LayoutColumn]) -> list[_LayoutColumn]:
    """Return the columns to be left out next: any but the one that names the rows."""
    others = list(columns)
    del others[naming_column([column.column for column in columns])]
    priority = max(column.column.priority for column in others)
    batch = [column for column in others if column.column.priority == priority]
    return batch if priority > 1 else batch[-1:]


def _set_widths(columns: list[_LayoutColumn], width: int) -> int:
    """Give columns their least width, then a letter each while there is room; return the sum."""
    for column in columns:
        column.width = min(column.least, width)
    total = sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)
    while total < width:
        wanting = [column for column in columns if column.width < column.natural]
        if not wanting:
            break
        for column in wanting[: width - total]:
            column.width += 1
            total += 1
    return total


def _head_lines(columns: list[_LayoutColumn]) -> Iterator[str]:
    """Yield the lines of the head, set against the rule below it."""
    stacks = []
    for column in columns:
        stacks.append([line for text in column.head for line in wrap(text, column.width)][::-1])
    for line in reversed(list(zip_longest(*stacks, fillvalue=""))):
        yield _GAP.join(map(_LayoutColumn.aligned, columns, line))


def _body_lines(
    grid: Grid, columns: list[_LayoutColumn], total: int, paper: _Paper
) -> Iterator[str]:
    # bars are compared across columns, so they are all of one length
    bar = min([_BAR, *(column.width - column.widest - 1 for column in columns if column.is_bar)])
    index = 0
    for row in grid.visible:
        if isinstance(row, str):
            if paper.ascii_only:
                row = row.replace("…", "...")
            yield paper.paint(cut(row, total), "muted")
            continue
        stacks = [_cell_lines(column, index, bar) for column in columns]
        for line in zip_longest(*stacks, fillvalue=""):
            texts = []
            for text, column in zip(line, columns, strict=True):
                text, cell = column.aligned(text), column.cells[index]
                if isinstance(cell, Badge):
                    text = paper.paint(text, cell.tone)
                texts.append(text)
            yield _GAP.join(texts)
        index += 1


def _cell_lines(column: _LayoutColumn, index: int, bar: int) -> list[str]:
    text, cell = column.texts[index], column.cells[index]
    if column.column.is_figure and display_width(text) > column.width:
        return ["…"]
    if column.is_bar and bar >= _LEAST_BAR:
        blanks = " " * (column.widest - display_width(text))
        return [f"{blanks}{text} {_bar_text(cell, bar)}"]
    if column.column.is_figure:
        return [text]
    lines = wrap(text, column.width)
    most = column.column.lines
    if most is not None and len(lines) > most:
        lines[most - 1 :] = [cut(" ".join(lines[most - 1 :]), column.width)]
    return lines


def _bar_text(cell: Cell, length: int) -> str:
    eighths = 0
    if isinstance(cell, CellBar) and cell.fraction > 0:
        # what is more than nothing can be seen
        eighths = max(round(cell.fraction * length * 8), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
