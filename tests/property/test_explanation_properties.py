"""Every sum adds up, and every least change is confirmed by scoring the whole list again, just before and just after."""

from __future__ import annotations

import copy
import math
import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.changes import Aim
from collabscore.analysis.explanation import Explanation, explain
from collabscore.models.facts import NumberFact, SetFact
from reference import generate
from reference.verdicts_by_force import place_of

PROFILE = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 10**9)
COMBINES = ["arithmetic", "geometric", "harmonic", "minimum", "maximum", 2, -2, 0.5, 50, -50]

Listed = list[dict[str, Any]]

BEYOND = (0.0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4)
"""How little beyond a rating, as a share of the scale: ties reach far for criteria of very little weight."""


def case(seed: int) -> tuple[cs.Framework, Listed, Explanation]:
    rng = random.Random(seed)
    framework = (
        generate.framework(rng, exotic=True) if seed % 3 == 0 else generate.any_framework(rng)
    )
    listed = generate.candidates(rng, framework, 5)
    ranking = cs.score(listed, framework)
    top = rng.choice([None, 1, 2, 3]) if ranking.has_total else None
    chosen, other = rng.sample(ranking.ids, 2)
    return ranking.framework, listed, explain(ranking, chosen, versus=other, top=top)


def again(
    framework: cs.Framework, listed: Listed, name: str, **changes: dict[str, Any]
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


def light_case(seed: int) -> tuple[dict[str, Any], Listed, Explanation]:
    """Criteria of very little weight, on scales of small numbers; one place up is near."""
    rng = random.Random(seed)
    low, span = rng.choice([(0, 1), (0, 0.01), (1, 4)])
    criteria = {
        key: {"weight": weight, "scale": {"range": [low, low + span]}}
        for key, weight in {"a": 10, "b": 5, "c": 3, "d": 0.4, "e": 0.2}.items()
    }
    framework = {"collabscore": "framework/1", "id": "light", "criteria": criteria}
    listed = [
        {
            "id": f"c{k}",
            "ratings": {key: low + span * rng.randrange(1000) / 1000 for key in criteria},
        }
        for k in range(20)
    ]
    ranking = cs.score(listed, framework)
    return ranking.framework, listed, explain(ranking, rng.choice(ranking.ids))


def rated(
    framework: cs.Framework, listed: Listed, explanation: Explanation, key: str, at: list[float]
) -> list[dict[str, bool]]:
    """Say which aims are reached at each rating of a criterion, the candidate ranked among the others by hand."""
    ranking, name = explanation.ranking, explanation.assessment.id
    entry = next(entry for entry in listed if entry["id"] == name)
    copies = []
    for k, rating in enumerate(at):
        copies.append({**entry, "id": f"{k}", "ratings": {**entry.get("ratings", {}), key: rating}})
    found = cs.score(copies, framework)
    verdicts = ranking.framework.all_verdicts
    words: Any = SimpleNamespace(verdicts={key: dict(each) for key, each in verdicts.items()})

    def place(one: cs.Assessment) -> Any:
        return place_of(words, one.verdict, one.verdict_range), -(one.score or 0.0)

    others = []
    for other in ranking:
        if other.id != name and other.rank is not None:
            others.append(place(other))
    answers = []
    for k in range(len(at)):
        here, rank = found[f"{k}"], None
        if here.rank is not None:
            mine = place(here)
            order = sorted([*others, mine])
            first = order.index(mine)
            # who is no more than 1e-9 ahead of the next shares its rank, and so on
            while (
                first
                and order[first - 1][0] == mine[0]
                and order[first][1] - order[first - 1][1] <= 1e-9
            ):
                first -= 1
            rank = first + 1
        reached_here = {}
        for aim in explanation.aims:
            if aim.rank is not None:
                reached_here[aim.id] = (rank is not None and rank <= aim.rank) is aim.gain
            else:
                severity = list(verdicts).index(here.verdict) if here.verdict is not None else None
                milder = severity is not None and severity < aim.severity
                severer = severity is None or severity > aim.severity
                reached_here[aim.id] = milder if aim.gain else severer
        answers.append(reached_here)
    return answers


def confirm(framework: cs.Framework, listed: Listed, explanation: Explanation) -> None:
    """Hold least changes against many ratings: none that is smaller brings it about, and the one told does."""
    rng = random.Random(1)
    for key, node in explanation.ranking.framework.leaves.items():
        low, high = map(float, node.scale.range)
        span = high - low
        grid = [low + span * k / 128 for k in range(129)] + [
            rng.uniform(low, high) for _ in range(64)
        ]
        changes = {c.aim: c for c in explanation.rating_changes if c.criterion == key}
        asked = list(grid)
        places = {}
        for change in changes.values():
            places[change.aim] = len(asked)
            way = 1.0 if change.rises else -1.0
            # told: the rating itself, or however little beyond; missed: just before, and between it and the start
            told = [change.to + way * step * span for step in BEYOND]
            before = abs(change.to - change.start) - 1e-4 * span
            missed = [change.start + way * before * share for share in (1.0, 0.999, 0.9)]
            asked += told if before <= 0 else [*told, *missed]
        asked = [min(max(rating, low), high) for rating in asked]
        answers = rated(framework, listed, explanation, key, asked)
        for aim in explanation.aims:
            found = changes.get(aim.id)
            for rating, reached_here in zip(asked, answers, strict=True):
                if not reached_here[aim.id]:
                    continue
                assert found is not None, (aim, key, rating)
                assert abs(rating - found.start) >= abs(found.to - found.start) - 1e-4 * span
            if found is None:
                continue
            place = places[aim.id]
            holds = [answer[aim.id] for answer in answers[place : place + len(BEYOND)]]
            assert any(holds), (found, holds)
            assert not (found.beyond and holds[0])


@PROFILE
@given(SEEDS)
def test_no_smaller_change_of_a_rating_brings_an_aim_about(seed: int) -> None:
    confirm(*case(seed))


@PROFILE
@example(39)
@given(SEEDS)
def test_no_smaller_change_of_a_light_criterion_brings_an_aim_about(seed: int) -> None:
    confirm(*light_case(seed))


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
        tops = [part for part in found.criteria if part.depth == 0]
        assert math.fsum(part.points or 0.0 for part in leaves) == pytest.approx(
            score - other, abs=1e-8
        )
        assert math.fsum(part.points or 0.0 for part in tops) == pytest.approx(
            score - other, abs=1e-8
        )
    else:
        assert {part.points for part in found.criteria} <= {None}


@PROFILE
@given(SEEDS)
def test_every_form_can_be_made_of_every_case(seed: int) -> None:
    _, _, explanation = case(seed)
    for width in (40, 100):
        assert max(map(len, explanation.to_text(width).splitlines())) <= width
    assert "<b>Title</b>" not in explanation.to_html()
    assert "<b>" not in explanation.to_markdown()
    assert explanation.to_json().startswith('{\n  "collabscore": "explanation/1"')
