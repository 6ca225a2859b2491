"""What if, for readers: the answer, the changes, the new order beside the old, and the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from ..analysis.what_if import Shift, WhatIf
from ..kernels.ranking import TOLERANCE
from ..output import Bullets, Heading, Page, Paragraph, Table
from ..output.blocks import Block, Detail, Notes
from ..output.text import capitalised, plural, quoted, short_digest
from ..scoring.ranking import Ranking
from ..scoring.wording import badge, closing_notes
from .ranking import sections_of

__all__ = ["notes_of", "page_of", "table_notes_of"]

_MOST_REASONS = 10
"""Reasons on a page; with more detail, all of them."""


def page_of(result: WhatIf, detail: Detail = "default") -> Page:
    """Return the answer in a sentence, the changes, the new order beside the old, and why."""
    return Page(tuple(_blocks_of(result, detail)), result.title)


def _blocks_of(result: WhatIf, detail: Detail) -> Iterator[Block]:
    yield result.before.heading
    yield Paragraph(" ".join(_answer_sentences(result)))
    if len(result.said) > 1:
        yield Paragraph("What if:")
        yield Bullets([capitalised(text) for text in result.said])
    elif result.said:
        yield Paragraph(f"{result.title}.")
    if result.said and len(result.ranking):
        yield _order_table(result)
    if detail == "brief":
        return
    reasons = _all_reasons if detail == "verbose" else _short_reasons
    lines = list(reasons(result))
    if lines:
        yield Heading("Why")
        yield Bullets(lines)
    yield Notes(result.notes)


def _order_table(result: WhatIf) -> Table:
    """Return all candidates in the new order, by group; reasons name the verdicts of before."""
    fields = {field.key: field for field in result.fields}
    columns = [fields[key] for key in result.shown if key != "verdict_before"]
    rows = []
    for shift in result.order:
        rows.append(tuple(column.cell_of(shift) for column in columns))
    sections = sections_of(result.ranking)
    moved = any(shift.before.rank != shift.after.rank for shift in result.order)
    title = "New order" if moved else "Order (unchanged)"
    return Table(tuple(columns), tuple(rows), title=title, sections=sections)


# the answer


def _answer_sentences(result: WhatIf) -> Iterator[str]:
    """Yield how many candidates move, and which one is first."""
    if not result.said:
        yield "Nothing changes: the list and the framework have these values already."
        return
    before, after = result.before, result.ranking.whole
    changes = "this change" if len(result.said) == 1 else "these changes"
    shifts = replace(result, ranking=after).rows
    yield f"With {changes}, {_effect_on_all(shifts, len(before))}."
    yield from _first_place(before, after)


def _effect_on_all(shifts: Sequence[Shift], of: int) -> str:
    """Return how many of all candidates have another rank, verdict or score."""
    ranks = verdicts = scores = 0
    for shift in shifts:
        ranks += shift.before.rank != shift.after.rank
        verdicts += shift.before.verdict != shift.after.verdict
        scores += _is_rescored(shift)
    if ranks:
        also = f"The verdict changes for {verdicts:,}" if verdicts else "No verdict changes"
        stay = f" and stays for {of - ranks:,}" if ranks < of else ""
        return f"the rank changes for {_count_among(ranks, of)}{stay}. {also}"
    if verdicts:
        return f"the verdict changes for {_count_among(verdicts, of)}. No rank changes"
    if scores:
        candidates = plural(scores, "candidate")
        return f"no rank and no verdict changes; the score changes for {candidates}"
    if shifts:
        candidates = plural(len(shifts), "candidate")
        return f"no rank, verdict or score changes; other results change for {candidates}"
    return f"nothing moves: rank, score and verdict stay the same for all {of}"


def _count_among(count: int, total: int) -> str:
    return f"{count:,} of {plural(total, 'candidate')}"


def _first_place(before: Ranking, after: Ranking) -> Iterator[str]:
    """Yield which candidates are first; of more than two that tie, nothing."""
    old, new = _first_of(before), _first_of(after)
    if not before.has_total or not (0 < len(old) <= _MOST_FIRST and 0 < len(new) <= _MOST_FIRST):
        return
    now = f"{quoted(new)} {'is' if len(new) == 1 else 'are'}"
    yield f"{now} still first." if old == new else f"{now} now first; before: {quoted(old)}."


_MOST_FIRST = 2


def _first_of(ranking: Ranking) -> list[str]:
    rows = sorted(ranking.order[ranking.ranks == 1].tolist())
    return list(map(ranking.problem.title_of, rows))


# the reasons


def _all_reasons(result: WhatIf) -> Iterator[str]:
    for shift in result.rows:
        yield _reason_line(shift, result)


def _short_reasons(result: WhatIf) -> Iterator[str]:
    """Yield why candidates have other ranks or verdicts, first where the verdict is another."""
    moved = [shift for shift in result.rows if _is_moved(shift)]
    lines = sorted(_grouped_reasons(moved or result.rows, result), key=itemgetter(0))
    for _, line, _ in lines[:_MOST_REASONS]:
        yield line
    left = sum(count for _, _, count in lines[_MOST_REASONS:])
    if left:
        verb = "move" if moved else "change"
        more = plural(left, f"more candidate {verb}s", f"more candidates {verb}")
        yield f"{more}; -v shows why."


def _grouped_reasons(shifts: Sequence[Shift], result: WhatIf) -> Iterator[tuple[bool, str, int]]:
    """Yield whether verdicts stay, the reason in a line, and its number of candidates.

    Candidates that move alike, for the same reason, are counted.
    """
    groups: dict[object, list[Shift]] = {}
    for shift in shifts:
        groups.setdefault(_group_key(shift), []).append(shift)
    for alike in groups.values():
        same_verdict = alike[0].before.verdict == alike[0].after.verdict
        if len(alike) >= _ALIKE:
            yield same_verdict, _group_line(alike), len(alike)
            continue
        for shift in alike:
            yield same_verdict, _reason_line(shift, result), 1


_ALIKE = 3
"""The least number of candidates that are counted in one line."""


def _group_key(shift: Shift) -> object:
    """Return what candidates that move alike share: for any other, its id."""
    old, new = shift.before, shift.after
    if not old.rank or not new.rank or old.rank == new.rank or old.verdict != new.verdict:
        return new.id
    return (new.rank - old.rank, shift.why)


def _group_line(shifts: list[Shift]) -> str:
    first = shifts[0]
    by = (first.after.rank or 0) - (first.before.rank or 0)
    places = f"each {plural(abs(by), 'rank')} {'lower' if by > 0 else 'higher'}"
    return f"{len(shifts):,} candidates ({places}): {'; '.join(first.why)}."


def _is_moved(shift: Shift) -> bool:
    return (shift.before.rank, shift.before.verdict) != (shift.after.rank, shift.after.verdict)


def _is_rescored(shift: Shift) -> bool:
    return abs(shift.change or 0.0) > TOLERANCE


def _reason_line(shift: Shift, result: WhatIf) -> str:
    """Return what changes for a candidate, and why."""
    said = []
    if shift.before.rank != shift.after.rank:
        said.append(f"rank {_rank_of(shift.before.rank)} → {_rank_of(shift.after.rank)}")
    if shift.before.verdict != shift.after.verdict:
        framework = result.ranking.framework
        old, new = badge(shift.before.verdict, framework), badge(shift.after.verdict, framework)
        said.append(f"{old.word} → {new.word}")
    head = f'"{shift.after.title}"'
    if said:
        head += f" ({', '.join(said)})"
    return f"{head}: {'; '.join(shift.why)}."


def _rank_of(rank: int | None) -> str:
    return "none" if rank is None else str(rank)


# notes


def table_notes_of(result: WhatIf) -> Iterator[str]:
    """Yield the reason of each candidate that changes, and the notes."""
    yield from _all_reasons(result)
    yield from result.notes


def notes_of(result: WhatIf) -> Iterator[str]:
    """Yield requests that change nothing, how many candidates stay, and the closing notes."""
    framework = result.before.framework
    already = []
    for change in result.changes:
        if not change.real:
            already.append(str(change))
    if already:
        yield f"Already so: {'; '.join(already)}."
    if result.ranking.left_out:
        yield result.ranking.left_out_note
    elif result.said:
        changed = len(result)
        if result.ranking.has_total:
            changed = sum(_is_moved(shift) or _is_rescored(shift) for shift in result.rows)
        same = len(result.before) - changed
        if 0 < same < len(result.before):
            stay = plural(same, "candidate stays as it is", "candidates stay as they are")
            yield f"{stay}: same rank, score and verdict."
    named = f"`{framework.id}`, {short_digest(framework.digest)}"
    yield f"Hypothetical: the adopted framework is unchanged ({named})."
    yield from closing_notes(framework)
