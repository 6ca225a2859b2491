"""Comparison: one list of candidates as several frameworks judge it.

Axis letters: n candidates, f frameworks, g guardrails.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from itertools import combinations, starmap
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, IntArray, number_or_none, read_only
from ..documents.loading import CandidateSource, FrameworkSource, load_candidates, load_framework
from ..documents.reweighting import GivenWeights, reweighted
from ..errors import NoFrameworkError, UsageError, did_you_mean
from ..kernels.statistics import Estimate, interval, tau_b
from ..models.base import title_of
from ..models.candidates import Candidates
from ..models.expressions import Expression, references
from ..models.framework import STATES, Framework, options_of
from ..output import ID_FIELD, TITLE_FIELD, Detail, Field, Page, Result
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank
from ..scoring.wording import badge, safeguard_title
from .evidence import GuardrailEvidence, guardrail_evidence

__all__ = [
    "ANSWERS",
    "LEAST_FOR_INTERVAL",
    "ComparedCandidate",
    "Comparison",
    "Disagreement",
    "FactCount",
    "FrameworkAnswer",
    "Judge",
    "Move",
    "OtherFramework",
    "OtherVerdict",
    "Pair",
    "Reason",
    "Side",
    "compare",
    "crosswalk",
    "is_disputed",
]

Codes: TypeAlias = NDArray[np.int8]
Rows: TypeAlias = NDArray[np.intp]
T = TypeVar("T")

ANSWERS = ("goes ahead", "goes ahead with conditions", "a person decides", "does not go ahead")
"""Meanings of verdicts, mild to severe."""
_MEANINGS = (*ANSWERS, "not applicable")  # the last one for an index of -1
LEAST_FOR_INTERVAL = 10
"""With fewer candidates the interval of tau-b would hold the truth less often than it claims."""
_MOST_MOVES = 10
# candidates of one disagreement are much alike, and reading their facts takes time
_MOST_READ = 100


# the meaning of verdicts


def crosswalk(framework: Framework) -> dict[str, str]:
    """Return the meaning of each verdict of a framework, by its definition.

    A verdict that is not ranked does not go ahead; of a ranked one beyond the first tier a person
    decides; of the first tier the mildest goes ahead, and the others go ahead with conditions.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> crosswalk(load_framework("guardrail"))["conditional"]
    'goes ahead with conditions'
    """
    meanings = {}
    for index, (key, verdict) in enumerate(framework.all_verdicts.items()):
        code = min(index, 1)
        if not verdict.ranked:
            code = 3
        elif verdict.tier > 1:
            code = 2
        meanings[key] = ANSWERS[code]
    return meanings


def is_disputed(answers: Codes) -> BoolArray:
    """Return where at least two frameworks judge and differ, (n,); `answers` has shape (n, f)."""
    mildest = np.where(answers < 0, np.int8(127), answers).min(axis=1)
    disputed: BoolArray = answers.max(axis=1) > mildest
    return disputed


@dataclass(frozen=True, eq=False)
class Judge:
    """One framework as a judge of the list. Arrays are in the order of the problem.

    Parameters
    ----------
    ranking : Ranking
    """

    ranking: Ranking

    @property
    def framework(self) -> Framework:
        """The framework."""
        return self.ranking.framework

    @cached_property
    def guardrails(self) -> tuple[str, ...]:
        """Ids of the guardrails, g of them."""
        return tuple(self.framework.guardrails)

    @cached_property
    def answers(self) -> Codes:
        """Meanings of the verdicts, (n,): indices of `ANSWERS`; -1 where it is not applicable."""
        codes = np.array(
            list(map(ANSWERS.index, crosswalk(self.framework).values())), dtype=np.int8
        )
        judgement = self.ranking.judgement
        return np.where(judgement.applicable, codes[judgement.severity], np.int8(-1))

    @cached_property
    def verdicts(self) -> NDArray[np.object_]:
        """Ids of the verdicts, (n,); None where the framework is not about a candidate."""
        return self._by_row(self.ranking.verdicts)

    @cached_property
    def ranks(self) -> IntArray:
        """Ranks, (n,); 0 for none."""
        return self._by_row(self.ranking.ranks)

    def _by_row(self, values: NDArray[Any]) -> NDArray[Any]:
        by_row = np.empty_like(values)
        by_row[self.ranking.order] = values
        return by_row

    @cached_property
    def deciding(self) -> BoolArray:
        """Whether each guardrail gives the candidate its verdict, (n, g)."""
        judgement = self.ranking.judgement
        found: BoolArray = judgement.states != STATES.index("clear")
        for k, steps in enumerate(self.framework.compiled_guardrails.values()):
            severity = np.stack([step.severity for step in steps])
            given = severity[judgement.steps[:, k], judgement.states[:, k]]
            found[:, k] &= (given == judgement.severity) & judgement.applicable
        return found

    @cached_property
    def asked(self) -> dict[str, frozenset[str]]:
        """Facts, criteria and safeguards that each guardrail asks for."""
        found = {}
        for key, steps in self.framework.compiled_guardrails.items():
            names: set[str] = set()
            for step in steps:
                names |= _names_in(step.when)
                for need in step.step.needs or ():
                    names.update(options_of(need))
            found[key] = frozenset(names)
        return found

    @cached_property
    def scope(self) -> frozenset[str]:
        """Facts, criteria and safeguards that decide whether the framework is about a candidate."""
        return _names_in(self.framework.applies_expression)

    def evidence(self, row: int, key: str) -> GuardrailEvidence:
        """Return the finding of a guardrail on the candidate in a row, and the grounds for it."""
        place = self.ranking.place_of(self.ranking.problem.id_of(row))
        return guardrail_evidence(self.ranking, place, key)

    def title_of(self, guardrail: str) -> str:
        """Return the title of a guardrail."""
        return title_of(guardrail, self.framework.guardrails[guardrail].title)

    def answer_at(self, row: int) -> FrameworkAnswer:
        """Return the verdict on the candidate in a row, its rank, and the deciding guardrails."""
        return FrameworkAnswer(
            verdict=self.verdicts[row],
            answer=_MEANINGS[self.answers[row]],
            rank=int(self.ranks[row]) or None,
            score=number_or_none(100 * self.ranking.valuation.root[row]),
            decided_by=tuple(self.guardrails[k] for k in np.flatnonzero(self.deciding[row])),
        )


def _names_in(condition: Expression | None) -> frozenset[str]:
    """Return the names that a condition uses, as evidence has them."""
    if condition is None:
        return frozenset()
    used = references(condition)
    scores = [f"score({name})" for name in used.scores]
    return frozenset((*used.inputs, *used.safeguards, *scores))


@dataclass(frozen=True)
class FrameworkAnswer:
    """Answer of one framework on one candidate.

    Parameters
    ----------
    verdict : str or None
        None where the framework is not about the candidate.
    answer : str
        The meaning of the verdict.
    rank : int or None
    score : float or None
        In [0, 100].
    decided_by : tuple of str
        Ids of the guardrails that give the verdict.
    """

    verdict: str | None
    answer: str
    rank: int | None
    score: float | None
    decided_by: tuple[str, ...]


@dataclass(frozen=True)
class ComparedCandidate:
    """One candidate, with the answers of all frameworks.

    Parameters
    ----------
    id, title : str
    agree : bool or None
        Whether all frameworks that are about it answer alike; None where there are fewer than two.
    by : mapping of framework id to FrameworkAnswer
    """

    id: str
    title: str
    agree: bool | None
    by: Mapping[str, FrameworkAnswer]


# two frameworks at a time


@dataclass(frozen=True)
class Move:
    """A candidate with another rank by another framework.

    Parameters
    ----------
    id, title : str
    first, second : int
        Its ranks in the two rankings.
    by : int
        Number of ranks gained in the second order; below 0 for ranks lost.
    """

    id: str
    title: str
    first: int
    second: int
    by: int


@dataclass(frozen=True, eq=False)
class Pair:
    """Agreement of two frameworks.

    Parameters
    ----------
    first, second : Ranking
    judged : int
        Number of candidates that both are about.
    same, first_milder, second_milder : int
        Number of these with the same answer, and with a milder one by the first or second
        framework.
    rows : integer array
        Rows, in the problem, of the candidates that both rank.
    first_ranks, second_ranks : integer arrays
        Their ranks in each ranking, in the order of `rows`.
    """

    first: Ranking
    second: Ranking
    judged: int
    same: int
    first_milder: int
    second_milder: int
    rows: Rows
    first_ranks: IntArray
    second_ranks: IntArray

    @classmethod
    def of(cls, first: Judge, second: Judge) -> Pair:
        """Return the agreement of two judges of one list."""
        one, other = first.answers, second.answers
        both = (one >= 0) & (other >= 0)
        rows = np.flatnonzero((first.ranks > 0) & (second.ranks > 0))
        return cls(
            first=first.ranking,
            second=second.ranking,
            judged=int(both.sum()),
            same=int((both & (one == other)).sum()),
            first_milder=int((both & (one < other)).sum()),
            second_milder=int((both & (one > other)).sum()),
            rows=rows,
            first_ranks=first.ranks[rows],
            second_ranks=second.ranks[rows],
        )

    @property
    def rankable(self) -> bool:
        """Whether both make a total score, and so ranks."""
        return self.first.has_total and self.second.has_total

    @cached_property
    def tau(self) -> Estimate:
        """Kendall's tau-b of the two orders of the candidates that both rank."""
        return tau_b(self.first_ranks, self.second_ranks)

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the 95 % interval of tau-b; NaN with fewer than ten candidates."""
        if len(self.first_ranks) < LEAST_FOR_INTERVAL:
            return math.nan, math.nan
        return interval(self.tau)

    @property
    def moved(self) -> int:
        """Number of candidates whose ranks differ."""
        return int((self.first_ranks != self.second_ranks).sum())

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Candidates whose ranks differ most, the farthest first; ten at most."""
        problem, moves = self.first.problem, []
        gained = self.first_ranks - self.second_ranks
        farthest_first = np.argsort(-np.abs(gained), kind="stable")[:_MOST_MOVES]
        for k in farthest_first[gained[farthest_first] != 0].tolist():
            row = int(self.rows[k])
            ranks = int(self.first_ranks[k]), int(self.second_ranks[k]), int(gained[k])
            moves.append(Move(problem.id_of(row), problem.title_of(row), *ranks))
        return tuple(moves)

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        ranks = None
        if self.rankable:
            low, high = self.interval
            ranks = {
                "ranked": len(self.rows),
                "tau_b": self.tau.value,
                "standard_error": self.tau.error,
                "low": low,
                "high": high,
                "moves": list(map(asdict, self.moves)),
            }
        return {
            "first": self.first.framework.id,
            "second": self.second.framework.id,
            "judged": self.judged,
            "same": self.same,
            "first_milder": self.first_milder,
            "second_milder": self.second_milder,
            "ranks": ranks,
        }


