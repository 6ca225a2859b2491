"""Checked frameworks, vocabularies, candidates and cases from files, texts and mappings."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol, TypeVar

from ..arrays import Frozen
from ..cells import plain
from ..checks.candidates import check_by_each, check_candidates, check_cases
from ..checks.framework import check_framework, check_vocabulary, names_in
from ..errors import (
    CandidateError,
    Diagnostic,
    DocumentError,
    FrameworkError,
    KeyPath,
    NoFrameworkError,
    Note,
    Origin,
    Span,
    UnreadableFileError,
    UsageError,
    choose_from,
    did_you_mean,
    label_of,
    likely,
    names_of,
    quotable,
    refusal_of_system,
    refusal_of_value,
)
from ..models.base import MOST_LEVELS, Document, ReadingError, clean_data, read_date
from ..models.candidates import Candidate, Candidates, Cases
from ..models.framework import Change, Framework, Profile, Vocabulary
from ..output.text import listed
from .profiles import Resolution
from .reader import READERS, TABLES, decoded, place_of, position_in_text
from .validation import build_model, path_by_party, value_at, written_out_by_party

if TYPE_CHECKING:
    from .sheets import Sheet

__all__ = [
    "KINDS",
    "CandidateSource",
    "CaseSource",
    "FrameworkSource",
    "Kind",
    "PlainDocument",
    "Source",
    "cases_beside",
    "cases_from",
    "date_given",
    "document_of",
    "files_read",
    "filled",
    "is_frame",
    "load_candidates",
    "load_cases",
    "load_framework",
    "load_past_candidates",
    "load_policy",
    "load_vocabulary",
    "read_candidates",
    "read_document",
    "read_named",
    "replace_file",
    "resolved",
    "shipped",
    "shipped_path",
    "sources_of",
]

M = TypeVar("M", bound=Document)

MAX_BYTES = 256 * 1024 * 1024
"""The largest file that is read."""
_BLOCK = 1024 * 1024
_LONGEST_PATH = 10  # data from Python may contain themselves
_CASES_FOLDER = "cases"  # beside a framework
_SEPARATORS = frozenset("/\\\0")  # in no name of a file alone
_HERE, _NOWHERE = Path(), Origin()

files_read: ContextVar[set[tuple[int, int]]] = ContextVar("files_read")
"""Device and number of each file that is read, where a command keeps count of its inputs."""


class Kind(NamedTuple):
    """A kind of document: its name in a sentence, its model and its error."""

    name: str
    model: type[Document]
    error: type[DocumentError]


KINDS = {
    "framework": Kind("a framework", Framework, FrameworkError),
    "vocabulary": Kind("a vocabulary", Vocabulary, FrameworkError),
    "candidates": Kind("a list of candidates", Candidates, CandidateError),
    "cases": Kind("a file of cases", Cases, DocumentError),
}
"""The kinds of documents; the first line of a framework is `collabscore: framework/1`."""


class PlainDocument(NamedTuple):
    """A document as plain data, and the text it was read from.

    Parameters
    ----------
    data : object
    origin : Origin
    made : tuple, optional
        Of a profile that is resolved: its base, the version that it names, and its changes.
    sheet : Sheet, optional
        Of a table whose rows are not read yet: frameworks tell what its columns hold.
    ignored : tuple of str
        The columns of the table that are left out.
    found : tuple of Diagnostic
        What could not be read of the table.
    remarks : tuple of str
        How the table was read.
    columns : tuple of Head
        What its columns hold.
    """

    data: Any
    origin: Origin = Origin()
    made: tuple[Framework, str | None, tuple[Change, ...]] | None = None
    sheet: Sheet | None = None
    ignored: tuple[str, ...] = ()
    found: tuple[Diagnostic, ...] = ()
    remarks: tuple[str, ...] = ()
    columns: tuple[Any, ...] = ()

    @property
    def kind(self) -> str | None:
        """The kind of the document, by name; None where it says none that exists."""
        if isinstance(self.data, list):
            return "candidates"
        version = self.get("collabscore")
        if version is None and self.get("candidates") is not None:
            return "candidates"  # the only kind that has this key
        return next((name for name in KINDS if version == f"{name}/1"), None)

    def get(self, key: str) -> Any:
        """Return the value of a key of the document; None where there is none."""
        return self.data.get(key) if isinstance(self.data, Mapping) else None

    def located(self, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return findings with their places, in the order of the text where there is one.

        A note on another document that has no text is left out.
        """
        located = []
        for finding in findings:
            if isinstance(self.data, list):
                # its entries have no other place, and the model has them under a key
                finding = finding.moved(lambda path: path[1:])
            finding = finding.moved(partial(path_by_party, data=self.data))
            finding = self._noting_drop(finding)
            notes = tuple(filter(None, map(self._located_note, finding.notes)))
            finding = _quoting_text(finding, self.data, self.origin)
            span = finding.span or _span_of_finding(finding, self.data, self.origin)
            label = label_of(finding.path, self.data)
            if self.origin.find is not None and finding.help is not None:  # as cells have ranges
                finding = replace(finding, help=_RANGE.sub(r"write `\1-\2`", finding.help))
            located.append(replace(finding, notes=notes, span=span, label=label))
        return sorted(located, key=position_in_text)

    def _located_note(self, note: Note) -> Note | None:
        """Return a note with its place; None for one on another document that has no text."""
        if note.span is not None:
            return note
        path, message = note.path or (), note.message
        is_here = note.origin is None
        span, exists = place_of(path, note.origin or self.origin, at_key=not is_here)
        if span is None and is_here:
            message += f": {label_of(path, self.data)}"
        elif not exists and not is_here:
            return None
        return replace(note, message=message, span=span)

    def _noting_drop(self, finding: Diagnostic) -> Diagnostic:
        """Return a finding with the line of a profile that drops what it misses, if one does."""
        dropped = [path for path, _, written in self.origin.parts if written[:1] == ("drop",)]
        for absent in finding.absent:
            for path in dropped:
                is_entry = absent == (*path[:-1], "*")
                if is_entry or (absent[0] == path[0] and path[-1] in absent):
                    note = Note(f"`{path[-1]}` is dropped here", path=path)
                    help = f"drop this too, or keep `{label_of(path)}`"
                    return replace(finding, notes=(*finding.notes, note), help=help)
        return finding

    def ignoring(self, columns: Sequence[str]) -> PlainDocument:
        """Return the document without some columns, where it is a table that has them."""
        return self._replace(ignored=(*self.ignored, *columns)) if columns else self

    def error(self, *findings: Diagnostic) -> DocumentError:
        """Return the error of such a document, with findings in their places."""
        kind = KINDS[self.kind].error if self.kind is not None else DocumentError
        error = kind(self.located(findings))
        error.remarks = self.remarks
        return error

    def require(self, kind: str) -> None:
        """Refuse a document of another kind with one clear finding rather than with a hundred."""
        if self.kind != kind:
            raise KINDS[kind].error(self.located([self.wrong_kind(kind)]))

    def wrong_kind(self, needed: str | None = None) -> Diagnostic:
        """Return the finding that a document is not of the kind that is needed, or of no kind."""
        if needed is None:
            kinds, but = [*KINDS], ""
            lines = [f"`collabscore: {kind}/1` ({KINDS[kind].name})" for kind in kinds]
            begin = f"begin with {listed(lines, 'or')}"
        else:
            kinds, but = [needed], f", but {KINDS[needed].name} is needed"
            begin = f"begin with `collabscore: {needed}/1`"
        path: KeyPath = ("collabscore",)
        if not isinstance(self.data, Mapping):
            given = "a list" if isinstance(self.data, list) else "a single value"
            message = f"expected keys with values, not {given}"
            return Diagnostic("invalid-type", message, help=begin)
        written = self.get("collabscore")
        if written in (None, ""):
            return self._kind_missing(begin)
        if self.kind is not None:
            message, help = (
                f"this is {KINDS[self.kind].name}{but}",
                f"give a file with `{kinds[0]}/1`",
            )
            if {self.kind, kinds[0]} == {"framework", "candidates"}:
                help += "; a framework stands behind `-f`, or is named in the list"
            return Diagnostic("wrong-kind", message, path, help)
        if "manifest" in self.data:
            message = f"this is a result of `collabscore`{but}"
            help = "give the document that it was made from; `collabscore diff` compares results"
            return Diagnostic("wrong-kind", message, path, help)
        message = f"`{quotable(written)}` is not a kind of document{but}"
        choices = [f"{kind}/1" for kind in kinds]
        return Diagnostic("wrong-kind", message, path, did_you_mean(written, choices))

    def _kind_missing(self, begin: str) -> Diagnostic:
        """Return the finding that no kind is named, at the key that was likely meant to."""
        message = "`collabscore`, the kind of document, is missing"
        near = likely("collabscore", (str(key) for key in self.data if key != "collabscore"))
        if near is None:
            return Diagnostic("missing-key", message, help=begin)
        help = f"write `collabscore` instead of `{near}`"
        return Diagnostic("missing-key", message, (near,), help, at_key=True)

    def build(
        self,
        model: type[M],
        check: Callable[[M], Sequence[Diagnostic]],
        frameworks: Sequence[Framework] = (),
    ) -> M:
        """Return the model of the document, checked; raise everything that is wrong with it."""
        data = self.data
        if isinstance(data, list):
            data = {"collabscore": "candidates/1", "candidates": data}
        data, refused = written_out_by_party(data, frameworks)
        built, wrong = build_model(model, data, check)
        wrong = [*self.found, *refused, *wrong]
        if wrong or built is None:
            raise self.error(*wrong)
        built.remember(self.origin)
        return built


