"""Excel workbooks: styles, sheets of text and of tables, and the workbook of any result."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from ..errors import UsageError, optional, refusal_of_value
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
    Tone,
    cell_text,
    is_missing,
    naming_column,
    outer_ends,
)
from .result import Result, reported
from .table import is_formula
from .text import capitalised, one_line, wrap

__all__ = [
    "INPUT",
    "LINE",
    "TONE_STYLES",
    "Workbook",
    "lines_in",
    "origin_blocks",
    "plain_text",
    "to_excel",
]

INPUT: dict[str, Any] = {"bg_color": "#FFF6CC", "border": 1, "border_color": "#C9A400"}
"""Style of a cell that a reader may change."""
_HEAD: dict[str, Any] = {
    "bold": True,
    "text_wrap": True,
    "valign": "bottom",
    "bg_color": "#E8EDF2",
    "bottom": 1,
}
TONE_STYLES: dict[Tone, dict[str, Any]] = {
    "good": {"font_color": "#1B5E20"},
    "caution": {"font_color": "#7A4F00"},
    "decide": {"font_color": "#1A3F7A"},
    "stop": {"font_color": "#8B1A1A", "bold": True},
    "muted": {"font_color": "#555555"},
}
"""Style of a badge, beside its shape and word."""
_MOST_CHARACTERS = 32_767
_LONGEST_NAME = 31
_MOST_IN_FOOTER = 90
_WIDEST = 36
LINE = 15.0
"""Height of a line, in points: programs do not find the height of a row by themselves."""
_FONT_SIZE = 11
_MOST_LINES = 25
_NARROWEST = 8
_TEXT_WIDTH = 110


class Workbook:
    """A workbook that is made in memory; the same content gives the same bytes.

    Every sheet prints on A4 landscape, as wide as the page. Texts are never run as formulas.

    Parameters
    ----------
    title : str
    """

    def __init__(self, title: str) -> None:
        xlsxwriter = optional("xlsxwriter", "tables")
        self.title = title
        self._file = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self._file, options)
        made = {"title": plain_text(title), "created": datetime(2000, 1, 1, tzinfo=UTC)}
        self.book.set_properties(made)
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()

    def style(self, **properties: Any) -> Any:
        """Return the format of these properties, as xlsxwriter names them."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            self._styles[key] = self.book.add_format({"valign": "top", **properties})
        return self._styles[key]

    def sheet(self, name: str) -> Any:
        """Return a new sheet, set up for printing; its name is made one that Excel allows."""
        sheet = self.book.add_worksheet(self._free_name(name))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        title = _shortened(plain_text(self.title), _MOST_IN_FOOTER).replace("&", "&&")
        sheet.set_footer(f"&L{title}&R&A, &P / &N")
        return sheet

    def _free_name(self, name: str) -> str:
        allowed = " ".join(re.sub(r"[\[\]:*?/\\']", " ", plain_text(name)).split())
        base = _shortened(allowed, _LONGEST_NAME) or "Table"
        free, count = base, 1
        while free.casefold() in self._names or free.casefold() == "history":
            count += 1
            ending = f" ({count})"
            free = base[: _LONGEST_NAME - len(ending)] + ending
        self._names.add(free.casefold())
        return free

    def put(self, sheet: Any, row: int, column: int, value: object, **style: Any) -> None:
        """Write a plain value; a text that Excel would run once it is edited is marked as text.

        Raises
        ------
        UsageError
            If the sheet has no such row or column.
        """
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            code = sheet.write_blank(row, column, None, self.style(**style))
        elif isinstance(value, bool):
            code = sheet.write_boolean(row, column, value, self.style(**style))
        elif isinstance(value, int | float):
            code = sheet.write_number(row, column, value, self.style(**style))
        else:
            text = plain_text(str(value))
            if is_formula(text):
                style["quote_prefix"] = True
            code = sheet.write_string(row, column, text, self.style(**style))
        if code:
            message = f"sheet `{sheet.get_name()}` would be larger than Excel allows"
            help = "write CSV or Parquet, or fewer candidates"
            raise UsageError(message, help=help)

    def put_heads(self, sheet: Any, row: int, heads: Mapping[int, tuple[str, float]]) -> None:
        """Write the heads of columns, by column, and set widths; the row is as high as it takes."""
        most = 1
        for column, (text, width) in heads.items():
            self.put(sheet, row, column, text, **_HEAD)
            sheet.set_column(column, column, width)
            most = max(most, lines_in(text, width - 1))
        sheet.set_row(row, LINE * most)

    def put_formula(
        self, sheet: Any, row: int, column: int, text: str, value: Any, **style: Any
    ) -> None:
        """Write a formula with its value, for readers that do not recalculate."""
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            value = ""
        if isinstance(value, str):
            value = plain_text(value)
        sheet.write_formula(row, column, f"={text}", self.style(**style), value)

    def put_lines(self, sheet: Any, blocks: Iterable[Block]) -> None:
        """Write headings, paragraphs and lists, a line below the other."""
        sheet.set_column(0, 0, _TEXT_WIDTH)
        for row, (text, style) in enumerate(_styled_lines(blocks)):
            self.put(sheet, row, 0, text, text_wrap=True, **style)
            size = style.get("font_size", _FONT_SIZE)
            sheet.set_row(row, LINE * size / _FONT_SIZE * lines_in(text, _TEXT_WIDTH))

    def table_sheet(self, name: str, table: Grid) -> Any:
        """Return a sheet of a table, numbers as numbers, with its notes below it."""
        sheet = self.sheet(name)
        heads = _heads_of(table)
        rows = [
            list(chain.from_iterable(map(_flat_values, table.columns, row))) for row in table.rows
        ]
        widths = [_width_of(head, [row[k][0] for row in rows]) for k, head in enumerate(heads)]
        self.put_heads(sheet, 0, dict(enumerate(zip(heads, widths, strict=True))))
        for number, cells in enumerate(rows, 1):
            most = 1
            for place, (value, style) in enumerate(cells):
                lines = lines_in(value, widths[place]) if isinstance(value, str) else 1
                most = max(most, lines)
                self.put(sheet, number, place, value, **style, text_wrap=lines > 1)
            if most > 1:
                sheet.set_row(number, LINE * min(most, _MOST_LINES))
        for row, note in enumerate(table.notes, len(table.rows) + 2):
            self.put(sheet, row, 0, note, font_color="#555555")
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(heads) - 1)
        return sheet

    def content(self) -> bytes:
        """Return the file; nothing can be written after this."""
        self.book.close()
        return self._file.getvalue()


