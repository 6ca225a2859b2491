"""The command `schema`: the language of documents, as JSON Schema and in words."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

import click

from ..documents.json_schema import (
    ELEMENTS,
    Described,
    Field,
    describe,
    json_schema,
    summary_of,
)
from ..documents.loading import KINDS
from ..errors import UsageError
from .group import command
from .options import output_option
from .terminal import write

__all__ = ["schema", "schema_text"]

_WIDTH = 100


@command(
    "schema",
    "collabscore schema",
    "collabscore schema guardrail",
    "collabscore schema candidates -o candidates-1.json",
)
@click.argument("name", metavar="[NAME]", required=False)
@output_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    help="An element in words, or as JSON Schema.",
)
def schema(name: str | None, output: str | None, form: str | None) -> None:
    """Describe the language of documents.

    NAME is a kind of document (framework, vocabulary, candidates, cases), which is described as
    JSON Schema, or an element of one (guardrail, criterion, ...), which is described in words.
    Without a name: what there is.
    """
    if name is None:
        write(_overview(), output)
    elif name in KINDS or form == "json":
        if form == "text":
            in_words = ", ".join(ELEMENTS)
            raise UsageError(
                f"`{name}` is described as JSON Schema alone; its elements are in words: {in_words}"
            )
        write(schema_text(name), output, utf8=True)
    else:
        write("\n".join(_page(describe(name))), output)


def schema_text(name: str) -> str:
    """Return a JSON Schema as it stands in a file."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def _overview() -> str:
    lines = ["Kinds of documents, as JSON Schema (collabscore schema framework):"]
    lines += [f"  {name:<12} {summary_of(name)}" for name in KINDS]
    lines += ["", "Elements, in words (collabscore schema guardrail):"]
    lines += [f"  {name:<12} {summary_of(name)}" for name in ELEMENTS]
    return "\n".join(lines)


def _page(element: Described) -> Iterator[str]:
    """Yield the lines that describe an element."""
    yield element.name
    for summary, fields in element.forms:
        yield ""
        yield from textwrap.wrap(summary, _WIDTH)
        yield ""
        for field in fields:
            yield from _field(field)
    yield ""
    yield "Example:"
    yield ""
    yield from textwrap.indent(element.example.rstrip("\n"), "    ").split("\n")


def _field(field: Field) -> Iterator[str]:
    state = ""
    if field.needed:
        state = ", needed"
    elif isinstance(field.default, bool):
        state = f", {str(field.default).lower()} if left out"
    elif field.default is not None:
        state = f", {field.default} if left out"
    yield f"  {field.key}: {field.form}{state}"
    yield from textwrap.wrap(
        field.description, _WIDTH, initial_indent="      ", subsequent_indent="      "
    )
