from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from collabscore.documents.sheets import Sheet, column_letters, read_table, sheet_of_frame
from collabscore.errors import Origin, Span, UsageError

FILES = Path(__file__).parents[2] / "data" / "sheets"


@pytest.mark.parametrize("suffix", ["ods", "xls", "xlsx"])
def test_workbooks_that_another_program_saved(suffix: str) -> None:
    file = FILES / f"list.{suffix}"
    sheet = read_table(Origin(file.name, file.read_bytes()), "workbook", None)
    heads = ["Id", "Gain", "crit", "stage", "starts", "Budget (million USD)"]
    rows = [sheet.row(row) for row in range(3)]
    rows[1][4] = str(rows[1][4])
    assert rows == [
        heads,
        ["a", 3, True, "basic", "2026-05-03", 2.5],
        ["b", "2-4", False, "applied; basic", "2026", 5],
    ]
    assert sheet.source == f"list.{suffix}#Ratings"
    assert not sheet.doubts


def test_a_cell_has_the_place_that_a_spreadsheet_shows() -> None:
    sheet = Sheet("list.csv", [["", "id", "a"], ["x", "Gain", "3,5"]])
    assert sheet.below(1).span(0, 1) == Span("list.csv", 3, 7, 10, "Gain: 3,5", "B3")
    assert sheet.below(1).span(-1, 0) == Span("list.csv", 2, 1, 3, "id", "A2")
    assert [column_letters(k) for k in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_columns_stay_columns() -> None:
    table = pa.table({"id": ["a", "b"], "gain": [1.5, None]})
    sheet = sheet_of_frame(table.to_pandas())
    assert sheet is not None
    assert (sheet.heads, sheet.height, sheet.first) == (("id", "gain"), 2, 0)
    assert sheet.cells(1) == [1.5, None]
    assert sheet_of_frame(pd.Series([1, 2])) is None
    assert sheet_of_frame(pd.Index(["a"])) is None


def test_only_workbooks_have_sheets() -> None:
    with pytest.raises(UsageError, match=r"`list\.csv` has no sheets; leave out `#May`"):
        read_table(Origin("list.csv", b"id\na\n"), "text", "May")
