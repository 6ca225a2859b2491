"""Uncertainty: draws of weights, ratings, facts and choices of method, and the outcomes.

Axis letters: n candidates, m leaf criteria, s draws, u uncertain ratings, c children of a group, o
candidates with an open fact, f open facts of all candidates.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate, chain, count, pairwise
from typing import Any, TypeAlias

import numpy as np

from ..arrays import BoolArray, FloatArray, Frozen, IndexArray, frozen_property
from ..errors import UsageError, names_of, refusal_of_name, refusal_of_value, whole_number
from ..kernels.aggregation import Tree, overall_weights, ratings_from
from ..kernels.logic import Range, weighted_sum
from ..kernels.weights import TILE, Keys, uniform_numbers
from ..models.answers import Answer, AnswerClass
from ..models.criteria import power_of
from ..models.expressions import Compare, Constant, NumberOf, Sum
from ..models.framework import Framework
from ..models.sums import MIRROR
from ..models.weight_spaces import GroupWeights
from ..scoring.problem import Column, NumberColumn, Problem, column_of
from ..scoring.ranking import Ranking, refuse_without_ranks
from ..scoring.valuation import Valuation, tree_of
from ..scoring.variants import Changes, Entries, Outcomes, Variants, points_at

__all__ = [
    "DrawBatch",
    "Draws",
    "OpenFact",
    "Progress",
    "UncertainRatings",
    "choices_of_method",
    "open_facts",
    "open_ratings",
    "options_of_draws",
    "refuse_no_progress",
    "refuse_nothing_to_rank",
    "take_draws",
]


Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many draws or questions are done, and of how many."""


@dataclass(frozen=True, eq=False, repr=False)
class UncertainRatings(Frozen):
    """Ratings on one criterion that are not points, (u,) each.

    Parameters
    ----------
    key : str
        The criterion.
    rows : integer array
        The positions of the candidates among those that are drawn for.
    low, value, high : arrays
        In the units of the scale, the whole scale where unknown; `value` is NaN where there are no
        three points.
    unknown : boolean array
        Where there is no rating at all.
    columns : slice
        Their columns in `DrawBatch.uniform`.
    """

    key: str
    rows: IndexArray
    low: FloatArray
    value: FloatArray
    high: FloatArray
    unknown: BoolArray
    columns: slice

    def draw(self, uniform: FloatArray) -> FloatArray:
        """Return drawn ratings, (s, u), from numbers in [0, 1) of that shape."""
        return ratings_from(self.low, self.value, self.high, uniform)

    def draw_one(self, number: int, uniform: FloatArray) -> FloatArray:
        """Return drawn ratings of one candidate, (s,), by its position here."""
        one = [number]
        ends = self.low[one], self.value[one], self.high[one]
        return ratings_from(*ends, uniform[:, None])[:, 0]


# open facts


_NO_ANSWER = AnswerClass("stays unknown", None, ())
# the position of "rated" among the answers of `open_ratings`
_RATED = 0


@dataclass(frozen=True, eq=False, repr=False)
class OpenFact:
    """A fact that is open for some candidates, in a way that makes a difference to some guardrail.

    Parameters
    ----------
    key : str
    rows : integer array of shape (o,)
        The candidates, in the order of the problem.
    answers : sequence of list of AnswerClass
        Of each of these candidates, at least two; each counts as equally likely. One of them may
        be that it stays unknown.
    column : Column
        All these answers, one after another.
    """

    key: str
    rows: IndexArray
    answers: Sequence[list[AnswerClass]]
    column: Column

    def entries(self, drawn: FloatArray) -> Entries:
        """Return drawn answers.

        Parameters
        ----------
        drawn : array of shape (s, o)
            Before the point the number of the answer, behind it the place within.
        """
        which = drawn.astype(np.intp)
        begins = np.cumsum([0, *map(len, self.answers[:-1])])
        column = self.column.take((begins + which).ravel())
        if isinstance(column, NumberColumn):
            place = (drawn - which).ravel()
            column = NumberColumn.of_points(column.low + place * (column.high - column.low))
        return Entries(self.rows, column)


