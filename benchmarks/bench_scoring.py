"""Score 1,000,000 candidates from arrays, held against the least that any scorer must do.

The floor: one `np.interp` a criterion, one product with the weights, one stable sort. Run it with
``python benchmarks/bench_scoring.py``; both are timed in turn, and the medians compared.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

import collabscore as cs
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank

N, M, ROUNDS = 1_000_000, 12, 9

FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "bench",
    "scales": {"five_point": {"range": [1, 5]}},
    "criteria": {
        f"group_{g}": {
            "criteria": {f"c{g}{k}": {"scale": "five_point", "weight": k + 1} for k in range(4)}
        }
        for g in range(3)
    },
    "facts": {
        "stage": {"kind": "level", "levels": ["basic", "applied", "development", "deployment"]},
        "link": {"kind": "level", "levels": ["none", "uses", "bears_on", "advances"]},
        "personal_data": {
            "kind": "level",
            "levels": ["none", "aggregate", "individual", "sensitive"],
        },
        "animals": {"kind": "flag"},
        "budget": {"kind": "number"},
    },
    "safeguards": {f"s{k}": {} for k in range(4)},
    "guardrails": {
        "technology": {"when": "link == advances and stage >= applied", "then": "outside"},
        "near_technology": {"when": "link >= bears_on", "needs": ["s0"], "then": "refer"},
        "sensitive": {"when": "personal_data >= sensitive", "needs": ["s1"], "then": "refer"},
        "personal": {
            "when": "personal_data >= individual",
            "needs": ["s1"],
            "then": "conditional",
            "met": "inside",
        },
        "ethics": {"when": "animals", "needs": ["s2"], "then": "conditional", "met": "inside"},
        "large": {"when": "budget > 50", "needs": ["s3"], "then": "refer"},
        "race": {"when": "c23 >= 4.5", "needs": [["s0", "s3"]], "then": "refer"},
        "two": {
            "when": "count(animals, budget > 20, stage >= development) >= 2",
            "needs": ["s3"],
            "then": "conditional",
        },
        "deployed": {
            "when": "stage == deployment and not animals",
            "needs": ["s0", "s1"],
            "then": "refer",
        },
    },
    "bands": {"strong": 75, "weak": 0},
}


def columns(rng: np.random.Generator, framework: cs.Framework) -> dict[str, np.ndarray]:
    """Return random ratings and facts, all of them known."""
    data = {key: rng.uniform(1, 5, N) for key in framework.leaves}
    data |= {
        key: rng.integers(0, 4, N).astype(np.int8) for key in ("stage", "link", "personal_data")
    }
    return data | {"animals": rng.random(N) < 0.1, "budget": rng.uniform(0, 100, N)}


def floor(ratings: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Do the least: values, the weighted sum, the order."""
    values = np.empty_like(ratings)
    for j in range(ratings.shape[1]):
        values[:, j] = np.interp(ratings[:, j], [1, 5], [0, 1])
    return np.argsort(-(values @ weights), kind="stable")


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """Print both medians and their ratio."""
    rng = np.random.default_rng(0)
    framework = cs.load_framework(FRAMEWORK)
    data = columns(rng, framework)
    safeguards = {f"s{k}": rng.random(N) < 0.5 for k in range(4)}
    ratings = np.asfortranarray(np.column_stack([data[key] for key in framework.leaves]))
    weights = np.array([node.overall for node in framework.leaves.values()])

    def ours() -> object:
        ranking = rank(Problem.from_columns(framework, data, safeguards=safeguards))
        return ranking.scores, ranking.ranks, ranking.verdicts, ranking.bands

    pairs = [(timed(ours), timed(lambda: floor(ratings, weights))) for _ in range(ROUNDS)]
    us, least = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"{N:,} x {M}, 9 guardrails: {us:.3f} s; floor {least:.3f} s; ratio {ratio:.2f} (bound 2)"
    )


if __name__ == "__main__":
    main()
