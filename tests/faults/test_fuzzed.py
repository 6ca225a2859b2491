"""C6: what mutated documents and any options found; each with siblings of its kind."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs

from .conftest import Desk

SCALE = {"range": [1, 5]}


def house(**sections: Any) -> dict[str, Any]:
    """Return a framework with other sections."""
    framework = {
        "collabscore": "framework/1",
        "id": "house",
        "sources": {"act": {"title": "Act"}},
        "criteria": {"gain": {"scale": SCALE}},
        "facts": {"crit": {"kind": "flag"}, "export": {"kind": "flag"}},
        "safeguards": {"licence": {}, "review": {}},
        "guardrails": {"rule": {"when": "crit", "then": "outside"}},
    }
    return framework | sections


# documents


def cited(where: str, source: object) -> dict[str, Any]:
    """Return a framework with a source in one of its parts."""
    if where == "framework":
        return house(source=source)
    document = house()
    section, key = where.split(".")
    document[section] = {**document[section], key: {**document[section][key], "source": source}}
    return document


@pytest.mark.parametrize("where", ["framework", "criteria.gain", "facts.crit", "guardrails.rule"])
@pytest.mark.parametrize("is_listed", [False, True], ids=["alone", "in-a-list"])
@pytest.mark.parametrize(
    ("source", "message", "help"),
    [
        ({"clause": "art. 3"}, "`id` is missing", "the id of a source"),
        ({"id": "act", "claus": "3"}, "unknown key `claus`", "did you mean `clause`?"),
    ],
    ids=["no-id", "misspelt-key"],
)
def test_a_source_without_its_keys_is_refused(
    where: str, is_listed: bool, source: object, message: str, help: str
) -> None:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(cited(where, [source] if is_listed else source))
    (found,) = caught.value.diagnostics
    assert found.message == message
    assert help in (found.help or "")


# results


@pytest.mark.parametrize(
    "later",
    [
        {"when": "export"},
        {"when": "gain >= 4"},
        {"when": "known(export)", "needs": ["review"]},
        {"needs": [["review", "licence"]]},
    ],
    ids=["fact", "criterion", "known", "safeguards"],
)
def test_a_step_that_always_applies_is_compared_by_its_safeguards(later: dict[str, Any]) -> None:
    steps = [{"needs": ["licence"], "then": "outside"}, {**later, "then": "refer"}]
    asking = house(id="asking", guardrails={"rule": {"title": "Rule", "steps": steps}})
    listed = [{"id": "a", "ratings": {"gain": 3}, "facts": {"crit": "no"}}]
    compared = cs.compare(listed, [asking, house(id="mild")])
    (found,) = compared.disagreements
    assert [side.reason.missing for side in found.sides if side.reason] == [("licence",)]
    assert "Rule" in compared.to_text()


# options


def test_a_schema_as_json_needs_a_name(desk: Desk) -> None:
    ran = desk.run("schema", "--format", "json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: JSON Schema describes one kind of document or one element; "
        "name it: choose from `framework`, `vocabulary`, `candidates`, `cases`\n"
    )


UNUSED = "collabscore: framework/1\nid: f\nfacts: {crit: {kind: flag}}\n"


@pytest.mark.parametrize("form", ["full", "concise", "github"])
@pytest.mark.parametrize("quiet", ["-q", "--quiet"])
def test_a_warning_that_fails_is_shown_however_quiet(desk: Desk, form: str, quiet: str) -> None:
    desk.write("f.yaml", UNUSED)
    line = ("check", "f.yaml", "--format", form, quiet)
    ran = desk.run(*line, "--fail-on", "warning")
    assert ran.code == 1
    assert "unused-fact" in ran.out
    if form != "github":
        assert desk.run(*line) == (0, "", "")


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ('and " ( crit score "', "this condition cannot be read"),
        ("crit == '(' and", "this condition cannot be read"),
        ("(crit and ')'", "a bracket is not closed"),
        ("('(' and crit", "a bracket is not closed"),
    ],
    ids=["open-in-quotes", "open-in-single-quotes", "closed-in-quotes", "both"],
)
def test_a_bracket_in_quotes_is_text(condition: str, message: str) -> None:
    rule = {"title": "Rule", "when": condition, "then": "refer"}
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(house(guardrails={"rule": rule}))
    (found,) = caught.value.diagnostics
    assert found.message.startswith(message)
    assert found.help
