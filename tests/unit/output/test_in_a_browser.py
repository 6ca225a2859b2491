"""No page is cut: a browser lays them out on a screen, at the width of A4 and on a phone."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.output import Result

EXAMPLES = Path(__file__).parents[3] / "examples"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
SCREEN, A4, PHONE = 1200, 688, 390  # of A4, what the margins of the page leave
MEASURE = """
const found = [];
for (const frame of document.querySelectorAll("iframe")) {
  const page = frame.contentDocument, sheet = page.querySelector(".cs-sheet");
  const edge = page.documentElement.clientWidth;
  const cut = [...sheet.querySelectorAll("*")].filter(
    (one) => !one.closest("thead") && one.getBoundingClientRect().right > edge + 1);
  const tables = [...page.querySelectorAll("table")];
  const cards = tables.filter((one) => getComputedStyle(one).display == "block");
  found.push([sheet.scrollWidth - sheet.clientWidth, cut.length, tables.length, cards.length]);
}
document.title = JSON.stringify(found);
"""


def laid_out(pages: list[tuple[str, int]], folder: Path) -> list[list[int]]:
    """Return what is cut of each page at its width: points, elements; tables, those as cards."""
    frames = "".join(
        f'<iframe style="width:{width}px;height:800px;border:0" srcdoc="{html.escape(page)}"></iframe>'
        for page, width in pages
    )
    script = f'<script>addEventListener("load", () => {{{MEASURE}}})</script>'
    (folder / "frames.html").write_text(f"<!DOCTYPE html>{frames}{script}", encoding="utf-8")
    command = [
        str(BROWSER),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=5000",
        "--window-size=1400,900",
        "--dump-dom",
        (folder / "frames.html").as_uri(),
    ]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the browser does not answer here")
    title = re.search(r"<title>(\[.*?\])</title>", shown.stdout)
    if title is None:
        pytest.skip("the browser shows no page here")
    found: list[list[int]] = json.loads(title[1])
    return found


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
@pytest.mark.filterwarnings("ignore")
def test_no_page_is_cut_on_a_screen_on_paper_and_on_a_phone(tmp_path: Path) -> None:
    ranking = cs.score(EXAMPLES / "proposed_projects.yaml")
    results: list[Result] = [
        ranking,
        cs.explain(ranking, "ice-cores", versus="quake-array"),
        cs.robustness(ranking, draws=64),
        cs.sensitivity(ranking),
        cs.next_questions(ranking, draws=256),
        cs.what_if(ranking, weights={"mutual_interest": 2}),
        cs.compare(EXAMPLES / "proposed_projects.yaml", ["guardrail", "ca-strac", "sta-2024"]),
    ]
    pages = [result.to_html(whole=True, detail="verbose") for result in results]
    pages.append(ranking["ice-cores"].to_html(whole=True))
    asked = [(page, width) for page in pages for width in (SCREEN, A4, PHONE)]
    found = laid_out(asked, tmp_path)
    assert len(found) == len(asked)
    cut = [(*asked[k], *found[k][:2]) for k in range(len(asked)) if found[k][0] > 0 or found[k][1]]
    assert not [(page[:200], *numbers) for page, *numbers in cut]
    for place in range(0, len(asked), 3):
        screen, _, phone = found[place : place + 3]
        assert screen[3] == 0, "tables of a screen are tables"
        assert phone[3] > 0, "wide tables of a phone are cards"
