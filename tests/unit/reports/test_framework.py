"""A framework as a page, and as plain data."""

from __future__ import annotations

import json
from typing import Any

import pytest

import collabscore as cs
from collabscore.documents.loading import shipped
from collabscore.output import Bullets, Heading, Paragraph
from collabscore.reports.framework import direction_of, framework_data, framework_page

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "title": "House rules",
    "version": "2",
    "issuer": "An office",
    "sources": {
        "accord": {"title": "An accord", "url": "https://example.org/a", "verified": "primary"},
        "hearsay": {"title": "A report", "verified": "no", "note": "Never published."},
    },
    "scales": {"five": {"range": [1, 5], "levels": {1: "none", 5: "much"}}},
    "missing": "worst",
    "criteria": {
        "gain": {
            "title": "Gain",
            "weight": 3,
            "criteria": {
                "shared": {
                    "title": "Shared problem",
                    "scale": "five",
                    "weight": 2,
                    "question": "Is the problem shared?",
                    "anchors": {1: "by nobody", 5: "by all"},
                    "note": "Asked of both.",
                    "source": {"id": "accord", "clause": "article 3"},
                },
                "skills": {"title": "Skills", "scale": "five", "basis": "judgement"},
            },
            "combine": "geometric",
        },
        "risk": {"title": "Risk", "scale": {"range": [0, 10], "unit": "points"}, "prefer": "low"},
        "size": {"title": "Size", "scale": {"range": [0, 4]}, "value": {0: 0, 2: 100, 4: 20}},
    },
    "facts": {
        "stage": {
            "kind": "level",
            "title": "Stage",
            "levels": {"basic": "no use", "applied": None},
        },
        "harm": {"kind": "flag", "title": "Harm", "question": "Is it harmful?"},
    },
    "safeguards": {
        "review": {"title": "Review", "consists_of": "two readers", "source": "hearsay"},
        "terms": {"title": "Terms"},
    },
    "standing": ["terms"],
    "conditions": {"late": "stage >= applied"},
    "guardrails": {
        "use": {
            "title": "Use",
            "reason": "Use is watched.",
            "when": "late",
            "needs": [["review", "terms"]],
            "then": "refer",
            "note": "By the board.",
        },
        "harm": {"title": "Harm", "when": "harm", "then": "outside"},
        "always": {"title": "Papers", "needs": ["terms"], "then": "refer"},
    },
    "bands": {"low": 0, "high": 60},
}


@pytest.fixture(scope="module")
def house() -> cs.Framework:
    return cs.load_framework(FRAMEWORK)


def lines_of(framework: cs.Framework, *, long: bool = False) -> list[str]:
    """Return the texts of the page, items indented by two blanks for each depth."""
    lines = []
    for block in framework_page(framework, long=long).blocks:
        if isinstance(block, Heading | Paragraph):
            lines.append(block.text)
        elif isinstance(block, Bullets):
            lines += ["  " * item.depth + item.text for item in block]
    return lines


def test_the_head_names_what_was_issued(house: cs.Framework) -> None:
    lines = lines_of(house)
    assert lines[0] == framework_page(house).title == "House rules"
    assert "Id: house, version 2" in lines
    assert f"Digest: {house.digest}" in lines
    assert not any(line.startswith(("Legal force", "Applies if", "Vocabulary")) for line in lines)


def test_each_criterion_has_its_weight_direction_scale_and_grounds(house: cs.Framework) -> None:
    lines = lines_of(house)
    assert "Criteria: 4 in 1 group, combined by the arithmetic mean" in lines
    assert "An unknown rating counts as the worst of its scale." in lines
    assert "Gain (gain): weight 60 %; combined by the geometric mean" in lines
    assert (
        "  Shared problem (shared): weight 40 % (66.7 % of its group); higher is better;"
        " scale 1 to 5; source: accord (article 3)" in lines
    )
    assert any(
        line.startswith("Risk (risk): weight 20 %; lower is better; scale 0 to 10 points")
        for line in lines
    )
    assert "Size (size): weight 20 %; value 0 at 0, 100 at 2, 20 at 4; scale 0 to 4" in lines


def test_each_guardrail_has_a_line_for_each_step(house: cs.Framework) -> None:
    lines = lines_of(house)
    start = lines.index("Guardrails: 3")
    assert lines[start + 2 :][:7] == [
        "Use (use)",
        "  Reason: Use is watched.",
        (
            "  If `late`: refer, or conditional with Review (review) or Terms (terms)."
            " As long as it is unknown: refer."
        ),
        "Harm (harm)",
        "  If `harm`: outside. As long as it is unknown: refer.",
        "Papers (always)",
        "  Always: refer, or conditional with Terms (terms).",
    ]
    assert "late: stage >= applied" in lines
    assert any(line.endswith(": Terms (terms).") and "every project" in line for line in lines)
    assert "Bands: high from 60, low from 0." in lines


def test_marks_and_sources_are_shown(house: cs.Framework) -> None:
    lines = lines_of(house)
    assert "Review (review); source: hearsay [not verified]" in lines
    assert "  two readers" in lines
    assert "hearsay: A report; not verified. Never published." in lines
    assert "  https://example.org/a" in lines
    assert lines[-1].startswith("Marks: [our choice]")


