"""The memo of an explanation, in every form."""

from __future__ import annotations

import json
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.explanation import NEAR_TIE_DRAWS, Explanation, explain
from collabscore.output import Detail, Heading, Table
from unit.small_framework import HOUSE, entry, ranking

PROJECTS = "examples/proposed_projects.yaml"


@pytest.fixture(scope="module")
def projects(request: pytest.FixtureRequest) -> cs.Ranking:
    return cs.score(request.config.rootpath / PROJECTS)


@pytest.fixture
def house() -> cs.Ranking:
    return ranking()


def headings(found: Explanation, detail: Detail = "default") -> list[str]:
    return [block.text for block in found.page(detail=detail).blocks if isinstance(block, Heading)]


def flat(found: Explanation, detail: Detail = "default") -> str:
    return " ".join(found.to_text(80, detail=detail).split())


def test_the_page_begins_with_the_answer(house: cs.Ranking) -> None:
    found = explain(house, "a")
    assert headings(found) == [
        "3 candidates",
        "A",
        "Strongest points for and against",
        "What would change the result, each by itself",
    ]
    assert (
        "▲ Refer: a person decides. "
        'The rule "Papers" applies, and safeguards are planned but not yet in place. Rank 2 of 2.'
    ) in flat(found)
    assert "Before this can go ahead" in str(found)
    assert "▲ Papers review (planned)" in flat(found)
    assert headings(found, "brief") == ["3 candidates", "A"]


def test_the_full_page_has_every_rule_and_source(house: cs.Ranking) -> None:
    found = explain(house, "a")
    assert headings(found, "verbose") == [
        "3 candidates",
        "A",
        "All criteria",
        "What would change the result, each by itself",
        "All rules",
        "▲ Papers: safeguards planned (refer)",
        "Rules that do not apply",
        "Sources of the rules",
        "Notes",
    ]
    lines = found.to_text(100, detail="verbose").splitlines()
    assert "- Missing: review (planned)." in lines
    assert "- Based on: [2] (not verified)." in lines
    assert "- [2] A report, 2020 (not verified)." in lines


def test_the_full_page_has_the_evidence_and_notes_of_the_list() -> None:
    listed = [
        entry("a", ratings={"shared": {"value": 4, "note": "Seen twice.", "by": "An office"}}),
        entry("b", facts={"harmful": {"value": False, "date": "2025-01"}}, note="Late."),
    ]
    ranking = cs.score(listed, HOUSE)
    assert "- Shared: 4. Note: Seen twice. Stated by: An office." in explain(ranking, "a").to_text(
        100, detail="verbose"
    )
    full = explain(ranking, "b").to_text(100, detail="verbose")
    assert "- Harm: no. Date: 2025-01." in full
    assert "- Note: Late." in full
    assert "Evidence and notes" not in str(explain(ranking, "b"))


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"facts": {"harmful": True}}, 'The rule "Harm" applies, and no safeguard is enough.'),
        ({"facts": {"harmful": True}}, "No rank: candidates with this verdict are not ranked."),
        ({"facts": {}}, "The unknown answers could change the verdict to inside or outside."),
        ({"safeguards": []}, 'The rule "Papers" applies, and safeguards are missing.'),
        (
            {"safeguards": ["terms", "review"]},
            "◆ Conditional: goes ahead as long as its safeguards stay in place.",
        ),
        ({"unit": "area"}, 'The rule "Papers" applies: each project needs the safeguards.'),
        (
            {"facts": {"harmful": False, "stage": "basic", "touches": [], "budget": 1}},
            "● Inside: goes ahead. None of the 4 rules applies.",
        ),
    ],
)
def test_the_verdict_and_its_reason_in_a_sentence(changes: dict[str, Any], sentences: str) -> None:
    ranking = cs.score([entry("a", **changes), entry("b")], HOUSE)
    assert sentences in flat(explain(ranking, "a"))


