"""Methods: the ways of evaluating draws, and what a draw makes of the candidates.

Imports scoring, the kernels, `cells` and `spaces`. Axis letters: n candidates, m leaf criteria, s draws, u uncertain
ratings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError, did_you_mean
from ...kernels.aggregation import Tree, overall_weights
from ...kernels.values import ValueFunction, value_at
from ...models.criteria import Missing, power_of
from ...models.expressions import Expression, Known, Points, RatingOf, walk_expression
from ...models.guardrails import CompiledStep
from ...models.weight_spaces import GroupWeights
from ...scoring.columns import RatingColumn
from ...scoring.evaluation import Evaluator
from ...scoring.problem import Problem
from ...scoring.valuation import Valuation
from ...scoring.verdicts import judge
from .cells import Cells

__all__ = ["Choice", "Method", "Outcome", "choices_of", "leaf_weights"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int8]
Indices: TypeAlias = NDArray[np.intp]
Shares: TypeAlias = tuple[Floats, ...]

# rows of candidates that are evaluated at once, one for each candidate and draw
_ROWS = 400_000
# multiplications that OpenBLAS leaves to one thread
_ALONE = 2**18


@dataclass(frozen=True)
class Choice:
    """A choice of method that is in doubt: its name as asked for, and its options, equally likely."""

    name: str
    options: tuple[str, ...]


_CHOICES = {
    "missing": ("average", "worst", "omit"),
    "combine": ("arithmetic", "geometric", "harmonic"),
}


def choices_of(over: Sequence[str], problem: Problem) -> tuple[Choice, ...]:
    """Return the choices of method to draw from.

    Parameters
    ----------
    over : sequence of str
        "missing": what an unknown rating counts as (average, worst, omit), in place of drawing it. "combine": how the
        top is combined (arithmetic, geometric, harmonic). "guardrail:ID": whether that guardrail is in force.

    Raises
    ------
    UsageError
        If there is no such choice.
    """
    found = []
    guardrails = problem.framework.guardrails
    for name in dict.fromkeys(over):
        kind, _, key = name.partition(":")
        if name in _CHOICES:
            found.append(Choice(name, _CHOICES[name]))
        elif kind == "guardrail" and key in guardrails:
            found.append(Choice(name, ("in force", "left out")))
        else:
            known = [*_CHOICES, *(f"guardrail:{key}" for key in guardrails)]
            raise UsageError(f"`{name}` is no choice of method; {did_you_mean(name, known)}")
    return tuple(found)


def leaf_weights(tree: Tree, shares: Shares) -> Floats:
    """Return the overall weights of the leaves in each draw, (s, m), from those of each group."""
    drawn = overall_weights(_weighted(tree, shares))
    return drawn[:, : tree.leaves]


def _product(weights: Floats, base: Floats) -> Floats:
    """Return the weighted sums of all candidates in each draw, (s, n)."""
    # a product this small is done by one thread of BLAS: to wake others would take longer than the product itself
    step = _ALONE // max(1, base.size)
    if step < 8:
        return np.asarray(weights @ base.T)
    values = np.empty((len(weights), len(base)))
    for start in range(0, len(weights), step):
        np.matmul(weights[start : start + step], base.T, out=values[start : start + step])
    return values


def _weighted(tree: Tree, shares: Sequence[Floats]) -> Tree:
    """Return a tree with other weights; it has the groups in reverse, and the top last."""
    return replace(tree, weights=(*reversed(shares[1:]), shares[0]))


@dataclass(frozen=True, eq=False)
class Outcome:
    """What draws make of the candidates, in the order of the problem.

    Parameters
    ----------
    values : array of shape (s, n)
        In [0, 1]; 0 for a candidate without any.
    severity : integer array of shape (n,) or (s, n)
        The verdict by its place among the verdicts; -1 where the framework is not about the candidate. Of shape (n,)
        where no draw changes it.
    tiers : integer array of shape (n,) or (s, n)
        -1 for a candidate without a rank.
    """

    values: Floats
    severity: Codes
    tiers: Codes


@dataclass(frozen=True, eq=False)
class Method:
    """One way of evaluating draws.

    Parameters
    ----------
    problem : Problem
    spaces : tuple of GroupWeights
    tree : Tree
        With the given weights; draws have their own.
    cells : Cells
        The ratings that are drawn.
    drawn : boolean array of shape (u,)
        Which of all uncertain ratings these are.
    rules : mapping of guardrail to steps
        The guardrails in force.
    missing : {"average", "worst", "omit"}, optional
        What unknown ratings count as, where they are not drawn.
    """

    problem: Problem
    spaces: tuple[GroupWeights, ...]
    tree: Tree
    cells: Cells
    drawn: Flags
    rules: Mapping[str, tuple[CompiledStep, ...]]
    missing: Missing | None = None

    @classmethod
    def of(
        cls,
        problem: Problem,
        spaces: tuple[GroupWeights, ...],
        cells: Cells,
        chosen: Mapping[str, str],
    ) -> Method:
        """Return the method that goes with an option of each choice.

        Parameters
        ----------
        cells : Cells
            All uncertain ratings of the problem.
        chosen : mapping of choice to option
        """
        tree = Valuation(problem).tree
        if "combine" in chosen:
            tree = replace(tree, powers=(*tree.powers[:-1], power_of(chosen["combine"])))
        missing: Missing | None = chosen.get("missing")  # type: ignore[assignment]
        drawn = np.ones(len(cells), dtype=np.bool_) if missing is None else ~cells.unknown
        rules = {
            key: steps
            for key, steps in problem.framework.compiled_guardrails.items()
            if chosen.get(f"guardrail:{key}") != "left out"
        }
        return cls(problem, spaces, tree, cells.where(drawn), drawn, rules, missing)

    def outcome(self, shares: Shares, uniform: Floats) -> Outcome:
        """Return what draws make of the candidates.

        Parameters
        ----------
        shares : tuple of arrays of shape (s, c)
            The weights of each group, in the order of `spaces`.
        uniform : array of shape (s, u)
            In [0, 1): where each uncertain rating lies within what it leaves open.
        """
        ratings = self.cells.ratings(uniform if self.drawn.all() else uniform[:, self.drawn])
        values = self._sums(shares, ratings) if self.adds else self._means(shares, ratings)
        severity = self._severity(shares, ratings)
        unscored = np.isnan(values[0]) & self._unrated
        values[:, unscored] = 0.0
        tiers = np.where(unscored, np.int8(-1), self._tier_of[severity])
        return Outcome(values, severity, tiers)

    @property
    def _policy(self) -> Missing:
        return self.missing or "average"  # where all that is unknown is drawn, it has no say

    # values

    @cached_property
    def adds(self) -> bool:
        """Whether every score is a weighted sum."""
        return self.tree.arithmetic and not np.isnan(self._base).any()

    @cached_property
    def _base(self) -> Floats:
        """The values of the ratings that no draw changes, (n, m), 0 for the others."""
        base = Valuation(self.problem, missing=self._policy).leaf_values.copy()
        base[self.cells.rows, self.cells.leaves] = 0.0
        return base

    @cached_property
    def _unrated(self) -> Flags:
        """Where nothing is rated, and unknown ratings are left out: no score, (n,)."""
        return np.asarray(np.isnan(self._base).all(axis=1))

    def _sums(self, shares: Shares, ratings: Floats) -> Floats:
        weights = leaf_weights(self.tree, shares)
        values = _product(weights, self._base)
        for leaf, part in self.cells.by_leaf():
            worth = value_at(self._functions[leaf], ratings[:, part])
            worth *= weights[:, [leaf]]
            values[:, self.cells.rows[part]] += worth
        return values

    def _means(self, shares: Shares, ratings: Floats) -> Floats:
        everyone = np.arange(self.problem.size)
        values = np.empty((len(ratings), len(everyone)))
        for part, valuation in self._variants(everyone, shares, ratings):
            values[part] = valuation.root.reshape(-1, len(everyone))
        return values

    @cached_property
    def _functions(self) -> list[ValueFunction]:
        return list(Valuation(self.problem).functions.values())

    def _variants(
        self, rows: Indices, shares: Shares, ratings: Floats
    ) -> Iterator[tuple[slice, Valuation]]:
        """Yield, for a stretch of draws after another, some candidates as often as there are draws in it."""
        stride = max(1, _ROWS // max(1, len(rows)))
        for start in range(0, len(ratings), stride):
            part = slice(start, min(start + stride, len(ratings)))
            size = part.stop - part.start
            many = self._repeated(tuple(rows.tolist()), size)
            columns = {
                key: self._column(key, j, rows, ratings[part]) for j, key in enumerate(many.ratings)
            }
            weights = [np.repeat(group[part], len(rows), axis=0) for group in shares]
            valuation = Valuation(
                many.with_columns(ratings=columns), _weighted(self.tree, weights), self._policy
            )
            yield part, valuation

    def _repeated(self, rows: tuple[int, ...], times: int) -> Problem:
        """Return the problem of some candidates, over and over; the last one is kept, since draws come in tiles."""
        found = self._kept.get((rows, times))
        if found is None:
            self._kept.clear()
            found = self._kept[rows, times] = self.problem.take(
                np.tile(np.array(rows, dtype=np.intp), times)
            )
        return found

    @cached_property
    def _kept(self) -> dict[tuple[tuple[int, ...], int], Problem]:
        return {}

    def _column(self, key: str, leaf: int, rows: Indices, ratings: Floats) -> RatingColumn:
        points = np.tile(self.problem.ratings[key].value[rows], (len(ratings), 1))
        start, end = np.searchsorted(self.cells.leaves, [leaf, leaf + 1])
        place = np.full(self.problem.size, -1)
        place[rows] = np.arange(len(rows))
        there = place[self.cells.rows[start:end]]
        points[:, there[there >= 0]] = ratings[:, start:end][:, there >= 0]
        column = points.ravel()
        return RatingColumn(column, column, column)

    # verdicts

    def _severity(self, shares: Shares, ratings: Floats) -> Codes:
        fixed, applicable = self._fixed
        if not len(self._moved):
            return np.where(applicable, fixed, np.int8(-1))
        severity = np.tile(np.where(applicable, fixed, np.int8(-1)), (len(ratings), 1))
        for part, valuation in self._variants(self._moved, shares, ratings):
            evaluator = Evaluator(valuation.problem, valuation)
            found = np.maximum(
                judge(evaluator, self._open).severity.reshape(-1, len(self._moved)),
                fixed[self._moved],
            )
            about: Flags = applicable[self._moved]
            if self._applies is not None and self._moves(self._applies):
                about = evaluator.truth(self._applies).possible.reshape(found.shape)
            severity[part, self._moved] = np.where(about, found, np.int8(-1))
        return severity

    @cached_property
    def _applies(self) -> Expression | None:
        return self.problem.framework.applies_expression

    @cached_property
    def _open(self) -> dict[str, tuple[CompiledStep, ...]]:
        """The steps whose conditions a draw can change."""
        return self._steps(lambda step: step.when is not None and self._moves(step.when))

    @cached_property
    def _fixed(self) -> tuple[Codes, Flags]:
        """The most severe verdict of what no draw changes, (n,), and whom the framework is about without draws.

        For a candidate whose verdict draws can change, that of the steps they leave as they are; for the others, that
        of all.
        """
        evaluator = Evaluator(self.problem, Valuation(self.problem))
        closed = judge(
            evaluator, self._steps(lambda step: step.when is None or not self._moves(step.when))
        )
        severity = judge(evaluator, self.rules).severity
        severity[self._moved] = closed.severity[self._moved]
        return severity, closed.applicable

    def _steps(self, wanted: Callable[[CompiledStep], bool]) -> dict[str, tuple[CompiledStep, ...]]:
        split = {
            key: tuple(step for step in steps if wanted(step)) for key, steps in self.rules.items()
        }
        return {key: steps for key, steps in split.items() if steps}

    def _moves(self, condition: Expression) -> bool:
        """Whether draws can change what is known of a condition."""
        return bool(self._touched(condition).any())

    def _touched(self, condition: Expression) -> Flags:
        """Return for which candidates draws can change what is known of a condition, (n,)."""
        framework = self.problem.framework
        touched = np.zeros(self.problem.size, dtype=np.bool_)
        leaves = list(framework.leaves)
        for part in walk_expression(condition):
            match part:
                case RatingOf(criterion) | Known(criterion) if criterion in framework.leaves:
                    below = [leaves.index(criterion)]
                case Points(criterion):
                    below = [
                        j
                        for j, node in enumerate(framework.leaves.values())
                        if criterion in node.path
                    ]
                    inside = [
                        key for key, node in framework.groups.items() if criterion in node.path
                    ]
                    touched |= any(space.free for space in self.spaces if space.group in inside)
                case _:
                    continue
            touched[self.cells.rows[np.isin(self.cells.leaves, below)]] = True
        return touched

    @cached_property
    def _moved(self) -> Indices:
        """The candidates whose verdict draws can change."""
        touched = np.zeros(self.problem.size, dtype=np.bool_)
        for steps in self._open.values():
            for step in steps:
                if step.when is not None:
                    touched |= self._touched(step.when)
        if self._applies is not None:
            touched |= self._touched(self._applies)
        return np.flatnonzero(touched)

    @cached_property
    def _tier_of(self) -> Codes:
        """The tier of each verdict, counted from 0; -1 where it is not ranked, and for no verdict, the last."""
        verdicts = list(self.problem.framework.all_verdicts.values())
        tiers = np.unique([verdict.tier for verdict in verdicts], return_inverse=True)[1]
        ranked = [verdict.ranked for verdict in verdicts]
        return np.append(np.where(ranked, tiers, -1), -1).astype(np.int8)
