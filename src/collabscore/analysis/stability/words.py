"""Sensitivity in words and tables: what each weight and each rating may do, for readers and for machines.

Imports scoring, the table, `stability` and `tornado`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from ...models.base import title_of
from ...output import Cell, Column, Interval, Table
from ...scoring.wording import SCOPE_NOTE
from .ranges import CLAIMS, Claim, StableRange, Turn, WeightStability
from .tornado import Bar, Tornado, rating_words

if TYPE_CHECKING:  # a result shows itself by this module
    from .result import Sensitivity

__all__ = ["flat_table", "notes_of", "sentence_of", "table_of"]

Row: TypeAlias = tuple[Cell, ...]

_END = {"below": "low", "above": "high"}
_MOVE = {"below": "less", "above": "more"}
_IN_WORDS = 3  # weights of which the table says all in a sentence


def sentence_of(weight: WeightStability, result: Sensitivity) -> str:
    """Return in one sentence how far a weight may move, and what happens then.

    It is about the leader; where nothing costs the leader the first place, about the top k too, and so on.
    """
    start = f"{weight.title}: {_percent(weight.share * weight.of_whole)} of the whole"
    if not weight.ranges:
        return f"{start}; nothing else is in its group, so that its own number is of no account"
    parts = [start]
    for claim in CLAIMS:
        found = weight.ranges[claim]
        parts.append(f"{_subject(claim, result)} {_extent(found, weight)}")
        if found.below is not None or found.above is not None:
            parts += [f"{side}, {_happens(turn, claim, result)}" for side, turn in _ends(found)]
            break
    return "; ".join(parts)


def table_of(result: Sensitivity) -> Table:
    """Return what a reader wants to see: each weight, then each ranked candidate's most telling rating."""
    columns = (
        Column("what", "Weight, or candidate: rating", priority=0, least=20, lines=3),
        Column("now", "Now", priority=0, align="right", least=5),
        Column("leader", "Leader stays", priority=0, align="right", least=9),
        Column("top", f"Top {result.top} stays", priority=1, align="right", least=9),
        Column("order", "Order stays", priority=2, align="right", least=9),
        Column("score", "Score", kind="interval", priority=0),
        Column("then", "What happens first", priority=0, least=24, lines=4),
    )
    ranked = [
        tornado
        for tornado in result.tornadoes
        if result.ranking[tornado.candidate].rank is not None
    ]
    rows = [_weight_row(weight, result) for weight in result.weights] + [
        _rating_row(tornado) for tornado in ranked
    ]
    framework = result.ranking.framework
    return Table(
        columns,
        tuple(rows),
        title=f"{title_of(framework.id, framework.title)}: how far weights and ratings may move",
        notes=(*(f"{sentence}." for sentence in result.sentences[:_IN_WORDS]), *result.notes),
    )


def flat_table(result: Sensitivity) -> Table:
    """Return every number in a column of its own: each weight, then each rating of each candidate."""
    claims = [
        column
        for claim in CLAIMS
        for column in (
            Column(claim, claim, kind="interval"),
            Column(f"{claim}_below", f"{claim} below"),
            Column(f"{claim}_above", f"{claim} above"),
        )
    ]
    columns = (
        Column("kind", "Kind"),
        Column("candidate", "Candidate"),
        Column("criterion", "Criterion"),
        Column("weight", "Weight", kind="number"),
        Column("share", "Share", kind="number"),
        Column("method", "Method"),
        *claims,
        Column("rating", "Rating", kind="interval"),
        Column("open", "Open", kind="interval"),
        Column("swing", "Swing", kind="number"),
        Column("scale", "Whole scale", kind="interval"),
        Column("turns_rank", "Turns the rank"),
        Column("turns_verdict", "Turns the verdict"),
    )
    rows = [_flat_weight(weight, result) for weight in result.weights]
    rows += [_flat_rating(tornado, bar) for tornado in result.tornadoes for bar in tornado]
    return Table(columns, tuple(rows), title=table_of(result).title, notes=result.notes)


def notes_of(result: Sensitivity) -> tuple[str, ...]:
    """Return what a reader must know beside the numbers."""
    return tuple(_notes(result))


def _notes(result: Sensitivity) -> Iterator[str]:
    ranking = result.ranking
    if not len(ranking):
        yield "There are no candidates."
    elif not result.weights:
        yield "No candidate is ranked: there is no order that a weight could change."
    if len(result.leaders) > 1:
        yield f"{len(result.leaders)} candidates share the first place; the leader stays while one of them holds it."
    if len(result.top_set) > result.top:
        yield (
            f"The top {result.top} has {len(result.top_set)} candidates, who tie for its last place; "
            "where that tie opens, it changes."
        )
    if result.weights:
        yield (
            "Weights are shares of the whole. One moves at a time: the others of its group keep their proportions, "
            "the group its weight. At the ends themselves scores are equal. The most fragile weight stands first."
        )
        yield from _method_notes(result)
    yield (
        "Score: what the open rating that is named leaves possible, all else as it is; for each candidate the rating "
        "that moves it most. The others are in its tornado."
    )
    yield f"Framework `{ranking.framework.id}`, {ranking.framework.digest[:19]}…."
    yield SCOPE_NOTE


