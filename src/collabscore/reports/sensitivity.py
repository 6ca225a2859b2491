"""Sensitivity for readers: its table, and notes of it, of a tornado and of influences."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.sensitivity import (
    Sensitivity,
    Tornado,
    WeightStability,
    extent_in_words,
    percent_of,
)
from ..analysis.variance import Influences
from ..models.framework import describe_weights
from ..output import Cell, Column, Table
from ..scoring.wording import closing_notes, unverified_note

__all__ = ["influences_notes_of", "notes_of", "table_of", "tornado_notes_of"]

_IN_WORDS = 3  # weights of which a sentence stands below the table
_FORMS = ("any", "≥{low}%", "≤{high}%", "{low}–{high}%")


def table_of(result: Sensitivity) -> Table:
    """Return each weight, then each ranked candidate's rating whose open range matters most."""
    columns = (
        Column("what", "Weight, or candidate: rating", priority=0, least=20, lines=3),
        Column("now", "Now", priority=0, align="right", least=5),
        Column("leader", "Leader stays", priority=0, align="right", least=9),
        Column("top", f"Top {result.top} stays", align="right", least=9),
        Column("order", "Order stays", priority=2, align="right", least=9),
        Column("score", "Score", kind="interval", priority=0),
        Column("then", "What happens first", priority=0, lines=4),
    )
    rows: list[tuple[Cell, ...]] = []
    none = [None, None, None]
    for weight in result.weights:
        stays = [extent_in_words(found, _FORMS) for found in weight.ranges.values()] or none
        now = f"{percent_of(weight.weight)}%"
        rows.append((weight.title, now, *stays, None, _first_event(result, weight)))
    for tornado in result.tornadoes:
        title, bar = tornado.candidate_title, tornado.bars[0]
        if bar.low == bar.high:
            rows.append((title, None, *none, None, "no rating is open"))
            continue
        turns = bar.turns or "turns neither rank nor verdict"
        rows.append((f"{title}: {bar.title}", bar.rating, *none, bar.open.scores, turns))
    notes = [f"{sentence}." for sentence in result.sentences[:_IN_WORDS]]
    return Table(columns, tuple(rows), title=result.title, notes=(*notes, *result.notes))


def _first_event(result: Sensitivity, weight: WeightStability) -> str | None:
    """Return what happens at the nearer end of the first claim that has one."""
    if not weight.ranges:
        return "alone in its group"
    for claim, found in weight.ranges.items():
        if found.ends:
            side, _, turn = min(found.ends, key=lambda end: abs(end[1] - weight.share))
            more = "more" if side == "above" else "less"
            return f"if {more}: {result.happening(turn, claim)}"
    return None


def notes_of(result: Sensitivity) -> Iterator[str]:
    """Yield how ranges are meant and found, and which framework they are of."""
    framework = result.ranking.framework
    if not len(result.ranking):
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
    yield f"Framework `{framework.id}`, {framework.digest[:19]}…."
    yield from closing_notes(framework)


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


def tornado_notes_of(result: Tornado) -> Iterator[str]:
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
    yield from _of_unverified(result)


def influences_notes_of(result: Influences) -> Iterator[str]:
    """Yield what is drawn, and the meaning of the shares."""
    weights = describe_weights(result.source.groups, result.ranking.framework)
    yield f"All that is uncertain is drawn at once. {weights}"
    yield (
        "Alone: the share of the variance of scores that would go if only this were known."
        " With others: what would stay if all but this were known."
    )
    yield "Of the variances of all candidates together; those of each are in the result as JSON."
    yield from _of_unverified(result)


def _of_unverified(result: Tornado | Influences) -> Iterator[str]:
    unverified = unverified_note(result.ranking.framework)
    if unverified is not None:
        yield unverified
