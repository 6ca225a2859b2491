"""Weight spaces: their names, one for all groups or by group, and the sets they mean."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.errors import Diagnostic
from collabscore.models.weight_spaces import Weights, WeightSpace, describe_weights, group_weights

SCALE = {"scale": {"range": [0, 1]}}


def weighted(**more: Any) -> cs.Framework:
    criteria = {
        "a": {"weight": 2, "criteria": {"a1": {"weight": 1} | SCALE, "a2": {"weight": 3} | SCALE}},
        "b": {"weight": 1, "criteria": {"b1": {"weight": [1, 3]} | SCALE, "b2": SCALE}},
    }
    return cs.load_framework({"collabscore": "framework/1", "id": "t", "criteria": criteria} | more)


def names(spaces: Weights, **more: Any) -> dict[str, str]:
    return {part.group: str(part.space) for part in group_weights(weighted(**more), spaces)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 25%", "within 25%"),
        ("  within  12.5 % ", "within 12.5%"),
        ("within 100%", "within 100%"),
        ("within 2.5 %", "within 2.5%"),
        ("exact", "exact"),
        ("intervals", "intervals"),
        ("order", "order"),
        (" any", "any"),
    ],
)
def test_names_of_spaces(text: str, expected: str) -> None:
    assert str(WeightSpace.read(text)) == expected


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("within 0%", "out-of-range", None),
        ("within 101%", "out-of-range", None),
        ("within 150%", "out-of-range", None),
        ("exactly", "unknown-weight-space", "did you mean `exact`?"),
        ("ordre", "unknown-weight-space", "did you mean `order`?"),
        ("within", "unknown-weight-space", "did you mean `within 25%`?"),
        ("within -5%", "unknown-weight-space", "did you mean `within 25%`?"),
        ("", "unknown-weight-space", None),
    ],
)
def test_texts_that_name_no_space(text: str, code: str, help: str | None) -> None:
    found = WeightSpace.read(text, ("weights",))
    assert isinstance(found, Diagnostic)
    assert (found.code, found.path) == (code, ("weights",))
    assert help is None or found.help == help


def test_without_a_name_intervals_count_and_else_a_quarter() -> None:
    assert names(None) == {"": "within 25%", "a": "within 25%", "b": "intervals"}
    assert names(None, weights="order") == {"": "order", "a": "within 25%", "b": "intervals"}
    assert group_weights(cs.load_framework("nl-knowledge-security")) == ()


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("any", ("any", "any", "any")),
        ({"a": "order"}, ("within 25%", "order", "intervals")),
        (["a=order"], ("within 25%", "order", "intervals")),
        ("a=order", ("within 25%", "order", "intervals")),
        ({"": "any", "*": "exact"}, ("any", "exact", "exact")),
        (("=any", "exact"), ("any", "exact", "exact")),
        (["exact", " a = within 5 % "], ("exact", "within 5%", "exact")),
        (["*=exact", "b=any"], ("exact", "exact", "any")),
        ([], ("within 25%", "within 25%", "intervals")),
        ({}, ("within 25%", "within 25%", "intervals")),
    ],
)
def test_a_space_for_all_groups_or_by_group(
    weights: Weights, expected: tuple[str, str, str]
) -> None:
    assert tuple(names(weights).values()) == expected


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("ani", "`ani` does not say how far weights may vary; did you mean `any`"),
        ({"z": "any"}, "`z` is not a group of criteria of `t`; choose from `a`, `b`"),
        (["a1=any"], "`a1` is not a group of criteria of `t`; did you mean `a`"),
        (["any", "order"], "`any` and `order` both apply to all groups; give only one"),
        (["a=any", "a=order"], "the group `a` is named twice; name each group once"),
        (["any", "*=order"], r"the group `\*` is named twice; name each group once"),
        (0.25, "`0.25` is not a choice of weights; did you mean `within 25%`"),
        ({"a": 25}, "`25` is not a choice of weights; choose from `exact`"),
        ([None], "`None` is not a choice of weights; choose from `exact`"),
    ],
)
def test_weights_that_cannot_be_read_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(cs.UsageError, match=f"^weights: {message}"):
        group_weights(weighted(), weights)


def test_every_analysis_takes_spaces_by_group() -> None:
    rows = [
        {"id": "x", "ratings": {"a1": 1, "a2": 0, "b1": 0.5, "b2": 0}},
        {"id": "y", "ratings": {"a1": 0, "a2": 1, "b1": 0, "b2": [0, 1]}},
    ]
    ranking = cs.score(rows, weighted())
    expected = {"": "exact", "a": "any", "b": "exact"}
    for weights in (["exact", "a=any"], {"*": "exact", "a": "any"}):
        results = (
            cs.robustness(ranking, weights=weights, draws=256),
            cs.next_questions(ranking, weights=weights, draws=256),
            cs.sensitivity(ranking, weights=weights, draws=256),
            cs.extreme_ranks(ranking, weights=weights),
        )
        for result in results:
            assert json.loads(result.to_json())["options"]["weights"] == expected


def test_sets_are_those_of_the_names() -> None:
    top, a, b = group_weights(weighted(), {"": "within 30%", "a": "order"})
    np.testing.assert_allclose(top.weights.low, [0.7 * 2 / 3, 0.7 / 3])
    np.testing.assert_allclose(top.weights.high, [1.3 * 2 / 3, 1.3 / 3])
    assert a.weights.classes is not None
    assert a.weights.classes.tolist() == [1, 0]
    # [1, 3] is 2 of 3, and so from 1/3 to 1; the plain weight has the rest
    np.testing.assert_allclose(b.weights.low, [1 / 3, 0])
    np.testing.assert_allclose(b.weights.high, [1, 2 / 3])
    assert (top.free, a.free, b.free) == (True, True, True)
    assert not any(part.free for part in group_weights(weighted(), "exact"))


def test_spaces_in_words() -> None:
    own = weighted()
    groups = group_weights(own, {"": "within 12.5%", "a": "order"})
    assert describe_weights(groups, own) == (
        "within 12.5 % of the given weights (the top level);"
        " any weights in the given order (A); any weights within the given intervals (B)"
    )
    assert describe_weights(group_weights(own, "any"), own) == "any at all"
    # intervals of a group without any are its weights as given
    assert describe_weights(group_weights(own, "intervals"), own) == (
        "as given (the top level, A); any weights within the given intervals (B)"
    )
