"""What can go wrong, as data: a place, a finding about it, and the exceptions that carry findings.

Imports nothing of the package; everything else may import it.

The exception tree::

    CollabscoreError
    ├── DocumentError            a document has errors; `.diagnostics` holds all of them
    │   ├── FrameworkError       ... a framework or a vocabulary
    │   └── CandidateError       ... a list of candidates
    ├── UsageError               a call asks for what there is not: an unknown id, an option out of range
    │   └── UnreadableFileError  ... a file that is not there, or too large
    └── MissingExtraError        an optional library is not installed (also an ImportError)
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

__all__ = [
    "CandidateError",
    "CollabscoreError",
    "Diagnostic",
    "DocumentError",
    "FrameworkError",
    "MissingExtraError",
    "Note",
    "Span",
    "UnreadableFileError",
    "UsageError",
    "likely",
    "printable",
]

Severity = Literal["error", "warning"]
Path = tuple[str | int | float, ...]


@dataclass(frozen=True)
class Span:
    """A stretch of one line of a text: where a finding is.

    Parameters
    ----------
    source : str
        What the reader calls the text: the file name as given, `<stdin>` or `<text>`.
    line, column : int
        From 1.
    end_column : int
        One past the last column; at least ``column + 1``.
    text : str
        The line itself, without its line end.
    """

    source: str
    line: int
    column: int
    end_column: int
    text: str


@dataclass(frozen=True)
class Note:
    """A second place that belongs to a finding: where the other definition stands."""

    message: str
    span: Span | None = None


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a document: what, where, and the likely cure.

    Parameters
    ----------
    code : str
        A stable kebab-case word, listed in the reference of diagnostics.
    message : str
        Stands alone; lower case, no final stop, names in backticks.
    path : tuple of str or int
        Keys and positions from the root of the document to the element.
    span : Span, optional
        The place in the text, where the document came from a text.
    help : str, optional
        The only part that proposes a cure.
    notes : tuple of Note
        Other places that belong to it.
    label : str, optional
        The path as a reader knows it (ids in place of positions); made from `path` if left out.
    """

    code: str
    message: str
    path: Path = ()
    span: Span | None = None
    help: str | None = None
    notes: tuple[Note, ...] = ()
    severity: Severity = "error"
    label: str | None = None

    @property
    def place(self) -> str:
        """The path in words: `criteria.mutual_interest`, `candidates[influenza].ratings`."""
        return self.label if self.label is not None else _dotted(self.path)

    def at(self, span: Span | None, label: str | None = None) -> Diagnostic:
        """Return the same finding with its place in a text."""
        return replace(self, span=span, label=label if label is not None else self.label)

    def __str__(self) -> str:
        lines = [f"{self.severity}[{self.code}]: {self.message}"]
        if self.span is not None:
            lines += _excerpt(self.span, self.place)
        elif self.place:
            lines.append(f" --> {self.place}")
        gutter = " " * len(str(self.span.line)) if self.span is not None else ""
        for note in self.notes:
            where = ""
            if note.span is not None:
                where = f" ({note.span.source}:{note.span.line}:{note.span.column})"
            lines.append(f"{gutter} = note: {note.message}{where}")
        if self.help is not None:
            lines.append(f"{gutter} = help: {self.help}")
        return "\n".join(lines)


class CollabscoreError(Exception):
    """The root of every error that this library raises on purpose."""


class DocumentError(CollabscoreError):
    """A document has errors. All of them are in `diagnostics`, in the order of the text."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n\n".join(str(diagnostic) for diagnostic in self.diagnostics))


class FrameworkError(DocumentError):
    """A framework or a vocabulary has errors."""


class CandidateError(DocumentError):
    """A list of candidates has errors."""


class UsageError(CollabscoreError):
    """A call asks for what there is not: an id that does not exist, an option out of its range."""


class UnreadableFileError(UsageError):
    """A file cannot be read: it is not there, is no file, or is too large."""


class MissingExtraError(CollabscoreError, ImportError):
    """An optional library is needed and not installed; the message has the line that installs it."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"`{library}` is needed for this: pip install 'collabscore[{extra}]'")
        self.library = library
        self.extra = extra


def likely(word: object, choices: Iterable[str]) -> str | None:
    """Return the choice that `word` was likely meant to be, or None.

    Examples
    --------
    >>> likely("wieght", ["weight", "scale"])
    'weight'
    >>> likely("cat", ["weight"]) is None
    True
    """
    known = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(str(word).casefold(), known, n=1, cutoff=0.6)
    return known[found[0]] if found else None


def _dotted(path: Path) -> str:
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out


_EXCERPT_WIDTH = 160


def _excerpt(span: Span, place: str) -> list[str]:
    """Return the arrow line, the line of text and the caret below it; long lines are cut around the caret."""
    number = str(span.line)
    pad = " " * len(number)
    text, column, end = span.text.replace("\t", " "), span.column, span.end_column
    if len(text) > _EXCERPT_WIDTH:
        start = max(0, column - 1 - _EXCERPT_WIDTH // 2)
        cut = text[start : start + _EXCERPT_WIDTH]
        text = (
            ("…" if start else "") + cut + ("…" if start + _EXCERPT_WIDTH < len(span.text) else "")
        )
        shift = start - bool(start)
        column, end = column - shift, min(end - shift, len(text) + 1)
    before = text[: column - 1]
    marked = text[column - 1 : end - 1] or " "
    where = f"  ({place})" if place else ""
    return [
        f"{pad}--> {span.source}:{span.line}:{span.column}{where}",
        f"{pad} |",
        f"{number} | {printable(text)}".rstrip(),
        f"{pad} | {' ' * _width(before)}{'^' * max(1, _width(marked))}",
    ]


def printable(text: str) -> str:
    """Replace control characters, so that a text from outside cannot steer a terminal."""
    if text.isprintable():  # by far the commonest
        return text
    return "".join(
        char
        if unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
        else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def _width(text: str) -> int:
    """Columns that `text` takes on a terminal: two for East Asian wide letters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
