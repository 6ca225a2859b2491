"""The base of all models: frozen documents and their parts, sources, and titles.

Annotations of modules with models are not postponed: pydantic would compile each one again, for
every model that inherits it, at each start.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    PrivateAttr,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
)
from pydantic_core import core_schema
from typing_extensions import TypeAliasType

from ..arrays import FrozenDict, FrozenList
from ..cells import plain
from ..errors import KeyPath, Origin, ReadingError, character_name, quotable, refusal_of_name
from .cures import UNKNOWN, cure_of

__all__ = [
    "ALSO_ACCEPTED",
    "DATE_SCHEMA",
    "IN_ORDER",
    "LARGEST",
    "MOST_COLUMNS",
    "MOST_CRITERIA",
    "MOST_ENTRIES",
    "MOST_GRADES",
    "MOST_ITEMS",
    "MOST_LEVELS",
    "MOST_ROWS",
    "MOST_UNEQUAL",
    "NARROWEST",
    "SMALLEST",
    "UNKNOWN",
    "Backed",
    "BoundedMap",
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
    "Url",
    "Verified",
    "Word",
    "after_reading",
    "are_plain_ids",
    "around_reading",
    "before_reading",
    "citations",
    "clean_data",
    "clean_date",
    "clean_id",
    "clean_text",
    "clean_url",
    "composed",
    "days_of",
    "empty_is_default",
    "has_expired",
    "list_field",
    "lookalike_in",
    "map_field",
    "optional_field",
    "out_of_range",
    "read_date",
    "refuse_characters",
    "title_of",
    "verification",
    "within",
]

# Bounds on sizes: within them every result can be computed. Checks refuse the rest, so that what
# `check` passes, all other commands bear.

LARGEST = 1e100
"""Greatest size of a number: floats hold its cube, as the mean of a value function needs."""
SMALLEST = 1e-100
"""Least weight, and least width of a scale."""
NARROWEST = 1e-9
"""Least width of a scale as a part of its ends, and of a piece of a value function as a part of its
scale: ratings in it differ in seven digits or more."""
MOST_UNEQUAL = 1e15
"""Greatest ratio of two weights of a group: a lighter one is lost in the rounding of the sum."""
MOST_LEVELS = 20
"""Levels of groups: the product of as many shares is not rounded to 0."""
MOST_CRITERIA = 2_000
"""Criteria and groups of a framework: results have columns for each, and cells for each pair."""
MOST_ENTRIES = 10_000
"""Entries of a section of a framework."""
MOST_ITEMS = 100_000
"""Items of all lists of a framework together, before one that extends another is refused."""
MOST_GRADES = 100
"""Verdicts of a framework, and steps of a guardrail: both are kept as numbers of one byte."""
MOST_ROWS = 250
"""Rows of a table, which are kept as steps are."""
MOST_COLUMNS = 20
"""Facts of a table."""

Verified = Literal["primary", "secondary", "no"]
"""How a source was checked: at its issuer, in a secondary source, or not."""

K = TypeVar("K")
V = TypeVar("V")


# As pydantic's `AfterValidator` and its siblings, but these look up the signature of a function
# again for every field, which took a fiftieth of the time of a command.


def after_reading(function: Callable[[Any], object]) -> GetPydanticSchema:
    """Return the annotation of a field whose value a function takes when it is read."""
    make = core_schema.no_info_after_validator_function
    return GetPydanticSchema(lambda source, handler: make(function, handler(source)))


def before_reading(function: Callable[[Any], object]) -> GetPydanticSchema:
    """Return the annotation of a field whose value a function takes as it is written."""
    make = core_schema.no_info_before_validator_function
    return GetPydanticSchema(lambda source, handler: make(function, handler(source)))


def around_reading(
    function: Callable[[Any, ValidatorFunctionWrapHandler], object],
) -> GetPydanticSchema:
    """Return the annotation of a field whose value a function takes together with its reader."""
    make = core_schema.no_info_wrap_validator_function
    return GetPydanticSchema(lambda source, handler: make(function, handler(source)))


def _frozen_map(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Read a mapping as a frozen one; two keys may become one in NFC."""
    found = read(value)
    if isinstance(value, Mapping) and len(found) != len(value):
        names = [key for key in value if key not in found]
        message = f"`{clean_text(names[0])}` is defined twice"
        raise ReadingError("duplicate-key", message, help="keep one")
    return FrozenDict(found)


