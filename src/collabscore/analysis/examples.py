"""Candidates that prove or refute statements, with as few answers as show it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import count, islice, product
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..arrays import Frozen
from ..documents.loading import load_candidates
from ..documents.writing import yaml_text
from ..models.conditions import PLACE
from ..models.framework import Framework, LeafNode
from ..output.text import short_digest
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, rank
from ..scoring.verdicts import Assessment, deciding_findings
from .formulas import Formulas, Search, Slot

__all__ = [
    "AS_IT_IS",
    "A_DAY",
    "Candidates",
    "Example",
    "State",
    "Test",
    "labels_of",
]

# the answer to whether there is a partner
_SOME = "some"
# a list has a day; conditions may compare dates with it
A_DAY = "2026-01-01"
# ratings to try for the points of a counterexample: combinations of fifths, and random ones
_FIFTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_COMBINED, _RANDOM = 3125, 1000


@dataclass(frozen=True)
class Example(Frozen):
    """Candidates that prove or refute a statement: one, or one before and after a change.

    Parameters
    ----------
    candidates : tuple of mapping
        As a list of candidates holds them. Answers left out make no difference.
    verdicts : tuple of mapping of framework to str or None
        Verdict of each candidate; None where the framework does not apply to it.
    guardrails : tuple of mapping of framework to tuple of str
        Guardrails that give the verdict of each candidate; none for the mildest one.
    confirmed : bool
        Whether `score` gives these verdicts.
    as_of : str or None
        Date of the list, if it makes a difference.
    """

    candidates: tuple[Mapping[str, Any], ...]
    verdicts: tuple[Mapping[str, str | None], ...]
    guardrails: tuple[Mapping[str, tuple[str, ...]], ...]
    confirmed: bool
    as_of: str | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Each candidate as YAML in one line."""
        lines = []
        for candidate in self.candidates:
            shown = {key: entry for key, entry in candidate.items() if key != "id"}
            lines.append(yaml_text(shown, flow=True, width=math.inf).rstrip("\n"))
        return tuple(lines)

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return asdict(self)


class State(NamedTuple):
    """A candidate as it is (no changes), or with other values of some variables.

    Parameters
    ----------
    name : str
        The id of the candidate.
    changes : tuple of pairs of z3 terms
        Variables and their values.
    """

    name: str
    changes: tuple[tuple[Any, Any], ...] = ()


AS_IT_IS = (State("example"),)


Test: TypeAlias = Callable[[Sequence[Ranking], int], bool]
"""Whether the candidate in a row of rankings by each framework shows what it is to show."""


def labels_of(frameworks: Sequence[Framework]) -> tuple[str, ...]:
    """Return a word for each framework: its id, or what tells it from another of that id."""
    ids = [framework.id for framework in frameworks]
    files = [framework.origin.source for framework in frameworks]
    names = [Path(file).name for file in files]
    for words in (ids, names, files):
        if all(words) and len(set(words)) == len(words):
            return tuple(words)
    versions = _versions_or_digests(frameworks)
    return tuple(f"{name} {word}".strip() for name, word in zip(ids, versions, strict=True))


def _versions_or_digests(frameworks: Sequence[Framework]) -> list[str]:
    """Return the version of each framework; short digests where two versions are the same."""
    versions = [framework.version or "" for framework in frameworks]
    if len(set(versions)) < len(versions):
        return [short_digest(framework.digest) for framework in frameworks]
    return versions


