from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collabscore as cs
from collabscore.scoring.problem import Problem
from collabscore.scoring.scorer import rank

FRAMEWORK = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "arrays",
        "lists": {
            "fields": {"items": {"health": "Health", "quantum": {"items": ["codes", "devices"]}}}
        },
        "criteria": {
            "benefit": {"scale": {"range": [1, 5]}, "side": "gain"},
            "risk": {"scale": {"range": [1, 5]}, "prefer": "low", "side": "risk"},
        },
        "facts": {
            "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
            "animals": {"kind": "flag"},
            "lead": {"kind": "choice", "options": ["health", "energy"]},
            "budget": {"kind": "number", "minimum": 0, "maximum": 100},
            "about": {"kind": "set", "of": "fields"},
        },
        "safeguards": {"review": {"title": "Review"}},
        "guardrails": {
            "late": {
                "when": "stage >= applied and budget > 10",
                "needs": ["review"],
                "then": "refer",
            },
            "devices": {"when": "overlaps(about, [devices])", "then": "outside"},
        },
        "bands": {"good": 50},
    }
)
COLUMNS: dict[str, Any] = {
    "benefit": np.array([5.0, 3.0, np.nan]),
    "risk": np.array([1.0, 3.0, 5.0]),
    "stage": ["basic", "development", None],
    "animals": np.array([True, False, False]),
    "lead": ["health", "unknown", "energy"],
    "budget": np.array([5.0, 50.0, np.nan]),
    "about": [["health"], ["quantum"], ["devices"]],
}


def scored(**changes: Any) -> cs.Ranking:
    return rank(Problem.from_columns(FRAMEWORK, {**COLUMNS, **changes}, ids=["a", "b", "c"]))


def test_columns_and_candidates_give_the_same() -> None:
    facts = [
        {"stage": "basic", "animals": "yes", "lead": "health", "budget": 5, "about": ["health"]},
        {"stage": "development", "animals": "no", "budget": 50, "about": ["quantum"]},
        {"animals": "no", "lead": "energy", "about": ["devices"]},
    ]
    ratings = [{"benefit": 5, "risk": 1}, {"benefit": 3, "risk": 3}, {"risk": 5}]
    listed = [
        {"id": n, "ratings": r, "facts": f} for n, r, f in zip("abc", ratings, facts, strict=True)
    ]
    one, other = scored(), cs.score(listed, FRAMEWORK)
    assert one.records() == [{**record} for record in other.records()]
    assert [found.verdict for found in one] == ["inside", "refer", "outside"]


@pytest.mark.parametrize("frame", [pd.Series, pl.Series, list, tuple])
def test_any_column_will_do(frame: Any) -> None:
    assert scored(benefit=frame([5.0, 3.0, 4.0])).scores.tolist()[0] == 100.0


def test_intervals_and_three_points() -> None:
    pairs = scored(benefit=np.array([[5.0, 5.0], [1.0, 3.0], [np.nan, np.nan]]))
    assert pairs["b"].low == 25.0
    assert pairs["b"].high == 50.0
    three = scored(benefit=np.array([[1.0, 2.0, 5.0], [1.0, 1.0, 1.0], [np.nan] * 3]))
    assert three["a"].score == 62.5


def test_codes_stand_for_answers() -> None:
    coded = scored(
        stage=np.array([0, 2, -1]), lead=np.array([0, -1, 1]), animals=np.array([1, 0, 0])
    )
    assert coded.records() == scored().records()


def test_sets_of_every_kind() -> None:
    ranking = scored(about=[{"health"}, ("quantum",), frozenset({"devices"})])
    assert ranking["b"].findings[1].unknown == ("about",)
    assert scored(about=[[], None, math.nan])["a"].findings[1].state == "clear"


