"""Reports of tests of policy: for a terminal, for machines, and for what runs them in continuous integration.

Imports click for colour, and the results.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..analysis.policy_tests import CaseOutcome, Mismatch, PolicyTest
from ..errors import Diagnostic, Span, printable
from ..output import as_json
from .check import annotation

__all__ = ["Run", "counted", "in_annotations", "in_json", "in_junit", "in_text", "without_cases"]


@dataclass(frozen=True)
class Run:
    """What became of one framework that was to be tested.

    Parameters
    ----------
    name : str
        Its id; what the reader called it, where it could not be read.
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


def shown(file: str) -> str:
    """Return a file as a reader below the present folder would name it."""
    here = os.path.relpath(file) if Path(file).is_absolute() else file
    return file if here.startswith("..") else Path(here).as_posix()


def place(span: Span) -> str:
    """Return a place as editors and terminals read it."""
    return f"{shown(span.source)}:{span.line}"


def counted(runs: Sequence[Run]) -> str:
    """Return how many frameworks and cases there were, and how many passed, in one line."""
    tests = [run.test for run in runs if run.test is not None]
    cases = sum(len(test.outcomes) for test in tests)
    failed = sum(len(test.failures) for test in tests)
    orders = sum(bool(test.order) for test in tests)
    errors, bare = sum(bool(run.errors) for run in runs), sum(run.bare for run in runs)
    said = [f"{cases - failed} passed"] + [f"{failed} failed"] * bool(failed)
    said += [f"{_many(orders, 'order')} failed"] * bool(orders) + [
        f"{_many(errors, 'document')} with errors"
    ] * bool(errors)
    said += [f"{bare} without cases"] * bool(bare)
    return f"{_many(len(runs), 'framework')}, {_many(cases, 'case')}: {', '.join(said)}"


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


# for readers


def in_text(runs: Sequence[Run]) -> str:
    """Return a line for each framework, then each failure in full, then the summary; with colour."""
    width = max(len(run.name) for run in runs)
    lines = [f"{printable(run.name).ljust(width)}  {_marks(run)}" for run in runs]
    for run in runs:
        if run.test is not None:
            lines += _failures(run.test)
    passed = all(run.passed for run in runs)
    return "\n".join(
        [*lines, "", click.style(counted(runs), fg="green" if passed else "red", bold=True)]
    )


def _marks(run: Run) -> str:
    """Return a sign for each case, and one for the order where there is one."""
    if run.test is None:
        return click.style("E", fg="red") if run.errors else click.style("no cases", fg="yellow")
    marks = [outcome.passed for outcome in run.test.outcomes] + [not run.test.order] * bool(
        run.test.cases.order
    )
    return "".join(
        click.style(".", fg="green") if mark else click.style("F", fg="red", bold=True)
        for mark in marks
    )


def _failures(test: PolicyTest) -> Iterator[str]:
    for outcome in test.failures:
        yield from (
            "",
            _head(f"{test.framework.id}: {outcome.case.id}", outcome.span),
            f"  {printable(outcome.title)}",
        )
        for mismatch in outcome.mismatches:
            yield from _mismatch(mismatch)
    if test.order:
        yield from ("", _head(f"{test.framework.id}: order", test.order[0].span))
        for mismatch in test.order:
            yield from _mismatch(mismatch)


def _head(name: str, span: Span | None) -> str:
    where = f" ({place(span)})" if span is not None else ""
    return f"{click.style('FAILED', fg='red', bold=True)} {click.style(printable(name), bold=True)}{where}"


def _mismatch(mismatch: Mismatch) -> Iterator[str]:
    where = f" (line {mismatch.span.line})" if mismatch.span is not None else ""
    yield printable(f"  {mismatch.about}{where}")
    yield printable(f"    expected  {mismatch.expected}")
    yield printable(f"    found     {mismatch.found}")
    if mismatch.reason:
        yield printable(f"    because   {mismatch.reason}")


# for machines


def in_json(runs: Sequence[Run]) -> str:
    """Return all results as JSON."""
    document = {
        "collabscore": "tests/1",
        "passed": all(run.passed for run in runs),
        "summary": counted(runs),
        "tests": [_record(run) for run in runs],
    }
    return as_json(document)


