"""Explanations: one candidate of 15 explained, held against 10,000 robustness draws of all 15.

Run it with ``python benchmarks/bench_explain.py`` from the root of the project; both are done in
turn in one process, by its CPU time, and the median of the ratios is printed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import collabscore as cs

ROUNDS = 5
PROJECTS = Path(__file__).parents[1] / "examples" / "proposed_projects.yaml"


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return how much CPU time some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the ratio of one explanation to the draws."""
    ranking = cs.score(PROJECTS, "guardrail")
    cs.explain(ranking, ranking.ids[0])
    cs.robustness(ranking, draws=1000)
    ratios = []
    for _ in range(ROUNDS):
        draws = cpu_seconds(lambda: cs.robustness(ranking, draws=10_000))
        one = cpu_seconds(lambda: [cs.explain(ranking, id) for id in ranking.ids]) / len(ranking)
        print(f"explanation {one:.3f} s, draws {draws:.3f} s")
        ratios.append(one / draws)
    print(f"one explanation / 10,000 draws (bound 0.5): {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
