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
from collabscore.models.weight_spaces import group_weights

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
            "not known(gain) and risk > 50", {"risk": [0, 99]}, 0.5, id="H4-sibling-beside-a-draw"
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


# H1: a better rank that is reached only just below the number of a rule


@pytest.mark.parametrize(
    ("condition", "own", "at", "until"),
    [
        pytest.param("gain >= 60", 20, 59.8, 60, id="H1-sibling-below-a-threshold"),
        pytest.param("gain > 60", 20, 59.8, 60, id="H1-sibling-up-to-a-threshold"),
        pytest.param("gain > 59.81", 20, 59.8, 59.81, id="H1-sibling-narrow"),
        pytest.param("gain >= 60 and gain <= 70", 99, 70, None, id="H1-sibling-falling"),
    ],
)
def test_a_window_between_two_points_is_found(
    condition: str, own: float, at: float, until: float | None
) -> None:
    rules = {"g": {"when": condition, "then": "refer"}}
    listed = [entry("a", gain=own), entry("b", gain=59.8), entry("c", gain=10)]
    ranking = cs.score(listed, framework({"gain": {}}, guardrails=rules))
    aim = "better_place" if own < 50 else "lost_place"
    (change,) = [c for c in cs.explain(ranking, "a", top=1).rating_changes if c.aim == aim]
    assert change.to == at
    if until is not None:
        assert change.until == pytest.approx(until, abs=1e-7)
    assert not change.beyond


# H3: what changes is compared, not its words

WORDS = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"scale": SCALE}, "risk": {"scale": SCALE, "prefer": "low"}},
    "facts": {
        "budget": {"kind": "number"},
        "stage": {"kind": "level", "levels": ["basic", "applied"]},
    },
    "safeguards": {"one": {"title": "Review"}, "two": {"title": "Review"}},
    "guardrails": {
        "g": {"when": "budget > 10", "then": "refer"},
        "h": {"when": "stage == applied", "needs": ["two"], "then": "refer"},
    },
}
ONE = {
    "id": "a",
    "ratings": {"gain": 30, "risk": [10, 20]},
    "facts": {"budget": 10, "stage": "applied"},
    "safeguards": ["one"],
}


@pytest.mark.parametrize(
    ("changes", "verdicts"),
    [
        pytest.param({"facts": {"a": {"budget": 10.000001}}}, ("inside", "refer"), id="H3-budget"),
        pytest.param(
            {"safeguards": {"a": ["one"]}, "facts": {"a": {"budget": 10 + 1e-9}}},
            ("inside", "refer"),
            id="H3-sibling-1e-9",
        ),
    ],
)
def test_a_change_is_real_however_small(changes: dict[str, Any], verdicts: tuple[str, str]) -> None:
    listed = [{**ONE, "facts": {"budget": 10, "stage": "basic"}}]
    found = cs.what_if(cs.score(listed, WORDS), **changes)
    (shift,) = found.rows
    assert (shift.before.verdict, shift.after.verdict) == verdicts
    assert "nothing is changed" not in found.title


def test_safeguards_of_one_title_are_two() -> None:
    """H3-sibling-titles: words are the same, the safeguards are not."""
    ranking = cs.score([ONE], WORDS)
    found = cs.what_if(ranking, safeguards={"a": ["two"]})
    assert ranking["a"].verdict == "refer"
    assert found.ranking["a"].verdict != "refer"
    assert found.changes[0].real
    assert found.rows


