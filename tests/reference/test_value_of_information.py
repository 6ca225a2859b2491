"""The value of answers against enumeration, ratings included: 200 generated cases, each of its own seed."""

from __future__ import annotations

import random

import pytest

import collabscore as cs
from reference.value_of_information import Case, any_case, exact_values

CASES, MOST_WRONG = 200, 2


def errors_of(case: Case, seed: int) -> list[tuple[float, float]]:
    """Return how far each estimate is off, and its standard error."""
    ranking = cs.score(case.candidates(), case.framework())
    found = cs.next_questions(ranking, top=case.top, seed=seed, draws=2048)
    questions = {(int(question.candidate[1:]), question.key): question for question in found}
    errors = []
    for asked, exact in exact_values(case).items():
        estimates = [(0.0, 0.0), (0.0, 0.0)]
        if asked in questions:
            estimates = [tuple(questions[asked].order), tuple(questions[asked].verdict)]
        for (value, error), true in zip(estimates, exact, strict=True):
            errors.append((abs(value - true), error))
    return errors


def test_answers_are_worth_what_enumeration_says() -> None:
    wrong = []
    within = []
    for seed in range(CASES):
        errors = errors_of(any_case(random.Random(seed)), seed)
        # a case has two numbers for each open answer: one of them stands for it
        off, error = random.Random(seed).choice(errors)
        if off > 3 * error + 1e-9:
            wrong.append(seed)
        within += [off <= 3 * error + 1e-9 for off, error in errors]
    assert len(wrong) <= MOST_WRONG, wrong
    # of all numbers of all cases chance leaves out 1 in 370
    assert sum(within) / len(within) >= 0.99


@pytest.mark.parametrize("seed", range(20))
def test_a_rating_against_a_fixed_one_settles_all(seed: int) -> None:
    """H2: all of it, however rarely it turns the order: no part is lost inside a class."""
    rival = random.Random(seed).choice([97, 3, 50, 99.5, 62.4])
    document = {
        "collabscore": "framework/1",
        "id": "one",
        "criteria": {"gain": {"scale": {"range": [0, 100]}}},
    }
    ranking = cs.score([{"id": "a"}, {"id": "b", "ratings": {"gain": rival}}], document)
    (question,) = cs.next_questions(ranking, top=1, seed=seed).questions
    assert question.order_share == 1.0
    p = 1 - rival / 100
    assert question.order.value == pytest.approx(2 * p * (1 - p), abs=4 * question.order.error)
