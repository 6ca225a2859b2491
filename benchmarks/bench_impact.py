"""The impact of a changed framework on 10,000 past candidates, beside scoring both versions.

The candidates are in ten lists, a tenth of their answers unknown; the new version of `guardrail` has
other weights, a stricter step, a new rule, and lacks an old one. Run it with
``python benchmarks/bench_impact.py``; both are timed in turn in one process, by CPU time, and the
median of the ratios is printed.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

import collabscore as cs
from collabscore.documents.reweighting import plain_framework

ROUNDS = 3
LISTS, SIZE = 10, 1_000


def frameworks() -> tuple[cs.Framework, cs.Framework]:
    """Return `guardrail`, and a changed version of it."""
    old = cs.load_framework("guardrail")
    changed = plain_framework(old)
    changed["version"] = "2026.1"
    changed["criteria"]["mutual_interest"]["weight"] = 2
    rules = changed["guardrails"]
    del rules["open_results"]
    rules["sensitive_data"] = {"when": "personal_data >= aggregate", "then": "refer"}
    return old, cs.load_framework(changed)


def past_lists(framework: cs.Framework) -> list[list[dict[str, Any]]]:
    """Return ten lists of a thousand candidates."""
    rng = np.random.default_rng(0)
    lists = []
    for number in range(LISTS):
        listed = []
        for k in range(SIZE):
            ratings = {}
            for key, node in framework.leaves.items():
                low, high = node.scale.range
                ratings[key] = int(rng.integers(low, high + 1))
            facts = {}
            for key in framework.facts_asked:
                words = framework.all_facts[key].answers
                if words and rng.random() < 0.9:
                    facts[key] = words[int(rng.integers(0, len(words)))]
            safeguards = [name for name in framework.safeguards_named if rng.random() < 0.5]
            entry = {"ratings": ratings, "facts": facts, "safeguards": safeguards}
            listed.append({"id": f"p{number}-{k}", **entry})
        lists.append(listed)
    return lists


def main() -> None:
    """Print the time of both, and their ratio."""
    old, new = frameworks()
    lists = past_lists(old)
    ratios = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for listed in lists:
            cs.score(listed, old)
            cs.score(listed, new)
        middle = time.process_time()
        found = cs.impact(lists, old, new)
        found.to_json()
        seconds = middle - start, time.process_time() - middle
        ratios.append(seconds[1] / seconds[0])
        print(f"both scored: {seconds[0]:.2f} s, impact and its JSON: {seconds[1]:.2f} s")
    print(f"impact / both scored (bound 2): {statistics.median(ratios):.2f}")
    print(found.to_text(detail="brief"))


if __name__ == "__main__":
    main()
