"""Differences of two runs: parts that sum to the whole, and Shapley's value by hand and by every order."""

from __future__ import annotations

import copy
import json
import math
import random
from itertools import permutations
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.difference import diff
from collabscore.analysis.run_changes import counterfactual_runs
from reference import generate

# design: parts sum to the change of every score to this, in points
TOLERANCE = 1e-9

SCALE = {"range": [0, 10]}
TWO: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "two",
    "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}},
    "facts": {"f": {"kind": "flag"}},
    "safeguards": {"s": {}},
    "guardrails": {"g": {"when": "f", "needs": ["s"], "then": "refer"}},
}


def scored(listed: list[dict[str, Any]], framework: dict[str, Any]) -> cs.Ranking:
    return cs.score(copy.deepcopy(listed), copy.deepcopy(framework))


def test_ratings_and_weights_by_hand() -> None:
    # weights (1, 1) -> (3, 1), x 4 -> 8, y 6: scores 50 and 75. Ratings alone: 70, weights alone: 45.
    # Shapley: ratings ((70 - 50) + (75 - 45)) / 2 = 25, weights ((45 - 50) + (75 - 70)) / 2 = 0
    old = scored([{"id": "a", "ratings": {"x": 4, "y": 6}}], TWO)
    new = scored(
        [{"id": "a", "ratings": {"x": 8, "y": 6}}],
        TWO | {"criteria": {"x": {"scale": SCALE, "weight": 3}, "y": {"scale": SCALE}}},
    )
    found = diff(old, new)["a"]
    assert {part.kind: part.score for part in found.parts} == pytest.approx(
        {"ratings": 25.0, "weights": 0.0}
    )
    assert dict(found.parts[0].criteria) == pytest.approx({"x": 25.0})
    # of the weights: x from 40 or 80 by 0.25, y from 60 by -0.25
    assert dict(found.parts[1].criteria) == pytest.approx({"x": 15.0, "y": -15.0})
    assert found.points == pytest.approx(25.0)


def test_a_verdict_is_attributed_to_what_turned_it() -> None:
    old = scored([{"id": "a", "ratings": {"x": 4, "y": 6}, "facts": {"f": True}}], TWO)
    new = scored(
        [{"id": "a", "ratings": {"x": 4, "y": 6}, "facts": {"f": True}, "safeguards": ["s"]}], TWO
    )
    found = diff(old, new)
    assert [(part.kind, part.verdict) for part in found["a"].parts] == [("safeguards", -1.0)]
    assert found["a"].findings == {"g": ("unmet", "met")}
    assert found["a"].changes == ("S: none -> in place",)
    assert '"G": safeguards missing → satisfied' in str(found)


def altered(
    rng: random.Random, document: dict[str, Any], listed: list[dict[str, Any]]
) -> tuple[Any, Any]:
    """Change ratings, facts and safeguards of some candidates, and weights, policies and guardrails of the framework."""
    framework, candidates = copy.deepcopy(document), copy.deepcopy(listed)
    others = generate.candidates(rng, document, len(listed))
    for candidate, other in zip(candidates, others, strict=True):
        for key in rng.sample(["ratings", "facts", "safeguards"], rng.randint(0, 3)):
            candidate.pop(key, None)
            if key in other:
                candidate[key] = other[key]
    if "criteria" in framework:
        for _, entry in generate.entries(framework["criteria"]):
            if rng.random() < 0.3 and not isinstance(entry.get("weight"), list):
                entry["weight"] = rng.randint(1, 9)
        if rng.random() < 0.3:
            framework["missing"] = rng.choice(["average", "worst", "omit"])
    if framework.get("guardrails") and rng.random() < 0.4:
        del framework["guardrails"][rng.choice(list(framework["guardrails"]))]
    return framework, candidates


@pytest.mark.parametrize("seed", range(60))
def test_the_parts_sum_to_the_whole(seed: int) -> None:
    rng = random.Random(seed)
    document = generate.any_framework(rng)
    listed = generate.candidates(rng, document, 4)
    framework, candidates = altered(rng, document, listed)
    if not framework.get("guardrails"):
        framework.pop("guardrails", None)
    old, new = cs.score(listed, document), cs.score(candidates, framework)
    found = diff(old, new)
    verdicts = [list(ranking.framework.all_verdicts) for ranking in (old, new)]
    for entry in found.candidates:
        assert entry.old is not None
        assert entry.new is not None
        parts = [part.score for part in entry.parts]
        if entry.points is not None and None not in parts:
            assert math.fsum(parts) == pytest.approx(entry.points, abs=TOLERANCE)  # type: ignore[arg-type]
        for part in entry.parts:
            if part.criteria and part.score is not None:
                assert math.fsum(part.criteria.values()) == pytest.approx(part.score, abs=TOLERANCE)
        if entry.old["verdict"] and entry.new["verdict"]:
            steps = verdicts[1].index(entry.new["verdict"]) - verdicts[0].index(
                entry.old["verdict"]
            )
            assert math.fsum(part.verdict or 0.0 for part in entry.parts) == pytest.approx(steps)
    assert json.loads(found.to_json())["attributed"] is True


