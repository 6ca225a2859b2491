"""Guardrails: rules that no score can buy a way past, with the safeguards that meet them.

Axis letter: g guardrails.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from .base import (
    IN_ORDER,
    Element,
    FrozenDict,
    Model,
    NonEmptyMap,
    NonEmptySequence,
    Text,
    empty_is_default,
    optional_field,
)
from .expressions import Expression

__all__ = [
    "STATES",
    "CompiledStep",
    "Condition",
    "Defaults",
    "Guardrail",
    "Need",
    "Safeguard",
    "Step",
    "Verdict",
    "Verdicts",
    "default_verdicts",
    "options_of",
]


class Safeguard(Element):
    """Something put in place so that a rule is met."""

    consists_of: Text | None = optional_field("What must exist for the safeguard to be in place.")


class Condition(Element):
    """A named condition, for use in others by its name."""

    when: Text = Field(description="The condition, in the language of conditions.")


Options = NonEmptySequence[str]
Need = Annotated[str | Options, IN_ORDER]
"""The id of a safeguard, or a list of ids of which any one will do."""

Needs = NonEmptySequence[Need]


def options_of(need: str | list[str]) -> tuple[str, ...]:
    """Return the safeguards of which any one meets a need."""
    return (need,) if isinstance(need, str) else tuple(need)


class Step(Element):
    """One grade of a guardrail: when it applies, what it needs, and the verdicts it gives."""

    when: Text | None = optional_field("When it applies; always, if left out.")
    needs: Needs | None = optional_field(
        "Safeguards, all of which are needed; an inner list: any one of."
    )
    then: Text = Field(
        description="The verdict while it applies and a needed safeguard is missing."
    )
    met: Text | None = optional_field("The verdict once all needed safeguards are in place.")
    if_unknown: Text | None = optional_field(
        "The verdict where one cannot tell whether it applies."
    )
    reason: Text | None = optional_field("Why the step exists, in one sentence.")


class Guardrail(Element):
    """A rule beside the score: one step written in place, or several under `steps`."""

    reason: Text | None = optional_field("Why the guardrail exists, in one sentence.")
    when: Text | None = optional_field("When it applies; always, if left out.")
    needs: Needs | None = optional_field(
        "Safeguards, all of which are needed; an inner list: any one of."
    )
    then: Text | None = optional_field(
        "The verdict while it applies and a needed safeguard is missing."
    )
    met: Text | None = optional_field("The verdict once all needed safeguards are in place.")
    if_unknown: Text | None = optional_field(
        "The verdict where one cannot tell whether it applies."
    )
    steps: NonEmptySequence[Step] | None = optional_field(
        "Several grades of one rule; the most severe that holds counts."
    )

    def all_steps(self) -> tuple[Step, ...]:
        """Return the steps; the one written in place, where there are none."""
        if self.steps is not None:
            return tuple(self.steps)
        fields = ("when", "needs", "then", "met", "if_unknown")
        return (Step.model_construct(**{name: getattr(self, name) for name in fields}),)


STATES = ("clear", "met", "unknown", "unmet", "barred")
"""States of a guardrail. Of two findings with the same verdict, the later one here is shown."""


@dataclass(frozen=True)
class CompiledStep:
    """A step ready to be evaluated: its condition parsed, its verdicts by position."""

    step: Step
    when: Expression | None
    then: int
    met: int
    if_unknown: int

    @cached_property
    def severity(self) -> NDArray[np.int8]:
        """The verdict of each state, in the order of `STATES`."""
        return np.array([0, self.met, self.if_unknown, self.then, self.then], dtype=np.int8)


class Verdict(Element):
    """One of the ordered classes into which guardrails put candidates."""

    tier: Annotated[int, Field(ge=1)] = Field(
        default=1, description="Candidates stand by tier first: 1 before 2."
    )
    ranked: bool = Field(
        default=True, description="Whether a candidate with this verdict has a rank."
    )


Verdicts = NonEmptyMap[str, Annotated[Verdict, BeforeValidator(empty_is_default)]]


@cache
def default_verdicts() -> dict[str, Verdict]:
    """Return the verdicts of a framework that names none, mild to severe."""
    return FrozenDict(
        inside=Verdict(title="inside the guardrails"),
        conditional=Verdict(title="inside, provided named safeguards hold"),
        refer=Verdict(title="a person must decide", tier=2),
        outside=Verdict(title="outside the guardrails", ranked=False),
    )


class Defaults(Model):
    """Verdicts that steps take where they do not say their own."""

    met: Text | None = optional_field("The verdict once all needed safeguards are in place.")
    if_unknown: Text | None = optional_field("The verdict where one cannot tell; at most `then`.")
