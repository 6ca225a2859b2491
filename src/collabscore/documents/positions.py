"""The places of keys and values in a text, found in a second pass when a finding needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from ..checks.references import criteria_path
from ..errors import Diagnostic, KeyPath, Note, Origin, Span
from ..models.framework import Framework
from .yaml_reader import YAML_LOADER, meaning_of, span_at

__all__ = ["JSON_LINES", "Positions", "label_of", "locate", "positions_of"]

JSON_LINES = {".jsonl", ".ndjson"}


class Positions:
    """The places of keys and values in a text of YAML or JSON.

    Parameters
    ----------
    text : str
    source : str
        The name of the text in spans.
    root : Node
        The composed document.
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
            return cls(plain_text, source, yaml.compose(plain_text, Loader=YAML_LOADER))
        except yaml.YAMLError:
            return None

    def key(self, path: KeyPath) -> Span | None:
        """Return the place of the key at the end of a path, or of its nearest ancestor."""
        return self.find(path, of_key=True)[0]

    def value(self, path: KeyPath) -> Span | None:
        """Return the place of the value at a path, or of the key of its nearest ancestor."""
        return self.find(path, of_key=False)[0]

    def exists(self, path: KeyPath) -> bool:
        """Return whether there is anything at a path."""
        return self.find(path, of_key=True)[1]

    def find(self, path: KeyPath, *, of_key: bool) -> tuple[Span | None, bool]:
        """Return the place of a path and whether it exists."""
        node = self.root
        key: Node | None = None
        for part in path:
            found = _child_of(node, part)
            if found is None:
                return self._span_of(key or node), False
            key, node = found
        return self._span_of(key if of_key and key is not None else node), True

    def _span_of(self, node: Node | None) -> Span | None:
        if node is None:
            return None
        end = node.end_mark
        if isinstance(node, CollectionNode) and node.flow_style is not True:
            # a block begins at its first line; a caret under all of it would mean nothing
            end = node.start_mark
        return span_at(self.text, self.source, node.start_mark, end)


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
        return span and replace(span, line=number + 1), exists


def _child_of(node: Node | None, part: str | float) -> tuple[Node | None, Node] | None:
    """Return the key node and the value node of a part of a path."""
    if isinstance(node, MappingNode):
        for key, value in reversed(node.value):  # the last one counts where a key stands twice
            if isinstance(key, ScalarNode) and part in (meaning_of(key), key.value):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None


@lru_cache(maxsize=16)
def positions_of(origin: Origin) -> Positions | None:
    """Return the positions in the text of a document; None where it has none."""
    lines = Path(origin.source).suffix.lower() in JSON_LINES
    return Positions.of(origin.text, origin.source, lines=lines)


def locate(
    findings: Iterable[Diagnostic],
    data: object,
    origin: Origin | None,
    frameworks: Iterable[Framework] = (),
) -> list[Diagnostic]:
    """Return findings with their places, in the order of the text where there is one.

    Parameters
    ----------
    data : object
        The document in which the paths lead.
    origin : Origin or None
        The text that it was read from.
    frameworks : iterable of Framework
        Those that notes may lead to; a note on one that has no text is left out.
    """
    positions = positions_of(origin) if origin is not None else None
    by_id = {framework.id: framework for framework in frameworks}
    found = []
    for finding in findings:
        notes: list[Note] = []
        for note in finding.notes:
            path = note.path or ()
            if note.framework is not None:
                notes += _note_on_framework(note, path, by_id[note.framework])
            elif positions is not None:
                notes.append(replace(note, span=positions.value(path)))
            else:
                notes.append(replace(note, message=f"{note.message}: {label_of(path, data)}"))
        span = _span_of_finding(finding, positions) if positions is not None else None
        located = replace(finding, notes=tuple(notes))
        found.append(located.at(span, label_of(finding.path, data)))
    if positions is not None:
        found.sort(key=_position_in_text)
    return found


def _position_in_text(finding: Diagnostic) -> tuple[int, int]:
    span = finding.span
    return (span.line, span.column) if span is not None else (0, 0)


def _span_of_finding(finding: Diagnostic, positions: Positions) -> Span | None:
    """Return the place of a finding in the text, narrowed to the columns that are meant."""
    span = positions.find(finding.path, of_key=finding.at_key)[0]
    if span is None or finding.within is None:
        return span
    start, end = finding.within
    first = span.column + start
    if span.text[span.column - 1 : span.column] in ("'", '"'):
        first += 1
    last = first + end - start
    # a text folded over several lines, or with escapes, has no columns of its own: mark all of it
    return replace(span, column=first, end_column=last) if last <= span.end_column else span


def _note_on_framework(note: Note, path: KeyPath, framework: Framework) -> list[Note]:
    """Return the note with its place in the framework or its vocabulary, if there is one."""
    node = framework.nodes.get(str(path[1])) if path[1:] and path[0] == "criteria" else None
    own_path = path
    if node is not None:
        own_path = criteria_path(node.path)
    for document, place in ((framework, own_path), (framework.vocabulary, path)):
        origin = document.origin if document is not None else None
        positions = positions_of(origin) if origin is not None else None
        if positions is not None and positions.exists(place):
            return [replace(note, span=positions.key(place))]
    return []


def label_of(path: KeyPath, data: Any) -> str:
    """Return a path as a reader knows it, ids in place of positions.

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
            label += f"[{name if isinstance(name, str) else part}]"
        else:
            label += f".{part}" if label else str(part)
    return label