def test_a_range_that_moves_a_little_is_shown() -> None:
    """H3-sibling-range: in as many digits as tell two ranges apart."""
    found = cs.what_if(cs.score([ONE], WORDS), ratings={"a": {"risk": [9.999, 20.001]}})
    (shift,) = found.rows
    assert shift.change == pytest.approx(0, abs=1e-9)
    assert shift.why == ("range of the score 55.0000 to 60.0000 → 54.9995 to 60.0005",)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"ratings": {"a": {"gain": 30.0}}}, id="H3-sibling-same-number"),
        pytest.param({"ratings": {"a": {"risk": [10, 20]}}}, id="H3-sibling-same-range"),
        pytest.param({"weights": {"gain": 3, "risk": 3}}, id="H3-sibling-same-shares"),
        pytest.param({"safeguards": {"a": ["one"]}}, id="H3-sibling-same-safeguards"),
        pytest.param({"facts": {"a": {"stage": ["applied"]}}}, id="H3-sibling-same-answer"),
    ],
)
def test_what_is_the_same_is_no_change(changes: dict[str, Any]) -> None:
    found = cs.what_if(cs.score([ONE], WORDS), **changes)
    assert found.title == "What if: nothing is changed"
    assert found.rows == ()


# H6: a precision bounds every probability

UNCERTAIN = [
    entry("a", gain=[20, 80], risk=[10, 90]),
    entry("b", gain=[30, 70], risk=[30, 60]),
    entry("c", gain=45, risk=[40, 50]),
    entry("d", risk=50),
]


def test_a_precision_bounds_pairs_and_every_top() -> None:
    rules = {"g": {"when": "gain > 60", "then": "refer"}}
    document = framework({"gain": {}, "risk": {}}, guardrails=rules, bands={"high": 50, "low": 40})
    ranking = cs.score(UNCERTAIN, document)
    found = cs.robustness(ranking, weights="any", draws=10, precision=0.02, facts="drawn")
    probabilities = [
        found.pairwise_wins,
        *(found.top_probability(k) for k in range(1, 5)),
        *found.verdict_probabilities.values(),
        *found.band_probabilities.values(),
        found.rank_acceptability,
        np.array([found.leading_stay, found.verdicts_stay]),
    ]
    for values in probabilities:
        assert (found.standard_error(values) <= 0.02).all()
    assert found.draws == 625


def test_a_precision_bounds_confidence_factors() -> None:
    """H6-confidence: over seeds they spread no more than that, nor less than by half."""
    ranking = cs.score(UNCERTAIN, framework({"gain": {}, "risk": {}}))
    factors = []
    for seed in range(30):
        found = cs.robustness(ranking, weights="exact", draws=10, seed=seed, precision=0.05)
        factors.append(found.confidence_factors)
    spread = np.nanstd(factors, axis=0)
    assert spread.max() <= 0.05 * 1.3
    assert spread.max() >= 0.05 / 2


# H10: no change from beyond a number to that number


@pytest.mark.parametrize("rating", [40, 60])
@pytest.mark.parametrize("weight", [1, 3, 0.2])
@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("gain == 50", id="H10-equal"),
        pytest.param("gain >= 50 and gain <= 50", id="H10-sibling-both"),
        pytest.param("score(gain) == 50", id="H10-sibling-points"),
        pytest.param("gain > 49.99999999 and gain < 50.00000001", id="H10-sibling-narrow"),
    ],
)
def test_no_change_goes_from_beyond_a_number_to_it(
    condition: str, weight: float, rating: float
) -> None:
    """The rival ties where the rule applies: just before it, ranks are shared within 1e-9."""
    rules = {"g": {"when": condition, "then": "refer"}}
    document = framework({"gain": {"weight": weight}, "risk": {}}, guardrails=rules)
    rival = entry("b", gain=49.5, risk=50 + weight / 2)
    ranking = cs.score([entry("a", gain=rating, risk=50), rival], document)
    for top in (None, 1):
        for change in cs.explain(ranking, "a", top=top).rating_changes:
            way = 1 if change.rises else -1
            end = np.inf if change.until is None else change.until * way
            assert end > change.to * way or (not change.beyond and end == change.to * way)
            low, high = change.target.low, change.target.high
            if low is not None and high is not None:
                opened = change.target.low_open or change.target.high_open
                assert low < high or (low == high and not opened)


# H12: a tornado says what is beyond its turn, in numbers that are meant