class Frame(Protocol):
    """A data frame: of pandas, polars or pyarrow, or another one that narwhals reads."""

    @property
    def columns(self) -> Any:
        """Its columns, or their names."""


Source = str | Path | Mapping[str, Any] | PlainDocument
"""The sources of all kinds of documents: a shipped id, a file, its content, or a document read."""
FrameworkSource = Source | Framework
CaseSource = Source | Cases
CandidateSource = Source | Candidates | Frame | Iterable[Candidate | Mapping[str, Any]]


# places


def _quoting_text(finding: Diagnostic, data: Any, origin: Origin) -> Diagnostic:
    """Return a finding that quotes values as the text has them: `1.10`, not `1.1`."""
    message, help = finding.message, finding.help
    if "`" not in f"{message}{help}":
        return finding
    for one, (span, exists) in _places_meant(finding.path, data, origin):
        if isinstance(one, str) or not exists or span is None:
            continue
        shown, text = quotable(one), quotable(span.text[span.column - 1 : span.end_column - 1])
        is_block = isinstance(one, dict | list) and text[:1] not in ("[", "{")
        if shown != text and not is_block:
            whole = re.compile(rf"(?<![\w.+-]){re.escape(shown)}(?![\w.])")
            message = _in_quotes(message, whole, text)
            help = help and _in_quotes(help, whole, text)
    return replace(finding, message=message, help=help)


