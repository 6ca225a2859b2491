from __future__ import annotations

import json
from pathlib import Path

import pytest

from collabscore.documents.loading import shipped_path

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
    assert result.stderr.splitlines() == [
        "ok: house.yaml: framework `house`, 3 criteria, 3 guardrails",
        "ok: projects.yaml: 3 candidates for `house`",
        "answers given: ratings 7 of 9, facts 6 of 15",
        'unanswered: "Touches" for 3, "Budget" for 3, "Lead" for 3, 2 more (-v lists them all)',
        "next: collabscore score projects.yaml",
    ]


def test_all_that_is_unanswered_is_listed_when_asked_for(
    collabscore: Command, folder: Path
) -> None:
    (folder / "answers.yaml").write_text(
        """\
collabscore: candidates/1
framework: house.yaml
candidates:
  - id: full
    ratings: {shared: [1, 3], skills: very low, sensitivity: {value: 2, note: guessed}}
    facts: {touches: {at_least: [flu]}, stage: [basic, applied], harmful: no, budget: 0, lead: energy}
  - id: bare
    ratings: {shared: unknown, skills: {value: unknown, note: nobody knows}, sensitivity: ~}
    facts: {touches: unknown, stage: {value: unknown}, harmful: ~, lead: health}
"""
    )
    short = collabscore("check", "answers.yaml").stderr.splitlines()
    assert short[1] == "answers given: ratings 3 of 6, facts 6 of 10"
    assert short[2].startswith('unanswered: "Shared problem" for 1, "Skills" for 1,')
    whole = collabscore("check", "answers.yaml", "-v").stderr.splitlines()
    assert whole[2:-1] == ["unanswered:"] + [
        f'  "{title}": bare'
        for title in (
            *("Shared problem", "Skills", "Sensitivity"),
            *("Touches", "Stage", "Harmful", "Budget"),
        )
    ]
    assert collabscore("check", "answers.yaml", "-q").stderr == ""


def test_every_answer_given_leaves_nothing_to_list(collabscore: Command, folder: Path) -> None:
    (folder / "answered.yaml").write_text(
        "collabscore: candidates/1\nframework: two.yaml\n"
        "candidates: [{id: a, ratings: {gain: 1}, facts: {harmful: yes}}]\n"
    )
    (folder / "two.yaml").write_text(
        "collabscore: framework/1\nid: two\n"
        "criteria: {gain: {scale: {range: [0, 1], unit: point}}}\n"
        "facts: {harmful: {kind: flag}}\n"
        "guardrails: {harm: {when: harmful, then: outside}}\n"
    )
    assert collabscore("check", "answered.yaml").stderr.splitlines() == [
        "ok: answered.yaml: 1 candidate for `two`",
        "answers given: ratings 1 of 1, facts 1 of 1",
        "next: collabscore score answered.yaml",
    ]


def test_the_next_command_quotes_a_name_with_blanks(collabscore: Command, folder: Path) -> None:
    (folder / "my list.yaml").write_text((folder / "projects.yaml").read_text())
    last = collabscore("check", "my list.yaml").stderr.splitlines()[-1]
    assert last == "next: collabscore score 'my list.yaml'"


def test_an_unfilled_template_is_not_passed_in_silence(collabscore: Command) -> None:
    collabscore("new", "template.yaml", "-f", "guardrail")
    result = collabscore("check", "template.yaml", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "the title is still a placeholder that `new` wrote" in result.stdout
    assert "answers given: ratings 0 of 14, facts 0 of" in result.stderr


def test_an_adapted_framework_is_not_passed_in_silence(collabscore: Command, folder: Path) -> None:
    for base, at_least in (
        ("guardrail", {"id", "title", "issuer", "summary"}),
        ("sta-2024", {"id", "title"}),
        ("house.yaml", {"id", "title", "issuer", "summary", "sources"}),
    ):
        collabscore("new", "adapted.yaml", "--from", base, "--force")
        found = json.loads(collabscore("check", "adapted.yaml", "--format", "json").stdout)
        kept = {
            one["path"][0]
            for one in found["files"][0]["diagnostics"]
            if one["code"] == "left-from-base"
        }
        assert at_least <= kept, base
        # the first thing that its author does
        text = (folder / "adapted.yaml").read_text()
        text = text.replace("\nid: ", "\nid: really-").replace("\ntitle: ", "\ntitle: ", 1)
        (folder / "adapted.yaml").write_text(text)
        again = collabscore("check", "adapted.yaml", "--format", "concise").stdout
        assert "`id`" not in again
        assert "placeholder" not in again


def test_a_framework_copied_by_hand_is_known_by_its_title_or_summary(
    collabscore: Command, folder: Path
) -> None:
    shipped = shipped_path("guardrail")
    assert shipped is not None
    text = shipped.read_text(encoding="utf-8").replace("\nid: guardrail", "\nid: house-rules")
    (folder / "copied.yaml").write_text(text, encoding="utf-8")
    assert "the title is still that of `guardrail`" in collabscore("check", "copied.yaml").stdout
    # an issuer alone may issue two
    other = HOUSE.replace("issuer: An office\nlegal", "issuer: Government of Canada\nlegal")
    (folder / "other.yaml").write_text(other)
    assert "still that of" not in collabscore("check", "other.yaml").stdout
    assert "left-from-base" not in collabscore("check", str(shipped)).stdout


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
    assert (
        lines[1]
        == "bad.yaml:3:7: error[duplicate-id] the id `a` is used twice (give each its own id)"
    )


def test_github_annotations(collabscore: Command) -> None:
    result = collabscore("check", "bad.yaml", "-f", "house.yaml", "--format", "github")
    expected = "::error file=bad.yaml,line=3,col=7,endColumn=8,title=duplicate-id::the id `a` is used twice; give each its own id"
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
    assert "ok: <stdin>: 3 candidates for `house`" in result.stderr


def test_control_characters_of_a_document_reach_no_terminal(
    collabscore: Command, folder: Path
) -> None:
    (folder / "steering.yaml").write_text('- {id: a, "b\\e[31m": 1}\n')
    for format in ("full", "concise", "github"):
        result = collabscore("check", "steering.yaml", "-f", "house.yaml", "--format", format)
        assert result.exit_code == 1
        assert "\x1b" not in result.output
