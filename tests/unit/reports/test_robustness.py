"""The notes below the tables of draws and of extreme ranks."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.reports.robustness import extremes_notes_of, notes_of
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
        "400 draws of 2 candidates, seed 0.",
        "Each draw varies the weights (any at all) at random.",
        (
            "The standard error of a share is at most 2.5 percentage points. A result that no draw"
            " showed may still happen."
        ),
        "Quantiles of scores are accurate to 0.1 point.",
        "Not verified: Aside. Check these before you rely on them.",
        SCOPE_NOTE,
    ]


@pytest.mark.parametrize(
    ("y", "choices", "note"),
    [
        (
            [1, 3],
            (),
            "Each draw varies the weights (within 25 % of the given weights) and 1 uncertain rating at random.",
        ),
        (
            "unknown",
            (),
            "Each draw varies the weights (within 25 % of the given weights) and 1 unknown rating at random.",
        ),
        (
            "unknown",
            ("missing",),
            "Each draw varies the weights (within 25 % of the given weights) and 1 choice of method at random.",
        ),
    ],
)
def test_what_is_drawn_is_said(y: Any, choices: tuple[str, ...], note: str) -> None:
    result = cs.robustness(ranking(y), draws=20, method_choices=choices)
    notes = list(notes_of(result))
    assert notes[1] == note
    unknown = "as the choice of method says" if choices else "from its whole scale"
    assert notes[2] == (
        f"An uncertain rating is drawn from its range, an unknown one {unknown}."
        " Unknown facts stay unknown."
    )
    assert note in " ".join(str(result).split())


def test_choices_of_method_are_named_with_their_part_of_the_variance() -> None:
    result = cs.robustness(ranking(), draws=20, weights="exact", method_choices="combine")
    notes = list(notes_of(result))
    assert "Also drawn, each equally likely: combine (arithmetic, geometric, harmonic)." in notes
    (line,) = [note for note in notes if note.startswith("  combine: ")]
    assert "of scores 100 %" in line
    assert "of places " in line


def test_a_verbose_page_has_a_sentence_on_each_candidate_that_is_shown() -> None:
    whole = ranking()
    result = cs.robustness(whole, draws=20, weights="exact")
    first = "- Alpha: first in all draws; rank 1 in at least 90 % of draws."
    assert first not in str(result)
    lines = result.to_text(detail="verbose").splitlines()
    assert lines[lines.index("Each candidate") + 3 :][:2] == [
        first,
        "- Beta: rank 2 in at least 90 % of draws.",
    ]
    narrowed = result.narrowed_to(whole.select(top=1)).to_text(detail="verbose")
    assert first in narrowed
    assert "- Beta" not in narrowed
    assert "Shown: 1 of 2 candidates; ranks are among all of them." in narrowed


def test_the_answer_comes_first() -> None:
    listed = [
        {"id": "a", "title": "Alpha", "ratings": {"x": [8, 10], "y": 9}},
        {"id": "b", "title": "Beta", "ratings": {"x": [6, 9], "y": 8}},
        {"id": "c", "title": "Gamma", "ratings": {"x": [2, 5], "y": 4}},
        {"id": "d", "title": "Delta", "ratings": {"x": 1, "y": 2}},
    ]
    result = cs.robustness(cs.score(listed, TWO), draws=1000)
    blocks = result.page(detail="brief").blocks
    assert len(blocks) == 4
    answer = blocks[2].text
    assert answer.startswith(
        "The top two stay the same, in any order, in all 1,000 draws. Each draw"
    )
    assert answer.endswith('"Alpha" is first in more than 99 % of draws.')
    # the last is behind by its verdict: that is certain; what draws alone show is not
    assert "every draw" not in result.to_text(detail="verbose")
    assert "100%" not in str(result)
    k = result.leading
    ranks = [assessment.rank for assessment in result.ranking]
    assert k == 2
    assert sum(rank is not None and rank <= k for rank in ranks) == k


def test_notes_of_extreme_ranks_have_the_weights_and_who_is_always_ahead() -> None:
    pytest.importorskip("scipy")
    result = cs.extreme_ranks(ranking(), weights="exact")
    notes = list(extremes_notes_of(result))
    assert notes == list(result.notes)
    assert notes[0].startswith("Best, Worst: the best and the worst rank")
    assert notes[1] == "Weights: as given."
    assert 'Whatever the weights, "Alpha" is ahead of "Beta".' in notes
    assert notes[-2:] == list(notes_of(cs.robustness(ranking(), draws=20)))[-2:]


def test_extreme_ranks_say_where_ratings_are_open_and_no_order_is_certain() -> None:
    pytest.importorskip("scipy")
    notes = list(extremes_notes_of(cs.extreme_ranks(ranking([1, 3]), weights="any")))
    assert notes[2] == (
        "Uncertain ratings count at their likely values. Without --exact they vary too."
    )
    assert "For no pair with the same kind of verdict is one ahead with all these weights." in notes


@pytest.mark.parametrize(
    ("answer", "warned"), [({}, True), ({"aside": False}, False), ({"aside": True}, False)]
)
def test_unknown_answers_that_could_change_verdicts_are_named_beside_the_certainty(
    answer: dict[str, bool], warned: bool
) -> None:
    rule = {"rule": {"when": "aside", "then": "outside"}}
    listed = [{"id": "a", "ratings": {"x": 9, "y": 1}, "facts": answer}]
    found = cs.score(listed, TWO | {"guardrails": rule})
    sentence = 'Their answers could change the verdict of "A", and thus the order: see `next`.'
    for result in (cs.robustness(found, draws=64), cs.sensitivity(found)):
        assert (sentence in " ".join(str(result).split())) == warned
    drawn = cs.robustness(found, draws=64, facts="drawn")
    assert "stay unknown here" not in str(drawn)
