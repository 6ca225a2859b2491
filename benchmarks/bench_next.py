"""Ask what to find out next about longer and longer lists with half of their facts unknown.

The example list of areas, repeated and with half of its facts taken out by a fixed seed: 71 and
300 candidates, in one process and in turn. Printed are CPU seconds, and how many times those of 71
they are.

Run it with ``python benchmarks/bench_next.py``; with ``--full`` it asks about 1,000 candidates too,
which takes three times as long as all the rest.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import collabscore as cs

EXAMPLE = Path(__file__).parents[1] / "examples" / "collaboration_areas.yaml"
SIZES, FULL_SIZES = (71, 300), (71, 300, 1000)
BOUNDS = {300: 8.0}


def entries_of(known: dict[str, Any]) -> dict[str, Any]:
    """Return ratings or facts without what backs them."""
    plain = {}
    for key, entry in known.items():
        if isinstance(entry, dict):
            entry = {
                name: entry[name] for name in entry if name in ("value", "low", "high", "at_least")
            }
        plain[key] = entry
    return plain


def ranking_of(n: int, framework: cs.Framework) -> cs.Ranking:
    """Return a ranking of the example repeated to n candidates, each without half of its facts."""
    rng = np.random.default_rng(0)
    example = cs.load_candidates(EXAMPLE).candidates
    listed = []
    for number in range(n):
        candidate = example[number % len(example)].model_dump(exclude_unset=True)
        facts = entries_of(candidate.get("facts", {}))
        listed.append(
            {
                "id": f"{candidate['id']}-{number}",
                "unit": "area",
                "ratings": entries_of(candidate.get("ratings", {})),
                "facts": {key: facts[key] for key in facts if rng.random() < 0.5},
            }
        )
    known = {*framework.leaves, *framework.all_facts}
    for entry in listed:
        for kind in ("ratings", "facts"):
            entry[kind] = {key: entry[kind][key] for key in entry[kind] if key in known}
    return cs.score(listed, framework)


def main() -> None:
    """Print the seconds and the ratios."""
    framework = cs.load_framework("guardrail")
    first = None
    for size in FULL_SIZES if sys.argv[1:] == ["--full"] else SIZES:
        ranking = ranking_of(size, framework)
        start = time.process_time()
        questions = cs.next_questions(ranking)
        seconds = time.process_time() - start
        first = first or seconds
        bound = f" (bound {BOUNDS[size]:g})" if size in BOUNDS else ""
        print(
            f"{size:,} candidates, {len(questions):,} questions: {seconds:.1f} s,"
            f" {seconds / first:.1f} x the time for {SIZES[0]}{bound}"
        )


if __name__ == "__main__":
    main()
