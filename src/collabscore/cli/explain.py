"""The commands `explain`, a memo about one candidate, and `next`, the questions to ask next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..analysis import explanation, questions
from ..scoring.ranking import Ranking
from .main import command
from .options import (
    ROW_FORMS,
    AtLeast,
    Target,
    draw_options,
    emit,
    ranking_inputs,
    result_options,
    weights_option,
)
from .terminal import progress_bar, say


@command(
    "explain",
    "collabscore explain projects.yaml ice-cores",
    "collabscore explain projects.yaml ice-cores --versus flu-strains",
    "collabscore explain projects.yaml ice-cores --full -o memo.html",
    "collabscore explain projects.yaml ice-cores --top 3",
    "collabscore explain projects.yaml ice-cores --format json | jq '.changes.facts'",
)
@ranking_inputs
@click.argument("candidate", metavar="ID")
@click.option("--versus", metavar="ID", help="Show which of the two ranks higher, and why.")
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Show what would move the candidate into or out of the first K. [default: one rank up]",
)
@click.option(
    "--full", is_flag=True, help="Show every rule, rating, change and source; the same as -v."
)
@result_options(
    ("text", "json", "md", "html", *ROW_FORMS),
    brief=True,
    form_help="Format of the memo",
)
def explain(
    scored: Callable[[], Ranking],
    candidate: str,
    versus: str | None,
    top: int | None,
    full: bool,
    target: Target,
) -> None:
    """Explain the verdict, score and rank of one candidate.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input. ID
    is the id of one candidate. The page begins with the verdict and its reason. Then come the
    strongest points for and against, missing safeguards, unknown answers, and the smallest changes
    that would improve or worsen the result.
    """
    explained = explanation.explain(scored(), candidate, versus=versus, top=top)
    emit(explained, target._replace(full=full))


@command(
    "next",
    "collabscore next projects.yaml",
    "collabscore next projects.yaml --top 5 --most 3",
    "collabscore next projects.yaml --draws 20000 --format md -o questions.md",
    "collabscore next projects.yaml --format json | jq '.questions[0]'",
)
@ranking_inputs
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Ask about the first K of the ranking. [default: half of the ranked, at most 5]",
)
@draw_options(4096)
@click.option(
    "--most",
    type=AtLeast(1),
    metavar="M",
    help="Show only the first M questions. [default: 10; CSV and JSON have all]",
)
@weights_option(
    'Weights to draw at random: exact, "within 25%", order, any or intervals.',
    default=("exact",),
    show_default=True,
)
@result_options(brief=True)
def next(
    scored: Callable[[], Ranking],
    most: int | None,
    target: Target,
    **options: Any,
) -> None:
    """Show which unknown answers to find out first.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input.
    Unknown facts and uncertain ratings are listed by value of information: how much an answer
    should reduce the uncertainty about the first K and about the verdicts.
    """
    ranking = scored()
    with progress_bar("drawing") as progress:
        found = questions.next_questions(ranking, progress=progress, **options)
    draws = f"{options['draws']:,} draws of {len(ranking):,} candidates, seed {options['seed']}"
    say(f"{draws}: {len(found):,} questions", at=2)
    if target.form in ROW_FORMS or (most is not None and target.form != "json"):
        found = found.first(most)
    emit(found, target)
