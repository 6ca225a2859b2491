"""Reports for continuous integration on checks and tests: GitHub annotations, JUnit, JSON."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..analysis.policy_tests import Mismatch, PolicyTest
from ..documents.checking import Checked
from ..errors import Diagnostic, Span, printable
from ..output import as_json
from ..output.text import plural

__all__ = [
    "Run",
    "check_annotations",
    "check_json",
    "local_place",
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


def _local_name(file: str) -> str:
    """Return a file by its path from the present folder, if it is below that."""
    here = os.path.relpath(file) if Path(file).is_absolute() else file
    return file if here.startswith("..") else Path(here).as_posix()


def local_place(span: Span) -> str:
    """Return the file and the line of a span."""
    return f"{_local_name(span.source)}:{span.line}"


def run_summary(runs: Sequence[Run]) -> str:
    """Return the numbers of frameworks and cases, and how many passed, in one line."""
    cases = failed = orders = errors = bare = 0
    for run in runs:
        errors += bool(run.errors)
        bare += run.bare
        if run.test is not None:
            cases += len(run.test.outcomes)
            failed += len(run.test.failures)
            orders += bool(run.test.order)
    parts = [f"{plural(len(runs), 'framework')}, {plural(cases, 'case')}: {cases - failed} passed"]
    for count, words in (
        (failed, f"{failed} failed"),
        (orders, f"{plural(orders, 'order')} failed"),
        (errors, f"{plural(errors, 'document')} with errors"),
        (bare, f"{bare} without cases"),
    ):
        if count:
            parts.append(words)
    return ", ".join(parts)


def without_cases(run: Run) -> str:
    """Return what to do about a framework without cases, in words."""
    path = _local_name(str(Path(run.file).parent / "cases" / run.name))
    return f"`{run.name}` has no cases: put them at `{path}.yaml`"


# annotations


def _annotation(severity: str, message: str, title: str, span: Span | None, file: str) -> str:
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
    """Return a text with line ends, and the signs between fields, as per-cent codes for GitHub."""
    for sign in "%\r\n" + signs:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return printable(text)


def _message_of(finding: Diagnostic) -> str:
    return "; ".join(filter(None, (finding.message, finding.help)))


def check_annotations(checked: Checked) -> list[str]:
    """Return an annotation for each finding about a document."""
    lines = []
    for finding in checked.diagnostics:
        span, message = finding.span, _message_of(finding)
        file = checked.source if span is None else span.source
        lines.append(_annotation(finding.severity, message, finding.code, span, file))
    return lines


def run_annotations(runs: Sequence[Run]) -> str:
    """Return annotations of tests: each failure beside the line of the expectation."""
    lines = []
    for run in runs:
        for severity, message, title, span in _run_findings(run):
            file = _local_name(run.file if span is None else span.source)
            lines.append(_annotation(severity, message, title, span, file))
    return "\n".join(lines)


def _run_findings(run: Run) -> Iterator[tuple[str, str, str, Span | None]]:
    """Yield severity, message, title and place of everything wrong with a run."""
    for error in run.errors:
        yield "error", _message_of(error), error.code, error.span
    if run.bare:
        yield "warning", without_cases(run), run.name, None
    if run.test is not None:
        for outcome in run.test.failures:
            title = f"{run.name}: {outcome.case.id}"
            for mismatch in outcome.mismatches:
                yield "error", str(mismatch), title, mismatch.span or outcome.span
        for mismatch in run.test.order:
            yield "error", str(mismatch), f"{run.name}: order", mismatch.span


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
                "diagnostics": list(map(_finding_record, checked.diagnostics)),
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
            "tests": list(map(_run_record, runs)),
        }
    )


def _run_record(run: Run) -> dict[str, Any]:
    errors = []
    for error in run.errors:
        line = error.span and error.span.line
        errors.append({"code": error.code, "message": error.message, "line": line})
    return {
        "name": run.name,
        "file": _local_name(run.file),
        "passed": run.passed,
        "errors": errors,
        "result": run.test and run.test.document(),
    }


# JUnit


def run_junit(runs: Sequence[Run]) -> str:
    """Return JUnit's XML: a suite for each framework, a test for each case."""
    root = ET.Element("testsuites", {"name": "collabscore"})
    root.extend(map(_junit_suite, runs))
    for key in ("tests", *_JUNIT_COUNTS):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


_JUNIT_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _junit_suite(run: Run) -> ET.Element:
    tests = list(_junit_tests(run))
    suite = ET.Element("testsuite", {"name": printable(run.name), "tests": str(len(tests))})
    suite.extend(tests)
    for key, tag in _JUNIT_COUNTS.items():
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("file", printable(_local_name(run.file)))
    return suite


def _junit_tests(run: Run) -> Iterator[ET.Element]:
    if run.errors:
        first = run.errors[0]
        test = _junit_test(run, "documents", first.span)
        _add_junit_part(test, "error", first.message, "\n\n".join(map(str, run.errors)))
        yield test
    elif run.test is None:
        test = _junit_test(run, "cases", None)
        ET.SubElement(test, "skipped", {"message": printable(without_cases(run))})
        yield test
    else:
        for outcome in run.test.outcomes:
            test = _junit_test(run, outcome.case.id, outcome.span)
            _add_junit_failure(test, outcome.mismatches)
            yield test
        if run.test.cases.order:
            order = run.test.order
            test = _junit_test(run, "order", order[0].span if order else None)
            _add_junit_failure(test, order)
            yield test


def _junit_test(run: Run, name: str, span: Span | None) -> ET.Element:
    test = ET.Element("testcase", {"classname": printable(run.name), "name": printable(name)})
    test.set("file", printable(_local_name(run.file)))
    if span is not None:
        test.set("line", str(span.line))
    return test


def _add_junit_failure(test: ET.Element, mismatches: Sequence[Mismatch]) -> None:
    lines = []
    for mismatch in mismatches:
        where = "" if mismatch.span is None else local_place(mismatch.span) + ": "
        lines.append(where + str(mismatch))
    if lines:
        _add_junit_part(test, "failure", str(mismatches[0]), "\n".join(lines))


def _add_junit_part(test: ET.Element, tag: str, message: str, text: str) -> None:
    part = ET.SubElement(test, tag, {"message": printable(message), "type": tag})
    # XML has no way to write most control characters
    part.text = "\n".join(map(printable, text.split("\n")))
