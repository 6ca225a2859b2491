from __future__ import annotations

import re
from typing import Any

import pytest

import collabscore as cs
from collabscore.output import Table
from collabscore.scoring.ranking import Ranking

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {"benefit": {"scale": {"range": [1, 5]}}},
    "facts": {"harmful": {"kind": "flag"}},
    "guardrails": {"harm": {"title": "Harm", "when": "harmful", "then": "outside"}},
}


@pytest.fixture
def ranking() -> Ranking:
    listed = []
    for number in range(50):
        ratings = {"benefit": 1 + number / 25}
        listed.append({"id": f"c{number}", "ratings": ratings, "facts": {"harmful": False}})
    return cs.score(listed, FRAMEWORK)


def words_of(result: cs.WhatIf, detail: Any = "default") -> str:
    return " ".join(result.to_text(detail=detail).split())


def test_the_answer_comes_first(ranking: Ranking) -> None:
    text = words_of(cs.what_if(ranking, ratings={"c49": {"benefit": 2.9}}))
    assert text.startswith(
        "50 candidates Small With this change, the rank changes for 2 of 50 candidates and stays for "
        '48. No verdict changes. "C48" is now first; before: "C49". What if: "Benefit" of "C49": 2.96 → 2.9.'
    )
    assert '- "C48" (rank 2 → 1): now ahead of "C49".' in text
    assert '- "C49" (rank 1 → 2): score -1.5 ("Benefit" -1.5).' in text
    assert "48 candidates stay as they are: same rank, score and verdict." in text


def test_the_new_order_is_beside_the_old(ranking: Ranking) -> None:
    text = cs.what_if(ranking, ratings={"c49": {"benefit": 2.9}}).to_text()
    rows = [line.split() for line in text.splitlines() if re.match(r" *(\d+ → )?\d+ +C", line)]
    assert len(rows) == 50
    assert [" ".join(row[:5]) for row in rows[:3]] == [
        "2 → 1 C48 48.0",
        "1 → 2 C49 47.5",
        "3 C47 47.0 0.0 ●",
    ]


def test_a_brief_page_has_no_reasons(ranking: Ranking) -> None:
    changed = cs.what_if(ranking, ratings={"c49": {"benefit": 2.9}})
    assert "now ahead of" not in words_of(changed, "brief")
    assert "is now first" in words_of(changed, "brief")


def test_many_reasons_are_counted(ranking: Ranking) -> None:
    changed = cs.what_if(ranking, ratings={"c0": {"benefit": 5}})
    assert '49 candidates (each 1 rank lower): now behind "C0".' in words_of(changed)
    assert words_of(changed, "verbose").count(': now behind "C0".') == 49


def test_more_reasons_than_fit_are_counted(ranking: Ranking) -> None:
    ratings = {f"c{k}": {"benefit": 1 + (49 - k) / 25} for k in range(50)}
    text = words_of(cs.what_if(ranking, ratings=ratings))
    assert text.count(": score ") == 10
    assert "40 more candidates move; -v shows why." in text


def test_many_changes_are_listed(ranking: Ranking) -> None:
    facts = {f"c{number}": {"harmful": True} for number in range(5)}
    text = words_of(cs.what_if(ranking, facts=facts))
    assert 'What if: - "Harmful" of "C0": no → yes - "Harmful" of "C1": no → yes' in text
    assert '- "Harmful" of "C4": no → yes' in text
    assert "changes for 5 of 50 candidates and stays for 45. The verdict changes for 5." in text


def test_requests_that_change_nothing_are_named(ranking: Ranking) -> None:
    text = words_of(cs.what_if(ranking, facts={"c0": {"harmful": False}}))
    assert "Nothing changes: the list and the framework have these values already." in text
    assert 'Already so: "Harmful" of "C0": no.' in text


def test_a_score_may_be_all_that_changes(ranking: Ranking) -> None:
    text = words_of(cs.what_if(ranking, ratings={"c0": {"benefit": 1.01}}))
    answer = "With this change, no rank and no verdict changes; the score changes for 1 candidate."
    assert answer in text
    assert '"C49" is still first.' in text


def test_a_change_may_reach_nothing(ranking: Ranking) -> None:
    framework = {**FRAMEWORK, "facts": {**FRAMEWORK["facts"], "other": {"kind": "flag"}}}
    listed = [{"id": "a", "ratings": {"benefit": 2}, "facts": {"harmful": False}}]
    changed = cs.what_if(cs.score(listed, framework), facts={"a": {"other": True}})
    assert "With this change, nothing moves: rank, score and verdict stay the same for all" in (
        words_of(changed)
    )


def test_what_is_not_shown_is_counted(ranking: Ranking) -> None:
    changed = cs.what_if(ranking, ratings={"c49": {"benefit": 2.9}}).select(top=1)
    text = words_of(changed)
    assert "the rank changes for 2 of 50 candidates" in text
    assert "C47" not in text
    assert "49 more candidates (shown: top 1)" in text
    assert changed.document()["selection"]["shown"] == 1
    assert [row["id"] for row in changed.records()] == ["c48"]


@pytest.mark.parametrize("seed", range(20))
def test_parts_of_a_score_sum_to_its_change_as_printed(seed: int) -> None:
    criteria = {f"x{k}": {"scale": {"range": [0, 7]}, "weight": k + 1} for k in range(5)}
    listed = [{"id": "a", "ratings": {key: (seed * 3 + k) % 7 for k, key in enumerate(criteria)}}]
    framework = {"collabscore": "framework/1", "id": "sums", "criteria": criteria}
    ratings = {key: (seed * 5 + 2 * k) % 7 for k, key in enumerate(criteria)}
    changed = cs.what_if(cs.score(listed, framework), ratings={"a": ratings})
    for row in changed.records():
        (said,) = row["why"]
        head, _, parts = said.removesuffix(")").partition(" (")
        total = float(head.removeprefix("score "))
        assert total == round(row["change"], 1)
        printed = [float(part.rpartition(" ")[2]) for part in parts.split(", ")]
        assert sum(printed) == pytest.approx(total)


def test_the_new_order_is_in_the_groups_of_the_ranking(ranking: Ranking) -> None:
    found = cs.what_if(ranking, facts={"c49": {"harmful": True}})
    (table,) = [block for block in found.page().blocks if isinstance(block, Table)]
    assert table.sections == {0: "Can go ahead (49)", 49: "Not ranked (1)"}
    assert "1 → –  C49" in found.to_text()


def test_a_risk_says_that_lower_is_better_and_words_have_no_underscores() -> None:
    criteria = {"risk": {"scale": {"range": [1, 5]}, "prefer": "low"}}
    facts = {"access": {"kind": "choice", "options": ["one_sided", "mutual"]}}
    framework = {"collabscore": "framework/1", "id": "risky", "criteria": criteria, "facts": facts}
    before = cs.score([{"id": "a", "ratings": {"risk": 4}}], framework)
    changes = {"ratings": {"a": {"risk": 2}}, "facts": {"a": {"access": "one_sided"}}}
    text = words_of(cs.what_if(before, **changes))  # type: ignore[arg-type]
    assert '"Risk" (lower is better) of "A": 4 → 2' in text
    assert '"Access" of "A": unknown → one sided' in text
