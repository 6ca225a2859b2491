"""Changes: the least that would improve or worsen the result of one candidate.

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
from ..scoring.assessment import Assessment, Finding, holds
from ..scoring.columns import column_of
from ..scoring.ranking import Ranking
from ..scoring.variants import Alone, Changes, Entries, Variants
from ..scoring.wording import known_of
from .breakpoints import Breakpoint, RatingLines
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

# ties reach 1e-9 of a point: a rating this near to a short number, as a share of the scale, is
# meant to be that number
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
    rank : int or None
        The rank to be reached or lost; None for verdicts.
    severity : int
        The present verdict, by its position among the verdicts; not used for ranks.
    """

    id: AimId
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
    if top is not None and 0 < rank <= top:
        words = "its first place" if top == 1 else f"its place among the first {top}"
        yield Aim("lost_place", words, top)
        return
    if top is not None:
        words = "the first place" if top == 1 else f"a place among the first {top}"
        yield Aim("better_place", words, top)
    elif rank == 0:
        yield Aim("better_place", "a rank", int((ranking.ranks > 0).sum()) + 1)
    elif rank > 1:
        words = "rank 1" if rank == 2 else f"rank {rank - 1} or better"
        yield Aim("better_place", words, rank - 1)
    if rank > 0:
        yield Aim("lost_place", f"rank {rank}", rank)


def _consequence_of(framework: Framework, outcomes: Alone, k: int) -> Consequence:
    """Return the result of one variant, in words and plain numbers."""
    # after the last verdict, at -1, stands that the framework does not apply
    verdicts = [*framework.all_verdicts, None]
    score = float(outcomes.scores[k])
    return Consequence(
        verdict=verdicts[outcomes.severity[k]],
        rank=int(outcomes.ranks[k]) or None,
        score=None if math.isnan(score) else score,
    )


# ratings


def rating_changes(variants: Variants, row: int, aims: Sequence[Aim]) -> tuple[RatingChange, ...]:
    """Return the least change of each rating that reaches an aim: by aim, the smallest first."""
    problem = variants.problem
    leaves = list(problem.framework.leaves)
    if not aims or not leaves:
        return ()

    def reached(_: IntArray, outcomes: Alone) -> BoolArray:
        return np.stack([aim.holds(outcomes) for aim in aims])

    starts = np.array([[_start_of(variants, row, key) for key in leaves]])
    lines = RatingLines(variants, np.array([row]), starts)
    found, outcomes = lines.least_changes(reached)
    numbers = np.array([point.line for point in found], dtype=np.intp)
    low, high = lines.scales
    pairs = list(zip(found, (high - low)[numbers].tolist(), strict=True))
    ratings = [_rating_to_name(point, span) for point, span in pairs]
    shares = [abs(point.at - point.start) / span for point, span in pairs]
    is_reached = reached(numbers, lines.outcomes(numbers, np.array(ratings)))

    def order(k: int) -> tuple[int, float, int]:
        # shares to nine digits: equal changes stand in the order of the framework
        return found[k].predicate, round(shares[k], 9), found[k].line

    changes: dict[tuple[str, str], RatingChange] = {}
    for k in sorted(range(len(found)), key=order):
        point, key = found[k], leaves[found[k].line]
        aim, column = aims[point.predicate], problem.ratings[key]
        change = RatingChange(
            aim=aim.id,
            criterion=key,
            present=rating_words(problem, key, row),
            uncertain=bool(column.low[row] != column.high[row]),
            start=point.start,
            rises=point.side > 0,
            to=ratings[k],
            beyond=not is_reached[point.predicate, k],
            until=None if point.first == point.start else point.until,
            share_of_scale=shares[k],
            consequence=_consequence_of(problem.framework, outcomes, k),
        )
        # of a change either way, the smaller one comes first
        changes.setdefault((aim.id, key), change)
    return tuple(changes.values())


