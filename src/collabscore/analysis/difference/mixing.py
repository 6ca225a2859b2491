"""Mixing: the runs that lie between two, with some kinds of change made and the others not.

Imports scoring, the documents and the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Any, Literal, TypeAlias

from ...documents.loading import load_framework
from ...errors import DocumentError
from ...models.candidates import Candidate, Candidates, FactDetail, RatingDetail
from ...models.framework import Framework, digest_of
from ...scoring.problem import Problem
from ...scoring.ranking import Ranking, rank

__all__ = ["KINDS", "Kind", "Mixer", "bare", "mixer_of"]

Kind = Literal[
    "ratings", "facts", "safeguards", "weights", "criteria", "guardrails", "framework", "documents"
]
Made: TypeAlias = frozenset[Kind]

KINDS: dict[Kind, str] = {
    "ratings": "ratings",
    "facts": "facts",
    "safeguards": "safeguards",
    "weights": "weights",
    "criteria": "criteria, values and bands",
    "guardrails": "guardrails and their words",
    "framework": "the framework as a whole",
    "documents": "the documents as a whole",
}
"""What may have changed, in words. The last two stand for several that cannot be told apart."""

_OF_FRAMEWORK: tuple[Kind, ...] = ("weights", "criteria", "guardrails")
# the keys of a framework that make scores; `weights:` names a space for draws, which changes none
_SCORES = ("criteria", "combine", "missing", "scales", "bands", "parties", "weights")


@dataclass(frozen=True, eq=False)
class Mixer:
    """The runs between an old one and a new one, over the candidates in both.

    Parameters
    ----------
    old, new : Ranking
    kinds : tuple of str
        The kinds of change there are.
    shared : tuple of str
        Ids of the candidates in both, in the order of the new list.
    """

    old: Ranking
    new: Ranking
    kinds: tuple[Kind, ...]
    shared: tuple[str, ...]

    @cached_property
    def rankings(self) -> Mapping[Made, Ranking]:
        """The run for each set of changes made, the others not."""
        return {made: self._run(made) for made in _subsets(self.kinds)}

    def _run(self, made: Made) -> Ranking:
        framework = self.frameworks[made & {*_OF_FRAMEWORK, "framework", "documents"}]
        mixed = [self._candidate(name, made) for name in self.shared]
        return rank(
            Problem.from_candidates(
                Candidates.model_construct(candidates=mixed, unit="project"), framework
            )
        )

    def _candidate(self, name: str, made: Made) -> Candidate:
        old, new = (_named(ranking)[name] for ranking in (self.old, self.new))
        whole = "documents" in made
        facts, safeguards = (
            new if whole or kind in made else old for kind in ("facts", "safeguards")
        )
        return old.model_copy(
            update={
                "ratings": (new if whole or "ratings" in made else old).ratings,
                "facts": facts.facts,
                # whether it is an area or a project is a fact of its own
                "unit": (self.new if facts is new else self.old).problem.document.unit_of(facts),  # type: ignore[union-attr]
                "safeguards": safeguards.safeguards,
            }
        )

    @cached_property
    def frameworks(self) -> Mapping[Made, Framework]:
        """The framework for each set of its changes made, the others not."""
        own = [kind for kind in self.kinds if kind in (*_OF_FRAMEWORK, "framework", "documents")]
        return {made: self._framework(made, own) for made in _subsets(own)}

    def _framework(self, made: Made, own: list[Kind]) -> Framework:
        if not made:
            return self.old.framework
        if len(made) == len(own):
            return self.new.framework
        old, new = (_document(ranking.framework) for ranking in (self.old, self.new))
        rules, scores = (new if kind in made else old for kind in ("guardrails", "criteria"))
        weights = new if "weights" in made or ("weights" not in own and scores is new) else old
        mixed = {key: value for key, value in rules.items() if key not in _SCORES}
        mixed |= {key: value for key, value in scores.items() if key in _SCORES}
        mixed["sources"] = {**old.get("sources", {}), **new.get("sources", {})}
        mixed["criteria"] = _weighted(mixed["criteria"], weights["criteria"])
        return load_framework(mixed)


def mixer_of(old: Ranking, new: Ranking) -> Mixer:
    """Return the runs between two, told apart as finely as the documents allow.

    Where a framework's parts cannot be changed one without the other (a guardrail that asks for a new criterion), it
    changes as a whole; where a candidate's words are known to one framework alone, so do the documents.
    """
    there = _named(old)
    shared = tuple(candidate.id for candidate in new.problem.candidates if candidate.id in there)
    of_candidates = tuple(_candidate_kinds(old, new, shared))
    of_framework = tuple(_framework_kinds(old.framework, new.framework))
    ways: list[tuple[Kind, ...]] = [(*of_candidates, *of_framework)]
    if len(of_framework) > 1:
        ways.append((*of_candidates, "framework"))
    for kinds in ways:
        mixer = Mixer(old, new, kinds, shared)
        try:
            _ = mixer.rankings
        except (DocumentError, ValueError, KeyError):
            continue
        return mixer
    return Mixer(old, new, ("documents",), shared)


def bare(said: object) -> object:
    """Return what is said of a rating or a fact without what stands behind it."""
    if isinstance(said, RatingDetail):
        if said.low is None and said.high is None:
            return said.value
        return [said.low, said.high] if said.value is None else [said.low, said.value, said.high]
    if isinstance(said, FactDetail):
        inside = {"at_least": said.at_least, "low": said.low, "high": said.high}
        return bare(
            {key: value for key, value in inside.items() if value is not None} or said.value
        )
    if isinstance(said, Mapping):
        if "at_least" in said:
            return {"at_least": sorted(said["at_least"])}
        return [said["low"], said["high"]] if "low" in said else bare(said.get("value"))
    return said


def _candidate_kinds(old: Ranking, new: Ranking, shared: Iterable[str]) -> Iterable[Kind]:
    pairs = [(_named(old)[name], _named(new)[name]) for name in shared]
    if any(_bare_all(a.ratings) != _bare_all(b.ratings) for a, b in pairs):
        yield "ratings"
    units = [(old.problem.document.unit_of(a), new.problem.document.unit_of(b)) for a, b in pairs]  # type: ignore[union-attr]
    if any(_bare_all(a.facts) != _bare_all(b.facts) for a, b in pairs) or any(
        a != b for a, b in units
    ):
        yield "facts"
    if any(_placed(a) != _placed(b) for a, b in pairs):
        yield "safeguards"


def _framework_kinds(old: Framework, new: Framework) -> Iterable[Kind]:
    if old.digest == new.digest:
        return
    vocabularies = [
        digest_of(f.vocabulary) if f.vocabulary is not None else None for f in (old, new)
    ]
    if vocabularies[0] != vocabularies[1]:
        yield "framework"
        return
    one, other = _document(old), _document(new)
    alike = set(old.nodes) == set(new.nodes)
    if alike and _weights_of(one.get("criteria")) != _weights_of(other.get("criteria")):
        yield "weights"
    trees = [
        _weighted(document.get("criteria"), one.get("criteria"))
        if alike
        else document.get("criteria")
        for document in (one, other)
    ]
    if trees[0] != trees[1] or any(
        one.get(key) != other.get(key) for key in _SCORES if key not in ("criteria", "weights")
    ):
        yield "criteria"
    words = (
        "guardrails",
        "verdicts",
        "defaults",
        "applies",
        "conditions",
        "facts",
        "lists",
        "safeguards",
        "standing",
    )
    if any(one.get(key) != other.get(key) for key in words):
        yield "guardrails"


def _document(framework: Framework) -> dict[str, Any]:
    return framework.model_dump(mode="json", exclude_unset=True)


def _weights_of(criteria: Mapping[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, criterion in (criteria or {}).items():
        found[key] = criterion.get("weight", 1)
        found |= _weights_of(criterion.get("criteria"))
    return found


def _weighted(criteria: Any, other: Any) -> Any:
    """Return a tree of criteria with the weights that another has, where it has a criterion of that id."""
    return _with_weights(criteria, _weights_of(other)) if criteria is not None else None


def _with_weights(criteria: Mapping[str, Any], weights: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, criterion in criteria.items():
        found[key] = {**criterion, "weight": weights.get(key, criterion.get("weight", 1))}
        if "criteria" in criterion:
            found[key]["criteria"] = _with_weights(criterion["criteria"], weights)
    return found


def _named(ranking: Ranking) -> dict[str, Candidate]:
    return {candidate.id: candidate for candidate in ranking.problem.candidates}


def _bare_all(said: Mapping[str, object]) -> dict[str, object]:
    # unknown, and not said at all, are the same
    return {
        key: found
        for key, value in said.items()
        if (found := bare(value)) is not None and found != "unknown"
    }


def _placed(candidate: Candidate) -> set[tuple[str, str]]:
    return {(safeguard.id, safeguard.status) for safeguard in candidate.placed()}


def _subsets(kinds: Iterable[Kind]) -> Iterable[Made]:
    known = list(kinds)
    return map(
        frozenset, chain.from_iterable(combinations(known, size) for size in range(len(known) + 1))
    )
