"""Changes for readers: what would improve or worsen the result of a candidate, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis.changes import Change, FactChange, RatingChange, RatingTarget, SafeguardChange
from ..analysis.explanation import Explanation
from ..models.framework import Framework
from ..output import Block, Cell, Column, Heading, Paragraph, Table, sectioned_table
from ..output.text import capitalised, listed, plural
from ..scoring.wording import (
    badge,
    directed,
    direction_words,
    quoted_titles,
    safeguard_title,
    title_of_word,
)

__all__ = ["change_blocks", "target_words"]

_NEXT_TO_END = 0.05
"""Part of a scale, beside one of its ends, within which nobody rates but at the end."""


def change_blocks(explanation: Explanation, most: int | None) -> Iterator[Block]:
    """Yield the changes towards each aim, at most so many of a kind, and the aims out of reach."""
    if not explanation.aims:
        return
    table = _changes_table(explanation, most)
    if table is not None:
        yield Heading("What would change the result, each by itself", 3)
        yield table
    missed = _missed_words(explanation)
    if missed:
        yield Paragraph(_no_change_words(explanation, listed(missed, "or")))
    if most is None and any(change.uncertain for change in explanation.rating_changes):
        yield Paragraph(_UNCERTAIN)


_UNCERTAIN = (
    "A change of an uncertain rating settles it. It is measured from the most likely rating, or"
    " from the middle of the possible ones."
)


def _missed_words(explanation: Explanation) -> list[str]:
    """Return the gains and losses that no change brings about."""
    reached = {change.aim for change in _all_changes(explanation)}
    missed = [aim.words for aim in explanation.aims if aim.id not in reached]
    better, worse = "give a better verdict", "give a worse verdict"
    if not explanation.ranking.framework.guardrails:
        missed = [words for words in missed if words != worse]
    if better in missed and worse in missed:
        missed.remove(worse)
        missed[missed.index(better)] = "give a better or a worse verdict"
    return missed


def _no_change_words(explanation: Explanation, missed: str) -> str:
    """Return that no change does something, as far as all answers could be tried."""
    ranking = explanation.ranking
    problem, framework = ranking.problem, ranking.framework
    row = ranking.order[ranking.place_of(explanation.assessment)]
    untried = []
    for key in framework.atoms_by_fact:
        column = problem.facts[key]
        if not column.settled[row] and framework.has_more_classes(key, column.answer_at(row)):
            untried.append(problem.name_at(key, int(row)))
    if not untried:
        return f"No single change would {missed}, with known answers as they are."
    titles = quoted_titles(framework, untried)
    return f"No change that was tried would {missed}. Not all answers to {titles} were tried."


def _all_changes(explanation: Explanation) -> list[Change]:
    """Return safeguards and answers first, which can be agreed on, then ratings by their change."""
    ratings = sorted(explanation.rating_changes, key=lambda change: round(change.share_of_scale, 9))
    return [*explanation.safeguard_changes, *explanation.fact_changes, *ratings]


_CHANGE_COLUMNS = (
    Column("what", "Change", priority=0, least=24),
    Column("present", "Now", least=8),
    Column("would_be", "Would be", priority=0, least=10),
    Column("verdict", "Verdict", kind="badge", priority=0),
    Column("rank", "Rank", kind="number", digits=0, priority=0),
)


def _changes_table(explanation: Explanation, most: int | None) -> Table | None:
    """Return a row for each change, under the aims that it brings about."""
    parts = []
    for reached, found in _rows_by_aims(explanation, most):
        heading = f"Would {listed([aim.words for aim in explanation.aims if aim.id in reached])}"
        if most is not None and len(found) > most:
            heading += f" ({most} of {len(found):,} such changes shown)"
        parts.append((heading, found[:most]))
    return sectioned_table(_shown_columns(explanation), parts) if parts else None


def _shown_columns(explanation: Explanation) -> tuple[Column, ...]:
    """Return the columns of changes: a rank needs a total score, and a verdict needs rules."""
    columns = {column.key: column for column in _CHANGE_COLUMNS}
    if not explanation.ranking.has_total:
        del columns["rank"]
    if not explanation.ranking.framework.guardrails:
        del columns["verdict"]
    return tuple(columns.values())


def _rows_by_aims(
    explanation: Explanation, most: int | None
) -> list[tuple[tuple[str, ...], list[tuple[Cell, ...]]]]:
    """Return the rows of changes by the aims that each brings about, as (aims, rows).

    Of verdicts and of ranks, a gain and a loss together come first, then each alone.
    """
    order: list[str] = [aim.id for aim in explanation.aims]
    keys = [column.key for column in _shown_columns(explanation)]
    aims_of_row: dict[tuple[Cell, ...], set[str]] = {}
    for change in _all_changes(explanation):
        cells = _change_cells(explanation, change, most)
        row = tuple(cells[key] for key in keys)
        aims_of_row.setdefault(row, set()).add(change.aim)
    groups: dict[tuple[str, ...], list[tuple[Cell, ...]]] = {}
    for row, reached in aims_of_row.items():
        groups.setdefault(tuple(sorted(reached, key=order.index)), []).append(row)
    return sorted(
        groups.items(),
        key=lambda group: (order.index(group[0][0]) // 2, -len(group[0]), group[0]),
    )


def _change_cells(explanation: Explanation, change: Change, most: int | None) -> dict[str, Cell]:
    """Return the cells of a change by the key of their column."""
    framework = explanation.ranking.framework
    then = change.consequence
    match change:
        case SafeguardChange():
            gain = next(aim.gain for aim in explanation.aims if aim.id == change.aim)
            words = _safeguard_change_words(change, framework, most, gain=gain)
        case FactChange():
            present, answer = change.present.replace("_", " "), change.answer.replace("_", " ")
            words = (title_of_word(framework, change.fact), present, answer)
        case RatingChange():
            title = title_of_word(framework, change.criterion)
            what = directed(title, direction_words(framework, change.criterion))
            scale = framework.leaves[change.criterion].scale.range
            words = (what, change.present, target_words(change.target, scale))
            then = change.target.consequence
    cells: list[Cell] = [*words, badge(then.verdict, framework), then.rank]
    return dict(zip([column.key for column in _CHANGE_COLUMNS], cells, strict=True))


def _safeguard_change_words(
    change: SafeguardChange, framework: Framework, most: int | None, *, gain: bool
) -> tuple[str, str, str]:
    needs = change.safeguards
    words = [_gained_in_words(options, framework, gain=gain) for options in needs[:most]]
    what = "; ".join(words)
    if most is not None and len(needs) > most:
        what += f"; {plural(len(needs) - most, 'more safeguard')} (see --full)"
    what = capitalised(what)
    if not gain:
        return what, "in place", "not in place"
    planned = [not set(options).isdisjoint(change.planned) for options in needs]
    now = "not in place"
    if any(planned):
        now = "planned" if all(planned) else "not all in place"
    return what, now, "in place" if len(needs) == 1 else "all in place"


def _gained_in_words(options: Iterable[str], framework: Framework, *, gain: bool) -> str:
    """Return the titles of alternatives; a permission is to be got from the office it is with."""
    words = []
    for name in options:
        title = safeguard_title(framework, name)
        granted_by = framework.all_safeguards[name].granted_by
        words.append(f"get {title} from {granted_by}" if gain and granted_by else title)
    return " or ".join(words)


def target_words(target: RatingTarget, scale: tuple[float, float] | None = None) -> str:
    """Return ratings that bring an aim about, in words.

    Of a stretch beside an end of the scale that nobody rates within, the end is named too.

    Examples
    --------
    >>> from collabscore.analysis.changes import Consequence
    >>> then = Consequence("inside", 2, 75.0)
    >>> target_words(RatingTarget(5.0, 5.0, then, whole=True, alone=True))
    'exactly 5'
    >>> target_words(RatingTarget(2.5, None, then, low_open=True))
    'more than 2.5'
    >>> target_words(RatingTarget(None, 0.01, then), (0, 4))
    'at most 0.01 (such as 0)'
    """
    low, high = target.low, target.high
    if target.example is not None:
        return f"any, such as {_digits(target.example)}"
    if low is None or high is None or target.low_open or target.high_open:
        return _bounds_words(target) + _end_words(target, scale)
    if low == high:
        return f"exactly {_digits(low)}" if target.alone else _digits(low)
    between = "or" if target.whole and high - low == 1 else "to"
    return f"{_digits(low)} {between} {_digits(high)}"


def _bounds_words(target: RatingTarget) -> str:
    words = []
    if target.low is not None:
        words.append(f"{'more than' if target.low_open else 'at least'} {_digits(target.low)}")
    if target.high is not None:
        words.append(f"{'less than' if target.high_open else 'at most'} {_digits(target.high)}")
    return ", ".join(words)


def _end_words(target: RatingTarget, scale: tuple[float, float] | None) -> str:
    """Return the end of the scale, where ratings have to be next to it; empty elsewhere."""
    if scale is None or target.whole or (target.low is None) == (target.high is None):
        return ""
    least, greatest = scale
    bound, end = (target.low, greatest) if target.high is None else (target.high, least)
    is_next = bound is not None and 0 < abs(bound - end) <= _NEXT_TO_END * (greatest - least)
    return f" (such as {_digits(end)})" if is_next else ""


def _digits(value: float) -> str:
    """Return a number with all of its digits."""
    return f"{value:,}".removesuffix(".0")
