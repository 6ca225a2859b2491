"""The check of a document of any kind: its errors, and the warnings that only its author needs.

A module of its own, so that a score loads none of what warnings take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..checks.candidates import case_warnings, plain_lists
from ..checks.completeness import (
    AnswerCount,
    count_answers,
    placeholder_warnings,
    texts_of_base,
    without_metadata,
)
from ..checks.warnings import candidate_warnings, framework_warnings, vocabulary_warnings
from ..documents.loading import (
    PlainDocument,
    cases_from,
    filled,
    load_candidates,
    load_framework,
    load_vocabulary,
    read_document,
    resolved,
    shipped,
    shipped_path,
)
from ..documents.reader import collector_paused, positions_of
from ..errors import (
    Diagnostic,
    DocumentError,
    KeyPath,
    Note,
    Span,
    UnreadableFileError,
    UsageError,
    counted,
)
from ..models.candidates import Candidates
from ..models.conditions import OF_PARTNER
from ..models.expressions import references
from ..models.framework import Framework
from ..output.text import listed, plural
from ..scoring.doubts import contradictions
from ..scoring.problem import Problem
from ..scoring.valuation import Valuation, tree_of

__all__ = ["Checked", "check", "refused"]


@dataclass(frozen=True)
class Checked:
    """The outcome of a check.

    Parameters
    ----------
    source, kind : str
        The name and the kind of the document.
    holds : str
        Its content in words; empty where it has errors.
    diagnostics : tuple of Diagnostic
    answers : tuple of AnswerCount
        Answers to each question, of a list of candidates without errors.
    remarks : tuple of str
        How a table was read.
    is_unread : bool
        Whether the document could not be read or checked, as its one finding says.
    """

    source: str
    kind: str
    holds: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    answers: tuple[AnswerCount, ...] = ()
    remarks: tuple[str, ...] = ()
    is_unread: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return all(diagnostic.severity != "error" for diagnostic in self.diagnostics)


@collector_paused()
def check(
    source: str | Path,
    frameworks: Sequence[Framework] = (),
    as_of: str | None = None,
    ignore_columns: Sequence[str] = (),
) -> Checked:
    """Check a document of any kind.

    Parameters
    ----------
    source : str or Path
        A file; `-` is standard input.
    frameworks : sequence of Framework
        Those to check candidates with, beside those that the list names; and cases, if they name
        one of them.
    as_of : str, optional
        The date by which entries expire, in place of the list's own.
    ignore_columns : sequence of str
        Columns of a table that are left out.

    Raises
    ------
    UnreadableFileError
        If there is no such file, or it is too large.
    UsageError
        If it is a list of candidates and no framework is named.
    """
    name = "<stdin>" if str(source) == "-" else str(source)
    kind = "document"
    cut: list[Diagnostic] = []
    remarks: tuple[str, ...] = ()
    try:
        document = filled(read_document(source).ignoring(ignore_columns), frameworks)
        remarks = document.remarks
        kind = document.kind or kind
        cut = _texts_before_comments(document)
        document = resolved(document)
        checked = _check_kind(document, frameworks, as_of)
    except DocumentError as error:
        found = counted([*error.diagnostics, *cut])
        return Checked(name, kind, diagnostics=found, remarks=remarks)
    found = counted([*document.located(checked.diagnostics), *cut])
    return replace(checked, source=name, diagnostics=found, remarks=remarks)


def refused(name: str, error: DocumentError | UsageError) -> Checked:
    """Return a document that cannot be used as a finding, or with its findings."""
    if isinstance(error, DocumentError):
        return Checked(name, "document", diagnostics=error.diagnostics)
    message, source = error.message, "<stdin>" if name == "-" else name
    if source not in message:
        message = f"{source}: {message}"
    # a file that can be read has a first line
    span = None if isinstance(error, UnreadableFileError) else Span(source, 1, 1, 2, "")
    finding = Diagnostic("not-checked", message, help=error.help, span=span)
    return Checked(source, "document", diagnostics=(finding,), is_unread=True)


def _texts_before_comments(document: PlainDocument) -> list[Diagnostic]:
    found = positions_of(document.origin).texts_before_comments()
    if isinstance(document.data, list):
        found = [one.moved(lambda path: ("candidates", *path)) for one in found]
    return document.located(found)


def _check_kind(
    document: PlainDocument, frameworks: Sequence[Framework], as_of: str | None
) -> Checked:
    """Return what a document holds, and its warnings without places; raise the errors."""
    kind = document.kind or ""
    match kind:
        case "":
            raise document.error(document.wrong_kind())
        case "candidates":
            candidates = load_candidates(document, frameworks, as_of=as_of)
            names = ", ".join(f"`{framework.id}`" for framework in candidates.frameworks)
            holds = f"{plural(len(candidates), 'candidate')} for {names}"
            found = [
                *candidate_warnings(candidates),
                *plain_lists(candidates, candidates.frameworks),
                *placeholder_warnings(candidates),
                *_contradictory_answers(candidates),
            ]
            return Checked("", kind, holds, tuple(found), tuple(count_answers(candidates)))
        case "cases":
            named = [one for one in frameworks if one.id == document.get("framework")]
            cases, judge = cases_from(document, *named[:1])
            claims = f" and {plural(len(cases.claims), 'claim')}" if cases.claims else ""
            holds = f"{plural(len(cases), 'case')}{claims} of `{judge.id}`"
            return Checked("", kind, holds, tuple(case_warnings(cases, judge)))
        case "vocabulary":
            words = load_vocabulary(document)
            criteria = plural(len(words.criteria), "criterion", "criteria")
            holds = f"vocabulary `{words.id}`, {criteria}, {plural(len(words.facts), 'fact')}"
            return Checked("", kind, holds, tuple(vocabulary_warnings(words)))
    framework = load_framework(document)
    criteria = plural(len(framework.leaves), "criterion", "criteria")
    guardrails = plural(len(framework.guardrails), "guardrail")
    holds = f"framework `{framework.id}`, {criteria}, {guardrails}"
    found = [*_own_warnings(framework), *_left_from_base(document)]
    return Checked("", kind, holds, tuple(found))


def _own_warnings(framework: Framework) -> list[Diagnostic]:
    """Return the warnings about a framework; of a profile those that its base does not have."""
    found = framework_warnings(framework)
    if framework.base is None:
        return found
    known = {(one.code, one.message) for one in framework_warnings(framework.base)}
    return [one for one in found if (one.code, one.message) not in known]


def _contradictory_answers(candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield the answers that contradict others or may do so, with the places of all of them."""
    found: dict[tuple[KeyPath, str], Diagnostic] = {}
    for framework in candidates.frameworks:
        if not framework.contradiction_expressions:
            continue
        problem = Problem.from_candidates(candidates, framework)
        for key, truth in contradictions(Valuation(problem, tree_of(framework))).items():
            for row in np.flatnonzero(truth.possible).tolist():
                holds = bool(truth.certain[row])
                for one in _contradiction_at(framework, key, candidates, row, holds=holds):
                    # frameworks share those of their vocabulary
                    found.setdefault((one.path, one.message), one)
    yield from found.values()


