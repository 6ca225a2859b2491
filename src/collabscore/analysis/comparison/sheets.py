"""The tables of a comparison: candidates side by side, pairs of frameworks, and who moves most.

Imports the pairs and the crosswalk, scoring's presentation and `table`. Axis letter: f frameworks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...output import Cell, Column, Table
from ...scoring.wording import badge
from .crosswalk import answer_words
from .pairs import Move, Pair

if TYPE_CHECKING:  # a comparison shows itself by this module
    from .result import Comparison

__all__ = ["moves_table", "pairs_table", "sheet_of", "table_of"]

_MOVERS = 5
"""How many of each pair a page names."""


def table_of(result: Comparison) -> Table:
    """Return a row for each candidate, with its verdict and, where there is one, its rank under each framework."""
    columns = [Column("title", "Candidate", priority=0, least=20, lines=2)]
    for ranking in result.rankings:
        key = ranking.framework.id
        columns.append(Column(f"verdict_{key}", key, kind="badge", priority=0))
        if ranking.has_total:
            columns.append(Column(f"rank_{key}", "Rank", kind="number", digits=0, priority=1))
    columns += [
        Column("agree", "Agree", priority=2),
        Column("id", "Id", priority=9, least=8, lines=1),
    ]
    rows = tuple(
        (result.titles[place], *_cells(result, place), _agree(result, place), result.ids[place])
        for place in range(len(result))
    )
    return Table(tuple(columns), rows, title=result.title, notes=result.notes)


def _cells(result: Comparison, place: int) -> list[Cell]:
    cells: list[Cell] = []
    for f, ranking in enumerate(result.rankings):
        cells.append(badge(result.verdicts[place, f], ranking.framework))
        if ranking.has_total:
            cells.append(int(result.ranks[place, f]) or None)
    return cells


def _agree(result: Comparison, place: int) -> bool | None:
    """Whether all that judge it answer alike; None where there is at most one."""
    return None if result.judged[place] < 2 else not result.disputed[place]


def sheet_of(result: Comparison) -> Table:
    """Return the same for machines: what each verdict comes to as well, and in words what decided it."""
    columns = [Column("id", "Id"), Column("title", "Candidate")]
    for framework in result.frameworks:
        columns += [
            Column(f"verdict_{framework}", "Verdict"),
            Column(f"answer_{framework}", "Answer"),
            Column(f"rank_{framework}", "Rank", kind="number", digits=0),
            Column(f"decided_by_{framework}", "Decided by", kind="list"),
        ]
    columns.append(Column("agree", "Agree"))
    rows: list[tuple[Cell, ...]] = []
    for place, record in enumerate(result.records()):
        cells: list[Cell] = [result.ids[place], result.titles[place]]
        for f, found in enumerate(record["by"].values()):
            cells += [
                found["verdict"],
                answer_words(int(result.answers[place, f])),
                found["rank"],
                found["decided_by"],
            ]
        rows.append((*cells, record["agree"]))
    return Table(tuple(columns), tuple(rows), title=result.title)


def pairs_table(pairs: tuple[Pair, ...]) -> Table:
    """Return a row for each pair of frameworks: how often they answer alike, and how far their orders agree."""
    columns = [
        Column("pair", "Frameworks", priority=0, least=20),
        Column("judged", "Both judge", kind="number", digits=0),
        Column("same", "Same answer", kind="number", digits=0, priority=0),
        Column("first_milder", "First milder", kind="number", digits=0),
        Column("second_milder", "Second milder", kind="number", digits=0),
    ]
    ranking = [pair for pair in pairs if pair.rankable]
    if ranking:
        columns += [
            Column("ranked", "Both rank", kind="number", digits=0),
            Column("tau_b", "Tau-b", kind="number", digits=2, priority=0),
            Column("interval", "95 %", kind="interval", digits=2, priority=0),
        ]
    rows = []
    for pair in pairs:
        cells: tuple[Cell, ...] = (
            f"{pair.first.framework.id} and {pair.second.framework.id}",
            pair.judged,
            pair.same,
            pair.first_milder,
            pair.second_milder,
        )
        if ranking:
            cells += _orders(pair)
        rows.append(cells)
    return Table(tuple(columns), tuple(rows))


def _orders(pair: Pair) -> tuple[Cell, ...]:
    if not pair.rankable:
        return (None, None, None)
    low, high = pair.interval
    return (len(pair.rows), None if math.isnan(pair.tau.value) else pair.tau.value, (low, high))


def moves_table(pairs: tuple[Pair, ...]) -> Table | None:
    """Return the candidates whose rank differs most between two frameworks; None where none does."""
    found: list[tuple[Pair, Move]] = [
        (pair, move) for pair in pairs if pair.rankable for move in pair.moves[:_MOVERS]
    ]
    if not found:
        return None
    columns = (
        Column("title", "Candidate", priority=0, least=20, lines=2),
        Column("first", "By", priority=0, least=8),
        Column("first_rank", "Rank", kind="number", digits=0, priority=0),
        Column("second", "By", priority=0, least=8),
        Column("second_rank", "Rank", kind="number", digits=0, priority=0),
        Column("by", "Moves", priority=0, align="right"),
    )
    rows = tuple(
        (
            move.title,
            pair.first.framework.id,
            move.first,
            pair.second.framework.id,
            move.second,
            _moved(move.by),
        )
        for pair, move in found
    )
    return Table(columns, rows)


def _moved(places: int) -> str:
    return f"{'up' if places > 0 else 'down'} {abs(places):,}"
