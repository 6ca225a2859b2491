"""The commands `compare`, one list by several frameworks, and `diff`, two runs."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from ..analysis import comparison, difference
from ..api import score
from ..errors import UsageError
from .main import command
from .options import (
    Target,
    candidates_argument,
    emit,
    frameworks_option,
    refuse_two_inputs,
    result_options,
)
from .terminal import say


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
    result = comparison.compare(candidates, frameworks)
    for ranking in result.rankings:
        judge = ranking.framework
        say(f"read {len(ranking):,} candidates; judged by `{judge.id}`, {judge.digest}", 2)
    shown = (
        result
        if target.form in ("json", "csv")
        else result.page(detail=target.detail, disagreements=disagreements)
    )
    emit(shown, target)


@command(
    "diff",
    "collabscore diff projects-may.yaml projects-june.yaml",
    "collabscore diff projects.yaml projects.yaml --old-framework old.yaml"
    " --new-framework new.yaml",
    "collabscore diff may.json june.json",
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "-f",
    "--framework",
    metavar="FRAMEWORK",
    help="Judge both by this one: a shipped id, or a file.",
)
@click.option("--old-framework", metavar="FRAMEWORK", help="Judge the old list by this one.")
@click.option("--new-framework", metavar="FRAMEWORK", help="Judge the new list by this one.")
@result_options()
def diff(
    old: str,
    new: str,
    framework: str | None,
    old_framework: str | None,
    new_framework: str | None,
    target: Target,
) -> None:
    """Say what changed between two runs, and what each change did.

    OLD and NEW are two lists of candidates, or two results as JSON of `collabscore score`. Of lists
    every change of a score is attributed to ratings, weights, criteria and so on, and the parts sum
    to the whole.
    """
    refuse_two_inputs([old, new], "give one of the two as a file")
    if framework and (old_framework or new_framework):
        raise UsageError("-f is for both: leave it out with --old-framework and --new-framework")
    before = _result_of(old, framework or old_framework)
    after = _result_of(new, framework or new_framework)
    emit(difference.diff(before, after), target)


def _result_of(source: str, framework: str | None) -> Any:
    """Return a stored result as it is, and a list scored."""
    path = Path(source)
    if framework is None and path.suffix.lower() == ".json" and path.is_file():
        # the reader of documents reports an error, with its place
        with suppress(ValueError):
            document = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(document, dict):
                kind = str(document.get("collabscore", ""))
                if kind.startswith("ranking/"):
                    return document
    return score(source, framework)
