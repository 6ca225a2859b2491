"""Findings of guardrails: safeguards that are missing, planned, in place, and unknowns."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "facts": {"crit": {"kind": "flag"}, "open": {"kind": "flag"}},
    "safeguards": {"review": {}, "terms": {}, "exit": {}},
    "standing": ["exit"],
    "guardrails": {
        "g1": {
            "reason": "Because.",
            "steps": [
                {"when": "crit and open", "then": "outside", "reason": "Both."},
                {
                    "when": "crit",
                    "needs": ["review", ["review", "terms"]],
                    "then": "outside",
                    "met": "conditional",
                },
            ],
        }
    },
}
TERMS = {"id": "terms", "status": "planned"}


@pytest.mark.parametrize(
    ("candidate", "state", "parts"),
    [
        ({"facts": {"crit": False, "open": True}}, "clear", ((), (), (), ())),
        ({"facts": {"crit": True, "open": True}}, "barred", ((), (), (), ())),
        (
            {"facts": {"crit": True, "open": False}, "safeguards": [TERMS]},
            "unmet",
            ((("review",), ("review", "terms")), ("terms",), (), ()),
        ),
        (
            {"facts": {"crit": True, "open": False}, "safeguards": ["review"]},
            "met",
            ((), (), ("review", "review"), ()),
        ),
        (
            {"facts": {"open": False}, "safeguards": ["terms"]},
            "unknown",
            ((("review",),), (), ("terms",), ("crit",)),
        ),
        (
            {"facts": {"crit": True}, "safeguards": ["review"]},
            "unknown",
            None,
        ),
    ],
)
def test_findings(candidate: dict[str, Any], state: str, parts: Any) -> None:
    found = cs.score([{"id": "a", **candidate}], FRAMEWORK)["a"].findings[0]
    assert found.state == state
    if parts is None:
        assert found.unknown == ("open",)
    else:
        assert (found.missing, found.planned, found.in_place, found.unknown) == parts
    assert found.reason in {"Because.", "Both."}


def test_options_of_a_safeguard_are_a_list_in_records() -> None:
    (found,) = cs.score([{"id": "a", "facts": {"crit": True, "open": False}}], FRAMEWORK)
    assert found.findings[0].record()["missing"] == ["review", ["review", "terms"]]
    assert found.findings[0].record()["planned"] == []


def test_standing_safeguards_are_asked_of_projects_alone() -> None:
    listed = [
        {"id": "a"},
        {"id": "b", "safeguards": ["exit"]},
        {"id": "c", "unit": "area"},
    ]
    ranking = cs.score(listed, FRAMEWORK)
    assert [ranking[name].standing for name in "abc"] == [("exit",), (), ()]
    assert "Asked of every project, changing no verdict: exit (missing for 1)." in ranking.notes
