"""Blocks as plain text and Markdown; each form escapes every text itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat, zip_longest
from typing import NamedTuple

from .blocks import (
    Badge,
    Block,
    Bullets,
    Cell,
    CellBar,
    Column,
    Grid,
    Heading,
    Notes,
    Paragraph,
    Row,
    Section,
    cell_text,
    naming_column,
)
from .text import code_parts, cut, display_width, one_line, wrap

__all__ = ["ANSI", "escape_markdown", "render_markdown", "render_text"]


def _marked_items(items: Bullets, mark_of: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield what each item begins with, indented by the marks of those it belongs to, and its text.

    Parameters
    ----------
    items : Bullets
    mark_of : callable
        A mark as it stands in the document.
    """
    indents = [0]
    for item in items:
        del indents[item.depth + 1 :]
        start = " " * indents[-1]
        mark = mark_of(item.mark)
        if mark:
            start += f"{mark} "
            indents.append(len(start))
        yield start, item.text


# plain text, aligned by what letters take on a terminal, and fitted to its width


ANSI = {
    "good": "32",
    "caution": "33",
    "decide": "35",
    "stop": "31",
    "muted": "2",
    "head": "1",
}
"""Select Graphic Rendition codes of the sixteen colours that a terminal's own theme chooses."""

_LEAST_WIDTH, _ANY_WIDTH = 20, 10**9
_GAP = _INDENT = _HANGING = "  "
_BAR, _LEAST_BAR = 10, 4
_LONGEST_WORD = 16
_ROWS_TO_MEASURE = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_ASCII = str.maketrans("–…─═█▉▊▋▌▍▎▏●◆▲▼✕○↑↓", "-~-=#####   o+^vx.^v")
_UNDERLINES = {1: "═", 2: "─"}


class _Paper(NamedTuple):
    """The width of a line, and how to draw on it."""

    width: int
    color: bool
    ascii_only: bool

    def paint(self, text: str, style: str) -> str:
        """Return a text in the colour of a style."""
        if not self.color or not text.strip():
            return text
        return f"\x1b[{ANSI[style]}m{text}\x1b[0m"

    def styled(self, text: str, style: str) -> Iterator[str]:
        """Yield a text in lines that fit, in the colour of a style."""
        for line in self.lines(text):
            yield self.paint(line, style)

    def lines(self, text: str) -> list[str]:
        """Return a text in lines that fit."""
        return wrap(one_line(text), self.width, keep_links=True)


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
        case Heading():
            yield from _heading_lines(block, paper)
        case Notes(notes):
            for note in notes:
                yield from paper.styled(note, "muted")
        case Paragraph(text):
            yield from paper.lines(text)
        case Bullets():
            yield from _bullet_lines(block, paper)
        case Grid():
            yield from _grid_lines(block, paper)


def _heading_lines(heading: Heading, paper: _Paper) -> Iterator[str]:
    yield from paper.styled(heading.text, "head")
    if heading.subtitle:
        yield from paper.styled(heading.subtitle, "muted")
    elif heading.level in _UNDERLINES:
        lines = paper.lines(heading.text)
        yield _UNDERLINES[heading.level] * max(map(display_width, lines))


def _bullet_lines(bullets: Bullets, paper: _Paper) -> Iterator[str]:
    for start, text in _marked_items(bullets, str):
        room = max(paper.width - len(start), _LEAST_WIDTH)
        for line in wrap(one_line(text), room, keep_links=True):
            yield start + line
            start = " " * len(start)


