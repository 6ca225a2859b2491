from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.checks.warnings import (
    LEAST_MOVE,
    about_persons,
    are_persons,
    asked_of_persons,
    candidate_warnings,
    framework_warnings,
)

ROOT = Path(__file__).parents[3]
SHIPPED = [
    *sorted((ROOT / "frameworks").rglob("*.yaml")),
    *sorted((ROOT / "examples").glob("*.yaml")),
]
FIVE = {"range": [1, 5], "levels": {1: "low", 5: "high"}}


def framework(**parts: Any) -> cs.Framework:
    return cs.load_framework({"collabscore": "framework/1", "id": "house", **parts})


def warnings(**parts: Any) -> list[tuple[str, str]]:
    return [
        (issue.code, ".".join(map(str, issue.path)))
        for issue in framework_warnings(framework(**parts))
    ]


# what is shipped


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_to_be_said_of_what_is_shipped(path: Path) -> None:
    # a page of the web may show no date: its note is to say so, and the date is then not missing
    assert [found for found in check(path).diagnostics if found.code != "no-date"] == []


def test_none_of_it_runs_where_nothing_is_checked() -> None:
    code = (
        "import sys, collabscore as cs; cs.score([{'id': 'a'}], cs.load_framework('guardrail'))\n"
        "print([name for name in sys.modules if name.endswith(('checks.warnings', 'analysis.checking'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


# steps


def test_the_mildest_verdict_for_missing_facts_is_said() -> None:
    steps = [
        {"when": "wet", "then": "refer", "if_unknown": "inside"},
        {"when": "dry", "then": "refer", "if_unknown": "conditional"},
    ]
    facts = {"wet": {"kind": "flag"}, "dry": {"kind": "flag"}}
    found = warnings(facts=facts, guardrails={"rule": {"steps": steps}})
    assert found == [("unknown-is-fine", "guardrails.rule.steps.0.if_unknown")]
    alone = {"when": "wet", "then": "refer", "if_unknown": "inside"}
    found = warnings(facts={"wet": {"kind": "flag"}}, guardrails={"rule": alone})
    assert found == [("unknown-is-fine", "guardrails.rule.if_unknown")]


STAGE = {
    "stage": {"kind": "level", "levels": ["basic", "applied", "late"]},
    "animals": {"kind": "flag"},
}


def steps(*given: dict[str, Any]) -> list[tuple[str, str]]:
    house = framework(
        facts=STAGE, safeguards={"review": {}}, guardrails={"rule": {"steps": list(given)}}
    )
    codes = ("never-holds", "always-holds", "covered-step")
    return [(i.code, str(i.path[3])) for i in framework_warnings(house) if i.code in codes]


def test_a_step_is_covered_by_one_at_least_as_severe() -> None:
    late, applied = {"when": "stage == late"}, {"when": "stage >= applied"}
    needs = {"needs": ["review"]}
    assert steps({**applied, "then": "outside"}, {**late, "then": "refer"}) == [
        ("covered-step", "1")
    ]
    assert steps({**applied, "then": "refer"}, {**late, "then": "refer"}) == [("covered-step", "1")]
    # the most severe finding counts, wherever it stands
    assert steps({**late, "then": "refer"}, {**applied, "then": "outside"}) == [
        ("covered-step", "0")
    ]
    # of two that say the same, the first one stays
    assert steps({**late, "then": "refer"}, {**late, "then": "refer"}) == [("covered-step", "1")]
    assert steps({**late, "then": "refer", **needs}, {**late, "then": "refer"}) == [
        ("covered-step", "0")
    ]


def test_a_step_that_can_decide_is_not_covered() -> None:
    late, applied = {"when": "stage == late"}, {"when": "stage >= applied"}
    needs = {"needs": ["review"]}
    assert steps({**applied, "then": "refer"}, {**late, "then": "outside"}) == []
    assert steps({**late, "then": "outside"}, {**applied, "then": "refer"}) == []
    assert steps({**applied, "then": "outside", **needs}, {**late, "then": "refer"}) == []
    # where one cannot tell, the second one is the more severe
    quiet = {**applied, "then": "outside", "if_unknown": "conditional"}
    assert steps(quiet, {**late, "then": "refer"}) == []
    assert steps({"needs": ["review"], "then": "refer"}, {**late, "then": "refer"}) == []


def test_a_step_that_never_applies_is_said_to_be_that_alone() -> None:
    never = {"when": "animals and not animals", "then": "refer"}
    assert steps({"when": "animals", "then": "outside"}, never) == [("never-holds", "1")]


def test_the_cure_of_a_step_that_always_applies_depends_on_what_it_needs() -> None:
    guardrail = {"when": "animals or not animals", "then": "refer"}
    (found,) = framework_warnings(
        framework(facts={"animals": {"kind": "flag"}}, guardrails={"rule": guardrail})
    )
    assert found.code == "always-holds"
    assert found.help is not None
    assert "`and`" in found.help
    house = framework(
        safeguards={"review": {}},
        facts=STAGE,
        guardrails={"rule": {**guardrail, "needs": ["review"]}},
    )
    assert "leave `when` out" in str(framework_warnings(house)[-1].help)


# words


def test_a_word_is_used_wherever_it_is_named() -> None:
    assert (
        warnings(
            lists={"fields": {"items": ["a", "b"]}, "listed": {"among": "fields", "items": ["a"]}},
            facts={"about": {"kind": "set", "of": "fields"}, **STAGE},
            safeguards={"one": {}, "two": {}, "three": {}},
            standing=["three"],
            conditions={"at_the_end": "stage == late", "later": "at_the_end and animals"},
            applies="overlaps('about', listed)",
            guardrails={
                "rule": {"when": "later and not has(two)", "needs": [["one"]], "then": "refer"}
            },
        )
        == []
    )


def test_words_of_a_vocabulary_wait_for_other_frameworks() -> None:
    words = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "facts": STAGE,
        "safeguards": {"review": {}},
    }
    assert warnings(uses=words, guardrails={"rule": {"when": "animals", "then": "refer"}}) == []


