"""Notes of a tornado."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.tornado import Tornado
from ..scoring.wording import unverified_note

__all__ = ["notes_of"]


def notes_of(result: Tornado) -> Iterator[str]:
    """Yield where the candidate is now, and how to read the columns."""
    found = result.ranking[result.candidate]
    rank = "no rank" if found.rank is None else f"rank {found.rank}"
    score = "no score" if found.score is None else f"score {found.score:.1f}"
    yield (
        f"Now: {score}, {rank}, {found.verdict or 'not applicable'}. One rating is changed at a"
        " time; all else, and all other candidates, stay as they are."
    )
    yield (
        "Open: the scores that the rating leaves open. Turns: the first ratings below and above the"
        " present one with another rank or verdict, and which."
    )
    unverified = unverified_note(result.ranking.framework)
    if unverified is not None:
        yield unverified
