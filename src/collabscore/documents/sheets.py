"""Tables of cells from CSV, Excel, Parquet, Arrow and data frames; each cell has a place.

Cells stay in columns. A cell that cannot be trusted, such as one with an error of a formula, is
kept with the reason.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from ..cells import plain_cell
from ..errors import (
    Diagnostic,
    DocumentError,
    Origin,
    Span,
    UsageError,
    did_you_mean,
    optional,
    quotable,
)
from ..models.base import composed
from ..output.table import is_formula
from ..output.text import listed, plural

__all__ = [
    "FORM_SHEETS",
    "Doubt",
    "Sheet",
    "column_letters",
    "is_blank",
    "read_table",
    "sheet_of_frame",
    "text_of",
]

_EXTRA = "tables"
_MOST_CELLS, _MOST_BYTES = 50_000_000, 1024**3
_SAMPLE = 65_536
"""Characters by which the sign between cells is recognised."""


class Doubt(NamedTuple):
    """The reason why a cell cannot be trusted, and its cure."""

    code: str
    message: str
    help: str


@dataclass(frozen=True)
class Sheet:
    """A table of cells.

    Parameters
    ----------
    source : str
        Its name in places: `list.csv`, `ratings.xlsx#Ratings`, `<frame>`.
    columns : sequence of columns
        Equally long: lists of cells, or columns of pyarrow or narwhals.
    heads : tuple of str
        Names of the columns; empty where they are in one of the rows.
    first : int
        The number of the first row: 1 in a spreadsheet, 0 in a frame.
    remarks : tuple of str
        What was recognised: encoding, sign between cells, sheets that are not read.
    doubts : mapping of (row, column) to Doubt
        Positions count from 0, at the first row of `columns`.
    """

    source: str
    columns: Sequence[Any]
    heads: tuple[str, ...] = ()
    first: int = 1
    remarks: tuple[str, ...] = ()
    doubts: Mapping[tuple[int, int], Doubt] = field(default_factory=dict)
    _cells: dict[int, list[Any]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def is_spreadsheet(self) -> bool:
        """Whether readers know its cells as `C7`, rather than by row and name of the column."""
        return self.first > 0

    def cells(self, column: int) -> Sequence[Any]:
        """Return the cells of a column as plain data."""
        cells = self.columns[column]
        if isinstance(cells, list):
            return cells
        if column not in self._cells:
            values = cells.to_pylist() if hasattr(cells, "to_pylist") else cells.to_list()
            self._cells[column] = list(map(_plain_cell, values))
        return self._cells[column]

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row as plain data."""
        return [self.cells(k)[row] for k in range(len(self.columns))]

    def below(self, row: int) -> Sheet:
        """Return the rows below one that holds the heads."""
        heads = tuple(map(text_of, self.row(row)))
        columns = [self.cells(k)[row + 1 :] for k in range(len(heads))]
        doubts = {(r - row - 1, k): doubt for (r, k), doubt in self.doubts.items()}
        first = self.first + row + 1
        return replace(self, columns=columns, heads=heads, first=first, doubts=doubts, _cells={})

    def span(self, row: int, column: int) -> Span:
        """Return the place of a cell; of the head of its column, if `row` is -1."""
        number = self.first + row
        head = self.heads[column] if self.heads else ""
        before = f"{head}: " if row >= 0 and head else ""
        text = before + (text_of(self.cells(column)[row]) if row >= 0 else head)
        cell = f"{column_letters(column)}{number}"
        if not self.is_spreadsheet:
            cell = f"row {number} (from 0)" if row >= 0 else "columns"
        start = len(before) + 1
        line, end = max(number, 0), max(len(text), start) + 1
        return Span(self.source, line, start, end, text, cell)


def _plain_cell(cell: Any) -> Any:
    """Return a cell of a frame or a file of columns as plain data; bytes that are text as text."""
    if isinstance(cell, bytes):  # old writers of Parquet mark no text as such
        with suppress(UnicodeDecodeError):
            return cell.decode()
    return plain_cell(cell)


