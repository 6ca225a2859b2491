"""Robustness against exact values: areas and lengths worked by hand, and a hundred generated cases cut exactly.

Seeds are fixed, so nothing here fails by chance once it has passed. For a stream as good as any other, all probabilities
compared in the file fail falsely with a chance of at most 1e-6 each test (exact two-sided binomial tests, shared among
the comparisons by Bonferroni); means are held to 6 standard errors, of which the true one is known.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

import collabscore as cs
from reference import smaa_oracle as oracle

ALARM = 1e-6
DRAWS = 10_000
SHARE = {"range": [0, 1]}
TEN = {"range": [0, 10]}
LN2 = math.log(2)


def ranked(framework: Mapping[str, Any], listed: list[dict[str, Any]]) -> cs.Ranking:
    return cs.score(listed, {"collabscore": "framework/1", "id": "exact", **framework})


def candidate(name: str, **ratings: Any) -> dict[str, Any]:
    return {"id": name, "ratings": ratings}


def leaves(*names: str, **weights: float) -> dict[str, Any]:
    return {"criteria": {name: {"scale": SHARE, "weight": weights.get(name, 1)} for name in names}}


@dataclass
class Comparisons:
    """Gathers what was seen and what was to be, and says how unlikely the worst is."""

    seen: list[tuple[str, int, int, float]] = field(default_factory=list)

    def add(self, name: str, share: float, chance: Fraction | float, draws: int = DRAWS) -> None:
        count = share * draws
        assert abs(count - round(count)) < 1e-6, f"{name}: {share} is no share of {draws} draws"
        self.seen.append((name, round(count), draws, float(chance)))

    def hold(self) -> None:
        for name, count, draws, chance in self.seen:
            if chance in (0.0, 1.0):
                assert count == chance * draws, (
                    f"{name}: {count} of {draws}, which is certain to be {chance}"
                )
            else:
                p = stats.binomtest(count, draws, chance).pvalue
                assert p > ALARM / len(self.seen), (
                    f"{name}: {count} of {draws}, expected {chance:.6f} (p = {p:.2g})"
                )


def hold(result: cs.Robustness, expected: Mapping[str, tuple[float, ...]]) -> None:
    """Compare rank acceptability, {id: the chance of each rank}; what they lack of 1 is unranked."""
    comparisons = Comparisons()
    for name, chances in expected.items():
        place = result.ids.index(name)
        for rank, chance in enumerate(chances):
            comparisons.add(
                f"{name} at {rank + 1}",
                result.rank_acceptability[place, rank],
                chance,
                result.draws,
            )
    comparisons.hold()


def near(seen: float, expected: float, deviation: float, draws: float) -> bool:
    return abs(seen - expected) <= 6 * deviation / math.sqrt(draws) + 1e-9


# two criteria, by hand


def test_two_criteria_any_weights() -> None:
    """Values (1, 0), (0, 1) and (1/2, 2/5); w is the weight of the first criterion, uniform on [0, 1].

    Scores w, 1 - w and 2/5 + w/10. The first beats the second from w = 1/2 on and the third from 4/9, the second beats
    the third up to 6/11. So the third is last between 4/9 and 6/11, 10/99 of the segment, and never first, the others
    leading by turns.
    """
    ranking = ranked(
        leaves("x", "y"),
        [candidate("a", x=1, y=0), candidate("b", x=0, y=1), candidate("c", x=0.5, y=0.4)],
    )
    result = cs.robustness(ranking, weights="any", draws=DRAWS, seed=1)
    # a is above c for w > 4/9, b above c for w < 6/11
    hold(
        result,
        {
            "a": (1 / 2, 1 / 2 - 4 / 9, 4 / 9),
            "b": (1 / 2, 6 / 11 - 1 / 2, 5 / 11),
            "c": (0, 4 / 9 + 5 / 11, 10 / 99),
        },
    )
    a, b, c = (result.ids.index(name) for name in "abc")
    assert near(result.central_weights[a, 0], 3 / 4, math.sqrt(1 / 48), DRAWS / 2)
    assert near(result.central_weights[b, 0], 1 / 4, math.sqrt(1 / 48), DRAWS / 2)
    assert np.all(np.isnan(result.central_weights[c]))
    assert near(result.score_means[a], 50, 100 * math.sqrt(1 / 12), DRAWS)
    assert near(result.score_means[c], 45, 10 * math.sqrt(1 / 12), DRAWS)
    # quantiles of uniform scores, right to 0.1 point beside 6 standard errors of a quantile
    error = 600 * math.sqrt(0.05 * 0.95 / DRAWS) + 0.1
    assert np.allclose(
        result.score_quantiles[a], [5, 50, 95], rtol=0, atol=600 * 0.5 / math.sqrt(DRAWS) + 0.1
    )
    assert abs(result.score_quantiles[a, 0] - 5) < error
    assert np.allclose(result.confidence_factors[[a, b]], 1)
    assert np.isnan(result.confidence_factors[c])


@pytest.mark.parametrize(
    ("space", "weights", "low", "high"),
    [
        ("any", (3, 1), 0, 1),
        ("order", (3, 1), 1 / 2, 1),
        ("order", (1, 3), 0, 1 / 2),
        ("order", (2, 2), 0, 1),
        ("within 25%", (3, 1), 11 / 16, 13 / 16),
        ("within 25%", (1, 1), 3 / 8, 5 / 8),
        ("within 100%", (2, 3), 0, 4 / 5),
        ("intervals", ([1, 3], 2), 1 / 4, 3 / 4),
        ("intervals", ([1, 2], [2, 3]), 1 / 4, 1 / 2),
        ("intervals", ([1, 5], [4, 6]), 1 / 4, 1 / 2),
    ],
)
def test_two_criteria_in_every_space(
    space: str, weights: tuple[Any, Any], low: float, high: float
) -> None:
    """The weight of the first criterion is uniform on a segment (design 4.6); (1, 0) beats (2/5, 2/5) where w > 2/5.

    Order: w above or below a half. Within 25 % of 3:1: 3/4 of the other way round is cut by both boxes: the first
    allows 9/16 to 15/16, the second, 3/16 to 5/16 of 1 - w, so 11/16 to 13/16. Within 100 % of 2:3: 0 to 4/5 and no
    more than 1. Intervals: [1, 3] beside 2 has the middle 2, so shares of 4: 1/4 to 3/4. [1, 2] and [2, 3]: of
    3/2 + 5/2 = 4, so 1/4 to 1/2 and, by the second, 1 - 3/4 to 1 - 1/2. [1, 5] and [4, 6]: of 8, so 1/8 to 5/8, cut by
    the second to 2/8 to 4/8.
    """
    criteria = {
        key: {"scale": SHARE, "weight": weight} for key, weight in zip("xy", weights, strict=True)
    }
    ranking = ranked(
        {"criteria": criteria}, [candidate("a", x=1, y=0), candidate("b", x=0.4, y=0.4)]
    )
    result = cs.robustness(ranking, weights=space, draws=DRAWS, seed=2)
    chance = min(1.0, max(0.0, (high - 2 / 5) / (high - low)))
    hold(result, {"a": (chance, 1 - chance), "b": (1 - chance, chance)})
    place = result.ids.index("a")
    width = (high - low) * 100 / math.sqrt(12)
    assert near(result.score_means[place], 50 * (low + high), width, DRAWS)
    assert (
        low * 100 - 0.1
        <= result.score_quantiles[place, 0]
        <= result.score_quantiles[place, 2]
        <= high * 100 + 0.1
    )


# three criteria, by hand


def test_three_criteria_any_weights_by_symmetry() -> None:
    """Each of three candidates is best in one criterion and 0 in the others: first where its weight is the greatest.

    A third each by symmetry, and every rank alike. The triangle where the first weight is greatest is the
    quadrilateral of (1,0,0), (1/2,1/2,0), (1/3,1/3,1/3), (1/2,0,1/2); by the rank order centroid the greatest of
    three weights is 11/18 on average, the others (1 - 11/18)/2 = 7/36.
    """
    names = ["x", "y", "z"]
    listed = [
        candidate(f"best-{name}", **{other: float(other == name) for other in names})
        for name in names
    ]
    result = cs.robustness(ranked(leaves(*names), listed), weights="any", draws=DRAWS, seed=3)
    hold(result, {f"best-{name}": (1 / 3, 1 / 3, 1 / 3) for name in names})
    for name in names:
        place = result.ids.index(f"best-{name}")
        for column, other in enumerate(names):
            expected = 11 / 18 if other == name else 7 / 36
            # a weight's variance is at most 1/18, that of any weights
            assert near(
                result.central_weights[place, column], expected, math.sqrt(1 / 18), DRAWS / 3 * 0.9
            )


def test_three_criteria_one_compromise() -> None:
    """Values (1, 0, 0), (0, 1, 0), (0, 0, 1) and (t, t, t) with t = 2/5: the last scores 2/5 always.

    It is first where no weight exceeds 2/5: a triangle upside down. Each corner triangle w_i > t has (1 - t)^2 of the
    area; for t >= 1/3 two overlap in w_i, w_j > t, (1 - 2t)^2 each pair while t < 1/2, three never. So
    1 - 3 (9/25) + 3 (1/25) = 1/25. A candidate of one criterion beats it with (1 - t)^2 = 9/25. Its own place otherwise: it is second
    where one weight alone exceeds t, 3 (9/25 - 2/25) = 21/25, third where two do, 3/25, and last never.
    """
    names = ["x", "y", "z"]
    listed = [
        candidate(f"best-{name}", **{other: float(other == name) for other in names})
        for name in names
    ]
    listed.append(candidate("compromise", x=0.4, y=0.4, z=0.4))
    result = cs.robustness(ranked(leaves(*names), listed), weights="any", draws=DRAWS, seed=4)
    hold(
        result,
        {"compromise": (1 / 25, 21 / 25, 3 / 25, 0)}
        | {f"best-{name}": ((1 - 1 / 25) / 3,) for name in names},
    )
    comparisons = Comparisons()
    last = result.ids.index("compromise")
    for name in names:
        place = result.ids.index(f"best-{name}")
        comparisons.add(f"{name} over the compromise", result.pairwise_wins[place, last], 9 / 25)
        comparisons.add(f"the compromise over {name}", result.pairwise_wins[last, place], 16 / 25)
    comparisons.hold()
    assert np.allclose(result.top_probability(3)[last], 1)
    assert np.allclose(
        result.central_weights[last], 1 / 3, rtol=0, atol=6 * 0.2 / math.sqrt(DRAWS / 25 * 0.7)
    )


def test_three_criteria_in_order() -> None:
    """Weights x > y > z: (0, 1, 0) beats (3/5, 0, 0) where y > 3/5 x.

    In spacings a, b, c of a point of the simplex, x = a + b/2 + c/3, y = b/2 + c/3 (ordered weights): y > 3x/5 where
    2(b/2 + c/3) > 3a, so b + 2c/3 > 3a. With a = 1 - b - c: 4b + 11c/3 > 3. Cut from the triangle of (b, c): below
    the line lies the one with corners (3/4, 0), (0, 9/11), (0, 0): 27/44 of it. So 17/44 remain.
    """
    framework = leaves("x", "y", "z", x=3, y=2)
    listed = [candidate("a", x=0.6, y=0, z=0), candidate("b", x=0, y=1, z=0)]
    result = cs.robustness(ranked(framework, listed), weights="order", draws=DRAWS, seed=5)
    hold(result, {"a": (27 / 44, 17 / 44), "b": (17 / 44, 27 / 44)})


def test_weights_equal_but_for_rounding_are_unordered() -> None:
    """[0.1, 0.2] has the point weight 0.15: beside 0.15 and 0.05 the first two are unordered.

    Their mean is that of the first two of three rank order centroid weights, (11/18 + 5/18)/2 = 4/9 each.
    """
    criteria = {
        key: {"scale": SHARE, "weight": weight}
        for key, weight in zip("xyz", ([0.1, 0.2], 0.15, 0.05), strict=True)
    }
    ranking = ranked({"criteria": criteria}, [candidate("only", x=1, y=1, z=1)])
    result = cs.robustness(ranking, weights="order", draws=DRAWS, seed=5)
    assert np.allclose(
        result.central_weights[0], [4 / 9, 4 / 9, 1 / 9], rtol=0, atol=6 * 0.25 / math.sqrt(DRAWS)
    )


# a tree, by hand


def tree() -> cs.Ranking:
    criteria = {
        "t": {"scale": SHARE},
        "g": {"criteria": {"u": {"scale": SHARE}, "v": {"scale": SHARE}}},
    }
    return ranked(
        {"criteria": criteria}, [candidate("a", t=1, u=0, v=0), candidate("b", t=0, u=1, v=0)]
    )


def test_a_tree_draws_each_group_by_itself() -> None:
    """t is the share of the first criterion at the top, u that of the first in the group, each uniform on [0, 1].

    Scores t and (1 - t) u: the first leads where t > u/(1 + u), so with integral of 1/(1 + u) = ln 2. Its mean t is
    (1/2) integral of 1 - (u/(1 + u))^2 over that, (ln 2 - 1/4)/ln 2; its mean u is integral of u/(1 + u) over it,
    (1 - ln 2)/ln 2. Overall weights of the leaves: t, (1 - t) u, (1 - t)(1 - u).
    """
    result = cs.robustness(tree(), weights="any", draws=DRAWS, seed=6)
    hold(result, {"a": (LN2, 1 - LN2), "b": (1 - LN2, LN2)})
    place = result.ids.index("a")
    # (1 - t) u over the region: integral of u/(2 (1 + u)^2) = (ln 2 - 1/2)/2
    expected = [(LN2 - 1 / 4) / LN2, (LN2 - 1 / 2) / 2 / LN2]
    assert near(result.central_weights[place, 0], expected[0], 0.29, DRAWS * LN2)
    assert near(result.central_weights[place, 1], expected[1], 0.29, DRAWS * LN2)
    assert abs(result.central_weights[place].sum() - 1) < 1e-9
    assert near(result.score_means[place], 50, 100 / math.sqrt(12), DRAWS)


@pytest.mark.parametrize(
    ("weights", "chance"),
    [
        ({"": "any", "g": "any"}, LN2),
        ({"": "any", "g": "exact"}, 2 / 3),  # t > (1 - t)/2
        ({"": "exact", "g": "any"}, 1.0),  # 1/2 > u/2
        ({"": "within 50%", "g": "exact"}, 5 / 6),  # t in [1/4, 3/4] above 1/3
        ("exact", 1.0),
    ],
)
def test_each_group_has_the_space_it_is_given(weights: Any, chance: float) -> None:
    result = cs.robustness(tree(), weights=weights, draws=DRAWS, seed=7)
    hold(result, {"a": (chance, 1 - chance), "b": (1 - chance, chance)})


# ratings, by hand


@pytest.mark.parametrize(
    ("a", "b", "chance"),
    [
        ([0, 10], 5, 1 / 2),
        ([0, 10], [0, 10], 1 / 2),
        ([2, 10], 4, 3 / 4),
        ([0, 10], [5, 10], 1 / 4),  # b is beaten only if both are above 5, and then half the time
        ("unknown", 2, 4 / 5),
        ("unknown", [4, 6], 1 / 2),
        ({"low": 0, "value": 2, "high": 10}, 5, 25 / 80),  # (10 - 5)^2 / (10 * 8)
        ({"low": 0, "value": 2, "high": 10}, 1, 1 - 1 / 20),  # 1 - 1^2 / (10 * 2)
        ({"low": 0, "value": 10, "high": 10}, 5, 3 / 4),
    ],
)
@pytest.mark.parametrize("missing", ["average", "worst", "omit"])
def test_ratings_are_drawn_from_what_they_leave_open(
    a: Any, b: Any, chance: float, missing: str
) -> None:
    """Intervals are uniform, three points triangular, the unknown uniform over the scale, whatever `missing` says."""
    framework = {"missing": missing, "criteria": {"x": {"scale": TEN}}}
    ranking = ranked(framework, [candidate("a", x=a), candidate("b", x=b)])
    result = cs.robustness(ranking, weights="exact", draws=DRAWS, seed=8)
    hold(result, {"a": (chance, 1 - chance), "b": (1 - chance, chance)})
    assert np.allclose(result.central_weights, 1)


def test_quantiles_of_scores_are_those_of_the_ratings() -> None:
    """Quantiles of a uniform and of a triangular score: q, and for (0, 0, 100) 100 (1 - sqrt(1 - q)).

    Right to 0.1 point, beside 6 standard errors of a quantile, sqrt(q (1 - q)/s) over the density there.
    """
    listed = [
        candidate("uniform", x="unknown"),
        candidate("triangular", x={"low": 0, "value": 0, "high": 10}),
    ]
    result = cs.robustness(ranked({"criteria": {"x": {"scale": TEN}}}, listed), draws=DRAWS, seed=9)
    for k, q in enumerate((0.05, 0.5, 0.95)):
        error = 6 * math.sqrt(q * (1 - q) / DRAWS)
        assert (
            abs(result.score_quantiles[result.ids.index("uniform"), k] - 100 * q)
            < 100 * error + 0.1
        )
        exact, density = 100 * (1 - math.sqrt(1 - q)), 2 * math.sqrt(1 - q) / 100
        assert (
            abs(result.score_quantiles[result.ids.index("triangular"), k] - exact)
            < error / density + 0.1
        )


def test_weights_and_ratings_are_drawn_together_and_confidence_follows() -> None:
    """Values (x, 0), x uniform on [0, 1], against (0, 1); w, the weight of the first criterion, uniform on [0, 1].

    The first leads where w > 1/(1 + x): integral of x/(1 + x) = 1 - ln 2. Its mean weight is
    (1/2) integral of 1 - 1/(1 + x)^2, 1/4, over that. Under this weight it leads where x > 1/w - 1: a share of
    2 - 1/w = 2 - 4 (1 - ln 2) = 4 ln 2 - 2 of the draws of x. The other's mean weight is (1/2 - 1/4)/ln 2, and it
    always leads there, as w x < 1 - w.
    """
    ranking = ranked(leaves("p", "q"), [candidate("a", p="unknown", q=0), candidate("b", p=0, q=1)])
    result = cs.robustness(ranking, weights="any", draws=DRAWS, seed=10)
    hold(result, {"a": (1 - LN2, LN2), "b": (LN2, 1 - LN2)})
    a, b = (result.ids.index(name) for name in "ab")
    assert near(result.central_weights[a, 0], 1 / 4 / (1 - LN2), 0.15, DRAWS * (1 - LN2))
    assert near(result.central_weights[b, 0], 1 / 4 / LN2, 0.29, DRAWS * LN2)
    # the error of the mean weight, about 0.01, moves 2 - 1/w by half as much again
    assert abs(result.confidence_factors[a] - (4 * LN2 - 2)) < 6 * (
        0.005 + 0.15 / 0.66 / math.sqrt(DRAWS * 0.3)
    )
    assert result.confidence_factors[b] == 1


def test_verdicts_are_found_anew_in_each_draw() -> None:
    """A rating uniform on [0, 10] bars a candidate from 6 on: ranked in 6 of 10 draws, and first whenever it is.

    The other is first in the rest; a ranked candidate beats an unranked one.
    """
    framework = {
        "criteria": {"x": {"scale": TEN}, "y": {"scale": TEN}},
        "guardrails": {"bar": {"when": "x >= 6", "then": "outside"}},
        "bands": {"high": 75, "low": 0},
    }
    listed = [candidate("a", x=[0, 10], y=10), candidate("b", x=0, y=0)]
    result = cs.robustness(ranked(framework, listed), weights="exact", draws=DRAWS, seed=11)
    a, b = (result.ids.index(name) for name in "ab")
    hold(result, {"a": (0.6, 0), "b": (0.4, 0.6)})
    comparisons = Comparisons()
    comparisons.add("a unranked", result.unranked[a], 0.4)
    comparisons.add("a over b", result.pairwise_wins[a, b], 0.6)
    comparisons.add("b over a", result.pairwise_wins[b, a], 0.4)
    comparisons.add("a outside", result.verdict_probabilities["outside"][a], 0.4)
    comparisons.add("a inside", result.verdict_probabilities["inside"][a], 0.6)
    # a's score is 50 + 5 x, above 75 from x = 5 on; the band is shown for ranked candidates
    comparisons.add("a high", result.band_probabilities["high"][a], 0.1)
    comparisons.add("a low", result.band_probabilities["low"][a], 0.5)
    comparisons.hold()
    assert result.expected_ranks[a] == 1
    assert result.rank_ranges[a].tolist() == [1, 1]
    assert result.rank_ranges[b].tolist() == [1, 2]
    assert near(result.expected_ranks[b], 1.6, math.sqrt(0.24), DRAWS)


def test_a_score_that_moves_a_tier() -> None:
    """A candidate goes to a person where group g scores below 50: (1, 0) where its weight u in the group is below 1/2.

    It scores 100 u against 40 of the other, which scores below 50 always and so is of tier 2 always. Above u = 1/2 it
    is first by tier, from 2/5 to 1/2 by score, below it is second.
    """
    framework = {
        "criteria": {"g": {"criteria": {"u": {"scale": SHARE}, "v": {"scale": SHARE}}}},
        "guardrails": {"weak": {"when": "score(g) < 50", "then": "refer"}},
    }
    ranking = ranked(framework, [candidate("a", u=1, v=0), candidate("b", u=0.4, v=0.4)])
    result = cs.robustness(ranking, weights="any", draws=DRAWS, seed=12)
    hold(result, {"a": (3 / 5, 2 / 5), "b": (2 / 5, 3 / 5)})
    comparisons = Comparisons()
    a, b = (result.ids.index(name) for name in "ab")
    comparisons.add("a referred", result.verdict_probabilities["refer"][a], 1 / 2)
    comparisons.add("b referred", result.verdict_probabilities["refer"][b], 1)
    comparisons.hold()


def test_standard_errors_are_those_of_the_exact_variances() -> None:
    """Three criteria within 60 %, against exact areas and moments.

    Shares 1/2, 3/10, 1/5; values (1, 0, 1/5), (0, 1, 1/2) and (2/5, 2/5, 2/5). Within 6 standard errors; the standard
    error of a mean within a tenth of the exact one.
    """
    rows = [(1, 0, Fraction(1, 5)), (0, 1, Fraction(1, 2)), (Fraction(2, 5),) * 3]
    values = [tuple(map(Fraction, row)) for row in rows]
    exact = oracle.robustness(
        values, oracle.space("within 60%", [Fraction(5), Fraction(3), Fraction(2)])
    )
    listed = [
        candidate(f"c{k}", **dict(zip("xyz", map(float, row), strict=True)))
        for k, row in enumerate(values)
    ]
    ranking = ranked(leaves("x", "y", "z", x=5, y=3, z=2), listed)
    result = cs.robustness(ranking, weights="within 60%", draws=DRAWS, seed=14)
    errors = result.standard_error(result.rank_acceptability)
    for k, name in enumerate(("c0", "c1", "c2")):
        here = result.ids.index(name)
        expected = np.array(exact.rank_acceptability[k], dtype=np.float64)
        assert np.all(np.abs(result.rank_acceptability[here] - expected) <= 6 * errors[here])
        mean, variance = exact.score_means[k]
        assert abs(result.score_means[here] - float(mean)) <= 6 * result.score_errors[here] + 1e-9
        plain = math.sqrt(variance / DRAWS)
        assert 0.9 * plain <= result.score_errors[here] <= 1.1 * plain + 1e-9


# choices of method, by hand


@pytest.mark.parametrize(
    ("over", "a", "b", "chances"),
    [
        # 1/2, 0 and 0 by the arithmetic, geometric and harmonic mean of (1, 0), against 3/10
        (["combine"], {"x": 10, "y": 0}, {"x": 3, "y": 3}, (1 / 3, 2 / 3)),
        # 3/4, 1/2 and 1 as the unknown counts as average, as worst or not at all, against 3/5
        (["missing"], {"x": "unknown", "y": 10}, {"x": 6, "y": 6}, (2 / 3, 1 / 3)),
        # barred where the guardrail is in force
        (["guardrail:bar"], {"x": 10, "y": 10}, {"x": 1, "y": 1}, (1 / 2, 0)),
        (
            ["guardrail:bar", "combine"],
            {"x": 9, "y": 0},
            {"x": 2, "y": 2},
            (1 / 2 * 1 / 3, 1 / 2 * 2 / 3),
        ),
    ],
)
def test_choices_of_method_are_equally_likely(
    over: list[str], a: dict[str, Any], b: dict[str, Any], chances: tuple[float, float]
) -> None:
    """With the given weights, half each, and ratings that are points or unknown."""
    framework = {
        "criteria": {"x": {"scale": TEN}, "y": {"scale": TEN}},
        "facts": {"watched": {"kind": "flag"}},
        "guardrails": {"bar": {"when": "watched", "then": "outside"}},
    }
    barred = "guardrail:bar" in over
    listed = [
        {**candidate("a", **a), "facts": {"watched": barred}},
        {**candidate("b", **b), "facts": {"watched": False}},
    ]
    result = cs.robustness(
        ranked(framework, listed), weights="exact", method_choices=over, draws=DRAWS, seed=13
    )
    hold(result, {"a": chances, "b": (1 - chances[0], chances[0])})


# generated cases, cut exactly

SPACES = ["any", "order", "within 25%", "within 60%", "intervals", "exact"]
BLOCKS, CASES = 4, 100


@dataclass(frozen=True)
class Case:
    """A framework of two or three criteria, candidates with fixed values, and what is exactly true of them."""

    space: str
    weights: list[oracle.Weight]
    falling: list[bool]
    ratings: list[tuple[int, ...]]
    tiers: list[int | None]
    gate: Fraction | None
    bands: list[int]

    @classmethod
    def generate(cls, number: int) -> Case:
        rng = random.Random(number)
        m, n = rng.choice([2, 3, 3]), rng.randint(2, 5)
        space = SPACES[number % len(SPACES)]
        weights: list[oracle.Weight] = [Fraction(rng.choice([1, 2, 3, 4, 4])) for _ in range(m)]
        if space == "intervals" or rng.random() < 0.2:
            for place in rng.sample(range(m), rng.randint(1, m)):
                low = rng.randint(1, 4)
                weights[place] = (Fraction(low), Fraction(low + rng.randint(1, 4)))
        ratings = [tuple(rng.randint(0, 10) for _ in range(m)) for _ in range(n)]
        if rng.random() < 0.25:
            ratings[-1] = ratings[0]  # a tie everywhere
        tiers: list[int | None] = rng.choices([1, 2, None], [6, 2, 1], k=n)
        gate = Fraction(rng.choice([40, 50, 55])) if rng.random() < 0.3 else None
        return cls(
            space, weights, [rng.random() < 0.3 for _ in range(m)], ratings, tiers, gate, [60, 30]
        )

    @property
    def names(self) -> list[str]:
        return [f"c{k}" for k in range(len(self.ratings))]

    @property
    def values(self) -> list[oracle.Row]:
        return [
            tuple(
                Fraction(10 - rating if falls else rating, 10)
                for rating, falls in zip(row, self.falling, strict=True)
            )
            for row in self.ratings
        ]

    def ranking(self) -> cs.Ranking:
        written = [
            [float(end) for end in weight] if isinstance(weight, tuple) else float(weight)
            for weight in self.weights
        ]
        inner = {
            f"k{place}": {"scale": TEN, "weight": weight, "prefer": "low" if falls else "high"}
            for place, (weight, falls) in enumerate(zip(written, self.falling, strict=True))
        }
        guardrails: dict[str, Any] = {
            "apart": {"when": "kind == second", "then": "refer"},
            "barred": {"when": "kind == none_at_all", "then": "outside"},
        }
        if self.gate is not None:
            guardrails["weak"] = {"when": f"score(whole) < {self.gate}", "then": "refer"}
        framework = {
            "criteria": {"whole": {"criteria": inner}},
            "facts": {"kind": {"kind": "choice", "options": ["first", "second", "none_at_all"]}},
            "guardrails": guardrails,
            "bands": {"upper": self.bands[0], "middle": self.bands[1], "lower": 0},
        }
        kinds = {1: "first", 2: "second", None: "none_at_all"}
        listed = [
            {
                "id": name,
                "ratings": dict(zip(inner, row, strict=True)),
                "facts": {"kind": kinds[tier]},
            }
            for name, row, tier in zip(self.names, self.ratings, self.tiers, strict=True)
        ]
        return ranked(framework, listed)

    def solved(self) -> tuple[list[oracle.Row], oracle.Cell, oracle.Exact]:
        rows, weights = self.values, self.weights
        pooled = self.pooled
        if pooled:
            rows, weights = oracle.collapsed(rows, weights)
        space = oracle.space(self.space, weights)
        return rows, space, oracle.robustness(rows, space, self.tiers, self.gate)

    @property
    def pooled(self) -> bool:
        kinds = {isinstance(weight, tuple) for weight in self.weights}
        return self.space == "intervals" and kinds == {True, False}


def compare(case: Case, result: cs.Robustness, comparisons: Comparisons) -> None:
    rows, space, exact = case.solved()
    at = [result.ids.index(name) for name in case.names]
    for i, here in enumerate(at):
        name = case.names[i]
        for rank, chance in enumerate(exact.rank_acceptability[i]):
            comparisons.add(f"{name} at {rank + 1}", result.rank_acceptability[here, rank], chance)
        comparisons.add(f"{name} unranked", result.unranked[here], exact.unranked[i])
        for j, there in enumerate(at):
            comparisons.add(
                f"{name} over {case.names[j]}",
                result.pairwise_wins[here, there],
                exact.pairwise_wins[i][j],
            )
        compare_classes(case, result, comparisons, i, (rows, space))
        compare_means(case, result, i, exact)


def compare_classes(
    case: Case,
    result: cs.Robustness,
    comparisons: Comparisons,
    i: int,
    solved: tuple[list[oracle.Row], oracle.Cell],
) -> None:
    """Compare verdicts and bands: what share of the space lies below a threshold."""
    rows, space = solved
    name, here, tier = case.names[i], result.ids.index(case.names[i]), case.tiers[i]

    def below(threshold: Fraction | int) -> Fraction:
        if len(set(rows[i])) == 1 or len(space.corners) == 1:
            return Fraction(int(oracle.at(oracle.score_line(rows[i]), space.centroid) < threshold))
        return oracle.chance_below(rows[i], space, Fraction(threshold))

    moved = below(case.gate) if case.gate is not None else Fraction(0)
    chances = {
        "inside": 1 - moved if tier == 1 else 0,
        "refer": {1: moved, 2: Fraction(1), None: Fraction(0)}[tier],
        "outside": int(tier is None),
        "conditional": 0,
    }
    for verdict, chance in chances.items():
        comparisons.add(f"{name} {verdict}", result.verdict_probabilities[verdict][here], chance)
    upper, middle = (below(threshold) for threshold in case.bands)
    for band, chance in {"upper": 1 - upper, "middle": upper - middle, "lower": middle}.items():
        comparisons.add(
            f"{name} {band}",
            result.band_probabilities[band][here],
            chance if tier is not None else 0,
        )


def compare_means(case: Case, result: cs.Robustness, i: int, exact: oracle.Exact) -> None:
    name, here = case.names[i], result.ids.index(case.names[i])
    mean, variance = exact.score_means[i]
    assert near(result.score_means[here], float(mean), math.sqrt(variance), DRAWS), (
        f"{name}: mean score"
    )
    ranked_draws = (1 - result.unranked[here]) * DRAWS
    if (ranks := exact.expected_ranks[i]) is None:
        assert math.isnan(result.expected_ranks[here])
        assert result.rank_ranges[here].tolist() == [0, 0]
    else:
        assert near(
            result.expected_ranks[here], float(ranks[0]), math.sqrt(ranks[1]), ranked_draws
        ), f"{name}: mean rank"
        low, high = exact.rank_ranges[i] or (0, 0)
        found = result.rank_ranges[here].tolist()
        assert low <= found[0] <= found[1] <= high, f"{name}: rank range"
        for rank in (low, high):  # not seen with a chance below e^-30
            if exact.rank_acceptability[i][rank - 1] * DRAWS > 30:
                assert rank in found, f"{name}: rank range"
    compare_central(case, result, i, exact)


def compare_central(case: Case, result: cs.Robustness, i: int, exact: oracle.Exact) -> None:
    name, here = case.names[i], result.ids.index(case.names[i])
    first = result.rank_acceptability[here, 0] * DRAWS
    central = exact.central_weights[i]
    if central is None or not first:
        assert np.all(np.isnan(result.central_weights[here])), f"{name}: never first"
        assert math.isnan(result.confidence_factors[here])
        return
    means, deviations = (
        [mean for mean, _ in central],
        [Fraction(math.sqrt(variance)) for _, variance in central],
    )
    if case.pooled:
        means = list(oracle.expanded(means, case.weights))
        deviations = list(oracle.expanded(deviations, case.weights))
    for place, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        seen = result.central_weights[here, place]
        assert near(seen, float(mean), float(deviation), first), f"{name}: central weight {place}"
    if case.gate is None:
        # where tiers are fixed it is first on a convex set, which holds its own mean
        assert result.confidence_factors[here] == 1, f"{name}: confidence"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_generated_cases_agree_with_their_exact_values(block: int) -> None:
    comparisons = Comparisons()
    for number in range(block, CASES, BLOCKS):
        case = Case.generate(number)
        result = cs.robustness(
            case.ranking(), weights={"whole": case.space}, draws=DRAWS, seed=number
        )
        try:
            compare(case, result, comparisons)
        except Exception as error:
            error.add_note(f"case {number}: {case}")
            raise
        comparisons.seen = [
            (f"case {number}: {name}" if ":" not in name else name, *rest)
            for name, *rest in comparisons.seen
        ]
    assert len(comparisons.seen) > 500
    comparisons.hold()


def test_generated_cases_are_of_all_kinds() -> None:
    cases = [Case.generate(number) for number in range(CASES)]
    for holds in (
        lambda case: case.gate is not None,
        lambda case: None in case.tiers and 1 in case.tiers,
        lambda case: len(set(case.ratings)) < len(case.ratings),
        lambda case: case.pooled and len(case.weights) == 3,
        lambda case: (
            case.space == "intervals" and all(isinstance(weight, tuple) for weight in case.weights)
        ),
        lambda case: (
            case.space == "order" and len(set(map(oracle.middle, case.weights))) < len(case.weights)
        ),
    ):
        assert sum(map(holds, cases)) >= 3


# the oracle itself


def test_the_oracle_cuts_what_is_cut_by_hand() -> None:
    """The compromise of three criteria above, and the order of three: 1/25 and 27/44."""
    one, zero = Fraction(1), Fraction(0)
    corners = [(one, zero, zero), (zero, one, zero), (zero, zero, one)]
    exact = oracle.robustness([*corners, (Fraction(2, 5),) * 3], oracle.whole(3))
    assert exact.rank_acceptability[3] == (Fraction(1, 25), Fraction(21, 25), Fraction(3, 25), 0)
    assert exact.pairwise_wins[0][3] == Fraction(9, 25)
    ordered = oracle.space("order", [Fraction(3), Fraction(2), Fraction(1)])
    assert ordered.size / oracle.whole(3).size == Fraction(1, 6)
    assert ordered.centroid == (Fraction(11, 18), Fraction(5, 18))
    exact = oracle.robustness([(Fraction(3, 5), zero, zero), (zero, one, zero)], ordered)
    assert exact.rank_acceptability[0] == (Fraction(27, 44), Fraction(17, 44))


def test_the_oracle_agrees_with_a_grid() -> None:
    """Chances by the oracle against counting the points of a fine grid of the triangle, for generated cases."""
    for number in range(0, 60, 11):
        case = Case.generate(number)
        if len(case.weights) == 2 or case.pooled or case.space == "exact":
            continue
        rows, space, exact = case.solved()
        counts: dict[tuple[int, ...], int] = {}
        step = 80
        for a, b in itertools.product(range(step), repeat=2):
            point = (Fraction(3 * a + 1, 3 * step), Fraction(3 * b + 1, 3 * step))
            if sum(point) < 1 and inside(space, point):
                ranks = oracle.ranks_at(rows, case.tiers, point, case.gate)
                counts[ranks] = counts.get(ranks, 0) + 1
        total = sum(counts.values())
        for i, j in itertools.product(range(len(rows)), repeat=2):
            seen = (
                sum(count for ranks, count in counts.items() if oracle.beats(ranks[i], ranks[j]))
                / total
            )
            assert abs(seen - float(exact.pairwise_wins[i][j])) < 0.15


def inside(space: oracle.Cell, point: Sequence[Fraction]) -> bool:
    ring = [*space.corners, space.corners[0]]
    signs = [
        (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)
        for (x0, y0), (x1, y1) in itertools.pairwise(ring)
    ]
    return all(sign >= 0 for sign in signs) or all(sign <= 0 for sign in signs)
