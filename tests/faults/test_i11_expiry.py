"""Faults of answers that expire, and of ranges that say nothing: issue 11, known faults B2."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.checks.warnings import candidate_warnings
from collabscore.errors import CandidateError, UsageError
from collabscore.scoring.problem import Problem

from .conftest import Desk

SCALE = {"range": [1, 5]}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"scale": SCALE}, "risk": {"scale": SCALE, "prefer": "low"}},
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
    },
    "safeguards": {"review": {}, "audit": {}},
    "guardrails": {
        "g1": {"when": "crit", "needs": ["review"], "then": "outside", "met": "conditional"}
    },
}
GOOD: dict[str, Any] = {
    "id": "a",
    "ratings": {"gain": 5, "risk": 3},
    "facts": {"crit": True, "stage": "basic"},
    "safeguards": ["review"],
}


def listed(as_of: str | None = "2026-01-01", **changes: Any) -> dict[str, Any]:
    """Return a list of one candidate, with a date."""
    dated = {} if as_of is None else {"as_of": as_of}
    return {**dated, "candidates": [{**GOOD, **changes}]}


def review(until: Any) -> dict[str, Any]:
    return {"safeguards": [{"id": "review", "until": until}]}


def gain(rating: Any) -> dict[str, Any]:
    return {"ratings": {"gain": rating, "risk": 3}}


@pytest.mark.parametrize(
    ("until", "as_of", "there"),
    [
        pytest.param("2020-01-01", "2026-01-01", False, id="B2"),
        pytest.param("2026-01-01", "2026-01-01", True, id="its-last-day"),
        pytest.param("2025-12-31", "2026-01-01", False, id="the-day-after"),
        pytest.param(2026, "2026-12-31", True, id="a-year-ends-on-its-last-day"),
        pytest.param("2024-02", "2024-02-29", True, id="a-leap-month"),
        pytest.param("2024-02", "2024-03-01", False, id="after-a-leap-month"),
        pytest.param("2026-06-30", "2026-06", True, id="a-month-as-date"),
        pytest.param("2026-06-29", "2026-06", False, id="within-a-month-as-date"),
        pytest.param("2026-06-30", 2026, False, id="within-a-year-as-date"),
    ],
)
def test_a_safeguard_that_has_expired_is_not_in_place(until: Any, as_of: Any, there: bool) -> None:
    ranking = cs.score(listed(as_of, **review(until)), FRAMEWORK)
    assert ranking["a"].verdict == ("conditional" if there else "outside")
    assert ranking.problem.expired_of(0) == (() if there else ("review",))


def test_one_that_is_planned_may_expire_too() -> None:
    planned = {"id": "review", "status": "planned", "until": 2025}
    ranking = cs.score(listed(safeguards=[planned]), FRAMEWORK)
    assert ranking["a"].findings[0].planned == ()


# 5 counts as 1, 1 as 0; unknown as 0.5 on average and as 0 at worst; the rest of the score is 0.5
@pytest.mark.parametrize(
    ("missing", "rating", "value"),
    [
        ("average", 5, 0.5),
        ("average", 2, 0.25),
        ("average", [1, 3], 0.25),
        ("average", {"low": 1, "value": 2, "high": 5}, 0.25),
        ("worst", 5, 0.0),
        ("omit", 5, 1.0),
        ("omit", 1, 0.0),
    ],
)
def test_an_expired_rating_is_unknown_and_no_better_than_it_stood(
    missing: str, rating: Any, value: float
) -> None:
    if isinstance(rating, list):
        rating = {"low": rating[0], "high": rating[1]}
    elif not isinstance(rating, dict):
        rating = {"value": rating}
    ranking = cs.score(listed(**gain({**rating, "until": 2025})), {**FRAMEWORK, "missing": missing})
    assert ranking.values[0, 0] == pytest.approx(value)
    found = ranking["a"]
    assert found.unrated == ("gain",)
    assert found.rated == 0.5
    low, high = (0.25, 0.75)
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high))


def test_an_expired_rating_is_not_known_and_leaves_no_score_where_it_is_refused() -> None:
    rule = {"g2": {"when": "not known(gain)", "then": "refer"}}
    framework = {**FRAMEWORK, "guardrails": rule, "missing": "refuse"}
    found = cs.score(listed(**gain({"value": 5, "until": 2025})), framework)["a"]
    assert (found.verdict, found.score, found.rank) == ("refer", None, None)


def test_a_new_rating_is_not_expired() -> None:
    ranking = cs.score(listed(**gain({"value": 2, "until": 2025})), FRAMEWORK)
    after = cs.what_if(ranking, ratings={"a": {"gain": 5}}).ranking
    assert after["a"].score == pytest.approx(75)
    assert after.problem.expired_of(0) == ()
    kept = cs.what_if(ranking, ratings={"a": {"risk": 1}}).ranking
    assert kept["a"].score == pytest.approx(62.5)
    assert kept.problem.expired_of(0) == ("gain",)
    again = {"value": 5, "until": "2025-06"}
    expired = cs.what_if(ranking, ratings={"a": {"gain": again}}).ranking
    assert expired["a"].score == pytest.approx(50)


def test_a_new_safeguard_is_not_expired() -> None:
    ranking = cs.score(listed(**review(2025)), FRAMEWORK)
    after = cs.what_if(ranking, safeguards={"a": ["review"]}).ranking
    assert (after["a"].verdict, after.problem.expired_of(0)) == ("conditional", ())
    after = cs.what_if(ranking, safeguards={"a": {"add": ["audit"]}}).ranking
    assert (after["a"].verdict, after["a"].expired) == ("outside", ("review",))
    moved = {"a": {"add": ["audit"], "remove": ["review"]}}
    without = cs.what_if(ranking, safeguards=moved)
    assert 'with "Audit", without "Review" (expired)' in without.title


# the date of a call


def test_the_date_of_a_call_counts_and_every_result_names_it() -> None:
    given = listed(**review("2025-06"))
    ranking = cs.score(given, FRAMEWORK, as_of="2025-06-30")
    assert ranking["a"].verdict == "conditional"
    assert ranking.options == {"as_of": "2025-06-30"}
    head = "1 candidate, as of 2025-06-30 (earlier than the list: 2026-01-01)"
    for result in (ranking, cs.sensitivity(ranking), cs.explain(ranking, "a")):
        assert head in result.page().to_text()
        assert result.manifest["candidates"]["as_of"] == "2025-06-30"
        assert result.manifest["candidates"]["as_of_list"] == "2026-01-01"
    compared = cs.compare(given, [FRAMEWORK, {**FRAMEWORK, "id": "b"}], as_of="2025-06-30")
    assert compared.verdicts.tolist() == [["conditional", "conditional"]]
    assert head in compared.page().to_text()


@pytest.mark.parametrize("as_of", ["2027", "2026-01-01", date(2027, 1, 1)])
def test_a_date_that_is_not_earlier_is_not_said_to_be(as_of: Any) -> None:
    text = cs.score(listed(), FRAMEWORK, as_of=as_of).page().to_text()
    assert "earlier" not in text
    assert f"as of {as_of}" in text


def test_a_call_may_date_a_list_that_is_loaded_or_has_no_date() -> None:
    loaded = cs.load_candidates(listed(**review("2026-06")), FRAMEWORK)
    assert cs.score(loaded, as_of="2027")["a"].verdict == "outside"
    assert cs.score(loaded)["a"].verdict == "conditional"
    undated = listed(None, **review("2026-06"))
    later = cs.load_candidates(undated, FRAMEWORK, as_of=2027)
    assert cs.score(later)["a"].verdict == "outside"
    assert cs.score(later, {**FRAMEWORK, "id": "other"})["a"].verdict == "outside"


@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        ("2026-02-30", "as_of: `2026-02-30` does not exist in the calendar"),
        ("tomorrow", "as_of: `tomorrow` is not a date"),
        ("", "as_of: `` is not a date"),
        (True, "as_of: `true` is not a date"),
        (20.5, "as_of: `20.5` is not a date"),
        ([2026], "as_of: `[2026]` is not a date"),
    ],
)
def test_what_is_no_date_is_refused(as_of: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        cs.score(listed(), FRAMEWORK, as_of=as_of)
    assert str(caught.value).startswith(f"{message}; write YYYY, YYYY-MM or YYYY-MM-DD")


def test_columns_have_no_date() -> None:
    problem = Problem.from_columns(FRAMEWORK, {"gain": [3.0]})
    with pytest.raises(UsageError, match="a problem has no date"):
        cs.score(problem, as_of="2026")


# mistakes


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        (review(2025), "candidates[a].safeguards[review].until"),
        (gain({"value": 5, "until": 2025}), "candidates[a].ratings.gain.until"),
        ({"facts": {"crit": {"value": True, "until": 2025}}}, "candidates[a].facts.crit.until"),
    ],
)
def test_until_needs_a_date_of_the_list(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(CandidateError) as caught:
        cs.load_candidates(listed(None, **changes), FRAMEWORK)
    (found,) = caught.value.diagnostics
    assert (found.code, found.label) == ("until-without-as-of", place)
    assert found.help == "add `as_of: ...` to the list, or give `--as-of` (in Python `as_of=`)"


@pytest.mark.parametrize(
    ("said", "until", "wrong"),
    [
        ("2026-02-01", "2026-01-31", True),
        ("2026-02", "2026-01", True),
        (2026, 2025, True),
        ("2026", "2026-01-01", False),
        ("2026-01-31", "2026-01", False),
    ],
)
def test_no_answer_ends_before_it_is_given(said: Any, until: Any, wrong: bool) -> None:
    entry = {"id": "review", "date": said, "until": until}
    given = listed(safeguards=[entry])
    if not wrong:
        assert len(cs.load_candidates(given, FRAMEWORK)) == 1
        return
    with pytest.raises(CandidateError) as caught:
        cs.load_candidates(given, FRAMEWORK)
    (found,) = caught.value.diagnostics
    assert found.code == "date-after-until"
    assert found.message == f"`until: {until}` is before the date of the entry, {said}"
    assert found.help == "swap the two dates, or write a later `until`"


@pytest.mark.parametrize("until", ["2024-13-45", "2024-02-30", "soon", "２０２６"])
def test_a_last_day_must_exist(until: str) -> None:
    with pytest.raises(CandidateError) as caught:
        cs.load_candidates(listed(**gain({"value": 5, "until": until})), FRAMEWORK)
    (found,) = caught.value.diagnostics
    assert found.code == "invalid-date"
    assert found.label == "candidates[a].ratings.gain.until"


# warnings


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2025-12", "`review` expired 1 day before the date of the list, 2026-01-01"),
        ("2026-01-01", "`review` expires 0 days after the date of the list, 2026-01-01"),
        ("2026-04-01", "`review` expires 90 days after the date of the list, 2026-01-01"),
        ("2026-04-02", None),
    ],
)
def test_expiry_is_warned_of(until: str, message: str | None) -> None:
    loaded = cs.load_candidates(listed(**review(until)), FRAMEWORK)
    found = [(finding.message, finding.help) for finding in candidate_warnings(loaded)]
    help = "renew it, and write a later `until`"
    assert found == ([] if message is None else [(message, help)])


def test_an_area_with_safeguards_or_a_partner_is_warned_of() -> None:
    facts = {"partner_known": {"kind": "flag"}}
    given = listed(unit="area", facts={"partner_known": True})
    loaded = cs.load_candidates(given, {**FRAMEWORK, "facts": {**FRAMEWORK["facts"], **facts}})
    found = {finding.code: finding for finding in candidate_warnings(loaded)}
    assert found["area-safeguard"].path == ("candidates", 0, "safeguards", 0)
    assert found["area-partner"].path == ("candidates", 0, "facts", "partner_known")
    assert {finding.help for finding in found.values()} == {
        "leave it out, or write `unit: project`"
    }


# ranges


@pytest.mark.parametrize("rating", [[1, 5], {"low": 1, "high": 5}])
def test_a_range_over_the_whole_scale_is_unknown(rating: Any) -> None:
    rule = {"g2": {"when": "known(gain)", "then": "refer"}}
    framework = {**FRAMEWORK, "guardrails": rule, "missing": "worst"}
    found = cs.score(listed(**gain(rating)), framework)["a"]
    assert (found.unrated, found.rated, found.verdict) == (("gain",), 0.5, "inside")
    assert found.score == pytest.approx(25)


def test_a_range_of_a_column_over_the_whole_scale_is_unknown() -> None:
    pairs = np.array([[1, 5], [1, 4], [3, 3]])
    for cells in (pairs, pairs.tolist()):
        problem = Problem.from_columns(FRAMEWORK, {"gain": cells})
        assert problem.ratings["gain"].unknown.tolist() == [True, False, False]
    threes = np.array([[1, 3, 5]])
    problem = Problem.from_columns(FRAMEWORK, {"gain": threes})
    assert not problem.ratings["gain"].unknown.any()


@pytest.mark.parametrize(
    ("rating", "mean", "worst"),
    [
        ([3, 5], 0.75, 0.5),
        ({"low": 2, "high": 3}, 0.375, 0.25),
        ({"low": 1, "value": 4, "high": 5}, 0.75, 0.75),
        (4, 0.75, 0.75),
    ],
)
def test_a_range_may_count_at_its_worse_end(rating: Any, mean: float, worst: float) -> None:
    for framework, value in ((FRAMEWORK, mean), ({**FRAMEWORK, "ranges": "worst"}, worst)):
        ranking = cs.score(listed(**gain(rating)), framework)
        assert ranking.values[0, 0] == pytest.approx(value)


def test_the_worse_end_follows_the_value_function() -> None:
    low = {"ratings": {"gain": 3, "risk": [2, 4]}}
    bent = {**FRAMEWORK["criteria"], "gain": {"scale": SCALE, "value": {1: 50, 3: 100, 5: 0}}}
    framework = {**FRAMEWORK, "ranges": "worst", "criteria": bent}
    assert cs.score(listed(**low), framework).values[0, 1] == pytest.approx(0.25)
    assert cs.score(listed(**gain([2, 4])), framework).values[0, 0] == pytest.approx(0.5)


def test_the_worse_end_changes_no_draw() -> None:
    given = listed(**gain([3, 5]))
    mean, worst = (
        cs.robustness(cs.score(given, {**FRAMEWORK, "ranges": ranges}), draws=200, seed=1)
        for ranges in ("mean", "worst")
    )
    assert mean.score_quantiles.tolist() == worst.score_quantiles.tolist()


# between two runs


def test_a_later_date_is_a_change_that_a_difference_explains() -> None:
    facts = {"crit": {"value": False, "until": 2026}, "stage": "basic"}
    given = listed(**gain({"value": 5, "until": 2026}), facts=facts, **review(2026))
    before, after = (cs.score(given, FRAMEWORK, as_of=as_of) for as_of in (2026, 2027))
    found = cs.diff(before, after)
    (one,) = found.document()["candidates"]
    assert one["changes"] == [
        "Gain: 5 -> expired (5)",
        "Crit: no -> expired (no)",
        "Review: in place -> expired",
    ]
    assert one["score"] == pytest.approx(-25)
    assert sum(part["score"] for part in one["parts"]) == pytest.approx(one["score"])


# the command line


LIST = """as_of: 2026-01-01
framework: small.yaml
candidates:
- id: a
  ratings: {gain: 5, risk: 3}
  facts: {crit: yes}
  safeguards: [{id: review, until: 2025-06}]
