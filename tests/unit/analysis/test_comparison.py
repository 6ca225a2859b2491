"""Comparison of frameworks: the crosswalk, agreement, ranks, and the reasons of disagreements."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.comparison import ANSWERS, Comparison, compare, crosswalk, is_disputed
from unit.comparisons import AREAS, COMMON, JOINT, LIGHTS, STRICT, project, rated


def test_verdicts_are_compared_by_their_definition() -> None:
    assert crosswalk(cs.load_framework(LIGHTS)) == dict(
        zip(["green", "amber", "yellow", "red"], ANSWERS, strict=True)
    )
    found = compare(
        [project("a"), project("b", harm=True), project("c", harm=None)], [STRICT, LIGHTS]
    )
    assert dict(zip(found.ids, found.answers.tolist(), strict=True)) == {
        "a": [0, 0],
        "b": [0, 3],
        "c": [0, 2],
    }
    assert found["lights"]["c"].verdict == "yellow"


def test_a_mildest_verdict_beyond_the_first_tier_is_a_persons() -> None:
    framework = {
        **LIGHTS,
        "verdicts": {"look": {"tier": 2}, "stop": {"ranked": False}},
        "defaults": {"met": "look", "if_unknown": "look"},
        "guardrails": {"harm": {"when": "harm", "then": "stop"}},
    }
    found = compare([project("a")], [STRICT, framework])
    assert found.answers.tolist() == [[0, 2]]
    (reason,) = found.disagreements
    assert (reason.answer, reason.sides[0].reason, reason.sides[0].verdict) == (
        ANSWERS[2],
        None,
        "look",
    )
    assert "No guardrail applies" in found.to_text(100)


@given(st.lists(st.lists(st.integers(-1, 3), min_size=2, max_size=5), min_size=1, max_size=20))
@settings(max_examples=50)
def test_disputed_is_what_two_that_judge_answer_unlike(rows: list[list[int]]) -> None:
    f = len(rows[0])
    codes = [[*row, *[-1] * 5][:f] for row in rows]
    slow = [len({code for code in row if code >= 0}) > 1 for row in codes]
    assert is_disputed(np.array(codes, dtype=np.int8)).tolist() == slow


def test_each_framework_judges_as_it_does_alone() -> None:
    listed = [
        rated("a", 5, 1),
        rated("b", 2, 3, stage="applied"),
        rated("c", 3, 5, harm=True),
        rated("d", 1, 2),
    ]
    found = compare(listed, [STRICT, JOINT, LIGHTS])
    for f, framework in enumerate((STRICT, JOINT, LIGHTS)):
        alone = cs.score(listed, framework)
        for place, name in enumerate(found.ids):
            assert found.verdicts[place, f] == alone[name].verdict
            assert (int(found.ranks[place, f]) or None) == alone[name].rank
    assert found.ids == cs.score(listed, STRICT).ids
    assert not found.verdicts.flags.writeable


def test_the_words_of_the_lists_own_framework_count() -> None:
    listed = {
        "collabscore": "candidates/1",
        "framework": "guardrail",
        "candidates": [{"id": "flu", "ratings": {"dual_use": 2}}],
    }
    mine = {"collabscore": "framework/1", "id": "mine", "facts": {"new": {"kind": "flag"}}}
    found = compare(listed, [mine, {**mine, "id": "yours"}])
    assert (found.frameworks, found.verdicts.tolist()) == (
        ("mine", "yours"),
        [["inside", "inside"]],
    )


def test_reason_names_guardrail_and_facts_and_what_the_other_asks() -> None:
    found = compare([project("a", stage="applied")], [STRICT, JOINT])
    (reason,) = found.disagreements
    (side,), (other,) = reason.sides, reason.others
    assert (side.framework, side.verdict, side.why) == ("strict", "outside", "So it was agreed.")
    assert side.reason is not None
    assert (side.reason.guardrail, side.reason.state) == ("basic_only", "barred")
    assert [(fact.name, fact.answers) for fact in side.reason.facts] == [
        ("stage", (("applied", 1),))
    ]
    assert (other.framework, other.closest, other.shared) == (
        "joint",
        "No applied work with a listed partner",
        ("Stage",),
    )
    (said,) = other.said
    assert (said.verdict, said.answer, said.decided_by) == ("inside", "goes ahead", ())
    assert said.found is not None
    assert [(fact.name, fact.answers) for fact in said.found.facts] == [("listed", (("no", 1),))]
    text = found.to_text(200, detail="verbose")
    assert '✕ outside by strict: "Basic work only"' in text
    assert "Facts: stage: applied. No safeguard can satisfy this rule\n" in text
    assert (
        'joint (its rule "No applied work with a listed partner" also uses "Stage"): '
        "● inside (does not apply: listed partner: no)\n" in text
    )


def test_one_reason_covers_all_it_decides() -> None:
    listed = [
        project("a", stage="applied"),
        project("b", stage="deployed"),
        project("c"),
        project("d", stage="applied"),
    ]
    found = compare(listed, [STRICT, LIGHTS])
    (reason,) = found.disagreements
    assert [name for name, _ in reason.candidates] == ["a", "b", "d"]
    assert "stage: applied (2), deployed (1)" in found.to_text(100)
    assert int(found.disputed.sum()) == 3


def test_frameworks_that_are_alike_severe_stand_on_one_side() -> None:
    other = {**STRICT, "id": "stern"}
    (reason,) = compare([project("a", stage="applied")], [STRICT, other, LIGHTS]).disagreements
    assert [side.framework for side in reason.sides] == ["strict", "stern"]
    assert [other.framework for other in reason.others] == ["lights"]


def test_what_is_not_known_is_a_reason_of_its_own() -> None:
    found = compare([project("a", stage=None), project("b", stage="applied")], [STRICT, LIGHTS])
    assert [
        (reason.answer, reason.sides[0].reason.state)
        for reason in found.disagreements
        if reason.sides[0].reason
    ] == [
        ("does not go ahead", "barred"),
        ("a person decides", "unknown"),
    ]
    text = found.to_text(100)
    assert '"Basic work only" (unknown)' in text
    assert "- Unknown: stage\n" in text


def test_the_largest_new_part_of_the_disputed_comes_first() -> None:
    listed = [project(f"n{k}", stage="applied") for k in range(3)] + [project("h", harm=True)]
    found = compare(listed, [STRICT, LIGHTS])
    assert [len(reason.candidates) for reason in found.disagreements] == [3, 1]
    held = [set(reason.candidates) for reason in found.disagreements]
    assert [len(set().union(*held[:k])) for k in range(3)] == [0, 3, 4]


def test_every_disputed_candidate_has_a_reason() -> None:
    found = compare(AREAS, ["guardrail", COMMON])
    held = {name for reason in found.disagreements for name, _ in reason.candidates}
    assert held == {
        name for name, disputed in zip(found.ids, found.disputed.tolist(), strict=True) if disputed
    }
    for reason in found.disagreements:
        for side in reason.sides:
            assert all(
                found[side.framework][name].verdict == side.verdict for name, _ in reason.candidates
            )
        for other in reason.others:
            assert sum(len(said.candidates) for said in other.said) == len(reason.candidates)


def ranks_of(order: list[float]) -> list[dict[str, Any]]:
    return [rated(f"c{k:02}", value, 1 + 4 * k / 11) for k, value in enumerate(order)]


def test_orders_are_compared_among_those_that_both_rank() -> None:
    listed = [
        *ranks_of([1 + 4 * k / 11 for k in range(12)]),
        rated("x", 5, 1, harm=True),
        rated("y", 1, 5, stage="applied"),
    ]
    (pair,) = compare(listed, [STRICT, LIGHTS]).pairs
    assert len(pair.rows) == 12
    # each in its own ranking, where one more is ranked above or below them
    assert sorted(pair.first_ranks.tolist()) == list(range(2, 14))
    assert sorted(pair.second_ranks.tolist()) == list(range(1, 13))
    assert pair.tau.value == -1.0
    assert all(map(math.isnan, pair.interval))
    first = pair.moves[0]
    assert (first.id, first.first, first.second, first.by) == ("c11", 13, 1, 12)
    assert len(pair.moves) == 10


def test_tau_has_an_interval_from_ten_candidates_on() -> None:
    values = [3, 1, 4, 1.5, 5, 2, 2.6, 1.2, 3.5, 4.5, 4.2, 1.1]
    few, many = (compare(ranks_of(values[:n]), [STRICT, LIGHTS]).pairs[0] for n in (9, 12))
    assert all(map(math.isnan, few.interval))
    low, high = many.interval
    assert low < many.tau.value < high


def test_one_candidate_has_no_order() -> None:
    found = compare([rated("a", 3, 3)], [STRICT, LIGHTS])
    assert "both rank fewer than two candidates" in found.notes[3]
    assert json.loads(found.to_json())["pairs"][0]["ranks"]["tau_b"] is None


def test_empty_list() -> None:
    found = compare([], [STRICT, LIGHTS])
    assert (len(found), found.disagreements, found.records()) == (0, (), [])
    assert "0 candidates" in found.to_text(100)
    assert all([found.to_json(), found.to_csv(), found._repr_html_()])


def test_not_applicable_is_no_disagreement() -> None:
    about = {**LIGHTS, "id": "about", "applies": "harm"}
    found = compare([project("a"), project("b", harm=True)], [STRICT, about])
    assert found.verdicts.tolist() == [["inside", None], ["inside", "red"]]
    assert (found.disputed.tolist(), found.judged.tolist()) == ([False, True], [1, 2])
    assert found.records()[0]["agree"] is None
    assert found.records()[0]["by"]["about"]["answer"] == "not applicable"
    assert "1 candidate has fewer than two frameworks that apply." in found.to_text(200)
    with_other = compare([project("a", stage="applied")], [STRICT, about, LIGHTS])
    assert "about: ○ not applicable" in with_other.to_text(100)


@pytest.mark.parametrize(
    ("frameworks", "words"),
    [
        (["guardrail"], "two frameworks or more"),
        ([], "two frameworks or more"),
        ("guardrail", "two frameworks or more"),
        (["guardrail", "guardrail"], "`guardrail` is named twice"),
        ([STRICT, {**STRICT, "title": "Another"}], "two frameworks have the id `strict`"),
        (["guardrail", "gardrail"], "did you mean `guardrail`?"),
    ],
)
def test_what_cannot_be_compared(frameworks: Any, words: str) -> None:
    with pytest.raises(cs.UsageError, match=words.replace("?", "\\?")):
        compare([project("a")], frameworks)


def test_a_framework_that_is_not_compared_is_not_found() -> None:
    found = compare([project("a")], [STRICT, LIGHTS])
    with pytest.raises(
        cs.UsageError, match="`joint` is not one of the frameworks compared: `strict`, `lights`"
    ):
        found["joint"]


def test_words_of_two_minds_are_an_error() -> None:
    other = {
        "collabscore": "framework/1",
        "id": "other",
        "facts": {"stage": {"kind": "level", "levels": ["early", "late"]}},
        "guardrails": {"late": {"when": "stage == late", "then": "outside"}},
    }
    with pytest.raises(cs.CandidateError, match="stage"):
        compare([{"id": "a", "facts": {"stage": "basic"}}], [STRICT, other])


@pytest.fixture(scope="module")
def found() -> Comparison:
    listed = [
        rated("a", 5, 1),
        rated("b", 2, 3, stage="applied", title="B <b>"),
        rated("=c", 3, 5, harm=True),
    ]
    return compare(listed, [STRICT, LIGHTS])


def test_json_holds_everything(found: Comparison) -> None:
    document = json.loads(found.to_json())
    assert document["collabscore"] == "comparison/1"
    assert [entry["id"] for entry in document["frameworks"]] == ["strict", "lights"]
    assert document["frameworks"][1]["answers"]["red"] == "does not go ahead"
    by = {entry["id"]: entry["by"] for entry in document["candidates"]}
    assert by["b"]["strict"] == {
        "verdict": "outside",
        "answer": "does not go ahead",
        "rank": None,
        "score": pytest.approx(43.75),
        "decided_by": ["basic_only"],
    }
    assert [entry["candidates"] for entry in document["disagreements"]] == [["b"], ["=c"]]
    assert document["disagreements"][0]["sides"][0]["reason"]["facts"][0]["answers"] == [
        ["applied", 1]
    ]
    assert set(document["manifest"]) == {"package", "frameworks", "candidates"}
    assert found.to_json() == found.to_json()


def test_csv_has_a_row_for_each_candidate_and_runs_nothing(found: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO(found.to_csv())))
    assert [row["id"] for row in rows] == [name if name != "=c" else "'=c" for name in found.ids]
    assert {row["answer_lights"] for row in rows} == {"goes ahead", "does not go ahead"}


def test_forms_agree(found: Comparison) -> None:
    assert str(found) == found.page().to_text(100).rstrip("\n")
    assert [row["agree"] for row in found.table().to_records()] == [
        entry["agree"] for entry in found.records()
    ]
    assert found.table().notes == found.notes


def test_csv_has_the_answers_of_the_json_under_their_names(found: Comparison) -> None:
    rows = csv.DictReader(io.StringIO(found.to_csv()))
    for row, record in zip(rows, found.records(), strict=True):
        for framework, answer in record["by"].items():
            assert row[f"verdict_{framework}"] == answer["verdict"]
            assert row[f"answer_{framework}"] == answer["answer"]
            assert row[f"rank_{framework}"] == str(answer["rank"] or "")
            assert row[f"decided_by_{framework}"] == "; ".join(answer["decided_by"])


_CONFLICT = """
import collabscore as cs

def framework(name, levels):
    facts = {f"f{k}": {"kind": "level", "levels": levels} for k in range(9)}
    guardrails = {f"g{k}": {"when": f"f{k} == {levels[0]}", "then": "outside"} for k in range(9)}
    return {"collabscore": "framework/1", "id": name, "facts": facts, "guardrails": guardrails}

frameworks = [framework("one", ["a", "b"]), framework("two", ["c", "d"])]
try:
    cs.compare([{"id": "x", "facts": {"f3": "e", "f1": "e"}}], frameworks)
except cs.DocumentError as error:
    print(error)
same = [framework("one", ["a", "b"]), {**framework("two", ["a", "b"]), "applies": "f1 == a or f2 == b"}]
facts = {f"f{k}": ["a", "b"][k % 2] for k in range(8)}
print(cs.compare([{"id": "x", "facts": facts}, {"id": "y"}], same).to_json())
"""


def test_nothing_depends_on_the_seed_of_hashes() -> None:
    printed = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _CONFLICT]
        printed.add(
            subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        )
    (output,) = printed
    # findings in the order of the first framework
    places = [output.index(f"`f{k}`".encode()) for k in range(9)]
    assert places == sorted(places)
