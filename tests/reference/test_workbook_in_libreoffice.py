"""The workbook in LibreOffice, where it is installed: a changed weight moves scores and ranks as in Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from random import Random

import pytest
from python_calamine import load_workbook

import collabscore as cs
from collabscore.output.excel import Workbook
from collabscore.reports.workbook import _CANDIDATE, _FIRST, _RANK, _SCORE, _WEIGHT, _Model

OFFICE = shutil.which("soffice")
AREAS = Path(__file__).parents[2] / "examples" / "collaboration_areas.yaml"


def with_cells(content: bytes, file: Path, weights: dict[str, float]) -> None:
    """Write a workbook with other numbers in cells of its model, and without any computed value."""
    source = file.with_suffix(".zip")
    source.write_bytes(content)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                sheet = re.sub(r"(</f>)<v>.*?</v>", r"\1", text.decode(), flags=re.DOTALL)
                if name.endswith("sheet3.xml"):
                    for place, weight in weights.items():
                        cell = rf'(<c r="{place}"[^>]*><v>)[^<]*'
                        sheet, count = re.subn(cell, rf"\g<1>{weight!r}", sheet)
                        assert count == 1
                text = sheet.encode()
            new.writestr(name, text)


def recalculated(file: Path) -> list[list[list[object]]]:
    """Return the rows of all sheets as LibreOffice computes them."""
    folder = file.parent / "recalculated"
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    command = [str(OFFICE), "--headless", profile, "--convert-to", "xlsx", "--outdir", str(folder)]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=300)
    book = load_workbook(folder / file.name)
    return [
        book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
    ]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_changed_weight_moves_the_order_as_in_python(tmp_path: Path) -> None:
    rng = Random(7)
    before = cs.score(AREAS)
    model = _Model(Workbook("layout"), before)
    weights = {key: float(rng.choice([1, 2, 5, 0.25])) for key in before.framework.nodes}
    cells = {model.at(_WEIGHT, model.weight_column(key)): weight for key, weight in weights.items()}
    file = tmp_path / "areas.xlsx"
    with_cells(cs.to_excel(before), file, cells)
    after = cs.score(AREAS, weights=weights)
    assert [after[name].verdict for name in before.ids] == list(before.verdicts)
    assert after.ids != before.ids
    _, order, sheet, *_ = recalculated(file)
    listed = [row for row in sheet[_FIRST:] if row[_CANDIDATE]]
    assert len(listed) == len(after)
    for row, found in zip(
        listed, sorted(range(len(after)), key=after.order.__getitem__), strict=True
    ):
        assert abs(float(row[_SCORE]) - after.scores[found]) <= 1e-9
        assert (row[_RANK] or 0) == after.ranks[found]
    assert [row[2] for row in order[4:]] == [" ".join(found.title.split()) for found in after]
    assert {row[1] for row in order[4:]} > {""}
