"""The command `score`: a list of candidates and a framework in, the ranking out.

Imports click, the front door and the table of a ranking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import click

from ..api import score as rank
from ..errors import UsageError, printable
from ..scoring.ranking import Ranking, Selection
from .common import WRONG, common, examples
from .output import format_of, rendered, say, write

FORMATS = ("table", "json", "csv", "md", "html")


@click.command(
    name="score",
    epilog=examples(
        "collabscore score projects.yaml",
        "collabscore score projects.yaml -f guardrail -o ranking.html",
        "collabscore score projects.yaml --only inside --only conditional --top 10",
        "collabscore score projects.yaml --format json --fail-on outside | jq '.candidates[0]'",
    ),
)
@click.argument("candidates", metavar="CANDIDATES")
@click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
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
    "--only",
    multiple=True,
    metavar="VERDICT",
    help="Show only candidates with this verdict; repeatable.",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="TAG",
    help="Show only candidates with this tag; repeatable.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show the first N only, and who ties with them.",
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="VERDICT",
    help="Exit 1 if any candidate has this verdict; repeatable.",
)
@click.option(
    "--width", type=click.IntRange(min=20), metavar="N", help="Letters in a line of the table."
)
@common
def score(
    candidates: str,
    framework: str | None,
    format: str | None,
    output: str | None,
    only: tuple[str, ...],
    tags: tuple[str, ...],
    top: int | None,
    fail_on: tuple[str, ...],
    width: int | None,
) -> int:
    """Score a list of candidates and put them in order.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. What is shown can be narrowed; ranks
    are always among all candidates, and a note says how many are left out.
    """
    format = format_of(format, output, FORMATS)
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    ranking = rank(candidates, framework)
    for verdict in fail_on:
        _narrowed(ranking, "--fail-on", verdict=verdict)
    shown = ranking
    left_out: dict[str, int] = {}
    for option, label, condition in (
        ("--only", " ".join(f"--only {verdict}" for verdict in only), {"verdict": only}),
        ("--tag", " ".join(f"--tag {tag}" for tag in tags), {"tag": tags}),
        ("--top", f"--top {top}", {"top": top}),
    ):
        narrowed = _narrowed(shown, option, **condition)
        if len(narrowed) < len(shown):
            left_out[label] = len(shown) - len(narrowed)
        shown = narrowed
    if left_out:
        shown = replace(shown, selection=Selection(ranking, left_out))
    say(_read(ranking), 2)
    write(rendered(shown, format, output, width), output, format)
    if left_out and format == "csv":  # CSV has no room for notes
        say(f"note: left out: {shown.notes[0].removeprefix('Left out: ').removesuffix('.')}")
    return _gate(ranking, fail_on)


def _narrowed(ranking: Ranking, option: str, **condition: Any) -> Ranking:
    """Return a narrowed ranking; what is wrong is said of the option."""
    try:
        return ranking.select(**condition)
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from None


def _read(ranking: Ranking) -> str:
    framework = ranking.framework
    version = f" {framework.version}" if framework.version else ""
    return (
        f"read {len(ranking):,} candidates; judged by `{framework.id}`{version}, {framework.digest}"
    )


def _gate(ranking: Ranking, fail_on: Sequence[str]) -> int:
    """Return the exit code, and say who fails; all candidates count, shown or not."""
    failing = [line for verdict in dict.fromkeys(fail_on) for line in _failing(ranking, verdict)]
    for line in failing:
        say(line, 0)
    return WRONG if failing else 0


def _failing(ranking: Ranking, verdict: str) -> Iterator[str]:
    names = ranking.select(verdict=verdict).ids
    if names:
        shown = ", ".join(f"`{printable(name)}`" for name in names[:5]) + (
            f" and {len(names) - 5:,} more" if names[5:] else ""
        )
        yield f"--fail-on {verdict}: {len(names):,} of {len(ranking):,} candidates: {shown}"
