from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.what_if import what_if
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import Ranking, rank
from unit.work import instructions_of

AREAS = Path(__file__).parents[3] / "examples" / "collaboration_areas.yaml"

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "high"}}},
    "criteria": {
        "benefit": {"criteria": {"shared": {"scale": "five"}, "skills": {"scale": "five"}}},
        "risk": {"scale": "five", "prefer": "low"},
    },
    "lists": {"fields": {"items": ["quantum", "health"]}},
    "facts": {
        "harmful": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied"]},
        "budget": {"kind": "number", "unit": "million", "minimum": 0},
        "touches": {"kind": "set", "of": "fields"},
    },
    "safeguards": {"terms": {"title": "Written terms"}, "review": {}},
    "guardrails": {
        "harm": {"title": "No harm", "when": "harmful", "then": "outside"},
        "papers": {
            "title": "Papers",
            "when": "stage >= applied",
            "needs": ["terms"],
            "then": "refer",
        },
        "large": {"when": "budget >= 5 and includes(touches, quantum)", "then": "refer"},
    },
}
LISTED: list[dict[str, Any]] = [
    {
        "id": "flu",
        "title": "Influenza",
        "ratings": {"shared": 5, "skills": 4, "risk": 2},
        "facts": {"harmful": False, "stage": "basic", "budget": 2, "touches": ["health"]},
    },
    {
        "id": "chips",
        "ratings": {"shared": 3, "skills": 4, "risk": 4},
        "facts": {"harmful": False, "stage": "applied", "budget": 9, "touches": ["health"]},
        "safeguards": [{"id": "terms", "status": "planned"}],
    },
    {
        "id": "ocean",
        "ratings": {"shared": 4, "skills": 4, "risk": 2},
        "facts": {"harmful": False, "stage": "basic", "budget": 1, "touches": []},
    },
]


@pytest.fixture
def ranking() -> Ranking:
    return cs.score(LISTED, FRAMEWORK)


@pytest.fixture
def columns() -> Ranking:
    framework = cs.load_framework(FRAMEWORK)
    return rank(
        Problem.from_columns(
            framework,
            {
                "shared": [5, 3, 4],
                "skills": [4, 4, 4],
                "risk": [2, 4, 2],
                "harmful": [False, False, False],
                "stage": ["basic", "applied", "basic"],
                "budget": [2, 9, 1],
                "touches": [["health"], ["health"], []],
            },
            ids=["flu", "chips", "ocean"],
        )
    )


def same(one: Ranking, other: Ranking) -> None:
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.ranks, other.ranks)
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_array_equal(one.verdicts, other.verdicts)
    states = [[finding.state for finding in found.findings] for found in one]
    assert states == [[finding.state for finding in found.findings] for found in other]


def anew(**changes: dict[str, Any]) -> Ranking:
    listed = [dict(entry) for entry in LISTED]
    for entry in listed:
        for kind, named in changes.items():
            if entry["id"] in named:
                said = named[entry["id"]]
                entry[kind] = said if kind == "safeguards" else {**entry[kind], **said}
    return cs.score(listed, FRAMEWORK)


@pytest.mark.parametrize(
    "changes",
    [
        {"ratings": {"flu": {"shared": 1}}},
        {
            "ratings": {
                "flu": {"shared": [2, 4]},
                "ocean": {"risk": {"low": 1, "value": 3, "high": 5}},
            }
        },
        {"ratings": {"flu": {"shared": "unknown", "skills": "low"}}},
        {"facts": {"flu": {"harmful": "unknown"}, "chips": {"stage": "basic"}}},
        {
            "facts": {
                "chips": {"touches": {"at_least": ["quantum"]}, "budget": [3, 8]},
                "ocean": {"touches": None},
            }
        },
        {"safeguards": {"chips": ["terms"]}},
        {
            "safeguards": {"chips": []},
            "ratings": {"chips": {"risk": 1}},
            "facts": {"chips": {"budget": 1}},
        },
    ],
)
def test_it_is_the_ranking_of_a_list_written_so(
    ranking: Ranking, columns: Ranking, changes: dict[str, Any]
) -> None:
    wanted = anew(**changes)
    same(what_if(ranking, **changes).ranking, wanted)
    same(what_if(columns, **changes).ranking, wanted)


