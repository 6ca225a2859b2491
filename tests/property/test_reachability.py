"""What conditions can be worth, against going through every candidate one by one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.checks.warnings import possible_truth_values
from collabscore.models.conditions import parse
from collabscore.testing import candidate

FRAMEWORK = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "small",
        "criteria": {"benefit": {"scale": {"range": [1, 5]}}},
        "lists": {
            "fields": {"items": {"health": {}, "quantum": {"items": ["computing", "theory"]}}},
            "listed": {"among": "fields", "items": ["computing"]},
            "half": {"among": "fields", "items": ["quantum", "health"]},
        },
        "facts": {
            "stage": {"kind": "level", "levels": ["basic", "applied", "late"]},
            "animals": {"kind": "flag"},
            "about": {"kind": "set", "of": "fields"},
            "budget": {"kind": "number", "minimum": 0},
        },
        "safeguards": {"review": {}},
        "conditions": {"named": "stage >= applied or has(review)"},
    }
)
PARENTS = {"computing": "quantum", "theory": "quantum"}
LISTS = {"listed": {"computing"}, "half": {"quantum", "health"}}
STAGES = ["basic", "applied", "late"]
SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

World = dict[str, Any]
Said = tuple[str, Callable[[World], bool], frozenset[str]]
"""A condition as text, what it means for a candidate, and what it asks for."""

# every answer, or enough of them: a quarter apart, and beyond every constant that is drawn
SUBSETS = [
    set(some) for size in range(4) for some in combinations(("health", "computing", "theory"), size)
]
ANSWERS: dict[str, list[Any]] = {
    "stage": [0, 1, 2],
    "animals": [False, True],
    "about": SUBSETS,
    "budget": [step / 4 for step in range(30)],
    "benefit": [1 + step / 4 for step in range(17)],
    "score": [step / 4 for step in range(401) if step % 40 < 3 or step % 40 > 37],
    "review": [False, True],
}


def number(name: str, text: str, constants: list[int]) -> st.SearchStrategy[Said]:
    def said(sign: str, constant: int) -> Said:
        return (
            f"{text} {sign} {constant}",
            lambda world: SIGNS[sign](world[name], constant),
            frozenset({name}),
        )

    return st.builds(said, st.sampled_from(sorted(SIGNS)), st.sampled_from(constants))


def stage(sign: str, level: int) -> Said:
    return (
        f"stage {sign} {STAGES[level]}",
        lambda world: SIGNS[sign](world["stage"], level),
        frozenset({"stage"}),
    )


def overlap(name: str) -> Said:
    def holds(world: World) -> bool:
        named = world["about"] | {PARENTS[item] for item in world["about"] if item in PARENTS}
        return bool(named & LISTS[name])

    return f"overlaps(about, {name})", holds, frozenset({"about"})


ATOMS = st.one_of(
    st.builds(stage, st.sampled_from(sorted(SIGNS)), st.integers(0, 2)),
    st.sampled_from(["listed", "half"]).map(overlap),
    number("budget", "budget", [-1, 0, 2, 3, 5]),
    number("benefit", "benefit", [0, 1, 3, 5, 7]),
    number("score", "score(benefit)", [0, 40, 50, 100]),
    st.just(("animals", lambda world: bool(world["animals"]), frozenset({"animals"}))),
    st.just(("has(review)", lambda world: bool(world["review"]), frozenset({"review"}))),
    st.just(
        (
            "named",
            lambda world: world["stage"] >= 1 or world["review"],
            frozenset({"stage", "review"}),
        )
    ),
)


def joined(parts: list[Said], word: str) -> Said:
    text = f" {word} ".join(f"({part[0]})" for part in parts)
    return (
        text,
        lambda world: (all if word == "and" else any)(part[1](world) for part in parts),
        asked(parts),
    )


def counted(parts: list[Said], sign: str, least: int) -> Said:
    text = f"count({', '.join(part[0] for part in parts)}) {sign} {least}"
    return (
        text,
        lambda world: SIGNS[sign](sum(part[1](world) for part in parts), least),
        asked(parts),
    )


def asked(parts: list[Said]) -> frozenset[str]:
    return frozenset[str]().union(*(part[2] for part in parts))


def longer(inner: st.SearchStrategy[Said]) -> st.SearchStrategy[Said]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        inner.map(lambda part: (f"not ({part[0]})", lambda world: not part[1](world), part[2])),
        st.builds(joined, several, st.sampled_from(["and", "or"])),
        st.builds(counted, several, st.sampled_from(sorted(SIGNS)), st.integers(0, 3)),
    )


CONDITIONS = st.recursive(ATOMS, longer, max_leaves=5).filter(
    lambda said: len(worlds_of(said)) <= 3000
)


def worlds_of(said: Said) -> list[World]:
    names = sorted(said[2])
    size = 1
    for name in names:
        size *= len(ANSWERS[name])
    return list(every(names)) if size <= 3000 else [{}] * 3001


def every(names: list[str]) -> Iterator[World]:
    for answers in product(*(ANSWERS[name] for name in names)):
        yield dict(zip(names, answers, strict=True))


def score_said(sign: str, constant: int) -> Said:
    return (
        f"score(benefit) {sign} {constant}",
        lambda world: SIGNS[sign](world["score"], constant),
        frozenset({"score"}),
    )


# at 100 less the tolerance, `!=` held and `<` did not
@example(counted([score_said("!=", 100), score_said("<", 100)], "!=", 1))
@settings(max_examples=150, deadline=None)
@given(CONDITIONS)
def test_worths_are_those_of_every_candidate(said: Said) -> None:
    text, holds, _ = said
    expected = {2 if holds(world) else 0 for world in worlds_of(said)}
    assert possible_truth_values(parse(text, FRAMEWORK.symbols), FRAMEWORK) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(CONDITIONS, min_size=2, max_size=3), st.sampled_from(["and", "or"]))
def test_nothing_is_said_to_be_impossible_that_occurs(parts: list[Said], word: str) -> None:
    text, holds, names = joined(parts, word)
    few = [
        dict(zip(names, answers, strict=True))
        for answers in zip(*(ANSWERS[name] for name in names), strict=False)
    ]
    found = possible_truth_values(parse(text, FRAMEWORK.symbols), FRAMEWORK)
    assert {2 if holds(world) else 0 for world in few} <= found


@settings(max_examples=40, deadline=None)
@given(CONDITIONS, st.data())
def test_what_never_or_always_holds_does_so_when_scored(said: Said, data: st.DataObject) -> None:
    text, _, _ = said
    worths = possible_truth_values(parse(text, FRAMEWORK.symbols), FRAMEWORK)
    document = FRAMEWORK.model_dump(mode="json", exclude_unset=True)
    judge = cs.load_framework(
        {**document, "guardrails": {"rule": {"when": text, "then": "outside"}}}
    )
    entry = data.draw(candidate(judge, known=True))
    (finding,) = cs.score([entry], judge)[entry["id"]].findings
    state = finding.state
    assert worths != {2} or state in ("barred", "unknown")
    assert 2 in worths or state in ("clear", "unknown")
