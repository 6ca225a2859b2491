"""Rankings: candidates in rank order, what each analysis of one starts from, and its manifest.

Axis letters: n candidates, m leaf criteria.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from ..arrays import (
    BoolArray,
    FloatArray,
    IndexArray,
    IntArray,
    frozen_property,
    number_or_none,
    read_only,
)
from ..cells import Cells, CodedCells
from ..errors import (
    UnknownIdError,
    UsageError,
    choose_from,
    did_you_mean,
    likely,
    names_of,
    refusal_of_name,
    refusal_of_value,
    whole_number,
)
from ..kernels.ranking import bands, order_and_ranks
from ..models.base import composed, title_of
from ..models.conditions import parse
from ..models.framework import STATES, Framework, digest_of
from ..models.syntax import ConditionError
from ..output import ID_FIELD, TITLE_FIELD, VERSION, CellBar, Field, Heading, Result
from ..output.text import plural, rounded_parts
from .judgement import Judgement, judge
from .problem import AnswerColumn, Problem
from .valuation import Valuation, tree_of
from .verdicts import Assessment, Finding, holds
from .wording import badge, framework_title, reasons_of, to_do_in_words

__all__ = [
    "Ranking",
    "RankingResult",
    "list_heading",
    "outline_of",
    "rank",
    "record_of_framework",
    "refuse_without_ranks",
    "whole_ranking",
]

Words: TypeAlias = NDArray[np.object_]

_FEW = 5
# assessments that a ranking keeps, of some thousand bytes each
_MOST_KEPT = 16_384


@dataclass(frozen=True, eq=False, repr=False)
class Ranking(Result, Sequence[Assessment]):
    """Candidates in order: by the tier of their verdict, then by score.

    A sequence of assessments: ``ranking[0]`` is the first one, ``ranking["flu"]`` that of one
    candidate, ``ranking[:3]`` a narrowed ranking, as `select` gives one. Arrays are read-only and
    in rank order.

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
    left_out : mapping of str to int
        Each condition that left candidates out, in words, and how many: empty unless the ranking is
        narrowed. Ranks stay those among all candidates.
    narrowed_from : Ranking, optional
        The ranking of all candidates.
    """

    kind = "ranking"
    has_columns = True

    problem: Problem
    valuation: Valuation
    judgement: Judgement
    order: IndexArray
    ranks: IntArray
    left_out: Mapping[str, int] = field(default_factory=dict)
    narrowed_from: Ranking | None = None

    @property
    def framework(self) -> Framework:
        """The framework that was judged by."""
        return self.problem.framework

    @property
    def has_total(self) -> bool:
        """Whether the framework makes one score of its criteria."""
        return self.framework.has_total

    @property
    def few(self) -> int:
        """The k of "the top k" where no number is asked for: half of those ranked, at most five."""
        ranked = int(np.count_nonzero(self.ranks))
        return max(1, min(_FEW, math.ceil(ranked / 2)))

    @property
    def whole(self) -> Ranking:
        """The ranking of all candidates: itself, unless it is narrowed.

        Analyses are of the whole.
        """
        return self if self.narrowed_from is None else self.narrowed_from

    # a sequence of assessments

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.order)

    def __iter__(self) -> Iterator[Assessment]:
        """Yield the assessments in rank order."""
        return map(self._assessment, range(len(self)))

    def __contains__(self, item: object) -> bool:
        """Whether there is a candidate of that id, or the same assessment."""
        key = item.id if isinstance(item, Assessment) else item
        is_there = isinstance(key, str) and composed(key) in self._places
        return is_there and (key is item or self[str(key)] == item)

    @overload
    def __getitem__(self, key: int | str) -> Assessment: ...

    @overload
    def __getitem__(self, key: slice) -> Ranking: ...

    def __getitem__(self, key: int | str | slice) -> Assessment | Ranking:
        """Return the assessment of a candidate, by its id or position, or a narrowed ranking.

        Raises
        ------
        UsageError
            If there is none of that id (also a `KeyError`), or the step of a slice is negative.
        IndexError
            If there are fewer candidates.
        """
        if isinstance(key, slice):
            places = range(len(self))[key]
            if places.step < 0:
                message = "a ranking keeps its order, so no step of a slice is negative"
                raise UsageError(message, help="use `reversed(ranking)`")
            kept = np.isin(np.arange(len(self)), places)
            return self.narrowed(f"[{places.start}:{places.stop}:{places.step}]", kept)
        place = self.place_of(key) if isinstance(key, str) else range(len(self))[key]
        return self._assessment(place)

    def place_of(self, candidate: str | Assessment, keyword: str = "") -> int:
        """Return the position of a candidate in the arrays, from 0.

        Parameters
        ----------
        candidate : str or Assessment
        keyword : str, optional
            The keyword of the call that names it.

        Raises
        ------
        UsageError
            If there is none of that id; it is a `KeyError`, too.
        """
        if isinstance(candidate, Assessment):
            candidate = candidate.id
        if not isinstance(candidate, str):
            help = choose_from(self.ids) or "score some candidates"
            raise refusal_of_value(candidate, "the id of a candidate", keyword, help)
        place = self._places.get(composed(candidate))
        if place is None:
            titles = map(self.problem.title_of, self.order.tolist())
            names = dict(zip(titles, self.ids, strict=True)) | {name: name for name in self.ids}
            near = likely(candidate, names)
            help = f"did you mean `{names[near]}`?" if near else choose_from(self.ids)
            raise UnknownIdError(f"there is no candidate `{candidate}`", keyword, help)
        return place

    def title_at(self, place: int) -> str:
        """Return the title of the candidate at a place."""
        return self.problem.title_of(int(self.order[place]))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.ids)}

    def _assessment(self, place: int) -> Assessment:
        """Return the assessment at a place; pages ask for the same ones again and again."""
        if place not in self._kept:
            if len(self._kept) == _MOST_KEPT:
                self._kept.clear()
            self._kept[place] = self._assess(place)
        return self._kept[place]

    @cached_property
    def _kept(self) -> dict[int, Assessment]:
        return {}

    def _assess(self, place: int) -> Assessment:
        row = int(self.order[place])
        framework, problem, judgement = self.framework, self.problem, self.judgement
        contributions = verdict_range = None
        findings: list[Finding] = []
        score = number_or_none(self.scores[place])
        if score is not None:
            points = self.contributions[place].tolist()
            contributions = dict(zip(self.criteria, points, strict=True))
        if judgement.applicable[row]:
            words = list(framework.all_verdicts)
            verdict_range = (words[judgement.mild[row]], words[judgement.severe[row]])
            findings = [judgement.finding(key, row) for key in framework.guardrails]
        return Assessment(
            id=self.ids[place],
            title=problem.title_of(row),
            rank=int(self.ranks[place]) or None,
            score=score,
            low=number_or_none(self.lows[place]),
            high=number_or_none(self.highs[place]),
            rated=float(self.rated[place]),
            verdict=self.verdicts[place],
            verdict_range=verdict_range,
            range_exact=bool(judgement.exact[row]),
            band=self.bands[place],
            findings=tuple(findings),
            contributions=contributions,
            sides={side: number_or_none(scores[place]) for side, scores in self.sides.items()},
            unit="area" if problem.area[row] else "project",
            standing=self._standing_missing(row),
            unrated=tuple(key for key, column in problem.ratings.items() if column.unknown[row]),
            expired=problem.expired_of(row),
            doubted=judgement.doubted_of(row),
            framework=framework,
        )

    def _standing_missing(self, row: int) -> tuple[str, ...]:
        """Return the safeguards required of every project that are missing; none for an area."""
        if self.problem.area[row]:
            return ()
        in_place = self.problem.in_place
        return tuple(name for name in self.framework.standing if not holds(in_place, name, row))

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

        Each condition narrows what the one before leaves; notes and JSON say how many are left
        out.

        Parameters
        ----------
        verdict, tag : str or collection of str
            Keep candidates with one of these verdicts, with one of these tags.
        where : str
            Keep candidates for which this condition, in the language of the framework, is
            certainly true.
        top : int
            Keep the first so many, and those that share the rank of the last of them.

        Raises
        ------
        UsageError
            If a verdict, a tag or a name in `where` is not known, or `top` is below 1.

        Examples
        --------
        >>> from collabscore.api import score
        >>> listed = [
        ...     {"id": "flu", "tags": ["health"]}, {"id": "chips", "facts": {"stage": "basic"}}
        ... ]
        >>> ranking = score(listed, "guardrail")
        >>> ranking.select(where="stage < applied").ids, ranking.select(tag="health").ids
        (('chips',), ('flu',))
        """
        ranking = self
        filters = (
            (_with_verdicts, names_of("verdict", verdict) or None),
            (_with_tags, names_of("tag", tag) or None),
            (_where_certain, where),
            (_among_first, top),
        )
        for condition_of, value in filters:
            if value is not None:
                ranking = ranking.narrowed(*condition_of(ranking, value))
        return ranking

    def narrowed(self, condition: str, kept: BoolArray) -> Ranking:
        """Return the candidates that are kept, those left out noted by the condition in words."""
        count = len(self) - int(np.count_nonzero(kept))
        if count == 0:
            return self
        left_out = {**self.left_out, condition: self.left_out.get(condition, 0) + count}
        return replace(
            self,
            order=read_only(self.order[kept]),
            ranks=read_only(self.ranks[kept]),
            left_out=left_out,
            narrowed_from=self.whole,
        )

    @property
    def left_out_note(self) -> str:
        """How many candidates are left out, and which conditions the others meet."""
        more = plural(sum(self.left_out.values()), "more candidate")
        note = f"{more} (shown: {', '.join(self.left_out)})."
        return f"{note} Ranks are among all {len(self.whole):,}." if self.has_total else note

    # arrays in rank order

    def _ordered(self, array: NDArray[Any]) -> NDArray[Any]:
        return read_only(array[self.order])

    @frozen_property
    def ids(self) -> tuple[str, ...]:
        """Ids, n of them."""
        return tuple(map(self.problem.names.__getitem__, self.order.tolist()))

    @frozen_property
    def scores(self) -> FloatArray:
        """Scores, (n,) in [0, 100]; NaN where there is none."""
        return self._ordered(100 * self.valuation.root)

    @frozen_property
    def lows(self) -> FloatArray:
        """Lower bounds of the scores, (n,) in [0, 100]."""
        return self._ordered(100 * self.valuation.root_bounds[0])

    @frozen_property
    def highs(self) -> FloatArray:
        """Upper bounds of the scores, (n,) in [0, 100]."""
        return self._ordered(100 * self.valuation.root_bounds[1])

    @frozen_property
    def verdicts(self) -> Words:
        """Ids of the verdicts, (n,); None where the framework is not about the candidate."""
        words = np.array([*self.framework.all_verdicts, None], dtype=object)
        return read_only(words[self.judgement.verdicts[self.order]])

    @frozen_property
    def bands(self) -> Words:
        """Ids of the bands, (n,); None below the lowest and for candidates without a rank."""
        least = self.framework.bands
        lowest_first = sorted(least, key=least.__getitem__)
        thresholds = np.array([least[band] for band in lowest_first], dtype=np.float64)
        found = np.where(self.ranks > 0, bands(self.scores, thresholds), -1)
        return read_only(np.array([*lowest_first, None], dtype=object)[found])

    def columns(self) -> dict[str, Cells]:
        """Return what each candidate gets as columns in rank order; no row is made for it.

        They are `id`, `rank` (masked where there is none), `score`, `low`, `high`, `verdict`, the
        ends `mildest` and `severest` of the verdict range, and the state of each guardrail, by its
        id after `guardrail.`.

        Examples
        --------
        >>> import collabscore as cs
        >>> columns = cs.score([{"id": "flu"}, {"id": "ice"}], "guardrail").columns()
        >>> columns["rank"].tolist(), columns["severest"].listed()
        ([1, 1], ['outside', 'outside'])
        """
        judgement, order = self.judgement, self.order
        verdicts = [*self.framework.all_verdicts, None]
        found: dict[str, Cells] = {
            "id": CodedCells(list(self.problem.names), order),
            "rank": np.ma.masked_equal(self.ranks, 0),
            "score": self.scores,
            "low": self.lows,
            "high": self.highs,
        }
        no_verdict = len(verdicts) - 1
        ends = {
            "verdict": judgement.severity,
            "mildest": judgement.mild,
            "severest": judgement.severe,
        }
        for key, codes in ends.items():
            judged = np.where(judgement.applicable, codes, no_verdict)
            found[key] = CodedCells(verdicts, judged[order])
        for key, states in zip(self.framework.guardrails, judgement.states.T, strict=True):
            found[f"guardrail.{key}"] = CodedCells([*STATES], states[order])
        return found

    @frozen_property
    def criteria(self) -> tuple[str, ...]:
        """Ids of the leaf criteria: the columns of `values` and `contributions`."""
        return tuple(self.framework.leaves)

    @frozen_property
    def weights(self) -> FloatArray:
        """Overall weights of the leaf criteria, (m,); they sum to 1."""
        return read_only(np.array([node.overall for node in self.framework.leaves.values()]))

    @frozen_property
    def values(self) -> FloatArray:
        """Values of the ratings, (n, m) in [0, 1]; NaN where one is omitted."""
        return self._ordered(self.valuation.leaf_values)

    @frozen_property
    def contributions(self) -> FloatArray:
        """Points that each leaf contributes, (n, m); rows sum to the score, or are NaN."""
        return self._ordered(100 * self.valuation.contributions)

    @frozen_property
    def rated(self) -> FloatArray:
        """Share of overall weight that was rated, (n,) in [0, 1]."""
        return self._ordered(self.valuation.rated)

    @frozen_property
    def node_scores(self) -> Mapping[str, FloatArray]:
        """Scores of each criterion and group, (n,) in [0, 100]; NaN where there is none."""
        scores = self._ordered(100 * self.valuation.node_values)
        return {key: scores[:, column] for key, column in self.valuation.nodes.items()}

    @frozen_property
    def sides(self) -> Mapping[str, FloatArray]:
        """Sub-scores of gain and of risk, (n,) each, where the framework has them.

        100 is the good end of both.
        """
        return {side: self._ordered(scores) for side, scores in self.valuation.sides.items()}

    # as a result

    @property
    def rows(self) -> Sequence[Assessment]:
        """The assessments."""
        return self

    @property
    def title(self) -> str:
        """Title and date of the list."""
        return self.heading.text

    @property
    def heading(self) -> Heading:
        """Heading of every page on it: the list's title and date; the framework and its version."""
        return list_heading(self.problem, framework_title(self.framework))

    @property
    def outline(self) -> dict[str, Any]:
        """The framework: id, title and version."""
        return {"framework": outline_of(self.framework)}

    @property
    def options(self) -> dict[str, Any]:
        """Weights and a date that were given in place of the written ones, if any."""
        given: dict[str, Any] = {}
        if self.framework.given_weights:
            given["weights"] = dict(self.framework.given_weights)
        document = self.problem.document
        if document is not None and document.given_as_of is not None:
            given["as_of"] = document.given_as_of
        return given

    @frozen_property
    def manifest(self) -> dict[str, Any]:
        """Digests of framework and candidates, and the version of the package.

        No clock and no path: the same input gives the same manifest.
        """
        framework, document = self.framework, self.problem.document
        digest = _digest_of_columns(self.problem) if document is None else digest_of(document)
        candidates = {"count": self.problem.size, "digest": digest}
        if document is not None and document.given_as_of is not None:
            candidates |= {"as_of": document.given_as_of, "as_of_list": document.as_of}
        return {
            "package": f"collabscore {VERSION}",
            "framework": record_of_framework(framework),
            "candidates": candidates,
        }

    @property
    def fields(self) -> tuple[Field, ...]:
        """Fields of an assessment; those of sides and criteria follow the framework."""
        return tuple(self._each_field())

    def _each_field(self) -> Iterator[Field]:
        framework = self.framework
        yield ID_FIELD
        yield TITLE_FIELD
        yield Field("rank", "Rank", kind="number", digits=0, priority=0)
        yield Field("score", "Score", kind="number", priority=0)
        yield Field(
            "range",
            "Range",
            lambda found: (found.low, found.high),
            kind="interval",
            digits=0,
            priority=1,
            ends=("low", "high"),
            outward=True,
        )
        yield Field("rated")
        yield Field(
            "verdict",
            "Verdict",
            lambda found: badge(found.verdict, framework),
            lambda found: found.verdict,
            kind="badge",
            priority=0,
        )
        yield Field(
            "to_do",
            "To do",
            to_do_in_words,
            align="right",
            priority=0,
            least=6,
            csv=False,
            json=False,
        )
        yield Field(
            "verdict_range",
            "Could be",
            lambda found: _open_verdicts(found, framework),
            lambda found: found.verdict_range,
            priority=4,
            least=10,
        )
        yield Field("range_exact", csv=False)
        yield Field("band", "Band", priority=6)
        yield Field("unit")
        yield Field("standing_missing", cell=lambda found: found.standing)
        yield Field("expired")
        yield Field("doubted")
        yield Field("sides", csv=False)
        yield Field(
            "findings",
            cell=lambda found: [finding.record() for finding in found.findings],
            csv=False,
        )
        yield Field("contributions", csv=False)
        for side in self.sides:
            yield _side_field(side)
        for key in framework.tree:
            yield self._criterion_field(key)
        yield Field("reasons", cell=lambda found: reasons_of(found) or None, json=False)

    def _criterion_field(self, key: str) -> Field:
        """Return the points of a criterion or group at the top; its score, if there is no total."""
        node = self.framework.nodes[key]
        falls = node.side == "risk" or node.criterion.prefer == "low"
        arrow = "↓" if falls else "↑"
        whole = 100 * node.overall
        column = Field(f"score_{key}", node.title, kind="number", digits=0, priority=3, json=False)
        column = replace(column, detail=f"{arrow} {whole:.0f}%", least=8)
        if not self.has_total:
            scores = self.node_scores[key]
            return replace(column, cell=lambda found: scores[self.place_of(found.id)])
        return replace(
            column,
            key=f"points_{key}",
            kind="bar",
            digits=1,
            cell=lambda found: CellBar(self._printed_points(found).get(key), whole),
            plain=lambda found: self._points_of(key, found),
        )

    def _points_of(self, key: str, found: Assessment) -> float | None:
        """Return the points of a criterion or a group; None without a score."""
        parts = found.contributions
        if parts is None:
            return None
        return sum(parts[leaf] for leaf in self.framework.leaves_below(key))

    def _printed_points(self, found: Assessment) -> dict[str, float]:
        """Return the points of each criterion or group at the top, with the sum of the score."""
        if found.score is None:
            return {}
        if found.id not in self._printed:
            tops = tuple(self.framework.tree)
            points = [self._points_of(key, found) or 0.0 for key in tops]
            rounded = rounded_parts(points, found.score)
            self._printed[found.id] = dict(zip(tops, rounded, strict=True))
        return self._printed[found.id]

    @cached_property
    def _printed(self) -> dict[str, dict[str, float]]:
        """Printed points of the candidates that were shown, each reckoned once for all columns."""
        return {}

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns; the scores of the criteria where there is no total.

        Without guardrails, every verdict is the mildest one: bands stand in its place.
        """
        result: tuple[str, ...] = ("verdict", "to_do") if self.framework.guardrails else ()
        if not self.has_total:
            return ("title", *result, *map("score_{}".format, self.framework.tree))
        if not result and self.framework.bands:
            result = ("band",)
        return ("rank", "title", "score", "range", *result)

    @property
    def shown_in_detail(self) -> tuple[str, ...]:
        """Keys of bands, sub-scores and, where one is open, the range of verdicts."""
        judgement, keys = self.judgement, ["title"]
        if self.has_total:
            if self.framework.bands and "band" not in self.shown:
                keys.append("band")
            keys += map("sides_{}".format, self.sides)
        is_open = (judgement.mild != judgement.severe) & judgement.applicable
        if is_open[self.order].any():
            keys.append("verdict_range")
        return (*keys, "id")

    @property
    def shown_as_points(self) -> tuple[str, ...]:
        """Keys of the points of each criterion or group at the top, and of their sum, the score."""
        if not self.has_total:
            return ()
        return ("title", *map("points_{}".format, self.framework.tree), "score")

    def document(self) -> dict[str, Any]:
        """Return the whole result as plain data; a narrowed ranking says so under `selection`."""
        document = super().document()
        if self.left_out:
            document["selection"] = self.selection_record()
        return document

    def selection_record(self) -> dict[str, Any]:
        """Return the numbers of candidates shown and left out, with the conditions."""
        return {"shown": len(self), "of": len(self.whole), "left_out": dict(self.left_out)}


# filters: a condition in words, and the candidates that it keeps


def _with_verdicts(ranking: Ranking, verdicts: Any) -> tuple[str, BoolArray]:
    known = ranking.framework.all_verdicts
    for word in verdicts:
        if word not in known:
            message = f"`{word}` is not a verdict of `{ranking.framework.id}`"
            raise refusal_of_name(message, word, known, "verdict")
    return f"verdict {' or '.join(verdicts)}", np.isin(ranking.verdicts, verdicts)


def _with_tags(ranking: Ranking, tags: Any) -> tuple[str, BoolArray]:
    document = ranking.problem.document
    candidates = document.candidates if document is not None else ()
    known = {word for candidate in candidates for word in candidate.tags}
    for word in tags:
        if word not in known:
            cure = did_you_mean(word, known) or "none has any tag"
            raise UsageError(f"no candidate has the tag `{word}`", "tag", cure)
    kept = [not set(tags).isdisjoint(candidates[row].tags) for row in ranking.order]
    return f"tag {' or '.join(tags)}", np.array(kept, dtype=np.bool_)


def _where_certain(ranking: Ranking, condition: Any) -> tuple[str, BoolArray]:
    if not isinstance(condition, str):
        help = "write it as text, such as `score >= 50`"
        raise refusal_of_value(condition, "a condition", "where", help)
    try:
        expression = parse(condition, ranking.framework.symbols)
    except ConditionError as error:
        found = error.diagnostic
        help = found.help or "write a condition, such as `score >= 50`"
        raise UsageError(found.message, "where", help) from None
    truth = ranking.judgement.cautious.truth(expression)
    return f"where {condition}", truth.certain[ranking.order]


def _among_first(ranking: Ranking, top: Any) -> tuple[str, BoolArray]:
    top = whole_number("top", top, 1)
    last = ranking.ranks[:top][-1:]
    ties = (ranking.ranks == last) & (last > 0)
    return f"top {top}", ties | (np.arange(len(ranking)) < top)


def rank(problem: Problem) -> Ranking:
    """Score the candidates of a problem, judge them by the guardrails, and put them in order."""
    framework = problem.framework
    valuation = Valuation(problem, tree_of(framework))
    judgement = judge(valuation, framework.compiled_guardrails)
    tiers = judgement.tiers
    order, ranks = order_and_ranks(
        100 * valuation.root, tiers, tiers >= 0, judgement.severity, judgement.applicable
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

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, in the order of the ranking."""
        return self.ranking.ids

    def title_at(self, place: int) -> str:
        """Return the title of the candidate at a place in the ranking."""
        return self.ranking.title_at(place)

    @property
    def place_fields(self) -> tuple[Field, ...]:
        """Id, title, verdict and rank of the candidate at each place, for rows that are places."""
        ranking, framework = self.ranking, self.ranking.framework
        return (
            replace(ID_FIELD, cell=lambda place: ranking.ids[place]),
            replace(TITLE_FIELD, cell=self.title_at, json=False),
            Field(
                "verdict",
                "Verdict",
                lambda place: badge(ranking.verdicts[place], framework),
                kind="badge",
                priority=2,
                json=False,
            ),
            Field(
                "rank",
                "Rank",
                lambda place: int(ranking.ranks[place]) or None,
                kind="number",
                digits=0,
                priority=0,
            ),
        )


