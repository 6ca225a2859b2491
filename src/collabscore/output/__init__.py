"""What every result turns into before it is shown: tables and pages, and their forms. All escaping lives here."""

from __future__ import annotations

from .blocks import (
    TONES,
    Badge,
    Block,
    Bullets,
    Cell,
    CellBar,
    Column,
    Heading,
    Interval,
    Item,
    Paragraph,
    Tone,
)
from .render_data import as_json, round_significant
from .result import Result
from .table import ID_COLUMN, Field, Page, Table

__all__ = [
    "ID_COLUMN",
    "TONES",
    "Badge",
    "Block",
    "Bullets",
    "Cell",
    "CellBar",
    "Column",
    "Field",
    "Heading",
    "Interval",
    "Item",
    "Page",
    "Paragraph",
    "Result",
    "Table",
    "Tone",
    "as_json",
    "round_significant",
]
