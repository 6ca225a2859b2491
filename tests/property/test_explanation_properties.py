"""Every sum adds up, and every least change is confirmed by scoring the whole list again, just before and just after."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.changes import Aim, RatingChange
from collabscore.analysis.explanation import Explanation, explain
from collabscore.models.facts import NumberFact, SetFact
from reference import generate

PROFILE = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 10**9)
COMBINES = ["arithmetic", "geometric", "harmonic", "minimum", "maximum", 2, -2, 0.5, 50, -50]

Listed = list[dict[str, Any]]


def case(seed: int) -> tuple[dict[str, Any], Listed, Explanation]:
    rng = random.Random(seed)
    framework = (
        generate.framework(rng, exotic=True) if seed % 3 == 0 else generate.any_framework(rng)
    )
    listed = generate.candidates(rng, framework, 5)
    ranking = cs.score(listed, framework)
    top = rng.choice([None, 1, 2, 3]) if ranking.has_total else None
    chosen, other = rng.sample(ranking.ids, 2)
    return framework, listed, explain(ranking, chosen, versus=other, top=top)


def again(
    framework: dict[str, Any], listed: Listed, name: str, **changes: dict[str, Any]
) -> cs.Ranking:
    """Score the whole list again, one candidate's ratings, facts or safeguards changed."""
    listed = copy.deepcopy(listed)
    entry = next(entry for entry in listed if entry["id"] == name)
    for part, changed in changes.items():
        if part == "safeguards":
            kept = [
                s
                for s in entry.get(part, [])
                if (s if isinstance(s, str) else s["id"]) not in changed
            ]
            entry[part] = kept + [key for key, placed in changed.items() if placed]
        else:
            entry[part] = {**entry.get(part, {}), **changed}
    return cs.score(listed, framework)


def reached(aim: Aim, ranking: cs.Ranking, name: str) -> bool:
    """Say from the result alone whether something is gained or lost: an oracle in plain Python."""
    found = ranking[name]
    if aim.rank is not None:
        there = found.rank is not None and found.rank <= aim.rank
        return there if aim.gain else not there
    if found.verdict is None:
        return not aim.gain
    severity = list(ranking.framework.all_verdicts).index(found.verdict)
    return severity < aim.severity if aim.gain else severity > aim.severity


def confirm(
    framework: dict[str, Any], listed: Listed, explanation: Explanation, change: RatingChange
) -> None:
    name = explanation.assessment.id
    aim = next(aim for aim in explanation.aims if aim.id == change.aim)
    scale = explanation.ranking.framework.leaves[change.criterion].scale
    assert scale is not None
    low, high = scale.range
    way = 1.0 if change.rises else -1.0

    def holds(rating: float) -> bool:
        inside = min(max(rating, low), high)
        ranking = again(framework, listed, name, ratings={change.criterion: inside})
        return reached(aim, ranking, name)

    if change.beyond:
        assert not holds(change.to)
    # a score of up to 100 has errors of about 1e-14, which depend on what is scored beside it
    steps = (0.0, 1e-12, 1e-10, 1e-8, 1e-6)
    assert any(holds(change.to + way * step * (high - low)) for step in steps)
    if change.share_of_scale == 0:
        assert change.uncertain
        return
    rng = random.Random(change.criterion)
    for _ in range(2):
        before = change.to - way * 1e-6 * (high - low)
        if (before - change.start) * way > 0:
            assert not holds(change.start + rng.random() * (before - change.start))


@PROFILE
@given(SEEDS)
def test_every_least_change_of_a_rating_turns_the_outcome_just_there(seed: int) -> None:
    framework, listed, explanation = case(seed)
    for change in explanation.rating_changes:
        confirm(framework, listed, explanation, change)


