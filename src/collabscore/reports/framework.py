"""A framework as a page to read, and as plain data with everything that its elements take from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..models.base import Element, citations, title_of, verification
from ..models.criteria import Missing
from ..models.framework import Framework, GroupNode, LeafNode
from ..models.guardrails import Need, Step
from ..output import Block, Bullets, Heading, Item, Page, Paragraph
from ..output.text import plural

__all__ = ["direction_of", "framework_data", "framework_page"]

Node = LeafNode | GroupNode

_MISSING: dict[Missing, str] = {
    "average": "counts as the average of its scale",
    "worst": "counts as the worst of its scale",
    "omit": "is left out",
    "refuse": "leaves a candidate without a score",
}

_VERIFIED = {
    "primary": "read at its issuer",
    "secondary": "read at a second hand",
    "no": "not verified",
}


def framework_page(framework: Framework, *, long: bool = False) -> Page:
    """Return a framework as a page.

    Parameters
    ----------
    framework : Framework
    long : bool
        Whether questions, anchors, notes and all facts are shown.
    """
    blocks = _head(framework)
    blocks += _criteria_section(framework, long)
    blocks += _guardrails_section(framework, long)
    blocks += _verdicts_section(framework)
    blocks += _safeguards_section(framework)
    if long:
        blocks += _facts_section(framework)
    blocks += _sources_section(framework)
    blocks.append(
        Paragraph(
            "Marks: [our choice] is the author's own judgement, whatever it cites; [not verified] was not checked "
            "against its source."
        )
    )
    return Page(tuple(blocks), title_of(framework.id, framework.title))


def _head(framework: Framework) -> list[Block]:
    facts = {
        "Id": framework.id,
        "Issued by": framework.issuer,
        "Legal force": framework.legal_force,
        "Judges": framework.unit_of_assessment,
        "As of": framework.as_of,
        "Words": None,
        "Applies": None,
        "Source": _cited(framework),
        "Digest": framework.digest,
    }
    if framework.version:
        facts["Id"] = f"{framework.id}, version {framework.version}"
    if framework.vocabulary is not None:
        facts["Words"] = f"vocabulary `{framework.vocabulary.id}`"
    if framework.applies:
        facts["Applies"] = f"where {framework.applies}"
    title = title_of(framework.id, framework.title) + _marks(framework, framework)
    known = [f"{label}: {value}" for label, value in facts.items() if value]
    blocks: list[Block] = [Heading(title, 1), Bullets(known)]
    for text in (framework.summary, framework.note):
        if text:
            blocks.append(Paragraph(text))
    return blocks


def _criteria_section(framework: Framework, long: bool) -> list[Block]:
    if not framework.nodes:
        return [Heading("Criteria"), Paragraph("None: this framework only gates.")]
    total = "groups are scored, the whole is not"
    if framework.combine != "none":
        total = f"combined by {_mean_name(framework.combine or 'arithmetic')}"
    grouped = ""
    if framework.groups:
        grouped = f" in {plural(len(framework.groups), 'group')}"
    blocks: list[Block] = [Heading(f"Criteria: {len(framework.leaves)}{grouped}, {total}")]
    policies = {node.missing for node in framework.leaves.values()}
    same_policy = len(policies) == 1
    if same_policy:
        blocks.append(Paragraph(f"An unknown rating {_MISSING[policies.pop()]}."))
    items = []
    for node in framework.nodes.values():
        depth = len(node.path) - 1
        items.append(Item(_criterion_line(node, framework, long, not same_policy), depth))
        if node.criterion.question:
            items.append(Item(node.criterion.question, depth + 1))
        if long:
            for point, anchor in sorted((node.criterion.anchors or {}).items()):
                items.append(Item(f"{point:g}: {anchor}", depth + 1))
            if node.criterion.note:
                items.append(Item(f"Note: {node.criterion.note}", depth + 1))
    return [*blocks, Bullets(items)]


def _criterion_line(node: Node, framework: Framework, long: bool, policy: bool) -> str:
    weight = f"{_percent_of(node.overall)} of all"
    if len(node.path) > 1:
        weight = f"{_percent_of(node.share)} of its group, {weight}"
    parts = [weight]
    if isinstance(node.criterion.weight, tuple):
        parts.append("weight from {:g} to {:g}".format(*node.criterion.weight))
    if node.criterion.side:
        parts.append(node.criterion.side)
    if isinstance(node, LeafNode):
        parts += [direction_of(node), _scale_text(node, long)]
        if policy:
            parts.append(f"unknown {_MISSING[node.missing]}")
    elif len(node.children) > 1:
        parts.append(f"combined by {_mean_name(node.criterion.combine or 'arithmetic')}")
    line = f"{node.title} ({node.id}): {'; '.join(parts)}"
    return line + _grounds_text(node.criterion, framework)


def _mean_name(combine: str | float) -> str:
    if not isinstance(combine, str):
        return f"the power mean of exponent {combine:g}"
    if combine in ("minimum", "maximum"):
        return f"their {combine}"
    return f"the {combine} mean"


def _percent_of(share: float) -> str:
    return f"{100 * share:.3g} %"


def direction_of(node: Node) -> str:
    """Return the good end of a scale, or the worth of its points, in words."""
    if node.criterion.value is not None:
        points = [
            f"{worth:g} at {point:g}" for point, worth in sorted(node.criterion.value.items())
        ]
        return f"worth {', '.join(points)}"
    return "low is good" if node.criterion.prefer == "low" else "high is good"


def _scale_text(node: LeafNode, long: bool) -> str:
    low, high = node.scale.range
    text = f"from {low:g} to {high:g}"
    if node.scale.unit:
        text += f" {node.scale.unit}"
    if long and node.scale.levels:
        levels = [f"{point:g} {name}" for point, name in sorted(node.scale.levels.items())]
        text += f" ({', '.join(levels)})"
    return text


def _guardrails_section(framework: Framework, long: bool) -> list[Block]:
    items = []
    for key, guardrail in framework.guardrails.items():
        title = f"{title_of(key, guardrail.title)} ({key})"
        items.append(Item(title + _grounds_text(guardrail, framework)))
        if guardrail.reason:
            items.append(Item(f"Why: {guardrail.reason}", 1))
        for step in guardrail.all_steps():
            items.append(Item(_step_line(step, framework), 1))
            if step.reason and step.reason != guardrail.reason:
                items.append(Item(f"Why: {step.reason}", 2))
        if long and guardrail.note:
            items.append(Item(f"Note: {guardrail.note}", 1))
    blocks: list[Block] = [Heading(f"Guardrails: {len(framework.guardrails)}"), Bullets(items)]
    if framework.standing:
        names = [_safeguard_name(name, framework) for name in framework.standing]
        blocks.append(
            Paragraph(f"Asked of every project, whatever its verdict: {', '.join(names)}.")
        )
    used = []
    for name, condition in framework.all_conditions.items():
        if name in framework.references.conditions:
            used.append(f"{name}: {condition.when}{_marks(condition, framework)}")
    if used:
        blocks += [Paragraph("Conditions by their names:"), Bullets(used)]
    return blocks


def _step_line(step: Step, framework: Framework) -> str:
    line = f"when {step.when}: " if step.when else "always: "
    line += str(step.then)
    if step.needs is not None:
        needs = " and ".join(_need_text(need, framework) for need in step.needs)
        line += f", but {framework.met_verdict(step)} with {needs}"
    if step.when:
        verdict = framework.unknown_verdict(step)
        same = verdict == step.then
        line += f"; {'the same' if same else verdict} if one cannot tell"
    return line


def _need_text(need: Need, framework: Framework) -> str:
    if isinstance(need, str):
        return _safeguard_name(need, framework)
    options = " or ".join(_safeguard_name(name, framework) for name in need)
    return f"one of [{options}]" if len(need) > 1 else options


def _safeguard_name(name: str, framework: Framework) -> str:
    return f"{title_of(name, framework.all_safeguards[name].title)} ({name})"


def _verdicts_section(framework: Framework) -> list[Block]:
    items = []
    for key, verdict in framework.all_verdicts.items():
        tier = f"tier {verdict.tier}" if verdict.ranked else "not ranked"
        items.append(f"{key}: {verdict.title}; {tier}" if verdict.title else f"{key}: {tier}")
    blocks: list[Block] = [Heading("Verdicts, mild to severe"), Bullets(items)]
    if framework.bands:
        highest_first = sorted(framework.bands.items(), key=lambda band: -band[1])
        bands = [f"{key} from {least:g}" for key, least in highest_first]
        blocks.append(Paragraph(f"Bands: {', '.join(bands)}."))
    return blocks


def _safeguards_section(framework: Framework) -> list[Block]:
    needed = framework.safeguards_named
    if not needed:
        return []
    items = []
    for key in needed:
        safeguard = framework.all_safeguards[key]
        line = _safeguard_name(key, framework)
        if safeguard.consists_of:
            line += f": {safeguard.consists_of}"
        items.append(line + _grounds_text(safeguard, framework))
    return [Heading(f"Safeguards: {len(needed)}"), Bullets(items)]


def _facts_section(framework: Framework) -> list[Block]:
    if not framework.all_facts:
        return []
    items = []
    for key, fact in framework.all_facts.items():
        line = f"{title_of(key, fact.title)} ({key}), {fact.kind}"
        if fact.question:
            line += f": {fact.question}"
        items.append(Item(line + _marks(fact, framework)))
        words: Mapping[str, str | None] = getattr(fact, "levels", getattr(fact, "options", {}))
        for word, meaning in words.items():
            items.append(Item(f"{word}: {meaning}" if meaning else word, 1))
    return [Heading(f"Facts: {len(framework.all_facts)}"), Bullets(items)]


def _sources_section(framework: Framework) -> list[Block]:
    if not framework.all_sources:
        return []
    items = []
    for key, source in framework.all_sources.items():
        parts = filter(None, (source.title, source.issuer, source.date, source.url))
        line = f"{key}: {', '.join(parts)}; {_VERIFIED[source.verified]}"
        if source.note:
            line += f". {source.note}"
        items.append(line)
    return [Heading(f"Sources: {len(framework.all_sources)}"), Bullets(items)]


def _cited(element: Any) -> str:
    cited = []
    for citation in citations(element.source):
        clause = f" ({citation.clause})" if citation.clause else ""
        cited.append(citation.id + clause)
    return ", ".join(cited)


def _grounds_text(element: Element, framework: Framework) -> str:
    """Return the sources and the marks of an element, as the end of its line."""
    cited = _cited(element)
    source = f"; source: {cited}" if cited else ""
    return source + _marks(element, framework)


def _marks(element: Any, framework: Framework) -> str:
    """Return the marks that a reader must not overlook: the author's own choice, and what was not checked."""
    marks = ""
    if element.basis == "judgement":
        marks += " [our choice]"
    if verification(element, framework.all_sources) == "no":
        marks += " [not verified]"
    return marks


