"""Candidates from files, texts, mappings and models, every word of them checked.

Imports `errors`, the models and the other modules of this storey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from ..checks.candidates import KnownIds, check_candidates
from ..errors import CandidateError, Diagnostic, KeyPath, Note, UsageError
from ..models.candidates import Candidate, Candidates
from ..models.framework import Framework
from .files import Origin, build, named_file, read_document, require_kind
from .loading import load_framework

__all__ = [
    "CandidateSource",
    "FrameworkSource",
    "candidates_from",
    "frameworks_named",
    "load_candidates",
]

CandidateSource = (
    str | FilePath | Mapping[str, Any] | Candidates | Iterable[Candidate | Mapping[str, Any]]
)
FrameworkSource = str | FilePath | Mapping[str, Any] | Framework


def load_candidates(
    source: CandidateSource, framework: FrameworkSource | Sequence[FrameworkSource] | None = None
) -> Candidates:
    """Load a list of candidates and check every word of it.

    Parameters
    ----------
    source : str, Path, mapping, Candidates or iterable of candidates
        A YAML, JSON or JSON Lines file, `-` for standard input, or what such a file holds.
    framework : str, Path, mapping, Framework or list of them, optional
        The frameworks to judge by. Those that the list itself names count too: a word must be known to one
        of them.

    Returns
    -------
    Candidates

    Raises
    ------
    CandidateError
        With everything that is wrong with it, each with its place.
    UsageError
        If no framework is named, here or in the list.

    Examples
    --------
    >>> listed = [{"id": "flu", "ratings": {"global_challenge": 5}}]
    >>> load_candidates(listed, "guardrail").candidates[0].id
    'flu'
    """
    named = (
        [framework]
        if isinstance(framework, str | FilePath | Mapping | Framework)
        else list(framework or ())
    )
    frameworks = [load_framework(entry) for entry in named]
    if (
        isinstance(source, Candidates)
        and source.words
        and set(map(id, frameworks)) <= set(map(id, source.words))
    ):
        return source
    data, origin = _data_of(source)
    return candidates_from(data, origin, frameworks)


def candidates_from(
    data: object, origin: Origin | None, frameworks: Sequence[Framework]
) -> Candidates:
    """Return the candidates in plain data, checked by the words of `frameworks` and of those they name."""
    if isinstance(data, list):  # a bare list of candidates
        data = {"collabscore": "candidates/1", "candidates": data}
        origin = replace(origin, bare=True) if origin is not None else None
    require_kind(data, origin, "candidates/1", CandidateError)
    words = [*frameworks, *frameworks_named(data, origin, known=frameworks)]
    if not words:
        raise UsageError(
            "no framework is named: name one with `-f`, or in the list with `framework: guardrail`"
        )
    known = KnownIds(words)

    def look(candidates: Candidates) -> list[Diagnostic]:
        return check_candidates(candidates, known)

    try:
        candidates = build(Candidates, data, origin, look, CandidateError)
    except CandidateError as error:
        raise CandidateError(
            _with_definitions(diagnostic, words) for diagnostic in error.diagnostics
        ) from None
    candidates.checked_by(tuple(words))
    return candidates


def _data_of(source: CandidateSource) -> tuple[object, Origin | None]:
    if isinstance(source, str | FilePath):
        return read_document(source)
    if isinstance(source, Candidates):
        return {"collabscore": source.collabscore, **source.model_dump(exclude_unset=True)}, None
    if isinstance(source, Mapping):
        return dict(source), None
    return [
        entry.model_dump(exclude_unset=True) if isinstance(entry, Candidate) else entry
        for entry in source
    ], None


def frameworks_named(
    data: object, origin: Origin | None, known: Sequence[Framework] = ()
) -> list[Framework]:
    """Load the frameworks that a list of candidates names, but for those already `known`."""
    entry = data.get("framework") if isinstance(data, Mapping) else None
    names = [entry] if isinstance(entry, str) else entry if isinstance(entry, list) else []
    found: list[Framework] = []
    for k, name in enumerate(names):
        if not isinstance(name, str) or name in {framework.id for framework in known}:
            continue
        path: tuple[str | int, ...] = ("framework",) if isinstance(entry, str) else ("framework", k)
        file = named_file(name, "frameworks", "framework", path, data, origin, CandidateError)
        theirs = load_framework(file)
        if theirs.id not in {framework.id for framework in known}:
            found.append(theirs)
    return found


def _with_definitions(diagnostic: Diagnostic, frameworks: Sequence[Framework]) -> Diagnostic:
    """Give the notes on frameworks their places; those on frameworks without a text go."""
    by_id = {framework.id: framework for framework in frameworks}
    notes = []
    for note in diagnostic.notes:
        if note.framework is None or note.path is None:
            notes.append(note)
            continue
        found = _definition(note.message, note.path, by_id[note.framework])
        if found is not None:
            notes.append(found)
    return replace(diagnostic, notes=tuple(notes))


def _definition(words: str, path: KeyPath, framework: Framework) -> Note | None:
    """Return the place in the framework, else in its vocabulary, of a section or of a word in it."""
    for document in (framework, framework.vocabulary):
        origin = document.origin if document is not None else None
        if not isinstance(origin, Origin) or origin.positions is None:
            continue
        full = path
        if (
            len(path) > 1
            and path[0] == "criteria"
            and document is framework
            and str(path[1]) in framework.nodes
        ):
            full = tuple(
                part for key in framework.nodes[str(path[1])].path for part in ("criteria", key)
            )
        if origin.positions.exists(full):
            return Note(words, origin.positions.key(full))
    return None
