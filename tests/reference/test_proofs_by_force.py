"""Proofs about generated frameworks of up to ten facts and ratings, against every candidate on a grid in turn.

1,000 frameworks by hand, with the number of differences::

    PYTHONPATH=src:tests python tests/reference/test_proofs_by_force.py 1000
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from datetime import date
from itertools import chain, combinations
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.proof import Statement
from reference import open_answers, verdicts_by_force
from reference.oracle import Case, Document, Words
from reference.verdicts_by_force import Judge

pytest.importorskip("z3", reason="proofs need the extra `prove`")

FRAMEWORKS, MOST_CELLS, MOST_CELLS_BY_HAND = 20, 3_000, 10_000
MOST_OPEN = 3
TODAY = date.fromisoformat(verdicts_by_force.AS_OF).toordinal()
FINEST = ["computing", "sensing", "climate", "oceans"]


class Grid(NamedTuple):
    """Candidates at all crossings of some answers; arrays have an axis for each entry."""

    axes: dict[tuple[str, str], list[Any]]
    verdicts: np.ndarray[Any, Any]
    states: np.ndarray[Any, Any]
    steps: np.ndarray[Any, Any]
    claimed: np.ndarray[Any, Any]

    def along(self, section: str, key: str) -> int:
        return list(self.axes).index((section, key))


def numbers_of(text: str, low: float, high: float) -> list[float]:
    """Give the constants of conditions, points beside them, and the ends."""
    found = {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)}
    found |= {number + step for number in found for step in (-0.25, 0.25)}
    found |= {end for end in (low, high) if math.isfinite(end)}
    return sorted(number for number in found if low <= number <= high)


def options_of(fact: Document, text: str) -> list[Any]:
    kind = fact["kind"]
    if kind == "flag":
        return [False, True]
    if kind == "number":
        return numbers_of(text, fact.get("minimum", -math.inf), fact.get("maximum", math.inf))
    if kind == "date":
        days = {date.fromisoformat(day).toordinal() for day in re.findall(r"\d{4}-\d\d-\d\d", text)}
        days |= {day + step for day in {*days, TODAY} for step in (-1, 1)}
        return [date.fromordinal(day).isoformat() for day in sorted(days | {TODAY})]
    words = FINEST if kind == "set" else list(fact.get("levels") or fact["options"])
    if kind != "set" and not fact.get("several"):
        return words
    sizes = range(kind != "set", len(words) + 1)
    return [list(some) for some in chain.from_iterable(combinations(words, n) for n in sizes)]


def axes_of(document: Document, framework: cs.Framework, claim: str) -> dict[tuple[str, str], list[Any]]:  # fmt: skip
    text = repr(document["guardrails"]) + repr(document.get("conditions")) + claim
    text += " " + document.get("applies", "")
    used = set(re.findall(r"\w+", text))
    axes: dict[tuple[str, str], list[Any]] = {("unit", ""): ["project", "area"]}
    for key in document["safeguards"]:
        if key in used:
            axes["safeguards", key] = [False, True]
    for key, fact in document["facts"].items():
        if key in used:
            axes["facts", key] = options_of(fact, text)
    for key, node in framework.leaves.items():
        if used.intersection({*node.path, document["id"]}):
            low, high = map(float, node.scale.range)
            axes["ratings", key] = numbers_of(text, low, high)
    return axes


def grid_of(document: Document, framework: cs.Framework, claim: str, most: int) -> Grid | None:
    axes = axes_of(document, framework, claim)
    shape = tuple(map(len, axes.values()))
    if math.prod(shape) > most:
        return None
    places = dict(zip(axes, np.indices(shape).reshape(len(shape), -1), strict=True))
    columns: dict[str, dict[str, Any]] = {"unit": {}, "safeguards": {}, "facts": {}, "ratings": {}}
    for (section, key), options in axes.items():
        columns[section][key] = [options[k] for k in places[section, key].tolist()]
    problem = cs.Problem.from_columns(
        framework,
        {**columns["facts"], **columns["ratings"]},
        unit=columns["unit"][""],
        safeguards=columns["safeguards"],
        as_of=verdicts_by_force.AS_OF,
    )
    judgement = cs.score(problem).judgement
    from collabscore.models.conditions import parse

    claimed = judgement.evaluator.truth(parse(claim, framework.symbols)).certain
    last = (len(framework.guardrails),)
    return Grid(
        axes,
        judgement.verdicts.reshape(shape),
        judgement.states.reshape(shape + last),
        judgement.steps.reshape(shape + last),
        np.broadcast_to(claimed, math.prod(shape)).reshape(shape),
    )


def existing(grid: Grid, statement: Statement, framework: cs.Framework) -> bool:
    """Whether some candidate of the grid is as a statement of existence says."""
    if statement.kind == "verdict":
        unit = ("project", "area").index(statement.subject[0])
        wanted = -1
        if len(statement.subject) > 1:
            wanted = list(framework.all_verdicts).index(statement.subject[1])
        return bool((grid.verdicts[unit] == wanted).any())
    guardrail, step = statement.subject
    column = list(framework.guardrails).index(guardrail)
    decides = (grid.steps[..., column] == int(step) - 1) & (grid.states[..., column] > 0)
    return bool((decides & (grid.verdicts >= 0)).any())


def rewarding(grid: Grid, axis: int, pairs: list[tuple[int, int]]) -> bool:
    """Whether the second of a pair of answers has a milder verdict for some candidate of the grid."""
    for one, other in pairs:
        before, after = grid.verdicts.take(one, axis), grid.verdicts.take(other, axis)
        if ((after < before) & (after >= 0)).any():
            return True
    return False


def breaking(grid: Grid, statement: Statement, document: Document, spec: Document) -> bool:
    """Whether a candidate of the grid refutes a statement about all."""
    (key, *_) = statement.subject
    if statement.kind == "safeguard":
        axes = list(grid.axes)
        return ("safeguards", key) in axes and rewarding(grid, grid.along("safeguards", key), [(1, 0)])  # fmt: skip
    if statement.kind == "claim":
        named = list(map(spec["order"].index, spec["verdicts"]))
        return bool((grid.claimed & np.isin(grid.verdicts, named)).any())
    fact = document["facts"][key]
    options = grid.axes["facts", key]
    order = {"number": sorted(options), "flag": options}.get(fact["kind"])
    order = order or list(fact.get("levels") or fact["worse"])
    order = [[word] for word in order] if fact.get("several") else order
    if fact["worse"] == "low":
        order = order[::-1]
    if fact["kind"] == "choice":
        order = [[word] for word in fact["worse"]] if fact.get("several") else fact["worse"]
    places = [options.index(answer) for answer in order]
    return rewarding(grid, grid.along("facts", key), list(combinations(places, 2)))


def differences(number: int, most: int) -> list[str] | None:
    """List everything in which proofs differ from the grid; None where the grid would be too large."""
    rng = Random(number)
    document = open_answers.framework(rng, exotic=number % 4 == 0, wide=number % 4 > 1)
    for fact in document["facts"].values():
        if fact["kind"] not in ("set", "date") and rng.random() < 0.5:
            fact["worse"] = rng.choice(["high", "low"])
            if fact["kind"] == "choice":
                fact["worse"] = rng.sample(fact["options"], 2)
    framework = cs.load_framework(document)
    writer = open_answers.Expressions(rng, document, exotic=False, asks_safeguards=True)
    claim, order = writer.boolean(2), list(framework.all_verdicts)
    spec = {"order": order, "verdicts": rng.sample(order, rng.randint(1, len(order) - 1))}
    grid = grid_of(document, framework, claim, most)
    if grid is None:
        return None
    case = {"id": "a", "candidate": {}, "expect": {"unknown": []}}
    never = {"when": claim, "verdict": spec["verdicts"]}
    cases = {
        "collabscore": "cases/1",
        "framework": "generated",
        "as_of": verdicts_by_force.AS_OF,
        "cases": [case],
    }
    proof = cs.prove(framework, cases={**cases, "claims": [{"id": "c", "never": never}]})
    asks_scores = "score(" in repr(document) + claim
    found = []
    for statement in proof.statements:
        for difference in of_statement(statement, grid, document, framework, spec):
            found.append(f"{number} {statement.text}: {difference}")
        if statement.outcome == "not confirmed" and not asks_scores:
            found.append(f"{number} {statement.text}: not confirmed")
    for difference in of_answers(proof, grid, framework):
        found.append(f"{number} {difference}")
    return found


def of_statement(
    statement: Statement, grid: Grid, document: Document, framework: cs.Framework, spec: Document
) -> Iterator[str]:
    if statement.outcome == "not settled":
        yield "not settled"
    if statement.kind in ("verdict", "step"):
        if statement.outcome == "refuted" and existing(grid, statement, framework):
            yield "the grid has such a candidate"
    elif statement.kind != "answer":
        if statement.outcome == "proved" and breaking(grid, statement, document, spec):
            yield "the grid refutes it"
        if statement.remark and grid.claimed[grid.verdicts >= 0].any():
            yield "the grid has candidates that meet the condition"
    if statement.example is not None and statement.example.confirmed:
        yield from of_example(statement, document)


def of_example(statement: Statement, document: Document) -> Iterator[str]:
    """Judge the candidates of an example by force."""
    words = Words(document, {})
    example: Any = statement.example
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts_by_force, "AS_OF", example.as_of or verdicts_by_force.AS_OF)
        judge = Judge(words)
        for candidate, verdicts in zip(example.candidates, example.verdicts, strict=True):
            # answers that make no difference are left out: not too many are tried
            if open_answers.number_open(judge, candidate) > MOST_OPEN:
                continue
            judged = judge.judge(Case(words, candidate, candidate["unit"]))
            if judged.verdict != verdicts["generated"]:
                yield f"by force {judged.verdict}: {candidate}"


def of_answers(proof: cs.Proof, grid: Grid, framework: cs.Framework) -> Iterator[str]:
    """Compare the verdicts that answers in words settle."""
    settled = {each.subject[:2]: each.subject[2] for each in proof.of_kind("answer")}
    order = list(framework.all_verdicts)
    for (section, key), options in grid.axes.items():
        if section != "facts" or framework.all_facts[key].kind in ("set", "number", "date"):
            continue
        for word in framework.all_facts[key].answers:
            flag = {"no": False, "yes": True}.get(word, word)
            names = [k for k, each in enumerate(options) if each == flag or each == [word]]
            if framework.all_facts[key].holds_several:
                names = [k for k, each in enumerate(options) if word in each]
            judged = grid.verdicts.take(names, grid.along(section, key))
            least = judged[judged >= 0].min(initial=len(order))
            proven = order.index(settled.get((key, word), order[0]))
            if proven > least:
                yield f"{key} {word}: proved {order[proven]}, but the grid has {order[least]}"


@pytest.mark.parametrize("block", range(4))
def test_proofs_agree_with_every_candidate_of_a_grid(block: int) -> None:
    done, number = 0, 10_000 * block
    while done < FRAMEWORKS // 4:
        number += 1
        found = differences(number, MOST_CELLS)
        if found is not None:
            assert found == []
            done += 1


if __name__ == "__main__":
    wanted, done, wrong, number = int(sys.argv[1]), 0, 0, 100_000
    while done < wanted:
        number += 1
        listed = differences(number, MOST_CELLS_BY_HAND)
        if listed is not None:
            done += 1
            wrong += len(listed)
            for line in listed:
                print(line)
    print(f"{done} frameworks, {wrong} differences")
