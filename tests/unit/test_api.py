"""The public functions: what they accept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import collabscore as cs

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"gain": {"scale": "five"}},
}


def test_a_problem_may_be_scored_by_its_framework_in_any_form(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(FRAMEWORK))
    problem = cs.Problem.from_columns(cs.load_framework(FRAMEWORK), {"gain": [5, 1]})
    expected = cs.score(problem).to_json()
    for framework in (FRAMEWORK, cs.load_framework(FRAMEWORK), file, str(file)):
        assert cs.score(problem, framework).to_json() == expected


@pytest.mark.parametrize("framework", ["guardrail", {**FRAMEWORK, "title": "Another"}])
def test_a_problem_is_not_scored_by_another_framework(framework: Any) -> None:
    problem = cs.Problem.from_columns(cs.load_framework(FRAMEWORK), {"gain": [5, 1]})
    with pytest.raises(cs.UsageError, match="a problem has its framework already"):
        cs.score(problem, framework)


def test_names_of_the_package() -> None:
    assert dir(cs) == cs.__all__
    with pytest.raises(AttributeError, match="no attribute 'scor'"):
        cs.scor  # noqa: B018
