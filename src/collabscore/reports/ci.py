"""Reports for continuous integration: GitHub annotations, JUnit and JSON of checks and of tests of policy."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..analysis.policy_tests import CaseOutcome, Mismatch, PolicyTest
from ..documents.checking import Checked
from ..errors import Diagnostic, Span, printable
from ..output import as_json
from ..output.text import plural

__all__ = [
    "Run",
    "annotation",
    "check_annotations",
    "check_json",
    "local_name",
    "run_annotations",
    "run_json",
    "run_junit",
    "run_summary",
    "without_cases",
]


@dataclass(frozen=True)
class Run:
    """The test of one framework.

    Parameters
    ----------
    name : str
        Its id; the name given by the user if it could not be read.
    file : str
        The file of the cases, else of the framework.
    test : PolicyTest or None
        None where there are no cases, or where the documents have errors.
    errors : tuple of Diagnostic
    """

    name: str
    file: str
    test: PolicyTest | None = None
    errors: tuple[Diagnostic, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether there are no cases."""
        return self.test is None and not self.errors

    @property
    def passed(self) -> bool:
        """Whether nothing failed; no cases are no failure."""
        return not self.errors and (self.test is None or self.test.passed)


def local_name(file: str) -> str:
    """Return a file by its path from the present folder, if it is below that."""
    here = os.path.relpath(file) if Path(file).is_absolute() else file
    return file if here.startswith("..") else Path(here).as_posix()


def run_summary(runs: Sequence[Run]) -> str:
    """Return the numbers of frameworks and cases, and how many passed, in one line."""
    tests = [run.test for run in runs if run.test is not None]
    cases = sum(len(test.outcomes) for test in tests)
    failed = sum(len(test.failures) for test in tests)
    orders = sum(bool(test.order) for test in tests)
    errors = sum(bool(run.errors) for run in runs)
    bare = sum(run.bare for run in runs)
    parts = [f"{cases - failed} passed"]
    if failed:
        parts.append(f"{failed} failed")
    if orders:
        parts.append(f"{plural(orders, 'order')} failed")
    if errors:
        parts.append(f"{plural(errors, 'document')} with errors")
    if bare:
        parts.append(f"{bare} without cases")
    counted = f"{plural(len(runs), 'framework')}, {plural(cases, 'case')}"
    return f"{counted}: {', '.join(parts)}"


def without_cases(run: Run) -> str:
    """Return what to do about a framework without cases, in words."""
    path = local_name(str(Path(run.file).parent / "cases" / run.name))
    return f"`{run.name}` has no cases: put them at `{path}.yaml`"


# annotations


def annotation(severity: str, message: str, *, title: str, span: Span | None, file: str) -> str:
    """Return a workflow command of GitHub, which shows the message beside the line.

    Parameters
    ----------
    span : Span or None
        The place; the whole of `file`, if there is none.
    file : str
        The file, as GitHub knows it: from the root of the repository.
    """
    properties = {"file": file}
    if span is not None:
        properties["line"] = str(span.line)
        properties["col"] = str(span.column)
        properties["endColumn"] = str(span.end_column)
    properties["title"] = title
    given = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    return f"::{severity} {given}::{_escaped(message)}"


def _escaped(text: str, signs: str = "") -> str:
    """Return a text with line ends, and the signs between fields, as per-cent codes: GitHub reads them so."""
    for sign in "%\r\n" + signs:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return printable(text)


def _message_of(diagnostic: Diagnostic) -> str:
    help = f"; {diagnostic.help}" if diagnostic.help else ""
    return diagnostic.message + help


def check_annotations(checked: Checked) -> list[str]:
    """Return an annotation for each finding about a document."""
    lines = []
    for finding in checked.diagnostics:
        file = finding.span.source if finding.span is not None else checked.source
        message = _message_of(finding)
        lines.append(
            annotation(finding.severity, message, title=finding.code, span=finding.span, file=file)
        )
    return lines


def run_annotations(runs: Sequence[Run]) -> str:
    """Return annotations of tests: each failure beside the line of the expectation."""
    lines = []
    for run in runs:
        for severity, span, title, message in _run_findings(run):
            file = local_name(span.source if span is not None else run.file)
            lines.append(annotation(severity, message, title=title, span=span, file=file))
    return "\n".join(lines)


