"""Changes: the least that would improve or worsen the result of one candidate.

Axis letter: v variants of the candidate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import chain, compress
from typing import Any, Literal, TypeAlias

import numpy as np

from ..arrays import BoolArray, IndexArray, Record, number_or_none
from ..kernels.aggregation import value_at
from ..models.framework import Need
from ..output.text import count_in_words
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking
from ..scoring.variants import Alone, Changes, Entries, Variants
from ..scoring.verdicts import Assessment, Finding, holds
from ..scoring.wording import present_answer
from .breakpoints import SNAP, Breakpoint, RatingLines, grain_of, short_rating
from .evidence import rating_words
from .uncertainty import open_facts

__all__ = [
    "Aim",
    "Change",
    "ChangeSearch",
    "Consequence",
    "FactChange",
    "RatingChange",
    "RatingTarget",
    "SafeguardChange",
    "aims_of",
]


class Aim(Record):
    """A gain or a loss, for which changes are searched.

    Parameters
    ----------
    id : {"milder_verdict", "better_place", "severer_verdict", "lost_place"}
    words : str
        The gain or loss, after "would": "give a better verdict", "worsen the rank".
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
            # a gain is a better verdict, and a loss is none that is as good
            last = self.severity - self.gain
            holds = (outcomes.severity >= 0) & (outcomes.severity <= last)
        return holds if self.gain else ~holds

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {"id": self.id, "words": self.words, "rank": self.rank}


class Consequence(Record):
    """The result after a change: verdict (None: the framework does not apply), rank and score."""

    verdict: str | None
    rank: int | None
    score: float | None


class RatingTarget(Record):
    """Ratings that bring an aim about, in numbers that are true as printed.

    Parameters
    ----------
    low, high : float or None
        Ends of the stretch; None: the end of the scale.
    low_open, high_open : bool
        Whether the end itself does not belong to it.
    whole : bool
        Whether only whole numbers are meant, since all ratings of the criterion are whole numbers.
    alone : bool
        Whether no other whole number brings the aim about.
    example : float or None
        A rating, where any whole number brings the aim about.
    consequence : Consequence
        The result at the one end that is a number, else at the end nearest to the present rating,
        or at the example. If the end is open: the result however little beyond it.
    """

    low: float | None
    high: float | None
    consequence: Consequence
    low_open: bool = False
    high_open: bool = False
    whole: bool = False
    alone: bool = False
    example: float | None = None


class RatingChange(Record):
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
    target : RatingTarget
        The ratings that bring the aim about, for readers.
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
    target: RatingTarget

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        record = asdict(self)
        del record["uncertain"], record["rises"], record["target"]
        return record


class FactChange(Record):
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


class SafeguardChange(Record):
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
        aims.append(Aim("milder_verdict", "give a better verdict", severity=severity))
    if severity < len(verdicts) - 1:
        aims.append(Aim("severer_verdict", "give a worse verdict", severity=severity))
    if ranking.has_total:
        aims += _rank_aims(ranking, assessment.rank or 0, top)
    return tuple(sorted(aims, key=lambda aim: not aim.gain))


