"""How often two standard errors hold the truth, over many seeds and problems, by kind of quantity.

Run by hand for any number of seeds, draws and problems::

    PYTHONPATH=src:tests python tests/reference/calibration.py --seeds 300 --draws 2000 --first 700000

Seeds count from the first; choose it before the run, of seeds that no mending was tried with. Numbers of one problem depend on one another: a pair and its reverse, ranks that sum to 1. So the share of
three hundred seeds in one problem is off by 0.7 points, whatever the number of pairs; over eight problems, each
with seeds of its own, by 0.25 points.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom

import collabscore as cs
from collabscore.analysis.uncertainty import Draws
from collabscore.analysis.variance import Factor, sobol_indices
from collabscore.models.weight_spaces import group_weights

NORMAL = math.erf(2 / math.sqrt(2))
"""How often a normal variable is within two standard errors: 95.45 %."""
LEAST_HITS = 3
"""Hits, and misses, that are expected at least, of a share that is counted here (see `binomial_coverage`)."""

SCALE = {"range": [0, 10]}
DOCUMENT: dict[str, Any] = {
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
PROBLEMS = 8


class Figures(NamedTuple):
    """Numbers of one kind from one run, with their standard errors; `hits` of shares of so many draws."""

    values: np.ndarray
    errors: np.ndarray
    draws: int | None = None


class Held(NamedTuple):
    """Whether two standard errors hold the truth, by seed and quantity."""

    table: np.ndarray

    @property
    def pooled(self) -> float:
        return float(self.table.mean())

    @property
    def error(self) -> float:
        """Of the pooled share: seeds are independent, the quantities of a seed are not."""
        return float(self.table.mean(axis=1).std(ddof=1)) / math.sqrt(len(self.table))

    @property
    def each(self) -> np.ndarray:
        return np.asarray(self.table.mean(axis=0))


def rankings(problems: int = PROBLEMS) -> Iterator[cs.Ranking]:
    """Yield one small problem, then others drawn at random: four candidates, some with unknown facts."""
    yield cs.score(LISTED, DOCUMENT)
    rng = random.Random(5)
    for _ in range(problems - 1):
        criteria = {key: {"scale": SCALE, "weight": rng.randint(1, 4)} for key in "xy"}
        listed = []
        for name in "abcd":
            ratings = {key: sorted(rng.choices(range(11), k=2)) for key in "xy"}
            ratings = {key: ends for key, ends in ratings.items() if ends[0] < ends[1]}
            facts = {"crit": False} if rng.random() < 0.5 else {}
            listed.append({"id": name, "ratings": ratings, "facts": facts})
        yield cs.score(listed, DOCUMENT | {"criteria": criteria})


def shares(listed: cs.Ranking, draws: int, seed: int) -> dict[str, Figures]:
    """Return numbers of `robustness` by kind."""
    found = cs.robustness(listed, weights="any", draws=draws, seed=seed, method_choices="combine")
    few = range(1, min(3, len(listed)))
    kinds = {
        "ranks": found.rank_acceptability.ravel(),
        "first k": np.array([found.top_probability(k) for k in few]).ravel(),
        "verdicts": np.array([*found.verdict_probabilities.values()]).ravel(),
        "bands": np.array([*found.band_probabilities.values()]).ravel(),
        "pairs": found.pairwise_wins[~np.eye(len(listed), dtype=bool)],
    }
    figures = {
        kind: Figures(values, found.standard_error(values), draws) for kind, values in kinds.items()
    }
    figures["scores"] = Figures(found.score_means, found.score_errors)
    figures["expected ranks"] = Figures(found.expected_ranks, found.expected_rank_errors)
    return figures


def answers(listed: cs.Ranking, draws: int, seed: int) -> dict[str, Figures]:
    """Return the value of each answer, for the order and for verdicts."""
    found = cs.next_questions(listed, top=1, weights="any", draws=draws, seed=seed)
    by_question = {(question.candidate, question.key): question for question in found}
    figures = {}
    for kind in ("order", "verdict"):
        estimates = [getattr(by_question[key], kind) for key in sorted(by_question)]
        figures[f"value for the {kind}"] = Figures(*np.array(estimates).reshape(-1, 2).T)
    return figures


def indices(listed: cs.Ranking, draws: int, seed: int) -> dict[str, Figures]:
    """Return Sobol' indices of scores and places: of the weights, and of ratings by criterion."""
    source = Draws(listed.problem, group_weights(listed.framework, "any"), seed)
    factors = [Factor("weights", "weights", slice(None))]
    factors += [Factor("ratings", part.key, part.columns) for part in source.uncertain]
    figures: dict[str, list[Any]] = {}
    for found in sobol_indices(source, factors, draws).values():
        for kind, (values, errors) in {"first": found.first(), "total": found.total()}.items():
            figures.setdefault(f"Sobol {kind}", []).append((values.ravel(), errors.ravel()))
    return {kind: Figures(*np.concatenate(part, axis=-1)) for kind, part in figures.items()}


