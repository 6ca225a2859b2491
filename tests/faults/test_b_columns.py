"""B1: what is unknown or misread in a column never counts as fine, and columns are kept apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import collabscore as cs

NAN = float("nan")
FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "house",
    "criteria": {"gain": {"scale": {"range": [1, 5]}}},
    "facts": {"crit": {"kind": "flag"}},
    "safeguards": {"review": {}},
    "guardrails": {"g1": {"when": "crit", "needs": ["review"], "then": "outside"}},
    "standing": ["review"],
}
COLUMNS = {"gain": [1.0, 2.0], "crit": [True, True]}


def problem_of(**options: Any) -> cs.Problem:
    return cs.Problem.from_columns(cs.load_framework(FRAMEWORK), COLUMNS, **options)


IN_PLACE: dict[str, Any] = {
    "B1-words": ["no", "yes"],
    "B1-unknown": [NAN, 1],
    "truths": [False, True],
    "truths-as-words": ["false", "true"],
    "numbers": np.array([0, 1]),
    "unknown-truths": pd.Series([None, True], dtype="boolean"),
    "unknown-word": ["unknown", "yes"],
    "either": [["yes", "no"], "yes"],
    "masked": np.ma.array([True, True], mask=[True, False]),
}


@pytest.mark.parametrize("column", IN_PLACE.values(), ids=IN_PLACE)
def test_only_a_certain_yes_is_in_place(column: Any) -> None:
    problem = problem_of(safeguards={"review": column})
    assert problem.in_place["review"].tolist() == [False, True]
    assert [cs.score(problem)[key].findings[0].state for key in "12"] == ["unmet", "met"]


@pytest.mark.parametrize(
    "column", [["nope", "yes"], [2, 1], [0.5, 1], ["in place", "no"], [[], True]]
)
def test_what_is_neither_yes_nor_no_is_refused(column: Any) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        problem_of(safeguards={"review": column})
    (found,) = caught.value.diagnostics
    assert found.place == "safeguards.review[0]"
    assert found.help is not None


UNITS: dict[str, tuple[Any, str]] = {
    "B1-areas": ("areas", "unit: `areas` is not a unit; did you mean `area`?"),
    "B1-Area": ("Area", "unit: `Area` is not a unit; did you mean `area`?"),
    "B1-None": (None, "unit: `null` is not a unit; choose from `area`, `project`"),
    "empty": ("", "unit: `` is not a unit; choose from `area`, `project`"),
    "blank": ("area ", "unit: `area ` is not a unit; did you mean `area`?"),
}


@pytest.mark.parametrize(("unit", "expected"), UNITS.values(), ids=UNITS)
def test_a_unit_that_does_not_exist(unit: Any, expected: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        problem_of(unit=unit)
    assert str(caught.value) == expected


def test_a_unit_for_each_candidate() -> None:
    """B1: a list of units was read as projects."""
    for units in (["area", "project"], pd.Series(["area", None]), np.array(["area", "project"])):
        problem = problem_of(unit=units)
        assert problem.area.tolist() == [True, False]
        # standing safeguards are required of projects alone
        assert [cs.score(problem)[key].standing for key in "12"] == [(), ("review",)]
    with pytest.raises(cs.CandidateError, match="`unit` in row 1: `aera` is not a unit"):
        problem_of(unit=["area", "aera"])
    with pytest.raises(cs.CandidateError, match="`unit` has 1 row"):
        problem_of(unit=["area"])


@pytest.mark.parametrize(
    "titles", [["One"], ["One", "Two", "Three"], "ab", {"a": 1, "b": 2}, [1, 2], ["", "b"]]
)
def test_titles_that_do_not_fit(titles: Any) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        problem_of(titles=titles)
    assert caught.value.diagnostics[0].place.startswith("titles")


def test_titles_may_be_missing() -> None:
    problem = problem_of(ids=["a", "b_c"], titles=pd.Series(["One", None]))
    assert [problem.title_of(row) for row in range(2)] == ["One", "B c"]


def test_columns_of_the_caller_are_copied() -> None:
    """B1: changing an array changed the problem."""
    gain, crit = np.array([1.0, 2.0]), np.array([True, True])
    pairs, review, area = (
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([True, False]),
        ["area", "area"],
    )
    ids, titles = ["a", "b"], ["One", "Two"]
    framework = cs.load_framework(FRAMEWORK)
    for ratings in (gain, pairs):
        options: dict[str, Any] = {"ids": ids, "titles": titles, "unit": area}
        columns = {"gain": ratings, "crit": crit}
        problem = cs.Problem.from_columns(
            framework, columns, safeguards={"review": review}, **options
        )
        before = cs.score(problem).to_json()
        for array in (ratings, crit, review):
            assert array.flags.writeable
            saved = array.copy()
            array[:] = array[::-1].copy()
            array[0] = 1
        ids[0], titles[0], area[0] = "changed", "changed", "project"
        columns.clear()
        assert cs.score(problem).to_json() == before
        for array in (ratings, crit, review):
            array[:] = saved if array is review else array
        ids[0], titles[0], area[0] = "a", "One", "area"


def test_columns_of_a_problem_cannot_be_changed() -> None:
    problem = problem_of(safeguards={"review": [True, False]})
    crit: Any = problem.facts["crit"]
    for array in (
        problem.ratings["gain"].low,
        crit.codes,
        problem.in_place["review"],
        problem.area,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    for mapping in (problem.ratings, problem.facts, problem.in_place, problem.planned):
        with pytest.raises(TypeError, match="cannot be changed"):
            mapping["x"] = 1  # type: ignore[index]
