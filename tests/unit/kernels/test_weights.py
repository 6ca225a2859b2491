"""Sets of weights: closed forms against enumeration, and constraints against both."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from collabscore.documents.loading import load_framework
from collabscore.kernels.aggregation import Tree
from collabscore.kernels.weights import WeightPolytope, WeightSet
from collabscore.models.weight_spaces import group_weights
from reference.linear_rankings import max_violation
from reference.weight_vertices import constraints, dot, overall, vertices

SPACES = ("exact", "within 25%", "within 100%", "order", "any", "intervals")
WEIGHTS = (
    (1,),
    (2, 1),
    (1, 1),
    (3, 2, 1),
    (2, 1, 1),
    (1, 2, 1, 2),
    ((1, 3), 1),
    ((0, 1), (2, 3), (1, 4)),
    ((1, 2), 1, 3),
    ((0, 2), (1, 1.5), 2, 1),
)


def weight_set(written, space):
    criteria = {
        f"c{k}": {"weight": list(w) if isinstance(w, tuple) else w, "scale": {"range": [0, 100]}}
        for k, w in enumerate(written)
    }
    framework = load_framework({"collabscore": "framework/1", "id": "t", "criteria": criteria})
    return group_weights(framework, space)[0].weights


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("written", WEIGHTS, ids=str)
def test_the_least_in_a_group_is_that_at_a_vertex(written, space):
    corners = np.array(vertices(written, space), dtype=float)
    slopes = np.random.default_rng(3).integers(-4, 5, size=(200, len(written))) / 4
    found = weight_set(written, space).minimise(slopes)
    np.testing.assert_allclose(
        (found * slopes).sum(axis=1), (slopes @ corners.T).min(axis=1), atol=1e-14
    )
    # and it is a vertex, or between two that are as good
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-15)
    rows, equal = constraints(written, space)
    assert (found @ np.array(rows, dtype=float).T > -1e-15).all()
    if equal:
        np.testing.assert_allclose(found @ np.array(equal, dtype=float).T, 0, atol=1e-15)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("written", WEIGHTS, ids=str)
def test_constraints_are_those_of_the_space(written, space):
    at_least, equal = weight_set(written, space).constraints()
    rows, same = constraints(written, space)
    rng = np.random.default_rng(5)
    corners = np.array(vertices(written, space), dtype=float)
    inside = rng.dirichlet(np.ones(len(corners)), 20) @ corners
    outside = rng.dirichlet(np.ones(len(written)), 60)
    points = np.vstack([corners, inside, outside]) * rng.uniform(0.1, 1, (len(corners) + 80, 1))
    for point in points:
        here = (at_least @ point >= -1e-12).all() and (np.abs(equal @ point) < 1e-12).all()
        exact = list(map(Fraction, point.tolist()))
        there = all(dot(row, exact) >= -1e-12 for row in rows) and all(
            abs(dot(row, exact)) < 1e-12 for row in same
        )
        assert here == there


TREE = {
    "a": (2, {"a1": (1, {}), "a2": ((1, 3), {}), "a3": (1, {})}),
    "b": (1, {"b1": (2, {}), "b2": (1, {})}),
    "c": (1, {}),
}


def polytope(top, left, right):
    written = [(2, 1, 1), (1, (1, 3), 1), (2, 1)]
    sets = [weight_set(w, s) for w, s in zip(written, (top, left, right), strict=True)]
    children = tuple(np.array(kids) for kids in ([0, 1, 2], [3, 4], [6, 7, 5]))
    weights = tuple(np.full(len(kids), 1 / len(kids)) for kids in children)
    return WeightPolytope(Tree(6, children, weights, (1.0, 1.0, 1.0)), (sets[1], sets[2], sets[0]))


@pytest.mark.parametrize("top", SPACES)
@pytest.mark.parametrize(
    ("left", "right"), [("any", "order"), ("intervals", "within 25%"), ("order", "exact")]
)
def test_the_least_in_a_tree_is_that_at_a_vertex_of_the_whole(top, left, right):
    space = polytope(top, left, right)
    whole = overall(TREE, {"": top, "a": left, "b": right})
    corners = np.array(
        [[point[leaf] for leaf in ("a1", "a2", "a3", "b1", "b2", "c")] for point in whole],
        dtype=float,
    )
    values = np.random.default_rng(7).integers(-4, 5, size=(100, 6)) / 4
    np.testing.assert_allclose(space.least(values), (values @ corners.T).min(axis=1), atol=1e-14)
    assert max(max_violation(space, point) for point in space.minimise(values)) < 1e-15
    assert max(max_violation(space, point) for point in corners) < 1e-15


@pytest.mark.parametrize("top", SPACES)
@pytest.mark.parametrize(
    ("left", "right"), [("any", "order"), ("intervals", "within 25%"), ("order", "exact")]
)
def test_the_least_in_a_tree_is_that_of_a_linear_programme(top, left, right):
    from scipy.optimize import linprog

    space = polytope(top, left, right)
    at_least, equal = space.constraints
    for values in np.random.default_rng(11).uniform(-1, 1, size=(20, 6)):
        found = linprog(
            values,
            A_ub=-at_least,
            b_ub=np.zeros(len(at_least)),
            A_eq=np.vstack([equal, np.ones((1, 6))]),
            b_eq=np.append(np.zeros(len(equal)), 1.0),
            bounds=(0, None),
        )
        # what HiGHS lets pass is 1e-7
        assert space.least(values[None, :])[0] == pytest.approx(found.fun, abs=1e-6)


def test_weights_that_miss_a_constraint_are_told_by_how_much():
    box = WeightPolytope(
        Tree(2, (np.array([0, 1]),), (np.array([0.5, 0.5]),), (1.0,)),
        (WeightSet.between(np.array([0.4, 0.4]), np.array([0.6, 0.6])),),
    )
    assert max_violation(box, np.array([0.5, 0.5])) == 0
    assert max_violation(box, np.array([0.3, 0.7])) == pytest.approx(0.1)
    assert max_violation(box, np.array([0.6, 0.6])) == pytest.approx(0.2)


def test_one_point_has_one_vertex():
    shares = np.array([0.5, 0.25, 0.25])
    np.testing.assert_array_equal(
        WeightSet.fixed(shares).minimise(np.array([[1.0, -1.0, 0.0]])), shares[None, :]
    )


def test_equal_weights_are_unordered():
    # (2, 1, 1): the second and the third may each be the greater of the two
    slopes = np.array([[1.0, -1.0, 0.0], [1.0, 0.0, -1.0], [1.0, -1.0, -1.0]])
    expected = [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [1 / 3, 1 / 3, 1 / 3]]
    found = WeightSet.in_order(np.array([0.5, 0.25, 0.25])).minimise(slopes)
    np.testing.assert_allclose(found, expected)


def test_the_rest_is_divided_in_proportion():
    weights = WeightSet.between_and_rest(
        np.array([0.1, 0.5, 0.25]), np.array([0.4, 0.5, 0.25]), np.array([0.25, 0.5, 0.25])
    )
    found = weights.minimise(np.array([[-1.0, 0, 0], [1.0, 0, 0]]))
    np.testing.assert_allclose(found, [[0.4, 0.4, 0.2], [0.1, 0.6, 0.3]])


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        # the middle of [0.1, 0.2] is 0.15000000000000002: draws and programmes must take it for
        # 0.15
        ([(0.1 + 0.2) / 2, 0.15, 0.7], [1, 1, 0]),
        # weights far below others are told apart by their own size, not by that of the whole
        ([1 - 1.3e-12, 1e-12, 3e-13], [0, 1, 2]),
        ([0.5, 0.5 * (1 + 1e-15), 0.0], [0, 0, 1]),
        ([0.2, 0.3, 0.5], [2, 1, 0]),
    ],
    ids=["equal but for rounding", "tiny", "a zero", "rising"],
)
def test_classes_of_equal_weights(shares: list[float], expected: list[int]) -> None:
    found = WeightSet.in_order(np.array(shares)).classes
    assert found is not None
    assert found.tolist() == expected


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("written", WEIGHTS, ids=str)
def test_draws_meet_the_constraints(written: tuple[object, ...], space: str) -> None:
    weights = weight_set(written, space)
    drawn = next(weights.sample(np.random.default_rng(1)))
    assert drawn.shape == (256, len(written))
    at_least, equal = weights.constraints()
    assert (drawn @ at_least.T >= -1e-12).all()
    np.testing.assert_allclose(drawn @ equal.T, 0, atol=1e-12)
    np.testing.assert_allclose(drawn.sum(axis=1), 1, atol=1e-12)
    assert weights.is_point == (np.ptp(drawn, axis=0).max() == 0)


def test_a_light_weight_is_not_drawn_as_none() -> None:
    """A share of at most 2e-15 is too light to vary, and half of that throughout."""
    for written in (((0, 1), (0, 1e15)), ((0, 1), (0, 1e15), (0, 1e15))):
        drawn = next(weight_set(written, "intervals").sample(np.random.default_rng(0)))
        assert (drawn[:, 0] > 0).all()
        np.testing.assert_allclose(drawn.sum(axis=1), 1, rtol=1e-15)


def test_draws_of_a_tree_are_admissible() -> None:
    space = polytope("intervals", "order", "within 25%")
    drawn = next(space.sample(np.random.default_rng(2)))
    assert drawn.shape == (256, 6)
    assert max(max_violation(space, point) for point in drawn) < 1e-12
    least = space.least(np.eye(6)), -space.least(-np.eye(6))
    assert (least[0] <= drawn + 1e-12).all()
    assert (drawn <= least[1] + 1e-12).all()


@pytest.mark.parametrize(
    ("low", "high"),
    [([0.6, 0.6], [0.7, 0.7]), ([0.1, 0.1], [0.3, 0.3]), ([0.5, 0.4], [0.4, 0.6])],
    ids=["too much", "too little", "reversed"],
)
def test_an_empty_box_is_refused(low: list[float], high: list[float]) -> None:
    with pytest.raises(ValueError, match="no weights lie between"):
        WeightSet.between(np.array(low), np.array(high))


def test_a_box_that_accepts_hardly_any_draw_is_refused() -> None:
    # a corner of the box, which no space around given weights can be: 1 proposal in 11! is within
    # it
    weights = WeightSet.between(np.zeros(12), np.full(12, 1.05 / 12))
    with pytest.raises(ValueError, match="too few to be drawn"):
        next(weights.sample(np.random.default_rng(1)))


def test_halves_hold_all_of_the_set_and_share_its_cut_alone():
    rng = np.random.default_rng(4)
    tree = Tree(
        4, (np.array([0, 1]), np.array([2, 3, 4])), (np.full(2, 0.5), np.full(3, 1 / 3)), (1.0, 1.0)
    )
    sets = (
        WeightSet.between_and_rest(
            np.array([0.2, 0.4]), np.array([0.7, 0.4]), np.array([0.5, 0.5])
        ),
        WeightSet.between(np.array([0.1, 0.2, 0.1]), np.array([0.8, 0.5, 0.6])),
    )
    whole = WeightPolytope(tree, sets)
    parts = [whole]
    for _ in range(4):
        drawn = next(parts[0].sample(rng))
        parts = [half for part in parts for half in part.halves(drawn[0])]
    slopes = rng.normal(size=(50, 4))
    least = [part.least(slopes) for part in parts]
    # no part goes beyond the whole, and one of them goes as far
    np.testing.assert_allclose(np.min(least, axis=0), whole.least(slopes), atol=1e-12)
    holding = np.zeros(256, dtype=int)
    drawn = next(whole.sample(rng))
    for part in parts:
        at_least, equal = part.constraints
        inside = (drawn @ at_least.T >= -1e-12).all(axis=1)
        inside &= (np.abs(drawn @ equal.T) <= 1e-12).all(axis=1)
        holding += inside
    assert (holding >= 1).all()
    assert holding.mean() < 1.1
