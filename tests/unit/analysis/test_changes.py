"""Least changes in cases small enough to work out by hand."""

from __future__ import annotations

import cProfile
import itertools
from typing import Any
from unittest import mock

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.explanation import Explanation, explain
from collabscore.analysis.sensitivity import tornadoes_of
from collabscore.reports.changes import target_words
from collabscore.scoring.evaluation import Evaluator

ONE_TO_FIVE = {"scale": {"range": [1, 5]}}


def framework(**changes: Any) -> dict[str, Any]:
    base = {
        "collabscore": "framework/1",
        "id": "small",
        "criteria": {"gain": ONE_TO_FIVE, "risk": {**ONE_TO_FIVE, "prefer": "low"}},
        "facts": {
            "dual": {"kind": "flag"},
            "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
        },
        "safeguards": {"terms": {}, "review": {}, "audit": {}},
    }
    return {**base, **changes}


def entry(name: str, gain: Any, risk: Any, **more: Any) -> dict[str, Any]:
    return {"id": name, "ratings": {"gain": gain, "risk": risk}, **more}


def explained(
    listed: list[dict[str, Any]], document: dict[str, Any], **options: Any
) -> Explanation:
    return explain(cs.score(listed, document), listed[0]["id"], **options)


def fractional(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the list with a last candidate that is rated in fractions: no scale of whole numbers."""
    return [*listed, entry("fractions", 1.5, 4.5)]


def ratings(explanation: Explanation, aim: str) -> dict[str, str]:
    return {c.criterion: target_words(c.target) for c in explanation.rating_changes if c.aim == aim}


# half of each of two scales of four steps: a step is worth 12.5 points


def test_one_place_up_is_reached_by_tying() -> None:
    found = explained([entry("a", 3, 3), entry("b", 4, 3), entry("c", 5, 1)], framework())
    assert [(aim.id, aim.words) for aim in found.aims if aim.gain] == [
        ("better_place", "improve the rank to 2 or better")
    ]
    assert ratings(found, "better_place") == {"gain": "at least 4", "risk": "at most 2"}
    assert {c.consequence.rank for c in found.rating_changes if c.aim == "better_place"} == {2}


def test_top_k_asks_for_more_than_one_place() -> None:
    listed = [entry("a", 3, 3), entry("b", 4, 3), entry("c", 4, 2)]
    assert ratings(explained(listed, framework(), top=1), "better_place") == {
        "gain": "exactly 5",
        "risk": "exactly 1",
    }
    assert ratings(explained(listed, framework(), top=2), "better_place") == {
        "gain": "at least 4",
        "risk": "at most 2",
    }


def test_a_place_is_lost_only_beyond_the_tie() -> None:
    found = explained([entry("a", 4, 3), entry("b", 3, 3)], framework())
    assert ratings(found, "lost_place") == {"gain": "at most 2", "risk": "exactly 5"}
    found = explained(fractional([entry("a", 4, 3), entry("b", 3, 3)]), framework())
    assert ratings(found, "lost_place") == {"gain": "less than 3", "risk": "more than 4"}
    change = next(c for c in found.rating_changes if c.criterion == "gain")
    # ties reach 1e-9 points: 12.5 points a step
    assert change.beyond
    assert change.to == 3.0
    assert change.share_of_scale == pytest.approx(0.25, abs=1e-9)


def test_one_who_is_among_the_first_k_is_asked_what_would_cost_it_that() -> None:
    listed = [entry("a", 5, 3), entry("b", 4, 3), entry("c", 3, 3)]
    found = explained(listed, framework(), top=2)
    assert [aim.words for aim in found.aims] == [
        "give a worse verdict",
        "move it out of the top two",
    ]
    assert ratings(found, "lost_place")["gain"] == "at most 2"


def test_a_number_is_rounded_away_from_where_it_is() -> None:
    document = framework(
        criteria={"gain": {**ONE_TO_FIVE, "weight": 3}, "risk": {**ONE_TO_FIVE, "prefer": "low"}}
    )
    # 3 of 4 parts for gain: a step is 18.75 points, and 12.5 more are two thirds of one
    whole = explained([entry("a", 3, 3), entry("b", 3, 1)], document)
    assert ratings(whole, "better_place") == {"gain": "at least 4", "risk": "exactly 1"}
    found = explained(fractional([entry("a", 3, 3), entry("b", 3, 1)]), document)
    assert ratings(found, "better_place") == {"gain": "at least 3.67", "risk": "at most 1"}
    change = next(c for c in found.rating_changes if c.criterion == "gain")
    assert change.to == pytest.approx(3 + 2 / 3, abs=1e-9)


def test_a_rating_in_a_condition_turns_the_verdict_where_it_says() -> None:
    guardrails = {
        "at": {"when": "risk >= 4", "then": "outside"},
        "above": {"when": "gain < 2", "then": "refer"},
    }
    found = explained([entry("a", 2, 3)], framework(guardrails=guardrails))
    assert ratings(found, "severer_verdict") == {"risk": "at least 4", "gain": "exactly 1"}
    found = explained(fractional([entry("a", 2, 3)]), framework(guardrails=guardrails))
    assert ratings(found, "severer_verdict") == {"risk": "at least 4", "gain": "less than 2"}
    out = explained(fractional([entry("a", 2, 5)]), framework(guardrails=guardrails))
    assert ratings(out, "milder_verdict") == {"risk": "less than 4"}
    assert ratings(out, "better_place") == {"risk": "less than 4"}


def test_what_holds_at_one_rating_alone_says_so() -> None:
    guardrails = {"off": {"when": "gain != 3", "then": "refer"}}
    found = explained([entry("a", 1, 3)], framework(guardrails=guardrails))
    change = next(c for c in found.rating_changes if c.aim == "milder_verdict")
    assert (change.to, change.until, change.beyond) == (3.0, 3.0, False)
    assert target_words(change.target) == "exactly 3"


@pytest.mark.parametrize("constant", [3.0000000000000004, 3.0])
def test_a_rating_alone_is_told_as_it_is_and_not_as_beyond_a_short_number(constant: float) -> None:
    guardrails = {"off": {"when": f"gain != {constant!r}", "then": "refer"}}
    found = explained(fractional([entry("a", 5, 3)]), framework(guardrails=guardrails))
    change = next(c for c in found.rating_changes if c.aim == "milder_verdict")
    assert (change.to, change.until, change.beyond) == (constant, constant, False)
    assert target_words(change.target) == f"{constant!r}".removesuffix(".0")


@pytest.mark.parametrize("start", [2, 4])
def test_equal_points_are_told_as_one_rating(start: float) -> None:
    """A score is equal within a tolerance, so on a stretch of ratings too short to be told."""
    guardrails = {"half": {"when": "score(gain) == 50", "then": "refer"}}
    found = explained(fractional([entry("a", start, 3)]), framework(guardrails=guardrails))
    (change,) = [c for c in found.rating_changes if c.aim == "severer_verdict"]
    assert not change.beyond
    assert change.to == pytest.approx(3, abs=1e-9)
    assert target_words(change.target) == "3"


@pytest.mark.parametrize(
    ("when", "start", "words"),
    [
        ("score(gain) == 66.6", 1, "3.664"),
        ("score(gain) == 66.6", 5, "3.664"),
        ("score(gain) == 33.333", 1, "2.33332"),
        ("score(gain) >= 66.6 and score(gain) <= 66.61", 1, "3.664 to 3.6644"),
        ("score(gain) > 66.6 and score(gain) < 66.61", 1, "more than 3.664, less than 3.6644"),
        ("gain > 2.5 and gain < 2.501", 1, "more than 2.5, less than 2.501"),
        ("gain > 2.5 and gain < 2.501", 4, "more than 2.5, less than 2.501"),
        ("gain == risk", 1, "3"),
        ("gain > risk and gain < 3.02", 1, "more than 3, less than 3.02"),
    ],
)
def test_ends_that_rounding_would_make_one_are_told_apart(
    when: str, start: float, words: str
) -> None:
    """A least change is never "beyond 50 to 50", and a verdict at one score alone is found."""
    document = framework(guardrails={"g": {"when": when, "then": "refer"}})
    found = explained(fractional([entry("a", start, 3)]), document)
    assert ratings(found, "severer_verdict")["gain"] == words


def test_a_score_in_a_condition_turns_within_its_tolerance() -> None:
    guardrails = {"weak": {"when": "score(gain) < 60", "then": "refer"}}
    found = explained(fractional([entry("a", 2, 3)]), framework(guardrails=guardrails))
    assert ratings(found, "milder_verdict") == {"gain": "at least 3.4"}  # 60 of 100 from 1 to 5


def test_a_count_turns_where_what_it_counts_does() -> None:
    guardrails = {"two": {"when": "count(gain >= 2, gain >= 4, dual) >= 2", "then": "refer"}}
    found = explained([entry("a", 1, 3, facts={"dual": "no"})], framework(guardrails=guardrails))
    assert ratings(found, "severer_verdict") == {"gain": "at least 4"}


def test_a_value_function_with_a_peak_gives_a_stretch() -> None:
    peak = {"scale": {"range": [0, 10]}, "value": {0: 0, 5: 100, 10: 0}}
    document = framework(criteria={"gain": peak, "risk": {**ONE_TO_FIVE, "prefer": "low"}})
    found = explained([entry("a", 0, 3), entry("b", 4, 3)], document)
    assert ratings(found, "better_place")["gain"] == "4 to 6"


def test_two_scores_that_a_rating_moves_both_can_cross_twice() -> None:
    # sqrt(v / 2) >= v + 0.1 between two values of v, neither of them at an end
    inner = {"gain": ONE_TO_FIVE, "other": ONE_TO_FIVE}
    criteria = {
        "pair": {"combine": "geometric", "criteria": inner},
        "risk": {**ONE_TO_FIVE, "prefer": "low"},
    }
    guardrails = {"g": {"when": "score(pair) > score(gain)", "then": "refer"}}
    listed = [{"id": "a", "ratings": {"gain": 1, "other": 3, "risk": 3}}]
    found = explained(listed, framework(criteria=criteria, guardrails=guardrails))
    change = next(
        c for c in found.rating_changes if c.aim == "severer_verdict" and c.criterion == "gain"
    )
    # equal at v = 0 and at v = 1/2, a rating of 3
    assert (change.to, change.beyond) == (1.0, True)
    assert change.until == pytest.approx(3, abs=1e-6)


def test_an_interval_is_settled_and_counted_from_its_middle() -> None:
    found = explained([entry("a", [2, 4], 3), entry("b", 4, 3)], framework())
    change = next(
        c for c in found.rating_changes if c.aim == "better_place" and c.criterion == "gain"
    )
    assert (change.present, change.uncertain, change.start) == ("2 to 4", True, 3.0)
    assert target_words(change.target) == "at least 4"


@pytest.mark.parametrize("high", [4.9, 4.123456789, 3.9098773187413505, 4.7123889803846897])
def test_settling_at_the_middle_is_told_as_the_middle(high: float) -> None:
    """To the last bit, and without an end, though the aim fails again at one rating below."""
    document = framework(guardrails={"g": {"when": "score(gain) == 25", "then": "refer"}})
    found = explained([entry("a", [1.5, high], 3), entry("b", 5, 3)], document)
    (change,) = [c for c in found.rating_changes if c.aim == "milder_verdict"]
    assert (change.to, change.until, change.share_of_scale) == (change.start, None, 0)
    assert ratings(found, "milder_verdict")["gain"] == f"{change.start:.6g}"


def test_settling_alone_can_be_enough() -> None:
    guardrails = {"g": {"when": "gain >= 4", "then": "refer"}}
    listed = [entry("a", [2, 5], 3)]
    found = explained(fractional(listed), framework(guardrails=guardrails))
    change = next(c for c in found.rating_changes if c.aim == "milder_verdict")
    assert (change.to, change.start, change.share_of_scale) == (3.5, 3.5, 0)
    assert target_words(change.target) == "3.5"
    assert ratings(explained(listed, framework(guardrails=guardrails)), "milder_verdict") == {
        "gain": "at most 3"
    }


@pytest.mark.parametrize(
    ("missing", "start"), [("worst", 5.0), ("average", 3.0), ("refuse", 3.0), ("omit", 3.0)]
)
def test_an_unknown_rating_is_counted_from_what_counts_now(missing: str, start: float) -> None:
    document = framework(missing=missing)
    found = explained([entry("a", 3, "unknown"), entry("b", 4, 3)], document)
    change = next(
        c for c in found.rating_changes if c.aim == "better_place" and c.criterion == "risk"
    )
    assert (change.present, change.start) == ("unknown", start)


def test_a_refused_score_is_given_by_any_rating() -> None:
    found = explained([entry("a", 3, "unknown"), entry("b", 5, 1)], framework(missing="refuse"))
    assert found.assessment.rank is None
    assert [aim.words for aim in found.aims if aim.gain] == ["give it a rank"]
    assert [
        (c.criterion, c.consequence.rank) for c in found.rating_changes if c.aim == "better_place"
    ] == [("risk", 2)]


def test_each_answer_to_an_open_fact() -> None:
    guardrails = {"g": {"when": "stage >= applied", "then": "outside"}}
    listed = [
        entry("a", 3, 3, facts={"stage": ["basic", "applied"]}),
        entry("b", 4, 3, facts={"stage": "basic"}),
    ]
    found = explained(listed, framework(guardrails=guardrails))
    assert [(c.aim, c.answer, c.consequence.verdict) for c in found.fact_changes] == [
        ("milder_verdict", "basic", "inside"),
        ("severer_verdict", "applied", "outside"),
        ("lost_place", "applied", "outside"),
    ]


def test_sets_and_numbers_are_answered_by_what_guardrails_tell_apart() -> None:
    document = framework(
        lists={
            "areas": {"items": ["chips", "soil"]},
            "listed": {"among": "areas", "items": ["chips"]},
        },
        facts={
            "fields": {"kind": "set", "of": "areas"},
            "budget": {"kind": "number", "minimum": 0},
        },
        guardrails={
            "g": {"when": "overlaps(fields, listed)", "then": "refer"},
            "h": {"when": "budget > 10", "then": "refer"},
        },
    )
    found = explained([entry("a", 3, 3, facts={"budget": 1})], document)
    assert [(c.fact, c.answer) for c in found.fact_changes if c.aim == "milder_verdict"] == [
        ("fields", "nothing of listed")
    ]
    found = explained([entry("a", 3, 3, facts={"fields": []})], document)
    assert [(c.fact, c.answer) for c in found.fact_changes if c.aim == "milder_verdict"] == [
        ("budget", "at most 10")
    ]


NEEDS = {"g": {"when": "dual", "needs": ["terms", ["review", "audit"]], "then": "refer"}}


def test_safeguards_together_where_none_alone_suffices() -> None:
    listed = [
        entry("a", 3, 3, facts={"dual": "yes"}, safeguards=[{"id": "audit", "status": "planned"}])
    ]
    found = explained(listed, framework(guardrails=NEEDS))
    (change,) = [c for c in found.safeguard_changes if c.aim == "milder_verdict"]
    assert change.safeguards == (("terms",), ("review", "audit"))
    assert change.planned == ("audit",)
    assert change.consequence.verdict == "conditional"


def test_each_safeguard_that_alone_suffices() -> None:
    listed = [entry("a", 3, 3, facts={"dual": "yes"}, safeguards=["terms"])]
    found = explained(listed, framework(guardrails=NEEDS))
    assert [c.safeguards for c in found.safeguard_changes if c.aim == "milder_verdict"] == [
        (("review",),),
        (("audit",),),
    ]


def test_the_safeguard_whose_loss_costs_the_verdict() -> None:
    listed = [entry("a", 3, 3, facts={"dual": "yes"}, safeguards=["terms", "review", "audit"])]
    found = explained(listed, framework(guardrails=NEEDS))
    # one of review and audit may go
    assert [(c.aim, c.safeguards) for c in found.safeguard_changes] == [
        ("severer_verdict", (("terms",),))
    ]


def test_safeguards_of_every_guardrail_where_a_place_needs_them() -> None:
    guardrails = {
        "g": {"when": "dual", "needs": ["terms"], "then": "outside", "met": "inside"},
        "h": {"when": "dual", "needs": ["review"], "then": "refer", "met": "inside"},
    }
    listed = [entry("a", 5, 1, facts={"dual": "yes"}), entry("b", 1, 5, facts={"dual": "no"})]
    found = explained(listed, framework(guardrails=guardrails), top=1)
    sets = {c.aim: c.safeguards for c in found.safeguard_changes}
    assert sets == {"milder_verdict": (("terms",),), "better_place": (("terms",), ("review",))}


def test_alternatives_are_offered_only_where_any_of_them_suffices() -> None:
    needs = [["terms", "review"], ["review", "audit"], ["audit", "terms"]]
    guardrails = {"g": {"when": "dual", "needs": needs, "then": "refer", "met": "inside"}}
    document = framework(guardrails=guardrails)
    facts = {"dual": "yes"}
    found = explained([entry("a", 3, 3, facts=facts)], document)
    (change,) = found.safeguard_changes
    assert len(change.safeguards) == 2
    for chosen in itertools.product(*change.safeguards):
        again = cs.score([entry("a", 3, 3, facts=facts, safeguards=sorted(set(chosen)))], document)
        assert again["a"].verdict == "inside"


def test_a_safeguard_that_one_need_asks_for_alone_has_no_alternative() -> None:
    needs = [["terms", "review"], "terms", "audit"]
    guardrails = {"g": {"when": "dual", "needs": needs, "then": "refer"}}
    found = explained([entry("a", 3, 3, facts={"dual": "yes"})], framework(guardrails=guardrails))
    assert [c.safeguards for c in found.safeguard_changes] == [(("terms",), ("audit",))]


def test_safeguards_that_the_framework_does_not_know_are_passed_over() -> None:
    """A list judged by several frameworks may hold words of which this one knows some alone."""
    known = cs.load_framework(framework(guardrails=NEEDS))
    other = cs.load_framework(framework(id="other", safeguards={"escort": {}, "fence": {}}))
    safeguards = ["terms", "audit", "escort", {"id": "fence", "status": "planned"}]
    listed = [entry("a", 3, 3, facts={"dual": "yes"}, safeguards=safeguards), entry("b", 4, 3)]
    listed_for_both = cs.load_candidates(listed, [known, other])
    found = explain(cs.score(listed_for_both, known), "a", versus="b")
    assert {c.safeguards for c in found.safeguard_changes} == {(("terms",),), (("audit",),)}
    assert explain(cs.score(listed_for_both, other), "a").guardrails == ()


def test_explanation_tornado_and_score_agree_on_chains_of_near_ties() -> None:
    """Scores in steps of 0.9e-9 points: each ties with the next, and so all with one another."""
    criteria = {"gain": {"scale": {"range": [0, 100]}}, "risk": {"scale": {"range": [0, 100]}}}
    document = framework(criteria=criteria, facts={}, safeguards={})
    listed = [entry(f"c{k}", 50 + 1.8e-9 * k, 50) for k in range(4)] + [entry("low", 10, 50)]
    ranking = cs.score(listed, document)
    assert ranking.ranks.tolist() == [1, 1, 1, 1, 5]
    changes = explain(ranking, "low", top=1).rating_changes
    change = next(c for c in changes if c.aim == "better_place" and c.criterion == "gain")
    assert (change.to, change.consequence.rank) == (50.0, 1)
    assert cs.score([*listed[:4], entry("low", change.to, 50)], document)["low"].rank == 1
    bars = tornadoes_of(ranking, np.array([4]))[0].records()
    turn = next(bar for bar in bars if bar["criterion"] == "gain")["rank_turns"]["above"]
    assert (turn["rank"], turn["rating"]) == (1, pytest.approx(50.0, abs=1e-8))


def test_many_facts_and_guardrails_are_searched_in_calls_that_grow_with_their_number() -> None:
    def count_calls(count: int) -> tuple[int, int]:
        """Return how many functions are called in all, and how many conditions are evaluated."""
        names = [f"f{k}" for k in range(count)]
        guardrails = {
            f"g{k}": {"when": f"f{k}", "needs": [f"s{k}"], "then": "refer"} for k in range(count)
        }
        document = framework(
            facts={name: {"kind": "flag"} for name in names},
            safeguards={f"s{k}": {} for k in range(count)},
            guardrails=guardrails,
        )
        facts = dict.fromkeys(names[::2], "yes")
        ranking = cs.score([entry("a", 3, 3, facts=facts), entry("b", 4, 3)], document)
        profile = cProfile.Profile()
        with mock.patch.object(Evaluator, "truth", autospec=True) as truth:
            truth.side_effect = original
            explain(ranking, "a")
        found = profile.runcall(explain, ranking, "a")
        assert len(found.guardrails) == count
        calls = sum(entry.callcount for entry in profile.getstats())
        return calls, truth.call_count

    original = Evaluator.truth
    count_calls(10)  # what is made once, whatever the framework
    few, many = count_calls(50), count_calls(200)
    # quadratic would be 16 times as many
    assert many[0] < 6 * few[0]
    assert many[1] <= 4 * few[1]


def test_low_ratings_of_a_logarithmic_scale_are_named_with_their_own_digits():
    """A hundredth of the scale would be half of what the rating is."""
    framework = {
        "collabscore": "framework/1",
        "id": "incomes",
        "criteria": {
            "income": {"scale": {"range": [100, 75_000]}, "log": True},
            "other": {"scale": {"range": [0, 100]}},
        },
    }
    listed = [
        {"id": "a", "ratings": {"income": 100, "other": 50}},
        {"id": "b", "ratings": {"income": 100, "other": 51.5}},
    ]
    ranking = cs.score(listed, framework)
    better = [one for one in cs.explain(ranking, "a").rating_changes if one.aim == "better_place"]
    (change,) = [one for one in better if one.criterion == "income"]
    assert change.to == pytest.approx(100 * 750**0.015, rel=1e-9)
    assert change.target.low == 110.44
    tornado = cs.sensitivity(ranking).tornado("a")
    (bar,) = [bar for bar in tornado if bar.criterion == "income"]
    _, above = bar.rank_turns
    assert above.rating == pytest.approx(100 * 750**0.015, rel=1e-9)
    assert tornado.round_changes["income", "rank"] == [(111.0, 1, "inside")]
