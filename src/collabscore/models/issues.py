"""What is wrong with a document whose parts are each well formed: a finding not yet tied to a text.

Imports nothing of the package. `documents.loading` turns an issue into a `Diagnostic` with its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Path, Severity, likely

__all__ = ["Issue", "choose_from", "unknown_word"]


@dataclass(frozen=True)
class Issue:
    """One finding: code, message, and the path of keys and positions to its place.

    Parameters
    ----------
    at_key : bool
        Whether it is the key at the end of `path` that is wrong, rather than the value.
    within : tuple of int, optional
        The columns of the text at `path` that are meant, from 0, the end exclusive.
    also : tuple of (str, Path)
        Other places that belong to it, each with a word about it.
    """

    code: str
    message: str
    path: Path = ()
    help: str | None = None
    at_key: bool = False
    within: tuple[int, int] | None = None
    also: tuple[tuple[str, Path], ...] = ()
    severity: Severity = "error"


def choose_from(words: Iterable[str], most: int = 12) -> str | None:
    """Return the help that lists what there is to choose from."""
    known = list(words)
    if not known:
        return None
    shown = ", ".join(f"`{word}`" for word in known[:most])
    return f"choose from {shown}" + (f" and {len(known) - most} more" if len(known) > most else "")


def unknown_word(word: object, choices: Iterable[str]) -> str | None:
    """Return the help for a word that is not among `choices`: the likely one, else the list."""
    known = list(choices)
    guess = likely(word, known)
    return f"did you mean `{guess}`?" if guess is not None else choose_from(known)
