"""Learning: which open questions are worth an answer.

Imports scoring and everything below it.
"""
