"""All errors of a document at once: none is hidden by another, and none is a mere consequence of another."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from unit.small_framework import framework

GOOD: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "sources": {"accord": {"title": "An accord"}},
    "scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "high"}}},
    "lists": {
        "fields": {"items": {"quantum": {"items": ["sensing"]}, "climate": {}}},
        "listed": {"among": "fields", "items": ["sensing"]},
    },
    "facts": {
        "dry": {"kind": "flag", "source": "accord"},
        "stage": {"kind": "level", "levels": {"basic": "early", "late": "near use"}},
        "about": {"kind": "set", "of": "fields"},
        "budget": {"kind": "number", "minimum": 0},
    },
    "safeguards": {"review": {}, "plan": {}},
    "criteria": {
        "gain": {"scale": "five"},
        "group": {"criteria": {"risk": {"scale": "five", "prefer": "low"}}},
    },
    "conditions": {"sensitive": "overlaps(about, listed) or stage == late"},
    "standing": ["plan"],
    "guardrails": {
        "papers": {"when": "dry and sensitive", "needs": ["review"], "then": "red", "met": "green"},
        "graded": {
            "steps": [
                {"when": "gain >= high and not has(plan)", "then": "yellow"},
                {"when": "score(group) > 50 and includes(about, quantum)", "then": "red"},
                {"when": "known(risk) and budget > 3", "then": "red"},
            ]
        },
    },
    "verdicts": {"green": {}, "yellow": {"tier": 2}, "red": {"ranked": False}},
    "defaults": {"met": "green", "if_unknown": "yellow"},
}


def errors_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        cs.load_framework(document)
    except cs.FrameworkError as error:
        return sorted((found.code, found.place) for found in error.diagnostics)
    return []


def changed(document: dict[str, Any], *edits: tuple[str, object]) -> dict[str, Any]:
    """Return the document with other values at dotted paths."""
    result: dict[str, Any] = copy.deepcopy(document)
    for path, value in edits:
        *parents, last = path.split("/")
        here: Any = result
        for part in parents:
            here = here[int(part) if isinstance(here, list) else part]
        here[int(last) if isinstance(here, list) else last] = value
    return result


# A mistake that pydantic refuses, and all that it leads to: one finding, at its own place.
REFUSED: dict[str, tuple[object, str, str]] = {
    "facts/dry/kind": ("flagg", "invalid-choice", "facts.dry.kind"),
    "facts/stage/kind": ("levl", "invalid-choice", "facts.stage.kind"),
    "facts/about/kind": (3, "invalid-choice", "facts.about.kind"),
    "facts/budget": ({}, "missing-key", "facts.budget"),
    "facts/stage/levels/late": (3, "invalid-type", "facts.stage.levels.late"),
    "lists/fields/items": (3, "invalid-type", "lists.fields.items"),
    "lists/listed": (3, "invalid-type", "lists.listed"),
    "scales/five/range": ([5, 1], "empty-range", "scales.five.range"),
    "sources/accord": ("An accord", "invalid-type", "sources.accord"),
    "safeguards/review": (3, "invalid-type", "safeguards.review"),
    "safeguards/plan": (3, "invalid-type", "safeguards.plan"),
    "conditions/sensitive": (3, "invalid-type", "conditions.sensitive"),
    "criteria/group/criteria/risk/scale": (3, "invalid-type", "criteria.group.criteria.risk.scale"),
    "criteria/group/criteria": (3, "invalid-type", "criteria.group.criteria"),
    "guardrails/papers/then": (3, "invalid-type", "guardrails.papers.then"),
    "guardrails/papers/needs": (3, "invalid-type", "guardrails.papers.needs"),
    "guardrails/papers/met": (3, "invalid-type", "guardrails.papers.met"),
    "guardrails/graded/steps/0/then": (3, "invalid-type", "guardrails.graded.steps[0].then"),
    "verdicts/green": (3, "invalid-type", "verdicts.green"),
    "verdicts": (3, "invalid-type", "verdicts"),
    "id": (3, "invalid-type", "id"),
}

# A mistake that only a look at the whole finds.
FOUND: dict[str, tuple[object, str, str]] = {
    "guardrails/graded/steps/1/then": ("dry", "unknown-verdict", "guardrails.graded.steps[1].then"),
    "guardrails/graded/steps/2/then": (
        "fields",
        "unknown-verdict",
        "guardrails.graded.steps[2].then",
    ),
    "standing/0": ("stage", "unknown-safeguard", "standing[0]"),
    "lists/listed/among": ("dry", "unknown-list", "lists.listed.among"),
    "facts/about/of": ("dry", "unknown-list", "facts.about.of"),
    "facts/dry/source": ("review", "unknown-source", "facts.dry.source"),
    "criteria/gain/scale": ("fields", "unknown-scale", "criteria.gain.scale"),
    "applies": ("red or dri", "unknown-name", "applies"),
    "defaults/if_unknown": ("plan", "unknown-verdict", "defaults.if_unknown"),
    "bands": ({"dry": 120}, "out-of-range", "bands.dry"),
    "weights": ("dry", "unknown-weight-space", "weights"),
}


def overlapping(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


# what cannot be told while another mistake stands: the second path is a part of the element that the first one hides
UNTOLD = {
    ("facts/stage/kind", "facts/stage/levels/late"),
    ("facts/dry/kind", "facts/dry/source"),
    ("facts/about/kind", "facts/about/of"),
    ("criteria/group/criteria", "applies"),
    ("verdicts", "defaults/if_unknown"),
    ("verdicts", "guardrails/graded/steps/1/then"),
    ("verdicts", "guardrails/graded/steps/2/then"),
}


def test_the_document_is_good() -> None:
    assert errors_of(GOOD) == []


@pytest.mark.parametrize("path", REFUSED)
def test_a_mistake_has_one_finding_and_no_consequences(path: str) -> None:
    value, code, place = REFUSED[path]
    assert errors_of(changed(GOOD, (path, value))) == [(code, place)]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(REFUSED, 2)))
def test_two_mistakes_are_found_at_once(one: str, other: str) -> None:
    if overlapping(one, other) or (one, other) in UNTOLD:
        return
    document = changed(GOOD, (one, REFUSED[one][0]), (other, REFUSED[other][0]))
    found = errors_of(document)
    assert found == sorted(REFUSED[path][1:] for path in (one, other))


@pytest.mark.parametrize("refused", REFUSED)
@pytest.mark.parametrize("found", FOUND)
def test_no_mistake_hides_one_in_which_its_word_occurs(refused: str, found: str) -> None:
    if overlapping(refused, found) or (refused, found) in UNTOLD:
        return
    alone = errors_of(changed(GOOD, (found, FOUND[found][0])))
    assert FOUND[found][1:] in alone
    both = errors_of(changed(GOOD, (found, FOUND[found][0]), (refused, REFUSED[refused][0])))
    assert FOUND[found][1:] in both
    assert REFUSED[refused][1:] in both
    assert set(both) <= {REFUSED[refused][1:], *alone}


def test_the_word_of_a_refused_fact_in_another_message() -> None:
    document = {
        "collabscore": "framework/1",
        "id": "house",
        "facts": {"dry": {"kind": "flagg"}, "wet": {"kind": "flag"}},
        "guardrails": {"rule": {"when": "wet", "then": "dry"}},
    }
    assert errors_of(document) == [
        ("invalid-choice", "facts.dry.kind"),
        ("unknown-verdict", "guardrails.rule.then"),
    ]


NAMES = ["dry", "facts", "verdicts", "criteria", "kind", "then", "flag", "id", "lists"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
)
def test_names_that_are_also_words_of_the_language_hide_nothing(
    facts: list[str], verdict: str, safeguard: str
) -> None:
    broken, *whole = facts
    document = {
        "collabscore": "framework/1",
        "id": "house",
        "facts": {broken: {"kind": "flagg"}} | {name: {"kind": "flag"} for name in whole},
        "standing": [safeguard],
        "guardrails": {
            "used": {"when": broken, "then": "refer"},
            "rule": {"when": f"{whole[0]} and unheard_of", "then": verdict},
        },
    }
    assert errors_of(document) == sorted(
        [
            ("invalid-choice", f"facts.{broken}.kind"),
            ("unknown-name", "guardrails.rule.when"),
            ("unknown-safeguard", "standing[0]"),
            ("unknown-verdict", "guardrails.rule.then"),
        ]
    )


# what is missing does not hide its neighbours


def candidate_errors(*listed: object) -> list[tuple[str, str]]:
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, GOOD)  # type: ignore[arg-type]
    return sorted((found.code, found.place) for found in caught.value.diagnostics)


@pytest.mark.parametrize("id", [{"id": 5}, {"id": ""}, {}, {"id": None}, {"title": "no id"}])
def test_an_id_that_is_none_does_not_hide_the_rest_of_a_candidate(id: dict[str, object]) -> None:
    answers = {"ratings": {"gian": 3, "gain": 9}, "facts": {"dry": "maybe"}, "part_of": "nobody"}
    found = candidate_errors({"id": "a"}, {**id, **answers})
    assert len(found) == 5
    assert [code for code, _ in found if code.startswith("unknown")] == [
        "unknown-candidate",
        "unknown-criterion",
    ]


def test_candidates_without_ids_are_no_duplicates() -> None:
    found = candidate_errors({"title": "one"}, {"title": "two"}, {"id": "…"})
    assert found == [("missing-key", "candidates[0]")]


@pytest.mark.parametrize("steps", [True, False])
def test_a_step_without_a_verdict_does_not_hide_its_other_mistakes(steps: bool) -> None:
    step = {"when": "dri", "needs": ["reviw"], "if_unknown": "yelow"}
    guardrail = {"steps": [step]} if steps else step
    found = errors_of(changed(GOOD, ("guardrails/papers", guardrail)))
    assert [code for code, _ in found] == [
        "missing-key",
        "unknown-name",
        "unknown-safeguard",
        "unknown-verdict",
    ]


def test_a_misspelt_key_does_not_hide_what_stands_under_it() -> None:
    edited = changed(GOOD, ("facts/stage", {"kind": "level", "levls": ["basic", 5]}))
    assert ("unknown-key", "facts.stage.levls") in errors_of(edited)
    edited = changed(GOOD, ("criteria/gain", {"scale": "five", "wieght": -3}))
    assert errors_of(edited) == [
        ("unknown-key", "criteria.gain.wieght"),
        ("weight-not-positive", "criteria.gain.wieght"),
    ]


def test_a_framework_without_an_id_is_checked_all_the_same() -> None:
    document = changed(GOOD, ("guardrails/papers/then", "rde"))
    del document["id"]
    assert errors_of(document) == [
        ("missing-key", ""),
        ("unknown-verdict", "guardrails.papers.then"),
    ]


def test_a_case_that_expects_nothing_because_of_a_mistake_has_one_finding() -> None:
    framework = cs.load_framework(GOOD)
    case = {"id": "a", "candidate": {"ratings": {"gian": 3}}, "expect": {"verdict": 3}}
    other = {"id": 5, "candidate": {"facts": {"dri": "yes"}}}
    document = {"collabscore": "cases/1", "framework": "house", "cases": [case, other]}
    with pytest.raises(cs.DocumentError) as caught:
        cs.load_cases(document, framework)
    assert sorted((found.code, found.place) for found in caught.value.diagnostics) == [
        ("invalid-type", "cases[1].id"),
        ("invalid-type", "cases[a].expect.verdict"),
        ("missing-key", "cases[1]"),
        ("unknown-criterion", "cases[a].candidate.ratings.gian"),
        ("unknown-fact", "cases[1].candidate.facts.dri"),
    ]


def test_places_after_removed_entries_and_numeric_keys_are_those_of_the_document() -> None:
    edited = changed(
        GOOD,
        (
            "guardrails/graded/steps",
            [{"then": 3, "when": "dry"}, 5, {"when": "dry", "then": "rde"}],
        ),
        ("scales/five/levels", {1: 3, 2: "x", 9: "high"}),
    )
    assert errors_of(edited) == [
        ("invalid-type", "guardrails.graded.steps[0].then"),
        ("invalid-type", "guardrails.graded.steps[1]"),
        ("invalid-type", "scales.five.levels[1]"),
        ("off-scale", "scales.five.levels[9]"),
        ("unknown-verdict", "guardrails.graded.steps[2].then"),
    ]


# shapes


BASE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "x",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
}


def codes(document: Any) -> list[str]:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(document)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"scales": {"five": {"range": [1, 5], "levels": {"1": "low", "1.0": "lower"}}}},
        "duplicate-key",
    ),
    ({"scales": {"five": {"range": [1, 5], "levels": ["low"]}}}, "invalid-type"),
    ({"scales": {"five": {"range": [1, 5], "levels": {"one": "low"}}}}, "invalid-type"),
    ({"scales": {"five": {"range": [1, 2, 3]}}}, "too-many"),
    ({"scales": {"five": {"range": [1]}}}, "too-few"),
    ({"scales": {"five": None}}, "invalid-type"),
    ({"scales": {"five": True}}, "invalid-type"),
    ({"criteria": {"benefit": {"scale": "five", "weight": [0, 0]}}}, "weight-not-positive"),
    ({"criteria": {"benefit": {"scale": "five", "weight": {"low": 1}}}}, "invalid-type"),
    ({"criteria": {"benefit": {"scale": "five", "value": {1: 100}}}}, "too-few"),
    ({"criteria": {"benefit": {"scale": "five", "value": {1: 100, 5: 120}}}}, "out-of-range"),
    ({"facts": {"wet": {"kind": "level", "levls": ["a", "b"]}}}, "unknown-key"),
    ({"facts": {"wet": {"kind": "number", "levels": ["a"]}}}, "unknown-key"),
    ({"id": ""}, "empty-text"),
    ({"id": "a\x07b"}, "bad-character"),
    ({"id": "x" * 300}, "too-long"),
    ({"version": True}, "invalid-type"),
    ({"guardrails": {"g": {"steps": []}}}, "too-few"),
    ({"verdicts": {"a": {"tier": 0}, "b": {}}}, "out-of-range"),
    ({"sources": {"s": {"title": "T", "verified": "yes"}}}, "invalid-choice"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_a_wrong_shape_has_a_code(changes: dict[str, Any], code: str) -> None:
    assert code in codes({**BASE, **changes})


def test_mistakes_in_lists_keep_their_places() -> None:
    listed = [
        {"id": "a", "ratings": {"benefit": 9}},
        {"title": "no id", "ratings": {"benefit": 9}},
        {"id": "c", "safeguards": [3, "reviw"], "ratings": {"benefit": 7}, "part_of": "nobody"},
    ]
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, BASE)
    found = {diagnostic.place: diagnostic.code for diagnostic in caught.value.diagnostics}
    assert found["candidates[a].ratings.benefit"] == "off-scale"
    assert found["candidates[1]"] == "missing-key"
    assert found["candidates[c].ratings.benefit"] == "off-scale"
    assert found["candidates[c].safeguards[1]"] == "unknown-safeguard"
    assert found["candidates[c].part_of"] == "unknown-candidate"


def test_two_keys_meant_for_one_are_both_named() -> None:
    document = {**BASE, "criteria": {"benefit": {"scal": "five", "sacle": "five"}}}
    assert codes(document).count("unknown-key") == 2


# keys of safety rules


def test_an_unknown_key_in_a_safety_rule_is_an_error() -> None:
    with pytest.raises(cs.FrameworkError, match="unknown key `wen`"):
        cs.load_framework(
            framework(guardrails={"no_weapons": {"wen": "weapons", "then": "outside"}})
        )
