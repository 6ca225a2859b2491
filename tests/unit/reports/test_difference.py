"""The page and the notes of `diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
    note = "Not verified: F. Check these before you rely on them."
    assert notes.count(note) == 1
    assert notes.index(note) == len(notes) - 2
    criteria = {"x": {"scale": {"range": [0, 10]}, "source": "talk"}}
    notes = cs.diff(old, scored(6, True, {**FRAMEWORK, "criteria": criteria})).notes
    assert [entry[:18] for entry in notes].count("Not verified: F. C") == 1
    assert "Not verified: X, F. Check these before you rely on them." in notes


def test_changes_and_their_effects_stand_below_the_table() -> None:
    found = cs.diff(scored(4, False, FRAMEWORK), scored(8, True, FRAMEWORK))
    lines = found.to_text(200, detail="verbose").splitlines()
    assert lines[0] == "Changes between two runs, by two"
    assert lines[3] == (
        '1 of 2 candidates changed: 1 in verdict, 1 in score. "A": ● inside → ▲ refer.'
    )
    sentence = next(line for line in lines if line.startswith("- A: X: 4 → 8; F: no → yes;"))
    assert '"G": does not apply → applies; ' in sentence
    assert sentence.endswith("effect on the rank, in places: ratings 0.5 up, facts 0.5 down")
    assert "One kind of change explains all of them: ratings." in lines
    assert "A           +40.0  X +40.0" in lines
    assert any("Places are among the candidates in both lists." in note for note in found.notes)
    short = found.to_text(200)
    assert "Shapley" not in short
    assert "A           +40.0  X +40.0" in short
    assert "Why" not in found.to_text(200, detail="brief")


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        ([9, 8, 7, 6], [9, 8, 7, 8.5], ["1 place down", "1 place down", "2 places up"]),
        ([9, 8], [8, 9], ["1 place up", "1 place down"]),
        ([9, 8], [9, None], ["removed"]),
        ([9, None], [9, 8], ["added"]),
        ([9, "out"], [9, 8], ["ranked"]),
        ([9, 8], [9, "out"], ["unranked"]),
        ([9, 8], [9, 7], [None]),
    ],
)
def test_moves_are_told_in_places_up_and_down(
    before: list[Any], after: list[Any], moves: list[str | None]
) -> None:
    barring = {**FRAMEWORK, "guardrails": {"g": {"when": "f", "then": "outside"}}}

    def run(scores: list[Any]) -> cs.Ranking:
        entries = []
        for k, score in enumerate(scores):
            if score is not None:
                facts = {"f": score == "out"}
                rating = 5 if score == "out" else score
                entries.append({"id": f"c{k}", "ratings": {"x": rating}, "facts": facts})
        return cs.score(entries, barring)

    rows = cs.diff(run(before), run(after)).table().to_records()
    assert sorted(str(row["moved"]) for row in rows) == sorted(map(str, moves))


def test_of_many_candidates_the_first_reasons_are_shown_and_the_others_counted() -> None:
    def run(rating: float) -> cs.Ranking:
        return cs.score(
            [{"id": f"c{k}", "ratings": {"x": rating + k / 10}} for k in range(13)], FRAMEWORK
        )

    found = cs.diff(run(1), run(2))
    text = found.to_text(200)
    assert text.count("+10.0  X +10.0") == text.count("- C") == 10
    assert text.count("3 more (-v shows all).") == 2
    whole = found.to_text(200, detail="verbose")
    assert whole.count("+10.0  X +10.0") == whole.count("- C") == 13
    assert "more (-v" not in whole
    ten = cs.diff(run(1), run(1))
    assert (
        ten.to_text(200).splitlines()[3]
        == "None of 13 candidates changed in verdict, rank or score."
    )


def test_criteria_of_an_effect_are_counted_where_not_all_are_named() -> None:
    criteria = {key: {"scale": {"range": [0, 10]}} for key in "abcde"}
    wide = {**FRAMEWORK, "criteria": criteria}

    def effect(*changed: str) -> str:
        before = dict.fromkeys(criteria, 1)
        after = {key: 6 if key in changed else 1 for key in criteria}
        runs = [cs.score([{"id": "one", "ratings": ratings}], wide) for ratings in (before, after)]
        lines = cs.diff(*runs).to_text(300).splitlines()
        return [line for line in lines if line.startswith("One  ")][1].split(maxsplit=1)[1]

    assert effect("a") == "+10.0  A +10.0"
    assert effect("a", "b") == "+20.0  A +10.0, B +10.0"
    assert effect("a", "b", "c") == "+30.0  A +10.0, B +10.0, C +10.0"
    assert effect(*"abcd") == "+40.0  A +10.0, B +10.0, C +10.0, 1 more"


def test_titles_of_own_verdicts_are_printed() -> None:
    own = {
        **FRAMEWORK,
        "verdicts": {"go": {"title": "Go ahead"}, "no": {"title": "Not now", "ranked": False}},
        "defaults": {"met": "go", "if_unknown": "no"},
        "guardrails": {"g": {"when": "f", "then": "no"}},
    }
    found = cs.diff(scored(4, False, own), scored(4, True, own))
    assert "● Go ahead → ✕ Not now" in found.to_text(200)


def test_changes_without_effect_are_named() -> None:
    old = cs.score([{"id": "a", "facts": {"f": False}, "safeguards": []}], FRAMEWORK)
    new = cs.score([{"id": "a", "facts": {"f": False}, "unit": "area"}], FRAMEWORK)
    notes = cs.diff(old, new).notes
    assert "Changed without effect: A." in notes
    assert any(note.startswith("Effects separated: facts. Each effect") for note in notes)


def test_effects_of_several_kinds_are_columns_that_sum_to_the_change() -> None:
    heavy = {**FRAMEWORK, "criteria": {**FRAMEWORK["criteria"], "y": FRAMEWORK["criteria"]["x"]}}
    light = {
        **heavy,
        "criteria": {**heavy["criteria"], "y": {**heavy["criteria"]["y"], "weight": 3}},
    }
    old = cs.score([{"id": "a", "ratings": {"x": 4, "y": 2}}], heavy)
    new = cs.score([{"id": "a", "ratings": {"x": 8, "y": 3}}], light)
    lines = cs.diff(old, new).to_text(80).splitlines()
    head = lines.index("Why the scores changed") + 3
    assert lines[head].split() == [
        "Candidate",
        "Change",
        "Ratings",
        "Weights",
        "Largest",
        "effects",
    ]
    change, ratings, weights = map(float, lines[head + 2].split()[1:4])
    assert change == 12.5
    assert round(ratings + weights, 1) == change


@pytest.mark.parametrize("width", [80, 100])
def test_the_move_and_every_effect_are_shown_in_eighty_columns(width: int) -> None:
    examples = Path(__file__).parents[3] / "examples"
    pair = ("collaboration_areas.yaml", "second_rating.yaml")
    found = cs.diff(*(cs.score(examples / name) for name in pair))
    text = found.to_text(width)
    assert max(map(len, text.splitlines())) <= width
    assert {line for line in text.splitlines() if line.startswith("hidden")} <= {
        "Not shown at this width: Id."
    }
    for row in found.table().to_records():
        if row["moved"] is not None:
            assert f"  {row['moved']}  " in text
