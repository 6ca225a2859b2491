"""Rankings: the result of scoring, in rank order. Axis letters: n candidates, m leaf criteria, g guardrails."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, IntArray, read_only
from ..errors import UnknownIdError, UsageError, did_you_mean, likely
from ..kernels.ranking import bands, order_and_ranks
from ..models.conditions import ConditionError, parse
from ..models.framework import Framework
from ..models.guardrails import STATES
from ..output import ID_COLUMN, CellBar, Column, Field, Result
from .assessment import Assessment, Finding, finding_of, holds
from .evaluation import Evaluator
from .manifest import manifest_of, outline_of
from .problem import Problem
from .valuation import Valuation, stretched
from .verdicts import Judgement, judge
from .wording import badge, framework_title, reasons_of

__all__ = ["GroupScores", "Ranking", "RankingResult", "Selection", "rank"]

Words: TypeAlias = NDArray[np.object_]

_RANGE_COLUMN = Column(
    "range", "Worst-best", kind="interval", digits=0, priority=2, ends=("low", "high")
)
_SIDE_HEADS = {"gain": "Gain", "risk": "Low risk"}  # high is good in every column of scores


@dataclass(frozen=True, eq=False)
class GroupScores:
    """The scores of one group of criteria, in rank order.

    Parameters
    ----------
    id, title : str
    weight : float
        Its overall weight, in [0, 1].
    scores, lows, highs : arrays of shape (n,)
        In [0, 100]; NaN where there is none.
    contributions : array of shape (n,)
        Points that it contributes to the score of the whole.
    """

    id: str
    title: str
    weight: float
    scores: FloatArray
    lows: FloatArray
    highs: FloatArray
    contributions: FloatArray


@dataclass(frozen=True, eq=False)
class Selection:
    """What a narrowed ranking leaves out of the whole one.

    Parameters
    ----------
    whole : Ranking
    left_out : mapping of str to int
        Each condition that left some candidates out, in words, and how many.
    """

    whole: Ranking
    left_out: Mapping[str, int]

    @property
    def note(self) -> str:
        """How many candidates are left out, and why."""
        parts = [f"{count:,} by {condition}" for condition, count in self.left_out.items()]
        return f"Left out: {', '.join(parts)}."


@dataclass(frozen=True, eq=False, repr=False)
class Ranking(Result, Sequence[Assessment]):
    """Candidates in order: first what fits, then what a person must decide on, each by score.

    A sequence of assessments: ``ranking[0]`` is the first one, ``ranking["flu"]`` that of one candidate,
    ``ranking[:3]`` a narrowed ranking, as `select` gives one. Arrays are read-only and in rank order.

    Parameters
    ----------
    problem : Problem
        What was scored.
    valuation : Valuation
        The values, in the order of the problem.
    judgement : Judgement
        The findings and verdicts, in the order of the problem.
    order : integer array of shape (n,)
        The rows of the problem, the first one first.
    ranks : integer array of shape (n,)
        From 1, ties share the better rank; 0 for none.
    selection : Selection, optional
        What is left out, if the ranking is narrowed; ranks stay those among all candidates.
    """

    kind = "ranking"

    problem: Problem
    valuation: Valuation
    judgement: Judgement
    order: NDArray[np.intp]
    ranks: IntArray
    selection: Selection | None = None

    @property
    def framework(self) -> Framework:
        """The framework that was judged by."""
        return self.problem.framework

    @property
    def whole(self) -> Ranking:
        """The ranking of all candidates: itself, unless it is narrowed. Analyses are of the whole."""
        return self.selection.whole if self.selection is not None else self

    # a sequence of assessments

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.order)

    def __iter__(self) -> Iterator[Assessment]:
        """Yield the assessments in rank order."""
        return (self.assessment(place) for place in range(len(self)))

    def __contains__(self, item: object) -> bool:
        """Whether there is a candidate of that id, or the same assessment."""
        if isinstance(item, Assessment):
            return item.id in self._places and self[item.id] == item
        return isinstance(item, str) and item in self._places

    @overload
    def __getitem__(self, key: int | str) -> Assessment: ...

    @overload
    def __getitem__(self, key: slice) -> Ranking: ...

    def __getitem__(self, key: int | str | slice) -> Assessment | Ranking:
        """Return the assessment of a candidate, by its id or position, or a narrowed ranking for a slice.

        Raises
        ------
        UsageError
            If there is none of that id (also a `KeyError`), or the step of a slice is negative.
        IndexError
            If there are fewer candidates.
        """
        if isinstance(key, str):
            return self.assessment(self.place_of(key))
        if not isinstance(key, slice):
            return self.assessment(range(len(self))[key])
        places = range(len(self))[key]
        if places.step < 0:
            raise UsageError("a ranking keeps its order: use `reversed(ranking)`")
        kept = np.zeros(len(self), dtype=np.bool_)
        kept[key] = True
        return self._narrowed({f"[{places.start}:{places.stop}:{places.step}]": kept})

    def place_of(self, candidate: str) -> int:
        """Return where a candidate stands in the arrays, from 0.

        Raises
        ------
        UsageError
            If there is none of that id; it is a `KeyError`, too.
        """
        place = self._places.get(candidate)
        if place is None:
            guess = likely(candidate, self._places)
            suffix = f"; did you mean `{guess}`?" if guess else ""
            raise UnknownIdError(f"there is no candidate `{candidate}`{suffix}")
        return place

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.ids)}

    # narrowed

    def select(
        self,
        *,
        verdict: str | Collection[str] = (),
        tag: str | Collection[str] = (),
        where: str | None = None,
        top: int | None = None,
    ) -> Ranking:
        """Return a narrowed ranking: fewer candidates, each with its rank among all.

        Each condition narrows what the one before leaves; notes and JSON say how many are left out.

        Parameters
        ----------
        verdict, tag : str or collection of str
            Keep candidates with one of these verdicts, with one of these tags.
        where : str
            Keep candidates for which this condition, in the language of the framework, is certainly true.
        top : int
            Keep the first so many, and those that share the rank of the last of them.

        Raises
        ------
        UsageError
            If a verdict, a tag or a name in `where` is not known, or `top` is below 1.

        Examples
        --------
        >>> from collabscore.api import score
        >>> listed = [{"id": "flu", "tags": ["health"]}, {"id": "chips", "facts": {"stage": "basic"}}]
        >>> ranking = score(listed, "guardrail")
        >>> ranking.select(where="stage < applied").ids, ranking.select(tag="health").ids
        (('chips',), ('flu',))
        """
        conditions: dict[str, BoolArray] = {}
        if verdict:
            verdicts = [verdict] if isinstance(verdict, str) else list(verdict)
            conditions[f"verdict {' or '.join(verdicts)}"] = self._has_verdict(verdicts)
        if tag:
            tags = [tag] if isinstance(tag, str) else list(tag)
            conditions[f"tag {' or '.join(tags)}"] = self._has_tag(tags)
        if where is not None:
            conditions[f"where {where}"] = self._certainly(where)
        if top is not None:
            conditions[f"top {top}"] = self._among_first(top, list(conditions.values()))
        return self._narrowed(conditions)

    def _narrowed(self, conditions: Mapping[str, BoolArray]) -> Ranking:
        """Return the candidates for which all conditions hold; each narrows what those before it leave."""
        left_out = {} if self.selection is None else dict(self.selection.left_out)
        kept = np.ones(len(self), dtype=np.bool_)
        for condition, satisfied in conditions.items():
            count = int(np.count_nonzero(kept & ~satisfied))
            if count:
                left_out[condition] = left_out.get(condition, 0) + count
            kept &= satisfied
        if kept.all():
            return self
        order, ranks = read_only(self.order[kept]), read_only(self.ranks[kept])
        selection = Selection(self.whole, left_out)
        return Ranking(self.problem, self.valuation, self.judgement, order, ranks, selection)

    def _has_verdict(self, verdicts: Sequence[str]) -> BoolArray:
        known = list(self.framework.all_verdicts)
        for word in verdicts:
            if word not in known:
                unknown = f"`{word}` is not a verdict of `{self.framework.id}`"
                raise UsageError(f"{unknown}; {did_you_mean(word, known)}")
        return np.array([found in verdicts for found in self.verdicts], dtype=np.bool_)

    def _has_tag(self, tags: Sequence[str]) -> BoolArray:
        candidates = self.problem.candidates or ()
        tags_of = [set(candidates[row].tags) for row in self.order.tolist()] if candidates else []
        known = sorted(set().union(*tags_of))
        for word in tags:
            if word not in known:
                cure = did_you_mean(word, known) or "none has any tag"
                raise UsageError(f"no candidate has the tag `{word}`; {cure}")
        return np.array([not found.isdisjoint(tags) for found in tags_of], dtype=np.bool_)

    def _certainly(self, condition: str) -> BoolArray:
        try:
            expression = parse(condition, self.framework.symbols)
        except ConditionError as error:
            found = error.diagnostic
            raise UsageError("; ".join(filter(None, (found.message, found.help)))) from None
        certain: BoolArray = self.evaluator.truth(expression).sure[self.order]
        return certain

    def _among_first(self, top: int, conditions: Sequence[BoolArray]) -> BoolArray:
        """Mark the first `top` of those for which conditions hold, and those that share the rank of the last."""
        if top < 1:
            raise UsageError(f"`top` must be 1 or more, not {top}")
        places = np.arange(len(self))
        chosen = np.flatnonzero(np.logical_and.reduce([places >= 0, *conditions]))
        if top >= len(chosen):
            return places >= 0
        last = chosen[top - 1]
        first: BoolArray = places <= last
        if self.ranks[last] > 0:
            first |= self.ranks == self.ranks[last]
        return first

    # arrays in rank order

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids, n of them."""
        return tuple(self.problem.id_of(row) for row in self.order.tolist())

    @cached_property
    def scores(self) -> FloatArray:
        """Scores, (n,) in [0, 100]; NaN where there is none."""
        return self._ordered(100 * self.valuation.root)

    @cached_property
    def lows(self) -> FloatArray:
        """Lower bounds of the scores, (n,) in [0, 100]."""
        return self._ordered(100 * self.valuation.root_bounds[0])

    @cached_property
    def highs(self) -> FloatArray:
        """Upper bounds of the scores, (n,) in [0, 100]."""
        return self._ordered(100 * self.valuation.root_bounds[1])

    @cached_property
    def verdicts(self) -> Words:
        """Ids of the verdicts, (n,); None where the framework is not about the candidate."""
        words = self._verdict_words[self.judgement.severity]
        words[~self.judgement.applicable] = None
        return self._ordered(words)

    @cached_property
    def bands(self) -> Words:
        """Ids of the bands, (n,); None below the lowest and for candidates without a rank."""
        thresholds = sorted(self.framework.bands.items(), key=lambda band: band[1])
        # the last word, None, is also the one at -1
        words = np.array([*(key for key, _ in thresholds), None], dtype=object)
        found = bands(self.scores, np.array([value for _, value in thresholds], dtype=np.float64))
        return read_only(words[np.where(self.ranks > 0, found, -1)])

    @cached_property
    def criteria(self) -> tuple[str, ...]:
        """Ids of the leaf criteria: the columns of `values` and `contributions`."""
        return tuple(self.framework.leaves)

    @cached_property
    def weights(self) -> FloatArray:
        """Overall weights of the leaf criteria, (m,); they sum to 1."""
        return read_only(np.array([node.overall for node in self.framework.leaves.values()]))

    @cached_property
    def values(self) -> FloatArray:
        """Values of the ratings, (n, m) in [0, 1]; NaN where one is omitted."""
        return self._ordered(self.valuation.leaf_values)

    @cached_property
    def contributions(self) -> FloatArray:
        """Points that each leaf contributes, (n, m); rows sum to the score, and are NaN where there is none."""
        return self._ordered(100 * self.valuation.contributions)

    @cached_property
    def shortfalls(self) -> FloatArray:
        """Shortfall of each leaf in points, (n, m); rows sum to 100 minus the score."""
        return self._ordered(100 * self.valuation.shortfalls)

    @cached_property
    def rated(self) -> FloatArray:
        """Share of overall weight that was rated, (n,) in [0, 1]."""
        return self._ordered(self.valuation.rated)

    @cached_property
    def groups(self) -> Mapping[str, GroupScores]:
        """The scores of each group, by its id."""
        return {key: self._group_scores(key) for key in self.framework.groups}

    @cached_property
    def sides(self) -> Mapping[str, FloatArray]:
        """Sub-scores of gain and of risk, (n,) each, where the framework has them; 100 is the good end of both."""
        if not self.framework.leaves:
            return {}
        return {side: self._ordered(scores) for side, scores in self.valuation.sides.items()}

    @cached_property
    def findings(self) -> Words:
        """Findings of the guardrails, (n, g): clear, met, unmet, barred or unknown."""
        return self._ordered(np.array(STATES, dtype=object)[self.judgement.states])

    def _ordered(self, array: NDArray[Any]) -> NDArray[Any]:
        return read_only(array[self.order])

    def _group_scores(self, key: str) -> GroupScores:
        node, column = self.framework.nodes[key], self.valuation.nodes[key]
        low, high = self.valuation.node_bounds
        value = self.valuation.node_values[:, column]
        least, greatest = stretched(low[:, column], high[:, column], value)
        return GroupScores(
            id=key,
            title=node.title,
            weight=node.overall,
            scores=self._ordered(100 * value),
            lows=self._ordered(100 * least),
            highs=self._ordered(100 * greatest),
            contributions=read_only(self._points_of_all(key)),
        )

    def _points_of_all(self, key: str) -> FloatArray:
        """Points that a criterion or group contributes to each score, (n,)."""
        leaves = self.framework.leaves.values()
        below = [k for k, leaf in enumerate(leaves) if key in leaf.path]
        points: FloatArray = self.contributions[:, below].sum(axis=1)
        return points

    @cached_property
    def _verdict_words(self) -> Words:
        return np.array(list(self.framework.all_verdicts), dtype=object)

    @property
    def has_total(self) -> bool:
        """Whether the framework makes one score of its criteria."""
        return self.framework.has_total

    # one candidate

    def points_of(self, key: str, place: int) -> float | None:
        """Return the points that a criterion or group contributes to the score of the candidate at a place."""
        return _number_or_none(self._points_of_all(key)[place])

    def score_of(self, key: str, place: int) -> float | None:
        """Return the score, in [0, 100], of the candidate at a place on one criterion or group."""
        value = self.valuation.node_values[self.order[place], self.valuation.nodes[key]]
        return _number_or_none(100 * value)

    def assessment(self, place: int) -> Assessment:
        """Return the assessment of the candidate at a place in the arrays, from 0."""
        row = int(self.order[place])
        score = _number_or_none(self.scores[place])
        sides = {side: _number_or_none(scores[place]) for side, scores in self.sides.items()}
        verdict_range = None
        findings: tuple[Finding, ...] = ()
        if self.judgement.applicable[row]:
            words = self._verdict_words
            verdict_range = (words[self.judgement.mild[row]], words[self.judgement.severe[row]])
            findings = tuple(self.finding_of(key, place) for key in self.framework.guardrails)
        return Assessment(
            id=self.ids[place],
            title=self.problem.title_of(row),
            rank=int(self.ranks[place]) or None,
            score=score,
            low=_number_or_none(self.lows[place]),
            high=_number_or_none(self.highs[place]),
            rated=float(self.rated[place]) if self.criteria else 0.0,
            verdict=self.verdicts[place],
            verdict_range=verdict_range,
            band=self.bands[place],
            findings=findings,
            contributions=None if score is None else self._contributions_at(place),
            sides=sides,
            unit="area" if self.problem.area[row] else "project",
            standing=self._standing_at(row),
            unrated=self._unrated_at(row),
        )

    def _standing_at(self, row: int) -> tuple[str, ...]:
        if self.problem.area[row]:
            return ()
        in_place = self.problem.in_place
        return tuple(name for name in self.framework.standing if not holds(in_place, name, row))

    def _unrated_at(self, row: int) -> tuple[str, ...]:
        return tuple(key for key, column in self.problem.ratings.items() if column.unknown[row])

    def _contributions_at(self, place: int) -> dict[str, float]:
        return dict(zip(self.criteria, self.contributions[place].tolist(), strict=True))

    @cached_property
    def evaluator(self) -> Evaluator:
        """Truth of each condition, in the order of the problem."""
        if self.selection is not None:
            return self.whole.evaluator
        return Evaluator(self.problem, self.valuation)

    def finding_of(self, guardrail: str, place: int) -> Finding:
        """Return what one guardrail finds of the candidate at a place."""
        return finding_of(self.evaluator, self.judgement, guardrail, int(self.order[place]))

    # as a result

    @property
    def rows(self) -> Sequence[Assessment]:
        """The assessments."""
        return self

    @property
    def title(self) -> str:
        """Title and version of the framework."""
        return framework_title(self.framework)

    @property
    def outline(self) -> dict[str, Any]:
        """The framework: id, title and version."""
        return {"framework": outline_of(self.framework)}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs and the version of the package."""
        return manifest_of(self.problem)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Fields of an assessment; those of sides and criteria follow the framework."""
        framework = self.framework
        return (
            Field(ID_COLUMN),
            Field(Column("title", "Candidate", priority=0, least=20, lines=3)),
            Field(Column("rank", "Rank", kind="number", digits=0, priority=0)),
            Field(Column("score", "Score", kind="number", priority=0, detail="▲")),
            Field(_RANGE_COLUMN, lambda found: (found.low, found.high)),
            Field(Column("rated")),
            Field(
                Column("verdict", "Verdict", kind="badge", priority=0),
                lambda found: badge(found.verdict, framework),
                plain=lambda found: found.verdict,
            ),
            Field(
                Column("verdict_range", "Could be", priority=4, least=10),
                _open_verdicts,
                plain=lambda found: found.verdict_range,
            ),
            Field(Column("band", "Band", priority=6)),
            Field(Column("unit")),
            Field(Column("standing_missing"), lambda found: found.standing),
            Field(Column("sides"), csv=False),
            Field(
                Column("findings"),
                lambda found: [finding.record() for finding in found.findings],
                csv=False,
            ),
            Field(Column("contributions"), csv=False),
            *map(self._side_field, self.sides),
            *map(self._criterion_field, self.top),
            Field(
                Column("reasons"),
                lambda found: reasons_of(found, framework) or None,
                json=False,
            ),
        )

    def _side_field(self, side: str) -> Field:
        column = Column(f"sides_{side}", _SIDE_HEADS[side], kind="number", digits=0, priority=5)
        return Field(column, lambda found: found.sides[side], json=False)

    def _criterion_field(self, key: str) -> Field:
        node = self.framework.nodes[key]
        falls = node.side == "risk" or node.criterion.prefer == "low"
        total = self.has_total
        column = Column(
            f"points_{key}" if total else f"score_{key}",
            node.title,
            kind="bar" if total else "number",
            digits=0,
            priority=3,
            detail=f"{'▼' if falls else '▲'} {100 * node.overall:.0f}%",
            least=8,
        )

        def points(found: Assessment) -> CellBar:
            return CellBar(self.points_of(key, self.place_of(found.id)), 100 * node.overall)

        def score(found: Assessment) -> float | None:
            return self.score_of(key, self.place_of(found.id))

        return Field(column, points if total else score, json=False)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns: the range of verdicts where one is open, scores where there is a total."""
        row = self.order
        is_open = self.judgement.mild[row] != self.judgement.severe[row]
        could_be = ("verdict_range",) if np.any(is_open & self.judgement.applicable[row]) else ()
        if not self.has_total:
            scores = (f"score_{key}" for key in self.top)
            return ("title", "verdict", *could_be, *scores, "id")
        band = ("band",) if self.framework.bands else ()
        sides = (f"sides_{side}" for side in self.sides)
        points = (f"points_{key}" for key in self.top)
        first = ("rank", "title", "score", "range", "verdict")
        return (*first, *band, *sides, *could_be, *points, "id")

    @property
    def top(self) -> tuple[str, ...]:
        """Ids of the criteria and groups directly below the root."""
        return tuple(self.framework.criteria or ())

    def document(self) -> dict[str, Any]:
        """Return the whole result as plain data; a narrowed ranking says so under `selection`."""
        document = super().document()
        if self.selection is not None:
            document["selection"] = self.selection_record()
        return document

    def selection_record(self) -> dict[str, Any]:
        """Return how many candidates are shown, of how many, and which conditions left others out."""
        left_out = {} if self.selection is None else dict(self.selection.left_out)
        return {"shown": len(self), "of": len(self.whole), "left_out": left_out}


def rank(problem: Problem) -> Ranking:
    """Score the candidates of a problem, judge them by the guardrails, and put them in order."""
    valuation = Valuation(problem)
    judgement = judge(Evaluator(problem, valuation), problem.framework.compiled_guardrails)
    verdicts = problem.framework.all_verdicts.values()
    tiers = np.array([verdict.tier for verdict in verdicts], dtype=np.intp)
    ranked = np.array([verdict.ranked for verdict in verdicts])
    order, ranks = order_and_ranks(
        100 * valuation.root,
        tiers[judgement.severity],
        ranked[judgement.severity],
        judgement.severity,
        judgement.applicable,
    )
    return Ranking(problem, valuation, judgement, read_only(order), read_only(ranks[order]))


class RankingResult(Result):
    """Base of results that analyse a ranking: framework and manifest are those of the ranking."""

    ranking: Ranking

    @property
    def outline(self) -> dict[str, Any]:
        """The framework: id, title and version."""
        return self.ranking.outline

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs and the version of the package."""
        return self.ranking.manifest


def _open_verdicts(found: Assessment) -> str | None:
    """Return the verdicts that the unknown leaves open, where they are more than one."""
    if found.verdict_range is None or found.verdict_range[0] == found.verdict_range[1]:
        return None
    return " to ".join(found.verdict_range)


def _number_or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
