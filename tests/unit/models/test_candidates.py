"""Candidates: ids and titles; candidates of a framework's cases as a list."""

from __future__ import annotations

import pytest

import collabscore as cs
from collabscore.models.candidates import Cases
from unit.small_framework import FULL, candidate, framework


@pytest.mark.parametrize(
    "name", ["a_b", "two words", "v1.2", "流感", "Ünïcode", "NO", "a/b", "-dash", "=1+1"]
)
def test_any_printable_text_is_an_id(name: str) -> None:
    ranking = cs.score([candidate(name, **FULL)], framework())
    assert ranking[name].id == name
    assert name in ranking.to_json()


def test_two_candidates_may_have_one_title() -> None:
    listed = [{**candidate(n, **FULL), "title": "The same"} for n in ("a", "b")]
    ranking = cs.score(listed, framework())
    assert ranking.ids == ("a", "b")
    assert ranking["b"].title == "The same"


def test_candidates_of_cases_have_ids_and_titles() -> None:
    cases = Cases.model_validate(
        {
            "collabscore": "cases/1",
            "framework": "house",
            "cases": [
                {"id": "a", "title": "First", "candidate": {}, "expect": {}},
                {
                    "id": "b",
                    "candidate": {"id": "own", "title": "Its own", "facts": {"wet": True}},
                    "expect": {"verdict": None},
                },
            ],
        }
    )
    assert len(cases) == 2
    listed = cases.candidates()
    assert listed.framework == ["house"]
    assert [(row.id, row.title) for row in listed.candidates] == [
        ("a", "First"),
        ("own", "Its own"),
    ]
    assert listed.candidates[1].facts == {"wet": True}


def test_a_list_is_one_line_in_a_notebook() -> None:
    listed = {
        "collabscore": "candidates/1",
        "framework": "guardrail",
        "candidates": [{"id": "flu"}, {"id": "ice"}],
    }
    candidates = cs.load_candidates(listed)
    assert repr(candidates) == str(candidates) == "<Candidates: 2 candidates; `guardrail`>"
