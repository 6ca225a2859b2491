"""Conditions, for all candidates at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.models.conditions import parse
from collabscore.scoring.evaluation import Evaluator
from collabscore.scoring.problem import Problem
from collabscore.scoring.valuation import Valuation, tree_of

EXAMPLES = Path(__file__).parents[3] / "examples"
HOUSE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "high"}}},
    "criteria": {
        "group": {"criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five"}}},
    },
    "lists": {
        "fields": {"items": {"physics": {"items": ["quantum", "optics"]}, "health": None}},
        "light": {"among": "fields", "items": ["optics"]},
        "all_of_it": {"among": "fields", "items": ["optics", "quantum"]},
    },
    "facts": {
        "stage": {"kind": "level", "levels": ["basic", "applied", "late"]},
        "budget": {"kind": "number"},
        "about": {"kind": "set", "of": "fields"},
        "wet": {"kind": "flag"},
    },
    "safeguards": {"review": {}},
}


def evaluator(**answers: Any) -> Evaluator:
    framework = cs.load_framework(HOUSE)
    listed = cs.load_candidates([{"id": "a", **answers}], framework)
    problem = Problem.from_candidates(listed, framework)
    return Evaluator(Valuation(problem, tree_of(framework)))


def value(condition: str, **answers: Any) -> str:
    found = evaluator(**answers)
    truth = found.truth(parse(condition, found.problem.framework.symbols))
    if truth.unknown[0]:
        return "unknown"
    return "true" if truth.certain[0] else "false"


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("stage >= applied", {"stage": ["applied", "late"]}, "true"),
        ("stage >= applied", {"stage": ["basic", "late"]}, "unknown"),
        ("stage >= applied", {}, "unknown"),
        ("stage == basic", {"stage": ["applied", "late"]}, "false"),
        ("budget > 5", {"budget": [6, 9]}, "true"),
        ("budget > 5", {"budget": [4, 9]}, "unknown"),
        ("overlaps(about, light)", {"about": ["optics"]}, "true"),
        ("overlaps(about, light)", {"about": ["physics"]}, "unknown"),
        ("overlaps(about, light)", {"about": ["physics", "quantum"]}, "false"),
        ("overlaps(about, all_of_it)", {"about": ["physics"]}, "true"),
        ("overlaps(about, light)", {"about": []}, "false"),
        ("overlaps(about, light)", {"about": {"at_least": ["health"]}}, "unknown"),
        ("includes(about, physics)", {"about": ["quantum"]}, "true"),
        ("known(about) and not known(wet)", {"about": {"at_least": []}}, "true"),
        ("count(wet, stage == late) >= 1", {"wet": True}, "true"),
        ("count(wet, stage == late) >= 2", {"wet": True}, "unknown"),
        ("count(wet, stage == late) >= budget", {"wet": True, "budget": 1}, "true"),
    ],
)
def test_answers_decide_if_all_of_them_do(
    condition: str, facts: dict[str, Any], expected: str
) -> None:
    assert value(condition, facts=facts) == expected


@pytest.mark.parametrize(
    ("condition", "ratings", "expected"),
    [
        ("gain >= 2", {"gain": [2, 4]}, "true"),
        ("gain >= 1", {}, "true"),  # the whole scale
        ("gain >= 2", {}, "unknown"),
        ("gain == high", {"gain": 5}, "true"),
        ("score(gain) >= 50", {"gain": 3}, "true"),
        ("score(group) >= 50", {"gain": 5}, "true"),
        ("score(group) > 50", {"gain": 5}, "unknown"),
        ("score(gain) > score(risk)", {"gain": 5, "risk": [1, 4]}, "true"),
        ("known(gain)", {"gain": [1, 4]}, "true"),
        ("known(gain)", {"gain": [1, 5]}, "false"),
        ("known(gain)", {}, "false"),
    ],
)
def test_unknown_ratings_are_the_whole_scale(
    condition: str, ratings: dict[str, Any], expected: str
) -> None:
    assert value(condition, ratings=ratings) == expected


def test_safeguards_are_in_place_or_not() -> None:
    assert value("has(review)", safeguards=["review"]) == "true"
    assert value("has(review)", safeguards=[{"id": "review", "status": "planned"}]) == "false"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("wet or stage == late", ["wet", "stage"]),
        ("wet and known(budget)", []),
        ("not (overlaps(about, light) and wet)", ["about", "wet"]),
        ("count(wet, budget > 3) >= 2", ["wet", "budget"]),
        ("score(group) > 60 and gain > 2", ["gain", "risk"]),
        ("wet or wet", ["wet"]),
    ],
)
def test_open_names_stand_in_the_order_of_the_condition(condition: str, names: list[str]) -> None:
    found = evaluator()
    assert found.open_names(parse(condition, found.problem.framework.symbols), 0) == names


def test_a_part_is_evaluated_once() -> None:
    found = evaluator(facts={"wet": True})
    symbols = found.problem.framework.symbols
    first = found.truth(parse("wet and stage == late", symbols))
    assert found.truth(parse("wet and stage == late", symbols)) is first
    assert np.array_equal(first.unknown, [True])
