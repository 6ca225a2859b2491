"""The plain data of a list of candidates from the rows of a table.

A cell is read by the definition of its criterion or fact. Text that is not understood stays as it
is: the same checks as in YAML refuse it, at the place of its cell.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property, partial
from typing import Any

from ..errors import (
    Diagnostic,
    DocumentError,
    KeyPath,
    Note,
    ReadingError,
    Span,
    quotable,
)
from ..models.base import composed, title_of
from ..models.facts import DateFact, FlagFact, NumberFact, SetFact
from ..models.framework import Framework
from ..output.text import listed, plural
from .heads import LIST_KEYS, Head, Heads, folded
from .reader import plain, read_yaml
from .sheets import Sheet, is_blank, text_of

__all__ = ["Rows", "answer_of", "cell_reading", "frameworks_in", "rows_of"]

_MOST_ABOVE = 30
"""Rows among which the heads are sought."""
_UNKNOWN = frozenset(
    ("?", "-", "--", "–", "—", "n/a", "#n/a", "n.a.", "na", "nan", "null", "<na>", "nat", "unknown")
)
"""Words for an unknown answer, beside a blank cell, unless the fact has such an answer."""
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
_IN_PLACE, _NOT_IN_PLACE = ("in place", "x", *_YES), ("none", "not in place", *_NO)


# cells


@dataclass(frozen=True)
class _CellReader:
    """Reads the cells of a table by the definitions of frameworks.

    Parameters
    ----------
    heads : Heads
    has_commas : bool
        Whether numbers have decimal commas.
    """

    heads: Heads
    has_commas: bool = False

    def of(self, head: Head) -> Callable[[Any], Any]:
        """Return the function that reads the cells of a column."""
        if head.part in ("note", "by", "basis"):
            return _read_text
        if head.part in ("date", "until"):
            return _read_day
        if head.part == "evidence":
            return _read_words
        known = self.heads.known
        match head.section:
            case "ratings":
                scale = known.criteria.get(head.key)
                return partial(self.read_rating, scale.named() if scale is not None else {})
            case "facts":
                return self.of_fact(known.facts.get(head.key))
            case "safeguards":
                return _read_status
        if head.key == "safeguards":
            names = {title_of(key, one.title): key for key, one in known.safeguards.items()}
            names |= {key: key for key in known.safeguards}
            return partial(_read_safeguards, _by_words(names))
        return _READERS_OF_KEYS.get(head.key, _read_text)

    def of_fact(self, fact: Any) -> Callable[[Any], Any]:
        """Return the function that reads answers to a fact; None is one asked of each party."""
        match fact:
            case FlagFact():
                return _read_flag
            case NumberFact():
                return partial(self.read_rating, {})
            case DateFact():
                return _read_days
            case None:
                return _read_yaml_or_text
        names = {answer: answer for answer in fact.answers}
        if isinstance(fact, SetFact):
            names = dict(self._items_of(fact))
        names = {**_by_words(names), **{name: name for name in names.values()}}
        return partial(_read_answers, names, fact)

    def _items_of(self, fact: SetFact) -> Iterator[tuple[str, str]]:
        """Yield the items of a set, each under its title and its id."""
        for framework in self.heads.known.frameworks:
            if fact.of in framework.all_lists:
                schema = fact.answer_schema(framework.all_lists)
                for item, title in zip(schema["enum"], schema["enumDescriptions"], strict=True):
                    yield title or item, item
                    yield item, item

    def read_rating(self, levels: Mapping[str, float], cell: Any) -> Any:
        """Return a number, the name of a level, or a pair of them as a range."""
        if isinstance(cell, date):
            raise _made_a_date(cell)
        if not isinstance(cell, str):
            return cell
        text = cell.strip()
        if text in levels:
            return text
        if text.casefold() in _UNKNOWN:
            return None
        point = self._point(levels, text)
        if point is None:
            ends = [self._point(levels, end) for end in _BETWEEN.split(text)]
            point = ends if len(ends) == 2 and None not in ends else None
        if point is None and _DATE.fullmatch(text.casefold()):
            raise _made_a_date(text)
        return _read_yaml_or_text(text) if point is None else point

    def _point(self, levels: Mapping[str, float], text: str) -> Any:
        """Return the number or the level in a text; None for another text."""
        words = _by_words(dict.fromkeys(levels))
        if folded(text) in words and not _NUMBER.fullmatch(text):
            return words[folded(text)]
        number = self.number(text)
        if number is None:
            # `4 - high`, as lists to choose from show a level
            behind = re.fullmatch(r"([-+\d.,]+)[\s:=(–-]+(.+?)\)?", text)
            number = None if behind is None else self.number(behind[1])
            name = None if behind is None else words.get(folded(behind[2]))
            if number is None or name is None or levels[name] != number:
                return None
        return number

    def number(self, text: str) -> int | float | None:
        """Return the number that a text is; None for another text.

        Raises
        ------
        ReadingError
            If it is not clear whether a point divides thousands.
        """
        if self.has_commas:
            if re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+", text):
                whole, decimal = text.replace(".", ""), text.replace(".", ",", 1)
                message = f"`{text}` can be {whole} or {decimal}: this table has decimal commas"
                raise ReadingError(
                    "ambiguous-number", message, help=f"write `{whole}` or `{decimal}`"
                )
            if text.count(",") == 1 and "." not in text:
                text = text.replace(",", ".")
        found = plain(text) if _NUMBER.fullmatch(text) else None
        return found if isinstance(found, int | float) else None


_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_BETWEEN_DAYS = r"\s*(?:[‐-―−]|\.\.+|…|\bto\b)\s*|\s+-\s+"
_BETWEEN = re.compile(rf"{_BETWEEN_DAYS}|(?<=\d)-(?=[-+.\d])")
_MONTHS = (
    "jan|feb fév fev|mar mär mrz|apr avr abr|may mai|jun jui|jul|aug aoû ago|sep|oct okt|nov|dec"
)
_MONTH_OF = {word: k for k, words in enumerate(_MONTHS.split("|"), 1) for word in words.split()}
_MONTH_OF |= {"ene": 1, "dez": 12, "déc": 12, "dic": 12}
_MONTH = rf"(?P<{{}}>{'|'.join(_MONTH_OF)})[^\W\d]*\.?"
_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})[-. /]*{_MONTH.format('behind')}"
    rf"|{_MONTH.format('before')}[-. /]*(?P<number>\d{{1,2}})|\d{{4}}-(?P<m>\d\d)-(?P<d>\d\d)"
)
"""Dates that spreadsheet programs make of `3-5`: 3 May, May 3, 2026-05-03."""


def _by_words(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return names by their words, but for those that several share."""
    counts = Counter({(folded(name), names[name] or name) for name in names})
    found: dict[str, Any] = {}
    shared = Counter(words for words, _ in counts)
    for words, name in counts:
        if shared[words] == 1:
            found[words] = name
    return found


