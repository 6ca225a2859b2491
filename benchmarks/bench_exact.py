"""Judge 100,000 candidates of which a fifth of the answers is unknown, held against all known.

The answers to every fact of three shipped frameworks are drawn at random. Scores, ranks and
verdicts are found from the columns, of which the reading is not timed; both are timed in turn, and
the medians compared. Run it with ``python benchmarks/bench_exact.py``.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

import collabscore as cs
from collabscore.scoring.problem import Problem

N, SHARE, ROUNDS = 100_000, 0.2, 9
FRAMEWORKS = ("guardrail", "eu-2024", "dfg-2023")


def answers_to(rng: np.random.Generator, framework: cs.Framework, key: str) -> list[Any]:
    """Return some different answers to a fact: all words, random sets or numbers."""
    fact: Any = framework.all_facts[key]
    if fact.kind == "set":
        items = sorted(framework.list_members[fact.of])
        return [rng.choice(items, rng.integers(4), replace=False).tolist() for _ in range(60)]
    if fact.kind == "number":
        return rng.uniform(0, 100, 60).tolist()
    return [True, False] if fact.kind == "flag" else list(fact.answers)


def problem_of(framework: cs.Framework, share: float) -> Problem:
    """Return random candidates; of each fact, a share of the answers is unknown."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {}
    for key, leaf in framework.leaves.items():
        columns[key] = rng.uniform(*leaf.scale.range, N)
    for key in framework.facts_asked:
        answers = answers_to(rng, framework, key)
        chosen = rng.integers(len(answers), size=N)
        chosen[rng.random(N) < share] = -1
        columns[key] = [None if k < 0 else answers[k] for k in chosen.tolist()]
    return Problem.from_columns(framework, columns)


def timed(problem: Problem) -> float:
    """Return the CPU time of scoring, in seconds."""
    start = time.process_time()
    ranking = cs.score(problem)
    assert len(ranking.scores) == len(ranking.ranks) == len(ranking.verdicts) == N
    return time.process_time() - start


def main() -> None:
    """Print medians and ratios."""
    for key in FRAMEWORKS:
        framework = cs.load_framework(key)
        unknown, known = problem_of(framework, SHARE), problem_of(framework, 0)
        pairs = [(timed(unknown), timed(known)) for _ in range(ROUNDS)]
        some, least = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        print(
            f"{N:,} candidates, {SHARE:.0%} of answers unknown, {key}: {1000 * some:.0f} ms; "
            f"all known {1000 * least:.0f} ms; ratio {ratio:.2f} (bound 2)"
        )


if __name__ == "__main__":
    main()
