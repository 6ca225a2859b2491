from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.explanation import explain
from collabscore.errors import UsageError

PROJECTS = "examples/proposed_projects.yaml"


@pytest.fixture(scope="module")
def projects(request: pytest.FixtureRequest) -> cs.Ranking:
    return cs.score(request.config.rootpath / PROJECTS)


HOUSE = {
    "collabscore": "framework/1",
    "id": "house",
    "sources": {
        "accord": {"title": "An <accord>", "verified": "primary"},
        "hearsay": {"title": "A report", "date": "2020", "verified": "no"},
    },
    "scales": {
        "five": {"range": [1, 5], "levels": {1: "low", 5: "high"}},
        "part": {"range": [0, 100], "unit": "%"},
    },
    "criteria": {
        "benefit": {
            "criteria": {"shared": {"scale": "five"}, "skills": {"scale": "part"}},
            "combine": "geometric",
        },
        "risk": {"scale": "five", "prefer": "low"},
    },
    "lists": {"fields": {"items": {"soil": "Soil science", "chips": None}}},
    "facts": {
        "harmful": {"kind": "flag", "title": "Harm"},
        "stage": {"kind": "level", "levels": ["basic", "near_use"]},
        "touches": {"kind": "set", "of": "fields"},
        "budget": {"kind": "number", "unit": "million"},
    },
    "safeguards": {"terms": {"title": "Written terms"}, "review": {}},
    "conditions": {"large": "budget > 10"},
    "guardrails": {
        "harm": {
            "when": "harmful",
            "then": "outside",
            "source": {"id": "accord", "clause": "article 3"},
        },
        "papers": {
            "when": "large or stage == near_use",
            "needs": ["terms", "review"],
            "then": "refer",
            "source": "hearsay",
        },
        "soft": {
            "when": "score(benefit) < 30 and not has(review) and known(budget)",
            "then": "conditional",
        },
        "field": {"when": "includes(touches, chips)", "then": "refer", "basis": "judgement"},
    },
}


def entry(name: str, **changes: Any) -> dict[str, Any]:
    base = {
        "id": name,
        "ratings": {"shared": 5, "skills": 40, "risk": [1, 3]},
        "facts": {"harmful": False, "stage": "near_use", "touches": ["soil"], "budget": 3},
        "safeguards": ["terms", {"id": "review", "status": "planned"}],
    }
    return {**base, **changes}


@pytest.fixture
def house() -> cs.Ranking:
    calm = {"harmful": False, "stage": "basic", "touches": [], "budget": [1, 5]}
    barred = {"harmful": True, "stage": "basic", "budget": 1}
    return cs.score([entry("a"), entry("b", facts=calm), entry("c", facts=barred)], HOUSE)


def test_ratings_are_said_as_written(house: cs.Ranking) -> None:
    parts = {part.id: part for part in explain(house, "a").criteria}
    assert [parts[key].rating for key in ("benefit", "shared", "skills", "risk")] == [
        None,
        "5 (high)",
        "40%",
        "1 to 3",
    ]
    assert [parts[key].depth for key in ("benefit", "shared", "risk")] == [0, 1, 0]
    assert parts["benefit"].contribution == pytest.approx(
        (parts["shared"].contribution or 0) + (parts["skills"].contribution or 0), abs=1e-12
    )


def test_a_guardrail_names_its_clause_the_facts_and_the_safeguards(house: cs.Ranking) -> None:
    parts = {part.finding.guardrail: part for part in explain(house, "a").guardrails}
    papers = parts["papers"]
    # of an `or` that holds, what makes it hold; the budget does not
    assert [(fact.name, fact.answer) for fact in papers.decided] == [("stage", "near use")]
    assert (papers.finding.in_place, papers.finding.missing, papers.finding.planned) == (
        ("terms",),
        (("review",),),
        ("review",),
    )
    assert [(source.title, source.verified) for source in papers.sources] == [("A report", "no")]
    assert papers.verified == "no"
    harm = parts["harm"]
    assert [(s.clause, s.verified) for s in harm.sources] == [("article 3", "primary")]
    assert [(fact.title, fact.answer) for fact in harm.decided] == [("Harm", "no")]
    assert [(fact.name, fact.answer) for fact in parts["soft"].decided] == [
        ("score(benefit)", "63.2")
    ]
    assert [(fact.name, fact.answer) for fact in parts["field"].decided] == [
        ("touches", "soil science")
    ]
    assert parts["field"].basis == "judgement"


