from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.kernels.logic import Truth, all_of, any_of, compare, count, negation
from collabscore.models.conditions import ConditionError, Symbols, parse
from collabscore.models.criteria import power_of
from collabscore.models.expressions import (
    And,
    Answers,
    Compare,
    Constant,
    Count,
    Has,
    Known,
    Named,
    Not,
    NumberOf,
    Or,
    Overlaps,
    Points,
    RatingOf,
    walk_expression,
)
from collabscore.models.facts import (
    ChoiceFact,
    FlagFact,
    LevelFact,
    NumberFact,
    SetFact,
)

SYMBOLS = Symbols(
    facts={
        "stage": LevelFact(
            kind="level", levels={"basic": None, "applied": "aimed at use", "very late": None}
        ),
        "animals": FlagFact(kind="flag"),
        "lead": ChoiceFact(kind="choice", options={"health": "Health", "energy": None}),
        "budget": NumberFact(kind="number"),
        "about": SetFact(kind="set", of="fields"),
        "größe": NumberFact(kind="number"),
    },
    ratings={"dual_use": {"low": 2.0, "very high": 5.0}, "benefit": {}},
    groups=frozenset({"risk"}),
    lists={
        "fields": frozenset({"quantum", "health_field"}),
        "listed": frozenset({"quantum"}),
        "other": frozenset({"x"}),
    },
    safeguards=frozenset({"review"}),
    conditions={
        "late": "stage >= applied",
        "self": "not self",
        "one": "two",
        "two": "one",
        "wrong": "stge == basic",
    },
)
LATE = Answers("stage", (False, True, True))
ANIMALS = Answers("animals", (False, True))

