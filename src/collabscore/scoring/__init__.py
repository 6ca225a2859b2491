"""Framework and candidates to arrays, arrays to a ranking.

Imports `errors`, `table`, `kernels`, `models` and `documents`. Axis letters: n candidates, m leaf criteria,
g guardrails.
"""
