"""From plain data to a model, or to everything that is wrong with it at once.

The parts that pydantic refuses are removed, so that the checks can be run on the rest.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import filterfalse
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..errors import (
    Diagnostic,
    KeyPath,
    Note,
    choose_from,
    did_you_mean,
    likely,
    pair_meant,
    quotable,
)
from ..models.answers import KEYS_OF_ANSWERS
from ..models.base import LARGEST, UNKNOWN, ReadingError, lookalike_in
from ..models.cures import cure_of
from ..models.framework import Framework
from ..output.text import listed, plural
from .reader import COMMA_IN_BRACES, collector_paused

__all__ = [
    "build_model",
    "fields_at",
    "key_named",
    "path_by_party",
    "plain_types",
    "value_at",
    "written_out_by_party",
]

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


# answers by party


def written_out_by_party(
    data: Any, frameworks: Sequence[Framework]
) -> tuple[Any, list[Diagnostic]]:
    """Return candidates or cases with each answer for one party under the id made for it.

    Parameters
    ----------
    data : object
        Plain data: `benefit: {us: 4, cn: 3}` becomes `benefit_us: 4` and `benefit_cn: 3`.
    frameworks : sequence of Framework
        They name the parties.

    Returns
    -------
    data : object
    diagnostics : list of Diagnostic
        Answers that are in both forms, for another party, or for none.
    """
    made = _merge_ids_by_party(frameworks)
    found: list[Diagnostic] = []
    names = " or ".join(f"`{framework.id}`" for framework in frameworks)
    whole = _AnswersByParty(made, names, found)
    for section in ("candidates", "cases", "given") if made else ():
        entries = value_at(data, (section,))
        if isinstance(entries, list):
            written = [whole.entry(entry, (section, k)) for k, entry in enumerate(entries)]
            data = {**data, section: written}
        elif isinstance(entries, Mapping):
            data = {**data, section: whole.entry(entries, (section,))}
    return data, found


def _merge_ids_by_party(frameworks: Sequence[Framework]) -> dict[str, dict[str, str]]:
    """Return the ids by party of each name that no framework has for a thing by itself."""
    made: dict[str, dict[str, str]] = {}
    for framework in frameworks:
        for key, ids in framework.ids_by_party.items():
            made.setdefault(key, {}).update(ids)
    for framework in frameworks:
        for key in {*framework.all_facts, *framework.rating_scales}.intersection(made):
            del made[key]
    return made


class _AnswersByParty(NamedTuple):
    """Writes out the answers by party of candidates.

    Parameters
    ----------
    made : mapping of name to mapping of party to id
    judges : str
        The frameworks in words.
    found : list of Diagnostic
        To which mistakes are added.
    """

    made: Mapping[str, Mapping[str, str]]
    judges: str
    found: list[Diagnostic]

    def entry(self, entry: Any, path: KeyPath) -> Any:
        """Return a candidate, or a case with one, with its answers written out."""
        changed = {}
        for key in ("ratings", "facts", "candidate"):
            part = value_at(entry, (key,))
            if not isinstance(part, Mapping):
                continue
            if key == "candidate":
                changed[key] = self.entry(part, (*path, key))
            elif not self.made.keys().isdisjoint(part):
                changed[key] = self.answers(part, (*path, key))
        return {**entry, **changed} if changed else entry

    def answers(self, answers: Mapping[Any, Any], path: KeyPath) -> dict[Any, Any]:
        """Return ratings or facts with those by party written out."""
        found = {}
        for key, answer in answers.items():
            ids = self.made.get(key)
            if ids is None:
                found[key] = answer
            elif isinstance(answer, Mapping) and KEYS_OF_ANSWERS.isdisjoint(answer):
                self.refuse_parties(key, answers, (*path, key))
                for party, made in ids.items():
                    if party in answer and made not in answers:
                        found[made] = answer[party]
            elif answer not in (None, UNKNOWN):
                self.refuse_plain(key, (*path, key))
        return found

    def refuse_parties(self, key: str, answers: Mapping[Any, Any], path: KeyPath) -> None:
        """Add the findings on answers for parties that there are not, and in two forms."""
        ids = self.made[key]
        both = [made for made in ids.values() if made in answers]
        if both:
            message = f"`{key}` is answered by party, and `{both[0]}` by its own id"
            help = "remove one of them"
            notes = (Note("the other form", path=(*path[:-1], both[0])),)
            self.found.append(
                Diagnostic("both-forms", message, path, help, at_key=True, notes=notes)
            )
        for party in answers[key]:
            if party not in ids:
                message = f"`{quotable(party)}` is not a party of {self.judges}"
                meant = did_you_mean(party, ids)
                place = (*path, party)
                self.found.append(Diagnostic("unknown-party", message, place, meant, at_key=True))

    def refuse_plain(self, key: str, path: KeyPath) -> None:
        """Add the finding that an answer does not say for which party it is."""
        ids = self.made[key]
        message = f"`{key}` is asked for each party, and this is one answer"
        help = f"write `{key}: {{{', '.join(f'{party}: ...' for party in ids)}}}`"
        self.found.append(Diagnostic("party-missing", message, path, help, at_key=True))


def path_by_party(path: KeyPath, data: Any) -> KeyPath:
    """Return the path as written of a path with an id that is made for a party."""
    found: KeyPath = ()
    for key in path:
        part = value_at(data, found)
        if isinstance(part, Mapping) and key not in part:
            found += _keys_by_party(str(key), part) or (key,)
        else:
            found += (key,)
    return found


def _keys_by_party(key: str, part: Mapping[Any, Any]) -> KeyPath:
    """Return the name that is written in place of one made for a party, and the party if given."""
    for underscore in re.finditer("_", key):
        written, party = key[: underscore.start()], key[underscore.end() :]
        value = part.get(written, ())
        if isinstance(value, Mapping | None):
            return (written, party) if party in (value or ()) else (written,)
    return ()


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


class _Refused(NamedTuple):
    """A part of a document that pydantic refuses, with its error."""

    error: Any
    path: KeyPath
    data: object
    model: type[BaseModel]

    @property
    def at_key(self) -> bool:
        """Whether the key is refused, rather than the value."""
        return "[key]" in self.error["loc"]

    @property
    def name(self) -> str:
        """The nearest key above the value."""
        keys = [part for part in self.path if not isinstance(part, int)]
        return quotable(keys[-1]) if keys else "this document"

    def fields(self, *further: str | int) -> Mapping[str, Any]:
        """Return the keys that the mapping may have, or an entry of it."""
        return fields_at(self.model, (*self.path, *further), self.data)


def _refusals(error: ValidationError, data: object, model: type[BaseModel]) -> list[Diagnostic]:
    """Return a diagnostic for each cause that pydantic reports.

    Pydantic reports an error for each alternative of a union; only those of the alternative that
    was likely meant are kept. A misspelt key, which pydantic reports as a missing and an unknown
    one, is one diagnostic.
    """
    found: dict[object, Diagnostic] = {}
    wrong_types: dict[KeyPath, list[_Refused]] = {}
    explained: set[KeyPath] = set()
    for entry in error.errors(include_url=False):
        one = _Refused(entry, _document_path(entry["loc"], data), data, model)
        explained.update(one.path[:end] for end in range(len(one.path)))
        if entry["type"] in _TYPES and not one.at_key:
            wrong_types.setdefault(one.path, []).append(one)
        else:
            explained.add(one.path)
            finding = _MISTAKES.get(entry["type"], _other_mistake)(one)
            found[finding.path, finding.code, finding.message] = finding
    for path, alternatives in wrong_types.items():
        if path not in explained:
            found[path] = _wrong_type(alternatives)
    return _without_consequences(found.values())


def _without_consequences(found: Collection[Diagnostic]) -> list[Diagnostic]:
    """Return findings but for those that others explain."""
    # a number that is too large is none of the words that could stand in its place either
    numbers = {one.path for one in found if one.code == "out-of-range"}
    meant = {(*one.path[:-1], one.suggestion) for one in found if one.suggestion is not None}
    kept = []
    for one in found:
        is_explained = one.code == _NO_CHOICE and one.path in numbers
        if not is_explained and not meant.intersection(one.absent):
            kept.append(one)
    return kept


def _document_path(loc: tuple[int | str, ...], data: Any) -> KeyPath:
    """Return the part of pydantic's `loc` that exists in the document."""
    path: KeyPath = ()
    for end, part in enumerate(loc, 1):
        key = key_named(data, part)
        is_kind = end < len(loc) and isinstance(data, Mapping) and data.get("kind") == part
        if key is not None and not is_kind:
            path = (*path, key)
            data = data[key]
    return path


