"""Extremes: no admissible weights give a rank beyond them, and the weights they name give them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.extreme_ranks import LinearScores
from collabscore.kernels.ranking import order_and_ranks
from collabscore.models.weight_spaces import group_weights
from reference.linear_rankings import max_violation

SPACES = ("exact", "within 25%", "within 80%", "order", "any", "intervals")
WEIGHTS = st.one_of(st.sampled_from([1, 2, 3]), st.sampled_from([[1, 3], [0, 2], [2, 2.5]]))


@st.composite
def trees(draw, depth=2):
    found = {}
    for k in range(draw(st.integers(1, 3))):
        own = (
            {"criteria": draw(trees(depth=depth - 1)), "weights": draw(st.sampled_from(SPACES))}
            if depth > 1 and draw(st.booleans())
            else {"scale": {"range": [0, 8]}}
        )
        found[f"c{depth}{k}"] = {"weight": draw(WEIGHTS)} | own
    # ids are unique in a whole tree: those of a group's children begin with its own
    return {key: renamed(key, criterion) for key, criterion in found.items()}


def renamed(key, criterion):
    if "criteria" not in criterion:
        return criterion
    below = {
        f"{key}_{child}": renamed(f"{key}_{child}", c) for child, c in criterion["criteria"].items()
    }
    return criterion | {"criteria": below}


@st.composite
def rankings(draw):
    framework = {
        "collabscore": "framework/1",
        "id": "t",
        "criteria": draw(trees()),
        "weights": draw(st.sampled_from(SPACES)),
        "facts": {"asked": {"kind": "flag"}, "barred": {"kind": "flag"}},
        "guardrails": {
            "ask": {"when": "asked", "then": "refer"},
            "bar": {"when": "barred", "then": "outside"},
        },
    }
    leaves = cs.load_framework(framework).leaves
    # few levels, so that many tie, and some numbers that meet at no round weight
    rating = st.one_of(st.integers(0, 8), st.sampled_from([0.1, 0.3, 2.7, 8 / 3]))
    rows = [
        {
            "id": f"x{k}",
            "ratings": {leaf: draw(rating) for leaf in leaves},
            "facts": {
                "asked": draw(st.integers(0, 3)) == 0,
                "barred": draw(st.integers(0, 5)) == 0,
            },
        }
        for k in range(draw(st.integers(1, 7)))
    ]
    rows[0]["facts"]["barred"] = False
    return cs.score(rows, framework)


def ranks_under(ranking, weights):
    """Return the ranks, in the order of the ranking, under overall weights of the leaf criteria."""
    rows = ranking.order
    verdicts = list(ranking.framework.all_verdicts.values())
    severity = ranking.judgement.severity[rows]
    _, ranks = order_and_ranks(
        100 * (ranking.values @ weights),
        np.array([verdict.tier for verdict in verdicts])[severity],
        np.array([verdict.ranked for verdict in verdicts])[severity],
        severity,
        np.ones(len(ranking), dtype=bool),
    )
    return ranks


def drawn(ranking, count):
    """Return overall weights of the leaf criteria, (count, m), drawn from the spaces."""
    framework = ranking.framework
    seeds = np.random.SeedSequence(1).spawn(len(framework.groups) + 1)
    shares = {}
    for group, seed in zip(group_weights(framework), seeds, strict=True):
        points = next(group.weights.sample(np.random.Generator(np.random.PCG64(seed))))[:count]
        shares |= {child: points[:, k] for k, child in enumerate(group.children)}
    return np.stack(
        [math.prod(shares[key] for key in leaf.path) for leaf in framework.leaves.values()], axis=1
    )


@given(rankings())
@settings(max_examples=60, deadline=None)
def test_no_drawn_weights_give_a_rank_beyond_the_extremes(ranking):
    found = cs.extreme_ranks(ranking)
    for weights in drawn(ranking, 40):
        ranks = ranks_under(ranking, weights)
        assert (found.best_ranks <= ranks).all()
        assert (ranks <= found.worst_ranks).all()
        place = np.where(ranks > 0, ranks, len(ranking) + 1)
        both = (ranks > 0)[:, None] & (ranks > 0)
        assert not (found.necessary & both & (place[:, None] > place)).any()
        assert not (found.ahead & (place[:, None] >= place)).any()


@given(rankings())
@settings(max_examples=60, deadline=None)
def test_the_weights_named_are_admissible_and_give_the_extremes(ranking):
    found, scores = cs.extreme_ranks(ranking), LinearScores.of(ranking)
    for place in np.flatnonzero(ranking.ranks > 0).tolist():
        for ranks, named in (
            (found.best_ranks, found.best_weights),
            (found.worst_ranks, found.worst_weights),
        ):
            weights = named[place]
            assert weights.min() >= 0
            assert weights.sum() == pytest.approx(1)
            assert ranks_under(ranking, weights)[place] == ranks[place]
            # a column of the scores weighs what the leaf criteria it stands for do
            columns = (scores.membership > 0) @ weights
            assert max_violation(scores.polytope, columns) < 1e-12
            np.testing.assert_allclose(columns @ scores.membership, weights, atol=1e-15)


@given(rankings())
@settings(max_examples=40, deadline=None)
def test_what_holds_of_every_result(ranking):
    found = cs.extreme_ranks(ranking)
    there = ranking.ranks > 0
    assert (found.best_ranks <= ranking.ranks).all()
    assert (ranking.ranks <= found.worst_ranks).all()
    np.testing.assert_array_equal(found.can_be_first, found.best_ranks == 1)
    np.testing.assert_array_equal(found.best_ranks > 0, there)
    assert not (found.necessary & ~found.possible).any()
    assert (found.ahead <= found.necessary).all()
    assert not (found.ahead & found.ahead.T).any()
    # who is ahead of so many whatever the weights, and behind so many, has no better and no worse
    # rank than that
    assert (found.best_ranks >= there * (1 + found.ahead.sum(axis=0))).all()
    assert (found.worst_ranks <= there.sum() - found.necessary.sum(axis=1) + 1)[there].all()
    # the list says all there is: what follows from it is what was left out
    reach = found.dominance_reduction.copy()
    for _ in range(len(ranking)):
        reach |= reach.astype(int) @ found.dominance_reduction.astype(int) > 0
    over = found.necessary & ~found.necessary.T & ~np.isnan(found.min_score_differences)
    np.testing.assert_array_equal(reach, over)


@given(rankings())
@settings(max_examples=25, deadline=None)
def test_a_wider_space_never_narrows_them(ranking):
    narrow = cs.extreme_ranks(ranking, weights="within 25%")
    wide = cs.extreme_ranks(ranking, weights="any")
    assert (wide.best_ranks <= narrow.best_ranks).all()
    assert (wide.worst_ranks >= narrow.worst_ranks).all()
    assert not (wide.ahead & ~narrow.ahead).any()
    exact = cs.extreme_ranks(ranking, weights="exact")
    np.testing.assert_array_equal(exact.best_ranks, ranking.ranks)
    np.testing.assert_array_equal(exact.worst_ranks, ranking.ranks)
