"""Least changes of ratings, held against looking at many ratings one after another."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.breakpoints import (
    Breakpoint,
    RatingLines,
    find_brackets,
    halve,
)
from collabscore.scoring.ranking import Ranking
from collabscore.scoring.variants import Alone, Variants
from reference import generate

SCALE = {"range": [0, 1]}


def lines_of(ranking: Ranking) -> RatingLines:
    return RatingLines(Variants.of_ranking(ranking), np.arange(len(ranking)))


def better_rank(ranking: Ranking, lines: RatingLines) -> Any:
    """Predicates: a better rank than now, a worse one or none, another verdict."""
    now = lines.outcomes(np.arange(len(lines.rows)), lines.starts)
    ranks = np.where(now.ranks > 0, now.ranks, len(ranking) + 1)

    def predicates(which: Any, outcomes: Alone) -> Any:
        then = np.where(outcomes.ranks > 0, outcomes.ranks, len(ranking) + 1)
        other = outcomes.severity != now.severity[which]
        return np.stack([then < ranks[which], then > ranks[which], other])

    return predicates


def test_the_least_change_of_light_criteria_is_the_least() -> None:
    """Weights 10, 5, 3, 0.4, 0.2: where the candidate draws level, by hand."""
    weights = {"a": 10, "b": 5, "c": 3, "d": 0.4, "e": 0.2}
    criteria = {key: {"scale": SCALE, "weight": weight} for key, weight in weights.items()}
    rows = [
        {"id": "first", "ratings": {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.7, "e": 0.7}},
        {"id": "second", "ratings": {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.633, "e": 0.7}},
    ]
    document = {"collabscore": "framework/1", "id": "f", "criteria": criteria}
    ranking = cs.score(rows, document)
    lines = lines_of(ranking)
    found, outcomes = lines.least_changes(better_rank(ranking, lines))
    by_line = {entry.line: entry for entry in found if entry.predicate == 0}
    # second on e: 0.2 (e - 0.7) = 0.4 * 0.067
    on_e = by_line[9]
    assert on_e.at == pytest.approx(0.7 + 0.134, abs=1e-12)
    assert (on_e.beyond, on_e.until, on_e.level_with) == (False, None, 0)
    assert outcomes.ranks[found.index(on_e)] == 1


def check(ranking: Ranking, steps: int = 200) -> int:
    lines = lines_of(ranking)
    predicates = better_rank(ranking, lines)
    found, outcomes = lines.least_changes(predicates)
    table: dict[tuple[int, int, int], Breakpoint] = {
        (entry.line, entry.predicate, entry.side): entry for entry in found
    }
    assert len(table) == len(found)
    low, high = lines.scales
    checked = 0
    for line in range(len(lines.rows)):
        span = high[line] - low[line]
        points = np.linspace(low[line], high[line], steps)
        which = np.full(steps, line)
        flags = predicates(which, lines.outcomes(which, points))
        for predicate in range(3):
            for side in (-1, 1):
                entry = table.get((line, predicate, side))
                beyond = (points - lines.starts[line]) * side > 0
                if entry is None:
                    assert not flags[predicate][beyond].any()
                    continue
                at_point = holds(predicates, lines, line, predicate, entry.at)
                assert at_point or entry.beyond
                assert holds(predicates, lines, line, predicate, entry.first)
                assert abs(entry.first - entry.at) <= 1e-8 * span + 1e-8 * span
                before = beyond & ((entry.at - points) * side > 1e-7 * span)
                assert not flags[predicate][before].any()
                end = entry.until if entry.until is not None else (high if side > 0 else low)[line]
                inside = ((points - entry.at) * side > 1e-7 * span) & (
                    (end - points) * side > 1e-7 * span
                )
                assert flags[predicate][inside].all()
                checked += 1
    assert (outcomes.ranks >= 0).all()
    return checked


def holds(predicates: Any, lines: RatingLines, line: int, predicate: int, point: float) -> bool:
    which = np.array([line])
    return bool(predicates(which, lines.outcomes(which, np.array([point])))[predicate, 0])


@pytest.mark.parametrize("seed", range(60))
def test_changes_are_what_a_scan_finds(seed: int) -> None:
    rng = random.Random(seed)
    document = generate.framework(rng, exotic=True) if seed % 2 else generate.any_framework(rng)
    if "criteria" in document:
        check(cs.score(generate.candidates(rng, document, 4), document))


@pytest.mark.parametrize("combine", ["arithmetic", "geometric", "minimum"])
def test_conditions_on_ratings_and_scores(combine: str) -> None:
    criteria = {
        "x": {"scale": {"range": [1, 5]}, "value": {1: 0, 2: 80, 4: 100, 5: 30}},
        "g": {
            "criteria": {"y": {"scale": {"range": [1, 5]}}, "z": {"scale": SCALE, "prefer": "low"}}
        },
    }
    guardrails = {
        "between": {"when": "x > 3 and x < 3.01", "then": "refer"},
        "exactly": {"when": "y == 2", "then": "outside"},
        "weak": {"when": "score(g) < 40", "then": "refer"},
        "crossed": {"when": "x > y and z > 0.6", "then": "refer"},
    }
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "combine": combine,
        "criteria": criteria,
        "guardrails": guardrails,
    }
    rows = [
        {"id": "a", "ratings": {"x": 2, "y": 3, "z": 0.5}},
        {"id": "b", "ratings": {"x": 3.5, "y": 4, "z": 0.7}},
        {"id": "c", "ratings": {"x": [2, 4], "y": 2, "z": "unknown"}},
    ]
    ranking = cs.score(rows, document)
    assert check(ranking) > 15
    found, _ = lines_of(ranking).least_changes(better_rank(ranking, lines_of(ranking)))
    inside = next(
        entry for entry in found if (entry.line, entry.predicate, entry.side) == (0, 2, 1)
    )
    assert (inside.at, inside.beyond, inside.until) == (3.0, True, pytest.approx(3.01, abs=1e-8))


def turns_of(when: str, rating: float, **criterion: Any) -> dict[int, tuple[float, bool, Any]]:
    """Where the verdict of one candidate changes, as (at, beyond, until), by the side."""
    criteria = {"x": {"scale": {"range": [1, 5]}, **criterion}, "y": {"scale": {"range": [1, 5]}}}
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": criteria,
        "facts": {"cap": {"kind": "number"}},
        "guardrails": {"g": {"when": when, "then": "outside"}},
    }
    rows = [{"id": "a", "ratings": {"x": rating, "y": 3.3}, "facts": {"cap": 4.44}}]
    ranking = cs.score(rows, document)
    lines = lines_of(ranking)
    found, _ = lines.least_changes(better_rank(ranking, lines))
    turns = {}
    for entry in found:
        assert not entry.beyond or entry.until is None or abs(entry.until - entry.at) > 1e-6
        if (entry.line, entry.predicate) == (0, 2):
            turns[entry.side] = (entry.at, entry.beyond, entry.until)
    return turns


@pytest.mark.parametrize(
    ("when", "rating", "at", "beyond", "until"),
    [
        ("score(x) == 66.6", 1, 3.664, False, 3.664),
        ("not (score(x) != 66.6)", 5, 3.664, False, 3.664),
        ("score(x) != 66.6", 1, 3.664, False, 3.664),
        ("66.6 == score(x)", 5, 3.664, False, 3.664),
        ("score(x) >= 66.6 and score(x) <= 66.6", 1, 3.664, False, 3.664),
        ("score(x) >= 66.6 and score(x) <= 66.7", 1, 3.664, False, 3.668),
        ("score(x) > 50 and score(x) < 50.1", 1, 3, True, 3.004),
        ("score(x) > 66.6 and score(x) < 66.7", 5, 3.668, True, 3.664),
        ("score(x) == score(y)", 1, 3.3, False, 3.3),
        ("x == y", 1, 3.3, False, 3.3),
        ("y == x", 5, 3.3, False, 3.3),
        ("x > y and x < 3.31", 1, 3.3, True, 3.31),
        ("x == cap", 1, 4.44, False, 4.44),
        ("x >= y and x < cap and score(x) > 85.9 and score(x) < 86", 1, 4.436, True, 4.44),
        ("count(score(x) == 66.6, y > 4) >= 1", 1, 3.664, False, 3.664),
    ],
)
def test_what_holds_at_one_point_alone_or_nearly_so_is_found(
    when: str, rating: float, at: float, beyond: bool, until: float
) -> None:
    """A score meets a number of a condition between any two points that are looked at."""
    turns = turns_of(when, rating)
    assert list(turns) == [1 if at > rating else -1]
    (found,) = turns.values()
    assert found[1] is beyond
    assert (found[0], found[2]) == pytest.approx((at, until), abs=1e-8)


def test_a_score_that_comes_back_to_a_number_turns_the_verdict_each_time() -> None:
    value = {1: 0, 2: 90, 3: 10, 5: 100}
    turns = turns_of("score(x) == 66.6", 2, value=value)
    assert {side: round(at, 9) for side, (at, _, _) in turns.items()} == {-1: 1.74, 1: 2.2925}


def test_nothing_turns_where_equal_scores_are_known_to_be_impossible() -> None:
    assert turns_of("score(x) == 100.5", 2) == {}
    assert turns_of("score(y) == 66.6", 2) == {}


@pytest.mark.parametrize("seed", range(20))
def test_a_verdict_at_one_score_is_the_verdict_there(seed: int) -> None:
    """In trees of power means: a condition asks for the score of the whole at some rating."""
    rng = random.Random(seed)
    pair = {
        "combine": rng.choice(["arithmetic", "geometric", "minimum", "maximum"]),
        "criteria": {"x": {"scale": {"range": [0, 10]}}, "y": {"scale": SCALE, "prefer": "low"}},
    }
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "combine": rng.choice(["arithmetic", "geometric", "harmonic"]),
        "criteria": {"pair": pair, "z": {"scale": SCALE, "weight": rng.choice([0.02, 1, 7])}},
    }
    ratings = {"x": 0.5, "y": rng.random(), "z": rng.random()}
    rows = [{"id": "a", "ratings": ratings}]
    target = round(rng.uniform(1, 10), 3)
    there = [{"id": "a", "ratings": {**ratings, "x": target}}]
    points = float(cs.score(there, document).node_scores["pair"][0])
    now = cs.score(rows, document).node_scores["pair"][0]
    document["guardrails"] = {"g": {"when": f"score(pair) == {points!r}", "then": "outside"}}
    ranking = cs.score(rows, document)
    lines = lines_of(ranking)
    found, outcomes = lines.least_changes(better_rank(ranking, lines))
    on_x = [k for k, entry in enumerate(found) if (entry.line, entry.predicate) == (0, 2)]
    if abs(points - now) < 1e-9:
        return
    (k,) = on_x
    assert outcomes.severity[k] == list(ranking.framework.all_verdicts).index("outside")
    changed = [{"id": "a", "ratings": {**ratings, "x": found[k].first}}]
    assert cs.score(changed, document)["a"].verdict == "outside"


def test_brackets_are_found_on_their_own_line() -> None:
    flags = np.array([[False, True, False, True, True, False, False, False]])
    lines = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    found = find_brackets(flags, lines, np.array([2, 6]))
    entries = zip(*(column.tolist() for column in found), strict=True)
    # predicate, side, last that fails, first that holds, first that no longer holds
    assert list(entries) == [(0, -1, 2, 1, 0), (0, -1, 5, 4, -1), (0, 1, 2, 3, -1)]
    at_start = find_brackets(flags, lines, np.array([1, 4]))
    assert at_start.fails.tolist() == at_start.holds.tolist() == [1, 4, 1, 4]


@pytest.mark.parametrize(("cost", "points_of_each"), [(1, 31), (150, 7), (10**6, 1)])
def test_brackets_are_halved_on_what_holds(cost: int, points_of_each: int) -> None:
    asked = []

    def test(brackets: Any, points: Any) -> Any:
        asked.append(brackets.tolist())
        return points > 0.3

    fails, holds = halve(
        test, np.array([0.0, 0.2]), np.array([1.0, 0.4]), np.array([1e-9, 1e-3]), cost
    )
    assert (fails <= 0.3).all()
    assert (holds > 0.3).all()
    assert (holds - fails <= 1e-9).all()
    # at once the points of one halving, or those of three or five where a test costs little
    assert asked[0] == [0, 1] * points_of_each


def test_several_halvings_at_once_are_those_one_by_one() -> None:
    draw = np.random.default_rng(3)
    fails, holds, turns = draw.uniform(-5, 5, (3, 60))
    fails[:9] = holds[:9]
    rises = fails < holds
    turns = np.where(rises, np.maximum(fails, np.minimum(turns, holds)), turns)

    def test(brackets: Any, points: Any) -> Any:
        return (points > turns[brackets]) == rises[brackets]

    for width in (1e-10, draw.uniform(1e-9, 1e-2, 60), 0.0):
        once, *several = (halve(test, fails, holds, width, cost) for cost in (10**6, 10, 5, 1))
        for found in several:
            np.testing.assert_array_equal(once, found)


def test_a_bracket_without_width_stays_where_it_is() -> None:
    """A start that holds already is told as the start, to the last bit."""
    start = 3.9549386593706752
    narrow, wide = np.array([start, 0.0]), np.array([start, 7.0])
    found = halve(lambda _, points: points > 5, narrow, wide, 1e-9)
    assert [side[0] for side in found] == [start, start]


@pytest.mark.parametrize(
    ("own", "rival", "side"),
    [
        (0.2, 0.3, 1),
        (0.29996, 0.30001, 1),
        (0.30001, 0.29996, -1),
        (0.12, 0.31, 1),
        (0.31, 0.12, -1),
        (0.25, 0.75, 1),
        (0.83366, 0.83376, 1),
        (0.1 + 0.2, 0.5, 1),
        (1.0, 1e-9, -1),
    ],
)
def test_a_rating_draws_level_where_it_is_that_of_the_rival(
    own: float, rival: float, side: int
) -> None:
    """Rising, it shares the first rank there; falling, it loses it only beyond."""
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": {"a": {"scale": SCALE}},
    }
    rows = [{"id": name, "ratings": {"a": x}} for name, x in (("one", own), ("other", rival))]
    ranking = cs.score(rows, document)
    lines = RatingLines(Variants.of_ranking(ranking), np.array([0]))
    found, _ = lines.least_changes(better_rank(ranking, lines))
    (entry,) = [entry for entry in found if entry.side == side and entry.predicate < 2]
    assert entry.at == pytest.approx(rival, abs=1e-13)
    assert (entry.start, entry.predicate) == (own, 0 if side > 0 else 1)
    assert (entry.beyond, entry.until, entry.level_with) == (side < 0, None, 1)
