"""The command `test`: frameworks held to their cases."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ..analysis.policy_tests import Mismatch, PolicyTest, judge_cases
from ..documents.loading import load_cases, load_framework, load_policy
from ..errors import DocumentError, Span, UsageError, printable
from ..reports.ci import (
    Run,
    local_place,
    run_annotations,
    run_json,
    run_junit,
    run_summary,
    without_cases,
)
from .group import DONE, MISUSED, WRONG, command
from .options import Target, refuse_two_inputs, result_options
from .terminal import fail_file, is_coloured, say, show_diagnostics, summaries_of

_MACHINE_FORMS = {"json": run_json, "junit": run_junit, "github": run_annotations}


@command(
    "test",
    "collabscore test guardrail",
    "collabscore test frameworks/*.yaml",
    "collabscore test house.yaml --cases cases/strict.yaml",
    "collabscore test frameworks/*.yaml --format junit -o tests.xml",
)
@click.argument("frameworks", nargs=-1, required=True, metavar="FRAMEWORK...")
@click.option(
    "--cases",
    metavar="FILE",
    help="The cases of the one framework named, in place of those beside it.",
)
@click.option("--strict", is_flag=True, help="Exit 1 where a framework has no cases, too.")
@result_options(("text", *_MACHINE_FORMS), form_help="Form of the report.", width_help=None)
def test(frameworks: tuple[str, ...], cases: str | None, strict: bool, target: Target) -> int:
    """Test frameworks by their cases.

    FRAMEWORK is a file, a shipped id, or a file of cases. A framework's cases are found beside it,
    at cases/ID.yaml. Each case is a candidate and what the framework is to say of it; whatever it
    says otherwise is reported, and the exit code is 1.
    """
    if cases is not None and len(frameworks) > 1:
        raise UsageError(f"`--cases` goes with one framework, and {len(frameworks)} are named")
    refuse_two_inputs([*frameworks, cases], "name `-` once")
    runs = []
    for name in frameworks:
        try:
            runs.append(_run(name, cases))
        except UsageError as error:
            fail_file(name, error)
    _report(runs, target)
    if len(runs) < len(frameworks):
        return MISUSED
    failed = any(not run.passed or (strict and run.bare) for run in runs)
    return WRONG if failed else DONE


def _run(name: str, cases: str | None) -> Run:
    """Test one framework; errors in its documents are a part of the outcome."""
    try:
        if cases is None:
            framework, listed = load_policy(name)
        else:
            framework = load_framework(name)
            listed = load_cases(cases, framework)
    except DocumentError as error:
        spans = [finding.span for finding in error.diagnostics if finding.span is not None]
        file = spans[0].source if spans else name
        return Run(Path(name).stem or name, file, errors=error.diagnostics)
    document = framework if listed is None else listed
    file = document.origin.source or name
    return Run(framework.id, file, None if listed is None else judge_cases(framework, listed))


def _say_findings(runs: list[Run], *, is_annotated: bool) -> None:
    """Say on stderr everything that the form of the report has no place for."""
    for run in runs:
        if not is_annotated:
            show_diagnostics(run.errors, sys.stderr)
        for line in summaries_of(run.errors, run.file):
            say(line, 0)
        if run.bare and not is_annotated:
            say(f"warning: {without_cases(run)}", 0)


def _report(runs: list[Run], target: Target) -> None:
    """Write the report, and the summary on stderr unless stdout has it."""
    if not runs:
        return
    _say_findings(runs, is_annotated=target.form == "github")
    if target.form != "text":
        text = _MACHINE_FORMS[target.form](runs)
        if text or target.output is not None:
            target.write(text)
    else:
        text = _text_report(runs)
        if not target.is_screen or not is_coloured(sys.stdout):
            text = click.unstyle(text)
        target.write(text)
    if target.form != "text" or not target.is_screen:
        say(run_summary(runs))


def _text_report(runs: Sequence[Run]) -> str:
    """Return a line for each framework, each failure in full, and the summary, with colour."""
    width = max(len(run.name) for run in runs)
    lines = [f"{printable(run.name).ljust(width)}  {_marks(run)}" for run in runs]
    for run in runs:
        if run.test is not None:
            lines += _failure_lines(run.test)
    colour = "green" if all(run.passed for run in runs) else "red"
    return "\n".join([*lines, "", click.style(run_summary(runs), fg=colour, bold=True)])


def _marks(run: Run) -> str:
    """Return a sign for each case, and one for the order where there is one."""
    if run.errors:
        return click.style("E", fg="red")
    if run.test is None:
        return click.style("no cases", fg="yellow")
    passed = [outcome.passed for outcome in run.test.outcomes]
    if run.test.cases.order:
        passed.append(not run.test.order)
    signs = {True: click.style(".", fg="green"), False: click.style("F", fg="red", bold=True)}
    return "".join(map(signs.__getitem__, passed))


def _failure_lines(test: PolicyTest) -> Iterator[str]:
    for outcome in test.failures:
        yield _failure_head(f"{test.framework.id}: {outcome.case.id}", outcome.span)
        yield f"  {printable(outcome.title)}"
        yield from map(_mismatch_text, outcome.mismatches)
    if test.order:
        yield _failure_head(f"{test.framework.id}: order", test.order[0].span)
        yield from map(_mismatch_text, test.order)


def _failure_head(name: str, span: Span | None) -> str:
    where = "" if span is None else f" ({local_place(span)})"
    label = click.style("FAILED", fg="red", bold=True)
    return f"\n{label} {click.style(printable(name), bold=True)}{where}"


def _mismatch_text(mismatch: Mismatch) -> str:
    where = "" if mismatch.span is None else f" (line {mismatch.span.line})"
    lines = [
        f"  {mismatch.about}{where}",
        f"    expected  {mismatch.expected}",
        f"    found     {mismatch.found}",
    ]
    if mismatch.reason:
        lines.append(f"    because   {mismatch.reason}")
    return "\n".join(map(printable, lines))
