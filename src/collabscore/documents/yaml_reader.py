"""YAML 1.2 from libyaml's events straight to dicts and lists, every mistake with its place.

PyYAML's loader builds a node for every event and reads YAML 1.1, in which `NO` is False; bare
events cost a tenth of that, and the meaning of a plain scalar is decided here: `NO` is a country,
`012` is twelve, `1:30` is text and `1e3` a number.

References
----------
YAML 1.2.2, section 10.3 (core schema). https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
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
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from ..errors import Diagnostic, DocumentError, KeyPath, Span

__all__ = [
    "MAX_DEPTH",
    "MAX_EXPANDED",
    "YAML_LOADER",
    "collector_paused",
    "decoded",
    "duplicate_keys",
    "meaning_of",
    "plain",
    "read_yaml",
    "span_at",
    "span_at_offset",
]

MAX_DEPTH = 100
"""How deep collections may be nested."""
MAX_EXPANDED = 1_000_000
"""How many values all aliases together may stand for."""

# a PyYAML built without libyaml reads the same, slowly
YAML_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader that composes texts to nodes."""
_Parser: type[Any] = getattr(getattr(yaml, "cyaml", None), "CParser", yaml.SafeLoader)

# scalars

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"": None, "~": None}
_WORDS |= dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
for _word, _value in (
    *(("null", None), ("true", True), ("false", False)),
    *((".inf", math.inf), ("+.inf", math.inf), ("-.inf", -math.inf)),
):
    _WORDS |= dict.fromkeys((_word, _word.title(), _word.upper()), _value)
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


_TAGS = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
"""The types of the values that a tag allows, beside `str` for any scalar."""
_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}

# places


def span_at(text: str, source: str, start: Any, end: Any) -> Span:
    """Return the span between two marks of the parser, cut at the end of its first line."""
    lines = text.split("\n")
    number = min(start.line, len(lines) - 1)
    line = lines[number].rstrip("\r")
    column = min(start.column, len(line)) + 1
    last = end.column + 1 if end.line == start.line else len(line) + 1
    return Span(source, number + 1, column, max(last, column + 1), line)


def span_at_offset(text: str, source: str, offset: int) -> Span:
    """Return the span of one character."""
    line = text.count("\n", 0, offset)
    column = offset - text.rfind("\n", 0, offset) - 1
    mark = yaml.Mark(source, offset, line, column, None, 0)
    return span_at(text, source, mark, mark)


def meaning_of(node: ScalarNode) -> object:
    """Return the value of a composed scalar."""
    return node.value if node.style else plain(node.value)


def duplicate_keys(text: str, source: str) -> list[Diagnostic]:
    """Return a finding for each key that stands twice in one mapping, in the order of the text.

    None are found in a text that cannot be composed.
    """
    try:
        open_nodes: list[tuple[KeyPath, Any]] = [((), yaml.compose(text, Loader=YAML_LOADER))]
    except yaml.YAMLError:
        return []
    found: dict[int, Diagnostic] = {}
    seen: set[int] = set()  # an alias leads to the node that it stands for
    while open_nodes:
        path, node = open_nodes.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            open_nodes += [((*path, k), item) for k, item in enumerate(node.value)]
        elif isinstance(node, MappingNode):
            first: dict[object, ScalarNode] = {}
            for key, value in node.value:
                here = (*path, str(key.value))
                open_nodes.append((here, value))
                other = first.setdefault(meaning_of(key), key)
                if other is not key:
                    message = f"`{key.value}` is defined twice"
                    help = f"first defined at line {other.start_mark.line + 1}; keep one"
                    span = span_at(text, source, key.start_mark, key.end_mark)
                    found[key.start_mark.index] = Diagnostic(
                        "duplicate-key", message, here, help, span=span
                    )
    return [found[offset] for offset in sorted(found)]


# texts


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
    builder = _Builder(decoded(text, source), source)
    try:
        with collector_paused():
            data = builder.build()
    except yaml.MarkedYAMLError as error:
        builder.refuse_syntax(error)
    except yaml.reader.ReaderError:
        builder.refuse_character()
    if builder.duplicate is not None:
        found = duplicate_keys(builder.text, source)
        if found:
            raise DocumentError(found)
        key = builder.duplicate
        builder.refuse(key, "duplicate-key", f"`{key.value}` is defined twice", "keep one")
    return data


def decoded(text: bytes | str, source: str) -> str:
    """Return the text; raise a `DocumentError` at the first byte that is no UTF-8."""
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode(errors="replace").removeprefix("\ufeff")
        shown = text.decode("utf-8-sig", errors="replace")
        message = f"the byte 0x{text[error.start]:02x} is not UTF-8"
        span = span_at_offset(shown, source, len(before))
        help = "save the file as UTF-8"
        raise DocumentError([Diagnostic("not-utf8", message, help=help, span=span)]) from None


_NOTHING = object()
_KEYS = (str, int)  # any other key is looked at more closely


