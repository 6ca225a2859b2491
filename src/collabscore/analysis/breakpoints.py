"""Breakpoints: where a number that moves, a rating or a weight, changes what becomes of candidates.

Axis letters: l lines (a number that moves, all else as it is), v points on lines, p predicates,
b brackets.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from ..arrays import BoolArray, FloatArray, IndexArray, Record, frozen_property, number_or_none
from ..kernels.aggregation import ValueFunction, value_at
from ..models.expressions import (
    Compare,
    Constant,
    RatingOf,
    atoms_of,
    parts_of,
    references,
)
from ..models.framework import Framework, LeafNode, Node
from ..scoring.valuation import Valuation
from ..scoring.variants import Alone, Changes, Outcomes, Variants, points_at

__all__ = [
    "SNAP",
    "Brackets",
    "Breakpoint",
    "RatingLines",
    "WeightLines",
    "find_brackets",
    "grain_of",
    "halve",
    "level_points",
    "short_rating",
]

# brackets of ratings are halved to this share of the scale
_PRECISION = 1e-10
# points of each scale that are looked at, beside those at which something may change
_STEPS = 17
# where a condition looks at points: what changes and changes back between two steps is missed
_FINE_STEPS = 65
_MOST_HALVINGS = 60
# not quite one half: whole ratings and weights often tie half way, where nothing else does
_SPLIT = 0.4898979486
# so many points, times candidates, take no longer than the calls that test them
_FEW = 2_100
_MOST_AT_ONCE = 5
# in points: scores tie within 1e-9, so that a breakpoint this near to equal scores is there
_LEVEL = 1e-8

# shares of weights that are looked at where scores are no straight lines, and the width of brackets
_GRID = np.linspace(0.0, 1.0, 201)
_WEIGHT_PRECISION = 1e-12
# weights are positive: a share comes as near to 0 and 1 as this
_NEAREST = 1e-9
# near an end, and yet so far from it that lines which meet there differ
_NEAR_END = 1e-7
# so far beyond an end scores that were equal there differ, unless they part very slowly
_PARTED = 1e-8
SNAP = 1e-8
"""Share of a scale: ratings this near to a short number are meant to be that number.

