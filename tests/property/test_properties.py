from __future__ import annotations

import copy
import csv
import html
import io
import json
import random
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore import testing
from collabscore.kernels.attribution import shortfalls
from collabscore.models.candidates import Candidates
from collabscore.models.framework import Framework
from reference import generate

GUARDRAIL = cs.load_framework("guardrail")
PROFILE = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 10**9)


def scores(ranking: cs.Ranking) -> dict[str, float | None]:
    return {found.id: found.score for found in ranking}


def close(one: dict[str, float | None], other: dict[str, float | None]) -> bool:
    return one.keys() == other.keys() and all(
        (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= 1e-9)
        for a, b in ((one[key], other[key]) for key in one)
    )


@PROFILE
@given(SEEDS, st.floats(1e-3, 1e3))
def test_scaling_weights_changes_nothing(seed: int, factor: float) -> None:
    rng = random.Random(seed)
    framework = generate.framework(rng)
    listed = generate.candidates(rng, framework, 4)
    scaled = copy.deepcopy(framework)
    for criterion in scaled["criteria"].values():
        weight = criterion.get("weight", 1)
        criterion["weight"] = (
            [end * factor for end in weight] if isinstance(weight, list) else weight * factor
        )
    assert close(scores(cs.score(listed, framework)), scores(cs.score(listed, scaled)))


@PROFILE
@given(SEEDS)
def test_permuting_candidates_and_criteria_permutes_results(seed: int) -> None:
    rng = random.Random(seed)
    framework = generate.framework(rng)
    listed = generate.candidates(rng, framework, 5)
    base = cs.score(listed, framework)
    turned = {**framework, "criteria": dict(reversed(framework["criteria"].items()))}
    other = cs.score(list(reversed(listed)), turned)
    assert close(scores(base), scores(other))
    assert {found.id: found.verdict for found in base} == {
        found.id: found.verdict for found in other
    }


@PROFILE
@given(testing.candidates(GUARDRAIL))
def test_contributions_and_shortfalls_sum(listed: list[dict[str, Any]]) -> None:
    ranking = cs.score(listed, GUARDRAIL)
    for place, found in enumerate(ranking):
        assert found.score is not None
        assert abs(sum(ranking.contributions[place]) - found.score) <= 1e-9
        lost = shortfalls(ranking.valuation.tree, ranking.values[[place]])
        assert abs(100 * lost.sum() - (100 - found.score)) <= 1e-6


@PROFILE
@given(
    testing.candidate(GUARDRAIL, known=True),
    st.sampled_from(sorted(GUARDRAIL.leaves)),
    st.floats(0, 1),
)
def test_raising_a_rating_moves_the_score_the_preferred_way(
    entry: dict[str, Any], key: str, share: float
) -> None:
    node = GUARDRAIL.leaves[key]
    assert node.scale is not None
    low, high = node.scale.range
    before, after = copy.deepcopy(entry), copy.deepcopy(entry)
    before["ratings"][key], after["ratings"][key] = low + share * (high - low), high
    one, other = (cs.score([each], GUARDRAIL)["candidate"].score for each in (before, after))
    assert one is not None
    assert other is not None
    falling = node.criterion.prefer == "low" or node.criterion.value is not None
    assert (other <= one + 1e-9) if falling else (other >= one - 1e-9)


@PROFILE
@given(testing.candidates(GUARDRAIL, known=True))
def test_an_unranked_verdict_never_has_a_rank_and_ranks_are_whole(
    listed: list[dict[str, Any]],
) -> None:
    ranking = cs.score(listed, GUARDRAIL)
    ranked = [found for found in ranking if found.rank is not None]
    assert all(found.verdict != "outside" for found in ranked)
    assert all(found.rank is None for found in ranking if found.verdict == "outside")
    assert [found.rank for found in ranked] == sorted(found.rank for found in ranked if found.rank)
    tiers = [GUARDRAIL.all_verdicts[found.verdict].tier for found in ranked if found.verdict]
    assert tiers == sorted(tiers)