FrozenMap = Annotated[dict[K, V], around_reading(_frozen_map)]
FrozenSequence = Annotated[list[V], after_reading(FrozenList)]
BoundedMap = Annotated[dict[K, V], Field(max_length=MOST_ENTRIES), after_reading(FrozenDict)]
NonEmptyMap = Annotated[dict[K, V], Field(min_length=1), around_reading(_frozen_map)]
NonEmptySequence = Annotated[list[V], Field(min_length=1), after_reading(FrozenList)]

# a value is of the first of several types that it fits
IN_ORDER = Field(union_mode="left_to_right")


def optional_field(description: str) -> Any:
    """Return the field of a key that may be left out."""
    return Field(default=None, description=description)


# Functions, since pydantic looks up the signature of what it calls, which takes long for a class.
def _empty_map() -> FrozenDict[Any, Any]:
    return FrozenDict()


def _empty_list() -> FrozenList[Any]:
    return FrozenList()


def map_field(description: str) -> Any:
    """Return the field of a mapping that may be left out, and is empty then."""
    return Field(default_factory=_empty_map, description=description)


def list_field(description: str) -> Any:
    """Return the field of a list that may be left out, and is empty then."""
    return Field(default_factory=_empty_list, description=description)


ALSO_ACCEPTED: dict[Callable[[object], object], tuple[dict[str, Any], ...]] = {}
"""JSON Schema of the forms that a function reads before a model does: pydantic cannot know."""


def empty_is_default(value: object) -> object:
    """Read a key with nothing behind it as a mapping with nothing in it."""
    return {} if value is None else value


ALSO_ACCEPTED[empty_is_default] = ({"type": "null"},)

# the one door for text


