"""Frameworks, resolved: what they take from vocabularies, and what they derive.

Guardrails: their steps and needs. Weight spaces: their names, one for all groups or by group, and
the sets they mean.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.errors import Diagnostic
from collabscore.models.base import verification
from collabscore.models.expressions import Answers, Compare, Has, Overlaps
from collabscore.models.framework import (
    Guardrail,
    Step,
    Weights,
    WeightSpace,
    default_verdicts,
    describe_weights,
    group_weights,
)

WORDS: dict[str, Any] = {
    "collabscore": "vocabulary/1",
    "id": "words",
    "scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "high"}}},
    "lists": {
        "fields": {"items": {"physics": {"items": ["quantum", "optics"]}, "health": None}},
        "listed": {"among": "fields", "items": ["physics", "health"]},
    },
    "facts": {
        "wet": {"kind": "flag"},
        "budget": {"kind": "number"},
        "about": {"kind": "set", "of": "fields"},
        "idle": {"kind": "flag"},
    },
    "safeguards": {"review": {}, "plan": {}},
    "conditions": {"large": "budget > 5", "unused": "idle"},
    "criteria": {"benefit": {"scale": "five", "missing": "worst"}},
}
HOUSE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "uses": WORDS,
    "criteria": {
        "gain": {
            "weight": 3,
            "side": "gain",
            "criteria": {"benefit": {"weight": 1}, "other": {"weight": 3, "scale": "five"}},
        },
        "risk": {"side": "risk", "scale": {"range": [0, 1]}, "prefer": "low"},
    },
    "applies": "not overlaps(about, listed)",
    "standing": ["plan"],
    "guardrails": {
        "dry": {"when": "wet and large", "needs": [["review", "plan"]], "then": "refer"},
        "always": {"needs": ["review"], "then": "conditional"},
    },
}


def test_nodes_take_what_they_do_not_say_from_elsewhere() -> None:
    nodes = cs.load_framework(HOUSE).nodes
    assert {key: node.missing for key, node in nodes.items()} == {
        "gain": "average",
        "benefit": "worst",
        "other": "average",
        "risk": "average",
    }
    assert [node.side for node in nodes.values()] == ["gain", "gain", "gain", "risk"]
    assert nodes["other"].share == pytest.approx(3 / 4)
    assert nodes["other"].overall == pytest.approx(9 / 16)
    assert nodes["gain"].children == ("benefit", "other")


def test_a_list_that_is_no_part_of_another_holds_finer_items() -> None:
    framework = cs.load_framework(HOUSE)
    assert framework.list_members == {
        "fields": {"physics", "quantum", "optics", "health"},
        "listed": {"physics", "health"},
    }
    assert framework.rating_scales.keys() == {"benefit", "other", "risk"}


def test_conditions_are_compiled() -> None:
    framework = cs.load_framework(HOUSE)
    (dry,) = framework.compiled_guardrails["dry"]
    assert (dry.then, dry.met, dry.if_unknown) == (2, 1, 2)
    assert dry.severity.tolist() == [0, 1, 2, 2, 2]
    (always,) = framework.compiled_guardrails["always"]
    assert always.when is None
    assert framework.deciding_expressions == (dry.when, framework.applies_expression)
    assert framework.all_conditions.keys() == {"large", "unused"}
    large = framework.symbols.named_condition("large")
    assert framework.symbols.named_condition("large") is large


def test_names_that_verdicts_rest_on() -> None:
    framework = cs.load_framework(HOUSE)
    used = framework.references
    assert (used.inputs, used.lists) == (("wet", "budget", "about"), ("listed",))
    assert used.conditions == ("large",)
    assert framework.safeguards_named == ("plan", "review")
    kinds = {
        fact: [type(atom) for atom in atoms] for fact, atoms in framework.atoms_by_fact.items()
    }
    assert kinds == {"wet": [Answers], "budget": [Compare], "about": [Overlaps]}
    assert not any(Has("plan") in atoms for atoms in framework.atoms_by_fact.values())


def test_elements_are_its_own_and_those_it_uses() -> None:
    framework = cs.load_framework(HOUSE)
    named = [(kind, key) for kind, key, _ in framework.elements()]
    assert named == [
        ("framework", "house"),
        *(("criterion", key) for key in ("gain", "benefit", "other", "risk")),
        *(("guardrail", key) for key in ("dry", "always")),
        ("condition", "large"),
        *(("fact", key) for key in ("wet", "budget", "about")),
        ("list", "listed"),
        *(("safeguard", key) for key in ("review", "plan")),
    ]
    levels = {verification(part, framework.all_sources) for _, _, part in framework.elements()}
    assert levels == {None}


@pytest.mark.parametrize(
    ("element", "level"),
    [
        ({}, None),
        ({"basis": "judgement"}, None),
        ({"source": "read"}, "primary"),
        ({"source": ["read", "heard"]}, "no"),
        ({"source": "heard", "verified": "secondary"}, "secondary"),
    ],
)
def test_how_far_an_element_was_checked(element: dict[str, Any], level: str | None) -> None:
    sources = {"read": {"title": "R", "verified": "primary"}, "heard": {"title": "H"}}
    document = {**HOUSE, "sources": sources, "facts": {"own": {"kind": "flag", **element}}}
    framework = cs.load_framework(document)
    assert verification(framework.all_facts["own"], framework.all_sources) == level


def test_verdicts_of_a_step_by_default() -> None:
    own = {
        **HOUSE,
        "verdicts": {"green": {}, "yellow": {}, "red": {}},
        "defaults": {"met": "green"},
    }
    own["guardrails"] = {
        "a": {"when": "wet", "then": "red"},
        "b": {"when": "wet", "needs": ["plan"], "then": "yellow", "if_unknown": "red"},
    }
    framework = cs.load_framework(own)
    ((a,), (b,)) = framework.compiled_guardrails.values()
    assert (a.then, a.met, a.if_unknown) == (2, 0, 2)
    assert (b.then, b.met, b.if_unknown) == (1, 0, 2)
    assert framework.met_verdict(a.step) is None


# guardrails


def test_a_step_in_place_is_the_only_one() -> None:
    written = Guardrail(when="wet", needs=["plan"], then="refer", reason="Water.")
    (step,) = written.all_steps()
    assert step == Step(when="wet", needs=["plan"], then="refer")


def test_steps_stand_in_their_order() -> None:
    first, second = Step(when="wet", then="refer"), Step(when="dry", then="outside")
    assert Guardrail(steps=[first, second]).all_steps() == (first, second)


def test_a_need_is_a_safeguard_or_any_of_several() -> None:
    step = Step(needs=["plan", ["review", "audit"]], then="outside")
    assert step.options == (("plan",), ("review", "audit"))
    assert Step(then="outside").options == ()


def test_verdicts_by_default_run_from_mild_to_severe() -> None:
    verdicts = default_verdicts()
    assert list(verdicts) == ["inside", "conditional", "refer", "outside"]
    assert [verdict.tier for verdict in verdicts.values()] == [1, 1, 2, 1]
    assert [verdict.ranked for verdict in verdicts.values()] == [True, True, True, False]


# weight spaces

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
