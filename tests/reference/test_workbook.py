"""The workbook of a ranking against Python, after changed weights and ratings: scores to 1e-9, ranks exactly.

`python -m tests.reference.test_workbook 200` tries any number of generated workbooks.
"""

from __future__ import annotations

import math
import sys
from random import Random
from typing import Any

import pytest

import collabscore as cs
from collabscore.kernels.ranking import order_and_ranks
from collabscore.output.excel import Workbook
from collabscore.reports.workbook import _FIRST, _RANK, _SCORE, _WEIGHT, _Model
from reference import generate
from reference.recalculation import Recalculation

COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def case(seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Return a generated framework that has a total, and a formula for each mean, with candidates."""
    rng = Random(seed)
    framework = generate.framework(rng, guardrails=rng.random() < 0.5)
    candidates = generate.candidates(rng, framework, rng.randint(2, 7))
    if rng.random() < 0.3:
        framework["ranges"] = "worst"
    loaded = cs.load_framework(framework)
    powers = [loaded.combine, *(group.criterion.combine for group in loaded.groups.values())]
    exact = all(p is None or isinstance(p, str) or p == 0 or abs(p) >= 1e-4 for p in powers)
    return (framework, candidates) if loaded.has_total and exact else None


def changed(
    seed: int, ranking: cs.Ranking, candidates: list[dict[str, Any]]
) -> tuple[Any, Any, Any]:
    """Return new weights, candidates with a new rating, and both as cells of the model."""
    rng, framework = Random(seed + 1), ranking.framework
    model = _Model(Workbook("layout"), ranking)
    cells: dict[tuple[str, str], float | None] = {}
    weights = {}
    for key in framework.nodes:
        if rng.random() < 0.5:
            weights[key] = rng.choice([1, 2, 0.5, 3.25, rng.uniform(0.1, 9)])
            place = model.at(_WEIGHT, model.weight_column(key))
            cells["MODEL", place] = float(weights[key])
    index, key = rng.randrange(len(candidates)), rng.choice(list(framework.leaves))
    low, high = framework.leaves[key].scale.range
    rating = rng.choice([None, low, high, rng.uniform(low, high)])
    row = _FIRST + index
    place = model.ratings[key]
    cells["MODEL", model.at(row, place)] = rating
    if key in model.intervals:
        cells["MODEL", model.at(row, place + 1)] = cells["MODEL", model.at(row, place + 2)] = None
    listed = [dict(candidate) for candidate in candidates]
    listed[index]["ratings"] = {**(listed[index].get("ratings") or {}), key: rating}
    return weights, listed, cells


def compare(seed: int) -> bool:
    """Compare a workbook with Python, before and after a change; False if there is none."""
    made = case(seed)
    if made is None:
        return False
    framework, candidates = made
    ranking = cs.score(candidates, framework)
    content = cs.to_excel(ranking)
    weights, listed, cells = changed(seed, ranking, candidates)
    compare_with(Recalculation(content), ranking, ranking, seed)
    after = cs.score(listed, framework, weights=weights or None)
    compare_with(Recalculation(content, cells), ranking, after, seed)
    return True


def compare_with(found: Recalculation, before: cs.Ranking, after: cs.Ranking, seed: int) -> None:
    """Compare scores and ranks; verdicts stay as they were before."""
    judgement, model = before.judgement, _Model(Workbook("layout"), before)
    scores = 100 * after.valuation.root
    tiers = judgement.tiers
    order, ranks = order_and_ranks(
        scores, tiers, tiers >= 0, judgement.severity, judgement.applicable
    )
    for row, (score, rank) in enumerate(zip(scores.tolist(), ranks.tolist(), strict=True), _FIRST):
        shown = found("Model", model.at(row, _SCORE))
        assert (shown in (None, "")) == math.isnan(score), (seed, row, shown, score)
        if not math.isnan(score):
            assert abs(shown - score) <= 1e-9, (seed, row, shown, score)
        assert (found("Model", model.at(row, _RANK)) or 0) == rank, (seed, row, rank)
    for place, row in enumerate(order.tolist()):
        title = before.problem.title_of(row)
        shown = found("Ranking", f"C{5 + place}")
        assert shown == " ".join(title.split()), (seed, place, shown, title)


@pytest.mark.parametrize("seed", [19, 20, 32])
def test_the_model_follows(seed: int) -> None:
    assert compare(seed)


def leaf(**more: Any) -> dict[str, Any]:
    return {"scale": "five", **more}


EVERY_FORM: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "every",
    "scales": {"five": {"range": [1, 5]}, "wide": {"range": [1, 100]}},
    "combine": 2,
    "criteria": {
        "mean": {"criteria": {"a": leaf(), "b": leaf(prefer="low", missing="worst")}, "weight": 2},
        "product": {"combine": "geometric", "criteria": {"c": leaf(), "d": leaf(missing="omit")}},
        "harmonic": {
            "combine": "harmonic",
            "missing": "omit",
            "criteria": {
                "e": leaf(value={1: 0, 2: 90, 4: 30, 5: 100}),
                "f": {"scale": "wide", "log": True},
            },
        },
        "least": {"combine": "minimum", "criteria": {"g": leaf(), "h": leaf(missing="refuse")}},
        "most": {"combine": "maximum", "criteria": {"i": leaf(), "j": leaf(missing="omit")}},
        "power": {
            "combine": -2.5,
            "criteria": {"k": leaf(), "l": {"scale": "wide", "log": True, "prefer": "low"}},
        },
    },
}
FORMS: list[dict[str, Any]] = [
    {"id": "full", "ratings": dict.fromkeys("abcdeghijk", 3) | {"f": 10, "l": 20}},
    {"id": "ranges", "ratings": dict.fromkeys("abcdeghijk", (2, 4)) | {"f": [2, 50], "l": [1, 9]}},
    {"id": "worst", "ratings": dict.fromkeys("acdeghijk", 1) | {"b": 5, "f": 1, "l": 100}},
    {"id": "best", "ratings": dict.fromkeys("acdeghijk", 5) | {"b": 1, "f": 100, "l": 1}},
    {"id": "unknown", "ratings": {"h": 2}},
    {"id": "refused", "ratings": {"a": 4}},
    {"id": "points", "ratings": {"a": {"low": 1, "value": 2, "high": 5}, "h": 4, "e": [1.5, 2]}},
]


def test_every_form_of_value_and_mean() -> None:
    before = cs.score(FORMS, EVERY_FORM)
    model = _Model(Workbook("layout"), before)
    weights = {"mean": 1, "product": 5, "c": 3, "e": 0.5, "g": 4, "k": 7}
    cells = {
        ("MODEL", model.at(_WEIGHT, model.weight_column(key))): float(weight)
        for key, weight in weights.items()
    }
    after = cs.score(FORMS, EVERY_FORM, weights=weights)
    compare_with(Recalculation(cs.to_excel(before), dict(cells)), before, after, 0)


if __name__ == "__main__":
    done = 0
    for number in range(10_000):
        done += compare(number)
        if done == int(sys.argv[1]):
            break
    print(f"{done} workbooks are as Python says")
