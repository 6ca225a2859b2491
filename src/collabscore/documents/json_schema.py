"""The language of documents: as JSON Schema, for editors, and its elements in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, NamedTuple, Union, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ..checks.candidates import conflicting_words
from ..errors import UsageError, choose_from, likely
from ..models.answers import FactDetail, NumberRange
from ..models.base import ALSO_ACCEPTED, Backed, Citation, Source, title_of
from ..models.candidates import (
    Candidate,
    Case,
    CaseCandidate,
    Claim,
    ClaimedVerdict,
    Expectation,
    Given,
    Partner,
    PlacedSafeguard,
)
from ..models.criteria import Criterion, RatingDetail, Scale
from ..models.facts import FACT_KINDS, SetFact, words_schema
from ..models.framework import (
    Base,
    Condition,
    Defaults,
    Framework,
    Guardrail,
    Profile,
    Safeguard,
    Step,
    Table,
    TableRow,
    Verdict,
)
from ..models.lists import Item, Leaf, NamedList
from .loading import KINDS
from .templates import direction_of
from .validation import plain_types

__all__ = [
    "ELEMENTS",
    "Field",
    "candidates_schema",
    "describe",
    "json_schema",
    "name_of",
    "summary_of",
]

ELEMENTS: dict[str, tuple[type[BaseModel], ...]] = {
    "profile": (Profile,),
    "base": (Base,),
    "criterion": (Criterion,),
    "scale": (Scale,),
    "fact": FACT_KINDS,
    "list": (NamedList,),
    "item": (Item, Leaf),
    "safeguard": (Safeguard,),
    "condition": (Condition,),
    "guardrail": (Guardrail,),
    "step": (Step,),
    "table": (Table,),
    "row": (TableRow,),
    "verdict": (Verdict,),
    "defaults": (Defaults,),
    "source": (Source,),
    "citation": (Citation,),
    "candidate": (Candidate,),
    "rating": (RatingDetail,),
    "answer": (FactDetail,),
    "placed": (PlacedSafeguard,),
    "partner": (Partner,),
    "case": (Case, CaseCandidate),
    "expectation": (Expectation,),
    "given": (Given,),
    "claim": (Claim, ClaimedVerdict),
}
"""The models of each element of the language, by the name that readers use; most have one form."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """JSON Schema of what may be written, which is more than what the models hold."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        function = cast("Callable[..., Any]", schema["function"]["function"])
        also = ALSO_ACCEPTED.get(function, ())
        return {"anyOf": [inner, *also]} if also else inner

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        # pairs of alike ends, in words that editors of every draft know
        found = super().tuple_schema(schema)
        prefix = found.get("prefixItems", [])
        if prefix and all(item == prefix[0] for item in prefix):
            del found["prefixItems"]
            found["items"] = prefix[0]
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        # `check` says which keys there may be; an editor that knows only their pattern shows no
        # description
        found = super().dict_schema(schema)
        found.pop("propertyNames", None)
        return found


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of document, or of an element.

    Parameters
    ----------
    kind : {"framework", "vocabulary", "candidates", "cases"} or the name of an element
        An element is one of `ELEMENTS`.

    Returns
    -------
    dict
        Plain data, the same at each call.

    Raises
    ------
    UsageError
        If there is no such kind.

    Notes
    -----
    It says which keys there are and what each may hold. Mistakes that only the whole document
    shows, such as a name that is not defined, are found by `collabscore check`. Its `$id` is a bare
    file name: the schema can be put anywhere.

    Examples
    --------
    >>> json_schema("candidates")["title"]
    'A list of candidates (collabscore)'
    """
    if kind not in KINDS and kind not in ELEMENTS:
        raise _unknown_element(kind, [*KINDS, *ELEMENTS])
    file, title, forms = f"{kind}.json", kind, ELEMENTS.get(kind, ())
    if kind in KINDS:
        file, title, forms = f"{kind}-1.json", KINDS[kind].name.capitalize(), (KINDS[kind].model,)
        if kind == "framework":
            forms = (*forms, Profile)
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", Union[forms]))  # noqa: UP007
    body = _plain_schema(adapter.json_schema(schema_generator=_Generator))
    if kind == "candidates":
        # a list with its head, or a bare list
        definitions = body.pop("$defs") | {"Candidates": body}
        bare = {"type": "array", "items": {"$ref": "#/$defs/Candidate"}}
        body = _by_type("array", bare, {"$ref": "#/$defs/Candidates"})
        body["$defs"] = dict(sorted(definitions.items()))
    elif kind == "framework":
        # told apart by a key, so that an editor shows the mistakes of one form
        whole, profile = body.pop("anyOf")
        body = {"if": {"required": ["based_on"]}, "then": profile, "else": whole, **body}
    elif kind == "cases":
        title = "Cases of a framework"
    return {"$schema": _DIALECT, "$id": file, "title": f"{title} (collabscore)", **body}


def candidates_schema(frameworks: Sequence[Framework]) -> dict[str, Any]:
    """Return the JSON Schema of a list of candidates with the words of frameworks.

    Parameters
    ----------
    frameworks : sequence of Framework
        At least one. A word may be of any of them.

    Returns
    -------
    dict
        As of `json_schema`, with each criterion, fact and safeguard, its answers, and titles,
        questions and anchors as descriptions. It has no `$id`.

    Raises
    ------
    UsageError
        If two frameworks define a word differently.

    Notes
    -----
    It refuses misspelt names, levels that are not there, and numbers off the scale. It accepts
    some answers that `check` refuses, such as a range that runs backwards.
    """
    for one, other in combinations(frameworks, 2):
        for kind, key in conflicting_words(one, other):
            message = (
                f"the {kind} `{key}` means one thing in `{one.id}` and another in `{other.id}`"
            )
            raise UsageError(message, "frameworks", "give one of them at a time")
    schema = json_schema("candidates")
    definitions = schema["$defs"]
    answers: dict[str, Any] = {}
    ratings = _ratings_of(frameworks, answers)
    facts, of_partners = _facts_of(frameworks, answers)
    safeguards: dict[str, str] = {}
    for framework in frameworks:
        for key, safeguard in framework.all_safeguards.items():
            safeguards[key] = _lines_of(title_of(key, safeguard.title), safeguard.consists_of)
    candidate = definitions["Candidate"]["properties"]
    for part, section, named in (
        (candidate, "ratings", ratings | _schemas_by_party(frameworks, ratings)),
        (candidate, "facts", facts | _schemas_by_party(frameworks, facts)),
        (definitions["Partner"]["properties"], "facts", of_partners),
    ):
        part[section] = {"description": part[section]["description"], **_closed(named)}
    in_place = words_schema(safeguards)
    placed = {"$ref": "#/$defs/PlacedSafeguard"}
    candidate["safeguards"]["items"] = _by_type("object", placed, in_place)
    keys_of_placed = definitions["PlacedSafeguard"]["properties"]
    keys_of_placed["id"] = {"description": keys_of_placed["id"]["description"], **in_place}
    names = " and ".join(f"`{framework.id}`" for framework in frameworks)
    title = f"A list of candidates for {names} (collabscore)"
    del schema["$id"]
    return {**schema, "title": title, "$defs": {**answers, **definitions}}


def _by_type(kind: str, then: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of values of two forms; errors are about the form of the value."""
    return {"if": {"type": kind}, "then": then, "else": other}


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _ratings_of(frameworks: Sequence[Framework], answers: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of the ratings on each criterion, used ones before others."""
    found: dict[str, Any] = {}
    for framework in frameworks:
        for key in framework.rating_scales:
            if key in framework.leaves or key not in found:
                found[key] = _rating_schema(key, framework, answers)
    return found


def _facts_of(
    frameworks: Sequence[Framework], answers: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the JSON Schema of the answers to each fact, and to those about partners."""
    found: dict[str, Any] = {}
    of_partners: dict[str, Any] = {}
    for framework in frameworks:
        for key in framework.candidate_facts:
            if key in framework.facts_asked or key not in found:
                found[key] = _answer_schema(key, framework, answers)
        for key in framework.partner_facts:
            of_partners[key] = _answer_schema(key, framework, answers)
    return found, of_partners


_UNKNOWN = {"unknown": "Nobody knows the answer.", None: None}


def _or_unknown(single: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of an answer that may be unknown."""
    match single:
        case {"enum": words, "enumDescriptions": said}:
            return words_schema({**dict(zip(words, said, strict=True)), **_UNKNOWN})
        case {"then": words, "else": number}:
            return {**single, "then": _or_unknown(words), "else": {**number, **_NUMBER_OR_NULL}}
        case {"type": "number"}:
            return _by_type("string", words_schema(_UNKNOWN), {**single, **_NUMBER_OR_NULL})
    return {"if": words_schema(_UNKNOWN), "else": single}


_NUMBER_OR_NULL = {"type": ["number", "null"]}


def _rating_schema(key: str, framework: Framework, answers: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of the ratings on a criterion, with its anchors."""
    scale, leaf = framework.rating_scales[key], framework.leaves.get(key)
    low, high = scale.range
    levels, anchors = scale.levels or {}, {}
    lines: list[str | None] = [title_of(key), f"`{framework.id}` does not use it."]
    if leaf is not None:
        anchors = leaf.criterion.anchors or {}
        ends = f"{low:g} to {high:g} {scale.unit or ''}".rstrip()
        lines = [leaf.title, leaf.criterion.question, f"{ends} ({direction_of(leaf.criterion)})"]
    for point in sorted({*levels, *anchors}):
        words = ": ".join(filter(None, (levels.get(point), anchors.get(point))))
        lines.append(f"{point:g} = {words}")
    point_schema: dict[str, Any] = {"type": "number", "minimum": low, "maximum": high}
    if levels:
        named = {}
        for point, level in levels.items():
            named[level] = _lines_of(f"{point:g}", anchors.get(point))
        point_schema = _by_type("string", words_schema(named), point_schema)
    name, single = _defined(point_schema, answers)
    interval = {"type": "array", "items": single, "minItems": 2, "maxItems": 2}
    plain = _or_unknown(point_schema)
    more = {"low": single, "high": single, "value": plain}
    forms = _forms(f"rating-{name}", plain, interval, more, answers)
    return {"description": _lines_of(*lines), **forms}


def _answer_schema(key: str, framework: Framework, answers: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of the answers to a fact, with their meanings."""
    fact = framework.answered_facts[key]
    lines = [title_of(key, fact.title), fact.question]
    if key not in (*framework.facts_asked, *framework.partner_facts):
        lines.append(f"`{framework.id}` does not use it.")
    one = fact.answer_schema(framework.all_lists)
    name, single = _defined(one, answers)
    plain, each, least = _or_unknown(one), single, {"minItems": 1}
    listed: dict[str, Any] = {"type": "array", "items": single}
    if isinstance(fact, SetFact):
        plain, each, least = words_schema(_UNKNOWN), {"type": "array"}, {}
    more: dict[str, Any] = {}
    if fact.answer_type is NumberRange:
        least = {"minItems": 2, "maxItems": 2}
    else:
        several = _by_type("array", {**listed, **least}, each)
        more["one_of"] = {"type": "array", "items": several, "minItems": 2}
    if fact.answer_type is NumberRange or fact.ordered:
        more |= {"low": single, "high": single}
    listed |= least
    if fact.holds_several:
        more |= {"at_least": listed, "all_of": listed}
    form = f"several-{fact.kind}" if fact.holds_several else fact.kind
    forms = _forms(f"{form}-{name}", plain, listed, more, answers)
    return {"description": _lines_of(*lines), **forms}


def _schemas_by_party(
    frameworks: Sequence[Framework], named: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of answers by party, from that of the answers for each party."""
    found: dict[str, dict[str, Any]] = {}
    for framework in frameworks:
        for key, ids in framework.ids_by_party.items():
            by_party = {party: named[made] for party, made in ids.items() if made in named}
            if by_party and key not in named:
                found.setdefault(key, {}).update(by_party)
    schemas = {}
    for key, by_party in found.items():
        forms = _by_type("object", _closed(by_party), words_schema(_UNKNOWN))
        schemas[key] = {"description": f"{title_of(key)}, for each party", **forms}
    return schemas


def _forms(
    name: str,
    plain: dict[str, Any],
    listed: dict[str, Any],
    more: Mapping[str, Any],
    answers: dict[str, Any],
) -> dict[str, Any]:
    """Return a reference to all forms of an answer: plain, in a list, in braces with evidence."""
    reference = {"$ref": f"#/$defs/{name}"}
    properties: dict[str, Any] = {}
    for key in Backed.model_fields:
        properties[key] = {"$ref": f"#/$defs/FactDetail/properties/{key}"}
    detail = _closed(properties | {"value": reference, **more})
    answers[name] = _by_type("object", detail, _by_type("array", listed, plain))
    return reference


def _defined(schema: dict[str, Any], answers: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name of a definition and a reference to it; equal ones are one.

    Names are numbers, since ids may hold any character.
    """
    same = (name for name, known in answers.items() if known == schema)
    name = next(same, str(len(answers) + 1))
    answers[name] = schema
    return name, {"$ref": f"#/$defs/{name}"}


def _lines_of(*parts: str | None) -> str:
    return "\n".join(filter(None, parts))


def _plain_schema(value: Any, named: bool = False) -> Any:
    """Return a schema without what only pydantic reads.

    Parameters
    ----------
    named : bool
        Whether the keys are names that a document uses, and no words of JSON Schema.
    """
    if isinstance(value, list):
        return _without_whole_numbers([_plain_schema(item) for item in value])
    if isinstance(value, str):
        return " ".join(value.split())
    if not isinstance(value, dict):
        return value
    found = {}
    for key, item in value.items():
        if named or (key not in ("title", "discriminator") and (key, item) != ("default", None)):
            found[key] = _plain_schema(item, not named and key in ("properties", "$defs"))
    return found


def _without_whole_numbers(items: list[Any]) -> list[Any]:
    """Return alternatives without whole numbers where any number will do."""
    if {"type": "number"} in items:
        return [item for item in items if item != {"type": "integer"}]
    return items


# elements in words


class Field(NamedTuple):
    """A key of an element: its form and its purpose in words."""

    key: str
    form: str
    needed: bool
    default: object
    description: str


def describe(name: str) -> list[tuple[str, list[Field]]]:
    """Return an element of the language in words: each of its forms, with its keys.

    Raises
    ------
    UsageError
        If there is no such element.

    Examples
    --------
    >>> describe("scale")[0][1][0].form
    '[number, number]'
    """
    if name not in ELEMENTS:
        raise _unknown_element(name, ELEMENTS)
    return [(_summary_of_model(model), list(_fields_of(model))) for model in ELEMENTS[name]]


def summary_of(name: str) -> str:
    """Return a kind of document or an element in a sentence."""
    if name == "fact":
        return "A question about a candidate, as opposed to a judgement. One of five kinds."
    return _summary_of_model(KINDS[name].model if name in KINDS else ELEMENTS[name][0])


def name_of(heading: str) -> str:
    """Return the kind or element that a heading of the reference names; other texts as they are.

    Examples
    --------
    >>> name_of("FlagFact"), name_of("Guardrails"), name_of("A framework"), name_of("scale")
    ('fact', 'guardrail', 'framework', 'scale')
    """
    plain = heading.strip().casefold().removeprefix("a ")
    names = {"criteria": "criterion"}
    for name, models in ELEMENTS.items():
        names |= {model.__name__.casefold(): name for model in models}
        names |= {name: name, f"{name}s": name}
    names |= {name: name for name in KINDS}
    return names.get(plain, heading)


def _unknown_element(name: str, known: Iterable[str]) -> UsageError:
    guess = likely(name, known)
    help = choose_from(known, 99) if guess is None else f"did you mean `{guess}`?"
    return UsageError(f"there is no element `{name}`; {help}")


def _summary_of_model(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")


def _fields_of(model: type[BaseModel]) -> Iterator[Field]:
    """Yield the keys of a model, its own before those that every element has."""
    for key in sorted(model.model_fields, key=lambda key: key not in model.__annotations__):
        field = model.model_fields[key]
        default = field.get_default() if field.default_factory is None else None
        if field.is_required():
            default = None
        form = _schema_form(field.annotation)
        yield Field(key, form, field.is_required(), default, field.description or "")


_PLAIN_FORMS = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    type(None): "",
    Any: "anything",
}


def _schema_form(kind: Any) -> str:
    """Return what a type allows, in words."""
    forms = dict.fromkeys(map(_form_of_plain, plain_types(kind)))
    return " | ".join(filter(None, forms))


def _form_of_plain(kind: Any) -> str:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " | ".join(map(str, args))
    inner = [_schema_form(arg) for arg in args]
    if origin is tuple:
        return f"[{', '.join(inner)}]"
    if origin is dict:
        key = "number" if inner[0] == "number" else "id"
        return f"{{{key}: {inner[1]}}}"
    if origin is list:
        listed = f"({inner[0]})" if " | " in inner[0] else inner[0]
        return f"list of {listed}"
    for name, models in ELEMENTS.items():
        if kind in models:
            return name
    return _PLAIN_FORMS.get(kind, "text")
