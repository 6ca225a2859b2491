"""The changes that would improve or worsen a result, as the page of an explanation shows them."""

from __future__ import annotations

import pytest

import collabscore as cs
from collabscore.analysis.explanation import explain
from collabscore.output import Paragraph, Table
from collabscore.reports.changes import change_blocks, target_words
from unit.small_framework import HOUSE


def test_all_changes_are_shown_where_no_number_is_given(request: pytest.FixtureRequest) -> None:
    projects = cs.score(request.config.rootpath / "examples/proposed_projects.yaml")
    found = explain(projects, "battery-recycling")
    counts = []
    texts = []
    for most in (1, 3, None):
        for block in change_blocks(found, most):
            if isinstance(block, Table):
                counts.append(len(block.rows))
            elif isinstance(block, Paragraph):
                texts.append(block.text.partition(" of ")[0])
    assert counts[0] < counts[1] < counts[2]
    # how uncertain ratings are changed is said beside all changes alone
    assert texts.count("A change") == 1


@pytest.mark.parametrize("top", [None, 1])
def test_a_threshold_is_printed_with_the_rank_that_it_gives(top: int | None) -> None:
    """The breakpoint is 59.96: at 60 the rank is another one."""
    criteria = {"gain": {"scale": "part"}}
    scores = {"a": 10, "b": 80.5, "c": 60, "d": 59.96, "e": 20}
    listed = [{"id": key, "ratings": {"gain": score}} for key, score in scores.items()]
    found = explain(
        cs.score(listed, {**HOUSE, "criteria": criteria, "guardrails": {}}), "e", top=top
    )
    (change,) = [change for change in found.rating_changes if change.aim == "better_place"]
    expected = ("at least 59.96", 3) if top is None else ("at least 80.5", 1)
    assert (target_words(change.target), change.target.consequence.rank) == expected


@pytest.mark.parametrize(
    ("missing", "words", "rank"), [("refuse", "any, such as 3", 1), ("worst", "at most 4", 1)]
)
def test_the_rank_of_a_row_is_that_at_the_rating_it_names(
    missing: str, words: str, rank: int
) -> None:
    criteria = {"risk": {"scale": "five", "prefer": "low"}}
    listed = [{"id": "a", "facts": {}}, {"id": "b", "ratings": {"risk": 4}}]
    document = {**HOUSE, "criteria": criteria, "guardrails": {}, "missing": missing}
    found = explain(cs.score(listed, document), "a")
    (change,) = [change for change in found.rating_changes if change.aim == "better_place"]
    assert (target_words(change.target), change.target.consequence.rank) == (words, rank)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"when": "f and not g", "then": "refer"}, "give a worse verdict or worsen the rank"),
        (
            {"steps": [{"when": "f and g", "then": "refer"}, {"when": "f or g", "then": "refer"}]},
            "give a better or a worse verdict or worsen the rank",
        ),
    ],
    ids=["worse-alone", "both"],
)
def test_what_no_change_brings_about_is_said_once(rule: dict[str, object], expected: str) -> None:
    document = {
        "collabscore": "framework/1",
        "id": "small",
        "criteria": {"gain": {"scale": {"range": [1, 5]}}},
        "facts": {"f": {"kind": "flag"}, "g": {"kind": "flag"}},
        "guardrails": {"rule": rule},
    }
    listed = [{"id": "a", "ratings": {"gain": 3}, "facts": {"f": True, "g": True}}]
    found = explain(cs.score(listed, document), "a")
    texts = [block.text for block in change_blocks(found, None) if isinstance(block, Paragraph)]
    assert f"No single change would {expected}, with known answers as they are." in texts
