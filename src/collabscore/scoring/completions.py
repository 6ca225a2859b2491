"""Completions: every way in which the open answers behind some conditions can come out.

Axis letters: n candidates, u rows of which completions are made.

Answers from which no condition can tell one another stand for one another. A rating or a number
is tried at its ends, at every number that it is compared with, and between any two of these. A sum
with several open parts is tried so itself, whatever these are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, compress
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, Frozen, IndexArray
from ..kernels.logic import Truth, compare, weighted_sum
from ..models.answers import MOST_CLASSES
from ..models.base import LARGEST
from ..models.expressions import (
    Answers,
    Atom,
    Compare,
    Constant,
    Count,
    Expression,
    Known,
    Not,
    NumberOf,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
    Sum,
    atoms_of,
    evaluate,
    only_counts,
    parts_of,
    references,
)
from .evaluation import Evaluator
from .problem import Problem

__all__ = [
    "MOST_COMPLETIONS",
    "Asked",
    "Completions",
    "asked_in",
    "completions",
    "completions_of",
    "distinct",
    "has_small_table",
    "keys_of",
    "open_where",
    "separated",
]

MOST_COMPLETIONS = 1_000_000
"""Most completions of one row; beyond, each condition is judged by itself."""

_MOST_CELLS = 1 << 22
"""Most completions at a time, if one row has no more."""

_MOST_KEYS = 1 << 62
"""More keys of rows are not whole numbers of 64 bits."""

_CELLS_OF_ROW = 16
"""With so many possible keys for each row, a table of all keys takes as long as sorting."""

_SMALL_TABLE = 1 << 12
"""With more combinations of different answers, only rows with open ones are looked up."""

_FEW_CELLS = 1 << 17
"""So many completions take no longer than the calls that try them."""


_NOTHING = Sum((), ())
"""A sum of which all parts cancel out."""


class Asked(NamedTuple):
    """What conditions look at.

    Parameters
    ----------
    names : tuple of str, Quantity, Known or Expression
        What can be open, in the order of its first use: facts of words, quantities, and whether
        something is known. Conditions that are looked at as a whole stand for the facts in them,
        which occur nowhere else.
    separate : tuple of str, Quantity or Known
        The names, with the facts in place of whole conditions.
    words : mapping of fact id to tuple of Answers or Overlaps
        Facts among the names, with the parts that look at them.
    numbers : mapping of NumberOf, RatingOf, Points or Sum to (tuple of float, tuple of Quantity)
        What is compared: with which constants, and with which others, itself among them.
    comparisons : tuple of Compare
    signs : Counter of Expression or Quantity
        Positive if a part makes more conditions hold where it is true, or greater.
    """

    names: tuple[Any, ...]
    separate: tuple[Any, ...]
    words: dict[str, tuple[Atom, ...]]
    numbers: dict[Quantity, tuple[tuple[float, ...], tuple[Quantity, ...]]]
    comparisons: tuple[Compare, ...]
    signs: Counter[Any]

    @property
    def sums(self) -> list[Sum]:
        """Sums among the names."""
        return [name for name in self.names if isinstance(name, Sum)]

    @property
    def known(self) -> tuple[str, ...]:
        """Facts and criteria of which conditions ask whether they are known."""
        return tuple(name.name for name in self.names if isinstance(name, Known))


def separated(name: Any) -> list[Any]:
    """Return the facts of words in a condition that is looked at as a whole, or the name."""
    if isinstance(name, Known) or not isinstance(name, Expression):
        return [name]
    return [atom.fact for atom in atoms_of(name) if isinstance(atom, Answers | Overlaps)]


@lru_cache(maxsize=1024)
def asked_in(*expressions: Expression) -> Asked:
    """Return what conditions look at."""
    uses: dict[Any, Counter[Any]] = {}
    total: Counter[Any] = Counter()
    for expression in expressions:
        total.update(_uses_of(expression, uses))
    signs: Counter[Any] = Counter()
    names: dict[Any, None] = {}
    words: dict[str, dict[Atom, None]] = {}
    left: list[tuple[Any, int]] = [(expression, 1) for expression in reversed(expressions)]
    seen = set()
    while left:
        part, sign = left.pop()
        if (part, sign) in seen:
            continue
        seen.add((part, sign))
        signs[part] += sign
        if isinstance(part, Expression) and _is_whole(uses[part], total, total[part]):
            names[part] = None
            continue
        left += reversed(_signed_parts(part, sign))
        match part:
            case Answers(fact) | Overlaps(fact):
                names[fact] = None
                words.setdefault(fact, {})[part] = None
            case NumberOf() | RatingOf() | Points() | Sum(_, (_, *_)) | Known():
                names[part] = None
    comparisons = _comparisons_in(signs, names)
    by_fact = {fact: tuple(atoms) for fact, atoms in words.items()}
    separate = tuple(chain.from_iterable(map(separated, names)))
    return Asked(tuple(names), separate, by_fact, _linked(comparisons), comparisons, signs)


def _comparisons_in(parts: Iterable[Any], whole: Collection[Any]) -> tuple[Compare, ...]:
    """Return the comparisons of quantities, without those that are looked at as a whole."""
    found = []
    for part in parts:
        if isinstance(part, Compare) and part not in whole and not only_counts(part):
            found.append(part)
    return tuple(found)


def _uses_of(part: Any, seen: dict[Any, Counter[Any]]) -> Counter[Any]:
    """Return how often each part, and each fact of words, occurs in an expression written out."""
    if part not in seen:
        uses: Counter[Any] = Counter([part])
        for inner in parts_of(part):
            uses.update(_uses_of(inner, seen))
        if isinstance(part, Answers | Overlaps):
            uses[part.fact] += 1
        seen[part] = uses
    return seen[part]


def _is_whole(uses: Counter[Any], total: Counter[Any], times: int) -> bool:
    """Return whether Kleene's logic judges a condition exactly, apart from all others.

    Each fact occurs in it once, and nowhere else. Then its parts are free of one another: where
    two of them are open, they come out in all four ways, and a count takes each whole number
    between its ends. By induction Kleene's logic leaves a part open only if it comes out both ways.
    A condition that occurs several times, by its name or in the same words, counts as one.

    Parameters
    ----------
    uses, total : Counter
        How often each part and each fact occurs in the condition, and in all conditions.
    times : int
        How often the condition occurs.
    """
    for use, number in uses.items():
        match use:
            case str():
                if number > 1 or total[use] > times:
                    return False
            case Constant(value):
                if not value.is_integer():
                    return False
            case Known() | NumberOf() | RatingOf() | Points():
                return False
    return True


def _signed_parts(part: Any, sign: int) -> list[tuple[Any, int]]:
    """Return what an expression is directly made of, with the signs of these."""
    inner = parts_of(part)
    signs = [sign] * len(inner)
    if isinstance(part, Not):
        signs = [-sign]
    elif isinstance(part, Compare):
        direction = {">": sign, "<": -sign}.get(part.sign[0], 0)
        signs = [direction, -direction]
    elif isinstance(part, Sum):
        signs = [sign if factor > 0 else -sign for factor in part.factors]
    return list(zip(inner, signs, strict=True))


def _linked(
    comparisons: Sequence[Compare],
) -> dict[Quantity, tuple[tuple[float, ...], tuple[Quantity, ...]]]:
    """Return with which constants and other quantities each is compared, others' included."""
    constants: dict[Quantity, set[float]] = {}
    group: dict[Quantity, set[Quantity]] = {}
    for comparison in comparisons:
        beside: set[float] = set()
        met: set[Quantity] = set()
        for side in parts_of(comparison):
            match side:
                case Constant(value):
                    beside.add(value)
                case Count(conditions):
                    beside.update(range(len(conditions) + 1))
                case NumberOf() | RatingOf() | Points() | Sum():
                    met |= group.get(side, {side})
        for member in met:
            beside |= constants.get(member, set())
        for member in met:
            constants[member], group[member] = beside, met
    found = {}
    for quantity, members in group.items():
        ordered = tuple(sorted(members, key=repr))
        found[quantity] = (tuple(sorted(constants[quantity])), ordered)
    return found


