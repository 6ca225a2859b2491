"""Comparison of frameworks: agreement, ranks, and refusals."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import subprocess
import sys
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.comparison import Comparison, compare
from unit.comparisons import JOINT, LIGHTS, STRICT, project, rated


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
        cs.UsageError, match="`joint` is not one of the frameworks compared; choose from `strict`"
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
        "needed": 3,
        "missing": 0,
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
            assert row[f"missing_{framework}"] == str(answer["missing"])
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
