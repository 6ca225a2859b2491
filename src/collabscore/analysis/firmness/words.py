"""Certainty: what a robustness result says, in sentences and as a table.

Imports `table`, scoring's presentation and the models. Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...models.sources import title_of, within
from ...models.weight_spaces import describe
from ...output import Column, Table
from ...scoring.wording import SCOPE_NOTE, badge

if TYPE_CHECKING:  # a result shows itself by this module
    from ..draws.variance import Share
    from .result import Robustness

__all__ = ["notes_of", "per_cent", "sentence_of", "table_of"]

_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)


def per_cent(share: float) -> str:
    """Return a share in whole per cent, as one says it.

    Examples
    --------
    >>> [per_cent(share) for share in (0.004, 0.834, 0.999, 1.0)]
    ['less than 1 %', '83 %', 'more than 99 %', '100 %']
    """
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def _nth(rank: int) -> str:
    """Return a rank as one says it.

    Examples
    --------
    >>> [_nth(rank) for rank in (1, 3, 11, 22, 113)]
    ['first', 'third', '11th', '22nd', '113th']
    """
    if rank <= len(_ORDINALS):
        return _ORDINALS[rank - 1]
    ending = (
        "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    )
    return f"{rank}{ending}"


def sentence_of(result: Robustness, place: int) -> str:
    """Return in one sentence how sure the place and the verdict of the candidate at a place are."""
    parts = [*_of_rank(result, place), *_of_verdict(result, place)]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _of_rank(result: Robustness, place: int) -> Iterator[str]:
    if result.unranked[place] == 1:
        yield "never ranked"
        return
    first, top = result.top_probability(1)[place], result.top_probability()[place]
    best, worst = result.rank_ranges[place].tolist()
    if best == worst:
        yield f"{_nth(best)} in every draw" + (
            "" if result.unranked[place] == 0 else " in which it is ranked"
        )
        return
    if first > 0:
        yield f"first in {per_cent(first)} of draws"
    if result.top > 1 and 0 < top != first and best <= result.top and worst > result.top:
        yield f"among the first {result.top} in {per_cent(top)}" + (
            "" if first > 0 else " of draws"
        )
    yield (
        f"never below {_nth(worst)}"
        if best == 1
        else f"between {_nth(best)} and {_nth(worst)} in every draw"
    )


def _of_verdict(result: Robustness, place: int) -> Iterator[str]:
    shares = {
        key: float(share[place])
        for key, share in result.verdict_probabilities.items()
        if share[place] > 0
    }
    assessment = result.ranking.assessment(place)
    mixed = len(shares) > 1
    if mixed:
        yield ", ".join(f"`{key}` in {per_cent(share)}" for key, share in shares.items())
    elif shares and next(iter(shares)) != assessment.verdict:
        yield f"`{next(iter(shares))}` once the ratings are known, not `{assessment.verdict}`"
    elif shares and result.unranked[place] == 1:
        yield f"`{next(iter(shares))}` in every draw"
    asked = dict.fromkeys(
        name
        for finding in assessment.findings
        for name in finding.unknown
        if name in result.ranking.framework.all_facts
    )
    if asked:
        names = ", ".join(_fact(result, name) for name in list(asked)[:3])
        more = f" and {len(asked) - 3} more facts" if len(asked) > 3 else ""
        yield f"all this with {names}{more} still open"


def _fact(result: Robustness, name: str) -> str:
    title = title_of(name, result.ranking.framework.all_facts[name].title)
    return f"`{within(title)}`"


def table_of(result: Robustness, *, places: Sequence[int] | None = None) -> Table:
    """Return one row for each candidate, in the order of the ranking, and a sentence for each below.

    Parameters
    ----------
    result : Robustness
    places : sequence of int, optional
        Which candidates to show, by their places in the ranking; all, if left out.
    """
    ranking = result.ranking
    chosen = list(range(len(result)) if places is None else places)
    columns = [
        Column("rank", "Rank", kind="number", digits=0, priority=0),
        Column("title", "Candidate", priority=0, least=20, lines=3),
        Column("verdict", "Verdict", kind="badge", priority=2),
        Column("first", "First", kind="share", priority=0),
        Column("top", f"Top {result.top}", kind="share", priority=0),
        Column("unranked", "Not ranked", kind="share", priority=3),
        Column("expected_rank", "Mean rank", kind="number", priority=1, detail="if ranked"),
        Column("rank_range", "Ranks", kind="interval", digits=0, priority=1, detail="best-worst"),
        Column("score_mean", "Mean score", kind="number", priority=4),
    ]
    if not result.large:
        columns.append(
            Column("score_90", "Score", kind="interval", digits=0, priority=5, detail="5-95 %")
        )
    columns.append(Column("id", "Id", priority=9, least=8, lines=1))
    top, first = result.top_probability(), result.top_probability(1)
    rows = []
    for place in chosen:
        ranked = result.unranked[place] < 1
        best, worst = result.rank_ranges[place].tolist()
        row = [
            int(ranking.ranks[place]) or None,
            ranking.problem.title_of(int(ranking.order[place])),
            badge(ranking.verdicts[place], ranking.framework),
            float(first[place]),
            float(top[place]),
            float(result.unranked[place]),
            float(result.expected_ranks[place]),
            (best, worst) if ranked else None,
            float(result.score_means[place]),
        ]
        if not result.large:
            row.append(
                (float(result.score_quantiles[place, 0]), float(result.score_quantiles[place, 2]))
            )
        rows.append((*row, result.ids[place]))
    drops = {"unranked"} if not result.unranked[chosen].any() else set()
    kept = [k for k, column in enumerate(columns) if column.key not in drops]
    notes = [
        f"{ranking.problem.title_of(int(ranking.order[place]))}: {_lower(result, place)}"
        for place in chosen
    ]
    if len(chosen) < len(result):
        notes.append(
            f"Shown are {len(chosen):,} of {len(result):,} candidates; ranks are among all of them."
        )
    return Table(
        columns=tuple(columns[k] for k in kept),
        rows=tuple(tuple(row[k] for k in kept) for row in rows),
        title=f"How sure the order is: {title_of(ranking.framework.id, ranking.framework.title)}",
        notes=(*notes, *result.notes),
    )


def _lower(result: Robustness, place: int) -> str:
    text = sentence_of(result, place)
    return text[:1].lower() + text[1:]


def notes_of(result: Robustness) -> tuple[str, ...]:
    """Return what a reader must know beside the numbers."""
    cells = result.source.cells
    notes = [
        f"{result.draws:,} draws, seed {result.seed}; {len(result):,} candidates. "
        + describe(result.source.spaces, result.ranking.framework),
        _of_ratings(result, len(cells), int(cells.unknown.sum())),
        _of_errors(result),
    ]
    if not result.source.independent:
        notes.append("Some weights come from a random walk; standard errors allow for that.")
    if not result.large:
        notes.append("Quantiles of scores are right to 0.1 point.")
    if result.source.choices:
        notes += _of_choices(result)
    notes.append(SCOPE_NOTE)
    return tuple(notes)


def _of_errors(result: Robustness) -> str:
    error = 100 * float(result.standard_error(0.5))
    return f"Shares of draws have a standard error of at most {error:.2g} per cent; what no draw showed may still happen."


def _of_ratings(result: Robustness, uncertain: int, unknown: int) -> str:
    if not uncertain:
        return "Every rating is a point: none is drawn."
    counted = (
        "1 uncertain rating is drawn"
        if uncertain == 1
        else f"{uncertain:,} uncertain ratings are drawn"
    )
    if not unknown:
        return (
            f"{counted} from what it leaves open."
            if uncertain == 1
            else f"{counted} from what they leave open."
        )
    if any(choice.name == "missing" for choice in result.source.choices):
        return f"{counted.replace('drawn', 'open')}; {unknown:,} unknown ones count as the choice of method says."
    return f"{counted}; {unknown:,} of them unknown, from their whole scales. Open facts stay open."


def _of_choices(result: Robustness) -> Iterator[str]:
    for choice in result.source.choices:
        yield f"Drawn too, each alike: {choice.name} ({', '.join(choice.options)})."
    yield "What explains the variance, alone (with its 95 % interval) and together with what else varies:"
    for factor in dict.fromkeys(share.source for share in result.variance_shares):
        parts = [share for share in result.variance_shares if share.source == factor]
        yield f"  {factor}: " + "; ".join(_of_share(share) for share in parts) + "."


def _of_share(share: Share) -> str:
    low, high = share.interval
    return (
        f"of {share.output}s {per_cent(max(0.0, share.first))} ({100 * low:.0f} to {100 * high:.0f} %),"
        f" {per_cent(share.total)}"
    )
