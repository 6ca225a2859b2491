"""Explanation: why one candidate stands where it does, and what would change that.

Imports the changes and findings of this storey, `scoring`, the kernels and `table`. Axis letter: m leaf criteria.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...errors import UsageError
from ...kernels.attribution import shortfalls
from ...output import Table, as_json
from ...scoring.assessment import Assessment
from ...scoring.manifest import outline_of
from ...scoring.ranking import Ranking
from ..evidence import GuardrailEvidence, guardrail_evidence, rating_words
from .answer_search import fact_changes, safeguard_changes
from .changes import Aim, FactChange, RatingChange, SafeguardChange, aims_of
from .memo import memo_of
from .memo_tables import criteria_table
from .pages import page_html, page_markdown, page_text
from .rating_search import rating_changes
from .variants import Variants
from .versus import Versus, sum_below, versus_of

__all__ = ["CriterionPart", "Explanation", "explain"]


@dataclass(frozen=True)
class CriterionPart:
    """What one criterion or group adds to a score, and what it leaves to be wished.

    Parameters
    ----------
    id, title : str
    depth : int
        0 at the top.
    is_group : bool
    side : {"gain", "risk"} or None
    weight : float
        Overall, in [0, 1]; of the whole score.
    rating : str or None
        As it is written, with the name of its level; None for a group.
    score : float or None
        Its own, in [0, 100]: for a criterion the value of the rating; None where it is omitted.
    contribution, shortfall : float or None
        Points. Contributions of criteria sum to the score, shortfalls to 100 minus it; those of a group are the
        sums of what lies below it. None where there is no score.
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


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why one candidate stands where it does: made to be read as a memo.

    Parameters
    ----------
    ranking : Ranking
        What is explained.
    assessment : Assessment
        Of the candidate.
    criteria : tuple of CriterionPart
        In the order of the framework, groups before what lies below them.
    guardrails : tuple of GuardrailEvidence
    aims : tuple of Aim
        What the changes are looked for.
    rating_changes, fact_changes, safeguard_changes : tuples of changes
        By aim; changes of ratings the smallest first. Each is of one thing alone, all else and all other candidates
        as they are.
    versus : Versus or None
    top : int or None
        The place that was asked for; None: one place up.
    """

    ranking: Ranking
    assessment: Assessment
    criteria: tuple[CriterionPart, ...]
    guardrails: tuple[GuardrailEvidence, ...]
    aims: tuple[Aim, ...]
    rating_changes: tuple[RatingChange, ...]
    fact_changes: tuple[FactChange, ...]
    safeguard_changes: tuple[SafeguardChange, ...]
    versus: Versus | None = None
    top: int | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return self.ranking.notes

    def table(self) -> Table:
        """Return the contributions and shortfalls of the criteria as a table."""
        return criteria_table(self)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each criterion and group."""
        return [asdict(part) for part in self.criteria]

    def to_json(self) -> str:
        """Return the whole explanation as JSON, numbers with nine significant digits."""
        framework = self.ranking.framework
        document = {
            "collabscore": "explanation/1",
            "framework": outline_of(framework),
            "options": {
                "candidate": self.assessment.id,
                "versus": self.versus.other.id if self.versus is not None else None,
                "top": self.top,
            },
            "candidate": self.assessment.record(),
            "criteria": self.records(),
            "guardrails": [part.record() for part in self.guardrails],
            "changes": {
                "aims": [aim.record() for aim in self.aims],
                "ratings": [change.record() for change in self.rating_changes],
                "facts": [change.record() for change in self.fact_changes],
                "safeguards": [change.record() for change in self.safeguard_changes],
            },
            "versus": self.versus.record() if self.versus is not None else None,
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }
        return as_json(document)

    def to_text(self, width: int | None = None) -> str:
        """Return the explanation as a memo in plain text.

        Parameters
        ----------
        width : int, optional
            Letters in a line; as many as it takes, if left out.
        """
        return page_text(memo_of(self), width)

    def to_markdown(self) -> str:
        """Return the explanation as a memo in Markdown."""
        return page_markdown(memo_of(self))

    def to_html(self) -> str:
        """Return the explanation as a fragment of HTML: no script, its own style, light and dark."""
        return page_html(memo_of(self))

    def __str__(self) -> str:
        return self.to_text(100).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.to_html()


