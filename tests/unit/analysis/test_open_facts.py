from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.open_facts import count_open, draw_jointly, open_facts
from collabscore.analysis.robustness import robustness
from collabscore.analysis.uncertainty import Draws
from collabscore.models.facts import NumberRange, SetAnswer
from collabscore.models.framework import group_weights


def framework(**parts: Any) -> dict[str, Any]:
    return {"collabscore": "framework/1", "id": "small", **parts}


# answers that guardrails tell apart


def labels(
    fact: dict[str, Any], when: list[str], known: Any = "unknown", **parts: Any
) -> list[str]:
    words = framework(
        facts={"x": fact},
        guardrails={f"g{k}": {"when": text, "then": "refer"} for k, text in enumerate(when)},
        **parts,
    )
    found = open_facts(cs.score([{"id": "a", "facts": {"x": known}}], words).problem)
    return [answer.label for open_fact in found for answer in open_fact.answers]


@pytest.mark.parametrize(
    ("when", "known", "expected"),
    [
        (["x >= 5"], "unknown", ["below 5 MW", "5 MW or more"]),
        (["x > 5"], "unknown", ["at most 5 MW", "more than 5 MW"]),
        (["5 < x"], "unknown", ["at most 5 MW", "more than 5 MW"]),
        (["x == 5"], "unknown", ["below 5 MW", "exactly 5 MW", "more than 5 MW"]),
        (["x >= 5", "x > 10"], "unknown", ["below 5 MW", "5 to 10 MW", "more than 10 MW"]),
        (
            ["x > 5", "x >= 10"],
            "unknown",
            ["at most 5 MW", "above 5 to below 10 MW", "10 MW or more"],
        ),
        (["x >= 5", "x > 10"], [6, 12], ["at most 10 MW", "more than 10 MW"]),
        (["x >= 5"], [5, 12], []),
        (["x >= 5"], 7, []),
        (["x >= 0"], "unknown", []),  # its minimum
        (["x < 0.5"], [0, 1], ["below 0.5 MW", "0.5 MW or more"]),
    ],
)
def test_stretches_of_numbers(when: list[str], known: Any, expected: list[str]) -> None:
    assert labels({"kind": "number", "unit": "MW", "minimum": 0}, when, known) == expected


def test_a_number_compared_with_another_is_taken_in_quarters() -> None:
    words = framework(
        facts={"x": {"kind": "number"}, "y": {"kind": "number"}},
        guardrails={"g": {"when": "x > y", "then": "refer"}},
    )
    found = open_facts(cs.score([{"id": "a", "facts": {"x": [0, 8], "y": 3}}], words).problem)
    assert [answer.label for answer in found[0].answers] == [
        "below 2",
        "2 to below 4",
        "4 to below 6",
        "6 or more",
    ]
    assert found[0].answers[1].answer == NumberRange(2.0, 3.0)


def test_patterns_of_sets_are_named_by_their_lists() -> None:
    lists = {
        "fields": {"items": {"quantum": {"items": ["sensing", "computing"]}, "health": None}},
        "listed": {"title": "Listed fields", "among": "fields", "items": ["computing", "health"]},
    }
    fact = {"kind": "set", "of": "fields"}
    when = ["overlaps(x, listed)", "includes(x, quantum)"]
    assert labels(fact, when, lists=lists) == [
        "nothing of listed fields or quantum",
        "something of listed fields, nothing of quantum",
        "something of quantum, nothing of listed fields",
        "something of listed fields and quantum",
    ]
    assert labels(fact, when, {"at_least": ["health"]}, lists=lists) == [
        "something of listed fields, nothing of quantum",
        "something of listed fields and quantum",
    ]
    assert labels(fact, when, ["health"], lists=lists) == []
    assert len(labels(fact, when, ["quantum"], lists=lists)) == 2  # of it, but what?


ITEMS = {"p": ["p1", "p2"], "q": ["q1", "q2", "q3"], "r": [], "t": []}
FINE = ["p1", "p2", "q1", "q2", "q3", "r", "t"]
ALL = [*ITEMS, *FINE[:5]]