def column_letters(column: int) -> str:
    """Return the letters of a column, from 0.

    Examples
    --------
    >>> column_letters(2), column_letters(26)
    ('C', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def text_of(cell: Any) -> str:
    """Return a cell as a reader sees it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, date | time):
        return str(cell).removesuffix(" 00:00:00")
    return "" if cell is None else quotable(cell)


def is_blank(cell: Any) -> bool:
    """Return whether a cell holds nothing, or spaces alone."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


# files


def read_table(origin: Origin, form: str, sheet: str | None) -> Sheet:
    """Return the table in a file.

    Parameters
    ----------
    origin : Origin
    form : str
        One of the formats of `reader.TABLES`.
    sheet : str, optional
        The sheet of a workbook; the first one with rows, if left out.

    Raises
    ------
    DocumentError
        If the file is damaged, protected or empty.
    UsageError
        If there is no such sheet.
    MissingExtraError
        If a library is needed that is not installed.
    """
    if sheet is not None and form != "workbook":
        message = f"`{origin.source}` has no sheets"
        raise UsageError(message, help=f"leave out `#{sheet}`")
    if form == "workbook":
        return _read_workbook(origin.text, origin.source, sheet)
    return _READERS[form](origin.text, origin.source)


def _refuse_file(source: str, code: str, message: str, help: str) -> DocumentError:
    cell = "columns" if source == "<frame>" else ""
    span = Span(source, 1, 1, 2, "", cell)
    return DocumentError([Diagnostic(code, message, help=help, span=span)])


def _refuse_damaged(source: str, noun: str) -> DocumentError:
    help = "copy or download it again, or save it again in the program that made it"
    return _refuse_file(source, "damaged-file", f"the file is damaged, or is not {noun}", help)


def _refuse_empty(source: str) -> DocumentError:
    help = "write the names of the columns into the first row, and a candidate into each row below"
    return _refuse_file(source, "empty-document", "this table has no cells", help)


# text

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SIGNS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_TOO_LONG = 1_000_000


def _read_csv(data: bytes, source: str) -> Sheet:
    """Return the table in a text with a sign between cells."""
    text, encoding = _decoded_table(data)
    remarks = [f"the encoding is {encoding}"] if encoding else []
    # a line that Excel reads, and does not show
    _, given, sign, text = re.split(r"\A(sep=([^\w\s\"]|\t)\r?\n)?", text, maxsplit=1)
    if given is None:
        sign = _sign_between(text)
    if sign != ("\t" if source.lower().endswith(".tsv") else ","):
        remarks.append(f"{_SIGNS.get(sign, f'`{sign}`')} divide the cells")
    rows = _rows_of_text(text, sign, source)
    plain = _without_apostrophe if "'" in text else composed
    columns = [list(map(plain, column)) for column in zip_longest(*rows, fillvalue="")]
    if not any(map(any, columns)):
        raise _refuse_empty(source)
    return Sheet(source, columns, remarks=tuple(remarks))


def _rows_of_text(text: str, sign: str, source: str) -> list[list[str]]:
    """Return the cells of a text by row."""
    before = csv.field_size_limit(_TOO_LONG)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: list[list[str]] = []
    start = 0
    try:
        for row in reader:
            rows.append(row)
            start = reader.line_num
    except csv.Error:
        line = re.split("\r\n|\n|\r", text)[start]
        span = Span(source, start + 1, 1, len(line) + 1, line)
        help = "close each text in quotes, and write a quotation mark inside it twice"
        message = "a quotation mark in this row is not closed, or text follows it"
        raise DocumentError([Diagnostic("table-syntax", message, help=help, span=span)]) from None
    finally:
        csv.field_size_limit(before)  # that of the whole process
    return rows


def _without_apostrophe(cell: str) -> str:
    """Return a cell without the apostrophe before what a spreadsheet would run as a formula."""
    is_marked = cell.startswith("'") and is_formula(cell[1:])
    return composed(cell[1:] if is_marked else cell)


def _decoded_table(data: bytes) -> tuple[str, str]:
    """Return a text and its encoding in words, which are empty for UTF-8."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), "" if "8" in encoding else "UTF-16"
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) > 1 and data[place] == 0:
            return data.decode(encoding, errors="replace"), "UTF-16"
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8"), ""
    with suppress(UnicodeDecodeError):
        return data.decode("cp1252"), "Windows-1252, not UTF-8"
    return data.decode("latin-1"), "Latin-1, not UTF-8"


