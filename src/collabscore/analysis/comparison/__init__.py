"""Comparison: one list of candidates as several frameworks judge it, where they agree and where not.

Imports what stands above in this storey, scoring, the loading of documents and `table`.
"""

from __future__ import annotations

from .result import Comparison, compare

__all__ = ["Comparison", "compare"]
