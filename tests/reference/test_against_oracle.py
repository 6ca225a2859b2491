"""The library against the oracle, which was written from the definitions and not from the code."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from reference import generate, oracle
from reference.verdicts_by_force import TooManyError

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
    by_id = {found.id: found for found in ranking}
    if all(by_id[entry["id"]].range_exact and not entry["is_free"] for entry in expected):
        assert [(found.id, found.rank, found.band) for found in by_id.values()] == [
            (entry["id"], entry["rank"], entry["band"]) for entry in expected
        ]
    for entry in expected:
        name = entry["id"]
        found = by_id[name]
        for key in ("score", "low", "high"):
            assert close(getattr(found, key), entry[key]), (
                name,
                key,
                getattr(found, key),
                entry[key],
            )
        if ranking.criteria:
            assert close(found.rated, entry["rated"]), (name, "rated")
        if not entry["is_free"]:
            compare_verdicts(found, entry)
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


def compare_verdicts(found: Any, entry: dict[str, Any]) -> None:
    """Compare verdicts and findings; a range that is not exact may be wider."""
    ends = tuple(entry["verdict_range"]) if entry["verdict_range"] else None
    if not found.range_exact and ends is not None:
        severity = list(found.framework.all_verdicts).index
        mild, severe = map(severity, found.verdict_range)
        assert mild <= severity(ends[0]), entry["id"]
        assert severity(ends[1]) <= severe, entry["id"]
        assert severity(ends[0]) <= severity(found.verdict), entry["id"]
        return
    assert found.verdict == entry["verdict"], entry["id"]
    assert found.verdict_range == ends, entry["id"]
    for finding in found.findings:
        of_guardrail = (entry["id"], finding.guardrail)
        assert finding.state == entry["findings"][finding.guardrail], of_guardrail
        assert sorted(finding.unknown) == entry["unknown"].get(finding.guardrail, []), of_guardrail
        assert sorted(finding.missing) == entry["needs"][finding.guardrail], of_guardrail
        assert sorted(finding.may_need) == entry["may_need"][finding.guardrail], of_guardrail


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
    too_many = 0
    for number in range(block, CASES, BLOCKS):
        try:
            compare(*generated(number))
        except TooManyError:
            too_many += 1
        except Exception as error:
            error.add_note(f"case {number}")
            raise
    assert too_many <= CASES / BLOCKS / 50
