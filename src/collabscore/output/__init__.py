"""Tables and pages, which results turn into to be shown, and their forms; all escaping."""

from __future__ import annotations

from .blocks import (
    TONES,
    Badge,
    Block,
    Bullets,
    Cell,
    CellBar,
    Column,
    Detail,
    Heading,
    Item,
    Notes,
    Paragraph,
    Tone,
)
from .result import VERSION, Result
from .table import (
    ID_FIELD,
    TITLE_FIELD,
    Field,
    Page,
    Table,
    as_json,
    round_significant,
    sectioned_table,
)

__all__ = [
    "ID_FIELD",
    "TITLE_FIELD",
    "TONES",
    "VERSION",
    "Badge",
    "Block",
    "Bullets",
    "Cell",
    "CellBar",
    "Column",
    "Detail",
    "Field",
    "Heading",
    "Item",
    "Notes",
    "Page",
    "Paragraph",
    "Result",
    "Table",
    "Tone",
    "as_json",
    "round_significant",
    "sectioned_table",
]
