"""Findings about documents, with their places, and the exceptions that carry them.

The exception tree::

    CollabscoreError
    ├── DocumentError            a document has errors; `.diagnostics` holds all of them
    │   ├── FrameworkError       ... a framework or a vocabulary
    │   └── CandidateError       ... a list of candidates
    ├── UsageError               a call asks for an unknown id, or an option is out of range
    │   └── UnreadableFileError  ... a file does not exist, or is too large
    └── MissingExtraError        an optional library is not installed (also an ImportError)
"""

from __future__ import annotations

import difflib
import errno
import importlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any, Literal, NamedTuple

__all__ = [
    "MOST_SHOWN",
    "CandidateError",
    "CollabscoreError",
    "Diagnostic",
    "DocumentError",
    "FrameworkError",
    "KeyPath",
    "MissingExtraError",
    "NoFrameworkError",
    "Note",
    "Origin",
    "ReadingError",
    "Span",
    "UnknownIdError",
    "UnreadableFileError",
    "UsageError",
    "as_called",
    "character_name",
    "choose_from",
    "counted",
    "did_you_mean",
    "label_of",
    "likely",
    "more_of",
    "names_of",
    "optional",
    "pair_meant",
    "printable",
    "quotable",
    "refusal_of_name",
    "refusal_of_system",
    "refusal_of_value",
    "whole_number",
]

KeyPath = tuple[str | int | float, ...]
"""Keys and positions from the root of a document to an element."""


class Span(NamedTuple):
    """A stretch of one line of a text, or a cell of a table: the place of a finding.

    Parameters
    ----------
    source : str
        The name of the text: the file name as given, `<stdin>` or `<text>`.
    line, column : int
        From 1; of a cell the row, and where the value begins in `text`.
    end_column : int
        One past the last column; at least ``column + 1``.
    text : str
        The line itself, without its line end; of a cell the head of its column, and the value.
    cell : str
        The cell as spreadsheets name it: `C7`; empty in a text.
    """

    source: str
    line: int
    column: int
    end_column: int
    text: str
    cell: str = ""

    @property
    def where(self) -> str:
        """The source, and the line and column or the cell: `list.yaml:7:3`, `list.csv:C7`."""
        return f"{self.source}:{self.cell or f'{self.line}:{self.column}'}"


class Origin(NamedTuple):
    """The text that a document was read from, kept for errors that appear later.

    Parameters
    ----------
    source : str
        The name of the text, as in its spans.
    text : bytes
        Empty, as the name is, for a document that was read from no text.
    folder : Path, optional
        The folder of the file; None for a text that is no file.
    parts : tuple of (path, Origin, path)
        Parts of the document that are written in another text, or at another place in this one.
    find : callable, optional
        Of a table: returns the place of a path, as `reader.place_of` does.
    """

    source: str = ""
    text: bytes = b""
    folder: Path | None = None
    parts: tuple[tuple[KeyPath, Origin, KeyPath], ...] = ()
    find: Callable[[KeyPath, bool], tuple[Span | None, bool]] | None = None

    def of(self, path: KeyPath) -> tuple[KeyPath, Origin]:
        """Return where a part of the document is written: a path, and the text that has it."""
        around = [part for part in self.parts if path[: len(part[0])] == part[0]]
        if not around:
            return path, self
        part, origin, written = max(around, key=lambda one: len(one[0]))
        return origin.of((*written, *path[len(part) :]))


