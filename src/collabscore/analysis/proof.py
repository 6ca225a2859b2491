"""Proofs: what a framework says of every candidate, not only of those on a list."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import count, islice, product
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np
import yaml

from ..arrays import Frozen, underflow_is_zero
from ..documents.loading import (
    CaseSource,
    FrameworkSource,
    cases_beside,
    load_candidates,
    load_cases,
    load_framework,
)
from ..errors import UsageError, choose_from, refusal_of_name, refusal_of_value
from ..models.base import title_of, within
from ..models.candidates import Cases, Claim
from ..models.conditions import PLACE, parse
from ..models.expressions import Answers, Expression, Overlaps
from ..models.facts import NumberFact, NumberRange, SetFact
from ..models.framework import Framework, digest_of
from ..output import Badge, Field, Result
from ..output.result import VERSION
from ..output.text import plural, short_digest
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank, record_of_framework
from ..scoring.verdicts import Assessment, deciding_findings
from ..scoring.wording import title_of_word
from .formulas import Formulas, Judge, Search, Slot
from .uncertainty import Progress, refuse_no_progress

__all__ = [
    "OUTCOMES",
    "Example",
    "Outcome",
    "Proof",
    "Statement",
    "as_yaml",
    "labels_of",
    "prove",
    "prove_claims",
]

Outcome = Literal["proved", "refuted", "not confirmed", "not settled"]

OUTCOMES: Mapping[Outcome, Badge] = {
    "proved": Badge("proved", "●", "good"),
    "refuted": Badge("refuted", "✕", "stop"),
    "not confirmed": Badge("not confirmed", "○", "caution"),
    "not settled": Badge("not settled", "○", "caution"),
}
"""Outcomes of statements as badges. Not confirmed: it rests on points that no ratings were found
for. Not settled: the time ran out."""

_UNITS = ("project", "area")
# seconds for all statements together
_TIME_LIMIT_S = 60.0
# the answer to whether there is a partner
_SOME = "some"
# a list has a day; conditions may compare dates with it
_A_DAY = "2026-01-01"
# ratings to try for the points of a counterexample: combinations of fifths, and random ones
_FIFTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_COMBINED, _RANDOM = 3125, 1000


class _Dumper(yaml.SafeDumper):
    """Writes what results hold, which is frozen."""


_Dumper.add_multi_representer(dict, _Dumper.represent_dict)
_Dumper.add_multi_representer(list, _Dumper.represent_list)


def as_yaml(data: object, *, in_a_line: bool = False) -> str:
    """Return plain data as YAML."""
    form: Any = {"sort_keys": False, "allow_unicode": True}
    if in_a_line:
        form |= {"default_flow_style": True, "width": math.inf}
    text: str = yaml.dump(data, Dumper=_Dumper, **form)
    return text.rstrip("\n")


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
            lines.append(as_yaml(shown, in_a_line=True))
        return tuple(lines)

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            "candidates": [dict(each) for each in self.candidates],
            "verdicts": [dict(each) for each in self.verdicts],
            "guardrails": [dict(each) for each in self.guardrails],
            "confirmed": self.confirmed,
            "as_of": self.as_of,
        }


@dataclass(frozen=True)
class Statement(Frozen):
    """A statement about every candidate, or that there is some candidate.

    Parameters
    ----------
    kind : {"verdict", "safeguard", "worse", "answer", "step", "claim", "severity", "scope"}
    subject : tuple of str
        Ids of what it is about.
    text : str
        The statement in words.
    outcome : {"proved", "refuted", "not confirmed", "not settled"}
    example : Example or None
        A candidate that proves or refutes it.
    remark : str or None
        Why it is refuted without an example.
    """

    kind: str
    subject: tuple[str, ...]
    text: str
    outcome: Outcome
    example: Example | None = None
    remark: str | None = None

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            "kind": self.kind,
            "subject": list(self.subject),
            "text": self.text,
            "outcome": self.outcome,
            "remark": self.remark,
            "example": self.example and self.example.record(),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Proof(Result):
    """Statements about a framework, or about two, each proved or refuted for every candidate.

    Parameters
    ----------
    frameworks : tuple of Framework
        One or two.
    statements : tuple of Statement
    cases : Cases or None
        The document that holds the claims.
    mapping : mapping of str to str
        The verdict of the first framework for each one of the second; empty if they share theirs.
    time_limit : float
        In seconds.
    seconds : mapping of str to float
        Processor time by kind of statement; no part of the result's JSON.
    """

    kind: ClassVar[str] = "proof"
    things: ClassVar[str] = "statements"

    frameworks: tuple[Framework, ...]
    statements: tuple[Statement, ...]
    cases: Cases | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    time_limit: float = _TIME_LIMIT_S
    seconds: Mapping[str, float] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> tuple[Statement, ...]:
        """Return the statements of some kinds."""
        return tuple(each for each in self.statements if each.kind in kinds)

    @property
    def failures(self) -> tuple[Statement, ...]:
        """Claims that are not proved."""
        return tuple(each for each in self.of_kind("claim") if each.outcome != "proved")

    @property
    def examples(self) -> dict[str, Any]:
        """The candidates of examples as a list of candidates, each titled by its statement.

        Those that need another date than the first ones are left out.
        """
        listed = []
        found = [each for each in self.statements if each.example is not None]
        dates = [each.example.as_of for each in found if each.example and each.example.as_of]
        for statement in found:
            example: Any = statement.example
            if example.as_of not in (None, *dates[:1]):
                continue
            for candidate in example.candidates:
                parts = (statement.kind, *statement.subject, candidate["id"])
                listed.append({**candidate, "id": "-".join(parts), "title": statement.text})
        return {
            "collabscore": "candidates/1",
            "framework": list(dict.fromkeys(framework.id for framework in self.frameworks)),
            **({"as_of": dates[0]} if dates else {}),
            "candidates": listed,
        }

    # as a result

    @property
    def rows(self) -> tuple[Statement, ...]:
        """The statements."""
        return self.statements

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that is said of each statement."""
        return (
            Field("kind", "Kind", priority=2),
            Field("subject", cell=lambda each: list(each.subject), csv=False),
            Field("text", "Statement", priority=0, least=32),
            Field(
                "outcome",
                "Outcome",
                lambda each: OUTCOMES[each.outcome],
                lambda each: each.outcome,
                kind="badge",
                priority=0,
            ),
            Field("remark"),
            Field("example", cell=lambda each: each.example and each.example.record(), csv=False),
        )

    @property
    def title(self) -> str:
        """The frameworks as a heading."""
        if len(self.frameworks) == 1:
            (framework,) = self.frameworks
            return title_of(framework.id, framework.title)
        return " and ".join(f"`{label}`" for label in labels_of(self.frameworks))

    @property
    def summary(self) -> str:
        """Numbers of statements by outcome, in words."""
        counts = Counter(each.outcome for each in self.statements)
        parts = [f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]]
        return f"{plural(len(self.statements), 'statement')}: {', '.join(parts) or 'none'}"

    @property
    def outline(self) -> dict[str, Any]:
        """The framework, or both: id, title and version."""
        if len(self.frameworks) == 1:
            return {"framework": outline_of(self.frameworks[0])}
        return {"frameworks": list(map(outline_of, self.frameworks))}

    @property
    def options(self) -> dict[str, Any]:
        """The time limit in seconds, and the mapping of verdicts."""
        return {"time_limit": self.time_limit, "verdicts": dict(self.mapping)}

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests of the frameworks and the cases, and the version of the package."""
        cases = None if self.cases is None else {"digest": digest_of(self.cases)}
        return {
            "package": f"collabscore {VERSION}",
            "frameworks": list(map(record_of_framework, self.frameworks)),
            "cases": cases,
        }


@underflow_is_zero
def prove(
    framework: FrameworkSource,
    other: FrameworkSource | None = None,
    *,
    cases: CaseSource | None = None,
    verdicts: Mapping[str, str] | None = None,
    time_limit: float = _TIME_LIMIT_S,
    progress: Progress | None = None,
) -> Proof:
    """Prove what a framework says of every candidate, or compare two frameworks.

    Parameters
    ----------
    framework : str, Path, mapping or Framework
        A shipped id, a file, or its contents.
    other : str, Path, mapping or Framework, optional
        Prove that `framework` is at least as severe as this one, and the reverse.
    cases : str, Path, mapping or Cases, optional
        The document with the claims; the one at ``cases/<id>.yaml`` beside it, if left out.
    verdicts : mapping of str to str, optional
        The verdict of `framework` for each verdict of `other`, if these have other ids.
    time_limit : float
        Seconds for all statements together. Statements that are left are not settled.
    progress : callable, optional
        Called with (done, total): statements settled, and all.

    Returns
    -------
    Proof

    Raises
    ------
    DocumentError
        With all errors of the documents.
    UsageError
        If the verdicts of two frameworks do not match, or an option cannot be used.
    MissingExtraError
        If z3 is not installed.

    Notes
    -----
    All answers and ratings are known. Numbers are real numbers within their limits. Candidates
    whose answers contradict each other are left out. Points of criteria are free between 0 and 100;
    ratings are then sought for each example. `score` confirms every example.
    """
    refuse_no_progress(progress)
    seconds = _seconds_of(time_limit)
    first = load_framework(framework)
    if other is None:
        if verdicts is not None:
            message = "verdicts are mapped between two frameworks, and one is given"
            raise UsageError(message, "verdicts", "give another framework, or leave it out")
        source = cases if cases is not None else cases_beside(first)
        listed = None if source is None else load_cases(source, first)
        prover = _Prover.of((first,), seconds, listed)
        tasks = list(_tasks_of_one(prover))
        return _proof_of(prover, tasks, progress, listed)
    if cases is not None:
        message = "claims are about one framework, and two are given"
        raise UsageError(message, "cases", "leave the cases out")
    second = load_framework(other)
    # facts and criteria that both define mean the same
    load_candidates([{"id": "any"}], [first, second], as_of=_A_DAY)
    mapping = _mapping_of(first, second, verdicts)
    prover = _Prover.of((first, second), seconds, None)
    tasks = list(_tasks_of_two(prover, mapping))
    return _proof_of(prover, tasks, progress, None, verdicts)


def prove_claims(
    framework: Framework, cases: Cases, time_limit: float = _TIME_LIMIT_S
) -> tuple[Statement, ...]:
    """Return the claims of a document of cases, each proved or refuted."""
    prover = _Prover.of((framework,), time_limit, cases)
    return tuple(_settle_claim(prover, *each) for each in prover.claims)


def _seconds_of(time_limit: object) -> float:
    help = "give a number of seconds above 0"
    if isinstance(time_limit, bool) or not isinstance(time_limit, int | float):
        raise refusal_of_value(time_limit, "a number of seconds", "time_limit", help)
    if not 0 < time_limit < math.inf:
        message = f"`{time_limit:g}` is not a time limit"
        raise UsageError(message, "time_limit", help)
    return float(time_limit)


def _mapping_of(
    first: Framework, second: Framework, verdicts: Mapping[str, str] | None
) -> tuple[int, ...]:
    """Return the position in the first framework of each verdict of the second."""
    known, theirs = list(first.all_verdicts), list(second.all_verdicts)
    if verdicts is None:
        if set(known) != set(theirs):
            names = ", ".join(f"`{name}`" for name in theirs)
            message = f"`{first.id}` and `{second.id}` have different verdicts"
            help = f"map each verdict of `{second.id}` ({names}) to one of `{first.id}`"
            raise UsageError(message, "verdicts", help)
        verdicts = {name: name for name in theirs}
    for name in (*verdicts, *theirs):
        if name not in theirs:
            message = f"`{name}` is not a verdict of `{second.id}`"
            raise refusal_of_name(message, name, theirs, "verdicts")
        if name not in verdicts:
            message = f"the verdict `{name}` of `{second.id}` is mapped to none"
            raise UsageError(message, "verdicts", choose_from(known))
        if verdicts[name] not in known:
            message = f"`{verdicts[name]}` is not a verdict of `{first.id}`"
            raise refusal_of_name(message, verdicts[name], known, "verdicts")
    return tuple(known.index(verdicts[name]) for name in theirs)


def labels_of(frameworks: Sequence[Framework]) -> tuple[str, ...]:
    """Return a word for each framework: its id, or also what tells it from another of that id."""
    ids = [framework.id for framework in frameworks]
    if len(set(ids)) == len(ids):
        return tuple(ids)
    versions = [framework.version or "" for framework in frameworks]
    if len(set(versions)) < len(versions):
        versions = [short_digest(framework.digest) for framework in frameworks]
    return tuple(f"{name} {word}".strip() for name, word in zip(ids, versions, strict=True))


# statements

Test: TypeAlias = Callable[[Sequence[Ranking], int], bool]
"""Whether the candidate in a row of rankings by each framework shows what it is to show."""
Task: TypeAlias = tuple[str, Callable[[], Statement | None]]
"""A kind of statement, and a function that settles it; None: there is nothing to state."""


def _proof_of(
    prover: _Prover,
    tasks: Sequence[Task],
    progress: Progress | None,
    cases: Cases | None,
    mapping: Mapping[str, str] | None = None,
) -> Proof:
    statements = []
    seconds: dict[str, float] = {}
    for number, (kind, task) in enumerate(tasks, start=1):
        started = time.process_time()
        statement = task()
        seconds[kind] = seconds.get(kind, 0.0) + time.process_time() - started
        if statement is not None:
            statements.append(statement)
        if progress is not None:
            progress(number, len(tasks))
    return Proof(
        prover.frameworks, tuple(statements), cases, mapping or {}, prover.search.seconds, seconds
    )


def _tasks_of_one(prover: _Prover) -> Iterator[Task]:
    yield from _verdict_tasks(prover)
    yield from _safeguard_tasks(prover)
    yield from _worse_tasks(prover)
    yield from _answer_tasks(prover)
    yield from _step_tasks(prover)
    yield from _claim_tasks(prover)


def _verdict_tasks(prover: _Prover) -> Iterator[Task]:
    """Yield whether some project, and some area, gets each verdict."""
    judge = prover.judges[0]
    z3, area = prover.formulas.z3, prover.formulas.area
    for unit in _UNITS:
        some = f"Some {unit}"
        for severity, key in enumerate(judge.framework.all_verdicts):
            goal = z3.And(area == (unit == "area"), judge.verdict_is(severity))
            text = f"{some} gets `{key}`."
            yield prover.existence("verdict", (unit, key), text, goal)
        if judge.framework.applies is not None:
            goal = z3.And(area == (unit == "area"), judge.verdict_is(-1))
            text = f"{some} is not one to which the framework applies."
            yield prover.existence("verdict", (unit,), text, goal)


def _safeguard_tasks(prover: _Prover) -> Iterator[Task]:
    """Yield whether adding each safeguard never makes the verdict more severe."""
    judge, formulas = prover.judges[0], prover.formulas
    named = {*judge.framework.references.safeguards, *judge.framework.safeguards_named}
    for key in judge.framework.all_safeguards:
        if key in named and ("safeguards", key) in formulas.slots:
            title = title_of_word(judge.framework, key)
            text = f'Adding "{title}" never makes the verdict more severe.'
            term = formulas.safeguard(key)
            without = _State("without", ((term, formulas.truth(False)),))
            added = _State("with", ((term, formulas.truth(True)),))
            goal = prover.is_milder(without, added)
            yield prover.universal("safeguard", (key,), text, goal, (without, added))


def _worse_tasks(prover: _Prover) -> Iterator[Task]:
    """Yield whether a worse answer to each fact never makes the verdict milder."""
    judge, z3 = prover.judges[0], prover.formulas.z3
    for key, fact in judge.framework.all_facts.items():
        if not _is_first_place(key):
            continue
        says_worse = bool(fact.good_to_bad)
        if isinstance(fact, NumberFact):
            says_worse = fact.worse is not None
        if not says_worse or key not in judge.framework.atoms_by_fact:
            continue
        slot, other, is_worse = judge.worse_answer(key)
        better = _State("better")
        worse = _State("worse", tuple(zip(slot.terms, other.terms, strict=True)))
        title = title_of_word(judge.framework, key)
        text = f'A worse answer to "{title}" never makes the verdict milder.'
        goal = z3.And(is_worse, prover.is_milder(worse, better))
        name = key.partition(PLACE)[0]
        yield prover.universal("worse", (name,), text, goal, (better, worse))


def _answer_tasks(prover: _Prover) -> Iterator[Task]:
    """Yield the verdict that each answer alone gives at least, where it gives one."""
    judge = prover.judges[0]
    for key in judge.framework.all_facts:
        if key in judge.framework.atoms_by_fact and _is_first_place(key):
            for answer, formula in _answers_to(judge, key):
                yield "answer", partial(_settle_answer, prover, key, answer, formula)


def _settle_answer(prover: _Prover, key: str, answer: str, formula: Any) -> Statement | None:
    """Return the verdict that an answer alone gives at least; None if it gives none."""
    judge, z3 = prover.judges[0], prover.formulas.z3
    title, name = title_of_word(judge.framework, key), key.partition(PLACE)[0]
    if PLACE in key:
        formula = z3.And(formula, judge.formula(Answers(f"{PLACE}1", (False, True))))
    goal = z3.And(judge.applies, prover.consistent, formula)
    verdicts, settled = list(judge.framework.all_verdicts), 0
    for severity in range(1, len(verdicts)):
        found = prover.search.find(z3.And(goal, z3.Not(judge.at_least[severity])))
        if found is False:
            text = f'"{title}": {answer} settles a verdict.'
            return Statement("answer", (name, answer), text, "not settled")
        if found is not None:
            break
        settled = severity
    if not settled or prover.search.find(goal) is None:
        return None
    text = f'"{title}": {answer} gives at least `{verdicts[settled]}`.'
    return Statement("answer", (name, answer, verdicts[settled]), text, "proved")


def _answers_to(judge: Judge, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the answers to a fact that verdicts can tell apart, in words, and their formulas."""
    framework, formulas = judge.framework, judge.formulas
    fact = framework.all_facts[key]
    if fact.answer_type is NumberRange:
        term = formulas.answer_in_numbers("facts", key, fact)
        for found in framework.answer_classes(key, None):
            answer: Any = found.answer
            within = (term >= formulas.number(answer.low), term <= formulas.number(answer.high))
            yield found.label, formulas.all_of(within)
    elif isinstance(fact, SetFact):
        for atom in framework.atoms_by_fact[key]:
            if isinstance(atom, Overlaps):
                yield _items_in_words(atom, framework), judge.formula(atom)
    else:
        slot = formulas.words(framework, key)
        yield from zip(fact.answers, slot.terms, strict=True)


