"""Exact answers: what any admissible weights can and cannot do, by optimisation.

Imports scoring and everything below it.
"""
