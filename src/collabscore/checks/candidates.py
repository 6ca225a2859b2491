"""Errors in candidates and in cases, read with the definitions of one or several frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import combinations
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, choose_from, did_you_mean, pair_meant, quotable
from ..models.answers import FactDetail
from ..models.base import Backed, Element, ReadingError, days_of
from ..models.candidates import (
    Candidate,
    Candidates,
    Cases,
    Claim,
    ClaimedVerdict,
    Expectation,
    Partner,
)
from ..models.conditions import OF_PARTNER, parse
from ..models.criteria import RatingDetail, Scale
from ..models.cures import cure_of
from ..models.facts import Fact, NumberFact, SetFact
from ..models.framework import PARTNERS, Framework, LeafNode
from ..models.syntax import ConditionError
from ..output.text import listed
from .framework import Named, circle_from, circular_names, names_in, repeated_names, unknown_names

__all__ = [
    "KnownIds",
    "backed_entries",
    "case_warnings",
    "check_by_each",
    "check_candidates",
    "check_cases",
    "conflicting_words",
    "plain_lists",
]

_SECTIONS = {
    "criterion": "criteria",
    "fact": "facts",
    "list": "lists",
    "partner fact": "partner_facts",
    "safeguard": "safeguards",
}
_ADD_DAY = "add `as_of: ...` to the list, or give `--as-of` (in Python `as_of=`)"
_TWICE = "`{}` is listed twice"
_WHOLE = "the id of another candidate in this file, of which this one is a part"
_NO_WHOLE = "remove `part_of`: there is no other candidate"
_REMARKS = {"title", "question", "note", "source", "verified", "basis", "worse"}


class KnownIds:
    """The definitions of several frameworks together, which a candidate may use."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.frameworks = frameworks
        self.criteria: dict[str, Scale] = {}
        self.leaves: dict[str, LeafNode] = {}
        self.facts: dict[str, Fact] = {}
        self.partner_facts: dict[str, Fact] = {}
        self.safeguards: dict[str, Element] = {}
        self.sources: set[str] = set()
        self.list_members: dict[str, frozenset[str]] = {}
        for framework in frameworks:
            self.criteria |= framework.rating_scales
            self.leaves |= framework.leaves
            is_for_list = framework.room[0] >= 0  # then a call may change what partners answer
            self.facts |= framework.all_facts if is_for_list else framework.candidate_facts
            self.partner_facts |= framework.partner_facts
            self.safeguards |= framework.all_safeguards
            self.sources.update(framework.all_sources)
            self.list_members |= framework.list_members
        self.plain_answers: set[object] = set()  # words and numbers that were read before

    @cached_property
    def named(self) -> Mapping[str, Mapping[str, Any]]:
        """What has ids and titles, by kind."""
        return {
            "criterion": {**self.criteria, **self.leaves},
            "fact": self.facts,
            "partner fact": self.partner_facts,
            "safeguard": self.safeguards,
        }


def check_candidates(candidates: Candidates, frameworks: Sequence[Framework]) -> list[Diagnostic]:
    """Return everything wrong with a list of candidates; `frameworks` define its words."""
    known = KnownIds(frameworks)
    found = list(_check_day(candidates, frameworks))
    for one, other in combinations(frameworks, 2):
        found += _find_conflicts(candidates, one, other)
    listed = candidates.candidates
    ids = [(one.id, ("candidates", k, "id")) for k, one in enumerate(listed)]
    found += repeated_names(ids, "duplicate-id", "the id `{}` is used twice", "first used here")
    by_id = {candidate.id: candidate for candidate in listed}
    parents = {candidate.id: candidate.part_of for candidate in listed}
    circular = circular_names(parents)
    wholes = by_id if len(by_id) > 1 else {}
    cited: list[Named] = []
    for k, candidate in enumerate(listed):
        path = ("candidates", k)
        found += _check_answers("criterion", candidate.ratings, (*path, "ratings"), known)
        found += _check_answers("fact", candidate.facts, (*path, "facts"), known)
        found += _check_partners(candidate.partners or (), (*path, "partners"), known)
        placed = list(names_in(candidate.safeguards, (*path, "safeguards")))
        found += _check_safeguards(placed, known)
        for place, entry in backed_entries(candidate, path):
            cited += names_in(entry.evidence, (*place, "evidence"))
            found += _check_until(entry, place, candidates)
        part = (*path, "part_of")
        named = names_in(candidate.part_of, part)
        found += unknown_names("candidate", named, wholes, _WHOLE, help=_NO_WHOLE)
        if candidate.id in circular:
            found.append(_circular_part(candidate.id, parents, part))
    sources = candidates.sources.keys() | known.sources
    expected, help = "a source of the list or of its framework", "list it under `sources`"
    found += unknown_names("source", cited, sources, expected, ("sources",), help=help)
    return found


