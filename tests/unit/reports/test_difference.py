"""The notes of `diff` and of `what_if`."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.scoring.ranking import Ranking

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
    note = "Not verified: F. Check these before you rely on them."
    assert notes.count(note) == 1
    assert notes.index(note) == len(notes) - 2
    criteria = {"x": {"scale": {"range": [0, 10]}, "source": "talk"}}
    notes = cs.diff(old, scored(6, True, {**FRAMEWORK, "criteria": criteria})).notes
    assert [entry[:18] for entry in notes].count("Not verified: F. C") == 1
    assert "Not verified: X, F. Check these before you rely on them." in notes


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


# what if

ONE_CRITERION: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"benefit": {"scale": {"range": [1, 5]}}},
    "facts": {"harmful": {"kind": "flag"}},
    "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
}


@pytest.fixture
def ranking() -> Ranking:
    listed = []
    for number in range(50):
        ratings = {"benefit": 1 + number / 25}
        listed.append({"id": f"c{number}", "ratings": ratings, "facts": {"harmful": False}})
    return cs.score(listed, ONE_CRITERION)


def test_reasons_stand_below_the_table(ranking: Ranking) -> None:
    text = cs.what_if(ranking, ratings={"c49": {"benefit": 2.9}}).to_text()
    lines = text.splitlines()
    assert lines[0] == "What if: benefit of c49: 2.96 -> 2.9"
    assert "C48: now ahead of `c49`." in lines
    assert "C49: benefit -1.5." in lines
    assert "48 others stand as before: rank, score, verdict." in lines


def test_many_reasons_are_counted(ranking: Ranking) -> None:
    text = cs.what_if(ranking, ratings={"c0": {"benefit": 5}}).to_text()
    assert text.count(": now behind `c0`.") == 39
    assert "Why 10 more stand otherwise is in the records." in text


def test_many_changes_are_listed_below_the_title(ranking: Ranking) -> None:
    facts = {f"c{number}": {"harmful": True} for number in range(5)}
    text = " ".join(cs.what_if(ranking, facts=facts).to_text().split())
    assert "harmful of c2: no -> yes; and 2 more changes" in text
    assert "Changed: harmful of c0: no -> yes;" in text
    assert "harmful of c4: no -> yes." in text


def test_requests_that_change_nothing_are_named(ranking: Ranking) -> None:
    text = cs.what_if(ranking, facts={"c0": {"harmful": False}}).to_text()
    assert text.startswith("What if: nothing is changed")
    assert "So already: harmful of c0: no." in text
    assert "Nothing changes: all 50 candidates stand as before." in text
