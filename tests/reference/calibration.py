"""How often two standard errors hold the truth, over many seeds, by kind of quantity.

Run by hand for any number of seeds and draws::

    PYTHONPATH=src:tests python tests/reference/calibration.py --seeds 300 --draws 2000
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import collabscore as cs
from collabscore.analysis.uncertainty import Draws
from collabscore.analysis.variance import Factor, sobol_indices
from collabscore.models.framework import group_weights

SCALE = {"range": [0, 10]}
DOCUMENT = {
    "collabscore": "framework/1",
    "id": "small",
    "bands": {"high": 60, "middle": 45},
    "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE, "weight": 2}},
    "facts": {"crit": {"kind": "flag"}},
    "guardrails": {
        "g": {"when": "x >= 8", "then": "refer"},
        "h": {"when": "crit and y > 4", "then": "outside"},
    },
}
LISTED = [
    {"id": "a", "ratings": {"x": [2, 9], "y": [3, 8]}, "facts": {"crit": False}},
    {"id": "b", "ratings": {"x": 6, "y": {"low": 1, "value": 5, "high": 9}}},
    {"id": "c", "ratings": {"y": [4, 7]}, "facts": {"crit": False}},
]
Figures = dict[str, tuple[np.ndarray, np.ndarray]]


def ranking() -> cs.Ranking:
    return cs.score(LISTED, DOCUMENT)


def shares(listed: cs.Ranking, draws: int, seed: int) -> Figures:
    """Return numbers of `robustness` by kind, each with its standard errors."""
    found = cs.robustness(listed, weights="any", draws=draws, seed=seed, method_choices="combine")
    pairs = found.pairwise_wins[~np.eye(len(listed), dtype=bool)]
    kinds = {
        "ranks": found.rank_acceptability.ravel(),
        "top": np.array([found.top_probability(k) for k in (1, 2)]).ravel(),
        "verdicts": np.array([*found.verdict_probabilities.values()]).ravel(),
        "bands": np.array([*found.band_probabilities.values()]).ravel(),
        "pairs": pairs,
    }
    figures = {kind: (values, found.standard_error(values)) for kind, values in kinds.items()}
    figures["scores"] = found.score_means, found.score_errors
    figures["expected ranks"] = found.expected_ranks, found.expected_rank_errors
    return figures


def answers(listed: cs.Ranking, draws: int, seed: int) -> Figures:
    """Return the value of each answer, for the order and for verdicts."""
    found = cs.next_questions(listed, top=1, weights="any", draws=draws, seed=seed)
    by_question = {(question.candidate, question.key): question for question in found}
    figures = {}
    for kind in ("order", "verdict"):
        estimates = [getattr(by_question[key], kind) for key in sorted(by_question)]
        values, errors = np.array(estimates).T
        figures[f"value for the {kind}"] = values, errors
    return figures


def indices(listed: cs.Ranking, draws: int, seed: int) -> Figures:
    """Return Sobol' indices of scores and places: of the weights, and of ratings by criterion."""
    source = Draws(listed.problem, group_weights(listed.framework, "any"), seed)
    factors = [Factor("weights", "weights", slice(None))]
    factors += [Factor("ratings", part.key, part.columns) for part in source.uncertain]
    figures: dict[str, list[Any]] = {}
    for found in sobol_indices(source, factors, draws).values():
        for kind, (values, errors) in {"first": found.first(), "total": found.total()}.items():
            figures.setdefault(f"Sobol {kind}", []).append((values.ravel(), errors.ravel()))
    return {kind: tuple(np.concatenate(part, axis=-1)) for kind, part in figures.items()}


KINDS: dict[str, Callable[[cs.Ranking, int, int], Figures]] = {
    "shares": shares,
    "answers": answers,
    "indices": indices,
}


def coverage(
    name: str, seeds: int, draws: int, exact_draws: int, exact_seeds: int = 1
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each kind, and how often two standard errors hold each of its numbers.

    The truth is a mean over runs of many draws. Numbers that no draw changes are left out.
    """
    listed = ranking()
    many = [KINDS[name](listed, exact_draws, 10**6 + seed) for seed in range(exact_seeds)]
    runs = [KINDS[name](listed, draws, seed) for seed in range(seeds)]
    for kind in runs[0]:
        truth = np.mean([run[kind][0] for run in many], axis=0)
        values, errors = (np.array([run[kind][k] for run in runs]) for k in (0, 1))
        # what is 0 is nearly always held: estimates of it are cut off at 0
        varies = (values.std(axis=0) > 1e-9) & (truth > 1e-3)
        holds = np.abs(values - truth) <= 2 * errors
        yield kind, holds[:, varies].mean(axis=0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--exact", type=int, default=400_000)
    options = parser.parse_args()
    for name in KINDS:
        draws, runs = options.exact, 1
        if name == "indices":  # 4,096 draws are the most
            draws, runs = 4096, max(1, options.exact // 4096)
        for kind, held in coverage(name, options.seeds, options.draws, draws, runs):
            print(f"{kind}: {held.mean():.3f} pooled, {held.min():.3f} to {held.max():.3f}")


if __name__ == "__main__":
    main()
