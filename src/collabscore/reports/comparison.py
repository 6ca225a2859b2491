"""The page of a comparison: how far frameworks agree, where they do not, and why."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress

from ..analysis.comparison import LEAST_FOR_INTERVAL, Comparison, Pair
from ..analysis.disagreements import (
    MOST_READ,
    NOT_JUDGED,
    UNJUDGED,
    Disagreement,
    FactCount,
    OtherFramework,
    OtherVerdict,
    Reason,
    Side,
)
from ..models.base import within
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
    sectioned_table,
)
from ..output.text import capitalised, listed, plural, quoted, short_digest
from ..scoring.ranking import list_heading
from ..scoring.verdicts import ANSWERS, crosswalk
from ..scoring.wording import (
    AREAS_NOTE,
    SCOPE_NOTE,
    badge,
    changed_framework_note,
    framework_title,
    unverified_titles,
    verdict_in_words,
)
from .ranking import presumes_safeguards

__all__ = ["notes_of", "page_of"]

_NOT_JUDGED = (
    "? N unknown: not judged, because the verdict rests on unknown answers. N of the answers that"
    " the framework needs are unknown or uncertain."
)
_MOST_UNKNOWN = 4
_MOST_NAMED = 3
_MOST_MOVES = 5
_MOST_TITLES = 4
_MOST_FACTS = 3
_MOST_ANSWERS = 3
_MOST_VERDICTS = 4


def page_of(result: Comparison, detail: Detail, disagreements: int | None) -> Page:
    """Return a comparison as a page that explains so many disagreements; None for all."""
    verbose = detail == "verbose"
    blocks: list[Block] = [
        list_heading(result.rankings[0].problem, result.title),
        *_silence_blocks(result),
        Paragraph(" ".join(_agreement_sentences(result))),
        replace(result.table(), title="", notes=()),
        Notes(tuple(_framework_keys(result))),
    ]
    if detail != "brief":
        blocks += _legend_blocks(result)
        blocks += _unknown_blocks(result, verbose=verbose)
        blocks += _disagreement_blocks(result, disagreements, verbose=verbose)
        blocks += [Heading("How much they agree"), _pairs_table(result.pairs, verbose=verbose)]
        blocks += _move_blocks(result.pairs)
    if verbose:
        blocks += [Heading("Method and frameworks"), Bullets(result.notes)]
    else:
        notes = list(_changed_notes(result))
        if detail == "default":
            if any(map(presumes_safeguards, result.rankings)):
                notes.append(AREAS_NOTE)
            notes += [SCOPE_NOTE, "Method and sources: -v."]
        if notes:
            blocks.append(Notes(tuple(notes)))
    return Page(tuple(blocks), result.title)


def _silence_blocks(result: Comparison) -> Iterator[Block]:
    """Yield how many answers each framework misses, and how many candidates it judges."""
    if not result.missing.any() and (result.answers != UNJUDGED).all():
        return
    columns = (
        Column("framework", "Framework", priority=0, least=10),
        Column("needed", "Answers needed", kind="number", digits=0, priority=1),
        Column("missing", "Unknown", kind="number", digits=0, priority=0),
        Column("share", "Share", kind="share"),
        Column("judged", "Judged", kind="number", digits=0, priority=0),
        Column("not_judged", "Not judged", kind="number", digits=0, priority=0),
        Column("beyond", "Not applicable", kind="number", digits=0, priority=1),
    )
    rows = []
    for framework in result.outline["frameworks"]:
        needed, missing = framework["needed"], framework["missing"]
        judged, not_judged = framework["judged"], framework["not_judged"]
        beyond = len(result) - judged - not_judged
        share = missing / needed if needed else None
        rows.append((framework["id"], needed, missing, share, judged, not_judged, beyond))
    yield Table(columns, tuple(rows))


def _unknown_blocks(result: Comparison, *, verbose: bool) -> Iterator[Block]:
    """Yield the answers for which candidates wait that a framework does not judge."""
    items = []
    for judge, counts in zip(result.judges, (result.answers == UNJUDGED).sum(axis=0), strict=True):
        if not counts:
            continue
        shown = judge.most_unknown[: None if verbose else _MOST_UNKNOWN]
        answers = "; ".join(f"{title} ({count:,})" for title, count in shown)
        if len(shown) < len(judge.most_unknown):
            answers += f"; and {len(judge.most_unknown) - len(shown):,} more"
        looked_at = f" (of the first {MOST_READ} candidates)" if counts > MOST_READ else ""
        items.append(Item(f"{judge.framework.id}{looked_at}: {answers}"))
    if items:
        yield Heading("Unknown answers on which verdicts rest")
        yield Bullets(items)


def _agreement_sentences(result: Comparison) -> Iterator[str]:
    """Yield on how many candidates that two judge they agree, and which can go ahead by all."""
    compared, disputed = int((result.judged >= 2).sum()), int(result.disputed.sum())
    if not compared:
        candidates = plural(len(result), "candidate")
        yield f"No two of the frameworks judge the same one of {candidates}: nothing to compare."
        return
    if disputed in (0, compared):
        verb = "disagree" if disputed else "agree"
        candidates = "the one candidate" if compared == 1 else f"all {compared:,} candidates"
        which = " that two of them judge" if compared < len(result) else ""
        yield f"The frameworks {verb} on {candidates}{which}."
    else:
        agreed = plural(compared - disputed, "candidate")
        yield f"The frameworks agree on {agreed} and disagree on {disputed:,}."
    alone = len(result) - compared
    if alone:
        yield f"{plural(alone, 'candidate is', 'candidates are')} judged by fewer than two of them."
    answers = result.answers
    ahead = (answers.max(axis=1) <= 1) & (result.judged >= 2) & (answers != UNJUDGED).all(axis=1)
    titles = [row.title for row in compress(result.rows, ahead)]
    if not titles:
        yield "No candidate is known to go ahead by all frameworks that apply to it."
    else:
        named = quoted(titles) if len(titles) <= _MOST_NAMED else plural(len(titles), "candidate")
        yield f"By all frameworks, {named} can go ahead."


# tables and legend


def _framework_keys(result: Comparison) -> Iterator[str]:
    """Yield the title and version of each framework, which heads and sentences name by its id."""
    for ranking in result.rankings:
        framework = ranking.framework
        yield f"{framework.id}: {framework_title(framework)} ({short_digest(framework.digest)})"


def _legend_blocks(result: Comparison) -> Iterator[Block]:
    """Yield the meaning of the verdicts: a table if a word has two meanings, or there are many."""
    if (result.answers == UNJUDGED).any():
        yield Notes((_NOT_JUDGED,))
    meanings: dict[str, str] = {}
    words: dict[str, set[str]] = {}
    for k, ranking in enumerate(result.rankings):
        occurring = set(result.verdicts[result.answers[:, k] >= 0, k].tolist())
        for key, answer in crosswalk(ranking.framework).items():
            if key in occurring:
                meanings[verdict_in_words(key, ranking.framework)] = answer
                word = badge(key, ranking.framework).word
                words.setdefault(word, set()).add(answer)
    if len(meanings) > len(ANSWERS) or any(len(answers) > 1 for answers in words.values()):
        yield Heading("What the verdicts mean")
        yield _crosswalk_table(result)
    elif meanings:
        in_order = sorted(meanings, key=lambda mark: ANSWERS.index(meanings[mark]))
        yield Notes(("; ".join(f"{mark}: {meanings[mark]}" for mark in in_order),))


def _crosswalk_table(result: Comparison) -> Table:
    columns = [Column("framework", "Framework", priority=0, least=10)]
    for k, answer in enumerate(ANSWERS):
        columns.append(
            Column(f"answer_{k}", answer.capitalize(), kind="list", priority=0, least=15)
        )
    rows = []
    for ranking in result.rankings:
        framework = ranking.framework
        marks: dict[str, list[str]] = {}
        for key, answer in crosswalk(framework).items():
            marks.setdefault(answer, []).append(verdict_in_words(key, framework))
        rows.append((framework.id, *map(marks.get, ANSWERS)))
    return Table(tuple(columns), tuple(rows))


def _pairs_table(pairs: Sequence[Pair], *, verbose: bool) -> Table:
    counts = [("judged", "Both judge"), ("not_judged", "Not judged"), ("same", "Agree")]
    counts += [("first_milder", "First milder"), ("second_milder", "Second milder")]
    columns = [Column("pair", "Frameworks", priority=0, least=24)]
    for key, head in counts:
        columns.append(Column(key, head, kind="number", digits=0, priority=int(key != "same")))
    any_ranks = verbose and any(pair.rankable for pair in pairs)
    if any_ranks:
        columns += [
            Column("ranked", "Both rank", kind="number", digits=0),
            Column("tau_b", "Tau-b", kind="number", digits=2, priority=0),
            Column("interval", "95 %", kind="interval", digits=2, priority=0),
        ]
    rows = []
    for pair in pairs:
        cells: list[Cell] = [_pair_title(pair), *(getattr(pair, key) for key, _ in counts)]
        if any_ranks and pair.rankable:
            cells += [len(pair.rows), pair.tau.value, pair.interval]
        elif any_ranks:
            cells += [None, None, None]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _pair_title(pair: Pair) -> str:
    return f"{pair.first.framework.id} and {pair.second.framework.id}"


def _move_blocks(pairs: Iterable[Pair]) -> Iterator[Block]:
    """Yield the candidates whose ranks differ most, by pair of frameworks."""
    columns = (
        TITLE_FIELD,
        Column("first", "First", kind="number", digits=0, priority=0),
        Column("second", "Second", kind="number", digits=0, priority=0),
        Column("by", "Second is", priority=0, least=14),
    )
    parts = []
    for pair in pairs:
        moves = pair.moves[:_MOST_MOVES] if pair.rankable else ()
        shown = "" if len(moves) == pair.moved else f": {len(moves)} of {pair.moved:,}"
        rows = []
        for move in moves:
            places = plural(abs(move.by), "place")
            direction = "higher" if move.by > 0 else "lower"
            rows.append((move.title, move.first, move.second, f"{places} {direction}"))
        parts.append((f"{_pair_title(pair)}{shown}", rows))
    if any(rows for _, rows in parts):
        yield Heading("Largest differences in rank")
        yield sectioned_table(columns, parts)


# disagreements


def _disagreement_blocks(result: Comparison, most: int | None, *, verbose: bool) -> Iterator[Block]:
    shown = result.disagreements[:most]
    if not shown:
        return
    yield Heading("Why they disagree")
    if len(shown) < len(result.disagreements):
        held: set[tuple[str, str]] = set()
        for found in shown:
            held.update(found.candidates)
        disputed = int(result.disputed.sum())
        covered = f"all {disputed:,}"
        if len(held) < disputed:
            covered = f"{len(held):,} of the {disputed:,}"
        yield Paragraph(
            f"{len(shown):,} of {len(result.disagreements):,} reasons are shown. They cover"
            f" {covered} candidates in dispute."
        )
    for number, found in enumerate(shown, start=1):
        items = [Item(_disagreement_heading(result, found), 0, f"{number}.")]
        items += [Item(line, 1) for line in _disagreement_lines(result, found, verbose=verbose)]
        yield Bullets(items)


def _disagreement_heading(result: Comparison, found: Disagreement) -> str:
    """Return the verdicts of the severe side, and the guardrails that give them."""
    names_by_mark: dict[str, dict[str, None]] = {}
    titles: dict[str, None] = {}
    states = set()
    for side in found.sides:
        mark = _verdict_mark(result, side.framework, side.verdict)
        names_by_mark.setdefault(mark, {})[side.framework] = None
        if side.reason is None:
            titles["its mildest verdict"] = None
            states.add("none")
        else:
            titles[f'"{side.reason.title}"'] = None
            states.add(side.reason.state)
    marks = []
    for mark, names in names_by_mark.items():
        marks.append(f"{mark} by {' and '.join(names)}")
    heading = f"{', '.join(marks)}: {', '.join(titles)}"
    return f"{heading} (unknown)" if states == {"unknown"} else heading


def _disagreement_lines(result: Comparison, found: Disagreement, *, verbose: bool) -> Iterator[str]:
    """Yield the candidates, the reasons of the severe side, and the verdicts of the others."""
    titles = [title for _, title in found.candidates]
    named = "; ".join(titles[:_MOST_TITLES])
    if len(titles) > _MOST_TITLES:
        named += f"; and {len(titles) - _MOST_TITLES:,} more"
    yield f"{len(titles):,} candidates: {named}" if len(titles) > 1 else named
    for reason, sides in _sides_by_basis(found).items():
        whose = f" for {_names_of(sides, found.sides)}" if sides and len(found.sides) > 1 else ""
        yield _reason_in_words(reason, found, whose)
    if verbose:
        yield from _explained_others(result, found)
    elif found.others:
        yield "; ".join(_counted_others(result, found))


def _sides_by_basis(found: Disagreement) -> dict[Reason | None, list[Side]]:
    """Return sides that share a sentence: they rest on the same."""
    together: dict[Reason | None, list[Side]] = {}
    for side in found.sides:
        basis = side.reason and replace(side.reason, guardrail="", title="")
        together.setdefault(basis, []).append(side)
    return together


def _explained_others(result: Comparison, found: Disagreement) -> Iterator[str]:
    """Yield the first few verdicts of each other framework with their grounds."""
    for other in found.others:
        words = []
        for said in other.said[:_MOST_VERDICTS]:
            words.append(_explained_verdict(result, said, other, found))
        rest = sum(len(said.candidates) for said in other.said[_MOST_VERDICTS:])
        if rest:
            words.append(f"other for {rest:,}")
        yield f"{other.framework}{_questions_of(other, found)}: {'; '.join(words)}"


def _counted_others(result: Comparison, found: Disagreement) -> Iterator[str]:
    """Yield the verdicts of each other framework, with counts where it gives several."""
    for other in found.others:
        counts: Counter[str] = Counter()
        for said in other.said:
            mark = _other_mark(result, other.framework, said)
            counts[mark] += len(said.candidates)
        verdicts = ", ".join(counts)
        if len(counts) > 1:
            verdicts = ", ".join(f"{mark} for {count:,}" for mark, count in counts.items())
        yield f"{other.framework}: {verdicts}"


def _verdict_mark(result: Comparison, framework: str, verdict: str | None) -> str:
    return verdict_in_words(verdict, result[framework].framework)


def _other_mark(result: Comparison, framework: str, said: OtherVerdict) -> str:
    if said.answer == NOT_JUDGED:
        return f"? {NOT_JUDGED}"
    if not result[framework].framework.guardrails:
        return "no guardrails"
    return _verdict_mark(result, framework, said.verdict)


def _names_of(sides: Sequence[Side], among: Sequence[Side]) -> str:
    """Return names that tell sides apart: frameworks, or guardrails of the only framework."""
    several = len({side.framework for side in among}) > 1
    names: dict[str, None] = {}
    for side in sides:
        if several:
            names[side.framework] = None
        elif side.reason is not None:
            names[f'"{side.reason.title}"'] = None
    return " and ".join(names)


def _reason_in_words(reason: Reason | None, found: Disagreement, whose: str) -> str:
    """Return the facts and safeguards behind a verdict; `whose` names the side, if several."""
    if reason is None:
        return f"No guardrail applies{whose}"
    count = found.looked_at
    facts = _facts_in_words(reason, count, _MOST_FACTS, _MOST_ANSWERS)
    if len(reason.facts) > _MOST_FACTS:
        facts += f"; and {len(reason.facts) - _MOST_FACTS} more"
    if count < len(found.candidates):
        facts += f" (of the first {count:,} candidates)"
    if reason.state == "unknown":
        return f"Unknown{whose}: {facts}"
    text = f"Required of every candidate{whose}"
    if reason.facts:
        text = f"Facts{whose}: {facts}"
    if reason.state == "barred":
        return f"{text}. No safeguard can satisfy this rule"
    safeguards = _reason_safeguards(reason, found.unit)
    return f"{text}. {capitalised(safeguards)}" if safeguards else text


def _facts_in_words(reason: Reason, count: int, most: int, most_answers: int) -> str:
    """Return the first facts with their answers; after "unknown", unknown ones by their titles."""
    parts = []
    for fact in reason.facts[:most]:
        title, answers = within(fact.title), _answer_counts(fact, count, most_answers)
        is_named = reason.state == answers == "unknown"
        parts.append(title if is_named else f"{title}: {answers}")
    return "; ".join(parts)


def _answer_counts(fact: FactCount, count: int, most: int) -> str:
    """Return the answers to a fact; how many candidates have each where not all have the same."""
    if len(fact.answers) == 1 and fact.count == count:
        return fact.answers[0][0]
    # several lists in one sentence are past reading
    if len(fact.answers) > 1 and any("," in answer for answer, _ in fact.answers):
        return "different answers" + (f" ({fact.count:,})" if fact.count < count else "")
    return ", ".join(_counted_answers(fact.answers, most))


def _counted_answers(answers: Sequence[tuple[str, int]], most: int) -> Iterator[str]:
    """Yield the most frequent answers with their counts, and the count of all others."""
    shown = answers if len(answers) <= most else answers[: most - 1]
    for answer, times in shown:
        yield f"{answer} ({times:,})"
    rest = sum(times for _, times in answers[len(shown) :])
    if rest:
        yield f"other ({rest:,})"


def _reason_safeguards(reason: Reason, unit: str | None) -> str:
    if reason.missing:
        word = {"area": "needs", "project": "missing"}.get(unit or "", "missing or needed")
        return f"{word}: {', '.join(reason.missing)}"
    return f"in place: {', '.join(reason.in_place)}" if reason.in_place else ""


def _questions_of(other: OtherFramework, found: Disagreement) -> str:
    """Return which facts behind a disagreement another framework asks for too, if it judges."""
    if all(each.verdict is None for each in other.said):
        return ""
    if not other.shared:
        asked = " or ".join(f'"{capitalised(title)}"' for title in _asked_titles(found))
        return f" (no rule on {asked})" if asked else ""
    uses = quoted(other.shared)
    if other.closest is None:
        return f" (uses {uses} only to decide whether it applies)"
    return f' (its rule "{other.closest}" also uses {uses})'


def _asked_titles(found: Disagreement) -> Iterable[str]:
    """Return the titles of the facts on which the severe side rests, else of the safeguards."""
    facts: dict[str, None] = {}
    safeguards: dict[str, None] = {}
    for side in found.sides:
        if side.reason is not None:
            for fact in side.reason.facts:
                facts[fact.title] = None
            safeguards |= dict.fromkeys(side.reason.missing + side.reason.in_place)
    return facts or safeguards


def _explained_verdict(
    result: Comparison, said: OtherVerdict, other: OtherFramework, found: Disagreement
) -> str:
    words = _other_mark(result, other.framework, said)
    if len(said.candidates) < len(found.candidates):
        words += f" for {len(said.candidates):,}"
    if said.verdict is None:
        return words
    notes = []
    if said.decided_by and other.closest not in said.decided_by:
        first, *others = said.decided_by
        more = f" and {len(others)} more" if others else ""
        notes.append(f'by "{first}"{more}')
    if said.found is not None:
        notes.append(_closest_finding(said.found, len(said.candidates), found.unit))
    return f"{words} ({'; '.join(notes)})" if notes else words


def _closest_finding(reason: Reason, count: int, unit: str | None) -> str:
    facts = _facts_in_words(reason, count, 2, 2)
    match reason.state:
        case "clear":
            return f"does not apply: {facts}" if facts else "does not apply"
        case "unknown":
            return f"unknown: {facts}"
        case "barred":
            return "applies"
    state = "satisfied" if reason.state == "met" else "not satisfied"
    return "; ".join(filter(None, (state, _reason_safeguards(reason, unit))))


# notes


def notes_of(result: Comparison) -> Iterator[str]:
    """Yield how verdicts and ranks are compared, the frameworks, and their unverified parts."""
    yield (
        "Verdicts are compared by their meaning. One that is not ranked does not go ahead;"
        " beyond the first tier a person decides; within the first tier the mildest goes ahead,"
        " the others go ahead with conditions. A framework judges a candidate if the known answers"
        " rule out every milder verdict, or for the mildest verdict every other one. Verdicts and"
        " ranks are compared only for candidates that both frameworks judge."
    )
    yield from _rank_notes(result)
    yield _vocabulary_note(result)
    for ranking in result.rankings:
        framework = ranking.framework
        origins = []
        if framework.issuer:
            origins.append(f"issued by: {framework.issuer}")
        if framework.legal_force:
            origins.append(framework.legal_force)
        if origins:
            yield f"{framework.id}: {'; '.join(origins)}."
        unverified = ", ".join(unverified_titles(framework))
        if unverified:
            yield (
                f"Not checked against a source in {framework.id}: {unverified}."
                " Check these before you rely on them."
            )
    yield from _changed_notes(result)
    yield SCOPE_NOTE


def _changed_notes(result: Comparison) -> Iterator[str]:
    """Yield what a call changed of each framework, so that none passes as the adopted one."""
    for ranking in result.rankings:
        note = changed_framework_note(ranking.framework)
        if note is not None:
            yield f"{ranking.framework.id}: {note}"


def _rank_notes(result: Comparison) -> Iterator[str]:
    ranked = []
    for ranking in result.rankings:
        framework = ranking.framework
        if framework.has_total:
            ranked.append(f"only {framework.id}")
        else:
            lacks = "no total score" if framework.leaves else "no criteria"
            yield f"{framework.id} has {lacks}: it gives verdicts and no ranks."
        if not framework.guardrails:
            yield f"{framework.id} has no guardrails: it gives no verdicts."
    if len(ranked) < 2:
        yield f"Ranks are not compared: {''.join(ranked) or 'none of them'} gives ranks."
        return
    yield "Ranks are those of each framework's own ranking; ties share the better rank."
    yield (
        "Tau-b compares the order of the candidates that both frameworks rank, tiers before scores:"
        " 1 if every two are in the same order, -1 if every two are in the opposite order. Its 95 %"
        " interval takes them as a sample of many similar ones (Brown and Benedetti 1977); it is"
        f" given for {LEAST_FOR_INTERVAL} candidates or more."
    )
    for pair in result.pairs:
        if pair.rankable:
            yield from _order_note(pair)


def _order_note(pair: Pair) -> Iterator[str]:
    names = _pair_title(pair)
    if len(pair.rows) < 2:
        yield f"{names}: both rank fewer than two candidates."
    elif math.isnan(pair.tau.value):
        yield f"{names}: in one of them all candidates tie, so there is no tau-b."


def _vocabulary_note(result: Comparison) -> str:
    names = {tuple(one.id for one in ranking.framework.vocabularies) for ranking in result.rankings}
    if len(names) > 1 or () in names:
        return "A fact counts for every framework that has it under the same id."
    (same,) = names
    noun = "vocabulary" if len(same) == 1 else "vocabularies"
    return f"All frameworks use the same facts, from the {noun} {listed(same)}."
