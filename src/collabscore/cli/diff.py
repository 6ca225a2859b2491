"""The command `diff`: changes between two lists, frameworks or results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..analysis.difference import diff as difference
from ..api import score
from ..errors import UsageError
from .group import common, examples
from .options import Target, emit, result_options

__all__ = ["diff"]


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
@result_options()
@common
def diff(
    old: str,
    new: str,
    framework: str | None,
    old_framework: str | None,
    new_framework: str | None,
    target: Target,
) -> None:
    """Say what changed between two runs, and what each change did.

    OLD and NEW are two lists of candidates, or two results as JSON of `collabscore score`. Of lists every change of a
    score is attributed to ratings, weights, criteria and so on, and the parts sum to the whole.
    """
    if old == new == "-":
        raise UsageError("standard input is read once: give one of the two as a file")
    if framework and (old_framework or new_framework):
        raise UsageError("-f is for both: leave it out with --old-framework and --new-framework")
    before = _result_of(old, framework or old_framework)
    after = _result_of(new, framework or new_framework)
    result = difference(before, after)
    if target.form == "json":
        target.write(result.to_json())
    else:
        emit(result.table(), target)


def _result_of(source: str, framework: str | None) -> Any:
    """Return a stored result as it is, and a list scored."""
    stored = _stored_result(source) if framework is None else None
    return stored if stored is not None else score(source, framework)


def _stored_result(source: str) -> dict[str, Any] | None:
    path = Path(source)
    if source == "-" or path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None  # the reader of documents reports the error, with its place
    if not isinstance(document, dict):
        return None
    return document if str(document.get("collabscore", "")).startswith("ranking/") else None
