"""Changes between two runs, in words and made one kind at a time."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.run_changes import (
    counterfactual_runs,
    element_titles,
    framework_changes,
    parts_of,
)

SCALE = {"range": [0, 10]}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "two",
    "criteria": {
        "pair": {"criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}}},
        "z": {"scale": SCALE, "title": "Last"},
    },
    "facts": {"f": {"kind": "flag"}},
    "guardrails": {"g": {"when": "f", "then": "refer"}},
}


def changes(**keys: Any) -> list[str]:
    """Return the changes of the framework that other values of some keys make."""
    old, new = cs.load_framework(FRAMEWORK), cs.load_framework({**FRAMEWORK, **keys})
    return list(framework_changes(old, new))


def test_values_of_a_framework_are_quoted_as_yaml_has_them() -> None:
    found = changes(bands={"high": 50, "low": 0}, missing="worst")
    assert "bands: {} -> {high: 50, low: 0}" in found
    assert "missing: as by default -> worst" in found
    assert not any("'" in change for change in found)


def test_a_weight_is_a_share_of_its_group_and_of_all_where_these_differ() -> None:
    pair = FRAMEWORK["criteria"]["pair"]["criteria"]
    heavy = {"pair": {"criteria": {**pair, "x": {"scale": SCALE, "weight": 3}}}}
    assert changes(criteria={**heavy, "z": FRAMEWORK["criteria"]["z"]}) == [
        "weight of X: 50 % of its group (25 % of all) -> 75 % of its group (37.5 % of all)",
        "weight of Y: 50 % of its group (25 % of all) -> 25 % of its group (12.5 % of all)",
    ]
    last = {**FRAMEWORK["criteria"]["z"], "weight": 3}
    assert changes(criteria={**FRAMEWORK["criteria"], "z": last}) == [
        "weight of Pair: 50 % -> 25 %",
        "weight of Last: 50 % -> 75 %",
    ]


def test_each_part_that_came_went_or_changed_is_named() -> None:
    assert changes() == []
    assert changes(guardrails={"h": {"when": "f", "then": "refer"}}) == [
        "guardrail removed: G",
        "guardrail added: H",
    ]
    other = {**FRAMEWORK["criteria"], "z": {**FRAMEWORK["criteria"]["z"], "prefer": "low"}}
    assert changes(criteria=other) == ["criterion changed: Last"]


def test_titles_of_elements_fall_back_on_their_ids() -> None:
    assert element_titles(cs.load_framework(FRAMEWORK).nodes)["z"] == "Last"
    assert element_titles(cs.load_framework(FRAMEWORK).all_facts) == {"f": "F"}


def test_there_is_a_run_for_each_set_of_changes_and_parts_sum_to_the_whole() -> None:
    def run(rating: float, answer: bool, version: dict[str, Any]) -> cs.Ranking:
        entry = {"id": "a", "ratings": {"x": rating, "z": 5}, "facts": {"f": answer}}
        return cs.score([entry], {**FRAMEWORK, **version})

    heavy = {**FRAMEWORK["criteria"], "z": {**FRAMEWORK["criteria"]["z"], "weight": 3}}
    old, new = run(2, False, {}), run(8, True, {"criteria": heavy})
    runs = counterfactual_runs(old, new)
    assert runs.kinds == ("ratings", "facts", "weights")
    assert len(runs.rankings) == 8
    assert runs.changes == {"a": ("X: 2 -> 8", "F: no -> yes")}
    parts = parts_of(runs)["a"]
    scores = [part.score or 0.0 for part in parts]
    assert sum(scores) == pytest.approx((new["a"].score or 0.0) - (old["a"].score or 0.0))
    assert [part.verdict for part in parts] == [0.0, 2.0, 0.0]