def _sign_between(text: str) -> str:
    """Return the sign that divides most rows of a text into equally many cells."""
    best, sign_found = (0.0, 0), ","
    for sign in _SIGNS:
        sample = text[:_SAMPLE]
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=sign)
        widths: Counter[int] = Counter()
        with suppress(csv.Error):
            widths.update(len(row) for row in islice(rows, 50) if any(map(str.strip, row)))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
        rank = (count / widths.total(), width)
        if width > 1 and rank > best:
            best, sign_found = rank, sign
    return sign_found


# workbooks

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PASSWORD = (
    "protected-file",
    "the workbook is protected by a password",
    "open it, remove the password, and save it",
)


def _read_workbook(data: bytes, source: str, sheet: str | None) -> Sheet:
    """Return a sheet of a workbook: the one that is named, else the first one that has heads."""
    parts = _parts_of_workbook(data, source)
    _refuse_far_cells(parts, source)
    filled = _filled_sheets(data, source, sheet)
    if not filled:
        raise _refuse_empty(source)
    if tuple(filled) == FORM_SHEETS:
        del filled[FORM_SHEETS[1]], filled[FORM_SHEETS[2]]
    name = next((name for name, found in filled.items() if _has_names(found)), next(iter(filled)))
    rows = filled[name].to_python(skip_empty_area=False)
    columns = [list(map(_plain_workbook_cell, column)) for column in zip_longest(*rows)]
    remarks = tuple(_remarks_on_workbook(source, name, list(filled), parts))
    merged = filled[name].merged_cell_ranges or ()
    doubts = {**_merged_cells(merged, len(columns)), **_doubtful_cells(parts, name)}
    is_named = sheet is not None or len(filled) > 1
    return Sheet(f"{source}#{name}" if is_named else source, columns, (), 1, remarks, doubts)


FORM_SHEETS = ("Ratings", "Instructions", "Words")
"""The sheets of a workbook to fill in: the first one holds candidates."""
_MOST_ABOVE = 30
_NAMES = frozenset({"id", "title", "name"})


def _has_names(sheet: Any) -> bool:
    """Return whether one of the first rows may be that of the heads: another sheet is a cover."""
    rows = sheet.to_python(skip_empty_area=False, nrows=_MOST_ABOVE)
    return any(text_of(cell).strip().casefold() in _NAMES for row in rows for cell in row)


def _filled_sheets(data: bytes, source: str, sheet: str | None) -> dict[str, Any]:
    """Return the sheet that is named, else all that readers see, by name; those with rows."""
    calamine = optional("python_calamine", _EXTRA)
    if not data.startswith(b"PK") and _ENCRYPTED in data:
        raise _refuse_file(source, *_PASSWORD)
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = _sheets_to_read(calamine, book, source, sheet)
        sheets = {name: book.get_sheet_by_name(name) for name in names}
    except calamine.PasswordError:
        raise _refuse_file(source, *_PASSWORD) from None
    except calamine.CalamineError:
        raise _refuse_damaged(source, "a workbook") from None
    return {name: found for name, found in sheets.items() if found.height}


