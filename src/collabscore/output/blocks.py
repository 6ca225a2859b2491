"""Parts of pages and tables as data: cells, columns, grids, headings, paragraphs, bullets.

Nothing here is escaped yet: each renderer does that itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from numbers import Real
from typing import Literal, NamedTuple, TypeAlias, get_args

from ..arrays import Record
from ..errors import UsageError
from .text import number, one_line, outward

__all__ = [
    "MISSING",
    "TONES",
    "Align",
    "Badge",
    "Block",
    "Bullets",
    "Cell",
    "CellBar",
    "Column",
    "Detail",
    "Grid",
    "Heading",
    "Item",
    "Notes",
    "Paragraph",
    "Row",
    "Section",
    "Tone",
    "cell_text",
    "interval_ends",
    "is_missing",
    "naming_column",
    "outer_ends",
]

Kind = Literal["text", "number", "share", "interval", "badge", "bar", "list"]
Align = Literal["left", "right"]
Tone = Literal["good", "caution", "decide", "stop", "muted"]
Detail = Literal["brief", "default", "verbose"]
"""How much a page of a result shows: the answer, what explains it as well, or everything."""

TONES: tuple[Tone, ...] = get_args(Tone)
"""Meanings of colours, mild to severe; `muted` is for what does not apply."""

MISSING = "–"
"""Sign for a missing value: never 0."""


class Badge(Record):
    """A word that stands out, by shape and colour as well: a verdict.

    Parameters
    ----------
    word : str
    shape : str
        One sign, such as ● ◆ ▲ ✕: colour is never the only carrier.
    tone : {"good", "caution", "decide", "stop", "muted"}
    """

    word: str
    shape: str = "●"
    tone: Tone = "muted"


class CellBar(Record):
    """A number shown as a bar as well.

    Parameters
    ----------
    value : float or None
    maximum : float
        Where the bar is full; above 0. Bars that are to be compared share it.
    """

    value: float | None
    maximum: float

    @property
    def fraction(self) -> float:
        """Full part of the bar, in [0, 1]."""
        if self.value is None or math.isnan(self.value) or self.maximum <= 0:
            return 0.0
        return min(1.0, max(0.0, self.value / self.maximum))


Cell: TypeAlias = (
    "str | float | bool | Badge | CellBar | Sequence[str] | Sequence[float | None] | None"
)
Row: TypeAlias = tuple[Cell, ...]


class Column(Record):
    """A column of a table, and how it wants to be shown.

    Parameters
    ----------
    key : str
        Its name in records, CSV and JSON.
    head : str
        Its name for readers.
    kind : {"text", "number", "share", "interval", "badge", "bar", "list"}
        `share` is a number in [0, 1], shown in whole per cent; `interval` a pair; `list` several
        short texts.
    align : {"left", "right"}, optional
        By its kind, if left out: figures stand right.
    digits : int
        Digits after the point, for readers.
    detail : str
        A second line of the head: the direction and weight of a criterion.
    priority : int
        Where the width is short, columns of the highest number are left out first: above 1 all of
        one number together, since half of a breakdown misleads, those of 1 from the right.
    least : int
        The width in letters below which a text is not squeezed; a column is left out instead.
    lines : int, optional
        The most lines that a text may take in plain text; the rest is cut, with an ellipsis. Any
        number, if left out.
    ends : pair of str, optional
        The names of the two ends of an interval in records, CSV and JSON. If left out, records
        hold a list of two under `key`, and CSV has `key_low` and `key_high`.
    outward : bool
        Whether the ends of an interval are rounded outward, so that the printed one holds all that
        the interval holds.
    """

    key: str
    head: str = ""
    _: KW_ONLY
    kind: Kind = "text"
    align: Align | None = None
    digits: int = 1
    detail: str = ""
    priority: int = 1
    least: int = 24
    lines: int | None = None
    ends: tuple[str, str] | None = None
    outward: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether it holds figures, never wrapped nor cut: half a number is a wrong number."""
        return self.kind in {"number", "share", "interval", "bar"}

    @property
    def side(self) -> Align:
        """Side to which its cells are aligned."""
        if self.align is not None:
            return self.align
        return "right" if self.is_figure else "left"


class Section(Record):
    """The heading of the rows below it in a table."""

    title: str


