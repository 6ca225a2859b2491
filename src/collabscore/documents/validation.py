"""Plain data to a model, or every mistake at once.

Imports `errors`, the models and `diagnosis`. What pydantic refuses is cut out, so that what only a look at the
whole can find is looked for in the rest: a reader gets all mistakes in one go.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import Diagnostic, KeyPath
from .diagnosis import issues_of

__all__ = ["all_issues", "validated"]

M = TypeVar("M", bound=BaseModel)
_ROUNDS = 20


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
        return model.model_validate(data)


def all_issues(
    model: type[M], data: object, error: ValidationError, look: Callable[[M], Sequence[Diagnostic]]
) -> list[Diagnostic]:
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
    rest = _Rest(data)
    issues = refused = issues_of(error, data, model)
    for _ in range(_ROUNDS):
        for issue in refused:
            rest.mend(issue)
        if () in rest.removed:
            break
        kept = rest.build()
        try:
            found = validated(model, kept)
        except ValidationError as again:
            # what is missing now is missing because it was cut out: cut further, and say nothing of it
            refused = issues_of(again, kept, model)
            refused = [replace(issue, path=rest.original(issue.path)) for issue in refused]
            continue
        return issues + [
            issue for issue in map(rest.place, look(found)) if not rest.explains(issue)
        ]
    return issues


class _Rest:
    """A document without the parts that were refused, and with misspelt keys taken for what they were meant to be."""

    def __init__(self, data: object) -> None:
        self.data = data
        self.removed: set[KeyPath] = set()
        self.meant: dict[KeyPath, str] = {}

    def mend(self, issue: Diagnostic) -> None:
        """Take an issue out of the way."""
        parent = issue.path[:-1]
        guess = issue.suggestion
        taken = {(*path[:-1], word) for path, word in self.meant.items()}
        if (
            guess is None
            or issue.path in self.meant
            or guess in _at(self.data, parent)
            or (*parent, guess) in taken
        ):
            self.removed.add(issue.path)
        else:
            self.meant[issue.path] = guess

    def build(self, data: object = None, here: KeyPath = ()) -> object:
        """Return the rest."""
        data = self.data if not here else data
        if isinstance(data, Mapping):
            return {
                self.meant.get((*here, key), key): self.build(value, (*here, key))
                for key, value in data.items()
                if (*here, key) not in self.removed
            }
        if isinstance(data, list):
            return [
                self.build(value, (*here, k))
                for k, value in enumerate(data)
                if (*here, k) not in self.removed
            ]
        return data

    def original(self, path: KeyPath) -> KeyPath:
        """Return the path in the whole document of what stands at `path` in the rest."""
        written: KeyPath = ()
        for part in path:
            if isinstance(part, int):
                for k in sorted(
                    p[-1]
                    for p in self.removed
                    if p[:-1] == written and p and isinstance(p[-1], int)
                ):
                    part += k <= part
            else:
                part = next(
                    (p[-1] for p, word in self.meant.items() if p[:-1] == written and word == part),
                    part,
                )
            written = (*written, part)
        return written

    def place(self, issue: Diagnostic) -> Diagnostic:
        """Return an issue of the rest as one of the whole document."""
        return issue.moved(self.original)

    def explains(self, issue: Diagnostic) -> bool:
        """Return whether an issue is there only because something was taken out."""
        if any(f"`{path[-1]}`" in issue.message for path in self.removed):
            return True
        return any(path[:-1] == issue.path for path in self.removed)


def _at(data: object, path: KeyPath) -> Mapping[str, object]:
    for part in path:
        data = data[part]  # type: ignore[index]
    return data  # type: ignore[return-value]
