"""Shares of variance: models whose indices can be computed by hand."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.uncertainty import Draws, choices_of_method
from collabscore.analysis.variance import (
    Factor,
    factors_of,
    influences_of,
    sobol_indices,
    variance_shares,
)
from collabscore.models.weight_spaces import group_weights

SCALE = {"range": [0, 10]}


def problem_of(candidates: list[dict[str, object]], **more: object) -> cs.Problem:
    document = {
        "collabscore": "framework/1",
        "id": "two",
        "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}},
    }
    return cs.score(candidates, document | more).problem


def draws_of(problem: cs.Problem, weights: str = "exact", over: tuple[str, ...] = ()) -> Draws:
    return Draws(
        problem,
        group_weights(problem.framework, weights),
        0,
        choices_of_method(over, problem.framework),
    )


def leaf(draws: Draws, j: int) -> Factor:
    part = draws.uncertain[j]
    return Factor("ratings", part.key, part.columns)


def test_a_factor_is_taken_from_the_other_batch_and_nothing_else() -> None:
    draws = draws_of(problem_of([{"id": "a", "ratings": {"x": [2, 8], "y": [1, 4]}}]), "any")
    one, other = next(draws.batches(1)), next(draws.batches(2))
    swapped = leaf(draws, 1).swap(one, other)
    np.testing.assert_array_equal(swapped.uniform[:, 0], one.uniform[:, 0])
    np.testing.assert_array_equal(swapped.uniform[:, 1], other.uniform[:, 1])
    assert swapped.shares is one.shares
    weights = Factor("weights", "", slice(0, 1)).swap(one, other)
    assert weights.shares[0] is other.shares[0]
    np.testing.assert_array_equal(weights.uniform, one.uniform)


def test_a_sum_divides_its_variance() -> None:
    # score = 50 (x + y) / 10 with x uniform over 6 and y over 3 units: variances as 36 to 9, no interaction
    draws = draws_of(problem_of([{"id": "a", "ratings": {"x": [2, 8], "y": [1, 4]}}]))
    found = sobol_indices(draws, [leaf(draws, 0), leaf(draws, 1)], 4096)["score"]
    (first, first_error), (total, total_error) = found.first(), found.total()
    expected = np.array([[0.8], [0.2]])
    # six standard errors: a false alarm once in 5e8
    assert (abs(first - expected) < 6 * first_error).all()
    assert (abs(total - expected) < 6 * total_error).all()
    # 25 (36 + 9) / 12 points squared
    assert found.variance[0] == pytest.approx(25 * 45 / 12, rel=0.1)


def test_weights_and_ratings_interact() -> None:
    # score = 100 (w x + (1 - w) y), w uniform on [0, 1], x on [0, 1], y = 0, in scale units of ten:
    # Var(wx) = 1/9 - 1/16 = 7/144; first order of each Var(w/2) = 1/48 = 3/144; total 4/144 each
    draws = draws_of(problem_of([{"id": "a", "ratings": {"x": [0, 10], "y": 0}}]), "any")
    found = sobol_indices(draws, list(factors_of(draws)), 4096)["score"]
    (first, first_error), (total, total_error) = found.first(), found.total()
    assert [factor.name for factor in factors_of(draws)] == ["weights", "ratings"]
    assert (abs(first - 3 / 7) < 6 * first_error).all()
    assert (abs(total - 4 / 7) < 6 * total_error).all()


def test_what_does_not_vary_has_no_share() -> None:
    fixed = draws_of(problem_of([{"id": "a", "ratings": {"x": 1, "y": 2}}]))
    assert list(factors_of(fixed)) == []
    assert variance_shares(fixed, 1000) == ()
    alone = draws_of(problem_of([{"id": "a", "ratings": {"x": [1, 2], "y": 2}}]))
    places = [share for share in variance_shares(alone, 1000) if share.output == "place"]
    assert [(share.source, share.first, share.total) for share in places] == [("ratings", 0.0, 0.0)]


def test_a_guardrail_moves_places_and_no_scores() -> None:
    problem = problem_of(
        [
            {"id": "a", "ratings": {"x": 9, "y": 9}, "facts": {"f": True}},
            {"id": "b", "ratings": {"x": 1, "y": 1}},
        ],
        facts={"f": {"kind": "flag"}},
        guardrails={"bar": {"when": "f", "then": "outside", "if_unknown": "conditional"}},
    )
    shares = {
        share.output: share
        for share in variance_shares(draws_of(problem, over=("guardrail:bar",)), 2048)
    }
    assert shares["score"].total == 0
    # nothing else is drawn: it explains all there is
    assert shares["place"].first == pytest.approx(1.0)
    assert shares["place"].total == pytest.approx(1.0, abs=6 * shares["place"].total_error)
    low, high = shares["place"].interval
    assert 0 <= low <= high <= 1


def test_every_share_is_recorded() -> None:
    problem = problem_of(
        [
            {"id": "a", "ratings": {"x": [2, 8], "y": "unknown"}},
            {"id": "b", "ratings": {"x": 5, "y": 5}},
        ]
    )
    shares = variance_shares(draws_of(problem, "any", ("missing", "combine")), 2048)
    assert [share.source for share in shares] == ["weights", "ratings", "missing", "combine"] * 2
    assert all(-0.1 < share.first <= 1.01 and 0 <= share.total <= 1.2 for share in shares)
    assert asdict(shares[0]).keys() == {
        "source",
        "output",
        "first",
        "first_error",
        "total",
        "total_error",
    }


# influences on scores: sums whose shares are known

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