def _contradiction_at(
    framework: Framework, key: str, candidates: Candidates, row: int, *, holds: bool
) -> Iterator[Diagnostic]:
    """Yield the finding on one contradiction of a candidate, if a doubted fact has an answer."""
    contradiction = framework.all_contradictions[key]
    named = references(framework.contradiction_expressions[key]).inputs
    places = _places_of_answers(framework, (*contradiction.doubts, *named), candidates, row)
    doubted = [name for name in contradiction.doubts if name in places]
    if not doubted:
        return
    verb = "contradicts" if holds else "may contradict"
    message = f"`{doubted[0]}` {verb} other answers"
    if contradiction.say:
        message += f": {contradiction.say}"
    unanswered = [name for name in named if name not in places]
    help = _cure_of_doubt(doubted, unanswered, holds=holds)
    first = places.pop(doubted[0])
    notes = [Note(f"`{name}`", path=path) for name, path in places.items()]
    yield Diagnostic("contradiction", message, first, help, "warning", notes=tuple(notes))


def _places_of_answers(
    framework: Framework, names: Iterable[str], candidates: Candidates, row: int
) -> dict[str, KeyPath]:
    """Return where a candidate answers some of these facts and criteria."""
    places: dict[str, KeyPath] = {}
    for name in names:
        candidate = candidates.candidates[row]
        fact, _, of = name.partition(OF_PARTNER)
        for k, partner in enumerate(candidate.partners or ()):
            if partner.id == of and without_metadata(partner.facts.get(fact)) is not None:
                places[name] = ("candidates", row, "partners", k, "facts", fact)
        section = "facts" if name in framework.all_facts else "ratings"
        entries = getattr(candidate, section)
        if without_metadata(entries.get(name)) is not None:
            places[name] = ("candidates", row, section, name)
    return places


def _cure_of_doubt(doubted: Sequence[str], unanswered: Sequence[str], *, holds: bool) -> str:
    """Return what ends a contradiction, and how its facts count until then."""
    cure = "correct one of these answers" if holds else "write more exact answers"
    if unanswered:
        cure = f"answer {listed([f'`{name}`' for name in unanswered])}"
    counts = "counts" if len(doubted) == 1 else "count"
    names = listed([f"`{name}`" for name in doubted])
    return f"{cure}; until then {names} also {counts} as unknown"


def _left_from_base(document: PlainDocument) -> Iterator[Diagnostic]:
    """Yield what a framework still has of the one that it was adapted from, by `new` or by hand."""
    bases = {key: shipped_path(key) for key in shipped()}
    adapted = _ADAPTED.search(document.origin.text)
    named = adapted[1].decode() if adapted else ""
    if document.origin.folder is not None and named not in bases:
        bases[named] = document.origin.folder / f"{named}.yaml"
    for key, path in bases.items():
        if path is not None and path.is_file() and key != document.get("id"):
            base = read_document(path)
            yield from texts_of_base(document.data, base.data, named=key == named)


_ADAPTED = re.compile(rb"^# Adapted from `([^`/\\]+)`", re.MULTILINE)
"""The line that `new --from` writes."""
