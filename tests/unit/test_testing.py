"""Strategies of hypothesis: what they draw is accepted, and has the names of the framework."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

import collabscore as cs
from collabscore import testing
from unit.small_framework import HOUSE

FRAMEWORK = cs.load_framework(HOUSE)
PROFILE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PROFILE
@given(testing.candidates(FRAMEWORK, most=3))
def test_lists_are_accepted_with_ids_of_their_own(listed: list[dict[str, Any]]) -> None:
    ids = [f"candidate-{number}" for number in range(len(listed))]
    assert [entry.id for entry in cs.load_candidates(listed, FRAMEWORK).candidates] == ids
    assert 1 <= len(listed) <= 3


@PROFILE
@given(testing.rating(next(iter(FRAMEWORK.leaves.values())).scale, known=True))
def test_a_known_rating_is_no_interval_over_the_whole_scale(rating: Any) -> None:
    low, high = next(iter(FRAMEWORK.leaves.values())).scale.range
    assert rating != [low, high]


@PROFILE
@given(testing.candidate(FRAMEWORK, name="one", known=True))
def test_what_is_asked_for_as_known_is_known(entry: dict[str, Any]) -> None:
    assert entry["id"] == "one"
    assert entry["ratings"].keys() == FRAMEWORK.leaves.keys()
    assert entry["facts"].keys() == FRAMEWORK.all_facts.keys()
    problem = cs.score([entry], FRAMEWORK).problem
    assert all(problem.is_known(key).all() for key in (*entry["ratings"], *entry["facts"]))


@PROFILE
@given(testing.candidate(cs.load_framework({**HOUSE, "safeguards": {}, "guardrails": {}})))
def test_a_framework_may_have_no_safeguards(entry: dict[str, Any]) -> None:
    assert entry["safeguards"] == []


DATED = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "dated",
        "facts": {"ends": {"kind": "date"}},
        "guardrails": {"old": {"when": "ends < '2020-01-01'", "then": "outside"}},
    }
)


@given(testing.candidate(DATED, known=True))
def test_dates_are_days(entry: dict[str, Any]) -> None:
    verdict = "outside" if entry["facts"]["ends"] < "2020-01-01" else "inside"
    assert cs.score([entry], DATED)["candidate"].verdict == verdict
