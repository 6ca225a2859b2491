"""Score and rank candidates of international cooperation against a declared policy framework.

>>> import collabscore as cs
>>> ranking = cs.score([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
>>> ranking["flu"].verdict
'refer'

Names are imported when first used (as SPEC 1 of Scientific Python has it), so that a command which
only prints its help, or a notebook which only reads a document, loads no more than that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

_MODULES = {
    "Assessment": "scoring.verdicts",
    "Candidate": "models.candidates",
    "CandidateError": "errors",
    "Candidates": "models.candidates",
    "CollabscoreError": "errors",
    "Comparison": "analysis.comparison",
    "Diagnostic": "errors",
    "Difference": "analysis.difference",
    "DocumentError": "errors",
    "Explanation": "analysis.explanation",
    "ExtremeRanks": "analysis.extreme_ranks",
    "Finding": "scoring.verdicts",
    "Framework": "models.framework",
    "FrameworkError": "errors",
    "Impact": "analysis.impact",
    "MissingExtraError": "errors",
    "Panel": "analysis.panel",
    "PolicyTest": "analysis.policy_tests",
    "Problem": "scoring.problem",
    "Proof": "analysis.proof",
    "Questions": "analysis.questions",
    "Ranking": "scoring.ranking",
    "Robustness": "analysis.robustness",
    "Sensitivity": "analysis.sensitivity",
    "StoredResult": "analysis.stored",
    "Table": "output",
    "UnreadableFileError": "errors",
    "UsageError": "errors",
    "Vocabulary": "models.framework",
    "WhatIf": "analysis.what_if",
    "compare": "analysis.comparison",
    "diff": "analysis.difference",
    "explain": "analysis.explanation",
    "extreme_ranks": "analysis.extreme_ranks",
    "impact": "analysis.impact",
    "load_candidates": "documents.loading",
    "load_cases": "documents.loading",
    "load_framework": "documents.loading",
    "load_result": "analysis.stored",
    "load_vocabulary": "documents.loading",
    "next_questions": "analysis.questions",
    "panel": "analysis.panel",
    "prove": "analysis.proof",
    "robustness": "analysis.robustness",
    "run_cases": "analysis.policy_tests",
    "score": "api",
    "sensitivity": "analysis.sensitivity",
    "to_arrow": "output.frames",
    "to_excel": "output.excel",
    "to_pandas": "output.frames",
    "to_polars": "output.frames",
    "what_if": "analysis.what_if",
    "write_candidates": "documents.writing",
}
"""Public names and their modules, sorted; type checkers read the imports below."""

__all__ = list(_MODULES)

if TYPE_CHECKING:
    from .analysis.comparison import Comparison as Comparison
    from .analysis.comparison import compare as compare
    from .analysis.difference import Difference as Difference
    from .analysis.difference import diff as diff
    from .analysis.explanation import Explanation as Explanation
    from .analysis.explanation import explain as explain
    from .analysis.extreme_ranks import ExtremeRanks as ExtremeRanks
    from .analysis.extreme_ranks import extreme_ranks as extreme_ranks
    from .analysis.impact import Impact as Impact
    from .analysis.impact import impact as impact
    from .analysis.panel import Panel as Panel
    from .analysis.panel import panel as panel
    from .analysis.policy_tests import PolicyTest as PolicyTest
    from .analysis.policy_tests import run_cases as run_cases
    from .analysis.proof import Proof as Proof
    from .analysis.proof import prove as prove
    from .analysis.questions import Questions as Questions
    from .analysis.questions import next_questions as next_questions
    from .analysis.robustness import Robustness as Robustness
    from .analysis.robustness import robustness as robustness
    from .analysis.sensitivity import Sensitivity as Sensitivity
    from .analysis.sensitivity import sensitivity as sensitivity
    from .analysis.stored import StoredResult as StoredResult
    from .analysis.stored import load_result as load_result
    from .analysis.what_if import WhatIf as WhatIf
    from .analysis.what_if import what_if as what_if
    from .api import score as score
    from .documents.loading import load_candidates as load_candidates
    from .documents.loading import load_cases as load_cases
    from .documents.loading import load_framework as load_framework
    from .documents.loading import load_vocabulary as load_vocabulary
    from .documents.writing import write_candidates as write_candidates
    from .errors import CandidateError as CandidateError
    from .errors import CollabscoreError as CollabscoreError
    from .errors import Diagnostic as Diagnostic
    from .errors import DocumentError as DocumentError
    from .errors import FrameworkError as FrameworkError
    from .errors import MissingExtraError as MissingExtraError
    from .errors import UnreadableFileError as UnreadableFileError
    from .errors import UsageError as UsageError
    from .models.candidates import Candidate as Candidate
    from .models.candidates import Candidates as Candidates
    from .models.framework import Framework as Framework
    from .models.framework import Vocabulary as Vocabulary
    from .output import Table as Table
    from .output.excel import to_excel as to_excel
    from .output.frames import to_arrow as to_arrow
    from .output.frames import to_pandas as to_pandas
    from .output.frames import to_polars as to_polars
    from .scoring.problem import Problem as Problem
    from .scoring.ranking import Ranking as Ranking
    from .scoring.verdicts import Assessment as Assessment
    from .scoring.verdicts import Finding as Finding
else:

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
