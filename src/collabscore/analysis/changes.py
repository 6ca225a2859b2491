"""Changes: the least that would improve the result of one candidate, and the least that would worsen it.

Axis letter: v variants of the candidate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from ..arrays import BoolArray, IntArray
from ..models.answer_classes import AnswerClass
from ..models.framework import Framework
from ..scoring.assessment import Assessment
from ..scoring.columns import column_of
from ..scoring.ranking import Ranking
from ..scoring.variants import Alone, Changes, Entries, Variants
from ..scoring.wording import known_of
from .breakpoints import RatingLines
from .evidence import rating_words
from .open_facts import open_facts

__all__ = [
    "Aim",
    "Change",
    "Consequence",
    "FactChange",
    "RatingChange",
    "SafeguardChange",
    "aims_of",
    "fact_changes",
    "rating_changes",
    "safeguard_changes",
]

# ties reach 1e-9 of a point: a rating no farther than this share of the scale from a short number is meant to be it
_SNAP = 1e-8

AimId = Literal["milder_verdict", "better_place", "severer_verdict", "lost_place"]
Need: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True)
class Aim:
    """A gain or a loss, for which changes are searched.

    Parameters
    ----------
    id : {"milder_verdict", "better_place", "severer_verdict", "lost_place"}
    words : str
        The gain or loss, as a noun: "a milder verdict than refer", "its place among the first 3".
    severity : int
        The present verdict, by its position among the verdicts.
    rank : int or None
        The rank to be reached or lost; None for verdicts.
    """

    id: AimId
    words: str
    severity: int
    rank: int | None = None

    @property
    def gain(self) -> bool:
        """Whether the aim is a gain."""
        return self.id in ("milder_verdict", "better_place")

    def holds(self, outcomes: Alone) -> BoolArray:
        """Return the variants that bring it about, (v,)."""
        if self.rank is not None:
            reached: BoolArray = (outcomes.ranks > 0) & (outcomes.ranks <= self.rank)
            return reached if self.gain else ~reached
        milder: BoolArray = (outcomes.severity >= 0) & (outcomes.severity < self.severity)
        severer: BoolArray = (outcomes.severity < 0) | (outcomes.severity > self.severity)
        return milder if self.gain else severer

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
        The rating from which the change is measured, in the units of the scale: the present rating; of an interval its
        most likely point, else its middle; of an unknown rating the middle of the scale, or the end that counts, where
        an unknown one counts as the worst.
    rises : bool
        Whether the rating has to be higher than `start`.
    to : float
        The rating at which the aim is reached.
    beyond : bool
        Whether the aim is reached only beyond `to`, however little.
    until : float or None
        The last rating, in the same direction, at which the aim is still reached; None: the end of the scale.
    share_of_scale : float
        Distance from `start`, as a share of the scale, in [0, 1].
    consequence : Consequence
    """

    aim: AimId
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

    aim: AimId
    fact: str
    present: str
    answer: str
    consequence: Consequence

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return asdict(self)


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

    aim: AimId
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
    verdicts, rank = list(ranking.framework.all_verdicts), assessment.rank or 0
    severity = verdicts.index(assessment.verdict)
    in_top = top is not None and 0 < rank <= top
    aims = []
    if severity > 0:
        words = f"a milder verdict than {assessment.verdict}"
        aims.append(Aim("milder_verdict", words, severity))
    if ranking.has_total and top is not None and not in_top:
        words = "the first place" if top == 1 else f"a place among the first {top}"
        aims.append(Aim("better_place", words, severity, top))
    elif ranking.has_total and top is None and rank == 0:
        last = int((ranking.ranks > 0).sum()) + 1
        aims.append(Aim("better_place", "a rank", severity, last))
    elif ranking.has_total and top is None and rank > 1:
        words = "rank 1" if rank == 2 else f"rank {rank - 1} or better"
        aims.append(Aim("better_place", words, severity, rank - 1))
    if severity < len(verdicts) - 1:
        aims.append(Aim("severer_verdict", f"its verdict ({assessment.verdict})", severity))
    if in_top:
        words = "its first place" if top == 1 else f"its place among the first {top}"
        aims.append(Aim("lost_place", words, severity, top))
    elif rank > 0:
        aims.append(Aim("lost_place", f"rank {rank}", severity, rank))
    return tuple(aims)


