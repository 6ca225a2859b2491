"""Tests of policy: expected verdicts of cases beside those of a framework. Axis letter: n cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ..arrays import BoolArray, Record, frozen_property, underflow_is_zero
from ..documents.loading import (
    CaseSource,
    FrameworkSource,
    cases_beside,
    load_cases,
    load_framework,
)
from ..documents.reader import positions_of
from ..errors import MissingExtraError, Span, UsageError
from ..models.base import title_of
from ..models.candidates import Case, Cases, Claim, Expectation
from ..models.framework import STATES, Framework
from ..output import ID_FIELD, Badge, Field
from ..output.text import plural
from ..scoring.judgement import Judgement
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, RankingResult, rank
from ..scoring.verdicts import Assessment
from ..scoring.wording import NOT_APPLICABLE, badge
from .evidence import guardrail_evidence
from .proof import Statement, prove_claims

__all__ = [
    "CaseOutcome",
    "ClaimOutcome",
    "Mismatch",
    "PolicyTest",
    "StepOutcome",
    "claims_in_words",
    "judge_cases",
    "run_cases",
]


class Mismatch(Record):
    """A difference between a case's expectation and a framework's answer.

    Parameters
    ----------
    about : str
        verdict, verdict_range, band, unknown, order, always, never, or the id of a guardrail under
        ``findings.``.
    expected, found : str
        In words.
    reason : str or None
        What made the framework say so.
    span : Span or None
        Position of the expectation; None where the cases came from no text.
    """

    about: str
    expected: str
    found: str
    reason: str | None = None
    span: Span | None = None

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.about}: expected {self.expected}, found {self.found}{reason}"

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        record = asdict(self)
        del record["span"]
        return {**record, "line": self.span and self.span.line}


class CaseOutcome(Record):
    """Outcome of one case.

    Parameters
    ----------
    case : Case
    assessment : Assessment
        What the framework says of its candidate.
    mismatches : tuple of Mismatch
        Empty where all is as expected.
    span : Span or None
        Start of the case.
    """

    case: Case
    assessment: Assessment
    mismatches: tuple[Mismatch, ...]
    span: Span | None = None

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.mismatches

    @property
    def title(self) -> str:
        """Name of the case for readers."""
        return title_of(self.case.id, self.case.title or self.case.candidate.title)

    @property
    def result(self) -> Badge:
        """Whether all is as expected, as a badge."""
        return Badge("passed", "●", "good") if self.passed else Badge("failed", "✕", "stop")


class ClaimOutcome(Record):
    """Outcome of one claim.

    Parameters
    ----------
    claim : Claim
    statement : Statement or None
        What was proved; None where z3 is not installed.
    mismatches : tuple of Mismatch
        Empty where the claim holds, or was not checked.
    span : Span or None
        Start of the claim.
    """

    claim: Claim
    statement: Statement | None
    mismatches: tuple[Mismatch, ...]
    span: Span | None = None

    @property
    def title(self) -> str:
        """Name of the claim for readers."""
        return title_of(self.claim.id, self.claim.title)

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        checked = None if self.statement is None else self.statement.record()
        return {
            "claim": self.claim.id,
            "title": self.title,
            "passed": None if checked is None else not self.mismatches,
            "line": self.span and self.span.line,
            "proof": checked,
        }


class StepOutcome(Record):
    """A way in which a step of a guardrail decides.

    Parameters
    ----------
    guardrail : str
    step : int
        From 1.
    outcome : {"applies", "unmet", "met"}
        It applies and needs no safeguard; safeguards are missing; all are in place.
    """

    guardrail: str
    step: int
    outcome: str

    def __str__(self) -> str:
        return f"`{self.guardrail}` step {self.step} ({self.outcome})"


@dataclass(frozen=True, eq=False, repr=False)
class PolicyTest(RankingResult):
    """Answers of a framework to its cases, beside the expected ones.

    Parameters
    ----------
    cases : Cases
    ranking : Ranking
        The candidates of all cases, judged together.
    outcomes : tuple of CaseOutcome
        One for each case, (n,), in the order of the document.
    order : tuple of Mismatch
        Neighbours in the expected order that are not in this order.
    claims : tuple of ClaimOutcome
        One for each claim, in the order of the document.
    """

    kind: ClassVar[str] = "test"
    things: ClassVar[str] = "cases"

    cases: Cases
    ranking: Ranking
    outcomes: tuple[CaseOutcome, ...]
    order: tuple[Mismatch, ...]
    claims: tuple[ClaimOutcome, ...] = ()

    @property
    def framework(self) -> Framework:
        """The framework that was tested."""
        return self.ranking.framework

    @property
    def passed(self) -> bool:
        """Whether all is as expected, the order and all claims that were checked included."""
        return not (self.failures or self.order or self.failed_claims)

    @property
    def failures(self) -> tuple[CaseOutcome, ...]:
        """The outcomes that are not as expected."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def failed_claims(self) -> tuple[ClaimOutcome, ...]:
        """The claims that were checked and do not hold."""
        return tuple(outcome for outcome in self.claims if outcome.mismatches)

    @property
    def unchecked_claims(self) -> int:
        """Number of claims that were not checked, because z3 is not installed."""
        return sum(outcome.statement is None for outcome in self.claims)

    @frozen_property
    def step_outcomes(self) -> tuple[StepOutcome, ...]:
        """All ways in which steps of guardrails can decide, in the order of the framework."""
        found = []
        for key, steps in self.framework.compiled_guardrails.items():
            for number, step in enumerate(steps, start=1):
                ways = ("applies",) if step.step.needs is None else ("unmet", "met")
                if not step.is_idle:
                    found += [StepOutcome(key, number, way) for way in ways]
        return tuple(found)

    @frozen_property
    def undecided(self) -> tuple[StepOutcome, ...]:
        """The ways in which steps decide for no case, neither its own nor one of its base."""
        decided = {*_decided_outcomes(self.ranking.judgement), *self.decided_by_base}
        return tuple(each for each in self.step_outcomes if each not in decided)

    @frozen_property
    def decided_by_base(self) -> frozenset[StepOutcome]:
        """The ways in which steps of a profile decide for cases of its base, beside that, alone.

        A case counts for a guardrail of which both find the same: what it expects is tested there.
        """
        found: set[StepOutcome] = set()
        base = self.framework.base
        while base is not None:
            source = cases_beside(base)
            if source is not None:
                found |= _inherited_outcomes(self.framework, base, load_cases(source, base))
            base = base.base
        found.intersection_update(self.step_outcomes)
        return frozenset(found - _decided_outcomes(self.ranking.judgement))

    @property
    def counts(self) -> dict[str, int]:
        """Number of cases, and of those that passed and failed."""
        total, failed = len(self.outcomes), len(self.failures)
        return {"cases": total, "passed": total - failed, "failed": failed}

    @property
    def outcome(self) -> str:
        """Numbers of cases that passed and failed, and whether the order holds, in words."""
        counts = self.counts
        words = [f"{counts['passed']} passed"]
        if counts["failed"]:
            words.append(f"{counts['failed']} failed")
        if self.cases.order:
            words.append("the order failed" if self.order else "the order holds")
        words += claims_in_words(self.claims)
        return ", ".join(words)

    @property
    def summary(self) -> str:
        """Number of cases, and how many passed, in words."""
        return f"{plural(len(self.outcomes), 'case')} of `{self.framework.id}`: {self.outcome}"

    # as a result

    @property
    def rows(self) -> tuple[CaseOutcome, ...]:
        """The outcomes."""
        return self.outcomes

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that is said of each case; tables and CSV have the mismatches in words."""
        return (
            replace(ID_FIELD, key="case", cell=lambda outcome: outcome.case.id),
            Field("title", "Case", priority=0, least=20),
            Field(
                "passed",
                "Result",
                lambda outcome: outcome.result,
                lambda outcome: outcome.passed,
                kind="badge",
                priority=0,
            ),
            Field("line", cell=lambda outcome: outcome.span and outcome.span.line),
            Field(
                "verdict",
                "Verdict",
                lambda outcome: badge(outcome.assessment.verdict, self.framework),
                lambda outcome: outcome.assessment.verdict,
                kind="badge",
            ),
            Field(
                "mismatches",
                cell=lambda outcome: [mismatch.record() for mismatch in outcome.mismatches],
                csv=False,
            ),
            Field(
                "not_as_expected",
                "Not as expected",
                lambda outcome: tuple(map(str, outcome.mismatches)) or None,
                kind="list",
                priority=0,
                least=30,
                json=False,
            ),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table."""
        return ("title", "passed", "verdict", "not_as_expected", "case")

    @property
    def title(self) -> str:
        """The framework, as a heading."""
        return f"Cases of {title_of(self.framework.id, self.framework.title)}"

    @frozen_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the outcomes."""
        return (f"{self.summary}.", *map(str, self.order), *self.ranking.notes)

    def body(self) -> dict[str, Any]:
        """Return the outcomes of the cases and of the order, with their counts."""
        claims = {}
        if self.claims:
            claims["claims"] = [outcome.record() for outcome in self.claims]
        return {
            "passed": self.passed,
            "counts": self.counts,
            **super().body(),
            **claims,
            "order": {
                "expected": list(self.cases.order),
                "passed": not self.order,
                "mismatches": [mismatch.record() for mismatch in self.order],
            },
        }


def _decided_outcomes(judgement: Judgement, where: BoolArray | None = None) -> set[StepOutcome]:
    """Return the ways in which steps decide for candidates that the framework is about.

    With `where`, (n, g), only of the findings that it names.
    """
    decided = set()
    for key, column in judgement.columns.items():
        rows = judgement.applicable
        if where is not None:
            rows = rows & where[:, column]
        found = judgement.states[rows, column], judgement.steps[rows, column]
        for code, step in zip(*(part.tolist() for part in found), strict=True):
            way = "applies" if STATES[code] == "barred" else STATES[code]
            decided.add(StepOutcome(key, step + 1, way))
    return decided


def _inherited_outcomes(framework: Framework, base: Framework, cases: Cases) -> set[StepOutcome]:
    """Return the ways in which steps decide for cases of a base, which finds the same of them."""
    candidates = cases.candidates()
    judgements, findings = [], []
    for judge in (framework, base):
        judgement = rank(Problem.from_candidates(candidates, judge)).judgement
        verdicts = np.array([*judge.all_verdicts])[judgement.numbers >> 3]
        judgements.append(judgement)
        findings.append((verdicts, judgement.states))
    (verdicts, states), (base_verdicts, base_states) = findings
    own, columns = judgements[0], judgements[1].columns
    same = np.zeros(states.shape, dtype=np.bool_)
    for key in own.columns.keys() & columns.keys():
        k, base_k = own.columns[key], columns[key]
        same[:, k] = verdicts[:, k] == base_verdicts[:, base_k]
        same[:, k] &= states[:, k] == base_states[:, base_k]
    return _decided_outcomes(own, same)


@underflow_is_zero
def run_cases(framework: FrameworkSource, cases: CaseSource | None = None) -> PolicyTest:
    """Test a framework by its cases: judge the candidate of each, and compare with expectations.

    The cases of a framework show whether a change of its rules changes a decision. Claims about all
    candidates are proved if z3 is installed (the extra `prove`).

    Parameters
    ----------
    framework : str, Path, mapping or Framework
        A shipped id, a file, or its contents.
    cases : str, Path, mapping or Cases, optional
        Its cases; those at ``cases/<id>.yaml`` beside it, if left out.

    Returns
    -------
    PolicyTest

    Raises
    ------
    DocumentError
        With all errors of the documents. A misspelt fact in a case is an error, not a failure.
    UsageError
        If no cases are given and there are none beside the framework.

    Examples
    --------
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "small",
    ...     "facts": {"harmful": {"kind": "flag"}},
    ...     "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
    ... }
    >>> candidate = {"facts": {"harmful": True}}
    >>> case = {"id": "harm", "candidate": candidate, "expect": {"verdict": "outside"}}
    >>> cases = {"collabscore": "cases/1", "framework": "small", "cases": [case]}
    >>> run_cases(framework, cases).summary
    '1 case of `small`: 1 passed'
    """
    loaded = load_framework(framework)
    source = cases if cases is not None else cases_beside(loaded)
    if source is None:
        help = f"give them, or put them at `cases/{loaded.id}.yaml` beside the framework"
        raise UsageError(f"there are no cases of `{loaded.id}`", "cases", help)
    return judge_cases(loaded, load_cases(source, loaded))


def judge_cases(framework: Framework, cases: Cases) -> PolicyTest:
    """Judge cases that are checked already, and compare with their expectations."""
    candidates = cases.candidates()
    ranking = rank(Problem.from_candidates(candidates, framework))
    outcomes = []
    for k, (case, candidate) in enumerate(zip(cases.cases, candidates.candidates, strict=True)):
        assessment = ranking[candidate.id]
        mismatches = []
        for found in _expectation_mismatches(case.expect, ranking, assessment):
            path = found.about.split(".", 1)
            span = _span_of(cases, "cases", k, "expect", *path)
            mismatches.append(replace(found, span=span))
        start = _span_of(cases, "cases", k, "id")
        outcomes.append(CaseOutcome(case, assessment, tuple(mismatches), start))
    order = _order_mismatches(cases, outcomes)
    claims = _claim_outcomes(framework, cases)
    return PolicyTest(cases, ranking, tuple(outcomes), tuple(order), tuple(claims))


def _claim_outcomes(framework: Framework, cases: Cases) -> Iterator[ClaimOutcome]:
    """Yield the claims, each proved, refuted, or not checked for want of z3."""
    statements: Sequence[Statement | None] = [None] * len(cases.claims)
    if cases.claims:
        with suppress(MissingExtraError):
            statements = prove_claims(framework, cases)
    for k, (claim, statement) in enumerate(zip(cases.claims, statements, strict=True)):
        mismatches: tuple[Mismatch, ...] = ()
        if statement is not None and statement.outcome != "proved":
            mismatches = (_claim_mismatch(claim, statement, cases, k),)
        yield ClaimOutcome(claim, statement, mismatches, _span_of(cases, "claims", k, "id"))


def _claim_mismatch(claim: Claim, statement: Statement, cases: Cases, k: int) -> Mismatch:
    """Return what a claim expects, and the candidate that it is false of."""
    subject, about = claim.subject, "never" if claim.never else "always"
    expected = _in_ticks(subject.verdict, joint=" or ")
    if subject.verdict is None:
        bounds = {"at least": subject.at_least, "at most": subject.at_most}
        expected = " and ".join(f"{key} `{word}`" for key, word in bounds.items() if word)
    span = _span_of(cases, "claims", k, about)
    if claim.never:
        expected = f"not {expected}"
    if statement.example is None:
        return Mismatch(about, expected, statement.remark or statement.outcome, None, span)
    verdict, *_ = statement.example.verdicts[0].values()
    found = _in_ticks(verdict)
    return Mismatch(about, expected, found, f"counterexample {statement.example.lines[0]}", span)


def claims_in_words(claims: Sequence[ClaimOutcome]) -> Iterator[str]:
    """Yield how many claims hold, do not hold, and were not checked.

    Examples
    --------
    >>> list(claims_in_words([]))
    []
    """
    failed = sum(bool(outcome.mismatches) for outcome in claims)
    unchecked = sum(outcome.statement is None for outcome in claims)
    for count, words in (
        (len(claims) - failed - unchecked, "proved"),
        (failed, "not proved"),
        (unchecked, "not checked"),
    ):
        if count:
            yield f"{plural(count, 'claim')} {words}"


def _span_of(cases: Cases, *path: str | int) -> Span | None:
    return positions_of(cases.origin).find(path)[0]


def _expectation_mismatches(
    expect: Expectation, ranking: Ranking, assessment: Assessment
) -> Iterator[Mismatch]:
    """Yield the expectations that are not met, without spans; those left out are not compared."""
    given = expect.model_fields_set
    if "verdict" in given and expect.verdict != assessment.verdict:
        words = (
            _in_ticks(expect.verdict, NOT_APPLICABLE.word),
            _in_ticks(assessment.verdict, NOT_APPLICABLE.word),
        )
        yield Mismatch("verdict", *words, _verdict_reason(assessment))
    if "verdict_range" in given:
        expected = _in_ticks(expect.verdict_range, joint=" to ")
        found = _in_ticks(assessment.verdict_range, joint=" to ")
        if expected != found:
            yield Mismatch("verdict_range", expected, found)
    if "unknown" in given:
        yield from _unknown_mismatches(expect.unknown or (), assessment)
    if "band" in given and expect.band != assessment.band:
        words = (_in_ticks(expect.band), _in_ticks(assessment.band))
        yield Mismatch("band", *words, _band_reason(assessment))
    yield from _finding_mismatches(expect.findings, ranking, assessment)


def _finding_mismatches(
    expected: Mapping[str, str], ranking: Ranking, assessment: Assessment
) -> Iterator[Mismatch]:
    """Yield the guardrails whose state is not the expected one."""
    states = {finding.guardrail: finding.state for finding in assessment.findings}
    for guardrail, state in expected.items():
        if states.get(guardrail) != state:
            words = (_in_ticks(state), _in_ticks(states.get(guardrail)))
            reason = _finding_reason(ranking, assessment, guardrail)
            yield Mismatch(f"findings.{guardrail}", *words, reason)


def _verdict_reason(assessment: Assessment) -> str | None:
    """Return the guardrails that give the verdict."""
    reasons = []
    for finding in assessment.findings:
        if finding.verdict == assessment.verdict and finding.state != "clear":
            reasons.append(f"`{finding.guardrail}` is {finding.state}")
    if not reasons and assessment.verdict is not None:
        return "no guardrail applies"
    return "; ".join(reasons) or None


def _band_reason(assessment: Assessment) -> str:
    if assessment.score is None:
        return "there is no score"
    if assessment.rank is None:
        return f"`{assessment.verdict}` is not ranked"
    return f"the score is {assessment.score:.1f}"


def _unknown_mismatches(expected: Iterable[str], assessment: Assessment) -> Iterator[Mismatch]:
    """Yield the expected unknown names, if they are not those that guardrails ask for."""
    wanted = dict.fromkeys(expected)
    asking: dict[str, list[str]] = {}
    for finding in assessment.findings:
        for name in finding.unknown:
            asking.setdefault(name, []).append(finding.guardrail)
    reasons = []
    for name, guardrails in asking.items():
        if name not in wanted:
            reasons.append(f"{_in_ticks(guardrails)} needs `{name}`")
    for name in wanted:
        if name not in asking:
            reasons.append(f"no guardrail needs `{name}`")
    if reasons:
        yield Mismatch("unknown", _in_ticks(wanted), _in_ticks(asking), "; ".join(reasons))


def _finding_reason(ranking: Ranking, assessment: Assessment, guardrail: str) -> str | None:
    """Return the facts that decided a finding, and the safeguards that it misses."""
    if assessment.verdict is None:
        return "the framework does not apply to the candidate"
    row = int(ranking.order[ranking.place_of(assessment.id)])
    evidence = guardrail_evidence(ranking, row, guardrail)
    reasons = [f"`{each.name}` is {each.answer}" for each in evidence.decided]
    if evidence.finding.state == "unmet":
        needs = [_in_ticks(options, joint=" or ") for options in evidence.finding.missing]
        reasons.append(f"missing: {'; '.join(needs)}")
    return ", ".join(reasons) or None


def _order_mismatches(cases: Cases, outcomes: Iterable[CaseOutcome]) -> Iterator[Mismatch]:
    """Yield neighbours in the expected order of which the first is not before the second."""
    assessments = {outcome.case.id: outcome.assessment for outcome in outcomes}
    for k, (one, other) in enumerate(pairwise(cases.order)):
        here, there = assessments[one], assessments[other]
        if _standing_of(here) < _standing_of(there):
            continue
        found = f"`{other}` before `{one}`"
        if _standing_of(here) == _standing_of(there):
            found = "both at the same place"
        reason = f"`{one}`: {_standing_in_words(here)}; `{other}`: {_standing_in_words(there)}"
        span = _span_of(cases, "order", k + 1)
        yield Mismatch("order", f"`{one}` before `{other}`", found, reason, span)


def _standing_of(assessment: Assessment) -> tuple[int, int]:
    """Return a position to be compared; of equal ones neither is before the other."""
    if assessment.rank is not None:
        return 0, assessment.rank
    verdicts = assessment.framework.all_verdicts
    if assessment.verdict is not None and verdicts[assessment.verdict].ranked:
        # without a score: the mildest verdict first
        return 1, list(verdicts).index(assessment.verdict)
    return 2, 0


def _standing_in_words(assessment: Assessment) -> str:
    if assessment.verdict is None:
        return NOT_APPLICABLE.word
    if assessment.score is None:
        return f"{assessment.verdict}, no score"
    if assessment.rank is None:
        return f"{assessment.verdict}, not ranked"
    return f"{assessment.verdict}, rank {assessment.rank}, score {assessment.score:.1f}"


def _in_ticks(words: str | Iterable[str] | None, none: str = "none", joint: str = ", ") -> str:
    """Return ids for a sentence; `none` in place of no ids."""
    if isinstance(words, str):
        words = (words,)
    return joint.join(f"`{word}`" for word in words or ()) or none