def key_named(data: object, part: int | str) -> Any:
    """Return a key of data, which pydantic gives as text where it is a number; None: no key."""
    if isinstance(data, Mapping) and part != "[key]":
        return part if part in data else next((key for key in data if str(key) == part), None)
    is_position = isinstance(data, list) and isinstance(part, int) and part < len(data)
    return part if is_position else None


# mistakes, by the type of pydantic's error

_NO_CHOICE = "invalid-choice"


def _other_mistake(one: _Refused) -> Diagnostic:
    """Return the diagnostic of a mistake that has no function of its own."""
    kind, value = one.error["type"], one.error["input"]
    code, message, help = _TEXTS.get(kind, (kind.replace("_", "-"), "{msg}", "write another value"))
    words = {"value": quotable(value), "name": one.name, "msg": one.error["msg"]}
    words |= one.error.get("ctx", {})
    message, help = message.format_map(words), help.format_map(words)
    return Diagnostic(code, message, one.path, help, at_key=one.at_key)


def _limit(limit: str) -> tuple[str, str, str]:
    return "out-of-range", f"`{{value}}` is out of range: {limit}", f"write a number {limit}"


_WORD_AS_KEY = (
    "invalid-type",
    "the key `{value}` is not a number",
    "write a number before the colon, as in `1: low`",
)
_TEXTS = {
    "greater_than": _limit("above {gt}"),
    "greater_than_equal": _limit("at least {ge}"),
    "less_than": _limit("below {lt}"),
    "less_than_equal": _limit("at most {le}"),
    "finite_number": (
        "not-finite",
        "`{value}` is not a finite number",
        "write a finite number, or `unknown` for an unknown answer",
    ),
    # of keys alone
    "string_type": (
        "invalid-type",
        "the key `{value}` is not a word",
        'put it in quotes: `"{value}"`',
    ),
    "int_type": _WORD_AS_KEY,
    "float_type": _WORD_AS_KEY,
    "string_too_short": (
        "empty-text",
        "the text of `{name}` is empty",
        "write a text, or remove `{name}`",
    ),
}
"""The code, the message and the help, by the type of pydantic's error."""


