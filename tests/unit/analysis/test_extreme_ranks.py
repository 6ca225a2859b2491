"""Extreme ranks: results by hand, relations between candidates, and rankings without an exact answer."""

from __future__ import annotations

import itertools
import json
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.extreme_ranks import (
    TIE,
    StoppedSearch,
    _Region,
    extreme_ranks,
    min_score_differences,
    rank_extremes,
)
from collabscore.kernels.aggregation import Tree
from collabscore.kernels.weights import WeightPolytope, WeightSet
from reference.linear_rankings import criteria_of, ends, flat, max_violation, ranked


def extremes(values: Any, weights: WeightPolytope, differences: Any) -> tuple[Any, Any]:
    """Return the ranks (2, n) and the weights (2, n, q) that a search yields."""
    ranks, found = zip(*rank_extremes(values, weights, differences), strict=True)
    return np.array(ranks).T, np.array(found).swapaxes(0, 1)


# by hand


def test_two_criteria_by_hand():
    # along the share w of the first: a = 100 w, b = 100 (1 - w), c = 40; d = 30 + 20 w
    found = extreme_ranks(
        ranked(flat(1, 1), [(100, 0), (0, 100), (40, 40), (50, 30)]), weights="any"
    )
    # b, c, d, a at first; a passes d at 3/8 and c at 2/5, d passes c at 1/2, where a passes b,
    # which c passes at 3/5
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
    found = extreme_ranks(
        ranked(flat(1, 1), [(100, 0), (0, 100), (40, 40), (50, 30)]), weights="within 25%"
    )
    # at 0.375 a is 37.5, d 37.5, c 40, b 62.5; at 0.625 b is 37.5, c 40, d 42.5, a 62.5
    assert ends(found, 4) == [(1, 3), (1, 4), (2, 4), (2, 4)]
    # d meets a at 0.375 exactly: third, jointly
    a, d = (found.ranking.place_of(name) for name in "ad")
    assert found.min_score_differences[a, d] == pytest.approx(0, abs=1e-12)
    assert found.necessary[a, d]
    assert not found.ahead[a, d]
    assert found.possible[d, a]
    assert found.dominance == ('Whatever the weights, "A" is never behind "D".',)


def test_a_tie_at_one_point_is_a_joint_rank():
    # all three meet at w = 1/2 alone, where c is first; elsewhere it is second
    found = extreme_ranks(ranked(flat(1, 1), [(100, 0), (0, 100), (50, 50)]), weights="any")
    assert ends(found, 3) == [(1, 3), (1, 3), (1, 2)]
    np.testing.assert_allclose(
        found.best_weights[found.ranking.place_of("c")], [0.5, 0.5], atol=1e-12
    )


def test_three_criteria_by_hand():
    # d is behind one of a, b, c wherever they are not all three level with it: at the centre of the
    # simplex
    corners = [(90, 0, 0), (0, 90, 0), (0, 0, 90)]
    found = extreme_ranks(ranked(flat(1, 1, 1), [*corners, (30, 30, 30)]), weights="any")
    assert ends(found, 4)[3] == (1, 3)
    # one hundredth of a point less, and it is never first: two can be below it, or three level
    # above it
    found = extreme_ranks(ranked(flat(1, 1, 1), [*corners, (29.99, 29.99, 29.99)]), weights="any")
    assert ends(found, 4)[3] == (2, 4)
    # in the order of the weights 3, 2, 1 the corners are e1, (e1 + e2) / 2 and the centre
    found = extreme_ranks(ranked(flat(3, 2, 1), [*corners, (30, 30, 30)]), weights="order")
    assert ends(found, 4) == [(1, 1), (1, 3), (1, 4), (1, 3)]
    assert found.necessary[found.ranking.place_of("a"), found.ranking.place_of("b")]


def test_the_list_leaves_out_what_follows():
    found = extreme_ranks(
        ranked(flat(1, 1), [(90, 80), (70, 60), (75, 50), (40, 30)]), weights="any"
    )
    assert found.dominance == (
        'Whatever the weights, "A" is ahead of "B", "C".',
        'Whatever the weights, "B" is ahead of "D".',
        'Whatever the weights, "C" is ahead of "D".',
    )
    assert found.ahead_of("a") == ("b", "c", "d")


