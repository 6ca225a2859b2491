"""A framework as a page to read, and as plain data with what its elements take from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..documents.profiles import path_in_words
from ..errors import quotable
from ..models.base import Element, Model, citations, title_of, verification
from ..models.conditions import PLACE
from ..models.criteria import Criterion
from ..models.facts import Fact, NumberFact
from ..models.framework import Change, Framework, GroupNode, Guardrail, LeafNode, Step
from ..output import Block, Bullets, Heading, Item, Page, Paragraph
from ..output.text import capitalised, plural, short_digest
from ..scoring.wording import (
    REQUIRED_OF_ALL,
    UNKNOWN_RATING,
    VERIFIED,
    cited_in_words,
    listed_titles,
    share_in_words,
)

__all__ = ["direction_of", "framework_data", "framework_page"]

Node = LeafNode | GroupNode


def framework_page(framework: Framework, *, long: bool = False) -> Page:
    """Return a framework as a page.

    Parameters
    ----------
    framework : Framework
    long : bool
        Whether questions, anchors, notes and all facts are shown.
    """
    return Page(tuple(_blocks(framework, long)), title_of(framework.id, framework.title))


def _blocks(framework: Framework, long: bool) -> Iterator[Block]:
    yield from _head(framework)
    yield from _changes_section(framework)
    yield from _criteria_section(framework, long)
    yield from _guardrails_section(framework, long)
    yield from _verdicts_section(framework)
    yield from _safeguards_section(framework)
    if long:
        yield from _facts_section(framework)
    yield from _sources_section(framework)
    yield Paragraph(
        "Marks: [our choice] is a judgement of the framework's author, whatever the source. "
        "[not verified] was not checked against its source."
    )


def _head(framework: Framework) -> Iterator[Block]:
    yield Heading(title_of(framework.id, framework.title) + _marks(framework, framework), 1)
    facts = {
        "Id": framework.id,
        "Issued by": framework.issuer,
        "Legal force": framework.legal_force,
        "Judges": framework.unit_of_assessment,
        "As of": framework.as_of,
        "Parties": None,
        "Vocabulary": ", ".join(f"`{one.id}`" for one in framework.vocabularies),
        "Applies if": framework.applies,
        "Source": cited_in_words(framework.source),
        "Digest": framework.digest,
    }
    if framework.written_for:
        parties = [f"{name} ({key})" for key, name in framework.all_parties.items()]
        facts["Parties"] = ", ".join(parties)
    if framework.version:
        facts["Id"] = f"{framework.id}, version {framework.version}"
    yield Bullets([f"{label}: {value}" for label, value in facts.items() if value])
    for text in (framework.summary, framework.note):
        if text:
            yield Paragraph(text)


def _changes_section(framework: Framework) -> Iterator[Block]:
    """Yield what a profile changes, in words; nothing of another framework."""
    base = framework.base
    if base is None:
        return
    yield Heading(f"Changes of `{base.id}`: {len(framework.changes)}")
    version = f"version {base.version}, " if base.version else ""
    yield Paragraph(f"Based on `{base.id}`, {version}{short_digest(base.digest)}.")
    yield Bullets([_change_line(change, base) for change in framework.changes])


def _change_line(change: Change, base: Framework) -> str:
    path, after = path_in_words(change.path), quotable(change.after)
    if change.kind != "set":
        return f"{capitalised(change.kind)}: {path}"
    if change.before is None:
        return f"Set: {path}, to `{after}` (`{base.id}` does not set it)"
    return f"Set: {path}, from `{quotable(change.before)}` to `{after}`"


def _criteria_section(framework: Framework, long: bool) -> Iterator[Block]:
    if not framework.nodes:
        yield Heading("Criteria")
        yield Paragraph("None: this framework has guardrails and no score.")
        return
    total = "groups have scores, but there is no total"
    if framework.combine != "none":
        total = f"combined by {_mean_name(framework.combine)}"
    count = f"{len(framework.leaves)}"
    if framework.groups:
        count += f" in {plural(len(framework.groups), 'group')}"
    yield Heading(f"Criteria: {count}, {total}")
    policies = {node.missing for node in framework.leaves.values()}
    is_same = len(policies) == 1
    if is_same:
        yield Paragraph(f"An unknown rating {UNKNOWN_RATING[policies.pop()]}.")
    items = []
    for node in framework.nodes.values():
        depth = len(node.path) - 1
        line = _criterion_line(node, framework, long, with_policy=not is_same)
        items.append(Item(line, depth))
        for text in _criterion_notes(node.criterion, long):
            items.append(Item(text, depth + 1))
    yield Bullets(items)


def _criterion_notes(criterion: Criterion, long: bool) -> Iterator[str]:
    if criterion.question:
        yield criterion.question
    if long:
        for point, anchor in sorted((criterion.anchors or {}).items()):
            yield f"{point:g}: {anchor}"
        if criterion.note:
            yield f"Note: {criterion.note}"


def _criterion_line(node: Node, framework: Framework, long: bool, *, with_policy: bool) -> str:
    criterion = node.criterion
    weight = f"weight {share_in_words(node.overall)}"
    if len(node.path) > 1:
        weight += f" ({share_in_words(node.share)} of its group)"
    parts = [weight]
    if isinstance(criterion.weight, tuple):
        parts.append("from {:g} to {:g} before normalisation".format(*criterion.weight))
    if criterion.side:
        parts.append(criterion.side)
    if isinstance(node, LeafNode):
        parts += [direction_of(node), _scale_text(node, long)]
        if with_policy:
            parts.append(f"unknown {UNKNOWN_RATING[node.missing]}")
    elif len(node.children) > 1:
        parts.append(f"combined by {_mean_name(criterion.combine)}")
    return f"{node.title} ({node.id}): {'; '.join(parts)}{_grounds_text(criterion, framework)}"


def _mean_name(combine: str | float | None) -> str:
    if isinstance(combine, int | float):
        return f"the power mean of exponent {combine:g}"
    if combine in ("minimum", "maximum"):
        return f"their {combine}"
    return f"the {combine or 'arithmetic'} mean"


def direction_of(node: Node) -> str:
    """Return the good end of a scale, or the values of its points, in words."""
    criterion = node.criterion
    words = "lower is better" if criterion.prefer == "low" else "higher is better"
    if criterion.value is not None:
        points = sorted(criterion.value.items())
        words = "value " + ", ".join(f"{worth:g} at {point:g}" for point, worth in points)
    return f"{words}; by logarithms" if criterion.log else words


def _scale_text(node: LeafNode, long: bool) -> str:
    low, high = node.scale.range
    text = f"scale {low:g} to {high:g}"
    if node.scale.unit:
        text += f" {node.scale.unit}"
    if long and node.scale.levels:
        levels = sorted(node.scale.levels.items())
        text += f" ({', '.join(f'{point:g} {name}' for point, name in levels)})"
    return text


def _guardrails_section(framework: Framework, long: bool) -> Iterator[Block]:
    items: list[Item] = []
    for key in framework.guardrails:
        items += _guardrail_items(key, framework, long)
    yield Heading(f"Guardrails: {len(framework.guardrails)}")
    if items:
        yield Paragraph(
            "Each line has the verdict if a condition is true. Then come the verdict with the"
            " safeguards in place, and the verdict as long as the answer is unknown."
        )
    yield Bullets(items)
    if framework.standing:
        names = ", ".join(_safeguard_name(name, framework) for name in framework.standing)
        yield Paragraph(f"{REQUIRED_OF_ALL}: {names}.")
    yield from _conditions_section(framework)


def _guardrail_items(key: str, framework: Framework, long: bool) -> Iterator[Item]:
    guardrail = framework.guardrails[key]
    yield Item(_named(key, guardrail) + _grounds_text(guardrail, framework))
    if guardrail.reason:
        yield Item(f"Reason: {guardrail.reason}", 1)
    yield from _step_items(guardrail, framework)
    for label, text in (("Refer to", guardrail.refer_to), ("Deadline", guardrail.deadline)):
        if text:
            yield Item(f"{label}: {text}", 1)
    if long and guardrail.note:
        yield Item(f"Note: {guardrail.note}", 1)


def _step_items(guardrail: Guardrail, framework: Framework) -> Iterator[Item]:
    """Yield each step, or each row of a table, with its own reason."""
    rows = guardrail.table.rows if guardrail.table is not None else []
    for number, step in enumerate(guardrail.all_steps()):
        start, reason = f"If `{step.when}`" if step.when else "Always", step.reason
        if rows:
            start, reason = f"Row {number + 1}, {step.when}", getattr(rows[number], "reason", None)
        yield Item(_step_line(start, step, framework), 1)
        if reason and reason != guardrail.reason:
            yield Item(f"Reason: {reason}", 2)


def _conditions_section(framework: Framework) -> Iterator[Block]:
    used = {}
    for name, condition in framework.all_conditions.items():
        if name in framework.references.conditions:
            written = framework.written_for.get(name)
            kind = "partner" if PLACE in name else "party"
            label = name if written is None else f"{written}, for each {kind}"
            used[label] = f"{label}: {condition.when}{_marks(condition, framework)}"
    if used:
        yield Paragraph("Named conditions:")
        yield Bullets([*used.values()])
    doubts = []
    for contradiction in framework.all_contradictions.values():
        words = contradiction.say or f"`{contradiction.when}`."
        titles = listed_titles(framework, contradiction.doubts)
        doubts.append(f"{words} In doubt: {titles}{_marks(contradiction, framework)}")
    if doubts:
        yield Paragraph("Answers that contradict each other:")
        yield Bullets(doubts)


def _step_line(start: str, step: Step, framework: Framework) -> str:
    line = f"{start}: {step.then}"
    if step.needs is not None:
        needs = "; ".join(_need_text(options, framework) for options in step.options)
        line += f", or {framework.met_verdict(step)} with {needs}"
    if step.when:
        line += f". As long as it is unknown: {framework.unknown_verdict(step)}"
    return f"{line}."


def _need_text(options: Iterable[str], framework: Framework) -> str:
    return " or ".join(_safeguard_name(name, framework) for name in options)


def _safeguard_name(name: str, framework: Framework) -> str:
    return _named(name, framework.all_safeguards[name])


def _named(key: str, element: Element) -> str:
    return f"{title_of(key, element.title)} ({key})"


def _verdicts_section(framework: Framework) -> Iterator[Block]:
    items = []
    for key, verdict in framework.all_verdicts.items():
        parts = [f"tier {verdict.tier}" if verdict.ranked else "not ranked"]
        if verdict.title:
            parts.insert(0, verdict.title)
        items.append(f"{key}: {'; '.join(parts)}")
    yield Heading("Verdicts, mild to severe")
    yield Bullets(items)
    if framework.bands:
        highest_first = sorted(framework.bands.items(), key=lambda band: -band[1])
        bands = ", ".join(f"{key} from {least:g}" for key, least in highest_first)
        yield Paragraph(f"Bands: {bands}.")


def _safeguards_section(framework: Framework) -> Iterator[Block]:
    items = []
    named = framework.safeguards_named
    for key in named:
        safeguard = framework.all_safeguards[key]
        items.append(Item(_named(key, safeguard) + _grounds_text(safeguard, framework)))
        if safeguard.consists_of:
            items.append(Item(safeguard.consists_of, 1))
        if safeguard.granted_by:
            items.append(Item(f"Granted by: {safeguard.granted_by}", 1))
    if items:
        yield Heading(f"Safeguards: {len(named)}")
        yield Bullets(items)


def _facts_section(framework: Framework) -> Iterator[Block]:
    items = []
    for key, fact in framework.answered_facts.items():
        items.append(Item(_fact_line(key, fact, framework)))
        words: Mapping[str, str | None] = getattr(fact, "levels", getattr(fact, "options", {}))
        for word, meaning in words.items():
            items.append(Item(f"{word}: {meaning}" if meaning else word, 1))
    if items:
        yield Heading(f"Facts: {len(framework.answered_facts)}")
        yield Bullets(items)


def _fact_line(key: str, fact: Fact, framework: Framework) -> str:
    line = f"{_named(key, fact)}, {fact.kind}"
    if fact.per == "partner":
        line += ", of each partner"
    if key in framework.symbols.several:
        line += ", several answers possible"
    if fact.good_to_bad:
        line += f", from good to bad: {', '.join(fact.good_to_bad)}"
    elif isinstance(fact, NumberFact) and fact.worse:
        line += f", {fact.worse}er is worse"
    if fact.question:
        line += f": {fact.question}"
    return line + _marks(fact, framework)


def _sources_section(framework: Framework) -> Iterator[Block]:
    items = []
    for key, source in framework.all_sources.items():
        parts = filter(None, (source.title, source.issuer, source.date))
        line = f"{key}: {', '.join(parts)}; {VERIFIED[source.verified]}."
        if source.note:
            line += f" {source.note}"
        items.append(Item(line))
        if source.url:
            items.append(Item(source.url, 1, ""))
    if items:
        yield Heading(f"Sources: {len(items)}")
        yield Bullets(items)


def _grounds_text(element: Element, framework: Framework) -> str:
    """Return the sources and the marks of an element, as the end of its line."""
    cited, text = cited_in_words(element.source), _marks(element, framework)
    return f"; source: {cited}{text}" if cited else text


def _marks(element: Any, framework: Framework) -> str:
    """Return the marks not to be overlooked: the author's own choice, and what was not checked."""
    marks = " [our choice]" if element.basis == "judgement" else ""
    if verification(element, framework.all_sources) == "no":
        marks += " [not verified]"
    return marks