def test_the_value_is_the_mean_over_all_orders() -> None:
    rng = random.Random(3)
    document = generate.all_arithmetic(rng)
    listed = generate.candidates(rng, document, 3)
    framework, candidates = altered(rng, document, listed)
    old, new = cs.score(listed, document), cs.score(candidates, framework)
    runs = counterfactual_runs(old, new)
    assert len(runs.kinds) >= 3
    shared = runs.rankings[frozenset()].ids
    scores = {
        made: {name: ranking[name].score for name in shared}
        for made, ranking in runs.rankings.items()
    }
    orders = list(permutations(runs.kinds))
    for name in shared:
        for part in diff(old, new)[name].parts:
            steps = []
            for order in orders:
                before = frozenset(order[: order.index(part.kind)])
                steps.append(scores[before | {part.kind}][name] - scores[before][name])  # type: ignore[operator]
            assert part.score == pytest.approx(math.fsum(steps) / len(orders), abs=TOLERANCE)


def test_words_that_cannot_be_parted_change_as_a_whole() -> None:
    old = scored([{"id": "a", "ratings": {"x": 4, "y": 6}}], TWO)
    more = {**TWO["criteria"], "z": {"scale": SCALE}}
    asks = {"g": {"when": "z > 5", "then": "outside"}}
    new = scored(
        [{"id": "a", "ratings": {"x": 4, "y": 6, "z": 9}}],
        TWO | {"criteria": more, "guardrails": asks},
    )
    found = diff(old, new)
    assert set(found.kinds) <= {"ratings", "framework", "documents"}
    entry = found["a"]
    assert math.fsum(part.score or 0.0 for part in entry.parts) == pytest.approx(
        entry.points, abs=TOLERANCE
    )
    assert "criterion added: Z" in found.framework_changes


def test_candidates_come_and_go() -> None:
    old = scored([{"id": "a", "ratings": {"x": 4}}, {"id": "b", "ratings": {"x": 5}}], TWO)
    new = scored([{"id": "b", "ratings": {"x": 5}}, {"id": "c", "ratings": {"x": 1}}], TWO)
    found = diff(old, new)
    assert [entry.id for entry in found.candidates] == ["b", "c", "a"]
    assert found["a"].new is None
    assert found["c"].old is None
    assert found["a"].points is None
    assert found.kinds == ()
    moves = {row["title"]: row["moved"] for row in found.table().to_records()}
    assert moves == {"C": "added", "A": "removed"}
    with pytest.raises(cs.UsageError, match="no candidate `d`"):
        found["d"]


def test_results_alone_are_compared_without_attribution() -> None:
    old = scored([{"id": "a", "ratings": {"x": 4, "y": 6}, "facts": {"f": True}}], TWO)
    new = scored(
        [{"id": "a", "ratings": {"x": 8, "y": 6}, "facts": {"f": False}}], TWO | {"version": "2"}
    )
    found = diff(json.loads(old.to_json()), json.loads(new.to_json()))
    assert not found.attributed
    assert found["a"].points == pytest.approx(20.0)
    assert found["a"].findings == {"g": ("unmet", "clear")}
    assert any("Effects are not separated" in note for note in found.notes)
    assert found.framework_changes == ("framework: two -> two 2, of other content",)
    # a ranking beside a result is taken as a result
    assert not diff(old, json.loads(new.to_json())).attributed


def test_what_is_no_result_is_refused(tmp_path: Any) -> None:
    ranking = scored([{"id": "a"}], TWO)
    (tmp_path / "x.json").write_text("{")
    (tmp_path / "y.json").write_text('{"collabscore": "robustness/1"}')
    for wrong, words in (
        (tmp_path / "none.json", "cannot read"),
        (tmp_path / "x.json", "this is not valid JSON"),
        (tmp_path / "y.json", "new: this is not a result of `collabscore score`"),
    ):
        with pytest.raises(cs.CollabscoreError, match=words):
            diff(ranking, wrong)
    columns = cs.score(cs.Problem.from_columns(ranking.framework, {"x": [1.0]}))
    with pytest.raises(cs.UsageError, match="made from columns"):
        diff(columns, columns)
