"""Tornado: effect of each rating of a candidate on its score, rank and verdict.

Axis letters: l lines (the rating of a candidate on a criterion), v points on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from ..arrays import BoolArray, FloatArray, IndexArray
from ..output import Column, Field
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.variants import Alone, Changes, Variants
from .breakpoints import RatingLines

__all__ = [
    "RatingTurn",
    "Tornado",
    "TornadoBar",
    "open_scores",
    "rating_words",
    "score_interval",
    "tornadoes_of",
]

Extremes: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
Kind: TypeAlias = Literal["verdict", "rank"]

_KINDS: tuple[Kind, ...] = ("verdict", "rank")


@dataclass(frozen=True)
class RatingTurn:
    """The first rating, one way, at which the rank or the verdict changes.

    Parameters
    ----------
    rating : float
        In the units of the scale.
    verdict : str or None
        The verdict from there on; None where the framework is not about the candidate.
    rank : int or None
        The rank from there on.
    level_with : str or None
        The candidate with the same score there, where it is the score that decides.
    beyond : bool
        Whether verdict and rank are those beyond the rating, and not yet at it.
    """

    rating: float
    verdict: str | None
    rank: int | None
    level_with: str | None = None
    beyond: bool = False


Turns: TypeAlias = tuple[RatingTurn | None, RatingTurn | None]


@dataclass(frozen=True)
class TornadoBar:
    """Effect of the rating on one criterion on a candidate.

    Parameters
    ----------
    criterion, title : str
    weight : float
        Overall weight, in [0, 1].
    low, high : float
        Least and greatest possible rating, in the units of the scale.
    rated : bool
        False for an unknown rating: the whole scale is possible.
    start : float
        The rating from which changes are counted: itself, the likeliest of three, else one whose
        value the score counts.
    open : pair of pair of float
        The worst and the best possible rating, each with its score, NaN for none.
    scale : pair of pair of float
        The same of the whole scale.
    rank_turns, verdict_turns : pair of RatingTurn or None
        The first change below the start, and above it.
    turns_rank, turns_verdict : bool
        Whether a possible rating gives another rank, or verdict, than the present one.
    """

    criterion: str
    title: str
    weight: float
    low: float
    high: float
    rated: bool
    start: float
    open: Extremes
    scale: Extremes
    rank_turns: Turns
    verdict_turns: Turns
    turns_rank: bool
    turns_verdict: bool

    @property
    def swing(self) -> float:
        """Points between the worst and the best possible rating; 0 where there is no score."""
        return _points_between(self.open)

    @property
    def reach(self) -> float:
        """Points between the worst and the best rating of the scale; 0 where there is no score."""
        return _points_between(self.scale)

    @property
    def turns(self) -> tuple[str, ...]:
        """What the possible ratings change, in words."""
        return ("turns the verdict",) * self.turns_verdict + ("turns the rank",) * self.turns_rank


@dataclass(frozen=True, eq=False, repr=False)
class Tornado(RankingResult):
    """Effect of each rating of one candidate, the largest swing first.

    Parameters
    ----------
    ranking : Ranking
    candidate, candidate_title : str
    bars : tuple of TornadoBar
        One for each criterion: by the swing over what is possible, then over the whole scale.
    """

    kind: ClassVar[str] = "tornado"
    things: ClassVar[str] = "bars"
    shown: ClassVar[tuple[str, ...]] = (
        *("title", "weight", "rating", "open_scores", "swing", "scale_scores"),
        *("rank_turns", "verdict_turns", "turns", "criterion"),
    )

    ranking: Ranking
    candidate: str
    candidate_title: str
    bars: tuple[TornadoBar, ...]

    def __iter__(self) -> Iterator[TornadoBar]:
        """Yield the bars."""
        return iter(self.bars)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that is said of each rating."""
        return _FIELDS

    @property
    def rows(self) -> tuple[TornadoBar, ...]:
        """The bars."""
        return self.bars

    @property
    def title(self) -> str:
        """Title of the candidate, and of the table."""
        return f"{self.candidate_title}: what its ratings do"

    @property
    def options(self) -> dict[str, Any]:
        """The candidate asked for."""
        return {"candidate": self.candidate}

    def body(self) -> dict[str, Any]:
        """Return the candidate and the records."""
        candidate = {"id": self.candidate, "title": self.candidate_title}
        return {"candidate": candidate, **super().body()}


