"""Uncertainty: which ratings are drawn, which choices of method there are, and streams that stay apart."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.uncertainty import Draws, choices_of_method, take_draws
from collabscore.models.weight_spaces import group_weights

SCALE = {"range": [0, 10]}
FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "f",
    "criteria": {
        "x": {"scale": SCALE},
        "g": {"criteria": {"y": {"scale": SCALE}, "z": {"scale": SCALE, "weight": 3}}},
    },
    "facts": {"dual": {"kind": "flag"}},
    "guardrails": {"low": {"when": "score(g) < 50", "then": "outside"}},
}
LISTED = [
    {"id": "a", "ratings": {"x": [2, 4], "y": 5, "z": {"value": 6, "low": 1, "high": 9}}},
    {"id": "b", "ratings": {"x": 3, "y": "unknown", "z": 7}},
]


def draws_of(weights: str | dict[str, str] = "any", *choices: str, seed: int = 1) -> Draws:
    problem = cs.score(LISTED, FRAMEWORK).problem
    groups = group_weights(problem.framework, weights)
    return Draws(problem, groups, seed, choices_of_method(choices, problem.framework))


def test_uncertain_ratings_are_intervals_three_points_and_unknown_ones() -> None:
    draws = draws_of()
    found = draws.uncertain
    assert [part.key for part in found] == ["x", "y", "z"]
    assert [part.rows.tolist() for part in found] == [[0], [1], [0]]
    assert [part.low.tolist() for part in found] == [[2], [0], [1]]
    assert [part.high.tolist() for part in found] == [[4], [10], [9]]
    np.testing.assert_array_equal([part.value[0] for part in found], [np.nan, np.nan, 6])
    assert [part.unknown.tolist() for part in found] == [[False], [True], [False]]
    assert [part.columns for part in found] == [slice(0, 1), slice(1, 2), slice(2, 3)]
    assert draws.uncertain_count == next(draws.batches()).uniform.shape[1] == 3
    drawn = [
        part.draw(np.array([[u]])).item() for part, u in zip(found, (0, 0.5, 0.999999), strict=True)
    ]
    assert drawn[:2] == [2, 5]
    assert 8.9 < drawn[2] <= 9


def test_a_problem_of_points_has_none() -> None:
    problem = cs.score([{"id": "a", "ratings": {"x": 1, "y": 2, "z": 3}}], FRAMEWORK).problem
    draws = Draws(problem, group_weights(problem.framework, "any"), 1)
    assert draws.uncertain == ()
    assert draws.uncertain_count == 0


def test_a_last_tile_has_the_draws_that_are_left() -> None:
    draws = draws_of("any")
    whole = list(islice(draws.batches(), 3))
    taken = list(take_draws(draws.batches(), 600))
    assert [len(batch) for batch in taken] == [256, 256, 88]
    np.testing.assert_array_equal(taken[2].uniform, whole[2].uniform[:88])
    np.testing.assert_array_equal(taken[2].shares[0], whole[2].shares[0][:88])


def test_choices_are_named_once_each() -> None:
    framework = cs.load_framework(FRAMEWORK)
    found = choices_of_method(["combine", "guardrail:low", "combine"], framework)
    assert list(found) == ["combine", "guardrail:low"]
    assert found["guardrail:low"] == ("in force", "left out")
    with pytest.raises(cs.UsageError, match="did you mean `guardrail:low`"):
        choices_of_method(["guardrail:lo"], framework)


def test_streams_of_weights_ratings_and_choices_stay_apart() -> None:
    """A choice more, or another space for a group, leaves the other draws as they were."""
    plain, more = (next(draws_of("any", *names).batches()) for names in ((), ("combine",)))
    np.testing.assert_array_equal(plain.uniform, more.uniform)
    for one, other in zip(plain.shares, more.shares, strict=True):
        np.testing.assert_array_equal(one, other)
    narrow = next(draws_of({"": "within 25%", "g": "any"}).batches())
    np.testing.assert_array_equal(plain.shares[1], narrow.shares[1])
    assert not np.array_equal(plain.shares[0], narrow.shares[0])
    other_stream = next(draws_of().batches(1))
    assert not np.array_equal(plain.uniform, other_stream.uniform)


def test_an_unknown_rating_is_drawn_or_counts_as_the_choice_says() -> None:
    draws = draws_of("exact", "missing")
    batch = next(draws.batches())
    for k, option in enumerate(draws.choices["missing"]):
        found = draws.variants((k,)).outcomes(draws.changes(batch))
        expected = {"average": 0.5, "worst": 0.0, "omit": 0.7}[option]
        # y and z share the group as 1 to 3, the group and x the whole alike
        value = 0.7 if option == "omit" else (expected + 3 * 0.7) / 4
        np.testing.assert_allclose(found.values[:, 1], (0.3 + value) / 2, rtol=1e-12)
    drawn = draws_of("exact").outcomes(next(draws_of("exact").batches()))
    assert drawn.values[:, 1].std() > 0.02


def test_verdicts_are_found_anew_only_where_a_condition_looks_at_what_is_drawn() -> None:
    batch = next(draws_of("exact").batches())
    assert draws_of("exact").outcomes(batch).severity.ndim == 2
    fixed = {**FRAMEWORK, "guardrails": {"flag": {"when": "dual", "then": "outside"}}}
    problem = cs.score(LISTED, fixed).problem
    draws = Draws(problem, group_weights(problem.framework, "any"), 1)
    assert draws.outcomes(next(draws.batches())).severity.shape == (2,)


def test_leaf_weights_can_be_turned_back_into_those_of_the_groups() -> None:
    draws = draws_of("any")
    batch = next(draws.batches())
    for row, weights in enumerate(draws.leaf_weights(batch)[:5]):
        for shares, drawn in zip(draws.shares_of(weights), batch.shares, strict=True):
            np.testing.assert_allclose(shares, drawn[row], rtol=1e-12)
