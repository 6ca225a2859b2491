"""The crosswalk: what verdicts of different frameworks have in common, by what is said of them in their definitions.

Imports scoring, the models and `table`. Axis letters: n candidates, f frameworks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...models.framework import Framework
from ...models.guardrails import Verdict
from ...output import Column, Table
from ...scoring.ranking import Ranking
from ...scoring.wording import badge

__all__ = [
    "ANSWERS",
    "NOT_APPLICABLE",
    "answer_words",
    "answers_of",
    "crosswalk",
    "crosswalk_table",
]

Codes: TypeAlias = NDArray[np.int8]

ANSWERS = ("goes ahead", "goes ahead with conditions", "a person decides", "does not go ahead")
"""What a verdict comes to, mild to severe."""
NOT_APPLICABLE = "not applicable"


def crosswalk(framework: Framework) -> dict[str, str]:
    """Return what each verdict of a framework comes to, by its definition.

    A verdict that is not ranked does not go ahead; of a ranked one beyond the first tier a person decides; of the first
    tier the mildest goes ahead, and the others go ahead with conditions.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> crosswalk(load_framework("guardrail"))["conditional"]
    'goes ahead with conditions'
    """
    verdicts = framework.all_verdicts
    mildest = next(iter(verdicts))
    return {key: ANSWERS[_answer(verdict, key == mildest)] for key, verdict in verdicts.items()}


def _answer(verdict: Verdict, mildest: bool) -> int:
    if not verdict.ranked:
        return 3
    return 2 if verdict.tier > 1 else 0 if mildest else 1


def answers_of(rankings: Sequence[Ranking]) -> Codes:
    """Return what the verdicts of each framework come to, in the order of the problem.

    Returns
    -------
    integer array of shape (n, f)
        Places in `ANSWERS`; -1 where a framework is not about the candidate.
    """
    columns = []
    for ranking in rankings:
        places = np.array(
            [ANSWERS.index(answer) for answer in crosswalk(ranking.framework).values()],
            dtype=np.int8,
        )
        judgement = ranking.judgement
        columns.append(np.where(judgement.applicable, places[judgement.severity], np.int8(-1)))
    return np.stack(columns, axis=1)


def answer_words(code: int) -> str:
    """Return an answer in words."""
    return ANSWERS[code] if code >= 0 else NOT_APPLICABLE


def crosswalk_table(frameworks: Sequence[Framework]) -> Table:
    """Return a row for each framework, with its own verdicts under what they come to."""
    columns = [Column("framework", "Framework", priority=0, least=10)]
    columns += [
        Column(f"answer_{k}", answer, kind="list", priority=0, least=12)
        for k, answer in enumerate(ANSWERS)
    ]
    rows = []
    for framework in frameworks:
        found = crosswalk(framework)
        named = [
            [_shaped(key, framework) for key, answer in found.items() if answer == wanted] or None
            for wanted in ANSWERS
        ]
        rows.append((framework.id, *named))
    return Table(tuple(columns), tuple(rows))


def _shaped(verdict: str, framework: Framework) -> str:
    mark = badge(verdict, framework)
    return f"{mark.shape} {mark.word}"
