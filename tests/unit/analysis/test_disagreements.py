"""Disagreements of frameworks: the meaning of verdicts, and the reasons where frameworks differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.analysis.comparison import compare
from collabscore.analysis.disagreements import is_disputed
from collabscore.scoring.verdicts import ANSWERS, crosswalk
from unit.comparisons import AREAS, COMMON, JOINT, LIGHTS, STRICT, project, rated


def test_verdicts_are_compared_by_their_definition() -> None:
    assert crosswalk(cs.load_framework(LIGHTS)) == dict(
        zip(["green", "amber", "yellow", "red"], ANSWERS, strict=True)
    )
    found = compare(
        [project("a"), project("b", harm=True), project("c", harm=None)], [STRICT, LIGHTS]
    )
    assert dict(zip(found.ids, found.answers.tolist(), strict=True)) == {
        "a": [0, 0],
        "b": [0, 3],
        "c": [0, -2],
    }
    assert found["lights"]["c"].verdict == "yellow"


ALL_HARM: dict[str, Any] = {"id": "a", "unit": "area", "facts": {"stage": "basic", "listed": False}}


@pytest.mark.parametrize(
    ("step", "facts", "verdict", "answer"),
    [
        pytest.param({"then": "red"}, {}, "yellow", "not judged", id="unknown-is-referred"),
        pytest.param(
            {"then": "red", "if_unknown": "green"}, {}, "green", "not judged", id="silence-is-good"
        ),
        pytest.param(
            {"needs": ["terms"], "then": "yellow", "met": "amber"},
            {},
            "amber",
            "not judged",
            id="unknown-counts-as-met",
        ),
        pytest.param(
            {"needs": ["terms"], "then": "yellow", "met": "amber"},
            {"harm": True},
            "amber",
            "goes ahead with conditions",
            id="met",
        ),
        pytest.param({"then": "red"}, {"harm": True}, "red", "does not go ahead", id="red"),
        pytest.param({"then": "red"}, {"harm": False}, "green", "goes ahead", id="green"),
    ],
)
def test_a_verdict_that_rests_on_silence_is_not_judged(
    step: dict[str, Any], facts: dict[str, Any], verdict: str, answer: str
) -> None:
    lights = {**LIGHTS, "guardrails": {"harm": {"when": "harm", **step}}}
    area = {**ALL_HARM, "facts": ALL_HARM["facts"] | facts}
    found = compare([area], [STRICT, lights]).rows[0].by["lights"]
    assert (found.verdict, found.answer) == (verdict, answer)
    # two ratings and what the one rule asks; without a rating there is no rank
    assert (found.needed, found.missing) == (3, 2 + (not facts))


def test_a_framework_without_guardrails_judges_nothing_and_ranks() -> None:
    free = {**STRICT, "id": "free", "guardrails": {}}
    listed = [rated("a", 3, 3), rated("b", 2, 4, stage="applied"), rated("c", 5, 1)]
    found = compare(listed, [STRICT, LIGHTS, free])
    assert found.answers[:, 2].tolist() == [-1, -1, -1]
    assert found.records()[0]["by"]["free"]["answer"] == "not applicable"
    assert [(pair.judged, pair.not_judged) for pair in found.pairs] == [(3, 0), (0, 0), (0, 0)]
    # an order by ratings alone rests on no silence
    assert [len(pair.rows) for pair in found.pairs] == [2, 2, 3]
    text = found.to_text(120)
    assert "C          ● inside      1  ● green     1  –        1  yes    c" in text
    assert "lights: ● green; free: no guardrails" in text
    assert "free has no guardrails: it gives no verdicts." in found.notes


def test_a_known_answer_that_gives_the_verdict_judges_whatever_is_unknown_beside_it() -> None:
    rules = {"harm": {"when": "harm", "then": "yellow"}, "list": {"when": "listed", "then": "red"}}
    lights = {**LIGHTS, "guardrails": rules}
    listed = [project("a", harm=True, listed=None), project("b", harm=None, listed=True)]
    found = compare([*listed, project("c", harm=None)], [STRICT, lights])
    # the first could still be red: it is yellow for what is known
    assert found.answers.tolist() == [[0, 2], [0, 3], [0, -2]]
    assert found.missing[:, 1].tolist() == [3, 3, 3]
    assert found.judges[1].most_unknown == (("Meant for harm", 1),)


def test_partners_are_asked_for_one_by_one_and_as_a_list_where_there_is_none() -> None:
    facts = {"military": {"kind": "flag", "per": "partner"}, "harm": {"kind": "flag"}}
    asking = {
        "collabscore": "framework/1",
        "id": "asking",
        "facts": facts,
        "guardrails": {"army": {"when": "any_partner(military)", "then": "outside"}},
    }
    one = {"id": "a", "facts": {"harm": False}}
    one["partners"] = [{"id": "x", "facts": {"military": False}}, {"id": "y"}]
    unlisted = {"id": "b", "facts": {"harm": False}}
    found = compare([one, unlisted], [asking, {**asking, "id": "other"}])
    assert found.rows[0].by["asking"].missing == 1
    assert found.rows[1].by["asking"].missing == 1
    assert [row.by["asking"].needed for row in found.rows] == [4, 2]


def test_a_mildest_verdict_beyond_the_first_tier_is_a_persons() -> None:
    framework = {
        **LIGHTS,
        "verdicts": {"look": {"tier": 2}, "stop": {"ranked": False}},
        "defaults": {"met": "look", "if_unknown": "look"},
        "guardrails": {"harm": {"when": "harm", "then": "stop"}},
    }
    found = compare([project("a")], [STRICT, framework])
    assert found.answers.tolist() == [[0, 2]]
    (reason,) = found.disagreements
    assert (reason.answer, reason.sides[0].reason, reason.sides[0].verdict) == (
        ANSWERS[2],
        None,
        "look",
    )
    assert "No guardrail applies" in found.to_text(100)


@given(st.lists(st.lists(st.integers(-1, 3), min_size=2, max_size=5), min_size=1, max_size=20))
@settings(max_examples=50)
def test_disputed_is_what_two_that_judge_answer_unlike(rows: list[list[int]]) -> None:
    f = len(rows[0])
    codes = [[*row, *[-1] * 5][:f] for row in rows]
    slow = [len({code for code in row if code >= 0}) > 1 for row in codes]
    assert is_disputed(np.array(codes, dtype=np.int8)).tolist() == slow


def test_reason_names_guardrail_and_facts_and_what_the_other_asks() -> None:
    found = compare([project("a", stage="applied")], [STRICT, JOINT])
    (reason,) = found.disagreements
    (side,), (other,) = reason.sides, reason.others
    assert (side.framework, side.verdict, side.why) == ("strict", "outside", "So it was agreed.")
    assert side.reason is not None
    assert (side.reason.guardrail, side.reason.state) == ("basic_only", "barred")
    assert [(fact.name, fact.answers) for fact in side.reason.facts] == [
        ("stage", (("applied", 1),))
    ]
    assert (other.framework, other.closest, other.shared) == (
        "joint",
        "No applied work with a listed partner",
        ("Stage",),
    )
    (said,) = other.said
    assert (said.verdict, said.answer, said.decided_by) == ("inside", "goes ahead", ())
    assert said.found is not None
    assert [(fact.name, fact.answers) for fact in said.found.facts] == [("listed", (("no", 1),))]
    text = found.to_text(200, detail="verbose")
    assert '✕ outside by strict: "Basic work only"' in text
    assert "Facts: stage: applied. No safeguard can satisfy this rule\n" in text
    assert (
        'joint (its rule "No applied work with a listed partner" also uses "Stage"): '
        "● inside (does not apply: listed partner: no)\n" in text
    )


def test_one_reason_covers_all_it_decides() -> None:
    listed = [
        project("a", stage="applied"),
        project("b", stage="deployed"),
        project("c"),
        project("d", stage="applied"),
    ]
    found = compare(listed, [STRICT, LIGHTS])
    (reason,) = found.disagreements
    assert [name for name, _ in reason.candidates] == ["a", "b", "d"]
    assert "stage: applied (2), deployed (1)" in found.to_text(100)
    assert int(found.disputed.sum()) == 3


def test_frameworks_that_are_alike_severe_stand_on_one_side() -> None:
    other = {**STRICT, "id": "stern"}
    (reason,) = compare([project("a", stage="applied")], [STRICT, other, LIGHTS]).disagreements
    assert [side.framework for side in reason.sides] == ["strict", "stern"]
    assert [other.framework for other in reason.others] == ["lights"]


def test_what_is_not_known_is_a_reason_of_its_own() -> None:
    found = compare([project("a", stage=None), project("b", stage="applied")], [STRICT, LIGHTS])
    (reason,) = found.disagreements
    assert (reason.answer, reason.candidates) == ("does not go ahead", (("b", "B"),))
    text = found.to_text(200)
    assert "A          ? 3 unknown" in text
    assert "- strict: Stage (1)\n" in text
    assert "1 candidate is judged by fewer than two of them." in text


def test_the_largest_new_part_of_the_disputed_comes_first() -> None:
    listed = [project(f"n{k}", stage="applied") for k in range(3)] + [project("h", harm=True)]
    found = compare(listed, [STRICT, LIGHTS])
    assert [len(reason.candidates) for reason in found.disagreements] == [3, 1]
    held = [set(reason.candidates) for reason in found.disagreements]
    assert [len(set().union(*held[:k])) for k in range(3)] == [0, 3, 4]


def test_every_disputed_candidate_has_a_reason() -> None:
    found = compare(AREAS, ["guardrail", COMMON])
    held = {name for reason in found.disagreements for name, _ in reason.candidates}
    assert held == {
        name for name, disputed in zip(found.ids, found.disputed.tolist(), strict=True) if disputed
    }
    for reason in found.disagreements:
        for side in reason.sides:
            assert all(
                found[side.framework][name].verdict == side.verdict for name, _ in reason.candidates
            )
        for other in reason.others:
            assert sum(len(said.candidates) for said in other.said) == len(reason.candidates)


def test_not_applicable_is_no_disagreement() -> None:
    about = {**LIGHTS, "id": "about", "applies": "harm"}
    found = compare([project("a"), project("b", harm=True)], [STRICT, about])
    assert found.verdicts.tolist() == [["inside", None], ["inside", "red"]]
    assert (found.disputed.tolist(), found.judged.tolist()) == ([False, True], [1, 2])
    assert found.records()[0]["agree"] is None
    assert found.records()[0]["by"]["about"]["answer"] == "not applicable"
    assert "1 candidate is judged by fewer than two of them." in found.to_text(200)
    with_other = compare([project("a", stage="applied")], [STRICT, about, LIGHTS])
    assert "about: ○ not applicable" in with_other.to_text(100)


def test_rules_that_give_a_verdict_together_are_its_reason() -> None:
    facts = {"partner": {"kind": "choice", "options": ["a", "b"]}, "dual": {"kind": "flag"}}
    one = {"when": "partner == a and dual", "then": "outside"}
    two = {"when": "partner != a and dual", "then": "outside"}
    common = {"collabscore": "framework/1", "facts": facts}
    both = {**common, "id": "both", "guardrails": {"one": one, "two": two}}
    free = {**common, "id": "free", "guardrails": {"one": {"when": "not dual", "then": "refer"}}}
    text = compare([{"id": "p", "facts": {"dual": True}}], [both, free]).to_text(100)
    assert 'outside by both: "One", "Two" (unknown)' in text