# weights, bands


def weight(share: float, **root: Any) -> list[str]:
    criteria = {
        "large": {"scale": FIVE, "weight": 1 - share},
        "small": {"scale": FIVE, "weight": share},
    }
    house = framework(criteria=criteria, **root)
    return [issue.message for issue in framework_warnings(house) if issue.code == "tiny-weight"]


def test_a_weight_matters_from_half_a_point_on() -> None:
    assert LEAST_MOVE == 0.5
    assert weight(0.0051) == []
    (message,) = weight(0.0042)
    assert "can change the score by at most 0.42 points" in message


@pytest.mark.parametrize("share", [0.00001, 0.001, 0.00312, 0.0031999, 0.0049999])
def test_the_most_points_are_not_rounded_down(share: float) -> None:
    (message,) = weight(share)
    points = re.search(r"at most ([\d.]+) points", message)
    assert points is not None
    assert 100 * share <= float(points[1]) + 1e-9 <= 100 * share + 0.011


@pytest.mark.parametrize("combine", ["geometric", "harmonic", "minimum", "maximum", 0.5])
def test_where_a_bad_rating_pulls_all_down_no_weight_is_too_small(combine: str | float) -> None:
    assert weight(1e-6, combine=combine) == []


@pytest.mark.parametrize("power", [1, 1.5, 2, 4])
@pytest.mark.parametrize("share", [0.3, 0.01, 1e-4])
def test_a_leaf_moves_the_score_by_no_more_than_is_said(power: float, share: float) -> None:
    inner = {"a": {"scale": FIVE, "weight": 1 - share}, "b": {"scale": FIVE, "weight": share}}
    house = framework(
        combine=power,
        criteria={
            "group": {"weight": 3, "combine": 2, "criteria": inner},
            "other": {"scale": FIVE},
        },
    )
    bound = 100 * 0.75 ** (1 / power) * share**0.5
    most = 0.0
    for a in (1, 1.5, 3, 5):
        for other in (1, 2, 5):
            low, high = (
                next(
                    iter(
                        cs.score([{"id": "x", "ratings": {"a": a, "b": b, "other": other}}], house)
                    )
                ).score
                for b in (1, 5)
            )
            assert low is not None
            assert high is not None
            most = max(most, high - low)
    assert most <= bound + 1e-9
    assert most == pytest.approx(bound)  # reached where all others are at their worst
    assert any(i.code == "tiny-weight" for i in framework_warnings(house)) == (bound < LEAST_MOVE)


