"""Robustness for readers: the notes below the table."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.robustness import Robustness
from ..analysis.variance import VarianceShare
from ..models.framework import describe_weights
from ..output.text import percent, plural
from ..scoring.wording import SCOPE_NOTE, unverified_note

__all__ = ["notes_of", "table_notes_of"]


def table_notes_of(result: Robustness) -> Iterator[str]:
    """Yield a sentence on each candidate that is shown, and the notes."""
    ranking = result.ranking
    for position in result.rows:
        title = ranking.problem.title_of(int(ranking.order[position]))
        sentence = result.sentence(result.ids[position])
        yield f"{title}: {sentence[:1].lower()}{sentence[1:]}"
    if len(result) < len(ranking):
        yield (
            f"Shown are {len(result):,} of {len(ranking):,} candidates;"
            " ranks are among all of them."
        )
    yield from result.notes


def notes_of(result: Robustness) -> tuple[str, ...]:
    """Return the notes of a result: what was drawn, how often, and how precise the shares are."""
    candidates = len(result.ranking)
    notes = [
        f"{result.draws:,} draws, seed {result.source.seed}; {candidates:,} candidates. "
        + describe_weights(result.source.groups, result.ranking.framework),
        _ratings_note(result),
        _precision_note(result),
    ]
    if not result.is_large:
        notes.append("Quantiles of scores are right to 0.1 point.")
        if not result.has_tables:
            notes.append("Shares by rank and by pair are in the JSON where they are asked for.")
    if result.source.choices:
        notes += _choice_notes(result)
    unverified = unverified_note(result.ranking.framework)
    if unverified is not None:
        notes.append(unverified)
    return (*notes, SCOPE_NOTE)


def _precision_note(result: Robustness) -> str:
    error = 100 * float(result.standard_error(0.5))
    return (
        f"Shares of draws have a standard error of at most {error:.2g} per cent;"
        " what no draw showed may still happen."
    )


def _ratings_note(result: Robustness) -> str:
    uncertain = result.source.uncertain_count
    unknown = sum(int(part.unknown.sum()) for part in result.source.uncertain)
    if not uncertain:
        return "Every rating is a point: none is drawn."
    ratings = plural(uncertain, "uncertain rating is", "uncertain ratings are")
    if not unknown:
        return f"{ratings} drawn from what {'it leaves' if uncertain == 1 else 'they leave'} open."
    if "missing" in result.source.choices:
        return f"{ratings} open; {unknown:,} unknown ones count as the choice of method says."
    return (
        f"{ratings} drawn; {unknown:,} of them unknown, from their whole scales."
        " Open facts stay open."
    )


def _choice_notes(result: Robustness) -> Iterator[str]:
    for name, options in result.source.choices.items():
        yield f"Drawn too, each alike: {name} ({', '.join(options)})."
    yield (
        "What explains the variance, alone (with its 95 % interval) and together with what else"
        " varies:"
    )
    by_source: dict[str, list[str]] = {}
    for share in result.variance_shares:
        by_source.setdefault(share.source, []).append(_share_in_words(share))
    for source, parts in by_source.items():
        yield f"  {source}: {'; '.join(parts)}."


def _share_in_words(share: VarianceShare) -> str:
    low, high = share.interval
    first = f"{percent(max(0.0, share.first))} ({100 * low:.0f} to {100 * high:.0f} %)"
    return f"of {share.output}s {first}, {percent(share.total)}"
