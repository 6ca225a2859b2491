from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Command


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.jsonl", "list.parquet"])
def test_a_list_there_and_back(collabscore: Command, folder: Path, name: str) -> None:
    result = collabscore("convert", "projects.yaml", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith(f"next: collabscore check {name}\n")
    assert collabscore("convert", name, "back.yaml").exit_code == 0
    once, again = (collabscore("score", file).stdout for file in ("projects.yaml", "back.yaml"))
    assert once.splitlines()[1:] == again.splitlines()[1:]  # the first line is the file


def test_it_says_what_it_read_and_wrote(collabscore: Command, folder: Path) -> None:
    (folder / "list.csv").write_text("title;shared\nSea ice;4\n\nFlu; very low\n")
    result = collabscore("convert", "list.csv", "new.json", "-f", "house.yaml")
    assert result.stderr == (
        "read list.csv: 2 rows, 2 candidates; 1 blank row left out\n"
        "note: semicolons divide the cells\n"
        "note: no column for 2 of 3 criteria (unknown): `skills`, `sensitivity`\n"
        "note: no column for 5 of 5 facts (unknown): `touches`, `stage`, `harmful`, `budget`, `lead`\n"
        "wrote new.json: 2 candidates\n"
        "next: collabscore check new.json\n"
    )
    assert '"framework": "house.yaml"' in (folder / "new.json").read_text()


def test_it_names_what_a_table_does_not_hold(collabscore: Command, folder: Path) -> None:
    (folder / "list.jsonl").write_text('{"id": "a", "title": " A "}\n{"id": "b"}\n')
    result = collabscore("convert", "list.jsonl", "list.csv", "-f", "house.yaml")
    assert result.stderr.splitlines()[0] == "not written as it was: `title` of 1 candidate: a"


def test_a_dash_prints_yaml(collabscore: Command, folder: Path) -> None:
    (folder / "list.csv").write_text("id,shared\nice,4\n")
    result = collabscore("convert", "list.csv", "-", "-f", "house.yaml")
    assert "ratings: {shared: 4}" in result.stdout
    assert "framework:" not in result.stdout  # a file beside a text has no meaning
    (folder / "list.csv").write_text("id,global_challenge\nice,4\n")
    result = collabscore("convert", "list.csv", "-", "-f", "guardrail")
    assert "framework: guardrail\n" in result.stdout


def test_columns_to_fill_in_are_kept(collabscore: Command, folder: Path) -> None:
    collabscore("new", "list.xlsx", "-f", "house.yaml", "--ids", "ice,flu")
    assert collabscore("convert", "list.xlsx", "list.csv").exit_code == 0
    collabscore("new", "new.csv", "-f", "house.yaml", "--ids", "ice,flu")
    converted, new = ((folder / name).read_text().split() for name in ("list.csv", "new.csv"))
    assert converted[0] == new[0]


def test_a_framework_that_is_not_beside_the_new_file_is_named(
    collabscore: Command, folder: Path
) -> None:
    (folder / "sub").mkdir()
    result = collabscore("convert", "projects.yaml", "sub/list.csv")
    assert "note: it uses `house.yaml`; copy that file into the same folder\n" in result.stderr


REFUSED = {
    "exists": (("projects.yaml", "old.csv"), "`old.csv` already exists; use --force"),
    "no-format": (("projects.yaml", "list.txt"), "the name `list.txt` does not show a format"),
    "workbook-of-old": (("projects.yaml", "list.xls"), "does not show a format"),
    "itself": (("projects.yaml", "projects.yaml", "--force"), "is an input of this command"),
    "no-list": (("house.yaml", "list.csv"), "this is a framework"),
    "no-framework": (("bare.csv", "list.yaml"), "no framework is named"),
    "no-folder": (("projects.yaml", "sub/list.csv"), "there is no folder `sub`"),
}


@pytest.mark.parametrize(("args", "message"), REFUSED.values(), ids=REFUSED)
def test_nothing_is_written(
    collabscore: Command, folder: Path, args: tuple[str, ...], message: str
) -> None:
    (folder / "old.csv").write_text("old")
    (folder / "bare.csv").write_text("id\na\n")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    result = collabscore("convert", *args)
    assert result.exit_code in (1, 2)
    assert message in result.stderr
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