Ties reach 1e-9 of a point.
"""
# numbers of digits that are tried, from a thousandth of the scale on
_SHORT_PLACES = 4

# values of candidates held at once
_CELLS = 2_000_000


class Brackets(NamedTuple):
    """Where predicates begin to hold on one side of a start, (b,) each, as positions of points.

    `fails` is the last point at which a predicate does not hold yet (`holds` itself, if that is the
    start), `after` the first at which it no longer does, -1 for none.
    """

    predicates: IndexArray
    sides: IndexArray
    fails: IndexArray
    holds: IndexArray
    after: IndexArray


def find_brackets(flags: BoolArray, lines: IndexArray, starts: IndexArray) -> Brackets:
    """Find the points, on either side of the start of each line, at which predicates begin to hold.

    Parameters
    ----------
    flags : boolean array of shape (p, v)
        Whether each predicate holds at each point; points of a line stand side by side, rising.
    lines : integer array of shape (v,)
        The line of each point.
    starts : integer array of shape (l,)
        Positions of the starts among the points.
    """
    firsts = np.searchsorted(lines, lines[starts]).tolist()
    ends = np.searchsorted(lines, lines[starts], side="right").tolist()
    brackets = []
    for side in (-1, 1):
        for predicate, held in enumerate(flags):
            for start, first, end in zip(starts.tolist(), firsts, ends, strict=True):
                ahead = held[start:end] if side > 0 else held[first : start + 1][::-1]
                until = int(ahead.argmax())
                if ahead[until]:
                    holds = start + side * until
                    gone = int(ahead[until:].argmin())
                    after = holds + side * gone if gone else -1
                    brackets.append((predicate, side, holds - side * (until > 0), holds, after))
    return Brackets(*np.array(brackets, dtype=np.intp).reshape(-1, 5).T)


def halve(
    test: Callable[[IndexArray, FloatArray], BoolArray],
    fails: FloatArray,
    holds: FloatArray,
    width: FloatArray | float,
    cost: int = 1,
) -> tuple[FloatArray, FloatArray]:
    """Narrow brackets to a width, halving on what holds.

    Parameters
    ----------
    test : function
        Called with brackets (v,) and a point in each (v,): where the predicate of each bracket
        holds, (v,).
    fails, holds : arrays of shape (b,)
        Points on either side, the predicate being false at the one and true at the other.
    width : array of shape (b,), or one width for all
    cost : int
        How many candidates a test looks at for each point.

    Returns
    -------
    fails, holds : arrays of shape (b,)
    """
    each = np.arange(len(fails))
    # few points cost no more than one: those of several halvings are tested at once
    few = _FEW // max(1, len(fails) * cost)
    depth = min(max(1, (few + 1).bit_length() - 1), _MOST_AT_ONCE)
    for step in range(_MOST_HALVINGS):
        if not (np.abs(holds - fails) > width).any():
            break
        if step % depth == 0:
            middles = _middles(fails, holds, depth)
            tested = test(np.tile(each, len(middles)), middles.ravel()).reshape(middles.shape)
            place = np.zeros_like(each)
        middle, inside = middles[place, each], tested[place, each]
        fails, holds = np.where(inside, fails, middle), np.where(inside, middle, holds)
        place = 2 * place + 1 + ~inside
    return fails, holds


def _middles(fails: FloatArray, holds: FloatArray, depth: int) -> FloatArray:
    """Return the middles of brackets, of their halves, and so on, (2 ** depth - 1, b).

    Below the middle k stand those of its two halves, 2 k + 1 at the side of `fails`, and 2 k + 2.
    """
    ones, others, middles = fails[None], holds[None], []
    for _ in range(depth):
        middles.append(np.where(ones == others, others, (1 - _SPLIT) * ones + _SPLIT * others))
        ends = np.stack([ones, middles[-1], others], axis=1)
        shape = (-1, len(fails))
        ones, others = ends[:, :2].reshape(shape), ends[:, 1:].reshape(shape)
    return np.concatenate(middles)


def level_points(
    starts: FloatArray,
    runs: FloatArray,
    gaps: FloatArray,
    rises: FloatArray,
    ends: FloatArray,
    spans: FloatArray,
) -> FloatArray:
    """Return where two scores are level that move in straight lines, if that is at an end.

    As near to it as ties and halving allow; else NaN.

    Parameters
    ----------
    starts, runs : arrays of shape (b,)
        Where lines begin, and how far they go, with a sign.
    gaps, rises : arrays of shape (b,)
        Points between the scores at the start, and by how much the run closes these.
    ends : arrays of shape (b,)
    spans : arrays of shape (b,)
        Widths of all that is possible.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        level = starts + gaps / rises * runs
        slack = np.abs(_LEVEL / rises * runs) + _PRECISION * spans
    # scores are rounded in their last bits: 40 is meant by 39.99999999999999
    unit = 10.0 ** np.floor(13 - np.log10(spans))
    level = np.round(level * unit) / unit
    level = np.clip(level, np.minimum(starts, starts + runs), np.maximum(starts, starts + runs))
    return np.where((rises != 0) & (np.abs(level - ends) <= slack), level, np.nan)


def short_rating(rating: float, span: float, share: float = SNAP) -> float:
    """Return the short number that a rating is meant to be; NaN where there is none.

    It has up to three digits more than a thousandth of the scale, whose width is `span`, and is no
    farther away than a share of it.
    """
    if not math.isnan(rating):
        least = 3 - math.floor(math.log10(span))
        for places in range(least, least + _SHORT_PLACES):
            short = round(rating, places)
            if abs(short - rating) <= share * span:
                return short
    return math.nan


def grain_of(leaf: LeafNode, rating: float) -> float:
    """Return the width whose parts tell ratings near one apart: of the scale, or the rating itself.

    In logarithms a step of one size counts the more, the lower the rating is.
    """
    low, high = leaf.scale.range
    return min(rating, high - low) if leaf.criterion.log else high - low


_short_ratings = np.vectorize(short_rating, otypes=[np.float64])