# the options of each name


class Words(NamedTuple):
    """What the answer to a fact may be in each of u rows, by the number of its class.

    Parameters
    ----------
    first, counts : integer arrays of shape (u,)
    truths : mapping of Expression to boolean array (classes,)
        Of each part of a condition that looks at the fact.
    """

    first: IndexArray
    counts: IndexArray
    truths: Mapping[Any, BoolArray]

    def take(self, rows: IndexArray) -> Words:
        """Return the options in some rows."""
        return Words(self.first[rows], self.counts[rows], self.truths)

    def values_of(self, by_class: NDArray[Any]) -> NDArray[Any]:
        """Return the values of the classes of each row, (u, o); the last one is repeated."""
        most = self.counts.max(initial=1)
        if most == 1:
            return by_class[self.first][:, None]
        return by_class[self.first[:, None] + np.minimum(np.arange(most), self.counts[:, None] - 1)]

    def mildest(self, sign: int) -> Words:
        """Return the first option of each row, for which the fewest conditions hold."""
        return Words(self.first, np.ones_like(self.counts), self.truths)


class Numbers(NamedTuple):
    """What a quantity may be in each of u rows: `points`, (u, p); all alike where `counts` is 1."""

    points: FloatArray
    counts: IndexArray

    def take(self, rows: IndexArray) -> Numbers:
        """Return the options in some rows."""
        return Numbers(self.points[rows], self.counts[rows])

    def mildest(self, sign: int) -> Numbers:
        """Return the least number of each row, or the greatest if the sign is negative."""
        points = self.points.max(axis=1) if sign < 0 else self.points.min(axis=1)
        return Numbers(points[:, None], np.ones_like(self.counts))