def _is_first_place(key: str) -> bool:
    """Return whether a fact is about a candidate, or its first partner: all partners are alike."""
    name, _, place = key.partition(PLACE)
    return bool(name) and place in ("", "1")


def _items_in_words(atom: Overlaps, framework: Framework) -> str:
    where = "outside" if atom.outside else "of"
    words = " or ".join(sorted(atom.items))
    if atom.listed is not None:
        words = within(title_of(atom.listed, framework.all_lists[atom.listed].title))
    return f"something {where} {words}"


def _step_tasks(prover: _Prover) -> Iterator[Task]:
    """Yield whether each step decides the finding of its guardrail for some candidate."""
    judge = prover.judges[0]
    for key, steps in judge.steps.items():
        title = title_of(key, judge.framework.guardrails[key].title)
        column = list(judge.framework.guardrails).index(key)
        for number, step in enumerate(steps):
            if step.step.is_idle:
                continue
            word = step.step.word.capitalize()
            which = f'{word} {number + 1} of "{title}"' if len(steps) > 1 else f'"{title}"'
            text = f"{which} decides for some candidate."
            goal = judge.decides(key, number)
            subject = (key, str(number + 1))
            yield prover.existence(
                "step", subject, text, goal, partial(_step_decides, column, number)
            )


def _step_decides(column: int, number: int, rankings: Sequence[Ranking], row: int) -> bool:
    """Return whether a step of a guardrail decided for the candidate in a row of a ranking."""
    judgement = rankings[0].judgement
    applies = bool(judgement.states[row, column])
    return applies and int(judgement.steps[row, column]) == number


