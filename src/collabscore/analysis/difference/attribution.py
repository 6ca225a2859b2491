"""Attribution: what each kind of change did, so that the parts sum to the whole.

Imports the kernels and `mixing`. Axis letters: n candidates, m leaf criteria, k kinds of change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...kernels.attribution import contrast
from ...scoring.ranking import Ranking
from .mixing import Kind, Made, Mixer

__all__ = ["Attribution", "attribute"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Attribution:
    """What one kind of change did to every candidate that is in both runs.

    Parameters
    ----------
    kind : str
    scores, places, verdicts : arrays of shape (n,)
        What it added to the score in points, to the place, and to the verdict in steps toward severity; NaN where there
        is no score in between. Over the kinds each sums to what changed.
    criteria : mapping of leaf id to array of shape (n,)
        What of the score it did by way of each criterion; empty for what works through guardrails.
    """

    kind: Kind
    scores: Floats
    places: Floats
    verdicts: Floats
    criteria: Mapping[str, Floats]


def attribute(mixer: Mixer) -> tuple[Attribution, ...]:
    """Return what each kind of change did.

    Notes
    -----
    Shapley's value over the kinds: what a kind adds, on average over every order in which the changes might have been
    made. What ratings add is divided among the criteria by contrasts, what weights and criteria add by the difference
    of contributions; both sum to what is divided.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. In Contributions to the Theory of Games II (pp. 307-317).
    Princeton University Press. doi:10.1515/9781400881970-018
    """
    runs = {made: _Run.of(ranking, mixer.shared) for made, ranking in mixer.rankings.items()}
    return tuple(_of_kind(kind, mixer, runs) for kind in mixer.kinds)


@dataclass(frozen=True, eq=False)
class _Run:
    """One run, in the order of the shared candidates."""

    ranking: Ranking
    places: NDArray[np.intp]
    figures: Floats

    @classmethod
    def of(cls, ranking: Ranking, shared: tuple[str, ...]) -> _Run:
        places = np.array([ranking.place_of(name) for name in shared], dtype=np.intp)
        ranks = np.where(ranking.ranks > 0, ranking.ranks, np.arange(1, len(ranking) + 1))[places]
        severity = ranking.judgement.severity[ranking.order][places]
        return cls(
            ranking, places, np.array([ranking.scores[places], ranks, severity], dtype=np.float64)
        )


def _of_kind(kind: Kind, mixer: Mixer, runs: Mapping[Made, _Run]) -> Attribution:
    figures = np.zeros((3, len(mixer.shared)))
    criteria: dict[str, Floats] = {}
    for share, before, after in _steps(kind, mixer, runs):
        figures += share * (after.figures - before.figures)
        for key, part in _by_criterion(kind, before, after).items():
            criteria[key] = criteria.get(key, np.zeros(len(mixer.shared))) + share * part
    scores, places, verdicts = figures
    return Attribution(kind, scores, places, verdicts, criteria)


def _steps(
    kind: Kind, mixer: Mixer, runs: Mapping[Made, _Run]
) -> Iterator[tuple[float, _Run, _Run]]:
    """Yield the runs before and after a kind of change, with the share of all orders in which it comes there."""
    k = len(mixer.kinds)
    for made, run in runs.items():
        if kind not in made:
            share = (
                math.factorial(len(made)) * math.factorial(k - len(made) - 1) / math.factorial(k)
            )
            yield share, run, runs[made | {kind}]


def _by_criterion(kind: Kind, before: _Run, after: _Run) -> dict[str, Floats]:
    if kind in ("facts", "safeguards", "guardrails") or not (
        before.ranking.has_total and after.ranking.has_total
    ):
        return {}
    if kind == "ratings":
        return _contrasts(before, after)
    found: dict[str, Floats] = {}
    for sign, run in ((-1.0, before), (1.0, after)):
        points = run.ranking.contributions[run.places]
        for j, key in enumerate(run.ranking.criteria):
            found[key] = found.get(key, np.zeros(len(points))) + sign * points[:, j]
    return found


def _contrasts(before: _Run, after: _Run) -> dict[str, Floats]:
    one, other = before.ranking.values[before.places], after.ranking.values[after.places]
    parts = np.zeros(one.shape)
    tree = before.ranking.valuation.tree
    for i in np.flatnonzero(~((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=1)):
        parts[i] = 100 * contrast(tree, one[i], other[i])
    return {key: parts[:, j] for j, key in enumerate(before.ranking.criteria)}
