"""The commands `new`, `frameworks` and `schema`: documents to begin with, to read, their form."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from os.path import realpath
from pathlib import Path
from typing import Any

import click

from ..checks.framework import names_in
from ..documents import json_schema
from ..documents.forms import csv_form, workbook_form
from ..documents.loading import (
    KINDS,
    PlainDocument,
    load_candidates,
    load_framework,
    read_named,
    shipped,
    shipped_path,
)
from ..documents.reader import TABLES, decoded
from ..documents.templates import (
    EXAMPLES,
    FIRST_CHANGES,
    NewCandidate,
    candidates_template,
    framework_template,
    numbered_candidates,
    resolved_text,
    schema_file,
)
from ..documents.writing import written_as
from ..errors import DocumentError, UsageError, choose_from
from ..models.base import FrozenList, title_of
from ..models.candidates import Candidate
from ..models.framework import Framework
from ..output import Field, Table, as_json
from ..output.text import plural
from ..reports.framework import framework_data, framework_page
from .main import Commands, command
from .options import (
    FRAMEWORK_FORM,
    PAGE_WIDTH,
    AtLeast,
    Target,
    candidates_argument,
    emit,
    frameworks_option,
    given_options,
    ignore_option,
    list_without,
    note_reading,
    output_option,
    refuse_two_inputs,
    result_options,
)
from .terminal import say, terminal_width, write

__all__ = ["schema_text"]


@command(
    "new",
    "collabscore new projects.yaml -f guardrail",
    "collabscore new projects.yaml -f guardrail --candidates 10 --short",
    "collabscore new projects.yaml -f guardrail --ids ice-cores,flu-strains",
    "collabscore new ratings.xlsx -f guardrail --candidates 10",
    "collabscore new house.yaml --from guardrail",
    "collabscore new - -f house.yaml | less",
)
@click.argument("file", metavar="FILE")
@click.option(
    "-f",
    "--framework",
    metavar="FRAMEWORK",
    help=f"Write a list of candidates for this framework: {FRAMEWORK_FORM}.",
)
@click.option(
    "--candidates",
    "count",
    type=AtLeast(1),
    metavar="N",
    help="Write N candidates to fill in. [default: 1]",
)
@click.option("--ids", metavar="ID,ID,...", help="Write a candidate for each of these ids.")
@click.option("--short", is_flag=True, help="Write each answer in one line, without its question.")
@click.option(
    "--from",
    "model",
    metavar="FRAMEWORK",
    help=f"Write a framework to adapt, based on FRAMEWORK: {FRAMEWORK_FORM}.",
)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def new(
    file: str,
    framework: str | None,
    count: int | None,
    ids: str | None,
    short: bool,
    model: str | None,
    force: bool,
) -> None:
    """Write a file to fill in: candidates, or a framework.

    FILE is the file to write; `-` prints it. With -f: a list of candidates, with the question
    beside each answer, and beside the list its schema, by which an editor completes and checks
    the answers. A name that ends in `.xlsx` gives a workbook with drop-downs, and `.csv` a table.
    With --from: a framework to adapt.
    """
    target = _target_of(file, force=force)
    beside: dict[Path, str] = {}
    text: str | bytes
    match framework, model:
        case str(), None:
            options = {"candidates": _new_candidates(count, ids), "short": short}
            loaded = load_framework(framework)
            if target is not None and _is_table(target):
                text, *after = _table_to_fill_in(framework, loaded, target, options)
            else:
                beside = _schema_beside(loaded, target, force=force)
                text, *after = _candidates_document(framework, loaded, target, options)
        case None, str():
            _refuse_options_of_lists()
            text, *after = _framework_document(model, target)
        case None, None:
            offer = choose_from(shipped())
            raise UsageError(f"give -f for candidates, or --from for a framework; {offer}")
        case _:
            raise UsageError("-f writes candidates and --from a framework: use one of them")
    write(text, file)
    for path, schema in beside.items():
        write(schema, str(path))
    if target is not None:
        say(*after)


def _is_table(target: Path) -> bool:
    """Return whether a name is that of a file that is not YAML."""
    return target.suffix.lower() in (*TABLES, ".json", ".jsonl", ".ndjson")


def _target_of(file: str, *, force: bool) -> Path | None:
    """Return the file to write; None for standard output."""
    if file == "-":
        return None
    if not Path(file).name:
        raise UsageError(
            f"`{file}` is not the name of a file", help="write, for example, list.yaml"
        )
    if Path(file).exists() and not force:
        raise UsageError(f"`{file}` already exists; use --force to overwrite it")
    return Path(file)


def _schema_beside(framework: Framework, target: Path | None, *, force: bool) -> dict[Path, str]:
    """Return the schema file beside a list and its text; none for a list that is printed."""
    if target is None:
        return {}
    path, text = target.with_name(schema_file(target.name)), schema_text("candidates", [framework])
    is_same = path.is_file() and path.read_bytes() == text.encode()
    if path.exists() and not is_same and not force:
        message = f"`{path}`, the schema for editors, already exists and differs"
        raise UsageError(f"{message}; use --force to overwrite it")
    return {path: text}


def _refuse_options_of_lists() -> None:
    for option in given_options():
        if option in ("--candidates", "--ids", "--short"):
            raise UsageError(f"{option} is for lists of candidates: use -f in place of --from")


def _new_candidates(count: int | None, ids: str | None) -> list[NewCandidate]:
    """Return the candidates to write, by their number or their ids."""
    if ids is None:
        return numbered_candidates(count) if count is not None else []
    if count is not None:
        raise UsageError("--candidates and --ids both say how many: use one of them")
    names = [name.strip() for name in ids.split(",")]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"`{name}` is given twice", "ids")
        try:
            Candidate.model_validate({"id": name})
        except ValueError:
            raise UsageError(f"`{name}` is not an id", "ids") from None
    return [(name, None) for name in names]


def _candidates_document(
    framework: str, loaded: Framework, target: Path | None, options: dict[str, Any]
) -> Iterator[str]:
    """Yield a list of candidates to fill in, then the messages that follow."""
    named = _name_in_list(framework, target)
    schema = None if target is None else schema_file(target.name)
    given = {key: value for key, value in options.items() if value}
    yield candidates_template(loaded, named, schema=schema, **given)
    yield f"wrote {target}: fill it in"
    yield f"wrote {schema} beside it: editors complete and check the list by it"
    yield _next_check(framework, named, target)


def _table_to_fill_in(
    framework: str, loaded: Framework, target: Path, options: dict[str, Any]
) -> Iterator[Any]:
    """Yield a workbook or CSV to fill in, then the messages that follow."""
    if options["short"]:
        raise UsageError("--short is for YAML: leave it out for a table")
    named = _name_in_list(framework, target)
    rows = options["candidates"] or numbered_candidates(1)
    match target.suffix.lower():
        case ".xlsx":
            yield workbook_form(loaded, named, rows, target.name)
        case ".csv" | ".tsv" as suffix:
            yield csv_form(loaded, named, rows, "\t" if suffix == ".tsv" else ",")
        case suffix:
            raise UsageError(f"`new` writes no `{suffix}`", help="write `.xlsx`, `.csv` or `.yaml`")
    yield f"wrote {target}: fill it in"
    yield _next_check(framework, named, target)


def _next_check(framework: str, named: str | None, target: Path | None) -> str:
    """Return the message with the next command: it has the framework if the list does not."""
    judge = "" if named is not None else f" -f {shlex.quote(framework)}"
    return f"next: collabscore check {shlex.quote(str(target))}{judge}"


def _name_in_list(framework: str, target: Path | None) -> str | None:
    """Return how a list names a framework: a shipped id, or a file beside it; None if it cannot."""
    if shipped_path(framework) is not None:
        return framework
    if target is None or framework == "-":
        return None
    file = Path(framework)
    folders = {Path(realpath(path)).parent for path in (file, target)}
    return file.name if len(folders) == 1 else None


def _framework_document(model: str, target: Path | None) -> Iterator[str]:
    """Yield a framework to adapt, then the messages that follow."""
    if target is not None and _is_table(target):
        raise UsageError(f"a framework is YAML: `{target}` cannot hold one")
    document = read_named(model, "framework")
    loaded = load_framework(document)
    yield framework_template(decoded(document.origin.text, document.origin.source).text, loaded)
    yield f"wrote {target}: {FIRST_CHANGES}"
    if document.origin.folder is not None and target is not None:
        yield from _files_to_copy(_files_named(document), target)
    yield f"next: collabscore check {shlex.quote(str(target))}"


def _files_to_copy(names: Iterable[str], target: Path) -> Iterator[str]:
    """Yield a message for each file that a document names, and that is not beside it."""
    for name in names:
        is_beside = (Path(realpath(target)).parent / name).exists()
        if shipped_path(name) is None and not is_beside:
            yield f"note: it uses `{name}`; copy that file into the same folder"


def _files_named(document: PlainDocument) -> Iterator[str]:
    """Yield the files beside a framework that it needs: vocabularies, and a base."""
    base = document.get("based_on")
    named = base.get("id") if isinstance(base, dict) else base
    for kind, value in (("framework", named), ("vocabulary", document.get("uses"))):
        for name, _ in names_in(value, ()):
            if shipped_path(name, kind) is None:
                yield name


@command(
    "convert",
    "collabscore convert ratings.xlsx projects.yaml -f guardrail",
    "collabscore convert projects.yaml projects.csv",
    "collabscore convert 'ratings.xlsx#May' projects.parquet --ignore-columns Reviewer",
)
@candidates_argument
@click.argument("file", metavar="FILE")
@frameworks_option(
    f"Read columns by this framework, too: {FRAMEWORK_FORM}; repeatable. "
    "[default: the one that the list names]"
)
@ignore_option
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def convert(
    candidates: str,
    file: str,
    frameworks: tuple[str, ...],
    ignore_columns: tuple[str, ...],
    force: bool,
) -> None:
    """Write a list of candidates in another form.

    The end of the name of FILE decides: YAML (.yaml), JSON (.json, .jsonl), tables (.csv, .tsv,
    .xlsx) or columns (.parquet, .arrow); `-` prints YAML. The list is checked, and each cell is
    read back before it is written. A list that names no framework gets the name of yours.
    """
    target = _target_of(file, force=force)
    refuse_two_inputs([candidates, *frameworks], "give the list or the framework as a file")
    loaded = load_candidates(list_without(candidates, ignore_columns), frameworks)
    note_reading(loaded)
    named = [_name_in_list(name, target) for name in frameworks]
    if not loaded.framework and None not in named:
        loaded = loaded.model_copy(update={"framework": FrozenList(named)})
    written = written_as(loaded, "list.yaml" if target is None else file)
    write(written.content, file)
    for head, ids in written.lost.items():
        say(f"not written as it was: `{head}` of {_candidates_in_words(ids)}")
    if target is not None:
        say(f"wrote {target}: {plural(len(loaded), 'candidate')}")
        say(*_files_to_copy(loaded.framework, target))
        others = [name for name in frameworks if name not in loaded.framework]
        judges = "".join(f" -f {shlex.quote(name)}" for name in others)
        say(f"next: collabscore check {shlex.quote(str(target))}{judges}")


def _candidates_in_words(ids: Sequence[str]) -> str:
    """Return the number of candidates and the first ids; none stand for the list."""
    if not ids:
        return "the list"
    more = ", ..." if len(ids) > _MOST_IDS else ""
    return f"{plural(len(ids), 'candidate')}: {', '.join(ids[:_MOST_IDS])}{more}"


_MOST_IDS = 5

_FORMS = ("table", "md", "json")

_count_field = partial(Field, kind="number", digits=0, priority=3)
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
    Field("issuer", "Issued by", priority=1, least=23),
    Field("legal_force", "Legal force", priority=2, least=12),
    _count_field("criteria", "Criteria", lambda framework: len(framework.leaves)),
    _count_field("guardrails", "Guardrails", lambda framework: len(framework.guardrails)),
)


@command(
    "show",
    "collabscore frameworks show guardrail",
    "collabscore frameworks show guardrail --long",
    "collabscore frameworks show house.yaml --format md -o house.md",
    "collabscore frameworks show house.yaml --resolved -o whole.yaml",
)
@click.argument("framework", metavar="ID_OR_FILE")
@click.option("--long", is_flag=True, help="Show anchors, notes and every fact, too.")
@click.option(
    "--resolved",
    is_flag=True,
    help="Print a document, as YAML: a profile with everything that its base has.",
)
@result_options((*_FORMS, "yaml"), form_help="Format of the page")
def show(framework: str, long: bool, resolved: bool, target: Target) -> None:
    """Show a framework as a page to read.

    Weights are shown twice: as a share of the group, and as a share of the whole. The page marks
    the author's own choices and unverified parts. JSON has everything, with or without --long. The
    page of a profile begins with its changes.
    """
    loaded = load_framework(framework)
    if resolved and target.form not in ("table", "yaml"):
        raise UsageError("--resolved prints YAML: leave out --format, or name a file `.yaml`")
    if resolved or target.form == "yaml":
        target._replace(form="yaml").write(resolved_text(loaded))
        return
    if target.form == "json":
        target.write(as_json(framework_data(loaded)))
        return
    width = target.width or _text_width()
    emit(framework_page(loaded, long=long), target._replace(width=width))


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
    metavar="FORM",
    default="table",
    help="Format of the list: table, md or json. [default: table]",
)
@click.pass_context
def frameworks(context: click.Context, form: str) -> None:
    """List the shipped frameworks, or show one."""
    if context.invoked_subcommand is not None:
        return
    rows = []
    for name in shipped():
        try:
            loaded = load_framework(name)
            rows.append(tuple(field.cell_of(loaded) for field in _FIELDS))
        except DocumentError as error:  # the others are listed all the same
            count = len(error.diagnostics)
            say(f"warning: `{name}` has {count} errors: collabscore frameworks show {name}", at=0)
    columns = _FIELDS
    emit(Table(columns, tuple(rows), title="Shipped frameworks"), Target(form))
    say("next: collabscore frameworks show ID")


@command(
    "schema",
    "collabscore schema",
    "collabscore schema guardrail",
    "collabscore schema candidates -o candidates-1.json",
    "collabscore schema candidates -f guardrail -o projects.schema.json",
)
@click.argument("name", metavar="[NAME]", required=False)
@frameworks_option(
    f"Describe candidates with the words of this framework: {FRAMEWORK_FORM}; repeatable."
)
@output_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    metavar="FORM",
    help="Describe an element as text, or as JSON Schema (json).",
)
def schema(
    name: str | None, frameworks: tuple[str, ...], output: str | None, form: str | None
) -> None:
    """Describe the language of documents.

    NAME is a kind of document (framework, vocabulary, candidates, cases), described as JSON
    Schema, or an element (guardrail, criterion, ...), described as text. The headings of
    docs/reference/yaml.md are names of elements, too. Without NAME: a list of all names.

    `schema candidates -f FRAMEWORK` describes each criterion, fact and safeguard with its answers,
    so that an editor completes them and marks mistakes. `collabscore new` writes it.
    """
    if frameworks and (name is None or json_schema.name_of(name) != "candidates"):
        message = "-f is for the schema of candidates"
        raise UsageError(message, help="write: collabscore schema candidates -f FRAMEWORK")
    if name is None:
        if form == "json":
            message = "JSON Schema describes one kind of document or one element"
            raise UsageError(message, help=f"name it: {choose_from(KINDS)}")
        write(_overview(), output)
        return
    name = json_schema.name_of(name)
    if name in KINDS or form == "json":
        if form == "text":
            in_words = ", ".join(json_schema.ELEMENTS)
            raise UsageError(
                f"`{name}` is described only as JSON Schema; its elements have a text: {in_words}"
            )
        loaded = [load_framework(source) for source in frameworks]
        write(schema_text(name, loaded), output, is_data=True)
    else:
        write("\n".join(_element_lines(name)), output)


def schema_text(name: str, frameworks: Sequence[Framework] = ()) -> str:
    """Return a JSON Schema as it stands in a file; of candidates, with words of frameworks."""
    schema = json_schema.json_schema(name)
    if frameworks:
        schema = json_schema.candidates_schema(frameworks)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _overview() -> str:
    lines = ["Kinds of documents, as JSON Schema (collabscore schema framework):"]
    lines += map(_summary_line, KINDS)
    lines += ["", "Elements, as text (collabscore schema guardrail):"]
    lines += map(_summary_line, json_schema.ELEMENTS)
    return "\n".join(lines)


def _summary_line(name: str) -> str:
    line = f"  {name:<12} {json_schema.summary_of(name)}"
    return textwrap.fill(line, _text_width(), subsequent_indent=" " * 15)


def _text_width() -> int:
    return min(terminal_width() or PAGE_WIDTH, PAGE_WIDTH)


def _element_lines(name: str) -> Iterator[str]:
    """Yield the lines that describe an element, and an example."""
    forms = json_schema.describe(name)
    yield name
    for summary, fields in forms:
        yield ""
        yield from textwrap.wrap(summary, _text_width())
        yield ""
        for field in fields:
            yield from _field_lines(field)
    yield ""
    yield "Example:"
    yield ""
    yield from textwrap.indent(EXAMPLES[name].rstrip("\n"), "    ").split("\n")


def _field_lines(field: json_schema.Field) -> Iterator[str]:
    state = ""
    if field.needed:
        state = ", required"
    elif isinstance(field.default, bool):
        state = f", {str(field.default).lower()} if left out"
    elif field.default is not None:
        state = f", {field.default} if left out"
    yield f"  {field.key}: {field.form}{state}"
    yield from textwrap.wrap(
        field.description, _text_width(), initial_indent="      ", subsequent_indent="      "
    )
