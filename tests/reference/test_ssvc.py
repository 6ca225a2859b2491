"""Nine published decision tables, written with a step a row and as tables, with all answers known and with one unknown.

The tables are the shipped documents of the Stakeholder-Specific Vulnerability Categorization, which hold the
published rows (`test_replications.py`). Their outcomes are ordered; the verdict range of a candidate with one unknown answer is the least and the greatest outcome of
the rows that it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import collabscore as cs

FOLDER = Path(__file__).parents[2] / "examples" / "replications" / "ssvc"
ROWS = {  # rows; partial cases; those of them with one outcome whatever the answer
    "ssvc-cisa-bod": (16, 32, 7),
    "ssvc-cisa-coordinator": (36, 60, 25),
    "ssvc-publish": (27, 27, 13),
    "ssvc-triage": (192, 640, 495),
    "ssvc-deployer": (72, 102, 39),
    "ssvc-human-impact": (16, 8, 2),
    "ssvc-public-safety": (4, 1, 0),
    "ssvc-supplier": (36, 60, 20),
    "ssvc-utility": (4, 4, 0),
}
TOTALS = (403, 934, 601)

Row = dict[str, str]


class DecisionTable(NamedTuple):
    """A published table: answers to each question, rows with their outcomes, verdicts mild to severe."""

    questions: dict[str, list[str]]
    rows: list[Row]
    outcomes: list[str]
    verdicts: list[str]


@cache
def read(name: str) -> DecisionTable:
    document = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    answers = {key: fact["levels"] for key, fact in document["facts"].items()}
    lines = document["guardrails"]["published"]["table"]["rows"]
    rows = [dict(zip(answers, line[:-1], strict=True)) for line in lines]
    return DecisionTable(answers, rows, [line[-1] for line in lines], list(document["verdicts"]))


def in_steps(table: DecisionTable) -> dict[str, Any]:
    """Write a step for each row whose outcome is not the mildest one.

    The mildest one is given where no step applies; with it, the longest table would have more steps than a
    guardrail may have.
    """
    steps = []
    for row, outcome in zip(table.rows, table.outcomes, strict=True):
        when = " and ".join(f"{question} == {answer!r}" for question, answer in row.items())
        if outcome != table.verdicts[0]:
            steps.append({"when": when, "then": outcome})
    return {"steps": steps}


def in_rows(table: DecisionTable) -> dict[str, Any]:
    """Write a row for each row; the rows of the mildest outcome at last, as one for all other answers."""
    rows = []
    for row, outcome in zip(table.rows, table.outcomes, strict=True):
        if outcome != table.verdicts[0]:
            rows.append([*row.values(), outcome])
    rows.append([*["any"] * len(table.questions), table.verdicts[0]])
    return {"table": {"facts": list(table.questions), "rows": rows}}


WAYS = {"steps": in_steps, "rows": in_rows, "shipped": None}


def framework_of(name: str, way: str) -> cs.Framework:
    """Return a shipped table, or the same outcomes as a guardrail written in another way.

    Every second fact of the other ways is a choice: its answers have no order.
    """
    path = FOLDER / f"{name}.yaml"
    if (write := WAYS[way]) is None:
        return cs.load_framework(path)
    table = read(name)
    facts = {}
    for k, (key, answers) in enumerate(table.questions.items()):
        kind, listed = ("level", "levels") if k % 2 else ("choice", "options")
        facts[key] = {"kind": kind, listed: answers}
    verdicts = {outcome: {"tier": k + 1} for k, outcome in enumerate(table.verdicts)}
    return cs.load_framework(
        {
            "collabscore": "framework/1",
            "id": name,
            "facts": facts,
            "verdicts": verdicts,
            "defaults": {"if_unknown": table.verdicts[-1]},
            "guardrails": {"table": write(table)},
        }
    )


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
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(ROWS)
    for name in ROWS:
        assert set(read(name).outcomes) == set(read(name).verdicts)
    assert tuple(map(sum, zip(*ROWS.values(), strict=True))) == TOTALS


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ROWS)
def test_every_row_has_its_published_outcome(name: str, way: str) -> None:
    table = read(name)
    found = [assessment.verdict for assessment in score(name, way, table.rows)]
    assert found == table.outcomes
    assert len(found) == ROWS[name][0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ROWS)
def test_one_unknown_answer_leaves_the_outcomes_of_the_rows_it_may_be(name: str, way: str) -> None:
    severity = read(name).verdicts.index
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
