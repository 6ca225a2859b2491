"""What was likely meant by a value that cannot stand in its place.

Patterns are texts: most documents have no mistakes, and need none of them.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from ..errors import ReadingError, quotable

__all__ = ["UNKNOWN", "cure_of", "cure_of_amount"]

UNKNOWN = "unknown"
"""How an unknown rating or answer is written."""

_UNANSWERED = (
    "unknown|?|-|--|n/a|na|n.a.|nan|nil|null|tbd|tba|tbc|missing|open|unclear|empty|not known"
    "|not available|not applicable|don't know|unkown|unknow"
)
_ALIKE: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (_UNANSWERED, (UNKNOWN, [])),
    ("none", ([], UNKNOWN)),
    ("yes|y|true|t|1|on|ja|oui|si|done|active", ("yes", "in_place")),
    ("no|n|false|f|0|off|nein|non", ("no",)),
    ("x", ("yes", "no")),
    ("bool|boolean|yes/no", ("flag",)),
    ("int|integer|float|numeric|percent", ("number",)),
    ("text|string|enum|category|option|options", ("choice",)),
    ("ordinal|levels", ("level",)),
    ("min|minimize|minimise|lower|less", ("low", "minimum")),
    ("max|maximize|maximise|higher|more", ("high", "maximum")),
    ("mean|average|sum|linear|weighted", ("arithmetic", "average")),
)
"""Words of other tools and languages, and what they may mean here."""
_NUMERALS = "zero|one|two|three|four|five|six|seven|eight|nine|ten"
_WORDS_MEANT = {word: meant for words, meant in _ALIKE for word in words.split("|")}
_WORDS_MEANT |= {word: (number,) for number, word in enumerate(_NUMERALS.split("|"))}
_LONGEST_MEANT, _LARGEST_MEANT = 100, 10**50
_SIZES = {
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "mio", "million", "millions"), 10**6),
    **dict.fromkeys(("bn", "billion", "billions"), 10**9),
}
_CURRENCY = r"usd|eur|gbp|jpy|chf|us\$|dollars?|euros?|[$€£¥]"
_FIGURE = (
    rf"(?:~|≈|=|about|around|between|approx(?:\.|imately)?|ca\.?|circa|{_CURRENCY}|\s)*"
    rf"(?P<digits>[-+]?\d(?:[\d.,'_ ]*\d)?)\s*(?P<size>{'|'.join(_SIZES)})?"
    rf"(?:%|per ?cent|{_CURRENCY}|points?|[;,.]|\([^()]*\)|(?:/|out of|of)\s*\d+|\s)*"
)
_BETWEEN_ENDS = r"\s*(?:-|[‐-―−]|\.\.+|;|\bto\b|\band\b|\bbis\b|:)\s*|\s+"
_BETWEEN_WORDS = r"(?i)\s*(?:[,;/|]|\bor\b|\band\b)\s*"
_DATES = {
    "%Y-%m-%d": "%Y-%m-%d|%Y/%m/%d|%Y.%m.%d|%Y %m %d|%Y%m%d|%d.%m.%Y|%d/%m/%Y|%m/%d/%Y|%d-%m-%Y"
    "|%m-%d-%Y|%d %b %Y|%d %B %Y|%b %d, %Y|%B %d, %Y",
    "%Y-%m": "%b %Y|%B %Y|%m/%Y|%Y/%m",
}
"""How dates are written in other places, by how they are written here."""


def cure_of(written: object, accepts: Callable[[Any], object], unit: str = "") -> str | None:
    """Return the help that gives what was likely meant by a wrong value; None: nothing is likely.

    Parameters
    ----------
    written : object
        As it was read.
    accepts : callable
        Raises `ReadingError` at a value that cannot stand in its place, or returns False: the kind
        of the value decides what was meant.
    unit : str
        Words that may stand beside a number, such as those of its unit.

    Examples
    --------
    >>> cure_of("Ja", lambda value: value in ("yes", "no"))
    'write `yes`'
    """
    with suppress(ReadingError):
        if accepts(written) is not False:
            return None  # not this value is wrong, but another beside it
    meant: dict[str, None] = {}
    for value in _meanings(_without_unit(written, unit)):
        with suppress(ReadingError):
            if accepts(value) is not False:
                is_number = isinstance(written, int | float) and quotable(written) == value
                meant[f'"{value}"' if is_number else quotable(value)] = None
    if not meant:
        return None
    without = ", without quotes" if isinstance(written, str) and written.strip() in meant else ""
    return f"write {' or '.join(f'`{one}`' for one in [*meant][:2])}{without}"


def _without_unit(written: object, unit: str) -> object:
    """Return a value as it was read, but a text without the words of a unit, and its multiple."""
    if not isinstance(written, str):
        return written
    size = _size_in(unit)
    same = "|".join(word for word, multiple in _SIZES.items() if multiple == size)
    if same:  # `4 MUSD`, of a unit in million USD
        written = re.sub(rf"(?i)(?<=[\d ])(?:{same})(?=\W|$|{_CURRENCY})", "", written)
    for word in unit.split():
        written = written.replace(word, "")
    return written


def cure_of_amount(written: str, name: str = "", unit: str = "") -> str | None:
    """Return the help that gives a number for an amount, in the unit of what it is compared with.

    Parameters
    ----------
    written : str
        The amount, which may name a multiple, such as `5 million`.
    name, unit : str
        What it is compared with, and its unit; empty if none is known.

    Returns
    -------
    str or None
        None where the unit makes no difference.

    Examples
    --------
    >>> cure_of_amount("5 million", "budget", "million USD")
    'write `5`: the unit of `budget` is million USD'
    >>> cure_of_amount("5 million")
    'write `5000000`, or `5` if the unit is in millions'
    """
    number, size, own = next(_numbers(written), None), _size_in(unit), _size_in(written)
    if number is None or (unit and size == 1) or (own == 1 and number < size):
        return None
    if size > 1:
        return f"write `{quotable(_divided(number, size))}`: the unit of `{name}` is {unit}"
    if own == 1:
        return None
    plain = quotable(_divided(number, own))
    return f"write `{number}`, or `{plain}` if the unit is in {_MULTIPLES[own]}"


_MULTIPLES = {10**3: "thousands", 10**6: "millions", 10**9: "billions"}


def _size_in(text: str) -> int:
    """Return the multiple that an amount or a unit names, 1 if none; `m` alone is metres."""
    words = re.findall(r"[^\W_]+", re.sub(r"\d", " 0 ", text.casefold()))
    if words in (["m"], ["k"]):
        return 1
    return next((_SIZES[word] for word in words if word in _SIZES), 1)


def _divided(number: float, size: int) -> int | float:
    found = number / size
    return int(found) if found.is_integer() else found


def _meanings(written: object) -> Iterator[Any]:
    """Yield what a value could mean, as plain data, the likeliest first; the caller tries each."""
    if isinstance(written, list):
        yield from _meanings_of_list(written)
        return
    text = written if isinstance(written, str) else quotable(written)
    if len(text) > _LONGEST_MEANT or (isinstance(written, int) and abs(written) > _LARGEST_MEANT):
        return
    if text is not written:
        yield text
    yield from _meanings_of_text(text)


def _meanings_of_text(text: str) -> Iterator[Any]:
    folded = unicodedata.normalize("NFKC", text).strip(" \"'").casefold()
    yield from _WORDS_MEANT.get(folded.rstrip(".?!") or folded, ())
    numbers = [*_numbers(folded)]
    yield from numbers
    first, *others = re.split(_BETWEEN_ENDS, folded.removeprefix("between "), maxsplit=1)
    if others and not numbers:
        unit = others[0].lstrip("0123456789.,") if first[-1:].isdigit() else ""
        yield from _meanings_of_list([first + unit, *others])
    yield [part for part in re.split(_BETWEEN_WORDS, text.strip()) if part]
    yield from _dates(text.strip())


def _meanings_of_list(parts: list[Any]) -> Iterator[Any]:
    numbers = [next(_numbers(str(part)), None) for part in parts]
    sure = sorted(number for number in numbers if number is not None)
    if len(parts) == 1:
        yield from _meanings(parts[0])
    elif parts and len(sure) == len(parts):
        yield [sure[0], sure[-1]]
    if len(parts) == len(sure) == 3:
        yield dict(zip(("value", "low", "high"), (sure[1], sure[0], sure[2]), strict=True))


def _numbers(text: str) -> Iterator[int | float]:
    """Yield the numbers that a text can stand for: commas are of thousands, or of decimals."""
    yield from (word for word in _WORDS_MEANT.get(text, ()) if isinstance(word, int))
    found = re.fullmatch(_FIGURE, text.casefold().strip())
    if found is None or re.search(r" (?!\d{3}\b)", found["digits"]):  # none, or two
        return
    digits = re.sub(r"['_ ]", "", found["digits"])
    for decimal, group in ((".", ","), (",", ".")):
        whole = rf"[-+]?(\d+|\d{{1,3}}(\{group}\d{{3}})+)"
        if re.fullmatch(rf"{whole}(\{decimal}\d*)?", digits):
            number = float(digits.replace(group, "").replace(decimal, "."))
            number *= _SIZES.get(found["size"], 1)
            if math.isfinite(number):
                yield int(number) if number.is_integer() else number


def _dates(text: str) -> Iterator[str]:
    if not re.search(r"\d{4}", text):
        return
    yield text[: len("YYYY-MM-DD")]  # without a time
    for form, others in _DATES.items():
        for other in others.split("|"):
            with suppress(ValueError):
                yield datetime.strptime(text, other).strftime(form)
