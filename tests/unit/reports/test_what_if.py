from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.scoring.ranking import Ranking

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"benefit": {"scale": {"range": [1, 5]}}},
    "facts": {"harmful": {"kind": "flag"}},
    "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
}


@pytest.fixture
def ranking() -> Ranking:
    listed = []
    for number in range(50):
        ratings = {"benefit": 1 + number / 25}
        listed.append({"id": f"c{number}", "ratings": ratings, "facts": {"harmful": False}})
    return cs.score(listed, FRAMEWORK)


def test_reasons_stand_below_the_table(ranking: Ranking) -> None:
    text = cs.what_if(ranking, ratings={"c49": {"benefit": 2.9}}).to_text()
    lines = text.splitlines()
    assert lines[0] == "What if: benefit of c49: 2.96 -> 2.9"
    assert "C48: now ahead of `c49`." in lines
    assert "C49: benefit -1.5." in lines
    assert "48 others stand as before: rank, score, verdict." in lines


def test_many_reasons_are_counted(ranking: Ranking) -> None:
    text = cs.what_if(ranking, ratings={"c0": {"benefit": 5}}).to_text()
    assert text.count(": now behind `c0`.") == 39
    assert "Why 10 more stand otherwise is in the records." in text


def test_many_changes_are_listed_below_the_title(ranking: Ranking) -> None:
    facts = {f"c{number}": {"harmful": True} for number in range(5)}
    text = " ".join(cs.what_if(ranking, facts=facts).to_text().split())
    assert "harmful of c2: no -> yes; and 2 more changes" in text
    assert "Changed: harmful of c0: no -> yes;" in text
    assert "harmful of c4: no -> yes." in text


def test_requests_that_change_nothing_are_named(ranking: Ranking) -> None:
    text = cs.what_if(ranking, facts={"c0": {"harmful": False}}).to_text()
    assert text.startswith("What if: nothing is changed")
    assert "So already: harmful of c0: no." in text
    assert "Nothing changes: all 50 candidates stand as before." in text
