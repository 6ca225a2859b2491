"""The Human Development Index, whose income enters by its logarithm: the published table and a worked example."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import collabscore as cs

FILE = Path(__file__).parents[1] / "data" / "hdi" / "hdi_2014.csv"
LEAVES = ("life", "eys", "mys", "gni")


def years(most: int) -> dict[str, Any]:
    """Rate years of schooling, which count up to a limit."""
    return {"scale": {"range": [0, 30], "unit": "years"}, "value": {0: 0, most: 100}}


FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "hdi",
    "combine": "geometric",
    "criteria": {
        "life": {"scale": {"range": [20, 100], "unit": "years"}, "value": {20: 0, 85: 100}},
        "education": {"criteria": {"eys": years(18), "mys": years(15)}},
        "gni": {
            "scale": {"range": [100, 200_000], "unit": "2011 PPP $"},
            "value": {100: 0, 75_000: 100},
            "log": True,
        },
    },
}


@cache
def countries() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_index_of_188_countries() -> None:
    """188 of 188 within 0.0015: the published index rests on numbers with more digits than its table has."""
    listed = []
    for k, row in enumerate(countries()):
        listed.append({"id": f"c{k}", "ratings": {leaf: float(row[leaf]) for leaf in LEAVES}})
    ranking = cs.score(listed, FRAMEWORK)
    apart = []
    for k, row in enumerate(countries()):
        found = ranking[f"c{k}"].score
        assert found is not None
        apart.append(abs(found / 100 - float(row["hdi"])))
    assert len(apart) == 188
    assert max(apart) < 0.0015
    assert sum(each <= 0.0005 for each in apart) / 188 > 0.63


def test_income_index_is_that_of_the_formula() -> None:
    """(ln x - ln 100) / (ln 75,000 - ln 100), at most 1, as the technical notes of the report have it."""
    listed, indices = [], []
    for k, row in enumerate(countries()):
        listed.append({"id": f"c{k}", "ratings": {"gni": float(row["gni"])}})
        indices.append(min(1.0, math.log(float(row["gni"]) / 100) / math.log(750)))
    ranking = cs.score(listed, FRAMEWORK)
    assert indices.count(1.0) == 4  # of these, Kuwait and Qatar
    assert ranking.valuation.leaf_values[:, 3] == pytest.approx(indices, abs=1e-14)


def test_worked_example() -> None:
    """UNDP, Technical notes (HDR 2020): of 3,829 $ the income index is 0.5506; with 0.6971 and 0.3447 the HDI is 0.510."""
    ratings = {"life": 20 + 65 * 0.6971, "eys": 18 * 0.3447, "mys": 15 * 0.3447, "gni": 3829}
    ranking = cs.score([{"id": "example", "ratings": ratings}], FRAMEWORK)
    assert round(ranking.valuation.leaf_values[0, 3], 4) == 0.5506
    assert round(ranking.scores[0] / 100, 3) == 0.510
