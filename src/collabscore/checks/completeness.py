"""Answers that a list gives, and texts that its author has yet to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..arrays import Record
from ..errors import Diagnostic, KeyPath
from ..models.base import UNKNOWN, Backed, title_of
from ..models.candidates import Candidate, Candidates
from ..models.criteria import Scale

__all__ = [
    "AnswerCount",
    "count_answers",
    "entry_in_words",
    "placeholder_warnings",
    "texts_of_base",
    "without_metadata",
]


class AnswerCount(Record):
    """Answers to one question about the candidates of a list.

    Parameters
    ----------
    section : {"ratings", "facts", "partners", "permissions"}
    title : str
        The criterion, the fact, or the permissions of which any one will do, for readers.
    given : int
        Number of candidates with an answer; of areas that have the permission.
    missing : tuple of str
        Ids of the others.
    """

    section: str
    title: str
    given: int
    missing: tuple[str, ...]


def count_answers(candidates: Candidates) -> list[AnswerCount]:
    """Return the answers to each question of the frameworks that a list was checked with."""
    questions: dict[tuple[str, str], str] = {}
    scales: dict[str, Scale] = {}
    for framework in candidates.frameworks:
        scales |= framework.rating_scales
        for key, node in framework.leaves.items():
            questions["ratings", key] = node.title
        for key in framework.facts_asked:
            questions["facts", key] = title_of(key, framework.all_facts[key].title)
        for key in framework.partner_facts:
            made = framework.all_facts[framework.ids_by_partner[key]["1"]]
            questions["partners", key] = title_of(key, made.title)
    counts = []
    for (section, key), title in questions.items():
        missing = []
        for candidate in candidates.candidates:
            entries = _entries_for(candidate, section, key)
            # a range over the whole scale says nothing
            is_whole = section == "ratings" and _is_whole(entries[0], scales[key])
            if None in entries or is_whole:
                missing.append(candidate.id)
        given = len(candidates) - len(missing)
        counts.append(AnswerCount(section, title, given, tuple(missing)))
    return [*counts, *_count_permissions(candidates)]


def _entries_for(candidate: Candidate, section: str, key: str) -> list[object]:
    """Return the answer to a question, or that of each partner; None where there is none."""
    if section != "partners":
        return [without_metadata(getattr(candidate, section).get(key))]
    if candidate.partners is None:
        return [None]
    return [without_metadata(partner.facts.get(key)) for partner in candidate.partners]


def _is_whole(rating: object, scale: Scale) -> bool:
    return isinstance(rating, list) and len(rating) == 2 and scale.read(rating) is None


def _count_permissions(candidates: Candidates) -> Iterator[AnswerCount]:
    """Yield the areas that have each permission that a guardrail may need, and the others."""
    titles: dict[tuple[str, ...], str] = {}
    for framework in candidates.frameworks:
        for options in framework.permissions:
            safeguards = [framework.all_safeguards[name].title for name in options]
            titles[options] = " or ".join(map(title_of, options, safeguards))
    areas = {}
    for one in candidates.candidates:
        if candidates.unit_of(one) == "area":
            areas[one.id] = candidates.in_place_of(one)
    if areas:
        for options, title in titles.items():
            missing = [name for name, there in areas.items() if there.isdisjoint(options)]
            yield AnswerCount("permissions", title, len(areas) - len(missing), tuple(missing))


def without_metadata(entry: object) -> object:
    """Return a rating or fact without evidence, notes and dates; None if it is unknown."""
    if isinstance(entry, Backed):
        entry = entry.model_dump(exclude=set(Backed.model_fields), exclude_none=True)
    if not isinstance(entry, Mapping):
        return None if entry == UNKNOWN else entry
    for key in ("at_least", "all_of", "one_of"):
        if key in entry:
            return {key: sorted(entry[key], key=str)}
    if "low" in entry:
        return [entry[key] for key in ("low", "value", "high") if key in entry]
    return without_metadata(entry.get("value"))


def entry_in_words(entry: object) -> str:
    """Return plain data of an entry, as `without_metadata` gives it, in words."""
    match entry:
        case None:
            return "unknown"
        case bool():
            return "yes" if entry else "no"
        case list():
            return f"[{', '.join(map(entry_in_words, entry))}]"
        case dict():
            ((key, items),) = entry.items()
            return f"{key.replace('_', ' ')} {entry_in_words(items)}"
    return str(entry)


# texts to be changed

_PLACEHOLDERS = {
    "id": re.compile("first-candidate"),
    "title": re.compile(r"Name of (the [\w-]+ candidate|candidate \d+)|Title of a document"),
    "summary": re.compile(r"What it is, in a sentence or two\."),
    "issuer": re.compile("Its issuer"),
}
"""Texts that `new` writes into a list of candidates."""


def placeholder_warnings(candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield the texts of the template of `new` that nobody has replaced."""
    elements: list[tuple[KeyPath, object]] = []
    for name, source in candidates.sources.items():
        elements.append((("sources", name), source))
    for k, candidate in enumerate(candidates.candidates):
        elements.append((("candidates", k), candidate))
    for path, element in elements:
        for key, pattern in _PLACEHOLDERS.items():
            text = getattr(element, key, None)
            if text is not None and pattern.fullmatch(text):
                message = f"the {key} is still a placeholder that `new` wrote"
                help = f"write your own {key}"
                yield Diagnostic("placeholder", message, (*path, key), help, "warning")


_OF_AUTHOR = ("title", "summary", "issuer", "source")
"""Keys of a framework that only its own author can fill in."""


def texts_of_base(
    framework: Mapping[str, Any], base: Mapping[str, Any], *, named: bool
) -> Iterator[Diagnostic]:
    """Yield what a framework still says in the words of the one that it was adapted from.

    Parameters
    ----------
    framework, base : mapping
        Both as plain data.
    named : bool
        Whether the framework says that it was adapted; otherwise it has to have the title or the
        summary of the base: an issuer may issue two frameworks.
    """
    same = []
    for key in (*_OF_AUTHOR, "sources"):
        if framework.get(key) is not None and framework[key] == base.get(key):
            same.append(key)
    if not named and not {"title", "summary"}.intersection(same):
        return
    if framework.get("id") == f"my-{base.get('id')}":
        message = f"the id `{framework['id']}` is still a placeholder that `new` wrote"
        yield _left_text("id", message, "write your own id")
    for key in same:
        message = f"the {key} is still that of `{base['id']}`"
        help = "write your own" if key == "title" else "write your own, or leave it out"
        if key == "sources":
            message = f"the sources are still those of `{base['id']}`"
            help = "keep the sources of your rules, and add your own"
        yield _left_text(key, message, help)


def _left_text(key: str, message: str, help: str) -> Diagnostic:
    return Diagnostic("left-from-base", message, (key,), help, "warning", at_key=True)
