"""Columns of a table: which criterion, fact or key each holds, and the meanings of its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from difflib import SequenceMatcher
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..arrays import frozen
from ..checks.candidates import KnownIds
from ..errors import DocumentError, ReadingError, quotable
from ..models.base import Backed, composed, title_of
from ..models.facts import DateFact, FlagFact, NumberFact, SetFact
from ..models.framework import Framework
from ..output.text import listed
from .reader import plain, read_yaml
from .sheets import is_blank, text_of

__all__ = [
    "LIST_KEYS",
    "PARTS",
    "CellReader",
    "Head",
    "Heads",
    "Readings",
    "folded",
    "read_words",
]

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


_LITTLE_WORDS = frozenset(("a", "and", "for", "in", "of", "on", "or", "the", "to"))
_MOST_MEANT = 3


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
        """Return the help for a head that is not understood: the likely ones, or a group; or None.

        It names all heads that share most words with the text, and the answers for all parties
        where none of them is named: a wrong one would be filled in without notice.
        """
        found = self._likely(text)
        groups = self._groups
        if len(found) == 1 and found[0] in groups:
            inside = ", ".join(f"`{key}`" for key in groups[found[0]])
            return f"`{found[0]}` is a group, which takes no rating; its criteria: {inside};"
        found = [key for key in found if key not in groups]
        if not 1 <= len(found) <= _MOST_MEANT:
            return None
        return f"did you mean {listed([f'`{key}`' for key in found], 'or')}?"

    def _likely(self, text: str) -> list[str]:
        """Return the ids that share most words with a text, else those that are spelt alike."""
        titles, words = self._titles, set(folded(text).split()) - _LITTLE_WORDS
        shared = {}
        for key, title in titles.items():
            shared[key] = len(words & {*folded(key).split(), *folded(title).split()})
        most = max(shared.values())
        if 2 * most > len(words):
            return [key for key in titles if shared[key] == most]
        return self._siblings_of(_spelt_alike(folded(text), titles))

    @cached_property
    def _titles(self) -> dict[str, str]:
        """The titles of all that a head can be likely to mean, by id; of groups too."""
        titles = {key: " ".join(others) for key, others in _KEYS.items()}
        for framework in self.known.frameworks:
            titles |= {key: group.title for key, group in framework.groups.items()}
        for definitions in self._defined.values():
            for key, one in definitions.items():
                titles[key] = title_of(key, getattr(one, "title", None))
        return titles

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        """The criteria of each group."""
        groups: dict[str, list[str]] = {}
        for framework in self.known.frameworks:
            groups |= {key: framework.leaves_below(key) for key in framework.groups}
        return groups

    def _siblings_of(self, key: str | None) -> list[str]:
        """Return an id with those that are made for the other parties; none of no id."""
        for framework in self.known.frameworks:
            for ids in framework.ids_by_party.values():
                if key in ids.values():
                    return list(ids.values())
        return [] if key is None else [key]


def _spelt_alike(text: str, titles: Mapping[str, str]) -> str | None:
    """Return the id of which the id or the title is spelt most like a text; None: none is."""
    alike: dict[str, float] = {}
    for key, title in titles.items():
        for name in (folded(key), folded(title)):
            ratio = SequenceMatcher(None, text, name).ratio()
            alike[key] = max(ratio, alike.get(key, 0.0))
    best = max(alike, key=lambda key: alike[key])
    least = 0.75 if len(text) < _LONG else 0.8
    return best if alike[best] >= least else None


_LONG = 8


# cells

_UNKNOWN = frozenset(
    ("?", "-", "--", "–", "—", "n/a", "#n/a", "n.a.", "na", "nan", "null", "<na>", "nat", "unknown")
)
"""Words for an unknown answer, beside a blank cell, unless the fact has such an answer."""
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
_IN_PLACE, _NOT_IN_PLACE = ("in place", "x", *_YES), ("none", "not in place", *_NO)


def _is_unknown(text: str) -> bool:
    return text.strip().casefold() in _UNKNOWN


class Readings(dict[tuple[type, Any], Any]):
    """Meanings of the cells of a column: each different cell is read once, and errors are kept."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, key: tuple[type, Any]) -> Any:
        try:
            found = None if is_blank(key[1]) else frozen(self.read(key[1]))  # rows share it
        except ReadingError as error:
            found = error
        with suppress(TypeError):  # a list is no key
            self[key] = found
        return found

    def of(self, cell: Any) -> Any:
        """Return the meaning of a cell: plain data, None if it is unknown, or a `ReadingError`."""
        if cell.__class__.__hash__ is None:
            return self.__missing__((list, cell))
        return self[cell.__class__, cell]  # 1, 1.0 and true are equal, and not the same


