"""What `check` passes, all commands bear: frameworks at the bounds on sizes, and beyond them."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.models.base import LARGEST, MOST_UNEQUAL, NARROWEST, SMALLEST

# within the bounds, and beyond them now and then
BEYOND = (2 * LARGEST, 1e308, 5e-324, 1e-300)
EDGES = (0.0, 1.0, 5.0, 100.0, 1e9, 1e16, 1e50, 1e-50, LARGEST, LARGEST / 3, SMALLEST, 7 * SMALLEST)
edge = st.sampled_from(EDGES * 4 + BEYOND)
number = edge | edge.map(lambda value: -value) | st.floats(-1e6, 1e6)
power = st.sampled_from(["arithmetic", "geometric", "harmonic", "minimum", "maximum"]) | number
space = st.sampled_from(
    ["exact", "order", "any", "intervals", "within 25%", "within 0.0000001%", "within 100%"]
)


@st.composite
def weights(draw: st.DrawFn, count: int) -> list[Any]:
    """Return weights of a group, as unequal as can be."""
    unit = draw(st.sampled_from([1.0, 1e-80, 1e84, SMALLEST, LARGEST / MOST_UNEQUAL]))
    found: list[Any] = []
    for _ in range(count):
        size = unit * draw(st.sampled_from([1, 2, 3e3, 1e7, 1e12, MOST_UNEQUAL]) | st.floats(1, 10))
        low = size * draw(st.sampled_from([0, 0.5, 1 - 1e-15, 1]))
        found.append(size if draw(st.booleans()) else [low, size])
    return found


@st.composite
def leaf(draw: st.DrawFn) -> dict[str, Any]:
    """Return a criterion with a scale of any size."""
    low, high = sorted(draw(st.tuples(number, number)))
    if low == high or draw(st.booleans()):
        high = low + max(abs(low) * draw(st.sampled_from([1.1 * NARROWEST, 2, 0.5])), SMALLEST)
    found: dict[str, Any] = {"scale": {"range": [low, high]}}
    kind = draw(st.integers(0, 2))
    if kind == 1:
        found["prefer"] = "low"
    elif kind == 2:
        shares = draw(st.lists(st.sampled_from([0, 1.1 * NARROWEST, 1e-8, 0.4, 1]), min_size=2))
        points = {min(low + share * (high - low), high) for share in shares}
        found["value"] = {point: draw(st.sampled_from([0, 50, 100, 1e-9])) for point in points}
    return found


@st.composite
def group(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    """Return the children of a group, with weights of any size."""
    count = draw(st.integers(1, 3))
    children = {}
    for k, weight in enumerate(draw(weights(count))):
        child = draw(leaf())
        if depth and draw(st.booleans()):
            child = {"criteria": draw(group(depth - 1)), "combine": draw(power)}
        children[f"c{depth}_{k}_{draw(st.uuids()).hex}"] = child | {"weight": weight}
    return children


@st.composite
def framework(draw: st.DrawFn) -> dict[str, Any]:
    """Return a framework of a few criteria, groups, steps and verdicts of any size."""
    limits = sorted(draw(st.tuples(number, number)))
    steps = []
    for sign in draw(st.lists(st.sampled_from([">", "<=", "==", "!="]), min_size=1, max_size=3)):
        steps.append({"when": f"budget {sign} {draw(number):.17g}", "then": "no", "met": "yes"})
        steps[-1]["needs"] = ["review"]
    return {
        "collabscore": "framework/1",
        "id": "house",
        "combine": draw(power),
        "missing": draw(st.sampled_from(["average", "worst", "omit", "refuse"])),
        "weights": draw(space),
        "criteria": draw(group(2)),
        "facts": {"budget": {"kind": "number", "minimum": limits[0], "maximum": limits[1]}},
        "safeguards": {"review": {}},
        "guardrails": {"g": {"steps": steps}},
        "verdicts": {"yes": {}, "no": {"tier": draw(st.integers(1, 102))}},
    }


@st.composite
def candidates(draw: st.DrawFn, house: cs.Framework) -> list[dict[str, Any]]:
    """Return candidates with ratings and answers at the ends, between them, and without any."""
    found = []
    budget = house.facts["budget"].bounds  # type: ignore[union-attr]
    for k in range(draw(st.integers(1, 4))):
        ratings: dict[str, Any] = {}
        for key, node in house.leaves.items():
            low, high = map(float, node.scale.range)
            middle = min(max(low + draw(st.floats(0, 1)) * (high - low), low), high)
            forms = [low, high, middle, [low, high], [low, middle], "unknown"]
            ratings[key] = draw(st.sampled_from(forms))
        answer = draw(st.sampled_from([*budget, list(budget), "unknown"]))
        found.append({"id": f"a{k}", "ratings": ratings, "facts": {"budget": answer}})
    return found


def loaded(written: dict[str, Any]) -> cs.Framework | None:
    """Return the framework; None if it is refused, each error at its place and with its cure."""
    with contextlib.suppress(cs.FrameworkError):
        return cs.load_framework(written)
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(written)
    for found in caught.value.diagnostics:
        assert found.place
        assert found.help
    return None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_check_passes_all_commands_bear(data: st.DataObject) -> None:
    house = loaded(data.draw(framework()))
    if house is None:
        return
    listed = data.draw(candidates(house))
    with np.errstate(all="raise", under="ignore"):
        ranking = cs.score(listed, house)
        for row in ranking:
            assert row.score is None or 0 <= row.low <= row.score <= row.high <= 100
        ranking.to_json()
        cs.explain(ranking, "a0").to_text()
        cs.robustness(ranking, draws=16).to_json()
        cs.sensitivity(ranking).to_json()
        cs.next_questions(ranking, draws=64).to_json()
