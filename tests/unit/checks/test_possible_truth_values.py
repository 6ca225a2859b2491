from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.checks.warnings import (
    MOST_COMBINATIONS,
    possible_truth_values,
)
from collabscore.models.conditions import parse

FIVE = {"range": [1, 5], "levels": {1: "low", 5: "high"}}


def framework(**parts: Any) -> cs.Framework:
    return cs.load_framework({"collabscore": "framework/1", "id": "house", **parts})


STAGE = {
    "stage": {"kind": "level", "levels": ["basic", "applied", "late"]},
    "animals": {"kind": "flag"},
}


@pytest.mark.parametrize(
    ("condition", "worths"),
    [
        ("stage >= basic", {2}),
        ("stage < basic", {0}),
        ("basic < stage < late and stage != applied", {0}),
        ("known(stage)", {0, 2}),
        # what is asked for by `known` may be unknown, and then neither true nor false
        ("known(stage) and stage >= applied", {0, 2}),
        ("not known(stage) and stage >= applied", {0, 1}),
        ("known(stage) or not known(stage)", {2}),
        ("a > b and a <= b", {0, 1, 2}),  # two numbers compared with each other: nothing is claimed
        ("a > 3 and a <= 3", {0}),
        ("a >= 0 or b == 2", {2}),
        ("a > 100", {0}),
        ("score(benefit) > 60 and score(benefit) <= 60", {0}),
        ("score(benefit) >= 0", {2}),
        ("score(benefit) > 100", {0}),
        ("score(benefit) > 99", {0, 2}),
        ("benefit == 3 and benefit != 3", {0}),
        ("has(review) and not has(review)", {0}),
        ("count(animals, not animals) == 1", {2}),
        ("count(animals, stage == late) > 2", {0}),
    ],
)
def test_what_a_condition_can_be_worth(condition: str, worths: set[int]) -> None:
    house = framework(
        facts={
            **STAGE,
            "a": {"kind": "number", "minimum": 0, "maximum": 100},
            "b": {"kind": "number"},
        },
        criteria={"benefit": {"scale": FIVE}},
        safeguards={"review": {}},
    )
    assert possible_truth_values(parse(condition, house.symbols), house) == worths


def test_parts_that_share_nothing_are_looked_at_one_by_one() -> None:
    facts = {f"fact_{k}": {"kind": "level", "levels": ["a", "b", "c", "d"]} for k in range(20)}
    house = framework(facts=facts)
    wide = " and ".join(f"({key} == a or {key} == b)" for key in facts)
    assert 4 ** len(facts) > MOST_COMBINATIONS
    assert possible_truth_values(parse(wide, house.symbols), house) == {0, 2}
    assert possible_truth_values(parse(f"{wide} and fact_0 == c", house.symbols), house) == {0}


def test_above_too_many_combinations_nothing_is_claimed() -> None:
    levels = [f"v{k}" for k in range(200)]
    house = framework(facts={key: {"kind": "level", "levels": levels} for key in ("x", "y", "z")})
    each = " or ".join(f"(x == {v} and y == {v} and z == {v})" for v in levels[:60])
    assert possible_truth_values(parse(f"({each}) and not ({each})", house.symbols), house) == {
        0,
        1,
        2,
    }


def test_a_set_of_many_lists_claims_nothing() -> None:
    items = [f"item_{k}" for k in range(16)]
    lists = {"all": {"items": items}} | {
        f"only_{k}": {"among": "all", "items": [items[k]]} for k in range(16)
    }
    house = framework(lists=lists, facts={"about": {"kind": "set", "of": "all"}})
    condition = " and ".join(f"overlaps(about, only_{k})" for k in range(16))
    assert possible_truth_values(parse(condition, house.symbols), house) == {0, 1, 2}
    few = "overlaps(about, only_0) and not includes(about, item_0)"
    assert possible_truth_values(parse(few, house.symbols), house) == {0}


@pytest.mark.parametrize(
    ("conditions", "answers"),
    [
        (["y > 3"], {"at most 3": (2.0, 3.0), "more than 3": (4.0, 4.0)}),
        (["y >= 3"], {"below 3": (2.0, 2.0), "3 or more": (3.0, 4.0)}),
        (["y == 3"], {"below 3": (2.0, 2.0), "exactly 3": (3.0, 3.0), "more than 3": (4.0, 4.0)}),
        (["y < y"], {"any number": (0.0, 0.0)}),
    ],
)
def test_classes_of_numbers_without_limits(
    conditions: list[str], answers: dict[str, tuple[float, float]]
) -> None:
    rules = {f"rule_{k}": {"when": when, "then": "refer"} for k, when in enumerate(conditions)}
    house = framework(facts={"y": {"kind": "number"}}, guardrails=rules)
    found = house.answer_classes("y", None)
    assert {part.label: (part.answer.low, part.answer.high) for part in found} == answers  # type: ignore[union-attr]
