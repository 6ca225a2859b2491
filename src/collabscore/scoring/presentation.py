"""Presentation: a ranking as a table, and in words what stands between a candidate and a milder verdict.

Imports `table` and the models. Axis letter: n candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..models.base import title_of
from ..models.framework import Framework
from ..output import Cell, CellBar, Column, Table
from .wording import SCOPE_NOTE, badge, quoted_titles, reasons_of, safeguard_title, unverified_note

if TYPE_CHECKING:  # a ranking shows itself by this module
    from .assessment import Assessment
    from .ranking import Ranking

__all__ = ["notes_of", "table_of"]

Field: TypeAlias = "tuple[Column, Callable[[Assessment, int], Cell]]"


def table_of(
    ranking: Ranking,
    *,
    places: Sequence[int] | None = None,
    reasons: Literal["below", "column"] = "below",
) -> Table:
    """Return a ranking as a table.

    Parameters
    ----------
    ranking : Ranking
    places : sequence of int, optional
        Which candidates to show, by their places in the ranking; all, if left out. The notes say how many are not.
    reasons : {"below", "column"}
        Where the reasons of verdicts stand: a line for each candidate below the table, or a column.
    """
    chosen = list(range(len(ranking)) if places is None else places)
    shown = [ranking.assessment(place) for place in chosen]
    fields = _fields(ranking)
    notes = list(ranking.notes)
    if len(shown) < len(ranking):
        notes.insert(
            0,
            f"Shown are {len(shown):,} of {len(ranking):,} candidates; ranks are among all of them.",
        )
    if reasons == "column":
        why = Column("reasons", "Why")
        fields.append(
            (
                why,
                lambda assessment, _: "; ".join(reasons_of(assessment, ranking.framework)) or None,
            )
        )
    else:
        notes = [*_lines(ranking, shown), *notes]
        if not any(map(_could_be, shown)):  # a column of nothing; in machine forms it stays
            fields = [field for field in fields if field[0].key != "could_be"]
    rows = [
        tuple(cell(assessment, place) for _, cell in fields)
        for assessment, place in zip(shown, chosen, strict=True)
    ]
    framework = ranking.framework
    version = f", {framework.version}" if framework.version else ""
    return Table(
        columns=tuple(column for column, _ in fields),
        rows=tuple(rows),
        title=f"{title_of(framework.id, framework.title)}{version}",
        notes=tuple(notes),
    )


def _fields(ranking: Ranking) -> list[Field]:
    """Return the columns, each with what stands in it; those with a priority may go where width is short."""
    framework = ranking.framework
    verdict: Field = (
        Column("verdict", "Verdict", kind="badge", priority=0),
        lambda a, _: badge(a.verdict, framework),
    )
    candidate: Field = (
        Column("title", "Candidate", priority=0, least=20, lines=3),
        lambda a, _: a.title,
    )
    fields = [candidate, verdict]
    if ranking.has_total:
        fields = [
            (Column("rank", "Rank", kind="number", digits=0, priority=0), lambda a, _: a.rank),
            candidate,
            (Column("score", "Score", kind="number", priority=0, detail="▲"), lambda a, _: a.score),
            (
                Column("range", "Worst-best", kind="interval", digits=0, priority=2),
                lambda a, _: (a.low, a.high),
            ),
            verdict,
        ]
        if framework.bands:
            fields.append((Column("band", "Band", priority=6), lambda a, _: a.band))
        fields += [_side_field(side) for side in ranking.sides]
    fields.append((Column("could_be", "Could be", priority=4, least=10), lambda a, _: _could_be(a)))
    fields += [_group_field(key, ranking) for key in ranking.top]
    fields.append((Column("id", "Id", priority=9, least=8, lines=1), lambda a, _: a.id))
    return fields


def _side_field(side: str) -> Field:
    head = {"gain": "Gain", "risk": "Low risk"}[side]  # high is good in every column of scores
    return Column(side, head, kind="number", digits=0, priority=5), lambda a, _: a.sides[side]


def _group_field(key: str, ranking: Ranking) -> Field:
    node = ranking.framework.nodes[key]
    sign = "▼" if node.side == "risk" or node.criterion.prefer == "low" else "▲"
    detail = f"{sign} {100 * node.overall:.0f}%"
    if not ranking.has_total:
        column = Column(
            f"score_{key}", node.title, kind="number", digits=0, priority=3, detail=detail, least=8
        )
        return column, lambda _, place: ranking.score_of(key, place)
    column = Column(
        f"points_{key}", node.title, kind="bar", digits=0, priority=3, detail=detail, least=8
    )
    return column, lambda _, place: CellBar(ranking.points_of(key, place), 100 * node.overall)


def _could_be(assessment: Assessment) -> str | None:
    """Return the verdicts that the unknown leaves open, where they are more than one."""
    if (
        assessment.verdict_range is None
        or assessment.verdict_range[0] == assessment.verdict_range[1]
    ):
        return None
    return " to ".join(assessment.verdict_range)


# in words


def _lines(ranking: Ranking, shown: Sequence[Assessment]) -> Iterator[str]:
    """Yield a line for each candidate that is not simply inside."""
    for assessment in shown:
        if reasons := reasons_of(assessment, ranking.framework):
            mark = badge(assessment.verdict, ranking.framework)
            line = f"{mark.shape} {assessment.title} ({mark.word}): {'; '.join(reasons)}"
            yield line if line.endswith("?") else f"{line}."


def notes_of(ranking: Ranking) -> tuple[str, ...]:
    """Return what a reader must know beside the numbers."""
    framework = ranking.framework
    notes = [_counts(ranking), *_scope_open(ranking), *_standing_note(ranking)]
    if ranking.has_total:
        notes.append(
            "Score: 100 is the good end, also of risk. Worst-best: what the ratings leave open. "
            + _missing_note(framework)
        )
    issuer = f" Issued by: {framework.issuer}." if framework.issuer else ""
    notes.append(f"Framework `{framework.id}`, {framework.digest[:19]}….{issuer}")
    if unverified := unverified_note(framework):
        notes.append(unverified)
    notes.append(SCOPE_NOTE)
    return tuple(notes)


def _counts(ranking: Ranking) -> str:
    counted = Counter(ranking.verdicts.tolist())
    parts = [
        f"{counted[verdict]:,} {verdict}"
        for verdict in ranking.framework.all_verdicts
        if counted[verdict]
    ]
    if counted[None]:
        parts.append(f"{counted[None]:,} not applicable")
    candidates = "1 candidate" if len(ranking) == 1 else f"{len(ranking):,} candidates"
    return f"{candidates}: {', '.join(parts)}." if parts else f"{candidates}."


def _scope_open(ranking: Ranking) -> Iterator[str]:
    """Yield of how many candidates it is open whether the framework is about them: silence must not look like a yes."""
    framework = ranking.framework
    applies = framework.applies_expression
    if applies is None:
        return
    unknown = np.flatnonzero(ranking.evaluator.truth(applies).unknown)
    if len(unknown):
        names = dict.fromkeys(
            name for row in unknown.tolist() for name in ranking.evaluator.open_names(applies, row)
        )
        whose = "1 candidate" if len(unknown) == 1 else f"{len(unknown):,} candidates"
        yield (
            f"Whether the framework is about {whose} is open (what is "
            f"{quoted_titles(framework, tuple(names))}?); verdicts are given as if it were."
        )


def _standing_note(ranking: Ranking) -> Iterator[str]:
    """Yield what is asked of every project, and of how many it is missing."""
    projects = int((~ranking.problem.area).sum())
    if not ranking.framework.standing or not projects:
        return
    parts = []
    for name in ranking.framework.standing:
        there = ranking.problem.in_place.get(name)
        missing = projects - (
            int((there & ~ranking.problem.area).sum()) if there is not None else 0
        )
        parts.append(
            safeguard_title(ranking.framework, name)
            + (f" (missing for {missing:,})" if missing else "")
        )
    yield f"Asked of every project, changing no verdict: {', '.join(parts)}."


_MISSING_WORDS = {
    "average": "An unknown rating counts as the average of its scale.",
    "worst": "An unknown rating counts as the worst of its scale.",
    "omit": "An unknown rating is left out, and its siblings' weights stand for it.",
    "refuse": "A candidate with an unknown rating has no score.",
}


def _missing_note(framework: Framework) -> str:
    policies = {node.missing for node in framework.leaves.values()}
    if len(policies) == 1:
        return _MISSING_WORDS[policies.pop()]
    return "What an unknown rating counts as differs by criterion; see the framework."
