"""Findings about names in a document: unknown, repeated and circular ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from ..errors import Diagnostic, KeyPath, Note, did_you_mean
from ..models.base import Citation, Model

__all__ = [
    "Named",
    "circular_names",
    "cited_sources",
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
    at_key: bool = False,
    notes: tuple[Note, ...] = (),
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
    """
    for name, path in named:
        if name not in known:
            choices = sorted(known) if isinstance(known, AbstractSet) else known
            yield Diagnostic(
                f"unknown-{kind}",
                f"`{name}` is not {expected}",
                path,
                did_you_mean(name, choices) or help,
                at_key=at_key,
                notes=notes,
                absent=((*section, name),) if section else (),
            )


def repeated_names(
    named: Iterable[Named], code: str, message: str, note: str | None = None
) -> Iterator[Diagnostic]:
    """Yield a finding for each name that was used before; `message` has `{}` for the name."""
    first: dict[str, KeyPath] = {}
    for name, path in named:
        if name in first:
            notes = (Note(note, path=first[name]),) if note is not None else ()
            yield Diagnostic(code, message.format(name), path, notes=notes)
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


def cited_sources(
    source: str | Citation | Iterable[str | Citation] | None, path: KeyPath
) -> Iterator[Named]:
    """Yield the id of each source that an element cites, with its place."""
    if source is None:
        return
    if isinstance(source, str | Citation):
        entries = [(source, path)]
    else:
        entries = [(entry, (*path, k)) for k, entry in enumerate(source)]
    for entry, place in entries:
        if isinstance(entry, Citation):
            yield entry.id, (*place, "id")
        else:
            yield entry, place


def walk_models(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Model]]:
    """Yield every part of a framework or a vocabulary with its path, parents first; not the vocabulary that it uses."""
    if isinstance(value, Model):
        yield path, value
        for name in type(value).model_fields:
            if name in value.model_fields_set and name != "uses":
                yield from walk_models(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk_models(inner, (*path, key))
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from walk_models(inner, (*path, k))
