"""I1: conditions that grow without end when their names are written out, or nest without end."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import collabscore as cs
from collabscore.models.syntax import MAX_DEPTH, MAX_LENGTH, MAX_PARTS

TOO_DEEP = f"a condition has at most {MAX_DEPTH} levels, those of named conditions included"
TOO_MANY = f"with named conditions written out, a condition has at most {MAX_PARTS:,} parts"
TOO_LONG = f"a condition has at most {MAX_LENGTH:,} characters; this one has "


def house(when: str, conditions: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a framework with a condition, and the conditions that it may name."""
    facts = {"crit": {"kind": "flag"}, "budget": {"kind": "number"}}
    return {
        "collabscore": "framework/1",
        "id": "house",
        "criteria": {"gain": {"scale": {"range": [1, 5]}}},
        "facts": facts,
        "conditions": conditions or {},
        "guardrails": {"g1": {"when": when, "then": "refer"}},
    }


def chain(text: str, count: int, start: str = "crit") -> dict[str, str]:
    """Return conditions that each name the one before in a text with `{}`."""
    conditions = {"c0": start}
    for k in range(1, count):
        conditions[f"c{k}"] = text.format(f"c{k - 1}")
    return conditions


def backwards(conditions: dict[str, str]) -> dict[str, str]:
    """Return the same conditions, the last first."""
    return dict(reversed(conditions.items()))


DOUBLED = chain("{0} and {0}", 25)
TRIPLED = chain("count({0}, {0}, {0}) >= 2", 12)
LINKED = chain("not {}", 200)
WIDE = chain("{} or crit", 4, " or ".join(["crit"] * 600))
BROAD = {f"w{k}": " and ".join([f"w{k - 1}"] * 20) if k else "crit" for k in range(5)}
REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "I1-twice": (house("c24", DOUBLED), "condition-too-long", "conditions.c12.when", TOO_MANY),
    "I1-twice-backwards": (
        house("c24", backwards(DOUBLED)),
        "condition-too-long",
        "conditions.c12.when",
        TOO_MANY,
    ),
    "I1-thrice": (house("c11", TRIPLED), "condition-too-long", "conditions.c8.when", TOO_MANY),
    "I1-twenty-times": (house("w4", BROAD), "condition-too-long", "conditions.w3.when", TOO_MANY),
    "I1-named-often": (
        house(" or ".join(["c3"] * 20), WIDE),
        "condition-too-long",
        "guardrails.g1.when",
        TOO_MANY,
    ),
    "I1-chain": (house("c199", LINKED), "condition-too-deep", "conditions.c50.when", TOO_DEEP),
    "I1-chain-backwards": (
        house("c199", backwards(LINKED)),
        "condition-too-deep",
        "conditions.c50.when",
        TOO_DEEP,
    ),
    "I1-not-not": (
        house("not " * 2_000 + "crit"),
        "condition-too-deep",
        "guardrails.g1.when",
        TOO_DEEP,
    ),
    "I1-brackets": (
        house("(" * 1_000 + "crit" + ")" * 1_000),
        "condition-too-deep",
        "guardrails.g1.when",
        TOO_DEEP,
    ),
    "I1-counts": (
        house("count(" * 120 + "crit" + ") > 0" * 120),
        "condition-too-deep",
        "guardrails.g1.when",
        TOO_DEEP,
    ),
    "I1-and-or": (
        house("crit and (crit or (" * 60 + "crit" + "))" * 60),
        "condition-too-deep",
        "guardrails.g1.when",
        TOO_DEEP,
    ),
    "I1-10000-terms": (
        house(" or ".join(["crit"] * 10_000)),
        "condition-too-long",
        "guardrails.g1.when",
        TOO_LONG + "79,996",
    ),
}


@pytest.mark.parametrize(
    ("framework", "code", "place", "message"), REFUSED.values(), ids=REFUSED.keys()
)
def test_a_condition_without_end_is_refused_once_at_its_place(
    framework: dict[str, Any], code: str, place: str, message: str
) -> None:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(framework)
    (found,) = caught.value.diagnostics
    assert (found.code, found.place) == (code, place)
    assert found.message.startswith(message)
    assert found.help


BORNE: dict[str, dict[str, Any]] = {
    "twice": house("c11", dict(itertools.islice(DOUBLED.items(), 12))),
    "chain": house("c49", dict(itertools.islice(LINKED.items(), 50))),
    "chain-backwards": house("c49", backwards(dict(itertools.islice(LINKED.items(), 50)))),
    "not-not": house("not " * 98 + "crit"),
    "brackets": house("(" * 150 + "crit" + ")" * 150),
    "terms": house(" or ".join(["crit"] * 1_250)),
    "numbers": house(" or ".join(f"budget == {k}" for k in range(60))),
    "named-2000-times": house("c1999", {f"c{k}": "c0" if k else "crit" for k in range(2_000)}),
}


@pytest.mark.parametrize("framework", BORNE.values(), ids=BORNE.keys())
def test_a_condition_within_the_bounds_is_borne(framework: dict[str, Any]) -> None:
    candidates = [{"id": "a", "facts": {"crit": "yes", "budget": 3}}, {"id": "b"}]
    ranking = cs.score(candidates, framework)
    assert ranking["b"].verdict == "refer"
    assert cs.explain(ranking, "b").to_text()
    assert cs.robustness(ranking, draws=8).to_json()
    assert len(cs.next_questions(ranking, draws=64)) > 0


def test_each_condition_of_a_circle_says_it_once() -> None:
    framework = house("before", {"before": "a or crit", "a": "b", "b": "not c", "c": "a", "d": "d"})
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(framework)
    told = [(found.place, found.message.rpartition(": ")[2]) for found in caught.value.diagnostics]
    assert told == [
        ("conditions.a.when", "a -> b -> c -> a"),
        ("conditions.b.when", "b -> c -> a -> b"),
        ("conditions.c.when", "c -> a -> b -> c"),
        ("conditions.d.when", "d -> d"),
    ]
