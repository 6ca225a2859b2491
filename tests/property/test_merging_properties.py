"""Lists of raters merged: raters who agree change nothing."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import generate

import collabscore as cs
from collabscore.documents.merging import MERGES, Merge, RaterList, merged_data

WIDE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "wide",
    "scales": {"money": {"range": [-1e12, 1e12]}, "fine": {"range": [0, 1]}},
    "criteria": {"cost": {"scale": "money"}, "share": {"scale": "fine"}},
}


def answers_of(data: Any, framework: cs.Framework) -> tuple[Any, ...]:
    """Return ratings, answers and safeguards of a list, as they are scored."""
    listed = cs.load_candidates(data, framework)
    ratings = []
    facts = []
    for candidate in listed.candidates:
        for key, scale in framework.rating_scales.items():
            ratings.append(str(scale.read(candidate.ratings.get(key))))
        for key, fact in framework.answered_facts.items():
            facts.append(fact.read(candidate.facts.get(key), framework.list_members))
    placed = [{(one.id, one.status) for one in each.placed()} for each in listed.candidates]
    ranking = cs.score(listed, framework)
    return ratings, facts, placed, ranking.ids, tuple(ranking.verdicts)


def merged(data: Any, framework: cs.Framework, copies: int, merge: Merge) -> Any:
    """Return several copies of a list, merged."""
    listed = cs.load_candidates(data, framework)
    return merged_data([RaterList(f"r{k}", listed) for k in range(copies)], merge)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from(MERGES))
def test_copies_of_a_list_are_that_list(seed: int, copies: int, merge: Merge) -> None:
    rng = Random(seed)
    document = generate.any_framework(rng)
    data = generate.candidates(rng, document, 4)
    framework = cs.load_framework(document)
    found = merged(data, framework, copies, merge)
    assert answers_of(found, framework) == answers_of(data, framework)


@pytest.mark.parametrize("merge", MERGES)
@pytest.mark.parametrize(
    "ratings",
    [
        pytest.param({"cost": 12345678912, "share": 0.12345678912345}, id="R7-point"),
        pytest.param({"cost": [12345678912, 98765432109], "share": [0.1, 1 / 3]}, id="interval"),
        pytest.param(
            {"cost": {"low": -1.23456789123, "value": 1e-9, "high": 2e11 / 3}}, id="three"
        ),
    ],
)
def test_raters_who_agree_keep_all_digits(merge: Merge, ratings: Any) -> None:
    framework = cs.load_framework(WIDE)
    data = [{"id": "flu", "ratings": ratings}]
    for copies in (1, 2, 3, 7):
        found = merged(data, framework, copies, merge)
        assert answers_of(found, framework) == answers_of(data, framework)


def test_a_number_that_a_rater_gave_is_not_rounded() -> None:
    framework = cs.load_framework(WIDE)
    lists = []
    for label, cost in (("anna", 12345678912), ("ben", 98765432109), ("cleo", 1)):
        listed = cs.load_candidates([{"id": "flu", "ratings": {"cost": cost}}], framework)
        lists.append(RaterList(label, listed))
    found = {}
    for merge in MERGES:
        rating = merged_data(lists, merge)["candidates"][0]["ratings"]["cost"]
        found[merge] = {key: rating[key] for key in rating if key != "note"}
    assert found["median"] == {"value": 12345678912}
    assert found["range"] == {"low": 1, "high": 98765432109}
    assert found["mean"] == {"value": 37037037000}  # of 37,037,037,007.33