@dataclass(frozen=True)
class Note:
    """A second place that belongs to a finding: where the other definition stands.

    Parameters
    ----------
    message : str
    span : Span, optional
        The place in a text, once it is known.
    path : tuple of str or int, optional
        The path to the place.
    origin : Origin, optional
        The text that `path` leads through; that of the finding, if left out.
    """

    message: str
    span: Span | None = None
    path: KeyPath | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", printable(self.message))


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a document: its place, its message and the likely remedy.

    Parameters
    ----------
    code : str
        A stable kebab-case word, listed in the reference of diagnostics.
    message : str
        Complete by itself; lower case, no final stop, names in backticks. Like all words of a
        finding it is printable: it may quote a text from outside.
    path : tuple of str or int
        Keys and positions from the root of the document to the element.
    help : str, optional
        The only part that proposes a remedy.
    at_key : bool
        Whether the key at the end of `path` is wrong, rather than the value.
    within : tuple of int, optional
        The columns of the text at `path` that are meant, from 0, the end exclusive.
    notes : tuple of Note
        Other places that belong to it.
    suggestion : str, optional
        The key that an unknown one was likely meant to be.
    absent : tuple of paths
        The paths at which the finding supposes nothing: a definition or a key that is missing. `*`
        is any key, and `**` any number of nested groups. Where the document has something there,
        hidden by another error, the finding is only its consequence.
    span : Span, optional
        The place in the text, where the document came from a text.
    label : str, optional
        The path as a reader knows it (ids in place of positions); made from `path` if left out.
    """

    code: str
    message: str
    path: KeyPath = ()
    help: str | None = None
    severity: Literal["error", "warning"] = "error"
    at_key: bool = False
    within: tuple[int, int] | None = None
    notes: tuple[Note, ...] = ()
    suggestion: str | None = None
    absent: tuple[KeyPath, ...] = ()
    span: Span | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        for name in ("message", "help", "label"):
            words = getattr(self, name)
            if words is not None and not words.isprintable():
                object.__setattr__(self, name, printable(words))

    @property
    def place(self) -> str:
        """The path in words: `criteria.mutual_interest`, `candidates[influenza].ratings`."""
        return printable(label_of(self.path)) if self.label is None else self.label

    def moved(self, move: Callable[[KeyPath], KeyPath]) -> Diagnostic:
        """Return the same finding with `move` applied to all its paths in this document."""
        notes = []
        for note in self.notes:
            if note.path is not None and note.origin is None:
                note = replace(note, path=move(note.path))
            notes.append(note)
        absent = tuple(move(path) for path in self.absent)
        return replace(self, path=move(self.path), notes=tuple(notes), absent=absent)

    def to_text(self, styled: Callable[[str, str], str]) -> str:
        """Return the printed finding.

        Parameters
        ----------
        styled : callable
            Called with each part of the text and its role: `error`, `warning`, `note` and `help`
            are what a terminal colours, beside `message` and the `plain` rest.
        """
        head = styled(f"{self.severity}[{self.code}]", self.severity)
        lines = [f"{head}: {styled(self.message, 'message')}"]
        gutter = ""
        if self.span is not None:
            gutter = " " * len(str(self.span.line))
            *excerpt, blank, carets = _excerpt(self.span, self.place)
            lines += [styled(line, "plain") for line in excerpt]
            lines.append(blank + styled(carets, self.severity))
        elif self.place:
            lines.append(styled(f" --> {self.place}", "plain"))
        for note in self.notes:
            text = note.message
            if note.span is not None:
                text += f" ({note.span.where})"
            lines.append(f"{gutter} = {styled('note', 'note')}: {styled(text, 'plain')}")
        if self.help is not None:
            lines.append(f"{gutter} = {styled('help', 'help')}: {styled(self.help, 'plain')}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_text(lambda text, _: text)


class CollabscoreError(Exception):
    """The root of every error that this library raises on purpose."""


def counted(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return each finding once, with the number of those that say the same about other entries."""
    alike: dict[tuple[object, ...], list[Diagnostic]] = {}
    for one in findings:
        keys = tuple(part for part in one.path if isinstance(part, str))
        alike.setdefault((one.severity, one.code, one.message, one.help, keys), []).append(one)
    found = []
    for first, *others in alike.values():
        if others:
            here = others[0].span
            next_one = Note("the next is here" if here else f"the next: {others[0].place}", here)
            message = f"{first.message} ({len(others) + 1:,} times)"
            first = replace(first, message=message, notes=(*first.notes, next_one))
        found.append(first)
    return tuple(found)


