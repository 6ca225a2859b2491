"""Two rankings beside each other, for readers: the notes below `diff` and `what_if`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..analysis.difference import CandidateDifference, Difference, Kind, element_titles
from ..analysis.what_if import WhatIf
from ..output.text import plural
from ..scoring.wording import SCOPE_NOTE, closing_notes, unverified_note

__all__ = ["notes_of", "table_notes_of", "what_if_notes_of", "what_if_table_notes_of"]

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
_MOST_REASONS = 40


def table_notes_of(result: Difference) -> Iterator[str]:
    """Yield a sentence on each candidate that is shown, and the notes."""
    titles: dict[str, str] = {}
    for framework in result.frameworks:
        titles |= element_titles(framework.nodes) | element_titles(framework.guardrails)
    for found in result.candidates:
        said = [*found.changes, *_effects_in_words(found, titles)]
        for key, (before, after) in found.findings.items():
            states = f"{before or 'not asked'} -> {after or 'not asked'}"
            said.append(f"{titles.get(key, key)}: {states}")
        if found.moved and said:
            yield f"{found.title}: {'; '.join(said)}."
    yield from result.notes


def _effects_in_words(found: CandidateDifference, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield the effects of changes on a score, by criterion, and on the place."""
    places = []
    for part in found.parts:
        if part.place and abs(part.place) >= 0.05:
            places.append(f"{part.kind} {part.place:+.1f}")
        if part.score and abs(part.score) >= 0.05 and part.criteria:
            largest = sorted(part.criteria.items(), key=lambda entry: -abs(entry[1]))
            names = []
            for key, points in largest[:_MOST_CRITERIA]:
                names.append(f"{titles[key]} {points:+.1f}")
            yield f"by {part.kind} {part.score:+.1f} points, most by {', '.join(names)}"
    if len(places) > 1:
        yield f"places: {', '.join(places)}"


def notes_of(result: Difference) -> Iterator[str]:
    """Yield how many candidates changed, which came and went, and how effects were separated."""
    moved, added, removed, quiet = 0, [], [], []
    for found in result.candidates:
        moved += found.moved
        if found.old is None:
            added.append(found.title)
        elif found.new is None:
            removed.append(found.title)
        elif found.changes and not found.moved:
            quiet.append(found.title)
    yield f"{moved:,} of {len(result):,} candidates changed in rank, score or verdict."
    yield from _list_note("Added", added)
    yield from _list_note("Removed", removed)
    if "selection" in result.old or "selection" in result.new:
        yield "Candidates that one of the results leaves out are not compared."
    yield from _list_note("The framework", result.framework_changes, "; ")
    yield from _list_note("Changed without effect", quiet)
    yield from _attribution_note(result)
    yield from filter(None, dict.fromkeys(map(unverified_note, result.frameworks)))
    yield SCOPE_NOTE


def _list_note(word: str, entries: Sequence[str], separator: str = ", ") -> Iterator[str]:
    if entries:
        yield f"{word}: {separator.join(entries)}."


def _attribution_note(result: Difference) -> Iterator[str]:
    if not result.attributed:
        yield (
            "Results alone do not say what was rated: compare the documents to have each change"
            " attributed."
        )
    elif result.kinds:
        names = ", ".join(map(_KINDS.__getitem__, result.kinds))
        yield (
            f"Told apart: {names}. What each did is its average over every order in which they"
            " might have been made; the parts sum to the whole. Places are among the candidates in"
            " both lists."
        )


# what if


def what_if_table_notes_of(result: WhatIf) -> Iterator[str]:
    """Yield the reasons of each candidate, changes that the title leaves out, and the notes."""
    lines = [f"{shift.after.title}: {'; '.join(shift.why)}." for shift in result.rows if shift.why]
    yield from lines[:_MOST_REASONS]
    if len(lines) > _MOST_REASONS:
        yield f"Why {len(lines) - _MOST_REASONS:,} more stand otherwise is in the records."
    if len(result.said) > 4:  # the title has the first three
        yield f"Changed: {'; '.join(result.said)}."
    yield from result.notes


def what_if_notes_of(result: WhatIf) -> Iterator[str]:
    """Yield which framework stays, requests that change nothing, and how many candidates stay."""
    framework = result.before.framework
    yield (
        f"What if, and not the framework as adopted: `{framework.id}`, {framework.digest[:19]}…,"
        " stays as it is."
    )
    already = [str(change) for change in result.changes if not change.real]
    if already:
        yield f"So already: {'; '.join(already)}."
    others = len(result.before) - len(result)
    if not len(result):
        stand = "the one candidate stands" if others == 1 else f"all {others:,} candidates stand"
        yield f"Nothing changes: {stand} as before."
    elif others:
        stand = plural(others, "other stands", "others stand")
        yield f"{stand} as before: rank, score, verdict."
    yield from closing_notes(framework)
