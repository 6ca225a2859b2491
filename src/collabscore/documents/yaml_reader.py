"""YAML 1.2 from libyaml's events straight to dicts and lists, every mistake with its place.

Imports `errors` and `positions`. PyYAML's loader builds a node for every event and reads YAML 1.1, in which `NO` is
False; bare events cost a tenth of that, and what a plain scalar means is decided here.
"""

from __future__ import annotations

import gc
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

from ..errors import Diagnostic, DocumentError, Span
from .positions import Marked, duplicate_keys, span_at
from .scalars import is_plain_key, plain, tagged

__all__ = ["MAX_DEPTH", "MAX_EXPANDED", "decoded", "read_yaml"]

MAX_DEPTH = 100
"""How deep collections may be nested."""
MAX_EXPANDED = 1_000_000
"""How many values all aliases together may stand for."""

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # a PyYAML built without libyaml reads the same, slowly
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

_NOTHING = object()
_KEYS = (str, int)  # any other key is looked at more closely


def read_yaml(text: bytes | str, source: str) -> Any:
    r"""Read a document of YAML 1.2 as plain data.

    Parameters
    ----------
    text : bytes or str
        UTF-8, with or without a byte order mark.
    source : str
        What errors call the text.

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
    decoded_text = decoded(text, source)
    builder = _Builder(decoded_text, source)
    was_on = gc.isenabled()
    gc.disable()  # many small objects are made, and none of them is garbage
    try:
        data = builder.build()
    except yaml.MarkedYAMLError as error:
        builder.refuse_syntax(error)
    except yaml.reader.ReaderError as error:
        builder.refuse_character(error)
    finally:
        if was_on:
            gc.enable()
    if builder.has_duplicates:
        raise DocumentError(duplicate_keys(decoded_text, source))
    return data


def decoded(text: bytes | str, source: str) -> str:
    """Return the text; raise a `DocumentError` at the first byte that is no UTF-8."""
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode(errors="replace").removeprefix("\ufeff")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        shown = text.decode("utf-8-sig", errors="replace").split("\n")[line - 1].rstrip("\r")
        raise DocumentError(
            [
                Diagnostic(
                    "not-utf8",
                    f"the byte 0x{text[error.start]:02x} is not UTF-8",
                    span=Span(source, line, column, column + 1, shown),
                    help="save the file as UTF-8",
                )
            ]
        ) from None


class _Builder:
    """Builds plain data from the events of one text."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.has_duplicates = False
        self.anchors: dict[str, Any] = {}
        self.expanded = 0
        self.sizes: dict[int, int] = {}

    def build(self) -> Any:
        """Return the data of the one document in the text.

        The loop is written out, since it runs once for each of some hundred thousand events: a scalar costs a
        look at its class, one in a dict of scalars seen before, and one append.
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
                if event.tag is not None:
                    self.check_collection_tag(event)
                if event.anchor is not None:
                    self.anchors[event.anchor] = value
                    open_ids.add(id(value))
                if container.__class__ is dict and key is _NOTHING:
                    self.refuse(
                        event,
                        "bad-key",
                        "a key is a single word or number, not a list or a mapping",
                    )
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
                    self.has_duplicates = True
                key = value
            else:
                container[key] = value
                key = _NOTHING

    def check_key(self, event: Event, value: Any) -> None:
        """Refuse a key that is no word and no number."""
        if value == "<<" and getattr(event, "implicit", (False,))[0]:
            self.refuse(
                event, "merge-key", "YAML 1.2 has no merge keys", "write out what it would merge in"
            )
        if not is_plain_key(value):
            word = self.source_of(event)
            help = f'put it in quotes: `"{word}"`' if word and isinstance(value, bool) else None
            self.refuse(
                event, "bad-key", f"a key is a word or a number, not `{word or 'nothing'}`", help
            )

    def source_of(self, event: Event) -> str:
        """Return a scalar as it was written."""
        return str(getattr(event, "value", ""))

    def tagged(self, event: ScalarEvent) -> Any:
        """Return the value of a scalar that says its own type."""
        try:
            return tagged(str(event.tag), event.value)
        except KeyError:
            self.refuse(
                event, "unknown-tag", f"the tag `{event.tag}` is not allowed", "leave it out"
            )
        except ValueError:
            self.refuse(event, "bad-tag", f"`{event.value}` is not what its tag `{event.tag}` says")

    def check_collection_tag(self, event: CollectionStartEvent) -> None:
        """Refuse a collection that says it is something else than a mapping or a list."""
        if event.tag not in ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self.refuse(
                event, "unknown-tag", f"the tag `{event.tag}` is not allowed", "leave it out"
            )

    def alias(self, event: AliasEvent, open_ids: set[int]) -> Any:
        """Return what an alias stands for."""
        if event.anchor not in self.anchors:
            self.refuse(
                event, "unknown-alias", f"no anchor `&{event.anchor}` stands above this alias"
            )
        value = self.anchors[event.anchor]
        if id(value) in open_ids:
            self.refuse(event, "recursive-alias", f"`*{event.anchor}` would contain itself")
        self.expanded += self.size(value)
        if self.expanded > MAX_EXPANDED:
            self.refuse(
                event,
                "alias-bomb",
                f"the aliases up to here stand for more than {MAX_EXPANDED:,} values",
            )
        return value

    def size(self, value: Any) -> int:
        """Return how many values are in a value, those that aliases stand for counted each time."""
        if not isinstance(value, dict | list):
            return 1
        known = self.sizes.get(id(value))
        if known is None:
            inner = value.values() if isinstance(value, dict) else value
            known = self.sizes[id(value)] = 1 + sum(self.size(item) for item in inner)
        return known

    # refusing

    def refuse(self, event: Event, code: str, message: str, help: str | None = None) -> NoReturn:
        """Raise a finding at an event."""
        span = span_at(self.text, self.source, Marked(event.start_mark, event.end_mark))
        raise DocumentError([Diagnostic(code, message, span=span, help=help)])

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        """Raise what the parser found."""
        mark = error.problem_mark or error.context_mark
        span = span_at(self.text, self.source, Marked(mark, mark))
        problem = (error.problem or error.context or "this is no YAML").replace("\t", "tab")
        code, message, help = "yaml-syntax", f"this is no YAML: {problem}", _cure(problem)
        if (
            span.text[: span.column].strip(" ") == "\t"
            or span.text[span.column - 1 : span.column] == "\t"
        ):
            code, message, help = "tab-indent", "a tab cannot indent YAML", "use spaces"
        elif (
            "nesting depth" in problem
        ):  # libyaml has a limit of its own since 0.2.6, which looks further ahead
            code, message = "too-deep", f"this is nested more than {MAX_DEPTH} deep"
        elif "undefined alias" in problem:
            code, message = "unknown-alias", "no anchor of this name stands above this alias"
        raise DocumentError([Diagnostic(code, message, span=span, help=help)])

    def refuse_character(self, error: yaml.reader.ReaderError) -> NoReturn:
        """Raise a character that YAML does not allow."""
        place = next((k for k, char in enumerate(self.text) if _is_forbidden(char)), 0)
        before = self.text[:place]
        line, column = before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1
        text = self.text.split("\n")[line - 1].rstrip("\r")
        message = (
            f"the character U+{ord(self.text[place]):04X} is not allowed"
            if self.text
            else "this cannot be read"
        )
        raise DocumentError(
            [
                Diagnostic(
                    "bad-character", message, span=Span(self.source, line, column, column + 1, text)
                )
            ]
        )


def _is_forbidden(char: str) -> bool:
    code = ord(char)
    return (
        (code < 0x20 and char not in "\t\n\r")
        or (0x7F <= code <= 0x9F and code != 0x85)
        or 0xD800 <= code <= 0xDFFF
        or code in (0xFFFE, 0xFFFF)
    )


def _cure(problem: str) -> str | None:
    """Return the likely cure of a syntax error, by the parser's words."""
    for words, cure in (
        (
            "mapping values are not allowed",
            "check the indentation, and put text with `: ` in quotes",
        ),
        ("could not find expected ':'", "a key is followed by `: ` and a value"),
        ("did not find expected ',' or", "a bracket is not closed, or a comma is missing"),
        ("did not find expected key", "check the indentation of this line"),
        ("did not find expected '-' indicator", "check the indentation of this line"),
        ("found unexpected end of stream", "a quotation mark is not closed"),
        ("cannot start any token", "put text that begins with this sign in quotes"),
    ):
        if words in problem:
            return cure
    return None
