"""The page of a ranking, and the notes of its JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.output import Heading, Notes, Table
from collabscore.output.blocks import cell_text
from collabscore.output.text import display_width, wrap
from collabscore.reports.ranking import sections_of
from collabscore.scoring.wording import SCOPE_NOTE, quoted_titles

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "issuer": "An office",
    "applies": "ours",
    "scales": {"five": {"range": [1, 5]}},
    "facts": {"ours": {"kind": "flag"}, "crit": {"kind": "flag"}},
    "criteria": {"gain": {"scale": "five"}},
    "guardrails": {"g1": {"when": "crit", "then": "outside"}},
}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "ratings": {"gain": 5}, "facts": {"ours": True, "crit": False}},
    {"id": "ice", "ratings": {"gain": 3}, "facts": {"crit": True}},
    {"id": "sea", "facts": {"ours": False}},
]


def test_notes_of_a_ranking() -> None:
    framework = cs.load_framework(FRAMEWORK)
    unknown = quoted_titles(framework, ["ours"])
    assert cs.score(LISTED, framework).notes == (
        "3 candidates: 1 inside, 1 outside, 1 not applicable.",
        (
            f"The framework may not apply to 1 candidate (unknown: {unknown});"
            " the verdicts assume that it does."
        ),
        (
            "Scores run from 0 to 100; higher is better, for risk too. Range: the score if unknown"
            " and uncertain ratings turn out worst or best. Unknown: nobody has answered. Uncertain:"
            " given as a range. An unknown rating counts as the average of its scale."
        ),
        f"Framework `small`, {framework.digest[:19]}…. Issued by: An office.",
        SCOPE_NOTE,
    )


def test_a_page_has_the_order_what_is_missing_and_a_legend() -> None:
    ranking = cs.score(LISTED, FRAMEWORK)
    heading, _, order, missing, legend = ranking.page().blocks
    assert heading == ranking.heading == Heading("3 candidates", 1, "Small")
    assert order.sections == {0: "Can go ahead (1)", 1: "Not ranked (1)", 2: "Not applicable (1)"}
    assert missing.title == "Cannot go ahead: no safeguard can satisfy this rule"
    assert missing.rows == (("Ice", "G1"),)
    assert legend == Notes(ranking.table().notes)
    assert ranking.page(detail="brief").blocks == ranking.page().blocks[:3]


@pytest.mark.parametrize(("list_", "title"), [({"title": "Areas"}, "Areas"), ({}, "areas.yaml")])
def test_a_page_begins_with_the_title_of_the_list_else_with_its_file(
    list_: dict[str, Any], title: str, tmp_path: Path
) -> None:
    path = tmp_path / "areas.yaml"
    path.write_text(
        json.dumps(
            {"collabscore": "candidates/1", **list_, "as_of": "2026-01-01", "candidates": LISTED}
        )
    )
    ranking = cs.score(path, {**FRAMEWORK, "title": "Rules", "version": "2"})
    assert ranking.heading == Heading(f"{title}, as of 2026-01-01", 1, "Rules, version 2")
    assert str(ranking).startswith(f"{title}, as of 2026-01-01\nRules, version 2\n\n")
    assert str(tmp_path) not in ranking.to_json()


def test_columns_have_no_title_of_their_own() -> None:
    problem = cs.Problem.from_columns(cs.load_framework(FRAMEWORK), {"gain": [3.0]})
    assert cs.score(problem).heading.text == "1 candidate"


# sections

OWN = {
    "green": {"title": "go ahead"},
    "amber": {"title": "with measures"},
    "weigh": {"title": "weigh together", "tier": 2},
    "red": {"title": "stop", "ranked": False},
}


def test_sections_have_the_titles_of_the_framework_s_own_verdicts() -> None:
    framework = {
        **FRAMEWORK,
        "verdicts": OWN,
        "defaults": {"met": "amber", "if_unknown": "weigh"},
        "safeguards": {"review": {}},
        "guardrails": {
            "g1": {"when": "crit", "then": "red"},
            "g2": {"when": "gain <= 3", "needs": ["review"], "then": "weigh"},
        },
    }
    fact = {"ours": True, "crit": False}
    listed = [
        {"id": "a", "ratings": {"gain": 5}, "facts": fact},
        {"id": "b", "ratings": {"gain": 2}, "facts": fact, "safeguards": ["review"]},
        {"id": "c", "ratings": {"gain": 2}, "facts": fact},
        {"id": "d", "ratings": {"gain": 5}, "facts": {**fact, "crit": True}},
        {"id": "e", "facts": {"ours": False}},
    ]
    ranking = cs.score(listed, framework)
    table = ranking.page().blocks[2]
    assert isinstance(table, Table)
    headings = [
        "Go ahead (1) · with measures (1)",
        "Weigh together (1)",
        "Stop (1)",
        "Not applicable (1)",
    ]
    assert list(table.sections.values()) == headings
    assert list(table.sections) == [0, 2, 3, 4]
    verdicts = [row["verdict"] for row in table.to_records()]
    assert verdicts == [
        "go ahead",
        "with measures",
        "weigh together",
        "stop",
        "not applicable",
    ]
    assert [row["to_do"] for row in table.to_records()] == [None, "keep 1", "1", None, None]
    assert [row["verdict"] for row in ranking.records()] == ["green", "amber", "weigh", "red", None]


def test_a_candidate_without_a_score_has_a_section_of_its_own() -> None:
    ranking = cs.score(
        [*LISTED[:2], {"id": "x", "facts": LISTED[0]["facts"]}], {**FRAMEWORK, "missing": "refuse"}
    )
    text = str(ranking)
    assert "No score (1)\n   –  X" in text
    assert re.search(r"X\n  Score +ratings", text)


# what is missing before a candidate can go ahead


NEEDS: dict[str, Any] = {
    **FRAMEWORK,
    "facts": {
        **FRAMEWORK["facts"],
        "people": {"kind": "flag", "question": "Are data on people used?"},
    },
    "safeguards": {"review": {"title": "Ethics review"}, "plan": {}, "deal": {}},
    "guardrails": {
        "g1": {"when": "crit", "then": "outside", "title": "Technology on U.S. lists"},
        "g2": {"when": "people", "needs": ["review", ["plan", "deal"]], "then": "refer"},
        "g3": {"when": "gain <= 2", "needs": ["deal"], "then": "refer"},
    },
}


def missing_rows(**candidate: Any) -> list[tuple[Any, ...]]:
    """Return the rows of the second table for one candidate."""
    facts = {"ours": True, "crit": False, "people": False, **candidate.pop("facts", {})}
    ranking = cs.score([{"id": "a", "ratings": {"gain": 5}, "facts": facts, **candidate}], NEEDS)
    tables = [block for block in ranking.page().blocks if isinstance(block, Table)]
    return [row for table in tables[1:] for row in table.rows]


def test_nothing_is_missing_for_a_candidate_that_is_simply_inside() -> None:
    assert missing_rows() == []


def test_planned_safeguards_are_marked_and_those_in_place_left_out() -> None:
    planned = [{"id": "deal", "status": "planned"}]
    rows = missing_rows(facts={"people": True}, safeguards=planned)
    assert rows == [("▲ G2", "ethics review, plan or deal (planned)")]
    rows = missing_rows(facts={"people": True}, safeguards=["review", *planned])
    assert rows == [("▲ G2", "plan or deal (planned)")]


def test_a_question_is_asked_as_its_author_wrote_it() -> None:
    rows = missing_rows(facts={"people": "unknown"}, safeguards=["review"])
    assert rows == [("▲ G2", "only if it applies: plan or deal", "Are data on people used?")]


def test_no_safeguards_are_listed_for_a_barred_candidate() -> None:
    rows = missing_rows(facts={"people": True, "crit": True}, ratings={"gain": 1})
    assert rows == [("A", "Technology on U.S. lists")]


@pytest.mark.parametrize("n", [3, 14])
def test_nothing_that_must_be_done_disappears(n: int) -> None:
    """Rules beyond the first share a row, and each candidate has its number in the first table."""
    facts = {"ours": True, "crit": False, "people": True}
    listed = [{"id": f"c{k}", "ratings": {"gain": 1}, "facts": facts} for k in range(n)]
    guardrails = {
        **NEEDS["guardrails"],
        "g4": {"needs": ["plan"], "then": "refer"},
        "g5": {"when": "rain", "needs": ["review"], "then": "refer"},
    }
    asked = {**NEEDS["facts"], "rain": {"kind": "flag"}}
    ranking = cs.score(listed, {**NEEDS, "facts": asked, "guardrails": guardrails})
    order, missing = ranking.page().blocks[2:4]
    assert isinstance(order, Table)
    assert [row["to_do"] for row in order.to_records()] == ["5"] * n
    assert isinstance(missing, Table)
    assert missing.rows[:3] == (
        ("▲ G5", "only if it applies: ethics review", "Rain"),
        ("▲ G2", "ethics review, plan or deal", ""),
        ("2 more rules", "deal, plan", ""),
    )
    shown = min(12, n)
    assert len(missing.rows) == 1 + 2 * shown
    everybody = f"All {n} candidates that follow"
    assert list(missing.sections.values()) == [everybody, *(f"C{k}" for k in range(shown))]
    note = 'Not shown: 2 more candidates (see "To do" above). -v shows all'
    assert [text.startswith(note) for text in missing.notes] == [True] * (n > shown)
    verbose = ranking.page(detail="verbose").blocks[3]
    assert isinstance(verbose, Table)
    assert (len(verbose.rows), verbose.notes) == (4 * n, ())


def test_what_must_stay_in_place_is_named_and_who_goes_ahead_is_not_listed() -> None:
    guardrails = {"care": {"when": "people", "needs": ["plan"], "then": "refer"}}
    facts = {"ours": True, "crit": False, "people": True}
    listed = [
        {"id": "a", "ratings": {"gain": 2}, "facts": facts, "safeguards": ["plan"]},
        {"id": "b", "ratings": {"gain": 2}, "facts": {**facts, "people": False}},
        {"id": "c", "ratings": {"gain": 2}, "facts": facts},
    ]
    missing = cs.score(listed, {**NEEDS, "guardrails": guardrails}).page().blocks[3]
    assert isinstance(missing, Table)
    assert missing.rows == (("◆ Care", "nothing; keep in place: plan"), ("▲ Care", "plan"))
    assert list(missing.sections.values()) == ["A", "C"]


def test_a_verbose_page_has_every_finding() -> None:
    ranking = cs.score(LISTED, FRAMEWORK)
    findings = ranking.page(detail="verbose").blocks[-2]
    assert isinstance(findings, Table)
    assert [row[1].word for row in findings.rows] == ["does not apply", "applies"]


# narrowed


def test_a_narrowed_ranking_says_how_many_are_left_out() -> None:
    narrowed = cs.score(LISTED, FRAMEWORK).select(verdict="outside")
    note = "2 more candidates (shown: verdict outside). Ranks are among all 3."
    assert narrowed.notes[0] == narrowed.table().notes[0] == note
    assert str(narrowed).count(note) == 1
    only_gates = {key: FRAMEWORK[key] for key in FRAMEWORK if key not in ("criteria", "scales")}
    listed = [{**row, "ratings": {}} for row in LISTED]
    narrowed = cs.score(listed, only_gates).select(top=2)
    assert narrowed.notes[0] == "1 more candidate (shown: top 2)."


@pytest.mark.parametrize("detail", ["brief", "default", "verbose"])
def test_an_empty_selection_has_a_page(detail: Any) -> None:
    text = cs.score(LISTED, FRAMEWORK).select(where="gain < 1").to_text(80, detail=detail)
    assert "\nnone\n" in text
    assert "3 more candidates (shown: where gain < 1)." in text


# legend


def test_the_legend_has_each_verdict_that_occurs_in_at_most_six_lines() -> None:
    ranking = cs.score("examples/proposed_projects.yaml")
    text = ranking.to_text(80)
    legend = ranking.page().blocks[-1]
    assert isinstance(legend, Notes)
    first, *others = legend.lines
    assert len(others) == 3
    lines = [line for other in others for line in wrap(other, 80)]
    assert len(lines) == 4
    assert text.rstrip("\n").splitlines()[-4:] == lines
    assert wrap(first, 80) == [
        "▲ refer: a person decides; ✕ outside: does not go ahead; ◆ conditional: goes",
        "ahead with conditions; ● inside: goes ahead, if it has what every project needs;",
        "To do: needed first; keep: must stay",
    ]
    assert "refer" not in "".join(cs.score(LISTED, FRAMEWORK).table().notes)


def test_the_legend_says_that_weights_were_changed() -> None:
    framework = {**FRAMEWORK, "criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five"}}}
    ranking = cs.score(LISTED, framework, weights={"gain": "80%"})
    assert "Weights changed (shares of the total)" in str(ranking)
    assert "Weights changed" not in str(cs.score(LISTED, framework))


@pytest.mark.parametrize(
    ("missing", "note", "short"),
    [
        (
            "average",
            "counts as the average of its scale.",
            "Score: an unknown rating counts as average.",
        ),
        (
            "worst",
            "counts as the worst of its scale.",
            "Score: an unknown rating counts as the worst.",
        ),
        (
            "omit",
            "the weights of the others in its group grow.",
            "Score: an unknown rating is left out.",
        ),
        (
            "refuse",
            "An unknown rating leaves its candidate without a score.",
            "Score: none while a rating is unknown.",
        ),
    ],
)
def test_the_notes_say_what_an_unknown_rating_counts_as(
    missing: str, note: str, short: str
) -> None:
    ranking = cs.score(LISTED, {**FRAMEWORK, "missing": missing})
    assert any(text.endswith(note) for text in ranking.notes)
    assert any(text.startswith(short) for text in ranking.table().notes)
    mixed = {"gain": {"scale": "five", "missing": missing}, "risk": {"scale": "five"}}
    ranking = cs.score(LISTED, {**FRAMEWORK, "criteria": mixed})
    differs = any("differs by criterion" in text for text in ranking.notes)
    assert differs == (missing != "average")


# what is printed is true, and fits


# made once: hypothesis looks at each new strategy
WEIGHTS = st.lists(st.floats(0.01, 100), min_size=1, max_size=5)
RATING = st.floats(0, 100)
INTERVAL = st.tuples(RATING, RATING, RATING).map(sorted)
ENTRY = RATING | INTERVAL.map(lambda ends: dict(zip(["low", "value", "high"], ends, strict=True)))
TITLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
TITLES = st.lists(TITLE, min_size=1, max_size=12)


@st.composite
def rankings(draw: st.DrawFn, titles: st.SearchStrategy[list[str]]) -> cs.Ranking:
    """Rankings of candidates with uncertain ratings, by criteria of any weights."""
    weights = draw(WEIGHTS)
    criteria = {
        f"c{k}": {"scale": {"range": [0, 100]}, "weight": weight, "side": side}
        for k, (weight, side) in enumerate(zip(weights, ["gain", "risk"] * 3, strict=False))
    }
    listed = []
    for k in range(draw(st.integers(1, 3))):
        ratings = {key: draw(ENTRY) for key in criteria if draw(st.booleans())}
        words = draw(titles)
        listed.append({"id": f"x{k}", "title": " ".join(words)[:200], "ratings": ratings})
    missing = draw(st.sampled_from(["average", "worst", "omit", "refuse"]))
    framework = {"collabscore": "framework/1", "id": "f", "criteria": criteria, "missing": missing}
    return cs.score(listed, framework)


@settings(max_examples=1000, deadline=None)
@given(rankings(st.just(["x"])))
def test_each_printed_score_lies_in_its_printed_range_and_its_points_sum_to_it(
    ranking: cs.Ranking,
) -> None:
    table = ranking.table_of((*ranking.shown_as_points[1:], "range"))
    for row in table.rows:
        *points, score, range_ = map(cell_text, table.columns, row)
        if score == "–":
            continue
        low, _, high = range_.partition("–")
        assert float(low) <= float(score) <= float(high or low)
        assert f"{sum(map(float, points)):.1f}" == score


@settings(max_examples=60, deadline=None)
@given(
    rankings(TITLES), st.sampled_from([80, 100]), st.sampled_from(["brief", "default", "verbose"])
)
def test_no_line_is_wider_than_asked_and_titles_keep_32_letters(
    ranking: cs.Ranking, width: int, detail: Any
) -> None:
    text = ranking.to_text(width, detail=detail)
    assert max(map(display_width, text.splitlines())) <= width
    head = next(line for line in text.splitlines() if line.startswith("Rank"))
    room = head.index("Score") - 2 - head.index("Candidate")
    widest = max(display_width(found.title) for found in ranking)
    assert room >= min(32, widest)


def test_nothing_to_rank() -> None:
    ranking = cs.score([], FRAMEWORK)
    assert ranking.notes[0] == "0 candidates."
    assert len(ranking) == 0
    assert "none" in str(ranking)


# one candidate


def card(key: str) -> str:
    return cs.score("examples/proposed_projects.yaml")[key].to_text(80)


def test_the_card_of_a_candidate_shows_verdict_score_and_what_is_missing_or_unknown() -> None:
    text = card("ice-cores")
    title, subtitle = text.splitlines()[:2]
    assert title == "Ice cores from the high plateau"
    assert subtitle.startswith("ice-cores, judged by: Guardrail framework")
    assert re.search(r"▲ refer +2 +7 +76\.2 +76\.2 +conditional to refer", text)
    assert "Before this can go ahead" in text
    assert re.search(r"Reciprocal access +only if it applies: +On what", text)
    assert "Still missing of what every project needs before it starts:" in text
    assert "Finding(" not in text


def test_the_card_says_that_nothing_is_missing_and_what_bars() -> None:
    assert "The rules need no further safeguard and no further answer." in card("quake-array")
    barred = " ".join(card("crowd-recognition").split())
    assert "Rules that decide the verdict" in barred
    assert "no safeguard can satisfy this rule" in barred
    assert "Not rated: " in barred
    assert "Ratings cover 48 % of the weight." in barred


def test_the_card_of_a_candidate_that_the_framework_is_not_about() -> None:
    framework = {
        "collabscore": "framework/1",
        "id": "x",
        "facts": {"a": {"kind": "flag"}, "b": {"kind": "flag"}},
        "applies": "a",
        "guardrails": {"g": {"when": "b", "then": "outside"}},
    }
    found = cs.score([{"id": "flu", "facts": {"a": False}}], framework)["flu"]
    assert "The framework does not apply to this candidate." in str(found)
    assert repr(found) == "<Assessment: `flu`; not applicable>"


def test_without_scores_each_verdict_has_one_section() -> None:
    facts = {"harm": {"kind": "flag"}, "people": {"kind": "flag"}}
    framework = cs.load_framework(
        {
            "collabscore": "framework/1",
            "id": "gate",
            "facts": facts,
            "guardrails": {
                "harm": {"when": "harm", "then": "outside"},
                "people": {"when": "people", "then": "refer"},
            },
        }
    )
    listed = []
    for name, answers in (("a", {"harm": False}), ("b", {}), ("c", {"harm": False})):
        listed.append({"id": name, "facts": {"people": True, **answers}})
    assert sections_of(cs.score(listed, framework)) == {0: "A person must decide (3)"}


def test_areas_among_projects_are_named() -> None:
    listed = [{"id": "sea", "unit": "area"}, {"id": "flu"}, {"id": "ice"}]
    note = '"Sea" is an area: judged as if the projects had their safeguards, not permissions.'
    mixed = cs.score(listed, "guardrail")
    assert note in mixed.notes
    assert note in " ".join(mixed.to_text(100).split())
    assert not any("area" in found for found in cs.score(listed[:1], "guardrail").notes)


def ordered(changes: dict[str, Any], **selection: Any) -> str:
    """Return the page of the list by a framework of scores alone, with changes."""
    scores = {key: FRAMEWORK[key] for key in ("collabscore", "id", "scales", "criteria")}
    entries = [{"id": entry["id"], "ratings": entry.get("ratings", {})} for entry in LISTED]
    ranking = cs.score(entries, scores | changes)
    return (ranking.select(**selection) if selection else ranking).to_text(100)


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({}, "Rank  Candidate  Score  Range"),
        ({"bands": {"upper": 60, "lower": 0}}, "Rank  Candidate  Score  Range  Band"),
        ({"missing": "refuse"}, "Rank  Candidate  Score  Range"),
    ],
    ids=["scores", "bands", "one-without-score"],
)
def test_without_rules_nothing_goes_ahead(changes: dict[str, Any], head: str) -> None:
    """A framework without guardrails gives no verdict that a reader could act on."""
    text = ordered(changes)
    assert "Ordered by score." in text
    assert head in text.splitlines()
    assert not re.search(r"Can go ahead|inside|verdict group", text)
    assert ("Ranked (2)" in text, "No score (1)" in text) == (("missing" in changes),) * 2


def test_a_selection_of_none_says_so() -> None:
    assert "No candidate is shown." in ordered({}, where="score(gain) > 100")
    assert "No candidate is ranked." in ordered({"missing": "refuse"}, where="not known(gain)")