def _rank_aims(ranking: Ranking, rank: int, top: int | None) -> Iterator[Aim]:
    """Yield the rank to be reached, if any, and the rank that can be lost."""
    if top is not None:
        place = "first place" if top == 1 else f"the top {count_in_words(top)}"
        if 0 < rank <= top:
            yield Aim("lost_place", f"move it out of {place}", top)
            return
        yield Aim("better_place", f"move it into {place}", top)
    elif rank == 0:
        yield Aim("better_place", "give it a rank", int((ranking.ranks > 0).sum()) + 1)
    elif rank > 1:
        words = f"improve the rank to {rank - 1} or better"
        yield Aim("better_place", "bring it to rank 1" if rank == 2 else words, rank - 1)
    if rank > 0:
        yield Aim("lost_place", "worsen the rank", rank)


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

    def consequence_of(self, outcomes: Alone, k: int) -> Consequence:
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
        stretches = []
        for k, point in enumerate(found):
            span = spans[point.line]
            to, beyond = point.at, point.beyond
            if beyond and np.isnan(short_rating(to, span)):
                # a long number that does not suffice is named by one that does
                to, beyond = point.first, False
            until = None if point.first == point.start else point.until
            then = self.consequence_of(outcomes, k)
            grain = grain_of(problem.framework.leaves[leaves[point.line]], to)
            stretches.append(_Stretch(point, to, beyond, until, span, grain, then))
        smallest = _smallest_stretches(stretches)
        targets = _TargetSearch(self, lines, smallest).targets()
        changes = []
        for stretch, target in zip(smallest, targets, strict=True):
            point, key = stretch.point, leaves[stretch.point.line]
            column = problem.ratings[key]
            changes.append(
                RatingChange(
                    aim=self.aims[point.predicate].id,
                    criterion=key,
                    present=rating_words(problem, key, self.row),
                    uncertain=bool(column.low[self.row] != column.high[self.row]),
                    start=point.start,
                    rises=point.side > 0,
                    to=stretch.to,
                    beyond=stretch.beyond,
                    until=stretch.until,
                    share_of_scale=stretch.share_of_scale,
                    consequence=stretch.consequence,
                    target=target,
                )
            )
        return tuple(changes)

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
            return points[int(value_at(function, np.array(points)).argmin())]
        middle = low / 2 + high / 2
        short = short_rating(middle, high - low)
        return middle if np.isnan(short) else short

    # answers

    def fact_changes(self) -> Iterator[FactChange]:
        """Yield the answers to open facts and to those in doubt, each alone, that reach an aim."""
        present = self.variants.present
        answers: list[tuple[str, str]] = []
        columns = {}
        for fact in open_facts(present.cautious.problem, [self.row], or_unknown=False):
            if not self.variants.problem.asks(fact.key, self.row):
                continue
            (classes,) = fact.answers
            subjects = len(answers) + np.arange(len(classes))
            columns[fact.key] = Entries(subjects, fact.column)
            answers += [(fact.key, known.label) for known in classes]
        if not answers:
            return
        # all facts together: one by one, each would look at every guardrail again
        outcomes = self.variants.alone(Changes(np.full(len(answers), self.row), entries=columns))
        for aim in self.aims:
            for k in np.flatnonzero(aim.holds(outcomes)).tolist():
                key, answer = answers[k]
                now = present_answer(present, key, self.row)
                key = self.variants.problem.name_at(key, self.row)
                consequence = self.consequence_of(outcomes, k)
                yield FactChange(aim.id, key, now, answer, consequence)

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
        planned = []
        for name in dict.fromkeys(chain.from_iterable(needs)):
            if holds(self.variants.problem.planned, name, self.row):
                planned.append(name)
        return SafeguardChange(aim.id, needs, tuple(planned), self.consequence_of(outcomes, k))

    def _secured(self, sets: Sequence[Sequence[str]], *, in_place: bool = True) -> Alone:
        """Return the outcomes with each set of safeguards put in place, or lost."""
        names = dict.fromkeys(chain.from_iterable(sets))
        columns = {name: np.full((1, len(sets)), not in_place) for name in names}
        for k, together in enumerate(sets):
            for name in together:
                columns[name][0, k] = in_place
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


# ratings in numbers that are true as printed

# digits beyond those of two hundred steps to a scale that are tried
_MORE_DIGITS = 8
# scales of more whole numbers are spoken of with digits like any other
_MOST_WHOLES = 100


