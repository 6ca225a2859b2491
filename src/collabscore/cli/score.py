"""The command `score`: the ranking of a list of candidates by a framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..scoring.ranking import Ranking
from .main import DONE, WRONG, command
from .options import (
    ROW_FORMS,
    Target,
    emit,
    named_as_option,
    ranking_inputs,
    result_options,
    selection_options,
)
from .terminal import say


@command(
    "score",
    "collabscore score projects.yaml",
    "collabscore score projects.yaml -f guardrail -o ranking.html",
    "collabscore score projects.yaml --only inside --only conditional --top 10",
    "collabscore score projects.yaml --weight mutual_interest=50%",
    "collabscore score projects.yaml --format json --fail-on outside | jq '.candidates[0]'",
)
@ranking_inputs
@selection_options("--top", "Show only the first N, and ties with the last.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="VERDICT",
    help="Exit with 1 if any candidate has this verdict; repeatable.",
)
@result_options(brief=True)
def score(
    scored: Callable[[], Ranking],
    fail_on: tuple[str, ...],
    selection: dict[str, Any],
    target: Target,
) -> int:
    """Score and rank the candidates of a list.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input.
    Options such as --only show fewer candidates. Ranks always count all candidates, and a note
    counts the hidden ones.
    """
    ranking = scored()
    with named_as_option("verdict", "fail_on"):
        failing = {verdict: ranking.select(verdict=verdict).ids for verdict in fail_on}
    shown = ranking.select(**selection)
    emit(shown, target)
    if shown.left_out and target.form in ROW_FORMS:  # rows have no room for notes
        say(f"note: {shown.left_out_note}")
    code = DONE
    for verdict, ids in failing.items():
        if ids:
            code = WRONG
            named = ", ".join(f"`{name}`" for name in ids[:5])
            if len(ids) > 5:
                named += f" and {len(ids) - 5:,} more"
            say(f"--fail-on {verdict}: {len(ids):,} of {len(ranking):,} candidates: {named}", at=0)
    return code
