"""Proofs of small frameworks, and of those that are shipped."""

from __future__ import annotations

from typing import Any

import pytest

from collabscore.analysis.proof import Proof, Statement, prove
from collabscore.api import score
from collabscore.documents.loading import load_framework, shipped

pytest.importorskip("z3", reason="proofs need the extra `prove`")

SMALL: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    "facts": {
        "harmful": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
        "budget": {"kind": "number", "minimum": 0},
    },
    "safeguards": {"terms": {}, "licence": {"granted_by": "an office"}},
    "guardrails": {
        "harm": {"when": "harmful", "then": "outside"},
        "stage": {
            "steps": [
                {"when": "stage == deployed", "needs": ["licence"], "then": "refer"},
                {
                    "when": "stage >= applied",
                    "needs": ["terms"],
                    "then": "conditional",
                    "met": "inside",
                },
                {"when": "stage == basic and stage == applied", "then": "refer"},
            ]
        },
    },
}


def texts(proof: Proof, kind: str) -> dict[str, str]:
    return {each.text: each.outcome for each in proof.of_kind(kind)}


def replayed(statement: Statement, *frameworks: Any) -> None:
    """Judge the candidates of an example again."""
    assert statement.example is not None
    for framework in frameworks:
        ranking = score(list(statement.example.candidates), framework)
        for candidate, verdicts in zip(
            statement.example.candidates, statement.example.verdicts, strict=True
        ):
            assert ranking[candidate["id"]].verdict == verdicts[ranking.framework.id]


def test_what_a_small_framework_says_of_every_candidate() -> None:
    proof = prove(SMALL)
    assert texts(proof, "verdict") == {
        "Some project gets `inside`.": "proved",
        "Some project gets `conditional`.": "proved",
        "Some project gets `refer`.": "proved",
        "Some project gets `outside`.": "proved",
        "Some area gets `inside`.": "proved",
        "Some area gets `conditional`.": "proved",
        "Some area gets `refer`.": "proved",
        "Some area gets `outside`.": "proved",
    }
    assert set(texts(proof, "safeguard").values()) == {"proved"}
    assert texts(proof, "answer") == {
        '"Harmful": yes gives at least `outside`.': "proved",
        '"Stage": deployed gives at least `conditional`.': "proved",
    }
    assert texts(proof, "step") == {
        '"Harm" decides for some candidate.': "proved",
        'Step 1 of "Stage" decides for some candidate.': "proved",
        'Step 2 of "Stage" decides for some candidate.': "proved",
        'Step 3 of "Stage" decides for some candidate.': "refuted",
    }
    for statement in proof.statements:
        if statement.example is not None:
            replayed(statement, SMALL)


def test_a_safeguard_that_worsens_a_verdict_is_found() -> None:
    guardrails = {"odd": {"when": "has(terms) and stage == basic", "then": "refer"}}
    framework = {**SMALL, "guardrails": guardrails}
    (statement,) = prove(framework).of_kind("safeguard")
    assert statement.outcome == "refuted"
    assert [each.get("safeguards") for each in statement.example.candidates] == [None, ["terms"]]
    assert [each["small"] for each in statement.example.verdicts] == ["inside", "refer"]
    replayed(statement, framework)


@pytest.mark.parametrize("name", shipped())
def test_every_example_of_a_shipped_framework_is_confirmed(name: str) -> None:
    proof = prove(name)
    assert {each.outcome for each in proof.statements} <= {"proved", "refuted"}
    for kind in ("safeguard", "step", "claim"):
        assert {each.outcome for each in proof.of_kind(kind)} <= {"proved"}
    framework = load_framework(name)
    for statement in proof.of_kind("verdict"):
        if statement.example is not None:
            replayed(statement, framework)


def test_a_result_is_the_same_in_one_process() -> None:
    assert prove(SMALL).to_json() == prove(SMALL).to_json()
