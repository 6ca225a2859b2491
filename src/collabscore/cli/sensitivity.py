"""The command `sensitivity`: how far weights and ratings may move before the result changes."""

from __future__ import annotations

import click
from click.core import ParameterSource

from ..analysis import sensitivity as analysis
from ..errors import UsageError
from ..output import Result
from .group import common, examples
from .options import (
    Target,
    candidates_argument,
    emit,
    framework_option,
    result_options,
    scored,
    weights_option,
)


@click.command(
    name="sensitivity",
    epilog=examples(
        "collabscore sensitivity projects.yaml",
        "collabscore sensitivity projects.yaml --top 3",
        "collabscore sensitivity projects.yaml influenza-surveillance",
        "collabscore sensitivity projects.yaml --variance --weights order",
        "collabscore sensitivity projects.yaml -f guardrail -o sensitivity.json",
    ),
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
@common
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

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. With ID: what each rating of that
    candidate does to its score, and where its rank or its verdict turns.
    """
    _refuse_unused_options(candidate, target.form, variance)
    ranking = scored(candidates, framework)
    result = analysis.sensitivity(ranking, top=top, weights=weights or None, seed=seed)
    shown: Result = result
    if candidate is not None:
        shown = result.tornado(candidate)
    elif variance and target.form != "json":
        shown = result.variance
    emit(shown, target)


def _refuse_unused_options(candidate: str | None, form: str, variance: bool) -> None:
    """Refuse options that say nothing beside the others."""
    context = click.get_current_context()
    names = ("top", "weights", "seed")
    given = {
        name for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if candidate is not None and "top" in given:
        raise UsageError("--top is about the weights: leave it out with an ID")
    if variance and form != "json" and "top" in given:
        raise UsageError("--top is about the weights: leave it out with --variance")
    drawn = variance or (form == "json" and candidate is None)
    if not drawn and given & {"weights", "seed"}:
        raise UsageError(
            "--weights and --seed are about what --variance draws: add it, or leave them out"
        )
    if candidate is not None and variance:
        raise UsageError("--variance is about all candidates: leave it out with an ID")