def refuse_without_ranks(framework: Framework) -> None:
    """Refuse a framework without a total score, which gives no ranks.

    Raises
    ------
    UsageError
    """
    if not framework.leaves:
        message = f"`{framework.id}` has guardrails and no criteria, so it gives no ranks"
        raise UsageError(message, "ranking", "score by a framework with criteria")
    if framework.combine == "none":
        message = f"`{framework.id}` has no total score (`combine: none`), so it gives no ranks"
        raise UsageError(message, "ranking", "score by a framework with a total score")


def whole_ranking(ranking: object) -> Ranking:
    """Return the whole of a ranking that may be narrowed: analyses are of all candidates.

    Raises
    ------
    UsageError
        If it is no ranking.
    """
    if not isinstance(ranking, Ranking):
        help = "give the result of `score(candidates, framework)`"
        if isinstance(ranking, Result) and ranking.kind == "ranking":
            message = "a stored result holds no ratings and no framework"
            help = "give its list too: `load_result(file, candidates)`"
            raise UsageError(message, "ranking", help)
        raise refusal_of_value(ranking, "a ranking", "ranking", help)
    return ranking.whole


def list_heading(problem: Problem, subtitle: str) -> Heading:
    """Return the heading of a page: title and date of the list, and a smaller line below them.

    A list without a title goes by the name of its file, without the folder.
    """
    document = problem.document
    if document is None:
        return Heading(plural(problem.size, "candidate"), 1, subtitle)
    source = document.origin.source
    name = "" if source.startswith("<") else Path(source).name
    title = document.title or name or plural(problem.size, "candidate")
    if document.date_in_words is not None:
        title += f", as of {document.date_in_words}"
    return Heading(title, 1, subtitle)


