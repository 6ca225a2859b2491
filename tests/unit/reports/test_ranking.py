"""Notes and lines below a ranking."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "issuer": "An office",
    "applies": "ours",
    "scales": {"five": {"range": [1, 5]}},
    "facts": {"ours": {"kind": "flag"}, "crit": {"kind": "flag"}},
    "criteria": {"gain": {"scale": "five"}},
    "guardrails": {"g1": {"when": "crit", "then": "outside"}},
}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "ratings": {"gain": 5}, "facts": {"ours": True, "crit": False}},
    {"id": "ice", "ratings": {"gain": 3}, "facts": {"crit": True}},
    {"id": "sea", "facts": {"ours": False}},
]


def test_notes_of_a_ranking() -> None:
    framework = cs.load_framework(FRAMEWORK)
    assert cs.score(LISTED, framework).notes == (
        "3 candidates: 1 inside, 1 outside, 1 not applicable.",
        'Whether the framework is about 1 candidate is open (what is "Ours"?); verdicts are given as if it were.',
        (
            "Score: 100 is the good end, also of risk. Worst-best: what the ratings leave open. "
            "An unknown rating counts as the average of its scale."
        ),
        f"Framework `small`, {framework.digest[:19]}…. Issued by: An office.",
        "A verdict judges the scope as described, not any institution or person.",
    )


def test_reasons_stand_above_the_notes_of_the_table() -> None:
    ranking = cs.score(LISTED, FRAMEWORK)
    line = '✕ Ice (outside): "G1" applies: no safeguard can satisfy this rule.'
    assert ranking.table().notes == (line, *ranking.notes)
    assert ranking.page().blocks == (ranking.table(),)


def test_a_narrowed_ranking_says_how_many_are_shown() -> None:
    ranking = cs.score(LISTED, FRAMEWORK)
    notes = ranking.select(verdict="outside").table().notes
    assert notes[0] == "Left out: 2 by verdict outside."
    assert notes[2] == "Shown are 1 of 3 candidates; ranks are among all of them."
    assert notes[3:] == ranking.notes


@pytest.mark.parametrize(
    ("missing", "note"),
    [
        ("average", "counts as the average of its scale."),
        ("worst", "counts as the worst of its scale."),
        ("omit", "is left out, and its siblings' weights stand for it."),
        ("refuse", "A candidate with an unknown rating has no score."),
    ],
)
def test_the_notes_say_what_an_unknown_rating_counts_as(missing: str, note: str) -> None:
    ranking = cs.score(LISTED, {**FRAMEWORK, "missing": missing})
    assert any(text.endswith(note) for text in ranking.notes)
    mixed = {"gain": {"scale": "five", "missing": missing}, "risk": {"scale": "five"}}
    ranking = cs.score(LISTED, {**FRAMEWORK, "criteria": mixed})
    differs = any("differs by criterion" in text for text in ranking.notes)
    assert differs == (missing != "average")


def test_nothing_to_rank() -> None:
    ranking = cs.score([], FRAMEWORK)
    assert ranking.notes[0] == "0 candidates."
    assert len(ranking) == 0
    assert "none" in str(ranking)