# disagreements


@dataclass(frozen=True)
class FactCount:
    """A fact that decided, with the count of each answer.

    Parameters
    ----------
    name, title : str
    answers : tuple of (str, int)
        Each answer in words with its number of candidates, the most frequent first.
    """

    name: str
    title: str
    answers: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Number of candidates for which it decided."""
        return sum(count for _, count in self.answers)


@dataclass(frozen=True)
class Reason:
    """Finding of a guardrail on several candidates.

    Parameters
    ----------
    guardrail, title : str
    state : {"clear", "met", "unknown", "unmet", "barred"}
    facts : tuple of FactCount
        The facts that decided, the most frequent first; empty where the guardrail always applies.
    missing, in_place : tuple of str
        Safeguards, in words, that all candidates miss, or have; of an area: that are to be put in
        place.
    """

    guardrail: str
    title: str
    state: str
    facts: tuple[FactCount, ...]
    missing: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """A framework that is the most severe, and the guardrail that makes it so.

    Parameters
    ----------
    framework, verdict : str
    reason : Reason or None
        None where the verdict is given without any guardrail.
    why : str or None
        Why the guardrail exists, in its framework's words.
    """

    framework: str
    verdict: str
    reason: Reason | None
    why: str | None


@dataclass(frozen=True)
class OtherVerdict:
    """One verdict of another framework, and its finding on the same facts.

    Parameters
    ----------
    verdict : str or None
        None where the framework is not about these candidates.
    answer : str
    candidates : tuple of str
        Ids.
    decided_by : tuple of str
        Titles of the guardrails that decided, the most frequent first; empty where none did.
    found : Reason or None
        Finding of the closest guardrail of the framework.
    """

    verdict: str | None
    answer: str
    candidates: tuple[str, ...]
    decided_by: tuple[str, ...]
    found: Reason | None


@dataclass(frozen=True)
class OtherFramework:
    """Verdicts of a less severe framework on candidates that are disputed.

    Parameters
    ----------
    framework : str
    closest : str or None
        Title of the closest guardrail: of those that ask for the same facts, the one that asks for
        most of them. None where none does.
    shared : tuple of str
        Titles of those facts; where no guardrail asks for them, of those that `applies` asks for.
    said : tuple of OtherVerdict
        By verdict and finding, the most frequent first.
    """

    framework: str
    closest: str | None
    shared: tuple[str, ...]
    said: tuple[OtherVerdict, ...]


@dataclass(frozen=True, eq=False)
class Disagreement:
    """Candidates on which guardrails make one or more frameworks more severe than the others.

    Parameters
    ----------
    judges : tuple of Judge
        All frameworks.
    rows : integer array
        Rows of the candidates in the problem.
    deciding : tuple of (Judge, str or None)
        The most severe frameworks, each with a guardrail that gives its verdict to these very
        candidates; None for a verdict without any guardrail.
    """

    judges: tuple[Judge, ...]
    rows: Rows
    deciding: tuple[tuple[Judge, str | None], ...]

    @property
    def severity(self) -> int:
        """Most severe answer of any framework on these candidates, as an index of `ANSWERS`."""
        judge, _ = self.deciding[0]
        return int(judge.answers[self.rows[0]])

    @property
    def answer(self) -> str:
        """Most severe answer of any framework on these candidates."""
        return _MEANINGS[self.severity]

    @cached_property
    def candidates(self) -> tuple[tuple[str, str], ...]:
        """Ids and titles, in the order of the list."""
        problem = self.judges[0].ranking.problem
        return tuple((problem.id_of(row), problem.title_of(row)) for row in self.rows.tolist())

    @property
    def unit(self) -> str | None:
        """Unit of the candidates, area or project; None where they are of both kinds."""
        areas = self.judges[0].ranking.problem.area[self.rows]
        if areas.all():
            return "area"
        return None if areas.any() else "project"

    @property
    def looked_at(self) -> int:
        """Number of candidates whose facts are read."""
        return min(len(self.rows), _MOST_READ)

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """The most severe frameworks and their guardrails."""
        sides = []
        first = int(self.rows[0])
        for judge, key in self.deciding:
            reason = why = None
            if key is not None:
                reason = _reason_of(judge, key, self.rows)
                why = judge.evidence(first, key).finding.reason
            sides.append(Side(judge.framework.id, judge.verdicts[first], reason, why))
        return tuple(sides)

    @cached_property
    def others(self) -> tuple[OtherFramework, ...]:
        """The frameworks that are on no side."""
        severest = dict(self.deciding)
        titles, counts = self._asked()
        others = []
        for judge in self.judges:
            if judge in severest:
                continue
            closest = self._closest_guardrail(judge, counts)
            title, asks = None, judge.scope
            if closest is not None:
                title, asks = judge.title_of(closest), judge.asked[closest]
            shared = tuple(titles[name] for name in titles if name in asks)
            said = tuple(_verdicts_of(judge, self.rows, closest))
            others.append(OtherFramework(judge.framework.id, title, shared, said))
        return tuple(others)

    def _asked(self) -> tuple[dict[str, str], Counter[str]]:
        """Return the names on which the sides rest: titles, and numbers of candidates."""
        titles: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for (judge, key), side in zip(self.deciding, self.sides, strict=True):
            if key is None or side.reason is None:
                continue
            for fact in side.reason.facts:
                titles[fact.name] = fact.title
                counts[fact.name] += fact.count
            if not side.reason.facts:
                # a guardrail that always applies asks for safeguards alone
                for name in sorted(judge.asked[key]):
                    titles[name] = title_of(name, judge.framework.all_safeguards[name].title)
                    counts[name] += 1
        return titles, counts

    def _closest_guardrail(self, judge: Judge, counts: Counter[str]) -> str | None:
        """Return the guardrail that asks for most of the same names; else one of the same id."""
        same_id = {key for _, key in self.deciding}

        def nearness(key: str) -> tuple[int, bool]:
            return sum(counts[name] for name in judge.asked[key]), key in same_id

        closest = max(judge.guardrails, key=nearness, default=None)
        return closest if closest is not None and nearness(closest)[0] else None

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            "answer": self.answer,
            "candidates": [name for name, _ in self.candidates],
            "unit": self.unit,
            "sides": list(map(asdict, self.sides)),
            "others": list(map(asdict, self.others)),
            "looked_at": self.looked_at,
        }


def _reason_of(judge: Judge, key: str, rows: Rows) -> Reason:
    """Return the finding of a guardrail on candidates for which its state is the same."""
    evidence = [judge.evidence(row, key) for row in rows[:_MOST_READ].tolist()]
    findings = [each.finding for each in evidence]
    title_of_safeguard = partial(safeguard_title, judge.framework)
    missing = []
    for options in _common_entries(map(attrgetter("missing"), findings)):
        missing.append(" or ".join(map(title_of_safeguard, options)))
    in_place = map(title_of_safeguard, _common_entries(map(attrgetter("in_place"), findings)))
    return Reason(
        guardrail=key,
        title=findings[0].title,
        state=findings[0].state,
        facts=_fact_counts(evidence),
        missing=tuple(missing),
        in_place=tuple(in_place),
    )


def _common_entries(lists: Iterable[Iterable[T]]) -> Iterable[T]:
    """Return the entries that are in all of several lists, in the order of the first."""
    first, *others = map(dict.fromkeys, lists)
    for other in others:
        first = {entry: None for entry in first if entry in other}
    return first


def _fact_counts(evidence: Iterable[GuardrailEvidence]) -> tuple[FactCount, ...]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for each in evidence:
        for fact in each.decided:
            counts.setdefault((fact.name, fact.title), Counter())[fact.answer] += 1
    found = [FactCount(*fact, tuple(counts[fact].most_common())) for fact in counts]
    return tuple(sorted(found, key=lambda fact: -fact.count))


def _verdicts_of(judge: Judge, rows: Rows, closest: str | None) -> Iterator[OtherVerdict]:
    """Yield the verdicts of a framework, apart by the state of the closest guardrail."""
    judgement, problem = judge.ranking.judgement, judge.ranking.problem
    # not applicable is one verdict, whatever guardrails find
    severity = np.where(judgement.applicable, judgement.severity, -1)
    state = np.zeros_like(severity)
    if closest is not None:
        found = judgement.states[:, judge.guardrails.index(closest)]
        state = np.where(judgement.applicable, found, 0)
    fewest_first = sorted(_rows_alike(rows, severity, state), key=len)
    for members in reversed(fewest_first):
        first, reason = int(members[0]), None
        if severity[first] >= 0 and closest is not None:
            reason = _reason_of(judge, closest, members)
        yield OtherVerdict(
            verdict=judge.verdicts[first],
            answer=_MEANINGS[judge.answers[first]],
            candidates=tuple(map(problem.id_of, members.tolist())),
            decided_by=_deciding_titles(judge, members) if severity[first] > 0 else (),
            found=reason,
        )


def _deciding_titles(judge: Judge, rows: Rows) -> tuple[str, ...]:
    """Return the titles of the guardrails that decide, the most frequent first."""
    counts = judge.deciding[rows].sum(axis=0)
    most_first = np.argsort(-counts, kind="stable")
    return tuple(judge.title_of(judge.guardrails[k]) for k in most_first if counts[k])


def _rows_alike(rows: Rows, *columns: NDArray[Any]) -> Iterator[Rows]:
    """Yield the rows that have the same entries in all columns, the smallest entries first."""
    entries = np.column_stack(columns)[rows]
    for entry in np.unique(entries, axis=0):
        yield rows[(entries == entry).all(axis=1)]


def _disagreements_of(judges: tuple[Judge, ...]) -> Iterator[Disagreement]:
    """Yield the disagreements; guardrails that decide for the very same candidates make one."""
    answers = np.stack([judge.answers for judge in judges], axis=1)
    severest, disputed = answers.max(axis=1), is_disputed(answers)
    deciding: dict[bytes, tuple[Rows, list[tuple[Judge, str | None]]]] = {}
    for judge in judges:
        rows = np.flatnonzero(disputed & (judge.answers == severest))
        for key, members in _rows_by_finding(judge, rows):
            deciding.setdefault(members.tobytes(), (members, []))[1].append((judge, key))
    for members, sides in deciding.values():
        yield Disagreement(judges, members, tuple(sides))


def _rows_by_finding(judge: Judge, rows: Rows) -> Iterator[tuple[str | None, Rows]]:
    """Yield each guardrail with rows for which one step gives one finding and answer."""
    judgement, deciding = judge.ranking.judgement, judge.deciding[rows]
    for k, key in enumerate(judge.guardrails):
        decided, steps, states = rows[deciding[:, k]], judgement.steps[:, k], judgement.states[:, k]
        for members in _rows_alike(decided, steps, states, judge.answers):
            yield key, members
    for members in _rows_alike(rows[~deciding.any(axis=1)], judge.answers):
        yield None, members


def _by_coverage(found: Iterable[Disagreement], n: int) -> Iterator[Disagreement]:
    """Yield first those with candidates that none before has: the most severe, the largest."""
    left, held = list(found), np.zeros(n, dtype=np.bool_)

    def urgency(each: Disagreement) -> tuple[bool, int, int, int]:
        new = int((~held[each.rows]).sum())
        return new > 0, each.severity, new, len(each.rows)

    while left:
        best = max(left, key=urgency)  # the first of equal ones
        left.remove(best)
        held[best.rows] = True
        yield best


# the result


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """One list of candidates as several frameworks judge it.

    Candidates are in the order of the first framework; arrays are read-only and in that order.

    Parameters
    ----------
    rankings : tuple of Ranking
        One for each framework, of the same candidates in the same rows.
    """

    kind: ClassVar[str] = "comparison"

    rankings: tuple[Ranking, ...]

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.rankings[0])

    def __getitem__(self, framework: str) -> Ranking:
        """Return the ranking by one framework.

        Raises
        ------
        UsageError
            If it is not one of those compared.
        """
        for ranking in self.rankings:
            if ranking.framework.id == framework:
                return ranking
        listed = ", ".join(f"`{name}`" for name in self.frameworks)
        raise UsageError(f"`{framework}` is not one of the frameworks compared: {listed}")

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Ids of the frameworks, f of them."""
        return tuple(ranking.framework.id for ranking in self.rankings)

    @property
    def title(self) -> str:
        """The frameworks as a heading."""
        *names, last = self.frameworks
        return f"Comparison of {', '.join(names)} and {last}"

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, n of them."""
        return self.rankings[0].ids

    @cached_property
    def judges(self) -> tuple[Judge, ...]:
        """The frameworks as judges, f of them; their arrays are in the order of the problem."""
        return tuple(map(Judge, self.rankings))

    @cached_property
    def answers(self) -> Codes:
        """Meanings of the verdicts, (n, f): 0, goes ahead, to 3, does not; -1 not applicable."""
        return self._stacked("answers")

    @cached_property
    def verdicts(self) -> NDArray[np.object_]:
        """Ids of the verdicts, (n, f); None where a framework is not about the candidate."""
        return self._stacked("verdicts")

    @cached_property
    def ranks(self) -> IntArray:
        """Ranks, (n, f); 0 for none."""
        return self._stacked("ranks")

    def _stacked(self, name: str) -> NDArray[Any]:
        columns = list(map(attrgetter(name), self.judges))
        return read_only(np.stack(columns, axis=1)[self.rankings[0].order])

    @cached_property
    def judged(self) -> IntArray:
        """Number of frameworks that are about each candidate, (n,)."""
        return read_only((self.answers >= 0).sum(axis=1))

    @cached_property
    def disputed(self) -> BoolArray:
        """Where the frameworks that are about a candidate do not all answer alike, (n,)."""
        return read_only(is_disputed(self.answers))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Agreement of each two frameworks."""
        return tuple(starmap(Pair.of, combinations(self.judges, 2)))

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Disagreements, first those with candidates that none before has; facts are read late.

        A candidate for which several guardrails decide is in several of them.
        """
        return tuple(_by_coverage(_disagreements_of(self.judges), len(self)))

    # as a result

    @cached_property
    def rows(self) -> tuple[ComparedCandidate, ...]:
        """The candidates, each with the answers of all frameworks."""
        problem, rows = self.rankings[0].problem, []
        for position, row in enumerate(self.rankings[0].order.tolist()):
            agree = None if self.judged[position] < 2 else not self.disputed[position]
            by = {judge.framework.id: judge.answer_at(row) for judge in self.judges}
            rows.append(ComparedCandidate(problem.id_of(row), problem.title_of(row), agree, by))
        return tuple(rows)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that is said of each candidate; JSON has the answers of the frameworks under `by`."""
        fields = [
            ID_FIELD,
            replace(TITLE_FIELD, lines=2),
        ]
        for ranking in self.rankings:
            fields += _framework_fields(ranking.framework)
        fields.append(Field("agree", "Agree", priority=2))
        fields.append(
            Field("by", cell=lambda row: {key: asdict(row.by[key]) for key in row.by}, csv=False)
        )
        return tuple(fields)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table; ranks only of frameworks that give them."""
        keys = ["title"]
        for ranking in self.rankings:
            keys.append(f"verdict_{ranking.framework.id}")
            if ranking.has_total:
                keys.append(f"rank_{ranking.framework.id}")
        return (*keys, "agree", "id")

    @property
    def outline(self) -> dict[str, Any]:
        """The frameworks: id, title, version, whether they rank, and what their verdicts mean."""
        outlines = []
        for judge in self.judges:
            meanings = crosswalk(judge.framework)
            more = {"ranks": judge.framework.has_total, "answers": meanings}
            outlines.append(outline_of(judge.framework) | more)
        return {"frameworks": outlines}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs and the version of the package."""
        manifests = [ranking.manifest for ranking in self.rankings]
        return {
            "package": manifests[0]["package"],
            "frameworks": [manifest["framework"] for manifest in manifests],
            "candidates": manifests[0]["candidates"],
        }

    def body(self) -> dict[str, Any]:
        """Return the candidates, the agreement of each two frameworks, and all disagreements."""
        return {
            **super().body(),
            "pairs": list(map(Pair.record, self.pairs)),
            "disagreements": list(map(Disagreement.record, self.disagreements)),
        }

    def page(self, *, detail: Detail = "default", disagreements: int | None = 8) -> Page:
        """Return the comparison as the blocks of a page.

        Parameters
        ----------
        detail : {"brief", "default", "verbose"}
            As of every result.
        disagreements : int, optional
            Number of disagreements to explain; None for all.
        """
        return self._page(detail=detail, disagreements=disagreements)


