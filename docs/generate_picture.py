"""Draw docs/images/ranking.svg: the output of a command as a terminal shows it, in colour.

Each word stands at the column where a terminal puts it, whatever the font of the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from page_outputs import folder_of_a_page, printed_by

from collabscore.output.text import display_width

PAGE = Path(__file__).parent / "images" / "ranking.svg"
COMMAND = "collabscore score examples/proposed_projects.yaml --brief"
TITLE = "Fifteen proposals in the order of their verdicts and scores, as the command prints them"
COLUMN, LINE, SIZE, EDGE = 8.43, 20, 14, 18
COLOURS = {
    "31": "#c62828",
    "32": "#1b7f3b",
    "33": "#a15c00",
    "34": "#1f5fbf",
    "35": "#8250df",
    "36": "#00707a",
}
INK, MUTED, PAPER = "#1f2328", "#6a737d", "#fbfbfa"

Run = tuple[int, str, tuple[str, ...]]


def runs(line: str) -> Iterator[Run]:
    """Yield each word of a line: its column, its letters, and the codes of its look."""
    codes: tuple[str, ...] = ()
    column = 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            new = [code for code in part[2:-1].split(";") if code not in ("", "0")]
            codes = (*codes, *new) if new else ()
            continue
        for piece in re.split(r"( +)", part):
            if piece.strip():
                yield column, piece, codes
            column += display_width(piece)


def look(codes: tuple[str, ...]) -> str:
    """Return the attributes of a word."""
    fill = next((COLOURS[code] for code in codes if code in COLOURS), None)
    if "2" in codes:
        fill = MUTED
    attributes = f' fill="{fill}"' if fill else ""
    return attributes + (' font-weight="bold"' if "1" in codes else "")


def word(run: Run, top: float) -> str:
    """Return one word as an element, as wide as a terminal makes it."""
    column, letters, codes = run
    width = display_width(letters) * COLUMN
    return (
        f'<text x="{EDGE + column * COLUMN:.1f}" y="{top:.0f}" textLength="{width:.1f}"'
        f' lengthAdjust="spacingAndGlyphs"{look(codes)}>{escape(letters)}</text>'
    )


def drawing(lines: list[str]) -> str:
    """Return lines of a terminal as an SVG."""
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = 2 * EDGE + max(map(display_width, plain)) * COLUMN
    height = 2 * EDGE + len(lines) * LINE
    words = [
        word(run, EDGE + SIZE + place * LINE)
        for place, line in enumerate(lines)
        for run in runs(line)
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}"'
        f' width="{width:.0f}" height="{height}" role="img" font-size="{SIZE}" fill="{INK}"'
        " font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\">"
    )
    paper = f'<rect width="100%" height="100%" rx="6" fill="{PAPER}" stroke="#d0d7de"/>'
    return "\n".join([head, f"<title>{TITLE}</title>", paper, *words, "</svg>"]) + "\n"


def pages() -> dict[Path, str]:
    """Return the picture by its path."""
    with folder_of_a_page():
        arguments = COMMAND.split()[1:]
        printed = printed_by([*arguments, "--color", "always"], color=True)
    lines = [f"$ {COMMAND}", "", *printed.strip("\n").splitlines()]
    return {PAGE: drawing(lines)}
