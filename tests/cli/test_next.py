from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collabscore.cli.main import cli

from .conftest import PROJECTS


@pytest.fixture(autouse=True)
def inside(folder: Path) -> Path:
    text = PROJECTS.replace("harmful: no, stage: applied", "stage: [basic, applied]")
    (folder / "projects.yaml").write_text(text, encoding="utf-8")
    return folder


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["next", *args], input=stdin, prog_name="collabscore")


def test_the_questions_go_to_stdout_and_nothing_else() -> None:
    result = run("projects.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "projects.yaml\nHouse rules, version 1\n\nWhat to find out next\n"
    )
    assert '\nAsk first: "' in result.stdout
    assert "\n1. Ocean (ocean)\n" in result.stdout
    assert "Is harm intended?" in result.stdout
    assert "Still possible: basic or applied. If the answer is:" in result.stdout
    (applied,) = [line for line in result.stdout.splitlines() if "- applied: " in line]
    assert "conditional" in applied
    assert "not any institution or person" in result.stdout


def test_most_and_top_narrow() -> None:
    one = run("projects.yaml", "--most", "1", "--top", "1")
    assert "\n2. " not in one.stdout
    assert "first place" in one.stdout
    assert "more question" in one.stdout


def test_json_has_everything_and_repeats() -> None:
    first, again, other = (
        run("projects.yaml", "--format", "json", "--seed", seed) for seed in ("0", "0", "1")
    )
    assert first.stdout == again.stdout != other.stdout
    document = json.loads(first.stdout)
    assert document["collabscore"] == "questions/1"
    assert document["options"] == {
        "top": 1,
        "weights": {"": "exact", "benefit": "exact"},
        "draws": 4096,
        "seed": 0,
    }
    assert {question["key"] for question in document["questions"]} == {
        "harmful",
        "stage",
        "skills",
        "sensitivity",
    }


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("q.json", "{"),
        ("q.csv", "candidate,title,"),
        ("q.md", "# projects.yaml"),
        ("q.html", "<!DOCTYPE html>"),
        ("q.txt", "projects.yaml\nHouse rules"),
    ],
)
def test_the_suffix_says_the_format(inside: Path, name: str, begins: str) -> None:
    result = run("projects.yaml", "--draws", "300", "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (inside / name).read_text(encoding="utf-8").lstrip().startswith(begins)


def test_lines_keep_to_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(map(len, run("projects.yaml", "--width", "60").stdout.splitlines())) <= 60
    monkeypatch.setenv("COLUMNS", "70")
    assert 60 < max(map(len, run("projects.yaml").stdout.splitlines())) <= 70


def test_standard_input_is_read() -> None:
    text = PROJECTS.replace("framework: house.yaml\n", "")
    assert run("-", "-f", "house.yaml", stdin=text).exit_code == 0
    assert run("-", "-f", "-", stdin=text).exit_code == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--top", "9"), "top: `9` is out of range; give one from 1 to 3"),
        (("--draws", "0"), "draws: `0` is out of range; give one from 1"),
        (("--draws", "-4"), "draws: `-4` is out of range"),
        (("--seed", "-1"), "seed: `-1` is out of range; give 0 or more"),
        (("--weights", "ordr"), "did you mean `order`?"),
        (("--most", "0"), "0 is too small; the least is 1"),
        (("-o", "q.xyz"), "does not show a format"),
    ],
)
def test_misuse_is_one_line(args: tuple[str, ...], said: str) -> None:
    result = run("projects.yaml", *args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_document_is_diagnosed() -> None:
    result = run("bad.yaml", "-f", "house.yaml")
    assert result.exit_code == 1
    assert "did you mean `shared`?" in result.stderr


def test_too_few_draws_are_no_all_clear() -> None:
    said = run("projects.yaml", "--draws", "20").stdout
    assert "20 draws are too few to estimate" in said
    assert "need not wait" not in said


def test_progress_runs_through_draws_and_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []

    @contextmanager
    def recorded(label: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: seen.append((done, total))

    monkeypatch.setattr("collabscore.cli.explain.progress_bar", recorded)
    result = run("projects.yaml", "--format", "json", "--draws", "600")
    questions = len(json.loads(result.stdout)["questions"])
    assert [done for done, _ in seen] == [256, 512, 600, *range(601, 601 + questions)]
    assert {total for _, total in seen} == {600 + questions}