KINDS: dict[str, Callable[[cs.Ranking, int, int], dict[str, Figures]]] = {
    "shares": shares,
    "answers": answers,
    "indices": indices,
}


def coverage(
    name: str,
    seeds: int,
    draws: int,
    exact: tuple[int, int],
    problems: int = PROBLEMS,
    *,
    first: int = 0,
) -> dict[str, Held]:
    """Return for each kind how often two standard errors hold each of its numbers, in all problems.

    The truth is a mean over `exact` runs of so many draws. Left out is what cannot be held as often as this, nor
    less often: what no draw changes, shares of a few hits, and values of answers that are cut off at 0.
    """
    run = KINDS[name]
    held: dict[str, list[np.ndarray]] = {}
    for number, listed in enumerate(rankings(problems)):
        # problems of one seed draw the same weights
        first_seed = first + number * seeds
        many = [run(listed, exact[1], 10**6 + first_seed + k) for k in range(exact[0])]
        runs = [run(listed, draws, first_seed + k) for k in range(seeds)]
        for kind, figures in runs[0].items():
            truth = np.mean([one[kind].values for one in many], axis=0)
            values = np.array([one[kind].values for one in runs])
            errors = np.array([one[kind].errors for one in runs])
            counted = values.std(axis=0) > 1e-9
            if figures.draws is not None:
                counted &= np.minimum(truth, 1 - truth) * figures.draws >= LEAST_HITS
            elif name == "answers":
                counted &= truth > 3 * errors.mean(axis=0)
            holds = np.abs(values - truth) <= 2 * errors
            held.setdefault(kind, []).append(holds[:, counted])
    return {kind: Held(np.hstack(tables)) for kind, tables in held.items()}


def chance_of_fewer(share: float, seeds: int) -> float:
    """Return the probability that a number that errors hold as they should is held in less than a share of seeds."""
    return float(binom.cdf(math.ceil(share * seeds) - 1, seeds, NORMAL))


def binomial_coverage(
    share: float, draws: int, error_of: Callable[[np.ndarray, int], np.ndarray]
) -> float:
    """Return the exact probability that two standard errors of a share of draws hold it."""
    found = np.arange(draws + 1) / draws
    held = np.abs(found - share) <= 2 * error_of(found, draws)
    chances = []
    for hits in np.flatnonzero(held).tolist():
        ways = math.lgamma(draws + 1) - math.lgamma(hits + 1) - math.lgamma(draws - hits + 1)
        at_all = hits * math.log(share) + (draws - hits) * math.log1p(-share)
        chances.append(math.exp(ways + at_all))
    return math.fsum(chances)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--exact", type=int, default=400_000)
    parser.add_argument("--problems", type=int, default=PROBLEMS)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    print("kind, pooled with its standard error, least, most, quantities")
    for name in KINDS:
        exact = 1, options.exact
        if name == "indices":  # 4,096 draws are the most
            exact = max(1, options.exact // 4096), 4096
        found = coverage(
            name, options.seeds, options.draws, exact, options.problems, first=options.first
        )
        for kind, held in found.items():
            figures = f"{held.pooled:.4f} ± {held.error:.4f}"
            ends = f"{held.each.min():.3f} to {held.each.max():.3f}"
            out = int(((held.each < 0.91) | (held.each > 0.99)).sum())
            print(f"{kind}: {figures}, {ends}, {len(held.each)}, {out} out", flush=True)
    below = chance_of_fewer(0.91, options.seeds)
    above = 1 - chance_of_fewer(0.99 + 1e-9, options.seeds)
    print(
        f"By chance a number is held in less than 91 % with {below:.5f}, in more than 99 % with {above:.5f}"
    )


if __name__ == "__main__":
    main()
