"""The command `compare`: one list of candidates as several frameworks judge it."""

from __future__ import annotations

import click

from ..analysis import comparison as analysis
from .group import command
from .options import (
    PAGE_WIDTH,
    Target,
    candidates_argument,
    emit,
    frameworks_option,
    refuse_two_inputs,
    result_options,
)
from .terminal import say

__all__ = ["compare"]


@command(
    "compare",
    "collabscore compare projects.yaml -f guardrail -f ca-strac",
    "collabscore compare projects.yaml -f guardrail -f house.yaml --disagreements 20",
    "collabscore compare projects.yaml -f sta-2024 -f eu-2024 -o comparison.html",
    "collabscore compare projects.yaml -f sta-2024 -f eu-2024 --format json"
    " | jq '.disagreements[0]'",
)
@candidates_argument
@frameworks_option("Judge by this one: a shipped id, or a file; give two or more.")
@click.option(
    "--disagreements",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    metavar="N",
    help="Explain so many disagreements on the page; JSON holds all.",
)
@result_options(width_help="Letters in a line of text.")
def compare(
    candidates: str, frameworks: tuple[str, ...], disagreements: int, target: Target
) -> None:
    """Judge one list by several frameworks, and say where they disagree and why.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. Verdicts and ranks
    stand side by side, in the order of the first framework; then come the guardrails and facts
    behind each disagreement. A framework that the list itself names lends it words, and judges
    only where -f names it too.
    """
    refuse_two_inputs([candidates, *frameworks], "give the others as files")
    result = analysis.compare(candidates, frameworks)
    for ranking in result.rankings:
        judge = ranking.framework
        say(f"read {len(ranking):,} candidates; judged by `{judge.id}`, {judge.digest}", 2)
    shown = result if target.form in ("json", "csv") else result.page(disagreements=disagreements)
    emit(shown, target, PAGE_WIDTH)
