"""Tornado: what each rating of a candidate does to its score, and where the rank or the verdict turns; the result.

Imports scoring and the table. `tornado_search` finds what is in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ...output import Column, Interval, Table, as_json
from ...scoring.manifest import outline_of
from ...scoring.ranking import Ranking

__all__ = ["Bar", "Kind", "RatingTurn", "Tornado", "rating_words"]

Kind = Literal["verdict", "rank"]


@dataclass(frozen=True)
class RatingTurn:
    """The first rating, one way, at which something turns.

    Parameters
    ----------
    rating : float
        In the units of the scale.
    verdict : str or None
        The verdict from there on; None where the framework is not about the candidate.
    rank : int or None
        The rank from there on.
    level_with : str or None
        Who has the same score there, where it is the score that decides.
    """

    rating: float
    verdict: str | None
    rank: int | None
    level_with: str | None = None


@dataclass(frozen=True)
class Bar:
    """What the rating on one criterion does to a candidate.

    Parameters
    ----------
    criterion, title : str
    weight : float
        Its overall weight, in [0, 1].
    low, high : float
        What the rating leaves open, in the units of the scale.
    rated : bool
        False for an unknown rating, which leaves the whole scale open.
    start : float
        The rating from which turns are looked for: itself, the likeliest of three, else one that has the value which
        the score counts.
    open : pair of pair of float
        The worst and the best rating that is open, and its score; scores are NaN where there is none.
    scale : pair of pair of float
        The same of the whole scale.
    rank_turns, verdict_turns : pair of RatingTurn or None
        The first turn below the start, and above it; None where there is none.
    turns_rank, turns_verdict : bool
        Whether a rating that is open gives another rank, or verdict, than the present one.
    """

    criterion: str
    title: str
    weight: float
    low: float
    high: float
    rated: bool
    start: float
    open: tuple[tuple[float, float], tuple[float, float]]
    scale: tuple[tuple[float, float], tuple[float, float]]
    rank_turns: tuple[RatingTurn | None, RatingTurn | None]
    verdict_turns: tuple[RatingTurn | None, RatingTurn | None]
    turns_rank: bool
    turns_verdict: bool

    @property
    def swing(self) -> float:
        """Points between the scores of the worst and the best rating that is open; 0 where there is no score."""
        return _between(self.open)

    @property
    def reach(self) -> float:
        """Points between the scores of the worst and the best rating of the scale; 0 where there is no score."""
        return _between(self.scale)

    @property
    def turns(self) -> tuple[str, ...]:
        """What the open ratings turn, in words."""
        return ("turns the verdict",) * self.turns_verdict + ("turns the rank",) * self.turns_rank

    def record(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "criterion": self.criterion,
            "title": self.title,
            "weight": self.weight,
            "rated": self.rated,
            "low": self.low,
            "high": self.high,
            "start": self.start,
            "open": _ends(self.open),
            "swing": self.swing,
            "scale": _ends(self.scale),
            "reach": self.reach,
            "turns_verdict": self.turns_verdict,
            "turns_rank": self.turns_rank,
            "verdict_turns": _turns(self.verdict_turns),
            "rank_turns": _turns(self.rank_turns),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Tornado:
    """What each rating of one candidate does, the largest swing first.

    Parameters
    ----------
    ranking : Ranking
    candidate, title : str
    bars : tuple of Bar
        One for each criterion: by the swing over what is open, then over the whole scale.
    """

    ranking: Ranking
    candidate: str
    title: str
    bars: tuple[Bar, ...]

    def __len__(self) -> int:
        """Return the number of criteria."""
        return len(self.bars)

    def __iter__(self) -> Iterator[Bar]:
        """Yield the bars."""
        return iter(self.bars)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        found = self.ranking[self.candidate]
        rank = f"rank {found.rank}" if found.rank is not None else "no rank"
        score = f"score {found.score:.1f}" if found.score is not None else "no score"
        now = f"Now: {score}, {rank}, {found.verdict or 'not applicable'}."
        one = (
            "One rating is changed at a time; all else, and all other candidates, stay as they are."
        )
        turns = "Turns: the first ratings below and above the present one with another rank or verdict, and which."
        return f"{now} {one}", f"Open: the scores that the rating leaves open. {turns}"

    def table(self) -> Table:
        """Return one row for each criterion."""
        columns = (
            Column("title", "Criterion", priority=0, least=20),
            Column("weight", "Weight", kind="share", priority=3),
            Column("rating", "Rating", priority=0, least=7, align="right"),
            Column("open", "Open", kind="interval", priority=0),
            Column("swing", "Swing", kind="number", priority=1),
            Column("scale", "Whole scale", kind="interval", priority=2),
            Column("rank_turns", "Rank turns", priority=1, least=14),
            Column("verdict_turns", "Verdict turns", priority=1, least=14),
            Column("turns", "What is left open", priority=0, least=14),
            Column("criterion", "Id", priority=9, least=8, lines=1),
        )
        rows = tuple(
            (
                bar.title,
                bar.weight,
                rating_words(bar),
                _scores(bar.open) if bar.high > bar.low else None,
                bar.swing,
                _scores(bar.scale),
                _turns_in_words(bar.rank_turns, "rank"),
                _turns_in_words(bar.verdict_turns, "verdict"),
                ", ".join(bar.turns) or None,
                bar.criterion,
            )
            for bar in self.bars
        )
        return Table(columns, rows, title=f"{self.title}: what its ratings do", notes=self.notes)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each criterion."""
        return [bar.record() for bar in self.bars]

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits; the same for the same input."""
        framework = self.ranking.framework
        document = {
            "collabscore": "tornado/1",
            "framework": outline_of(framework),
            "options": {"candidate": self.candidate},
            "candidate": {"id": self.candidate, "title": self.title},
            "bars": self.records(),
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }
        return as_json(document)

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def rating_words(bar: Bar) -> str:
    """Return a rating as a reader would write it.

    Examples
    --------
    >>> point = ((2.0, 50.0), (2.0, 50.0))
    >>> nothing = (None, None)
    >>> rating_words(Bar("a", "A", 1.0, 2.0, 2.0, True, 2.0, point, point, nothing, nothing, False, False))
    '2'
    """
    if not bar.rated:
        return "unknown"
    return f"{bar.low:.4g}" if bar.low == bar.high else f"{bar.low:.4g}–{bar.high:.4g}"


def _between(ends: tuple[tuple[float, float], tuple[float, float]]) -> float:
    return 0.0 if math.isnan(ends[0][1]) else ends[1][1] - ends[0][1]


def _scores(ends: tuple[tuple[float, float], tuple[float, float]]) -> Interval:
    return Interval(ends[0][1], ends[1][1])


def _ends(ends: tuple[tuple[float, float], tuple[float, float]]) -> dict[str, Any]:
    words = zip(("worst", "best"), ends, strict=True)
    return {
        word: {"rating": at, "score": None if math.isnan(score) else score}
        for word, (at, score) in words
    }


def _turns(turns: tuple[RatingTurn | None, RatingTurn | None]) -> dict[str, Any]:
    return {
        side: None if turn is None else vars(turn)
        for side, turn in zip(("below", "above"), turns, strict=True)
    }


def _turns_in_words(turns: tuple[RatingTurn | None, RatingTurn | None], kind: Kind) -> str | None:
    words = []
    for turn in turns:
        if turn is not None:
            after = (
                (turn.rank or "no rank") if kind == "rank" else (turn.verdict or "not applicable")
            )
            words.append(f"at {turn.rating:.3g}: {after}")
    return "; ".join(words) or None
