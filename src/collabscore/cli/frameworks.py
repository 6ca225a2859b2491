"""The command `frameworks`: the shipped ones as a list, and any framework as a page."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ..documents.loading import load_framework, shipped
from ..errors import DocumentError
from ..models.base import title_of
from ..models.framework import Framework
from ..output import Column, Table, as_json
from ..reports.framework import framework_data, framework_page
from .group import Commands, common, examples
from .options import Target, emit, result_options
from .terminal import say, terminal_width

__all__ = ["frameworks"]

FORMS = ("table", "md", "json")
_PAGE_WIDTH = 100

_COLUMNS = (
    Column("id", "Id", priority=0, least=12),
    Column("title", "Title", priority=0, least=20),
    Column("version", "Version", priority=4, least=7),
    Column("issuer", "Issued by", priority=1, least=16),
    Column("legal_force", "Legal force", priority=2, least=12),
    Column("criteria", "Criteria", kind="number", digits=0, priority=3),
    Column("guardrails", "Guardrails", kind="number", digits=0, priority=3),
)


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
    "--format", "form", type=click.Choice(FORMS), help="Form of the list. [default: table]"
)
@common
@click.pass_context
def frameworks(context: click.Context, form: str | None) -> None:
    """List the frameworks that are shipped, or show one."""
    if context.invoked_subcommand is not None:
        return
    rows = []
    for framework in _load_shipped():
        rows.append(
            (
                framework.id,
                title_of(framework.id, framework.title),
                framework.version,
                framework.issuer,
                framework.legal_force,
                len(framework.leaves),
                len(framework.guardrails),
            )
        )
    table = Table(_COLUMNS, tuple(rows), title="Frameworks shipped")
    emit(table, Target(form or "table", None, None))
    say("next: collabscore frameworks show ID")


def _load_shipped() -> Iterator[Framework]:
    for name in shipped():
        try:
            yield load_framework(name)
        except DocumentError as error:  # the others are listed all the same
            count = len(error.diagnostics)
            say(f"warning: `{name}` has {count} errors: collabscore frameworks show {name}", 0)


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
@result_options(FORMS, form_help="Form of the page.", width_help="Letters in a line.")
@common
def show(framework: str, long: bool, target: Target) -> None:
    """Show a framework as a page to read.

    Weights are given twice: the share of its group, and the share of all. What is the author's own choice and what
    was not verified is marked. JSON holds everything, with or without --long.
    """
    loaded = load_framework(framework)
    if target.form == "json":
        target.write(as_json(framework_data(loaded)))
        return
    width = target.width or min(terminal_width() or _PAGE_WIDTH, _PAGE_WIDTH)
    emit(framework_page(loaded, long=long), Target(target.form, target.output, width))
