"""Notes of a sensitivity result."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.sensitivity import Sensitivity
from ..scoring.wording import SCOPE_NOTE, unverified_note

__all__ = ["notes_of"]


def notes_of(result: Sensitivity) -> Iterator[str]:
    """Yield how ranges are meant and found, and which framework they are of."""
    ranking = result.ranking
    if not len(ranking):
        yield "There are no candidates."
    elif not result.weights:
        yield "No candidate is ranked: there is no order that a weight could change."
    if len(result.leaders) > 1:
        yield (
            f"{len(result.leaders)} candidates share the first place;"
            " the leader stays while one of them holds it."
        )
    if len(result.top_set) > result.top:
        yield (
            f"The top {result.top} has {len(result.top_set)} candidates,"
            " who tie for its last place; where that tie opens, it changes."
        )
    if result.weights:
        yield (
            "Weights are shares of the whole. One moves at a time: the others of its group keep"
            " their proportions, the group its weight. At the ends themselves scores are equal. The"
            " most fragile weight stands first."
        )
        yield from _method_notes(result)
    yield (
        "Score: what the open rating that is named leaves possible, all else as it is; for each"
        " candidate the rating that moves it most. The others are in its tornado."
    )
    yield f"Framework `{ranking.framework.id}`, {ranking.framework.digest[:19]}…."
    unverified = unverified_note(ranking.framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE


def _method_notes(result: Sensitivity) -> Iterator[str]:
    looked = [weight.title for weight in result.weights if weight.method == "grid of 201"]
    if looked:
        which = "all of them" if len(looked) == len(result.weights) else ", ".join(looked)
        yield (
            "The ends are exact where scores are straight lines in a weight;"
            f" for {which} 201 weights were looked at and the ends found by halving."
        )
    ranges = [found for weight in result.weights for found in weight.ranges.values()]
    if any(turn.kind == "verdict" for found in ranges for _, _, turn in found.ends):
        yield "Some verdicts rest on scores: they were judged anew under each weight."
