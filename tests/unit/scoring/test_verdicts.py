"""Findings of guardrails, verdicts and their reasons in words."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.explanation import explain
from collabscore.scoring.verdicts import (
    REASON_CODES,
)
from collabscore.scoring.wording import badge, reasons_of
from unit.small_framework import FACTS, FULL, candidate, framework

EXAMPLES = Path(__file__).parents[3] / "examples"
GRADED: dict[str, Any] = {
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
            ((), (), ("terms",), ("crit",)),
        ),
        (
            {"facts": {"crit": True}, "safeguards": ["review"]},
            "unknown",
            None,
        ),
    ],
)
def test_findings(candidate: dict[str, Any], state: str, parts: Any) -> None:
    found = cs.score([{"id": "a", **candidate}], GRADED)["a"].findings[0]
    assert found.state == state
    if parts is None:
        assert found.unknown == ("open",)
    else:
        assert (found.missing, found.planned, found.in_place, found.unknown) == parts
        assert found.may_need == ((("review",),) if found.state == "unknown" else ())
    assert found.reason in ({None} if state == "clear" else {"Because.", "Both."})


def test_options_of_a_safeguard_are_a_list_in_records() -> None:
    (found,) = cs.score([{"id": "a", "facts": {"crit": True, "open": False}}], GRADED)
    assert found.findings[0].record()["missing"] == ["review", ["review", "terms"]]
    assert found.findings[0].record()["planned"] == []


def test_standing_safeguards_are_asked_of_projects_alone() -> None:
    listed = [
        {"id": "a"},
        {"id": "b", "safeguards": ["exit"]},
        {"id": "c", "unit": "area"},
    ]
    ranking = cs.score(listed, GRADED)
    assert [ranking[name].standing for name in "abc"] == [("exit",), (), ()]
    standing = "Before it starts, every project also needs, whatever its verdict: exit (missing for 1 of 2)."
    assert standing in ranking.notes


def test_reasons_in_words() -> None:
    framework = {
        **FACTS,
        "sources": {"s": {"title": "S"}},
        "safeguards": {"review": {}, "plan": {"title": "A plan"}},
        "guardrails": {
            "rule": {
                "when": "wet",
                "needs": ["review", ["plan", "review"]],
                "then": "refer",
                "source": "s",
            },
            "soft": {
                "when": "stage >= two",
                "needs": ["plan"],
                "then": "conditional",
                "met": "inside",
            },
            "other": {
                "when": "budget > 5",
                "needs": ["plan"],
                "then": "conditional",
                "met": "inside",
            },
        },
        "standing": ["plan"],
    }
    listed = [
        {
            "id": "a",
            "facts": {"wet": "yes", "stage": "two", "budget": 1},
            "safeguards": [{"id": "plan", "status": "planned"}],
        },
        {"id": "b", "facts": {"wet": "unknown", "stage": "one", "budget": 9}, "unit": "area"},
        {
            "id": "c",
            "facts": {"wet": "yes", "stage": "one", "budget": 1},
            "safeguards": ["review", "plan"],
        },
        {"id": "d", "facts": {"wet": "no", "stage": "two", "budget": 1}, "unit": "area"},
        {"id": "e", "facts": {"wet": "yes", "stage": "one"}},
    ]
    ranking = cs.score(listed, framework)
    lines = []
    for assessment in ranking:
        mark = badge(assessment.verdict, ranking.framework)
        reasons = "; ".join(reasons_of(assessment))
        lines.append(f"{mark.shape} {assessment.title} ({mark.word}): {reasons}.")
    text = "\n".join(ranking.notes)
    assert lines == [
        '◆ B (conditional): "Rule" may apply, unknown: wet. If it applies, needs: review, A plan or review; also "Other" applies, needs: A plan.',
        '◆ C (conditional): "Rule" applies, satisfied by: review, A plan, review.',
        '● D (inside): "Soft" applies, needs: A plan.',
        '▲ A (refer): "Rule" applies, missing: review, A plan (planned) or review; also "Soft" applies, missing: A plan (planned).',
        '▲ E (refer): "Rule" applies, missing: review, A plan or review; also "Other" may apply, unknown: budget. If it applies, needs: A plan.',
    ]
    assert "Not verified: Rule." in text
    standing = "Before it starts, every project also needs, whatever its verdict: A plan (missing for 2 of 3)."
    assert standing in text
    assert ranking["a"].standing == ("plan",)
    assert ranking["b"].standing == ()


def test_an_unranked_verdict_has_no_rank_whatever_the_score() -> None:
    best = {"id": "x", "ratings": {"zeal": 5, "benefit": 5, "risk": 1}, "facts": {"weapons": "yes"}}
    ranking = cs.score([best, candidate("a", zeal=1, benefit=1, risk=5)], framework())
    assert (ranking["x"].score, ranking["x"].rank, ranking["x"].verdict) == (100.0, None, "outside")
    assert ranking["a"].rank == 1


def test_an_unknown_fact_is_never_fine() -> None:
    ranking = cs.score([{"id": "a", "ratings": FULL}], framework())
    found = ranking["a"]
    assert found.verdict == "refer"
    assert found.verdict_range == ("inside", "outside")
    assert found.findings[0].unknown == ("weapons",)


def test_the_table_says_which_direction_is_good_and_drops_no_row() -> None:
    barred = {"id": "x", "ratings": FULL, "facts": {"weapons": "yes"}}
    ranking = cs.score([candidate("a", **FULL), barred], framework())
    text = ranking.to_text(200, detail="verbose")
    assert "↓ 20%" in text
    assert "▼" not in text
    assert "▲" not in str(ranking.table())
    assert "higher is better, for risk too" in text
    assert [row["title"] for row in ranking.table().to_records()] == ["A", "X"]
    assert "no safeguard can satisfy this rule" in text


# reasons of findings

CODES: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "codes",
    "facts": {"wet": {"kind": "flag"}},
    "safeguards": {"review": {}, "terms": {}},
    "guardrails": {
        "drowns": {"when": "wet", "then": "outside", "reason": "It is wet."},
        "asks": {"when": "wet", "then": "refer"},
        "needs": {"when": "wet", "needs": ["review"], "then": "refer", "met": "conditional"},
    },
}


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ({"facts": {"wet": "no"}}, ["clear", "clear", "clear"]),
        ({}, ["answer-unknown", "answer-unknown", "answer-unknown"]),
        ({"facts": {"wet": "yes"}}, ["bars", "applies", "safeguard-missing"]),
        (
            {"facts": {"wet": "yes"}, "safeguards": [{"id": "review", "status": "planned"}]},
            ["bars", "applies", "safeguard-planned"],
        ),
        ({"facts": {"wet": "yes"}, "safeguards": ["review"]}, ["bars", "applies", "met"]),
        ({"facts": {"wet": "yes"}, "unit": "area"}, ["bars", "applies", "safeguard-due"]),
    ],
)
def test_each_finding_has_a_stable_reason_code(entry: dict[str, Any], codes: list[str]) -> None:
    ranking = cs.score([{"id": "a", **entry}], CODES)
    assert [finding.code for finding in ranking["a"].findings] == codes
    assert [finding["code"] for finding in ranking.records()[0]["findings"]] == codes


def test_reason_codes_are_documented(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs/reference/json.md").read_text(encoding="utf-8")
    for code, meaning in REASON_CODES.items():
        assert f"| `{code}` | {meaning} |" in page


def test_a_guardrail_that_does_not_apply_gives_no_reason(request: pytest.FixtureRequest) -> None:
    """Neither that of a step, nor its own: in the finding, its repr, JSON and the explanation."""
    ranking = cs.score([{"id": "a", "facts": {"wet": "no"}}], CODES)
    assert ranking["a"].findings[0].reason is None
    found = explain(ranking, "a")
    assert "It is wet." not in repr(ranking["a"]) + found.to_json() + found.to_text(
        detail="verbose"
    )
    barred = cs.score([{"id": "a", "facts": {"wet": "yes"}}], CODES)
    assert barred["a"].findings[0].reason == "It is wet."
    root = request.config.rootpath
    for name in ("proposed_projects", "collaboration_areas"):
        for assessment in cs.score(root / f"examples/{name}.yaml"):
            for finding in assessment.findings:
                assert finding.code in REASON_CODES
                assert finding.state != "clear" or finding.reason is None


def test_an_assessment_is_one_line_in_consoles_and_a_card_in_notebooks() -> None:
    ranking = cs.score(EXAMPLES / "proposed_projects.yaml")
    found = ranking["ice-cores"]
    assert repr(found) == "<Assessment: `ice-cores`; refer, rank 7, score 76.2>"
    excluded = repr(ranking["chip-lithography"])
    assert excluded == "<Assessment: `chip-lithography`; outside, score 22.2>"
    html = found._repr_html_()
    assert '<span class="cs-badge cs-decide">▲\u00a0refer</span>' in html
    assert "Finding(" not in html
    assert found == ranking["ice-cores"] == pickle.loads(pickle.dumps(found))
