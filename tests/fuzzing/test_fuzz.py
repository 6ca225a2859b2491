"""A short run of the fuzzer; `fuzz.py` beside this file does any number by hand.

Half of the documents are generated ones, and each meets four command lines with drawn options beside the fixed ones:
the 300 here reach more than 480 of the small documents under fixed command lines did.
"""

from __future__ import annotations

import pytest

from fuzzing import fuzz

DOCUMENTS = 50
CONDITIONS = 500


@pytest.mark.parametrize("part", range(6))
def test_mutated_documents_break_no_command(part: int) -> None:
    first = (part + 1) * 10**6
    counts, faults = fuzz.search(range(first, first + DOCUMENTS))
    assert sum(counts.values()) - counts["passed check"] == DOCUMENTS
    assert faults == []


@pytest.mark.parametrize("part", range(4))
def test_odd_conditions_are_judged_or_refused_with_a_cure(part: int) -> None:
    first = (part + 1) * 10**6
    assert fuzz.search_conditions(range(first, first + CONDITIONS)) == []
