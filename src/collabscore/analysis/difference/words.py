"""A difference of two runs, in words and as a table.

Imports `table`, scoring's presentation and the models.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...output import Cell, Column, Table
from ...scoring.wording import SCOPE_NOTE
from .mixing import KINDS

if TYPE_CHECKING:  # a result shows itself by this module
    from .result import CandidateDifference, Difference

__all__ = ["notes_of", "table_of"]


def table_of(result: Difference) -> Table:
    """Return a row for each candidate that changed, what each kind of change did to its score, and why below."""
    shown = [found for found in result.candidates if found.moved]
    columns = [
        Column("title", "Candidate", priority=0, least=20, lines=3),
        Column("rank", "Rank", priority=0, least=7, align="right"),
        Column("verdict", "Verdict", priority=0, least=12),
        Column("score", "Score", priority=0, least=12, align="right"),
        Column("change", "Change", kind="number", priority=0),
        *(
            Column(
                f"by_{kind}", kind.capitalize(), kind="number", priority=2, detail="points", least=6
            )
            for kind in result.kinds
            if _counts(result, kind)
        ),
        Column("id", "Id", priority=9, least=8, lines=1),
    ]
    rows = []
    for found in shown:
        parts = {part.kind: part.score for part in found.parts}
        figures = [parts.get(kind) for kind in result.kinds if _counts(result, kind)]
        rows.append((*_outline(found), found.points, *figures, found.id))
    return Table(
        columns=tuple(columns),
        rows=tuple(rows),
        title=_title(result),
        notes=(*(line for found in shown for line in _lines(found, result)), *result.notes),
    )


def _title(result: Difference) -> str:
    names = [
        " ".join(filter(None, (entry["id"], entry.get("version")))) for entry in result.frameworks
    ]
    return (
        f"What changed, by {names[1]}"
        if names[0] == names[1]
        else f"What changed, from {names[0]} to {names[1]}"
    )


def _counts(result: Difference, kind: str) -> bool:
    """Whether a kind of change did anything to a score."""
    return any(
        part.score for found in result.candidates for part in found.parts if part.kind == kind
    )


def _outline(found: CandidateDifference) -> tuple[Cell, ...]:
    return (
        found.title,
        _arrow(found, "rank", lambda rank: str(rank)),
        _arrow(found, "verdict", lambda verdict: str(verdict)),
        _arrow(found, "score", lambda score: f"{score:.1f}"),
    )


def _arrow(found: CandidateDifference, key: str, words: object) -> str:
    assert callable(words)
    ends = [
        "not in it" if run is None else "–" if run[key] is None else words(run[key])
        for run in (found.old, found.new)
    ]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} → {ends[1]}"


def _lines(found: CandidateDifference, result: Difference) -> Iterator[str]:
    """Yield what was changed of a candidate, and what that did."""
    said = [*found.changes, *_by_criterion(found, result), *_by_place(found)]
    for key, (before, after) in (found.findings or {}).items():
        said.append(
            f"{result.titles.get(key, key)}: {before or 'not asked'} -> {after or 'not asked'}"
        )
    if said:
        yield f"{found.title}: {'; '.join(said)}."


def _by_criterion(found: CandidateDifference, result: Difference) -> Iterator[str]:
    for part in found.parts:
        largest = sorted(part.criteria.items(), key=lambda entry: -abs(entry[1]))[:3]
        if part.score and abs(part.score) >= 0.05 and largest:
            names = ", ".join(
                f"{result.titles.get(key, key)} {points:+.1f}" for key, points in largest
            )
            yield f"by {part.kind} {part.score:+.1f} points, most by {names}"


def _by_place(found: CandidateDifference) -> Iterator[str]:
    moved = [part for part in found.parts if part.place and abs(part.place) >= 0.05]
    if len(moved) > 1:
        yield "places: " + ", ".join(f"{part.kind} {part.place:+.1f}" for part in moved)


def notes_of(result: Difference) -> tuple[str, ...]:
    """Return what a reader must know beside the numbers."""
    return tuple(_notes(result))


def _notes(result: Difference) -> Iterator[str]:
    moved = sum(found.moved for found in result.candidates)
    yield f"{moved:,} of {len(result):,} candidates changed in rank, score or verdict."
    for word, absent in (("Added", "old"), ("Removed", "new")):
        there = [found.title for found in result.candidates if getattr(found, absent) is None]
        if there:
            yield f"{word}: {', '.join(there)}."
    if result.framework:
        yield f"The framework: {'; '.join(result.framework)}."
    quiet = [found for found in result.candidates if found.changes and not found.moved]
    if quiet:
        yield f"Changed without effect: {', '.join(found.title for found in quiet)}."
    if not result.attributed:
        yield "Results alone do not say what was rated: compare the documents to have each change attributed."
    elif result.kinds:
        names = ", ".join(KINDS[kind] for kind in result.kinds)
        yield (
            f"Told apart: {names}. What each did is its average over every order in which they might have been made;"
            " the parts sum to the whole. Places are among the candidates in both lists."
        )
    yield SCOPE_NOTE
