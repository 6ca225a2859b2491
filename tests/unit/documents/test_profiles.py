from __future__ import annotations

import pytest

from collabscore.documents.loading import load_framework
from collabscore.documents.profiles import (
    Resolution,
    path_in_words,
    read_share,
    weights_of_shares,
)
from collabscore.errors import Origin, ReadingError
from collabscore.models.framework import Profile

BASE = {
    "collabscore": "framework/1",
    "id": "base",
    "criteria": {"gain": {"scale": {"range": [1, 5]}}, "risk": {"scale": {"range": [1, 5]}}},
    "guardrails": {"a": {"steps": [{"when": "gain > 4", "then": "refer"}] * 4}},
}


def resolution(**keys: object) -> Resolution:
    written = {"collabscore": "framework/1", "id": "own", "based_on": "base.yaml", **keys}
    profile = Profile.model_validate(written)
    profile.remember(Origin("own.yaml"))
    base = load_framework(BASE)
    base.remember(Origin("base.yaml"))
    return Resolution(profile, written, base, BASE)


def test_the_base_is_not_changed() -> None:
    made = resolution(set={"criteria.gain.weight": 3}, drop=["criteria.risk"])
    assert made.data["criteria"] == {"gain": {"scale": {"range": [1, 5]}, "weight": 3}}
    assert "weight" not in BASE["criteria"]["gain"]
    assert list(BASE["criteria"]) == ["gain", "risk"]


def test_places_follow_entries_of_lists_that_move_up() -> None:
    made = resolution(
        drop=["guardrails.a.steps.0", "guardrails.a.steps[2]"],
        set={"guardrails.a.steps.3.then": "outside"},
    )
    assert [step["then"] for step in made.data["guardrails"]["a"]["steps"]] == ["refer", "outside"]
    origin, steps = made.origin, ("guardrails", "a", "steps")
    assert origin.of((*steps, 0, "then")) == ((*steps, 1, "then"), Origin("base.yaml"))
    written, text = origin.of((*steps, 1, "then"))
    assert (written, text.source) == (("set", "guardrails.a.steps.3.then"), "own.yaml")
    assert origin.of((*steps, 1, "when")) == ((*steps, 3, "when"), Origin("base.yaml"))
    assert origin.of(("id",))[1].source == "own.yaml"


def test_paths_in_words() -> None:
    assert path_in_words(("criteria", "a.b", "weight")) == 'criteria."a.b".weight'
    assert path_in_words(("guardrails", "a", "steps", 1)) == "guardrails.a.steps.1"


@pytest.mark.parametrize("text", ["50", "%", "-1%", "1e2%", "0%", "100.1%", "50%%"])
def test_texts_that_are_no_shares(text: str) -> None:
    with pytest.raises(ReadingError):
        read_share(text)


def test_shares_that_are_all_given_are_weights() -> None:
    assert weights_of_shares("", {"a": 50, "b": 20, "c": 30}, {}) == {"a": 50, "b": 20, "c": 30}
    made = weights_of_shares("", {"a": 50, "b": 20}, {"c": 2, "d": 4})
    assert made == {"a": 10, "b": 4}
    with pytest.raises(ReadingError, match="`a` is the only criterion of its group"):
        weights_of_shares("", {"a": 50}, {})