def outline_of(framework: Framework) -> dict[str, Any]:
    """Return what every result says of its framework: id, title and version."""
    title = title_of(framework.id, framework.title)
    return {"id": framework.id, "title": title, "version": framework.version}


def record_of_framework(framework: Framework) -> dict[str, Any]:
    """Return id, version and digest; also of the adopted one, and of the one it is based on."""
    record: dict[str, Any] = {"id": framework.id, "version": framework.version}
    record["digest"] = framework.digest
    if framework.adopted is not framework:
        record["adopted_digest"] = framework.adopted.digest
    if framework.given_weights:
        record["given_weights"] = dict(framework.given_weights)
    if framework.base is not None:
        record["based_on"] = record_of_framework(framework.base)
    return record


def _digest_of_columns(problem: Problem) -> str:
    digest = hashlib.sha256()
    for key, column in sorted({**problem.ratings, **problem.facts}.items()):
        digest.update(key.encode())
        if isinstance(column, AnswerColumn):
            words = problem.framework.all_facts[key].words
            said = ["unknown" if answer is None else words(answer) for answer in column.answers]
            digest.update("\n".join(said).encode())
            arrays: tuple[NDArray[Any], ...] = (column.codes.astype(np.int64),)
        elif key in problem.facts:
            arrays = (column.low, column.high)
        elif np.array_equal(column.low, column.high, equal_nan=True):
            arrays = (column.low,)
        else:
            arrays = (column.low, column.value, column.high)
        for array in arrays:
            digest.update(np.ascontiguousarray(array).data)
    for name, flags in sorted(problem.in_place.items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(flags).data)
    digest.update("\n".join(problem.names).encode())
    return "sha256:" + digest.hexdigest()


def _open_verdicts(found: Assessment, framework: Framework) -> str | None:
    """Return the range of verdicts, depending on unknown answers, where there is more than one."""
    if found.verdict_range is None or found.verdict_range[0] == found.verdict_range[1]:
        return None
    return " to ".join(badge(verdict, framework).word for verdict in found.verdict_range)


def _side_field(side: str) -> Field:
    heads = {"gain": "Gain", "risk": "Low risk"}  # high is good in every column of scores
    return Field(
        f"sides_{side}",
        heads[side],
        lambda found: found.sides[side],
        kind="number",
        digits=0,
        priority=5,
        json=False,
    )
