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
    assert text.count("Still possible: ") == 3
    assert "more questions would also reduce the uncertainty." in text
    assert "This is not a forecast." in " ".join(text.split())
    assert text.count("\n1. ") == 1


def test_labels_do_not_steer_a_terminal_or_a_page() -> None:
    listed = [{"id": "a", "title": "\x1b[31m<b>red</b>", "ratings": {"benefit": 3}}]
    with pytest.raises(cs.CandidateError, match="not allowed here"):
        cs.score(listed, HARM)
    listed[0]["title"] = "<b>red</b>"
    result = next_questions(cs.score(listed, HARM))
    assert "<b>" not in result._repr_html_()


def test_a_question_is_a_block_of_the_list() -> None:
    listed = [{"id": "a", "title": "Alpha", "ratings": {"benefit": 3}}]
    lines = next_questions(cs.score(listed, HARM)).to_text().splitlines()
    assert lines[3:6] == ["What to find out next", "─────────────────────", ""]
    assert " ".join(lines[6:8]) == (
        'Ask first: "Harmful" of "Alpha". The answer should settle nearly all of the uncertainty about'
        " first place and nearly all of the uncertainty about the one uncertain verdict."
    )
    start = lines.index("1. Alpha (a)")
    assert lines[start : start + 5] == [
        "1. Alpha (a)",
        "   Harmful: Is harm intended?",
        "   Still possible: any answer. If the answer is:",
        "   - no: inside; more than 99 % likely to be first",
        "   - yes: outside; less than 1 % likely to be first",
    ]


def test_statistics_come_in_words_and_methods_when_asked_for(areas: Questions) -> None:
    default, verbose = str(areas), areas.to_text(detail="verbose")
    for word in ("bits", "p (1 - p)", "seed", "draws", "standard error"):
        assert word not in default
        assert word in verbose


def test_a_rating_without_bearing_on_the_verdict_names_none() -> None:
    # the unknown fact makes the verdict of each draw one of two, whatever the rating
    listed = [
        {"id": "a", "ratings": {"benefit": [1, 5]}},
        {"id": "b", "ratings": {"benefit": 3}, "facts": {"harmful": False}},
    ]
    result = next_questions(cs.score(listed, HARM), top=1)
    (rating,) = [question for question in result.informative if question.kind == "rating"]
    assert len(rating.outlooks[0].verdicts) == 2
    for words in result.consequences(rating):
        assert "inside" not in words
        assert "outside" not in words
        assert "likely to be first" in words


def test_facts_of_other_frameworks_are_not_counted() -> None:
    framework = cs.load_framework("guardrail")
    asked = set(framework.facts_asked)
    assert asked < set(framework.all_facts)
    ranking = cs.score(ROOT / "examples" / "proposed_projects.yaml", "guardrail")
    counted = next_questions(ranking, draws=64).irrelevant
    assert counted <= len(ranking) * len(asked)


def test_more_questions_than_are_shown_are_counted() -> None:
    listed = [{"id": name, "ratings": {"benefit": 3}} for name in "abc"]
    result = next_questions(cs.score(listed, HARM))
    assert "1 more question would also reduce the uncertainty." in str(result.first(2))
    assert "would also reduce" not in str(result)
    assert result.first(2).notes[1:] == result.notes


def test_the_questions_shown_are_numbered_from_one(areas: Questions) -> None:
    marks = [line.split(".")[0].strip() for line in areas.to_text(100).splitlines()]
    numbers = [int(mark) for mark in marks if mark.isdecimal()]
    assert numbers[:3] == [1, 2, 3]


def test_answers_are_words_and_json_keeps_their_ids(areas: Questions) -> None:
    text = areas.to_text()
    assert "Still possible: open or routine or case by case." in text
    assert "case_by_case" not in text
    assert any(record["known"] == "open or routine or case_by_case" for record in areas.records())
    assert text.count("Unknown: nobody has answered.") == 1
