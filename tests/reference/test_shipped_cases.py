"""Shipped frameworks against their cases, as they are and with each guardrail broken in turn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

import collabscore as cs
from collabscore.analysis.policy_tests import judge_cases
from collabscore.documents.loading import load_policy, shipped
from collabscore.models.candidates import Candidate, Cases
from collabscore.models.framework import Framework, Guardrail, Step

STRICT = False
"""Whether every shipped framework's cases must catch every broken guardrail; else those of HELD alone must."""
HELD = {"guardrail"}
WITH_CASES = shipped("cases")


@cache
def cases_of(name: str) -> tuple[Framework, Cases]:
    framework, cases = load_policy(name)
    assert cases is not None
    return framework, cases


def test_every_framework_has_its_cases() -> None:
    assert set(WITH_CASES) == set(shipped())


@pytest.mark.parametrize("name", WITH_CASES)
def test_shipped_framework_says_what_its_cases_expect(name: str) -> None:
    framework, cases = cases_of(name)
    tested = judge_cases(framework, cases)
    assert tested.passed, str(tested)
    assert list(map(str, tested.undecided)) == []


def swapped(candidate: Candidate, framework: Framework) -> Candidate:
    """Return a candidate with the answers of the two parties exchanged."""
    other: dict[str, str] = {}
    for ids in framework.ids_by_party.values():
        one, two = ids.values()
        other |= {one: two, two: one}
    changes = {}
    for section in ("ratings", "facts"):
        answers = getattr(candidate, section)
        changes[section] = {other.get(key, key): answer for key, answer in answers.items()}
    return candidate.model_copy(update=changes)


@pytest.mark.parametrize("name", WITH_CASES)
def test_neither_party_is_favoured_in_any_case(name: str) -> None:
    framework, cases = cases_of(name)
    uneven = 0
    for case in cases.cases:
        results = []
        for candidate in (case.candidate, swapped(case.candidate, framework)):
            data = {**candidate.model_dump(exclude_unset=True), "id": "case"}
            (found,) = cs.score([data], framework, as_of="2026-01-31")
            results.append((found.verdict, found.verdict_range, found.score, found.low, found.high))
        assert results[0] == results[1], case.id
        uneven += swapped(case.candidate, framework) != case.candidate
    if name == "guardrail":
        assert uneven >= 3  # cases in which the two parties answer differently


@pytest.mark.parametrize("name", WITH_CASES)
def test_every_case_says_what_it_rests_on(name: str) -> None:
    _, cases = cases_of(name)
    assert [case.id for case in cases.cases if case.source is None and case.basis is None] == []


@pytest.mark.parametrize("name", WITH_CASES)
def test_broken_guardrail_is_caught(name: str) -> None:
    framework, cases = cases_of(name)
    survivors = [what for what, broken in broken_copies(framework) if survives(broken, cases)]
    if STRICT or name in HELD:
        assert survivors == [], f"no case of `{name}` fails where one breaks these"
    for what in survivors:
        print(f"{name}: no case fails: {what}")


@pytest.mark.parametrize("name", WITH_CASES)
def test_breaking_is_no_change_of_words(name: str) -> None:
    """A broken copy must be judged, and not be refused: its conditions read, its guardrails all there."""
    framework, _ = cases_of(name)
    copies = list(broken_copies(framework))
    assert len(copies) >= 2 * len(framework.guardrails) - sum(
        g.when is None for g in framework.guardrails.values()
    )
    assert all(broken.guardrails.keys() == framework.guardrails.keys() for _, broken in copies)


def survives(framework: Framework, cases: Cases) -> bool:
    """Return whether no case and no claim fails; claims are proved, in seconds, where no case does."""
    without_claims = cases.model_copy(update={"claims": []})
    return judge_cases(framework, without_claims).passed and judge_cases(framework, cases).passed


def broken_copies(framework: Framework) -> Iterator[tuple[str, Framework]]:
    """Yield copies of a framework of each of which one guardrail is broken, and what was done to it.

    A guardrail is dropped by letting it never apply: taken out, any case that names it would be refused, and
    nothing would be learnt. Each step is dropped and turned round by itself.
    """
    for key, guardrail in framework.guardrails.items():
        steps = guardrail.all_steps()
        never = [step.model_copy(update={"when": _never(framework)}) for step in steps]
        yield f"`{key}` never applies", _with(framework, key, never)
        for k, step in enumerate(steps):
            where = f"step {k + 1} of `{key}`"
            if len(steps) > 1:
                yield (
                    f"{where} never applies",
                    _with(framework, key, [*steps[:k], never[k], *steps[k + 1 :]]),
                )
            if step.when is not None:
                turned = step.model_copy(update={"when": f"not ({step.when})"})
                yield (
                    f"{where} is turned round",
                    _with(framework, key, [*steps[:k], turned, *steps[k + 1 :]]),
                )


def _with(framework: Framework, key: str, steps: list[Step]) -> Framework:
    guardrail = framework.guardrails[key]
    changed = Guardrail(title=guardrail.title, source=guardrail.source, steps=list(steps))
    return framework.model_copy(update={"guardrails": {**framework.guardrails, key: changed}})


def _never(framework: Framework) -> str:
    """Return a condition that is false of everything: whether a word is known is never unknown itself."""
    word = next(iter({**framework.all_facts, **framework.leaves}))
    return f"known({word}) and not known({word})"
