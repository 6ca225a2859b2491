"""Influences on scores: sums whose shares are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.variance import influences_of

SCALE = {"range": [0, 10]}
NESTED = {
    "collabscore": "framework/1",
    "id": "nested",
    "criteria": {
        "g": {"criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}}},
        "z": {"scale": SCALE},
    },
}
LISTED = [
    {"id": "a", "ratings": {"x": [0, 8], "y": [0, 4], "z": 5}},
    {"id": "b", "ratings": {"x": 5, "y": 5, "z": [0, 6]}},
]


def test_ratings_divide_the_variance_of_a_sum() -> None:
    found = influences_of(cs.score(LISTED, NESTED), weights="exact", draws=4096, seed=1)
    by_id = {influence.share.source: influence for influence in found.found}
    assert set(by_id) == {"x", "y", "z"}
    a, b = (found.ranking.place_of(name) for name in "ab")
    # a: 25 and 25 points over the scale, widths 8 and 4: variances as 4 to 1; b: z alone
    expected = {"x": (0.8, 0.0), "y": (0.2, 0.0), "z": (0.0, 1.0)}
    for key, (of_a, of_b) in expected.items():
        # 4,096 draws: errors of about 0.02
        assert by_id[key].totals[a] == pytest.approx(of_a, abs=0.12)
        assert by_id[key].totals[b] == pytest.approx(of_b, abs=0.12)
        assert by_id[key].firsts[a] == pytest.approx(of_a, abs=0.12)
    # together: (25 * 25 * (64 + 16) + 50 * 50 * 36) / 12 / 100
    parts = np.array([625 * 64, 625 * 16, 2500 * 36])
    for key, share in zip("xyz", parts / parts.sum(), strict=True):
        assert abs(by_id[key].share.total - share) < 6 * by_id[key].share.total_error


def test_weights_of_each_group_have_a_share() -> None:
    found = influences_of(cs.score(LISTED, NESTED), weights="any", draws=2048, seed=0)
    assert {(influence.kind, influence.share.source) for influence in found.found} >= {
        ("weights", ""),
        ("weights", "g"),
        ("ratings", "x"),
    }
    assert [influence.share.total for influence in found.found] == sorted(
        (i.share.total for i in found.found), reverse=True
    )
    text = found.table().to_text(90)
    assert "Weights of the groups at the top" in text
    assert "Ratings: X" in text


def test_nothing_uncertain_has_no_influence() -> None:
    ranking = cs.score([{"id": "a", "ratings": {"x": 1, "y": 1, "z": 1}}], NESTED)
    assert influences_of(ranking, weights="exact", draws=100, seed=0).found == ()


def test_sensitivity_holds_them() -> None:
    result = cs.sensitivity(cs.score(LISTED, NESTED), weights="order", seed=3)
    document = json.loads(result.to_json())
    assert document["options"] == {
        "top": 1,
        "weights": {"": "order", "g": "order"},
        "draws": 2048,
        "seed": 3,
    }
    assert document["variance"][0]["candidates"].keys() == {"a", "b"}
    for options, words in (
        ({"draws": 0}, "draws: `0`"),
        ({"seed": -1}, "seed: `-1`"),
        ({"weights": "odrer"}, "did you mean"),
    ):
        with pytest.raises(cs.UsageError, match=words):
            cs.sensitivity(cs.score(LISTED, NESTED), **options)  # type: ignore[arg-type]
