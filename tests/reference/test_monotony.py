"""Silence does not pay: a sample of what `monotony.py` tries."""

from __future__ import annotations

import random

import pytest

import collabscore as cs
from collabscore.documents.loading import load_policy, shipped
from reference.monotony import generated_tally, new_tally, shipped_candidates, tally

CANDIDATES, FRAMEWORKS, BLOCKS = 8, 80, 2


@pytest.mark.parametrize("name", shipped())
def test_hidden_and_open_answers_improve_no_place_in_shipped_frameworks(name: str) -> None:
    framework, _ = load_policy(name)
    candidates = shipped_candidates(name)
    sample = random.Random(name).sample(sorted(candidates), CANDIDATES)
    found = new_tally()
    tally(framework, {key: candidates[key] for key in sample}, found)
    assert found.better == []
    assert found.tried["fact hidden"] > CANDIDATES


@pytest.mark.parametrize("block", range(BLOCKS))
def test_hidden_and_open_answers_improve_no_place_in_generated_frameworks(block: int) -> None:
    found = new_tally()
    for number in range(block, FRAMEWORKS, BLOCKS):
        generated_tally(number, found)
    assert found.better == []
    kinds = {"fact hidden", "fact opened", "all facts hidden", "rating hidden", "rating opened"}
    assert min(found.tried[kind] for kind in (*kinds, "safeguard hidden")) > FRAMEWORKS / BLOCKS


def test_a_framework_that_punishes_a_safeguard_is_found() -> None:
    """A tally that finds nothing where there is something to find would prove nothing."""
    document = {
        "collabscore": "framework/1",
        "id": "punishing",
        "facts": {"open_data": {"kind": "flag"}},
        "safeguards": {"review": {"title": "Review"}},
        "guardrails": {"rule": {"when": "has(review) and not open_data", "then": "refer"}},
    }
    framework, found = cs.load_framework(document), new_tally()
    candidate = {"facts": {"open_data": False}, "safeguards": [{"id": "review"}], "ratings": {}}
    tally(framework, {"c": candidate}, found)
    assert [words.split(", ")[2] for words in found.better] == [
        "safeguard hidden",
        "safeguard expired",
        "safeguard opened",
    ]
    assert set(found.tried.values()) == {1}
