from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import HOUSE, PROJECTS, Command

# the house rules with nothing to warn of: every fact asked for, every source dated
SOUND = HOUSE.replace("A report,", "A report, date: 2024,").replace(
    "guardrails:\n",
    'guardrails:\n  scope: {when: "includes(touches, quantum) and budget > 5 and lead == energy", then: refer}\n',
)


def test_all_is_well(collabscore: Command, folder: Path) -> None:
    (folder / "house.yaml").write_text(SOUND)
    result = collabscore("check", "house.yaml", "projects.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    first, second, third = result.stderr.splitlines()
    assert first.startswith("ok: house.yaml: framework with")
    assert second.startswith("ok: projects.yaml: candidates with 3 candidates")
    assert third == "next: collabscore score projects.yaml"


def test_quiet_says_nothing_where_all_is_well(collabscore: Command) -> None:
    assert collabscore("check", "projects.yaml", "-q").output == ""


def test_the_next_step_of_a_framework_is_a_list(collabscore: Command) -> None:
    assert collabscore("check", "house.yaml").stderr.endswith(
        "next: collabscore new projects.yaml -f house.yaml\n"
    )


def test_every_mistake_comes_with_its_place(collabscore: Command) -> None:
    result = collabscore("check", "bad.yaml", "-f", "house.yaml")
    assert result.exit_code == 1
    assert (
        "error[unknown-criterion]: `shard` is not a criterion of `house`\n --> bad.yaml:4:13"
        in result.stdout
    )
    assert "  = help: did you mean `shared`?" in result.stdout
    assert result.stderr == "3 errors in bad.yaml\n"


def test_concise_is_a_line_each(collabscore: Command) -> None:
    result = collabscore("check", "bad.yaml", "-f", "house.yaml", "--format", "concise")
    lines = result.stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "bad.yaml:2:3:",
        "bad.yaml:3:7:",
        "bad.yaml:4:13:",
    ]
    assert lines[1] == "bad.yaml:3:7: error[duplicate-id] the id `a` is taken"


def test_github_annotations(collabscore: Command) -> None:
    result = collabscore("check", "bad.yaml", "-f", "house.yaml", "--format", "github")
    expected = (
        "::error file=bad.yaml,line=3,col=7,endColumn=8,title=duplicate-id::the id `a` is taken"
    )
    assert result.stdout.splitlines()[1] == expected


def test_an_annotation_cannot_be_forged(collabscore: Command, folder: Path) -> None:
    (folder / "forged.yaml").write_text('- {id: "a\\n::error file=x::forged", "b%": 1}\n')
    result = collabscore("check", "forged.yaml", "-f", "house.yaml", "--format", "github")
    assert result.exit_code == 1
    assert all(line.startswith("::error file=forged.yaml,") for line in result.stdout.splitlines())


def test_json_holds_every_file(collabscore: Command) -> None:
    result = collabscore("check", "house.yaml", "bad.yaml", "-f", "house.yaml", "--format", "json")
    files = json.loads(result.stdout)["files"]
    assert [(file["file"], file["ok"]) for file in files] == [
        ("house.yaml", True),
        ("bad.yaml", False),
    ]
    found = files[1]["diagnostics"][2]
    assert found["span"] == {"file": "bad.yaml", "line": 4, "column": 13, "end_column": 18}
    assert (found["severity"], found["code"]) == ("error", "unknown-criterion")


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_warnings_fail_where_one_asks_for_it(
    collabscore: Command, folder: Path, fail_on: str, code: int
) -> None:
    text = SOUND.replace("terms]], then: refer}", "terms]], then: refer, if_unknown: inside}")
    (folder / "warned.yaml").write_text(text)
    result = collabscore("check", "warned.yaml", "--fail-on", fail_on)
    assert "warning[" in result.stdout
    assert "1 warning in warned.yaml" in result.stderr
    assert result.exit_code == code


def test_errors_fail_nobody_who_says_never(collabscore: Command) -> None:
    assert collabscore("check", "bad.yaml", "-f", "house.yaml", "--fail-on", "never").exit_code == 0


def test_an_unreadable_file_does_not_hide_the_others(collabscore: Command) -> None:
    result = collabscore("check", "nowhere.yaml", "bad.yaml", "-f", "house.yaml")
    assert result.exit_code == 2
    assert "error: cannot read `nowhere.yaml`" in result.stderr
    assert "error[duplicate-id]" in result.stdout


def test_standard_input(collabscore: Command) -> None:
    text = PROJECTS.replace("framework: house.yaml\n", "")
    result = collabscore("check", "-", "-f", "house.yaml", stdin=text)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "ok: <stdin>: candidates with 3 candidates" in result.stderr


def test_control_characters_of_a_document_reach_no_terminal(
    collabscore: Command, folder: Path
) -> None:
    (folder / "steering.yaml").write_text('- {id: a, "b\\e[31m": 1}\n')
    for format in ("full", "concise", "github"):
        result = collabscore("check", "steering.yaml", "-f", "house.yaml", "--format", format)
        assert result.exit_code == 1
        assert "\x1b" not in result.output
