from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.sensitivity import CLAIMS, Sensitivity, sensitivity
from reference import generate

PROFILE = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SCALE = {"range": [0, 10]}
RATINGS = st.lists(st.integers(0, 10), min_size=3, max_size=3)
ROWS = st.lists(RATINGS, min_size=1, max_size=6)
WEIGHTS = st.lists(st.integers(1, 5), min_size=3, max_size=3)
COMBINE = st.sampled_from(["arithmetic", "arithmetic", "geometric", "minimum"])
# ends are found to 1e-12, and lie where scores differ by no more than 1e-9 points
CLOSE = 1e-6


def result_of(
    rows: list[list[int]], weights: list[float], combine: str, names: list[str] | None = None
) -> Sensitivity:
    criteria = {
        key: {"scale": SCALE, "weight": weight} for key, weight in zip("xyz", weights, strict=True)
    }
    document = {"collabscore": "framework/1", "id": "f", "combine": combine, "criteria": criteria}
    names = names or [f"n{k}" for k in range(len(rows))]
    listed = [
        {"id": name, "ratings": dict(zip("xyz", row, strict=True))}
        for name, row in zip(names, rows, strict=True)
    ]
    return sensitivity(cs.score(listed, document))


def ends(result: Sensitivity, key: str) -> list[float]:
    return [
        end
        for claim in CLAIMS
        for end in (result[key].ranges[claim].low, result[key].ranges[claim].high)
    ]


@PROFILE
@given(ROWS, WEIGHTS, COMBINE, st.floats(1e-3, 1e3))
def test_scaling_weights_changes_nothing(
    rows: list[list[int]], weights: list[int], combine: str, factor: float
) -> None:
    one = result_of(rows, list(weights), combine)
    other = result_of(rows, [factor * weight for weight in weights], combine)
    for key in "xyz":
        assert ends(one, key) == pytest.approx(ends(other, key), abs=CLOSE)


@PROFILE
@given(ROWS, WEIGHTS, COMBINE)
def test_the_order_of_the_list_changes_nothing(
    rows: list[list[int]], weights: list[int], combine: str
) -> None:
    one = result_of(rows, list(weights), combine)
    names = [f"n{k}" for k in reversed(range(len(rows)))]
    other = result_of(rows[::-1], list(weights), combine, names)
    for key in "xyz":
        assert ends(one, key) == pytest.approx(ends(other, key), abs=CLOSE)


@PROFILE
@given(ROWS, WEIGHTS, COMBINE)
def test_where_the_order_stays_the_leader_does(
    rows: list[list[int]], weights: list[int], combine: str
) -> None:
    result = result_of(rows, list(weights), combine)
    for weight in result.weights:
        leader, order = weight.ranges["leader"], weight.ranges["order"]
        assert leader.low <= order.low + CLOSE <= weight.share + 2 * CLOSE
        assert leader.high >= order.high - CLOSE >= weight.share - 2 * CLOSE


@PROFILE
@given(ROWS, WEIGHTS, COMBINE)
def test_one_more_that_is_behind_never_widens_the_range(
    rows: list[list[int]], weights: list[int], combine: str
) -> None:
    first, rest = (
        result_of(rows, list(weights), combine),
        result_of(rows[:-1] or rows, list(weights), combine),
    )
    if first.leaders != rest.leaders:
        return
    for key in "xyz":
        assert first[key].ranges["leader"].low >= rest[key].ranges["leader"].low - CLOSE
        assert first[key].ranges["leader"].high <= rest[key].ranges["leader"].high + CLOSE


@PROFILE
@given(ROWS, WEIGHTS)
def test_the_grid_finds_what_is_exact(rows: list[list[int]], weights: list[int]) -> None:
    # an exponent that is not quite 1 gives the same scores, and takes the other way
    exact, grid = (
        result_of(rows, list(weights), "arithmetic"),
        result_of(rows, list(weights), 1 + 1e-13),
    )  # type: ignore[arg-type]
    for key in "xyz":
        assert (exact[key].method, grid[key].method) == ("exact", "grid of 201")
        assert ends(exact, key) == pytest.approx(ends(grid, key), abs=CLOSE)


@PROFILE
@example(126)
@example(2906)
@given(st.integers(0, 10**9))
def test_any_framework_is_tested_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    document = (
        generate.framework(rng, exotic=True) if rng.random() < 0.5 else generate.any_framework(rng)
    )
    ranking = cs.score(generate.candidates(rng, document, 5), document)
    try:
        result = sensitivity(ranking)
    except cs.UsageError:
        assert not ranking.has_total
        return
    for weight in result.weights:
        for found in weight.ranges.values():
            assert 0 <= found.low <= weight.share + CLOSE
            assert 1 >= found.high >= weight.share - CLOSE
            assert (found.below is not None) or found.low == 0
            assert (found.above is not None) or found.high == 1
    for tornado in result.tornadoes:
        for bar in tornado:
            assert bar.open[0][1] <= bar.open[1][1] or bar.swing == 0
            assert bar.reach >= bar.swing - 1e-9
            assert bar.low <= bar.start <= bar.high
            for below, above in (bar.rank_turns, bar.verdict_turns):
                assert below is None or below.rating <= bar.start
                assert above is None or above.rating >= bar.start
    assert json.loads(result.to_json())["collabscore"] == "sensitivity/1"
    assert str(result)
    assert result.to_csv()


@PROFILE
@given(st.integers(0, 10**9))
def test_a_tornado_moves_with_its_rating_alone(seed: int) -> None:
    """What a bar says of its two ends is what scoring the list with that rating says."""
    rng = random.Random(seed)
    document = generate.all_arithmetic(rng)
    listed = generate.candidates(rng, document, 4)
    ranking = cs.score(listed, document)
    found = sensitivity(ranking).tornado(listed[0]["id"])
    for bar in found.bars[:3]:
        for rating, score in bar.scale:
            changed: list[dict[str, Any]] = copy.deepcopy(listed)
            changed[0].setdefault("ratings", {})[bar.criterion] = rating
            again = cs.score(changed, ranking.framework)[listed[0]["id"]].score
            assert (again is None and score != score) or score == pytest.approx(again, abs=1e-9)