def test_questions_are_those_of_the_author(projects: cs.Ranking) -> None:
    question = projects.framework.all_facts["access"].question
    assert question
    (table,) = [
        block
        for block in explain(projects, "ice-cores").page().blocks
        if isinstance(block, Table) and block.title == "Before this can go ahead"
    ]
    assert table.rows[0] == (
        "▲ Reciprocal access",
        "only if it applies: access agreement",
        question,
    )


def test_a_criterion_is_on_one_side_alone_with_its_points_and_its_losses(
    projects: cs.Ranking,
) -> None:
    for found in projects:
        if found.score is None:
            continue
        blocks = explain(projects, found.id).page().blocks
        (table,) = [
            block
            for block in blocks
            if isinstance(block, Table) and block.columns[-1].key == "lost"
        ]
        titles = [row[0] for row in table.rows]
        assert len(titles) == len(set(titles)) >= 3
        assert set(table.sections.values()) <= {
            f"For ({found.score:.1f} of 100 points in all)",
            f"Against ({100 - round(found.score, 1):.1f} of 100 points lost in all)",
        }
        parts = {part.title: part for part in explain(projects, found.id).criteria}
        for title, _, points, lost in table.rows:
            assert points == pytest.approx(parts[title].contribution, abs=0.1)
            assert lost == pytest.approx(parts[title].shortfall, abs=0.1)


def test_many_unknown_answers_are_counted(request: pytest.FixtureRequest) -> None:
    """Each question is asked once, at most three of a rule; rules beyond three share a row."""
    listed = request.config.rootpath / PROJECTS
    text = flat(explain(cs.score(listed, "dfg-2023"), "ice-cores"))
    assert "and 5 more apply." in text
    assert "5 more rules" in text
    assert "Not shown" not in text
    text = flat(explain(cs.score(listed, "nl-knowledge-security"), "ice-cores"))
    assert text.count("How free is research") == 1
    assert text.count("Also: ") == 2
    assert 'could change the verdict to "go ahead"' in text


def test_a_barred_candidate_lists_no_safeguards(projects: cs.Ranking) -> None:
    text = flat(explain(projects, "chip-lithography"))
    assert "Critical technology no safeguard can satisfy this rule" in text
    assert "Before this can go ahead" not in text


def test_lower_scores_that_rank_higher_are_explained(projects: cs.Ranking) -> None:
    text = flat(explain(projects, "ice-cores"))
    assert (
        "The verdict group comes before the score: 6 candidates with lower scores rank higher."
        in text
    )
    assert "lower scores" not in flat(explain(projects, "flu-strains"))


def test_near_ties_are_called_near_ties(projects: cs.Ranking) -> None:
    found = explain(projects, "battery-recycling", versus="prime-gaps")
    (tie,) = [tie for tie in found.near_ties if tie.other.id == "prime-gaps"]
    assert tie.wins < 0.6
    assert "This is a near tie: the order holds in only" in flat(found)
    assert 'Near tie with "' in flat(explain(projects, "battery-recycling"))
    # the draws are the first ones of a robustness analysis with the same seed
    wins = cs.robustness(projects, draws=NEAR_TIE_DRAWS).pairwise_wins
    here, there = projects.place_of("battery-recycling"), projects.place_of("prime-gaps")
    assert tie.wins == wins[here, there]


def test_three_changes_of_a_kind_are_shown_and_the_rest_counted(projects: cs.Ranking) -> None:
    found = explain(projects, "ice-cores")
    assert "Would worsen the rank (3 of 7 such changes shown)" in str(found)
    many = explain(projects, "genome-panel")
    assert "yearly technology review; 5 more safeguards (see --full)" in many.to_text(200)
    assert "more safeguards" not in many.to_text(200, detail="verbose")
    assert "Would worsen the rank\n" in found.to_text(80, detail="verbose")


def test_points_sum_as_printed_though_three_thirds_do_not() -> None:
    criteria = {key: {"scale": "five"} for key in ("one", "two", "three")}
    listed = [{"id": "a", "ratings": {"one": 2, "two": 2, "three": 2}, "facts": {}}]
    found = explain(cs.score(listed, {**HOUSE, "criteria": criteria, "guardrails": {}}), "a")
    table = found.table()
    for column in (-2, -1):
        points = [round(float(row[column]), 2) for row in table.rows]  # type: ignore[arg-type]
        assert round(sum(points[:-1]), 2) == points[-1]
    assert [row[-2] for row in table.rows] == [8.34, 8.33, 8.33, 25.0]


