"""JSON and JSON Lines as plain data, as strict as the YAML reader."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any, NoReturn

from ..errors import Diagnostic, DocumentError, Span
from .yaml_reader import MAX_DEPTH, decoded, duplicate_keys, span_at_offset

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
    return _read_value(decoded(text, source), source, 0)


def read_json_lines(text: bytes | str, source: str) -> list[Any]:
    """Read JSON Lines, one value on each line that is not empty.

    Raises as `read_json`, with the mistakes of all lines at once.
    """
    found: list[Any] = []
    wrong: list[Diagnostic] = []
    for number, line in enumerate(decoded(text, source).split("\n")):
        if not line.strip():
            continue
        try:
            found.append(_read_value(line, source, number))
        except DocumentError as error:
            wrong += error.diagnostics
    if not found and not wrong:
        span = Span(source, 1, 1, 2, "")
        wrong.append(Diagnostic("empty-document", _EMPTY, span=span))
    if wrong:
        raise DocumentError(wrong)
    return found


_EMPTY = "there is nothing in this document"


def _read_value(text: str, source: str, lines_before: int) -> Any:
    def refuse(code: str, message: str, offset: int = 0, help: str | None = None) -> NoReturn:
        span = span_at_offset(text, source, offset)
        span = replace(span, line=lines_before + span.line)
        raise DocumentError([Diagnostic(code, message, help=help, span=span)]) from None

    if not text.strip():
        refuse("empty-document", _EMPTY)
    too_deep = _offset_too_deep(text)
    if too_deep is not None:
        refuse("too-deep", f"this is nested more than {MAX_DEPTH} deep", too_deep)
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_finite,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:]
        refuse("json-syntax", f"this is no JSON: {problem}", error.pos)
    except _DuplicateKeyError as error:
        found = duplicate_keys(text, source) if not lines_before else []
        if found:
            raise DocumentError(found) from None
        offset = max(text.rfind(json.dumps(str(error))), 0)
        refuse("duplicate-key", f"`{error}` is defined twice", offset, "keep one")
    except ValueError as error:
        offset = max(text.find(str(error)), 0)
        refuse("json-syntax", f"`{error}` is not allowed in JSON", offset)


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
            raise _DuplicateKeyError(name)
        found[name] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
