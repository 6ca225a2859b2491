"""A ranking for readers: what decides each verdict, and what to know beside the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

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
    """Yield the reasons of verdicts that are not simply the mildest, a line each, and the notes."""
    if ranking.left_out:
        yield ranking.left_out_note
    for assessment in ranking:
        reasons = "; ".join(reasons_of(assessment, ranking.framework))
        if reasons:
            if not reasons.endswith("?"):
                reasons += "."
            mark = badge(assessment.verdict, ranking.framework)
            yield f"{mark.shape} {assessment.title} ({mark.word}): {reasons}"
    if ranking.left_out:
        yield (
            f"Shown are {len(ranking):,} of {len(ranking.whole):,} candidates; "
            "ranks are among all of them."
        )
    yield from ranking.whole.notes


def notes_of(ranking: Ranking) -> Iterator[str]:
    """Yield what a reader must know beside the numbers: counts, the framework, its limits."""
    if ranking.left_out:
        yield ranking.left_out_note
        yield from ranking.whole.notes
        return
    framework = ranking.framework
    yield _counts_note(ranking)
    yield from _scope_notes(ranking)
    yield from _standing_notes(ranking)
    if framework.has_total:
        policies = {node.missing for node in framework.leaves.values()}
        missing = "What an unknown rating counts as differs by criterion; see the framework."
        if len(policies) == 1:
            missing = _MISSING_NOTES[policies.pop()]
        yield (
            "Score: 100 is the good end, also of risk. Worst-best: what the ratings leave open. "
            + missing
        )
    note = f"Framework `{framework.id}`, {framework.digest[:19]}…."
    if framework.issuer:
        note += f" Issued by: {framework.issuer}."
    yield note
    unverified = unverified_note(framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE


def _counts_note(ranking: Ranking) -> str:
    counts = Counter(ranking.verdicts.tolist())
    parts = []
    for verdict in (*ranking.framework.all_verdicts, None):
        if counts[verdict]:
            parts.append(f"{counts[verdict]:,} {verdict or 'not applicable'}")
    note = plural(len(ranking), "candidate")
    if parts:
        note += f": {', '.join(parts)}"
    return f"{note}."


def _scope_notes(ranking: Ranking) -> Iterator[str]:
    """Yield a note on those for whom `applies` is unknown: silence must not look like a yes."""
    applies = ranking.framework.applies_expression
    if applies is None:
        return
    unknown = np.flatnonzero(ranking.judgement.evaluator.truth(applies).unknown)
    names: list[str] = []
    for row in unknown.tolist():
        names += ranking.judgement.evaluator.open_names(applies, row)
    if names:
        titles = quoted_titles(ranking.framework, list(dict.fromkeys(names)))
        yield (
            f"Whether the framework is about {plural(len(unknown), 'candidate')} is open "
            f"(what is {titles}?); verdicts are given as if it were."
        )


def _standing_notes(ranking: Ranking) -> Iterator[str]:
    """Yield the safeguards asked of every project, and of how many each is missing."""
    problem, is_project = ranking.problem, ~ranking.problem.area
    if not ranking.framework.standing or not is_project.any():
        return
    parts = []
    for name in ranking.framework.standing:
        part = safeguard_title(ranking.framework, name)
        present = problem.in_place.get(name, problem.area)
        missing = np.count_nonzero(is_project & ~present)
        if missing:
            part += f" (missing for {missing:,})"
        parts.append(part)
    yield f"Asked of every project, changing no verdict: {', '.join(parts)}."


_MISSING_NOTES = {
    "average": "An unknown rating counts as the average of its scale.",
    "worst": "An unknown rating counts as the worst of its scale.",
    "omit": "An unknown rating is left out, and its siblings' weights stand for it.",
    "refuse": "A candidate with an unknown rating has no score.",
}
