"""Verdicts in plain values: findings and assessments of one candidate, and what verdicts mean.

Axis letter: n candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, Frozen
from ..models.framework import Framework, Need, Verdict
from ..output import Block, Page
from ..output.result import reported
from ..output.table import Readable

__all__ = [
    "ANSWERS",
    "REASON_CODES",
    "Assessment",
    "Codes",
    "Finding",
    "crosswalk",
    "deciding_findings",
    "goes_ahead",
    "holds",
    "is_refused",
    "joint_findings",
    "open_findings",
    "places_of",
    "tiers_of",
]

Codes: TypeAlias = NDArray[np.int8]
"""Verdicts or tiers by position."""


# findings and assessments

REASON_CODES: Mapping[str, str] = {
    "clear": "The guardrail does not apply.",
    "met": "It applies, and all safeguards that it needs are in place.",
    "safeguard-due": "It applies to an area: each project has to put the safeguards in place.",
    "safeguard-planned": "It applies; every missing safeguard is planned.",
    "safeguard-missing": "It applies, and a safeguard is missing that is not even planned.",
    "permission-to-ask": "It applies to an area, and a permission that may be refused is missing.",
    "applies": "It applies and gives a ranked verdict that no safeguard changes.",
    "bars": "It applies and gives an unranked verdict that no safeguard changes.",
    "answer-unknown": "An unknown answer or rating decides whether it applies.",
    "degree-unknown": "It applies, and an unknown answer or rating decides on its verdict.",
}
"""Codes of findings, which stay the same when texts change, and their meanings."""


@dataclass(frozen=True)
class Finding(Frozen):
    """What one guardrail finds of one candidate.

    Parameters
    ----------
    guardrail, title : str
    state : {"clear", "met", "unmet", "barred", "unknown"}
    verdict : str
        The verdict it gives.
    missing : tuple of tuple of str
        Safeguards still needed; of each inner tuple any one will do. For an area: to be put in
        place, or to be requested.
    may_need : tuple of tuple of str
        Safeguards that some of the open answers would require, and others not; as `missing`.
    planned : tuple of str
        Those of the missing ones, and of those that may be needed, that are planned.
    in_place : tuple of str
        Those that it needs or may need, and that are in place.
    unknown : tuple of str
        The open facts and ratings whose answers could change its verdict or its needs.
    reason : str or None
        Reason of the framework for the step that decides; None where the guardrail does not apply.
    code : str
        Reason code, one of `REASON_CODES`.
    refer_to, deadline : str or None
        The office that decides, and its time limit; None where the verdict goes ahead, or the
        guardrail names none.
    partners : tuple of str
        Partners whose answers, or unknown answers, decide; their names are part of the title.
    """

    guardrail: str
    title: str
    state: str
    verdict: str
    missing: tuple[Need, ...] = ()
    may_need: tuple[Need, ...] = ()
    planned: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reason: str | None = None
    code: str = "clear"
    refer_to: str | None = None
    deadline: str | None = None
    partners: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[Need, ...]:
        """Safeguards that it needs or may need, and that are not in place, as `missing`."""
        return self.missing + self.may_need

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        record = {
            "guardrail": self.guardrail,
            "state": self.state,
            "code": self.code,
            "verdict": self.verdict,
            "missing": _plain(self.missing),
            "may_need": _plain(self.may_need),
            "planned": list(self.planned),
            "in_place": list(self.in_place),
            "unknown": list(self.unknown),
        }
        for name in ("refer_to", "deadline"):
            if getattr(self, name) is not None:
                record[name] = getattr(self, name)
        if self.partners:
            record["partners"] = list(self.partners)
        return record


def _plain(needs: Iterable[Need]) -> list[str | list[str]]:
    """Return needs for JSON: one that has no options as text."""
    return [options[0] if len(options) == 1 else list(options) for options in needs]


@dataclass(frozen=True, kw_only=True, repr=False)
class Assessment(Readable, Frozen):
    """The assessment of one candidate: its place, its verdict, and the findings behind it.

    Notebooks show it as a card; `print` shows the same as text.

    Parameters
    ----------
    id, title : str
    rank : int or None
        From 1; ties share the better rank. None where it has no score or its verdict is not ranked.
    score : float or None
        In [0, 100].
    low, high : float or None
        Range of the score over all values of its uncertain ratings.
    rated : float
        Share of overall weight that was rated, in [0, 1].
    verdict : str or None
        None where the framework is not about it.
    verdict_range : tuple of str or None
        The mildest and the most severe verdict that unknown answers allow.
    range_exact : bool
        Whether verdict and range rest on all answers that are possible together. If not, the
        range may be wider than they allow.
    band : str or None
    findings : tuple of Finding
        One for each guardrail, in the order of the framework.
    contributions : mapping of str to float, or None
        Points of each leaf criterion; they sum to the score.
    sides : mapping of str to float or None
        Sub-scores of gain and of risk.
    unit : {"project", "area"}
    standing : tuple of str
        Safeguards required of every project, whatever its verdict, that are not in place.
    unrated : tuple of str
        Criteria on which it is not rated.
    expired : tuple of str
        Ratings, facts and safeguards whose `until` is before the date of the list.
    doubted : tuple of str
        Facts in doubt, because answers contradict each other or may do so.
    framework : Framework
    """

    id: str
    title: str = ""
    rank: int | None
    score: float | None
    low: float | None
    high: float | None
    rated: float
    verdict: str | None
    verdict_range: tuple[str, str] | None
    range_exact: bool = True
    band: str | None
    findings: tuple[Finding, ...]
    contributions: Mapping[str, float] | None
    sides: Mapping[str, float | None]
    unit: str = "project"
    standing: tuple[str, ...] = ()
    unrated: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    framework: Framework = field(compare=False)

    def page(self) -> Page:
        """Return the card: verdict, rank, score, and what is missing or unknown."""
        page: Page = reported(self, "ranking", "assessment_page_of")
        return page

    @property
    def blocks(self) -> Sequence[Block]:
        """Blocks of the card."""
        return self.page().blocks

    def __str__(self) -> str:
        return self.to_text(100).rstrip("\n")

    def __repr__(self) -> str:
        parts = [self.verdict or "not applicable"]
        if self.rank is not None:
            parts.append(f"rank {self.rank}")
        if self.score is not None:
            parts.append(f"score {self.score:.1f}")
        return f"<Assessment: `{self.id}`; {', '.join(parts)}>"


def deciding_findings(assessment: Assessment) -> list[Finding]:
    """Return the findings that give the verdict on a candidate; none if it is the mildest one.

    Where none of them gives it alone, those of which one gives it whatever the answers.
    """
    if assessment.verdict == next(iter(assessment.framework.all_verdicts)):
        return []
    return _findings_alone(assessment) or joint_findings(assessment)[0]


def _findings_alone(assessment: Assessment) -> list[Finding]:
    """Return the findings each of which gives the verdict by itself."""
    found = []
    for finding in assessment.findings:
        if finding.verdict == assessment.verdict and finding.state != "clear":
            found.append(finding)
    return found


def joint_findings(assessment: Assessment) -> tuple[list[Finding], list[str]]:
    """Return the findings that give the verdict together, where none of them gives it alone.

    Returns
    -------
    findings : list of Finding
        Whatever the answers, one of them gives the verdict. Empty where one gives it alone.
    names : list of str
        The facts and criteria that they share, whose answers do not matter.
    """
    mildest = next(iter(assessment.framework.all_verdicts))
    if assessment.verdict in (None, mildest) or _findings_alone(assessment):
        return [], []
    found: list[Finding] = []
    times: Counter[str] = Counter()
    for finding in assessment.findings:
        if finding.state == "unknown":
            found.append(finding)
            times.update(finding.unknown)
    shared = [name for name in times if times[name] > 1] or list(times)
    return [finding for finding in found if not set(shared).isdisjoint(finding.unknown)], shared


def open_findings(assessment: Assessment) -> list[Finding]:
    """Return the findings that leave something to do or to keep: those that decide, then others.

    Of a candidate that is barred, only those that bar it. Those of which one bars it whatever the
    answers ask nothing.
    """
    verdicts, deciding = assessment.framework.all_verdicts, deciding_findings(assessment)
    if deciding and not verdicts[assessment.verdict or ""].ranked:
        return _barring_findings(assessment) or deciding
    # a rule that leaves the mildest verdict is not in the way
    mildest = next(iter(verdicts)) if deciding else None
    found = [finding for finding in deciding if finding.in_place or _is_open(finding, verdicts)]
    for finding in assessment.findings:
        if finding not in deciding and finding.verdict != mildest and _is_open(finding, verdicts):
            found.append(finding)
    return found


def _barring_findings(assessment: Assessment) -> list[Finding]:
    """Return the findings that bar a candidate, also those of which one bars it in any case."""
    joint, _ = joint_findings(assessment)
    if joint and not any(finding.lacking for finding in joint):
        given: dict[str, Any] = {"state": "barred", "verdict": assessment.verdict}
        return [replace(finding, unknown=(), **given) for finding in joint]
    return [finding for finding in deciding_findings(assessment) if finding.state == "barred"]


def _is_open(finding: Finding, verdicts: Mapping[str, Verdict]) -> bool:
    """Return whether a finding lacks safeguards or answers, or leaves the decision to a person."""
    if finding.state == "barred":
        # a verdict of the first tier is a class: nothing is in the way
        return not verdicts[finding.verdict].goes_ahead
    return bool(finding.lacking or finding.unknown)


def is_refused(assessment: Assessment) -> bool:
    """Return whether a candidate is judged and has no score, since ratings are unknown."""
    judged = assessment.verdict is not None and assessment.framework.has_total
    return judged and assessment.score is None and bool(assessment.unrated)


def goes_ahead(assessment: Assessment) -> bool:
    """Return whether a candidate has the mildest verdict, and a score where it has to have one."""
    mildest = next(iter(assessment.framework.all_verdicts))
    return assessment.verdict == mildest and not is_refused(assessment)


# the order of verdicts


def holds(columns: Mapping[str, BoolArray], name: str, row: int) -> bool:
    """Whether a safeguard has a column and is marked in a row of it."""
    return name in columns and bool(columns[name][row])


def tiers_of(framework: Framework) -> Codes:
    """Return the tier of each verdict, counted from 0; -1 if unranked, and last, for no verdict."""
    verdicts = framework.all_verdicts.values()
    tiers = np.unique([verdict.tier for verdict in verdicts], return_inverse=True)[1]
    ranked = [verdict.ranked for verdict in verdicts]
    return np.append(np.where(ranked, tiers, -1), -1).astype(np.int8)


def places_of(framework: Framework, verdicts: Codes, severe: Codes) -> NDArray[np.int16]:
    """Return the order of verdicts before any score; see `Judgement.tiers`.

    Parameters
    ----------
    verdicts, severe : integer arrays of one shape
        The verdict, and the most severe that it could be, by position; -1 for none.
    """
    tiers = tiers_of(framework)
    latest = np.maximum.accumulate(tiers[:-1]).astype(np.int16)
    places = 2 * latest[severe] + (tiers[severe] < 0)
    return np.where(tiers[verdicts] < 0, np.int16(-1), places)


# the meaning of verdicts

ANSWERS = ("goes ahead", "goes ahead with conditions", "a person decides", "does not go ahead")
"""Meanings of verdicts, mild to severe."""


def crosswalk(framework: Framework) -> dict[str, str]:
    """Return the meaning of each verdict of a framework, by its definition.

    A verdict that is not ranked does not go ahead; of a ranked one beyond the first tier a person
    decides; of the first tier the mildest goes ahead, and the others go ahead with conditions.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> crosswalk(load_framework("guardrail"))["conditional"]
    'goes ahead with conditions'
    """
    meanings = {}
    for index, (key, verdict) in enumerate(framework.all_verdicts.items()):
        code = min(index, 1)
        if not verdict.ranked:
            code = 3
        elif verdict.tier > 1:
            code = 2
        meanings[key] = ANSWERS[code]
    return meanings