def _sheets_to_read(calamine: Any, book: Any, source: str, sheet: str | None) -> list[str]:
    """Return the sheet that is named, else all that readers see."""
    kind, shown = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
    tables = {one.name: one.visible == shown for one in book.sheets_metadata if one.typ == kind}
    visible = [name for name in tables if tables[name]]
    if sheet is None:
        return visible
    if sheet not in tables:
        message = f"`{source}` has no sheet `{quotable(sheet)}`"
        raise UsageError(message, help=did_you_mean(sheet, visible))
    return [sheet]


def _remarks_on_workbook(
    source: str, read: str, filled: Sequence[str], parts: Mapping[str, bytes]
) -> Iterator[str]:
    """Yield what is not read of a workbook."""
    others = [name for name in filled if name != read]
    if others:
        names = listed([f"`{name}`" for name in others])
        other = f"{Path(source).name}#{others[0]}"
        yield f"the sheet `{read}` is read, and {names} not: name one as `{other}`"
    if source.lower().endswith(".xlsm"):
        yield "macros are not run"
    errors = parts.get("content.xml", b"").count(b'calcext:value-type="error"')
    if errors:
        yield f"{plural(errors, 'cell')} of the workbook with errors of formulas: blank"


def _parts_of_workbook(data: bytes, source: str) -> dict[str, bytes]:
    """Return the parts of a workbook by name; none of one of the old kind."""
    if not data.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(one.file_size for one in archive.infolist())
            names = [name for name in archive.namelist() if _PARTS.match(name)]
            parts = {name: archive.read(name) for name in names} if size <= _MOST_BYTES else {}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise _refuse_damaged(source, "a workbook") from None
    if size > _MOST_BYTES:
        message = f"the workbook is larger than {_MOST_BYTES // 1024**2} MiB unpacked"
        raise _refuse_file(source, "too-large", message, "divide it into several")
    return parts


def _refuse_far_cells(parts: Mapping[str, bytes], source: str) -> None:
    """Refuse a sheet with a cell far away.

    The reader of workbooks takes memory for each cell up to the last one, and ends the process if
    there is not enough.
    """
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/")]
    if max(map(_size_of_sheet, sheets), default=0) > _MOST_CELLS:
        message = f"a sheet of the workbook has more than {_MOST_CELLS:,} cells, most of them blank"
        help = "delete the cells far to the right, or far below, and save it again"
        raise _refuse_file(source, "too-large", message, help)


_PARTS = re.compile(r"content\.xml|xl/.*\.(xml|rels)$")
"""The parts of a workbook that tell of formulas and formats."""


def _size_of_sheet(text: bytes) -> int:
    """Return the number of cells of a sheet, up to its last row and its last column."""
    rows = re.split(rb"<(?:\w+:)?row\b", text)[1:]
    widest = max((row.count(b"<c") + row.count(b":c ") for row in rows), default=0)
    height = max(map(int, _ROW_NUMBER.findall(text)), default=0)
    if not _FAR_COLUMN.search(text):
        return max(len(rows), height) * max(widest, 26)
    letters = {found.decode() for found in _COLUMN_LETTERS.findall(text)}
    return max(len(rows), height) * max(widest, *(_column_of(one) + 1 for one in letters))


_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["'](\d{1,9})""")
_FAR_COLUMN = re.compile(rb"""\br\s*=\s*["'][A-Z]{2,3}\d""")
_COLUMN_LETTERS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})\d""")


def _plain_workbook_cell(cell: Any) -> Any:
    """Return a cell with a whole number as such, a day without its time, and a text in NFC."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return composed(cell) if isinstance(cell, str) else cell


