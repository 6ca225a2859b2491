from __future__ import annotations

import csv
import io
import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.questions import Questions, draw_jointly, next_questions
from collabscore.analysis.robustness import robustness
from collabscore.analysis.uncertainty import Draws, open_facts
from collabscore.models.answers import NumberRange, SetAnswer
from collabscore.models.weight_spaces import group_weights
from collabscore.scoring.wording import known_of

ROOT = Path(__file__).parents[3]
FIVE = {"range": [1, 5]}


def framework(**parts: Any) -> dict[str, Any]:
    return {"collabscore": "framework/1", "id": "small", **parts}


HARM = framework(
    criteria={
        "benefit": {"scale": FIVE, "question": "What is gained?"},
        "risk": {"scale": FIVE, "prefer": "low"},
    },
    facts={"harmful": {"kind": "flag", "question": "Is harm intended?"}, "aside": {"kind": "flag"}},
    guardrails={"harm": {"when": "harmful", "then": "outside"}},
)


def entry(name: str, benefit: Any = 3, risk: Any = 3, **facts: Any) -> dict[str, Any]:
    return {
        "id": name,
        "ratings": {"benefit": benefit, "risk": risk},
        "facts": {"harmful": False, **facts},
    }


def ask(listed: list[dict[str, Any]], words: dict[str, Any] = HARM, **options: Any) -> Questions:
    return next_questions(cs.score(listed, words), **options)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"ratings": {"benefit": 4}}, "4"),
        ({"ratings": {"benefit": [2, 4.5]}}, "between 2 and 4.5"),
        (
            {"ratings": {"benefit": {"low": 2, "value": 3, "high": 4}}},
            "between 2 and 4, most likely 3",
        ),
        ({}, "unknown"),
    ],
)
def test_what_is_known_of_a_rating(said: dict[str, Any], words: str) -> None:
    assert known_of(cs.score([{"id": "a", **said}], HARM).problem, "benefit", 0) == words


# what questions are worth, by hand


def entropy(p: float) -> float:
    return -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def test_one_flag_is_all_the_doubt() -> None:
    result = ask([entry("a", harmful="unknown")], draws=4096)
    (question,) = result.informative
    assert (question.candidate, question.key, question.question) == (
        "a",
        "harmful",
        "Is harm intended?",
    )
    assert result.top == 1
    # p = 1/2: a variance of 1/4, and an entropy of 1 bit
    assert result.order_uncertainty == pytest.approx(0.25, abs=0.001)
    assert result.verdict_uncertainty == pytest.approx(1.0, abs=0.001)
    assert (question.order_share, question.verdict_share) == (
        pytest.approx(1, abs=1e-3),
        pytest.approx(1, abs=1e-3),
    )
    no, yes = question.outlooks
    assert (no.answer, no.verdicts, no.top) == ("no", {"inside": 1.0}, 1.0)
    assert (yes.answer, yes.verdicts, yes.top) == ("yes", {"outside": 1.0}, 0.0)


def test_an_interval_that_decides_who_is_first() -> None:
    # a is ahead in the upper half of its interval; b stands still
    result = ask([entry("a", [1, 5]), entry("b", 3)], top=1, draws=4096)
    (question,) = result.informative
    assert result.order_uncertainty == pytest.approx(0.5, abs=0.002)
    assert question.order.value == pytest.approx(
        result.order_uncertainty, abs=6 * question.order.error + 1e-9
    )
    assert question.verdict.value == 0
    assert [outlook.answer for outlook in question.outlooks] == ["1", "2", "3", "4", "5"]
    assert [outlook.top for outlook in question.outlooks] == [
        0,
        0,
        pytest.approx(0.5, abs=0.1),
        1,
        1,
    ]


def test_the_law_of_two_independent_intervals() -> None:
    # A and B uniform on [0, 1], first is the larger: P(A > B | A = a) = a, so that Var P = 1/12 for either candidate,
    # of a doubt of 1/4 for either; 16 classes see all but 1/256 of the variance of a uniform variable
    result = ask([entry("a", [1, 5]), entry("b", [1, 5])], top=1, draws=16_384)
    for question in result:
        if question.key == "benefit":
            assert question.order.value == pytest.approx(
                2 / 12 * (1 - 1 / 256), abs=6 * question.order.error
            )
            assert question.order.error < 0.005


