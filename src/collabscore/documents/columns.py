"""Tables with types as columns: candidates to be scored without an object for each row.

A column is taken as it is, so each of its cells must be what its head says. For everything else,
such as `3-5` in a cell, rows are read one by one; see `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import CandidateError, Diagnostic, UsageError, quotable
from ..models.facts import DateFact, FlagFact, NumberFact, SetFact
from ..models.framework import Framework
from .heads import Head, Heads
from .loading import CandidateSource, read_candidates

__all__ = ["TypedColumns", "columns_of_table"]

_READ_BY_ROW = "or give the table itself to `score`, which reads it row by row"


class TypedColumns(NamedTuple):
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


def columns_of_table(
    source: CandidateSource, framework: Framework, ignored: Sequence[str] = ()
) -> TypedColumns:
    """Return the columns of a data frame, a Parquet or an Arrow file.

    Raises
    ------
    CandidateError
        If a column is not understood, or its type is not that of what it holds.
    UsageError
        If it is no such table.
    """
    sheet = read_candidates(source).sheet
    if sheet is None or sheet.is_spreadsheet:
        message = "only a data frame, a Parquet or an Arrow file has columns with types"
        raise UsageError(message, "table", "give the list itself to `score`")
    heads = [text for text in sheet.heads if text.strip() not in ignored]
    columns = [sheet.columns[sheet.heads.index(text)] for text in heads]
    found, wrong = _typed_columns(heads, columns, framework)
    if Head("", "id") not in found:
        help = f"give a column `id`, {_READ_BY_ROW}"
        wrong.append(Diagnostic("missing-column", "no column has the ids", ("columns",), help))
    if wrong:
        raise CandidateError(wrong)
    return _columns_by_use(found)


def _columns_by_use(found: Mapping[Head, Any]) -> TypedColumns:
    measured: dict[str, Any] = {}
    safeguards: dict[str, Any] = {}
    uses = {"ratings": measured, "facts": measured, "safeguards": safeguards}
    for head, column in found.items():
        if head.section:
            uses[head.section][head.key] = column
    return TypedColumns(measured, safeguards, found[Head("", "id")], found.get(Head("", "title")))


def _typed_columns(
    heads: Sequence[str], columns: Sequence[Any], framework: Framework
) -> tuple[dict[Head, Any], list[Diagnostic]]:
    """Return columns of Arrow by what they hold, and what is wrong with any of them."""
    reader = Heads([framework])
    found: dict[Head, Any] = {}
    wrong = []
    for text, column in zip(heads, columns, strict=True):
        meanings = reader.read(text)
        mistake = _mistake_in_head(text, meanings, found, framework)
        if mistake is None:
            found[meanings[0]] = _arrow_of(column)
            mistake = _mistake_in_type(text, found[meanings[0]], meanings[0], framework)
        if mistake is not None:
            help = f"name it in `ignore_columns`, {_READ_BY_ROW}"
            wrong.append(Diagnostic("unfit-column", mistake, ("columns", text), help))
    return found, wrong


def _mistake_in_head(
    text: str, meanings: Sequence[Head], found: dict[Head, Any], framework: Framework
) -> str | None:
    """Return what is wrong with a head; None if it has one meaning, and a new one."""
    if not meanings:
        return (
            f"the column `{quotable(text)}` is no criterion, fact or safeguard of `{framework.id}`"
        )
    if len(meanings) > 1:
        return f"the column `{quotable(text)}` has several meanings"
    if meanings[0] in found:
        return f"the column `{quotable(text)}` holds what another column holds"
    return None


def _arrow_of(column: Any) -> Any:
    """Return a column of Arrow; None where its cells have no common type."""
    if not hasattr(column, "to_arrow"):
        return column
    try:
        return column.to_arrow()
    except (TypeError, ValueError, OverflowError):  # errors of Arrow are of these kinds
        return None


def _mistake_in_type(text: str, column: Any, head: Head, framework: Framework) -> str | None:
    """Return what is wrong with the type of a column; None if it is that of what it holds."""
    wanted = " or ".join(_types_wanted(head, framework))
    if not wanted:
        return f"the column `{quotable(text)}` is read row by row only"
    kind = "several types" if column is None else str(column.type)
    if column is not None and _fits(kind, wanted):
        return None
    return f"the column `{quotable(text)}` holds {kind}, not {wanted}"


def _types_wanted(head: Head, framework: Framework) -> Iterator[str]:
    """Yield the types of Arrow, in words, that a column may have; none, if it cannot be taken."""
    if head.part:
        return
    if head.section == "facts":
        yield from _types_of_answers(framework.all_facts.get(head.key))
    elif head.section == "safeguards":
        yield "truth values"
    elif head.key in framework.leaves:
        yield "numbers"
    elif head.key in ("id", "title"):
        yield "text"


def _types_of_answers(fact: Any) -> Iterator[str]:
    match fact:
        case None | DateFact():
            return
        case NumberFact():
            yield "numbers"
        case SetFact():
            yield "lists of text"
        case _:
            yield "text"
    if isinstance(fact, FlagFact):
        yield "truth values"


def _fits(kind: str, wanted: str) -> bool:
    """Return whether a type of Arrow, by its name, is one that is wanted."""
    if kind.startswith(("list<", "large_list<")):
        return wanted == "lists of text" and kind.split(": ")[-1] in ("string>", "large_string>")
    if kind in ("string", "large_string", "string_view") or kind.startswith("dictionary<"):
        return "text" in wanted and wanted != "lists of text" and "values=int" not in kind
    if kind == "bool":
        return "truth values" in wanted
    if kind == "null":
        return True  # nothing is known
    return wanted == "numbers" and kind.startswith(("int", "uint", "float", "double", "halffloat"))
