"""Agreement: published values of Krippendorff's alpha and Kendall's W, an oracle in plain Python, and properties."""

from __future__ import annotations

import math
import tracemalloc
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabscore.arrays import FloatArray
from collabscore.kernels.agreement import (
    METRICS,
    Metric,
    concordance,
    deviations,
    disagreements,
    percentile_interval,
    resampled_units,
)
from reference import agreement_oracle as oracle

NONE = math.nan


def alpha(table: FloatArray, metric: Metric) -> float:
    return float(disagreements(units_by_raters=table, metric=metric).alphas[0])


def raters(*rows: str) -> FloatArray:
    """Return a table from a line of signs for each rater, `.` for a missing rating: a row for each unit."""
    signs = [
        [NONE if sign == "." else float("0123456789abcde".index(sign)) for sign in row]
        for row in rows
    ]
    return np.array(signs).T


# Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. https://repository.upenn.edu/asc_papers/43:
# sections A and B, two observers; C and D, four observers of twelve units with missing ratings. Three coders: the
# computational example of https://en.wikipedia.org/wiki/Krippendorff%27s_alpha
THREE = raters(".....34121133.3", "1.213343.......", "..21344.21133.4")
FOUR = raters("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
PUBLISHED = [
    pytest.param(raters("0100000010", "1110010000"), "nominal", 0.095, id="A-binary"),
    pytest.param(raters("aabbdcccedda", "babbbccceddd"), "nominal", 0.692, id="B-nominal"),
    pytest.param(FOUR, "nominal", 0.743, id="C-missing"),
    pytest.param(FOUR, "ordinal", 0.815, id="D-ordinal"),
    pytest.param(FOUR, "interval", 0.849, id="D-interval"),
    pytest.param(THREE, "nominal", 0.691, id="three-nominal"),
    pytest.param(THREE, "interval", 0.811, id="three-interval"),
]


@pytest.mark.parametrize(("table", "metric", "published"), PUBLISHED)
def test_alpha_is_as_published(table: FloatArray, metric: Metric, published: float) -> None:
    assert round(alpha(table, metric), 3) == published


# Zar, J. H. (2010). Biostatistical Analysis (5th ed.), example 20.5: wing, tail and bill length of twelve birds, with
# ties. The rank sums are those of https://www.unistat.com/656/nonparametric-tests-kendalls-concordance-coefficient
BIRDS = np.array(
    [
        [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4],
        [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3],
        [17.0, 17.0, 20.0, 14.5, 15.5, 13.0, 19.5, 16.0, 21.0, 20.0, 18.0, 22.0],
    ]
).T
RANK_SUMS = [14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36]


def test_w_with_ties_is_that_of_the_published_rank_sums() -> None:
    columns = BIRDS.T.tolist()
    sums = [sum(oracle.rank_of(bird[j], columns[j]) for j in range(3)) for bird in BIRDS.tolist()]
    assert sums == RANK_SUMS
    # three raters and twelve units; ties of sizes 2, 2; 2, 3, 2; 2, 2
    squares = sum(each**2 for each in RANK_SUMS) - 234**2 / 12
    by_hand = 12 * squares / (9 * (12**3 - 12) - 3 * (6 + 6 + 6 + 24 + 6 + 6 + 6))
    assert concordance(units_by_raters=BIRDS) == pytest.approx(by_hand, abs=1e-14)
    assert round(by_hand, 3) == 0.924


# against plain Python

RATINGS = st.one_of(st.none(), st.integers(1, 5), st.sampled_from([1.5, 2.5]))
TABLES = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(RATINGS, min_size=k, max_size=k), min_size=1, max_size=9)
)


@given(TABLES, st.sampled_from(METRICS))
@settings(max_examples=60)
def test_alpha_is_that_of_the_matrix_of_coincidences(
    units: list[list[float | None]], metric: Metric
) -> None:
    exact = [[None if rating is None else Fraction(rating) for rating in unit] for unit in units]
    expected = oracle.alpha(exact, metric)
    found = alpha(np.array(units, dtype=np.float64), metric)
    assert found == pytest.approx(
        NONE if expected is None else float(expected), abs=1e-12, nan_ok=True
    )


