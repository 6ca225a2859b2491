"""Pages and tables, and every form they can take; fields of results."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from numbers import Integral, Real
from typing import Any

from .blocks import (
    Badge,
    Block,
    Cell,
    CellBar,
    Column,
    Grid,
    Row,
    interval_ends,
    is_missing,
    outer_ends,
)
from .render import render_markdown, render_text
from .render_html import render_html, whole_page
from .text import number

__all__ = [
    "ID_FIELD",
    "TITLE_FIELD",
    "Field",
    "Page",
    "Readable",
    "Table",
    "as_json",
    "harmless",
    "is_formula",
    "round_significant",
    "sectioned_table",
]


# forms for machines: always whole, with raw values


def round_significant(value: Any, digits: int = 9) -> Any:
    """Return plain data for JSON, numbers with so many significant digits, NaN as None.

    Nine digits hide the last bits, in which machines may differ.

    Parameters
    ----------
    value : number, text, None, or mappings and sequences of them
        Infinities, which JSON does not know, become None too.
    digits : int

    Examples
    --------
    >>> round_significant({"score": 200 / 3, "low": float("nan"), "n": (1, 2)})
    {'score': 66.6666667, 'low': None, 'n': [1, 2]}
    """
    match value:
        case str() | int():
            return value
        case Integral():
            return int(value)
        case Real():
            number = float(value)
            return float(f"{number:.{digits}g}") if math.isfinite(number) else None
        case Mapping():
            return {key: round_significant(item, digits) for key, item in value.items()}
        case Sequence():
            return [round_significant(item, digits) for item in value]
    return value


def as_json(document: Mapping[str, Any], *, indent: int | None = 2) -> str:
    """Return a result as JSON text, numbers with nine significant digits.

    Without an indent it is in one line.
    """
    rounded = round_significant(document)
    text = json.dumps(rounded, ensure_ascii=False, indent=indent, allow_nan=False)
    return re.sub(_UNSEEN, lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


_UNSEEN = "[\x7f-\x9f\u2028\u2029\ud800-\udfff]"
"""Characters that JSON leaves as they are, and that steer a terminal, end lines or are no text."""


def _plain_cell(cell: Cell) -> Any:
    """Return a cell as plain data: a badge is its word, a bar its number, several texts a list."""
    if is_missing(cell):
        return None
    match cell:
        case Badge(word):
            return word
        case CellBar(value):
            return value
        case tuple():
            return list(cell)
    return cell


def _rounded_cell(column: Column, cell: Cell) -> Any:
    """Return a figure with the digits that readers see, a share with those of a per cent."""
    if is_missing(cell) or not column.is_figure:
        return cell
    digits = 2 if column.kind == "share" else column.digits
    if column.kind != "interval":
        return _rounded_figure(_plain_cell(cell), digits)
    low, high, digits = outer_ends(column, cell)
    return _rounded_figure(low, digits), _rounded_figure(high, digits)


def _rounded_figure(value: float | None, digits: int) -> float | None:
    """Return a number as it is printed, a whole one without a point."""
    if value is None or not math.isfinite(value):
        return value
    printed = float(number(value, digits))
    return printed if digits else int(printed)


def _csv_value(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Real():
            # infinities are kept: CSV can say them
            rounded = round_significant(value)
            return str(value) if rounded is None else str(rounded)
        case list():
            return harmless("; ".join(map(str, value)))
    return harmless(str(value))


# Spreadsheets run what begins with one of these, some of them after blanks and quotes as well, and
# in East Asian editions in full width: https://owasp.org/www-community/attacks/CSV_Injection
_RUNS = r"[\t\r\n]|[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff\"']*[=+\-@＝＋－＠]"


def harmless(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would run a text as a formula once it is edited."""
    return re.match(_RUNS, text) is not None


# forms for readers


_NOTEBOOK_WIDTH = 88


