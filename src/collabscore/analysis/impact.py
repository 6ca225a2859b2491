"""Impact: what another framework would do to past candidates, and the clauses behind it.

Axis letters: n candidates of one list, c of them with another verdict, g guardrails of either
framework.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from os.path import realpath
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import (
    BoolArray,
    Frozen,
    IndexArray,
    Record,
    frozen_property,
    number_or_none,
    underflow_is_zero,
)
from ..checks.candidates import conflicting_words
from ..documents.loading import (
    CandidateSource,
    FrameworkSource,
    PlainDocument,
    is_frame,
    load_framework,
    load_past_candidates,
)
from ..errors import UsageError
from ..kernels.ranking import TOLERANCE
from ..models.base import title_of
from ..models.candidates import Candidates
from ..models.conditions import PLACE
from ..models.framework import Framework, Guardrail
from ..output import ID_FIELD, TITLE_FIELD, VERSION, Field, Result
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank
from ..scoring.verdicts import ANSWERS, crosswalk
from ..scoring.wording import cited_in_words, verdict_in_words
from .disagreements import Judge
from .run_changes import framework_changes, full_name

__all__ = [
    "Affected",
    "Clause",
    "Impact",
    "PastList",
    "Word",
    "each_list",
    "impact",
    "refuse_repeated_files",
]

_TOGETHER, _SCOPE = -2, -1
_CAUSES = {_SCOPE: "applies", _TOGETHER: "together"}
_TITLES = {"applies": "Scope of the framework", "together": "No rule by itself"}


class Clause(Record):
    """A rule to which changed verdicts are attributed, and how many.

    Parameters
    ----------
    cause : {"guardrail", "applies", "together"}
        A rule, the scope of the framework, or several rules of which none changed by itself.
    guardrail : str or None
    step : int or None
        The step, or the row of a table, from 1; None where the guardrail has one step.
    title : str
    source : str or None
        Its sources, each with the clause in it.
    change : {"new", "removed", "changed", "same"} or None
        Of its text; that of the facts, lists and conditions it uses may differ.
    stricter, milder : int
        Candidates with a more severe verdict, and with a milder one. Each candidate with another
        verdict counts for one clause.
    several : int
        Those of them for which it is not the one clause whose change alone explains the verdict.
    """

    cause: str
    guardrail: str | None
    step: int | None
    title: str
    source: str | None
    change: str | None
    stricter: int
    milder: int
    several: int


class Affected(Record):
    """A candidate that gets another verdict, rank or band, or newly may be unranked.

    Parameters
    ----------
    list, id, title : str
    direction : {"stricter", "milder"} or None
        Of its verdict; None where that has the same meaning.
    old_verdict, new_verdict : str or None
    old_rank, new_rank : int or None
        In its list.
    old_score, new_score : float or None
    old_band, new_band : str or None
    may_be_unranked : bool
        Whether unknown answers newly allow a verdict that is not ranked.
    cause, guardrail, step : str, str, int or None
        The clause to which another verdict is attributed; see `Clause`.
    several : bool
        Whether its verdict rests on several clauses.
    by_unknown : bool
        Whether its verdict is more severe, and only because an answer is missing.
    """

    list: str
    id: str
    title: str
    direction: str | None
    old_verdict: str | None
    new_verdict: str | None
    old_rank: int | None
    new_rank: int | None
    old_score: float | None
    new_score: float | None
    old_band: str | None
    new_band: str | None
    may_be_unranked: bool
    cause: str | None
    guardrail: str | None
    step: int | None
    several: bool = False
    by_unknown: bool = False


class _Side(NamedTuple):
    """One framework's findings on candidates with another verdict.

    Parameters
    ----------
    found : integer array of shape (c, g)
        The severity of each finding, in an order that both frameworks share.
    active : boolean array of shape (c, g)
        Where a guardrail finds something.
    steps : integer array of shape (c, g)
        The step that decides it, from 0.
    """

    found: NDArray[np.int64]
    active: BoolArray
    steps: NDArray[np.int64]


class _Attribution(NamedTuple):
    """The clause of each candidate with another verdict, arrays of shape (c,).

    Parameters
    ----------
    rows : integer array
        Rows of the problem.
    stricter : boolean array
    columns : integer array
        The guardrail; `_SCOPE` or `_TOGETHER` for none.
    steps : integer array
        The step, from 0.
    is_new : boolean array
        Whether it is a step of the new framework.
    several : boolean array
    """

    rows: IndexArray
    stricter: BoolArray
    columns: IndexArray
    steps: NDArray[np.int64]
    is_new: BoolArray
    several: BoolArray


@dataclass(frozen=True, eq=False)
class PastList(Frozen):
    """One list, as both frameworks judge it; arrays are in the order of the list.

    Parameters
    ----------
    name : str
    old, new : Judge
    """

    name: str
    old: Judge
    new: Judge

    @property
    def problem(self) -> Problem:
        """The candidates, in the columns of the new framework."""
        return self.new.ranking.problem

    @frozen_property
    def guardrails(self) -> tuple[str, ...]:
        """The guardrails of either framework, g of them: in the order of the new one, then old."""
        return tuple(dict.fromkeys((*self.new.guardrails, *self.old.guardrails)))

    @frozen_property
    def attribution(self) -> _Attribution:
        """The clause behind each changed verdict."""
        severities, sides = [], []
        orders = _common_orders(self.old.framework, self.new.framework)
        for judge, order in zip((self.old, self.new), orders, strict=True):
            severities.append(order[judge.ranking.judgement.verdicts])
        before, after = severities
        rows = np.flatnonzero(before != after)
        for judge, order in zip((self.old, self.new), orders, strict=True):
            sides.append(_side_of(judge.ranking, self.guardrails, order, rows))
        return _attribution(rows, before[rows], after[rows], *sides)

    def counts(self) -> Counter[str]:
        """Return how many candidates change, in each respect."""
        old, new, stricter = self.old, self.new, self.attribution.stricter
        both = (old.ranks > 0) & (new.ranks > 0)
        rescored = np.abs(old.scores - new.scores) > TOLERANCE
        found = {
            "candidates": np.ones_like(both),
            "verdict": np.ones_like(stricter),
            "stricter": stricter,
            "milder": ~stricter,
            "several": self.attribution.several,
            "rank_better": both & (new.ranks < old.ranks),
            "rank_worse": both & (new.ranks > old.ranks),
            "band": old.bands != new.bands,
            "score": rescored | (np.isnan(old.scores) != np.isnan(new.scores)),
        }
        states = {
            "go_ahead": (old.goes_ahead, new.goes_ahead),
            "ranked": (old.ranks > 0, new.ranks > 0),
            "open": (old.is_open, new.is_open),
            "may_be_unranked": (old.may_be_unranked, new.may_be_unranked),
        }
        for key, (before, after) in states.items():
            found |= {f"{key}_newly": after & ~before, f"{key}_no_longer": before & ~after}
        found["open_still"] = old.is_open & new.is_open
        return Counter({key: int(np.count_nonzero(flags)) for key, flags in found.items()})

    def affected(self) -> Iterator[Affected]:
        """Yield the candidates that change, in the order of the list."""
        old, new, problem = self.old, self.new, self.problem
        newly_open = new.may_be_unranked & ~old.may_be_unranked
        changed = newly_open | (old.ranks != new.ranks) | (old.bands != new.bands)
        changed[self.attribution.rows] = True
        places = {row: place for place, row in enumerate(self.attribution.rows.tolist())}
        for row in np.flatnonzero(changed).tolist():
            given: dict[str, Any] = {
                "list": self.name,
                "id": problem.id_of(row),
                "title": problem.title_of(row),
                "may_be_unranked": bool(newly_open[row]),
            }
            for side, judge in (("old", old), ("new", new)):
                given[f"{side}_verdict"] = judge.verdicts[row]
                given[f"{side}_rank"] = int(judge.ranks[row]) or None
                given[f"{side}_score"] = number_or_none(judge.scores[row])
                given[f"{side}_band"] = judge.bands[row]
            yield Affected(**given, **self._clause_at(places.get(row)))

    def _clause_at(self, place: int | None) -> dict[str, Any]:
        """Return the direction and the clause of a changed verdict, by its place among these."""
        if place is None:
            return dict.fromkeys(("direction", "cause", "guardrail", "step"), None)
        found, key, step = self.attribution, None, None
        column = int(found.columns[place])
        if column >= 0:
            key = self.guardrails[column]
            judge = self.new if found.is_new[place] else self.old
            rule = judge.framework.guardrails[key]
            if rule.steps is not None or rule.table is not None:
                step = int(found.steps[place]) + 1
        return {
            "direction": "stricter" if found.stricter[place] else "milder",
            "cause": _CAUSES.get(column, "guardrail"),
            "guardrail": key,
            "step": step,
            "several": bool(found.several[place]),
            "by_unknown": bool(found.stricter[place] and self._may_be_milder[found.rows[place]]),
        }

    @frozen_property
    def _may_be_milder(self) -> BoolArray:
        """Where the missing answers allow a milder verdict of the new framework, (n,)."""
        judgement = self.new.ranking.judgement
        is_milder: BoolArray = judgement.applicable & (judgement.mild < judgement.severity)
        return is_milder


def _names_asked(framework: Framework) -> set[str]:
    """Return the criteria, and the facts on which verdicts rest, by the names in documents."""
    return {*framework.leaves, *map(_name_in_documents, framework.references.inputs)}


def _name_in_documents(key: str) -> str:
    """Return the name of a fact, also of that of one of several partners."""
    return key.partition(PLACE)[0]


def _known_for(problem: Problem, name: str) -> int:
    """Return for how many candidates a criterion or a fact is known, for all their partners."""
    keys = [key for key in (*problem.ratings, *problem.facts) if _name_in_documents(key) == name]
    return int(np.logical_and.reduce([problem.is_known(key) for key in keys]).sum())


def _change_of(old: Guardrail | None, new: Guardrail | None) -> str:
    """Return what happened to the text of a guardrail."""
    if old is None:
        return "new"
    if new is None:
        return "removed"
    return "same" if old == new else "changed"


def _common_orders(old: Framework, new: Framework) -> tuple[NDArray[np.int64], ...]:
    """Return the severity of each verdict of two frameworks in an order that they share.

    The order of the longer list of verdicts, where it holds the shorter one; else that of their
    meanings. The last entry is for no verdict, at -1.
    """
    lists = [list(framework.all_verdicts) for framework in (old, new)]
    shorter, longer = sorted(lists, key=len)
    is_shared = [key for key in longer if key in shorter] == shorter
    orders = []
    for framework, verdicts in zip((old, new), lists, strict=True):
        codes = []
        for key, meaning in zip(verdicts, crosswalk(framework).values(), strict=True):
            position = longer.index(key) if is_shared else 0
            codes.append(len(ANSWERS) * position + ANSWERS.index(meaning))
        orders.append(np.array([*codes, -1]))
    return tuple(orders)


def _side_of(
    ranking: Ranking, guardrails: Sequence[str], order: NDArray[np.int64], rows: IndexArray
) -> _Side:
    """Return the findings of guardrails; one that the framework lacks finds nothing."""
    shape, judgement = (len(rows), len(guardrails)), ranking.judgement
    numbers, steps = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for column, key in enumerate(guardrails):
        if key in judgement.columns:
            numbers[:, column] = judgement.numbers[rows, judgement.columns[key]]
            steps[:, column] = judgement.steps[rows, judgement.columns[key]]
    return _Side(order[numbers >> 3], (numbers & 7) > 0, steps)


def _attribution(
    rows: IndexArray,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    old: _Side,
    new: _Side,
) -> _Attribution:
    """Return the clause of each changed verdict.

    It is the one whose change alone explains the verdict. Where there are several, or none, it is
    the first of these that decide, else the first that changed.
    """
    stricter, judged = after > before, np.minimum(before, after)[:, None] >= 0
    changed = judged & (old.found != new.found) & (old.active | new.active)
    # the most severe of the other old findings
    highest = old.found.max(axis=1, initial=-1)[:, None]
    is_highest = old.found == highest
    second = np.where(is_highest, -1, old.found).max(axis=1, initial=-1)[:, None]
    is_only = is_highest & (is_highest.sum(axis=1) == 1)[:, None]
    others = np.where(is_only, second, highest)
    alone = changed & (np.maximum(new.found, others) == after[:, None])
    gives = np.where(stricter[:, None], new.found == after[:, None], old.found > after[:, None])
    urgency = changed.astype(np.int64) + (changed & gives) + 2 * alone
    columns = np.full(len(rows), _TOGETHER)
    if urgency.shape[1]:
        columns = np.where(urgency.any(axis=1), urgency.argmax(axis=1), columns)
    columns[~judged[:, 0]] = _SCOPE
    places = np.arange(len(rows)), np.maximum(columns, 0)
    is_new, steps = np.zeros_like(stricter), np.zeros_like(columns)
    if urgency.shape[1]:
        is_new = new.active[places] & (stricter | ~old.active[places])
        steps = np.where(is_new, new.steps[places], old.steps[places])
    several = judged[:, 0] & (alone.sum(axis=1) != 1)
    return _Attribution(rows, stricter, columns, steps, is_new, several)


class Word(Record):
    """A fact or criterion that only one of the frameworks asks for.

    Parameters
    ----------
    name, title : str
    answered : int
        Candidates with an answer.
    """

    name: str
    title: str
    answered: int


@dataclass(frozen=True, eq=False, repr=False)
class Impact(Result):
    """What another framework would do to past candidates, and the clauses behind it.

    Parameters
    ----------
    old, new : Framework
    lists : tuple of PastList
    """

    kind: ClassVar[str] = "impact"
    report: ClassVar[str] = "difference"

    old: Framework
    new: Framework
    lists: tuple[PastList, ...]

    @frozen_property
    def counts(self) -> dict[str, int]:
        """Numbers of candidates: all, those that change in each respect, and those still open."""
        total: Counter[str] = Counter()
        for part in self.lists:
            counts = part.counts()
            total.update(counts)
        return dict(total)

    @frozen_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses behind changed verdicts, the most frequent first; counts sum to `verdict`."""
        counts: dict[tuple[Any, str | None, int | None], Counter[str]] = {}
        for row in self.rows:
            if row.direction is not None:
                count = counts.setdefault((row.cause, row.guardrail, row.step), Counter())
                count.update((row.direction, "several") if row.several else (row.direction,))
        clauses = [self._clause(*key, count) for key, count in counts.items()]
        return tuple(sorted(clauses, key=lambda clause: -clause.stricter - clause.milder))

    def _clause(
        self, cause: str, key: str | None, step: int | None, counts: Counter[str]
    ) -> Clause:
        numbers = counts["stricter"], counts["milder"], counts["several"]
        if key is None:
            return Clause(cause, None, None, _TITLES[cause], None, None, *numbers)
        old, new = self.old.guardrails.get(key), self.new.guardrails.get(key)
        # the text of the new framework, unless only the old one has the step
        having = [rule for rule in (new, old) if rule and len(rule.all_steps()) >= (step or 1)]
        rule = having[0]
        title, source = title_of(key, rule.title), rule.source
        if step is not None:
            title += f", {'step' if rule.table is None else 'row'} {step}"
            source = rule.all_steps()[step - 1].source or source
        cited = cited_in_words(source) or None
        return Clause(cause, key, step, title, cited, _change_of(old, new), *numbers)

    @frozen_property
    def moves(self) -> dict[tuple[str | None, str | None], Counter[Clause]]:
        """Each old and new verdict that differ, with the clauses and their numbers of candidates.

        The most frequent first.
        """
        found: dict[tuple[str | None, str | None], Counter[Clause]] = {}
        for row in self.rows:
            if row.direction is not None:
                count = found.setdefault((row.old_verdict, row.new_verdict), Counter())
                count[self._clauses_by_key[row.cause, row.guardrail, row.step]] += 1
        return dict(sorted(found.items(), key=lambda move: -move[1].total()))

    @frozen_property
    def _clauses_by_key(self) -> dict[Any, Clause]:
        return {(each.cause, each.guardrail, each.step): each for each in self.clauses}

    @frozen_property
    def asked_newly(self) -> tuple[Word, ...]:
        """Facts and criteria that only the new framework asks for."""
        return self._words_asked(1)

    @frozen_property
    def asked_no_longer(self) -> tuple[Word, ...]:
        """Facts and criteria that only the old framework asks for."""
        return self._words_asked(0)

    def _words_asked(self, side: int) -> tuple[Word, ...]:
        frameworks = self.old, self.new
        mine = frameworks[side]
        asked, other = map(_names_asked, (mine, frameworks[1 - side]))
        words = []
        for name, element in {**mine.leaves, **mine.answered_facts}.items():
            if name in asked - other:
                judges = [(part.old, part.new)[side] for part in self.lists]
                known = [_known_for(judge.ranking.problem, name) for judge in judges]
                words.append(Word(name, title_of(name, element.title), sum(known)))
        return tuple(words)

    @frozen_property
    def redefined(self) -> tuple[str, ...]:
        """Criteria, facts and lists that the frameworks define differently."""
        return tuple(key for _, key in conflicting_words(self.old, self.new))

    @frozen_property
    def framework_changes(self) -> tuple[str, ...]:
        """Changes of the framework, in words."""
        return tuple(framework_changes(self.old, self.new))

    @frozen_property
    def rows(self) -> tuple[Affected, ...]:
        """The candidates that change: of each list, in its order."""
        rows: list[Affected] = []
        for part in self.lists:
            rows += part.affected()
        return tuple(rows)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Fields of a candidate."""
        return (
            Field("list", "List", priority=0, least=8),
            ID_FIELD,
            TITLE_FIELD,
            Field("direction"),
            Field(
                "verdicts", "Verdict", self._verdicts_in_words, priority=0, csv=False, json=False
            ),
            *map(Field, ("old_verdict", "new_verdict")),
            Field("old_rank", "Old rank", kind="number", digits=0, priority=3),
            Field("new_rank", "Rank", kind="number", digits=0, priority=3),
            *map(Field, ("old_score", "new_score", "old_band", "new_band", "may_be_unranked")),
            Field(
                "guardrail",
                "Because of",
                self._clause_in_words,
                lambda row: row.guardrail,
                priority=0,
                least=16,
            ),
            *map(Field, ("cause", "step", "several", "by_unknown")),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns; the list only where there are several, ranks where there are any."""
        lists = ("list",) if len(self.lists) > 1 else ()
        ranks = ("old_rank", "new_rank") if self.old.has_total or self.new.has_total else ()
        return ("title", *lists, "verdicts", "guardrail", *ranks, "id")

    def _verdicts_in_words(self, row: Affected) -> str:
        old = verdict_in_words(row.old_verdict, self.old)
        return " → ".join(dict.fromkeys((old, verdict_in_words(row.new_verdict, self.new))))

    def _clause_in_words(self, row: Affected) -> str | None:
        clause = self._clauses_by_key.get((row.cause, row.guardrail, row.step))
        return None if clause is None else clause.title

    @property
    def title(self) -> str:
        """The two frameworks."""
        names = [full_name(outline_of(framework)) for framework in (self.old, self.new)]
        return f"Impact of a change from {names[0]} to {names[1]}"

    @property
    def outline(self) -> dict[str, Any]:
        """The two frameworks."""
        outlines = {}
        for key, framework in (("framework", self.new), ("old_framework", self.old)):
            outlines[key] = {**outline_of(framework), "digest": framework.digest}
        return outlines

    @frozen_property
    def manifest(self) -> dict[str, Any]:
        """Version of the package, and the digests of both frameworks and of all lists."""
        manifests = [part.new.ranking.manifest for part in self.lists]
        return {
            "package": f"collabscore {VERSION}",
            "frameworks": [
                self.lists[0].old.ranking.manifest["framework"],
                manifests[0]["framework"],
            ],
            "candidates": [manifest["candidates"] for manifest in manifests],
        }

    def body(self) -> dict[str, Any]:
        """Return the counts, the clauses, the changed verdicts and the candidates."""
        moves = []
        for (old, new), clauses in self.moves.items():
            moves.append({"old": old, "new": new, "candidates": clauses.total()})
        return {
            "lists": [part.name for part in self.lists],
            "counts": self.counts,
            "clauses": list(map(asdict, self.clauses)),
            "moves": moves,
            "asked_newly": list(map(asdict, self.asked_newly)),
            "asked_no_longer": list(map(asdict, self.asked_no_longer)),
            "redefined": list(self.redefined),
            "framework_changes": list(self.framework_changes),
            **super().body(),
        }


