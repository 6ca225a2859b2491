"""Rules that count a safeguard against a candidate: leaving it out would lead to a better place."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.checks.warnings import framework_warnings
from collabscore.documents.loading import shipped


def framework(when: str, **more: Any) -> cs.Framework:
    document = {
        "collabscore": "framework/1",
        "id": "house",
        "facts": {"harm": {"kind": "flag"}},
        "safeguards": {"review": {}, "plan": {}},
        "guardrails": {"rule": {"when": when, "needs": ["plan"], "then": "refer"}},
        **more,
    }
    return cs.load_framework(document)


def against(judge: cs.Framework) -> list[tuple[Any, str]]:
    found = [one for one in framework_warnings(judge) if one.code == "safeguard-against"]
    return [(one.path, one.message.split("`")[1]) for one in found]


@pytest.mark.parametrize(
    ("when", "names"),
    [
        ("has(review)", ["review"]),
        ("harm and has(review)", ["review"]),
        ("not (harm or not has(review))", ["review"]),
        ("reviewed and harm", ["review"]),
        ("has(review) or has(plan)", ["review", "plan"]),
        ("not has(review)", []),
        ("harm and not (has(review) and has(plan))", []),
        ("not reviewed", []),
        ("count(has(review), harm) < 2", []),
    ],
)
def test_a_safeguard_that_helps_a_rule_to_apply_is_named(when: str, names: list[str]) -> None:
    judge = framework(when, conditions={"reviewed": {"when": "has(review)"}})
    assert against(judge) == [(("guardrails", "rule", "when"), name) for name in names]


def test_it_is_what_it_warns_of() -> None:
    judge = framework("harm and has(review)")
    facts = {"harm": True}
    listed = [
        {"id": "honest", "facts": facts, "safeguards": ["review"]},
        {"id": "b", "facts": facts},
    ]
    ranking = cs.score(listed, judge)
    assert [ranking["honest"].verdict, ranking["b"].verdict] == ["refer", "inside"]


@pytest.mark.parametrize("name", shipped())
def test_no_shipped_framework_has_such_a_rule(name: str) -> None:
    assert against(cs.load_framework(name)) == []
