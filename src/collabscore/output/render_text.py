"""Plain text: aligned by what letters take on a terminal, and fitted to its width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

from .blocks import (
    MISSING,
    Align,
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

_LEAST_WIDTH = 20
_GAP = "  "
_BAR, _LEAST_BAR = 10, 4
_LONGEST_WORD = 16
_EIGHTHS = " ▏▎▍▌▋▊▉"
_ASCII = str.maketrans("–…─═█▉▊▋▌▍▎▏●◆▲▼✕○", "-~-=#####   o+^vx.")
_UNDERLINES = {1: "═", 2: "─"}


@dataclass(frozen=True)
class _Paper:
    """The width of a line, None for as many columns as it takes, and the signs and colours to draw with."""

    width: int | None
    color: bool
    ascii_only: bool

    def paint(self, text: str, style: str | None) -> str:
        """Return a text in the colour of a style."""
        if not self.color or style is None or not text.strip():
            return text
        return f"\x1b[{ANSI[style]}m{text}\x1b[0m"

    def heads(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield lines of a heading in its colour."""
        for line in lines:
            yield self.paint(line, "head")


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
        Letters in a line, at least 20; as many as it takes, if left out. Where they do not suffice, texts are
        wrapped, bars shortened, and the columns that matter least are left out and named below.
    color : bool
        Whether badges and heads are coloured, with ANSI codes.
    ascii_only : bool
        Whether rules, bars and shapes are drawn with ASCII signs; letters of labels stay as they are.
    """
    available = None if width is None else max(width, _LEAST_WIDTH)
    paper = _Paper(available, color, ascii_only)
    parts = []
    for block in blocks:
        lines = [line.rstrip() for line in _block_lines(block, paper)]
        parts.append("\n".join(lines).rstrip("\n"))
    text = "\n\n".join(parts) + "\n"
    return text.translate(_ASCII) if ascii_only else text


def _block_lines(block: Block, paper: _Paper) -> Iterator[str]:
    match block:
        case Heading(text, level):
            lines = wrap(one_line(text), paper.width)
            yield from paper.heads(lines)
            if level in _UNDERLINES:
                yield _UNDERLINES[level] * max(map(display_width, lines))
        case Paragraph(text):
            yield from wrap(one_line(text), paper.width)
        case Bullets():
            yield from _item_lines(block, paper.width)
        case Grid():
            yield from _grid_lines(block, paper)


def _item_lines(items: Iterable[Item], width: int | None) -> Iterator[str]:
    """Yield the lines of a list; an item is indented by the marks of those that it belongs to."""
    indents = [0]
    for item in items:
        del indents[item.depth + 1 :]
        indent = indents[-1]
        mark = f"{item.mark} " if item.mark else ""
        if mark:
            indents.append(indent + len(mark))
        inner = indent + len(mark)
        first, *rest = wrap(
            one_line(item.text), None if width is None else max(width - inner, _LEAST_WIDTH)
        )
        yield " " * indent + mark + first
        yield from (" " * inner + line for line in rest)


# tables


@dataclass(eq=False)
class _LayoutColumn:
    """A column with its texts, and the widths between which it is set.

    Parameters
    ----------
    column : Column
    head, texts : list of str
        Lines of the head; a text for each cell.
    cells : list of Cell
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
    cells: list[Cell]
    widest: int
    least: int
    natural: int
    width: int = 0

    @property
    def side(self) -> Align:
        """Side of its cells: a bar grows from the left, beside a number that is aligned already."""
        return "left" if self.column.kind == "bar" else self.column.side


def _measured_column(column: Column, cells: list[Cell]) -> _LayoutColumn:
    head = [one_line(text) for text in (column.head, column.detail) if text.strip()]
    texts = []
    for cell in cells:
        text = cell_text(column, cell)
        texts.append(MISSING if text is None else text)
    widest = max(map(display_width, texts), default=0)
    longest = _longest_word(head)
    if column.is_figure:
        is_bar = column.kind == "bar"
        least = widest + is_bar * (1 + _LEAST_BAR)
        natural = max(widest + is_bar * (1 + _BAR), longest)
    else:
        natural = max(widest, 1, *map(display_width, head))
        least = min(natural, max(column.least, _longest_word(texts)))
        if column.kind == "badge":
            least = widest
    return _LayoutColumn(column, head, texts, cells, widest, max(least, longest), natural)


def _longest_word(texts: Iterable[str]) -> int:
    """Return the width below which words are broken, within reason."""
    width = max((display_width(word) for text in texts for word in text.split()), default=1)
    return max(1, min(width, _LONGEST_WORD))


