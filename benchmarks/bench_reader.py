"""Load and check 10,000 proposals, held against PyYAML's C loader on the same text.

Run it with ``python benchmarks/bench_reader.py``: both read in turn, and the medians are compared.
Bare events, the least that any reader on libyaml must do, stand beside.
"""

from __future__ import annotations

import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

import collabscore as cs

N, ROUNDS = 10_000, 3


def text_of(framework: cs.Framework, seed: int = 0) -> str:
    """Return a list of proposals with twelve ratings each, as a funder's portal would write them."""
    rng = random.Random(seed)
    leaves = list(framework.leaves.items())[:12]
    lines = [
        "collabscore: candidates/1",
        "framework: guardrail",
        "sources:",
        "  call: {title: The call, date: 2025-03}",
        "candidates:",
    ]
    for k in range(N):
        lines += [
            f"  - id: proposal-{k:05}",
            f"    title: Joint work on subject {k}, first phase",
            "    ratings:",
        ]
        for key, node in leaves:
            assert node.scale is not None
            low, high = (int(end) for end in node.scale.range)
            value = rng.randint(low, high)
            form = rng.random()
            if form < 0.75:
                lines.append(f"      {key}: {value}")
            elif form < 0.9:
                lines.append(f"      {key}: [{min(value, high - 1)}, {high}]")
            else:
                lines.append(
                    f"      {key}: {{low: {low}, value: {value}, high: {high}, evidence: [call]}}"
                )
        lines.append(
            "    facts: {stage: basic, technology_link: uses, personal_data: none, ethics_matters: no}"
        )
        lines.append("    safeguards: [written_agreement, {id: ip_annex, status: planned}]")
        lines.append("    tags: [first]")
    return "\n".join(lines) + "\n"


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds it takes; what it leaves behind is thrown away after."""
    gc.collect()
    start = time.perf_counter()
    kept = action()
    elapsed = time.perf_counter() - start
    del kept
    return elapsed


def events(text: str) -> None:
    """Read bare events."""
    for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
        pass


def main() -> None:
    """Print the medians and their ratios."""
    framework = cs.load_framework("guardrail")
    text = text_of(framework)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "proposals.yaml"
        file.write_text(text, encoding="utf-8")
        rounds = [
            (
                timed(lambda: cs.load_candidates(file, framework)),
                timed(lambda: yaml.load(text, Loader=yaml.CSafeLoader)),
                timed(lambda: events(text)),
            )
            for _ in range(ROUNDS)
        ]
    ours, loader, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(a / b for a, b, _ in rounds)
    print(f"{N:,} proposals, {len(text) / 1e6:.1f} MB: load_candidates {ours:.2f} s", end="; ")
    print(f"CSafeLoader {loader:.2f} s; bare events {bare:.2f} s")
    print(f"ratio {ratio:.3f} (bound 0.2); bare events alone {bare / loader:.3f}")


if __name__ == "__main__":
    main()
