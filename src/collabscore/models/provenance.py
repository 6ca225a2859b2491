"""Provenance: the parts of which a framework consists, and how far each was checked.

Imports the other models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias

from .criteria import walk
from .framework import Framework
from .sources import Element, citations, verification

__all__ = ["Standing", "counted", "elements_of", "safeguards_named", "standing_of"]

Standing: TypeAlias = Literal["primary", "secondary", "no", "judgement", "none"]
"""How far an element was checked; `judgement` where it is its author's own and cites nothing, `none` where it says
nothing of itself."""


def safeguards_named(framework: Framework) -> list[str]:
    """Return the safeguards asked of every project, then those that guardrails need, each once."""
    named = dict.fromkeys(framework.standing)
    for guardrail in framework.guardrails.values():
        for step in guardrail.all_steps():
            for need in step.needs or ():
                named |= dict.fromkeys([need] if isinstance(need, str) else need)
    return list(named)


def elements_of(framework: Framework) -> Iterator[tuple[str, str, Element]]:
    """Yield what a framework consists of, its own parts and the words of its vocabulary that it uses.

    Yields
    ------
    kind, id, element
        A criterion as the vocabulary has it, with what the framework says of it.
    """
    yield (
        "framework",
        framework.id,
        Element(source=framework.source, verified=framework.verified, basis=framework.basis),
    )
    for ids, criterion in walk(framework.criteria):
        yield "criterion", ids[-1], framework.definition(ids[-1], criterion)
    for key, guardrail in framework.guardrails.items():
        yield "guardrail", key, guardrail
    used = set(framework.references.names())
    sections: tuple[tuple[str, dict[str, Element], set[str]], ...] = (
        ("condition", dict(framework.all_conditions), used | set(framework.conditions)),
        ("fact", dict(framework.all_facts), used | set(framework.facts)),
        ("list", dict(framework.all_lists), used | set(framework.lists)),
        (
            "safeguard",
            dict(framework.all_safeguards),
            {*safeguards_named(framework), *framework.safeguards},
        ),
    )
    for kind, known, named in sections:
        yield from ((kind, key, element) for key, element in known.items() if key in named)


def standing_of(element: Element, framework: Framework) -> Standing:
    """Return how far an element was checked: the weakest of what it cites."""
    found = verification(element, framework.all_sources)
    if found is not None:
        return found
    if element.basis is not None:
        return "judgement"
    return "none" if not citations(element.source) else "no"


def counted(framework: Framework) -> Counter[Standing]:
    """Return how many elements of a framework were checked how far."""
    return Counter(standing_of(element, framework) for _, _, element in elements_of(framework))
