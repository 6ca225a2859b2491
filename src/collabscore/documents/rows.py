"""The plain data of a list of candidates from the rows of a table, with the cell of each part."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, ReadingError, Span, quotable
from ..models.facts import NumberFact
from ..models.framework import Framework
from ..output.text import listed, plural
from .heads import LIST_KEYS, CellReader, Head, Heads, Readings, read_words
from .sheets import Sheet, is_blank, text_of

__all__ = ["Rows", "answer_of", "frameworks_in", "rows_of"]

_MOST_ABOVE = 30
"""Rows among which the heads are sought."""


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
        if len(path) < 2 or path[0] != "candidates" or not self.rows:
            return self._place_in_list(path[0] if path else "")
        place = int(path[1])
        row = self.rows[place]
        part = self._named_safeguard(place, path[2:])
        column = self._column_at(part)
        if column is None:
            cells = self.sheet.row(row)
            filled = (k for k in self.columns if not is_blank(cells[k]))
            return self.sheet.span(row, next(filled, 0)), len(path) == 2
        # what is inside a cell has no place of its own
        is_whole = part in (self.columns[column].path, ("id",), (*part[:2], "value"))
        return self.sheet.span(row, column), is_whole

    def _place_in_list(self, key: object) -> tuple[Span | None, bool]:
        """Return the place of a key of the list, else that of the heads."""
        column = self._column_at((key if key in LIST_KEYS else f"list.{key}",))
        row = self.rows[0] if column is not None and self.rows else -1
        return self.sheet.span(row, column or 0), column is not None

    def _column_at(self, path: KeyPath) -> int | None:
        """Return the column that holds a part of a candidate, or the rest of it."""
        ends = (path[:end] for end in range(len(path), 0, -1))
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

    def _named_safeguard(self, place: int, path: KeyPath) -> KeyPath:
        """Return a path to a safeguard by its name in place of its position, where it has one."""
        if len(path) < 2 or path[0] != "safeguards" or not isinstance(path[1], int):
            return path
        entry = self.data["candidates"][place]["safeguards"][path[1]]
        name = entry.get("id") if isinstance(entry, Mapping) else entry
        return (path[0], name, *path[2:]) if isinstance(name, str) else path

    def column_of(self, head: Head) -> int:
        """Return the column of a head that is understood."""
        return next(column for column, held in self.columns.items() if held == head)

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
    named: dict[str, None] = {}
    for column in rows.columns:
        readings = Readings(read_words)
        for cell in sheet.cells(column):
            words = readings.of(cell)
            if isinstance(words, list):
                named.update((word, None) for word in words if isinstance(word, str))
    return list(named), rows


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
    _drop_repeated_heads(rows)
    _read_columns(rows, reader)
    _assemble(rows)
    rows.remarks = [
        *_count_rows(rows, blank, above),
        *sheet.remarks,
        *rows.remarks,
        *_count_unknown(rows),
        *_missing_columns(rows, reader),
    ]
    return rows


def _below_heads(sheet: Sheet, reader: Heads) -> tuple[Sheet, int]:
    """Return the rows below the heads of a table, and the number of filled rows above the heads.

    The heads are the first row with an id or a title of which half the filled cells are understood,
    and which is at least half as wide as any row; else that of these rows, or else of any, of which
    most are understood.
    """
    if sheet.heads:
        return sheet, 0
    rows = []
    for row in range(min(sheet.height, _MOST_ABOVE)):
        rows.append([text for text in map(text_of, sheet.row(row)) if text.strip()])
    heads = _header_row(rows, reader)
    return sheet.below(heads), sum(map(bool, rows[:heads]))


def _header_row(rows: Sequence[Sequence[str]], reader: Heads) -> int:
    """Return the position of the row of heads among some rows, each without its blank cells."""
    widest = max(map(len, rows), default=0)
    best, heads = (False, -1), 0
    for row, texts in enumerate(rows):
        meanings = list(filter(None, map(reader.read, texts)))
        is_named = not {*_NAMES}.isdisjoint(chain.from_iterable(meanings))
        is_wide = 2 * len(texts) >= widest
        if is_named and is_wide and 2 * len(meanings) >= len(texts):
            return row
        if texts and (is_named, len(meanings)) > best:
            best, heads = (is_named, len(meanings)), row
    return heads


def _understand_heads(rows: Rows, reader: Heads, ignored: Sequence[str]) -> None:
    """Note the meaning of each column, and refuse what is not understood."""
    columns: dict[Head, int] = {}
    left_out: list[str] = []
    headless: list[int] = []
    for k, text in enumerate(map(str.strip, rows.sheet.heads)):
        meanings = reader.read(text)
        if not text:
            headless.append(k)
        elif text in ignored:
            left_out.append(f"`{text}`")
        elif len(meanings) != 1:
            _refuse_head(rows, k, reader, meanings)
        elif meanings[0] in columns:
            _refuse_column(rows, k, columns[meanings[0]])
        else:
            columns[meanings[0]] = k
    rows.columns = {k: head for head, k in columns.items()}
    _refuse_headless(rows, headless)
    _note_left_out(rows, left_out, ignored)
    if columns.keys().isdisjoint(_NAMES):
        message = "no column has the ids or the titles of the candidates"
        help = "write `id` or `title` above one of them"
        rows.refuse((-1, 0), "missing-column", message, help, path=("columns",))


_NAMES = (Head("", "id"), Head("", "title"))


def _note_left_out(rows: Rows, left_out: Sequence[str], ignored: Sequence[str]) -> None:
    """Note the columns that are left out, and those that do not exist."""
    if left_out:
        rows.remarks.append(f"columns left out: {listed(left_out)}")
    for name in ignored:
        if f"`{name}`" not in left_out:
            rows.remarks.append(f"`{name}` is to be left out, and is no column of this table")


def _refuse_column(rows: Rows, column: int, other: int) -> None:
    """Refuse a column that holds what another one holds."""
    text = rows.sheet.heads[column].strip()
    first = rows.sheet.heads[other].strip()
    message = f"the columns `{quotable(first)}` and `{quotable(text)}` have the same meaning"
    help = f"remove one of them; {_to_ignore(text)}"
    span, notes = rows.sheet.span(-1, column), (Note("the other", rows.sheet.span(-1, other)),)
    path = ("columns", text)
    found = Diagnostic("duplicate-column", message, path, help, notes=notes, span=span)
    rows.found.append(found)


def _to_ignore(text: str) -> str:
    name = shlex.quote(text)
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
        message = f"{plural(count, 'row')} with cells in a column without a header"
        help = "write a header above them, or put text with the sign between cells in quotes"
        rows.refuse(at, "unknown-column", message, help, path=("columns",))


def _refuse_head(rows: Rows, column: int, reader: Heads, meanings: Sequence[Head]) -> None:
    """Refuse a head that is not understood, or has several meanings."""
    text = rows.sheet.heads[column].strip()
    forms = [f"`{'.'.join(head.path)}`" for head in meanings]
    code, message = "ambiguous-column", f"the column `{quotable(text)}` has several meanings"
    help = f"write {listed(forms, 'or')}"
    if not meanings:
        code, help = "unknown-column", reader.meant(text) or "write the id or the title of one;"
        message = f"the column `{quotable(text)}` is no criterion, fact or safeguard"
        message += f" of {reader.names}"
        if text in reader.known.partner_facts:
            form = f"`[{{id: ..., facts: {{{text}: ...}}}}]`"
            help = f"it is asked of each partner: write it into a column `partners`, as {form};"
        help += f" {_to_ignore(text)}"
    rows.refuse((-1, column), code, message, help, path=("columns", text))


def _keep_filled_rows(rows: Rows) -> int:
    """Note the rows with cells, and return the number of blank ones above the last of them."""
    sheet = rows.sheet
    blank = set(range(sheet.height))
    for k in range(len(sheet.columns)):
        cells = sheet.cells(k)
        blank = {row for row in blank if is_blank(cells[row])}
    rows.rows = [row for row in range(sheet.height) if row not in blank]
    return rows.rows[-1] + 1 - len(rows.rows) if rows.rows else 0


def _drop_repeated_heads(rows: Rows) -> None:
    """Refuse the rows that repeat the heads, as where one table is pasted below another."""
    heads = {column: rows.sheet.heads[column].strip() for column in rows.columns}
    if len(heads) < 2:
        return
    first = next(iter(heads))
    cells = rows.sheet.cells(first)
    alike = [row for row in rows.rows if text_of(cells[row]).strip() == heads[first]]
    for row in alike:
        texts = rows.sheet.row(row)
        if all(text_of(texts[column]).strip() == head for column, head in heads.items()):
            rows.rows.remove(row)
            message = f"row {rows.sheet.first + row} repeats the header row"
            rows.refuse((row, first), "second-headers", message, "delete it", path=("columns",))


def _read_columns(rows: Rows, reader: Heads) -> None:
    """Read the cells of all columns that are understood, and refuse those that cannot be read."""
    cells = CellReader(reader, _has_decimal_commas(rows, reader))
    if cells.has_commas:
        rows.remarks.append("numbers have decimal commas")
    for column, head in rows.columns.items():
        readings, given = cells.readings(head), rows.sheet.cells(column)
        rows.values[head] = [readings.of(given[row]) for row in rows.rows]
    _drop_second_heads(rows, reader)
    for column in rows.columns:
        _refuse_cells(rows, column)
    _refuse_doubted(rows, reader)


def _refuse_doubted(rows: Rows, reader: Heads) -> None:
    """Refuse the cells that cannot be trusted."""
    places = {row: k for k, row in enumerate(rows.rows)}
    for (row, column), doubt in rows.sheet.doubts.items():
        head = rows.columns.get(column)
        if row not in places or head is None:
            continue
        if doubt.code == "per-cent" and _ends_at_one(head, reader):
            continue
        rows.values[head][places[row]] = None
        rows.refuse((row, column), *doubt, path=("candidates", places[row], *head.path))


def _ends_at_one(head: Head, reader: Heads) -> bool:
    """Return whether the greatest rating or answer is 1, so that a per cent is a part of it."""
    if head.section == "ratings" and head.key in reader.known.criteria:
        return reader.known.criteria[head.key].range[1] <= 1
    fact = reader.known.facts.get(head.key)
    return isinstance(fact, NumberFact) and fact.limits[1] <= 1


def _drop_second_heads(rows: Rows, reader: Heads) -> None:
    """Refuse the first row as a second row of heads, where its cells are no ratings or answers.

    All of them are none, or some are and the row has no name.
    """
    if len(rows.rows) < 2:
        return
    first = {head: values[0] for head, values in rows.values.items() if values[0] is not None}
    filled = list(filter(_is_answer, first))
    wrong = [head for head in filled if _is_wrong_text(first[head], head, reader)]
    least = 1 if first.keys().isdisjoint(_NAMES) else max(2, len(filled))
    if len(wrong) < least:
        return
    row = rows.rows.pop(0)
    for values in rows.values.values():
        del values[0]
    column = rows.column_of(wrong[0])
    message = f"row {rows.sheet.first + row} looks like a second header row"
    help = "delete it, or move it above the first header row"
    rows.refuse((row, column), "second-headers", message, help, path=("columns",))


def _is_wrong_text(value: Any, head: Head, reader: Heads) -> bool:
    return isinstance(value, str) and _is_no_answer(value, head, reader)


def _is_answer(head: Head) -> bool:
    """Return whether a column holds ratings or answers, rather than details of them."""
    return head.section in ("ratings", "facts") and not head.part


def _is_no_answer(value: str, head: Head, reader: Heads) -> bool:
    """Return whether a text is no level of a criterion, and no answer to a fact."""
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
            texts = {cell for cell in rows.sheet.cells(column) if isinstance(cell, str)}
            for text in texts:
                signs.update(_DECIMAL_SIGN.findall("" if text.startswith(("[", "{")) else text))
    return signs == {","}


_DECIMAL_SIGN = re.compile(r"(?<!\d)\d+([.,])(?!\d{3}(?!\d))\d+")


def _assemble(rows: Rows) -> None:
    """Write the document of the values."""
    entries: list[dict[str, Any]] = [{} for _ in rows.rows]
    for head, values in rows.values.items():
        if not head.section and head.key not in LIST_KEYS:
            _enter(entries, head.key, values)
    _name_rows(rows, entries)
    for section in ("ratings", "facts"):
        parts: list[dict[str, Any]] = [{} for _ in entries]
        for key, answers in _answers_of(rows, section).items():
            _enter(parts, key, answers)
        _enter(entries, section, parts)
    _add_safeguards(rows, entries)
    rows.data = {"collabscore": "candidates/1", "candidates": entries}
    for key in LIST_KEYS:
        value = _common_value(rows, Head("", key))
        if value is not None:
            rows.data[key.removeprefix("list.")] = value


def _enter(entries: Sequence[dict[str, Any]], key: str, values: Sequence[Any]) -> None:
    """Enter values under a key, where there are any."""
    for entry, value in zip(entries, values, strict=True):
        if value is not None:
            entry[key] = value


def _name_rows(rows: Rows, entries: list[dict[str, Any]]) -> None:
    """Give each candidate without an id one that is made from its title."""
    for k, entry in enumerate(entries):
        if "id" not in entry and "title" in entry:
            entry["id"] = id_from(entry["title"])
        elif "id" not in entry:
            entry["id"] = f"row {rows.sheet.first + rows.rows[k]}"
            if not rows.values.keys().isdisjoint(_NAMES):
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
    found = {}
    for key, parts in _parts_by_key(rows, section).items():
        found[key] = parts.get("", [])
        if len(parts) > 1 or not found[key]:
            found[key] = []
            for k in range(len(rows.rows)):
                details = _details_at(parts, k)
                answer = details.get("")
                found[key].append(answer_of(details, section))
                if _is_given_twice(answer, details):
                    _refuse_twice(rows, k, Head(section, key))
    return found


def _parts_by_key(rows: Rows, section: str) -> dict[str, dict[str, list[Any]]]:
    """Return the columns of a section by the id that they are about, and by its part."""
    by_key: dict[str, dict[str, list[Any]]] = {}
    for head, values in rows.values.items():
        if head.section == section:
            by_key.setdefault(head.key, {})[head.part] = values
    return by_key


def _details_at(parts: Mapping[str, Sequence[Any]], k: int) -> dict[str, Any]:
    return {part: values[k] for part, values in parts.items() if values[k] is not None}


def answer_of(details: dict[str, Any], section: str) -> Any:
    """Return an answer with its details, from those that are there; it takes "" out of them."""
    answer = details.pop("", None)
    if not details:
        return answer
    if section == "ratings" and isinstance(answer, list) and len(answer) == 2:
        low, high = answer
        return {"low": low, "high": high, **details}
    if isinstance(answer, Mapping):
        return {**answer, **details}
    return details if answer is None else {"value": answer, **details}


def _is_given_twice(answer: Any, details: Mapping[str, Any]) -> bool:
    """Return whether a cell and other columns hold the same details of one answer."""
    inside = {"low", "high"} if isinstance(answer, list) else set()
    if isinstance(answer, Mapping):
        inside = set(answer)
    return not inside.isdisjoint(details)


def _refuse_twice(rows: Rows, k: int, head: Head) -> None:
    column = rows.column_of(head)
    message = f"`{head.key}` is given twice: in this cell, and by details in other columns"
    path: KeyPath = ("candidates", k, *head.path)
    rows.refuse((rows.rows[k], column), "both-forms", message, "remove one of them", path=path)


def _add_safeguards(rows: Rows, entries: list[dict[str, Any]]) -> None:
    """Add the safeguards that have columns to those that are listed in one column."""
    by_key = _parts_by_key(rows, "safeguards")
    for k, entry in enumerate(entries):
        placed = [*entry.pop("safeguards", ())]
        for key, parts in by_key.items():
            details = _details_at(parts, k)
            status = details.pop("", None)
            if status == "planned":
                details["status"] = status
            if status is not None:
                placed.append({"id": key, **details} if details else key)
            elif details:
                _refuse_no_status(rows, k, key)
        if placed:
            entry["safeguards"] = placed


def _refuse_no_status(rows: Rows, k: int, key: str) -> None:
    """Refuse details of a safeguard that is not in place."""
    heads = rows.columns.items()
    column = next(column for column, head in heads if head.path[:2] == ("safeguards", key))
    message = f"`{key}` is not in place, but has a note or evidence"
    help = "write `in place` or `planned` as its status"
    path: KeyPath = ("candidates", k, "safeguards", key)
    rows.refuse((rows.rows[k], column), "missing-status", message, help, path=path)


def _common_value(rows: Rows, head: Head) -> Any:
    """Return the value of a column that says the same in each row that is filled.

    Sources may be divided among the rows.
    """
    common = last = None
    for k, value in enumerate(rows.values.get(head, ())):
        if value is None or value is last:
            continue
        united = value if common is None else _unite(common, value)
        if united is None:
            at = (rows.rows[k], rows.column_of(head))
            message = f"the rows of one table have different values of `{head.key}`"
            help = "write the same value into each row, or divide the table"
            rows.refuse(at, "different-values", message, help, path=head.path)
            break
        common, last = united, value
    return common


def _unite(one: Any, other: Any) -> Any:
    """Return two values of a key as one; None if they contradict each other."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        both = {**one, **other}
        return both if both == {**other, **one} else None
    return one if one == other else None


