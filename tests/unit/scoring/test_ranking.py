"""Rankings as sequences, narrowed rankings, and their forms."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collabscore as cs
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank, whole_ranking
from unit.scoring.samples import COLUMNS, scored
from unit.scoring.samples import FRAMEWORK as ARRAYS

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "title": "Small",
    "version": "1",
    "scales": {"five": {"range": [1, 5]}},
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": {"basic": None, "applied": None}},
    },
    "criteria": {
        "gain": {"scale": "five", "side": "gain"},
        "risk": {"scale": "five", "side": "risk", "prefer": "low"},
    },
    "bands": {"high": 60},
    "guardrails": {"g1": {"when": "crit", "then": "outside"}},
}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "tags": ["health"], "ratings": {"gain": 5}, "facts": {"crit": False}},
    {"id": "ice", "tags": ["earth"], "ratings": {"gain": 3}, "facts": {"crit": False}},
    {
        "id": "sea",
        "tags": ["earth"],
        "ratings": {"gain": 3},
        "facts": {"crit": False, "stage": "applied"},
    },
    {"id": "sun", "ratings": {"gain": 2}, "facts": {"stage": "basic"}},
    {"id": "arms", "ratings": {"gain": 4, "risk": 5}, "facts": {"crit": True}},
]
RANKING = cs.score(LISTED, FRAMEWORK)
IDS = ("flu", "ice", "sea", "sun", "arms")


def test_a_ranking_is_a_sequence_of_assessments() -> None:
    assert RANKING.ids == IDS
    assert [found.id for found in RANKING] == list(IDS)
    assert (RANKING[0].id, RANKING[-1].id, RANKING[np.int64(1)].id) == ("flu", "arms", "ice")
    assert [found.id for found in reversed(RANKING)] == list(reversed(IDS))
    assert RANKING["sea"] == RANKING[2]
    assert RANKING.index(RANKING["sea"]) == 2
    with pytest.raises(IndexError):
        RANKING[5]


def test_ids_and_assessments_are_in_it() -> None:
    assert "flu" in RANKING
    assert RANKING[1] in RANKING
    assert "x" not in RANKING
    assert 3 not in RANKING
    other = cs.score([{"id": "flu", "ratings": {"gain": 1}}], FRAMEWORK)
    assert other[0] not in RANKING
    assert other[0] not in RANKING[1:]


def test_an_unknown_id_is_a_key_error_with_the_likely_one() -> None:
    for error in (KeyError, cs.UsageError):
        with pytest.raises(error) as caught:
            RANKING["fluu"]
        assert str(caught.value) == "there is no candidate `fluu`; did you mean `flu`?"


def test_a_slice_is_a_narrowed_ranking() -> None:
    assert RANKING[1:3].ids == ("ice", "sea")
    assert RANKING[1:3].whole is RANKING
    assert RANKING[::2].ids == ("flu", "sea", "arms")
    assert RANKING[-2:].ids == ("sun", "arms")
    assert RANKING[1:][1:][:1].ids == ("sea",)
    assert RANKING[1:][1:].whole is RANKING
    assert RANKING[:] is RANKING
    assert len(RANKING[5:]) == 0
    assert "none" in RANKING[5:].to_text()
    with pytest.raises(cs.UsageError, match="reversed"):
        RANKING[::-1]


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        ({}, IDS),
        ({"verdict": "outside"}, ("arms",)),
        ({"verdict": ["outside", "inside"]}, ("flu", "ice", "sea", "arms")),
        ({"tag": ("earth", "health")}, ("flu", "ice", "sea")),
        ({"where": "stage >= applied"}, ("sea",)),
        ({"where": "not stage >= applied"}, ("sun",)),
        ({"where": "not known(stage)"}, ("flu", "ice", "arms")),
        ({"where": "crit or score(gain) >= 100"}, ("flu", "arms")),
        ({"top": 1}, ("flu",)),
        ({"top": 2}, ("flu", "ice", "sea")),
        ({"top": 9}, IDS),
        ({"tag": "earth", "top": 1}, ("ice", "sea")),
        ({"verdict": "outside", "top": 1}, ("arms",)),
    ],
)
def test_select(conditions: dict[str, Any], ids: tuple[str, ...]) -> None:
    narrowed = RANKING.select(**conditions)
    assert narrowed.ids == ids
    assert narrowed.whole is RANKING
    assert (narrowed is RANKING) == (ids == IDS)
    places = [RANKING.place_of(name) for name in ids]
    for name in ("ranks", "scores", "lows", "verdicts", "values", "contributions", "rated"):
        np.testing.assert_array_equal(getattr(narrowed, name), getattr(RANKING, name)[places])
    assert list(narrowed) == [RANKING[name] for name in ids]
    assert narrowed.records() == [RANKING.records()[place] for place in places]


def test_only_what_is_certainly_true_is_selected() -> None:
    assert RANKING.select(where="crit").ids == ("arms",)
    assert RANKING.select(where="not crit").ids == ("flu", "ice", "sea")


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (
            {"verdict": "outsid"},
            "verdict: `outsid` is not a verdict of `small`; did you mean `outside`?",
        ),
        ({"tag": "helth"}, "tag: no candidate has the tag `helth`; did you mean `health`?"),
        ({"top": 0}, "top: `0` is out of range; give 1 or more"),
        ({"where": "stag >= applied"}, "did you mean `stage`?"),
        ({"where": "stag >= applied"}, "where: "),
    ],
)
def test_what_cannot_be_selected(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        RANKING.select(**conditions)
    assert message in str(caught.value)


def test_tags_are_unknown_where_candidates_come_from_columns() -> None:
    problem = cs.Problem.from_columns(RANKING.framework, {"gain": [3]})
    with pytest.raises(cs.UsageError, match="no candidate has the tag `x`; none has any tag"):
        cs.score(problem).select(tag="x")


def test_a_narrowed_ranking_says_that_it_is_one() -> None:
    narrowed = RANKING.select(tag="earth", where="known(stage)")
    note = "4 more candidates (shown: tag earth, where known(stage)). Ranks are among all 5."
    assert narrowed.notes == (note, *RANKING.notes)
    text = narrowed.to_text(200)
    assert note in text
    assert " 2  Sea" in text
    document = json.loads(narrowed.to_json())
    assert document["selection"] == {
        "shown": 1,
        "of": 5,
        "left_out": {"tag earth": 3, "where known(stage)": 1},
    }
    assert [found["id"] for found in document["candidates"]] == ["sea"]
    assert document["notes"][0] == note
    assert "selection" not in json.loads(RANKING.to_json())


def test_repr_is_one_line() -> None:
    assert repr(RANKING) == f"<Ranking: 5 candidates; `small` {RANKING.framework.digest[:19]}…>"
    assert repr(RANKING.framework) == f"<Framework: `small` {RANKING.framework.digest[:19]}…>"
    assert repr(RANKING[:2]).startswith("<Ranking: 2 candidates;")


def test_records_are_the_candidates_of_the_json() -> None:
    assert json.loads(RANKING.to_json())["candidates"] == RANKING.records()
    assert list(RANKING.records()[0]) == [
        "id",
        "title",
        "rank",
        "score",
        "low",
        "high",
        "rated",
        "verdict",
        "verdict_range",
        "range_exact",
        "band",
        "unit",
        "standing_missing",
        "expired",
        "doubted",
        "sides",
        "findings",
        "contributions",
    ]


def test_csv_has_the_names_and_values_of_the_records() -> None:
    rows = list(csv.DictReader(io.StringIO(RANKING.to_csv())))
    derived = {"sides_gain", "sides_risk", "points_gain", "points_risk", "reasons"}
    nested = {"range_exact", "sides", "findings", "contributions"}
    for row, record in zip(rows, RANKING.records(), strict=True):
        assert set(row) == set(record) - nested | derived
        for key in ("id", "title", "verdict", "band", "unit"):
            assert row[key] == (record[key] or "")
        for key in ("rank", "score", "low", "high", "rated"):
            assert row[key] == ("" if record[key] is None else str(record[key]))
        assert row["verdict_range"] == "; ".join(record["verdict_range"])
    assert rows[3]["reasons"] == '"G1" may apply, unknown: crit'


def test_a_table_shows_open_verdicts_where_there_are_any() -> None:
    assert "Could be" in RANKING.to_text(None, detail="verbose")
    assert "Could be" not in RANKING[:3].to_text(None, detail="verbose")
    keys = ("rank", "title", "score", "range", "verdict", "to_do")
    assert RANKING.shown == keys
    assert RANKING.shown_in_detail == (
        "title",
        "band",
        "sides_gain",
        "sides_risk",
        "verdict_range",
        "id",
    )
    assert RANKING.shown_as_points == ("title", "points_gain", "points_risk", "score")


def test_without_a_total_there_are_scores_of_criteria() -> None:
    ranking = cs.score(LISTED[:1], {**FRAMEWORK, "combine": "none", "bands": {}})
    assert [column.key for column in ranking.table().columns] == [
        "title",
        "verdict",
        "to_do",
        "score_gain",
        "score_risk",
    ]
    assert (ranking.table().rows[0][3], ranking.records()[0]["score"]) == (100.0, None)


# arrays


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
    assert {key: len(scores) for key, scores in ranking.node_scores.items()} == dict.fromkeys(
        ranking.framework.nodes, 3
    )
    assert (
        pd.DataFrame(ranking.records()).shape[0]
        == pl.DataFrame(ranking.table().to_records()).shape[0]
        == 3
    )
    with pytest.raises(cs.UsageError, match="no candidate `aa`; did you mean `a`"):
        ranking["aa"]


def test_empty_lists_and_frameworks_without_scores() -> None:
    empty = cs.score([], ARRAYS)
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
        **json.loads(ARRAYS.model_dump_json(exclude_unset=True)),
        "combine": "none",
        "bands": {},
    }
    ranking = cs.score([{"id": "x", "ratings": {"benefit": 5, "risk": 2}}], framework)
    assert ranking["x"].score is None
    assert {key: scores[0] for key, scores in ranking.node_scores.items()} == {
        "benefit": 100.0,
        "risk": 75.0,
    }
    assert "100" in str(ranking)


def test_what_is_not_applicable_stands_last() -> None:
    framework = {**json.loads(ARRAYS.model_dump_json(exclude_unset=True)), "applies": "animals"}
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
    framework = {**json.loads(ARRAYS.model_dump_json(exclude_unset=True)), "missing": "refuse"}
    facts = {"stage": "basic", "about": []}
    ranking = cs.score([{"id": "x", "ratings": {"benefit": 5}, "facts": facts}], framework)
    text = str(ranking)
    assert "No score (1)\n" in text
    assert re.search(r"  Score +ratings +Risk", text)
    assert ranking["x"].low == 50.0


def test_html_shows_by_itself_and_runs_nothing() -> None:
    html = scored()._repr_html_()
    assert "<script" not in html
    assert "Why" not in html
    assert "prefers-color-scheme" in html


def test_an_empty_ranking_can_be_narrowed() -> None:
    ranking = cs.score([], FRAMEWORK)
    assert len(ranking.select(verdict="inside", where="crit", top=3)) == 0
    assert len(ranking[:2]) == 0


@pytest.mark.parametrize(
    ("ranking", "quoted"),
    [
        ("", "''"),
        ("list.yaml", "'list.yaml'"),
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (1.5, "1.5"),
        ([], "[]"),
        (RANKING[0], "Assessment"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_what_is_not_a_ranking_is_quoted(ranking: object, quoted: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        whole_ranking(ranking)
    help = "give the result of `score(candidates, framework)`"
    assert str(caught.value) == f"ranking: `{quoted}` is not a ranking; {help}"


def test_the_whole_of_a_ranking() -> None:
    assert whole_ranking(RANKING) is whole_ranking(RANKING[1:3]) is RANKING


def test_the_manifest_follows_the_input() -> None:
    one, same, other = scored(), scored(), scored(benefit=np.array([5.0, 3.0, 4.0]))
    assert one.manifest == same.manifest
    assert one.manifest["candidates"]["digest"] != other.manifest["candidates"]["digest"]
    with_safeguards = Problem.from_columns(
        ARRAYS, COLUMNS, safeguards={"review": [True, False, False]}
    )
    assert rank(with_safeguards).manifest != one.manifest
    assert json.loads(one.to_json())["manifest"]["framework"]["digest"] == ARRAYS.digest
