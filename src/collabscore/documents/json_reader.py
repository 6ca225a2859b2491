"""JSON and JSON Lines as plain data, as strict as the YAML reader.

Imports `errors` and the YAML reader, whose decoding and limits it shares.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from ..errors import Diagnostic, DocumentError, Span
from .positions import duplicate_keys
from .yaml_reader import MAX_DEPTH, decoded

__all__ = ["read_json", "read_json_lines"]


class _DuplicateKeyError(ValueError):
    pass


def read_json(text: bytes | str, source: str) -> Any:
    """Read a JSON document as plain data.

    Raises
    ------
    DocumentError
        If it is no JSON, has a key twice, or is nested too deeply.
    """
    return _read(decoded(text, source), source, 0)


def read_json_lines(text: bytes | str, source: str) -> list[Any]:
    """Read JSON Lines, one value on each line that is not empty; raises as `read_json`, all lines at once."""
    found: list[Any] = []
    wrong: list[Diagnostic] = []
    for number, line in enumerate(decoded(text, source).split("\n")):
        if not line.strip():
            continue
        try:
            found.append(_read(line, source, number))
        except DocumentError as error:
            wrong += error.diagnostics
    if wrong:
        raise DocumentError(wrong)
    if not found:
        raise DocumentError(
            [
                Diagnostic(
                    "empty-document",
                    "there is nothing in this document",
                    span=Span(source, 1, 1, 2, ""),
                )
            ]
        )
    return found


def _read(text: str, source: str, lines_before: int) -> Any:
    def refuse(code: str, message: str, place: int = 0, help: str | None = None) -> NoReturn:
        before = text[:place]
        line, column = before.count("\n"), place - (before.rfind("\n") + 1) + 1
        shown = text.split("\n")[line].rstrip("\r")
        span = Span(source, lines_before + line + 1, column, column + 1, shown)
        raise DocumentError([Diagnostic(code, message, span=span, help=help)]) from None

    if not text.strip():
        refuse("empty-document", "there is nothing in this document")
    depth, place = _depth(text)
    if depth > MAX_DEPTH:
        refuse("too-deep", f"this is nested more than {MAX_DEPTH} deep", place)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_number
        )
    except json.JSONDecodeError as error:
        refuse("json-syntax", f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.pos)
    except _DuplicateKeyError as error:
        found = duplicate_keys(text, source) if not lines_before else []
        if found:
            raise DocumentError(found) from None
        refuse(
            "duplicate-key",
            f"`{error}` is defined twice",
            max(text.rfind(json.dumps(str(error))), 0),
            "keep one",
        )
    except ValueError as error:
        refuse("json-syntax", f"`{error}` is not allowed in JSON", max(text.find(str(error)), 0))


def _depth(text: str) -> tuple[int, int]:
    """Return how deep brackets are nested, and where they first go deeper than they may; texts are looked past."""
    depth = deepest = 0
    in_text = escaped = False
    for place, char in enumerate(text) if text.count("[") + text.count("{") > MAX_DEPTH else ():
        if in_text:
            in_text, escaped = escaped or char != '"', char == "\\" and not escaped
        elif char == '"':
            in_text = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if depth > MAX_DEPTH:
                return depth, place
        elif char in "]}":
            depth -= 1
    return deepest, 0


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateKeyError(next(name for k, name in enumerate(names) if name in names[:k]))
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value
