"""Shifts: which candidates stand otherwise in one ranking than in another of the same list, and why.

Imports scoring, the kernels and `wording`. Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...kernels.attribution import contrast
from ...kernels.ranking import TOLERANCE
from ...models.framework import Framework
from ...models.sources import within
from ...output import Column, Table
from ...scoring.assessment import Assessment, Finding
from ...scoring.ranking import Ranking
from ...scoring.wording import SCOPE_NOTE, badge, title_of_word

__all__ = ["Shift", "notes_of", "rows_of", "shifts_of", "table_of"]

_PARTS = 3
_NAMES = 3
_LINES = 40


@dataclass(frozen=True)
class Shift:
    """A candidate that stands otherwise.

    Parameters
    ----------
    before, after : Assessment
    why : tuple of str
        Which findings are others, what moved the score, whom it passed or was passed by.
    """

    before: Assessment
    after: Assessment
    why: tuple[str, ...]

    @property
    def change(self) -> float | None:
        """Points gained or lost; None without two scores."""
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


def shifts_of(before: Ranking, after: Ranking) -> list[Shift]:
    """Return the candidates whose rank, score, verdict or findings differ, in the order of the later ranking."""
    found = []
    for place, name in enumerate(after.ids):
        was, is_now = before[name], after.assessment(place)
        if not _alike(was, is_now):
            found.append(Shift(was, is_now, tuple(_reasons(before, after, was, is_now))))
    return found


def _alike(was: Assessment, is_now: Assessment) -> bool:
    same = (
        was.rank == is_now.rank
        and was.verdict == is_now.verdict
        and was.findings == is_now.findings
    )
    return same and not _moved(was, is_now)


def _moved(was: Assessment, is_now: Assessment) -> bool:
    if was.score is None or is_now.score is None:
        return was.score is not is_now.score
    return abs(is_now.score - was.score) > TOLERANCE


def _reasons(before: Ranking, after: Ranking, was: Assessment, is_now: Assessment) -> Iterator[str]:
    if was.verdict is None or is_now.verdict is None:
        if was.verdict != is_now.verdict:
            yield (
                "the framework is about it now"
                if was.verdict is None
                else "the framework is not about it any more"
            )
    else:
        for old, new in zip(was.findings, is_now.findings, strict=True):
            if old != new:
                yield _of_finding(old, new, after.framework)
    if _moved(was, is_now) and was.score is not None and is_now.score is not None:
        yield _of_score(before, after, was.id)
    elif was.rank != is_now.rank and was.verdict == is_now.verdict:
        yield from _of_neighbours(before, after, was.id)


def _of_finding(old: Finding, new: Finding, framework: Framework) -> str:
    state = f"{old.state} -> {new.state}" if old.state != new.state else new.state
    if old.verdict != new.verdict:
        state += f" ({old.verdict} -> {new.verdict})"
    words = [f"{new.title}: {state}"]
    if new.missing and new.missing != old.missing:
        needs = (
            " or ".join(_safeguard(name, framework) for name in options) for options in new.missing
        )
        words.append(f"needed: {', '.join(needs)}")
    if new.unknown and new.unknown != old.unknown:
        words.append(
            f"open: {', '.join(within(title_of_word(framework, name)) for name in new.unknown)}"
        )
    return ", ".join(words)


def _safeguard(name: str, framework: Framework) -> str:
    title = framework.all_safeguards[name].title
    return within(title) if title is not None else name


# what moved a score


def _of_score(before: Ranking, after: Ranking, name: str) -> str:
    parts = _parts(before, after, name)
    largest = sorted(parts, key=lambda key: -abs(parts[key]))
    said = [
        f"{within(title_of_word(after.framework, key))} {parts[key]:+.1f}"
        for key in largest[:_PARTS]
    ]
    rest = sum(parts[key] for key in largest[_PARTS:])
    moved = (after[name].score or 0.0) - (before[name].score or 0.0)
    rest += moved - sum(parts.values())
    if abs(rest) >= 0.05:  # what would show
        said.append(f"all else {rest:+.1f}")
    return ", ".join(said)


def _parts(before: Ranking, after: Ranking, name: str) -> dict[str, float]:
    """Return the points by which criteria moved a score; those of groups, where weights changed.

    Notes
    -----
    Under the same weights the contrast of the two (`kernels.attribution`), else the difference of contributions.
    """
    first, last = before.place_of(name), after.place_of(name)
    if before.framework is after.framework:
        points = 100 * contrast(after.valuation.tree, before.values[first], after.values[last])
        found = dict(zip(after.criteria, points.tolist(), strict=True))
    else:
        found = {
            key: (after.points_of(key, last) or 0.0) - (before.points_of(key, first) or 0.0)
            for key in _siblings(before.framework, after.framework)
        }
    return {key: part for key, part in found.items() if abs(part) > TOLERANCE}


def _siblings(before: Framework, after: Framework) -> tuple[str, ...]:
    """Return the children of the smallest group in which all changes of weight are."""
    changed = [
        node.path[:-1]
        for key, node in after.nodes.items()
        if abs(node.share - before.nodes[key].share) > TOLERANCE
    ]
    common: tuple[str, ...] = changed[0] if changed else ()
    for path in changed[1:]:
        shared = [one for one, other in zip(common, path, strict=False) if one == other]
        common = common[: len(shared)]
    return after.nodes[common[-1]].children if common else tuple(after.criteria or ())


def _of_neighbours(before: Ranking, after: Ranking, name: str) -> Iterator[str]:
    """Yield whom a candidate passed without a move of its own, and who passed it."""
    old, new = _ahead(before, name), _ahead(after, name)
    for words, names in (("now behind", new - old), ("now ahead of", old - new)):
        if names:
            titles = [f"`{other}`" for other in after.ids if other in names]
            more = f" and {len(titles) - _NAMES} more" if len(titles) > _NAMES else ""
            yield f"{words} {', '.join(titles[:_NAMES])}{more}"


def _ahead(ranking: Ranking, name: str) -> set[str]:
    rank = ranking.ranks[ranking.place_of(name)]
    return {
        other
        for other, theirs in zip(ranking.ids, ranking.ranks.tolist(), strict=True)
        if 0 < theirs < rank
    }


# as a table


def rows_of(before: Ranking, after: Ranking) -> list[dict[str, Any]]:
    """Return one mapping of plain data for each candidate that stands otherwise."""
    return [
        {
            "id": shift.after.id,
            "title": shift.after.title,
            "rank_before": shift.before.rank,
            "rank_after": shift.after.rank,
            "score_before": shift.before.score,
            "score_after": shift.after.score,
            "change": shift.change,
            "verdict_before": shift.before.verdict,
            "verdict_after": shift.after.verdict,
            "why": list(shift.why),
        }
        for shift in shifts_of(before, after)
    ]


def table_of(before: Ranking, after: Ranking) -> Table:
    """Return a table of the candidates that stand otherwise, and below it why."""
    shifts = shifts_of(before, after)
    framework = after.framework
    columns = [Column("title", "Candidate", priority=0, least=20, lines=3)]
    cells = [[shift.after.title] for shift in shifts]

    def add(column: Column, values: list[Any]) -> None:
        columns.append(column)
        for row, value in zip(cells, values, strict=True):
            row.append(value)

    if after.has_total:
        add(_figure("rank_before", "Rank", "before", 0), [shift.before.rank for shift in shifts])
        add(_figure("rank_after", "Rank", "after", 0), [shift.after.rank for shift in shifts])
        add(_figure("score_before", "Score", "before"), [shift.before.score for shift in shifts])
        add(_figure("score_after", "Score", "after"), [shift.after.score for shift in shifts])
        add(_figure("change", "Change", "points"), [shift.change for shift in shifts])
    for key, head, side in (
        ("verdict_before", "before", "before"),
        ("verdict_after", "after", "after"),
    ):
        column = Column(key, "Verdict", kind="badge", priority=0, detail=head)
        add(column, [badge(getattr(shift, side).verdict, framework) for shift in shifts])
    add(Column("id", "Id", priority=9, least=8, lines=1), [shift.after.id for shift in shifts])
    return Table(columns=tuple(columns), rows=tuple(map(tuple, cells)), notes=tuple(_lines(shifts)))


def _figure(key: str, head: str, detail: str, digits: int = 1) -> Column:
    return Column(key, head, kind="number", digits=digits, priority=0, detail=detail)


def _lines(shifts: list[Shift]) -> Iterator[str]:
    with_reasons = [shift for shift in shifts if shift.why]
    for shift in with_reasons[:_LINES]:
        yield f"{shift.after.title}: {'; '.join(shift.why)}."
    if len(with_reasons) > _LINES:
        yield f"Why {len(with_reasons) - _LINES:,} more stand otherwise is in the records."


def notes_of(before: Ranking, after: Ranking, already: list[str]) -> tuple[str, ...]:
    """Return what a reader must know beside the numbers.

    Parameters
    ----------
    already : list of str
        What was asked for and was so before.
    """
    framework = before.framework
    moved = len(shifts_of(before, after))
    notes = [
        f"What if, and not the framework as adopted: `{framework.id}`, {framework.digest[:19]}…, stays as it is."
    ]
    if already:
        notes.append(f"So already: {'; '.join(already)}.")
    others = len(before) - moved
    if not moved:
        all_of_them = (
            "the one candidate stands" if others == 1 else f"all {others:,} candidates stand"
        )
        notes.append(f"Nothing changes: {all_of_them} as before.")
    elif others:
        notes.append(
            f"{others:,} {'other stands' if others == 1 else 'others stand'} as before: rank, score, verdict."
        )
    notes.append(SCOPE_NOTE)
    return tuple(notes)
