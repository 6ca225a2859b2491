"""Versus: why one candidate stands above another, and the difference of their scores criterion by criterion.

Imports `scoring`, the kernel of contrasts and the words of ratings. Axis letter: m leaf criteria.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...kernels.attribution import contrast
from ...scoring.assessment import Assessment
from ...scoring.ranking import Ranking
from ..evidence import rating_words

__all__ = ["ContrastPart", "Versus", "sum_below", "versus_of"]

DecidedBy = Literal["tier", "score", "rank", "tie", "nothing"]


@dataclass(frozen=True)
class ContrastPart:
    """What one criterion or group has to do with the difference of two scores.

    Parameters
    ----------
    id, title : str
    depth : int
    is_group : bool
    rating, other : str or None
        The ratings of the candidate and of the one it is compared with; None for a group.
    points : float
        Those of criteria sum to the difference; that of a group is the sum of what lies below it.
    """

    id: str
    title: str
    depth: int
    is_group: bool
    rating: str | None
    other: str | None
    points: float


@dataclass(frozen=True)
class Versus:
    """Why one of two candidates stands above the other.

    Parameters
    ----------
    other : Assessment
        The one it is compared with.
    decided_by : {"tier", "score", "rank", "tie", "nothing"}
        "rank": one of them has none; "nothing": neither has one.
    difference : float or None
        Its score less the other's; None without two scores.
    parts : tuple of ContrastPart
        Empty without two scores.
    """

    other: Assessment
    decided_by: DecidedBy
    difference: float | None
    parts: tuple[ContrastPart, ...]

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "id": self.other.id,
            "rank": self.other.rank,
            "score": self.other.score,
            "verdict": self.other.verdict,
            "decided_by": self.decided_by,
            "difference": self.difference,
            "criteria": [asdict(part) for part in self.parts],
        }


def versus_of(ranking: Ranking, place: int, versus: str) -> Versus:
    """Return why the candidate at a place, or the other one, stands above."""
    other_place = ranking.place_of(versus)
    here, there = ranking.assessment(place), ranking.assessment(other_place)
    if here.score is None or there.score is None:
        return Versus(there, _decided_by(ranking, here, there), None, ())
    rows = ranking.order[[place, other_place]]
    values = ranking.valuation.leaf_values[rows]
    points = 100 * contrast(ranking.valuation.tree, values[1], values[0])
    return Versus(
        other=there,
        decided_by=_decided_by(ranking, here, there),
        difference=here.score - there.score,
        parts=tuple(
            ContrastPart(
                id=key,
                title=node.title,
                depth=len(node.path) - 1,
                is_group=node.criterion.is_group,
                rating=None
                if node.criterion.is_group
                else rating_words(ranking, key, int(rows[0])),
                other=None if node.criterion.is_group else rating_words(ranking, key, int(rows[1])),
                points=sum_below(ranking, key, points.tolist()) or 0.0,
            )
            for key, node in ranking.framework.nodes.items()
        ),
    )


def _decided_by(ranking: Ranking, here: Assessment, there: Assessment) -> DecidedBy:
    if here.rank is None and there.rank is None:
        return "nothing"
    if here.rank is None or there.rank is None:
        return "rank"
    verdicts = ranking.framework.all_verdicts
    assert here.verdict is not None
    assert there.verdict is not None
    if verdicts[here.verdict].tier != verdicts[there.verdict].tier:
        return "tier"
    return "tie" if here.rank == there.rank else "score"


def sum_below(
    ranking: Ranking, key: str, points: Sequence[float] | NDArray[np.float64]
) -> float | None:
    """Return the sum over the leaves at or below a node; None where there is no score."""
    total = math.fsum(
        points[k] for k, leaf in enumerate(ranking.framework.leaves.values()) if key in leaf.path
    )
    return None if math.isnan(total) else total
