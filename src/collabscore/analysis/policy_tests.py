"""Tests of policy: what a framework says of its cases, beside what it is expected to say.

Imports `scoring`, `documents`, the models, and the findings of this storey. Axis letters: n cases, g guardrails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..documents.loading import (
    CaseSource,
    FrameworkSource,
    cases_beside,
    load_cases,
    load_framework,
)
from ..documents.positions import positions_of
from ..errors import KeyPath, Span, UsageError
from ..models.base import title_of
from ..models.cases import Case, Cases, Expectation
from ..models.framework import Framework
from ..output import Badge, Cell, Column, Table, as_json
from ..scoring.assessment import Assessment, Finding
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank
from ..scoring.wording import badge
from .evidence import guardrail_evidence

__all__ = ["CaseOutcome", "Mismatch", "PolicyTest", "judge_cases", "run_cases"]


@dataclass(frozen=True)
class Mismatch:
    """One thing that a framework says otherwise than a case expects.

    Parameters
    ----------
    about : str
        verdict, verdict_range, band, unknown, order, or the id of a guardrail under ``findings.``.
    expected, found : str
        In words.
    reason : str or None
        What made the framework say so.
    span : Span or None
        Where the expectation stands; None where the cases came from no text.
    """

    about: str
    expected: str
    found: str
    reason: str | None = None
    span: Span | None = None

    def __str__(self) -> str:
        said = f"{self.about}: expected {self.expected}, found {self.found}"
        return said + (f" ({self.reason})" if self.reason else "")

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        line = self.span.line if self.span is not None else None
        return {
            "about": self.about,
            "expected": self.expected,
            "found": self.found,
            "reason": self.reason,
            "line": line,
        }


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one case.

    Parameters
    ----------
    case : Case
    assessment : Assessment
        What the framework says of its candidate.
    mismatches : tuple of Mismatch
        None where all is as expected.
    span : Span or None
        Where the case begins.
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
        """The name of the case for readers."""
        return title_of(self.case.id, self.case.title or self.case.candidate.title)

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "case": self.case.id,
            "title": self.title,
            "passed": self.passed,
            "line": self.span.line if self.span is not None else None,
            "verdict": self.assessment.verdict,
            "mismatches": [mismatch.record() for mismatch in self.mismatches],
        }


@dataclass(frozen=True, eq=False, repr=False)
class PolicyTest:
    """What a framework says of its cases, beside what it is expected to say.

    Parameters
    ----------
    cases : Cases
    ranking : Ranking
        The candidates of all cases, judged together.
    outcomes : tuple of CaseOutcome
        One for each case, (n,), in the order of the document.
    order : tuple of Mismatch
        Neighbours in the expected order that stand otherwise.
    """

    cases: Cases
    ranking: Ranking
    outcomes: tuple[CaseOutcome, ...]
    order: tuple[Mismatch, ...]

    @property
    def framework(self) -> Framework:
        """The framework that was tested."""
        return self.ranking.framework

    @property
    def passed(self) -> bool:
        """Whether all is as expected, the order included."""
        return not self.failures and not self.order

    @property
    def failures(self) -> tuple[CaseOutcome, ...]:
        """The cases of which something is not as expected."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def summary(self) -> str:
        """How many cases passed, in words."""
        total, failed = len(self.outcomes), len(self.failures)
        said = [f"{total - failed} passed"] + [f"{failed} failed"] * bool(failed)
        if self.cases.order:
            said.append("the order failed" if self.order else "the order holds")
        return f"{total} {'case' if total == 1 else 'cases'} of `{self.framework.id}`: {', '.join(said)}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the outcomes."""
        order = [str(mismatch) for mismatch in self.order]
        return (f"{self.summary}.", *order, *self.ranking.notes)

    def table(self) -> Table:
        """Return the outcomes as a table, one row for each case."""
        columns = (
            Column("case", "Case", priority=0, least=20),
            Column("result", "Result", kind="badge", priority=0),
            Column("verdict", "Verdict", kind="badge", priority=1),
            Column("mismatches", "Not as expected", kind="list", priority=0, least=30),
            Column("id", "Id", priority=9, least=8, lines=1),
        )
        rows = tuple(self._row(outcome) for outcome in self.outcomes)
        title = f"Cases of {title_of(self.framework.id, self.framework.title)}"
        return Table(columns, rows, title=title, notes=self.notes)

    def _row(self, outcome: CaseOutcome) -> tuple[Cell, ...]:
        result = Badge("passed", "●", "good") if outcome.passed else Badge("failed", "✕", "stop")
        differing = tuple(map(str, outcome.mismatches))
        return (
            outcome.title,
            result,
            badge(outcome.assessment.verdict, self.framework),
            differing or None,
            outcome.case.id,
        )

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each case, in the order of the document."""
        return [outcome.record() for outcome in self.outcomes]

    def document(self) -> dict[str, Any]:
        """Return the whole result as plain data."""
        failed = len(self.failures)
        return {
            "collabscore": "test/1",
            "framework": outline_of(self.framework),
            "options": {},
            "passed": self.passed,
            "counts": {
                "cases": len(self.outcomes),
                "passed": len(self.outcomes) - failed,
                "failed": failed,
            },
            "cases": self.records(),
            "order": {
                "expected": list(self.cases.order),
                "passed": not self.order,
                "mismatches": [mismatch.record() for mismatch in self.order],
            },
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }

    def to_json(self) -> str:
        """Return the whole result as JSON; the same for the same input."""
        return as_json(self.document())

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def run_cases(framework: FrameworkSource, cases: CaseSource | None = None) -> PolicyTest:
    """Test a framework by its cases: judge the candidate of each, and compare with what is expected.

    A framework says in words what it means to do; its cases hold it to that when somebody changes it.

    Parameters
    ----------
    framework : str, KeyPath, mapping or Framework
        A shipped id, a file, or what it holds.
    cases : str, KeyPath, mapping or Cases, optional
        Its cases; those at ``cases/<id>.yaml`` beside it, if left out.

    Returns
    -------
    PolicyTest

    Raises
    ------
    DocumentError
        With everything that is wrong with the documents: a misspelt fact in a case is an error, and no failure.
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
    >>> harm = {"id": "harm", "candidate": {"facts": {"harmful": True}}, "expect": {"verdict": "outside"}}
    >>> tested = run_cases(framework, {"collabscore": "cases/1", "framework": "small", "cases": [harm]})
    >>> tested.summary
    '1 case of `small`: 1 passed'
    """
    loaded = load_framework(framework)
    source = cases if cases is not None else cases_beside(loaded)
    if source is None:
        raise UsageError(
            f"there are no cases of `{loaded.id}`: put them at `cases/{loaded.id}.yaml` beside it"
        )
    return judge_cases(loaded, load_cases(source, loaded))


def judge_cases(framework: Framework, cases: Cases) -> PolicyTest:
    """Judge cases that are checked already, and compare with what is expected."""
    candidates = cases.candidates()
    ranking = rank(Problem.from_candidates(candidates, framework))
    places = [ranking.place_of(candidate.id) for candidate in candidates.candidates]
    outcomes = tuple(_outcome(cases, k, ranking, place) for k, place in enumerate(places))
    standing = {case.id: ranking[place] for case, place in zip(cases.cases, places, strict=True)}
    return PolicyTest(cases, ranking, outcomes, tuple(_disorder(cases, standing, framework)))


def _span(cases: Cases, path: KeyPath) -> Span | None:
    positions = positions_of(cases.origin) if cases.origin is not None else None
    return positions.key(path) if positions is not None else None


def _outcome(cases: Cases, k: int, ranking: Ranking, place: int) -> CaseOutcome:
    case, assessment = cases.cases[k], ranking[place]

    def at(*path: str) -> Span | None:
        return _span(cases, ("cases", k, "expect", *path))

    expect = case.expect
    found = [
        compare(expect, assessment, at)
        for key, compare in _COMPARED.items()
        if key in expect.model_fields_set
    ]
    mismatches = [mismatch for mismatch in found if mismatch is not None]
    mismatches += _findings(expect, ranking, place, assessment, at)
    return CaseOutcome(case, assessment, tuple(mismatches), _span(cases, ("cases", k, "id")))


_At = Callable[..., Span | None]


def _verdict(expect: Expectation, assessment: Assessment, at: _At) -> Mismatch | None:
    if expect.verdict == assessment.verdict:
        return None
    behind = [finding for finding in assessment.findings if finding.verdict == assessment.verdict]
    triggered = [
        f"the guardrail `{finding.guardrail}` is {finding.state}"
        for finding in behind
        if finding.state != "clear"
    ]
    reason = "; ".join(triggered) or (
        "no guardrail is triggered" if assessment.verdict is not None else None
    )
    return Mismatch(
        "verdict",
        _verdict_word(expect.verdict),
        _verdict_word(assessment.verdict),
        reason,
        at("verdict"),
    )


def _verdict_range(expect: Expectation, assessment: Assessment, at: _At) -> Mismatch | None:
    expected = tuple(expect.verdict_range) if expect.verdict_range is not None else None
    if expected == assessment.verdict_range:
        return None
    found = assessment.verdict_range
    return Mismatch(
        "verdict_range", _range_words(expected), _range_words(found), span=at("verdict_range")
    )


def _band(expect: Expectation, assessment: Assessment, at: _At) -> Mismatch | None:
    if expect.band == assessment.band:
        return None
    reason = (
        f"the score is {assessment.score:.1f}"
        if assessment.score is not None
        else "there is no score"
    )
    if assessment.rank is None and assessment.score is not None:
        reason = f"`{assessment.verdict}` is not ranked"
    return Mismatch(
        "band", _band_word(expect.band), _band_word(assessment.band), reason, at("band")
    )


def _unknown(expect: Expectation, assessment: Assessment, at: _At) -> Mismatch | None:
    expected = tuple(dict.fromkeys(expect.unknown or ()))
    asked = dict.fromkeys(name for finding in assessment.findings for name in finding.unknown)
    if set(expected) == set(asked):
        return None
    asking = {
        name: [f.guardrail for f in assessment.findings if name in f.unknown] for name in asked
    }
    more = [f"`{name}` is asked by {_list(asking[name])}" for name in asked if name not in expected]
    more += [f"nothing asks for `{name}`" for name in expected if name not in asked]
    return Mismatch("unknown", _list(expected), _list(asked), "; ".join(more), at("unknown"))


_COMPARED: dict[str, Callable[[Expectation, Assessment, _At], Mismatch | None]] = {
    "verdict": _verdict,
    "verdict_range": _verdict_range,
    "unknown": _unknown,
    "band": _band,
}


def _findings(
    expect: Expectation, ranking: Ranking, place: int, assessment: Assessment, at: _At
) -> Iterator[Mismatch]:
    found = {finding.guardrail: finding for finding in assessment.findings}
    for guardrail, state in expect.findings.items():
        finding = found.get(guardrail)
        if finding is None:
            why: str | None = "the framework is not about the candidate"
            yield Mismatch(
                f"findings.{guardrail}", _ticked(state), "none", why, at("findings", guardrail)
            )
        elif finding.state != state:
            why, span = _finding_reason(ranking, place, finding), at("findings", guardrail)
            yield Mismatch(
                f"findings.{guardrail}", _ticked(state), _ticked(finding.state), why, span
            )


def _finding_reason(ranking: Ranking, place: int, finding: Finding) -> str | None:
    """Return the facts that decided a finding, and what it needs or asks, in words."""
    part = guardrail_evidence(ranking, place, finding.guardrail)
    said = [f"`{decided.name}` is {decided.answer}" for decided in part.decided]
    if finding.state == "unmet":
        said.append(
            "missing: "
            + "; ".join(" or ".join(map(_ticked, options)) for options in finding.missing)
        )
    return ", ".join(said) or None


def _disorder(
    cases: Cases, standing: dict[str, Assessment], framework: Framework
) -> Iterator[Mismatch]:
    """Yield neighbours in the expected order of which the first does not stand before the second."""
    for k, (one, other) in enumerate(pairwise(cases.order)):
        first, second = standing[one], standing[other]
        if _place(first, framework) < _place(second, framework):
            continue
        level = _place(first, framework) == _place(second, framework)
        found = "neither before the other" if level else f"`{other}` before `{one}`"
        reason = f"`{one}`: {_place_words(first)}; `{other}`: {_place_words(second)}"
        yield Mismatch(
            "order", f"`{one}` before `{other}`", found, reason, _span(cases, ("order", k + 1))
        )


def _place(assessment: Assessment, framework: Framework) -> tuple[int, int]:
    """Return where a candidate stands; of equal places neither is before the other."""
    if assessment.rank is not None:
        return 0, assessment.rank
    verdicts = framework.all_verdicts
    if assessment.verdict is not None and verdicts[assessment.verdict].ranked:
        return 1, list(verdicts).index(
            assessment.verdict
        )  # without a score: the mildest verdict first
    return 2, 0


def _place_words(assessment: Assessment) -> str:
    if assessment.verdict is None:
        return "not applicable"
    if assessment.rank is None:
        return f"{assessment.verdict}, " + (
            "no score" if assessment.score is None else "not ranked"
        )
    return f"{assessment.verdict}, rank {assessment.rank}, score {assessment.score:.1f}"


def _range_words(ends: tuple[str, ...] | None) -> str:
    return " to ".join(map(_ticked, ends)) if ends is not None else "none"


def _ticked(word: str) -> str:
    return f"`{word}`"


def _list(words: Iterable[str]) -> str:
    return ", ".join(map(_ticked, words)) or "none"


def _verdict_word(verdict: str | None) -> str:
    return _ticked(verdict) if verdict is not None else "not applicable"


def _band_word(band: str | None) -> str:
    return _ticked(band) if band is not None else "none"
