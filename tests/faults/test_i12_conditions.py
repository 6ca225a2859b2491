"""Conditions with sizes, sums and dates: what they mean, and their mistakes. Issue 12."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import collabscore as cs
from collabscore.checks.warnings import framework_warnings
from collabscore.documents.templates import candidates_template
from collabscore.errors import FrameworkError
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank

SCALE: dict[str, Any] = {"range": [1, 5], "levels": {1: "low", 5: "high"}}
AS_OF = "2026-01-31"
LISTS: dict[str, Any] = {
    "topics": {"items": {"quantum": {"items": ["computing", "sensing"]}, "soil": {}, "oceans": {}}},
    "areas": {"among": "topics", "items": ["quantum", "oceans"]},
    "parts": {"among": "topics", "items": ["computing", "sensing"]},
    "one_part": {"among": "topics", "items": ["computing"]},
}
FACTS: dict[str, Any] = {
    "fields": {"kind": "set", "of": "topics"},
    "animals": {"kind": "flag"},
    "budget": {"kind": "number", "minimum": 0},
    "cofunding": {"kind": "number", "minimum": 0},
    "starts": {"kind": "date"},
    "ends": {"kind": "date"},
    "stage": {"kind": "level", "levels": ["basic", "applied"]},
}


def framework(when: str, **more: Any) -> dict[str, Any]:
    return {
        "collabscore": "framework/1",
        "id": "small",
        "lists": LISTS,
        "facts": FACTS,
        "criteria": {"risk": {"scale": SCALE, "prefer": "low"}, "trust": {"scale": SCALE}},
        "guardrails": {"rule": {"when": when, "then": "outside"}},
        **more,
    }


def state(when: str, *, ratings: dict[str, Any] | None = None, **facts: Any) -> str:
    """Return the state of a rule that bars where a condition holds."""
    return judged(when, ratings=ratings, **facts).findings[0].state


def judged(when: str, *, ratings: dict[str, Any] | None = None, **facts: Any) -> cs.Assessment:
    candidate = {"id": "a", "facts": facts, "ratings": ratings or {}}
    return cs.score([candidate], framework(when), as_of=AS_OF)["a"]


def refusal(when: str, **more: Any) -> tuple[str, str, str, str | None]:
    """Return code, marked text, message and help of the mistake in a condition."""
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(framework(when, **more))
    (found,) = caught.value.diagnostics
    start, end = found.within or (0, 0)
    return found.code, when[start:end], found.message, found.help


HOLDS, FAILS, OPEN = "barred", "clear", "unknown"


@pytest.mark.parametrize(
    ("when", "fields", "expected"),
    [
        ("within(fields, one_part)", [], HOLDS),
        ("within(fields, one_part)", ["computing"], HOLDS),
        ("within(fields, one_part)", ["computing", "soil"], FAILS),
        ("within(fields, areas)", ["quantum", "oceans"], HOLDS),
        ("within(fields, areas)", ["computing"], HOLDS),
        ("within(fields, parts)", ["quantum"], HOLDS),
        ("within(fields, one_part)", ["quantum"], OPEN),
        ("within(fields, one_part)", ["quantum", "computing"], HOLDS),
        ("within(fields, one_part)", ["quantum", "sensing"], FAILS),
        ("within(fields, [soil, oceans])", {"at_least": ["soil"]}, OPEN),
        ("within(fields, [soil, oceans])", {"at_least": ["quantum"]}, FAILS),
        ("within(fields, topics)", "unknown", HOLDS),
        ("within(fields, areas) or overlaps(fields, [soil])", "unknown", HOLDS),
        ("size(fields) == 0", [], HOLDS),
        ("size(fields) == 1", ["quantum"], HOLDS),
        ("size(fields) == 1", ["quantum", "computing"], HOLDS),
        ("size(fields) == 2", ["quantum", "computing", "sensing"], HOLDS),
        ("2 <= size(fields) < 4", ["quantum", "soil"], HOLDS),
        ("3 > size(fields)", ["quantum", "soil", "oceans"], FAILS),
        ("size(fields) in [0, 2]", ["soil"], FAILS),
        ("size(fields) >= 2", {"at_least": ["soil"]}, OPEN),
        ("size(fields) >= 1", {"at_least": ["soil"]}, HOLDS),
        ("size(fields) <= 4", {"at_least": ["soil"]}, HOLDS),
        ("size(fields) >= 5", "unknown", FAILS),
        ("size(fields) > 1e99", ["soil"], FAILS),
        ("size(fields) >= 2", {"one_of": [["soil", "oceans"], ["computing", "sensing"]]}, HOLDS),
        ("size(fields) >= 3 and within(fields, parts)", "unknown", FAILS),
        ("size(fields) >= 1 or within(fields, one_part)", "unknown", HOLDS),
        ("size(fields) == 1 and overlaps(fields, [soil]) and oceans in fields", "unknown", FAILS),
    ],
)
def test_sets_as_a_whole(when: str, fields: Any, expected: str) -> None:
    assert state(when, fields=fields) == expected


def test_area_alone_counts_one_whatever_of_it_is_meant() -> None:
    when = "size(fields) == 1 and computing in fields and sensing in fields"
    assert state(when, fields=["quantum"]) == OPEN
    assert state(when, fields=["computing", "sensing"]) == FAILS
    # who says nothing may mean the same
    assert state(when, fields="unknown") == OPEN


def test_sets_that_conditions_tell_apart_are_said_in_words() -> None:
    when = "size(fields) >= 2 and within(fields, areas)"
    found = cs.load_framework(framework(when)).answer_classes("fields", None)
    assert [each.label for each in found] == [
        "nothing outside areas, 0 to 1 item",
        "nothing outside areas, 2 items or more",
        "something outside areas, 0 to 1 item",
        "something outside areas, 2 items or more",
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (
            "size(fields)",
            (
                "condition-type",
                "size(fields)",
                "`size` gives a number, not true or false",
                "compare it: `size(fields) >= 2`",
            ),
        ),
        (
            "size(fields) >= budget",
            (
                "condition-type",
                "budget",
                "`size(fields)` is compared with `budget`",
                "compare it with a number: `size(fields) >= 3`",
            ),
        ),
        (
            "size(fields) in [soil]",
            (
                "condition-type",
                "soil",
                "`size(fields)` is compared with `soil`",
                "compare it with a number: `size(fields) >= 3`",
            ),
        ),
        (
            "size(stage) >= 2",
            (
                "unknown-name",
                "stage",
                "`stage` is not a fact of the kind set",
                "choose from `fields`",
            ),
        ),
        (
            "size(fields, areas) >= 2",
            (
                "condition-type",
                "size(fields, areas)",
                "`size(fields, areas)` is not how `size` is used",
                "write `size(fields)`",
            ),
        ),
        (
            "within(stage, [basic])",
            (
                "unknown-name",
                "stage",
                "`stage` is not a set or a fact with `several: true`",
                "choose from `fields`",
            ),
        ),
        (
            "within(fields, area)",
            ("unknown-name", "area", "`area` is not a list", "did you mean `areas`?"),
        ),
        (
            "within(fields, [soill])",
            (
                "unknown-name",
                "soill",
                "`soill` is not an item of `fields`",
                "did you mean `soil`?",
            ),
        ),
    ],
)
def test_mistakes_about_sets(when: str, expected: tuple[str, str, str, str]) -> None:
    assert refusal(when) == expected


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ("budget + cofunding >= 0.8", {"budget": 0.7, "cofunding": 0.1}, HOLDS),
        ("budget + cofunding > 0.3", {"budget": 0.1, "cofunding": 0.2}, FAILS),
        ("budget - cofunding == 0.1", {"budget": 1e9 + 0.1, "cofunding": 1e9}, HOLDS),
        ("2 * budget - cofunding <= 3", {"budget": 2, "cofunding": 1}, HOLDS),
        ("budget - cofunding >= 1", {"budget": [2, 3], "cofunding": [0, 1]}, HOLDS),
        ("budget - cofunding >= 1", {"budget": [1, 3], "cofunding": [0, 1]}, OPEN),
        ("budget + cofunding >= 2", {"budget": 3}, HOLDS),
        ("budget + cofunding >= 2", {"budget": 1}, OPEN),
        ("budget + cofunding >= 0", {}, HOLDS),
        ("2 * budget - budget >= 2", {"budget": 2}, HOLDS),
        ("budget - budget >= 0", {}, HOLDS),
        ("budget - budget > 0", {}, FAILS),
        ("budget - budget >= 0.5", {}, FAILS),
        ("0.1 < budget - budget or budget - budget <= 0.5", {}, HOLDS),
        ("budget / 2 + 1 == 2", {"budget": 2}, HOLDS),
        ("-budget <= -3", {"budget": 2}, FAILS),
        ("3 - budget < cofunding", {"budget": 1, "cofunding": 2}, FAILS),
        ("1 <= budget + cofunding < 3", {"budget": 1, "cofunding": 1}, HOLDS),
        ("budget + cofunding in [2, 3]", {"budget": 1, "cofunding": 2}, HOLDS),
        # one open part that is compared elsewhere too has one answer
        ("budget + cofunding >= 2 or budget < 1.5", {"budget": [0, 3], "cofunding": 0.5}, HOLDS),
        ("budget + cofunding >= 2 and budget < 1.5", {"budget": [0, 3], "cofunding": 0.5}, FAILS),
        ("budget + cofunding > 2 or budget < 1.5", {"budget": [0, 3], "cofunding": 0.5}, OPEN),
        # of several open parts a sum is one number
        ("budget + cofunding >= 2 or 2 * budget + 2 * cofunding < 4", {}, HOLDS),
        ("budget + cofunding >= 2 and cofunding + budget <= 1", {}, FAILS),
        ("budget - cofunding > 0 or cofunding - budget >= 0", {}, HOLDS),
        ("ends <= '2026-06-30'", {"ends": "2026-06-30"}, HOLDS),
        ("ends < '2026-06-30'", {"ends": "2026-06"}, OPEN),
        ("ends <= '2026-06-30'", {"ends": "2026-06"}, HOLDS),
        ("'2026-01-01' <= ends < '2027-01-01'", {"ends": 2026}, HOLDS),
        ("ends in ['2026-06-30', starts]", {"ends": "2026-07-01", "starts": "2026-07-01"}, HOLDS),
        ("ends - as_of >= 90", {"ends": "2026-05-01"}, HOLDS),
        ("ends - as_of >= 90", {"ends": "2026-04-30"}, FAILS),
        ("ends <= as_of + 90", {"ends": ["2026-04-30", "2026-05-01"]}, HOLDS),
        ("ends <= as_of", {"ends": {"low": "2026-01", "high": "2026-02-01"}}, OPEN),
        ("ends <= as_of", {"ends": {"low": "2025", "high": "2026-01-31"}}, HOLDS),
        ("ends - starts <= 730", {"starts": "2026-02-01", "ends": "2028-02-01"}, HOLDS),
        ("ends - starts <= 729.5", {"starts": "2026-02-01", "ends": "2028-02-01"}, FAILS),
        ("starts + 30 > ends", {"starts": "2026-02-01", "ends": "2026-03-03"}, FAILS),
        ("ends - starts - budget <= 0", {"starts": 2026, "ends": "2026-01-01", "budget": 0}, HOLDS),
        ("'2026-01-01' < as_of", {}, HOLDS),
        # a day is whole: nothing is between two of them
        ("ends > '2026-06-29' and ends < '2026-06-30'", {}, FAILS),
        ("ends >= '2026-06-30' or ends <= '2026-06-29'", {"ends": "2026"}, HOLDS),
        ("ends - starts > 2 and ends - starts < 3", {}, FAILS),
        (
            "starts < ends and starts > '2026-01-01' and ends < '2026-01-03'",
            {"starts": "2026-01", "ends": "2026-01"},
            FAILS,
        ),
    ],
)
def test_sums_and_dates(when: str, facts: dict[str, Any], expected: str) -> None:
    assert state(when, **facts) == expected


_ANY_NUMBERS = {"n": {"kind": "number"}, "m": {"kind": "number"}}
_TINY = "0.00000000000000000001"


@pytest.mark.parametrize("power", [0, 15, 16, 17, 50, 99])
@pytest.mark.parametrize(
    ("when", "known"),
    [
        ("n {sign} {limit}", {}),
        ("n {sign} -{limit}", {}),
        ("not (n {sign} {limit}) and known(m)", {"m": 1}),
        ("n > m and n {sign} {limit}", {"m": 0}),
        ("n - m {sign} {limit}", {"m": 3}),
        ("m - n {sign} {limit}", {"m": 1e16}),
        ("2 * n + m {sign} -{limit}", {"m": -7}),
        ("n + m {sign} 5", {"m": "limit"}),
        (_TINY + " * n + m {sign} 5", {"m": 5}),
    ],
)
def test_unknown_numbers_stay_open_at_any_limit(
    when: str, known: dict[str, Any], power: int
) -> None:
    limit = 10**power
    facts = {key: float(limit) if value == "limit" else value for key, value in known.items()}
    numbers = {0.0, 5.0, 1e30, 1e99, 1e100}
    for end in (limit, limit / 2, limit * 2):
        for beyond in (0.0, float(end), float(np.nextafter(end, math.inf)), end * 1.5, end + 8.0):
            numbers.add(min(beyond, 1e100))
    listed: list[dict[str, Any]] = [{"id": "open", "facts": facts}]
    for place, number in enumerate(sorted({*numbers, *(-number for number in numbers)})):
        listed.append({"id": f"c{place}", "facts": {**facts, "n": number}})
    for sign in ("<", ">="):
        rule = {"g": {"when": when.format(sign=sign, limit=limit), "then": "outside"}}
        document = {"collabscore": "framework/1", "id": "k", "facts": _ANY_NUMBERS}
        ranking = cs.score(listed, document | {"guardrails": rule})
        found, *others = [ranking[candidate["id"]] for candidate in listed]
        met = {other.verdict for other in others}
        assert found.range_exact
        assert found.verdict_range == (("inside", "outside") if len(met) > 1 else (*met, *met))


def test_days_between_dates_stay_open_at_any_limit() -> None:
    for limit in (10**6, 10**16, 10**50, 10**100):
        for when in (f"ends - as_of >= {limit}", f"starts - ends < -{limit}"):
            assert state(when) == OPEN
            assert state(when, ends="2026-05-01", starts="2026-04-01") == FAILS


def test_size_may_be_the_name_of_a_fact_too() -> None:
    facts = {**FACTS, "size": {"kind": "number"}}
    when = framework("size >= 3 and size(fields) >= 1", facts=facts)
    candidate = {"id": "a", "facts": {"size": 3, "fields": ["soil"]}}
    assert cs.score([candidate], when)["a"].findings[0].state == HOLDS


def test_ratings_stand_in_sums_with_their_whole_scale_if_unknown() -> None:
    assert state("risk + trust >= 8", ratings={"risk": 4, "trust": 4}) == HOLDS
    assert state("risk + trust >= 8", ratings={"risk": "high", "trust": [3, 4]}) == HOLDS
    assert state("risk - trust > 4") == FAILS
    found = judged("risk + trust >= 8", ratings={"risk": 4})
    assert (found.findings[0].state, found.findings[0].unknown) == (OPEN, ("trust",))


def test_sum_of_several_open_parts_that_occur_elsewhere_is_free() -> None:
    found = judged("budget + cofunding >= 2 or budget < 2")
    assert (found.findings[0].state, found.range_exact) == (OPEN, False)
    assert found.findings[0].unknown == ("budget", "cofunding")
    assert judged("budget + cofunding >= 2 or budget < 2", cofunding=0).range_exact


def test_sum_turns_a_verdict_at_a_rating() -> None:
    candidate = {"id": "a", "ratings": {"risk": 3, "trust": 2.5}}
    ranking = cs.score([candidate], framework("risk - trust >= 1"))
    turns = {one.criterion: one.to for one in cs.explain(ranking, "a").rating_changes}
    assert turns == {"risk": 3.5, "trust": 2}


def test_next_asks_for_the_numbers_and_dates_at_which_a_sum_turns() -> None:
    when = "budget + cofunding >= 5 or ends - starts > 30"
    facts = {"cofunding": 2, "starts": "2026-02-01"}
    ranking = cs.score([{"id": "a", "facts": facts}], framework(when), as_of=AS_OF)
    asked = {one.key: [out.answer for out in one.outlooks] for one in cs.next_questions(ranking)}
    assert asked["budget"] == ["below 3", "3 or more"]
    assert asked["ends"] == ["until 2026-03-03", "from 2026-03-04 on"]


_COMPARED = "compare a fact, a criterion or a score with a number"
_IN_SUMS = "numbers, ratings and constants can be added, subtracted, and multiplied by numbers"
_TIMES = "multiply or divide a name by a number, such as `2 * budget`"
_DATES = "compare it with a date, such as `'2026-01-31'` in quotes, or `as_of + 90`"


@pytest.mark.parametrize(
    ("when", "code", "at", "message", "help"),
    [
        (
            "budget + cofunding",
            "condition-type",
            "budget + cofunding",
            "`budget + cofunding` is a number, not true or false",
            "compare it: `budget + cofunding >= 2`",
        ),
        (
            "budget * cofunding > 2",
            "condition-type",
            "budget * cofunding",
            "`budget * cofunding` multiplies two names",
            _TIMES,
        ),
        (
            "2 / budget > 2",
            "condition-type",
            "2 / budget",
            "`2 / budget` is divided by another name",
            _TIMES,
        ),
        (
            "budget / 0 > 2",
            "condition-type",
            "budget / 0",
            "`budget / 0` is divided by nothing",
            _TIMES,
        ),
        (
            "budget ** 2 > 2",
            "condition-not-allowed",
            "budget ** 2",
            "`budget ** 2` cannot stand in a condition",
            _IN_SUMS,
        ),
        (
            "score(risk) + 1 > 2",
            "condition-type",
            "score(risk)",
            "`score(risk)` cannot stand in a sum, or beside one",
            _IN_SUMS,
        ),
        (
            "count(animals) >= budget + 1",
            "condition-type",
            "count(animals)",
            "`count(animals)` cannot stand in a sum, or beside one",
            _IN_SUMS,
        ),
        (
            "budget + stage > 2",
            "condition-type",
            "stage",
            "`stage` cannot stand in a sum, or beside one",
            _IN_SUMS,
        ),
        (
            "budget + cofundng > 2",
            "unknown-name",
            "cofundng",
            "`cofundng` is not a fact, criterion, list or condition here",
            "did you mean `cofunding`?",
        ),
        (
            "1 + 2 > 2",
            "condition-type",
            "1 + 2 > 2",
            "`1 + 2 > 2` compares two numbers",
            _COMPARED,
        ),
        (
            "1e-90 * budget + 1e90 * cofunding > 1",
            "out-of-range",
            "1e-90 * budget + 1e90 * cofunding > 1",
            "`1e-90 * budget + 1e90 * cofunding > 1` is out of range: from -1e+100 to 1e+100",
            "use numbers closer to 1",
        ),
        (
            "budget - 1e101 > 1",
            "out-of-range",
            "1e101",
            "`1e101` is out of range: from -1e+100 to 1e+100",
            "write a number in this range",
        ),
        (
            "ends <= budget",
            "condition-type",
            "ends <= budget",
            "`ends` is a date, and `budget` is a number",
            _DATES,
        ),
        (
            "ends <= 2027-12-31",
            "condition-type",
            "ends <= 2027-12-31",
            "`ends` is a date, and `2027-12-31` is a number",
            _DATES,
        ),
        (
            "ends <= 2027-06-30",
            "condition-syntax",
            "2027-06-30",
            "`2027-06-30` cannot stand in a condition",
            "put dates in quotes, such as `'2026-01-31'`",
        ),
        (
            "ends - starts >= '2027-06-30'",
            "condition-type",
            "'2027-06-30'",
            "`2027-06-30` is a word and cannot be compared with a number",
            "compare a fact, a criterion or a score with a number or an answer",
        ),
        (
            "ends + starts > 3",
            "condition-type",
            "ends + starts",
            "`ends + starts` adds dates",
            "subtract a date from another, or add days: `ends - starts <= 730`",
        ),
        (
            "ends >= '2026-06'",
            "invalid-date",
            "'2026-06'",
            "`2026-06` is not a single day",
            "write `'2026-06-01'` or `'2026-06-30'`",
        ),
        (
            "ends >= '2026-06-31'",
            "invalid-date",
            "'2026-06-31'",
            "`2026-06-31` does not exist in the calendar",
            "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
        ),
        (
            "ends >= start",
            "unknown-name",
            "start",
            "`start` is not a fact, criterion, list or condition here",
            "did you mean `starts`?",
        ),
        (
            "as_of",
            "condition-type",
            "as_of",
            "`as_of` is a date, not true or false by itself",
            "compare it with another, such as `ends - as_of >= 90`",
        ),
        (
            "budget > as_of",
            "condition-type",
            "budget > as_of",
            "`as_of` is a date, and `budget` is a number",
            _DATES,
        ),
    ],
)
def test_mistakes_in_sums(when: str, code: str, at: str, message: str, help: str) -> None:
    assert refusal(when) == (code, at, message, help)


def test_endless_sums_are_refused() -> None:
    long = " + ".join(["budget"] * 700)
    assert state(f"{long} > 700", budget=1.5) == HOLDS
    for text in ("(budget+" * 120 + "1" + ")" * 120 + " > 2", "-" * 300 + "budget > 1"):
        assert refusal(text)[0] == "condition-too-deep"


@pytest.mark.parametrize(
    ("answer", "code", "message", "help"),
    [
        (
            "soon",
            "invalid-date",
            "`ends`: `soon` is not a date",
            "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
        ),
        (
            "2026-02-30",
            "invalid-date",
            "`ends`: `2026-02-30` does not exist in the calendar",
            "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
        ),
        *(
            (
                written,
                "invalid-date",
                f"`ends`: `{written}` is before the year 1000",
                "write a date from the year 1000 on",
            )
            for written in ("0001-01-01", "0999-12-31", "0004-02-29", "0476-09", "0800")
        ),
        (
            "0999-02-30",
            "invalid-date",
            "`ends`: `0999-02-30` does not exist in the calendar",
            "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
        ),
        ("31.12.2026", "invalid-date", "`ends`: `31.12.2026` is not a date", "write `2026-12-31`"),
        (
            True,
            "invalid-date",
            "`ends`: `true` is not a date",
            "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
        ),
        (
            ["2027", "2026-12"],
            "reversed-interval",
            "`ends`: `[2027, 2026-12]` runs backwards",
            "write `[2026-12, 2027]`",
        ),
        (
            {"low": "2027", "high": "2026"},
            "reversed-interval",
            "`ends`: `[2027, 2026]` runs backwards",
            "write `[2026, 2027]`",
        ),
        (
            {"one_of": ["2026-01-01", "2027-01-01"]},
            "invalid-fact",
            "`ends`: `one_of` and `all_of` are not for dates",
            "write a range: `[low, high]`",
        ),
    ],
)
def test_answers_that_are_no_dates(answer: Any, code: str, message: str, help: str) -> None:
    candidate = {"id": "a", "facts": {"ends": answer}}
    with pytest.raises(cs.CandidateError) as caught:
        cs.score([candidate], framework("ends <= '2026-01-01'"))
    (found,) = caught.value.diagnostics
    assert (found.code, found.message, found.help) == (code, message, help)
    assert found.path[:4] == ("candidates", 0, "facts", "ends")


def test_dates_of_python_are_dates() -> None:
    assert state("ends <= '2026-06-30'", ends=date(2026, 6, 30)) == HOLDS
    days = np.array(["2026-06-30", "2026-07-01", "NaT"], dtype="datetime64[ns]")
    for column in (days, [date(2026, 6, 30), "2026-07-01", None]):
        problem = Problem.from_columns(framework("ends <= '2026-06-30'"), {"ends": column})
        states = {one.id: one.findings[0].state for one in rank(problem)}
        assert states == {"1": HOLDS, "2": FAILS, "3": OPEN}


def test_date_of_the_list_is_asked_for_where_conditions_compare_with_it() -> None:
    when = framework("ends <= as_of")
    with pytest.raises(cs.CandidateError) as caught:
        cs.score({"collabscore": "candidates/1", "candidates": [{"id": "a"}]}, when)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message, found.help) == (
        "date-without-as-of",
        "`small` compares dates with the date of the list, which has none",
        "add `as_of: ...` to the list, or give `--as-of` (in Python `as_of=`)",
    )
    with pytest.raises(cs.CandidateError) as caught:
        Problem.from_columns(when, {"ends": ["2026-01-01"]})
    assert [one.code for one in caught.value.diagnostics] == ["date-without-as-of"]
    problem = Problem.from_columns(when, {"ends": ["2026-01-31", 2026]}, as_of="2026-01")
    assert [one.findings[0].state for one in rank(problem)] == [OPEN, HOLDS]


def test_a_new_list_has_a_date_where_conditions_compare_with_it() -> None:
    line = "as_of: 2025-06-30  # change this date: rules compare answers with it"
    for short in (True, False):
        for when in ("ends <= as_of", "animals"):
            judge = cs.load_framework(framework(when))
            text = candidates_template(judge, short=short)
            assert (line in text.splitlines()) == ("as_of" in when)
            is_comment = not short and "as_of" not in when
            assert text.count("\n# as_of: ") == is_comment
            cs.load_candidates(yaml.safe_load(text), judge)


def test_one_framework_judges_lists_of_different_days() -> None:
    judge = cs.load_framework(framework("ends <= as_of"))
    candidates = [{"id": "a", "facts": {"ends": "2026-06-30"}}]
    for as_of, expected in (("2026-06-30", HOLDS), ("2026-06-29", FAILS), ("2026-06-30", HOLDS)):
        ranking = cs.score(candidates, judge, as_of=as_of)
        assert ranking["a"].findings[0].state == expected
        assert ranking.framework.digest == judge.digest
        # the framework of a result judges another list by that one's day
        again = cs.score(candidates, ranking.framework, as_of="2026-06-29")
        assert again["a"].findings[0].state == FAILS
        with pytest.raises(cs.CandidateError):
            cs.score(candidates, ranking.framework)


def test_check_warns_of_sums_that_are_always_true_or_false() -> None:
    for when, says in (
        ("budget + cofunding < 0", "can never apply"),
        ("risk + trust >= 2", "always"),
        ("budget - budget >= 0", "always"),
        ("ends > '2026-06-29' and ends < '2026-06-30'", "can never apply"),
    ):
        warnings = framework_warnings(cs.load_framework(framework(when)))
        assert [one.message for one in warnings if says in one.message], when


def test_score_of_the_whole_is_that_of_the_framework() -> None:
    ratings = {"risk": 1, "trust": 3}
    assert state("score(small) >= 75", ratings=ratings) == HOLDS
    assert state("score(small) > 75", ratings=ratings) == FAILS
    found = judged("score(small) >= 75", ratings={"risk": 1})
    assert (found.findings[0].state, found.findings[0].unknown) == (OPEN, ("trust",))
    assert state("score(small) >= 50", ratings={"risk": 1}) == HOLDS


def test_score_of_the_whole_counts_in_every_question_about_changes() -> None:
    judge = framework("score(small) < 60")
    listed = [{"id": "a", "ratings": {"risk": 2, "trust": 2}}, {"id": "b", "ratings": {"risk": 1}}]
    ranking = cs.score(listed, judge)
    assert ranking["a"].verdict == "outside"
    turns = {one.criterion: one.to for one in cs.explain(ranking, "a").rating_changes}
    assert turns == {"risk": pytest.approx(1.2), "trust": pytest.approx(2.8)}
    after = {one.after.id: one.after for one in cs.what_if(ranking, weights={"risk": "90%"}).rows}
    assert after["a"].verdict == "inside"
    weights = {one.id: one.method for one in cs.sensitivity(ranking).weights}
    assert set(weights.values()) == {"grid of 201"}
    with pytest.raises(cs.UsageError, match=r"uses score\(small\)"):
        cs.extreme_ranks(ranking)


def test_score_of_a_profile_may_be_named_as_that_of_its_base(tmp_path: Path) -> None:
    base = {**framework("score('the-base') < 60"), "id": "the-base"}
    (tmp_path / "base.yaml").write_text(json.dumps(base), encoding="utf-8")
    profile = {"collabscore": "framework/1", "id": "ours", "based_on": "base.yaml"}
    (tmp_path / "ours.yaml").write_text(json.dumps(profile), encoding="utf-8")
    candidate = {"id": "a", "ratings": {"risk": 5, "trust": 1}}
    for name in ("base.yaml", "ours.yaml"):
        assert cs.score([candidate], tmp_path / name)["a"].verdict == "outside"


@pytest.mark.parametrize(
    ("more", "message", "help"),
    [
        (
            {"combine": "none", "criteria": {"good": {"criteria": {"gain": {"scale": SCALE}}}}},
            "`small` has no score of the whole",
            "name one of its criteria: choose from `gain`, `good`",
        ),
        ({"criteria": None}, "`small` has no score of the whole", "add `criteria`"),
        (
            {"criteria": {"small": {"scale": SCALE}}},
            "`small` is the id of a criterion and of the framework",
            "give one of them another id",
        ),
    ],
)
def test_mistakes_about_the_score_of_the_whole(
    more: dict[str, Any], message: str, help: str
) -> None:
    when = "score(small) >= 60"
    assert refusal(when, **more) == ("condition-type", "small", message, help)


NAMED: dict[str, Any] = {"range": [1, 5], "levels": {1: "very low", 3: "moderate", 5: "very high"}}
WITH_UNITS: dict[str, Any] = {
    "ours": {"kind": "number", "unit": "million USD"},
    "theirs": {"kind": "number", "unit": "million EUR"},
    "salaries": {"kind": "number", "unit": "million USD"},
    "plain": {"kind": "number"},
    "length": {"kind": "number", "unit": "m"},
    "starts": {"kind": "date"},
    "ends": {"kind": "date"},
}


def with_units(when: str) -> dict[str, Any]:
    criteria = {"risk": {"scale": {"range": [0, 9], "unit": "thousand people"}, "prefer": "low"}}
    return framework(when, facts=WITH_UNITS | FACTS, criteria=criteria)


@pytest.mark.parametrize(
    ("when", "help"),
    [
        ("ours > 5 million", "write `5`: the unit of `ours` is million USD"),
        ("5.5 m < ours", "write `5.5`: the unit of `ours` is million USD"),
        ("ours > 5 billion", "write `5000`: the unit of `ours` is million USD"),
        ("ours > 5,000,000", "write `5`: the unit of `ours` is million USD"),
        ("ours > 5.000.000", "write `5`: the unit of `ours` is million USD"),
        ("animals and theirs in [2 million]", "write `2`: the unit of `theirs` is million EUR"),
        ("risk > 3 thousand", "write `3`: the unit of `risk` is thousand people"),
        ("plain > 5 million", "write `5000000`, or `5` if the unit is in millions"),
        ("ours > 1 and plain > 2k", "write `2000`, or `2` if the unit is in thousands"),
        ("plain > 5,000,000", "write `5000000`"),
        ("length > 5,000,000", "write `5000000`"),
        ("ours plus theirs > 5", "write `+`"),
        ("ours minus theirs > 5", "write `-`"),
        ("sum(ours, theirs) > 5", "write `ours + theirs`"),
        ("ends after starts", "write `>`"),
        ("ends before starts", "write `<`"),
        ("ends - starts > 1 year", "write a number of days, such as `365` for a year"),
    ],
)
def test_help_says_numbers_in_the_unit_they_are_compared_in(when: str, help: str) -> None:
    with pytest.raises(FrameworkError) as caught:
        cs.score([], with_units(when))
    assert [one.help for one in caught.value.diagnostics] == [help]


@pytest.mark.parametrize(
    ("written", "help"),
    [
        ("high", "choose from `very low`, `moderate`, `very high`"),
        ("low", "choose from `very low`, `moderate`, `very high`"),
        ("immoderate", "choose from `very low`, `moderate`, `very high`"),
        ("very hgih", "did you mean `very high`?"),
        ("ery high", "did you mean `very high`?"),
        ("modrate", "did you mean `moderate`?"),
    ],
)
def test_a_word_that_means_another_level_is_not_taken_for_it(written: str, help: str) -> None:
    document = framework("animals", criteria={"trust": {"scale": NAMED}})
    with pytest.raises(cs.errors.CollabscoreError) as caught:
        cs.score([{"id": "a", "ratings": {"trust": written}}], document)
    (found,) = caught.value.diagnostics
    listed = help.startswith("choose")
    number = ", or write a number from 1 (very low) to 5 (very high), or `unknown`"
    assert found.help == help + (number if listed else "")


@pytest.mark.parametrize(
    ("when", "messages"),
    [
        ("ours + theirs > 5", ["`ours` is in million USD and `theirs` is in million EUR"]),
        ("ours > theirs", ["`ours` is in million USD and `theirs` is in million EUR"]),
        ("animals or ours - plain > 5", ["`ours` is in million USD and `plain` has no unit"]),
        ("ours > risk", ["`ours` is in million USD and `risk` is in thousand people"]),
        ("ours + salaries > 5", []),
        ("ours + 1.1 * theirs > 5", []),
        ("ours > salaries", []),
        ("plain > budget", []),
        ("ends - starts > 5", []),
        ("ends > starts", []),
    ],
)
def test_check_warns_of_numbers_in_different_units(when: str, messages: list[str]) -> None:
    warnings = framework_warnings(cs.load_framework(with_units(when)))
    mixed = [one for one in warnings if one.code == "mixed-units"]
    assert [one.message for one in mixed] == messages
    assert {one.path for one in mixed} <= {("guardrails", "rule", "steps", 0, "when")} | {
        ("guardrails", "rule", "when")
    }
