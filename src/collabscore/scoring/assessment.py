"""Assessments: what a ranking says of one candidate, in plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..arrays import BoolArray
from ..models.base import title_of
from ..models.guardrails import STATES, CompiledStep, options_of
from .evaluation import Evaluator
from .problem import Problem
from .verdicts import Judgement

__all__ = ["Assessment", "Finding", "finding_of", "holds"]


@dataclass(frozen=True)
class Finding:
    """What one guardrail finds of one candidate.

    Parameters
    ----------
    guardrail, title : str
    state : {"clear", "met", "unmet", "barred", "unknown"}
    verdict : str
        The verdict it gives.
    missing : tuple of tuple of str
        Safeguards still needed; of each inner tuple any one will do. For an area: to be put in
        place.
    planned : tuple of str
        Those of the missing ones that are planned.
    in_place : tuple of str
        Those of the needed ones that are in place.
    unknown : tuple of str
        The facts and ratings that would have to be known.
    reason : str or None
    """

    guardrail: str
    title: str
    state: str
    verdict: str
    missing: tuple[tuple[str, ...], ...] = ()
    planned: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reason: str | None = None

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        missing: list[str | list[str]] = []
        for options in self.missing:
            missing.append(options[0] if len(options) == 1 else list(options))
        return {
            "guardrail": self.guardrail,
            "state": self.state,
            "verdict": self.verdict,
            "missing": missing,
            "planned": list(self.planned),
            "in_place": list(self.in_place),
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True)
class Assessment:
    """What a ranking says of one candidate.

    Parameters
    ----------
    id, title : str
    rank : int or None
        From 1; ties share the better rank. None where it has no score or its verdict is not ranked.
    score : float or None
        In [0, 100].
    low, high : float or None
        Bounds of the score over all ratings that its own leave open.
    rated : float
        Share of overall weight that was rated, in [0, 1].
    verdict : str or None
        None where the framework is not about it.
    verdict_range : tuple of str or None
        The mildest and the most severe verdict that what is unknown leaves open.
    band : str or None
    findings : tuple of Finding
        One for each guardrail, in the order of the framework.
    contributions : mapping of str to float, or None
        Points of each leaf criterion; they sum to the score.
    sides : mapping of str to float or None
        Sub-scores of gain and of risk.
    unit : {"project", "area"}
    standing : tuple of str
        Safeguards asked of every project, whatever its verdict, that are not in place.
    unrated : tuple of str
        Criteria on which it is not rated.
    """

    id: str
    title: str
    rank: int | None
    score: float | None
    low: float | None
    high: float | None
    rated: float
    verdict: str | None
    verdict_range: tuple[str, str] | None
    band: str | None
    findings: tuple[Finding, ...]
    contributions: Mapping[str, float] | None
    sides: Mapping[str, float | None]
    unit: str = "project"
    standing: tuple[str, ...] = ()
    unrated: tuple[str, ...] = ()


def finding_of(evaluator: Evaluator, judgement: Judgement, guardrail: str, row: int) -> Finding:
    """Return what one guardrail finds of the candidate in a row of the problem."""
    problem = evaluator.problem
    framework = problem.framework
    definition = framework.guardrails[guardrail]
    steps = framework.compiled_guardrails[guardrail]
    column = list(framework.guardrails).index(guardrail)
    code = int(judgement.states[row, column])
    state = STATES[code]
    deciding = steps[judgement.steps[row, column]]
    finding = Finding(
        guardrail=guardrail,
        title=title_of(guardrail, definition.title),
        state=state,
        verdict=list(framework.all_verdicts)[deciding.severity[code]],
        reason=deciding.step.reason or definition.reason,
    )
    if state in ("clear", "barred"):
        return finding
    unknown: list[str] = []
    for step in steps:
        if step.when is not None and state == "unknown" and _is_open(evaluator, step, row):
            unknown += evaluator.open_names(step.when, row)
    missing, planned, ready = _safeguards_of(problem, deciding, row)
    return replace(
        finding,
        missing=tuple(missing),
        planned=tuple(planned),
        in_place=tuple(ready),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _safeguards_of(
    problem: Problem, step: CompiledStep, row: int
) -> tuple[list[tuple[str, ...]], list[str], list[str]]:
    """Return the safeguards that a step misses, those of them planned, and those in place."""
    missing, planned, ready = [], [], []
    for need in step.step.needs or ():
        options = options_of(need)
        there = [name for name in options if holds(problem.in_place, name, row)]
        ready += there
        if not there:
            missing.append(options)
            planned += [name for name in options if holds(problem.planned, name, row)]
    return missing, planned, ready


def _is_open(evaluator: Evaluator, step: CompiledStep, row: int) -> bool:
    """Whether the condition of a step is unknown, and its safeguards do not settle it either."""
    problem = evaluator.problem
    if step.when is None or not evaluator.truth(step.when).unknown[row]:
        return False
    if step.step.needs is None:
        return True
    # safeguards of an area are put in place later
    return not problem.area[row] and bool(_safeguards_of(problem, step, row)[0])


def holds(columns: Mapping[str, BoolArray], name: str, row: int) -> bool:
    """Whether a safeguard has a column and is marked in a row of it."""
    return name in columns and bool(columns[name][row])
