"""The memo of an explanation, in every form."""

from __future__ import annotations

from itertools import pairwise

import pytest

import collabscore as cs
from collabscore.analysis.explanation import explain
from unit.small_framework import HOUSE, entry, ranking

PROJECTS = "examples/proposed_projects.yaml"


@pytest.fixture(scope="module")
def projects(request: pytest.FixtureRequest) -> cs.Ranking:
    return cs.score(request.config.rootpath / PROJECTS)


@pytest.fixture
def house() -> cs.Ranking:
    return ranking()


def test_the_memo_says_verdict_and_rank_first(house: cs.Ranking) -> None:
    lines = str(explain(house, "a")).splitlines()
    assert lines[0] == "A"
    headings = [line for line, rule in pairwise(lines) if rule and set(rule) <= {"─"} and line]
    assert [h for h in headings if not h.startswith(("Criterion", "What  "))] == [
        "Where it stands",
        "What makes the score",
        "What each guardrail found",
        "What would lift it",
        "What would cost it",
        "Sources of the guardrails",
        "To bear in mind",
    ]
    assert "▲ Papers: applies, and safeguards are missing (refer)" in lines
    assert "- Missing: review (planned, which does not count yet)." in lines
    assert "- Rests on: [2]; not verified." in lines
    assert "- [2] A report, 2020. Not verified" in lines


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
