from __future__ import annotations

import pytest

import collabscore as cs
from collabscore.checks.completeness import (
    count_answers,
    placeholder_warnings,
    texts_of_base,
    without_metadata,
)
from collabscore.models.answers import FactDetail
from collabscore.models.criteria import RatingDetail

FRAMEWORK = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {key: {"scale": {"range": [1, 5]}} for key in ("gain", "risk")},
    "facts": {"harmful": {"kind": "flag"}, "stage": {"kind": "level", "levels": ["low", "high"]}},
}


@pytest.mark.parametrize(
    ("entry", "plain"),
    [
        (None, None),
        ("unknown", None),
        (False, False),
        ([2, 4], [2, 4]),
        (RatingDetail(value=3, note="so"), 3),
        (RatingDetail(value="unknown"), None),
        (RatingDetail(low=2, high=4), [2, 4]),
        (RatingDetail(low=2, value=3, high=4), [2, 3, 4]),
        (FactDetail(value=True, by="office"), True),
        (FactDetail(value={"value": "yes"}), "yes"),
        (FactDetail(value={"at_least": ["b", "a"]}), {"at_least": ["a", "b"]}),
        (FactDetail(low=1, high=2), [1, 2]),
        (FactDetail(at_least=["b", "a"]), {"at_least": ["a", "b"]}),
        (FactDetail(all_of=["b", "a"]), {"all_of": ["a", "b"]}),
        (FactDetail(one_of=["b", ["c", "a"]], note="so"), {"one_of": [["c", "a"], "b"]}),
        (FactDetail(value={"one_of": [True, False]}), {"one_of": [False, True]}),
    ],
)
def test_entries_are_compared_without_their_metadata(entry: object, plain: object) -> None:
    assert without_metadata(entry) == plain


@pytest.mark.parametrize(
    ("entry", "is_given"),
    [
        (3, True),
        ([1, 4], True),
        ([1, 5], False),
        ({"value": 3, "note": "as said"}, True),
        ({"low": 1, "high": 2}, True),
        ("unknown", False),
        (None, False),
        ({"value": "unknown", "note": "nobody knows"}, False),
        ({"note": "to be asked"}, False),
    ],
)
def test_an_entry_counts_as_an_answer_if_it_says_something(entry: object, is_given: bool) -> None:
    framework = cs.load_framework(FRAMEWORK)
    listed = cs.load_candidates([{"id": "a", "ratings": {"gain": entry}}], framework)
    by_title = {one.title: one for one in count_answers(listed)}
    assert by_title["Gain"].given == is_given
    assert by_title["Gain"].missing == (() if is_given else ("a",))
    assert [one.section for one in by_title.values()] == ["ratings"] * 2 + ["facts"] * 2


def test_questions_of_several_frameworks_are_counted_once_each() -> None:
    one = cs.load_framework(FRAMEWORK)
    other = cs.load_framework({**FRAMEWORK, "id": "other"})
    listed = cs.load_candidates(
        [{"id": "a"}, {"id": "b", "facts": {"harmful": False}}], [one, other]
    )
    assert [(each.title, each.given) for each in count_answers(listed)] == [
        ("Gain", 0),
        ("Risk", 0),
        ("Harmful", 1),
        ("Stage", 0),
    ]


def test_facts_of_a_vocabulary_count_if_the_framework_asks_for_them() -> None:
    framework = cs.load_framework("guardrail")
    counted = count_answers(cs.load_candidates([{"id": "a"}], framework))
    facts = [one for one in counted if one.section == "facts"]
    assert len(facts) == len(framework.facts_asked) < len(framework.all_facts)


@pytest.mark.parametrize(
    ("title", "is_placeholder"),
    [
        ("Name of the first candidate", True),
        ("Name of candidate 12", True),
        ("Name of the second candidate", True),
        ("Name of the candidate countries", False),
        ("The first candidate", False),
    ],
)
def test_placeholders_are_whole_texts(title: str, is_placeholder: bool) -> None:
    listed = cs.load_candidates([{"id": "a", "title": title}], cs.load_framework(FRAMEWORK))
    assert [one.path for one in placeholder_warnings(listed)] == (
        [("candidates", 0, "title")] if is_placeholder else []
    )


def test_what_is_left_of_a_base() -> None:
    base = {"id": "a", "title": "A", "issuer": "B", "summary": "C", "sources": {"s": {}}}

    def left(framework: dict[str, object], named: bool) -> list[object]:
        return [one.path[0] for one in texts_of_base(framework, base, named=named)]

    assert left({**base, "id": "b"}, True) == ["title", "summary", "issuer", "sources"]
    assert left({**base, "id": "my-a"}, False) == ["id", "title", "summary", "issuer", "sources"]
    assert left({"id": "b", "issuer": "B"}, True) == ["issuer"]
    assert left({"id": "b", "issuer": "B"}, False) == []
    assert left({"id": "b", "title": "T", "summary": "C"}, False) == ["summary"]
    assert left({"id": "b"}, True) == []
