"""The least change of a rating is the least: 1,000 frameworks with light criteria, against a scan.

Scores, tiers and ranks are recomputed here: weighted sums, one rule on a rating or on points.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.changes import Aim, ChangeSearch, aims_of
from collabscore.scoring.variants import Variants

FRAMEWORKS, PARTS = 1000, 4
WEIGHTS = (10, 5, 3, 1, 0.4, 0.2, 0.05)
LOG_FROM = 100
"""Values are linear in the logarithm of ratings that begin here."""
SCALES = ((0, 1), (1, 5), (0, 100), (0, 0.01), (-3, 4), (LOG_FROM, 75_000))
TIE = 1e-9


@dataclass
class Small:
    """Candidates with points on two to four criteria, and a rule that may refer."""

    weights: list[float]
    ranges: list[tuple[float, float]]
    ratings: list[list[float]]
    rule: tuple[int, float] | None

    def document(self) -> dict[str, Any]:
        criteria = {}
        for k, (weight, ends) in enumerate(zip(self.weights, self.ranges, strict=True)):
            log = ends[0] == LOG_FROM
            criteria[f"k{k}"] = {"weight": weight, "scale": {"range": list(ends)}, "log": log}
        document = {"collabscore": "framework/1", "id": "small", "criteria": criteria}
        if self.rule is not None:
            leaf, threshold = self.rule
            document["guardrails"] = {"g": {"when": f"k{leaf} >= {threshold!r}", "then": "refer"}}
        return document

    def listed(self) -> list[dict[str, Any]]:
        found = []
        for row, ratings in enumerate(self.ratings):
            given = {f"k{k}": rating for k, rating in enumerate(ratings)}
            found.append({"id": f"c{row}", "ratings": given})
        return found

    def values(self, leaf: int, ratings: np.ndarray) -> np.ndarray:
        low, high = self.ranges[leaf]
        if low == LOG_FROM:
            return np.log(ratings / low) / np.log(high / low)
        return (ratings - low) / (high - low)

    def reached(self, aim: Aim, row: int, leaf: int, points: np.ndarray) -> np.ndarray:
        """Return whether an aim is reached at each rating of a candidate on a criterion."""
        shares = np.array(self.weights) / sum(self.weights)
        values = np.empty((len(self.ratings), len(shares)))
        for k, ratings in enumerate(zip(*self.ratings, strict=True)):
            values[:, k] = self.values(k, np.array(ratings))
        scores = 100 * values @ shares
        tiers = np.zeros(len(self.ratings), dtype=int)
        own_tier = np.zeros(len(points), dtype=int)
        if self.rule is not None:
            tiers[np.array(self.ratings)[:, self.rule[0]] >= self.rule[1]] = 1
            own_tier[:] = tiers[row]
            if self.rule[0] == leaf:
                own_tier = (points >= self.rule[1]).astype(int)
        moved = self.values(leaf, points) - values[row, leaf]
        own = scores[row] + 100 * shares[leaf] * moved
        if aim.rank is None:
            severity = 2 * own_tier  # inside, conditional, refer
            milder = severity < aim.severity if aim.gain else severity <= aim.severity
            return milder if aim.gain else ~milder
        others = np.delete(np.arange(len(tiers)), row)
        ahead = tiers[others] < own_tier[:, None]
        same = tiers[others] == own_tier[:, None]
        ranks = 1 + (ahead | (same & (scores[others] > own[:, None] + TIE))).sum(axis=1)
        return ranks <= aim.rank if aim.gain else ranks > aim.rank


def any_small(rng: random.Random) -> Small:
    m = rng.randint(2, 4)
    weights = [rng.choice(WEIGHTS) for _ in range(m)]
    ranges = [rng.choice(SCALES) for _ in range(m)]
    ratings = []
    for _ in range(rng.randint(2, 5)):
        # some on round points, where ties are common
        row = []
        for low, high in ranges:
            share = rng.choice([rng.random(), rng.randint(0, 4) / 4])
            row.append(low + share * (high - low))
        ratings.append(row)
    leaf = rng.randrange(m)
    low, high = ranges[leaf]
    rule = (leaf, low + rng.random() * (high - low)) if rng.random() < 0.4 else None
    return Small(weights, ranges, ratings, rule)


def mistakes(small: Small, row: int) -> list[str]:
    """Return the changes that are not the least, or bring nothing about, or are missing."""
    ranking = cs.score(small.listed(), small.document())
    search = ChangeSearch(
        Variants.of_ranking(ranking), row, aims_of(ranking, ranking[f"c{row}"], None)
    )
    found = {(change.aim, change.criterion): change for change in search.rating_changes()}
    wrong = []
    for aim in search.aims:
        for leaf, (low, high) in enumerate(small.ranges):
            start, span = small.ratings[row][leaf], high - low
            points = np.union1d(np.linspace(low, high, 401), start)
            if small.rule is not None and small.rule[0] == leaf:
                points = np.union1d(points, small.rule[1])
            scanned = np.abs(points[small.reached(aim, row, leaf, points)] - start)
            change = found.get((aim.id, f"k{leaf}"))
            if change is None:
                if len(scanned):
                    wrong.append(f"{aim.id} k{leaf}: missing, {scanned.min()} is enough")
                continue
            distance = abs(change.to - start)
            if len(scanned) and scanned.min() < distance - 1e-8 * span:
                wrong.append(f"{aim.id} k{leaf}: {distance}, and {scanned.min()} is enough")
            way = 1 if change.rises else -1
            # a scan of the last thousandth before it, and the place itself or just beyond
            before = change.to - way * np.geomspace(1e-7, 1e-3, 50) * span
            before = before[(before - start) * way >= 0]
            if small.reached(aim, row, leaf, before).any():
                wrong.append(f"{aim.id} k{leaf}: {change.to} is reached before")
            farther = 1e-7 * change.beyond
            if any(low == LOG_FROM for low, _ in small.ranges):
                # values are logarithms, so that scores which tie are equal to 1e-12 at best
                farther = max(farther, 1e-12)
            there = np.array([change.to + way * farther * span])
            if not small.reached(aim, row, leaf, there).all():
                wrong.append(f"{aim.id} k{leaf}: {change.to} does not reach it")
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_the_least_change_is_the_least(part: int) -> None:
    """H1: none of 1,000 frameworks, light criteria and scales of small numbers among them."""
    wrong = {}
    for seed in range(part, FRAMEWORKS, PARTS):
        rng = random.Random(seed)
        small = any_small(rng)
        found = mistakes(small, rng.randrange(len(small.ratings)))
        if found:
            wrong[seed] = found
    assert wrong == {}
