"""Rank search: the best and the worst rank of each candidate over a polytope of weights.

Axis letters: n candidates of one tier, q columns of values, c competitors of one candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ..arrays import BoolArray, FloatArray, IntArray
from ..errors import optional
from ..kernels.ranking import TOLERANCE, ranks_in_draws
from ..kernels.weights import TILE, WeightPolytope

__all__ = ["TIE", "RankExtremes", "min_score_differences", "rank_extremes"]

TIE = TOLERANCE / 100
"""Values no farther apart are equal: the tolerance of scores, in values from 0 to 1."""

# pairs of candidates compared at once
_BLOCK = 2**21
# points of each kind whose ranks are the first bounds
_POINTS = 4096
# parts of the first of two competitors in mixtures that show that no weights serve both
_MIXTURES = (0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875, 0.06, 0.94)
# a mixture shows it if it misses by this much, far above rounding and `TIE`
_CLEARLY = 1e-9
# excluded pairs in a programme, for each competitor
_MOST_PAIRS = 20
_INFEASIBLE = 2


@dataclass(frozen=True, eq=False)
class RankExtremes:
    """The best and the worst rank of each candidate, and weights that give them.

    Parameters
    ----------
    best, worst : integer arrays of shape (n,)
        From 1.
    best_weights, worst_weights : arrays of shape (n, q)
        Overall weights of the columns; rows sum to 1.
    """

    best: IntArray
    worst: IntArray
    best_weights: FloatArray
    worst_weights: FloatArray


def min_score_differences(values: FloatArray, polytope: WeightPolytope) -> FloatArray:
    """Return the least lead of each candidate over each other over all admissible weights.

    Parameters
    ----------
    values : array of shape (n, q)
        In [0, 1].
    polytope : WeightPolytope

    Returns
    -------
    array of shape (n, n)
        The least of the value of the row's candidate less that of the column's, in [-1, 1]; 0 on
        the diagonal.
    """
    n = len(values)
    differences = np.empty((n, n))
    step = max(1, _BLOCK // max(1, n * polytope.tree.nodes))
    for start in range(0, n, step):
        pairs = values[start : start + step, None, :] - values
        least = polytope.least(pairs.reshape(-1, values.shape[1]))
        differences[start : start + step] = least.reshape(-1, n)
    return differences


def rank_extremes(
    values: FloatArray, polytope: WeightPolytope, differences: FloatArray
) -> RankExtremes:
    """Return the best and the worst rank of each candidate over all admissible weights.

    Parameters
    ----------
    values : array of shape (n, q)
        In [0, 1].
    polytope : WeightPolytope
    differences : array of shape (n, n)
        From `min_score_differences`.

    Notes
    -----
    ----- Competitors that are always or never ahead are counted once and for all. Ranks at vertices
    of the polytope, at drawn weights and at mixtures of vertices are the first bounds. Where they
    leave a gap, a mixed-integer programme finds the fewest competitors *out of place*: ahead of the
    candidate, for its best rank, or not ahead of it, for its worst. Its binaries z say which, with
    ``v_a - v_b + M_b z_b >= 0`` or ``v_b - v_a + M_b z_b >= 0``, M_b being the greatest shortfall
    there is. Pairs of competitors that no admissible weights put in place together make it many
    times faster, as rows ``z_b + z_c >= 1``: a mixture of their two inequalities then has no
    solution, which is found in closed form. Each answer is confirmed: a linear programme finds
    weights at which the competitors in place are so by the widest margin, and these are ranked. If
    there are none, those that limit the margin are excluded together, and the programme is solved
    again.

    References
    ----------
    ---------- Codato, G., Fischetti, M. (2006). Combinatorial Benders' cuts for mixed-integer
    linear programming. Operations Research 54(4), 756-766. doi:10.1287/opre.1060.0286 Kadzinski,
    M., Greco, S., Slowinski, R. (2012). Extreme ranking analysis in robust ordinal regression.
    Omega 40(4), 488-501. doi:10.1016/j.omega.2011.09.003
    """
    search = _RankSearch(values, polytope)
    for a in range(len(values)):
        always_ahead = differences[:, a] > TIE
        open_ = np.flatnonzero(~always_ahead & (differences[a] < -TIE))
        leads = values[a] - values[open_]
        rank = 1 + int(always_ahead.sum())
        search.settle(search.found.best, a, rank, leads, differences[a, open_])
        search.settle(search.found.worst, a, rank + len(open_), -leads, differences[open_, a])
    return search.found


class _RankSearch:
    """The best and worst ranks seen so far, and the search for better and worse ones."""

    def __init__(self, values: FloatArray, polytope: WeightPolytope) -> None:
        n, q = values.shape
        self.values, self.polytope = values, polytope
        self.found = RankExtremes(
            best=np.full(n, n + 1),
            worst=np.zeros(n, dtype=np.int64),
            best_weights=np.zeros((n, q)),
            worst_weights=np.zeros((n, q)),
        )
        self.points = _admissible_points(values, polytope)
        for start in range(0, len(self.points), TILE):
            self.rank_at(self.points[start : start + TILE])

    def rank_at(self, weights: FloatArray) -> None:
        """Take note of the ranks that weights give, (any, q)."""
        values = np.clip(weights @ self.values.T, 0.0, 1.0)
        ranks = ranks_in_draws(values, np.zeros(len(self.values), dtype=np.intp))
        least, greatest = ranks.min(axis=0), ranks.max(axis=0)
        better, worse = least < self.found.best, greatest > self.found.worst
        self.found.best[better] = least[better]
        self.found.best_weights[better] = weights[ranks.argmin(axis=0)[better]]
        self.found.worst[worse] = greatest[worse]
        self.found.worst_weights[worse] = weights[ranks.argmax(axis=0)[worse]]

    def settle(
        self, ranks: IntArray, a: int, limit: int, gaps: FloatArray, least: FloatArray
    ) -> None:
        """Find an end of the ranks of a candidate, unless the bounds meet already.

        Parameters
        ----------
        ranks : integer array of shape (n,)
            The best, or the worst, ranks found so far.
        a : int
            The candidate.
        limit : int
            Its rank with all of the competitors in place.
        gaps, least : arrays of shape (c, q) and (c,)
            See `_RankProgramme`.
        """
        if ranks[a] == limit:
            return
        programme = _RankProgramme(gaps, least, self.polytope, self.points)
        while misplaced := abs(int(ranks[a]) - limit):
            in_place = programme.most_in_place(misplaced - 1)
            if in_place is None:
                return
            weights, blocking = programme.widest_margin(in_place)
            self.rank_at(weights[None, :])
            if abs(int(ranks[a]) - limit) <= np.count_nonzero(~in_place):
                return
            programme.excluded_sets.append(blocking)


class _RankProgramme:
    """The programmes of one candidate and one end of its ranks.

    Variables are the q weights and, in the mixed-integer one, c binaries: 1 for competitors out of
    place.

    Parameters
    ----------
    gaps : array of shape (c, q)
        A competitor is in place where its weighted sum is not below 0.
    least : array of shape (c,)
        The least of each weighted sum over the admissible weights, below 0.
    polytope : WeightPolytope
    points : array of shape (any, q)
        Some of the admissible weights.
    """

    def __init__(
        self,
        gaps: FloatArray,
        least: FloatArray,
        polytope: WeightPolytope,
        points: FloatArray,
    ) -> None:
        self.gaps, self.least = gaps, least
        self.at_least, self.equal = polytope.constraints()
        self.excluded_sets: list[IntArray] = _excluded_pairs(gaps, polytope, points)

    def most_in_place(self, misplaced: int) -> BoolArray | None:
        """Return which competitors are in place where most are, all but `misplaced` or fewer.

        Returns
        -------
        boolean array of shape (c,), or None
            None if more than `misplaced` are out of place whatever the weights.
        """
        optimize = optional("scipy.optimize", "optimize")
        c, q = self.gaps.shape
        scales = np.maximum(np.abs(self.gaps).max(axis=1), -self.least)[:, None]
        links = np.hstack([self.gaps / scales, np.diag(-self.least) / scales])
        excluded = np.zeros((len(self.excluded_sets), q + c))
        for row, members in zip(excluded, self.excluded_sets, strict=True):
            row[q + members] = 1.0
        binaries = np.append(np.zeros(q), np.ones(c))
        total = 1.0 - binaries
        rows = [
            (_widened(self.at_least, c), 0.0, np.inf),
            (_widened(self.equal, c), 0.0, 0.0),
            (total[None, :], 1.0, 1.0),
            (links, 0.0, np.inf),
            (excluded, 1.0, np.inf),
            (binaries[None, :], 0.0, misplaced),
        ]
        found = optimize.milp(
            binaries,
            integrality=binaries,
            bounds=optimize.Bounds(0.0, 1.0),
            constraints=[optimize.LinearConstraint(*part) for part in rows if len(part[0])],
            options={"disp": False, "mip_rel_gap": 0.0},
        )
        if found.status == _INFEASIBLE:
            return None
        _require_solved(found)
        return np.asarray(found.x[q:] < 0.5)

    def widest_margin(self, in_place: BoolArray) -> tuple[FloatArray, IntArray]:
        """Return weights at which certain competitors are in place by the widest margin.

        Returns
        -------
        weights : array of shape (q,)
            Their sum is 1.
        blocking : integer array
            The competitors that limit the margin.
        """
        optimize = optional("scipy.optimize", "optimize")
        wanted = np.flatnonzero(in_place)
        q, k = self.gaps.shape[1], len(wanted)
        margins = np.hstack([-self.gaps[wanted], np.ones((k, 1))])
        found = optimize.linprog(
            np.append(np.zeros(q), -1.0),
            A_ub=np.vstack([margins, _widened(-self.at_least, 1)]),
            b_ub=np.zeros(k + len(self.at_least)),
            A_eq=_widened(np.vstack([self.equal, np.ones((1, q))]), 1),
            b_eq=np.append(np.zeros(len(self.equal)), 1.0),
            bounds=[*[(0.0, 1.0)] * q, (-1.0, 1.0)],
            method="highs-ds",
        )
        _require_solved(found)
        weights = np.maximum(found.x[:q], 0.0)
        blocking = wanted[found.ineqlin.marginals[:k] < 0]
        return weights / weights.sum(), blocking if len(blocking) else wanted


def _admissible_points(values: FloatArray, polytope: WeightPolytope) -> FloatArray:
    """Return vertices, drawn weights and mixtures of a few vertices, (any, q), always the same."""
    n, q = values.shape
    rng = np.random.default_rng(0)
    # vertices at which pairs lie farthest apart come first: of equal ranks the first weights are
    # named
    vertices = []
    step = max(1, _BLOCK // max(1, n * n))
    for start in range(0, n, step):
        pairs = (values[start : start + step, None, :] - values).reshape(-1, q)
        vertices.append(np.unique(polytope.minimise(pairs), axis=0))
    vertices.append(np.unique(polytope.minimise(rng.standard_normal((_POINTS, q))), axis=0))
    corners = np.concatenate(vertices)
    drawn = islice(polytope.sample(rng), _POINTS // TILE)
    # many of the best and worst ranks are on faces, which draws never reach
    shares = rng.standard_exponential((_POINTS, q))
    sizes = rng.integers(1, q + 1, (_POINTS, 1))
    shares[rng.random((_POINTS, q)).argsort(axis=1) >= sizes] = 0.0
    shares /= shares.sum(axis=1, keepdims=True)
    chosen = corners[rng.integers(0, len(corners), (_POINTS, q))]
    mixed = np.einsum("sk,skq->sq", shares, chosen)
    return np.concatenate([corners, *drawn, mixed])


def _excluded_pairs(
    gaps: FloatArray, polytope: WeightPolytope, points: FloatArray
) -> list[IntArray]:
    """Return pairs of competitors that are never in place together, the clearest first."""
    competitors = np.arange(len(gaps))
    in_place = (points @ gaps.T >= 0).astype(np.float32)
    never_together = in_place.T @ in_place == 0
    pairs = np.argwhere(never_together & (competitors[:, None] < competitors))
    scales = 1 / np.abs(gaps).max(axis=1)
    excess = np.full(len(pairs), -np.inf)
    for part in _MIXTURES:
        left = np.flatnonzero(excess < 0)
        first, second = pairs[left].T
        first_factor, second_factor = part * scales[first], (1 - part) * scales[second]
        mixed = first_factor[:, None] * gaps[first] + second_factor[:, None] * gaps[second]
        excess[left] = polytope.least(-mixed) - _CLEARLY * (first_factor + second_factor)
    clearest = np.argsort(-excess, kind="stable")[: _MOST_PAIRS * len(gaps)]
    return [*pairs[clearest[excess[clearest] >= 0]]]


def _widened(rows: FloatArray, more: int) -> FloatArray:
    """Return constraints on weights with columns for other variables."""
    return np.hstack([rows, np.zeros((len(rows), more))])


def _require_solved(found: Any) -> None:
    if not found.success:
        raise ArithmeticError(f"a programme of ranks was not solved: {found.message}")
