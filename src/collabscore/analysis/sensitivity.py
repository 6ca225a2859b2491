"""Sensitivity: how far each weight and each rating may move before the result changes.

Axis letters: n candidates in the order of the problem, v weightings (one share of a weight moved).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import compress
from operator import itemgetter
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import BoolArray, FloatArray, IndexArray, IntArray
from ..errors import UsageError, did_you_mean
from ..models.base import title_of
from ..models.framework import Weights, group_weights
from ..output import Cell, Column, Field, Table
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.variants import Changes, Outcomes, Variants
from .breakpoints import find_brackets, halve
from .tornado import Tornado, tornadoes_of
from .variance import Influences, influences_of

__all__ = [
    "CLAIMS",
    "Claim",
    "Sensitivity",
    "StableRange",
    "WeightStability",
    "WeightTurn",
    "sensitivity",
]

Claim: TypeAlias = Literal["leader", "top", "order"]

CLAIMS: tuple[Claim, ...] = ("leader", "top", "order")
"""First place with one who holds it now, the set of those with a rank up to k, the whole order."""

_TOP = 5
_IN_WORDS = 3  # weights of which a sentence stands below the table
_DRAWS = 2048

_GRID = np.linspace(0.0, 1.0, 201)
_PRECISION = 1e-12
# weights are positive: a share comes as near to 0 and 1 as this
_NEAREST = 1e-9
# what happens no farther from 0 or 1 than this is a tie at the end itself
_AT_END = 1e-8
# near an end, and yet so far from it that lines which meet there differ
_NEAR_END = 1e-7
# so far beyond an end scores that were equal there differ, unless they part very slowly
_PARTED = 1e-8
# in points: scores are equal within 1e-9, so that an end this near to equal scores is there
_LEVEL = 1e-8
# values of candidates held at once
_CELLS = 2_000_000


# weights


@dataclass(frozen=True)
class WeightTurn:
    """The change just beyond the end of a range.

    Parameters
    ----------
    kind : {"overtakes", "verdict"}
    candidate : str
        Who overtakes; or whose verdict changes.
    other : str or None
        Who is overtaken.
    verdicts : pair of str or None
        The verdict before and after; None where the framework is not about the candidate.
    """

    kind: Literal["overtakes", "verdict"]
    candidate: str
    other: str | None = None
    verdicts: tuple[str | None, str | None] | None = None


@dataclass(frozen=True)
class StableRange:
    """The connected range of a share, around the present one, in which something stays.

    Parameters
    ----------
    low, high : float
        Shares among its siblings, in [0, 1]; the ends belong to it.
    below, above : WeightTurn or None
        The change beyond each end; None where it reaches 0 or 1.
    """

    low: float = 0.0
    high: float = 1.0
    below: WeightTurn | None = None
    above: WeightTurn | None = None

    @property
    def ends(self) -> list[tuple[str, float, WeightTurn]]:
        """The ends beyond which something changes: "below" or "above", where and the change."""
        ends = []
        for side, end, turn in (("below", self.low, self.below), ("above", self.high, self.above)):
            if turn is not None:
                ends.append((side, end, turn))
        return ends


@dataclass(frozen=True)
class WeightStability:
    """How far one weight may move, the others of its group in their present proportions.

    Parameters
    ----------
    id, title : str
    parent : str or None
        The group it belongs to; None at the top.
    share : float
        Its present share among its siblings, in (0, 1].
    of_whole : float
        The overall weight of its group, in (0, 1]: a share times this is an overall weight.
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

    Scores are straight lines in a share where its group and all above are combined arithmetically.
    Two lines cross once, so that what is lost stays lost: halving finds the pair that changes
    places, and the end is where their scores are equal, exactly. Elsewhere 201 shares are looked
    at, and the ends found by halving, to 1e-12; what changes and changes back between two of these
    shares is missed.

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
    of_whole: float
    method: str | None
    ranges: Mapping[Claim, StableRange]

    @property
    def weight(self) -> float:
        """Its present overall weight, in (0, 1]."""
        return self.share * self.of_whole

    def margin(self, claim: Claim) -> float:
        """Return the least change that ends a range, relative to the present share, or infinity."""
        ends = self.ranges.get(claim, StableRange()).ends
        distances = [abs(end - self.share) / self.share for _, end, _ in ends]
        return round(min(distances, default=math.inf), 12)