@PROFILE
@given(testing.candidate(GUARDRAIL))
def test_swapping_the_parties_changes_nothing(entry: dict[str, Any]) -> None:
    swapped = copy.deepcopy(entry)
    ratings, facts = swapped["ratings"], swapped["facts"]
    ratings["benefit_us"], ratings["benefit_cn"] = ratings["benefit_cn"], ratings["benefit_us"]
    facts["legal_us"], facts["legal_cn"] = facts["legal_cn"], facts["legal_us"]
    one, other = (cs.score([each], GUARDRAIL)["candidate"] for each in (entry, swapped))
    assert close({"": one.score}, {"": other.score})
    assert (one.verdict, one.verdict_range) == (other.verdict, other.verdict_range)


@PROFILE
@given(testing.candidate(GUARDRAIL), st.sampled_from(sorted(GUARDRAIL.all_facts)))
def test_leaving_out_a_fact_never_makes_the_verdict_range_milder_than_it_could_be(
    entry: dict[str, Any], key: str
) -> None:
    silent = copy.deepcopy(entry)
    del silent["facts"][key]
    order = list(GUARDRAIL.all_verdicts).index
    told, untold = (cs.score([each], GUARDRAIL)["candidate"] for each in (entry, silent))
    assert told.verdict_range is not None
    assert untold.verdict_range is not None
    assert order(untold.verdict_range[1]) >= order(told.verdict_range[1])


@PROFILE
@given(SEEDS)
def test_bounds_hold_the_score_of_every_completion(seed: int) -> None:
    rng = random.Random(seed)
    framework = generate.framework(rng, criteria=True)
    listed = generate.candidates(rng, framework, 3)
    ranking = cs.score(listed, framework)
    bounds = {found.id: (found.low, found.high) for found in ranking}
    for entry in listed:
        whole = generate.completion(rng, framework, entry)
        found = cs.score([whole], ranking.framework)[entry["id"]]
        low, high = bounds[entry["id"]]
        if found.score is not None and low is not None and high is not None:
            assert low - 1e-9 <= found.score <= high + 1e-9


@PROFILE
@given(SEEDS)
def test_model_to_yaml_to_model_is_the_identity(seed: int) -> None:
    rng = random.Random(seed)
    document = generate.framework(rng)
    listed = generate.candidates(rng, document, 3)
    framework = cs.load_framework(document)
    text = yaml.safe_dump(
        framework.model_dump(mode="json", exclude_unset=True), sort_keys=False, allow_unicode=True
    )
    assert cs.load_framework(yaml.safe_load(text)) == framework
    candidates = cs.load_candidates(listed, framework)
    again = json.loads(candidates.model_dump_json(exclude_unset=True))
    assert cs.load_candidates(again, framework) == candidates
    assert isinstance(framework, Framework)
    assert isinstance(candidates, Candidates)


@PROFILE
@given(testing.candidates(GUARDRAIL))
def test_the_same_input_gives_the_same_bytes(listed: list[dict[str, Any]]) -> None:
    assert (
        cs.score(listed, GUARDRAIL).to_json()
        == cs.score(copy.deepcopy(listed), GUARDRAIL).to_json()
    )


@pytest.mark.parametrize("form", ["to_text", "to_markdown", "to_csv", "to_html"])
def test_no_label_escapes(form: str) -> None:
    hostile = '=1+1|<script>alert("1")</script>`x`'
    ranking = cs.score(
        [{"id": "x", "title": hostile, "ratings": {"global_challenge": 3}}], GUARDRAIL
    )
    shown = getattr(ranking, form)()
    if form == "to_text":
        assert hostile in ranking.to_text(None)
    elif form == "to_csv":
        (row,) = csv.DictReader(io.StringIO(shown))
        assert row["title"] == f"'{hostile}"
    else:
        assert "<script>" not in shown
        # ids between backticks are code in HTML
        shown = re.sub("</?code>", "`", html.unescape(shown))
        assert hostile in shown.replace("\\", "")
