"""Explanation: the grounds for the position of one candidate, and what would change it.

Axis letter: m leaf criteria.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, ClassVar

import numpy as np

from ..arrays import FloatArray, IndexArray, Record, number_or_none, underflow_is_zero
from ..errors import UsageError, whole_number
from ..kernels.attribution import contrast, shortfalls
from ..models.weight_spaces import group_weights
from ..output import Field, Table
from ..output.text import summing_digits
from ..scoring.ranking import Ranking, RankingResult, whole_ranking
from ..scoring.variants import Variants
from ..scoring.verdicts import Assessment
from ..scoring.wording import directed, direction_words
from .changes import Aim, ChangeSearch, FactChange, RatingChange, SafeguardChange, aims_of
from .evidence import GuardrailEvidence, guardrail_evidence, rating_words
from .uncertainty import Draws, take_draws

__all__ = [
    "NEAR_TIE_DRAWS",
    "NEAR_TIE_SHARE",
    "NEIGHBOURS",
    "Contrast",
    "CriterionPart",
    "Explanation",
    "NearTie",
    "explain",
]


class CriterionPart(Record):
    """Points that one criterion or group adds to a score, and points lost on it.

    Parameters
    ----------
    id, title : str
    depth : int
        0 at the top.
    is_group : bool
    side : {"gain", "risk"} or None
    weight : float
        Share of the whole score, in [0, 1].
    rating : str or None
        The rating in words; None for a group.
    score : float or None
        Score of the criterion or group itself, in [0, 100]; None where it is omitted.
    contribution, shortfall : float or None
        Points. Contributions of criteria sum to the score, shortfalls to 100 minus the score;
        those of a group are sums over its criteria. None where there is no score.
    other : str or None
        The rating of the candidate compared with; None for a group, and without comparison.
    points : float or None
        The part in the difference of the two scores; None without two scores.
    direction : str
        The good end of its scale in words; empty for the high end.
    """

    id: str
    title: str
    depth: int
    is_group: bool
    side: str | None
    weight: float
    rating: str | None
    score: float | None
    contribution: float | None
    shortfall: float | None
    other: str | None = None
    points: float | None = None
    direction: str = ""


class Contrast(Record):
    """The reason why one of two candidates ranks above the other.

    Parameters
    ----------
    other : Assessment
        The candidate compared with.
    decided_by : {"tier", "reach", "score", "rank", "tie", "nothing"}
        "reach": the verdicts that unknown answers allow; "rank": only one of them has a rank;
        "nothing": neither has one.
    difference : float or None
        Score of the candidate minus that of the other; None without two scores.
    """

    other: Assessment
    decided_by: str
    difference: float | None

    def record(self, parts: Sequence[CriterionPart]) -> dict[str, Any]:
        """Return plain data, for JSON, with both ratings of each criterion if there are scores."""
        criteria = []
        if self.difference is not None:
            keys = ("id", "title", "depth", "is_group", "rating", "other", "points")
            criteria = [{key: getattr(part, key) for key in keys} for part in parts]
        return {
            "id": self.other.id,
            "rank": self.other.rank,
            "score": self.other.score,
            "verdict": self.other.verdict,
            "decided_by": self.decided_by,
            "difference": self.difference,
            "criteria": criteria,
        }


class NearTie(Record):
    """A candidate of the same tier whose order against the explained one is unsure.

    Parameters
    ----------
    other : Assessment
    difference : float
        Score of the explained candidate minus that of the other.
    within_ranges : bool
        Whether the range of one of the scores, over all that its ratings leave open, holds the
        other score.
    wins : float
        Share of draws in which the better ranked of the two is ahead.
    """

    other: Assessment
    difference: float
    within_ranges: bool
    wins: float

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            "id": self.other.id,
            "rank": self.other.rank,
            "score": self.other.score,
            "difference": self.difference,
            "within_ranges": self.within_ranges,
            "wins": self.wins,
        }


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(RankingResult):
    """The reasons for the position of one candidate, and the changes that would alter it.

    Parameters
    ----------
    ranking : Ranking
    assessment : Assessment
        Of the candidate.
    criteria : tuple of CriterionPart
        In the order of the framework, groups before their criteria.
    guardrails : tuple of GuardrailEvidence
    aims : tuple of Aim
        The gains and losses for which changes are searched.
    rating_changes, fact_changes, safeguard_changes : tuples of changes
        By aim; changes of ratings the smallest first. Each changes one thing; all else and all
        other candidates stay as they are.
    near_ties : tuple of NearTie
        The nearest score first.
    versus : Contrast or None
    top : int or None
        The place aimed at; None: one rank better.
    """

    kind: ClassVar[str] = "explanation"
    things: ClassVar[str] = "criteria"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("id"),
        Field(
            "title",
            "Criterion",
            lambda part: f"{'· ' * part.depth}{part.title}",
            lambda part: part.title,
            priority=0,
            least=20,
        ),
        Field("depth"),
        Field("is_group"),
        Field("side"),
        Field("weight", "Weight", kind="share", priority=4),
        Field(
            "rating",
            "Rating",
            lambda part: directed(part.rating or "", part.direction),
            lambda part: part.rating,
            priority=2,
            least=10,
        ),
        Field("score", "Score", kind="number", priority=3, detail="0-100"),
        Field("contribution", "Points", kind="number", priority=0),
        Field("shortfall", "Lost", kind="number", priority=0),
    )

    ranking: Ranking
    assessment: Assessment
    criteria: tuple[CriterionPart, ...]
    guardrails: tuple[GuardrailEvidence, ...]
    aims: tuple[Aim, ...]
    rating_changes: tuple[RatingChange, ...]
    fact_changes: tuple[FactChange, ...]
    safeguard_changes: tuple[SafeguardChange, ...]
    near_ties: tuple[NearTie, ...] = ()
    versus: Contrast | None = None
    top: int | None = None

    @property
    def rows(self) -> tuple[CriterionPart, ...]:
        """The criteria and groups."""
        return self.criteria

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table; points only where there is a total score."""
        points = ("contribution", "shortfall") if self.ranking.has_total else ()
        return ("title", "rating", "weight", "score", *points)

    @property
    def title(self) -> str:
        """Title of the candidate."""
        return self.assessment.title

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        versus = None if self.versus is None else self.versus.other.id
        return {"candidate": self.assessment.id, "versus": versus, "top": self.top}

    def table(self) -> Table:
        """Return the points of the criteria, and the points lost, as a table with their sums.

        Points have as many digits as make all sums true as printed, where two are enough.
        """
        table, score = self.table_of(self.shown), self.assessment.score
        if score is None or not self.ranking.has_total:
            return table
        digits, (gained, lost) = self._printed_points(score)
        whole = ("All", "", 1.0, score, score, 100 - score)
        rows = []
        for row, *points in zip((*table.rows, whole), gained, lost, strict=True):
            rows.append((*row[:-2], *points))
        columns = [*table.columns[:-2]]
        columns += [replace(column, digits=digits) for column in table.columns[-2:]]
        return Table(tuple(columns), tuple(rows))

    def _printed_points(self, score: float) -> tuple[int, list[list[float]]]:
        """Return points and points lost, rounded so that they sum up the tree; the totals last."""
        families = _families(self.criteria)
        columns, sums = [], []
        for key, total in (("contribution", score), ("shortfall", 100 - score)):
            points = [*(getattr(part, key) or 0.0 for part in self.criteria), total]
            columns.append(points)
            for parent, children in families.items():
                sums.append(([points[k] for k in children], points[parent]))
        digits, _ = summing_digits(sums)
        # groups come before their criteria: each is divided as it is printed itself
        for points, (parent, children) in product(columns, families.items()):
            family = [points[k] for k in children], points[parent]
            _, (parts,) = summing_digits([family], (digits,))
            for k, part in zip(children, parts, strict=True):
                points[k] = part
        return digits, columns

    def body(self) -> dict[str, Any]:
        """Return what the JSON holds between the options and the notes."""
        versus = None if self.versus is None else self.versus.record(self.criteria)
        return {
            "candidate": self.ranking.records([self.assessment])[0],
            "criteria": self.records(),
            "guardrails": [part.record() for part in self.guardrails],
            "changes": {
                "aims": [aim.record() for aim in self.aims],
                "ratings": [change.record() for change in self.rating_changes],
                "facts": [asdict(change) for change in self.fact_changes],
                "safeguards": [change.record() for change in self.safeguard_changes],
            },
            "near_ties": [tie.record() for tie in self.near_ties],
            "versus": versus,
        }


