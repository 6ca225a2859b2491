"""Answers in doubt: those that contradict each other, and those that have expired.

Axis letters: n candidates, u of them with answers in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..arrays import BoolArray, IndexArray
from ..kernels.logic import Truth
from ..models.conditions import PLACE
from ..models.expressions import references
from .evaluation import Evaluator
from .problem import Column, Problem
from .valuation import Valuation

__all__ = ["contradictions", "doubted_facts", "ways_to_judge"]


def contradictions(valuation: Valuation) -> dict[str, Truth]:
    """Return whether each contradiction holds, (n,), without those that hold nowhere.

    Answers count as given, also those that have expired.
    """
    problem = valuation.problem
    expressions = problem.framework.contradiction_expressions
    if not expressions:
        return {}
    named = references(*expressions.values()).inputs
    given = {key: problem.facts[key].as_given() for key in named if key in problem.facts}
    evaluator = Evaluator(replace(valuation, problem=replace(problem, facts=given)))
    truths = {key: evaluator.truth(expression) for key, expression in expressions.items()}
    return {key: truth for key, truth in truths.items() if truth.possible.any()}


def doubted_facts(problem: Problem, found: Mapping[str, Truth]) -> dict[str, BoolArray]:
    """Return where each fact is in doubt, (n,), because contradictions hold or may hold.

    A fact without an answer is not in doubt.
    """
    doubted: dict[str, BoolArray] = {}
    for key, truth in found.items():
        for fact in problem.framework.all_contradictions[key].doubts:
            nowhere = np.zeros(problem.size, dtype=np.bool_)
            flags = truth.possible & ~problem.facts[fact].as_given().unknown
            if PLACE in fact:
                flags &= problem.has_partner_at(fact)
            doubted[fact] = doubted.get(fact, nowhere) | flags
    return {fact: flags for fact, flags in doubted.items() if flags.any()}


def ways_to_judge(
    valuation: Valuation, doubted: Mapping[str, BoolArray]
) -> Iterator[tuple[IndexArray, Valuation]]:
    """Yield candidates with doubted facts open, all as they are, those expired as given.

    Parameters
    ----------
    valuation : Valuation
        In which facts are open that have expired.
    doubted : mapping of fact id to boolean array of shape (n,)

    Yields
    ------
    rows : integer array of shape (u,)
    valuation : Valuation
        Of these candidates; `valuation` itself for all of them.
    """
    problem = valuation.problem
    asked = problem.framework.references.inputs
    opened: dict[str, tuple[BoolArray, Any]] = {}
    given: dict[str, tuple[BoolArray, Any]] = {}
    for key in asked:
        column: Any = problem.facts.get(key)
        if column is None:
            continue
        if key in doubted:
            opened[key] = doubted[key], column.opened(doubted[key])
        if column.stood is not None:
            given[key] = ~column.stood.unknown, column.as_given()
    yield from _with_other_answers(valuation, opened)
    yield np.arange(problem.size), valuation
    yield from _with_other_answers(valuation, given)


def _with_other_answers(
    valuation: Valuation, changed: Mapping[str, tuple[BoolArray, Column]]
) -> Iterator[tuple[IndexArray, Valuation]]:
    if changed:
        flags = [where for where, _ in changed.values()]
        rows = np.flatnonzero(np.logical_or.reduce(flags))
        yield rows, valuation.take(rows, {key: column for key, (_, column) in changed.items()})
