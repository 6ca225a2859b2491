"""The command `diff`: what changed between two lists, frameworks or results.

Imports click, the front door and the analysis.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..analysis.difference.result import diff as difference
from ..api import score as rank
from ..errors import UsageError
from .common import common, examples
from .output import format_of, rendered, write

__all__ = ["diff"]

FORMATS = ("table", "json", "csv", "md", "html")


@click.command(
    name="diff",
    epilog=examples(
        "collabscore diff projects-may.yaml projects-june.yaml",
        "collabscore diff projects.yaml projects.yaml --old-framework old.yaml --new-framework new.yaml",
        "collabscore diff may.json june.json",
    ),
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "-f",
    "--framework",
    metavar="FRAMEWORK",
    help="Judge both by this one: a shipped id, or a file.",
)
@click.option("--old-framework", metavar="FRAMEWORK", help="Judge the old list by this one.")
@click.option("--new-framework", metavar="FRAMEWORK", help="Judge the new list by this one.")
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
def diff(
    old: str,
    new: str,
    framework: str | None,
    old_framework: str | None,
    new_framework: str | None,
    format: str | None,
    output: str | None,
    width: int | None,
) -> None:
    """Say what changed between two runs, and what each change did.

    OLD and NEW are two lists of candidates, or two results as JSON of `collabscore score`. Of lists every change of a
    score is attributed to ratings, weights, criteria and so on, and the parts sum to the whole.
    """
    format = format_of(format, output, FORMATS)
    if old == new == "-":
        raise UsageError("standard input is read once: give one of the two as a file")
    if framework and (old_framework or new_framework):
        raise UsageError("-f is for both: leave it out with --old-framework and --new-framework")
    result = difference(
        _run(old, framework or old_framework), _run(new, framework or new_framework)
    )
    write(
        result.to_json() if format == "json" else rendered(result.table(), format, output, width),
        output,
        format,
    )


def _run(source: str, framework: str | None) -> Any:
    """Return a stored result as it is, a list scored."""
    if framework is None and (stored := _stored(source)) is not None:
        return stored
    return rank(source, framework)


def _stored(source: str) -> dict[str, Any] | None:
    path = Path(source)
    if source == "-" or path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None  # the reader of documents says what is wrong, with its place
    is_result = isinstance(document, dict) and str(document.get("collabscore", "")).startswith(
        "ranking/"
    )
    return document if is_result else None
