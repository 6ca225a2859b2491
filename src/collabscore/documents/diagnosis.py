"""From what pydantic or a check found to a finding with its place in the text.

Imports `errors` and the models.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..errors import Diagnostic, KeyPath, Span, did_you_mean, likely
from .positions import Positions

__all__ = ["diagnose", "issues_of", "label_of"]

_WHAT = {
    "int_type": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "nothing",
}
"""What pydantic expected, by the type of its error, in the words of a reader."""

_BOUNDS = {
    "greater_than": "above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
}


def issues_of(error: ValidationError, data: object, model: type[BaseModel]) -> list[Diagnostic]:
    """Return one issue for each cause that pydantic reports.

    Alternatives of a union each report their own disappointment; only those of the alternative that was
    meant are kept. A misspelt key, which pydantic reports as one missing and one unknown, is one issue.
    """
    found: dict[KeyPath, list[tuple[KeyPath, Any]]] = {}
    for entry in error.errors(include_url=False):
        path = _document_path(entry["loc"], data)
        found.setdefault(path, []).append((path, entry))
    issues: list[Diagnostic] = []
    for path, entries in found.items():
        details = [entry for _, entry in entries]
        meant = [entry for entry in details if entry["type"] not in _WHAT]
        deeper = any(len(other) > len(path) and other[: len(path)] == path for other in found)
        if meant:
            issues += _distinct(_specific(entry, path, data, model) for entry in meant)
        elif not deeper:
            issues.append(_wrong_type(details, path, data))
    return _without_misspelt(issues)


def _document_path(loc: tuple[int | str, ...], data: object) -> KeyPath:
    """Return the part of pydantic's `loc` that exists in the document, the missing key of a mapping last."""
    path: list[int | str] = []
    here: object = data
    for number, part in enumerate(loc):
        if part == "[key]":
            continue
        if isinstance(here, Mapping):
            tag = (
                here.get("kind") == part
                and (not path or path[-1] != "kind")
                and number + 1 < len(loc)
            )
            if part in here and not tag:
                path.append(part)
                here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            path.append(part)
            here = here[part]
    return tuple(path)


def _at(data: object, path: KeyPath) -> object:
    for part in path:
        data = data[part]  # type: ignore[index]
    return data


def _distinct(issues: Iterable[Diagnostic]) -> list[Diagnostic]:
    return list({(issue.code, issue.message): issue for issue in issues}.values())


def _specific(entry: Any, path: KeyPath, data: object, model: type[BaseModel]) -> Diagnostic:
    kind, context = entry["type"], entry.get("ctx", {})
    value = entry["input"]
    if kind == "extra_forbidden":
        written = str(path[-1])
        fields = _fields_at(model, path[:-1], data)
        suggestion, cure = likely(written, fields), did_you_mean(written, fields)
        if written.count(")") > written.count("("):  # the rest of a condition, cut off at a comma
            suggestion, cure = None, "inside `{...}`, put a condition with commas in quotes"
        message = f"unknown key `{_show(path[-1])}`"
        return Diagnostic("unknown-key", message, path, cure, at_key=True, suggestion=suggestion)
    if kind == "missing":
        key = entry["loc"][-1]
        return Diagnostic(
            "missing-key",
            f"`{key}` is missing",
            path,
            f"add `{key}: ...`",
            at_key=True,
            absent=((*path, key),),
        )
    if kind in ("literal_error", "union_tag_invalid"):
        tagged = kind == "union_tag_invalid"
        words = [
            word.strip("'")
            for word in context["expected_tags" if tagged else "expected"]
            .replace(" or ", ", ")
            .split(", ")
        ]
        word = context["tag"] if tagged else value
        place = (*path, "kind") if tagged else path
        return Diagnostic(
            "invalid-choice",
            f"`{_show(word)}` is not one of the choices here",
            place,
            did_you_mean(word, words),
        )
    if kind == "union_tag_not_found":
        return Diagnostic(
            "missing-key",
            "`kind` is missing",
            path,
            "add `kind: flag`, `level`, `choice`, `number` or `set`",
            at_key=True,
            absent=((*path, "kind"),),
        )
    if kind in _BOUNDS:
        return Diagnostic(
            "out-of-range",
            f"`{_show(value)}` is out of range: {_BOUNDS[kind].format(**context)}",
            path,
        )
    simple: dict[str, Callable[[], tuple[str, str, str | None]]] = {
        "finite_number": lambda: ("not-finite", f"`{_show(value)}` is not a finite number", None),
        "string_pattern_mismatch": lambda: _pattern(value, context["pattern"]),
        "string_too_short": lambda: (
            "empty-text",
            "this text is empty",
            "write something, or leave the key out",
        ),
        "string_too_long": lambda: (
            "too-long",
            f"this text has more than {context['max_length']} characters",
            None,
        ),
        "too_short": lambda: (
            "too-few",
            f"expected at least {context['min_length']}, found {context['actual_length']}",
            None,
        ),
        "too_long": lambda: (
            "too-many",
            f"expected at most {context['max_length']}, found {context['actual_length']}",
            None,
        ),
        "recursion_loop": lambda: ("recursive", "this contains itself", None),
    }
    code, message, cure = (
        simple[kind]() if kind in simple else (kind.replace("_", "-"), entry["msg"], None)
    )
    return Diagnostic(code, message, path, cure, at_key="[key]" in entry["loc"])


