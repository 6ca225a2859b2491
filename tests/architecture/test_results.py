"""All results alike: table, records, CSV and JSON hold the same under the same names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

import collabscore as cs
from collabscore.output import Result, Table, round_significant

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5]}},
    "facts": {"crit": {"kind": "flag"}},
    "criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    "safeguards": {"review": {}},
    "guardrails": {
        "g1": {"when": "crit", "needs": ["review"], "then": "outside", "met": "conditional"}
    },
}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "ratings": {"gain": 4, "risk": [1, 3]}, "facts": {"crit": False}},
    {"id": "ice", "ratings": {"gain": 3}, "facts": {"crit": False}},
    {"id": "sea", "ratings": {"gain": [2, 5], "risk": 2}},
    {"id": "arms", "ratings": {"gain": 5, "risk": 4}, "facts": {"crit": True}},
]
OTHER = {**FRAMEWORK, "id": "other", "guardrails": {"g1": {"when": "crit", "then": "outside"}}}
CASES = {
    "collabscore": "cases/1",
    "framework": "small",
    "cases": [{"id": "one", "candidate": LISTED[0], "expect": {"verdict": "inside"}}],
}
RANKING = cs.score(LISTED, FRAMEWORK)
RESULTS = [
    RANKING,
    RANKING.select(verdict="outside"),
    cs.explain(RANKING, "flu"),
    cs.robustness(RANKING, draws=64),
    cs.sensitivity(RANKING),
    cs.sensitivity(RANKING).tornado("flu"),
    cs.sensitivity(RANKING).variance,
    cs.extreme_ranks(RANKING),
    cs.next_questions(RANKING, draws=64),
    cs.what_if(RANKING, ratings={"ice": {"gain": 5}}),
    cs.compare(LISTED, [FRAMEWORK, OTHER]),
    cs.diff(RANKING, cs.score(LISTED[1:], FRAMEWORK)),
    cs.impact(LISTED, FRAMEWORK, OTHER),
    cs.run_cases(FRAMEWORK, CASES),
    cs.prove(FRAMEWORK),
    cs.prove(FRAMEWORK, OTHER),
]
RESULTS = [result for result in RESULTS if isinstance(result, Result)]
ALL = pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.kind)


@ALL
def test_records_are_in_the_json(result: Result) -> None:
    document = json.loads(result.to_json())
    assert document["collabscore"] == f"{result.kind}/1"
    if result.kind != "sensitivity":  # its weights and ratings stand apart in JSON
        assert document[result.things] == round_significant(result.records())
    assert document["notes"] == list(result.notes)
    assert document["manifest"]["package"].startswith("collabscore ")
    assert len(result) == len(result.records())


@ALL
def test_csv_has_the_names_and_values_of_the_records(result: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(result.to_csv())))
    records = result.records()
    assert len(rows) == len(records)
    nested = {field.key for field in result.fields if not field.csv}
    # an interval without names of its own takes two columns
    nested |= {field.key for field in result.fields if field.kind == "interval"}
    for row, record in zip(rows, records, strict=True):
        assert set(record) - set(row) <= nested
        for key in set(record) & set(row):
            value = record[key]
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert float(row[key]) == pytest.approx(value, rel=1e-8)
            elif isinstance(value, str):
                assert row[key].removeprefix("'") == value
            elif value is None:
                assert row[key] == ""


@ALL
def test_the_table_has_the_values_of_the_records(result: Result) -> None:
    if result.kind == "sensitivity":  # its table shows ranges as texts
        return
    fields = {field.key: field for field in result.fields}
    assert set(result.shown) <= set(fields)
    same = [key for key in result.shown if fields[key].json and fields[key].plain is None]
    keys = [end for key in same for end in fields[key].ends or (key,)]
    wanted = [[record[key] for key in keys] for record in result.records()]
    found = [[row[key] for key in keys] for row in result.table().to_records()]
    # a table may leave rows out, and a row of sums may stand below the others
    assert sum(row not in wanted for row in found) <= (result.kind == "explanation")
    assert keys


@ALL
def test_forms_for_readers(result: Result) -> None:
    assert "\n" not in repr(result)
    assert repr(result).startswith(f"<{type(result).__name__}: ")
    assert str(result) == result.to_text().rstrip("\n")
    assert max(map(len, str(result).splitlines())) <= 100
    assert result.to_html(whole=True).startswith("<!DOCTYPE html>")
    assert result.title in result.to_text(None)
    assert 'class="collabscore"' in result._repr_html_()
    assert all(isinstance(note, str) for note in result.notes)


@pytest.mark.parametrize(
    "analysis",
    [
        lambda ranking: cs.explain(ranking, "flu", versus="arms"),
        cs.sensitivity,
        cs.extreme_ranks,
        lambda ranking: cs.next_questions(ranking, draws=64),
        lambda ranking: cs.what_if(ranking, ratings={"sea": {"gain": 5}}),
        lambda ranking: cs.diff(ranking, RANKING),
    ],
    ids=["explain", "sensitivity", "extremes", "next_questions", "what_if", "diff"],
)
def test_analyses_of_a_narrowed_ranking_are_of_the_whole(analysis: Callable[..., Any]) -> None:
    assert analysis(RANKING[:2]).to_json() == analysis(RANKING).to_json()


def test_robustness_of_a_narrowed_ranking_shows_part_of_the_whole() -> None:
    whole = cs.robustness(RANKING, draws=64)
    assert cs.robustness(RANKING[:2], draws=64).records() == whole.records()[:2]


@ALL
def test_every_part_of_a_result_is_one_line_in_a_console(result: Result) -> None:
    """Known fault E6: the variance of a sensitivity printed the whole problem."""
    for name in dir(type(result)):
        if name.startswith("_") or isinstance(getattr(type(result), name), type(len)):
            continue
        try:
            part = getattr(result, name)
        except cs.UsageError:
            continue
        for one in (part, *(part[:1] if isinstance(part, tuple) else ())):
            if type(one).__module__.startswith("collabscore") and not isinstance(one, Table):
                assert "\n" not in repr(one), f"{name}: {type(one).__name__}"
                assert len(repr(one)) < 2000, f"{name}: {type(one).__name__}"


def test_a_result_of_many_candidates_is_one_line() -> None:
    many = [{"id": f"c{k}", "ratings": {"gain": 1 + k % 5}} for k in range(300)]
    ranking = cs.score(many, FRAMEWORK)
    for one in (ranking, ranking.problem, ranking.problem.document, ranking[0], ranking[:200]):
        assert "\n" not in repr(one)
        assert len(repr(one)) < 200
