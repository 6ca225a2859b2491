"""A comparison as a page: side by side first, then how far they agree, then where not, and why.

Imports the pages and the other modules of this package that show.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...models.base import Element, title_of, verification
from ...models.criteria import walk
from ...models.framework import Framework
from ...output import Block, Bullets, Heading, Page, Paragraph
from ...scoring.wording import SCOPE_NOTE
from .crosswalk import crosswalk_table
from .pairs import LEAST, Pair
from .sentences import heading_of, lines_of
from .sheets import moves_table, pairs_table, table_of

if TYPE_CHECKING:  # a comparison shows itself by this module
    from .result import Comparison

__all__ = ["SHOWN", "notes_of", "page_of"]

SHOWN = 8
"""How many reasons of disagreement a page explains, unless it is asked for more."""


def page_of(result: Comparison, most: int | None = SHOWN) -> Page:
    """Return a comparison as a page; `most` is how many disagreements are explained, None for all."""
    return Page(tuple(_blocks(result, most)), result.title)


def _blocks(result: Comparison, most: int | None) -> Iterator[Block]:
    yield Heading(result.title, 1)
    yield Paragraph(_summary(result))
    yield replace(table_of(result), title="", notes=())
    yield Heading("What the verdicts come to")
    yield crosswalk_table([ranking.framework for ranking in result.rankings])
    yield Heading("How far they agree")
    yield pairs_table(result.pairs)
    yield from _moves(result)
    yield from _disagreements(result, most)
    yield Heading("To bear in mind")
    yield Bullets(result.notes)


def _summary(result: Comparison) -> str:
    compared = int((result.judged >= 2).sum())
    disputed = int(result.disputed.sum())
    candidates = _many(len(result), "candidate")
    if not compared:
        return f"{candidates}; none is judged by two of the frameworks, so that there is nothing to compare."
    alone = len(result) - compared
    text = f"{candidates}. Those that judge a candidate answer alike for {compared - disputed:,}, unlike for {disputed:,}"
    return text + (f"; one of them at most judges {alone:,}." if alone else ".")


def _moves(result: Comparison) -> Iterator[Block]:
    if moves := moves_table(result.pairs):
        yield Heading("Whose rank differs most")
        yield moves


def _disagreements(result: Comparison, most: int | None) -> Iterator[Block]:
    if not result.reasons or most == 0:
        return
    yield Heading("Where they disagree, and why")
    shown = result.reasons if most is None else min(most, result.reasons)
    if shown < result.reasons:
        yield Paragraph(
            f"Shown are {shown:,} of {result.reasons:,} reasons; they hold {result.explained_by(shown):,} of the "
            f"{int(result.disputed.sum()):,} candidates on which frameworks disagree."
        )
    frameworks = {ranking.framework.id: ranking.framework for ranking in result.rankings}
    for number, found in enumerate(result.explained(most), start=1):
        yield Heading(f"{number}. {heading_of(found, frameworks)}", 3)
        yield Bullets(tuple(lines_of(found, frameworks)))


# notes


def notes_of(result: Comparison) -> tuple[str, ...]:
    """Return what a reader must know beside the words and numbers."""
    return tuple(_notes(result))


def _notes(result: Comparison) -> Iterator[str]:
    yield (
        "Verdicts are compared by what they come to: one that is not ranked does not go ahead; beyond the first tier a "
        "person decides; of the first tier the mildest goes ahead, the others on conditions."
    )
    yield from _ranks_notes(result)
    yield _words_note(result)
    for ranking in result.rankings:
        framework = ranking.framework
        version = f", {framework.version}" if framework.version else ""
        said = "; ".join(
            filter(
                None, (framework.issuer and f"issued by: {framework.issuer}", framework.legal_force)
            )
        )
        title = title_of(framework.id, framework.title)
        yield f"`{framework.id}`: {title}{version}{f' ({said})' if said else ''}, {framework.digest[:19]}…."
        if unverified := _unverified(framework):
            yield f"Not verified in `{framework.id}`: {', '.join(unverified)}. What rests on these is checked first."
    yield SCOPE_NOTE


def _ranks_notes(result: Comparison) -> Iterator[str]:
    silent = [ranking.framework for ranking in result.rankings if not ranking.has_total]
    for framework in silent:
        why = "only gates" if not framework.leaves else "makes no total score"
        yield f"`{framework.id}` {why}: it gives verdicts and no ranks."
    pairs = [pair for pair in result.pairs if pair.rankable]
    if not pairs:
        ranked = [ranking.framework.id for ranking in result.rankings if ranking.has_total]
        yield f"Orders are not compared: {f'`{ranked[0]}` alone' if ranked else 'none of them'} gives ranks."
        return
    yield (
        "Tau-b: 1 where every two candidates stand in the same order by both frameworks, -1 where every two stand the "
        "other way round; among the candidates that both rank, tiers before scores. Its 95 % takes them as drawn from "
        f"many like them (Brown and Benedetti 1977), and is given from {LEAST} candidates on."
    )
    yield from filter(None, map(_no_tau, pairs))


def _no_tau(pair: Pair) -> str | None:
    names = f"`{pair.first.framework.id}` and `{pair.second.framework.id}`"
    if len(pair.rows) < 2:
        return f"{names}: no two candidates are ranked by both."
    return (
        f"{names}: one of them ranks all alike, so that there is no tau-b."
        if math.isnan(pair.tau.value)
        else None
    )


def _words_note(result: Comparison) -> str:
    vocabularies = [ranking.framework.vocabulary for ranking in result.rankings]
    names = {vocabulary.id for vocabulary in vocabularies if vocabulary is not None}
    if len(names) == 1 and None not in vocabularies:
        return (
            f"All of them judge by the same facts, in the words of the vocabulary `{names.pop()}`."
        )
    return "A fact counts for several of them where they call it by the same name."


def _unverified(framework: Framework) -> list[str]:
    criteria = [
        (ids[-1], framework.definition(ids[-1], criterion))
        for ids, criterion in walk(framework.criteria)
    ]
    elements: list[tuple[str, Element]] = [*criteria, *framework.guardrails.items()]
    sources = framework.all_sources
    return [
        title_of(key, element.title)
        for key, element in elements
        if verification(element, sources) == "no"
    ]


def _many(count: int, thing: str) -> str:
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"
