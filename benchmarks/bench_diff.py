"""Differences of longer and longer lists: 10,000 candidates held against 1,000.

Half of the candidates have another rating and another answer, and the framework has other weights.
Run it with ``python benchmarks/bench_diff.py``; both sizes are timed in turn in one process, by CPU
time, and the median of the ratios is printed.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

import collabscore as cs

ROUNDS = 3
SIZES = (1_000, 10_000)
SCALE = {"range": [1, 5]}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "timed",
    "criteria": {f"c{k}": {"scale": SCALE, "weight": k + 1} for k in range(6)},
    "facts": {"stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]}},
    "guardrails": {"late": {"when": "stage >= deployed", "then": "refer"}},
}


def rankings_of(n: int) -> tuple[cs.Ranking, cs.Ranking]:
    """Return two rankings of n candidates, half of which differ."""
    rng = np.random.default_rng(0)
    lists: list[list[dict[str, Any]]] = [[], []]
    for k in range(n):
        ratings = {key: int(rng.integers(1, 6)) for key in FRAMEWORK["criteria"]}
        facts = {"stage": ["basic", "applied", "deployed"][int(rng.integers(0, 3))]}
        lists[0].append({"id": f"p{k}", "ratings": ratings, "facts": facts})
        if k % 2:
            ratings, facts = {**ratings, "c0": 3}, {"stage": "applied"}
        lists[1].append({"id": f"p{k}", "ratings": ratings, "facts": facts})
    criteria = {**FRAMEWORK["criteria"], "c0": {"scale": SCALE, "weight": 4}}
    return cs.score(lists[0], FRAMEWORK), cs.score(lists[1], {**FRAMEWORK, "criteria": criteria})


def main() -> None:
    """Print the time of both sizes, and their ratio."""
    rankings = [rankings_of(n) for n in SIZES]
    ratios = []
    for _ in range(ROUNDS):
        seconds = []
        for old, new in rankings:
            start = time.process_time()
            cs.diff(old, new).to_json()
            seconds.append(time.process_time() - start)
        print(", ".join(f"{n:,}: {s:.2f} s" for n, s in zip(SIZES, seconds, strict=True)))
        ratios.append(seconds[1] / seconds[0])
    print(f"10,000 candidates / 1,000 (bound 15): {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
