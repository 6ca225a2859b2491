"""The exact value of an answer, in small cases: every combination of answers, ratings by fine steps.

A step ends wherever a rating meets the threshold of the rule or the score of a candidate without uncertain ratings.

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


def place_of(rating: Any, number: float) -> float:
    """Return the place of a number in the distribution of a rating: the inverse of `quantile`."""
    low, *mode, high = (LOW, HIGH) if rating is None else rating
    number = min(max(number, low), high)
    if not mode:
        return float((number - low) / (high - low))
    if number < mode[0]:
        return float((number - low) ** 2 / ((high - low) * (mode[0] - low)))
    return float(1 - (high - number) ** 2 / ((high - low) * (high - mode[0])))


def turns(case: Case, row: int, k: int) -> list[float]:
    """Return the numbers of a rating at which the rule, or the order, may turn if all else is known."""
    found = [case.rule[1]] if k == 0 else []
    if (row, 1 - k) in case.uncertain:
        return found
    beside = case.weights[1 - k] * case.rows[row][0][1 - k]
    for other, (ratings, _) in enumerate(case.rows):
        if not {(other, 0), (other, 1)} & {*case.uncertain}:
            score = case.weights[0] * ratings[0] + case.weights[1] * ratings[1]
            found.append((score - beside) / case.weights[k])
    return found


def exact_values(case: Case) -> dict[tuple[int, str], tuple[float, float]]:
    """Return the value of each answer, for the order and for the verdict in bits."""
    n, steps = len(case.rows), STEPS[len(case.uncertain)]
    # the steps of each answer, as places between 0 and 1, and their probabilities
    places, chances = [], []
    for row, k in case.uncertain:
        rating = case.rows[row][0][k]
        ends = [place_of(rating, number) for number in turns(case, row, k)]
        bounds = np.unique([*np.linspace(0, 1, steps + 1), *ends])
        places.append((bounds[1:] + bounds[:-1]) / 2)
        chances.append(np.diff(bounds))
    chances += [np.full(2, 0.5)] * len(case.open_flags)
    shape = tuple(map(len, chances))

    def along(axis: int, numbers: np.ndarray) -> np.ndarray:
        return numbers.reshape([-1 if a == axis else 1 for a in range(len(shape))])

    axis_of = {cell: axis for axis, cell in enumerate(case.uncertain)}
    ratings = np.empty((n, 2, *shape))
    flags = np.empty((n, *shape), dtype=bool)
    for row, (given, flag) in enumerate(case.rows):
        for k in (0, 1):
            axis = axis_of.get((row, k))
            drawn = axis is not None
            ratings[row, k] = along(axis, quantile(given[k], places[axis])) if drawn else given[k]
        flags[row] = bool(flag)
        if flag is None:
            axis = len(case.uncertain) + case.open_flags.index(row)
            flags[row] = along(axis, np.array([False, True]))
    condition, threshold, verdict = case.rule
    above = ratings[:, 0] >= threshold
    applies = {"flag": flags, "rating": above, "both": flags & above, "either": flags | above}
    verdicts = np.where(applies[condition], VERDICTS.index(verdict), 0)
    first, second = case.weights
    scores = (first * ratings[:, 0] + second * ratings[:, 1]) / (first + second)
    ahead_of = np.zeros((n, *shape))
    for row, other in itertools.product(range(n), repeat=2):
        milder = verdicts[other] < verdicts[row]
        ahead = milder | ((verdicts[other] == verdicts[row]) & (scores[other] > scores[row]))
        ahead_of[row] += ahead & (verdicts[other] < 2)
    among = (ahead_of < case.top) & (verdicts < 2)

    def given_answer(asked: int, numbers: np.ndarray) -> np.ndarray:
        """Return the mean of numbers, (n, ...), given each answer to one question, (n, answers)."""
        for axis in reversed(range(len(shape))):
            if axis != asked:
                numbers = np.tensordot(numbers, chances[axis], axes=(1 + axis, 0))
        return numbers.astype(float)

    found = {}
    asked = [(row, "xy"[k]) for row, k in case.uncertain]
    asked += [(row, "crit") for row in case.open_flags]
    for axis, (row, key) in enumerate(asked):
        likely = given_answer(axis, among)
        order = ((likely - (likely @ chances[axis])[:, None]) ** 2 @ chances[axis]).sum()
        spread = given_answer(axis, np.array([verdicts[row] == code for code in range(3)]))
        verdict_fall = entropy_of(spread @ chances[axis]) - entropy_of(spread) @ chances[axis]
        found[row, key] = float(order), float(verdict_fall)
    return found


def entropy_of(shares: np.ndarray) -> np.ndarray:
    """Return the entropy of the shares along the first axis, in bits."""
    logs = np.log2(shares, where=shares > 0, out=np.zeros_like(shares))
    return -(shares * logs).sum(axis=0)
