from __future__ import annotations

from itertools import product
from random import Random

import pytest

from collabscore.models.base import ReadingError
from collabscore.models.conditions import Symbols
from collabscore.models.expressions import And, Answers, Not, Overlaps
from collabscore.models.facts import ChoiceFact, FlagFact, LevelFact, NumberFact, SetFact
from collabscore.models.lists import NamedList
from collabscore.models.tables import Grid, cell_expression, cells_in_words

LISTS = {
    "topics": NamedList(items=["soil", "chips", "seas"]),
    "listed": NamedList(among="topics", items=["chips"]),
}
FACTS = {
    "partner": ChoiceFact(kind="choice", options=["firm", "lab"], worse=["lab", "firm"]),
    "stage": LevelFact(kind="level", levels=["low", "very high", "> 5 years"], worse="high"),
    "crit": FlagFact(kind="flag", worse="no"),
    "budget": NumberFact(kind="number", minimum=0, worse="low"),
    "topic": SetFact(kind="set", of="topics"),
}
SYMBOLS = Symbols(facts=FACTS, lists={key: listed.members for key, listed in LISTS.items()})


def grid_of(names, rows):
    return Grid.of(names, rows, SYMBOLS, LISTS)


@pytest.mark.parametrize(
    ("cell", "name", "expected"),
    [
        ("any", "stage", None),
        ("firm", "partner", Answers("partner", (True, False))),
        (["firm", "lab"], "partner", Answers("partner", (True, True))),
        (">= very high", "stage", Answers("stage", (False, True, True))),
        ("> 5 years", "stage", Answers("stage", (False, False, True))),
        ("'very high'", "stage", Answers("stage", (False, True, False))),
        (True, "crit", Answers("crit", (False, True))),
        ("no", "crit", Answers("crit", (True, False))),
        ("listed", "topic", Overlaps("topic", frozenset({"chips"}), "listed")),
        ("soil", "topic", Overlaps("topic", frozenset({"soil"}))),
    ],
)
def test_cells_are_conditions_of_their_fact(cell, name, expected):
    assert cell_expression(cell, name, SYMBOLS) == expected


def test_cells_that_do_not_fit_are_refused():
    for cell, name in [
        ("frim", "partner"),
        (">= firm", "partner"),
        ("much", "budget"),
        (5, "topic"),
    ]:
        with pytest.raises(ReadingError):
            cell_expression(cell, name, SYMBOLS)


def test_rows_in_words():
    names = ["partner", "crit", "stage"]
    assert (
        cells_in_words([["firm", "lab"], True, "any"], names) == "partner: firm or lab; crit: yes"
    )
    assert cells_in_words(["any", "any", "any"], names) == "any answers"


def test_condition_excludes_rows_above_that_share_answers_and_no_other():
    grid = grid_of(["partner", "crit"], [["firm", "yes"], ["lab", "yes"], ["firm", "any"]])
    assert grid.condition(1) == grid.own[1]
    last = grid.condition(2)
    assert last == And((*grid.own[2].operands, Not(grid.own[0])))
    assert grid_of(["crit"], [["any"]]).condition(0) is None


def matches(cell, name, answer):
    if cell == "any":
        return True
    if isinstance(cell, list):
        return any(matches(one, name, answer) for one in cell)
    if name == "budget":
        return answer > 3 if cell == "> 3" else answer == cell
    if cell == "<= very high":
        return answer != "> 5 years"
    return answer == cell


def test_gaps_and_rows_that_count_are_those_of_all_combinations():
    """300 random tables against a look at each combination."""
    answers = {
        "partner": ["firm", "lab"],
        "stage": ["low", "very high", "> 5 years"],
        "budget": [2, 3, 4, 7, 8],
    }
    cells = {
        "partner": ["any", "firm", "lab", ["firm", "lab"]],
        "stage": ["any", "low", "<= very high", ["low", "> 5 years"]],
        "budget": ["any", 3, 7, "> 3"],
    }
    gaps = 0
    for seed in range(300):
        rng = Random(seed)
        names = rng.sample(list(answers), rng.randint(1, 3))
        rows = [[rng.choice(cells[name]) for name in names] for _ in range(rng.randint(1, 6))]
        grid, first = grid_of(names, rows), set()
        for combination in product(*map(answers.__getitem__, names)):
            fit = [k for k, row in enumerate(rows) if all(map(matches, row, names, combination))]
            first.add(fit[0] if fit else -1)
            for k in fit:
                assert grid.overlaps[k, fit].all()
        assert grid.rows_that_count() == first - {-1}
        assert (grid.gap() is not None) == (-1 in first)
        assert set(grid.first_rows().ravel().tolist()) == first
        gaps += -1 in first
    assert 50 < gaps < 290


def test_classes_from_good_to_bad():
    grid = grid_of(["stage", "crit", "budget", "topic"], [["low", "yes", "> 3", "soil"]])
    order = [grid.good_to_bad(axis, FACTS[column.fact]) for axis, column in enumerate(grid.columns)]
    assert order == [[0, 1, 2], [1, 0], [1, 0], []]
    assert grid_of(["stage"], [["any"]]).good_to_bad(0, FACTS["stage"]) == []