@settings(max_examples=60, deadline=None)
@given(
    wanted=st.lists(st.sets(st.sampled_from(ALL), min_size=1), min_size=1, max_size=4),
    known=st.sets(st.sampled_from(ALL), max_size=3),
    is_open=st.booleans(),
)
def test_patterns_of_sets_are_those_of_all_sets(
    wanted: list[set[str]], known: set[str], is_open: bool
) -> None:
    words = framework(
        lists={
            "all": {
                "items": {key: {"items": fine} if fine else None for key, fine in ITEMS.items()}
            }
        },
        facts={"x": {"kind": "set", "of": "all"}},
        guardrails={
            f"g{k}": {"when": f"overlaps(x, {sorted(s)})", "then": "refer"}
            for k, s in enumerate(wanted)
        },
    )
    said = {"at_least": sorted(known)} if is_open else sorted(known)
    found = open_facts(cs.score([{"id": "a", "facts": {"x": said}}], words).problem)
    named = {fine: parent for parent, several in ITEMS.items() for fine in several}

    def pattern(items: set[str]) -> tuple[bool, ...]:
        whole = items | {named[item] for item in items if item in named}
        return tuple(bool(whole & some) for some in wanted)

    # every set of finest items that has what is known, and of a parent alone one item at least
    alone = [key for key in known if ITEMS.get(key) and not known & set(ITEMS[key])]
    possible = set()
    for size in range(len(FINE) + 1):
        for items in combinations(FINE, size):
            more = set(items) - known
            allowed = is_open or all(named.get(item) in alone for item in more)
            if allowed and all(set(items) & set(ITEMS[key]) for key in alone):
                possible.add(pattern(set(items) | known))
    got = set()
    for answer in found[0].answers if found else ():
        assert isinstance(answer.answer, SetAnswer)
        assert known <= answer.answer.items
        got.add(pattern(set(answer.answer.items)))
    assert got == (possible if len(possible) > 1 else set())


# draws


FIVE = {"range": [1, 5]}
RATED = framework(criteria={"benefit": {"scale": FIVE}, "risk": {"scale": FIVE, "prefer": "low"}})


def rated(name: str, benefit: Any = 3, risk: Any = 3) -> dict[str, Any]:
    return {"id": name, "ratings": {"benefit": benefit, "risk": risk}}


@pytest.mark.parametrize("weights", ["exact", "any", "within 25%"])
def test_without_open_facts_it_draws_as_robustness_does(weights: str) -> None:
    listed = [
        rated("a", [2, 5], [1, 3]),
        rated("b", {"low": 1, "value": 4, "high": 5}),
        rated("c", "unknown", 2),
    ]
    ranking = cs.score(listed, RATED)
    source = Draws(ranking.problem, group_weights(ranking.framework, weights), 3)
    facts = tuple(open_facts(ranking.problem))
    drawn = draw_jointly(source, facts, 2, 700, lambda done: None)
    wanted = robustness(ranking, weights=weights, draws=700, seed=3, top=2).top_probability()
    np.testing.assert_allclose(drawn.top.mean(axis=0)[ranking.order], wanted, atol=1e-12)


def test_drawn_answers_are_those_that_are_judged() -> None:
    # a number, a level and a set, open for some of the candidates: each verdict follows from the answers of its draw
    words = framework(
        lists={"fields": {"items": {"quantum": None, "health": None}}},
        facts={
            "budget": {"kind": "number", "minimum": 0, "maximum": 10},
            "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
            "touches": {"kind": "set", "of": "fields"},
        },
        guardrails={
            "large": {"when": "budget >= 5", "then": "refer"},
            "late": {"when": "stage >= applied and includes(touches, quantum)", "then": "outside"},
        },
    )
    listed = [
        {"id": "a", "facts": {"budget": [4, 6], "stage": "applied"}},
        {"id": "b", "facts": {"budget": 7, "touches": ["quantum"]}},
        {"id": "c", "facts": {"budget": 1, "stage": "basic", "touches": []}},
    ]
    problem = cs.score(listed, words).problem
    facts = tuple(open_facts(problem))
    assert [(fact.row, fact.fact) for fact in facts] == [
        (0, "budget"),
        (0, "touches"),
        (1, "stage"),
    ]
    assert count_open(problem) == 3
    done: list[int] = []
    drawn = draw_jointly(Draws(problem, (), 1), facts, None, 600, done.append)
    assert not drawn.top.any()
    assert done == [256, 512, 600]
    large, quantum, stage = drawn.answers.T
    first = np.where(quantum == 1, 3, np.where(large == 1, 2, 0))
    second = np.where(stage >= 1, 3, 2)
    ids = list(problem.framework.all_verdicts)
    assert (ids.index("refer"), ids.index("outside")) == (2, 3)
    np.testing.assert_array_equal(drawn.verdicts, np.column_stack([first, second, 0 * first]))
    for answers, count in ((large, 2), (quantum, 2), (stage, 3)):
        # six standard errors of a share of 600 draws
        shares = np.bincount(answers, minlength=count) / 600
        np.testing.assert_allclose(shares, 1 / count, atol=6 * np.sqrt(0.25 / 600))
