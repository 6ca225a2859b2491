"""Score and rank candidates of international cooperation against a declared policy framework.

>>> import collabscore as cs
>>> ranking = cs.score([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
>>> ranking["flu"].verdict
'refer'

Names are imported when first used (as SPEC 1 of Scientific Python has it), so that a command which only prints its
help, or a notebook which only reads a document, loads no more than that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis.comparison.result import Comparison, compare
    from .analysis.difference.result import Difference, diff
    from .analysis.exact.result import Extremes, extremes
    from .analysis.explanation import Explanation, explain
    from .analysis.policy_tests import PolicyTest, run_cases
    from .analysis.questions import Questions, next_questions
    from .analysis.robustness import Robustness, robustness
    from .analysis.stability.result import Sensitivity, sensitivity
    from .analysis.what_if import WhatIf, what_if
    from .api import score
    from .documents.candidate_loading import load_candidates
    from .documents.loading import load_framework, load_vocabulary
    from .errors import (
        CandidateError,
        CollabscoreError,
        Diagnostic,
        DocumentError,
        FrameworkError,
        MissingExtraError,
        UnreadableFileError,
        UsageError,
    )
    from .models.candidates import Candidate, Candidates
    from .models.framework import Framework, Vocabulary
    from .output import Table
    from .scoring.assessment import Assessment, Finding
    from .scoring.problem import Problem
    from .scoring.ranking import Ranking

__all__ = [
    "Assessment",
    "Candidate",
    "CandidateError",
    "Candidates",
    "CollabscoreError",
    "Comparison",
    "Diagnostic",
    "Difference",
    "DocumentError",
    "Explanation",
    "Extremes",
    "Finding",
    "Framework",
    "FrameworkError",
    "MissingExtraError",
    "PolicyTest",
    "Problem",
    "Questions",
    "Ranking",
    "Robustness",
    "Sensitivity",
    "Table",
    "UnreadableFileError",
    "UsageError",
    "Vocabulary",
    "WhatIf",
    "compare",
    "diff",
    "explain",
    "extremes",
    "load_candidates",
    "load_framework",
    "load_vocabulary",
    "next_questions",
    "robustness",
    "run_cases",
    "score",
    "sensitivity",
    "what_if",
]

_HOMES = {
    "analysis.comparison.result": ["Comparison", "compare"],
    "analysis.difference.result": ["Difference", "diff"],
    "analysis.explanation": ["Explanation", "explain"],
    "analysis.exact.result": ["Extremes", "extremes"],
    "analysis.policy_tests": ["PolicyTest", "run_cases"],
    "analysis.questions": ["Questions", "next_questions"],
    "analysis.robustness": ["Robustness", "robustness"],
    "analysis.what_if": ["WhatIf", "what_if"],
    "analysis.stability.result": ["Sensitivity", "sensitivity"],
    "api": ["score"],
    "documents.candidate_loading": ["load_candidates"],
    "documents.loading": ["load_framework", "load_vocabulary"],
    "models.candidates": ["Candidate", "Candidates"],
    "models.framework": ["Framework", "Vocabulary"],
    "scoring.assessment": ["Assessment", "Finding"],
    "scoring.problem": ["Problem"],
    "scoring.ranking": ["Ranking"],
    "output": ["Table"],
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used; what is in no other place is an error."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME.get(name, 'errors')}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
