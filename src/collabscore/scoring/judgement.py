"""The judgement of all candidates by guardrails, exact under open answers where it can be.

Axis letters: n candidates, g guardrails, u rows of which completions are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import chain, compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, Frozen, IndexArray, frozen_property, read_only
from ..kernels.logic import Truth
from ..models.base import title_of
from ..models.conditions import OF_PARTNER
from ..models.expressions import Expression, atoms_of, references
from ..models.framework import STATES, CompiledStep, Need
from .completions import (
    Asked,
    Completions,
    asked_in,
    completions,
    completions_of,
    distinct,
    has_small_table,
    keys_of,
    open_where,
    separated,
)
from .doubts import contradictions, doubted_facts, ways_to_judge
from .evaluation import Evaluator
from .problem import Problem
from .valuation import Valuation
from .verdicts import Codes, Finding, holds, places_of

__all__ = ["Judgement", "Part", "judge"]


@dataclass(frozen=True, eq=False, repr=False)
class Judgement(Frozen):
    """Findings and verdicts of all candidates, in the order of the problem, as positions.

    Parameters
    ----------
    evaluator : Evaluator
        Truth of the conditions.
    severity : integer array of shape (n,)
        The verdict, by its position among the verdicts, mild to severe.
    mild, severe : integer arrays of shape (n,)
        The ends of the verdict range.
    applicable : boolean array of shape (n,)
        False where the framework is not about the candidate.
    numbers : integer array of shape (n, g)
        What each guardrail finds: 8 times its verdict plus its state, by their positions among the
        verdicts and in `STATES`.
    steps : integer array of shape (n, g)
        The step that decided it.
    exact : boolean array of shape (n,)
        Where the verdict and its range rest on all answers that are possible.
    rules : mapping of guardrail id to steps
        The guardrails in force.
    contradictions : mapping of contradiction id to Truth
        Whether each holds, without those that hold nowhere.
    parts : tuple of Part
        Where answers are in doubt, the judgements of which the most severe counts; of equal
        findings the first one is shown.
    """

    evaluator: Evaluator
    severity: Codes
    mild: Codes
    severe: Codes
    applicable: BoolArray
    numbers: NDArray[Any]
    steps: NDArray[np.uint8]
    exact: BoolArray
    rules: Mapping[str, tuple[CompiledStep, ...]]
    contradictions: Mapping[str, Truth] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def verdicts(self) -> Codes:
        """The verdict by its position, (n,); -1 where the framework is not about the candidate."""
        return np.where(self.applicable, self.severity, np.int8(-1))

    @property
    def states(self) -> NDArray[Any]:
        """The state of each guardrail, by its position in `STATES`, (n, g)."""
        return self.numbers & 7

    @frozen_property
    def tiers(self) -> NDArray[np.int16]:
        """The order of verdicts before any score, (n,): lower stands first, -1 is not ranked.

        A candidate stands in the latest tier that its range reaches; there, one whose range also
        reaches an unranked verdict stands behind the others. So no silence leads to an earlier
        place.
        """
        return places_of(self.evaluator.problem.framework, self.verdicts, self.severe)

    def finding(self, guardrail: str, row: int) -> Finding:
        """Return what one guardrail finds of the candidate in a row of the problem."""
        part, place = self.deciding_part(guardrail, row)
        found, problem = part.finding_by_keys(guardrail, place), self.evaluator.problem
        if found.state == "clear" or not problem.framework.partner_facts:
            return found
        unknown = dict.fromkeys(problem.name_at(key, row) for key in found.unknown)
        deciding: Iterable[str] = unknown
        if found.state != "unknown":
            step = part.rules[guardrail][part.steps[place, part.columns[guardrail]]]
            decided_by = part.evaluator.deciding_parts(step.when, place) if step.when else ()
            keys = references(*decided_by).inputs
            deciding = [problem.name_at(key, row) for key in keys]
        found = replace(found, unknown=tuple(unknown))
        partners = dict.fromkeys(key.partition(OF_PARTNER)[2] for key in deciding)
        partners.pop("", None)
        if not partners:
            return found
        titles = ", ".join(map(problem.framework.title_of_partner, partners))
        return replace(found, title=f"{found.title} ({titles})", partners=tuple(partners))

    def finding_by_keys(self, guardrail: str, row: int) -> Finding:
        """Return a finding whose unknown answers are keys of columns."""
        problem = self.evaluator.problem
        framework, column = problem.framework, self.columns[guardrail]
        severity, code = divmod(int(self.numbers[row, column]), 8)
        clear, state = self._clear_findings[guardrail], STATES[code]
        if state == "clear":
            return clear
        deciding = self.rules[guardrail][self.steps[row, column]]
        demand = self._asked_for(guardrail, row)
        missing, planned, in_place = _safeguards_of(problem, demand.always, row)
        may_need, planned_too, ready_too = _safeguards_of(problem, demand.sometimes, row)
        verdict = list(framework.all_verdicts)[severity]
        definition, given = framework.guardrails[guardrail], framework.all_verdicts[verdict]
        reason_code = _reason_code(
            state,
            missing + may_need,
            planned + planned_too,
            ranked=given.ranked,
            is_area=bool(problem.area[row]),
        )
        if reason_code == "answer-unknown" and demand.applies:
            reason_code = "degree-unknown"
        return Finding(
            guardrail=guardrail,
            title=clear.title,
            state=state,
            verdict=verdict,
            missing=tuple(missing),
            may_need=tuple(may_need),
            planned=tuple(dict.fromkeys(planned + planned_too)),
            in_place=tuple(in_place + ready_too),
            unknown=demand.names if state in ("unknown", "unmet") else (),
            reason=deciding.step.reason or definition.reason,
            code=reason_code,
            refer_to=None if given.goes_ahead else definition.refer_to,
            deadline=None if given.goes_ahead else definition.deadline,
        )

    def deciding_part(self, guardrail: str, row: int) -> tuple[Judgement, int]:
        """Return the judgement that gives the finding of a candidate, and its row there."""
        column = self.columns[guardrail]
        for rows, judgement in self.parts:
            place = int(np.searchsorted(rows, row))
            is_there = place < len(rows) and rows[place] == row
            if is_there and judgement.numbers[place, column] == self.numbers[row, column]:
                return judgement, place
        return self, row

    @frozen_property
    def doubted(self) -> dict[str, BoolArray]:
        """Where each fact is in doubt, (n,), because answers contradict each other."""
        return doubted_facts(self.evaluator.problem, self.contradictions)

    def doubted_of(self, row: int) -> tuple[str, ...]:
        """Return the facts in doubt of a candidate."""
        name_at = self.evaluator.problem.name_at
        return tuple(name_at(key, row) for key, flags in self.doubted.items() if flags[row])

    @cached_property
    def cautious(self) -> Evaluator:
        """Truth of conditions while all answers in doubt are open."""
        valuation = self.evaluator.valuation
        facts: dict[str, Any] = dict(valuation.problem.facts)
        for key, flags in self.doubted.items():
            facts[key] = facts[key].opened(flags)
        return Evaluator(replace(valuation, problem=replace(valuation.problem, facts=facts)))

    def _asked_for(self, guardrail: str, row: int) -> _Demand:
        """Return what a guardrail needs of a candidate, and the open names that decide."""
        rule = self._rules[guardrail]
        deciding = rule.steps[self.steps[row, self.columns[guardrail]]]
        shown = deciding.step.options
        seen = guardrail, int(self._kinds_of(guardrail)[row])
        if seen[1] < 0:
            return _Demand(shown)
        if seen not in self._demands:
            _, ways = next(completions(self._exact, rule.asked, np.array([row])), (None, None))
            self._demands[seen] = None if ways is None else self._demand_in(rule, ways, row)
        demand = self._demands[seen]
        if demand is None:
            names: list[str] = []
            for condition in rule.conditions:
                names += self._exact.open_names(condition, row)
        else:
            names = list(self._names_of(demand.names, row))
        return (demand or _Demand(shown))._replace(names=tuple(dict.fromkeys(names)))

    @cached_property
    def _demands(self) -> dict[tuple[str, int], _Demand | None]:
        """What a guardrail needs of candidates of one kind, with what decides in place of names."""
        return {}

    def _kinds_of(self, guardrail: str) -> IndexArray:
        """Return the kind of each candidate, (n,): of one kind, a guardrail needs the same.

        It is -1 where no answer is open.
        """
        if guardrail not in self._kinds:
            rule, size = self._rules[guardrail], self.evaluator.problem.size
            is_open = np.zeros(size, dtype=np.bool_)
            for condition in rule.conditions:
                is_open |= self._exact.truth(condition).unknown
            kinds = self._kinds_among(rule, np.arange(size)) if is_open.any() else -1
            self._kinds[guardrail] = np.where(is_open, kinds, -1)
        return self._kinds[guardrail]

    def _kinds_among(self, rule: _Rule, rows: IndexArray) -> IndexArray:
        """Return the kind of each candidate, (n,), whether an answer is open or not."""
        in_place = self.evaluator.problem.in_place
        keys = keys_of(self._exact, rule.asked, rows)
        keys += [numbers for numbers in rule.applying if numbers.ndim]
        for step in rule.steps:
            for name in chain(*step.step.options):
                if name in in_place:
                    keys.append(in_place[name])
        return distinct(keys)[1] if keys else np.zeros_like(rows)

    @cached_property
    def _kinds(self) -> dict[str, IndexArray]:
        return {}

    def _demand_in(self, rule: _Rule, ways: Completions, row: int) -> _Demand:
        """Return what completions of a candidate need, always or sometimes, and what decides."""
        by_step = np.array(np.broadcast_arrays(*rule.numbers_in(ways)))
        numbers = by_step.max(axis=0)
        deciding_steps = (by_step == numbers).argmax(axis=0)
        asking = _ASKING[numbers & 7]
        ids, kinds = _needs_by_step(rule.steps)
        demanded = np.where(asking, np.array(ids)[deciding_steps], 0)
        needs = [kinds[number] for number in np.flatnonzero(np.bincount(demanded.ravel()))]
        always = frozenset.intersection(*map(frozenset, needs))
        every = dict.fromkeys(chain.from_iterable(needs))
        lacking, _, _ = _safeguards_of(self.evaluator.problem, list(every), row)
        missing = [frozenset(lacking) & frozenset(kind) for kind in kinds]
        alike = np.array([missing.index(kind) for kind in missing])
        names = ways.deciding(numbers.astype(np.int64) * len(kinds) + alike[demanded])
        return _Demand(
            tuple(need for need in every if need in always),
            tuple(need for need in every if need not in always),
            tuple(names),
            bool(numbers.min()),
        )

    def _names_of(self, names: Sequence[Any], row: int) -> Iterator[str]:
        """Yield the facts and criteria behind open quantities and answers, each once."""
        for name in names:
            yield from [name] if isinstance(name, str) else self._exact.open_names(name, row)

    @cached_property
    def _exact(self) -> Evaluator:
        return Evaluator(self.evaluator.valuation, exact=True)

    @cached_property
    def _rules(self) -> dict[str, _Rule]:
        kind = self.numbers.dtype
        return {key: _Rule.of(self._exact, steps, kind) for key, steps in self.rules.items()}

    @frozen_property
    def columns(self) -> dict[str, int]:
        """The column of each guardrail."""
        return {key: k for k, key in enumerate(self.evaluator.problem.framework.guardrails)}

    @cached_property
    def _clear_findings(self) -> dict[str, Finding]:
        """The finding of each guardrail where it does not apply, shared by all such candidates."""
        framework = self.evaluator.problem.framework
        mildest = next(iter(framework.all_verdicts))
        found = {}
        for key, definition in framework.guardrails.items():
            found[key] = Finding(key, title_of(key, definition.title), "clear", mildest)
        return found


class Part(NamedTuple):
    """The judgement of some candidates, with other answers to facts in doubt.

    Parameters
    ----------
    rows : integer array of shape (u,)
        In rising order.
    judgement : Judgement
    """

    rows: IndexArray
    judgement: Judgement


class _Demand(NamedTuple):
    """Needs whatever the answers, needs for some answers, and the names that decide.

    `applies` says whether the guardrail applies whatever the answers.
    """

    always: tuple[Need, ...]
    sometimes: tuple[Need, ...] = ()
    names: tuple[Any, ...] = ()
    applies: bool = False


def _needs_by_step(
    steps: Sequence[CompiledStep],
) -> tuple[list[int], list[tuple[Need, ...]]]:
    """Return the number of the needs of each step, and the needs by number; 0 is none."""
    kinds: dict[tuple[Need, ...], int] = {(): 0}
    numbers = []
    for step in steps:
        numbers.append(kinds.setdefault(step.step.options, len(kinds)))
    return numbers, list(kinds)


def judge(valuation: Valuation, rules: Mapping[str, tuple[CompiledStep, ...]]) -> Judgement:
    """Return the findings of guardrails, and the verdicts, for all candidates.

    Answers in doubt are judged as given and as open, and the more severe verdict counts.
    """
    contradicting = contradictions(valuation)
    found, parts = _judge_answers(valuation, rules), []
    for rows, other in ways_to_judge(valuation, doubted_facts(valuation.problem, contradicting)):
        judgement = found if other is valuation else _judge_answers(other, rules)
        parts.append(Part(read_only(rows), judgement))
    if len(parts) > 1:
        found = _most_severe(found, parts)
    return replace(found, contradictions=contradicting) if contradicting else found


def _most_severe(found: Judgement, parts: Sequence[Part]) -> Judgement:
    """Return the judgement by which the most severe verdict counts, and both ends of all ranges."""
    merged: dict[str, Any] = {}
    for name in ("numbers", "steps", *_JOINS):
        merged[name] = np.array(getattr(found, name))
    for rows, part in parts:
        for name, join in _JOINS.items():
            merged[name][rows] = join(merged[name][rows], getattr(part, name))
        is_more = part.numbers > merged["numbers"][rows]
        for name in ("numbers", "steps"):
            merged[name][rows] = np.where(is_more, getattr(part, name), merged[name][rows])
    return replace(found, **merged, parts=tuple(parts))


_JOINS = {
    "severity": np.maximum,
    "mild": np.minimum,
    "severe": np.maximum,
    "applicable": np.logical_or,
    "exact": np.logical_and,
}


def _judge_answers(
    valuation: Valuation, rules: Mapping[str, tuple[CompiledStep, ...]]
) -> Judgement:
    """Return the findings of guardrails, and the verdicts, with all answers as they are.

    Open answers are judged exactly: by all the ways in which those can come out that a guardrail
    looks at, or for the mild end of the range that several of them look at.
    """
    problem, evaluator = valuation.problem, Evaluator(valuation, exact=True)
    n, g = problem.size, len(rules)
    # Each finding is a number, 8 times its verdict plus its state: the greatest one has the most
    # severe verdict, and of equal verdicts the state that says most.
    kind = np.min_scalar_type(8 * len(problem.framework.all_verdicts))
    found, mild, severe = (np.zeros(n, dtype=kind) for _ in range(3))
    by_rule = np.zeros((n, g), dtype=kind, order="F")
    steps = np.zeros((n, g), dtype=np.uint8, order="F")
    exact = np.ones(n, dtype=np.bool_)
    open_rules = []
    for k, compiled in enumerate(rules.values()):
        rule = _Rule.of(evaluator, compiled, kind)
        findings = _findings_of(evaluator, rule)
        exact &= findings.exact
        if (findings.most > findings.least).any():
            open_rules.append((rule, findings))
        by_rule[:, k] = findings.numbers
        steps[:, k] = findings.steps
        np.maximum(found, findings.numbers, out=found)
        np.maximum(mild, findings.least, out=mild)
        np.maximum(severe, findings.most, out=severe)
    severity, mild, severe = ((numbers >> 3).astype(np.int8) for numbers in (found, mild, severe))
    if len(open_rules) > 1:
        _raise_mild_ends(evaluator, open_rules, mild, exact)
    severity = np.maximum(severity, mild)
    applies = problem.framework.applies_expression
    applicable = np.ones(n, dtype=np.bool_)
    if applies is not None:
        applicable = Evaluator(valuation).truth(applies).possible
    # a fresh evaluator: what is true of a million candidates takes room
    return Judgement(
        Evaluator(valuation), severity, mild, severe, applicable, by_rule, steps, exact, rules
    )


class _Rule(NamedTuple):
    """A guardrail and what it looks at.

    Parameters
    ----------
    steps : tuple of CompiledStep
    conditions : sequence of Expression
    asked : Asked
    applying : sequence of integer arrays of shape (n,) or ()
        What each step finds while it applies.
    """

    steps: tuple[CompiledStep, ...]
    conditions: Sequence[Expression]
    asked: Asked
    applying: Sequence[NDArray[Any]]

    @classmethod
    def of(cls, evaluator: Evaluator, steps: tuple[CompiledStep, ...], kind: Any) -> _Rule:
        conditions = [step.when for step in steps if step.when is not None]
        applying = [_finding_number(step, evaluator.problem, kind) for step in steps]
        return cls(steps, conditions, asked_in(*conditions), applying)

    def applying_in(self, rows: IndexArray) -> list[NDArray[Any]]:
        """Return what each step finds in some rows while it applies, (u,) each."""
        found = []
        for numbers in self.applying:
            found.append(numbers[rows] if numbers.ndim else np.full(len(rows), numbers))
        return found

    def numbers_in(self, ways: Completions) -> list[NDArray[Any]]:
        """Return what each step finds in each completion."""
        found = []
        for step, applying in zip(self.steps, self.applying_in(ways.rows), strict=True):
            numbers = ways.by_row(applying)
            found.append(numbers if step.when is None else numbers * ways.truth(step.when))
        return found

    def finding_in(self, ways: Completions) -> NDArray[Any]:
        """Return what it finds in each completion."""
        return reduce(np.maximum, self.numbers_in(ways))


class _Findings(NamedTuple):
    """What one guardrail finds of each candidate, arrays of shape (n,).

    Parameters
    ----------
    numbers : integer array
        The finding.
    least, most : integer arrays
        The mildest and the most severe that it could be.
    steps : integer array
        The step that decides it.
    exact : boolean array
        Where all answers that are possible were tried.
    """

    numbers: NDArray[Any]
    least: NDArray[Any]
    most: NDArray[Any]
    steps: NDArray[np.uint8]
    exact: BoolArray

    @classmethod
    def blank(cls, n: int, kind: np.dtype[Any]) -> _Findings:
        """Return findings of nothing."""
        numbers, least, most = (np.zeros(n, dtype=kind) for _ in range(3))
        return cls(numbers, least, most, np.zeros(n, np.uint8), np.ones(n, np.bool_))


def _findings_of(evaluator: Evaluator, rule: _Rule) -> _Findings:
    """Return what a guardrail finds of each candidate whatever the answers that are open."""
    size, kind = evaluator.problem.size, rule.applying[0].dtype
    if has_small_table(evaluator.problem, rule.asked):
        # to look all candidates up takes less time than to find those that have open answers
        findings = _Findings.blank(size, kind)
        _settle(evaluator, rule, slice(None), findings)
        if findings.exact.all():
            return findings
    findings = _Findings.blank(size, kind)
    rows = np.flatnonzero(_put_kleene_findings(evaluator, rule, findings))
    if len(rows):
        _settle(evaluator, rule, rows, findings)
    return findings


def _put_kleene_findings(evaluator: Evaluator, rule: _Rule, findings: _Findings) -> BoolArray:
    """Put down what a guardrail finds where each condition is judged by itself.

    Returns
    -------
    boolean array of shape (n,)
        Where open answers could decide it.
    """
    problem = evaluator.problem
    n = problem.size
    always = np.ones(n, dtype=np.bool_)
    numbers, least, most, deciding, _ = findings
    is_open = np.zeros(n, dtype=np.bool_)
    for number, (step, applying) in enumerate(zip(rule.steps, rule.applying, strict=True)):
        trigger = Truth.settled(always) if step.when is None else evaluator.truth(step.when)
        given = mildest = severest = applying * trigger.certain
        if not trigger.decided:
            doubtful = numbers.dtype.type(step.if_unknown * 8 + _UNKNOWN)
            given = mildest + doubtful * trigger.unknown
            severest = applying * trigger.possible
            is_open |= trigger.unknown
        if number:
            # a maximum of products is much faster than an assignment where a condition holds
            np.maximum(deciding, (given > numbers) * np.uint8(number), out=deciding)
        np.maximum(numbers, given, out=numbers)
        np.maximum(least, mildest, out=least)
        np.maximum(most, severest, out=most)
    for name in rule.asked.known:
        is_open |= ~problem.is_known(name)
    return is_open


def _settle(
    evaluator: Evaluator, rule: _Rule, rows: IndexArray | slice, findings: _Findings
) -> None:
    """Put down what a guardrail finds in some rows whatever the answers that are open there.

    Rows with like answers are judged once.
    """
    keys = keys_of(evaluator, rule.asked, rows)
    for numbers in rule.applying:
        if numbers.ndim:
            keys.append(numbers[rows] > numbers.min())
    first, inverse = distinct(keys)
    chosen = first if isinstance(rows, slice) else rows[first]
    found = _Findings._make(array[chosen] for array in findings)
    found.exact[:] = False
    for part, ways in completions(evaluator, rule.asked, chosen):
        found.exact[part] = ~ways.free
        _put_findings(rule, ways, part, found)
    if rule.asked.known:
        for part, ways in completions(evaluator, rule.asked, chosen, any_known=True):
            verdicts = rule.finding_in(ways) >> 3
            found.least[part] = ways.least(verdicts) << 3
            found.most[part] = ways.most(verdicts) << 3
    for all_rows, some in zip(findings[:4], found[:4], strict=True):
        all_rows[rows] = some[inverse]
    if not found.exact.all():
        findings.exact[rows] = found.exact[inverse]


def _put_findings(rule: _Rule, ways: Completions, part: IndexArray, found: _Findings) -> None:
    """Put down what is found in each row whatever the answers."""
    by_step = rule.numbers_in(ways)
    numbers = reduce(np.maximum, by_step)
    verdicts = numbers >> 3
    mildest, severest = ways.least(verdicts), ways.most(verdicts)
    says_most = _SAYS_MOST[ways.most(_SAYS[numbers & 7])]
    decided = mildest == severest
    settled = mildest * 8 + says_most
    fallback = np.zeros_like(settled)
    deciding, doubting = np.zeros((2, len(settled)), dtype=np.uint8)
    for number in reversed(range(len(by_step))):
        step, here = rule.steps[number], by_step[number]
        deciding[ways.most(here == ways.by_row(settled))] = number
        applies = here > 0
        mixed = ways.most(applies) & ~ways.least(applies)
        given = np.where(mixed, step.if_unknown, -1)
        doubting[given >= fallback] = number
        fallback = np.maximum(fallback, given)
    unknown = np.clip(fallback, mildest, severest) * 8 + _UNKNOWN
    found.numbers[part] = np.where(decided, settled, unknown)
    found.steps[part] = np.where(decided, deciding, doubting)
    found.least[part], found.most[part] = mildest << 3, severest << 3


_UNKNOWN = STATES.index("unknown")
_ASKING = np.array([state in ("met", "unmet") for state in STATES])
# states by how much they say of several completions, least first
_SAYS_MOST = np.array([STATES.index(state) for state in ("clear", "met", "barred", "unmet")])
_SAYS = np.array([0, 1, 0, 3, 2])


def _raise_mild_ends(
    evaluator: Evaluator,
    open_rules: Sequence[tuple[_Rule, _Findings]],
    mild: Codes,
    exact: BoolArray,
) -> None:
    """Raise the mild end of the range where no answers give each guardrail its mildest verdict."""
    rules = [rule for rule, _ in open_rules]
    conditions = chain.from_iterable(rule.conditions for rule in rules)
    atoms = set(chain.from_iterable(map(atoms_of, conditions)))
    is_open = {name: open_where(evaluator, name, atoms) for name in _names_shared(rules)}
    pending = _pending_where(open_rules, mild, is_open)
    rows = np.flatnonzero(np.add.reduce(pending, dtype=np.uint16) > 1)
    if not len(rows):
        return
    rows = rows[~_can_be_mild(evaluator, rules, rows, mild[rows], pending[:, rows])]
    # rows alike in what is pending and open are tried together
    marks = np.array([*pending, *is_open.values()])[:, rows]
    kinds, ids = np.unique(marks, axis=1, return_inverse=True)
    for number, kind in enumerate(kinds.T):
        open_names = set(compress(is_open, kind[len(rules) :]))
        members = {}
        for k in np.flatnonzero(kind[: len(rules)]).tolist():
            members[k] = open_names.intersection(rules[k].asked.separate)
        for together in _linked(members):
            alike = rows[ids == number]
            _raise_mild_end(evaluator, [rules[k] for k in together], alike, mild, exact)


def _names_shared(rules: Iterable[_Rule]) -> list[Any]:
    """Return the names that several guardrails look at."""
    times = Counter(chain.from_iterable(rule.asked.separate for rule in rules))
    return [name for name, number in times.items() if number > 1]


def _pending_where(
    open_rules: Sequence[tuple[_Rule, _Findings]], mild: Codes, is_open: Mapping[Any, BoolArray]
) -> BoolArray:
    """Return where each guardrail could raise the mild end and rests on a shared open name."""
    pending = np.zeros((len(open_rules), len(mild)), dtype=np.bool_)
    for k, (rule, findings) in enumerate(open_rules):
        linked = [is_open[name] for name in rule.asked.separate if name in is_open]
        if linked:
            pending[k] = (findings.most >> 3) > mild
            pending[k] &= reduce(np.logical_or, linked)
    return pending


def _can_be_mild(
    evaluator: Evaluator,
    rules: Sequence[_Rule],
    rows: IndexArray,
    mild: Codes,
    pending: BoolArray,
) -> BoolArray:
    """Return where one completion, the likeliest one, is known to have no more severe verdict."""
    asked = asked_in(*chain.from_iterable(rule.conditions for rule in rules))
    every = completions_of(evaluator, asked, rows, any_known=True)
    one = every.mildest(asked.signs)
    found = np.zeros(len(rows), dtype=np.intp)
    for rule, is_pending in zip(rules, pending, strict=True):
        np.maximum(found, rule.finding_in(one) * is_pending, out=found)
    return ((found >> 3) <= mild) & ~every.free


def _linked(members: Mapping[int, set[Any]]) -> Iterator[list[int]]:
    """Yield those that share a name, directly or through others, two or more together."""
    groups: list[tuple[set[Any], list[int]]] = []
    for member, names in members.items():
        together, apart = [member], []
        for group in groups:
            if names.isdisjoint(group[0]):
                apart.append(group)
            else:
                names, together = names | group[0], [*group[1], *together]
        groups = [*apart, (names, together)]
    for _, together in groups:
        if len(together) > 1:
            yield together


def _raise_mild_end(
    evaluator: Evaluator, rules: Sequence[_Rule], rows: IndexArray, mild: Codes, exact: BoolArray
) -> None:
    asked = asked_in(*chain.from_iterable(rule.conditions for rule in rules))
    shared = set(_names_shared(rules))
    shared |= {name for name in asked.names if not shared.isdisjoint(separated(name))}
    keys = keys_of(evaluator, asked, rows)
    for rule in rules:
        keys += rule.applying_in(rows)
    first, inverse = distinct(keys)
    least, tried = np.zeros(len(first), dtype=np.int8), np.zeros(len(first), dtype=np.bool_)
    for part, ways in completions(evaluator, asked, rows[first], any_known=True):
        together = ways.by_row(np.zeros(len(part), dtype=rules[0].applying[0].dtype))
        for rule in rules:
            together = np.maximum(together, ways.least_beside(rule.finding_in(ways), shared))
        least[part] = ways.least(together) >> 3
        tried[part] = ~ways.free
    mild[rows] = np.maximum(mild[rows], least[inverse])
    exact[rows] &= tried[inverse]


def _finding_number(step: CompiledStep, problem: Problem, kind: np.dtype[Any]) -> NDArray[Any]:
    """Return the finding of a step while it applies, (n,) or ()."""
    if step.is_idle:
        return np.zeros((), dtype=kind)
    numbers = step.severity.astype(kind) * 8 + np.arange(len(STATES), dtype=kind)
    _, met, _, unmet, barred = numbers
    if step.step.needs is None:
        return np.asarray(barred)
    ready = np.ones(problem.size, dtype=np.bool_)
    nowhere = ~ready
    for options in step.step.options:
        there = [problem.in_place.get(name, nowhere) for name in options]
        # safeguards of an area are put in place later; a permission may be refused
        if not problem.framework.is_permission(options):
            there.append(problem.area)
        ready &= np.logical_or.reduce(there)
    # sums of products cost a sixth of `np.where` on numbers of one byte
    satisfied: NDArray[Any] = ready * met + ~ready * unmet
    return satisfied


def _safeguards_of(
    problem: Problem, needs: Iterable[Need], row: int
) -> tuple[list[Need], list[str], list[str]]:
    """Return the needed safeguards that are missing, those of them planned, those in place."""
    missing, planned, ready = [], [], []
    for options in needs:
        there = [name for name in options if holds(problem.in_place, name, row)]
        ready += there
        if not there:
            missing.append(options)
            planned += [name for name in options if holds(problem.planned, name, row)]
    return missing, planned, ready


def _reason_code(
    state: str,
    missing: Sequence[Need],
    planned: Sequence[str],
    *,
    ranked: bool,
    is_area: bool,
) -> str:
    """Return the reason code of a finding that is not clear; see `REASON_CODES`."""
    if state == "barred":
        return "applies" if ranked else "bars"
    if state == "met":
        return "safeguard-due" if missing else "met"
    if state == "unknown":
        return "answer-unknown"
    if is_area:
        return "permission-to-ask"  # the only safeguards that an area does not presume
    pending = [need for need in missing if set(planned).isdisjoint(need)]
    return "safeguard-missing" if pending else "safeguard-planned"
