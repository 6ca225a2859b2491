"""YAML 1.2, JSON and JSON Lines as plain data, every mistake and every key with its place.

PyYAML's loader builds a node for every event and reads YAML 1.1, in which `NO` is False; bare
events cost a tenth of that, and the meaning of a plain scalar is decided here: `NO` is a country,
`012` is twelve, `1:30` is text and `1e3` a number. Nodes are composed only where a finding needs
the place of a key or a value.

References
----------
YAML 1.2.2, section 10.3 (core schema). https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import gc
import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from ..errors import Diagnostic, DocumentError, KeyPath, Origin, Span, quotable

__all__ = [
    "READERS",
    "DocumentText",
    "collector_paused",
    "decoded",
    "positions_of",
    "read_json",
    "read_json_lines",
    "read_yaml",
]

MAX_DEPTH = 100
"""How deep collections may be nested."""
MAX_EXPANDED = 1_000_000
"""How many values all aliases together may stand for."""
_TOO_DEEP = ("too-deep", f"this is nested more than {MAX_DEPTH} levels deep")
_EMPTY = ("empty-document", "this document is empty")

# a PyYAML built without libyaml reads the same, slowly
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]
    """A parser to events and nodes that takes no scalar for anything: `plain` does that."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


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
_MAX_DIGITS = 300


