from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.questions import Questions, next_questions

ROOT = Path(__file__).parents[3]
HARM: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"benefit": {"scale": {"range": [1, 5]}}},
    "facts": {"harmful": {"kind": "flag", "question": "Is harm intended?"}},
    "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
}


@pytest.fixture(scope="module")
def areas() -> Questions:
    ranking = cs.score(ROOT / "examples" / "collaboration_areas.yaml", "guardrail")
    return next_questions(ranking, draws=512)


def test_text_is_a_numbered_list(areas: Questions) -> None:
    text = areas.first(3).to_text(100)
    assert [line[:3] for line in text.splitlines() if line[:1].isdigit() and line[1:2] == "."] == [
        "1. ",
        "2. ",
        "3. ",
    ]
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("Known so far: ") == 3
    assert "more questions would tell something too." in text
    assert "it is no forecast" in " ".join(text.split())
    assert text.count("\n1. ") == 1


def test_labels_do_not_steer_a_terminal_or_a_page() -> None:
    listed = [{"id": "a", "title": "\x1b[31m<b>red</b>", "ratings": {"benefit": 3}}]
    result = next_questions(cs.score(listed, HARM))
    assert "\x1b" not in str(result)
    assert "<b>" not in result._repr_html_()


def test_a_question_is_a_block_of_the_list() -> None:
    listed = [{"id": "a", "title": "Alpha", "ratings": {"benefit": 3}}]
    lines = next_questions(cs.score(listed, HARM)).to_text().splitlines()
    assert lines[:9] == [
        "What to find out next: Small",
        "",
        "1. Alpha (a)",
        "   Harmful: Is harm intended?",
        "   Known so far: unknown. If it is",
        "   - no: inside; first in 100 %",
        "   - yes: outside; first in 0 %",
        "   The answer is expected to take away all of the doubt about who is first and all of the doubt",
        "   about verdicts.",
    ]


def test_more_questions_than_are_shown_are_counted() -> None:
    listed = [{"id": name, "ratings": {"benefit": 3}} for name in "abc"]
    result = next_questions(cs.score(listed, HARM))
    assert "1 more question would tell something too." in str(result.first(2))
    assert "would tell something too" not in str(result)
    assert result.first(2).notes[1:] == result.notes


def test_the_questions_shown_are_numbered_from_one(areas: Questions) -> None:
    marks = [line.split(".")[0].strip() for line in areas.to_text(100).splitlines()]
    numbers = [int(mark) for mark in marks if mark.isdecimal()]
    assert numbers[:3] == [1, 2, 3]
