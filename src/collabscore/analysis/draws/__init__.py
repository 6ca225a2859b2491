"""Draws: what is uncertain of weights, ratings and methods, drawn and evaluated.

Imports scoring and everything below it.
"""