def plain(text: str) -> Scalar:
    """Return the meaning of an unquoted scalar.

    Examples
    --------
    >>> [plain(text) for text in ("NO", "012", "1:30", "1e3", "true", "~")]
    ['NO', 12, '1:30', 1000.0, True, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-." or len(text) > _MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return int(text, 0) if _OCTAL_OR_HEXADECIMAL.fullmatch(text) else text


def _meaning_of(node: ScalarNode) -> object:
    return node.value if node.style else plain(node.value)


_TAGS = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
"""The types of the values that a tag allows, beside `str` for any scalar."""
_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}

# texts and places


class DocumentText:
    """The text of a document, and the places in it.

    Parameters
    ----------
    text : str
    source : str
        The name of the text in spans.
    lines_before : int
        The number of lines above it, where it is a part of a text.
    is_lines : bool
        Whether it is JSON Lines: each line is an entry of one list.
    """

    def __init__(
        self, text: str, source: str, *, lines_before: int = 0, is_lines: bool = False
    ) -> None:
        self.text, self.source = text, source
        self.lines_before, self.is_lines = lines_before, is_lines

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without line feeds."""
        return self.text.split("\n")

    @cached_property
    def entries(self) -> list[DocumentText]:
        """The lines that are not empty, each a text of its own."""
        entries = []
        for number, line in enumerate(self.lines):
            if line.strip():
                entries.append(DocumentText(line, self.source, lines_before=number))
        return entries

    @cached_property
    def root(self) -> Node | None:
        """The text as nodes; None where it cannot be composed."""
        try:
            with collector_paused():
                root: Node | None = yaml.compose(self.text, Loader=_Loader)
        except yaml.YAMLError:
            return None
        return root

    def span(self, start: Any, end: Any) -> Span:
        """Return the span between two marks of the parser, cut at the end of its first line."""
        number = min(start.line, len(self.lines) - 1)
        line = self.lines[number].rstrip("\r")
        column = min(start.column, len(line)) + 1
        last = end.column + 1 if end.line == start.line else len(line) + 1
        number += self.lines_before + 1
        return Span(self.source, number, column, max(last, column + 1), line)

    def span_at(self, offset: int) -> Span:
        """Return the span of one character."""
        line = self.text.count("\n", 0, offset)
        column = offset - self.text.rfind("\n", 0, offset) - 1
        mark = yaml.Mark(self.source, offset, line, column, None, 0)
        return self.span(mark, mark)

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
            That of the nearest ancestor where the path does not exist, if there is one.
        exists : bool
        """
        if self.is_lines:
            k = path[0] if path else None
            if not isinstance(k, int) or k >= len(self.entries):
                return None, False
            return self.entries[k].find(path[1:], at_key=at_key)
        node, key = self.root, None
        for part in path:
            found = _child_of(node, part)
            if found is None:
                return self._span_of(key or node), False
            key, node = found
        return self._span_of(key if at_key and key is not None else node), node is not None

    def _span_of(self, node: Node | None) -> Span | None:
        if node is None:
            return None
        end = node.end_mark
        if isinstance(node, CollectionNode) and node.flow_style is not True:
            # a block begins at its first line; a caret under all of it would mean nothing
            end = node.start_mark
        return self.span(node.start_mark, end)

    def repeated_keys(self) -> list[Diagnostic]:
        """Return a finding for each key that stands twice in one mapping, in the order of the text.

        None are found in a text that cannot be composed.
        """
        found: dict[int, Diagnostic] = {}
        for path, node in self._nodes():
            if not isinstance(node, MappingNode):
                continue
            first: dict[object, ScalarNode] = {}
            for key, _ in node.value:
                other = first.setdefault(_meaning_of(key), key)
                if other is not key:
                    message = f"`{key.value}` is defined twice"
                    help = f"first defined at line {other.start_mark.line + 1}; keep one"
                    here = (*path, str(key.value))
                    span = self.span(key.start_mark, key.end_mark)
                    found[key.start_mark.index] = Diagnostic(
                        "duplicate-key", message, here, help, span=span
                    )
        return [found[offset] for offset in sorted(found)]

    def texts_before_comments(self) -> list[Diagnostic]:
        """Return a warning for each unquoted text that a `#` after a blank seems to cut off."""
        if not _SEEMING_COMMENT.search(self.text):
            return []
        found: list[Diagnostic] = []
        for path, node in self._nodes():
            if isinstance(node, ScalarNode) and not node.style:
                rest = self.lines[node.end_mark.line][node.end_mark.column :].rstrip()
                is_text = isinstance(_meaning_of(node), str) or not node.value
                if is_text and _SEEMING_COMMENT.match(rest):
                    found.append(_text_before_comment(path, node.value, rest))
        return found

    def _nodes(self) -> Iterator[tuple[KeyPath, Node | None]]:
        """Yield each node once, with its path: an alias leads to the node that it stands for."""
        open_nodes: list[tuple[KeyPath, Node | None]] = [((), self.root)]
        seen: set[int] = set()
        while open_nodes:
            path, node = open_nodes.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield path, node
            if isinstance(node, SequenceNode):
                open_nodes += [((*path, k), item) for k, item in enumerate(node.value)]
            elif isinstance(node, MappingNode):
                open_nodes += [((*path, str(key.value)), value) for key, value in node.value]

    def refuse(self, span: Span, code: str, message: str, help: str | None = None) -> NoReturn:
        """Raise a finding at a place."""
        raise DocumentError([Diagnostic(code, message, help=help, span=span)]) from None

    def refuse_repeated(self, key: str, span: Span) -> NoReturn:
        """Raise the findings of all repeated keys; that of one key where no others can be found."""
        found = self.repeated_keys() if not self.lines_before else []
        if found:
            raise DocumentError(found) from None
        self.refuse(span, "duplicate-key", f"`{key}` is defined twice", "keep one")


# as a comment it would have a blank after the sign
_SEEMING_COMMENT = re.compile(r"[ \t]+#[^\s#]| # ?[0-9]")


def _text_before_comment(path: KeyPath, text: str, rest: str) -> Diagnostic:
    message = f"`{rest.strip()}` is read as a comment, not as text: `#` follows a blank"
    whole = f"{text}{rest}".strip()
    help = f'put the text in quotes: `"{quotable(whole)}"`; in a comment, write a blank after `#`'
    return Diagnostic("comment-in-text", message, path, help, "warning")


def _child_of(node: Node | None, part: str | float) -> tuple[Node | None, Node] | None:
    """Return the key node and the value node of a part of a path."""
    if isinstance(node, MappingNode):
        for key, value in reversed(node.value):  # the last one counts where a key stands twice
            if isinstance(key, ScalarNode) and part in (_meaning_of(key), key.value):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None


def decoded(text: bytes | str, source: str) -> DocumentText:
    """Return a text without its byte order mark.

    Raises
    ------
    DocumentError
        At the first byte that is no UTF-8.
    """
    if isinstance(text, str):
        return DocumentText(text.removeprefix("\ufeff"), source)
    try:
        return DocumentText(text.decode("utf-8-sig"), source)
    except UnicodeDecodeError as error:
        rest = error.object  # without the byte order mark
        shown = DocumentText(rest.decode(errors="replace"), source)
        span = shown.span_at(len(rest[: error.start].decode()))
        message = f"the byte 0x{rest[error.start]:02x} is not UTF-8"
        shown.refuse(span, "not-utf8", message, "save the file as UTF-8")


@lru_cache(maxsize=16)
def positions_of(origin: Origin) -> DocumentText:
    """Return the text of a document that was read, to find places in."""
    text = decoded(origin.text, origin.source)
    text.is_lines = READERS.get(Path(origin.source).suffix.lower()) is read_json_lines
    return text


# JSON


def read_json(text: bytes | str, source: str) -> Any:
    """Read a JSON document as plain data.

    Raises
    ------
    DocumentError
        If it is no JSON, has a key twice, or is nested too deeply.
    """
    return _read_value(decoded(text, source))


def read_json_lines(text: bytes | str, source: str) -> list[Any]:
    """Read JSON Lines, one value on each line that is not empty.

    Raises as `read_json`, with the mistakes of all lines at once.
    """
    found: list[Any] = []
    wrong: list[Diagnostic] = []
    lines = decoded(text, source)
    for entry in lines.entries:
        try:
            found.append(_read_value(entry))
        except DocumentError as error:
            wrong += error.diagnostics
    if wrong:
        raise DocumentError(wrong)
    if not found:
        lines.refuse(Span(source, 1, 1, 2, ""), *_EMPTY)
    return found


def _read_value(text: DocumentText) -> Any:
    """Return the value that a text of JSON says."""
    json_text = text.text
    if not json_text.strip():
        text.refuse(text.span_at(0), *_EMPTY)
    too_deep = _offset_too_deep(json_text)
    if too_deep is not None:
        text.refuse(text.span_at(too_deep), *_TOO_DEEP)
    try:
        return json.loads(
            json_text,
            object_pairs_hook=_unique_keys,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_short_integer,
        )
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:]
        text.refuse(text.span_at(error.pos), "json-syntax", f"this is not valid JSON: {problem}")
    except KeyError as error:
        (key,) = error.args
        span = text.span_at(max(json_text.rfind(json.dumps(key)), 0))
        text.refuse_repeated(key, span)
    except ValueError as error:
        span = text.span_at(max(json_text.find(str(error)), 0))
        text.refuse(span, "json-syntax", f"`{quotable(str(error))}` is not allowed in JSON")


def _offset_too_deep(text: str) -> int | None:
    """Return where brackets are first nested deeper than they may be; texts are passed over."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return None
    depth = 0
    for found in _TEXT_OR_BRACKET.finditer(text):
        if found[0] in "[{":
            depth += 1
        elif found[0] in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            return found.start()
    return None