@pytest.mark.parametrize(
    ("rating", "p"),
    [
        ("unknown", 0.75),
        ([1, 5], 0.75),
        ([2.5, 5], 1.0),
        ([1, 3], 0.5),
        # of a triangular variable F(2) = (2 - 1)^2 / ((5 - 1) (4 - 1)) = 1/12
        ({"low": 1, "value": 4, "high": 5}, 11 / 12),
    ],
)
def test_a_rating_that_a_guardrail_looks_at(rating: Any, p: float) -> None:
    words = framework(
        criteria={"benefit": {"scale": FIVE}},
        guardrails={"g": {"when": "benefit >= 2", "then": "refer"}},
    )
    result = ask([{"id": "a", "ratings": {"benefit": rating}}], words, draws=8192)
    wanted = entropy(p) if p < 1 else 0.0
    # six standard errors of an entropy with this p, from 8,192 draws
    slope = abs(math.log2(p / (1 - p))) if p < 1 else 0.0
    assert result.verdict_uncertainty == pytest.approx(
        wanted, abs=6 * slope * math.sqrt(p * (1 - p) / 8192) + 1e-3
    )
    (question,) = result.questions
    if p in (
        0.5,
        0.75,
    ):  # the threshold is where a class ends: nothing is lost by dividing into classes
        assert question.verdict.value == pytest.approx(result.verdict_uncertainty, abs=1e-9)
    assert question.verdict.value <= result.verdict_uncertainty + 1e-9


def test_weights_are_part_of_the_doubt() -> None:
    listed = [entry("a", 5, 5), entry("b", [1, 2], 1)]
    exact, free = ask(listed, top=1), ask(listed, top=1, weights="any")
    assert exact.order_uncertainty == 0
    assert free.order_uncertainty > 0.4
    assert 0 < free.questions[0].order_share < 1
    assert "any at all" in free.to_text(detail="verbose")


def test_what_makes_no_difference_is_not_asked() -> None:
    result = ask([entry("a", 5, 1), entry("b", 1, [4, 5])], top=1)
    assert [question.key for question in result] == ["risk"]
    assert result.informative == ()
    assert "No single answer would change anything measurable" in str(result)
    assert "2 unknown facts are left out" in str(result)  # `aside`, which no guardrail looks at


def test_a_safeguard_in_place_leaves_nothing_to_ask() -> None:
    words = framework(
        facts={"x": {"kind": "flag"}},
        safeguards={"terms": {}},
        guardrails={"g": {"when": "x", "needs": ["terms"], "then": "refer", "met": "inside"}},
    )
    # with the terms in place it is inside either way
    assert ask([{"id": "a", "safeguards": ["terms"]}], words).informative == ()
    assert len(ask([{"id": "a"}], words).informative) == 1


# edges


def test_nothing_open_is_said() -> None:
    result = ask([entry("a", aside=True), entry("b", aside=True)])
    assert len(result) == 0
    assert "There is nothing to ask" in str(result)
    assert result.records() == []
    assert "none" in result.table().to_text(100)


def test_a_framework_that_only_gates_has_doubt_about_verdicts_alone() -> None:
    gates = {key: value for key, value in HARM.items() if key != "criteria"}
    result = ask([{"id": "a"}], gates)
    assert result.top is None
    assert result.order_uncertainty == 0
    assert result.informative[0].outlooks[0].top is None
    assert any("The framework gives no order." in note for note in result.notes)
    assert json.loads(result.to_json())["order_doubt"] is None
    with pytest.raises(cs.UsageError, match="has no total score"):
        ask([{"id": "a"}], gates, top=1)


def test_groups_without_a_total_are_no_order() -> None:
    result = ask([entry("a", harmful="unknown", benefit="unknown")], {**HARM, "combine": "none"})
    assert result.top is None
    assert result.informative[0].key == "harmful"


def test_one_candidate_and_none() -> None:
    assert ask([entry("a", [1, 5])]).top == 1
    with pytest.raises(cs.UsageError, match="no candidates"):
        ask([])


