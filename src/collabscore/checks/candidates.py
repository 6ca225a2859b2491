"""Errors in candidates and in cases, checked against the definitions of one framework or of several."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, did_you_mean
from ..models.base import Element, ReadingError
from ..models.candidates import Candidate, Candidates, FactDetail, PlacedSafeguard, RatingDetail
from ..models.cases import Cases, Expectation
from ..models.criteria import Scale
from ..models.facts import Fact
from ..models.framework import Framework
from .references import Named, circular_names, names_in, repeated_names, unknown_names

__all__ = ["KnownIds", "check_candidates", "check_cases"]

_BACKED = (RatingDetail, FactDetail, PlacedSafeguard)


class KnownIds:
    """The definitions of several frameworks together, by id: what a candidate may rate, state, have and cite."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.frameworks = tuple(frameworks)
        self.scales: dict[str, Scale] = {}
        self.facts: dict[str, Fact] = {}
        self.lists: dict[str, Collection[str]] = {}
        self.safeguards: set[str] = set()
        self.sources: set[str] = set()
        for framework in frameworks:
            self.scales |= framework.rating_scales
            self.facts |= framework.all_facts
            self.lists |= {name: framework.members(name) for name in framework.all_lists}
            self.safeguards |= set(framework.all_safeguards)
            self.sources |= set(framework.all_sources)

    @property
    def names(self) -> str:
        """The frameworks in words."""
        return " or ".join(f"`{framework.id}`" for framework in self.frameworks)


def check_candidates(candidates: Candidates, known: KnownIds) -> list[Diagnostic]:
    """Return everything wrong with a list of candidates."""
    found = list(_check_conflicts(candidates, known.frameworks))
    listed = candidates.candidates
    ids: list[Named] = [(one.id, ("candidates", k, "id")) for k, one in enumerate(listed)]
    found += repeated_names(ids, "duplicate-id", "the id `{}` is taken", "first used here")
    parents = {candidate.id: candidate.part_of for candidate in listed}
    circular = circular_names(parents)
    seen: set[tuple[str, object]] = set()  # answers in one word that were read before
    cited: list[Named] = []
    for k, candidate in enumerate(listed):
        path = ("candidates", k)
        found += _check_ratings(candidate, path, known)
        found += _check_facts(candidate, path, known, seen)
        found += _check_safeguards(candidate, path, known)
        cited += _cited_evidence(candidate, path)
        if candidate.part_of is not None:
            part = [(candidate.part_of, (*path, "part_of"))]
            expected = "a candidate of this list"
            found += unknown_names("candidate", part, parents, expected)
        if candidate.id in circular:
            message = f"`{candidate.id}` is a part of itself"
            found.append(Diagnostic("circular-part", message, (*path, "part_of")))
    found += unknown_names(
        "source",
        cited,
        candidates.sources.keys() | known.sources,
        "a source of the list or of its framework",
        ("sources",),
        help="list it under `sources`",
    )
    return found


def _check_conflicts(
    candidates: Candidates, frameworks: Sequence[Framework]
) -> Iterator[Diagnostic]:
    """Yield the ids that two frameworks define differently, with the place of each definition."""
    path: KeyPath = ("framework",) if candidates.framework else ()
    sections: tuple[tuple[str, str, Callable[[Framework], Mapping[str, Any]]], ...] = (
        ("criterion", "criteria", lambda framework: framework.rating_scales),
        ("fact", "facts", lambda framework: framework.all_facts),
        ("list", "lists", lambda framework: framework.all_lists),
    )
    for number, one in enumerate(frameworks):
        for other in frameworks[number + 1 :]:
            for kind, section, definitions in sections:
                ours, theirs = definitions(one), definitions(other)
                for word, definition in ours.items():
                    if word not in theirs or _meaning(definition) == _meaning(theirs[word]):
                        continue
                    yield Diagnostic(
                        "conflicting-words",
                        f"the {kind} `{word}` is defined differently by `{one.id}` and by `{other.id}`",
                        path,
                        "judge by one of them at a time, or let both use one vocabulary",
                        notes=tuple(
                            Note(f"`{word}` as `{by.id}` has it", None, (section, word), by.id)
                            for by in (one, other)
                        ),
                    )