def tornadoes_of(ranking: Ranking, rows: IndexArray) -> tuple[Tornado, ...]:
    """Return the tornadoes of some candidates.

    Parameters
    ----------
    ranking : Ranking
        With a score of the whole.
    rows : integer array of shape (k,)
        The candidates, by their rows in the problem.
    """
    variants = Variants.of_ranking(ranking)
    lines = RatingLines(variants, rows)
    turns = _turns_on(lines)
    now = variants.alone(Changes(rows))
    found = []
    m = len(ranking.criteria)
    for k, row in enumerate(rows.tolist()):
        bars = [_bar(lines, k * m + j, now, k, turns) for j in range(m)]
        bars.sort(key=lambda bar: (-round(bar.swing, 9), -round(bar.reach, 9)))
        name, title = ranking.problem.id_of(row), ranking.problem.title_of(row)
        found.append(Tornado(ranking, name, title, tuple(bars)))
    return tuple(found)


def _turns_on(lines: RatingLines) -> dict[tuple[int, Kind, int], RatingTurn]:
    """Return the changes of rank and verdict on each line and side."""
    start = lines.outcomes(np.arange(len(lines.rows)), lines.starts)

    def differs(which: IndexArray, outcomes: Alone) -> BoolArray:
        verdict = outcomes.severity != start.severity[which]
        return np.stack([verdict, outcomes.ranks != start.ranks[which]])

    problem = lines.variants.problem
    verdicts = [*problem.framework.all_verdicts, None]
    breakpoints, outcomes = lines.least_changes(differs)
    turns = {}
    for found, severity, rank in zip(
        breakpoints, outcomes.severity.tolist(), outcomes.ranks.tolist(), strict=True
    ):
        level_with = None if found.level_with is None else problem.id_of(found.level_with)
        turn = RatingTurn(found.at, verdicts[severity], rank or None, level_with, found.beyond)
        turns[found.line, _KINDS[found.predicate], found.side] = turn
    return turns


def _bar(
    lines: RatingLines,
    line: int,
    now: Alone,
    candidate: int,
    turns: Mapping[tuple[int, Kind, int], RatingTurn],
) -> TornadoBar:
    problem, mesh = lines.variants.problem, lines.mesh
    key, node = list(problem.framework.leaves.items())[lines.leaves[line]]
    part = slice(*np.searchsorted(mesh.lines, [line, line + 1]).tolist())
    points, scores = mesh.points[part], mesh.outcomes.scores[part]
    low, high = (float(ends[line]) for ends in lines.bounds)
    inside = (points >= low) & (points <= high)
    ranks, severity = mesh.outcomes.ranks[part][inside], mesh.outcomes.severity[part][inside]
    return TornadoBar(
        criterion=key,
        title=node.title,
        weight=node.overall,
        low=low,
        high=high,
        rated=not bool(problem.ratings[key].unknown[lines.rows[line]]),
        start=float(lines.starts[line]),
        open=_extremes(points[inside], scores[inside]),
        scale=_extremes(points, scores),
        rank_turns=(turns.get((line, "rank", -1)), turns.get((line, "rank", 1))),
        verdict_turns=(turns.get((line, "verdict", -1)), turns.get((line, "verdict", 1))),
        turns_rank=low < high and bool((ranks != now.ranks[candidate]).any()),
        turns_verdict=low < high and bool((severity != now.severity[candidate]).any()),
    )


