"""Issue 14, In: what is wrong with a table is said at its cell, and nothing is dropped silently."""

from __future__ import annotations

import csv
import datetime
import io
import re
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter

import collabscore as cs
from collabscore.documents.loading import load_candidates
from collabscore.errors import MOST_SHOWN

from .conftest import FRAMEWORK, Desk

KINDS = cs.load_framework(
    {
        "collabscore": "framework/1",
        "id": "kinds",
        "scales": {"five": {"range": [1, 5], "levels": {1: "low", 3: "medium", 5: "very-high"}}},
        "criteria": {
            "gain": {"scale": "five", "title": "Gain for both"},
            "dual_use": {"scale": "five", "prefer": "low"},
            "share": {"scale": {"range": [0, 1]}},
        },
        "facts": {
            "crit": {"kind": "flag", "title": "Critical technology"},
            "stage": {"kind": "level", "levels": ["basic", "applied", "in use"]},
            "trl": {"kind": "choice", "options": ["1-3", "4-6", "7-9"]},
            "budget": {"kind": "number", "unit": "million USD"},
            "starts": {"kind": "date"},
            "fields": {"kind": "set", "of": "areas"},
            "law": {"kind": "choice", "options": ["us", "cn", "n/a"], "several": True},
            "note": {"kind": "flag"},
            "low_cost": {"kind": "flag", "title": "Gain for both"},
            "listed": {"kind": "flag", "per": "partner"},
        },
        "lists": {"areas": {"items": {"ai": "Artificial intelligence", "bio": "Biology"}}},
        "safeguards": {"audit": {"title": "External audit"}, "ethics_review": {}},
    }
)


