"""What else one asks of a ranking: how sure it is, why it is so, and what would change it. One file a question.

Imports scoring and everything below it. Axis letters: n candidates, m leaf criteria, s draws, k ranks.
"""