def _consequence_of(framework: Framework, outcomes: Alone, k: int) -> Consequence:
    """Return the result of one variant, in words and plain numbers."""
    severity, score = int(outcomes.severity[k]), float(outcomes.scores[k])
    return Consequence(
        verdict=list(framework.all_verdicts)[severity] if severity >= 0 else None,
        rank=int(outcomes.ranks[k]) or None,
        score=None if np.isnan(score) else score,
    )


# ratings


def rating_changes(variants: Variants, row: int, aims: Sequence[Aim]) -> tuple[RatingChange, ...]:
    """Return the least change of each rating that brings an aim about: by aim, the smallest first."""
    problem = variants.problem
    leaves = list(problem.framework.leaves)
    if not aims or not leaves:
        return ()

    def reached(_: IntArray, outcomes: Alone) -> BoolArray:
        return np.stack([aim.holds(outcomes) for aim in aims])

    starts = np.array([[_start_of(variants, row, key) for key in leaves]])
    lines = RatingLines(variants, np.array([row]), starts)
    found, outcomes = lines.least_changes(reached)
    spans = (lines.scales[1] - lines.scales[0]).tolist()
    shorts = [round(p.at, 3 - math.floor(math.log10(spans[p.line]))) for p in found]
    numbers = np.array([point.line for point in found], dtype=np.intp)
    reached_at_shorts = reached(numbers, lines.outcomes(numbers, np.array(shorts)))
    changes = []
    for k, point in enumerate(found):
        span, key = spans[point.line], leaves[point.line]
        column = problem.ratings[key]
        settled = point.first == point.start
        is_short = not settled and abs(shorts[k] - point.at) <= _SNAP * span
        to = shorts[k] if is_short else point.first if point.beyond else point.at
        change = RatingChange(
            aim=aims[point.predicate].id,
            criterion=key,
            present=rating_words(problem, key, row),
            uncertain=bool(column.low[row] != column.high[row]),
            start=point.start,
            rises=point.side > 0,
            to=to,
            beyond=is_short and not reached_at_shorts[point.predicate, k],
            until=None if settled else point.until,
            share_of_scale=abs(point.at - point.start) / span,
            consequence=_consequence_of(problem.framework, outcomes, k),
        )
        # equal changes stand in the order of the document
        order = point.predicate, round(change.share_of_scale, 9), point.line, k
        changes.append((order, change))
    nearest: dict[tuple[str, str], RatingChange] = {}
    for _, change in sorted(changes, key=lambda pair: pair[0]):
        nearest.setdefault((change.aim, change.criterion), change)
    return tuple(nearest.values())


def _start_of(variants: Variants, row: int, key: str) -> float:
    """Return the rating from which a change is measured; see `RatingChange`."""
    column, node = variants.problem.ratings[key], variants.problem.framework.leaves[key]
    low, high = (float(end[row]) for end in variants.problem.rating_bounds(key))
    if not np.isnan(column.value[row]):
        return float(column.value[row])
    if column.unknown[row] and node.missing == "worst":
        function = variants.valuation.functions[key]
        points = [low, high, *(x for x in function.xs if low < x < high)]
        return min(points, key=lambda x: float(np.interp(x, function.xs, function.ys)))
    return low / 2 + high / 2


# answers


def fact_changes(variants: Variants, row: int, aims: Sequence[Aim]) -> Iterator[FactChange]:
    """Yield the answers to open facts, each alone, that bring an aim about."""
    problem = variants.problem
    facts = problem.framework.all_facts
    answers: list[tuple[str, AnswerClass]] = []
    columns = {}
    for entry in open_facts(problem.take(np.array([row]))):
        subjects = np.arange(len(answers), len(answers) + len(entry.answers))
        column = column_of([known.answer for known in entry.answers], facts[entry.fact])
        columns[entry.fact] = Entries(subjects, column)
        answers += [(entry.fact, answer) for answer in entry.answers]
    # all facts together: one by one, each would look at every guardrail again
    outcomes = variants.alone(Changes(np.full(len(answers), row), facts=columns))
    for aim in aims:
        for k in np.flatnonzero(aim.holds(outcomes)).tolist():
            fact, answer = answers[k]
            yield FactChange(
                aim=aim.id,
                fact=fact,
                present=known_of(problem, fact, row),
                answer=answer.label,
                consequence=_consequence_of(problem.framework, outcomes, k),
            )


