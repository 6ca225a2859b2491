"""Words that a framework defines and nothing of it uses.

Only its own are looked at: a vocabulary defines words for other frameworks too. Imports the other models.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ..errors import Diagnostic
from .criteria import walk
from .facts import SetFact
from .framework import Framework
from .provenance import safeguards_named

__all__ = ["usage_issues"]

# in the order of a document: the word for one of them, why it is idle, and what would use it
_KINDS = {
    "scales": ("scale", "no criterion is rated on", "name it in the `scale` of a criterion"),
    "lists": (
        "list",
        "neither a fact nor a condition uses",
        "name it in a condition, or as what a set is `of`",
    ),
    "facts": ("fact", "no condition asks for", "ask for it in the `when` of a guardrail"),
    "safeguards": (
        "safeguard",
        "nothing needs",
        "name it under `needs` or `standing`, or ask `has(...)`",
    ),
    "conditions": ("condition", "nothing uses", "name it in the `when` of a guardrail"),
}


def usage_issues(framework: Framework) -> Iterator[Diagnostic]:
    """Yield a warning for each word of a framework's own that nothing in it uses."""
    in_conditions = _words_of(_conditions(framework))
    used: dict[str, set[str] | set[str | None]] = {
        "scales": {c.scale for _, c in walk(framework.criteria) if isinstance(c.scale, str)},
        "lists": in_conditions
        | {fact.of for fact in framework.facts.values() if isinstance(fact, SetFact)}
        | {named.among for named in framework.lists.values()},
        "facts": in_conditions,
        "safeguards": in_conditions | set(safeguards_named(framework)),
        "conditions": in_conditions,
    }
    for kind, (word, idle, cure) in _KINDS.items():
        for key in getattr(framework, kind):
            if key not in used[kind]:
                yield Diagnostic(
                    f"unused-{word}",
                    f"`{key}` is a {word} that {idle}",
                    (kind, key),
                    f"{cure}, or leave it out",
                    at_key=True,
                    severity="warning",
                )


def _conditions(framework: Framework) -> Iterator[str]:
    """Yield the texts of a framework's own conditions."""
    if framework.applies is not None:
        yield framework.applies
    for condition in framework.conditions.values():
        yield condition.when
    for guardrail in framework.guardrails.values():
        for step in guardrail.graded():
            if step.when is not None:
                yield step.when


def _words_of(texts: Iterable[str]) -> set[str]:
    """Return the names in conditions that can be read; a name may stand in quotes."""
    found: set[str] = set()
    for text in texts:
        for node in ast.walk(ast.parse(f"({text}\n)", mode="eval")):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found