# remarks


def _count_rows(rows: Rows, blank: int, above: int) -> Iterator[str]:
    """Yield the numbers of rows and candidates, and the rows that are left out."""
    count = len(rows.rows)
    line = f"{plural(count, 'row')}, {plural(len(rows.data['candidates']), 'candidate')}"
    if blank:
        line += f"; {plural(blank, 'blank row')} left out"
    yield line
    if above:
        verb = "is" if above == 1 else "are"
        above_it = f"{plural(above, 'row')} above it {verb} not read"
        yield f"row {rows.sheet.first - 1} is the header row; {above_it}"


def _count_unknown(rows: Rows) -> Iterator[str]:
    """Yield the number of answers that are unknown."""
    blank, words = _unknown_answers(rows)
    if blank or words:
        total = len(rows.rows) * sum(map(_is_answer, rows.columns.values()))
        said = [plural(blank, "blank cell")] if blank else []
        said += [f"{count:,} with `{word}`" for word, count in words.items()]
        yield f"unknown: {blank + words.total():,} of {total:,} answers ({', '.join(said)})"


def _missing_columns(rows: Rows, reader: Heads) -> Iterator[str]:
    """Yield the criteria and the facts without a column."""
    named = {head.key for head in rows.columns.values()}
    asked = dict.fromkeys(chain.from_iterable(one.facts_asked for one in reader.known.frameworks))
    for noun, nouns, keys in (
        ("criterion", "criteria", reader.known.leaves),
        ("fact", "facts", asked),
    ):
        missing = [f"`{key}`" for key in keys if key not in named]
        if missing:
            count = f"{len(missing):,} of {plural(len(keys), noun, nouns)}"
            yield f"no column for {count} (unknown): {', '.join(missing)}"


def _unknown_answers(rows: Rows) -> tuple[int, Counter[str]]:
    """Return the number of blank ratings and answers, and of each word for an unknown one."""
    blank = 0
    words: Counter[str] = Counter()
    for column, head in filter(lambda item: _is_answer(item[1]), rows.columns.items()):
        cells = rows.sheet.cells(column)
        known = rows.values.get(head._replace(part="low"), rows.values[head])
        for row, value, low in zip(rows.rows, rows.values[head], known, strict=True):
            if value is None and low is None:
                blank += is_blank(cells[row])
                words.update(() if is_blank(cells[row]) else (text_of(cells[row]).strip(),))
    return blank, words
