"""Lists of candidates as files: YAML, JSON and tables; what a table does not keep is named."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ..errors import UsageError, optional, refusal_of_system, refusal_of_value
from ..models.base import UNKNOWN, Backed, clean_data
from ..models.candidates import Candidates
from ..output.excel import Workbook
from ..output.frames import array_of
from ..output.table import harmless, is_formula
from ..output.text import listed
from .heads import LIST_KEYS, PARTS, CellReader, Head, Heads, Readings
from .loading import CandidateSource, FrameworkSource, load_candidates, replace_file
from .reader import plain
from .rows import answer_of
from .sheets import text_of

__all__ = [
    "WIDTH",
    "WRITERS",
    "Written",
    "candidates_text",
    "write_candidates",
    "written_as",
    "yaml_text",
]

WIDTH = 110
"""Width of written documents, in characters."""


class _Dumper(yaml.SafeDumper):
    """Writes what the reader of YAML 1.2 reads as it was, where PyYAML has YAML 1.1 in mind."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if plain(text) == text else '"'  # `1e3` is a number in YAML 1.2 alone
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_multi_representer(dict, _Dumper.represent_dict)
_Dumper.add_multi_representer(list, _Dumper.represent_list)


def yaml_text(data: Any, *, flow: bool | None = False, width: float = WIDTH) -> str:
    """Return plain data as YAML.

    Parameters
    ----------
    data : object
        The lists and mappings in it may be frozen.
    flow : bool or None
        Whether everything is written in brackets; None: only what holds nothing but words and
        numbers.
    width : float
        Characters in a line.

    Examples
    --------
    >>> print(yaml_text({"id": "flu", "ratings": {"gain": 4, "risk": 2}}, flow=None), end="")
    id: flu
    ratings: {gain: 4, risk: 2}
    """
    form: dict[str, Any] = {"sort_keys": False, "allow_unicode": True}
    text: str = yaml.dump(data, Dumper=_Dumper, default_flow_style=flow, width=width, **form)
    return text


def candidates_text(candidates: Candidates, head: Iterable[str] = ()) -> str:
    """Return a list of candidates as a YAML document that loads to the same list.

    Parameters
    ----------
    candidates : Candidates
    head : iterable of str
        Lines of a comment above it.
    """
    lines = [f"# {line}".rstrip() for line in head]
    return "\n".join([*lines, yaml_text(_data_of(candidates), flow=None)])


def _data_of(candidates: Candidates) -> dict[str, Any]:
    """Return a list of candidates as plain data, as its author wrote it."""
    data = clean_data(candidates.model_dump(exclude_unset=True))
    if len(data.get("framework", [])) == 1:
        data["framework"] = data["framework"][0]
    data["candidates"] = _answers_first(data["candidates"])
    return {"collabscore": "candidates/1", **data}


def _answers_first(data: Any) -> Any:
    """Return plain data with the answer of each entry before its evidence, note and dates."""
    if isinstance(data, list):
        return list(map(_answers_first, data))
    if not isinstance(data, dict):
        return data
    # stable: the order is otherwise that of the data
    keys = sorted(data, key=lambda key: key in Backed.model_fields)
    return {key: _answers_first(data[key]) for key in keys}


# tables


class Written(NamedTuple):
    """The content of a file.

    Parameters
    ----------
    content : str or bytes
    lost : mapping of str to list of str
        The heads of cells that the file does not hold, with the ids of their candidates.
    """

    content: str | bytes
    lost: Mapping[str, list[str]] = {}


_UNKNOWN: tuple[Any, ...] = (None, UNKNOWN, {})
Columns = dict[str, list[Any]]
"""Cells by the text of their head, a row for each candidate."""


