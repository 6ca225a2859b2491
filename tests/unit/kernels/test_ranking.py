from __future__ import annotations

import math

import numpy as np
import pytest

from collabscore.kernels.ranking import (
    TOLERANCE,
    bands,
    by_candidate,
    first_in_draws,
    order_and_ranks,
    ordered_draws,
    ranks_in_draws,
)
from unit.work import growth

NONE = math.nan


def slow_order_and_ranks(scores, tiers, ranked, severity, applicable):
    everybody = range(len(scores))
    scored = [i for i in everybody if not math.isnan(scores[i])]

    def by_score(members):
        ties = []
        for i in sorted(members, key=lambda i: -scores[i]):
            if ties and scores[ties[-1][-1]] - scores[i] <= 1e-9:
                ties[-1].append(i)
            else:
                ties.append([i])
        return [sorted(tie) for tie in ties]

    order, ranks = [], [0] * len(scores)
    first = [i for i in scored if ranked[i] and applicable[i]]
    for tier in sorted({tiers[i] for i in first}):
        for tie in by_score([i for i in first if tiers[i] == tier]):
            for i in tie:
                ranks[i] = len(order) + 1
            order += tie
    order += sorted(
        (i for i in everybody if ranked[i] and applicable[i] and i not in scored),
        key=lambda i: severity[i],
    )
    for others in (
        [i for i in everybody if applicable[i] and not ranked[i]],
        [i for i in everybody if not applicable[i]],
    ):
        order += [i for tie in by_score([i for i in others if i in scored]) for i in tie]
        order += [i for i in others if i not in scored]
    return order, ranks


def ranked_alone(scores):
    n = len(scores)
    one, yes = np.ones(n, dtype=int), np.ones(n, dtype=bool)
    order, ranks = order_and_ranks(np.array(scores, dtype=float), one, yes, one, yes)
    return order.tolist(), ranks.tolist()


def test_ties_share_the_better_rank_and_keep_their_order():
    assert ranked_alone([70, 80, 80, 60]) == ([1, 2, 0, 3], [3, 1, 1, 4])


def test_nearly_equal_scores_tie_in_chains_and_keep_their_order():
    assert ranked_alone([50.0, 50.0 + 8e-10, 50.0 + 16e-10, 50.0 + 3e-9]) == (
        [3, 0, 1, 2],
        [2, 2, 2, 1],
    )


def test_a_rounding_error_does_not_part_what_is_equal():
    assert ranked_alone([0.3, 0.1 + 0.2, 0.3]) == ([0, 1, 2], [1, 1, 1])


def test_everybody_finds_a_place_and_tiers_come_before_scores():
    #                  a     b     c     d     e     f     g     h     i
    scores = np.array([60.0, 90.0, 95.0, NONE, 99.0, NONE, 70.0, NONE, 80.0])
    tiers = np.array([1, 2, 0, 2, 1, 1, 1, 0, 0])
    ranked = np.array([True, True, False, True, True, True, True, False, False])
    severity = np.array([0, 2, 3, 2, 0, 1, 1, 3, 3])
    applicable = np.array([True, True, True, True, False, True, True, True, True])
    order, ranks = order_and_ranks(scores, tiers, ranked, severity, applicable)
    assert "".join("abcdefghi"[i] for i in order) == "gab" + "fd" + "cih" + "e"
    assert ranks.tolist() == [2, 3, 0, 0, 0, 0, 1, 0, 0]


def test_nobody_is_an_order_too():
    assert ranked_alone([]) == ([], [])


def test_order_is_that_of_the_definition():
    rng = np.random.default_rng(11)
    for _ in range(300):
        n = int(rng.integers(1, 14))
        scores = rng.integers(0, 5, n) + rng.integers(-3, 4, n) * 6e-10
        scores[rng.random(n) < 0.2] = NONE
        columns = (
            scores,
            rng.integers(1, 4, n),
            rng.random(n) < 0.7,
            rng.integers(0, 4, n),
            rng.random(n) < 0.8,
        )
        order, ranks = order_and_ranks(*columns)
        assert (order.tolist(), ranks.tolist()) == slow_order_and_ranks(*columns)


def test_a_million_take_about_one_sort(monkeypatch):
    rng = np.random.default_rng(3)
    sorted_sizes = []
    argsort = np.argsort

    def counted(values, **options):
        sorted_sizes.append(len(values))
        return argsort(values, **options)

    monkeypatch.setattr(np, "argsort", counted)

    def ranks_of(n):
        scores = np.round(rng.random(n) * 100, 3)
        one, yes = np.ones(n, dtype=int), np.ones(n, dtype=bool)
        return lambda: order_and_ranks(scores, one, yes, one, yes)

    # no loop over candidates
    assert growth(ranks_of, 10_000) == 1
    # each is sorted once; what has no score or rank is none of them
    assert sum(sorted_sizes) == 10_000 + 20_000


def test_a_band_begins_at_its_threshold():
    thresholds = np.array([0.0, 45.0, 60.0, 75.0])
    scores = np.array([-1.0, 0.0, 44.9, 45.0, 60 - 5e-10, 60 - 2e-9, 75.0, 100.0, NONE])
    assert bands(scores, thresholds).tolist() == [-1, 0, 0, 1, 2, 1, 3, 3, -1]


@pytest.mark.parametrize("thresholds", [[], [50.0]])
def test_below_the_lowest_threshold_there_is_no_band(thresholds):
    assert bands(np.array([NONE, 49.0]), np.array(thresholds)).tolist() == [-1, -1]


@pytest.mark.parametrize("seed", range(40))
def test_each_draw_is_ordered_and_ranked_as_if_alone(seed):
    rng = np.random.default_rng(seed)
    s, n = 20, int(rng.integers(1, 8))
    # whole points, so that values are equal or far apart
    values = rng.integers(0, 4, (s, n)) / 4
    tiers = rng.integers(-1, 3, (s, n) if seed % 2 else n).astype(np.int8)
    order, ranks = ordered_draws(values, tiers)
    everyone = np.ones(n, dtype=bool)
    for draw, tiers_of_draw in enumerate(np.broadcast_to(tiers, values.shape)):
        ranked = tiers_of_draw >= 0
        whole = order_and_ranks(
            100 * values[draw], np.maximum(tiers_of_draw, 0), ranked, tiers_of_draw, everyone
        )
        assert order[draw].tolist() == whole[0].tolist()
        assert ranks[draw].tolist() == whole[1][order[draw]].tolist()
        assert by_candidate(order, ranks)[draw].tolist() == whole[1].tolist()


@pytest.mark.parametrize("seed", range(60))
def test_the_first_of_draws_have_rank_one(seed):
    # values on a grid of a third of the tolerance, so that chains of ties are frequent
    rng = np.random.default_rng(seed)
    s, n = 20, int(rng.integers(1, 8))
    values = 0.5 + rng.integers(0, 12, (s, n)) * TOLERANCE / 300
    values[:5] = rng.random((5, n))
    tiers = rng.integers(-1, 2, (s, n) if seed % 2 else n).astype(np.int8)
    ranks = ranks_in_draws(values, tiers)
    for candidate in range(n):
        expected = ranks[:, candidate] == 1
        np.testing.assert_array_equal(first_in_draws(values, tiers, candidate), expected)
