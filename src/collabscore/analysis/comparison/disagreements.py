"""Disagreements: where one framework is more severe than another, by which guardrail, and what the other found of it.

Imports the grounds and the crosswalk, scoring and the models. Axis letters: n candidates, f frameworks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...models.base import title_of
from ...models.guardrails import STATES
from ...scoring.wording import safeguard_title
from ..evidence import Evidence
from .crosswalk import ANSWERS, Codes, answer_words
from .grounds import Grounds

__all__ = [
    "Disagreement",
    "FactCount",
    "Group",
    "Other",
    "Reason",
    "Said",
    "Side",
    "disagreement_of",
    "groups_of",
    "is_disputed",
]

Flags: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = NDArray[np.intp]

_LOOKED_AT = 100
"""Of how many candidates of one group the facts are read; they are much alike, and reading takes time."""


@dataclass(frozen=True)
class FactCount:
    """A fact that decided, and how often each answer did.

    Parameters
    ----------
    name, title : str
    answers : tuple of (str, int)
        Each answer in words and of how many candidates, the commonest first.
    """

    name: str
    title: str
    answers: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Of how many candidates it decided."""
        return sum(count for _, count in self.answers)


@dataclass(frozen=True)
class Reason:
    """What a guardrail found of several candidates.

    Parameters
    ----------
    guardrail, title : str
    state : {"clear", "met", "unknown", "unmet", "barred"}
    facts : tuple of FactCount
        What decided, the commonest first; empty where it applies always.
    missing, in_place : tuple of str
        Safeguards, in words, that all of them miss, or have; of an area: that are to be put in place.
    """

    guardrail: str
    title: str
    state: str
    facts: tuple[FactCount, ...]
    missing: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """A framework that is the severest, and the guardrail that makes it so.

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
class Said:
    """One verdict of another framework, and what it found of the same facts.

    Parameters
    ----------
    verdict : str or None
        None where the framework is not about these candidates.
    answer : str
    candidates : tuple of str
        Ids.
    decided_by : tuple of str
        The titles of the guardrails that decided, the commonest first; empty where none did.
    found : Reason or None
        What the closest guardrail of the framework found.
    """

    verdict: str | None
    answer: str
    candidates: tuple[str, ...]
    decided_by: tuple[str, ...]
    found: Reason | None


@dataclass(frozen=True)
class Other:
    """What another framework makes of candidates on which they disagree.

    Parameters
    ----------
    framework : str
    closest : str or None
        The title of the guardrail that comes closest: of those that ask for the same facts the one that asks for most
        of them. None where none does.
    shared : tuple of str
        The titles of those facts; where no guardrail asks for them, of those that `applies` asks for.
    said : tuple of Said
        By verdict and finding, the commonest first.
    """

    framework: str
    closest: str | None
    shared: tuple[str, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Disagreement:
    """Candidates on which a guardrail makes a framework more severe than others are, and what those say.

    Parameters
    ----------
    answer : str
        The severest that any framework gives them.
    candidates : tuple of (str, str)
        Ids and titles, in the order of the list.
    unit : str or None
        "area" or "project"; None where they are of both kinds.
    sides : tuple of Side
        The guardrails that give that answer to these very candidates.
    others : tuple of Other
        The frameworks that are on no side.
    looked_at : int
        Of how many of the candidates the facts were read.
    """

    answer: str
    candidates: tuple[tuple[str, str], ...]
    unit: str | None
    sides: tuple[Side, ...]
    others: tuple[Other, ...]
    looked_at: int

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {**asdict(self), "candidates": [name for name, _ in self.candidates]}


@dataclass(frozen=True, eq=False)
class Group:
    """Candidates for which the same guardrails decide alike, before anything is read of them.

    Parameters
    ----------
    answer : int
    rows : integer array
    deciding : tuple of (int, int)
        Framework and guardrail, by their places; a guardrail of -1 is none.
    """

    answer: int
    rows: Indices
    deciding: tuple[tuple[int, int], ...]


def is_disputed(answers: Codes) -> Flags:
    """Return where at least two frameworks judge, and do not answer alike, (n,)."""
    mildest = np.where(answers < 0, np.int8(127), answers).min(axis=1)
    disputed: Flags = answers.max(axis=1) > mildest
    return disputed


def groups_of(grounds: Sequence[Grounds], answers: Codes) -> tuple[Group, ...]:
    """Return the reasons of disagreements: of each candidate those of the most severe frameworks.

    Returns
    -------
    tuple of Group
        First those that hold candidates which none before them holds: the severest answers first, then the most such
        candidates. A candidate that several guardrails decide is in several groups.
    """
    worst, disputed = answers.max(axis=1), is_disputed(answers)
    alike: dict[tuple[int, bytes], list[Group]] = {}
    for f, ground in enumerate(grounds):
        for group in _groups(
            f, ground, answers[:, f], np.flatnonzero(disputed & (answers[:, f] == worst))
        ):
            alike.setdefault((group.answer, group.rows.tobytes()), []).append(group)
    merged = [
        Group(
            groups[0].answer,
            groups[0].rows,
            tuple(pair for group in groups for pair in group.deciding),
        )
        for groups in alike.values()
    ]
    return tuple(_in_order(merged, len(answers)))


def _in_order(groups: Iterable[Group], n: int) -> Iterator[Group]:
    left, held = list(groups), np.zeros(n, dtype=np.bool_)

    def worth(group: Group) -> tuple[bool, int, int, int]:
        new = int((~held[group.rows]).sum())
        return new > 0, group.answer, new, len(group.rows)

    while left:
        best = max(left, key=worth)  # of equal ones the first
        left.remove(best)
        held[best.rows] = True
        yield best


def _groups(f: int, ground: Grounds, answers: Codes, rows: Indices) -> Iterator[Group]:
    judgement, deciding = ground.ranking.judgement, ground.deciding[rows]
    for k in range(deciding.shape[1]):
        members = rows[deciding[:, k]]
        # alike is what the same step found the same of, with the same answer
        keys = (
            judgement.steps[members, k].astype(np.int64) * len(STATES)
            + judgement.states[members, k]
        )
        keys = keys * len(ANSWERS) + answers[members]
        for key in np.unique(keys).tolist():
            yield Group(key % len(ANSWERS), members[keys == key], ((f, k),))
    bare = rows[~deciding.any(axis=1)]
    for answer in np.unique(answers[bare]).tolist():
        yield Group(answer, bare[answers[bare] == answer], ((f, -1),))


# what is read of a group


def disagreement_of(group: Group, grounds: Sequence[Grounds], answers: Codes) -> Disagreement:
    """Return what decided a group, and what the other frameworks found of it."""
    problem = grounds[0].ranking.problem
    looked_at = group.rows[:_LOOKED_AT]
    sides = tuple(_side(grounds[f], k, looked_at) for f, k in group.deciding)
    areas = problem.area[group.rows]
    severest = {f for f, _ in group.deciding}
    asked = _asked(sides, grounds)
    return Disagreement(
        answer=answer_words(group.answer),
        candidates=tuple(
            (problem.id_of(row), problem.title_of(row)) for row in group.rows.tolist()
        ),
        unit="area" if areas.all() else "project" if not areas.any() else None,
        sides=sides,
        others=tuple(
            _other(ground, answers[:, f], group.rows, asked)
            for f, ground in enumerate(grounds)
            if f not in severest
        ),
        looked_at=len(looked_at),
    )


def _side(ground: Grounds, k: int, rows: Indices) -> Side:
    framework, first = ground.ranking.framework, int(rows[0])
    verdict = list(framework.all_verdicts)[ground.ranking.judgement.severity[first]]
    if k < 0:
        return Side(framework.id, verdict, None, None)
    key = ground.guardrails[k]
    return Side(
        framework.id, verdict, _reason(ground, key, rows), ground.part(first, key).finding.reason
    )


@dataclass(frozen=True)
class _Asked:
    """What the severe side rests on: the titles of facts, for how many candidates each counts, and the guardrails."""

    titles: Mapping[str, str]
    counts: Mapping[str, int]
    guardrails: frozenset[str]


def _asked(sides: Sequence[Side], grounds: Sequence[Grounds]) -> _Asked:
    by_id = {ground.ranking.framework.id: ground for ground in grounds}
    titles: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for side in sides:
        if side.reason is None:
            continue
        for fact in side.reason.facts:
            titles[fact.name] = fact.title
            counts[fact.name] += fact.count
        if not side.reason.facts:  # what always applies asks for safeguards alone
            safeguards = by_id[side.framework].ranking.framework.all_safeguards
            for name in sorted(by_id[side.framework].asked[side.reason.guardrail]):
                titles[name] = title_of(name, safeguards[name].title)
                counts[name] += 1
    return _Asked(
        titles,
        counts,
        frozenset(side.reason.guardrail for side in sides if side.reason is not None),
    )


def _reason(ground: Grounds, guardrail: str, rows: Indices) -> Reason:
    parts = [ground.part(row, guardrail) for row in rows.tolist()]
    framework = ground.ranking.framework
    missing = [
        [
            " or ".join(safeguard_title(framework, name) for name in options)
            for options in part.finding.missing
        ]
        for part in parts
    ]
    in_place = [
        [safeguard_title(framework, name) for name in part.finding.in_place] for part in parts
    ]
    return Reason(
        guardrail=guardrail,
        title=parts[0].finding.title,
        state=parts[0].finding.state,
        facts=_counted(fact for part in parts for fact in part.decided),
        missing=_common(missing),
        in_place=_common(in_place),
    )


def _counted(facts: Iterable[Evidence]) -> tuple[FactCount, ...]:
    counts: dict[str, Counter[str]] = {}
    titles: dict[str, str] = {}
    for fact in facts:
        counts.setdefault(fact.name, Counter())[fact.answer] += 1
        titles[fact.name] = fact.title
    found = [
        FactCount(name, titles[name], tuple(count.most_common())) for name, count in counts.items()
    ]
    return tuple(sorted(found, key=lambda fact: -fact.count))


def _common(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return what is in all of several lists, in the order of the first."""
    return tuple(word for word in dict.fromkeys(lists[0]) if all(word in words for words in lists))


