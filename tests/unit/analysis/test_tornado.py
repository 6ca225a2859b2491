from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.sensitivity import Tornado, TornadoBar, sensitivity

SCALE = {"range": [0, 10]}


def tornado(
    name: str, rows: list[dict[str, Any]], criteria: dict[str, Any], **more: Any
) -> Tornado:
    document = {"collabscore": "framework/1", "id": "f", "criteria": criteria, **more}
    return sensitivity(cs.score(rows, document)).tornado(name)


def candidate(name: str, **ratings: Any) -> dict[str, Any]:
    return {"id": name, "ratings": ratings}


def bar(found: Tornado, key: str) -> TornadoBar:
    return next(one for one in found if one.criterion == key)


XY = {"x": {"scale": SCALE, "weight": 3}, "y": {"scale": SCALE, "weight": 1}}


def test_what_is_open_and_the_whole_scale_by_hand() -> None:
    rows = [candidate("a", x=[2, 6], y=4), candidate("b", x=5, y=5)]
    found = tornado("a", rows, XY)
    x, y = bar(found, "x"), bar(found, "y")
    assert [one.criterion for one in found] == ["x", "y"]
    # 0.75 x + 0.25 y, times ten
    assert x.open == ((2.0, pytest.approx(25)), (6.0, pytest.approx(55)))
    assert x.scale == ((0.0, pytest.approx(10)), (10.0, pytest.approx(85)))
    assert (x.low, x.high, x.start, x.rated) == (2.0, 6.0, 4.0, True)
    assert (x.rating, y.rating) == ("2–6", "4")
    assert (x.open.scores, x.scale.scores) == (pytest.approx((25, 55)), pytest.approx((10, 85)))
    assert (x.swing, x.reach) == (pytest.approx(30), pytest.approx(75))
    assert y.swing == 0
    # b has 50: equal where 7.5 x + 10 = 50
    above = x.rank_turns[1]
    assert above is not None
    assert (above.rating, above.rank, above.level_with) == (
        pytest.approx(16 / 3, abs=1e-12),
        1,
        "b",
    )
    assert x.rank_turns[0] is None
    assert (x.turns_rank, x.turns_verdict) == (True, False)
    assert (y.turns_rank, y.turns_verdict) == (False, False)


def test_equal_scores_are_found_exactly_both_ways() -> None:
    rows = [candidate("a", x=5, y=5), candidate("b", x=7, y=7), candidate("c", x=3, y=3)]
    turns = bar(tornado("a", rows, XY), "x").rank_turns
    assert [turn and turn.rating for turn in turns] == [
        pytest.approx(7 / 3, abs=1e-12),
        pytest.approx(23 / 3, abs=1e-12),
    ]
    assert [turn and (turn.rank, turn.level_with) for turn in turns] == [(3, "c"), (1, "b")]


def test_a_number_in_a_condition_is_where_the_verdict_turns() -> None:
    guardrails = {
        "high": {"when": "x >= 7", "then": "refer"},
        "low": {"when": "x < 2", "then": "outside"},
    }
    found = bar(tornado("a", [candidate("a", x=5, y=5)], XY, guardrails=guardrails), "x")
    below, above = found.verdict_turns
    assert above is not None
    assert (above.rating, above.verdict) == (7.0, "refer")
    assert below is not None
    assert (below.rating, below.verdict, below.rank) == (2.0, "outside", None)
    # with the verdict the rank goes
    assert found.rank_turns == (below, None)


def test_a_score_in_a_condition_turns_where_it_is_reached() -> None:
    criteria = {"g": {"criteria": XY}}
    guardrails = {"weak": {"when": "score(g) < 40", "then": "refer"}}
    found = bar(tornado("a", [candidate("a", x=5, y=5)], criteria, guardrails=guardrails), "x")
    below = found.verdict_turns[0]
    assert below is not None
    # 7.5 x + 12.5 = 40, to within the tolerance of ties
    assert below.rating == pytest.approx(11 / 3, abs=1e-9)
    assert found.verdict_turns[1] is None


def test_what_is_open_turns_the_verdict() -> None:
    guardrails = {"high": {"when": "x >= 7", "then": "refer"}}
    rows = [
        candidate("a", x=[5, 8], y=5),
        candidate("b", x={"low": 1, "value": 2, "high": 6}, y="unknown"),
    ]
    open_one = bar(tornado("a", rows, XY, guardrails=guardrails), "x")
    # one cannot tell, and so it is referred now; a rating below 7 would put it inside
    assert open_one.turns_verdict
    assert open_one.turns == "can change the verdict and the rank"
    three = bar(tornado("b", rows, XY, guardrails=guardrails), "x")
    assert three.start == 2.0
    assert not three.turns_verdict