- {id: b, ratings: {gain: 2, risk: 3}}
"""


@pytest.mark.parametrize(
    "command",
    ["score", "explain", "versus", "robustness", "sensitivity", "tornado", "next", "what-if"],
)
def test_every_command_takes_a_date_and_says_that_it_is_earlier(command: str, desk: Desk) -> None:
    desk.write("list.yaml", LIST)
    done = desk.call(command, "list.yaml", "--as-of", "2025-06-30")
    assert done.code == 0
    said = "as of 2025-06-30 (earlier than the list: 2026-01-01)"
    assert said in " ".join(done.out.split())
    done = desk.call(command, "list.yaml", "--as-of", "2025-06-30", "--format", "json")
    manifest = json.loads(done.out)["manifest"]["candidates"]
    assert (manifest["as_of"], manifest["as_of_list"]) == ("2025-06-30", "2026-01-01")


@pytest.mark.parametrize("command", ["score", "check", "sensitivity", "diff"])
def test_no_date_behind_the_option_is_wrong_usage(command: str, desk: Desk) -> None:
    done = desk.call(command, "list.yaml", "--as-of", "2026-02-30")
    assert done.code == 2
    assert done.err.strip() == (
        "error: --as-of: `2026-02-30` does not exist in the calendar; write YYYY, YYYY-MM or "
        "YYYY-MM-DD, such as `2026-01-31`"
    )


def test_check_takes_a_date(desk: Desk) -> None:
    desk.write("list.yaml", LIST)
    for as_of, code in (("2025-01", None), ("2025-05", "expires-soon"), ("2027", "expired")):
        done = desk.run("check", "list.yaml", "--as-of", as_of, "--format", "concise")
        assert done.out == "" if code is None else f"warning[{code}]" in done.out


def test_a_stored_result_has_its_date(desk: Desk) -> None:
    desk.write("list.yaml", LIST)
    desk.run("score", "list.yaml", "--as-of", "2025-06", "-o", "old.json")
    done = desk.run("diff", "old.json", "list.yaml")
    assert done.code == 0
    assert "conditional → outside" in done.out
    done = desk.run("diff", "old.json", "list.yaml", "--as-of", "2026")
    assert done.code == 2
    assert "leave --as-of out" in done.err


def test_notes_name_what_has_expired_and_when() -> None:
    many = [{**GOOD, "id": f"c{k}", **review("2025-06")} for k in range(6)]
    ranking = cs.score({"as_of": "2026-01-01", "candidates": many}, FRAMEWORK)
    said = next(note for note in ranking.notes if note.startswith("Expired"))
    assert said.startswith('Expired: "Review" of "C0" (2025-06), "Review" of "C1" (2025-06)')
    assert said.endswith('"Review" of "C3" (2025-06), and 2 more.')
    # a safeguard that has expired is judged once
    assert not any("judged as answered and as unknown" in note for note in ranking.notes)