class _Builder:
    """Builds plain data from the events of one text."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.duplicate: ScalarEvent | None = None
        self.anchors: dict[str, Any] = {}
        self.expanded = 0
        self.sizes: dict[int, int] = {}

    def build(self) -> Any:
        """Return the data of the one document in the text.

        The loop is written out, since it runs once for each of some hundred thousand events: a
        scalar costs a look at its class, one in a dict of scalars seen before, and one append.
        """
        get = _Parser(self.text).get_event
        memo: dict[str, Any] = {}
        stack: list[tuple[Any, Any]] = []
        open_ids: set[int] = set()
        documents = 0
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
                value = {} if kind is MappingStartEvent else []
                if event.tag not in _COLLECTION_TAGS:
                    self.refuse_tag(event)
                if event.anchor is not None:
                    self.anchors[event.anchor] = value
                    open_ids.add(id(value))
                if container.__class__ is dict and key is _NOTHING:
                    message = "a key is a single word or number, not a list or a mapping"
                    self.refuse(event, "bad-key", message)
                stack.append((container, key))
                if len(stack) > MAX_DEPTH:
                    self.refuse(event, "too-deep", f"this is nested more than {MAX_DEPTH} deep")
                container, key = value, _NOTHING
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                open_ids.discard(id(value))
                container, key = stack.pop()
            elif kind is AliasEvent:
                value = self.alias(event, open_ids)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    help = "put each into a file of its own"
                    self.refuse(event, "several-documents", "a second document begins here", help)
                continue
            elif kind is StreamEndEvent:
                if not documents:
                    self.refuse(event, "empty-document", "there is nothing in this document")
                return root
            else:
                continue

            if container.__class__ is list:
                container.append(value)
            elif container is None:
                root = value
            elif key is _NOTHING:
                if kind is not ScalarEvent or value.__class__ not in _KEYS or value == "<<":
                    self.check_key(event, value)
                if value in container:
                    self.duplicate = self.duplicate or event
                key = value
            else:
                container[key] = value
                key = _NOTHING

    def check_key(self, event: Event, value: Any) -> None:
        """Refuse a key that is no word and no finite number."""
        if value == "<<" and getattr(event, "implicit", (False,))[0]:
            instead = "write out what it would merge in"
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
            message = f"`{event.value}` is not what its tag `{event.tag}` says"
            self.refuse(event, "bad-tag", message)
        return float(value) if tag == "float" else value  # type: ignore[arg-type]

    def alias(self, event: AliasEvent, open_ids: set[int]) -> Any:
        """Return the value that an alias stands for."""
        if event.anchor not in self.anchors:
            message = f"no anchor `&{event.anchor}` stands above this alias"
            self.refuse(event, "unknown-alias", message)
        value = self.anchors[event.anchor]
        if id(value) in open_ids:
            self.refuse(event, "recursive-alias", f"`*{event.anchor}` would contain itself")
        self.expanded += self.size(value)
        if self.expanded > MAX_EXPANDED:
            message = f"the aliases up to here stand for more than {MAX_EXPANDED:,} values"
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

    # refusing

    def refuse(self, event: Event, code: str, message: str, help: str | None = None) -> NoReturn:
        """Raise a finding at an event."""
        span = span_at(self.text, self.source, event.start_mark, event.end_mark)
        raise DocumentError([Diagnostic(code, message, help=help, span=span)])

    def refuse_tag(self, event: ScalarEvent | CollectionStartEvent) -> NoReturn:
        """Raise the finding that a tag is none of the core schema."""
        message = f"the tag `{event.tag}` is not allowed"
        self.refuse(event, "unknown-tag", message, "leave it out")

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        """Raise the parser's error as a finding."""
        mark = error.problem_mark or error.context_mark
        span = span_at(self.text, self.source, mark, mark)
        problem = (error.problem or error.context or "this is no YAML").replace("\t", "tab")
        code, message = "yaml-syntax", f"this is no YAML: {problem}"
        help = next((help for words, help in _SYNTAX_HELP.items() if words in problem), None)
        before = span.text[: span.column]
        if before.strip(" ") == "\t" or before[span.column - 1 :] == "\t":
            code, message, help = "tab-indent", "a tab cannot indent YAML", "use spaces"
        elif "nesting depth" in problem:
            # libyaml has a limit of its own since 0.2.6, which looks further ahead
            code, message = "too-deep", f"this is nested more than {MAX_DEPTH} deep"
        elif "undefined alias" in problem:
            code, message = "unknown-alias", "no anchor of this name stands above this alias"
        raise DocumentError([Diagnostic(code, message, help=help, span=span)])

    def refuse_character(self) -> NoReturn:
        """Raise the finding of the first character that YAML does not allow."""
        found = _FORBIDDEN.search(self.text)
        message, offset = "this cannot be read", 0
        if found is not None:
            message, offset = f"the character U+{ord(found[0]):04X} is not allowed", found.start()
        span = span_at_offset(self.text, self.source, offset)
        raise DocumentError([Diagnostic("bad-character", message, span=span)])


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SYNTAX_HELP = {
    "mapping values are not allowed": "check the indentation, and put text with `: ` in quotes",
    "could not find expected ':'": "a key is followed by `: ` and a value",
    "did not find expected ',' or": "a bracket is not closed, or a comma is missing",
    "did not find expected key": "check the indentation of this line",
    "did not find expected '-' indicator": "check the indentation of this line",
    "found unexpected end of stream": "a quotation mark is not closed",
    "cannot start any token": "put text that begins with this sign in quotes",
}
"""The likely remedy of a syntax error, by words of the parser."""
