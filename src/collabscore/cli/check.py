"""The command `check`: every mistake of documents of any kind, each with its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from ..documents import checking
from ..documents.checking import Checked
from ..documents.loading import load_framework
from ..errors import Diagnostic, UsageError, printable
from ..reports.ci import check_annotations, check_json
from .group import MISUSED, WRONG, common, examples
from .options import frameworks_option
from .terminal import fail_file, say, show_diagnostics, summaries_of, write

FORMS = ("full", "concise", "json", "github")

_FAILING = {"error": {"error"}, "warning": {"error", "warning"}, "never": set[str]()}


@click.command(
    name="check",
    epilog=examples(
        "collabscore check projects.yaml",
        "collabscore check house.yaml projects.yaml -f house.yaml",
        "collabscore check *.yaml --format github --fail-on warning",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@frameworks_option(
    "Whose words candidates may use, beside those that the list names: a shipped id, or a file; repeatable."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
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
def check(files: tuple[str, ...], frameworks: tuple[str, ...], form: str, fail_on: str) -> int:
    """Check documents and report every mistake at once.

    FILE is a framework, a vocabulary, a list of candidates or a file of cases, in YAML, JSON or JSON Lines; `-` is
    standard input.
    """
    if [*files, *frameworks].count("-") > 1:
        raise UsageError("standard input is read once: name `-` once")
    known = [load_framework(name) for name in frameworks]
    found: list[Checked] = []
    for name in files:
        try:
            checked = checking.check(name, known)
        except UsageError as error:
            fail_file(name, error)
            continue
        found.append(checked)
        if form != "json":
            _report(checked, form)
    if form == "json":
        write(check_json(found), utf8=True)
    if len(found) < len(files):
        return MISUSED
    if all(checked.ok for checked in found):
        for line in _next_steps(found, frameworks):
            say(line)
    severities = {finding.severity for checked in found for finding in checked.diagnostics}
    return WRONG if severities & _FAILING[fail_on] else 0


def _report(checked: Checked, form: str) -> None:
    """Print the findings about one document on stdout, and how many there are on stderr."""
    if not checked.diagnostics:
        say(f"ok: {printable(checked.source)}: {checked.kind} with {checked.holds}")
        return
    if form == "full":
        show_diagnostics(checked.diagnostics, sys.stdout)
    elif form == "github":
        write("\n".join(check_annotations(checked)))
    else:
        lines = [_concise_line(finding, checked.source) for finding in checked.diagnostics]
        write("\n".join(lines))
    for line in summaries_of(checked.diagnostics, checked.source):
        say(line, 1 if checked.ok else 0)


def _concise_line(finding: Diagnostic, source: str) -> str:
    where = f"{source}:1:1"
    if finding.span is not None:
        where = f"{finding.span.source}:{finding.span.line}:{finding.span.column}"
    help = f" ({finding.help})" if finding.help else ""
    return printable(f"{where}: {finding.severity}[{finding.code}] {finding.message}{help}")


def _next_steps(found: list[Checked], frameworks: tuple[str, ...]) -> Iterator[str]:
    """Yield the command to run next."""
    judge = f" -f {frameworks[0]}" if frameworks else ""
    kinds = {checked.kind: checked for checked in reversed(found) if checked.source != "<stdin>"}
    if "candidates" in kinds:
        yield f"next: collabscore score {printable(kinds['candidates'].source)}{judge}"
    elif "cases" in kinds:
        yield f"next: collabscore test {printable(kinds['cases'].source)}"
    elif "framework" in kinds:
        yield f"next: collabscore new projects.yaml -f {printable(kinds['framework'].source)}"