class ReadingError(ValueError):
    """A text, a rating or a fact cannot be read; the path of `diagnostic` is relative to it."""

    def __init__(
        self,
        code: str,
        message: str,
        path: KeyPath = (),
        help: str | None = None,
        within: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(code, message, path, help, within)  # as given: pickled by its arguments
        self.diagnostic = Diagnostic(code, message, path, help, within=within)

    def __str__(self) -> str:
        return self.diagnostic.message

    def under(self, key: str | float) -> ReadingError:
        """Return the same error, as seen from the mapping or the list around it."""
        self.diagnostic = self.diagnostic.moved(lambda path: (key, *path))
        return self


class DocumentError(CollabscoreError):
    """A document has errors. All of them are in `diagnostics`, in the order of the text.

    Errors that say the same are one, with their number. `remarks` tells how a table was read.
    """

    remarks: tuple[str, ...] = ()

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = counted(diagnostics)
        super().__init__(self.diagnostics)  # as given: an error is pickled by its arguments

    @property
    def source(self) -> str:
        """The name of the text or the table with the first error that has a place."""
        places = (one.span.source for one in self.diagnostics if one.span is not None)
        return next(places, "")

    def __str__(self) -> str:
        shown = [*map(str, self.diagnostics[:MOST_SHOWN]), more_of(self.diagnostics)]
        return "\n\n".join(filter(None, shown))


MOST_SHOWN = 100
"""Findings that are printed in full; a table can have one in each cell."""


def more_of(findings: Collection[Diagnostic]) -> str:
    """Return how many findings are not printed; an empty text if all are."""
    more = len(findings) - MOST_SHOWN
    return f"and {more:,} more of {len(findings):,} findings" if more > 0 else ""


class FrameworkError(DocumentError):
    """A framework or a vocabulary has errors."""


class CandidateError(DocumentError):
    """A list of candidates has errors."""


class UsageError(CollabscoreError):
    """A call asks for an id that does not exist, or an option is out of its range.

    Parameters
    ----------
    message : str
    keyword : str
        The keyword of the call that is wrong. It stands before the message; on the command line,
        the option stands there.
    help : str, optional
        The only part that proposes a remedy. It stands behind the message.
    """

    def __init__(self, message: str, keyword: str = "", help: str | None = None) -> None:
        super().__init__(message, keyword, help)  # as given: an error is pickled by its arguments
        self.message = message
        self.keyword = keyword
        self.help = help

    def __str__(self) -> str:
        place = f"{self.keyword}: " if self.keyword else ""
        cure = f"; {self.help}" if self.help else ""
        return f"{place}{self.message}{cure}"


class UnknownIdError(UsageError, KeyError):
    """A mapping or sequence has no entry with that id."""


class NoFrameworkError(UsageError):
    """Neither the call nor the list of candidates names a framework."""


class UnreadableFileError(UsageError):
    """A file cannot be read: it does not exist, is not a file, or is too large."""


def as_called(value: object) -> str:
    """Return a value for a message about a call: as Python code writes it, else its type.

    Examples
    --------
    >>> [as_called(value) for value in (None, "3", 0.5, {"a": [1]}, print)]
    ['None', "'3'", '0.5', "{'a': [1]}", 'builtin_function_or_method']
    """
    value = _scalar(value)
    is_code = value is None or isinstance(value, str | bytes | float | complex | list | dict)
    if isinstance(value, int) and not isinstance(value, bool):
        return quotable(value)
    text = repr(value) if is_code or isinstance(value, bool) else ""
    return text if 0 < len(text) <= _LONGEST_QUOTE else type(value).__name__


def _scalar(value: Any) -> Any:
    """Return a scalar of numpy, or an array of one number, as Python's own; others as they are."""
    is_one = hasattr(value, "item") and getattr(value, "size", 0) == 1
    return value.item() if is_one else value


def refusal_of_value(value: object, noun: str, keyword: str, help: str) -> UsageError:
    """Return the refusal of a value that a keyword of a call cannot have.

    Examples
    --------
    >>> print(refusal_of_value(0.25, "a list of names", "tag", "give a list"))
    tag: `0.25` is not a list of names; give a list
    """
    return UsageError(f"`{as_called(value)}` is not {noun}", keyword, help)


def whole_number(
    keyword: str, value: object, least: int, most: int | None = None, reason: str = ""
) -> int:
    """Return an option that is a whole number, also where it is a float or a scalar of numpy.

    Parameters
    ----------
    keyword : str
    value : object
    least, most : int
        The range; no end, if `most` is left out.
    reason : str
        What the greatest one is, if readers may wonder.

    Raises
    ------
    UsageError

    Examples
    --------
    >>> whole_number("draws", 1e3, 1)
    1000
    >>> whole_number("top", True, 1, 5)
    Traceback (most recent call last):
    collabscore.errors.UsageError: top: `True` is not a whole number; give one from 1 to 5
    """
    help = f"give {least} or more"
    if most is not None:
        help = f"give one from {least:,} to {most:,}{reason and f', {reason}'}"
    number = _scalar(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise refusal_of_value(value, "a whole number", keyword, help)
    if number < least or (most is not None and number > most):
        raise UsageError(f"`{quotable(number)}` is out of range", keyword, help)
    return number


def names_of(keyword: str, value: object) -> list[str]:
    """Return an option that is a name or a list of names as a list.

    Raises
    ------
    UsageError
    """
    names: list[Any] = [value]
    if isinstance(value, Iterable) and not isinstance(value, str):
        names = list(value) if getattr(value, "ndim", 1) else [value]
    if isinstance(value, Mapping) or not all(isinstance(name, str) for name in names):
        raise refusal_of_value(value, "a name or a list of names", keyword, "give names as text")
    return list(map(str, names))


_CURES = {
    errno.ENOENT: "check the name and the folder",
    errno.ENOTDIR: "check the name and the folder",
    errno.ENAMETOOLONG: "use a shorter name",
    errno.ELOOP: "its links lead back to themselves",
    errno.EISDIR: "give the name of a file",
    errno.EACCES: "change its permissions, or choose another file",
    errno.EROFS: "choose another folder",
    errno.EFBIG: "divide it into several",
    errno.ENOSPC: "free some space, or choose another place",
}


def refusal_of_system(
    attempt: str, error: BaseException, kind: type[UsageError] = UsageError
) -> UsageError:
    """Return the error that the system refuses a call, with the reason and a cure, without paths.

    Examples
    --------
    >>> found = FileNotFoundError(errno.ENOENT, "No such file or directory", "/srv/x")
    >>> print(refusal_of_system("cannot read `x`", found))
    cannot read `x`: no such file or directory; check the name and the folder
    >>> print(refusal_of_system("cannot read `x`", ValueError("embedded null byte")))
    cannot read `x`: no file can have such a name; use other characters
    """
    match error:
        case MemoryError():
            reason, cure = "not enough memory", "use fewer candidates or draws"
        case io.UnsupportedOperation():
            reason, cure = "the stream is closed", "name a file instead"
        case OSError():
            reason = error.strerror or str(error)
            cure = _CURES.get(error.errno or 0, "choose another file")
        case _:
            reason, cure = "no file can have such a name", "use other characters"
    return kind(f"{attempt}: {reason[:1].lower()}{reason[1:]}", help=cure)


class MissingExtraError(CollabscoreError, ImportError):
    """An optional library is not installed; the message has the line that installs it.

    Without an extra of this package, it is the library itself.
    """

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(library, extra)
        self.library = library
        self.extra = extra

    def __str__(self) -> str:
        named = f"'collabscore[{self.extra}]'" if self.extra else self.library
        return f"`{self.library}` is needed for this: pip install {named}"


def optional(module: str, extra: str) -> Any:
    """Import an optional library.

    Parameters
    ----------
    module : str
        Its dotted name, such as ``scipy.optimize``.
    extra : str
        The extra of this package that installs it; empty for a library of the caller's own.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        If it is not installed, with the line that installs it. An installed library that is broken
        raises its own error.

    Examples
    --------
    >>> optional("math", "optimize").sqrt(4)
    2.0
    """
    library = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != library:
            raise
        raise MissingExtraError(library, extra) from error


def likely(word: object, choices: Iterable[str]) -> str | None:
    """Return the choice that `word` was likely meant to be, or None.

    A mapping has the titles of the choices, or what has titles: they are words for them too.

    Examples
    --------
    >>> likely("wieght", ["weight", "scale"])
    'weight'
    >>> likely("ethics", ["plan", "ethics_approval"])
    'ethics_approval'
    >>> likely("cat", ["weight"]) is None
    True
    """
    listed = choices if isinstance(choices, Collection) else tuple(choices)
    known, spellings = _spellings_in(_Same(listed, len(listed)))
    given = _folded(str(word))
    near = list(known)
    if len(known) > _MOST_COMPARED:  # a comparison is slow: take those that share most spellings
        alike = Counter(chain.from_iterable(map(spellings.get, _spellings(given), repeat(()))))
        near = [spelt for spelt, _ in alike.most_common(_MOST_COMPARED)]
    found = difflib.get_close_matches(given, near, n=1, cutoff=0.6)
    if not found and len(given) >= _SHORTEST_BEGINNING:
        found = [spelt for spelt in near if spelt.startswith(given)]
    # of several that begin alike none is likelier
    return known[found[0]] if len(found) == 1 else None


_MOST_COMPARED = 20
_SHORTEST_BEGINNING = 3
_LONGEST_WORD = 200


def _folded(word: str) -> str:
    """Return the letters of a word that count where words are compared."""
    text = unicodedata.normalize("NFKC", word[:_LONGEST_WORD]).casefold()
    return text.replace("_", " ").replace("-", " ").strip()


def _title_in(named: object) -> str | None:
    """Return a title, or that of something that has one."""
    title = named if isinstance(named, str) else getattr(named, "title", None)
    return title if isinstance(title, str) else None


class _Same(NamedTuple):
    """Choices by identity: a document with many mistakes has the same ones for each of them."""

    choices: Collection[str]
    size: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Same):
            return False
        return self.choices is other.choices and self.size == other.size

    def __hash__(self) -> int:
        return id(self.choices)


@lru_cache(maxsize=8)
def _spellings_in(same: _Same) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return what `_spellings_of` does; equal choices that were made anew are counted once too."""
    choices = same.choices
    titles = choices.values() if isinstance(choices, Mapping) else repeat(None)
    return _spellings_of(tuple(zip(choices, map(_title_in, titles), strict=False)))


@lru_cache(maxsize=8)
def _spellings_of(
    choices: tuple[tuple[str, str | None], ...],
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return choices by their letters that count, and these letters by spellings of few choices.

    Each choice has its title beside it, which is a word for it too.
    """
    known = {_folded(title): choice for choice, title in choices if title}
    known |= {_folded(choice): choice for choice, _ in choices}
    spellings: dict[str, list[str]] = {}
    if len(known) > _MOST_COMPARED:
        for word in known:
            for spelling in _spellings(word):
                spellings.setdefault(spelling, []).append(word)
    few = {spelling: same for spelling, same in spellings.items() if len(same) <= 50}
    return known, few


def _spellings(word: str) -> set[str]:
    """Return all four letters in a row; of a short word also itself, and it without each letter."""
    parts = {word[k : k + 4] for k in range(len(word) - 3)}
    if len(word) <= 40:
        parts |= {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}
    return parts


def choose_from(words: Iterable[str], most: int = 12) -> str | None:
    """Return the help that lists the choices; None where there are none."""
    known = words if isinstance(words, Collection) else list(words)
    if not known:
        return None
    shown = ", ".join(f"`{word}`" for word in islice(known, most))
    if len(known) > most:
        shown += f" and {len(known) - most} more"
    return f"choose from {shown}"


def did_you_mean(word: object, choices: Iterable[str]) -> str | None:
    """Return the help for a word that is not among `choices`: the likely one, else the list.

    Examples
    --------
    >>> did_you_mean("very hgih", ["very low", "very high"])
    'did you mean `very high`?'
    >>> did_you_mean("high", ["very low", "very high"])
    'choose from `very low`, `very high`'
    """
    known = choices if isinstance(choices, Collection) else tuple(choices)
    if isinstance(choices, AbstractSet):
        known = _in_order(frozenset(choices))
    guess = likely(word, known)
    if guess is None:
        return choose_from(known)
    title = _title_in(known[guess]) if isinstance(known, Mapping) else None
    if all(_is_other_word(_folded(str(word)), _folded(name)) for name in (guess, title or guess)):
        return choose_from(known)
    return f"did you mean `{guess}`?{_letter_apart(str(word), guess)}"


def _is_other_word(word: str, guess: str) -> bool:
    """Return whether one is the other with more before it, such as `high` and `very high`.

    It may mean another thing or the opposite, as of `likely` and `unlikely`; one letter more or
    less is a misspelling.
    """
    longer, shorter = (word, guess) if len(word) > len(guess) else (guess, word)
    before = longer.removesuffix(shorter).strip()
    return len(before) > 1 and before != longer and before[-1].isalpha()


def _letter_apart(word: str, guess: str) -> str:
    """Return which letter differs, where two words that look alike differ in one alone."""
    apart = [pair for pair in zip(word, guess, strict=False) if pair[0] != pair[1]]
    if len(word) != len(guess) or len(apart) != 1 or "".join(apart[0]).isascii():
        return ""
    (written, meant), *_ = apart
    names = [f"`{letter}` ({unicodedata.name(letter, '').lower()})" for letter in (meant, written)]
    return f" it has {' where this has '.join(names)}"


def character_name(character: str) -> str:
    r"""Return the number of a character, and its name where it has one.

    Examples
    --------
    >>> character_name("\u200b"), character_name("\x07")
    ('U+200B (zero width space)', 'U+0007 (bell)')
    """
    name = unicodedata.name(character, _CONTROLS.get(character, "")).lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


_CONTROLS = {
    "\0": "null",
    "\x07": "bell",
    "\x08": "backspace",
    "\x0b": "line tabulation",
    "\x0c": "form feed",
    "\x1b": "escape",
    "\x7f": "delete",
    "\x85": "next line",
}
"""Names of characters for which Unicode has aliases alone."""


@lru_cache(maxsize=8)
def _in_order(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def pair_meant(key: object, choices: Iterable[str]) -> str | None:
    """Return the help for a key that holds its value too: `gain 4`, `gain:4`; None for others.

    Examples
    --------
    >>> pair_meant("gain:4", ["gain", "risk"])
    'write `gain: 4`, with a colon and a space'
    """
    found = re.fullmatch(r"(.+?)\s*(?:(?::|=|->|;)\s*(.+)|\s(\S+))", str(key)[:_LONGEST_WORD])
    name = likely(found[1], choices) if found is not None else None
    if found is None or name is None or _folded(name) != _folded(found[1]):
        return None
    return f"write `{name}: {found[2] or found[3]}`, with a colon and a space"


def refusal_of_name(
    message: str, name: object, known: Iterable[str], keyword: str = ""
) -> UsageError:
    """Return the refusal of an unknown name, with the likely one or the known ones as help."""
    return UsageError(message, keyword, did_you_mean(str(name), known))


def label_of(path: KeyPath, data: Any = None) -> str:
    """Return a path as a reader knows it, with ids of `data` in place of positions.

    Examples
    --------
    >>> label_of(("candidates", 0, "ratings"), {"candidates": [{"id": "influenza"}]})
    'candidates[influenza].ratings'
    """
    label = ""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        if isinstance(part, int):
            name = data.get("id") if isinstance(data, Mapping) else None
            label += f"[{quotable(name) if isinstance(name, str) else part}]"
        else:
            label += f".{quotable(part)}" if label else quotable(part)
    return label


_LONGEST_QUOTE = 60


_DEEPEST_QUOTE = 8


def quotable(value: object, depth: int = 0) -> str:
    """Return a value for a message about a document: as YAML writes it, cut if it is long or deep.

    Examples
    --------
    >>> [quotable(value) for value in (None, True, 1e3, float("inf"), {"power": [2, "a"]})]
    ['null', 'true', '1000', '.inf', '{power: [2, a]}']
    """
    match value:
        case None | bool():
            text = {None: "null", True: "true", False: "false"}[value]
        case int() if abs(value) >= 10**60:  # Python refuses to write those of 4,300 digits
            text = f"{'-' * (value < 0)}{abs(value) // 10 ** (value.bit_length() * 3 // 10 - 60)}"
        case float():
            text = repr(value).removesuffix(".0").replace("inf", ".inf").replace("nan", ".nan")
        case Mapping() | list() | tuple():
            text = "…" if depth == _DEEPEST_QUOTE else _quoted_entries(value, depth + 1)
        case _:
            text = str(value)
            if text.startswith("<") and not isinstance(value, str):  # the address of an object
                text = type(value).__name__
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def _quoted_entries(value: Mapping[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> str:
    """Return a mapping or a list with its entries, as far as a message can show them."""
    text = ""
    for entry in value:
        text += ", " * (text != "")
        if isinstance(value, Mapping):
            text += f"{quotable(entry)}: {quotable(value[entry], depth)}"
        else:
            text += quotable(entry, depth)
        if len(text) > _LONGEST_QUOTE:
            break
    return f"{{{text}}}" if isinstance(value, Mapping) else f"[{text}]"


_EXCERPT_WIDTH = 160


def _excerpt(span: Span, place: str) -> list[str]:
    """Return the arrow line, the line of text, cut if it is long, the blank below, the carets."""
    text, column, end = span.text, span.column, span.end_column
    if len(text) > _EXCERPT_WIDTH:
        start = max(0, column - 1 - _EXCERPT_WIDTH // 2)
        stop = start + _EXCERPT_WIDTH
        is_cut = stop < len(text)
        text = text[start:stop]
        if start:
            text = f"…{text}"
            start -= 1
        if is_cut:
            text += "…"
        column, end = column - start, min(end - start, len(text) + 1)
    text = text.replace("\t", " ")
    before = text[: column - 1]
    number = str(span.line)
    pad = " " * len(number)
    arrow = f"{pad}--> {span.where}"
    if place:
        arrow += f"  ({place})"
    return [
        arrow,
        f"{pad} |",
        f"{number} | {printable(text)}".rstrip(),
        f"{pad} | {' ' * _width(before)}",
        "^" * max(1, _width(text[column - 1 : end - 1])),
    ]


def printable(text: str) -> str:
    """Replace controls, line ends and non-characters: a text from outside steers no terminal."""
    if text.isprintable():  # by far the commonest
        return text
    shown = ""
    for char in text:
        is_unassigned = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
        if is_unassigned or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            char = "\N{REPLACEMENT CHARACTER}"
        shown += char
    return shown


def _width(text: str) -> int:
    """Columns of a text on a terminal: two for wide letters, none for combining ones."""
    columns = 0
    for char in text:
        if not unicodedata.combining(char):
            columns += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return columns
