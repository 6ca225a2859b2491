"""Nine published decision tables, written with a step a row and as tables, with all answers known and with one unknown.

The tables are those of the Stakeholder-Specific Vulnerability Categorization (`tests/data/ssvc`). Their outcomes
are ordered; the verdict range of a candidate with one unknown answer is the least and the greatest outcome of
the rows that it may be.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import collabscore as cs

FOLDER = Path(__file__).parents[1] / "data" / "ssvc"
OUTCOMES = {
    "cisa_bod_26_04_1_0_0": (
        "fix on system upgrade", "60 days", "14 days", "3 days", "3 days & forensic investigation",
    ),
    "cisa_coordinator_2_0_3": ("track", "track*", "attend", "act"),
    "coordinator_publish_decision_table_1_0_0": ("do not publish", "publish"),
    "coordinator_triage_1_0_0": ("decline", "track", "coordinate"),
    "deployer_patch_application_priority_1_0_0": (
        "defer", "scheduled", "out-of-cycle", "immediate",
    ),
    "human_impact_1_0_0": ("low", "medium", "high", "very high"),
    "public_safety_impact_1_0_0": ("minimal", "significant"),
    "supplier_patch_development_priority_1_0_0": (
        "defer", "scheduled", "out-of-cycle", "immediate",
    ),
    "utility_1_0_0": ("laborious", "efficient", "super effective"),
}  # fmt: skip
"""Outcomes of each table, mild to severe."""
ROWS = {  # rows; partial cases; those of them with one outcome whatever the answer
    "cisa_bod_26_04_1_0_0": (16, 32, 7),
    "cisa_coordinator_2_0_3": (36, 60, 25),
    "coordinator_publish_decision_table_1_0_0": (27, 27, 13),
    "coordinator_triage_1_0_0": (192, 640, 495),
    "deployer_patch_application_priority_1_0_0": (72, 102, 39),
    "human_impact_1_0_0": (16, 8, 2),
    "public_safety_impact_1_0_0": (4, 1, 0),
    "supplier_patch_development_priority_1_0_0": (36, 60, 20),
    "utility_1_0_0": (4, 4, 0),
}
TOTALS = (403, 934, 601)

Row = dict[str, str]


class DecisionTable(NamedTuple):
    """A published table: the answers to each question, and the outcome of each combination of answers."""

    questions: dict[str, list[str]]
    rows: list[Row]
    outcomes: list[str]


@cache
def read(name: str) -> DecisionTable:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file)
    questions = [f"question_{k}" for k in range(1, len(lines[0]) - 1)]
    rows = [dict(zip(questions, line[1:-1], strict=True)) for line in lines]
    answers = {key: list(dict.fromkeys(row[key] for row in rows)) for key in questions}
    return DecisionTable(answers, rows, [line[-1] for line in lines])


def in_steps(table: DecisionTable, mildest: str) -> dict[str, Any]:
    """Write a step for each row whose outcome is not the mildest one.

    The mildest one is given where no step applies; with it, the longest table would have more steps than a
    guardrail may have.
    """
    steps = []
    for row, outcome in zip(table.rows, table.outcomes, strict=True):
        when = " and ".join(f"{question} == {answer!r}" for question, answer in row.items())
        if outcome != mildest:
            steps.append({"when": when, "then": outcome})
    return {"steps": steps}


def in_rows(table: DecisionTable, mildest: str) -> dict[str, Any]:
    """Write a row for each row; the rows of the mildest outcome at last, as one for all other answers."""
    rows = []
    for row, outcome in zip(table.rows, table.outcomes, strict=True):
        if outcome != mildest:
            rows.append([*row.values(), outcome])
    rows.append([*["any"] * len(table.questions), mildest])
    return {"table": {"facts": list(table.questions), "rows": rows}}


def in_all_rows(table: DecisionTable, mildest: str) -> dict[str, Any]:
    """Write a row for each row, as published."""
    rows = []
    for row, outcome in zip(table.rows, table.outcomes, strict=True):
        rows.append([*row.values(), outcome])
    return {"table": {"facts": list(table.questions), "rows": rows}}


WAYS = {"steps": in_steps, "rows": in_rows, "all-rows": in_all_rows}


def framework_of(name: str, way: str) -> dict[str, Any]:
    """Write a table as a guardrail in one of three ways."""
    table, outcomes = read(name), OUTCOMES[name]
    kinds = {
        key: {"kind": "level", "levels": answers}
        if k % 2
        else {"kind": "choice", "options": answers}
        for k, (key, answers) in enumerate(table.questions.items())
    }
    return {
        "collabscore": "framework/1",
        "id": name,
        "facts": kinds,
        "verdicts": {outcome: {"tier": k + 1} for k, outcome in enumerate(outcomes)},
        "defaults": {"if_unknown": outcomes[-1]},
        "guardrails": {"table": WAYS[way](table, outcomes[0])},
    }


def partial_rows(table: DecisionTable) -> Iterator[tuple[Row, list[str]]]:
    """Yield each row with one answer taken out, once, and the outcomes of the rows that it may be."""
    for question in table.questions:
        found: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for row, outcome in zip(table.rows, table.outcomes, strict=True):
            rest = tuple((key, answer) for key, answer in row.items() if key != question)
            found.setdefault(rest, []).append(outcome)
        for rest, outcomes in found.items():
            yield dict(rest), outcomes


def score(name: str, way: str, rows: Sequence[Row]) -> list[Any]:
    """Judge rows of a table by its framework, in their order."""
    listed = [{"id": f"row-{k}", "facts": row} for k, row in enumerate(rows)]
    ranking = cs.score(listed, framework_of(name, way))
    return [ranking[entry["id"]] for entry in listed]


def test_tables_are_complete() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(OUTCOMES) == set(ROWS)
    for name, outcomes in OUTCOMES.items():
        assert set(read(name).outcomes) == set(outcomes)
    assert tuple(map(sum, zip(*ROWS.values(), strict=True))) == TOTALS


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OUTCOMES)
def test_every_row_has_its_published_outcome(name: str, way: str) -> None:
    table = read(name)
    found = [assessment.verdict for assessment in score(name, way, table.rows)]
    assert found == table.outcomes
    assert len(found) == ROWS[name][0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OUTCOMES)
def test_one_unknown_answer_leaves_the_outcomes_of_the_rows_it_may_be(name: str, way: str) -> None:
    severity = OUTCOMES[name].index
    partial = list(partial_rows(read(name)))
    decided = 0
    for found, (row, outcomes) in zip(
        score(name, way, [row for row, _ in partial]), partial, strict=True
    ):
        least, greatest = min(outcomes, key=severity), max(outcomes, key=severity)
        assert found.verdict_range == (least, greatest), row
        (finding,) = found.findings
        (unknown,) = read(name).questions.keys() - row.keys()
        if least == greatest:
            decided += 1
            assert found.verdict == least, row
            assert finding.state == ("clear" if severity(least) == 0 else "barred"), row
            assert finding.unknown == (), row
        else:
            assert finding.state == "unknown", row
            assert finding.unknown == (unknown,), row
            assert severity(least) <= severity(found.verdict) <= severity(greatest), row
    assert (len(partial), decided) == ROWS[name][1:]
