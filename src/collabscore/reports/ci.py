"""Reports for continuous integration on checks and tests: GitHub annotations, JUnit, JSON."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..analysis.checking import Checked
from ..analysis.policy_tests import (
    ClaimOutcome,
    Mismatch,
    PolicyTest,
    StepOutcome,
    claims_in_words,
)
from ..arrays import Record
from ..checks.completeness import AnswerCount
from ..errors import Diagnostic, MissingExtraError, Span, printable
from ..output import as_json
from ..output.text import plural, wrap

__all__ = [
    "Part",
    "Run",
    "answer_lines",
    "check_annotations",
    "check_json",
    "coverage_lines",
    "local_place",
    "outcome_of",
    "run_annotations",
    "run_json",
    "run_junit",
    "run_summary",
    "unchecked_claims_note",
    "without_cases",
]


class Part(NamedTuple):
    """A case of a test, a claim, or the order of all, which has no title."""

    name: str
    title: str
    span: Span | None
    mismatches: tuple[Mismatch, ...]


class Run(Record):
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
    is_unread : bool
        Whether a document could not be read, as the one error says.
    is_strict : bool
        Whether a framework without cases fails, or with claims that were not checked.
    with_coverage : bool
        Whether to say which outcomes of steps no case decides; with `is_strict`, these fail.
    """

    name: str
    file: str
    test: PolicyTest | None = None
    errors: tuple[Diagnostic, ...] = ()
    is_unread: bool = False
    is_strict: bool = False
    with_coverage: bool = False

    @property
    def bare(self) -> bool:
        """Whether there are no cases."""
        return self.test is None and not self.errors

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        if self.test is None:
            return not self.errors and not self.is_strict
        is_lacking = bool(self.test.unchecked_claims or self.undecided)
        return self.test.passed and not (self.is_strict and is_lacking)

    @property
    def undecided(self) -> tuple[StepOutcome, ...]:
        """Outcomes of steps that no case decides, if they are asked for."""
        return self.test.undecided if self.test is not None and self.with_coverage else ()

    @property
    def severity_of_lack(self) -> Literal["error", "warning"]:
        """The severity of the finding that something is not tested."""
        return "error" if self.is_strict else "warning"

    @property
    def parts(self) -> list[Part]:
        """The cases, the order where one is expected, and the claims that were checked."""
        parts: list[Part] = []
        if self.test is None:
            return parts
        for outcome in self.test.outcomes:
            parts.append(Part(outcome.case.id, outcome.title, outcome.span, outcome.mismatches))
        if self.test.cases.order:
            order = self.test.order
            parts.append(Part("order", "", order[0].span if order else None, order))
        for claim in self.test.claims:
            if claim.statement is not None:
                name = f"claim {claim.claim.id}"
                parts.append(Part(name, claim.title, claim.span, claim.mismatches))
        return parts


def _local_name(file: str) -> str:
    """Return a file by its path from the present folder, if it is below that."""
    here = file
    with suppress(OSError):  # the present folder is gone
        here = os.path.relpath(file) if Path(file).is_absolute() else file
    return file if here.startswith("..") else Path(here).as_posix()


def local_place(span: Span) -> str:
    """Return the file and the line of a span."""
    return f"{_local_name(span.source)}:{span.line}"


def run_summary(runs: Sequence[Run]) -> str:
    """Return the numbers of frameworks and cases, and how many passed, in one line."""
    cases = failed = orders = errors = unread = bare = 0
    claims: list[ClaimOutcome] = []
    for run in runs:
        unread += run.is_unread
        errors += bool(run.errors) and not run.is_unread
        bare += run.bare
        if run.test is not None:
            cases += len(run.test.outcomes)
            failed += len(run.test.failures)
            orders += bool(run.test.order)
            claims += run.test.claims
    parts = [f"{plural(len(runs), 'framework')}, {plural(cases, 'case')}: {cases - failed} passed"]
    for count, words in (
        (failed, f"{failed} failed"),
        (orders, f"{plural(orders, 'order')} failed"),
        (errors, f"{plural(errors, 'document')} with errors"),
        (unread, f"{unread} not read"),
        (bare, f"{bare} without cases"),
    ):
        if count:
            parts.append(words)
    return ", ".join([*parts, *claims_in_words(claims)])


def outcome_of(run: Run) -> str:
    """Return how many cases of a framework passed, and what else is known of it, in words."""
    if run.is_unread:
        return "not read"
    if run.errors:
        return plural(len(run.errors), "error")
    if run.test is None:
        return "no cases"
    return run.test.outcome


