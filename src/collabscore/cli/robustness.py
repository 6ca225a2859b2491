"""The command `robustness`: how sure the order and the verdicts of a list are.

Imports click and the front door.
"""

from __future__ import annotations

import click
from click.core import ParameterSource

from ..analysis.exact.result import extremes
from ..analysis.robustness import robustness as test
from ..api import score as rank
from ..errors import UsageError
from .common import common, examples
from .output import bar, format_of, rendered, say, write

__all__ = ["robustness"]

FORMATS = ("table", "json", "csv", "md", "html")


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
@click.argument("candidates", metavar="CANDIDATES")
@click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)
@click.option(
    "--weights",
    multiple=True,
    metavar="SPACE",
    help='Which weights are drawn: exact, "within 25%", order, any or intervals; GROUP=SPACE for one group; repeatable.'
    ' [default: the framework\'s own, else "within 25%"]',
)
@click.option(
    "--draws", type=int, default=10_000, show_default=True, metavar="N", help="How many draws."
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="The same seed, the same result.",
)
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
@click.option(
    "--show", type=click.IntRange(min=1), metavar="N", help="Show the first N of the ranking only."
)
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
def robustness(
    candidates: str,
    framework: str | None,
    weights: tuple[str, ...],
    draws: int,
    seed: int,
    precision: float | None,
    top: int | None,
    over: tuple[str, ...],
    exact: bool,
    show: int | None,
    format: str | None,
    output: str | None,
    width: int | None,
) -> None:
    """Say how sure the order and the verdicts of a list are.

    Weights, uncertain ratings and, with --over, choices of method are drawn together, and every candidate is judged
    anew in each draw.
    """
    format = format_of(format, output, FORMATS)
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    ranking = rank(candidates, framework)
    if exact:
        _refuse_options_of_draws()
        found = extremes(ranking, weights=weights or None)
        write(
            found.to_json() if format == "json" else rendered(found.table(), format, output, width),
            output,
            format,
        )
        return
    with bar("drawing") as progress:
        result = test(
            ranking,
            weights=weights or None,
            draws=draws,
            seed=seed,
            precision=precision,
            top=top,
            method_choices=over,
            progress=progress,
        )
    say(f"{result.draws:,} draws of {len(ranking):,} candidates, seed {seed}", 2)
    if show is not None:
        result = result.narrowed_to(ranking.select(top=show))
    write(rendered(result, format, output, width), output, format)


def _refuse_options_of_draws() -> None:
    """Refuse what `--exact` would have no use for, rather than pass over it."""
    context = click.get_current_context()
    for name in ("draws", "seed", "precision", "top", "over", "show"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--{name} is about draws, and --exact makes none: leave out one of the two"
            )
