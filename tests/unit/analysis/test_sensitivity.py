from __future__ import annotations

import json
import math
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.sensitivity import (
    CLAIMS,
    Claim,
    StableRange,
    WeightStability,
    WeightTurn,
    extent_in_words,
    sensitivity,
)
from collabscore.errors import UsageError
from collabscore.output import Table
from unit.work import growth

SCALE = {"range": [0, 100]}


def framework(**more: Any) -> dict[str, Any]:
    criteria = {"x": {"scale": SCALE, "weight": 3}, "y": {"scale": SCALE, "weight": 1}}
    return {"collabscore": "framework/1", "id": "small", "criteria": criteria, **more}


def listed(*rows: tuple[str, Any, Any]) -> list[dict[str, Any]]:
    return [{"id": name, "ratings": {"x": x, "y": y}} for name, x, y in rows]


TWO = listed(("flu", 80, 20), ("ocean", 60, 60))


def moving(scores: list[float], slopes: list[float], top: int = 1, **more: Any) -> WeightStability:
    """The weight of x, of which the share is 1/2, for scores now and points gained from a share of 0 to 1."""
    rows = [
        (f"n{k}", score + slope / 2, score - slope / 2)
        for k, (score, slope) in enumerate(zip(scores, slopes, strict=True))
    ]
    criteria = {"x": {"scale": SCALE}, "y": {"scale": SCALE}}
    document = framework(criteria=criteria, **more)
    return sensitivity(cs.score(listed(*rows), document), top=top)["x"]


def upper(found: WeightStability, claim: Claim) -> tuple[float, str, str | None] | None:
    """How far the share can rise, and who overtakes whom there."""
    stable = found.ranges[claim]
    if stable.above is None:
        assert stable.high == 1.0
        return None
    return stable.high - 0.5, stable.above.candidate, stable.above.other


# crossings


def test_a_line_that_never_gets_ahead_crosses_nothing() -> None:
    found = moving([50.0, 40.0], [0.0, 20.0])
    assert found.method == "exact"
    assert upper(found, "leader") is None  # equal at the very end, ahead nowhere
    assert upper(found, "order") is None


def test_equal_lines_never_cross() -> None:
    found = moving([50.0, 50.0, 40.0], [1.0, 1.0 + 1e-12, 1.0])
    assert [upper(found, claim) for claim in CLAIMS] == [None, None, None]


def test_the_first_crossing_counts() -> None:
    found = moving([50.0, 45.0, 40.0], [0.0, 20.0, 80.0], top=2)
    assert upper(found, "leader") == (pytest.approx(1 / 8, abs=1e-14), "n2", "n0")
    # the third passes the second at 1/12
    assert upper(found, "top") == (pytest.approx(1 / 12, abs=1e-14), "n2", "n1")
    assert upper(found, "order") == upper(found, "top")


def test_the_lower_end_of_the_top_changes_hands_before_it_is_passed() -> None:
    # the first falls below the second at 0.1, and is passed by the third at 0.125
    found = moving([50.0, 40.0, 35.0], [-100.0, 0.0, 20.0], top=2)
    assert upper(found, "top") == (pytest.approx(0.125, abs=1e-14), "n2", "n0")


def test_a_top_that_is_larger_by_a_tie_lasts_while_enough_of_it_tie() -> None:
    together = moving([60.0, 50.0, 50.0, 10.0], [0.0, 5.0, 5.0, 0.0], top=2)
    assert upper(together, "top") is None
    parting = moving([60.0, 50.0, 50.0, 10.0], [0.0, 5.0, -5.0, 0.0], top=2)
    assert upper(parting, "top") == (0.0, "n1", "n2")


def test_joint_leaders_hold_the_first_place_together() -> None:
    assert upper(moving([50.0, 50.0, 45.0], [0.0, 60.0, 40.0]), "leader") is None
    found = upper(moving([50.0, 50.0, 45.0], [0.0, 10.0, 40.0]), "leader")
    assert found is not None
    assert found[0] == pytest.approx(1 / 6, abs=1e-14)


def test_tiers_do_not_mix() -> None:
    guardrails = {"split": {"when": "x > 60", "then": "refer"}}
    found = moving([50.0, 60.0], [0.0, 20.0], guardrails=guardrails)
    assert [upper(found, claim) for claim in CLAIMS] == [None, None, None]


def test_of_pairs_that_change_places_at_one_share_the_first_is_named() -> None:
    # n2 passes n1, and n4 passes n3, at 1/4
    found = moving([90.0, 50.0, 45.0, 30.0, 25.0], [0.0, 0.0, 20.0, 0.0, 20.0])
    assert upper(found, "order") == (pytest.approx(0.25, abs=1e-14), "n2", "n1")