def test_an_unknown_rating_leaves_the_whole_scale_open() -> None:
    found = tornado("a", [candidate("a", y=5)], XY, missing="worst")
    x = bar(found, "x")
    assert not x.rated
    assert (x.low, x.high, x.start) == (0.0, 10.0, 0.0)
    assert x.open == x.scale
    assert "unknown" in str(found)
    assert (x.rating, bar(found, "y").rating) == ("unknown", "5")
    assert bar(tornado("a", [candidate("a", y=5)], XY), "x").start == pytest.approx(5.0)
    assert bar(tornado("a", [candidate("a", y=5)], XY, missing="omit"), "x").start == pytest.approx(
        5.0
    )


def test_a_value_function_that_bends_is_looked_at_where_it_bends() -> None:
    criteria = {"x": {"scale": SCALE, "value": {0: 0, 4: 100, 10: 20}}, "y": {"scale": SCALE}}
    rows = [candidate("a", x=[2, 8], y=5), candidate("b", x=4, y=4)]
    x = bar(tornado("a", rows, criteria), "x")
    assert x.open[1] == (4.0, pytest.approx(75))
    assert x.open[0][0] == 8.0
    # the mean value over [2, 8] is 665/900: that of the ratings 2.96 and 5.96, the latter nearer to the middle
    assert x.start == pytest.approx(4 + (100 - 665 / 9) / 80 * 6)
    below = x.rank_turns[0]
    assert below is not None
    # b has 70: from a value of 0.9 on, at 4 + 0.75, a leads
    assert below.rating == pytest.approx(4.75, abs=1e-12)


@pytest.mark.parametrize("weight", [0.1, 0.3, 0.7, 1.1, 2.3])
@pytest.mark.parametrize("prefer", ["high", "low"])
def test_of_equal_scores_the_first_rating_is_the_best(weight: float, prefer: str) -> None:
    """A mean of the power -50 hardly rises above its least part, but for its last bits."""
    criteria = {
        "x": {"scale": SCALE, "weight": weight, "prefer": prefer},
        "y": {"scale": SCALE, "weight": 0.7},
        "z": {"scale": SCALE, "weight": 0.9},
    }
    document = {"collabscore": "framework/1", "id": "f", "criteria": criteria, "combine": -50}
    for y in (1.1, 2.3, 3.0, 3.7):
        rows = [candidate("a", x="unknown", y=y, z=8)]
        steps = np.linspace(0, 10, 17).tolist()
        scores = []
        for step in steps:
            scores.append(rescored(rows, document, "a", "x", step).score or 0.0)
        best = next(k for k, score in enumerate(scores) if score >= max(scores) - 1e-12)
        x = bar(sensitivity(cs.score(rows, document)).tornado("a"), "x")
        assert x.scale[1] == x.open[1] == (steps[best], pytest.approx(scores[best], abs=1e-13))