def _method_notes(result: Sensitivity) -> Iterator[str]:
    looked = [weight.title for weight in result.weights if weight.method == "grid of 201"]
    if looked:
        which = "all of them" if len(looked) == len(result.weights) else ", ".join(looked)
        yield (
            f"The ends are exact where scores are straight lines in a weight; for {which} 201 weights were looked at "
            "and the ends found by halving."
        )
    turns = [
        turn
        for weight in result.weights
        for found in weight.ranges.values()
        for _, turn in _ends(found)
    ]
    if any(turn.kind == "verdict" for turn in turns):
        yield "Some verdicts rest on scores: they were judged anew under each weight."


# rows


def _weight_row(weight: WeightStability, result: Sensitivity) -> Row:
    cells: list[Cell] = [_extent_in_cell(weight.ranges.get(claim), weight) for claim in CLAIMS]
    now = _percent(weight.share * weight.of_whole).replace(" ", "")
    return (weight.title, now, *cells, None, _first_event(weight, result))


def _first_event(weight: WeightStability, result: Sensitivity) -> str | None:
    """Return what happens at the nearer end of the range of the leader; where it has none, of the top, of the order."""
    if not weight.ranges:
        return "alone in its group"
    for claim in CLAIMS:
        found = weight.ranges[claim]
        if ends := _ends(found):
            side, turn = min(ends, key=lambda end: abs(getattr(found, _END[end[0]]) - weight.share))
            return f"if {_MOVE[side]}: {_happens(turn, claim, result)}"
    return None


def _rating_row(tornado: Tornado) -> Row:
    bar = tornado.bars[0]
    if bar.low == bar.high:
        return (tornado.title, None, None, None, None, None, "no rating is open")
    score = Interval(bar.open[0][1], bar.open[1][1])
    turns = ", ".join(bar.turns) or "turns neither rank nor verdict"
    return (f"{tornado.title}: {bar.title}", rating_words(bar), None, None, None, score, turns)


def _flat_weight(weight: WeightStability, result: Sensitivity) -> Row:
    claims: list[Cell] = []
    for claim in CLAIMS:
        found = weight.ranges.get(claim)
        if found is None:
            claims += [None, None, None]
            continue
        ends = dict(_ends(found))
        claims.append(Interval(found.low * weight.of_whole, found.high * weight.of_whole))
        claims += [
            _happens(ends[side], claim, result) if side in ends else None
            for side in ("below", "above")
        ]
    overall = weight.share * weight.of_whole
    return ("weight", None, weight.id, overall, weight.share, weight.method, *claims, *[None] * 6)


def _flat_rating(tornado: Tornado, bar: Bar) -> Row:
    scores = [Interval(ends[0][1], ends[1][1]) for ends in (bar.open, bar.scale)]
    figures = (
        Interval(bar.low, bar.high),
        scores[0],
        bar.swing,
        scores[1],
        bar.turns_rank,
        bar.turns_verdict,
    )
    return (
        "rating",
        tornado.candidate,
        bar.criterion,
        bar.weight,
        None,
        None,
        *[None] * 9,
        *figures,
    )


# words


def _ends(found: StableRange) -> list[tuple[str, Turn]]:
    return [
        (side, turn)
        for side, turn in (("below", found.below), ("above", found.above))
        if turn is not None
    ]


def _subject(claim: Claim, result: Sensitivity) -> str:
    if claim == "leader":
        return "the leader stays first" if len(result.leaders) == 1 else "a leader stays first"
    return f"the top {result.top} stays" if claim == "top" else "the order stays"


def _extent(found: StableRange, weight: WeightStability) -> str:
    low, high = (_percent(end * weight.of_whole) for end in (found.low, found.high))
    if found.below is not None and found.above is not None:
        return f"from {low} to {high}"
    if found.below is not None:
        return f"from {low} up"
    return f"up to {high}" if found.above is not None else "at any weight"


def _extent_in_cell(found: StableRange | None, weight: WeightStability) -> str | None:
    """Return a range as short as it can be said."""
    if found is None:
        return None
    low, high = (
        _percent(end * weight.of_whole).replace(" ", "") for end in (found.low, found.high)
    )
    if found.below is not None and found.above is not None:
        return f"{low.removesuffix('%')}–{high}"
    if found.below is not None:
        return f"≥{low}"
    return f"≤{high}" if found.above is not None else "any"


def _happens(turn: Turn, claim: Claim, result: Sensitivity) -> str:
    """Return in words what happens beyond an end."""
    problem, places = result.ranking.problem, result.ranking
    title = problem.title_of(int(places.order[places.place_of(turn.candidate)]))
    if turn.kind == "verdict":
        before, after = (word or "not applicable" for word in turn.verdicts or (None, None))
        return f"the verdict on {title} turns from {before} to {after}"
    if claim == "leader" or turn.other is None:
        return f"{title} overtakes"
    return f"{title} overtakes {problem.title_of(int(places.order[places.place_of(turn.other)]))}"


def _percent(share: float) -> str:
    """Return a share in per cent.

    Examples
    --------
    >>> _percent(1 / 3), _percent(0.5), _percent(0.0004)
    ('33.3 %', '50 %', '0.04 %')
    """
    points = 100 * share
    text = f"{points:.1f}" if points == 0 or points >= 0.1 else f"{points:.1g}"
    return f"{text.removesuffix('.0')} %"