def _wrong_size(one: _Refused) -> Diagnostic:
    """Return the diagnostic of a list or a mapping with too few or too many entries."""
    least, most = (one.error["ctx"].get(key) for key in ("min_length", "max_length"))
    size = len(one.error["input"])  # which pydantic does not count to the end
    if least is None:
        message = f"`{one.name}` has {size:,} entries; it may have at most {most:,}"
        help = "leave some out, or divide the document"
        return Diagnostic("too-many", message, one.path, help)
    message = f"`{one.name}` has {plural(size, 'entry', 'entries')}; it needs at least {least:,}"
    form = _expected_form(one.fields(0))
    if isinstance(one.error["input"], Mapping):
        form = f"name: {form}"
    above = fields_at(one.model, one.path[:-1], one.data)
    help = _with_meaning("add an entry", one.path[-1], above)
    if one.fields(0):
        help = f"add one, such as `{form}`"
    return Diagnostic("too-few", message, one.path, help, absent=((*one.path, "*"),))


def _with_meaning(help: str, key: object, fields: Mapping[Any, Any]) -> str:
    """Return a help with the meaning of a key behind it, from its description in the model."""
    about = getattr(fields.get(key), "description", None)
    if about is not None:
        help += f": {about[:1].lower()}{about[1:].partition('. ')[0].rstrip('.')}"
    return help


def _missing_key(one: _Refused) -> Diagnostic:
    key = one.error["loc"][-1]
    if isinstance(key, int):
        message, help = "expected two numbers, not one", "write `[low, high]`"
        return Diagnostic("too-few", message, one.path, help, absent=((*one.path, "*"),))
    help = _with_meaning(f"add `{key}: ...`", key, one.fields())
    if one.error["type"] != "missing":
        key, help = "kind", "add `kind: flag`, `level`, `choice`, `number` or `set`"
    absent = ((*one.path, key),)
    message = f"`{key}` is missing"
    return Diagnostic("missing-key", message, one.path, help, at_key=True, absent=absent)


