"""Draw weights for many candidates, held against the least that any such analysis must do.

Three comparisons, each in one process and in turn, medians of ratios printed:

1. 10,000 draws x 200 candidates x 12 criteria, all weights free, ratings fixed: rank acceptability,
expected ranks,
   quantiles and central weights; the floor draws from Dirichlet's distribution, multiplies, sorts
   and counts.
2. The pairwise index of the same, against the blocked comparison of all scores. 3. 1,000 draws x
100,000 candidates: top-10 probabilities and rank ranges, against one `argsort` a draw; in a process
   of its own, whose memory is measured.

Run it with ``python benchmarks/bench_robustness.py``.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import collabscore as cs
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank

M, DRAWS, N, ROUNDS = 12, 10_000, 200, 9
LARGE_N, LARGE_DRAWS = 100_000, 1_000
BOUNDS = {"indices": 1.5, "pairs": 1.0, "large": 3.0, "memory_gb": 2.0}

FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "bench",
    "scales": {"share": {"range": [0, 1]}},
    "criteria": {f"c{k}": {"scale": "share"} for k in range(M)},
}


def ranking_of(n: int, rng: np.random.Generator) -> cs.Ranking:
    """Return a ranking of random ratings."""
    columns = {f"c{k}": rng.random(n) for k in range(M)}
    return rank(Problem.from_columns(cs.load_framework(FRAMEWORK), columns))


def indices(ranking: cs.Ranking) -> cs.Robustness:
    """Draw, and read what is asked for."""
    result = cs.robustness(ranking, weights="any", draws=DRAWS)
    for array in (
        result.rank_acceptability,
        result.expected_ranks,
        result.score_quantiles,
        result.central_weights,
    ):
        assert len(array) == N
    return result


def floor(values: np.ndarray) -> np.ndarray:
    """Do the least: draw, multiply, sort, count."""
    weights = np.random.default_rng(0).dirichlet(np.ones(M), DRAWS)
    order = np.argsort(-(weights @ values.T), axis=1)
    return np.bincount((order * N + np.arange(N)).ravel(), minlength=N * N).reshape(N, N)


def compared(scores: np.ndarray) -> np.ndarray:
    """Compare all pairs, in blocks that fit the memory."""
    wins = np.zeros((N, N), dtype=np.int64)
    for start in range(0, DRAWS, 100):
        block = scores[start : start + 100]
        wins += (block[:, :, None] > block[:, None, :]).sum(0)
    return wins


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def report(
    name: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS
) -> float:
    """Time two actions in turn, print the median ratio, and return it."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    seconds = " and ".join(
        f"{statistics.median(column):.3f} s" for column in zip(*pairs, strict=True)
    )
    print(f"{name}: {ratio:.2f} x the floor (bound {BOUNDS[name]}); {seconds}")
    return ratio


def small() -> None:
    """Compare the indices and the pairs."""
    ranking = ranking_of(N, np.random.default_rng(1))
    values = np.asarray(ranking.valuation.leaf_values)
    report("indices", lambda: indices(ranking), lambda: floor(values))
    result = indices(ranking)
    scores = np.random.default_rng(0).dirichlet(np.ones(M), DRAWS) @ values.T

    def pairs() -> object:
        vars(result).pop("pairwise_wins", None)  # counted when first asked for
        return result.pairwise_wins

    report("pairs", pairs, lambda: compared(scores), rounds=5)


def large() -> None:
    """Compare the large set, and print the most memory it took."""
    ranking = ranking_of(LARGE_N, np.random.default_rng(1))

    def ours() -> object:
        result = cs.robustness(ranking, weights="any", draws=LARGE_DRAWS, top=10)
        return result.top_probability(), result.rank_ranges, result.expected_ranks

    ours_s = timed(ours)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    scores = np.random.default_rng(0).random((10, LARGE_N))
    theirs_s = timed(lambda: [np.argsort(-row) for row in scores]) * LARGE_DRAWS / len(scores)
    print(
        f"large: {ours_s / theirs_s:.2f} x the floor (bound {BOUNDS['large']}); {ours_s:.1f} s and {theirs_s:.1f} s"
    )
    print(f"large: {memory:.2f} GB at most (bound {BOUNDS['memory_gb']})")


def main() -> None:
    """Print all ratios."""
    small()
    subprocess.run([sys.executable, __file__, "large"], check=True)


if __name__ == "__main__":
    large() if sys.argv[1:] == ["large"] else main()
