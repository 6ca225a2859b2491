"""The exact value of an answer, in small cases: every combination of answers, ratings by fine steps.

All is recomputed here from the numbers of a case, without the package: weighted sums of ratings, a
rule that refers or bars by a flag, by a rating or by both, ranks within tiers.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

VERDICTS = ("inside", "refer", "outside")
# steps of a rating, by how many ratings are uncertain
STEPS = {1: 4000, 2: 240}
LOW, HIGH = 0.0, 100.0


@dataclass
class Case:
    """Candidates with ratings on two criteria, some uncertain, and a flag each, some unknown.

    A rating is a number, a pair (uniform), three numbers (triangular) or None (uniform on the
    scale); a flag is True, False or None. `rule` names what bars or refers.
    """

    weights: tuple[float, float]
    rows: list[tuple[list[Any], bool | None]]
    top: int
    rule: tuple[str, float, str]
    uncertain: list[tuple[int, int]] = field(default_factory=list)
    open_flags: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for row, (ratings, flag) in enumerate(self.rows):
            self.uncertain += [(row, k) for k in (0, 1) if not isinstance(ratings[k], float)]
            if flag is None:
                self.open_flags.append(row)

    def framework(self) -> dict[str, Any]:
        condition, threshold, verdict = self.rule
        when = {
            "flag": "crit",
            "rating": f"x >= {threshold}",
            "both": f"crit and x >= {threshold}",
            "either": f"crit or x >= {threshold}",
        }[condition]
        scale = {"range": [LOW, HIGH]}
        criteria = {}
        for key, weight in zip("xy", self.weights, strict=True):
            criteria[key] = {"scale": scale, "weight": weight}
        return {
            "collabscore": "framework/1",
            "id": "case",
            "criteria": criteria,
            "facts": {"crit": {"kind": "flag"}},
            "guardrails": {"g": {"when": when, "then": verdict}},
        }

    def candidates(self) -> list[dict[str, Any]]:
        listed = []
        for row, (ratings, flag) in enumerate(self.rows):
            given = {}
            for key, rating in zip("xy", ratings, strict=True):
                if isinstance(rating, tuple) and len(rating) == 3:
                    low, value, high = rating
                    given[key] = {"low": low, "value": value, "high": high}
                elif rating is not None:
                    given[key] = list(rating) if isinstance(rating, tuple) else rating
            facts = {} if flag is None else {"crit": flag}
            listed.append({"id": f"c{row}", "ratings": given, "facts": facts})
        return listed


def any_case(rng: random.Random) -> Case:
    """Return a case with one to four open answers, at least one of them a rating."""
    n = rng.randint(2, 4)
    rows: list[tuple[list[Any], bool | None]] = []
    for _ in range(n):
        rows.append(([rng.uniform(5, 95), rng.uniform(5, 95)], rng.random() < 0.3))
    ratings = rng.sample([(row, k) for row in range(n) for k in (0, 1)], rng.choice([1, 2]))
    for row, k in ratings:
        ends = sorted(rng.uniform(LOW, HIGH) for _ in range(3))
        rows[row][0][k] = rng.choice([None, (ends[0], ends[2]), tuple(ends)])
    for row in rng.sample(range(n), rng.choice([0, 0, 1, 2])):
        rows[row] = rows[row][0], None
    rule = rng.choice(["flag", "rating", "both", "either"])
    return Case(
        (rng.uniform(1, 5), rng.uniform(1, 5)),
        rows,
        rng.randint(1, n - 1),
        (rule, round(rng.uniform(20, 80)), rng.choice(["refer", "outside"])),
    )


def quantile(rating: Any, places: np.ndarray) -> np.ndarray:
    """Return the rating at each place of its distribution."""
    if rating is None:
        rating = (LOW, HIGH)
    if len(rating) == 2:
        return rating[0] + places * (rating[1] - rating[0])
    low, mode, high = rating
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(places * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - places) * (high - low) * (high - mode))
    return np.where(places < turn, rising, falling)


def exact_values(case: Case) -> dict[tuple[int, str], tuple[float, float]]:
    """Return the value of each answer, for the order and for the verdict in bits."""
    steps = STEPS[len(case.uncertain)]
    places = (np.arange(steps) + 0.5) / steps
    shape = (steps,) * len(case.uncertain) + (2,) * len(case.open_flags)
    top = np.zeros((len(case.rows), *shape))
    verdicts = np.zeros((len(case.rows), *shape), dtype=int)
    axis_of = {cell: axis for axis, cell in enumerate(case.uncertain)}
    ratings = np.empty((len(case.rows), 2, *shape))
    for row, (given, _) in enumerate(case.rows):
        for k in (0, 1):
            numbers: Any = given[k]
            if (row, k) in axis_of:
                along = [1] * len(shape)
                along[axis_of[row, k]] = steps
                numbers = quantile(given[k], places).reshape(along)
            ratings[row, k] = numbers
    flags = np.empty((len(case.rows), *shape), dtype=bool)
    for row, (_, flag) in enumerate(case.rows):
        flags[row] = bool(flag)
        if row in case.open_flags:
            along = [1] * len(shape)
            along[len(case.uncertain) + case.open_flags.index(row)] = 2
            flags[row] = np.array([False, True]).reshape(along)
    condition, threshold, verdict = case.rule
    above = ratings[:, 0] >= threshold
    applies = {"flag": flags, "rating": above, "both": flags & above, "either": flags | above}
    verdicts[applies[condition]] = VERDICTS.index(verdict)
    first, second = case.weights
    scores = (first * ratings[:, 0] + second * ratings[:, 1]) / (first + second)
    for row, other in itertools.product(range(len(case.rows)), repeat=2):
        milder = verdicts[other] < verdicts[row]
        ahead = milder | ((verdicts[other] == verdicts[row]) & (scores[other] > scores[row]))
        top[row] += ahead & (verdicts[other] < 2)
    among = (top < case.top) & (verdicts < 2)
    found = {}
    asked = [(row, "xy"[k]) for row, k in case.uncertain] + [
        (row, "crit") for row in case.open_flags
    ]
    for axis, (row, key) in enumerate(asked):
        others = tuple(a for a in range(1, len(shape) + 1) if a != axis + 1)
        given_answer = among.mean(axis=others) if others else among.astype(float)
        order = float(given_answer.var(axis=1).sum())
        shares = np.array([(verdicts[row] == code) for code in range(3)], dtype=float)
        spread = shares.mean(axis=others) if others else shares
        verdict_fall = entropy_of(spread.mean(axis=1)) - entropy_of(spread).mean()
        found[row, key] = order, float(verdict_fall)
    return found


def entropy_of(shares: np.ndarray) -> np.ndarray:
    """Return the entropy of the shares along the first axis, in bits."""
    logs = np.log2(shares, where=shares > 0, out=np.zeros_like(shares))
    return -(shares * logs).sum(axis=0)
