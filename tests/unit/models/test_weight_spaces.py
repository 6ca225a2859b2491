"""Weight spaces: their names, one for all groups or by group, and the sets they mean."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.errors import Diagnostic
from collabscore.models.weight_spaces import Weights, WeightSpace, describe, group_weights

SCALE = {"scale": {"range": [0, 1]}}


def framework(**more: Any) -> cs.Framework:
    criteria = {
        "a": {"weight": 2, "criteria": {"a1": {"weight": 1} | SCALE, "a2": {"weight": 3} | SCALE}},
        "b": {"weight": 1, "criteria": {"b1": {"weight": [1, 3]} | SCALE, "b2": SCALE}},
    }
    return cs.load_framework({"collabscore": "framework/1", "id": "t", "criteria": criteria} | more)


def names(spaces: Weights, **more: Any) -> dict[str, str]:
    return {part.group: str(part.space) for part in group_weights(framework(**more), spaces)}


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
        ("ani", "`ani` is not a space of weights; did you mean `any`"),
        ({"z": "any"}, "`z` is no group of criteria of `t`; choose from `a`, `b`"),
        (["a1=any"], "`a1` is no group of criteria of `t`; did you mean `a`"),
        (["any", "order"], "`any` and `order` are both meant for all groups; name one of them"),
        (["a=any", "a=order"], "a group is named twice; name each once"),
        (["any", "*=order"], "a group is named twice; name each once"),
        (0.25, "`0.25` is not a space of weights; choose from `exact`"),
        ({"a": 25}, "`25` is not a space of weights; choose from `exact`"),
        ([None], "`None` is not a space of weights; choose from `exact`"),
    ],
)
def test_weights_that_cannot_be_read_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(cs.UsageError, match=f"^{message}"):
        group_weights(framework(), weights)


def test_every_analysis_takes_spaces_by_group() -> None:
    rows = [
        {"id": "x", "ratings": {"a1": 1, "a2": 0, "b1": 0.5, "b2": 0}},
        {"id": "y", "ratings": {"a1": 0, "a2": 1, "b1": 0, "b2": [0, 1]}},
    ]
    ranking = cs.score(rows, framework())
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
    top, a, b = group_weights(framework(), {"": "within 30%", "a": "order"})
    np.testing.assert_allclose(top.weights.low, [0.7 * 2 / 3, 0.7 / 3])
    np.testing.assert_allclose(top.weights.high, [1.3 * 2 / 3, 1.3 / 3])
    assert a.weights.classes is not None
    assert a.weights.classes.tolist() == [1, 0]
    # [1, 3] is 2 of 3, and so from 1/3 to 1; the plain weight has the rest
    np.testing.assert_allclose(b.weights.low, [1 / 3, 0])
    np.testing.assert_allclose(b.weights.high, [1, 2 / 3])
    assert (top.free, a.free, b.free) == (True, True, True)
    assert not any(part.free for part in group_weights(framework(), "exact"))


def test_spaces_in_words() -> None:
    own = framework()
    groups = group_weights(own, {"": "within 12.5%", "a": "order"})
    assert describe(groups, own) == (
        "Weights: within 12.5 % of those given (the top);"
        " any in the order of those given (A); any within the intervals given (B)."
    )
    assert describe(group_weights(own, "any"), own) == "Weights: any at all."
    # intervals of a group without any are its weights as given
    assert describe(group_weights(own, "intervals"), own) == (
        "Weights: as given (the top, A); any within the intervals given (B)."
    )
