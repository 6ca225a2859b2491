"""The command `robustness`: how sure the order and the verdicts of a list are."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from ..analysis import robustness as analysis
from ..analysis.exact.result import extremes
from ..errors import UsageError
from .group import common, examples
from .options import (
    Target,
    candidates_argument,
    draw_options,
    emit,
    framework_option,
    result_options,
    scored,
    selection_options,
    weights_option,
)
from .terminal import progress_bar, say

__all__ = ["robustness"]


@click.command(
    name="robustness",
    epilog=examples(
        "collabscore robustness projects.yaml",
        'collabscore robustness projects.yaml --weights "within 25%" --draws 20000 --top 5',
        "collabscore robustness projects.yaml --weights order --weights mutual_benefit=exact",
        "collabscore robustness projects.yaml --exact --weights any",
        "collabscore robustness projects.yaml --over missing --over combine --format json",
    ),
)
@candidates_argument
@framework_option
@weights_option(
    'Which weights are drawn: exact, "within 25%", order, any or intervals; GROUP=SPACE for one group; repeatable.'
    ' [default: the framework\'s own, else "within 25%"]'
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
    multiple=True,
    metavar="CHOICE",
    help="Draw this choice too: missing, combine, guardrail:ID; repeatable.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="Best and worst rank that weights can give, ratings as given; no draws.",
)
@selection_options("--show", "Show the first N of the ranking only.")
@result_options()
@common
def robustness(
    candidates: str,
    framework: str | None,
    weights: tuple[str, ...],
    exact: bool,
    over: tuple[str, ...],
    selection: dict[str, Any],
    target: Target,
    **draws: Any,
) -> None:
    """Say how sure the order and the verdicts of a list are.

    Weights, uncertain ratings and, with --over, choices of method are drawn together, and every candidate is judged
    anew in each draw.
    """
    ranking = scored(candidates, framework)
    if exact:
        _refuse_options_of_draws()
        found = extremes(ranking, weights=weights or None)
        if target.form == "json":
            target.write(found.to_json())
        else:
            emit(found.table(), target)
        return
    with progress_bar("drawing") as progress:
        result = analysis.robustness(
            ranking.select(**selection),
            weights=weights or None,
            method_choices=over,
            progress=progress,
            **draws,
        )
    say(f"{result.draws:,} draws of {len(ranking):,} candidates, seed {result.source.seed}", 2)
    emit(result, target)


def _refuse_options_of_draws() -> None:
    """Refuse options that `--exact` has no use for."""
    context = click.get_current_context()
    names = {"first": "show"}
    for name in ("draws", "seed", "precision", "top", "over", "first", "only", "tag", "where"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--{names.get(name, name)} is about draws, and --exact makes none: leave out one of the two"
            )