def _claim_tasks(prover: _Prover) -> Iterator[Task]:
    """Yield whether each claim holds."""
    for claim, condition in prover.claims:
        yield "claim", partial(_settle_claim, prover, claim, condition)


def _settle_claim(prover: _Prover, claim: Claim, condition: Expression | None) -> Statement:
    """Look for a candidate of which a claim is false."""
    judge, formulas = prover.judges[0], prover.formulas
    parts = [judge.applies]
    if condition is not None:
        parts.append(judge.formula(condition))
    if claim.unit is not None:
        parts.append(formulas.area == (claim.unit == "area"))
    meant = formulas.all_of(parts)
    subject, text = (claim.id,), title_of(claim.id, claim.title)
    if prover.search.find(formulas.z3.And(meant, prover.consistent)) is None:
        remark = "no candidate meets the condition"
        return Statement("claim", subject, text, "refuted", None, remark)
    positions = claim.subject.positions(list(judge.framework.all_verdicts))
    named = formulas.any_of(map(judge.verdict_is, sorted(positions)))
    wrong = named if claim.never else formulas.z3.Not(named)
    return prover.settle_universal("claim", subject, text, formulas.z3.And(meant, wrong))


def _tasks_of_two(prover: _Prover, mapping: tuple[int, ...]) -> Iterator[Task]:
    """Yield which of two frameworks is at least as severe, and which applies to more candidates."""
    z3, (first, second) = prover.formulas.z3, prover.judges
    milder, more_severe = [], []
    for severity, place in enumerate(mapping):
        judged = second.verdict_is(severity)
        milder.append(z3.And(judged, z3.Not(first.at_least[place])))
        if place + 1 < len(first.at_least):
            more_severe.append(z3.And(judged, first.at_least[place + 1]))
    both = z3.And(first.applies, second.applies)
    ours, theirs = labels_of(prover.frameworks)
    for ids, ways in (((ours, theirs), milder), ((theirs, ours), more_severe)):
        text = f"`{ids[0]}` is at least as severe as `{ids[1]}`."
        goal = z3.And(both, prover.formulas.any_of(ways))
        yield prover.universal("severity", ids, text, goal)
    if first.framework.applies is None and second.framework.applies is None:
        return
    for ids, one, other in (((ours, theirs), first, second), ((theirs, ours), second, first)):
        text = f"`{ids[0]}` applies wherever `{ids[1]}` applies."
        goal = z3.And(z3.Not(one.applies), other.applies)
        yield prover.universal("scope", ids, text, goal)


