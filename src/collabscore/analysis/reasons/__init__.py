"""Reasons: why one candidate stands where it does, and what would change it.

Imports scoring and everything below it.
"""
