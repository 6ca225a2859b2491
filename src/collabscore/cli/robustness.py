"""The command `robustness`: how sure the order and the verdicts of a list are."""

from __future__ import annotations

from typing import Any

import click

from ..analysis import robustness as analysis
from ..analysis.extreme_ranks import extreme_ranks
from ..errors import UsageError
from .group import command
from .options import (
    Target,
    candidates_argument,
    draw_options,
    emit,
    framework_option,
    given_options,
    result_options,
    scored,
    selection_options,
    weights_option,
)
from .terminal import c_output_discarded, progress_bar, say

__all__ = ["robustness"]


@command(
    "robustness",
    "collabscore robustness projects.yaml",
    'collabscore robustness projects.yaml --weights "within 25%" --draws 20000 --top 5',
    "collabscore robustness projects.yaml --weights order --weights mutual_benefit=exact",
    "collabscore robustness projects.yaml --exact --weights any",
    "collabscore robustness projects.yaml --over missing --over combine --format json",
)
@candidates_argument
@framework_option
@weights_option(
    'Which weights are drawn: exact, "within 25%", order, any or intervals; GROUP=SPACE for one '
    'group; repeatable. [default: the framework\'s own, else "within 25%"]'
)
@draw_options(10_000)
@click.option(
    "--precision",
    type=float,
    metavar="P",
    help="Draw on until no standard error is above this, as 0.005.",
)
@click.option("--top", type=int, metavar="K", help="Count who is among the first K. [default: 10]")
@click.option(
    "--over",
    "method_choices",
    multiple=True,
    metavar="CHOICE",
    help="Draw this choice too: missing, combine, guardrail:ID; repeatable.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="Best and worst rank that weights can give, ratings as given; no draws.",
)
@click.option(
    "--tables",
    is_flag=True,
    help="Hold the tables of candidates by ranks and by one another in JSON; up to 200 candidates "
    "they are there unasked.",
)
@selection_options("--show", "Show the first N of the ranking only.")
@result_options()
def robustness(
    candidates: str,
    framework: str | None,
    weights: tuple[str, ...],
    exact: bool,
    target: Target,
    **options: Any,
) -> None:
    """Say how sure the order and the verdicts of a list are.

    Weights, uncertain ratings and, with --over, choices of method are drawn together, and every
    candidate is judged anew in each draw.
    """
    ranking = scored(candidates, framework)
    if exact:
        for name in given_options(*options):
            name = {"verdict": "only", "method_choices": "over"}.get(name, name)
            raise UsageError(
                f"--{name} is about draws, and --exact makes none: leave out one of the two"
            )
        with c_output_discarded():
            found = extreme_ranks(ranking, weights=weights or None)
        emit(found, target)
        return
    selected = ranking.select(
        verdict=options.pop("verdict"),
        tag=options.pop("tag"),
        where=options.pop("where"),
        top=options.pop("show"),
    )
    with_tables = options.pop("tables")
    with progress_bar("drawing") as progress:
        result = analysis.robustness(
            selected, weights=weights or None, progress=progress, **options
        )
    say(f"{result.draws:,} draws of {len(ranking):,} candidates, seed {result.source.seed}", 2)
    emit(result.with_tables() if with_tables else result, target)