# candidates that prove or refute


class _State(NamedTuple):
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


_AS_IT_IS = (_State("example"),)


class _Prover(NamedTuple):
    """Settles statements about frameworks."""

    frameworks: tuple[Framework, ...]
    formulas: Formulas
    search: Search
    claims: tuple[tuple[Claim, Expression | None], ...]

    @classmethod
    def of(cls, frameworks: tuple[Framework, ...], seconds: float, cases: Cases | None) -> _Prover:
        claims: list[tuple[Claim, Expression | None]] = []
        for claim in cases.claims if cases is not None else ():
            when = claim.subject.when
            condition = None if when is None else parse(when, frameworks[0].symbols)
            claims.append((claim, condition))
        conditions = [condition for _, condition in claims if condition is not None]
        formulas = Formulas(frameworks, conditions)
        return cls(frameworks, formulas, Search(formulas, seconds), tuple(claims))

    @property
    def judges(self) -> tuple[Judge, ...]:
        """What each framework says."""
        return self.formulas.judges

    @property
    def consistent(self) -> Any:
        """Whether no answers contradict each other."""
        return self.formulas.all_of(judge.consistent for judge in self.judges)

    def in_state(self, formula: Any, state: _State) -> Any:
        """Return what a formula says of a candidate in a state."""
        return self.formulas.z3.substitute(formula, *state.changes) if state.changes else formula

    def is_milder(self, one: _State, other: _State) -> Any:
        """Return whether the verdict is milder in the first of two states."""
        z3, judge = self.formulas.z3, self.judges[0]
        ways = []
        for formula in judge.at_least[1:]:
            is_not = z3.Not(self.in_state(formula, one))
            ways.append(z3.And(is_not, self.in_state(formula, other)))
        applies = [self.in_state(judge.applies, state) for state in (one, other)]
        return self.formulas.all_of([*applies, self.formulas.any_of(ways)])

    def existence(
        self, kind: str, subject: tuple[str, ...], text: str, goal: Any, test: Test | None = None
    ) -> Task:
        """Return the task of a statement that a formula holds of some candidate."""

        def settle() -> Statement:
            found, example = self.example_of(goal, _AS_IT_IS, test)
            outcome = _outcome_of("refuted" if found is None else "proved", found, example)
            return Statement(kind, subject, text, outcome, example)

        return kind, settle

    def universal(
        self,
        kind: str,
        subject: tuple[str, ...],
        text: str,
        goal: Any,
        states: Sequence[_State] = _AS_IT_IS,
    ) -> Task:
        """Return the task of a statement that a formula holds of no candidate."""
        return kind, partial(self.settle_universal, kind, subject, text, goal, states)

    def settle_universal(
        self,
        kind: str,
        subject: tuple[str, ...],
        text: str,
        goal: Any,
        states: Sequence[_State] = _AS_IT_IS,
    ) -> Statement:
        """Return the statement that a formula holds of no candidate, proved or refuted."""
        found, example = self.example_of(goal, states)
        outcome = _outcome_of("proved" if found is None else "refuted", found, example)
        return Statement(kind, subject, text, outcome, example)

    def example_of(
        self,
        goal: Any,
        states: Sequence[_State],
        test: Test | None = None,
    ) -> tuple[Any, Example | None]:
        """Return what the search finds (see `Search.find`), and the candidates of a model."""
        consistent = [self.in_state(self.consistent, state) for state in states]
        model = self.search.plainest(self.formulas.all_of([goal, *consistent]))
        if not model:
            return model, None
        return model, _Candidates.of(self, model, goal, states).example(test)