_RANGE = re.compile(r"^write `\[([\d.]+), ([\d.]+)\]`")
_MOST_ENTRIES = 60  # no message quotes more of a list


def _places_meant(
    path: KeyPath, data: Any, origin: Origin
) -> Iterator[tuple[Any, tuple[Span | None, bool]]]:
    """Yield the value at a path, its entries, and the key of the value, each with its place."""
    value = value_at(data, path)
    yield value, place_of(path, origin, at_key=False)
    if isinstance(value, list | dict) and len(value) <= _MOST_ENTRIES:
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield entry, place_of((*path, key), origin, at_key=False)
    if path and isinstance(value_at(data, path[:-1]), dict):
        yield path[-1], place_of(path, origin)


def _in_quotes(sentence: str, shown: re.Pattern[str], text: str) -> str:
    """Return a sentence with a text in place of what is shown, between its backticks alone."""
    return re.sub("`[^`]*`", lambda quoted: shown.sub(lambda _: text, quoted[0]), sentence)


def _span_of_finding(finding: Diagnostic, data: Any, origin: Origin) -> Span | None:
    """Return the place of a finding in the text, narrowed to the columns that are meant."""
    span, _ = place_of(finding.path, origin, at_key=finding.at_key)
    if span is None or finding.within is None:
        return span
    start, end = finding.within
    written = span.text[span.column - 1 : span.end_column - 1]
    quotes = 1 if written[:1] in ("'", '"') else 0
    inner = written[quotes:-1] if quotes else written
    # a text with escapes, or below its first line, has no columns of its own: mark all of it
    if not str(value_at(data, finding.path)).startswith(inner[:end]) or end > len(inner):
        return span
    first = span.column + quotes + start
    return span._replace(column=first, end_column=first + end - start)


# reading


def _shipped_folder(kind: str) -> Path:
    """Return the folder of shipped documents: in the package, or in the checkout."""
    folder = Path(__file__).parents[1] / "frameworks"
    if not folder.is_dir():
        folder = Path(__file__).parents[3] / "frameworks"
    return folder / _FOLDERS[kind]


_FOLDERS = {"framework": ".", "vocabulary": "vocabularies", "cases": _CASES_FOLDER}


def shipped(kind: str = "framework") -> list[str]:
    """Return the ids of the shipped documents of a kind: framework, vocabulary or cases."""
    return sorted(file.stem for file in _shipped_folder(kind).glob("*.yaml"))


def shipped_path(name: str, kind: str = "framework") -> Path | None:
    """Return the file of a shipped document; None where there is none of that id."""
    file = _shipped_folder(kind) / f"{name}.yaml"
    return file if _is_file_name(name) and _is_file(file) else None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long
        return False


def _is_file(path: Path) -> bool:
    return _exists(path) and path.is_file()


def _is_file_name(name: str) -> bool:
    return _SEPARATORS.isdisjoint(name) and not name.startswith(".")


def _leads_elsewhere(name: str) -> bool:
    """Return whether a name is not that of a file in the same folder."""
    return name in ("", ".", "..") or not _SEPARATORS.isdisjoint(name)


def read_document(source: str | Path) -> PlainDocument:
    """Read a file, or standard input where `source` is `-`, as plain data.

    Raises
    ------
    UnreadableFileError
        If there is no such file, or it is too large.
    DocumentError
        If it is no YAML or JSON, and no table.
    """
    name, sheet = _divided_name(str(source))
    origin = _origin_of(name)
    form = _table_format(origin)
    reader = READERS.get(Path(name).suffix.lower())
    if form is not None and (reader is not None or form not in TABLES.values()):
        raise _other_format(origin, form)
    if form is not None:
        return _document_of_sheet(_sheets().read_table(origin, form, sheet), origin.folder)
    return PlainDocument(decoded(origin.text, origin.source, reader).read(), origin)


def _origin_of(name: str) -> Origin:
    """Return the content of a file, or of standard input where the name is `-`."""
    path = Path(name)
    try:
        if name == "-":
            name = "<stdin>"
            return Origin(name, _bytes_of(getattr(sys.stdin, "buffer", None)))
        with path.open("rb") as file:
            return Origin(_source_name(path), _bytes_of(file), path.parent)
    except (OSError, ValueError) as error:
        refusal = refusal_of_system(f"cannot read `{name}`", error, UnreadableFileError)
        if isinstance(error, FileNotFoundError):
            help = _file_meant(name)
            if help is None and shipped_path(name) is not None:
                help = f"give a list of candidates, and the framework with `-f {name}`"
            refusal.help = help or refusal.help
        raise refusal from None


