"""Questionnaires: questions as a numbered list and as a table, in the words of whoever is to answer them.

Imports `table`, scoring's presentation, `certainty` and `spaces`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...models.base import title_of
from ...models.weight_spaces import describe
from ...output import Cell, Column, Table
from ...output.text import one_line, percent
from ...scoring.wording import SCOPE_NOTE
from .worth import BATCHES

if TYPE_CHECKING:  # a result shows itself by this module
    from .questions import Outlook, Question, Questions

__all__ = ["notes_of", "outlooks_of", "table_of", "text_of"]

_MOST_ANSWERS = 8
# outlooks that differ by less say the same
_ALIKE = 0.01


def title_of_all(result: Questions) -> str:
    """Return the title above the questions."""
    framework = result.ranking.framework
    version = f", {framework.version}" if framework.version else ""
    return f"What to find out next: {title_of(framework.id, framework.title)}{version}"


def outlooks_of(question: Question, top: int | None) -> list[str]:
    """Return in words what each answer would mean; what all of them have in common is left out.

    Parameters
    ----------
    question : Question
    top : int or None
        The k of "among the first k".
    """
    outlooks = question.outlooks
    verdicts = _differ(
        [outlook.verdicts.get(word, 0.0) for outlook in outlooks] for word in _words(outlooks)
    )
    order = _differ([[outlook.top or 0.0 for outlook in outlooks]])
    return [_outlook(outlook, verdicts or not order, order, top) for outlook in outlooks]


def _words(outlooks: Sequence[Outlook]) -> dict[str, None]:
    return dict.fromkeys(word for outlook in outlooks for word in outlook.verdicts)


def _differ(rows: Iterator[list[float]] | list[list[float]]) -> bool:
    return any(max(row) - min(row) > _ALIKE for row in rows if row)


def _outlook(outlook: Outlook, verdicts: bool, order: bool, top: int | None) -> str:
    parts = []
    if verdicts:
        said = [
            word if share == 1 else f"{word} in {percent(share)}"
            for word, share in sorted(outlook.verdicts.items(), key=lambda pair: -pair[1])
        ]
        parts.append(", ".join(said))
    if order and outlook.top is not None:
        parts.append(
            f"among the first {top} in {percent(outlook.top)}"
            if top != 1
            else f"first in {percent(outlook.top)}"
        )
    return f"{outlook.answer}: {'; '.join(parts)}"


# as a list


def text_of(result: Questions, width: int, most: int | None) -> str:
    """Return the questions as a numbered list."""
    shown = result.telling[:most]
    blocks = [textwrap.fill(one_line(title_of_all(result)), width)]
    digits = len(str(len(shown)))
    for number, question in enumerate(shown, start=1):
        blocks.append("\n".join(_block(question, f"{number:>{digits}}. ", result, width)))
    notes = "\n".join(
        textwrap.fill(one_line(note), width) for note in _with_rest(result, len(shown))
    )
    return "\n\n".join([*blocks, notes]) + "\n"


def _block(question: Question, head: str, result: Questions, width: int) -> Iterator[str]:
    pad = " " * len(head)

    def lines(text: str, first: str = pad, rest: str = pad) -> str:
        return textwrap.fill(
            one_line(text), max(width, 40), initial_indent=first, subsequent_indent=rest
        )

    name = f" ({question.candidate})" if question.title != question.candidate else ""
    yield lines(f"{question.title}{name}", head)
    yield lines(f"{question.about}: {question.question}")
    yield lines(f"Known so far: {question.known}. If it is")
    said = outlooks_of(question, result.top)
    for outlook, words in list(zip(question.outlooks, said, strict=True))[:_MOST_ANSWERS]:
        yield lines(words, f"{pad}- ", f"{pad}  ")
        if outlook.meaning:
            yield lines(f"({outlook.meaning.rstrip('.')})", f"{pad}  ", f"{pad}  ")
    if len(said) > _MOST_ANSWERS:
        yield lines(
            f"and {len(said) - _MOST_ANSWERS:,} more answers that guardrails tell apart", f"{pad}- "
        )
    yield lines(_worth(question, result))


def _worth(question: Question, result: Questions) -> str:
    parts = []
    if result.top is not None and question.order > 3 * question.order_error:
        error = question.order_error / result.order_doubt
        whom = "is first" if result.top == 1 else f"is among the first {result.top}"
        parts.append(f"{_share(question.order_share, error)} of the doubt about who {whom}")
    if question.verdict > 3 * question.verdict_error:
        error = question.verdict_error / result.verdict_doubt
        parts.append(f"{_share(question.verdict_share, error)} of the doubt about verdicts")
    return f"The answer is expected to take away {' and '.join(parts)}."


def _share(share: float, error: float) -> str:
    """Return a share with its standard error, with no more digits than that supports."""
    digits = 1 if error < 0.01 else 0
    if share >= 1:
        return "all"
    return f"{100 * share:.{digits}f} % (± {f'{100 * error:.{digits}f}' if error >= 0.0005 else 'less than 0.1'})"


def _with_rest(result: Questions, shown: int) -> list[str]:
    more = len(result.telling) - shown
    rest = (
        f"{more:,} more question{'s' if more > 1 else ''} would tell something too." if more else ""
    )
    return [*([rest] if rest else []), *result.notes]


# as a table


def table_of(result: Questions, most: int | None) -> Table:
    """Return the questions as a table."""
    shown = result.telling[:most]
    columns = [
        Column("number", "No.", kind="number", digits=0, priority=0),
        Column("title", "Candidate", priority=0, least=16, lines=3),
        Column("about", "Open", priority=0, least=12),
        Column("question", "Question", priority=4, least=20),
        Column("known", "Known so far", priority=3, least=10),
        Column("verdict_share", "Verdicts", kind="share", priority=1, detail="less doubt"),
        Column("outlook", "What it would mean", kind="list", priority=2, least=24),
        Column("candidate", "Id", priority=9, least=8, lines=1),
        Column("key", "Word", priority=9, least=8, lines=1),
        Column("verdict", "Bits", kind="number", digits=4, priority=9),
        Column("verdict_error", "± bits", kind="number", digits=4, priority=9),
    ]
    if result.top is not None:
        columns[5:5] = [
            Column(
                "order_share", f"First {result.top}", kind="share", priority=1, detail="less doubt"
            ),
        ]
        columns += [
            Column("order", "Order", kind="number", digits=4, priority=9),
            Column("order_error", "± order", kind="number", digits=4, priority=9),
        ]
    rows: list[tuple[Cell, ...]] = []
    for number, question in enumerate(shown, start=1):
        given: dict[str, Cell] = {
            "number": number,
            "outlook": tuple(outlooks_of(question, result.top)[:_MOST_ANSWERS]),
        }
        rows.append(
            tuple(given.get(column.key, getattr(question, column.key, None)) for column in columns)
        )
    return Table(
        tuple(columns),
        tuple(rows),
        title=title_of_all(result),
        notes=tuple(_with_rest(result, len(shown))),
    )


def notes_of(result: Questions) -> tuple[str, ...]:
    """Return what a reader must know beside the numbers."""
    notes = [*_of_nothing(result), _of_doubt(result)]
    if result.questions:
        notes.append(
            "Drawn here alone: of an open fact each answer still possible is equally likely, of a number or a set each"
            " class that guardrails tell apart; a rating lies anywhere in its interval, of three points most often"
            " near the middle one, an unknown one anywhere on its scale. That says where the doubt is; it is no"
            " forecast."
        )
    notes.append(
        f"{result.draws:,} draws, seed {result.seed}; ± is a standard error."
        + (f" {describe(result.spaces, result.ranking.framework)}" if result.spaces else "")
    )
    notes += _of_the_rest(result)
    notes.append(SCOPE_NOTE)
    return tuple(notes)


def _of_nothing(result: Questions) -> Iterator[str]:
    if not result.questions:
        yield "Nothing is open that a guardrail or a score looks at: there is nothing to ask."
    elif result.draws < 2 * BATCHES:
        yield f"{result.draws:,} draws are too few to tell what an answer is worth: {2 * BATCHES} is the least."
    elif not result.telling:
        yield "No answer is expected to change anything that one could tell from chance: the decision does not wait."


def _of_doubt(result: Questions) -> str:
    verdicts = (
        f"{result.verdict_doubt:.2f} bits about verdicts (the sum over candidates of their entropy)"
    )
    if result.top is None:
        return f"Present doubt: {verdicts}. There is no order to be in doubt about."
    whom = "is first" if result.top == 1 else f"is among the first {result.top}"
    return (
        f"Present doubt: {result.order_doubt:.2f} about who {whom} (the sum over candidates of p (1 - p)),"
        f" {verdicts}. Questions stand by the larger share that their answer is expected to take away."
    )


def _of_the_rest(result: Questions) -> Iterator[str]:
    untelling = len(result.questions) - len(result.telling)
    if untelling and result.telling:
        yield f"{untelling:,} more are open whose answers tell no more than chance would (3 standard errors)."
    if result.unseen:
        are = "1 open fact is" if result.unseen == 1 else f"{result.unseen:,} open facts are"
        yield f"{are} left out: whatever the answer, no guardrail makes a difference."