def without_cases(run: Run) -> str:
    """Return what to do about a framework without cases, in words."""
    path = _local_name(str(Path(run.file).parent / "cases" / run.name))
    return f"`{run.name}` has no cases: put them at `{path}.yaml`"


def unchecked_claims_note(run: Run) -> str:
    """Return that the claims of a framework were not checked, and what to do, in words."""
    count = 0 if run.test is None else run.test.unchecked_claims
    extra = MissingExtraError("z3", "prove")
    return f"{plural(count, 'claim')} of `{run.name}` not checked: {extra}"


def coverage_lines(run: Run, width: int) -> Iterator[str]:
    """Yield how many outcomes of steps the cases decide, and the others, in lines."""
    if run.test is None or not run.with_coverage:
        return
    total = len(run.test.step_outcomes)
    decided = f"{total - len(run.undecided)} of {total} outcomes of steps"
    inherited = len(run.test.decided_by_base)
    by_base = f", {inherited} of them only cases of its base" if inherited else ""
    yield from _hanging_lines(f"coverage of {run.name}: cases decide {decided}{by_base}", width, "")
    for guardrail, found in groupby(run.undecided, attrgetter("guardrail")):
        word = run.test.framework.compiled_guardrails[guardrail][0].word
        ways = [f"{word} {outcome.step} {outcome.outcome}" for outcome in found]
        yield from _hanging_lines(f"{guardrail}: no case for {', '.join(ways)}", width, "  ")


# checks

_MOST_UNANSWERED = 3


def answer_lines(answers: Sequence[AnswerCount], width: int, *, whole: bool) -> Iterator[str]:
    """Yield how many answers a list gives, and questions and permissions without one, in lines.

    Parameters
    ----------
    answers : sequence of AnswerCount
    width : int
    whole : bool
        Whether to list every question, with its candidates, rather than the first few.
    """
    counts = list(_answers_given(answers))
    if counts:
        yield f"answers given: {', '.join(counts)}"
    for label, is_permission in (("unanswered", False), ("to request", True)):
        lacking = []
        for one in answers:
            if one.missing and (one.section == "permissions") == is_permission:
                lacking.append(one)
        yield from _lacking_lines(label, lacking, width, whole=whole)


def _lacking_lines(
    label: str, lacking: list[AnswerCount], width: int, *, whole: bool
) -> Iterator[str]:
    """Yield the questions without an answer, or permissions, those of most candidates first."""
    lacking.sort(key=lambda one: -len(one.missing))
    if whole and lacking:
        yield f"{label}:"
        for one in lacking:
            yield from _hanging_lines(f'"{one.title}": {", ".join(one.missing)}', width, "  ")
    elif lacking:
        names = [f'"{one.title}" for {len(one.missing):,}' for one in lacking[:_MOST_UNANSWERED]]
        if len(lacking) > len(names):
            names.append(f"{len(lacking) - len(names)} more")
        line = f"{label}: {', '.join(names)} (-v lists them all)"
        yield from _hanging_lines(line, width)


def _hanging_lines(text: str, width: int, indent: str = "") -> Iterator[str]:
    """Yield a text in lines that fit, those after the first indented further."""
    first, *more = wrap(text, width - len(indent) - 2)
    yield indent + first
    for line in more:
        yield f"{indent}  {line}"


def _answers_given(answers: Sequence[AnswerCount]) -> Iterator[str]:
    """Yield how many ratings, and how many facts, are given; those of partners for all of them."""
    for section, words in (
        ("ratings", "ratings"),
        ("facts", "facts"),
        ("partners", "facts of all partners"),
    ):
        asked = [one for one in answers if one.section == section]
        if asked:
            given = sum(one.given for one in asked)
            total = given + sum(len(one.missing) for one in asked)
            yield f"{words} {given:,} of {total:,}"


# annotations


def _annotation(finding: Diagnostic, file: str) -> str:
    """Return a workflow command of GitHub, which shows a message beside a line of a file."""
    properties = {"file": file}
    span = finding.span
    if span is not None:
        properties["line"] = str(span.line)
    if span is not None and not span.cell:
        properties["col"] = str(span.column)
        properties["endColumn"] = str(span.end_column)
    properties["title"] = finding.code
    given = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    message = "; ".join(filter(None, (finding.message, finding.help)))
    return f"::{finding.severity} {given}::{_escaped(message)}"


def _escaped(text: str, signs: str = "") -> str:
    """Return a text with line ends, and the signs between fields, as per-cent codes for GitHub."""
    for sign in "%\r\n" + signs:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return printable(text)


def check_annotations(checked: Checked, failing: Sequence[str]) -> str:
    """Return an annotation for each finding: an error if its severity is one that fails."""
    lines = []
    for finding in checked.diagnostics:
        file = checked.source if finding.span is None else finding.span.source
        if finding.severity in failing:
            finding = replace(finding, severity="error")
        lines.append(_annotation(finding, file))
    return "\n".join(lines)