def _classes_of(
    evaluator: Evaluator, asked: Asked, name: Any, rows: IndexArray | slice
) -> tuple[NDArray[Any], Words]:
    """Return the class of the answer in each row, (u,), and the options of each class.

    Answers of one class can come out in the same ways. Of its options that for which the fewest
    conditions are likely to hold comes first.
    """
    if not isinstance(name, str):
        # a whole condition is false, open or true
        certain, possible = evaluator.truth(name)
        states = np.add(certain[rows], possible[rows], dtype=np.uint8)
        truths: dict[Expression, BoolArray] = {name: np.array([False, True])}
        first = np.array([0, 0, 1])
        if asked.signs[name] < 0:
            truths, first = {name: ~truths[name]}, first[::-1]
        return states, Words(first, np.array([1, 2, 1]), truths)
    atoms = asked.words[name]

    def harm(truths: tuple[bool, ...]) -> int:
        return sum(asked.signs[atom] for atom in compress(atoms, truths))

    column: Any = evaluator.problem.facts[name]
    codes = column.codes[rows]
    ids = np.zeros(len(column.answers), dtype=np.intp)
    alike: dict[tuple[tuple[bool, ...], ...], int] = {}
    # `np.unique` would import a module of masked arrays, a tenth of the time of a command
    used = range(len(ids)) if len(ids) < len(codes) else sorted(set(codes.tolist()))
    for code in used:
        ways = evaluator.problem.framework.ways_to_answer(name, atoms, column.answers[code])
        ids[code] = alike.setdefault(ways, len(alike))
    options = []
    for ways in alike:
        options += sorted(ways, key=harm)
    counts = np.array([len(ways) for ways in alike], dtype=np.intp)
    first = np.cumsum(counts) - counts
    # not all ways are known of an answer that can come out in more than these
    counts[counts > MOST_CLASSES] = MOST_COMPLETIONS + 1
    table = np.array(options, dtype=np.bool_).reshape(-1, len(atoms))
    return ids[codes], Words(first, counts, dict(zip(atoms, table.T, strict=True)))


