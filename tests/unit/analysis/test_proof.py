"""Proofs of small frameworks, and of those that are shipped."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from collabscore.analysis.proof import Proof, Statement, prove
from collabscore.api import score
from collabscore.documents.loading import load_framework
from collabscore.errors import UsageError
from collabscore.models import expressions

pytest.importorskip("z3", reason="proofs need the extra `prove`")

SMALL: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"gain": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    "facts": {
        "harmful": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
        "budget": {"kind": "number", "minimum": 0},
    },
    "safeguards": {"terms": {}, "licence": {"granted_by": "an office"}},
    "guardrails": {
        "harm": {"when": "harmful", "then": "outside"},
        "stage": {
            "steps": [
                {"when": "stage == deployed", "needs": ["licence"], "then": "refer"},
                {
                    "when": "stage >= applied",
                    "needs": ["terms"],
                    "then": "conditional",
                    "met": "inside",
                },
                {"when": "stage == basic and stage == applied", "then": "refer"},
            ]
        },
    },
}


def texts(proof: Proof, kind: str) -> dict[str, str]:
    return {each.text: each.outcome for each in proof.of_kind(kind)}


def replayed(statement: Statement, *frameworks: Any) -> None:
    """Judge the candidates of an example again."""
    assert statement.example is not None
    for framework in frameworks:
        as_of = statement.example.as_of
        ranking = score(list(statement.example.candidates), framework, as_of=as_of)
        for candidate, verdicts in zip(
            statement.example.candidates, statement.example.verdicts, strict=True
        ):
            assert ranking[candidate["id"]].verdict == verdicts[ranking.framework.id]


def test_what_a_small_framework_says_of_every_candidate() -> None:
    proof = prove(SMALL)
    assert texts(proof, "verdict") == {
        "Some project gets `inside`.": "proved",
        "Some project gets `conditional`.": "proved",
        "Some project gets `refer`.": "proved",
        "Some project gets `outside`.": "proved",
        "Some area gets `inside`.": "proved",
        "Some area gets `conditional`.": "proved",
        "Some area gets `refer`.": "proved",
        "Some area gets `outside`.": "proved",
    }
    assert set(texts(proof, "safeguard").values()) == {"proved"}
    assert texts(proof, "answer") == {
        '"Harmful": yes gives at least `outside`.': "proved",
        '"Stage": deployed gives at least `conditional`.': "proved",
    }
    assert texts(proof, "step") == {
        '"Harm" decides for some candidate.': "proved",
        'Step 1 of "Stage" decides for some candidate.': "proved",
        'Step 2 of "Stage" decides for some candidate.': "proved",
        'Step 3 of "Stage" decides for some candidate.': "refuted",
    }
    for statement in proof.statements:
        if statement.example is not None:
            replayed(statement, SMALL)


NEVER = {
    "step": ({}, "16 statements: 15 proved; 1 step decides for no candidate"),
    "unit": (
        {"guardrails": {"harm": {"when": "harmful", "needs": ["terms"], "then": "outside", "met": "refer"}}},
        "11 statements: 8 proved; 1 verdict is never given to a project; 2 verdicts are never given to an area",
    ),
    "scope": (
        {"guardrails": {}, "applies": "harmful"},
        "10 statements: 4 proved; 3 verdicts are never given to a project; 3 verdicts are never given to an area",
    ),
    "wrong-too": (
        {"guardrails": {"harm": {"when": "stage == basic and has(terms)", "then": "outside"}}},
        "10 statements: 5 proved, 1 refuted; 2 verdicts are never given to a project; 2 verdicts are never given to an area",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "summary"), NEVER.values(), ids=NEVER)
def test_what_no_candidate_gets_is_counted_apart(changes: dict[str, Any], summary: str) -> None:
    assert prove({**SMALL, **changes}).summary == summary


IDLE = {
    "the-whole-range": ({"limit": "budget <= 10"}, []),
    "a-set-beside-a-rule-of-all": (
        {"limit": "budget <= 10", "odd": "size(topics) >= 1.5 and within(topics, [ai])"},
        [],
    ),
    "any-level": ({"any": "stage >= basic", "harm": "harmful"}, []),
    "some-levels": ({"any": "stage >= applied"}, [("stage", "applied"), ("stage", "deployed")]),
    "more-than-all-get": (
        {"limit": "budget <= 10", "harm": ("harmful", "outside")},
        [("harmful", "yes")],
    ),
}


@pytest.mark.parametrize(("rules", "expected"), IDLE.values(), ids=IDLE)
def test_an_answer_that_makes_no_difference_is_not_listed(
    rules: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    facts = {
        **SMALL["facts"],
        "budget": {"kind": "number", "minimum": 0, "maximum": 10},
        "topics": {"kind": "set", "of": "fields"},
    }
    guardrails = {}
    for key, rule in rules.items():
        when, verdict = (rule, "refer") if isinstance(rule, str) else rule
        guardrails[key] = {"when": when, "then": verdict}
    lists = {"fields": {"items": ["ai", "bio", "chips"]}}
    framework = {**SMALL, "facts": facts, "lists": lists, "guardrails": guardrails}
    assert [each.subject[:2] for each in prove(framework).of_kind("answer")] == expected


def test_a_safeguard_that_worsens_a_verdict_is_found() -> None:
    guardrails = {"odd": {"when": "has(terms) and stage == basic", "then": "refer"}}
    framework = {**SMALL, "guardrails": guardrails}
    (statement,) = prove(framework).of_kind("safeguard")
    assert statement.outcome == "refuted"
    assert [each.get("safeguards") for each in statement.example.candidates] == [None, ["terms"]]
    assert [each["small"] for each in statement.example.verdicts] == ["inside", "refer"]
    replayed(statement, framework)


# parties, points, `applies`, verdicts of its own; claims of all are proved with their cases
@pytest.mark.parametrize("name", ["guardrail-eu-ca", "safe-zones", "sta-2024", "dfg-2023"])
def test_every_example_of_a_shipped_framework_is_confirmed(name: str) -> None:
    proof = prove(name)
    assert {each.outcome for each in proof.statements} <= {"proved", "refuted"}
    for kind in ("safeguard", "step", "claim"):
        assert {each.outcome for each in proof.of_kind(kind)} <= {"proved"}
    framework = load_framework(name)
    for statement in proof.of_kind("verdict"):
        if statement.example is not None:
            replayed(statement, framework)


def test_a_result_is_the_same_in_one_process() -> None:
    assert prove(SMALL).to_json() == prove(SMALL).to_json()


ODD = {
    "level": ({"kind": "level", "levels": ["low", "mid", "high"], "worse": "high"}, "x == mid", ["mid", "high"]),
    "level-downwards": ({"kind": "level", "levels": ["low", "mid", "high"], "worse": "low"}, "x >= mid", None),
    "flag": ({"kind": "flag", "worse": "yes"}, "not x", [False, True]),
    "choice": ({"kind": "choice", "options": ["a", "b", "c"], "worse": ["c", "a"]}, "x == c", ["c", "a"]),
    "number": ({"kind": "number", "worse": "high"}, "x < 3", None),
    "several": ({"kind": "level", "levels": ["low", "mid", "high"], "worse": "high", "several": True}, "x == mid", ["mid", "high"]),
}  # fmt: skip


@pytest.mark.parametrize(("fact", "when", "expected"), ODD.values(), ids=ODD)
def test_a_worse_answer_that_makes_the_verdict_milder_is_found(
    fact: dict[str, Any], when: str, expected: list[Any] | None
) -> None:
    guardrails = {"odd": {"when": when, "then": "refer"}}
    framework = {**SMALL, "facts": {"x": fact}, "guardrails": guardrails}
    (statement,) = prove(framework).of_kind("worse")
    assert statement.outcome == "refuted"
    better, worse = (each["facts"]["x"] for each in statement.example.candidates)
    if expected is not None:
        assert [better, worse] == expected
    assert [each["small"] for each in statement.example.verdicts] == ["refer", "inside"]
    replayed(statement, framework)
    right = {**framework, "guardrails": {"right": {"when": f"not ({when})", "then": "refer"}}}
    outcome = "refuted" if "mid" in when and expected else "proved"
    assert prove(right).of_kind("worse")[0].outcome == outcome


def test_two_frameworks_with_the_same_verdicts() -> None:
    strict = {**SMALL, "id": "strict", "guardrails": {"harm": {"when": "harmful or budget > 2", "then": "outside"}}}  # fmt: skip
    mild = {**SMALL, "id": "mild", "guardrails": {"harm": {"when": "harmful and budget > 2", "then": "outside"}}}  # fmt: skip
    proof = prove(strict, mild)
    assert texts(proof, "severity") == {
        "`strict` is at least as severe as `mild`.": "proved",
        "`mild` is at least as severe as `strict`.": "refuted",
    }
    (_, statement) = proof.statements
    replayed(statement, strict, mild)
    assert "equally severe" in prove(mild, {**mild, "id": "again"}).to_text()


def test_verdicts_with_other_names_are_mapped() -> None:
    verdicts = {"green": {}, "red": {"ranked": False}}
    other = {**SMALL, "id": "other", "verdicts": verdicts, "guardrails": {"harm": {"when": "harmful", "then": "red"}}}  # fmt: skip
    proof = prove(SMALL, other, verdicts={"green": "inside", "red": "outside"})
    assert [each.outcome for each in proof.statements] == ["proved", "refuted"]
    with pytest.raises(UsageError, match="`small` and `other` have different verdicts; map each"):
        prove(SMALL, other)
    with pytest.raises(UsageError, match="`red` of `other` is mapped to none; choose from"):
        prove(SMALL, other, verdicts={"green": "inside"})
    with pytest.raises(UsageError, match="`outsid` is not a verdict of `small`; did you mean"):
        prove(SMALL, other, verdicts={"green": "inside", "red": "outsid"})
    with pytest.raises(UsageError, match="`blue` is not a verdict of `other`"):
        prove(SMALL, other, verdicts={"green": "inside", "red": "outside", "blue": "refer"})


def test_points_are_free_and_ratings_are_sought() -> None:
    guardrails = {
        "gain": {"when": "score(gain) < 40 and score(small) > 40", "then": "refer"},
        "never": {"when": "score(gain) < 40 and gain >= 4", "then": "outside"},
    }
    proof = prove({**SMALL, "guardrails": guardrails})
    found = texts(proof, "verdict")
    assert found["Some project gets `refer`."] == "proved"
    # the formula has such a candidate, and no rating has these points
    assert found["Some project gets `outside`."] == "not confirmed"
    assert any("any from 0 to 100" in note for note in proof.notes)


def test_a_time_limit_leaves_statements_unsettled() -> None:
    proof = prove("guardrail", time_limit=1e-9)
    assert {each.outcome for each in proof.statements} == {"not settled"}
    assert "Not settled: the time limit of 1e-09 seconds was reached." in proof.to_text()


def test_conditions_that_ask_what_is_known_have_an_answer() -> None:
    guardrails = {"open": {"when": "not known(stage)", "then": "refer"}}
    proof = prove({**SMALL, "guardrails": guardrails})
    assert texts(proof, "verdict")["Some project gets `refer`."] == "refuted"
    for statement in proof.of_kind("verdict"):
        if statement.example is not None:
            assert "stage" in statement.example.candidates[0]["facts"]


EVERY_KIND: dict[type[Any], str] = {
    expressions.Answers: "stage == applied",
    expressions.Overlaps: "overlaps(fields, [soil])",
    expressions.Has: "has(terms)",
    expressions.Known: "known(stage)",
    expressions.Compare: "budget > 3",
    expressions.Constant: "budget > 3",
    expressions.NumberOf: "budget > 3",
    expressions.RatingOf: "gain > risk",
    expressions.Points: "score(gain) > 50",
    expressions.Sum: "budget - 2 * cost > 3",
    expressions.AsOf: "ends < as_of",
    expressions.Count: "count(harmful, has(terms)) >= 1",
    expressions.Named: "named",
    expressions.Not: "not harmful",
    expressions.And: "harmful and has(terms)",
    expressions.Or: "harmful or has(terms)",
}


def test_every_kind_of_expression_becomes_a_formula() -> None:
    """A new kind of expression needs a condition here, and its formula."""
    kinds = {*get_args(expressions.Expression), *get_args(expressions.Quantity)}
    assert set(EVERY_KIND) == kinds
    facts = {
        **SMALL["facts"],
        "fields": {"kind": "set", "of": "topics"},
        "cost": {"kind": "number"},
        "ends": {"kind": "date"},
    }
    framework = {
        **SMALL,
        "facts": facts,
        "lists": {"topics": {"items": ["soil", "ice"]}},
        "conditions": {"named": "harmful"},
        "guardrails": {"rule": {"when": "harmful", "then": "refer"}},
    }
    for kind, condition in EVERY_KIND.items():
        guardrails = {"rule": {"when": condition, "then": "refer"}}
        loaded = load_framework({**framework, "guardrails": guardrails})
        (step,) = loaded.compiled_guardrails["rule"]
        assert any(isinstance(part, kind) for part in expressions.walk_expression(step.when))
        proof = prove(loaded)
        assert texts(proof, "verdict")["Some project gets `refer`."] == "proved"
        replayed(proof.of_kind("verdict")[2], loaded)


def test_partners_are_a_part_of_examples() -> None:
    law = {"kind": "level", "levels": ["open", "case_by_case", "barred"], "worse": "high", "per": "partner"}  # fmt: skip
    guardrails = {
        "any": {"when": "any_partner(law == barred)", "then": "outside"},
        "two": {"when": "partners_where(law == case_by_case) >= 2", "then": "refer"},
        "every": {"when": "not every_partner(law == open)", "then": "conditional"},
    }
    framework = {**SMALL, "facts": {"law": law}, "guardrails": guardrails}
    proof = prove(framework)
    assert set(texts(proof, "verdict").values()) == {"proved"}
    for statement in proof.statements:
        if statement.example is not None:
            replayed(statement, framework)
    examples = {each.subject: each.example for each in proof.of_kind("verdict")}
    assert examples["project", "outside"].candidates[0]["partners"] == [
        {"id": "partner-1", "facts": {"law": "barred"}}
    ]
    assert len(examples["project", "refer"].candidates[0]["partners"]) >= 2
    assert list(texts(proof, "worse").values()) == ["proved"]
    settled = [each.subject for each in proof.of_kind("answer")]
    assert settled == [("law", "case_by_case", "conditional"), ("law", "barred", "outside")]
    assert "Candidates have at most 3 partners; more were not tried." in proof.notes
    assert "Law (a partner)" in proof.to_text()


def test_security_first_is_never_milder() -> None:
    proof = prove("guardrail-security-first", "guardrail")
    assert [each.outcome for each in proof.statements] == ["proved", "refuted"]
