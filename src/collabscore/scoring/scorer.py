"""Scoring: a problem in, a ranking out.

Imports the other modules of this storey. Axis letter: n candidates.
"""

from __future__ import annotations

import numpy as np

from ..kernels.ranking import order_and_ranks
from .evaluation import Evaluator
from .problem import Problem
from .ranking import Ranking
from .valuation import Valuation
from .verdicts import judge

__all__ = ["rank"]


def rank(problem: Problem) -> Ranking:
    """Score the candidates of a problem, judge them by the guardrails, and put them in order.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Ranking
    """
    valuation = Valuation(problem)
    judgement = judge(Evaluator(problem, valuation), problem.framework.compiled_guardrails)
    verdicts = list(problem.framework.all_verdicts.values())
    tier = np.array([verdict.tier for verdict in verdicts], dtype=np.intp)
    ranked = np.array([verdict.ranked for verdict in verdicts])
    order, ranks = order_and_ranks(
        100 * valuation.root,
        tier[judgement.severity],
        ranked[judgement.severity],
        judgement.severity,
        judgement.applicable,
    )
    in_order = ranks[order]
    for array in (order, in_order):
        array.flags.writeable = False
    return Ranking(problem, valuation, judgement, order, in_order)
