"""A framework as a page to read: what it asks, what it weighs, what it lets nobody buy a way past.

Imports the models, the templates and the escaping of Markdown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import printable
from ..models.base import citations, title_of, verification
from ..models.criteria import Missing
from ..models.framework import Framework, LeafNode, Node
from ..models.guardrails import Need, Step
from ..output.render_markdown import escape_markdown
from ..output.text import display_width

__all__ = ["as_markdown", "as_text", "page"]


@dataclass(frozen=True)
class Line:
    """A line of the page: a heading, a paragraph, or an item at some depth."""

    kind: Literal["title", "heading", "text", "item"]
    text: str
    depth: int = 0


def page(framework: Framework, *, long: bool = False) -> list[Line]:
    """Return a framework as the lines of a page.

    Parameters
    ----------
    framework : Framework
    long : bool
        Whether questions, anchors, notes and all facts are shown.
    """
    return [
        *_head(framework),
        *_criteria(framework, long),
        *_guardrails(framework, long),
        *_verdicts(framework),
        *_safeguards(framework),
        *(_facts(framework) if long else ()),
        *_sources(framework),
        Line(
            "text",
            "Marks: [our choice] is the author's own judgement, whatever it cites; [not verified] was not checked "
            "against its source.",
        ),
    ]


def _head(framework: Framework) -> Iterator[Line]:
    yield Line("title", title_of(framework.id, framework.title) + _marks(framework, framework))
    facts = {
        "Id": f"{framework.id}" + (f", version {framework.version}" if framework.version else ""),
        "Issued by": framework.issuer,
        "Legal force": framework.legal_force,
        "Judges": framework.unit_of_assessment,
        "As of": framework.as_of,
        "Words": f"vocabulary `{framework.vocabulary.id}`"
        if framework.vocabulary is not None
        else None,
        "Applies": f"where {framework.applies}" if framework.applies else None,
        "Source": _cited(framework),
        "Digest": framework.digest,
    }
    for label, value in facts.items():
        if value:
            yield Line("item", f"{label}: {value}")
    for text in (framework.summary, framework.note):
        if text:
            yield Line("text", text)


_MISSING: dict[Missing, str] = {
    "average": "counts as the average of its scale",
    "worst": "counts as the worst of its scale",
    "omit": "is left out",
    "refuse": "leaves a candidate without a score",
}


def _criteria(framework: Framework, long: bool) -> Iterator[Line]:
    if not framework.nodes:
        yield Line("heading", "Criteria")
        yield Line("text", "None: this framework only gates.")
        return
    combine = framework.combine if framework.combine is not None else "arithmetic"
    total = (
        "groups are scored, the whole is not"
        if combine == "none"
        else f"combined by {_mean(combine)}"
    )
    groups, leaves = len(framework.groups), len(framework.leaves)
    grouped = f" in {groups} group{'s' if groups > 1 else ''}" if groups else ""
    yield Line("heading", f"Criteria: {leaves}{grouped}, {total}")
    if policy := _one_policy(framework):
        yield Line("text", f"An unknown rating {_MISSING[policy]}.")
    for node in framework.nodes.values():
        depth = len(node.path) - 1
        yield Line("item", _criterion(node, framework, long), depth)
        if node.criterion.question:
            yield Line("item", node.criterion.question, depth + 1)
        if long:
            yield from _detail(node, depth + 1)


def _one_policy(framework: Framework) -> Missing | None:
    """Return what an unknown rating counts as, where that is the same everywhere."""
    policies = {node.missing for node in framework.leaves.values()}
    return policies.pop() if len(policies) == 1 else None


def _criterion(node: Node, framework: Framework, long: bool) -> str:
    grouped = f"{_percent(node.share)} of its group, " if len(node.path) > 1 else ""
    parts = [f"{grouped}{_percent(node.overall)} of all"]
    if isinstance(node.criterion.weight, tuple):
        parts.append("weight from {:g} to {:g}".format(*node.criterion.weight))
    if node.criterion.side:
        parts.append(node.criterion.side)
    if isinstance(node, LeafNode):
        parts += [direction(node), _scale(node, long)]
        if _one_policy(framework) is None:
            parts.append(f"unknown {_MISSING[node.missing]}")
    elif len(node.children) > 1:
        parts.append(f"combined by {_mean(node.criterion.combine or 'arithmetic')}")
    cited = _cited(node.criterion)
    return (
        f"{node.title} ({node.id}): {'; '.join(parts)}"
        + (f"; source: {cited}" if cited else "")
        + _marks(node.criterion, framework)
    )


def _mean(combine: str | float) -> str:
    if isinstance(combine, str):
        return f"their {combine}" if combine in ("minimum", "maximum") else f"the {combine} mean"
    return f"the power mean of exponent {combine:g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def direction(node: Node) -> str:
    """Return which end of a scale is good, or what its points are worth."""
    if node.criterion.value is not None:
        return "worth " + ", ".join(
            f"{worth:g} at {point:g}" for point, worth in sorted(node.criterion.value.items())
        )
    return "low is good" if node.criterion.prefer == "low" else "high is good"


def _scale(node: LeafNode, long: bool) -> str:
    low, high = node.scale.range
    unit = f" {node.scale.unit}" if node.scale.unit else ""
    levels = ", ".join(
        f"{point:g} {name}" for point, name in sorted((node.scale.levels or {}).items())
    )
    return f"from {low:g} to {high:g}{unit}" + (f" ({levels})" if levels and long else "")


def _detail(node: Node, depth: int) -> Iterator[Line]:
    for point, anchor in sorted((node.criterion.anchors or {}).items()):
        yield Line("item", f"{point:g}: {anchor}", depth)
    if node.criterion.note:
        yield Line("item", f"Note: {node.criterion.note}", depth)


def _guardrails(framework: Framework, long: bool) -> Iterator[Line]:
    yield Line("heading", f"Guardrails: {len(framework.guardrails)}")
    for key, guardrail in framework.guardrails.items():
        cited = _cited(guardrail)
        source = f"; source: {cited}" if cited else ""
        yield Line(
            "item",
            f"{title_of(key, guardrail.title)} ({key}){source}{_marks(guardrail, framework)}",
        )
        if guardrail.reason:
            yield Line("item", f"Why: {guardrail.reason}", 1)
        for step in guardrail.all_steps():
            yield Line("item", _step(step, framework), 1)
            if step.reason and step.reason != guardrail.reason:
                yield Line("item", f"Why: {step.reason}", 2)
        if long and guardrail.note:
            yield Line("item", f"Note: {guardrail.note}", 1)
    if framework.standing:
        names = ", ".join(_safeguard(name, framework) for name in framework.standing)
        yield Line("text", f"Asked of every project, whatever its verdict: {names}.")
    words = framework.references.conditions
    used = {
        name: condition for name, condition in framework.all_conditions.items() if name in words
    }
    if used:
        yield Line("text", "Conditions by their names:")
        for name, condition in used.items():
            yield Line("item", f"{name}: {condition.when}{_marks(condition, framework)}")


def _step(step: Step, framework: Framework) -> str:
    start = f"when {step.when}: " if step.when else "always: "
    unknown = ""
    if step.when:
        verdict = framework.unknown_verdict(step)
        unknown = f"; {'the same' if verdict == step.then else verdict} if one cannot tell"
    if step.needs is None:
        return f"{start}{step.then}{unknown}"
    needs = " and ".join(_need(need, framework) for need in step.needs)
    return f"{start}{step.then}, but {framework.met_verdict(step)} with {needs}{unknown}"


def _need(need: Need, framework: Framework) -> str:
    options = [need] if isinstance(need, str) else need
    words = " or ".join(_safeguard(name, framework) for name in options)
    return f"one of [{words}]" if len(options) > 1 else words


def _safeguard(name: str, framework: Framework) -> str:
    return f"{title_of(name, framework.all_safeguards[name].title)} ({name})"


def _verdicts(framework: Framework) -> Iterator[Line]:
    yield Line("heading", "Verdicts, mild to severe")
    for key, verdict in framework.all_verdicts.items():
        place = f"tier {verdict.tier}" if verdict.ranked else "not ranked"
        yield Line(
            "item", f"{key}: {verdict.title}; {place}" if verdict.title else f"{key}: {place}"
        )
    if framework.bands:
        bands = sorted(framework.bands.items(), key=lambda band: -band[1])
        yield Line(
            "text", "Bands: " + ", ".join(f"{key} from {least:g}" for key, least in bands) + "."
        )


def _safeguards(framework: Framework) -> Iterator[Line]:
    needed = framework.safeguards_named
    if not needed:
        return
    yield Line("heading", f"Safeguards: {len(needed)}")
    for key in needed:
        safeguard = framework.all_safeguards[key]
        consists = f": {safeguard.consists_of}" if safeguard.consists_of else ""
        cited = _cited(safeguard)
        source = f"; source: {cited}" if cited else ""
        yield Line(
            "item",
            f"{title_of(key, safeguard.title)} ({key}){consists}{source}{_marks(safeguard, framework)}",
        )


def _facts(framework: Framework) -> Iterator[Line]:
    if not framework.all_facts:
        return
    yield Line("heading", f"Facts: {len(framework.all_facts)}")
    for key, fact in framework.all_facts.items():
        question = f": {fact.question}" if fact.question else ""
        yield Line(
            "item",
            f"{title_of(key, fact.title)} ({key}), {fact.kind}{question}{_marks(fact, framework)}",
        )
        for word, meaning in (
            getattr(fact, "levels", None) or getattr(fact, "options", None) or {}
        ).items():
            yield Line("item", f"{word}: {meaning}" if meaning else word, 1)


_VERIFIED = {
    "primary": "read at its issuer",
    "secondary": "read at a second hand",
    "no": "not verified",
}


def _sources(framework: Framework) -> Iterator[Line]:
    if not framework.all_sources:
        return
    yield Line("heading", f"Sources: {len(framework.all_sources)}")
    for key, source in framework.all_sources.items():
        parts = [part for part in (source.issuer, source.date, source.url) if part]
        words = ", ".join([source.title, *parts])
        yield Line(
            "item",
            f"{key}: {words}; {_VERIFIED[source.verified]}"
            + (f". {source.note}" if source.note else ""),
        )


def _cited(element: Any) -> str:
    return ", ".join(
        f"{c.id} ({c.clause})" if c.clause else c.id for c in citations(element.source)
    )


def _marks(element: Any, framework: Framework) -> str:
    """Return what a reader must not overlook: what is the author's own, and what was not checked."""
    own = " [our choice]" if element.basis == "judgement" else ""
    return own + (" [not verified]" if verification(element, framework.all_sources) == "no" else "")


