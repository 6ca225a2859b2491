"""Weights in plain Python: the vertices of each space, by trying all, and where candidates can stand.

Written from the definitions, not from the code: fractions throughout, no closed forms, everything enumerated.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import Any

Row = list[Fraction]
TOLERANCE = Fraction(1, 10**9)


def constraints(written: Sequence[Any], space: str) -> tuple[list[Row], list[Row]]:
    """Return rows a with a @ w >= 0, and with a @ w == 0, for shares w that sum to 1; written weights as in YAML."""
    ends = [tuple(map(exact, w)) if isinstance(w, tuple) else (exact(w), exact(w)) for w in written]
    points = [(low + high) / 2 for low, high in ends]
    total, c = sum(points), len(points)
    given = [point / total for point in points]
    rows, equal = [unit(c, i) for i in range(c)], []

    def at_least(i: int, end: Fraction) -> None:
        rows.append([(i == j) - end for j in range(c)])

    def at_most(i: int, end: Fraction) -> None:
        rows.append([end - (i == j) for j in range(c)])

    def in_proportion(i: int, j: int) -> None:
        equal.append([given[j] * (i == k) - given[i] * (j == k) for k in range(c)])

    if space == "exact" or (space == "intervals" and all(low == high for low, high in ends)):
        for i in range(1, c):
            in_proportion(0, i)
    elif space.startswith("within"):
        share = exact(float(space.removeprefix("within").removesuffix("%"))) / 100
        for i in range(c):
            at_least(i, given[i] * (1 - share))
            at_most(i, given[i] * (1 + share))
    elif space == "order":
        for i, j in product(range(c), repeat=2):
            if given[i] > given[j]:
                rows.append([Fraction(i == k) - (j == k) for k in range(c)])
    elif space == "intervals":
        plain = [i for i in range(c) if ends[i][0] == ends[i][1]]
        for i in set(range(c)) - set(plain):
            at_least(i, ends[i][0] / total)
            at_most(i, ends[i][1] / total)
        for i in plain[1:]:
            in_proportion(plain[0], i)
    return rows, equal


def vertices(written: Sequence[Any], space: str) -> list[Row]:
    """Return every vertex: wherever so many constraints hold with equality that only one point is left."""
    rows, equal = constraints(written, space)
    c = len(written)
    found = []
    for tight in combinations(rows, max(0, c - 1 - len(equal))):
        point = solved(
            [*equal, *tight, [Fraction(1)] * c],
            [Fraction(0)] * (len(equal) + len(tight)) + [Fraction(1)],
        )
        if point is not None and all(dot(row, point) >= 0 for row in rows) and point not in found:
            found.append(point)
    return found


def overall(tree: Any, spaces: dict[str, str], key: str = "") -> list[dict[str, Fraction]]:
    """Return the overall weights of the leaves at every vertex of the whole; a tree is {id: (weight, children)}."""
    options: list[list[dict[str, Fraction]]] = []
    for child, (_, below) in tree.items():
        options.append(overall(below, spaces, child) if below else [{child: Fraction(1)}])
    found = []
    for shares in vertices([weight for weight, _ in tree.values()], spaces[key]):
        found += [
            {leaf: s * w for s, part in zip(shares, parts, strict=True) for leaf, w in part.items()}
            for parts in product(*options)
        ]
    return found


def rank_of(place: int, scores: Sequence[Fraction]) -> int:
    """Return the rank of one of several scores, from 0 to 100; chains of ties, which these cases do not have, aside."""
    return 1 + sum(score > scores[place] + TOLERANCE for score in scores)


def ranks_on_a_line(
    values: Sequence[Sequence[Fraction]], ends: Sequence[Row]
) -> list[tuple[int, int]]:
    """Return the best and the worst rank of each on the line between two points of weights: all crossings, and between.

    The order changes at crossings alone, so the ends, the crossings and a point between each two show every order.
    """
    first, last = ends
    stops = {Fraction(0), Fraction(1)}
    for a, b in combinations(values, 2):
        at_first, at_last = (dot(end, a) - dot(end, b) for end in (first, last))
        if at_first != at_last and 0 <= (stop := at_first / (at_first - at_last)) <= 1:
            stops.add(stop)
    ordered = sorted(stops)
    stops |= {(a + b) / 2 for a, b in pairwise(ordered)}
    return extremes_at(
        values, [[f + t * (g - f) for f, g in zip(first, last, strict=True)] for t in stops]
    )


def ranks_in_a_plane(
    values: Sequence[Sequence[Fraction]], rows: list[Row]
) -> list[tuple[int, int]]:
    """Return the best and the worst rank of each over a polygon of three weights, {w: rows @ w >= 0, sum 1}.

    The lines on which two candidates tie, and the edges, cut it into cells. Their corners, the middles of all pairs of
    corners and the centres of all triples hold a point of each cell, of each side and of each corner.
    """
    lines = rows + [
        [100 * (x - y) for x, y in zip(a, b, strict=True)] for a, b in combinations(values, 2)
    ]
    corners = []
    for pair in combinations(lines, 2):
        point = solved([*pair, [Fraction(1)] * 3], [Fraction(0), Fraction(0), Fraction(1)])
        if point is not None and all(dot(row, point) >= 0 for row in rows) and point not in corners:
            corners.append(point)
    points = list(corners)
    for size in (2, 3):
        points += [
            [sum(x) / size for x in zip(*some, strict=True)] for some in combinations(corners, size)
        ]
    return extremes_at(values, points)


def extremes_at(
    values: Sequence[Sequence[Fraction]], points: Sequence[Row]
) -> list[tuple[int, int]]:
    """Return the best and the worst rank of each at some points."""
    ranks = []
    for point in points:
        scores = [100 * dot(point, row) for row in values]
        ranks.append([rank_of(place, scores) for place in range(len(values))])
    return [(min(seen), max(seen)) for seen in zip(*ranks, strict=True)]


def solved(rows: Sequence[Row], right: Sequence[Fraction]) -> Row | None:
    """Return the only solution of linear equations, by Gauss; None where there is none, or more than one."""
    table = [[*row, value] for row, value in zip(rows, right, strict=True)]
    c = len(rows[0])
    for column in range(c):
        pivot = next((k for k in range(column, len(table)) if table[k][column] != 0), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        table[column] = [x / table[column][column] for x in table[column]]
        for k, row in enumerate(table):
            if k != column and row[column] != 0:
                table[k] = [x - row[column] * y for x, y in zip(row, table[column], strict=True)]
    return None if any(row[c] != 0 for row in table[c:]) else [row[c] for row in table[:c]]


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def exact(number: float) -> Fraction:
    return Fraction(str(number))


def unit(c: int, i: int) -> Row:
    return [Fraction(i == j) for j in range(c)]