@pytest.mark.parametrize(
    ("condition", "combine", "turn", "beyond"),
    [
        pytest.param("gain > 40", "arithmetic", 40, True, id="H12-greater"),
        pytest.param("gain >= 40", "arithmetic", 40, False, id="H12-sibling-at-least"),
        pytest.param("score(gain) > 41.3", "geometric", 41.3, True, id="H12-sibling-points"),
        pytest.param("gain > risk", "minimum", 72.4, True, id="H12-sibling-two-ratings"),
        pytest.param("not (gain < risk)", "harmonic", 72.4, False, id="H12-sibling-not"),
    ],
)
def test_a_turn_of_a_tornado_is_that_of_explain(
    condition: str, combine: str, turn: float, beyond: bool
) -> None:
    rules = {"g": {"when": condition, "then": "refer"}}
    document = framework({"gain": {}, "risk": {}}, guardrails=rules, combine=combine)
    ranking = cs.score([entry("a", gain=10, risk=72.4), entry("b", gain=60, risk=75)], document)
    bars = {bar.criterion: bar for bar in cs.sensitivity(ranking).tornado("a")}
    _, above = bars["gain"].verdict_turns
    assert (above.rating, above.beyond, above.verdict) == (turn, beyond, "refer")
    changes = cs.explain(ranking, "a").rating_changes
    (change,) = [c for c in changes if (c.aim, c.criterion) == ("severer_verdict", "gain")]
    assert (change.to, change.beyond, change.consequence.verdict) == (turn, beyond, "refer")
    # the outcome at the turn itself, and however little beyond it
    for rating, verdict in ((turn, "inside" if beyond else "refer"), (turn + 1e-6, "refer")):
        changed = cs.what_if(ranking, ratings={"a": {"gain": rating}})
        assert changed.ranking["a"].verdict == verdict


# A1: chains of ties


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
@pytest.mark.parametrize("changed", range(4))
def test_a_chain_of_ties_is_one_rank_everywhere(order: list[int], changed: int) -> None:
    """A1: four scores 0.9e-9 apart share a rank, in score, explain, tornado, draws and what-if."""
    ratings = [50 + 0.9e-9 * k for k in range(4)]
    document = framework({"gain": {}})
    listed = [entry(f"c{k}", gain=ratings[k]) for k in order]
    ranking = cs.score(listed, document)
    assert [assessment.rank for assessment in ranking] == [1, 1, 1, 1]
    name = f"c{changed}"
    moved = [entry(name, gain=30) if row["id"] == name else row for row in listed]
    apart = cs.score(moved, document)
    found = cs.what_if(apart, ratings={name: {"gain": ratings[changed]}})
    assert found.ranking[name].rank == 1
    # from far below, a better rank is reached where the chain begins, or what is left of it
    (change,) = [c for c in cs.explain(apart, name).rating_changes if c.aim == "better_place"]
    turns = cs.sensitivity(apart).tornado(name).bars[0].rank_turns
    assert (turns[1].rank, turns[1].rating) == (change.consequence.rank, change.to)
    assert change.consequence.rank == {0: 1, 1: 3, 2: 2, 3: 1}[changed]
    assert cs.robustness(ranking, draws=64).top_probability(1).tolist() == [1, 1, 1, 1]


# H13: weights of an extreme ratio


def tiny(weight: float, power: Any, nested: bool) -> dict[str, Any]:
    """Return a framework whose criterion of almost no weight counts, since a low value has much effect."""
    listed = {"gain": {"scale": SCALE}, "risk": {"scale": SCALE, "weight": weight}}
    if nested:
        listed = {"all": {"criteria": listed, "combine": power}}
    return {
        "collabscore": "framework/1",
        "id": "tiny",
        "combine": power,
        "criteria": listed,
    }


