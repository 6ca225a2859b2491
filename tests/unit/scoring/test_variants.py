"""Changed candidates and weights: each outcome is that of scoring the changed list again."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.scoring import variants as module
from collabscore.scoring.problem import NumberColumn
from collabscore.scoring.ranking import Ranking
from collabscore.scoring.variants import (
    Changes,
    Entries,
    Rivals,
    Variants,
    points_at,
)
from collabscore.scoring.verdicts import tiers_of
from reference import generate

Document = dict[str, Any]
SCALE = {"range": [0, 100]}
TWO: Document = {
    "collabscore": "framework/1",
    "id": "f",
    "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}},
}


def generated(seed: int, count: int) -> tuple[Document, list[Document], list[Document]]:
    """A framework and two lists for it."""
    rng = random.Random(seed)
    document = generate.framework(rng, exotic=True) if seed % 2 else generate.any_framework(rng)
    first, second = (generate.candidates(rng, document, count) for _ in range(2))
    return document, first, second


def found_of(ranking: Ranking, row: int) -> tuple[float, str | None, int]:
    place = ranking.order.tolist().index(row)
    return ranking.scores[place], ranking.verdicts[place], int(ranking.ranks[place])


@pytest.mark.parametrize("seed", range(60))
def test_a_variant_is_a_scoring_of_the_changed_list(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, first, second = generated(seed, 4)
    ranking, other = cs.score(first, document), cs.score(second, document)
    framework, problem = ranking.framework, ranking.problem
    rng = random.Random(seed)
    everyone = np.arange(4)
    changed = copy.deepcopy(first)
    entries: dict[str, Entries] = {}
    columns: dict[str, Any] = {"ratings": other.problem.ratings, "facts": other.problem.facts}
    for kind, ours in columns.items():
        for key, column in ours.items():
            given = [row for row in range(4) if key in second[row].get(kind, {})]
            if not given or rng.random() < 0.5:
                continue
            subjects = np.array(sorted(rng.sample(given, rng.randint(1, len(given)))))
            entries[key] = Entries(subjects, column.take(subjects))
            for row in subjects.tolist():
                changed[row].setdefault(kind, {})[key] = second[row][kind][key]
    in_place = {}
    for name in framework.all_safeguards:
        if rng.random() < 0.3:
            in_place[name] = np.array([[rng.random() < 0.5 for _ in range(4)]])
    changes = Changes(everyone, entries=entries, in_place=in_place)
    outcomes = [Variants.of_ranking(ranking).alone(changes)]
    monkeypatch.setattr(module, "_CELLS", 1)  # one candidate at a time
    outcomes.append(Variants.of_ranking(ranking).alone(changes))
    again = cs.score(changed, document).problem
    placed = {name: flags[0] for name, flags in in_place.items()}
    again = replace(again, in_place={**again.in_place, **placed}, document=None)
    verdicts = [*framework.all_verdicts, None]
    for row in range(4):
        # the changed candidate among the others as they are
        rows = np.where(everyone == row, row, everyone + 4)
        both = cs.score(merged(problem, again, rows))
        score, verdict, rank = found_of(both, row)
        for found in outcomes:
            assert found.scores[row] == pytest.approx(score, abs=1e-9, nan_ok=True)
            assert verdicts[found.severity[row]] == verdict
            assert found.ranks[row] == rank


def merged(problem: cs.Problem, again: cs.Problem, rows: Any) -> cs.Problem:
    """The candidates of `again`, then those of `problem`, in some rows."""
    n = problem.size

    def column(ours: Any, theirs: Any) -> Any:
        twice = ours.take(np.tile(np.arange(n), 2))
        return twice.with_rows(np.arange(n), theirs).take(rows)

    everywhere = {
        name: np.concatenate(
            [
                again.in_place.get(name, np.zeros(n, dtype=bool)),
                problem.in_place.get(name, np.zeros(n, dtype=bool)),
            ]
        )[rows]
        for name in {**problem.in_place, **again.in_place}
    }
    return replace(
        problem,
        ratings={k: column(c, again.ratings[k]) for k, c in problem.ratings.items()},
        facts={k: column(c, again.facts[k]) for k, c in problem.facts.items()},
        in_place=everywhere,
        document=None,
    )


@pytest.mark.parametrize("seed", range(40))
def test_settings_are_scorings_under_other_weights(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, listed, _ = generated(seed, 5)
    if "criteria" not in document:
        return
    ranking = cs.score(listed, document)
    draw = np.random.default_rng(seed)
    tree, s = ranking.valuation.tree, 4
    moved = draw.integers(len(tree.children))
    weights = [np.array(group) for group in tree.weights]
    weights[moved] = draw.dirichlet(np.ones(len(tree.children[moved])), s)
    leaf = next(iter(ranking.framework.leaves))
    low, high = ranking.framework.leaves[leaf].scale.range  # type: ignore[union-attr]
    points = draw.uniform(low, high, (s, 2))
    changes = Changes(
        np.arange(5),
        s,
        entries={leaf: points_at(np.array([3, 1]), points)},
        weights=tuple(weights),
    )
    outcomes = [Variants.of_ranking(ranking).outcomes(changes)]
    monkeypatch.setattr(module, "_CELLS", 40)  # some candidates at a time
    outcomes.append(Variants.of_ranking(ranking).outcomes(changes))
    verdicts = [*ranking.framework.all_verdicts, None]
    names = [*ranking.framework.leaves, *reversed(ranking.framework.groups)]
    children = [names[kid] for kid in tree.children[moved].tolist()]
    for k in range(s):
        other, again = copy.deepcopy(document), copy.deepcopy(listed)
        entries = dict(generate.entries(other["criteria"]))
        for key, weight in zip(children, weights[moved][k].tolist(), strict=True):
            entries[key]["weight"] = weight
        for row, point in ((3, points[k, 0]), (1, points[k, 1])):
            again[row].setdefault("ratings", {})[leaf] = float(point)
        expected = cs.score(again, other)
        for row in range(5):
            score, verdict, rank = found_of(expected, row)
            for found in outcomes:
                severity, tiers = (
                    np.broadcast_to(codes, (s, 5)) for codes in (found.severity, found.tiers)
                )
                assert 100 * found.values[k, row] == pytest.approx(score, abs=1e-9, nan_ok=True)
                assert verdicts[severity[k, row]] == verdict
                assert found.ranks[k, row] == rank
                assert (tiers[k, row] >= 0) == (rank > 0)


@pytest.mark.parametrize("seed", range(30))
def test_ranks_among_rivals_follow_chains_of_near_ties(seed: int) -> None:
    """Scores on a mesh finer than the tolerance of ties: chains form, open and close."""
    draw = np.random.default_rng(seed)
    scores = 50 + draw.integers(0, 12, 7) * 4e-10
    framework = cs.load_framework(TWO)
    ranking = cs.score(cs.Problem.from_columns(framework, {"x": scores, "y": scores}))
    rows = np.repeat(np.arange(7), 20)
    values = 50 + draw.integers(-3, 15, len(rows)) * 4e-10
    changes = Changes(
        rows, entries={key: points_at(np.arange(len(rows)), values) for key in ("x", "y")}
    )
    found = Variants.of_ranking(ranking).alone(changes)
    for k, (row, value) in enumerate(zip(rows.tolist(), values.tolist(), strict=True)):
        again = scores.copy()
        again[row] = value
        expected = cs.score(cs.Problem.from_columns(framework, {"x": again, "y": again}))
        assert found.ranks[k] == found_of(expected, row)[2]


def test_the_nearest_rival_is_another_of_the_same_tier() -> None:
    rivals = Rivals(np.array([50.0, 60, 60, 20, np.nan]), np.array([0, 0, 0, 1, -1], dtype=np.int8))
    assert rivals.nearest(0, 57.0, 0) == 1
    assert rivals.nearest(1, 60.0, 0) == 2
    assert Rivals(np.array([60 + 1e-14, 60.0, 0]), rivals.tiers[:3]).nearest(2, 60.0, 0) == 0
    assert rivals.nearest(3, 20.0, 1) == -1
    assert rivals.nearest(0, 20.0, 1) == 3
    assert rivals.nearest(0, 20.0, -1) == -1


def test_four_scores_within_a_chain_share_the_first_rank() -> None:
    """Steps of 0.9e-9 points: each ties with the next, and so all four with one another."""
    scores = 50 + np.array([4, 3, 2, -5e9]) * 0.9e-9
    rivals = Rivals(scores, np.zeros(4, dtype=np.int8))
    last = np.array([50 + 0.9e-9])
    assert rivals.ranks(np.array([3]), last, np.zeros(1, dtype=np.int8)).tolist() == [1]


def test_only_what_a_change_can_touch_is_judged_again() -> None:
    document = {
        **TWO,
        "guardrails": {"high": {"when": "x >= 70", "then": "refer"}},
    }
    rows = [{"id": "a", "ratings": {"x": 10, "y": 10}}, {"id": "b", "ratings": {"x": 80, "y": 10}}]
    variants = Variants.of_ranking(cs.score(rows, document))
    untouched = Changes(np.arange(2), entries={"y": points_at(np.arange(2), np.array([50.0, 90]))})
    assert variants.outcomes(untouched).severity.shape == (2,)
    names = variants.names["high"]
    assert names == {"x"}
    touching = Changes(np.arange(2), entries={"x": points_at(np.array([1]), np.array([50.0]))})
    assert variants.touched(names, touching).tolist() == [False, True]
    assert variants.outcomes(touching).severity.tolist() == [[0, 0]]


def test_no_setting_and_no_subject_give_nothing() -> None:
    variants = Variants.of_ranking(cs.score([{"id": "a", "ratings": {"x": 10, "y": 20}}], TWO))
    none = np.zeros(0, dtype=int)
    assert variants.outcomes(Changes(np.arange(1), 0)).values.shape == (0, 1)
    assert variants.alone(Changes(none)).ranks.tolist() == []


def test_an_uncertain_rating_may_be_changed_in() -> None:
    variants = Variants.of_ranking(cs.score([{"id": "a", "ratings": {"x": 10, "y": 20}}], TWO))
    low, none, high = np.array([40.0]), np.array([np.nan]), np.array([80.0])
    uncertain = Entries(np.array([0]), NumberColumn(low, none, high))
    changes = Changes(np.array([0]), entries={"x": uncertain})
    assert variants.alone(changes).scores.tolist() == pytest.approx([40.0])


def test_tiers_are_counted_from_zero() -> None:
    verdicts = {
        "green": {"title": "G"},
        "yellow": {"title": "Y", "tier": 5},
        "red": {"title": "R", "ranked": False},
    }
    framework = cs.load_framework(
        {**TWO, "verdicts": verdicts, "defaults": {"met": "green", "if_unknown": "yellow"}}
    )
    assert tiers_of(framework).tolist() == [0, 1, -1, -1]