class Breakpoint(Record):
    """The least change of one rating, one way, that makes a predicate hold.

    Parameters
    ----------
    line, predicate : int
    side : {-1, 1}
        Whether the rating falls or rises.
    start : float
        Where the change is counted from.
    at : float
        Where the predicate begins to hold: exact where scores are straight lines, else to 1e-10 of
        the scale.
    beyond : bool
        Whether it holds only beyond `at`, however little.
    first : float
        The nearest rating at which it is known to hold.
    until : float or None
        The last rating up to which it goes on holding; None: to the end of the scale.
    level_with : int
        The row of the candidate with the same score at `at`; -1 where it is no score that decides.
    """

    line: int
    predicate: int
    side: int
    start: float
    at: float
    beyond: bool
    first: float
    until: float | None
    level_with: int


@dataclass(frozen=True, eq=False)
class _Mesh:
    """Points on lines, by line and rising, and what becomes of the candidates there, (v,) each.

    `given` is false for points found by halving.
    """

    lines: IndexArray
    points: FloatArray
    given: BoolArray
    outcomes: Alone


@dataclass(frozen=True, eq=False)
class RatingLines:
    """The scales of all criteria, along which ratings of some candidates move, one at a time.

    Parameters
    ----------
    variants : Variants
        Of a problem with at least one criterion.
    candidates : integer array of shape (k,)
        By their rows in the problem. Line ``i * m + j`` is the rating of candidate i on leaf j.
    given_starts : array of shape (k, m), optional
        Where changes are counted from. If left out: the rating itself, the most likely of three,
        else one that has the value which the score counts.

    Notes
    -----
    Each scale is looked at where its value function bends, at the numbers with which conditions
    compare the rating and between them, and at 17 steps (65 where a condition looks at points that
    the rating moves). Power means are monotone: between two of these points every score moves one
    way, so that with the places where verdicts change added, a rank is passed once at most. Halving
    on the predicate itself then finds the place.
    """

    variants: Variants
    candidates: IndexArray
    given_starts: FloatArray | None = None

    @frozen_property
    def rows(self) -> IndexArray:
        """The candidate of each line, (l,)."""
        return np.repeat(self.candidates, len(self._framework.leaves))

    @frozen_property
    def leaves(self) -> IndexArray:
        """The criterion of each line, by its position among the leaves, (l,)."""
        return np.tile(np.arange(len(self._framework.leaves)), len(self.candidates))

    @property
    def _framework(self) -> Framework:
        return self.variants.problem.framework

    @frozen_property
    def scales(self) -> tuple[FloatArray, FloatArray]:
        """Ends of the scale of each line, (l,) each."""
        ranges = [node.scale.range for node in self._framework.leaves.values()]
        low, high = np.array(ranges, dtype=np.float64)[self.leaves].T
        return low, high

    @frozen_property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """What each rating leaves open, (l,) each: the whole scale, if unknown."""
        bounds = np.array([*map(self.variants.problem.rating_bounds, self._framework.leaves)])
        low, high = bounds[:, :, self.candidates].transpose(1, 2, 0).reshape(2, -1)
        return low, high

    @frozen_property
    def starts(self) -> FloatArray:
        """Where changes are counted from, (l,)."""
        if self.given_starts is not None:
            return self.given_starts.ravel()
        valuation = self.variants.valuation
        starts = np.empty(len(self.rows))
        for leaf, (key, function) in enumerate(valuation.functions.items()):
            here = self.leaves == leaf
            low, high = (ends[here] for ends in self.bounds)
            start = self.variants.problem.ratings[key].value[self.candidates]
            values = valuation.leaf_values[self.candidates, leaf]
            counted = _rating_of_value(function, values, low, high)
            spans = self._spans[here]
            short = _short_ratings(counted, spans, _PRECISION / 100)
            counted = np.where(np.isnan(short), counted, np.clip(short, low, high))
            starts[here] = np.where(np.isnan(start), counted, start)
        return starts

    def outcomes(self, lines: IndexArray, points: FloatArray) -> Alone:
        """Return what becomes of the candidate of each line, rated at a point, (v,)."""
        return self.variants.alone(self._changes(lines, points))

    def _changes(self, lines: IndexArray, points: FloatArray) -> Changes:
        rows, leaves = self.rows[lines], self.leaves[lines]
        entries = {}
        for leaf, key in enumerate(self._framework.leaves):
            subjects = np.flatnonzero(leaves == leaf)
            if len(subjects):
                entries[key] = points_at(subjects, points[subjects])
        return Changes(rows, entries=entries)

    # points to look at

    @frozen_property
    def mesh(self) -> _Mesh:
        """The points that are looked at first, the places where verdicts change among them."""
        own = np.stack([self.starts, *self.bounds], axis=1)
        steps = [*map(self._steps, self._framework.leaves)]
        meshes = [np.append(here, steps[leaf]) for here, leaf in zip(own, self.leaves, strict=True)]
        lines = np.repeat(np.arange(len(meshes)), [*map(len, meshes)])
        mesh = self._with_turns(self._mesh(lines, np.concatenate(meshes)))
        severity = mesh.outcomes.severity
        # a rank may be reached and lost again between two points where a verdict changes
        turns = (mesh.lines[:-1] == mesh.lines[1:]) & (severity[:-1] != severity[1:])
        left = np.flatnonzero(turns)
        if not len(left):
            return mesh
        lines = mesh.lines[left]
        found = halve(
            lambda k, points: self.outcomes(lines[k], points).severity == severity[left[k]],
            mesh.points[left + 1],
            mesh.points[left],
            _PRECISION * self._spans[lines],
        )
        return self._mesh(
            np.concatenate([mesh.lines, np.tile(lines, 2)]),
            np.concatenate([mesh.points, *found]),
            len(mesh.lines),
        )

    def _mesh(self, lines: IndexArray, points: FloatArray, given: int | None = None) -> _Mesh:
        """Return points by line, rising, each once; all are given, or the first so many."""
        found = np.arange(len(lines)) >= (len(lines) if given is None else given)
        order = np.lexsort((found, points, lines))
        lines, points = lines[order], points[order]
        new = np.ones(len(lines), dtype=np.bool_)
        new[1:] = (lines[1:] != lines[:-1]) | (points[1:] != points[:-1])
        lines, points = lines[new], points[new]
        return _Mesh(lines, points, ~found[order][new], self.outcomes(lines, points))

    def _with_turns(self, mesh: _Mesh) -> _Mesh:
        """Return a mesh with the points at which a verdict may begin and end between neighbours."""
        lines, points = mesh.lines, mesh.points
        for comparison in self._comparisons:
            here, turns = self._turns(comparison, mesh)
            lines, points = np.append(lines, here), np.append(points, turns)
        if len(lines) == len(mesh.lines):
            return mesh
        order = np.lexsort((points, lines))
        new = order >= len(mesh.lines)
        lines, points = lines[order], points[order]
        beside = np.flatnonzero((lines[:-1] == lines[1:]) & (new[:-1] | new[1:]))
        middles = (points[beside] + points[beside + 1]) / 2
        return self._mesh(np.concatenate([lines, lines[beside]]), np.concatenate([points, middles]))

    def _turns(self, comparison: Compare, mesh: _Mesh) -> tuple[IndexArray, FloatArray]:
        """Return lines and points at which a comparison turns between points of a mesh, (t,)."""
        named = references(comparison)
        moved = {*named.inputs, *named.scores}
        leaves = self._framework.leaves.values()
        moves = [not moved.isdisjoint(("", *node.path)) for node in leaves]
        moving = np.flatnonzero(np.array(moves)[self.leaves[mesh.lines]])
        lines, points = mesh.lines[moving], mesh.points[moving]
        gaps = self._gaps(comparison, lines, points)
        opposite = np.sign(gaps[:, :-1]) * np.sign(gaps[:, 1:]) < 0
        ends, left = np.nonzero(opposite & (lines[:-1] == lines[1:]))
        if not len(left):
            return lines[left], points[left]
        lines, each = lines[left], np.arange(len(left))
        rises = gaps[ends, left] < 0
        sides = halve(
            lambda k, points: (self._gaps(comparison, lines[k], points) > 0)[
                ends[k], np.arange(len(k))
            ],
            points[left + ~rises],
            points[left + rises],
            0.0,
        )
        # of two neighbouring numbers the nearer: ratings are equal without tolerance
        found = self._gaps(comparison, np.tile(lines, 2), np.concatenate(sides))
        near, far = np.abs(found.reshape(2, 2, -1)[ends, :, each]).T
        return lines, np.where(near <= far, *sides)

    def _gaps(self, comparison: Compare, lines: IndexArray, points: FloatArray) -> FloatArray:
        """Return how much the left side exceeds the right, (2, v); NaN where that is unknown.

        By the ends that meet first, and by those that meet last; NaN for these if all is known.
        """
        changes = self._changes(lines, points)
        low, high = self.variants.ranges(comparison.left, changes)
        other_low, other_high = self.variants.ranges(comparison.right, changes)
        gaps = np.stack([low - other_high, high - other_low])
        gaps[1, gaps[0] == gaps[1]] = np.nan
        return gaps

    @cached_property
    def _comparisons(self) -> tuple[Compare, ...]:
        """Comparisons that verdicts rest on, but for those of counts."""
        atoms = chain.from_iterable(map(atoms_of, self._framework.asking_expressions))
        return tuple(dict.fromkeys(atom for atom in atoms if isinstance(atom, Compare)))

    def _steps(self, key: str) -> FloatArray:
        """Return points of a scale to look at."""
        node, numbers, searched = self._framework.leaves[key], [], False
        for comparison in self._comparisons:
            searched |= not set(references(comparison).scores).isdisjoint(("", *node.path))
            sides = comparison.left, comparison.right
            searched |= any(RatingOf(key) in parts_of(side) for side in sides)
            if RatingOf(key) in sides:
                constants = [side for side in sides if isinstance(side, Constant)]
                numbers += [float(constant.value) for constant in constants]
                searched |= not constants
        low, high = node.scale.range
        function = self.variants.valuation.functions[key]
        shares = np.linspace(0.0, 1.0, _FINE_STEPS if searched else _STEPS)
        steps = np.linspace(low, high, len(shares))
        if function.log:
            steps = function.rating(shares, low, high)
        points = np.concatenate([steps, function.xs, numbers])
        points = np.unique(points[(points >= low) & (points <= high)])
        if numbers:
            points = np.concatenate([points, (points[:-1] + points[1:]) / 2])
        return points

    @cached_property
    def _is_log(self) -> BoolArray:
        """Whether values are straight lines in the logarithm of a rating, (l,)."""
        functions = self.variants.valuation.functions.values()
        return np.array([function.log for function in functions])[self.leaves]

    @cached_property
    def _spans(self) -> FloatArray:
        """Widths of the scales, (l,); at most their low end, where values rise in logarithms."""
        low, high = self.scales
        return np.where(self._is_log, np.minimum(low, high - low), high - low)

    # what changes

    def least_changes(
        self, predicates: Callable[[IndexArray, Alone], BoolArray]
    ) -> tuple[list[Breakpoint], Alone]:
        """Find, on each line and each way, the least change that makes each predicate hold.

        Parameters
        ----------
        predicates : function
            Called with lines (v,) and the outcomes of their candidates (v,): where each holds,
            (p, v).

        Returns
        -------
        list of Breakpoint
            By side, predicate and line; on both sides, if a predicate holds at the start already.
        Alone
            What becomes of the candidate at `first` of each.
        """

        def test(which: IndexArray, lines: IndexArray, points: FloatArray) -> BoolArray:
            """Return whether one predicate for each point holds there, (b,)."""
            held = predicates(lines, self.outcomes(lines, points))
            return held[which, np.arange(len(which))]

        mesh = self.mesh
        starts = np.flatnonzero(mesh.points == self.starts[mesh.lines])
        flags = predicates(mesh.lines, mesh.outcomes)
        is_narrowed = False
        while not is_narrowed:
            found = find_brackets(flags, mesh.lines, starts)
            fails, holds, until = self._narrowed(found, test)
            is_narrowed = not self._drop_slivers(found, flags, holds, until)
        lines = mesh.lines[found.holds]
        outcomes, before = self.outcomes(lines, holds), self.outcomes(lines, fails)
        # an end that no halving moved is a number at which a condition or a value function turns
        exact = mesh.given[found.holds] & (holds == mesh.points[found.holds])
        beyond = mesh.given[found.fails] & (fails == mesh.points[found.fails]) & ~exact
        at = np.where(beyond, fails, holds)
        moved = found.fails != found.holds
        others = self._level_with(outcomes, before, moved)
        level = self._level_points(found, holds, others)
        is_level = ~np.isnan(level)
        at = np.where(is_level, level, at)
        # found as a power, as on a logarithmic scale, it may be rounded to before the start
        at = np.where((at - self.starts[lines]) * found.sides < 0, self.starts[lines], at)
        # the short numbers that both ends are meant to be
        spans = self._spans[lines]
        near = np.where(is_level, _PRECISION / 100, SNAP)
        short, last = _short_ratings(at, spans, near), _short_ratings(until, spans)
        # no short number is meant that lies on the other side of the start
        short[(short - self.starts[lines]) * found.sides < 0] = np.nan
        length = np.where(np.isnan(until), np.inf, np.abs(until - at))
        there = test(found.predicates, lines, np.where(np.isnan(short), at, short))
        still = test(found.predicates, lines, np.where(np.isnan(last), at, last))
        # what is reached at one rating alone is not reached beyond a short number near to it
        ahead = (short - at) * found.sides
        meant = there | (length > SNAP * spans) | ((ahead >= 0) & (ahead <= length))
        is_short = moved & meant & ~np.isnan(short)
        at = np.where(is_short, short, at)
        beyond = np.where(is_short | (is_level & np.isnan(short)), ~there, beyond)
        until = np.where(still & ((last - at) * found.sides >= 0), last, until)
        columns = [lines, found.predicates, found.sides, self.starts[lines], at, beyond, holds]
        plain = [*(column.tolist() for column in columns), map(number_or_none, until)]
        return [*map(Breakpoint, *plain, others.tolist())], outcomes

    def _narrowed(
        self, found: Brackets, test: Callable[[IndexArray, IndexArray, FloatArray], BoolArray]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return where predicates fail last, where they hold first, and until where, (b,) each."""
        mesh = self.mesh
        lines = mesh.lines[found.holds]
        # where a predicate begins to hold, and where it ends, in one search
        ends = np.flatnonzero(found.after >= 0)
        both = np.concatenate([np.arange(len(lines)), ends])
        outer = np.concatenate([found.fails, found.after[ends]])
        inner = np.concatenate([found.holds, found.after[ends] - found.sides[ends]])
        outside, inside = halve(
            lambda k, points: test(found.predicates[both[k]], lines[both[k]], points),
            mesh.points[outer],
            mesh.points[inner],
            _PRECISION * self._spans[lines[both]],
        )
        until = np.full(len(lines), np.nan)
        until[ends] = inside[len(lines) :]
        return outside[: len(lines)], inside[: len(lines)], until

    def _drop_slivers(
        self, found: Brackets, flags: BoolArray, holds: FloatArray, until: FloatArray
    ) -> bool:
        """Clear the flags of stretches that are as short as ties reach; return whether any is.

        A number of a condition is no such stretch: there, a predicate may hold at one point alone.
        """
        last = found.after - found.sides
        short = np.abs(until - holds) <= SNAP * self._spans[self.mesh.lines[found.holds]]
        is_any = False
        for k in np.flatnonzero(short & (found.fails != found.holds)).tolist():
            run = slice(min(found.holds[k], last[k]), max(found.holds[k], last[k]) + 1)
            if not self.mesh.given[run].any():
                flags[found.predicates[k], run] = False
                is_any = True
        return is_any

    def _level_with(self, outcomes: Alone, before: Alone, moved: BoolArray) -> IndexArray:
        """Return who has the score at which a predicate begins to hold; -1 if a verdict changes."""
        others = np.full(len(moved), -1)
        same = moved & (outcomes.severity == before.severity) & (outcomes.tiers >= 0)
        for k in np.flatnonzero(same).tolist():
            row, score, tier = outcomes.rows[k], outcomes.scores[k], outcomes.tiers[k]
            others[k] = self.variants.rivals.nearest(row, score, tier)
        return others

    def _level_points(self, found: Brackets, holds: FloatArray, others: IndexArray) -> FloatArray:
        """Return where straight lines reach the scores of others, if that is at `holds`; NaN."""
        scores, points = self.mesh.outcomes.scores, self.mesh.points
        lines = self.mesh.lines[found.holds]
        is_log = self._is_log[lines]
        # scores are straight in the logarithm of a rating, where its value function is
        low, high = (scale[lines] for scale in self.scales)
        sides = np.stack([points[found.fails], points[found.holds], holds, low, high])
        np.log(sides, out=sides, where=is_log)
        starts, last, ends, low, high = sides
        runs, spans = last - starts, high - low
        rises = scores[found.holds] - scores[found.fails]
        gaps = self.variants.rivals.scores[others] - scores[found.fails]
        level = level_points(starts, runs, gaps, rises, ends, spans)
        np.exp(level, out=level, where=is_log)
        return np.where((others >= 0) & self._straight[lines], level, np.nan)

    @cached_property
    def _straight(self) -> BoolArray:
        """Whether scores are straight lines in a rating, but for its value function, (l,)."""
        valuation, straight = self.variants.valuation, []
        for node in self._framework.leaves.values():
            groups = _groups_above(valuation, node)
            straight.append(all(map(valuation.tree.is_linear, groups)))
        return np.array(straight)[self.leaves]


def _rating_of_value(
    function: ValueFunction, values: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return the rating in each range, the nearest to its middle, that has the value counted.

    The middle itself, where nothing is counted, or the value of none of them.
    """
    middle = (low + high) / 2
    nearest = np.full(len(values), np.inf)
    found = middle.copy()
    for (x0, x1), (y0, y1) in zip(pairwise(function.xs), pairwise(function.ys), strict=True):
        if y0 == y1:
            x = np.clip(middle, x0, x1)
        else:
            x = function.rating((values - y0) / (y1 - y0), x0, x1)
        x = np.clip(x, low, high)
        with np.errstate(invalid="ignore"):
            counted = np.abs(value_at(function, x) - values) < 1e-9
        distance = np.where(counted, np.abs(x - middle), np.inf)
        better = distance < nearest
        nearest, found = np.where(better, distance, nearest), np.where(better, x, found)
    return found


@dataclass(frozen=True, eq=False)
class WeightLines:
    """The shares of all weights in their groups, which move one at a time.

    The others of a group keep their proportions.

    Parameters
    ----------
    variants : Variants
        Of a problem with a score of the whole.
    rows : integer array of shape (n,)
        The candidates that are looked at, in the order of outcomes.

    Notes
    -----
    Scores are straight lines in a share where its group and all above are combined arithmetically.
    Two lines cross once, so that what is lost stays lost: halving finds the pair that changes
    places, and the end is where their scores are equal, exactly. Elsewhere 201 shares are looked
    at, and the ends found by halving, to 1e-12; what changes and changes back between two of these
    shares is missed.
    """

    variants: Variants
    rows: IndexArray

    @frozen_property
    def places(self) -> tuple[IndexArray, IndexArray]:
        """The group of each weight in the tree, and its position in it, (l,) each."""
        valuation, places = self.variants.valuation, []
        for node in self.variants.problem.framework.nodes.values():
            group = _groups_above(valuation, node)[0]
            children = valuation.tree.children[group].tolist()
            places.append((group, children.index(valuation.nodes[node.id])))
        groups, positions = np.array(places).T
        return groups, positions

    @frozen_property
    def shares(self) -> FloatArray:
        """Present shares, (l,)."""
        weights, (groups, positions) = self.variants.valuation.tree.weights, self.places
        shares = [weights[group][k] for group, k in zip(groups, positions, strict=True)]
        return np.array(shares)

    @frozen_property
    def methods(self) -> list[str | None]:
        """How each is searched: "exact", "grid of 201"; None for an only child, which stays."""
        valuation, ranked = self.variants.valuation, self.variants.rivals.tiers >= 0
        # what is omitted gives a candidate weights of its own
        omitted = np.isnan(valuation.node_values[ranked].sum(axis=0))
        used = self.variants.applies.union(*self.variants.names.values())
        found: list[str | None] = []
        for node in self.variants.problem.framework.nodes.values():
            groups = _groups_above(valuation, node)
            judged = not used.isdisjoint(node.path[-2:-1] or ("",))
            met = np.concatenate([valuation.tree.children[group] for group in groups])
            straight = all(map(valuation.tree.is_linear, groups)) and not omitted[met].any()
            if len(valuation.tree.children[groups[0]]) == 1:
                found.append(None)
            else:
                found.append("exact" if straight and not judged else "grid of 201")
        return found

    def is_straight(self, lines: IndexArray) -> BoolArray:
        """Return whether scores are straight lines in some shares."""
        straight: BoolArray = np.array(self.methods)[lines] == "exact"
        return straight

    def least_changes(
        self, predicates: Callable[[Outcomes], BoolArray]
    ) -> tuple[IndexArray, IndexArray, FloatArray, FloatArray]:
        """Find, for each weight and each way, the least change that makes each predicate hold.

        Parameters
        ----------
        predicates : function
            Called with outcomes of (v,) settings: where each holds, (p, v); none holds now.

        Returns
        -------
        lines, predicates : integer arrays of shape (b,)
        fails, holds : arrays of shape (b,)
            The last share at which a predicate does not hold, and one beyond it, at which it does.
        """
        step = max(1, _CELLS // len(self.rows))

        def test(lines: IndexArray, points: FloatArray) -> BoolArray:
            parts = []
            for start in range(0, max(1, len(lines)), step):
                part = slice(start, start + step)
                parts.append(predicates(self.outcomes(lines[part], points[part])))
            return np.concatenate(parts, axis=1)

        ends = np.array([_NEAR_END, 1 - _NEAR_END])
        steps = {"exact": ends, "grid of 201": _GRID, None: ends[:0]}
        meshes = []
        for method, share in zip(self.methods, self.shares, strict=True):
            meshes.append(np.union1d(steps[method], share))
        lines = np.repeat(np.arange(len(meshes)), [*map(len, meshes)])
        points = np.concatenate(meshes)
        starts = np.flatnonzero(points == self.shares[lines])
        flags = test(lines, points)
        flags[:, starts] = False
        found = find_brackets(flags, lines, starts)
        which, each = lines[found.holds], np.arange(len(found.holds))
        fails, holds = halve(
            lambda k, shares: test(which[k], shares)[found.predicates[k], np.arange(len(k))],
            points[found.fails],
            points[found.holds],
            _WEIGHT_PRECISION,
            len(self.rows),
        )
        # of several straight lines that cross at one share, all have parted a little beyond it
        parted = holds + np.where(self.is_straight(which), found.sides * _PARTED, 0.0)
        still = test(which, parted)[found.predicates, each]
        return which, found.predicates, fails, np.where(still, parted, holds)

    def outcomes(self, lines: IndexArray, points: FloatArray) -> Outcomes:
        """Return what becomes of the candidates with each share moved to a point, (v, n)."""
        weights = list(self.variants.valuation.tree.weights)
        points = np.clip(points, _NEAREST, 1 - _NEAREST)
        groups, positions = self.places
        for group in np.unique(groups[lines]).tolist():
            here = np.flatnonzero(groups[lines] == group)
            moving = lines[here]
            moved = np.tile(weights[group], (len(lines), 1))
            moved[here, positions[moving]] = 0.0
            # 1 - share would lose the digits of light ones beside it; an only child has none
            others = np.maximum(moved[here].sum(axis=1), sys.float_info.min)
            moved[here] *= ((1 - points[here]) / others)[:, None]
            moved[here, positions[moving]] = points[here]
            weights[group] = moved
        return self.variants.outcomes(Changes(self.rows, len(lines), weights=tuple(weights)))


def _groups_above(valuation: Valuation, node: Node) -> list[int]:
    """Return the groups of the tree that a node is part of, its own first and the root last."""
    groups = [valuation.nodes[key] - valuation.tree.leaves for key in node.path[-2::-1]]
    return [*groups, len(valuation.tree.children) - 1]