def _ends(
    evaluator: Evaluator, quantity: Quantity, rows: IndexArray | slice
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest that a quantity can be in some rows, (u,) each."""
    if isinstance(quantity, Sum) and quantity.parts:
        parts = [_ends(evaluator, part, rows) for part in quantity.parts]
        return weighted_sum(quantity.factors, parts)
    problem = evaluator.problem
    if isinstance(quantity, NumberOf):
        low, high = problem.number_bounds(quantity.fact)
        return low[rows], high[rows]
    low, high = evaluator.range_of(quantity)
    if low.ndim == 0 or high.ndim == 0:
        low, high = (np.broadcast_to(end, problem.size) for end in (low, high))
    low, high = low[rows], high[rows]
    if isinstance(quantity, Points):
        unknown = np.isnan(low)
        return np.where(unknown, 0.0, low), np.where(unknown, 100.0, high)
    return low, high


class _OpenParts(NamedTuple):
    """What is open of a sum in each of u rows.

    Parameters
    ----------
    times : integer array of shape (u,)
        How many parts are open.
    first : integer array of shape (u,)
        The place of the first of these.
    rest : array of shape (u,)
        What all others come to.
    """

    times: IndexArray
    first: IndexArray
    rest: FloatArray

    @classmethod
    def of(cls, evaluator: Evaluator, total: Sum, rows: IndexArray | slice) -> _OpenParts:
        ends = [_ends(evaluator, part, rows) for part in total.parts]
        is_open = np.array([low != high for low, high in ends])
        settled = [np.where(low == high, low, 0.0) for low, high in ends]
        rest, _ = weighted_sum(total.factors, [(numbers, numbers) for numbers in settled])
        return cls(np.count_nonzero(is_open, axis=0), is_open.argmax(axis=0), rest)


_Turns: TypeAlias = Mapping[Quantity, Sequence[tuple[BoolArray, FloatArray]]]
"""Of each quantity in which rows it is the only open part of a sum, and where that turns, (u,)."""


def _turns_of_parts(evaluator: Evaluator, asked: Asked, rows: IndexArray) -> _Turns:
    """Return where sums with one open part turn."""
    found: dict[Quantity, list[tuple[BoolArray, FloatArray]]] = {}
    for total in asked.sums:
        times, first, rest = _OpenParts.of(evaluator, total, rows)
        for place in sorted(set(first[times == 1].tolist())):
            alone = (times == 1) & (first == place)
            for constant in asked.numbers[total][0]:
                turn = (constant - rest) / total.factors[place]
                found.setdefault(total.parts[place], []).append((alone, turn))
    return found


def _numbers(
    evaluator: Evaluator, asked: Asked, turns: _Turns, quantity: Quantity, rows: IndexArray
) -> Numbers:
    """Return points of a quantity: ends, all that it is compared with, and some between them.

    Between two neighbours there are as many as there are quantities that are compared with one
    another, so that these can have any order there.
    """
    constants, linked = asked.numbers.get(quantity, ((), (quantity,)))
    low, high = _ends(evaluator, quantity, rows)
    matters = low < high
    if isinstance(quantity, Sum):
        matters = _OpenParts.of(evaluator, quantity, rows).times > 1
    elif quantity not in asked.numbers:
        matters = np.logical_or.reduce([alone for alone, _ in turns.get(quantity, ())])
    if not np.any(matters):
        return Numbers(low[:, None], np.ones(len(rows), dtype=np.intp))
    marks = [np.full(len(rows), constant) for constant in constants]
    for other in linked:
        ends = _ends(evaluator, other, rows)
        marks += ends
        for alone, turn in turns.get(other, ()):
            marks.append(np.where(alone, turn, ends[0]))
    in_days = _in_days(evaluator, quantity)
    if in_days:
        marks = [*map(np.floor, marks), *map(np.ceil, marks)]
    table = np.sort(np.stack(marks, axis=1), axis=1)
    finite = np.where(np.isfinite(table), table, np.nan)
    nothing = np.isnan(finite).all(axis=1)
    finite[nothing] = 0.0
    least, greatest = np.nanmin(finite, axis=1), np.nanmax(finite, axis=1)
    # a short step beyond them would be lost in the rounding of large numbers, or of a sum
    least, greatest = least - np.fmax(LARGEST, -least), greatest + np.fmax(LARGEST, greatest)
    table = np.clip(table, least[:, None], greatest[:, None])
    table = np.clip(table, low[:, None], high[:, None])
    start, step = table[:, :-1], np.diff(table, axis=1)
    parts = len(linked) + 1
    between = [start + step * (k / parts) for k in range(1, parts)]
    points = np.concatenate([table, *between], axis=1)
    # rounding may not carry a point out
    points = np.clip(points, table[:, :1], table[:, -1:])
    counts = np.where(matters, points.shape[1], 1)
    return Numbers(np.floor(points) if in_days else points, counts)


def _in_days(evaluator: Evaluator, quantity: Quantity) -> bool:
    """Return whether a quantity is a date, or a sum of dates: a whole number of days."""
    if isinstance(quantity, NumberOf):
        return evaluator.problem.framework.all_facts[quantity.fact].in_days
    parts = quantity.parts if isinstance(quantity, Sum) else ()
    return bool(parts) and all(_in_days(evaluator, part) for part in parts)


# rows that come out alike


def distinct(columns: Sequence[NDArray[Any]]) -> tuple[IndexArray, IndexArray]:
    """Return one of the rows that are alike in all columns, and to which of these each belongs.

    Parameters
    ----------
    columns : sequence of integer arrays of shape (n,), not negative

    Returns
    -------
    rows : integer array of shape (u,)
    inverse : integer array of shape (n,)

    Examples
    --------
    >>> distinct([np.array([1, 0, 1]), np.array([2, 2, 2])])
    (array([1, 2]), array([1, 0, 1]))
    """
    n = len(columns[0])
    key, cells = np.zeros(n, dtype=np.int64), 1
    for column in columns:
        radix = int(column.max(initial=0)) + 1
        if cells * radix > _MOST_KEYS:
            key = np.unique(key, return_inverse=True)[1]
            cells = n
        if radix > 1:
            key *= radix
            key += column
            cells *= radix
    if cells > _CELLS_OF_ROW * n:
        _, rows, inverse = np.unique(key, return_index=True, return_inverse=True)
        return rows, inverse
    if cells == 1:
        return np.zeros(1, dtype=np.intp), key
    row_of = np.full(cells, -1, dtype=np.intp)
    row_of[key] = np.arange(n)
    occurring = np.flatnonzero(row_of >= 0)
    if len(occurring) == cells:
        return row_of, key
    numbers = np.empty(cells, dtype=np.intp)
    numbers[occurring] = np.arange(len(occurring))
    return row_of[occurring], numbers[key]


def keys_of(evaluator: Evaluator, asked: Asked, rows: IndexArray | slice) -> list[NDArray[Any]]:
    """Return columns of integers, (u,) each: rows alike in all of them have like completions."""
    problem = evaluator.problem
    columns: list[NDArray[Any]] = []
    for name in asked.names:
        match name:
            case Known(key):
                columns.append(problem.is_known(key)[rows])
            case NumberOf() | RatingOf() | Points():
                columns += _keys_of_number(evaluator, asked, name, rows)
            case Sum():
                columns += _keys_of_number(evaluator, asked, name, rows)
                columns += _keys_of_sum(evaluator, name, rows)
            case _:
                columns.append(_classes_of(evaluator, asked, name, rows)[0])
    for comparison in asked.comparisons:
        if sum(isinstance(side, Constant) for side in parts_of(comparison)) == 1:
            columns += _truths_at_ends(evaluator, comparison, rows)
    return columns


def _keys_of_number(
    evaluator: Evaluator, asked: Asked, quantity: Quantity, rows: IndexArray | slice
) -> list[NDArray[Any]]:
    """Return where the ends of a quantity are among the numbers that it is compared with."""
    constants, linked = asked.numbers.get(quantity, ((), ()))
    ends = _ends(evaluator, quantity, rows)
    if len(linked) > 1:
        return [np.unique(end, return_inverse=True)[1] for end in ends]
    columns: list[NDArray[Any]] = [ends[0] == ends[1]]
    for end in ends:
        for side in ("left", "right"):
            columns.append(np.searchsorted(constants, end, side=side))
    return columns


def _keys_of_sum(
    evaluator: Evaluator, total: Sum, rows: IndexArray | slice
) -> Iterator[NDArray[Any]]:
    """Yield how many parts of a sum are open, and numbers that say where it turns if one is."""
    times, first, rest = _OpenParts.of(evaluator, total, rows)
    alone = times == 1
    yield np.minimum(times, 2)
    if alone.any():
        first = np.where(alone, first, 0)
        yield first
        ends = np.array([_ends(evaluator, part, rows) for part in total.parts])
        for numbers in (rest, *ends[first, :, np.arange(len(first))].T):
            yield np.unique(np.where(alone, numbers, 0.0), return_inverse=True)[1]


def _truths_at_ends(
    evaluator: Evaluator, comparison: Compare, rows: IndexArray | slice
) -> list[BoolArray]:
    """Return whether a comparison with a constant holds at either end, (u,) each.

    Neighbours of a constant may round to it, or not.
    """
    sides: list[Any] = []
    for side in parts_of(comparison):
        if isinstance(side, Count):
            return []
        quantity: Any = side
        sides.append(_ends(evaluator, quantity, rows))
    columns = []
    for one, other in zip(*sides, strict=True):
        truth = compare(comparison.sign, (one, one), (other, other), comparison.tolerance)
        columns.append(truth.certain)
    return columns


def open_where(evaluator: Evaluator, name: Any, atoms: Iterable[Atom]) -> BoolArray:
    """Return for which candidates a fact, rating, quantity or `known` is open, (n,).

    Parameters
    ----------
    atoms : iterable of Atom
        The questions that conditions ask, those for the fact among them.
    """
    problem = evaluator.problem
    match name:
        case str(key) | NumberOf(key) | RatingOf(key):
            column: Any = problem.column(key)
            is_open: BoolArray = ~column.settled
            for atom in atoms:
                # an area that is named alone leaves open which of its items are meant
                if isinstance(atom, Overlaps) and atom.fact == key:
                    is_open |= evaluator.outcomes(key, atom).unknown[column.codes]
            return is_open
        case Known(key):
            return ~problem.is_known(key)
    low, high = _ends(evaluator, name, np.arange(problem.size))
    differ: BoolArray = low != high
    return differ


def has_small_table(problem: Problem, asked: Asked) -> bool:
    """Return whether some answers are open, and all candidates have few different ones."""
    cells, is_open = 1, False
    for name in asked.separate:
        if not isinstance(name, str):
            return False
        column: Any = problem.facts[name]
        cells *= len(column.answers)
        if cells > _SMALL_TABLE:
            return False
        for code, answer in enumerate(column.answers):
            if answer is None or not answer.settled:
                is_open = is_open or bool((column.codes == code).any())
    return is_open


# completions


def completions(
    evaluator: Evaluator, asked: Asked, rows: IndexArray, *, any_known: bool = False
) -> Iterator[tuple[IndexArray, Completions]]:
    """Yield all completions of rows, with the positions of these among `rows`.

    Rows of more than `MOST_COMPLETIONS` are left out.
    """
    every = completions_of(evaluator, asked, rows, any_known=any_known)
    counts = np.array([option.counts for option in every.options.values()], dtype=np.intp)
    counts = counts.reshape(-1, len(rows))
    with np.errstate(over="ignore"):  # an infinite product is too many
        together = np.prod(counts, axis=0, dtype=np.float64)
    fitting = np.flatnonzero(together <= MOST_COMPLETIONS)
    for part in _blocks(counts, fitting) if len(fitting) else ():
        chosen = {name: option.take(part) for name, option in every.options.items()}
        yield part, Completions(evaluator, rows[part], chosen)


def _blocks(counts: NDArray[np.intp], rows: IndexArray) -> Iterator[IndexArray]:
    """Yield some rows at a time, of which not too many completions would be tried in vain.

    All rows of a block have as many completions as the most options of each name make.
    """
    most = counts[:, rows].max(axis=1, initial=1)
    cells = math.prod(most.tolist()) * len(rows)
    if cells <= _FEW_CELLS or len(rows) == 1:
        yield rows
        return
    uneven = np.flatnonzero((counts[:, rows] < most[:, None]).any(axis=1))
    if len(uneven):
        full = counts[uneven[0], rows] == most[uneven[0]]
        parts = [rows[full], rows[~full]]
    else:
        parts = np.array_split(rows, 2) if cells > _MOST_CELLS else []
    if not parts:
        yield rows
    for part in parts:
        yield from _blocks(counts, part)


def completions_of(
    evaluator: Evaluator, asked: Asked, rows: IndexArray, *, any_known: bool
) -> Completions:
    """Return all completions of rows together, however many these are."""
    problem = evaluator.problem
    options: dict[Any, Words | Numbers] = {}
    turns = _turns_of_parts(evaluator, asked, rows)
    for name in asked.names:
        match name:
            case Known(key):
                known = problem.is_known(key)[rows]
                points = np.stack([known, known | any_known], axis=1).astype(np.float64)
                options[name] = Numbers(points, np.where(known | (not any_known), 1, 2))
            case NumberOf() | RatingOf() | Points() | Sum():
                options[name] = _numbers(evaluator, asked, turns, name, rows)
            case _:
                ids, classes = _classes_of(evaluator, asked, name, rows)
                options[name] = classes.take(ids)
    return Completions(evaluator, rows, options)


@dataclass(frozen=True, eq=False, repr=False)
class Completions(Frozen):
    """Every way in which what conditions look at can come out in some rows.

    Arrays have an axis for the rows, and one for the options of each name that is open, (u, ...);
    an axis of length 1 says that it does not matter.

    Parameters
    ----------
    evaluator : Evaluator
    rows : integer array of shape (u,)
        Rows of the problem. One with fewer options of a name has its last one several times.
    options : mapping of fact id, quantity or Known to options
    """

    evaluator: Evaluator
    rows: IndexArray
    options: Mapping[Any, Words | Numbers]

    def mildest(self, signs: Mapping[Any, int]) -> Completions:
        """Return one completion of each row, for which the fewest conditions are likely to hold."""
        chosen: dict[Any, Words | Numbers] = {}
        for name, option in self.options.items():
            chosen[name] = option.mildest(signs[name])
        return Completions(self.evaluator, self.rows, chosen)

    @cached_property
    def _axes(self) -> dict[Any, int]:
        """The axis of each open name."""
        found: list[Any] = []
        for name, option in self.options.items():
            if option.counts.max(initial=1) > 1:
                found.append(name)
        return {name: axis for axis, name in enumerate(found, start=1)}

    def by_row(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of rows, (u,), as an array over completions."""
        return values.reshape(-1, *[1] * len(self._axes))

    def _along(self, name: Any, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of the options of a name, (u, o), as an array over completions."""
        shape = [len(values), *[1] * len(self._axes)]
        if name in self._axes:
            shape[self._axes[name]] = values.shape[1]
        return values.reshape(shape)

    def truth(self, expression: Expression) -> BoolArray:
        """Return whether a condition holds in each completion."""
        return evaluate(expression, self._truth_of, self._seen).certain

    @cached_property
    def _seen(self) -> dict[Expression, Truth]:
        """The truth of what was evaluated before: at first, of parts that look at one fact."""
        seen = {}
        for name, option in self.options.items():
            if isinstance(option, Words):
                for part, by_class in option.truths.items():
                    seen[part] = Truth.settled(self._along(name, option.values_of(by_class)))
        return seen

    def _truth_of(self, part: Expression) -> Truth:
        match part:
            case Compare(sign, left, right):
                one, other = self._value_of(left), self._value_of(right)
                return compare(sign, (one, one), (other, other), part.tolerance)
            case Known():
                return Truth.settled(self._value_of(part) > 0)
        raise TypeError(part)

    def _value_of(self, quantity: Any) -> Any:
        if isinstance(quantity, Constant):
            return np.float64(quantity.value)
        if isinstance(quantity, Count):
            counted: Any = np.float64(0)
            for condition in quantity.conditions:
                counted = counted + self.truth(condition)
            return counted
        if quantity == _NOTHING:
            return np.float64(0)
        option: Any = self.options[quantity]
        numbers = self._along(quantity, option.points[:, : option.counts.max(initial=1)])
        if isinstance(quantity, Sum):
            parts = [self._value_of(part) for part in quantity.parts]
            added = weighted_sum(quantity.factors, [(part, part) for part in parts])[0]
            is_free = _OpenParts.of(self.evaluator, quantity, self.rows).times > 1
            return np.where(self.by_row(is_free), numbers, added)
        return numbers

    def least(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the least of values over all completions of each row, (u,)."""
        found: NDArray[Any] = values.min(axis=tuple(range(1, values.ndim)))
        return found

    def most(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the greatest of values over all completions of each row, (u,)."""
        found: NDArray[Any] = values.max(axis=tuple(range(1, values.ndim)))
        return found

    def least_beside(self, values: NDArray[Any], names: Collection[Any]) -> NDArray[Any]:
        """Return the least of values over the options of all other names."""
        other = [axis for name, axis in self._axes.items() if name not in names]
        found: NDArray[Any] = values.min(axis=tuple(other), keepdims=True)
        return found

    def deciding(self, values: NDArray[Any]) -> list[Any]:
        """Return the names on whose answer values depend.

        A name counts if two completions that differ in its answer alone have different values.
        """
        found = []
        for name, axis in self._axes.items():
            if (values != values.take([0], axis=axis)).any():
                found.append(name)
        return found

    @property
    def free(self) -> BoolArray:
        """Where an open score or sum is tried beside what it is made of, each freely, (u,)."""
        framework = self.evaluator.problem.framework
        free = np.zeros(len(self.rows), dtype=np.bool_)
        met: dict[str, BoolArray] = {}
        for name, option in self.options.items():
            if isinstance(name, Quantity):
                is_open, behind = option.counts > 1, set(references(name).names())
                for key in list(behind):
                    behind.update(framework.leaves_below(key))
                for key in behind:
                    free |= is_open & met.get(key, False)
                    met[key] = is_open | met.get(key, False)
        return free
