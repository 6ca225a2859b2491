"""Rankings whose scores are weighted sums, from weights and ratings alone."""

from __future__ import annotations

import numpy as np

import collabscore as cs


def criteria_of(tree):
    found = {}
    for key, (weight, below) in tree.items():
        own = {"criteria": criteria_of(below)} if below else {"scale": {"range": [0, 100]}}
        found[key] = {"weight": list(weight) if isinstance(weight, tuple) else weight} | own
    return found


def leaves_of(tree):
    return [
        leaf for key, (_, below) in tree.items() for leaf in (leaves_of(below) if below else [key])
    ]


def ranked(tree, ratings, **framework):
    """Rank candidates a, b, c ... by their ratings from 0 to 100, a row each."""
    leaves = leaves_of(tree)
    rows = [
        {"id": chr(97 + k), "ratings": dict(zip(leaves, row, strict=True))}
        for k, row in enumerate(ratings)
    ]
    return cs.score(
        rows, {"collabscore": "framework/1", "id": "t", "criteria": criteria_of(tree)} | framework
    )


def ends(found, n):
    """Return the best and the worst rank of a, b, c ..."""
    places = [found.ranking.place_of(chr(97 + k)) for k in range(n)]
    return [(int(found.best_ranks[place]), int(found.worst_ranks[place])) for place in places]


def flat(*weights):
    return {f"c{k}": (weight, {}) for k, weight in enumerate(weights)}


def max_violation(polytope, overall):
    """Return the largest violation of a constraint by weights; 0 for those that are admissible."""
    at_least, equal = polytope.constraints
    violations = np.concatenate([-overall, -(at_least @ overall), np.abs(equal @ overall)])
    return max(abs(float(overall.sum()) - 1), float(np.max(violations, initial=0.0)))
