"""Score candidates from data frames and Parquet, held against the least that any table must do.

1. From Parquet to Parquet: 1,000,000 candidates, 12 criteria and 9 guardrails; id, rank, score, low,
   high, verdict, its range and a state for each guardrail. The floor: pyarrow reads the same file
   and writes the same columns, and numpy adds up the weighted sum.
2. A data frame of 100, 10,000 and 1,000,000 rows. The floor: `(df @ weights).rank()` of pandas.
   Beside it the bare weighted sum of MCDA libraries, where they are installed
   (scikit-criteria 0.10, pymcdm 1.4.0, pyrepo-mcda 0.1.15): they know no verdicts and no ranges.

Run it with ``python benchmarks/bench_tables.py [--peers]``; everything is timed in turn, by the
processor time of the process, and the medians are compared.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench_scoring import FRAMEWORK

import collabscore as cs

N, SIZES = 1_000_000, (100, 10_000, 1_000_000)
WORDS = {
    "stage": ["basic", "applied", "development", "deployment"],
    "link": ["none", "uses", "bears_on", "advances"],
    "personal_data": ["none", "aggregate", "individual", "sensitive"],
}


def table_of(n: int, framework: cs.Framework) -> pa.Table:
    """Return random candidates, all known."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {"id": [f"proposal-{k}" for k in range(n)]}
    columns |= {key: rng.uniform(1, 5, n) for key in framework.leaves}
    for key, words in WORDS.items():
        columns[key] = pa.array(words).take(pa.array(rng.integers(0, 4, n)))
    columns |= {"animals": rng.random(n) < 0.1, "budget": rng.uniform(0, 100, n)}
    columns |= {key: rng.random(n) < 0.5 for key in framework.all_safeguards}
    return pa.table(columns)


def scored(table: pa.Table, framework: cs.Framework) -> pa.Table:
    return cs.to_arrow(cs.score(cs.Problem.from_table(table, framework)), rows="columns")


def weights_of(framework: cs.Framework) -> np.ndarray:
    return np.array([node.overall for node in framework.leaves.values()])


def seconds(call: Callable[[], object], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return times


def in_turn(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median time of each call, all taken in turn."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name] += seconds(call, 1)
    return {name: statistics.median(each) for name, each in times.items()}


def from_file_to_file(framework: cs.Framework) -> None:
    weights = weights_of(framework)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        pq.write_table(table_of(N, framework), source)
        result = scored(pq.read_table(source), framework)

        def floor() -> None:
            table = pq.read_table(source)
            ratings = np.column_stack([table[key].to_numpy() for key in framework.leaves])
            ratings @ weights
            pq.write_table(result, target)

        def whole() -> None:
            pq.write_table(scored(pq.read_table(source), framework), target)

        found = in_turn({"floor": floor, "whole": whole}, 3)
    print(
        f"Parquet to Parquet, {N:,} rows: floor {found['floor']:.2f} s, whole {found['whole']:.2f} s"
    )
    print(f"whole / floor (bound 3): {found['whole'] / found['floor']:.2f}")


def peers(ratings: np.ndarray, weights: np.ndarray) -> dict[str, Callable[[], object]]:
    """Return the weighted sums of other libraries that are installed."""
    from pymcdm.methods import WSM
    from pyrepo_mcda.mcda_methods import SAW
    from skcriteria import mkdm
    from skcriteria.agg.simple import WeightedSumModel

    types = np.ones(len(weights))

    def of_scikit_criteria() -> object:
        problem = mkdm(ratings, [max] * len(weights), weights=weights)
        return WeightedSumModel().evaluate(problem)

    return {
        "scikit-criteria": of_scikit_criteria,
        "pymcdm": lambda: WSM()(ratings, weights, types),
        "pyrepo-mcda": lambda: SAW()(ratings, weights, types),
    }


def from_frames(framework: cs.Framework, with_peers: bool) -> None:
    weights = weights_of(framework)
    for n in SIZES:
        table = table_of(n, framework)
        frame = table.select(list(framework.leaves)).to_pandas()
        calls: dict[str, Callable[[], object]] = {
            "collabscore": lambda table=table: scored(table, framework),
            "pandas": lambda frame=frame: (frame @ weights).rank(),
        }
        if with_peers:
            calls |= peers(frame.to_numpy(), weights)
        found = in_turn(calls, 3 if n == N else 15)
        whole = found.pop("collabscore")
        ratios = ", ".join(f"{whole / time:.2f} x {name}" for name, time in found.items())
        print(f"{n:>9,} rows: {1000 * whole:.1f} ms = {ratios}")


if __name__ == "__main__":
    policy = cs.load_framework(FRAMEWORK)
    from_file_to_file(policy)
    from_frames(policy, "--peers" in sys.argv)
