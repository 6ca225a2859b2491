"""Robustness against what others have published of stochastic multicriteria acceptability analysis.

The method is SMAA-2: Lahdelma, R. and Salminen, P. (2001), SMAA-2: Stochastic multicriteria acceptability analysis for
group decision making, Operations Research 49(3): 444-454; its computation: Tervonen, T. and Lahdelma, R. (2007),
Implementing stochastic multicriteria acceptability analysis, European Journal of Operational Research 178(2): 500-513.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import collabscore as cs

Floats = NDArray[np.float64]
SHARE = {"range": [0, 1]}


def ranked(framework: dict[str, Any], listed: list[dict[str, Any]]) -> cs.Ranking:
    return cs.score(listed, {"collabscore": "framework/1", "id": "published", **framework})


def leaves(*names: str) -> dict[str, Any]:
    return {"criteria": {name: {"scale": SHARE} for name in names}}


def in_order(result: cs.Robustness, names: list[str]) -> list[int]:
    return [list(result.ids).index(name) for name in names]


# Measurements of four antidepressants: mean and standard deviation, of the logarithm for efficacy
DRUGS = ["fluoxetine", "paroxetine", "sertraline", "venlafaxine"]
EFFICACY = [(0.0, 0.0), (0.086, 0.056), (0.095, 0.044), (0.113, 0.048)]
EFFECTS = {
    "diarrhea": [(11.7, 2.5), (9.2, 1.86), (15.4, 2.65), (5.5, 2.32)],
    "dizziness": [(7.2, 1.45), (10.6, 1.58), (7.5, 1.48), (15.7, 4.44)],
    "headache": [(16.6, 3.27), (21.2, 5.15), (20.2, 3.78), (12.8, 2.45)],
    "insomnia": [(13.7, 1.89), (14.3, 2.93), (15.0, 3.21), (11.2, 3.98)],
    "nausea": [(18.6, 1.79), (18.3, 3.7), (19.5, 2.6), (31.0, 1.68)],
}
ACCEPTABILITY = [
    [0.20, 0.28, 0.30, 0.22],
    [0.25, 0.29, 0.27, 0.19],
    [0.17, 0.25, 0.29, 0.30],
    [0.39, 0.18, 0.15, 0.29],
]
CENTRAL = [
    [0.08, 0.14, 0.23, 0.18, 0.16, 0.22],
    [0.18, 0.17, 0.15, 0.13, 0.15, 0.22],
    [0.21, 0.10, 0.22, 0.13, 0.15, 0.20],
    [0.18, 0.21, 0.12, 0.21, 0.19, 0.09],
]
CONFIDENCE = [0.48, 0.44, 0.34, 0.74]

NORMAL = NormalDist()
# quantiles every 1/8 of a standard deviation, as far as 3.5
QUANTILES = [k / 8 for k in range(-28, 29)]
# the model lets values leave [0, 1], as measurements leave its scale; one map of all of them brings them back
LEAST, MOST = -1.0, 2.0


def drug_model() -> cs.Ranking:
    """Write normal measurements in the words of a framework.

    A uniform number u becomes normal through the quantile function. Each drug has a stretch of the scale of its own,
    [2k, 2k + 1], on which the value function is that of its quantiles, and the drug is rated as that whole stretch.
    """
    criteria: dict[str, Any] = {}
    for name, measured in {"efficacy": EFFICACY, **EFFECTS}.items():
        logarithmic = name == "efficacy"
        grids = [
            [mean + deviation * z for z in (-1.96, 1.96, *QUANTILES)]
            for mean, deviation in measured
        ]
        if logarithmic:
            grids = [[math.exp(x) for x in grid] for grid in grids]
        low, high = min(grid[0] for grid in grids), max(grid[1] for grid in grids)
        points: dict[float, float] = {}
        for k, grid in enumerate(grids):
            at = [NORMAL.cdf(z) for z in QUANTILES]
            worth = [
                (x - low) / (high - low) if logarithmic else (high - x) / (high - low)
                for x in grid[2:]
            ]
            for u, v in zip([0.0, *at[1:-1], 1.0], worth, strict=True):
                points[2 * k + u] = 100 * (v - LEAST) / (MOST - LEAST)
        criteria[name] = {"scale": {"range": [0, 7]}, "value": points}
    listed = [
        {"id": drug, "ratings": {key: [2 * k, 2 * k + 1] for key in criteria}}
        for k, drug in enumerate(DRUGS)
    ]
    return ranked({"criteria": criteria}, listed)


def test_four_antidepressants_as_in_jsmaa() -> None:
    """Rank acceptability, central weights and confidence factors of a published model, with measurements uncertain.

    The model: A state-of-the-art multi-criteria model for drug benefit-risk analysis (2010), SOM Research Reports 10001,
    University of Groningen. Its measurements and results, to two digits and with tolerances of 0.02 (0.03 for
    confidence factors), stand in the tests of JSMAA, the program of the method's authors: github.com/tommite/jsmaa,
    lib/src/test/java/fi/smaa/jsmaa/simulator/SMAA2SimulationTest.java, `testCorrectResultsWithBRModel`, commit
    1daabb53d2617794a10ab1dc2bacce0a21b7ffe9. Weights are any; a criterion's scale is the hull of the 95 % intervals;
    its partial values are linear, also beyond the scale (model/maut/UtilityFunction.java, same commit).
    Figures here are held to the same tolerances.
    """
    result = cs.robustness(drug_model(), weights="any", draws=20_000, seed=1)
    order = in_order(result, DRUGS)
    assert np.allclose(result.rank_acceptability[order], ACCEPTABILITY, rtol=0, atol=0.02)
    assert np.allclose(result.central_weights[order], CENTRAL, rtol=0, atol=0.02)
    assert np.allclose(result.confidence_factors[order], CONFIDENCE, rtol=0, atol=0.03)


def test_equal_alternatives_as_in_jsmaa() -> None:
    """Two alternatives alike in all of three criteria are both first, and any weights favour both: a third each.

    JSMAA, the same file, `testEqualRanks`, tolerance 0.01 with 10,000 draws.
    """
    same = dict.fromkeys(["c1", "c2", "c3"], 0)
    ranking = ranked(
        leaves("c1", "c2", "c3"), [{"id": "alt1", "ratings": same}, {"id": "alt2", "ratings": same}]
    )
    result = cs.robustness(ranking, weights="any", draws=10_000, seed=1)
    assert np.allclose(result.central_weights, 1 / 3, rtol=0, atol=0.01)
    assert np.array_equal(result.rank_acceptability, [[1, 0], [1, 0]])
    assert np.array_equal(result.pairwise_wins, np.zeros((2, 2)))


def test_central_weights_lean_to_what_is_good_as_in_jsmaa() -> None:
    """Alternative 1 is best in criteria 1 and 3, alternative 2 in criterion 2: so lean their central weights.

    JSMAA, the same file, `testCorrectResults`.
    """
    ranking = ranked(
        leaves("c1", "c2", "c3"),
        [
            {"id": "alt1", "ratings": {"c1": 1, "c2": 0, "c3": 1}},
            {"id": "alt2", "ratings": {"c1": 0, "c2": 1, "c3": 0}},
        ],
    )
    result = cs.robustness(ranking, weights="any", draws=10_000, seed=1)
    one, other = result.central_weights[in_order(result, ["alt1", "alt2"])]
    assert one[0] > other[0]
    assert one[1] < other[1]
    assert one[2] > other[2]


def test_no_central_weights_where_never_first_as_in_rsmaa() -> None:
    """The first alternative beats the second on all criteria: under weights of a third each it has these as central
    weights, the second has none.

    The R package smaa by G. van Valkenhoef: github.com/gertvv/rsmaa, smaa/tests/nacw.R, commit
    bf259e349e54b84f88a9b475aa8f1be438a979d5.
    """
    names = ["a", "b", "c"]
    ranking = ranked(
        leaves(*names),
        [
            {"id": "first", "ratings": dict.fromkeys(names, 1)},
            {"id": "second", "ratings": dict.fromkeys(names, 0)},
        ],
    )
    result = cs.robustness(ranking, weights="exact", draws=1_000, seed=1)
    assert np.allclose(result.central_weights[0], 1 / 3, rtol=0, atol=1e-12)
    assert np.all(np.isnan(result.central_weights[1]))


def test_entropy_in_bits_as_in_rsmaa() -> None:
    """Of two alternatives one is first in 0.3504 of the draws, the other in 0.6496: the entropy is 0.9344248.

    The R package smaa, smaa/tests/Examples/smaa-Ex.Rout.save, commit 035672949a73ebdc45c8676522452ce56c9cf875: acceptability
    and `smaa.entropy.ranking` of the thrombolysis example. Here a rating uniform on [0, 1] is above 0.6496 as often,
    within 6 standard errors; the entropy of a share p moves log2((1 - p)/p) times as far.
    """
    ranking = ranked(
        leaves("x"),
        [{"id": "a", "ratings": {"x": "unknown"}}, {"id": "b", "ratings": {"x": 0.6496}}],
    )
    result = cs.robustness(ranking, draws=100_000, seed=1)
    error = 6 * math.sqrt(0.3504 * 0.6496 / 100_000)
    acceptability = [[0.3504, 0.6496], [0.6496, 0.3504]]
    assert np.allclose(
        result.rank_acceptability[in_order(result, ["a", "b"])], acceptability, rtol=0, atol=error
    )
    assert np.allclose(result.entropies, 0.9344248, rtol=0, atol=error * math.log2(0.6496 / 0.3504))


@pytest.mark.parametrize("m", [2, 3, 4, 6])
def test_mean_weights_under_an_order_are_rank_order_centroids(m: int) -> None:
    """One candidate is always first, so its central weights are the mean of all weights drawn under the order.

    w_k = (1/m) sum_{j>=k} 1/j: Barron, F. H. and Barrett, B. E. (1996), Decision quality using ranked attribute
    weights, Management Science 42(11): 1515-1523. For m = 4 that is 0.52, 0.27, 0.15, 0.06. Within 6 standard errors,
    a weight's variance being at most that of an exponential spacing: Var w_k <= (1/m^2) sum_{j>=k} 1/j^2.
    """
    criteria = {f"c{k}": {"scale": SHARE, "weight": m - k} for k in range(m)}
    ranking = ranked(
        {"criteria": criteria}, [{"id": "only", "ratings": dict.fromkeys(criteria, 1)}]
    )
    result = cs.robustness(ranking, weights="order", draws=10_000, seed=1)
    for k in range(m):
        centroid = sum(1 / j for j in range(k + 1, m + 1)) / m
        deviation = math.sqrt(sum(1 / j**2 for j in range(k + 1, m + 1))) / m
        assert abs(result.central_weights[0, k] - centroid) < 6 * deviation / 100
    if m == 4:
        assert np.allclose(result.central_weights[0], [0.52, 0.27, 0.15, 0.06], rtol=0, atol=0.02)
