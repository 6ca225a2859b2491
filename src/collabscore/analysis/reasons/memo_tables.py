"""The tables of a memo: what makes a score, what would change a decision, and a contrast.

Imports `table`, the presentation of rankings, the changes and the words of findings.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...models.framework import Framework
from ...output import Cell, Column, Table
from ...output.text import figure
from ...scoring.wording import badge
from ..evidence import safeguard_words
from .changes import Aim, Consequence, FactChange, RatingChange, SafeguardChange
from .versus import Versus

if TYPE_CHECKING:  # an explanation shows itself by this module
    from .explanation import Explanation

__all__ = ["changes_table", "contrast_table", "criteria_table", "turn_words"]


def _indented(title: str, depth: int) -> str:
    return f"{'· ' * depth}{title}"


def criteria_table(explanation: Explanation) -> Table:
    """Return contributions and shortfalls, groups before what lies below them."""
    total = explanation.ranking.has_total
    columns = [
        Column("criterion", "Criterion", priority=0, least=20),
        Column("rating", "Rating", priority=2, least=10),
        Column("weight", "Weight", kind="share", priority=4),
        Column("score", "Score", kind="number", priority=3, detail="0-100"),
    ]
    if total:
        columns += [
            Column("contribution", "Points", kind="number", priority=0),
            Column("shortfall", "Lost", kind="number", priority=0),
        ]
    rows = []
    for part in explanation.criteria:
        cells: list[Cell] = [
            _indented(part.title, part.depth),
            part.rating or "",
            part.weight,
            part.score,
        ]
        rows.append(tuple([*cells, part.contribution, part.shortfall] if total else cells))
    if total and explanation.assessment.score is not None:
        score = explanation.assessment.score
        rows.append(("All", "", 1.0, score, score, 100 - score))
    return Table(tuple(columns), tuple(rows))


def contrast_table(explanation: Explanation, versus: Versus) -> Table:
    """Return the difference of two scores, criterion by criterion."""
    columns = (
        Column("criterion", "Criterion", priority=0, least=20),
        Column("rating", "This one", priority=1, least=10),
        Column("other", "The other", priority=1, least=10),
        Column("points", "Points", kind="number", priority=0, digits=2),
    )
    rows: list[tuple[Cell, ...]] = [
        (_indented(part.title, part.depth), part.rating or "", part.other or "", part.points)
        for part in versus.parts
    ]
    rows.append(("All: the difference of the scores", "", "", versus.difference))
    return Table(columns, tuple(rows))


def changes_table(explanation: Explanation, aims: Sequence[Aim]) -> Table | None:
    """Return what brings some aims about, one change a row; None where nothing does."""
    framework = explanation.ranking.framework
    wanted = {aim.id for aim in aims}
    merged: dict[tuple[str, str, str], tuple[Consequence, list[str]]] = {}
    for aim, said, consequence in _said(explanation):
        if aim in wanted:
            merged.setdefault(said, (consequence, []))[1].append(aim)
    if not merged:
        return None
    columns = [
        Column("what", "What", priority=0, least=24),
        Column("present", "Now", priority=1, least=8),
        Column("would_be", "Would be", priority=0, least=14),
        Column("verdict", "Then", kind="badge", priority=0),
    ]
    ranks = explanation.ranking.has_total
    if ranks:
        columns.append(Column("rank", "Rank", kind="number", digits=0, priority=0))
    rows = []
    for (what, present, would_be), (then, _) in merged.items():
        cells: list[Cell] = [what, present, would_be, badge(then.verdict, framework)]
        rows.append(tuple([*cells, then.rank] if ranks else cells))
    return Table(tuple(columns), tuple(rows))


def _said(explanation: Explanation) -> Iterator[tuple[str, tuple[str, str, str], Consequence]]:
    """Yield every change in words, with the id of its aim: safeguards, answers, then ratings, the smallest first."""
    framework = explanation.ranking.framework
    gains = {aim.id: aim.gain for aim in explanation.aims}
    for safeguards in explanation.safeguard_changes:
        yield (
            safeguards.aim,
            _safeguards(safeguards, framework, gain=gains[safeguards.aim]),
            safeguards.consequence,
        )
    for fact in explanation.fact_changes:
        yield fact.aim, _fact(fact), fact.consequence
    for rating in sorted(explanation.rating_changes, key=lambda change: change.share):
        yield rating.aim, _rating(rating, framework), rating.consequence


def _safeguards(
    change: SafeguardChange, framework: Framework, *, gain: bool
) -> tuple[str, str, str]:
    words = [
        " or ".join(safeguard_words(framework, name) for name in options)
        for options in change.safeguards
    ]
    title = "; ".join(words)
    planned = sum(any(name in change.planned for name in options) for options in change.safeguards)
    now = (
        "not in place"
        if not planned
        else "planned"
        if planned == len(words)
        else "not all in place"
    )
    what = title[:1].upper() + title[1:]
    return (
        (what, now, "in place" if len(words) == 1 else "all in place")
        if gain
        else (what, "in place", "lost")
    )


def _fact(change: FactChange) -> tuple[str, str, str]:
    return change.title, change.present.replace("_", " "), change.answer.replace("_", " ")


def _rating(change: RatingChange, framework: Framework) -> tuple[str, str, str]:
    return change.title, change.present, turn_words(change, framework)


def turn_words(change: RatingChange, framework: Framework) -> str:
    """Return where a rating would have to be, in words; rounded away from where it is, so that it holds there."""
    scale = framework.leaves[change.criterion].scale
    assert scale is not None
    if change.first == change.start:
        return figure(change.start)
    # some hundred steps to a scale
    places = -math.floor(math.log10((float(scale.range[1]) - float(scale.range[0])) / 200))
    first = _plain(change.to, places + 1) if change.beyond else _outward(change, places)
    if change.until is not None:
        last = _plain(change.until, places)
        beyond = "beyond " if change.beyond else ""
        return first if last == first and not beyond else f"{beyond}{first} to {last}"
    if change.beyond:
        return f"{'more' if change.rises else 'less'} than {first}"
    return f"{'at least' if change.rises else 'at most'} {first}"


def _outward(change: RatingChange, places: int) -> str:
    if round(change.to, places + 1) == change.to:
        return _plain(change.to, places + 1)
    steps = change.to * 10.0**places
    rounded = (math.ceil(steps) if change.rises else math.floor(steps)) / 10.0**places
    end = change.until if change.until is not None else math.inf if change.rises else -math.inf
    inside = rounded <= end if change.rises else rounded >= end
    return _plain(rounded, places) if inside else f"{change.to:.9g}"


def _plain(value: float, places: int) -> str:
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
