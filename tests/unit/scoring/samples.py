"""A framework with facts of all kinds, and columns for three candidates."""

from __future__ import annotations

from typing import Any

import numpy as np

import collabscore as cs
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank

FRAMEWORK = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "arrays",
        "lists": {
            "fields": {"items": {"health": "Health", "quantum": {"items": ["codes", "devices"]}}}
        },
        "criteria": {
            "benefit": {"scale": {"range": [1, 5]}, "side": "gain"},
            "risk": {"scale": {"range": [1, 5]}, "prefer": "low", "side": "risk"},
        },
        "facts": {
            "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
            "animals": {"kind": "flag"},
            "lead": {"kind": "choice", "options": ["health", "energy"]},
            "budget": {"kind": "number", "minimum": 0, "maximum": 100},
            "about": {"kind": "set", "of": "fields"},
        },
        "safeguards": {"review": {"title": "Review"}},
        "guardrails": {
            "late": {
                "when": "stage >= applied and budget > 10",
                "needs": ["review"],
                "then": "refer",
            },
            "devices": {"when": "overlaps(about, [devices])", "then": "outside"},
        },
        "bands": {"good": 50},
    }
)


COLUMNS: dict[str, Any] = {
    "benefit": np.array([5.0, 3.0, np.nan]),
    "risk": np.array([1.0, 3.0, 5.0]),
    "stage": ["basic", "development", None],
    "animals": np.array([True, False, False]),
    "lead": ["health", "unknown", "energy"],
    "budget": np.array([5.0, 50.0, np.nan]),
    "about": [["health"], ["quantum"], ["devices"]],
}


def scored(**changes: Any) -> cs.Ranking:
    return rank(Problem.from_columns(FRAMEWORK, {**COLUMNS, **changes}, ids=["a", "b", "c"]))
