"""Sentences of robustness, sensitivity and next that claim a number, a rank or a threshold.

Each is read as a reader would, and recomputed from the list.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.sensitivity import Sensitivity, WeightStability, sensitivity
from collabscore.output.text import count_in_words

# each test has passed with a thousand lists of its own
SHARES, SENSITIVITIES, ANSWERS = 250, 350, 200
NAMES = "abcdef"
SCALES: tuple[dict[str, Any], ...] = ({"range": [1, 5]}, {"range": [0, 100]}, {"range": [0, 1]})
HUNDRED = {
    "all": (1.0, 1.0),
    "none of the": (0.0, 0.0),
    "more than 99 %": (0.99, 1.0),
    "less than 1 %": (0.0, 0.01),
}


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Draw a small list and a framework, with ties, intervals, unknown ratings and guardrails."""
    scales = draw(st.lists(st.sampled_from(SCALES), min_size=2, max_size=4))
    criteria: dict[str, Any] = {}
    for k, scale in enumerate(scales):
        weight = draw(st.sampled_from([1, 2, 3, 5, 0.5, 1.7]))
        criteria[f"c{k}"] = {"scale": scale, "weight": weight, "title": f"Criterion {k}"}
    framework: dict[str, Any] = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": criteria,
        "facts": {"open": {"kind": "flag", "title": "Open question"}},
        "guardrails": {"g": {"when": "open", "then": "refer"}},
    }
    rows = []
    for name in NAMES[: draw(st.integers(2, 6))]:
        ratings: dict[str, Any] = {}
        for key, criterion in criteria.items():
            low, high = criterion["scale"]["range"]
            points = [low + (high - low) * part / 8 for part in range(9)]
            one, other = draw(st.sampled_from(points)), draw(st.sampled_from(points))
            kind = draw(st.sampled_from(["point", "point", "point", "interval", "unknown"]))
            if kind == "interval" and one != other:
                ratings[key] = sorted([one, other])
            elif kind != "unknown":
                ratings[key] = one
        row: dict[str, Any] = {"id": name, "title": f"Project {name}", "ratings": ratings}
        answer = draw(st.sampled_from([False, False, True, None]))
        if answer is not None:
            row["facts"] = {"open": answer}
        rows.append(row)
    return rows, framework


def share_in(words: str) -> tuple[float, float]:
    """Return the least and the greatest share that words in per cent stand for."""
    if words in HUNDRED:
        return HUNDRED[words]
    points = float(words.removesuffix(" %"))
    return (points - 0.5) / 100, (points + 0.5) / 100


PERCENT = r"(all|none of the|more than 99 %|less than 1 %|\d+ %)"


@settings(max_examples=SHARES, deadline=None)
@given(lists(), st.integers(1, 3))
def test_shares_and_ranks_of_robustness(
    case: tuple[list[dict[str, Any]], dict[str, Any]], seed: int
) -> None:
    rows, framework = case
    ranking = cs.score(rows, framework)
    result = cs.robustness(ranking, draws=120, seed=seed, facts="drawn")
    answer = result.page(detail="brief").blocks[2].text  # type: ignore[union-attr]
    ranks = ranks_in_all_draws(result)
    several = rf"The top (\w+) stay the same, in any order, in {PERCENT}(?: of)? 120 draws"
    found = re.match(several, answer)
    assert found or "The top" not in answer
    if found:
        k = ["one", "two", "three"].index(found[1]) + 1
        members = (ranking.ranks > 0) & (ranking.ranks <= k)
        assert k == members.sum() < np.count_nonzero(ranking.ranks)
        same = (((ranks > 0) & (ranks <= k)) == members).all(axis=1).mean()
        low, high = share_in(found[2])
        assert low <= same <= high
    for title, words in re.findall(rf'"Project (\w)" (?:is first )?in {PERCENT}', answer):
        low, high = share_in(words)
        assert low <= (ranks[:, ranking.place_of(title)] == 1).mean() <= high
    for place, name in enumerate(result.ids):
        sentence = result.sentence(name)
        own = ranks[:, place]
        assert "every draw" not in sentence
        if found := re.search(
            r"rank (\d+)(?: to (\d+))? in at least 90 % of draws", sentence.lower()
        ):
            best, worst = int(found[1]), int(found[2] or found[1])
            ranked = own[own > 0]
            assert (ranked < best).mean() <= 0.05
            assert (ranked > worst).mean() <= 0.05
            assert ((ranked >= best) & (ranked <= worst)).mean() >= 0.9
        else:
            assert not own.any()
    # the table: a share of 0 or 100 % stands where verdicts make it certain, and then it is so
    for row, name in zip(result.table().rows, result.ids, strict=True):
        cells = dict(zip([column.key for column in result.table().columns], row, strict=True))
        if cells["first"] in (0.0, 1.0):
            own = ranks[:, result.ranking.place_of(name)]
            assert ((own == 1) == (cells["first"] == 1.0)).all()


