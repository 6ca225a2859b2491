"""Sensitivity: how far each weight and each rating may move before the result changes.

Axis letters: n candidates in the order of the problem, v weightings (one share of a weight moved).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import compress, islice
from operator import attrgetter, methodcaller
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import (
    BoolArray,
    FloatArray,
    Frozen,
    IndexArray,
    IntArray,
    frozen_property,
    number_or_none,
    underflow_is_zero,
)
from ..errors import refusal_of_name
from ..models.framework import LeafNode
from ..models.weight_spaces import Weights, group_weights
from ..output import Field, Table
from ..output.text import count_in_words, figure
from ..scoring.ranking import Ranking, RankingResult, refuse_without_ranks, whole_ranking
from ..scoring.variants import Alone, Changes, Outcomes, Variants
from ..scoring.verdicts import Codes
from ..scoring.wording import badge, directed, direction_words
from .breakpoints import RatingLines, WeightLines, grain_of, level_points
from .uncertainty import options_of_draws
from .variance import Influences, influences_of

__all__ = [
    "CLAIMS",
    "Claim",
    "RatingTurn",
    "Sensitivity",
    "StableRange",
    "Tornado",
    "TornadoBar",
    "WeightStability",
    "WeightTurn",
    "extent_in_words",
    "percent_of",
    "percent_within",
    "sensitivity",
    "tornadoes_of",
]

Claim: TypeAlias = Literal["leader", "top", "order"]

CLAIMS: tuple[Claim, ...] = ("leader", "top", "order")
"""First place with one who holds it now, the set of those with a rank up to k, the whole order."""

_DRAWS, _MOST_DRAWS = 2048, 10_000_000

# what happens no farther from 0 or 1 than this is a tie at the end itself
_AT_END = 1e-8
# digits of an end in per cent, and the part of the last one that is rounding
_MOST_DIGITS, _ROUNDING_UP = 6, 1e-6
# steps in which a rating is rounded, of the width of its scale
_STEPS = (1e-2, 1e-3, 1e-4, 1e-6)
# in points: equal scores may differ in their last bits by less than this
_ROUNDING = 1e-12


# weights


@dataclass(frozen=True)
class WeightTurn:
    """The change just beyond the end of a range.

    Parameters
    ----------
    kind : {"overtakes", "verdict", "range"}
    candidate : str
        Who overtakes; or whose verdict changes, or the verdicts that it could have.
    other : str or None
        Who is overtaken.
    verdicts : pair of str or None
        The verdict before and after; None where the framework is not about the candidate.
    """

    kind: Literal["overtakes", "verdict", "range"]
    candidate: str
    other: str | None = None
    verdicts: tuple[str | None, str | None] | None = None


@dataclass(frozen=True)
class StableRange:
    """The connected range of a weight, around the present one, in which something stays.

    Parameters
    ----------
    low, high : float
        Shares among its siblings, in [0, 1]; the ends belong to it.
    weight_low, weight_high : float
        The same as overall weights.
    below, above : WeightTurn or None
        The change beyond each end; None where the share reaches 0 or 1.
    """

    low: float
    high: float
    weight_low: float
    weight_high: float
    below: WeightTurn | None
    above: WeightTurn | None

    @property
    def ends(self) -> list[tuple[str, float, WeightTurn]]:
        """The ends beyond which something changes: "below" or "above", where and the change."""
        ends = []
        for side, end, turn in (("below", self.low, self.below), ("above", self.high, self.above)):
            if turn is not None:
                ends.append((side, end, turn))
        return ends


@dataclass(frozen=True)
class WeightStability(Frozen):
    """How far one weight may move, the others of its group in their present proportions.

    Parameters
    ----------
    id, title : str
    parent : str or None
        The group it belongs to; None at the top.
    share : float
        Its present share among its siblings, in (0, 1].
    weight : float
        Its present overall weight, in (0, 1].
    method : {"exact", "grid of 201"} or None
        None for an only child, whose share is 1 whatever its weight.
    ranges : mapping of claim to StableRange
        Empty for an only child.

    Notes
    -----
    With joint leaders the first place stays while one of them holds it. The top k stays while those
    with a rank of at most k are those who have one now, and no others: who draws level with the
    last of them ends it, and one that is larger than k by a tie may end at once. The order stays
    while nobody passes one who is ahead now; a tie may open. Where a condition uses ``score()`` of
    a group that the weight is part of, verdicts are judged anew under each weight, and a range ends
    where a verdict changes too: for the leader that of a leader, for the top k that of one of
    these, for the order that of anyone ranked.

    References
    ----------
    Mareschal, B. (1988). Weight stability intervals in multicriteria decision aid. European Journal
    of Operational Research 33, 54-64. doi:10.1016/0377-2217(88)90254-8
    Triantaphyllou, E., Sanchez, A. (1997). A sensitivity analysis approach for some deterministic
    multi-criteria decision making methods. Decision Sciences 28, 151-194.
    doi:10.1111/j.1540-5915.1997.tb01306.x
    """

    id: str
    title: str
    parent: str | None
    share: float
    weight: float
    method: str | None
    ranges: Mapping[Claim, StableRange]

    def margin(self, claim: Claim) -> float:
        """Return the least change that ends a range, relative to the present share, or infinity."""
        if not self.ranges:
            return math.inf
        distances = [abs(end - self.share) / self.share for _, end, _ in self.ranges[claim].ends]
        return round(min(distances, default=math.inf), 12)


@dataclass(frozen=True, eq=False)
class _Claims:
    """The claims about the order of a ranking, and what breaks them; arrays are in rank order.

    Parameters
    ----------
    ranking : Ranking
        With at least one ranked candidate and a score of the whole.
    top : int
        The k of the top k, at least 1.
    severity, tiers : integer arrays of shape (n,)
        Present verdicts, and the order that these and their ranges give.
    """

    ranking: Ranking
    top: int
    severity: Codes
    tiers: NDArray[np.int16]

    @frozen_property
    def concerned(self) -> BoolArray:
        """Candidates each claim is about: leaders, members of the top, all ranked ones, (3, n)."""
        ranks = self.ranking.ranks
        return np.stack([ranks == 1, self._is_inside(ranks), ranks > 0])

    def _is_inside(self, ranks: IntArray) -> BoolArray:
        """Return whether ranks are among the top."""
        inside: BoolArray = (ranks > 0) & (ranks <= self.top)
        return inside

    def broken(self, found: Outcomes) -> BoolArray:
        """Return whether each claim is broken in each setting, (3, v)."""
        ranks, turned = found.ranks, found.severity != self.severity
        leaders, members, ranked = self.concerned
        leader = ((ranks != 1) | turned)[:, leaders].all(axis=1)
        top = (self._is_inside(ranks) != members) | (turned & members)
        order = ((ranks > 0) != ranked) | (turned & ranked) | self._passed(ranks)
        return np.stack([leader, top.any(axis=1), order.any(axis=1)])

    def _passed(self, ranks: IntArray) -> BoolArray:
        """Return who is before one who was strictly ahead, (v, n)."""
        ahead = self.ranking.ranks - 1
        worst = np.maximum.accumulate(ranks, axis=1)
        passed: BoolArray = (ahead > 0) & (ranks < worst[:, ahead - 1])
        return passed

    def turn(
        self, claim: Claim, ranks: IntArray, severity: Codes, tiers: NDArray[np.int16]
    ) -> tuple[WeightTurn, list[int]]:
        """Return the change that breaks a claim, and who loses and gains a place: none, twice 0."""
        ids, pair = self.ranking.ids, self._pair(claim, ranks)
        concerned = np.flatnonzero(self.concerned[CLAIMS.index(claim)])
        for place in [*pair, *concerned.tolist()]:
            if severity[place] != self.severity[place]:
                verdicts = [*self.ranking.framework.all_verdicts, None]
                change = verdicts[self.severity[place]], verdicts[severity[place]]
                return WeightTurn("verdict", ids[place], None, change), [0, 0]
        for place in pair:
            if tiers[place] != self.tiers[place]:
                return WeightTurn("range", ids[place]), [0, 0]
        loses, gains = pair
        return WeightTurn("overtakes", ids[gains], ids[loses]), pair

    def _pair(self, claim: Claim, ranks: IntArray) -> list[int]:
        """Return who loses a place, and who gains one, unless a verdict changes."""
        before, (leaders, members, ranked) = self.ranking.ranks, self.concerned
        if claim == "leader":
            last = np.where(ranks > 0, ranks, len(ranks) + 1)
            best = leaders & (last == last[leaders].min())
            return _first(best) + _first((ranks == 1) & ~leaders)
        if claim == "top":
            inside = self._is_inside(ranks)
            lost, new = _first(members & ~inside), _first(inside & ~members)
            if new and not lost:
                # one that has drawn level has the last of the top beside it
                lost = _first(members & (ranks == ranks[members].max()))
            elif lost and not new:
                # a tie at the end of the top opened: who was level with the lost one is ahead now
                new = _first(members & inside & (before >= before[lost]))
            return lost + new
        gains = _first(self._passed(ranks[None])[0] & (ranks > 0))
        if not gains:
            return _first((ranks > 0) & ~ranked)
        return [int(np.argmax(ranks[: before[gains[0]] - 1])), *gains]


def _first(flags: BoolArray) -> list[int]:
    """Return the place of the first of some candidates; nothing if there is none."""
    places: list[int] = np.flatnonzero(flags)[:1].tolist()
    return places


def _stabilities(ranking: Ranking, top: int) -> tuple[WeightStability, ...]:
    """Return the stability of every weight, the most fragile first.

    By the least relative change that costs the leader the first place, then that changes the top k,
    then the order; then as in the document.
    """
    variants = Variants.of_ranking(ranking)
    lines = WeightLines(variants, ranking.order)
    order = ranking.order
    claims = _Claims(ranking, top, variants.severity[order], variants.rivals.tiers[order])
    numbers, broken, holds, beyond = lines.least_changes(claims.broken)
    outcomes = lines.outcomes(numbers, beyond)
    ranks = outcomes.ranks
    severity, tiers = np.broadcast_arrays(outcomes.severity, outcomes.tiers, ranks)[:2]
    turns = []
    for k, claim in enumerate(broken.tolist()):
        turns.append(claims.turn(CLAIMS[claim], ranks[k], severity[k], tiers[k]))
    loses, gains = np.array([pair for _, pair in turns], dtype=np.intp).reshape(-1, 2).T
    # how far the one is ahead of the other, now and beyond the end
    lead = ranking.scores[loses] - ranking.scores[gains]
    each, scores = np.arange(len(turns)), 100 * outcomes.values
    then = scores[each, loses] - scores[each, gains]
    gaps = np.where(ranking.ranks[loses] == ranking.ranks[gains], 0.0, lead)
    # rounded to 14 digits
    shares, spans = lines.shares[numbers], np.full(len(turns), 0.1)
    level = level_points(shares, beyond - shares, gaps, lead - then, holds, spans)
    is_level = lines.is_straight(numbers) & ~np.isnan(level)
    ends: dict[tuple[int, Claim, bool], tuple[float, WeightTurn]] = {}
    for k, end in enumerate(np.where(is_level, level, holds).tolist()):
        nearest, farthest = sorted([end, float(beyond[k])])
        if nearest > _AT_END and farthest < 1 - _AT_END:
            ends[int(numbers[k]), CLAIMS[broken[k]], bool(beyond[k] > holds[k])] = end, turns[k][0]
    found = []
    for line, node in enumerate(ranking.framework.nodes.values()):
        method, share = lines.methods[line], float(lines.shares[line])
        of_whole = node.overall / node.share
        ranges: dict[Claim, StableRange] = {}
        for claim in CLAIMS if method is not None else ():
            low, below = ends.get((line, claim, False), (0.0, None))
            high, above = ends.get((line, claim, True), (1.0, None))
            ranges[claim] = StableRange(low, high, low * of_whole, high * of_whole, below, above)
        parent = [None, *node.path][-2]
        weight = share * of_whole
        found.append(WeightStability(node.id, node.title, parent, share, weight, method, ranges))
    found.sort(key=lambda weight: [weight.margin(claim) for claim in CLAIMS])
    return tuple(found)


# ratings


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
    level_with: str | None
    beyond: bool


Turns: TypeAlias = tuple[RatingTurn | None, ...]


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
        """Changes that the possible ratings can make, in words; None for none."""
        if self.turns_verdict:
            return "can change the verdict" + " and the rank" * self.turns_rank
        return "can change the rank" if self.turns_rank else None


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
    report: ClassVar[str] = "sensitivity"
    things: ClassVar[str] = "bars"
    shown: ClassVar[tuple[str, ...]] = (
        *("title", "rating", "open_scores", "rank_turns", "verdict_turns"),
        *("turns", "weight", "swing", "scale_scores", "criterion"),
    )

    ranking: Ranking
    candidate: str
    candidate_title: str
    bars: tuple[TornadoBar, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The rating on each criterion, its effect, and where rank and verdict change."""
        return (
            Field("criterion", "Id", priority=9, least=8, lines=1),
            Field(
                "title",
                "Criterion",
                self._directed_title,
                attrgetter("title"),
                least=20,
                priority=0,
            ),
            Field("weight", "Weight", kind="share", priority=3),
            Field("rated"),
            Field("low"),
            Field("high"),
            Field("start"),
            Field("open", cell=lambda bar: bar.open.record(), csv=False),
            Field("swing", "Swing", kind="number"),
            Field("scale", cell=lambda bar: bar.scale.record(), csv=False),
            Field("reach"),
            Field("turns_verdict"),
            Field("turns_rank"),
            self._turns_field("verdict"),
            self._turns_field("rank"),
            # for tables and CSV besides
            Field("rating", "Rating", priority=0, least=7, align="right", json=False),
            Field(
                "open_scores",
                "Score range",
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
            Field("turns", "Within that range", priority=2, least=14, json=False),
        )

    def _directed_title(self, bar: TornadoBar) -> str:
        return directed(bar.title, direction_words(self.ranking.framework, bar.criterion))

    def _turns_field(self, kind: str) -> Field:
        """Return the field of the ratings at which the rank or the verdict changes."""
        key = f"{kind}_turns"

        def record(bar: TornadoBar) -> dict[str, Any]:
            below, above = (turn and asdict(turn) for turn in getattr(bar, key))
            return {"below": below, "above": above}

        return Field(
            key,
            f"{kind.title()} at other ratings",
            lambda bar: self._changes_in_words(bar.criterion, kind),
            record,
            least=14,
            csv=False,
        )

    def _changes_in_words(self, criterion: str, kind: str) -> str | None:
        """Return the nearest round ratings, below and above, with another rank or verdict."""
        words = []
        for rating, rank, verdict in self.round_changes.get((criterion, kind), ()):
            if kind == "rank":
                then = f"rank {rank}" if rank else "no rank"
            else:
                then = badge(verdict, self.ranking.framework).word
            words.append(f"{figure(rating)}: {then}")
        return "; ".join(words) or None

    @frozen_property
    def round_changes(self) -> Mapping[tuple[str, str], list[tuple[float, int | None, str | None]]]:
        """Ratings, as readers would write them, with another rank or another verdict.

        By criterion and "rank" or "verdict": the nearest below and above the present rating, each
        with the rank and the verdict there. On a scale of whole numbers they are whole; elsewhere
        the exact turn, rounded away from the present rating.
        """
        ranking = self.ranking
        place = ranking.place_of(self.candidate)
        lines = RatingLines(Variants.of_ranking(ranking), ranking.order[place : place + 1])
        tries = list(self._round_points())
        if not tries:
            return {}
        number = {key: k for k, key in enumerate(ranking.criteria)}
        here = np.array([number[criterion] for criterion, *_ in tries])
        present = lines.outcomes(here, lines.starts[here])
        there = lines.outcomes(here, np.array([point for *_, point in tries]))
        differs = {
            "rank": present.ranks != there.ranks,
            "verdict": present.severity != there.severity,
        }
        verdicts = [*ranking.framework.all_verdicts, None]
        changes: dict[tuple[str, str], dict[int, tuple[float, int | None, str | None]]] = {}
        for k, (criterion, kind, side, point) in enumerate(tries):
            if differs[kind][k]:
                change = point, int(there.ranks[k]) or None, verdicts[there.severity[k]]
                changes.setdefault((criterion, kind), {}).setdefault(side, change)
        return {key: list(nearest.values()) for key, nearest in changes.items()}

    def _round_points(self) -> Iterator[tuple[str, str, int, float]]:
        """Yield each criterion, "rank" or "verdict", side and points beyond its turn."""
        leaves = self.ranking.framework.leaves
        for bar in self.bars:
            leaf = leaves[bar.criterion]
            for kind, turns in (("rank", bar.rank_turns), ("verdict", bar.verdict_turns)):
                for side, turn in zip((-1, 1), turns, strict=True):
                    if turn is not None:
                        for point in _points_beyond(leaf, turn.rating, side):
                            yield bar.criterion, kind, side, point

    def __iter__(self) -> Iterator[TornadoBar]:
        """Yield the bars."""
        return iter(self.bars)

    @property
    def rows(self) -> tuple[TornadoBar, ...]:
        """The bars."""
        return self.bars

    @property
    def title(self) -> str:
        """Title above the answer."""
        return f"Effect of each rating: {self.candidate_title}"

    @property
    def options(self) -> dict[str, Any]:
        """The candidate asked for."""
        return {"candidate": self.candidate}

    def body(self) -> dict[str, Any]:
        """Return the candidate and the records."""
        candidate = {"id": self.candidate, "title": self.candidate_title}
        return {"candidate": candidate, **super().body()}


def _points_beyond(leaf: LeafNode, rating: float, side: int) -> list[float]:
    """Return points of a scale beyond a rating, the nearest and roundest first."""
    scale = leaf.scale
    if scale.whole_points:
        return [
            float(point) for point in scale.whole_points[::side] if side * (point - rating) >= 0
        ]
    low, high = scale.range
    points, width = [], grain_of(leaf, rating)
    for part in _STEPS:
        # the power of ten below that part of the scale
        step = 10.0 ** math.floor(math.log10(width * part))
        point = math.ceil(side * rating / step - _ROUNDING_UP) * step * side
        points.append(round(point, 12))
    # the last one for what changes only beyond a round rating
    points.append(points[-1] + side * step)
    return [point for point in points if low <= point <= high]


def tornadoes_of(ranking: Ranking, rows: IndexArray) -> tuple[Tornado, ...]:
    """Return the tornadoes of some candidates.

    Parameters
    ----------
    ranking : Ranking
        With a score of the whole.
    rows : integer array of shape (k,)
        The candidates, by their rows in the problem.
    """
    lines = RatingLines(Variants.of_ranking(ranking), rows)
    bars, found = iter(_bars_of(lines)), []
    for row in rows.tolist():
        own = list(islice(bars, len(ranking.criteria)))
        own.sort(key=lambda bar: (-round(bar.swing, 9), -round(bar.reach, 9)))
        name, title = ranking.problem.id_of(row), ranking.problem.title_of(row)
        found.append(Tornado(ranking, name, title, tuple(own)))
    return tuple(found)


def _bars_of(lines: RatingLines) -> list[TornadoBar]:
    """Return the bar of each line."""
    problem, mesh = lines.variants.problem, lines.mesh
    turns = _turns_on(lines)
    low, high = lines.bounds
    present = lines.variants.alone(Changes(lines.rows))
    possible = (mesh.points >= low[mesh.lines]) & (mesh.points <= high[mesh.lines])
    is_open = possible & (low < high)[mesh.lines]
    turning = {}
    for name in ("ranks", "severity"):
        is_other = getattr(mesh.outcomes, name) != getattr(present, name)[mesh.lines]
        turning[name] = set(mesh.lines[is_open & is_other].tolist())
    nodes = list(problem.framework.leaves.values())
    ends = np.searchsorted(mesh.lines, np.arange(len(lines.rows) + 1))
    bars = []
    for line, row in enumerate(lines.rows.tolist()):
        node, part = nodes[lines.leaves[line]], slice(ends[line], ends[line + 1])
        points, scores, inside = mesh.points[part], mesh.outcomes.scores[part], possible[part]
        bars.append(
            TornadoBar(
                criterion=node.id,
                title=node.title,
                weight=node.overall,
                low=float(low[line]),
                high=float(high[line]),
                rated=not problem.ratings[node.id].unknown[row],
                start=float(lines.starts[line]),
                open=_extremes(points[inside], scores[inside]),
                scale=_extremes(points, scores),
                rank_turns=tuple(turns[line, "rank"]),
                verdict_turns=tuple(turns[line, "verdict"]),
                turns_rank=line in turning["ranks"],
                turns_verdict=line in turning["severity"],
            )
        )
    return bars


def _turns_on(lines: RatingLines) -> Mapping[tuple[int, str], list[RatingTurn | None]]:
    """Return the changes of the "rank" and the "verdict" on each line, below and above."""
    start = lines.outcomes(np.arange(len(lines.rows)), lines.starts)

    def differs(which: IndexArray, outcomes: Alone) -> BoolArray:
        verdict = outcomes.severity != start.severity[which]
        return np.stack([verdict, outcomes.ranks != start.ranks[which]])

    problem = lines.variants.problem
    verdicts = [*problem.framework.all_verdicts, None]
    breakpoints, outcomes = lines.least_changes(differs)
    turns: dict[tuple[int, str], list[RatingTurn | None]] = defaultdict(lambda: [None, None])
    for k, found in enumerate(breakpoints):
        level_with = problem.id_of(found.level_with) if found.level_with >= 0 else None
        verdict, rank = verdicts[outcomes.severity[k]], int(outcomes.ranks[k]) or None
        turn = RatingTurn(found.at, verdict, rank, level_with, found.beyond)
        turns[found.line, ("verdict", "rank")[found.predicate]][found.side > 0] = turn
    return turns


def _extremes(points: FloatArray, scores: FloatArray) -> Extremes:
    """Return the worst and the best of some ratings, the first of equal ones, with their scores."""
    # a rating that is refused elsewhere leaves a candidate without a score at all of them
    worst, best = 0, -1
    if not math.isnan(scores[0]):
        worst = int(np.argmax(scores <= scores.min() + _ROUNDING))
        best = int(np.argmax(scores >= scores.max() - _ROUNDING))
    return Extremes(*((float(points[k]), float(scores[k])) for k in (worst, best)))


# the result

# every number of a weight or a rating has a column of its own in records and CSV
_KEYS = (
    *("kind", "candidate", "criterion", "weight", "share", "method"),
    *("leader", "leader_below", "leader_above"),
    *("top", "top_below", "top_above"),
    *("order", "order_below", "order_above"),
    *("rating", "open", "swing", "scale", "turns_rank", "turns_verdict"),
)
_INTERVALS = {*CLAIMS, "rating", "open", "scale"}


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(RankingResult):
    """How far each weight and each rating may move before the result changes, one at a time.

    Parameters
    ----------
    ranking : Ranking
    top : int
        The k of the top k.
    weights : tuple of WeightStability
        One for each criterion and group, the most fragile first; none where no candidate is ranked.
    weight_spaces : str, mapping or sequence of str, optional
        The spaces of weights of `variance`, as in `robustness`.
    draws, seed : int
        Of `variance`.
    """

    kind: ClassVar[str] = "sensitivity"
    things: ClassVar[str] = "weights and ratings"
    fields: ClassVar[tuple[Field, ...]] = tuple(
        Field(key, cell=methodcaller("get", key), kind="interval" if key in _INTERVALS else "text")
        for key in _KEYS
    )

    ranking: Ranking
    top: int
    weights: tuple[WeightStability, ...]
    weight_spaces: Weights
    draws: int
    seed: int

    @frozen_property
    def variance(self) -> Influences:
        """Shares of the variance of scores that weights and ratings explain."""
        return influences_of(
            self.ranking, weights=self.weight_spaces, draws=self.draws, seed=self.seed
        )

    def __getitem__(self, criterion: str) -> WeightStability:
        """Return the stability of the weight of a criterion or group.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        found = {weight.id: weight for weight in self.weights}
        if criterion not in found:
            raise refusal_of_name(f"there is no criterion `{criterion}`", criterion, found)
        return found[criterion]

    @property
    def leaders(self) -> tuple[str, ...]:
        """Ids of those at rank 1."""
        return self._within(1)

    @property
    def top_set(self) -> tuple[str, ...]:
        """Ids of those with a rank up to k, in rank order."""
        return self._within(self.top)

    def _within(self, most: int) -> tuple[str, ...]:
        ranks = self.ranking.ranks
        return tuple(compress(self.ids, (ranks > 0) & (ranks <= most)))

    def tornado(self, candidate: str) -> Tornado:
        """Return the effect of each rating of one candidate, the largest swing first.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        place = self.ranking.place_of(candidate, "candidate")
        return tornadoes_of(self.ranking, self.ranking.order[place : place + 1])[0]

    @frozen_property
    def tornadoes(self) -> tuple[Tornado, ...]:
        """The tornadoes of the ranked candidates, in rank order."""
        rows = self.ranking.order[self.ranking.ranks > 0]
        return tornadoes_of(self.ranking, rows) if len(rows) else ()

    # in words

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each weight, the most fragile first."""
        return tuple(map(self.sentence_of, self.weights))

    def sentence_of(self, weight: WeightStability) -> str:
        """Return one sentence on the stable range of a weight and the change beyond it.

        It is about the leader; where nothing costs the leader the first place, about the top k too,
        and so on.
        """
        name = f'"{weight.title}" ({percent_of(weight.weight)} % of the total)'
        if not weight.ranges:
            return f"{name} is alone in its group: its weight has no effect."
        leader = "the leader" if len(self.leaders) == 1 else "a leader"
        top = f"the top {count_in_words(self.top)} stay the same"
        subjects: dict[Claim, str] = {
            "leader": f"{leader} stays first",
            "top": "the first place stays" if self.top == 1 else top,
            "order": "the order stays the same",
        }
        parts = []
        for claim, found in weight.ranges.items():
            if claim == "top" and self.top == 1 and not found.ends:
                continue
            parts.append(f"{subjects[claim]} {extent_in_words(found, weight.weight, _LONG)}")
            for side, _, turn in found.ends:
                further = "less" if side == "below" else "more"
                parts.append(f"with {further}, {self.happening(turn, claim)}")
            if found.ends:
                break
        return f"{name}: {'; '.join(parts)}."

    def happening(self, turn: WeightTurn, claim: Claim) -> str:
        """Return the change beyond an end of the range, in words."""
        title = f'"{self._title_of(turn.candidate)}"'
        if turn.verdicts is not None:
            framework = self.ranking.framework
            before, after = (badge(verdict, framework).word for verdict in turn.verdicts)
            return f"the verdict on {title} changes from {before} to {after}"
        if turn.kind == "range":
            return f"unknown answers can give {title} other verdicts"
        if claim == "leader" or turn.other is None:
            return f"{title} overtakes"
        return f'{title} overtakes "{self._title_of(turn.other)}"'

    def _title_of(self, candidate: str) -> str:
        return self.title_at(self.ranking.place_of(candidate))

    # as the other results

    @property
    def title(self) -> str:
        """Title above the answer."""
        return "What would change the order?"

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        spaces = {group.group: str(group.space) for group in self.variance.source.groups}
        return {"top": self.top, "weights": spaces, "draws": self.draws, "seed": self.seed}

    @frozen_property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """Each weight, then each rating of each ranked candidate, as cells by key."""
        rows = []
        for weight in self.weights:
            row: dict[str, Any] = {"kind": "weight", "criterion": weight.id, **vars(weight)}
            for claim, found in weight.ranges.items():
                row[claim] = (found.weight_low, found.weight_high)
                for side, _, turn in found.ends:
                    row[f"{claim}_{side}"] = self.happening(turn, claim)
            rows.append(row)
        for tornado in self.tornadoes:
            for bar in tornado:
                row = {"kind": "rating", "candidate": tornado.candidate, **vars(bar)}
                row |= {"rating": (bar.low, bar.high), "swing": bar.swing}
                row |= {"open": bar.open.scores, "scale": bar.scale.scores}
                rows.append(row)
        return tuple(rows)

    def table(self) -> Table:
        """Return each weight, and how far it may move."""
        table: Table = self._reported("table_of")
        return table

    def body(self) -> dict[str, Any]:
        """Return what the JSON holds between the options and the notes."""
        weights, ratings = [], []
        for weight in self.weights:
            record = asdict(weight)
            ranges = record.pop("ranges")
            sentence = self.sentence_of(weight)
            weights.append({**record, **dict.fromkeys(CLAIMS), **ranges, "sentence": sentence})
        for tornado in self.tornadoes:
            ratings.append({"candidate": tornado.candidate, "bars": tornado.records()})
        return {
            "leaders": list(self.leaders),
            "top": list(self.top_set),
            "weights": weights,
            "ratings": ratings,
            "variance": self.variance.records(),
        }


@underflow_is_zero
def sensitivity(
    ranking: Ranking,
    *,
    top: int | None = None,
    weights: Weights = None,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Sensitivity:
    """Find how far each weight and each rating may move, one at a time, before the result changes.

    Parameters
    ----------
    ranking : Ranking
    top : int, optional
        Of how many first candidates it is asked whether they stay the same; half of those ranked,
        at most 5, if left out.
    weights : str, mapping of group id to str, or sequence of "GROUP=SPACE", optional
        The spaces of weights from which the variance of scores is drawn; as in `robustness`.
    draws, seed : int
        How many draws the shares of that variance rest on (from 2,048 to 4,096 are used), and their
        seed.

    Returns
    -------
    Sensitivity

    Raises
    ------
    UsageError
        If the framework makes no score, or an option is out of its range.

    Notes
    -----
    In words of decision analysis: weight stability intervals (see `WeightStability`), tornado
    diagrams (see `breakpoints.RatingLines`) and, of all that is uncertain at once, variance-based
    indices (see `variance`).

    Examples
    --------
    >>> from collabscore import score
    >>> scale = {"range": [0, 100]}
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "small",
    ...     "criteria": {"gain": {"scale": scale, "weight": 3}, "trust": {"scale": scale}},
    ... }
    >>> listed = [
    ...     {"id": "flu", "ratings": {"gain": 80, "trust": 20}},
    ...     {"id": "ocean", "ratings": {"gain": 60, "trust": 60}},
    ... ]
    >>> print(sensitivity(score(listed, framework)).sentences[0])
    "Gain" (75 % of the total): the leader stays first from 66.7 % up; with less, "Ocean" overtakes.
    """
    ranking = whole_ranking(ranking)
    refuse_without_ranks(ranking.framework)
    top, draws, seed = options_of_draws(
        len(ranking), top=top, draws=draws, seed=seed, most=_MOST_DRAWS
    )
    top = top or ranking.few
    group_weights(ranking.framework, weights)  # raises what is wrong before anything is searched
    stabilities = _stabilities(ranking, top) if ranking.ranks.any() else ()
    return Sensitivity(ranking, top, stabilities, weights, draws, seed)


# ranges in words

_LONG = ("at any weight", "from {low} % up", "up to {high} %", "from {low} % to {high} %")


def extent_in_words(found: StableRange, now: float, forms: tuple[str, ...]) -> str:
    """Return a range in words, which holds at both ends as they are printed.

    Parameters
    ----------
    found : StableRange
    now : float
        The present overall weight, in the range.
    forms : tuple of str
        For ranges that end nowhere, below, above and on both sides.
    """
    form = forms[(found.below is not None) + 2 * (found.above is not None)]
    low = percent_within(found.weight_low, now, up=True)
    high = percent_within(found.weight_high, now, up=False)
    return form.format(low=low, high=high)


def percent_within(end: float, now: float, *, up: bool) -> str:
    """Return an end of a range in per cent, rounded into the range.

    With one digit, or as many as it takes not to pass the present weight, which is printed where
    the range ends with it.

    Examples
    --------
    >>> percent_within(2 / 3, 0.75, up=True), percent_within(1 / 3, 0.25, up=False)
    ('66.7', '33.3')
    >>> percent_within(0.33334, 1 / 3, up=False), percent_within(1 / 3, 1 / 3, up=False)
    ('33.334', 'now 33.3')
    """
    for digits in range(1, _MOST_DIGITS + 1):
        scale = 100 * 10.0**digits * (1 if up else -1)
        rounded = math.ceil(end * scale - _ROUNDING_UP) / scale
        if rounded == now or (rounded < now) == up:
            return f"{abs(100 * rounded):.{digits}f}".removesuffix(".0")
    return f"now {percent_of(now)}"


def percent_of(share: float) -> str:
    """Return a share in per cent, without the sign.

    Examples
    --------
    >>> percent_of(1 / 3), percent_of(0.5), percent_of(0.0004)
    ('33.3', '50', '0.04')
    """
    points = 100 * share
    text = f"{points:.1f}" if points == 0 or points >= 0.1 else f"{points:.1g}"
    return text.removesuffix(".0")
