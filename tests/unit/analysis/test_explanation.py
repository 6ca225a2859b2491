from __future__ import annotations

import json
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.explanation import explain
from collabscore.errors import UsageError
from unit.small_framework import HOUSE, entry, ranking


@pytest.fixture
def house() -> cs.Ranking:
    return ranking()


@pytest.mark.parametrize(
    ("versus", "decided", "words"),
    [
        ("b", "tier", '"B" ranks higher: rank 1, against rank 2. Verdicts come before scores'),
        ("c", "rank", '"A" has rank 2; "C" has none (verdict ✕ outside).'),
    ],
)
def test_what_decides_between_two(house: cs.Ranking, versus: str, decided: str, words: str) -> None:
    found = explain(house, "a", versus=versus)
    assert found.versus is not None
    assert found.versus.decided_by == decided
    assert words in str(found)


def test_what_answers_could_make_of_a_verdict_decides_before_the_score() -> None:
    framework = {
        "collabscore": "framework/1",
        "id": "gate",
        "criteria": {"x": {"scale": {"range": [0, 10]}}},
        "facts": {"harm": {"kind": "flag"}, "people": {"kind": "flag"}},
        "guardrails": {
            "harm": {"when": "harm", "then": "outside", "if_unknown": "conditional"},
            "people": {"when": "people", "then": "refer"},
        },
    }
    listed = [
        {"id": "open", "ratings": {"x": 9}, "facts": {"people": False}},
        {"id": "sure", "ratings": {"x": 2}, "facts": {"people": False, "harm": False}},
    ]
    ranking = cs.score(listed, framework)
    assert [found.verdict for found in ranking] == ["inside", "conditional"]
    found = explain(ranking, "open", versus="sure")
    assert found.versus is not None
    assert found.versus.decided_by == "reach"
    text = 'Unknown answers could make the verdict of "Open" more severe.'
    assert text in " ".join(found.to_text(100).split())
    assert "Can go ahead; may be outside (1 conditional)" not in str(ranking)
    assert "Can go ahead; may be outside (1)" in str(ranking)


def test_two_of_one_tier_are_decided_by_score_or_tie() -> None:
    listed = [entry("a"), entry("b"), entry("c", ratings={"shared": 4, "skills": 40, "risk": 2})]
    ranking = cs.score(listed, HOUSE)
    tie, score = explain(ranking, "a", versus="b"), explain(ranking, "a", versus="c")
    assert tie.versus is not None
    assert score.versus is not None
    assert (tie.versus.decided_by, tie.versus.difference) == ("tie", 0.0)
    assert score.versus.decided_by == "score"
    assert {part.id: (part.points or 0) > 0 for part in score.criteria} == {
        "benefit": True,
        "shared": True,
        "skills": False,
        "risk": False,
    }
    assert "Both candidates share rank 1." in str(tie)


def test_two_without_a_rank(house: cs.Ranking) -> None:
    barred = {"harmful": True, "stage": "basic", "budget": 1}
    found = explain(
        cs.score([entry("a", facts=barred), entry("b", facts=barred)], HOUSE), "a", versus="b"
    )
    assert found.versus is not None
    assert found.versus.decided_by == "nothing"
    assert "Neither candidate has a rank" in str(found)


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
        "words": "give a better verdict",
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
        with pytest.raises(UsageError, match=f"top: `{top}` is out of range; give one from 1 to 3"):
            explain(house, "a", top=top)


@pytest.mark.parametrize("top", ["2", 1.5, True])
def test_a_place_is_a_whole_number(house: cs.Ranking, top: Any) -> None:
    with pytest.raises(UsageError, match=r"top: .* is not a whole number"):
        explain(house, "a", top=top)


@pytest.mark.parametrize("wrong", ["list.yaml", None, ["a"]])
def test_what_is_no_ranking_is_refused(wrong: Any) -> None:
    with pytest.raises(UsageError, match="is not a ranking"):
        explain(wrong, "a")


def test_a_framework_that_only_gates() -> None:
    gates = {key: value for key, value in HOUSE.items() if key not in ("criteria", "scales")}
    gates["guardrails"] = {"harm": {"when": "harmful", "then": "outside"}}
    ranking = cs.score([{"id": "a", "facts": {}}, {"id": "b", "facts": {"harmful": True}}], gates)
    found = explain(ranking, "a", versus="b")
    text = " ".join(str(found).split())
    assert found.criteria == ()
    assert "The framework gives no total score, so there are no ranks." in text
    assert "Strongest points" not in text
    assert [(c.aim, c.answer) for c in found.fact_changes] == [
        ("milder_verdict", "no"),
        ("severer_verdict", "yes"),
    ]
    assert json.loads(found.to_json())["versus"]["decided_by"] == "nothing"
    with pytest.raises(UsageError, match=r"top: .* gives no ranks; leave it out"):
        explain(ranking, "a", top=1)


def test_groups_that_make_no_whole() -> None:
    document = {
        **HOUSE,
        "combine": "none",
        "guardrails": {"g": {"when": "score(benefit) < 60", "then": "refer"}},
    }
    found = explain(cs.score([entry("a"), entry("b")], document), "a", versus="b")
    assert "Points" not in str(found).split("Smallest")[0]
    assert "All criteria" in found.to_text(detail="verbose")
    assert "Points" not in found.to_text(detail="verbose").split("Notes")[0]
    assert {c.criterion for c in found.rating_changes} == {"shared", "skills"}
    assert {c.consequence.rank for c in found.rating_changes} == {None}


def test_a_candidate_the_framework_is_not_about() -> None:
    ranking = cs.score([entry("a"), entry("b")], {**HOUSE, "applies": "harmful"})
    found = explain(ranking, "a", versus="b")
    assert "The framework does not apply to this project: no verdict, no rank." in str(found)
    assert (found.aims, found.guardrails, found.rating_changes) == ((), (), ())


def test_a_refused_score() -> None:
    ranking = cs.score(
        [entry("a", ratings={"shared": 5, "skills": 40}), entry("b")],
        {**HOUSE, "missing": "refuse"},
    )
    found = explain(ranking, "a", versus="b")
    text = " ".join(str(found).split())
    assert "No rank, because it has no score." in text
    assert "Range of its score:" in text
    assert found.versus is not None
    assert found.versus.difference is None
    assert {part.points for part in found.criteria} == {None}
    assert json.loads(found.to_json())["versus"]["criteria"] == []
    assert {part.contribution for part in found.criteria} == {None}


def test_one_candidate() -> None:
    found = explain(cs.score([entry("a")], HOUSE), "a", top=1)
    assert "Rank 1 of 1." in str(found)
    assert "better_place" not in {aim.id for aim in found.aims}