READ: list[tuple[str, Any]] = [
    ("animals", ANIMALS),
    ("not animals", Not(ANIMALS)),
    ("animals == no", Answers("animals", (True, False))),
    ("animals == True", ANIMALS),
    ("animals != true", Answers("animals", (True, False))),
    ("stage >= applied", LATE),
    ("applied <= stage", LATE),
    ("stage == 'very late'", Answers("stage", (False, False, True))),
    ("basic < stage <= applied", And((LATE, Answers("stage", (True, True, False))))),
    ("stage in [basic, applied]", Answers("stage", (True, True, False))),
    ("stage not in [basic]", Not(Answers("stage", (True, False, False)))),
    ("lead == health", Answers("lead", (True, False))),
    ("lead != health", Answers("lead", (False, True))),
    ("budget > -2.5", Compare(">", NumberOf("budget"), Constant(-2.5))),
    ("3 < budget", Compare("<", Constant(3.0), NumberOf("budget"))),
    ("budget in [1, 2]", Or((Compare("==", NumberOf("budget"), Constant(1.0)), Compare("==", NumberOf("budget"), Constant(2.0))))),
    ("budget in [1]", Compare("==", NumberOf("budget"), Constant(1.0))),
    ("größe >= budget", Compare(">=", NumberOf("größe"), NumberOf("budget"))),
    ("dual_use >= low", Compare(">=", RatingOf("dual_use"), Constant(2.0))),
    ("dual_use == 'very high'", Compare("==", RatingOf("dual_use"), Constant(5.0))),
    ("score(risk) >= 60", Compare(">=", Points("risk"), Constant(60.0))),
    ("score(benefit) < score(risk)", Compare("<", Points("benefit"), Points("risk"))),
    ("count(animals, late) >= 1", Compare(">=", Count((ANIMALS, Named("late", LATE))), Constant(1.0))),
    ("overlaps(about, listed)", Overlaps("about", frozenset({"quantum"}))),
    ("overlaps(about, [quantum, health_field])", Overlaps("about", frozenset({"quantum", "health_field"}))),
    ("includes(about, quantum)", Overlaps("about", frozenset({"quantum"}))),
    ("'quantum' in about", Overlaps("about", frozenset({"quantum"}))),
    ("has(review)", Has("review")),
    ("known(budget) and known(dual_use)", And((Known("budget"), Known("dual_use")))),
    ("animals\n  or late", Or((ANIMALS, Named("late", LATE)))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_what_a_condition_says(text: str, expected: Any) -> None:
    assert parse(text, SYMBOLS) == expected


WRONG: list[tuple[str, str, str]] = [
    ("animals and", "condition-syntax", ""),
    ("(animals", "condition-syntax", ""),
    ("", "condition-not-allowed", ""),
    ("stge == basic", "unknown-name", "stge"),
    ("stage == bsic", "unknown-level", "bsic"),
    ("dual_use >= hgh", "unknown-level", "hgh"),
    ("größe >= sehr", "unknown-name", "sehr"),
    ("nothing", "unknown-name", "nothing"),
    ("budget", "condition-type", "budget"),
    ("stage", "condition-type", "stage"),
    ("about", "condition-type", "about"),
    ("dual_use", "condition-type", "dual_use"),
    ("risk", "condition-type", "risk"),
    ("listed", "condition-type", "listed"),
    ("review", "condition-type", "review"),
    ("3", "condition-type", "3"),
    ("[animals]", "condition-type", "[animals]"),
    ("-budget", "condition-type", "-budget"),
    ("lead >= health", "condition-type", "lead"),
    ("animals < yes", "condition-type", "animals"),
    ("stage >= 3", "condition-type", "3"),
    ("stage == stage", "condition-type", "stage"),
    ("about == quantum", "condition-type", "about"),
    ("risk >= 3", "condition-type", "risk"),
    ("listed == 3", "condition-type", "listed"),
    ("late == animals", "condition-type", "late"),
    ("has(review) == 3", "condition-type", "has(review)"),
    ("(animals and late) == 3", "condition-type", "animals and late"),
    ("[1] == 3", "condition-type", "[1]"),
    ("1 < 2", "condition-type", "1 < 2"),
    ("budget >= 'much'", "condition-type", "'much'"),
    ("one_word == other_word", "unknown-name", "one_word"),
    ("'a' == 'b'", "unknown-name", "'a'"),
    ("budget is 3", "condition-not-allowed", "budget is 3"),
    ("budget + 1 > 2", "condition-not-allowed", "budget + 1"),
    ("budget.real > 2", "condition-not-allowed", "budget.real"),
    ("(lambda: 1)()", "unknown-function", "lambda: 1"),
    ("__import__('os')", "unknown-function", "__import__"),
    ("f(x) > 2", "unknown-function", "f"),
    ("overlaps(about)", "condition-type", "overlaps(about)"),
    ("overlaps(about, x=listed)", "condition-not-allowed", "overlaps(about, x=listed)"),
    ("has(*review)", "condition-not-allowed", "has(*review)"),
    ("overlaps(stage, listed)", "unknown-name", "stage"),
    ("overlaps(about, other)", "condition-type", "other"),
    ("overlaps(about, 3)", "condition-type", "3"),
    ("includes(about, nothing)", "unknown-name", "nothing"),
    ("has(nothing)", "unknown-name", "nothing"),
    ("has(3)", "condition-type", "3"),
    ("known(nothing)", "unknown-name", "nothing"),
    ("score(nothing) > 2", "unknown-name", "nothing"),
    ("score(risk)", "condition-type", "score(risk)"),
    ("count(animals)", "condition-type", "count(animals)"),
    ("count() > 1", "condition-type", "count()"),
    ("budget in 3", "condition-type", "3"),
    ("budget in []", "condition-type", "[]"),
    ("nothing in [1]", "unknown-name", "nothing"),
    ("1e999 > budget", "condition-type", "1e999"),
    ("wrong or animals", "unknown-name", ""),
    ("one", "circular-condition", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "marked"), WRONG)
def test_a_mistake_has_a_code_and_its_columns(text: str, code: str, marked: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text, SYMBOLS)
    issue = caught.value.diagnostic
    assert issue.code == code
    assert issue.within is not None
    start, end = issue.within
    if marked:
        assert text[start:end] == marked


def test_too_long_and_too_deep() -> None:
    for text, code in (
        ("a" * 10_001, "condition-too-long"),
        ("not " * 2_000 + "animals", "condition-too-deep"),
    ):
        with pytest.raises(ConditionError) as caught:
            parse(text, SYMBOLS)
        assert caught.value.diagnostic.code == code


def test_a_condition_knows_its_own_circle() -> None:
    with pytest.raises(ConditionError, match="self -> self"):
        parse(SYMBOLS.conditions["self"], SYMBOLS, chain=("self",))


def test_walking_sees_everything() -> None:
    text = "not (late and count(animals, has(review)) >= 1) or score(risk) > budget"
    kinds = {type(part).__name__ for part in walk_expression(parse(text, SYMBOLS))}
    assert kinds == {
        "Or",
        "Not",
        "And",
        "Named",
        "Answers",
        "Compare",
        "Count",
        "Has",
        "Constant",
        "Points",
        "NumberOf",
    }


def test_meanings_and_powers() -> None:
    stage = SYMBOLS.facts["stage"]
    assert isinstance(stage, LevelFact)
    assert stage.meaning("applied") == "aimed at use"
    assert FlagFact(kind="flag").meaning("yes") is None
    assert (power_of(None), power_of("minimum"), power_of(0)) == (1.0, float("-inf"), 0.0)


THREE = {"true": (True, True), "false": (False, False), "unknown": (False, True)}


def truth(word: str) -> Truth:
    sure, possible = THREE[word]
    return Truth(np.array([sure]), np.array([possible]))


def word(found: Truth) -> str:
    return next(
        name
        for name, pair in THREE.items()
        if pair == (bool(found.sure[0]), bool(found.possible[0]))
    )


def test_kleene_truth_tables() -> None:
    order = [
        "false",
        "unknown",
        "true",
    ]  # and is the lesser, or the greater: Kleene 1952, section 64
    for a in order:
        assert word(negation(truth(a))) == order[2 - order.index(a)]
        for b in order:
            assert word(all_of([truth(a), truth(b)])) == min(a, b, key=order.index)
            assert word(any_of([truth(a), truth(b)])) == max(a, b, key=order.index)


def test_counts_and_comparisons_of_ranges() -> None:
    low, high = count([truth("true"), truth("unknown"), truth("false")])
    assert (low[0], high[0]) == (1, 2)
    one, three, nothing = np.array([1.0]), np.array([3.0]), np.array([np.nan])
    assert word(compare("<", (one, one), (three, three))) == "true"
    assert word(compare("<=", (one, three), (one, one))) == "unknown"
    assert word(compare("!=", (one, one), (three, three))) == "true"
    assert word(compare("==", (one, three), (one, one))) == "unknown"
    assert word(compare(">", (nothing, nothing), (one, one))) == "unknown"
    assert compare(">=", (one, one), (three, three)).decided


BASE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "x",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
    "lists": {"fields": {"items": ["a", {"b": None}][:1]}},
    "facts": {"wet": {"kind": "flag"}},
    "safeguards": {"review": {}},
    "guardrails": {"dry": {"when": "wet", "needs": ["review"], "then": "refer"}},
}

CHECKS: list[tuple[dict[str, Any], str]] = [
    ({"scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "low"}}}}, "repeated-word"),
    ({"scales": {"five": {"range": [1, 5], "levels": {1: "unknown"}}}}, "reserved-word"),
    ({"facts": {"wet": {"kind": "level", "levels": ["unknown", "b"]}}}, "reserved-word"),
    ({"facts": {"wet": {"kind": "choice", "options": ["a", "a"]}}}, "repeated-word"),
    ({"facts": {"wet": {"kind": "choice", "options": ["a", 3]}}}, "invalid-type"),
    ({"facts": {"wet": {"kind": "number", "minimum": 3, "maximum": 1}}}, "empty-range"),
    ({"facts": {"wet": {"kind": "set", "of": "filds"}}}, "unknown-list"),
    ({"facts": {"wet": {}}}, "missing-key"),
    ({"lists": {"fields": {"items": {"a": {"items": ["b"]}, "b": "B"}}}}, "duplicate-id"),
    (
        {"lists": {"fields": {"items": ["a"]}, "part": {"among": "part", "items": ["a"]}}},
        "unknown-list",
    ),
    (
        {
            "lists": {
                "fields": {"items": ["a"]},
                "part": {"among": "fields", "items": ["a"]},
                "p2": {"among": "part", "items": ["a"]},
            }
        },
        "nested-among",
    ),
    (
        {
            "lists": {
                "fields": {"items": ["a"]},
                "part": {"among": "fields", "items": {"a": {"items": ["c"]}}},
            }
        },
        "nested-among",
    ),
    ({"criteria": {"benefit": {"scale": "five", "combine": "geometric"}}}, "misplaced-key"),
    (
        {"criteria": {"g": {"weights": "someway", "criteria": {"benefit": {"scale": "five"}}}}},
        "unknown-weight-space",
    ),
    ({"criteria": {"benefit": {"scale": {"range": [1, 5], "levels": {9: "x"}}}}}, "off-scale"),
    ({"criteria": {"benefit": {"scale": "five", "anchors": {7: "x"}}}}, "off-scale"),
    ({"criteria": {}}, "too-few"),
    (
        {
            "criteria": {
                "benefit": {"scale": "five"},
                "g": {"criteria": {"benefit": {"scale": "five"}}},
            }
        },
        "duplicate-id",
    ),
    ({"verdicts": {"only": {}}, "guardrails": {}}, "too-few-verdicts"),
    ({"defaults": {"met": "insde"}}, "unknown-verdict"),
    ({"bands": {"a": 120}}, "out-of-range"),
    ({"standing": ["reviw"]}, "unknown-safeguard"),
    ({"applies": "wt"}, "unknown-name"),
    (
        {"guardrails": {"dry": {"when": "wet", "then": "refer", "if_unknown": "inside"}}},
        "unknown-is-fine",
    ),
    ({"guardrails": {"dry": {"steps": [{"when": "wett", "then": "refer"}]}}}, "unknown-name"),
    ({"source": [{"id": "nowhere", "clause": "3"}]}, "unknown-source"),
    (
        {"guardrails": {"dry": {"when": "wet", "needs": [["reviw"]], "then": "refer"}}},
        "unknown-safeguard",
    ),
]


@pytest.mark.parametrize(("changes", "code"), CHECKS)
def test_what_is_wrong_with_a_framework(changes: dict[str, Any], code: str) -> None:
    from collabscore.checks.framework import check_framework

    whole = {**BASE, **changes}
    try:
        found = [issue.code for issue in check_framework(cs.load_framework(whole))]
    except cs.FrameworkError as error:
        found = [diagnostic.code for diagnostic in error.diagnostics]
    assert code in found


@pytest.mark.parametrize(
    ("vocabulary", "code"),
    [
        ({"criteria": {"g": {"criteria": {"a": {"scale": {"range": [0, 1]}}}}}}, "misplaced-key"),
        ({"criteria": {"a": {"scale": "nowhere"}}}, "unknown-scale"),
        ({"criteria": {"a": {"scale": {"range": [0, 1]}, "source": "nowhere"}}}, "unknown-source"),
        ({"conditions": {"c": "nothing"}}, "unknown-name"),
        ({"facts": {"lambda": {"kind": "flag"}}}, "not-a-name"),
    ],
)
def test_what_is_wrong_with_a_vocabulary(vocabulary: dict[str, Any], code: str) -> None:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_vocabulary({"collabscore": "vocabulary/1", "id": "v", **vocabulary})
    assert code in [diagnostic.code for diagnostic in caught.value.diagnostics]


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


FACTS: dict[str, Any] = {
    **BASE,
    "lists": {"fields": {"items": ["a", "b"]}},
    "facts": {
        "wet": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["one", "two", "three"]},
        "lead": {"kind": "choice", "options": ["x", "y"]},
        "budget": {"kind": "number", "minimum": 0, "maximum": 9},
        "about": {"kind": "set", "of": "fields"},
    },
}

STATED: list[tuple[str, Any, str | None]] = [
    ("wet", True, None), ("wet", [True, False], None), ("wet", "no", None), ("wet", {"value": "yes"}, None), ("wet", 3, "invalid-fact"),
    ("stage", {"low": "one", "high": "two"}, None), ("stage", {"low": "two", "high": "one"}, "reversed-interval"),
    ("stage", [], "invalid-fact"), ("stage", {"low": "one"}, "missing-key"), ("stage", {"high": "one"}, "missing-key"),
    ("stage", {"value": ["one", "tow"]}, "unknown-level"), ("stage", 3, "unknown-level"),
    ("lead", {"low": "x", "high": "y"}, "invalid-fact"), ("lead", "z", "unknown-option"),
    ("budget", [1, 2, 3], "invalid-fact"), ("budget", {"low": 1, "high": 3}, None), ("budget", [3, 1], "reversed-interval"),
    ("budget", "much", "invalid-fact"), ("budget", 12, "out-of-range"), ("budget", {"value": {"low": 1, "high": 2}}, None),
    ("budget", {"value": {"lw": 1}}, "invalid-fact"), ("budget", {"value": "unknown", "note": "asked"}, None),
    ("about", {"at_least": ["a"]}, None), ("about", {"at_least": ["c"]}, "unknown-item"), ("about", "a", "invalid-fact"),
    ("about", {"value": ["a"], "at_least": ["b"]}, "invalid-fact"), ("wet", {"at_least": ["a"]}, "invalid-fact"), ("about", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("key", "raw", "code"), STATED)
def test_forms_of_facts(key: str, raw: Any, code: str | None) -> None:
    try:
        cs.load_candidates([{"id": "c", "facts": {key: raw}}], FACTS)
        found = None
    except cs.CandidateError as error:
        found = error.diagnostics[0].code
    assert found == code


def test_everything_else_about_candidates() -> None:
    listed = [
        {"id": "a", "safeguards": [{"id": "review", "evidence": ["nowhere"]}], "part_of": "b"},
        {
            "id": "b",
            "part_of": "c",
            "facts": {"benefit": 3, "wet": {"value": "yes", "evidence": [{"id": "nowhere"}]}},
        },
        {"id": "c", "part_of": "b", "ratings": {"wet": 3}},
    ]
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, BASE)
    codes = [diagnostic.code for diagnostic in caught.value.diagnostics]
    assert sorted(codes) == sorted(
        ["unknown-source"] * 2 + ["unknown-fact", "unknown-criterion"] + ["circular-part"] * 3
    )


def test_reasons_in_words() -> None:
    framework = {
        **FACTS,
        "sources": {"s": {"title": "S"}},
        "safeguards": {"review": {}, "plan": {"title": "A plan"}},
        "guardrails": {
            "rule": {
                "when": "wet",
                "needs": ["review", ["plan", "review"]],
                "then": "refer",
                "source": "s",
            },
            "soft": {
                "when": "stage >= two",
                "needs": ["plan"],
                "then": "conditional",
                "met": "inside",
            },
            "other": {
                "when": "budget > 5",
                "needs": ["plan"],
                "then": "conditional",
                "met": "inside",
            },
        },
        "standing": ["plan"],
    }
    listed = [
        {
            "id": "a",
            "facts": {"wet": "yes", "stage": "two", "budget": 1},
            "safeguards": [{"id": "plan", "status": "planned"}],
        },
        {"id": "b", "facts": {"wet": "unknown", "stage": "one", "budget": 9}, "unit": "area"},
        {
            "id": "c",
            "facts": {"wet": "yes", "stage": "one", "budget": 1},
            "safeguards": ["review", "plan"],
        },
        {"id": "d", "facts": {"wet": "no", "stage": "two", "budget": 1}, "unit": "area"},
        {"id": "e", "facts": {"wet": "yes", "stage": "one"}},
    ]
    ranking = cs.score(listed, framework)
    text = ranking.table().to_text(200)
    lines = [line for line in text.splitlines() if line and line[:1] in "●◆▲✕"]
    assert lines == [
        "◆ B (conditional): Rule: to be put in place: review, A plan or review; also to be put in place: A plan.",
        "◆ C (conditional): Rule: met by review, A plan, review.",
        "● D (inside): to be put in place: A plan.",
        "▲ A (refer): Rule: missing: review, A plan or review (planned, does not count yet); also missing: A plan (planned, does not count yet).",
        "▲ E (refer): Rule: missing: review, A plan or review; also open: `budget`.",
    ]
    assert "Not verified: Rule." in text
    assert "Asked of every project, changing no verdict: A plan (missing for 2)." in text
    assert ranking["a"].standing == ("plan",)
    assert ranking["b"].standing == ()
