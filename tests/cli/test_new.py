from __future__ import annotations

import json
from pathlib import Path

import pytest

from collabscore.documents.loading import read_document, shipped

from .conftest import Command


def test_a_new_list_checks_and_scores_as_it_is(collabscore: Command, folder: Path) -> None:
    result = collabscore("new", "mine.yaml", "-f", "house.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        "wrote mine.yaml: fill it in\n"
        "wrote mine.schema.json beside it: editors complete and check the list by it\n"
        "next: collabscore check mine.yaml\n"
    )
    modeline = "# yaml-language-server: $schema=./mine.schema.json\n"
    assert (folder / "mine.yaml").read_text().startswith(modeline)
    schema = collabscore("schema", "candidates", "-f", "house.yaml").stdout
    assert (folder / "mine.schema.json").read_text() == schema
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
    assert "use --force to overwrite it" in result.stderr
    assert (folder / "projects.yaml").read_text() == before
    assert collabscore("new", "projects.yaml", "-f", "house.yaml", "--force").exit_code == 0
    assert (folder / "projects.yaml").read_text() != before


def test_a_schema_is_not_written_over_unasked(collabscore: Command, folder: Path) -> None:
    assert collabscore("new", "mine.yaml", "-f", "house.yaml").exit_code == 0
    (folder / "mine.yaml").unlink()
    # the same schema is no obstacle
    assert collabscore("new", "mine.yaml", "-f", "house.yaml").exit_code == 0
    (folder / "mine.yaml").unlink()
    (folder / "mine.schema.json").write_text("{}")
    result = collabscore("new", "mine.yaml", "-f", "house.yaml")
    assert result.exit_code == 2
    assert "`mine.schema.json`, the schema for editors, already exists and differs" in result.stderr
    assert not (folder / "mine.yaml").exists()
    assert (folder / "mine.schema.json").read_text() == "{}"
    assert collabscore("new", "mine.yaml", "-f", "house.yaml", "--force").exit_code == 0
    assert (folder / "mine.schema.json").read_text() != "{}"


def test_editors_read_the_name_of_a_schema_up_to_a_blank(
    collabscore: Command, folder: Path
) -> None:
    assert collabscore("new", "my list.yaml", "-f", "house.yaml").exit_code == 0
    assert "$schema=./my-list.schema.json\n" in (folder / "my list.yaml").read_text()
    assert (folder / "my-list.schema.json").exists()


def test_a_dash_prints(collabscore: Command, folder: Path) -> None:
    before = set(folder.iterdir())
    result = collabscore("new", "-", "-f", "house.yaml")
    assert "shared: unknown" in result.stdout
    assert "yaml-language-server" not in result.stdout
    assert result.stderr == ""
    assert set(folder.iterdir()) == before


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
    assert "note: it uses `words.yaml`; copy that file into the same folder" in result.stderr


def candidates_of(path: Path) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = read_document(path).data["candidates"]
    return listed


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("short", [(), ("--short",)])
def test_several_candidates_check_as_they_are(
    collabscore: Command, folder: Path, name: str, short: tuple[str, ...]
) -> None:
    assert collabscore("new", "l.yaml", "-f", name, "--candidates", "10", *short).exit_code == 0
    listed = candidates_of(folder / "l.yaml")
    assert [entry["id"] for entry in listed] == [f"candidate-{k}" for k in range(1, 11)]
    assert len({str(entry.get("ratings")) for entry in listed}) == 1
    assert collabscore("check", "l.yaml").exit_code == 0
    assert collabscore("score", "l.yaml").exit_code == 0
    assert max(map(len, (folder / "l.yaml").read_text().splitlines())) <= 111


def test_candidates_have_the_ids_that_are_given(collabscore: Command, folder: Path) -> None:
    given = ("--ids", "ice-cores, flu, no")
    assert collabscore("new", "l.yaml", "-f", "house.yaml", *given).exit_code == 0
    assert [entry["id"] for entry in candidates_of(folder / "l.yaml")] == ["ice-cores", "flu", "no"]


def test_a_short_list_has_levels_and_the_ids_of_safeguards_and_no_other_comments(
    collabscore: Command, folder: Path
) -> None:
    collabscore("new", "l.yaml", "-f", "house.yaml", "--short")
    text = (folder / "l.yaml").read_text()
    assert "      shared: unknown  # 1 very low, 5 very high (higher is better)\n" in text
    assert "      stage: unknown  # basic, applied\n" in text
    assert "      harmful: unknown  # yes or no\n" in text
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert comments == [
        "# yaml-language-server: $schema=./l.schema.json",
        "# List the safeguards in place under `safeguards`, in brackets: terms, review",
    ]


def test_only_the_first_candidate_has_questions(collabscore: Command, folder: Path) -> None:
    collabscore("new", "l.yaml", "-f", "house.yaml", "--candidates", "3")
    assert (folder / "l.yaml").read_text().count("Is harm intended?") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-f", "house.yaml", "--candidates", "0"), "0 is too small; the least is 1"),
        (("-f", "house.yaml", "--candidates", "2", "--ids", "a"), "use one of them"),
        (("-f", "house.yaml", "--ids", "a,b,a"), "--ids: `a` is given twice"),
        (("-f", "house.yaml", "--ids", "a,,b"), "--ids: `` is not an id"),
        (("--from", "house.yaml", "--short"), "--short is for lists of candidates"),
        (("--from", "house.yaml", "--ids", "a"), "--ids is for lists of candidates"),
    ],
)
def test_options_of_lists_that_make_no_sense(
    collabscore: Command, folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = collabscore("new", "l.yaml", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (folder / "l.yaml").exists()


@pytest.mark.parametrize("name", ["mine.xlsx", "mine.csv", "mine.tsv"])
def test_a_new_table_checks_and_scores_as_it_is(
    collabscore: Command, folder: Path, name: str
) -> None:
    result = collabscore("new", name, "-f", "house.yaml", "--ids", "ice,flu")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"wrote {name}: fill it in\nnext: collabscore check {name}\n"
    assert not (folder / "mine.schema.json").exists()
    checked = collabscore("check", name)
    assert checked.exit_code == 0
    assert "2 candidates for `house`" in checked.stdout + checked.stderr
    assert collabscore("score", name).exit_code == 0


def test_a_new_table_elsewhere_needs_its_framework(collabscore: Command, folder: Path) -> None:
    (folder / "sub").mkdir()
    result = collabscore("new", "sub/mine.xlsx", "-f", "house.yaml", "--candidates", "3")
    assert result.stderr.endswith("next: collabscore check sub/mine.xlsx -f house.yaml\n")
    assert collabscore("check", "sub/mine.xlsx", "-f", "house.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("mine.parquet", "-f", "house.yaml"), "`new` writes no `.parquet`; write `.xlsx`"),
        (("mine.xlsx", "-f", "house.yaml", "--short"), "--short is for YAML"),
        (("mine.xlsx", "--from", "house.yaml"), "a framework is YAML"),
        (("mine.json", "-f", "house.yaml"), "`new` writes no `.json`; write `.xlsx`"),
        (("mine.jsonl", "--from", "house.yaml"), "a framework is YAML"),
    ],
)
def test_a_form_of_another_kind_is_refused(
    collabscore: Command, folder: Path, args: tuple[str, ...], message: str
) -> None:
    result = collabscore("new", *args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (folder / args[0]).exists()
