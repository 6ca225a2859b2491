"""The command `panel`: one list from those of several raters, and their disagreements."""

from __future__ import annotations

import shlex
from typing import Any

import click

from ..analysis import panel as analysis
from ..documents.loading import shipped_path
from ..documents.merging import MERGES
from ..documents.writing import candidates_text
from .main import command
from .options import (
    RESULT_FORMS,
    ROW_FORMS,
    AtLeast,
    Target,
    as_of_option,
    draw_options,
    emit,
    framework_option,
    ignore_option,
    list_without,
    note_reading,
    refuse_two_inputs,
    result_options,
)
from .terminal import say

__all__: list[str] = []


@command(
    "panel",
    "collabscore panel anna.yaml ben.yaml chen.yaml",
    "collabscore panel anna.yaml ben.yaml --anonymous -o merged.yaml",
    "collabscore panel anna.yaml ben.yaml --merge range -o panel.html",
)
@click.argument("lists", nargs=-1, required=True, metavar="LIST LIST...")
@framework_option
@click.option(
    "--merge",
    type=click.Choice(MERGES),
    default="median",
    show_default=True,
    help="How to merge ratings that differ: to a point, or to an interval.",
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="Label of a rater, in the order of the lists; repeat it for each. [default: file names]",
)
@click.option("--anonymous", is_flag=True, help="Call the raters rater 1, rater 2 and so on.")
@click.option("--top", type=AtLeast(1), metavar="K", help="The K of the top K. [default: up to 5]")
@click.option(
    "--disagreements",
    "shown",
    type=AtLeast(0),
    default=5,
    show_default=True,
    metavar="N",
    help="Show at most N disagreements of each kind; JSON has all.",
)
@draw_options(draws=1000)
@as_of_option
@ignore_option
@result_options((*RESULT_FORMS, "yaml"), brief=True)
def panel(
    lists: tuple[str, ...],
    ignore_columns: tuple[str, ...],
    shown: int,
    target: Target,
    **options: Any,
) -> None:
    """Merge the lists of several raters; show their disagreements.

    Each LIST is the list of one rater: a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-`
    for standard input. Candidates with one id are the same. A list may have fewer candidates,
    ratings and answers than another.

    `-o merged.yaml` writes the merged list and shows the result; every command reads that list.
    Other files get the result.
    """
    refuse_two_inputs([*lists, options["framework"]], "give the others as files")
    options["labels"] = options["labels"] or None
    given = [list_without(source, ignore_columns) for source in lists]
    result = analysis.panel(given, **options)
    for one in result.lists:
        note_reading(one.candidates)
    if target.form == "yaml":
        target.write(candidates_text(result.merged))
        if target.is_screen:
            return
        _say_next(result, str(target.output), options["framework"])
        target = Target("table", width=target.width, brief=target.brief, full=target.full)
    if target.form in ("json", *ROW_FORMS):
        emit(result, target)
    else:
        emit(result.page(detail=target.detail, disagreements=shown), target)


def _say_next(result: analysis.Panel, output: str, framework: str | None) -> None:
    """Say what was written, and how to use it."""
    say(f"wrote {output}: the merged list")
    named = result.merged.framework
    judge = f" -f {shlex.quote(framework)}" if framework is not None and not named else ""
    for name in named:
        if shipped_path(name) is None:
            say(f"note: it uses `{name}`; keep that file in the same folder")
    say(f"next: collabscore score {shlex.quote(output)}{judge}")