def _merged_cells(
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], width: int
) -> dict[tuple[int, int], Doubt]:
    """Return the cells that are merged with others, but for the one that holds the value."""
    found = {}
    for (top, left), (bottom, right) in merged:
        first, last = (f"{column_letters(k)}{r + 1}" for r, k in ((top, left), (bottom, right)))
        message = f"the cells {first}:{last} are merged, and only {first} holds a value"
        doubt = Doubt("merged-cells", message, "unmerge them, and fill in each cell")
        for row in range(top, min(bottom, top + 1000) + 1):
            for column in range(left, min(right + 1, width)):
                found[row, column] = doubt
        found.pop((top, left), None)
    return found


_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)", re.DOTALL)
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PER_CENT = {"9", "10"}
"""Built-in number formats that show 0.45 as 45 %."""


def _doubtful_cells(parts: Mapping[str, bytes], name: str) -> dict[tuple[int, int], Doubt]:
    """Return the cells of a sheet with errors, formulas without values, and shown per cents.

    The reader of workbooks gives errors and such formulas as blank cells, and forgets formats.
    """
    text, styles = _text_of_sheet(parts, name), _styles_of_per_cent(parts)
    if not (styles or _FORMULA.search(text) or re.search(rb"""\bt\s*=\s*["']e["']""", text)):
        return {}
    found = {}
    row = -1
    for written, cells in _ROW.findall(text):
        row = int(_attributes(written).get("r", row + 2)) - 1  # without a number it is the next one
        column = -1
        for attributes, content in map(_parts_of_cell, _CELL.findall(cells)):
            letters = attributes.get("r", "").rstrip("0123456789")
            column = _column_of(letters) if letters else column + 1
            doubt = _doubt_of_cell(attributes, content, styles)
            if doubt is not None:
                found[row, column] = doubt
    return found


def _parts_of_cell(cell: tuple[bytes, bytes]) -> tuple[dict[str, str], bytes]:
    return _attributes(cell[0]), cell[1]


def _attributes(text: bytes | str) -> dict[str, str]:
    """Return the attributes of an element of XML; their order has no meaning."""
    written = text if isinstance(text, str) else text.decode(errors="replace")
    found = _ATTRIBUTE.findall(written)
    return {key: html.unescape(double or single) for key, double, single in found}


def _doubt_of_cell(
    attributes: Mapping[str, str], content: bytes, styles: frozenset[str]
) -> Doubt | None:
    """Return what is doubtful about a cell of a workbook, from its XML."""
    value = _VALUE.search(content)
    written = value[1].decode(errors="replace") if value is not None else ""
    kind = attributes.get("t", "n")
    if kind == "e":
        return Doubt("formula-error", f"the cell has the error `{written}`", "correct its formula")
    if _FORMULA.search(content) and not written and kind != "str":
        message = "the formula in this cell has no stored value"
        help = "open the workbook in a spreadsheet program, and save it there"
        return Doubt("no-stored-value", message, help)
    if kind != "n" or attributes.get("s") not in styles or not written:
        return None
    with suppress(ValueError):
        shown = quotable(float(f"{float(written) * 100:.12g}"))
        message = f"the cell shows `{shown}%`, but holds `{written}`"
        return Doubt("per-cent", message, "format it as a number, and write the number meant")
    return None