def test_an_end_is_a_short_number_where_it_is_meant_to_be() -> None:
    """On paper 0.8125, which prints as 81.2 per cent; a last bit more would make it 81.3."""
    for weight in (1, 2, 3, 5, 7):
        criteria = {"x": {"scale": SCALE, "weight": weight}, "y": {"scale": SCALE, "weight": 3}}
        # 80 - 65 s and 15 + 15 s
        rows = listed(("a", 15, 80), ("b", 30, 15))
        result = sensitivity(cs.score(rows, framework(criteria=criteria)))
        assert result["x"].ranges["order"].high == 0.8125


@pytest.mark.parametrize("step", [0.2e-9, 0.9e-9, 1.8e-9, 2.1e-9, 1e-8])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_chains_of_near_ties_end_ranges_by_naming_who_overtakes(
    step: float, order: tuple[int, ...]
) -> None:
    """Ties reach 1e-9 of a point: each ties with the next, and not with the one after."""
    rows = [(f"c{k}", 50 + step * k, 50) for k in order]
    document = framework(criteria={"x": {"scale": SCALE}, "y": {"scale": SCALE}})
    ranking = cs.score(listed(*rows, ("low", 10, 50)), document)
    for top in range(1, 6):
        result = sensitivity(ranking, top=top)
        for weight in result.weights:
            for stable in weight.ranges.values():
                assert stable.low <= weight.share <= stable.high
                for _, _, turn in stable.ends:
                    assert turn.other is not None
                    assert {turn.candidate, turn.other} <= set(ranking.ids)
                    assert turn.candidate != turn.other
        assert json.loads(result.to_json())["options"]["top"] == top


# which method


def test_scores_are_straight_lines_only_below_arithmetic_groups() -> None:
    inner = {"criteria": {"a": {"scale": SCALE}, "b": {"scale": SCALE}}}
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": {"x": {"scale": SCALE}, "g": inner},
    }
    rows = [
        {"id": "flu", "ratings": {"x": 10, "a": 20, "b": 80}},
        {"id": "ocean", "ratings": {"x": 30, "a": 30, "b": 30}},
    ]

    def methods(
        document: dict[str, Any], candidates: list[dict[str, Any]] = rows
    ) -> dict[str, str | None]:
        return {
            weight.id: weight.method
            for weight in sensitivity(cs.score(candidates, document)).weights
        }

    assert set(methods(document).values()) == {"exact"}
    grouped = {
        **document,
        "criteria": {"x": {"scale": SCALE}, "g": {**inner, "combine": "geometric"}},
    }
    grid = "grid of 201"
    assert methods(grouped) == {"x": "exact", "g": "exact", "a": grid, "b": grid}
    assert set(methods({**document, "combine": "harmonic"}).values()) == {grid}
    # what is omitted gives a candidate weights of its own
    without = [*rows, {"id": "soil", "ratings": {"x": 50, "a": 40}}]
    assert methods({**document, "missing": "omit"}, without) == {
        "x": "exact",
        "g": "exact",
        "a": grid,
        "b": grid,
    }
    assert set(methods({**document, "missing": "average"}, without).values()) == {"exact"}


def test_verdicts_are_judged_anew_only_where_the_weight_touches_them() -> None:
    inner = {"criteria": {"a": {"scale": SCALE}, "b": {"scale": SCALE}}}
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": {"x": {"scale": SCALE}, "g": inner},
        "conditions": {"poor": {"when": "score(g) < 30"}},
        "guardrails": {"weak": {"when": "poor or score(x) < 5", "then": "refer"}},
    }
    rows = [{"id": "flu", "ratings": {"x": 10, "a": 20, "b": 80}}]
    grid, exact = "grid of 201", "exact"
    methods = {weight.id: weight.method for weight in sensitivity(cs.score(rows, document)).weights}
    assert methods == {"x": exact, "g": exact, "a": grid, "b": grid}
    about = {**document, "guardrails": {}, "applies": "score(g) > 10"}
    assert sensitivity(cs.score(rows, about))["a"].method == grid


def test_a_candidate_that_the_framework_is_no_longer_about_ends_the_range() -> None:
    inner = {"criteria": {"a": {"scale": SCALE}, "b": {"scale": SCALE}}}
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": {"g": inner},
        "applies": "score(g) >= 30",
    }
    result = sensitivity(cs.score([{"id": "flu", "ratings": {"a": 20, "b": 80}}], document))
    found = result["a"].ranges["leader"]
    assert found.high == pytest.approx(5 / 6, abs=1e-10)
    assert found.above is not None
    assert (found.above.kind, found.above.verdicts) == ("verdict", ("inside", None))
    assert "changes from inside to not applicable" in next(
        s for s in result.sentences if s.startswith('"A"')
    )


# edges