@dataclass(frozen=True)
class Grid:
    """Rows of raw values under columns that say how to show them; see `Table`."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    shortened: bool = False
    sections: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.columns:
            raise UsageError("a table needs a column")
        keys = [column.key for column in self.columns]
        for key in keys:
            if keys.count(key) > 1:
                raise UsageError(f"two columns have the key `{key}`")
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise UsageError(
                    f"row {index} has {len(row)} cells for {len(self.columns)} columns"
                )

    @property
    def visible(self) -> tuple[Row | Section | str, ...]:
        """Rows and headings for readers; a text stands for rows left out, or for none at all."""
        if not self.rows:
            return ("none",)
        more = len(self.rows) - _BEST - _WORST
        if not self.shortened or more <= 1:
            return tuple(self._sectioned(0, len(self.rows)))
        first = self._sectioned(0, _BEST)
        last = self._sectioned(len(self.rows) - _WORST, len(self.rows))
        return (*first, f"… {more} more", *last)

    def _sectioned(self, start: int, stop: int) -> Iterator[Row | Section]:
        """Yield some of the rows, each run of a section under its heading."""
        # rows after those left out go under the heading that they belong to
        first = max((place for place in self.sections if place <= start), default=start)
        for index in range(start, stop):
            heading = self.sections.get(first if index == start else index)
            if heading is not None:
                yield Section(heading)
            yield self.rows[index]


_BEST, _WORST = 20, 5
"""How many of the first and of the last rows a shortened table shows."""


class Heading(NamedTuple):
    """A heading; the title of a page has level 1.

    Parameters
    ----------
    text : str
    level : int
    subtitle : str
        A line below it, smaller and muted.
    """

    text: str
    level: int = 2
    subtitle: str = ""


class Paragraph(NamedTuple):
    """One or more sentences."""

    text: str


class Notes(NamedTuple):
    """Lines below a table, smaller and muted: its legend."""

    lines: tuple[str, ...]


class Item(NamedTuple):
    """A line of a list.

    Parameters
    ----------
    text : str
    depth : int
        0 for the outermost; an item belongs to the last one above it of less depth.
    mark : str
        `-` for a bullet, `1.` for a number, empty for a further line of the item that it belongs
        to.
    """

    text: str
    depth: int = 0
    mark: str = "-"


class Bullets(Record):
    """A list; a text is an item of depth 0 with a bullet."""

    items: Sequence[str | Item]

    def __iter__(self) -> Iterator[Item]:
        """Yield the items."""
        for item in self.items:
            yield item if isinstance(item, Item) else Item(item)


Block: TypeAlias = "Heading | Paragraph | Bullets | Notes | Grid"


def naming_column(columns: Sequence[Column]) -> int:
    """Return the index of the column that names the rows: the first text, else the first of all."""
    for index, column in enumerate(columns):
        if column.kind == "text":
            return index
    return 0


def is_missing(cell: Cell) -> bool:
    """Whether there is no value: None, NaN, a bar without a number."""
    if isinstance(cell, CellBar):
        cell = cell.value
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def interval_ends(cell: Cell) -> tuple[float | None, float | None]:
    """Return the two ends of an interval, None for an end that is missing."""
    low, high = cell if isinstance(cell, tuple | list) else (cell, cell)
    return (None if is_missing(low) else low), (None if is_missing(high) else high)


def outer_ends(column: Column, cell: Cell) -> tuple[float | None, float | None, int]:
    """Return the ends of an interval as readers see them, and their digits after the point.

    If its column is rounded outward, so are they; a point has as many digits as the number beside
    it.
    """
    low, high = interval_ends(cell)
    if not column.outward or low is None or high is None:
        return low, high, column.digits
    if low == high:
        return low, high, 1
    return *outward(low, high, column.digits), column.digits


def cell_text(column: Column, cell: Cell) -> str:
    """Return a cell for readers, in one line and without control characters."""
    if is_missing(cell):
        return MISSING
    match cell:
        case bool():
            return {True: "yes", False: "no"}[cell]
        case str():
            return one_line(cell)
        case Badge(word, shape):
            return one_line(f"{shape} {word}")
        case CellBar(float() | int() as value):
            return _figure_text(column, value)
        case _ if column.kind == "interval":
            return _interval_text(*outer_ends(column, cell))
        case Real():
            return _figure_text(column, float(cell))
        case Sequence():
            return "; ".join(filter(None, map(one_line, map(str, cell)))) or "none"
    return one_line(str(cell))


def _figure_text(column: Column, value: float) -> str:
    if column.kind != "share":
        return number(value, column.digits)
    # what is not quite 0 or 1 does not round to it
    if 0 < value < 0.01:
        return "<1%"
    if 0.99 < value < 1:
        return ">99%"
    return f"{value:.0%}"


def _interval_text(low: float | None, high: float | None, digits: int) -> str:
    if low is None or high is None:
        first, last = (MISSING if end is None else number(end, digits) for end in (low, high))
        return first if first == last else f"{first} to {last}"
    first, last = number(low, digits), number(high, digits)
    if first == last:
        return first
    return f"{first} to {last}" if low < 0 else f"{first}–{last}"