@underflow_is_zero
def impact(
    lists: CandidateSource | Sequence[CandidateSource],
    old: FrameworkSource,
    new: FrameworkSource,
    *,
    as_of: str | date | None = None,
) -> Impact:
    """Judge past candidates by two versions of a framework, and count the changes by clause.

    Parameters
    ----------
    lists : list of candidates, or sequence of them
        Each in any form that `score` takes.
    old, new : str, Path, mapping or Framework
        Each a shipped id, a file, or its content.
    as_of : str or date, optional
        As of `score`, for all lists.

    Returns
    -------
    Impact

    Raises
    ------
    DocumentError
        With all errors of a framework or a list. A list may use words of either framework; each
        reads answers by its own definitions.
    UsageError
        If a file cannot be read, or is given twice.

    Notes
    -----
    Each candidate with another verdict is attributed to one clause: the one whose change alone
    explains the verdict. Where there are several, or none, to the first of those that decide, in
    the order of the new framework, then of the old one. A clause decides a more severe verdict by
    giving it, and a milder one by having been in its way.

    Examples
    --------
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "house",
    ...     "facts": {"stage": {"kind": "level", "levels": ["basic", "applied"]}},
    ... }
    >>> rule = {"late": {"when": "stage == applied", "then": "refer"}}
    >>> listed = [{"id": "flu", "facts": {"stage": "applied"}}, {"id": "ice", "facts": {}}]
    >>> found = impact(listed, framework, {**framework, "guardrails": rule})
    >>> [(clause.title, clause.stricter) for clause in found.clauses]
    [('Late', 2)]
    """
    judges = load_framework(old), load_framework(new)
    given = each_list(lists)
    refuse_repeated_files(given, "give each list once: both frameworks judge it")
    try:
        loaded = [load_past_candidates(source, judges, as_of=as_of) for source in given]
    except UsageError as error:
        if error.keyword == "candidates":
            error.keyword = "lists"
        raise
    found = []
    for name, listed in zip(_list_names(loaded), loaded, strict=True):
        pair = [Judge(rank(Problem.from_candidates(listed, judge))) for judge in judges]
        found.append(PastList(name, *pair))
    return Impact(*judges, tuple(found))


