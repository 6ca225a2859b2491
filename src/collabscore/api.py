"""The function `score`: what it accepts, and where it goes."""

from __future__ import annotations

from .documents.loading import CandidateSource, FrameworkSource, load_candidates, load_framework
from .errors import UsageError
from .scoring.problem import Problem
from .scoring.ranking import Ranking, rank

__all__ = ["score"]


def score(
    candidates: CandidateSource | Problem, framework: FrameworkSource | None = None
) -> Ranking:
    """Score candidates against a framework and put them in order.

    Guardrails decide whether a candidate may be taken up, points in which order.

    Parameters
    ----------
    candidates : str, Path, mapping, Candidates, iterable of candidates, or Problem
        A file, what it holds, or columns.
    framework : str, Path, mapping or Framework, optional
        The framework to judge by: a shipped id, a file, or what it holds. The one that the list
        names, if left out. A problem has its framework already; the same one, in any form, may be
        given.

    Returns
    -------
    Ranking

    Raises
    ------
    DocumentError
        With everything that is wrong with the documents.
    UsageError
        If no framework is named, or several.

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
    """
    judge = None if framework is None else load_framework(framework)
    if isinstance(candidates, Problem):
        if judge is not None and judge.digest != candidates.framework.digest:
            raise UsageError("a problem has its framework already: leave `framework` out")
        return rank(candidates)
    loaded = load_candidates(candidates, judge)
    if judge is None:
        if len(loaded.frameworks) != 1:
            names = ", ".join(f"`{framework.id}`" for framework in loaded.frameworks)
            message = f"the list names several frameworks ({names}): name one of them"
            raise UsageError(message)
        (judge,) = loaded.frameworks
    return rank(Problem.from_candidates(loaded, judge))
