"""Cases from files and mappings, every word of them checked by the framework that they test.

Imports `errors`, the models and the other modules of this storey.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from ..checks.candidates import check_cases
from ..errors import Diagnostic, DocumentError
from ..models.cases import Cases
from ..models.framework import Framework
from .candidate_loading import _with_definitions
from .files import SUFFIXES, Origin, build, diagnostics_of, named_file, read_document, require_kind
from .loading import data_of, framework_from, load_framework

__all__ = ["CaseSource", "cases_beside", "cases_from", "load_cases", "load_policy"]

CaseSource = str | FilePath | Mapping[str, Any] | Cases
FOLDER = "cases"
"""The folder beside a framework in which its cases are."""


def load_cases(source: CaseSource, framework: Framework) -> Cases:
    """Load the cases of a framework: a path, or a mapping.

    Raises
    ------
    DocumentError
        With everything that is wrong with them, each with its place.
    """
    if isinstance(source, Cases):
        data: object = source.model_dump(exclude_unset=True)
        origin = source.origin if isinstance(source.origin, Origin) else None
    elif isinstance(source, Mapping):
        data, origin = dict(source), None
    else:
        data, origin = read_document(source)
    return cases_from(data, origin, framework)[0]


def load_policy(source: str | FilePath) -> tuple[Framework, Cases | None]:
    """Load a framework and the cases beside it, or cases and the framework that they name.

    Parameters
    ----------
    source : str or Path
        A shipped id, the file of a framework, or a file of cases.

    Returns
    -------
    framework : Framework
    cases : Cases or None
        None where the framework has none beside it.

    Raises
    ------
    DocumentError
        With everything that is wrong with them, each with its place.
    UsageError
        If there is no such file and no shipped framework of that id.
    """
    data, origin = data_of(source, "frameworks")
    if isinstance(data, Mapping) and data.get("collabscore") == "cases/1":
        cases, framework = cases_from(data, origin)
        return framework, cases
    framework = framework_from(data, origin)
    file = cases_beside(framework)
    return framework, load_cases(file, framework) if file is not None else None


def cases_beside(framework: Framework) -> FilePath | None:
    """Return the file of the cases of a framework, `cases/<id>.yaml` beside it; None where there is none."""
    origin = framework.origin
    if not isinstance(origin, Origin) or origin.folder is None or not _is_file_name(framework.id):
        return None
    files = (
        origin.folder / FOLDER / f"{framework.id}{suffix}" for suffix in (".yaml", ".yml", ".json")
    )
    return next((file for file in files if file.is_file()), None)


def cases_from(
    data: object, origin: Origin | None, framework: Framework | None = None
) -> tuple[Cases, Framework]:
    """Return the cases in plain data, checked by the words of their framework, and that framework.

    Parameters
    ----------
    framework : Framework, optional
        The one to check by; the one that the cases name, if left out.
    """
    require_kind(data, origin, "cases/1", DocumentError)
    judge = _judge(data, origin, framework)

    def look(cases: Cases) -> list[Diagnostic]:
        return check_cases(cases, judge) if judge is not None else []

    try:
        cases = build(Cases, data, origin, look, DocumentError)
    except DocumentError as error:
        words = [judge] if judge is not None else []
        raise DocumentError(
            _with_definitions(diagnostic, words) for diagnostic in error.diagnostics
        ) from None
    assert judge is not None  # a name that is missing is an error by now
    return cases, judge


def _judge(data: object, origin: Origin | None, framework: Framework | None) -> Framework | None:
    """Return the framework that the cases are about; None where they name none."""
    name = data.get("framework") if isinstance(data, Mapping) else None
    if not isinstance(name, str):
        return framework
    if framework is None:
        return load_framework(_framework_file(name, data, origin))
    file = framework.origin.source if isinstance(framework.origin, Origin) else ""
    if name not in (framework.id, FilePath(file).name):
        words = f"these are cases of `{name}`, and not of `{framework.id}`"
        issue = Diagnostic(
            "wrong-framework",
            words,
            ("framework",),
            f"write `framework: {framework.id}`, or test `{name}`",
        )
        raise DocumentError(diagnostics_of([issue], data, origin))
    return framework


def _framework_file(name: str, data: object, origin: Origin | None) -> FilePath:
    """Return the file of a framework that cases name: above their folder, else shipped or beside them."""
    if origin is not None and origin.folder is not None and _is_file_name(name):
        folder = origin.folder.resolve()
        file = folder.parent / (name if FilePath(name).suffix in SUFFIXES else f"{name}.yaml")
        if folder.name == FOLDER and file.is_file() and file.resolve().parent == folder.parent:
            # as it is written: what a reader gave as `frameworks/cases/x.yaml` stays `frameworks/...`
            above = origin.folder.parent if origin.folder.name == FOLDER else folder.parent
            return above / file.name
    return named_file(name, "frameworks", "framework", ("framework",), data, origin, DocumentError)


def _is_file_name(name: str) -> bool:
    return not any(sign in name for sign in "/\\\0") and not name.startswith(".")
