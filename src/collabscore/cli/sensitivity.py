"""The command `sensitivity`: how far weights and ratings may move before the result changes."""

from __future__ import annotations

import click

from ..analysis import sensitivity as analysis
from ..errors import UsageError
from ..output import Result
from .group import command
from .options import (
    Target,
    candidates_argument,
    emit,
    framework_option,
    given_options,
    result_options,
    scored,
    weights_option,
)


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
    result = analysis.sensitivity(ranking, top=top, weights=weights or None, seed=seed)
    shown: Result = result
    if candidate is not None:
        shown = result.tornado(candidate)
    elif variance and not as_json:
        shown = result.variance
    emit(shown, target)


def _refuse_unused_options(candidate: str | None, variance: bool, as_json: bool) -> None:
    """Refuse options that say nothing beside the others."""
    of_top = given_options("top")
    if candidate is not None:
        if of_top:
            raise UsageError("--top is about the weights: leave it out with an ID")
        if variance:
            raise UsageError("--variance is about all candidates: leave it out with an ID")
    elif variance and of_top and not as_json:
        raise UsageError("--top is about the weights: leave it out with --variance")
    elif variance or as_json:
        return
    if given_options("weights", "seed"):
        raise UsageError(
            "--weights and --seed are about what --variance draws: add it, or leave them out"
        )