class _Stretch(Record):
    """Ratings that bring an aim about: from `to`, or only beyond it, until a last one, if any."""

    point: Breakpoint
    to: float
    beyond: bool
    until: float | None
    span: float
    grain: float
    consequence: Consequence

    @property
    def share_of_scale(self) -> float:
        """Distance from the start, as a share of the scale."""
        return abs(self.point.at - self.point.start) / self.span

    @property
    def places(self) -> int:
        """Digits after the point that tell two hundred steps of the scale apart."""
        return -math.floor(math.log10(self.grain / 200))

    @property
    def is_settled(self) -> bool:
        """Whether it is enough to settle an uncertain rating at the start."""
        return self.to == self.point.start and not self.beyond

    def is_short(self, rating: float) -> bool:
        """Whether a rating has few digits."""
        return round(rating, self.places + 1) == rating

    def firsts(self) -> list[float]:
        """Return ratings to name as the nearest one, in the order in which they are tried."""
        if self.is_settled:
            named = [float(f"{self.to:.6g}"), self.to]
        elif self.is_short(self.to):
            named = [self.to]
        else:
            exact = self.point.first if self.beyond else self.to
            named = [*self._rounded(exact, self.point.side), exact]
            meant = short_rating(self.to, self.span)
            if meant != self.to and not math.isnan(meant):
                named.insert(0, meant)
        if self.until is None:
            return named
        return [rating for rating in named if (rating - self.until) * self.point.side <= 0]

    def lasts(self) -> list[float]:
        """Return ratings to name as the farthest one."""
        if self.until is None:
            return []
        meant = short_rating(self.until, self.span)
        return [
            self.until if np.isnan(meant) else meant,
            *self._rounded(self.until, -self.point.side),
            self.until,
        ]

    def _rounded(self, rating: float, side: int) -> Iterator[float]:
        """Yield a rating rounded upwards or downwards, with more and more digits."""
        way = ROUND_CEILING if side > 0 else ROUND_FLOOR
        written = Decimal(repr(rating))
        for places in range(self.places, self.places + _MORE_DIGITS):
            yield float(written.quantize(Decimal(1).scaleb(-places), way))


