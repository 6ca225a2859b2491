"""Answers that do, and answers that matter: safeguards together, what-if without a total, and `known()`."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import collabscore as cs

NAMES = "pqstu"


def gate(needs: list[Any], **more: Any) -> dict[str, Any]:
    rule = {"when": "crit", "needs": needs, "then": "outside"}
    return {
        "collabscore": "framework/1",
        "id": "small",
        "facts": {"crit": {"kind": "flag"}},
        "safeguards": {name: {} for name in NAMES},
        "guardrails": {"g": rule, **more},
    }


SECOND = {"h": {"when": "crit", "needs": [["s", "t"], "u"], "then": "refer"}}


@pytest.mark.parametrize(
    ("needs", "more"),
    [
        pytest.param([["p", "q"], ["q", "s"], ["s", "p"]], {}, id="I9-triangle"),
        pytest.param([["p", "q"], ["q", "s"], ["s", "t"], ["t", "p"]], {}, id="I9-sibling-square"),
        pytest.param([["p", "q", "s"], ["q", "t"], "u"], {}, id="I9-sibling-mixed"),
        pytest.param([["p", "q"], ["p", "s"], ["p", "t"]], {}, id="I9-sibling-star"),
        pytest.param([["p", "q"], ["q", "s"]], SECOND, id="I9-sibling-two-rules"),
    ],
)
@pytest.mark.parametrize("present", [(), ("p",), ("q", "t")], ids=["none", "p", "q-t"])
def test_every_combination_that_is_offered_does(
    needs: list[Any], more: dict[str, Any], present: tuple[str, ...]
) -> None:
    document = gate(needs, **more)

    def judged(safeguards: set[str]) -> str | None:
        row = {"id": "a", "facts": {"crit": True}, "safeguards": sorted(safeguards)}
        return cs.score([row], document)["a"].verdict

    row = {"id": "a", "facts": {"crit": True}, "safeguards": list(present)}
    ranking = cs.score([row], document)
    order = list(ranking.framework.all_verdicts)
    offered = [
        change
        for change in cs.explain(ranking, "a").safeguard_changes
        if change.aim == "milder_verdict"
    ]
    findings = ranking["a"].findings
    assert bool(offered) == any(finding.state == "unmet" for finding in findings)
    for change in offered:
        for chosen in itertools.product(*change.safeguards):
            verdict = judged({*present, *chosen})
            assert order.index(verdict) < order.index(ranking["a"].verdict), change.safeguards
            # none of them can be left out
            for spare in chosen:
                fewer = judged({*present, *chosen} - {spare})
                assert order.index(fewer) >= order.index(ranking["a"].verdict), change.safeguards


# what-if without a total score

APART = {
    "collabscore": "framework/1",
    "id": "apart",
    "combine": "none",
    "criteria": {
        "benefit": {
            "criteria": {
                "gain": {"scale": {"range": [0, 100]}},
                "reach": {"scale": {"range": [0, 100]}},
            }
        },
        "risk": {"scale": {"range": [0, 100]}, "prefer": "low"},
    },
}
ROW = {"id": "a", "ratings": {"gain": 50, "reach": 50, "risk": [20, 40]}}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param(
            {"ratings": {"a": {"gain": 90, "reach": 90}}}, "50.0 → 90.0", id="I9-what-if-group"
        ),
        pytest.param({"ratings": {"a": {"gain": 90}}}, "50.0 → 70.0", id="I9-sibling-one-rating"),
        pytest.param({"ratings": {"a": {"gain": 50.02}}}, "50.00 → 50.01", id="I9-sibling-little"),
        pytest.param({"ratings": {"a": {"risk": 100}}}, "70.0 → 0.0", id="I9-sibling-criterion"),
        pytest.param(
            {"ratings": {"a": {"risk": "unknown"}}}, "70.0 → 50.0", id="I9-sibling-unknown"
        ),
    ],
)
def test_a_group_that_moves_is_a_change(changes: dict[str, Any], why: str) -> None:
    found = cs.what_if(cs.score([ROW], APART), **changes)
    (shift,) = found.rows
    assert any(why in reason for reason in shift.why), shift.why
    assert "Nothing changes" not in found.to_text(100)


def test_a_weight_inside_a_group_moves_it() -> None:
    row = {"id": "a", "ratings": {"gain": 10, "reach": 60, "risk": 5}}
    found = cs.what_if(cs.score([row], APART), weights={"gain": "80%"})
    (shift,) = found.rows
    assert any("35.0 → 20.0" in reason for reason in shift.why)


# facts and ratings of which conditions only ask whether they are known


def asking(condition: str, then: str = "refer") -> dict[str, Any]:
    return {
        "collabscore": "framework/1",
        "id": "asks",
        "lists": {"fields": {"items": ["ice", "sea"]}},
        "criteria": {"gain": {"scale": {"range": [0, 10]}}, "risk": {"scale": {"range": [0, 10]}}},
        "facts": {
            "crit": {"kind": "flag"},
            "size": {"kind": "number"},
            "stage": {"kind": "level", "levels": ["basic", "applied"]},
            "fields_of": {"kind": "set", "of": "fields"},
        },
        "guardrails": {"g": {"when": condition, "then": then}},
    }


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        pytest.param("not known(crit)", "crit", id="I9-known-flag"),
        pytest.param("not known(size)", "size", id="I9-sibling-number"),
        pytest.param("not known(stage)", "stage", id="I9-sibling-level"),
        pytest.param("not known(fields_of)", "fields_of", id="I9-sibling-set"),
        pytest.param("known(crit)", "crit", id="I9-sibling-known"),
        pytest.param("count(known(crit), known(stage)) < 1", "crit", id="I9-sibling-count"),
    ],
)
def test_an_answer_matters_where_a_condition_asks_whether_there_is_one(
    condition: str, key: str
) -> None:
    row = {"id": "a", "ratings": {"gain": 5, "risk": 5}}
    ranking = cs.score([row], asking(condition))
    found = cs.next_questions(ranking)
    (question,) = [question for question in found.informative if question.key == key]
    likely = {outlook.answer: outlook.verdicts for outlook in question.outlooks}
    unknown = likely.pop("stays unknown")
    assert likely
    assert all(verdicts != unknown for verdicts in likely.values())
    changes = cs.explain(ranking, "a").fact_changes
    assert {change.answer for change in changes if change.fact == key} == likely.keys()
    for change in changes:
        assert change.consequence.verdict != ranking["a"].verdict


@pytest.mark.parametrize("condition", ["not known(gain)", "known(gain)"])
def test_a_rating_matters_where_a_condition_asks_whether_there_is_one(condition: str) -> None:
    """I9-sibling-rating"""
    ranking = cs.score([{"id": "a", "ratings": {"risk": 5}}], asking(condition))
    found = cs.next_questions(ranking)
    (question,) = found.informative
    assert (question.key, question.verdict_share) == ("gain", 1.0)
    likely = {outlook.answer: outlook.verdicts for outlook in question.outlooks}
    unknown = likely.pop("stays unknown")
    other = "inside" if condition.startswith("not") else "refer"
    assert all(verdicts == {other: 1.0} for verdicts in likely.values())
    assert unknown != {other: 1.0}
    aims = {change.aim for change in cs.explain(ranking, "a").rating_changes}
    assert ("milder_verdict" in aims) == condition.startswith("not")


def test_an_answer_of_which_nobody_asks_is_left_out() -> None:
    ranking = cs.score([{"id": "a", "ratings": {"gain": 5, "risk": 5}}], asking("not known(crit)"))
    found = cs.next_questions(ranking)
    assert [question.key for question in found] == ["crit"]
    assert found.irrelevant == 3
