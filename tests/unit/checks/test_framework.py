"""Mistakes in frameworks and vocabularies."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs

BASE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "x",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
    "lists": {"fields": {"items": ["a", {"b": None}][:1]}},
    "facts": {"wet": {"kind": "flag"}},
    "safeguards": {"review": {}},
    "guardrails": {"dry": {"when": "wet", "needs": ["review"], "then": "refer"}},
}


CHECKS: list[tuple[dict[str, Any], str]] = [
    ({"scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "low"}}}}, "repeated-word"),
    ({"scales": {"five": {"range": [1, 5], "levels": {1: "unknown"}}}}, "reserved-word"),
    ({"facts": {"wet": {"kind": "level", "levels": ["unknown", "b"]}}}, "reserved-word"),
    ({"facts": {"wet": {"kind": "choice", "options": ["a", "a"]}}}, "repeated-word"),
    ({"facts": {"wet": {"kind": "choice", "options": ["a", 3]}}}, "invalid-type"),
    ({"facts": {"wet": {"kind": "number", "minimum": 3, "maximum": 1}}}, "empty-range"),
    ({"facts": {"wet": {"kind": "set", "of": "filds"}}}, "unknown-list"),
    ({"facts": {"wet": {}}}, "missing-key"),
    ({"lists": {"fields": {"items": {"a": {"items": ["b"]}, "b": "B"}}}}, "duplicate-id"),
    (
        {"lists": {"fields": {"items": ["a"]}, "part": {"among": "part", "items": ["a"]}}},
        "unknown-list",
    ),
    (
        {
            "lists": {
                "fields": {"items": ["a"]},
                "part": {"among": "fields", "items": ["a"]},
                "p2": {"among": "part", "items": ["a"]},
            }
        },
        "nested-among",
    ),
    (
        {
            "lists": {
                "fields": {"items": ["a"]},
                "part": {"among": "fields", "items": {"a": {"items": ["c"]}}},
            }
        },
        "nested-among",
    ),
    ({"criteria": {"benefit": {"scale": "five", "combine": "geometric"}}}, "misplaced-key"),
    (
        {"criteria": {"g": {"weights": "someway", "criteria": {"benefit": {"scale": "five"}}}}},
        "unknown-weight-space",
    ),
    ({"criteria": {"benefit": {"scale": {"range": [1, 5], "levels": {9: "x"}}}}}, "off-scale"),
    ({"criteria": {"benefit": {"scale": "five", "anchors": {7: "x"}}}}, "off-scale"),
    ({"criteria": {}}, "too-few"),
    (
        {
            "criteria": {
                "benefit": {"scale": "five"},
                "g": {"criteria": {"benefit": {"scale": "five"}}},
            }
        },
        "duplicate-id",
    ),
    ({"verdicts": {"only": {}}, "guardrails": {}}, "too-few-verdicts"),
    ({"defaults": {"met": "insde"}}, "unknown-verdict"),
    ({"bands": {"a": 120}}, "out-of-range"),
    ({"standing": ["reviw"]}, "unknown-safeguard"),
    ({"applies": "wt"}, "unknown-name"),
    (
        {"guardrails": {"dry": {"when": "wet", "then": "refer", "if_unknown": "inside"}}},
        "unknown-is-fine",
    ),
    ({"guardrails": {"dry": {"steps": [{"when": "wett", "then": "refer"}]}}}, "unknown-name"),
    ({"source": [{"id": "nowhere", "clause": "3"}]}, "unknown-source"),
    (
        {"guardrails": {"dry": {"when": "wet", "needs": [["reviw"]], "then": "refer"}}},
        "unknown-safeguard",
    ),
]


@pytest.mark.parametrize(("changes", "code"), CHECKS)
def test_what_is_wrong_with_a_framework(changes: dict[str, Any], code: str) -> None:
    from collabscore.checks.framework import check_framework

    whole = {**BASE, **changes}
    try:
        found = [issue.code for issue in check_framework(cs.load_framework(whole))]
    except cs.FrameworkError as error:
        found = [diagnostic.code for diagnostic in error.diagnostics]
    assert code in found


@pytest.mark.parametrize(
    ("vocabulary", "code"),
    [
        ({"criteria": {"g": {"criteria": {"a": {"scale": {"range": [0, 1]}}}}}}, "misplaced-key"),
        ({"criteria": {"a": {"scale": "nowhere"}}}, "unknown-scale"),
        ({"criteria": {"a": {"scale": {"range": [0, 1]}, "source": "nowhere"}}}, "unknown-source"),
        ({"conditions": {"c": "nothing"}}, "unknown-name"),
        ({"facts": {"lambda": {"kind": "flag"}}}, "not-a-name"),
    ],
)
def test_what_is_wrong_with_a_vocabulary(vocabulary: dict[str, Any], code: str) -> None:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_vocabulary({"collabscore": "vocabulary/1", "id": "v", **vocabulary})
    assert code in [diagnostic.code for diagnostic in caught.value.diagnostics]


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


def test_a_surplus_weight_is_refused() -> None:
    with pytest.raises(cs.FrameworkError, match="neither a scale nor criteria"):
        cs.load_framework(framework(criteria={"zeal": {"scale": "five"}, "other": {"weight": 2}}))
