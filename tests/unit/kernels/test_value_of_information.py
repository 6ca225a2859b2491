"""Value of information, against sums over draws in plain Python and against laws that are known exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from collabscore.kernels.value_of_information import (
    BATCHES,
    entropy,
    expected_entropy_reduction,
    expected_variance_reduction,
    variance,
)


def square(hits: Sequence[int]) -> float:
    """Return the square of a share without the bias of a sample: ``q^2 - q (1 - q) / (N - 1)``."""
    q = sum(hits) / len(hits)
    return q**2 - q * (1 - q) / (len(hits) - 1)


def variance_between(answers: list[int], events: list[list[int]]) -> float:
    """Return what `expected_variance_reduction` should, from lists of draws."""
    groups = [[k for k, answer in enumerate(answers) if answer == a] for a in set(answers)]
    groups = [group for group in groups if len(group) > 1]
    total = sum(map(len, groups))
    found = 0.0
    for event in zip(*events, strict=True):
        for group in groups:
            found += len(group) / total * square([event[k] for k in group])
        if len(event) > 1:
            found -= square(event)
    return found


def plain_entropy(outcomes: list[int]) -> float:
    counts = [outcomes.count(outcome) for outcome in set(outcomes)]
    bits = -sum(count / len(outcomes) * math.log2(count / len(outcomes)) for count in counts)
    return bits + (len(counts) - 1) / (2 * math.log(2) * len(outcomes))


def information(answers: list[int], outcomes: list[int]) -> float:
    """Return what `expected_entropy_reduction` should, from lists of draws."""
    found = plain_entropy(outcomes)
    for a in set(answers):
        there = [outcome for answer, outcome in zip(answers, outcomes, strict=True) if answer == a]
        found -= len(there) / len(answers) * plain_entropy(there)
    return found


def jackknife_error(values: list[float]) -> float:
    return math.sqrt(15 / 16 * sum((value - sum(values) / 16) ** 2 for value in values))


@pytest.mark.parametrize("s", [1, 2, 17, 31, 32, 33, 100, 257])
def test_estimates_are_those_of_one_draw_after_another(s: int) -> None:
    # every draw is in the batch of its sixteenth, whether or not sixteen divides their number
    rng = np.random.default_rng(s)
    answers = rng.integers(0, 3, s)
    events = (rng.random((s, 4)) < 0.2 + 0.2 * answers[:, None]).astype(np.float32)
    outcomes = np.where(rng.random(s) < 0.6, answers, rng.integers(-1, 2, s))
    batches = [k * BATCHES // s for k in range(s)]
    order = expected_variance_reduction(answers, 3, events)
    verdict = expected_entropy_reduction(answers, 3, outcomes)
    a, e, o = answers.tolist(), events.astype(int).tolist(), outcomes.tolist()
    assert order.value == pytest.approx(max(0.0, variance_between(a, e)), abs=1e-12)
    assert verdict.value == pytest.approx(max(0.0, information(a, o)), abs=1e-12)
    if s < 2 * BATCHES:
        assert math.isnan(order.error)
        return
    kept = [[k for k in range(s) if batches[k] != batch] for batch in range(BATCHES)]
    orders = [variance_between([a[k] for k in rows], [e[k] for k in rows]) for rows in kept]
    verdicts = [information([a[k] for k in rows], [o[k] for k in rows]) for rows in kept]
    assert order.error == pytest.approx(jackknife_error(orders), abs=1e-12)
    assert verdict.error == pytest.approx(jackknife_error(verdicts), abs=1e-12)


def test_an_answer_that_decides_takes_all_away() -> None:
    answers = np.tile([0, 1, 2, 3], 256)
    events = (answers[:, None] >= [1, 2]).astype(np.float32)
    assert variance(events) == pytest.approx((3 / 16 + 1 / 4) * 1024 / 1023)
    assert expected_variance_reduction(answers, 4, events).value == pytest.approx(variance(events))
    assert expected_entropy_reduction(answers, 4, answers).value == pytest.approx(
        float(entropy(np.full(4, 256)))
    )


def test_an_answer_that_tells_nothing_takes_nothing_away() -> None:
    answers, events = np.tile([0, 1], 512), np.repeat([0.0, 1.0], 512).astype(np.float32)
    found = expected_variance_reduction(answers, 2, events[:, None])
    assert found.value <= 3 * found.error + 1e-12
    assert expected_entropy_reduction(answers, 2, np.zeros(1024, dtype=int)) == (0.0, 0.0)
    one_answer = np.zeros(1024, dtype=int)
    assert expected_variance_reduction(one_answer, 1, events[:, None]) == (0.0, 0.0)


def test_entropy_is_in_bits_and_right_on_average() -> None:
    assert entropy(np.array([[8, 0], [0, 0]])).tolist() == [0.0, 0.0]
    # of 2,000 samples of 50 from four equal outcomes: 2 bits, and 3 standard errors of the mean
    samples = np.random.default_rng(0).multinomial(50, [0.25] * 4, 2000)
    assert float(entropy(samples).mean()) == pytest.approx(2.0, abs=0.003)


def test_many_draws_are_counted_exactly() -> None:
    # sums in single precision lose ones above 2 to the power of 24; a batch of a million draws has
    # 62,500
    answers = np.zeros(1_000_000, dtype=np.intp)
    events = np.ones((1_000_000, 1), dtype=np.float32)
    events[::3] = 0
    assert expected_variance_reduction(answers, 1, events) == (0.0, 0.0)
    assert variance(events) == pytest.approx(2 / 9, rel=1e-5)