def workbook(
    rows: Sequence[Sequence[Any]], *, name: str = "Ratings", merge: str = "", other: bool = False
) -> bytes:
    """Return a workbook: a date is shown as `3-May`, a pair is a number shown as a per cent."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet(name)
        day, share = (book.add_format({"num_format": form}) for form in ("d-mmm", "0%"))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(row, column, datetime.datetime(*cell.timetuple()[:3]), day)
                elif isinstance(cell, tuple):
                    sheet.write_number(row, column, cell[0], share)
                elif isinstance(cell, str) and cell.startswith("="):
                    sheet.write_formula(row, column, *cell.split("|")[:1], None, cell.split("|")[1])
                elif cell is not None:
                    sheet.write(row, column, cell)
        if merge:
            sheet.merge_range(merge, None)
        if other:
            book.add_worksheet("Words").write(0, 0, "id")
            hidden = book.add_worksheet("Hidden")
            hidden.write(0, 0, "id")
            hidden.hide()
    return file.getvalue()


def read(folder: Path, content: Any, name: str = "list.csv", **options: Any) -> cs.Candidates:
    """Return the candidates in a text, in bytes of a file, or in a frame."""
    source = content
    if isinstance(content, str | bytes):
        source = folder / name
        source.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_candidates(source, options.pop("framework", KINDS), **options)


def refused(folder: Path, content: Any, name: str = "list.csv", **options: Any) -> list[str]:
    """Return the findings in a table, a line each: cell, code, message, cure."""
    with pytest.raises(cs.DocumentError) as caught:
        read(folder, content, name, **options)
    lines = []
    for one in caught.value.diagnostics:
        assert one.span is not None
        where = one.span.where.replace(str(folder / name), "")
        lines.append(f"{where} {one.code}: {one.message} -> {one.help}")
    return lines


# the cells of the list that cannot be read

DATES = "spreadsheet programs make dates of ranges such as `3-5`: format the cell as text"
IGNORE = "(in Python `ignore_columns=`)"
WRONG: dict[str, tuple[str | bytes, list[str]]] = {
    "missing-column": (
        "gain\n3\n",
        [
            ":A1 missing-column: no column has the ids or the titles of the candidates -> write `id` or `title` above one of them"
        ],
    ),
    "surplus-column": (
        "id,gian,Owner\na,3,me\n",
        [
            f":B1 unknown-column: the column `gian` is no criterion, fact or safeguard of `kinds` -> did you mean `gain`? to leave it out: `--ignore-columns gian` {IGNORE}",
            f":C1 unknown-column: the column `Owner` is no criterion, fact or safeguard of `kinds` -> write the id or the title of one; to leave it out: `--ignore-columns Owner` {IGNORE}",
        ],
    ),
    "surplus-cells": (
        "id,stage\na,basic,3\nb,basic,4\n",
        [
            ":C2 unknown-column: 2 rows with cells in a column without a header -> write a header above them, or put text with the sign between cells in quotes"
        ],
    ),
    "column-twice": (
        "id,gain,GAIN \na,3,3\n",
        [
            f":C1 duplicate-column: the columns `gain` and `GAIN` have the same meaning -> remove one of them; to leave it out: `--ignore-columns GAIN` {IGNORE}"
        ],
    ),
    "two-meanings": (
        "id,Gain for both,note\na,3,x\n",
        [
            ":B1 ambiguous-column: the column `Gain for both` has several meanings -> write `ratings.gain` or `facts.low_cost`",
            ":C1 ambiguous-column: the column `note` has several meanings -> write `note` or `facts.note`",
        ],
    ),
    "fact-of-partners": (
        "id,listed\na,yes\n",
        [
            f":B1 unknown-column: the column `listed` is no criterion, fact or safeguard of `kinds` -> it is asked of each partner: write it into a column `partners`, as `[{{id: ..., facts: {{listed: ...}}}}]`; to leave it out: `--ignore-columns listed` {IGNORE}"
        ],
    ),
    "text-for-number": (
        "id,gain,budget\na,hihg,4\nb,medium-ish,some\n",
        [
            ":B2 unknown-level: `gain`: `hihg` is not a level of this scale -> choose from `low`, `medium`, `very-high`, or write a number from 1 (low) to 5 (very-high), or `unknown`",
            ":B3 unknown-level: `gain`: `medium-ish` is not a level of this scale -> did you mean `medium`?",
            ":C3 invalid-fact: `budget`: expected a number, not `some` -> use a number, or `unknown`",
        ],
    ),
    "decimal-comma-among-points": (
        'id,gain,budget\na,"3,5",2.5\n',
        [
            ":B2 unknown-level: `gain`: `3,5` is not a level of this scale -> write `3.5`",
        ],
    ),
    "thousands": (
        'id,budget\na,"1,234"\nb,"1,234,567"\n',
        [
            ":B2 invalid-fact: `budget`: expected a number, not `1,234` -> write `1234` or `1.234`",
            ":B3 invalid-fact: `budget`: expected a number, not `1,234,567` -> write `1234567`",
        ],
    ),
    "thousands-with-points": (
        "id;budget;gain\na;1.234;3,5\n",
        [
            ":B2 ambiguous-number: `1.234` can be 1234 or 1,234: this table has decimal commas -> write `1234` or `1,234`"
        ],
    ),
    "per-cent-in-text": (
        "id,budget\na,45%\n",
        [":B2 invalid-fact: `budget`: expected a number, not `45%` -> write `45`"],
    ),
    "words-of-a-unit": (
        "id,budget\na,3 million USD\nb,4 MUSD\n",
        [
            ":B2 invalid-fact: `budget`: expected a number, not `3 million USD` -> write `3`",
            ":B3 invalid-fact: `budget`: expected a number, not `4 MUSD` -> write `4`",
        ],
    ),
    "a-date-in-text": (
        "id,gain,trl\na,03-May,6-Apr\nb,2026-05-03,Mai 3\n",
        [
            f":B2 date-for-number: `03-May` is a date; a rating or an answer is needed here -> {DATES}, and write `3-5` again",
            f":C2 date-for-number: `6-Apr` is a date; a rating or an answer is needed here -> {DATES}, and write `4-6` again",
            f":B3 date-for-number: `2026-05-03` is a date; a rating or an answer is needed here -> {DATES}, and write `3-5` again",
            f":C3 date-for-number: `Mai 3` is a date; a rating or an answer is needed here -> {DATES}, and write `3-5` again",
        ],
    ),
    "mixed-types": (
        "id,gain,crit,starts\na,TRUE,3,31/12/2026\n",
        [
            ":B2 unknown-level: `gain`: `TRUE` is not a level of this scale -> choose from `low`, `medium`, `very-high`, or write a number from 1 (low) to 5 (very-high), or `unknown`",
            ":C2 invalid-fact: `crit`: expected yes or no, not `3` -> write `yes`, `no` or `unknown`",
            ":D2 invalid-date: `starts`: `31/12/2026` is not a date -> write `2026-12-31`",
        ],
    ),
    "ids-twice": (
        "id,title\na,A\nb,B\na,C\n",
        [":A4 duplicate-id: the id `a` is used twice -> give each its own id"],
    ),
    "titles-twice": (
        "title,gain\nSame thing,3\nSame  Thing!,2\n",
        [":A3 duplicate-id: the id `same-thing` is used twice -> give each its own id"],
    ),
    "row-without-a-name": (
        "id,title,gain\na,,3\n,,4\n",
        [
            ":C3 missing-key: this row has neither an id nor a title -> write one, or delete the cells of the row"
        ],
    ),
    "second-heads": (
        "id,gain,crit\n,from 1 to 5,yes or no\na,3,yes\n",
        [
            ":B2 second-headers: row 2 looks like a second header row -> delete it, or move it above the first header row"
        ],
    ),
    "second-heads-with-a-name": (
        "title,gain,crit\nName of it,how much?,is it?\nA,3,yes\n",
        [
            ":B2 second-headers: row 2 looks like a second header row -> delete it, or move it above the first header row"
        ],
    ),
    "headers-again": (
        "id,gain\na,3\nid,gain\nb,2\n",
        [":A3 second-headers: row 3 repeats the header row -> delete it"],
    ),
    "several-answers-with-a-comma": (
        'id,stage\na,"basic, applied"\n',
        [
            ":B2 unknown-level: `stage`: `basic, applied` is not a level of this fact -> write `[basic, applied]`"
        ],
    ),
    "range-backwards": (
        "id,gain,dual_use.low,dual_use.high\na,5-3,4,2\n",
        [
            ":B2 reversed-interval: `gain`: `[5, 3]` runs backwards -> write `3-5`",
            ":C2 reversed-interval: `dual_use`: `[4, 2]` runs backwards -> write `2-4`",
        ],
    ),
    "one-end": (
        "id,gain.low,gain high\na,2,\n",
        [
            ":B2 missing-key: `gain`: `low` and `high` must be given together; `high` is missing -> add `high: ...`, or write `value` in place of `low`"
        ],
    ),
    "off-the-scale": (
        "id,gain\na,7\n",
        [
            ":B2 off-scale: `gain`: `7` is off the scale -> use a number from 1 (low) to 5 (very-high), or `unknown`"
        ],
    ),
    "broken-yaml": (
        "id,stage\na,[basic\n",
        [
            ":B2 yaml-syntax: `[basic`: this is not valid YAML: a comma or a closing bracket must stand before the end of the line -> a cell that begins with `[` or `{` is read as YAML: write, for example, `[1, 5]`"
        ],
    ),
    "odd-status": (
        "id,audit,audit.note\na,maybe,\nb,,seen\n",
        [
            ":B2 invalid-choice: `maybe` is not the status of a safeguard -> write `in place` or `planned`, or leave the cell blank",
            ":B3 missing-status: `audit` is not in place, but has a note or evidence -> write `in place` or `planned` as its status",
        ],
    ),
    "given-twice": (
        'id,gain,gain.low,gain.high\na,2-4,1,5\nb,"{value: 3, note: x}",2,4\nc,"{low: 2, high: 3}",2,3\n',
        [
            ":B2 both-forms: `gain` is given twice: in this cell, and by details in other columns (2 times) -> remove one of them",
        ],
    ),
    "a-mapping-of-safeguards": (
        "id,safeguards\na,{audit: planned}\n",
        [
            ":B2 invalid-type: `{audit: planned}` is not a list of safeguards -> write `audit; ethics_review (planned)`"
        ],
    ),
    "partners-in-words": (
        "id,partners\na,acme\n",
        [
            ":B2 invalid-type: `acme` is not in the form of YAML -> write `[{id: acme}]` for partners, `{who-1: {title: ...}}` for sources, or a YAML file"
        ],
    ),
    "two-dates-of-a-list": (
        "id,as_of\na,2026-01-01\nb,\nc,2026-02-01\n",
        [
            ":B4 different-values: the rows of one table have different values of `as_of` -> write the same value into each row, or divide the table"
        ],
    ),
    "open-quote": (
        'id,title\na,Flu\nb,"Flu\nc,C\n',
        [
            ":3:1 table-syntax: a quotation mark in this row is not closed, or text follows it -> close each text in quotes, and write a quotation mark inside it twice"
        ],
    ),
    "heads-alone": (
        "id,gain\n",
        [
            ":A1 too-few: this list has no candidates -> add a row with a candidate",
        ],
    ),
    "no-cells": (
        "\n,,\n",
        [
            ":1:1 empty-document: this table has no cells -> write the names of the columns into the first row, and a candidate into each row below"
        ],
    ),
    "unknown-source": (
        "id,gain,gain.evidence\na,3,who-1\n",
        [
            ":C2 unknown-source: `who-1` is not a source of the list or of its framework -> list it under `sources`"
        ],
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_cell_that_cannot_be_read_is_named_with_its_cure(fault: str, tmp_path: Path) -> None:
    content, expected = WRONG[fault]
    assert refused(tmp_path, content) == expected


BOOKS: dict[str, tuple[bytes, list[str]]] = {
    "a-date-made-of-3-5": (
        workbook([["id", "gain"], ["a", datetime.date(2026, 5, 3)]]),
        [
            f":B2 date-for-number: `2026-05-03` is a date; a rating or an answer is needed here -> {DATES}, and write `3-5` again"
        ],
    ),
    "per-cent-shown": (
        workbook([["id", "budget", "gain"], ["a", (0.45,), (1,)], ["b", 3, 2]]),
        [
            ":B2 per-cent: the cell shows `45%`, but holds `0.45` -> format it as a number, and write the number meant",
            ":C2 per-cent: the cell shows `100%`, but holds `1` -> format it as a number, and write the number meant",
        ],
    ),
    "merged": (
        workbook([["id", "gain"], ["a", 3], ["b"], ["c", 2]], merge="B2:B3"),
        [
            ":B3 merged-cells: the cells B2:B3 are merged, and only B2 holds a value -> unmerge them, and fill in each cell"
        ],
    ),
    "merged-heads": (
        workbook([["id", "stage"], ["a", "basic", "applied"]], merge="B1:C1"),
        [
            ":C2 unknown-column: 1 row with cells in a column without a header -> write a header above them, or put text with the sign between cells in quotes"
        ],
    ),
    "error-of-a-formula": (
        workbook([["id", "gain"], ["a", "=1/0|#DIV/0!"], ["b", "=NA()|#N/A"]]),
        [
            ":B2 formula-error: the cell has the error `#DIV/0!` -> correct its formula",
            ":B3 formula-error: the cell has the error `#N/A` -> correct its formula",
        ],
    ),
    "no-stored-value": (
        workbook([["id", "gain"], ["a", "=1+1|"], ["b", "=1+1|2"]]),
        [
            ":B2 no-stored-value: the formula in this cell has no stored value -> open the workbook in a spreadsheet program, and save it there"
        ],
    ),
    "a-time": (
        workbook([["id", "starts"], ["a", 0.5]]),
        [
            ":B2 invalid-date: `starts`: `0.5` is not a date -> write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`"
        ],
    ),
    "password": (
        b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        [
            ":1:1 protected-file: the workbook is protected by a password -> open it, remove the password, and save it"
        ],
    ),
    "not-a-workbook": (
        workbook([["id"]])[:800],
        [
            ":1:1 damaged-file: the file is damaged, or is not a workbook -> copy or download it again, or save it again in the program that made it"
        ],
    ),
    "blank-sheet": (
        workbook([]),
        [
            ":1:1 empty-document: this table has no cells -> write the names of the columns into the first row, and a candidate into each row below"
        ],
    ),
}


@pytest.mark.parametrize("fault", BOOKS)
def test_a_cell_of_a_workbook_is_named_with_its_cure(fault: str, tmp_path: Path) -> None:
    content, expected = BOOKS[fault]
    assert refused(tmp_path, content, "list.xlsx") == expected


def test_a_cell_far_away_does_not_take_all_memory(tmp_path: Path) -> None:
    rows: list[Any] = [["id"], ["a"]]
    near = workbook(rows)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(1_048_575, 16_383, "x")
    (line,) = refused(tmp_path, file.getvalue(), "list.xlsx")
    assert line.startswith(":1:1 too-large: a sheet of the workbook has more than 50,000,000 cells")
    assert len(read(tmp_path, near, "list.xlsx")) == 1


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"id": ["a"], "gain": [3]}), file)
    (line,) = refused(tmp_path, file.getvalue()[:-20], "list.parquet")
    assert line.startswith(
        ":1:1 damaged-file: the file is damaged, or is not a Parquet file -> copy"
    )


# frames

FRAMES: dict[str, tuple[Any, list[str]]] = {
    "off-the-scale": (
        pd.DataFrame({"id": ["a", "b"], "gain": [3, 7]}),
        [
            "<frame>:row 1 (from 0) off-scale: `gain`: `7` is off the scale -> use a number from 1 (low) to 5 (very-high), or `unknown`"
        ],
    ),
    "polars": (
        pl.DataFrame({"id": ["a"], "gain": [0]}),
        [
            "<frame>:row 0 (from 0) off-scale: `gain`: `0` is off the scale -> use a number from 1 (low) to 5 (very-high), or `unknown`"
        ],
    ),
    "batch": (
        pa.record_batch({"id": ["a"], "gain": [0]}),
        [
            "<frame>:row 0 (from 0) off-scale: `gain`: `0` is off the scale -> use a number from 1 (low) to 5 (very-high), or `unknown`"
        ],
    ),
    "columns-twice": (
        pd.DataFrame([[1, "a", 2]], columns=["gain", "id", "gain"]),
        [
            "<frame>:columns duplicate-column: two columns have the name `gain` -> rename one of them"
        ],
    ),
    "a-timestamp": (
        pd.DataFrame({"id": ["a"], "gain": [pd.Timestamp("2026-05-03")]}),
        [
            f"<frame>:row 0 (from 0) date-for-number: `2026-05-03` is a date; a rating or an answer is needed here -> {DATES}, and write `3-5` again"
        ],
    ),
    "odd-objects": (
        pd.DataFrame({"id": ["a"], "gain": [{1, 2}], "budget": [b"\xff"]}),
        [
            "<frame>:row 0 (from 0) invalid-type: expected a number, text, a list or keys with values, not `{1, 2}` -> write a number, without quotes, such as `0.5`",
            "<frame>:row 0 (from 0) invalid-type: expected true or false, a number, text, a list or keys with values, not `b'\\xff'` -> write `true` or `false`",
        ],
    ),
    "no-columns": (
        pd.DataFrame(),
        [
            "<frame>:columns empty-document: this table has no cells -> write the names of the columns into the first row, and a candidate into each row below"
        ],
    ),
}


@pytest.mark.parametrize("fault", FRAMES)
def test_a_cell_of_a_frame_is_named_with_its_cure(fault: str, tmp_path: Path) -> None:
    frame, expected = FRAMES[fault]
    assert refused(tmp_path, frame) == expected


# what has one meaning is read, and said


def answers(candidates: cs.Candidates, key: str) -> list[Any]:
    """Return the ratings of a criterion, or the answers to a fact."""
    return [one.ratings.get(key, one.facts.get(key)) for one in candidates]


READ: dict[str, tuple[str | bytes, str, list[Any]]] = {
    "levels-and-numbers": (
        "id,gain\na,medium\nb,Very High\nc,4\nd,3 - medium\ne,5 (very-high)\nf,4.0\n",
        "gain",
        ["medium", "very-high", 4, 3, 5, 4],
    ),
    "ranges": (
        'id,gain\na,3-5\nb,3 – 5\nc,3 to 5\nd,3..5\ne,low to medium\nf,"[3, 5]"\ng,1.5-2.5\n',
        "gain",
        [[3, 5], [3, 5], [3, 5], [3, 5], ["low", "medium"], [3, 5], [1.5, 2.5]],
    ),
    "a-negative-range": (
        "id,budget\na,-3--1\nb,-1 to 2\nc,-4\nd,1e3\n",
        "budget",
        [[-3, -1], [-1, 2], -4, 1000.0],
    ),
    "flags": (
        "id,crit\na,YES\nb,no\nc,1\nd,0\ne,True\nf,FALSE\n",
        "crit",
        ["yes", "no", True, False, True, False],  # words stay as they are in YAML
    ),
    "answers": (
        'id,stage\na,Basic\nb,in_use\nc,basic; Applied\nd,"{one_of: [basic, in use]}"\n',
        "stage",
        ["basic", "in use", ["basic", "applied"], None],
    ),
    "several": (
        "id,law\na,us;cn\nb,us; ?\nc,CN\nd,n/a\ne,unknown\n",
        "law",
        [None, None, "cn", "n/a", None],
    ),
    "a-set": (
        "id,fields\na,artificial INTELLIGENCE;bio\nb,none\nc,[]\nd,ai\n",
        "fields",
        [["ai", "bio"], [], [], ["ai"]],
    ),
    "bands-with-hyphens": ("id,trl\na,1-3\nb,7–9\n", "trl", ["1-3", None]),
    "dates": (
        "id,starts\na,2026-05-03\nb,2026\nc,2026-01 to 2026-03\n",
        "starts",
        ["2026-05-03", "2026", ["2026-01", "2026-03"]],
    ),
    "no-answer": (
        "id,gain,crit\na,,x\nb,?,yes\nc,n/a,yes\nd,NaN,yes\ne, - ,yes\nf,null,yes\ng,unknown,yes\n".replace(
            ",x", ",yes"
        ),
        "gain",
        [None] * 7,
    ),
}
READ["bands-with-hyphens"] = ("id,trl\na,1-3\nb,7-9\n", "trl", ["1-3", "7-9"])


@pytest.mark.parametrize("form", READ)
def test_forms_of_a_cell(form: str, tmp_path: Path) -> None:
    content, key, expected = READ[form]
    found = [
        None if isinstance(one, cs.models.answers.FactDetail) else one
        for one in answers(read(tmp_path, content), key)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "the encoding is UTF-16"),
        ("utf-16-le", "the encoding is UTF-16"),
        ("utf-16-be", "the encoding is UTF-16"),
        ("cp1252", "the encoding is Windows-1252, not UTF-8"),
        ("latin-1", "the encoding is Windows-1252, not UTF-8"),
    ],
)
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_encoding_and_signs_are_recognised(
    encoding: str, remark: str | None, sign: str, tmp_path: Path
) -> None:
    rows = [
        ["title", "gain", "budget"],
        ["Zürich; über alles, ja", "3,5", "12,25"],
        ["Å", "2", "?"],
    ]
    lines = [sign.join(f'"{cell}"' for cell in row) for row in rows]
    found = read(tmp_path, "\r\n".join(lines).encode(encoding))
    assert [one.title for one in found] == ["Zürich; über alles, ja", "Å"]
    assert [one.id for one in found] == ["zürich-über-alles-ja", "å"]
    assert answers(found, "gain") == [3.5, 2]
    assert answers(found, "budget") == [12.25, None]
    names = {",": None, ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    divided = names[sign] and f"{names[sign]} divide the cells"
    expected = ["2 rows, 2 candidates", remark, divided, "numbers have decimal commas"]
    assert list(found.remarks) == [
        *filter(None, expected),
        "unknown: 1 of 4 answers (1 with `?`)",
        "no column for 2 of 3 criteria (unknown): `dual_use`, `share`",
        "no column for 8 of 9 facts (unknown): `crit`, `stage`, `trl`, `starts`, `fields`, `law`, `note`, `low_cost`",
    ]


def test_blank_rows_rows_above_and_columns_left_out_are_counted(tmp_path: Path) -> None:
    text = "My list,,,\n\nid,gain,Owner,crit\na,3,me,\n,,,\nb,,you,?\n,,,\n,,,\n"
    found = read(tmp_path, text, ignore_columns=["Owner"])
    assert [one.id for one in found] == ["a", "b"]
    assert list(found.remarks) == [
        "2 rows, 2 candidates; 1 blank row left out",
        "row 3 is the header row; 1 row above it is not read",
        "columns left out: `Owner`",
        "unknown: 3 of 4 answers (2 blank cells, 1 with `?`)",
        "no column for 2 of 3 criteria (unknown): `dual_use`, `share`",
        "no column for 8 of 9 facts (unknown): `stage`, `trl`, `budget`, `starts`, `fields`, `law`, `note`, `low_cost`",
    ]


NULLS = [None, np.nan, pd.NA, pd.NaT, "", " ", "n/a", "?", "N/A", "unknown"]


@pytest.mark.parametrize("key", ["gain", "crit", "stage", "budget", "starts", "fields", "audit"])
def test_nulls_of_every_kind_are_unknown(key: str, tmp_path: Path) -> None:
    ids = [f"c{k}" for k in range(len(NULLS))]
    found = read(tmp_path, pd.DataFrame({"id": ids, key: NULLS}))
    assert answers(found, key) == [None] * len(NULLS)
    assert all(not one.safeguards for one in found)
    if key != "audit":
        assert found.remarks[1] == (
            "unknown: 10 of 10 answers (6 blank cells, 1 with `n/a`, 1 with `?`, 1 with `N/A`, "
            "1 with `unknown`)"
        )


def test_notes_evidence_safeguards_and_sources_have_columns(tmp_path: Path) -> None:
    text = (
        "id,gain,gain.note,gain.evidence,gain until,External audit,ethics_review.by,Ethics review,"
        "safeguards,tags,notes,sources,as_of\n"
        'a,2-4,seen,"who; {id: who, clause: p. 3}",2026-12,In place,board,planned,,"x; y",n,"{who: {title: W}}",2026-01\n'
        'b,,,,,,,,"EXTERNAL audit; Ethics review (planned)",,,,\n'
    ).replace("who; {id: who, clause: p. 3}", "who; who")
    first, second = read(tmp_path, text)
    plain = first.model_dump(exclude_unset=True)
    assert plain["ratings"]["gain"] == {
        "low": 2,
        "high": 4,
        "note": "seen",
        "evidence": ["who", "who"],
        "until": "2026-12",
    }
    assert plain["safeguards"] == [
        "audit",
        {"id": "ethics_review", "status": "planned", "by": "board"},
    ]
    assert (plain["tags"], plain["note"]) == (["x", "y"], "n")
    assert [(one.id, one.status) for one in second.placed()] == [
        ("audit", "in_place"),
        ("ethics_review", "planned"),
    ]


def test_the_index_of_pandas_is_not_lost(tmp_path: Path) -> None:
    frame = pd.DataFrame({"gain": [1, 2, 3]}, index=["a", "b", "c"])
    assert [one.id for one in read(tmp_path, frame)] == ["a", "b", "c"]
    assert [one.title for one in read(tmp_path, frame.rename_axis("Title"))] == ["a", "b", "c"]
    numbered = frame.reset_index(names="id")
    assert [one.id for one in read(tmp_path, numbered[numbered.gain > 1])] == ["b", "c"]


def test_a_sheet_of_a_workbook_is_chosen_by_its_name(tmp_path: Path) -> None:
    content = workbook([["id", "gain"], ["a", 3]], other=True)
    found = read(tmp_path, content, "list.xlsx")
    remark = "the sheet `Ratings` is read, and `Words` not: name one as `list.xlsx#Words`"
    assert remark in found.remarks
    assert found.origin.source.endswith("list.xlsx#Ratings")
    named = load_candidates(tmp_path / "list.xlsx#Ratings", KINDS)
    assert named.model_dump() == found.model_dump()
    with pytest.raises(cs.UsageError, match=r"has no sheet `Rating`; did you mean `Ratings`\?"):
        load_candidates(f"{tmp_path}/list.xlsx#Rating", KINDS)
    with pytest.raises(cs.CandidateError, match="this list has no candidates"):
        load_candidates(f"{tmp_path}/list.xlsx#Hidden", KINDS)


def test_a_cover_is_not_the_list(tmp_path: Path) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Cover").write(0, 0, "Our ratings")
        sheet = book.add_worksheet("Ratings")
        sheet.write_row(2, 0, ["Title", "gain"])
        sheet.write_row(3, 0, ["A", 3])
    found = read(tmp_path, file.getvalue(), "list.xlsx")
    assert answers(found, "gain") == [3]
    remark = "the sheet `Ratings` is read, and `Cover` not: name one as `list.xlsx#Cover`"
    assert remark in found.remarks


def test_a_table_is_recognised_whatever_its_name_is(tmp_path: Path) -> None:
    content = workbook([["id", "gain"], ["a", 3]])
    tabs = read(tmp_path, b"id\tgain\na\t3\n", "list.tsv")
    assert not [remark for remark in tabs.remarks if "tabs" in remark]
    assert answers(read(tmp_path, b"sep=^\r\nid^gain\r\na^3\r\n"), "gain") == [3]
    for name, data in (("list.csv", content), ("list", content), ("list.xls", b"id\tgain\na\t3\n")):
        assert answers(read(tmp_path, data, name), "gain") == [3]


def test_a_per_cent_on_a_scale_to_1_is_meant(tmp_path: Path) -> None:
    found = read(tmp_path, workbook([["id", "share"], ["a", (0.45,)]]), "list.xlsx")
    assert answers(found, "share") == [0.45]


def test_the_first_findings_are_printed_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"c{k},x{k}\n" for k in range(MOST_SHOWN + 20))
    with pytest.raises(cs.CandidateError) as caught:
        read(tmp_path, f"id,budget\n{rows}")
    assert len(caught.value.diagnostics) == 120
    text = str(caught.value)
    assert text.count("error[invalid-fact]") == MOST_SHOWN
    assert text.endswith("and 20 more of 120 findings")


def test_no_work_grows_with_the_square_of_the_rows(tmp_path: Path) -> None:
    times = []
    for count in (500, 4000):
        rows = "".join(f"c{k},{k % 5 + 1},yes\n" for k in range(count))
        rows += "".join(f"w{k},high,no\n" for k in range(count // 10))
        start = time.process_time()
        with pytest.raises(cs.CandidateError):
            read(tmp_path, f"id,gain,crit\n{rows}")
        times.append(time.process_time() - start)
    assert times[1] < 30 * times[0]  # eight times the rows


# commands

TABLE = "id;gain;risk;crit\na;3,5;2;yes\n;;;\nb;?;1;no\n"


def test_every_command_reads_a_table_and_says_how(desk: Desk) -> None:
    desk.write("list.csv", TABLE)
    desk.write("new.csv", TABLE.replace("3,5", "4,5"))
    said = (
        "read list.csv: 2 rows, 2 candidates; 1 blank row left out\n"
        "note: semicolons divide the cells\n"
        "note: numbers have decimal commas\n"
        "note: unknown: 1 of 6 answers (1 with `?`)\n"
        "note: no column for 2 of 3 facts (unknown): `stage`, `budget`\n"
    )
    judge = ("-f", "small.yaml")
    for words in (
        ("score", "list.csv", *judge),
        ("check", "list.csv", *judge),
        ("explain", "list.csv", "a", *judge),
        ("robustness", "list.csv", "--draws", "8", *judge),
        ("sensitivity", "list.csv", *judge),
        ("next", "list.csv", "--draws", "8", *judge),
        ("what-if", "list.csv", "--set", "a.gain=2", *judge),
        ("diff", "list.csv", "new.csv", *judge),
        ("diff", "list.csv", "--old-framework", "small.yaml", "--new-framework", "small.yaml"),
    ):
        done = desk.run(*words)
        assert done.code == 0, done
        assert said in done.err, words
    piped = desk.run("score", "-", *judge, stdin=TABLE)
    assert said.replace("list.csv", "<stdin>") in piped.err
    assert piped.code == 0


def test_columns_to_leave_out_are_named(desk: Desk) -> None:
    desk.write("list.csv", "id,gain,risk,Owner,Budget code\na,3,2,me,4\n")
    options = ("-f", "small.yaml", "--ignore-columns", "Owner", "--ignore-columns", "Budget code")
    for command in ("score", "check"):
        done = desk.run(command, "list.csv", *options)
        assert done.code == 0
        if command == "check":
            rest = "-f small.yaml --ignore-columns Owner --ignore-columns 'Budget code'"
            assert f"next: collabscore score list.csv {rest}" in done.err
        assert "note: columns left out: `Owner` and `Budget code`" in done.err
    done = desk.run("score", "list.csv", *options[:4])
    assert done.code == 1
    assert "read list.csv: 1 row, 1 candidate\nnote: columns left out: `Owner`\n" in done.err
    assert "--ignore-columns 'Budget code'" in done.err


def test_a_table_without_a_framework_says_how_to_name_one(desk: Desk) -> None:
    desk.write("list.csv", "id,gain\na,3\n")
    done = desk.run("score", "list.csv")
    assert "no framework is named; name one, or write it into a column `framework`" in done.err
    desk.write("list.csv", "id,gain,framework\na,3,small.yaml\nb,2,\n")
    assert desk.run("score", "list.csv").code == 0
    desk.write("list.csv", "id,gain,framework\na,3,smal.yaml\n")
    done = desk.run("check", "list.csv")
    assert "--> list.csv:C1  (framework[0])" in done.out


def test_a_finding_in_a_table_is_data_too(desk: Desk) -> None:
    desk.write("list.csv", "id,gain\na,9\n")
    done = desk.run("check", "list.csv", "-f", "small.yaml", "--format", "json")
    assert '"span":{"file":"list.csv","line":2,"cell":"B2"}' in done.out.replace(" ", "").replace(
        "\n", ""
    )
    done = desk.run("check", "list.csv", "-f", "small.yaml", "--format", "github")
    assert done.out.startswith("::error file=list.csv,line=2,title=off-scale::")
    done = desk.run("check", "list.csv", "-f", "small.yaml", "--format", "concise")
    assert done.out.startswith("list.csv:B2: error[off-scale] `gain`: `9` is off the scale")


def test_an_impact_and_a_comparison_take_frames() -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "gain": [3, 4], "crit": ["yes", None]})
    stricter = FRAMEWORK.model_dump(exclude_unset=True)
    stricter["guardrails"]["g1"]["then"] = "refer"
    found = cs.impact([frame, frame.assign(id=["c", "d"])], FRAMEWORK, stricter)
    assert [one.problem.size for one in found.lists] == [2, 2]
    assert len(cs.compare(pl.from_pandas(frame), [FRAMEWORK, {**stricter, "id": "other"}])) == 2


def test_a_library_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library, content, name in (
        ("python_calamine", workbook([["id"], ["a"]]), "list.xlsx"),
        ("pyarrow.ipc", b"ARROW1", "list.arrow"),
        ("narwhals", pd.DataFrame({"id": ["a"]}), ""),
    ):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(cs.MissingExtraError, match=r"pip install 'collabscore\[tables\]'"):
            read(tmp_path, content, name)
    assert len(read(tmp_path, "id,gain\na,3\n")) == 1  # CSV needs none


def test_a_macro_workbook_is_read_without_its_macros(tmp_path: Path) -> None:
    file = io.BytesIO(workbook([["id", "gain"], ["a", 3]]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macros")
    found = read(tmp_path, file.getvalue(), "list.xlsm")
    assert "macros are not run" in found.remarks
    assert FRAMEWORK.id == "small"


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("AI", "did you mean `atom_interferometry` or `artificial_intelligence`?"),
        ("power grid", "did you mean `grid` or `wireless_power`?"),
        ("semiconductor", "did you mean `semiconductors`?"),
        ("zz", "`collabscore new list.yaml -f guardrail` lists all"),
    ],
)
def test_an_item_of_a_long_list_is_offered_by_its_words(
    word: str, help: str, tmp_path: Path
) -> None:
    (line,) = refused(tmp_path, f"id,fields\na,{word}\n", framework="guardrail")
    assert line.endswith(help)


def test_rows_of_a_table_are_independent(tmp_path: Path) -> None:
    text = "id,crit,safeguards,audit\na,yes,ethics_review,in place\nb,yes,ethics_review,\n"
    both = read(tmp_path, text)
    assert [list(one.safeguards) for one in both] == [["ethics_review", "audit"], ["ethics_review"]]
    twice = read(tmp_path, text.replace("review,\n", "review,in place\n"))
    assert [list(one.safeguards) for one in twice] == [["ethics_review", "audit"]] * 2


@pytest.mark.parametrize("fault", ["error-of-a-formula", "no-stored-value", "per-cent-shown"])
@pytest.mark.parametrize("form", ["sorted", "type", "prefix", "no-places"])
def test_the_form_of_xml_has_no_meaning(fault: str, form: str, tmp_path: Path) -> None:
    content, expected = BOOKS[fault]
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.startswith("xl/worksheets/sheet"):
                text = rewritten(text, form)
            new.writestr(name, text)
    assert refused(tmp_path, file.getvalue(), "list.xlsx") == expected


def rewritten(text: str, form: str) -> str:
    """Return the XML of a sheet in another form of the same meaning."""
    match form:
        case "sorted":
            return re.sub(r'<c (r="\w+")([^>]*?)(/?)>', r"<c\2 \1\3>", text)
        case "type":
            return re.sub(r"(<c (?![^>]* t=)[^>]*?)(/?)>", r'\1 t="n"\2>', text)
        case "prefix":
            text = text.replace("xmlns=", "xmlns:x=")
            return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text)
    return re.sub(r'(<(?:c|row)) r="\w+"', r"\1", text)


def test_an_index_that_is_a_column_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "gain": [1, 2]})
    assert [one.id for one in read(tmp_path, frame.set_index("id", drop=False))] == ["a", "b"]
    ids = pd.CategoricalIndex(["a", "b"])
    assert [one.id for one in read(tmp_path, frame[["gain"]].set_axis(ids))] == ["a", "b"]


def test_a_setting_of_the_process_stays(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read(tmp_path, "id\na\n")
    assert csv.field_size_limit() == before


def test_bytes_that_are_text_are_text(tmp_path: Path) -> None:
    found = read(tmp_path, pa.table({"id": [b"a", "\u00e9".encode()], "gain": [b"3", b"low"]}))
    assert [one.id for one in found] == ["a", "\u00e9"]
    assert answers(found, "gain") == [3, "low"]


@pytest.mark.parametrize(
    "above", ["framework,guardrail\n", "Title\n", "Notes,by us\n", "Name\n,\n"]
)
def test_words_above_the_header_row_are_no_headers(above: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"{above}id,gain,crit,stage\na,3,yes,basic\n")
    assert [one.id for one in found] == ["a"]
    assert any("above it" in remark for remark in found.remarks)


def test_a_column_to_leave_out_that_does_not_exist_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "id,gain\na,3\n", ignore_columns="Onwer")
    assert "`Onwer` is to be left out, and is no column of this table" in found.remarks