def _run_findings(run: Run) -> list[tuple[str, Span | None, str, str]]:
    """Return severity, place, title and message of everything wrong with a run."""
    found = [("error", error.span, error.code, _message_of(error)) for error in run.errors]
    if run.bare:
        found.append(("warning", None, run.name, without_cases(run)))
    if run.test is None:
        return found
    for outcome in run.test.failures:
        for mismatch in outcome.mismatches:
            span = mismatch.span or outcome.span
            found.append(("error", span, f"{run.name}: {outcome.case.id}", str(mismatch)))
    for mismatch in run.test.order:
        found.append(("error", mismatch.span, f"{run.name}: order", str(mismatch)))
    return found


# JSON


def check_json(found: Sequence[Checked]) -> str:
    """Return all findings about documents as JSON."""
    files = []
    for checked in found:
        files.append(
            {
                "file": checked.source,
                "kind": checked.kind,
                "ok": checked.ok,
                "diagnostics": [_finding_record(finding) for finding in checked.diagnostics],
            }
        )
    return as_json({"collabscore": "check/1", "files": files})


def _finding_record(finding: Diagnostic) -> dict[str, Any]:
    notes = [{"message": note.message, "span": _span_record(note.span)} for note in finding.notes]
    return {
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "place": finding.place,
        "path": list(finding.path),
        "span": _span_record(finding.span),
        "help": finding.help,
        "notes": notes,
    }


def _span_record(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "file": span.source,
        "line": span.line,
        "column": span.column,
        "end_column": span.end_column,
    }


def run_json(runs: Sequence[Run]) -> str:
    """Return all results of tests as JSON."""
    return as_json(
        {
            "collabscore": "tests/1",
            "passed": all(run.passed for run in runs),
            "summary": run_summary(runs),
            "tests": [_run_record(run) for run in runs],
        }
    )


def _run_record(run: Run) -> dict[str, Any]:
    errors = []
    for error in run.errors:
        line = error.span.line if error.span is not None else None
        errors.append({"code": error.code, "message": error.message, "line": line})
    return {
        "name": run.name,
        "file": local_name(run.file),
        "passed": run.passed,
        "errors": errors,
        "result": run.test.document() if run.test is not None else None,
    }


# JUnit


def run_junit(runs: Sequence[Run]) -> str:
    """Return JUnit's XML, as continuous integration reads it: a suite a framework, a test a case."""
    suites = [_junit_suite(run) for run in runs]
    root = ET.Element("testsuites", {"name": "collabscore"})
    for key in ("tests", *_JUNIT_COUNTS):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


_JUNIT_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _junit_suite(run: Run) -> ET.Element:
    tests = _junit_tests(run)
    suite = ET.Element("testsuite", {"name": printable(run.name), "tests": str(len(tests))})
    for key, tag in _JUNIT_COUNTS.items():
        suite.set(key, str(sum(test.find(tag) is not None for test in tests)))
    suite.set("file", printable(local_name(run.file)))
    suite.extend(tests)
    return suite


def _junit_tests(run: Run) -> list[ET.Element]:
    if run.errors:
        test = _junit_test(run, "documents", run.errors[0].span)
        texts = "\n\n".join(map(str, run.errors))
        _add_junit_part(test, "error", run.errors[0].message, texts)
        return [test]
    if run.test is None:
        test = _junit_test(run, "cases", None)
        _add_junit_part(test, "skipped", without_cases(run))
        return [test]
    tests = [_junit_case(run, outcome) for outcome in run.test.outcomes]
    if run.test.cases.order:
        span = run.test.order[0].span if run.test.order else None
        tests.append(_junit_test(run, "order", span))
        _add_junit_failure(tests[-1], run.test.order)
    return tests


def _junit_case(run: Run, outcome: CaseOutcome) -> ET.Element:
    test = _junit_test(run, outcome.case.id, outcome.span)
    _add_junit_failure(test, outcome.mismatches)
    return test


def _junit_test(run: Run, name: str, span: Span | None) -> ET.Element:
    test = ET.Element("testcase", {"classname": printable(run.name), "name": printable(name)})
    test.set("file", printable(local_name(run.file)))
    if span is not None:
        test.set("line", str(span.line))
    return test


def _add_junit_failure(test: ET.Element, mismatches: Sequence[Mismatch]) -> None:
    if not mismatches:
        return
    lines = []
    for mismatch in mismatches:
        span = mismatch.span
        where = f"{local_name(span.source)}:{span.line}: " if span is not None else ""
        lines.append(where + str(mismatch))
    _add_junit_part(test, "failure", str(mismatches[0]), "\n".join(lines))


def _add_junit_part(test: ET.Element, tag: str, message: str, text: str | None = None) -> None:
    part = ET.SubElement(test, tag, {"message": printable(message)})
    if tag != "skipped":
        part.set("type", tag)
    if text is not None:
        # XML has no way to write most control characters
        part.text = "\n".join(map(printable, text.split("\n")))
