"""Extreme ranks for readers: the notes below the table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..analysis.extreme_ranks import ExtremeRanks
from ..models.framework import describe_weights
from ..scoring.wording import SCOPE_NOTE, unverified_note

__all__ = ["notes_of"]

# the rest of a longer dominance list is in `dominance` alone
_LISTED = 20


def notes_of(result: ExtremeRanks) -> Iterator[str]:
    """Yield the notes of a result: weights, the meaning of ranks, and the dominance list."""
    framework = result.ranking.framework
    yield describe_weights(result.groups, framework)
    yield (
        "Best and worst are exact: some of these weights give them, and none give a better or a"
        " worse rank. Ties share the better rank."
    )
    if not result.ranking.valuation.certain:
        yield "Ratings that are open are taken at their point values; `robustness` draws them too."
    yield from result.dominance[:_LISTED]
    if len(result.dominance) > _LISTED:
        yield f"{len(result.dominance) - _LISTED} more such sentences are in `dominance`."
    if not result.dominance:
        yield "Of no two candidates of one tier is one ahead whatever the weights."
    if np.any(result.ahead & np.isnan(result.min_score_differences)):
        yield (
            "Candidates of a better tier stand ahead of those of a worse one whatever the weights."
        )
    unverified = unverified_note(framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE
