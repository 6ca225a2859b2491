"""What is wrong with a list of candidates, judged by the words of one framework or of several.

Imports the models and the reading of ratings and facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ..errors import Diagnostic, KeyPath, Note, did_you_mean
from .candidates import Candidate, Candidates, FactDetail, RatingDetail
from .facts import Fact
from .framework import Framework
from .reading import ReadingError, read_fact, read_rating
from .scales import Scale
from .sources import Citation, Source

__all__ = ["Lexicon", "candidate_issues"]


class Lexicon:
    """The words of several frameworks together: what a candidate may rate, state, have and cite."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.frameworks = tuple(frameworks)
        self.scales: dict[str, Scale] = {}
        self.facts: dict[str, Fact] = {}
        self.lists: dict[str, Collection[str]] = {}
        self.safeguards: set[str] = set()
        self.sources: dict[str, Source] = {}
        for framework in frameworks:
            self.scales |= framework.rated_words
            self.facts |= framework.all_facts
            self.lists |= {name: framework.members(name) for name in framework.all_lists}
            self.safeguards |= set(framework.all_safeguards)
            self.sources |= framework.all_sources

    @property
    def names(self) -> str:
        """The frameworks in words."""
        return " or ".join(f"`{framework.id}`" for framework in self.frameworks)

    def conflicts(self) -> Iterator[tuple[str, str, Framework, Framework]]:
        """Yield each word that two frameworks define differently: kind, word, one, the other."""
        for number, one in enumerate(self.frameworks):
            for other in self.frameworks[number + 1 :]:
                for kind, ours, theirs in (
                    ("criterion", one.rated_words, other.rated_words),
                    ("fact", one.all_facts, other.all_facts),
                    ("list", one.all_lists, other.all_lists),
                ):
                    for word in ours.keys() & theirs.keys():
                        if _core(ours[word]) != _core(theirs[word]):
                            yield kind, word, one, other


def _core(word: object) -> object:
    """Return what decides the meaning of a word: not its title, its question or its remarks."""
    if isinstance(word, Scale):
        return word.range, word.levels
    return word.model_dump(exclude={"title", "question", "note", "source", "verified", "basis"})  # type: ignore[attr-defined]


def candidate_issues(candidates: Candidates, lexicon: Lexicon) -> list[Diagnostic]:
    """Return everything wrong with a list of candidates, in the order of the document."""
    issues = list(_conflicts(candidates, lexicon))
    first: dict[str, int] = {}
    sources = candidates.sources.keys() | lexicon.sources.keys()
    good: set[tuple[str, object]] = set()  # answers of one word that were read before
    parents = {candidate.id: candidate.part_of for candidate in candidates.candidates}
    for number, candidate in enumerate(candidates.candidates):
        path = ("candidates", number)
        if candidate.id in first:
            where = ("candidates", first[candidate.id], "id")
            issues.append(
                Diagnostic(
                    "duplicate-id",
                    f"the id `{candidate.id}` is taken",
                    (*path, "id"),
                    notes=(Note("first used here", path=where),),
                )
            )
        first.setdefault(candidate.id, number)
        issues += _ratings(candidate, path, lexicon, sources)
        issues += _facts(candidate, path, lexicon, sources, good)
        if candidate.safeguards:
            issues += _safeguards(candidate, path, lexicon, sources)
        if candidate.part_of is not None:
            issues += _part_of(candidate, path, parents)
    return issues


def _conflicts(candidates: Candidates, lexicon: Lexicon) -> Iterator[Diagnostic]:
    for kind, word, one, other in lexicon.conflicts():
        yield Diagnostic(
            "conflicting-words",
            f"the {kind} `{word}` is defined differently by `{one.id}` and by `{other.id}`",
            ("framework",) if candidates.framework else (),
            help="judge by one of them at a time, or let both use one vocabulary",
        )


def _ratings(
    candidate: Candidate, path: KeyPath, lexicon: Lexicon, sources: Collection[str]
) -> Iterator[Diagnostic]:
    scales = lexicon.scales
    for key, raw in candidate.ratings.items():
        scale = scales.get(key)
        if scale is None:
            yield _unknown("criterion", key, (*path, "ratings", key), scales, lexicon, candidate)
            continue
        kind = type(raw)
        if (kind is int or kind is float) and scale.range[0] <= raw <= scale.range[1]:  # type: ignore[operator]
            continue  # by far the commonest
        try:
            read_rating(raw, scale)
        except ReadingError as error:
            yield _placed(error, (*path, "ratings", key), f"`{key}`")
        if kind is RatingDetail and raw.evidence is not None:  # type: ignore[union-attr]
            yield from _dangling(raw.evidence, (*path, "ratings", key, "evidence"), sources)  # type: ignore[union-attr]


