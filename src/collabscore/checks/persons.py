"""Warnings where a document asks who somebody is: judged are areas and conduct, never persons.

The words looked for are plain lists, kept short so that their alarms are rare and true. A text is
looked at sentence by sentence, since a sentence may also say that such a thing is *not* asked.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..errors import Diagnostic, KeyPath
from ..models.base import Element, Model
from ..models.candidates import Candidate, Candidates
from ..models.criteria import RatingDetail
from ..models.facts import FactDetail
from ..models.framework import Framework, SharedDefinitions
from .references import Named, names_in, walk_models

__all__ = ["about_persons", "are_persons", "asked_of_persons"]

# Lists of words and phrases: `(...)` may be left out, `/` separates alternatives of a word, and `*`
# is any ending.

# Those who take part in work. Patients, donors and participants of a study are left out: data on
# them are a subject.
_ROLE = """researcher, scientist, scholar, student, applicant, investigator, professor, lecturer,
postdoc, fellow, nominee, employee, collaborator, author, speaker, visitor, team/staff/faculty
member, key person, pi"""
_GROUP = "staff, personnel, team(s)"
# Asks by itself who somebody is.
_BY_ITSELF = """nationality/nationalities, foreign nationals, third country nationals,
dual national(s), national origin(s), citizenship(s), birthplace(s), birth place(s),
place/country/city of birth, foreign born, born abroad, ethnicity/ethnicities,
ethnic/racial origin(s)/background/descent, ethnic/racial group of, surname(s), family/maiden
name(s), family ties/background, passport holder(s), hold(s)/held/holding passport(s),
hold(s)/held/holding a/an/the/* passport(s), hold(s)/held/holding a/an/the * passport(s),
visa/travel/immigration/residence history/histories/record(s)/status/refusal(s),
native language(s)/speaker(s), mother tongue(s), marital status, sexual orientation,
skin colo(u)r"""
# Does so unless it is a verb, which has one of these words after it: `last names the ...`.
_NAME = "first/last name(s)"
_OBJECT = "the, a, an, all, both, each, every, one, what, which"
# Does so of one who takes part; by itself it may be a subject of research.
_OF_A_ROLE = """origin(s), religion(s), faith, belief(s), gender, sex, race, ancestry, descent,
heritage, family/families, relatives, parents, spouse(s), age, country of origin, home country,
loyalty, trustworthiness, character, past, background, political view(s)/opinion(s)/leaning(s)"""
# Does so as the whole id or title of a fact or a criterion.
_AS_A_WHOLE = """name(s), full name, family, origin, country of origin, religion, faith, gender,
sex, race, ethnic group, descent, foreign national"""
# A unit of assessment that is no work.
_UNIT = "person(s), individual(s), people"

# Sentences that ask for no such thing. A question asks, whatever it denies.
_DENIED_BEFORE = """no, not, never, nor, neither, none, nobody, nothing, without, instead of,
rather than, cannot, left/leave(s) out, blind to, exclud*, omit*, forbid*/forbad*, prohibit*"""
_DENIED_AFTER = """not, never, nothing, none, no part, left out, omitted, irrelevant, immaterial,
forbidden, excluded"""
_ANY = "any, all, every, each, different, several, many, mixed"
_WHATEVER = "regardless, irrespective, independent(ly) of, whatever, without regard/distinction"
# Work that collects data on people, or harms them, is a subject: unless the sentence is about those
# who take part.
_SUBJECT = """data, dataset(s), record(s), sample(s), specimen(s), genom*, biometric*, cohort(s),
patient(s), donor(s), population(s), surveillance, profil*, discriminat*, repress*, persecut*,
minorit*, human rights"""

# An end of a sentence; no full stop within an abbreviation.
_END = re.compile(r"(?<![A-Z])[.;?!](?=\s|$)")
# An id is read as words, and capitals as small letters; columns stay.
_PLAIN = str.maketrans(
    string.ascii_uppercase + "_-\t\n\r\u00a0\u2019", string.ascii_lowercase + " " * 6 + "'"
)


def _alternatives(phrases: str) -> str:
    """Return a list of phrases as a regular expression."""
    found = []
    for phrase in phrases.split(","):
        plain = phrase.replace("(", "(?:").replace(")", ")?").replace("*", r"\w*")
        words = [f"(?:{word.replace('/', '|')})" for word in plain.split()]
        found.append(" ".join(words))
    return f"(?:{'|'.join(found)})"


@cache
def _word_pattern(phrases: str, pattern: str = r"\b{}\b") -> re.Pattern[str]:
    """Return the compiled list, within a pattern that has `{}` for it."""
    return re.compile(pattern.format(_alternatives(phrases)))


@cache
def _roles() -> str:
    return rf"(?:{_alternatives(_ROLE)}s?|{_alternatives(_GROUP)})"


@cache
def _asking() -> re.Pattern[str]:
    """Return the pattern of what asks who somebody is."""
    role, roles, trait = _alternatives(_ROLE), _roles(), _alternatives(_OF_A_ROLE)
    no_object = rf"(?! {_alternatives(_OBJECT)}\b)"
    article = r"(?:(?:the|an?|any|all|each|every|its|those|key|individual|participating|foreign) )*"
    patterns = (
        _alternatives(_BY_ITSELF),
        rf"{_alternatives(_NAME)}{no_object}",
        rf"(?:{trait}|names?)(?:,? (?:and|or) {trait})*(?: members| ties)? of {article}{roles}",
        rf"{roles}(?:'s?)? (?:own |former )?{trait}",
        rf"{roles}'s? (?:full )?names?",
        rf"{role} name{no_object}",
        rf"{roles} (?:who (?:is|are|was|were) )?born",
    )
    # searched in small letters: many times faster than to ignore the case
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


def asked_of_persons(text: str, *, is_label: bool = False) -> tuple[int, int] | None:
    """Return the columns of the first words that ask who somebody is; None where none do.

    Parameters
    ----------
    is_label : bool
        Whether it is the id or the title of what is asked for, so that one word by itself says it.

    Returns
    -------
    start, end : int, optional
        From 0, the end exclusive.

    Examples
    --------
    >>> asked_of_persons("What is the applicant's nationality?")
    (24, 35)
    >>> asked_of_persons("It asks for terms, never for nationality or birthplace.") is None
    True
    """
    plain = text.translate(_PLAIN)
    if is_label and _word_pattern(_AS_A_WHOLE).fullmatch(plain):
        return 0, len(text)
    for found in _asking().finditer(plain):
        start, stop, is_question = _sentence_around(text, *found.span())
        before, after = plain[start : found.start()], plain[found.end() : stop]
        is_denied = not is_question and _denies(before, after)
        if not (is_denied or _is_general(before, plain[start:stop])):
            return found.span()
    return None


def _sentence_around(text: str, begin: int, last: int) -> tuple[int, int, bool]:
    """Return where the sentence around some words begins and ends, and whether it is a question."""
    start = 0
    for end in _END.finditer(text):
        if end.end() <= begin:
            start = end.end()
        elif end.start() >= last:
            return start, end.start(), end.group() == "?"
    return start, len(text), False


def _is_general(before: str, sentence: str) -> bool:
    """Return whether a sentence is about data on people, or about all whatever they are."""
    if _word_pattern(_WHATEVER).search(before):
        return True
    about_roles = re.search(rf"\b{_roles()}\b", sentence)
    return about_roles is None and _word_pattern(_SUBJECT).search(sentence) is not None


def _denies(before: str, after: str) -> bool:
    """Return whether a sentence says that such a thing is not asked."""
    return bool(
        _word_pattern(_DENIED_BEFORE, r"\b(?!not only\b){}\b").search(before)
        or _word_pattern(_ANY, r"\b{} $").search(before)
        or _word_pattern(_DENIED_AFTER).search(after)
    )


def are_persons(unit: str) -> bool:
    """Return whether a unit of assessment is a person.

    Examples
    --------
    >>> are_persons("researcher"), are_persons("area or project")
    (True, False)
    """
    pattern = rf"(?:an? |each )?(?:{_roles()}|{_alternatives(_UNIT)})"
    return re.fullmatch(pattern, unit.translate(_PLAIN)) is not None


# texts of a document

_JUDGED = "judged are areas and conduct, never persons"
_HELP = (
    "ask about the work, its terms, or what an organisation is listed for now; where a sentence "
    "says that it is not asked, let it say `not` or `never`"
)
_TEXTS = ("id", "title", "summary", "question", "note", "reason", "consists_of", "tags")
_MEANINGS = ("levels", "options", "anchors")
_ELEMENTS = ("scales", "criteria", "lists", "items", "facts")
_RULES = ("safeguards", "conditions", "guardrails", "verdicts")
_SECTIONS = {(section,) for section in _ELEMENTS + _RULES}


def about_persons(document: Model) -> Iterator[Diagnostic]:
    """Yield a warning for each element or candidate of a document that asks who somebody is."""
    if isinstance(document, Framework) and are_persons(document.unit_of_assessment or ""):
        unit = document.unit_of_assessment
        message = f"the unit of assessment is `{unit}`; {_JUDGED}"
        help = "write what is judged: `area`, `project`, `partner` or `agreement`"
        yield Diagnostic("about-persons", message, ("unit_of_assessment",), help, "warning")
    warned: set[KeyPath] = set()
    for owner, path, text, at_key in _texts_of(document):
        if owner in warned:
            continue
        is_asked_for = owner[:1] in (("facts",), ("criteria",))
        is_label = is_asked_for and path in (owner, (*owner, "title"))
        found = asked_of_persons(text, is_label=is_label)
        if found is not None:
            warned.add(owner)
            message = f"`{text[slice(*found)]}` is about who somebody is; {_JUDGED}"
            within = None if at_key else found
            yield Diagnostic("about-persons", message, path, _HELP, "warning", at_key, within)


def _texts_of(document: Model) -> Iterator[tuple[KeyPath, KeyPath, str, bool]]:
    """Yield the texts for readers: the path of the element, the text's own, and whether a key."""
    for path, part in walk_models(document):
        if isinstance(part, Element | SharedDefinitions):
            if path[-2:-1] in _SECTIONS:
                yield path, path, str(path[-1]), True
            for text, place in _texts_in(part, path):
                yield path, place, text, False
            for section in _MEANINGS:
                yield from _meanings_in(getattr(part, section, None) or {}, path, section)
        elif isinstance(part, Candidates | Candidate | RatingDetail | FactDetail):
            for text, place in _texts_in(part, path):
                yield path[:2] or place, place, text, False


def _texts_in(part: Model, path: KeyPath) -> Iterator[Named]:
    for field in _TEXTS:
        yield from names_in(getattr(part, field, None), (*path, field))


def _meanings_in(
    meanings: Mapping[Any, str | None], path: KeyPath, section: str
) -> Iterator[tuple[KeyPath, KeyPath, str, bool]]:
    for key, meaning in meanings.items():
        if isinstance(key, str):
            yield path, (*path, section, key), key, True
        if meaning is not None:
            yield path, (*path, section, key), meaning, False