def _made_a_date(cell: Any) -> ReadingError:
    """Return the error that a rating is a date, with the range that was likely written."""
    text = text_of(cell)
    message = f"a date, `{text}`, stands where a rating or an answer belongs"
    help = "spreadsheet programs make dates of ranges such as `3-5`: format the cell as text"
    found = _DATE.fullmatch(text.casefold())
    if found is not None:
        month = found["m"] or _MONTH_OF[found["behind"] or found["before"]]
        low, high = sorted((int(month), int(found["d"] or found["day"] or found["number"])))
        help += f", and write `{low}-{high}` again"
    return ReadingError("date-for-number", message, help=help)


def _read_text(cell: Any) -> str | None:
    """Return the text in a cell."""
    return composed(text_of(cell).strip()) or None


def _read_yaml_or_text(text: Any) -> Any:
    """Return what a cell holds in the form of YAML: `[1, 5]`, `{one_of: [a, b]}`; else its text."""
    if not isinstance(text, str):
        return text
    if text[:1] not in ("[", "{"):
        return composed(text)
    try:
        return read_yaml(text, "")
    except DocumentError as error:
        found = error.diagnostics[0]
        help = "a cell that begins with `[` or `{` is read as YAML: write, for example, `[1, 5]`"
        raise ReadingError(found.code, f"`{quotable(text)}`: {found.message}", help=help) from None