def _meaning(definition: Element) -> object:
    """Return what decides the meaning of a definition: not its title, its question or its remarks."""
    if isinstance(definition, Scale):
        return definition.range, definition.levels
    remarks = {"title", "question", "note", "source", "verified", "basis"}
    return definition.model_dump(exclude=remarks)


def _check_ratings(candidate: Candidate, path: KeyPath, known: KnownIds) -> Iterator[Diagnostic]:
    for key, raw in candidate.ratings.items():
        scale = known.scales.get(key)
        here = (*path, "ratings", key)
        if scale is None:
            yield _undefined("criterion", key, here, known)
            continue
        kind = type(raw)
        if (kind is int or kind is float) and scale.range[0] <= raw <= scale.range[1]:  # type: ignore[operator]
            continue  # by far the commonest
        try:
            scale.read(raw)
        except ReadingError as error:
            yield _unreadable(error, key, here)


def _check_facts(
    candidate: Candidate, path: KeyPath, known: KnownIds, seen: set[tuple[str, object]]
) -> Iterator[Diagnostic]:
    for key, raw in candidate.facts.items():
        if type(raw) is str and (key, raw) in seen:
            continue
        fact = known.facts.get(key)
        here = (*path, "facts", key)
        if fact is None:
            yield _undefined("fact", key, here, known)
            continue
        try:
            fact.read(raw, known.lists)
        except ReadingError as error:
            yield _unreadable(error, key, here)
        else:
            if type(raw) is str:
                seen.add((key, raw))


def _unreadable(error: ReadingError, key: str, path: KeyPath) -> Diagnostic:
    found = error.diagnostic
    message = f"`{key}`: {found.message}"
    return Diagnostic(found.code, message, (*path, *found.path), found.help)


_SECTIONS = {"criterion": "criteria", "fact": "facts", "safeguard": "safeguards"}


def _undefined(kind: str, key: str, path: KeyPath, known: KnownIds) -> Diagnostic:
    """Return the finding that no framework defines a key, with the places of their definitions."""
    choices: Iterable[str] = sorted(known.safeguards)
    help = None
    if kind == "criterion":
        choices = known.scales
        if key in known.facts:
            help = f"`{key}` is a fact: write it under `facts`"
    elif kind == "fact":
        choices = known.facts
        if key in known.scales:
            help = f"`{key}` is a criterion: write it under `ratings`"
    return Diagnostic(
        f"unknown-{kind}",
        f"`{key}` is not a {kind} of {known.names}",
        path,
        help or did_you_mean(key, choices),
        at_key=kind != "safeguard",
        notes=_beginnings(_SECTIONS[kind], known.frameworks),
    )


def _beginnings(section: str, frameworks: Sequence[Framework]) -> tuple[Note, ...]:
    """Return notes on the places at which frameworks define a kind of ids."""
    notes = []
    for framework in frameworks:
        message = f"the {section} of `{framework.id}` begin here"
        notes.append(Note(message, path=(section,), framework=framework.id))
    return tuple(notes)


def _check_safeguards(candidate: Candidate, path: KeyPath, known: KnownIds) -> Iterator[Diagnostic]:
    placed: list[Named] = []
    for k, entry in enumerate(candidate.safeguards):
        here = (*path, "safeguards", k)
        placed.append((entry, here) if isinstance(entry, str) else (entry.id, (*here, "id")))
    for name, place in placed:
        if name not in known.safeguards:
            yield _undefined("safeguard", name, place, known)
    yield from repeated_names(placed, "repeated-word", "`{}` is listed twice", "first listed here")


def _cited_evidence(candidate: Candidate, path: KeyPath) -> Iterator[Named]:
    """Yield the sources that the answers of a candidate name as evidence."""
    answers: list[tuple[Any, KeyPath]] = []
    for section in ("ratings", "facts"):
        for key, answer in getattr(candidate, section).items():
            answers.append((answer, (*path, section, key)))
    for k, entry in enumerate(candidate.safeguards):
        answers.append((entry, (*path, "safeguards", k)))
    for answer, place in answers:
        if type(answer) in _BACKED:
            yield from names_in(answer.evidence, (*place, "evidence"))


