"""What questions are worth, against exact enumeration in plain Python.

Every combination of answers is scored by the oracle, each as likely as any other; doubts and their falls are sums over
these. An estimate from draws may be off by 6 of its standard errors: with the some 15 degrees of freedom of 16 batches,
one comparison in forty thousand fails by chance, and there are fewer than a hundred, with a fixed seed.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.questions import Questions, next_questions
from reference.oracle import score as oracle_score

FIVE = {"range": [1, 5]}
TREE = {"benefit": {"scale": FIVE}, "risk": {"scale": FIVE, "prefer": "low"}}


def framework(**parts: Any) -> dict[str, Any]:
    return {"collabscore": "framework/1", "id": "small", "criteria": TREE, **parts}


def rated(name: str, benefit: float, risk: float, **facts: Any) -> dict[str, Any]:
    return {"id": name, "ratings": {"benefit": benefit, "risk": risk}, "facts": facts}


LEVELS = framework(
    facts={
        "harmful": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
        "lead": {"kind": "choice", "options": ["health", "energy", "arms"]},
    },
    guardrails={
        "harm": {"when": "harmful and stage >= applied", "then": "outside"},
        "arms": {"when": "lead == arms or stage == deployed", "then": "refer"},
    },
)
SETS = framework(
    lists={
        "fields": {
            "items": {"quantum": {"items": ["sensing", "computing"]}, "health": None, "ice": None}
        },
        "listed": {"among": "fields", "items": ["computing", "health"]},
    },
    facts={"touches": {"kind": "set", "of": "fields"}, "open_data": {"kind": "flag"}},
    guardrails={
        "listed": {"when": "overlaps(touches, listed) and not open_data", "then": "outside"},
        "quantum": {"when": "includes(touches, quantum)", "then": "refer"},
    },
)
NUMBERS = framework(
    facts={"budget": {"kind": "number", "minimum": 0}, "years": {"kind": "number"}},
    guardrails={
        "large": {"when": "budget >= 5", "then": "refer"},
        "huge": {"when": "10 < budget", "then": "outside"},
        "long": {"when": "years == 3", "then": "refer"},
    },
    applies="budget != 7",
)
TIERS = framework(
    verdicts={"green": {}, "amber": {"tier": 2}, "red": {"tier": 3}, "black": {"ranked": False}},
    defaults={"met": "green", "if_unknown": "red"},
    facts={"one": {"kind": "flag"}, "two": {"kind": "flag"}, "three": {"kind": "flag"}},
    guardrails={
        "some": {"when": "count(one, two, three) >= 1", "then": "amber"},
        "more": {"when": "count(one, two, three) >= 2", "then": "red"},
        "all": {"when": "one and two and three", "then": "black"},
    },
)
GATES = {key: value for key, value in LEVELS.items() if key != "criteria"}

# framework, candidates, k, and the answers to each open fact, by hand
CASES: dict[
    str, tuple[dict[str, Any], list[dict[str, Any]], int | None, dict[tuple[str, str], list[Any]]]
] = {
    "levels": (
        LEVELS,
        [
            rated("a", 5, 2, stage=["applied", "deployed"], lead="health"),
            rated("b", 4, 2, harmful=False, lead=["health", "arms"]),
            rated("c", 4, 3, harmful=False, stage="basic", lead="energy"),
        ],
        1,
        {
            ("a", "harmful"): [False, True],
            ("a", "stage"): ["applied", "deployed"],
            ("b", "stage"): ["basic", "applied", "deployed"],
            ("b", "lead"): ["health", "arms"],
        },
    ),
    "levels, first two": (
        LEVELS,
        [
            rated("a", 5, 2, lead="energy"),
            rated("b", 4, 2, harmful=True, stage=["basic", "applied"], lead="health"),
            rated("c", 4, 3, harmful=False, stage="basic", lead="energy"),
        ],
        2,
        {
            ("a", "harmful"): [False, True],
            ("a", "stage"): ["basic", "applied", "deployed"],
            ("b", "stage"): ["basic", "applied"],
        },
    ),
    "sets": (
        SETS,
        [
            rated("a", 5, 2),
            rated("b", 4, 2, touches={"at_least": ["quantum"]}, open_data=False),
            rated("c", 3, 2, touches=["quantum"], open_data=False),
            rated("d", 3, 3, touches=["ice"], open_data=True),
        ],
        2,
        {
            ("a", "touches"): [[], ["health"], ["sensing"], ["computing"]],
            ("a", "open_data"): [False, True],
            ("b", "touches"): [["sensing"], ["computing"]],
            ("c", "touches"): [["sensing"], ["computing"]],
        },
    ),
    "numbers": (
        NUMBERS,
        [
            rated("a", 5, 2, years=[1, 4]),
            rated("b", 4, 2, budget=[6, 8], years=4),
            rated("c", 3, 2, budget=[5, 10], years=[2, 3]),
        ],
        2,
        {
            ("a", "budget"): [
                1,
                6,
                7,
                8,
                11,
            ],  # from 5 to below 7, and above 7 to 10, are two stretches
            ("a", "years"): [2, 3, 3.5],
            ("b", "budget"): [6.5, 7, 7.5],
            ("c", "budget"): [6, 7, 8],
            ("c", "years"): [2.5, 3],
        },
    ),
    "tiers": (
        TIERS,
        [
            rated("a", 5, 1),
            rated("b", 3, 3, one=True, three=False),
            rated("c", 2, 3, one=False, two=False, three=False),
        ],
        1,
        {
            ("a", "one"): [False, True],
            ("a", "two"): [False, True],
            ("a", "three"): [False, True],
            ("b", "two"): [False, True],
        },
    ),
    "only gates": (
        GATES,
        [
            {"id": "a"},
            {
                "id": "b",
                "facts": {"harmful": True, "lead": "health", "stage": ["basic", "applied"]},
            },
        ],
        None,
        {
            ("a", "harmful"): [False, True],
            ("a", "stage"): ["basic", "applied", "deployed"],
            ("a", "lead"): ["health", "energy", "arms"],
            ("b", "stage"): ["basic", "applied"],
        },
    ),
}

World = tuple[dict[tuple[str, str], int], dict[str, bool], dict[str, str]]


def worlds(case: str) -> list[World]:
    """Which answer each open fact has, who is among the first k, and the verdicts: for every combination of answers."""
    words, candidates, k, answers = CASES[case]
    found = []
    for chosen in itertools.product(*(range(len(possible)) for possible in answers.values())):
        numbers = dict(zip(answers, chosen, strict=True))
        filled = [
            {
                **candidate,
                "facts": {
                    **candidate.get("facts", {}),
                    **{
                        key: answers[name, key][numbers[name, key]]
                        for name, key in answers
                        if name == candidate["id"]
                    },
                },
            }
            for candidate in candidates
        ]
        results = oracle_score(words, filled)
        top = {
            entry["id"]: k is not None and entry["rank"] is not None and entry["rank"] <= k
            for entry in results
        }
        found.append((numbers, top, {entry["id"]: str(entry["verdict"]) for entry in results}))
    return found


def order_doubt(found: list[World]) -> float:
    total = 0.0
    for name in found[0][1]:
        p = sum(top[name] for _, top, _ in found) / len(found)
        total += p * (1 - p)
    return total


def verdict_doubt(found: list[World]) -> float:
    total = 0.0
    for name in found[0][2]:
        shares: dict[str, float] = defaultdict(float)
        for _, _, verdicts in found:
            shares[verdicts[name]] += 1 / len(found)
        total -= sum(share * math.log2(share) for share in shares.values())
    return total


def split(found: list[World], question: tuple[str, str]) -> list[list[World]]:
    parts: dict[int, list[World]] = defaultdict(list)
    for world in found:
        parts[world[0][question]].append(world)
    return [parts[number] for number in sorted(parts)]


def asked(case: str, draws: int) -> Questions:
    words, candidates, k, _ = CASES[case]
    return next_questions(cs.score(candidates, words), top=k, draws=draws, seed=5)


@pytest.mark.parametrize("case", CASES)
def test_the_open_facts_and_their_answers_are_those_found_by_hand(case: str) -> None:
    answers = CASES[case][3]
    result = asked(case, 512)
    assert {(q.candidate, q.key): len(q.outlooks) for q in result} == {
        question: len(possible) for question, possible in answers.items()
    }


@pytest.mark.parametrize("case", CASES)
def test_falls_agree_with_enumeration(case: str) -> None:
    found, result = worlds(case), asked(case, 8192)
    # the doubts have no error of their own: six standard errors of p (1 - p) at p = 1/6 are 12 % of it
    assert result.order_uncertainty == pytest.approx(order_doubt(found), rel=0.12, abs=1e-9)
    assert result.verdict_uncertainty == pytest.approx(verdict_doubt(found), rel=0.12, abs=1e-9)
    for question in result:
        parts = split(found, (question.candidate, question.key))
        order = order_doubt(found) - sum(order_doubt(part) for part in parts) / len(parts)
        verdict = verdict_doubt(found) - sum(verdict_doubt(part) for part in parts) / len(parts)
        assert question.order.value == pytest.approx(order, abs=6 * question.order.error + 1e-12), (
            question.key
        )
        assert question.verdict.value == pytest.approx(
            verdict, abs=6 * question.verdict.error + 1e-12
        ), question.key
        # of 8,192 draws no error is above this: the differences above are small ones
        assert question.order.error < 0.02
        assert question.verdict.error < 0.02


@pytest.mark.parametrize("case", CASES)
def test_outlooks_agree_with_enumeration(case: str) -> None:
    found, result = worlds(case), asked(case, 8192)
    for question in result:
        name = question.candidate
        parts = split(found, (name, question.key))
        assert sum(outlook.probability for outlook in question.outlooks) == pytest.approx(1)
        for number, (outlook, part) in enumerate(zip(question.outlooks, parts, strict=True)):
            assert all(world[0][name, question.key] == number for world in part)
            # six standard errors of a share of one half, among the draws that have this answer
            within = 3 / math.sqrt(8192 * outlook.probability)
            assert outlook.probability == pytest.approx(1 / len(parts), abs=3 / math.sqrt(8192))
            if result.top is not None:
                assert outlook.top == pytest.approx(
                    sum(world[1][name] for world in part) / len(part), abs=within
                )
            verdicts: dict[str, float] = defaultdict(float)
            for world in part:
                verdicts[world[2][name].replace("None", "not applicable")] += 1 / len(part)
            assert outlook.verdicts == pytest.approx(dict(verdicts), abs=within)
