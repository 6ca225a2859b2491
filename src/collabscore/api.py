"""The function `score`: what it accepts, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

from .arrays import underflow_is_zero
from .documents.loading import (
    CandidateSource,
    FrameworkSource,
    PlainDocument,
    is_frame,
    load_candidates,
    load_framework,
    read_candidates,
)
from .documents.reweighting import GivenWeights, refuse_no_weights, reweighted
from .errors import CandidateError, UsageError, names_of
from .models.candidates import Candidates
from .models.framework import Framework
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
        A file, its content, or columns; see `load_candidates`. A data frame, Parquet or Arrow file
        of more than 20,000 rows is read as columns where its types allow it; its manifest has the
        digest of those columns.
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
        _refuse_other_words(candidates, judge, as_of)
        return rank(_reweighted_problem(candidates, weights))
    if is_frame(candidates) or isinstance(candidates, str | Path):
        candidates = read_candidates(candidates)
    problem = None
    if judge is not None and isinstance(candidates, PlainDocument) and as_of is None:
        problem = _problem_at_once(candidates, judge, names_of("ignore_columns", ignore_columns))
    if problem is None:
        loaded = load_candidates(candidates, judge, as_of=as_of, ignore_columns=ignore_columns)
        problem = Problem.from_candidates(loaded, judge or _only_judge(loaded))
    return rank(_reweighted_problem(problem, weights))


def _refuse_other_words(
    problem: Problem, judge: Framework | None, as_of: str | date | None
) -> None:
    """Refuse a framework or a date that a problem cannot take."""
    if judge is not None and judge.digest != problem.framework.digest:
        message = "a problem has its framework already"
        raise UsageError(message, "framework", "leave it out")
    if as_of is not None:
        message = "columns do not expire, so a problem has no date"
        raise UsageError(message, "as_of", "leave it out, or give a list of candidates")


def _only_judge(candidates: Candidates) -> Framework:
    """Return the framework that a list names; refuse several."""
    if len(candidates.frameworks) != 1:
        names = ", ".join(f"`{framework.id}`" for framework in candidates.frameworks)
        message = f"the list names several frameworks ({names})"
        raise UsageError(message, "framework", "name one of them")
    (judge,) = candidates.frameworks
    return judge


def _problem_at_once(
    document: PlainDocument, judge: Framework, ignored: Sequence[str]
) -> Problem | None:
    """Return the problem of a large table with types; None where its rows must be read."""
    if document.sheet is None:
        return None
    columns = import_module(".documents.columns", __package__).columns_at_once(
        document, judge, ignored
    )
    if columns is None:
        return None
    try:
        return Problem.from_columns(
            judge,
            columns.measured,
            ids=columns.ids,
            titles=columns.titles,
            safeguards=columns.safeguards,
        )
    except CandidateError:
        return None  # the rows say more, and accept more


def _reweighted_problem(problem: Problem, weights: GivenWeights | None) -> Problem:
    if weights is None or not refuse_no_weights(weights):
        return problem
    return replace(problem, framework=reweighted(problem.framework, weights))