def _outcome_of(outcome: Outcome, found: Any, example: Example | None) -> Outcome:
    if found is False:
        return "not settled"
    is_confirmed = example is None or example.confirmed
    return outcome if is_confirmed else "not confirmed"


class _Candidates(NamedTuple):
    """The candidates of a model.

    Parameters
    ----------
    prover : _Prover
    model : z3 model
    goal : z3 formula
        What they show.
    states : sequence of _State
    verdicts : tuple of tuple of int
        Position of the verdict by each framework, in each state; -1 where it does not apply.
    """

    prover: _Prover
    model: Any
    goal: Any
    states: Sequence[_State]
    verdicts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, prover: _Prover, model: Any, goal: Any, states: Sequence[_State]) -> _Candidates:
        z3 = prover.formulas.z3

        def holds(formula: Any, state: _State) -> bool:
            value = model.eval(prover.in_state(formula, state), model_completion=True)
            return bool(z3.is_true(value))

        verdicts = []
        for state in states:
            by_judge = []
            for judge in prover.judges:
                reached = [holds(formula, state) for formula in judge.at_least]
                by_judge.append(sum(reached) - 1 if holds(judge.applies, state) else -1)
            verdicts.append(tuple(by_judge))
        return cls(prover, model, goal, states, tuple(verdicts))

    def example(self, test: Test | None) -> Example:
        """Return them with as few answers as show the goal; with all, if `score` needs them."""
        candidates: list[dict[str, Any]] = []
        for entries in (self._needed_entries(), set(self.prover.formulas.slots)):
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
        labels = labels_of(self.prover.frameworks)
        for candidate, by_judge in zip(candidates, self.verdicts, strict=True):
            words: dict[str, str | None] = {}
            for label, judge, position in zip(labels, self.prover.judges, by_judge, strict=True):
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
        slot = self.prover.formulas.slots.get(("list", "as_of"))
        if slot is None:
            return None
        day: str = slot.written(self._values(slot, self.states[0]))
        return day

    def _needed_entries(self) -> set[tuple[str, str]]:
        """Return the entries without which the goal or a verdict could be otherwise."""
        prover, z3 = self.prover, self.prover.formulas.z3
        shown = [self.goal]
        for state, by_judge in zip(self.states, self.verdicts, strict=True):
            for judge, position in zip(prover.judges, by_judge, strict=True):
                shown.append(prover.in_state(judge.verdict_is(position), state))
        marks, given = {}, []
        for entry, slot in prover.formulas.slots.items():
            mark = z3.Bool(f"given.{'.'.join(entry)}", prover.formulas.context)
            marks[mark] = entry
            given.append(z3.Implies(mark, self._as_found(slot.terms)))
        for state in self.states:
            given.append(self._as_found([value for _, value in state.changes]))
        otherwise = z3.Not(z3.And(*shown))
        core = prover.search.find(prover.formulas.all_of([*given, otherwise]), *marks)
        changed = {term for state in self.states for term, _ in state.changes}
        if not core:
            return set(prover.formulas.slots)
        needed = {marks[mark] for mark in core} | prover.formulas.kept
        for entry, slot in prover.formulas.slots.items():
            if not changed.isdisjoint(slot.terms):
                needed.add(entry)
        return needed

    def _as_found(self, terms: Iterable[Any]) -> Any:
        """Return the formula that terms have their values in the model."""
        found = [term == self.model.eval(term, model_completion=True) for term in terms]
        return self.prover.formulas.all_of(found)

    def _documents(self, entries: set[tuple[str, str]]) -> list[dict[str, Any]]:
        """Return a candidate for each state, with some entries."""
        found = []
        for state in self.states:
            candidate: dict[str, Any] = {"id": state.name, "unit": "project"}
            for entry, slot in self.prover.formulas.slots.items():
                if entry in entries and PLACE not in slot.key:
                    _put_entry(candidate, slot, self._values(slot, state))
            candidate |= self._partners(entries, state)
            lows = {key: _rating_at(node, 0.0) for key, node in self.prover.formulas.rated.items()}
            found.append(_with_ratings(candidate, lows | candidate.get("ratings", {})))
        return found

    def _partners(self, entries: set[tuple[str, str]], state: _State) -> dict[str, Any]:
        """Return the partners of a candidate in a state, if any answer about them is needed."""
        if not any(PLACE in key for _, key in entries):
            return {}
        slots, partners = self.prover.formulas.slots, []
        for place in count(1):
            there = slots.get(("facts", f"{PLACE}{place}"))
            if there is None or there.written(self._values(there, state)) != _SOME:
                break
            partner: dict[str, Any] = {"id": f"partner-{place}"}
            for entry, slot in slots.items():
                name, sign, of = slot.key.partition(PLACE)
                if entry in entries and name and sign and of == str(place):
                    named = slot._replace(key=name)
                    _put_entry(partner, named, self._values(slot, state))
            partners.append(partner)
        return {"partners": partners}

    def _values(self, slot: Slot, state: _State) -> list[Any]:
        """Return the values of the terms of a slot in a state: truth values or numbers."""
        z3, found = self.prover.formulas.z3, []
        for term in slot.terms:
            value = self.model.eval(self.prover.in_state(term, state), model_completion=True)
            is_truth = z3.is_bool(value)
            found.append(z3.is_true(value) if is_truth else _plain_number(value.as_string()))
        return found

    def _rankings(self, candidates: Sequence[Mapping[str, Any]]) -> list[Ranking]:
        """Return the candidates as each framework judges them."""
        day = self._day or _A_DAY
        listed = load_candidates(candidates, self.prover.frameworks, as_of=day)
        problems = [Problem.from_candidates(listed, each) for each in self.prover.frameworks]
        return list(map(rank, problems))

    def _rated(
        self, candidates: Sequence[dict[str, Any]], entries: set[tuple[str, str]]
    ) -> list[list[dict[str, Any]]]:
        """Return the candidates with ratings that may have the points of the model."""
        groups: dict[str, set[str]] = {}
        scales: dict[str, Any] = {}
        for section, key in entries:
            if section == "points":
                number, _, criterion = key.partition(".")
                framework = self.prover.frameworks[int(number)]
                # the framework's own id stands for the whole score
                for leaf in framework.leaves_below(criterion) or framework.leaves:
                    groups.setdefault(leaf, set()).add(key)
                    scales[leaf] = framework.leaves[leaf]
        for section, key in entries:
            if section == "ratings":
                groups.pop(key, None)
        alike: dict[frozenset[str], list[str]] = {}
        for leaf, keys in sorted(groups.items()):
            alike.setdefault(frozenset(keys), []).append(leaf)
        trials = []
        for shares in _shares_to_try(list(alike.values())):
            ratings = {leaf: _rating_at(scales[leaf], share) for leaf, share in shares.items()}
            trials.append([_with_ratings(candidate, ratings) for candidate in candidates])
        return trials


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