@pytest.mark.parametrize("source", ["ranking", "columns"])
def test_weights_are_as_one_writes_them(source: str, request: pytest.FixtureRequest) -> None:
    written = {
        **FRAMEWORK,
        "criteria": {
            **FRAMEWORK["criteria"],
            "risk": {**FRAMEWORK["criteria"]["risk"], "weight": 3},
        },
    }
    changed = what_if(request.getfixturevalue(source), weights={"risk": 3})
    same(changed.ranking, cs.score(LISTED, written))
    assert changed.title == 'What if: weight of "Risk": 50 % → 75 %'
    assert "Hypothetical: the adopted framework is unchanged" in str(changed)


def test_what_was_there_stays(ranking: Ranking) -> None:
    before = str(ranking)
    changed = what_if(ranking, weights={"risk": 3}, ratings={"flu": {"risk": 5}})
    assert changed.before is ranking
    assert str(ranking) == before
    assert ranking.framework.nodes["risk"].criterion.weight == 1


def test_it_says_what_changed_and_why(ranking: Ranking) -> None:
    changed = what_if(ranking, ratings={"flu": {"shared": 1}}, safeguards={"chips": ["terms"]})
    text = " ".join(str(changed).split())
    assert changed.title == (
        'What if: "Shared" of "Influenza": 5 → 1; safeguards of "Chips": with "Written terms", '
        'without "Written terms" (planned)'
    )
    assert '"Influenza" (rank 1 → 2): score -25.0 ("Shared" -25.0).' in text
    assert '"Chips" (refer → conditional): "Papers": safeguards missing → satisfied' in text
    assert '"Ocean" (rank 2 → 1): now ahead of "Influenza".' in text
    rows = {row["id"]: row for row in changed.records()}
    assert (rows["flu"]["rank_before"], rows["flu"]["rank_after"], rows["flu"]["change"]) == (
        1,
        2,
        -25.0,
    )
    assert (rows["chips"]["verdict_before"], rows["chips"]["verdict_after"]) == (
        "refer",
        "conditional",
    )


def test_moves_of_a_score_add_up(ranking: Ranking) -> None:
    changed = what_if(ranking, weights={"risk": 2, "shared": 4}, ratings={"flu": {"skills": 1}})
    for row in changed.records():
        assert row["change"] == pytest.approx(row["score_after"] - row["score_before"])
    text = " ".join(changed.to_text(detail="verbose").split())
    assert '"Influenza": score -4.6 ("Benefit" -17.1, "Risk" +12.5).' in text


def test_candidates_that_stay_are_counted(ranking: Ranking) -> None:
    changed = what_if(ranking, ratings={"chips": {"skills": 5}})
    assert [row["id"] for row in changed.records()] == ["chips"]
    assert "2 candidates stay as they are: same rank, score and verdict." in str(changed)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ratings": {"flu": {"shared": 5.0}}},
        {"weights": {"risk": 1}},
        {"facts": {"chips": {"stage": ["applied"]}}},
        {"safeguards": {"chips": [{"id": "terms", "status": "planned"}]}},
    ],
)
def test_nothing_changed_is_said(ranking: Ranking, changes: dict[str, Any]) -> None:
    changed = what_if(ranking, **changes)
    assert changed.title == "What if: nothing is changed"
    assert changed.ranking is ranking
    assert changed.records() == []
    assert "Nothing changes: the list and the framework have these values already." in str(changed)
    assert ("Already so: " in str(changed)) == bool(changes)


