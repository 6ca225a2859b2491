"""Findings, verdicts, ranges and places under unknown answers, against every completion in turn.

3,000 frameworks by hand, with the number of differences; then 1,000 that use all that conditions can say::

    PYTHONPATH=src:tests python tests/reference/test_verdicts_by_force.py 3000
    PYTHONPATH=src:tests python tests/reference/test_verdicts_by_force.py 1000 wide
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

import collabscore as cs
from reference.open_answers import generated
from reference.oracle import Case, Document, Words, in_order
from reference.verdicts_by_force import AS_OF, Found, Judge

FRAMEWORKS, BLOCKS, CANDIDATES = 180, 3, 3
WIDE = 30


def differences(framework: Document, candidates: list[Document]) -> list[str]:
    """List everything about candidates in which the library and brute force differ."""
    ranking = cs.score(candidates, framework, as_of=AS_OF)
    words = Words(framework, {})
    judge = Judge(words)
    judged = {
        entry["id"]: judge.judge(Case(words, entry, entry.get("unit", "project")))
        for entry in candidates
    }
    results = [
        {
            "id": id,
            "score": ranking[id].score,
            "verdict": found.verdict,
            "verdict_range": found.verdict_range,
            "rank": None,
        }
        for id, found in judged.items()
    ]
    order = [(result["id"], result["rank"]) for result in in_order(words, results)]
    compared: list[tuple[str, Any, Any]] = [("order", [(a.id, a.rank) for a in ranking], order)]
    for id, theirs in judged.items():
        ours = ranking[id]
        compared.append((f"{id} verdict", ours.verdict, theirs.verdict))
        compared.append((f"{id} range", ours.verdict_range, theirs.verdict_range))
        compared.append((f"{id} exact", ours.range_exact, True))
        compared.append((f"{id} findings", len(ours.findings), len(theirs.findings)))
        for finding in ours.findings:
            expected = theirs.findings[finding.guardrail]
            for what, one, other in of_finding(finding, expected):
                compared.append((f"{id} {finding.guardrail} {what}", one, other))
    return [f"{what}: {one}, by force {other}" for what, one, other in compared if one != other]


def of_finding(ours: Any, theirs: Found) -> Iterator[tuple[str, Any, Any]]:
    yield "state", ours.state, theirs.state
    yield "verdict", ours.verdict, theirs.verdict
    yield "names", sorted(ours.unknown), sorted(theirs.names)
    yield "needs", sorted(ours.missing), sorted(theirs.needs)
    yield "may need", sorted(ours.may_need), sorted(theirs.may_need)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_generated_frameworks_are_judged_as_by_force(block: int) -> None:
    for number in range(block, FRAMEWORKS, BLOCKS):
        assert differences(*generated(number, CANDIDATES)) == [], f"framework {number}"


def test_frameworks_with_all_that_conditions_can_say_are_judged_as_by_force() -> None:
    for number in range(WIDE):
        assert differences(*generated(number, CANDIDATES, wide=True)) == [], f"framework {number}"


# the oracle itself, against verdicts found by hand

FACTS: Document = {
    "partner": {"kind": "choice", "options": ["a", "b", "c"]},
    "dual": {"kind": "flag"},
    "use": {"kind": "flag"},
    "budget": {"kind": "number", "minimum": 0},
    "topics": {"kind": "set", "of": "fields"},
}
LISTS: Document = {
    "fields": {"items": {"quantum": {"items": {"computing": None, "sensing": None}}, "soil": None}},
    "listed": {"among": "fields", "items": ["computing", "soil"]},
}


def by_hand(guardrails: Document, facts: Document, *safeguards: str) -> Any:
    """Judge one project by force; a guardrail written as a text bars where it holds."""
    rules = {
        key: {"when": rule, "then": "outside"} if isinstance(rule, str) else rule
        for key, rule in guardrails.items()
    }
    framework: Document = {
        "id": "hand",
        "collabscore": "framework/1",
        "facts": FACTS,
        "lists": LISTS,
        "safeguards": {"review": {"title": "Review"}, "audit": {"title": "Audit"}},
        "guardrails": rules,
    }
    candidate = {"id": "c", "facts": facts, "safeguards": list(safeguards)}
    assert differences(framework, [candidate]) == []
    words = Words(framework, {})
    return Judge(words).judge(Case(words, candidate, "project"))


def test_open_answer_shared_by_two_guardrails_decides_the_verdict() -> None:
    judged = by_hand(
        {"one": "partner == a and dual", "other": "partner != a and dual"}, {"dual": True}
    )
    assert (judged.verdict, judged.verdict_range) == ("outside", ("outside", "outside"))
    assert judged.whatever
    assert [found.state for found in judged.findings.values()] == ["unknown", "unknown"]
    assert judged.findings["one"].verdict == "refer"
    assert judged.findings["one"].names == {"partner"}


def test_open_answer_shared_by_two_steps_is_not_asked() -> None:
    steps = [{"when": f"partner {sign} a and dual", "then": "outside"} for sign in ("==", "!=")]
    judged = by_hand({"rule": {"steps": steps}}, {"dual": True})
    assert judged.findings["rule"].state == "barred"
    assert judged.findings["rule"].names == frozenset()
    judged = by_hand({"rule": {"steps": steps}}, {})
    assert judged.findings["rule"].names == {"dual"}
    assert judged.verdict_range == ("inside", "outside")


def test_needs_of_some_completions_are_told_apart_from_those_of_all() -> None:
    steps = [
        {"when": "dual", "needs": ["review", "audit"], "then": "refer"},
        {"when": "not dual", "needs": ["audit"], "then": "refer"},
    ]
    found = by_hand({"rule": {"steps": steps}}, {}).findings["rule"]
    assert (found.state, found.verdict) == ("unmet", "refer")
    assert (found.needs, found.may_need) == ({("audit",)}, {("review",)})
    assert found.names == {"dual"}


def test_met_and_clear_are_no_milder_than_the_mildest_completion() -> None:
    steps = [
        {"when": "dual", "needs": ["review"], "then": "outside", "if_unknown": "outside"},
        {"when": "use", "then": "conditional"},
    ]
    found = by_hand({"rule": {"steps": steps}}, {"use": True}, "review").findings["rule"]
    assert (found.state, found.verdict) == ("barred", "conditional")
    found = by_hand({"rule": {"steps": steps}}, {}, "review").findings["rule"]
    assert (found.state, found.verdict) == ("unknown", "conditional")
    assert found.names == {"dual", "use"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (["quantum"], "unknown"),
        (["quantum", "sensing"], "clear"),
        (["quantum", "soil"], "barred"),
        ({"at_least": ["sensing"]}, "unknown"),
        ({"at_least": ["soil"]}, "barred"),
        ([], "clear"),
    ],
)
def test_parent_alone_means_some_of_its_items(answer: Any, state: str) -> None:
    found = by_hand({"rule": "overlaps(topics, listed)"}, {"topics": answer}).findings["rule"]
    assert found.state == state


def test_numbers_between_two_comparisons_are_tried() -> None:
    judged = by_hand({"rule": "budget > 3 and budget < 4"}, {"budget": [0, 5]})
    assert judged.findings["rule"].state == "unknown"
    judged = by_hand({"rule": "budget <= 3 or budget > 3"}, {})
    assert judged.findings["rule"].state == "barred"


def test_what_is_not_known_keeps_its_worth_in_a_finding_and_not_in_the_range() -> None:
    judged = by_hand({"rule": "not known(dual)"}, {})
    assert judged.findings["rule"].state == "barred"
    assert judged.verdict_range == ("inside", "outside")


def main(count: int, *, wide: bool) -> None:
    """Compare so many frameworks, and print the differences and their number."""
    wrong = 0
    for number in range(count):
        found = differences(*generated(number, CANDIDATES, wide=wide))
        wrong += bool(found)
        for line in found:
            print(f"framework {number}: {line}")
    print(f"{count} frameworks, {CANDIDATES * count} candidates: {wrong} frameworks differ")


if __name__ == "__main__":
    main(int(sys.argv[1]), wide="wide" in sys.argv)
