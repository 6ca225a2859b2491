"""Difference: what changed between two runs, and what each change did to scores, verdicts and the order.

Imports scoring and everything below it. Axis letters: n candidates in both runs, m leaf criteria, k kinds of change.
"""
