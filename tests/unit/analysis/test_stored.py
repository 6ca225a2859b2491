"""Stored results: what JSON gives back, and each way in which it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.architecture.test_results import FRAMEWORK, LISTED, OTHER, RANKING, RESULTS

import collabscore as cs
from collabscore.analysis.stored import _ROWS
from collabscore.output import Result
from unit.changed import changed_at

LOADED = [result for result in RESULTS if result.kind != "sensitivity"]
JSON = json.loads(RANKING.to_json())


@pytest.mark.parametrize("result", LOADED, ids=lambda result: result.kind)
def test_a_stored_result_is_what_its_json_holds(result: Result) -> None:
    content = json.loads(result.to_json())
    stored = cs.load_result(content)
    assert stored.to_json() == result.to_json()
    assert stored.records() == content[result.things]
    assert (stored.kind, len(stored)) == (result.kind, len(result))
    assert list(stored.notes) == content["notes"]
    assert cs.to_arrow(stored).num_rows == len(result)
    assert cs.to_excel(stored)[:2] == b"PK"
    assert str(stored).startswith("Stored result: ") or stored.title in repr(stored.page())
    assert repr(stored).startswith("<StoredResult: ")


def test_a_file_and_a_narrowed_ranking(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text(RANKING.select(verdict="inside").to_json())
    stored = cs.load_result(file)
    assert isinstance(stored, cs.StoredResult)
    assert [row["id"] for row in stored] == ["flu", "ice"]
    assert "flu" in stored
    again = cs.load_result(str(file), LISTED, FRAMEWORK)
    assert isinstance(again, cs.Ranking)
    assert (again.ids, len(again.whole)) == (("flu", "ice"), len(LISTED))
    assert json.loads(again.to_json())["candidates"] == stored.records()


def test_the_table_of_a_stored_ranking() -> None:
    table = cs.load_result(JSON).table()
    assert table.to_columns()["title"] == ["Flu", "Ice", "Sea", "Arms"]
    assert list(table.to_columns()) == ["rank", "title", "score", "low", "high", "verdict"]


def test_findings_are_rows() -> None:
    found = cs.to_arrow(cs.load_result(JSON), rows="findings").to_pylist()
    wanted = cs.to_arrow(RANKING, rows="findings").to_pylist()
    assert [row["guardrail"] for row in found] == [row["guardrail"] for row in wanted]
    for key in ("id", "state", "verdict", "missing", "unknown"):
        assert [row[key] for row in found] == [row[key] for row in wanted]
    with pytest.raises(cs.UsageError, match="has no rows `criteria`"):
        cs.to_arrow(cs.load_result(JSON), rows="criteria")


def test_selection() -> None:
    stored = cs.load_result(JSON)
    assert isinstance(stored, cs.StoredResult)
    assert [row["id"] for row in stored.select(top=2)] == ["flu", "ice"]
    assert [row["id"] for row in stored.select(verdict=["refer", "outside"])] == ["sea", "arms"]
    with pytest.raises(cs.UsageError, match="no row has the verdict `refe`; did you mean `refer`"):
        stored.select(verdict="refe")
    with pytest.raises(cs.UsageError, match="top: no row has a rank; leave it out"):
        stored.select(verdict="outside", top=1)
    bare = cs.load_result(json.loads(cs.prove(FRAMEWORK).to_json()))
    assert isinstance(bare, cs.StoredResult)
    with pytest.raises(cs.UsageError, match="top: no row has a rank"):
        bare.select(top=1)


def test_diff_takes_a_stored_result_on_either_side() -> None:
    stored = cs.load_result(JSON)
    later = cs.score(LISTED[1:], FRAMEWORK)
    for pair in (
        (stored, later),
        (JSON, later),
        (stored, cs.load_result(json.loads(later.to_json()))),
    ):
        found = cs.diff(*pair)
        assert [row["id"] for row in found] == ["ice", "sea", "arms", "flu"]
    proof = cs.load_result(json.loads(cs.prove(FRAMEWORK).to_json()))
    with pytest.raises(cs.DocumentError, match="old: this is not a result of `collabscore score`"):
        cs.diff(proof, later)


ANALYSES: dict[str, Callable[[Any], object]] = {
    "explain": lambda ranking: cs.explain(ranking, "flu"),
    "robustness": lambda ranking: cs.robustness(ranking, draws=64),
    "what_if": lambda ranking: cs.what_if(ranking, weights={"gain": 2}),
    "sensitivity": cs.sensitivity,
}


@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_wants_the_list_too(name: str) -> None:
    with pytest.raises(cs.UsageError) as refused:
        ANALYSES[name](cs.load_result(JSON))
    assert str(refused.value) == (
        "ranking: a stored result holds no ratings and no framework; give its list too: "
        "`load_result(file, candidates)`"
    )
    ANALYSES[name](cs.load_result(JSON, LISTED, FRAMEWORK))


def test_options_of_the_call_are_repeated() -> None:
    dated = {"collabscore": "candidates/1", "as_of": "2025-01-01", "candidates": LISTED}
    ranking = cs.score(dated, FRAMEWORK, weights={"gain": "80%"}, as_of="2025-06-30")
    again = cs.load_result(json.loads(ranking.to_json()), dated, FRAMEWORK)
    assert again.to_json() == ranking.to_json()
    shipped = cs.score([{"id": "flu"}], "guardrail")
    found = cs.load_result(json.loads(shipped.to_json()), [{"id": "flu"}])
    assert found.to_json() == shipped.to_json()


def changed(path: tuple[str | int, ...], value: object) -> Any:
    return changed_at(JSON, path, value)


FIRST = ("candidates", 0)
WRONG: dict[str, tuple[tuple[str | int, ...], object, str, str]] = {
    "score": (
        (*FIRST, "score"),
        80,
        "the score is 80, but its contributions sum to 75",
        "candidates[flu].score",
    ),
    "range": (
        (*FIRST, "high"),
        70,
        "the score 75 is outside its range, 62.5 to 70",
        "candidates[flu].score",
    ),
    "contribution": (
        (*FIRST, "contributions", "gain"),
        38,
        "the score is 75, but its contributions sum to 75.5",
        "candidates[flu].score",
    ),
    "rank": (
        (*FIRST, "rank"),
        2,
        "the rank 2 does not follow from the order",
        "candidates[flu].rank",
    ),
    "last-rank": (
        ("candidates", 3, "rank"),
        9,
        "the rank 9 does not follow from the order",
        "candidates[arms].rank",
    ),
    "verdict": (
        (*FIRST, "verdict"),
        "outside",
        "`outside` does not follow from the findings",
        "candidates[flu].verdict",
    ),
    "no-contributions": (
        (*FIRST, "contributions"),
        ...,
        "`contributions` is missing",
        "candidates[flu]",
    ),
    "no-manifest": (("manifest",), ..., "`manifest` is missing", ""),
    "other-kind": (
        ("collabscore",),
        "candidates/1",
        "this is not a stored result (`candidates/1`)",
        "collabscore",
    ),
    "sensitivity": (
        ("collabscore",),
        "sensitivity/1",
        "a result of `sensitivity` has rows of several kinds, and is not read",
        "collabscore",
    ),
    "version": (
        ("collabscore",),
        "ranking/2",
        "this result is of version `2`, and version 1 is read",
        "collabscore",
    ),
    "no-kind": (("collabscore",), ..., "this is not a stored result (`null`)", "collabscore"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_contradicts_itself_is_refused(name: str) -> None:
    path, value, message, place = WRONG[name]
    with pytest.raises(cs.DocumentError) as refused:
        cs.load_result(changed(path, value))
    found = refused.value.diagnostics[0]
    assert (found.message, found.place) == (message, place)
    assert found.help


def test_rows_of_another_kind_are_rows() -> None:
    content = json.loads(cs.extreme_ranks(RANKING).to_json())
    content["candidates"] = {"flu": 1}
    with pytest.raises(cs.DocumentError, match="`candidates` is not a list of rows"):
        cs.load_result(content)


def test_a_truncated_file(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text(RANKING.to_json()[:900])
    with pytest.raises(cs.DocumentError) as refused:
        cs.load_result(file)
    assert f"{file}:" in str(refused.value)
    assert refused.value.diagnostics[0].help


def test_what_its_inputs_do_not_give_is_refused() -> None:
    edited = changed((*FIRST, "title"), "Grippe")
    with pytest.raises(cs.DocumentError) as refused:
        cs.load_result(edited, LISTED, FRAMEWORK)
    (found,) = refused.value.diagnostics
    assert (found.place, found.message) == (
        "candidates[flu].title",
        "the same inputs give `Flu`, not `Grippe`",
    )
    assert found.help == "it was edited, or another version wrote it (collabscore 0.1.0)"


def test_other_inputs_are_refused() -> None:
    with pytest.raises(
        cs.UsageError, match=r"^candidates: this is not what the result was made from"
    ):
        cs.load_result(JSON, LISTED[1:], FRAMEWORK)
    with pytest.raises(
        cs.UsageError, match=r"^framework: this is not what the result was made from"
    ):
        cs.load_result(JSON, LISTED, OTHER)
    with pytest.raises(cs.UsageError, match=r"^framework: a framework alone repeats no result"):
        cs.load_result(JSON, framework=FRAMEWORK)
    proof = json.loads(cs.prove(FRAMEWORK).to_json())
    with pytest.raises(
        cs.UsageError, match=r"^candidates: only a ranking is scored again, not `proof`"
    ):
        cs.load_result(proof, LISTED)
    with pytest.raises(cs.UsageError, match="there is no file `small` and no shipped framework"):
        cs.load_result(JSON, LISTED)


@pytest.mark.parametrize("odd", [3, None, RANKING, "nowhere.json"])
def test_what_is_no_source_is_refused(odd: Any) -> None:
    with pytest.raises(cs.UsageError):
        cs.load_result(odd)


def test_every_kind_of_result_is_known() -> None:
    """Each that has rows of one kind."""
    assert [getattr(cs, name) for name in cs.__all__]  # imports them all
    waiting, kinds = [Result], {}
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("collabscore.") and isinstance(vars(kind).get("kind"), str):
            kinds[kind.kind] = kind.things
    del kinds["sensitivity"]
    assert {name: kinds[name] for name in sorted(kinds)} == dict(sorted(_ROWS.items()))
