"""From plain data to a model, or to everything that is wrong with it at once.

The parts that pydantic refuses are removed, so that the checks can be run on the rest.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import filterfalse
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..errors import Diagnostic, KeyPath, did_you_mean, likely, pair_meant, quotable
from ..models.base import LARGEST, ReadingError, cure_of, lookalike_in
from .reader import COMMA_IN_BRACES, collector_paused

__all__ = ["build_model", "plain_types", "value_at"]

M = TypeVar("M", bound=BaseModel)
_ROUNDS = 20


@collector_paused()
def build_model(
    model: type[M], data: object, check: Callable[[M], Sequence[Diagnostic]]
) -> tuple[M | None, list[Diagnostic]]:
    """Return the model of plain data, and everything wrong with the data.

    Parameters
    ----------
    model : type
    data : object
    check : callable
        Returns the findings about a model whose parts are each well formed.

    Returns
    -------
    model : Model or None
        None where pydantic refuses the data.
    diagnostics : list of Diagnostic
        What pydantic refuses, and what `check` finds in the rest.
    """
    partial = _PartialDocument(data)
    found: list[Diagnostic] = []
    rest = data
    for _ in range(_ROUNDS):
        built = None
        try:
            built = model.model_validate(rest)
        except ValidationError as error:
            wrong: Sequence[Diagnostic] = _refusals(error, rest, model)
        else:
            wrong = check(built)
            if rest is data:
                return built, list(wrong)
        wrong = [one.moved(partial.path_as_written) for one in wrong]
        found += filterfalse(partial.is_consequence, wrong)
        if built is not None:
            break
        for one in wrong:
            partial.drop_or_rename(one)
        if () in partial.hidden:
            break
        rest = partial.rest(data)
    return None, found


# Filled in for a key that must not be missing, so that its neighbours can be checked. Nobody writes
# the text, and no rating is off the range.
_STAND_INS: dict[str, object] = {
    **dict.fromkeys(("id", "title", "then", "when", "framework"), "\ue000"),
    "expect": {},
    "candidate": {},
    "candidates": [],
    "items": {},
    "range": [-LARGEST, LARGEST],
}


class _PartialDocument:
    """A document without its refused parts, and with misspelt keys as likely meant."""

    def __init__(self, data: object) -> None:
        self.data = data
        self.hidden: set[KeyPath] = set()  # the paths of what was removed or filled in
        self.filled: dict[KeyPath, dict[str, object]] = {}  # by the path of their parent
        self.renamed: dict[KeyPath, str] = {}
        # the path in the document of what has another key or position in the rest
        self.written: dict[KeyPath, KeyPath] = {}

    def drop_or_rename(self, finding: Diagnostic) -> None:
        """Remove or rename the key that a finding is about, or fill in the key that it misses."""
        path, suggested = finding.path, finding.suggestion
        if suggested is not None:
            meant = (*path[:-1], suggested)
            is_there = suggested in (value_at(self.data, path[:-1]) or ())
            if path not in self.renamed and meant not in self.written and not is_there:
                self.renamed[path] = suggested
                self.written[meant] = path
                return
        if finding.code == "missing-key":
            key = str(finding.absent[0][-1])
            filled = self.filled.setdefault(path, {})
            if key in _STAND_INS and key not in filled:
                filled[key] = _STAND_INS[key]
                path = (*path, key)
        self.hidden.add(path)

    def rest(self, data: object, path: KeyPath = ()) -> object:
        """Return the data at a path, without what is hidden."""
        if not isinstance(data, dict | list):
            return data
        is_list = isinstance(data, list)
        kept: dict[str | int | float, object] = {}
        for key, value in enumerate(data) if isinstance(data, list) else data.items():
            here = (*path, key)
            if here in self.hidden:
                continue
            name = self.renamed.get(here, key)
            if is_list:
                name = len(kept)
                self.written[*path, name] = here
            kept[name] = self.rest(value, here)
        return list(kept.values()) if is_list else kept | self.filled.get(path, {})

    def path_as_written(self, path: KeyPath) -> KeyPath:
        """Return the path in the whole document of a path in the rest."""
        written: KeyPath = ()
        for part in path:
            here = (*written, part)
            written = self.written.get(here, here)
        return written

    def is_consequence(self, finding: Diagnostic) -> bool:
        """Return whether a finding is there only because something is hidden."""
        path = finding.path
        for end, part in enumerate(path):
            if part in self.filled.get(path[:end], {}):
                return True
        return any(self._is_hidden(absent, self.data, ()) for absent in finding.absent)

    def _is_hidden(self, pattern: KeyPath, data: object, path: KeyPath) -> bool:
        """Return whether the document has something at the pattern's end, in a hidden part."""
        part = pattern[0] if pattern else None
        data = _by_position(data, part)
        if part is None or not isinstance(data, Mapping):  # the end, or no telling
            return any(path[:end] in self.hidden for end in range(len(path) + 1))
        further = pattern[1:]
        if part == "**":
            nested = ("*", path[-1], *pattern)
            return self._is_hidden(further, data, path) or self._is_hidden(nested, data, path)
        if part == "*":
            entries = data.items()
            return any(self._is_hidden(further, value, (*path, key)) for key, value in entries)
        here = (*path, part)
        if part not in data:
            return here in self.hidden
        return self._is_hidden(further, data[part], here)