def _unknown_key(one: _Refused) -> Diagnostic:
    *above, key = one.path
    fields, whole = fields_at(one.model, tuple(above), one.data), value_at(one.data, tuple(above))
    word, is_bare = str(key), whole[key] is None
    suggestion, sign = likely(word, fields), lookalike_in(word)
    help = pair_meant(word, fields) if is_bare else None
    if word in ("one_of", "all_of") and "low" in fields:  # a rating
        help = "write a range: `[low, high]`"
    elif word.count(")") > word.count("("):  # the rest of a condition, cut off at a comma
        help = "inside `{...}`, put a condition with commas in quotes"
    if help is not None:
        suggestion = None
    elif suggestion is None:
        help = _cure_of_key(quotable(key), fields, is_bare, is_alone=len(whole) == 1)
    elif sign is not None:
        help = f"write `{suggestion}` without the character {sign.name}"
    message, help = f"unknown key `{quotable(key)}`", help or did_you_mean(word, fields)
    return Diagnostic("unknown-key", message, one.path, help, at_key=True, suggestion=suggestion)


def _cure_of_key(key: str, fields: Mapping[str, Any], is_bare: bool, is_alone: bool) -> str:
    """Return the cure for a key that is like no other, bare if it has no value."""
    if is_bare and not is_alone:
        return COMMA_IN_BRACES
    if "id" in fields and is_alone:
        return f"begin the entry with `id: {key}`"
    help = f"remove it, or {choose_from(fields)}" if fields else "remove it"
    if "ratings" in fields:
        help += "; write a criterion below `ratings` and a fact below `facts`, indented"
    return help


def _invalid_choice(one: _Refused) -> Diagnostic:
    """Return the diagnostic of a word that is none of those that may stand here."""
    path, value, context = one.path, one.error["input"], one.error["ctx"]
    fields = fields_at(one.model, path[:-1], one.data)
    if "expected_tags" in context:
        path, fields = (*path, "kind"), {}
        value = value_at(one.data, path)
    choices = re.findall("'(.+?)'", context.get("expected_tags", context.get("expected")))

    message = f"`{quotable(value)}` is not a valid choice for `{quotable(path[-1])}`"
    help = cure_of(value, choices.__contains__)
    if help is None and likely(value, choices) is None:
        help = _with_meaning(str(choose_from(choices)), path[-1], fields)
    return Diagnostic(_NO_CHOICE, message, path, help or did_you_mean(value, choices))


def _refused_by_model(one: _Refused) -> Diagnostic:
    """Return the diagnostic that a function of a model raised, at its place in the document."""
    error = one.error["ctx"]["error"]
    if not isinstance(error, ReadingError):
        return _other_mistake(one)
    found = error.diagnostic
    within = None if one.at_key else found.within
    return replace(found, path=(*one.path, *found.path), at_key=one.at_key, within=within)


_MISTAKES: dict[str, Callable[[_Refused], Diagnostic]] = {
    "extra_forbidden": _unknown_key,
    "invalid_key": _unknown_key,
    "missing": _missing_key,
    "union_tag_not_found": _missing_key,
    "union_tag_invalid": _invalid_choice,
    "literal_error": _invalid_choice,
    "too_short": _wrong_size,
    "too_long": _wrong_size,
    "value_error": _refused_by_model,
}
"""The functions that make diagnostics, by the type of pydantic's error."""


# values of another type


class _Type(NamedTuple):
    """A type that pydantic expects: its name, how it is written, and which values are of it."""

    name: str
    form: str
    accepts: Callable[[object], bool] = lambda _: False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_two_numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


_NUMBER = _Type("a number", "write a number, without quotes, such as `0.5`", _is_number)
_TEXT = _Type("text", "write a single text")
_LIST = _Type(
    "a list",
    "begin each entry with `- ` on a line of its own, or write `[...]`",
    lambda value: isinstance(value, list),
)
_KEYS = _Type("keys with values", "write `name: value`, one on each line below")
_TYPES = {
    "int_type": _NUMBER,
    "float_type": _NUMBER,
    "int_from_float": _Type("a whole number", "write a whole number", _is_number),
    "string_type": _TEXT,
    "bool_type": _Type("true or false", "write `true` or `false`"),
    "list_type": _LIST,
    "tuple_type": _Type(
        "two numbers", "write `[low, high]`, for example `[1, 5]`", _are_two_numbers
    ),
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "none_required": _Type("nothing", "leave the key out"),
}
"""Types that are expected, by the type of pydantic's error."""


