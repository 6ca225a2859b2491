from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from collabscore.checks.references import (
    circular_names,
    names_in,
    repeated_names,
    unknown_names,
    walk_models,
)
from collabscore.models.base import Citation
from collabscore.models.framework import Framework


def test_an_unknown_name_says_where_it_would_be_defined() -> None:
    named = [("dry", ("a",)), ("wet", ("b",)), ("wett", ("c",))]
    dry, wett = unknown_names("fact", named, ["wet"], "a fact here", ("facts",), at_key=True)
    assert (dry.code, dry.message, dry.path) == ("unknown-fact", "`dry` is not a fact here", ("a",))
    assert dry.help == "choose from `wet`"
    assert dry.absent == (("facts", "dry"),)
    assert dry.at_key
    assert wett.help == "did you mean `wet`?"
    (alone,) = unknown_names("source", [("x", ())], {}, "a source", help="list it")
    assert (alone.help, alone.absent) == ("list it", ())


def test_choices_of_a_set_are_sorted() -> None:
    (found,) = unknown_names("item", [("?", ())], frozenset("cab"), "an item")
    assert found.help == "choose from `a`, `b`, `c`"


def test_a_repeated_name_points_at_the_first() -> None:
    named = [("{}", (0,)), ("b", (1,)), ("{}", (2,)), ("{}", (3,))]
    found = list(repeated_names(named, "duplicate-id", "the id `{}` is taken", "first used here"))
    assert [one.path for one in found] == [(2,), (3,)]
    assert {one.message for one in found} == {"the id `{}` is taken"}
    assert {note.path for one in found for note in one.notes} == {(0,)}
    assert [one.notes for one in repeated_names(named, "c", "{}")] == [(), ()]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefgh")))
def test_a_circle_is_found_from_every_name_that_leads_into_it(
    parents: dict[str, str | None],
) -> None:
    expected = set()
    for name in parents:
        seen, current = set(), name
        while current in parents and current not in seen:
            seen.add(current)
            current = parents[current] or ""
        if current in seen:
            expected.add(name)
    assert circular_names(parents) == expected


def test_a_long_chain_takes_no_longer_than_it_is() -> None:
    chain: dict[str, str | None] = {str(k): str(k + 1) for k in range(100_000)}
    begin = time.process_time()
    assert circular_names(chain) == set()
    assert circular_names({**chain, "100000": "0"}) == {*chain, "100000"}
    assert time.process_time() - begin < 5


def test_citations_have_their_places() -> None:
    assert list(names_in(None, ("s",))) == []
    assert list(names_in("a", ("s",))) == [("a", ("s",))]
    assert list(names_in(Citation(id="a"), ("s",))) == [("a", ("s", "id"))]
    listed = ["a", Citation(id="b", clause="2")]
    assert list(names_in(listed, ("s",))) == [("a", ("s", 0)), ("b", ("s", 1, "id"))]


def test_every_part_of_a_framework_is_walked_with_its_place() -> None:
    framework = Framework.model_validate(
        {
            "collabscore": "framework/1",
            "id": "x",
            "uses": {"collabscore": "vocabulary/1", "id": "v", "facts": {"y": {"kind": "flag"}}},
            "criteria": {"group": {"criteria": {"leaf": {"scale": {"range": [1, 5]}}}}},
            "guardrails": {"rule": {"steps": [{"when": "y", "then": "refer"}]}},
        }
    )
    assert [path for path, _ in walk_models(framework)] == [
        (),
        ("criteria", "group"),
        ("criteria", "group", "criteria", "leaf"),
        ("criteria", "group", "criteria", "leaf", "scale"),
        ("guardrails", "rule"),
        ("guardrails", "rule", "steps", 0),
    ]