def _file_meant(name: str, folder: Path | None = _HERE) -> str | None:
    """Return the help that names a file of this name but for its ending or its capitals.

    Some disks take `House.yaml` for `house.yaml`, so that a list written there may say so.
    """
    if folder is None:
        return None
    path = Path(name)
    with suppress(OSError, ValueError):
        files = {file.name.casefold(): file.name for file in (folder / path.parent).iterdir()}
        for suffix in ("", *READERS, *TABLES):
            found = files.get((path.name + suffix).casefold())
            if found is not None and _is_file(folder / path.with_name(found)):
                return f"did you mean the file `{path.with_name(found)}`?"
    return None


def _divided_name(name: str) -> tuple[str, str | None]:
    """Return the name of a file and that of a sheet in it, as in `ratings.xlsx#Ratings`."""
    file, sign, sheet = name.rpartition("#")
    if not sign or Path(file).suffix.lower() not in TABLES or _exists(Path(name)):
        return name, None
    return file, sheet


def _sheets() -> Any:
    """Return the module that reads tables, which takes long to import."""
    return import_module(".sheets", __package__)


_FORMATS = {
    b"PK\x03\x04": "workbook",
    b"\xd0\xcf\x11\xe0": "workbook",
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a compressed file",
}
"""Formats of tables, and those that are likely given by mistake, by the bytes that they begin with.
"""
_NAMES = {
    "workbook": ("a workbook, or another zip archive", ".xlsx"),
    "parquet": ("a Parquet file", ".parquet"),
    "arrow": ("an Arrow file", ".arrow"),
    "text": ("a table, such as CSV", ".csv"),
}
"""What a table is in words, and the end of its name."""


def _table_format(origin: Origin) -> str | None:
    """Return the format of a table, or of a file given by mistake; None for a document.

    The content decides: programs write CSV into files that they name `.xls`.
    """
    for sign, form in _FORMATS.items():
        if origin.text.startswith(sign):
            return form
    suffix = Path(origin.source).suffix.lower()
    named = TABLES.get(suffix)
    if named == "text" or _looks_like_table(origin.text):
        return "text"
    return named


def _looks_like_table(text: bytes) -> bool:
    """Return whether the first line of a text has signs between cells, and none of YAML."""
    start = text[:_BLOCK].decode("utf-8-sig", errors="replace")
    line = next((line for line in start.splitlines() if not _IGNORED.match(line)), "")
    return bool(re.search(r"[,;\t]", line.strip())) and not _NO_TABLE.search(line)


def _other_format(origin: Origin, form: str) -> DocumentError:
    """Return the error that a file has another format than its name says, or none that is read."""
    name, suffix = _NAMES.get(form, (form, ""))
    help = (
        "give a list as YAML, JSON or a table: `collabscore new list.yaml -f FRAMEWORK` writes one"
    )
    if suffix:
        help = f"if it is a list of candidates, rename it: `{Path(origin.source).stem}{suffix}`"
    span = Span(origin.source, 1, 1, 2, "")
    return DocumentError([Diagnostic("other-format", f"this is {name}", help=help, span=span)])


_IGNORED = re.compile(r"\s*(#|$)")
_NO_TABLE = re.compile(r"[:{}\[\]]|^\s*-")
"""A sign that every line has with which a document begins."""


def _document_of_sheet(sheet: Sheet, folder: Path | None = None) -> PlainDocument:
    """Return a table as a list of candidates whose rows are not read yet."""
    named, rows = import_module(".rows", __package__).frameworks_in(sheet)
    data = {"collabscore": "candidates/1", "framework": named, "candidates": []}
    origin = Origin(sheet.source, b"", folder, find=rows.find)
    return PlainDocument(data, origin, sheet=sheet)


def filled(document: PlainDocument, frameworks: Sequence[Framework]) -> PlainDocument:
    """Return a document with the rows of its table, which these frameworks and its own define.

    Raises
    ------
    NoFrameworkError
        If it is a table, and no framework is named.
    """
    if document.sheet is None:
        return document
    known = [*frameworks, *_frameworks_named(document, {one.id for one in frameworks})]
    if not known:
        help = "name one, or write it into a column `framework`"
        raise NoFrameworkError("no framework is named", "framework", help)
    rows = import_module(".rows", __package__).rows_of(document.sheet, known, document.ignored)
    return PlainDocument(
        rows.data,
        document.origin._replace(find=rows.find),
        found=tuple(rows.found),
        remarks=tuple(rows.remarks),
        columns=tuple(rows.columns.values()),
    )


