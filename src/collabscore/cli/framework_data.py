"""A framework as plain data, with what its elements take from elsewhere made explicit.

Imports the models and the templates.
"""

from __future__ import annotations

from typing import Any

from ..models.base import Element, citations, title_of, verification
from ..models.framework import Framework, LeafNode, Node

__all__ = ["as_data"]


def as_data(framework: Framework) -> dict[str, Any]:
    """Return a framework as plain data, with what its elements take from elsewhere made explicit."""
    head = {
        key: getattr(framework, key)
        for key in (
            "id",
            "title",
            "version",
            "as_of",
            "issuer",
            "legal_force",
            "unit_of_assessment",
            "summary",
            "note",
        )
    }
    return {
        "collabscore": "framework-page/1",
        **head,
        "digest": framework.digest,
        "vocabulary": framework.vocabulary.id if framework.vocabulary is not None else None,
        "criteria": [_node_data(node, framework) for node in framework.nodes.values()],
        "guardrails": [
            {
                "id": key,
                "title": title_of(key, guardrail.title),
                "reason": guardrail.reason,
                **_grounds(guardrail, framework),
                "steps": [
                    {
                        "when": step.when,
                        "needs": step.needs,
                        "then": step.then,
                        "met": framework.met_verdict(step),
                        "if_unknown": framework.unknown_verdict(step) if step.when else None,
                        "reason": step.reason,
                    }
                    for step in guardrail.all_steps()
                ],
            }
            for key, guardrail in framework.guardrails.items()
        ],
        "standing": framework.standing,
        "safeguards": [
            {
                "id": key,
                "title": title_of(key, framework.all_safeguards[key].title),
                "consists_of": framework.all_safeguards[key].consists_of,
                **_grounds(framework.all_safeguards[key], framework),
            }
            for key in framework.safeguards_named
        ],
        "verdicts": [
            {"id": key, "title": verdict.title, "tier": verdict.tier, "ranked": verdict.ranked}
            for key, verdict in framework.all_verdicts.items()
        ],
        "bands": dict(framework.bands),
        "sources": {
            key: source.model_dump(mode="json") for key, source in framework.all_sources.items()
        },
    }


def _node_data(node: Node, framework: Framework) -> dict[str, Any]:
    criterion = node.criterion
    data: dict[str, Any] = {
        "id": node.id,
        "title": node.title,
        "path": list(node.path),
        "share": node.share,
        "overall": node.overall,
        "side": node.side,
        **_grounds(criterion, framework),
    }
    if not isinstance(node, LeafNode):
        return data | {
            "combine": criterion.combine or "arithmetic",
            "children": list(node.children),
        }
    return data | {
        "question": criterion.question,
        "range": list(node.scale.range),
        "levels": {f"{point:g}": name for point, name in (node.scale.levels or {}).items()},
        "prefer": None if criterion.value is not None else criterion.prefer or "high",
        "value": {f"{point:g}": worth for point, worth in criterion.value.items()}
        if criterion.value
        else None,
        "anchors": {f"{point:g}": words for point, words in (criterion.anchors or {}).items()},
        "missing": node.missing,
    }


def _grounds(element: Element, framework: Framework) -> dict[str, Any]:
    return {
        "source": [
            citation.model_dump(mode="json", exclude_none=True)
            for citation in citations(element.source)
        ],
        "verified": verification(element, framework.all_sources),
        "basis": element.basis,
        "note": element.note,
    }
