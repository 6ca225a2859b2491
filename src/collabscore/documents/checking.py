"""The check of a document of any kind: its errors, and the warnings that only its author needs.

A module of its own, so that a score loads none of what warnings take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..checks.warnings import candidate_warnings, framework_warnings, vocabulary_warnings
from ..errors import Diagnostic, DocumentError, KeyPath, did_you_mean, likely
from ..models.framework import Framework
from .loading import (
    KINDS,
    PlainDocument,
    cases_from,
    load_candidates,
    load_framework,
    load_vocabulary,
    read_document,
)
from .reader import collector_paused

__all__ = ["Checked", "check"]


@dataclass(frozen=True)
class Checked:
    """The outcome of a check: the kind of a document, its content in words, and all diagnostics."""

    source: str
    kind: str
    holds: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return all(diagnostic.severity != "error" for diagnostic in self.diagnostics)


@collector_paused()
def check(source: str | Path, frameworks: Sequence[Framework] = ()) -> Checked:
    """Check a document of any kind.

    Parameters
    ----------
    source : str or Path
        A file; `-` is standard input.
    frameworks : sequence of Framework
        Those to check candidates with, beside those that the list names; and cases, if they name
        one of them.

    Raises
    ------
    UnreadableFileError
        If there is no such file, or it is too large.
    UsageError
        If it is a list of candidates and no framework is named.
    """
    name = "<stdin>" if str(source) == "-" else str(source)
    kind = "document"
    try:
        document = read_document(source)
        kind = document.kind or kind
        holds, warnings = _check_kind(document, frameworks)
    except DocumentError as error:
        return Checked(name, kind, diagnostics=error.diagnostics)
    return Checked(name, kind, holds, tuple(document.located(warnings)))


def _check_kind(
    document: PlainDocument, frameworks: Sequence[Framework]
) -> tuple[str, list[Diagnostic]]:
    """Return the content of a document in words, and the warnings; raise the errors."""
    match document.kind:
        case None:
            raise document.error(_without_kind(document))
        case "candidates":
            candidates = load_candidates(document, frameworks)
            names = ", ".join(f"`{framework.id}`" for framework in candidates.frameworks)
            holds = f"{_count(len(candidates), 'candidate')}, in the words of {names}"
            return holds, candidate_warnings(candidates)
        case "cases":
            named = [one for one in frameworks if one.id == document.get("framework")]
            cases, judge = cases_from(document, *named[:1])
            return f"{_count(len(cases), 'case')} of `{judge.id}`", []
        case "vocabulary":
            words = load_vocabulary(document)
            holds = f"`{words.id}`: {len(words.criteria)} criteria, {len(words.facts)} facts"
            return holds, vocabulary_warnings(words)
    framework = load_framework(document)
    criteria, guardrails = len(framework.leaves), len(framework.guardrails)
    holds = f"`{framework.id}`: {criteria} criteria, {guardrails} guardrails"
    return holds, framework_warnings(framework)


def _without_kind(document: PlainDocument) -> Diagnostic:
    """Return the finding that a document says no kind that exists."""
    written = document.get("collabscore") or ""
    if written != "":
        message = f"`{written}` is not a kind of document"
        help = did_you_mean(written, [f"{kind}/1" for kind in KINDS])
        return Diagnostic("wrong-kind", message, ("collabscore",), help)
    keys = map(str, document.data) if isinstance(document.data, dict) else ()
    near = likely("collabscore", keys)
    path: KeyPath = ()
    help = "begin with `collabscore: framework/1`, `candidates/1`, `vocabulary/1` or `cases/1`"
    if near is not None:
        path, help = (near,), f"write `collabscore` for `{near}`"
    message = "`collabscore`, the kind of document, is missing"
    return Diagnostic("missing-key", message, path, help, at_key=True)


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