# safeguards


def safeguard_changes(
    variants: Variants, row: int, aims: Sequence[Aim], assessment: Assessment
) -> Iterator[SafeguardChange]:
    """Yield the safeguards that bring an aim about: each alone or, where none does, the fewest together."""
    problem = variants.problem
    here = {name for name, flags in problem.in_place.items() if flags[row]}
    planned = {name for name, flags in problem.planned.items() if flags[row]}
    known = problem.framework.all_safeguards
    for gain, names in (
        (True, [name for name in known if name not in here]),
        (False, [name for name in known if name in here]),
    ):
        outcomes = _secured(variants, row, [[name] for name in names], in_place=gain)
        for aim in aims:
            if aim.gain is not gain:
                continue
            found: list[tuple[Consequence, tuple[Need, ...]]] = []
            for k in np.flatnonzero(aim.holds(outcomes)).tolist():
                consequence = _consequence_of(problem.framework, outcomes, k)
                found.append((consequence, ((names[k],),)))
            if gain and not found:
                found += _fewest_together(variants, row, aim, assessment)
            for consequence, needs in found:
                yield SafeguardChange(
                    aim=aim.id,
                    safeguards=needs,
                    planned=tuple(name for need in needs for name in need if name in planned),
                    consequence=consequence,
                )


def _secured(
    variants: Variants, row: int, sets: Sequence[Sequence[str]], *, in_place: bool
) -> Alone:
    """Return the outcomes with each set of safeguards in place, or not; all others as they are."""
    columns: dict[str, BoolArray] = {}
    for k, names in enumerate(sets):
        for name in names:
            if name not in columns:
                flags = variants.problem.in_place.get(name)
                there = flags is not None and bool(flags[row])
                columns[name] = np.full((1, len(sets)), there)
            columns[name][0, k] = in_place
    return variants.alone(Changes(np.full(len(sets), row), in_place=columns))


def _fewest_together(
    variants: Variants, row: int, aim: Aim, assessment: Assessment
) -> Iterator[tuple[Consequence, tuple[Need, ...]]]:
    """Yield the fewest missing safeguards that reach a gain: of the deciding guardrails, else of all."""

    def reached(sets: Sequence[Sequence[str]]) -> list[bool]:
        return list(aim.holds(_secured(variants, row, sets, in_place=True)).tolist())

    deciding = [finding for finding in assessment.findings if finding.verdict == assessment.verdict]
    for findings in (deciding, assessment.findings):
        needs = [need for finding in findings for need in finding.missing]
        planned = {name for finding in findings for name in finding.planned}
        # of each need a planned safeguard, else the first
        firsts = [min(need, key=lambda name: name not in planned) for need in needs]
        chosen = list(dict.fromkeys(firsts))
        if chosen and reached([chosen])[0]:
            chosen = _fewest(chosen, reached)
            outcomes = _secured(variants, row, [chosen], in_place=True)
            consequence = _consequence_of(variants.problem.framework, outcomes, 0)
            yield consequence, _with_alternatives(chosen, needs)
            return


def _fewest(
    names: Sequence[str], reached: Callable[[Sequence[Sequence[str]]], list[bool]]
) -> list[str]:
    """Return a part of names that reach an aim, such that none of the part can be left out."""
    without = reached([[other for other in names if other != name] for name in names])
    kept = [name for name, enough in zip(names, without, strict=True) if not enough]
    rest = [name for name in names if name not in kept]
    while rest:
        # leave out names from the first on until the others do not suffice, and keep the last one left out
        enough = reached([[*kept, *rest[k:]] for k in range(len(rest) + 1)])
        if all(enough):
            break
        k = enough.index(False)
        kept.append(rest[k - 1])
        rest = rest[k:]
    return [name for name in names if name in kept]


def _with_alternatives(chosen: Sequence[str], needs: Sequence[Need]) -> tuple[Need, ...]:
    """Return the alternatives to each of some safeguards; whichever are taken, the same needs are met."""
    options: list[Need] = [(name,) for name in chosen]
    for k, name in enumerate(chosen):
        affected = [need for need in needs if name in need]
        for need in affected:
            trial = [*options[:k], need, *options[k + 1 :]]
            if all(any(set(other).issuperset(names) for names in trial) for other in affected):
                options[k] = need
                break
    return tuple(options)
