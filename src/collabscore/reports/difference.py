"""Two rankings beside each other, for readers: the page of `diff`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..analysis.difference import CandidateDifference, Difference, Kind, element_titles
from ..output import Block, Bullets, Detail, Heading, Notes, Page, Paragraph
from ..output.text import plural, rounded_parts
from ..scoring.wording import (
    SCOPE_NOTE,
    STATES_IN_WORDS,
    changed_framework_note,
    unverified_note,
)

__all__ = ["notes_of", "page_of"]

_KINDS: dict[Kind, str] = {
    "ratings": "ratings",
    "facts": "facts",
    "safeguards": "safeguards",
    "weights": "weights",
    "criteria": "criteria, values and bands",
    "guardrails": "guardrails and their words",
    "framework": "the framework as a whole",
    "documents": "the documents as a whole",
}
_MOST_CRITERIA = 3
_MOST_EXPLAINED = 10
_MOST_VERDICTS = 3


def page_of(result: Difference, detail: Detail) -> Page:
    """Return how many candidates changed, the table, and the reasons; the method if asked for."""
    verbose = detail == "verbose"
    blocks: list[Block] = [
        Heading(result.title, 1),
        Paragraph(" ".join(_outcome_sentences(result))),
    ]
    table = result.table()
    if table.rows:
        blocks.append(replace(table, title="", notes=()))
    changed = tuple(_changed_notes(result))
    if detail == "brief" and changed:
        blocks.append(Notes(changed))
    elif detail != "brief":
        blocks += _reason_blocks(result, verbose=verbose)
        if result.framework_changes:
            lines = tuple(_grouped_changes(result.framework_changes))
            blocks += [Heading("Changes of the framework"), Bullets(lines)]
        blocks.append(Notes(tuple(result.notes if verbose else _short_notes(result))))
    return Page(tuple(blocks), result.title)


def _outcome_sentences(result: Difference) -> Iterator[str]:
    """Yield how many candidates changed, in which respect, and the verdicts that did."""
    moved = [found for found in result.candidates if found.moved]
    total = plural(len(result), "candidate")
    if not moved:
        yield f"None of {total} changed in verdict, rank or score."
        return
    who = f"{len(moved):,} of {total}"
    if 1 < len(moved) == len(result):
        who = f"All {total}"
    yield f"{who} changed: {', '.join(_change_counts(moved))}."
    turned = tuple(found for found in moved if "verdict" in found.changed)
    if not turned:
        yield "No verdict changed."
    elif len(turned) <= _MOST_VERDICTS:
        yield f"{'; '.join(_changed_verdicts(replace(result, candidates=turned)))}."


def _changed_verdicts(result: Difference) -> Iterator[str]:
    for title, verdicts in result.table_of(("title", "verdicts")).rows:
        yield f'"{title}": {verdicts}'


def _change_counts(moved: Sequence[CandidateDifference]) -> Iterator[str]:
    """Yield the number of candidates that changed in each respect."""
    counts: Counter[str] = Counter()
    for found in moved:
        counts.update(found.changed)
        counts["added"] += found.old is None
        counts["removed"] += found.new is None
    for words in ("in verdict", "in rank", "in score", "added", "removed"):
        count = counts[words.removeprefix("in ")]
        if count:
            yield f"{count:,} {words}"


def _reason_blocks(result: Difference, *, verbose: bool) -> Iterator[Block]:
    """Yield the changes of each candidate and their effects; of many candidates, the first few."""
    titles: dict[str, str] = {}
    for framework in result.frameworks:
        titles |= element_titles(framework.nodes) | element_titles(framework.guardrails)
    lines = []
    for found in result.candidates:
        parts = list(_change_parts(found, titles, verbose=verbose))
        if found.moved and parts:
            lines.append(f"{found.title}: {'; '.join(parts)}")
    shown = lines if verbose else lines[:_MOST_EXPLAINED]
    if shown:
        yield Heading("Why")
        yield Bullets(tuple(shown))
    if len(shown) < len(lines):
        yield Paragraph(f"{len(lines) - len(shown):,} more (-v shows all).")


def _change_parts(
    found: CandidateDifference, titles: Mapping[str, str], *, verbose: bool
) -> Iterator[str]:
    """Yield the changed entries of a candidate, their effects, and its changed findings."""
    for change in found.changes:
        yield change.replace(" -> ", " → ")
    yield from _effects_in_words(found, titles, verbose=verbose)
    for key, states in found.findings.items():
        old, new = (STATES_IN_WORDS.get(state or "", "not asked") for state in states)
        yield f'"{titles.get(key, key)}": {old} → {new}'


def _grouped_changes(changes: Sequence[str]) -> Iterator[str]:
    """Yield changes of a framework, those that begin alike in one line."""
    groups: dict[str, list[str]] = {}
    for change in changes:
        word, _, what = change.replace(" -> ", " → ").partition(": ")
        groups.setdefault(word, []).append(what)
    for word, parts in groups.items():
        yield f"{word}: {', '.join(parts)}"


def _effects_in_words(
    found: CandidateDifference, titles: Mapping[str, str], *, verbose: bool
) -> Iterator[str]:
    """Yield the effects of changes on a score, by criterion, and on the rank."""
    places = []
    rounded = found.rounded_effects
    for part in found.parts:
        if part.place and abs(part.place) >= 0.05:
            direction = "down" if part.place > 0 else "up"
            places.append(f"{part.kind} {abs(part.place):.1f} {direction}")
        points = rounded.get(part.kind, 0.0)
        if points:
            names = _criteria_in_words(part.criteria, points, titles)
            yield f"effect of {part.kind}: {points:+.1f} points{names}"
    if verbose and len(places) > 1:
        yield f"effect on the rank, in places: {', '.join(places)}"


def _criteria_in_words(
    criteria: Mapping[str, float], total: float, titles: Mapping[str, str]
) -> str:
    """Return the criteria with the largest parts of an effect, where it has several parts."""
    if len(criteria) < 2:
        return ""
    parts = dict(zip(criteria, rounded_parts(list(criteria.values()), total), strict=True))
    largest = sorted(parts, key=lambda key: -abs(criteria[key]))
    names = [f"{titles[key]} {parts[key]:+.1f}" for key in largest[:_MOST_CRITERIA]]
    if len(largest) > _MOST_CRITERIA:
        names.append(f"{len(largest) - _MOST_CRITERIA} more")
    return f" ({', '.join(names)})"


# notes


def notes_of(result: Difference) -> Iterator[str]:
    """Yield how many candidates changed, which came and went, and how effects were separated."""
    moved = sum(found.moved for found in result.candidates)
    yield f"{moved:,} of {plural(len(result), 'candidate')} changed in rank, score or verdict."
    yield from _list_notes(result)
    yield from _name_list("The framework", result.framework_changes, "; ")
    yield from _attribution_note(result)
    yield from _changed_notes(result)
    yield from filter(None, dict.fromkeys(map(unverified_note, result.frameworks)))
    yield SCOPE_NOTE


def _short_notes(result: Difference) -> Iterator[str]:
    yield from _list_notes(result)
    if not result.attributed:
        yield from _attribution_note(result)
    yield from _changed_notes(result)
    yield SCOPE_NOTE


def _changed_notes(result: Difference) -> Iterator[str]:
    """Yield what a call changed of the frameworks, each note once."""
    yield from filter(None, dict.fromkeys(map(changed_framework_note, result.frameworks)))


def _list_notes(result: Difference) -> Iterator[str]:
    """Yield the candidates that came, went, are not compared, or changed without effect."""
    added, removed, quiet = [], [], []
    for found in result.candidates:
        if found.old is None:
            added.append(found.title)
        elif found.new is None:
            removed.append(found.title)
        elif found.changes and not found.moved:
            quiet.append(found.title)
    yield from _name_list("Added", added)
    yield from _name_list("Removed", removed)
    yield from _name_list("Changed without effect", quiet)
    if "selection" in result.old or "selection" in result.new:
        yield "Not compared: candidates that one of the two results leaves out."


def _name_list(word: str, entries: Sequence[str], separator: str = ", ") -> Iterator[str]:
    if entries:
        yield f"{word}: {separator.join(entries)}."


def _attribution_note(result: Difference) -> Iterator[str]:
    if not result.attributed:
        yield "Effects are not separated: for that, compare the two lists, not their results."
    elif result.kinds:
        names = ", ".join(map(_KINDS.__getitem__, result.kinds))
        yield (
            f"Effects separated: {names}. Each effect is the average over every order in which the"
            " changes could be made (its Shapley value); the effects sum to the change. Places are"
            " among the candidates in both lists."
        )
