"""Wording: criteria and facts, numbers, and what is known of a rating or a fact, as one says them.

Imports scoring and the models.
"""

from __future__ import annotations

import math

from ..models.facts import NumberFact, SetFact, answers_of
from ..models.framework import Framework
from ..models.sources import title_of
from ..scoring.columns import AnswerColumn, NumberColumn, SetColumn
from ..scoring.problem import Problem

__all__ = ["figure", "known_of", "title_of_word"]


def title_of_word(framework: Framework, key: str) -> str:
    """Return the title of a criterion, a group or a fact."""
    title = (
        framework.all_facts[key].title if key in framework.all_facts else framework.nodes[key].title
    )
    return title_of(key, title)


def figure(value: float) -> str:
    """Return a number as one would write it.

    Examples
    --------
    >>> figure(3.0), figure(2.5), figure(1e6)
    ('3', '2.5', '1,000,000')
    """
    return f"{int(value):,}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def known_of(problem: Problem, key: str, row: int) -> str:
    """Return in words what the candidate in a row says of one criterion or fact.

    Examples
    --------
    >>> import collabscore as cs
    >>> listed = [{"id": "flu", "ratings": {"dual_use": [1, 3]}, "facts": {"stage": ["basic", "applied"]}}]
    >>> problem = cs.score(listed, "guardrail").problem
    >>> known_of(problem, "dual_use", 0), known_of(problem, "stage", 0), known_of(problem, "legal_us", 0)
    ('between 1 and 3', 'basic or applied', 'unknown')
    """
    return (
        _known_rating(problem, key, row)
        if key in problem.ratings
        else _known_fact(problem, key, row)
    )


def _known_rating(problem: Problem, key: str, row: int) -> str:
    column = problem.ratings[key]
    low, value, high = (float(part[row]) for part in (column.low, column.value, column.high))
    if math.isnan(low):
        return "unknown"
    if low == high:
        return figure(low)
    most_likely = "" if math.isnan(value) else f", most likely {figure(value)}"
    return f"between {figure(low)} and {figure(high)}{most_likely}"


def _known_fact(problem: Problem, key: str, row: int) -> str:
    column, fact = problem.facts[key], problem.framework.all_facts[key]
    if not column.known[row]:
        return "unknown"
    match column:
        case AnswerColumn(codes, possible):
            assert not isinstance(fact, NumberFact | SetFact)
            words = [
                answer
                for answer, open_ in zip(answers_of(fact), possible[codes[row]], strict=True)
                if open_
            ]
            return " or ".join(words)
        case NumberColumn(low, high):
            assert isinstance(fact, NumberFact)
            unit = f" {fact.unit}" if fact.unit else ""
            if low[row] == high[row]:
                return f"{figure(float(low[row]))}{unit}"
            return f"between {figure(float(low[row]))} and {figure(float(high[row]))}{unit}"
        case SetColumn(codes, answers):
            answer = answers[codes[row]]
            assert answer is not None
            words = sorted(answer.items)
            if answer.open:
                return f"{', '.join(words)}, and perhaps more" if words else "unknown"
            return ", ".join(words) or "none"
