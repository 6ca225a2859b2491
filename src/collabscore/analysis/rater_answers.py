"""Answers of several raters to the same questions: where they differ, and what that can change.

Axis letters: n candidates of the merged list, k raters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from ..arrays import FloatArray, Frozen, Record, frozen_property, number_or_none
from ..documents.merging import RaterList
from ..models.candidates import Candidate, Candidates
from ..models.conditions import PLACE
from ..models.framework import PARTNERS
from ..scoring.problem import NumberColumn, Problem, column_of
from ..scoring.ranking import Ranking
from ..scoring.variants import Alone, Changes, Entries, Variants
from ..scoring.wording import known_of, title_of_word

__all__ = ["Change", "Effect", "RaterAnswers", "RaterDisagreement"]

Change = Literal["verdict", "top", "rank"]
"""What a disagreement can change, the most important first."""

_CHANGES: tuple[Change, ...] = get_args(Change)


class Effect(Record):
    """An answer that some raters give, and the result of its candidate if all gave it.

    Parameters
    ----------
    raters : tuple of str
        Labels.
    answer : str
        In words.
    verdict : str or None
    rank : int or None
    score : float or None
        In [0, 100].
    """

    raters: tuple[str, ...]
    answer: str
    verdict: str | None
    rank: int | None
    score: float | None


class RaterDisagreement(Record):
    """Different answers of raters to one question about one candidate.

    Parameters
    ----------
    candidate, title : str
    kind : {"rating", "fact", "partners", "safeguard"}
    key, about : str
        The criterion, fact or safeguard, and its title.
    merged : str
        The merged answer in words.
    verdict : str or None
    rank : int or None
    score : float or None
        The result of the candidate by the merged answer.
    effects : tuple of Effect
        One for each different answer.
    changes : tuple of {"verdict", "top", "rank"}
        What an answer in place of the merged one changes, all other entries as they are.
    """

    candidate: str
    title: str
    kind: str
    key: str
    about: str
    merged: str
    verdict: str | None
    rank: int | None
    score: float | None
    effects: tuple[Effect, ...]
    changes: tuple[Change, ...]


class _Entry(NamedTuple):
    """An entry of a candidate: the column that holds it, and its value there."""

    key: str
    value: Any


class _Spot(NamedTuple):
    """A question about a candidate to which raters give different answers.

    Parameters
    ----------
    row : int
    kind, name : str
        The name by which readers know the question.
    answers : mapping of label to tuple of _Entry
        Entries that each answer consists of; more than one for partners alone.
    """

    row: int
    kind: str
    name: str
    answers: Mapping[str, tuple[_Entry, ...]]

    @property
    def raters_by_answer(self) -> dict[tuple[_Entry, ...], tuple[str, ...]]:
        """Each different answer with the labels of those who give it."""
        found: dict[tuple[_Entry, ...], tuple[str, ...]] = {}
        for label, entries in self.answers.items():
            found[entries] = (*found.get(entries, ()), label)
        return found


@dataclass(frozen=True, eq=False)
class RaterAnswers(Frozen):
    """The answers of all raters about the candidates of a merged ranking.

    Parameters
    ----------
    ranking : Ranking
        Of the merged list.
    lists : tuple of RaterList
    """

    ranking: Ranking
    lists: tuple[RaterList, ...]

    @property
    def problem(self) -> Problem:
        """The merged problem."""
        return self.ranking.problem

    @property
    def merged(self) -> Candidates:
        """The merged list."""
        document = self.problem.document
        assert document is not None
        return document

    @frozen_property
    def own(self) -> tuple[tuple[Candidate | None, ...], ...]:
        """For each rater the entry of each candidate; None where the rater does not have it."""
        found = []
        for _, candidates in self.lists:
            by_id = {one.id: one for one in candidates.candidates}
            found.append(tuple(by_id.get(one.id) for one in self.merged.candidates))
        return tuple(found)

    @frozen_property
    def problems(self) -> tuple[Problem, ...]:
        """The entries of each rater as columns, in the rows of the merged problem."""
        problems = []
        for own in self.own:
            rows = []
            for mine, merged in zip(own, self.merged.candidates, strict=True):
                rows.append(mine or Candidate(id=merged.id))
            document = self.merged.model_copy(update={"candidates": rows})
            problems.append(Problem.from_candidates(document, self.ranking.framework))
        return tuple(problems)

    # tables

    def points(self, key: str) -> FloatArray:
        """Return ratings, or numbers that a fact gives, as points, (n, k); NaN if unknown.

        An interval without a most likely point counts as its middle.
        """
        columns = []
        for problem in self.problems:
            column: Any = problem.column(key)
            middle = (column.low + column.high) / 2
            columns.append(np.where(np.isnan(column.value), middle, column.value))
        return np.stack(columns, axis=1)

    def values(self, key: str) -> FloatArray:
        """Return the values of the ratings on a criterion, (n, k) in [0, 1]; NaN if unknown."""
        columns = []
        for problem in self.problems:
            column = problem.ratings[key]
            values = self.ranking.valuation.values_of(key, column)
            columns.append(np.where(column.unknown, np.nan, values))
        return np.stack(columns, axis=1)

    def codes(self, key: str) -> FloatArray:
        """Return the answers to a fact as numbers, (n, k): equal answers have equal ones."""
        known: dict[Any, int] = {}
        table = np.full((self.problem.size, len(self.lists)), np.nan)
        for place, problem in enumerate(self.problems):
            column = problem.facts[key]
            for row in np.flatnonzero(~column.unknown).tolist():
                table[row, place] = known.setdefault(column.answer_at(row), len(known))
        return table

    # disagreements

    @frozen_property
    def spots(self) -> tuple[_Spot, ...]:
        """Every question about a candidate to which raters give different answers."""
        found = [*self._safeguard_spots(), *self._partner_spots()]
        for key in (*self.problem.ratings, *self.problem.facts):
            if not key.startswith(PLACE):
                found += self._column_spots(key)
        return tuple(found)

    def _column_spots(self, key: str) -> Iterator[_Spot]:
        kind = "rating" if key in self.problem.ratings else "fact"
        if PLACE in key:
            rows = np.arange(self.problem.size)
        else:
            known = [~problem.column(key).unknown for problem in self.problems]
            rows = np.flatnonzero(np.sum(known, axis=0) > 1)
        for row in rows.tolist():
            if not self.problem.asks(key, row):
                continue
            name = self.problem.name_at(key, row)
            answers = {}
            for (label, _), problem in zip(self.lists, self.problems, strict=True):
                own = problem.key_at(name, row)
                # a rater who does not list a partner has no column for it
                is_asked = own in problem.facts or own in problem.ratings
                column: Any = problem.column(own) if is_asked else None
                if is_asked and not column.unknown[row]:
                    answers[label] = (_Entry(key, _value_at(column, row)),)
            if len(set(answers.values())) > 1:
                yield _Spot(row, kind, name, answers)

    def _partner_spots(self) -> Iterator[_Spot]:
        """Yield the candidates for which raters list other partners, so that these are unknown."""
        keys = [key for key in self.problem.facts if PLACE in key]
        for row, merged in enumerate(self.merged.candidates):
            listed: dict[str, Any] = {}
            for (label, _), own in zip(self.lists, self.own, strict=True):
                mine = own[row]
                if mine is not None and mine.partners is not None:
                    listed[label] = mine.partners
            if merged.partners is not None or len(listed) < 2 or not keys:
                continue
            answers = {}
            for (label, _), problem in zip(self.lists, self.problems, strict=True):
                if label in listed:
                    entries = [_Entry(key, _value_at(problem.facts[key], row)) for key in keys]
                    answers[label] = tuple(entries)
            yield _Spot(row, "partners", PARTNERS, answers)

    def _safeguard_spots(self) -> Iterator[_Spot]:
        """Yield safeguards that some raters see in place, and others do not."""
        asked = [one.lists_safeguards for one in self.lists]
        for key in self.ranking.framework.all_safeguards:
            nowhere = np.zeros(self.problem.size, dtype=np.bool_)
            seen = [problem.in_place.get(key, nowhere) for problem in self.problems]
            for row in np.flatnonzero(np.any(seen, axis=0)).tolist():
                answers = {}
                for place, (label, _) in enumerate(self.lists):
                    if asked[place] and self.own[place][row] is not None:
                        answers[label] = (_Entry(key, bool(seen[place][row])),)
                if len(set(answers.values())) > 1:
                    yield _Spot(row, "safeguard", key, answers)

    @frozen_property
    def variants(self) -> Variants:
        """The engine that answers what other entries of the merged list would change."""
        return Variants.of_ranking(self.ranking)

    def outcomes(self, subjects: Sequence[tuple[int, Sequence[_Entry]]]) -> Alone:
        """Return what becomes of candidates with other entries, each alone, (subjects,)."""
        rows = np.array([row for row, _ in subjects], dtype=np.intp)
        changed: dict[str, tuple[list[int], list[Any]]] = {}
        in_place: dict[str, Any] = {}
        nowhere = np.zeros(self.problem.size, dtype=np.bool_)
        for subject, (_, entries) in enumerate(subjects):
            for key, value in entries:
                if isinstance(value, bool):
                    present = self.problem.in_place.get(key, nowhere)
                    flags = in_place.setdefault(key, present[rows][None].copy())
                    flags[0, subject] = value
                else:
                    places, values = changed.setdefault(key, ([], []))
                    places.append(subject)
                    values.append(value)
        columns = {}
        for key, (places, values) in changed.items():
            columns[key] = Entries(np.array(places), self._column_of(key, values))
        return self.variants.alone(Changes(rows, entries=columns, in_place=in_place))

    def _column_of(self, key: str, values: Sequence[Any]) -> Any:
        """Return entries as a column, of values as `_value_at` returns them."""
        if isinstance(self.problem.column(key), NumberColumn):
            ends = [(np.nan,) * 3 if value is None else value for value in values]
            low, value, high = np.array(ends, dtype=np.float64).T
            return NumberColumn(low, value, high)
        return column_of(values, self.ranking.framework.all_facts[key])

    def disagreements(self, top: int | None) -> Iterator[RaterDisagreement]:
        """Yield all disagreements, those that can change most first.

        First those that change a verdict, by the number of steps from the mildest to the most
        severe one; then those that change the top k; then by the number of ranks and of points.
        """
        subjects = []
        for spot in self.spots:
            subjects += [(spot.row, entries) for entries in spot.raters_by_answer]
        if not subjects:
            return
        outcomes = self.outcomes(subjects)
        found, start = [], 0
        for spot in self.spots:
            stop = start + len(spot.raters_by_answer)
            found.append(self._judged(spot, outcomes, slice(start, stop), top))
            start = stop
        place = np.argsort(self.ranking.order)
        order = sorted(range(len(found)), key=lambda i: (*found[i][0], place[self.spots[i].row], i))
        for i in order:
            yield found[i][1]

    def _judged(
        self, spot: _Spot, outcomes: Alone, part: slice, top: int | None
    ) -> tuple[tuple[float, ...], RaterDisagreement]:
        """Return a disagreement, and its importance: numbers that are lower for a greater one."""
        row, problem = spot.row, self.problem
        merged = self.ranking[problem.id_of(row)]
        last = problem.size + 1
        severity = np.append(outcomes.severity[part], self.ranking.judgement.verdicts[row])
        ranks = np.append(outcomes.ranks[part], merged.rank or 0)
        scores = np.append(outcomes.scores[part], np.nan if merged.score is None else merged.score)
        places = np.where(ranks > 0, ranks, last)
        spans = {
            "verdict": float(np.ptp(severity)),
            "top": float(np.ptp(np.int8(places <= (top or 0)))),
            "rank": float(np.ptp(places)),
        }
        verdicts = [*self.ranking.framework.all_verdicts, None]
        effects = []
        for number, raters in enumerate(spot.raters_by_answer.values()):
            effects.append(
                Effect(
                    raters,
                    self._words_of(spot, raters[0]),
                    verdicts[severity[number]],
                    int(ranks[number]) or None,
                    number_or_none(scores[number]),
                )
            )
        found = RaterDisagreement(
            merged.id,
            merged.title,
            spot.kind,
            spot.name,
            title_of_word(self.ranking.framework, spot.name),
            self._merged_words(spot),
            merged.verdict,
            merged.rank,
            merged.score,
            tuple(effects),
            tuple(change for change in _CHANGES if spans[change]),
        )
        points = float(np.nan_to_num(np.ptp(scores)))
        return (*(-spans[change] for change in _CHANGES), -points), found

    def _words_of(self, spot: _Spot, label: str) -> str:
        """Return the answer of one rater in words."""
        place = [one.label for one in self.lists].index(label)
        if spot.kind == "safeguard":
            planned = self.problems[place].planned.get(spot.name)
            if spot.answers[label][0].value:
                return "in place"
            return "planned" if planned is not None and planned[spot.row] else "not in place"
        if spot.kind == "partners":
            own = self.own[place][spot.row]
            partners = (own.partners if own is not None else None) or ()
            return ", ".join(one.id for one in partners) or "none"
        return known_of(self.problems[place], spot.name, spot.row)

    def _merged_words(self, spot: _Spot) -> str:
        """Return the merged answer in words."""
        if spot.kind == "safeguard":
            return "planned"
        return "unknown" if spot.kind == "partners" else known_of(self.problem, spot.name, spot.row)

    def changed_together(self, alone: Sequence[RaterDisagreement]) -> Iterator[str]:
        """Yield candidates whose verdict disagreements change together, and none of them alone.

        Each is judged with all answers of one rater in place of the merged ones.
        """
        decided = {one.candidate for one in alone if "verdict" in one.changes}
        by_rater: dict[tuple[int, str], list[tuple[_Entry, ...]]] = {}
        for spot in self.spots:
            if self.problem.id_of(spot.row) not in decided:
                for label, entries in spot.answers.items():
                    by_rater.setdefault((spot.row, label), []).append(entries)
        subjects = []
        for (row, _), changed_entries in by_rater.items():
            subjects.append((row, list(chain.from_iterable(changed_entries))))
        if not subjects:
            return
        severity = self.outcomes(subjects).severity
        changed = set()
        for (row, _), verdict in zip(subjects, severity.tolist(), strict=True):
            if verdict != self.ranking.judgement.verdicts[row]:
                changed.add(row)
        for row in self.ranking.order.tolist():
            if row in changed:
                yield self.problem.id_of(row)


def _value_at(column: Any, row: int) -> Any:
    """Return an entry of a column: low, value and high of a number, else the answer."""
    if column.unknown[row]:
        return None
    if not isinstance(column, NumberColumn):
        return column.answer_at(row)
    low, value, high = float(column.low[row]), float(column.value[row]), float(column.high[row])
    # NaN is not equal to itself
    return (low, None if np.isnan(value) else value, high)
