"""The command `frameworks`: the shipped ones as a list, and any framework as a page."""

from __future__ import annotations

from dataclasses import replace

import click

from ..documents.loading import load_framework, shipped
from ..errors import DocumentError
from ..models.base import title_of
from ..output import Field, Table, as_json
from ..reports.framework import framework_data, framework_page
from .group import Commands, command
from .options import PAGE_WIDTH, Target, emit, result_options
from .terminal import say, terminal_width

__all__ = ["frameworks"]

_FORMS = ("table", "md", "json")

_FIELDS = (
    Field("id", "Id", priority=0, least=12),
    Field(
        "title",
        "Title",
        lambda framework: title_of(framework.id, framework.title),
        priority=0,
        least=20,
    ),
    Field("version", "Version", priority=4, least=7),
    Field("issuer", "Issued by", priority=1, least=16),
    Field("legal_force", "Legal force", priority=2, least=12),
    Field(
        "criteria",
        "Criteria",
        lambda framework: len(framework.leaves),
        kind="number",
        digits=0,
        priority=3,
    ),
    Field(
        "guardrails",
        "Guardrails",
        lambda framework: len(framework.guardrails),
        kind="number",
        digits=0,
        priority=3,
    ),
)


@command(
    "show",
    "collabscore frameworks show guardrail",
    "collabscore frameworks show guardrail --long",
    "collabscore frameworks show house.yaml --format md -o house.md",
)
@click.argument("framework", metavar="ID_OR_FILE")
@click.option("--long", is_flag=True, help="With anchors, notes and every fact.")
@result_options(_FORMS, form_help="Form of the page.", width_help="Letters in a line.")
def show(framework: str, long: bool, target: Target) -> None:
    """Show a framework as a page to read.

    Weights are given twice: the share of its group, and the share of all. What is the author's own
    choice and what was not verified is marked. JSON holds everything, with or without --long.
    """
    loaded = load_framework(framework)
    if target.form == "json":
        target.write(as_json(framework_data(loaded)))
        return
    width = target.width or min(terminal_width() or PAGE_WIDTH, PAGE_WIDTH)
    emit(framework_page(loaded, long=long), replace(target, width=width))


@command(
    "frameworks",
    "collabscore frameworks",
    "collabscore frameworks show guardrail --long",
    "collabscore frameworks show house.yaml --format md -o house.md",
    cls=Commands,
    commands=[show],
    invoke_without_command=True,
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    default="table",
    help="Form of the list. [default: table]",
)
@click.pass_context
def frameworks(context: click.Context, form: str) -> None:
    """List the frameworks that are shipped, or show one."""
    if context.invoked_subcommand is not None:
        return
    rows = []
    for name in shipped():
        try:
            loaded = load_framework(name)
            rows.append(tuple(field.cell_of(loaded) for field in _FIELDS))
        except DocumentError as error:  # the others are listed all the same
            count = len(error.diagnostics)
            say(f"warning: `{name}` has {count} errors: collabscore frameworks show {name}", 0)
    columns = _FIELDS
    emit(Table(columns, tuple(rows), title="Frameworks shipped"), Target(form))
    say("next: collabscore frameworks show ID")
