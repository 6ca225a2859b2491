"""Proofs: what a framework says of every candidate, not only of those on a list."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

from ..arrays import Frozen, underflow_is_zero
from ..documents.loading import (
    CaseSource,
    FrameworkSource,
    cases_beside,
    load_candidates,
    load_cases,
    load_framework,
)
from ..errors import UsageError, as_called, choose_from, refusal_of_name, refusal_of_value
from ..models.answers import NumberRange
from ..models.base import LARGEST, title_of, within
from ..models.candidates import Cases, Claim
from ..models.conditions import PLACE, parse
from ..models.expressions import Answers, Expression, Overlaps
from ..models.facts import NumberFact, SetFact
from ..models.framework import Framework, digest_of
from ..output import Badge, Field, Result
from ..output.result import VERSION
from ..output.text import plural
from ..scoring.ranking import Ranking, outline_of, record_of_framework
from ..scoring.wording import title_of_word
from .examples import A_DAY, AS_IT_IS, Candidates, Example, State, Test, labels_of
from .formulas import Formulas, Judge, Search
from .uncertainty import Progress, refuse_no_progress

__all__ = [
    "OUTCOMES",
    "Outcome",
    "Proof",
    "Statement",
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
# what is said of refuted statements on verdicts (by unit) and on steps: one, several
_NEVER = {
    "project": ("verdict is never given to a project", "verdicts are never given to a project"),
    "area": ("verdict is never given to an area", "verdicts are never given to an area"),
    "step": ("step decides for no candidate", "steps decide for no candidate"),
}
# seconds for all statements together
_TIME_LIMIT_S = 60.0


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

    @property
    def is_never(self) -> bool:
        """Whether no candidate gets this verdict, or has this step decide: nothing is wrong."""
        return self.kind in ("verdict", "step") and self.outcome == "refuted"

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
        as_of = None
        for statement in self.statements:
            example = statement.example
            if example is None:
                continue
            as_of = as_of or example.as_of
            if example.as_of not in (None, as_of):
                continue
            for candidate in example.candidates:
                parts = (statement.kind, *statement.subject, candidate["id"])
                listed.append({**candidate, "id": "-".join(parts), "title": statement.text})
        return {
            "collabscore": "candidates/1",
            "framework": list(dict.fromkeys(framework.id for framework in self.frameworks)),
            **({"as_of": as_of} if as_of else {}),
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
        """Numbers of statements by outcome; verdicts and steps of no candidate stand apart."""
        never: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        for statement in self.statements:
            if not statement.is_never:
                counts[statement.outcome] += 1
            elif statement.kind == "verdict":
                never[statement.subject[0]] += 1
            else:
                never[statement.kind] += 1
        parts = [f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]]
        apart = [plural(never[key], *words) for key, words in _NEVER.items() if never[key]]
        outcomes = "; ".join([", ".join(parts) or "none", *apart])
        return f"{plural(len(self.statements), 'statement')}: {outcomes}"

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
    load_candidates([{"id": "any"}], [first, second], as_of=A_DAY)
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
    if not 0 < time_limit <= LARGEST:
        is_float = isinstance(time_limit, float)
        written = f"{time_limit:g}" if is_float else as_called(time_limit)
        message = f"`{written}` is not a time limit"
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


# statements

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
            without = State("without", ((term, formulas.truth(False)),))
            added = State("with", ((term, formulas.truth(True)),))
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
        better = State("better")
        worse = State("worse", tuple(zip(slot.terms, other.terms, strict=True)))
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
    """Return the verdict that an answer alone gives at least; None if it gives none, or all do."""
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
    milder = z3.Not(judge.at_least[settled])
    if prover.search.find(z3.And(judge.applies, prover.consistent, milder)) is None:
        return None  # any answer gives it
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
    statement = Statement("claim", (claim.id,), title_of(claim.id, claim.title), "not settled")
    if prover.search.find(formulas.z3.And(meant, prover.consistent)) is None:
        remark = "no candidate meets the condition"
        return replace(statement, outcome="refuted", remark=remark)
    positions = claim.subject.positions(list(judge.framework.all_verdicts))
    named = formulas.any_of(map(judge.verdict_is, sorted(positions)))
    wrong = named if claim.never else formulas.z3.Not(named)
    return prover.settle(statement, formulas.z3.And(meant, wrong))


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

    def is_milder(self, one: State, other: State) -> Any:
        """Return whether the verdict is milder in the first of two states."""
        z3, judge = self.formulas.z3, self.judges[0]
        ways = []
        for formula in judge.at_least[1:]:
            is_not = z3.Not(self.formulas.changed(formula, one.changes))
            ways.append(z3.And(is_not, self.formulas.changed(formula, other.changes)))
        applies = [self.formulas.changed(judge.applies, state.changes) for state in (one, other)]
        return self.formulas.all_of([*applies, self.formulas.any_of(ways)])

    def existence(
        self, kind: str, subject: tuple[str, ...], text: str, goal: Any, test: Test | None = None
    ) -> Task:
        """Return the task of a statement that a formula holds of some candidate."""
        statement = Statement(kind, subject, text, "not settled")
        return kind, partial(self.settle, statement, goal, test=test, exists=True)

    def universal(
        self,
        kind: str,
        subject: tuple[str, ...],
        text: str,
        goal: Any,
        states: Sequence[State] = AS_IT_IS,
    ) -> Task:
        """Return the task of a statement that a formula holds of no candidate."""
        statement = Statement(kind, subject, text, "not settled")
        return kind, partial(self.settle, statement, goal, states)

    def settle(
        self,
        statement: Statement,
        goal: Any,
        states: Sequence[State] = AS_IT_IS,
        test: Test | None = None,
        *,
        exists: bool = False,
    ) -> Statement:
        """Return a statement, settled: that a formula holds of no candidate, or of some one."""
        consistent = [self.formulas.changed(self.consistent, state.changes) for state in states]
        model = self.search.plainest(self.formulas.all_of([goal, *consistent]))
        if model is False:
            return statement
        outcome: Outcome = "proved" if exists == (model is not None) else "refuted"
        example = None
        if model:
            example = Candidates.of(self.search, model, goal, states).example(test)
            outcome = outcome if example.confirmed else "not confirmed"
        return replace(statement, outcome=outcome, example=example)