def test_without_a_total_a_leaf_weighs_in_its_group() -> None:
    inner = {"a": {"scale": FIVE, "weight": 999}, "b": {"scale": FIVE}}
    house = framework(
        combine="none",
        criteria={
            "group": {"weight": 1, "criteria": inner},
            "other": {"scale": FIVE, "weight": 1e6},
        },
    )
    (found,) = [issue for issue in framework_warnings(house) if issue.code == "tiny-weight"]
    assert found.path == ("criteria", "group", "criteria", "b")
    assert "can change the score of `group` by at most 0.1 points" in found.message


@pytest.mark.parametrize(
    "bands", [{}, {"a": 1}, {"a": 0, "b": 5, "c": 9}, {"a": 9, "b": 5, "c": 0}]
)
def test_bands_may_rise_or_fall(bands: dict[str, float]) -> None:
    assert warnings(criteria={"x": {"scale": FIVE}}, bands=bands) == []


# lists of candidates

STRICT = {
    "collabscore": "framework/1",
    "id": "strict",
    "criteria": {
        "benefit": {"scale": FIVE, "missing": "worst"},
        "risk": {"scale": FIVE},
    },
    "facts": {"animals": {"kind": "flag"}},
}


@pytest.mark.parametrize(
    ("rating", "said"),
    [
        ([1, 5], True),
        (["low", "high"], True),
        ({"low": 1, "high": 5}, True),
        ({"low": 1, "value": 3, "high": 5}, False),
        ([1, 4.5], False),
        (3, False),
        ("unknown", False),
    ],
)
def test_the_whole_scale_is_no_way_past_the_worst(rating: object, said: bool) -> None:
    listed = cs.load_candidates([{"id": "a", "ratings": {"benefit": rating}}], STRICT)
    found = [(issue.code, issue.path) for issue in candidate_warnings(listed)]
    assert found == ([("whole-scale", ("candidates", 0, "ratings", "benefit"))] if said else [])
    ranking = cs.score(listed, STRICT)
    assert ("benefit" in ranking["a"].unrated) == (said or rating == "unknown")


def test_the_whole_scale_is_named_once_for_two_frameworks() -> None:
    listed = [{"id": "a", "ratings": {"benefit": [1, 5]}}]
    loaded = cs.load_candidates(listed, [{**STRICT, "id": "mild"}, STRICT])
    (found,) = candidate_warnings(loaded)
    assert found.message == "`benefit` from 1 to 5 is the whole scale: it counts as unknown"


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".jsonl"])
def test_bare_lists_have_places_too(tmp_path: Path, suffix: str) -> None:
    listed = [
        {"id": "a", "ratings": {"benefit": [1, 5]}},
        {"id": "b", "tags": ["foreign nationals"]},
    ]
    write = {
        ".yaml": yaml.safe_dump(listed),
        ".json": json.dumps(listed),
        ".jsonl": "\n".join(json.dumps(entry) for entry in listed),
    }
    file = tmp_path / f"list{suffix}"
    file.write_text(write[suffix])
    found = check(file, [cs.load_framework(STRICT)])
    assert found.ok
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["whole-scale", "about-persons"]
    assert all(diagnostic.span is not None for diagnostic in found.diagnostics)
    assert found.diagnostics[1].path[-2:] == ("tags", 0)


# words about persons


