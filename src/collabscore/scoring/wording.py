"""Wording: verdicts, criteria, facts, safeguards and what is known of them, for readers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..models.base import title_of, verification, within
from ..models.framework import Framework
from ..output import Badge
from ..output.text import figure
from .problem import Problem
from .verdicts import Assessment, Finding

__all__ = [
    "NOT_APPLICABLE",
    "SCOPE_NOTE",
    "badge",
    "closing_notes",
    "framework_title",
    "known_of",
    "quoted_titles",
    "reasons_of",
    "safeguard_title",
    "title_of_word",
    "unverified_note",
    "unverified_titles",
]

NOT_APPLICABLE = Badge("not applicable", "○", "muted")
"""The badge where the framework is not about the candidate."""

SCOPE_NOTE = (
    "A verdict judges the scope as described, and says nothing of any institution or person."
)
"""The last note of every result with verdicts."""


def badge(verdict: str | None, framework: Framework) -> Badge:
    """Return a verdict as word, shape and colour.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> badge("refer", load_framework("guardrail"))
    Badge(word='refer', shape='▲', tone='decide')
    """
    if verdict is None:
        return NOT_APPLICABLE
    definition = framework.all_verdicts[verdict]
    if not definition.ranked:
        return Badge(verdict, "✕", "stop")
    if definition.tier > 1:
        return Badge(verdict, "▲", "decide")
    if verdict == next(iter(framework.all_verdicts)):
        return Badge(verdict, "●", "good")
    return Badge(verdict, "◆", "caution")


# titles


def framework_title(framework: Framework) -> str:
    """Return the title of a framework, with its version."""
    title = title_of(framework.id, framework.title)
    if framework.version:
        title += f", version {framework.version}"
    return title


def title_of_word(framework: Framework, key: str) -> str:
    """Return the title of a criterion, a group or a fact."""
    if key in framework.all_facts:
        return title_of(key, framework.all_facts[key].title)
    return title_of(key, framework.nodes[key].title)


def quoted_titles(framework: Framework, keys: Sequence[str]) -> str:
    """Return the titles of criteria, groups and facts for a sentence: quoted, with commas."""
    return ", ".join(f"`{within(title_of_word(framework, key))}`" for key in keys)


def safeguard_title(framework: Framework, key: str) -> str:
    """Return the title of a safeguard for a sentence."""
    return within(title_of(key, framework.all_safeguards[key].title))


def unverified_titles(framework: Framework) -> list[str]:
    """Return the titles of all parts of a framework that were not checked against their sources."""
    titles = []
    for kind, key, element in framework.elements():
        if kind != "framework" and verification(element, framework.all_sources) == "no":
            titles.append(title_of(key, element.title))
    return titles


def unverified_note(framework: Framework) -> str | None:
    """Return the note on what was not verified; None where all was.

    Every result by the framework carries it.
    """
    titles = unverified_titles(framework)
    if not titles:
        return None
    return f"Not verified: {', '.join(titles)}. What rests on these should be checked first."


def closing_notes(framework: Framework) -> Iterator[str]:
    """Yield the last notes of a report: what was not verified, if anything, and the scope."""
    unverified = unverified_note(framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE


# reasons of a verdict


def reasons_of(assessment: Assessment, framework: Framework) -> list[str]:
    """Return what decides a verdict that is not simply the mildest, and what else is needed.

    Returns
    -------
    list of str
        First the guardrails that give the verdict, one each; then what the others still need, and
        ask. Empty for a candidate that is simply inside.
    """
    mildest = next(iter(framework.all_verdicts))
    deciding: list[Finding] = []
    others: list[Finding] = []
    for finding in assessment.findings:
        decides = finding.verdict == assessment.verdict != mildest and finding.state != "clear"
        (deciding if decides else others).append(finding)
    reasons = [_finding_sentence(finding, assessment, framework) for finding in deciding]
    reasons += _further_reasons(deciding, others, assessment, framework)
    refused = assessment.verdict is not None and assessment.score is None
    if refused and framework.has_total:
        reasons.append(f"no score: {quoted_titles(framework, assessment.unrated)} unrated")
    return reasons


def _further_reasons(
    deciding: list[Finding], others: list[Finding], assessment: Assessment, framework: Framework
) -> Iterator[str]:
    """Yield the safeguards and answers that only guardrails ask for that do not decide."""
    said: set[str] = set()
    for finding in deciding:
        said.update(_needs_in_words(finding, framework), finding.unknown)
    needs: list[str] = []
    asked: list[str] = []
    for finding in others:
        asked += finding.unknown
        if finding.state != "unknown":
            needs += _needs_in_words(finding, framework)
    if needs := _unsaid(needs, said):
        also = "also " if deciding else ""
        yield f"{also}{_lack_of(assessment)}: {', '.join(needs)}"
    if asked := _unsaid(asked, said):
        yield f"also open: {quoted_titles(framework, asked)}"


def _unsaid(names: list[str], said: set[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in said]


def _lack_of(assessment: Assessment) -> str:
    return "to be put in place" if assessment.unit == "area" else "missing"


def _finding_sentence(finding: Finding, assessment: Assessment, framework: Framework) -> str:
    title = finding.title
    needs = ", ".join(_needs_in_words(finding, framework))
    if finding.state == "barred":
        # a verdict that is ranked is a class, and no bar
        if framework.all_verdicts[finding.verdict].ranked and finding.reason:
            return f"{title}: {within(finding.reason).rstrip('.')}"
        return f"{title}: no safeguard would meet it"
    if finding.state == "unknown":
        text = f"{title}: cannot tell; what is {quoted_titles(framework, finding.unknown)}?"
        if needs:
            text += f" If it applies: {needs}"
        return text
    if needs:
        return f"{title}: {_lack_of(assessment)}: {needs}"
    ready = ", ".join(safeguard_title(framework, name) for name in finding.in_place)
    return f"{title}: met by {ready}"


def _needs_in_words(finding: Finding, framework: Framework) -> list[str]:
    """Return the safeguards that a finding misses, in words."""
    parts = []
    for options in finding.missing:
        words = " or ".join(safeguard_title(framework, name) for name in options)
        if not set(options).isdisjoint(finding.planned):
            words += " (planned, does not count yet)"
        parts.append(words)
    return parts


# what is known of a candidate


def known_of(problem: Problem, key: str, row: int) -> str:
    """Return in words what the candidate in a row says of one criterion or fact.

    Examples
    --------
    >>> import collabscore as cs
    >>> facts = {"stage": ["basic", "applied"]}
    >>> listed = [{"id": "flu", "ratings": {"dual_use": [1, 3]}, "facts": facts}]
    >>> problem = cs.score(listed, "guardrail").problem
    >>> [known_of(problem, key, 0) for key in ("dual_use", "stage", "legal_us")]
    ['between 1 and 3', 'basic or applied', 'unknown']
    """
    if key in problem.facts:
        answer = problem.facts[key].answer_at(row)
        return "unknown" if answer is None else problem.framework.all_facts[key].words(answer)
    column = problem.ratings[key]
    low, value, high = float(column.low[row]), float(column.value[row]), float(column.high[row])
    if math.isnan(low):
        return "unknown"
    if low == high:
        return figure(low)
    text = f"between {figure(low)} and {figure(high)}"
    if not math.isnan(value):
        text += f", most likely {figure(value)}"
    return text
