"""Reports of a framework without guardrails show no verdict: each would be the mildest, and "goes ahead" is no result."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import collabscore as cs

SCORES: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "scores",
    "facts": {"f": {"kind": "flag"}},
    "criteria": {"x": {"scale": {"range": [0, 10]}}, "y": {"scale": {"range": [0, 10]}}},
    "bands": {"upper": 50, "lower": 0},
}
RULES = SCORES | {"guardrails": {"g": {"when": "f", "then": "refer"}}}
LISTED = [
    {"id": f"c{k}", "ratings": {"x": k, "y": [k, k + 2]}, "facts": {"f": "no"}} for k in range(4)
]
REPORTS: dict[str, Callable[[cs.Ranking], Any]] = {
    "score": lambda ranking: ranking,
    "explain": lambda ranking: cs.explain(ranking, "c1"),
    "robustness": lambda ranking: cs.robustness(ranking, draws=20),
    "what-if": lambda ranking: cs.what_if(ranking, weights={"x": "80%"}),
}
VERDICT = re.compile(r"inside|ahead|Verdict |draw changes a verdict|worse verdict")


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_without_rules_shows_no_verdict(report: str) -> None:
    document = {key: value for key, value in SCORES.items() if key != "facts"}
    listed = [{"id": entry["id"], "ratings": entry["ratings"]} for entry in LISTED]
    text = REPORTS[report](cs.score(listed, document)).to_text(100)
    assert VERDICT.findall(text) == []


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_with_a_rule_shows_verdicts(report: str) -> None:
    text = REPORTS[report](cs.score(LISTED, RULES)).to_text(100)
    assert VERDICT.findall(text)