def _other(ground: Grounds, answers: Codes, rows: Indices, asked: _Asked) -> Other:
    """Return what one framework says of a group: its verdicts, and of each what it found of the same facts."""
    judgement, framework = ground.ranking.judgement, ground.ranking.framework
    closest = _closest(ground, asked)
    k = ground.guardrails.index(closest) if closest is not None else -1
    states = judgement.states[rows, k] if k >= 0 else np.zeros(len(rows), dtype=np.uint8)
    keys = np.where(
        answers[rows] < 0, -1, judgement.severity[rows].astype(np.int64) * len(STATES) + states
    )
    asks = ground.asked[closest] if closest is not None else ground.scope
    commonest = sorted(Counter(keys.tolist()).items(), key=lambda found: (-found[1], -found[0]))
    return Other(
        framework=framework.id,
        closest=title_of(closest, framework.guardrails[closest].title)
        if closest is not None
        else None,
        shared=tuple(title for name, title in asked.titles.items() if name in asks),
        said=tuple(_said(ground, answers, rows[keys == key], closest) for key, _ in commonest),
    )


def _closest(ground: Grounds, asked: _Asked) -> str | None:
    """Return the guardrail that asks for most of the same facts; of several one of the same name, then the first."""

    def nearness(guardrail: str) -> tuple[int, bool]:
        shared = sum(asked.counts.get(name, 0) for name in ground.asked[guardrail])
        return shared, guardrail in asked.guardrails

    best = max(ground.guardrails, key=nearness, default=None)
    return best if best is not None and nearness(best)[0] else None


def _said(ground: Grounds, answers: Codes, rows: Indices, closest: str | None) -> Said:
    ranking, first = ground.ranking, int(rows[0])
    judged = bool(ranking.judgement.applicable[first])
    verdicts = list(ranking.framework.all_verdicts)
    return Said(
        verdict=verdicts[ranking.judgement.severity[first]] if judged else None,
        answer=answer_words(int(answers[first])),
        candidates=tuple(map(ranking.problem.id_of, rows.tolist())),
        decided_by=_deciding(ground, rows) if judged else (),
        found=_reason(ground, closest, rows[:_LOOKED_AT])
        if judged and closest is not None
        else None,
    )


def _deciding(ground: Grounds, rows: Indices) -> tuple[str, ...]:
    """Return the titles of the guardrails that give a verdict which is not the mildest, the commonest first."""
    if not ground.ranking.judgement.severity[rows[0]]:
        return ()
    counts = ground.deciding[rows].sum(axis=0)
    guardrails = ground.ranking.framework.guardrails
    keys = (ground.guardrails[k] for k in np.argsort(-counts, kind="stable").tolist() if counts[k])
    return tuple(title_of(key, guardrails[key].title) for key in keys)
