"""Rankings: the result of scoring, in rank order, with everything one may ask of it.

Imports the other modules of this storey. Axis letters: n candidates, m leaf criteria, g guardrails.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError, likely
from ..kernels.ranking import bands
from ..models.base import title_of
from ..models.framework import Framework
from ..models.guardrails import STATES, CompiledStep, Need
from ..output import Table, as_json
from .assessment import Assessment, Finding
from .evaluation import Evaluator
from .manifest import manifest_of, outline_of
from .presentation import notes_of, table_of
from .problem import Problem
from .valuation import Valuation, stretched
from .verdicts import Judgement

__all__ = ["GroupScores", "Ranking"]

Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.object_]


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
    scores: Floats
    lows: Floats
    highs: Floats
    contributions: Floats


@dataclass(frozen=True, eq=False, repr=False)
class Ranking:
    """Candidates in order: first what fits, then what a person must decide on, each by score.

    Arrays are read-only and in rank order. Iterating yields an `Assessment` for each candidate;
    ``ranking["some-id"]`` gives one.

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
    """

    problem: Problem
    valuation: Valuation
    judgement: Judgement
    order: NDArray[np.intp]
    ranks: NDArray[np.int64]

    @property
    def framework(self) -> Framework:
        """The framework that was judged by."""
        return self.problem.framework

    def __len__(self) -> int:
        """Return the number of candidates."""
        return self.problem.size

    def __iter__(self) -> Iterator[Assessment]:
        """Yield the assessments in rank order."""
        return (self.assessment(place) for place in range(len(self)))

    def __getitem__(self, candidate: str) -> Assessment:
        """Return the assessment of a candidate.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        return self.assessment(self.place_of(candidate))

    def place_of(self, candidate: str) -> int:
        """Return where a candidate stands in the arrays, from 0; raises `UsageError` if there is none of that id."""
        place = self._places.get(candidate)
        if place is None:
            guess = likely(candidate, self._places)
            raise UsageError(
                f"there is no candidate `{candidate}`"
                + (f"; did you mean `{guess}`?" if guess else "")
            )
        return place

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.ids)}

    # arrays in rank order

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids, n of them."""
        return tuple(self.problem.id_of(row) for row in self.order.tolist())

    @cached_property
    def scores(self) -> Floats:
        """Scores, (n,) in [0, 100]; NaN where there is none."""
        return self._ordered(100 * self.valuation.root)

    @cached_property
    def lows(self) -> Floats:
        """Lower bounds of the scores, (n,) in [0, 100]."""
        return self._ordered(100 * self.valuation.root_bounds[0])

    @cached_property
    def highs(self) -> Floats:
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
        return _read_only(words[np.where(self.ranks > 0, found, -1)])

    @cached_property
    def criteria(self) -> tuple[str, ...]:
        """Ids of the leaf criteria: the columns of `values` and `contributions`."""
        return tuple(self.framework.leaves)

    @cached_property
    def weights(self) -> Floats:
        """Overall weights of the leaf criteria, (m,); they sum to 1."""
        return _read_only(np.array([node.overall for node in self.framework.leaves.values()]))

    @cached_property
    def values(self) -> Floats:
        """Values of the ratings, (n, m) in [0, 1]; NaN where one is omitted."""
        return self._ordered(self.valuation.leaf_values)

    @cached_property
    def contributions(self) -> Floats:
        """Points that each leaf contributes, (n, m); rows sum to the score, and are NaN where there is none."""
        return self._ordered(100 * self.valuation.contributions)

    @cached_property
    def shortfalls(self) -> Floats:
        """Points that each leaf leaves to be wished, (n, m); rows sum to 100 minus the score."""
        return self._ordered(100 * self.valuation.shortfalls)

    @cached_property
    def rated(self) -> Floats:
        """Share of overall weight that was rated, (n,) in [0, 1]."""
        return self._ordered(self.valuation.rated)

    @cached_property
    def groups(self) -> Mapping[str, GroupScores]:
        """The scores of each group, by its id."""
        return {key: self._group(key) for key in self.framework.groups}

    @cached_property
    def sides(self) -> Mapping[str, Floats]:
        """Sub-scores of gain and of risk, (n,) each, where the framework has them; 100 is the good end of both."""
        if not self.framework.leaves:
            return {}
        return {side: self._ordered(scores) for side, scores in self.valuation.sides.items()}

    @cached_property
    def findings(self) -> Words:
        """What each guardrail finds, (n, g): clear, met, unmet, barred or unknown."""
        return self._ordered(np.array(STATES, dtype=object)[self.judgement.states])

    def _ordered(self, array: NDArray[Any]) -> NDArray[Any]:
        return _read_only(array[self.order])

    def _group(self, key: str) -> GroupScores:
        node, column = self.framework.nodes[key], self.valuation.nodes[key]
        low, high = self.valuation.node_bounds
        value = self.valuation.node_values[:, column]
        least, greatest = stretched(low[:, column], high[:, column], value)
        below = [k for k, leaf in enumerate(self.framework.leaves.values()) if key in leaf.path]
        return GroupScores(
            id=key,
            title=node.title,
            weight=node.overall,
            scores=self._ordered(100 * value),
            lows=self._ordered(100 * least),
            highs=self._ordered(100 * greatest),
            contributions=_read_only(self.contributions[:, below].sum(axis=1)),
        )

    @cached_property
    def _verdict_words(self) -> Words:
        return np.array(list(self.framework.all_verdicts), dtype=object)

    @property
    def has_total(self) -> bool:
        """Whether the framework makes one score of its criteria."""
        return self.framework.has_total

    @property
    def top(self) -> tuple[str, ...]:
        """Ids of the criteria and groups directly below the root."""
        return tuple(self.framework.criteria or ())

    # one candidate

    def points_of(self, key: str, place: int) -> float | None:
        """Return the points that a criterion or group contributes to the score of the candidate at a place."""
        below = [k for k, leaf in enumerate(self.framework.leaves.values()) if key in leaf.path]
        return _number(float(self.contributions[place, below].sum()))

    def score_of(self, key: str, place: int) -> float | None:
        """Return the score, in [0, 100], of the candidate at a place on one criterion or group."""
        return _number(
            100 * float(self.valuation.node_values[self.order[place], self.valuation.nodes[key]])
        )

    def unrated(self, candidate: str) -> tuple[str, ...]:
        """Return the criteria on which a candidate is not rated."""
        row = self.order[self.place_of(candidate)]
        return tuple(key for key, column in self.problem.ratings.items() if column.unknown[row])

    def assessment(self, place: int) -> Assessment:
        """Return the assessment of the candidate at a place in the arrays, from 0."""
        row = int(self.order[place])
        applicable = bool(self.judgement.applicable[row])
        rank = int(self.ranks[place])
        score = _number(self.scores[place])
        words = self._verdict_words
        contributions = None
        if score is not None:
            contributions = dict(
                zip(self.criteria, self.contributions[place].tolist(), strict=True)
            )
        return Assessment(
            id=self.ids[place],
            title=self.problem.title_of(row),
            rank=rank or None,
            score=score,
            low=_number(self.lows[place]),
            high=_number(self.highs[place]),
            rated=float(self.rated[place]) if self.criteria else 0.0,
            verdict=self.verdicts[place],
            verdict_range=(words[self.judgement.mild[row]], words[self.judgement.severe[row]])
            if applicable
            else None,
            band=self.bands[place],
            findings=self.findings_of(place) if applicable else (),
            contributions=contributions,
            sides={side: _number(scores[place]) for side, scores in self.sides.items()},
            unit="area" if self.problem.area[row] else "project",
            standing=self._standing(row),
            unrated=self.unrated(self.ids[place]),
        )

    def _standing(self, row: int) -> tuple[str, ...]:
        """Return the safeguards asked of every project that the one in a row has not in place; areas are asked none."""
        if self.problem.area[row]:
            return ()
        return tuple(
            name for name in self.framework.standing if not _holds(self.problem.in_place, name, row)
        )

    @cached_property
    def rules(self) -> Mapping[str, tuple[CompiledStep, ...]]:
        """The steps of each guardrail, their conditions read."""
        return self.framework.compiled_guardrails

    @cached_property
    def evaluator(self) -> Evaluator:
        """What is known of each condition, in the order of the problem."""
        return Evaluator(self.problem, self.valuation)

    def findings_of(self, place: int) -> tuple[Finding, ...]:
        """Return what each guardrail finds of the candidate at a place, with the safeguards and what is unknown."""
        row = int(self.order[place])
        return tuple(self._finding(key, k, row) for k, key in enumerate(self.framework.guardrails))

    def finding_of(self, guardrail: str, place: int) -> Finding:
        """Return what one guardrail finds of the candidate at a place."""
        return self._finding(
            guardrail, list(self.framework.guardrails).index(guardrail), int(self.order[place])
        )

    def _finding(self, key: str, k: int, row: int) -> Finding:
        guardrail = self.framework.guardrails[key]
        state = STATES[self.judgement.states[row, k]]
        graded = self.rules[key]
        rule = graded[self.judgement.steps[row, k]]
        missing, planned, ready = self._safeguards(
            rule.step.needs if state in ("met", "unmet", "unknown") else None, row
        )
        unknown: list[str] = []
        if state == "unknown":
            for other in graded:
                if other.when is not None and self._is_unknown(other, row):
                    unknown += self.evaluator.open_names(other.when, row)
        return Finding(
            guardrail=key,
            title=title_of(key, guardrail.title),
            state=state,
            verdict=str(self._verdict_words[rule.severity[STATES.index(state)]]),
            missing=missing,
            planned=planned,
            in_place=ready,
            unknown=tuple(dict.fromkeys(unknown)),
            reason=rule.step.reason or guardrail.reason,
        )

    def _is_unknown(self, rule: CompiledStep, row: int) -> bool:
        """Whether the finding of a step is `unknown`: its condition is, and its safeguards would not settle it."""
        assert rule.when is not None
        unknown = bool(self.evaluator.truth(rule.when).unknown[row])
        settled = rule.step.needs is not None and (
            self.problem.area[row] or not self._safeguards(rule.step.needs, row)[0]
        )
        return unknown and not settled

    def _safeguards(
        self, needs: Sequence[Need] | None, row: int
    ) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], tuple[str, ...]]:
        """Return what is missing, what of it is planned, and what is in place, of the safeguards a step needs."""
        missing, planned, ready = [], [], []
        for need in needs or ():
            options = (need,) if isinstance(need, str) else tuple(need)
            there = [name for name in options if _holds(self.problem.in_place, name, row)]
            ready += there
            if not there:
                missing.append(options)
                planned += [name for name in options if _holds(self.problem.planned, name, row)]
        return tuple(missing), tuple(planned), tuple(ready)

    # as the other results

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers: counts, the framework, what a verdict does not say."""
        return notes_of(self)

    def table(self) -> Table:
        """Return the ranking as a table."""
        return table_of(self)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each candidate, in rank order."""
        return [assessment.record() for assessment in self]

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits; the same for the same input."""
        document = {
            "collabscore": "ranking/1",
            "framework": outline_of(self.framework),
            "options": {},
            "candidates": self.records(),
            "notes": list(self.notes),
            "manifest": self.manifest,
        }
        return as_json(document)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What it takes to compute the same again: digests of the inputs, versions, options."""
        return manifest_of(self.problem)

    def __str__(self) -> str:
        # a page's width: what does not fit is named below the table
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _holds(columns: Mapping[str, NDArray[np.bool_]], name: str, row: int) -> bool:
    return name in columns and bool(columns[name][row])
