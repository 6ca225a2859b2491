"""Changes: what the documents of two runs say differently, in words.

Imports the models and `mixing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...models.base import title_of
from ...models.candidates import Candidate
from ...models.framework import Framework
from ...scoring.ranking import Ranking
from .mixing import bare

__all__ = ["candidate_changes", "framework_changes"]


def candidate_changes(old: Ranking, new: Ranking, name: str) -> tuple[str, ...]:
    """Return what is said differently of one candidate, one change each."""
    one, other = (_candidate(ranking, name) for ranking in (old, new))
    return tuple(_of_candidate(one, other, old, new))


def _of_candidate(one: Candidate, other: Candidate, old: Ranking, new: Ranking) -> Iterator[str]:
    for key, before, after in _differences(one.ratings, other.ratings):
        yield f"{_node_title(key, old, new)}: {_said(before)} -> {_said(after)}"
    for key, before, after in _differences(one.facts, other.facts):
        yield f"{_fact_title(key, old, new)}: {_said(before)} -> {_said(after)}"
    units = [
        ranking.problem.document.unit_of(entry)  # type: ignore[union-attr]
        for ranking, entry in ((old, one), (new, other))
    ]
    if units[0] != units[1]:
        yield f"{units[0]} -> {units[1]}"
    placed = [
        {safeguard.id: safeguard.status for safeguard in entry.placed()} for entry in (one, other)
    ]
    for key in dict.fromkeys([*placed[0], *placed[1]]):
        before, after = (entry.get(key, "none").replace("_", " ") for entry in placed)
        if before != after:
            known = new.framework.all_safeguards.get(key) or old.framework.all_safeguards.get(key)
            yield f"{title_of(key, known.title if known is not None else None)}: {before} -> {after}"


def framework_changes(old: Framework, new: Framework) -> tuple[str, ...]:
    """Return what two frameworks say differently, one change each; empty where they are the same."""
    return tuple(_of_framework(old, new)) if old.digest != new.digest else ()


def _of_framework(old: Framework, new: Framework) -> Iterator[str]:
    if (old.id, old.version) != (new.id, new.version):
        yield f"framework: {old.id} {old.version or ''} -> {new.id} {new.version or ''}".replace(
            "  ", " "
        ).rstrip()
    for key in dict.fromkeys([*old.nodes, *new.nodes]):
        one, other = old.nodes.get(key), new.nodes.get(key)
        if one is None or other is None:
            known = one or other
            assert known is not None
            yield f"criterion {'added' if one is None else 'removed'}: {known.title}"
        elif abs(one.share - other.share) > 1e-12:
            shares = [
                f"{100 * node.share:.3g} % of its group ({100 * node.overall:.3g} % of all)"
                for node in (one, other)
            ]
            yield f"weight of {other.title}: {shares[0]} -> {shares[1]}"
        if (
            one is not None
            and other is not None
            and _without_weights(one.criterion) != _without_weights(other.criterion)
        ):
            yield f"criterion changed: {one.title}"
    for word, before, after in (
        ("combine", old.combine, new.combine),
        ("missing", old.missing, new.missing),
    ):
        if before != after:
            yield f"{word}: {before or 'as by default'} -> {after or 'as by default'}"
    yield from _of_parts("guardrail", old.guardrails, new.guardrails)
    yield from _of_parts("condition", old.all_conditions, new.all_conditions)
    yield from _of_parts("fact", old.all_facts, new.all_facts)
    yield from _of_parts("safeguard", old.all_safeguards, new.all_safeguards)
    yield from _of_parts("list", old.all_lists, new.all_lists)
    yield from _of_parts("verdict", old.all_verdicts, new.all_verdicts)
    if old.bands != new.bands:
        yield f"bands: {dict(old.bands)} -> {dict(new.bands)}"
    if old.applies != new.applies:
        yield f"applies: {old.applies or 'to all'} -> {new.applies or 'to all'}"


def _of_parts(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*old, *new]):
        title = title_of(key, getattr(new.get(key) or old.get(key), "title", None))
        if key not in old or key not in new:
            yield f"{kind} {'added' if key not in old else 'removed'}: {title}"
        elif old[key] != new[key]:
            yield f"{kind} changed: {title}"


def _without_weights(criterion: Any) -> dict[str, Any]:
    said: dict[str, Any] = criterion.model_dump(exclude={"weight", "weights", "criteria"})
    return said


def _candidate(ranking: Ranking, name: str) -> Candidate:
    return ranking.problem.candidates[int(ranking.order[ranking.place_of(name)])]


def _differences(
    one: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    for key in dict.fromkeys([*one, *other]):
        before, after = (_known(bare(said.get(key))) for said in (one, other))
        if before != after:
            yield key, before, after


def _known(said: object) -> object:
    return None if said == "unknown" else said


def _said(value: object) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case list():
            return "[" + ", ".join(map(_said, value)) + "]"
        case dict():
            return "at least " + _said(value["at_least"])
    return str(value)


def _node_title(key: str, old: Ranking, new: Ranking) -> str:
    node = new.framework.nodes.get(key) or old.framework.nodes.get(key)
    return node.title if node is not None else title_of(key)


def _fact_title(key: str, old: Ranking, new: Ranking) -> str:
    fact = new.framework.all_facts.get(key) or old.framework.all_facts.get(key)
    return title_of(key, fact.title if fact is not None else None)