def open_facts(
    problem: Problem, rows: Iterable[int] | None = None, *, or_unknown: bool = True
) -> tuple[OpenFact, ...]:
    """Return the facts that are not settled and that some guardrail looks at.

    Parameters
    ----------
    problem : Problem
    rows : iterable of int, optional
        The candidates to look at; all of them, if left out.
    or_unknown : bool
        Whether an answer may stay unknown, where a condition asks whether it is known.
    """
    framework = problem.framework
    rows = range(problem.size) if rows is None else rows
    looked_at = {*framework.atoms_by_fact, *framework.known_asked}
    turns = _turns_by_fact(problem)
    found = []
    for key, column in problem.facts.items():
        if key not in looked_at:
            continue
        mine = turns.get(key, ())
        known = {row: (column.answer_at(row), _turns_at(row, mine, key)) for row in rows}
        classes = {}
        for answer in set(known.values()):
            classes[answer] = _open_answers(framework, key, *answer, or_unknown)
        asked = {row: classes[answer] for row, answer in known.items() if classes[answer]}
        if asked:
            listed = [entry.answer for entry in chain.from_iterable(asked.values())]
            possible = column_of(listed, framework.all_facts[key])
            found.append(OpenFact(key, np.array([*asked]), [*asked.values()], possible))
    return tuple(found)


def _turns_by_fact(problem: Problem) -> dict[str, list[tuple[str, FloatArray]]]:
    """Return where sums turn with each fact, other parts at either end: signs and numbers, (n,)."""
    found: dict[str, list[tuple[str, FloatArray]]] = {}
    atoms = chain.from_iterable(problem.framework.atoms_by_fact.values())
    for atom in dict.fromkeys(atoms):
        match atom:
            case Compare(sign, Sum(factors, parts), Constant(value)):
                ranges = [_bounds_of(problem, part) for part in parts]
                for lowest in (True, False):
                    ends = []
                    for factor, (low, high) in zip(factors, ranges, strict=True):
                        ends.append(factor * (low if (factor > 0) is lowest else high))
                    rests = _without_each(np.array(ends))
                    for part, factor, rest in zip(parts, factors, rests, strict=True):
                        if isinstance(part, NumberOf):
                            turned = sign.translate(MIRROR) if factor < 0 else sign
                            turns = found.setdefault(part.fact, [])
                            turns.append((turned, (value - rest) / factor))
    return found


def _without_each(parts: FloatArray) -> Iterator[FloatArray]:
    """Yield what all parts but each one come to, (n,); NaN where others have no end."""
    endless = ~np.isfinite(parts)
    finite = np.where(endless, 0.0, parts)
    times, whole = np.count_nonzero(endless, axis=0), finite.sum(axis=0)
    for own, is_endless in zip(finite, endless, strict=True):
        rest, _ = weighted_sum((1, -1), [(whole, whole), (own, own)])
        yield np.where(times > is_endless, np.nan, rest)


def _turns_at(row: int, turns: Iterable[tuple[str, FloatArray]], fact: str) -> tuple[Compare, ...]:
    """Return the comparisons of a fact by which sums turn in a row."""
    finite = {(sign, float(numbers[row])) for sign, numbers in turns if np.isfinite(numbers[row])}
    return tuple(Compare(sign, NumberOf(fact), Constant(turn)) for sign, turn in sorted(finite))


def _bounds_of(problem: Problem, part: Any) -> Range:
    """Return the least and the greatest that a part of a sum can be, (n,)."""
    if isinstance(part, NumberOf):
        return problem.number_bounds(part.fact)
    return problem.rating_bounds(part.criterion)


def _open_answers(
    framework: Framework,
    fact: str,
    known: Answer | None,
    turns: tuple[Compare, ...],
    or_unknown: bool,
) -> list[AnswerClass]:
    """Return the answers that are still possible; none where they make no difference."""
    classes = framework.answer_classes(fact, known, more=turns)
    # any answer matters where a condition asks whether there is one
    if known is None and fact in framework.known_asked:
        return [*classes, _NO_ANSWER] if or_unknown else classes
    return classes if len(classes) > 1 else []


def open_ratings(problem: Problem) -> tuple[OpenFact, ...]:
    """Return the unknown ratings of which a condition asks whether they are known.

    Each has two answers: it is rated, by a rating that is drawn beside, or it stays unknown.
    """
    answers = [AnswerClass("rated", None, ()), _NO_ANSWER]
    found = []
    for key, column in problem.ratings.items():
        rows = np.flatnonzero(column.unknown)
        if len(rows) and key in problem.framework.known_asked:
            found.append(OpenFact(key, rows, [answers] * len(rows), column))
    return tuple(found)


