"""Panels: merged lists against the rules by hand, effects against scoring anew, raters left out, and what is counted."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.panel import LEAST_COMMON, Panel
from collabscore.documents.merging import MERGES, Merge, RaterList, merged_data
from collabscore.documents.writing import candidates_text
from collabscore.kernels.agreement import METRICS
from reference import agreement_oracle as oracle

HOUSE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "scales": {"five": {"range": [1, 5], "levels": {1: "very low", 5: "very high"}}},
    "criteria": {
        "gain": {"scale": "five"},
        "risk": {"scale": "five", "prefer": "low", "missing": "worst"},
    },
    "lists": {"technologies": {"items": ["quantum", "climate", "flu"]}},
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
        "budget": {"kind": "number", "minimum": 0},
        "start": {"kind": "date"},
        "channel": {"kind": "choice", "options": ["funder", "company"], "several": True},
        "fields": {"kind": "set", "of": "technologies"},
        "listed": {"kind": "flag", "per": "partner"},
    },
    "safeguards": {"review": {}, "plan": {}},
    "guardrails": {
        "critical": {"when": "crit", "needs": ["review"], "then": "outside", "met": "conditional"},
        "late": {"when": "stage >= development or budget > 5", "then": "refer"},
        "company": {"when": "channel == company", "needs": ["plan"], "then": "refer"},
        "quantum": {
            "when": "overlaps(fields, technologies) and includes(fields, quantum)",
            "then": "refer",
        },
        "partner": {"when": "any_partner(listed)", "then": "refer"},
    },
}
FRAMEWORK = cs.load_framework(HOUSE)


def listed(label: str, *candidates: dict[str, Any], **more: Any) -> RaterList:
    return RaterList(label, cs.load_candidates({"candidates": list(candidates), **more}, FRAMEWORK))


def merged(merge: Merge, *lists: RaterList) -> dict[str, Any]:
    """Return the merged entries by candidate."""
    return {one["id"]: one for one in merged_data(lists, merge)["candidates"]}


# merging


@pytest.mark.parametrize(
    ("merge", "ratings", "expected"),
    [
        pytest.param("median", [2, 3, 5], {"value": 3}, id="median"),
        pytest.param("median", [2, 3], {"value": 2.5}, id="median-of-two"),
        pytest.param("mean", [2, 3, 3], {"value": 2.66666667}, id="mean"),
        pytest.param(
            "median", [[1, 3], 3, [2, 5]], {"low": 2, "high": 3}, id="median-of-intervals"
        ),
        pytest.param(
            "median",
            [{"low": 1, "value": 2, "high": 4}, 3],
            {"low": 2, "value": 2.5, "high": 3.5},
            id="median-of-three-points",
        ),
        pytest.param("quartiles", [1, 2, 3, 4, 5], {"low": 2, "high": 4}, id="quartiles"),
        pytest.param("range", [2, 4, [3, 5]], {"low": 2, "high": 5}, id="range"),
        pytest.param("range", [4, 4], {"value": 4}, id="range-of-equal-ratings"),
        pytest.param(
            "median", ["very high", "unknown", None], {"value": 5}, id="unknown-does-not-count"
        ),
        pytest.param("mean", [[1, 5], 2], {"value": 2}, id="whole-scale-is-unknown"),
    ],
)
def test_ratings_are_merged(merge: Merge, ratings: list[Any], expected: dict[str, float]) -> None:
    lists = [
        listed(f"r{k}", {"id": "flu", "ratings": {"gain": each}}) for k, each in enumerate(ratings)
    ]
    found = dict(merged(merge, *lists)["flu"]["ratings"]["gain"])
    del found["note"]
    assert found == expected


@pytest.mark.parametrize(
    ("fact", "answers", "expected"),
    [
        pytest.param("crit", ["no", False], {"value": "no"}, id="flag-agreed"),
        pytest.param("crit", ["no", "yes"], {"one_of": ["no", "yes"]}, id="flag-open"),
        pytest.param(
            "stage", ["basic", "applied", "basic"], {"one_of": ["basic", "applied"]}, id="level"
        ),
        pytest.param(
            "stage",
            [{"one_of": ["basic", "applied"]}, "development"],
            {"one_of": ["basic", "applied", "development"]},
            id="open-answer-keeps-its-answers",
        ),
        pytest.param(
            "stage", ["unknown", "basic"], {"value": "basic"}, id="unknown-does-not-count"
        ),
        pytest.param("budget", [3, [2, 4]], {"low": 2, "high": 4}, id="number"),
        pytest.param(
            "start",
            ["2026-03-01", "2026-04"],
            {"low": "2026-03-01", "high": "2026-04-30"},
            id="date",
        ),
        pytest.param(
            "channel",
            [["funder"], ["funder", "company"]],
            {"one_of": ["funder", ["funder", "company"]]},
            id="several",
        ),
        pytest.param(
            "channel",
            [{"all_of": ["company", "funder"]}] * 2,
            {"all_of": ["funder", "company"]},
            id="several-agreed",
        ),
        pytest.param("fields", [["flu"], ["flu"]], {"value": ["flu"]}, id="set-agreed"),
        pytest.param("fields", [["flu"], []], {"one_of": [[], ["flu"]]}, id="set-open"),
        pytest.param(
            "fields",
            [["flu", "climate"], {"at_least": ["flu"]}],
            {"at_least": ["flu"]},
            id="set-at-least",
        ),
        pytest.param(
            "fields",
            [["climate"], {"at_least": ["flu"]}],
            {"value": "unknown"},
            id="nothing-in-common",
        ),
    ],
)
def test_facts_are_merged(fact: str, answers: list[Any], expected: dict[str, Any]) -> None:
    lists = [
        listed(f"r{k}", {"id": "flu", "facts": {fact: each}}) for k, each in enumerate(answers)
    ]
    found = dict(merged("median", *lists)["flu"]["facts"][fact])
    del found["note"]
    assert found == expected


def test_a_safeguard_that_not_all_see_is_planned() -> None:
    anna = listed(
        "anna",
        {"id": "flu", "safeguards": ["review", "plan"]},
        {"id": "ice", "ratings": {"gain": 2}},
    )
    ben = listed(
        "ben", {"id": "flu", "safeguards": ["review", {"id": "plan", "status": "planned"}]}
    )
    chen = listed(
        "chen", {"id": "flu", "safeguards": ["review"]}, {"id": "ice", "safeguards": ["plan"]}
    )
    only_ratings = listed("dana", {"id": "flu", "ratings": {"gain": 3}})
    found = merged("median", anna, ben, chen, only_ratings)
    assert found["flu"]["safeguards"] == [
        {"id": "review", "note": "anna: in place; ben: in place; chen: in place"},
        {
            "id": "plan",
            "status": "planned",
            "note": "anna: in place; ben: planned; chen: not listed",
        },
    ]
    # anna lists safeguards elsewhere, and none here
    assert found["ice"]["safeguards"][0]["status"] == "planned"


def test_every_value_note_source_and_date_is_kept() -> None:
    anna = listed(
        "anna",
        {
            "id": "flu",
            "title": "Influenza",
            "ratings": {
                "gain": {"value": 4, "evidence": ["s"], "note": "by the report", "by": "an office"}
            },
            "note": "Seen twice.",
        },
        sources={"s": {"title": "One"}},
        note="From public texts.",
        as_of="2026-01-31",
    )
    ben = listed(
        "ben",
        {
            "id": "flu",
            "title": "Flu",
            "ratings": {
                "gain": {"value": 4, "evidence": [{"id": "s", "clause": "p. 3"}], "until": "2027"}
            },
        },
        sources={"s": {"title": "Two"}},
        as_of="2026-02",
    )
    found = merged_data([anna, ben], "median")
    assert found["as_of"] == "2026-02"
    assert found["sources"] == {"s": {"title": "One"}, "s (ben)": {"title": "Two"}}
    assert "anna: From public texts." in found["note"]
    (flu,) = found["candidates"]
    assert flu["note"] == "Rated by anna and ben. Title by ben: Flu. anna: Seen twice."
    assert flu["ratings"]["gain"] == {
        "value": 4,
        "evidence": ["s", {"id": "s (ben)", "clause": "p. 3"}],
        "note": "anna: 4 (by the report; an office); ben: 4 (until 2027)",
        "until": "2027",
    }


def test_a_note_on_an_unknown_answer_is_kept() -> None:
    anna = {
        "gain": {"value": "unknown", "note": "no source"},
        "risk": {"value": "unknown", "by": "an office"},
    }
    lists = [
        listed("anna", {"id": "flu", "ratings": anna}),
        listed("ben", {"id": "flu", "ratings": {"gain": 3}}),
    ]
    assert merged("median", *lists)["flu"]["ratings"] == {
        "gain": {"value": 3, "note": "anna: unknown (no source); ben: 3"},
        "risk": {"value": "unknown", "note": "anna: unknown (an office)"},
    }


def test_an_expired_answer_counts_only_where_there_is_no_other() -> None:
    old = listed(
        "old", {"id": "flu", "ratings": {"gain": {"value": 1, "until": "2025"}}}, as_of="2026-01-01"
    )
    new = listed("new", {"id": "flu", "ratings": {"gain": 5}}, as_of="2026-01-01")
    assert merged("mean", old, new)["flu"]["ratings"]["gain"]["value"] == 5
    alone = merged("mean", old)["flu"]["ratings"]["gain"]
    assert (alone["value"], alone["until"]) == (1, "2025")


def test_partners_that_raters_list_alike_are_merged_and_others_are_unknown() -> None:
    def partner(key: str, listed: object) -> dict[str, Any]:
        return {"id": key, "facts": {"listed": listed}}

    anna = listed("anna", {"id": "flu", "partners": [partner("a", "no"), partner("b", "no")]})
    ben = listed("ben", {"id": "flu", "partners": [partner("b", "yes"), partner("a", "no")]})
    found = merged("median", anna, ben)["flu"]["partners"]
    assert [(one["id"], one["facts"]["listed"].get("one_of")) for one in found] == [
        ("a", None),
        ("b", ["no", "yes"]),
    ]
    other = listed("chen", {"id": "flu", "partners": []})
    merged_flu = merged("median", anna, other)["flu"]
    assert "partners" not in merged_flu
    assert "these are unknown: anna: a, b; chen: none." in merged_flu["note"]


# generated raters

RATINGS = st.one_of(
    st.integers(1, 5),
    st.sampled_from(["unknown", "very high", [2, 4], {"low": 1, "value": 2, "high": 3}]),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "crit": st.sampled_from(["yes", "no", "unknown"]),
        "stage": st.sampled_from(["basic", "development", {"one_of": ["basic", "applied"]}]),
        "budget": st.sampled_from([3, 7, [2, 6]]),
        "channel": st.sampled_from([{"all_of": ["funder"]}, {"all_of": ["company", "funder"]}]),
        "fields": st.sampled_from([[], ["quantum"], ["flu"], {"at_least": ["flu"]}]),
    },
)
PARTNERS = st.sampled_from(
    [None, [], [{"id": "a", "facts": {"listed": "no"}}], [{"id": "a", "facts": {"listed": "yes"}}]]
)


@st.composite
def candidates(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return the list of a rater: some of four candidates, partly filled in."""
    found = []
    for key in draw(st.permutations(["ice", "flu", "moon"])):
        if found and draw(st.integers(0, 4)) == 0:
            continue
        rated = {name: draw(RATINGS) for name in ("gain", "risk") if draw(st.integers(0, 5))}
        one = {"id": key, "ratings": rated, "facts": draw(FACTS)}
        one["safeguards"] = draw(st.lists(st.sampled_from(["review", "plan"]), unique=True))
        partners = draw(PARTNERS)
        found.append(one if partners is None else {**one, "partners": partners})
    return found