def _rating_to_name(point: Breakpoint, span: float) -> float:
    """Return the short number that a breakpoint is meant to be, else a rating that suffices."""
    if point.first == point.start:
        return point.start
    short = round(point.at, 3 - math.floor(math.log10(span)))
    slack = _SNAP * span
    # an aim that is reached at one rating alone is not reached beyond a short number near to it
    alone = point.until is not None and abs(point.until - point.at) <= slack
    if abs(short - point.at) <= slack and not alone:
        return short
    return point.first if point.beyond else point.at


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
    """Yield the safeguards that reach an aim: each alone or, if none does, the fewest together."""
    present: list[Need] = []
    missing: list[Need] = []
    for name in variants.problem.framework.all_safeguards:
        if holds(variants.problem.in_place, name, row):
            present.append((name,))
        else:
            missing.append((name,))
    gained = _secured(variants, row, missing, in_place=True)
    lost = _secured(variants, row, present, in_place=False)
    for aim in aims:
        sets, outcomes = (missing, gained) if aim.gain else (present, lost)
        alone = np.flatnonzero(aim.holds(outcomes)).tolist()
        for k in alone:
            consequence = _consequence_of(variants.problem.framework, outcomes, k)
            yield _safeguard_change(variants, row, aim, (sets[k],), consequence)
        if aim.gain and not alone:
            yield from _fewest_together(variants, row, aim, assessment)


def _safeguard_change(
    variants: Variants, row: int, aim: Aim, needs: tuple[Need, ...], consequence: Consequence
) -> SafeguardChange:
    names = dict.fromkeys(name for need in needs for name in need)
    planned = [name for name in names if holds(variants.problem.planned, name, row)]
    return SafeguardChange(aim.id, needs, tuple(planned), consequence)


def _secured(
    variants: Variants, row: int, sets: Sequence[Sequence[str]], *, in_place: bool
) -> Alone:
    """Return the outcomes with each set of safeguards in place, or not; all others as they are."""
    columns: dict[str, BoolArray] = {}
    for k, names in enumerate(sets):
        for name in names:
            if name not in columns:
                present = holds(variants.problem.in_place, name, row)
                columns[name] = np.full((1, len(sets)), present)
            columns[name][0, k] = in_place
    return variants.alone(Changes(np.full(len(sets), row), in_place=columns))


def _fewest_together(
    variants: Variants, row: int, aim: Aim, assessment: Assessment
) -> Iterator[SafeguardChange]:
    """Yield the fewest safeguards that reach a gain: of the deciding guardrails, else of all."""

    def reached(sets: Sequence[Sequence[str]]) -> list[bool]:
        return list(aim.holds(_secured(variants, row, sets, in_place=True)).tolist())

    deciding = [finding for finding in assessment.findings if finding.verdict == assessment.verdict]
    for findings in (deciding, assessment.findings):
        needs = _first_choices(findings)
        chosen = list(dict.fromkeys(needs.values()))
        if chosen and reached([chosen])[0]:
            fewest = _fewest(chosen, reached)
            outcomes = _secured(variants, row, [fewest], in_place=True)
            consequence = _consequence_of(variants.problem.framework, outcomes, 0)
            options = _with_alternatives(fewest, list(needs))
            yield _safeguard_change(variants, row, aim, options, consequence)
            return


def _first_choices(findings: Sequence[Finding]) -> dict[Need, str]:
    """Return the missing needs, each with a safeguard to meet it: a planned one, else the first."""
    choices = {}
    for finding in findings:
        for need in finding.missing:
            planned = [name for name in need if name in finding.planned]
            choices[need] = (planned or need)[0]
    return choices


def _fewest(
    names: Sequence[str], reached: Callable[[Sequence[Sequence[str]]], list[bool]]
) -> list[str]:
    """Return a part of names that reach an aim, such that none of the part can be left out."""
    without = reached([[*names[:k], *names[k + 1 :]] for k in range(len(names))])
    kept: list[str] = []
    rest: list[str] = []
    for name, suffices in zip(names, without, strict=True):
        if suffices:
            rest.append(name)
        else:
            kept.append(name)
    while rest:
        # leave out names from the first on until the others do not suffice: the last one stays
        enough = reached([[*kept, *rest[k:]] for k in range(len(rest) + 1)])
        if all(enough):
            break
        k = enough.index(False)
        kept.append(rest[k - 1])
        rest = rest[k:]
    return sorted(kept, key=names.index)


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
