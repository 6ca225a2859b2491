"""The page of `next_questions`: a numbered list, ready to be sent to those who know the answers."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.questions import MOST_ANSWERS, Question, Questions
from ..kernels.statistics import BATCHES
from ..models.framework import describe_weights
from ..output import Bullets, Detail, Heading, Item, Page
from ..output.text import plural
from ..scoring.wording import closing_notes

__all__ = ["notes_of", "page_of"]

_MOST_QUESTIONS = 10


def page_of(result: Questions, detail: Detail) -> Page:
    """Return the informative questions, ten unless `Questions.first` was called, and the notes."""
    if result.most is None:
        result = result.first(_MOST_QUESTIONS)
    digits = len(str(len(result.rows)))
    blocks: list[Heading | Bullets] = [Heading(result.title, 3)]
    for number, question in enumerate(result.rows, start=1):
        mark = f"{number:>{digits}}."
        blocks.append(Bullets(tuple(_question_items(question, result, mark))))
    blocks.append(Bullets([Item(note, mark="") for note in result.notes]))
    return Page(tuple(blocks), result.title)


def _question_items(question: Question, result: Questions, mark: str) -> Iterator[Item]:
    name = "" if question.title == question.candidate else f" ({question.candidate})"
    yield Item(question.title + name, mark=mark)
    yield Item(f"{question.about}: {question.question}", 1, "")
    yield Item(f"Known so far: {question.known}. If it is", 1, "")
    consequences = question.consequences(result.top)
    for outlook, words in zip(question.outlooks, consequences[:MOST_ANSWERS], strict=False):
        yield Item(words, 1)
        if outlook.meaning:
            yield Item(f"({outlook.meaning.rstrip('.')})", 2, "")
    more = len(consequences) - MOST_ANSWERS
    if more > 0:
        yield Item(f"and {more:,} more answers that guardrails tell apart", 1)
    yield Item(_value_in_words(question, result), 1, "")


def _value_in_words(question: Question, result: Questions) -> str:
    first = f"who {_first_in_words(result)}"
    order = question.order, question.order_share, result.order_uncertainty, first
    verdict = question.verdict, question.verdict_share, result.verdict_uncertainty, "verdicts"
    parts = []
    for estimate, share, uncertainty, subject in (order, verdict):
        if estimate.informative:
            words = _share_in_words(share, estimate.error / uncertainty)
            parts.append(f"{words} of the doubt about {subject}")
    return f"The answer is expected to take away {' and '.join(parts)}."


def _share_in_words(share: float, error: float) -> str:
    """Return a share with its standard error, with no more digits than that supports."""
    if share >= 1:
        return "all"
    digits = 1 if error < 0.01 else 0
    within = f"{100 * error:.{digits}f}" if error >= 0.0005 else "less than 0.1"
    return f"{100 * share:.{digits}f} % (± {within})"


def _first_in_words(result: Questions) -> str:
    return "is first" if result.top == 1 else f"is among the first {result.top}"


def notes_of(result: Questions) -> Iterator[str]:
    """Yield how many questions are not shown, the present uncertainty, the draws, and omissions."""
    informative = len(result.informative)
    if result.most is not None and informative > result.most:
        yield f"{plural(informative - result.most, 'more question')} would tell something too."
    if not informative:
        yield from _notes_on_nothing(result)
    yield _uncertainty_note(result)
    if result.questions:
        yield (
            "Drawn here alone: of an open fact each answer still possible is equally likely, of a"
            " number or a set each class that guardrails tell apart; a rating lies anywhere in its"
            " interval, of three points most often near the middle one, an unknown one anywhere on"
            " its scale. That says where the doubt is; it is no forecast."
        )
    weights = ""
    if result.weights:
        weights = f" {describe_weights(result.weights, result.ranking.framework)}"
    yield f"{result.draws:,} draws, seed {result.seed}; ± is a standard error.{weights}"
    others = len(result.questions) - informative
    if others and informative:
        yield (
            f"{others:,} more are open whose answers tell no more than chance would (3 standard"
            " errors)."
        )
    if result.irrelevant:
        facts = plural(result.irrelevant, "open fact is", "open facts are")
        yield f"{facts} left out: whatever the answer, no guardrail makes a difference."
    yield from closing_notes(result.ranking.framework)


def _notes_on_nothing(result: Questions) -> Iterator[str]:
    """Yield why there is no informative question."""
    if not result.questions:
        yield "Nothing is open that a guardrail or a score looks at: there is nothing to ask."
    elif result.draws < 2 * BATCHES:
        yield (
            f"{result.draws:,} draws are too few to tell what an answer is worth:"
            f" {2 * BATCHES} is the least."
        )
    else:
        yield (
            "No answer is expected to change anything that one could tell from chance:"
            " the decision does not wait."
        )


def _uncertainty_note(result: Questions) -> str:
    verdicts = (
        f"{result.verdict_uncertainty:.2f} bits about verdicts"
        " (the sum over candidates of their entropy)"
    )
    if result.top is None:
        return f"Present doubt: {verdicts}. There is no order to be in doubt about."
    return (
        f"Present doubt: {result.order_uncertainty:.2f} about who {_first_in_words(result)}"
        f" (the sum over candidates of p (1 - p)), {verdicts}."
        " Questions stand by the larger share that their answer is expected to take away."
    )
