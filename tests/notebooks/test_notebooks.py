from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


@cache
def executed(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), (
        "notebooks are kept without output"
    )
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    return notebook


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_runs(path: Path) -> None:
    shown = [
        output.get("data", {})
        for cell in executed(path).cells
        for output in cell.get("outputs", [])
    ]
    results = [data for data in shown if 'class="collabscore"' in data.get("text/html", "")]
    assert results
    for data in results:
        # consoles and notebooks that show no HTML have the text; addresses are kept whole
        lines = data["text/plain"].splitlines()
        assert max(len(line) for line in lines if "://" not in line) <= 88
        assert "<script" not in data["text/html"]


@pytest.mark.filterwarnings("ignore")
def test_the_first_ranking_goes_from_a_list_to_a_defended_order() -> None:
    notebook = executed(EXAMPLES / "first_ranking.ipynb")
    shown = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown[cell.source] = output["data"]["text/plain"]
    ranking, card, why, what_if, *_ = shown.values()
    assert "Ordered by verdict group, then by score" in ranking
    assert card.startswith("Ice cores from the high plateau")
    assert re.search(r"▲ refer +2 +7 +76\.2", card)
    assert "On what terms does each side get data" in card
    assert "seismometers" in why
    # the change makes first the candidate that is seventh
    assert re.search(r"7 → 1 +Ice cores", what_if)
