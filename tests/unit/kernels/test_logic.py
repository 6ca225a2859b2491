"""Three-valued logic."""

from __future__ import annotations

import numpy as np

from collabscore.kernels.logic import Truth, all_of, any_of, compare, count, negation

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
