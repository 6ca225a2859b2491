"""What a newcomer stumbled over in panels and to-do pages: half-filled lists, units, words that do not add up."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from click.testing import CliRunner

import collabscore as cs
from collabscore.cli.main import cli

HOUSE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    "facts": {"crit": {"kind": "flag"}, "stage": {"kind": "level", "levels": ["basic", "applied"]}},
    "safeguards": {"review": {}},
    "guardrails": {
        "critical": {"when": "crit", "needs": ["review"], "then": "outside", "met": "conditional"}
    },
}
ANNA = [
    {"id": f"c{k}", "ratings": {"gain": 1 + k % 5, "risk": 2}, "facts": {"crit": "no"}}
    for k in range(6)
]
BEN = [
    {"id": f"c{k}", "ratings": {"gain": 5 - k % 4, "risk": 3}, "facts": {"crit": k == 1}}
    for k in range(6)
]
LABELS = ["anna", "ben", "chen"]


def panel_of(*lists: Any) -> cs.Panel:
    return cs.panel(list(lists), HOUSE, labels=LABELS[: len(lists)], draws=20)


def figures(panel: cs.Panel) -> dict[str, Any]:
    """Return all figures of a panel, without the digests and notes of its lists."""
    body = copy.deepcopy(panel.body())
    for key in ("manifest", "notes"):
        body.pop(key, None)
    return body


BLANK = {
    "wholly": {},
    "unknown-ratings": {"ratings": {"gain": "unknown", "risk": "unknown"}},
    "unknown-facts": {"facts": {"crit": "unknown", "stage": {"value": "unknown"}}},
    "note-alone": {"ratings": {"gain": {"value": "unknown", "note": "not my field"}}},
    "remark-alone": {"note": "not my field"},
}


@pytest.mark.parametrize("blank", [pytest.param(BLANK[name], id=f"2-{name}") for name in BLANK])
def test_a_candidate_without_an_answer_is_not_rated(blank: dict[str, Any]) -> None:
    chen: list[dict[str, Any]] = copy.deepcopy(ANNA[:4])
    chen[0]["safeguards"] = ["review"]
    fewer = panel_of(ANNA, BEN, chen)
    whole = panel_of(ANNA, BEN, [*chen, {"id": "c4", **blank}, {"id": "c5", **blank}])
    # ben's answer bars c1
    assert whole.ranked_by_all == ("c3", "c2", "c0")
    assert figures(whole) == figures(fewer)
    text = " ".join(whole.to_text(80).split())
    assert "6 candidates: 4 rated by all three and 2 rated by two." in text
    assert "Listed by chen without any answer, and so not rated: 2 candidates." in text
    assert "of the 3 candidates that all lists rank" in text


def test_a_candidate_that_nobody_rates_stays_in_the_merged_list() -> None:
    panel = panel_of([*ANNA, {"id": "moon"}], [*BEN, {"id": "moon", "note": "later"}])
    assert panel.merged["moon"].note == "Rated by nobody. ben: later."
    assert "7 candidates: 6 rated by both and 1 rated by nobody." in panel.to_text(200)
    assert [(one.raters, dict(one.by)) for one in panel.candidates if one.id == "moon"] == [
        ((), {})
    ]


def test_a_rater_without_any_answer_changes_nothing() -> None:
    blank = [{"id": one["id"]} for one in ANNA]
    panel = panel_of(ANNA, blank)
    assert [rater.candidates for rater in panel.raters] == [6, 0]
    assert panel.disagreements == ()
    assert panel.ranked_by_all == ()


def test_facts_alone_give_no_order() -> None:
    facts = [{"id": one["id"], "facts": {"crit": "no"}} for one in ANNA]
    assert panel_of(ANNA, facts).ranked_by_all == ()


# units


def with_unit(rows: list[dict[str, Any]], unit: str) -> list[dict[str, Any]]:
    return [{**row, "unit": unit} for row in rows]


@pytest.mark.parametrize(
    "lists",
    [
        pytest.param((with_unit(ANNA, "area"), BEN), id="7-second-without"),
        pytest.param((ANNA, with_unit(BEN, "area")), id="7-first-without"),
        pytest.param((ANNA, {"unit": "area", "candidates": BEN}), id="7-unit-of-the-list"),
        pytest.param((ANNA, [], with_unit(BEN, "area")), id="7-one-of-three"),
    ],
)
def test_a_list_without_a_unit_takes_that_of_the_others(lists: Any) -> None:
    panel = panel_of(*lists)
    assert {panel.merged.unit_of(one) for one in panel.merged.candidates} == {"area"}
    assert {found.unit for ranking in panel.rankings for found in ranking} == {"area"}
    notes = " ".join(panel.notes)
    assert notes.count("gives no unit; that of the others counts.") == 1


def test_units_that_differ_are_one_error_with_all_counted() -> None:
    lists = with_unit(ANNA, "area"), with_unit(BEN, "project"), with_unit(ANNA[:2], "project")
    with pytest.raises(cs.CandidateError) as caught:
        panel_of(*lists)
    (found,) = caught.value.diagnostics
    assert found.message == (
        "`c0` is of unit `project` here, and `area` in the list of anna; 8 candidates have two"
        " units (6 of ben and 2 of chen)"
    )


# words


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        pytest.param((5, 1, 4, 2), "less agreement than by chance", id="11-negative"),
        pytest.param((1, 2, 4, 4), "reliable", id="11-reliable"),
        pytest.param((2, 2, 2, 5), "enough for tentative conclusions alone", id="11-tentative"),
        pytest.param((2, 5, 2, 5), "not reliable", id="11-not"),
    ],
)
def test_alpha_is_read_in_words(ratings: tuple[int, ...], words: str) -> None:
    anna = [{"id": f"c{k}", "ratings": {"gain": g}} for k, g in enumerate((1, 2, 4, 5) * 5)]
    ben = [{"id": f"c{k}", "ratings": {"gain": g}} for k, g in enumerate(ratings * 5)]
    panel = panel_of(anna, ben)
    value = panel.agreement[0].alphas["interval"].value
    text = " ".join(panel.to_text(80).split())
    said = re.search(r"by their differences: (\S+) \(.*?\), (.*?)\.", text)
    assert said is not None
    assert said[2] == words, value
    assert "reliable from 0.8, for tentative conclusions from 0.667" in text


def test_counts_of_disagreements_add_up() -> None:
    panel = panel_of(ANNA, BEN)
    text = " ".join(panel.to_text(80).split())
    said = re.search(r"Of (\d+) disagreements, (.*?)\. ", text)
    assert said is not None
    assert sum(map(int, re.findall(r"\d+", said[2]))) == int(said[1]) == len(panel.disagreements)


def test_facts_without_a_difference_are_counted_in_a_line() -> None:
    panel = panel_of(ANNA, [{**one, "facts": {"crit": "no", "stage": "basic"}} for one in ANNA])
    text = panel.to_text(80)
    assert "All answers that can be compared are equal: 1 of 1 fact." in text
    assert "95 %" not in text.split("Alpha:")[0]
    assert "Nominal\n" in panel.to_text(80, detail="verbose")


@pytest.mark.parametrize("options", [["-q", "-v"], ["-v", "-q"], ["-q", "-v", "-v"]])
def test_quiet_wins_over_verbose(options: list[str]) -> None:
    rows = '[{"id": "flu", "ratings": {"dual_use": 3}}]'
    done = CliRunner().invoke(cli, ["score", "-", "-f", "guardrail", *options], input=rows)
    assert (done.exit_code, done.stderr) == (0, "")


# what is to be done

RULES: dict[str, Any] = {
    **HOUSE,
    "facts": {key: {"kind": "flag"} for key in ("people", "rain", "export")},
    "safeguards": {"plan": {}, "deal": {}, "exit": {}, "licence": {"granted_by": "the office"}},
    "standing": ["exit"],
    "guardrails": {
        "data": {"when": "people", "needs": ["plan", "deal"], "then": "refer"},
        "weather": {"when": "rain", "needs": ["licence", "plan"], "then": "refer"},
        "trade": {"when": "export", "needs": ["licence", "deal"], "then": "refer"},
    },
}


def rows_of(*facts: dict[str, Any], **more: Any) -> str:
    listed = []
    for place, known in enumerate(facts):
        listed.append(
            {"id": f"c{place}", "ratings": {"gain": 2, "risk": 2}, "facts": known, **more}
        )
    return " ".join(cs.score(listed, RULES).to_text(200).split())


def test_needs_that_depend_on_answers_come_last_and_once() -> None:
    text = rows_of({"people": True})
    assert "▲ Data plan, deal 2 more rules" in text
    assert "only if they apply: request for licence (from the office) Rain, export" in text
    text = rows_of({"people": True, "rain": False})
    assert "▲ Trade only if it applies: request for licence (from the office)" in text
    text = rows_of({"people": False, "rain": True})
    assert "▲ Weather plan; to request: licence (from the office)" in text
    assert "only if it applies: deal " in text
    assert not re.search(r"if it applies: to request:|; if they apply", text)


def test_what_is_unknown_for_all_stands_once_before_the_candidates() -> None:
    text = rows_of({"people": True}, {"people": False}, {"people": True, "rain": False})
    assert text.count("All 3 candidates that follow") == 1
    first, *others = text.split("All 3 candidates that follow")[1].split(" C")
    assert "▲ Trade only if it applies: deal, request for licence (from the office)" in first
    assert not any("Trade" in other for other in others)
    assert "nothing else" in rows_of({"people": False}, {"people": False})
    assert "that follow" not in rows_of({"people": False})


def test_who_goes_ahead_still_needs_what_every_project_needs() -> None:
    answers = dict.fromkeys(("people", "rain", "export"), False)
    assert "● inside: goes ahead, if it has what every project needs" in rows_of(answers)
    assert "Before it starts, every project also needs, whatever its verdict: exit" in rows_of(
        answers
    )
    assert "if it has what" not in rows_of(answers, safeguards=["exit"])
    listed = [{"id": "flu", "ratings": {"gain": 2, "risk": 2}, "facts": answers}]
    page = " ".join(cs.explain(cs.score(listed, RULES), "flu").to_text(80).split())
    assert "● Inside: goes ahead, if it has what every project needs." in page
    assert "Still missing of what every project needs before it starts: exit." in page


@pytest.mark.parametrize(("unit", "count"), [("area", 1), ("project", 0)])
def test_areas_presume_their_safeguards(unit: str, count: int) -> None:
    listed = [{"id": name, "unit": unit, "facts": {"rain": True}} for name in ("flu", "ice")]
    note = "Areas are judged as if their projects had the safeguards, but not the permissions."
    pages = (
        cs.score(listed, RULES),
        cs.explain(cs.score(listed, RULES), "flu"),
        cs.compare(listed, [RULES, {**RULES, "id": "other"}]),
    )
    for page in pages:
        assert " ".join(page.to_text(80).split()).count(note) == count
