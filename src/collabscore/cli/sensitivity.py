"""The command `sensitivity`: how far weights and ratings may move before the result changes."""

from __future__ import annotations

import click
from click.core import ParameterSource

from ..analysis.sensitivity import sensitivity as test_weights
from ..api import score
from ..errors import UsageError
from ..output import Result
from .common import common, examples
from .output import format_of, rendered, write

FORMATS = ("table", "json", "csv", "md", "html")


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
@click.argument("candidates", metavar="CANDIDATES")
@click.argument("candidate", metavar="[ID]", required=False)
@click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)
@click.option(
    "--top", type=int, metavar="K", help="Ask whether the first K stay. [default: half, at most 5]"
)
@click.option(
    "--variance",
    is_flag=True,
    help="Show what scores depend on most when all is uncertain at once.",
)
@click.option(
    "--weights",
    multiple=True,
    metavar="SPACE",
    help="Which weights are drawn for that. [default: as in robustness]",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of those draws.")
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the result. [default: by -o, else table]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)
@click.option(
    "--width", type=click.IntRange(min=20), metavar="N", help="Letters in a line of the table."
)
@common
def sensitivity(
    candidates: str,
    candidate: str | None,
    framework: str | None,
    top: int | None,
    variance: bool,
    weights: tuple[str, ...],
    seed: int,
    format: str | None,
    output: str | None,
    width: int | None,
) -> None:
    """Say how far each weight and rating may move, one at a time, before the result changes.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. With ID: what each rating of that
    candidate does to its score, and where its rank or its verdict turns.
    """
    format = format_of(format, output, FORMATS)
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    if candidate is not None and top is not None:
        raise UsageError("--top is about the weights: leave it out with an ID")
    if variance and format != "json" and top is not None:
        raise UsageError("--top is about the weights: leave it out with --variance")
    seeded = click.get_current_context().get_parameter_source("seed") != ParameterSource.DEFAULT
    drawn = variance or (format == "json" and candidate is None)
    if not drawn and (weights or seeded):
        raise UsageError(
            "--weights and --seed are about what --variance draws: add it, or leave them out"
        )
    if candidate is not None and variance:
        raise UsageError("--variance is about all candidates: leave it out with an ID")
    result = test_weights(score(candidates, framework), top=top, weights=weights or None, seed=seed)
    shown: Result = result if candidate is None else result.tornado(candidate)
    if variance and format != "json":
        shown = result.variance
    write(rendered(shown, format, output, width), output, format)
