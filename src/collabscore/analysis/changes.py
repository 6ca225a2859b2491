"""Changes: the least that would improve or worsen the result of one candidate.

Axis letter: v variants of the candidate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import compress
from typing import Any, Literal, TypeAlias

import numpy as np

from ..arrays import BoolArray, IndexArray, number_or_none
from ..scoring.ranking import Ranking
from ..scoring.variants import Alone, Changes, Entries, Variants
from ..scoring.verdicts import Assessment, Finding, holds
from ..scoring.wording import known_of
from .breakpoints import Breakpoint, RatingLines
from .evidence import rating_words
from .uncertainty import open_facts

__all__ = [
    "Aim",
    "Change",
    "ChangeSearch",
    "Consequence",
    "FactChange",
    "RatingChange",
    "SafeguardChange",
    "aims_of",
]

# ties reach 1e-9 of a point: a rating this near to a short number, as a share of the scale, is
# meant to be that number
_SNAP = 1e-8

Need: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Aim:
    """A gain or a loss, for which changes are searched.

    Parameters
    ----------
    id : {"milder_verdict", "better_place", "severer_verdict", "lost_place"}
    words : str
        The gain or loss, as a noun: "a milder verdict than refer", "its place among the first 3".
    rank : int or None
        The rank to be reached or lost; None for verdicts.
    severity : int
        The present verdict, by its position among the verdicts; not used for ranks.
    """

    id: Literal["milder_verdict", "better_place", "severer_verdict", "lost_place"]
    words: str
    rank: int | None = None
    severity: int = 0

    @property
    def gain(self) -> bool:
        """Whether the aim is a gain."""
        return self.id in ("milder_verdict", "better_place")

    def holds(self, outcomes: Alone) -> BoolArray:
        """Return the variants that bring it about, (v,)."""
        if self.rank is not None:
            holds: BoolArray = (outcomes.ranks > 0) & (outcomes.ranks <= self.rank)
        else:
            # a gain is a milder verdict, and a loss is none that is as mild
            last = self.severity - self.gain
            holds = (outcomes.severity >= 0) & (outcomes.severity <= last)
        return holds if self.gain else ~holds

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {"id": self.id, "words": self.words, "rank": self.rank}


@dataclass(frozen=True)
class Consequence:
    """The result after a change: verdict (None: the framework does not apply), rank and score."""

    verdict: str | None
    rank: int | None
    score: float | None


@dataclass(frozen=True)
class RatingChange:
    """The least change of one rating that brings an aim about.

    Parameters
    ----------
    aim, criterion : str
        Their ids.
    present : str
        The present rating, in words.
    uncertain : bool
        Whether the rating is an interval or unknown now; the change then settles it.
    start : float
        The rating from which the change is measured, in the units of the scale: the present
        rating; of an interval its most likely point, else its middle; of an unknown rating the
        middle of the scale, or the end that counts, where an unknown one counts as the worst.
    rises : bool
        Whether the rating has to be higher than `start`.
    to : float
        The rating at which the aim is reached.
    beyond : bool
        Whether the aim is reached only beyond `to`, however little.
    until : float or None
        The last rating, in the same direction, at which the aim is still reached; None: the end
        of the scale.
    share_of_scale : float
        Distance from `start`, as a share of the scale, in [0, 1].
    consequence : Consequence
    """

    aim: str
    criterion: str
    present: str
    uncertain: bool
    start: float
    rises: bool
    to: float
    beyond: bool
    until: float | None
    share_of_scale: float
    consequence: Consequence

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        record = asdict(self)
        del record["uncertain"], record["rises"]
        return record


@dataclass(frozen=True)
class FactChange:
    """An answer to one open fact that brings an aim about.

    Parameters
    ----------
    aim, fact : str
        Their ids.
    present, answer : str
        The present answer and the new one, in words.
    consequence : Consequence
    """

    aim: str
    fact: str
    present: str
    answer: str
    consequence: Consequence


@dataclass(frozen=True)
class SafeguardChange:
    """Safeguards that bring an aim about once they are in place or, for a loss, once they are not.

    Parameters
    ----------
    aim : str
        Its id.
    safeguards : tuple of tuple of str
        All of them are needed; of each inner tuple any one is enough.
    planned : tuple of str
        The planned ones among them.
    consequence : Consequence
    """

    aim: str
    safeguards: tuple[Need, ...]
    planned: tuple[str, ...]
    consequence: Consequence

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        needs = [need[0] if len(need) == 1 else list(need) for need in self.safeguards]
        return {**asdict(self), "safeguards": needs}


Change: TypeAlias = RatingChange | FactChange | SafeguardChange


def aims_of(ranking: Ranking, assessment: Assessment, top: int | None) -> tuple[Aim, ...]:
    """Return the gains and losses that are possible for a candidate.

    Parameters
    ----------
    ranking : Ranking
    assessment : Assessment
    top : int or None
        Aim at a place among the first so many; at one rank better, if left out.

    Returns
    -------
    tuple of Aim
        Gains first; none where the framework does not apply to the candidate.
    """
    if assessment.verdict is None:
        return ()
    verdicts = list(ranking.framework.all_verdicts)
    severity = verdicts.index(assessment.verdict)
    aims = []
    if severity > 0:
        words = f"a milder verdict than {assessment.verdict}"
        aims.append(Aim("milder_verdict", words, severity=severity))
    if severity < len(verdicts) - 1:
        words = f"its verdict ({assessment.verdict})"
        aims.append(Aim("severer_verdict", words, severity=severity))
    if ranking.has_total:
        aims += _rank_aims(ranking, assessment.rank or 0, top)
    return tuple(sorted(aims, key=lambda aim: not aim.gain))


def _rank_aims(ranking: Ranking, rank: int, top: int | None) -> Iterator[Aim]:
    """Yield the rank to be reached, if any, and the rank that can be lost."""
    if top is not None:
        words = "first place" if top == 1 else f"place among the first {top}"
        if 0 < rank <= top:
            yield Aim("lost_place", f"its {words}", top)
            return
        yield Aim("better_place", f"{'the' if top == 1 else 'a'} {words}", top)
    elif rank == 0:
        yield Aim("better_place", "a rank", int((ranking.ranks > 0).sum()) + 1)
    elif rank > 1:
        words = "rank 1" if rank == 2 else f"rank {rank - 1} or better"
        yield Aim("better_place", words, rank - 1)
    if rank > 0:
        yield Aim("lost_place", f"rank {rank}", rank)


@dataclass(frozen=True, eq=False)
class ChangeSearch:
    """The search for changes of one candidate that bring an aim about.

    Parameters
    ----------
    variants : Variants
    row : int
        The candidate, by its row in the problem.
    aims : tuple of Aim
    """

    variants: Variants
    row: int
    aims: tuple[Aim, ...]

    def _consequence(self, outcomes: Alone, k: int) -> Consequence:
        """Return the result of one variant, in words and plain numbers."""
        # after the last verdict, at -1, stands that the framework does not apply
        verdicts = [*self.variants.problem.framework.all_verdicts, None]
        return Consequence(
            verdict=verdicts[outcomes.severity[k]],
            rank=int(outcomes.ranks[k]) or None,
            score=number_or_none(outcomes.scores[k]),
        )

    # ratings

    def rating_changes(self) -> tuple[RatingChange, ...]:
        """Return the least change of each rating, for each aim: by aim, the smallest first."""
        problem = self.variants.problem
        leaves = list(problem.framework.leaves)
        if not self.aims or not leaves:
            return ()

        def reached(_: IndexArray, outcomes: Alone) -> BoolArray:
            return np.stack([aim.holds(outcomes) for aim in self.aims])

        starts = np.array([[*map(self._start_of, leaves)]])
        lines = RatingLines(self.variants, np.array([self.row]), starts)
        found, outcomes = lines.least_changes(reached)
        low, high = lines.scales
        spans = (high - low).tolist()
        numbers = np.array([point.line for point in found], dtype=np.intp)
        named = [_rating_to_name(point, spans[point.line]) for point in found]
        is_reached = reached(numbers, lines.outcomes(numbers, np.array(named)))
        changes = []
        for k, point in enumerate(found):
            key, aim = leaves[point.line], self.aims[point.predicate]
            column = problem.ratings[key]
            changes.append(
                RatingChange(
                    aim=aim.id,
                    criterion=key,
                    present=rating_words(problem, key, self.row),
                    uncertain=bool(column.low[self.row] != column.high[self.row]),
                    start=point.start,
                    rises=point.side > 0,
                    to=named[k],
                    beyond=not is_reached[point.predicate, k],
                    until=None if point.first == point.start else point.until,
                    share_of_scale=abs(point.at - point.start) / spans[point.line],
                    consequence=self._consequence(outcomes, k),
                )
            )

        def order(k: int) -> tuple[int, float, int]:
            # shares to nine digits: equal changes stand in the order of the framework
            return found[k].predicate, round(changes[k].share_of_scale, 9), found[k].line

        smallest: dict[tuple[str, str], RatingChange] = {}
        for k in sorted(range(len(found)), key=order):
            smallest.setdefault((changes[k].aim, changes[k].criterion), changes[k])
        return tuple(smallest.values())

    def _start_of(self, key: str) -> float:
        """Return the rating from which a change is measured; see `RatingChange`."""
        problem, row = self.variants.problem, self.row
        column = problem.ratings[key]
        if not np.isnan(column.value[row]):
            return float(column.value[row])
        low, high = (float(end[row]) for end in problem.rating_bounds(key))
        if column.unknown[row] and problem.framework.leaves[key].missing == "worst":
            function = self.variants.valuation.functions[key]
            points = [low, high, *(x for x in function.xs if low < x < high)]
            return min(points, key=lambda x: float(np.interp(x, function.xs, function.ys)))
        return low / 2 + high / 2

    # answers

    def fact_changes(self) -> Iterator[FactChange]:
        """Yield the answers to open facts, each alone, that bring an aim about."""
        problem = self.variants.problem
        answers: list[tuple[str, str]] = []
        columns = {}
        for fact in open_facts(problem, [self.row]):
            (classes,) = fact.answers
            subjects = len(answers) + np.arange(len(classes))
            columns[fact.key] = Entries(subjects, fact.column)
            answers += [(fact.key, known.label) for known in classes]
        # all facts together: one by one, each would look at every guardrail again
        outcomes = self.variants.alone(Changes(np.full(len(answers), self.row), entries=columns))
        for aim in self.aims:
            for k in np.flatnonzero(aim.holds(outcomes)).tolist():
                key, answer = answers[k]
                present = known_of(problem, key, self.row)
                consequence = self._consequence(outcomes, k)
                yield FactChange(aim.id, key, present, answer, consequence)

    # safeguards

    def safeguard_changes(self, assessment: Assessment) -> Iterator[SafeguardChange]:
        """Yield safeguards that reach an aim: each alone or, if none does, the fewest together."""
        problem = self.variants.problem
        present: list[Need] = []
        missing: list[Need] = []
        for name in problem.framework.all_safeguards:
            (present if holds(problem.in_place, name, self.row) else missing).append((name,))
        gained, lost = self._secured(missing), self._secured(present, in_place=False)
        for aim in self.aims:
            sets, outcomes = (missing, gained) if aim.gain else (present, lost)
            alone = np.flatnonzero(aim.holds(outcomes)).tolist()
            for k in alone:
                yield self._safeguard_change(aim, (sets[k],), outcomes, k)
            if aim.gain and not alone:
                yield from self._fewest_together(aim, assessment)

    def _safeguard_change(
        self, aim: Aim, needs: tuple[Need, ...], outcomes: Alone, k: int
    ) -> SafeguardChange:
        names = dict.fromkeys(name for need in needs for name in need)
        planned = [name for name in names if holds(self.variants.problem.planned, name, self.row)]
        return SafeguardChange(aim.id, needs, tuple(planned), self._consequence(outcomes, k))

    def _secured(self, sets: Sequence[Sequence[str]], *, in_place: bool = True) -> Alone:
        """Return the outcomes with each set of safeguards put in place, or lost."""
        columns = {}
        for name in {name for names in sets for name in names}:
            columns[name] = np.array([[(name in names) == in_place for names in sets]])
        return self.variants.alone(Changes(np.full(len(sets), self.row), in_place=columns))

    def _fewest_together(self, aim: Aim, assessment: Assessment) -> Iterator[SafeguardChange]:
        """Yield the fewest safeguards that reach a gain: of deciding guardrails, else of all."""

        def reached(sets: Sequence[Sequence[str]]) -> list[bool]:
            return list(aim.holds(self._secured(sets)).tolist())

        verdict = assessment.verdict
        deciding = [finding for finding in assessment.findings if finding.verdict == verdict]
        for findings in (deciding, assessment.findings):
            needs = _first_choices(findings)
            chosen = list(dict.fromkeys(needs.values()))
            if chosen and reached([chosen])[0]:
                fewest = _fewest(chosen, reached)
                options = _with_alternatives(fewest, list(needs))
                yield self._safeguard_change(aim, options, self._secured([fewest]), 0)
                return


def _rating_to_name(point: Breakpoint, span: float) -> float:
    """Return the short number that a breakpoint is meant to be, else a rating that suffices."""
    if point.first == point.start:
        return point.start
    short = round(point.at, 3 - math.floor(math.log10(span)))
    slack = _SNAP * span
    low, high = sorted((point.at, math.inf if point.until is None else point.until))
    # an aim that is reached at one rating alone is not reached beyond a short number near to it
    if abs(short - point.at) <= slack and (high - low > slack or low <= short <= high):
        return short
    return point.first if point.beyond else point.at


def _first_choices(findings: Sequence[Finding]) -> dict[Need, str]:
    """Return the missing needs, each with a safeguard to meet it: a planned one, else the first."""
    choices = {}
    for finding in findings:
        for need in finding.missing:
            planned = [name for name in need if name in finding.planned]
            choices[need] = (planned or need)[0]
    return choices


def _fewest(
    names: list[str], reached: Callable[[Sequence[Sequence[str]]], list[bool]]
) -> list[str]:
    """Return a part of names that reach an aim, such that none of the part can be left out."""
    while True:
        without = reached([[*names[:k], *names[k + 1 :]] for k in range(len(names))])
        fewer = [names]
        for spare in compress(names, without):
            fewer.append([name for name in fewer[-1] if name != spare])
        if len(fewer) == 1:
            return names
        # leave out those that can be spared, from the first on, as long as the others suffice
        names = fewer[[*reached(fewer), False].index(False) - 1]


def _with_alternatives(chosen: Sequence[str], needs: Sequence[Need]) -> tuple[Need, ...]:
    """Return alternatives to each of some safeguards: whichever are taken meet the same needs."""
    options: list[Need] = [(name,) for name in chosen]
    for k, name in enumerate(chosen):
        affected = [need for need in needs if name in need]
        for need in affected:
            trial = [*options[:k], need, *options[k + 1 :]]
            if all(_is_always_met(other, trial) for other in affected):
                options[k] = need
                break
    return tuple(options)


def _is_always_met(need: Need, options: Sequence[Need]) -> bool:
    return any(set(need).issuperset(names) for names in options)
