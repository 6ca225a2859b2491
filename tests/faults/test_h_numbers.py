"""Numbers that were not so, each with its siblings: draws, their shares, and what follows from them.

Cases are named by their number in the list of known faults.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.uncertainty import DrawBatch, Draws, choices_of_method, open_facts
from collabscore.models.framework import group_weights

SCALE = {"range": [0, 100]}


def framework(criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    listed = {key: {"scale": SCALE} | entry for key, entry in criteria.items()}
    return {"collabscore": "framework/1", "id": "small", "criteria": listed, **more}


def entry(name: str, **ratings: Any) -> dict[str, Any]:
    return {"id": name, "ratings": ratings}


# H4: a draw makes no rating known

KNOWN = {"gain": {}, "risk": {}}


def refer_when(condition: str, **more: Any) -> dict[str, Any]:
    return framework(KNOWN, guardrails={"g": {"when": condition, "then": "refer"}}, **more)


@pytest.mark.parametrize(
    ("condition", "ratings", "share"),
    [
        pytest.param("not known(gain)", {"risk": 5}, 1, id="H4-unknown"),
        pytest.param("known(gain)", {"risk": 5}, 0, id="H4-sibling-known"),
        pytest.param("known(gain)", {"gain": [2, 4]}, 1, id="H4-sibling-interval"),
        pytest.param("count(known(gain), known(risk)) < 2", {}, 1, id="H4-sibling-count"),
        pytest.param(
            "not known(gain) and risk > 50", {"risk": [0, 100]}, 0.5, id="H4-sibling-beside-a-draw"
        ),
    ],
)
@pytest.mark.parametrize("over", [(), ("missing",)], ids=["drawn", "over-missing"])
def test_a_draw_makes_no_rating_known(
    condition: str, ratings: dict[str, Any], share: float, over: tuple[str, ...]
) -> None:
    ranking = cs.score([entry("a", **ratings), entry("b", gain=1, risk=1)], refer_when(condition))
    found = cs.robustness(ranking, draws=1024, method_choices=over)
    place = ranking.place_of("a")
    drawn = found.verdict_probabilities["refer"][place]
    assert drawn == pytest.approx(share, abs=6 * 0.5 / 32 if share == 0.5 else 0)
    if share in (0, 1):
        assert (ranking["a"].verdict == "refer") == bool(share)


def test_an_answered_fact_is_known() -> None:
    """H4-sibling-facts: where facts are answered, conditions see the answer."""
    rules = {"g": {"when": "known(crit) or crit", "then": "refer"}}
    facts = {"crit": {"kind": "flag"}}
    ranking = cs.score([entry("a", gain=1)], framework({"gain": {}}, facts=facts, guardrails=rules))
    found = cs.robustness(ranking, draws=256, facts="drawn")
    assert found.if_answered is not None
    assert found.if_answered.verdict_probabilities["refer"][0] == 1


# H7: a stream for each candidate and criterion

CRITERIA: dict[str, Any] = {"gain": {}, "risk": {}, "group": {"criteria": {"x": {"scale": SCALE}}}}
FACTS = {"crit": {"kind": "flag"}, "size": {"kind": "number"}}
RULES = {"g": {"when": "crit and size > 5", "then": "refer"}}
LISTED = [
    {"id": "a", "ratings": {"gain": [10, 40], "risk": 7, "x": [1, 2]}, "facts": {"crit": True}},
    {"id": "b", "ratings": {"risk": {"low": 1, "value": 2, "high": 9}}, "facts": {"size": 3}},
    {"id": "c", "ratings": {"gain": 30, "risk": 70, "x": 5}},
]


def grouped(**more: Any) -> dict[str, Any]:
    criteria = {key: dict(value) for key, value in CRITERIA.items()}
    criteria["gain"]["scale"] = criteria["risk"]["scale"] = SCALE
    document = {"collabscore": "framework/1", "id": "small", "criteria": criteria, "facts": FACTS}
    return {**document, "guardrails": RULES, **more}


def drawn(
    listed: list[dict[str, Any]], document: dict[str, Any], *choices: str, seed: int = 3
) -> tuple[dict[str, bytes], DrawBatch]:
    """Return the second tile of draws, each column by the words that it is for."""
    problem = cs.score(listed, document).problem
    draws = Draws(
        problem,
        group_weights(problem.framework, "any"),
        seed,
        choices_of_method(choices, problem.framework),
        open_facts(problem),
    )
    batches = draws.batches()
    next(batches)
    batch = next(batches)
    columns = {}
    for part in draws.uncertain:
        for row, column in zip(part.rows, batch.uniform[:, part.columns].T, strict=True):
            columns[f"{problem.id_of(row)} {part.key}"] = column.tobytes()
    for fact, answers in zip(draws.facts, draws.split_answers(batch.answers), strict=True):
        for row, column in zip(fact.rows, answers.T, strict=True):
            columns[f"{problem.id_of(row)} {fact.key}"] = column.tobytes()
    for name, column in zip(choices, batch.options.T, strict=True):
        columns[name] = column.tobytes()
    for group, shares in zip(draws.groups, batch.shares, strict=True):
        columns[f"weights {group.group}"] = shares.tobytes()
    return columns, batch


NEW = {"id": "0", "ratings": {"gain": [3, 4]}}
SURER = [{**LISTED[0], "ratings": {"gain": 25, "risk": 7, "x": [1, 2]}}, *LISTED[1:]]
WITH_RULE = grouped(guardrails={**RULES, "h": {"when": "crit", "then": "outside"}})
WITH_CRITERION = grouped()
WITH_CRITERION["criteria"]["group"]["criteria"]["y"] = {"scale": SCALE}


@pytest.mark.parametrize(
    ("listed", "document", "choices", "seed"),
    [
        pytest.param([NEW, *LISTED], grouped(), ("combine",), 3, id="H7-a-candidate-more"),
        pytest.param(LISTED[1:], grouped(), ("combine",), 3, id="H7-a-candidate-less"),
        pytest.param(LISTED[::-1], grouped(), ("combine",), 3, id="H7-another-order"),
        pytest.param(SURER, grouped(), ("combine",), 3, id="H7-a-surer-rating"),
        pytest.param(LISTED, grouped(), ("missing", "combine"), 3, id="H7-a-choice-more"),
        pytest.param(LISTED, WITH_RULE, ("combine",), 3, id="H7-a-rule-more"),
        pytest.param(LISTED, WITH_CRITERION, ("combine",), 3, id="H7-a-criterion-more"),
    ],
)
def test_what_is_drawn_for_one_does_not_depend_on_others(
    listed: list[dict[str, Any]], document: dict[str, Any], choices: tuple[str, ...], seed: int
) -> None:
    before, _ = drawn(LISTED, grouped(), "combine")
    after, _ = drawn(listed, document, *choices, seed=seed)
    if document is WITH_CRITERION:
        del before["weights group"], after["weights group"]
    common = before.keys() & after.keys()
    assert len(common) >= len(before) - 4
    assert {key: before[key] for key in common} == {key: after[key] for key in common}
    # and no two streams are the same
    assert len(set(after.values())) >= len(after) - 1


def test_another_seed_gives_other_draws() -> None:
    before, after = (drawn(LISTED, grouped(), "combine", seed=seed)[0] for seed in (3, 4))
    for key in before.keys() - {"weights group"}:
        assert before[key] != after[key]


def test_a_candidate_more_leaves_the_results_of_others() -> None:
    """H7-results: scores of a candidate rest on its own draws and those of the weights."""
    results = []
    for listed in (LISTED, [NEW, *LISTED]):
        found = cs.robustness(cs.score(listed, grouped()), weights="any", draws=1000, seed=5)
        records = json.loads(found.to_json())["candidates"]
        by_id = {record["id"]: record for record in records}
        kept = ("score_mean", "score_error", "score_quantiles", "verdicts", "unranked")
        results.append({name: [by_id[name][key] for key in kept] for name in ("a", "b", "c")})
    assert results[0] == results[1]


# H8: a draw without a score


def test_a_draw_without_a_score_counts_in_no_mean() -> None:
    """H8: under `omit` a candidate that rates nothing has no score; else 50 or 0."""
    ranking = cs.score([entry("a"), entry("b", gain=40)], framework({"gain": {}}))
    found = cs.robustness(ranking, draws=30_000, method_choices="missing")
    place = ranking.place_of("a")
    assert found.score_means[place] == pytest.approx(25, abs=6 * found.score_errors[place])
    assert found.score_errors[place] == pytest.approx(25 / np.sqrt(20_000), rel=0.02)
    assert found.score_quantiles[place, [0, 2]].tolist() == [0.05, 50.05]
    assert found.unscored[place] == pytest.approx(1 / 3, abs=6 * 0.003)
    assert found.unranked[place] == found.unscored[place]
    record = json.loads(found.to_json())["candidates"][place]
    assert record["unscored"] == pytest.approx(found.unscored[place])


@pytest.mark.parametrize(
    ("missing", "criteria"),
    [
        pytest.param("omit", {"gain": {}}, id="H8-sibling-omit-in-the-framework"),
        pytest.param("refuse", {"gain": {}, "risk": {}}, id="H8-sibling-refuse"),
    ],
)
def test_without_choices_every_draw_has_a_score(missing: str, criteria: dict[str, Any]) -> None:
    ranking = cs.score([entry("a")], framework(criteria, missing=missing))
    found = cs.robustness(ranking, draws=4096)
    assert found.unscored.tolist() == [0]
    assert found.score_means[0] == pytest.approx(50, abs=6 * found.score_errors[0])


# H9: a score that does not vary


@pytest.mark.parametrize("rating", [30, 0, 100, 33.3, 59.99, 1e-7, [30, 30]])
@pytest.mark.parametrize("draws", [1, 1000, 10_000])
def test_a_constant_score_is_exact(rating: Any, draws: int) -> None:
    """H9: also where the weights vary, if the ratings are equal."""
    document = framework({"gain": {}, "risk": {"weight": 3}, "worth": {"weight": 0.7}})
    same = entry("a", gain=rating, risk=rating, worth=rating)
    ranking = cs.score([same, entry("b", gain=20)], document)
    found = cs.robustness(ranking, draws=draws, weights="any")
    place = ranking.place_of("a")
    exact = 30.0 if isinstance(rating, list) else float(rating)
    assert found.score_quantiles[place].tolist() == pytest.approx([exact] * 3, abs=1e-12)
    assert found.score_means[place] == pytest.approx(exact, abs=1e-12)
    assert found.score_errors[place] < 1e-12


# H14: who is ranked by draws alone


@pytest.mark.parametrize(
    ("missing", "ratings"),
    [
        pytest.param("refuse", {"gain": 80}, id="H14-refused"),
        pytest.param("refuse", {}, id="H14-sibling-nothing-rated"),
        pytest.param("omit", {}, id="H14-sibling-all-omitted"),
    ],
)
def test_who_is_ranked_by_draws_alone_is_named(missing: str, ratings: dict[str, Any]) -> None:
    document = framework({"gain": {}, "risk": {}}, missing=missing)
    ranking = cs.score([entry("a", **ratings), entry("b", gain=50, risk=50)], document)
    assert ranking["a"].rank is None
    found = cs.robustness(ranking, draws=512)
    place = ranking.place_of("a")
    assert found.unranked[place] == 0
    assert found.scored_by_draws.tolist() == [place]
    says = '"A" has no score, because ratings are missing.'
    assert any(note.startswith(says) for note in found.notes)
    assert says in " ".join(found.to_text(100).split())
    assert found.sentence("a").endswith(
        "its missing ratings are drawn, without which it has no score."
    )
    assert "missing ratings" not in found.sentence("b")


def test_nobody_is_named_where_all_have_a_score() -> None:
    """H14-sibling-average: an unknown rating that counts as average leaves a score."""
    found = cs.robustness(cs.score([entry("a"), entry("b", gain=1)], framework({"gain": {}})))
    assert found.scored_by_draws.tolist() == []
    assert "no score" not in found.to_text(100)