class Readable:
    """Anything that turns into blocks for readers: text, Markdown and HTML follow."""

    @property
    def title(self) -> str:
        """Title of the whole page."""
        raise NotImplementedError

    @property
    def blocks(self) -> Sequence[Block]:
        """Blocks that a reader is shown, in their order."""
        raise NotImplementedError

    def to_text(
        self, width: int | None = None, *, color: bool = False, ascii_only: bool = False
    ) -> str:
        """Return plain text, aligned.

        Parameters
        ----------
        width : int, optional
            Letters in a line, at least 20; as many as it takes, if left out. Where they do not
            suffice, texts are wrapped, bars shortened, and the columns that matter least are left
            out and named below.
        color : bool
            Whether badges and heads are coloured, with ANSI codes.
        ascii_only : bool
            Whether rules, bars and shapes are drawn with ASCII signs; letters of labels stay as
            they are.
        """
        return render_text(self.blocks, width, color=color, ascii_only=ascii_only)

    def to_markdown(self) -> str:
        """Return Markdown, every text escaped."""
        return render_markdown(self.blocks)

    def to_html(self, *, whole: bool = False) -> str:
        """Return HTML: no script, its own style, light and dark.

        Parameters
        ----------
        whole : bool
            Whether to return a whole page, which asks no host for anything; else a fragment, for
            notebooks and pages.
        """
        if not whole:
            return render_html(self.blocks)
        return whole_page(self.title or "Table", render_html(self.blocks, top=1))

    def __str__(self) -> str:
        return self.to_text().rstrip("\n")

    def for_notebook(self) -> Readable:
        """Return the form that a notebook shows: long tables are shortened."""
        return self

    def _repr_html_(self) -> str:
        return self.for_notebook().to_html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return the plain text beside the HTML, for consoles and where HTML is not shown."""
        return {"text/plain": self.for_notebook().to_text(_NOTEBOOK_WIDTH).rstrip("\n")}


@dataclass(frozen=True, repr=False)
class Table(Grid, Readable):
    """Rows of raw values under columns that say how to show them.

    Text, Markdown and HTML are for readers: a missing value is an en dash, numbers have fixed
    digits, and long tables may be shortened, with a note. Records, CSV and JSON are for machines:
    always whole, missing is None, empty or null.

    Parameters
    ----------
    columns : tuple of Column
        At least one; their keys differ.
    rows : tuple of tuples
        One cell for each column: a text, a number, a `Badge`, a `CellBar`, a pair, several
        texts; None or NaN where there is no value.
    title : str
        Above the table.
    notes : tuple of str
        What a reader must know beside the numbers, a line each: sizes, seed, sources.
    sections : mapping of int to str
        The heading, in words, above the row of each index: the heading of the rows from there on.
        Only readers are shown it.
    shortened : bool
        Whether readers see only the first and the last rows of a long table. A line says how many
        are between them; a single row is never left out for it.

    Examples
    --------
    >>> columns = (Column("id", "Candidate"), Column("score", "Score", kind="number"))
    >>> print(Table(columns, (("influenza", 87.46), ("chips", None)), notes=("2 candidates",)))
    Candidate  Score
    ────────────────
    influenza   87.5
    chips          –
    <BLANKLINE>
    2 candidates
    """

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The table itself."""
        return (self,)

    def to_records(self) -> list[dict[str, Any]]:
        """Return a mapping of keys to plain values for each row.

        A badge is its word, a bar its number, an interval a list of two, several texts a list;
        what is missing is None.
        """
        return [self._record(row) for row in self.rows]

    def _record(self, row: Row, *, flat: bool = False) -> dict[str, Any]:
        """Return the record of a row; a flat one has two values for an interval without names."""
        record: dict[str, Any] = {}
        for column, cell in zip(self.columns, row, strict=True):
            if column.kind != "interval":
                record[column.key] = _plain_cell(cell)
                continue
            pair, ends = interval_ends(cell), column.ends
            if flat and ends is None:
                ends = (f"{column.key}_low", f"{column.key}_high")
            if ends is not None:
                record.update(zip(ends, pair, strict=True))
            else:
                record[column.key] = None if pair == (None, None) else list(pair)
        return record

    def to_columns(self) -> dict[str, list[Any]]:
        """Return the plain values of each column, by its key; an interval takes two columns.

        They are `key_low` and `key_high`, if its ends have no names.
        """
        keys = self._record((None,) * len(self.columns), flat=True)
        records = [self._record(row, flat=True) for row in self.rows]
        return {key: [record[key] for record in records] for key in keys}

    def to_csv(self, *, excel: bool = False, separator: str = ",") -> str:
        """Return CSV (RFC 4180) with the keys as heads; an interval takes two columns.

        Texts that a spreadsheet would run as a formula have an apostrophe before them.

        Parameters
        ----------
        excel : bool
            Whether to return what Excel opens by a double click: with a byte-order mark, numbers
            with the digits that readers see, and a column for each of several texts, such as
            reasons. Otherwise numbers have nine digits, and several texts stand in one cell.
        separator : str
            The character between two cells.
        """
        columns = self._columns_as_shown() if excel else self.to_columns()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n", delimiter=separator)
        writer.writerow(map(harmless, columns))
        for cells in zip(*columns.values(), strict=True):
            writer.writerow(map(_csv_value, cells))
        return excel * "\ufeff" + out.getvalue()

    def _columns_as_shown(self) -> dict[str, list[Any]]:
        """Return columns with the digits of readers, and a column for each of several texts."""
        rows = [tuple(map(_rounded_cell, self.columns, row)) for row in self.rows]
        shown: dict[str, list[Any]] = {}
        for key, cells in replace(self, rows=tuple(rows)).to_columns().items():
            lists = [cell if isinstance(cell, list) else [cell] for cell in cells]
            most = max(map(len, lists), default=1)
            for place in range(max(most, 1)):
                name = key if most < 2 else f"{key}_{place + 1}"
                shown[name] = [found[place] if place < len(found) else None for found in lists]
        return shown

    def to_jsonl(self) -> str:
        """Return JSON Lines: the record of each row in a line of its own."""
        return "".join(as_json(record, indent=None) for record in self.to_records())

    def to_json(self) -> str:
        """Return title, records and notes as JSON; see `round_significant`."""
        return as_json(
            {
                "title": self.title,
                "caption": "",
                "records": self.to_records(),
                "notes": self.notes,
            }
        )

    __repr__ = Readable.__str__