def _wrong_type(alternatives: Sequence[_Refused]) -> Diagnostic:
    """Return the diagnostic for a value that is none of the alternatives."""
    one = alternatives[0]
    expected = list(dict.fromkeys(_TYPES[other.error["type"]] for other in alternatives))
    value = value_at(one.data, one.path)
    names = listed([kind.name for kind in expected], "or")
    message = f"expected {names}, not `{quotable(value)}`"
    if value is None:
        # a pair of numbers cannot do without one of them
        is_entry = one.path and isinstance(one.path[-1], int) and expected != [_NUMBER]
        removed = "this entry" if is_entry else f"`{one.name}`"
        message, help = f"expected {names}, not nothing", f"write {names}, or remove {removed}"
    else:
        help = _cure_of_type(value, expected, one)
    return Diagnostic("invalid-type", message, one.path, help)


def _cure_of_type(value: object, expected: Sequence[_Type], one: _Refused) -> str:
    """Return the cure for a value of another type."""
    match value:
        case str() if "/" not in value:  # which may be a fraction
            sign = lookalike_in(value)
            help = cure_of(value, partial(_is_of_type, expected)) or (sign and sign.cure)
            if help is not None:
                return help
        case dict() if _LIST in expected and "id" in one.fields(0):
            name = quotable(next(iter(value), "..."))
            return f"begin each entry with `- id: {name}`, and put its other keys below it"
        case list() if _KEYS in expected:
            return _cure_of_no_mapping(value, one.fields())
        case bool() | int() | float() if expected == [_TEXT]:
            return f'put it in quotes: `"{quotable(value)}"`'
    return _cure_of_no_mapping(value, one.fields()) if expected[0] is _KEYS else expected[0].form


def _is_of_type(expected: Sequence[_Type], value: object) -> bool:
    return any(kind.accepts(value) for kind in expected)


def _cure_of_no_mapping(value: object, fields: Mapping[str, Any]) -> str:
    """Return the form of a mapping, with the names that were written or the keys it may have."""
    if isinstance(value, str) and "id" in fields:
        return f"begin the entry with `id: {quotable(value)}`, and put its other keys below it"
    if fields:
        return f"write `{_expected_form(fields)}`, or the same keys on lines below"
    match value:
        case [{"id": name}, *_]:
            return f"write the name of each entry in place of its hyphen: `{quotable(name)}:`"
        case [dict() as first, *_] if len(first) == 1:
            ((key, inner),) = first.items()
            shown = "..." if isinstance(inner, dict | list) else quotable(inner)
            return f"leave out the hyphens: write `{quotable(key)}: {shown}`"
        case [dict(), *_]:
            return "write the name of each entry in place of its hyphen: `name:`"
        case [first, *_]:
            return f"write `{quotable(first)}: ...`, one on each line below"
    return _KEYS.form


_FIRST_KEYS = ("kind", "range", "scale", "when", "then", "title")
"""The keys that tell most about an element, where it may have them and none are required."""


def _expected_form(fields: Mapping[str, Any]) -> str:
    """Return how a mapping is written, with the keys that it must have or that tell most."""
    keys = [key for key, field in fields.items() if field.is_required()]
    keys = keys or [key for key in _FIRST_KEYS if key in fields] or [*fields]
    return f"{{{', '.join(f'{key}: ...' for key in keys[:3])}}}"


def fields_at(model: type[BaseModel], path: KeyPath, data: object) -> Mapping[str, Any]:
    """Return the keys that the mapping at a path may have, with what pydantic knows of them."""
    kinds: list[Any] = [model]
    for part in path:
        inner: list[Any] = []
        for kind in kinds:
            if hasattr(kind, "model_fields"):
                kind.model_rebuild()  # before it is read: a group has criteria, as it has itself
            fields = getattr(kind, "model_fields", {})
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
    """Yield the types in a union, an annotation or a named type; a plain type alone."""
    kind = getattr(kind, "__value__", kind)
    kinds = get_args(kind)
    if get_origin(kind) is Annotated:
        kinds = kinds[:1]
    elif get_origin(kind) not in (Union, types.UnionType):
        yield kind
        return
    for inner in kinds:
        yield from plain_types(inner)
