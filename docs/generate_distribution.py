"""Write docs/explanation/what-frameworks-decide.md from the shipped frameworks and lists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import collabscore as cs
from collabscore.documents.loading import shipped

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "what-frameworks-decide.md"
LISTS = {"areas": "collaboration_areas.yaml", "projects": "proposed_projects.yaml"}
MOST_ALIKE = 0.7
"""Beyond this share of one verdict among the areas judged, the page gives a reason."""
HEAD = [
    "| framework | answers missing | not judged | judged | their verdicts | commonest | could be worse |",
    "|---|---:|---:|---:|---|---:|---:|",
]


def row(found: cs.Comparison, place: int) -> tuple[str, float]:
    """Return one framework as a row, and the share of its commonest verdict among those judged."""
    name = found.frameworks[place]
    ranking = found[name]
    judged = found.answers[:, place] >= 0
    applies = found.answers[:, place] != -1
    counts = Counter(found.verdicts[judged, place])
    worse = 0
    for key in [key for key, is_judged in zip(found.ids, judged, strict=True) if is_judged]:
        verdicts = ranking[key].verdict_range or ()
        worse += ranking[key].verdict != verdicts[-1]
    total = int(judged.sum())
    share = max(counts.values()) / total if total else 0.0
    missing = found.missing[applies, place].sum() / max(found.needed[applies, place].sum(), 1)
    order = [key for key in ranking.framework.all_verdicts if key in counts]
    words = ", ".join(f"{key} {counts[key]}" for key in order) or "–"
    cells = [
        f"`{name}`",
        f"{100 * missing:.0f} %",
        str(int((found.answers[:, place] == -2).sum())),
        str(total),
        words,
        f"{100 * share:.0f} %" if total else "–",
        str(worse),
    ]
    return f"| {' | '.join(cells)} |", share


def table(kind: str, reasons: str) -> list[str]:
    """Return the table of one list; of areas, each framework beyond the limit needs a reason."""
    found = cs.compare(ROOT / "examples" / LISTS[kind], shipped())
    lines, lacking = [f"{len(found)} {kind}:", "", *HEAD], []
    for place, name in enumerate(found.frameworks):
        line, share = row(found, place)
        lines.append(line)
        if kind == "areas" and share > MOST_ALIKE and f"\n- **`{name}`** " not in reasons:
            lacking.append(name)
    if lacking:
        raise ValueError(
            f"say in {PAGE.with_suffix('.in.md').name} why {', '.join(lacking)} gives more than"
            f" {100 * MOST_ALIKE:.0f} % of the areas it judges one verdict"
        )
    return lines


def page() -> str:
    """Return the page, each table at its mark."""
    text = PAGE.with_suffix(".in.md").read_text(encoding="utf-8")
    return re.sub(r"<!-- table of (\w+) -->", lambda found: "\n".join(table(found[1], text)), text)


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: page()}
