"""Findings about names in a document: unknown, repeated and circular ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, did_you_mean
from ..models.base import Citation, Model
from ..models.candidates import PlacedSafeguard

__all__ = [
    "Named",
    "circular_names",
    "criteria_path",
    "names_in",
    "repeated_names",
    "unknown_names",
    "walk_models",
]

Named = tuple[str, KeyPath]
"""A name and the path to the place where a document uses it."""


def unknown_names(
    kind: str,
    named: Iterable[Named],
    known: Collection[str],
    expected: str,
    section: KeyPath = (),
    *,
    help: str | None = None,
    **more: Any,
) -> Iterator[Diagnostic]:
    """Yield a finding for each name that is not known.

    Parameters
    ----------
    kind : str
        The code is ``unknown-<kind>``.
    expected : str
        What the name should be: ``a verdict here``.
    section : tuple
        The section of the document in which the name would be defined, if it can be there.
    help : str, optional
        Shown where there is nothing to choose from.
    **more
        Further fields of the findings.
    """
    for name, path in named:
        if name in known:
            continue
        message, help_text = f"`{name}` is not {expected}", did_you_mean(name, known) or help
        absent = ((*section, name),) if section else ()
        yield Diagnostic(f"unknown-{kind}", message, path, help_text, absent=absent, **more)


def repeated_names(
    named: Iterable[Named], code: str, message: str, note: str | None = None, **more: Any
) -> Iterator[Diagnostic]:
    """Yield a finding for each name that was used before; `message` has `{}` for the name."""
    first: dict[str, KeyPath] = {}
    for name, path in named:
        if name in first:
            notes = (Note(note, path=first[name]),) if note is not None else ()
            yield Diagnostic(code, message.format(name), path, notes=notes, **more)
        first.setdefault(name, path)


def circular_names(parents: Mapping[str, str | None]) -> set[str]:
    """Return the names whose ancestors go round in a circle.

    Examples
    --------
    >>> sorted(circular_names({"a": "b", "b": "c", "c": "b", "d": None}))
    ['a', 'b', 'c']
    """
    circular: set[str] = set()
    done: set[str] = set()
    for name in parents:
        chain: set[str] = set()
        current: str | None = name
        while current is not None and current in parents and current not in done:
            done.add(current)
            chain.add(current)
            current = parents[current]
        if current in chain or current in circular:
            circular |= chain
    return circular


def names_in(value: object, path: KeyPath) -> Iterator[Named]:
    """Yield each name that a field holds, with its place: a name, what has an `id`, or a list."""
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, Citation | PlacedSafeguard):
        yield value.id, (*path, "id")
    elif isinstance(value, list):
        for k, entry in enumerate(value):
            yield from names_in(entry, (*path, k))


def criteria_path(ids: tuple[str, ...]) -> KeyPath:
    """Return the path in the document of a criterion, given the ids that lead to it."""
    path: KeyPath = ()
    for key in ids:
        path = (*path, "criteria", key)
    return path


def walk_models(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Model]]:
    """Yield every part of a document with its path, parents first.

    Parts of the vocabulary that a framework uses are left out.
    """
    inner: Iterable[tuple[Any, object]] = ()
    if isinstance(value, Model):
        yield path, value
        written = value.model_fields_set - {"uses"}
        inner = [
            (name, getattr(value, name)) for name in type(value).model_fields if name in written
        ]
    elif isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, part in inner:
        yield from walk_models(part, (*path, key))