class CellReader(NamedTuple):
    """Reads the cells of a table by the definitions of frameworks.

    Text that is not understood stays as it is: the same checks as in YAML refuse it.

    Parameters
    ----------
    heads : Heads
    has_commas : bool
        Whether numbers have decimal commas.
    """

    heads: Heads
    has_commas: bool = False

    def readings(self, head: Head) -> Readings:
        """Return the meanings of the cells of a column."""
        if head.part in _READERS_OF_PARTS:
            return Readings(_READERS_OF_PARTS[head.part])
        known = self.heads.known
        match head.section:
            case "ratings":
                scale = known.criteria.get(head.key)
                levels = scale.named() if scale is not None else {}
                return Readings(partial(self._read_rating, levels))
            case "facts":
                return Readings(self._reader_of_fact(known.facts.get(head.key)))
            case "safeguards":
                return Readings(_read_status)
        if head.key == "safeguards":
            named = [(title_of(key, one.title), key) for key, one in known.safeguards.items()]
            names = _by_words([*named, *((key, key) for key in known.safeguards)])
            return Readings(partial(_read_safeguards, names))
        return Readings(_READERS_OF_KEYS.get(head.key, _read_text))

    def _reader_of_fact(self, fact: Any) -> Callable[[Any], Any]:
        """Return the function that reads answers to a fact; None is one asked of each party."""
        match fact:
            case None:
                return _read_yaml_or_text
            case FlagFact():
                return _read_flag
            case NumberFact():
                return partial(self._read_rating, {})
            case DateFact():
                return _read_days
            case SetFact():
                names = list(self._items_of(fact))
            case _:
                names = [(answer, answer) for answer in fact.answers]
        return _AnswerReader(fact, {**_by_words(names), **{name: name for _, name in names}}).read

    def _items_of(self, fact: SetFact) -> Iterator[tuple[str, str]]:
        """Yield the items of a set, each behind its title and behind its id."""
        for framework in self.heads.known.frameworks:
            if fact.of in framework.all_lists:
                schema = fact.answer_schema(framework.all_lists)
                yield from zip(schema["enumDescriptions"], schema["enum"], strict=True)
                yield from zip(schema["enum"], schema["enum"], strict=True)

    def _read_rating(self, levels: Mapping[str, float], cell: Any) -> Any:
        """Return a number, the name of a level, or a pair of them as a range."""
        if isinstance(cell, date):
            raise _made_a_date(cell)
        if not isinstance(cell, str):
            return cell
        text = cell.strip()
        if text in levels:
            return text
        if _is_unknown(text):
            return None
        found = self._point_or_range(levels, text)
        if found is None and _DATE.fullmatch(text.casefold()):
            raise _made_a_date(text)
        return _read_yaml_or_text(text) if found is None else found

    def _point_or_range(self, levels: Mapping[str, float], text: str) -> Any:
        """Return the number, the level or the pair of them in a text; None for another text."""
        found = self._point(levels, text)
        if found is not None:
            return found
        ends = [self._point(levels, end) for end in re.split(_BETWEEN_NUMBERS, text)]
        return ends if len(ends) == 2 and None not in ends else None

    def _point(self, levels: Mapping[str, float], text: str) -> Any:
        """Return the number or the level in a text; None for another text."""
        number = self._number(text)
        if number is not None:
            return number
        words = _by_words([(level, level) for level in levels])
        if folded(text) in words:
            return words[folded(text)]
        # `4 - high`, as lists to choose from show a level
        found = re.fullmatch(r"([-+\d.,]+)[\s:=(–-]+(.+?)\)?", text)
        number = None if found is None else self._number(found[1])
        level = None if found is None else words.get(folded(found[2]))
        return number if level is not None and levels[level] == number else None

    def _number(self, text: str) -> int | float | None:
        """Return the number that a text is; None for another text.

        Raises
        ------
        ReadingError
            If it is not clear whether a point divides thousands.
        """
        if self.has_commas and re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+", text):
            whole, decimal = text.replace(".", ""), text.replace(".", ",", 1)
            message = f"`{text}` can be {whole} or {decimal}: this table has decimal commas"
            help = f"write `{whole}` or `{decimal}`"
            raise ReadingError("ambiguous-number", message, help=help)
        if self.has_commas and text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        found = plain(text) if _NUMBER.fullmatch(text) else None
        return found if isinstance(found, int | float) else None


