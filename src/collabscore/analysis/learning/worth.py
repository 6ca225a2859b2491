"""Worth: how much less doubt there is expected to be once an answer is known, from draws of all that is open.

Imports `learning`. Axis letters: s draws, b batches of draws, a answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .sample import Sample

__all__ = [
    "BATCHES",
    "CLASSES",
    "Estimate",
    "order_doubt",
    "order_fall",
    "verdict_doubt",
    "verdict_fall",
]

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.integer]

CLASSES = 16
"""The draws of a rating are divided into so many classes, equally likely, from its low end to its high one."""

BATCHES = 16
"""Standard errors come from leaving out one of so many batches of draws after another."""

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A number from draws, and its standard error; NaN where there are too few draws to tell."""

    value: float
    error: float = 0.0


def order_doubt(sample: Sample) -> float:
    """Return the sum over candidates of the variance of "among the first k", without the bias of a sample."""
    s = len(sample.contested)
    share = sample.contested.mean(axis=0) if s else np.zeros(0)
    return float((share * (1 - share)).sum() * (s / (s - 1) if s > 1 else 1.0))


def verdict_doubt(sample: Sample) -> float:
    """Return the sum over candidates of the entropy of the verdict, in bits."""
    counts = [np.bincount(column + 1) for column in sample.verdicts.T]
    return float(sum(_entropy(count) for count in counts))


def order_fall(sample: Sample, row: int, answers: Codes, count: int) -> Estimate:
    """Return by how much an answer is expected to reduce the doubt about the order.

    Parameters
    ----------
    sample : Sample
    row : int
        The candidate that the answer is about. One that is never among the first k makes no difference to who is.
    answers : integer array of shape (s,)
        Which answer each draw has, from 0.
    count : int
        How many answers there are.

    Notes
    -----
    The sum over candidates j of the variance, between answers, of the probability p(j | answer) to be among the first
    k: what the law of total variance takes from ``p_j (1 - p_j)``. Its square is estimated without bias by ``q^2 - q
    (1 - q) / (N - 1)`` from a share q of N draws, as in an analysis of variance.

    References
    ----------
    Strong, M., Oakley, J. E., & Brennan, A. (2014). Estimating multiparameter partial expected value of perfect
    information from a probabilistic sensitivity analysis sample. Medical Decision Making, 34(3), 311-326.
    doi:10.1177/0272989X13505910
    """
    top = sample.contested
    if sample.top is None or not top.shape[1] or not sample.top[:, row].any():
        return Estimate(0.0)
    keys = _batches(len(answers)) * count + answers
    order = np.argsort(keys, kind="stable")
    different, starts, sizes = np.unique(keys[order], return_index=True, return_counts=True)
    draws = np.zeros(BATCHES * count)
    hits = np.zeros((BATCHES * count, top.shape[1]))
    draws[different] = sizes
    hits[different] = np.add.reduceat(top[order], starts, axis=0, dtype=np.int32)
    return _jackknifed(
        draws.reshape(BATCHES, count), hits.reshape(BATCHES, count, -1), _variance_between
    )


def verdict_fall(sample: Sample, row: int, key: str, answers: Codes, count: int) -> Estimate:
    """Return by how much an answer about a candidate is expected to reduce the entropy of its verdict, in bits.

    Parameters
    ----------
    sample : Sample
    row : int
        The candidate; the verdicts of others do not depend on the answer.
    key : str
        The fact or criterion. The verdict does not depend on one that no condition looks at.
    answers : integer array of shape (s,)
    count : int

    Notes
    -----
    The mutual information of answer and verdict. Each entropy from draws is too small by about ``(m - 1) / (2 N)``
    nats, with m verdicts seen in N draws, which is added.

    References
    ----------
    Miller, G. A. (1955). Note on the bias of information estimates. In H. Quastler (ed.), Information theory in
    psychology, 95-100. Free Press.
    """
    if key not in sample.looked_at:
        return Estimate(0.0)
    verdicts = sample.verdicts[:, row].astype(np.intp)
    different, codes = np.unique(verdicts, return_inverse=True)
    if len(different) < 2:
        return Estimate(0.0)
    m = len(different)
    keys = (_batches(len(answers)) * count + answers) * m + codes.reshape(-1)
    hits = (
        np.bincount(keys, minlength=BATCHES * count * m)
        .reshape(BATCHES, count, m)
        .astype(np.float64)
    )
    return _jackknifed(hits.sum(axis=2), hits, _information)


def _batches(s: int) -> NDArray[np.intp]:
    return np.arange(s) * BATCHES // s


def _jackknifed(
    draws: Floats, hits: Floats, estimate: Callable[[Floats, Floats], Floats]
) -> Estimate:
    """Return an estimate from all batches, its error from leaving out one after another.

    Parameters
    ----------
    draws : array of shape (b, a)
    hits : array of shape (b, a, any)
    estimate : callable
        From draws (any, a) and hits (any, a, any).

    References
    ----------
    Efron, B., & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics, 9(3), 586-596.
    doi:10.1214/aos/1176345462
    """
    whole = float(estimate(draws.sum(axis=0)[None], hits.sum(axis=0)[None])[0])
    # an estimate without bias may fall below 0 where there is nothing to learn
    whole = whole if whole > _ROUNDING else 0.0
    if draws.sum() < 2 * BATCHES:
        return Estimate(whole, float("nan"))
    without = estimate(draws.sum(axis=0) - draws, hits.sum(axis=0) - hits)
    spread = float(((without - without.mean()) ** 2).sum())
    error = float(np.sqrt((BATCHES - 1) / BATCHES * spread))
    return Estimate(whole, error if error > _ROUNDING else 0.0)


def _variance_between(draws: Floats, hits: Floats) -> Floats:
    """Return the variance between answers of each share, summed, without the bias of a sample; (any,)."""
    weights, within = _weighted_squares(draws, hits)
    total = draws.sum(axis=1)[:, None]
    overall = _square(total, hits.sum(axis=1))
    between: Floats = np.einsum("ba,bac->b", weights, within) - overall.sum(axis=1)
    return between


def _weighted_squares(draws: Floats, hits: Floats) -> tuple[Floats, Floats]:
    enough = draws >= 2
    weights = np.where(enough, draws, 0.0)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    return weights, np.where(
        enough[..., None], _square(np.maximum(draws, 2.0)[..., None], hits), 0.0
    )


def _square(draws: Floats, hits: Floats) -> Floats:
    """Return the square of a share, without the bias of a sample."""
    share = hits / np.maximum(draws, 1.0)
    found: Floats = share**2 - share * (1 - share) / np.maximum(draws - 1, 1.0)
    return found


def _information(draws: Floats, hits: Floats) -> Floats:
    """Return how many bits the answer tells of what is counted, (any,)."""
    weights = draws / np.maximum(draws.sum(axis=1, keepdims=True), 1.0)
    within: Floats = (weights * _entropy(hits)).sum(axis=1)
    return np.asarray(_entropy(hits.sum(axis=1)) - within)


def _entropy(counts: NDArray[np.floating] | NDArray[np.integer]) -> Floats:
    """Return the entropy along the last axis, in bits, with what a sample is short of."""
    total = np.maximum(counts.sum(axis=-1), 1)
    share = counts / total[..., None]
    plain = -(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=-1)
    short = np.maximum((counts > 0).sum(axis=-1) - 1, 0) / (2 * np.log(2) * total)
    return np.asarray(plain + short)
