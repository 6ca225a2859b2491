"""The page of a comparison: side by side, agreement, and disagreements with their reasons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..analysis.comparison import (
    ANSWERS,
    LEAST_FOR_INTERVAL,
    Comparison,
    Disagreement,
    FactCount,
    OtherFramework,
    OtherVerdict,
    Pair,
    Reason,
    Side,
    crosswalk,
)
from ..models.base import within
from ..output import Block, Bullets, Cell, Column, Detail, Heading, Page, Paragraph, Table
from ..output.text import plural
from ..scoring.wording import SCOPE_NOTE, badge, framework_title, unverified_titles

__all__ = ["notes_of", "page_of"]

_MOST_MOVES = 5
_MOST_TITLES = 6
_MOST_FACTS = 3
_MOST_ANSWERS = 3
_MOST_VERDICTS = 4


def page_of(result: Comparison, detail: Detail, disagreements: int | None) -> Page:
    """Return a comparison as a page that explains so many disagreements; None for all."""
    blocks: list[Block] = [
        Heading(result.title, 1),
        Paragraph(_agreement_summary(result)),
        replace(result.table(), title="", notes=()),
        Heading("What the verdicts come to"),
        _crosswalk_table(result),
        Heading("How far they agree"),
        _pairs_table(result.pairs),
    ]
    blocks += _move_blocks(result.pairs)
    blocks += _disagreement_blocks(result, disagreements)
    blocks += [Heading("To bear in mind"), Bullets(result.notes)]
    return Page(tuple(blocks), result.title)


def _agreement_summary(result: Comparison) -> str:
    compared, disputed = int((result.judged >= 2).sum()), int(result.disputed.sum())
    candidates = plural(len(result), "candidate")
    if not compared:
        return (
            f"{candidates}; none is judged by two of the frameworks,"
            " so that there is nothing to compare."
        )
    text = (
        f"{candidates}. Those that judge a candidate answer alike for {compared - disputed:,},"
        f" unlike for {disputed:,}"
    )
    alone = len(result) - compared
    if alone:
        text += f"; one of them at most judges {alone:,}"
    return f"{text}."


# tables


def _crosswalk_table(result: Comparison) -> Table:
    columns = [Column("framework", "Framework", priority=0, least=10)]
    for k, answer in enumerate(ANSWERS):
        columns.append(Column(f"answer_{k}", answer, kind="list", priority=0, least=12))
    rows = []
    for name in result.frameworks:
        meanings = crosswalk(result[name].framework)
        cells: list[Cell] = [name]
        for answer in ANSWERS:
            verdicts = [key for key in meanings if meanings[key] == answer]
            cells.append([_verdict_mark(result, name, key) for key in verdicts] or None)
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _pairs_table(pairs: Sequence[Pair]) -> Table:
    columns = [
        Column("pair", "Frameworks", priority=0, least=20),
        Column("judged", "Both judge", kind="number", digits=0),
        Column("same", "Same answer", kind="number", digits=0, priority=0),
        Column("first_milder", "First milder", kind="number", digits=0),
        Column("second_milder", "Second milder", kind="number", digits=0),
    ]
    any_ranks = any(pair.rankable for pair in pairs)
    if any_ranks:
        columns += [
            Column("ranked", "Both rank", kind="number", digits=0),
            Column("tau_b", "Tau-b", kind="number", digits=2, priority=0),
            Column("interval", "95 %", kind="interval", digits=2, priority=0),
        ]
    rows = []
    for pair in pairs:
        names = f"{pair.first.framework.id} and {pair.second.framework.id}"
        cells: list[Cell] = [names, pair.judged, pair.same, pair.first_milder, pair.second_milder]
        if pair.rankable:
            cells += [len(pair.rows), pair.tau.value, pair.interval]
        elif any_ranks:
            cells += [None, None, None]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _move_blocks(pairs: Iterable[Pair]) -> Iterator[Block]:
    columns = (
        Column("title", "Candidate", priority=0, least=20, lines=2),
        Column("first", "By", priority=0, least=8),
        Column("first_rank", "Rank", kind="number", digits=0, priority=0),
        Column("second", "By", priority=0, least=8),
        Column("second_rank", "Rank", kind="number", digits=0, priority=0),
        Column("by", "Moves", priority=0, align="right"),
    )
    rows: list[tuple[Cell, ...]] = []
    for pair in pairs:
        if pair.rankable:
            first, second = pair.first.framework.id, pair.second.framework.id
            for move in pair.moves[:_MOST_MOVES]:
                moved = f"up {move.by:,}" if move.by > 0 else f"down {-move.by:,}"
                rows.append((move.title, first, move.first, second, move.second, moved))
    if rows:
        yield Heading("Whose rank differs most")
        yield Table(columns, tuple(rows))


# disagreements


def _disagreement_blocks(result: Comparison, most: int | None) -> Iterator[Block]:
    shown = result.disagreements[:most]
    if not shown:
        return
    yield Heading("Where they disagree, and why")
    if len(shown) < len(result.disagreements):
        held = {candidate for found in shown for candidate in found.candidates}
        yield Paragraph(
            f"Shown are {len(shown):,} of {len(result.disagreements):,} reasons;"
            f" they hold {len(held):,} of the {int(result.disputed.sum()):,} candidates"
            " on which frameworks disagree."
        )
    for number, found in enumerate(shown, start=1):
        yield Heading(f"{number}. {_disagreement_heading(result, found)}", 3)
        yield Bullets(tuple(_disagreement_lines(result, found)))


def _disagreement_heading(result: Comparison, found: Disagreement) -> str:
    """Return the verdicts of the severe side, and the guardrails that give them."""
    frameworks: dict[str, dict[str, None]] = {}
    titles: dict[str, None] = {}
    states = set()
    for side in found.sides:
        mark = _verdict_mark(result, side.framework, side.verdict)
        frameworks.setdefault(mark, {})[f"`{side.framework}`"] = None
        title, state = "its mildest verdict", "none"
        if side.reason is not None:
            title, state = side.reason.title, side.reason.state
        titles[title] = None
        states.add(state)
    said = ", ".join(f"{mark} by {' and '.join(names)}" for mark, names in frameworks.items())
    heading = f"{said}: {'; '.join(titles)}"
    return f"{heading} (cannot tell)" if states == {"unknown"} else heading


def _disagreement_lines(result: Comparison, found: Disagreement) -> Iterator[str]:
    """Yield the candidates, the reasons of the severe side, and the findings of the others."""
    titles = [title for _, title in found.candidates]
    named = "; ".join(titles[:_MOST_TITLES])
    if len(titles) > _MOST_TITLES:
        named += f"; and {len(titles) - _MOST_TITLES:,} more"
    yield f"{len(titles):,} candidates: {named}." if len(titles) > 1 else f"{named}."
    # frameworks and guardrails that rest on the same share a sentence
    together: dict[Reason | None, list[Side]] = {}
    for side in found.sides:
        basis = side.reason and replace(side.reason, guardrail="", title="")
        together.setdefault(basis, []).append(side)
    for reason, sides in together.items():
        sentence = _reason_in_words(reason, found)
        if len(found.sides) > 1:
            sentence = f"{_names_of(sides, found.sides)}: {sentence}"
        yield f"{sentence[0].upper()}{sentence[1:]}."
    for other in found.others:
        yield f"`{other.framework}`{_questions_of(other, found)}: {_said_of(result, other, found)}."


def _said_of(result: Comparison, other: OtherFramework, found: Disagreement) -> str:
    """Return the verdicts of another framework: the first few, and the number of others."""
    words = []
    for said in other.said[:_MOST_VERDICTS]:
        words.append(_verdict_in_words(result, said, other, found))
    rest = sum(len(said.candidates) for said in other.said[_MOST_VERDICTS:])
    if rest:
        words.append(f"other for {rest:,}")
    return "; ".join(words)


def _verdict_mark(result: Comparison, framework: str, verdict: str | None) -> str:
    mark = badge(verdict, result[framework].framework)
    return f"{mark.shape} {mark.word}"


def _names_of(sides: Sequence[Side], among: Sequence[Side]) -> str:
    """Return names that tell sides apart: frameworks, or guardrails of the only framework."""
    several = len({side.framework for side in among}) > 1
    names: dict[str, None] = {}
    for side in sides:
        if several:
            names[f"`{side.framework}`"] = None
        elif side.reason is not None:
            names[f'"{side.reason.title}"'] = None
    return " and ".join(names)


def _reason_in_words(reason: Reason | None, found: Disagreement) -> str:
    if reason is None:
        return "the verdict is given where no guardrail applies"
    count = found.looked_at
    facts = _facts_in_words(reason.facts[:_MOST_FACTS], count, _MOST_ANSWERS)
    if len(reason.facts) > _MOST_FACTS:
        facts += f"; and {len(reason.facts) - _MOST_FACTS} more"
    first = f" (facts of the first {count:,})" if count < len(found.candidates) else ""
    if reason.state == "unknown":
        return f"one cannot tell whether it applies, with {facts}{first}"
    because = f"because of {facts}{first}" if facts else "asked of every candidate"
    if reason.state == "barred":
        return f"{because}; no safeguard would meet it"
    return because + _reason_safeguards(reason, found.unit)


def _facts_in_words(facts: Sequence[FactCount], count: int, most: int) -> str:
    return "; ".join(f"{within(fact.title)}: {_answer_counts(fact, count, most)}" for fact in facts)


def _answer_counts(fact: FactCount, count: int, most: int) -> str:
    """Return the answers to a fact; how many candidates have each where not all have the same."""
    if len(fact.answers) == 1:
        answer, times = fact.answers[0]
        return answer if times == count else f"{answer} ({times:,})"
    # several lists in one sentence are past reading
    if any("," in answer for answer, _ in fact.answers):
        return "different answers" + (f" ({fact.count:,})" if fact.count < count else "")
    shown = fact.answers if len(fact.answers) <= most else fact.answers[: most - 1]
    words = []
    rest = fact.count
    for answer, times in shown:
        words.append(f"{answer} ({times:,})")
        rest -= times
    if rest:
        words.append(f"other ({rest:,})")
    return ", ".join(words)


def _reason_safeguards(reason: Reason, unit: str | None) -> str:
    if reason.missing:
        lack = {"area": "to be put in place", "project": "missing"}
        word = lack.get(unit or "", "missing or to be put in place")
        return f"; {word}: {', '.join(reason.missing)}"
    return f"; in place: {', '.join(reason.in_place)}" if reason.in_place else ""


def _questions_of(other: OtherFramework, found: Disagreement) -> str:
    """Return which facts behind a disagreement another framework asks for too, if it judges."""
    if all(each.verdict is None for each in other.said):
        return ""
    if not other.shared:
        asked = " or ".join(map(within, _asked_titles(found)))
        return f", which does not ask for {asked}" if asked else ""
    *titles, last = map(within, other.shared)
    asks = " and ".join(filter(None, (", ".join(titles), last)))
    if other.closest is None:
        return f", which asks for {asks} only to tell whether it is about it"
    return f', where "{other.closest}" asks for {asks} too'


def _asked_titles(found: Disagreement) -> Iterable[str]:
    """Return the titles of the facts on which the severe side rests, else of the safeguards."""
    facts: dict[str, None] = {}
    safeguards: dict[str, None] = {}
    for side in found.sides:
        if side.reason is not None:
            facts |= {fact.title: None for fact in side.reason.facts}
            safeguards |= dict.fromkeys(side.reason.missing + side.reason.in_place)
    return facts or safeguards


def _verdict_in_words(
    result: Comparison, said: OtherVerdict, other: OtherFramework, found: Disagreement
) -> str:
    words = _verdict_mark(result, other.framework, said.verdict)
    if len(said.candidates) < len(found.candidates):
        words += f" for {len(said.candidates):,}"
    if said.verdict is None:
        return words
    notes = []
    if said.decided_by and other.closest not in said.decided_by:
        first, *more = said.decided_by
        by = f'by "{first}"'
        notes.append(f"{by} and {len(more)} more" if more else by)
    if said.found is not None:
        notes.append(_closest_finding(said.found, len(said.candidates), found.unit))
    return f"{words} ({'; '.join(notes)})" if notes else words


def _closest_finding(reason: Reason, count: int, unit: str | None) -> str:
    facts = _facts_in_words(reason.facts[:2], count, 2)
    match reason.state:
        case "clear":
            return f"does not apply, with {facts}" if facts else "does not apply"
        case "unknown":
            return f"cannot tell, with {facts}"
        case "barred":
            return "applies"
        case "met":
            return f"met{_reason_safeguards(reason, unit)}"
    return f"not met{_reason_safeguards(reason, unit)}"


# notes


def notes_of(result: Comparison) -> Iterator[str]:
    """Yield how verdicts and orders are compared, the frameworks, and their unverified parts."""
    yield (
        "Verdicts are compared by what they come to: one that is not ranked does not go ahead;"
        " beyond the first tier a person decides; of the first tier the mildest goes ahead,"
        " the others on conditions."
    )
    yield from _rank_notes(result)
    yield _vocabulary_note(result)
    for ranking in result.rankings:
        framework = ranking.framework
        title = framework_title(framework)
        issuer = f"issued by: {framework.issuer}" if framework.issuer else None
        origin = "; ".join(filter(None, (issuer, framework.legal_force)))
        if origin:
            title = f"{title} ({origin})"
        yield f"`{framework.id}`: {title}, {framework.digest[:19]}…."
        unverified = ", ".join(unverified_titles(framework))
        if unverified:
            yield (
                f"Not verified in `{framework.id}`: {unverified}."
                " What rests on these is checked first."
            )
    yield SCOPE_NOTE


def _rank_notes(result: Comparison) -> Iterator[str]:
    ranked = []
    for ranking in result.rankings:
        framework = ranking.framework
        if framework.has_total:
            ranked.append(f"`{framework.id}` alone")
        elif framework.leaves:
            yield f"`{framework.id}` makes no total score: it gives verdicts and no ranks."
        else:
            yield f"`{framework.id}` only gates: it gives verdicts and no ranks."
    if len(ranked) < 2:
        yield f"Orders are not compared: {''.join(ranked) or 'none of them'} gives ranks."
        return
    yield (
        "Tau-b: 1 where every two candidates stand in the same order by both frameworks,"
        " -1 where every two stand the other way round; among the candidates that both rank,"
        " tiers before scores. Its 95 % takes them as drawn from many like them"
        f" (Brown and Benedetti 1977), and is given from {LEAST_FOR_INTERVAL} candidates on."
    )
    for pair in result.pairs:
        if pair.rankable:
            yield from _order_note(pair)


def _order_note(pair: Pair) -> Iterator[str]:
    names = f"`{pair.first.framework.id}` and `{pair.second.framework.id}`"
    if len(pair.rows) < 2:
        yield f"{names}: no two candidates are ranked by both."
    elif math.isnan(pair.tau.value):
        yield f"{names}: one of them ranks all alike, so that there is no tau-b."


def _vocabulary_note(result: Comparison) -> str:
    vocabularies = [ranking.framework.vocabulary for ranking in result.rankings]
    names = {vocabulary and vocabulary.id for vocabulary in vocabularies}
    if len(names) > 1 or None in names:
        return "A fact counts for several of them where they call it by the same name."
    return f"All of them judge by the same facts, in the words of the vocabulary `{names.pop()}`."
