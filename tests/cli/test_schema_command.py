from __future__ import annotations

import json
from pathlib import Path

import pytest

from collabscore.documents.json_schema import ELEMENTS
from collabscore.documents.loading import KINDS

from .conftest import Command


def test_without_a_name_it_says_what_there_is(collabscore: Command) -> None:
    out = collabscore("schema").stdout
    assert all(f"  {name} " in out for name in [*KINDS, *ELEMENTS])


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_json_schema(collabscore: Command, kind: str) -> None:
    document = json.loads(collabscore("schema", kind).stdout)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"{kind}-1.json"


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_is_described_with_an_example(collabscore: Command, name: str) -> None:
    out = collabscore("schema", name).stdout
    assert "\nExample:\n\n    " in out
    assert (
        json.loads(collabscore("schema", name, "--format", "json").stdout)["title"]
        == f"{name} (collabscore)"
    )


def test_a_schema_is_written_to_a_file(collabscore: Command, folder: Path) -> None:
    assert collabscore("schema", "candidates", "-o", "candidates-1.json").output == ""
    assert (
        json.loads((folder / "candidates-1.json").read_text())["title"]
        == "A list of candidates (collabscore)"
    )


def test_candidates_have_the_words_of_frameworks(collabscore: Command) -> None:
    one = json.loads(collabscore("schema", "candidates", "-f", "guardrail").stdout)
    named = one["$defs"]["Candidate"]["properties"]
    assert "dual_use" in named["ratings"]["properties"]
    both = collabscore("schema", "A list of candidates", "-f", "guardrail", "-f", "sta-2024")
    assert both.exit_code == 2  # no heading of the reference
    both = collabscore("schema", "candidates", "-f", "guardrail", "-f", "sta-2024")
    assert json.loads(both.stdout)["title"].startswith(
        "A list of candidates for `guardrail` and `sta-2024`"
    )


@pytest.mark.parametrize("name", [(), ("framework",), ("guardrail",)])
def test_only_candidates_have_the_words_of_a_framework(
    collabscore: Command, name: tuple[str, ...]
) -> None:
    result = collabscore("schema", *name, "-f", "guardrail")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "-f is for the schema of candidates" in result.stderr
    assert "write: collabscore schema candidates -f FRAMEWORK" in result.stderr


def test_a_misspelt_element_is_answered_with_the_right_one(collabscore: Command) -> None:
    result = collabscore("schema", "gaurdrail")
    assert result.exit_code == 2
    assert "did you mean `guardrail`?" in result.stderr


def headings() -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "reference" / "yaml.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("### ") for line in lines if line.startswith("### ")]


@pytest.mark.parametrize("heading", headings())
def test_headings_of_the_reference_are_names(collabscore: Command, heading: str) -> None:
    result = collabscore("schema", heading)
    assert result.exit_code == 0
    assert result.stdout == collabscore("schema", heading.casefold()).stdout


@pytest.mark.parametrize("heading", ["A framework", "Facts", "Guardrails", "Verdicts", "Sources"])
def test_headings_of_sections_are_names_too(collabscore: Command, heading: str) -> None:
    assert collabscore("schema", heading).exit_code == 0


@pytest.mark.parametrize("arguments", [(), ("guardrail",), ("candidate",), ("criterion",)])
def test_descriptions_fit_a_narrow_terminal(
    collabscore: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = collabscore("schema", *arguments).stdout.partition("\nExample:")[0]
    lines = [line for line in text.splitlines() if "{id: " not in line]  # a form is one line
    assert max(map(len, lines)) <= 80