# as plain data


def framework_data(framework: Framework) -> dict[str, Any]:
    """Return a framework as plain data, with what its elements take from elsewhere made explicit."""
    data: dict[str, Any] = {"collabscore": "framework-page/1", "id": framework.id}
    for name in ("title", "version", "as_of", "issuer", "legal_force", "unit_of_assessment"):
        data[name] = getattr(framework, name)
    data["summary"] = framework.summary
    data["note"] = framework.note
    data["digest"] = framework.digest
    data["vocabulary"] = framework.vocabulary.id if framework.vocabulary is not None else None
    data["criteria"] = [_node_data(node, framework) for node in framework.nodes.values()]
    data["guardrails"] = [_guardrail_data(key, framework) for key in framework.guardrails]
    data["standing"] = framework.standing
    data["safeguards"] = [_safeguard_data(key, framework) for key in framework.safeguards_named]
    verdicts = []
    for key, verdict in framework.all_verdicts.items():
        verdicts.append(
            {"id": key, "title": verdict.title, "tier": verdict.tier, "ranked": verdict.ranked}
        )
    data["verdicts"] = verdicts
    data["bands"] = dict(framework.bands)
    sources = framework.all_sources.items()
    data["sources"] = {key: source.model_dump(mode="json") for key, source in sources}
    return data


