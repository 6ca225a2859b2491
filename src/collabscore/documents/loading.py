"""Frameworks and vocabularies from files, texts and mappings.

Imports `errors`, the models and the other modules of this storey.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from ..checks.framework import check_framework, check_vocabulary
from ..errors import Diagnostic, FrameworkError, UsageError, choose_from, likely
from ..models.framework import Framework, Vocabulary
from .files import (
    SUFFIXES,
    Origin,
    build,
    diagnostics_of,
    named_file,
    read_document,
    require_kind,
    shipped,
    shipped_path,
)

__all__ = ["framework_from", "load_framework", "load_vocabulary"]


def load_vocabulary(source: str | FilePath | Mapping[str, Any] | Vocabulary) -> Vocabulary:
    """Load a vocabulary: a shipped id, a path, or a mapping.

    Raises
    ------
    FrameworkError
        With everything that is wrong with it.
    """
    if isinstance(source, Vocabulary):
        return source
    data, origin = data_of(source, "vocabularies")
    require_kind(data, origin, "vocabulary/1", FrameworkError)
    return build(Vocabulary, data, origin, check_vocabulary, FrameworkError)


def load_framework(source: str | FilePath | Mapping[str, Any] | Framework) -> Framework:
    """Load a framework: a shipped id, a path, or a mapping.

    Parameters
    ----------
    source : str, Path, mapping or Framework
        ``"guardrail"``, ``"house.yaml"``, or what a YAML reader would give.

    Returns
    -------
    Framework
        Checked, the vocabulary it uses loaded.

    Raises
    ------
    FrameworkError
        With everything that is wrong with it, each with its place.
    UsageError
        If there is no such file and no shipped framework of that id.

    Examples
    --------
    >>> load_framework("guardrail").id
    'guardrail'
    """
    if isinstance(source, Framework):
        return (
            source
            if source.uses is None or source.vocabulary is not None
            else _with_vocabulary(source, None)
        )
    data, origin = data_of(source, "frameworks")
    return framework_from(data, origin)


def framework_from(data: object, origin: Origin | None) -> Framework:
    """Return the framework in plain data, its vocabulary loaded and everything checked."""
    require_kind(data, origin, "framework/1", FrameworkError)
    # a vocabulary that cannot be had is one mistake, and what rests on it is not looked into
    vocabulary = _vocabulary_for(data, origin)

    def look(framework: Framework) -> list[Diagnostic]:
        return check_framework(framework.model_copy(update={"uses": vocabulary}))

    framework = build(Framework, data, origin, look, FrameworkError)
    if vocabulary is None:
        return framework
    return framework.model_copy(update={"uses": vocabulary})


def _with_vocabulary(framework: Framework, origin: Origin | None) -> Framework:
    return framework_from(framework.model_dump(mode="json", exclude_unset=True), origin)


def _vocabulary_for(data: object, origin: Origin | None) -> Vocabulary | None:
    uses = data.get("uses") if isinstance(data, Mapping) else None
    if isinstance(uses, Mapping):
        return load_vocabulary(uses)
    if not isinstance(uses, str):
        return None
    path = named_file(uses, "vocabularies", "uses", ("uses",), data, origin, FrameworkError)
    if origin is not None and FilePath(origin.source) == path:
        issue = Diagnostic(
            "circular-uses",
            f"`uses: {uses}` leads back to this document",
            ("uses",),
            choose_from(shipped("vocabularies")),
        )
        raise FrameworkError(diagnostics_of([issue], data, origin))
    found = path.stat()
    vocabulary = _vocabulary_in(path, found.st_mtime_ns, found.st_size)
    if isinstance(vocabulary, str):
        what = (
            "another framework, and `uses` takes a vocabulary"
            if vocabulary == "framework/1"
            else "no vocabulary"
        )
        issue = Diagnostic(
            "not-a-vocabulary",
            f"`{uses}` is {what}",
            ("uses",),
            choose_from(shipped("vocabularies")),
        )
        raise FrameworkError(diagnostics_of([issue], data, origin))
    return vocabulary


@lru_cache(maxsize=8)
def _vocabulary_in(path: FilePath, changed: int, size: int) -> Vocabulary | str:
    """Return the vocabulary in a file, or the kind of document it is instead.

    Several frameworks share one, which is large: while the file is the same it is read once.
    """
    theirs, their_origin = read_document(path)
    kind = theirs.get("collabscore") if isinstance(theirs, Mapping) else None
    if kind != "vocabulary/1":
        return str(kind)
    return build(Vocabulary, theirs, their_origin, check_vocabulary, FrameworkError)


def data_of(source: str | FilePath | Mapping[str, Any], kind: str) -> tuple[object, Origin | None]:
    if isinstance(source, Mapping):
        return dict(source), None
    if isinstance(source, str) and (found := shipped_path(source, kind)) is not None:
        return read_document(found)
    name = str(source)
    if (
        name != "-"
        and not FilePath(name).exists()
        and FilePath(name).suffix.lower() not in SUFFIXES
        and FilePath(name).name == name
    ):
        guess = likely(name, shipped(kind))
        words = f"did you mean `{guess}`?" if guess else choose_from(shipped(kind))
        raise UsageError(
            f"there is no file `{name}` and no shipped {kind[:-1]} of that id; {words}"
        )
    return read_document(name)