@PROFILE
@given(SEEDS)
def test_what_is_not_named_brings_nothing_about(seed: int) -> None:
    framework, listed, explanation = case(seed)
    name, rng = explanation.assessment.id, random.Random(seed)
    named = {(change.aim, change.criterion) for change in explanation.rating_changes}
    for key, node in explanation.ranking.framework.leaves.items():
        assert node.scale is not None
        for _ in range(3):
            low, high = node.scale.range
            rating = rng.choice([low, high, rng.uniform(low, high)])
            ranking = again(framework, listed, name, ratings={key: rating})
            for aim in explanation.aims:
                assert (aim.id, key) in named or not reached(aim, ranking, name)


@PROFILE
@given(SEEDS)
def test_answers_and_safeguards_are_confirmed_by_scoring_again(seed: int) -> None:
    framework, listed, explanation = case(seed)
    name, loaded = explanation.assessment.id, explanation.ranking.framework
    aims = {aim.id: aim for aim in explanation.aims}
    for change in explanation.fact_changes:
        if isinstance(loaded.all_facts[change.fact], NumberFact | SetFact):
            continue  # their answers are classes: see the unit tests
        ranking = again(framework, listed, name, facts={change.fact: change.answer})
        assert reached(aims[change.aim], ranking, name)
        assert (ranking[name].verdict, ranking[name].rank) == (
            change.consequence.verdict,
            change.consequence.rank,
        )
    for secured in explanation.safeguard_changes:
        aim = aims[secured.aim]
        chosen = [
            next((s for s in options if s in secured.planned), options[0])
            for options in secured.safeguards
        ]
        ranking = again(framework, listed, name, safeguards=dict.fromkeys(chosen, aim.gain))
        assert reached(aim, ranking, name)
        if len(chosen) > 1:  # the fewest: with one less it is not reached
            for left_out in range(len(chosen)):
                fewer = [s for k, s in enumerate(chosen) if k != left_out and s != chosen[left_out]]
                assert not reached(
                    aim, again(framework, listed, name, safeguards=dict.fromkeys(fewer, True)), name
                )


@PROFILE
@given(SEEDS, st.sampled_from(COMBINES), st.booleans())
def test_contributions_and_contrasts_sum(seed: int, combine: str | float, zeros: bool) -> None:
    rng = random.Random(seed)
    framework = generate.framework(rng, combine=combine)  # type: ignore[arg-type]
    listed = generate.candidates(rng, framework, 4)
    if zeros:
        for key, leaf in generate.leaves_of(framework).items():
            scale = (
                leaf["scale"]
                if isinstance(leaf["scale"], dict)
                else framework["scales"][leaf["scale"]]
            )
            listed[0].setdefault("ratings", {})[key] = rng.choice(scale["range"])
    ranking = cs.score(listed, framework)
    found = explain(ranking, listed[0]["id"], versus=listed[1]["id"])
    score, other = found.assessment.score, ranking[listed[1]["id"]].score
    leaves = [part for part in found.criteria if not part.is_group]
    if score is not None:
        # 1e-8 points is what the kernel of contrasts promises of the sum
        assert math.fsum(part.contribution or 0.0 for part in leaves) == pytest.approx(
            score, abs=1e-8
        )
        assert math.fsum(part.shortfall or 0.0 for part in leaves) == pytest.approx(
            100 - score, abs=1e-8
        )
    assert found.versus is not None
    if score is not None and other is not None:
        parts = found.versus.parts
        assert math.fsum(part.points for part in parts if not part.is_group) == pytest.approx(
            score - other, abs=1e-8
        )
        assert math.fsum(part.points for part in parts if part.depth == 0) == pytest.approx(
            score - other, abs=1e-8
        )
    else:
        assert found.versus.parts == ()


@PROFILE
@given(SEEDS)
def test_every_form_can_be_made_of_every_case(seed: int) -> None:
    _, _, explanation = case(seed)
    for width in (40, 100):
        assert max(map(len, explanation.to_text(width).splitlines())) <= width
    assert "<b>Title</b>" not in explanation.to_html()
    assert "<b>" not in explanation.to_markdown()
    assert explanation.to_json().startswith('{\n  "collabscore": "explanation/1"')