def run_annotations(runs: Iterable[Run]) -> str:
    """Return annotations of tests: each failure beside the line of the expectation."""
    lines = []
    for run in runs:
        for finding in _findings_of(run):
            # GitHub knows a file by its path from the root of the repository
            file = _local_name(run.file if finding.span is None else finding.span.source)
            lines.append(_annotation(finding, file))
    return "\n".join(lines)


def _findings_of(run: Run) -> Iterator[Diagnostic]:
    """Yield everything wrong with a run, under the title that it has as an annotation."""
    yield from run.errors
    if run.bare:
        yield Diagnostic(run.name, without_cases(run), severity=run.severity_of_lack)
    for part in run.parts:
        title = f"{run.name}: {part.name}"
        for mismatch in part.mismatches:
            yield Diagnostic(title, str(mismatch), span=mismatch.span or part.span)
    if run.test is not None and run.test.unchecked_claims:
        yield Diagnostic(run.name, unchecked_claims_note(run), severity=run.severity_of_lack)
    for outcome in run.undecided:
        message = f"no case decides {outcome}"
        yield Diagnostic(run.name, message, severity=run.severity_of_lack)


# JSON


def check_json(found: Sequence[Checked], *, passed: bool) -> str:
    """Return all findings about documents as JSON, and whether the command passes."""
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
    return as_json({"collabscore": "check/1", "passed": passed, "files": files})


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
    if span.cell:
        return {"file": span.source, "line": span.line, "cell": span.cell}
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
        "result": None if run.test is None else run.test.document(),
        **_coverage_record(run),
    }


def _coverage_record(run: Run) -> dict[str, Any]:
    if run.test is None or not run.with_coverage:
        return {}
    coverage: dict[str, Any] = {"outcomes": len(run.test.step_outcomes)}
    if run.test.framework.base is not None:
        coverage["decided_by_base"] = len(run.test.decided_by_base)
    return {"coverage": {**coverage, "undecided": list(map(asdict, run.undecided))}}


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
    suite = ET.Element("testsuite", {"name": printable(run.name)})
    if run.errors:
        test = _add_junit_test(suite, run, "documents", run.errors[0].span)
        _add_junit_part(test, "error", run.errors[0].message, "\n\n".join(map(str, run.errors)))
    elif run.bare:
        _add_junit_lack(suite, run, "cases", without_cases(run))
    for name, message in _untested_in_words(run):
        _add_junit_lack(suite, run, name, message)
    for part in run.parts:
        test = _add_junit_test(suite, run, part.name, part.span)
        if part.mismatches:
            _add_junit_mismatches(test, part.mismatches)
    suite.set("tests", str(len(suite)))
    for key, tag in _JUNIT_COUNTS.items():
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("file", printable(_local_name(run.file)))
    return suite


def _untested_in_words(run: Run) -> Iterator[tuple[str, str]]:
    """Yield what is not tested: each outcome that no case decides, and claims left unchecked."""
    for outcome in run.undecided:
        yield "coverage", f"no case decides {outcome}"
    if run.test is not None and run.test.unchecked_claims:
        yield "claims", unchecked_claims_note(run)


def _add_junit_test(suite: ET.Element, run: Run, name: str, span: Span | None) -> ET.Element:
    test = ET.SubElement(
        suite, "testcase", {"classname": printable(run.name), "name": printable(name)}
    )
    test.set("file", printable(_local_name(run.file)))
    if span is not None:
        test.set("line", str(span.line))
    return test


def _add_junit_lack(suite: ET.Element, run: Run, name: str, message: str) -> None:
    """Add a test that stands for something that is not tested: it fails if the run is strict."""
    test = _add_junit_test(suite, run, name, None)
    tag = "failure" if run.is_strict else "skipped"
    ET.SubElement(test, tag, {"message": printable(message)})


def _add_junit_mismatches(test: ET.Element, mismatches: Sequence[Mismatch]) -> None:
    """Add the failure of a test: the first mismatch is its message, and all are its text."""
    lines = []
    for mismatch in mismatches:
        where = "" if mismatch.span is None else local_place(mismatch.span) + ": "
        lines.append(where + str(mismatch))
    _add_junit_part(test, "failure", str(mismatches[0]), "\n".join(lines))


def _add_junit_part(test: ET.Element, tag: str, message: str, text: str) -> None:
    part = ET.SubElement(test, tag, {"message": printable(message), "type": tag})
    # XML has no way to write most control characters
    part.text = "\n".join(map(printable, text.split("\n")))
