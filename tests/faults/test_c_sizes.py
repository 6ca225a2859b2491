"""C6 and I4: sizes are bounded in one place, so that what `check` passes all commands bear."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.errors import Diagnostic
from collabscore.models.base import LARGEST, MOST_UNEQUAL, NARROWEST, SMALLEST

SCALE = {"range": [1, 5]}
FACTS = {"crit": {"kind": "flag"}, "budget": {"kind": "number"}}


def house(**sections: Any) -> dict[str, Any]:
    """Return a framework with other sections."""
    framework = {
        "collabscore": "framework/1",
        "id": "house",
        "criteria": {"gain": {"scale": SCALE}, "risk": {"scale": SCALE, "prefer": "low"}},
        "facts": FACTS,
        "guardrails": {"g1": {"when": "crit", "then": "outside"}},
    }
    return framework | sections


def rated(**keys: Any) -> dict[str, Any]:
    """Return criteria, of which `gain` has other keys."""
    return {"criteria": {"gain": {"scale": SCALE} | keys, "risk": {"scale": SCALE}}}


def weighed(*weights: object) -> dict[str, Any]:
    """Return criteria with these weights."""
    return {"criteria": {f"c{k}": {"scale": SCALE, "weight": w} for k, w in enumerate(weights)}}


def steps(count: int) -> dict[str, Any]:
    """Return one guardrail with so many steps."""
    many = [{"when": f"budget > {k}", "then": "refer"} for k in range(count)]
    return {"guardrails": {"g1": {"steps": many}}}


def nested(levels: int) -> dict[str, Any]:
    """Return criteria in groups of so many levels."""
    inner: dict[str, Any] = {"leaf": {"scale": SCALE}}
    for k in range(levels - 1):
        inner = {f"g{k}": {"criteria": inner}}
    return {"criteria": inner}


def findings_of(framework: dict[str, Any]) -> tuple[Diagnostic, ...]:
    """Return the findings about a framework; none where it loads."""
    try:
        cs.load_framework(framework)
    except cs.FrameworkError as error:
        return error.diagnostics
    return ()


HUGE = 10**400
BIG = "is out of range: from -1e+100 to 1e+100"
REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "C6-weights": (weighed(1e308, 1e308, 1e308), "out-of-range", "criteria.c0.weight", BIG),
    "C6-weight-interval": (weighed([1, 1e308], 1), "out-of-range", "criteria.c0.weight[1]", BIG),
    "C6-weight-subnormal": (
        weighed(1e-310, 1e-310),
        "weight-not-positive",
        "criteria.c0.weight",
        "a weight must be 1e-100 or more, not `1e-310`",
    ),
    "C6-weight-lost": (
        weighed(1, 1e-16),
        "weight-lost",
        "criteria.c1.weight",
        "`c1` has no effect: `c0` weighs more than 1,000,000,000,000,000 times as much",
    ),
    "C6-range": (
        rated(scale={"range": [-1.7e308, 1.7e308]}),
        "out-of-range",
        "criteria.gain.scale.range[0]",
        BIG,
    ),
    "C6-range-narrow": (
        rated(scale={"range": [0, 5e-324]}),
        "empty-range",
        "criteria.gain.scale.range",
        "the range `[0, 5e-324]` is too narrow to tell ratings apart",
    ),
    "C6-range-few-floats": (
        rated(scale={"range": [1e16, 1e16 + 4]}),
        "empty-range",
        "criteria.gain.scale.range",
        "is too narrow to tell ratings apart",
    ),
    "C6-level": (
        rated(scale={"range": [1, 5], "levels": {1: "low", 1e200: "high"}}),
        "out-of-range",
        "criteria.gain.scale.levels.1e+200",
        BIG,
    ),
    "C6-value-steep": (
        rated(value={1: 0, 1 + 1e-12: 100, 5: 100}),
        "out-of-range",
        "criteria.gain.value.1.000000000001",
        "is too close to `1`",
    ),
    "C6-combine": ({"combine": 1e300}, "out-of-range", "combine", BIG),
    "C6-minimum": (
        {"facts": {"crit": {"kind": "flag"}, "budget": {"kind": "number", "minimum": -1e308}}},
        "out-of-range",
        "facts.budget.minimum",
        BIG,
    ),
    "I4-range-of-integers": (
        rated(scale={"range": [0, HUGE]}),
        "out-of-range",
        "criteria.gain.scale.range[1]",
        BIG,
    ),
    "I4-weight-integer": (weighed(HUGE, 1), "out-of-range", "criteria.c0.weight", BIG),
    "I4-band": ({"bands": {"good": HUGE}}, "out-of-range", "bands.good", BIG),
    "I4-tier": (
        {"verdicts": {"inside": {}, "outside": {"tier": 2**63}}},
        "out-of-range",
        "verdicts.outside.tier",
        "`9223372036854775808` is out of range: at most 100",
    ),
    "I4-steps": (
        steps(257),
        "too-many",
        "guardrails.g1.steps",
        "`steps` has 257 entries; it may have at most 100",
    ),
    "I4-verdicts": (
        {"verdicts": {f"v{k}": {} for k in range(200)}, "guardrails": {}},
        "too-many",
        "verdicts",
        "`verdicts` has 200 entries; it may have at most 100",
    ),
    "I4-criteria": (
        {"criteria": {f"c{k}": {"scale": SCALE} for k in range(2_001)}},
        "too-many",
        "criteria",
        "a framework has at most 2,000 criteria and groups",
    ),
    "I4-guardrails": (
        {"guardrails": {f"g{k}": {"when": "crit", "then": "refer"} for k in range(10_001)}},
        "too-many",
        "guardrails",
        "`guardrails` has 10,001 entries; it may have at most 10,000",
    ),
    "I4-levels-of-groups": (
        nested(21),
        "too-deep",
        "g0.criteria",
        "criteria have at most 20 levels",
    ),
}


@pytest.mark.parametrize(
    ("sections", "code", "place", "message"), REFUSED.values(), ids=REFUSED.keys()
)
def test_a_size_out_of_bounds_is_refused_at_its_place(
    sections: dict[str, Any], code: str, place: str, message: str
) -> None:
    first = findings_of(house() | sections)[0]
    assert first.code == code
    assert first.place.endswith(place)
    assert message in first.message
    assert first.help


AT_THE_BOUND: dict[str, dict[str, Any]] = {
    "weights": weighed(LARGEST, LARGEST, LARGEST / MOST_UNEQUAL),
    "light-weights": weighed(SMALLEST, SMALLEST, 2 * SMALLEST),
    "weight-intervals": weighed([0, LARGEST], [LARGEST, LARGEST], 1e95),
    "range": rated(scale={"range": [-LARGEST, LARGEST]}),
    "range-narrow": rated(scale={"range": [0, SMALLEST]}),
    "range-few-floats": rated(scale={"range": [1e9, 1e9 + 2]}),
    "value-steep": rated(value={1: 0, 1 + 5 * NARROWEST: 100, 5: 0}),
    "combine": {"combine": LARGEST},
    "combine-negative": {"combine": -LARGEST},
    "steps": steps(100),
    "verdicts": {
        "verdicts": {f"v{k}": {"tier": k + 1} for k in range(100)},
        "guardrails": {"g1": {"when": "crit", "then": "v99"}},
    },
    "threshold": {"guardrails": {"g1": {"when": "budget > 1e100", "then": "refer"}}},
    "levels-of-groups": nested(20),
}


def bear(framework: dict[str, Any], candidates: list[dict[str, Any]]) -> None:
    """Run the analyses on what loads, with an error for every warning of numpy."""
    with np.errstate(all="raise", under="ignore"):
        ranking = cs.score(candidates, framework)
        ranking.to_json()
        for row in ranking:
            if row.score is not None:
                assert 0 <= row.score <= 100
        cs.explain(ranking, ranking[0].id).to_text()
        cs.robustness(ranking, draws=32).to_json()
        cs.sensitivity(ranking).to_json()


def ends_of(framework: dict[str, Any]) -> list[dict[str, Any]]:
    """Return candidates rated at the ends of scales, between them, and not at all."""
    leaves = cs.load_framework(framework).leaves
    low = {key: node.scale.range[0] for key, node in leaves.items()}
    high = {key: node.scale.range[1] for key, node in leaves.items()}
    both = {key: [low[key], high[key]] for key in leaves}
    return [
        {"id": "low", "ratings": low, "facts": {"budget": LARGEST}},
        {"id": "high", "ratings": high, "facts": {"budget": [-LARGEST, LARGEST], "crit": "yes"}},
        {"id": "both", "ratings": both, "facts": {"budget": -LARGEST}},
        {"id": "none"},
    ]


@pytest.mark.parametrize("sections", AT_THE_BOUND.values(), ids=AT_THE_BOUND.keys())
def test_what_is_at_a_bound_is_borne(sections: dict[str, Any]) -> None:
    framework = house() | sections
    bear(framework, ends_of(framework))


@pytest.mark.parametrize("answer", [1e308, -1e308, HUGE, [0, 1e101]])
def test_an_answer_out_of_bounds_is_refused(answer: object) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        cs.score([{"id": "a", "facts": {"budget": answer}}], house())
    (found,) = caught.value.diagnostics
    assert found.code == "out-of-range"
    assert found.place.startswith("candidates[a].facts.budget")
    assert "is out of range: from -1e+100 to 1e+100" in found.message
    assert found.help == "write a number in this range"


@pytest.mark.parametrize("heavy", [1e5, 1e7, 1e12, 1e15])
def test_a_light_weight_beside_a_heavy_one_moves_as_any_other(heavy: float) -> None:
    """The rest of 1 beside a heavy share has lost its digits: the shares summed to more than 1."""
    criteria = {
        "light": {"scale": SCALE, "prefer": "low"},
        "heavy": {"scale": SCALE, "weight": heavy},
    }
    best, other = {"light": 1, "heavy": 5}, {"light": 2, "heavy": 4}
    listed = [{"id": "a", "ratings": best}, {"id": "b", "ratings": other}]
    ranking = cs.score(listed, house(criteria=criteria))
    with np.errstate(all="raise", under="ignore"):
        found = cs.sensitivity(ranking)
    assert "No single weight changes first place, at any value." in found.to_text()


FIRST = """\
import json, sys
import collabscore as cs
leaf = json.loads(sys.argv[1])
framework = {"collabscore": "framework/1", "id": "f", "criteria": {"top": {"criteria": {"gain": leaf}}}}
try:
    cs.load_framework(framework)
