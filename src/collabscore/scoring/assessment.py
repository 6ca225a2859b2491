"""Assessments: what a ranking says of one candidate, in words and plain numbers.

Imports nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Assessment", "Finding"]


@dataclass(frozen=True)
class Finding:
    """What one guardrail finds of one candidate.

    Parameters
    ----------
    guardrail, title : str
    state : {"clear", "met", "unmet", "barred", "unknown"}
    verdict : str
        The verdict it gives.
    missing : tuple of tuple of str
        Safeguards still needed; of each inner tuple any one will do. For an area: to be put in place.
    planned : tuple of str
        Those of the missing ones that are planned.
    in_place : tuple of str
        Those of the needed ones that are in place.
    unknown : tuple of str
        The facts and ratings that would have to be known.
    reason : str or None
    """

    guardrail: str
    title: str
    state: str
    verdict: str
    missing: tuple[tuple[str, ...], ...] = ()
    planned: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reason: str | None = None

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "guardrail": self.guardrail,
            "state": self.state,
            "verdict": self.verdict,
            "missing": [
                options[0] if len(options) == 1 else list(options) for options in self.missing
            ],
            "planned": list(self.planned),
            "in_place": list(self.in_place),
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True)
class Assessment:
    """What a ranking says of one candidate.

    Parameters
    ----------
    id, title : str
    rank : int or None
        From 1; ties share the better rank. None where it has no score or its verdict is not ranked.
    score : float or None
        In [0, 100].
    low, high : float or None
        Bounds of the score over everything that the ratings leave open.
    rated : float
        The share of overall weight that was rated, in [0, 1].
    verdict : str or None
        None where the framework is not about the candidate.
    verdict_range : tuple of two str or None
        The mildest and the most severe verdict that the unknown facts and ratings leave open.
    band : str or None
        Shown for ranked candidates only.
    findings : tuple of Finding
        One for each guardrail.
    contributions : mapping of leaf id to points, or None
        They sum to the score.
    sides : mapping of side to points
        Sub-scores of gain and of risk, where the framework has them; 100 is the good end of both.
    unit : {"area", "project"}
    standing : tuple of str
        Safeguards asked of every project, whatever its verdict, that are not in place.
    unrated : tuple of str
        Criteria on which it is not rated.
    """

    id: str
    title: str
    rank: int | None
    score: float | None
    low: float | None
    high: float | None
    rated: float
    verdict: str | None
    verdict_range: tuple[str, str] | None
    band: str | None
    findings: tuple[Finding, ...]
    contributions: Mapping[str, float] | None
    sides: Mapping[str, float | None]
    unit: str = "project"
    standing: tuple[str, ...] = ()
    unrated: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON and data frames."""
        return {
            "id": self.id,
            "title": self.title,
            "rank": self.rank,
            "score": self.score,
            "low": self.low,
            "high": self.high,
            "rated": self.rated,
            "verdict": self.verdict,
            "verdict_range": list(self.verdict_range) if self.verdict_range is not None else None,
            "band": self.band,
            "unit": self.unit,
            "standing_missing": list(self.standing),
            "sides": dict(self.sides),
            "findings": [finding.record() for finding in self.findings],
            "contributions": dict(self.contributions) if self.contributions is not None else None,
        }
