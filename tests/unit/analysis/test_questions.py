from __future__ import annotations

import csv
import io
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.questions import Questions, next_questions
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
            assert question.order.error < 0.004


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
    assert "any at all" in str(free)


def test_what_makes_no_difference_is_not_asked() -> None:
    result = ask([entry("a", 5, 1), entry("b", 1, [4, 5])], top=1)
    assert [question.key for question in result] == ["risk"]
    assert result.informative == ()
    assert "No answer is expected to change anything" in str(result)
    assert "2 open facts are left out" in str(result)  # `aside`, which no guardrail looks at


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
    assert "there is nothing to ask" in str(result)
    assert result.records() == []
    assert "none" in result.table().to_text(100)


def test_a_framework_that_only_gates_has_doubt_about_verdicts_alone() -> None:
    gates = {key: value for key, value in HARM.items() if key != "criteria"}
    result = ask([{"id": "a"}], gates)
    assert result.top is None
    assert result.order_uncertainty == 0
    assert result.informative[0].outlooks[0].top is None
    assert "There is no order" in " ".join(str(result).split())
    assert json.loads(result.to_json())["order_doubt"] is None
    with pytest.raises(cs.UsageError, match="makes no score"):
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
        ({"top": 3}, "top: 3 is not from 1 to 2, the number of candidates"),
        ({"top": 0}, "top: 0 is not from 1 to 2"),
        ({"draws": 0}, "draws: 0 is not from 1 to"),
        ({"draws": -5}, "draws: -5 is not from 1 to"),
        ({"seed": -1}, "seed: -1 is negative"),
        ({"weights": "anny"}, "`anny` is not a space of weights; did you mean `any`?"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        ask([entry("a"), entry("b", [1, 5])], **options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("draws", [1, 2, 16, 31, 33, 257])
def test_few_draws_give_no_false_certainty(draws: int) -> None:
    result = ask([entry("a", [1, 5], harmful="unknown"), entry("b", 3)], draws=draws)
    if draws < 32:
        assert result.informative == ()
    else:
        assert not any(math.isnan(question.order.error) for question in result)
    json.loads(result.to_json())
    str(result)


def test_the_first_half_at_most_ten_are_the_decision() -> None:
    def top(n: int) -> int | None:
        return ask([entry(f"c{k}") for k in range(n)], draws=1).top

    assert [top(1), top(3), top(4), top(30)] == [1, 2, 2, 10]


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
    worths = [round(question.evppi, 3) for question in areas]
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
    assert "What it would mean" in table.to_markdown()
    assert "<table" in table.to_html()
    assert areas.to_html().count("Known so far: ") == areas.to_text().count("Known so far: ") * 2
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


def test_time_grows_no_faster_than_the_list_and_the_contest() -> None:
    # 300 candidates in at most 8 times the time of 71: the fault was one pass through all draws for each question
    def seconds(n: int) -> float:
        rng = np.random.default_rng(n)
        listed = []
        for k in range(n):
            known = {"harmful": bool(rng.random() < 0.2)} if rng.random() < 0.5 else {}
            low = float(rng.integers(1, 4))
            ratings = {"benefit": [low, low + 2], "risk": low}
            listed.append({"id": f"c{k}", "ratings": ratings, "facts": known})
        ranking = cs.score(listed, HARM)
        start = time.process_time()
        next_questions(ranking, draws=1024)
        return time.process_time() - start

    seconds(20)
    assert seconds(300) < 8 * seconds(71)


def test_a_narrowed_ranking_is_asked_about_as_a_whole() -> None:
    ranking = cs.score([entry("a", [1, 5], harmful="unknown"), entry("b", 3)], HARM)
    whole = next_questions(ranking, draws=64).to_json()
    assert next_questions(ranking.select(top=1), draws=64).to_json() == whole
