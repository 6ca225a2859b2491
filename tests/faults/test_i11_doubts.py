"""Faults of answers that contradict each other: issue 11."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.checks.warnings import framework_warnings
from collabscore.errors import FrameworkError

SCALE = {"range": [1, 5], "levels": {1: "low", 5: "high"}}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"scale": SCALE}, "risk": {"scale": SCALE, "prefer": "low"}},
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
    },
    "safeguards": {"review": {}},
    "guardrails": {"g1": {"when": "crit or stage > basic", "then": "outside"}},
}


def framework(**contradictions: Any) -> dict[str, Any]:
    return {**FRAMEWORK, "contradictions": contradictions}


@pytest.mark.parametrize(
    ("contradiction", "code", "message", "help"),
    [
        pytest.param(
            {"when": "stage == basic and crit", "doubts": ["stag"]},
            "unknown-fact",
            "`stag` is not a fact here",
            "did you mean `stage`?",
            id="a-fact-that-is-none",
        ),
        pytest.param(
            {"when": "stage == basic and crit", "doubts": ["gain"]},
            "unknown-fact",
            "`gain` is not a fact here",
            "choose from `crit`, `stage`",
            id="a-criterion-is-no-fact",
        ),
        pytest.param(
            {"when": "stage == basic and not known(crit)", "doubts": ["stage"]},
            "condition-not-allowed",
            "a contradiction is of answers, and `known(...)` is about none",
            "compare the answers themselves, such as `stage == basic`",
            id="known",
        ),
        pytest.param(
            {"when": "stage == basic", "doubts": []},
            "too-few",
            "`doubts` has 0 entries; it needs at least 1",
            "add an entry: facts in doubt while it holds or may hold: judged as answered and as "
            "open",
            id="no-doubts",
        ),
        pytest.param(
            {"when": "stage == basic"},
            "missing-key",
            "`doubts` is missing",
            "add `doubts: ...`: facts in doubt while it holds or may hold: judged as answered and "
            "as open",
            id="doubts-left-out",
        ),
        pytest.param(
            {"when": "stge == basic", "doubts": ["stage"]},
            "unknown-name",
            "`stge` is not a fact, criterion, list or condition here",
            "did you mean `stage`?",
            id="a-condition-about-nothing",
        ),
    ],
)
def test_a_contradiction_that_means_nothing_is_refused(
    contradiction: dict[str, Any], code: str, message: str, help: str
) -> None:
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(framework(a=contradiction))
    (found,) = caught.value.diagnostics
    assert (found.code, found.message, found.help) == (code, message, help)
    assert str(found.label).startswith("contradictions.a")


def test_the_columns_of_known_are_named_also_where_a_condition_has_it() -> None:
    contradiction = {"when": "stage == basic and known( crit )", "doubts": ["stage"]}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(framework(a=contradiction))
    assert caught.value.diagnostics[0].within == (19, 32)
    named = {**framework(a={"when": "asked", "doubts": ["stage"]})}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework({**named, "conditions": {"asked": "known(crit) or crit"}})
    (found,) = caught.value.diagnostics
    assert found.message.endswith("; a condition that it names has one")
    assert found.within == (0, 5)


def test_what_never_or_always_contradicts_is_warned_of() -> None:
    never = {"when": "stage == basic and stage == applied", "doubts": ["stage"]}
    always = {"when": "crit or not crit", "doubts": ["crit"]}
    loaded = cs.load_framework(framework(never=never, always=always))
    found = {one.path: one.code for one in framework_warnings(loaded) if "holds" in one.code}
    assert found == {
        ("contradictions", "never", "when"): "never-holds",
        ("contradictions", "always", "when"): "always-holds",
    }


def test_a_contradiction_of_the_vocabulary_may_be_about_a_criterion_that_is_not_used() -> None:
    vocabulary = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "criteria": {"gain": {"scale": SCALE}, "trust": {"scale": SCALE}},
        "facts": FRAMEWORK["facts"],
        "contradictions": {
            "a": {"when": "trust >= 4 and crit", "doubts": ["crit"]},
            "b": {"when": "gain >= 4 and crit", "doubts": ["crit"]},
        },
    }
    whole = {**FRAMEWORK, "uses": vocabulary, "facts": {}, "criteria": {"gain": {}}}
    assert list(cs.load_framework(whole).contradiction_expressions) == ["b"]
    again = {**whole, "contradictions": {"b": {"when": "crit", "doubts": ["crit"]}}}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(again)
    assert [one.code for one in caught.value.diagnostics] == ["redefined"]