def check_by_each(
    judges: Sequence[Framework], candidates: Candidates, frameworks: Sequence[Framework]
) -> list[Diagnostic]:
    """Return everything wrong with a list that two frameworks judge, each by its definitions.

    A word must be known to one of the frameworks. An answer must be right by each judge that
    defines its word. The judges may differ in their definitions. Of another framework that the
    list names, each word must mean the same as in one of them.
    """
    by_place: dict[tuple[str, KeyPath], list[tuple[Framework, Diagnostic]]] = {}
    for judge in judges:
        others = [framework for framework in frameworks if framework is not judge]
        for wrong in check_candidates(candidates, [*others, judge]):  # the last definition counts
            if wrong.code != "conflicting-words":
                by_place.setdefault((wrong.code, wrong.path), []).append((judge, wrong))
    found = list(_find_conflicts_beside(judges, candidates, frameworks))
    for (judge, wrong), *same in by_place.values():
        if not same:
            version = f" {judge.version}" if judge.version else ""
            wrong = replace(wrong, message=f"{wrong.message}, as `{judge.id}`{version} defines it")
        found.append(wrong)
    return found


def _circular_part(name: str, parents: Mapping[str, str | None], path: KeyPath) -> Diagnostic:
    """Return the finding that a candidate is part of itself, with the way that leads back."""
    message, help = f"`{name}` is part of itself", f"remove `part_of` from `{name}`"
    if parents[name] != name:
        message = f"`part_of` goes round in a circle: {circle_from(name, parents)}"
        help = "remove `part_of` from one of these candidates"
    return Diagnostic("circular-part", message, path, help)


def _find_conflicts(
    candidates: Candidates, one: Framework, *others: Framework
) -> Iterator[Diagnostic]:
    """Yield the ids that one framework defines as no other does, with each definition's place."""
    path: KeyPath = ("framework",) if candidates.framework else ()
    help = (
        "use one of them at a time: change `framework` in the list, or the framework that you give "
        "beside it; or let both use one vocabulary"
    )
    for kind, key in conflicting_words(one, *others):
        defining = [other for other in others if key in getattr(other, _DEFINITIONS[kind])]
        notes = []
        for framework in (one, *defining):
            note = f"`{key}` in `{framework.id}`"
            place = framework.written_at(_SECTIONS[kind], key)
            notes.append(Note(note, None, *place))
        by = f"in `{one.id}` and another in `{defining[0].id}`: no answer fits both"
        message = f"the {kind} `{key}` means one thing {by}"
        yield Diagnostic("conflicting-words", message, path, help, notes=tuple(notes))


def _find_conflicts_beside(
    judges: Sequence[Framework], candidates: Candidates, frameworks: Sequence[Framework]
) -> Iterator[Diagnostic]:
    """Yield the conflicts of frameworks that do not judge: with each other, and with the judges."""
    judging = set(map(id, judges))
    named = [framework for framework in frameworks if id(framework) not in judging]
    for one, other in combinations(named, 2):
        yield from _find_conflicts(candidates, one, other)
    for one in named:
        yield from _find_conflicts(candidates, one, *judges)