def test_what_is_open_is_what_decided(house: cs.Ranking) -> None:
    facts = {"harmful": False, "touches": {"at_least": ["soil"]}, "budget": [5, 20]}
    found = explain(cs.score([entry("a", facts=facts)], HOUSE), "a")
    parts = {part.finding.guardrail: part for part in found.guardrails}
    assert parts["papers"].finding.state == "unknown"
    assert [(fact.name, fact.answer) for fact in parts["papers"].decided] == [
        ("budget", "between 5 and 20 million"),
        ("stage", "unknown"),
    ]
    assert [fact.answer for fact in parts["field"].decided] == ["soil science, and perhaps more"]


@pytest.mark.parametrize(
    ("versus", "decided", "words"),
    [
        ("b", "tier", "The other one stands above (rank 1 to 2) by its verdict"),
        ("c", "rank", "This one has a rank, and the other has none: its verdict is outside"),
    ],
)
def test_what_decides_between_two(house: cs.Ranking, versus: str, decided: str, words: str) -> None:
    found = explain(house, "a", versus=versus)
    assert found.versus is not None
    assert found.versus.decided_by == decided
    assert words in str(found)


def test_two_of_one_tier_are_decided_by_score_or_tie() -> None:
    listed = [entry("a"), entry("b"), entry("c", ratings={"shared": 4, "skills": 40, "risk": 2})]
    ranking = cs.score(listed, HOUSE)
    tie, score = explain(ranking, "a", versus="b"), explain(ranking, "a", versus="c")
    assert tie.versus is not None
    assert score.versus is not None
    assert (tie.versus.decided_by, tie.versus.difference) == ("tie", 0.0)
    assert score.versus.decided_by == "score"
    assert {part.id: part.points > 0 for part in score.versus.parts} == {
        "benefit": True,
        "shared": True,
        "skills": False,
        "risk": False,
    }
    assert "Both share rank 1." in str(tie)


def test_two_without_a_rank(house: cs.Ranking) -> None:
    barred = {"harmful": True, "stage": "basic", "budget": 1}
    found = explain(
        cs.score([entry("a", facts=barred), entry("b", facts=barred)], HOUSE), "a", versus="b"
    )
    assert found.versus is not None
    assert found.versus.decided_by == "nothing"
    assert "Neither has a rank" in str(found)


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


def test_json_is_plain_data(house: cs.Ranking) -> None:
    document = json.loads(explain(house, "a", versus="b", top=1).to_json())
    assert document["collabscore"] == "explanation/1"
    assert document["options"] == {"candidate": "a", "versus": "b", "top": 1}
    assert [guardrail["state"] for guardrail in document["guardrails"]] == [
        "clear",
        "unmet",
        "clear",
        "clear",
    ]
    assert document["changes"]["aims"][0] == {
        "id": "milder_verdict",
        "words": "a milder verdict than refer",
        "rank": None,
    }
    assert document["versus"]["decided_by"] == "tier"
    assert document["manifest"] == json.loads(house.to_json())["manifest"]


def test_the_five_members(house: cs.Ranking) -> None:
    found = explain(house, "a")
    assert [record["id"] for record in found.records()] == ["benefit", "shared", "skills", "risk"]
    assert "Lost" in found.table().to_text(100)
    assert str(found) == found.to_text().rstrip("\n") == found.page().to_text(100).rstrip("\n")
    assert repr(found).startswith("<Explanation: 4 criteria; `house` sha256:")
    assert found.to_csv().splitlines()[0].startswith("id,title,depth,is_group,side,weight")


