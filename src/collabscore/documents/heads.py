"""Heads of columns: which key, criterion, fact or safeguard a column of a table holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ..checks.candidates import KnownIds
from ..errors import did_you_mean
from ..models.base import Backed, title_of
from ..models.framework import Framework

__all__ = ["LIST_KEYS", "PARTS", "Head", "Heads", "folded"]

_KEYS = {
    "id": (),
    "title": ("name",),
    "summary": ("description",),
    "unit": (),
    "tags": ("tag",),
    "part_of": (),
    "note": ("notes", "comment", "comments", "remark", "remarks"),
    "safeguards": (),
    "partners": (),
    "framework": ("frameworks",),
    "as_of": (),
    "sources": (),
    "list.title": (),
    "list.summary": (),
    "list.note": (),
    "list.unit": (),
    "answered": (),
}
"""Keys of a candidate or of the list that a column may hold, and other names for them.

`answered` is the state of completion, by a formula: it is not read.
"""
LIST_KEYS = ("framework", "as_of", "sources", *(key for key in _KEYS if key.startswith("list.")))
"""Those of the list: cells that are filled say the same."""
PARTS = ("low", "high", "value", *Backed.model_fields)
"""Keys of a rating, fact or safeguard that may have a column of their own: `gain.low`."""
_OTHER_PARTS = {"notes": "note", "comment": "note", "source": "evidence", "sources": "evidence"}


class Head(NamedTuple):
    """The meaning of a column.

    Parameters
    ----------
    section : str
        `ratings`, `facts` or `safeguards`; empty for a key of the candidate or the list.
    key : str
        That key, or the id of a criterion, fact or safeguard.
    part : str
        One of `PARTS`; empty for the rating, answer or status itself.
    """

    section: str
    key: str
    part: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Its keys in a candidate."""
        return tuple(filter(None, self))


def folded(text: str) -> str:
    """Return the letters and digits of a text by which it is compared, in words.

    Examples
    --------
    >>> folded(" Dual-use (low) "), folded("dual_use.low")
    ('dual use low', 'dual use low')
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[^\w]+|_", " ", plain).strip()
    return words or plain.strip()


class Heads:
    """Reads heads of columns by the definitions of frameworks.

    Parameters
    ----------
    frameworks : sequence of Framework
        If empty, only keys of candidates and of lists are understood.
    """

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.known = KnownIds(frameworks)
        self.names = " or ".join(dict.fromkeys(f"`{framework.id}`" for framework in frameworks))
        self._exact: dict[str, list[Head]] = {}
        self._folded: dict[str, list[Head]] = {}
        for key, others in _KEYS.items():
            self._add(Head("", key), [key], others)
        for framework in frameworks:
            for key, ids in framework.ids_by_party.items():
                self._add_parties(key, ids)
        for section, definitions in self._defined.items():
            for key, definition in definitions.items():
                title = title_of(key, getattr(definition, "title", None))
                self._add(Head(section, key), [key, f"{section}.{key}"], [title])

    @cached_property
    def _defined(self) -> dict[str, Mapping[str, Any]]:
        """What may have a column, by the section of a candidate."""
        known = self.known
        criteria = {key: known.leaves.get(key) for key in known.criteria}
        return {"ratings": criteria, "facts": known.facts, "safeguards": known.safeguards}

    def _add(self, head: Head, names: Sequence[str], titles: Sequence[str] = ()) -> None:
        """Add a head by its names, which count as they are spelt, and by its titles."""
        for name in names:
            self._exact.setdefault(name, []).append(head)
        for word in dict.fromkeys(map(folded, (*names, *titles))):
            self._folded.setdefault(word, []).append(head)

    def _add_parties(self, key: str, ids: Mapping[str, str]) -> None:
        """Add `benefit`, which may hold an answer for each party, and `benefit.eu`."""
        for section in ("ratings", "facts"):
            definitions = self._defined[section]
            if key not in definitions and not definitions.keys().isdisjoint(ids.values()):
                self._add(Head(section, key), [key])
                for party, made in ids.items():
                    self._add(Head(section, made), [f"{key}.{party}"])

    def read(self, text: str) -> list[Head]:
        """Return the meanings that a head can have: one where it is understood.

        Its own spelling counts more than one that differs in capitals, blanks or signs.
        """
        bare = text.strip()
        found = self._meanings(self._exact, bare, ".")
        for spelt in (bare, re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", bare)):
            # without what stands in brackets behind it: `Budget (million USD)`
            found = found or self._meanings(self._folded, folded(spelt), " ")
        return found

    def _meanings(self, names: Mapping[str, list[Head]], spelt: str, sign: str) -> list[Head]:
        found = list(names.get(spelt, ()))
        name, _, part = spelt.rpartition(sign)
        part = _OTHER_PARTS.get(part, part)
        if part in PARTS:
            of = [head for head in names.get(name, ()) if head.section and not head.part]
            found += [head._replace(part=part.removeprefix("value")) for head in of]
        return [*dict.fromkeys(found)]

    def text(self, head: Head) -> str | None:
        """Return the shortest text that is read as a head; None where each has other meanings."""
        ends = ".".join(filter(None, head[1:]))
        texts = (ends, f"{head.section}.{ends}")
        return next((text for text in texts if self.read(text) == [head]), None)

    def meant(self, text: str) -> str | None:
        """Return the help for a head that is not understood: the likely one, or none."""
        named: dict[str, Any] = dict.fromkeys(_KEYS)
        for definitions in self._defined.values():
            named |= definitions
        help = did_you_mean(text.strip(), named)
        return help if help is not None and help.startswith("did you mean") else None
