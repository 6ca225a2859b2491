"""Where things stand in a text: a second pass, made only when an error needs a place.

Imports `errors` and the scalars.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from ..errors import Diagnostic, KeyPath, Span
from .scalars import plain

__all__ = ["Marked", "Positions", "duplicate_keys", "span_at"]

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Marked(NamedTuple):
    """Two marks of the parser: where something begins and ends."""

    start: Any
    end: Any


def span_at(text: str, source: str, marked: Marked) -> Span:
    """Return the span between two marks, cut at the end of its first line."""
    start, end = marked
    lines = text.split("\n")
    number = min(start.line, len(lines) - 1)
    line = lines[number].rstrip("\r")
    column = min(start.column, len(line)) + 1
    last = end.column + 1 if end.line == start.line else len(line) + 1
    return Span(source, number + 1, column, max(last, column + 1), line)


class Positions:
    """The places of keys and values in a text of YAML or JSON.

    Parameters
    ----------
    text : str
    source : str
        What spans call the text.
    root : Node
        The composed document.
    first_line : int
        Lines before the text, where it is one line of JSON Lines.
    """

    def __init__(self, text: str, source: str, root: Node | None) -> None:
        self.text, self.source, self.root = text, source, root

    @classmethod
    def of(cls, text: bytes | str, source: str, *, lines: bool = False) -> Positions | None:
        """Return the positions in a text; None where it cannot be composed.

        Parameters
        ----------
        lines : bool
            Whether the text is JSON Lines: each line is an entry of one list.
        """
        plain_text = text if isinstance(text, str) else text.decode("utf-8-sig", errors="replace")
        if lines:
            return _LinePositions(plain_text, source)
        try:
            return cls(plain_text, source, yaml.compose(plain_text, Loader=_Loader))
        except yaml.YAMLError:
            return None

    def key(self, path: KeyPath) -> Span | None:
        """Return the place of the key at the end of a path; of its nearest ancestor where it does not exist."""
        return self.find(path, of_key=True)[0]

    def value(self, path: KeyPath) -> Span | None:
        """Return the place of the value at a path; of its nearest ancestor's key where it does not exist."""
        return self.find(path, of_key=False)[0]

    def exists(self, path: KeyPath) -> bool:
        """Return whether there is anything at a path."""
        return self.find(path, of_key=True)[1]

    def find(self, path: KeyPath, *, of_key: bool) -> tuple[Span | None, bool]:
        """Return the place of a path and whether it exists."""
        node = self.root
        key: Node | None = None
        for part in path:
            found = _child(node, part)
            if found is None:
                return self._span(key if key is not None else node), False
            key, node = found
        return self._span(key if of_key and key is not None else node), True

    def _span(self, node: Node | None) -> Span | None:
        if node is None:
            return None
        end = node.end_mark
        if isinstance(node, CollectionNode) and node.flow_style is not True:
            # a block begins at its first line; a caret under all of it would mean nothing
            end = node.start_mark
        return span_at(self.text, self.source, Marked(node.start_mark, end))


class _LinePositions(Positions):
    """Positions in JSON Lines: the first part of a path is the entry."""

    def __init__(self, text: str, source: str) -> None:
        super().__init__(text, source, None)
        self.entries = [(k, line) for k, line in enumerate(text.split("\n")) if line.strip()]

    def find(self, path: KeyPath, *, of_key: bool) -> tuple[Span | None, bool]:
        """Return the place of a path and whether it exists."""
        if not path or not isinstance(path[0], int) or path[0] >= len(self.entries):
            return None, False
        number, line = self.entries[path[0]]
        inner = Positions.of(line, self.source)
        if inner is None:
            return None, False
        span, exists = inner.find(path[1:], of_key=of_key)
        return (
            Span(self.source, number + 1, span.column, span.end_column, span.text) if span else None
        ), exists


def _child(node: Node | None, part: str | float) -> tuple[Node | None, Node] | None:
    """Return the key node and the value node of a part of a path."""
    if isinstance(node, MappingNode):
        for key, value in reversed(node.value):  # the last one counts where a key stands twice
            if isinstance(key, ScalarNode) and (_meaning(key) == part or key.value == part):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None


def _meaning(node: ScalarNode) -> object:
    return node.value if node.style else plain(node.value)


def duplicate_keys(text: str, source: str) -> list[Diagnostic]:
    """Return a finding for each key that stands twice in one mapping, in the order of the text."""
    found = [
        Diagnostic(
            "duplicate-key",
            f"`{key.value}` is defined twice",
            path=path,
            span=span_at(text, source, Marked(key.start_mark, key.end_mark)),
            help=f"first defined at line {first.start_mark.line + 1}; keep one",
        )
        for key, first, path in _duplicates(yaml.compose(text, Loader=_Loader), (), set())
    ]
    return sorted(
        found,
        key=lambda diagnostic: (
            (diagnostic.span.line, diagnostic.span.column) if diagnostic.span else (0, 0)
        ),
    )


def _duplicates(
    node: Node | None, path: KeyPath, seen: set[int]
) -> Iterator[tuple[ScalarNode, ScalarNode, KeyPath]]:
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        for k, item in enumerate(node.value):
            yield from _duplicates(item, (*path, k), seen)
    elif isinstance(node, MappingNode):
        first: dict[object, ScalarNode] = {}
        for key, value in node.value:
            here = (*path, str(key.value))
            meaning = _meaning(key)
            token = json.dumps(meaning) if not isinstance(meaning, int | float) else float(meaning)
            if token in first:
                yield key, first[token], here
            first.setdefault(token, key)
            yield from _duplicates(value, here, seen)
