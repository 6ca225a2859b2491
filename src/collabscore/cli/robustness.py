"""The commands `robustness`, all uncertain at once, and `sensitivity`, a weight or rating moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..analysis import robustness as draws
from ..analysis import sensitivity as movements
from ..analysis.extreme_ranks import StoppedSearch, extreme_ranks
from ..errors import UsageError
from ..output import Result
from ..scoring.ranking import Ranking
from .main import DONE, INTERRUPTED, command
from .options import (
    Target,
    draw_options,
    emit,
    given_options,
    ranking_inputs,
    result_options,
    selection_options,
    weights_option,
)
from .terminal import c_output_discarded, progress_bar, say


@command(
    "robustness",
    "collabscore robustness projects.yaml",
    'collabscore robustness projects.yaml --weights "within 25%" --draws 20000 --top 5',
    "collabscore robustness projects.yaml --weights order --weights mutual_interest=exact",
    "collabscore robustness projects.yaml --exact --weights any",
    "collabscore robustness projects.yaml --over missing --over combine --format json",
)
@ranking_inputs
@weights_option(
    'Weights to draw at random: exact, "within 25%", order, any or intervals; GROUP=SPACE for one '
    'group; repeatable. [default: the framework\'s own, else "within 25%"]'
)
@draw_options(10_000)
@click.option(
    "--precision",
    type=float,
    metavar="P",
    help="Draw until no standard error is above P, for example 0.005.",
)
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Show how often each is among the first K. [default: half of the ranked, at most 5]",
)
@click.option(
    "--over",
    "method_choices",
    multiple=True,
    metavar="CHOICE",
    help="Also vary this choice of method: missing, combine or guardrail:ID; repeatable.",
)
@click.option(
    "--facts",
    type=click.Choice(["unknown", "drawn"]),
    default="unknown",
    show_default=True,
    metavar="CHOICE",
    help="Leave unknown facts unknown, or draw answers to them too (drawn), in the column "
    '"If answered".',
)
@click.option(
    "--exact",
    is_flag=True,
    help="Prove the best and the worst rank over all --weights, with the ratings as given.",
)
@click.option(
    "--tables",
    is_flag=True,
    help="Include the tables of ranks and pairs in JSON. Up to 200 candidates they are always "
    "included.",
)
@selection_options("--show", "Show only the first N of the ranking.")
@result_options(brief=True)
def robustness(
    scored: Callable[[], Ranking],
    weights: tuple[str, ...],
    exact: bool,
    tables: bool,
    selection: dict[str, Any],
    target: Target,
    **options: Any,
) -> int:
    """Show how certain the ranks and verdicts are.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input.
    Weights and uncertain ratings are drawn at random many times, and all candidates are judged
    again each time.
    """
    ranking = scored()
    if exact:
        for option in given_options():
            if option not in _OF_EXACT_RANKS:
                raise UsageError(
                    f"{option} is for random draws, and --exact makes none: use one of the two"
                )
        with progress_bar("proving") as progress, c_output_discarded():
            try:
                found = extreme_ranks(ranking, weights=weights or None, progress=progress)
            except StoppedSearch as stopped:
                found = stopped.result
        emit(found, target)
        return INTERRUPTED if found.stopped else DONE
    selected = ranking.select(**selection)
    with progress_bar("drawing") as progress:
        result = draws.robustness(selected, weights=weights or None, progress=progress, **options)
    say(f"{result.draws:,} draws of {len(ranking):,} candidates, seed {result.source.seed}", at=2)
    emit(result.with_tables() if tables else result, target)
    return DONE


_OF_EXACT_RANKS = {
    "candidates",
    "-f",
    "--weight",
    "--weights",
    "--exact",
    "--format",
    "-o",
    "--width",
}


@command(
    "sensitivity",
    "collabscore sensitivity projects.yaml",
    "collabscore sensitivity projects.yaml --top 3",
    "collabscore sensitivity projects.yaml ice-cores",
    "collabscore sensitivity projects.yaml --variance --weights order",
    "collabscore sensitivity projects.yaml -f guardrail -o sensitivity.json",
)
@ranking_inputs
@click.argument("candidate", metavar="[ID]", required=False)
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Test whether the first K stay first. [default: half, at most 5]",
)
@click.option(
    "--variance",
    is_flag=True,
    help="Show which inputs cause most of the uncertainty of the scores.",
)
@weights_option("Weights to draw for --variance. [default: as in robustness]")
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="N", help="Seed for --variance."
)
@result_options(brief=True)
def sensitivity(
    scored: Callable[[], Ranking],
    candidate: str | None,
    top: int | None,
    variance: bool,
    weights: tuple[str, ...],
    seed: int,
    target: Target,
) -> None:
    """Show which weights and ratings can change the result.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input.
    Weights and ratings are changed one at a time, until the result changes. With ID: the effect of
    each rating of that candidate on its score, and the points at which its rank or verdict changes.
    """
    as_json = target.form == "json"
    _refuse_unused_options(candidate, variance, as_json)
    result = movements.sensitivity(scored(), top=top, weights=weights or None, seed=seed)
    shown: Result = result
    if candidate is not None:
        shown = result.tornado(candidate)
    elif variance and not as_json:
        shown = result.variance
    emit(shown, target)


def _refuse_unused_options(candidate: str | None, variance: bool, as_json: bool) -> None:
    """Refuse options that say nothing beside the others."""
    given = set(given_options())
    if candidate is not None:
        if "--top" in given:
            raise UsageError("--top is for weights: leave it out with an ID")
        if variance:
            raise UsageError("--variance is for all candidates: leave it out with an ID")
    elif variance and "--top" in given and not as_json:
        raise UsageError("--top is for weights: leave it out with --variance")
    elif variance or as_json:
        return
    if given & {"--weights", "--seed"}:
        raise UsageError("--weights and --seed are for --variance: add it, or leave them out")