def _bytes_of(file: BinaryIO | None) -> bytes:
    """Return what a file holds; a pipe or a device may be without end."""
    if file is None:
        raise io.UnsupportedOperation
    with suppress(OSError):  # a stream without a file
        note_file(os.fstat(file.fileno()))
    blocks, size = [], 0
    while block := file.read(_BLOCK):
        blocks.append(block)
        size += len(block)
        if size > MAX_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than {MAX_BYTES // 1024**2} MiB")
    return b"".join(blocks)


def note_file(found: os.stat_result) -> None:
    """Note that a file is read, if a command keeps count of them."""
    files_read.get(set()).add((found.st_dev, found.st_ino))


def replace_file(target: Path, data: bytes) -> None:
    """Write a temporary file beside the target, which takes its place once it is complete."""
    temporary = target.with_name(f".collabscore-{os.getpid()}")
    try:
        try:
            _write_unnamed(temporary, data)
        except (AttributeError, OSError):  # not every system and disk has files without names
            _write_named(temporary, data)
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_unnamed(temporary: Path, data: bytes) -> None:
    """Write a file that has no name until it is complete: a process that is killed leaves none."""
    descriptor = os.open(temporary.parent, os.O_TMPFILE | os.O_WRONLY, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
        # a call with a folder's descriptor, whichever it is, follows the link to the file
        os.link(f"/proc/self/fd/{descriptor}", temporary, src_dir_fd=descriptor)


def _write_named(temporary: Path, data: bytes) -> None:
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _source_name(path: Path) -> str:
    """Return the name of a file in findings: of a shipped one, without the folders above."""
    shipped_in = _shipped_folder("framework")
    if path.is_relative_to(shipped_in):
        return path.relative_to(shipped_in.parent).as_posix()
    return str(path)


def document_of(source: Source | Document, keyword: str) -> PlainDocument:
    """Return a document read already, a mapping or a file as plain data.

    Raises
    ------
    UsageError
        If it is none of them, at its keyword in the call.
    """
    match source:
        case PlainDocument():
            return source
        case Document():
            return _document_from_python(plain(source), source.origin)
        case Mapping():
            return _document_from_python(source)
        case str() | Path():
            return read_document(source)
    help = "give the name of a file, or its content as a mapping"
    raise refusal_of_value(source, "a file or a document", keyword, help)


def _document_from_python(data: Mapping[str, Any], origin: Origin = _NOWHERE) -> PlainDocument:
    """Return plain data from Python as a document, its texts in NFC as the reader has them."""
    try:
        return PlainDocument(clean_data(data), origin)
    except ReadingError as error:
        found = error.diagnostic
        label = label_of(found.path[:_LONGEST_PATH], data)
        raise DocumentError([replace(found, label=label)]) from None


def read_named(source: Source | Document, kind: str) -> PlainDocument:
    """Read a shipped document by its id, a file, or a mapping.

    Raises
    ------
    UsageError
        If there is no such file and no shipped document of that id.
    """
    if isinstance(source, str | Path):
        name, path = str(source), Path(source)
        found = shipped_path(source, kind) if isinstance(source, str) else None
        is_path = name == "-" or path.suffix.lower() in READERS or path.name != name
        if found is not None:
            source = found
        elif not is_path and not _exists(path):
            help = _file_meant(name) or did_you_mean(name, shipped(kind))
            message = f"there is no file `{name}` and no shipped {kind} of that id"
            raise UsageError(message, kind, help)
    return document_of(source, kind)


def _named_file(document: PlainDocument, kind: str, name: str, path: KeyPath) -> Path:
    """Return the file that a document names under a key: a shipped one, or one beside it."""

    def refused(code: str, message: str, help: str | None = None) -> DocumentError:
        return document.error(Diagnostic(code, message, path, help))

    folder = document.origin.folder
    bare = name.removeprefix("./")
    if _leads_elsewhere(bare):
        message = f"`{path[0]}` takes a shipped id or a file name without a folder, not `{name}`"
        help: str | None = "put the file beside this one, and write its name alone"
        if document.kind == "candidates":
            help = f"{help}, or leave the key out and give `-f {name}`"
        raise refused("path-not-allowed", message, help)
    name = bare
    if Path(name).suffix.lower() not in READERS:
        found = shipped_path(name, kind)
        if found is None:
            help = _file_meant(name, folder) or did_you_mean(name, shipped(kind))
            message = f"no {kind} `{name}` comes with collabscore"
            raise refused("unknown-document", message, help)
        return found
    if folder is None:
        message = f"`{name}` would be beside this document, but this document is not a file"
        raise refused("path-not-allowed", message, choose_from(shipped(kind)))
    beside = folder / name
    if not _is_file(beside):
        message = f"there is no file `{name}` beside this one"
        help = f"put the file there, or use a shipped id: {did_you_mean(name, shipped(kind))}"
        raise refused("unknown-document", message, _file_meant(name, folder) or help)
    if Path(os.path.realpath(beside)).parent != Path(os.path.realpath(folder)):
        message = f"`{name}` is a link that leads out of this folder"
        raise refused("path-not-allowed", message, "put the file itself beside this one")
    return beside


# frameworks and vocabularies


def load_vocabulary(source: Source | Vocabulary) -> Vocabulary:
    """Load a vocabulary: a shipped id, a path, or a mapping.

    Parameters
    ----------
    source : str, Path, mapping or Vocabulary
        ``"common"``, a file, or the content of such a file.

    Returns
    -------
    Vocabulary

    Raises
    ------
    FrameworkError
        With all its errors.
    """
    if isinstance(source, Vocabulary) and source.is_loaded:
        return source
    document = read_named(source, "vocabulary")
    document.require("vocabulary")
    return _with_vocabularies(document).build(Vocabulary, check_vocabulary)


def load_framework(source: FrameworkSource) -> Framework:
    """Load a framework: a shipped id, a path, or a mapping.

    Parameters
    ----------
    source : str, Path, mapping or Framework
        ``"guardrail"``, ``"house.yaml"``, or the content of such a file.

    Returns
    -------
    Framework
        Checked, the vocabularies it uses loaded.

    Raises
    ------
    FrameworkError
        With all its errors, each with its place.
    UsageError
        If there is no such file and no shipped framework of that id.

    Examples
    --------
    >>> load_framework("guardrail").id
    'guardrail'
    """
    if isinstance(source, Framework) and source.is_loaded:
        return source
    document = read_named(source, "framework")
    document.require("framework")
    document = resolved(document)

    def check(built: Framework) -> list[Diagnostic]:
        if document.made is not None:  # conditions may name its base
            built.made_from(*document.made)
        return check_framework(built)

    return _with_vocabularies(document).build(Framework, check)


def _keys_of_no_profile(document: PlainDocument) -> Iterator[Diagnostic]:
    """Yield the keys of a profile that only a framework that is not based on another has."""
    for key in document.data:
        if key in Framework.model_fields.keys() - Profile.model_fields.keys():
            message = f"`{key}` stands in a framework that is not based on another"
            help = f"write `{key}` under `add`, or change what is there with `set`"
            yield Diagnostic("misplaced-key", message, (key,), help, at_key=True)


def resolved(document: PlainDocument) -> PlainDocument:
    """Return the whole framework that a profile makes of its base; other documents as they are.

    Raises
    ------
    FrameworkError
        With all errors of the profile, or of the framework that it is based on.
    """
    if document.kind != "framework" or "based_on" not in document.data:
        return document
    if document.get("based_on") in (None, ""):
        help = "write the id of a framework, or a file beside this one"
        raise document.error(Diagnostic("empty-text", "`based_on` is empty", ("based_on",), help))
    misplaced = [*_keys_of_no_profile(document)]
    if misplaced:
        raise document.error(*misplaced)
    profile = document.build(Profile, lambda _: ())
    named = profile.based_on
    path: KeyPath = ("based_on",) if isinstance(named, str) else ("based_on", "id")
    name = named if isinstance(named, str) else named.id
    file = _named_file(document, "framework", name, path)
    with _opened(file, document, path):
        written = read_document(file)
        if written.kind != "framework":
            message = f"`based_on` takes a framework, but `{name}` is none"
            help = f"name a framework: {choose_from(shipped())}"
            raise document.error(Diagnostic("not-a-framework", message, path, help))
        written = resolved(written)
        base = load_framework(written)
    made = Resolution(profile, document.data, base, written.data)
    if made.found:
        raise document.error(*made.found)
    version = None if isinstance(named, str) else named.version
    return PlainDocument(made.data, made.origin, (base, version, tuple(made.changes)))


def _with_vocabularies(document: PlainDocument) -> PlainDocument:
    """Return a document with the vocabularies that it uses, loaded, in place of their names."""
    # a vocabulary that cannot be had is one mistake, and what rests on it is not looked into
    uses = document.get("uses")
    if isinstance(uses, list):
        uses = [_vocabulary_used(one, document, ("uses", k)) for k, one in enumerate(uses)]
    elif uses is not None:
        uses = _vocabulary_used(uses, document, ("uses",))
    else:
        return document
    return document._replace(data={**document.data, "uses": uses})


def _vocabulary_used(used: object, document: PlainDocument, path: KeyPath) -> object:
    """Return the vocabulary that a document uses, by name or written in it; else what is there."""
    if isinstance(used, str):
        return _vocabulary_named(used, document, path)
    if not isinstance(used, Mapping):
        return used
    try:
        return load_vocabulary(used)
    except DocumentError as error:
        found = [one.moved(lambda inner: (*path, *inner)) for one in error.diagnostics]
        raise document.error(*found) from None


def _vocabulary_named(name: str, document: PlainDocument, path: KeyPath) -> Vocabulary:
    """Return the vocabulary that a document uses, by its name."""
    file = _named_file(document, "vocabulary", name, path)
    found = file.stat()
    note_file(found)
    with _opened(file, document, path):
        vocabulary = _vocabulary_in(file, found.st_mtime_ns, found.st_size)
        if isinstance(vocabulary, PlainDocument):
            vocabulary = load_vocabulary(vocabulary)
    if isinstance(vocabulary, Vocabulary):
        return vocabulary
    noun = "a framework" if vocabulary == "framework" else "none"
    message = f"`uses` takes a vocabulary, but `{name}` is {noun}"
    help = f"remove `uses`, or {choose_from(shipped('vocabulary'))}, which comes with collabscore"
    raise document.error(Diagnostic("not-a-vocabulary", message, path, help))


_files_open: ContextVar[tuple[Path, ...]] = ContextVar("files_open", default=())
"""The files that are being read, each named by the one before."""


@contextmanager
def _opened(file: Path, document: PlainDocument, path: KeyPath) -> Iterator[None]:
    """Note that a document names a file, which is read now; refuse one that is being read."""
    (_, text), key = document.origin.of(path), str(path[0])
    chain = _files_open.get()
    if not chain and text.folder is not None:
        chain = (Path(os.path.realpath(text.folder / Path(text.source).name)),)
    real = Path(os.path.realpath(file))
    if real in chain:
        names = [f"`{one.name}`" for one in (*chain[chain.index(real) :], real)]
        message, help = f"`{key}` names this document itself", f"remove `{key}`, or name another"
        if real != chain[-1]:
            message = f"`{key}` goes round in a circle: {' -> '.join(names)}"
            help = f"remove `{key}` from one of these files"
        code = "circular-uses" if key == "uses" else "circular-base"
        raise document.error(Diagnostic(code, message, path, help))
    if len(chain) > MOST_LEVELS:
        message = f"`{key}` leads through more than {MOST_LEVELS} files"
        help = "let these files name fewer others below each other"
        raise document.error(Diagnostic("too-deep", message, path, help))
    token = _files_open.set((*chain, real))
    try:
        yield
    finally:
        _files_open.reset(token)


@lru_cache(maxsize=8)
def _vocabulary_in(path: Path, changed: int, size: int) -> Vocabulary | PlainDocument | str | None:
    """Return the vocabulary in a file, or the kind of document it is instead.

    Several frameworks share one, which is large: while the file is the same it is read once. One
    that uses others changes with them, and is not loaded here.
    """
    document = read_document(path)
    if document.kind != "vocabulary":
        return document.kind
    return load_vocabulary(document) if document.get("uses") is None else document


# candidates


def load_candidates(
    source: CandidateSource,
    framework: FrameworkSource | Sequence[FrameworkSource] | None = None,
    *,
    as_of: str | date | None = None,
    ignore_columns: str | Sequence[str] = (),
) -> Candidates:
    """Load a list of candidates and check every word of it.

    Parameters
    ----------
    source : str, Path, mapping, Candidates, iterable of candidates, or data frame
        A file (YAML, JSON, JSON Lines, CSV, Excel, Parquet or Arrow), `-` for standard input, or
        the content of such a file. `ratings.xlsx#May` names a sheet of a workbook.
    framework : str, Path, mapping, Framework or list of them, optional
        The frameworks to judge by. Those that the list itself names count too: a word must be known
        to one of them.
    as_of : str or date, optional
        The date by which ratings, facts and safeguards expire, in place of the list's own.
    ignore_columns : str or sequence of str
        Columns of a table that are left out. Others that are not understood are errors.

    Returns
    -------
    Candidates
        `remarks` tells how a table was read.

    Raises
    ------
    CandidateError
        With all its errors, each with its place.
    UsageError
        If no framework is named, here or in the list; if `as_of` is no date.

    Examples
    --------
    >>> listed = [{"id": "flu", "ratings": {"global_challenge": 5}}]
    >>> load_candidates(listed, "guardrail").candidates[0].id
    'flu'
    """
    known = [load_framework(entry) for entry in sources_of(framework, "framework")]
    day = _day_of_call(source, as_of)
    if isinstance(source, Candidates) and source.is_loaded:
        checked_with = set(map(id, source.frameworks))
        if checked_with.issuperset(map(id, known)):
            if as_of is not None:
                source = source.model_copy()
                source.judge_at(day)
            return source
    ignored = names_of("ignore_columns", ignore_columns)
    return _load_list(source, known, day, check_candidates, ignored)


def load_past_candidates(
    source: CandidateSource, judges: Sequence[Framework], *, as_of: str | date | None = None
) -> Candidates:
    """Load a list that each of two versions of a framework judges by its own definitions.

    A word must be known to one of them, or to a framework that the list names.
    """
    day = _day_of_call(source, as_of)
    return _load_list(source, judges, day, partial(check_by_each, judges))


def _load_list(
    source: CandidateSource,
    given: Sequence[Framework],
    day: str | None,
    check: Callable[[Candidates, Sequence[Framework]], Sequence[Diagnostic]],
    ignored: Sequence[str] = (),
) -> Candidates:
    """Load a list, and check it with the frameworks that a call gives and those that it names."""
    document = read_candidates(source)
    document.require("candidates")
    document = filled(document.ignoring(ignored), given)
    known = [*given, *_frameworks_named(document, {framework.id for framework in given})]
    if not known:
        document.build(Candidates, lambda _: ())  # a misspelt key or a wrong name says more
        raise NoFrameworkError(
            "no framework is named",
            "framework",
            "name one, or add `framework: guardrail` to the list",
        )

    def check_at_day(built: Candidates) -> Sequence[Diagnostic]:
        built.judge_at(day)
        return check(built, known)

    candidates = document.build(Candidates, check_at_day, known)
    if not candidates.candidates and document.origin.source:  # code may pass a list that is empty
        help = "add one: `- {id: ..., ratings: ...}`"
        if document.origin.find is not None:
            help = "add a row with a candidate"
        found = Diagnostic("too-few", "this list has no candidates", ("candidates",), help)
        raise document.error(found)
    candidates.checked_by(tuple(known))
    candidates.read_with(document.remarks, document.columns)
    return candidates


def _day_of_call(source: CandidateSource, as_of: str | date | None) -> str | None:
    """Return the date that a call gives, else the one that an earlier call gave to the list."""
    if as_of is not None:
        return date_given(as_of)
    return source.given_as_of if isinstance(source, Candidates) else None


def date_given(as_of: str | date) -> str:
    """Return the date of a call, as a document holds it.

    Raises
    ------
    UsageError
        If it is no date.
    """
    try:
        return read_date(as_of)
    except ReadingError as error:
        raise UsageError(error.diagnostic.message, "as_of", error.diagnostic.help) from None


def sources_of(given: Any, keyword: str) -> list[FrameworkSource]:
    """Return the frameworks that a call names: none, one, or several.

    Raises
    ------
    UsageError
        If it is something else.
    """
    if given is None:
        return []
    if isinstance(given, str | Path | Mapping | PlainDocument | Framework):
        return [given]
    given = plain(given)
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        help = "give a shipped id, a file, its content, or a list of them"
        raise refusal_of_value(given, "a framework", keyword, help)
    return list(given)


def read_candidates(source: CandidateSource) -> PlainDocument:
    """Return a list of candidates as plain data."""
    if isinstance(source, str | Path | Mapping | PlainDocument):
        return document_of(source, "candidates")
    if is_frame(source):
        sheet = _sheets().sheet_of_frame(source)
        if sheet is not None:
            return _document_of_sheet(sheet)
    listed: Any = plain(source)
    if not isinstance(listed, Iterable) or isinstance(listed, bytes):
        help = "give a file, its content, a list, or a data frame"
        raise refusal_of_value(source, "a list of candidates", "candidates", help)
    data: Any = listed if isinstance(source, Candidates) else {"candidates": list(listed)}
    return _document_from_python({**data, "collabscore": "candidates/1"})


_FRAME_SIGNS = frozenset({"columns", "__arrow_c_stream__", "__narwhals_dataframe__"})
"""Attributes of the classes of data frames: those of instances may take long."""


def is_frame(source: object) -> bool:
    """Return whether something is likely a data frame; results have columns too."""
    return not (isinstance(source, Frozen) or _FRAME_SIGNS.isdisjoint(dir(type(source))))


def _frameworks_named(document: PlainDocument, known: set[str]) -> Iterator[Framework]:
    """Load the frameworks that a list of candidates names, but for those of `known` ids."""
    for name, path in names_in(document.get("framework"), ("framework",)):
        if name not in known:
            framework = load_framework(_named_file(document, "framework", name, path))
            if framework.id not in known:
                yield framework


# cases


def load_cases(source: CaseSource, framework: FrameworkSource) -> Cases:
    """Load the cases of a framework: a path, or a mapping.

    Parameters
    ----------
    source : str, Path, mapping or Cases
        A file, or the content of such a file.
    framework : str, Path, mapping or Framework
        The framework that the cases test.

    Returns
    -------
    Cases

    Raises
    ------
    DocumentError
        With all their errors, each with its place.
    """
    # no id: cases are shipped with their framework
    return cases_from(document_of(source, "cases"), load_framework(framework))[0]


def load_policy(source: str | Path) -> tuple[Framework, Cases | None]:
    """Load a framework and the cases beside it, or cases and the framework that they name.

    Parameters
    ----------
    source : str or Path
        A shipped id, the file of a framework, or a file of cases.

    Returns
    -------
    framework : Framework
    cases : Cases or None
        None where the framework has none beside it.

    Raises
    ------
    DocumentError
        With all their errors, each with its place.
    UsageError
        If there is no such file and no shipped framework of that id.
    """
    document = read_named(source, "framework")
    if document.kind == "cases":
        cases, framework = cases_from(document)
        return framework, cases
    framework = load_framework(document)
    file = cases_beside(framework)
    return framework, load_cases(file, framework) if file is not None else None


def cases_beside(framework: Framework) -> Path | None:
    """Return the file of the cases of a framework, `cases/<id>.yaml` beside it, or None."""
    folder = framework.origin.folder
    if folder is None or not _is_file_name(framework.id):
        return None
    for suffix in (".yaml", ".yml", ".json"):
        file = folder / _CASES_FOLDER / f"{framework.id}{suffix}"
        if _is_file(file):
            return file
    return None


def cases_from(
    document: PlainDocument, framework: Framework | None = None
) -> tuple[Cases, Framework]:
    """Return the cases in plain data, checked with their framework, and that framework.

    Parameters
    ----------
    framework : Framework, optional
        The one to check with; the one that the cases name, if left out.
    """
    document.require("cases")
    name = document.get("framework")
    if isinstance(name, str):
        if framework is None:
            framework = load_framework(_framework_of_cases(document, name))
        if name not in (framework.id, Path(framework.origin.source).name):
            message = f"these are cases of `{name}`, not of `{framework.id}`"
            help = f"write `framework: {framework.id}`, or test `{name}`"
            raise document.error(Diagnostic("wrong-framework", message, ("framework",), help))
    judges = [framework] if framework is not None else []

    def check(cases: Cases) -> list[Diagnostic]:
        return [found for judge in judges for found in check_cases(cases, judge)]

    cases = document.build(Cases, check, judges)
    return cases, judges[0]  # a name that is missing is an error by now


def _framework_of_cases(document: PlainDocument, name: str) -> Path:
    """Return the file of a framework that cases name: above, else shipped or beside them."""
    written = document.origin.folder
    if written is not None and _is_file_name(name):
        folder = written.resolve()
        file = folder.parent / (name if Path(name).suffix in READERS else f"{name}.yaml")
        is_above = folder.name == _CASES_FOLDER and _is_file(file)
        if is_above and file.resolve().parent == folder.parent:
            # a path that a reader gave as `frameworks/cases/x.yaml` leads to `frameworks/...`
            return (written.parent if written.name == _CASES_FOLDER else folder.parent) / file.name
    return _named_file(document, "framework", name, ("framework",))