def test_questions_are_always_shown_and_anchors_notes_and_facts_in_the_long_form(
    house: cs.Framework,
) -> None:
    only_long = [
        "    1: by nobody",
        "    Note: Asked of both.",
        "  Note: By the board.",
        "Facts: 2",
    ]
    only_long += [
        "Stage (stage), level",
        "  basic: no use",
        "  applied",
        "Harm (harm), flag: Is it harmful?",
    ]
    short, long = lines_of(house), lines_of(house, long=True)
    assert "    Is the problem shared?" in short
    assert not set(only_long) & set(short)
    assert set(only_long) <= set(long)
    assert any("scale 1 to 5 (1 none, 5 much)" in line for line in long)
    assert set(short) - set(long) == {line for line in short if "scale 1 to 5" in line}


def test_policies_that_differ_are_said_of_each_criterion() -> None:
    criteria = {
        "a": {"scale": {"range": [1, 5]}, "missing": "worst"},
        "b": {"scale": {"range": [1, 5]}, "missing": "average"},
    }
    lines = lines_of(cs.load_framework({**FRAMEWORK, "criteria": criteria}))
    assert not any(line.startswith("An unknown rating") for line in lines)
    assert any(line.endswith("unknown counts as the worst of its scale") for line in lines)
    assert any(line.endswith("unknown counts as the average of its scale") for line in lines)


@pytest.mark.parametrize(
    ("combine", "words"),
    [
        ("none", "groups have scores, but there is no total"),
        ("minimum", "combined by their minimum"),
        ("harmonic", "combined by the harmonic mean"),
        (2.5, "combined by the power mean of exponent 2.5"),
    ],
)
def test_the_mean_of_the_whole_is_named(combine: Any, words: str) -> None:
    framework = cs.load_framework({**FRAMEWORK, "combine": combine})
    assert any(
        line.startswith("Criteria:") and line.endswith(words) for line in lines_of(framework)
    )


def test_a_framework_without_criteria_says_so() -> None:
    bare = {key: FRAMEWORK[key] for key in FRAMEWORK if key not in ("criteria", "missing", "bands")}
    lines = lines_of(cs.load_framework(bare))
    assert "None: this framework has guardrails and no score." in lines


def test_direction(house: cs.Framework) -> None:
    words = {key: direction_of(house.nodes[key]) for key in ("shared", "risk", "size")}
    assert words == {
        "shared": "higher is better",
        "risk": "lower is better",
        "size": "value 0 at 0, 100 at 2, 20 at 4",
    }


@pytest.mark.parametrize("name", shipped())
def test_page_and_data_hold_every_element_of_a_shipped_framework(name: str) -> None:
    framework = cs.load_framework(name)
    page = "\n".join(lines_of(framework, long=True))
    data = json.loads(json.dumps(framework_data(framework)))
    assert data["collabscore"] == "framework-page/1"
    assert [entry["id"] for entry in data["criteria"]] == list(framework.nodes)
    assert [entry["id"] for entry in data["guardrails"]] == list(framework.guardrails)
    for key, node in framework.nodes.items():
        assert f"{node.title} ({key}): " in page
    for key, guardrail in framework.guardrails.items():
        assert f"{guardrail.title} ({key})" in page
        for step in guardrail.all_steps():
            assert (
                f"If `{step.when}`: {step.then}" if step.when else f"Always: {step.then}"
            ) in page
    for key, source in framework.all_sources.items():
        assert f"{key}: {source.title}" in page


def test_data_of_a_criterion_a_guardrail_and_a_source(house: cs.Framework) -> None:
    data = json.loads(json.dumps(framework_data(house)))
    criteria = {entry["id"]: entry for entry in data["criteria"]}
    assert criteria["gain"]["children"] == ["shared", "skills"]
    assert criteria["gain"]["combine"] == "geometric"
    assert criteria["shared"]["path"] == ["gain", "shared"]
    assert criteria["shared"]["levels"] == {"1": "none", "5": "much"}
    assert criteria["shared"]["source"] == [{"id": "accord", "clause": "article 3"}]
    assert criteria["shared"]["overall"] == pytest.approx(0.4)
    assert criteria["skills"]["basis"] == "judgement"
    assert (criteria["risk"]["prefer"], criteria["size"]["prefer"]) == ("low", None)
    assert criteria["size"]["value"] == {"0": 0, "2": 100, "4": 20}
    use, harm, always = data["guardrails"]
    assert use["steps"] == [
        {
            "when": "late",
            "needs": [["review", "terms"]],
            "then": "refer",
            "met": "conditional",
            "if_unknown": "refer",
            "reason": None,
        }
    ]
    assert harm["steps"][0]["needs"] is None
    assert always["steps"][0]["if_unknown"] is None
    safeguards = {entry["id"]: entry for entry in data["safeguards"]}
    assert safeguards.keys() == {"review", "terms"}
    assert safeguards["review"]["verified"] == "no"
    assert safeguards["review"]["consists_of"] == "two readers"
    assert data["bands"] == {"low": 0, "high": 60}
