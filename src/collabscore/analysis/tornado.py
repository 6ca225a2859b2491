"""Tornado: effect of each rating of a candidate on its score, rank and verdict.

Axis letters: l lines (the rating of a candidate on a criterion), v points on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from ..arrays import BoolArray, FloatArray, IndexArray, number_or_none
from ..output import Field
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.variants import Alone, Changes, Variants
from .breakpoints import RatingLines

__all__ = ["RatingTurn", "Tornado", "TornadoBar", "tornadoes_of"]

# in points: equal scores may differ in their last bits by less than this
_ROUNDING = 1e-12


class Extremes(NamedTuple):
    """The worst and the best of some ratings, each with its score, NaN for none."""

    worst: tuple[float, float]
    best: tuple[float, float]

    @property
    def scores(self) -> tuple[float, float]:
        """The two scores."""
        return self.worst[1], self.best[1]

    @property
    def difference(self) -> float:
        """Points between them; 0 where there is no score."""
        return 0.0 if math.isnan(self.worst[1]) else self.best[1] - self.worst[1]

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        record = {}
        for word, (rating, score) in self._asdict().items():
            record[word] = {"rating": rating, "score": number_or_none(score)}
        return record


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
    def rating(self) -> str:
        """The rating as a reader would write it."""
        if not self.rated:
            return "unknown"
        return f"{self.low:.4g}" if self.low == self.high else f"{self.low:.4g}–{self.high:.4g}"

    @property
    def swing(self) -> float:
        """Points between the worst and the best possible rating; 0 where there is no score."""
        return self.open.difference

    @property
    def reach(self) -> float:
        """Points between the worst and the best rating of the scale; 0 where there is no score."""
        return self.scale.difference

    @property
    def turns(self) -> str | None:
        """What the possible ratings change, in words; None for nothing."""
        words = ("turns the verdict",) * self.turns_verdict + ("turns the rank",) * self.turns_rank
        return ", ".join(words) or None


def _turns_record(turns: Turns) -> dict[str, Any]:
    below, above = (None if turn is None else asdict(turn) for turn in turns)
    return {"below": below, "above": above}


def _turns_in_words(turns: Turns, kind: str) -> str | None:
    words = []
    for turn in turns:
        if turn is not None:
            outcome = turn.verdict or "not applicable"
            if kind == "rank":
                outcome = str(turn.rank or "no rank")
            words.append(f"at {turn.rating:.3g}: {outcome}")
    return "; ".join(words) or None


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
    fields: ClassVar[tuple[Field, ...]] = (
        Field("criterion", "Id", priority=9, least=8, lines=1),
        Field("title", "Criterion", priority=0, least=20),
        Field("weight", "Weight", kind="share", priority=3),
        Field("rated"),
        Field("low"),
        Field("high"),
        Field("start"),
        Field("open", cell=lambda bar: bar.open.record(), csv=False),
        Field("swing", "Swing", kind="number", priority=1),
        Field("scale", cell=lambda bar: bar.scale.record(), csv=False),
        Field("reach"),
        Field("turns_verdict"),
        Field("turns_rank"),
        Field(
            "verdict_turns",
            "Verdict turns",
            lambda bar: _turns_in_words(bar.verdict_turns, "verdict"),
            lambda bar: _turns_record(bar.verdict_turns),
            priority=1,
            least=14,
            csv=False,
        ),
        Field(
            "rank_turns",
            "Rank turns",
            lambda bar: _turns_in_words(bar.rank_turns, "rank"),
            lambda bar: _turns_record(bar.rank_turns),
            priority=1,
            least=14,
            csv=False,
        ),
        # for tables and CSV besides
        Field("rating", "Rating", priority=0, least=7, align="right", json=False),
        Field(
            "open_scores",
            "Open",
            lambda bar: bar.open.scores if bar.low < bar.high else None,
            kind="interval",
            priority=0,
            ends=("open_low", "open_high"),
            json=False,
        ),
        Field(
            "scale_scores",
            "Whole scale",
            lambda bar: bar.scale.scores,
            kind="interval",
            priority=2,
            ends=("scale_low", "scale_high"),
            json=False,
        ),
        Field("turns", "What is left open", priority=0, least=14, json=False),
    )
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
        bars = [_bar(lines, line, now, turns) for line in range(k * m, (k + 1) * m)]
        bars.sort(key=lambda bar: (-round(bar.swing, 9), -round(bar.reach, 9)))
        name, title = ranking.problem.id_of(row), ranking.problem.title_of(row)
        found.append(Tornado(ranking, name, title, tuple(bars)))
    return tuple(found)


def _turns_on(lines: RatingLines) -> dict[tuple[int, str, int], RatingTurn]:
    """Return the changes of rank and verdict on each line and side."""
    start = lines.outcomes(np.arange(len(lines.rows)), lines.starts)

    def differs(which: IndexArray, outcomes: Alone) -> BoolArray:
        verdict = outcomes.severity != start.severity[which]
        return np.stack([verdict, outcomes.ranks != start.ranks[which]])

    problem = lines.variants.problem
    verdicts = [*problem.framework.all_verdicts, None]
    breakpoints, outcomes = lines.least_changes(differs)
    severity, ranks = outcomes.severity.tolist(), outcomes.ranks.tolist()
    turns = {}
    for k, found in enumerate(breakpoints):
        level_with = None if found.level_with is None else problem.id_of(found.level_with)
        kind = ("verdict", "rank")[found.predicate]
        turns[found.line, kind, found.side] = RatingTurn(
            rating=found.at,
            verdict=verdicts[severity[k]],
            rank=ranks[k] or None,
            level_with=level_with,
            beyond=found.beyond,
        )
    return turns


def _bar(
    lines: RatingLines,
    line: int,
    now: Alone,
    turns: Mapping[tuple[int, str, int], RatingTurn],
) -> TornadoBar:
    problem, mesh = lines.variants.problem, lines.mesh
    candidate = line // len(problem.framework.leaves)
    key, node = list(problem.framework.leaves.items())[lines.leaves[line]]
    part = slice(*np.searchsorted(mesh.lines, [line, line + 1]).tolist())
    points, scores = mesh.points[part], mesh.outcomes.scores[part]
    low, high = (float(ends[line]) for ends in lines.bounds)
    inside = (points >= low) & (points <= high)
    ranks, severity = mesh.outcomes.ranks[part][inside], mesh.outcomes.severity[part][inside]

    def around(kind: str) -> Turns:
        return turns.get((line, kind, -1)), turns.get((line, kind, 1))

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
        rank_turns=around("rank"),
        verdict_turns=around("verdict"),
        turns_rank=low < high and bool((ranks != now.ranks[candidate]).any()),
        turns_verdict=low < high and bool((severity != now.severity[candidate]).any()),
    )


def _extremes(points: FloatArray, scores: FloatArray) -> Extremes:
    """Return the worst and the best of some ratings, the first of equal ones, with their scores."""
    # a rating that is refused elsewhere leaves a candidate without a score at all of them
    worst, best = 0, -1
    if not math.isnan(scores[0]):
        worst = int(np.argmax(scores <= scores.min() + _ROUNDING))
        best = int(np.argmax(scores >= scores.max() - _ROUNDING))
    return Extremes(*((float(points[k]), float(scores[k])) for k in (worst, best)))