def test_open_numbers() -> None:
    ranking = scored(
        stage=["applied"] * 3, budget=np.array([[5.0, 20.0], [1.0, 2.0], [np.nan, np.nan]])
    )
    assert [ranking[name].findings[0].state for name in "abc"] == ["unknown", "clear", "unknown"]
    assert ranking["a"].findings[0].unknown == ("budget",)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"benefit": np.array([7.0, 3.0, 1.0])}, "off-scale"),
    ({"benefit": np.array([np.inf, 3.0, 1.0])}, "not-finite"),
    ({"benefit": ["high", 3, 1]}, "invalid-type"),
    ({"benefit": np.array([1.0, 2.0])}, "wrong-length"),
    ({"benefit": np.zeros((3, 4))}, "wrong-shape"),
    ({"benefit": np.array([[3.0, 1.0], [1.0, 2.0], [1.0, 2.0]])}, "reversed-interval"),
    ({"benefit": np.array([[3.0, np.nan], [1.0, 2.0], [1.0, 2.0]])}, "missing-key"),
    ({"budget": np.array([-1.0, 2.0, 3.0])}, "out-of-range"),
    ({"budget": np.array([1.0, 200.0, 3.0])}, "out-of-range"),
    ({"budget": np.array([[2.0, 1.0], [1.0, 2.0], [1.0, 2.0]])}, "reversed-interval"),
    ({"stage": np.array([0, 9, 1])}, "unknown-level"),
    ({"stage": ["basic", "aplied", "basic"]}, "unknown-level"),
    ({"lead": ["health", "helth", "energy"]}, "unknown-option"),
    ({"stage": ["basic", "basic"]}, "wrong-length"),
    ({"about": [["helth"], [], []]}, "unknown-item"),
    ({"benefitt": np.array([1.0, 2.0, 3.0])}, "unknown-column"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_a_wrong_column_is_named(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        scored(**changes)
    assert caught.value.diagnostics[0].code == code
    assert next(iter(changes)) in str(caught.value)


def test_ids_differ_and_default_to_numbers() -> None:
    with pytest.raises(cs.CandidateError, match="the id `a` is taken"):
        Problem.from_columns(FRAMEWORK, {}, ids=["a", "b", "a"])
    found = rank(Problem.from_columns(FRAMEWORK, {"benefit": [1.0, 5.0]}, titles=["One", "Two"]))
    assert found.ids == ("2", "1")
    assert found["2"].title == "Two"
    assert len(rank(Problem.from_columns(FRAMEWORK, {}))) == 0


def test_safeguards_in_columns() -> None:
    problem = Problem.from_columns(
        FRAMEWORK,
        {**COLUMNS, "stage": ["applied"] * 3, "budget": [50.0] * 3},
        safeguards={"review": [True, False, True]},
    )
    assert [
        found.findings[0].state for found in sorted(rank(problem), key=lambda found: found.id)
    ] == [
        "met",
        "unmet",
        "met",
    ]
    with pytest.raises(cs.CandidateError, match="did you mean `review`"):
        Problem.from_columns(FRAMEWORK, COLUMNS, safeguards={"reveiw": [True] * 3})
    areas = rank(
        Problem.from_columns(
            FRAMEWORK, {**COLUMNS, "stage": ["applied"] * 3, "budget": [50.0] * 3}, unit="area"
        )
    )
    assert {found.findings[0].state for found in areas} == {"met"}


def test_a_problem_has_its_framework() -> None:
    problem = Problem.from_columns(FRAMEWORK, COLUMNS)
    assert cs.score(problem).ids == cs.score(problem, FRAMEWORK).ids
    with pytest.raises(cs.UsageError, match="has its framework already"):
        cs.score(problem, "guardrail")


def test_the_manifest_follows_the_input() -> None:
    one, same, other = scored(), scored(), scored(benefit=np.array([5.0, 3.0, 4.0]))
    assert one.manifest == same.manifest
    assert one.manifest["candidates"]["digest"] != other.manifest["candidates"]["digest"]
    with_safeguards = Problem.from_columns(
        FRAMEWORK, COLUMNS, safeguards={"review": [True, False, False]}
    )
    assert rank(with_safeguards).manifest != one.manifest
    assert json.loads(one.to_json())["manifest"]["framework"]["digest"] == FRAMEWORK.digest


def test_taking_rows_of_a_column() -> None:
    problem = Problem.from_columns(
        FRAMEWORK, {**COLUMNS, "benefit": np.array([[1.0, 2.0], [3.0, 3.0], [4.0, 5.0]])}
    )
    rows = np.array([2, 0])
    assert problem.ratings["benefit"].take(rows).high.tolist() == [5.0, 2.0]
    assert problem.ratings["risk"].take(rows).low.tolist() == [5.0, 1.0]
    for column in problem.facts.values():
        assert column.take(rows).known.tolist() == column.known[rows].tolist()


def test_arrays_of_a_ranking_are_read_only_and_in_rank_order() -> None:
    ranking = scored()
    for name in (
        "scores",
        "lows",
        "highs",
        "ranks",
        "verdicts",
        "bands",
        "values",
        "contributions",
        "weights",
        "rated",
    ):
        array = getattr(ranking, name)
        assert not array.flags.writeable, name
        assert len(array) == (2 if name == "weights" else 3)
    assert ranking.bands.tolist() == ["good", "good", None]
    assert ranking.findings.shape == (3, 2)
    assert (
        pd.DataFrame(ranking.records()).shape[0]
        == pl.DataFrame(ranking.table().to_records()).shape[0]
        == 3
    )
    with pytest.raises(cs.UsageError, match="no candidate `aa`; did you mean `a`"):
        ranking["aa"]


def test_empty_lists_and_frameworks_without_scores() -> None:
    empty = cs.score([], FRAMEWORK)
    assert len(empty) == 0
    assert "0 candidates" in str(empty)
    gates = {
        "collabscore": "framework/1",
        "id": "gates",
        "facts": {"bad": {"kind": "flag"}},
        "guardrails": {"no": {"when": "bad", "then": "outside"}},
    }
    ranking = cs.score(
        [{"id": "x", "facts": {"bad": "yes"}}, {"id": "y"}, {"id": "z", "facts": {"bad": "no"}}],
        gates,
    )
    assert ranking.ids == ("z", "y", "x")
    assert [found.rank for found in ranking] == [None] * 3
    assert "Score" not in str(ranking)
    assert ranking.sides == {}


def test_two_axes_and_no_total() -> None:
    framework = {
        **json.loads(FRAMEWORK.model_dump_json(exclude_unset=True)),
        "combine": "none",
        "bands": {},
    }
    ranking = cs.score([{"id": "x", "ratings": {"benefit": 5, "risk": 2}}], framework)
    assert ranking["x"].score is None
    assert (ranking.score_of("benefit", 0), ranking.score_of("risk", 0)) == (100.0, 75.0)
    assert "100" in str(ranking)


def test_what_is_not_applicable_stands_last() -> None:
    framework = {**json.loads(FRAMEWORK.model_dump_json(exclude_unset=True)), "applies": "animals"}
    ranking = cs.score(
        [
            {"id": "x", "facts": {"animals": "no"}},
            {"id": "y", "facts": {"animals": "yes"}},
            {"id": "z"},
        ],
        framework,
    )
    assert ranking.ids[-1] == "x"
    assert ranking["x"].verdict is None
    assert ranking["x"].findings == ()
    assert "not applicable" in str(ranking)


def test_no_score_says_what_is_unrated() -> None:
    framework = {**json.loads(FRAMEWORK.model_dump_json(exclude_unset=True)), "missing": "refuse"}
    facts = {"stage": "basic", "about": []}
    ranking = cs.score([{"id": "x", "ratings": {"benefit": 5}, "facts": facts}], framework)
    assert "no score: `risk` unrated" in str(ranking)
    assert ranking["x"].low == 50.0


def test_html_shows_by_itself_and_runs_nothing() -> None:
    html = scored()._repr_html_()
    assert "<script" not in html
    assert "Why" not in html
    assert "prefers-color-scheme" in html
