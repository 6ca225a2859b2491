"""Texts and numbers as readers see them: in one line, wrapped, measured, in words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from ..errors import printable

__all__ = [
    "capitalised",
    "code_parts",
    "count_in_words",
    "cut",
    "display_width",
    "figure",
    "listed",
    "number",
    "one_line",
    "outward",
    "percent",
    "plural",
    "quoted",
    "rounded_parts",
    "short_digest",
    "summing_digits",
    "words_of",
    "wrap",
]

# the joiners that Persian, Hindi and others spell with; they steer nothing
_JOINERS = re.compile("([\u200c\u200d])")


def one_line(text: str) -> str:
    r"""Return a text in one line, with single spaces, without control characters.

    Examples
    --------
    >>> one_line("  two\n lines \x1b[31m ")
    'two lines �[31m'
    """
    parts = _JOINERS.split(" ".join(text.split()))
    return "".join(part if _JOINERS.fullmatch(part) else printable(part) for part in parts)


def short_digest(digest: str) -> str:
    """Return the beginning of a digest, which is enough to tell one from another."""
    return f"{digest[:19]}…"


_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def code_parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, and whether each is between backticks, as ids are.

    A backtick without a partner remains a sign.

    Examples
    --------
    >>> list(code_parts("there is no candidate `flu`"))
    [('there is no candidate ', False), ('flu', True)]
    """
    for place, part in enumerate(_CODE.split(text)):
        if part:
            yield part, place % 2 == 1


def display_width(text: str) -> int:
    """Return the columns of a terminal that a text takes.

    Two for East Asian wide letters, none for combining ones.

    Examples
    --------
    >>> [display_width(text) for text in ("flu", "流感", "e\u0301")]
    [3, 4, 1]
    """
    return len(text) if text.isascii() else sum(map(_character_width, text))


@cache
def _character_width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_LINK = re.compile(r"[(\[]?(?:https?://|sha256:)")


# a per cent sign stays with its number, a shape with its verdict
_GAPS = re.compile("(?<![●◆▲✕○]) (?!%)")


def words_of(text: str) -> list[str]:
    """Return the parts of a text between which a line may end.

    Examples
    --------
    >>> words_of("▲ refer in 51 % of draws")
    ['▲ refer', 'in', '51 %', 'of', 'draws']
    """
    return _GAPS.split(text)


def wrap(text: str, width: int | None, *, keep_links: bool = False) -> list[str]:
    """Return a text in lines of whole words; a word that no line holds is broken.

    Parameters
    ----------
    text : str
        In one line; see `one_line`.
    width : int, optional
        Columns in a line, at least 1; None for as many as it takes.
    keep_links : bool
        Whether links and digests stay whole in a line that is then too long: they are copied.
    """
    if width is None or display_width(text) <= width:
        return [text]
    lines = [""]
    for word in words_of(text):
        longer = f"{lines[-1]} {word}".lstrip()
        if display_width(longer) <= width:
            lines[-1] = longer
            continue
        is_kept = keep_links and _LINK.match(word)
        pieces = [word] if is_kept else list(_broken_word(word, width))
        if lines[-1]:
            lines.extend(pieces)
        else:
            lines[-1:] = pieces
    return lines


def _broken_word(word: str, width: int) -> Iterator[str]:
    """Yield parts of a word that fit, broken after hyphens where it has some."""
    while (end := _fitting(word, width)) < len(word):
        end = word.rfind("-", 1, end) + 1 or end
        # a wide letter in a column of one is left out, lest this never ends
        yield word[:end] or "…"
        word = word[max(end, 1) :]
    if word:
        yield word


def _fitting(text: str, width: int) -> int:
    """Return how many leading characters `width` holds; combining characters stay with theirs."""
    used = 0
    for index, character in enumerate(text):
        used += _character_width(character)
        if used > width:
            return index
    return len(text)


def cut(text: str, width: int) -> str:
    """Return a text in one line of at most `width` columns, with an ellipsis where it is cut."""
    if display_width(text) <= width:
        return text
    return text[: _fitting(text, width - 1)].rstrip() + "…"


def number(value: float, digits: int = 1) -> str:
    """Return a number with fixed digits after the point; a number that rounds to 0 has no sign.

    Examples
    --------
    >>> number(87.46), number(-0.04), number(float("inf")), number(1e300)
    ('87.5', '0.0', '∞', '1e+300')
    """
    if math.isinf(value):
        return str(value).replace("inf", "∞")
    if abs(value) >= 1e15:
        return f"{value:.9g}"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return text.removeprefix("-")
    return text


