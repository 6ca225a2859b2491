"""The command `frameworks`: those that are shipped, and any of them as a page to read.

Imports click, the page of a framework and what loads one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from ..documents.loading import load_framework, shipped
from ..errors import DocumentError
from ..models.base import title_of
from ..models.framework import Framework
from ..output import Cell, Column, Table, round_significant
from .common import Commands, common, examples
from .framework_data import as_data
from .framework_page import as_markdown, as_text, page
from .output import format_of, rendered, room, say, write

__all__ = ["frameworks"]

FORMATS = ("table", "md", "json")
_PAGE_WIDTH = 100


@click.group(
    cls=Commands,
    name="frameworks",
    invoke_without_command=True,
    epilog=examples(
        "collabscore frameworks",
        "collabscore frameworks show guardrail --long",
        "collabscore frameworks show house.yaml --format md -o house.md",
    ),
)
@click.option(
    "--format", "format", type=click.Choice(FORMATS), help="Form of the list. [default: table]"
)
@common
@click.pass_context
def frameworks(context: click.Context, format: str | None) -> None:
    """List the frameworks that are shipped, or show one."""
    if context.invoked_subcommand is None:
        format = format or "table"
        write(rendered(_listed(list(_loaded())), format), format=format)
        say("next: collabscore frameworks show ID")


def _loaded() -> Iterator[Framework]:
    for name in shipped():
        try:
            yield load_framework(name)
        except DocumentError as error:  # the others are listed all the same
            say(
                f"warning: `{name}` has {len(error.diagnostics)} errors: collabscore frameworks show {name}",
                0,
            )


def _listed(found: list[Framework]) -> Table:
    columns = (
        Column("id", "Id", priority=0, least=12),
        Column("title", "Title", priority=0, least=20),
        Column("version", "Version", priority=4, least=7),
        Column("issuer", "Issued by", priority=1, least=16),
        Column("legal_force", "Legal force", priority=2, least=12),
        Column("criteria", "Criteria", kind="number", digits=0, priority=3),
        Column("guardrails", "Guardrails", kind="number", digits=0, priority=3),
    )
    return Table(columns, tuple(_row(framework) for framework in found), title="Frameworks shipped")


def _row(framework: Framework) -> tuple[Cell, ...]:
    return (
        framework.id,
        title_of(framework.id, framework.title),
        framework.version,
        framework.issuer,
        framework.legal_force,
        len(framework.leaves),
        len(framework.guardrails),
    )


@frameworks.command(
    name="show",
    epilog=examples(
        "collabscore frameworks show guardrail",
        "collabscore frameworks show guardrail --long",
        "collabscore frameworks show house.yaml --format md -o house.md",
    ),
)
@click.argument("framework", metavar="ID_OR_FILE")
@click.option("--long", is_flag=True, help="With anchors, notes and every fact.")
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the page. [default: by -o, else table]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)
@click.option("--width", type=click.IntRange(min=20), metavar="N", help="Letters in a line.")
@common
def show(
    framework: str, long: bool, format: str | None, output: str | None, width: int | None
) -> None:
    """Show a framework as a page to read.

    Weights are given twice: the share of its group, and the share of all. What is the author's own choice and what
    was not verified is marked. JSON holds everything, with or without --long.
    """
    format = format_of(format, output, FORMATS)
    loaded = load_framework(framework)
    if format == "json":
        text = json.dumps(round_significant(as_data(loaded)), ensure_ascii=False, indent=2) + "\n"
    elif format == "md":
        text = as_markdown(page(loaded, long=long))
    else:
        text = as_text(page(loaded, long=long), width or min(room() or _PAGE_WIDTH, _PAGE_WIDTH))
    write(text, output, format)
