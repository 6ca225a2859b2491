"""Frameworks as judges of one list, and the guardrails and facts behind their disagreements.

Axis letters: n candidates, f frameworks, g guardrails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..arrays import (
    BoolArray,
    FloatArray,
    Frozen,
    IndexArray,
    IntArray,
    Record,
    frozen_property,
    number_or_none,
)
from ..models.base import title_of
from ..models.conditions import PLACE
from ..models.expressions import Expression, references
from ..models.framework import STATES, Framework
from ..scoring.ranking import Ranking
from ..scoring.verdicts import ANSWERS, crosswalk, tiers_of
from ..scoring.wording import options_in_words, safeguard_title, title_of_word
from .evidence import GuardrailEvidence, guardrail_evidence

__all__ = [
    "MOST_READ",
    "NOT_JUDGED",
    "UNJUDGED",
    "Codes",
    "Disagreement",
    "FactCount",
    "FrameworkAnswer",
    "Judge",
    "OtherFramework",
    "OtherVerdict",
    "Reason",
    "Side",
    "disagreements_of",
    "is_disputed",
]

Codes: TypeAlias = NDArray[np.int8]
"""Meanings of verdicts, as indices of `ANSWERS`, or UNJUDGED or BEYOND."""
UNJUDGED, BEYOND = -2, -1
"""In place of an index: the verdict rests on unknown answers; the framework does not apply."""
NOT_JUDGED = "not judged"
"""The answer where a verdict rests on unknown answers."""
T = TypeVar("T")

_MEANINGS = (*ANSWERS, NOT_JUDGED, "not applicable")  # UNJUDGED and BEYOND are the last two
# candidates of one disagreement are much alike, and reading their facts takes time
MOST_READ = 100


def is_disputed(answers: Codes) -> BoolArray:
    """Return where at least two frameworks judge and differ, (n,); `answers` has shape (n, f)."""
    mildest = np.where(answers < 0, np.int8(127), answers).min(axis=1)
    disputed: BoolArray = answers.max(axis=1) > mildest
    return disputed


@dataclass(frozen=True, eq=False)
class Judge(Frozen):
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

    @frozen_property
    def guardrails(self) -> tuple[str, ...]:
        """Ids of the guardrails, g of them."""
        return tuple(self.framework.guardrails)

    @frozen_property
    def answers(self) -> Codes:
        """Meanings of the verdicts, (n,): indices of `ANSWERS`; -1 where it is not applicable."""
        meanings = map(ANSWERS.index, crosswalk(self.framework).values())
        # the last one is for where it is not applicable, at -1
        codes = np.array([*meanings, -1], dtype=np.int8)
        return codes[self.ranking.judgement.verdicts]

    @frozen_property
    def is_judged(self) -> BoolArray:
        """Where known answers give the verdict, whatever the unknown ones, (n,).

        They rule out every milder verdict; where the verdict is the mildest one, every other.
        """
        judgement = self.ranking.judgement
        given = judgement.mild == judgement.severity
        given &= (judgement.severity > 0) | ~self.is_open
        judged: BoolArray = given & self.is_applicable
        return judged

    @property
    def is_applicable(self) -> BoolArray:
        """Where the framework is about a candidate, (n,); nowhere if it has no guardrails."""
        return self.ranking.judgement.applicable & bool(self.guardrails)

    @frozen_property
    def judged_answers(self) -> Codes:
        """Meanings of the verdicts, (n,), as `answers`; UNJUDGED where it is not judged."""
        unjudged = np.where(self.is_applicable, np.int8(UNJUDGED), np.int8(BEYOND))
        return np.where(self.is_judged, self.answers, unjudged)

    @frozen_property
    def needed(self) -> IntArray:
        """Number of ratings and facts that the framework asks for, (n,)."""
        return self._answer_counts[0]

    @frozen_property
    def missing(self) -> IntArray:
        """Number of those that are unknown, or leave several answers to a guardrail, (n,)."""
        return self._answer_counts[1]

    @frozen_property
    def _answer_counts(self) -> tuple[IntArray, IntArray]:
        # answers in doubt are missing, too
        problem, framework = self.ranking.judgement.cautious.problem, self.framework
        needed = np.full(problem.size, len(framework.leaves))
        missing = np.zeros_like(needed)
        decisive = {*framework.references.inputs}
        for name in framework.references.scores:
            decisive.update(framework.leaves_below(name))
        for key in framework.leaves:
            is_open = ~problem.ratings[key].settled if key in decisive else ~problem.is_known(key)
            missing += is_open
        for key in framework.facts_asked:
            needed += 1
            missing += ~problem.facts[key].settled
        for key in framework.references.inputs:
            fact, sign, place = key.partition(PLACE)
            if sign and (fact or place == "1"):
                # of partners that are not listed, the list alone is asked for
                asked = problem.has_partner_at(key) if fact else np.ones_like(needed, np.bool_)
                needed += asked
                missing += asked & ~problem.facts[key].settled
        return needed, missing

    @frozen_property
    def most_unknown(self) -> tuple[tuple[str, int], ...]:
        """Answers that candidates which are not judged wait for: titles, numbers of candidates.

        The most frequent first, of the first hundred candidates.
        """
        counts: Counter[str] = Counter()
        judgement = self.ranking.judgement
        for row in np.flatnonzero(self.judged_answers == UNJUDGED)[:MOST_READ].tolist():
            names: set[str] = set()
            for k in np.flatnonzero(self.deciding[row]).tolist():
                names.update(judgement.finding(self.guardrails[k], row).unknown)
            counts.update(title_of_word(self.framework, name) for name in sorted(names))
        return tuple(counts.most_common())

    @frozen_property
    def verdicts(self) -> NDArray[np.object_]:
        """Ids of the verdicts, (n,); None where the framework does not apply to a candidate."""
        return self.by_row(self.ranking.verdicts)

    @frozen_property
    def ranks(self) -> IntArray:
        """Ranks, (n,); 0 for none."""
        return self.by_row(self.ranking.ranks)

    @frozen_property
    def bands(self) -> NDArray[np.object_]:
        """Ids of the bands, (n,); None for none."""
        return self.by_row(self.ranking.bands)

    @frozen_property
    def scores(self) -> FloatArray:
        """Scores, (n,) in [0, 100]; NaN for none."""
        return 100 * self.ranking.valuation.root

    @frozen_property
    def goes_ahead(self) -> BoolArray:
        """Where a candidate goes ahead, with conditions or without, (n,)."""
        ahead: BoolArray = np.isin(self.answers, (0, 1))
        return ahead

    @frozen_property
    def is_open(self) -> BoolArray:
        """Where the verdict depends on unknown answers, (n,)."""
        judgement = self.ranking.judgement
        differs: BoolArray = judgement.mild != judgement.severe
        return judgement.applicable & differs

    @frozen_property
    def may_be_unranked(self) -> BoolArray:
        """Where the verdict is ranked, and unknown answers allow one that is not, (n,)."""
        tiers, judgement = tiers_of(self.framework), self.ranking.judgement
        return (tiers[judgement.verdicts] >= 0) & (tiers[judgement.severe] < 0)

    def by_row(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values in rank order in the order of the problem."""
        by_row = np.empty_like(values)
        by_row[self.ranking.order] = values
        return by_row

    @frozen_property
    def deciding(self) -> BoolArray:
        """Whether each guardrail gives the candidate its verdict, (n, g).

        Where none gives it alone, those count of which one gives it whatever the answers.
        """
        judgement = self.ranking.judgement
        found: BoolArray = judgement.states != STATES.index("clear")
        found &= (judgement.numbers >> 3) == judgement.severity[:, None]
        together = (judgement.severity > 0) & ~found.any(axis=1)
        found[together] = judgement.states[together] == STATES.index("unknown")
        return found & judgement.applicable[:, None]

    @frozen_property
    def decided(self) -> BoolArray:
        """As `deciding`, without guardrails that wait for answers beside one that needs none."""
        known = self.deciding & (self.ranking.judgement.states != STATES.index("unknown"))
        return np.where(known.any(axis=1, keepdims=True), known, self.deciding)

    @frozen_property
    def asked(self) -> dict[str, frozenset[str]]:
        """Facts, criteria and safeguards that each guardrail asks for."""
        found = {}
        for key, steps in self.framework.compiled_guardrails.items():
            names: set[str] = set()
            for step in steps:
                names |= _names_in(step.when, self.framework)
                names.update(*step.step.options)
            found[key] = frozenset(names)
        return found

    @frozen_property
    def scope(self) -> frozenset[str]:
        """Facts, criteria and safeguards that decide whether the framework applies."""
        return _names_in(self.framework.applies_expression, self.framework)

    def title_of(self, guardrail: str) -> str:
        """Return the title of a guardrail."""
        return title_of(guardrail, self.framework.guardrails[guardrail].title)

    def answer_at(self, row: int) -> FrameworkAnswer:
        """Return the verdict on the candidate in a row, its rank, and the deciding guardrails."""
        return FrameworkAnswer(
            verdict=self.verdicts[row],
            answer=_MEANINGS[self.judged_answers[row]],
            needed=int(self.needed[row]),
            missing=int(self.missing[row]),
            rank=int(self.ranks[row]) or None,
            score=number_or_none(100 * self.ranking.valuation.root[row]),
            decided_by=tuple(self.guardrails[k] for k in np.flatnonzero(self.decided[row])),
        )


