"""Extremes against enumeration: exact fractions for two and three criteria, all subsets of competitors for trees."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.exact.rank_programmes import TIE, _nothing_printed
from collabscore.analysis.exact.result import extremes

from .weight_vertices import constraints, overall, ranks_in_a_plane, ranks_on_a_line, vertices

SPACES = ("exact", "within 25%", "within 100%", "order", "any", "intervals")


def criteria_of(tree):
    found = {}
    for key, (weight, below) in tree.items():
        own = {"criteria": criteria_of(below)} if below else {"scale": {"range": [0, 100]}}
        found[key] = {"weight": list(weight) if isinstance(weight, tuple) else weight} | own
    return found


def leaves_of(tree):
    return [
        leaf for key, (_, below) in tree.items() for leaf in (leaves_of(below) if below else [key])
    ]


def ranked(tree, ratings, **framework):
    """Rank candidates a, b, c ... by their ratings from 0 to 100, a row each."""
    leaves = leaves_of(tree)
    rows = [
        {"id": chr(97 + k), "ratings": dict(zip(leaves, row, strict=True))}
        for k, row in enumerate(ratings)
    ]
    return cs.score(
        rows, {"collabscore": "framework/1", "id": "t", "criteria": criteria_of(tree)} | framework
    )


def ends(found, n):
    """Return the best and the worst rank of a, b, c ..."""
    places = [found.ranking.place_of(chr(97 + k)) for k in range(n)]
    return [(int(found.best_ranks[place]), int(found.worst_ranks[place])) for place in places]


def flat(*weights):
    return {f"c{k}": (weight, {}) for k, weight in enumerate(weights)}


# by hand


def test_two_criteria_by_hand():
    # along the share w of the first: a = 100 w, b = 100 (1 - w), c = 40; d = 30 + 20 w
    found = extremes(ranked(flat(1, 1), [(100, 0), (0, 100), (40, 40), (50, 30)]), weights="any")
    # b, c, d, a at first; a passes d at 3/8 and c at 2/5, d passes c at 1/2, where a passes b, which c passes at 3/5
    assert ends(found, 4) == [(1, 4), (1, 4), (2, 4), (2, 4)]
    assert [found.can_be_first[found.ranking.place_of(name)] for name in "abcd"] == [
        True,
        True,
        False,
        False,
    ]
    # nobody is ahead of another whatever the weights, but everyone may be
    assert not found.ahead.any()
    assert found.possible.all()


def test_between_two_weights_by_hand():
    # within 25 % of (1/2, 1/2), w goes from 0.375 to 0.625
    found = extremes(
        ranked(flat(1, 1), [(100, 0), (0, 100), (40, 40), (50, 30)]), weights="within 25%"
    )
    # at 0.375 a is 37.5, d 37.5, c 40, b 62.5; at 0.625 b is 37.5, c 40, d 42.5, a 62.5
    assert ends(found, 4) == [(1, 3), (1, 4), (2, 4), (2, 4)]
    # d meets a at 0.375 exactly: third, jointly
    a, d = (found.ranking.place_of(name) for name in "ad")
    assert found.least_leads[a, d] == pytest.approx(0, abs=1e-12)
    assert found.necessary[a, d]
    assert not found.ahead[a, d]
    assert found.possible[d, a]
    assert found.dominance == ("Whatever the weights, A is never behind D.",)


def test_a_tie_at_one_point_is_a_joint_rank():
    # all three meet at w = 1/2 alone, where c is first; elsewhere it is second
    found = extremes(ranked(flat(1, 1), [(100, 0), (0, 100), (50, 50)]), weights="any")
    assert ends(found, 3) == [(1, 3), (1, 3), (1, 2)]
    np.testing.assert_allclose(
        found.best_weights[found.ranking.place_of("c")], [0.5, 0.5], atol=1e-12
    )


def test_three_criteria_by_hand():
    # d is behind one of a, b, c wherever they are not all three level with it: at the centre of the simplex
    corners = [(90, 0, 0), (0, 90, 0), (0, 0, 90)]
    found = extremes(ranked(flat(1, 1, 1), [*corners, (30, 30, 30)]), weights="any")
    assert ends(found, 4)[3] == (1, 3)
    # one hundredth of a point less, and it is never first: two can be below it, or three level above it
    found = extremes(ranked(flat(1, 1, 1), [*corners, (29.99, 29.99, 29.99)]), weights="any")
    assert ends(found, 4)[3] == (2, 4)
    # in the order of the weights 3, 2, 1 the corners are e1, (e1 + e2) / 2 and the centre
    found = extremes(ranked(flat(3, 2, 1), [*corners, (30, 30, 30)]), weights="order")
    assert ends(found, 4) == [(1, 1), (1, 3), (1, 4), (1, 3)]
    assert found.necessary[found.ranking.place_of("a"), found.ranking.place_of("b")]


def test_the_list_leaves_out_what_follows():
    found = extremes(ranked(flat(1, 1), [(90, 80), (70, 60), (75, 50), (40, 30)]), weights="any")
    assert found.dominance == (
        "Whatever the weights, A is ahead of B; C.",
        "Whatever the weights, B is ahead of D.",
        "Whatever the weights, C is ahead of D.",
    )
    assert found.ahead_of("a") == ("b", "c", "d")


def test_who_is_level_where_a_weight_is_nought_is_never_behind():
    found = extremes(ranked(flat(1, 1), [(90, 50), (70, 50), (70, 50)]), weights="any")
    assert found.dominance == ("Whatever the weights, A is never behind B; C.",)
    assert found.ahead_of("a") == ()
    # equal candidates: neither is ahead, each is never behind
    b, c = (found.ranking.place_of(name) for name in "bc")
    assert found.necessary[b, c]
    assert found.necessary[c, b]
    assert ends(found, 3) == [(1, 1), (1, 2), (1, 2)]


def test_better_tiers_stand_ahead():
    rows = [
        {
            "id": name,
            "ratings": {"c0": first, "c1": second},
            "facts": {"open": question, "barred": barred},
        }
        for name, first, second, question, barred in (
            ("a", 10, 0, False, False),
            ("b", 0, 10, False, False),
            ("c", 90, 80, True, False),
            ("d", 80, 90, True, False),
            ("e", 100, 100, False, True),
        )
    ]
    framework = {
        "collabscore": "framework/1",
        "id": "t",
        "criteria": criteria_of(flat(1, 1)),
        "facts": {"open": {"kind": "flag"}, "barred": {"kind": "flag"}},
        "guardrails": {
            "ask": {"when": "open", "then": "refer"},
            "bar": {"when": "barred", "then": "outside"},
        },
    }
    found = extremes(cs.score(rows, framework), weights="any")
    assert ends(found, 5) == [(1, 2), (1, 2), (3, 4), (3, 4), (0, 0)]
    assert found.ahead_of("a") == ("c", "d")
    assert found.ahead_of("c") == found.ahead_of("e") == ()
    assert not found.possible[found.ranking.place_of("c"), found.ranking.place_of("a")]
    assert (
        "Candidates of a better tier stand ahead of those of a worse one whatever the weights."
        in found.notes
    )
    assert found.records()[-1]["best_rank"] is None


# generated: two and three criteria, in fractions


def generated(seed, c, n, step):
    rng = random.Random(seed)
    weights = [rng.choice([1, 2, 3, (1, 3), (0, 2), (1.5, 2)]) for _ in range(c)]
    return weights, [[step * rng.randint(0, 100 // step) for _ in range(c)] for _ in range(n)]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("step", [25, 1])
def test_two_criteria_in_fractions(space, step):
    for seed in range(12):
        weights, ratings = generated(seed, 2, 6, step)
        corners = vertices(weights, space)
        values = [[Fraction(x, 100) for x in row] for row in ratings]
        found = extremes(ranked(flat(*weights), ratings), weights=space)
        assert ends(found, 6) == ranks_on_a_line(values, [corners[0], corners[-1]])


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("step", [25, 1])
def test_three_criteria_in_fractions(space, step):
    for seed in range(3):
        weights, ratings = generated(seed, 3, 4, step)
        rows, equal = constraints(weights, space)
        values = [[Fraction(x, 100) for x in row] for row in ratings]
        corners = vertices(weights, space)
        # a space of less than two dimensions is a point or a line
        expected = (
            ranks_in_a_plane(values, rows)
            if not equal and len(corners) > 2
            else ranks_on_a_line(values, [corners[0], corners[-1]])
        )
        assert ends(extremes(ranked(flat(*weights), ratings), weights=space), 4) == expected


# generated: trees, by all subsets of competitors over the vertices of the whole

TREES = (
    {
        "a": (2, {"a1": (1, {}), "a2": (2, {})}),
        "b": (1, {"b1": (1, {}), "b2": (1, {})}),
        "c": (1, {}),
    },
    {
        "a": ((1, 2), {"a1": ((0, 1), {}), "a2": (2, {})}),
        "b": (1, {"b1": (3, {}), "b2": (2, {}), "b3": (1, {})}),
    },
    {"a": (1, {"b": (2, {"b1": (1, {}), "b2": ((1, 4), {})}), "c": (1, {})}), "d": (3, {})},
)


def groups_of(tree, key=""):
    return [
        key,
        *(
            group
            for child, (_, below) in tree.items()
            if below
            for group in groups_of(below, child)
        ),
    ]


def widest(gaps):
    """Return the widest margin by which all of some gaps, at corners (v, k), can be above 0 at once."""
    from scipy.optimize import linprog

    v, k = gaps.shape
    found = linprog(
        [*[0.0] * v, -1.0],
        A_ub=np.hstack([-gaps.T, np.ones((k, 1))]),
        b_ub=np.zeros(k),
        A_eq=[[*[1.0] * v, 0.0]],
        b_eq=[1.0],
        bounds=[*[(0, None)] * v, (None, None)],
    )
    return -found.fun


def ends_by_subsets(scores):
    """Return the best and the worst rank of each, from the scores in [0, 1] at all corners, (v, n)."""
    n = scores.shape[1]
    found = []
    for a in range(n):
        ahead = np.delete(scores, a, axis=1) - scores[:, [a]]

        # with one margin for many, what cannot be had of a few need not be asked of more
        def largest(gaps, least):
            for size in range(n - 1, 0, -1):
                if any(
                    widest(gaps[:, list(some)]) > least for some in combinations(range(n - 1), size)
                ):
                    return size
            return 0

        # 1e-10 is beyond what the simplex method leaves, and far below what differs in these cases
        found.append((n - largest(-ahead, -1e-10), 1 + largest(ahead, 1e-10)))
    return found


@pytest.mark.parametrize("tree", TREES, ids=["two groups", "intervals", "three storeys"])
@pytest.mark.parametrize("step", [25, 1])
def test_trees_by_all_subsets(tree, step):
    rng = random.Random(step)
    for _ in range(3):
        spaces = {group: rng.choice(SPACES) for group in groups_of(tree)}
        leaves = leaves_of(tree)
        ratings = [[step * rng.randint(0, 100 // step) for _ in leaves] for _ in range(5)]
        corners = np.array(
            [[point[leaf] for leaf in leaves] for point in overall(tree, spaces)], dtype=float
        )
        scores = corners @ np.array(ratings).T / 100
        found = extremes(ranked(tree, ratings), weights=spaces)
        assert ends(found, 5) == ends_by_subsets(scores)
        places = [found.ranking.place_of(name) for name in "abcde"]
        leads = (scores[:, :, None] - scores[:, None, :]).min(axis=0)
        np.testing.assert_allclose(
            found.least_leads[np.ix_(places, places)], 100 * leads, atol=1e-11
        )
        np.testing.assert_array_equal(found.necessary[np.ix_(places, places)], leads >= -TIE)
        np.testing.assert_array_equal(found.ahead[np.ix_(places, places)], leads > TIE)


# against draws


def test_draws_agree():
    rng = random.Random(9)
    ratings = [[rng.randint(0, 100) for _ in range(6)] for _ in range(12)]
    ranking = ranked(TREES[0] | {"d": (2, {})}, ratings)
    for space in SPACES:
        found, drawn = (
            extremes(ranking, weights=space),
            cs.robustness(ranking, weights=space, draws=2000),
        )
        assert (found.best_ranks <= drawn.rank_ranges[:, 0]).all()
        assert (found.worst_ranks >= drawn.rank_ranges[:, 1]).all()
        assert (found.can_be_first >= (drawn.top_probability(1) > 0)).all()
        assert (drawn.pairwise_wins[found.ahead] == 1).all()
        assert (drawn.pairwise_wins[found.necessary.T] == 0).all()


# what has no exact answer


def test_a_group_that_is_held_may_combine_in_any_way():
    tree = {"a": (1, {"a1": (1, {}), "a2": (1, {})}), "b": (1, {})}
    criteria = criteria_of(tree)
    criteria["a"]["combine"] = "geometric"
    rows = [
        {"id": "x", "ratings": {"a1": 90, "a2": 40, "b": 10}},
        {"id": "y", "ratings": {"a1": 50, "a2": 50, "b": 40}},
    ]
    ranking = cs.score(rows, {"collabscore": "framework/1", "id": "t", "criteria": criteria})
    with pytest.raises(cs.UsageError, match="`a` combines by `geometric`; hold its weights"):
        extremes(ranking, weights="any")
    # 60 and 10 against 50 and 40
    found = extremes(ranking, weights={"": "any", "a": "exact"})
    x, y = ranking.place_of("x"), ranking.place_of("y")
    assert found.least_leads[x, y] == pytest.approx(-30)
    assert found.least_leads[y, x] == pytest.approx(-10)
    np.testing.assert_allclose(found.best_weights[x, :2], found.best_weights[x, [1, 0]])
    assert extremes(ranking, weights="exact").best_ranks.tolist() == [1, 2]


def test_what_has_no_exact_answer_is_said():
    tree = {"a": (1, {"a1": (1, {}), "a2": (1, {})}), "b": (1, {})}
    rows = [(1, 2, 3), (3, 2, 1)]
    with pytest.raises(cs.UsageError, match="the top combines by `geometric`"):
        extremes(ranked(tree, rows, combine="geometric"))
    with pytest.raises(cs.UsageError, match="makes no total"):
        extremes(ranked(tree, rows, combine="none"))
    with pytest.raises(
        cs.UsageError, match=r"do not depend on the weights; guardrail `g` uses score\(a\)"
    ):
        extremes(ranked(tree, rows, guardrails={"g": {"when": "score(a) < 10", "then": "refer"}}))
    with pytest.raises(cs.UsageError, match=r"`applies` uses score\(a\)"):
        extremes(ranked(tree, rows, applies="score(a) >= 0"))
    # where its weights are held, or it has none, its points stay
    held = ranked(
        tree, rows, guardrails={"g": {"when": "score(a) < 10 or score(b) < 2", "then": "refer"}}
    )
    assert extremes(held, weights={"": "any", "a": "exact"}).best_ranks.all()
    with pytest.raises(cs.UsageError, match="did you mean `any`"):
        extremes(ranked(tree, rows), weights="ani")
    with pytest.raises(cs.UsageError, match="no group"):
        extremes(ranked(tree, rows), weights={"z": "any"})


def test_an_omitted_rating_has_weights_of_its_own():
    framework = {
        "collabscore": "framework/1",
        "id": "t",
        "missing": "omit",
        "criteria": criteria_of(flat(1, 1)),
    }
    ranking = cs.score(
        [{"id": "x", "ratings": {"c0": 5}}, {"id": "y", "ratings": {"c0": 5, "c1": 6}}], framework
    )
    with pytest.raises(cs.UsageError, match="`x` has no value on `c1`"):
        extremes(ranking)


def test_nothing_to_rank_is_said():
    framework = {"collabscore": "framework/1", "id": "t", "criteria": criteria_of(flat(1, 1))}
    with pytest.raises(cs.UsageError, match="no candidates"):
        extremes(cs.score([], framework))
    gate = {"collabscore": "framework/1", "id": "gate", "facts": {"f": {"kind": "flag"}}}
    gate["guardrails"] = {"g": {"when": "f", "then": "outside"}}
    with pytest.raises(cs.UsageError, match="`gate` only gates"):
        extremes(cs.score([{"id": "x"}], gate))
    framework["guardrails"] = {"g": {"when": "c0 >= 0", "then": "outside"}}
    with pytest.raises(cs.UsageError, match="no candidate has a rank"):
        extremes(cs.score([{"id": "x", "ratings": {"c0": 1}}], framework))


def test_one_candidate_and_all_level():
    one = extremes(ranked(flat(1, 1), [(10, 20)]))
    assert ends(one, 1) == [(1, 1)]
    assert one.dominance == ()
    level = extremes(ranked(flat(1, 1), [(10, 20)] * 4), weights="any")
    assert ends(level, 4) == [(1, 1)] * 4
    assert level.necessary.all()
    assert not level.ahead.any()


def test_as_json_and_table():
    found = extremes(ranked(flat((1, 2), 1), [(100, 0), (0, 100), (40, 40)]))
    assert '"collabscore": "extremes/1"' in found.to_json()
    assert found.records()[0]["can_be_first"] is True
    assert "Can be first" in str(found)
    assert "<table" in found._repr_html_()
    with pytest.raises(cs.UsageError, match="no candidate `z`"):
        found.ahead_of("z")
    assert len(found) == 3


def test_without_scipy_the_line_to_install_it_is_said(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(cs.MissingExtraError, match=r"pip install 'collabscore\[optimize\]'"):
        extremes(ranked(flat(1, 1), [(1, 2), (2, 1)]))


def test_what_a_library_prints_stays_off_the_standard_output(capfd):
    import ctypes
    import os

    os.write(1, b"before ")
    with _nothing_printed():
        ctypes.CDLL("ucrtbase" if os.name == "nt" else None).puts(b"a line for developers")
        os.write(1, b"another")
    os.write(1, b"after")
    assert capfd.readouterr().out == "before after"
