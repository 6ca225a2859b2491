"""The schema of a framework's candidates accepts all lists that load, and refuses wrong words as loading does."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.documents.json_schema import candidates_schema
from collabscore.documents.loading import read_document, shipped
from reference import generate

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def validator_of(*frameworks: cs.Framework) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(candidates_schema(frameworks))


def test_it_is_a_schema() -> None:
    schema = candidates_schema([cs.load_framework("guardrail")])
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_list_fits(name: str) -> None:
    framework = cs.load_framework(name)
    validator, fitting = validator_of(framework), 0
    for file in EXAMPLES:
        document = read_document(file)
        if document.kind != "candidates":
            continue
        # one framework reads them whole, and its words alone count
        most = None if name == "guardrail" else 4
        data = document.data | {"candidates": document.data["candidates"][:most], "framework": []}
        try:
            cs.load_candidates(copy.deepcopy(data), framework)
        except cs.DocumentError:
            assert not validator.is_valid(data)
        else:
            validator.validate(data)
            fitting += 1
    assert fitting or name == "guardrail-eu-ca"  # for two other parties


@pytest.mark.parametrize("name", shipped())
def test_each_word_is_described(name: str) -> None:
    framework = cs.load_framework(name)
    named = candidates_schema([framework])["$defs"]["Candidate"]["properties"]
    for key, node in framework.leaves.items():
        said = named["ratings"]["properties"][key]["description"]
        assert node.title in said
        assert (node.criterion.question or "") in said
    for key in framework.facts_asked:
        said = named["facts"]["properties"][key]["description"]
        assert (framework.all_facts[key].question or "") in said
    in_place = named["safeguards"]["items"]["else"]
    assert set(framework.safeguards_named) <= set(in_place["enum"])
    assert all(in_place["enumDescriptions"])


def test_anchors_and_meanings_are_beside_their_points() -> None:
    framework = cs.load_framework("guardrail")
    schema = candidates_schema([framework])
    named = schema["$defs"]["Candidate"]["properties"]
    for key, node in framework.leaves.items():
        for point, anchor in (node.criterion.anchors or {}).items():
            level = (node.scale.levels or {})[point]
            said = named["ratings"]["properties"][key]["description"]
            assert f"\n{point:g} = {level}: {anchor}" in said
    text = json.dumps(schema, ensure_ascii=False)
    meanings = framework.all_facts["stage"].meanings.items()
    assert all(meaning in text for _, meaning in meanings if meaning)


FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "high"}}},
    "criteria": {"gain": {"scale": "five"}, "share": {"scale": {"range": [0, 1]}}},
    "lists": {"fields": {"items": {"soil": "Soil", "chips": {"items": ["logic"]}}}},
    "facts": {
        "harmful": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
        "channel": {"kind": "choice", "options": ["funder", "company"], "several": True},
        "budget": {"kind": "number", "minimum": 0, "maximum": 10},
        "field": {"kind": "set", "of": "fields"},
    },
    "safeguards": {"review": {}, "terms": {}},
    "parties": {"eu": "European Union", "in": "India"},
}
FRAMEWORK["criteria"]["benefit"] = {"scale": "five", "per": "party"}
FRAMEWORK["facts"]["signed"] = {"kind": "date"}
FRAMEWORK["facts"]["law"] = {"kind": "level", "levels": ["open", "closed"], "per": "party"}
RIGHT: list[dict[str, Any]] = [
    *({"ratings": {"gain": value}} for value in (1, 2.5, "low", "unknown", None, [1, "high"])),
    {"ratings": {"gain": {"low": "low", "value": 2, "high": 4, "note": "x", "until": "2030"}}},
    {"ratings": {"gain": {"value": "unknown"}}},
    *({"facts": {"harmful": value}} for value in (True, "yes", "false", ["yes", "no"], "unknown")),
    {"facts": {"harmful": {"value": False, "evidence": []}}},
    *({"facts": {"stage": value}} for value in ("basic", ["basic", "applied"], None)),
    {"facts": {"stage": {"low": "basic", "high": "applied"}}},
    {"facts": {"stage": {"one_of": ["basic", ["applied"]]}}},
    {"facts": {"stage": {"value": {"low": "basic", "high": "applied"}, "note": "x"}}},
    *({"facts": {"channel": {key: ["funder"]}}} for key in ("all_of", "at_least")),
    {"facts": {"channel": {"one_of": ["funder", ["company", "funder"]]}}},
    *({"facts": {"budget": value}} for value in (0, 9.5, [1, 2], {"low": 1, "high": 2})),
    *({"facts": {"field": value}} for value in ([], ["soil", "logic"], {"at_least": ["chips"]})),
    {"facts": {"field": {"one_of": [["soil"], ["chips"]]}}},
    {"safeguards": ["review", {"id": "terms", "status": "planned"}]},
    {"ratings": {"benefit": {"eu": 4, "in": {"low": 1, "high": 3}}}},
    {"ratings": {"benefit_eu": "low", "benefit_in": [1, 3]}},
    *({"facts": {"law": value}} for value in ({"eu": "open"}, {}, None, "unknown")),
    *({"facts": {"signed": value}} for value in ("2026-01-31", 2026, ["2026-01", "2026-03"])),
    {"facts": {"signed": {"low": "2026-01", "high": "2027", "note": "x"}}},
    {"facts": {"law_in": {"one_of": ["open", "closed"]}}},
    {"unit": "area", "tags": ["x"]},
]
WRONG: list[dict[str, Any]] = [
    {"ratings": {"gian": 3}},
    *({"ratings": {"gain": value}} for value in (0, 6, "hihg", [1], [1, 2, 3], [1, "x"], True)),
    {"ratings": {"gain": {"low": 1, "high": "hihg"}}},
    {"ratings": {"gain": {"value": 9}}},
    {"ratings": {"gain": {"valeu": 3}}},
    {"ratings": {"share": "low"}},
    {"ratings": {"harmful": 1}},
    {"facts": {"gain": 3}},
    {"facts": {"harmfull": True}},
    *({"facts": {"harmful": value}} for value in ("maybe", 1, [], {"all_of": ["yes"]})),
    *({"facts": {"stage": value}} for value in ("baisc", ["basic", "x"], [], 3, True)),
    *({"facts": {"stage": {key: ["basic"]}}} for key in ("all_of", "at_least", "one_of")),
    {"facts": {"stage": {"low": "basic", "high": "x"}}},
    {"facts": {"channel": {"all_of": ["funder", "x"]}}},
    {"facts": {"channel": {"low": "funder", "high": "company"}}},
    *({"facts": {"budget": value}} for value in (-1, 11, "1", [1], {"one_of": [1, 2]})),
    *({"facts": {"field": value}} for value in ("soil", ["sol"], {"at_least": ["x"]}, [["soil"]])),
    {"facts": {"field": {"one_of": ["soil", "chips"]}}},
    {"safeguards": ["reveiw"]},
    {"safeguards": [{"id": "reveiw"}]},
    *(
        {"ratings": {"benefit": value}}
        for value in (4, {"us": 4}, {"eu": 9}, {"low": 1, "high": 3})
    ),
    *({"facts": {"law": value}} for value in ("open", {"eu": "opne"}, {"cn": "open"})),
    {"facts": {"law_us": "open"}},
    *({"facts": {"signed": value}} for value in ("2026-13", "May", ["2026"], {"one_of": [1, 2]})),
    {"unit": "person"},
    {"rating": {}},
]


SMALL = cs.load_framework(FRAMEWORK)
OF_SMALL = validator_of(SMALL)


@pytest.mark.parametrize("entry", RIGHT, ids=str)
def test_right_answers_load_and_fit(entry: dict[str, Any]) -> None:
    listed = {"candidates": [{"id": "a", **entry}], "as_of": "2026-01-01"}
    cs.load_candidates(copy.deepcopy(listed), SMALL)
    OF_SMALL.validate(listed)
    OF_SMALL.validate(listed["candidates"])


@pytest.mark.parametrize(
    ("entry", "path", "message"),
    [
        (
            {"ratings": {"gian": 3}},
            ["ratings"],
            "Additional properties are not allowed ('gian' was unexpected)",
        ),
        (
            {"ratings": {"gain": "hihg"}},
            ["ratings", "gain"],
            "'hihg' is not one of ['low', 'high', 'unknown', None]",
        ),
        ({"ratings": {"gain": 9}}, ["ratings", "gain"], "9 is greater than the maximum of 5"),
        (
            {"facts": {"stage": {"one_of": ["basic", "aplied"]}}},
            ["facts", "stage", "one_of", 1],
            "'aplied' is not one of ['basic', 'applied', 'deployed']",
        ),
        (
            {"facts": {"law": {"eu": "opne"}}},
            ["facts", "law", "eu"],
            "'opne' is not one of ['open', 'closed', 'unknown', None]",
        ),
        (
            {"safeguards": ["reveiw"]},
            ["safeguards", 0],
            "'reveiw' is not one of ['review', 'terms']",
        ),
    ],
    ids=["criterion", "level", "number", "one-of", "party", "safeguard"],
)
@pytest.mark.parametrize("is_bare", [True, False])
def test_an_editor_names_the_mistake_at_its_place(
    entry: dict[str, Any], path: list[str | int], message: str, is_bare: bool
) -> None:
    listed: Any = [{"id": "a", **entry}]
    before: list[str | int] = [0]
    if not is_bare:
        listed, before = {"candidates": listed}, ["candidates", 0]
    (found,) = OF_SMALL.iter_errors(listed)
    assert (list(found.absolute_path), found.message) == ([*before, *path], message)


@pytest.mark.parametrize("entry", WRONG, ids=str)
def test_wrong_answers_are_refused_by_both(entry: dict[str, Any]) -> None:
    listed = {"candidates": [{"id": "a", **entry}]}
    with pytest.raises(cs.CandidateError):
        cs.load_candidates(copy.deepcopy(listed), SMALL)
    assert not OF_SMALL.is_valid(listed)


def misspelt(rng: Random, entry: Any) -> Any:
    """Return an answer with one of its words replaced by one that nothing has, or a number far off."""
    if isinstance(entry, str):
        return f"{entry}xq"
    if isinstance(entry, bool) or not isinstance(entry, int | float):
        if isinstance(entry, list) and entry:
            place = rng.randrange(len(entry))
            return [*entry[:place], misspelt(rng, entry[place]), *entry[place + 1 :]]
        return "xq"
    return -1e300


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_generated_lists_fit_and_misspelt_ones_do_not(seed: int) -> None:
    rng = Random(seed)
    document = generate.any_framework(rng)
    framework = cs.load_framework(copy.deepcopy(document))
    validator = validator_of(framework)
    listed = generate.candidates(rng, document, 2)
    cs.load_candidates(copy.deepcopy(listed), framework)
    validator.validate(listed)
    for candidate in listed:
        for section in ("ratings", "facts"):
            for key, entry in list(candidate.get(section, {}).items())[:1]:
                for changed in ({f"{key}xq": entry}, {key: misspelt(rng, entry)}):
                    wrong = [{"id": "a", section: changed}]
                    with pytest.raises(cs.CandidateError):
                        cs.load_candidates(copy.deepcopy(wrong), framework)
                    assert not validator.is_valid(wrong), wrong


def test_two_frameworks_share_a_schema() -> None:
    judges = [cs.load_framework(name) for name in ("guardrail", "sta-2024")]
    validator = validator_of(*judges)
    for file in EXAMPLES:
        document = read_document(file)
        if document.kind == "candidates":
            validator.validate(document.data | {"candidates": document.data["candidates"][:4]})
    assert "does not use it" not in json.dumps(
        {
            key: candidates_schema(judges)["$defs"]["Candidate"]["properties"]["facts"][
                "properties"
            ][key]
            for key in judges[1].facts_asked
        }
    )
