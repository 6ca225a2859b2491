"""Rank programmes: the best and the worst rank of each candidate over a polytope of weights.

Imports the kernels and, where it is needed, scipy. Axis letters: n candidates of one tier, q columns of values,
c competitors of one candidate.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import optional
from ...kernels.ranking import TOLERANCE, ranks_in_draws
from ...kernels.weights import WeightPolytope

__all__ = ["TIE", "Ends", "ends_of", "least_leads"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = NDArray[np.intp]

TIE = TOLERANCE / 100
"""Values no farther apart are equal: the tolerance of scores, in values from 0 to 1."""

_INFEASIBLE = 2
# pairs of candidates looked at at once
_BLOCK = 2**21


def least_leads(values: Floats, polytope: WeightPolytope) -> Floats:
    """Return by how much, at the least, each candidate leads each other over all admissible weights.

    Parameters
    ----------
    values : array of shape (n, q)
        In [0, 1].
    polytope : WeightPolytope

    Returns
    -------
    array of shape (n, n)
        The least of the value of the row's candidate less that of the column's, in [-1, 1]; 0 on the diagonal.
    """
    n = len(values)
    leads = np.empty((n, n))
    step = max(1, _BLOCK // max(1, n * polytope.tree.nodes))
    for start in range(0, n, step):
        block = values[start : start + step, None, :] - values
        leads[start : start + step] = polytope.least(block.reshape(-1, values.shape[1])).reshape(
            -1, n
        )
    return leads


@dataclass(frozen=True, eq=False)
class Ends:
    """The best and the worst rank of each candidate, and weights that give them.

    Parameters
    ----------
    best, worst : integer arrays of shape (n,)
        From 1.
    best_weights, worst_weights : arrays of shape (n, q)
        Overall weights of the columns; rows sum to 1.
    """

    best: NDArray[np.int64]
    worst: NDArray[np.int64]
    best_weights: Floats
    worst_weights: Floats


def ends_of(values: Floats, polytope: WeightPolytope, leads: Floats) -> Ends:
    """Return the best and the worst rank of each candidate over all admissible weights.

    Parameters
    ----------
    values : array of shape (n, q)
        In [0, 1].
    polytope : WeightPolytope
    leads : array of shape (n, n)
        What `least_leads` gives.

    Notes
    -----
    Best rank: 1 and the least number of binaries z with ``v_a - v_b + M_b z_b >= 0`` for each competitor b, worst rank:
    1 and the greatest number with ``v_b - v_a + M_b (1 - z_b) > 0``, M_b being the greatest difference there is. Who
    always or never stands ahead needs no binary, and vertices at which pairs lie farthest apart mostly give the answer
    before a programme has to. Each answer of a programme is confirmed: a linear programme finds weights at which those
    it wants ahead, or not ahead, are so by the widest margin, and these are ranked. If there are none, the competitors
    whose margins cannot be had together are barred from being so, and the programme is solved again.

    References
    ----------
    Kadzinski, M., Greco, S., Slowinski, R. (2012). Extreme ranking analysis in robust ordinal regression. Omega 40(4),
    488-501. doi:10.1016/j.omega.2011.09.003
    """
    return _Search(values, polytope, leads).ends()


@dataclass(eq=False)
class _Search:
    values: Floats
    polytope: WeightPolytope
    leads: Floats
    found: Ends = field(init=False)

    def __post_init__(self) -> None:
        n, q = self.values.shape
        nothing = np.zeros((n, q))
        self.found = Ends(np.full(n, n + 1), np.zeros(n, dtype=np.int64), nothing, nothing.copy())

    def ends(self) -> Ends:
        self._look_at_vertices()
        for a in range(len(self.values)):
            self._settle(a, best=True)
            self._settle(a, best=False)
        return self.found

    def _settle(self, a: int, *, best: bool) -> None:
        """Find an end of the ranks of a candidate, unless what was seen is all that there can be."""
        ahead, never = self.leads[:, a] > TIE, self.leads[a] >= -TIE
        open_ = np.flatnonzero(~ahead & ~never)
        certain = 1 + int(ahead.sum())
        programme = _Programme(self.values, self.polytope, self.leads, a, open_, best)
        ranks, limit = (
            (self.found.best, certain) if best else (self.found.worst, certain + len(open_))
        )
        while (known := int(ranks[a])) != limit and (
            chosen := programme.beyond(known - certain)
        ) is not None:
            weights, blocking = programme.widest(chosen)
            self._see(weights[None, :])
            if ranks[a] == known:
                programme.barred.append(blocking)

    # what weights that were met show

    def _look_at_vertices(self) -> None:
        n, q = self.values.shape
        step = max(1, _BLOCK // max(1, n * n))
        for start in range(0, n, step):
            slopes = (self.values[start : start + step, None, :] - self.values).reshape(-1, q)
            self._see(np.unique(self.polytope.minimise(slopes), axis=0))

    def _see(self, weights: Floats) -> None:
        """Take note of the ranks that weights give, (any, q)."""
        values = np.clip(weights @ self.values.T, 0.0, 1.0)
        ranks = ranks_in_draws(values, np.zeros(len(self.values), dtype=np.intp))
        places = np.arange(len(self.values))
        for best, row in ((True, ranks.argmin(axis=0)), (False, ranks.argmax(axis=0))):
            there = ranks[row, places]
            known = self.found.best if best else self.found.worst
            kept = self.found.best_weights if best else self.found.worst_weights
            better = there < known if best else there > known
            known[better], kept[better] = there[better], weights[row[better]]


@dataclass(eq=False)
class _Programme:
    """The programmes of one candidate and one end of its ranks: binaries say who stands ahead of it.

    Variables are the q weights and, in the mixed-integer one, c binaries.
    """

    values: Floats
    polytope: WeightPolytope
    leads: Floats
    a: int
    open_: Indices
    best: bool
    barred: list[Indices] = field(default_factory=list)

    @cached_property
    def gaps(self) -> Floats:
        """By how much each competitor's values exceed the candidate's, or fall short of them for the best rank."""
        ahead = self.values[self.open_] - self.values[self.a]
        return np.asarray(-ahead if self.best else ahead)

    def beyond(self, ahead: int) -> Flags | None:
        """Return who stands ahead in a better answer than `ahead` of the competitors; None if there is none."""
        optimize = optional("scipy.optimize", "optimize")
        c, q = self.gaps.shape
        at_least, equal = self.polytope.constraints()
        binaries = np.append(np.zeros(q), np.ones(c))
        rows = [
            (_wider(at_least, c), 0.0, np.inf),
            (_wider(equal, c), 0.0, 0.0),
            (_wider(np.ones((1, q)), c), 1.0, 1.0),
            self._links(),
            (binaries[None, :], *((0.0, ahead - 1.0) if self.best else (ahead + 1.0, np.inf))),
            *map(self._bar_row, self.barred),
        ]
        with _nothing_printed():
            found = optimize.milp(
                binaries if self.best else -binaries,
                integrality=binaries,
                bounds=optimize.Bounds(0.0, 1.0),
                constraints=[optimize.LinearConstraint(*part) for part in rows if len(part[0])],
                options={"mip_rel_gap": 0.0},
            )
        if found.status == _INFEASIBLE:
            return None
        _require_solved(found)
        return np.asarray(found.x[q:] > 0.5)

    def _links(self) -> tuple[Floats, Floats | float, float]:
        """Return the rows that tie each binary to a gap: it is at least 0, or the most that it can be below that."""
        if self.best:
            return np.hstack([self.gaps, np.diag(-self.leads[self.a, self.open_])]), 0.0, np.inf
        least = self.leads[self.open_, self.a]
        return np.hstack([self.gaps, np.diag(least)]), least, np.inf

    def _bar_row(self, members: Indices) -> tuple[Floats, float, float]:
        """Return the row that rules out that all of some stand behind, for the best rank, or ahead."""
        c, q = self.gaps.shape
        row = np.zeros((1, q + c))
        row[0, q + members] = 1.0
        return (row, 1.0, np.inf) if self.best else (row, 0.0, len(members) - 1.0)

    def widest(self, ahead: Flags) -> tuple[Floats, Indices]:
        """Return weights at which those who should be ahead, or behind, are so by the widest margin.

        Returns
        -------
        weights : array of shape (q,)
            Their sum is 1.
        blocking : integer array
            Which competitors the margin hangs on.
        """
        optimize = optional("scipy.optimize", "optimize")
        wanted = np.flatnonzero(~ahead if self.best else ahead)
        at_least, equal = self.polytope.constraints()
        q, k = self.values.shape[1], len(wanted)
        found = optimize.linprog(
            np.append(np.zeros(q), -1.0),
            A_ub=-np.vstack(
                [np.hstack([self.gaps[wanted], -np.ones((k, 1))]), _wider(at_least, 1)]
            ),
            b_ub=np.zeros(k + len(at_least)),
            A_eq=_wider(np.vstack([equal, np.ones((1, q))]), 1),
            b_eq=np.append(np.zeros(len(equal)), 1.0),
            bounds=[*[(0.0, 1.0)] * q, (-1.0, 1.0)],
            method="highs-ds",
        )
        _require_solved(found)
        weights = np.maximum(found.x[:q], 0.0)
        blocking = wanted[found.ineqlin.marginals[:k] < 0]
        return weights / weights.sum(), blocking if len(blocking) else wanted


def _wider(rows: Floats, c: int) -> Floats:
    """Return constraints on weights with so many columns more."""
    return np.hstack([rows, np.zeros((len(rows), c))])


def _require_solved(found: Any) -> None:
    if not found.success:
        raise ArithmeticError(f"a programme of ranks was not solved: {found.message}")


@contextmanager
def _nothing_printed() -> Iterator[None]:
    """Keep what a library in C prints off the standard output, where results go.

    HiGHS 1.12, which scipy 1.17 has within it, prints lines meant for its developers, whatever its options say:
    https://github.com/ERGO-Code/HiGHS/issues/2783
    """
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    _flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    try:
        yield
    finally:
        _flush()
        os.dup2(kept, 1)
        os.close(kept)


def _flush() -> None:
    """Write out what C holds back, which is not what Python does."""
    ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)