def test_a_framework_that_only_gates_has_no_weights() -> None:
    document = {
        "collabscore": "framework/1",
        "id": "gate",
        "facts": {"harmful": {"kind": "flag"}},
        "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
    }
    with pytest.raises(UsageError, match="has guardrails and no criteria"):
        sensitivity(cs.score([{"id": "flu"}], document))


def test_a_framework_without_a_total_has_no_order() -> None:
    with pytest.raises(
        UsageError, match=r"`small` has no total score \(`combine: none`\), so it gives no ranks"
    ):
        sensitivity(cs.score(TWO, framework(combine="none")))


@pytest.mark.parametrize("top", [0, -1, 3])
def test_a_top_out_of_range_is_refused(top: int) -> None:
    with pytest.raises(
        UsageError, match=f"top: `{top}` is out of range; give one from 1 to 2, the number of"
    ):
        sensitivity(cs.score(TWO, framework()), top=top)


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (2, 1), (3, 2), (9, 5), (30, 5)])
def test_the_top_is_half_of_the_ranked_and_at_most_five(count: int, expected: int) -> None:
    rows = listed(*((f"n{k}", k, k) for k in range(count)))
    assert sensitivity(cs.score(rows, framework())).top == expected


def test_nothing_to_rank() -> None:
    result = sensitivity(cs.score([], framework()))
    assert result.weights == ()
    assert result.tornadoes == ()
    assert "There are no candidates." in str(result)
    assert json.loads(result.to_json())["ratings"] == []
    assert result.records() == []


def test_all_outside() -> None:
    document = framework(guardrails={"low": {"when": "x < 90", "then": "outside"}})
    result = sensitivity(cs.score(TWO, document))
    assert result.weights == ()
    assert "No candidate is ranked" in str(result)
    assert [bar.verdict_turns[1] is not None for bar in result.tornado("flu")] == [True, False]


def test_one_candidate_stays_first_whatever_the_weights() -> None:
    result = sensitivity(cs.score(TWO[:1], framework()))
    for weight in result.weights:
        for found in weight.ranges.values():
            assert (found.low, found.high, found.below, found.above) == (0.0, 1.0, None, None)
        assert weight.margin("leader") == math.inf
    assert result.sentences[0] == (
        '"X" (75 % of the total): the leader stays first at any weight; the order stays the same at'
        " any weight."
    )


def test_all_tied() -> None:
    result = sensitivity(
        cs.score(listed(("a", 50, 50), ("b", 50, 50), ("c", 50, 50)), framework()), top=1
    )
    assert result.leaders == result.top_set == ("a", "b", "c")
    for found in result["x"].ranges.values():
        assert (found.low, found.high) == (0.0, 1.0)
    assert "3 candidates share first place" in str(result)
    assert "The top 1 has 3 candidates, some tied for the last place" in str(result)


def test_an_only_child_has_no_range_and_says_so() -> None:
    document = {"collabscore": "framework/1", "id": "f", "criteria": {"x": {"scale": SCALE}}}
    result = sensitivity(cs.score([{"id": "flu", "ratings": {"x": 3}}], document))
    assert result["x"].ranges == {}
    assert "is alone in its group: its weight has no effect." in result.sentences[0]
    assert json.loads(result.to_json())["weights"][0]["leader"] is None
    assert "Alone in its group" in str(result)
    assert result.to_csv().count("\n") == 3


def test_the_most_fragile_weight_stands_first() -> None:
    rows = [
        {"id": "a", "ratings": {"x": 52, "y": 50, "z": 50}},
        {"id": "b", "ratings": {"x": 50, "y": 54, "z": 48}},
    ]
    criteria = {key: {"scale": SCALE} for key in "xyz"}
    result = sensitivity(
        cs.score(rows, {"collabscore": "framework/1", "id": "f", "criteria": criteria})
    )
    margins = [weight.margin("leader") for weight in result.weights]
    assert margins == sorted(margins)


def test_a_misspelt_criterion_is_answered_with_the_right_one() -> None:
    document = {
        "collabscore": "framework/1",
        "id": "f",
        "criteria": {"benefit": {"scale": SCALE}, "y": {"scale": SCALE}},
    }
    result = sensitivity(cs.score([{"id": "flu", "ratings": {"benefit": 1, "y": 1}}], document))
    with pytest.raises(UsageError, match="there is no criterion `benefti`; did you mean `benefit`"):
        result["benefti"]
    with pytest.raises(UsageError, match="there is no candidate `flo`; did you mean `flu`"):
        result.tornado("flo")


