"""Firmness: how sure the order and the verdicts are, counted over draws.

Imports scoring and everything below it.
"""
