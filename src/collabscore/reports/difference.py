"""A difference of two runs for readers: the notes below the table."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.difference import CandidateDifference, Difference, Kind
from ..output.text import plural
from ..scoring.wording import SCOPE_NOTE

__all__ = ["notes_of", "table_notes_of"]

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


def table_notes_of(result: Difference) -> Iterator[str]:
    """Yield a sentence on each candidate that is shown, and the notes."""
    for found in result.candidates:
        said = list(_effects_in_words(result, found))
        if found.moved and said:
            yield f"{found.title}: {'; '.join(said)}."
    yield from result.notes


def _effects_in_words(result: Difference, found: CandidateDifference) -> Iterator[str]:
    """Yield the changes of a candidate, and their effects."""
    yield from found.changes
    for part in found.parts:
        if part.score and abs(part.score) >= 0.05 and part.criteria:
            largest = sorted(part.criteria.items(), key=lambda entry: -abs(entry[1]))
            names = []
            for key, points in largest[:_MOST_CRITERIA]:
                names.append(f"{result.titles.get(key, key)} {points:+.1f}")
            yield f"by {part.kind} {part.score:+.1f} points, most by {', '.join(names)}"
    places = []
    for part in found.parts:
        if part.place and abs(part.place) >= 0.05:
            places.append(f"{part.kind} {part.place:+.1f}")
    if len(places) > 1:
        yield f"places: {', '.join(places)}"
    for key, (before, after) in found.findings.items():
        states = f"{before or 'not asked'} -> {after or 'not asked'}"
        yield f"{result.titles.get(key, key)}: {states}"


def notes_of(result: Difference) -> Iterator[str]:
    """Yield how many candidates changed, which came and went, and how effects were separated."""
    moved = sum(found.moved for found in result.candidates)
    yield f"{moved:,} of {len(result):,} candidates changed in rank, score or verdict."
    added: list[str] = []
    removed: list[str] = []
    quiet: list[str] = []
    for found in result.candidates:
        if found.old is None:
            added.append(found.title)
        elif found.new is None:
            removed.append(found.title)
        elif found.changes and not found.moved:
            quiet.append(found.title)
    if added:
        yield f"Added: {', '.join(added)}."
    if removed:
        yield f"Removed: {', '.join(removed)}."
    if result.left_out:
        left_out = plural(result.left_out, "candidate")
        yield f"Not compared: {left_out} that one of the results leaves out."
    if result.framework_changes:
        yield f"The framework: {'; '.join(result.framework_changes)}."
    if quiet:
        yield f"Changed without effect: {', '.join(quiet)}."
    if not result.attributed:
        yield (
            "Results alone do not say what was rated: compare the documents to have each change"
            " attributed."
        )
    elif result.kinds:
        names = ", ".join(_KINDS[kind] for kind in result.kinds)
        yield (
            f"Told apart: {names}. What each did is its average over every order in which they might"
            " have been made; the parts sum to the whole. Places are among the candidates in both lists."
        )
    yield from result.unverified
    yield SCOPE_NOTE
