"""The notes below the tables of draws and of extreme ranks."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.reports.robustness import extremes_notes_of, notes_of, table_notes_of
from collabscore.scoring.wording import SCOPE_NOTE

SCALE = {"range": [0, 10]}
TWO: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "two",
    "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}},
    "facts": {"aside": {"kind": "flag", "title": "Aside", "source": "essay"}},
    "sources": {"essay": {"title": "An essay", "verified": "no"}},
}


def ranking(y: Any = 1, **parts: Any) -> cs.Ranking:
    listed = [
        {"id": "a", "title": "Alpha", "ratings": {"x": 9, "y": y}},
        {"id": "b", "title": "Beta", "ratings": {"x": 1, "y": 8}},
    ]
    return cs.score(listed, TWO | parts)


def test_notes_of_draws_begin_with_their_number_and_end_with_the_scope() -> None:
    notes = list(notes_of(cs.robustness(ranking(), draws=400, weights="any")))
    assert notes == [
        "400 draws, seed 0; 2 candidates. Weights: any at all.",
        "Every rating is a point: none is drawn.",
        (
            "Shares of draws have a standard error of at most 2.5 per cent; what no draw showed may"
            " still happen."
        ),
        "Quantiles of scores are right to 0.1 point.",
        "Not verified: Aside. Check these before you rely on them.",
        SCOPE_NOTE,
    ]


@pytest.mark.parametrize(
    ("y", "choices", "note"),
    [
        ([1, 3], (), "1 uncertain rating is drawn from what it leaves open."),
        (
            "unknown",
            (),
            (
                "1 uncertain rating is drawn; 1 of them unknown, from their whole scales. Open facts"
                " stay open."
            ),
        ),
        (
            "unknown",
            ("missing",),
            "1 uncertain rating is open; 1 unknown ones count as the choice of method says.",
        ),
    ],
)
def test_uncertain_ratings_are_said(y: Any, choices: tuple[str, ...], note: str) -> None:
    result = cs.robustness(ranking(y), draws=20, method_choices=choices)
    assert list(notes_of(result))[1] == note


def test_choices_of_method_are_named_with_their_part_of_the_variance() -> None:
    result = cs.robustness(ranking(), draws=20, weights="exact", method_choices="combine")
    notes = list(notes_of(result))
    assert "Drawn too, each alike: combine (arithmetic, geometric, harmonic)." in notes
    (line,) = [note for note in notes if note.startswith("  combine: ")]
    assert "of scores 100 %" in line
    assert "of places " in line


def test_the_table_has_a_sentence_on_each_candidate_that_is_shown() -> None:
    whole = ranking()
    result = cs.robustness(whole, draws=20, weights="exact")
    lines = list(table_notes_of(result))
    assert lines[:2] == ["Alpha: first in every draw.", "Beta: second in every draw."]
    assert lines[2:] == list(notes_of(result))
    narrowed = list(table_notes_of(result.narrowed_to(whole.select(top=1))))
    assert narrowed[0] == lines[0]
    assert narrowed[1] == "Shown are 1 of 2 candidates; ranks are among all of them."
    assert narrowed[2:] == lines[2:]


def test_notes_of_extreme_ranks_have_the_weights_and_who_is_always_ahead() -> None:
    pytest.importorskip("scipy")
    result = cs.extreme_ranks(ranking(), weights="exact")
    notes = list(extremes_notes_of(result))
    assert notes == list(result.notes)
    assert notes[0] == "Weights: as given."
    assert notes[1].startswith("Best and worst are exact")
    assert "Whatever the weights, Alpha is ahead of Beta." in notes
    assert notes[-2:] == list(notes_of(cs.robustness(ranking(), draws=20)))[-2:]


def test_extreme_ranks_say_where_ratings_are_open_and_no_order_is_certain() -> None:
    pytest.importorskip("scipy")
    notes = list(extremes_notes_of(cs.extreme_ranks(ranking([1, 3]), weights="any")))
    assert notes[2] == (
        "Ratings that are open are taken at their point values; `robustness` draws them too."
    )
    assert "Of no two candidates of one tier is one ahead whatever the weights." in notes
