"""Mistakes in documents have a code and a place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import collabscore as cs
from collabscore.documents.checking import check

BASE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "x",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
}


def codes(document: Any) -> list[str]:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(document)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"scales": {"five": {"range": [1, 5], "levels": {"1": "low", "1.0": "lower"}}}},
        "duplicate-key",
    ),
    ({"scales": {"five": {"range": [1, 5], "levels": ["low"]}}}, "invalid-type"),
    ({"scales": {"five": {"range": [1, 5], "levels": {"one": "low"}}}}, "invalid-type"),
    ({"scales": {"five": {"range": [1, 2, 3]}}}, "too-many"),
    ({"scales": {"five": {"range": [1]}}}, "missing-key"),
    ({"scales": {"five": None}}, "invalid-type"),
    ({"scales": {"five": True}}, "invalid-type"),
    ({"criteria": {"benefit": {"scale": "five", "weight": [0, 0]}}}, "weight-not-positive"),
    ({"criteria": {"benefit": {"scale": "five", "weight": {"low": 1}}}}, "invalid-type"),
    ({"criteria": {"benefit": {"scale": "five", "value": {1: 100}}}}, "too-few"),
    ({"criteria": {"benefit": {"scale": "five", "value": {1: 100, 5: 120}}}}, "out-of-range"),
    ({"facts": {"wet": {"kind": "level", "levls": ["a", "b"]}}}, "unknown-key"),
    ({"facts": {"wet": {"kind": "number", "levels": ["a"]}}}, "unknown-key"),
    ({"id": ""}, "empty-text"),
    ({"id": "a\x07b"}, "invalid-id"),
    ({"id": "x" * 300}, "too-long"),
    ({"version": True}, "invalid-type"),
    ({"guardrails": {"g": {"steps": []}}}, "too-few"),
    ({"verdicts": {"a": {"tier": 0}, "b": {}}}, "out-of-range"),
    ({"sources": {"s": {"title": "T", "verified": "yes"}}}, "invalid-choice"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_a_wrong_shape_has_a_code(changes: dict[str, Any], code: str) -> None:
    assert code in codes({**BASE, **changes})


def test_a_condition_over_several_lines_is_marked_at_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "collabscore: framework/1\nid: x\nfacts: {wet: {kind: flag}}\nguardrails:\n"
        "  g:\n    then: refer\n    when: >-\n      wet and\n      not dry\n"
    )
    (found,) = check(file).diagnostics
    assert found.code == "unknown-name"
    assert found.span is not None
    assert found.span.line == 7


def test_two_keys_meant_for_one_are_both_named() -> None:
    document = {**BASE, "criteria": {"benefit": {"scal": "five", "sacle": "five"}}}
    assert codes(document).count("unknown-key") == 2


def test_nothing_is_checked_without_words(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- {id: a}\n")
    with pytest.raises(cs.UsageError, match="no framework is named"):
        check(file)
    file.write_text("collabscore: candidates/1\nframework: [3, guardrail]\ncandidates: []\n")
    assert [diagnostic.code for diagnostic in check(file).diagnostics] == ["invalid-type"]


FIVE = {"range": [1, 5]}


def framework(**changes: object) -> dict[str, object]:
    return {
        "collabscore": "framework/1",
        "id": "small",
        "scales": {"five": FIVE},
        "criteria": {
            "zeal": {"scale": "five", "weight": 3},
            "benefit": {"scale": "five", "weight": 1},
            "risk": {"scale": "five", "prefer": "low", "weight": 1},
        },
        "facts": {"weapons": {"kind": "flag"}},
        "guardrails": {"no_weapons": {"when": "weapons", "then": "outside"}},
        **changes,
    }


def test_an_unknown_key_in_a_safety_rule_is_an_error() -> None:
    with pytest.raises(cs.FrameworkError, match="unknown key `wen`"):
        cs.load_framework(
            framework(guardrails={"no_weapons": {"wen": "weapons", "then": "outside"}})
        )
