"""Sensitivity for readers: pages of weights and ratings, of a tornado and of influences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..analysis.sensitivity import (
    Claim,
    Sensitivity,
    Tornado,
    TornadoBar,
    WeightStability,
    WeightTurn,
    extent_in_words,
    percent_of,
)
from ..analysis.variance import Influences
from ..models.weight_spaces import describe_weights
from ..output import (
    TITLE_FIELD,
    Block,
    Bullets,
    Cell,
    Column,
    Detail,
    Heading,
    Page,
    Paragraph,
    Table,
    sectioned_table,
)
from ..output.text import capitalised, count_in_words, percent, plural, short_digest
from ..scoring.wording import (
    UNKNOWN_OR_UNCERTAIN,
    badge,
    closing_notes,
    directed,
    direction_words,
)
from .ranking import answer_page, unknown_answers_sentence

__all__ = [
    "influences_notes_of",
    "influences_page_of",
    "notes_of",
    "page_of",
    "table_of",
    "tornado_notes_of",
    "tornado_page_of",
]

# candidates whose uncertain rating is shown unasked
_SHOWN_RATINGS = 10
_EXTENTS = ("", "at {low} % or more", "at {high} % or less", "from {low} % to {high} %")
_FORMS = ("any", "from {low}%", "up to {high}%", "{low}–{high}%")


# weights and ratings


def page_of(result: Sensitivity, detail: Detail) -> Page:
    """Return the answer, the weights, and the uncertain ratings that change something."""
    verbose = detail == "verbose"
    blocks: list[Block] = [Paragraph(" ".join(_stability_sentences(result)))]
    if result.weights:
        more = (_ratings_sentence(result), unknown_answers_sentence(result.ranking))
        blocks.append(Paragraph(" ".join(filter(None, more))))
    for title, weights in _weights_apart(result):
        blocks += [Heading(title, 2), _weights_table(result, weights, with_order=verbose)]
    ratings = _ratings_table(result, all_of_them=verbose)
    if ratings.rows:
        hidden = 0 if verbose else len(ratings.rows) - _SHOWN_RATINGS
        if hidden > 0:
            candidates = plural(hidden, "more candidate has", "more candidates have")
            note = f"{candidates} such a rating (-v shows them)."
            ratings = replace(ratings, rows=ratings.rows[:_SHOWN_RATINGS], notes=(note,))
        blocks += [Heading("Unknown and uncertain ratings", 2), ratings]
    if verbose:
        blocks += [Heading("Each weight", 2), Bullets(result.sentences)]
    legend = (*_range_legend(result), *closing_notes(result.ranking.framework))
    return answer_page(result, detail, blocks, legend=legend, method=result.notes)


def _stability_sentences(result: Sensitivity) -> Iterator[str]:
    """Yield the sentences that a minister would ask for: who is first, and what would change it."""
    if not result.weights:
        yield from _empty_sentence(result)
        return
    first = result.leaders[0]
    if len(result.leaders) == 1:
        yield f'"{result.title_at(result.ranking.place_of(first))}" is first.'
    else:
        yield f"{plural(len(result.leaders), 'candidate')} share first place."
    yield from _stays(result, "leader", "first place", "depends", "It stays")
    ranked = sum(assessment.rank is not None for assessment in result.ranking)
    if result.top > 1 and len(result.top_set) == result.top < ranked:
        subject = f"the top {count_in_words(result.top)}"
        yield from _stays(result, "top", subject, "depend", "They stay")


def _empty_sentence(result: Sensitivity) -> Iterator[str]:
    """Yield why there are no weights, if there are none."""
    if not len(result.ranking):
        yield "There are no candidates."
    elif not result.weights:
        yield "No candidate is ranked: there is no order that a weight could change."


def _stays(
    result: Sensitivity, claim: Claim, subject: str, depends: str, stays: str
) -> Iterator[str]:
    """Yield the weight whose least change, in proportion, ends something, and its limit."""
    weight = min(result.weights, key=lambda weight: weight.margin(claim))
    if math.isinf(weight.margin(claim)):
        tried = any(found.method == "grid of 201" for found in result.weights)
        values = "every value tried" if tried else "any value"
        yield f"No single weight changes {subject}, at {values}."
        return
    side, _, turn = _nearest(weight, claim)
    found = weight.ranges[claim]
    end = found.weight_low if side == "below" else found.weight_high
    now = f"{percent_of(weight.weight)} %"
    beyond, event = side.capitalize(), result.happening(turn, claim)
    on = f'the weight of "{weight.title}" (now {now} of the total)'
    yield f"{capitalised(subject)} {depends} most on {on}."
    if percent_of(end) == percent_of(weight.weight):
        yield f"This weight is at its limit. {beyond} it, {event}."
    else:
        extent = extent_in_words(found, weight.weight, _EXTENTS)
        yield f"{stays} the same {extent}. {beyond} that, {event}."


def _nearest(weight: WeightStability, claim: Claim) -> tuple[str, float, WeightTurn]:
    return min(weight.ranges[claim].ends, key=lambda end: abs(end[1] - weight.share))


def _ratings_sentence(result: Sensitivity) -> str:
    verdicts = ranks = 0
    for tornado in result.tornadoes:
        verdicts += any(bar.turns_verdict for bar in tornado)
        ranks += any(bar.turns_rank for bar in tornado)
    if not any(map(_open_bars, result.tornadoes)):
        return "No rating of a ranked candidate is unknown or uncertain."
    if not ranks and not verdicts:
        return "No single unknown or uncertain rating can change a rank or a verdict."
    candidates = plural(len(result.tornadoes), "ranked candidate")
    changes = f"the verdict of {verdicts}" if verdicts else "no verdict"
    return (
        "A single unknown or uncertain rating can change the rank of"
        f" {ranks} of {candidates}, and {changes}."
    )


def table_of(result: Sensitivity) -> Table:
    """Return the weights and how far each may move, with the notes."""
    table = _weights_table(result, result.weights, with_order=True)
    return replace(table, title=result.title, notes=result.notes)


def _weights_apart(result: Sensitivity) -> Iterator[tuple[str, list[WeightStability]]]:
    """Yield the weights of groups, if any, and those of criteria, each under a heading."""
    groups = [weight for weight in result.weights if weight.id in result.ranking.framework.groups]
    criteria = [weight for weight in result.weights if weight not in groups]
    for title, weights in (("Groups of criteria", groups), ("Criteria", criteria)):
        if weights:
            yield f"{title}: weights as shares of the total", weights


def _weights_table(
    result: Sensitivity, weights: Sequence[WeightStability], *, with_order: bool
) -> Table:
    """Return some weights, those together beyond whose range the same happens first."""
    columns = [
        Column("what", "Weight", priority=0, least=26, lines=2),
        Column("now", "Now", priority=0, align="right", least=5),
    ]
    claims: list[Claim] = []
    ranked = sum(assessment.rank is not None for assessment in result.ranking)
    shown: tuple[tuple[Claim, str, bool], ...] = (
        ("leader", "First place stays", True),
        ("top", f"Top {result.top} stay", 1 < result.top < ranked),
        ("order", "Order stays", with_order),
    )
    for claim, head, is_shown in shown:
        if is_shown:
            claims.append(claim)
            priority = 2 if claim == "order" else 0
            columns.append(Column(claim, head, priority=priority, align="right", least=9))
    rows_by_heading: dict[str, list[tuple[Cell, ...]]] = {}
    nested = {weight.id: weight.title for weight in weights}
    for weight in weights:
        title = weight.title
        if weight.parent in nested:
            title += f" (in {nested[weight.parent]})"
        cells: list[Cell] = [title, f"{percent_of(weight.weight)}%"]
        for claim in claims:
            found = weight.ranges.get(claim)
            cells.append(None if found is None else extent_in_words(found, weight.weight, _FORMS))
        rows_by_heading.setdefault(_first_event(result, weight), []).append(tuple(cells))
    return sectioned_table(columns, rows_by_heading.items())


def _first_event(result: Sensitivity, weight: WeightStability) -> str:
    """Return what happens to the leader at the nearer end, as the heading of such weights."""
    if not weight.ranges:
        return "Alone in its group: the weight has no effect"
    if not weight.ranges["leader"].ends:
        return "First place stays the same at any weight"
    turn = _nearest(weight, "leader")[2]
    title = f'"{result.title_at(result.ranking.place_of(turn.candidate))}"'
    happening = f"{title} becomes first"
    if turn.kind == "verdict":
        happening = result.happening(turn, "leader")
    return f"If a weight passes its nearer limit, {happening}"


def _ratings_table(result: Sensitivity, *, all_of_them: bool) -> Table:
    """Return, for each candidate, the uncertain rating that changes most."""
    columns = (
        TITLE_FIELD,
        Column("rating", "Criterion", priority=0, least=16, lines=3),
        Column("now", "Rating", priority=0, align="right", least=5),
        Column("score", "Score range", kind="interval", priority=0, outward=True),
    )
    headings = ("Can change the verdict", "Can change the rank", "Changes neither rank nor verdict")
    rows_by_heading: dict[str, list[tuple[Cell, ...]]] = {heading: [] for heading in headings}
    for tornado in result.tornadoes:
        bars = _open_bars(tornado)
        if not bars:
            continue
        # bars come by their swing
        bar = min(bars, key=lambda bar: (not bar.turns_verdict, not bar.turns_rank))
        heading = headings[0 if bar.turns_verdict else 1 if bar.turns_rank else 2]
        direction = direction_words(result.ranking.framework, bar.criterion)
        row = tornado.candidate_title, directed(bar.title, direction), bar.rating, bar.open.scores
        rows_by_heading[heading].append(row)
    if not all_of_them:
        del rows_by_heading[headings[2]]
    return sectioned_table(columns, rows_by_heading.items())


def _open_bars(tornado: Tornado) -> list[TornadoBar]:
    return [bar for bar in tornado if bar.low < bar.high]


def _range_legend(result: Sensitivity) -> Iterator[str]:
    """Yield how to read the tables."""
    if result.weights:
        yield ("One weight changes at a time; the others in its group keep their proportions.")
    yield from _tie_notes(result)
    if any(map(_open_bars, result.tornadoes)):
        yield (
            "Score range: the score if that rating turns out worst or best. Each candidate is shown"
            " with the rating that changes most; `sensitivity LIST ID` shows them all."
        )
    yield UNKNOWN_OR_UNCERTAIN


def _tie_notes(result: Sensitivity) -> Iterator[str]:
    if len(result.leaders) > 1:
        yield "First place counts as the same as long as one of these candidates has it."
    if len(result.top_set) > result.top:
        members = plural(len(result.top_set), "candidate")
        yield (
            f"The top {result.top} has {members}, some tied for the last place; it changes where"
            " that tie ends."
        )


def notes_of(result: Sensitivity) -> Iterator[str]:
    """Yield how ranges are meant and found, and which framework they are of."""
    framework = result.ranking.framework
    yield from _empty_sentence(result)
    yield from _range_legend(result)
    if result.weights:
        yield (
            "At the exact end of a range, scores are equal. Ranges are rounded inward. Within a"
            " section, the weight with the smallest possible change, in proportion, comes first."
        )
        yield from _method_notes(result)
    yield f"Framework `{framework.id}`, {short_digest(framework.digest)}."
    yield from closing_notes(framework)


def _method_notes(result: Sensitivity) -> Iterator[str]:
    tried = [weight.title for weight in result.weights if weight.method == "grid of 201"]
    if tried:
        which = "all of them" if len(tried) == len(result.weights) else ", ".join(tried)
        yield (
            "Ends are exact where scores are straight lines in a weight. Otherwise 201 values were"
            f" tried and the ends found by halving: {which}."
        )
    ranges = [found for weight in result.weights for found in weight.ranges.values()]
    if any(turn.kind == "verdict" for found in ranges for _, _, turn in found.ends):
        yield "Some verdicts depend on scores: they were judged again for each weight."


# one candidate


def tornado_page_of(result: Tornado, detail: Detail) -> Page:
    """Return the answer, the ratings of a candidate, the largest effect first, and the legend."""
    keys = list(result.shown if detail == "verbose" else result.shown[:5])
    if not any(kind == "verdict" for _, kind in result.round_changes):
        keys.remove("verdict_turns")
    blocks = (Paragraph(" ".join(_tornado_answer(result))), result.table_of(keys))
    return answer_page(result, detail, blocks, legend=result.notes, method=result.notes)


def _tornado_answer(result: Tornado) -> Iterator[str]:
    """Yield where the candidate is now, and the uncertain rating that changes most."""
    found = result.ranking[result.candidate]
    rank = "no rank" if found.rank is None else f"rank {found.rank}"
    score = "no score" if found.score is None else f"score {found.score:.1f}"
    verdict = badge(found.verdict, result.ranking.framework).word
    yield f"Now: {rank}, {score}, verdict {verdict}."
    bars = _open_bars(result)
    if not bars:
        yield "No rating is unknown or uncertain."
        return
    turning = [bar for bar in bars if bar.turns is not None]
    if not turning:
        yield "No single unknown or uncertain rating can change its rank or its verdict."
    for bar in turning[:3]:
        direction = direction_words(result.ranking.framework, bar.criterion)
        yield f'"{bar.title}", rated {directed(bar.rating, direction)}, {bar.turns}.'


def tornado_notes_of(result: Tornado) -> Iterator[str]:
    """Yield how to read the columns."""
    yield "One rating changes at a time; all other ratings and candidates stay as they are."
    yield "Score range: the score if the rating turns out worst or best."
    yield "At other ratings: the nearest ratings below and above with another rank or verdict."
    yield from closing_notes(result.ranking.framework)


# influences


def influences_page_of(result: Influences, detail: Detail) -> Page:
    """Return the greatest influence, the table, and how to read it."""
    keys = result.shown if detail == "verbose" else ("what", "first", "total")
    blocks = (Paragraph(_influences_answer(result)), result.table_of(keys))
    return answer_page(result, detail, blocks, legend=result.notes, method=result.notes)


def _influences_answer(result: Influences) -> str:
    if not result.found:
        return "No score varies: weights and ratings are certain."
    greatest = max(result.found, key=lambda influence: influence.share.first)
    share = percent(min(1.0, max(0.0, greatest.share.first)))
    about = f"about {share}" if share[0].isdigit() else share
    return f'"{greatest.title}" explains most by itself: {about} of the uncertainty about scores.'


def influences_notes_of(result: Influences) -> Iterator[str]:
    """Yield what is drawn, and the meaning of the shares."""
    words = describe_weights(result.source.groups, result.ranking.framework)
    yield f"Everything uncertain varies at once. Weights: {words}."
    yield "Alone: the share of the variance of scores that would go if only this were known."
    yield "With others: the share that would remain if everything but this were known."
    yield "Shares are of all candidates together; the JSON has those of each."
    yield from closing_notes(result.ranking.framework)
