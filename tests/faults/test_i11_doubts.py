"""Faults of answers that contradict each other: issue 11."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.checks.warnings import framework_warnings
from collabscore.errors import CollabscoreError, FrameworkError

SCALE = {"range": [1, 5], "levels": {1: "low", 5: "high"}}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"gain": {"scale": SCALE}, "risk": {"scale": SCALE, "prefer": "low"}},
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
    },
    "safeguards": {"review": {}},
    "guardrails": {"g1": {"when": "crit or stage > basic", "then": "outside"}},
}


def framework(**contradictions: Any) -> dict[str, Any]:
    return {**FRAMEWORK, "contradictions": contradictions}


@pytest.mark.parametrize(
    ("contradiction", "code", "message", "help"),
    [
        pytest.param(
            {"when": "stage == basic and crit", "doubts": ["stag"]},
            "unknown-fact",
            "`stag` is not a fact here",
            "did you mean `stage`?",
            id="a-fact-that-is-none",
        ),
        pytest.param(
            {"when": "stage == basic and crit", "doubts": ["gain"]},
            "unknown-fact",
            "`gain` is not a fact here",
            "choose from `crit`, `stage`",
            id="a-criterion-is-no-fact",
        ),
        pytest.param(
            {"when": "stage == basic and not known(crit)", "doubts": ["stage"]},
            "condition-not-allowed",
            "a contradiction is of answers, and `known(...)` is about none",
            "compare the answers themselves, such as `stage == basic`",
            id="known",
        ),
        pytest.param(
            {"when": "stage == basic", "doubts": []},
            "too-few",
            "`doubts` has 0 entries; it needs at least 1",
            "add an entry: facts in doubt while it holds or may hold: judged as answered and as "
            "open",
            id="no-doubts",
        ),
        pytest.param(
            {"when": "stage == basic"},
            "missing-key",
            "`doubts` is missing",
            "add `doubts: ...`: facts in doubt while it holds or may hold: judged as answered and "
            "as open",
            id="doubts-left-out",
        ),
        pytest.param(
            {"when": "stge == basic", "doubts": ["stage"]},
            "unknown-name",
            "`stge` is not a fact, criterion, list or condition here",
            "did you mean `stage`?",
            id="a-condition-about-nothing",
        ),
    ],
)
def test_a_contradiction_that_means_nothing_is_refused(
    contradiction: dict[str, Any], code: str, message: str, help: str
) -> None:
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(framework(a=contradiction))
    (found,) = caught.value.diagnostics
    assert (found.code, found.message, found.help) == (code, message, help)
    assert str(found.label).startswith("contradictions.a")


def test_the_columns_of_known_are_named_also_where_a_condition_has_it() -> None:
    contradiction = {"when": "stage == basic and known( crit )", "doubts": ["stage"]}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(framework(a=contradiction))
    assert caught.value.diagnostics[0].within == (19, 32)
    named = {**framework(a={"when": "asked", "doubts": ["stage"]})}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework({**named, "conditions": {"asked": "known(crit) or crit"}})
    (found,) = caught.value.diagnostics
    assert found.message.endswith("; a condition that it names has one")
    assert found.within == (0, 5)


def test_what_never_or_always_contradicts_is_warned_of() -> None:
    never = {"when": "stage == basic and stage == applied", "doubts": ["stage"]}
    always = {"when": "crit or not crit", "doubts": ["crit"]}
    loaded = cs.load_framework(framework(never=never, always=always))
    found = {one.path: one.code for one in framework_warnings(loaded) if "holds" in one.code}
    assert found == {
        ("contradictions", "never", "when"): "never-holds",
        ("contradictions", "always", "when"): "always-holds",
    }


def test_a_contradiction_of_the_vocabulary_may_be_about_a_criterion_that_is_not_used() -> None:
    vocabulary = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "criteria": {"gain": {"scale": SCALE}, "trust": {"scale": SCALE}},
        "facts": FRAMEWORK["facts"],
        "contradictions": {
            "a": {"when": "trust >= 4 and crit", "doubts": ["crit"]},
            "b": {"when": "gain >= 4 and crit", "doubts": ["crit"]},
        },
    }
    whole = {**FRAMEWORK, "uses": vocabulary, "facts": {}, "criteria": {"gain": {}}}
    assert list(cs.load_framework(whole).contradiction_expressions) == ["b"]
    again = {**whole, "contradictions": {"b": {"when": "crit", "doubts": ["crit"]}}}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(again)
    assert [one.code for one in caught.value.diagnostics] == ["redefined"]


# doubted answers are judged twice

LINKED = {
    **FRAMEWORK,
    "facts": {
        **FRAMEWORK["facts"],
        "link": {"kind": "level", "levels": ["none", "uses", "advances"]},
    },
    "contradictions": {
        "linked": {
            "when": "link >= uses and not crit",
            "doubts": ["crit"],
            "say": "A link to a technology makes it critical.",
        }
    },
    "guardrails": {
        "g1": {"when": "crit and stage == applied", "then": "outside"},
        "g2": {"when": "crit", "needs": ["review"], "then": "refer"},
    },
}


def assessed(facts: dict[str, Any], as_of: str | None = None, **more: Any) -> Any:
    """Return the assessment of one candidate with these facts."""
    listed = {"candidates": [{"id": "a", "ratings": {"gain": 3, "risk": 3}, "facts": facts}]}
    if as_of is not None:
        listed["as_of"] = as_of  # type: ignore[assignment]
    return cs.score(listed, {**LINKED, **more})["a"]


@pytest.mark.parametrize(
    ("facts", "verdict", "reach", "doubted"),
    [
        ({"crit": False, "link": "none", "stage": "applied"}, "inside", ("inside", "inside"), ()),
        # contradictory, and perhaps contradictory: as if it were not answered
        ({"crit": False, "link": "uses", "stage": "applied"}, "refer", ("inside", "outside"), 1),
        ({"crit": False, "stage": "applied"}, "refer", ("inside", "outside"), 1),
        (
            {"crit": False, "link": ["none", "uses"], "stage": "applied"},
            "refer",
            ("inside", "outside"),
            1,
        ),
        ({"crit": False, "link": ["uses", "advances"]}, "refer", ("inside", "outside"), 1),
        # the answer as given is the more severe
        ({"crit": True, "link": "uses", "stage": "applied"}, "outside", ("outside", "outside"), ()),
        # what has no answer is not in doubt
        ({"link": "uses", "stage": "applied"}, "refer", ("inside", "outside"), ()),
        # in doubt, and of no consequence but for the second rule
        ({"crit": False, "link": "uses", "stage": "basic"}, "refer", ("inside", "refer"), 1),
    ],
)
def test_a_doubted_answer_is_judged_as_given_and_as_open(
    facts: dict[str, Any], verdict: str, reach: tuple[str, str], doubted: Any
) -> None:
    found = assessed(facts)
    assert (found.verdict, found.verdict_range) == (verdict, reach)
    assert found.doubted == (("crit",) if doubted else ())
    assert found.expired == ()
    if doubted:
        assert "crit" in {name for finding in found.findings for name in finding.unknown}


def test_a_false_answer_is_not_milder_than_none() -> None:
    """A false answer does not pay, nor does a hidden one; see design 3.1."""
    false = assessed({"crit": False, "link": "uses", "stage": "applied"})
    hidden = assessed({"link": "uses", "stage": "applied"})
    assert (false.verdict, false.verdict_range) == (hidden.verdict, hidden.verdict_range)


def test_the_answer_as_given_may_be_the_more_severe() -> None:
    doubts = {"odd": {"when": "crit and stage == basic", "doubts": ["crit"]}}
    rules = {"g": {"when": "crit", "then": "outside"}}
    found = assessed({"crit": True, "stage": "basic"}, contradictions=doubts, guardrails=rules)
    assert (found.verdict, found.verdict_range) == ("outside", ("inside", "outside"))
    assert found.findings[0].state == "barred"
    assert found.rank is None


def test_contradictions_are_found_once_and_all_together() -> None:
    """That `crit` is open does not put `stage` in doubt, too."""
    doubts = {
        "one": {"when": "link >= uses and not crit", "doubts": ["crit"]},
        "two": {"when": "crit and stage == basic", "doubts": ["stage"]},
    }
    found = assessed({"crit": False, "link": "uses", "stage": "basic"}, contradictions=doubts)
    assert found.doubted == ("crit",)


def test_known_is_judged_both_ways_in_doubt() -> None:
    rules = {"g": {"when": "not known(crit)", "then": "refer"}}
    found = assessed({"crit": False, "link": "uses"}, guardrails=rules)
    assert (found.verdict, found.verdict_range) == ("refer", ("inside", "refer"))


def test_ratings_may_contradict_answers() -> None:
    doubts = {"rated": {"when": "risk >= 4 and not crit", "doubts": ["crit"]}}
    framework = {**LINKED, "contradictions": doubts}
    facts = {"crit": False, "stage": "applied"}
    verdicts = []
    for risk in (3, 4, [3, 5], "unknown"):
        listed = [{"id": "a", "ratings": {"gain": 3, "risk": risk}, "facts": facts}]
        verdicts.append(cs.score(listed, framework)["a"].verdict)
    assert verdicts == ["inside", "refer", "refer", "refer"]


@pytest.mark.parametrize(
    ("entries", "verdict", "reach", "expired"),
    [
        ({"crit": {"value": False, "until": 2025}}, "refer", ("inside", "outside"), ("crit",)),
        ({"crit": {"value": True, "until": 2025}}, "outside", ("inside", "outside"), ("crit",)),
        ({"crit": {"value": False, "until": "2026-01-01"}}, "inside", ("inside", "inside"), ()),
        (
            {"crit": {"value": True, "until": 2025}, "stage": {"value": "basic", "until": 2025}},
            "refer",
            ("inside", "outside"),
            ("crit", "stage"),
        ),
    ],
)
def test_an_expired_fact_is_judged_as_given_and_as_open(
    entries: dict[str, Any], verdict: str, reach: tuple[str, str], expired: tuple[str, ...]
) -> None:
    found = assessed({"link": "none", "stage": "applied", **entries}, "2026-01-01")
    assert (found.verdict, found.verdict_range) == (verdict, reach)
    assert (found.expired, found.doubted) == (expired, ())


def test_an_answer_may_have_expired_and_be_in_doubt() -> None:
    entry = {"value": False, "until": 2025}
    found = assessed({"crit": entry, "link": "uses", "stage": "applied"}, "2026-01-01")
    assert (found.expired, found.doubted) == (("crit",), ("crit",))
    assert (found.verdict, found.verdict_range) == ("refer", ("inside", "outside"))


# every analysis sees it


def listed_two() -> dict[str, Any]:
    return {
        "as_of": "2026-01-01",
        "candidates": [
            {
                "id": "odd",
                "ratings": {"gain": 5, "risk": 1},
                "facts": {"crit": False, "link": "uses", "stage": "applied"},
            },
            {
                "id": "plain",
                "ratings": {"gain": 2, "risk": 3},
                "facts": {"crit": False, "link": "none", "stage": "applied"},
            },
        ],
    }


def test_a_changed_answer_is_doubted_anew() -> None:
    ranking = cs.score(listed_two(), LINKED)
    assert ranking.ids == ("plain", "odd")
    cured = cs.what_if(ranking, facts={"odd": {"link": "none"}}).ranking
    assert (cured["odd"].verdict, cured.ids) == ("inside", ("odd", "plain"))
    spoilt = cs.what_if(ranking, facts={"plain": {"link": "advances"}}).ranking
    assert (spoilt["plain"].verdict, spoilt["plain"].doubted) == ("refer", ("crit",))


def test_variants_of_a_problem_see_contradictions_as_scoring_does() -> None:
    """One answer, in which no rule is interested, puts another in doubt."""
    from collabscore.models.answers import SetAnswer
    from collabscore.scoring.problem import column_of
    from collabscore.scoring.variants import Changes, Entries, Variants

    ranking = cs.score(listed_two(), LINKED)
    variants = Variants.of_ranking(ranking)
    fact = ranking.framework.all_facts["link"]
    answers = [SetAnswer(frozenset({position})) for position in (0, 1, 2)]
    row = ranking.problem.ids.index("plain")  # type: ignore[union-attr]
    entries = {"link": Entries(np.arange(3), column_of(answers, fact))}
    found = variants.alone(Changes(np.full(3, row), entries=entries))
    verdicts = [list(ranking.framework.all_verdicts)[code] for code in found.severity]
    assert verdicts == ["inside", "refer", "refer"]
    scored = []
    for answer in fact.answers:
        changed = cs.what_if(ranking, facts={"plain": {"link": answer}}).ranking
        scored.append((changed["plain"].verdict, changed["plain"].rank))
    assert scored == list(zip(verdicts, found.ranks.tolist(), strict=True))


def test_draws_keep_answers_in_doubt() -> None:
    ranking = cs.score(listed_two(), LINKED)
    found = cs.robustness(ranking, draws=128, weights="any")
    place = ranking.place_of("odd")
    assert found.verdict_probabilities["refer"][place] == 1


def test_an_expired_answer_is_asked_for_anew() -> None:
    listed = listed_two()
    listed["candidates"][1]["facts"]["crit"] = {"value": False, "until": 2025}
    found = cs.next_questions(cs.score(listed, LINKED), draws=64)
    asked = {(one.candidate, one.key, one.known) for one in found.rows}
    assert ("plain", "crit", "expired (no)") in asked


# readers see it


def test_results_name_answers_in_doubt() -> None:
    listed = listed_two()
    listed["candidates"][1]["facts"]["crit"] = {"value": False, "until": 2025}
    ranking = cs.score(listed, LINKED)
    text = ranking.page().to_text()
    assert 'Expired: "Crit" of "Plain" (2025).' in text
    said = 'In doubt, since answers contradict each other or may do so: "Crit" of "Odd".'
    assert said in " ".join(text.split())
    assert "judged as answered and as unknown" in " ".join(text.split())
    records = {record["id"]: record for record in ranking.document()["candidates"]}
    assert records["odd"]["doubted"] == ["crit"]
    assert records["plain"]["expired"] == ["crit"]
    explained = cs.explain(ranking, "odd").page().to_text(1000)
    assert "In doubt, since answers contradict each other or may do so: crit." in explained
    assert "A link to a technology makes it critical." in explained
    assert "Expired: crit." in cs.explain(ranking, "plain").page().to_text(1000)
    assert "Expired: crit." in str(ranking["plain"])


def test_check_names_the_places_of_a_contradiction(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(yaml.safe_dump(LINKED))
    listed = {**listed_two(), "framework": "house.yaml"}
    listed["candidates"].append({"id": "may", "facts": {"crit": False}})
    listed["candidates"].append({"id": "silent", "facts": {"link": "uses"}})
    file = tmp_path / "list.yaml"
    file.write_text(yaml.safe_dump(listed))
    holds, may = (one for one in check(file).diagnostics if one.code == "contradiction")
    assert holds.label == "candidates[odd].facts.crit"
    assert holds.message == (
        "`crit` contradicts other answers: A link to a technology makes it critical."
    )
    assert holds.help == "correct one of these answers; until then `crit` also counts as unknown"
    (note,) = holds.notes
    assert note.message == "`link`"
    assert note.span is not None
    assert may.message.startswith("`crit` may contradict other answers: ")
    assert may.help == "answer `link`; until then `crit` also counts as unknown"


def test_a_framework_asks_for_what_contradictions_look_at() -> None:
    vocabulary = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "facts": LINKED["facts"],
        "contradictions": {
            **LINKED["contradictions"],
            "idle": {"when": "stage == basic and crit", "doubts": ["stage"], "verified": "no"},
        },
    }
    kept = {key: LINKED[key] for key in ("collabscore", "id", "criteria", "safeguards")}
    rules = {"g2": {"when": "crit", "needs": ["review"], "then": "refer"}}
    framework = cs.load_framework({**kept, "uses": vocabulary, "guardrails": rules})
    assert list(framework.live_contradictions) == ["linked"]
    assert framework.facts_asked == ("crit", "link")
    kinds = {(kind, key) for kind, key, _ in framework.elements()}
    assert ("contradiction", "linked") in kinds
    assert ("contradiction", "idle") not in kinds


def test_cases_have_a_date_and_contradictions() -> None:
    cases = {
        "collabscore": "cases/1",
        "framework": "small",
        "as_of": "2026-01-01",
        "cases": [
            {
                "id": "odd",
                "candidate": {"facts": {"crit": False, "link": "uses", "stage": "applied"}},
                "expect": {"verdict": "refer", "verdict_range": ["inside", "outside"]},
            },
            {
                "id": "late",
                "candidate": {
                    "facts": {"crit": True, "link": "none", "stage": "basic"},
                    "safeguards": [{"id": "review", "until": 2025}],
                },
                "expect": {"verdict": "refer", "findings": {"g2": "unmet"}},
            },
        ],
    }
    assert cs.run_cases(LINKED, cases).passed
    undated = {key: value for key, value in cases.items() if key != "as_of"}
    with pytest.raises(CollabscoreError, match="until"):
        cs.run_cases(LINKED, undated)


def test_a_doubted_answer_is_not_certain() -> None:
    ranking = cs.score(listed_two(), LINKED)
    assert ranking.select(where="not crit").ids == ("plain",)
    listed = listed_two()
    listed["candidates"][1]["facts"]["crit"] = {"value": False, "until": 2025}
    assert cs.score(listed, LINKED).select(where="not crit").ids == ()


def test_a_framework_that_applies_by_a_doubted_answer_says_so() -> None:
    ranking = cs.score(listed_two(), {**LINKED, "applies": "not crit"})
    said = 'The framework may not apply to 1 candidate (unknown: "Crit")'
    assert any(note.startswith(said) for note in ranking.notes)
    assert ranking["odd"].verdict == "refer"


def test_a_doubted_answer_is_asked_for() -> None:
    found = cs.next_questions(cs.score(listed_two(), LINKED), draws=256)
    (asked,) = (one for one in found.rows if (one.candidate, one.key) == ("odd", "crit"))
    assert asked.known == "no (in doubt)"
    assert asked.verdict.value > 0
    drawn = cs.robustness(cs.score(listed_two(), LINKED), draws=256, facts="drawn").if_answered
    assert drawn is not None
    place = drawn.ranking.place_of("odd")
    assert drawn.verdict_probabilities["outside"][place] == pytest.approx(0.5, abs=0.2)


def test_an_answer_that_is_only_coarse_is_not_in_doubt() -> None:
    lists = {
        "fields": {"items": {"earth": {"items": {"soil": "Soil", "ice": "Ice"}}, "sky": "Sky"}},
        "named": {"among": "fields", "items": ["soil"]},
    }
    framework = {
        **LINKED,
        "lists": lists,
        "facts": {**LINKED["facts"], "field": {"kind": "set", "of": "fields"}},
        "guardrails": {"g": {"when": "overlaps(field, named)", "then": "refer"}},
    }
    listed = listed_two()
    listed["candidates"][0]["facts"]["field"] = ["earth"]
    found = cs.next_questions(cs.score(listed, framework), draws=64)
    assert next(one.known for one in found.rows if one.key == "field") == "earth"