def _guardrail_data(key: str, framework: Framework) -> dict[str, Any]:
    guardrail = framework.guardrails[key]
    steps = []
    for step in guardrail.all_steps():
        steps.append(
            {
                "when": step.when,
                "needs": step.needs,
                "then": step.then,
                "met": framework.met_verdict(step),
                "if_unknown": framework.unknown_verdict(step) if step.when else None,
                "reason": step.reason,
            }
        )
    return {
        "id": key,
        "title": title_of(key, guardrail.title),
        "reason": guardrail.reason,
        **_grounds_data(guardrail, framework),
        "steps": steps,
    }


def _safeguard_data(key: str, framework: Framework) -> dict[str, Any]:
    safeguard = framework.all_safeguards[key]
    return {
        "id": key,
        "title": title_of(key, safeguard.title),
        "consists_of": safeguard.consists_of,
        **_grounds_data(safeguard, framework),
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
        **_grounds_data(criterion, framework),
    }
    if isinstance(node, GroupNode):
        data["combine"] = criterion.combine or "arithmetic"
        data["children"] = list(node.children)
        return data
    has_value = criterion.value is not None
    data["question"] = criterion.question
    data["range"] = list(node.scale.range)
    data["levels"] = _keys_as_text(node.scale.levels)
    data["prefer"] = None if has_value else criterion.prefer or "high"
    data["value"] = _keys_as_text(criterion.value) or None
    data["anchors"] = _keys_as_text(criterion.anchors)
    data["missing"] = node.missing
    return data


def _keys_as_text(points: Mapping[float, Any] | None) -> dict[str, Any]:
    return {f"{point:g}": value for point, value in (points or {}).items()}


def _grounds_data(element: Element, framework: Framework) -> dict[str, Any]:
    cited = citations(element.source)
    return {
        "source": [citation.model_dump(mode="json", exclude_none=True) for citation in cited],
        "verified": verification(element, framework.all_sources),
        "basis": element.basis,
        "note": element.note,
    }