def test_who_is_level_where_a_weight_is_nought_is_never_behind():
    found = extreme_ranks(ranked(flat(1, 1), [(90, 50), (70, 50), (70, 50)]), weights="any")
    assert found.dominance == ('Whatever the weights, "A" is never behind "B", "C".',)
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
    found = extreme_ranks(cs.score(rows, framework), weights="any")
    assert ends(found, 5) == [(1, 2), (1, 2), (3, 4), (3, 4), (0, 0)]
    assert found.ahead_of("a") == ("c", "d")
    assert found.ahead_of("c") == found.ahead_of("e") == ()
    assert not found.possible[found.ranking.place_of("c"), found.ranking.place_of("a")]
    assert "No weights put a candidate ahead of one with a better kind of verdict." in found.notes
    assert found.records()[-1]["best_rank"] is None


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
    with pytest.raises(
        cs.UsageError, match="`a` combines by `geometric`; leave out weights for it"
    ):
        extreme_ranks(ranking, weights={"": "any", "a": "any"})
    # 60 and 10 against 50 and 40
    found = extreme_ranks(ranking, weights={"": "any", "a": "exact"})
    x, y = ranking.place_of("x"), ranking.place_of("y")
    assert found.min_score_differences[x, y] == pytest.approx(-30)
    assert found.min_score_differences[y, x] == pytest.approx(-10)
    np.testing.assert_allclose(found.best_weights[x, :2], found.best_weights[x, [1, 0]])
    assert found.held == ()
    assert extreme_ranks(ranking, weights="exact").best_ranks.tolist() == [1, 2]
    # it is held by itself where no weights are given for it, and says so
    by_itself = extreme_ranks(ranking, weights="any")
    assert by_itself.held == ("a",)
    assert by_itself.options == {"weights": {"": "any", "a": "exact"}, "held": ["a"]}
    np.testing.assert_array_equal(by_itself.min_score_differences, found.min_score_differences)
    assert any("stay as given. Ranks can be proved only" in note for note in by_itself.notes)


def test_all_below_a_group_that_is_held_is_held_too():
    inner = {"a1": (1, {"a11": (1, {}), "a12": (1, {})}), "a2": (1, {})}
    tree = {"a": (1, inner), "b": (1, {"b1": (1, {}), "b2": (1, {})})}
    criteria = criteria_of(tree)
    criteria["a"]["combine"] = "harmonic"
    rows = [{"id": "x", "ratings": {"a11": 90, "a12": 40, "a2": 10, "b1": 5, "b2": 9}}]
    ranking = cs.score(rows, {"collabscore": "framework/1", "id": "t", "criteria": criteria})
    found = extreme_ranks(ranking, weights="any")
    assert found.held == ("a",)
    assert found.options["weights"] == {"": "any", "a": "exact", "a1": "exact", "b": "any"}


def test_what_has_no_exact_answer_is_said():
    tree = {"a": (1, {"a1": (1, {}), "a2": (1, {})}), "b": (1, {})}
    rows = [(1, 2, 3), (3, 2, 1)]
    with pytest.raises(cs.UsageError, match="the top combines by `geometric`"):
        extreme_ranks(ranked(tree, rows, combine="geometric"))
    with pytest.raises(cs.UsageError, match="has no total"):
        extreme_ranks(ranked(tree, rows, combine="none"))
    judged = ranked(tree, rows, guardrails={"g": {"when": "score(a) < 10", "then": "refer"}})
    with pytest.raises(cs.UsageError, match=r"guardrail `g` uses score\(a\)"):
        extreme_ranks(judged, weights=["a=any"])
    # a group that decides verdicts is held by itself
    assert extreme_ranks(judged, weights="any").held == ("a",)
    assert extreme_ranks(ranked(tree, rows, applies="score(a) >= 0")).held == ("a",)
    # where its weights are held, or it has none, its points stay
    held = ranked(
        tree, rows, guardrails={"g": {"when": "score(a) < 10 or score(b) < 2", "then": "refer"}}
    )
    assert extreme_ranks(held, weights={"": "any", "a": "exact"}).best_ranks.all()
    with pytest.raises(cs.UsageError, match="did you mean `any`"):
        extreme_ranks(ranked(tree, rows), weights="ani")
    with pytest.raises(cs.UsageError, match="not a group"):
        extreme_ranks(ranked(tree, rows), weights={"z": "any"})


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
        extreme_ranks(ranking)


