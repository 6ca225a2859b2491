"""The commands `check`, mistakes in documents, and `test`, frameworks held to their cases."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import click

from ..analysis import checking
from ..analysis.checking import Checked
from ..analysis.policy_tests import judge_cases
from ..documents.loading import load_cases, load_framework, load_policy
from ..errors import Diagnostic, DocumentError, UsageError, printable
from ..models.framework import Framework
from ..output.text import wrap
from ..reports.ci import (
    Part,
    Run,
    answer_lines,
    check_annotations,
    check_json,
    coverage_lines,
    local_place,
    outcome_of,
    run_annotations,
    run_json,
    run_junit,
    run_summary,
    unchecked_claims_note,
    without_cases,
)
from .main import DONE, MISUSED, WRONG, command
from .options import (
    FRAMEWORK_FORM,
    PAGE_WIDTH,
    Target,
    as_of_option,
    frameworks_option,
    ignore_option,
    refuse_two_inputs,
    result_options,
)
from .terminal import (
    diagnostics_text,
    fail,
    is_coloured,
    say,
    say_diagnostics,
    say_reading,
    settings,
    summaries_of,
    terminal_width,
    write,
)


@command(
    "check",
    "collabscore check projects.yaml",
    "collabscore check house.yaml projects.yaml -f house.yaml",
    "collabscore check *.yaml --format github --fail-on warning",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@frameworks_option(
    "Also check candidates by this framework, besides those that the list names:"
    f" {FRAMEWORK_FORM}; repeatable."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json", "github"]),
    metavar="FORM",
    default="full",
    show_default=True,
    help="Format: full, concise (a line each), json, or github (annotations for workflows).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    metavar="SEVERITY",
    default="error",
    show_default=True,
    help="Exit with 1 from this severity: error, warning or never.",
)
@as_of_option
@ignore_option
def check(
    files: tuple[str, ...],
    frameworks: tuple[str, ...],
    form: str,
    fail_on: str,
    as_of: str | None,
    ignore_columns: tuple[str, ...],
) -> int:
    """Check documents and report every error at once.

    FILE is a framework, a vocabulary, a list of candidates or a file of cases, in YAML or JSON;
    `-` is standard input. A list may also be JSON Lines, CSV, Excel, Parquet or Arrow.
    """
    refuse_two_inputs([*files, *frameworks], "name `-` once")
    found = []
    for checked in _check_all(files, frameworks, as_of, ignore_columns):
        found.append(checked)
        _report_check(checked, form, fail_on)
    code = DONE
    for finding in chain.from_iterable(checked.diagnostics for checked in found):
        if finding.severity in _FAILING[fail_on]:
            code = WRONG
    if any(checked.is_unread for checked in found):
        code = MISUSED
    if form == "json":
        write(check_json(found, passed=code == DONE), is_data=True)
    if all(checked.ok for checked in found):
        _say_next(found, frameworks, ignore_columns)
    return code


def _check_all(
    files: Iterable[str],
    frameworks: Iterable[str],
    as_of: str | None,
    ignore_columns: Sequence[str],
) -> Iterator[Checked]:
    """Check files by frameworks; of frameworks that cannot be used, yield these alone."""
    known: list[Framework] = []
    is_refused = False
    for name in frameworks:
        try:
            known.append(load_framework(name))
        except (DocumentError, UsageError) as error:
            is_refused = True
            yield checking.refused(name, error)
    if is_refused:
        say("the files are not checked: correct the framework first", at=0)
        return
    for name in files:
        try:
            yield checking.check(name, known, as_of, ignore_columns)
        except UsageError as error:
            yield checking.refused(name, error)


_FAILING = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


def _report_check(checked: Checked, form: str, fail_on: str) -> None:
    """Print the findings about one document on stdout, and how many there are on stderr."""
    say_reading(checked.source, checked.remarks)
    if checked.diagnostics:
        _print_findings(checked, form, fail_on)
    elif form != "json":  # which has all documents together
        say(f"ok: {checked.source}: {checked.holds}")
    if form == "json" or checked.is_unread:
        return
    for line in summaries_of(checked.diagnostics, checked.source):
        say(line, at=1 if checked.ok else 0)
    width = terminal_width() or PAGE_WIDTH
    say(*answer_lines(checked.answers, width, whole=settings().verbosity > 1))


def _print_findings(checked: Checked, form: str, fail_on: str) -> None:
    if checked.is_unread:
        (finding,) = checked.diagnostics
        fail(str(UsageError(finding.message, help=finding.help)))
        if form in ("full", "concise"):
            return  # stderr has all that there is to say
    # if quiet, readers see errors alone, and what fails
    shown = []
    for finding in checked.diagnostics:
        if finding.severity in ("error", *_FAILING[fail_on]) or settings().verbosity > 0:
            shown.append(finding)
    match form:
        case "full" if shown:
            write(diagnostics_text(shown))
        case "concise" if shown:
            write("\n".join(_concise_line(finding, checked.source) for finding in shown))
        case "github":
            write(check_annotations(checked, _FAILING[fail_on]), is_data=True)


def _concise_line(finding: Diagnostic, source: str) -> str:
    where = f"{source}:1:1"
    if finding.span is not None:
        where = finding.span.where
    help = f" ({finding.help})" if finding.help else ""
    return printable(f"{where}: {finding.severity}[{finding.code}] {finding.message}{help}")


def _say_next(
    found: list[Checked], frameworks: tuple[str, ...], ignore_columns: tuple[str, ...]
) -> None:
    """Say the command to run next with the first document of the most telling kind."""
    judge = f" -f {shlex.quote(frameworks[0])}" if frameworks else ""
    judge += "".join(f" --ignore-columns {shlex.quote(column)}" for column in ignore_columns)
    first: dict[str, str] = {}
    for checked in found:
        if checked.source != "<stdin>" and checked.source.isprintable():
            first.setdefault(checked.kind, shlex.quote(checked.source))
    for kind, call, ending in (
        ("candidates", "score", judge),
        ("cases", "test", ""),
        ("framework", "new projects.yaml -f", ""),
    ):
        if kind in first:
            say(f"next: collabscore {call} {first[kind]}{ending}")
            return


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
    help="Use these cases instead of those beside the framework; for one framework.",
)
@click.option(
    "--coverage", is_flag=True, help="Show which outcomes of guardrail steps no case decides."
)
@click.option(
    "--strict",
    is_flag=True,
    help="Exit with 1 also without cases, if claims were not checked, or if --coverage finds gaps.",
)
@result_options(
    ("text", "json", "junit", "github"), form_help="Format of the report", width_help=None
)
def test(
    frameworks: tuple[str, ...],
    cases: str | None,
    coverage: bool,
    strict: bool,
    target: Target,
) -> int:
    """Test frameworks by their cases.

    FRAMEWORK is a file, a shipped id, or a file of cases. The cases of a framework are beside it,
    in cases/ID.yaml. Each case is a candidate and the expected result. Claims about all candidates
    are proved if z3 is installed. Every difference is reported; the exit code is then 1.
    """
    if cases is not None and len(frameworks) > 1:
        raise UsageError(f"`--cases` needs one framework, and {len(frameworks)} are given")
    refuse_two_inputs([*frameworks, cases], "name `-` once")
    runs = []
    for name in frameworks:
        run = _run(name, cases)
        runs.append(replace(run, is_strict=strict, with_coverage=coverage))
    _report_runs(runs, target)
    if any(run.is_unread for run in runs):
        return MISUSED
    return DONE if all(run.passed for run in runs) else WRONG


def _run(name: str, cases: str | None) -> Run:
    """Test one framework; errors in its documents are a part of the outcome."""
    try:
        if cases is None:
            framework, listed = load_policy(name)
        else:
            framework = load_framework(name)
            listed = load_cases(cases, framework)
    except (DocumentError, UsageError) as error:
        refused = checking.refused(name, error)
        spans = [finding.span for finding in refused.diagnostics if finding.span is not None]
        file = spans[0].source if spans else refused.source
        return Run(
            Path(name).stem or name,
            file,
            errors=refused.diagnostics,
            is_unread=refused.is_unread,
        )
    document = framework if listed is None else listed
    file = document.origin.source or name
    test = None if listed is None else judge_cases(framework, listed)
    return Run(framework.id, file, test)


def _report_runs(runs: list[Run], target: Target) -> None:
    """Write the report, and the summary on stderr unless stdout has it."""
    _say_findings(runs, is_annotated=target.form == "github")
    forms = {"json": run_json, "junit": run_junit, "github": run_annotations}
    if target.form in forms:
        text = forms[target.form](runs)
    else:
        text = _text_report(runs, target.text_width)
        if not (target.is_screen and is_coloured(sys.stdout)):
            text = click.unstyle(text)
    if text or target.output is not None:
        target.write(text)
    if target.form != "text" or not target.is_screen:
        say(run_summary(runs))


def _say_findings(runs: list[Run], *, is_annotated: bool) -> None:
    """Say on stderr everything that the form of the report has no place for."""
    for run in runs:
        if not is_annotated:
            say_diagnostics(run.errors)
        for line in summaries_of(run.errors, run.file):
            say(line, at=0)
        if run.bare and not is_annotated:
            say(f"{run.severity_of_lack}: {without_cases(run)}", at=0)
        if run.test is not None and run.test.unchecked_claims and not is_annotated:
            say(f"{run.severity_of_lack}: {unchecked_claims_note(run)}", at=0)


def _text_report(runs: Sequence[Run], width: int) -> str:
    """Return the summary, a line for each of several frameworks, and each failure in full."""
    colour = "green" if all(run.passed for run in runs) else "red"
    lines = [click.style(run_summary(runs), fg=colour, bold=True)]
    if len(runs) > 1:
        longest = max(len(run.name) for run in runs)
        lines.append("")
        lines += [f"{printable(run.name).ljust(longest)}  {outcome_of(run)}" for run in runs]
    for run in runs:
        lines += coverage_lines(run, width)
    for run in runs:
        for part in run.parts:
            if part.mismatches:
                lines += _failure_lines(run, part, width)
    return "\n".join(lines)


def _failure_lines(run: Run, part: Part, width: int) -> Iterator[str]:
    """Yield what was expected and found in a case, or in the order, which has no title."""
    where = "" if part.span is None else f" ({local_place(part.span)})"
    label = click.style("FAILED", fg="red", bold=True)
    name = click.style(printable(f"{run.name}: {part.name}"), bold=True)
    yield ""
    yield f"{label} {name}{where}"
    if part.title:
        yield f"  {printable(part.title)}"
    for mismatch in part.mismatches:
        where = "" if mismatch.span is None else f" (line {mismatch.span.line})"
        yield printable(f"  {mismatch.about}{where}")
        words = {"expected": mismatch.expected, "found": mismatch.found, "because": mismatch.reason}
        for key, text in words.items():
            if text:
                first, *more = wrap(printable(text), max(width - 14, 20))
                yield f"    {key.ljust(8)}  {first}"
                yield from (" " * 14 + line for line in more)