_NO_TEXT = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    r"\ufdd0-\ufdef\ufffe\uffff"
)
"""Controls, line separators, overrides of the direction of writing, and what is no character."""
_UNSEEN = (
    r"\t\n\r\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u202f"
    r"\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""Blanks other than the space, and Default_Ignorable_Code_Point of Unicode."""
_HALVES, _TAGS = r"\ud800-\udfff", r"\U000e0000-\U000e0fff"
_HALF = f"[{_HALVES}]"
_REFUSED_IN_TEXT = f"[{_NO_TEXT}{_HALVES}]"
_REFUSED_IN_ID = f"[{_NO_TEXT}{_HALVES}{_UNSEEN}{_TAGS}]"
_LONGEST_ID = 200
_UNSEEN_HELP = (
    "delete this invisible character, often pasted from a web page or a PDF: delete the spaces "
    "and letters around it, and type them again"
)


def refuse_characters(text: str, refused: str = _REFUSED_IN_TEXT) -> str:
    """Return a text; raise the error about the first character that cannot stand in it."""
    # no pattern is compiled for by far the most texts: what can be printed is refused in ids alone
    if refused is not _REFUSED_IN_ID and text.replace("\n", "").isprintable():
        return text
    found = re.search(refused, text)
    if found is None:
        return text
    where = "in an id" if refused is _REFUSED_IN_ID else "here"
    message = f"the character {character_name(found[0])} is not allowed {where}"
    is_blank = found[0].isspace() and refused is _REFUSED_IN_ID
    help = "write a plain space instead" if is_blank else _UNSEEN_HELP
    raise ReadingError("bad-character", message, help=help, within=found.span())


_MEANT = {
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u2039\u203a", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u2227": "and",
    "\u2228": "or",
    "\u00ac": "not",
}
"""Signs of word processors and of mathematics, and what the keyboard has for them."""


class Lookalike(NamedTuple):
    """A sign that looks like one of the keyboard: its place, its name, what was likely meant."""

    place: int
    name: str
    meant: str

    @property
    def cure(self) -> str:
        """The help for it."""
        if not self.meant:
            return f"delete the invisible character {self.name}"
        meant = "a plain space" if self.meant.isspace() else f"`{self.meant}`"
        return f"instead of the character {self.name}, write {meant}"


def lookalike_in(text: str) -> Lookalike | None:
    """Return the first sign of a text that only looks like one of the keyboard, or like none."""
    for place, sign in enumerate(text):
        if sign.isascii() or sign.isalnum():
            continue
        meant = _MEANT.get(sign) or unicodedata.normalize("NFKC", sign)
        if meant.isascii():
            return Lookalike(place, character_name(sign), meant)
        if re.match(_REFUSED_IN_ID, sign):
            return Lookalike(place, character_name(sign), "")
    return None


def composed(text: str) -> str:
    """Return a text in NFC, in which equal letters are equal code points."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def clean_text(text: str) -> str:
    r"""Return a text in NFC.

    Raises
    ------
    ReadingError
        At a control character, a line separator, an override of the direction of writing, or a
        code point that is no character.

    Examples
    --------
    >>> clean_text("Zu\u0308rich") == "Z\u00fcrich"
    True
    """
    if text.isascii() and text.isprintable():
        return text  # by far the commonest
    return refuse_characters(composed(text).replace("\r\n", "\n"))


def are_plain_ids(ids: Any) -> bool:
    """Return whether it is plain at once that `clean_id` would change and refuse none of many ids.

    Examples
    --------
    >>> are_plain_ids(["flu", "tb-2"]), are_plain_ids(["flu "]), are_plain_ids(["flu", None])
    (True, False, False)
    """
    try:
        lines = "\n".join(["", *ids, ""])
    except TypeError:
        return False
    if lines.count("\n") != len(ids) + 1 or max(map(len, ids), default=0) > _LONGEST_ID:
        return False
    has_blanks = "\n\n" in lines or "\n " in lines or " \n" in lines
    return not has_blanks and lines.isascii() and lines.replace("\n", "").isprintable()


def clean_id(text: str) -> str:
    """Return an id in NFC: one line that readers can see and tell from any other.

    Raises
    ------
    ReadingError
        If it is empty or has more than 200 characters, begins or ends with a blank, or holds a
        character that cannot be seen.

    Examples
    --------
    >>> clean_id("flu ")
    Traceback (most recent call last):
    collabscore.errors.ReadingError: the id `flu ` begins or ends with a space
    """
    text = composed(text)
    if not (text.isascii() and text.isprintable()):
        refuse_characters(text, _REFUSED_IN_ID)
    bare = text.strip(" ")
    if not bare:
        message = f"this id is empty: `{text}`" if text else "this id is empty"
        help = "write a name, which stands for this entry in results and in other places"
        raise ReadingError("empty-text", message, help=help)
    if bare != text:
        message = f"the id `{text}` begins or ends with a space"
        raise ReadingError("invalid-id", message, help=f"write `{bare}`")
    if len(text) > _LONGEST_ID:
        message = f"this id has more than {_LONGEST_ID} characters"
        raise ReadingError(
            "too-long", message, help="write a short id, and the long name as `title`"
        )
    return text


_DEEPEST = 100


def clean_data(data: Any, depth: int = 0) -> Any:
    """Return data from Python as plain data in new dicts and lists, their texts in NFC.

    Models refuse the rest; see `arrays.plain`.

    Raises
    ------
    ReadingError
        At half a character, at two keys that are one in NFC, and at data that are nested too deeply
        or contain themselves.
    """
    data = plain(data)
    if isinstance(data, str):
        return _without_halves(data)
    is_mapping = isinstance(data, (dict, Mapping))  # a dict is told fastest
    if not is_mapping and not isinstance(data, list):
        return data
    if depth == _DEEPEST:
        message = f"this is nested more than {_DEEPEST} levels deep, or contains itself"
        raise ReadingError("too-deep", message, help="nest fewer lists and mappings")
    found: dict[Any, Any] = {}
    for key, value in data.items() if is_mapping else enumerate(data):
        try:
            name = _clean_key(key)
            if name in found:
                raise ReadingError("duplicate-key", f"`{name}` is defined twice", help="keep one")
            found[name] = clean_data(value, depth + 1)
        except ReadingError as error:
            raise error.under(key) from None
    return found if is_mapping else list(found.values())


def _clean_key(key: object) -> Any:
    """Return a key as plain data, its text in NFC; a float stays as it is, NaN too."""
    name = key if isinstance(key, float) else plain(key)
    return _without_halves(name) if isinstance(name, str) else name


def _without_halves(text: str) -> str:
    """Return a text in NFC; raise the error about half a character in it."""
    return text if text.isascii() else refuse_characters(composed(text), _HALF)


_YEAR = "[1-9][0-9]{3}"
_MONTH = f"{_YEAR}(-(0[1-9]|1[0-2]))?"
_DAY = (
    f"{_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|[12][0-9]))"
)
_DATE = f"{_MONTH}|{_DAY}"
DATE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": f"^{_MONTH}$"},
        {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
        {"type": "integer", "minimum": 1000, "maximum": 9999},
    ]
}
"""A day, a month or a year, in JSON Schema."""


def _date_as_text(value: object) -> object:
    if isinstance(value, float):
        raise _no_date(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # `date: 2018` is a whole number to YAML, and a year to its author
    if isinstance(value, datetime):
        raise _no_date(value)
    # another reader of YAML makes a date of it
    return value.isoformat() if isinstance(value, date) else value


def _no_date(value: object, reason: str = "is not a date") -> ReadingError:
    message = f"`{quotable(value)}` {reason}"
    meant = cure_of(value, _exists_in_calendar) if isinstance(value, str) else None
    help = meant or "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`"
    return ReadingError("invalid-date", message, help=help)


def _exists_in_calendar(text: object) -> bool:
    if not isinstance(text, str) or re.fullmatch(_DATE, text) is None:
        return False
    with suppress(ValueError):
        return len(text) < len("YYYY-MM-DD") or bool(date.fromisoformat(text))
    return False


def clean_date(text: str) -> str:
    """Return a date, a month or a year that the calendar has.

    Raises
    ------
    ReadingError
        If it is written otherwise, or does not exist.
    """
    if _exists_in_calendar(text):
        return text
    if text.startswith("0") and _exists_in_calendar(f"2{text[1:]}"):
        message, help = f"`{text}` is before the year 1000", "write a date from the year 1000 on"
        raise ReadingError("invalid-date", message, help=help)
    if re.fullmatch("[0-9]{4}-[0-9]{2}(-[0-9]{2})?", text):
        raise _no_date(text, "does not exist in the calendar")
    raise _no_date(text)


def read_date(value: object) -> str:
    """Return a date that a call gives, as a document holds it.

    Raises
    ------
    ReadingError
        If it is no date, or does not exist.
    """
    text = _date_as_text(value)
    if not isinstance(text, str):
        raise _no_date(value)
    return clean_date(text)


def days_of(text: str) -> tuple[date, date]:
    """Return the first and the last day of a date, a month or a year.

    Examples
    --------
    >>> [str(day) for day in days_of("2024-02")]
    ['2024-02-01', '2024-02-29']
    """
    year, month, day = [*map(int, text.split("-")), 0, 0][:3]
    last_month = month or 12
    last = day or monthrange(year, last_month)[1]
    return date(year, month or 1, day or 1), date(year, last_month, last)


_HOST = r'(\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\<>":.\[\]-][^\s/?#@\\<>":\[\]]*)'
_URL = rf'[Hh][Tt][Tt][Pp][Ss]?://{_HOST}(:[0-9]{{1,5}})?([/?#][^\s<>"]*)?'


def clean_url(text: str) -> str:
    """Return an address that a browser opens safely: http or https, with a host.

    Raises
    ------
    ReadingError
        If it is another text.
    """
    if re.fullmatch(_URL, text) is None:
        message = f"`{quotable(text)}` is not a full web address"
        help = "write an address as a browser shows it, such as `https://www.who.int/news`"
        bare = re.sub(r"^(?:doi:\s*)?(?=10\.\d+/)", "doi.org/", text.strip(" <>"))
        bare = re.sub(r"^(?:[a-zA-Z]{3,6}:?)?/+", "", bare).replace(" ", "%20")
        meant = f"https://{bare}"
        if re.match(_NAME_OF_HOST, bare) and re.fullmatch(_URL, meant):
            help = f"write `{meant}`" if quotable(meant) == meant else "begin it with `https://`"
        raise ReadingError("invalid-url", message, help=help)
    return clean_text(text)


_NAME_OF_HOST = r"([\w-]+\.)+(?!pdf|docx?|html?|xlsx?|txt)[a-zA-Z]{2,}([:/?#]|$)"


def _cleaned(clean: Callable[[str], str], least: int | None = None) -> GetPydanticSchema:
    """Return the annotation of a text, whole: a hundred fields have one, and it is soon made."""
    make = core_schema.no_info_after_validator_function
    return GetPydanticSchema(lambda *_: make(clean, core_schema.str_schema(min_length=least)))


Word = Annotated[str, _cleaned(clean_text)]
"""A word that is defined elsewhere: its place says what it may be."""
Text = Annotated[str, _cleaned(clean_text, 1)]
Id = Annotated[
    str,
    _cleaned(clean_id),
    Field(
        json_schema_extra={
            "minLength": 1,
            "maxLength": _LONGEST_ID,
            "pattern": r"^\S(.*\S)?$",
        }
    ),
]
"""Any name in one line: spaces, dots, underscores and letters of any script are fine."""
Date = Annotated[
    str,
    after_reading(clean_date),
    before_reading(_date_as_text),
    WithJsonSchema(DATE_SCHEMA),
]
Url = Annotated[
    str,
    after_reading(clean_url),
    WithJsonSchema({"type": "string", "pattern": f"^{_URL}$"}),
]


def out_of_range(number: object, limits: str = "", path: KeyPath = ()) -> ReadingError:
    """Return the error that a number is beyond its limits, or beyond those of all numbers."""
    limits = limits or f"from {-LARGEST:g} to {LARGEST:g}"
    message = f"`{quotable(number)}` is out of range: {limits}"
    return ReadingError("out-of-range", message, path, "write a number in this range")


def _refuse_large(number: float) -> float:
    if not abs(number) <= LARGEST:
        raise out_of_range(number)
    return number


Number = Annotated[int | float, IN_ORDER, after_reading(_refuse_large)]
"""A number of the largest size or less."""


class Model(BaseModel):
    """The base of every model: frozen, strict, no unknown keys, built when first used.

    Parts that documents of several kinds hold are built at once (`defer_build=False`), and so once.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        defer_build=True,
        allow_inf_nan=False,
        ignored_types=(cached_property,),
    )

    def __copy__(self) -> Self:
        """Return a copy; everything derived is derived anew, and `model_copy` does so, too."""
        copied = super().__copy__()
        for name in vars(copied).keys() - type(self).model_fields.keys():
            del vars(copied)[name]
        return copied

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some of its keys changed.

        Raises
        ------
        UsageError
            If there is no such key; values are checked when the copy is used.
        """
        keys = type(self).model_fields
        for name in update or ():
            if name not in keys:
                raise refusal_of_name(f"there is no key `{name}`", name, keys, "update")
        return super().model_copy(update=update, deep=deep)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return BaseModel.__deepcopy__(self.__copy__(), memo)

    def __getstate__(self) -> dict[Any, Any]:
        return super(Model, self.__copy__()).__getstate__()


class Document(Model):
    """A whole document: it remembers where it was read, for errors that appear later."""

    _origin: Origin | None = PrivateAttr(default=None)

    @property
    def origin(self) -> Origin:
        """The text it was read from."""
        return self._origin or Origin()

    @property
    def is_loaded(self) -> bool:
        """Whether it was checked as a whole; one that code made is checked when it is used."""
        return self._origin is not None

    def remember(self, origin: Origin | None) -> None:
        """Note where it was read, and so that it was checked; None: neither."""
        self._origin = origin

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; one with other content is checked when it is used."""
        copied = super().model_copy(update=update, deep=deep)
        if update:
            copied.remember(None)
        return copied


