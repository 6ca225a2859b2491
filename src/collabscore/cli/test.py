"""The command `test`: frameworks held to their cases.

Imports click, what loads cases, and the tests of policy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from ..analysis.policy_tests import judge_cases
from ..documents.loading import load_cases, load_framework, load_policy
from ..errors import DocumentError, UsageError
from ..models.base import Document
from ..models.framework import Framework
from .case_report import Run, counted, in_annotations, in_json, in_junit, in_text, without_cases
from .common import DONE, MISUSED, WRONG, common, examples, fail
from .output import coloured, say, settings, show_diagnostics, summaries_of, write

FORMATS = ("text", "json", "junit", "github")
_SUFFIXES = {".json": "json", ".xml": "junit", ".txt": "text"}


@click.command(
    name="test",
    epilog=examples(
        "collabscore test guardrail",
        "collabscore test frameworks/*.yaml",
        "collabscore test house.yaml --cases cases/strict.yaml",
        "collabscore test frameworks/*.yaml --format junit -o tests.xml",
    ),
)
@click.argument("frameworks", nargs=-1, required=True, metavar="FRAMEWORK...")
@click.option(
    "--cases",
    metavar="FILE",
    help="The cases of the one framework named, in place of those beside it.",
)
@click.option("--strict", is_flag=True, help="Exit 1 where a framework has no cases, too.")
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the report. [default: by -o, else text]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)
@common
def test(
    frameworks: tuple[str, ...],
    cases: str | None,
    strict: bool,
    format: str | None,
    output: str | None,
) -> int:
    """Test frameworks by their cases.

    FRAMEWORK is a file, a shipped id, or a file of cases. A framework's cases are found beside it, at cases/ID.yaml.
    Each case is a candidate and what the framework is to say of it; whatever it says otherwise is reported, and the
    exit code is 1.
    """
    format = _format_of(format, output)
    if cases is not None and len(frameworks) > 1:
        raise UsageError(f"`--cases` goes with one framework, and {len(frameworks)} are named")
    if [*frameworks, cases, None].count("-") > 1:
        raise UsageError("standard input is read once: name `-` once")
    runs: list[Run] = []
    misused = False
    for name in frameworks:
        try:
            runs.append(_run(name, cases))
        except UsageError as error:  # this one alone: the others are tested all the same
            fail(f"{name}: {error}" if name not in str(error) else str(error))
            misused = True
    if runs:
        _report(runs, format, output)
    if misused:
        return MISUSED
    return DONE if all(run.passed and not (strict and run.bare) for run in runs) else WRONG


def _format_of(format: str | None, output: str | None) -> str:
    if format is not None or output is None or output == "-":
        return format or "text"
    found = _SUFFIXES.get(Path(output).suffix.lower())
    if found is None:
        raise UsageError(
            f"cannot tell a format from the name `{output}`: add --format {'|'.join(FORMATS)}"
        )
    return found


def _run(name: str, cases: str | None) -> Run:
    """Test one framework; what is wrong with its documents is a part of the outcome."""
    try:
        if cases is None:
            framework, listed = load_policy(name)
        else:
            framework = load_framework(name)
            listed = load_cases(cases, framework)
    except DocumentError as error:
        spans = [diagnostic.span for diagnostic in error.diagnostics if diagnostic.span is not None]
        return Run(
            Path(name).stem or name, spans[0].source if spans else name, errors=error.diagnostics
        )
    if listed is None:
        return Run(framework.id, _file_of(framework, name))
    return Run(framework.id, _file_of(listed, name), judge_cases(framework, listed))


def _file_of(document: Document | Framework, name: str) -> str:
    return document.origin.source if document.origin is not None else name


def _report(runs: list[Run], format: str, output: str | None) -> None:
    """Write the report; on stderr, what it does not say to a reader."""
    for run in runs:
        show_diagnostics(run.errors if format != "github" else (), sys.stderr)
        for line in summaries_of(run.errors, run.file):
            say(line, 0)
        if run.bare and format != "github":
            say(f"warning: {without_cases(run)}", 0)
    if format == "text":
        to_file = output not in (None, "-")
        text = in_text(runs)
        write(
            click.unstyle(text) if to_file or not coloured(sys.stdout, settings().colour) else text,
            output,
        )
        if to_file:
            say(counted(runs))
        return
    forms: dict[str, Callable[[list[Run]], str]] = {
        "json": in_json,
        "junit": in_junit,
        "github": in_annotations,
    }
    text = forms[format](runs)
    if text or output is not None:
        write(text, output, "json" if format != "github" else "table")
    say(counted(runs))