def conflicting_words(one: Framework, *others: Framework) -> Iterator[tuple[str, str]]:
    """Yield the kind and id of each criterion, fact and list that others define, and none alike."""
    for kind, section in _DEFINITIONS.items():
        known = [getattr(other, section) for other in others]
        for key, definition in getattr(one, section).items():
            meanings = [_meaning(defined[key]) for defined in known if key in defined]
            if meanings and _meaning(definition) not in meanings:
                yield kind, key


_DEFINITIONS = {"criterion": "rating_scales", "fact": "answered_facts", "list": "all_lists"}
"""Where a framework has its criteria, facts and lists."""


def _meaning(definition: Element) -> object:
    """Return the parts that decide the meaning of a definition: no title, question or remark."""
    if isinstance(definition, Scale):
        return definition.range, definition.levels
    meaning = definition.model_dump(exclude=_REMARKS)
    return meaning, list(meaning.get("levels") or ())  # mappings are alike in any order


def _check_answers(
    kind: str, answers: Mapping[str, Any], path: KeyPath, known: KnownIds
) -> Iterator[Diagnostic]:
    """Yield the ratings, facts, or facts of a partner that cannot be read."""
    definitions: Mapping[str, Scale | Fact] = getattr(known, _SECTIONS[kind])
    for key, raw in answers.items():
        answer = (kind, key, raw) if type(raw) in (int, str) else None
        if answer in known.plain_answers:
            continue  # by far the commonest
        here = (*path, key)
        definition = definitions.get(key)
        if definition is None:
            yield _undefined(kind, key, here, known)
            continue
        try:
            _read(raw, definition, known)
        except ReadingError as error:
            found = error.diagnostic
            message = f"`{key}`: {found.message}"
            help = _answer_meant(raw, found.path, definition, known)
            if help is None and isinstance(definition, SetFact):
                help = _item_meant(found, definition, known)
            help = help or found.help
            place = (*here, *found.path)
            yield Diagnostic(found.code, message, place, help, absent=((*place, "*"),))
        else:
            if answer is not None:
                known.plain_answers.add(answer)


def _check_partners(
    partners: Sequence[Partner], path: KeyPath, known: KnownIds
) -> Iterator[Diagnostic]:
    """Yield partners of one candidate with the same id, and answers that cannot be read."""
    ids = [(partner.id, (*path, k, "id")) for k, partner in enumerate(partners)]
    message = "two partners have the id `{}`"
    yield from repeated_names(ids, "duplicate-id", message, "first used here")
    for k, partner in enumerate(partners):
        yield from _check_answers("partner fact", partner.facts, (*path, k, "facts"), known)


def _check_safeguards(placed: Sequence[Named], known: KnownIds) -> Iterator[Diagnostic]:
    """Yield safeguards of one candidate that are not defined, and those listed twice."""
    for name, place in placed:
        if name not in known.safeguards:
            yield _undefined("safeguard", name, place, known)
    yield from repeated_names(placed, "repeated-word", _TWICE, "first listed here")


def _read(raw: object, definition: Scale | Fact, known: KnownIds) -> None:
    """Read a rating or an answer; raise what is wrong with it."""
    if isinstance(definition, Scale):
        definition.read(raw)
    else:
        definition.read(raw, known.list_members)


def _answer_meant(
    raw: object, path: KeyPath, definition: Scale | Fact, known: KnownIds
) -> str | None:
    """Return the help with the answer that was likely meant by one that cannot be read."""
    if path[-1:] in (("all_of",), ("one_of",), ("at_least",)):
        return None  # the whole list cannot stand here, whatever is in it
    part: Any = raw
    for key in path:
        is_inside = isinstance(part, list | Mapping)
        part = part[key] if is_inside else getattr(part, str(key))

    def accepts(value: object) -> bool:
        is_part = bool(path) and isinstance(value, list | dict)
        if not is_part:
            _read(RatingDetail(**value) if isinstance(value, dict) else value, definition, known)
        return not is_part

    unit = definition.unit if isinstance(definition, Scale | NumberFact) else None
    return cure_of(part, accepts, unit or "")


