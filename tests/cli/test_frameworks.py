from __future__ import annotations

import json
from pathlib import Path

import pytest

from collabscore.documents.loading import load_framework, shipped

from .conftest import Command


def test_the_list_names_every_shipped_framework(collabscore: Command) -> None:
    result = collabscore("frameworks", "--format", "json")
    assert result.exit_code == 0
    assert [record["id"] for record in json.loads(result.stdout)["records"]] == shipped()


def test_a_page_gives_weights_twice_and_marks_what_is_weak(collabscore: Command) -> None:
    text = " ".join(collabscore("frameworks", "show", "house.yaml").stdout.split())
    for words in (
        "Issued by: An office",
        "Legal force: guidance",
        "As of: 2025-06-30",
        "Shared problem (shared): weight 33.3 % (66.7 % of its group); higher is better; scale 1 to 5;",
        "source: accord (article 3)",
        "Benefit (benefit): weight 50 %; gain; combined by the arithmetic mean",
        "Skills (skills): weight 16.7 % (33.3 % of its group)",
        "source: hearsay [not verified]",
        "unknown counts as the worst of its scale [our choice]",
        "If `stage >= applied`: refer, or conditional with Written terms (terms); Review (review) or",
        "If `harmful`: outside. As long as it is unknown: refer.",
        "Written terms (terms). As long as it is unknown: refer.",
        "Written terms (terms)",
        "- a signed text",
        "accord: An accord, An office, 2024; checked at its issuer. https://example.org/accord",
        "hearsay: A report; not verified",
    ):
        assert words in text
    assert "it is the answer" not in text
    assert "it is the answer" in collabscore("frameworks", "show", "house.yaml", "--long").stdout


def test_a_page_keeps_to_its_width(collabscore: Command) -> None:
    result = collabscore("frameworks", "show", "house.yaml", "--long", "--width", "50")
    wide = [line for line in result.stdout.splitlines() if len(line) > 50]
    assert all(
        len(max(line.split(), key=len)) > 40 for line in wide
    )  # an address, a digest: never broken


@pytest.mark.parametrize("name", shipped())
def test_links_and_digests_stay_whole(collabscore: Command, name: str) -> None:
    framework = load_framework(name)
    lines = collabscore("frameworks", "show", name, "--width", "60").stdout.split("\n")
    words = {line.strip() for line in lines}
    assert framework.digest in words
    assert {source.url for source in framework.all_sources.values() if source.url} <= words


def test_a_page_as_markdown_and_as_data(collabscore: Command, folder: Path) -> None:
    assert collabscore("frameworks", "show", "house.yaml", "-o", "house.md").exit_code == 0
    assert (folder / "house.md").read_text().startswith("# House rules\n\n- Id: house, version 1\n")
    data = json.loads(collabscore("frameworks", "show", "house.yaml", "--format", "json").stdout)
    leaves = [node for node in data["criteria"] if "range" in node]
    assert sum(node["overall"] for node in leaves) == pytest.approx(1, abs=1e-6)
    assert data["guardrails"][1]["steps"][0]["met"] == "conditional"


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("format", ["table", "md", "json"])
def test_every_shipped_framework_shows(collabscore: Command, name: str, format: str) -> None:
    result = collabscore("frameworks", "show", name, "--long", "--format", format)
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_misspelt_framework_is_answered_with_the_right_one(collabscore: Command) -> None:
    result = collabscore("frameworks", "show", "gardrail")
    assert result.exit_code == 2
    assert "did you mean `guardrail`?" in result.stderr


def test_a_misspelt_subcommand_is_answered_with_the_right_one(collabscore: Command) -> None:
    result = collabscore("frameworks", "shwo", "house.yaml")
    assert result.exit_code == 2
    assert "there is no command `shwo`; did you mean `show`?" in result.stderr


def test_conditions_are_shown_where_rules_rest_on_them(collabscore: Command, folder: Path) -> None:
    text = (folder / "house.yaml").read_text()
    more = "conditions: {late: stage >= applied, near: late and known(touches), idle: harmful}\nguardrails:\n"
    text = text.replace("guardrails:\n", more).replace("when: stage >= applied", "when: near")
    (folder / "named.yaml").write_text(text)
    out = collabscore("frameworks", "show", "named.yaml").stdout
    assert "- near: late and known(touches)\n" in out
    assert "- late: stage >= applied\n" in out
    assert "- idle:" not in out