def _grid_lines(grid: Grid, paper: _Paper) -> Iterator[str]:
    rows = [row for row in grid.visible if not isinstance(row, str)]
    cells = [list(cells) for cells in zip(*rows, strict=True)] or [[] for _ in grid.columns]
    columns = list(map(_measured_column, grid.columns, cells))
    kept = _kept_columns(columns, paper.width)
    total = _set_widths(kept, paper.width)
    if grid.title:
        yield from paper.heads(wrap(one_line(grid.title), paper.width))
        yield ""
    yield from paper.heads(_head_lines(kept))
    yield "─" * total
    yield from _body_lines(grid, kept, total, paper)
    yield ""
    dropped = [column for column in columns if column not in kept]
    for text in _below_texts(grid, dropped):
        yield from wrap(one_line(text), paper.width)


def _below_texts(grid: Grid, dropped: list[_LayoutColumn]) -> Iterator[str]:
    if dropped:
        names = [column.head[0] if column.head else column.column.key for column in dropped]
        yield f"not shown for want of width: {', '.join(names)}"
    if grid.caption:
        yield grid.caption
    yield from grid.notes


def _body_lines(
    grid: Grid, columns: list[_LayoutColumn], total: int, paper: _Paper
) -> Iterator[str]:
    # bars are compared across columns, so they are all of one length
    bar = min([_BAR, *(c.width - c.widest - 1 for c in columns if c.column.kind == "bar")])
    index = 0
    for row in grid.visible:
        if isinstance(row, str):
            text = row.replace("…", "...") if paper.ascii_only else row
            yield paper.paint(cut(text, total), "muted")
        else:
            yield from _row_lines(columns, index, bar, paper)
            index += 1


def _kept_columns(columns: list[_LayoutColumn], width: int | None) -> list[_LayoutColumn]:
    """Return the columns for which there is room, the most dispensable left out first."""
    kept = columns
    for batch in _dispensable(columns):
        needed = sum(column.least + len(_GAP) for column in kept) - len(_GAP)
        if width is None or needed <= width:
            break
        kept = [column for column in kept if column not in batch]
    return kept


def _dispensable(columns: list[_LayoutColumn]) -> Iterator[list[_LayoutColumn]]:
    """Yield the columns that may be left out together, the most dispensable first."""
    candidates = list(columns)
    del candidates[naming_column([column.column for column in columns])]
    candidates.reverse()
    candidates.sort(key=lambda column: -column.column.priority)
    for priority, batch in groupby(candidates, key=lambda column: column.column.priority):
        if priority > 1:
            yield list(batch)
        else:
            yield from ([column] for column in batch)


def _set_widths(columns: list[_LayoutColumn], width: int | None) -> int:
    """Give each column its least width, then one letter each in turn while there is room; return the sum."""
    gaps = len(_GAP) * (len(columns) - 1)
    for column in columns:
        column.width = column.natural if width is None else min(column.least, width)
    total = sum(column.width for column in columns) + gaps
    while width is not None and total < width:
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
        stacks.append([line for text in column.head for line in wrap(text, column.width)])
    height = max(map(len, stacks))
    for stack in stacks:
        stack[:0] = [""] * (height - len(stack))
    for line in zip(*stacks, strict=True):
        yield _GAP.join(map(_aligned_text, line, columns))


def _row_lines(columns: list[_LayoutColumn], index: int, bar: int, paper: _Paper) -> Iterator[str]:
    stacks = [_cell_lines(column, index, bar) for column in columns]
    for line in zip_longest(*stacks, fillvalue=""):
        texts = []
        for text, column in zip(line, columns, strict=True):
            cell = column.cells[index]
            tone = cell.tone if isinstance(cell, Badge) else None
            texts.append(paper.paint(_aligned_text(text, column), tone))
        yield _GAP.join(texts)


def _cell_lines(column: _LayoutColumn, index: int, bar: int) -> list[str]:
    text, cell = column.texts[index], column.cells[index]
    if column.column.is_figure:
        if display_width(text) > column.width:
            return ["…"]
        if column.column.kind == "bar" and bar >= _LEAST_BAR:
            fraction = cell.fraction if isinstance(cell, CellBar) else 0.0
            blanks = " " * (column.widest - display_width(text))
            return [f"{blanks}{text} {_bar_text(fraction, bar)}"]
        return [text]
    lines = wrap(text, column.width)
    most = column.column.lines
    if most is not None and len(lines) > most:
        lines[most - 1 :] = [cut(" ".join(lines[most - 1 :]), column.width)]
    return lines


def _bar_text(fraction: float, length: int) -> str:
    full, eighths = divmod(round(fraction * length * 8), 8)
    # what is more than nothing can be seen
    if fraction > 0 and full == eighths == 0:
        eighths = 1
    return "█" * full + _EIGHTHS[eighths].strip()


def _aligned_text(text: str, column: _LayoutColumn) -> str:
    blanks = max(0, column.width - display_width(text))
    before = {"left": 0, "center": blanks // 2, "right": blanks}[column.side]
    return " " * before + text + " " * (blanks - before)
