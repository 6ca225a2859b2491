"""Verdicts, titles and reasons in words."""

from __future__ import annotations

import pytest

import collabscore as cs
from collabscore.documents.loading import shipped
from collabscore.models.base import title_of, verification
from collabscore.output import Badge
from collabscore.scoring.wording import (
    NOT_APPLICABLE,
    SCOPE_NOTE,
    badge,
    closing_notes,
    direction_words,
    framework_title,
    listed_titles,
    options_in_words,
    quoted_titles,
    reasons_of,
    safeguard_title,
    safeguard_titles,
    title_of_word,
    unverified_note,
    unverified_titles,
    verdict_in_words,
)

HOUSE = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "house",
        "title": "House rules",
        "version": "2",
        "sources": {"hearsay": {"title": "A report", "verified": "no"}},
        "scales": {"five": {"range": [1, 5]}},
        "facts": {
            "harm": {"kind": "flag", "source": "hearsay"},
            "open_data": {"kind": "flag", "title": "Open data"},
        },
        "criteria": {"gain": {"scale": "five", "missing": "refuse"}},
        "safeguards": {"review": {}, "terms": {"title": "Written terms"}},
        "guardrails": {
            "harmful": {"when": "harm", "then": "outside", "source": "hearsay"},
            "data": {
                "when": "open_data",
                "needs": ["review", ["review", "terms"]],
                "then": "outside",
                "met": "conditional",
            },
        },
    }
)


def test_badges_differ_by_word_shape_and_tone() -> None:
    badges = [badge(verdict, HOUSE) for verdict in HOUSE.all_verdicts]
    assert badges[0] == Badge("inside", "●", "good")
    assert badges[-1] == Badge("outside", "✕", "stop")
    assert len({found.shape for found in badges}) == 4
    assert badge(None, HOUSE) is NOT_APPLICABLE
    assert verdict_in_words(None, HOUSE) == "○ not applicable"


def test_titles() -> None:
    assert framework_title(HOUSE) == "House rules, version 2"
    assert [title_of_word(HOUSE, key) for key in ("gain", "open_data")] == ["Gain", "Open data"]
    assert quoted_titles(HOUSE, ("harm", "open_data")) == '"Harm", "Open data"'
    assert listed_titles(HOUSE, ("harm", "open_data")) == "harm, open data"
    assert safeguard_title(HOUSE, "terms") == "written terms"
    assert safeguard_titles(HOUSE, ("terms", "review")) == "written terms, review"
    assert options_in_words(("terms", "review"), HOUSE) == "written terms or review"


@pytest.mark.parametrize("name", shipped())
def test_all_kinds_of_parts_that_are_not_verified_are_named(name: str) -> None:
    framework = cs.load_framework(name)
    expected = [
        title_of(key, element.title)
        for kind, key, element in framework.elements()
        if kind != "framework" and verification(element, framework.all_sources) == "no"
    ]
    assert unverified_titles(framework) == expected
    assert (unverified_note(framework) is None) == (not expected)


def test_a_fact_with_an_unverified_source_is_named() -> None:
    assert unverified_note(HOUSE) == (
        "Not verified: Harmful, Harm. Check these before you rely on them."
    )


def test_the_last_notes_are_what_is_not_verified_and_the_scope() -> None:
    assert list(closing_notes(HOUSE)) == [unverified_note(HOUSE), SCOPE_NOTE]
    bare = cs.load_framework({"collabscore": "framework/1", "id": "bare"})
    assert list(closing_notes(bare)) == [SCOPE_NOTE]


@pytest.mark.parametrize(
    ("candidate", "reasons"),
    [
        ({"facts": {"harm": False, "open_data": False}}, []),
        (
            {"facts": {"harm": True, "open_data": True}},
            [
                '"Harmful" applies: no safeguard can satisfy this rule',
                '"Data" applies, missing: review, review or written terms',
            ],
        ),
        (
            {"facts": {"open_data": False}},
            ['"Harmful" may apply, unknown: harm'],
        ),
        (
            {
                "facts": {"harm": False, "open_data": True},
                "safeguards": ["review", {"id": "terms", "status": "planned"}],
            },
            ['"Data" applies, satisfied by: review, review'],
        ),
        (
            {"facts": {"harm": False}, "safeguards": [{"id": "terms", "status": "planned"}]},
            [
                (
                    '"Data" may apply, unknown: open data. If it applies, needs: review,'
                    " review or written terms (planned)"
                )
            ],
        ),
        (
            {"unit": "area", "facts": {"harm": False, "open_data": True}},
            ['"Data" applies, needs: review, review or written terms'],
        ),
    ],
)
def test_reasons_of_a_verdict(candidate: dict[str, object], reasons: list[str]) -> None:
    ranking = cs.score([{"id": "flu", "ratings": {"gain": 3}, **candidate}], HOUSE)
    assert reasons_of(ranking["flu"]) == reasons


def test_a_refused_score_is_a_reason() -> None:
    ranking = cs.score([{"id": "flu", "facts": {"harm": False, "open_data": False}}], HOUSE)
    assert reasons_of(ranking["flu"]) == ["no score; unrated: gain"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1: 0, 5: 100}, ""),
        ({1: 100, 3: 100, 5: 0}, "lower is better"),
        ({1: 0, 3: 100, 5: 0}, "best at 3"),
        ({1: 100, 3: 0, 5: 100}, "best at 1 or 5"),
    ],
)
def test_the_direction_follows_a_value_function(value: dict[int, int], words: str) -> None:
    criteria = {"zeal": {"scale": {"range": [1, 5]}, "value": value}}
    data = {"collabscore": "framework/1", "id": "small", "criteria": criteria}
    assert direction_words(cs.load_framework(data), "zeal") == words


@pytest.mark.parametrize("name", ["guardrail", "guardrail-security-first"])
def test_no_two_parts_of_a_guardrail_framework_have_one_title(name: str) -> None:
    found = cs.load_framework(name)
    parts = (found.guardrails, found.all_facts, found.all_safeguards, found.nodes)
    titles = [part.title for each in parts for part in each.values()]
    assert len(titles) == len(set(titles))
