"""Words that a framework defines and nothing of it uses.

Only its own are looked at: a vocabulary defines words for other frameworks too. Imports the other models.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Diagnostic
from .criteria import walk
from .expressions import references
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
    named = [framework.named_expressions[name] for name in framework.conditions]
    in_conditions = set(references(*named, *framework.deciding_expressions).names())
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