PANELS = st.lists(candidates(), min_size=2, max_size=3)


def panel_of(lists: list[list[dict[str, Any]]], **more: Any) -> Panel:
    return cs.panel(lists, FRAMEWORK, labels=[f"r{k}" for k in range(len(lists))], **more)


@given(PANELS, st.sampled_from(MERGES))
@settings(max_examples=10, deadline=None)
def test_a_merged_list_holds_every_candidate_and_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, lists: list[list[dict[str, Any]]], merge: Merge
) -> None:
    result = panel_of(lists, merge=merge, draws=0)
    assert sorted(result.merged[k].id for k in range(len(result.merged))) == sorted(
        {one["id"] for each in lists for one in each}
    )
    file = tmp_path_factory.mktemp("merged") / "merged.yaml"
    file.write_text(candidates_text(result.merged), encoding="utf-8")
    again = cs.score(file, FRAMEWORK)
    assert again.to_json() == result.ranking.to_json()
    # every rating is in the note of its entry
    for k, each in enumerate(lists):
        for one in each:
            for key, rating in one["ratings"].items():
                if rating != "unknown":
                    assert f"r{k}" in result.merged[one["id"]].ratings[key].note


@given(PANELS)
@settings(max_examples=10, deadline=None)
def test_effects_are_those_of_scoring_the_list_with_the_other_answer(
    lists: list[list[dict[str, Any]]],
) -> None:
    result = panel_of(lists, draws=0)
    data = result.merged.model_dump(exclude_unset=True)
    by_label = {f"r{k}": {one["id"]: one for one in each} for k, each in enumerate(lists)}
    for found in result.disagreements:
        for effect in found.effects:
            changed = copy.deepcopy(data)
            place = [one["id"] for one in changed["candidates"]].index(found.candidate)
            target = dict(changed["candidates"][place])
            own = by_label[effect.raters[0]][found.candidate]
            if found.kind == "safeguard":
                rest = [one for one in target["safeguards"] if one["id"] != found.key]
                target["safeguards"] = [
                    *rest,
                    *(found.key for _ in range(found.key in own["safeguards"])),
                ]
            elif found.kind == "partners" or "@" in found.key:
                target["partners"] = own["partners"]
            else:
                section = f"{found.kind}s"
                target[section] = {**target[section], found.key: own[section][found.key]}
            changed["candidates"] = [*changed["candidates"]]
            changed["candidates"][place] = target
            again = cs.score(changed, FRAMEWORK)[found.candidate]
            assert (again.verdict, again.rank) == (effect.verdict, effect.rank), (found, effect)
            assert again.score == pytest.approx(effect.score)
        same = [effect for effect in found.effects if effect.verdict == found.verdict]
        assert ("verdict" in found.changes) == (len(same) < len(found.effects))
        assert ("rank" in found.changes) == any(one.rank != found.rank for one in found.effects)


