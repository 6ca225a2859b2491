from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path

import pytest

from collabscore.output.text import display_width

from .conftest import PROJECTS, Command


def test_the_ranking_goes_to_stdout_and_nothing_else(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml")
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[:2] == ["projects.yaml", "House rules, version 1"]
    assert [line.split()[1] for line in lines if line[:4].strip() in {"1", "2"}] == [
        "Influenza",
        "Ocean",
    ]
    assert "✕ outside" in result.stdout
    assert "not any institution or person" in result.stdout


def test_standard_input_is_read(collabscore: Command) -> None:
    text = PROJECTS.replace("framework: house.yaml\n", "")
    result = collabscore("score", "-", "-f", "house.yaml", stdin=text)
    assert result.exit_code == 0
    assert "Influenza" in result.stdout


def test_standard_input_is_read_once(collabscore: Command) -> None:
    result = collabscore("score", "-", "-f", "-", stdin=PROJECTS)
    assert result.exit_code == 2
    assert "standard input can be read only once" in result.stderr


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.json", "{"),
        ("r.csv", "id,title,rank,score,low,high,"),
        ("r.tsv", "id\ttitle\trank\tscore\tlow\thigh\t"),
        ("r.jsonl", '{"id": "'),
        ("r.md", "# projects.yaml\n\nHouse rules, version 1\n"),
        ("r.html", "<!DOCTYPE html>"),
        ("r.txt", "projects.yaml\nHouse rules, version 1\n"),
    ],
)
def test_the_suffix_says_the_format(
    collabscore: Command, folder: Path, name: str, begins: str
) -> None:
    result = collabscore("score", "projects.yaml", "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / name).read_text(encoding="utf-8").lstrip().startswith(begins)


@pytest.mark.parametrize(
    ("name", "form", "refused"),
    [
        ("r.csv", "json", True),
        ("r.xlsx", "csv", True),
        ("r.txt", "parquet", True),
        ("r.json", "jsonl", True),
        ("r.csv", "csv", False),
        ("r.txt", "json", False),
        ("r.data", "json", False),
        ("r.markdown", "md", False),
    ],
)
def test_format_and_suffix_do_not_contradict_each_other(
    collabscore: Command, folder: Path, name: str, form: str, refused: bool
) -> None:
    result = collabscore("score", "projects.yaml", "-o", name, "--format", form)
    assert result.exit_code == (2 if refused else 0)
    assert (folder / name).exists() != refused
    assert (
        f"--format {form} and the name `{name}` contradict each other" in result.stderr
    ) == refused
    assert ("leave --format out, or give the file another suffix" in result.stderr) == refused


def test_an_unknown_suffix_is_refused_before_anything_is_read(collabscore: Command) -> None:
    result = collabscore("score", "nowhere.yaml", "-o", "r.xyz")
    assert result.exit_code == 2
    assert "the name `r.xyz` does not show a format" in result.stderr


def test_json_is_the_whole_result(collabscore: Command) -> None:
    document = json.loads(collabscore("score", "projects.yaml", "--format", "json").stdout)
    assert [c["id"] for c in document["candidates"]] == ["flu", "ocean", "chips"]
    assert "selection" not in document


def test_brief_ends_with_the_table_and_verbose_has_every_finding(collabscore: Command) -> None:
    default = collabscore("score", "projects.yaml").stdout
    brief = collabscore("score", "projects.yaml", "--brief").stdout
    assert default.startswith(brief.rstrip("\n"))
    assert "Framework" not in brief
    verbose = collabscore("score", "projects.yaml", "-v").stdout
    assert "Every finding" in verbose
    assert "Every finding" not in default
    assert "Every finding" in collabscore("score", "projects.yaml", "-v", "--brief").stdout
    document = collabscore("score", "projects.yaml", "--format", "json").stdout
    assert collabscore("score", "projects.yaml", "--format", "json", "-v").stdout == document


EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("framework", ["guardrail", "safe-zones", "dfg-2023"])
@pytest.mark.parametrize("name", ["proposed_projects.yaml", "collaboration_areas.yaml"])
def test_piped_text_is_at_most_100_columns_wide(
    collabscore: Command, folder: Path, name: str, framework: str
) -> None:
    args = ("score", str(EXAMPLES / name), "-f", framework)
    for detail in ([], ["--brief"], ["-v"]):
        text = collabscore(*args, *detail).stdout
        assert 60 < max(map(display_width, text.splitlines())) <= 100
    narrow = collabscore(*args, "--width", "80").stdout
    assert max(map(display_width, narrow.splitlines())) <= 80
    collabscore(*args, "-o", "r.txt")
    lines = (folder / "r.txt").read_text(encoding="utf-8").splitlines()
    assert max(map(display_width, lines)) <= 100


def test_only_narrows_and_says_so(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--only", "outside", "--only", "conditional")
    assert "Influenza " not in result.stdout.split("───")[-1].split("\n\n")[0]
    left_out = "1 more candidate (shown: verdict outside or conditional). Ranks are among all 3."
    assert left_out in result.stdout
    assert any(line.startswith("   2  Ocean") for line in result.stdout.splitlines())


def test_tag_and_top_narrow_one_after_the_other(collabscore: Command) -> None:
    result = collabscore(
        "score", "projects.yaml", "--tag", "health", "--top", "1", "--format", "json"
    )
    document = json.loads(result.stdout)
    assert [(c["id"], c["rank"]) for c in document["candidates"]] == [("flu", 1)]
    assert document["selection"] == {
        "shown": 1,
        "of": 3,
        "left_out": {"tag health": 1, "top 1": 1},
    }
    left_out = "2 more candidates (shown: tag health, top 1). Ranks are among all 3."
    assert document["notes"][0] == left_out


def test_top_keeps_ties_together(collabscore: Command, folder: Path) -> None:
    line = "  - {id: ID, ratings: {shared: 5, skills: 4, sensitivity: 2}, facts: {harmful: no, stage: basic}}\n"
    (folder / "tied.yaml").write_text(PROJECTS + line.replace("ID", "twin"))
    document = json.loads(
        collabscore("score", "tied.yaml", "--top", "1", "--format", "json").stdout
    )
    assert [(c["id"], c["rank"]) for c in document["candidates"]] == [("flu", 1), ("twin", 1)]


def test_csv_has_no_notes_and_the_selection_is_said_on_stderr(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--only", "inside", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["id"] for row in rows] == ["flu"]
    left_out = "2 more candidates (shown: verdict inside). Ranks are among all 3."
    assert result.stderr == f"note: {left_out}\n"


def test_where_narrows_in_every_form(collabscore: Command) -> None:
    result = collabscore(
        "score", "projects.yaml", "--where", "stage >= applied", "--format", "json"
    )
    document = json.loads(result.stdout)
    assert [(c["id"], c["rank"]) for c in document["candidates"]] == [("ocean", 2)]
    assert document["selection"]["left_out"] == {"where stage >= applied": 2}
    for form in ("table", "md", "html", "csv"):
        shown = collabscore(
            "score", "projects.yaml", "--where", "stage >= applied", "--format", form
        )
        assert "Ocean" in shown.stdout
        assert "Influenza" not in shown.stdout


@pytest.mark.parametrize("command", ["score", "robustness"])
def test_every_command_narrows_by_the_same_conditions(collabscore: Command, command: str) -> None:
    options = ("--only", "inside", "--tag", "health", "--where", "stage < applied")
    result = collabscore(command, "projects.yaml", *options, "--format", "json")
    document = json.loads(result.stdout)
    assert [candidate["id"] for candidate in document["candidates"]] == ["flu"]
    assert document["selection"]["of"] == 3


def test_a_misspelt_condition_is_answered(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--where", "stag >= applied")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: --where: ")
    assert "did you mean `stage`?" in result.stderr


@pytest.mark.parametrize("option", ["--only", "--fail-on"])
def test_a_misspelt_verdict_is_answered_with_the_right_one(
    collabscore: Command, option: str
) -> None:
    result = collabscore("score", "projects.yaml", option, "outsid")
    assert (result.exit_code, result.stdout) == (2, "")
    expected = f"error: {option}: `outsid` is not a verdict of `house`; did you mean `outside`?\n"
    assert result.stderr == expected


def test_a_misspelt_tag_is_answered_with_the_right_one(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--tag", "helth")
    assert result.exit_code == 2
    expected = "error: --tag: no candidate has the tag `helth`; did you mean `health`?\n"
    assert result.stderr == expected


@pytest.mark.parametrize("command", ["score", "robustness"])
@pytest.mark.parametrize("option", ["--only", "--tag", "--where"])
def test_a_mistake_in_an_option_is_said_of_that_option(
    collabscore: Command, command: str, option: str
) -> None:
    result = collabscore(command, "projects.yaml", option, "no such word")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {option}: ")


def test_the_last_of_two_mistakes_waits(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--only", "x", "--fail-on", "y")
    assert result.stderr.startswith("error: --fail-on: `y` is not a verdict")


def test_fail_on_prints_the_result_and_exits_1(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--fail-on", "outside", "--only", "inside")
    assert result.exit_code == 1
    assert "Influenza" in result.stdout
    assert result.stderr == "--fail-on outside: 1 of 3 candidates: `chips`\n"
    assert collabscore("score", "projects.yaml", "--fail-on", "refer").exit_code == 0


def test_a_narrow_table_keeps_its_lines_short(collabscore: Command) -> None:
    for width in (60, 100):
        result = collabscore("score", "projects.yaml", "--width", str(width))
        assert max(map(len, result.stdout.splitlines())) <= width


def test_errors_come_all_at_once_on_stderr(collabscore: Command) -> None:
    result = collabscore("score", "bad.yaml", "-f", "house.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    for code in ("unknown-key", "duplicate-id", "unknown-criterion"):
        assert f"error[{code}]" in result.stderr
    assert result.stderr.endswith("3 errors in bad.yaml\n")
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_wrong_usage(collabscore: Command) -> None:
    result = collabscore("score", "nowhere.yaml", "-f", "house.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: cannot read `nowhere.yaml`: no such file or directory; check the name and the folder\n"
    )


def test_a_file_is_written_whole_or_not_at_all(
    collabscore: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / "r.json"
    target.write_text("as it was")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fails)
        result = collabscore("score", "projects.yaml", "-o", "r.json")
    assert result.exit_code == 2
    assert "no space left on device" in result.stderr
    assert target.read_text() == "as it was"
    assert sorted(path.name for path in folder.iterdir()) == [
        "bad.yaml",
        "house.yaml",
        "projects.yaml",
        "r.json",
    ]


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_a_file_keeps_its_mode_and_a_link_stays_one(collabscore: Command, folder: Path) -> None:
    real = folder / "real.json"
    real.write_text("")
    real.chmod(0o640)
    (folder / "link.json").symlink_to(real)
    assert collabscore("score", "projects.yaml", "-o", "link.json").exit_code == 0
    assert (folder / "link.json").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert json.loads(real.read_text())["collabscore"] == "ranking/1"


@pytest.mark.parametrize("target", ["nowhere/r.json", "folder.json"])
def test_what_cannot_be_written_is_said(collabscore: Command, folder: Path, target: str) -> None:
    (folder / "folder.json").mkdir()
    result = collabscore("score", "projects.yaml", "-o", target)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: cannot write `")


def test_verbose_says_what_was_read(collabscore: Command) -> None:
    assert "judged by `house` 1, sha256:" in collabscore("score", "projects.yaml", "-v").stderr
    assert "judged by `house` 1, sha256:" in collabscore("-v", "score", "projects.yaml").stderr
    assert collabscore("-v", "score", "projects.yaml", "-q").stderr == ""
