"""Value of information from draws: expected reductions of variance and entropy by an answer.

Axis letters: s draws, b batches of draws, a answers, c events.

References
----------
Strong, M., Oakley, J. E., & Brennan, A. (2014). Estimating multiparameter partial expected value of
perfect information from a probabilistic sensitivity analysis sample. Medical Decision Making,
34(3), 311-326. doi:10.1177/0272989X13505910
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray

__all__ = [
    "BATCHES",
    "Estimate",
    "entropy",
    "expected_entropy_reduction",
    "expected_variance_reduction",
    "variance",
]

BATCHES = 16
"""Standard errors come from leaving out one of so many batches of draws after another."""

_ROUNDING = 1e-12


class Estimate(NamedTuple):
    """A number from draws, and its standard error; NaN where there are too few draws to tell."""

    value: float
    error: float = 0.0

    @property
    def informative(self) -> bool:
        """Whether the number exceeds chance: three standard errors."""
        return self.value > 3 * self.error


def variance(events: NDArray[np.float32]) -> float:
    """Return the sum over events of ``p (1 - p)``, the variance, without the bias of a sample.

    Parameters
    ----------
    events : array of shape (s, c)
        1 where an event takes place, else 0.
    """
    s = len(events)
    share = events.mean(axis=0, dtype=np.float64)
    unbiased = s / (s - 1) if s > 1 else 1.0
    return float((share * (1 - share)).sum() * unbiased)


def entropy(counts: NDArray[Any]) -> FloatArray:
    """Return the entropy along the last axis, in bits.

    Notes
    -----
    The entropy of shares of N draws with m different outcomes is too small by about ``(m - 1) / (2
    N)`` nats, which is added.

    References
    ----------
    Miller, G. A. (1955). Note on the bias of information estimates. In H. Quastler (ed.),
    Information theory in psychology, 95-100. Free Press.
    """
    total = np.maximum(counts.sum(axis=-1), 1)
    share = counts / total[..., None]
    plain = -(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=-1)
    outcomes = (counts > 0).sum(axis=-1)
    short = np.maximum(outcomes - 1, 0) / (2 * np.log(2) * total)
    return np.asarray(plain + short)


def expected_variance_reduction(
    answers: NDArray[np.integer], classes: int, events: NDArray[np.float32]
) -> Estimate:
    """Return by how much knowing the answer is expected to reduce `variance`.

    Parameters
    ----------
    answers : integer array of shape (s,)
        The answer in each draw, from 0.
    classes : int
        The number of answers.
    events : array of shape (s, c)
        1 where an event takes place, else 0.

    Notes
    -----
    The sum over events of the variance, between answers, of the probability given the answer: the
    part that the law of total variance takes from ``p (1 - p)``. The square of a probability is
    estimated without bias by ``h (h - 1) / (N (N - 1))`` from h hits in N draws, as in an analysis
    of variance.
    """
    return _jackknifed(answers, classes, events, _variance_between)


def expected_entropy_reduction(
    answers: NDArray[np.integer], classes: int, outcomes: NDArray[np.integer]
) -> Estimate:
    """Return the expected reduction of the entropy of an outcome: the mutual information of both.

    Parameters
    ----------
    answers, outcomes : integer arrays of shape (s,)
        The answer and the outcome in each draw.
    classes : int
        The number of answers, which count from 0.
    """
    different = np.unique(outcomes)
    if len(different) < 2:
        return Estimate(0.0)
    events = (outcomes[:, None] == different).astype(np.float32)
    return _jackknifed(answers, classes, events, _information)


def _jackknifed(
    answers: NDArray[np.integer],
    classes: int,
    events: NDArray[np.float32],
    estimate: Callable[[FloatArray, FloatArray], FloatArray],
) -> Estimate:
    """Return an estimate from all draws, its error from leaving out one batch after another.

    Parameters
    ----------
    answers : integer array of shape (s,)
    classes : int
    events : array of shape (s, c)
    estimate : callable
        From counts of answers, (any, a), and of events with them, (any, a, c).

    References
    ----------
    Efron, B., & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics, 9(3),
    586-596. doi:10.1214/aos/1176345462
    """
    s = len(answers)
    # products of zeros and ones are exact in single precision below 2^24, and twice as fast
    given = (answers == np.arange(classes)[:, None]).astype(np.float32)
    counts = np.empty((BATCHES, classes))
    hits = np.empty((BATCHES, classes, events.shape[1]))
    for batch in range(BATCHES):
        part = slice(math.ceil(batch * s / BATCHES), math.ceil((batch + 1) * s / BATCHES))
        counts[batch] = given[:, part].sum(axis=1)
        hits[batch] = given[:, part] @ events[part]
    all_counts, all_hits = counts.sum(axis=0), hits.sum(axis=0)
    value = float(estimate(all_counts[None], all_hits[None])[0])
    if value <= _ROUNDING:
        value = 0.0  # an estimate without bias may fall below 0 where there is nothing to learn
    if s < 2 * BATCHES:
        return Estimate(value, math.nan)
    without = estimate(all_counts - counts, all_hits - hits)
    error = math.sqrt((BATCHES - 1) * float(without.var()))
    return Estimate(value, error if error > _ROUNDING else 0.0)


def _variance_between(counts: FloatArray, hits: FloatArray) -> FloatArray:
    """Return the variance between answers, summed over events, (any,)."""
    enough = np.where(counts >= 2, counts, 0.0)
    weights = enough / np.maximum(enough.sum(axis=1, keepdims=True), 1.0)
    within = (weights * _squared_shares(counts, hits)).sum(axis=1)
    overall = _squared_shares(counts.sum(axis=1), hits.sum(axis=1))
    return np.asarray(within - overall)


def _squared_shares(counts: FloatArray, hits: FloatArray) -> FloatArray:
    """Return the squares of probabilities, without the bias of a sample, summed over events."""
    pairs = (hits * (hits - 1)).sum(axis=-1)
    return np.asarray(pairs / np.maximum(counts * (counts - 1), 1.0))


def _information(counts: FloatArray, hits: FloatArray) -> FloatArray:
    """Return the mutual information of answers and outcomes, in bits, (any,)."""
    weights = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    within = (weights * entropy(hits)).sum(axis=1)
    return np.asarray(entropy(hits.sum(axis=1)) - within)
