"""YAML 1.2, JSON and JSON Lines as plain data, every mistake and every key with its place.

PyYAML's loader builds a node for every event and reads YAML 1.1, in which `NO` is False; bare
events cost a tenth of that, and the meaning of a plain scalar is decided here: `NO` is a country,
`012` is twelve, `1:30` is text and `1e3` a number. A text is read a second time, and places are
noted, only where a finding needs them.

References
----------
YAML 1.2.2, section 10.3 (core schema). https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import gc
import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ..errors import Diagnostic, DocumentError, KeyPath, Origin, Span, label_of, quotable
from ..models.base import ReadingError, clean_data, composed, lookalike_in, refuse_characters

__all__ = [
    "COMMA_IN_BRACES",
    "READERS",
    "TABLES",
    "DocumentText",
    "collector_paused",
    "decoded",
    "place_of",
    "plain",
    "position_in_text",
    "positions_of",
    "read_yaml",
]

MAX_DEPTH = 100
"""How deep collections may be nested."""
MAX_EXPANDED = 1_000_000
"""How many values all aliases together may stand for."""
MAX_DIGITS = 300
"""How many characters an integer may have; longer ones are floats."""
_TOO_DEEP = (
    "too-deep",
    f"this is nested more than {MAX_DEPTH} levels deep",
    "put fewer brackets, or fewer indented lines, inside each other",
)
_EMPTY = (
    "empty-document",
    "this document is empty",
    (
        "make a list of candidates with `collabscore new list.yaml -f guardrail`, or a framework "
        "of criteria and rules with `collabscore new house.yaml --from guardrail`"
    ),
)

# a PyYAML built without libyaml reads the same, slowly
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector: many small objects are made, and none of them is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# scalars

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"": None, "~": None}
_WORDS |= dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
_WORDS |= {"null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True}
_WORDS |= {"false": False, "False": False, "FALSE": False}
for _infinite in (".inf", ".Inf", ".INF"):
    _WORDS |= {_infinite: math.inf, f"+{_infinite}": math.inf, f"-{_infinite}": -math.inf}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEXADECIMAL = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def integer(text: str) -> int | float:
    """Return a whole number; Python takes long for one of thousands of digits."""
    return int(text) if len(text) <= MAX_DIGITS else float(text)


def plain(text: str) -> Scalar:
    """Return the meaning of an unquoted scalar.

    Examples
    --------
    >>> [plain(text) for text in ("NO", "012", "1:30", "1e3", "true", "~")]
    ['NO', 12, '1:30', 1000.0, True, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    if _INTEGER.fullmatch(text):
        return integer(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return int(text, 0) if _OCTAL_OR_HEXADECIMAL.fullmatch(text) else text


# texts and places


def position_in_text(finding: Diagnostic) -> tuple[int, int, str, int]:
    """Return the line and the column of a finding, or the row and the cell, to sort by."""
    span = finding.span
    if span is None:
        return 0, 0, "", 0
    return span.line, len(span.cell), span.cell, span.column


class Place(NamedTuple):
    """A value in a text: its offsets, and those of its key where it has one."""

    value: Any
    start: int
    end: int
    key: tuple[int, int] | None = None
    is_plain: bool = False


class _Places:
    """The places of the values in a text, noted while it is read."""

    def __init__(self) -> None:
        self.root: Place | None = None
        # by the identity of the collection, and by key or position in it; several places are those
        # of a key that stands several times, and the last one counts
        self.entries: dict[int, dict[Any, list[Place]]] = {}

    def note(self, collection: object, key: object, place: Place) -> None:
        self.entries.setdefault(id(collection), {}).setdefault(key, []).append(place)

    def at(self, collection: object, part: str | float) -> Place | None:
        """Return the place of an entry; models read numbers from keys of text, and name them so."""
        entries = self.entries.get(id(collection), {})
        other = plain(part) if isinstance(part, str) else str(part)
        found = entries.get(part) or entries.get(other)
        return found[-1] if found else None

    def walk(self) -> Iterator[tuple[KeyPath, list[Place]]]:
        """Yield each path with its places, in no order; the entries that an alias repeats, once."""
        waiting: list[tuple[KeyPath, Any]] = [((), self.root and self.root.value)]
        seen: set[int] = set()
        while waiting:
            path, collection = waiting.pop()
            if id(collection) in seen:
                continue
            seen.add(id(collection))
            for key, places in self.entries.get(id(collection), {}).items():
                here = (*path, key)
                yield here, places
                waiting += [(here, place.value) for place in places]


class DocumentText:
    """The text of a document, its plain data, and the places in it.

    Parameters
    ----------
    text : str
        In NFC: a column is a letter as readers see it.
    source : str
        The name of the text in spans.
    reader : type, optional
        How it is read: if left out, as JSON where it is JSON, else as YAML.
    """

    def __init__(self, text: str, source: str, reader: type[_Reader] | None = None) -> None:
        self.text, self.source = text, source
        self.reader = reader or _likely_reader(text)

    def read(self) -> Any:
        """Return the plain data.

        Raises
        ------
        DocumentError
            At the first mistake of its syntax, else with all keys that stand twice.
        """
        if not self.text.isascii():
            self.refuse_character()
        reader = self.reader(self)
        with collector_paused():
            data = reader.read()
        if reader.is_repeated:
            raise DocumentError(self.repeated_keys())
        return data

    @cached_property
    def places(self) -> _Places:
        """The places of all values; none where the text cannot be read."""
        places = _Places()
        with suppress(DocumentError), collector_paused():
            self.reader(self, places).read()
        return places

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends: one string for all findings in a long line."""
        return _LINE_END.split(self.text)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of each line."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    def span(self, start: int, end: int) -> Span:
        """Return the span between two offsets, cut at the end of its first line."""
        number = bisect_right(self.line_starts, start)
        first = self.line_starts[number - 1]
        line = self.lines[number - 1]
        column = min(start - first, len(line)) + 1
        last = min(end - first, len(line)) + 1
        return Span(self.source, number, column, max(last, column + 1), line)

    def find(self, path: KeyPath, *, at_key: bool = True) -> tuple[Span | None, bool]:
        """Return the place of a path, and whether it exists.

        Parameters
        ----------
        path : tuple of str or int
        at_key : bool
            Whether the place is that of the key at the end of the path, or else of the value there.

        Returns
        -------
        span : Span or None
            That of the nearest ancestor where the path does not exist; None where the text cannot
            be read.
        exists : bool
        """
        place = self.places.root
        if place is None:
            return None, False
        for part in path:
            inner = self.places.at(place.value, part)
            if inner is None:
                return self.span(*(place.key or (place.start, place.end))), False
            place = inner
        stretch = place.key if at_key else None
        return self.span(*(stretch or (place.start, place.end))), True

    def repeated_keys(self) -> list[Diagnostic]:
        """Return a finding for each key that a mapping has twice, in the order of the text."""
        found = []
        for path, (first, *others) in self.places.walk():
            for place in others:
                assert first.key is not None  # positions in a list are never equal
                assert place.key is not None
                line = self.span(*first.key).line
                help = f"first defined at line {line}; keep one"
                if not isinstance(path[-1], str):
                    help = COMMA_IN_BRACES
                elif path[-1] == "id" and self.reader is _YamlReader:
                    help = f"{help}, or begin the next entry with `- `"
                span = self.span(*place.key)
                name = quotable(path[-1])
                if not isinstance(path[-1], str):
                    name = span.text[span.column - 1 : span.end_column - 1]
                message = f"`{name}` is defined twice"
                found.append(Diagnostic("duplicate-key", message, path, help, span=span))
        return sorted(found, key=position_in_text)

    def texts_before_comments(self) -> list[Diagnostic]:
        """Return a warning for each unquoted text that a `#` after a blank seems to cut off."""
        if not _SEEMING_COMMENT.search(self.text):
            return []
        found: dict[int, Diagnostic] = {}  # once for a text and its aliases
        for path, places in self.places.walk():
            value, _, end, _, is_plain = places[-1]
            cut = _SEEMING_COMMENT.match(self.text, end) if is_plain else None
            if cut is not None and (value is None or isinstance(value, str)):
                behind = self.span(end, end)
                rest = behind.text[behind.column - 1 :].rstrip()
                found.setdefault(end, _text_before_comment(path, value or "", rest))
        return list(found.values())

    def refuse_character(self) -> None:
        """Refuse the first character that no text may hold, in a comment too."""
        try:
            refuse_characters(self.text)
        except ReadingError as error:
            found = error.diagnostic
            span = self.span(*(found.within or (0, 1)))
            raise DocumentError([replace(found, span=span, within=None)]) from None

    def refuse(
        self, start: int, code: str, message: str, help: str | None = None, *, end: int = 0
    ) -> NoReturn:
        """Raise a finding about the text from an offset to an end; a character, if left out."""
        span = self.span(start, end)
        raise DocumentError([Diagnostic(code, message, help=help, span=span)]) from None


COMMA_IN_BRACES = (
    "inside `{...}` a comma begins a new key: write `0.2` with a point, `[1, 5]` for a list, and "
    "put other text in quotes"
)
_LINE_END = re.compile(r"\r\n|\n|\r")
# as a comment it would have a blank after the sign
_SEEMING_COMMENT = re.compile(r"[ \t]+#[^\s#]| # ?[0-9]")


def _text_before_comment(path: KeyPath, text: str, rest: str) -> Diagnostic:
    message = f"`{rest.strip()}` is read as a comment, not as text: `#` follows a space"
    whole = f"{text}{rest}".strip()
    help = f'put the text in quotes: `"{quotable(whole)}"`; in a comment, write a space after `#`'
    return Diagnostic("comment-in-text", message, path, help, "warning")


def decoded(text: bytes | str, source: str, reader: type[_Reader] | None = None) -> DocumentText:
    """Return a text without its byte order mark, in NFC.

    Raises
    ------
    DocumentError
        At the first byte that is no UTF-8.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            rest = error.object  # without the byte order mark
            shown = DocumentText(rest.decode(errors="replace"), source, reader)
            start = len(rest[: error.start].decode())
            message = f"the file is not saved as UTF-8: it has the byte 0x{rest[error.start]:02x}"
            help = "open it in an editor, and save it with the encoding UTF-8"
            shown.refuse(start, "not-utf8", message, help)
    return DocumentText(composed(text.removeprefix("\ufeff")), source, reader)


def positions_of(origin: Origin) -> DocumentText:
    """Return the text of a document that was read, to find places in."""
    return _text_with_places(origin.source, origin.text)


@lru_cache(maxsize=16)
def _text_with_places(source: str, text: bytes) -> DocumentText:
    return decoded(text, source, READERS.get(Path(source).suffix.lower()))


def place_of(path: KeyPath, origin: Origin, *, at_key: bool = True) -> tuple[Span | None, bool]:
    """Return the place of a part of a document, and whether it exists; see `DocumentText.find`."""
    written, text = origin.of(path)
    if text.find is not None:
        return text.find(written, at_key)
    return positions_of(text).find(written, at_key=at_key)


class _Reader:
    """Reads one text, and notes the places of its values where they are wanted."""

    def __init__(self, text: DocumentText, places: _Places | None = None) -> None:
        self.text = text
        self.places = places
        self.is_repeated = False

    def read(self) -> Any:
        """Return the plain data of the text."""
        raise NotImplementedError


# JSON


class _JsonReader(_Reader):
    """Reads JSON; the places are those of its tokens, once the text is known to be good."""

    def read(self) -> Any:
        end = len(self.text.text)
        data = self.value(0, end)
        if self.places is not None:
            self.places.root = self.placed(*self.tokens(0, end))
        return data

    def value(self, start: int, end: int) -> Any:
        """Return the value between two offsets."""
        text = self.text.text[start:end]
        if not text.strip():
            self.text.refuse(start, *_EMPTY)
        too_deep = _offset_too_deep(text)
        if too_deep is not None:
            self.text.refuse(start + too_deep, *_TOO_DEEP)
        try:
            data = json.loads(
                text,
                object_pairs_hook=self.mapping,
                parse_int=integer,
            )
        except json.JSONDecodeError as error:
            place = start + error.pos
            token = _TOKEN.match(self.text.text, place, end)
            found = token[0] if token is not None else self.text.text[place : place + 1]
            message, help = _in_plain_words(_JSON_MISTAKES, error.msg, found)
            if found in _PYTHON_WORDS:
                help = f"write `{_PYTHON_WORDS[found]}`"
            elif "Expecting value" in error.msg and re.fullmatch(r"[^\W\d][\w.-]*", found):
                help = f'put text in double quotes: `"{quotable(found)}"`'
            self.text.refuse(place, "json-syntax", f"this is not valid JSON: {message}", help)
        # keys and texts that are written out are clean; those with escapes may be anything
        return self.clean(data) if "\\u" in text and self.places is None else data

    def mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return the mapping of pairs, and note whether a key stands twice."""
        found = dict(pairs)
        self.is_repeated |= len(found) < len(pairs)
        return found

    def clean(self, data: Any) -> Any:
        """Return data with all texts in NFC, or refuse a text at its place."""
        try:
            return clean_data(data)
        except ReadingError as error:
            found = error.diagnostic
            span, _ = self.text.find(found.path)
            label = label_of(found.path, data)
            raise DocumentError([replace(found, span=span, label=label, within=None)]) from None

    def tokens(self, start: int, end: int) -> tuple[re.Match[str], Iterator[re.Match[str]]]:
        """Return the first token between two offsets, and the others."""
        tokens = _TOKEN.finditer(self.text.text, start, end)
        return next(tokens), tokens

    def placed(self, token: re.Match[str], others: Iterator[re.Match[str]]) -> Place:
        """Return the value that begins with a token, with its places noted."""
        assert self.places is not None
        start, end = token.span()
        if token[0] == "{":
            mapping: dict[str, Any] = {}
            while (token := next(others))[0] != "}":
                key = composed(json.loads(token[0]))
                place = self.placed(next(others), others)
                mapping[key] = place.value
                self.places.note(mapping, key, place._replace(key=token.span()))
            return Place(mapping, start, token.end())
        if token[0] == "[":
            items: list[Any] = []
            while (token := next(others))[0] != "]":
                place = self.placed(token, others)
                self.places.note(items, len(items), place)
                items.append(place.value)
            return Place(items, start, token.end())
        return Place(None, start, end)


class _JsonLinesReader(_JsonReader):
    """Reads a list with an entry of JSON on each line that is not empty.

    The first line may hold the keys of the list, with the kind of the document among them.
    """

    def read(self) -> list[Any] | dict[str, Any]:
        found: list[Any] = []
        wrong: list[Diagnostic] = []
        for line in _FILLED_LINE.finditer(self.text.text):
            try:
                found.append(self.value(*line.span()))
            except DocumentError as error:
                wrong += error.diagnostics
                continue
            if self.places is not None:
                place = self.placed(*self.tokens(*line.span()))
                found[-1] = place.value
                self.places.note(found, len(found) - 1, place)
        if self.places is not None:
            self.places.root = Place(found, 0, 1)  # the good lines have places beside bad ones
            return self._with_head(found)
        if wrong:
            wrong += self.text.repeated_keys() if self.is_repeated else []
            raise DocumentError(sorted(wrong, key=position_in_text))
        if not found:
            self.text.refuse(0, *_EMPTY)
        return self._with_head(found)

    def _with_head(self, found: list[Any]) -> list[Any] | dict[str, Any]:
        """Return the document of all lines, if the first one holds the keys of a list."""
        head = found[0] if found else None
        if not isinstance(head, dict) or "collabscore" not in head or "candidates" in head:
            return found
        head["candidates"] = entries = found[1:]
        if self.places is not None:
            for k, place in self.places.entries.pop(id(found), {}).items():
                if k:
                    self.places.note(entries, k - 1, place[-1])
            self.places.root = Place(head, 0, 1)
            self.places.note(head, "candidates", Place(entries, 0, 1))
        return head


def _offset_too_deep(text: str) -> int | None:
    """Return where brackets are first nested deeper than they may be; texts are passed over."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return None
    depth = 0
    for found in _TOKEN.finditer(text):
        if found[0] in "[{":
            depth += 1
        elif found[0] in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            return found.start()
    return None


_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*"?|[][{}]|[^][{}\s,:"]+', re.DOTALL)
_FILLED_LINE = re.compile(r"[^\r\n]*[^\s][^\r\n]*")

_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null"}
_JSON_MISTAKES = {
    "',' delimiter": (
        "a comma or a closing bracket must stand before {found}",
        "put a comma between two entries, and close `[` with `]` and `{{` with `}}`",
    ),
    "':' delimiter": (
        "a colon must stand before {found}",
        "put a colon between a key and its value",
    ),
    "property name": (
        "a key in double quotes must stand here, not {found}",
        "put each key in double quotes, and no comma after the last entry",
    ),
    "Expecting value": (
        "a value must stand here, not {found}",
        "write a text in double quotes or a number before it, or remove the comma before it",
    ),
    "Illegal trailing comma": (
        "a comma stands after the last entry",
        "remove the comma",
    ),
    "Extra data": (
        "the document ends before {found}",
        "remove a closing bracket that is too many, or save one entry a line as `.jsonl`",
    ),
    "Unterminated string": (
        "this text is not closed",
        "close it with a double quote",
    ),
    "control character": (
        "a line break or a tab cannot stand in a text",
        "write a line break as `\\n` and a tab as `\\t`",
    ),
    "escape": (
        "a backslash begins a code, and this is none",
        "write a backslash as `\\\\`",
    ),
}
"""The mistake in plain words and its cure, by words of the parser."""


# YAML

_TAGS = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
"""The types of the values that a tag allows, beside `str` for any scalar."""
_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_LARGEST_KEY = 2**53
"""Integers as keys are not larger: all their hashes differ."""


class _Loader(_SafeLoader):  # type: ignore[misc]
    """A parser to events that takes no scalar for anything: `plain` does that."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


class _Meanings(dict[str, Scalar]):
    """The meanings of the unquoted scalars seen so far."""

    def __missing__(self, text: str) -> Scalar:
        value = self[text] = plain(text)
        return value


class _YamlReader(_Reader):
    """Builds plain data from the events of one text.

    A mapping or a list reads its own events until it ends. `event.__class__` and a dict of meanings
    cost the least for each of some hundred thousand scalars.
    """

    def __init__(self, text: DocumentText, places: _Places | None = None) -> None:
        super().__init__(text, places)
        self.next_event: Callable[[], Any] = _Loader(text.text).get_event
        self.meanings = _Meanings()
        self.anchors: dict[str, tuple[Any, Event]] = {}
        self.open_ids: set[int] = set()
        self.ends: dict[int, int] = {}
        self.depth = 0
        self.expanded = 0
        self.sizes: dict[int, int] = {}

    def read(self) -> Any:
        try:
            return self.document()
        except yaml.MarkedYAMLError as error:
            _refuse_syntax(self.text, error)
        except yaml.reader.ReaderError:
            self.text.refuse_character()
            self.text.refuse(0, "bad-character", "this cannot be read", "save the file as UTF-8")

    def document(self) -> Any:
        """Return the data of the one document in the text."""
        found: list[Any] = []
        while (event := self.next_event()).__class__ is not StreamEndEvent:
            if isinstance(event, DocumentStartEvent) and found:
                help = "remove `---`, or put each document into its own file"
                self.refuse(event, "several-documents", "`---` begins a second document", help)
            if isinstance(event, NodeEvent):
                found.append(self.value(event))
                if self.places is not None:
                    self.places.root = self.place_of(event, found[0])
        if not found:
            self.refuse(event, *_EMPTY)
        return found[0]

    def value(self, event: Any) -> Any:
        """Return the value that begins at an event."""
        kind = event.__class__
        if kind is ScalarEvent:
            return self.scalar(event)
        if kind is MappingStartEvent:
            return self.mapping(event)
        return self.sequence(event) if kind is SequenceStartEvent else self.alias(event)

    def mapping(self, start: MappingStartEvent) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        self.open(start, found)
        next_event, places = self.next_event, self.places
        while (at := next_event()).__class__ is not MappingEndEvent:
            key = self.key(at)
            if key in found:
                self.is_repeated = True
            event = next_event()
            value = self.scalar(event) if event.__class__ is ScalarEvent else self.value(event)
            found[key] = value
            if places is not None:
                key_at = (at.start_mark.index, at.end_mark.index)
                places.note(found, key, self.place_of(event, value, key_at))
        self.close(at, found)
        return found

    def sequence(self, start: SequenceStartEvent) -> list[Any]:
        found: list[Any] = []
        self.open(start, found)
        next_event, places = self.next_event, self.places
        while (event := next_event()).__class__ is not SequenceEndEvent:
            value = self.value(event)
            if places is not None:
                places.note(found, len(found), self.place_of(event, value))
            found.append(value)
        self.close(event, found)
        return found

    def open(self, event: CollectionStartEvent, value: object) -> None:
        """Begin a collection; an alias in it may not lead back to it."""
        self.depth += 1
        if event.tag not in _COLLECTION_TAGS:
            self.refuse_tag(event)
        if self.depth > MAX_DEPTH:
            self.refuse(event, *_TOO_DEEP)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, event)
            self.open_ids.add(id(value))

    def close(self, event: Any, value: object) -> None:
        self.depth -= 1
        self.open_ids.discard(id(value))
        if self.places is not None:
            self.ends[id(value)] = event.end_mark.index

    def place_of(self, event: Any, value: object, key: tuple[int, int] | None = None) -> Place:
        """Return the place of a value; that of an alias is where its anchor stands."""
        if isinstance(event, AliasEvent):
            _, event = self.anchors[str(event.anchor)]
        # a block ends where it begins: a caret under all of it would mean nothing
        end = event.end_mark.index
        if getattr(event, "flow_style", False):
            end = self.ends[id(value)]
        is_plain = isinstance(event, ScalarEvent) and not event.style
        return Place(value, event.start_mark.index, end, key, is_plain)

    def scalar(self, event: ScalarEvent) -> Scalar:
        if event.implicit[0]:
            value = self.meanings[event.value]
        elif event.tag is None or event.tag == "!":
            value = composed(event.value)  # escapes may be in another form
        else:
            value = self.tagged(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, event)
        return value

    def key(self, event: Any) -> Any:
        """Return the key at an event: a word or a number."""
        if event.__class__ is not ScalarEvent:
            return self.odd_key(event)
        key = self.scalar(event)
        if key.__class__ is not str:
            self.check_key(event, key)
        elif key == "<<" and event.implicit[0]:
            message = "`<<` copies keys in YAML 1.1, but is not read here"
            self.refuse(event, "merge-key", message, "write out the keys that it would copy")
        return key

    def odd_key(self, event: Event) -> Any:
        """Return the key that an alias stands for; refuse a collection as key."""
        if not isinstance(event, AliasEvent):
            self.refuse_key(event, quotable(self.value(event)))
        key = self.alias(event)
        if not isinstance(key, str):
            self.check_key(event, key)
        return key

    def check_key(self, event: Any, key: object) -> None:
        """Refuse a key that is neither a word nor a number with a hash of its own."""
        if type(key) is int and abs(key) <= _LARGEST_KEY:
            return
        if type(key) is float and math.isfinite(key):
            return
        self.refuse_key(event, quotable(getattr(event, "value", "")))

    def refuse_key(self, event: Any, written: str) -> NoReturn:
        """Raise the finding that a text before a colon is no key."""
        message, help = "a key is missing", "write a word before the colon"
        if written:
            message = f"a key is a word or a number, not `{written}`"
            help = f'write a word before the colon, or put this in quotes: `"{written}"`'
        self.refuse(event, "bad-key", message, help)

    def tagged(self, event: ScalarEvent) -> Scalar:
        """Return the value of a scalar with a tag of the core schema."""
        tag = str(event.tag).removeprefix("tag:yaml.org,2002:")
        if tag == "str":
            return composed(event.value)
        if tag not in _TAGS:
            self.refuse_tag(event)
        value = plain(event.value)
        if type(value) not in _TAGS[tag]:
            shown = _tag_as_written(event.tag)
            message = f"`{quotable(event.value)}` is not of the type (the tag) `{shown}`"
            self.refuse(event, "bad-tag", message, f"delete `{shown}`")
        return float(value) if tag == "float" else value  # type: ignore[arg-type]

    def alias(self, event: Any) -> Any:
        """Return the value that an alias stands for."""
        if event.anchor not in self.anchors:
            name = event.anchor
            message = f"`*{name}` stands for a value marked `&{name}`, but none above is so marked"
            help = f'put text that begins with `*` in quotes: `"*{name}"`'
            self.refuse(event, "unknown-alias", message, help)
        value, _ = self.anchors[event.anchor]
        if id(value) in self.open_ids:
            name = event.anchor
            message = f"`*{name}` stands for the value marked `&{name}`, but is inside that value"
            help = f'replace `*{name}` with what you mean; put text in quotes: `"*{name}"`'
            self.refuse(event, "recursive-alias", message, help)
        self.expanded += self.size(value)
        if self.expanded > MAX_EXPANDED:
            message = (
                f"with `*{event.anchor}`, the values marked with `&` are repeated more than "
                f"{MAX_EXPANDED:,} times"
            )
            help = (
                "remove some of the signs with `*`: values marked with `&` that hold such signs "
                "themselves multiply"
            )
            self.refuse(event, "alias-bomb", message, help)
        return value

    def size(self, value: Any) -> int:
        """Return how many values are in a value, those that aliases stand for counted each time."""
        if not isinstance(value, dict | list):
            return 1
        known = self.sizes.get(id(value))
        if known is None:
            inner = value.values() if isinstance(value, dict) else value
            known = self.sizes[id(value)] = 1 + sum(map(self.size, inner))
        return known

    def refuse(self, event: Any, code: str, message: str, help: str | None = None) -> NoReturn:
        """Raise a finding at an event."""
        end = event.end_mark.index
        self.text.refuse(event.start_mark.index, code, message, help, end=end)

    def refuse_tag(self, event: ScalarEvent | CollectionStartEvent) -> NoReturn:
        """Raise the finding that a tag is none of the core schema."""
        shown = _tag_as_written(event.tag)
        message = f"`{shown}` names a type (a tag), which is not allowed here"
        help = f"delete `{shown}`; put text that begins with `!` in quotes"
        self.refuse(event, "unknown-tag", message, help)


def _tag_as_written(tag: str | None) -> str:
    """Return a tag as documents write it, such as `!!int`."""
    return quotable(str(tag).replace("tag:yaml.org,2002:", "!!"))


def _refuse_syntax(text: DocumentText, error: yaml.MarkedYAMLError) -> NoReturn:
    """Raise the parser's error as a finding."""
    mark: Any = error.problem_mark or error.context_mark
    span = text.span(mark.index, mark.index)
    problem = str(error.problem or error.context)
    before = span.text[: span.column]
    if before.strip(" ") == "\t" or before[span.column - 1 :] == "\t":
        text.refuse(mark.index, "tab-indent", "a tab cannot indent YAML", "use spaces")
    if "nesting depth" in problem:
        # libyaml has a limit of its own since 0.2.6, which looks further ahead
        text.refuse(mark.index, *_TOO_DEEP)
    begin: Any = error.context_mark or mark
    line_before = max(text.span(begin.index, begin.index).line - 2, 0)
    read = text.text[text.line_starts[line_before] : mark.index]
    cure = _cure_of_sign(span.text, read)
    found = _mistake_in_lines(text, problem, begin.index, mark.index) if cure is None else None
    if found is not None:
        start, end, message, cure = found
        text.refuse(start, "yaml-syntax", f"this is not valid YAML: {message}", cure, end=end)
    message, help = _in_plain_words(_YAML_MISTAKES, problem, text.text[mark.index : mark.index + 1])
    text.refuse(mark.index, "yaml-syntax", f"this is not valid YAML: {message}", cure or help)


def _in_plain_words(
    mistakes: Mapping[str, tuple[str, str]], problem: str, found: str
) -> tuple[str, str]:
    """Return the mistake that a parser reports at a text, and its cure."""
    shown = f"`{quotable(found)}`" if found.strip() else "the end of the line"
    for words, (message, help) in mistakes.items():
        if words in problem:
            return message.format(found=shown), help.format(found=shown)
    return problem, "check the quotes, the brackets and the indentation"


_Mistake = tuple[int, int, str, str]
"""Two offsets, the message and the help."""
_CLOSING = str.maketrans("[{", "]}")
_BEGIN = r"[ ]*(?:- +)*"
_PAIR = _BEGIN + r"""(?:"[^"]*"|'[^']*'|[^\s"'#\[{][^#]*?):(?=\s|$)"""
_NO_PAIR = _BEGIN + r"(?P<all>(?P<key>[^\W\d][\w.-]*)\s*(?:(?::|=|->|;)\s*|\s+|$)(?P<value>.*))"


def _mistake_in_lines(text: DocumentText, problem: str, begin: int, mark: int) -> _Mistake | None:
    """Return the mistake that the lines show: the parser often stops below it."""
    number = text.span(mark, mark).line
    line = text.span(mark, mark).text
    before = line[: mark - text.line_starts[number - 1]]
    if "could not find expected ':'" in problem:
        return _missing_colon(text, text.span(begin, begin).line)
    if "mapping values are not allowed" in problem:
        return _missing_colon(text, number - 1) or _colon_too_many(text, number, before)
    if "did not find expected key" in problem and before.rstrip()[-1:] in ("'", '"', "]", "}"):
        return _text_behind_end(mark - len(before) + len(before.rstrip()) - 1, before.rstrip()[-1])
    sign = text.text[begin : begin + 1]
    is_open = re.search("end of stream| or '[]}]'", problem) and sign in ("'", '"', "[", "{")
    if is_open and text.span(begin, begin).line < number:
        help = f"add a `{sign.translate(_CLOSING)}` at its end"
        return begin, begin + 1, f"this `{sign}` is not closed", help
    return None


def _missing_colon(text: DocumentText, number: int) -> _Mistake | None:
    """Return the first of the lines up to a number that lack a colon, if there is one."""
    found = None
    while number > 0:
        start = text.line_starts[number - 1]
        line = text.span(start, start).text
        bare = line.split(" #")[0].rstrip()
        if re.match(_PAIR, bare):
            break
        if bare.strip() and not bare.lstrip().startswith("#"):
            found = re.fullmatch(_NO_PAIR, bare)
            where = start
            if found is None:
                break
        number -= 1
    if found is None:
        return None
    key, value = found["key"], found["value"]
    help = f"write `{key}: {value}`, with a colon and a space" if value else f"write `{key}:`"
    begins, ends = found.span("all")
    return where + begins, where + ends, "this line has no `: ` behind its key", help


def _colon_too_many(text: DocumentText, number: int, before: str) -> _Mistake | None:
    """Return the mistake in a line of which each part is sound: a second colon, or its indent."""
    start = text.line_starts[number - 1]
    pair = re.match(_PAIR, before)
    if pair is not None:
        whole = text.span(start, start).text[pair.end() :].strip()
        help = f'put the text in quotes: `"{quotable(whole)}"`'
        place = start + len(before)
        return place, place + 1, "this line has `: ` twice", help
    indent = len(before) - len(before.lstrip())
    message = "this line is indented deeper than the line above, which has its value already"
    help = "begin it at the same column as the key above"
    if before.lstrip().startswith("- "):
        help = "write the key of this list on a line above it, such as `candidates:`"
    return start + indent, start + len(before), message, help


def _text_behind_end(place: int, sign: str) -> _Mistake:
    """Return the mistake of a line that goes on behind its quotation mark or bracket."""
    help = "put the whole text in double quotes"
    if sign == "'":
        help = "write an apostrophe inside it twice: `''`, or put the text in double quotes"
    elif sign == '"':
        help = 'write a double quote inside it as `\\"`, or put the text in single quotes'
    return place, place + 1, f"the value ends at this `{sign}`, and the line goes on", help


def _cure_of_sign(line: str, read: str) -> str | None:
    """Return the cure for a sign in a line that only looks right, or for a seeming comment."""
    sign = lookalike_in(line)
    if sign is not None and sign.meant in _SIGNS_OF_YAML:
        return sign.cure
    if _SEEMING_COMMENT.search(read):
        return "`#` after a space begins a comment: put text with ` #` in quotes"
    return None


_SIGNS_OF_YAML = (" ", ":", ",", "[", "]", "{", "}")
_YAML_MISTAKES = {
    "mapping values are not allowed": (
        "this line has a second `: `, or is indented wrongly",
        "check the indentation, and put text with `: ` in quotes",
    ),
    "could not find expected ':'": (
        "the key before {found} has no `: `",
        "write `: ` and a value after each key",
    ),
    "did not find expected ',' or": (
        "a comma or a closing bracket must stand before {found}",
        "put a comma between two entries, and close each bracket",
    ),
    "did not find expected key": (
        "this line does not begin where the keys above it begin",
        "begin this line at the same column as the keys above it",
    ),
    "did not find expected '-' indicator": (
        "this line does not begin where the keys above it begin",
        "begin this line at the same column as the keys above it, or with `- ` for a new entry",
    ),
    "found unexpected end of stream": (
        "a quotation mark is not closed",
        "add the quotation mark at the end of the text",
    ),
    "did not find expected node content": (
        "a value must stand before {found}",
        "write a value here, or remove the comma or bracket",
    ),
    "expected <document start>": (
        "this line has no key, or is indented less than the first line",
        "begin each line with a key, at one indentation",
    ),
    "escape c": (
        "a backslash in double quotes begins a code, and this is none",
        "write a backslash as `\\\\`, or put the text in single quotes",
    ),
    "mapping keys are not allowed": (
        "a value cannot begin with `?`",
        "write `unknown` for an unknown answer, or put text that begins with `?` in quotes",
    ),
    "block sequence entries": (
        "a list cannot begin on the line of its key",
        "begin a list on the line below, or write `unknown` for an unknown answer",
    ),
    "alphabetic or numeric": (
        "a text cannot begin with `*` or `&`",
        "begin an entry of a list with `- `, or put the text in quotes",
    ),
    "comment or line break": (
        "a text cannot begin with `>` or `|`",
        "put the text in quotes",
    ),
    "cannot start any token": (
        "a text cannot begin with {found}",
        "put the text in quotes",
    ),
}
"""The mistake in plain words and its cure, by words of the parser."""


READERS: dict[str, type[_Reader]] = {
    **dict.fromkeys((".yaml", ".yml"), _YamlReader),
    ".json": _JsonReader,
    **dict.fromkeys((".jsonl", ".ndjson"), _JsonLinesReader),
}
"""The reader of a file, by the end of its name; a text of any other name is looked at."""
TABLES = {
    **dict.fromkeys((".csv", ".tsv"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), "workbook"),
    ".parquet": "parquet",
    **dict.fromkeys((".arrow", ".feather"), "arrow"),
}
"""The format of a table, by the end of its name; see `sheets`."""


def _likely_reader(text: str) -> type[_Reader]:
    """Return the reader of a text without a name: JSON has escapes that YAML has not."""
    if text.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            json.loads(text)
            return _JsonReader
    return _YamlReader


def read_yaml(text: bytes | str, source: str) -> Any:
    r"""Read a document of YAML 1.2 as plain data.

    Parameters
    ----------
    text : bytes or str
        UTF-8, with or without a byte order mark.
    source : str
        The name of the text in errors.

    Returns
    -------
    dict, list, str, int, float, bool or None

    Raises
    ------
    DocumentError
        If it is no YAML, has a key twice, is nested too deeply, or its aliases stand for too much.

    Examples
    --------
    >>> read_yaml("country: NO\nrating: 4\n", "example.yaml")
    {'country': 'NO', 'rating': 4}
    """
    return decoded(text, source, _YamlReader).read()