def ranks_in_all_draws(result: cs.Robustness) -> Any:
    """Return the rank of each candidate in each draw, in rank order, by scoring every draw."""
    batches = result.source.batches()
    parts = []
    done = 0
    while done < result.draws:
        batch = next(batches).take(slice(result.draws - done))
        parts.append(result.source.outcomes(batch).ranks)
        done += len(batch)
    return np.concatenate(parts)[:, result.ranking.order]


@settings(max_examples=SENSITIVITIES, deadline=None)
@given(lists())
def test_thresholds_of_weights_and_of_ratings(
    case: tuple[list[dict[str, Any]], dict[str, Any]],
) -> None:
    rows, framework = case
    result = sensitivity(cs.score(rows, framework))
    check_thresholds_of_weights(result)
    # the page has searched the ratings that these are about
    check_ratings_with_their_ranks(result, rows, framework)


def check_thresholds_of_weights(result: Sensitivity) -> None:
    for weight in result.weights:
        sentence = result.sentence_of(weight)
        found = re.search(r"stays first (.*?)[;.](?: |$)", sentence)
        if found is None:
            assert "alone in its group" in sentence
            continue
        for end in re.findall(r"(?<!now )([\d.]+) %", found[1]):
            assert_leader_stays(result, weight, float(end) / 100)
        if found[1] == "at any weight":
            for share in (0.001, 0.5, 0.999):
                assert_leader_stays(result, weight, share)
    answer = result.page(detail="brief").blocks[2].text  # type: ignore[union-attr]
    claim = re.search(
        r'First place depends most on the weight of "([^"]+?)" \(now [\d.]+ % of the total\)\. It stays'
        r" the same (?:at|from) ([\d.]+) %(?: to ([\d.]+) %)?( or more| or less|)\.",
        answer,
    )
    assert claim or "depends most" not in answer or "is at its limit" in answer
    if claim:
        limits = [float(limit) / 100 for limit in claim.groups()[1:3] if limit]
        (named,) = [weight for weight in result.weights if weight.title == claim[1]]
        low, high = {
            " or more": (limits[0], 0.999),
            " or less": (0.001, limits[-1]),
            "": (limits[0], limits[-1]),
        }[claim[4]]
        assert low <= named.weight <= high
        for part in range(5):
            assert_leader_stays(result, named, low + (high - low) * part / 4)
        # no other weight has a limit that is nearer, in proportion
        margin = min(abs(limit - named.weight) for limit in limits) / named.weight
        for weight in result.weights:
            for side in (-1, 1):
                share = weight.weight * (1 + side * margin)
                if weight.ranges and 0 < share < 1:
                    assert_leader_stays(result, weight, share)


def assert_leader_stays(result: Sensitivity, weight: WeightStability, share: float) -> None:
    """Add up scores with one weight at a share of the whole, the others in their proportions."""
    if not 0 < share < 1:
        return
    ranking = result.ranking
    by_id = {other.id: other.weight for other in result.weights}
    weights = np.array([by_id[key] for key in ranking.criteria])
    moved = list(ranking.criteria).index(weight.id)
    weights *= (1 - share) / (1 - weights[moved])
    weights[moved] = share
    scores = 100 * ranking.values @ weights
    # verdicts rest on facts alone: the leader is of the first tier
    tier = ranking.verdicts == ranking.verdicts[0]
    leaders = ranking.ranks == 1
    # printed ends are numbers of a few digits, and equal scores may differ in their last bits
    assert scores[leaders].max() >= scores[tier].max() - 1e-6


