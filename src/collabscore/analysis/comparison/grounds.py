"""Grounds: which guardrails decide a verdict, and what each guardrail of a framework asks for.

Imports the findings of this storey and scoring. Axis letters: n candidates, g guardrails.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...models.expressions import Expression, references
from ...models.guardrails import STATES
from ...scoring.ranking import Ranking
from ..evidence import GuardrailEvidence, guardrail_evidence

__all__ = ["Grounds"]

Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int8]


class Grounds:
    """What the verdicts of one framework rest on; rows are those of the problem.

    Parameters
    ----------
    ranking : Ranking
    """

    def __init__(self, ranking: Ranking) -> None:
        self.ranking = ranking
        self.guardrails = tuple(ranking.framework.guardrails)
        self._parts: dict[tuple[int, str], GuardrailEvidence] = {}

    @cached_property
    def severity(self) -> Codes:
        """The verdict that each guardrail gives, (n, g), by its place among the verdicts."""
        judgement = self.ranking.judgement
        found = np.zeros(judgement.states.shape, dtype=np.int8)
        for k, key in enumerate(self.guardrails):
            by_step = np.stack(
                [rule.severity for rule in self.ranking.framework.compiled_guardrails[key]]
            )
            found[:, k] = by_step[judgement.steps[:, k], judgement.states[:, k]]
        return found

    @cached_property
    def deciding(self) -> Flags:
        """Whether each guardrail is one that gives the candidate its verdict, (n, g)."""
        judgement = self.ranking.judgement
        alike = self.severity == judgement.severity[:, None]
        found: Flags = (
            alike & (judgement.states != STATES.index("clear")) & judgement.applicable[:, None]
        )
        return found

    @cached_property
    def asked(self) -> dict[str, frozenset[str]]:
        """The facts, criteria and safeguards that each guardrail asks for."""
        return {key: frozenset(self._asked(key)) for key in self.guardrails}

    def _asked(self, guardrail: str) -> Iterator[str]:
        for rule in self.ranking.framework.compiled_guardrails[guardrail]:
            if rule.when is not None:
                yield from _names(rule.when)
            for need in rule.step.needs or ():
                yield from [need] if isinstance(need, str) else need

    @cached_property
    def scope(self) -> frozenset[str]:
        """What is asked for to tell whether the framework is about a candidate."""
        applies = self.ranking.framework.applies_expression
        return frozenset(_names(applies)) if applies is not None else frozenset()

    def part(self, row: int, guardrail: str) -> GuardrailEvidence:
        """Return what a guardrail found of the candidate in a row, and what that rests on."""
        if (row, guardrail) not in self._parts:
            self._parts[row, guardrail] = guardrail_evidence(
                self.ranking, int(self._places[row]), guardrail
            )
        return self._parts[row, guardrail]

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        places = np.empty_like(self.ranking.order)
        places[self.ranking.order] = np.arange(len(places))
        return places


def _names(condition: Expression) -> Iterator[str]:
    """Yield the names by which findings call what a condition looks at."""
    used = references(condition)
    yield from used.inputs
    yield from used.safeguards
    for name in used.scores:
        yield f"score({name})"