def _item_meant(found: Diagnostic, fact: SetFact, known: KnownIds) -> str | None:
    """Return the help for a word that is no item of a long list, which `found` cannot show whole.

    It names items with a word or the first letters of it, and else where all of them are shown.
    """
    if found.code != "unknown-item" or " more" not in f"{found.help}":
        return None
    written = found.message.split("`")[1]
    words = set(_words_of(written))
    alike = []
    for item, title in _items_of(fact, known).items():
        initials = "".join(word[0] for word in _words_of(title or item))
        if words.intersection(_words_of(f"{item} {title}")) or initials == written.casefold():
            alike.append(item)
    if 1 <= len(alike) <= _MOST_ALIKE:
        return f"did you mean {listed([f'`{item}`' for item in alike], 'or')}?"
    return f"{found.help}; `collabscore new list.yaml -f {known.frameworks[0].id}` lists all"


_MOST_ALIKE = 4


def _items_of(fact: SetFact, known: KnownIds) -> dict[str, str]:
    """Return the titles of the items of a set, by id."""
    titles: dict[str, str] = {}
    for framework in known.frameworks:
        if fact.of in framework.all_lists:
            schema = fact.answer_schema(framework.all_lists)
            titles |= dict(zip(schema["enum"], schema["enumDescriptions"], strict=True))
    return titles


def _words_of(text: str) -> list[str]:
    """Return the words of a text that tell one item from another: no short ones."""
    return [word for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2]


def _undefined(kind: str, key: str, path: KeyPath, known: KnownIds) -> Diagnostic:
    """Return the finding that no framework defines a key, with the places of their definitions."""
    section = "facts" if kind == "partner fact" else _SECTIONS[kind]
    help = _place_meant(kind, key, known) or _name_meant_of(kind, key, known)
    names = " or ".join(dict.fromkeys(f"`{framework.id}`" for framework in known.frameworks))
    message = f"`{key}` is not a {kind} of {names}"
    notes = _beginnings(section, known.frameworks)
    at_key = kind != "safeguard"
    kind = "fact" if kind == "partner fact" else kind
    return Diagnostic(f"unknown-{kind}", message, path, help, at_key=at_key, notes=notes)


def _place_meant(kind: str, key: str, known: KnownIds) -> str | None:
    """Return the help for a key that belongs elsewhere in a candidate."""
    form = f"`partners: [{{id: ..., facts: {{{key}: ...}}}}]`"
    places = {
        "criterion": ((known.facts, f"`{key}` is a fact: write it under `facts`"),),
        "fact": (
            (known.criteria, f"`{key}` is a criterion: write it under `ratings`"),
            (
                known.partner_facts,
                f"it is asked of each partner: write it under `partners`, as {form}",
            ),
        ),
        "partner fact": (
            (
                known.facts,
                f"`{key}` is a fact of the candidate: write it under `facts` of the candidate",
            ),
        ),
    }
    for definitions, help in places.get(kind, ()):
        if key in definitions:
            return help
    return None


def _name_meant_of(kind: str, key: str, known: KnownIds) -> str:
    """Return the help with the name that was likely meant by one that is not defined."""
    named = known.named[kind]
    pair = pair_meant(key, named) if kind != "safeguard" else None
    return pair or did_you_mean(key, named) or f"no {kind} is defined: remove it"


def _beginnings(section: str, frameworks: Sequence[Framework]) -> tuple[Note, ...]:
    """Return notes on the places at which frameworks define a kind of ids."""
    notes = []
    for framework in frameworks:
        message = f"the {section} of `{framework.id}` begin here"
        notes.append(Note(message, None, *framework.written_at(section)))
    return tuple(notes)