def explain(
    ranking: Ranking, candidate: str, *, versus: str | None = None, top: int | None = None
) -> Explanation:
    """Explain why a candidate stands where it does, and what would change that.

    Parameters
    ----------
    ranking : Ranking
    candidate : str
        Its id.
    versus : str, optional
        The id of another one, to say why one stands above the other.
    top : int, optional
        Look for what would bring it among the first so many, or cost it its place there; for the next better rank,
        if left out.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If there is no candidate of that id, if `versus` is the candidate itself, or if `top` is out of range.

    Notes
    -----
    Contributions follow Euler's theorem, shortfalls and contrasts are Aumann-Shapley values (`kernels.attribution`).
    Least changes are found at the turning points of the score and of the conditions: see
    `analysis.turning_points`.

    Examples
    --------
    >>> from collabscore.api import score
    >>> ranking = score([{"id": "flu", "ratings": {"gain": 4}}, {"id": "ice", "ratings": {"gain": 3}}], {
    ...     "collabscore": "framework/1", "id": "one", "criteria": {"gain": {"scale": {"range": [1, 5]}}}})
    >>> [(change.to, change.beyond) for change in explain(ranking, "ice").rating_changes]
    [(4.0, False)]
    """
    place = ranking.place_of(candidate)
    _check(ranking, candidate, versus, top)
    assessment = ranking.assessment(place)
    guardrails = ranking.framework.guardrails if assessment.verdict is not None else ()
    variants = Variants(ranking, int(ranking.order[place]))
    aims = aims_of(variants, top)
    number = {aim.id: k for k, aim in enumerate(aims)}
    return Explanation(
        ranking=ranking,
        assessment=assessment,
        criteria=_criteria(ranking, place),
        guardrails=tuple(guardrail_evidence(ranking, place, key) for key in guardrails),
        aims=aims,
        rating_changes=tuple(
            sorted(rating_changes(variants, aims), key=lambda c: (number[c.aim], c.share))
        ),
        fact_changes=tuple(sorted(fact_changes(variants, aims), key=lambda c: number[c.aim])),
        safeguard_changes=tuple(
            sorted(safeguard_changes(variants, aims, assessment), key=lambda c: number[c.aim])
        ),
        versus=versus_of(ranking, place, versus) if versus is not None else None,
        top=top,
    )


def _check(ranking: Ranking, candidate: str, versus: str | None, top: int | None) -> None:
    if versus is not None and ranking.place_of(versus) == ranking.place_of(candidate):
        raise UsageError(f"`{candidate}` cannot be compared with itself: name another candidate")
    if top is None:
        return
    if not ranking.has_total:
        raise UsageError(
            f"`top` needs ranks, and `{ranking.framework.id}` gives none: it makes no total score"
        )
    if not 1 <= top <= len(ranking):
        candidates = "one candidate" if len(ranking) == 1 else f"{len(ranking):,} candidates"
        raise UsageError(
            f"`top` is {top}, and the list has {candidates}: give a number from 1 to {len(ranking)}"
        )


def _criteria(ranking: Ranking, place: int) -> tuple[CriterionPart, ...]:
    if not ranking.criteria:
        return ()
    row = int(ranking.order[place])
    contributions, missing = ranking.contributions[place], np.full(len(ranking.criteria), np.nan)
    if not np.isnan(ranking.scores[place]):
        # of this one alone: of thousands they take their time
        missing = 100 * shortfalls(ranking.valuation.tree, ranking.valuation.leaf_values[[row]])[0]
    return tuple(
        CriterionPart(
            id=key,
            title=node.title,
            depth=len(node.path) - 1,
            is_group=node.criterion.is_group,
            side=node.side,
            weight=node.overall,
            rating=None if node.criterion.is_group else rating_words(ranking, key, row),
            score=ranking.score_of(key, place),
            contribution=sum_below(ranking, key, contributions),
            shortfall=sum_below(ranking, key, missing),
        )
        for key, node in ranking.framework.nodes.items()
    )
