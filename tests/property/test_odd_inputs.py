"""Odd columns and conditions: each means something, or is refused at its place with a cure."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import collabscore as cs
from collabscore.errors import Diagnostic
from collabscore.models.conditions import parse
from collabscore.models.syntax import ConditionError
from collabscore.scoring.ranking import rank

SCALE = {"range": [1, 5], "levels": {1: "low", 3: "middle", 5: "high"}}
HOUSE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "lists": {"fields": {"items": {"health": {}, "earth": {"items": ["ice", "soil"]}}}},
    "criteria": {"gain": {"scale": SCALE}, "risk": {"scale": {"range": [0, 10]}, "prefer": "low"}},
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied"]},
        "budget": {"kind": "number", "maximum": 100},
        "about": {"kind": "set", "of": "fields"},
    },
    "safeguards": {"review": {}},
    "conditions": {"late": {"when": "stage >= applied"}},
    "guardrails": {"g1": {"when": "crit", "needs": ["review"], "then": "outside"}},
}
FRAMEWORK = cs.load_framework(HOUSE)


def refused_well(found: Diagnostic) -> bool:
    """Whether an error has its place, its cure and no word of Python."""
    said = f"{found.message} {found.help}"
    words = ("object at 0x", "<class", "np.float", "NoneType", "Traceback")
    return bool(found.place and found.help) and not any(word in said for word in words)


# columns

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 7),
    st.integers(),
    st.floats(),
    st.sampled_from(
        ["low", "applied", "yes", "unknown", "n/a", "3", "3,5", "1-4", "soil", "", "é"]
    ),
    st.text(max_size=4),
    st.sampled_from([Decimal("2.5"), math.nan, np.float32(2), np.str_("high"), pd.NA, pd.NaT, 2j]),
    st.just(datetime.date(2026, 1, 1)),
    st.lists(st.sampled_from([1, 4, 2.5, None, "soil", "ice", True]), max_size=4),
)
HOLDERS: list[Callable[[list[Any]], Any]] = [
    list,
    tuple,
    pd.Series,
    lambda cells: pd.Series(cells, dtype=object),
    lambda cells: pl.Series(cells, dtype=pl.Object),
    lambda cells: np.ma.array(np.arange(len(cells)), mask=[k % 2 for k in range(len(cells))]),
    lambda cells: dict(enumerate(cells)),
    iter,
]


@given(st.data(), st.integers(1, 4))
def test_a_column_is_read_or_refused_at_its_place(data: st.DataObject, rows: int) -> None:
    names = ["gain", "risk", "crit", "stage", "budget", "about", "gian"]
    columns = {}
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
        count = data.draw(st.sampled_from([rows, rows, rows, rows + 1]))
        cells = data.draw(st.lists(CELLS, min_size=count, max_size=count))
        try:
            columns[name] = data.draw(st.sampled_from(HOLDERS))(cells)
        except (TypeError, ValueError, OverflowError):  # what pandas and polars do not hold
            columns[name] = cells
    refused: tuple[Diagnostic, ...] = ()
    try:
        problem = cs.Problem.from_columns(FRAMEWORK, columns)
    except cs.CandidateError as error:
        refused = error.diagnostics
    assert all(map(refused_well, refused))
    assert all(found.path[0] == "columns" for found in refused)
    if refused:
        return
    ranking = rank(problem)
    assert sorted(ranking.order.tolist()) == list(range(problem.size))
    scores = ranking.scores[~np.isnan(ranking.scores)]
    assert ((scores >= 0) & (scores <= 100)).all()


# conditions

ATOMS = [
    *("crit", "late", "known(budget)", "has(review)", "overlaps(about, {soil})"),
    *("stage == basic", "budget > 10", "gain >= middle", "risk < gain", "3 <= risk"),
]
CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=6,
)
LISTED = [
    {
        "id": "a",
        "ratings": {"gain": 5, "risk": [2, 4]},
        "facts": {"crit": "yes", "about": ["soil"]},
    },
    {"id": "b", "ratings": {"risk": 9}, "facts": {"crit": "no", "stage": "basic", "budget": 3}},
    {"id": "c", "ratings": {"gain": [2, 4]}, "facts": {"budget": 50}, "safeguards": ["review"]},
]


def verdicts_by(when: str) -> list[Any]:
    """Return the verdicts by one guardrail."""
    rule = {"when": when, "then": "outside", "if_unknown": "refer"}
    return list(cs.score(LISTED, HOUSE | {"guardrails": {"g1": rule}}).verdicts)


@given(CONDITIONS, CONDITIONS)
def test_conditions_follow_the_laws_of_logic(one: str, other: str) -> None:
    both = verdicts_by(f"not ({one} and {other})")
    assert both == verdicts_by(f"not ({one}) or not ({other})")
    assert verdicts_by(f"not (not ({one}))") == verdicts_by(f"({one})") == verdicts_by(one)
    assert verdicts_by(f"{one} or ({one})") == verdicts_by(one)


@given(st.one_of(CONDITIONS, st.text(max_size=20)), st.text(max_size=3), st.integers(0, 40))
def test_a_text_is_a_condition_or_refused_in_its_columns(text: str, more: str, place: int) -> None:
    text = text[:place] + more + text[place:]
    found: Diagnostic | None = None
    try:
        parse(text, FRAMEWORK.symbols)
    except ConditionError as error:
        found = error.diagnostic
    if found is not None:
        first, last = found.within or (0, 1)
        assert 0 <= first <= last <= len(text) + 1
        assert first < last or not text.strip()
        assert found.help