def test_misuse_is_answered_in_one_line(house: cs.Ranking) -> None:
    with pytest.raises(UsageError, match="there is no candidate `nobody`"):
        explain(house, "nobody")
    with pytest.raises(UsageError, match="there is no candidate `nobody`"):
        explain(house, "a", versus="nobody")
    with pytest.raises(UsageError, match="`a` cannot be compared with itself"):
        explain(house, "a", versus="a")
    for top in (0, -1, 4):
        with pytest.raises(UsageError, match=f"`top` is {top}, and the list has 3 candidates"):
            explain(house, "a", top=top)


def test_a_framework_that_only_gates() -> None:
    gates = {key: value for key, value in HOUSE.items() if key not in ("criteria", "scales")}
    gates["guardrails"] = {"harm": {"when": "harmful", "then": "outside"}}
    ranking = cs.score([{"id": "a", "facts": {}}, {"id": "b", "facts": {"harmful": True}}], gates)
    found = explain(ranking, "a", versus="b")
    text = str(found)
    assert found.criteria == ()
    assert "The framework makes no total score, so there are no ranks." in text
    assert "What makes the score" not in text
    assert [(c.aim, c.answer) for c in found.fact_changes] == [
        ("milder_verdict", "no"),
        ("severer_verdict", "yes"),
    ]
    assert json.loads(found.to_json())["versus"]["decided_by"] == "nothing"
    with pytest.raises(UsageError, match="`top` needs ranks"):
        explain(ranking, "a", top=1)


def test_groups_that_make_no_whole() -> None:
    document = {
        **HOUSE,
        "combine": "none",
        "guardrails": {"g": {"when": "score(benefit) < 60", "then": "refer"}},
    }
    found = explain(cs.score([entry("a"), entry("b")], document), "a", versus="b")
    text = str(found)
    assert "How it is rated" in text
    assert "Points" not in text.split("Against")[0]
    assert {c.criterion for c in found.rating_changes} == {"shared", "skills"}
    assert {c.consequence.rank for c in found.rating_changes} == {None}


def test_a_candidate_the_framework_is_not_about() -> None:
    ranking = cs.score([entry("a"), entry("b")], {**HOUSE, "applies": "harmful"})
    found = explain(ranking, "a", versus="b")
    assert "The framework is not about it: it has no verdict and no rank." in str(found)
    assert (found.aims, found.guardrails, found.rating_changes) == ((), (), ())


def test_a_refused_score() -> None:
    ranking = cs.score(
        [entry("a", ratings={"shared": 5, "skills": 40}), entry("b")],
        {**HOUSE, "missing": "refuse"},
    )
    found = explain(ranking, "a", versus="b")
    text = " ".join(str(found).split())
    assert "No rank: it has no score." in text
    assert "its score would lie between" in text
    assert found.versus is not None
    assert (found.versus.difference, found.versus.parts) == (None, ())
    assert {part.contribution for part in found.criteria} == {None}


def test_one_candidate() -> None:
    found = explain(cs.score([entry("a")], HOUSE), "a", top=1)
    assert "Rank 1 of 1." in str(found)
    assert "better_place" not in {aim.id for aim in found.aims}


def test_memos_of_real_lists_fit_a_page(projects: cs.Ranking) -> None:
    for name in projects.ids[::5]:
        found = explain(
            projects, name, versus=projects.ids[0] if name != projects.ids[0] else None, top=3
        )
        assert max(map(len, found.to_text(100).splitlines())) <= 100
    ice = explain(projects, "ice-cores")
    assert [
        (c.fact, c.answer, c.consequence.verdict)
        for c in ice.fact_changes
        if c.aim == "milder_verdict"
    ] == [("access", "mutual", "conditional")]
    assert [c.safeguards for c in ice.safeguard_changes if c.aim == "better_place"] == [
        (("access_terms",),)
    ]