# tables repeat their texts


@lru_cache(maxsize=10_000)
def plain_text(text: str) -> str:
    """Return a text as a cell can hold it."""
    line = one_line(text)
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"


def _shortened(text: str, most: int) -> str:
    """Return a text of so many characters at most, cut behind a word if it can be."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    if not text[most - 1].isspace() and " " in cut:
        cut = cut.rpartition(" ")[0]
    return f"{cut.rstrip(' ,;:')}…"


@lru_cache(maxsize=10_000)
@lru_cache(maxsize=10_000)
def lines_in(text: str, width: float) -> int:
    """Return how many lines a text takes in a cell of this width, in letters."""
    return max(1, len(wrap(text, max(1, int(width)))))


def _width_of(head: str, values: Iterable[object]) -> int:
    """Return the width of a column, in letters: no word of its head is broken."""
    texts = [value for value in values if isinstance(value, str)]
    longest = max(map(len, (*head.split(), *texts)))
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _heads_of(table: Grid) -> list[str]:
    """Return the heads of columns, two for an interval."""
    heads = []
    for column in table.columns:
        head = column.head or capitalised(column.key.replace("_", " "))
        if column.kind == "interval":
            ends = column.ends or ("low", "high")
            heads += [f"{head}, {end}" for end in ends]
        else:
            heads.append(f"{head} ({column.detail})" if column.detail else head)
    return heads


def _flat_values(column: Column, cell: Cell) -> Iterator[tuple[object, dict[str, Any]]]:
    """Yield the values of a cell with their styles: two of an interval."""
    style: dict[str, Any] = {}
    if column.is_figure:
        style = {"num_format": "0%" if column.kind == "share" else f"{0:.{column.digits}f}"}
    if column.kind == "interval":
        *ends, digits = outer_ends(column, cell)
        for end in ends:
            yield end, {"num_format": f"{0:.{digits}f}"}
    elif is_missing(cell):
        yield None, {}
    elif isinstance(cell, CellBar):
        yield cell.value, style
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        yield cell, style
    else:
        yield cell_text(column, cell), TONE_STYLES[cell.tone] if isinstance(cell, Badge) else {}


def _styled_lines(blocks: Iterable[Block]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the lines of blocks with their styles; tables have sheets of their own."""
    for block in blocks:
        match block:
            case Heading(text, level, subtitle):
                yield "", {}
                yield text, {"bold": True, "font_size": max(12, 20 - 4 * level)}
                if subtitle:
                    yield subtitle, {"font_color": "#555555"}
            case Paragraph(text):
                yield text, {}
            case Notes(lines):
                for line in lines:
                    yield line, {"font_color": "#555555"}
            case Bullets():
                for item in block:
                    line = f"{item.mark} {item.text}".strip()
                    yield line, {"align": "left", "indent": min(2 * item.depth, 15)}