@underflow_is_zero
def explain(
    ranking: Ranking, candidate: str, *, versus: str | None = None, top: int | None = None
) -> Explanation:
    """Explain the position of a candidate, and what would change it.

    Parameters
    ----------
    ranking : Ranking
    candidate : str
        Its id.
    versus : str, optional
        The id of another candidate, to explain why one of the two ranks above the other.
    top : int, optional
        Search for changes that bring it into the first so many, or out of them; for the next better
        rank, if left out.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If there is no candidate of that id, if `versus` is the candidate itself, or if `top` is
        out of range.

    Notes
    -----
    Contributions follow Euler's theorem, shortfalls and contrasts are Aumann-Shapley values
    (`kernels.attribution`). Least changes of ratings are those of `analysis.breakpoints`.

    Examples
    --------
    >>> from collabscore.api import score
    >>> listed = [{"id": "flu", "ratings": {"gain": 4}}, {"id": "ice", "ratings": {"gain": 3}}]
    >>> criteria = {"gain": {"scale": {"range": [1, 5]}}}
    >>> ranking = score(listed, {"collabscore": "framework/1", "id": "one", "criteria": criteria})
    >>> [(change.to, change.beyond) for change in explain(ranking, "ice").rating_changes]
    [(4.0, False)]
    """
    ranking = whole_ranking(ranking)
    place, against = ranking.place_of(candidate, "candidate"), None
    if versus is not None:
        against = ranking.place_of(versus, "versus")
    if against == place:
        message = f"`{ranking.ids[place]}` cannot be compared with itself"
        raise UsageError(message, "versus", "name another candidate")
    if top is not None:
        if not ranking.has_total:
            message = f"`{ranking.framework.id}` has no total score, so it gives no ranks"
            raise UsageError(message, "top", "leave it out")
        top = whole_number("top", top, 1, len(ranking), "the number of candidates")
    assessment, row = ranking[place], int(ranking.order[place])
    variants = Variants.of_ranking(ranking)
    search = ChangeSearch(variants, row, aims_of(ranking, assessment, top))
    guardrails = [
        guardrail_evidence(ranking, row, finding.guardrail) for finding in assessment.findings
    ]
    return Explanation(
        ranking=ranking,
        assessment=assessment,
        criteria=tuple(_criterion_parts(ranking, place, against)),
        guardrails=tuple(guardrails),
        aims=search.aims,
        rating_changes=search.rating_changes(),
        fact_changes=tuple(search.fact_changes()),
        safeguard_changes=tuple(search.safeguard_changes(assessment)),
        near_ties=_near_ties(ranking, variants, place, against),
        versus=None if against is None else _contrast_of(ranking, place, against),
        top=top,
    )