def backed_entries(candidate: Candidate, path: KeyPath) -> Iterator[tuple[KeyPath, Backed]]:
    """Yield the ratings, facts and safeguards with evidence or a date, each with its place."""
    for section in ("ratings", "facts", "safeguards"):
        answers = getattr(candidate, section)
        for key, answer in answers.items() if isinstance(answers, dict) else enumerate(answers):
            if isinstance(answer, Backed):
                yield (*path, section, key), answer
    for k, partner in enumerate(candidate.partners or ()):
        for key, answer in partner.facts.items():
            if isinstance(answer, Backed):
                yield (*path, "partners", k, "facts", key), answer


def _check_until(entry: Backed, path: KeyPath, candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield a last day that cannot be compared, or that is before the date of the entry."""
    if entry.until is None:
        return
    path = (*path, "until")
    if candidates.day is None:
        message = "`until` is compared with the date of the list, which has none"
        yield Diagnostic("until-without-as-of", message, path, _ADD_DAY, absent=(("as_of",),))
    if entry.date is not None and days_of(entry.date)[0] > days_of(entry.until)[1]:
        message = f"`until: {entry.until}` is before the date of the entry, {entry.date}"
        help = "swap the two dates, or write a later `until`"
        notes = (Note("its date", path=(*path[:-1], "date")),)
        yield Diagnostic("date-after-until", message, path, help, notes=notes)


def _check_day(candidates: Candidates, frameworks: Sequence[Framework]) -> Iterator[Diagnostic]:
    """Yield the frameworks that compare dates with the date of the list, where it has none."""
    for framework in frameworks:
        if candidates.day is None and framework.asks_day:
            message = f"`{framework.id}` compares dates with the date of the list, which has none"
            path: KeyPath = ("framework",) if candidates.framework else ()
            yield Diagnostic("date-without-as-of", message, path, _ADD_DAY, absent=(("as_of",),))


def plain_lists(candidates: Candidates, frameworks: Sequence[Framework]) -> Iterator[Diagnostic]:
    """Yield the lists of answers that do not say whether all of them are meant, or one."""
    several: dict[str, Fact] = {}
    for framework in frameworks:
        several |= framework.symbols.several
    for k, candidate in enumerate(candidates.candidates):
        for key, raw in candidate.facts.items():
            path: KeyPath = ("candidates", k, "facts", key)
            if isinstance(raw, FactDetail):
                raw, path = raw.value, (*path, "value")
            answers = dict.fromkeys(raw) if isinstance(raw, list) else {}
            if key in several and len(answers) > 1:
                listed = f"[{', '.join(map(quotable, answers))}]"
                message = f"this list means that all these answers to `{key}` are the case"
                help = (
                    f"write `{{all_of: {listed}}}`, or `{{one_of: {listed}}}` if one of them is "
                    "the case and it is not known which"
                )
                yield Diagnostic("plain-list", message, path, help, "warning")


# cases


def case_warnings(cases: Cases, framework: Framework) -> Iterator[Diagnostic]:
    """Yield the warnings about cases that have no errors."""
    for one in plain_lists(cases.candidates(), [framework]):
        yield one.moved(partial(_path_in_case, cases))


def check_cases(cases: Cases, framework: Framework) -> list[Diagnostic]:
    """Return everything wrong with cases: their candidates, expectations and order."""
    if not (cases.cases or cases.claims):
        message, help = "there are neither cases nor claims", "write `cases` or `claims`, or both"
        both = (("cases",), ("claims",))
        return [Diagnostic("too-few", message, both[0], help, absent=both)]
    found = list(_check_case_candidates(cases, framework))
    if not cases.cases and cases.given.model_fields_set:
        message = "`given` has answers for cases, and there are none"
        help = "add cases, or remove `given`: claims are about all answers"
        found.append(Diagnostic("misplaced-key", message, ("given",), help, absent=(("cases",),)))
    ids = [(case.id, ("cases", k, "id")) for k, case in enumerate(cases.cases)]
    claims = [(claim.id, ("claims", k, "id")) for k, claim in enumerate(cases.claims)]
    for named in (ids, claims):
        message = "the id `{}` is used twice"
        found += repeated_names(named, "duplicate-id", message, "first used here")
    cited: list[Named] = []
    for k, case in enumerate(cases.cases):
        cited += names_in(case.source, ("cases", k, "source"))
        asked = _inputs_of_partners(case.candidate, framework)
        place = ("cases", k, "expect")
        if not case.expect.model_fields_set and case.id not in cases.order:
            message = "this case has no expectation"
            help = "write `expect: {verdict: ...}`, or name the case in `order`"
            found.append(Diagnostic("too-few", message, place, help, absent=((*place, "*"),)))
        found += _check_expectation(case.expect, place, framework, asked)
    for k, claim in enumerate(cases.claims):
        cited += names_in(claim.source, ("claims", k, "source"))
        found += _check_claim(claim, ("claims", k), framework)
    sources = cases.sources.keys() | framework.all_sources.keys()
    expected = f"a source of the cases or of `{framework.id}`"
    found += unknown_names("source", cited, sources, expected, ("sources",))
    if len(cases.order) == 1:
        message = "an order needs at least two cases"
        help = "add the cases below it, or remove `order`"
        found.append(Diagnostic("too-few", message, ("order",), help, absent=(("order", "*"),)))
    ordered = list(names_in(cases.order, ("order",)))
    found += unknown_names("case", ordered, dict(ids), "a case of this file")
    found += repeated_names(ordered, "repeated-word", _TWICE, "first listed here")
    return found


def _inputs_of_partners(candidate: Candidate, framework: Framework) -> list[str]:
    """Return the names of what a framework asks about the partners of a candidate."""
    asked = [PARTNERS] if framework.partner_facts else []
    for partner in candidate.partners or ():
        asked += [f"{fact}{OF_PARTNER}{partner.id}" for fact in framework.partner_facts]
    return asked


def _check_case_candidates(cases: Cases, framework: Framework) -> Iterator[Diagnostic]:
    """Yield what is wrong with candidates of cases; of the answers that all share, once."""
    seen: set[tuple[str, KeyPath]] = set()
    for one in check_candidates(cases.candidates(), [framework]):
        path = one.path
        if one.code == "duplicate-id" and not cases.cases[int(path[1])].candidate.id:
            continue  # the id is that of the case: said there, or by the candidate that took it
        if one.code in ("until-without-as-of", "date-without-as-of"):
            message = one.message.replace("the list, which has", "the cases, which have")
            one = replace(one, message=message, help="add `as_of: ...` to the cases")
        one = one.moved(partial(_path_in_case, cases))
        if (one.message, one.path) not in seen:
            yield one
        seen.add((one.message, one.path))


def _path_in_case(cases: Cases, path: KeyPath) -> KeyPath:
    """Return the path among the cases of a path in the list of their candidates."""
    if path[0] != "candidates":
        return path
    candidate = cases.cases[int(path[1])].candidate
    section, *rest = path[2:] or ("",)
    if section == "safeguards" and rest and int(rest[0]) >= len(candidate.safeguards):
        place = cases.given.places_beside(candidate)[int(rest[0]) - len(candidate.safeguards)]
        return ("given", section, place, *rest[1:])
    if section in ("facts", "ratings") and rest and rest[0] not in getattr(candidate, section):
        return ("given", section, *rest)
    return ("cases", path[1], "candidate", *path[2:])


def _check_claim(claim: Claim, path: KeyPath, framework: Framework) -> Iterator[Diagnostic]:
    """Yield what is wrong with a claim: its keys, its condition and its verdicts."""
    both = ((*path, "always"), (*path, "never"))
    if claim.always is None and claim.never is None:
        help = "add `always: {when: ..., verdict: ...}`"
        yield Diagnostic(
            "missing-key", "a claim needs `always` or `never`", path, help, absent=both
        )
        return
    if claim.always is not None and claim.never is not None:
        message = "`always` and `never` cannot both be in one claim"
        yield Diagnostic("misplaced-key", message, both[1], "make two claims of them")
    for key, subject in (("always", claim.always), ("never", claim.never)):
        if subject is not None:
            yield from _check_claimed_verdict(subject, (*path, key), framework)
            yield from _check_claimed_condition(subject, (*path, key), framework)


def _check_claimed_verdict(
    subject: ClaimedVerdict, path: KeyPath, framework: Framework
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the verdicts of a claim: their words, and their bounds."""
    verdicts = list(framework.all_verdicts)
    unknown: list[Diagnostic] = []
    for key in ("verdict", "at_least", "at_most"):
        words = names_in(getattr(subject, key), (*path, key))
        unknown += unknown_names("verdict", words, verdicts, f"a verdict of `{framework.id}`")
    yield from unknown
    bounds = [key for key in ("at_least", "at_most") if getattr(subject, key) is not None]
    if subject.verdict is None and not bounds:
        message, help = "a claim needs a verdict", f"add `verdict`: {choose_from(verdicts)}"
        yield Diagnostic("missing-key", message, path, help, absent=((*path, "verdict"),))
    elif subject.verdict is not None and bounds:
        message = f"`verdict` and `{bounds[0]}` cannot both be there"
        help = "remove one of them: `verdict` lists verdicts, the other is a bound"
        yield Diagnostic("misplaced-key", message, (*path, bounds[0]), help)
    elif not unknown and not subject.positions(verdicts):
        message = f"no verdict is at least `{subject.at_least}` and at most `{subject.at_most}`"
        help = f"write `at_least: {subject.at_most}` and `at_most: {subject.at_least}`"
        yield Diagnostic("reversed-interval", message, (*path, "at_least"), help)


def _check_claimed_condition(
    subject: ClaimedVerdict, path: KeyPath, framework: Framework
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the condition of a claim, where it has one."""
    if subject.when is None:
        return
    try:
        parse(subject.when, framework.symbols)
    except ConditionError as error:
        yield replace(error.diagnostic, path=(*path, "when"))


def _check_expectation(
    expect: Expectation, path: KeyPath, framework: Framework, asked: Sequence[str]
) -> Iterator[Diagnostic]:
    verdicts = list(framework.all_verdicts)
    ends = expect.verdict_range or []
    if set(ends) <= set(verdicts) and sorted(ends, key=verdicts.index) != ends:
        message = f"`[{', '.join(ends)}]` runs backwards: the mildest verdict comes first"
        help = f"write `[{ends[1]}, {ends[0]}]`"
        yield Diagnostic("reversed-interval", message, (*path, "verdict_range"), help)
    inputs = [*framework.candidate_facts, *asked, *framework.leaves]
    notes = _beginnings("facts", [framework])
    for field, kind, known, expected, begun in (
        ("verdict", "verdict", verdicts, "a verdict", ()),
        ("verdict_range", "verdict", verdicts, "a verdict", ()),
        ("band", "band", [*framework.bands], "a band", ()),
        ("unknown", "fact", inputs, "a fact or criterion", notes),
    ):
        named = names_in(getattr(expect, field), (*path, field))
        expected = f"{expected} of `{framework.id}`"
        yield from unknown_names(kind, named, known, expected, notes=begun)
    rules = [(name, (*path, "findings", name)) for name in expect.findings]
    expected = f"a guardrail of `{framework.id}`"
    yield from unknown_names("guardrail", rules, framework.guardrails, expected, at_key=True)