def test_the_verdict_of_a_framework_that_only_gates() -> None:
    gates = {key: value for key, value in FRAMEWORK.items() if key not in ("criteria", "scales")}
    ranking = cs.score([{"id": "chips", "facts": {"harmful": "unknown"}}], gates)
    text = str(what_if(ranking, facts={"chips": {"harmful": True}}))
    assert "Score" not in text
    assert '"Chips" (refer → outside): "No harm": unknown → applies.' in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"ratings": {"fluu": {"shared": 1}}},
            "ratings: there is no candidate `fluu`; did you mean `flu`?",
        ),
        (
            {"ratings": {"flu": {"sharde": 1}}},
            "ratings: `sharde` is no criterion of `small`; did you mean `shared`?",
        ),
        (
            {"ratings": {"flu": {"benefit": 1}}},
            "ratings: `benefit` is a group, which is not rated itself; rate what is below it: `",
        ),
        (
            {"ratings": {"flu": {"stage": 1}}},
            "ratings: `stage` is a fact; give it as one of `facts`",
        ),
        (
            {"facts": {"flu": {"risk": 1}}},
            "facts: `risk` is a criterion; give it as one of `ratings`",
        ),
        (
            {"facts": {"flu": {"stagee": 1}}},
            "facts: `stagee` is no fact of `small`; did you mean `stage`?",
        ),
        (
            {"weights": {"riks": 1}},
            "weights: `riks` is no criterion or group of `small`; did you mean `risk`?",
        ),
        (
            {"safeguards": {"flu": ["term"]}},
            "safeguards: `term` is no safeguard of `small`; did you mean `terms`?",
        ),
        (
            {"ratings": {"flu": 3}},
            "ratings: `3` is not what `flu` can be given; give {candidate: {criterion: rating}}",
        ),
        (
            {"ratings": ["flu"]},
            "ratings: `['flu']` is not a mapping of changes; give {candidate: {criterion: rating}}",
        ),
        (
            {"facts": "flu"},
            "facts: `'flu'` is not a mapping of changes; give {candidate: {fact: answer}}",
        ),
        (
            {"weights": [1]},
            "weights: `[1]` is not a mapping of changes; give {criterion or group: weight}",
        ),
        (
            {"safeguards": {"flu": "terms"}},
            "safeguards: `'terms'` is not what `flu` can be given; give {candidate: [safeguard, ...]}",
        ),
    ],
)
def test_unknown_words_are_refused(
    ranking: Ranking, columns: Ranking, changes: dict[str, Any], message: str
) -> None:
    for source in (ranking, columns):
        with pytest.raises(cs.UsageError) as caught:
            what_if(source, **changes)
        assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"ratings": {"flu": {"shared": 9}}}, "off-scale", "candidates[flu].ratings.shared"),
        (
            {"facts": {"chips": {"stage": "aplied"}}},
            "unknown-level",
            "candidates[chips].facts.stage",
        ),
        (
            {"safeguards": {"flu": ["terms", "terms"]}},
            "repeated-word",
            "candidates[flu].safeguards[1]",
        ),
    ],
)
def test_bad_entries_are_diagnosed_as_in_a_document(
    ranking: Ranking, columns: Ranking, changes: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        what_if(ranking, **changes)
    assert [(found.code, found.place) for found in caught.value.diagnostics] == [(code, place)]
    with pytest.raises(cs.CandidateError) as caught:
        what_if(columns, **changes)
    assert [found.code for found in caught.value.diagnostics] == [code]


@pytest.mark.parametrize("weight", [0, -1, float("nan"), "heavy"])
def test_a_weight_is_positive(ranking: Ranking, weight: Any) -> None:
    with pytest.raises(cs.FrameworkError) as caught:
        what_if(ranking, weights={"shared": weight})
    assert caught.value.diagnostics[0].place == "criteria.benefit.criteria.shared.weight"


def test_json_has_the_call_and_the_result(ranking: Ranking) -> None:
    changed = what_if(ranking, weights={"risk": 2}, facts={"flu": {"stage": ["basic", "applied"]}})
    document = json.loads(changed.to_json())
    assert document["collabscore"] == "what-if/1"
    assert document["options"] == {
        "weights": {"risk": 2},
        "facts": {"flu": {"stage": ["basic", "applied"]}},
    }
    assert document["changes"][1] == {
        "about": '"Stage" of "Influenza"',
        "before": "basic",
        "after": "basic or applied",
    }
    assert document["manifest"] == ranking.manifest
    assert {row["id"] for row in document["candidates"]} >= {"flu", "chips"}
    again = what_if(ranking, **document["options"])
    assert again.to_json() == changed.to_json()


@pytest.mark.parametrize("wrong", ["list.yaml", None, ["flu"]])
def test_what_is_no_ranking_is_refused(wrong: Any) -> None:
    with pytest.raises(cs.UsageError, match="is not a ranking"):
        what_if(wrong, weights={"risk": 2})


def test_entries_of_python_are_taken_as_those_of_a_document(ranking: Ranking) -> None:
    document = ranking.problem.document
    assert document is not None
    risk = cs.load_candidates(
        [{"id": "x", "ratings": {"risk": {"value": 4, "note": "n"}}}], FRAMEWORK
    )
    changed = what_if(
        ranking,
        ratings={"flu": {"shared": (2, 4), "skills": np.array([3, 5]), **risk["x"].ratings}},
        facts={"chips": {"touches": {"quantum"}, "harmful": np.bool_(False)}},
        safeguards={"chips": {"terms"}},
    )
    written = {"shared": [2, 4], "skills": [3, 5], "risk": 4}
    facts = {"chips": {"touches": ["quantum"]}}
    same(
        changed.ranking,
        anew(ratings={"flu": written}, facts=facts, safeguards={"chips": ["terms"]}),
    )
    assert json.loads(changed.to_json())["options"]["facts"]["chips"]["touches"] == ["quantum"]


def test_values_of_numpy_are_taken_as_numbers(ranking: Ranking) -> None:
    changed = what_if(ranking, ratings={"flu": {"shared": np.int64(2), "skills": np.float64(3.5)}})
    same(changed.ranking, anew(ratings={"flu": {"shared": 2, "skills": 3.5}}))


def test_a_list_that_names_its_framework_by_a_file_is_rebuilt(tmp_path: Any) -> None:
    (tmp_path / "house.json").write_text(json.dumps(FRAMEWORK))
    listed = {"collabscore": "candidates/1", "framework": "house.json", "candidates": LISTED}
    (tmp_path / "list.json").write_text(json.dumps(listed))
    ranking = cs.score(str(tmp_path / "list.json"))
    changed = what_if(ranking, weights={"risk": 2}, ratings={"flu": {"shared": 2}})
    assert changed.ranking["flu"].score == pytest.approx(100 * (0.5 / 3 + 1.5 / 3))


def test_every_candidate_of_the_areas_can_be_varied() -> None:
    ranking = cs.score(AREAS, "guardrail")
    changed = what_if(ranking, weights={"mutual_interest": 2}, safeguards={ranking.ids[0]: []})
    assert len(changed.table().to_markdown()) > 100
    assert "<table" in changed._repr_html_()


# differences that words or ranks do not show


@pytest.mark.parametrize("source", ["ranking", "columns"])
def test_a_change_beyond_the_printed_digits_is_a_change(
    source: str, request: pytest.FixtureRequest
) -> None:
    # 5 and 4.9999999 are both printed as 5, and the guardrail begins at 5
    before = what_if(
        request.getfixturevalue(source),
        facts={"ocean": {"budget": 4.9999999, "touches": ["quantum"]}},
    ).ranking
    changed = what_if(before, facts={"ocean": {"budget": 5}})
    assert (before["ocean"].verdict, changed.ranking["ocean"].verdict) == ("inside", "refer")
    assert changed.changes[0].real
    assert changed.title.endswith("5 million → 5 million (as given: 5)")
    nearly = what_if(before, ratings={"ocean": {"risk": 2.00000001}})
    assert nearly.changes[0].real
    assert nearly.ranking is not before


def test_a_weight_that_differs_beyond_the_printed_digits_is_a_change(ranking: Ranking) -> None:
    changed = what_if(ranking, weights={"risk": 1.0000001})
    assert changed.changes[0].real
    assert changed.changes[0].after == "50 % (as given: 1.0000001)"


def test_safeguards_that_only_another_framework_knows_stay() -> None:
    other = {**FRAMEWORK, "id": "other", "safeguards": {**FRAMEWORK["safeguards"], "audit": {}}}
    listed = cs.load_candidates([{**LISTED[0], "safeguards": ["audit"]}], [FRAMEWORK, other])
    ranking = rank(Problem.from_candidates(listed, cs.load_framework(FRAMEWORK)))
    changed = what_if(ranking, safeguards={"flu": ["terms"]})
    assert changed.title.endswith('safeguards of "Influenza": with "Written terms"')


def test_groups_without_a_total_can_change() -> None:
    ranking = cs.score(LISTED, {**FRAMEWORK, "combine": "none"})
    changed = what_if(ranking, ratings={"flu": {"shared": 1}})
    assert [row["id"] for row in changed.records()] == ["flu"]
    assert changed.records()[0]["why"] == ['"Benefit" 87.5 → 37.5']
    text = str(changed)
    assert "Nothing changes" not in text
    assert "2 candidates stay as they are: same rank, score and verdict." in text


def test_a_wider_rating_changes_the_range_of_a_score(ranking: Ranking) -> None:
    changed = what_if(ranking, ratings={"flu": {"skills": [3, 5]}})
    assert changed.records()[0]["why"] == ["range of the score 81.2 to 81.2 → 75.0 to 87.5"]


def test_safeguards_asked_of_every_project_can_change() -> None:
    ranking = cs.score(LISTED, {**FRAMEWORK, "standing": ["review"]})
    changed = what_if(ranking, safeguards={"flu": ["review"]})
    assert changed.records()[0]["why"] == ['"Review" is now in place']


def test_the_changed_ranking_has_the_document_it_would_have(ranking: Ranking) -> None:
    changes = {"ratings": {"flu": {"shared": 1}}, "safeguards": {"chips": ["terms"]}}
    changed = what_if(ranking, **changes).ranking
    assert changed.manifest == anew(**changes).manifest
    document = changed.problem.document
    assert document is not None
    assert document["flu"].ratings["shared"] == 1
    same(cs.score(document, FRAMEWORK), changed)


def test_evidence_may_name_the_sources_of_the_list() -> None:
    ranking = cs.score(AREAS, "guardrail")
    document = ranking.problem.document
    assert document is not None
    source = next(iter(document.sources))
    name = ranking.ids[0]
    changed = what_if(
        ranking, ratings={name: {"global_challenge": {"value": 1, "evidence": [source]}}}
    )
    assert changed.changes[0].real


def test_what_is_not_verified_is_named(ranking: Ranking) -> None:
    sources = {"hearsay": {"title": "A report", "verified": "no"}}
    risk = {**FRAMEWORK["criteria"]["risk"], "source": "hearsay"}
    criteria = {**FRAMEWORK["criteria"], "risk": risk}
    doubtful = cs.score(LISTED, {**FRAMEWORK, "sources": sources, "criteria": criteria})
    assert "Not verified: Risk." in str(what_if(doubtful, ratings={"flu": {"shared": 1}}))
    assert "Not verified" not in str(what_if(ranking, ratings={"flu": {"shared": 1}}))


def test_the_machine_readable_forms_share_their_names(ranking: Ranking) -> None:
    changed = what_if(ranking, ratings={"flu": {"shared": 1}})
    head, *rows = changed.to_csv().splitlines()
    assert set(head.split(",")) == set(changed.records()[0]) - {"why"}
    assert len(rows) == len(changed) == len(changed.records())


def test_one_changed_rating_costs_no_more_than_scoring() -> None:
    listed = []
    for number in range(40):
        for entry in LISTED:
            ratings = {**entry["ratings"], "skills": 1 + number / 100}
            listed.append({**entry, "id": f"{entry['id']}-{number}", "ratings": ratings})
    ranking = cs.score(listed, FRAMEWORK)

    scoring = instructions_of(lambda: cs.score(listed, FRAMEWORK))
    changing = instructions_of(lambda: len(what_if(ranking, ratings={"flu-7": {"skills": 1.08}})))
    assert changing < scoring


def test_a_narrowed_ranking_is_changed_as_a_whole(ranking: Ranking) -> None:
    changes = {"ratings": {"flu": {"shared": 1}}}
    narrowed = what_if(ranking.select(top=1), **changes)
    assert narrowed.to_json() == what_if(ranking, **changes).to_json()


def test_a_framework_that_is_about_a_candidate_or_no_more() -> None:
    ranking = cs.score(LISTED, {**FRAMEWORK, "applies": "stage >= applied"})
    changed = what_if(ranking, facts={"flu": {"stage": "applied"}, "chips": {"stage": "basic"}})
    why = {record["id"]: record["why"] for record in changed.records()}
    assert why["flu"][0] == "the framework now applies"
    assert why["chips"][0] == "the framework no longer applies"


def test_what_is_still_open_is_named(ranking: Ranking) -> None:
    changed = what_if(ranking, facts={"flu": {"stage": "unknown"}})
    why = {record["id"]: record["why"] for record in changed.records()}
    assert why["flu"][0] == (
        '"Papers": does not apply → unknown, needs "Written terms", depends on "Stage"'
    )


def test_answers_of_several_candidates_that_are_all_different_are_changed() -> None:
    """Codes of the new answers count up, as rows do: they are not taken for a choice of rows."""
    framework = {
        "collabscore": "framework/1",
        "id": "stages",
        "facts": {"stage": {"kind": "level", "levels": ["basic", "applied", "development"]}},
        "guardrails": {"late": {"when": "stage >= development", "then": "refer"}},
    }
    ranking = cs.score([{"id": key, "facts": {"stage": "basic"}} for key in "abc"], framework)
    changed = cs.what_if(ranking, facts={"a": {"stage": "applied"}, "b": {"stage": "development"}})
    assert [changed.ranking[key].verdict for key in "abc"] == ["inside", "refer", "inside"]
