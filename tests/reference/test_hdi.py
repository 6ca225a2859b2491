"""The Human Development Index, whose income enters by its logarithm: its formula and a worked example.

The index of all countries is compared in `test_replications.py`.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

import pytest

import collabscore as cs

FILE = Path(__file__).parents[1] / "data" / "hdi" / "hdi_2014.csv"
FRAMEWORK = Path(__file__).parents[2] / "examples" / "replications" / "hdi" / "hdi.yaml"


@cache
def countries() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
