"""The notes of a difference."""

from __future__ import annotations

from typing import Any

import collabscore as cs

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "two",
    "sources": {"talk": {"title": "Talk", "verified": "no"}},
    "criteria": {"x": {"scale": {"range": [0, 10]}}},
    "facts": {"f": {"kind": "flag", "source": "talk"}},
    "guardrails": {"g": {"when": "f", "then": "refer"}},
}


def scored(rating: float, answer: bool | None, framework: dict[str, Any]) -> cs.Ranking:
    entry = {"id": "a", "ratings": {"x": rating}, "facts": {"f": answer}}
    return cs.score([entry, {"id": "b", "ratings": {"x": 5}}], framework)


def test_what_is_not_verified_is_named_for_each_framework_that_says_it() -> None:
    old = scored(4, True, FRAMEWORK)
    notes = cs.diff(old, scored(6, True, FRAMEWORK)).notes
    note = "Not verified: F. What rests on these should be checked first."
    assert notes.count(note) == 1
    assert notes.index(note) == len(notes) - 2
    criteria = {"x": {"scale": {"range": [0, 10]}, "source": "talk"}}
    notes = cs.diff(old, scored(6, True, {**FRAMEWORK, "criteria": criteria})).notes
    assert [entry[:18] for entry in notes].count("Not verified: F. W") == 1
    assert "Not verified: X, F. What rests on these should be checked first." in notes


def test_changes_and_their_effects_stand_below_the_table() -> None:
    found = cs.diff(scored(4, False, FRAMEWORK), scored(8, True, FRAMEWORK))
    lines = found.to_text(200).splitlines()
    assert lines[0] == "What changed, by two"
    sentence = next(line for line in lines if line.startswith("A: X: 4 -> 8; F: no -> yes;"))
    assert "by ratings +40.0 points, most by X +40.0" in sentence
    assert "places: ratings -0.5, facts +0.5" in sentence
    assert sentence.endswith("G: clear -> barred.")
    assert "1 of 2 candidates changed in rank, score or verdict." in lines


def test_changes_without_effect_are_named() -> None:
    old = cs.score([{"id": "a", "facts": {"f": False}, "safeguards": []}], FRAMEWORK)
    new = cs.score([{"id": "a", "facts": {"f": False}, "unit": "area"}], FRAMEWORK)
    notes = cs.diff(old, new).notes
    assert "Changed without effect: A." in notes
    assert any(note.startswith("Told apart: facts. What each did") for note in notes)
