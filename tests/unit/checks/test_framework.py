"""Mistakes in frameworks and vocabularies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collabscore as cs
from collabscore.checks.framework import (
    check_framework,
    check_vocabulary,
    circular_names,
    names_in,
    repeated_names,
    unknown_names,
    walk_models,
)
from collabscore.models.base import Citation
from collabscore.models.framework import Framework, Vocabulary
from unit.small_framework import BASE, FIVE, framework
from unit.work import growth

CHECKS: list[tuple[dict[str, Any], str]] = [
    ({"scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "low"}}}}, "repeated-word"),
    ({"scales": {"five": {"range": [1, 5], "levels": {1: "unknown"}}}}, "reserved-word"),
    ({"facts": {"wet": {"kind": "level", "levels": ["unknown", "b"]}}}, "reserved-word"),
    ({"facts": {"wet": {"kind": "choice", "options": ["a", "a"]}}}, "repeated-word"),
    ({"facts": {"wet": {"kind": "choice", "options": ["a", 3]}}}, "invalid-type"),
    ({"facts": {"wet": {"kind": "number", "minimum": 3, "maximum": 1}}}, "empty-range"),
    ({"facts": {"wet": {"kind": "set", "of": "filds"}}}, "unknown-list"),
    ({"facts": {"wet": {}}}, "missing-key"),
    ({"lists": {"fields": {"items": {"a": {"items": ["b"]}, "b": "B"}}}}, "duplicate-id"),
    (
        {"lists": {"fields": {"items": ["a"]}, "part": {"among": "part", "items": ["a"]}}},
        "unknown-list",
    ),
    (
        {
            "lists": {
                "fields": {"items": ["a"]},
                "part": {"among": "fields", "items": ["a"]},
                "p2": {"among": "part", "items": ["a"]},
            }
        },
        "nested-among",
    ),
    (
        {
            "lists": {
                "fields": {"items": ["a"]},
                "part": {"among": "fields", "items": {"a": {"items": ["c"]}}},
            }
        },
        "nested-among",
    ),
    ({"criteria": {"benefit": {"scale": "five", "combine": "geometric"}}}, "misplaced-key"),
    (
        {"criteria": {"g": {"weights": "someway", "criteria": {"benefit": {"scale": "five"}}}}},
        "unknown-weight-space",
    ),
    ({"criteria": {"benefit": {"scale": {"range": [1, 5], "levels": {9: "x"}}}}}, "off-scale"),
    ({"criteria": {"benefit": {"scale": "five", "anchors": {7: "x"}}}}, "off-scale"),
    ({"criteria": {}}, "too-few"),
    (
        {
            "criteria": {
                "benefit": {"scale": "five"},
                "g": {"criteria": {"benefit": {"scale": "five"}}},
            }
        },
        "duplicate-id",
    ),
    ({"verdicts": {"only": {}}, "guardrails": {}}, "too-few-verdicts"),
    ({"defaults": {"met": "insde"}}, "unknown-verdict"),
    ({"bands": {"a": 120}}, "out-of-range"),
    ({"standing": ["reviw"]}, "unknown-safeguard"),
    ({"applies": "wt"}, "unknown-name"),
    ({"guardrails": {"dry": {"steps": [{"when": "wett", "then": "refer"}]}}}, "unknown-name"),
    ({"source": [{"id": "nowhere", "clause": "3"}]}, "unknown-source"),
    (
        {"guardrails": {"dry": {"when": "wet", "needs": [["reviw"]], "then": "refer"}}},
        "unknown-safeguard",
    ),
]


@pytest.mark.parametrize(("changes", "code"), CHECKS)
def test_what_is_wrong_with_a_framework(changes: dict[str, Any], code: str) -> None:
    from collabscore.checks.framework import check_framework

    whole = {**BASE, **changes}
    try:
        found = [issue.code for issue in check_framework(cs.load_framework(whole))]
    except cs.FrameworkError as error:
        found = [diagnostic.code for diagnostic in error.diagnostics]
    assert code in found


@pytest.mark.parametrize(
    ("vocabulary", "code"),
    [
        ({"criteria": {"g": {"criteria": {"a": {"scale": {"range": [0, 1]}}}}}}, "misplaced-key"),
        ({"criteria": {"a": {"scale": "nowhere"}}}, "unknown-scale"),
        ({"criteria": {"a": {"scale": {"range": [0, 1]}, "source": "nowhere"}}}, "unknown-source"),
        ({"conditions": {"c": "nothing"}}, "unknown-name"),
        ({"facts": {"lambda": {"kind": "flag"}}}, "not-a-name"),
    ],
)
def test_what_is_wrong_with_a_vocabulary(vocabulary: dict[str, Any], code: str) -> None:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_vocabulary({"collabscore": "vocabulary/1", "id": "v", **vocabulary})
    assert code in [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_a_surplus_weight_is_refused() -> None:
    with pytest.raises(cs.FrameworkError, match="neither a scale nor criteria"):
        cs.load_framework(framework(criteria={"zeal": {"scale": "five"}, "other": {"weight": 2}}))


def found_in(**parts: Any) -> list[tuple[str, str]]:
    framework = Framework.model_validate({"collabscore": "framework/1", "id": "house", **parts})
    return sorted((found.code, found.place) for found in check_framework(framework))


REFERENCES: list[tuple[dict[str, Any], str, str]] = [
    ({"source": "x"}, "source", "source"),
    ({"source": [{"id": "x"}]}, "source", "source[0].id"),
    ({"facts": {"a": {"kind": "set", "of": "x"}}}, "list", "facts.a.of"),
    ({"lists": {"a": {"among": "x", "items": []}}}, "list", "lists.a.among"),
    ({"criteria": {"a": {"scale": "x"}}}, "scale", "criteria.a.scale"),
    (
        {"criteria": {"g": {"criteria": {"a": {"scale": {**FIVE, "source": "x"}}}}}},
        "source",
        "criteria.g.criteria.a.scale.source",
    ),
    ({"lists": {"a": {"items": {"b": {"items": {"c": {"source": "x"}}}}}}}, "source",
     "lists.a.items.b.items.c.source"),
    ({"defaults": {"met": "x"}}, "verdict", "defaults.met"),
    ({"defaults": {"if_unknown": "x"}}, "verdict", "defaults.if_unknown"),
    ({"standing": ["x"]}, "safeguard", "standing[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "kind", "place"), REFERENCES)
def test_a_name_that_is_defined_nowhere_is_found_wherever_it_stands(
    parts: dict[str, Any], kind: str, place: str
) -> None:
    assert found_in(**parts) == [(f"unknown-{kind}", place)]


@pytest.mark.parametrize("field", ["then", "met", "if_unknown"])
@pytest.mark.parametrize("in_steps", [True, False])
def test_unknown_verdicts_of_a_step(field: str, in_steps: bool) -> None:
    step: dict[str, Any] = {"needs": ["review"], "then": "refer", field: "x"}
    guardrail = {"steps": [step]} if in_steps else step
    found = found_in(safeguards={"review": {}}, guardrails={"rule": guardrail})
    path = "guardrails.rule.steps[0]" if in_steps else "guardrails.rule"
    assert found == [("unknown-verdict", f"{path}.{field}")]


def test_one_of_several_safeguards_is_unknown() -> None:
    guardrail = {"needs": ["review", ["plan", "x"]], "then": "refer"}
    found = found_in(safeguards={"review": {}, "plan": {}}, guardrails={"rule": guardrail})
    assert found == [("unknown-safeguard", "guardrails.rule.needs[1][1]")]


def test_an_id_is_taken_by_what_stands_first_criteria_before_all() -> None:
    found = found_in(
        facts={"a": {"kind": "flag"}},
        lists={"a": {"items": []}},
        criteria={"g": {"criteria": {"a": {"scale": FIVE}}}, "and": {"scale": FIVE}},
        conditions={"scale": "a"},
    )
    assert found == [
        ("duplicate-id", "facts.a"),
        ("duplicate-id", "lists.a"),
        ("not-a-name", "criteria.and"),
    ]


def test_names_of_fields_may_be_ids() -> None:
    assert (
        found_in(
            scales={"levels": FIVE},
            criteria={
                "criteria": {"scale": "levels"},
                "scale": {"scale": FIVE},
                "of": {"scale": FIVE},
            },
        )
        == []
    )


def test_a_vocabulary_has_leaf_criteria_only() -> None:
    vocabulary = Vocabulary.model_validate(
        {
            "collabscore": "vocabulary/1",
            "id": "words",
            "criteria": {"a": {"scale": "x"}, "b": {}, "c": {"criteria": {"d": {"scale": FIVE}}}},
        }
    )
    found = sorted((found.code, found.place) for found in check_vocabulary(vocabulary))
    assert found == [
        ("misplaced-key", "criteria.c.criteria"),
        ("missing-key", "criteria.b"),
        ("unknown-scale", "criteria.a.scale"),
    ]


def test_what_the_vocabulary_defines_is_not_defined_anew() -> None:
    words = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "scales": {"five": FIVE},
        "facts": {"dry": {"kind": "flag"}},
        "criteria": {"gain": {"scale": "five"}},
    }
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(
            {
                "collabscore": "framework/1",
                "id": "house",
                "uses": words,
                "scales": {"five": FIVE, "dry": FIVE},
                "criteria": {"gain": {"weight": 2, "title": "Gain"}, "dry": {"scale": "five"}},
                "conditions": {"gain": "dry"},
            }
        )
    assert sorted(
        found.place for found in caught.value.diagnostics if found.code == "redefined"
    ) == [
        "conditions.gain",
        "criteria.dry",
        "criteria.gain.title",
        "scales.five",
    ]


# names


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
    found = list(
        repeated_names(named, "duplicate-id", "the id `{}` is used twice", "first used here")
    )
    assert [one.path for one in found] == [(2,), (3,)]
    assert {one.message for one in found} == {"the id `{}` is used twice"}
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
    def check_chain(n: int) -> Callable[[], object]:
        chain: dict[str, str | None] = {str(k): str(k + 1) for k in range(n)}
        assert circular_names(chain) == set()
        circle = {**chain, str(n): "0"}
        assert circular_names(circle) == set(circle)
        return lambda: (circular_names(chain), circular_names(circle))

    assert growth(check_chain, 2_000) < 2.1


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
