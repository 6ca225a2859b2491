"""A ranking for readers: what decides each verdict, and what to know beside the numbers. Axis letter: n candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ..models.framework import Framework
from ..output.text import plural
from ..scoring.ranking import Ranking
from ..scoring.wording import (
    SCOPE_NOTE,
    badge,
    quoted_titles,
    reasons_of,
    safeguard_title,
    unverified_note,
)

__all__ = ["notes_of", "table_notes_of"]


def table_notes_of(ranking: Ranking) -> Iterator[str]:
    """Yield the reasons of verdicts, a line for each candidate that is not simply inside, and the notes."""
    if ranking.selection is not None:
        yield ranking.selection.note
    for assessment in ranking:
        reasons = "; ".join(reasons_of(assessment, ranking.framework))
        if reasons:
            mark = badge(assessment.verdict, ranking.framework)
            stop = "" if reasons.endswith("?") else "."
            yield f"{mark.shape} {assessment.title} ({mark.word}): {reasons}{stop}"
    if ranking.selection is not None:
        yield (
            f"Shown are {len(ranking):,} of {len(ranking.whole):,} candidates; "
            "ranks are among all of them."
        )
    yield from ranking.whole.notes


def notes_of(ranking: Ranking) -> Iterator[str]:
    """Yield what a reader must know beside the numbers: counts, the framework, what a verdict does not say."""
    if ranking.selection is not None:
        yield ranking.selection.note
        yield from ranking.whole.notes
        return
    framework = ranking.framework
    yield _counts_note(ranking)
    yield from _scope_notes(ranking)
    yield from _standing_notes(ranking)
    if framework.has_total:
        yield (
            "Score: 100 is the good end, also of risk. Worst-best: what the ratings leave open. "
            + _missing_note(framework)
        )
    issuer = f" Issued by: {framework.issuer}." if framework.issuer else ""
    yield f"Framework `{framework.id}`, {framework.digest[:19]}….{issuer}"
    unverified = unverified_note(framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE


def _counts_note(ranking: Ranking) -> str:
    counts = Counter(ranking.verdicts.tolist())
    verdicts = [verdict for verdict in ranking.framework.all_verdicts if counts[verdict]]
    parts = [f"{counts[verdict]:,} {verdict}" for verdict in verdicts]
    if counts[None]:
        parts.append(f"{counts[None]:,} not applicable")
    candidates = plural(len(ranking), "candidate")
    return f"{candidates}: {', '.join(parts)}." if parts else f"{candidates}."


def _scope_notes(ranking: Ranking) -> Iterator[str]:
    """Yield a note with the number of candidates for which `applies` is unknown: silence must not look like a yes."""
    applies = ranking.framework.applies_expression
    if applies is None:
        return
    unknown = np.flatnonzero(ranking.evaluator.truth(applies).unknown)
    if not len(unknown):
        return
    names: dict[str, None] = {}
    for row in unknown.tolist():
        names.update(dict.fromkeys(ranking.evaluator.open_names(applies, row)))
    yield (
        f"Whether the framework is about {plural(len(unknown), 'candidate')} is open "
        f"(what is {quoted_titles(ranking.framework, tuple(names))}?); verdicts are given as if it were."
    )


def _standing_notes(ranking: Ranking) -> Iterator[str]:
    """Yield the safeguards asked of every project, and of how many each is missing."""
    is_project = ~ranking.problem.area
    projects = int(is_project.sum())
    if not ranking.framework.standing or not projects:
        return
    parts = []
    for name in ranking.framework.standing:
        missing = projects
        if name in ranking.problem.in_place:
            missing -= int((ranking.problem.in_place[name] & is_project).sum())
        title = safeguard_title(ranking.framework, name)
        parts.append(f"{title} (missing for {missing:,})" if missing else title)
    yield f"Asked of every project, changing no verdict: {', '.join(parts)}."


_MISSING_NOTES = {
    "average": "An unknown rating counts as the average of its scale.",
    "worst": "An unknown rating counts as the worst of its scale.",
    "omit": "An unknown rating is left out, and its siblings' weights stand for it.",
    "refuse": "A candidate with an unknown rating has no score.",
}


def _missing_note(framework: Framework) -> str:
    policies = {node.missing for node in framework.leaves.values()}
    if len(policies) == 1:
        return _MISSING_NOTES[policies.pop()]
    return "What an unknown rating counts as differs by criterion; see the framework."
