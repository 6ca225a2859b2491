"""Tables: the one thing every result turns into before it is shown. All escaping lives here.

Imports `errors` and the standard library. A table holds raw values; each form decides how they look.
"""

from __future__ import annotations

from .cells import TONES, Badge, Bar, Cell, Column, Interval, Tone
from .data import as_json, round_significant
from .sheet import Table

__all__ = [
    "TONES",
    "Badge",
    "Bar",
    "Cell",
    "Column",
    "Interval",
    "Table",
    "Tone",
    "as_json",
    "round_significant",
]
