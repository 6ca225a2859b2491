"""The library against the oracle, which was written from the definitions and not from the code."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from reference import generate, oracle

# the library works in doubles, with about 2e-16 relative error an operation; a tree has some hundred of them
RELATIVE = 1e-12
CASES, CANDIDATES, BLOCKS = 2_400, 6, 12


def close(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=1e-10)


def compare(
    framework: dict[str, Any], candidates: list[dict[str, Any]], vocabulary: dict[str, Any] | None
) -> None:
    whole = framework if vocabulary is None else {**framework, "uses": vocabulary}
    ranking = cs.score(candidates, whole)
    expected = oracle.score(framework, candidates, vocabulary=vocabulary)
    assert list(ranking.ids) == [entry["id"] for entry in expected]
    for found, entry in zip(ranking, expected, strict=True):
        name = entry["id"]
        for key in ("score", "low", "high"):
            assert close(getattr(found, key), entry[key]), (
                name,
                key,
                getattr(found, key),
                entry[key],
            )
        if ranking.criteria:
            assert close(found.rated, entry["rated"]), (name, "rated")
        assert (found.rank, found.verdict, found.band) == (
            entry["rank"],
            entry["verdict"],
            entry["band"],
        ), name
        assert found.verdict_range == (
            tuple(entry["verdict_range"]) if entry["verdict_range"] else None
        ), name
        assert {finding.guardrail: finding.state for finding in found.findings} == (
            entry["findings"] or {}
        ), name
        unknown = {f.guardrail: sorted(f.unknown) for f in found.findings if f.state == "unknown"}
        assert unknown == {
            key: sorted(names) for key, names in entry["unknown"].items() if key in unknown
        }, name
        if entry["contributions"] is None:
            assert found.contributions is None
        else:
            assert found.contributions is not None
            for key, points in entry["contributions"].items():
                assert close(found.contributions[key], points), (
                    name,
                    key,
                    found.contributions[key],
                    points,
                )
        place = ranking.place_of(name)
        row = int(ranking.order[place])
        for key, group in entry["groups"].items():
            valuation = ranking.valuation
            score = float(ranking.node_scores[key][place])
            low, high = (100 * ends[row, valuation.nodes[key]] for ends in valuation.node_bounds)
            # `omit` can put the value outside of its bounds
            ours = {"score": score, "low": np.fmin(low, score), "high": np.fmax(high, score)}
            for theirs, value in ours.items():
                assert close(None if math.isnan(value) else value, group[theirs]), (
                    name,
                    key,
                    theirs,
                    value,
                    group,
                )
        for side, points in entry["sides"].items():
            assert close(found.sides.get(side), points), (name, side)


def generated(number: int) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any] | None]:
    rng = random.Random(number)
    if number % 4 == 0:
        framework, vocabulary = generate.with_vocabulary(rng, generate.framework(rng))
        return framework, generate.candidates(rng, framework, CANDIDATES, vocabulary), vocabulary
    framework = (
        generate.framework(rng, exotic=True) if number % 4 == 1 else generate.any_framework(rng)
    )
    return framework, generate.candidates(rng, framework, CANDIDATES), None


@pytest.mark.parametrize("block", range(BLOCKS))
def test_thousands_of_generated_cases(block: int) -> None:
    for number in range(block, CASES, BLOCKS):
        try:
            compare(*generated(number))
        except Exception as error:
            error.add_note(f"case {number}")
            raise