# cases


def check_cases(cases: Cases, framework: Framework) -> list[Diagnostic]:
    """Return everything wrong with cases of a framework: their candidates, their expectations, their order."""
    found = list(_check_case_candidates(cases, framework))
    ids: list[Named] = [(case.id, ("cases", k, "id")) for k, case in enumerate(cases.cases)]
    found += repeated_names(ids, "duplicate-id", "the id `{}` is taken", "first used here")
    cited: list[Named] = []
    for k, case in enumerate(cases.cases):
        path = ("cases", k)
        cited += names_in(case.source, (*path, "source"))
        found += _check_expectation(case.expect, (*path, "expect"), framework)
    sources = cases.sources.keys() | framework.all_sources.keys()
    expected = f"a source of the cases or of `{framework.id}`"
    found += unknown_names("source", cited, sources, expected, ("sources",))
    found += _check_order(cases.order, [name for name, _ in ids])
    return found


def _check_case_candidates(cases: Cases, framework: Framework) -> Iterator[Diagnostic]:
    """Yield the errors in the candidates, found as in any list of them, at their places among the cases."""

    def move(path: KeyPath) -> KeyPath:
        if path[:1] != ("candidates",):
            return path
        return ("cases", path[1], "candidate", *path[2:])

    for found in check_candidates(cases.candidates(), KnownIds([framework])):
        taken = found.code == "duplicate-id"
        if taken and not cases.cases[int(found.path[1])].candidate.id:
            continue  # the id is that of the case: said there, or by the candidate that took it
        yield found.moved(move)


def _check_expectation(
    expect: Expectation, path: KeyPath, framework: Framework
) -> Iterator[Diagnostic]:
    if not expect.model_fields_set:
        message, help = "this case expects nothing", "say what the `verdict` is to be"
        yield Diagnostic("too-few", message, path, help, absent=((*path, "*"),))
    verdicts = list(framework.all_verdicts)
    ends = expect.verdict_range or []
    named: list[Named] = []
    if expect.verdict is not None:
        named.append((expect.verdict, (*path, "verdict")))
    named += [(verdict, (*path, "verdict_range", k)) for k, verdict in enumerate(ends)]
    of_framework = f"of `{framework.id}`"
    yield from unknown_names("verdict", named, verdicts, f"a verdict {of_framework}")
    if set(ends) <= set(verdicts) and sorted(ends, key=verdicts.index) != ends:
        message = f"`[{', '.join(ends)}]` runs backwards: the mildest verdict comes first"
        help = f"write `[{ends[1]}, {ends[0]}]`"
        yield Diagnostic("reversed-interval", message, (*path, "verdict_range"), help)
    named = [(name, (*path, "findings", name)) for name in expect.findings]
    yield from unknown_names(
        "guardrail", named, framework.guardrails, f"a guardrail {of_framework}", at_key=True
    )
    named = [(name, (*path, "unknown", k)) for k, name in enumerate(expect.unknown or ())]
    answered = [*framework.all_facts, *framework.leaves]
    expected, notes = f"a fact or criterion {of_framework}", _beginnings("facts", [framework])
    yield from unknown_names("fact", named, answered, expected, notes=notes)
    if expect.band is not None:
        named = [(expect.band, (*path, "band"))]
        yield from unknown_names("band", named, framework.bands, f"a band {of_framework}")


def _check_order(order: Sequence[str], cases: Sequence[str]) -> Iterator[Diagnostic]:
    if len(order) == 1:
        message = "an order takes two cases or more"
        yield Diagnostic("too-few", message, ("order",), absent=(("order", "*"),))
    named: list[Named] = [(name, ("order", k)) for k, name in enumerate(order)]
    yield from unknown_names("case", named, cases, "a case of this file")
    yield from repeated_names(named, "repeated-word", "`{}` is listed twice", "first listed here")
