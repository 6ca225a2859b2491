"""I7: no command takes more than twice as long for twice as much; instructions are counted."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

import collabscore as cs
from collabscore.checks.warnings import asked_of_persons
from collabscore.errors import did_you_mean
from collabscore.scoring import variants

from ..unit.work import growth

SCALE = {"range": [1, 5]}
Action = Callable[[], object]


def house(**sections: Any) -> dict[str, Any]:
    framework = {"collabscore": "framework/1", "id": "house", "criteria": {"c": {"scale": SCALE}}}
    return framework | sections


def explained(framework: dict[str, Any], facts: dict[str, Any]) -> Action:
    ranking = cs.score([{"id": "a", "ratings": {"c": 3}, "facts": facts}, {"id": "b"}], framework)
    return lambda: cs.explain(ranking, "a").to_text()


def thresholds(n: int) -> Action:
    """One fact, compared with n numbers."""
    conditions = {f"n{k}": f"budget > {k}" for k in range(n)}
    facts = {"budget": {"kind": "number"}}
    rule = {"when": " or ".join(f"n{k}" for k in range(0, n, 50)), "then": "refer"}
    framework = house(facts=facts, conditions=conditions, guardrails={"g": rule})
    return lambda: cs.next_questions(cs.score([{"id": "a"}], framework), draws=16)


def items(n: int) -> Action:
    """A set of n items of a list."""
    names = [f"i{k}" for k in range(n)]
    framework = house(
        lists={"all": {"items": names}, "half": {"among": "all", "items": names[::2]}},
        facts={"about": {"kind": "set", "of": "all"}},
        guardrails={"g": {"when": "overlaps(about, half)", "then": "refer"}},
    )
    return explained(framework, {"about": names})


def guardrails(n: int) -> Action:
    """One guardrail for each of n facts."""
    facts = {f"f{k}": {"kind": "flag"} for k in range(n)}
    rules = {f"g{k}": {"when": f"f{k}", "then": "refer"} for k in range(n)}
    return explained(house(facts=facts, guardrails=rules), dict.fromkeys(facts, "yes"))


def safeguards(n: int) -> Action:
    """One guardrail that needs n safeguards."""
    names = [f"s{k}" for k in range(n)]
    framework = house(
        facts={"crit": {"kind": "flag"}},
        safeguards={name: {} for name in names},
        guardrails={"g": {"when": "crit", "needs": names, "then": "refer"}},
    )
    return explained(framework, {"crit": "yes"})


def criteria(n: int) -> Action:
    """A table with a column for each of n criteria."""
    framework = house(criteria={f"c{k}": {"scale": SCALE} for k in range(n)})
    ranking = cs.score([{"id": "a", "ratings": {f"c{k}": 3 for k in range(n)}}], framework)
    return ranking.to_csv


def misspelt(n: int) -> Action:
    """So many misspelt ratings, beside a hundred criteria."""
    framework = cs.load_framework(house(criteria={f"c{k}": {"scale": SCALE} for k in range(100)}))
    listed = [{"id": "a", "ratings": {f"d{k}": 3 for k in range(n)}}]

    def load() -> None:
        with pytest.raises(cs.CandidateError) as caught:
            cs.load_candidates(listed, framework)
        assert len(caught.value.diagnostics) == n

    return load


def options(n: int) -> Action:
    """A choice of n options."""
    names = [f"o{k}" for k in range(n)]
    return lambda: cs.load_framework(house(facts={"lead": {"kind": "choice", "options": names}}))


def exclusions(n: int) -> Action:
    """A text of n sentences that exclude a question about persons."""
    return lambda: asked_of_persons("It is never about nationality. " * n)


@pytest.mark.parametrize(
    ("action_of", "size"),
    [
        (thresholds, 100),
        (items, 200),
        (guardrails, 40),
        (safeguards, 100),
        (criteria, 60),
        (misspelt, 200),
        (options, 200),
        (exclusions, 200),
    ],
)
def test_twice_as_much_takes_twice_as_long(action_of: Callable[[int], Action], size: int) -> None:
    action_of(size)()  # what is loaded once
    assert growth(action_of, size) < 2.4


@pytest.mark.parametrize("kind", [tuple, list, frozenset, dict.fromkeys])
def test_a_guess_among_twice_as_many_names_takes_as_long(kind: Callable[[Any], Any]) -> None:
    """I7: a framework with many errors looks among the same names for each of them."""

    def guesses(n: int) -> Action:
        names = kind([f"name{k}" for k in range(n)])
        assert did_you_mean("nome7", names) == "did you mean `name7`?"
        return lambda: [did_you_mean(f"q{k}", names) for k in range(20)]

    assert growth(guesses, 500) < 1.1


def test_a_framework_names_all_that_its_conditions_may_use_once() -> None:
    framework = cs.load_framework(house(facts={f"f{k}": {"kind": "flag"} for k in range(50)}))
    symbols = framework.symbols
    assert symbols.names is symbols.names
    assert symbols.names == (*(f"f{k}" for k in range(50)), "c")


def test_memory_of_moved_ratings_grows_with_the_criteria(monkeypatch: pytest.MonkeyPatch) -> None:
    """I7: every rating moves alone, and all the others stay: they are not held once for each."""
    monkeypatch.setattr(variants, "_CELLS", 10_000)
    peaks = []
    for n in (40, 80):
        framework = house(criteria={f"c{k}": {"scale": SCALE} for k in range(n)})
        listed = [{"id": name, "ratings": {f"c{k}": 3 for k in range(n)}} for name in "ab"]
        found = cs.sensitivity(cs.score(listed, framework))
        tracemalloc.start()
        assert len(found.tornadoes[0].bars) == n
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2.6 * peaks[0]
