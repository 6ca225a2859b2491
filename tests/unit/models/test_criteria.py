"""Criteria: ratings on scales, weights, means."""

from __future__ import annotations

import math
from typing import Any

import pytest

import collabscore as cs
from collabscore.models.criteria import power_of
from collabscore.models.framework import GroupNode, LeafNode
from unit.small_framework import BASE, framework

RATED: list[tuple[Any, str]] = [
    (["a"], "unknown-level"),
    ([1, 2, 3], "invalid-rating"),
    ({"low": 1}, "missing-key"),
    ({"high": 1}, "missing-key"),
    ({"low": 4, "high": 2}, "reversed-interval"),
    ({"low": 1, "value": 5, "high": 2}, "value-outside-interval"),
    ({"value": 9}, "off-scale"),
    ("very", "unknown-level"),
    (9, "off-scale"),
]


@pytest.mark.parametrize(("raw", "code"), [pair for pair in RATED if pair[0] != ["a"]])
def test_what_is_no_rating(raw: Any, code: str) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates([{"id": "c", "ratings": {"benefit": raw}}], BASE)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


@pytest.mark.parametrize("weight", [0, -1, math.nan, math.inf, "2", [3, 1], [-1, 1], True])
def test_a_weight_that_is_none_is_refused(weight: object) -> None:
    wrong = framework(criteria={"zeal": {"scale": "five", "weight": weight}})
    with pytest.raises(cs.FrameworkError):
        cs.load_framework(wrong)


def test_means_are_powers() -> None:
    assert (power_of(None), power_of("minimum"), power_of(0)) == (1.0, float("-inf"), 0.0)


def test_leaves_have_scales_and_groups_have_children() -> None:
    loaded = cs.load_framework("guardrail")
    assert all(isinstance(node, LeafNode) and not node.children for node in loaded.leaves.values())
    assert all(isinstance(node, GroupNode) and node.children for node in loaded.groups.values())
    assert {**loaded.leaves, **loaded.groups} == loaded.nodes
    for key, node in loaded.groups.items():
        below = loaded.leaves_below(key)
        assert below == [leaf for leaf in loaded.leaves if key in loaded.nodes[leaf].path]
        assert set(node.children) <= set(loaded.nodes)
