"""Write docs/explanation/how-firm.md from the two ratings of the areas."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from click.testing import CliRunner

import collabscore as cs
from collabscore.cli.main import cli

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "how-firm.md"
FILES = {"first": "examples/collaboration_areas.yaml", "second": "examples/second_rating.yaml"}
SPACES = ("within 25%", "order", "any")


def console(command: str) -> list[str]:
    """Return a command and what it prints."""
    found = CliRunner().invoke(cli, shlex.split(command))
    assert found.exit_code == 0, found.output
    return ["```console", f"$ collabscore {command}", found.output.rstrip(), "```"]


def per_cent(share: float) -> str:
    """Return a share in whole per cent."""
    return "<1" if 0 < share < 0.01 else ">99" if 0.99 < share < 1 else f"{100 * share:.0f}"


def leaders(results: dict[tuple[str, str], cs.Robustness], shared: set[str]) -> list[str]:
    """Return how often each leader is among the first ten, by both ratings and all spaces."""
    first = results["first", SPACES[0]].ranking
    heads = [f"{name}, {space}" for name in FILES for space in SPACES]
    lines = ["| area | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(heads)]
    for key in first.ids[:15]:
        cells = []
        for name in FILES:
            for space in SPACES:
                result = results[name, space]
                known = name == "first" or key in shared
                cells.append(
                    per_cent(result.top_probability(10)[result.ranking.place_of(key)])
                    if known
                    else "–"
                )
        lines.append(f"| {first[key].title} | " + " | ".join(cells) + " |")
    return lines


def in_words(results: dict[tuple[str, str], cs.Robustness]) -> list[str]:
    """Return which areas hold a place among the first ten in nine draws of ten."""
    lines = []
    for space in SPACES:
        firm = {
            name: [
                key
                for key, share in zip(
                    results[name, space].ids, results[name, space].top_probability(10), strict=True
                )
                if share >= 0.9
            ]
            for name in FILES
        }
        titles = {
            key: results[name, space].ranking[key].title for name in FILES for key in firm[name]
        }
        both = [titles[key] for key in firm["first"] if key in firm["second"]]
        one = [titles[key] for key in firm["first"] if key not in firm["second"]]
        other = [titles[key] for key in firm["second"] if key not in firm["first"]]
        lines.append(
            f"- `{space}`: by both ratings: {'; '.join(both) or 'none'}. Only by the first: {'; '.join(one) or 'none'}."
            f" Only by the second: {'; '.join(other) or 'none'}."
        )
    return lines


def spread(results: dict[tuple[str, str], cs.Robustness]) -> list[str]:
    """Return how wide the ranks spread, and what explains the variance of places."""
    lines = [
        "| rating | weights | widest range of ranks among the first ten | variance of ranks due to weights | due to ratings |"
    ]
    lines.append("|---|---|---|---:|---:|")
    for (name, space), result in results.items():
        widths = result.rank_ranges[:10, 1] - result.rank_ranges[:10, 0]
        best, worst = result.rank_ranges[:10][widths.argmax()].tolist()
        shares = {
            share.source: share for share in result.variance_shares if share.output == "place"
        }
        parts = [
            f"{per_cent(shares[source].first)} % alone, {per_cent(shares[source].total)} % with others"
            for source in ("weights", "ratings")
        ]
        title = result.ranking[result.ids[int(widths.argmax())]].title
        lines.append(
            f"| {name} | {space} | {best} to {worst} ({title}) | " + " | ".join(parts) + " |"
        )
    return lines


def page() -> str:
    """Return the page."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        rankings = {name: cs.score(file, "guardrail") for name, file in FILES.items()}
        results = {
            (name, space): cs.robustness(rankings[name], weights=space)
            for name in FILES
            for space in SPACES
        }
        commands = [
            *console(f'robustness {FILES["first"]} --weights "within 25%" --show 10 --width 100'),
            "",
            *console(f'robustness {FILES["second"]} --weights "within 25%" --show 10 --width 100'),
            "",
            *console(f"robustness {FILES['first']} --weights any --show 5 --width 100"),
        ]
    finally:
        os.chdir(here)
    before, after = (
        PAGE.with_suffix(".in.md").read_text(encoding="utf-8").split("<!-- tables -->\n")
    )
    parts = [
        before.rstrip(),
        "",
        "## Output of the command",
        "",
        *commands,
        "",
        "## The leaders under three spaces of weights and two ratings",
        "",
        "Share of draws, in percent, in which an area is among the first ten:",
        "",
        *leaders(results, set(rankings["second"].ids)),
        "",
        "Areas among the first ten in at least nine of ten draws:",
        "",
        *in_words(results),
        "",
        "## Range of ranks, and its causes",
        "",
        *spread(results),
        "",
        after.strip(),
    ]
    return "\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: page()}