def _record(run: Run) -> dict[str, Any]:
    record: dict[str, Any] = {"name": run.name, "file": shown(run.file), "passed": run.passed}
    record["errors"] = [
        {
            "code": error.code,
            "message": error.message,
            "line": error.span.line if error.span is not None else None,
        }
        for error in run.errors
    ]
    return record | {"result": run.test.document() if run.test is not None else None}


def in_annotations(runs: Sequence[Run]) -> str:
    """Return workflow commands of GitHub, which shows each failure beside the line of the expectation."""
    return "\n".join(line for run in runs for line in _annotations(run))


def _annotations(run: Run) -> Iterator[str]:
    for error in run.errors:
        message = error.message + (f"; {error.help}" if error.help else "")
        yield _annotation("error", error.span, run.file, error.code, message)
    if run.bare:
        yield _annotation("warning", None, run.file, run.name, without_cases(run))
    if run.test is None:
        return
    for outcome in run.test.failures:
        for mismatch in outcome.mismatches:
            title = f"{run.name}: {outcome.case.id}"
            yield _annotation(
                "error", mismatch.span or outcome.span, run.file, title, str(mismatch)
            )
    for mismatch in run.test.order:
        yield _annotation("error", mismatch.span, run.file, f"{run.name}: order", str(mismatch))


def without_cases(run: Run) -> str:
    """Return what to do about a framework without cases, in words."""
    return f"`{run.name}` has no cases: put them at `{shown(str(Path(run.file).parent / 'cases' / run.name))}.yaml`"


def _annotation(severity: str, span: Span | None, file: str, title: str, message: str) -> str:
    where = shown(span.source if span is not None else file)
    return annotation(severity, message, title=title, span=span, file=where)


def in_junit(runs: Sequence[Run]) -> str:
    """Return JUnit's XML, as continuous integration reads it: a suite a framework, a test a case."""
    suites = [_suite(run) for run in runs]
    root = ET.Element("testsuites", {"name": "collabscore", **_totals(suites)})
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


_KINDS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _totals(suites: Sequence[ET.Element]) -> dict[str, str]:
    return {
        key: str(sum(int(suite.get(key, "0")) for suite in suites)) for key in ("tests", *_KINDS)
    }


def _suite(run: Run) -> ET.Element:
    tests = list(_tests(run))
    counts = {
        key: str(sum(test.find(tag) is not None for test in tests)) for key, tag in _KINDS.items()
    }
    named = {
        "name": printable(run.name),
        "tests": str(len(tests)),
        **counts,
        "file": printable(shown(run.file)),
    }
    suite = ET.Element("testsuite", named)
    suite.extend(tests)
    return suite


def _tests(run: Run) -> Iterator[ET.Element]:
    if run.errors:
        test = _test(run, "documents", run.errors[0].span)
        _part(test, "error", run.errors[0].message, "\n\n".join(map(str, run.errors)))
        yield test
    elif run.test is None:
        test = _test(run, "cases", None)
        _part(test, "skipped", without_cases(run))
        yield test
    else:
        yield from (_case(run, outcome) for outcome in run.test.outcomes)
        if run.test.cases.order:
            test = _test(run, "order", run.test.order[0].span if run.test.order else None)
            _failed(test, run.test.order)
            yield test


def _case(run: Run, outcome: CaseOutcome) -> ET.Element:
    test = _test(run, outcome.case.id, outcome.span)
    _failed(test, outcome.mismatches)
    return test


def _test(run: Run, name: str, span: Span | None) -> ET.Element:
    fields = {
        "classname": printable(run.name),
        "name": printable(name),
        "file": printable(shown(run.file)),
    }
    if span is not None:
        fields["line"] = str(span.line)
    return ET.Element("testcase", fields)


def _failed(test: ET.Element, mismatches: Sequence[Mismatch]) -> None:
    if mismatches:
        lines = [f"{place(m.span)}: {m}" if m.span is not None else str(m) for m in mismatches]
        _part(test, "failure", str(mismatches[0]), "\n".join(lines))


def _part(test: ET.Element, tag: str, message: str, text: str | None = None) -> None:
    part = ET.SubElement(test, tag, {"message": printable(message)})
    if tag != "skipped":
        part.set("type", tag)
    # XML has no way to say most control characters
    part.text = "\n".join(map(printable, text.split("\n"))) if text is not None else None
