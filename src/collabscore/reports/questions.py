"""The page of `next_questions`: the first question, a table, and each question ready to be sent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..analysis.questions import MOST_ANSWERS, Question, Questions
from ..kernels.statistics import BATCHES, Estimate
from ..models.weight_spaces import describe_weights
from ..output import Block, Bullets, Detail, Heading, Item, Page, Paragraph
from ..output.text import count_in_words, percent, plural
from ..scoring.wording import UNKNOWN_OR_UNCERTAIN, closing_notes, directed, direction_words
from .ranking import answer_page

__all__ = ["notes_of", "page_of", "top_in_words"]

_MOST_QUESTIONS = 10
# the table of a page holds what the questions below it do not repeat
_COLUMNS = ("number", "title", "about", "order_share", "verdict_share")


def page_of(result: Questions, detail: Detail) -> Page:
    """Return the answer, the informative questions, ten unless `first` was called, and notes."""
    if result.most is None:
        result = result.first(_MOST_QUESTIONS)
    blocks: list[Block] = [Paragraph(" ".join(_first_question(result)))]
    if result.rows:
        keys = [key for key in result.shown if key in _COLUMNS]
        blocks.append(result.table_of(keys))
        if detail != "brief":
            blocks += [Heading("Questions to send", 2), *_question_blocks(result, detail)]
    legend = (*_settling_legend(result), *closing_notes(result.ranking.framework))
    return answer_page(result, detail, blocks, legend=legend, method=result.notes)


def _question_blocks(result: Questions, detail: Detail) -> Iterator[Bullets]:
    digits = len(str(len(result.rows)))
    for question in result.rows:
        mark = f"{question.number:>{digits}}."
        yield Bullets(tuple(_question_items(question, result, mark, detail)))


def _first_question(result: Questions) -> Iterator[str]:
    """Yield the sentences that a minister would ask for: the first question, and its worth."""
    if not result.informative:
        yield from _notes_on_nothing(result)
        return
    first = result.informative[0]
    yield f'Ask first: "{first.about}" of "{first.title}".'
    yield _value_in_words(first, result)


def _question_items(
    question: Question, result: Questions, mark: str, detail: Detail
) -> Iterator[Item]:
    name = "" if question.title == question.candidate else f" ({question.candidate})"
    yield Item(question.title + name, mark=mark)
    yield Item(f"{question.about}: {question.question}", 1, "")
    direction = direction_words(result.ranking.framework, question.key)
    known = directed(question.known_in_words, direction)
    yield Item(f"Still possible: {known}. If the answer is:", 1, "")
    consequences = result.consequences(question)
    for outlook, words in zip(question.outlooks, consequences[:MOST_ANSWERS], strict=False):
        yield Item(words, 1)
        if outlook.meaning:
            yield Item(f"({outlook.meaning.rstrip('.')})", 2, "")
    more = len(consequences) - MOST_ANSWERS
    if more > 0:
        answers = plural(more, "more answer", "more answers")
        yield Item(f"{answers} that rules distinguish", 1)
    if detail == "verbose":
        yield Item(_value_in_words(question, result, with_errors=True), 1, "")


def _value_in_words(question: Question, result: Questions, *, with_errors: bool = False) -> str:
    """Return how much of the uncertainty an answer should settle."""
    place = top_in_words(result.top or 0)
    order = question.order, question.order_share, result.order_uncertainty, place
    judgement = result.ranking.judgement
    uncertain = int(np.count_nonzero(judgement.mild != judgement.severe))
    noun = "verdict" if uncertain == 1 else "verdicts"
    verdicts = f"the {count_in_words(uncertain)} uncertain {noun}"
    verdict = question.verdict, question.verdict_share, result.verdict_uncertainty, verdicts
    parts = []
    for estimate, share, uncertainty, subject in (order, verdict):
        if estimate.informative:
            part = f"{_share_in_words(share, estimate)} of the uncertainty about {subject}"
            if with_errors:
                error = 100 * estimate.error / uncertainty
                part += f" (standard error {_error_in_words(error)})"
            parts.append(part)
    return f"The answer should settle {' and '.join(parts)}."


def top_in_words(top: int) -> str:
    """Return the first so many places in words."""
    return "first place" if top == 1 else f"the top {count_in_words(top)}"


def _share_in_words(share: float, estimate: Estimate) -> str:
    if share >= 1:
        return "all" if estimate.error == 0 else "nearly all"
    words = percent(share)
    return f"about {words}" if words[0].isdigit() else words


def _error_in_words(error: float) -> str:
    """Return a standard error, in percentage points."""
    return f"{error:.1f}" if error >= 0.05 else "below 0.1"


def _settling_legend(result: Questions) -> Iterator[str]:
    """Yield what is not shown, and how to read the shares."""
    yield from _notes_on_more(result)
    if result.rows:
        weights = "Weights stay as given; all"
        if any(group.free for group in result.weights):
            weights = "Weights and all"
        yield (
            "Settled: the share of the uncertainty that the answer should remove. All possible"
            f" answers to a fact count as equally likely. This is not a forecast. {weights} other"
            " unknown answers vary too, so shares differ from those of `robustness`."
        )
        yield UNKNOWN_OR_UNCERTAIN


def _notes_on_more(result: Questions) -> Iterator[str]:
    """Yield how many questions are not shown, and why."""
    informative = len(result.informative)
    if result.most is not None and informative > result.most:
        questions = plural(informative - result.most, "more question")
        yield f"{questions} would also reduce the uncertainty."
    others = len(result.questions) - informative
    if others and informative:
        answers = plural(others, "more unknown or uncertain answer")
        changed = "a verdict" if result.top is None else f"a verdict or {top_in_words(result.top)}"
        yield f"{answers} would not measurably change {changed}."
    if result.irrelevant:
        facts = plural(result.irrelevant, "unknown fact is", "unknown facts are")
        yield f"{facts} left out: no answer would change the result of a rule."


def notes_of(result: Questions) -> Iterator[str]:
    """Yield how many questions are not shown, the present uncertainty, the draws, and omissions."""
    if not result.informative:
        yield from _notes_on_nothing(result)
    yield from _notes_on_more(result)
    yield _uncertainty_note(result)
    if result.questions:
        yield (
            "Of an unknown fact, each possible answer is equally likely; of a number or a set, each"
            " class that guardrails distinguish. A rating lies anywhere in its interval, of three"
            " points most often near the middle one, an unknown one anywhere on its scale."
        )
    weights = ""
    if result.weights:
        weights = f" Weights: {describe_weights(result.weights, result.ranking.framework)}."
    yield f"{plural(result.draws, 'draw')}, seed {result.seed}.{weights}"
    if len(result.questions) > len(result.informative) > 0:
        yield "An effect is measurable if it exceeds three standard errors."
    yield from closing_notes(result.ranking.framework)


def _notes_on_nothing(result: Questions) -> Iterator[str]:
    """Yield why there is no informative question."""
    if not result.questions:
        yield "There is nothing to ask: no rule and no score uses an unknown or uncertain answer."
    elif result.draws < 2 * BATCHES:
        yield (
            f"{plural(result.draws, 'draw is', 'draws are')} too few to estimate the value of an"
            f" answer; use at least {2 * BATCHES}."
        )
    else:
        yield "No single answer would change anything measurable: the decision need not wait."


def _uncertainty_note(result: Questions) -> str:
    verdicts = (
        f"{result.verdict_uncertainty:.2f} bits about verdicts"
        " (the sum over candidates of their entropy)"
    )
    if result.top is None:
        return f"Present uncertainty: {verdicts}. The framework gives no order."
    place = top_in_words(result.top)
    return (
        f"Present uncertainty: {result.order_uncertainty:.2f} about {place}"
        f" (the sum over candidates of p (1 - p)), {verdicts}."
        " Questions are ordered by the larger share that their answer should settle."
    )