def _column_of(letters: str) -> int:
    """Return the position of a column, from 0, by its letters."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _text_of_sheet(parts: Mapping[str, bytes], name: str) -> bytes:
    """Return the XML of a sheet; empty where there is none."""
    keys, targets = {}, {}
    for sheet in _elements(parts, "xl/workbook.xml", "sheet"):
        keys[sheet.get("name")] = sheet.get("r:id")
    for relation in _elements(parts, "xl/_rels/workbook.xml.rels", "Relationship"):
        targets[relation.get("Id")] = relation.get("Target", "")
    target = targets.get(keys.get(name), "")
    return parts.get(target[1:] if target.startswith("/") else f"xl/{target}", b"")


def _styles_of_per_cent(parts: Mapping[str, bytes]) -> frozenset[str]:
    """Return the numbers of the styles that show per cents."""
    formats = set(_PER_CENT)
    for one in _elements(parts, "xl/styles.xml", "numFmt"):
        if "%" in one.get("formatCode", ""):
            formats.add(one.get("numFmtId", ""))
    part = parts.get("xl/styles.xml", b"")
    used = re.search(rb"<(?:\w+:)?cellXfs.*?</(?:\w+:)?cellXfs>", part, re.DOTALL)
    styles = _elements({"": used[0] if used is not None else b""}, "", "xf")
    numbers = [style.get("numFmtId") for style in styles]
    return frozenset(str(k) for k, number in enumerate(numbers) if number in formats)


def _elements(parts: Mapping[str, bytes], part: str, tag: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of the elements of a kind in a part of a workbook."""
    text = parts.get(part, b"").decode(errors="replace")
    for found in re.finditer(rf"<(?:\w+:)?{tag}\b([^>]*)>", text):
        yield _attributes(found[1])


# columns


def _read_parquet(data: bytes, source: str) -> Sheet:
    parquet = optional("pyarrow.parquet", _EXTRA)
    return _sheet_from_arrow(data, source, "a Parquet file", parquet.read_table)


def _read_arrow(data: bytes, source: str) -> Sheet:
    ipc = optional("pyarrow.ipc", _EXTRA)
    is_file = data.startswith(b"ARROW1")
    open_table = ipc.open_file if is_file else ipc.open_stream
    return _sheet_from_arrow(
        data, source, "an Arrow file", lambda file: open_table(file).read_all()
    )


def _sheet_from_arrow(data: bytes, source: str, noun: str, read: Callable[[Any], Any]) -> Sheet:
    arrow = optional("pyarrow", _EXTRA)
    try:
        table = read(arrow.BufferReader(data))
    except (arrow.ArrowException, OSError):
        raise _refuse_damaged(source, noun) from None
    return _sheet_of_columns(source, table.columns, table.column_names)


def sheet_of_frame(frame: Any) -> Sheet | None:
    """Return the table in a data frame that narwhals or pyarrow can read; None for another object.

    A named index of pandas, or one of texts, becomes columns.
    """
    narwhals = optional("narwhals", _EXTRA)
    frame = _with_index(frame)
    found = None
    try:
        found = narwhals.from_native(frame)
    except TypeError:
        with suppress(ValueError, AttributeError, TypeError):  # a single column is no table
            found = narwhals.from_native(optional("pyarrow", _EXTRA).table(frame))
    except narwhals.exceptions.DuplicateError:
        (name, _), *_ = Counter(map(str, frame.columns)).most_common(1)
        message, help = f"two columns have the name `{quotable(name)}`", "rename one of them"
        raise _refuse_file("<frame>", "duplicate-column", message, help) from None
    if found is None:
        return None
    if hasattr(found, "collect"):
        found = found.collect()
    columns = [found.get_column(name) for name in found.columns]
    return _sheet_of_columns("<frame>", columns, found.columns)


def _sheet_of_columns(source: str, columns: Sequence[Any], heads: Sequence[Any]) -> Sheet:
    if not columns:
        raise _refuse_empty(source)
    return Sheet(source, columns, tuple(map(str, heads)), first=0)


def _with_index(frame: Any) -> Any:
    """Return a frame of pandas with its index as columns, if it has a name or holds texts."""
    index: Any = getattr(frame, "index", None)
    if getattr(index, "names", None) is None:
        return frame
    if any(name is not None and name not in frame.columns for name in index.names):
        return frame.reset_index(drop=False, allow_duplicates=True)
    is_text = index.inferred_type in ("string", "categorical") and index.names == [None]
    return frame.rename_axis("id").reset_index() if is_text and "id" not in frame.columns else frame


_READERS: dict[str, Callable[[bytes, str], Sheet]] = {
    "text": _read_csv,
    "parquet": _read_parquet,
    "arrow": _read_arrow,
}