@pytest.mark.parametrize(
    ("weight", "power", "rating", "nested"),
    [
        pytest.param(1e-13, "harmonic", 1e-11, False, id="H13-harmonic"),
        pytest.param(1e-13, "harmonic", 1e-11, True, id="H13-sibling-nested"),
        pytest.param(1e-14, -2, 1e-5, False, id="H13-sibling-power"),
        pytest.param(1e-14, -2, 1e-5, True, id="H13-sibling-power-nested"),
    ],
)
def test_a_share_of_almost_nothing_is_a_share(
    weight: float, power: Any, rating: float, nested: bool
) -> None:
    listed = [entry("a", gain=50, risk=rating), entry("b", gain=3, risk=3)]
    before = cs.score(listed, tiny(weight, power, nested))
    after = cs.score(listed, tiny(2 * weight, power, nested))
    (shift,) = cs.what_if(before, weights={"risk": 2 * weight}).rows
    assert shift.after.score == pytest.approx(after["a"].score, rel=1e-12)
    assert shift.change is not None
    assert shift.change < -1
    # the points of the criterion whose weight changed, not those of all else
    assert shift.why[0].startswith(f'score {shift.change:+.1f} ("')
    assert '"Risk"' in shift.why[0]
    found = cs.diff(before, after)
    where = "of its group (" if nested else "->"
    (change,) = found.framework_changes
    assert change.startswith("weight of Risk: 1e-1")
    assert where in change


@pytest.mark.parametrize("unit", [0.1, 3, 7e-5, 1e12], ids="H13-sibling-unit-{}".format)
def test_weights_in_other_units_are_the_same(unit: float) -> None:
    weights = {"gain": 1, "risk": 0.7, "worth": 1e-13}
    listed = [entry("a", gain=5, risk=7, worth=1), entry("b", gain=6, risk=2, worth=4)]
    runs = []
    for factor in (1, unit):
        criteria = {key: {"weight": factor * weight} for key, weight in weights.items()}
        runs.append(cs.score(listed, framework(criteria)))
    assert list(cs.diff(*runs).framework_changes) == []
    again = cs.what_if(runs[0], weights={key: unit * weight for key, weight in weights.items()})
    assert [shift.why for shift in again.rows] == []


# next: the value of an answer near the greatest; its error was too small whenever it was too large


@pytest.mark.parametrize(
    ("rating", "p"),
    [
        pytest.param([50, 100], 0.4, id="next-near-the-greatest"),
        pytest.param([64, 100], 5 / 9, id="next-sibling-on-the-other-side"),
        pytest.param({"low": 70, "value": 70, "high": 100}, 4 / 9, id="next-sibling-triangle"),
        pytest.param("unknown", 0.2, id="next-sibling-far"),
    ],
)
def test_two_errors_hold_a_value_near_the_greatest(rating: Any, p: float) -> None:
    """Of 250 candidates, each with draws of its own, whose rating decides their verdict alone."""
    rules = {"g": {"when": "gain >= 80", "then": "refer"}}
    document = framework({"gain": {}}, guardrails=rules, combine="none")
    ranking = cs.score([entry(f"c{k}", gain=rating) for k in range(250)], document)
    found = cs.next_questions(ranking, draws=1000, seed=7)
    values, errors = np.array([question.verdict for question in found]).T
    exact = -p * np.log2(p) - (1 - p) * np.log2(1 - p)
    far = (values - exact) / errors
    # three standard errors about 95.45 %, and about 2.3 % on either side
    assert 0.915 <= (abs(far) <= 2).mean() <= 0.99
    assert (far > 2).mean() <= 0.055
    assert (far < -2).mean() <= 0.055
    # how often a class of ratings is drawn adds nothing: half as much as of so many draws alone
    of_draws = abs(np.log2(p / (1 - p))) * np.sqrt(p * (1 - p) / 1000)
    assert np.std(values) < of_draws / 2


def test_a_flag_that_decides_alone_is_worth_one_bit() -> None:
    """next-sibling-flag: its answers are equally likely, however often either is drawn."""
    document = framework(
        {"gain": {}},
        facts={"crit": {"kind": "flag"}},
        guardrails={"g": {"when": "crit", "then": "refer"}},
    )
    ranking = cs.score([entry("a", gain=1), entry("b", gain=2)], document)
    found = cs.next_questions(ranking, draws=1000)
    assert [question.verdict.value for question in found] == [1.0, 1.0]
    assert [question.verdict_share for question in found] == [0.5, 0.5]
    assert found.verdict_uncertainty == 2.0
