"""Three-valued logic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from collabscore.kernels.logic import (
    Truth,
    all_of,
    any_of,
    compare,
    count,
    negation,
    weighted_sum,
)

THREE = {"true": (True, True), "false": (False, False), "unknown": (False, True)}


def truth(word: str) -> Truth:
    sure, possible = THREE[word]
    return Truth(np.array([sure]), np.array([possible]))


def word(found: Truth) -> str:
    return next(
        name
        for name, pair in THREE.items()
        if pair == (bool(found.certain[0]), bool(found.possible[0]))
    )


def test_kleene_truth_tables() -> None:
    order = [
        "false",
        "unknown",
        "true",
    ]  # and is the lesser, or the greater: Kleene 1952, section 64
    for a in order:
        assert word(negation(truth(a))) == order[2 - order.index(a)]
        for b in order:
            assert word(all_of([truth(a), truth(b)])) == min(a, b, key=order.index)
            assert word(any_of([truth(a), truth(b)])) == max(a, b, key=order.index)


def test_counts_and_comparisons_of_ranges() -> None:
    low, high = count([truth("true"), truth("unknown"), truth("false")])
    assert (low[0], high[0]) == (1, 2)
    one, three, nothing = np.array([1.0]), np.array([3.0]), np.array([np.nan])
    assert word(compare("<", (one, one), (three, three))) == "true"
    assert word(compare("<=", (one, three), (one, one))) == "unknown"
    assert word(compare("!=", (one, one), (three, three))) == "true"
    assert word(compare("==", (one, three), (one, one))) == "unknown"
    assert word(compare(">", (nothing, nothing), (one, one))) == "unknown"
    assert compare(">=", (one, one), (three, three)).decided


@pytest.mark.parametrize(
    ("factors", "numbers", "expected"),
    [
        ((1, 1), (0.7, 0.1), 0.8),
        ((1, 1), (0.1, 0.2), 0.3),
        ((3, -1), (0.1, 0.3), 0.0),
        ((1, -1), (1e9 + 0.1, 1e9), 0.1),
        ((1, 1), (1e80, 1.0), 1e80),
        ((1, 1), (1e-30, 2e-30), 3e-30),
        ((1, 1), (5e15, 3.0), 5e15 + 3),
        ((2, 1), (math.inf, 3.0), math.inf),
    ],
)
def test_sums_are_rounded_as_decimal_numbers(
    factors: tuple[int, ...], numbers: tuple[float, ...], expected: float
) -> None:
    ends = [np.array([number]) for number in numbers]
    low, high = weighted_sum(factors, [(end, end) for end in ends])
    assert low is high
    assert low.tolist() == [expected]


def test_a_negative_factor_swaps_the_ends_of_a_sum() -> None:
    wide = (np.array([1.0, np.nan]), np.array([3.0, np.nan]))
    low, high = weighted_sum((1, -2), [wide, wide])
    assert (low[0], high[0]) == (-5, 1)
    assert np.isnan([low[1], high[1]]).all()