def _parts_of(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _read_words(cell: Any) -> Any:
    """Return the texts in a cell, which semicolons divide."""
    found = _read_yaml_or_text(_read_text(cell)) if not isinstance(cell, list) else cell
    return _parts_of(found) if isinstance(found, str) else found


def _read_day(cell: Any) -> Any:
    """Return a day, a month or a year."""
    if isinstance(cell, datetime) and cell.time() != time():
        return str(cell)
    if isinstance(cell, date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, str):
        return None if cell.strip().casefold() in _UNKNOWN else cell.strip()
    return cell


def _read_days(cell: Any) -> Any:
    """Return a day, or the first and the last one that are possible."""
    found = _read_day(cell)
    if not isinstance(found, str):
        return found
    days = re.split(_BETWEEN_DAYS, found)
    return days if len(days) == 2 else _read_yaml_or_text(found)


def _read_flag(cell: Any) -> Any:
    """Return yes or no, in words or as a truth value."""
    word = folded(text_of(cell))
    if word in ("yes", "no"):
        return word
    if word in _YES or word in _NO:
        return word in _YES
    if isinstance(cell, str) and cell.strip().casefold() in _UNKNOWN:
        return None
    return _read_yaml_or_text(cell.strip()) if isinstance(cell, str) else cell


def _read_answers(names: Mapping[str, str], fact: Any, cell: Any) -> Any:
    """Return an answer in words, or several, which semicolons divide."""
    if isinstance(cell, date):
        raise _made_a_date(cell)
    if isinstance(cell, list | dict):
        return cell
    text = text_of(cell).strip()
    is_set = isinstance(fact, SetFact)

    def name_of(word: str) -> str:
        return names.get(word) or names.get(folded(word)) or composed(word)

    if text[:1] in ("[", "{"):
        return _read_yaml_or_text(text)
    parts = _parts_of(text)
    found = [name_of(part) for part in parts]
    if len(parts) == 1 and found[0] not in names:
        if text.casefold() in _UNKNOWN:
            return None
        if _DATE.fullmatch(text.casefold()):
            raise _made_a_date(text)
        if is_set and text.casefold() == "none":
            return []
    if parts[-1:] == ["?"] and fact.holds_several:
        return {"at_least": found[:-1]}
    if is_set:
        return found
    if len(found) == 1:
        return found[0]
    return {"all_of": found} if fact.holds_several else found


def _read_status(cell: Any) -> str | None:
    """Return whether a safeguard is in place or planned; None for neither."""
    word = folded(text_of(cell))
    if word == "planned":
        return word
    if word in _IN_PLACE:
        return "in_place"
    if word in _NOT_IN_PLACE or text_of(cell).strip().casefold() in _UNKNOWN:
        return None
    message = f"`{quotable(text_of(cell))}` is not the status of a safeguard"
    help = "write `in place` or `planned`, or leave the cell blank"
    raise ReadingError("invalid-choice", message, help=help)


def _read_safeguards(names: Mapping[str, str], cell: Any) -> Any:
    """Return the safeguards in a cell: `audit; ethics review (planned)`."""
    placed = []
    for written in _read_words(cell):
        planned = _PLANNED.fullmatch(written) if isinstance(written, str) else None
        name = planned[1] if planned is not None else written
        if isinstance(name, str):
            name = names.get(folded(name), name)
        placed.append(name if planned is None else {"id": name, "status": "planned"})
    return placed


_PLANNED = re.compile(r"(.+?)\s*(?:\(planned\)|:\s*planned)")


def _read_unit(cell: Any) -> Any:
    return folded(text_of(cell))


def _read_yaml(cell: Any) -> Any:
    """Return what stands in a cell in the form of YAML alone: partners, or sources."""
    found = _read_yaml_or_text(cell.strip()) if isinstance(cell, str) else cell
    if isinstance(found, list | dict):
        return found
    message = f"`{quotable(text_of(cell))}` is not in the form of YAML"
    help = "write `[{id: acme}]` for partners, `{who-1: {title: ...}}` for sources, or a YAML file"
    raise ReadingError("invalid-type", message, help=help)


_READERS_OF_KEYS: dict[str, Callable[[Any], Any]] = {
    "answered": lambda _: None,
    "unit": _read_unit,
    "list.unit": _read_unit,
    "tags": _read_words,
    "framework": _read_words,
    "partners": _read_yaml,
    "sources": _read_yaml,
    "as_of": _read_day,
}


class _Readings(dict[tuple[type, Any], Any]):
    """What the cells of a column mean: each different one is read once; an error is kept."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, key: tuple[type, Any]) -> Any:
        try:
            found = None if is_blank(key[1]) else self.read(key[1])
        except ReadingError as error:
            found = error
        with suppress(TypeError):  # a list is no key
            self[key] = found
        return found

    def of(self, cell: Any) -> Any:
        """Return what a cell means."""
        if cell.__class__.__hash__ is None:
            return self.__missing__((list, cell))
        return self[cell.__class__, cell]  # 1, 1.0 and true are equal, and not the same


def cell_reading(heads: Heads, head: Head) -> Callable[[Any], Any]:
    """Return the function that gives what a cell of a column means, or a `ReadingError`."""
    return _Readings(_CellReader(heads).of(head)).of


# rows


@dataclass
class Rows:
    """The candidates in a table.

    Parameters
    ----------
    sheet : Sheet
        Below its heads.
    columns : mapping of position to Head
        The columns that are understood.
    rows : sequence of int
        Positions of the rows of candidates, from 0.
    data : mapping
        A document of the kind `candidates/1`.
    found : list of Diagnostic
        What cannot be read.
    remarks : list of str
        The numbers of rows and of unknown answers, and what was recognised.
    """

    sheet: Sheet
    columns: dict[int, Head]
    rows: list[int] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    values: dict[Head, list[Any]] = field(default_factory=dict)

    def find(self, path: KeyPath, at_key: bool = True) -> tuple[Span | None, bool]:
        """Return the place of a path, and whether it exists; see `reader.place_of`."""
        top, *inner = path or ("",)
        if top != "candidates" or not inner or not self.rows:
            column = self._column_of([top if top in LIST_KEYS else f"list.{top}"])
            row = self.rows[0] if column is not None and self.rows else -1
            return self.sheet.span(row, column or 0), column is not None
        place = int(inner[0])
        part = tuple(self._named_safeguard(place, inner[1:]))
        column = self._column_of(part)
        if column is not None:
            # what is inside a cell has no place of its own
            is_whole = part in (self.columns[column].path, ("id",), (*part[:2], "value"))
            return self.sheet.span(self.rows[place], column), is_whole
        cells = self.sheet.row(self.rows[place])
        first = next((k for k in self.columns if not is_blank(cells[k])), 0)
        return self.sheet.span(self.rows[place], first), len(inner) == 1

    def _column_of(self, path: Sequence[Any]) -> int | None:
        """Return the column that holds a part of a candidate, or the rest of it."""
        ends = (tuple(path[:end]) for end in range(len(path), 0, -1))
        return next((self._by_path[end] for end in ends if end in self._by_path), None)

    @cached_property
    def _by_path(self) -> dict[tuple[Any, ...], int]:
        """The column of each key of a candidate, the first one for those that have several."""
        by_path: dict[tuple[Any, ...], int] = {}
        for column, head in self.columns.items():
            by_path[head.path] = column
        for column, head in self.columns.items():
            by_path.setdefault(head.path[:2], column)
        if ("title",) in by_path:
            by_path.setdefault(("id",), by_path["title",])
        return by_path

    def _named_safeguard(self, place: int, path: Sequence[Any]) -> Sequence[Any]:
        """Return a path to a safeguard by its name in place of its position, where it has one."""
        if len(path) < 2 or path[0] != "safeguards" or not isinstance(path[1], int):
            return path
        entry = self.data["candidates"][place]["safeguards"][path[1]]
        name = entry["id"] if isinstance(entry, Mapping) else entry
        return ["safeguards", name, *path[2:]]

    def refuse(self, at: tuple[int, int], *words: str, path: KeyPath = ()) -> None:
        """Add a finding about a cell, or about the head of a column if the row is -1.

        Parameters
        ----------
        at : (row, column)
        words : str
            The code, the message and the help.
        path : tuple of str or int
        """
        code, message, help = words
        span = self.sheet.span(*at)
        self.found.append(Diagnostic(code, message, path, help, span=span))


def frameworks_in(sheet: Sheet) -> tuple[list[str], Rows]:
    """Return the frameworks that a table names in a column of its own, and where it does so."""
    reader = Heads([])
    sheet, _ = _below_heads(sheet, reader)
    head = Head("", "framework")
    rows = Rows(sheet, {k: head for k, text in enumerate(sheet.heads) if head in reader.read(text)})
    named: list[str] = []
    for column in rows.columns:
        readings = _Readings(_read_words)
        for cell in sheet.cells(column):
            named += readings.of(cell) or ()
    return [*dict.fromkeys(named)], rows


def rows_of(sheet: Sheet, frameworks: Sequence[Framework], ignored: Sequence[str] = ()) -> Rows:
    """Return the candidates in a table.

    Parameters
    ----------
    sheet : Sheet
    frameworks : sequence of Framework
        They define the criteria, facts and safeguards that columns hold.
    ignored : sequence of str
        Heads of columns that are left out.
    """
    reader = Heads(frameworks)
    sheet, above = _below_heads(sheet, reader)
    rows = Rows(sheet, {})
    _understand_heads(rows, reader, ignored)
    blank = _keep_filled_rows(rows)
    _read_columns(rows, reader)
    _assemble(rows)
    rows.remarks = [
        *_count_rows(rows, blank, above),
        *sheet.remarks,
        *rows.remarks,
        *_count_unknown(rows, reader),
    ]
    return rows


def _below_heads(sheet: Sheet, reader: Heads) -> tuple[Sheet, int]:
    """Return the rows below the heads of a table, and the number of filled rows above the heads.

    The heads are the first row of which half the filled cells are understood, else the row with
    most of them, else the first one with any cell.
    """
    if sheet.heads:
        return sheet, 0
    most, heads, filled = -1, 0, []
    for row in range(min(sheet.height, _MOST_ABOVE)):
        texts = [text for text in map(text_of, sheet.row(row)) if text.strip()]
        understood = sum(bool(reader.read(text)) for text in texts)
        if texts and understood > most:
            most, heads = understood, row
        filled.append(bool(texts))
        if texts and 2 * understood >= len(texts):
            heads = row
            break
    return sheet.below(heads), sum(filled[:heads])


def _understand_heads(rows: Rows, reader: Heads, ignored: Sequence[str]) -> None:
    """Note the meaning of each column, and refuse what is not understood."""
    sheet = rows.sheet
    columns: dict[Head, int] = {}
    left_out: list[str] = []
    headless: list[int] = []
    for k, text in enumerate(sheet.heads):
        if text.strip() and text.strip() in ignored:
            left_out.append(f"`{text.strip()}`")
            continue
        if not text.strip():
            headless.append(k)
            continue
        meanings = reader.read(text)
        if len(meanings) != 1:
            _refuse_head(rows, k, reader, meanings)
            continue
        (head,) = meanings
        if head in columns:
            notes = (Note("the other column", span=sheet.span(-1, columns[head])),)
            message = f"the column `{quotable(text)}` holds what another column holds"
            help = f"remove one of them; {_to_ignore(text)}"
            span = sheet.span(-1, k)
            path = ("columns", text.strip())
            found = Diagnostic("duplicate-column", message, path, help, notes=notes, span=span)
            rows.found.append(found)
            continue
        columns[head] = k
    _refuse_headless(rows, headless)
    rows.columns = {k: head for head, k in columns.items()}
    if left_out:
        rows.remarks.append(f"columns left out: {listed(left_out)}")
    if Head("", "id") not in columns and Head("", "title") not in columns:
        message = "no column has the ids or the titles of the candidates"
        help = "write `id` or `title` above one of them"
        rows.refuse((-1, 0), "missing-column", message, help, path=("columns",))


def _to_ignore(text: str) -> str:
    name = shlex.quote(text.strip())
    return f"to leave it out: `--ignore-columns {name}` (in Python `ignore_columns=`)"


def _refuse_headless(rows: Rows, columns: Sequence[int]) -> None:
    """Refuse the cells of columns without a head."""
    found = []
    for column in columns:
        cells = rows.sheet.cells(column)
        found += [(row, column) for row, cell in enumerate(cells) if not is_blank(cell)]
    if found:
        at = min(found)
        count = len({row for row, _ in found})
        message = f"{plural(count, 'row')} with cells in a column without a head"
        help = "write a head above them, or put text with the sign between cells in quotes"
        rows.refuse(at, "unknown-column", message, help, path=("columns",))


def _refuse_head(rows: Rows, column: int, reader: Heads, meanings: Sequence[Head]) -> None:
    """Refuse a head that is not understood, or has several meanings."""
    text = rows.sheet.heads[column]
    path = ("columns", text.strip())
    if meanings:
        forms = [f"`{'.'.join(head.path)}`" for head in meanings]
        message = f"the column `{quotable(text)}` has several meanings"
        help = f"write {listed(forms, 'or')}"
        rows.refuse((-1, column), "ambiguous-column", message, help, path=path)
        return
    known = reader.known
    message = f"the column `{quotable(text)}` is no criterion, fact or safeguard of {reader.names}"
    meant = reader.meant(text) or "write the id or the title of one as its head;"
    if text.strip() in known.partner_facts:
        form = f"`[{{id: ..., facts: {{{text.strip()}: ...}}}}]`"
        meant = f"it is asked of each partner: write it into a column `partners`, as {form};"
    help = f"{meant} {_to_ignore(text)}"
    rows.refuse((-1, column), "unknown-column", message, help, path=path)


def _keep_filled_rows(rows: Rows) -> int:
    """Note the rows with cells, and return the number of blank ones above the last of them."""
    sheet = rows.sheet
    blank = set(range(sheet.height))
    for k in range(len(sheet.columns)):
        cells = sheet.cells(k)
        blank = {row for row in blank if is_blank(cells[row])}
    rows.rows = [row for row in range(sheet.height) if row not in blank]
    return rows.rows[-1] + 1 - len(rows.rows) if rows.rows else 0


def _read_columns(rows: Rows, reader: Heads) -> None:
    """Read the cells of all columns that are understood, and refuse those that cannot be read."""
    cells = _CellReader(reader, _has_decimal_commas(rows, reader))
    if cells.has_commas:
        rows.remarks.append("numbers have decimal commas")
    for column, head in rows.columns.items():
        readings, given = _Readings(cells.of(head)), rows.sheet.cells(column)
        rows.values[head] = [readings.of(given[row]) for row in rows.rows]
    _drop_second_heads(rows, reader)
    for column in rows.columns:
        _refuse_cells(rows, column)
    places = {row: k for k, row in enumerate(rows.rows)}
    for (row, column), doubt in rows.sheet.doubts.items():
        if row in places and column in rows.columns:
            head = rows.columns[column]
            cell = rows.sheet.cells(column)[row]
            if doubt.code == "per-cent" and _is_no_answer(100 * cell, head, reader):
                continue  # a scale from 0 to 1
            rows.values[head][places[row]] = None
            rows.refuse((row, column), *doubt, path=("candidates", places[row], *head.path))


def _drop_second_heads(rows: Rows, reader: Heads) -> None:
    """Refuse the first row as a second row of heads, where its cells are no ratings or answers."""
    wrong, count = [], 0
    if len(rows.rows) < 2:
        return
    for column, head in rows.columns.items():
        value = rows.values[head][0]
        if head.section in ("ratings", "facts") and not head.part and value is not None:
            count += 1
            if isinstance(value, str) and _is_no_answer(value, head, reader):
                wrong.append(column)
    name = rows.values.get(Head("", "id")) or rows.values.get(Head("", "title")) or [None]
    is_named = name[0] is not None
    if wrong and (not is_named or (len(wrong) == count and count > 1)):
        row = rows.rows.pop(0)
        for values in rows.values.values():
            del values[0]
        message = f"row {rows.sheet.first + row} looks like a second row of heads"
        help = "delete it, or move it above the first row of heads"
        rows.refuse((row, wrong[0]), "second-heads", message, help, path=("columns",))


def _is_no_answer(value: str | float, head: Head, reader: Heads) -> bool:
    """Return whether a text or a number is no rating of a criterion, and no answer to a fact."""
    known = reader.known
    try:
        if head.section == "ratings" and head.key in known.criteria:
            known.criteria[head.key].read(value)
        elif head.key in known.facts:
            known.facts[head.key].read(value, known.list_members)
    except ReadingError:
        return True
    return False


def _refuse_cells(rows: Rows, column: int) -> None:
    """Refuse the cells of a column that could not be read."""
    head = rows.columns[column]
    values = rows.values[head]
    for k, row in enumerate(rows.rows):
        if isinstance(values[k], ReadingError):
            wrong = values[k].diagnostic
            words = (wrong.code, wrong.message, wrong.help or "")
            rows.refuse((row, column), *words, path=("candidates", k, *head.path))
            values[k] = None


def _has_decimal_commas(rows: Rows, reader: Heads) -> bool:
    """Return whether numbers of a table have decimal commas, and none has a decimal point.

    Three digits behind a sign may be thousands, and say nothing.
    """
    signs = set()
    for column, head in rows.columns.items():
        is_number = isinstance(reader.known.facts.get(head.key), NumberFact)
        is_number = head.section == "ratings" or (head.section == "facts" and is_number)
        if is_number and head.part in ("", "low", "high"):
            for text in {cell for cell in rows.sheet.cells(column) if isinstance(cell, str)}:
                if text[:1] not in ("[", "{"):
                    signs.update(re.findall(r"(?<!\d)\d+([.,])(?!\d{3}(?!\d))\d+", text))
    return signs == {","}


def _assemble(rows: Rows) -> None:
    """Write the document of the values."""
    count = len(rows.rows)
    entries: list[dict[str, Any]] = [{} for _ in range(count)]
    for head, values in rows.values.items():
        if not head.section and head.key not in LIST_KEYS:
            for entry, value in zip(entries, values, strict=True):
                if value is not None:
                    entry[head.key] = value
    _name_rows(rows, entries)
    for section in ("ratings", "facts"):
        answers = _answers_of(rows, section)
        for k, entry in enumerate(entries):
            entry[section] = {key: of[k] for key, of in answers.items() if of[k] is not None}
    _add_safeguards(rows, entries)
    rows.data = {"collabscore": "candidates/1", "candidates": entries}
    for key in LIST_KEYS:
        value = _common_value(rows, Head("", key))
        if value is not None:
            rows.data[key.removeprefix("list.")] = value


def _name_rows(rows: Rows, entries: list[dict[str, Any]]) -> None:
    """Give each candidate without an id one that is made from its title."""
    for k, entry in enumerate(entries):
        if "id" not in entry and "title" in entry:
            entry["id"] = id_from(entry["title"])
        elif "id" not in entry:
            entry["id"] = f"row {rows.sheet.first + rows.rows[k]}"
            if Head("", "id") in rows.values or Head("", "title") in rows.values:
                path = ("candidates", k)
                span, _ = rows.find(path)
                message = "this row has neither an id nor a title"
                help = "write one, or delete the cells of the row"
                rows.found.append(Diagnostic("missing-key", message, path, help, span=span))


def id_from(title: str) -> str:
    """Return the id that is made from a title: its letters and digits, with hyphens.

    Examples
    --------
    >>> id_from("Influenza: surveillance & strain sharing")
    'influenza-surveillance-strain-sharing'
    """
    words = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\W_]+", "-", words).strip("-")[:_LONGEST_ID] or title


_LONGEST_ID = 200


def _answers_of(rows: Rows, section: str) -> dict[str, list[Any]]:
    """Return the ratings or the answers by key, with what other columns add to each of them."""
    by_key: dict[str, dict[str, list[Any]]] = {}
    for head, values in rows.values.items():
        if head.section == section:
            by_key.setdefault(head.key, {})[head.part] = values
    found = {}
    for key, parts in by_key.items():
        if parts.keys() == {""}:
            found[key] = parts[""]
            continue
        found[key] = []
        for k in range(len(rows.rows)):
            details = {part: values[k] for part, values in parts.items() if values[k] is not None}
            found[key].append(answer_of(details, section))
    return found


def answer_of(details: dict[str, Any], section: str) -> Any:
    """Return an answer with its details, from those that are there."""
    answer = details.pop("", None)
    if not details:
        return answer
    if section == "ratings" and isinstance(answer, list) and len(answer) == 2:
        low, high = answer
        return {"low": low, "high": high, **details}
    if isinstance(answer, Mapping):
        return {**answer, **details}
    return details if answer is None else {"value": answer, **details}


def _add_safeguards(rows: Rows, entries: list[dict[str, Any]]) -> None:
    """Add the safeguards that have columns to those that are listed in one column."""
    by_key: dict[str, dict[str, list[Any]]] = {}
    for head, values in rows.values.items():
        if head.section == "safeguards":
            by_key.setdefault(head.key, {})[head.part] = values
    for k, entry in enumerate(entries):
        placed = entry.pop("safeguards", [])
        for key, parts in by_key.items():
            details = {part: values[k] for part, values in parts.items() if values[k] is not None}
            status = details.pop("", None)
            if status is None and details:
                path = ("candidates", k, "safeguards", key)
                column = next(c for c, head in rows.columns.items() if head.key == key)
                message = f"`{key}` is not in place, but has a note or evidence"
                help = "write `in place` or `planned` as its status"
                rows.refuse((rows.rows[k], column), "missing-status", message, help, path=path)
            if status == "planned":
                details["status"] = status
            if status is not None:
                placed.append({"id": key, **details} if details else key)
        if placed:
            entry["safeguards"] = placed


def _common_value(rows: Rows, head: Head) -> Any:
    """Return the value of a column that says the same in each row that is filled."""
    values = rows.values.get(head, [])
    filled = [k for k, value in enumerate(values) if value is not None]
    for k in filled:
        if values[k] != values[filled[0]]:
            column = next(c for c, other in rows.columns.items() if other == head)
            message = f"the rows of one table have different values of `{head.key}`"
            help = "write the same value into each row, or divide the table"
            rows.refuse((rows.rows[k], column), "different-values", message, help, path=head.path)
            break
    return values[filled[0]] if filled else None


# remarks


def _count_rows(rows: Rows, blank: int, above: int) -> Iterator[str]:
    """Yield the numbers of rows and candidates, and the rows that are left out."""
    count = len(rows.rows)
    line = f"{plural(count, 'row')}, {plural(len(rows.data['candidates']), 'candidate')}"
    if blank:
        line += f"; {plural(blank, 'blank row')} left out"
    yield line
    if above:
        yield f"{plural(above, 'row')} above the heads in row {rows.sheet.first - 1} not read"


def _count_unknown(rows: Rows, reader: Heads) -> Iterator[str]:
    """Yield the number of answers that are unknown, and the criteria and facts without a column."""
    total = blank = 0
    words: Counter[str] = Counter()
    for column, head in rows.columns.items():
        if head.section in ("ratings", "facts") and not head.part:
            cells = rows.sheet.cells(column)
            total += len(rows.rows)
            for row in rows.rows:
                cell = cells[row]
                if is_blank(cell):
                    blank += 1
                elif isinstance(cell, str) and cell.strip().casefold() in _UNKNOWN:
                    words[cell.strip()] += 1
    if blank or words:
        said = [plural(blank, "blank cell")] if blank else []
        said += [f"{count:,} with `{word}`" for word, count in words.items()]
        yield f"unknown: {blank + words.total():,} of {total:,} answers ({', '.join(said)})"
    named = {head.key for head in rows.columns.values()}
    missing = [key for key in reader.known.leaves if key not in named]
    if missing:
        names = ", ".join(f"`{key}`" for key in missing)
        yield f"no column for {plural(len(missing), 'criterion', 'criteria')} (unknown): {names}"