def _by_position(data: object, part: str | float | None) -> object:
    """Return a list as a mapping of what a pattern goes on to; other data as they are."""
    if isinstance(data, list) and part == "*":
        return dict(enumerate(data))
    if isinstance(data, list) and isinstance(part, int):
        return dict(zip([part], data[part : part + 1], strict=False))
    return data


def value_at(data: Any, path: KeyPath) -> Any:
    """Return the value at a path; None where there is none."""
    try:
        for part in path:
            data = data[part]
    except (KeyError, IndexError, TypeError):
        return None
    return data


# from pydantic's errors to diagnostics

_EXPECTED = {
    "int_type": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "two numbers",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "nothing",
}
"""Names of the types that pydantic expects, by the type of its error."""

_FINITE = "write a finite number, or `unknown` for an unknown answer"
_NO_CHOICE = "invalid-choice"
_WORD_AS_KEY = ("invalid-type", "the key `{value}` is not a number", "write it as in `1: low`")
_OUT_OF_RANGE, _IN_RANGE = "`{value}` is out of range: ", "write a number in this range"
_MESSAGES: dict[str, tuple[str, str, str | None]] = {
    "greater_than": ("out-of-range", _OUT_OF_RANGE + "above {gt}", _IN_RANGE),
    "greater_than_equal": ("out-of-range", _OUT_OF_RANGE + "at least {ge}", _IN_RANGE),
    "less_than": ("out-of-range", _OUT_OF_RANGE + "below {lt}", _IN_RANGE),
    "less_than_equal": ("out-of-range", _OUT_OF_RANGE + "at most {le}", _IN_RANGE),
    "finite_number": ("not-finite", "`{value}` is not a finite number", _FINITE),
    # of keys alone
    "string_type": (
        "invalid-type",
        "the key `{value}` is not a word",
        'put it in quotes: `"{value}"`',
    ),
    **dict.fromkeys(("int_type", "float_type"), _WORD_AS_KEY),
    "string_too_short": (
        "empty-text",
        "this text is empty",
        "add text, or leave the key out",
    ),
    "too_short": (
        "too-few",
        "expected at least {min_length:,}, found {actual_length:,}",
        "add an entry",
    ),
    "too_long": (
        "too-many",
        "expected at most {max_length:,}, found {actual_length:,}",
        "leave some out, or divide the document",
    ),
}
"""The code, the message and the help for a type of pydantic's errors."""


def _refusals(error: ValidationError, data: object, model: type[BaseModel]) -> list[Diagnostic]:
    """Return a diagnostic for each cause that pydantic reports.

    Pydantic reports an error for each alternative of a union; only those of the alternative that
    was likely meant are kept. A misspelt key, which pydantic reports as a missing and an unknown
    one, is one diagnostic.
    """
    refused: dict[tuple[KeyPath, str, str], Diagnostic] = {}
    wrong_types: dict[KeyPath, dict[str, None]] = {}
    explained: set[KeyPath] = set()
    for entry in error.errors(include_url=False):
        path = _document_path(entry["loc"], data)
        explained.update(path[:end] for end in range(len(path)))
        if entry["type"] in _EXPECTED and "[key]" not in entry["loc"]:
            wrong_types.setdefault(path, {})[_EXPECTED[entry["type"]]] = None
        else:
            explained.add(path)
            one = _refusal(entry, path, data, model)
            refused[one.path, one.code, one.message] = one
    # a number that is too large is none of the words that could stand in its place either
    numbers = {path for path, code, _ in refused if code == "out-of-range"}
    found = [one for one in refused.values() if one.path not in numbers or one.code != _NO_CHOICE]
    for path, expected in wrong_types.items():
        if path not in explained:
            found.append(_wrong_type(list(expected), path, data, model))
    meant = {(*one.path[:-1], one.suggestion) for one in found if one.suggestion is not None}
    return [one for one in found if not meant.intersection(one.absent)]


