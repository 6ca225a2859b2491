"""Words that ask who somebody is.

One short table, looked for sentence by sentence, since a sentence may also say that such a thing is *not* asked. It
finds what is asked in plain words and no more, and is kept short so that its alarms are rare and true.
Imports nothing of the package.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache

__all__ = ["Asked", "are_persons", "asked_of_persons"]

# Those who take part in work. Patients, donors and participants of a study are left out: data on them are a subject.
_ROLE = (
    r"(?:researcher|scientist|scholar|student|applicant|investigator|professor|lecturer|postdoc|fellow|nominee|employee"
    r"|collaborator|author|speaker|visitor|team member|staff member|faculty member|key person|pi)"
)
_ROLES = rf"(?:{_ROLE}s?|staff|personnel|teams?)"

# Asks by itself who somebody is.
_BY_ITSELF = (
    r"nationalit(?:y|ies)",
    r"(?:foreign|third country) nationals",
    r"dual nationals?",
    r"national origins?",
    r"citizenships?",
    r"birth ?places?",
    r"(?:place|country|city) of birth",
    r"foreign born|born abroad",
    r"ethnicit(?:y|ies)",
    r"(?:ethnic|racial) (?:origins?|background|descent|group of)",
    r"surnames?",
    r"(?:family|maiden) names?",
    r"(?:first|last) names?(?! (?:the|an?|all|both|each|every|one|what|which)\b)",
    r"family (?:ties|background)",
    r"passport holders?|(?:holds?|held|holding) (?:an? |the )?(?:\w+ )?passports?",
    r"(?:visa|travel|immigration|residence) (?:history|histories|records?|status|refusals?)",
    r"native (?:language|speaker)s?|mother tongues?",
    r"marital status|sexual orientation|skin colou?r",
)
# Does so of one who takes part; by itself it may be a subject of research.
_OF_A_ROLE = (
    r"(?:origins?|religions?|faith|beliefs?|gender|sex|race|ancestry|descent|heritage|famil(?:y|ies)|relatives|parents"
    r"|spouses?|age|country of origin|home country|loyalty|trustworthiness|character|past|background"
    r"|political (?:views?|opinions?|leanings?))"
)
# Does so as the whole id or title of a fact or a criterion.
_AS_A_WHOLE = (
    r"names?|full name|family|origin|country of origin|religion|faith|gender|sex|race|ethnic group|descent"
    r"|foreign national"
)
# What is judged, where it is no work: the unit of assessment.
_UNIT = rf"(?:an? |each )?(?:{_ROLES}|persons?|individuals?|people)"

# Sentences that ask for no such thing. A question asks, whatever it denies.
_DENIED_BEFORE = (
    r"\b(?:no|not(?! only)|never|nor|neither|none|nobody|nothing|without|instead of|rather than|cannot|left out"
    r"|leaves? out|blind to|exclud\w+|omit\w*|forb[ai]d\w*|prohibit\w*)\b"
    r"|\b(?:any|all|every|each|different|several|many|mixed) $"
)
_DENIED_AFTER = r"\b(?:not|never|nothing|none|no part|left out|omitted|irrelevant|immaterial|forbidden|excluded)\b"
_WHATEVER = (
    r"\b(?:regardless|irrespective|independent(?:ly)? of|whatever|without (?:regard|distinction))\b"
)
# Work that collects data on people, or harms them, is a subject: unless the sentence is about those who take part.
_SUBJECT = (
    r"\b(?:data|datasets?|records?|samples?|specimens?|genom\w+|biometric\w*|cohorts?|patients?|donors?|populations?"
    r"|surveillance|profil\w+|discriminat\w+|repress\w*|persecut\w*|minorit\w+|human rights)\b"
)
# An end of a sentence; no full stop within an abbreviation.
_END = r"(?<![A-Z])[.;?!](?=\s|$)"

# An id is read as words, and capitals as small letters; columns stay.
_PLAIN = str.maketrans(
    string.ascii_uppercase + "_-\t\n\r\u00a0\u2019", string.ascii_lowercase + " " * 6 + "'"
)


@dataclass(frozen=True)
class Asked:
    """Words in a text that ask who somebody is, and their columns, from 0, the end exclusive."""

    words: str
    columns: tuple[int, int]


@dataclass(frozen=True)
class _Patterns:
    """The table, ready to be looked for."""

    words: re.Pattern[str]
    whole: re.Pattern[str]
    unit: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    whatever: re.Pattern[str]
    subject: re.Pattern[str]
    role: re.Pattern[str]
    end: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    articles = (
        r"(?:(?:the|an?|any|all|each|every|its|those|key|individual|participating|foreign) )*"
    )
    of_a_role = (
        rf"(?:{_OF_A_ROLE}|names?)(?:,? (?:and|or) {_OF_A_ROLE})*(?: members| ties)? of {articles}{_ROLES}",
        rf"{_ROLES}(?:'s?)? (?:own |former )?{_OF_A_ROLE}",
        rf"{_ROLES}'s? (?:full )?names?",
        rf"{_ROLE} name(?! (?:the|an?|all|both|each|every|one|what|which)\b)",
        rf"{_ROLES} (?:who (?:is|are|was|were) )?born",
    )
    words = "|".join((*_BY_ITSELF, *of_a_role))

    pattern = (
        re.compile
    )  # of what is small letters already: many times faster than to ignore the case

    return _Patterns(
        words=pattern(rf"\b(?:{words})\b"),
        whole=pattern(_AS_A_WHOLE),
        unit=pattern(_UNIT),
        before=pattern(_DENIED_BEFORE),
        after=pattern(_DENIED_AFTER),
        whatever=pattern(_WHATEVER),
        subject=pattern(_SUBJECT),
        role=pattern(rf"\b{_ROLES}\b"),
        end=re.compile(_END),
    )


def asked_of_persons(text: str, *, is_label: bool = False) -> Asked | None:
    """Return the first words of a text that ask who somebody is; None where none do.

    Parameters
    ----------
    is_label : bool
        Whether it is the id or the title of what is asked for, so that one word by itself says it.

    Examples
    --------
    >>> asked_of_persons("What is the applicant's nationality?")
    Asked(words='nationality', columns=(24, 35))
    >>> asked_of_persons("It asks for terms, never for nationality or birthplace.") is None
    True
    """
    patterns = _patterns()
    plain = text.translate(_PLAIN)
    if is_label and patterns.whole.fullmatch(plain):
        return Asked(text, (0, len(text)))
    for found in patterns.words.finditer(plain):
        start = max((end.end() for end in patterns.end.finditer(text, 0, found.start())), default=0)
        end = patterns.end.search(text, found.end())
        stop = end.start() if end is not None else len(plain)
        is_question = end is not None and end.group() == "?"
        if not _is_denied(
            plain[start : found.start()], plain[found.end() : stop], plain[start:stop], is_question
        ):
            return Asked(text[found.start() : found.end()], found.span())
    return None


def are_persons(unit: str) -> bool:
    """Return whether a unit of assessment is a person.

    Examples
    --------
    >>> are_persons("researcher"), are_persons("area or project")
    (True, False)
    """
    return _patterns().unit.fullmatch(unit.translate(_PLAIN)) is not None


def _is_denied(before: str, after: str, sentence: str, is_question: bool) -> bool:
    """Return whether a sentence that holds such words asks for no such thing."""
    patterns = _patterns()
    if patterns.whatever.search(before):
        return True
    if patterns.subject.search(sentence) and not patterns.role.search(sentence):
        return True
    return not is_question and bool(patterns.before.search(before) or patterns.after.search(after))