# as plain data


def framework_data(framework: Framework) -> dict[str, Any]:
    """Return a framework as plain data, with all that its elements take from elsewhere."""
    head = ("title", "version", "as_of", "issuer", "legal_force", "unit_of_assessment")
    verdicts = []
    for key, verdict in framework.all_verdicts.items():
        verdicts.append({"id": key, **_picked(verdict, "title", "tier", "ranked")})
    safeguards = []
    for key in framework.safeguards_named:
        safeguard = framework.all_safeguards[key]
        named = _named_data(key, safeguard, framework, "consists_of")
        safeguards.append({**named, **_given(safeguard, "granted_by")})
    sources = framework.all_sources.items()
    return {
        "collabscore": "framework-page/1",
        **_picked(framework, "id", *head, "summary", "note", "digest"),
        "vocabulary": _vocabulary_data(framework),
        **_base_data(framework),
        "criteria": [_node_data(node, framework) for node in framework.nodes.values()],
        "guardrails": [_guardrail_data(key, framework) for key in framework.guardrails],
        "standing": framework.standing,
        "safeguards": safeguards,
        "verdicts": verdicts,
        "bands": dict(framework.bands),
        "sources": {key: source.model_dump(mode="json") for key, source in sources},
    }


def _base_data(framework: Framework) -> dict[str, Any]:
    """Return the base of a profile and its changes; nothing of another framework."""
    if framework.base is None:
        return {}
    changes = []
    for change in framework.changes:
        values = {"from": change.before, "to": change.after}
        changes.append({"change": change.kind, "path": path_in_words(change.path), **values})
    return {"based_on": _picked(framework.base, "id", "version", "digest"), "changes": changes}


