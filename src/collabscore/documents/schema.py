"""The schema of documents: JSON Schema, by which editors complete and check while one writes.

Imports pydantic and the models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union, cast

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ..errors import UsageError
from ..models.base import ALSO_ACCEPTED
from ..models.candidates import Candidates
from ..models.cases import Cases
from ..models.framework import Framework, Vocabulary
from .elements import ELEMENTS, unknown_element

__all__ = ["KINDS", "json_schema"]

KINDS: dict[str, type[BaseModel]] = {
    "framework": Framework,
    "vocabulary": Vocabulary,
    "candidates": Candidates,
    "cases": Cases,
}
"""The kinds of documents."""

_TITLES = {
    "framework": "A framework",
    "vocabulary": "A vocabulary",
    "candidates": "A list of candidates",
    "cases": "Cases of a framework",
}
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
        # what a key may be is for `check` to say: an editor that knows it only by a pattern shows no description
        found = super().dict_schema(schema)
        found.pop("propertyNames", None)
        for values in found.pop("patternProperties", {}).values():
            found["additionalProperties"] = values
        return found


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of document, or of an element.

    Parameters
    ----------
    kind : {"framework", "vocabulary", "candidates", "cases"} or the name of an element
        See `documents.elements`.

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
    It says which keys there are and what each may hold. What only a look at the whole document shows, a name that
    leads nowhere, is found by `collabscore check`. Its `$id` is a bare file name: it stands wherever it is put.

    Examples
    --------
    >>> json_schema("candidates")["title"]
    'A list of candidates (collabscore)'
    """
    if kind not in KINDS and kind not in ELEMENTS:
        raise UsageError(unknown_element(kind, [*KINDS, *ELEMENTS]))
    forms = (KINDS[kind],) if kind in KINDS else ELEMENTS[kind].models
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", Union[forms]))  # noqa: UP007
    body = _plain(adapter.json_schema(schema_generator=_Generator))
    if kind == "candidates":
        body = _or_bare(body)
    return {
        "$schema": _DIALECT,
        "$id": f"{kind}-1.json" if kind in KINDS else f"{kind}.json",
        "title": f"{_TITLES.get(kind, kind)} (collabscore)",
        **body,
    }


def _or_bare(body: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list of candidates, with or without what stands around it."""
    definitions = body.pop("$defs")
    body["required"] = [
        "collabscore",
        *body["required"],
    ]  # left out by the model, where the list is bare
    definitions["Candidates"] = body
    bare = {"type": "array", "items": {"$ref": "#/$defs/Candidate"}}
    return {
        "anyOf": [{"$ref": "#/$defs/Candidates"}, bare],
        "$defs": dict(sorted(definitions.items())),
    }


def _plain(value: Any, named: bool = False) -> Any:
    """Return a schema without what only pydantic reads.

    Parameters
    ----------
    named : bool
        Whether the keys are names that a document uses, and no words of JSON Schema.
    """
    if isinstance(value, list):
        return _numbers([_plain(item) for item in value])
    if not isinstance(value, dict):
        return value
    found = {}
    for key, item in value.items():
        if not named and (key in ("title", "discriminator") or (key == "default" and item is None)):
            continue
        text = isinstance(item, str) and key == "description"
        found[key] = (
            " ".join(item.split())
            if text
            else _plain(item, not named and key in ("properties", "$defs"))
        )
    return found


def _numbers(items: list[Any]) -> list[Any]:
    """Return alternatives without whole numbers where any number will do."""
    return (
        [item for item in items if item != {"type": "integer"}]
        if {"type": "number"} in items
        else items
    )