def _smallest_stretches(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Return the nearest stretch of each rating for each aim: by aim, the smallest change first."""

    def order(stretch: _Stretch) -> tuple[int, float, int]:
        # shares to nine digits: equal changes stand in the order of the framework
        return stretch.point.predicate, round(stretch.share_of_scale, 9), stretch.point.line

    smallest: dict[tuple[int, int], _Stretch] = {}
    for stretch in sorted(stretches, key=order):
        smallest.setdefault((stretch.point.predicate, stretch.point.line), stretch)
    return list(smallest.values())


class _TargetSearch:
    """The search for numbers that are true as printed: each is tried before it is named."""

    def __init__(
        self, search: ChangeSearch, lines: RatingLines, stretches: Sequence[_Stretch]
    ) -> None:
        self.search = search
        self.stretches = stretches
        problem = search.variants.problem
        self.wholes = [_whole_ratings(problem, key) for key in problem.framework.leaves]
        low, high = lines.scales
        tried: set[tuple[int, float]] = set()
        for stretch in stretches:
            line = stretch.point.line
            named = [*stretch.firsts(), *stretch.lasts(), stretch.point.first]
            for rating in (*named, *self.wholes[line]):
                if low[line] <= rating <= high[line]:
                    tried.add((line, rating))
        points = sorted(tried)
        numbers = np.array([line for line, _ in points], dtype=np.intp)
        self.outcomes = lines.outcomes(numbers, np.array([rating for _, rating in points]))
        self.places = {point: place for place, point in enumerate(points)}
        self.reached = [aim.holds(self.outcomes) for aim in search.aims]

    def targets(self) -> Iterator[RatingTarget]:
        """Yield the target of each stretch."""
        for stretch in self.stretches:
            yield self._whole_target(stretch) or self._target(stretch)

    def _holds(self, stretch: _Stretch, rating: float) -> bool:
        place = self.places.get((stretch.point.line, rating))
        return place is not None and bool(self.reached[stretch.point.predicate][place])

    def _result(self, stretch: _Stretch, rating: float) -> Consequence:
        place = self.places[stretch.point.line, rating]
        return self.search.consequence_of(self.outcomes, place)

    def _whole_target(self, stretch: _Stretch) -> RatingTarget | None:
        """Return the whole numbers nearest to the start that bring the aim about, if any do."""
        wholes = self.wholes[stretch.point.line]
        holding = [rating for rating in wholes if self._holds(stretch, rating)]
        if not holding:
            return None
        start = stretch.point.start
        first = min(holding, key=lambda number: (abs(number - start), -number * stretch.point.side))
        low, high = self._run_of(stretch, first)
        if low == high:
            result = self._result(stretch, first)
            return RatingTarget(low, high, result, whole=True, alone=len(holding) == 1)
        # an end of the scale is no threshold
        least, most = low if low > wholes[0] else None, high if high < wholes[-1] else None
        example = first if least is None and most is None else None
        if (least is None) != (most is None):
            first = high if least is None else low
        result = self._result(stretch, first)
        return RatingTarget(least, most, result, whole=True, example=example)

    def _run_of(self, stretch: _Stretch, first: float) -> tuple[float, float]:
        """Return the ends of the whole numbers, from the first one on, that bring it about."""
        low = high = first
        while first >= stretch.point.start and self._holds(stretch, high + 1):
            high += 1
        while first <= stretch.point.start and self._holds(stretch, low - 1):
            low -= 1
        return low, high

    def _target(self, stretch: _Stretch) -> RatingTarget:
        """Return the stretch in as few digits as are true."""
        result = self._result(stretch, stretch.point.first)
        first, is_open = stretch.to, stretch.beyond and stretch.is_short(stretch.to)
        if not is_open:
            first = self._first_of(stretch, result)
            result = self._result(stretch, first)
        last, last_open = self._last_of(stretch, first)
        if stretch.point.side < 0:
            return RatingTarget(last, first, result, last_open, is_open)
        return RatingTarget(first, last, result, is_open, last_open)

    def _first_of(self, stretch: _Stretch, exact: Consequence) -> float:
        """Return the nearest rating in few digits, with the same result if there is such a one."""
        suffices = [rating for rating in stretch.firsts() if self._holds(stretch, rating)]
        for rating in suffices:
            found = self._result(stretch, rating)
            if (found.verdict, found.rank) == (exact.verdict, exact.rank):
                return rating
        return suffices[0] if suffices else stretch.point.first

    def _last_of(self, stretch: _Stretch, first: float) -> tuple[float | None, bool]:
        """Return the farthest rating, and whether it does not belong to the stretch itself."""
        if stretch.is_settled:
            return first, False
        if stretch.until is None:
            return None, False
        if abs(stretch.until - first) <= SNAP * stretch.span:
            return first, False
        meant, *others = stretch.lasts()
        if meant != stretch.until and not self._holds(stretch, meant):
            return meant, True
        for rating in (meant, *others):
            if self._holds(stretch, rating) and (rating - first) * stretch.point.side > 0:
                return rating, False
        return first, False


def _whole_ratings(problem: Problem, key: str) -> list[float]:
    """Return the whole numbers of a scale where all ratings are whole numbers, else nothing."""
    scale, column = problem.framework.leaves[key].scale, problem.ratings[key]
    low, high = scale.range
    named = np.array([low, high, *scale.named().values()])
    for numbers in (column.low, column.value, column.high, named):
        if np.any(np.mod(numbers[~np.isnan(numbers)], 1)):
            return []
    wholes = map(float, range(int(low), int(high) + 1))
    return list(wholes) if high - low <= _MOST_WHOLES else []


def _first_choices(findings: Sequence[Finding]) -> dict[Need, str]:
    """Return the missing needs, each with a safeguard to meet it: a planned one, else the first."""
    choices = {}
    for finding in findings:
        for need in finding.lacking:
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
            if need == options[k]:
                break  # it has no alternatives
            trial = [*options[:k], need, *options[k + 1 :]]
            if all(_is_always_met(other, trial) for other in affected):
                options[k] = need
                break
    return tuple(options)


def _is_always_met(need: Need, options: Sequence[Need]) -> bool:
    return any(set(need).issuperset(names) for names in options)
