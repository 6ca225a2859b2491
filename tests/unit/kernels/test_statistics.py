"""Statistics: errors of shares by the binomial distribution; value of information by hand; Kendall's tau-b against the pairs counted one by one, scipy, and samples whose tau is known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from collabscore.kernels.statistics import (
    BATCHES,
    DrawnAnswers,
    Estimate,
    answers_by_place,
    entropy,
    expected_entropy_reduction,
    expected_variance_reduction,
    interval,
    mean_error,
    order_balance,
    share_error,
    tau_b,
    unseen_error,
    variance,
)
from reference.calibration import LEAST_HITS, NORMAL, binomial_coverage

ORDERS = st.integers(1, 24).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-4, 8), min_size=n, max_size=n) for _ in range(2)])
)


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def slow_balance(x: list[int], y: list[int]) -> list[int]:
    return [
        sum(sign(x[i] - x[k]) * sign(y[i] - y[k]) for k in range(len(x))) for i in range(len(x))
    ]


def slow_tau_b(x: list[int], y: list[int]) -> tuple[float, float]:
    """As SAS/STAT documents it for a table of counts (PROC FREQ, measures of association), cell by cell."""
    rows, columns = sorted(set(x)), sorted(set(y))
    table = {(i, j): 0 for i in rows for j in columns}
    for pair in zip(x, y, strict=True):
        table[pair] += 1
    n = len(x)
    in_row = {i: sum(table[i, j] for j in columns) for i in rows}
    in_column = {j: sum(table[i, j] for i in rows) for j in columns}
    w_r = n * n - sum(count**2 for count in in_row.values())
    w_c = n * n - sum(count**2 for count in in_column.values())
    if w_r == 0 or w_c == 0:
        return math.nan, math.nan
    w = math.sqrt(w_r * w_c)

    def d(i: int, j: int) -> int:
        return sum(sign(i - k) * sign(j - m) * table[k, m] for k in rows for m in columns)

    cells = [(i, j) for i in rows for j in columns]
    tau = sum(table[cell] * d(*cell) for cell in cells) / w
    terms = [
        table[i, j] * (2 * w * d(i, j) + tau * (in_row[i] * w_c + in_column[j] * w_r)) ** 2
        for i, j in cells
    ]
    square = (math.fsum(terms) - n**3 * tau**2 * (w_r + w_c) ** 2) / w**4
    return tau, math.sqrt(max(0.0, square))


@given(ORDERS)
def test_balance_is_the_sum_over_pairs(orders: tuple[list[int], list[int]]) -> None:
    x, y = orders
    assert order_balance(np.array(x), np.array(y)).tolist() == slow_balance(x, y)


@given(ORDERS)
def test_tau_and_error_as_cell_by_cell(orders: tuple[list[int], list[int]]) -> None:
    x, y = orders
    found, (tau, error) = tau_b(np.array(x), np.array(y)), slow_tau_b(x, y)
    # the square of the error is a difference of two sums about n times as large: 1e-7 is the root
    # of its rounding
    assert (found.value, found.error) == (
        pytest.approx(tau, abs=1e-12, nan_ok=True),
        pytest.approx(error, abs=1e-7, nan_ok=True),
    )
    assert tau_b(np.array(y), np.array(x)).value == pytest.approx(
        found.value, abs=1e-12, nan_ok=True
    )


@given(ORDERS)
def test_tau_as_in_scipy(orders: tuple[list[int], list[int]]) -> None:
    x, y = orders
    if len(set(x)) > 1 and len(set(y)) > 1:
        assert tau_b(np.array(x), np.array(y)).value == pytest.approx(
            kendalltau(x, y).statistic, abs=1e-12
        )


@given(ORDERS)
@settings(max_examples=50)
def test_what_should_change_nothing_changes_nothing(orders: tuple[list[int], list[int]]) -> None:
    x, y = map(np.array, orders)
    found = tau_b(x, y)
    if math.isnan(found.value):
        return
    turned, swapped, stretched = tau_b(-x, y), tau_b(y, x), tau_b(3.5 * x - 1, y**3)
    assert turned.value == pytest.approx(-found.value, abs=1e-15)
    assert [other.value for other in (swapped, stretched)] == pytest.approx(
        [found.value] * 2, abs=1e-15
    )
    assert [other.error for other in (turned, swapped, stretched)] == pytest.approx(
        [found.error] * 3, abs=1e-7
    )


def test_large_orders_are_counted_as_small_ones() -> None:
    rng = np.random.default_rng(7)
    x = rng.integers(0, 300, 3000)
    y = x + rng.integers(0, 400, 3000)
    slow = (np.sign(x[:, None] - x) * np.sign(y[:, None] - y)).sum(axis=1)
    assert order_balance(x, y).tolist() == slow.tolist()


@pytest.mark.parametrize(
    ("x", "y"),
    [([], []), ([1], [1]), ([2, 2], [1, 2]), ([1, 2], [3, 3])],
    ids=["none", "one", "tied", "other tied"],
)
def test_no_order_no_agreement(x: list[int], y: list[int]) -> None:
    found = tau_b(np.array(x), np.array(y))
    assert (math.isnan(found.value), math.isnan(found.error)) == (True, True)
    assert not found.informative
    assert all(map(math.isnan, interval(found)))


def test_all_alike_and_none_alike_have_no_interval() -> None:
    for second, tau in ((np.arange(9), 1.0), (-np.arange(9), -1.0)):
        found = tau_b(np.arange(9), second)
        assert (found.value, found.error) == (tau, 0.0)
        assert all(map(math.isnan, interval(found)))


def test_interval_holds_the_value_and_stays_within_bounds() -> None:
    for tau in (-0.99, -0.4, 0.0, 0.7, 0.99):
        widths = []
        for error in (0.01, 0.1, 0.5):
            low, high = interval(Estimate(tau, error))
            assert -1 <= low < tau < high <= 1
            widths.append(high - low)
        assert all(narrow < wide for narrow, wide in pairwise(widths))


def coverage(n: int, tau: float, samples: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    rho = math.sin(math.pi / 2 * tau)  # of a bivariate normal distribution: Greiner's relation
    held = 0
    for _ in range(samples):
        x, noise = rng.standard_normal((2, n))
        low, high = interval(tau_b(x, rho * x + math.sqrt(1 - rho**2) * noise))
        held += low <= tau <= high
    return held / samples


@pytest.mark.parametrize("tau", [0.0, 0.6])
@pytest.mark.parametrize(("n", "least"), [(10, 0.90), (70, 0.92)])
def test_interval_holds_the_truth_about_as_often_as_it_says(
    n: int, least: float, tau: float
) -> None:
    # 400 samples have a standard error of about 0.011; the seed is fixed, so a false alarm comes
    # with a change alone
    assert least - 0.02 <= coverage(n, tau, 400, seed=20 + n) <= 0.98


# shares and means


@pytest.mark.parametrize("draws", [64, 200, 2000])
def test_two_errors_hold_a_share_as_often_as_a_normal_number(draws: int) -> None:
    """Exactly, by the binomial distribution: on average over all probabilities, and at least for each."""
    shares = np.linspace(0.5 / 400, 0.5, 200)
    held = [binomial_coverage(share, draws, share_error) for share in shares.tolist()]
    assert np.mean(held) == pytest.approx(NORMAL, abs=0.006)
    rare = np.geomspace(LEAST_HITS / draws, 0.5, 200)
    held = [binomial_coverage(share, draws, share_error) for share in rare.tolist()]
    assert 0.94 <= np.mean(held) <= 0.96
    assert min(held) >= 0.91
    assert max(held) <= 0.99


def test_a_rare_share_is_held_more_often_whatever_the_error() -> None:
    """Of 1 hit expected, 0 to 3 make up 98 %: what holds it at 0 and at 3 holds it as often."""
    for expected in (0.1, 1.0, 2.5):
        assert binomial_coverage(expected / 2000, 2000, share_error) >= 0.98

    # with half a hit and half a miss, as for many errors in use, a rare share is held far too rarely
    def half_added(shares: np.ndarray, draws: int) -> np.ndarray:
        q = (shares * draws + 0.5) / (draws + 1)
        return np.asarray(np.sqrt(q * (1 - q) / draws))

    assert binomial_coverage(1.5 / 2000, 2000, half_added) < 0.78
    assert binomial_coverage(5.2 / 2000, 2000, half_added) < 0.89


def test_the_error_of_a_share_is_that_of_a_mean_with_two_hits_and_two_misses_more() -> None:
    shares = np.array([0.0, 0.25, 0.5, 1.0])
    q = (shares * 1000 + 2) / 1004
    np.testing.assert_allclose(share_error(shares, 1000), np.sqrt(q * (1 - q) / 1000), rtol=1e-15)
    assert share_error(shares, 1000)[0] == pytest.approx(unseen_error(1000), rel=0.01)
    of_mean = mean_error(shares * (1 - shares), 1000, step=1.0)
    np.testing.assert_allclose(of_mean, share_error(shares, 1000), rtol=0.01)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_error_of_a_mean_is_the_textbook_one(numbers: list[float]) -> None:
    array = np.array(numbers)
    expected = array.std() / math.sqrt(len(numbers))
    assert float(mean_error(array.var(), len(numbers))) == pytest.approx(expected, rel=1e-12)


# value of information


def divided(answers: list[int], known: DrawnAnswers) -> list[tuple[float, list[list[int]]]]:
    """Return the probability of each stratum that is drawn, and its draws divided by answer."""
    parts = []
    for stratum, chance in enumerate(known.chances.tolist()):
        groups = []
        for answer in np.flatnonzero(known.strata == stratum).tolist():
            group = [k for k, a in enumerate(answers) if a == answer]
            groups += [group] if len(group) > 1 else []
        if groups:
            parts.append((chance, groups))
    total = sum(chance for chance, _ in parts)
    return [(chance / total, groups) for chance, groups in parts]


def plain_variance(hits: Sequence[int]) -> float:
    """Return ``q (1 - q) N / (N - 1)``, the variance without the bias of a sample."""
    q = sum(hits) / len(hits)
    return q * (1 - q) * len(hits) / (len(hits) - 1)


def variance_fall(answers: list[int], events: list[list[int]], known: DrawnAnswers) -> float:
    """Return what `expected_variance_reduction` should, from lists of draws."""
    found = 0.0
    parts = divided(answers, known)
    for event in zip(*events, strict=True):
        p = spread = 0.0
        for chance, groups in parts:
            hits = [event[k] for group in groups for k in group]
            p += chance * sum(hits) / len(hits)
            spread += chance**2 * plain_variance(hits) / len(hits)
            for group in groups:
                within = plain_variance([event[k] for k in group])
                found -= chance * len(group) / len(hits) * within
        found += p * (1 - p) + spread if parts else 0.0
    return found


def plain_entropy(outcomes: list[int]) -> float:
    counts = [outcomes.count(outcome) for outcome in set(outcomes)]
    bits = -sum(count / len(outcomes) * math.log2(count / len(outcomes)) for count in counts)
    return bits + (len(counts) - 1) / (2 * math.log(2) * len(outcomes))


def entropy_fall(answers: list[int], outcomes: list[int], known: DrawnAnswers) -> float:
    """Return what `expected_entropy_reduction` should, from lists of draws."""
    found = 0.0
    likely: dict[int, float] = defaultdict(float)
    spread: dict[int, float] = defaultdict(float)
    for chance, groups in divided(answers, known):
        there = [outcomes[k] for group in groups for k in group]
        for outcome in set(there):
            q = there.count(outcome) / len(there)
            likely[outcome] += chance * q
            spread[outcome] += chance**2 * q * (1 - q) / len(there)
        for group in groups:
            within = plain_entropy([outcomes[k] for k in group])
            found -= chance * len(group) / len(there) * within
    for outcome, p in likely.items():
        found += -p * math.log2(p) + spread[outcome] / (2 * p * math.log(2))
    return found


def jackknife_error(values: list[float], s: int) -> float:
    """Of one batch left out after another; the square root of two draws at least."""
    n, mean = len(values), sum(values) / len(values)
    left_out = math.sqrt((n - 1) / n * sum((value - mean) ** 2 for value in values))
    return max(left_out, math.sqrt(2) / s)


@pytest.mark.parametrize("s", [1, 2, 17, 127, 128, 129, 300])
def test_estimates_are_those_of_one_draw_after_another(s: int) -> None:
    # every draw is in the batch of its 64th part, whether or not 64 divides their number
    rng = np.random.default_rng(s)
    answers = rng.integers(0, 4, s)
    events = (rng.random((s, 4)) < 0.2 + 0.2 * answers[:, None]).astype(np.float32)
    outcomes = np.where(rng.random(s) < 0.6, answers, rng.integers(-1, 2, s))
    known = DrawnAnswers(answers, np.array([0, 1, 1, 2]), np.array([0.2, 0.3, 0.5]))
    batches = [k * BATCHES // s for k in range(s)]
    order, _ = expected_variance_reduction(known, events)
    verdict, _ = expected_entropy_reduction(known, outcomes)
    a, e, o = answers.tolist(), events.astype(int).tolist(), outcomes.tolist()
    assert order.value == pytest.approx(max(0.0, variance_fall(a, e, known)), abs=1e-12)
    assert verdict.value == pytest.approx(max(0.0, entropy_fall(a, o, known)), abs=1e-12)
    if s < 2 * BATCHES:
        assert math.isnan(order.error)
        return
    kept = [[k for k in range(s) if batches[k] != batch] for batch in range(BATCHES)]
    orders = [variance_fall([a[k] for k in rows], [e[k] for k in rows], known) for rows in kept]
    verdicts = [entropy_fall([a[k] for k in rows], [o[k] for k in rows], known) for rows in kept]
    assert order.error == pytest.approx(jackknife_error(orders, s), abs=1e-12)
    assert verdict.error == pytest.approx(jackknife_error(verdicts, s), abs=1e-12)


def test_an_answer_that_decides_takes_all_away() -> None:
    # however often each answer is drawn, it is as likely as any other
    answers = np.repeat([0, 1, 2, 3], [100, 300, 200, 424])
    events = (answers[:, None] >= [1, 2]).astype(np.float32)
    known = DrawnAnswers.equally_likely(answers, 4)
    least = unseen_error(1024)
    found, whole = expected_variance_reduction(known, events)
    assert (*found, whole) == pytest.approx((3 / 16 + 1 / 4, least, 3 / 16 + 1 / 4), rel=1e-12)
    found, whole = expected_entropy_reduction(known, answers)
    assert (*found, whole) == pytest.approx((2.0, least, 2.0), rel=1e-12)


def test_an_answer_that_tells_nothing_takes_nothing_away() -> None:
    answers, events = np.tile([0, 1], 512), np.repeat([0.0, 1.0], 512).astype(np.float32)
    known = DrawnAnswers.equally_likely(answers, 2)
    found, whole = expected_variance_reduction(known, events[:, None])
    assert found.value <= 3 * found.error + 1e-12
    assert whole == pytest.approx(0.25, rel=1e-3)
    assert expected_entropy_reduction(known, np.zeros(1024, dtype=int)) == ((0.0, 0.0), 0.0)
    one_answer = DrawnAnswers.equally_likely(np.zeros(1024, dtype=int), 1)
    nothing = (0.0, unseen_error(1024))
    assert expected_variance_reduction(one_answer, events[:, None])[0] == nothing


def test_estimates_are_right_on_average() -> None:
    # three answers, two of them of one stratum that is likelier than drawn; two hundred samples
    rng = np.random.default_rng(1)
    chances, likely = np.array([0.4, 0.24, 0.36]), np.array([0.7, 0.2, 0.5])
    p = float(chances @ likely)
    bits = entropy(np.array([[p, 1 - p], *np.column_stack([likely, 1 - likely])]) * 1e12)
    found = []
    for _ in range(200):
        answers = rng.choice(3, 256, p=chances)
        events = rng.random(256) < likely[answers]
        known = DrawnAnswers(answers, np.array([0, 1, 1]), np.array([0.4, 0.6]))
        order = expected_variance_reduction(known, events[:, None])
        verdict = expected_entropy_reduction(known, events.astype(int))
        found.append([order[0].value, order[1], verdict[0].value, verdict[1]])
    right = [chances @ (likely - p) ** 2, p * (1 - p), bits[0] - chances @ bits[1:], bits[0]]
    far = np.abs(np.mean(found, axis=0) - right)
    assert (far <= 3 * np.std(found, axis=0) / math.sqrt(200)).all()


@pytest.mark.parametrize("turn", [0.003, 0.0627, 0.4, 0.499, 0.5, 0.9374, 0.996])
def test_a_turn_is_a_bound_between_classes(turn: float) -> None:
    places = np.random.default_rng(0).random(4096)
    known = answers_by_place(places, places[:, None] < turn)
    before, after = known.drawn[places < turn], known.drawn[places >= turn]
    assert not {*before.tolist()} & {*after.tolist()}
    assert known.chances.sum() == 1
    # the stratum of a turn reaches well to either side of it, but at the ends
    stratum = known.strata[before.max()]
    here = known.strata[known.drawn] == stratum
    assert float(np.mean(here)) == pytest.approx(known.chances[stratum], abs=0.03)
    if 1 / 16 < turn < 15 / 16 and turn != 0.5:
        assert min((here & (places < turn)).sum(), (here & (places >= turn)).sum()) > 4096 / 80


def test_answers_of_other_draws_leave_one_answer_its_probability() -> None:
    instead = np.array([False, True, False, True])
    known = DrawnAnswers.equally_likely(np.array([1, 0]), 2).or_else(instead, 0.5)
    assert known.drawn.tolist() == [1, 2, 0, 2]
    assert known.strata.tolist() == [0, 1, 2]
    assert known.chances.tolist() == [0.25, 0.25, 0.5]


def test_entropy_is_in_bits_and_right_on_average() -> None:
    assert entropy(np.array([[8, 0], [0, 0]])).tolist() == [0.0, 0.0]
    # of 2,000 samples of 50 from four equal outcomes: 2 bits, and 3 standard errors of the mean
    samples = np.random.default_rng(0).multinomial(50, [0.25] * 4, 2000)
    assert float(entropy(samples).mean()) == pytest.approx(2.0, abs=0.003)


def test_many_draws_are_counted_exactly() -> None:
    # sums in single precision lose ones above 2 to the power of 24; a batch of a million draws has
    # 62,500
    known = DrawnAnswers.equally_likely(np.zeros(1_000_000, dtype=np.intp), 1)
    events = np.ones((1_000_000, 1), dtype=np.float32)
    events[::3] = 0
    assert expected_variance_reduction(known, events)[0] == (0.0, unseen_error(1_000_000))
    assert variance(events) == pytest.approx(2 / 9, rel=1e-5)
