"""Pages of sensitivity, as a reader sees them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

import collabscore as cs
from collabscore.output import Heading, Paragraph, Table

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {
        "gain": {
            "criteria": {
                "reach": {"scale": {"range": [1, 5]}},
                "skill": {"scale": {"range": [1, 5]}},
            }
        },
        "exposure": {"scale": {"range": [1, 5]}, "prefer": "low"},
    },
}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "ratings": {"reach": 5, "skill": 4, "exposure": [3, 5]}},
    {"id": "ice", "ratings": {"reach": 2, "skill": 4, "exposure": 1}},
    {"id": "sea", "ratings": {"reach": 3, "skill": 1, "exposure": 2}},
]


@pytest.fixture
def found() -> cs.Sensitivity:
    return cs.sensitivity(cs.score(LISTED, FRAMEWORK))


def test_groups_stand_apart_from_criteria(found: cs.Sensitivity) -> None:
    blocks = found.page().blocks
    tables = {}
    for heading, table in pairwise(blocks):
        if isinstance(heading, Heading) and isinstance(table, Table):
            tables[heading.text] = {row[0] for row in table.rows}
    assert tables["Groups of criteria: weights as shares of the total"] == {"Gain"}
    shares = tables["Criteria: weights as shares of the total"]
    assert shares == {"Reach", "Skill", "Exposure"}


def test_no_group_no_heading_of_groups() -> None:
    criteria = {"gain": {"scale": {"range": [1, 5]}}, "skill": {"scale": {"range": [1, 5]}}}
    listed = [{"id": "a", "ratings": {"gain": 2, "skill": 3}}]
    result = cs.sensitivity(cs.score(listed, {**FRAMEWORK, "criteria": criteria}))
    assert "Groups of criteria" not in str(result)


def test_the_answer_names_the_limit_as_a_share_of_the_total(found: cs.Sensitivity) -> None:
    answer = found.page(detail="brief").blocks[2]
    assert isinstance(answer, Paragraph)
    claim = re.search(
        r'"(\w+)" is first\. First place depends most on the weight of "(\w+)" \(now ([\d.]+) % of the'
        r" total\)\. It stays the same"
        r" (?:at [\d.]+ % or (?:more|less)|from [\d.]+ % to [\d.]+ %)"
        r'\. (?:Below|Above) that, "(\w+)" overtakes\.',
        answer.text,
    )
    assert claim is not None
    first, weight, now, _ = claim.groups()
    assert first == found.ranking[0].title
    (named,) = [other for other in found.weights if other.title == weight]
    assert float(now) == pytest.approx(100 * named.weight, abs=0.05)
    assert "present value" not in str(found)


def test_a_weight_at_its_limit_is_called_so() -> None:
    criteria = {key: {"scale": {"range": [0, 10]}} for key in ("x", "y", "z")}
    listed = [
        {"id": "a", "ratings": {"x": 6, "y": 3, "z": 3}},
        {"id": "b", "ratings": {"x": 3, "y": 4.5, "z": 4.4999999}},
    ]
    text = " ".join(
        str(cs.sensitivity(cs.score(listed, {**FRAMEWORK, "criteria": criteria}))).split()
    )
    limit = 'This weight is at its limit. Below it, "B" overtakes.'
    nearest = 'First place depends most on the weight of "X" (now 33.3 % of the total).'
    assert f"{nearest} {limit}" in text


@pytest.mark.parametrize("ask", ["page", "tornado"])
def test_a_risk_says_that_lower_is_better(found: cs.Sensitivity, ask: str) -> None:
    result = found if ask == "page" else found.tornado("flu")
    text = " ".join(result.to_text(100).split())
    assert "Exposure (lower is better)" in text
    assert "Reach (" not in text


def test_the_two_terms_are_defined_once(found: cs.Sensitivity) -> None:
    text = " ".join(str(found).split())
    assert text.count("Unknown: nobody has answered. Uncertain: given as a range.") == 1