@pytest.mark.parametrize(("combine", "seed"), [("geometric", 5), ("geometric", 21), (2, 12)])
def test_effects_that_are_rounding_alone_are_none(combine: Any, seed: int) -> None:
    """A constant among values of which sums differ in their last bits, as these do."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 3, 5).tolist()
    criteria: dict[str, Any] = {}
    for k in range(1, 5):
        criteria[f"c{k}"] = {"scale": SCALE, "weight": weights[k]}
    constant = {"scale": SCALE, "value": {0: 30, 10: 30}}
    criteria["g"] = {"weight": weights[0], "criteria": {"c0": constant}}
    rows = []
    for name in "abcde":
        ratings = {f"c{k}": float(rng.uniform(0, 10)) for k in range(5)}
        rows.append(candidate(name, **ratings))
    document = {"collabscore": "framework/1", "id": "f", "criteria": criteria, "combine": combine}
    for found in sensitivity(cs.score(rows, document)).tornadoes:
        same = bar(found, "c0")
        assert (same.swing, same.reach) == (0.0, 0.0)
        assert [end[0] for end in same.scale] == [0.0, 0.0]


def test_falling_scales_turn_the_other_way() -> None:
    criteria = {"x": {"scale": SCALE, "prefer": "low"}, "y": {"scale": SCALE}}
    rows = [candidate("a", x=5, y=5), candidate("b", x=5, y=6)]
    x = bar(tornado("a", rows, criteria), "x")
    assert x.scale[0][0] == 10.0
    below = x.rank_turns[0]
    assert below is not None
    assert (below.rating, below.rank) == (pytest.approx(4.0, abs=1e-12), 1)


def test_a_geometric_mean_turns_where_halving_finds_it() -> None:
    rows = [candidate("a", x=2, y=8), candidate("b", x=6, y=6)]
    criteria = {"x": {"scale": SCALE}, "y": {"scale": SCALE}}
    above = bar(tornado("a", rows, criteria, combine="geometric"), "x").rank_turns[1]
    assert above is not None
    # x y = 36, to within the tolerance of ties
    assert above.rating == pytest.approx(4.5, abs=1e-9)


def test_a_candidate_without_a_score_has_no_swing() -> None:
    rows = [candidate("a", y=5), candidate("b", x=5, y=5)]
    criteria = {**XY, "z": {"scale": SCALE}}
    found = tornado("a", rows, criteria, missing="refuse")
    assert all(one.swing == 0 and math.isnan(one.open[0][1]) for one in found)
    assert json.loads(found.to_json())["bars"][0]["open"]["worst"]["score"] is None
    alone = bar(tornado("a", rows, XY, missing="refuse"), "x")
    assert alone.turns_rank
    assert alone.swing == pytest.approx(75)


def test_chains_of_near_ties_have_the_rank_that_scoring_gives() -> None:
    """Four scores 0.9e-9 apart tie from one to the next: the last of them is first too."""
    steps = [50.0 + k * 0.9e-9 / 10 * 10 for k in (3, 2, 1)]
    rows = [candidate(f"n{k}", x=step / 10, y=step / 10) for k, step in enumerate(steps)]
    rows.append(candidate("last", x=1, y=5))
    document = {"collabscore": "framework/1", "id": "f", "criteria": XY}
    found = bar(sensitivity(cs.score(rows, document)).tornado("last"), "x")
    above = found.rank_turns[1]
    assert above is not None
    assert above.rank == 1
    assert rescored(rows, document, "last", "x", above.rating).rank == 1


def test_a_turn_says_whether_its_outcome_is_only_beyond_it() -> None:
    rows = [candidate("a", x=5, y=5), candidate("b", x=7, y=7), candidate("c", x=3, y=3)]
    guardrails = {
        "high": {"when": "x > 9", "then": "refer"},
        "low": {"when": "x < 1", "then": "refer"},
    }
    document = {"collabscore": "framework/1", "id": "f", "criteria": XY, "guardrails": guardrails}
    found = bar(sensitivity(cs.score(rows, document)).tornado("a"), "x")
    below, above = found.rank_turns
    assert above is not None
    assert below is not None
    # it draws level with b, and shares its rank; with c it shares its own, and falls behind beyond
    assert (above.beyond, below.beyond) == (False, True)
    assert [turn and (turn.rating, turn.beyond) for turn in found.verdict_turns] == [
        (1.0, True),
        (9.0, True),
    ]
    for turn in (below, above, *found.verdict_turns):
        assert turn is not None
        at = rescored(rows, document, "a", "x", turn.rating)
        assert ((at.rank, at.verdict) == (turn.rank, turn.verdict)) is not turn.beyond
    assert _record(found)["rank_turns"]["below"]["beyond"] is True


def _record(found: TornadoBar) -> dict[str, Any]:
    result = tornado("a", [candidate("a", x=5, y=5), candidate("c", x=3, y=3)], XY)
    return result.records([found])[0]


def test_a_turn_is_a_short_number_where_it_is_meant_to_be() -> None:
    """On paper 40: sums of products in binary give 39.99999999999999."""
    criteria = {
        key: {"scale": {"range": [0, 100]}, "weight": weight}
        for key, weight in (("x", 0.1), ("y", 0.7), ("z", 0.2))
    }
    for target in range(1, 100, 3):
        rows = [candidate("a", x=0, y=50, z=30), candidate("b", x=target, y=50, z=30)]
        above = bar(tornado("a", rows, criteria), "x").rank_turns[1]
        assert above is not None
        assert above.rating == target


def test_turns_agree_with_scoring_again() -> None:
    rows = [
        candidate("a", x=5, y=[2, 8]),
        candidate("b", x=6, y=5),
        candidate("c", x=4, y=7),
        candidate("d", x=8, y=1),
    ]
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": XY,
        "guardrails": {"high": {"when": "x > 8 or y < 3", "then": "refer"}},
    }
    result = sensitivity(cs.score(rows, document))
    checked = 0
    for found in result.tornadoes:
        for one in found:
            for side, turns in (
                (-1, (one.rank_turns[0], one.verdict_turns[0])),
                (1, (one.rank_turns[1], one.verdict_turns[1])),
            ):
                for turn in turns:
                    if turn is None or not 0 < turn.rating + side * 1e-6 < 10:
                        continue
                    beyond = rescored(
                        rows, document, found.candidate, one.criterion, turn.rating + side * 1e-6
                    )
                    assert (beyond.rank, beyond.verdict) == (turn.rank, turn.verdict)
                    before = rescored(
                        rows, document, found.candidate, one.criterion, turn.rating - side * 1e-6
                    )
                    assert (before.rank, before.verdict) != (beyond.rank, beyond.verdict)
                    checked += 1
    assert checked > 10


def rescored(
    rows: list[dict[str, Any]], document: dict[str, Any], name: str, key: str, rating: float
) -> cs.Assessment:
    changed = [
        {**row, "ratings": {**row["ratings"], key: rating}} if row["id"] == name else row
        for row in rows
    ]
    return cs.score(changed, document)[name]


def test_the_scores_are_those_of_scoring_again() -> None:
    rows = [candidate("a", x=5, y=[2, 8]), candidate("b", x="unknown", y=5)]
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": XY,
        "combine": "geometric",
        "missing": "worst",
    }
    for found in sensitivity(cs.score(rows, document)).tornadoes:
        for one in found:
            for rating, score in (*one.open, *one.scale):
                again = rescored(rows, document, found.candidate, one.criterion, rating).score
                assert score == pytest.approx(again, abs=1e-12)


def test_all_tornadoes_are_the_single_ones() -> None:
    rows = [candidate(f"n{k}", x=[k, k + 2], y=8 - k) for k in range(5)]
    result = sensitivity(cs.score(rows, {"collabscore": "framework/1", "id": "f", "criteria": XY}))
    for found in result.tornadoes:
        assert found.to_json() == result.tornado(found.candidate).to_json()


def test_problems_from_columns_are_looked_at_too() -> None:
    framework = cs.load_framework({"collabscore": "framework/1", "id": "f", "criteria": XY})
    columns = {"x": np.array([5.0, 7.0, np.nan]), "y": np.array([5.0, 1.0, 2.0])}
    result = sensitivity(cs.score(cs.Problem.from_columns(framework, columns)))
    assert len(result.tornado("3")) == 2
    assert [found.candidate for found in result.tornadoes] == list(result.ranking.ids)


def test_a_tornado_reads_well() -> None:
    found = tornado("a", [candidate("a", x=[2, 6], y=4), candidate("b", x=5, y=5)], XY)
    text = found.to_text(100)
    assert max(map(len, text.splitlines())) <= 100
    # 5.33 on a scale of whole numbers: level at 16/3, ahead at 6
    assert "6: rank 1" in text
    assert '"X", rated 2–6, can change the rank.' in text
    assert "Now: rank 2, score 40.0, verdict inside." in text
    assert len(found) == 2
    assert "<table" in found._repr_html_()
    document = json.loads(found.to_json())
    assert (document["collabscore"], document["candidate"]["id"]) == ("tornado/1", "a")
    assert document["bars"][0]["rank_turns"]["above"]["rating"] == 5.33333333
    assert found.records()[0]["criterion"] == "x"


@pytest.mark.parametrize("start", [1, 9])
def test_a_verdict_at_one_score_turns_a_bar(start: float) -> None:
    guardrails = {"g": {"when": "score(x) == 33.3", "then": "outside"}}
    found = tornado("a", [candidate("a", x=start, y=4)], XY, guardrails=guardrails)
    turns = bar(found, "x").verdict_turns
    turn = turns[start < 5]
    assert turn is not None
    assert (turn.verdict, turn.beyond) == ("outside", False)
    assert turn.rating == pytest.approx(3.33, abs=1e-9)


def test_a_rating_is_printed_with_the_rank_that_it_gives() -> None:
    # level at 59.96 with one, and with another at 60: rank 3 beyond the former, 2 beyond both
    criteria = {"x": {"scale": {"range": [0, 100]}}}
    rows = [
        candidate("a", x=50),
        candidate("b", x=59.96),
        candidate("c", x=60.2),
        candidate("d", x=80),
    ]
    found = tornado("a", rows, criteria)
    turn = bar(found, "x").rank_turns[1]
    assert turn is not None
    assert (turn.rating, turn.rank) == (pytest.approx(59.96), 3)
    ((rating, rank, _),) = found.round_changes["x", "rank"]
    assert (rating, rank) == (60.0, 3)
    assert "60: rank 3" in found.to_text(100)
    again = cs.score(
        [candidate("a", x=rating), *rows[1:]],
        {"collabscore": "framework/1", "id": "f", "criteria": criteria},
    )
    assert again["a"].rank == rank