def _rated_in(entries: Entries, rows: IndexArray, rated: BoolArray) -> Entries:
    """Return drawn ratings of which some are known in some draws, `rated` of shape (s, o)."""
    is_answer = np.zeros((len(rated), len(entries.subjects)), dtype=np.bool_)
    is_answer[:, np.searchsorted(entries.subjects, rows)] = rated
    return entries._replace(is_answer=is_answer)


# choices of method


def choices_of_method(
    names: str | Collection[str], framework: Framework
) -> dict[str, tuple[str, ...]]:
    """Return the options, equally likely, of each choice of method to draw from.

    Parameters
    ----------
    names : str or collection of str
        "missing": the value of an unknown rating (average, worst, omit), in place of drawing it.
        "combine": the mean of the top (arithmetic, geometric, harmonic). "guardrail:ID": whether
        that guardrail is in force.

    Raises
    ------
    UsageError
        If there is no such choice.
    """
    options: dict[str, tuple[str, ...]] = {
        "missing": ("average", "worst", "omit"),
        "combine": ("arithmetic", "geometric", "harmonic"),
    }
    for key in framework.guardrails:
        options[f"guardrail:{key}"] = ("in force", "left out")
    chosen = names_of("method_choices", names)
    for name in chosen:
        if name not in options:
            message = f"`{name}` is not a choice of method"
            raise refusal_of_name(message, name, options, "method_choices")
    return {name: options[name] for name in chosen}


@dataclass(frozen=True, eq=False, repr=False)
class DrawBatch:
    """Draws before anything is evaluated.

    Parameters
    ----------
    shares : tuple of arrays of shape (s, c) or (c,)
        The weights of each group, in the order of the groups drawn from; (c,) where all draws have
        the same.
    uniform : array of shape (s, u)
        In [0, 1): the place of each uncertain rating between its ends.
    options : integer array of shape (s, number of choices)
        The option of each choice of method.
    answers : array of shape (s, f)
        The answer to each open fact of each candidate, as `OpenFact.entries` takes it, one fact
        after another; without columns where facts stay open.
    """

    shares: tuple[FloatArray, ...]
    uniform: FloatArray
    options: IndexArray
    answers: FloatArray

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.uniform)

    def take(self, rows: IndexArray | slice) -> DrawBatch:
        """Return some of the draws."""
        shares = tuple(part if part.ndim == 1 else part[rows] for part in self.shares)
        return DrawBatch(shares, self.uniform[rows], self.options[rows], self.answers[rows])

    @property
    def tree_weights(self) -> tuple[FloatArray, ...]:
        """Weights of the groups as a tree has them: in reverse order, and the top last."""
        return (*reversed(self.shares[1:]), *self.shares[:1])


def take_draws(batches: Iterator[DrawBatch], count: int) -> Iterator[DrawBatch]:
    """Yield the next `count` draws in tiles, the last of which may be shorter."""
    for start in range(0, count, TILE):
        yield next(batches).take(slice(count - start))


def _stream_keys(names: Iterable[tuple[object, ...]]) -> Keys:
    """Return a key for each name of a stream, which may have several parts."""
    keys = []
    for parts in names:
        text = "\0".join(map(str, parts))
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        keys.append(int.from_bytes(digest, "little"))
    return np.array(keys, dtype=np.uint64)