def each_list(lists: Any) -> list[CandidateSource]:
    """Return the lists of a call: one, or a sequence of lists."""
    if isinstance(lists, list | tuple) and lists and all(map(_is_list, lists)):
        return list(lists)
    return [lists]


def _is_list(source: object) -> bool:
    """Whether something is a list of candidates rather than one candidate."""
    if isinstance(source, dict):
        return "candidates" in source
    is_document = isinstance(source, str | Path | Candidates | PlainDocument | list | tuple)
    return is_document or is_frame(source)


def refuse_repeated_files(sources: Sequence[CandidateSource], help: str) -> None:
    """Refuse a file that is given twice among the lists of a call."""
    seen = set()
    for source in sources:
        if not isinstance(source, str | Path) or str(source) == "-":
            continue
        with suppress(ValueError):  # what no file can be called is refused when it is read
            file = realpath(source)
            if file in seen:
                raise UsageError(f"the list `{source}` is given twice", "lists", help)
            seen.add(file)


def _list_names(loaded: Sequence[Candidates]) -> list[str]:
    """Return the names of lists: of their files, with folders where these are needed."""
    files = [Path(listed.origin.source).name for listed in loaded]
    names = []
    for number, (file, listed) in enumerate(zip(files, loaded, strict=True), 1):
        name = file if files.count(file) == 1 else listed.origin.source
        names.append(name or listed.title or f"list {number}")
    return names