def test_all_excluded() -> None:
    result = ask([entry("a", harmful=True), entry("b", [1, 5], harmful=True)])
    assert (result.top, result.order_uncertainty, result.informative) == (1, 0, ())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top": 3}, "top: `3` is out of range; give one from 1 to 2, the number of candidates"),
        ({"top": 0}, "top: `0` is out of range; give one from 1 to 2"),
        ({"draws": 0}, "draws: `0` is out of range; give one from 1 to 1,000,000"),
        ({"draws": -5}, "draws: `-5` is out of range"),
        ({"seed": -1}, "seed: `-1` is out of range; give 0 or more"),
        (
            {"weights": "anny"},
            "weights: `anny` does not say how far weights may vary; did you mean `any`?",
        ),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        ask([entry("a"), entry("b", [1, 5])], **options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("draws", [1, 2, 16, 127, 129, 257])
def test_few_draws_give_no_false_certainty(draws: int) -> None:
    result = ask([entry("a", [1, 5], harmful="unknown"), entry("b", 3)], draws=draws)
    if draws < 128:
        assert result.informative == ()
    else:
        assert not any(math.isnan(question.order.error) for question in result)
    json.loads(result.to_json())
    str(result)


def test_the_first_half_at_most_five_are_the_decision() -> None:
    def top(n: int) -> int | None:
        return ask([entry(f"c{k}") for k in range(n)], draws=1).top

    assert [top(1), top(3), top(4), top(30)] == [1, 2, 2, 5]


# as a result


@pytest.fixture(scope="module")
def areas() -> Questions:
    ranking = cs.score(ROOT / "examples" / "collaboration_areas.yaml", "guardrail")
    return next_questions(ranking, draws=512)


def test_the_same_seed_gives_the_same_bytes() -> None:
    listed = [entry("a", [1, 5], harmful="unknown"), entry("b", [2, 4])]
    first = ask(listed, seed=0, draws=300).to_json()
    assert ask(listed, seed=0, draws=300).to_json() == first
    assert ask(listed, seed=1, draws=300).to_json() != first


def test_falls_are_shares_of_the_doubt_and_stand_in_order(areas: Questions) -> None:
    worths = [round(question.evppi, 2) for question in areas]
    assert worths == sorted(worths, reverse=True)
    for question in areas:
        assert 0 <= question.order.value <= areas.order_uncertainty
        assert 0 <= question.verdict.value <= areas.verdict_uncertainty
        assert question.question
        assert sum(outlook.probability for outlook in question.outlooks) == pytest.approx(1)
        for outlook in question.outlooks:
            assert sum(outlook.verdicts.values()) == pytest.approx(1)


def test_every_form(areas: Questions) -> None:
    table = areas.first(5).table()
    assert len(table.rows) == 5
    assert "Result of each answer" in table.to_markdown()
    assert "<table" in table.to_html()
    assert areas.to_html().count("Still possible: ") == areas.to_text().count("Still possible: ")
    assert "1. " in areas.to_markdown()
    document = json.loads(areas.to_json())
    assert document["collabscore"] == "questions/1"
    assert document["options"]["draws"] == 512
    assert document["manifest"] == areas.ranking.manifest
    assert len(document["questions"]) == len(areas) == len(areas.records())
    assert {"candidate", "question", "known", "order", "order_error", "outlooks", "tells"} <= set(
        document["questions"][0]
    )


def test_csv_has_the_names_of_the_json(areas: Questions) -> None:
    nested = {"outlooks"}
    for result, count in ((areas, len(areas)), (areas.first(4), 4)):
        head, *rows = csv.reader(io.StringIO(result.to_csv()))
        assert head == [key for key in areas.records()[0] if key not in nested]
        assert len(rows) == count == len(result.records())
        assert rows[0][0] == areas.questions[0].candidate
    assert len(areas.table().rows) == len(areas.informative) < len(areas)


def test_progress_counts_draws_and_questions() -> None:
    seen: list[tuple[int, int]] = []
    listed = [entry("a", [1, 5], harmful="unknown"), entry("b", [2, 4])]
    result = ask(listed, draws=300, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(256, 303), (300, 303), (301, 303), (302, 303), (303, 303)]
    assert len(result) == 3


def test_weights_of_single_groups_are_read_as_in_robustness() -> None:
    grouped = framework(
        criteria={
            "benefit": {"scale": FIVE},
            "risk": {"criteria": {"x": {"scale": FIVE}, "y": {"scale": FIVE}}},
        }
    )
    listed = [{"id": "a", "ratings": {"benefit": [1, 5], "x": 3, "y": 5}}]
    for weights in (["exact", "risk=any"], {"*": "exact", "risk": "any"}):
        result = ask(listed, grouped, weights=weights, draws=64)
        assert result.options["weights"] == {"": "exact", "risk": "any"}


def test_what_is_not_verified_is_named() -> None:
    hearsay = {"title": "A report", "verified": "no"}
    harmful = {**HARM["facts"]["harmful"], "source": "hearsay"}
    doubtful = {**HARM, "sources": {"hearsay": hearsay}, "facts": {"harmful": harmful}}
    listed = [{"id": "a", "ratings": {"benefit": 3, "risk": 3}}]
    assert "Not verified: Harmful." in str(ask(listed, doubtful, draws=64))
    assert "Not verified" not in str(ask(listed, draws=64))


def test_a_narrowed_ranking_is_asked_about_as_a_whole() -> None:
    ranking = cs.score([entry("a", [1, 5], harmful="unknown"), entry("b", 3)], HARM)
    whole = next_questions(ranking, draws=64).to_json()
    assert next_questions(ranking.select(top=1), draws=64).to_json() == whole


# options of a wrong kind


@pytest.mark.parametrize("name", ["top", "draws", "seed"])
@pytest.mark.parametrize("value", [True, "", "3", 2.5, 1.5, float("nan"), [], b"x"])
def test_only_whole_numbers_are_counts(name: str, value: object) -> None:
    with pytest.raises(cs.UsageError) as caught:
        ask([entry("a"), entry("b", [1, 5])], **{name: value})
    most = {"top": "2, the number of candidates", "draws": "1,000,000"}
    help = "give 0 or more" if name == "seed" else f"give one from 1 to {most[name]}"
    assert str(caught.value) == f"{name}: `{value!r}` is not a whole number; {help}"


@pytest.mark.parametrize("name", ["draws", "seed"])
def test_only_the_k_of_the_first_k_may_be_none(name: str) -> None:
    with pytest.raises(cs.UsageError, match=f"{name}: `None` is not a whole number"):
        ask([entry("a")], **{name: None})


@pytest.mark.parametrize("progress", ["", True, 3])
def test_progress_is_a_function(progress: object) -> None:
    with pytest.raises(
        cs.UsageError, match=r"progress: `.*` is not a function of two numbers; give a"
    ):
        ask([entry("a")], progress=progress)


@pytest.mark.parametrize("ranking", ["", None, True, [entry("a")], HARM])
def test_what_is_no_ranking_is_refused(ranking: object) -> None:
    with pytest.raises(cs.UsageError, match="is not a ranking; give the result of `score"):
        next_questions(ranking)  # type: ignore[arg-type]


@pytest.mark.parametrize("most", [True, "", "3", 2.5, float("nan"), []])
def test_only_a_whole_number_of_questions_can_be_shown(most: object) -> None:
    with pytest.raises(cs.UsageError, match=r"most: `.*` is not a whole number; give 0 or more"):
        ask([entry("a")], draws=32).first(most)  # type: ignore[arg-type]


def test_the_number_of_questions_is_not_negative() -> None:
    result = ask([entry("a", harmful="unknown")], draws=128)
    with pytest.raises(cs.UsageError, match="most: `-1` is out of range; give 0 or more"):
        result.first(-1)
    assert [len(result.first(most)) for most in (0, 1, 7, None)] == [0, 1, 1, 1]


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
    return [answer.label for fact in found for answer in fact.answers[0]]


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
    (answers,) = found[0].answers
    assert [answer.label for answer in answers] == [
        "below 2",
        "2 to below 4",
        "4 to below 6",
        "6 or more",
    ]
    assert answers[1].answer == NumberRange(2.0, 3.0)


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
    for answer in found[0].answers[0] if found else ():
        assert isinstance(answer.answer, SetAnswer)
        assert known <= answer.answer.items
        got.add(pattern(set(answer.answer.items)))
    assert got == (possible if len(possible) > 1 else set())


# draws


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
    facts = open_facts(ranking.problem)
    source = Draws(ranking.problem, group_weights(ranking.framework, weights), 3, facts=facts)
    drawn = draw_jointly(source, 2, 700, lambda done: None)
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
    ranking = cs.score(listed, words)
    problem = ranking.problem
    facts = open_facts(problem)
    assert [(fact.key, fact.rows.tolist(), len(fact.answers)) for fact in facts] == [
        ("budget", [0], 1),
        ("stage", [1], 1),
        ("touches", [0], 1),
    ]
    assert next_questions(ranking, draws=32).irrelevant == 0
    done: list[int] = []
    drawn = draw_jointly(Draws(problem, (), 1, facts=facts), None, 600, done.append)
    assert not drawn.top.any()
    assert done == [256, 512, 600]
    large, stage, quantum = (answers[:, 0] for answers in drawn.answers)
    first = np.where(quantum == 1, 3, np.where(large == 1, 2, 0))
    second = np.where(stage >= 1, 3, 2)
    ids = list(problem.framework.all_verdicts)
    assert (ids.index("refer"), ids.index("outside")) == (2, 3)
    np.testing.assert_array_equal(drawn.verdicts, np.column_stack([first, second, 0 * first]))
    for answers, count in ((large, 2), (quantum, 2), (stage, 3)):
        # six standard errors of a share of 600 draws
        shares = np.bincount(answers, minlength=count) / 600
        np.testing.assert_allclose(shares, 1 / count, atol=6 * np.sqrt(0.25 / 600))
