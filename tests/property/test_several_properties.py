"""Facts with several answers: truth and classes equal any and all over every set of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import collabscore as cs
from collabscore.models.answers import FactDetail
from collabscore.models.conditions import Symbols, parse
from collabscore.models.expressions import Answers, Expression, Not, Overlaps
from collabscore.models.facts import LevelFact

LEVELS = ["basic", "applied", "development", "deployment"]
STAGE = LevelFact.model_validate({"kind": "level", "levels": LEVELS, "several": True})
SYMBOLS = Symbols(facts={"stage": STAGE})

Way = frozenset[str]

LISTS = st.lists(st.sampled_from(LEVELS), min_size=1, max_size=4, unique=True)
CONDITIONS = st.one_of(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from(LEVELS)).map(
        lambda pair: f"stage {pair[0]} {pair[1]}"
    ),
    st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)).map(
        lambda ends: f"{ends[0]} <= stage < {ends[1]}"
    ),
    st.tuples(st.sampled_from(["overlaps", "within"]), LISTS).map(
        lambda asked: f"{asked[0]}(stage, [{', '.join(asked[1])}])"
    ),
    LISTS.map(lambda listed: f"stage in [{', '.join(listed)}]"),
    LISTS.map(lambda listed: f"stage not in [{', '.join(listed)}]"),
    st.sampled_from(LEVELS).map(lambda level: f"includes(stage, {level})"),
)
ANSWERS = st.one_of(
    st.none(),
    st.sampled_from(LEVELS),
    LISTS,
    LISTS.map(lambda listed: FactDetail(all_of=listed)),
    LISTS.map(lambda listed: FactDetail(at_least=listed)),
    st.lists(LISTS.map(sorted), min_size=2, max_size=4, unique_by=tuple).map(
        lambda several: FactDetail(one_of=several)
    ),
)


def ways(raw: Any) -> list[Way]:
    """List every set of answers that an answer allows."""
    sizes = range(1, len(LEVELS) + 1)
    every = [frozenset(way) for way in chain.from_iterable(combinations(LEVELS, k) for k in sizes)]
    match raw:
        case None:
            return every
        case FactDetail(at_least=[*least]):
            return [way for way in every if way.issuperset(least)]
        case FactDetail(one_of=[*several]):
            return [frozenset(listed) for listed in several]
        case FactDetail(all_of=[*listed]) | [*listed]:
            return [frozenset(listed)]
    return [frozenset([raw])]


def holds(text: str, way: Way) -> bool:
    """Read a condition of `CONDITIONS` as any or all of the answers."""

    def each(level: str) -> dict[str, Any]:
        return dict(zip(LEVELS, range(4), strict=True)) | {"stage": LEVELS.index(level)}

    head, _, listed = text.partition("[")
    named = listed.strip("])").split(", ")
    if head.startswith("overlaps") or head == "stage in ":
        return any(level in named for level in way)
    if head.startswith("within"):
        return all(level in named for level in way)
    if head == "stage not in ":
        return not any(level in named for level in way)
    if text.startswith("includes"):
        return text.partition(", ")[2].strip(")") in way
    if "!=" in text:
        return not any(eval(text.replace("!=", "=="), each(level)) for level in way)
    return any(eval(text, each(level)) for level in way)


def atoms(expression: Expression) -> Iterator[tuple[Any, bool]]:
    """Yield the one part of a condition of `CONDITIONS`, and whether it is negated."""
    match expression:
        case Answers() | Overlaps():
            yield expression, False
        case Not(part):
            yield part, True


@given(st.lists(CONDITIONS, min_size=1, max_size=4), ANSWERS)
def test_several_answers_are_judged_as_all_their_ways(texts: Sequence[str], raw: Any) -> None:
    parts = [next(atoms(parse(text, SYMBOLS))) for text in texts]
    outcomes = {tuple(holds(text, way) for text in texts) for way in ways(raw)}

    answer = STAGE.read(raw, {})
    found = set()
    for one in STAGE.classes([part for part, _ in parts], answer, {}):
        # a class stands for a set that is possible, with its own truth
        assert one.answer is not None
        way = frozenset(LEVELS[k] for k in one.answer.items)  # type: ignore[union-attr]
        assert way in ways(raw)
        assert one.label == " and ".join(level for level in LEVELS if level in way)
        truths = []
        for (_, negated), truth in zip(parts, one.truths, strict=True):
            truths.append(truth != negated)
        assert truths == [holds(text, way) for text in texts]
        found.add(tuple(truths))
    assert found == outcomes

    if answer is not None:
        for k, (part, negated) in enumerate(parts):
            certain, possible = STAGE.truth(part, answer, {})
            expected = {outcome[k] != negated for outcome in outcomes}
            assert (certain, possible) == (expected == {True}, True in expected)


@given(ANSWERS)
def test_an_answer_in_words_is_read_in_a_document_too(raw: Any) -> None:
    framework = {
        "collabscore": "framework/1",
        "id": "house",
        "facts": {"stage": STAGE.model_dump(exclude_none=True)},
    }
    framework["guardrails"] = {"g": {"when": "stage >= applied", "then": "refer"}}
    entry = raw.model_dump(exclude_none=True) if isinstance(raw, FactDetail) else raw
    ranking = cs.score([{"id": "a", "facts": {"stage": entry}}], framework)
    possible = {
        "refer" if any(level != "basic" for level in way) else "inside" for way in ways(raw)
    }
    assert set(ranking[0].verdict_range or ()) == possible
