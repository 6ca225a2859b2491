"""Any document, checked: what kind it is, and everything worth saying about it.

Imports `errors`, the models and the other modules of this storey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from ..checks.framework import check_framework, check_vocabulary
from ..checks.warnings import candidate_warnings, framework_warnings, vocabulary_warnings
from ..errors import Diagnostic, DocumentError, FrameworkError, choose_from, did_you_mean, likely
from ..models.framework import Framework, Vocabulary
from .candidate_loading import candidates_from
from .case_loading import cases_from
from .files import KINDS, Origin, build, diagnostics_of, read_document
from .loading import framework_from

__all__ = ["Checked", "check"]


@dataclass(frozen=True)
class Checked:
    """What was found in a document: its kind, what it holds in words, and all diagnostics."""

    source: str
    kind: str
    holds: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings may be."""
        return all(diagnostic.severity != "error" for diagnostic in self.diagnostics)


def check(source: str | FilePath, frameworks: Sequence[Framework] = ()) -> Checked:
    """Check a document of any kind.

    Parameters
    ----------
    source : str or Path
        A file; `-` is standard input.
    frameworks : sequence of Framework
        By whose words to read candidates, beside those that the list names; and cases, if they name one of them.

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
        data, origin = read_document(source)
        kind = _kind_of(data, origin)
        holds, warnings = _look(kind, data, origin, frameworks)
    except DocumentError as error:
        return Checked(name, kind, diagnostics=error.diagnostics)
    return Checked(name, kind, holds, tuple(warnings))


def _kind_of(data: object, origin: Origin) -> str:
    if isinstance(data, list):
        return "candidates"
    kind = data.get("collabscore", "") if isinstance(data, Mapping) else ""
    if isinstance(kind, str) and kind in KINDS:
        return str(kind).split("/")[0]
    if kind == "":
        near = likely("collabscore", map(str, data)) if isinstance(data, Mapping) else None
        begin = "begin with `collabscore: framework/1`, `candidates/1`, `vocabulary/1` or `cases/1`"
        cure: str | None = f"write `collabscore` for `{near}`" if near is not None else begin
        issue = Diagnostic(
            "missing-key",
            "`collabscore`, the kind of document, is missing",
            (near,) if near else (),
            cure,
            at_key=True,
        )
    else:
        cure = did_you_mean(kind, KINDS) or choose_from(KINDS)
        issue = Diagnostic(
            "wrong-kind", f"`{kind}` is not a kind of document", ("collabscore",), cure
        )
    raise DocumentError(diagnostics_of([issue], data, origin))


def _look(
    kind: str, data: object, origin: Origin, frameworks: Sequence[Framework]
) -> tuple[str, list[Diagnostic]]:
    if kind == "candidates":
        candidates = candidates_from(data, origin, frameworks)
        count = "1 candidate" if len(candidates) == 1 else f"{len(candidates)} candidates"
        holds = f"{count}, in the words of {', '.join(f'`{framework.id}`' for framework in candidates.words)}"
        return holds, _warnings(candidate_warnings(candidates), data, origin)
    if kind == "cases":
        named = data.get("framework") if isinstance(data, Mapping) else None
        given = next((framework for framework in frameworks if framework.id == named), None)
        cases, judge = cases_from(data, origin, given)
        return f"{len(cases)} {'case' if len(cases) == 1 else 'cases'} of `{judge.id}`", []
    if kind == "vocabulary":
        vocabulary = build(Vocabulary, data, origin, check_vocabulary, FrameworkError)
        holds = (
            f"`{vocabulary.id}`: {len(vocabulary.criteria)} criteria, {len(vocabulary.facts)} facts"
        )
        return holds, _warnings(vocabulary_warnings(vocabulary), data, origin)
    framework = framework_from(data, origin)
    warnings = [issue for issue in check_framework(framework) if issue.severity == "warning"]
    holds = f"`{framework.id}`: {len(framework.leaves)} criteria, {len(framework.guardrails)} guardrails"
    return holds, _warnings([*warnings, *framework_warnings(framework)], data, origin)


def _warnings(issues: Sequence[Diagnostic], data: object, origin: Origin) -> list[Diagnostic]:
    if isinstance(data, list):  # its candidates have no other place
        data = {"candidates": data}
        origin = replace(origin, bare=True)
    return diagnostics_of(issues, data, origin)
