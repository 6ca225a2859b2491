"""Differences of two runs: manifests, narrowed results, long lists, and entries without their metadata."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.difference import diff
from unit.work import growth

SCALE = {"range": [0, 10]}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "two",
    "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}},
    "facts": {"f": {"kind": "flag"}},
    "guardrails": {"g": {"when": "f", "then": "refer"}},
}
HEAVIER = {
    **FRAMEWORK,
    "version": "2",
    "criteria": {"x": {"scale": SCALE, "weight": 3}, "y": {"scale": SCALE}},
}


def listed(*scores: float, **facts: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"c{k}", "ratings": {"x": score, "y": 5}, "facts": facts}
        for k, score in enumerate(scores)
    ]


def stored(ranking: cs.Ranking) -> dict[str, Any]:
    return dict(json.loads(ranking.to_json()))


@pytest.mark.parametrize("form", [lambda ranking: ranking, stored], ids=["rankings", "results"])
def test_the_manifest_names_both_runs(form: Any) -> None:
    old, new = cs.score(listed(1, 2), FRAMEWORK), cs.score(listed(3, 2), HEAVIER)
    document = json.loads(diff(form(old), form(new)).to_json())
    assert document["manifest"] == {
        "package": old.manifest["package"],
        "frameworks": [old.manifest["framework"], new.manifest["framework"]],
        "candidates": [old.manifest["candidates"], new.manifest["candidates"]],
    }
    assert document["old_framework"] == {
        "id": "two",
        "title": "Two",
        "version": None,
        "digest": old.framework.digest,
    }


def test_csv_has_the_numbers_of_the_json_under_their_names() -> None:
    old, new = (
        cs.score(listed(1, 2), FRAMEWORK),
        cs.score([*listed(3, 2)[1:], *listed(9)], FRAMEWORK),
    )
    found = diff(old, new)
    rows = list(csv.DictReader(io.StringIO(found.to_csv())))
    for row, record in zip(rows, found.records(), strict=True):
        assert float(row["score"]) == record["score"]
        for run in ("old", "new"):
            for key in ("rank", "score", "verdict"):
                assert row[f"{run}_{key}"] == str(record[run][key])
        assert row["by_ratings"] == str(record["parts"][0]["score"])


def test_a_candidate_that_a_narrowed_result_leaves_out_is_not_removed() -> None:
    old, new = cs.score(listed(4, 3, 2, 1), FRAMEWORK), cs.score(listed(4, 3, 2, 1), FRAMEWORK)
    narrowed = stored(new.select(top=2))
    for pair in ((stored(old), narrowed), (narrowed, stored(old)), (narrowed, narrowed)):
        found = diff(*pair)
        assert [entry.id for entry in found.candidates] == ["c0", "c1"]
        assert not any(entry.moved for entry in found.candidates)
        assert found.table().rows == ()
    assert diff(stored(old), narrowed).notes[0] == (
        "Not compared: candidates that one of the two results leaves out."
    )
    # a candidate that is in neither selection nor whole was removed
    gone = diff(stored(old), stored(cs.score(listed(4, 3), FRAMEWORK)))
    moves = [(row["title"], row["moved"]) for row in gone.table().to_records()]
    assert moves == [("C2", "removed"), ("C3", "removed")]


@pytest.mark.parametrize(
    "selection",
    [
        {"top": 1},
        {"verdict": ["inside"]},
        {"tag": ["kept"]},
        {"where": "not f"},
        {"verdict": ["inside"], "tag": ["kept"], "top": 2},
    ],
)
def test_no_way_to_narrow_a_result_removes_anybody(selection: dict[str, Any]) -> None:
    entries = listed(4, 3, 2, f=False)
    entries[1]["facts"] = {"f": True}
    for entry in entries[::2]:
        entry["tags"] = ["kept"]
    whole = cs.score(entries, FRAMEWORK)
    narrowed = whole.select(**selection)
    assert 0 < len(narrowed) < len(whole)
    for old, new in ((whole, stored(narrowed)), (stored(narrowed), stored(whole))):
        found = diff(old, new)
        assert [entry.id for entry in found.candidates] == list(narrowed.ids)
        text = found.to_text(200)
        assert f"None of {len(narrowed)} candidate" in text
        assert "removed" not in text.lower()
        assert "added" not in text.lower()
    # of rankings themselves all candidates are known
    assert len(diff(narrowed, whole)) == len(whole)


def test_effects_as_printed_sum_to_the_change_as_printed() -> None:
    for seed in range(30):
        ratings = [{"x": (seed * k) % 11 * 10 / 11, "y": (seed + k) % 7} for k in (3, 5, 7)]
        before = [{"id": f"c{k}", "ratings": r} for k, r in enumerate(ratings)]
        after = [
            {"id": f"c{k}", "ratings": {"x": 10 / 3, "y": r["y"]}} for k, r in enumerate(ratings)
        ]
        found = diff(cs.score(before, FRAMEWORK), cs.score(after, HEAVIER))
        for entry in found.candidates:
            assert entry.points is not None
            shown = [round(effect, 1) for effect in entry.rounded_effects.values()]
            assert sum(shown) == pytest.approx(float(f"{entry.points:.1f}"), abs=1e-6)
            for kind, effect in entry.rounded_effects.items():
                raw = entry.effect_of(kind)
                assert raw is not None
                assert abs(effect - raw) < 0.1 + 1e-9


def test_work_grows_with_the_number_of_candidates_and_not_its_square() -> None:
    def compare_runs(n: int) -> Callable[[], object]:
        old = cs.score(listed(*(k % 10 for k in range(n)), f=False), FRAMEWORK)
        new = cs.score(listed(*(k % 7 for k in range(n)), f=True), HEAVIER)
        return lambda: diff(old, new)

    # a dictionary of all candidates for each one made it 4
    assert growth(compare_runs, 100) < 2.1


def test_metadata_alone_changes_nothing() -> None:
    old = listed(4, f=True)
    new = [{**old[0], "ratings": {"x": {"value": 4, "note": "again"}, "y": 5}, "note": "New."}]
    found = diff(cs.score(old, FRAMEWORK), cs.score(new, FRAMEWORK))
    assert (found.kinds, found["c0"].changes, found["c0"].moved) == ((), (), False)


def test_frameworks_without_criteria_change_in_parts() -> None:
    gates = {key: value for key, value in FRAMEWORK.items() if key != "criteria"}
    gates = {**gates, "guardrails": {"g": {"when": "f", "then": "outside"}}}
    answered = {"id": "c0", "facts": {"f": True}}
    found = diff(cs.score([*listed(4, f=True)], FRAMEWORK), cs.score([answered], gates))
    assert found.kinds == ("ratings", "criteria", "guardrails")
    assert [part.verdict for part in found["c0"].parts] == [0.0, 0.0, 1.0]


def test_no_representation_holds_a_whole_run() -> None:
    found = diff(cs.score(listed(*range(9)), FRAMEWORK), cs.score(listed(*range(1, 10)), HEAVIER))
    assert len(repr(found)) < 200
    assert len(repr(found["c0"])) < 1000


def test_without_scores_there_are_no_columns_of_ranks_and_scores() -> None:
    rules = {
        "collabscore": "framework/1",
        "id": "rules",
        "facts": {"hazard": {"kind": "flag"}},
        "guardrails": {"hazard": {"when": "hazard", "then": "outside"}},
    }
    scored = rules | {"criteria": {"gain": {"scale": {"range": [1, 5]}}}}
    runs: dict[str, list[str]] = {}
    for name, document in (("rules", rules), ("scored", scored)):
        old = cs.score([{"id": "flu", "facts": {"hazard": "no"}}], document)
        listed = [{"id": "flu", "facts": {"hazard": "yes"}}, {"id": "ice"}]
        found = cs.diff(old, cs.score(listed, document))
        runs[name] = list(found.shown)
        assert "inside → ✕ outside" in found.to_text(100)
    assert runs["rules"] == ["title", "moved", "verdicts", "id"]
    assert runs["scored"] == ["title", "ranks", "moved", "verdicts", "scores", "id"]