except cs.FrameworkError as error:
    print(json.dumps([[found.message, found.help] for found in error.diagnostics]))
"""


@pytest.mark.parametrize(
    ("leaf", "message", "help"),
    [
        (
            {"scale": {"range": [1, 5, 5]}},
            "`range` has 3 entries; it may have at most 2",
            "leave some out, or divide the document",
        ),
        (
            {"scale": {"levels": {"1": "a"}}},
            "`range` is missing",
            "ends of the scale, [low, high]",
        ),
        ({"scale": SCALE, "wieght": 3}, "unknown key `wieght`", "did you mean `weight`?"),
        (
            {"scale": {"range": [1, 5], "levles": {"1": "a"}}},
            "unknown key `levles`",
            "did you mean `levels`?",
        ),
    ],
    ids=["long-range", "no-range", "key", "key-of-scale"],
)
def test_the_first_document_of_a_process_is_refused_as_all_others(
    leaf: dict[str, Any], message: str, help: str
) -> None:
    """C6: the model of a group holds itself, and is complete only once it has been asked for."""
    line = [sys.executable, "-c", FIRST, json.dumps(leaf)]
    ran = subprocess.run(line, capture_output=True, text=True, check=True)
    ((said, cure),) = json.loads(ran.stdout)
    assert said == message
    assert help in cure
