from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabscore import Framework, UsageError, load_candidates, load_framework, score
from collabscore.documents.loading import shipped, shipped_path
from collabscore.documents.reader import read_yaml
from collabscore.documents.templates import candidates_template, framework_template


def _framework(**more: Any) -> Framework:
    return load_framework(
        {
            "collabscore": "framework/1",
            "id": "small",
            "criteria": {
                "gain": {
                    "criteria": {
                        "benefit": {
                            "question": "Is there any?",
                            "scale": {"range": [1, 5], "levels": {1: "none at all"}},
                            "anchors": {1: "nobody gains", 5: "all do"},
                            "weight": 3,
                        },
                        "skills": {"scale": {"range": [0, 100], "unit": "%"}, "prefer": "low"},
                    }
                }
            },
            "facts": {
                "stage": {"kind": "level", "levels": {"basic": "no use in view", "no": None}}
            },
            "safeguards": {
                "terms": {"title": "Written terms", "consists_of": "a signed text"},
                "other": {},
            },
            "guardrails": {"papers": {"needs": ["terms"], "then": "refer"}},
            **more,
        }
    )


def test_a_list_asks_what_the_framework_asks() -> None:
    text = candidates_template(_framework(), "small.yaml", schema="list.schema.json")
    for line in (
        "# yaml-language-server: $schema=./list.schema.json",
        "framework: small.yaml",
        "      # Benefit (75 % of the weight; higher is better)",
        "      #   Is there any?",
        "      #     1 = none at all: nobody gains",
        "      #     5 = all do",
        "      benefit: unknown",
        "      # Skills (25 % of the weight; lower is better)",
        "      #   from 0 to 100 %",
        "      #     basic = no use in view",
        '      #     "no"',
        "      stage: unknown",
        "    # safeguards:",
        "    #   - terms",
        "    #       # Written terms: a signed text",
    ):
        assert line in text.splitlines()
    assert "other" not in text.split("safeguards:")[1]


def test_a_list_loads_and_scores_as_it_is() -> None:
    framework = _framework()
    listed = load_candidates(read_yaml(candidates_template(framework), "<template>"), framework)
    assert [candidate.id for candidate in listed.candidates] == ["first-candidate"]
    assert score(listed, framework)["first-candidate"].rated == 0


def test_safeguards_hold_once_the_sign_is_taken_away() -> None:
    lines = candidates_template(_framework()).splitlines()
    start = lines.index("    # safeguards:")
    for k in (start, start + 1):
        lines[k] = lines[k].replace("# ", "", 1)
    listed = load_candidates(read_yaml("\n".join(lines), "<template>"), _framework())
    assert listed.candidates[0].safeguards == ["terms"]


def test_facts_that_nothing_rests_on_are_not_asked_for() -> None:
    vocabulary = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "facts": {
            "used": {"kind": "flag"},
            "through": {"kind": "flag"},
            "unused": {"kind": "flag"},
        },
        "conditions": {"named": "through"},
    }
    guardrails = {"g": {"when": "used and not named", "then": "refer"}}
    framework = _framework(uses=vocabulary, facts={}, guardrails=guardrails)
    text = candidates_template(framework)
    assert "      used: unknown" in text
    assert "      through: unknown" in text
    assert "      unused: unknown" not in text
    assert "      # unused" in text


def test_a_framework_that_only_gates_has_no_ratings() -> None:
    framework = load_framework(
        {
            "collabscore": "framework/1",
            "id": "gates",
            "facts": {"harmful": {"kind": "flag"}},
            "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
        }
    )
    text = candidates_template(framework)
    assert "ratings:" not in text
    assert load_candidates(read_yaml(text, "<template>"), framework).candidates[0].facts == {
        "harmful": "unknown"
    }


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_framework_gives_documents_that_load(name: str) -> None:
    framework = load_framework(name)
    listed = load_candidates(read_yaml(candidates_template(framework, name), "<template>"))
    assert set(listed.candidates[0].ratings) == set(framework.leaves)
    file = shipped_path(name)
    assert file is not None
    adapted = load_framework(
        read_yaml(framework_template(file.read_text(encoding="utf-8"), framework), "<template>")
    )
    assert adapted.id == f"my-{name}"
    assert list(adapted.nodes) == list(framework.nodes)
    assert max(map(len, candidates_template(framework, name).splitlines())) <= 120


def test_only_the_id_of_the_framework_changes() -> None:
    text = "# a remark\ncollabscore: framework/1\nid: small # first\nsources:\n  a: {title: A}\n"
    framework = load_framework(read_yaml(text, "<text>"))
    adapted = framework_template(text, framework, id="no")
    assert adapted.endswith(
        '# a remark\ncollabscore: framework/1\nid: "no"  # choose your own\nsources:\n  a: {title: A}\n'
    )
    with pytest.raises(UsageError, match="no line that begins with `id:`"):
        framework_template('{"collabscore": "framework/1", "id": "small"}', framework)


@given(word=st.text(min_size=1, max_size=30))
def test_no_word_of_a_framework_escapes_from_its_comment(word: str) -> None:
    from collabscore import DocumentError

    try:
        framework = _framework(
            title=word,
            summary=word,
            facts={
                "stage": {
                    "kind": "choice",
                    "options": {word: word, "other": None},
                    "question": word,
                }
            },
            safeguards={"terms": {"title": word, "consists_of": word}},
        )
    except DocumentError:
        return
    listed = load_candidates(read_yaml(candidates_template(framework), "<template>"), framework)
    candidate = listed.candidates[0]
    assert candidate.facts == {"stage": "unknown"}
    assert set(candidate.ratings.values()) == {"unknown"}
    assert candidate.safeguards == []