@given(PANELS)
@settings(max_examples=6, deadline=None)
def test_without_a_rater_the_result_is_that_of_the_others(
    lists: list[list[dict[str, Any]]],
) -> None:
    result = panel_of([*lists, lists[0]], draws=0)
    for k, rater in enumerate(result.raters):
        others = [each for number, each in enumerate([*lists, lists[0]]) if number != k]
        panel = panel_of(others, draws=0)
        fewer = panel.ranking
        shared = [one.id for one in panel.candidates if one.raters]
        differ = sum(result.ranking[name].verdict != fewer[name].verdict for name in shared)
        assert (rater.without.candidates, rater.without.verdicts) == (len(shared), differ)


def test_importance_runs_from_verdicts_to_the_top_to_ranks() -> None:
    anna = [
        {"id": str(k), "ratings": {"gain": 1 + k / 2, "risk": 3}, "facts": {"crit": "no"}}
        for k in range(8)
    ]
    ben = copy.deepcopy(anna)
    ben[2]["facts"]["crit"] = "yes"
    ben[3]["ratings"]["gain"] = 5
    ben[0]["ratings"]["gain"] = 2.4
    ben[7]["ratings"]["risk"] = 3.1
    result = panel_of([anna, ben], merge="median", draws=0)
    found = [(one.candidate, one.key, one.changes) for one in result.disagreements]
    assert found == [
        ("2", "crit", ("verdict", "rank")),
        ("3", "gain", ("top", "rank")),
        ("0", "gain", ("rank",)),
        ("7", "risk", ()),
    ]
    text = " ".join(result.to_text(80).split())
    assert 'Discuss first: "Crit" of "2" and "Gain" of "3".' in text
    counts = "1 can change a verdict, 1 no more than the top four, 1 no more than a rank"
    assert f"Of 4 disagreements, {counts} and 1 nothing." in text


