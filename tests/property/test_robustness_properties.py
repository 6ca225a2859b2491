from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis import robustness as counting
from reference import generate

PROFILE = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 10**9)
SPACES = st.sampled_from([None, "exact", "within 25%", "within 80%", "order", "any", "intervals"])
DRAWS = 300  # more than a tile of 256, and not a multiple of it


def documents(seed: int, *, points: bool = False) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Generate a framework and five candidates; with `points`, all ratings are numbers."""
    rng = random.Random(seed)
    framework = generate.framework(rng, criteria=True)
    listed = generate.candidates(rng, framework, 5)
    if points:
        scales = {key: node.scale for key, node in cs.load_framework(framework).leaves.items()}
        for entry in listed:
            entry["ratings"] = {
                key: rng.uniform(*map(float, scale.range))
                for key, scale in scales.items()
                if scale is not None
            }
    return framework, listed


def generated(seed: int, *, points: bool = False) -> cs.Ranking:
    framework, listed = documents(seed, points=points)
    return cs.score(listed, framework)


def drawn(ranking: cs.Ranking, **options: Any) -> cs.Robustness | None:
    """Return the result, or None where the call is refused: nothing to rank, or intervals that leave no weights."""
    try:
        return cs.robustness(ranking, **{"draws": DRAWS, **options})
    except cs.UsageError:
        return None


@PROFILE
@given(SEEDS, SPACES)
def test_indices_hold_together(seed: int, space: str | None) -> None:
    result = drawn(generated(seed), weights=space)
    if result is None:
        return
    n = len(result.ids)
    acceptability = result.rank_acceptability
    assert acceptability.shape == (n, n)
    assert np.allclose(acceptability.sum(axis=1), 1 - result.unranked, rtol=0, atol=1e-12)
    # someone is first whenever anyone is ranked
    assert acceptability[:, 0].sum() >= (1 - result.unranked).max() - 1e-12
    for k in range(1, n + 1):
        assert np.allclose(
            result.top_probability(k), acceptability[:, :k].sum(axis=1), rtol=0, atol=1e-12
        )
    wins = result.pairwise_wins
    assert np.all(np.diag(wins) == 0)
    assert np.all(wins + wins.T <= 1 + 1e-12)
    # ahead of another at least as often as ranked while the other is not
    assert np.all(wins >= result.unranked[None, :] - result.unranked[:, None] - 1e-12)
    ranked = result.unranked < 1
    assert np.array_equal(np.isnan(result.expected_ranks), ~ranked)
    lows, highs = result.rank_ranges[ranked].T
    assert np.all((lows >= 1) & (lows <= result.expected_ranks[ranked] + 1e-9))
    assert np.all((highs <= n) & (highs >= result.expected_ranks[ranked] - 1e-9))
    # a rank is 1 and the number of those ahead, whenever both are ranked; summed over draws
    always = result.unranked == 0
    if always.all():
        assert np.allclose(result.expected_ranks, 1 + wins.sum(axis=0), rtol=0, atol=1e-9)


@PROFILE
@given(SEEDS, SPACES)
def test_verdicts_and_bands_sum_to_what_they_should(seed: int, space: str | None) -> None:
    ranking = generated(seed)
    result = drawn(ranking, weights=space)
    if result is None:
        return
    verdicts = ranking.framework.all_verdicts
    assert list(result.verdict_probabilities) == list(verdicts)
    total = sum(result.verdict_probabilities.values(), np.zeros(len(result.ids)))
    if ranking.framework.applies is None:
        assert np.allclose(total, 1, rtol=0, atol=1e-12)
    # where the framework is not about it, which may hang on a rating that is drawn, it is unranked
    assert np.all(1 - total <= result.unranked + 1e-12)
    assert np.all(total <= 1 + 1e-12)
    # an unranked verdict is unranked; a ranked one may still lack a score
    unranked = sum(
        (share for key, share in result.verdict_probabilities.items() if not verdicts[key].ranked),
        np.zeros(len(result.ids)),
    )
    assert np.all(unranked <= result.unranked + 1e-12)
    bands = sum(result.band_probabilities.values(), np.zeros(len(result.ids)))
    assert np.all(bands <= 1 - result.unranked + 1e-12)


@PROFILE
@given(SEEDS, SPACES)
def test_central_weights_and_confidence_are_there_where_it_is_ever_first(
    seed: int, space: str | None
) -> None:
    result = drawn(generated(seed), weights=space)
    if result is None:
        return
    never = result.top_probability(1) == 0
    assert np.array_equal(np.isnan(result.central_weights).any(axis=1), never)
    assert np.array_equal(np.isnan(result.central_weights).all(axis=1), never)
    assert np.array_equal(np.isnan(result.confidence_factors), never)
    assert np.allclose(result.central_weights[~never].sum(axis=1), 1, rtol=0, atol=1e-9)
    assert np.all(result.central_weights[~never] >= 0)
    factors = result.confidence_factors[~never]
    assert np.all((factors >= 0) & (factors <= 1))
    assert np.all(result.entropies >= 0)
    certain = (result.rank_acceptability == 1).any(axis=1)
    assert np.all(result.entropies[certain] == 0)


@PROFILE
@given(SEEDS, SPACES)
def test_scores_lie_between_the_bounds_of_any_weights(seed: int, space: str | None) -> None:
    """Mean and quantiles stand in order; under the weights given they keep to the bounds of the ranking."""
    ranking = generated(seed)
    result = drawn(ranking, weights=space)
    if result is None:
        return
    low, middle, high = result.score_quantiles.T
    scored = ~np.isnan(result.score_means) & ~np.isnan(ranking.scores)
    assert np.all((low <= middle) & (middle <= high), where=scored)
    assert np.all((low >= -1e-9) & (high <= 100 + 1e-9), where=scored)
    exact = drawn(ranking, weights="exact")
    if exact is not None:
        # design 4.2: the bounds hold every completion of what the ratings leave open
        assert np.all(exact.score_means >= ranking.lows - 1e-6, where=scored)
        assert np.all(exact.score_means <= ranking.highs + 1e-6, where=scored)
        assert np.all(exact.score_quantiles[:, 0] >= ranking.lows - 0.1, where=scored)
        assert np.all(exact.score_quantiles[:, 2] <= ranking.highs + 0.1, where=scored)


@PROFILE
@given(SEEDS)
def test_exact_weights_and_points_give_the_ranking_itself(seed: int) -> None:
    ranking = generated(seed, points=True)
    result = drawn(ranking, weights="exact")
    if result is None:
        return
    for place, found in enumerate(ranking):
        if found.rank is None:
            assert result.unranked[place] == 1
            assert result.rank_ranges[place].tolist() == [0, 0]
        else:
            assert result.rank_acceptability[place, found.rank - 1] == 1
            assert result.rank_ranges[place].tolist() == [found.rank, found.rank]
            assert result.expected_ranks[place] == found.rank
        if found.verdict is not None:
            assert result.verdict_probabilities[found.verdict][place] == 1
        if found.rank is not None and found.band is not None:
            assert result.band_probabilities[found.band][place] == 1
        if found.score is not None:
            assert abs(result.score_means[place] - found.score) <= 1e-9
            assert np.all(np.abs(result.score_quantiles[place] - found.score) <= 0.1)
        if found.rank == 1:
            assert np.allclose(result.central_weights[place], ranking.weights, rtol=0, atol=1e-9)
            assert result.confidence_factors[place] == 1


@PROFILE
@given(SEEDS, SPACES)
def test_permuting_candidates_permutes_results(seed: int, space: str | None) -> None:
    """Exactly, with fixed ratings: the draws of weights do not depend on the candidates."""
    framework, listed = documents(seed, points=True)
    shuffled = random.Random(seed).sample(listed, len(listed))
    one, other = (
        drawn(cs.score(entries, framework), weights=space) for entries in (listed, shuffled)
    )
    if one is None or other is None:
        assert one is other
        return
    order = [other.ids.index(name) for name in one.ids]
    assert np.array_equal(one.rank_acceptability, other.rank_acceptability[order])
    assert np.array_equal(one.pairwise_wins, other.pairwise_wins[np.ix_(order, order)])
    assert np.allclose(
        one.central_weights, other.central_weights[order], rtol=0, atol=1e-12, equal_nan=True
    )
    assert np.allclose(one.score_means, other.score_means[order], rtol=0, atol=1e-9, equal_nan=True)
    for key, share in one.verdict_probabilities.items():
        assert np.array_equal(share, other.verdict_probabilities[key][order])


@PROFILE
@given(SEEDS, SPACES)
def test_sets_of_any_size_are_counted_alike(seed: int, space: str | None) -> None:
    """Beyond 1,000 candidates there are no tables: what is still reported is the same, to the last count."""
    ranking = generated(seed)
    one = drawn(ranking, weights=space, top=2)
    if one is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "LARGE", 2)
        other = cs.robustness(ranking, weights=space, draws=DRAWS, top=2)
        assert other.is_large
        assert np.array_equal(one.unranked, other.unranked)
        assert np.array_equal(one.rank_ranges, other.rank_ranges)
        assert np.array_equal(one.expected_ranks, other.expected_ranks, equal_nan=True)
        assert np.array_equal(one.score_means, other.score_means)
        for k in (1, 2):
            assert np.array_equal(one.top_probability(k), other.top_probability(k))
        for key, share in one.verdict_probabilities.items():
            assert np.array_equal(share, other.verdict_probabilities[key])
        with pytest.raises(cs.UsageError):
            _ = other.rank_acceptability
        json.loads(other.to_json())


def test_standard_errors_add_two_hits_and_two_misses() -> None:
    """sqrt(q (1 - q)/s) with q = (c + 2)/(s + 4), c the count: never 0, and the same for a share and its rest."""
    result = cs.robustness(small(), weights="any", draws=1_000, seed=1)
    for count in (0, 1, 250, 500, 999, 1_000):
        q = (count + 2) / 1_004
        assert abs(result.standard_error(count / 1_000) - (q * (1 - q) / 1_000) ** 0.5) <= 1e-15
    errors = result.standard_error(result.rank_acceptability)
    assert errors.shape == result.rank_acceptability.shape
    assert np.all(errors > 0)
    assert np.allclose(
        errors, result.standard_error(1 - result.rank_acceptability), rtol=0, atol=1e-15
    )


@settings(PROFILE, max_examples=6)
@given(SEEDS, SPACES)
def test_the_same_seed_gives_the_same_file_whatever_the_block(seed: int, space: str | None) -> None:
    ranking = generated(seed)
    whole = drawn(ranking, weights=space, seed=seed)
    if whole is None:
        return
    text = whole.to_json()
    assert json.loads(text)["collabscore"] == "robustness/1"
    for cached in (1, 7 * len(ranking), 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(counting, "_CACHED", cached)
            again = drawn(ranking, weights=space, seed=seed)
            assert again is not None
            assert again.to_json() == text
    told: list[tuple[int, int]] = []
    again = drawn(
        ranking, weights=space, seed=seed, progress=lambda done, of: told.append((done, of))
    )
    assert again is not None
    assert again.to_json() == text
    assert told[-1] == (DRAWS, DRAWS)


def small(**a: Any) -> cs.Ranking:
    framework = {
        "collabscore": "framework/1",
        "id": "small",
        "criteria": {key: {"scale": {"range": [0, 10]}} for key in "xyz"},
    }
    return cs.score(
        [
            {"id": "a", "ratings": {"x": 9, "y": 2, "z": 4, **a}},
            {"id": "b", "ratings": {"x": 3, "y": 8, "z": 4}},
            {"id": "c", "ratings": {"x": 5, "y": 5, "z": [3, 6]}},
        ],
        framework,
    )


def test_a_different_seed_gives_different_draws() -> None:
    ranking = small()
    results = [cs.robustness(ranking, weights="any", draws=1_000, seed=seed) for seed in (0, 1, 2)]
    assert len({result.to_json() for result in results}) == 3
    assert not np.array_equal(results[0].rank_acceptability, results[1].rank_acceptability)
    # seed 0 is a seed, not the lack of one
    assert (
        cs.robustness(ranking, weights="any", draws=1_000, seed=0).to_json() == results[0].to_json()
    )
    assert cs.robustness(ranking, weights="any", draws=1_000).to_json() == results[0].to_json()


def test_more_draws_go_on_from_fewer() -> None:
    """The first of 2,000 draws are those of 1,000: counts of the longer run are at least those of the shorter."""
    short, long = (
        cs.robustness(small(), weights="any", draws=draws, seed=3) for draws in (1_000, 2_000)
    )
    assert np.all(
        np.rint(long.rank_acceptability * 2_000) >= np.rint(short.rank_acceptability * 1_000)
    )


def test_a_rating_made_open_leaves_the_weights_drawn_as_they_were() -> None:
    """One stream for each weight group and one for ratings: who beats whom does not change between the others."""
    one, other = (
        cs.robustness(small(y=y), weights="any", draws=2_000, seed=4) for y in (2, [1, 3])
    )
    places = [[result.ids.index(name) for name in "bc"] for result in (one, other)]
    wins = [
        result.pairwise_wins[np.ix_(at, at)]
        for result, at in zip((one, other), places, strict=True)
    ]
    # c's own rating is drawn too, and its number may move in the stream: up to Monte Carlo, 6 standard errors
    assert np.all(np.abs(wins[0] - wins[1]) <= 6 * np.sqrt(2 * 0.25 / 2_000))
    assert (
        abs(one.score_means[one.ids.index("b")] - other.score_means[other.ids.index("b")]) <= 1e-9
    )


def test_permuting_candidates_with_open_ratings_permutes_up_to_monte_carlo() -> None:
    framework = small().framework
    entries = [
        {"id": name, "ratings": {"x": [k, 9], "y": [0, 9 - k], "z": "unknown"}}
        for k, name in enumerate("abc")
    ]
    one, other = (
        cs.robustness(cs.score(listed, framework), weights="any", draws=4_000, seed=5)
        for listed in (entries, entries[::-1])
    )
    order = [other.ids.index(name) for name in one.ids]
    # two independent shares of 4,000 draws differ by more than this with a chance of 2e-9 each
    assert np.all(
        np.abs(one.rank_acceptability - other.rank_acceptability[order])
        <= 6 * np.sqrt(2 * 0.25 / 4_000)
    )


def test_all_ties_share_the_first_rank() -> None:
    entries = [{"id": name, "ratings": {"x": 5, "y": 5, "z": 5}} for name in "abcd"]
    result = cs.robustness(cs.score(entries, small().framework), weights="any", draws=500, seed=6)
    assert np.array_equal(result.rank_acceptability, [[1, 0, 0, 0]] * 4)
    assert np.array_equal(result.top_probability(1), np.ones(4))
    assert np.array_equal(result.pairwise_wins, np.zeros((4, 4)))
    assert np.array_equal(result.entropies, np.zeros(4))
    assert np.array_equal(result.confidence_factors, np.ones(4))
    assert np.all(result.central_weights == result.central_weights[0])


def test_what_dominates_is_always_first_and_what_is_dominated_never() -> None:
    entries = [
        {"id": "best", "ratings": {"x": 9, "y": 9, "z": 9}},
        {"id": "worst", "ratings": {"x": 1, "y": 2, "z": 3}},
    ]
    entries.insert(1, {"id": "between", "ratings": {"x": [2, 8], "y": 8, "z": "unknown"}})
    result = cs.robustness(
        cs.score(entries[:1] + entries[2:], small().framework), weights="any", draws=500, seed=7
    )
    assert np.array_equal(result.rank_acceptability, np.eye(2))
    assert np.all(np.isnan(result.central_weights[1]))
    result = cs.robustness(cs.score(entries, small().framework), weights="exact", draws=500, seed=7)
    place = result.ids.index("between")
    assert 0 < result.pairwise_wins[place, result.ids.index("worst")] <= 1
    assert result.pairwise_wins[result.ids.index("worst"), result.ids.index("best")] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"draws": 0}, "draws"),
        ({"seed": -1}, "seed"),
        ({"top": 0}, "top"),
        ({"top": 9}, "top"),
        ({"precision": 0.0}, "precision"),
        ({"weights": "within 25"}, "within 25"),
        ({"weights": {"nowhere": "any"}}, "nowhere"),
    ],
)
def test_what_is_out_of_range_is_said_in_one_line(options: dict[str, Any], words: str) -> None:
    with pytest.raises(cs.UsageError, match=words) as caught:
        cs.robustness(small(), **options)
    assert "\n" not in str(caught.value)


@settings(PROFILE, max_examples=5)
@given(st.sampled_from([0.02, 0.01]), SEEDS)
def test_a_precision_asked_for_is_reached(precision: float, seed: int) -> None:
    result = cs.robustness(small(), weights="any", draws=100, seed=seed, precision=precision)
    for share in (result.rank_acceptability, result.pairwise_wins, result.top_probability(1)):
        q = (share * result.draws + 2) / (result.draws + 4)
        assert np.all(np.sqrt(q * (1 - q) / result.draws) <= precision + 1e-12)