def check_ratings_with_their_ranks(
    result: Sensitivity, rows: list[dict[str, Any]], framework: dict[str, Any]
) -> None:
    ranked = {tornado.candidate: tornado for tornado in result.tornadoes}
    for row in rows[:1]:
        tornado = ranked.get(row["id"]) or result.tornado(row["id"])
        for (criterion, kind), changes in tornado.round_changes.items():
            scale = framework["criteria"][criterion]["scale"]
            for rating, rank, verdict in changes:
                if scale["range"] != [0, 100]:
                    assert rating == int(rating)
                changed = {**row, "ratings": {**row["ratings"], criterion: rating}}
                listed = [changed if other is row else other for other in rows]
                found = cs.score(listed, result.ranking.framework)[row["id"]]
                assert (found.rank, found.verdict) == (rank, verdict)
                before = result.ranking[row["id"]]
                if kind == "verdict":
                    assert verdict != before.verdict


@settings(max_examples=ANSWERS, deadline=None)
@given(lists())
def test_what_an_answer_settles(case: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    ranking = cs.score(*case)
    result = cs.next_questions(ranking, draws=256)
    answer = result.page(detail="brief").blocks[2].text  # type: ignore[union-attr]
    if not result.informative:
        assert "Ask first" not in answer
        return
    first = result.informative[0]
    assert answer.startswith(f'Ask first: "{first.about}" of "{first.title}".')
    uncertain = sum(len(set(found.verdict_range or ())) > 1 for found in ranking)
    shares = {f"the {count_in_words(uncertain)} uncertain": first.verdict_share}
    shares["first place" if result.top == 1 else "the top"] = first.order_share
    pattern = rf"(?:about )?(nearly all|all|{PERCENT[1:-1]}) of the uncertainty about (the [\w,]+ uncertain|first place|the top)"
    settled = re.findall(pattern, answer)
    assert settled
    for words, subject in settled:
        share = shares[subject]
        if words.endswith("all"):
            assert share == 1
        else:
            low, high = share_in(words)
            assert low - 1e-9 <= share <= high + 1e-9
    for question in result.informative:
        for outlook, said in zip(question.outlooks, result.consequences(question), strict=True):
            if likely := re.search(rf"{PERCENT} likely to be", said):
                low, high = share_in(likely[1])
                assert low <= (outlook.top or 0.0) <= high
            if question.kind == "rating":
                # no guardrail looks at a rating here: it has no bearing on a verdict
                assert not any(verdict in said for verdict in ("inside", "refer"))


def test_extreme_ranks_are_what_is_proved() -> None:
    pytest.importorskip("scipy")
    generator = np.random.default_rng(9)
    for _ in range(40):
        n = int(generator.integers(4, 7))
        ratings = generator.integers(0, 5, (n, 3)) * 25
        rows = []
        for name, values in zip(NAMES, ratings.tolist(), strict=False):
            own = dict(zip(("c0", "c1", "c2"), values, strict=True))
            rows.append({"id": name, "title": f"Project {name}", "ratings": own})
        criteria = {f"c{k}": {"scale": {"range": [0, 100]}} for k in range(3)}
        framework = {"collabscore": "framework/1", "id": "f", "criteria": criteria}
        result = cs.extreme_ranks(cs.score(rows, framework), weights="any")
        answer = result.page(detail="brief").blocks[2].text  # type: ignore[union-attr]
        first = int(np.count_nonzero(result.best_ranks == 1))
        if found := re.search(r": (\d+) of (\d+) ranked candidates can be first", answer):
            assert (int(found[1]), int(found[2])) == (first, n)
        else:
            always = set(re.findall(r'"Project (\w)"', answer))
            assert always == {
                name
                for name, worst in zip(result.ids, result.worst_ranks, strict=True)
                if worst == 1
            }
        if found := re.search(r"(\d+) can be in the top three; (\w+) (?:is|are) always", answer):
            always_in = int(np.count_nonzero(result.worst_ranks <= 3))
            assert int(found[1]) == np.count_nonzero(result.best_ranks <= 3)
            assert found[2] == (str(always_in) if always_in else "none")