class Citation(Model):
    """A source and the clause in it."""

    id: Id = Field(description="The id of a source.")
    clause: Text | None = optional_field("The place in the source: article, section, page.")


Cited = Annotated[Word | Citation, IN_ORDER]
"""The id of a source, or {id, clause}."""

Sources = TypeAliasType("Sources", Annotated[Word | Citation | FrozenSequence[Cited], IN_ORDER])
"""One source or several; a named type, so that pydantic builds its schema once."""


class Source(Model, defer_build=False):
    """A source document of the framework or of the candidates."""

    title: Text = Field(description="Title of the document.")
    issuer: Text | None = optional_field("The organisation or office that issued it.")
    date: Date | None = optional_field("Date of issue: YYYY, YYYY-MM or YYYY-MM-DD.")
    url: Url | None = optional_field("Public address, with http or https.")
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
    basis: Literal["judgement"] | None = optional_field(
        "`judgement` if it is the rater's own and rests on no source."
    )
    note: Text | None = optional_field("A remark for readers.")
    by: Text | None = optional_field("The office or document behind it; never a person's name.")
    date: Date | None = optional_field("Date of the statement: YYYY, YYYY-MM or YYYY-MM-DD.")
    until: Date | None = optional_field(
        "Last day on which it holds; of a month or a year its last day. Compared with `as_of` of "
        "the list."
    )


def has_expired(entry: object, day: date | None) -> bool:
    """Return whether an entry of a candidate holds no longer on a day; None: there is no day."""
    until = entry.until if isinstance(entry, Backed) else None
    return until is not None and day is not None and days_of(until)[1] < day


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
