"""Wrong input to the impact of a changed framework, and to the schema of a framework's candidates."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import collabscore as cs
from collabscore.cli.main import cli

OLD = """\
collabscore: framework/1
id: house
version: "1"
facts:
  stage: {kind: level, levels: [basic, applied]}
  harmful: {kind: flag}
criteria:
  gain: {scale: {range: [1, 5]}}
guardrails:
  late: {when: stage >= applied, then: refer}
"""
NEW = OLD.replace('"1"', '"2"').replace("[basic, applied]", "[early, applied]")
LISTED = """\
- id: flu
  ratings: {gain: 4}
  facts: {stage: basic}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("old.yaml", OLD), ("new.yaml", NEW), ("list.yaml", LISTED)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args), prog_name="collabscore")


def impact_of(*args: str, old: str = "old.yaml", new: str = "new.yaml") -> Result:
    return run("diff", "--old-framework", old, "--new-framework", new, *args)


def test_a_level_that_the_new_framework_lacks(desk: Path) -> None:
    done = impact_of("list.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "error[unknown-level]: `stage`: " in done.stderr
    assert "as `house` 2 defines it" in done.stderr
    assert "list.yaml:3:18" in done.stderr


def test_a_level_that_the_old_framework_lacks(desk: Path) -> None:
    (desk / "list.yaml").write_text(LISTED.replace("basic", "early"))
    done = impact_of("list.yaml")
    assert done.exit_code == 1
    assert "as `house` 1 defines it" in done.stderr


def test_a_level_that_both_lack_is_said_once(desk: Path) -> None:
    (desk / "list.yaml").write_text(LISTED.replace("basic", "late"))
    done = impact_of("list.yaml")
    assert done.stderr.count("error[unknown-level]") == 1
    assert "defines it" not in done.stderr


def test_a_word_that_neither_knows(desk: Path) -> None:
    (desk / "list.yaml").write_text(LISTED.replace("stage", "stgae"))
    done = impact_of("list.yaml")
    assert done.stderr.count("error[") == 1
    assert "error[unknown-fact]: `stgae` is not a fact of `house`\n" in done.stderr
    assert "did you mean `stage`?" in done.stderr


def test_a_rating_off_the_scale_of_one(desk: Path) -> None:
    (desk / "new.yaml").write_text(OLD.replace("[1, 5]", "[1, 3]"))
    done = impact_of("list.yaml")
    assert "error[off-scale]: `gain`: `4` is off the scale, as `house` 1 defines it" in done.stderr


def test_an_item_that_the_new_list_lacks() -> None:
    old: dict[str, Any] = {
        "collabscore": "framework/1",
        "id": "house",
        "lists": {"fields": {"items": ["soil", "chips"]}},
        "facts": {"field": {"kind": "set", "of": "fields"}},
        "guardrails": {"chips": {"when": "includes(field, soil)", "then": "refer"}},
    }
    new = copy.deepcopy(old) | {"version": "2"}
    new["lists"]["fields"]["items"] = ["soil"]
    listed = [{"id": "a", "facts": {"field": ["chips"]}}]
    with pytest.raises(cs.CandidateError, match=r"`chips` .*, as `house` 2 defines it"):
        cs.impact(listed, old, new)


def test_a_list_given_twice(desk: Path) -> None:
    done = impact_of("list.yaml", "./list.yaml", new="old.yaml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "the list `./list.yaml` is given twice" in done.stderr
    assert "give each list once: both frameworks judge it" in done.stderr


def test_no_list(desk: Path) -> None:
    done = impact_of()
    assert done.exit_code == 2
    assert "give one or more lists of past candidates" in done.stderr


@pytest.mark.parametrize("count", [0, 1, 3])
def test_two_runs_are_two(desk: Path, count: int) -> None:
    done = run("diff", *["list.yaml"] * count, "-f", "old.yaml")
    assert done.exit_code == 2
    assert f"give two lists or two results, not {count}" in done.stderr
    assert "add --old-framework and --new-framework" in done.stderr


def test_weights_of_a_call(desk: Path) -> None:
    done = impact_of("list.yaml", "--weight", "gain=50%")
    assert done.exit_code == 2
    assert "--weight is for two runs by one framework" in done.stderr


def test_a_result_in_place_of_a_list(desk: Path) -> None:
    assert run("score", "list.yaml", "-f", "old.yaml", "-o", "r.json").exit_code == 0
    done = impact_of("r.json", new="old.yaml")
    assert done.exit_code == 1
    assert "this is a result of `collabscore`, but a list of candidates is needed" in done.stderr


@pytest.mark.parametrize("place", ["old", "new"])
def test_a_framework_that_is_none(desk: Path, place: str) -> None:
    done = impact_of("list.yaml", **{place: "guardrial"})
    assert done.exit_code == 2
    assert "did you mean `guardrail`?" in done.stderr
    assert impact_of("list.yaml", **{place: "list.yaml"}).exit_code == 1


EMPTY = {"collabscore": "framework/1", "id": "a", "facts": {"f": {"kind": "flag"}}}


@pytest.mark.parametrize("lists", [None, 3, "none.yaml", [3], [None], {}, b"x", [b"x"]])
def test_odd_lists(lists: Any) -> None:
    with pytest.raises(cs.CollabscoreError) as found:
        cs.impact(lists, EMPTY, EMPTY)
    assert "candidates:" not in str(found.value)


@pytest.mark.parametrize("lists", [[], [[]], [[], []]])
def test_lists_without_candidates(lists: Any) -> None:
    found = cs.impact(lists, EMPTY, EMPTY)
    assert "Of 0 past candidates" in str(found)


# the schema of a framework's candidates


def test_a_schema_of_frameworks_that_disagree(desk: Path) -> None:
    done = run("schema", "candidates", "-f", "old.yaml", "-f", "new.yaml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "the fact `stage` means one thing in `house` and another in `house`" in done.stderr
    assert "give one of them at a time" in done.stderr


def test_a_schema_of_a_framework_that_is_none(desk: Path) -> None:
    done = run("schema", "candidates", "-f", "guardrial")
    assert done.exit_code == 2
    assert "did you mean `guardrail`?" in done.stderr
    (desk / "bad.yaml").write_text(OLD.replace("when: stage", "when: stgae"))
    done = run("schema", "candidates", "-f", "bad.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "did you mean `stage`?" in done.stderr


def test_a_folder_in_place_of_a_schema(desk: Path) -> None:
    (desk / "mine.schema.json").mkdir()
    done = run("new", "mine.yaml", "-f", "old.yaml")
    assert done.exit_code == 2
    assert "mine.schema.json" in done.stderr
    assert not (desk / "mine.yaml").exists()


# the framework of a list, beside those that judge it

THIRD = """\
collabscore: framework/1
id: board
facts:
  stage: {kind: level, levels: [basic, applied]}
"""
SAME = "  stage: {kind: level, levels: [basic, applied]}\n"


def listed_for(*names: str, facts: str = "{stage: basic}") -> str:
    return f"framework: [{', '.join(names)}]\ncandidates: [{{id: flu, facts: {facts}}}]\n"


@pytest.mark.parametrize(
    ("kind", "key", "third"),
    [
        ("fact", "stage", THIRD.replace("basic, applied", "applied, basic")),
        ("fact", "stage", THIRD.replace("[basic, applied]", "[basic, near, applied]")),
        ("fact", "stage", THIRD.replace("{kind: level, levels: [basic, applied]}", "{kind: flag}")),
        ("criterion", "gain", THIRD + "criteria: {gain: {scale: {range: [0, 9]}}}\n"),
    ],
    ids=["the-order-of-levels", "one-more-level", "another-kind", "another-scale"],
)
def test_a_list_for_another_framework_with_another_meaning(
    desk: Path, kind: str, key: str, third: str
) -> None:
    (desk / "board.yaml").write_text(third)
    (desk / "list.yaml").write_text(listed_for("board.yaml", facts="{}"))
    done = impact_of("list.yaml", new="old.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    message = f"the {kind} `{key}` means one thing in `board` and another in `house`"
    assert f"error[conflicting-words]: {message}: no answer fits both\n" in done.stderr
    assert done.stderr.count("error[") == 1
    for place in ("list.yaml:1:1", "board.yaml:", "old.yaml:"):
        assert place in done.stderr
    assert "use one of them at a time" in done.stderr


def test_a_list_for_another_framework_that_agrees_with_one_version(desk: Path) -> None:
    (desk / "board.yaml").write_text(THIRD.replace("basic, applied", "applied, basic"))
    changed = OLD.replace("basic, applied", "applied, basic").replace('"1"', '"2"')
    (desk / "new.yaml").write_text(changed)
    (desk / "list.yaml").write_text(listed_for("board.yaml"))
    done = impact_of("list.yaml")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Defined differently: `stage`" in done.stdout


def test_a_word_of_another_framework_that_only_the_new_version_defines(desk: Path) -> None:
    (desk / "board.yaml").write_text(THIRD + "  funded: {kind: number}\n")
    (desk / "new.yaml").write_text(OLD.replace(SAME, f"{SAME}  funded: {{kind: flag}}\n"))
    (desk / "list.yaml").write_text(listed_for("board.yaml"))
    done = impact_of("list.yaml")
    assert done.exit_code == 1
    assert "the fact `funded` means one thing in `board` and another in `house`" in done.stderr
    assert "old.yaml:" not in done.stderr


def test_two_frameworks_of_a_list_that_disagree(desk: Path) -> None:
    (desk / "board.yaml").write_text(THIRD + "  funded: {kind: number}\n")
    text = THIRD.replace("id: board", "id: panel") + "  funded: {kind: flag}\n"
    (desk / "panel.yaml").write_text(text)
    (desk / "list.yaml").write_text(listed_for("board.yaml", "panel.yaml"))
    done = impact_of("list.yaml", new="old.yaml")
    assert done.exit_code == 1
    assert "the fact `funded` means one thing in `board` and another in `panel`" in done.stderr


# what readers are told

ASKING = OLD.replace("  late:", "  harm: {title: Harm, when: harmful, then: refer}\n  late:")


def test_verdicts_that_only_missing_answers_change(desk: Path) -> None:
    (desk / "new.yaml").write_text(ASKING)
    answers = (
        "{stage: basic}",
        "{stage: basic, harmful: yes}",
        "{}",
        "{stage: basic, harmful: no}",
    )
    lines = [f"- {{id: c{k}, facts: {facts}}}\n" for k, facts in enumerate(answers)]
    (desk / "list.yaml").write_text("".join(lines))
    said = " ".join(impact_of("list.yaml").stdout.split())
    cause = '2 because of "Harm"; in 1 of them only because an answer is missing.'
    assert f"- 2 would now get ▲ refer (before: ● inside): {cause}" in said
    assert "- Verdict depends on unknown answers: 1 more, 0 no longer, 1 as before." in said
    rows = cs.impact("list.yaml", "old.yaml", "new.yaml").rows
    assert [(row.id, row.by_unknown) for row in rows if row.direction] == [
        ("c0", True),
        ("c1", False),
    ]


@pytest.mark.parametrize("name", ["2024.yaml", f"{'past-' * 12}2024.yaml"])
def test_the_list_of_a_candidate_stays_in_a_narrow_table(
    desk: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (desk / "new.yaml").write_text(ASKING)
    for file in (name, "list.yaml"):
        (desk / file).write_text("- {id: a-candidate-of-a-long-name-and-id, facts: {}}\n" + LISTED)
    done = impact_of("list.yaml", name)
    _, _, table = done.stdout.partition("Candidates with another verdict")
    head = next(line for line in table.split("\n") if line.startswith("Candidate "))
    assert "List" in head
    assert "list.yaml" in table
    assert max(map(len, table.split("\n"))) <= 80


@pytest.mark.parametrize(
    ("command", "given", "meant"),
    [
        ("diff", "--old", "'--old-framework'"),
        ("diff", "--new", "'--new-framework'"),
        ("diff", "--oldframework", "'--old-framework'"),
        ("score", "--fromat", "'--format'"),
        ("score", "--f", "'--framework' or '--format' or '--fail-on'"),
        ("score", "--zzz", None),
    ],
)
def test_a_misspelt_option(command: str, given: str, meant: str | None) -> None:
    done = run(command, given, "x")
    assert done.exit_code == 2
    (line,) = [line for line in done.stderr.split("\n") if "No such option" in line]
    said = line.partition("Did you mean ")[2].rstrip("?")
    assert sorted(said.split(" or ")) == sorted((meant or "").split(" or "))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--old-framework", "old.yaml"], "`--new-framework`"),
        (["--new-framework", "old.yaml"], "`--old-framework`"),
        (["-f", "old.yaml"], "`-f`"),
        (
            ["--old-framework", "old.yaml", "--new-framework", "old.yaml"],
            "`--old-framework` or `--new-framework`",
        ),
    ],
)
def test_a_framework_among_the_lists(desk: Path, options: list[str], named: str) -> None:
    done = run("diff", *options, "new.yaml", "list.yaml")
    assert done.exit_code == 1
    assert f"a framework stands behind {named}, or is named in the list" in done.stderr
