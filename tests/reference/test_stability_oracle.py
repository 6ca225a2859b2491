"""Weight stability against a published example, cases computed by hand, and a scan by plain scoring.

The oracle knows nothing of how ranges are found: it scores the list again under each weight.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.sensitivity import CLAIMS, Sensitivity, StableRange, sensitivity

ROOT = Path(__file__).parents[2]
SCALE = {"range": [0, 100]}
PROFILE = settings(max_examples=4, deadline=None)


def framework(criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"collabscore": "framework/1", "id": "case", "criteria": criteria, **more}


def listed(rows: dict[str, list[Any]], criteria: list[str]) -> list[dict[str, Any]]:
    return [
        {"id": name, "ratings": dict(zip(criteria, row, strict=True))} for name, row in rows.items()
    ]


def test_triantaphyllou_and_sanchez() -> None:
    """The worked example of the weighted sum in Triantaphyllou and Sanchez (1997), section on critical criteria.

    Triantaphyllou, E., Sanchez, A. (1997). A sensitivity analysis approach for some deterministic multi-criteria
    decision making methods. Decision Sciences 28, 151-194. doi:10.1111/j.1540-5915.1997.tb01306.x

    The matrix, the weights and the relative changes of weights (in per cent of the weight; positive is a decrease) are
    taken from two later reproductions of the table, not from the article itself; each change was recomputed from the
    matrix. A decrease by d leaves, once weights are normalised again, the share (w - d) / (1 - d). The third score is
    printed as 0.2621, and its rows give 0.2623: its difference to the second, 0.0147 or 0.0145, is known to 1.3 per
    cent, hence the tolerance.
    """
    weights = {"c1": 0.3277, "c2": 0.3058, "c3": 0.2876, "c4": 0.0790}
    matrix = {
        "a1": [0.3088, 0.2897, 0.3867, 0.1922],
        "a2": [0.2163, 0.3458, 0.1755, 0.6288],
        "a3": [0.4509, 0.2473, 0.1194, 0.0575],
        "a4": [0.0240, 0.1172, 0.3184, 0.1215],
    }
    # pair, criterion: per cent by which its weight must fall for the two to be equal
    published = {
        ("a2", "a1", "c2"): -229.7,
        ("a2", "a1", "c3"): 64.8818,
        ("a2", "a1", "c4"): -114.1772,
        ("a3", "a1", "c1"): -116.1733,
        ("a3", "a2", "c1"): -19.1334,
        ("a3", "a2", "c2"): 48.7901,
        ("a3", "a2", "c4"): 32.5317,
    }
    criteria = {
        key: {"scale": {"range": [0, 1]}, "weight": weight} for key, weight in weights.items()
    }
    result = sensitivity(cs.score(listed(matrix, list(weights)), framework(criteria)))
    assert result.ranking.ids == ("a1", "a2", "a3", "a4")
    for (gains, loses, key), per_cent in published.items():
        found = result[key].ranges["leader" if loses == "a1" else "order"]
        turn, end = (found.below, found.low) if per_cent > 0 else (found.above, found.high)
        assert turn is not None
        assert (turn.candidate, turn.other) == (gains, loses), key
        change = per_cent / 100 * weights[key]
        expected = (weights[key] - change) / (sum(weights.values()) - change)
        assert end == pytest.approx(expected, abs=0.015 * abs(change)), key
    # what the article calls not feasible: no change of that weight makes anyone overtake the leader
    assert result["c1"].ranges["leader"].below is None
    assert result["c2"].ranges["leader"].below is None
    assert result["c3"].ranges["leader"].above is None
    assert result["c4"].ranges["leader"].below is None


def test_two_criteria_by_hand() -> None:
    """Flu 80 t + 20 (1 - t) and ocean 60: equal at t = 2/3."""
    rows = {"flu": [80, 20], "ocean": [60, 60]}
    criteria = {"benefit": {"scale": SCALE, "weight": 3}, "trust": {"scale": SCALE, "weight": 1}}
    result = sensitivity(cs.score(listed(rows, ["benefit", "trust"]), framework(criteria)))
    benefit, trust = result["benefit"], result["trust"]
    for claim in CLAIMS:
        # 64 units in the last place of 1
        assert benefit.ranges[claim].low == pytest.approx(2 / 3, abs=1.5e-14)
        assert benefit.ranges[claim].high == 1.0
        assert trust.ranges[claim].high == pytest.approx(1 / 3, abs=1.5e-14)
        assert trust.ranges[claim].low == 0.0
    turn = benefit.ranges["leader"].below
    assert turn is not None
    assert (turn.kind, turn.candidate, turn.other) == ("overtakes", "ocean", "flu")
    assert benefit.ranges["leader"].above is None
    assert (benefit.method, trust.method) == ("exact", "exact")


def test_three_criteria_in_two_levels_by_hand() -> None:
    """Group g (2/3) of x (3/4) and y (1/4), beside z (1/3).

    a: x 80, y 40, z 60: g = 70, score 66 2/3. b: x 60, y 100, z 60: g = 70, the same: b stands joint first.
    c: x 40, y 40, z 90: g = 40, score 56 2/3.
    With s the share of x in g: a = 20 + 2/3 (40 + 40 s), b = 20 + 2/3 (100 - 40 s), c = 30 + 80/3.
    c passes the better of both nowhere. With t the share of g: a = b = 60 + 10 t, c = 90 - 50 t: equal at t = 1/2.
    """
    criteria = {
        "g": {"weight": 2, "criteria": {"x": {"scale": SCALE, "weight": 3}, "y": {"scale": SCALE}}},
        "z": {"scale": SCALE, "weight": 1},
    }
    rows = {"a": [80, 40, 60], "b": [60, 100, 60], "c": [40, 40, 90]}
    result = sensitivity(cs.score(listed(rows, ["x", "y", "z"]), framework(criteria)), top=2)
    assert result.leaders == ("a", "b")
    assert result["g"].ranges["leader"].low == pytest.approx(0.5, abs=1.5e-14)
    assert result["g"].ranges["leader"].high == 1.0
    assert result["z"].ranges["leader"].high == pytest.approx(0.5, abs=1.5e-14)
    x = result["x"]
    assert x.weight / x.share == pytest.approx(2 / 3, abs=1e-15)
    assert (x.ranges["leader"].low, x.ranges["leader"].high) == (0.0, 1.0)
    # a falls to c where 2/3 (40 + 40 s) = 36 2/3: s = 3/8; b nowhere: 20 + 2/3 60 is above 56 2/3
    assert x.ranges["top"].low == pytest.approx(3 / 8, abs=1.5e-14)
    assert x.ranges["top"].high == 1.0


def test_a_tie_for_the_last_place_of_the_top_opens_at_once() -> None:
    rows = {"a": [90, 90], "b": [60, 40], "c": [40, 60]}
    criteria = {"x": {"scale": SCALE}, "y": {"scale": SCALE}}
    result = sensitivity(cs.score(listed(rows, ["x", "y"]), framework(criteria)), top=2)
    assert result.top_set == ("a", "b", "c")
    found = result["x"].ranges["top"]
    assert (found.low, found.high) == (0.5, 0.5)
    assert found.above is not None
    assert (found.above.candidate, found.above.other) == ("b", "c")
    # the tie may open without a change of the order
    assert (result["x"].ranges["order"].low, result["x"].ranges["order"].high) == (0.0, 1.0)


def test_a_geometric_mean_by_hand() -> None:
    """a: x 64, y 16, b: x 25, y 49 (equal shares: 32 and 35); equal where 4^t 16 = 25^t 49^(1 - t)."""
    rows = {"a": [64, 16], "b": [25, 49]}
    criteria = {"x": {"scale": SCALE}, "y": {"scale": SCALE}}
    result = sensitivity(
        cs.score(listed(rows, ["x", "y"]), framework(criteria, combine="geometric"))
    )
    crossing = math.log(49 / 16) / (math.log(64 / 25) + math.log(49 / 16))
    found = result["x"]
    assert found.method == "grid of 201"
    # scores that differ by 1e-9 points tie; they part by some 60 points a share
    assert found.ranges["leader"].high == pytest.approx(crossing, abs=1e-10)
    assert found.ranges["leader"].below is None


def test_a_verdict_that_rests_on_a_score_by_hand() -> None:
    """`score(g) < 50` sends to a person: a has x 80, y 30 in g, and falls below 50 where its share of x is 2/5."""
    criteria = {"g": {"criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}}}}
    more = {"guardrails": {"weak": {"when": "score(g) < 50", "then": "refer"}}}
    rows = {"a": [80, 30], "b": [51, 51]}
    result = sensitivity(cs.score(listed(rows, ["x", "y"]), framework(criteria, **more)))
    found = result["x"].ranges["leader"]
    # at 0.42 / 1 b overtakes: 30 + 50 t = 51
    assert found.low == pytest.approx(0.42, abs=1e-10)
    assert found.below is not None
    assert found.below.kind == "overtakes"
    alone = sensitivity(cs.score(listed({"a": [80, 30]}, ["x", "y"]), framework(criteria, **more)))
    found = alone["x"].ranges["leader"]
    assert found.low == pytest.approx(0.4, abs=1e-10)
    assert found.below is not None
    assert (found.below.kind, found.below.candidate, found.below.verdicts) == (
        "verdict",
        "a",
        ("inside", "refer"),
    )
    assert alone["g"].ranges == {}
    assert alone["g"].method is None


# a scan by plain scoring


def moved(document: dict[str, Any], key: str, to: float) -> dict[str, Any]:
    """Return the framework with one share moved and its siblings in their proportions."""

    def within(criteria: dict[str, Any]) -> dict[str, Any]:
        changed = {
            name: {**entry, "criteria": within(entry["criteria"])} if "criteria" in entry else entry
            for name, entry in criteria.items()
        }
        if key in criteria:
            rest = sum(entry.get("weight", 1) for name, entry in criteria.items() if name != key)
            for name, entry in changed.items():
                share = to if name == key else (1 - to) * entry.get("weight", 1) / rest
                changed[name] = {**entry, "weight": share}
        return changed

    return {**document, "criteria": within(document["criteria"])}


def stays(claim: str, now: cs.Ranking, then: cs.Ranking, k: int) -> bool:
    # columns: assessments with their findings take much longer
    ranks, later = (
        {name: rank or None for name, rank in zip(ranking.ids, ranking.ranks.tolist(), strict=True)}
        for ranking in (now, then)
    )
    verdicts, after = (
        dict(zip(ranking.ids, ranking.verdicts.tolist(), strict=True)) for ranking in (now, then)
    )
    if claim == "leader":
        return any(
            later[name] == 1 and after[name] == verdicts[name] for name in ranks if ranks[name] == 1
        )
    inside, inside_later = (
        {name for name, rank in found.items() if rank is not None and rank <= k}
        for found in (ranks, later)
    )
    if claim == "top":
        return inside == inside_later and all(after[name] == verdicts[name] for name in inside)
    ranked, ranked_later = (
        {name for name in found if found[name] is not None} for found in (ranks, later)
    )
    if ranked != ranked_later or any(after[name] != verdicts[name] for name in ranked):
        return False
    return not any(ranks[a] < ranks[b] and later[a] > later[b] for a in ranked for b in ranked)


def check(document: dict[str, Any], candidates: list[dict[str, Any]], steps: int = 5) -> None:
    now = cs.score(candidates, document)
    if not any(found.rank for found in now):
        return
    result = sensitivity(now)
    for weight in result.weights:
        if not weight.ranges:
            continue
        seen: dict[float, cs.Ranking] = {}
        for claim in CLAIMS:
            found: StableRange = weight.ranges[claim]
            assert found.low <= weight.share + 1e-12
            assert found.high >= weight.share - 1e-12
            # the scan is part of the grid, so that what a grid can miss it cannot find
            for share in [k / steps for k in range(1, steps)]:
                if found.low + 1e-6 < share < found.high - 1e-6:
                    if share not in seen:
                        seen[share] = cs.score(candidates, moved(document, weight.id, share))
                    assert stays(claim, now, seen[share], result.top), (claim, weight.id, share)
            for end, turn, side in ((found.low, found.below, -1), (found.high, found.above, 1)):
                if turn is None:
                    assert end in (0.0, 1.0)
                    continue
                # 1e-6 beyond, scores that differ by 1e-3 points a share or more have parted
                then = cs.score(candidates, moved(document, weight.id, end + side * 1e-6))
                assert not stays(claim, now, then, result.top), (claim, weight.id, end)
                confirm(turn.kind, turn.candidate, turn.other, now, then)


def confirm(
    kind: str, candidate: str, other: str | None, now: cs.Ranking, then: cs.Ranking
) -> None:
    if kind == "verdict":
        assert now[candidate].verdict != then[candidate].verdict
        return
    if kind == "range":
        assert now[candidate].verdict_range != then[candidate].verdict_range
        return
    assert other is not None
    gained, lost = then[candidate].rank, then[other].rank
    assert gained is not None
    # two curves may touch without crossing, which is a change of the top all the same
    assert lost is None or gained <= lost


RATING = st.integers(0, 10) | st.sampled_from([[2, 5], [0, 10], "unknown"])
POINT = st.integers(1, 10)


@st.composite
def cases(
    draw: st.DrawFn, top: Any, group: Any, rating: Any, **more: Any
) -> tuple[dict[str, Any], list[Any]]:
    scale, weights = {"range": [0, 10]}, st.integers(1, 4)
    leaf = {key: {"scale": scale, "weight": draw(weights)} for key in ("a", "b", "c", "d")}
    inner = {
        "weight": draw(weights),
        "combine": draw(group),
        "criteria": {"c": leaf["c"], "d": leaf["d"]},
    }
    document = framework({"a": leaf["a"], "b": leaf["b"], "g": inner}, combine=draw(top), **more)
    count = draw(st.integers(2, 6))
    return document, listed(
        {f"n{k}": [draw(rating) for _ in range(4)] for k in range(count)}, ["a", "b", "c", "d"]
    )


ARITHMETIC = st.just("arithmetic")


@PROFILE
@given(cases(ARITHMETIC, ARITHMETIC, RATING))
def test_where_all_is_arithmetic(case: Any) -> None:
    check(*case)


@PROFILE
@given(cases(ARITHMETIC, st.sampled_from(["geometric", "minimum", 2]), POINT))
def test_where_a_group_is_not(case: Any) -> None:
    check(*case)


@PROFILE
@given(cases(st.sampled_from(["geometric", "harmonic", "minimum", "maximum"]), ARITHMETIC, POINT))
def test_where_the_whole_is_not(case: Any) -> None:
    check(*case)


@PROFILE
@given(cases(ARITHMETIC, ARITHMETIC, RATING, missing="omit"))
def test_where_ratings_are_omitted(case: Any) -> None:
    check(*case)


@PROFILE
@given(
    cases(
        ARITHMETIC,
        ARITHMETIC,
        RATING,
        guardrails={
            "weak": {"when": "score(g) < 40", "then": "refer"},
            "bad": {"when": "score(g) < 20", "then": "outside"},
        },
    )
)
def test_where_verdicts_rest_on_scores(case: Any) -> None:
    check(*case)


def test_the_areas_by_a_scan() -> None:
    """The first three weights of the areas: just inside each end the claim holds, just outside it does not."""
    areas = cs.load_candidates(ROOT / "examples" / "collaboration_areas.yaml", "guardrail")
    base = cs.load_framework("guardrail")
    now = cs.score(areas, base)
    result: Sensitivity = sensitivity(now)
    parts = {kid: base.nodes[kid].share for kid in base.criteria or {}}
    for weight in [found for found in result.weights if found.id in parts]:
        for claim in CLAIMS:
            found = weight.ranges[claim]
            for end, turn, side in ((found.low, found.below, -1), (found.high, found.above, 1)):
                for beyond in (False, True):
                    share = end + side * 1e-6 * (1 if beyond else -1)
                    if not 0 < share < 1 or turn is None:
                        continue
                    then = cs.score(areas, with_share(base, weight.id, share))
                    assert stays(claim, now, then, result.top) is not beyond, (
                        weight.id,
                        claim,
                        end,
                    )


def with_share(base: cs.Framework, key: str, share: float) -> cs.Framework:
    rest = 1 - base.nodes[key].share
    criteria = {
        name: entry.model_copy(
            update={"weight": share if name == key else (1 - share) * base.nodes[name].share / rest}
        )
        for name, entry in (base.criteria or {}).items()
    }
    other = base.model_copy(update={"criteria": criteria})
    for name in (
        vars(other).keys() - type(other).model_fields.keys()
    ):  # what was reckoned from the old weights
        del vars(other)[name]
    return other


def test_the_exact_ends_are_fractions() -> None:
    """Whole ratings and weights: each end is a fraction, reckoned here in fractions."""
    rows = {"a": [9, 4, 2], "b": [3, 8, 5], "c": [1, 2, 10]}
    weights = [3, 2, 1]
    criteria = {
        key: {"scale": {"range": [0, 10]}, "weight": w}
        for key, w in zip("xyz", weights, strict=True)
    }
    result = sensitivity(cs.score(listed(rows, ["x", "y", "z"]), framework(criteria)))
    leader = result.leaders[0]
    for place, key in enumerate("xyz"):
        rest = [w if k != place else 0 for k, w in enumerate(weights)]
        others = {
            name: Fraction(sum(w * r for w, r in zip(rest, row, strict=True)), sum(rest))
            for name, row in rows.items()
        }
        now, found = Fraction(weights[place], sum(weights)), result[key].ranges["leader"]
        ends: dict[int, list[Fraction]] = {-1: [Fraction(0)], 1: [Fraction(1)]}
        for name, row in rows.items():
            slope = (row[place] - others[name]) - (rows[leader][place] - others[leader])
            if name != leader and slope:
                crossing = (others[leader] - others[name]) / slope
                if 0 <= crossing <= 1:
                    ends[1 if crossing > now else -1].append(crossing)
        assert found.low == pytest.approx(float(max(ends[-1])), abs=1e-13)
        assert found.high == pytest.approx(float(min(ends[1])), abs=1e-13)
