"""Strategies of hypothesis for those who write frameworks: candidates that a framework can judge.

Imports hypothesis (the extra `testing`) and the models. Nothing in the package imports this module.

>>> import collabscore as cs
>>> from hypothesis import given
>>> framework = cs.load_framework("guardrail")
>>> @given(candidate(framework))
... def test_intended_harm_is_never_inside(entry):
...     entry["facts"]["harmful_use"] = "intended"
...     assert cs.score([entry], framework)[entry["id"]].verdict == "outside"
"""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

from hypothesis import strategies as st

from .models.criteria import Scale
from .models.facts import DateFact, Fact, NumberFact, SetFact
from .models.framework import Framework

__all__ = ["candidate", "candidates", "fact", "rating"]

Strategy = st.SearchStrategy[Any]


def rating(scale: Scale, *, known: bool = False) -> Strategy:
    """Return ratings on a scale: points, levels, intervals and, unless `known`, unknown ones."""
    low, high = map(float, scale.range)
    point = st.floats(low, high) | st.sampled_from([low, (low + high) / 2, high])
    interval = st.lists(point, min_size=2, max_size=2).map(sorted)
    detail = st.lists(point, min_size=3, max_size=3).map(_detail)
    if known:
        # an interval over the whole scale says nothing
        interval = interval.filter(lambda ends: list(ends) != [low, high])
    ratings: Strategy = point | interval | detail
    if scale.levels:
        ratings |= st.sampled_from(sorted(scale.levels.values()))
    return ratings if known else ratings | st.just("unknown")


def _detail(points: list[float]) -> dict[str, float]:
    return dict(zip(("low", "value", "high"), sorted(points), strict=True))


def fact(definition: Fact, framework: Framework, *, known: bool = False) -> Strategy:
    """Return answers to a fact: one, several possible ones and, unless `known`, none."""
    answer: Strategy
    several: Strategy
    if isinstance(definition, NumberFact):
        low = definition.minimum or 0.0
        high = low + 1000.0 if definition.maximum is None else definition.maximum
        answer = several = st.floats(float(low), float(high))
    elif isinstance(definition, DateFact):
        answer = several = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str)
    elif isinstance(definition, SetFact):
        item = st.sampled_from(sorted(framework.list_members[definition.of]))
        answer = st.lists(item, unique=True, max_size=4)
        several = answer.map(lambda items: {"at_least": items})
    else:
        answer = st.sampled_from(definition.answers)
        several = listed = st.lists(answer, min_size=1, unique=True)
        if definition.holds_several:
            answer |= listed.map(lambda answers: {"all_of": answers})
            several = listed.map(lambda answers: {"at_least": answers})
            if len(definition.answers) > 1:
                several |= st.permutations(definition.answers).map(_first_two)
    return answer if known else answer | several | st.just("unknown")


def _first_two(answers: list[str]) -> dict[str, list[str]]:
    return {"one_of": answers[:2]}


def candidate(framework: Framework, *, name: str = "candidate", known: bool = False) -> Strategy:
    """Return candidates, as plain data.

    Parameters
    ----------
    framework : Framework
        The framework in whose terms they are described.
    name : str
        Their id.
    known : bool
        Whether all ratings and facts are known.
    """
    ratings = {}
    for key, node in framework.leaves.items():
        ratings[key] = rating(node.scale, known=known)
    facts = {}
    for key, definition in framework.candidate_facts.items():
        facts[key] = fact(definition, framework, known=known)
    known_safeguards = sorted(framework.all_safeguards)
    safeguards = st.sampled_from(known_safeguards) if known_safeguards else st.nothing()
    entry: dict[str, Strategy] = {
        "id": st.just(name),
        "unit": st.sampled_from(["project", "area"]),
        "ratings": st.fixed_dictionaries(ratings),
        "facts": st.fixed_dictionaries(facts),
        "safeguards": st.lists(safeguards, unique=True),
    }
    if framework.partner_facts:
        entry["partners"] = _partners(framework, known=known)
    return st.fixed_dictionaries(entry)


def _partners(framework: Framework, *, known: bool) -> Strategy:
    """Return lists of partners, or None: unknown."""
    facts = {}
    for key, definition in framework.partner_facts.items():
        facts[key] = fact(definition, framework, known=known)
    names = st.sampled_from(["acme", "beta", "gamma"])
    partner = st.fixed_dictionaries({"id": names, "facts": st.fixed_dictionaries(facts)})
    listed = st.lists(partner, max_size=3, unique_by=itemgetter("id"))
    return listed if known else st.one_of(listed, st.none())


def candidates(framework: Framework, *, most: int = 5, known: bool = False) -> Strategy:
    """Return lists of one to `most` candidates, as plain data, with different ids."""
    each = candidate(framework, known=known)
    return st.lists(each, min_size=1, max_size=most).map(_with_ids)


def _with_ids(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for number, entry in enumerate(listed):
        found.append({**entry, "id": f"candidate-{number}"})
    return found