class _LayoutColumn:
    """A column with its texts, and the widths between which it is set.

    Attributes
    ----------
    head, texts : list of str
        Lines of the head; a text for each cell.
    sizes : list of int
        Widths of the lines of the head, and of the first texts.
    widest : int
        Width of the widest text.
    least, natural : int
        Width below which it is left out, and above which it has no use for more.
    width : int
        Width in which it is set.
    """

    def __init__(self, column: Column, cells: Sequence[Cell], room: int) -> None:
        self.column = column
        self.cells = cells
        self.head = [one_line(text) for text in (column.head, column.detail) if text.strip()]
        self.texts = [cell_text(column, cell) for cell in cells]
        sizes = list(map(display_width, self.texts))
        self.widest = max(sizes, default=0)
        self.sizes = [*map(display_width, self.head), 0, 0][:2] + sizes[:_ROWS_TO_MEASURE]
        self.width = 0
        least = natural = self.widest
        if column.kind == "bar":
            natural += 1 + _BAR
        elif not column.is_figure:
            # on narrow paper a title leaves room for its figures
            least = max(min(column.least, room * 2 // 5), _longest_word(self.texts))
            if column.kind == "badge":
                least = _longest_word(self.texts) + len(_HANGING)
            least = min(natural, least)
        self.least = max(least, 1, _longest_word(self.head))
        self.natural = max(natural, self.least, *map(display_width, self.head))

    def aligned(self, text: str) -> str:
        """Return a text with blanks up to the width; a bar grows from the left."""
        blanks = " " * (self.width - display_width(text))
        # a bar grows from the left, and its head stands above it
        has_bar = self.column.kind == "bar" and self.width > self.widest + _LEAST_BAR
        if self.column.side == "right" and not has_bar:
            return blanks + text
        return text + blanks

    def painted(self, text: str, index: int, paper: _Paper) -> str:
        """Return a line of a cell up to the width, a badge in its colour."""
        cell = self.cells[index]
        text = self.aligned(text)
        return paper.paint(text, cell.tone) if isinstance(cell, Badge) else text

    def lines(self, index: int, bar: int) -> list[str]:
        """Return a cell in lines that fit, with a bar of a given length."""
        text, column = self.texts[index], self.column
        if column.is_figure:
            if display_width(text) > self.width:
                return ["…"]
            if column.kind == "bar" and bar >= _LEAST_BAR:
                blanks = " " * (self.widest - display_width(text))
                return [f"{blanks}{text} {_bar_text(self.cells[index], bar)}"]
            return [" " * (self.width - display_width(text)) + text]
        cell = self.cells[index]
        if isinstance(cell, Badge):
            first, *more = wrap(one_line(cell.word), max(self.width - len(_HANGING), 1))
            return [cut(f"{cell.shape} {first}", self.width), *(_HANGING + line for line in more)]
        lines = wrap(text, self.width)
        most = column.lines
        if most is not None and len(lines) > most:
            rest = text
            for line in lines[: most - 1]:
                rest = rest[len(line) :].lstrip()
            lines[most - 1 :] = [cut(rest, self.width)]
        return lines


def _longest_word(texts: Iterable[str]) -> int:
    """Return the width below which words are broken, within reason."""
    words = " ".join(texts).split()
    return min(max([1, *map(display_width, words)]), _LONGEST_WORD)


def _bar_text(cell: Cell, length: int) -> str:
    eighths = 0
    if isinstance(cell, CellBar) and cell.fraction > 0:
        # what is more than nothing can be seen
        eighths = max(round(cell.fraction * length * 8), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _grid_lines(grid: Grid, paper: _Paper) -> Iterator[str]:
    columns = _layout_columns(grid, paper.width)
    # under headings, rows that begin with a text are indented; figures stand clear of them anyway
    indent = _INDENT if grid.sections and columns[0].column.side == "left" else ""
    room = paper.width - len(indent)
    kept = _kept_columns(columns, room)
    total = _set_widths(kept, room)
    if grid.title:
        yield from paper.styled(grid.title, "head")
        yield ""
    for line in _head_lines(kept):
        yield paper.paint(indent + line, "head")
    yield "─" * (len(indent) + total)
    yield from _body_lines(grid, kept, indent, paper)
    yield ""
    hidden = [column for column in columns if column not in kept]
    names = dict.fromkeys([*column.head, column.column.key][0] for column in hidden)
    notes = [f"Not shown at this width: {', '.join(names)}."] if names else []
    for note in (*notes, *grid.notes):
        yield from paper.lines(note)


def _layout_columns(grid: Grid, width: int) -> list[_LayoutColumn]:
    """Return the columns with the cells that readers are shown."""
    rows = [row for row in grid.visible if isinstance(row, tuple)]
    columns = []
    for place, column in enumerate(grid.columns):
        columns.append(_LayoutColumn(column, [row[place] for row in rows], width))
    return columns


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
    """Give columns their least width, then a letter each while there is room; return the sum.

    Bars get what other columns leave: they give way first.
    """
    for column in columns:
        column.width = min(column.least, width)
    room = width - sum(column.width for column in columns) - len(_GAP) * (len(columns) - 1)
    bars = [column for column in columns if column.column.kind == "bar"]
    room = _grow([column for column in columns if column not in bars], room)
    if room >= len(bars) * (1 + _LEAST_BAR):
        _grow(bars, room)
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _grow(columns: list[_LayoutColumn], room: int) -> int:
    """Give letters to columns that want more while there is room; return what is left of it."""
    wanted = sum(column.natural - column.width for column in columns)
    if wanted <= room:
        for column in columns:
            column.width = column.natural
        return room - wanted
    while room > 0:
        wanting = [column for column in columns if column.width < column.natural]
        if not wanting:
            break
        _neediest(wanting, columns).width += 1
        room -= 1
    return room


def _neediest(wanting: list[_LayoutColumn], columns: list[_LayoutColumn]) -> _LayoutColumn:
    """Return the column in which one more letter saves most lines of a table."""
    if len(wanting) == 1:
        return wanting[0]
    shares = [[size / column.width for size in column.sizes] for column in columns]
    lines = []
    for place, column in enumerate(columns):
        if column in wanting:
            wider = [size / (column.width + 1) for size in column.sizes]
            lines.append(_estimated_lines([*shares[:place], wider, *shares[place + 1 :]]))
    return wanting[lines.index(min(lines))]


def _estimated_lines(shares: list[list[float]]) -> float:
    """Return about how many lines head and first rows take: each as many as its fullest cell."""
    total = 0.0
    for row in zip(*shares, strict=True):
        # the sum decides between columns that wrap no less for a letter more
        total += max(1.0, *row) + 1e-3 * sum(row)
    return total


def _head_lines(columns: list[_LayoutColumn]) -> Iterator[str]:
    """Yield the lines of the head, set against the rule below it."""
    stacks = []
    for column in columns:
        stacks.append([line for text in column.head for line in wrap(text, column.width)][::-1])
    for line in reversed(list(zip_longest(*stacks, fillvalue=""))):
        yield _GAP.join(map(_LayoutColumn.aligned, columns, line))


def _body_lines(
    grid: Grid, columns: list[_LayoutColumn], indent: str, paper: _Paper
) -> Iterator[str]:
    bar = _bar_length(columns)
    # rows that stand clear of headings, and long runs of rows, have an empty line between them
    is_spaced = not indent or len(grid.rows) >= 3 * len(grid.sections)
    index = 0
    for place, row in enumerate(grid.visible):
        match row:
            case Section(title):
                if place and is_spaced:
                    yield ""
                yield from paper.styled(title, "head")
            case str():
                if paper.ascii_only:
                    row = row.replace("…", "...")
                yield paper.paint(cut(indent + row, paper.width), "muted")
            case _:
                for line in _row_lines(columns, index, bar, paper):
                    yield indent + line
                index += 1


def _bar_length(columns: list[_LayoutColumn]) -> int:
    """Return the length of the bars: they are compared across columns, so all have one."""
    bars = [column for column in columns if column.column.kind == "bar"]
    return min([_BAR, *(column.width - column.widest - 1 for column in bars)])


def _row_lines(columns: list[_LayoutColumn], index: int, bar: int, paper: _Paper) -> Iterator[str]:
    stacks = [column.lines(index, bar) for column in columns]
    for line in zip_longest(*stacks, fillvalue=""):
        texts = map(_LayoutColumn.painted, columns, line, repeat(index), repeat(paper))
        yield _GAP.join(texts)


# Markdown that pastes cleanly: pipe tables as GitHub, Jupyter and pandoc read them


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
    parts = []
    for part, is_code in code_parts(one_line(text)):
        escaped = _SIGNS.sub(r"\\\g<0>", part.translate(_ENTITIES))
        if is_code:
            # a pipe ends a cell, also within code, and blanks at the ends are dropped there
            is_plain = "|" not in part and part == part.strip()
            escaped = f"`{part}`" if is_plain else f"<code>{escaped}</code>"
        parts.append(escaped)
    return "".join(parts)


def _escape_start(text: str) -> str:
    """Escape a text that stands at the start of a block, where more signs have a meaning."""
    return _BLOCK_STARTS.sub(r"\1\\\2", escape_markdown(text))


def render_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown; a grid is a pipe table with its title above, its notes below.

    The heading of a section is a row of the table, in bold.
    """
    return "\n\n".join(map(_block_markdown, blocks)) + "\n"


def _block_markdown(block: Block) -> str:
    match block:
        case Heading(text, level, subtitle):
            heading = f"{'#' * level} {escape_markdown(text)}"
            return f"{heading}\n\n{_escape_start(subtitle)}" if subtitle else heading
        case Paragraph(text):
            return _escape_start(text)
        case Notes(notes):
            return _notes_markdown(notes)
        case Bullets():
            items = _marked_items(block, lambda mark: mark.strip() or "-")
            return "\n".join(start + _escape_start(text) for start, text in items)
        case Grid():
            return _grid_markdown(block)


def _notes_markdown(notes: Sequence[str]) -> str:
    return "\n".join(f"- {_escape_start(note)}" for note in notes)


def _grid_markdown(grid: Grid) -> str:
    title = escape_markdown(grid.title)
    parts = [f"**{title}**"] if title else []
    parts.append(_pipe_table(grid.columns, grid.visible))
    if grid.notes:
        parts.append(_notes_markdown(grid.notes))
    return "\n\n".join(parts)


def _pipe_table(columns: Sequence[Column], rows: Iterable[Row | Section | str]) -> str:
    lines = [[escape_markdown(f"{column.head} {column.detail}") for column in columns]]
    for row in rows:
        lines.append(_row_cells(columns, row))
    widths = [max(3, *map(display_width, cells)) for cells in zip(*lines, strict=True)]
    rule = []
    for column, width in zip(columns, widths, strict=True):
        last = {"left": "-", "right": ":"}[column.side]
        rule.append("-" * (width - 1) + last)
    lines.insert(1, rule)
    return "\n".join(_pipe_line(columns, widths, cells) for cells in lines)


def _row_cells(columns: Sequence[Column], row: Row | Section | str) -> list[str]:
    cells = [""] * len(columns)
    match row:
        case Section(title):
            cells[naming_column(columns)] = f"**{escape_markdown(title)}**"
        case str():
            cells[naming_column(columns)] = escape_markdown(row)
        case _:
            cells = [*map(escape_markdown, map(cell_text, columns, row))]
    return cells


def _pipe_line(columns: Sequence[Column], widths: Sequence[int], cells: Sequence[str]) -> str:
    line = "|"
    for column, width, cell in zip(columns, widths, cells, strict=True):
        blanks = " " * (width - display_width(cell))
        line += f" {blanks}{cell} |" if column.side == "right" else f" {cell}{blanks} |"
    return line
