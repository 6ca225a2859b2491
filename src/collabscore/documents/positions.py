"""The places of keys and values in a text, found in a second pass when a finding needs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from ..checks.references import criteria_path
from ..errors import Diagnostic, KeyPath, Origin, Span, label_of
from ..models.framework import Framework
from .yaml_reader import YAML_LOADER, meaning_of, span_at

__all__ = ["JSON_LINES", "Positions", "locate", "positions_of"]

JSON_LINES = {".jsonl", ".ndjson"}


class Positions:
    """The places of keys and values in a text of YAML or JSON.

    Parameters
    ----------
    text : str
    source : str
        The name of the text in spans.
    lines : bool
        Whether the text is JSON Lines: each line is an entry of one list.

    Raises
    ------
    yaml.YAMLError
        If the text cannot be composed.
    """

    def __init__(self, text: str, source: str, *, lines: bool = False) -> None:
        self.text, self.source = text, source
        self.entries: list[tuple[int, str]] | None = None
        self.root: Node | None = None
        if lines:
            self.entries = [pair for pair in enumerate(text.split("\n")) if pair[1].strip()]
        else:
            self.root = yaml.compose(text, Loader=YAML_LOADER)

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
        node, key = self.root, None
        if self.entries is not None:
            node, path = self._entry_at(path), path[1:]
        for part in path:
            found = _child_of(node, part)
            if found is None:
                return self._span_of(key or node), False
            key, node = found
        return self._span_of(key if at_key and key is not None else node), node is not None

    def _entry_at(self, path: KeyPath) -> Node | None:
        """Return the entry to which a path in JSON Lines leads, composed at its own line."""
        k = path[0] if path else None
        if not self.entries or not isinstance(k, int) or k >= len(self.entries):
            return None
        number, line = self.entries[k]
        try:
            return yaml.compose("\n" * number + line, Loader=YAML_LOADER)
        except yaml.YAMLError:
            return None

    def _span_of(self, node: Node | None) -> Span | None:
        if node is None:
            return None
        end = node.end_mark
        if isinstance(node, CollectionNode) and node.flow_style is not True:
            # a block begins at its first line; a caret under all of it would mean nothing
            end = node.start_mark
        return span_at(self.text, self.source, node.start_mark, end)


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
    """Return the positions in the text of a document; None where it has none to look at."""
    if not origin.text:
        return None
    text = origin.text.decode("utf-8-sig", errors="replace")
    lines = Path(origin.source).suffix.lower() in JSON_LINES
    try:
        return Positions(text, origin.source, lines=lines)
    except yaml.YAMLError:
        return None


def locate(
    findings: Iterable[Diagnostic],
    data: object,
    origin: Origin,
    frameworks: Iterable[Framework] = (),
) -> list[Diagnostic]:
    """Return findings with their places, in the order of the text where there is one.

    Parameters
    ----------
    data : object
        The document in which the paths lead.
    origin : Origin
        The text that it was read from.
    frameworks : iterable of Framework
        Those that notes may lead to; a note on one that has no text is left out.
    """
    positions = positions_of(origin)
    by_id = {framework.id: framework for framework in frameworks}
    located = []
    for finding in findings:
        notes = []
        for note in finding.notes:
            path = note.path or ()
            if note.framework is not None:
                span = _place_in_framework(path, by_id[note.framework])
                if span is not None:
                    notes.append(replace(note, span=span))
            elif positions is None:
                notes.append(replace(note, message=f"{note.message}: {label_of(path, data)}"))
            else:
                notes.append(replace(note, span=positions.find(path, at_key=False)[0]))
        span = _span_of_finding(finding, positions) if positions is not None else None
        label = label_of(finding.path, data)
        located.append(replace(finding, notes=tuple(notes), span=span, label=label))
    return sorted(located, key=_position_in_text)


def _position_in_text(finding: Diagnostic) -> tuple[int, int]:
    span = finding.span
    return (span.line, span.column) if span is not None else (0, 0)


def _span_of_finding(finding: Diagnostic, positions: Positions) -> Span | None:
    """Return the place of a finding in the text, narrowed to the columns that are meant."""
    span, _ = positions.find(finding.path, at_key=finding.at_key)
    if span is None or finding.within is None:
        return span
    start, end = finding.within
    first = span.column + start
    if span.text[span.column - 1 : span.column] in ("'", '"'):
        first += 1
    last = first + end - start
    # a text folded over several lines, or with escapes, has no columns of its own: mark all of it
    return replace(span, column=first, end_column=last) if last <= span.end_column else span


def _place_in_framework(path: KeyPath, framework: Framework) -> Span | None:
    """Return the place of a definition in a framework or its vocabulary, if it has a text."""
    own_path = path
    if path[1:] and path[0] == "criteria" and path[1] in framework.nodes:
        own_path = criteria_path(framework.nodes[str(path[1])].path)
    for document, place in ((framework, own_path), (framework.vocabulary, path)):
        positions = positions_of(document.origin) if document is not None else None
        if positions is not None:
            span, exists = positions.find(place)
            if exists:
                return span
    return None
