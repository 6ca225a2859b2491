"""What `check` passes, all commands bear: frameworks at the bounds on sizes, and beyond them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.models.base import LARGEST, MOST_UNEQUAL, NARROWEST, SMALLEST

EDGES = (0.0, 1.0, 5.0, 100.0, LARGEST, SMALLEST, 1e9, 1e16, MOST_UNEQUAL, NARROWEST, 5e-324, 1e308)
number = st.sampled_from([*EDGES, *(-edge for edge in EDGES)]) | st.floats(-1e101, 1e101)
positive = st.sampled_from(EDGES[1:]) | st.floats(1e-16, 1e16)
weight = positive | st.tuples(positive, positive).map(sorted)
power = st.sampled_from(["arithmetic", "geometric", "harmonic", "minimum", "maximum"]) | number
space = st.sampled_from(["exact", "order", "any", "within 25%", "within 0.0000001%", "within 100%"])


@st.composite
def criterion(draw: st.DrawFn) -> dict[str, Any]:
    """Return a criterion with a scale and a weight of any size."""
    ends = sorted(draw(st.tuples(number, number)))
    if draw(st.booleans()):
        ends[1] = ends[0] + abs(ends[0]) * draw(st.sampled_from([NARROWEST, 2e-9, 1e-12, 1]))
    found: dict[str, Any] = {"scale": {"range": ends}, "weight": draw(weight)}
    kind = draw(st.integers(0, 2))
    if kind == 1:
        found["prefer"] = "low"
    elif kind == 2:
        shares = draw(st.lists(st.floats(0, 1) | st.sampled_from([0, 1e-9, 3e-9, 1]), min_size=2))
        points = {ends[0] + share * (ends[1] - ends[0]) for share in shares}
        found["value"] = {point: draw(st.sampled_from([0, 50, 100, 1e-9])) for point in points}
    return found


@st.composite
def framework(draw: st.DrawFn) -> dict[str, Any]:
    """Return a framework of a few criteria, groups, steps and verdicts of any size."""
    keys = iter(f"c{k}" for k in range(20))
    criteria: dict[str, Any] = {}
    for _ in range(draw(st.integers(1, 4))):
        criteria[next(keys)] = draw(criterion())
    for _ in range(draw(st.integers(0, 2))):
        criteria = {
            next(keys): {"criteria": criteria, "combine": draw(power), "weight": draw(weight)},
            next(keys): draw(criterion()),
        }
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
        "criteria": criteria,
        "facts": {"budget": {"kind": "number", "minimum": limits[0], "maximum": limits[1]}},
        "safeguards": {"review": {}},
        "guardrails": {"g": {"steps": steps}},
        "verdicts": {"yes": {}, "no": {"tier": draw(st.integers(1, 120))}},
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


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_check_passes_all_commands_bear(data: st.DataObject) -> None:
    written = data.draw(framework())
    try:
        house = cs.load_framework(written)
    except cs.FrameworkError as error:
        assert all(found.place and found.help for found in error.diagnostics)
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
