"""Framework and candidates to arrays, arrays to a ranking.

Axis letters: n candidates, m leaf criteria, g guardrails.
"""