def _framework_fields(framework: Framework) -> tuple[Field, ...]:
    """Return the fields for one framework; only JSON has them elsewhere."""
    key = framework.id
    return (
        Field(
            f"verdict_{key}",
            key,
            lambda row: badge(row.by[key].verdict, framework),
            lambda row: row.by[key].verdict,
            kind="badge",
            priority=0,
            json=False,
        ),
        Field(f"answer_{key}", cell=lambda row: row.by[key].answer, json=False),
        Field(
            f"rank_{key}", "Rank", lambda row: row.by[key].rank, kind="number", digits=0, json=False
        ),
        Field(f"decided_by_{key}", cell=lambda row: row.by[key].decided_by, json=False),
    )


def compare(
    candidates: CandidateSource,
    frameworks: Sequence[FrameworkSource] | None = None,
    *,
    weights: GivenWeights | None = None,
) -> Comparison:
    """Judge one list of candidates by several frameworks, and compare their verdicts and ranks.

    Verdicts are compared by their meaning, not by their names: it goes ahead, it goes ahead with
    conditions, a person decides, it does not go ahead. Where frameworks differ, the guardrails and
    facts behind it are named.

    Parameters
    ----------
    candidates : str, Path, mapping, Candidates or iterable of candidates
        A file, or its contents.
    frameworks : sequence of str, Path, mapping or Framework, optional
        Two or more to judge by, each a shipped id, a file, or its contents; those that the list
        names, if left out.
    weights : mapping of criterion or group id to weight, optional
        As of `score`, for each framework that has the criterion.

    Returns
    -------
    Comparison

    Raises
    ------
    DocumentError
        With all errors of a framework or the candidates.
    UsageError
        If there are fewer than two frameworks, or two with one id; if no framework has a
        criterion of `weights`.

    Examples
    --------
    >>> open_ = {
    ...     "collabscore": "framework/1", "id": "open", "facts": {"sensitive": {"kind": "flag"}}
    ... }
    >>> guardrails = {"sensitive": {"when": "sensitive", "then": "outside"}}
    >>> strict = {**open_, "id": "strict", "guardrails": guardrails}
    >>> found = compare([{"id": "chips", "facts": {"sensitive": True}}], [strict, open_])
    >>> found.verdicts.tolist(), found.disagreements[0].sides[0].reason.guardrail
    ([['outside', 'inside']], 'sensitive')
    """
    if frameworks is None:
        candidates, frameworks = _frameworks_of_list(candidates)
    if isinstance(frameworks, str | Path | Mapping | Framework) or len(frameworks) < 2:
        raise UsageError(f"{_TWO_NEEDED}: {_GIVE_EACH}")
    judges: dict[str, Framework] = {}
    for source in frameworks:
        framework = load_framework(source)
        if framework.id in judges:
            raise UsageError(_repeated_id(judges[framework.id], framework))
        judges[framework.id] = framework
    loaded = load_candidates(candidates, list(judges.values()))
    rankings = []
    for judge, other in zip(judges.values(), _reweighted_each(judges, weights or {}), strict=True):
        problem = Problem.from_candidates(loaded, judge)
        rankings.append(rank(problem if other is judge else replace(problem, framework=other)))
    return Comparison(tuple(rankings))


