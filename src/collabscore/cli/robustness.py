"""The commands `robustness`, all uncertain at once, and `sensitivity`, a weight or rating moved."""

from __future__ import annotations

from typing import Any

import click

from ..analysis import robustness as draws
from ..analysis import sensitivity as movements
from ..analysis.extreme_ranks import extreme_ranks
from ..errors import UsageError
from ..output import Result
from .main import command
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
    tables: bool,
    selection: dict[str, Any],
    target: Target,
    **options: Any,
) -> None:
    """Say how sure the order and the verdicts of a list are.

    Weights, uncertain ratings and, with --over, choices of method are drawn together, and every
    candidate is judged anew in each draw.
    """
    ranking = scored(candidates, framework)
    if exact:
        for option in given_options():
            if option not in _OF_EXACT_RANKS:
                raise UsageError(
                    f"{option} is about draws, and --exact makes none: leave out one of the two"
                )
        with c_output_discarded():
            found = extreme_ranks(ranking, weights=weights or None)
        emit(found, target)
        return
    selected = ranking.select(**selection)
    with progress_bar("drawing") as progress:
        result = draws.robustness(selected, weights=weights or None, progress=progress, **options)
    say(f"{result.draws:,} draws of {len(ranking):,} candidates, seed {result.source.seed}", 2)
    emit(result.with_tables() if tables else result, target)


_OF_EXACT_RANKS = {"candidates", "-f", "--weights", "--exact", "--format", "-o", "--width"}


@command(
    "sensitivity",
    "collabscore sensitivity projects.yaml",
    "collabscore sensitivity projects.yaml --top 3",
    "collabscore sensitivity projects.yaml influenza-surveillance",
    "collabscore sensitivity projects.yaml --variance --weights order",
    "collabscore sensitivity projects.yaml -f guardrail -o sensitivity.json",
)
@candidates_argument
@click.argument("candidate", metavar="[ID]", required=False)
@framework_option
@click.option(
    "--top", type=int, metavar="K", help="Ask whether the first K stay. [default: half, at most 5]"
)
@click.option(
    "--variance",
    is_flag=True,
    help="Show what scores depend on most when all is uncertain at once.",
)
@weights_option("Which weights are drawn for that. [default: as in robustness]")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of those draws.")
@result_options()
def sensitivity(
    candidates: str,
    candidate: str | None,
    framework: str | None,
    top: int | None,
    variance: bool,
    weights: tuple[str, ...],
    seed: int,
    target: Target,
) -> None:
    """Say how far each weight and rating may move, one at a time, before the result changes.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. With ID: what each
    rating of that candidate does to its score, and where its rank or its verdict turns.
    """
    as_json = target.form == "json"
    _refuse_unused_options(candidate, variance, as_json)
    ranking = scored(candidates, framework)
    result = movements.sensitivity(ranking, top=top, weights=weights or None, seed=seed)
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
            raise UsageError("--top is about the weights: leave it out with an ID")
        if variance:
            raise UsageError("--variance is about all candidates: leave it out with an ID")
    elif variance and "--top" in given and not as_json:
        raise UsageError("--top is about the weights: leave it out with --variance")
    elif variance or as_json:
        return
    if given & {"--weights", "--seed"}:
        raise UsageError(
            "--weights and --seed are about what --variance draws: add it, or leave them out"
        )