def test_a_verdict_that_only_several_answers_change_together_is_named() -> None:
    # either open answer leaves the verdict unknown: both of one rater settle it
    anna = [
        {
            "id": "flu",
            "facts": {
                "crit": "no",
                "stage": "basic",
                "budget": 1,
                "fields": [],
                "channel": ["funder"],
            },
        }
    ]
    ben = [
        {
            "id": "flu",
            "facts": {
                "crit": "yes",
                "stage": "development",
                "budget": 1,
                "fields": [],
                "channel": ["funder"],
            },
        }
    ]
    for one in (anna, ben):
        one[0]["partners"] = []
    result = panel_of([anna, ben], draws=0)
    assert result.ranking["flu"].verdict == "refer"
    by_key = {one.key: one.changes for one in result.disagreements}
    alone = any("verdict" in changes for changes in by_key.values())
    assert result.together == (() if alone else ("flu",))


# agreement


def test_alpha_of_a_criterion_is_that_of_plain_python_and_chance_stays_within_each() -> None:
    generator = np.random.default_rng(5)
    ratings = np.clip(
        generator.integers(1, 5, (20, 1, 2)) + generator.integers(-1, 2, (20, 3, 2)), 1, 5
    )
    lists = []
    for rater in range(3):
        rows = [
            {"id": f"c{row}", "ratings": {"gain": int(g), "risk": int(r)}}
            for row, (g, r) in enumerate(ratings[:, rater])
        ]
        lists.append(rows)
    result = panel_of(lists, draws=200)
    whole, gain, risk = result.agreement[:3]
    observed = expected = 0.0
    for one, column in ((gain, 0), (risk, 1)):
        table = ratings[:, :, column].tolist()
        for metric in METRICS:
            exact = oracle.alpha(table, metric)
            assert exact is not None
            assert one.alphas[metric].value == pytest.approx(float(exact))
        n = 60
        pairs = [(a - b) ** 2 / 2 for unit in table for a in unit for b in unit]
        values = [value for unit in table for value in unit]
        observed += sum(pairs)
        expected += sum((a - b) ** 2 for a in values for b in values) / (n - 1)
    assert whole.alphas["interval"].value == pytest.approx(1 - observed / expected)
    assert (whole.candidates, gain.candidates) == (40, 20)
    alpha = whole.alphas["interval"]
    assert alpha.low is not None
    assert alpha.high is not None
    assert alpha.low < alpha.value < alpha.high  # type: ignore[operator]


