from __future__ import annotations

import json
from pathlib import Path

import pytest

from collabscore.documents.loading import shipped

from .conftest import Command


def test_a_new_list_checks_and_scores_as_it_is(collabscore: Command, folder: Path) -> None:
    result = collabscore("new", "mine.yaml", "-f", "house.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "wrote mine.yaml: fill it in\nnext: collabscore check mine.yaml\n"
    assert (
        (folder / "mine.yaml")
        .read_text()
        .startswith("# yaml-language-server: $schema=candidates-1.json\n")
    )
    assert collabscore("check", "mine.yaml").exit_code == 0
    assert collabscore("score", "mine.yaml").exit_code == 0


def test_a_framework_elsewhere_is_named_in_the_call(collabscore: Command, folder: Path) -> None:
    (folder / "sub").mkdir()
    result = collabscore("new", "sub/mine.yaml", "-f", "house.yaml")
    assert result.stderr.endswith("next: collabscore check sub/mine.yaml -f house.yaml\n")
    assert collabscore("check", "sub/mine.yaml", "-f", "house.yaml").exit_code == 0


def test_a_new_framework_checks_as_it_is(collabscore: Command, folder: Path) -> None:
    result = collabscore("new", "mine.yaml", "--from", "house.yaml")
    assert result.exit_code == 0
    assert "id: my-house  # choose your own" in (folder / "mine.yaml").read_text()
    assert collabscore("check", "mine.yaml").exit_code == 0


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_framework_begins_well(collabscore: Command, name: str) -> None:
    for file, option, code in (
        ("list.yaml", "-f", "placeholder"),
        ("own.yaml", "--from", "left-from-base"),
    ):
        assert collabscore("new", file, option, name).exit_code == 0
        result = collabscore("check", file, "--format", "json")
        assert result.exit_code == 0
        codes = [one["code"] for one in json.loads(result.stdout)["files"][0]["diagnostics"]]
        # nothing but what its author has to change, and sources that show no date
        assert code in codes
        assert set(codes) <= {code, "no-date"}


def test_nothing_is_written_over_unasked(collabscore: Command, folder: Path) -> None:
    before = (folder / "projects.yaml").read_text()
    result = collabscore("new", "projects.yaml", "-f", "house.yaml")
    assert result.exit_code == 2
    assert "say --force to write over it" in result.stderr
    assert (folder / "projects.yaml").read_text() == before
    assert collabscore("new", "projects.yaml", "-f", "house.yaml", "--force").exit_code == 0
    assert (folder / "projects.yaml").read_text() != before


def test_a_dash_prints(collabscore: Command) -> None:
    result = collabscore("new", "-", "-f", "house.yaml")
    assert "shared: unknown" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("args", [(), ("-f", "house.yaml", "--from", "house.yaml")])
def test_one_of_the_two_is_said(collabscore: Command, args: tuple[str, ...]) -> None:
    result = collabscore("new", "mine.yaml", *args)
    assert result.exit_code == 2
    assert "--from" in result.stderr


@pytest.mark.parametrize("option", ["-f", "--from"])
def test_a_misspelt_framework_is_answered_with_the_right_one(
    collabscore: Command, option: str
) -> None:
    result = collabscore("new", "mine.yaml", option, "gaurdrail")
    assert result.exit_code == 2
    assert "did you mean `guardrail`?" in result.stderr


def test_what_a_framework_uses_is_not_left_behind_in_silence(
    collabscore: Command, folder: Path
) -> None:
    (folder / "words.yaml").write_text(
        "collabscore: vocabulary/1\nid: words\nfacts: {loud: {kind: flag}}\n"
    )
    text = (
        (folder / "house.yaml")
        .read_text()
        .replace("title: House rules", "title: House rules\nuses: words.yaml")
    )
    (folder / "using.yaml").write_text(text)
    (folder / "sub").mkdir()
    result = collabscore("new", "sub/mine.yaml", "--from", "using.yaml")
    assert "note: it uses `words.yaml`, which must stand beside it" in result.stderr
