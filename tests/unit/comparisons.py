"""Frameworks that share a vocabulary, and candidates that they judge unlike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = {
    "collabscore": "vocabulary/1",
    "id": "words",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    "facts": {
        "stage": {"title": "Stage", "kind": "level", "levels": ["basic", "applied", "deployed"]},
        "listed": {"title": "Listed partner", "kind": "flag"},
        "harm": {"title": "Meant for harm", "kind": "flag"},
    },
    "safeguards": {"terms": {"title": "Written terms"}, "review": {"title": "Independent review"}},
}


STRICT: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "strict",
    "uses": WORDS,
    "criteria": {"benefit": {"weight": 1}, "risk": {"weight": 3}},
    "guardrails": {
        "basic_only": {
            "title": "Basic work only",
            "reason": "So it was agreed.",
            "when": "stage >= applied",
            "then": "outside",
        }
    },
}


JOINT: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "joint",
    "uses": WORDS,
    "guardrails": {
        "both": {
            "title": "No applied work with a listed partner",
            "when": "stage >= applied and listed",
            "then": "outside",
        },
        "papers": {
            "title": "Papers",
            "when": "harm",
            "needs": ["terms"],
            "then": "refer",
            "met": "conditional",
        },
    },
}


LIGHTS: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "lights",
    "uses": WORDS,
    "criteria": {"benefit": {"weight": 3}, "risk": {"weight": 1}},
    "verdicts": {"green": {}, "amber": {}, "yellow": {"tier": 2}, "red": {"ranked": False}},
    "defaults": {"met": "amber", "if_unknown": "yellow"},
    "guardrails": {"harm": {"title": "No harm", "when": "harm", "then": "red"}},
}


AREAS = Path(__file__).parents[2] / "examples" / "collaboration_areas.yaml"


COMMON: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "own",
    "uses": "common",
    "criteria": {"global_challenge": {"weight": 1}, "dual_use": {"weight": 2}},
    "guardrails": {
        "use": {
            "title": "No use in view",
            "when": "stage >= applied",
            "needs": ["scope_statement"],
            "then": "refer",
        }
    },
}


def project(
    name: str, stage: Any = "basic", listed: Any = False, harm: Any = False, **more: Any
) -> dict[str, Any]:
    return {"id": name, "facts": {"stage": stage, "listed": listed, "harm": harm}, **more}


def rated(name: str, benefit: float, risk: float, **more: Any) -> dict[str, Any]:
    return {**project(name, **more), "ratings": {"benefit": benefit, "risk": risk}}
