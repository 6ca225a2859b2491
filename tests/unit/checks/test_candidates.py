"""Mistakes in lists of candidates."""

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


def test_everything_else_about_candidates() -> None:
    listed = [
        {"id": "a", "safeguards": [{"id": "review", "evidence": ["nowhere"]}], "part_of": "b"},
        {
            "id": "b",
            "part_of": "c",
            "facts": {"benefit": 3, "wet": {"value": "yes", "evidence": [{"id": "nowhere"}]}},
        },
        {"id": "c", "part_of": "b", "ratings": {"wet": 3}},
    ]
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, BASE)
    codes = [diagnostic.code for diagnostic in caught.value.diagnostics]
    assert sorted(codes) == sorted(
        ["unknown-source"] * 2 + ["unknown-fact", "unknown-criterion"] + ["circular-part"] * 3
    )


def test_mistakes_in_lists_keep_their_places() -> None:
    listed = [
        {"id": "a", "ratings": {"benefit": 9}},
        {"title": "no id", "ratings": {"benefit": 9}},
        {"id": "c", "safeguards": [3, "reviw"], "ratings": {"benefit": 7}, "part_of": "nobody"},
    ]
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, BASE)
    found = {diagnostic.place: diagnostic.code for diagnostic in caught.value.diagnostics}
    assert found["candidates[a].ratings.benefit"] == "off-scale"
    assert found["candidates[1]"] == "missing-key"
    assert found["candidates[c].ratings.benefit"] == "off-scale"
    assert found["candidates[c].safeguards[1]"] == "unknown-safeguard"
    assert found["candidates[c].part_of"] == "unknown-candidate"
