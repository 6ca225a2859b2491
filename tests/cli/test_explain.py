from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import PROJECTS, Command


def test_the_memo_goes_to_stdout_and_nothing_else(collabscore: Command) -> None:
    result = collabscore("explain", "projects.yaml", "ocean")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "projects.yaml"
    assert lines[3] == "Ocean"
    assert any(line.startswith("◆ Conditional: goes ahead") for line in lines)
    assert max(map(len, lines)) <= 100
    assert "What would change the result, each by itself" in lines


def test_versus_another(collabscore: Command) -> None:
    result = collabscore("explain", "projects.yaml", "ocean", "--versus", "flu")
    assert "Ocean, compared with: Influenza" in result.stdout.splitlines()
    text = " ".join(result.stdout.split())
    assert '"Influenza" ranks higher: rank 1, against rank 2. Both have the same kind' in text


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("ocena",), "error: there is no candidate `ocena`; did you mean `ocean`?\n"),
        (
            ("ocean", "--versus", "chip"),
            "error: --versus: there is no candidate `chip`; did you mean `chips`?\n",
        ),
        (
            ("ocean", "--versus", "ocean"),
            "error: --versus: `ocean` cannot be compared with itself; name another candidate\n",
        ),
        (
            ("ocean", "--top", "0"),
            "error: --top: `0` is out of range; give one from 1 to 3, the number of candidates\n",
        ),
        (
            ("ocean", "--top", "9"),
            "error: --top: `9` is out of range; give one from 1 to 3, the number of candidates\n",
        ),
    ],
)
def test_misuse_is_answered_in_one_line(
    collabscore: Command, args: tuple[str, ...], message: str
) -> None:
    result = collabscore("explain", "projects.yaml", *args)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("m.txt", "projects.yaml\n"),
        ("m.md", "# projects.yaml\n"),
        ("m.html", "<!DOCTYPE html>"),
        ("m.json", "{"),
    ],
)
def test_the_suffix_says_the_format(
    collabscore: Command, folder: Path, name: str, begins: str
) -> None:
    result = collabscore("explain", "projects.yaml", "ocean", "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / name).read_text(encoding="utf-8").startswith(begins)


def test_an_unknown_suffix_is_refused(collabscore: Command) -> None:
    result = collabscore("explain", "projects.yaml", "ocean", "-o", "m.docx")
    assert result.exit_code == 2
    assert (
        "the name `m.docx` does not show a format: add --format text|json|md|html|csv|tsv|xlsx|parquet|jsonl"
        in result.stderr
    )


def test_json_is_the_whole_result(collabscore: Command) -> None:
    document = json.loads(
        collabscore("explain", "projects.yaml", "ocean", "--top", "1", "--format", "json").stdout
    )
    assert document["collabscore"] == "explanation/1"
    assert document["options"] == {"candidate": "ocean", "versus": None, "top": 1}


def test_standard_input_is_read(collabscore: Command) -> None:
    text = PROJECTS.replace("framework: house.yaml\n", "")
    assert collabscore("explain", "-", "flu", "-f", "house.yaml", stdin=text).exit_code == 0
    result = collabscore("explain", "-", "flu", "-f", "-", stdin=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "standard input can be read only once" in result.stderr


def test_the_width_is_kept(collabscore: Command) -> None:
    for width in (40, 72):
        text = collabscore(
            "explain", "projects.yaml", "ocean", "--versus", "flu", "--width", str(width)
        ).stdout
        assert max(map(len, text.splitlines())) <= width


def test_verbose_says_what_was_read(collabscore: Command) -> None:
    assert "judged by `house`" in collabscore("explain", "projects.yaml", "flu", "-v").stderr


def test_the_full_and_the_brief_page(collabscore: Command) -> None:
    run = ("explain", "projects.yaml", "ocean")
    page, full, brief = (
        collabscore(*run, *options).stdout for options in ((), ("--full",), ("--brief",))
    )
    assert "Sources of the rules" not in page
    assert "All rules" in full
    assert "Strongest points" not in brief
    assert page.startswith(brief.rstrip("\n"))
    assert collabscore(*run, "-v").stdout == full
    document = collabscore(*run, "--full", "--format", "json").stdout
    assert document == collabscore(*run, "--format", "json").stdout


@pytest.mark.parametrize(
    "name", ["ice-cores", "folic-acid-cohort", "flu-strains", "chip-lithography"]
)
def test_an_explanation_fits_a_page(
    collabscore: Command, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, name: str
) -> None:
    monkeypatch.chdir(request.config.rootpath)
    result = collabscore("explain", "examples/proposed_projects.yaml", name, "--width", "80")
    assert len(result.stdout.splitlines()) <= 56
