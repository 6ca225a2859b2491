"""Where a sentence or a number comes from, and the base of every model.

Imports pydantic and nothing of the package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from typing_extensions import TypeAliasType

__all__ = [
    "Citation",
    "Date",
    "Document",
    "Element",
    "Id",
    "Model",
    "Number",
    "Source",
    "Sources",
    "Text",
    "citations",
]

Verified = Literal["primary", "secondary", "no"]
"""How far a source was checked: read at its issuer, read at a second hand, not read."""

_WEAKER: tuple[Verified, ...] = ("primary", "secondary", "no")
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


def _year_as_text(value: object) -> object:
    # `date: 2018` is a whole number to YAML, and a year to whoever wrote it
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999
        else value
    )


Date = Annotated[str, BeforeValidator(_year_as_text), Field(pattern=_DATE)]
Text = Annotated[str, Field(min_length=1)]
Id = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
    ),
]
"""Any printable name: spaces, dots, underscores and letters of any script are fine."""
Number = Annotated[int | float, Field(union_mode="left_to_right")]


class Model(BaseModel):
    """The base of every model: frozen, strict, no unknown keys, built when first used."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        defer_build=True,
        allow_inf_nan=False,
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with other values of some fields; everything derived is derived anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name in vars(copied).keys() - type(self).model_fields.keys():
            del vars(copied)[name]
        return copied


class Document(Model):
    """A whole document: it remembers where it was read, for errors that appear later."""

    _origin: object = PrivateAttr(default=None)

    @property
    def origin(self) -> object:
        """The text it was read from; None where it came from none."""
        return self._origin

    def remember(self, origin: object) -> None:
        """Note where it was read."""
        self._origin = origin


class Citation(Model):
    """A source, and the clause in it."""

    id: Id = Field(description="The id of a source.")
    clause: Text | None = Field(
        default=None, description="The place in the source: article, section, page."
    )


Sources = TypeAliasType(
    "Sources",
    Annotated[
        str | Citation | list[Annotated[str | Citation, Field(union_mode="left_to_right")]],
        Field(union_mode="left_to_right"),
    ],
)
"""One source or several; a named type, so that pydantic builds its schema once and not for every element."""


class Source(Model):
    """A document that the framework or the candidates rest on."""

    title: Text = Field(description="Title of the document.")
    issuer: Text | None = Field(default=None, description="Who issued it.")
    date: Date | None = Field(
        default=None, description="Date of issue: YYYY, YYYY-MM or YYYY-MM-DD."
    )
    url: Text | None = Field(default=None, description="Public address.")
    verified: Verified = Field(
        default="no",
        description="How far it was checked: read at its issuer (primary), at a second hand (secondary), or not (no).",
    )
    note: Text | None = Field(
        default=None, description="Anything a reader should know about the source."
    )


class Element(Model):
    """What every part of a framework may say about itself."""

    title: Text | None = Field(
        default=None, description="Name shown to readers; made from the id if left out."
    )
    source: Sources | None = Field(
        default=None,
        description="Where it comes from: the id of a source, a list of ids, or {id, clause}.",
    )
    note: Text | None = Field(default=None, description="A remark for readers.")
    verified: Verified | None = Field(
        default=None,
        description="How far this element was checked; that of its source if left out.",
    )
    basis: Literal["judgement"] | None = Field(
        default=None, description="`judgement` where the element is its author's own choice."
    )


def citations(source: str | Citation | list[str | Citation] | None) -> tuple[Citation, ...]:
    """Return what `source` says as a tuple of citations, in order.

    Examples
    --------
    >>> [citation.id for citation in citations(["essay", "sta-4"])]
    ['essay', 'sta-4']
    """
    if source is None:
        return ()
    entries = source if isinstance(source, list) else [source]
    return tuple(Citation(id=entry) if isinstance(entry, str) else entry for entry in entries)


def verification(element: Element, sources: Mapping[str, Source]) -> Verified | None:
    """Return how far an element is verified: its own word, else the weakest of its sources, else None."""
    if element.verified is not None:
        return element.verified
    found: list[Verified] = [
        sources[c.id].verified for c in citations(element.source) if c.id in sources
    ]
    return max(found, key=_WEAKER.index) if found else None


def title_of(identifier: str, title: str | None = None) -> str:
    """Return the title, or one made from the id.

    Examples
    --------
    >>> title_of("mutual_interest")
    'Mutual interest'
    """
    if title is not None:
        return title
    words = re.sub(r"[_\s-]+", " ", identifier).strip() or identifier
    return words[:1].upper() + words[1:]


def within(title: str) -> str:
    """Return a title as it stands within a sentence; abbreviations keep their capitals.

    Examples
    --------
    >>> within("Dual use"), within("AI safety")
    ('dual use', 'AI safety')
    """
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