class _TableMaker:
    """Makes a table of a list; each cell has the first form that its reader reads as it was."""

    def __init__(self, candidates: Candidates) -> None:
        self.heads = Heads(candidates.frameworks)
        given = [Head(*column) for column in candidates.columns]
        self.cells: dict[Head, list[Any]] = {}
        self.lost: dict[str, list[str]] = {}
        self._readings: dict[Head, Readings] = {}
        self._known: dict[tuple[Head, str], tuple[Any, bool]] = {}
        self.data = clean_data(candidates.model_dump(exclude_unset=True))
        self.entries: list[dict[str, Any]] = self.data.pop("candidates")
        for head in (Head("", "id"), *given):  # a table with columns to fill in keeps them
            if head.key != "answered":
                self.cells[head] = [None] * len(self.entries)

    def columns(self) -> Columns:
        """Return the cells of all columns."""
        for row, entry in enumerate(self.entries):
            for head, value in self._parts_of_entry(entry):
                self._fill_cell(row, head, value)
        for key in LIST_KEYS:
            value = self.data.get(key.removeprefix("list."))
            if value is not None:
                self._put_list_key(Head("", key), value)
        columns: Columns = {}
        if len(self.cells) < 2:  # CSV shows its sign between two cells
            self.cells[Head("", "title")] = [None] * len(self.entries)
        for head in self._heads_in_order():
            name = self.heads.text(head)
            if name is not None:
                columns[name] = self.cells[head]
            else:
                self.lose(".".join(head.path), range(len(self.entries)))
        return columns

    def _put_list_key(self, head: Head, value: Any) -> None:
        """Write a key of the list: its sources divided among the rows, most others in the first."""
        count = len(self.entries)
        values = [value] if head.key not in ("framework", "as_of") else [value] * count
        if head.key == "sources" and count:
            # a cell of Excel would not hold all of many
            items, size = list(value.items()), -(-len(value) // count)
            values = [dict(items[start : start + size]) for start in range(0, len(items), size)]
        for row, one in enumerate(values[:count]):
            self._fill_cell(row, head, one)
        if not count:
            self.lose(head.key, ())

    def _heads_in_order(self) -> list[Head]:
        """Return the heads of columns: id and title first, keys of the list last."""
        met = [head[:2] for head in self.cells]
        own = [pair for pair in met if pair[0] or pair[1] not in LIST_KEYS]
        places: dict[tuple[str, str], int] = {}
        for pair in (("", "id"), ("", "title"), *own, *met):
            places.setdefault(pair, len(places))
        parts = ("", *PARTS)
        return sorted(self.cells, key=lambda head: (places[head[:2]], parts.index(head.part)))

    def _parts_of_entry(self, entry: Mapping[str, Any]) -> Iterator[tuple[Head, Any]]:
        """Yield what a candidate says, by the column that holds it."""
        for key, value in entry.items():
            if key == "safeguards" and self._have_columns(value):
                yield from _parts_of_safeguards(value)
                continue
            if key not in ("ratings", "facts"):
                yield Head("", key), value
                continue
            for name, answer in value.items():
                yield from self._columns_of_answer(Head(key, name), answer)

    def _have_columns(self, placed: Sequence[Any]) -> bool:
        """Return whether the table has a column for each safeguard of a candidate, and detail."""
        return all(head in self.cells for head, _ in _parts_of_safeguards(placed))

    def _columns_of_answer(self, head: Head, answer: Any) -> Iterator[tuple[Head, Any]]:
        """Yield an answer, and its details in columns of their own if they are read back so."""
        if not isinstance(answer, dict):
            yield head, answer
            return
        answer = {key: value for key, value in answer.items() if value not in _UNKNOWN}
        parts = {head._replace(part=part): value for part, value in _details_of(answer).items()}
        read = {}
        for column, value in parts.items():
            cell, is_kept = self._cell(column, value)
            read[column.part] = self._read(column, cell) if is_kept else None
        if _is_same(answer_of(read, head.section), answer):
            yield from parts.items()
        else:
            yield head, answer

    def _fill_cell(self, row: int, head: Head, value: Any) -> None:
        """Fill in a cell; that of an unknown answer is blank."""
        if head not in self.cells and (value is not None or head.section):
            self.cells[head] = [None] * len(self.entries)
        if value is None or (value in _UNKNOWN and head.section and not head.part):
            return
        self.cells[head][row], is_kept = self._cell(head, value)
        if not is_kept:
            self.lose(".".join(head.path), [row])

    def lose(self, name: str, rows: Iterable[int]) -> None:
        """Note that the table does not hold a part as it was: of some candidates, or the list."""
        ids = () if name in LIST_KEYS else (self.entries[row]["id"] for row in rows)
        self.lost.setdefault(name, []).extend(ids)

    def _cell(self, head: Head, value: Any) -> tuple[Any, bool]:
        """Return a value as a cell, and whether it is read back; None for none that is."""
        key = (head, repr(value))
        if key not in self._known:
            forms = _forms_of(value, head)
            kept = (form for form in forms if _is_same(self._read(head, form), value))
            form = next(kept, None)
            # a title with blanks around it is still a title
            is_text = isinstance(value, str) and not head.section
            self._known[key] = (value if form is None and is_text else form, form is not None)
        return self._known[key]

    def _read(self, head: Head, cell: Any) -> Any:
        if head not in self._readings:
            self._readings[head] = CellReader(self.heads).readings(head)
        return self._readings[head].of(cell)


def _details_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of an answer with details: the answer itself is that without a name."""
    parts = {part: answer[part] for part in PARTS if part in answer}
    rest = {key: value for key, value in answer.items() if key not in PARTS}
    value = parts.pop("value", rest or None)
    return parts if value is None else {"": value, **parts}


def _parts_of_safeguards(placed: Sequence[Any]) -> Iterator[tuple[Head, Any]]:
    """Yield the status of each safeguard, and its details."""
    for one in placed:
        details = dict(one) if isinstance(one, dict) else {"id": one}
        head = Head("safeguards", details.pop("id"))
        yield head, details.pop("status", "in_place")
        for part, value in details.items():
            yield head._replace(part=part), value


def _forms_of(value: Any, head: Head) -> Iterator[Any]:
    """Yield the forms in which a cell may hold a value, the plainest first."""
    match value:
        case list():
            yield " to ".join(map(text_of, value))
            yield "; ".join(map(_word_in_cell, value)) or "none"
        case {"all_of": several, **others} if not others:
            yield "; ".join(map(_word_in_cell, several))
        case {"at_least": several, **others} if not others:
            yield "; ".join([*map(_word_in_cell, several), "?"])
        case dict():
            pass
        case str() if head.section == "safeguards" and not head.part:
            yield value.replace("_", " ")
            return
        case _:
            yield value
            return
    yield yaml_text(value, flow=True, width=math.inf).strip()


def _word_in_cell(value: Any) -> str:
    """Return a word of a list; a safeguard that is planned is marked so."""
    if isinstance(value, dict) and value.get("status") == "planned":
        return f"{value['id']} (planned)"
    return text_of(value)


def _is_same(one: Any, other: Any) -> bool:
    """Return whether two plain values are equal, and of one type: 1 is not true."""
    if isinstance(one, Exception):
        return False
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# files


def _csv_text(columns: Columns, sign: str = ",") -> str:
    """Return a table as CSV; an apostrophe marks what a spreadsheet would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", delimiter=sign)
    writer.writerow(map(harmless, columns))
    for row in zip(*columns.values(), strict=True):
        writer.writerow(harmless(cell) if isinstance(cell, str) else text_of(cell) for cell in row)
    return out.getvalue()


_WIDEST = 40
_MOST_ROWS = 1_048_575
_MOST_CHARACTERS = 32_767
"""What a sheet of Excel holds: rows below the head, and characters in a cell."""
_OTHER_FORMS = "write `.csv`, `.parquet` or `.yaml`"


def _workbook_of(columns: Columns) -> bytes:
    """Return a table as an Excel workbook."""
    book = Workbook("Candidates")
    sheet = book.sheet("Candidates")
    heads = {}
    for k, (head, cells) in enumerate(columns.items()):
        longest = max((len(text_of(cell)) for cell in cells), default=0)
        heads[k] = (head, min(max(longest, len(head)) + 2, _WIDEST))
        for row, cell in enumerate(cells, 1):
            text = _text_in_workbook(cell)
            if text is not None:
                style = book.style(quote_prefix=is_formula(text))
                sheet.write_string(row, k, text, style)
            elif cell is not None:
                sheet.write(row, k, cell)
    book.put_heads(sheet, 0, heads)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    return book.content()


def _text_in_workbook(cell: Any) -> str | None:
    """Return a cell that is written as text: a number, too, if it has more than 16 digits."""
    if isinstance(cell, int | float) and float(f"{cell:.16G}") != cell:
        return repr(cell)
    return cell if isinstance(cell, str) else None


def _columnar(columns: Columns, form: str) -> bytes:
    """Return a table as a Parquet file or an Arrow one."""
    pyarrow = optional("pyarrow", "tables")
    arrays = {head: array_of(pyarrow, cells, pyarrow.string()) for head, cells in columns.items()}
    table, out = pyarrow.table(arrays), io.BytesIO()
    if form == "parquet":
        optional("pyarrow.parquet", "tables").write_table(table, out)
    else:
        with optional("pyarrow.ipc", "tables").new_file(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue()


def _json_text(candidates: Candidates) -> str:
    return json.dumps(_data_of(candidates), indent=2, ensure_ascii=False) + "\n"


def _json_lines(candidates: Candidates) -> str:
    """Return the keys of a list in a line, if it has any, and each candidate in another."""
    data = _data_of(candidates)
    entries = data.pop("candidates")
    heads = [data] if len(data) > 1 else []
    lines = [json.dumps(entry, ensure_ascii=False) for entry in (*heads, *entries)]
    return "\n".join(lines) + "\n"


_TEXTS: dict[str, Callable[[Candidates], str]] = {
    **dict.fromkeys((".yaml", ".yml"), candidates_text),
    ".json": _json_text,
    **dict.fromkeys((".jsonl", ".ndjson"), _json_lines),
}
_TABLES: dict[str, Callable[[Columns], str | bytes]] = {
    ".csv": _csv_text,
    ".tsv": partial(_csv_text, sign="\t"),
    ".xlsx": _workbook_of,
    ".parquet": partial(_columnar, form="parquet"),
    **dict.fromkeys((".arrow", ".feather"), partial(_columnar, form="arrow")),
}
WRITERS = (*_TEXTS, *_TABLES)
"""Ends of the names of files that are written."""


def written_as(candidates: Candidates, name: str) -> Written:
    """Return a list as the content of a file, in the form that the end of its name stands for.

    Parameters
    ----------
    candidates : Candidates
        Loaded.
    name : str

    Raises
    ------
    UsageError
        If no form has such an end, or the list is too large for it.
    MissingExtraError
        If a library is needed that is not installed.
    """
    suffix = Path(name).suffix.lower()
    if suffix in _TEXTS:
        return Written(_TEXTS[suffix](candidates))
    if suffix not in _TABLES:
        message = f"the name `{name}` does not show a format"
        ends = listed([f"`{end}`" for end in WRITERS], "or")
        raise UsageError(message, "path", f"end it with {ends}")
    maker = _TableMaker(candidates)
    columns = maker.columns()
    if suffix == ".xlsx":
        _fit_workbook(maker, columns)
    return Written(_TABLES[suffix](columns), maker.lost)


def _fit_workbook(maker: _TableMaker, columns: Columns) -> None:
    """Leave out cells that Excel does not hold; refuse a table that would be no list without."""
    if len(maker.entries) > _MOST_ROWS:
        message = f"a sheet of Excel holds {_MOST_ROWS:,} candidates, and there are more"
        raise UsageError(message, "path", _OTHER_FORMS)
    for head, cells in columns.items():
        rows = [row for row, cell in enumerate(cells) if len(text_of(cell)) > _MOST_CHARACTERS]
        if not rows:
            continue
        if head == "sources":  # what cites one would be an error
            most = f"{_MOST_CHARACTERS:,} characters"
            message = f"a cell of Excel holds {most}, too few for the sources"
            raise UsageError(message, "path", _OTHER_FORMS)
        maker.lose(head, rows)
        for row in rows:
            cells[row] = None


def write_candidates(
    candidates: CandidateSource,
    path: str | Path,
    framework: FrameworkSource | Sequence[FrameworkSource] | None = None,
) -> dict[str, list[str]]:
    """Write a list of candidates to a file, in the form that the end of its name stands for.

    Parameters
    ----------
    candidates : str, Path, mapping, Candidates, iterable of candidates, or data frame
        Anything that `load_candidates` takes.
    path : str or Path
        A file of YAML, JSON, JSON Lines, CSV, TSV, Excel, Parquet or Arrow. It is replaced if it
        exists, and is complete or not written at all.
    framework : str, Path, mapping, Framework or list of them, optional
        The frameworks to check the list with, beside those that it names.

    Returns
    -------
    dict of str to list of str
        What the file does not hold as it was, if anything: by the name of a column, the ids of the
        candidates. There are none of a key of the list, such as `sources`.

    Raises
    ------
    CandidateError
        If the list has errors.
    UsageError
        If the name shows no format, or the file cannot be written.
    MissingExtraError
        If a library is needed that is not installed.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> listed = [{"id": "flu", "ratings": {"global_challenge": [4, 5]}}]
    >>> write_candidates(listed, folder / "list.csv", "guardrail")
    {}
    >>> print((folder / "list.csv").read_text(), end="")
    id,global_challenge
    flu,4 to 5
    """
    if not isinstance(path, str | Path):
        raise refusal_of_value(path, "the name of a file", "path", "write `list.csv`, for example")
    written = written_as(load_candidates(candidates, framework), str(path))
    content = written.content
    data = content.encode() if isinstance(content, str) else content
    try:
        replace_file(Path(os.path.realpath(path)), data)
    except (OSError, ValueError) as error:
        refusal = refusal_of_system(f"cannot write `{path}`", error)
        raise UsageError(refusal.message, "path", refusal.help) from None
    return dict(written.lost)