def _facts(
    candidate: Candidate,
    path: KeyPath,
    lexicon: Lexicon,
    sources: Collection[str],
    good: set[tuple[str, object]],
) -> Iterator[Diagnostic]:
    for key, raw in candidate.facts.items():
        if type(raw) is str and (key, raw) in good:
            continue
        fact = lexicon.facts.get(key)
        if fact is None:
            yield _unknown("fact", key, (*path, "facts", key), lexicon.facts, lexicon, candidate)
            continue
        try:
            read_fact(raw, fact, lexicon.lists)
        except ReadingError as error:
            yield _placed(error, (*path, "facts", key), f"`{key}`")
        else:
            if type(raw) is str:
                good.add((key, raw))
        if isinstance(raw, FactDetail) and raw.evidence is not None:
            yield from _dangling(raw.evidence, (*path, "facts", key, "evidence"), sources)


def _placed(error: ReadingError, path: KeyPath, name: str) -> Diagnostic:
    issue = error.diagnostic
    return Diagnostic(issue.code, f"{name}: {issue.message}", (*path, *issue.path), help=issue.help)


def _unknown(
    kind: str,
    key: str,
    path: KeyPath,
    known: Mapping[str, object],
    lexicon: Lexicon,
    candidate: Candidate,
) -> Diagnostic:
    cure = did_you_mean(key, known)
    if kind == "criterion" and key in lexicon.facts:
        cure = f"`{key}` is a fact: write it under `facts`"
    elif kind == "fact" and key in lexicon.scales:
        cure = f"`{key}` is a criterion: write it under `ratings`"
    return Diagnostic(
        f"unknown-{kind}", f"`{key}` is not a {kind} of {lexicon.names}", path, cure, at_key=True
    )


def _safeguards(
    candidate: Candidate, path: KeyPath, lexicon: Lexicon, sources: Collection[str]
) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for k, entry in enumerate(candidate.safeguards):
        name, place = (
            (entry, (*path, "safeguards", k))
            if isinstance(entry, str)
            else (entry.id, (*path, "safeguards", k, "id"))
        )
        if name not in lexicon.safeguards:
            cure = did_you_mean(name, sorted(lexicon.safeguards))
            yield Diagnostic(
                "unknown-safeguard", f"`{name}` is not a safeguard of {lexicon.names}", place, cure
            )
        if name in seen:
            yield Diagnostic(
                "repeated-word",
                f"`{name}` is listed twice",
                place,
                notes=(Note("first listed here", path=(*path, "safeguards", seen[name])),),
            )
        seen.setdefault(name, k)
        if not isinstance(entry, str) and entry.evidence is not None:
            yield from _dangling(entry.evidence, (*path, "safeguards", k, "evidence"), sources)


def _dangling(
    evidence: Sequence[str | Citation], path: KeyPath, sources: Collection[str]
) -> Iterator[Diagnostic]:
    for k, entry in enumerate(evidence):
        name, place = (
            (entry, (*path, k)) if isinstance(entry, str) else (entry.id, (*path, k, "id"))
        )
        if name not in sources:
            help = did_you_mean(name, sorted(sources)) or "list it under `sources`"
            yield Diagnostic(
                "unknown-source",
                f"`{name}` is not a source of the list or of its framework",
                place,
                help,
            )


def _part_of(
    candidate: Candidate, path: KeyPath, parents: Mapping[str, str | None]
) -> Iterator[Diagnostic]:
    place = (*path, "part_of")
    if candidate.part_of not in parents:
        help = did_you_mean(candidate.part_of, parents)
        yield Diagnostic(
            "unknown-candidate",
            f"`{candidate.part_of}` is not a candidate of this list",
            place,
            help,
        )
        return
    seen, current = {candidate.id}, candidate.part_of
    while current is not None and current in parents:
        if current in seen:
            yield Diagnostic("circular-part", f"`{candidate.id}` is a part of itself", place)
            return
        seen.add(current)
        current = parents[current]
