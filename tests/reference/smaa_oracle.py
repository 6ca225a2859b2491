"""Exact shares of a space of weights, found by cutting: against these the draws of the library are held.

Plain Python and exact fractions alone; it imports nothing of the library. With two criteria a space of weights
is a segment, with three a convex polygon in the plane of the first two shares. Scores are linear in the weights,
so "this candidate is first" is a set of half planes, its probability an area over an area, and the mean of a
linear score a score at a centroid. A candidate is one row: there are no arrays, and so no axis letters.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Point = tuple[Fraction, ...]
"""All shares of a group but the last, which is what they leave of 1."""

Line = tuple[Fraction, ...]
"""The coefficients of the shares that are given, then a constant: `a*x + b*y + c`."""

Row = tuple[Fraction, ...]
"""The values of a candidate, from 0 to 1, one a criterion."""

Weight = Fraction | tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Cell:
    """A convex piece of a space: one point, the two ends of a segment, or the corners of a polygon in order."""

    corners: tuple[Point, ...]

    @property
    def size(self) -> Fraction:
        """Give its length or area; a point, which is the whole of its space, counts 1."""
        if len(self.corners) == 1:
            return Fraction(1)
        if len(self.corners[0]) == 1:
            return abs(self.corners[1][0] - self.corners[0][0])
        return abs(sum((cross for cross, _ in self._triangles()), Fraction(0))) / 2

    @property
    def centroid(self) -> Point:
        """Give the mean of its points."""
        if len(self.corners) == 1:
            return self.corners[0]
        if len(self.corners[0]) == 1:
            return ((self.corners[0][0] + self.corners[1][0]) / 2,)
        pieces = self._triangles()
        doubled = sum((cross for cross, _ in pieces), Fraction(0))
        x, y = (
            sum((cross * sum(p[axis] for p in three) for cross, three in pieces), Fraction(0))
            for axis in (0, 1)
        )
        return x / (3 * doubled), y / (3 * doubled)

    def mean_square(self, line: Line) -> Fraction:
        """Give the mean of the square of a linear function over it.

        Over a segment with values u and v at its ends that is (uu + uv + vv)/3; over a triangle with u, v and w at
        its corners (uu + vv + ww + (u + v + w)^2)/12.
        """
        if len(self.corners) == 1:
            return at(line, self.corners[0]) ** 2
        if len(self.corners[0]) == 1:
            u, v = (at(line, corner) for corner in self.corners)
            return (u * u + u * v + v * v) / 3
        total, doubled = Fraction(0), Fraction(0)
        for cross, three in self._triangles():
            ends = [at(line, corner) for corner in three]
            total += cross * (sum(e * e for e in ends) + sum(ends) ** 2) / 12
            doubled += cross
        return total / doubled

    def _triangles(self) -> list[tuple[Fraction, tuple[Point, Point, Point]]]:
        """Fan it out from its first corner: twice the signed area of each triangle, and its corners."""
        first = self.corners[0]
        x0, y0 = first
        found = []
        for one, other in itertools.pairwise(self.corners[1:]):
            cross = (one[0] - x0) * (other[1] - y0) - (other[0] - x0) * (one[1] - y0)
            found.append((cross, (first, one, other)))
        return found


def at(line: Line, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(line, point, strict=False)), line[-1])


def whole(count: int) -> Cell:
    """Give the simplex of that many shares, two or three."""
    zero, one = Fraction(0), Fraction(1)
    if count == 1:
        return Cell(((),))
    if count == 2:
        return Cell(((zero,), (one,)))
    return Cell(((zero, zero), (one, zero), (zero, one)))


def cut(cell: Cell | None, line: Line) -> Cell | None:
    """Give the part of a cell where `line >= 0`, None if nothing of any size is left (Sutherland & Hodgman 1974)."""
    if cell is None:
        return None
    if len(cell.corners) == 1:
        return cell if at(line, cell.corners[0]) >= 0 else None
    kept: list[Point] = []
    ring = cell.corners if len(cell.corners[0]) == 1 else (*cell.corners, cell.corners[0])
    for here, there in itertools.pairwise(ring):
        a, b = at(line, here), at(line, there)
        if a >= 0:
            kept.append(here)
        if (a > 0 > b) or (a < 0 < b):
            t = a / (a - b)
            kept.append(tuple(p + t * (q - p) for p, q in zip(here, there, strict=True)))
        if len(here) == 1 and b >= 0:
            kept.append(there)
    distinct = tuple(dict.fromkeys(kept))
    if len(distinct) < (2 if len(cell.corners[0]) == 1 else 3):
        return None
    found = Cell(distinct)
    return found if found.size > 0 else None


def share(place: int, count: int) -> Line:
    """Give the share at that place as a line."""
    if place < count - 1:
        return (*(Fraction(int(axis == place)) for axis in range(count - 1)), Fraction(0))
    return (*(Fraction(-1) for _ in range(count - 1)), Fraction(1))


def minus(one: Line, other: Line) -> Line:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def less(line: Line, constant: Fraction) -> Line:
    return (*line[:-1], line[-1] - constant)


def negative(line: Line) -> Line:
    return tuple(-a for a in line)


def space(kind: str, weights: Sequence[Weight]) -> Cell:
    """Give a space of weights as the design defines it (4.6).

    `kind` is `exact`, `any`, `order`, `within P%` or `intervals`; a weight is a number or an interval. Where several
    siblings have plain weights beside intervals, `collapsed` comes first.
    """
    count = len(weights)
    points = [middle(weight) for weight in weights]
    total = sum(points, Fraction(0))
    part = Fraction(kind[6:].strip(" %")) / 100 if kind.startswith("within") else None
    cell: Cell | None = whole(count)
    if kind == "exact":
        return Cell((tuple(point / total for point in points[:-1]),))
    if kind == "order":
        for a, b in itertools.permutations(range(count), 2):
            if points[a] > points[b]:
                cell = cut(cell, minus(share(a, count), share(b, count)))
    for place, (weight, point) in enumerate(zip(weights, points, strict=True)):
        low, high = (Fraction(0), Fraction(1))
        if part is not None:
            low, high = point / total * (1 - part), point / total * (1 + part)
        elif kind == "intervals" and isinstance(weight, tuple):
            low, high = weight[0] / total, weight[1] / total
        cell = cut(
            cut(cell, less(share(place, count), low)), negative(less(share(place, count), high))
        )
    assert cell is not None, "the space is empty"
    return cell


def middle(weight: Weight) -> Fraction:
    return sum(weight, Fraction(0)) / 2 if isinstance(weight, tuple) else weight


def collapsed(rows: Sequence[Row], weights: Sequence[Weight]) -> tuple[list[Row], list[Weight]]:
    """Pool the siblings with plain weights, which divide what intervals leave them in proportion, into one.

    Its value is the weighted mean of theirs. Intervals come first, in their order, then what is pooled.
    """
    plain = [place for place, weight in enumerate(weights) if not isinstance(weight, tuple)]
    open_ = [place for place, weight in enumerate(weights) if isinstance(weight, tuple)]
    rest = sum((middle(weights[place]) for place in plain), Fraction(0))
    pooled = [
        sum((middle(weights[place]) * row[place] for place in plain), Fraction(0)) for row in rows
    ]
    merged = [
        (*(row[place] for place in open_), value / rest)
        for row, value in zip(rows, pooled, strict=True)
    ]
    return merged, [*(weights[place] for place in open_), rest]


def expanded(shares: Sequence[Fraction], weights: Sequence[Weight]) -> tuple[Fraction, ...]:
    """Give each sibling its share again, from those of `collapsed`."""
    plain = [weight for weight in weights if not isinstance(weight, tuple)]
    rest = sum((middle(weight) for weight in plain), Fraction(0))
    intervals = iter(shares[:-1])
    return tuple(
        next(intervals) if isinstance(weight, tuple) else shares[-1] * middle(weight) / rest
        for weight in weights
    )


def score_line(row: Row) -> Line:
    """Give the score of a candidate with these values, in points, as a line over the shares."""
    last = row[-1]
    return (*(100 * (value - last) for value in row[:-1]), 100 * last)


@dataclass(frozen=True)
class Piece:
    """A part of the space on which every candidate keeps its rank: 0 for the unranked."""

    cell: Cell
    ranks: tuple[int, ...]


Moments = tuple[Fraction, Fraction]
"""A mean and a variance."""


@dataclass(frozen=True)
class Exact:
    """What the draws are to come near to; candidates in the order they were given in."""

    rank_acceptability: tuple[tuple[Fraction, ...], ...]
    unranked: tuple[Fraction, ...]
    expected_ranks: tuple[Moments | None, ...]
    rank_ranges: tuple[tuple[int, int] | None, ...]
    pairwise_wins: tuple[tuple[Fraction, ...], ...]
    central_weights: tuple[tuple[Moments, ...] | None, ...]
    score_means: tuple[Moments, ...]


def ranks_at(
    rows: Sequence[Row], tiers: Sequence[int | None], point: Point, gate: Fraction | None
) -> tuple[int, ...]:
    """Rank by tier, then score, ties sharing the better rank; a tier of None is unranked.

    With a gate, a score below it moves a candidate from tier 1 to tier 2.
    """
    places: list[tuple[int, Fraction] | None] = []
    for row, tier in zip(rows, tiers, strict=True):
        score = at(score_line(row), point)
        moved = 2 if tier == 1 and gate is not None and score < gate else tier
        places.append(None if moved is None else (moved, -score))
    return tuple(
        0 if mine is None else 1 + sum(other is not None and other < mine for other in places)
        for mine in places
    )


def robustness(
    rows: Sequence[Row],
    space: Cell,
    tiers: Sequence[int | None] | None = None,
    gate: Fraction | None = None,
) -> Exact:
    """Give exact indices of candidates with fixed values under weights uniform on `space`.

    Within a piece cut by the lines on which two scores are equal, or one is at the gate, no rank changes, so the
    ranks at its centroid are those of all of it. Two candidates of equal values tie everywhere: no line is cut
    between them.
    """
    tiers = list(tiers) if tiers is not None else [1] * len(rows)
    scores = [score_line(row) for row in rows]
    lines = [minus(one, other) for one, other in itertools.combinations(scores, 2)]
    if gate is not None:
        lines += [less(score, gate) for score in scores]
    cells = [space]
    for line in lines:
        if any(line[:-1]) and len(space.corners) > 1:
            halves = [cut(cell, side) for cell in cells for side in (line, negative(line))]
            cells = [half for half in halves if half is not None]
    pieces = tuple(Piece(cell, ranks_at(rows, tiers, cell.centroid, gate)) for cell in cells)
    assert sum((piece.cell.size for piece in pieces), Fraction(0)) == space.size, (
        "the pieces make up the space"
    )
    return _indices(rows, space, pieces)


def chance_below(row: Row, space: Cell, threshold: Fraction) -> Fraction:
    """Give the probability that the score of a candidate is at most that."""
    below = cut(space, negative(less(score_line(row), threshold)))
    return Fraction(0) if below is None else below.size / space.size


def _indices(rows: Sequence[Row], space: Cell, pieces: tuple[Piece, ...]) -> Exact:
    n = len(rows)

    def chance(of: Sequence[Cell]) -> Fraction:
        return sum((cell.size for cell in of), Fraction(0)) / space.size

    acceptability = tuple(
        tuple(
            chance([piece.cell for piece in pieces if piece.ranks[i] == rank])
            for rank in range(1, n + 1)
        )
        for i in range(n)
    )
    firsts = [[piece.cell for piece in pieces if piece.ranks[i] == 1] for i in range(n)]
    lines = [share(place, len(rows[0])) for place in range(len(rows[0]))]
    return Exact(
        rank_acceptability=acceptability,
        unranked=tuple(1 - sum(row, Fraction(0)) for row in acceptability),
        expected_ranks=tuple(_ranks(row) for row in acceptability),
        rank_ranges=tuple(_range(row) for row in acceptability),
        pairwise_wins=tuple(
            tuple(
                chance([piece.cell for piece in pieces if beats(piece.ranks[i], piece.ranks[j])])
                for j in range(n)
            )
            for i in range(n)
        ),
        central_weights=tuple(
            tuple(moments(cells, line) for line in lines) if cells else None for cells in firsts
        ),
        score_means=tuple(moments([space], score_line(row)) for row in rows),
    )


def beats(one: int, other: int) -> bool:
    """Say whether a rank beats another; a ranked candidate beats an unranked one, ties count for neither."""
    return one > 0 and (other == 0 or one < other)


def moments(cells: Sequence[Cell], line: Line) -> Moments:
    """Give mean and variance of a linear function over several cells."""
    size = sum((cell.size for cell in cells), Fraction(0))
    mean = sum((cell.size * at(line, cell.centroid) for cell in cells), Fraction(0)) / size
    square = sum((cell.size * cell.mean_square(line) for cell in cells), Fraction(0)) / size
    return mean, square - mean * mean


def _ranks(chances: Sequence[Fraction]) -> Moments | None:
    ranked = sum(chances, Fraction(0))
    if not ranked:
        return None
    mean, square = (
        sum((q * r**p for r, q in enumerate(chances, 1)), Fraction(0)) / ranked for p in (1, 2)
    )
    return mean, square - mean * mean


def _range(chances: Sequence[Fraction]) -> tuple[int, int] | None:
    seen = [rank for rank, chance in enumerate(chances, start=1) if chance]
    return (seen[0], seen[-1]) if seen else None