_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]+|\\.)*"?|[][{}]', re.DOTALL)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise KeyError(name)
        found[name] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _short_integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError(text)
    return int(text)


# YAML


@collector_paused()
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
    document = decoded(text, source)
    builder = _Builder(document)
    try:
        data = builder.build()
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(document, error)
    except yaml.reader.ReaderError:
        _refuse_character(document)
    key = builder.repeated
    if key is not None:
        document.refuse_repeated(key.value, document.span(key.start_mark, key.end_mark))
    return data


_NOTHING = object()
_KEYS = (str, int)  # any other key is looked at more closely


class _Builder:
    """Builds plain data from the events of one text."""

    def __init__(self, text: DocumentText) -> None:
        self.text = text
        self.repeated: ScalarEvent | None = None
        self.anchors: dict[str, Any] = {}
        self.open_ids: set[int] = set()
        self.documents = 0
        self.expanded = 0
        self.sizes: dict[int, int] = {}

    def build(self) -> Any:
        """Return the data of the one document in the text.

        The loop is written out, since it runs once for each of some hundred thousand events: a
        scalar costs a look at its class, one in a dict of scalars seen before, and one append.
        """
        get = _Loader(self.text.text).get_event
        memo: dict[str, Any] = {}
        stack: list[tuple[Any, Any]] = []
        container: Any = None
        key: Any = _NOTHING
        root: Any = None
        while True:
            event: Any = get()
            kind = event.__class__
            if kind is ScalarEvent:
                value = event.value
                if event.implicit[0]:
                    found = memo.get(value, _NOTHING)
                    value = memo.setdefault(value, plain(value)) if found is _NOTHING else found
                elif event.tag is not None and event.tag != "!":
                    value = self.tagged(event)
                if event.anchor is not None:
                    self.anchors[event.anchor] = value
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                as_key = container.__class__ is dict and key is _NOTHING
                stack.append((container, key))
                container, key = self.opened(event, len(stack), as_key=as_key), _NOTHING
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                self.open_ids.discard(id(value))
                container, key = stack.pop()
            elif kind is AliasEvent:
                value = self.alias(event)
            elif kind is StreamEndEvent:
                if not self.documents:
                    self.refuse(event, *_EMPTY)
                return root
            else:
                self.count_document(event)
                continue

            if container.__class__ is list:
                container.append(value)
            elif container is None:
                root = value
            elif key is _NOTHING:
                if kind is not ScalarEvent or value.__class__ not in _KEYS or value == "<<":
                    self.check_key(event, value)
                if value in container:
                    self.repeated = self.repeated or event
                key = value
            else:
                container[key] = value
                key = _NOTHING

    def opened(self, event: CollectionStartEvent, depth: int, *, as_key: bool) -> Any:
        """Return the empty collection that begins at an event."""
        value: Any = {} if isinstance(event, MappingStartEvent) else []
        if event.tag not in _COLLECTION_TAGS:
            self.refuse_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
            self.open_ids.add(id(value))
        if as_key:
            message = "a key is a single word or number, not a list or a mapping"
            self.refuse(event, "bad-key", message)
        if depth > MAX_DEPTH:
            self.refuse(event, *_TOO_DEEP)
        return value

    def count_document(self, event: Event) -> None:
        """Refuse a second document; no other event remains that means anything."""
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                help = "put each document into its own file"
                self.refuse(event, "several-documents", "a second document begins here", help)

    def check_key(self, event: Event, value: Any) -> None:
        """Refuse a key that is no word and no finite number."""
        if value == "<<" and getattr(event, "implicit", (False,))[0]:
            instead = "write out the merged keys"
            self.refuse(event, "merge-key", "YAML 1.2 has no merge keys", instead)
        if isinstance(value, str) or (type(value) in (int, float) and math.isfinite(value)):
            return
        word = str(getattr(event, "value", ""))
        help = f'put it in quotes: `"{word}"`' if word and isinstance(value, bool) else None
        message = f"a key is a word or a number, not `{word or 'nothing'}`"
        self.refuse(event, "bad-key", message, help)

    def tagged(self, event: ScalarEvent) -> Scalar:
        """Return the value of a scalar with a tag of the core schema."""
        tag = str(event.tag).removeprefix("tag:yaml.org,2002:")
        if tag == "str":
            return event.value
        if tag not in _TAGS:
            self.refuse_tag(event)
        value = plain(event.value)
        if type(value) not in _TAGS[tag]:
            message = f"`{event.value}` does not match its tag `{event.tag}`"
            self.refuse(event, "bad-tag", message)
        return float(value) if tag == "float" else value  # type: ignore[arg-type]

    def alias(self, event: AliasEvent) -> Any:
        """Return the value that an alias stands for."""
        if event.anchor not in self.anchors:
            message = f"there is no anchor `&{event.anchor}` above this alias"
            self.refuse(event, "unknown-alias", message)
        value = self.anchors[event.anchor]
        if id(value) in self.open_ids:
            self.refuse(event, "recursive-alias", f"`*{event.anchor}` would contain itself")
        self.expanded += self.size(value)
        if self.expanded > MAX_EXPANDED:
            message = f"the aliases up to here expand to more than {MAX_EXPANDED:,} values"
            self.refuse(event, "alias-bomb", message)
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

    def refuse(self, event: Event, code: str, message: str, help: str | None = None) -> NoReturn:
        """Raise a finding at an event."""
        self.text.refuse(self.text.span(event.start_mark, event.end_mark), code, message, help)

    def refuse_tag(self, event: ScalarEvent | CollectionStartEvent) -> NoReturn:
        """Raise the finding that a tag is none of the core schema."""
        message = f"the tag `{event.tag}` is not allowed"
        self.refuse(event, "unknown-tag", message, "leave it out")


