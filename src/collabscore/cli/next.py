"""The command `next`: the questions to ask next, ready to be sent to the people who know."""

from __future__ import annotations

from typing import Any

import click

from ..analysis import questions
from .group import command
from .options import (
    PAGE_WIDTH,
    Target,
    candidates_argument,
    draw_options,
    emit,
    framework_option,
    result_options,
    scored,
    weights_option,
)
from .terminal import progress_bar, say

__all__ = ["next"]


@command(
    "next",
    "collabscore next projects.yaml",
    "collabscore next projects.yaml --top 5 --most 3",
    "collabscore next projects.yaml --draws 20000 --format md -o questions.md",
    "collabscore next projects.yaml --format json | jq '.questions[0]'",
)
@candidates_argument
@framework_option
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="The decision is about the first K. [default: half of the ranked, at most 10]",
)
@draw_options(4096)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="M",
    help="Show the first M questions only. [default: 10 in a table, else all; json has all]",
)
@weights_option(
    'Which weights are drawn: exact, "within 25%", order, any or intervals.',
    default=("exact",),
    show_default=True,
)
@result_options()
def next(
    candidates: str,
    framework: str | None,
    most: int | None,
    target: Target,
    **options: Any,
) -> None:
    """Say what to find out next.

    The open facts and uncertain ratings, by how much an answer to each is expected to reduce the
    doubt about the first K and about the verdicts. Each comes as the framework words it, with what
    every answer would mean.
    """
    ranking = scored(candidates, framework)
    with progress_bar("drawing") as progress:
        found = questions.next_questions(ranking, progress=progress, **options)
    draws = f"{options['draws']:,} draws of {len(ranking):,} candidates, seed {options['seed']}"
    say(f"{draws}: {len(found):,} questions", 2)
    if target.form != "json" and (most is not None or target.form != "table"):
        found = found.first(most)
    is_page = target.form in ("md", "html")
    emit(found.table() if is_page else found, target, PAGE_WIDTH)