def asked(**parts: Any) -> list[tuple[str, str]]:
    document = cs.load_framework({"collabscore": "framework/1", "id": "house", **parts})
    return [(found.code, ".".join(map(str, found.path))) for found in about_persons(document)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is the applicant's nationality?", "nationality"),
        ("researcher_nationality", "nationality"),
        ("Are any foreign nationals on the team?", "foreign nationals"),
        ("Not only nationality but also birthplace", "nationality"),
        ("Give the citizenship of everybody.", "citizenship"),
        ("place-of-birth", "place-of-birth"),
        ("The ethnic origin of those involved", "ethnic origin"),
        ("Was any of them born abroad?", "born abroad"),
        ("Researchers born in a listed state", "Researchers born"),
        ("origin of the researchers", "origin of the researchers"),
        ("applicants' religion", "applicants' religion"),
        ("the gender and age of each applicant", "gender and age of each applicant"),
        ("Names of the team members", "Names of the team members"),
        ("pi_name", "pi_name"),
        ("family of the student", "family of the student"),
        ("Family ties to a listed state", "Family ties"),
        ("Surname", "Surname"),
        ("Does the visa history show refusals?", "visa history"),
        ("Holds a foreign passport", "Holds a foreign passport"),
        # a question asks, whatever it denies
        ("Is there no researcher with that nationality?", "nationality"),
        ("We never ask. What is the nationality of the team?", "nationality"),
        # data are a subject; data on those who take part are not
        ("Records of the nationality of each applicant", "nationality"),
    ],
)
def test_what_asks_who_somebody_is(text: str, words: str) -> None:
    found = asked_of_persons(text)
    assert found is not None
    assert text[slice(*found)] == words
    assert found == (text.index(words), text.index(words) + len(words))


@pytest.mark.parametrize(
    "text",
    [
        "No word here asks about a person: not about nationality, origin, birthplace, name or past.",
        "It never asks for U.S. or other nationality.",
        "Nationality plays no part.",
        "Ethnicity is left out.",
        "Open to every nationality",
        "The same for all, whatever their nationality or religion",
        "Does it hold regardless of nationality?",
        "Could it be used for repression of ethnic or religious minorities?",
        "Do the records show ethnicity or religion?",
        "Ancestry and risk scores from genomes",
        "Where there is profiling by nationality, it stops.",
        "National security and international law",
        "A reviewer can name the use, the user and the step that leads to it.",
        "The applicant names the partner; the applicant name the partner",
        "First name the missing part",
        "Family of methods; citizen science; gradient descent; the origin of samples; in the name of science",
        "A declared race between two sides",
        "Benefit to people outside the two countries",
        "Native vegetation, foreign national laboratories and visas for exchange",
        "",
    ],
)
def test_what_does_not(text: str) -> None:
    assert asked_of_persons(text) is None


def test_a_label_of_one_word_says_it() -> None:
    found = asked_of_persons("gender", is_label=True)
    assert found is not None
    assert asked_of_persons("gender") is None
    assert asked_of_persons("gender studies", is_label=True) is None
    assert asked(facts={"religion": {"kind": "flag"}}, applies="religion") == [
        ("about-persons", "facts.religion")
    ]
    flag = {"kind": "flag", "title": "Gender"}
    assert asked(facts={"x": flag}, applies="x") == [("about-persons", "facts.x.title")]


@pytest.mark.parametrize(
    "unit", ["researcher", "Applicants", "a person", "individuals", "each scientist"]
)
def test_units_that_are_persons(unit: str) -> None:
    assert are_persons(unit)


@pytest.mark.parametrize(
    "unit", ["area or project", "partner", "project and its team", "agreement", "institution"]
)
def test_units_that_are_no_persons(unit: str) -> None:
    assert not are_persons(unit)


def test_one_warning_for_each_element() -> None:
    fact = {
        "kind": "flag",
        "title": "Nationality",
        "question": "Which nationality?",
        "note": "Or citizenship.",
    }
    assert asked(facts={"x": fact}, applies="x") == [("about-persons", "facts.x.title")]


def test_titles_of_sources_are_their_own() -> None:
    sources = {"act": {"title": "Nationality Act", "date": 1981}}
    facts = {"x": {"kind": "flag", "source": "act"}}
    assert asked(sources=sources, facts=facts, applies="x") == []