def _refuse_syntax(text: DocumentText, error: yaml.MarkedYAMLError) -> NoReturn:
    """Raise the parser's error as a finding."""
    mark = error.problem_mark or error.context_mark
    span = text.span(mark, mark)
    problem = (error.problem or error.context or "this is not valid YAML").replace("\t", "tab")
    code, message = "yaml-syntax", f"this is not valid YAML: {problem}"
    help = next((help for words, help in _SYNTAX_HELP.items() if words in problem), None)
    before = span.text[: span.column]
    if before.strip(" ") == "\t" or before[span.column - 1 :] == "\t":
        code, message, help = "tab-indent", "a tab cannot indent YAML", "use spaces"
    elif "nesting depth" in problem:
        # libyaml has a limit of its own since 0.2.6, which looks further ahead
        code, message = _TOO_DEEP
    text.refuse(span, code, message, help)


def _refuse_character(text: DocumentText) -> NoReturn:
    """Raise the finding of the first character that YAML does not allow."""
    found = _FORBIDDEN.search(text.text)
    message, offset = "this cannot be read", 0
    if found is not None:
        message, offset = f"the character U+{ord(found[0]):04X} is not allowed", found.start()
    text.refuse(text.span_at(offset), "bad-character", message)


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SYNTAX_HELP = {
    "mapping values are not allowed": "check the indentation, and put text with `: ` in quotes",
    "could not find expected ':'": "a key needs `: ` and a value after it",
    "did not find expected ',' or": "a bracket is not closed, or a comma is missing",
    "did not find expected key": "check the indentation of this line",
    "did not find expected '-' indicator": "check the indentation of this line",
    "found unexpected end of stream": "a quotation mark is not closed",
    "cannot start any token": "put text that begins with this character in quotes",
}
"""The likely remedy of a syntax error, by words of the parser."""

READERS: dict[str, Callable[[bytes | str, str], Any]] = {
    **dict.fromkeys((".yaml", ".yml"), read_yaml),
    ".json": read_json,
    **dict.fromkeys((".jsonl", ".ndjson"), read_json_lines),
}
"""The reader of a file, by the end of its name; a file of any other name is read as YAML."""