def to_excel(result: Result) -> bytes:
    """Return a result as an Excel workbook.

    That of a ranking is a model: values, scores and ranks are formulas, which follow the weights
    and ratings that a reader changes. That of any other result has its tables and all its rows.

    Parameters
    ----------
    result : Result

    Returns
    -------
    bytes
        The content of the file.

    Raises
    ------
    UsageError
        If it is no result.
    MissingExtraError
        If xlsxwriter is not installed.

    Examples
    --------
    >>> import collabscore as cs
    >>> to_excel(cs.score([{"id": "flu"}], "guardrail"))[:2]
    b'PK'
    """
    if not isinstance(result, Result):
        help = "give the result of a call such as `score(candidates, framework)`"
        raise refusal_of_value(result, "a result", "result", help)
    content: bytes | None = reported(result, "workbook", f"{result.kind}_workbook")
    return _workbook_of_tables(result) if content is None else content


def _workbook_of_tables(result: Result) -> bytes:
    """Return a workbook of the texts of a page, each of its tables, and all rows."""
    book = Workbook(result.title)
    summary = book.sheet("Summary")
    lines: list[Block] = []
    for block, name in _named_blocks(result):
        if isinstance(block, Grid):
            sheet = book.table_sheet(name, block)
            block = Paragraph(f'Table: sheet "{sheet.get_name()}".')
        lines.append(block)
    book.put_lines(summary, [*lines, *origin_blocks(result)])
    book.table_sheet("All rows", result.plain_table())
    return book.content()


def _named_blocks(result: Result) -> Iterator[tuple[Block, str]]:
    """Yield the blocks of a page, each table with the name of its sheet.

    A table without a title goes by the heading above it, the second below a heading by what its
    rows are, too.
    """
    heading, named = result.kind.capitalize(), set[str]()
    for block in result.page().blocks:
        if isinstance(block, Heading):
            heading = block.text
        name = heading
        if isinstance(block, Grid):
            name = block.title or heading
            if name in named:
                head = block.columns[naming_column(block.columns)].head
                name = f"{name}, {head.lower()}" if head else name
            named.add(name)
        yield block, name


def origin_blocks(result: Result) -> list[Block]:
    """Return what a sheet says of the origin of a result: frameworks, digests, version."""
    manifest = result.manifest
    judged = manifest.get("frameworks") or [manifest["framework"]]
    lines = [f"Written by {manifest['package']}."]
    for framework in judged:
        version = f", version {framework['version']}" if framework.get("version") else ""
        lines.append(f"Framework: {framework['id']}{version}; digest {framework['digest']}.")
    candidates = manifest.get("candidates")
    if isinstance(candidates, dict) and "digest" in candidates:
        lines.append(f"Candidates: {candidates['count']:,}; digest {candidates['digest']}.")
    return [Heading("Origin"), Bullets(lines)]
