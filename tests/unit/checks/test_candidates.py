"""Mistakes in lists of candidates."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import collabscore as cs
from collabscore.checks.candidates import check_candidates
from collabscore.models.candidates import Candidates
from unit.small_framework import BASE


def test_everything_else_about_candidates() -> None:
    listed = [
        {"id": "a", "safeguards": [{"id": "review", "evidence": ["nowhere"]}], "part_of": "b"},
        {
            "id": "b",
            "part_of": "c",
            "facts": {"benefit": 3, "wet": {"value": "yes", "evidence": [{"id": "nowhere"}]}},
        },
        {"id": "c", "part_of": "b", "ratings": {"wet": 3}},
    ]
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(listed, BASE)
    codes = [diagnostic.code for diagnostic in caught.value.diagnostics]
    assert sorted(codes) == sorted(
        ["unknown-source"] * 2 + ["unknown-fact", "unknown-criterion"] + ["circular-part"] * 3
    )


FIVE = {"range": [1, 5]}
ONE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "one",
    "criteria": {"gain": {"scale": FIVE}},
    "facts": {"dry": {"kind": "flag"}},
    "safeguards": {"review": {}},
    "sources": {"act": {"title": "An act"}},
}
OTHER = {**ONE, "id": "other", "criteria": {"cost": {"scale": FIVE}}, "safeguards": {"plan": {}}}


def found_in(*listed: object, frameworks: tuple[dict[str, Any], ...] = (ONE, OTHER)) -> list[Any]:
    candidates = Candidates.model_validate({"candidates": list(listed)})
    return check_candidates(candidates, [cs.load_framework(framework) for framework in frameworks])


def test_a_candidate_may_use_the_definitions_of_any_framework() -> None:
    ratings = {"gain": 3, "cost": {"value": 2, "evidence": ["act"]}}
    good = {
        "id": "a",
        "ratings": ratings,
        "facts": {"dry": "yes"},
        "safeguards": ["review", "plan"],
    }
    assert found_in(good) == []


def test_an_undefined_id_names_the_frameworks_and_the_section_where_it_belongs() -> None:
    listed = {"id": "a", "ratings": {"dry": 3}, "facts": {"gain": 3}, "safeguards": ["revew"]}
    criterion, fact, safeguard = found_in(listed)
    assert criterion.message == "`dry` is not a criterion of `one` or `other`"
    assert criterion.help == "`dry` is a fact: write it under `facts`"
    assert fact.help == "`gain` is a criterion: write it under `ratings`"
    assert safeguard.help == "did you mean `review`?"
    notes = [(note.path, note.message) for note in safeguard.notes]
    messages = [f"the safeguards of `{name}` begin here" for name in ("one", "other")]
    assert notes == [(("safeguards",), message) for message in messages]


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"ratings": {"gain": {"value": 2, "evidence": ["x"]}}}, "ratings.gain.evidence[0]"),
        ({"facts": {"dry": {"value": "no", "evidence": ["act", {"id": "x"}]}}},
         "facts.dry.evidence[1].id"),
        ({"safeguards": ["plan", {"id": "review", "evidence": ["x"]}]}, "safeguards[1].evidence[0]"),
    ],
)  # fmt: skip
def test_evidence_names_a_source(entry: dict[str, Any], place: str) -> None:
    (found,) = found_in({"id": "a", **entry})
    assert (found.code, found.place) == ("unknown-source", f"candidates[0].{place}")


def test_ids_and_safeguards_stand_once() -> None:
    twice = ["review", {"id": "review", "status": "planned"}]
    found = found_in({"id": "a"}, {"id": "a", "safeguards": twice})
    assert [(one.code, one.place) for one in found] == [
        ("duplicate-id", "candidates[1].id"),
        ("repeated-word", "candidates[1].safeguards[1].id"),
    ]


CONFLICTS = """
import collabscore as cs
base = {"collabscore": "framework/1", "id": "one",
        "facts": {name: {"kind": "flag"} for name in "abcdefgh"}}
other = {**base, "id": "other", "facts": {name: {"kind": "number"} for name in "hgfedcba"}}
try:
    cs.load_candidates([], [base, other])
except cs.CandidateError as error:
    print(*(found.message[9:12] for found in error.diagnostics))
"""


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_conflicts_come_in_the_order_of_the_first_framework(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFLICTS],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.split() == [f"`{name}`" for name in "abcdefgh"]
