"""Warnings where a document asks who somebody is: frameworks judge areas and conduct, never persons.

Imports `person_words` and the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import Diagnostic, KeyPath
from .candidates import Candidate, Candidates
from .framework import Framework
from .person_words import are_persons, asked_of_persons
from .sources import Model

__all__ = ["person_issues"]

_CURE = (
    "ask about the work, its terms, or what an organisation is listed for now; where a sentence says that it is not "
    "asked, let it say `not` or `never`"
)
# Fields that are said to readers, and those with elements below them.
_SAID = frozenset(("id", "title", "summary", "question", "note", "reason", "consists_of", "tags"))
_WORDS = frozenset(("levels", "options", "anchors"))
_ELEMENTS = frozenset(
    (
        "scales",
        "criteria",
        "lists",
        "items",
        "facts",
        "safeguards",
        "conditions",
        "guardrails",
        "steps",
        "verdicts",
    )
)


@dataclass(frozen=True)
class _Said:
    """A text for readers: the element it belongs to, its place, and whether it is a key there."""

    owner: KeyPath
    path: KeyPath
    text: str
    at_key: bool = False

    @property
    def is_label(self) -> bool:
        """Whether it is the id or the title of a fact or a criterion."""
        return self.owner[:1] in (("facts",), ("criteria",)) and self.path in (
            self.owner,
            (*self.owner, "title"),
        )


def person_issues(document: Model) -> Iterator[Diagnostic]:
    """Yield a warning for each element of a document that asks who somebody is, at the first place where it does."""
    owners: set[KeyPath] = set()
    if isinstance(document, Framework) and document.unit_of_assessment is not None:
        yield from _unit(document.unit_of_assessment)
    for said in _said_in(document):
        if said.owner in owners:
            continue
        found = asked_of_persons(said.text, is_label=said.is_label)
        if found is not None:
            owners.add(said.owner)
            message = f"`{found.words}` is about who somebody is; judged are areas and conduct, never persons"
            within = None if said.at_key else found.columns
            yield Diagnostic(
                "about-persons", message, said.path, _CURE, "warning", said.at_key, within
            )


def _unit(unit: str) -> Iterator[Diagnostic]:
    if are_persons(unit):
        message = f"the unit of assessment is `{unit}`; judged are areas and conduct, never persons"
        cure = "write what is judged: `area`, `project`, `partner` or `agreement`"
        yield Diagnostic(
            "about-persons", message, ("unit_of_assessment",), cure, severity="warning"
        )


def _said_in(document: Model) -> Iterator[_Said]:
    """Yield what a document says to readers, in the order of the models."""
    if isinstance(document, Candidates):
        for name in ("title", "summary", "note"):
            if (text := getattr(document, name)) is not None:
                yield _Said((name,), (name,), text)
        for k, candidate in enumerate(document.candidates):
            yield from _said_of_candidate(candidate, ("candidates", k))
    else:
        yield from _said(document, ())


def _said(value: object, path: KeyPath) -> Iterator[_Said]:
    """Yield what a framework or a vocabulary says; an id first, then its element."""
    if isinstance(value, Model):
        for name in type(value).model_fields:
            inner = getattr(value, name) if name in value.model_fields_set else None
            if isinstance(inner, str) and name in _SAID:
                yield _Said(path, (*path, name), inner)
            elif isinstance(inner, Mapping) and name in _WORDS:
                yield from _said_of_words(inner, (*path, name), path)
            elif name in _ELEMENTS:
                yield from _said(inner, (*path, name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield _Said((*path, key), (*path, key), str(key), at_key=True)
            yield from _said(inner, (*path, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for k, inner in enumerate(value):
            yield from _said(inner, (*path, k))


def _said_of_words(
    words: Mapping[object, str | None], path: KeyPath, owner: KeyPath
) -> Iterator[_Said]:
    for key, meaning in words.items():
        if isinstance(key, str):
            yield _Said(owner, (*path, key), key, at_key=True)
        if meaning is not None and isinstance(key, str | int | float):
            yield _Said(owner, (*path, key), meaning)


def _said_of_candidate(candidate: Candidate, path: KeyPath) -> Iterator[_Said]:
    """Yield what is said of a candidate; the words it is rated by are the framework's to answer for."""
    for name in ("id", "title", "summary", "note"):
        text = getattr(candidate, name)
        if text is not None:
            yield _Said(path, (*path, name), text)
    for k, tag in enumerate(candidate.tags):
        yield _Said(path, (*path, "tags", k), tag)
    for section in ("ratings", "facts"):
        for key, detail in getattr(candidate, section).items():
            if isinstance(detail, Model) and (note := getattr(detail, "note", None)) is not None:
                yield _Said(path, (*path, section, key, "note"), note)