def _pattern(value: object, pattern: str) -> tuple[str, str, str | None]:
    if "\\d{4}" in pattern:
        return (
            "invalid-date",
            f"`{_show(value)}` is not a date",
            "write YYYY, YYYY-MM or YYYY-MM-DD",
        )
    return "invalid-id", f"{_show(value)!r} cannot be an id", "an id is a line of printable text"


def _wrong_type(entries: list[Any], path: KeyPath, data: object) -> Diagnostic:
    """One issue for all the alternatives of which the value is none."""
    wanted = list(dict.fromkeys(_WHAT[entry["type"]] for entry in entries))
    words = wanted[0] if len(wanted) == 1 else ", ".join(wanted[:-1]) + f" or {wanted[-1]}"
    value = _at(data, path)
    cure = None
    if isinstance(value, int | float) and not isinstance(value, bool) and wanted == ["text"]:
        cure = f'put it in quotes: `"{value}"`'
    elif isinstance(value, str) and "a number" in wanted and _is_number(value):
        cure = f"leave the quotes out: `{value.strip()}`"
    return Diagnostic("invalid-type", f"expected {words}, not {_kind(value)}", path, cure)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"`{_show(value)}`"


def _show(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _without_misspelt(issues: list[Diagnostic]) -> list[Diagnostic]:
    """Drop the missing key that an unknown one beside it was meant to be."""
    meant = {
        (*issue.path[:-1], issue.suggestion) for issue in issues if issue.suggestion is not None
    }
    return [issue for issue in issues if not meant.intersection(issue.absent)]


# the fields that a mapping at some path may have


def _fields_at(model: type[BaseModel], path: KeyPath, data: object) -> list[str]:
    kinds: list[Any] = [model]
    here = data
    for part in path:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
        here = here[part]  # type: ignore[index]
    models = [
        kind for kind in _flat(kinds) if isinstance(kind, type) and issubclass(kind, BaseModel)
    ]
    if isinstance(here, Mapping) and "kind" in here:
        tagged = [
            m
            for m in models
            if "kind" in m.model_fields
            and here["kind"] in get_args(m.model_fields["kind"].annotation)
        ]
        models = tagged or models
    return list(dict.fromkeys(field for found in models for field in found.model_fields))


def _flat(kinds: Iterable[Any]) -> Iterator[Any]:
    """Yield the plain types in unions and annotations."""
    for kind in kinds:
        origin = get_origin(kind)
        if origin is Annotated:
            yield from _flat(get_args(kind)[:1])
        elif origin in (Union, types.UnionType):
            yield from _flat(get_args(kind))
        else:
            yield kind


def _inside(kind: Any, part: str | float) -> Iterator[Any]:
    for plain in _flat([kind]):
        if isinstance(plain, type) and issubclass(plain, BaseModel):
            plain.model_rebuild()
            if part in plain.model_fields:
                yield plain.model_fields[str(part)].annotation
        elif get_origin(plain) in (dict, list, tuple):
            yield get_args(plain)[-1]


# places


def diagnose(
    issues: Iterable[Diagnostic], data: object, positions: Positions | None
) -> list[Diagnostic]:
    """Return the issues as diagnostics, in the order of the text where there is one."""
    found = [_diagnostic(issue, data, positions) for issue in issues]
    return sorted(found, key=_order) if positions is not None else found


def _order(diagnostic: Diagnostic) -> tuple[int, int]:
    span = diagnostic.span
    return (span.line, span.column) if span is not None else (0, 0)


def _diagnostic(issue: Diagnostic, data: object, positions: Positions | None) -> Diagnostic:
    notes = []
    for note in issue.notes:
        here = note.path if note.framework is None else None
        if here is not None and positions is not None:
            note = replace(note, span=positions.value(here))
        elif here is not None:
            note = replace(note, message=f"{note.message}: {label_of(here, data)}")
        notes.append(note)
    found = replace(issue, notes=tuple(notes))
    return found.at(place(issue, positions), label_of(issue.path, data))


def place(issue: Diagnostic, positions: Positions | None) -> Span | None:
    """Return the place of an issue in the text, narrowed to the columns that are meant."""
    if positions is None:
        return None
    span = positions.key(issue.path) if issue.at_key and issue.path else positions.value(issue.path)
    if span is None or issue.within is None:
        return span
    start, end = issue.within
    quoted = span.text[span.column - 1 : span.column] in ("'", '"')
    first = span.column + quoted + start
    # a text folded over several lines, or with escapes, has no columns of its own: its beginning stands for it
    if first + (end - start) > span.end_column:
        return span
    return Span(span.source, span.line, first, first + (end - start), span.text)


def label_of(path: KeyPath, data: object) -> str:
    """Return a path as a reader knows it, ids in place of positions.

    Examples
    --------
    >>> label_of(("candidates", 0, "ratings"), {"candidates": [{"id": "influenza"}]})
    'candidates[influenza].ratings'
    """
    label, here = "", data
    for part in path:
        try:
            here = here[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(part, int):
            name = here.get("id") if isinstance(here, Mapping) else None
            label += f"[{name if isinstance(name, str) else part}]"
        else:
            label += f".{part}" if label else str(part)
    return label
