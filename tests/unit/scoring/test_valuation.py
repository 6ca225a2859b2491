"""Values, weights and missing ratings."""

from __future__ import annotations

import numpy as np
import pytest

import collabscore as cs
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank
from unit.small_framework import FULL, candidate, framework, zealous


def test_weights_follow_names_not_the_alphabet_nor_positions() -> None:
    ranking = cs.score([candidate("a", risk=5, benefit=1, zeal=5)], framework())
    assert ranking["a"].score == pytest.approx(60.0, abs=1e-12)
    assert ranking["a"].contributions == pytest.approx({"zeal": 60, "benefit": 0, "risk": 0})


def test_a_column_left_out_does_not_shift_the_others() -> None:
    loaded = cs.load_framework(framework())
    problem = Problem.from_columns(loaded, {"risk": np.array([1.0]), "zeal": np.array([3.0])})
    assert rank(problem)["1"].contributions == pytest.approx(
        {"zeal": 30, "benefit": 10, "risk": 20}
    )


def test_ranks_are_ranks_and_not_an_argsort() -> None:
    ranking = cs.score(zealous(a=2, b=5, c=1, d=4), framework())
    assert dict(zip(ranking.ids, ranking.ranks.tolist(), strict=True)) == {
        "b": 1,
        "d": 2,
        "a": 3,
        "c": 4,
    }


def test_ties_share_the_better_rank_and_keep_the_order_of_input() -> None:
    ranking = cs.score(zealous(a=2, b=5, c=5, d=1), framework())
    assert ranking.ids == ("b", "c", "a", "d")
    assert ranking.ranks.tolist() == [1, 1, 3, 4]


def test_a_constant_column_divides_by_nothing() -> None:
    ranking = cs.score([candidate(n, zeal=3, benefit=3, risk=3) for n in "ab"], framework())
    assert ranking.scores.tolist() == [50.0, 50.0]


def test_one_unknown_does_not_turn_other_scores_into_nothing() -> None:
    ranking = cs.score([candidate("a", zeal=5, benefit=5), candidate("b", **FULL)], framework())
    assert not np.isnan(ranking.scores).any()


@pytest.mark.parametrize(
    ("missing", "score"), [("average", 80 + 10), ("worst", 80.0), ("omit", 100.0), ("refuse", None)]
)
def test_what_a_missing_rating_counts_as_is_said(missing: str, score: float | None) -> None:
    ranking = cs.score([candidate("a", zeal=5, benefit=5)], framework(missing=missing))
    found = ranking["a"]
    assert found.score == (None if score is None else pytest.approx(score, abs=1e-12))
    assert (found.low, found.high) == pytest.approx((80.0, 100.0))
    assert found.rated == pytest.approx(0.8)
    assert any("nknown rating" in note for note in ranking.notes)
    if missing == "refuse":
        assert found.rank is None
        assert "ratings  Risk" in str(ranking)


def test_a_candidate_added_or_removed_never_changes_the_order_of_the_others() -> None:
    rng = np.random.default_rng(7)
    listed = [
        candidate(f"c{k}", **{key: float(rng.uniform(1, 5)) for key in ("zeal", "benefit", "risk")})
        for k in range(12)
    ]
    whole = list(cs.score(listed, framework()).ids)
    for left_out in range(len(listed)):
        rest = [entry for k, entry in enumerate(listed) if k != left_out]
        assert list(cs.score(rest, framework()).ids) == [
            name for name in whole if name != f"c{left_out}"
        ]


@pytest.mark.parametrize("honest", [1, 2, [1, 2], [2, 5], {"low": 1, "value": 3, "high": 4}, 5])
@pytest.mark.parametrize("key", ["zeal", "benefit", "risk"])
def test_silence_never_pays_under_worst(key: str, honest: object) -> None:
    ratings = {**FULL, key: honest}
    silent = {name: value for name, value in ratings.items() if name != key}
    ranking = cs.score(
        [candidate("honest", **ratings), candidate("silent", **silent)], framework(missing="worst")
    )
    assert ranking["silent"].score <= ranking["honest"].score + 1e-12  # type: ignore[operator]


def test_silence_never_pays_in_the_shipped_framework() -> None:
    policies = {node.missing for node in cs.load_framework("guardrail").leaves.values()}
    assert policies == {"worst"}


def test_bounds_of_a_criterion_are_those_that_it_has_among_all_nodes() -> None:
    rows = [candidate("a", zeal=3, benefit=[2, 4]), candidate("b", **FULL), candidate("c")]
    for listed in (rows, rows[1:2]):
        valuation = cs.score(listed, framework(missing="worst")).valuation
        assert valuation.certain is (len(listed) == 1)
        for key, column in [*valuation.nodes.items(), ("", -1)]:
            for found, bounds in zip(valuation.bounds_of(key), valuation.node_bounds, strict=True):
                assert found.tolist() == bounds[:, column].tolist(), key
