"""The command `next`: what to find out next, ready to be sent to whoever knows.

Imports click and the front door.
"""

from __future__ import annotations

import click

from ..analysis.questions import Questions, next_questions
from ..api import score as rank
from ..errors import UsageError
from .common import common, examples
from .output import bar, format_of, rendered, room, say, write

__all__ = ["next"]

FORMATS = ("table", "json", "csv", "md", "html")


@click.command(
    name="next",
    epilog=examples(
        "collabscore next projects.yaml",
        "collabscore next projects.yaml --top 5 --most 3",
        "collabscore next projects.yaml --draws 20000 --format md -o questions.md",
        "collabscore next projects.yaml --format json | jq '.questions[0]'",
    ),
)
@click.argument("candidates", metavar="CANDIDATES")
@click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="The decision is about the first K. [default: half of the ranked, at most 10]",
)
@click.option(
    "--draws", type=int, default=4096, show_default=True, metavar="N", help="How many draws."
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
    "--most",
    type=click.IntRange(min=1),
    metavar="M",
    help="Show the first M questions only. [default: 10 in a table, else all; json has all]",
)
@click.option(
    "--weights",
    multiple=True,
    default=("exact",),
    show_default=True,
    metavar="SPACE",
    help='Which weights are drawn: exact, "within 25%", order, any or intervals.',
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
def next(
    candidates: str,
    framework: str | None,
    top: int | None,
    draws: int,
    seed: int,
    most: int | None,
    weights: tuple[str, ...],
    format: str | None,
    output: str | None,
    width: int | None,
) -> None:
    """Say what to find out next.

    The open facts and uncertain ratings, by how much an answer to each is expected to reduce the doubt about the
    first K and about the verdicts. Each comes as the framework words it, with what every answer would mean.
    """
    format = format_of(format, output, FORMATS)
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    ranking = rank(candidates, framework)
    with bar("drawing") as progress:
        found = next_questions(
            ranking, top=top, weights=weights, draws=draws, seed=seed, progress=progress
        )
    say(f"{draws:,} draws of {len(ranking):,} candidates, seed {seed}: {len(found):,} questions", 2)
    write(_rendered_questions(found, format, output, most, width), output, format)


def _rendered_questions(
    found: Questions, format: str, output: str | None, most: int | None, width: int | None
) -> str:
    if format == "json":
        return found.to_json()
    if most is not None or format != "table":
        found = found.first(most)
    if format == "csv":
        return found.to_csv()
    if format == "table":
        return found.to_text(width or (room() if output in (None, "-") else None) or 100)
    return rendered(found.table(), format, output, width)
