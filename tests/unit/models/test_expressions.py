"""Expressions: names they use, and their truth given that of their parts."""

from __future__ import annotations

import numpy as np

from collabscore.kernels.logic import Truth
from collabscore.models.conditions import Symbols, parse
from collabscore.models.expressions import (
    And,
    Answers,
    Expression,
    Has,
    Named,
    Not,
    Or,
    Overlaps,
    atoms_of,
    evaluate,
    extent_of,
    references,
)
from collabscore.models.facts import FlagFact, LevelFact, NumberFact, SetFact

SYMBOLS = Symbols(
    facts={
        "stage": LevelFact(kind="level", levels={"basic": None, "applied": None}),
        "applied": FlagFact(kind="flag"),
        "budget": NumberFact(kind="number"),
        "about": SetFact(kind="set", of="fields"),
    },
    ratings={"dual_use": {"high": 5.0}},
    groups=frozenset({"risk"}),
    lists={"fields": frozenset({"quantum", "health"}), "listed": frozenset({"quantum"})},
    safeguards=frozenset({"review"}),
    conditions={"late": "stage >= 'applied'", "both": "late and has(review)"},
)
FALSE, TRUE = np.array([False]), np.array([True])


def test_references_hold_every_kind_of_name() -> None:
    text = "both or overlaps(about, listed) or score(risk) > budget or dual_use == high"
    found = references(parse(text, SYMBOLS))
    assert found.inputs == ("stage", "about", "budget", "dual_use")
    assert found.scores == ("risk",)
    assert found.safeguards == ("review",)
    assert found.lists == ("listed",)
    assert found.conditions == ("both", "late")
    assert set(found.names()) == {
        *found.inputs,
        *found.scores,
        *found.safeguards,
        *found.lists,
        *found.conditions,
    }


def test_an_answer_is_no_reference_to_a_fact_of_its_name() -> None:
    """`applied` is a level in the first of these conditions, and a fact in the second."""
    assert references(parse("stage == 'applied'", SYMBOLS)).inputs == ("stage",)
    assert references(parse("applied", SYMBOLS)).inputs == ("applied",)


def test_references_look_into_counts_and_quotes() -> None:
    found = references(parse("count(known('budget'), has('review')) >= 1", SYMBOLS))
    assert (found.inputs, found.safeguards) == (("budget",), ("review",))


def test_a_list_written_out_is_the_same_expression_as_its_name() -> None:
    named = parse("overlaps(about, listed)", SYMBOLS)
    written = parse("overlaps(about, [quantum])", SYMBOLS)
    assert named == written
    assert hash(named) == hash(written)
    assert references(written).lists == ()


def test_a_named_condition_is_read_once() -> None:
    first, second = parse("late or both", SYMBOLS), parse("late", SYMBOLS)
    assert isinstance(first, Or)
    assert first.operands[0].condition is second.condition  # type: ignore[union-attr]


def test_evaluate_joins_what_is_known_of_the_parts() -> None:
    review, animals = Has("review"), Answers("animals", (False, True))
    truths: dict[Expression, Truth] = {
        review: Truth(TRUE, TRUE),
        animals: Truth(FALSE, TRUE),
        Overlaps("about", frozenset()): Truth(FALSE, FALSE),
    }
    unknown = evaluate(And((review, animals)), truths.__getitem__)
    assert (unknown.certain.tolist(), unknown.possible.tolist()) == ([False], [True])
    no = evaluate(And((Not(review), animals)), truths.__getitem__)
    assert (no.certain.tolist(), no.possible.tolist()) == ([False], [False])
    yes = evaluate(Or((Overlaps("about", frozenset()), review)), truths.__getitem__)
    assert (yes.certain.tolist(), yes.possible.tolist()) == ([True], [True])


def test_evaluate_asks_for_each_part_once() -> None:
    asked: list[Expression] = []

    def truth_of(part: Expression) -> Truth:
        asked.append(part)
        return Truth(TRUE, TRUE)

    expression = parse("both and late and not late", SYMBOLS)
    evaluate(expression, truth_of)
    assert asked == list(dict.fromkeys(asked))


def test_conditions_that_name_each_other_twice_take_no_time() -> None:
    """Each of forty conditions names the one before it twice: written out, a billion parts."""
    expression: Expression = Answers("applied", (False, True))
    for k in range(40):
        named = Named(f"c{k}", expression)
        expression = And((named, Or((named, Has("review")))))
    assert extent_of(expression)[0] > 10**12
    assert references(expression).inputs == ("applied",)
    assert list(dict.fromkeys(atoms_of(expression))) == [
        Answers("applied", (False, True)),
        Has("review"),
    ]
    truth = evaluate(expression, lambda _: Truth(FALSE, TRUE))
    assert truth.unknown.tolist() == [True]
