"""What a table is made of: columns, the values in them, and the words a reader sees for a value.

Imports `errors` alone. Nothing here is escaped yet: each form does that itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import Literal, TypeAlias, get_args

from ..errors import printable

__all__ = [
    "MISSING",
    "TONES",
    "Align",
    "Badge",
    "Bar",
    "Cell",
    "Column",
    "Interval",
    "Row",
    "Tone",
    "ends",
    "is_missing",
    "one_line",
    "row_head",
    "words",
]

Kind = Literal["text", "number", "share", "interval", "badge", "bar", "list"]
Align = Literal["left", "center", "right"]
Tone = Literal["good", "caution", "decide", "stop", "muted"]

TONES: tuple[Tone, ...] = get_args(Tone)
"""What a colour may say, mild to severe; `muted` is for what does not apply."""

MISSING = "–"
"""What a reader sees where there is no value: never 0."""


@dataclass(frozen=True)
class Badge:
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


@dataclass(frozen=True)
class Bar:
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
        """How much of the bar is full, in [0, 1]."""
        if self.value is None or math.isnan(self.value) or self.maximum <= 0:
            return 0.0
        return min(1.0, max(0.0, self.value / self.maximum))


@dataclass(frozen=True)
class Interval:
    """Two ends; a plain pair will do as well."""

    low: float | None
    high: float | None


Cell: TypeAlias = (
    "str | float | bool | Badge | Bar | Interval | Sequence[str] | Sequence[float | None] | None"
)
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """What stands in one column, and how it wants to be shown.

    Parameters
    ----------
    key : str
        Its name in records, CSV and JSON.
    head : str
        Its name for readers.
    kind : {"text", "number", "share", "interval", "badge", "bar", "list"}
        `share` is a number in [0, 1], shown in whole per cent; `interval` a pair; `list` several short texts.
    align : {"left", "center", "right"}, optional
        By its kind, if left out: what has digits stands right.
    digits : int
        Digits after the point, for readers.
    detail : str
        A second line of the head: the direction and weight of a criterion.
    priority : int
        Where the width is short, columns of the highest number are left out first: above 1 all of one number
        together, since half of a breakdown misleads, those of 1 from the right.
    least : int
        The width in letters below which a text is not squeezed; a column is left out instead.
    lines : int, optional
        The most lines that a text may take in plain text; the rest is cut, with an ellipsis. Any number, if left out.
    """

    key: str
    head: str
    _: KW_ONLY
    kind: Kind = "text"
    align: Align | None = None
    digits: int = 1
    detail: str = ""
    priority: int = 1
    least: int = 24
    lines: int | None = None

    @property
    def is_figure(self) -> bool:
        """Whether it holds figures, which are never wrapped nor cut: half a number is a wrong number."""
        return self.kind in {"number", "share", "interval", "bar"}

    @property
    def side(self) -> Align:
        """Where its cells stand."""
        return self.align or ("right" if self.is_figure else "left")


def row_head(columns: Sequence[Column]) -> int:
    """Return the place of the column that names the rows: the first text, else the first of all."""
    return next((place for place, column in enumerate(columns) if column.kind == "text"), 0)


def is_missing(cell: Cell) -> bool:
    """Whether there is no value: None, NaN, a bar or an interval without any."""
    match cell:
        case None:
            return True
        case float():
            return math.isnan(cell)
        case Bar(value):
            return is_missing(value)
        case Interval(low, high):
            return is_missing(low) and is_missing(high)
    return False


def ends(cell: Cell) -> tuple[float | None, float | None]:
    """Return the two ends of an interval, None for an end that is missing."""
    if isinstance(cell, Interval):
        low, high = cell.low, cell.high
    elif isinstance(cell, Sequence) and not isinstance(cell, str):
        low, high = cell  # type: ignore[assignment]
    else:
        low = high = cell  # type: ignore[assignment]
    return (None if is_missing(low) else low), (None if is_missing(high) else high)


def words(column: Column, cell: Cell) -> str | None:
    """Return what a reader sees of a cell, in one line and without control characters; None where it is missing."""
    if is_missing(cell):
        return None
    match cell:
        case bool():
            return "yes" if cell else "no"
        case str():
            return one_line(cell)
        case Badge(word, shape):
            return one_line(f"{shape} {word}")
        case Bar(value):
            return _figure(column, float(value or 0))
        case _ if column.kind == "interval":
            return _interval(*ends(cell), column.digits)
        case Real():
            return _figure(column, float(cell))
        case Sequence():
            return "; ".join(filter(None, (one_line(str(item)) for item in cell))) or "none"
    return one_line(str(cell))


def _figure(column: Column, value: float) -> str:
    return _share(value) if column.kind == "share" else _number(value, column.digits)


def _number(value: float, digits: int) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if abs(value) >= 1e15:
        return f"{value:.9g}"
    text = f"{value:.{digits}f}"
    # what rounds to nothing has no sign
    return text.removeprefix("-") if float(text) == 0 else text


def _share(value: float) -> str:
    """Return whole per cent; what is not quite 0 or 1 does not round to it.

    Examples
    --------
    >>> [_share(value) for value in (0, 0.004, 0.834, 0.996, 1)]
    ['0%', '<1%', '83%', '>99%', '100%']
    """
    if 0 < value < 0.01:
        return "<1%"
    if 0.99 < value < 1:
        return ">99%"
    return f"{value:.0%}"


def _interval(low: float | None, high: float | None, digits: int) -> str | None:
    if low is None and high is None:
        return None
    first, last = (MISSING if end is None else _number(end, digits) for end in (low, high))
    if first == last:
        return first
    plain = low is not None and high is not None and low >= 0
    return f"{first}–{last}" if plain else f"{first} to {last}"


# the joiners that Persian, Hindi and others spell with; they steer nothing
_JOINERS = re.compile("([\u200c\u200d])")


def one_line(text: str) -> str:
    r"""Return a text in one line, with single spaces, and a sign in place of each control character.

    Examples
    --------
    >>> one_line("  two\n lines \x1b[31m ")
    'two lines �[31m'
    """
    parts = _JOINERS.split(" ".join(text.split()))
    return "".join(part if _JOINERS.fullmatch(part) else printable(part) for part in parts)