def _extremes(points: FloatArray, scores: FloatArray) -> Extremes:
    """Return the worst and the best of some ratings, each with its score."""
    # a rating that is refused elsewhere leaves a candidate without a score at all of them
    if math.isnan(scores[0]):
        return (float(points[0]), math.nan), (float(points[-1]), math.nan)
    worst, best = int(scores.argmin()), int(scores.argmax())
    return (float(points[worst]), float(scores[worst])), (float(points[best]), float(scores[best]))


# columns


def rating_words(bar: TornadoBar) -> str:
    """Return a rating as a reader would write it.

    Examples
    --------
    >>> point = ((2.0, 50.0), (2.0, 50.0))
    >>> nothing = (None, None)
    >>> outcome = (point, point, nothing, nothing, False, False)
    >>> rating_words(TornadoBar("a", "A", 1.0, 2.0, 2.0, True, 2.0, *outcome))
    '2'
    """
    if not bar.rated:
        return "unknown"
    return f"{bar.low:.4g}" if bar.low == bar.high else f"{bar.low:.4g}–{bar.high:.4g}"


def open_scores(bar: TornadoBar) -> tuple[float, float] | None:
    """Return the scores of the worst and the best possible rating; None where only one is."""
    return score_interval(bar.open) if bar.high > bar.low else None


def score_interval(ends: Extremes) -> tuple[float, float]:
    """Return the scores of two ratings."""
    return ends[0][1], ends[1][1]


def _points_between(ends: Extremes) -> float:
    return 0.0 if math.isnan(ends[0][1]) else ends[1][1] - ends[0][1]


def _ends_record(ends: Extremes) -> dict[str, Any]:
    record = {}
    for word, (rating, score) in zip(("worst", "best"), ends, strict=True):
        record[word] = {"rating": rating, "score": None if math.isnan(score) else score}
    return record


def _turns_record(turns: Turns) -> dict[str, Any]:
    below, above = (None if turn is None else asdict(turn) for turn in turns)
    return {"below": below, "above": above}


def _turns_in_words(turns: Turns, kind: Kind) -> str | None:
    words = []
    for turn in turns:
        if turn is not None:
            rank, verdict = turn.rank or "no rank", turn.verdict or "not applicable"
            words.append(f"at {turn.rating:.3g}: {rank if kind == 'rank' else verdict}")
    return "; ".join(words) or None


_FIELDS = (
    Field(Column("criterion", "Id", priority=9, least=8, lines=1)),
    Field(Column("title", "Criterion", priority=0, least=20)),
    Field(Column("weight", "Weight", kind="share", priority=3)),
    Field(Column("rated")),
    Field(Column("low")),
    Field(Column("high")),
    Field(Column("start")),
    Field(Column("open"), lambda bar: _ends_record(bar.open), csv=False),
    Field(Column("swing", "Swing", kind="number", priority=1)),
    Field(Column("scale"), lambda bar: _ends_record(bar.scale), csv=False),
    Field(Column("reach")),
    Field(Column("turns_verdict")),
    Field(Column("turns_rank")),
    Field(
        Column("verdict_turns", "Verdict turns", priority=1, least=14),
        lambda bar: _turns_in_words(bar.verdict_turns, "verdict"),
        lambda bar: _turns_record(bar.verdict_turns),
        csv=False,
    ),
    Field(
        Column("rank_turns", "Rank turns", priority=1, least=14),
        lambda bar: _turns_in_words(bar.rank_turns, "rank"),
        lambda bar: _turns_record(bar.rank_turns),
        csv=False,
    ),
    # for tables and CSV besides
    Field(Column("rating", "Rating", priority=0, least=7, align="right"), rating_words, json=False),
    Field(
        Column("open_scores", "Open", kind="interval", priority=0, ends=("open_low", "open_high")),
        open_scores,
        json=False,
    ),
    Field(
        Column(
            *("scale_scores", "Whole scale"),
            kind="interval",
            priority=2,
            ends=("scale_low", "scale_high"),
        ),
        lambda bar: score_interval(bar.scale),
        json=False,
    ),
    Field(
        Column("turns", "What is left open", priority=0, least=14),
        lambda bar: ", ".join(bar.turns) or None,
        json=False,
    ),
)
