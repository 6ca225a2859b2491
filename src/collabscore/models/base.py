"""The base of all models: frozen documents and their parts, sources, and titles.

Annotations of modules with models are not postponed: pydantic would compile each one again, for
every model that inherits it, at each start.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NoReturn, Self, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from typing_extensions import TypeAliasType

from ..errors import Diagnostic, KeyPath, Origin

__all__ = [
    "ALSO_ACCEPTED",
    "IN_ORDER",
    "UNKNOWN",
    "Backed",
    "Citation",
    "Date",
    "Document",
    "Element",
    "FrozenDict",
    "FrozenList",
    "FrozenMap",
    "FrozenSequence",
    "Id",
    "Model",
    "NonEmptyMap",
    "NonEmptySequence",
    "Number",
    "ReadingError",
    "Source",
    "Sources",
    "Text",
    "Verified",
    "citations",
    "empty_is_default",
    "list_field",
    "map_field",
    "optional_field",
    "title_of",
    "verification",
    "within",
]

UNKNOWN = "unknown"
"""How an unknown rating or answer is written."""

Verified = Literal["primary", "secondary", "no"]
"""How a source was checked: at its issuer, in a secondary source, or not."""

K = TypeVar("K")
V = TypeVar("V")


def _refuse_change(self: object, *args: object, **kwargs: object) -> NoReturn:
    raise TypeError("a document cannot be changed; make a copy with `model_copy(update=...)`")


def _copied(self: Any) -> tuple[type, tuple[Any]]:
    """Build copies and pickles from a plain container: nothing can be added to a frozen one."""
    return type(self), (self.copy(),)


class FrozenDict(dict[K, V]):
    """A dict that refuses to be changed: documents share what they hold, also across loads."""

    __setitem__ = __delitem__ = __ior__ = _refuse_change
    clear = pop = popitem = setdefault = update = _refuse_change
    __reduce__ = _copied


class FrozenList(list[V]):
    """A list that refuses to be changed."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse_change
    append = extend = insert = pop = remove = _refuse_change
    clear = reverse = sort = _refuse_change
    __reduce__ = _copied


FrozenMap = Annotated[dict[K, V], AfterValidator(FrozenDict)]
FrozenSequence = Annotated[list[V], AfterValidator(FrozenList)]
NonEmptyMap = Annotated[dict[K, V], Field(min_length=1), AfterValidator(FrozenDict)]
NonEmptySequence = Annotated[list[V], Field(min_length=1), AfterValidator(FrozenList)]

# a value is of the first of several types that it fits
IN_ORDER = Field(union_mode="left_to_right")


def optional_field(description: str) -> Any:
    """Return the field of a key that may be left out."""
    return Field(default=None, description=description)


def map_field(description: str) -> Any:
    """Return the field of a mapping that may be left out, and is empty then."""
    return Field(default_factory=FrozenDict, description=description)


def list_field(description: str) -> Any:
    """Return the field of a list that may be left out, and is empty then."""
    return Field(default_factory=FrozenList, description=description)


ALSO_ACCEPTED: dict[Callable[[object], object], tuple[dict[str, Any], ...]] = {}
"""JSON Schema of the forms that a function reads before a model does: pydantic cannot know."""


def _year_as_text(value: object) -> object:
    # `date: 2018` is a whole number to YAML, and a year to its author
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return str(value)
    return value


ALSO_ACCEPTED[_year_as_text] = ({"type": "integer", "minimum": 1000, "maximum": 9999},)


def empty_is_default(value: object) -> object:
    """Read a key with nothing behind it as a mapping with nothing in it."""
    return {} if value is None else value


ALSO_ACCEPTED[empty_is_default] = ({"type": "null"},)

Date = Annotated[str, BeforeValidator(_year_as_text), Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
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
Number = Annotated[int | float, IN_ORDER]


class ReadingError(ValueError):
    """A rating or a fact cannot be read; the path of `diagnostic` is relative to it."""

    def __init__(
        self, code: str, message: str, path: KeyPath = (), help: str | None = None
    ) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, path, help)


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

    _origin: Origin = PrivateAttr(default=Origin())

    @property
    def origin(self) -> Origin:
        """The text it was read from."""
        return self._origin

    def remember(self, origin: Origin) -> None:
        """Note where it was read."""
        self._origin = origin


class Citation(Model):
    """A source and the clause in it."""

    id: Id = Field(description="The id of a source.")
    clause: Text | None = optional_field("The place in the source: article, section, page.")


Cited = Annotated[str | Citation, IN_ORDER]
"""The id of a source, or {id, clause}."""

Sources = TypeAliasType("Sources", Annotated[str | Citation | FrozenSequence[Cited], IN_ORDER])
"""One source or several; a named type, so that pydantic builds its schema once."""


class Source(Model):
    """A source document of the framework or of the candidates."""

    title: Text = Field(description="Title of the document.")
    issuer: Text | None = optional_field("The organisation or office that issued it.")
    date: Date | None = optional_field("Date of issue: YYYY, YYYY-MM or YYYY-MM-DD.")
    url: Text | None = optional_field("Public address.")
    verified: Verified = Field(
        default="no",
        description="How it was checked: at its issuer (primary), in a secondary source "
        "(secondary), or not (no).",
    )
    note: Text | None = optional_field("A remark on the source for readers.")


class Element(Model):
    """Keys that every part of a framework may have."""

    title: Text | None = optional_field("Name shown to readers. Default: made from the id.")
    source: Sources | None = optional_field("Its source: an id, a list of ids, or {id, clause}.")
    note: Text | None = optional_field("A remark for readers.")
    verified: Verified | None = optional_field(
        "How this element was checked. Default: as its source."
    )
    basis: Literal["judgement"] | None = optional_field(
        "`judgement` if the element is its author's own choice."
    )


class Backed(Model):
    """Evidence for a rating, a fact or a safeguard of a candidate."""

    evidence: FrozenSequence[Cited] | None = optional_field("Ids of sources that support it.")
    note: Text | None = optional_field("A remark for readers.")
    by: Text | None = optional_field("The office or document behind it; never a person's name.")
    date: Date | None = optional_field("Date of the statement: YYYY, YYYY-MM or YYYY-MM-DD.")
    until: Date | None = optional_field("Last day on which it holds.")


def citations(source: str | Citation | list[str | Citation] | None) -> tuple[Citation, ...]:
    """Return the citations in a `source`, in order.

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
    """Return how far an element is verified: as it says, else as the weakest of its sources."""
    if element.verified is not None:
        return element.verified
    cited = citations(element.source)
    found = [sources[part.id].verified for part in cited if part.id in sources]
    return max(found, key=get_args(Verified).index, default=None)


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
