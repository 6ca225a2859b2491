"""Draws have the distribution they are said to have: every set of weights against an exact law.

Seeds are fixed, so nothing here fails by chance once it has passed. For a stream as good as any
other, the chance that a test fails falsely is at most `ALARM` a p-value, shared among the p-values
of a test (Bonferroni); there are some hundred of them in the file, so the chance for all of it is
about 1e-4.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from collabscore.kernels.aggregation import ratings_from
from collabscore.kernels.weights import TILE, WeightSet
from reference import smaa_oracle as oracle

Floats = NDArray[np.float64]
ALARM = 1e-6
SEED = np.random.SeedSequence(20_260_101)
DRAWS = 20_000


def fits(p_values: Sequence[float]) -> bool:
    return min(p_values) > ALARM / len(p_values)


def marginals_fit(points: Floats, law: Callable[[int], Any]) -> bool:
    """Say whether each share passes the Kolmogorov-Smirnov test for the law it should have."""
    return fits(
        [stats.kstest(points[:, place], law(place).cdf).pvalue for place in range(points.shape[1])]
    )


def cells_fit(counts: Sequence[int], sizes: Sequence[Fraction]) -> bool:
    """Say whether counts pass the chi-square test for cells of these sizes."""
    assert min(counts) > 0
    total = sum(sizes, Fraction(0))
    expected = [float(size / total) * sum(counts) for size in sizes]
    return fits([stats.chisquare(counts, expected).pvalue])


def seeds(count: int) -> list[np.random.SeedSequence]:
    return [np.random.SeedSequence([20_260_101, number]) for number in range(count)]


def take(weights: WeightSet, count: int, seed: np.random.SeedSequence = SEED) -> Floats:
    """Return the first draws, (count, c)."""
    tiles = weights.sample(np.random.Generator(np.random.PCG64(seed)))
    return np.concatenate([next(tiles) for _ in range(0, count, TILE)])[:count]


def any_weights(c: int) -> WeightSet:
    return WeightSet.between(np.zeros(c), np.ones(c))


def proper(points: Floats) -> None:
    assert np.all(points >= 0)
    assert np.allclose(points.sum(axis=1), 1, rtol=0, atol=1e-12)


# any weights


@pytest.mark.parametrize("c", [2, 3, 4, 7, 12])
def test_any_weights_have_beta_marginals(c: int) -> None:
    """A share of a point uniform on the simplex has the law Beta(1, c - 1); pairs of shares sum to Beta(2, c - 2).

    Devroye, L. (1986), Non-Uniform Random Variate Generation, ch. V: spacings; Dirichlet's
    distribution.
    """
    points = take(any_weights(c), DRAWS)
    proper(points)
    assert marginals_fit(points, lambda _: stats.beta(1, c - 1))
    if c > 2:
        sums = np.stack(
            [points[:, a] + points[:, b] for a, b in itertools.pairwise(range(c))], axis=1
        )
        assert marginals_fit(sums, lambda _: stats.beta(2, c - 2))


@pytest.mark.parametrize("c", [3, 6])
def test_uniform_numbers_divided_by_their_sum_fail_that_test(c: int) -> None:
    """The classic mistake crowds in the middle of the simplex; a test that let it pass would prove nothing."""
    numbers = np.random.default_rng(SEED).random((DRAWS, c))
    crowded = numbers / numbers.sum(axis=1, keepdims=True)
    assert not marginals_fit(crowded, lambda _: stats.beta(1, c - 1))
    if c == 3:
        assert not cells_fit(*in_cells(crowded, oracle.whole(3)))


def test_any_weights_have_the_variances_of_dirichlet() -> None:
    """Var(w) = (c - 1) / (c^2 (c + 1)), Cov = -1 / (c^2 (c + 1)): those of Dirichlet(1, ..., 1).

    Within 6 standard errors, which come from the fourth moments seen.
    """
    c = 5
    points = take(any_weights(c), DRAWS)
    apart = points - 1 / c
    for a, b in itertools.combinations_with_replacement(range(c), 2):
        products = apart[:, a] * apart[:, b]
        exact = (c - 1 if a == b else -1) / (c**2 * (c + 1))
        assert abs(products.mean() - exact) < 6 * products.std() / math.sqrt(DRAWS)


def in_cells(
    points: Floats, space: oracle.Cell, parts: int = 6
) -> tuple[list[int], list[Fraction]]:
    """Count points in the cells that a grid of lines cuts a space into, and give the exact area of each."""
    spans = [
        (
            min(corner[axis] for corner in space.corners),
            max(corner[axis] for corner in space.corners),
        )
        for axis in (0, 1)
    ]
    counts, sizes = [], []
    for i, j in itertools.product(range(parts), repeat=2):
        cell: oracle.Cell | None = space
        inside = np.ones(len(points), dtype=np.bool_)
        for axis, step in ((0, i), (1, j)):
            low, high = spans[axis]
            ends = [low + (high - low) * Fraction(k, parts) for k in (step, step + 1)]
            line = oracle.share(axis, 3)
            cell = oracle.cut(
                oracle.cut(cell, oracle.less(line, ends[0])),
                oracle.negative(oracle.less(line, ends[1])),
            )
            inside &= (points[:, axis] >= float(ends[0])) & (points[:, axis] < float(ends[1]))
        if cell is not None and cell.size * 500 > space.size:
            counts.append(int(inside.sum()))
            sizes.append(cell.size)
    counts.append(len(points) - sum(counts))
    sizes.append(space.size - sum(sizes, Fraction(0)))
    if not sizes[-1]:
        assert counts.pop() <= 1  # rounding may put a point outside of its cell
        sizes.pop()
    return counts, sizes


def test_any_weights_fill_cells_of_the_triangle_by_their_area() -> None:
    assert cells_fit(*in_cells(take(any_weights(3), DRAWS), oracle.whole(3)))


# weights in order


@pytest.mark.parametrize("m", [2, 3, 4, 8])
def test_weights_in_order_have_rank_order_centroid_weights_as_means(m: int) -> None:
    """The mean of weights uniform under an order is w_k = (1/m) sum_{j>=k} 1/j.

    Barron, F. H. and Barrett, B. E. (1996), Decision quality using ranked attribute weights,
    Management Science 42(11): 1515-1523. Within 6 standard errors.
    """
    points = take(WeightSet.in_order(np.arange(m, 0, -1) / (m * (m + 1) / 2)), DRAWS)
    proper(points)
    assert np.all(np.diff(points, axis=1) <= 0)
    centroid = [sum(1 / j for j in range(k, m + 1)) / m for k in range(1, m + 1)]
    errors = points.std(axis=0) / math.sqrt(DRAWS)
    assert np.all(np.abs(points.mean(axis=0) - centroid) < 6 * errors)


@pytest.mark.parametrize(
    "shares", [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.3, 0.05, 0.15]]
)
def test_weights_in_order_are_independent_spacings(shares: list[float]) -> None:
    """Sorted falling, w_k - w_{k+1} times k are the shares of another point uniform on the simplex.

    Sukhatme's representation of ordered exponentials (1937, Annals of Eugenics 8: 52-56; Devroye
    1986, ch. V.2): each has the law Beta(1, c - 1), and they are Dirichlet together, so two of them
    sum to Beta(2, c - 2).
    """
    c = len(shares)
    points = take(WeightSet.in_order(np.array(shares)), DRAWS)
    falling = points[:, np.argsort(-np.array(shares))]
    assert np.all(np.diff(falling, axis=1) <= 0)
    spacings = (falling - np.hstack([falling[:, 1:], np.zeros((DRAWS, 1))])) * np.arange(1, c + 1)
    assert marginals_fit(spacings, lambda _: stats.beta(1, c - 1))
    assert marginals_fit(
        spacings[:, :-1] + spacings[:, 1:], lambda _: stats.beta(2, c - 2) if c > 2 else None
    )


def test_equal_weights_in_order_are_unordered_among_themselves() -> None:
    """Four criteria of shares .1, .4, .1, .4: the 2 x 2 orders are equally likely, and all else is as sorted.

    The chi-square test is on the four orders; given the order, the sorted values are those of the
    simplex.
    """
    points = take(WeightSet.in_order(np.array([0.1, 0.4, 0.1, 0.4])), DRAWS)
    proper(points)
    assert np.all(points[:, [1, 3]].min(axis=1) >= points[:, [0, 2]].max(axis=1))
    orders = 2 * (points[:, 0] > points[:, 2]) + (points[:, 1] > points[:, 3])
    assert fits([stats.chisquare(np.bincount(orders, minlength=4)).pvalue])
    for order in range(4):
        falling = -np.sort(-points[orders == order], axis=1)
        spacings = (falling - np.hstack([falling[:, 1:], np.zeros((len(falling), 1))])) * np.arange(
            1, 5
        )
        assert marginals_fit(spacings, lambda _: stats.beta(1, 3))


def test_all_equal_weights_in_order_are_any_weights() -> None:
    points = take(WeightSet.in_order(np.full(5, 0.2)), DRAWS)
    assert marginals_fit(points, lambda _: stats.beta(1, 4))


@pytest.mark.parametrize("shares", [[5, 3, 2], [2, 6, 2], [4, 2, 4]])
def test_weights_in_order_fill_cells_of_the_triangle_by_their_area(shares: list[int]) -> None:
    space = oracle.space("order", [Fraction(share) for share in shares])
    points = take(WeightSet.in_order(np.array(shares) / 10), DRAWS)
    assert cells_fit(*in_cells(points, space))


# weights between bounds

BOXES = {
    "within 25% of a third each": ([Fraction(1, 4)] * 3, [Fraction(5, 12)] * 3),
    "within 50% of 1/2, 3/10, 1/5": (
        [Fraction(1, 4), Fraction(3, 20), Fraction(1, 10)],
        [Fraction(3, 4), Fraction(9, 20), Fraction(3, 10)],
    ),
    "lower ends alone": ([Fraction(1, 10), Fraction(1, 5), Fraction(3, 10)], [Fraction(1)] * 3),
    "upper ends alone, near the corner": ([Fraction(0)] * 3, [Fraction(7, 20)] * 3),
    "one narrow": (
        [Fraction(0), Fraction(1, 4), Fraction(0)],
        [Fraction(1), Fraction(13, 50), Fraction(1)],
    ),
    "all of it": ([Fraction(0)] * 3, [Fraction(1)] * 3),
}


def direct(low: Sequence[Fraction], high: Sequence[Fraction]) -> oracle.Cell:
    cell: oracle.Cell | None = oracle.whole(3)
    for place, (a, b) in enumerate(zip(low, high, strict=True)):
        line = oracle.share(place, 3)
        cell = oracle.cut(
            oracle.cut(cell, oracle.less(line, a)), oracle.negative(oracle.less(line, b))
        )
    assert cell is not None
    return cell


@pytest.mark.parametrize("name", BOXES)
@pytest.mark.parametrize("seed", seeds(2), ids=["first", "second"])
def test_weights_between_bounds_fill_cells_by_their_area(
    name: str, seed: np.random.SeedSequence
) -> None:
    low, high = (np.array(ends, dtype=np.float64) for ends in BOXES[name])
    points = take(WeightSet.between(low, high), DRAWS, seed)
    proper(points)
    assert np.all(points >= low - 1e-12)
    assert np.all(points <= high + 1e-12)
    assert cells_fit(*in_cells(points, direct(*BOXES[name]), parts=4))


def by_rejection(low: Floats, high: Floats, count: int) -> Floats:
    """Draw plainly: points of the whole simplex, those in the box kept."""
    rng = np.random.default_rng(np.random.SeedSequence(7))
    parts: list[Floats] = []
    while sum(map(len, parts)) < count:
        drawn = rng.standard_exponential((200_000, len(low)))
        drawn /= drawn.sum(axis=1, keepdims=True)
        parts.append(drawn[((drawn >= low) & (drawn <= high)).all(axis=1)])
    return np.concatenate(parts)[:count]


MANY = {
    3: ([0.3, 0.2, 0.1], [0.6, 0.45, 0.4]),
    4: ([0.1, 0.05, 0.1, 0.0], [0.5, 0.5, 0.3, 0.6]),
    5: ([0.05, 0.1, 0.05, 0.1, 0.0], [0.5, 0.4, 0.35, 0.3, 0.6]),
}


@pytest.mark.parametrize("c", MANY)
@pytest.mark.parametrize("seed", seeds(2), ids=["first", "second"])
def test_weights_between_bounds_agree_with_plain_rejection(
    c: int, seed: np.random.SeedSequence
) -> None:
    """Two samples, one chi-square test on the cells that the quarters of the first three shares make."""
    low, high = (np.array(ends) for ends in MANY[c])
    points = take(WeightSet.between(low, high), DRAWS, seed)
    proper(points)
    plain = by_rejection(low, high, DRAWS)
    axes = min(c - 1, 3)
    edges = np.quantile(plain[:, :axes], [0.25, 0.5, 0.75], axis=0)
    tables = [
        np.bincount(
            sum(4**axis * np.searchsorted(edges[:, axis], drawn[:, axis]) for axis in range(axes)),
            minlength=4**axes,
        )
        for drawn in (points, plain)
    ]
    table = np.stack(tables)
    table = table[:, table.sum(axis=0) >= 20]
    assert fits([stats.chi2_contingency(table).pvalue])
    assert fits([stats.ks_2samp(points[:, place], plain[:, place]).pvalue for place in range(c)])


def slice_law(x: Floats) -> Floats:
    """Give the distribution function of one of ten numbers uniform on [-1, 1] whose sum is 0.

    Its density at x is that of the sum of the nine others at -x, the law of Irwin and Hall, cut to
    [-1, 1]: F9(x) = sum_k (-1)^k C(9, k) max(u - k, 0)^9 / 9! with u = (x + 9) / 2.
    """
    edges = np.append(np.clip(x, -1, 1), [-1.0, 1.0])
    u = (edges + 9) / 2
    whole = sum(
        (-1) ** k * math.comb(9, k) * np.maximum(u - k, 0) ** 9 for k in range(10)
    ) / math.factorial(9)
    return np.asarray((whole[:-2] - whole[-2]) / (whole[-1] - whole[-2]))


@pytest.mark.parametrize("draws", [DRAWS, 1_280])
def test_a_narrow_box_in_ten_dimensions(draws: int) -> None:
    """Within 5 % of a tenth each: a tenth of (1 + v/20), v uniform on [-1, 1]^10 cut by sum(v) = 0.

    The law of each v is `slice_law`; E v^2 = 1 - 2 integral of x F(x) over [-1, 1], by parts. All
    pairs are alike and the v sum to 0, so E v_i v_j = -E v^2 / 9. Moments within 6 standard errors.
    """
    points = take(WeightSet.between(np.full(10, 0.095), np.full(10, 0.105)), draws)
    proper(points)
    v = (points - 0.1) / 0.005
    assert fits([stats.kstest(v[:, place], slice_law).pvalue for place in range(10)])
    grid = np.linspace(-1, 1, 20_001)
    variance = 1 - 2 * float(np.trapezoid(grid * slice_law(grid), grid))
    products = (v[:, :, None] * v[:, None, :]).reshape(draws, 100)
    exact = np.where(np.eye(10, dtype=np.bool_), variance, -variance / 9).ravel()
    assert np.all(
        np.abs(products.mean(axis=0) - exact) < 6 * products.std(axis=0) / math.sqrt(draws)
    )


@pytest.mark.parametrize("c", [4, 7])
def test_a_corner_of_the_box_is_a_simplex_upside_down(c: int) -> None:
    """All shares at most 1.05/c: what they lack of it sums to 0.05, and is uniform on that simplex.

    So (1.05/c - w)/0.05 has the law Beta(1, c - 1). Of proposals from the box 1 in (c - 1)! fits,
    of 7 criteria 0.14 %: no space around given weights is so.
    """
    top = 1.05 / c
    points = take(WeightSet.between(np.zeros(c), np.full(c, top)), 10_000)
    proper(points)
    lacking = (top - points) / 0.05
    assert marginals_fit(lacking, lambda _: stats.beta(1, c - 1))
    assert marginals_fit(lacking[:, :-1] + lacking[:, 1:], lambda _: stats.beta(2, c - 2))


def test_successive_points_are_independent() -> None:
    """The correlation of each point with its next one is within 6 / sqrt(pairs) of 0, also across tiles."""
    points = take(WeightSet.between(np.full(7, 0.1), np.full(7, 0.2)), DRAWS)
    apart = points - points.mean(axis=0)
    correlation = (apart[1:] * apart[:-1]).mean(axis=0) / (apart**2).mean(axis=0)
    assert np.all(np.abs(correlation) < 6 / math.sqrt(DRAWS - 1))


def test_no_room_is_one_point_or_an_error() -> None:
    points = take(WeightSet.between(np.array([0.2, 0.3, 0.5]), np.array([0.2, 0.3, 0.5])), 3)
    assert np.allclose(points, [[0.2, 0.3, 0.5]] * 3, rtol=0, atol=1e-15)
    # lower ends that sum to 1 leave one point, whatever the upper ends
    points = take(WeightSet.between(np.array([0.2, 0.3, 0.5]), np.array([1.0, 1.0, 1.0])), 3)
    assert np.allclose(points, [[0.2, 0.3, 0.5]] * 3, rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="no weights"):
        WeightSet.between(np.array([0.6, 0.6]), np.array([0.7, 0.7]))


def test_a_fixed_share_leaves_the_others_uniform() -> None:
    """Half is fixed; the other two divide the rest uniformly, between a tenth and four tenths each."""
    points = take(WeightSet.between(np.array([0.1, 0.5, 0.0]), np.array([0.5, 0.5, 0.4])), DRAWS)
    proper(points)
    assert np.all(points[:, 1] == 0.5)
    assert fits([stats.kstest(points[:, 0], stats.uniform(0.1, 0.4).cdf).pvalue])


# all sets

SETS = {
    "any": any_weights(4),
    "order": WeightSet.in_order(np.array([0.4, 0.3, 0.15, 0.15])),
    "box": WeightSet.between(np.full(4, 0.1), np.full(4, 0.5)),
    "rest": WeightSet.between_and_rest(
        np.array([0.1, 0.2, 0.3, 0.3]), np.array([0.3, 0.4, 0.3, 0.3]), np.full(4, 0.25)
    ),
    "exact": WeightSet.fixed(np.array([0.4, 0.3, 0.2, 0.1])),
}


@pytest.mark.parametrize("name", SETS)
def test_a_stream_comes_in_tiles_and_is_the_same_for_the_same_seed(name: str) -> None:
    tiles = SETS[name].sample(np.random.Generator(np.random.PCG64(SEED)))
    first = [next(tiles) for _ in range(3)]
    assert [tile.shape for tile in first] == [(TILE, 4)] * 3
    proper(np.concatenate(first))
    assert np.concatenate(first).tobytes() == take(SETS[name], 3 * TILE).tobytes()
    if name != "exact":
        assert not np.array_equal(first[0], first[1])
        other = take(SETS[name], TILE, np.random.SeedSequence(1))
        assert not np.array_equal(first[0], other)


def test_different_seeds_give_independent_streams() -> None:
    """First shares of 300 streams of spawned seeds, pooled, have the law of one stream."""
    firsts = np.concatenate([take(any_weights(3), 60, seed) for seed in seeds(300)])
    assert marginals_fit(firsts, lambda _: stats.beta(1, 2))


# ratings


def test_ratings_have_the_law_of_what_they_leave_open() -> None:
    """An interval is uniform, three points are triangular with the mode at the middle one (design 4.2)."""
    columns = [
        (1.0, math.nan, 5.0, stats.uniform(1, 4)),
        (-2.0, math.nan, 2.5, stats.uniform(-2, 4.5)),
        (1.0, 2.0, 5.0, stats.triang(0.25, 1, 4)),
        (0.0, 0.0, 10.0, stats.triang(0, 0, 10)),
        (0.0, 10.0, 10.0, stats.triang(1, 0, 10)),
        (0.0, 99.9, 100.0, stats.triang(0.999, 0, 100)),
    ]
    low, value, high = (np.array([column[k] for column in columns]) for k in range(3))
    uniform = np.random.default_rng(SEED).random((DRAWS, len(columns)))
    drawn = ratings_from(low, value, high, uniform)
    assert np.all((drawn >= low) & (drawn <= high))
    assert fits(
        [stats.kstest(drawn[:, k], column[3].cdf).pvalue for k, column in enumerate(columns)]
    )
    # by inverse transform, one number a rating: what is drawn rises with it, and is its quantile
    quantiles = np.stack([column[3].ppf(uniform[:, k]) for k, column in enumerate(columns)], axis=1)
    assert np.allclose(drawn, quantiles, rtol=0, atol=1e-9)


def test_ratings_at_the_ends_of_the_unit_interval_stay_within() -> None:
    ends = np.array([[0.0, 0.0, 0.0], [np.nextafter(1, 0)] * 3])
    drawn = ratings_from(
        np.array([1.0, 1.0, 3.0]), np.array([np.nan, 2.0, 3.0]), np.array([5.0, 5.0, 3.0]), ends
    )
    assert np.allclose(drawn, [[1, 1, 3], [5, 5, 3]], rtol=0, atol=1e-6)
    assert np.all((drawn >= [1, 1, 3]) & (drawn <= [5, 5, 3]))