def test_a_result_reads_well_and_is_whole() -> None:
    result = sensitivity(cs.score(TWO, framework(title="A <small> framework")))
    assert result.sentences == (
        '"X" (75 % of the total): the leader stays first from 66.7 % up; with less, "Ocean" overtakes.',
        '"Y" (25 % of the total): the leader stays first up to 33.3 %; with more, "Ocean" overtakes.',
    )
    text = result.to_text(100)
    assert max(map(len, text.splitlines())) <= 100
    assert "from 66.7%" in text
    assert "&lt;small&gt;" in result._repr_html_()
    document = json.loads(result.to_json())
    assert document["collabscore"] == "sensitivity/1"
    assert document["options"]["top"] == 1
    assert document["leaders"] == ["flu"]
    assert document["weights"][0]["leader"]["low"] == 0.666666667
    assert document["weights"][0]["leader"]["below"] == {
        "kind": "overtakes",
        "candidate": "ocean",
        "other": "flu",
        "verdicts": None,
    }
    assert [entry["candidate"] for entry in document["ratings"]] == ["flu", "ocean"]
    assert document["manifest"]["candidates"]["count"] == 2
    kinds = [record["kind"] for record in result.records()]
    assert kinds == ["weight"] * 2 + ["rating"] * 4
    assert (
        result.to_csv().splitlines()[0].startswith("kind,candidate,criterion,weight,share,method")
    )
    assert (
        result.to_json()
        == sensitivity(cs.score(TWO, framework(title="A <small> framework"))).to_json()
    )


def test_json_and_csv_hold_the_ratings_of_the_candidates_shown() -> None:
    document = framework(guardrails={"low": {"when": "x < 50", "then": "outside"}})
    result = sensitivity(cs.score(listed(("a", 80, 20), ("b", 20, 90)), document))
    assert [tornado.candidate for tornado in result.tornadoes] == ["a"]
    assert [entry["candidate"] for entry in json.loads(result.to_json())["ratings"]] == ["a"]
    assert {record["candidate"] for record in result.records() if record["kind"] == "rating"} == {
        "a"
    }
    assert result.tornado("b").bars


def test_work_and_size_of_json_grow_with_the_number_of_candidates() -> None:
    draw = np.random.default_rng(0)
    criteria = {f"c{k}": {"scale": SCALE} for k in range(6)}
    framework_of_six = cs.load_framework(framework(criteria=criteria))

    def print_json(n: int) -> Callable[[], object]:
        columns = {key: np.sort(draw.uniform(0, 100, (n, 2)), axis=1) for key in criteria}
        result = sensitivity(cs.score(cs.Problem.from_columns(framework_of_six, columns)))
        assert len(result.to_json()) < 20_000 * n
        return result.to_json

    assert growth(print_json, 20) < 2.1


def test_no_more_than_half_a_megabyte_is_held_for_a_candidate() -> None:
    draw = np.random.default_rng(0)
    criteria = {f"c{k}": {"scale": SCALE} for k in range(12)}
    columns = {key: np.sort(draw.uniform(0, 100, (100, 2)), axis=1) for key in criteria}
    problem = cs.Problem.from_columns(cs.load_framework(framework(criteria=criteria)), columns)
    result = sensitivity(cs.score(problem))
    tracemalloc.start()
    result.to_json()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * 0.5e6


def test_groups_may_have_spaces_of_their_own() -> None:
    ranking = cs.score(TWO, framework())
    as_items = sensitivity(ranking, weights=["any", "=exact"])
    as_mapping = sensitivity(ranking, weights={"*": "any", "": "exact"})
    assert as_items.options["weights"] == as_mapping.options["weights"] == {"": "exact"}


def test_no_text_is_repeated_row_by_row() -> None:
    """Known fault E6: one sentence in 14 of 18 rows."""
    root = Path(__file__).parents[3]
    for name in ("proposed_projects", "collaboration_areas"):
        result = sensitivity(cs.score(root / "examples" / f"{name}.yaml", "guardrail"))
        for block in result.page(detail="verbose").blocks:
            if not isinstance(block, Table):
                continue
            for k in range(len(block.columns)):
                cells = [row[k] for row in block.rows if isinstance(row[k], str)]
                words = [cell.removesuffix(" (lower is better)") for cell in cells]
                long = [cell for cell in words if len(cell) > 32]
                assert len(long) == len(set(long))
            assert len(set(block.sections.values())) == len(block.sections)


@pytest.mark.parametrize(
    ("low", "high", "printed"),
    [
        (0.66666, 0.7, "66.666–70%"),
        # a range that ends with the present weight ends "now"
        (2 / 3, 0.7, "now 66.7–70%"),
        (0.6666666, 0.66667, "66.66666–66.667%"),
    ],
)
def test_ranges_are_rounded_inward(low: float, high: float, printed: str) -> None:
    turn = WeightTurn("overtakes", "a")
    found = StableRange(low, high, low, high, turn, turn)
    forms = ("any", "≥{low}%", "≤{high}%", "{low}–{high}%")
    assert extent_in_words(found, 2 / 3, forms) == printed