class Candidates(NamedTuple):
    """The candidates of a model.

    Parameters
    ----------
    search : Search
    model : z3 model
    goal : z3 formula
        What they show.
    states : sequence of State
    verdicts : tuple of tuple of int
        Position of the verdict by each framework, in each state; -1 where it does not apply.
    """

    search: Search
    model: Any
    goal: Any
    states: Sequence[State]
    verdicts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, search: Search, model: Any, goal: Any, states: Sequence[State]) -> Candidates:
        """Return the candidates of a model, with their verdicts in it."""
        formulas, z3 = search.formulas, search.formulas.z3

        def holds(formula: Any, state: State) -> bool:
            value = model.eval(formulas.changed(formula, state.changes), model_completion=True)
            return bool(z3.is_true(value))

        verdicts = []
        for state in states:
            by_judge = []
            for judge in formulas.judges:
                reached = [holds(formula, state) for formula in judge.at_least]
                by_judge.append(sum(reached) - 1 if holds(judge.applies, state) else -1)
            verdicts.append(tuple(by_judge))
        return cls(search, model, goal, states, tuple(verdicts))

    @property
    def formulas(self) -> Formulas:
        """The variables, and what each framework says."""
        return self.search.formulas

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks that judge them."""
        return tuple(judge.framework for judge in self.formulas.judges)

    def example(self, test: Test | None) -> Example:
        """Return them with as few answers as show the goal; with all, if `score` needs them."""
        candidates: list[dict[str, Any]] = []
        for entries in (self._needed_entries(), set(self.formulas.slots)):
            candidates = self._documents(entries)
            for trials in ([candidates], self._rated(candidates, entries)):
                confirmed = self._first_confirmed(trials, test)
                if confirmed is not None:
                    return self._example_with(confirmed, self._rankings(confirmed))
        return self._example_with(candidates)

    def _first_confirmed(
        self, trials: Sequence[list[dict[str, Any]]], test: Test | None
    ) -> list[dict[str, Any]] | None:
        """Return the first candidates to which `score` gives the verdicts; None for none."""
        listed = []
        for number, candidates in enumerate(trials):
            for candidate in candidates:
                listed.append({**candidate, "id": f"{number}-{candidate['id']}"})
        if not listed:
            return None
        rankings, size = self._rankings(listed), len(self.states)
        agree = np.ones(len(trials), dtype=np.bool_)
        for ranking, expected in zip(rankings, zip(*self.verdicts, strict=True), strict=True):
            agree &= (ranking.judgement.verdicts.reshape(-1, size) == expected).all(axis=1)
        for number in np.flatnonzero(agree).tolist():
            if test is None or test(rankings, number * size):
                return trials[number]
        return None

    def _example_with(
        self, candidates: Sequence[dict[str, Any]], rankings: Sequence[Ranking] = ()
    ) -> Example:
        """Return candidates with their verdicts; confirmed, if there are rankings of them."""
        verdicts, guardrails = [], []
        labels = labels_of(self.frameworks)
        for candidate, by_judge in zip(candidates, self.verdicts, strict=True):
            words: dict[str, str | None] = {}
            for label, judge, position in zip(labels, self.formulas.judges, by_judge, strict=True):
                names = list(judge.framework.all_verdicts)
                words[label] = names[position] if position >= 0 else None
            verdicts.append(words)
            deciding = {}
            for label, ranking in zip(labels, rankings, strict=False):
                deciding[label] = _deciding_guardrails(ranking[candidate["id"]])
            guardrails.append(deciding)
        listed = tuple(candidates), tuple(verdicts), tuple(guardrails)
        return Example(*listed, bool(rankings), self._day)

    @property
    def _day(self) -> str | None:
        """The day of the list in the model; None if no condition asks for it."""
        slot = self.formulas.slots.get(("list", "as_of"))
        if slot is None:
            return None
        day: str = slot.written(self._values(slot, self.states[0]))
        return day

    def _needed_entries(self) -> set[tuple[str, str]]:
        """Return the entries without which the goal or a verdict could be otherwise."""
        formulas, z3 = self.formulas, self.formulas.z3
        otherwise = z3.Not(z3.And(self.goal, *self._verdict_formulas()))
        marks, given = {}, []
        for entry, slot in formulas.slots.items():
            mark = z3.Bool(f"given.{'.'.join(entry)}", formulas.context)
            marks[mark] = entry
            given.append(z3.Implies(mark, self._as_found(slot.terms)))
        changed: set[Any] = set()
        for state in self.states:
            given.append(self._as_found([value for _, value in state.changes]))
            changed.update(term for term, _ in state.changes)
        core = self.search.find(formulas.all_of([*given, otherwise]), *marks)
        if not core:
            return set(formulas.slots)
        needed = {marks[mark] for mark in core} | formulas.kept
        for entry, slot in formulas.slots.items():
            if not changed.isdisjoint(slot.terms):
                needed.add(entry)
        return needed

    def _verdict_formulas(self) -> Iterator[Any]:
        """Yield the formulas that each framework gives its verdict in each state."""
        for state, by_judge in zip(self.states, self.verdicts, strict=True):
            for judge, position in zip(self.formulas.judges, by_judge, strict=True):
                yield self.formulas.changed(judge.verdict_is(position), state.changes)

    def _as_found(self, terms: Iterable[Any]) -> Any:
        """Return the formula that terms have their values in the model."""
        found = [term == self.model.eval(term, model_completion=True) for term in terms]
        return self.formulas.all_of(found)

    def _documents(self, entries: set[tuple[str, str]]) -> list[dict[str, Any]]:
        """Return a candidate for each state, with some entries."""
        found = []
        for state in self.states:
            candidate: dict[str, Any] = {"id": state.name, "unit": "project"}
            for entry, slot in self.formulas.slots.items():
                if entry in entries and PLACE not in slot.key:
                    _put_entry(candidate, slot, self._values(slot, state))
            candidate |= self._partners(entries, state)
            lows = {key: _rating_at(node, 0.0) for key, node in self.formulas.rated.items()}
            found.append(_with_ratings(candidate, lows | candidate.get("ratings", {})))
        return found

    def _partners(self, entries: set[tuple[str, str]], state: State) -> dict[str, Any]:
        """Return the partners of a candidate in a state, if any answer about them is needed."""
        if not any(PLACE in key for _, key in entries):
            return {}
        slots, partners = self.formulas.slots, []
        for place in count(1):
            there = slots.get(("facts", f"{PLACE}{place}"))
            if there is None or there.written(self._values(there, state)) != _SOME:
                break
            partner: dict[str, Any] = {"id": f"partner-{place}"}
            for entry, slot in slots.items():
                name, _, of = slot.key.partition(PLACE)
                if entry in entries and name and of == str(place):
                    named = slot._replace(key=name)
                    _put_entry(partner, named, self._values(slot, state))
            partners.append(partner)
        return {"partners": partners}

    def _values(self, slot: Slot, state: State) -> list[Any]:
        """Return the values of the terms of a slot in a state: truth values or numbers."""
        z3, found = self.formulas.z3, []
        for term in slot.terms:
            value = self.model.eval(
                self.formulas.changed(term, state.changes), model_completion=True
            )
            is_truth = z3.is_bool(value)
            found.append(z3.is_true(value) if is_truth else _plain_number(value.as_string()))
        return found

    def _rankings(self, candidates: Sequence[Mapping[str, Any]]) -> list[Ranking]:
        """Return the candidates as each framework judges them."""
        day = self._day or A_DAY
        listed = load_candidates(candidates, self.frameworks, as_of=day)
        problems = [Problem.from_candidates(listed, each) for each in self.frameworks]
        return list(map(rank, problems))

    def _rated(
        self, candidates: Sequence[dict[str, Any]], entries: set[tuple[str, str]]
    ) -> list[list[dict[str, Any]]]:
        """Return the candidates with ratings that may have the points of the model."""
        groups: dict[str, set[str]] = {}
        scales: dict[str, Any] = {}
        for key, leaf, node in self._leaves_of_points(entries):
            if ("ratings", leaf) not in entries:
                groups.setdefault(leaf, set()).add(key)
                scales[leaf] = node
        alike: dict[frozenset[str], list[str]] = {}
        for leaf, keys in sorted(groups.items()):
            alike.setdefault(frozenset(keys), []).append(leaf)
        trials = []
        for shares in _shares_to_try(list(alike.values())):
            ratings = {leaf: _rating_at(scales[leaf], share) for leaf, share in shares.items()}
            trials.append([_with_ratings(candidate, ratings) for candidate in candidates])
        return trials

    def _leaves_of_points(
        self, entries: set[tuple[str, str]]
    ) -> Iterator[tuple[str, str, LeafNode]]:
        """Yield the key of an entry that is points, and each leaf that the points are made of."""
        for section, key in sorted(entries):  # the same in every run
            if section == "points":
                number, _, criterion = key.partition(".")
                framework = self.frameworks[int(number)]
                # the framework's own id stands for the whole score
                for leaf in framework.leaves_below(criterion) or framework.leaves:
                    yield key, leaf, framework.leaves[leaf]


def _with_ratings(candidate: Mapping[str, Any], ratings: Mapping[str, float]) -> dict[str, Any]:
    if not ratings:
        return dict(candidate)
    return {**candidate, "ratings": {**candidate.get("ratings", {}), **ratings}}


def _deciding_guardrails(assessment: Assessment) -> tuple[str, ...]:
    """Return the guardrails that give a verdict, those of which all answers are known if any."""
    found = deciding_findings(assessment)
    known = [finding for finding in found if finding.state != "unknown"]
    return tuple(finding.guardrail for finding in known or found)


def _shares_to_try(groups: Sequence[Sequence[str]]) -> Iterator[dict[str, float]]:
    """Yield how good each leaf is, from 0 to 1: in groups that are alike, then each at random."""
    if not groups:
        return
    for chosen in islice(product(_FIFTHS, repeat=len(groups)), _MOST_COMBINED):
        shares = {}
        for leaves, share in zip(groups, chosen, strict=True):
            shares.update(dict.fromkeys(leaves, share))
        yield shares
    source = random.Random(0)  # noqa: S311
    for _ in range(_RANDOM):
        yield {leaf: source.random() for leaves in groups for leaf in leaves}


def _rating_at(node: Any, share: float) -> float:
    low, high = map(float, node.scale.range)
    if node.criterion.prefer == "low":
        share = 1 - share
    return low + share * (high - low)


def _plain_number(text: str) -> float:
    """Return a number of a model, a fraction in digits, as a float; a whole one without point."""
    number = float(Fraction(text))
    return int(number) if number.is_integer() else number


def _put_entry(candidate: dict[str, Any], slot: Slot, values: Sequence[Any]) -> None:
    """Add an entry to a candidate: a rating, an answer, a safeguard that is in place, the unit."""
    match slot.section:
        case "unit":
            candidate["unit"] = "area" if values[0] else "project"
        case "safeguards":
            if values[0]:
                candidate.setdefault("safeguards", []).append(slot.key)
        case "facts" | "ratings":
            candidate.setdefault(slot.section, {})[slot.key] = slot.written(values)