_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_BETWEEN_DAYS = r"\s*(?:[‐-―−]|\.\.+|…|\bto\b)\s*|\s+-\s+"
_BETWEEN_NUMBERS = rf"{_BETWEEN_DAYS}|(?<=\d)-(?=[-+.\d])"
_MONTHS = (
    "jan|feb fév fev|mar mär mrz|apr avr abr|may mai|jun jui|jul|aug aoû ago|sep|oct okt|nov|dec"
)
_MONTH_OF = {word: k for k, words in enumerate(_MONTHS.split("|"), 1) for word in words.split()}
_MONTH_OF |= {"ene": 1, "dez": 12, "déc": 12, "dic": 12}
_MONTH = rf"(?P<{{}}>{'|'.join(_MONTH_OF)})[^\W\d]*\.?"
_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})[-. /]*{_MONTH.format('behind')}"
    rf"|{_MONTH.format('before')}[-. /]*(?P<number>\d{{1,2}})|\d{{4}}-(?P<m>\d\d)-(?P<d>\d\d)"
)
"""Dates that spreadsheet programs make of `3-5`: 3 May, May 3, 2026-05-03."""


def _by_words(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return ids by the words of their names, but for words that several ids share."""
    found: dict[str, set[str]] = {}
    for name, key in names:
        found.setdefault(folded(name or key), set()).add(key)
    return {words: next(iter(keys)) for words, keys in found.items() if len(keys) == 1}


def _made_a_date(cell: Any) -> ReadingError:
    """Return the error that a rating is a date, with the range that was likely written."""
    text = text_of(cell)
    message = f"`{text}` is a date; a rating or an answer is needed here"
    help = "spreadsheet programs make dates of ranges such as `3-5`: format the cell as text"
    found = _DATE.fullmatch(text.casefold())
    if found is not None:
        month = found["m"] or _MONTH_OF[found["behind"] or found["before"]]
        low, high = sorted((int(month), int(found["d"] or found["day"] or found["number"])))
        help += f", and write `{low}-{high}` again"
    return ReadingError("date-for-number", message, help=help)


def _read_text(cell: Any) -> str | None:
    """Return the text in a cell."""
    return composed(text_of(cell).strip()) or None


def _read_yaml_or_text(cell: Any) -> Any:
    """Return what a cell holds in the form of YAML: `[1, 5]`, `{one_of: [a, b]}`; else its text."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text[:1] not in ("[", "{"):
        return composed(text)
    try:
        return read_yaml(text, "")
    except DocumentError as error:
        found = error.diagnostics[0]
        help = "a cell that begins with `[` or `{` is read as YAML: write, for example, `[1, 5]`"
        raise ReadingError(found.code, f"`{quotable(text)}`: {found.message}", help=help) from None


def _read_yaml(cell: Any) -> Any:
    """Return what a cell holds in the form of YAML alone: partners, or sources."""
    found = _read_yaml_or_text(cell)
    if isinstance(found, list | dict):
        return found
    message = f"`{quotable(text_of(cell))}` is not in the form of YAML"
    help = "write `[{id: acme}]` for partners, `{who-1: {title: ...}}` for sources, or a YAML file"
    raise ReadingError("invalid-type", message, help=help)


def _parts_of(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def read_words(cell: Any) -> Any:
    """Return the texts in a cell, which semicolons divide."""
    found = _read_yaml_or_text(cell if isinstance(cell, list) else text_of(cell))
    return _parts_of(found) if isinstance(found, str) else found


def _read_day(cell: Any) -> Any:
    """Return a day, a month or a year."""
    if isinstance(cell, datetime) and cell.time() != time():
        return str(cell)
    if isinstance(cell, date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, str):
        return None if _is_unknown(cell) else cell.strip()
    return cell


def _read_days(cell: Any) -> Any:
    """Return a day, or the first and the last one that are possible."""
    found = _read_day(cell)
    if not isinstance(found, str):
        return found
    days = re.split(_BETWEEN_DAYS, found)
    return days if len(days) == 2 else _read_yaml_or_text(found)


def _read_flag(cell: Any) -> Any:
    """Return yes or no, in words or as a truth value."""
    word = folded(text_of(cell))
    if word in ("yes", "no"):
        return word
    if word in _YES or word in _NO:
        return word in _YES
    return None if isinstance(cell, str) and _is_unknown(cell) else _read_yaml_or_text(cell)


class _AnswerReader(NamedTuple):
    """Reads answers in words to a fact; `names` has the ids of answers by id, and by words."""

    fact: Any
    names: Mapping[str, str]

    def read(self, cell: Any) -> Any:
        """Return an answer, or several, which semicolons divide."""
        if isinstance(cell, date):
            raise _made_a_date(cell)
        text = text_of(cell).strip()
        if isinstance(cell, list | dict) or text[:1] in ("[", "{"):
            return _read_yaml_or_text(cell)
        found = list(map(self._name_of, _parts_of(text)))
        if len(found) == 1 and found[0] not in self.names:
            if _is_unknown(text):
                return None
            if _DATE.fullmatch(text.casefold()):
                raise _made_a_date(text)
        return self._together(found)

    def _name_of(self, word: str) -> str:
        return self.names.get(word) or self.names.get(folded(word)) or composed(word)

    def _together(self, found: list[str]) -> Any:
        """Return several answers in the form that the fact takes."""
        if found[-1:] == ["?"] and self.fact.holds_several:
            return {"at_least": found[:-1]}
        if isinstance(self.fact, SetFact):
            return [] if found == ["none"] and "none" not in self.names else found
        if len(found) == 1:
            return found[0]
        return {"all_of": found} if self.fact.holds_several else found


def _read_status(cell: Any) -> str | None:
    """Return whether a safeguard is in place or planned; None for neither."""
    text = text_of(cell)
    word = folded(text)
    if word == "planned":
        return word
    if word in _IN_PLACE:
        return "in_place"
    if word in _NOT_IN_PLACE or _is_unknown(text):
        return None
    message = f"`{quotable(text)}` is not the status of a safeguard"
    help = "write `in place` or `planned`, or leave the cell blank"
    raise ReadingError("invalid-choice", message, help=help)


def _read_safeguards(names: Mapping[str, str], cell: Any) -> Any:
    """Return the safeguards in a cell: `audit; ethics review (planned)`."""
    written = read_words(cell)
    if not isinstance(written, list):
        message = f"`{quotable(text_of(cell))}` is not a list of safeguards"
        raise ReadingError("invalid-type", message, help="write `audit; ethics_review (planned)`")
    placed = []
    for name in written:
        planned = _PLANNED.fullmatch(name) if isinstance(name, str) else None
        if planned is not None:
            name = planned[1]
        if isinstance(name, str):
            name = names.get(folded(name), name)
        placed.append(name if planned is None else {"id": name, "status": "planned"})
    return placed


_PLANNED = re.compile(r"(.+?)\s*(?:\(planned\)|:\s*planned)")


def _read_unit(cell: Any) -> str:
    return folded(text_of(cell))


_READERS_OF_PARTS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("note", "by", "basis"), _read_text),
    **dict.fromkeys(("date", "until"), _read_day),
    "evidence": read_words,
}
_READERS_OF_KEYS: dict[str, Callable[[Any], Any]] = {
    "answered": lambda _: None,
    "unit": _read_unit,
    "list.unit": _read_unit,
    "tags": read_words,
    "framework": read_words,
    "partners": _read_yaml,
    "sources": _read_yaml,
    "as_of": _read_day,
}
"""The functions that read the cells of a column, by the part or the key that it holds."""
