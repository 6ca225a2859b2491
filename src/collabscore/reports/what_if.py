"""The page of `what_if`: the candidates that change, and below them why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..analysis.what_if import WhatIf
from ..output import Page
from ..output.text import plural
from ..scoring.wording import SCOPE_NOTE, unverified_note

__all__ = ["notes_of", "page_of"]

_MOST_LINES = 40


def notes_of(result: WhatIf) -> Iterator[str]:
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
    unverified = unverified_note(framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE


def page_of(result: WhatIf) -> Page:
    """Return the table, with the reasons of each candidate among its notes."""
    lines = [f"{shift.after.title}: {'; '.join(shift.why)}." for shift in result.rows if shift.why]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines[_MOST_LINES:] = [f"Why {more:,} more stand otherwise is in the records."]
    if len(result.said) > 4:  # the title has the first three
        lines.append(f"Changed: {'; '.join(result.said)}.")
    table = result.table()
    return Page((replace(table, notes=(*lines, *table.notes)),), result.title)