@dataclass(frozen=True, eq=False)
class _WeightSearch:
    """The search along the share of each weight for what ends a claim; lines are weights.

    Parameters
    ----------
    ranking : Ranking
        With at least one ranked candidate and a score of the whole.
    top : int
        The k of the top k, at least 1.
    """

    ranking: Ranking
    top: int

    @cached_property
    def variants(self) -> Variants:
        """Evaluates other weights."""
        return Variants.of_ranking(self.ranking)

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """The group of each weight in the tree, and its position among the children of that."""
        places = {}
        for group, children in enumerate(self.ranking.valuation.tree.children):
            for position, child in enumerate(children.tolist()):
                places[child] = group, position
        nodes = self.ranking.valuation.nodes
        return [places[nodes[key]] for key in self.ranking.framework.nodes]

    @cached_property
    def weights(self) -> list[WeightStability]:
        """The weights, in the order of the document, with ranges that end nowhere."""
        tree = self.ranking.valuation.tree
        found = []
        for node, (group, position) in zip(
            self.ranking.framework.nodes.values(), self.places, strict=True
        ):
            method = None
            if len(tree.children[group]) > 1:
                method = "exact" if self._is_straight(node.path) else "grid of 201"
            found.append(
                WeightStability(
                    id=node.path[-1],
                    title=node.title,
                    parent=node.path[-2] if len(node.path) > 1 else None,
                    share=float(tree.weights[group][position]),
                    of_whole=node.overall / node.share,
                    method=method,
                    ranges=dict.fromkeys(() if method is None else CLAIMS, StableRange()),
                )
            )
        return found

    def _is_straight(self, path: Sequence[str]) -> bool:
        """Return whether scores are straight lines in a weight, and verdicts do not rest on it.

        `path` are the groups that it is part of, from the top, and itself.
        """
        tree, nodes = self.ranking.valuation.tree, self.ranking.valuation.nodes
        # the root has no name
        groups = [len(tree.children) - 1, *(nodes[key] - tree.leaves for key in path[:-1])]
        used = self.variants.applies.union(*(names for _, names in self.variants.steps))
        if not used.isdisjoint(path[-2:-1]) or not all(map(tree.is_linear, groups)):
            return False
        # what is omitted gives a candidate weights of its own
        met = np.concatenate([tree.children[group] for group in groups])
        values = self.ranking.valuation.node_values[np.ix_(self.order, met)]
        return not bool(np.isnan(values).any())

    def stabilities(self) -> tuple[WeightStability, ...]:
        """Return the stability of every weight, the most fragile first.

        By the least relative change that costs the leader the first place, then that changes the
        top k, then the order; then as in the document.
        """
        ranges = [dict(weight.ranges) for weight in self.weights]
        lines, claims, holds, breaks = self._ends()
        straight = np.array([weight.method == "exact" for weight in self.weights])[lines]
        # of several straight lines that cross at one share, all have parted a little beyond it
        parted = np.where(straight, breaks + np.sign(breaks - holds) * _PARTED, breaks)
        still = ~self._broken(lines, parted)[claims, np.arange(len(claims))]
        points = np.where(still, breaks, parted)
        beyond = self._outcomes(lines, points)
        severity = np.broadcast_to(beyond.severity, beyond.ranks.shape)
        for k, line in enumerate(lines.tolist()):
            turn, pair = self.turn(claims[k], beyond.ranks[k], severity[k])
            end = float(holds[k])
            if straight[k] and pair:
                now, scores = self.weights[line].share, 100 * beyond.values[k]
                end = self._crossing(now, points[k], scores, pair, end)
            if not _AT_END < min(end, breaks[k]) <= max(end, breaks[k]) < 1 - _AT_END:
                continue
            claim = CLAIMS[claims[k]]
            stable = ranges[line][claim]
            if breaks[k] < holds[k]:
                stable = replace(stable, low=end, below=turn)
            else:
                stable = replace(stable, high=end, above=turn)
            ranges[line][claim] = stable
        found = []
        for weight, stable_ranges in zip(self.weights, ranges, strict=True):
            found.append(replace(weight, ranges=stable_ranges))
        return tuple(sorted(found, key=lambda weight: [weight.margin(claim) for claim in CLAIMS]))

    def _ends(self) -> tuple[IndexArray, IndexArray, FloatArray, FloatArray]:
        """Return where claims break: lines, claims, the last share before it, the first beyond."""
        meshes = []
        for weight in self.weights:
            steps: ArrayLike = () if weight.method is None else _GRID
            if weight.method == "exact":
                steps = [_NEAR_END, 1 - _NEAR_END]
            meshes.append(np.union1d(steps, weight.share))
        lines, points = np.repeat(np.arange(len(meshes)), [*map(len, meshes)]), np.hstack(meshes)
        broken = self._broken(lines, points)
        starts = np.flatnonzero(
            points == np.array([weight.share for weight in self.weights])[lines]
        )
        broken[:, starts] = False
        found = find_brackets(broken, lines, starts)
        which, width = lines[found.holds], np.full(len(found.holds), _PRECISION)
        holds, breaks = points[found.fails], points[found.holds]
        ends = halve(self._broken, which, found.predicates, holds, breaks, width)
        return which, found.predicates, *ends

    def _broken(self, lines: IndexArray, points: FloatArray) -> BoolArray:
        """Return which claims fail with each share moved to a point, (3, v)."""
        step = max(1, _CELLS // max(1, self.ranking.problem.size))
        parts = []
        for start in range(0, max(1, len(lines)), step):
            part = slice(start, start + step)
            parts.append(~self.hold(self._outcomes(lines[part], points[part])))
        return np.concatenate(parts, axis=1)

    def _outcomes(self, lines: IndexArray, points: FloatArray) -> Outcomes:
        """Return what becomes of all candidates with each share moved to a point, (v, n)."""
        weights = list(self.ranking.valuation.tree.weights)
        points = np.clip(points, _NEAREST, 1 - _NEAREST)
        for group in {self.places[line][0] for line in lines.tolist()}:
            weights[group] = np.tile(weights[group], (len(lines), 1))
        for k, line in enumerate(lines.tolist()):
            group, position = self.places[line]
            moved = weights[group][k]
            moved *= (1 - points[k]) / max(1 - self.weights[line].share, _NEAREST)
            moved[position] = points[k]
        everyone = np.arange(self.ranking.problem.size)
        return self.variants.outcomes(Changes(everyone, len(lines), weights=tuple(weights)))

    def _crossing(
        self, now: float, point: float, after: FloatArray, pair: list[int], end: float
    ) -> float:
        """Return where two candidates are level, if an end is there but for ties and halving.

        Scores are straight lines from those of now to `after`, (n,), at a point beyond the end.
        """
        loses, gains = pair
        before, ranks = self.variants.rivals.scores, self.ranks
        gap, lead = before[loses] - before[gains], after[gains] - after[loses]
        pace = (gap + lead) / (point - now)
        if pace == 0:
            return end
        if ranks[gains] == ranks[loses]:
            gap = 0.0
        # scores are rounded in their last bits: 0.8125 is meant by 0.8125000000000001
        crossing = round(float(now + gap / pace), 14)
        return crossing if abs(crossing - end) <= _LEVEL / abs(pace) + _PRECISION else end

    # claims

    @cached_property
    def order(self) -> IndexArray:
        """Rows of the ranked candidates, the first one first."""
        return self.ranking.order[self.ranking.ranks > 0]

    @cached_property
    def ranks(self) -> IntArray:
        """Present ranks, (n,); 0 for none."""
        ranks = np.empty_like(self.ranking.ranks)
        ranks[self.ranking.order] = self.ranking.ranks
        return ranks

    @cached_property
    def concerned(self) -> BoolArray:
        """Candidates each claim is about: leaders, members of the top, all ranked ones, (3, n)."""
        return np.stack([self.ranks == 1, self._is_inside(self.ranks), self.ranks > 0])

    def _is_inside(self, ranks: IntArray) -> BoolArray:
        """Return whether ranks are among the top."""
        inside: BoolArray = (ranks > 0) & (ranks <= self.top)
        return inside

    def hold(self, found: Outcomes) -> BoolArray:
        """Return whether each claim holds in each setting, (3, v)."""
        ranks = found.ranks
        same = np.broadcast_to(found.severity == self.variants.severity, ranks.shape)
        leaders, members, ranked = self.concerned
        leader = ((ranks[:, leaders] == 1) & same[:, leaders]).any(axis=1)
        top = ((self._is_inside(ranks) == members) & (same | ~members)).all(axis=1)
        stays = (((ranks > 0) == ranked) & (same | ~ranked)).all(axis=1)
        return np.stack([leader, top, stays & ~self._passed(ranks).any(axis=1)])

    def _passed(self, ranks: IntArray) -> BoolArray:
        """Return who, in rank order, is before one who was strictly ahead, (v, ranked)."""
        ordered, ahead = ranks[:, self.order], self.ranks[self.order] - 1
        worst = np.maximum.accumulate(ordered, axis=1)
        passed: BoolArray = (ahead > 0) & (ordered < worst[:, ahead - 1])
        return passed

    def turn(
        self, claim: int, ranks: IntArray, severity: NDArray[np.int8]
    ) -> tuple[WeightTurn, list[int]]:
        """Return the change that breaks a claim, and who loses and gains a place, if it is that."""
        pair = np.concatenate(self._pair(CLAIMS[claim], ranks)).tolist()
        order, present = self.ranking.order, self.variants.severity
        for row in [*pair, *order[self.concerned[claim][order]].tolist()]:
            if severity[row] != present[row]:
                verdicts = [*self.ranking.framework.all_verdicts, None]
                change = verdicts[present[row]], verdicts[severity[row]]
                return WeightTurn("verdict", self.ranking.problem.id_of(row), None, change), []
        loses, gains = map(self.ranking.problem.id_of, pair)
        return WeightTurn("overtakes", gains, loses), pair

    def _pair(self, claim: Claim, ranks: IntArray) -> tuple[IndexArray, IndexArray]:
        """Return the row of who loses a place, and of who gains one, unless a verdict changes."""
        leaders, members, ranked = self.concerned
        if claim == "leader":
            last = np.where(ranks > 0, ranks, len(ranks) + 1)
            best = self._foremost(leaders & (last == last[leaders].min()))
            return best, self._foremost((ranks == 1) & ~leaders)
        if claim == "top":
            inside = self._is_inside(ranks)
            lost, new = self._foremost(members & ~inside), self._foremost(inside & ~members)
            if len(new) and not len(lost):
                # one that has drawn level has the last of the top beside it
                lost = self._foremost(members & (ranks == ranks[members].max()))
            elif len(lost) and not len(new):
                # a tie at the end of the top opened: who was level with the lost one is ahead now
                new = self._foremost(members & inside & (self.ranks >= self.ranks[lost]))
            return lost, new
        passed = np.flatnonzero(self._passed(ranks[None])[0] & (ranks[self.order] > 0))[:1]
        if not len(passed):
            return passed, np.flatnonzero((ranks > 0) & ~ranked)[:1]
        gains = self.order[passed]
        ahead = self.order[: self.ranks[gains][0] - 1]
        return ahead[[np.argmax(ranks[ahead])]], gains

    def _foremost(self, flags: BoolArray) -> IndexArray:
        """Return the row of the first of some candidates in the ranking; none if there is none."""
        order = self.ranking.order
        return order[flags[order]][:1]


# the result


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

    ranking: Ranking
    top: int
    weights: tuple[WeightStability, ...]
    weight_spaces: Weights = None
    draws: int = _DRAWS
    seed: int = 0

    @cached_property
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
            help = did_you_mean(criterion, found)
            raise UsageError(f"there is no criterion `{criterion}`{f'; {help}' if help else ''}")
        return found[criterion]

    @property
    def leaders(self) -> tuple[str, ...]:
        """Ids of those at rank 1."""
        return tuple(compress(self.ranking.ids, self.ranking.ranks == 1))

    @property
    def top_set(self) -> tuple[str, ...]:
        """Ids of those with a rank up to k, in rank order."""
        ranks = self.ranking.ranks
        return tuple(compress(self.ranking.ids, (ranks > 0) & (ranks <= self.top)))

    def tornado(self, candidate: str) -> Tornado:
        """Return the effect of each rating of one candidate, the largest swing first.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        row = self.ranking.order[self.ranking.place_of(candidate)]
        return tornadoes_of(self.ranking, np.array([row]))[0]

    @cached_property
    def tornadoes(self) -> tuple[Tornado, ...]:
        """The tornadoes of the ranked candidates, in rank order."""
        rows = self.ranking.order[self.ranking.ranks > 0]
        return tornadoes_of(self.ranking, rows) if len(rows) else ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each weight, the most fragile first."""
        return tuple(self.sentence_of(weight) for weight in self.weights)

    def sentence_of(self, weight: WeightStability) -> str:
        """Return in one sentence how far a weight may move, and what happens then.

        It is about the leader; where nothing costs the leader the first place, about the top k too,
        and so on.
        """
        parts = [f"{weight.title}: {_percent(weight.weight)} % of the whole"]
        if not weight.ranges:
            parts.append("nothing else is in its group, so that its own number is of no account")
        leader = "the leader" if len(self.leaders) == 1 else "a leader"
        subjects = (f"{leader} stays first", f"the top {self.top} stays", "the order stays")
        for (claim, found), subject in zip(weight.ranges.items(), subjects, strict=False):
            parts.append(f"{subject} {_extent(found, weight, _LONG)}")
            parts += [f"{side}, {self._happening(turn, claim)}" for side, _, turn in found.ends]
            if found.ends:
                break
        return "; ".join(parts)

    def _happening(self, turn: WeightTurn, claim: Claim) -> str:
        """Return in words what happens beyond an end."""
        title = self._title_of(turn.candidate)
        if turn.verdicts is not None:
            before, after = (verdict or "not applicable" for verdict in turn.verdicts)
            return f"the verdict on {title} turns from {before} to {after}"
        if claim == "leader" or turn.other is None:
            return f"{title} overtakes"
        return f"{title} overtakes {self._title_of(turn.other)}"

    def _title_of(self, candidate: str) -> str:
        row = self.ranking.order[self.ranking.place_of(candidate)]
        return self.ranking.problem.title_of(int(row))

    # as the other results

    @property
    def title(self) -> str:
        """Title of the table: the framework."""
        framework = self.ranking.framework
        title = title_of(framework.id, framework.title)
        return f"{title}: how far weights and ratings may move"

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        spaces = {group.group: str(group.space) for group in self.variance.source.groups}
        return {"top": self.top, "weights": spaces, "draws": self.draws, "seed": self.seed}

    @cached_property
    def rows(self) -> tuple[dict[str, Cell], ...]:
        """Each weight, then each rating of each ranked candidate, as cells by column."""
        rows: list[dict[str, Cell]] = []
        for weight in self.weights:
            rows.append(
                {
                    "kind": "weight",
                    "criterion": weight.id,
                    "weight": weight.weight,
                    "share": weight.share,
                    "method": weight.method,
                }
            )
            for claim, found in weight.ranges.items():
                rows[-1][claim] = (found.low * weight.of_whole, found.high * weight.of_whole)
                for side, _, turn in found.ends:
                    rows[-1][f"{claim}_{side}"] = self._happening(turn, claim)
        for tornado in self.tornadoes:
            for bar in tornado:
                rows.append(
                    {
                        "kind": "rating",
                        "candidate": tornado.candidate,
                        "criterion": bar.criterion,
                        "weight": bar.weight,
                        "rating": (bar.low, bar.high),
                        "open": bar.open.scores,
                        "swing": bar.swing,
                        "scale": bar.scale.scores,
                        "turns_rank": bar.turns_rank,
                        "turns_verdict": bar.turns_verdict,
                    }
                )
        return tuple(dict.fromkeys(_COLUMNS) | row for row in rows)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every number of a weight or a rating, each in a column of its own."""
        fields = []
        for key in _COLUMNS:
            field = Field(key, cell=itemgetter(key))
            fields.append(replace(field, kind="interval") if key in _INTERVALS else field)
        return tuple(fields)

    def table(self) -> Table:
        """Return each weight, then each ranked candidate's rating whose open range matters most."""
        columns = (
            Column("what", "Weight, or candidate: rating", priority=0, least=20, lines=3),
            Column("now", "Now", priority=0, align="right", least=5),
            Column("leader", "Leader stays", priority=0, align="right", least=9),
            Column("top", f"Top {self.top} stays", priority=1, align="right", least=9),
            Column("order", "Order stays", priority=2, align="right", least=9),
            Column("score", "Score", kind="interval", priority=0),
            Column("then", "What happens first", priority=0, least=24, lines=4),
        )
        rows: list[tuple[Cell, ...]] = []
        none = [None for _ in CLAIMS]
        for weight in self.weights:
            stays = [_extent(found, weight, _SHORT) for found in weight.ranges.values()]
            now = f"{_percent(weight.weight)}%"
            rows.append((weight.title, now, *(stays or none), None, self._first_event(weight)))
        for tornado in self.tornadoes:
            title, bar = tornado.candidate_title, tornado.bars[0]
            if bar.low == bar.high:
                rows.append((title, None, *none, None, "no rating is open"))
            else:
                turns = bar.turns or "turns neither rank nor verdict"
                rows.append((f"{title}: {bar.title}", bar.rating, *none, bar.open.scores, turns))
        notes = [f"{sentence}." for sentence in self.sentences[:_IN_WORDS]]
        return Table(columns, tuple(rows), title=self.title, notes=(*notes, *self.notes))

    def _first_event(self, weight: WeightStability) -> str | None:
        """Return what happens at the nearer end of the first claim that has one."""
        if not weight.ranges:
            return "alone in its group"
        for claim, found in weight.ranges.items():
            if found.ends:
                side, _, turn = min(found.ends, key=lambda end: abs(end[1] - weight.share))
                more = "more" if side == "above" else "less"
                return f"if {more}: {self._happening(turn, claim)}"
        return None

    def body(self) -> dict[str, Any]:
        """Return what the JSON holds between the options and the notes."""
        ratings = []
        for tornado in self.tornadoes:
            ratings.append({"candidate": tornado.candidate, "bars": tornado.records()})
        return {
            "leaders": list(self.leaders),
            "top": list(self.top_set),
            "weights": [self._weight_record(weight) for weight in self.weights],
            "ratings": ratings,
            "variance": self.variance.records(),
        }

    def _weight_record(self, weight: WeightStability) -> dict[str, Any]:
        record: dict[str, Any] = {
            "id": weight.id,
            "title": weight.title,
            "parent": weight.parent,
            "share": weight.share,
            "weight": weight.weight,
            "method": weight.method,
            **dict.fromkeys(CLAIMS),
        }
        for claim, found in weight.ranges.items():
            record[claim] = {
                "low": found.low,
                "high": found.high,
                "weight_low": found.low * weight.of_whole,
                "weight_high": found.high * weight.of_whole,
                **asdict(found),
            }
        record["sentence"] = self.sentence_of(weight)
        return record


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
    ...     "criteria": {"benefit": {"scale": scale, "weight": 3}, "trust": {"scale": scale}},
    ... }
    >>> listed = [
    ...     {"id": "flu", "ratings": {"benefit": 80, "trust": 20}},
    ...     {"id": "ocean", "ratings": {"benefit": 60, "trust": 60}},
    ... ]
    >>> print(sensitivity(score(listed, framework)).sentences[0])
    Benefit: 75 % of the whole; the leader stays first from 66.7 % up; below, Ocean overtakes
    """
    ranking = ranking.whole
    framework = ranking.framework
    if not framework.leaves:
        raise UsageError(
            f"`{framework.id}` has no criteria, it only gates: there are no weights or scores to"
            " test"
        )
    if not ranking.has_total:
        raise UsageError(
            f"`{framework.id}` makes no score of the whole (`combine: none`): there is no order to"
            " test"
        )
    ranked = int((ranking.ranks > 0).sum())
    if top is None:
        top = max(1, min(_TOP, math.ceil(ranked / 2)))
    elif not 1 <= top <= len(ranking):
        raise UsageError(f"top: {top} is not from 1 to {len(ranking)}, the number of candidates")
    if draws < 1:
        raise UsageError(f"draws: {draws} is not 1 or more")
    if seed < 0:
        raise UsageError(f"seed: {seed} is negative")
    group_weights(framework, weights)  # raises what is wrong before anything is searched
    stabilities = _WeightSearch(ranking, top).stabilities() if ranked else ()
    return Sensitivity(ranking, top, stabilities, weights, draws, seed)


# cells and words

_INTERVALS = {*CLAIMS, "rating", "open", "scale"}
_COLUMNS = (
    *("kind", "candidate", "criterion", "weight", "share", "method"),
    *("leader", "leader_below", "leader_above"),
    *("top", "top_below", "top_above"),
    *("order", "order_below", "order_above"),
    *("rating", "open", "swing", "scale", "turns_rank", "turns_verdict"),
)


_LONG = ("at any weight", "from {low} % up", "up to {high} %", "from {low} % to {high} %")
_SHORT = ("any", "≥{low}%", "≤{high}%", "{low}–{high}%")


def _extent(found: StableRange, weight: WeightStability, forms: tuple[str, ...]) -> str:
    """Return a range in words; the forms are for ranges that end nowhere, below, above and both."""
    form = forms[(found.below is not None) + 2 * (found.above is not None)]
    low, high = _percent(found.low * weight.of_whole), _percent(found.high * weight.of_whole)
    return form.format(low=low, high=high)


def _percent(share: float) -> str:
    """Return a share in per cent, without the sign.

    Examples
    --------
    >>> _percent(1 / 3), _percent(0.5), _percent(0.0004)
    ('33.3', '50', '0.04')
    """
    points = 100 * share
    text = f"{points:.1f}" if points == 0 or points >= 0.1 else f"{points:.1g}"
    return text.removesuffix(".0")