def _families(criteria: Sequence[CriterionPart]) -> dict[int, list[int]]:
    """Return the positions of the children of each group, and of the top at -1."""
    families: dict[int, list[int]] = {}
    above = [-1]
    for position, part in enumerate(criteria):
        del above[part.depth + 1 :]
        families.setdefault(above[-1], []).append(position)
        above.append(position)
    return families


def _criterion_parts(ranking: Ranking, place: int, against: int | None) -> Iterator[CriterionPart]:
    tree, values, leaves = ranking.valuation.tree, ranking.values, ranking.framework.leaves
    lost = points = np.full(len(leaves), np.nan)
    if not np.isnan(ranking.scores[place]):
        # of this candidate alone: those of thousands would take long
        lost = 100 * shortfalls(tree, values[[place]])[0]
        if against is not None and not np.isnan(ranking.scores[against]):
            points = 100 * contrast(tree, values[against], values[place])
    for key, node in ranking.framework.nodes.items():
        below = [k for k, leaf in enumerate(leaves.values()) if key in leaf.path]
        rating = other = None
        if key in leaves:
            rating = rating_words(ranking.problem, key, ranking.order[place])
            if against is not None:
                other = rating_words(ranking.problem, key, ranking.order[against])
        yield CriterionPart(
            id=key,
            title=node.title,
            depth=len(node.path) - 1,
            is_group=node.criterion.is_group,
            side=node.side,
            weight=node.overall,
            rating=rating,
            score=number_or_none(ranking.node_scores[key][place]),
            contribution=number_or_none(math.fsum(ranking.contributions[place, below])),
            shortfall=number_or_none(math.fsum(lost[below])),
            other=other,
            points=number_or_none(math.fsum(points[below])),
            direction=direction_words(ranking.framework, key),
        )


