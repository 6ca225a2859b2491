"""Permissions never pay by their absence, whatever the framework and the candidate."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from reference import generate

PROFILE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 10**9)
Document = dict[str, Any]


def made(seed: int) -> tuple[Document, list[Document]]:
    """Return a framework that asks for some permissions, and candidates, half of them areas.

    No condition asks for a safeguard: such a one may turn against those who have it.
    """
    rng = random.Random(seed)
    document = generate.framework(rng, criteria=False)
    while "has(" in json.dumps(document):
        document = generate.framework(rng, criteria=False)
    for safeguard in document["safeguards"].values():
        if rng.random() < 0.5:
            safeguard["granted_by"] = "an office"
        else:
            safeguard.pop("granted_by", None)
    listed = generate.candidates(rng, document, 6)
    for k, candidate in enumerate(listed):
        candidate["unit"] = "area" if k % 2 else "project"
    return document, listed


def without_permissions(document: Document) -> Document:
    """Return a framework by which nobody grants anything."""
    safeguards = {}
    for key, safeguard in document["safeguards"].items():
        safeguards[key] = {name: part for name, part in safeguard.items() if name != "granted_by"}
    return {**document, "safeguards": safeguards}


def severities(listed: Iterable[Document], document: Document) -> list[tuple[int, ...]]:
    """Return how severe the verdict of each candidate is, and the ends of its range."""
    ranking = cs.score(list(listed), document)
    order = [*ranking.framework.all_verdicts]
    found = []
    for candidate in listed:
        assessment = ranking[candidate["id"]]
        ends = assessment.verdict_range or ()
        given = () if assessment.verdict is None else (assessment.verdict, *ends)
        found.append(tuple(map(order.index, given)))
    return found


def with_safeguards(candidate: Document, names: Iterable[str]) -> Document:
    """Return a candidate that has some safeguards in place, besides its own."""
    names = list(names)
    own = []
    for entry in candidate.get("safeguards", []):
        if (entry if isinstance(entry, str) else entry["id"]) not in names:
            own.append(entry)
    return {**candidate, "safeguards": [*own, *names]}


@PROFILE
@given(SEEDS)
def test_one_more_permission_never_gives_a_worse_verdict(seed: int) -> None:
    document, listed = made(seed)
    before = severities(listed, document)
    for name in document["safeguards"]:
        after = severities([with_safeguards(one, [name]) for one in listed], document)
        for old, new in zip(before, after, strict=True):
            assert all(now <= was for now, was in zip(new, old, strict=True))


@PROFILE
@given(SEEDS)
def test_an_area_is_never_milder_for_a_permission_that_may_be_refused(seed: int) -> None:
    document, listed = made(seed)
    strict, free = severities(listed, document), severities(listed, without_permissions(document))
    for candidate, here, there in zip(listed, strict, free, strict=True):
        if candidate["unit"] == "project":
            assert here == there
        else:
            assert all(one >= other for one, other in zip(here, there, strict=True))


@PROFILE
@given(SEEDS)
def test_an_area_with_all_permissions_is_as_if_nobody_granted_any(seed: int) -> None:
    document, listed = made(seed)
    granted = [key for key, entry in document["safeguards"].items() if "granted_by" in entry]
    areas = [with_safeguards(one, granted) for one in listed if one["unit"] == "area"]
    assert severities(areas, document) == severities(areas, without_permissions(document))


@PROFILE
@given(SEEDS)
def test_what_an_area_is_to_ask_for_is_what_it_misses(seed: int) -> None:
    document, listed = made(seed)
    granted = {key for key, entry in document["safeguards"].items() if "granted_by" in entry}
    ranking = cs.score([one for one in listed if one["unit"] == "area"], document)
    for assessment in ranking:
        for finding in assessment.findings:
            asked = [need for need in finding.lacking if granted.issuperset(need)]
            if finding.state in ("met", "unmet"):
                assert (finding.state == "unmet") == bool(asked)
                assert (finding.code == "permission-to-ask") == bool(asked)