def test_nothing_to_rank_is_said():
    framework = {"collabscore": "framework/1", "id": "t", "criteria": criteria_of(flat(1, 1))}
    with pytest.raises(cs.UsageError, match="no candidates"):
        extreme_ranks(cs.score([], framework))
    gate = {"collabscore": "framework/1", "id": "gate", "facts": {"f": {"kind": "flag"}}}
    gate["guardrails"] = {"g": {"when": "f", "then": "outside"}}
    with pytest.raises(cs.UsageError, match="`gate` has guardrails and no criteria"):
        extreme_ranks(cs.score([{"id": "x"}], gate))
    framework["guardrails"] = {"g": {"when": "c0 >= 0", "then": "outside"}}
    with pytest.raises(cs.UsageError, match="no candidate has a rank"):
        extreme_ranks(cs.score([{"id": "x", "ratings": {"c0": 1}}], framework))


def test_one_candidate_and_all_level():
    one = extreme_ranks(ranked(flat(1, 1), [(10, 20)]))
    assert ends(one, 1) == [(1, 1)]
    assert one.dominance == ()
    level = extreme_ranks(ranked(flat(1, 1), [(10, 20)] * 4), weights="any")
    assert ends(level, 4) == [(1, 1)] * 4
    assert level.necessary.all()
    assert not level.ahead.any()


def test_as_json_and_table():
    found = extreme_ranks(ranked(flat((1, 2), 1), [(100, 0), (0, 100), (40, 40)]))
    assert '"collabscore": "extremes/1"' in found.to_json()
    assert found.records()[0]["can_be_first"] is True
    assert "Can be first" in str(found)
    assert "<table" in found._repr_html_()
    with pytest.raises(cs.UsageError, match="no candidate `z`"):
        found.ahead_of("z")
    assert len(found) == 3


def test_without_scipy_the_line_to_install_it_is_said(monkeypatch):

    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(cs.MissingExtraError, match=r"pip install 'collabscore\[optimize\]'"):
        extreme_ranks(ranked(flat(1, 1), [(1, 2), (2, 1)]))


# the search on plain arrays, against all points of a fine grid and plain programmes


def polytope(weights: WeightSet) -> WeightPolytope:
    q = weights.membership.shape[1]
    return WeightPolytope(Tree(q, (np.arange(q),), (np.full(q, 1 / q),), (1.0,)), (weights,))