def _contrast_of(ranking: Ranking, place: int, against: int) -> Contrast:
    here, there, difference = ranking[place], ranking[against], None
    if here.score is not None and there.score is not None:
        difference = here.score - there.score
    return Contrast(there, _decider_of(ranking, *sorted((place, against))), difference)


def _decider_of(ranking: Ranking, first: int, second: int) -> str:
    """Return what puts the first of two places before the second; see `Contrast`."""
    above, below = ranking[first], ranking[second]
    if above.rank is None or below.rank is None:
        return "nothing" if above.rank == below.rank else "rank"
    tiers = ranking.judgement.tiers[ranking.order]
    if tiers[first] == tiers[second]:
        return "tie" if above.rank == below.rank else "score"
    verdicts = ranking.framework.all_verdicts
    is_later = verdicts[below.verdict or ""].tier > verdicts[above.verdict or ""].tier
    return "tier" if is_later else "reach"


# near ties

NEAR_TIE_SHARE = 0.6
"""Share of draws from which on a pair is no near tie."""
_CLEAR = 0.8
"""Share of draws from which on it is none even where the ranges of the scores overlap."""
NEAR_TIE_DRAWS = 2048
"""Draws in which neighbours are compared."""
NEIGHBOURS = 20
"""The nearest scores among which near ties are looked for."""


def _near_ties(
    ranking: Ranking, variants: Variants, place: int, against: int | None
) -> tuple[NearTie, ...]:
    """Return the near ties among the nearest scores of its tier, and the candidate compared with.

    The nearest score comes first.
    """
    if not ranking.has_total or ranking.ranks[place] == 0:
        return ()
    tiers = ranking.judgement.tiers[ranking.order]
    scores, lows, highs = ranking.scores, ranking.lows, ranking.highs
    rivals = (tiers == tiers[place]) & (ranking.ranks > 0) & (ranking.ranks != ranking.ranks[place])
    others = np.flatnonzero(rivals)
    others = others[np.argsort(np.abs(scores[others] - scores[place]), kind="stable")]
    others = others[(np.arange(len(others)) < NEIGHBOURS) | (others == against)]
    if not len(others):
        return ()
    wins = _shares_ahead(ranking, variants, place, others)
    inside = (lows[place] <= scores[others]) & (scores[others] <= highs[place])
    inside |= (lows[others] <= scores[place]) & (scores[place] <= highs[others])
    ties = []
    for k in np.flatnonzero((wins < NEAR_TIE_SHARE) | (inside & (wins < _CLEAR))).tolist():
        other = int(others[k])
        difference = float(scores[place] - scores[other])
        ties.append(NearTie(ranking[other], difference, bool(inside[k]), float(wins[k])))
    return tuple(ties)


def _shares_ahead(
    ranking: Ranking, variants: Variants, place: int, others: IndexArray
) -> FloatArray:
    """Return the share of draws in which the better ranked one of each pair is ahead, (o,)."""
    rows = ranking.order[[place, *others]]
    groups = group_weights(ranking.framework, None)
    draws = Draws(ranking.problem, groups, seed=0, subjects=rows)
    ahead, behind = np.zeros((2, len(others)))
    for batch in take_draws(draws.batches(), NEAR_TIE_DRAWS):
        ranks = variants.outcomes(draws.changes(batch)).ranks
        places = np.where(ranks > 0, ranks, len(rows) + 1)
        ahead += np.count_nonzero(places[:, [0]] < places[:, 1:], axis=0)
        behind += np.count_nonzero(places[:, [0]] > places[:, 1:], axis=0)
    better = ranking.ranks[place] < ranking.ranks[others]
    shares: FloatArray = np.where(better, ahead, behind) / NEAR_TIE_DRAWS
    return shares
