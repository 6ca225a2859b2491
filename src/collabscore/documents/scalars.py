"""What a plain scalar means: the core schema of YAML 1.2.

Imports nothing of the package. `NO` is a country, `012` is twelve, `1:30` is text and `1e3` a number.

References
----------
YAML 1.2.2, section 10.3 (core schema). https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

__all__ = ["is_plain_key", "plain", "tagged"]

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_MAX_DIGITS = 300


def plain(text: str) -> Scalar:
    """Return what an unquoted scalar means.

    Examples
    --------
    >>> [plain(text) for text in ("NO", "012", "1:30", "1e3", "true", "~")]
    ['NO', 12, '1:30', 1000.0, True, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first not in "0123456789+-." or len(text) > _MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OCTAL.fullmatch(text):
        return int(text, 0)
    return int(text, 0) if _HEXADECIMAL.fullmatch(text) else text


def _as(kind: type | tuple[type, ...]) -> Callable[[str], Scalar]:
    def read(text: str) -> Scalar:
        value = plain(text)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(text)
        return value

    return read


_TAGS: dict[str, Callable[[str], Scalar]] = {
    "str": str,
    "int": _as(int),
    "float": lambda text: float(_as((int, float))(text)),  # type: ignore[arg-type]
    "bool": _as(bool),
    "null": _as(type(None)),
}


def tagged(tag: str, text: str) -> Scalar:
    """Return the value of a scalar with an explicit tag.

    Raises
    ------
    KeyError
        If the tag is not one of the core schema.
    ValueError
        If the text is not what the tag says.
    """
    return _TAGS[tag.removeprefix("tag:yaml.org,2002:")](text)


def is_plain_key(value: object) -> bool:
    """Return whether a value may be a key: a text or a finite number."""
    return isinstance(value, str) or (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    )