@dataclass(frozen=True, eq=False, repr=False)
class Draws(Frozen):
    """Draws of the weights, ratings and choices of method of a problem.

    Parameters
    ----------
    problem : Problem
    groups : tuple of GroupWeights
        The admissible weights of each group, the top first.
    seed : int
    choices : mapping of choice of method to its options
    facts : tuple of OpenFact
        The open facts to answer; all others stay open.
    subjects : integer array of shape (n,), optional
        The candidates that are drawn for, by their rows in the problem; all, if left out. There
        are no facts to answer then.
    """

    problem: Problem
    groups: tuple[GroupWeights, ...]
    seed: int
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[OpenFact, ...] = ()
    subjects: IndexArray | None = None

    @frozen_property
    def _rows(self) -> IndexArray:
        return np.arange(self.problem.size) if self.subjects is None else self.subjects

    @frozen_property
    def uncertain(self) -> tuple[UncertainRatings, ...]:
        """The ratings that are not points, of each criterion that has any."""
        found = []
        start = 0
        for key, column in self.problem.ratings.items():
            low, high = self.problem.rating_bounds(key)
            positions = np.flatnonzero((low < high)[self._rows])
            if len(positions):
                columns = slice(start, start + len(positions))
                rows = self._rows[positions]
                ends = low[rows], column.value[rows], high[rows]
                found.append(UncertainRatings(key, positions, *ends, column.unknown[rows], columns))
                start = columns.stop
        return tuple(found)

    @property
    def uncertain_count(self) -> int:
        """The number of ratings that are not points."""
        return self.uncertain[-1].columns.stop if self.uncertain else 0

    @frozen_property
    def may_lack_score(self) -> BoolArray:
        """Who has no score in some draws: candidates that rate nothing, if omitted, (n,)."""
        lacking = np.full(len(self._rows), "missing" in self.choices)
        for column in self.problem.ratings.values():
            lacking &= column.unknown[self._rows]
        return lacking

    def batches(self, stream: int = 0) -> Iterator[DrawBatch]:
        """Yield tiles of 256 draws without end.

        Parameters
        ----------
        stream : int
            Streams of the same seed are independent of one another.

        Notes
        -----
        One random stream for the weights of each group, for each choice of method, and for each
        uncertain rating and open fact of each candidate, keyed by the seed and their ids: an
        addition to any leaves all others as they are.
        """
        samples = []
        for group in self.groups:
            (key,) = _stream_keys([(self.seed, stream, group.group)]).tolist()
            rng = np.random.Generator(np.random.PCG64(key))
            samples.append(group.weights.sample(rng))
        sizes = np.array([*map(len, self.choices.values())], dtype=np.intp)
        counts: list[int] = []
        for fact in self.facts:
            counts += map(len, fact.answers)
        keys = self._keys(stream)
        first_answer = self.uncertain_count + len(sizes)
        for first in count(0, TILE):
            shares = []
            for group, sample in zip(self.groups, samples, strict=True):
                drawn = next(sample)
                shares.append(drawn if group.free else drawn[0])
            uniform = uniform_numbers(keys, first)
            options = (uniform[:, self.uncertain_count : first_answer] * sizes).astype(np.intp)
            answers = uniform[:, first_answer:] * counts
            yield DrawBatch(tuple(shares), uniform[:, : self.uncertain_count], options, answers)

    def places(self, column: int, count: int) -> FloatArray:
        """Return the first numbers of one column of `DrawBatch.uniform`, (count,)."""
        return uniform_numbers(self._first_keys[[column]], 0, count)[:, 0]

    @frozen_property
    def _first_keys(self) -> Keys:
        return self._keys(0)

    def _keys(self, stream: int) -> Keys:
        """Return the key of the stream of each rating, choice and answer, in order."""
        cells = [(part.key, part.rows) for part in self.uncertain]
        answers = [(fact.key, fact.rows) for fact in self.facts]
        by_row = np.empty(0, dtype=np.uint64)
        if cells or answers:
            names = map(self.problem.id_of, self._rows.tolist())
            by_row = _stream_keys((self.seed, stream, name) for name in names)
        keys = [by_row[rows] + _stream_keys([(key,)]) for key, rows in cells]
        keys.append(_stream_keys((self.seed, stream, name) for name in self.choices))
        # a rating that may stay unknown has a stream for that too
        keys += [by_row[rows] + _stream_keys([(key, "answer")]) for key, rows in answers]
        return np.concatenate(keys)

    def split_answers(self, answers: FloatArray) -> list[FloatArray]:
        """Return the answers to each open fact, (s, o), of those to all of them, (s, f)."""
        ends = accumulate((len(fact.rows) for fact in self.facts), initial=0)
        return [answers[:, first:last] for first, last in pairwise(ends)]

    def changes(self, batch: DrawBatch) -> Changes:
        """Return draws as changes of all candidates."""
        entries = {}
        for part in self.uncertain:
            rows, points = part.rows, part.draw(batch.uniform[:, part.columns])
            if "missing" in self.choices:  # which gives the values of unknown ratings
                rows, points = rows[~part.unknown], points[:, ~part.unknown]
            entries[part.key] = points_at(rows, points)._replace(is_answer=False)
        answers = self.split_answers(batch.answers)
        for fact, drawn in zip(self.facts, answers, strict=True):
            if fact.key in self.problem.ratings:
                rated = drawn.astype(np.intp) == _RATED
                entries[fact.key] = _rated_in(entries[fact.key], fact.rows, rated)
            else:
                entries[fact.key] = fact.entries(drawn)
        return Changes(self._rows, len(batch), entries, weights=batch.tree_weights)

    def variants(self, options: tuple[int, ...] = ()) -> Variants:
        """Return the problem by an option of each choice of method, given by their numbers."""
        if options not in self._variants:
            pairs = zip(self.choices.items(), options, strict=True)
            chosen: dict[str, Any] = {name: words[k] for (name, words), k in pairs}
            framework, tree = self.problem.framework, self._tree
            if "combine" in chosen:
                tree = replace(tree, powers=(*tree.powers[:-1], power_of(chosen["combine"])))
            rules = dict(framework.compiled_guardrails)
            for name, word in chosen.items():
                if word == "left out":
                    del rules[name.removeprefix("guardrail:")]
            valuation = Valuation(self.problem, tree, chosen.get("missing"))
            self._variants[options] = Variants(valuation, rules)
        return self._variants[options]

    @cached_property
    def _tree(self) -> Tree:
        return tree_of(self.problem.framework)

    @cached_property
    def _variants(self) -> dict[tuple[int, ...], Variants]:
        return {}

    def outcomes(self, batch: DrawBatch) -> Outcomes:
        """Return values, verdicts and tiers of the candidates in each draw."""
        if not self.choices:
            return self.variants().outcomes(self.changes(batch))
        shape = (len(batch), len(self._rows))
        values = np.empty(shape)
        severity, tiers = np.empty(shape, np.int8), np.empty(shape, np.int16)
        for options in np.unique(batch.options, axis=0):
            rows = np.flatnonzero((batch.options == options).all(axis=1))
            changes = self.changes(batch.take(rows))
            found = self.variants(tuple(options.tolist())).outcomes(changes)
            values[rows] = found.values
            severity[rows] = found.severity
            tiers[rows] = found.tiers
        return Outcomes(values, severity, tiers)

    def leaf_weights(self, batch: DrawBatch) -> FloatArray:
        """Return the overall weights of the leaves in each draw, (s, m)."""
        weights = overall_weights(self._tree, batch.tree_weights)[..., : self._tree.leaves]
        return np.broadcast_to(weights, (len(batch), self._tree.leaves))

    def shares_of(self, leaf_weights: FloatArray) -> tuple[FloatArray, ...]:
        """Return the weights of each group, (c,), from overall weights of the leaves, (m,)."""
        framework = self.problem.framework
        by_leaf = dict(zip(framework.leaves, leaf_weights.tolist(), strict=True))
        shares = []
        for group in self.groups:
            parts = []
            for child in group.children:
                parts.append(sum(map(by_leaf.__getitem__, framework.leaves_below(child))))
            shares.append(np.array(parts) / np.sum(parts))
        return tuple(shares)