def _names_in(condition: Expression | None, framework: Framework) -> frozenset[str]:
    """Return the names that a condition uses, as evidence has them."""
    if condition is None:
        return frozenset()
    used = references(condition)
    scores = [f"score({name or framework.id})" for name in used.scores]
    return frozenset((*used.inputs, *used.safeguards, *scores))


class FrameworkAnswer(Record):
    """Answer of one framework on one candidate.

    Parameters
    ----------
    verdict : str or None
        None where the framework does not apply to the candidate.
    answer : str
        The meaning of the verdict; "not judged" where it rests on unknown answers.
    needed, missing : int
        Number of ratings and facts that the framework asks for, and of those that are unknown or
        leave several answers to a guardrail.
    rank : int or None
    score : float or None
        In [0, 100].
    decided_by : tuple of str
        Ids of the guardrails that give the verdict.
    """

    verdict: str | None
    answer: str
    needed: int
    missing: int
    rank: int | None
    score: float | None
    decided_by: tuple[str, ...]


# disagreements


class FactCount(Record):
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


class Reason(Record):
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


class Side(Record):
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


class OtherVerdict(Record):
    """One verdict of another framework, and its finding on the same facts.

    Parameters
    ----------
    verdict : str or None
        None where the framework does not apply to these candidates.
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


class OtherFramework(Record):
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
class Disagreement(Frozen):
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
    rows: IndexArray
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

    @frozen_property
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
        return min(len(self.rows), MOST_READ)

    @frozen_property
    def sides(self) -> tuple[Side, ...]:
        """The most severe frameworks and their guardrails."""
        sides = []
        first = int(self.rows[0])
        for judge, key in self.deciding:
            reason = why = None
            if key is not None:
                reason = _reason_of(judge, key, self.rows)
                why = judge.ranking.judgement.finding(key, first).reason
            sides.append(Side(judge.framework.id, judge.verdicts[first], reason, why))
        return tuple(sides)

    @frozen_property
    def others(self) -> tuple[OtherFramework, ...]:
        """The frameworks that are on no side."""
        severest = dict(self.deciding)
        titles, counts = self._count_names()
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

    def _count_names(self) -> tuple[dict[str, str], Counter[str]]:
        """Return the names on which the sides rest: titles, and numbers of candidates."""
        titles: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for (judge, _), side in zip(self.deciding, self.sides, strict=True):
            if side.reason is None:
                continue
            for fact in side.reason.facts:
                titles[fact.name] = fact.title
                counts[fact.name] += fact.count
            if not side.reason.facts:
                # a step that always applies asks for safeguards alone
                safeguards = judge.framework.all_safeguards
                for name in sorted(judge.asked[side.reason.guardrail] & safeguards.keys()):
                    titles[name] = title_of(name, safeguards[name].title)
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


def _reason_of(judge: Judge, key: str, rows: IndexArray) -> Reason:
    """Return the finding of a guardrail on candidates for which its state is the same."""
    read = rows[:MOST_READ].tolist()
    evidence = [guardrail_evidence(judge.ranking, row, key) for row in read]
    findings = [each.finding for each in evidence]
    framework, missing = judge.framework, []
    for options in _common_entries(finding.lacking for finding in findings):
        missing.append(options_in_words(options, framework))
    in_place = _common_entries(finding.in_place for finding in findings)
    return Reason(
        guardrail=key,
        title=findings[0].title,
        state=findings[0].state,
        facts=_fact_counts(evidence),
        missing=tuple(missing),
        in_place=tuple(safeguard_title(framework, name) for name in in_place),
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


def _verdicts_of(judge: Judge, rows: IndexArray, closest: str | None) -> Iterator[OtherVerdict]:
    """Yield the verdicts of a framework, apart by the state of the closest guardrail."""
    judgement, problem = judge.ranking.judgement, judge.ranking.problem
    severity, answers = judgement.verdicts, judge.judged_answers
    state: NDArray[Any] = np.zeros_like(severity)
    if closest is not None:
        # not applicable is one verdict, whatever guardrails find
        state = judgement.states[:, judge.guardrails.index(closest)] * judgement.applicable
    fewest_first = sorted(_rows_alike(rows, severity, answers, state), key=len)
    for members in reversed(fewest_first):
        first, reason = int(members[0]), None
        if severity[first] >= 0 and closest is not None:
            reason = _reason_of(judge, closest, members)
        yield OtherVerdict(
            verdict=judge.verdicts[first],
            answer=_MEANINGS[answers[first]],
            candidates=tuple(map(problem.id_of, members.tolist())),
            decided_by=_deciding_titles(judge, members) if severity[first] > 0 else (),
            found=reason,
        )


def _deciding_titles(judge: Judge, rows: IndexArray) -> tuple[str, ...]:
    """Return the titles of the guardrails that decide, the most frequent first."""
    counts = judge.decided[rows].sum(axis=0)
    most_first = np.argsort(-counts, kind="stable")
    titles = []
    for k in most_first[counts[most_first] > 0].tolist():
        titles.append(judge.title_of(judge.guardrails[k]))
    return tuple(titles)


def _rows_alike(rows: IndexArray, *columns: NDArray[Any]) -> Iterator[IndexArray]:
    """Yield the rows that have the same entries in all columns, the smallest entries first."""
    entries = np.column_stack(columns)[rows]
    for entry in np.unique(entries, axis=0):
        yield rows[(entries == entry).all(axis=1)]


def disagreements_of(judges: tuple[Judge, ...]) -> Iterator[Disagreement]:
    """Yield the disagreements, first those with candidates that none before has.

    Guardrails that decide for the very same candidates make one.
    """
    answers = np.stack([judge.judged_answers for judge in judges], axis=1)
    severest, disputed = answers.max(axis=1), is_disputed(answers)
    deciding: dict[bytes, tuple[IndexArray, list[tuple[Judge, str | None]]]] = {}
    for judge in judges:
        rows = np.flatnonzero(disputed & (judge.judged_answers == severest))
        for key, members in _rows_by_finding(judge, rows):
            deciding.setdefault(members.tobytes(), (members, []))[1].append((judge, key))
    found = []
    for members, sides in deciding.values():
        found.append(Disagreement(judges, members, tuple(sides)))
    yield from _by_coverage(found, len(answers))


def _rows_by_finding(judge: Judge, rows: IndexArray) -> Iterator[tuple[str | None, IndexArray]]:
    """Yield each guardrail with rows for which one step gives one finding and answer."""
    judgement, deciding = judge.ranking.judgement, judge.decided[rows]
    for k, key in enumerate(judge.guardrails):
        decided, steps, states = rows[deciding[:, k]], judgement.steps[:, k], judgement.states[:, k]
        for members in _rows_alike(decided, steps, states, judge.answers):
            yield key, members
    for members in _rows_alike(rows[~deciding.any(axis=1)], judge.answers):
        yield None, members


def _by_coverage(left: list[Disagreement], n: int) -> Iterator[Disagreement]:
    """Yield first those with candidates that none before has: the most severe, the largest."""
    held = np.zeros(n, dtype=np.bool_)

    def urgency(each: Disagreement) -> tuple[bool, int, int, int]:
        new = int((~held[each.rows]).sum())
        return new > 0, each.severity, new, len(each.rows)

    while left:
        best = max(left, key=urgency)  # the first of equal ones
        left.remove(best)
        held[best.rows] = True
        yield best
