"""The page of a panel: what to discuss first, how far raters agree, and how each differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from operator import attrgetter

from ..analysis.panel import (
    LEAST_COMMON,
    LEAST_SAMPLED,
    Agreement,
    Alpha,
    Panel,
    Rater,
)
from ..analysis.rater_answers import Change, Effect, RaterDisagreement
from ..errors import likely
from ..kernels.agreement import METRICS, Metric
from ..output import (
    TITLE_FIELD,
    Block,
    Bullets,
    Cell,
    Column,
    Detail,
    Heading,
    Item,
    Notes,
    Page,
    Paragraph,
    Table,
)
from ..output.blocks import MISSING
from ..output.text import count_in_words, listed, number, plural, quoted
from ..scoring.wording import closing_notes, title_of_word, verdict_in_words
from .questions import top_in_words

__all__ = ["notes_of", "page_of", "tables_of"]

_MOST_TITLES = 3
_FIRST = 2
_RELIABLE, _TENTATIVE = 0.8, 0.667
_ALPHA = Column("alpha", "Alpha", kind="number", digits=2, priority=0)


def page_of(result: Panel, detail: Detail, disagreements: int | None) -> Page:
    """Return the page with so many disagreements; None for all that matter."""
    verbose = detail == "verbose"
    most = None if verbose else disagreements
    blocks: list[Block] = [
        result.ranking.heading,
        Heading(f"{result.title}: {listed(result.labels)}"),
        Paragraph(" ".join(_discussion_sentences(result))),
        Paragraph(_coverage_sentence(result)),
        *_deciding_blocks(result, most),
    ]
    if detail != "brief":
        blocks += _rank_blocks(result, most)
        blocks += _agreement_blocks(result, verbose=verbose)
        blocks += _rater_blocks(result)
    if verbose:
        blocks += [Heading("Candidates"), _candidate_table(result)]
        blocks += [Heading("Method"), Notes(result.notes)]
    elif detail == "default":
        blocks.append(Notes((*_list_notes(result), *closing_notes(result.ranking.framework))))
    return Page(tuple(blocks), result.title)


# what to discuss


def _discussion_sentences(result: Panel) -> Iterator[str]:
    """Yield the disagreements to discuss first, and how many of all matter."""
    found = result.disagreements
    first = [one for one in found if one.changes][:_FIRST]
    if first:
        names = [f'"{one.about}" of "{one.title}"' for one in first]
        yield f"Discuss first: {listed(names)}."
        yield _count_sentence(result)
    elif found:
        yield f"{plural(len(found), 'disagreement')}: none changes a verdict or a rank by itself."
    else:
        yield "The raters agree on every answer that two of them give."


def _coverage_sentence(result: Panel) -> str:
    """Return how many candidates there are, and how many raters have each."""
    total, k = len(result.ranking), len(result.lists)
    counts = Counter(len(one.raters) for one in result.candidates)
    whole = "both" if k == 2 else f"all {count_in_words(k)}"
    if [*counts] == [k]:
        return f"{plural(total, 'candidate')}, rated by {whole}."
    special = {0: "nobody", k: whole}
    parts = []
    for size in sorted(counts, reverse=True):
        by = special.get(size) or count_in_words(size)
        parts.append(f"{counts[size]:,} rated by {by}")
    return f"{plural(total, 'candidate')}: {listed(parts)}."


def _count_sentence(result: Panel) -> str:
    """Return how many disagreements change a verdict, the top k, a rank, or nothing.

    Each counts once, by the most that it can change, so that the numbers add up.
    """
    counts = Counter(one.changes[0] if one.changes else None for one in result.disagreements)
    parts: list[str] = []
    for change, words in _changes_in_words(result).items():
        if counts[change]:
            begin = "no more than" if parts else "can change"
            parts.append(f"{counts[change]:,} {begin} {words}")
    if counts[None]:
        parts.append(f"{counts[None]:,} nothing")
    return f"Of {plural(len(result.disagreements), 'disagreement')}, {listed(parts)}."


def _changes_in_words(result: Panel) -> dict[Change, str]:
    """Return what disagreements can change by this framework, in words."""
    words: dict[Change, str] = {}
    if result.ranking.framework.guardrails:
        words["verdict"] = "a verdict"
    if result.top is not None:
        words |= {"top": top_in_words(result.top), "rank": "a rank"}
    return words


def _deciding_blocks(result: Panel, most: int | None) -> Iterator[Block]:
    """Yield the disagreements that can change a verdict or the top k, with their effects."""
    found = [one for one in result.disagreements if {"verdict", "top"}.intersection(one.changes)]
    if not found:
        return
    words = [said for change, said in _changes_in_words(result).items() if change != "rank"]
    yield Heading(f"Disagreements that can change {' or '.join(words)}")
    digits = len(str(len(found[:most])))
    for place, one in enumerate(found[:most], start=1):
        yield Bullets(tuple(_disagreement_items(one, result, f"{place:>{digits}}.")))
    yield from _more_block(len(found) - len(found[:most]))
    if result.together:
        titles = [result.ranking[name].title for name in result.together]
        yield Paragraph(
            f"Only several answers together change the verdict of {quoted(titles, _MOST_TITLES)}."
        )


def _disagreement_items(one: RaterDisagreement, result: Panel, mark: str) -> Iterator[Item]:
    name = "" if one.title == one.candidate else f" ({one.candidate})"
    yield Item(one.title + name, mark=mark)
    merged = Effect((), one.merged, one.verdict, one.rank, one.score)
    yield Item(f"{one.about}. Merged: {_effect_in_words(merged, result)}", 1, "")
    for effect in one.effects:
        yield Item(f"{listed(effect.raters)}: {_effect_in_words(effect, result)}", 1)


def _effect_in_words(effect: Effect, result: Panel) -> str:
    """Return an answer, and what it gives: a verdict, if there are rules, and a rank, if any."""
    framework, parts = result.ranking.framework, []
    if framework.guardrails:
        parts.append(verdict_in_words(effect.verdict, framework))
    if result.top is not None:
        parts.append("no rank" if effect.rank is None else f"rank {effect.rank}")
    return f"{effect.answer} → {', '.join(parts)}"


def _more_block(count: int) -> Iterator[Block]:
    if count:
        yield Paragraph(f"{count:,} more (-v shows all).")


def _rank_blocks(result: Panel, most: int | None) -> Iterator[Block]:
    """Yield a table of the disagreements that change a rank alone."""
    found = [one for one in result.disagreements if one.changes == ("rank",)]
    if not found:
        return
    columns = [
        TITLE_FIELD,
        Column("about", "About", priority=0, least=16),
        Column("answers", "Answers", kind="list", priority=0, least=20),
        Column("ranks", "Ranks", kind="interval", digits=0, priority=0),
    ]
    rows: list[tuple[Cell, ...]] = []
    for one in found[:most]:
        ranks = [rank for rank in (one.rank, *(each.rank for each in one.effects)) if rank]
        answers = [f"{', '.join(each.raters)}: {each.answer}" for each in one.effects]
        rows.append((one.title, one.about, answers, (min(ranks), max(ranks))))
    yield Heading("Disagreements that change only a rank")
    yield Table(tuple(columns), tuple(rows))
    yield from _more_block(len(found) - len(rows))


# agreement


def _agreement_blocks(result: Panel, *, verbose: bool) -> Iterator[Block]:
    """Yield how far the ratings and the orders agree, and a table of all questions."""
    yield Heading("Agreement")
    if not result.agreement:
        yield Paragraph("No question about a candidate is answered by two raters.")
        return
    yield Paragraph(" ".join(_agreement_sentences(result)))
    yield from _agreement_tables(result, verbose=verbose)
    yield Notes((_ALPHA_LEGEND,))


_ALPHA_LEGEND = (
    "Alpha: 1 is perfect agreement, 0 that of chance; below 0, raters differ more than by chance."
    " Customary bounds (Krippendorff): reliable from 0.8, for tentative conclusions from 0.667."
    " Nominal: whether answers differ; ordinal: by the order of ratings; interval: by their"
    " differences. 95 %: of bootstrap samples, for the alpha beside it; from twenty candidates on."
)
_RATER_LEGEND = (
    "Common: ratings that another rater gives too. Deviation: points of 100 by which these are more"
    " favourable (+) or less favourable (-) than those of the others, on average. It is not a"
    " measure of quality."
)


def _agreement_sentences(result: Panel) -> Iterator[str]:
    whole = result.agreement[0]
    if not whole.key and whole.candidates < LEAST_COMMON:
        common = plural(whole.candidates, "rating")
        yield f"Two raters or more give {common}: too few to judge the agreement."
    elif not whole.key:
        alpha = whole.alphas["interval"]
        if alpha.value is None:
            yield "Alpha of the ratings is not defined: all that can be compared are equal."
        else:
            ends = ""
            if alpha.low is not None and alpha.high is not None:
                ends = f" ({number(alpha.low, 2)} to {number(alpha.high, 2)})"
            value = f"{number(alpha.value, 2)}{ends}, {_reliability_of(alpha.value)}"
            yield f"Alpha of all ratings, by their differences: {value}."
        yield from _least_agreed(result)
    yield from _order_sentences(result)


def _reliability_of(alpha: float) -> str:
    """Return how reliable ratings are by the customary bounds of Krippendorff, in words."""
    if alpha < 0:
        return "less agreement than by chance"
    if alpha < _TENTATIVE:
        return "not reliable"
    return "reliable" if alpha >= _RELIABLE else "enough for tentative conclusions alone"


def _least_agreed(result: Panel) -> Iterator[str]:
    """Yield the criterion with the least agreement."""
    found = {}
    for one in result.agreement:
        value = one.alphas["interval"].value if one.key and one.kind == "rating" else None
        if value is not None:
            found[one.title] = value
    if len(found) > 1:
        least = min(found, key=found.__getitem__)
        words = f"{number(found[least], 2)}, {_reliability_of(found[least])}"
        yield f'Least agreement: "{least}" ({words}).'


def _order_sentences(result: Panel) -> Iterator[str]:
    """Yield how far the orders by the lists of the raters agree."""
    if result.top is None:
        return
    count = len(result.ranked_by_all)
    if count < 2:
        yield "Fewer than two candidates have a rank by each list, so orders are not compared."
        return
    w = number(result.concordance, 2)
    yield f"Kendall's W of the {plural(count, 'candidate')} that all lists rank: {w}."


def _agreement_tables(result: Panel, *, verbose: bool) -> Iterator[Block]:
    """Yield a table of the criteria, then one of the facts; those without differences in short."""
    questions = ("rating", "Criterion", "criteria", METRICS), ("fact", "Fact", "facts", METRICS[:1])
    for kind, head, several, metrics in questions:
        asked = [one for one in result.agreement if one.kind == kind]
        found = asked if verbose else list(filter(_has_differences, asked))
        if found:
            yield _agreement_table(found, head, metrics)
        if len(found) < len(asked):
            total = plural(sum(bool(one.key) for one in asked), head.lower(), several)
            hidden = f"{len(asked) - len(found):,} of {total}"
            yield Paragraph(f"All answers that can be compared are equal: {hidden}.")


def _has_differences(one: Agreement) -> bool:
    """Return whether raters differ on a question; the row of all criteria always stays."""
    return not one.key or one.same < one.candidates


def _agreement_table(found: Sequence[Agreement], head: str, metrics: Sequence[Metric]) -> Table:
    """Return the agreement on some questions, with the intervals if there are any."""
    columns = [
        Column("question", head, priority=0, least=20),
        Column("compared", "Compared", kind="number", digits=0, priority=0),
        Column("equal", "Equal", kind="number", digits=0),
    ]
    for metric in metrics:
        priority = 2 if metric == "nominal" and len(metrics) > 1 else 0
        columns.append(replace(_ALPHA, key=metric, head=metric.title(), priority=priority))
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        alphas = [one.alphas[metric] for metric in metrics]
        ends = alphas[-1].low, alphas[-1].high
        values = [alpha.value for alpha in alphas]
        rows.append((one.title, one.candidates, one.same, *values, ends))
    if any(row[-1] != (None, None) for row in rows):
        columns.append(Column("range", "95 %", kind="interval", digits=2))
    return Table(tuple(columns), tuple(row[: len(columns)] for row in rows))


# raters


def _rater_blocks(result: Panel) -> Iterator[Block]:
    """Yield each rater beside the others, and who would change the order if left out."""
    yield Heading("Raters")
    yield Paragraph(" ".join(_left_out_sentences(result)))
    columns = [
        Column("label", "Rater", priority=0, least=8),
        Column("candidates", "Candidates", kind="number", digits=0, priority=0),
        Column("ratings", "Ratings", kind="number", digits=0),
        Column("facts", "Facts", kind="number", digits=0),
        Column("common", "Common", kind="number", digits=0),
        Column("deviation", "Deviation", align="right", priority=0, least=9),
    ]
    rows: list[tuple[Cell, ...]] = []
    for rater in result.raters:
        counts = rater.candidates, rater.ratings, rater.facts, rater.common
        rows.append((rater.label, *counts, _deviation_in_words(rater)))
    yield Table(tuple(columns), tuple(rows))
    yield Notes((_RATER_LEGEND,))


def _deviation_in_words(rater: Rater) -> str:
    if rater.deviation is None:
        return "too few to judge"
    return f"{rater.deviation:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")


def _left_out_sentences(result: Panel) -> Iterator[str]:
    """Yield what leaving out each rater would change in the merged result."""
    for rater in result.raters:
        without = rater.without
        parts = []
        if without.verdicts:
            parts.append(plural(without.verdicts, "verdict"))
        if without.joins or without.leaves:
            places = max(len(without.joins), len(without.leaves))
            parts.append(f"{plural(places, 'place')} of {top_in_words(result.top or 0)}")
        if without.moved:
            parts.append(plural(without.moved, "rank"))
        changes = listed(parts) or "nothing"
        yield f"Without {rater.label}, {changes} would change."


def _candidate_table(result: Panel) -> Table:
    """Return rank and verdict of each candidate: merged, and by the list of each rater."""
    framework = result.ranking.framework
    columns = [replace(TITLE_FIELD, least=24), Column("merged", "Merged", priority=0, least=17)]
    for place, label in enumerate(result.labels):
        columns.append(Column(f"rater_{place}", label, priority=0, least=17))
    rows: list[tuple[Cell, ...]] = []
    for one in result.candidates:
        cells: list[Cell] = [one.title]
        for found in (one, *map(one.by.get, result.labels)):
            cell = None
            if found is not None:
                cell = f"{found.rank or MISSING} {verdict_in_words(found.verdict, framework)}"
            cells.append(cell)
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


# tables for machines


def tables_of(result: Panel) -> Mapping[str, Callable[[], Table]]:
    """Return the tables of the agreement and of the raters, by name."""
    return {"agreement": partial(_agreement_rows, result), "raters": partial(_rater_rows, result)}


def _agreement_rows(result: Panel) -> Table:
    """Return a row for each question; without an id, for all criteria together."""
    columns = [Column("key", "Id"), Column("title", "Question"), Column("kind", "Kind")]
    columns += [Column(name, name.title(), kind="number") for name in ("candidates", "same")]
    for metric in METRICS:
        columns.append(Column(metric, metric.title(), kind="number", digits=3))
        ends = f"{metric}_low", f"{metric}_high"
        columns.append(Column(f"{metric}_range", "95 %", kind="interval", digits=3, ends=ends))
    rows: list[tuple[Cell, ...]] = []
    for one in result.agreement:
        cells: list[Cell] = [one.key or None, one.title, one.kind, one.candidates, one.same]
        for metric in METRICS:
            alpha = one.alphas.get(metric, Alpha(None, None, None))
            cells += [alpha.value, (alpha.low, alpha.high)]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _rater_rows(result: Panel) -> Table:
    """Return a row for each rater."""
    names = ("candidates", "ratings", "facts", "alone", "common", "deviation")
    columns = [Column("label", "Rater"), *(Column(name, kind="number") for name in names)]
    rows = [(one.label, *attrgetter(*names)(one)) for one in result.raters]
    return Table(tuple(columns), tuple(rows))


# notes


def notes_of(result: Panel) -> Iterator[str]:
    """Yield what to know of the lists, how they were merged and compared, and the limits."""
    yield from _list_notes(result)
    yield (
        "A disagreement matters if the answer of a rater in place of the merged one, all other"
        " entries as they are, gives the candidate another verdict or rank, or moves it into or out"
        " of the top."
    )
    yield (
        "Alpha of all ratings counts as chance that within each criterion. Ratings count as their"
        " most likely points, or the middles of their ranges. Ranges of alpha: 95 % of"
        f" {result.draws:,} bootstrap samples of candidates, seed {result.seed}; none for fewer"
        f" than {LEAST_SAMPLED} candidates."
    )
    yield from closing_notes(result.ranking.framework)


def _list_notes(result: Panel) -> Iterator[str]:
    """Yield how the lists were merged, and what is odd about them."""
    note = result.merged.note or ""
    yield note.partition(" Each entry ")[0]
    for mine, counted in zip(result.lists, result.counted, strict=True):
        blank = len(mine.candidates) - len(counted.candidates)
        if blank:
            count = plural(blank, "candidate")
            yield f"Listed by {mine.label} without any answer, and so not rated: {count}."
        own = mine.candidates
        if any(one.unit != own.unit_of(own[one.id]) for one in counted.candidates):
            yield f"The list of {mine.label} gives no unit; that of the others counts."
    yield from _lone_notes(result)
    yield from _date_notes(result)
    yield from _flat_notes(result)
    yield from _repeated_notes(result)


def _lone_notes(result: Panel) -> Iterator[str]:
    """Yield how many candidates each rater has alone, and ids that may be meant for others."""
    alone: dict[str, list[str]] = {label: [] for label in result.labels}
    for one in result.candidates:
        if len(one.raters) == 1:
            alone[one.raters[0]].append(one.id)
    for label, names in alone.items():
        if names:
            yield f"Only in the list of {label}: {plural(len(names), 'candidate')}."
    for label, other in combinations(alone, 2):
        for name in alone[label]:
            near = likely(name, alone[other])
            if near is not None and _digits_in(near) == _digits_in(name):
                yield f"Is `{name}` ({label}) the same as `{near}` ({other})? Write one id in both."


def _digits_in(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _date_notes(result: Panel) -> Iterator[str]:
    """Yield the dates of lists that differ."""
    dates = {label: candidates.as_of for label, candidates in result.lists}
    if len(set(dates.values())) > 1:
        parts = [f"{label} {day or 'none'}" for label, day in dates.items()]
        yield f"The lists have other dates ({', '.join(parts)}): the latest one counts."


def _flat_notes(result: Panel) -> Iterator[str]:
    """Yield the criteria on which a rater gives the same rating to all."""
    framework = result.ranking.framework
    for rater in result.raters:
        if rater.flat:
            titles = [title_of_word(framework, key) for key in rater.flat]
            yield f"{rater.label} rates all alike on {quoted(titles, _MOST_TITLES)}."


def _repeated_notes(result: Panel) -> Iterator[str]:
    """Yield the raters whose lists are the same."""
    by_digest: dict[str, list[str]] = {}
    for record in result.manifest["lists"]:
        by_digest.setdefault(record["digest"], []).append(record["label"])
    for labels in by_digest.values():
        if len(labels) > 1:
            yield f"The lists of {listed(labels)} are the same; count one rater once."
