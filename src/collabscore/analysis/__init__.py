"""Analyses of a ranking: how sure, why, and what would change it. A module a question."""
