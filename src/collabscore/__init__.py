"""Score and rank candidates of international cooperation against a declared policy framework.

>>> import collabscore as cs
>>> ranking = cs.score([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
>>> ranking["flu"].verdict
'refer'
"""

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
    UsageError,
)
from .models.candidates import Candidate, Candidates
from .models.framework import Framework, Vocabulary
from .scoring.assessment import Assessment, Finding
from .scoring.problem import Problem
from .scoring.ranking import Ranking
from .table import Table

__all__ = [
    "Assessment",
    "Candidate",
    "CandidateError",
    "Candidates",
    "CollabscoreError",
    "Diagnostic",
    "DocumentError",
    "Finding",
    "Framework",
    "FrameworkError",
    "MissingExtraError",
    "Problem",
    "Ranking",
    "Table",
    "UsageError",
    "Vocabulary",
    "load_candidates",
    "load_framework",
    "load_vocabulary",
    "score",
]