def _vocabulary_data(framework: Framework) -> str | list[str] | None:
    """Return the id of the vocabulary in use, or the ids of several."""
    ids = [vocabulary.id for vocabulary in framework.vocabularies]
    return ids if len(ids) > 1 else next(iter(ids), None)


def _picked(element: object, *names: str) -> dict[str, Any]:
    return {name: getattr(element, name) for name in names}


def _given(element: Model, *names: str) -> dict[str, Any]:
    """Return the keys of these names that a document gives."""
    return _picked(element, *(name for name in names if getattr(element, name) is not None))


def _guardrail_data(key: str, framework: Framework) -> dict[str, Any]:
    guardrail = framework.guardrails[key]
    steps = []
    for step in guardrail.all_steps():
        answers = {
            "met": framework.met_verdict(step),
            "if_unknown": framework.unknown_verdict(step) if step.when else None,
        }
        steps.append({**_picked(step, "when", "needs", "then"), **answers, "reason": step.reason})
    named = _named_data(key, guardrail, framework, "reason")
    if guardrail.table is not None:
        named["table"] = guardrail.table.model_dump(mode="json", exclude_unset=True)
    return {**named, "steps": steps, **_given(guardrail, "refer_to", "deadline")}


def _named_data(key: str, element: Element, framework: Framework, name: str) -> dict[str, Any]:
    """Return the id, the title, one attribute and the grounds of an element."""
    return {
        "id": key,
        "title": title_of(key, element.title),
        **_picked(element, name),
        **_grounds_data(element, framework),
    }


def _node_data(node: Node, framework: Framework) -> dict[str, Any]:
    criterion = node.criterion
    data: dict[str, Any] = {
        **_picked(node, "id", "title", "path", "share", "overall", "side"),
        **_grounds_data(criterion, framework),
    }
    if isinstance(node, GroupNode):
        return {
            **data,
            "combine": criterion.combine or "arithmetic",
            "children": node.children,
        }
    return {
        **data,
        "question": criterion.question,
        "range": node.scale.range,
        "levels": _keys_as_text(node.scale.levels),
        "prefer": None if criterion.value is not None else criterion.prefer or "high",
        "value": _keys_as_text(criterion.value) or None,
        **({"log": True} if criterion.log else {}),
        "anchors": _keys_as_text(criterion.anchors),
        "missing": node.missing,
    }


def _keys_as_text(points: Mapping[float, Any] | None) -> dict[str, Any]:
    return {f"{point:g}": value for point, value in (points or {}).items()}


def _grounds_data(element: Element, framework: Framework) -> dict[str, Any]:
    cited = citations(element.source)
    return {
        "source": [citation.model_dump(mode="json", exclude_none=True) for citation in cited],
        "verified": verification(element, framework.all_sources),
        **_picked(element, "basis", "note"),
    }
