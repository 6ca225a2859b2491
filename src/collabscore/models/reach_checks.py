"""Whether the steps of guardrails can matter: conditions that never or always hold, steps and verdicts without effect.

Imports `reachability` and the other models.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Diagnostic, KeyPath, Note
from .expressions import And, Expression, Not
from .framework import Framework
from .guardrails import CompiledStep, Step
from .reachability import possible_worths

__all__ = ["reach_issues"]

_SIGNS = "look at its `and`, `or` and `not`, and at the levels and numbers it compares with"


def reach_issues(framework: Framework) -> Iterator[Diagnostic]:
    """Yield a warning for each condition, step and verdict of a framework that can make no difference."""
    if framework.applies_expression is not None:
        worths = possible_worths(framework.applies_expression, framework)
        if 2 not in worths:
            yield _warning(
                "never-holds",
                "no candidate is one that this framework applies to",
                ("applies",),
                _SIGNS,
            )
        elif worths == {2}:
            cure = "leave `applies` out, or say whom it leaves out"
            yield _warning(
                "always-holds",
                "this framework applies to every candidate anyhow",
                ("applies",),
                cure,
            )
    for key, guardrail in framework.guardrails.items():
        path: KeyPath = ("guardrails", key)
        places = (
            [path]
            if guardrail.steps is None
            else [(*path, "steps", k) for k in range(len(guardrail.steps))]
        )
        yield from _steps(framework.compiled_guardrails[key], places, framework)
    yield from _verdicts(framework)


def _warning(
    code: str, message: str, path: KeyPath, help: str, *notes: Note, at_key: bool = False
) -> Diagnostic:
    return Diagnostic(code, message, path, help, at_key=at_key, notes=notes, severity="warning")


def _steps(
    compiled: tuple[CompiledStep, ...], places: list[KeyPath], framework: Framework
) -> Iterator[Diagnostic]:
    """Yield what is idle among the steps of one guardrail."""
    steps = tuple(step.step for step in compiled)
    live: dict[int, Expression] = {}
    for k, step in enumerate(steps):
        when = compiled[k].when
        if when is None:
            continue
        worths = possible_worths(when, framework)
        here = (*places[k], "when")
        if 2 not in worths:
            yield _warning(
                "never-holds",
                "this can never trigger: no answers make the condition true",
                here,
                _SIGNS,
            )
            continue
        if worths == {2}:
            cure = (
                "leave `when` out: what is needed is needed always"
                if step.needs is not None
                else _SIGNS
            )
            yield _warning(
                "always-holds",
                "this always triggers: the condition holds whatever is answered",
                here,
                cure,
            )
        live[k] = when
    for k in live:
        cover = next(
            (other for other in live if other != k and _covers(other, k, steps, live, framework)),
            None,
        )
        if cover is not None:
            message = f"this step can never matter: wherever it applies, step {cover + 1} gives `{steps[cover].then}`"
            cure = f"leave it out, narrow step {cover + 1}, or give the more severe verdict here"
            yield _warning(
                "covered-step", message, places[k], cure, Note("the other step", path=places[cover])
            )


def _covers(
    one: int, other: int, steps: tuple[Step, ...], when: dict[int, Expression], framework: Framework
) -> bool:
    """Return whether a step that no safeguard meets gives all that the other can, wherever that one applies."""
    severity = list(framework.all_verdicts).index
    above, below = steps[one], steps[other]
    if above.needs is not None or severity(above.then) < severity(below.then):
        return False
    if severity(framework.unknown_verdict(above)) < severity(framework.unknown_verdict(below)):
        return False  # where one cannot tell, the other still decides
    if 2 in possible_worths(And((when[other], Not(when[one]))), framework):
        return False
    # of two steps that say the same the first one stays
    same = above.then == below.then and below.needs is None
    return one < other or not (
        same and 2 not in possible_worths(And((when[one], Not(when[other]))), framework)
    )


def _verdicts(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the verdicts that a framework names and never gives."""
    if framework.verdicts is None:
        return
    given = {next(iter(framework.verdicts))}  # where nothing is triggered
    for guardrail in framework.guardrails.values():
        for step in guardrail.all_steps():
            given |= {step.then, framework.met_verdict(step) or step.then}
            given |= {framework.unknown_verdict(step)} if step.when is not None else set()
    for key in framework.verdicts:
        if key not in given:
            cure = "leave it out, or let a step give it with `then`, `met` or `if_unknown`"
            yield _warning(
                "unused-verdict",
                f"no step can give the verdict `{key}`",
                ("verdicts", key),
                cure,
                at_key=True,
            )
