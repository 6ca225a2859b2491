"""Robustness for readers: the notes below the tables of draws and of extreme ranks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..analysis.extreme_ranks import ExtremeRanks
from ..analysis.robustness import Robustness
from ..models.framework import describe_weights
from ..output.text import percent, plural
from ..scoring.wording import closing_notes

__all__ = ["extremes_notes_of", "notes_of", "table_notes_of"]

# the rest of a longer dominance list is in `dominance` alone
_LISTED = 20


def table_notes_of(result: Robustness) -> Iterator[str]:
    """Yield a sentence on each candidate that is shown, and the notes."""
    for position in result.rows:
        sentence = result.sentence(result.ids[position])
        yield f"{result.title_at(position)}: {sentence[:1].lower()}{sentence[1:]}"
    if result.narrowed is not None:
        yield (
            f"Shown are {len(result):,} of {len(result.ids):,} candidates;"
            " ranks are among all of them."
        )
    yield from result.notes


def notes_of(result: Robustness) -> Iterator[str]:
    """Yield the notes of a result: what was drawn, how often, and how precise the shares are."""
    framework, source = result.ranking.framework, result.source
    weights = describe_weights(source.groups, framework)
    counts = f"{result.draws:,} draws, seed {source.seed}; {len(result.ids):,} candidates."
    yield f"{counts} {weights}"
    yield _ratings_note(result)
    error = 100 * float(result.standard_error(0.5))
    yield (
        f"Shares of draws have a standard error of at most {error:.2g} per cent;"
        " what no draw showed may still happen."
    )
    if not result.is_large:
        yield "Quantiles of scores are right to 0.1 point."
        if not result.has_tables:
            yield "Shares by rank and by pair are in the JSON where they are asked for."
    if source.choices:
        yield from _choice_notes(result)
    yield from closing_notes(framework)


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
        low, high = share.interval
        first = f"{percent(max(0.0, share.first))} ({100 * low:.0f} to {100 * high:.0f} %)"
        words = f"of {share.output}s {first}, {percent(share.total)}"
        by_source.setdefault(share.source, []).append(words)
    for source, parts in by_source.items():
        yield f"  {source}: {'; '.join(parts)}."


def extremes_notes_of(result: ExtremeRanks) -> Iterator[str]:
    """Yield the notes of a result: weights, the meaning of ranks, and the dominance list."""
    framework = result.ranking.framework
    yield describe_weights(result.groups, framework)
    yield (
        "Best and worst are exact: some of these weights give them, and none give a better or a"
        " worse rank. Ties share the better rank."
    )
    if not result.ranking.valuation.certain:
        yield "Ratings that are open are taken at their point values; `robustness` draws them too."
    yield from result.dominance[:_LISTED]
    if len(result.dominance) > _LISTED:
        yield f"{len(result.dominance) - _LISTED} more such sentences are in `dominance`."
    if not result.dominance:
        yield "Of no two candidates of one tier is one ahead whatever the weights."
    if np.any(result.ahead & np.isnan(result.min_score_differences)):
        yield (
            "Candidates of a better tier stand ahead of those of a worse one whatever the weights."
        )
    yield from closing_notes(framework)