# the forms of a page


def as_text(lines: Sequence[Line], width: int) -> str:
    """Return a page as plain text, no line longer than `width` but for words that are."""
    out: list[str] = []
    for before, line in zip([None, *lines], lines, strict=False):
        apart = line.kind in ("heading", "text") or (
            line.kind == "item" and before is not None and before.kind == "text"
        )
        out += [""] if apart else []
        out += _as_text(line, width)
    return "\n".join(out) + "\n"


def _as_text(line: Line, width: int) -> Iterator[str]:
    text = printable(" ".join(line.text.split()))
    start = "  " * line.depth + "- " if line.kind == "item" else ""
    wrapped = textwrap.wrap(
        text,
        max(width, len(start) + 20),
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from wrapped
    if line.kind in ("title", "heading"):
        yield ("=" if line.kind == "title" else "-") * min(
            width, max(map(display_width, wrapped), default=0)
        )


def as_markdown(lines: Sequence[Line]) -> str:
    """Return a page as Markdown, every text escaped."""
    out: list[str] = []
    before: Line | None = None
    for line in lines:
        text = escape_markdown(line.text)
        if before is not None and not (before.kind == line.kind == "item"):
            out.append("")
        start = {"title": "# ", "heading": "## ", "text": "", "item": "  " * line.depth + "- "}[
            line.kind
        ]
        out.append(start + text)
        before = line
    return "\n".join(out) + "\n"
