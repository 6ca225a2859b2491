"""Large tables as columns: candidates to be scored without an object for each row.

Only typed columns that mean the same cell by cell and at once are taken. For any other table the
answer is None, and its rows are read one by one, which finds each mistake at its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..models.facts import DateFact, FlagFact, NumberFact, SetFact
from ..models.framework import Framework
from .heads import Head, Heads
from .loading import PlainDocument
from .sheets import Sheet

__all__ = ["MOST_ROWS", "Columns", "columns_at_once"]

MOST_ROWS = 20_000
"""Tables with more rows are read as columns, where that is possible."""


class Columns(NamedTuple):
    """The columns of a table by what they hold.

    Parameters
    ----------
    measured : mapping of criterion or fact id to column
    safeguards : mapping of safeguard id to column of truth values
    ids : column of texts
    titles : column of texts, optional
    """

    measured: dict[str, Any]
    safeguards: dict[str, Any]
    ids: Any
    titles: Any = None


def columns_at_once(
    document: PlainDocument, framework: Framework, ignored: Sequence[str] = ()
) -> Columns | None:
    """Return the columns of a large table with types; None where its rows must be read."""
    sheet = document.sheet
    if sheet is None or sheet.is_spreadsheet or sheet.height <= MOST_ROWS:
        return None
    found = _typed_columns(sheet, framework, {*document.ignored, *ignored})
    ids = found.pop(Head("", "id"), None)
    if ids is None:
        return None
    titles = found.pop(Head("", "title"), None)
    placed = {head.key: found[head] for head in found if head.section == "safeguards"}
    measured = {head.key: found[head] for head in found if head.section != "safeguards"}
    return Columns(measured, placed, ids, titles)


def _typed_columns(sheet: Sheet, framework: Framework, ignored: set[str]) -> dict[Head, Any]:
    """Return the columns of a table by their heads; none of them, if one must be read by row."""
    reader = Heads([framework])
    found: dict[Head, Any] = {}
    for text, column in zip(sheet.heads, sheet.columns, strict=True):
        if text.strip() in ignored:
            continue
        meanings = reader.read(text)
        typed = _typed_column(column, meanings[0], framework) if len(meanings) == 1 else None
        if typed is None or meanings[0] in found:
            return {}
        found[meanings[0]] = typed
    return found


def _typed_column(column: Any, head: Head, framework: Framework) -> Any:
    """Return a column of Arrow that holds what its head says; None for any other."""
    column = column.to_arrow() if hasattr(column, "to_arrow") else column
    kind = str(column.type)
    if head.part:
        return None
    match head.section:
        case "ratings":
            fits = head.key in framework.leaves and _is_number_type(kind)
        case "facts":
            fits = _holds_answers(kind, framework.all_facts.get(head.key))
        case "safeguards":
            fits = kind == "bool"
        case _:
            fits = head.key in ("id", "title") and "string" in kind
    return column if fits else None


def _holds_answers(kind: str, fact: Any) -> bool:
    """Return whether a column of a type of Arrow can hold answers to a fact as they are."""
    match fact:
        case None | DateFact():
            return False
        case NumberFact():
            return _is_number_type(kind)
        case SetFact():
            return kind.startswith(("list<", "large_list<")) and "string" in kind
        case FlagFact() if kind == "bool":
            return True
    return "string" in kind and not kind.startswith(("list", "large_list", "struct"))


def _is_number_type(kind: str) -> bool:
    return kind.startswith(("int", "uint", "float", "double", "halffloat"))