def sectioned_table(
    columns: Sequence[Column], parts: Iterable[tuple[str, Sequence[Row]]], **more: Any
) -> Table:
    """Return a table of parts, each a heading and its rows; a part without rows is left out.

    Examples
    --------
    >>> columns = (Column("id", "Candidate"),)
    >>> print(sectioned_table(columns, [("Ranked", [("flu",)]), ("Not ranked", [])]))
      Candidate
    ───────────
    Ranked
      flu
    """
    rows: list[Row] = []
    sections = {}
    for heading, part in parts:
        if part and heading:
            sections[len(rows)] = heading
        rows += part
    return Table(tuple(columns), tuple(rows), sections=sections, **more)


@dataclass(frozen=True, repr=False)
class Page(Readable):
    """A title, and headings, paragraphs, lists and tables below it.

    Parameters
    ----------
    blocks : tuple of Block
    title : str
        The title of the whole HTML page; the other forms show a `Heading` of level 1, if there is
        one.

    Examples
    --------
    >>> from collabscore.output import Bullets, Heading, Item
    >>> print(Page((Heading("Why", 1), Bullets(("First.", Item("Of the first.", 1), "Second.")))))
    Why
    ═══
    <BLANKLINE>
    - First.
      - Of the first.
    - Second.
    """

    blocks: tuple[Block, ...] = ()
    title: str = ""

    def for_notebook(self) -> Page:
        """Return the page with the first and last rows of long tables."""
        blocks = []
        for block in self.blocks:
            if isinstance(block, Grid):
                block = replace(block, shortened=True)
            blocks.append(block)
        return Page(tuple(blocks), self.title)


class Field(Column):
    """One thing said of each row of a result: a column that gets its own cells.

    The table shows the fields that have a head. Records, JSON and CSV hold them all, unless they
    say otherwise.

    Parameters
    ----------
    key, head, kind, align, digits, detail, priority, least, lines, ends, outward
        As of a column; a field without a head is for machines alone.
    cell : callable, optional
        Row to cell. If left out, the cell is the attribute of the row that has the name of the
        key.
    plain : callable, optional
        Row to plain data, for records and CSV, where that is more than the plain form of the
        cell.
    csv : bool
        Whether CSV holds it: not if it is nested.
    json : bool
        Whether records and JSON hold it: not if it only repeats or adds up other entries of the
        record.
    """

    # tables of one ranking are equal, though each has getters of its own
    cell: Callable[[Any], Any] | None = field(default=None, compare=False)
    plain: Callable[[Any], Any] | None = field(default=None, compare=False)
    _: KW_ONLY
    csv: bool = True
    json: bool = True

    def cell_of(self, row: Any) -> Any:
        """Return the cell of a row."""
        return getattr(row, self.key) if self.cell is None else self.cell(row)

    def plain_of(self, row: Any) -> Any:
        """Return the cell of a row for machines."""
        return self.cell_of(row) if self.plain is None else self.plain(row)


ID_FIELD = Field("id", "Id", priority=9, least=8, lines=1)
"""The ids: the first to be left out where the width is short."""

TITLE_FIELD = Field("title", "Candidate", priority=0, least=32, lines=3)
"""The titles of candidates, which are never squeezed below 32 letters."""