def test_deviation_is_in_points_of_value_and_needs_ten_common_ratings() -> None:
    rows = [{"id": f"c{k}", "ratings": {"gain": 3, "risk": 3}} for k in range(5)]
    higher = [{"id": f"c{k}", "ratings": {"gain": 4, "risk": 2}} for k in range(5)]
    # a step of four is 25 points; a lower risk is more favourable
    anna, ben = panel_of([rows, higher], draws=0).raters
    assert (anna.common, anna.deviation, ben.deviation) == (10, -25, 25)
    anna, ben = panel_of([rows[:4], higher], draws=0).raters
    assert anna.common == 8 < LEAST_COMMON
    assert (anna.deviation, ben.deviation) == (None, None)


def test_w_is_that_of_the_ranks_by_each_list() -> None:
    def rows(*gains: int) -> list[dict[str, Any]]:
        facts = {"crit": "no", "stage": "basic", "budget": 1, "channel": ["funder"], "fields": []}
        return [
            {"id": f"c{k}", "ratings": {"gain": gain, "risk": 2}, "facts": facts, "partners": []}
            for k, gain in enumerate(gains)
        ]

    lists = [rows(1, 2, 3, 4), rows(1, 2, 4, 3), rows(2, 2, 4, 5)]
    result = panel_of(lists, draws=0)
    expected = oracle.w([[1, 1, 2], [2, 2, 2], [3, 4, 4], [4, 3, 5]])  # type: ignore[list-item]
    assert expected is not None
    assert result.concordance == pytest.approx(float(expected))
    assert math.isnan(panel_of([rows(1), rows(2)], draws=0).concordance)


# odd panels


def test_a_rater_who_gives_the_same_to_all_is_named() -> None:
    flat = [{"id": f"c{k}", "ratings": {"gain": 3}} for k in range(10)]
    also = [{"id": f"c{k}", "ratings": {"gain": 3}} for k in range(10)]
    result = panel_of([flat, also], draws=50)
    assert [rater.flat for rater in result.raters] == [("gain",), ("gain",)]
    assert {alpha.value for alpha in result.agreement[0].alphas.values()} == {None}
    assert 'r0 rates all alike on "Gain".' in result.notes
    assert "All answers that can be compared are equal: 1 of 1 criterion." in result.to_text(80)
    assert any("r0 and r1 are the same" in note for note in result.notes)


