"""Robustness for readers: pages of draws and of extreme ranks, from the answer to the method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..analysis.extreme_ranks import ExtremeRanks
from ..analysis.robustness import Robustness, of_draws
from ..models.weight_spaces import describe_weights
from ..output import Block, Bullets, Detail, Heading, Notes, Page, Paragraph
from ..output.text import count_in_words, listed, percent, plural, quoted
from ..scoring.wording import (
    UNKNOWN_OR_UNCERTAIN,
    UNKNOWN_RATING,
    closing_notes,
    quoted_titles,
)
from .ranking import answer_page, unknown_answers_sentence

__all__ = ["extremes_notes_of", "extremes_page_of", "notes_of", "page_of"]

# the rest of a longer dominance list is in `dominance` alone
_LISTED = 20
# candidates that are first in fewer draws are not named in the answer
_OFTEN, _NAMED = 0.1, 3


# draws


def page_of(result: Robustness, detail: Detail) -> Page:
    """Return the answer, the table, how to read it; if verbose, each candidate and the method."""
    blocks: list[Block] = [Paragraph(" ".join(_firmness_sentences(result)))]
    blocks.append(result.table_of(result.shown))
    if result.narrowed is not None:
        blocks.append(Notes((_narrowed_note(result),)))
    if detail == "verbose":
        sentences = []
        for position in result.rows:
            sentence = result.sentence(result.ids[position])
            sentences.append(f"{result.title_at(position)}: {sentence[:1].lower()}{sentence[1:]}")
        blocks += [Heading("Each candidate", 2), Bullets(tuple(sentences))]
    legend, closing = list(_shares_legend(result)), closing_notes(result.ranking.framework)
    return answer_page(
        result,
        detail,
        blocks,
        legend=(*legend, *_unscored_notes(result), *closing),
        method=(*legend, *result.notes),
    )


def _firmness_sentences(result: Robustness) -> Iterator[str]:
    """Yield the sentences that a minister would ask for: the order, who leads, the verdicts."""
    draws = plural(result.draws, "draw")
    if result.leading > 1:
        same = of_draws(result.leading_stay).removesuffix("draws") + draws
        top = f"The top {count_in_words(result.leading)}"
        yield f"{top} stay the same, in any order, in {same}."
        yield _drawn_sentence(result)
        yield _leader_sentence(result, "draws")
    else:
        yield _leader_sentence(result, draws)
        yield _drawn_sentence(result)
    if result.ranking.framework.guardrails:
        yield _verdict_sentence(result)
    answered = result.if_answered
    if answered is None:
        yield from filter(None, [unknown_answers_sentence(result.ranking)])
    elif answered.verdicts_vary:
        sentence = (
            "If the unknown facts are answered at random, all verdicts are the same in"
            f" {of_draws(answered.verdicts_stay)}"
        )
        if result.leading > 1:
            same = of_draws(answered.leading_stay).removesuffix(" of draws")
            sentence += f", and the top {count_in_words(result.leading)} in {same}"
        yield f"{sentence}."


def _leader_sentence(result: Robustness, draws: str) -> str:
    """Return who is first most often."""
    shares = result.top_probability(1)
    order = np.argsort(-shares, kind="stable").tolist()
    often = [place for place in order if shares[place] >= _OFTEN]
    if not often:
        return f"No candidate is first in {percent(_OFTEN)} of {draws} or more."
    first, *others = often[:_NAMED]
    share = of_draws(float(shares[first])).removesuffix(" draws")
    sentence = f'"{result.title_at(first)}" is first in {share} {draws}'
    named = []
    for place in others:
        named.append(f'"{result.title_at(place)}" in {percent(float(shares[place]))}')
    if named:
        sentence += f", {' and '.join(named)}"
    return f"{sentence}."


def _verdict_sentence(result: Robustness) -> str:
    if not result.verdicts_vary and result.verdicts_stay == 1:
        return "No draw changes a verdict."
    if result.verdicts_stay > 0:
        return f"All verdicts are the same in {of_draws(result.verdicts_stay)}."
    changed = 0
    for position, given in enumerate(result.ranking.verdicts):
        share = result.verdict_probabilities[given][position] if given is not None else 1.0
        changed += share < 0.5
    return (
        f"Each draw changes a verdict; {changed or 'none'} of {plural(len(result.ids), 'verdict')}"
        f" {'changes' if changed == 1 else 'change'} in more than half of the draws."
    )


def _narrowed_note(result: Robustness) -> str:
    return (
        f"Shown: {len(result):,} of {plural(len(result.ids), 'candidate')};"
        " ranks are among all of them."
    )


def _shares_legend(result: Robustness) -> Iterator[str]:
    """Yield how to read the table."""
    k = result.shown_top
    heads, places = "First", "first"
    if k is not None:
        heads, places = f"First, Top {k}", f"first, or among the top {count_in_words(k)}"
    yield f"{heads}: the share of draws in which the candidate is {places}."
    keys = [key for key in result.shown if key in ("first", "shown_top")]
    if any(share in (0, 1) for row in result.table_of(keys).rows for share in row):
        yield "0% and 100% are certain as long as no verdict changes."
    if result.is_large:
        yield "Ranks: the best and the worst rank in these draws."
    else:
        yield (
            "Ranks: the middle 90 % of draws. At most 5 % of draws give a better rank than these,"
            " and at most 5 % a worse one."
        )
    yield "`robustness --exact` proves which ranks are possible."
    yield from _unknown_ratings_legend(result)
    yield UNKNOWN_OR_UNCERTAIN
    if result.if_answered is not None:
        yield (
            "If answered: verdicts if every unknown fact is answered at random. This shows what"
            " depends on the unknown facts. It is not a forecast."
        )


def _unknown_ratings_legend(result: Robustness) -> Iterator[str]:
    """Yield how the score counts unknown ratings, where draws do not keep to it on the average."""
    if "missing" in result.source.choices:
        return
    leaves = result.ranking.framework.leaves
    policies = {leaves[part.key].missing for part in result.source.uncertain if part.unknown.any()}
    # `_unscored_notes` speaks of those that have no score
    for policy in sorted(policies - {"average", "refuse"}):
        yield (
            f"In the score, an unknown rating {UNKNOWN_RATING[policy]}. Here it is drawn from its"
            " whole scale, so drawn scores can lie beside the score."
        )


def _drawn_sentence(result: Robustness) -> str:
    """Return what differs from draw to draw."""
    source = result.source
    parts = []
    if any(group.free for group in source.groups):
        weights = describe_weights(source.groups, result.ranking.framework)
        parts.append(f"the weights ({weights})")
    unknown = sum(int(part.unknown.sum()) for part in source.uncertain)
    if uncertain := source.uncertain_count - unknown:
        parts.append(plural(uncertain, "uncertain rating"))
    if unknown and "missing" not in source.choices:
        parts.append(plural(unknown, "unknown rating"))
    if source.choices:
        parts.append(plural(len(source.choices), "choice of method", "choices of method"))
    if not parts:
        return "Nothing is varied: all draws are the same."
    return f"Each draw varies {listed(parts)} at random."


def notes_of(result: Robustness) -> Iterator[str]:
    """Yield the notes of a result: what was drawn, how often, and how precise the shares are."""
    framework, source = result.ranking.framework, result.source
    candidates = plural(len(result.ids), "candidate")
    yield f"{plural(result.draws, 'draw')} of {candidates}, seed {source.seed}."
    yield _drawn_sentence(result)
    if source.uncertain_count:
        unknown = "from its whole scale"
        if "missing" in source.choices:
            unknown = "as the choice of method says"
        yield (
            f"An uncertain rating is drawn from its range, an unknown one {unknown}."
            " Unknown facts stay unknown."
        )
    yield from _unscored_notes(result)
    error = 100 * float(result.standard_error(0.5))
    yield (
        f"The standard error of a share is at most {_rounded_up(error)} percentage points. A result"
        " that no draw showed may still happen."
    )
    if not result.is_large:
        yield "Quantiles of scores are accurate to 0.1 point."
        if not result.has_tables:
            yield "The JSON holds shares by rank and by pair if `--tables` asks for them."
    if result.if_answered is not None:
        yield _answers_note(result.if_answered)
    if source.choices:
        yield from _choice_notes(result)
    yield from closing_notes(framework)


def _unscored_notes(result: Robustness) -> Iterator[str]:
    """Yield who has no score now, and has one in draws."""
    places = result.scored_by_draws.tolist()
    if not places:
        return
    titles = quoted([result.title_at(place) for place in places], _NAMED)
    verb = "has" if len(places) == 1 else "have"
    yield (
        f"{titles} {verb} no score, because ratings are missing."
        " Each draw fills in these ratings, so that shares of draws are given."
    )


def _rounded_up(number: float) -> str:
    """Return a number with two digits that is no less, so that "at most" is true as printed."""
    step = 10.0 ** (np.floor(np.log10(number)) - 1)
    return f"{np.ceil(number / step - 1e-9) * step:.2g}"


def _answers_note(answered: Robustness) -> str:
    count = sum(len(fact.rows) for fact in answered.source.facts)
    return (
        f"If answered: the same draws with {plural(count, 'unknown fact')} answered. Each possible"
        " answer is equally likely; of a number or a set, each class that guardrails distinguish."
    )


def _choice_notes(result: Robustness) -> Iterator[str]:
    for name, options in result.source.choices.items():
        yield f"Also drawn, each equally likely: {name} ({', '.join(options)})."
    yield (
        "Share of the variance that each source explains: alone (with its 95 % interval), then"
        " together with the others:"
    )
    by_source: dict[str, list[str]] = {}
    for share in result.variance_shares:
        low, high = share.interval
        first = f"{percent(max(0.0, share.first))} ({100 * low:.0f} to {100 * high:.0f} %)"
        words = f"of {share.output}s {first}, {percent(share.total)}"
        by_source.setdefault(share.source, []).append(words)
    for source, parts in by_source.items():
        yield f"  {source}: {'; '.join(parts)}."


# extreme ranks


def extremes_page_of(result: ExtremeRanks, detail: Detail) -> Page:
    """Return the answer, which is proved, the table, its limits, and, if verbose, who is ahead."""
    blocks: list[Block] = [Paragraph(" ".join(_proved_answer(result)))]
    blocks.append(result.table_of(result.shown))
    if detail == "verbose":
        sentences = tuple(_dominance_sentences(result, len(result.dominance)))
        blocks += [Heading("Pairs whose order no weights reverse", 2), Bullets(sentences)]
    return answer_page(
        result,
        detail,
        blocks,
        legend=(*_extremes_legend(result), *closing_notes(result.ranking.framework)),
        method=_extremes_method(result),
    )


def _proved_answer(result: ExtremeRanks) -> Iterator[str]:
    """Yield the sentences on who can be first and among the first few."""
    ranked = np.flatnonzero(result.ranking.ranks)
    if result.stopped:
        proved = f"the ranks of the first {result.proved} of {len(ranked)} candidates are proved"
        yield f"Stopped: {proved}, {_for_weights(result)}."
        return
    always_first = np.flatnonzero(result.worst_ranks == 1).tolist()
    if always_first:
        titles = quoted([result.title_at(place) for place in always_first])
        verb = "is" if len(always_first) == 1 else "are"
        yield f"Proved {_for_weights(result)}: {titles} {verb} first."
    else:
        count = int(np.count_nonzero(result.can_be_first))
        candidates = plural(len(ranked), "ranked candidate")
        yield f"Proved {_for_weights(result)}: {count} of {candidates} can be first."
    few = result.ranking.few
    if len(ranked) > few > 1:
        can = int(np.count_nonzero(result.best_ranks[ranked] <= few))
        always = int(np.count_nonzero(result.worst_ranks[ranked] <= few))
        top = f"the top {count_in_words(few)}"
        if can == always:
            yield f"{top.capitalize()} stay the same."
        else:
            stay = "1 is" if always == 1 else f"{always or 'none'} are"
            yield f"{can} can be in {top}; {stay} always in it."


def _for_weights(result: ExtremeRanks) -> str:
    """Return the weights that a proof is for."""
    free = {str(part.space) for part in result.groups if part.free}
    if not free:
        return "for the weights as given"
    if len(free) > 1 or result.held:
        return "for all weights in the range below"
    return f"for all weights ({describe_weights(result.groups, result.ranking.framework)})"


def _extremes_legend(result: ExtremeRanks) -> Iterator[str]:
    """Yield how to read the table, and the conditions under which it is proved."""
    yield "Best, Worst: the best and the worst rank that any of these weights give."
    yield f"Weights: {describe_weights(result.groups, result.ranking.framework)}."
    if result.held:
        titles = quoted_titles(result.ranking.framework, result.held)
        yield (
            f"Weights inside {titles} stay as given. Ranks can be proved only where a score is a"
            " weighted sum and no verdict depends on weights."
        )
    if not result.ranking.valuation.certain:
        yield "Uncertain ratings count at their likely values. Without --exact they vary too."


def extremes_notes_of(result: ExtremeRanks) -> Iterator[str]:
    """Yield the notes of a result: weights, the meaning of ranks, and the dominance list."""
    yield from _extremes_legend(result)
    yield from _dominance_sentences(result, _LISTED)
    yield from _extremes_method(result)


def _dominance_sentences(result: ExtremeRanks, most: int) -> Iterator[str]:
    yield from result.dominance[:most]
    if len(result.dominance) > most:
        yield f"{plural(len(result.dominance) - most, 'more such sentence')} in `dominance`."
    if not result.dominance:
        yield "For no pair with the same kind of verdict is one ahead with all these weights."


def _extremes_method(result: ExtremeRanks) -> Iterator[str]:
    yield "Tied candidates share the better rank. Ranks are found by mixed-integer programmes."
    if np.any(result.ahead & np.isnan(result.min_score_differences)):
        yield "No weights put a candidate ahead of one with a better kind of verdict."
    yield from closing_notes(result.ranking.framework)
