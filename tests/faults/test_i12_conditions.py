"""Conditions with sizes, sums and dates: what they mean, and their mistakes. Issue 12."""

from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.errors import FrameworkError

LISTS: dict[str, Any] = {
    "topics": {"items": {"quantum": {"items": ["computing", "sensing"]}, "soil": {}, "oceans": {}}},
    "areas": {"among": "topics", "items": ["quantum", "oceans"]},
    "parts": {"among": "topics", "items": ["computing", "sensing"]},
    "one_part": {"among": "topics", "items": ["computing"]},
}
FACTS: dict[str, Any] = {
    "fields": {"kind": "set", "of": "topics"},
    "animals": {"kind": "flag"},
    "budget": {"kind": "number", "minimum": 0},
    "stage": {"kind": "level", "levels": ["basic", "applied"]},
}


def framework(when: str, **more: Any) -> dict[str, Any]:
    return {
        "collabscore": "framework/1",
        "id": "small",
        "lists": LISTS,
        "facts": FACTS,
        "guardrails": {"rule": {"when": when, "then": "outside"}},
        **more,
    }


def state(when: str, **facts: Any) -> str:
    """Return the state of a rule that bars where a condition holds."""
    (found,) = cs.score([{"id": "a", "facts": facts}], framework(when))
    return found.findings[0].state


def refusal(when: str, **more: Any) -> tuple[str, str, str, str | None]:
    """Return code, marked text, message and help of the mistake in a condition."""
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(framework(when, **more))
    (found,) = caught.value.diagnostics
    start, end = found.within or (0, 0)
    return found.code, when[start:end], found.message, found.help


HOLDS, FAILS, OPEN = "barred", "clear", "unknown"


@pytest.mark.parametrize(
    ("when", "fields", "expected"),
    [
        ("within(fields, one_part)", [], HOLDS),
        ("within(fields, one_part)", ["computing"], HOLDS),
        ("within(fields, one_part)", ["computing", "soil"], FAILS),
        ("within(fields, areas)", ["quantum", "oceans"], HOLDS),
        ("within(fields, areas)", ["computing"], HOLDS),
        ("within(fields, parts)", ["quantum"], HOLDS),
        ("within(fields, one_part)", ["quantum"], OPEN),
        ("within(fields, one_part)", ["quantum", "computing"], HOLDS),
        ("within(fields, one_part)", ["quantum", "sensing"], FAILS),
        ("within(fields, [soil, oceans])", {"at_least": ["soil"]}, OPEN),
        ("within(fields, [soil, oceans])", {"at_least": ["quantum"]}, FAILS),
        ("within(fields, topics)", "unknown", HOLDS),
        ("within(fields, areas) or overlaps(fields, [soil])", "unknown", HOLDS),
        ("size(fields) == 0", [], HOLDS),
        ("size(fields) == 1", ["quantum"], HOLDS),
        ("size(fields) == 1", ["quantum", "computing"], HOLDS),
        ("size(fields) == 2", ["quantum", "computing", "sensing"], HOLDS),
        ("2 <= size(fields) < 4", ["quantum", "soil"], HOLDS),
        ("3 > size(fields)", ["quantum", "soil", "oceans"], FAILS),
        ("size(fields) in [0, 2]", ["soil"], FAILS),
        ("size(fields) >= 2", {"at_least": ["soil"]}, OPEN),
        ("size(fields) >= 1", {"at_least": ["soil"]}, HOLDS),
        ("size(fields) <= 4", {"at_least": ["soil"]}, HOLDS),
        ("size(fields) >= 5", "unknown", FAILS),
        ("size(fields) > 1e99", ["soil"], FAILS),
        ("size(fields) >= 2", {"one_of": [["soil", "oceans"], ["computing", "sensing"]]}, HOLDS),
        ("size(fields) >= 3 and within(fields, parts)", "unknown", FAILS),
        ("size(fields) >= 1 or within(fields, one_part)", "unknown", HOLDS),
        ("size(fields) == 1 and overlaps(fields, [soil]) and oceans in fields", "unknown", FAILS),
    ],
)
def test_sets_as_a_whole(when: str, fields: Any, expected: str) -> None:
    assert state(when, fields=fields) == expected


def test_area_alone_counts_one_whatever_of_it_is_meant() -> None:
    when = "size(fields) == 1 and computing in fields and sensing in fields"
    assert state(when, fields=["quantum"]) == OPEN
    assert state(when, fields=["computing", "sensing"]) == FAILS
    # who says nothing may mean the same
    assert state(when, fields="unknown") == OPEN


def test_sets_that_conditions_tell_apart_are_said_in_words() -> None:
    when = "size(fields) >= 2 and within(fields, areas)"
    found = cs.load_framework(framework(when)).answer_classes("fields", None)
    assert [each.label for each in found] == [
        "nothing outside areas, 0 to 1 item",
        "nothing outside areas, 2 items or more",
        "something outside areas, 0 to 1 item",
        "something outside areas, 2 items or more",
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (
            "size(fields)",
            (
                "condition-type",
                "size(fields)",
                "`size` gives a number, not true or false",
                "compare it: `size(fields) >= 2`",
            ),
        ),
        (
            "size(fields) >= budget",
            (
                "condition-type",
                "budget",
                "`size(fields)` is compared with `budget`",
                "compare it with a number: `size(fields) >= 3`",
            ),
        ),
        (
            "size(fields) in [soil]",
            (
                "condition-type",
                "soil",
                "`size(fields)` is compared with `soil`",
                "compare it with a number: `size(fields) >= 3`",
            ),
        ),
        (
            "size(stage) >= 2",
            (
                "unknown-name",
                "stage",
                "`stage` is not a fact of the kind set",
                "choose from `fields`",
            ),
        ),
        (
            "size(fields, areas) >= 2",
            (
                "condition-type",
                "size(fields, areas)",
                "`size(fields, areas)` is not how `size` is used",
                "write `size(fields)`",
            ),
        ),
        (
            "within(stage, [basic])",
            (
                "unknown-name",
                "stage",
                "`stage` is not a set or a fact with `several: true`",
                "choose from `fields`",
            ),
        ),
        (
            "within(fields, area)",
            ("unknown-name", "area", "`area` is not a list", "did you mean `areas`?"),
        ),
        (
            "within(fields, [soill])",
            (
                "unknown-name",
                "soill",
                "`soill` is not an item of `fields`",
                "did you mean `soil`?",
            ),
        ),
    ],
)
def test_mistakes_about_sets(when: str, expected: tuple[str, str, str, str]) -> None:
    assert refusal(when) == expected
