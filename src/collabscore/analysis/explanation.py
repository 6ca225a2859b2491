"""Explanation: the grounds for the position of one candidate, and what would change it.

Axis letter: m leaf criteria.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from ..arrays import FloatArray, number_or_none
from ..errors import UsageError
from ..kernels.attribution import contrast, shortfalls
from ..output import Cell, Field, Table
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.variants import Variants
from ..scoring.verdicts import Assessment
from .changes import Aim, ChangeSearch, FactChange, RatingChange, SafeguardChange, aims_of
from .evidence import GuardrailEvidence, guardrail_evidence, rating_words

__all__ = ["Contrast", "ContrastPart", "CriterionPart", "Explanation", "explain"]

DecidedBy = Literal["tier", "score", "rank", "tie", "nothing"]


@dataclass(frozen=True)
class CriterionPart:
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


@dataclass(frozen=True)
class ContrastPart:
    """Part of one criterion or group in the difference of two scores.

    Parameters
    ----------
    id, title : str
    depth : int
    is_group : bool
    rating, other : str or None
        The ratings of the candidate and of the other one; None for a group.
    points : float
        Those of criteria sum to the difference; those of a group are sums over its criteria.
    """

    id: str
    title: str
    depth: int
    is_group: bool
    rating: str | None
    other: str | None
    points: float


@dataclass(frozen=True)
class Contrast:
    """The reason why one of two candidates ranks above the other.

    Parameters
    ----------
    other : Assessment
        The candidate compared with.
    decided_by : {"tier", "score", "rank", "tie", "nothing"}
        "rank": only one of them has a rank; "nothing": neither has one.
    difference : float or None
        Score of the candidate minus that of the other; None without two scores.
    parts : tuple of ContrastPart
        Empty without two scores.
    """

    other: Assessment
    decided_by: DecidedBy
    difference: float | None
    parts: tuple[ContrastPart, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(RankingResult):
    """The grounds for the position of one candidate, and what would change it.

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
        By aim; changes of ratings the smallest first. Each is of one thing alone, all else and
        all other candidates as they are.
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
            lambda part: part.rating or "",
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
        """Return the points of the criteria, and the points lost, as a table with their sums."""
        table, score = super().table(), self.assessment.score
        sums: tuple[tuple[Cell, ...], ...] = ()
        if score is not None:
            sums = (("All", "", 1.0, score, score, 100 - score),)
        return Table(table.columns, table.rows + sums)

    def body(self) -> dict[str, Any]:
        """Return what the JSON holds between the options and the notes."""
        versus = None
        if self.versus is not None:
            other = self.versus.other
            versus = {
                "id": other.id,
                "rank": other.rank,
                "score": other.score,
                "verdict": other.verdict,
                "decided_by": self.versus.decided_by,
                "difference": self.versus.difference,
                "criteria": [asdict(part) for part in self.versus.parts],
            }
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
            "versus": versus,
        }


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
        Search for changes that bring it among the first so many, or cost it its place there; for
        the next better rank, if left out.

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
    ranking = ranking.whole
    place = ranking.place_of(candidate)
    against = None
    if versus is not None:
        other_place = ranking.place_of(versus)
        if other_place == place:
            raise UsageError(
                f"`{candidate}` cannot be compared with itself: name another candidate"
            )
        against = _contrast_of(ranking, place, other_place)
    if top is not None and not ranking.has_total:
        raise UsageError(
            f"`top` needs ranks, and `{ranking.framework.id}` gives none: it makes no total score"
        )
    if top is not None and not 1 <= top <= len(ranking):
        candidates = "one candidate" if len(ranking) == 1 else f"{len(ranking):,} candidates"
        raise UsageError(
            f"`top` is {top}, and the list has {candidates}: give a number from 1 to {len(ranking)}"
        )
    assessment, row = ranking[place], int(ranking.order[place])
    search = ChangeSearch(Variants.of_ranking(ranking), row, aims_of(ranking, assessment, top))
    guardrails = [
        guardrail_evidence(ranking, place, finding.guardrail) for finding in assessment.findings
    ]
    return Explanation(
        ranking=ranking,
        assessment=assessment,
        criteria=_criterion_parts(ranking, place),
        guardrails=tuple(guardrails),
        aims=search.aims,
        rating_changes=search.rating_changes(),
        fact_changes=tuple(search.fact_changes()),
        safeguard_changes=tuple(search.safeguard_changes(assessment)),
        versus=against,
        top=top,
    )


def _criterion_parts(ranking: Ranking, place: int) -> tuple[CriterionPart, ...]:
    row, lost = int(ranking.order[place]), np.full(len(ranking.criteria), np.nan)
    if not np.isnan(ranking.scores[place]):
        # of this candidate alone: those of thousands would take long
        lost = 100 * shortfalls(ranking.valuation.tree, ranking.valuation.leaf_values[[row]])[0]
    parts = []
    for key, node in ranking.framework.nodes.items():
        score = number_or_none(ranking.node_scores[key][place])
        parts.append(
            CriterionPart(
                id=key,
                title=node.title,
                depth=len(node.path) - 1,
                is_group=node.criterion.is_group,
                side=node.side,
                weight=node.overall,
                rating=_leaf_rating_words(ranking, key, row),
                score=score,
                contribution=_sum_below(ranking, key, ranking.contributions[place]),
                shortfall=_sum_below(ranking, key, lost),
            )
        )
    return tuple(parts)


def _contrast_of(ranking: Ranking, place: int, other_place: int) -> Contrast:
    here, there = ranking[place], ranking[other_place]
    decided_by = _decided_by(ranking, here, there)
    if here.score is None or there.score is None:
        return Contrast(there, decided_by, None, ())
    row, other_row = ranking.order[[place, other_place]].tolist()
    values = ranking.valuation.leaf_values
    points = 100 * contrast(ranking.valuation.tree, values[other_row], values[row])
    parts = []
    for key, node in ranking.framework.nodes.items():
        parts.append(
            ContrastPart(
                id=key,
                title=node.title,
                depth=len(node.path) - 1,
                is_group=node.criterion.is_group,
                rating=_leaf_rating_words(ranking, key, row),
                other=_leaf_rating_words(ranking, key, other_row),
                points=_sum_below(ranking, key, points) or 0.0,
            )
        )
    return Contrast(there, decided_by, here.score - there.score, tuple(parts))


def _decided_by(ranking: Ranking, here: Assessment, there: Assessment) -> DecidedBy:
    if here.rank is None or there.rank is None:
        return "nothing" if here.rank == there.rank else "rank"
    verdicts = ranking.framework.all_verdicts
    if verdicts[here.verdict or ""].tier != verdicts[there.verdict or ""].tier:
        return "tier"
    return "tie" if here.rank == there.rank else "score"


def _leaf_rating_words(ranking: Ranking, key: str, row: int) -> str | None:
    return rating_words(ranking.problem, key, row) if key in ranking.framework.leaves else None


def _sum_below(ranking: Ranking, key: str, points: FloatArray) -> float | None:
    """Return the sum over the leaves at or below a node; None where there is no score."""
    leaves = ranking.framework.leaves.values()
    return number_or_none(math.fsum(points[k] for k, leaf in enumerate(leaves) if key in leaf.path))
