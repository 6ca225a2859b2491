"""Stability: how far weights and ratings may move, one at a time, before the result changes.

Imports scoring and everything below it.
"""