_TWO_NEEDED = "a comparison needs two frameworks or more"
_GIVE_EACH = "give each, for example with `-f guardrail -f ca-strac`"


def _frameworks_of_list(candidates: CandidateSource) -> tuple[Candidates, Sequence[Framework]]:
    """Return a list, loaded, and the frameworks that it names, two or more."""
    try:
        loaded = load_candidates(candidates)
    except NoFrameworkError:
        raise UsageError(f"{_TWO_NEEDED}, and the list names none: {_GIVE_EACH}") from None
    if len(loaded.frameworks) < 2:
        named = ", ".join(f"`{framework.id}`" for framework in loaded.frameworks)
        raise UsageError(f"{_TWO_NEEDED}, and the list names only {named}: {_GIVE_EACH}")
    return loaded, loaded.frameworks


def _reweighted_each(judges: Mapping[str, Framework], weights: GivenWeights) -> Iterator[Framework]:
    """Yield each framework, with those of the weights that are of its criteria."""
    known = {key for framework in judges.values() for key in framework.nodes}
    for name in weights:
        if name not in known:
            help = did_you_mean(str(name), known)
            message = f"`{name}` is a criterion of none of these frameworks"
            raise UsageError(f"{message}; {help}" if help else message, "weights")
    for framework in judges.values():
        own = {key: weight for key, weight in weights.items() if key in framework.nodes}
        yield reweighted(framework, own) if own else framework


def _repeated_id(first: Framework, second: Framework) -> str:
    if first.digest == second.digest:
        return f"`{first.id}` is named twice: compare different frameworks"
    names = [f"`{one.origin.source or one.digest[:19]}`" for one in (first, second)]
    return f"two frameworks have the id `{first.id}`: {' and '.join(names)}; change one of them"