# options of calls that draw


def options_of_draws(
    n: int, *, top: int | None, draws: int, seed: int, most: int, progress: object = None
) -> tuple[int | None, int, int]:
    """Return `top`, `draws` and `seed` as whole numbers within their ranges.

    Parameters
    ----------
    n : int
        The number of candidates.
    top : int or None
        The k of "among the first k".
    draws, seed : int
    most : int
        The most draws.
    progress : callable or None

    Raises
    ------
    UsageError
    """
    refuse_no_progress(progress)
    first = None if top is None else whole_number("top", top, 1, n, "the number of candidates")
    return first, whole_number("draws", draws, 1, most), whole_number("seed", seed, 0)


def refuse_nothing_to_rank(ranking: Ranking) -> None:
    """Raise `UsageError` if there are no candidates, or the framework gives no ranks."""
    if not len(ranking):
        raise UsageError("there are no candidates to rank", "ranking", "score some candidates")
    refuse_without_ranks(ranking.framework)


def refuse_no_progress(progress: object) -> None:
    """Raise `UsageError` if what hears of progress cannot be called with two numbers."""
    if progress is not None and not _takes_two(progress):
        noun, help = "a function of two numbers", "give a function of (done, total)"
        raise refusal_of_value(progress, noun, "progress", help)


def _takes_two(function: Any) -> bool:
    """Return whether something can be called with two values."""
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind(0, 0)
    except TypeError:
        return False
    except ValueError:  # a function of C that does not say what it takes
        return True
    return True
