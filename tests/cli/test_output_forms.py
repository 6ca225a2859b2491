"""The forms of rows: every command that has `-o` writes them, by the suffix of the file."""

from __future__ import annotations

import codecs
import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import load_workbook

from .conftest import Command

COMMANDS = {
    "score": ("score", "projects.yaml"),
    "explain": ("explain", "projects.yaml", "ocean"),
    "what-if": ("what-if", "projects.yaml", "--weight", "benefit=50%"),
    "sensitivity": ("sensitivity", "projects.yaml"),
    "next": ("next", "projects.yaml", "--draws", "64"),
    "robustness": ("robustness", "projects.yaml", "--draws", "64"),
    "diff": ("diff", "projects.yaml", "projects.yaml"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_form_has_the_same_rows(collabscore: Command, folder: Path, name: str) -> None:
    for suffix in ("csv", "tsv", "jsonl", "parquet", "xlsx"):
        done = collabscore(*COMMANDS[name], "-o", f"r.{suffix}")
        assert done.exit_code == 0, done.stderr
    rows = list(csv.reader(io.StringIO((folder / "r.csv").read_text())))
    tabs = csv.reader(io.StringIO((folder / "r.tsv").read_text()), delimiter="\t")
    assert list(tabs) == rows
    table = pq.read_table(folder / "r.parquet")
    assert table.column_names == rows[0]
    assert table.num_rows == len(rows) - 1
    lines = (folder / "r.jsonl").read_text().splitlines()
    assert len(lines) == len(rows) - 1
    for line, row in zip(lines, table.to_pylist(), strict=True):
        record = json.loads(line)
        same = [key for key in row if isinstance(row[key], str) and key in record]
        assert [record[key] for key in same] == [row[key] for key in same]
    assert load_workbook(folder / "r.xlsx").sheet_names


def test_csv_for_excel(collabscore: Command, folder: Path) -> None:
    assert collabscore("score", "projects.yaml", "-o", "r.csv", "--excel").exit_code == 0
    content = (folder / "r.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    scores = [row["score"] for row in rows if row["score"]]
    assert scores
    assert all(len(score.partition(".")[2]) == 1 for score in scores)
    assert not (folder / "r.csv").read_text("utf-8-sig").startswith("\ufeff")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "xlsx"), "name a file: -o result.xlsx"),
        (("--format", "parquet", "-o", "-"), "name a file: -o result.parquet"),
        (("--excel",), "--excel is for CSV, and this is table; add --format csv"),
        (("--excel", "-o", "r.xlsx"), "--excel is for CSV, and this is xlsx; leave it out"),
        (("--excel", "-o", "r.tsv"), "--excel is for CSV, and this is tsv; add --format csv"),
        (("-o", "nowhere/r.xlsx"), "there is no folder `nowhere`; create it first"),
        (("-o", "r.xls"), "the name `r.xls` does not show a format"),
        (
            ("-o", "projects.yaml", "--format", "xlsx"),
            "`projects.yaml` is an input of this command",
        ),
    ],
)
def test_refused(
    collabscore: Command, folder: Path, options: tuple[str, ...], message: str
) -> None:
    before = sorted(folder.iterdir())
    done = collabscore("score", "projects.yaml", *options)
    assert done.exit_code == 2
    assert message in done.stderr
    assert sorted(folder.iterdir()) == before