@given(TABLES)
@settings(max_examples=50)
def test_w_is_that_of_plain_python(units: list[list[float | None]]) -> None:
    table = np.array(units, dtype=np.float64)
    table = np.where(np.isnan(table), 3.0, table)
    expected = oracle.w([[Fraction(rating) for rating in unit] for unit in table.tolist()])
    found = concordance(units_by_raters=table)
    assert found == pytest.approx(
        NONE if expected is None else float(expected), abs=1e-12, nan_ok=True
    )


# properties


@given(TABLES, st.sampled_from(METRICS), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_neither_the_order_of_raters_nor_that_of_units_matters(
    units: list[list[float | None]], metric: Metric, random: object
) -> None:
    table = np.array(units, dtype=np.float64)
    order, columns = list(range(len(table))), list(range(table.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    again = alpha(table[order][:, columns], metric)
    assert again == pytest.approx(alpha(table, metric), abs=1e-12, nan_ok=True)


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=20),
    st.integers(2, 5),
    st.sampled_from(METRICS),
)
def test_perfect_agreement_is_exactly_one(units: list[float], k: int, metric: Metric) -> None:
    table = np.repeat(np.array(units)[:, None], k, axis=1)
    # a difference whose square is lost in rounding is none to a metric of differences
    if len(set(units)) > 1 and (metric != "interval" or np.ptp(units) > 1e-100):
        assert alpha(table, metric) == 1
    assert concordance(units_by_raters=table) == (
        pytest.approx(1) if len(set(units)) > 1 else pytest.approx(NONE, nan_ok=True)
    )


@pytest.mark.parametrize("metric", METRICS)
def test_orientation_is_by_name_and_makes_a_difference(metric: Metric) -> None:
    """Raters in rows are another table: the argument says what a row is, and there is no positional form."""
    with pytest.raises(TypeError):
        disagreements(FOUR, metric)  # type: ignore[misc]
    assert alpha(FOUR, metric) != pytest.approx(alpha(FOUR.T, metric), abs=0.05)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    "table",
    [
        pytest.param(np.full((5, 3), 0.1), id="all-equal"),
        pytest.param(np.array([[1.0, NONE], [NONE, 2.0]]), id="no-common-unit"),
        pytest.param(np.empty((0, 2)), id="no-units"),
        pytest.param(np.array([[1.0], [2.0]]), id="one-rater"),
    ],
)
def test_alpha_is_not_defined_without_two_different_ratings(
    table: FloatArray, metric: Metric
) -> None:
    assert math.isnan(alpha(table, metric))


def test_w_is_not_defined_where_no_rater_tells_units_apart() -> None:
    assert math.isnan(concordance(units_by_raters=np.ones((4, 3))))
    assert math.isnan(concordance(units_by_raters=np.empty((0, 3))))
    # a rater who gives the same to all lowers W, and does not undo it
    one_flat = np.array([[1.0, 1.0, 2.0], [2.0, 2.0, 2.0], [3.0, 3.0, 2.0]])
    assert 0 < concordance(units_by_raters=one_flat) < 1


# samples of units


def noisy(units: int, seed: int = 3) -> FloatArray:
    """Return ratings of three raters from 1 to 5 with errors of about one step."""
    generator = np.random.default_rng(seed)
    truth = generator.uniform(1, 5, (units, 1))
    return np.clip(np.round(truth + generator.normal(0, 0.8, (units, 3))), 1, 5)


def interval_of(table: FloatArray, metric: Metric, samples: int = 400) -> tuple[float, float]:
    times = np.concatenate(list(resampled_units(len(table), samples, 0)))
    drawn = disagreements(units_by_raters=table, metric=metric, times=times).alphas
    return percentile_interval(alpha(table, metric), drawn)


