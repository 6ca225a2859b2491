"""Verdicts that open answers leave: by several rules together, and the places that follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import collabscore as cs
from collabscore.scoring.verdicts import (
    deciding_findings,
    joint_findings,
    open_findings,
)
from collabscore.scoring.wording import reasons_of

EXAMPLES = Path(__file__).parents[3] / "examples"
PARTNERS: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "partners",
    "criteria": {"x": {"scale": {"range": [1, 5]}}},
    "facts": {
        "partner": {"kind": "choice", "options": ["a", "b"]},
        "dual": {"kind": "flag"},
    },
    "guardrails": {
        "one": {"when": "partner == a and dual", "then": "outside"},
        "two": {"when": "partner != a and dual", "then": "outside"},
    },
}
"""Two rules, one of which applies whatever the partner."""


def test_rules_can_give_a_verdict_together() -> None:
    found = cs.score([{"id": "p", "facts": {"dual": True}}], PARTNERS)["p"]
    assert [finding.state for finding in found.findings] == ["unknown", "unknown"]
    assert [finding.verdict for finding in found.findings] == ["refer", "refer"]
    assert (found.verdict, found.verdict_range) == ("outside", ("outside", "outside"))
    findings, names = joint_findings(found)
    assert ([finding.guardrail for finding in findings], names) == (["one", "two"], ["partner"])
    assert deciding_findings(found) == findings
    # nobody has to find out who the partner is
    assert [finding.unknown for finding in open_findings(found)] == [(), ()]
    assert reasons_of(found) == [
        'whatever the answer to "Partner", rule "One" or "Two" gives this verdict'
    ]


def test_safeguards_that_lift_a_verdict_given_together_are_asked_for() -> None:
    rules = {}
    for key, rule in PARTNERS["guardrails"].items():
        rules[key] = {**rule, "needs": ["plan"], "met": "inside"}
    framework = {**PARTNERS, "safeguards": {"plan": {}}, "guardrails": rules}
    found = cs.score([{"id": "p", "facts": {"dual": True}}], framework)["p"]
    assert found.verdict == "outside"
    assert [finding.may_need for finding in open_findings(found)] == [(("plan",),), (("plan",),)]


def test_a_place_is_in_the_latest_tier_that_the_range_reaches() -> None:
    early = {
        **PARTNERS,
        "verdicts": {
            "green": {"title": "G"},
            "yellow": {"title": "Y", "tier": 2},
            "orange": {"title": "O", "tier": 3},
            "red": {"title": "R", "ranked": False},
        },
        "defaults": {"met": "green", "if_unknown": "yellow"},
        "guardrails": {
            "soft": {"when": "partner == b", "then": "orange"},
            "hard": {"when": "dual", "then": "red"},
        },
    }
    rated = {"x": 3}
    listed = [
        {"id": "unknown", "ratings": {"x": 5}, "facts": {"dual": False}},
        {"id": "orange", "ratings": rated, "facts": {"partner": "b", "dual": False}},
        {"id": "open", "ratings": {"x": 4}, "facts": {"partner": "a"}},
        {"id": "green", "ratings": {"x": 1}, "facts": {"partner": "a", "dual": False}},
    ]
    ranking = cs.score(listed, early)
    assert list(ranking.ids) == ["green", "unknown", "orange", "open"]
    assert [found.verdict for found in ranking] == ["green", "yellow", "orange", "yellow"]
    assert ranking.judgement.tiers[ranking.order].tolist() == [0, 4, 4, 5]


def test_a_rule_that_applies_whatever_the_answer_is_said_to_apply() -> None:
    steps = [
        {"when": "stage == applied", "then": "outside"},
        {"when": "stage == basic", "needs": ["plan"], "then": "refer"},
    ]
    framework = {
        "collabscore": "framework/1",
        "id": "graded",
        "facts": {"stage": {"kind": "choice", "options": ["basic", "applied", "none"]}},
        "safeguards": {"plan": {}},
        "guardrails": {"rule": {"steps": steps}},
    }
    sure = {"id": "a", "facts": {"stage": {"one_of": ["basic", "applied"]}}}
    ranking = cs.score([sure, {"id": "b"}], framework)
    assert [ranking[name].findings[0].code for name in "ab"] == ["degree-unknown", "answer-unknown"]
    assert reasons_of(ranking["a"]) == [
        '"Rule" applies, unknown: stage. Depending on the answers, needs: plan'
    ]
    assert reasons_of(ranking["b"]) == [
        '"Rule" may apply, unknown: stage. If it applies, needs: plan'
    ]
    text = " ".join(cs.explain(ranking, "a").to_text(100).split())
    assert 'The rule "Rule" applies, and unknown answers decide how severely.' in text
