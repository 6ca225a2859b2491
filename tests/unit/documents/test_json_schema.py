from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from collabscore import UsageError, load_framework
from collabscore.cli.documents import schema_text
from collabscore.documents.json_schema import ELEMENTS, describe, json_schema
from collabscore.documents.loading import KINDS, read_document, shipped, shipped_path
from collabscore.documents.reader import READERS
from collabscore.documents.templates import EXAMPLES
from collabscore.models.candidates import Candidates, Cases

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "docs" / "schema"


@cache
def validator_of(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_present_one(kind: str) -> None:
    file = COMMITTED / f"{kind}-1.json"
    renew = f"renew it with: collabscore schema {kind} -o docs/schema/{kind}-1.json"
    assert file.is_file(), renew
    assert file.read_text(encoding="utf-8") == schema_text(kind), renew


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid_and_says_what_it_is(kind: str) -> None:
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema)[:3] == ["$schema", "$id", "title"]
    assert schema == json_schema(kind)


def _properties(schema: object) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from value.items()
            yield from _properties(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _properties(item)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_description_for_editors_to_show(kind: str) -> None:
    assert [
        key for key, field in _properties(json_schema(kind)) if "description" not in field
    ] == []


def _documents() -> list[tuple[str, Path]]:
    found = [("framework", path) for name in shipped() if (path := shipped_path(name))]
    found += [
        ("vocabulary", path)
        for name in shipped("vocabulary")
        if (path := shipped_path(name, "vocabulary"))
    ]
    for folder in ("examples", "frameworks/cases", "tests/documents/good"):
        for path in sorted(file for file in (ROOT / folder).glob("*") if file.suffix in READERS):
            data = read_document(path).data
            kind = data.get("collabscore", "") if isinstance(data, dict) else "candidates/1"
            found.append((str(kind).split("/")[0], path))
    return found


@pytest.mark.parametrize(
    ("kind", "path"), _documents(), ids=lambda value: getattr(value, "name", value)
)
def test_every_good_document_fits_its_schema(kind: str, path: Path) -> None:
    data = read_document(path).data
    plain = json.loads(json.dumps(data))  # keys of JSON are text
    validator_of(kind).validate(plain)


LEAF = {"scale": {"range": [1, 5]}}
FRAMEWORK = {"collabscore": "framework/1", "id": "x", "criteria": {"a": LEAF}}


@pytest.mark.parametrize(
    "more",
    [
        {"criteria": {"a": {**LEAF, "weight": [1, 3]}, "b": None}},
        {"criteria": {"a": {"scale": {"range": [1, 5]}, "value": {"1": 100, "5": 0}}}},
        {"conditions": {"late": "stage >= applied", "early": {"when": "not late"}}},
        {
            "lists": {
                "fields": {"items": ["health"]},
                "more": {"items": {"a": None, "b": "B", "c": {"items": ["d"]}}},
            }
        },
        {"facts": {"stage": {"kind": "level", "levels": ["basic", "applied"]}}},
        {"version": 3, "sources": {"s": {"title": "S", "date": 2018}}},
        {"verdicts": {"go": None, "stop": {"ranked": False}}},
        {
            "guardrails": {"g": {"needs": ["a", ["b", "c"]], "then": "refer"}},
            "source": ["s", {"id": "t"}],
        },
    ],
)
def test_short_forms_fit(more: dict[str, Any]) -> None:
    validator_of("framework").validate({**FRAMEWORK, **more})


@pytest.mark.parametrize(
    "wrong",
    [
        {"wieght": 1},
        {"criteria": {"a": {**LEAF, "prefer": "lo"}}},
        {"criteria": {"a": {"scale": {"range": [1, 5, 9]}}}},
        {"facts": {"stage": {"kind": "levle", "levels": ["basic"]}}},
        {"collabscore": "framework/2"},
    ],
)
def test_mistakes_do_not_fit(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator_of("framework").validate({**FRAMEWORK, **wrong})


def test_a_list_of_candidates_may_be_bare() -> None:
    validator = validator_of("candidates")
    listed = [{"id": "flu", "ratings": {"a": 5, "b": "high", "c": [1, 2], "d": None}}]
    assert validator.is_valid(listed)
    assert validator.is_valid(
        {"collabscore": "candidates/1", "framework": "guardrail", "candidates": listed}
    )
    assert validator.is_valid({"candidates": listed})
    assert not validator.is_valid({"collabscore": "framework/1", "candidates": listed})
    assert not validator.is_valid([{"title": "without an id"}])


def test_what_there_is_not_is_answered_with_what_there_is() -> None:
    with pytest.raises(UsageError, match="did you mean `framework`"):
        json_schema("framwork")
    with pytest.raises(UsageError, match="did you mean `criterion`"):
        describe("criterium")


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_example_loads(name: str) -> None:
    from collabscore.documents.reader import read_yaml

    data = read_yaml(EXAMPLES[name], "<example>")
    if isinstance(data, dict) and "cases" in data:
        assert Cases.model_validate({"collabscore": "cases/1", "framework": "x", **data})
    elif isinstance(data, list) and "expect" in data[0]:
        assert Cases.model_validate({"collabscore": "cases/1", "framework": "x", "cases": data})
    elif isinstance(data, list):
        assert Candidates.model_validate({"candidates": data}).candidates
    else:
        load_framework(data if "based_on" in data else {**FRAMEWORK, **data})


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_key_is_described(name: str) -> None:
    for summary, fields in describe(name):
        assert summary
        assert [field.key for field in fields if not field.description or not field.form] == []


def test_the_mistakes_of_a_profile_are_those_of_a_profile() -> None:
    head = {"collabscore": "framework/1", "id": "x"}
    (error,) = validator_of("framework").iter_errors({**head, "based_on": "guardrail", "dorp": []})
    assert error.message == "Additional properties are not allowed ('dorp' was unexpected)"
    (error,) = validator_of("framework").iter_errors({**head, "set": {}})
    assert error.message == "Additional properties are not allowed ('set' was unexpected)"
