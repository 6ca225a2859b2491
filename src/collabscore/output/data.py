"""The forms for machines: records, CSV and JSON. They are always whole and keep raw values.

Imports the cells.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from .cells import Badge, Bar, Cell, Column, Row, ends, is_missing

__all__ = ["as_json", "records_of", "render_csv", "render_json", "round_significant"]


def round_significant(value: Any, digits: int = 9) -> Any:
    """Return plain data for JSON: numbers with so many significant digits, what is not a number as None.

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
        case None | str() | bool() | int():
            return value
        case float() | Real() if not isinstance(value, Integral):
            return float(f"{float(value):.{digits}g}") if math.isfinite(value) else None
        case Integral():
            return int(value)
        case Mapping():
            return {key: round_significant(item, digits) for key, item in value.items()}
        case Sequence():
            return [round_significant(item, digits) for item in value]
    return value


def as_json(document: Mapping[str, Any]) -> str:
    """Return a result as JSON text, numbers with nine significant digits; the same for the same result."""
    return (
        json.dumps(round_significant(document), ensure_ascii=False, indent=2, allow_nan=False)
        + "\n"
    )


def records_of(columns: Sequence[Column], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return one mapping a row, of column keys to plain values."""
    return [
        {column.key: _plain(column, cell) for column, cell in zip(columns, row, strict=True)}
        for row in rows
    ]


def _plain(column: Column, cell: Cell) -> Any:
    if is_missing(cell):
        return None
    match cell:
        case Badge(word):
            return word
        case Bar(value):
            return value
        case _ if column.kind == "interval":
            pair = ends(cell)
            return None if pair == (None, None) else list(pair)
        case tuple():
            return list(cell)
    return cell


def render_json(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    title: str,
    caption: str,
    notes: Sequence[str],
) -> str:
    """Return the records as JSON, with what stands around them."""
    document = {
        "title": title,
        "caption": caption,
        "records": records_of(columns, rows),
        "notes": list(notes),
    }
    return as_json(document)


def render_csv(columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """Return CSV as RFC 4180 has it, with the keys as heads; an interval takes two columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(key) for column in columns for key in _keys(column)])
    for row in rows:
        writer.writerow(
            [
                field
                for column, cell in zip(columns, row, strict=True)
                for field in _fields(column, cell)
            ]
        )
    return out.getvalue()


def _keys(column: Column) -> tuple[str, ...]:
    return (
        (f"{column.key}_low", f"{column.key}_high") if column.kind == "interval" else (column.key,)
    )


def _fields(column: Column, cell: Cell) -> Iterator[str]:
    if column.kind == "interval":
        yield from (_field(end) for end in ends(cell))
    else:
        yield _field(_plain(column, cell))


def _field(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return _harmless(value)
        case list():
            return _harmless("; ".join(str(item) for item in value))
        case Real():
            # infinities are kept: CSV can say them
            rounded = round_significant(value)
            return str(value if rounded is None else rounded)
    return _harmless(str(value))


# Spreadsheets run what begins with one of these, some of them after blanks and quotes as well, and in East Asian
# editions in full width: https://owasp.org/www-community/attacks/CSV_Injection
_RUNS = re.compile(r"[\t\r\n]|[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff\"']*[=+\-@＝＋－＠]")


def _harmless(text: str) -> str:
    return f"'{text}" if _RUNS.match(text) else text
