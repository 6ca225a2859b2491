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

from typing import Any

from hypothesis import strategies as st

from .models.criteria import Scale
from .models.facts import Fact, NumberFact, SetFact
from .models.framework import Framework

__all__ = ["candidate", "candidates", "fact", "rating"]

Strategy = st.SearchStrategy[Any]


def rating(scale: Scale, *, known: bool = False) -> Strategy:
    """Return ratings on a scale: points, levels, intervals, three points and, unless `known`, unknown ones."""
    low, high = (float(end) for end in scale.range)
    point = st.floats(low, high, allow_nan=False) | st.sampled_from([low, (low + high) / 2, high])
    forms: list[Strategy] = [point]
    if scale.levels:
        forms.append(st.sampled_from(sorted(scale.levels.values())))
    if not known:
        forms.append(st.just("unknown"))
    forms.append(st.lists(point, min_size=2, max_size=2).map(sorted))
    forms.append(st.lists(point, min_size=3, max_size=3).map(_three_points))
    return st.one_of(forms)


def _three_points(points: list[float]) -> dict[str, float]:
    return dict(zip(("low", "value", "high"), sorted(points), strict=True))


def fact(definition: Fact, framework: Framework, *, known: bool = False) -> Strategy:
    """Return answers to a fact: one, several possible ones and, unless `known`, none."""
    if isinstance(definition, SetFact):
        items = st.lists(
            st.sampled_from(sorted(framework.members(definition.of))), unique=True, max_size=4
        )
        answer: Strategy = items if known else items | items.map(lambda some: {"at_least": some})
    elif isinstance(definition, NumberFact):
        low = 0.0 if definition.minimum is None else float(definition.minimum)
        answer = st.floats(
            low, low + 1000.0 if definition.maximum is None else float(definition.maximum)
        )
    else:
        words = st.sampled_from(definition.answers)
        answer = words if known else words | st.lists(words, min_size=1, unique=True)
    return answer if known else answer | st.just("unknown")


@st.composite
def candidate(
    draw: st.DrawFn, framework: Framework, *, name: str = "candidate", known: bool = False
) -> dict[str, Any]:
    """Return one candidate, as plain data.

    Parameters
    ----------
    framework : Framework
        By whose words it is described.
    name : str
        Its id.
    known : bool
        Whether all ratings and facts are known.
    """
    ratings = {
        key: draw(rating(node.scale, known=known))
        for key, node in framework.leaves.items()
        if node.scale is not None
    }
    facts = {
        key: draw(fact(definition, framework, known=known))
        for key, definition in framework.all_facts.items()
    }
    safeguards = (
        draw(st.lists(st.sampled_from(sorted(framework.all_safeguards)), unique=True))
        if framework.all_safeguards
        else []
    )
    return {
        "id": name,
        "unit": draw(st.sampled_from(["project", "area"])),
        "ratings": ratings,
        "facts": facts,
        "safeguards": safeguards,
    }


@st.composite
def candidates(
    draw: st.DrawFn, framework: Framework, *, most: int = 5, known: bool = False
) -> list[dict[str, Any]]:
    """Return a list of one to `most` candidates, as plain data, with different ids."""
    size = draw(st.integers(1, most))
    return [draw(candidate(framework, name=f"candidate-{k}", known=known)) for k in range(size)]