def _document_path(loc: tuple[int | str, ...], data: Any) -> KeyPath:
    """Return the part of pydantic's `loc` that exists in the document."""
    path: KeyPath = ()
    for number, part in enumerate(loc):
        if isinstance(data, Mapping):
            if part not in data:  # a number, which pydantic gives as text
                part = next((key for key in data if str(key) == part), part)
            is_kind = data.get("kind") == part and path[-1:] != ("kind",) and number + 1 < len(loc)
            exists = part in data and part != "[key]" and not is_kind
        else:
            exists = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if exists:
            path = (*path, part)
            data = data[part]
    return path


def _refusal(entry: Any, path: KeyPath, data: object, model: type[BaseModel]) -> Diagnostic:
    kind, context, value = entry["type"], entry.get("ctx", {}), entry["input"]
    match kind:
        case "extra_forbidden" | "invalid_key":
            return _unknown_key(path, model, data)
        case "missing" | "union_tag_not_found":
            key, help = "kind", "add `kind: flag`, `level`, `choice`, `number` or `set`"
            if kind == "missing":
                key = entry["loc"][-1]
                help = f"add `{key}: ...`"
            if isinstance(key, int):
                message, help = "expected two numbers, not one", "write `[low, high]`"
                return Diagnostic("too-few", message, path, help, absent=((*path, "*"),))
            gone = ((*path, key),)
            message = f"`{key}` is missing"
            return Diagnostic("missing-key", message, path, help, at_key=True, absent=gone)
        case "union_tag_invalid":
            place = (*path, "kind")
            return _invalid_choice(place, value_at(data, place), context["expected_tags"])
        case "literal_error":
            return _invalid_choice(path, value, context["expected"])
        case "value_error" if isinstance(context["error"], ReadingError):
            found = context["error"].diagnostic
            at_key = "[key]" in entry["loc"]
            within = None if at_key else found.within
            return replace(found, path=(*path, *found.path), at_key=at_key, within=within)
    code, message, advice = _MESSAGES.get(kind, (kind.replace("_", "-"), entry["msg"], None))
    if kind in _MESSAGES:
        if "actual_length" in context:  # which pydantic does not count to the end
            context = context | {"actual_length": len(value)}
        message = message.format(value=quotable(value), **context)
        advice = advice and advice.format(value=quotable(value))
    absent = ((*path, "*"),) if code == "too-few" else ()
    at_key = "[key]" in entry["loc"]
    return Diagnostic(code, message, path, advice, at_key=at_key, absent=absent)


def _unknown_key(path: KeyPath, model: type[BaseModel], data: object) -> Diagnostic:
    key, fields, whole = (
        str(path[-1]),
        _fields_at(model, path[:-1], data),
        value_at(data, path[:-1]),
    )
    suggestion = likely(key, fields)
    sign = lookalike_in(key)
    help = did_you_mean(key, fields) or "remove it"
    if key.count(")") > key.count("("):  # the rest of a condition, cut off at a comma
        suggestion, help = None, "inside `{...}`, put a condition with commas in quotes"
    elif whole[path[-1]] is None and (pair := pair_meant(key, fields)) is not None:
        suggestion, help = None, pair
    elif suggestion is None and whole[path[-1]] is None and len(whole) > 1:
        help = COMMA_IN_BRACES
    elif suggestion is None and "id" in fields and len(whole) == 1:
        help = f"begin the entry with `id: {quotable(key)}`"
    elif suggestion is None and "ratings" in fields:
        help = f"{help}; write a criterion below `ratings` and a fact below `facts`, indented"
    elif sign is not None and suggestion is not None:
        help = f"write `{suggestion}` without the character {sign.name}"
    message = f"unknown key `{quotable(path[-1])}`"
    return Diagnostic("unknown-key", message, path, help, at_key=True, suggestion=suggestion)


def _invalid_choice(path: KeyPath, word: object, expected: str) -> Diagnostic:
    choices = [choice.strip("'") for choice in expected.replace(" or ", ", ").split(", ")]
    message = f"`{quotable(word)}` is not a valid choice here"
    help = cure_of(word, partial(_refuse_choice, choices)) or did_you_mean(word, choices)
    return Diagnostic(_NO_CHOICE, message, path, help)


def _refuse_choice(choices: Sequence[str], value: object) -> None:
    if value not in choices:
        raise ReadingError(_NO_CHOICE, "this is not a valid choice")


def _wrong_type(
    expected: list[str], path: KeyPath, data: object, model: type[BaseModel]
) -> Diagnostic:
    """Return the diagnostic for a value that is none of the alternatives."""
    names = expected[0]
    if len(expected) > 1:
        names = f"{', '.join(expected[:-1])} or {expected[-1]}"
    value = value_at(data, path)
    message = f"expected {names}, not {_name_of(value)}"
    help = f"write {names}, or leave the key out"
    if value is not None:
        help = _cure_of_type(value, expected, path, data, model)
    return Diagnostic("invalid-type", message, path, help)