def outward(low: float, high: float, digits: int = 0) -> tuple[float, float]:
    """Return the bounds of an interval, rounded so that they hold all of it.

    Whatever lies between the bounds and is rounded to as many digits or more, lies between the
    rounded ones.

    Examples
    --------
    >>> outward(64.4, 66.52), outward(64.4, 66.52, 1), outward(70.99999999999, 75)
    ((64.0, 67.0), (64.4, 66.6), (71.0, 75.0))
    """
    if not (abs(low) < 1e15 and abs(high) < 1e15):
        return low, high
    scale = 10.0**digits
    return (
        math.floor(low * scale + _SLACK) / scale,
        math.ceil(high * scale - _SLACK) / scale,
    )


_SLACK = 1e-7
"""Part of the last digit by which arithmetic may be off: 71 is not rounded down to 70 for it."""


def rounded_parts(parts: Sequence[float], total: float, digits: int = 1) -> list[float]:
    """Return the parts of a total, rounded so that they sum to the rounded total.

    Each is rounded up or down to so many digits; those with the greatest remainders go up.

    Parameters
    ----------
    parts : sequence of float
        They sum to the total.
    total : float
    digits : int

    Examples
    --------
    >>> rounded_parts([25 / 3, 25 / 3, 25 / 3], 25.0)
    [8.4, 8.3, 8.3]
    """
    scale = 10**digits
    units = [part * scale for part in parts]
    rounded = [math.floor(unit) for unit in units]
    # the number that readers see, which Python rounds half to even
    missing = round(float(number(total, digits)) * scale) - sum(rounded)
    by_remainder = sorted(range(len(units)), key=lambda k: rounded[k] - units[k])
    for k in by_remainder[: max(missing, 0)]:
        rounded[k] += 1
    return [unit / scale for unit in rounded]


def summing_digits(
    groups: Sequence[tuple[Sequence[float], float]], tried: Sequence[int] = (1, 2)
) -> tuple[int, list[list[float]]]:
    """Return the fewest digits with which parts sum to their totals as printed, and the parts.

    Parameters
    ----------
    groups : sequence of (parts, total)
    tried : sequence of int
        Numbers of digits.

    Returns
    -------
    digits : int
        One of those tried, or 2.
    parts : list of list of float
        Each rounded to the nearest; where that makes no sum, they have two digits if these are
        tried, and some are rounded the other way.

    Examples
    --------
    >>> summing_digits([([11.11, 8.33, 56.8], 76.24)])
    (1, [[11.1, 8.3, 56.8]])
    >>> summing_digits([([25 / 3, 25 / 3, 25 / 3], 25.0)])
    (2, [[8.34, 8.33, 8.33]])
    """
    for digits in tried:
        rounded = [[float(number(part, digits)) for part in parts] for parts, _ in groups]
        sums = [number(math.fsum(parts), digits) for parts in rounded]
        if sums == [number(total, digits) for _, total in groups]:
            return digits, rounded
    digits = 2 if 2 in tried else tried[0]
    return digits, [rounded_parts(parts, total, digits) for parts, total in groups]


def figure(value: float) -> str:
    """Return a number with the digits it has, up to six.

    Examples
    --------
    >>> figure(3.0), figure(2.5), figure(1e6)
    ('3', '2.5', '1,000,000')
    """
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.6g}"


def percent(share: float) -> str:
    """Return a share in whole per cent for a sentence; only 0 and 1 are 0 and 100 %.

    Examples
    --------
    >>> [percent(share) for share in (0.004, 0.834, 0.999, 1.0)]
    ['less than 1 %', '83 %', 'more than 99 %', '100 %']
    """
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def count_in_words(count: int) -> str:
    """Return a count for a sentence: up to ten as a word.

    Examples
    --------
    >>> count_in_words(3), count_in_words(12), count_in_words(2000)
    ('three', '12', '2,000')
    """
    return _COUNTS[count] if count < len(_COUNTS) else f"{count:,}"


_COUNTS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def capitalised(text: str) -> str:
    """Return a text with a capital as its first letter.

    Examples
    --------
    >>> capitalised("flu in China")
    'Flu in China'
    """
    return text[:1].upper() + text[1:]


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words with commas, and "and" or another word before the last.

    Examples
    --------
    >>> listed(["rank"]), listed(["score", "rank"]), listed(["ice", "flu", "moon"], "or")
    ('rank', 'score and rank', 'ice, flu or moon')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def quoted(titles: Sequence[str], most: int | None = None) -> str:
    """Return titles in quotes as a list in words, at most so many, and the number of the others.

    Examples
    --------
    >>> quoted(["Flu", "Ice"]), quoted(["Flu", "Ice", "Moon"], 1)
    ('"Flu" and "Ice"', '"Flu" and 2 more')
    """
    words = [f'"{title}"' for title in titles[:most]]
    if len(titles) > len(words):
        words.append(f"{len(titles) - len(words):,} more")
    return listed(words)


def plural(count: int, thing: str, several: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "candidate"), plural(2000, "candidate"), plural(2, "country", "countries")
    ('1 candidate', '2,000 candidates', '2 countries')
    """
    if count == 1:
        return f"1 {thing}"
    return f"{count:,} {several or thing + 's'}"
