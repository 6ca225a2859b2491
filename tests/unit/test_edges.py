from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import collabscore as cs
from collabscore.documents.checking import check
from collabscore.models.base import Element, Source, citations, title_of, verification

BASE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "x",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
}


def codes(document: Any) -> list[str]:
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(document)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"scales": {"five": {"range": [1, 5], "levels": {"1": "low", "1.0": "lower"}}}},
        "duplicate-key",
    ),
    ({"scales": {"five": {"range": [1, 5], "levels": ["low"]}}}, "invalid-type"),
    ({"scales": {"five": {"range": [1, 5], "levels": {"one": "low"}}}}, "invalid-type"),
    ({"scales": {"five": {"range": [1, 2, 3]}}}, "too-many"),
    ({"scales": {"five": {"range": [1]}}}, "missing-key"),
    ({"scales": {"five": None}}, "invalid-type"),
    ({"scales": {"five": True}}, "invalid-type"),
    ({"criteria": {"benefit": {"scale": "five", "weight": [0, 0]}}}, "weight-not-positive"),
    ({"criteria": {"benefit": {"scale": "five", "weight": {"low": 1}}}}, "invalid-type"),
    ({"criteria": {"benefit": {"scale": "five", "value": {1: 100}}}}, "too-few"),
    ({"criteria": {"benefit": {"scale": "five", "value": {1: 100, 5: 120}}}}, "out-of-range"),
    ({"facts": {"wet": {"kind": "level", "levls": ["a", "b"]}}}, "unknown-key"),
    ({"facts": {"wet": {"kind": "number", "levels": ["a"]}}}, "unknown-key"),
    ({"id": ""}, "empty-text"),
    ({"id": "a\x07b"}, "invalid-id"),
    ({"id": "x" * 300}, "too-long"),
    ({"version": True}, "invalid-type"),
    ({"guardrails": {"g": {"steps": []}}}, "too-few"),
    ({"verdicts": {"a": {"tier": 0}, "b": {}}}, "out-of-range"),
    ({"sources": {"s": {"title": "T", "verified": "yes"}}}, "invalid-choice"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_a_wrong_shape_has_a_code(changes: dict[str, Any], code: str) -> None:
    assert code in codes({**BASE, **changes})


def test_mistakes_in_lists_keep_their_places() -> None:
    listed = [
        {"id": "a", "ratings": {"benefit": 9}},
        {"title": "no id", "ratings": {"benefit": 9}},
        {"id": "c", "safeguards": [3, "reviw"], "ratings": {"benefit": 7}, "part_of": "nobody"},
    ]
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, BASE)
    found = {diagnostic.place: diagnostic.code for diagnostic in caught.value.diagnostics}
    assert found["candidates[a].ratings.benefit"] == "off-scale"
    assert found["candidates[1]"] == "missing-key"
    assert found["candidates[c].ratings.benefit"] == "off-scale"
    assert found["candidates[c].safeguards[1]"] == "unknown-safeguard"
    assert found["candidates[c].part_of"] == "unknown-candidate"


def test_a_condition_over_several_lines_is_marked_at_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "collabscore: framework/1\nid: x\nfacts: {wet: {kind: flag}}\nguardrails:\n"
        "  g:\n    then: refer\n    when: >-\n      wet and\n      not dry\n"
    )
    (found,) = check(file).diagnostics
    assert found.code == "unknown-name"
    assert found.span is not None
    assert found.span.line == 7


def test_two_keys_meant_for_one_are_both_named() -> None:
    document = {**BASE, "criteria": {"benefit": {"scal": "five", "sacle": "five"}}}
    assert codes(document).count("unknown-key") == 2


def test_how_far_an_element_is_verified() -> None:
    sources = {"a": Source(title="A", verified="primary"), "b": Source(title="B")}
    assert verification(Element(source=["a", {"id": "b"}]), sources) == "no"  # type: ignore[list-item]
    assert verification(Element(source="a"), sources) == "primary"
    assert verification(Element(source="b", verified="secondary"), sources) == "secondary"
    assert verification(Element(), sources) is None
    assert citations(None) == ()
    assert (title_of("__"), title_of("two_words"), title_of("x", "Title")) == (
        "__",
        "Two words",
        "Title",
    )


def test_names_of_the_package() -> None:
    assert dir(cs) == cs.__all__
    with pytest.raises(AttributeError, match="no attribute 'scor'"):
        cs.scor  # noqa: B018


def test_nothing_is_checked_without_words(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- {id: a}\n")
    with pytest.raises(cs.UsageError, match="no framework is named"):
        check(file)
    file.write_text("collabscore: candidates/1\nframework: [3, guardrail]\ncandidates: []\n")
    assert [diagnostic.code for diagnostic in check(file).diagnostics] == ["invalid-type"]
