"""The command `compare`: one list of candidates as several frameworks judge it.

Imports click and the comparison.
"""

from __future__ import annotations

import click

from ..analysis.comparison import Comparison
from ..analysis.comparison import compare as comparison_of
from ..errors import UsageError
from ..output.render_html import whole_page
from .common import common, examples
from .output import format_of, room, say, write

__all__ = ["compare"]

FORMATS = ("table", "json", "csv", "md", "html")
_WIDTH = 100


@click.command(
    name="compare",
    epilog=examples(
        "collabscore compare projects.yaml -f guardrail -f ca-strac",
        "collabscore compare projects.yaml -f guardrail -f house.yaml --disagreements 20",
        "collabscore compare projects.yaml -f sta-2024 -f eu-2024 -o comparison.html",
        "collabscore compare projects.yaml -f sta-2024 -f eu-2024 --format json | jq '.disagreements[0]'",
    ),
)
@click.argument("candidates", metavar="CANDIDATES")
@click.option(
    "-f",
    "--framework",
    "frameworks",
    multiple=True,
    metavar="FRAMEWORK",
    help="Judge by this one: a shipped id, or a file; give two or more.",
)
@click.option(
    "--disagreements",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    metavar="N",
    help="Explain so many disagreements on the page; JSON holds all.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the result. [default: by -o, else table]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)
@click.option(
    "--width", type=click.IntRange(min=20), metavar="N", help="Letters in a line of text."
)
@common
def compare(
    candidates: str,
    frameworks: tuple[str, ...],
    disagreements: int,
    format: str | None,
    output: str | None,
    width: int | None,
) -> None:
    """Judge one list by several frameworks, and say where they disagree and why.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. Verdicts and ranks stand side by side, in
    the order of the first framework; then come the guardrails and facts behind each disagreement. A framework that the
    list itself names lends it words, and judges only where -f names it too.
    """
    format = format_of(format, output, FORMATS)
    if [candidates, *frameworks].count("-") > 1:
        raise UsageError("standard input is read once: give the others as files")
    comparison = comparison_of(candidates, frameworks)
    for ranking in comparison.rankings:
        say(
            f"read {len(ranking):,} candidates; judged by `{ranking.framework.id}`, {ranking.framework.digest}",
            2,
        )
    write(_shown(comparison, disagreements, format, output, width), output, format)


def _shown(
    comparison: Comparison, most: int, format: str, output: str | None, width: int | None
) -> str:
    match format:
        case "json":
            return comparison.to_json()
        case "csv":
            return comparison.to_csv()
        case "md":
            return comparison.to_markdown(disagreements=most)
        case "html":
            return whole_page(comparison.title, comparison.to_html(disagreements=most))
    fits = room() if output is None or output == "-" else None
    # reasons are prose: where no terminal says how wide, lines have the width of a page
    return comparison.to_text(width or fits or _WIDTH, disagreements=most)