def test_candidates_that_one_rater_has_alone_are_counted_and_likely_pairs_named() -> None:
    anna = [
        {"id": "influenza-surveillance", "ratings": {"gain": 3}},
        {"id": "ice", "ratings": {"gain": 2}},
    ]
    ben = [
        {"id": "influenza-surveilance", "ratings": {"gain": 4}},
        {"id": "ice", "ratings": {"gain": 2}},
    ]
    result = panel_of([anna, ben], draws=0)
    assert [rater.alone for rater in result.raters] == [1, 1]
    assert len(result.ranking) == 3
    text = " ".join(result.notes)
    assert "Only in the list of r0: 1 candidate." in text
    assert "Is `influenza-surveillance` (r0) the same as `influenza-surveilance` (r1)?" in text


def test_a_framework_without_a_score_has_no_ranks_to_compare() -> None:
    gates = {key: HOUSE[key] for key in ("collabscore", "id", "facts", "lists", "safeguards")}
    gates |= {"guardrails": {"critical": HOUSE["guardrails"]["critical"]}}
    result = cs.panel(
        [[{"id": "flu", "facts": {"crit": "no"}}], [{"id": "flu", "facts": {"crit": "yes"}}]], gates
    )
    assert result.top is None
    assert result.disagreements[0].changes == ("verdict",)
    assert "rank" not in result.to_text(80).split("Raters")[0].replace("ranks", "")
    with pytest.raises(cs.UsageError, match="gives no ranks"):
        cs.panel([[{"id": "flu"}], [{"id": "flu"}]], gates, top=1)


def test_raters_without_a_common_candidate_are_merged_and_not_compared() -> None:
    result = panel_of(
        [[{"id": "flu", "ratings": {"gain": 2}}], [{"id": "ice", "ratings": {"gain": 5}}]], draws=10
    )
    assert (result.disagreements, result.agreement, result.ranked_by_all) == ((), (), ())
    assert [rater.deviation for rater in result.raters] == [None, None]
    text = result.to_text(80)
    assert "The raters agree on every answer that two of them give." in text
    assert "No question about a candidate is answered by two raters." in text


def test_a_framework_of_scores_alone_has_no_verdict_to_change() -> None:
    scores = {key: HOUSE[key] for key in ("collabscore", "id", "scales", "criteria")}
    rows = [
        [{"id": "flu", "ratings": {"gain": gain}}, {"id": "ice", "ratings": {"gain": 3}}]
        for gain in (2, 5)
    ]
    text = " ".join(cs.panel(rows, scores, draws=0).to_text(80).split())
    assert "Of 1 disagreement, 1 can change first place." in text
    assert "Disagreements that can change first place" in text
    assert "inside" not in text
    assert "rater 2: 5 → rank 1" in text


def test_labels_are_given_or_numbers() -> None:
    lists = [[{"id": "flu"}], [{"id": "flu"}]]
    assert cs.panel(lists, FRAMEWORK).labels == ("rater 1", "rater 2")
    assert cs.panel(lists, FRAMEWORK, anonymous=True).labels == ("rater 1", "rater 2")
    assert cs.panel(lists, FRAMEWORK, labels=["anna", "ben"]).labels == ("anna", "ben")


def test_the_result_is_whole_in_every_form() -> None:
    lists = [[{"id": "flu", "ratings": {"gain": 2}}], [{"id": "flu", "ratings": {"gain": 5}}]]
    result = panel_of(lists, draws=10)
    data = result.document()
    assert data["collabscore"] == "panel/1"
    assert data["disagreements"][0]["effects"][0] == {
        "raters": ("r0",),
        "answer": "2",
        "verdict": "refer",
        "rank": 1,
        "score": pytest.approx(12.5),
    }
    assert [one["label"] for one in data["manifest"]["lists"]] == ["r0", "r1"]
    assert data["candidates"][0]["raters"] == ("r0", "r1")
    assert result.to_json() == panel_of(lists, draws=10).to_json()
    for form in (
        result.to_markdown(),
        result.to_html(whole=True),
        result.to_text(60, detail="verbose"),
    ):
        assert "Panel of 2 raters" in form
    agreement = result.plain_table("agreement").to_records()
    assert [row["title"] for row in agreement] == ["All criteria", "Gain"]
    assert agreement[0]["interval"] == 0
    assert agreement[0]["interval_low"] is None
    assert [row["common"] for row in result.plain_table("raters").to_records()] == [1, 1]
    assert result.to_csv().startswith("candidate,title,kind,key,about,answers,merged")
