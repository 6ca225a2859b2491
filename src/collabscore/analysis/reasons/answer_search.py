"""The search for answers to open facts, and for safeguards, that would lift a candidate or cost it its place.

Imports the changes, the variants, the answers to open facts, and `scoring` and below. Axis letter: `v` variants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...scoring.assessment import Assessment
from ...scoring.columns import AnswerColumn, FactColumn, NumberColumn, SetColumn
from ...scoring.problem import Problem
from ...scoring.wording import known_of, title_of_word
from ..learning.answers import OpenFact, open_facts
from .changes import Aim, FactChange, SafeguardChange, consequence_of
from .variants import Outcomes, Variants

__all__ = ["fact_changes", "safeguard_changes"]


def fact_changes(variants: Variants, aims: Sequence[Aim]) -> Iterator[FactChange]:
    """Yield the answers to each open fact, alone, that bring an aim about."""
    problem = variants.copies(1)
    for entry in open_facts(problem):
        outcomes = variants.outcomes(
            variants.answered(entry.fact, _column(problem.facts[entry.fact], entry))
        )
        for aim in aims:
            for k in np.flatnonzero(aim.holds(outcomes)).tolist():
                yield FactChange(
                    aim=aim.id,
                    fact=entry.fact,
                    title=title_of_word(problem.framework, entry.fact),
                    present=known_of(problem, entry.fact, 0),
                    answer=entry.answers[k].label,
                    consequence=consequence_of(variants, outcomes, k),
                )


def _column(column: FactColumn, entry: OpenFact) -> FactColumn:
    """Return each answer to a fact as a row."""
    parts: list[Any] = [answer.part for answer in entry.answers]
    rows = np.arange(len(parts))
    match column:
        case AnswerColumn(_, possible):
            # the last row stands for unknown
            table = np.ones((len(parts) + 1, possible.shape[1]), dtype=np.bool_)
            table[:-1] = np.eye(possible.shape[1], dtype=np.bool_)[parts]
            return AnswerColumn(rows, table)
        case NumberColumn():
            low, high = np.array(parts, dtype=np.float64).T
            return NumberColumn(np.ascontiguousarray(low), np.ascontiguousarray(high))
        case SetColumn():
            return SetColumn(rows, (*parts, None))


# safeguards


def safeguard_changes(
    variants: Variants, aims: Sequence[Aim], assessment: Assessment
) -> Iterator[SafeguardChange]:
    """Yield the safeguards that bring an aim about: each alone or, where none does, the missing ones together."""
    planned = tuple(name for name, flags in variants.copies(1).planned.items() if flags[0])
    there = {name for name, flags in variants.copies(1).in_place.items() if flags[0]}
    known = list(variants.ranking.framework.all_safeguards)
    for gain, names in (
        (True, [name for name in known if name not in there]),
        (False, sorted(there, key=known.index)),
    ):
        wanted = [aim for aim in aims if aim.gain is gain]
        if not wanted:
            continue
        outcomes = _alone(variants, names, placed=gain) if names else None
        for aim in wanted:
            alone = np.flatnonzero(aim.holds(outcomes)).tolist() if outcomes is not None else []
            for k in alone:
                assert outcomes is not None
                said = tuple(name for name in planned if name == names[k])
                yield SafeguardChange(
                    aim.id, ((names[k],),), said, consequence_of(variants, outcomes, k)
                )
            if gain and not alone:
                yield from _together(variants, aim, assessment, planned)


def _alone(variants: Variants, names: Sequence[str], *, placed: bool) -> Outcomes:
    rows = np.eye(len(names), dtype=np.bool_)
    return variants.outcomes(
        variants.secured({name: rows[k] == placed for k, name in enumerate(names)})
    )


def _together(
    variants: Variants, aim: Aim, assessment: Assessment, planned: tuple[str, ...]
) -> Iterator[SafeguardChange]:
    """Yield the fewest of the missing safeguards that bring an aim about: of what decides, else of all guardrails."""
    deciding = [finding for finding in assessment.findings if finding.verdict == assessment.verdict]
    for findings in (deciding, assessment.findings):
        needs = list(dict.fromkeys(options for finding in findings for options in finding.missing))
        if not _reached(variants, aim, needs, planned):
            continue
        for options in list(needs):
            fewer = [other for other in needs if other != options]
            if _reached(variants, aim, fewer, planned):
                needs = fewer
        outcomes = variants.outcomes(_placed(variants, needs, planned))
        said = tuple(name for options in needs for name in options if name in planned)
        yield SafeguardChange(aim.id, tuple(needs), said, consequence_of(variants, outcomes, 0))
        return


def _reached(
    variants: Variants, aim: Aim, needs: Sequence[tuple[str, ...]], planned: Sequence[str]
) -> bool:
    return bool(needs) and bool(aim.holds(variants.outcomes(_placed(variants, needs, planned)))[0])


def _placed(
    variants: Variants, needs: Sequence[tuple[str, ...]], planned: Sequence[str]
) -> Problem:
    """Return the candidate with one safeguard of each need in place: one that is planned, else the first."""
    chosen = (next((name for name in options if name in planned), options[0]) for options in needs)
    return variants.secured({name: np.ones(1, dtype=np.bool_) for name in chosen})