def _cure_of_type(
    value: object, expected: list[str], path: KeyPath, data: object, model: type[BaseModel]
) -> str:
    """Return the cure for a value of another type."""
    if expected == ["text"] and not isinstance(value, Mapping | list):
        return f'put it in quotes: `"{quotable(value)}"`'
    if isinstance(value, str) and "/" not in value:  # which may be a fraction
        meant = cure_of(value, partial(_refuse_type, expected))
        sign = lookalike_in(value)
        if meant is not None or sign is not None:
            return meant or sign.cure  # type: ignore[union-attr]
    of_entries = _fields_at(model, (*path, 0), data)
    if "a list" in expected and isinstance(value, Mapping) and "id" in of_entries:
        name = quotable(next(iter(value), "..."))
        return f"begin each entry with `- id: {name}`, and put its other keys below it"
    if "a mapping" not in expected or (not isinstance(value, list) and expected[0] != "a mapping"):
        return _FORMS[expected[0]]
    return _cure_of_no_mapping(value, _fields_at(model, path, data))


def _refuse_type(expected: Sequence[str], value: object) -> None:
    """Refuse a value that is of none of the types that are expected, by their names."""
    if not any(_IS_OF_TYPE[name](value) for name in expected if name in _IS_OF_TYPE):
        raise ReadingError("invalid-type", "this is of another type")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_two_numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


_IS_OF_TYPE: dict[str, Callable[[object], bool]] = {
    "a number": _is_number,
    "a whole number": lambda value: isinstance(value, int),
    "two numbers": _are_two_numbers,
    "a list": lambda value: isinstance(value, list),
}
_FORMS = {
    "a number": "write a number, without quotes, such as `0.5`",
    "a whole number": "write a whole number",
    "two numbers": "write `[low, high]`, for example `[1, 5]`",
    "text": "write one text",
    "true or false": "write `true` or `false`",
    "a list": "begin each entry with `- ` on a line of its own, or write `[...]`",
    "nothing": "leave the key out",
}
"""The cure for a value of another type, by the name of the type."""


def _cure_of_no_mapping(value: object, fields: Mapping[str, Any]) -> str:
    """Return the form of a mapping, with the names that were written or the keys it may have."""
    if isinstance(value, list) and value and not fields:
        first = value[0]
        if not isinstance(first, Mapping):
            return f"write `{quotable(first)}: ...`, one on each line below"
        key, inner = next(iter(first.items()), ("name", "..."))
        if len(first) > 1 or key == "id":
            name = quotable(first.get("id", "name"))
            return f"write the name of each entry in place of its hyphen: `{name}:`"
        shown = "..." if isinstance(inner, Mapping | list) else quotable(inner)
        return f"leave out the hyphens: write `{quotable(key)}: {shown}`"
    if isinstance(value, str) and "id" in fields:
        return f"begin the entry with `id: {quotable(value)}`, and put its other keys below it"
    keys = [key for key in _FIRST_KEYS if key in fields] or [*fields]
    form = ", ".join(f"`{key}: ...`" for key in keys[:3]) or "`name: value`"
    return f"write {form}, one on each line below"


_FIRST_KEYS = ("id", "kind", "range", "scale", "when", "then", "title")
"""The keys that tell most about an element, where it may have them."""


def _name_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"`{quotable(value)}`"


def _fields_at(model: type[BaseModel], path: KeyPath, data: object) -> Mapping[str, Any]:
    """Return the keys that the mapping at a path may have, with what pydantic knows of them."""
    kinds: list[Any] = [model]
    for part in path:
        inner: list[Any] = []
        for kind in kinds:
            fields = getattr(kind, "model_fields", {})
            if fields:
                kind.model_rebuild()
            if part in fields:
                inner += plain_types(fields[part].annotation)
            elif get_origin(kind) in (dict, list, tuple):
                inner += plain_types(get_args(kind)[-1])
        kinds = inner
    value = value_at(data, path)
    written = value.get("kind") if isinstance(value, Mapping) else None
    known: dict[str, Any] = {}
    for kind in kinds:
        fields = getattr(kind, "model_fields", {})
        if "kind" in fields and written in get_args(fields["kind"].annotation):
            return fields
        known |= fields
    return known


def plain_types(kind: Any) -> Iterator[Any]:
    """Yield the types in a union or an annotation; a plain type alone."""
    kinds = get_args(kind)
    if get_origin(kind) is Annotated:
        kinds = kinds[:1]
    elif get_origin(kind) not in (Union, types.UnionType):
        yield kind
        return
    for inner in kinds:
        yield from plain_types(inner)
