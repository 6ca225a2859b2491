"""The command `check`: every mistake of documents of any kind, each with its place."""

from __future__ import annotations

import sys

import click

from ..documents import checking
from ..documents.checking import Checked
from ..documents.loading import load_framework
from ..errors import Diagnostic, UsageError, printable
from ..reports.ci import check_annotations, check_json
from .group import DONE, MISUSED, WRONG, command
from .options import frameworks_option, refuse_two_inputs
from .terminal import fail_file, say, show_diagnostics, summaries_of, write

_FAILING = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


@command(
    "check",
    "collabscore check projects.yaml",
    "collabscore check house.yaml projects.yaml -f house.yaml",
    "collabscore check *.yaml --format github --fail-on warning",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@frameworks_option(
    "Whose words candidates may use, beside those that the list names: a shipped id, or a file; "
    "repeatable."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json", "github"]),
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
def check(files: tuple[str, ...], frameworks: tuple[str, ...], form: str, fail_on: str) -> int:
    """Check documents and report every mistake at once.

    FILE is a framework, a vocabulary, a list of candidates or a file of cases, in YAML, JSON or
    JSON Lines; `-` is standard input.
    """
    refuse_two_inputs([*files, *frameworks], "name `-` once")
    known = [load_framework(name) for name in frameworks]
    found = []
    for name in files:
        try:
            checked = checking.check(name, known)
            found.append(checked)
            _report(checked, form)
        except UsageError as error:
            fail_file(name, error)
    if form == "json":
        write(check_json(found), utf8=True)
    if len(found) < len(files):
        return MISUSED
    if all(checked.ok for checked in found):
        _say_next(found, frameworks)
    return WRONG if any(_fails(checked, fail_on) for checked in found) else DONE


def _fails(checked: Checked, fail_on: str) -> bool:
    """Whether a document has a finding of a severity that is to fail."""
    return any(finding.severity in _FAILING[fail_on] for finding in checked.diagnostics)


def _report(checked: Checked, form: str) -> None:
    """Print the findings about one document on stdout, and how many there are on stderr."""
    if form == "json":  # of all documents together
        return
    if not checked.diagnostics:
        say(f"ok: {printable(checked.source)}: {checked.kind} with {checked.holds}")
        return
    if form == "full":
        show_diagnostics(checked.diagnostics, sys.stdout)
    elif form == "github":
        write("\n".join(check_annotations(checked)))
    else:
        for finding in checked.diagnostics:
            write(_concise_line(finding, checked.source))
    for line in summaries_of(checked.diagnostics, checked.source):
        say(line, 1 if checked.ok else 0)


def _concise_line(finding: Diagnostic, source: str) -> str:
    where = f"{source}:1:1"
    if finding.span is not None:
        where = f"{finding.span.source}:{finding.span.line}:{finding.span.column}"
    help = f" ({finding.help})" if finding.help else ""
    return printable(f"{where}: {finding.severity}[{finding.code}] {finding.message}{help}")


def _say_next(found: list[Checked], frameworks: tuple[str, ...]) -> None:
    """Say the command to run next with the first document of the most telling kind."""
    judge = f" -f {frameworks[0]}" if frameworks else ""
    for kind, call, ending in (
        ("candidates", "score", judge),
        ("cases", "test", ""),
        ("framework", "new projects.yaml -f", ""),
    ):
        for checked in found:
            if checked.kind == kind and checked.source != "<stdin>":
                say(f"next: collabscore {call} {printable(checked.source)}{ending}")
                return
