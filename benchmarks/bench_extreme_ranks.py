"""Find the extreme ranks of 100 candidates, held against the plain mixed-integer programmes.

The floor solves, for each candidate and each end of its ranks, the programme of Kadzinski, Greco
and Slowinski (2012): a binary and a large constant for each competitor that is not always ahead or
behind; no bounds, no excluded pairs, and no answer is confirmed. Both are done in one process and
in turn; CPU time, medians of ratios.

Run it with ``python benchmarks/bench_extreme_ranks.py``.
"""

from __future__ import annotations

import random
import statistics
import time

import numpy as np
from scipy import optimize

import collabscore as cs
from collabscore.analysis.extreme_ranks import TIE, LinearScores, min_score_differences
from collabscore.cli.terminal import c_output_discarded

N, M = 100, 6
ROUNDS = {"within 25%": 3, "any": 1}
BOUNDS = {"within 25%": 0.7, "any": 0.6}


def ranking_of(n: int, m: int) -> cs.Ranking:
    """Return a ranking of random ratings, always the same."""
    rng = random.Random(1)
    criteria = {
        f"c{k}": {"weight": rng.randint(1, 5), "scale": {"range": [0, 100]}} for k in range(m)
    }
    rows = [
        {"id": f"x{i}", "ratings": {key: rng.randint(0, 100) for key in criteria}} for i in range(n)
    ]
    return cs.score(rows, {"collabscore": "framework/1", "id": "bench", "criteria": criteria})


def fewest(gaps: np.ndarray, least: np.ndarray, at_least: np.ndarray, equal: np.ndarray) -> int:
    """Return the fewest competitors whose gap is below 0."""
    c, q = gaps.shape
    binaries = np.append(np.zeros(q), np.ones(c))
    rows = [
        (np.hstack([at_least, np.zeros((len(at_least), c))]), 0.0, np.inf),
        (np.hstack([equal, np.zeros((len(equal), c))]), 0.0, 0.0),
        ((1.0 - binaries)[None, :], 1.0, 1.0),
        (np.hstack([gaps, np.diag(-least)]), 0.0, np.inf),
    ]
    found = optimize.milp(
        binaries,
        integrality=binaries,
        bounds=optimize.Bounds(0.0, 1.0),
        constraints=[optimize.LinearConstraint(*part) for part in rows if len(part[0])],
        options={"mip_rel_gap": 0.0},
    )
    return round(found.fun)


def plain(ranking: cs.Ranking, space: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the best and the worst ranks by one programme each."""
    scores = LinearScores.of(ranking, space)
    values, n = scores.values, len(scores.values)
    differences = min_score_differences(values, scores.polytope)
    constraints = scores.polytope.constraints
    best, worst = np.empty(n, dtype=int), np.empty(n, dtype=int)
    for a in range(n):
        ahead = differences[:, a] > TIE
        open_ = np.flatnonzero(~ahead & (differences[a] < -TIE))
        leads, certain = values[a] - values[open_], 1 + int(ahead.sum())
        best[a] = worst[a] = certain
        if len(open_):
            best[a] += fewest(leads, differences[a, open_], *constraints)
            worst[a] += len(open_) - fewest(-leads, differences[open_, a], *constraints)
    return best, worst


def main() -> None:
    """Print each ratio beside its bound."""
    ranking = ranking_of(N, M)
    for space, bound in BOUNDS.items():
        ratios = []
        for _ in range(ROUNDS[space]):
            with c_output_discarded():
                start = time.process_time()
                found = cs.extreme_ranks(ranking, weights=space)
                ours = time.process_time() - start
                start = time.process_time()
                best, worst = plain(ranking, space)
                floor = time.process_time() - start
            # ties may be missed by the tolerance of the plain programmes, 1e-6
            assert np.abs(found.best_ranks - best).max() <= 1
            assert np.abs(found.worst_ranks - worst).max() <= 1
            ratios.append(ours / floor)
            print(f"{space}: {ours:.2f} s against {floor:.2f} s")
        ratio = statistics.median(ratios)
        print(f"{space}: ratio {ratio:.2f}, bound {bound:.2f}")


if __name__ == "__main__":
    main()
