"""Scenarios: what a ranking would be if something were otherwise.

Imports scoring and everything below it.
"""