def test_the_range_holds_the_score_as_printed() -> None:
    criteria = {key: {"scale": "part"} for key in ("one", "two")}
    listed = [{"id": "a", "ratings": {"one": [66.46, 66.52], "two": 66.5}}]
    document = {**HOUSE, "criteria": criteria, "guardrails": {}}
    assert "Score 66.5 of 100" in flat(explain(cs.score(listed, document), "a"))
    listed[0]["ratings"] = {"one": [64.44, 66.52], "two": 66.46}  # type: ignore[assignment]
    assert "range 65.4 to 66.5" in flat(explain(cs.score(listed, document), "a"))


def test_no_label_escapes(house: cs.Ranking) -> None:
    evil = "<script>alert(1)</script> | *x*"
    ranking = cs.score([entry("a", title=evil), entry("b", title=evil)], HOUSE)
    found = explain(ranking, "a", versus="b")
    for page in (found.to_html(), found._repr_html_(), found.to_markdown()):
        assert "<script>" not in page
        assert "An <accord>" not in page
    assert "\\| \\*x\\*" in found.to_markdown()


def test_memos_of_real_lists_fit_a_page(projects: cs.Ranking) -> None:
    for name in projects.ids[::5]:
        found = explain(
            projects, name, versus=projects.ids[0] if name != projects.ids[0] else None, top=3
        )
        # links stay whole
        lines = [line for line in found.to_text(100).splitlines() if "://" not in line]
        assert max(map(len, lines)) <= 100
    ice = explain(projects, "ice-cores")
    assert [
        (c.fact, c.answer, c.consequence.verdict)
        for c in ice.fact_changes
        if c.aim == "milder_verdict"
    ] == [("access", "mutual", "conditional")]
    assert [c.safeguards for c in ice.safeguard_changes if c.aim == "better_place"] == [
        (("access_terms",),)
    ]


def test_a_risk_says_beside_its_rating_that_lower_is_better(projects: cs.Ranking) -> None:
    found = explain(projects, "flu-strains")
    assert "1 to 3 (lower is better)" in flat(found)
    assert "5 (very high) 11.1" in flat(found)
    full = flat(found, "verbose")
    assert "2/5 (low; lower is" in full
    text = flat(explain(projects, "ice-cores", versus="prime-gaps"))
    assert "One-sided leverage (lower is better) 2/5 (low) 1/5 (very low)" in text
    # the JSON has the ratings alone
    assert "is better" not in json.dumps(found.records())


def test_a_band_has_its_bounds(projects: cs.Ranking) -> None:
    assert 'band "strong" (70 or more)' in flat(explain(projects, "flu-strains"))
    assert 'band "promising" (55 to less than 70)' in flat(explain(projects, "prime-gaps"))


def test_of_two_with_one_verdict_the_surer_one_ranks_higher() -> None:
    framework = {
        "collabscore": "framework/1",
        "id": "sure",
        "criteria": {"x": {"scale": {"range": [0, 10]}}},
        "facts": {"harm": {"kind": "flag"}, "people": {"kind": "flag"}},
        "guardrails": {
            "harm": {"when": "harm", "then": "outside"},
            "people": {"when": "people", "then": "refer"},
        },
    }
    listed = [
        {"id": "open", "ratings": {"x": 9}, "facts": {"people": True}},
        {"id": "sure", "ratings": {"x": 2}, "facts": {"people": True, "harm": False}},
    ]
    found = cs.explain(cs.score(listed, framework), "open", versus="sure")
    assert found.versus is not None
    assert found.versus.decided_by == "reach"
    text = " ".join(found.to_text(100).split())
    assert 'Unknown answers could make the verdict of "Open" more severe.' in text
    heading = "A person must decide; may be outside (1)"
    assert heading in cs.score(listed, framework).to_text(100)
