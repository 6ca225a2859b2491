"""The command `check`: every mistake of documents of any kind, each with its place.

Imports click, `documents.checking` and `documents.loading`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from ..documents.checking import Checked
from ..documents.checking import check as look_into
from ..documents.loading import load_framework
from ..errors import Diagnostic, Note, Span, UsageError, printable
from .common import MISUSED, WRONG, common, examples, fail
from .output import say, show_diagnostics, summaries_of, write

FORMATS = ("full", "concise", "json", "github")


@click.command(
    name="check",
    epilog=examples(
        "collabscore check projects.yaml",
        "collabscore check house.yaml projects.yaml -f house.yaml",
        "collabscore check *.yaml --format github --fail-on warning",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-f",
    "--framework",
    "frameworks",
    multiple=True,
    metavar="FRAMEWORK",
    help="Whose words candidates may use, beside those that the list names: a shipped id, or a file; repeatable.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    default="full",
    show_default=True,
    help="In full; one line each; JSON; or annotations for GitHub workflows.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="From which severity on to exit 1.",
)
@common
def check(files: tuple[str, ...], frameworks: tuple[str, ...], format: str, fail_on: str) -> int:
    """Check documents and report every mistake at once.

    FILE is a framework, a vocabulary, a list of candidates or a file of cases, in YAML, JSON or JSON Lines; `-` is
    standard input.
    """
    if [*files, *frameworks].count("-") > 1:
        raise UsageError("standard input is read once: name `-` once")
    words = [load_framework(name) for name in frameworks]
    found: list[Checked] = []
    misused = False
    for name in files:
        try:
            checked = look_into(name, words)
        except UsageError as error:  # this file alone: the others are checked all the same
            fail(f"{name}: {error}" if name not in str(error) else str(error))
            misused = True
            continue
        found.append(checked)
        if format != "json":
            _report(checked, format)
    if format == "json":
        write(_json(found), format="json")
    _hint(found, frameworks, misused)
    return MISUSED if misused else _code(found, fail_on)


def _report(checked: Checked, format: str) -> None:
    """Print what was found in one document: findings on stdout, how many on stderr."""
    if format == "full":
        show_diagnostics(checked.diagnostics, sys.stdout)
    elif checked.diagnostics:
        shown = _concise if format == "concise" else _annotation
        write("\n".join(shown(diagnostic, checked.source) for diagnostic in checked.diagnostics))
    if checked.diagnostics:
        for line in summaries_of(checked.diagnostics, checked.source):
            say(line, 1 if checked.ok else 0)
    else:
        say(f"ok: {printable(checked.source)}: {checked.kind} with {checked.holds}")


def _concise(diagnostic: Diagnostic, source: str) -> str:
    span = diagnostic.span
    where = f"{span.source}:{span.line}:{span.column}" if span is not None else f"{source}:1:1"
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    return printable(
        f"{where}: {diagnostic.severity}[{diagnostic.code}] {diagnostic.message}{help}"
    )


def _annotation(diagnostic: Diagnostic, source: str) -> str:
    message = diagnostic.message + (f"; {diagnostic.help}" if diagnostic.help else "")
    return annotation(
        diagnostic.severity,
        message,
        title=diagnostic.code,
        span=diagnostic.span,
        file=_file_of(diagnostic, source),
    )


def _file_of(diagnostic: Diagnostic, source: str) -> str:
    return diagnostic.span.source if diagnostic.span is not None else source


def annotation(severity: str, message: str, *, title: str, span: Span | None, file: str) -> str:
    """Return a workflow command of GitHub, which shows the message beside the line.

    Parameters
    ----------
    span : Span or None
        The place; the whole of `file`, if there is none.
    file : str
        The file, as GitHub knows it: from the root of the repository.
    """
    place = {"file": file}
    if span is not None:
        place |= {
            "line": str(span.line),
            "col": str(span.column),
            "endColumn": str(span.end_column),
        }
    place["title"] = title
    given = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in place.items())
    return f"::{severity} {given}::{_escaped(message)}"


def _escaped(text: str, signs: str = "") -> str:
    """Return a text as GitHub's commands need it: an end of line, and what parts their fields, as per-cent codes."""
    for sign in "%\r\n" + signs:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return printable(text)


def _json(found: Iterable[Checked]) -> str:
    files = [
        {
            "file": checked.source,
            "kind": checked.kind,
            "ok": checked.ok,
            "diagnostics": [_record(diagnostic) for diagnostic in checked.diagnostics],
        }
        for checked in found
    ]
    return (
        json.dumps({"collabscore": "check/1", "files": files}, ensure_ascii=False, indent=2) + "\n"
    )


def _record(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "place": diagnostic.place,
        "path": list(diagnostic.path),
        "span": _span(diagnostic.span),
        "help": diagnostic.help,
        "notes": [_note(note) for note in diagnostic.notes],
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "file": span.source,
        "line": span.line,
        "column": span.column,
        "end_column": span.end_column,
    }


def _note(note: Note) -> dict[str, Any]:
    return {"message": note.message, "span": _span(note.span)}


def _code(found: Iterable[Checked], fail_on: str) -> int:
    severities = {diagnostic.severity for checked in found for diagnostic in checked.diagnostics}
    failing = {"error": {"error"}, "warning": {"error", "warning"}, "never": set()}[fail_on]
    return WRONG if severities & failing else 0


def _hint(found: list[Checked], frameworks: tuple[str, ...], misused: bool) -> None:
    """Say what comes next, where all is well."""
    if misused or not all(checked.ok for checked in found):
        return
    for line in _next(found, frameworks):
        say(line)


def _next(found: list[Checked], frameworks: tuple[str, ...]) -> Iterator[str]:
    judge = f" -f {frameworks[0]}" if frameworks else ""
    kinds = {checked.kind: checked for checked in reversed(found) if checked.source != "<stdin>"}
    if "candidates" in kinds:
        yield f"next: collabscore score {printable(kinds['candidates'].source)}{judge}"
    elif "cases" in kinds:
        yield f"next: collabscore test {printable(kinds['cases'].source)}"
    elif "framework" in kinds:
        yield f"next: collabscore new projects.yaml -f {printable(kinds['framework'].source)}"
