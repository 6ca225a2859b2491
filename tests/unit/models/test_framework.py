"""Frameworks, resolved: what they take from vocabularies, and what they derive.

Guardrails: their steps and needs.
"""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.models.base import verification
from collabscore.models.expressions import Answers, Compare, Has, Overlaps
from collabscore.models.framework import Guardrail, Step, default_verdicts

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
