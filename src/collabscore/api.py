"""The function `score`: what it accepts, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from .arrays import underflow_is_zero
from .documents.loading import CandidateSource, FrameworkSource, load_candidates, load_framework
from .documents.reweighting import GivenWeights, refuse_no_weights, reweighted
from .errors import UsageError
from .scoring.problem import Problem
from .scoring.ranking import Ranking, rank

__all__ = ["score"]


@underflow_is_zero
def score(
    candidates: CandidateSource | Problem,
    framework: FrameworkSource | None = None,
    *,
    weights: GivenWeights | None = None,
    as_of: str | date | None = None,
    ignore_columns: str | Sequence[str] = (),
) -> Ranking:
    """Score candidates against a framework and put them in order.

    Guardrails decide whether a candidate can go ahead; scores decide the order.

    Parameters
    ----------
    candidates : str, Path, mapping, Candidates, iterable of candidates, data frame or Problem
        A file, its content, or columns; see `load_candidates`.
    framework : str, Path, mapping or Framework, optional
        The framework to judge by: a shipped id, a file, or what it holds. The one that the list
        names, if left out. A problem has its framework already; the same one, in any form, may be
        given.
    weights : mapping of criterion or group id to weight, optional
        Weights in place of the framework's own, for this result, which says so. ``"50%"`` is the
        share among its siblings, which divide the remainder in proportion to their weights; a
        number is a weight as in a framework.
    as_of : str or date, optional
        The date by which ratings, facts and safeguards expire, in place of the list's own.
    ignore_columns : str or sequence of str
        Columns of a table that are left out. Others that are not understood are errors.

    Returns
    -------
    Ranking

    Raises
    ------
    DocumentError
        With all errors of the documents.
    UsageError
        If no framework is named, or several; if there is no such criterion, or the shares of a
        group are not possible; if `as_of` is no date.

    Examples
    --------
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "small",
    ...     "scales": {"five": {"range": [1, 5]}},
    ...     "criteria": {"benefit": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    ... }
    >>> ranking = score([{"id": "flu", "ratings": {"benefit": 5, "risk": 2}}], framework)
    >>> ranking["flu"].score
    87.5
    >>> score([{"id": "flu", "ratings": {"benefit": 5, "risk": 2}}], framework,
    ...     weights={"risk": "20%"})["flu"].score
    95.0
    """
    judge = None if framework is None else load_framework(framework)
    if isinstance(candidates, Problem):
        if judge is not None and judge.digest != candidates.framework.digest:
            message = "a problem has its framework already"
            raise UsageError(message, "framework", "leave it out")
        if as_of is not None:
            message = "columns do not expire, so a problem has no date"
            raise UsageError(message, "as_of", "leave it out, or give a list of candidates")
        return rank(_reweighted_problem(candidates, weights))
    loaded = load_candidates(candidates, judge, as_of=as_of, ignore_columns=ignore_columns)
    if judge is None:
        if len(loaded.frameworks) != 1:
            names = ", ".join(f"`{framework.id}`" for framework in loaded.frameworks)
            message = f"the list names several frameworks ({names})"
            raise UsageError(message, "framework", "name one of them")
        (judge,) = loaded.frameworks
    return rank(_reweighted_problem(Problem.from_candidates(loaded, judge), weights))


def _reweighted_problem(problem: Problem, weights: GivenWeights | None) -> Problem:
    if weights is None or not refuse_no_weights(weights):
        return problem
    return replace(problem, framework=reweighted(problem.framework, weights))
