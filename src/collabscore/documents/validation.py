"""Plain data to a model, or every mistake at once.

Imports `errors`, the models and `diagnosis`. What pydantic refuses is cut out, so that what only a look at the
whole can find is looked for in the rest: a reader gets all mistakes in one go.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..errors import Path
from ..models.issues import Issue
from .diagnosis import issues_of

__all__ = ["all_issues", "validated"]

M = TypeVar("M", bound=BaseModel)
_ROUNDS = 20


@cache
def _adapter(model: type[M]) -> TypeAdapter[M]:
    return TypeAdapter(model)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector: many small objects are made, and none of them is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def validated(model: type[M], data: object) -> M:
    """Return the model of `data`; raises pydantic's error."""
    with collector_paused():
        return _adapter(model).validate_python(data)


def all_issues(
    model: type[M], data: object, error: ValidationError, look: Callable[[M], Sequence[Issue]]
) -> list[Issue]:
    """Return what pydantic refused, and what `look` finds in the rest.

    Parameters
    ----------
    model : type
    data : object
        What pydantic refused.
    error : ValidationError
    look : callable
        Finds issues in a model.
    """
    issues = issues_of(error, data, model)
    removed: set[Path] = set()
    refused = issues
    for _ in range(_ROUNDS):
        removed |= {_original(_element(issue, data, removed), removed) for issue in refused}
        rest = _without(data, removed)
        if () in removed:
            return issues
        try:
            found = validated(model, rest)
        except ValidationError as again:
            # what is missing now is missing because it was cut out: cut further, say nothing
            refused = issues_of(again, rest, model)
            continue
        gone = {str(path[-1]) for path in removed}
        seen = (
            Issue(
                i.code,
                i.message,
                _original(i.path, removed),
                i.help,
                i.at_key,
                i.within,
                tuple((w, _original(p, removed)) for w, p in i.also),
                i.severity,
            )
            for i in look(found)
        )
        return issues + [issue for issue in seen if not any(f"`{name}`" in issue.message for name in gone)]
    return issues


def _element(issue: Issue, data: object, removed: set[Path]) -> Path:
    """The path to cut out so that an issue is gone: itself, or its parent where something is missing."""
    return issue.path


def _without(data: object, removed: set[Path], here: Path = ()) -> object:
    if isinstance(data, Mapping):
        return {
            key: _without(value, removed, (*here, key)) for key, value in data.items() if (*here, key) not in removed
        }
    if isinstance(data, list):
        return [_without(value, removed, (*here, k)) for k, value in enumerate(data) if (*here, k) not in removed]
    return data


def _original(path: Path, removed: set[Path]) -> Path:
    """Return the path in the whole document of what stands at `path` in the rest."""
    out: tuple[Any, ...] = ()
    for part in path:
        if isinstance(part, int):
            for k in sorted(
                p[-1] for p in removed if len(p) == len(out) + 1 and p[:-1] == out and isinstance(p[-1], int)
            ):
                part += k <= part  # type: ignore[operator]
        out = (*out, part)
    return out
