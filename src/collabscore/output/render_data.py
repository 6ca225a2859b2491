"""Forms for machines: records, CSV and JSON. They are always whole and keep raw values."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from .blocks import Badge, Cell, CellBar, Column, Interval, Row, interval_ends, is_missing

__all__ = ["as_json", "plain_cell", "records_of", "render_csv", "round_significant"]


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
    rounded = round_significant(document)
    return json.dumps(rounded, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain_cell(cell: Cell) -> Any:
    """Return a cell as plain data: a badge is its word, a bar its number, an interval a list of two."""
    if is_missing(cell):
        return None
    match cell:
        case Badge(word):
            return word
        case CellBar(value):
            return value
        case Interval(low, high):
            return [low, high]
        case tuple():
            return list(cell)
    return cell


def records_of(columns: Sequence[Column], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return a mapping of column keys to plain values for each row."""
    records = []
    for row in rows:
        record: dict[str, Any] = {}
        for column, cell in zip(columns, row, strict=True):
            if column.kind != "interval":
                record[column.key] = plain_cell(cell)
                continue
            pair = interval_ends(cell)
            if column.ends is not None:
                record.update(zip(column.ends, pair, strict=True))
            else:
                record[column.key] = None if pair == (None, None) else list(pair)
        records.append(record)
    return records


def render_csv(columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """Return CSV as RFC 4180 has it, with the keys as heads; an interval takes two columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads: list[str] = []
    for column in columns:
        if column.kind == "interval":
            heads += column.ends or (f"{column.key}_low", f"{column.key}_high")
        else:
            heads.append(column.key)
    writer.writerow(map(_harmless, heads))
    for row in rows:
        values: list[Any] = []
        for column, cell in zip(columns, row, strict=True):
            if column.kind == "interval":
                values += interval_ends(cell)
            else:
                values.append(plain_cell(cell))
        writer.writerow(map(_csv_value, values))
    return out.getvalue()


def _csv_value(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return _harmless(value)
        case list():
            return _harmless("; ".join(map(str, value)))
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