@given(TABLES, st.sampled_from(METRICS), st.data())
@settings(max_examples=40)
def test_a_sample_is_the_table_with_its_units_repeated(
    units: list[list[float | None]], metric: Metric, data: st.DataObject
) -> None:
    table = np.array(units, dtype=np.float64)
    times = np.array(
        data.draw(
            st.lists(
                st.lists(st.integers(0, 3), min_size=len(table), max_size=len(table)),
                min_size=1,
                max_size=4,
            )
        )
    )
    sampled = disagreements(units_by_raters=table, metric=metric, times=times).alphas
    repeated = [alpha(np.repeat(table, each, axis=0), metric) for each in times]
    assert sampled.tolist() == pytest.approx(repeated, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_holds_alpha_and_shrinks_as_units_are_added(metric: Metric) -> None:
    widths = []
    for units in (25, 100, 400):
        table = noisy(units)
        low, high = interval_of(table, metric)
        assert low < alpha(table, metric) < high
        widths.append(high - low)
    # by about one half each time
    assert all(0.3 < later / earlier < 0.75 for earlier, later in pairwise(widths))


@pytest.mark.parametrize(("units", "least", "most"), [(20, 0.84, 0.97), (50, 0.89, 0.99)])
def test_intervals_hold_the_true_alpha_about_as_often_as_the_page_of_methods_says(
    units: int, least: float, most: float
) -> None:
    """Of 300 samples: 84 to 93 % of those of twenty, by size of errors, and 93 to 95 % of fifty.

    Here sixty are drawn, from a fixed seed for each, so that chance gives no false alarm.
    """
    truth = alpha(noisy(50_000), "interval")
    held = 0
    for seed in range(60):
        low, high = interval_of(noisy(units, seed), "interval", 200)
        held += low <= truth <= high
    assert least <= held / 60 <= most


def test_blocks_of_samples_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    table, times = noisy(30), next(resampled_units(30, 20, 1))
    whole = disagreements(units_by_raters=table, metric="ordinal", times=times)
    monkeypatch.setattr("collabscore.kernels.agreement._CELLS", 200)
    parts = disagreements(units_by_raters=table, metric="ordinal", times=times)
    assert np.array_equal(whole.observed, parts.observed)
    assert np.array_equal(whole.expected, parts.expected)


def test_samples_that_do_not_differ_give_no_interval() -> None:
    nan_ok = {"nan_ok": True}
    assert percentile_interval(1.0, np.ones(50)) == pytest.approx((NONE, NONE), **nan_ok)
    assert percentile_interval(NONE, np.array([0.2, 0.4])) == pytest.approx((NONE, NONE), **nan_ok)
    assert percentile_interval(0.9, np.array([0.2, NONE, 0.4]))[1] == 0.9


def test_memory_grows_as_the_number_of_units() -> None:
    """A table of 200,000 units takes no matrix of its pairs: 4e10 of them would fit in no memory."""
    table = np.tile(noisy(1000), (200, 1))
    tracemalloc.start()
    large = [alpha(table, metric) for metric in METRICS]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 50 * table.nbytes
    assert large == pytest.approx([alpha(noisy(1000), metric) for metric in METRICS], abs=1e-2)


# deviations


@given(TABLES)
def test_deviations_are_those_from_the_mean_of_the_others(units: list[list[float | None]]) -> None:
    means, counts = deviations(units_by_raters=np.array(units, dtype=np.float64))
    for j in range(len(units[0])):
        apart = []
        for unit in units:
            own, others = unit[j], [x for i, x in enumerate(unit) if i != j and x is not None]
            if own is not None and others:
                apart.append(own - sum(others) / len(others))
        assert counts[j] == len(apart)
        expected = sum(apart) / len(apart) if apart else NONE
        assert means[j] == pytest.approx(expected, abs=1e-12, nan_ok=True)