def grid(weights: WeightPolytope, steps: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the admissible points whose weights are multiples of a step."""
    q = weights.tree.leaves
    points = [
        point for point in itertools.product(range(steps + 1), repeat=q) if sum(point) == steps
    ]
    found = np.array(points) / steps
    return found[[max_violation(weights, point) < 1e-12 for point in found]]


SETS = {
    "any": WeightSet.between(np.zeros(3), np.ones(3)),
    "order": WeightSet.in_order(np.array([0.5, 0.3, 0.2])),
    "box": WeightSet.between(np.array([0.3, 0.2, 0.1]), np.array([0.6, 0.5, 0.4])),
    "rest": WeightSet.between_and_rest(
        np.array([0.2, 0.35, 0.35]), np.array([0.5, 0.35, 0.35]), np.array([0.3, 0.35, 0.35])
    ),
    "point": WeightSet.fixed(np.array([0.5, 0.3, 0.2])),
}


@pytest.mark.parametrize("name", SETS)
def test_no_grid_point_goes_beyond_and_the_weights_named_give_the_ranks(name: str) -> None:
    weights = polytope(SETS[name])
    points = grid(weights, 40)
    for seed in range(4):
        # tenths, so that many are level
        values = np.random.default_rng(seed).integers(0, 11, (9, 3)) / 10
        differences = min_score_differences(values, weights)
        scores = points @ values.T
        apart = scores[:, :, None] - scores[:, None, :]
        assert (differences <= apart.min(axis=0) + 1e-12).all()
        (best, worst), (best_weights, worst_weights) = extremes(values, weights, differences)
        ranks = 1 + (apart < -TIE).sum(axis=2)
        assert (best <= ranks.min(axis=0)).all()
        assert (worst >= ranks.max(axis=0)).all()
        for a in range(9):
            for rank, named in (
                (best[a], best_weights[a]),
                (worst[a], worst_weights[a]),
            ):
                assert max_violation(weights, named) < 1e-9
                assert 1 + ((named @ values.T) - named @ values[a] > TIE).sum() == rank


def test_the_least_lead_is_nought_over_oneself() -> None:
    values = np.random.default_rng(1).random((20, 3))
    differences = min_score_differences(values, polytope(SETS["box"]))
    np.testing.assert_allclose(np.diag(differences), 0, atol=1e-15)
    # no candidate leads another by more than it can fall behind it
    assert (differences <= -differences.T + 1e-15).all()


def test_a_rank_at_one_point_alone_is_found() -> None:
    # the third is first where the two others are level with it, at (1/3, 2/3), which no draw meets
    values = np.array([[1.0, 0.0], [0.0, 0.5], [1 / 3, 1 / 3]])
    weights = polytope(WeightSet.between(np.zeros(2), np.ones(2)))
    (best, worst), overall = extremes(values, weights, min_score_differences(values, weights))
    assert best.tolist() == [1, 1, 1]
    np.testing.assert_allclose(overall[0, 2], [1 / 3, 2 / 3], atol=1e-12)
    assert worst.tolist() == [3, 3, 2]


def tree_polytope() -> WeightPolytope:
    """Return two groups, of which one has an interval for each share, below a top that may vary by half."""
    tree = Tree(
        5, (np.array([0, 1]), np.array([2, 3, 4]), np.array([5, 6])), (np.ones(1),) * 3, (1.0,) * 3
    )
    sets = (
        WeightSet.between(np.zeros(2), np.ones(2)),
        WeightSet.between(np.array([0.1, 0.2, 0.0]), np.array([0.8, 0.7, 0.6])),
        WeightSet.between(np.array([0.25, 0.25]), np.array([0.75, 0.75])),
    )
    return WeightPolytope(tree, sets)


def fewest(gaps: np.ndarray, least: np.ndarray, weights: WeightPolytope) -> int:
    """Return the fewest competitors whose gap is below 0, by one plain programme."""
    optimize = pytest.importorskip("scipy.optimize")
    c, q = gaps.shape
    binaries = np.append(np.zeros(q), np.ones(c))
    at_least, equal = weights.constraints
    rows = [
        (np.hstack([at_least, np.zeros((len(at_least), c))]), 0.0, np.inf),
        (np.hstack([equal, np.zeros((len(equal), c))]), 0.0, 0.0),
        ((1.0 - binaries)[None, :], 1.0, 1.0),
        (np.hstack([gaps, np.diag(-least)]), 0.0, np.inf),
    ]
    found = optimize.milp(
        binaries,
        integrality=binaries,
        bounds=optimize.Bounds(0.0, 1.0),
        constraints=[optimize.LinearConstraint(*part) for part in rows if len(part[0])],
        options={"mip_rel_gap": 0.0},
    )
    return round(found.fun)


@pytest.mark.parametrize(
    "weights",
    [
        polytope(WeightSet.between(np.zeros(5), np.ones(5))),
        polytope(WeightSet.between(np.full(5, 0.05), np.full(5, 0.5))),
        polytope(WeightSet.in_order(np.array([0.3, 0.3, 0.2, 0.1, 0.1]))),
        tree_polytope(),
    ],
    ids=["any", "box", "order", "tree"],
)
def test_regions_that_are_cut_in_two_give_the_ranks_of_plain_programmes(
    weights: WeightPolytope, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = []
    halves = WeightPolytope.halves

    def counted(self: WeightPolytope, overall: np.ndarray) -> tuple[WeightPolytope, ...]:
        cuts.append(overall)
        return halves(self, overall)

    monkeypatch.setattr(WeightPolytope, "halves", counted)
    # all regions are cut, however few competitors are open in them
    monkeypatch.setattr("collabscore.analysis.extreme_ranks._FEW", 1)
    values = np.random.default_rng(5).integers(0, 101, (40, 5)) / 100
    differences = min_score_differences(values, weights)
    (best, worst), _ = extremes(values, weights, differences)
    assert weights.is_box == (len(cuts) > 5)
    for a in range(0, 40, 3):
        ahead = differences[:, a] > TIE
        open_ = np.flatnonzero(~ahead & (differences[a] < -TIE))
        leads, rank = values[a] - values[open_], 1 + int(ahead.sum())
        assert best[a] == rank + fewest(leads, differences[a, open_], weights)
        behind = fewest(-leads, differences[open_, a], weights)
        assert worst[a] == rank + len(open_) - behind


def test_a_programme_that_is_not_solved_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    scipy = pytest.importorskip("scipy.optimize")
    failed = SimpleNamespace(success=False, status=1, message="time limit reached")
    monkeypatch.setattr(scipy, "milp", lambda *_, **__: failed)
    values = np.random.default_rng(2).random((25, 3))
    weights = polytope(SETS["any"])
    with pytest.raises(ArithmeticError, match="not solved: time limit reached"):
        extremes(values, weights, min_score_differences(values, weights))


# stopped


def stop_after(count: int) -> Any:
    def progress(done: int, total: int) -> None:
        assert done <= total == 4
        if done == count:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("count", [1, 3])
def test_a_stopped_search_has_what_is_proved(count: int) -> None:
    listed = ranked(flat(1, 1), [(100, 0), (0, 100), (40, 40), (50, 30)])
    whole = extreme_ranks(listed, weights="any")
    assert (whole.proved, whole.stopped) == (4, False)
    with pytest.raises(KeyboardInterrupt) as stop:
        extreme_ranks(listed, weights="any", progress=stop_after(count))
    assert isinstance(stop.value, StoppedSearch)
    part = stop.value.result
    assert (part.proved, part.stopped) == (count, True)
    assert part.best_ranks[:count].tolist() == whole.best_ranks[:count].tolist()
    assert part.worst_ranks[:count].tolist() == whole.worst_ranks[:count].tolist()
    assert not part.best_ranks[count:].any()
    assert not part.worst_ranks[count:].any()
    # pairs are proved before the ranks
    assert np.array_equal(part.necessary, whole.necessary)
    records = json.loads(part.to_json())["candidates"]
    assert [record["best_rank"] for record in records[count:]] == [None] * (4 - count)
    text = part.to_text()
    assert f"Stopped: the ranks of the first {count} of 4 candidates are proved, for all" in text
    assert "can be first." not in text


def test_a_search_stopped_at_the_end_is_whole() -> None:
    listed = ranked(flat(1, 1), [(100, 0), (0, 100), (40, 40), (50, 30)])
    assert not extreme_ranks(listed, weights="any", progress=stop_after(4)).stopped


@pytest.mark.parametrize("seed", range(40))
def test_no_weights_undercut_the_number_out_of_place(seed: int) -> None:
    rng = np.random.default_rng(seed)
    c = int(rng.integers(1, 9))
    never = rng.random(c) < 0.2
    is_open = ~never & (rng.random(c) < 0.8)
    links = np.argwhere(np.triu(rng.random((c, c)) < rng.random(), 1))
    pairs = [pair for pair in links.tolist() if is_open[pair].all()]
    region: Any = SimpleNamespace(
        gaps=np.zeros((c, 2)), pairs=np.array(pairs, int).reshape(-1, 2), open=is_open, never=never
    )
    candidates = np.flatnonzero(is_open).tolist()
    fewest = c
    for size in range(len(candidates) + 1):
        for kept in itertools.combinations(candidates, size):
            if not any(set(pair) <= set(kept) for pair in pairs):
                fewest = min(fewest, int(never.sum()) + len(candidates) - size)
    bound = _Region.fewest_out(region)
    assert bound <= fewest
    if len(pairs) == len(candidates) * (len(candidates) - 1) // 2:  # any two: all but one are out
        assert bound == fewest
    assert bound >= int(never.sum()) + bool(pairs)
