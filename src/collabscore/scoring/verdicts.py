"""Verdicts: the finding of each guardrail on each candidate, and the verdict that follows.

Axis letters: n candidates, g guardrails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray
from ..kernels.logic import Truth
from ..models.guardrails import CompiledStep, Need, options_of
from .evaluation import Evaluator
from .problem import Problem

__all__ = ["Codes", "Judgement", "judge"]

Codes: TypeAlias = NDArray[np.int8]
"""Verdicts or tiers by position."""

_CLEAR, _MET, _UNKNOWN, _UNMET, _BARRED = range(5)


@dataclass(frozen=True, eq=False)
class Judgement:
    """Findings and verdicts of all candidates, in the order of the problem, as positions.

    Parameters
    ----------
    severity : integer array of shape (n,)
        The verdict, by its position among the verdicts, mild to severe.
    mild, severe : integer arrays of shape (n,)
        The ends of the verdict range.
    applicable : boolean array of shape (n,)
        False where the framework is not about the candidate.
    states : integer array of shape (n, g)
        The state of each guardrail, by its position in `STATES`.
    steps : integer array of shape (n, g)
        The step that decided it.
    """

    severity: Codes
    mild: Codes
    severe: Codes
    applicable: BoolArray
    states: NDArray[np.uint8]
    steps: NDArray[np.uint8]


def judge(evaluator: Evaluator, rules: Mapping[str, tuple[CompiledStep, ...]]) -> Judgement:
    """Return the findings of guardrails, and the verdicts, for all candidates."""
    problem = evaluator.problem
    n, g = problem.size, len(rules)
    always = np.ones(n, dtype=np.bool_)
    severity, mild, severe = (np.zeros(n, dtype=np.int8) for _ in range(3))
    states = np.zeros((n, g), dtype=np.uint8, order="F")
    steps = np.zeros((n, g), dtype=np.uint8, order="F")
    for k, compiled in enumerate(rules.values()):
        verdict = np.zeros(n, dtype=np.int8)
        for number, rule in enumerate(compiled):
            trigger = Truth(always, always) if rule.when is None else evaluator.truth(rule.when)
            ready = _in_place(rule.step.needs, problem)
            state = _states(trigger, ready)
            found = _verdicts(rule, state)
            if number == 0:
                verdict, states[:, k] = found, state
            else:
                # the most severe verdict, and of equal ones the finding that says most
                better = (found > verdict) | ((found == verdict) & (state > states[:, k]))
                verdict = np.where(better, found, verdict)
                states[better, k], steps[better, k] = state[better], number
            # what is decided is its own extreme
            least, most = (found, found) if trigger.decided else _extremes(rule, trigger, ready)
            np.maximum(mild, least, out=mild)
            np.maximum(severe, most, out=severe)
        np.maximum(severity, verdict, out=severity)
    np.minimum(mild, severity, out=mild)
    np.maximum(severe, severity, out=severe)
    applies = problem.framework.applies_expression
    applicable = always if applies is None else evaluator.truth(applies).possible
    return Judgement(severity, mild, severe, applicable, states, steps)


def _in_place(needs: Sequence[Need] | None, problem: Problem) -> BoolArray | None:
    """Return where all needs of a step are met, (n,), by any area; None: it needs nothing."""
    if needs is None:
        return None
    nowhere = np.zeros(problem.size, dtype=np.bool_)
    ready = ~nowhere
    for need in needs:
        options = [problem.in_place.get(name, nowhere) for name in options_of(need)]
        ready &= np.logical_or.reduce(options)
    return ready | problem.area


def _states(trigger: Truth, ready: BoolArray | None) -> NDArray[np.uint8]:
    """Return the state that a step gives: sums, not choices, since there may be millions."""
    if_applies: Any = np.uint8(_BARRED)
    if_unknown: Any = np.uint8(_UNKNOWN)
    if ready is not None:
        if_applies = np.uint8(_UNMET) - ready * np.uint8(_UNMET - _MET)
        if_unknown = np.uint8(_UNKNOWN) - ready * np.uint8(_UNKNOWN - _MET)
    state: NDArray[np.uint8] = trigger.certain * if_applies
    if not trigger.decided:
        state += trigger.unknown * if_unknown
    return state


def _verdicts(rule: CompiledStep, state: NDArray[np.uint8]) -> Codes:
    """Return the verdict that each finding of a step gives."""
    found = (state >= _UNMET) * np.int8(rule.then)
    if rule.met:
        found += (state == _MET) * np.int8(rule.met)
    if rule.if_unknown:
        found += (state == _UNKNOWN) * np.int8(rule.if_unknown)
    return found


def _extremes(rule: CompiledStep, trigger: Truth, ready: BoolArray | None) -> tuple[Codes, Codes]:
    """Return the verdict of a step with every unknown taken as not applying, and as applying."""
    applying = np.full(len(trigger.certain), rule.then, dtype=np.int8)
    if ready is not None:
        applying = np.where(ready, np.int8(rule.met), applying)
    return applying * trigger.certain, applying * trigger.possible
