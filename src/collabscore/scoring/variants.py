"""Variants of a problem: outcomes for other ratings, facts, safeguards or weights.

Axis letters: s settings, n subjects (candidates, each as often as asked for), o changed entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, IndexArray, IntArray, frozen_property
from ..kernels.aggregation import Tree, overall_weights, root_values
from ..kernels.ranking import TOLERANCE, ranks_in_draws
from ..models.expressions import Constant, Expression, Quantity, references
from ..models.framework import CompiledStep, Need
from .completions import open_where
from .evaluation import Evaluator
from .judgement import Judgement, judge
from .problem import Column, NumberColumn, Problem
from .ranking import Ranking
from .valuation import Valuation
from .verdicts import Codes, places_of

__all__ = [
    "Alone",
    "Changes",
    "Entries",
    "Outcomes",
    "Rivals",
    "Variants",
    "points_at",
]

# values of nodes held at once
_CELLS = 2_000_000


class Entries(NamedTuple):
    """Changed entries of one column.

    Parameters
    ----------
    subjects : integer array of shape (o,)
        Positions among the subjects, each at most once.
    column : NumberColumn or AnswerColumn
        The new entries, s * o of them: those of the first setting, then of the second, and so on.
    is_answer : bool or boolean array of shape (s, o)
        Whether they make known what was unknown; a draw does not.
    """

    subjects: IndexArray
    column: Any
    is_answer: Any = True


def points_at(subjects: IndexArray, points: FloatArray) -> Entries:
    """Return entries that are ratings without uncertainty, `points` of shape (s, o) or (o,)."""
    return Entries(subjects, NumberColumn.of_points(points.ravel()))


@dataclass(frozen=True, eq=False, repr=False)
class Changes:
    """Changes to make to some candidates, in each of several settings.

    Parameters
    ----------
    rows : integer array of shape (n,)
        The subjects, by their rows in the problem.
    settings : int
        s; 1 for variants that differ by subject alone.
    entries : mapping of criterion or fact id to Entries
    in_place : mapping of safeguard id to boolean array of shape (s, n)
    weights : tuple of arrays of shape (c,) or (s, c)
        Weights within each group, as `Tree.weights`; (c,) where no setting changes them. Empty
        where all are as they are.
    """

    rows: IndexArray
    settings: int = 1
    entries: Mapping[str, Entries] = field(default_factory=dict)
    in_place: Mapping[str, BoolArray] = field(default_factory=dict)
    weights: tuple[FloatArray, ...] = ()

    def select(self, part: slice, subjects: IndexArray) -> Changes:
        """Return the changes of some settings and some subjects."""
        if part == slice(0, self.settings) and len(subjects) == len(self.rows):
            return self
        position = np.full(len(self.rows), -1)
        position[subjects] = np.arange(len(subjects))
        chosen = np.arange(self.settings)[part]
        entries = {}
        for key, (changed, column, is_answer) in self.entries.items():
            kept = np.flatnonzero(position[changed] >= 0)
            flat = chosen[:, None] * len(changed) + kept
            if isinstance(is_answer, np.ndarray):
                is_answer = is_answer[part][:, kept]
            entries[key] = Entries(position[changed[kept]], column.take(flat.ravel()), is_answer)
        in_place = {key: flags[part, subjects] for key, flags in self.in_place.items()}
        weights = [group[part] if group.ndim > 1 else group for group in self.weights]
        return Changes(self.rows[subjects], len(chosen), entries, in_place, tuple(weights))


@dataclass(frozen=True, eq=False, repr=False)
class Outcomes:
    """Values, verdicts and ranks of subjects in each setting.

    Parameters
    ----------
    values : array of shape (s, n)
        Of the whole, in [0, 1]; NaN for none.
    severity : integer array of shape (n,) or (s, n)
        Verdict, by its position among the verdicts; -1 where the framework is not about the
        candidate. Of shape (n,) where no setting changes it.
    tiers : integer array of shape (n,) or (s, n)
        The order before any score, as `Judgement.tiers`; -1 for those without rank.
    """

    values: FloatArray
    severity: Codes
    tiers: NDArray[np.int16]

    @frozen_property
    def ranks(self) -> IntArray:
        """Ranks of the subjects among one another, (s, n), from 1; 0 for none."""
        return ranks_in_draws(np.nan_to_num(self.values), self.tiers)


@dataclass(frozen=True, eq=False, repr=False)
class Alone(Outcomes):
    """Outcomes of subjects of which each is changed alone, all other candidates as they are.

    As `Outcomes` of one setting, with arrays of shape (n,).

    Parameters
    ----------
    rows : integer array of shape (n,)
        The candidate that each subject is a variant of.
    rivals : Rivals
    """

    rows: IndexArray
    rivals: Rivals

    @frozen_property
    def scores(self) -> FloatArray:
        """Scores, (n,) in [0, 100]; NaN for none."""
        return 100 * self.values

    @frozen_property
    def ranks(self) -> IntArray:
        """Rank of each among the others as they are, (n,), from 1; 0 for none."""
        return self.rivals.ranks(self.rows, self.scores, self.tiers)


@dataclass(frozen=True, eq=False, repr=False)
class Rivals:
    """The candidates as they are, among which variants of single candidates are ranked.

    Parameters
    ----------
    scores : array of shape (size,)
        Of each candidate, in [0, 100], in the order of the problem.
    tiers : integer array of shape (size,)
        The order before any score, as `Judgement.tiers`; -1 for a candidate without rank.
    """

    scores: FloatArray
    tiers: NDArray[np.int16]

    def ranks(self, rows: IndexArray, scores: FloatArray, tiers: NDArray[np.int16]) -> IntArray:
        """Return the rank of each variant of a candidate among the others, (n,); 0 for none.

        Notes
        -----
        As `kernels.ranking.order_and_ranks`: a score no more than 1e-9 below the next better one
        shares its rank, and that of whoever shares it.
        """
        ranks = np.zeros(len(rows), dtype=np.int64)
        for tier in np.unique(tiers[tiers >= 0]).tolist():
            here = np.flatnonzero(tiers == tier)
            own = self.tiers[rows[here]]
            earlier = np.count_nonzero(_is_before(self.tiers, tier)) - _is_before(own, tier)
            own_scores = np.where(own == tier, self.scores[rows[here]], np.nan)
            ranks[here] = 1 + earlier + self._count_ahead(tier, own_scores, scores[here])
        return ranks

    def _count_ahead(self, tier: int, own: FloatArray, scores: FloatArray) -> IntArray:
        """Return how many of a tier are ahead of each score, (n,), but for its own.

        `own` is the present score of the same candidate, NaN where that is of another tier.
        """
        rising, first_of_tie, around = self._rising(tier)
        if not len(rising):
            return np.zeros(len(scores), dtype=np.int64)
        # NaN is searched behind all
        mine = np.searchsorted(rising, -own)
        ahead = np.searchsorted(rising, -scores, side="right")
        # the next better one, and where the chain of ties that it belongs to begins
        better = ahead - 1
        better -= better == mine
        tied = (better >= 0) & (-rising[better] - scores <= TOLERANCE)
        first = first_of_tie[better]
        # without one's own score, its chain may break into two
        parted = (first < mine) & (mine < better) & (around[mine] > TOLERANCE)
        first = np.where(parted, mine, first - (mine < first))
        return np.where(tied, first, ahead - (mine < ahead))

    def _rising(self, tier: int) -> tuple[FloatArray, IndexArray, FloatArray]:
        """Return the falling scores of a tier, where ties begin, and gaps around each; kept."""
        if tier not in self._tiers:
            rising = np.sort(-self.scores[self.tiers == tier])
            begins = np.diff(rising, prepend=-np.inf) > TOLERANCE
            around = np.pad(rising[2:] - rising[:-2], (1, 2), constant_values=np.inf)
            self._tiers[tier] = rising, np.flatnonzero(begins)[np.cumsum(begins) - 1], around
        return self._tiers[tier]

    @cached_property
    def _tiers(self) -> dict[int, tuple[FloatArray, IndexArray, FloatArray]]:
        return {}

    def nearest(self, row: int, score: float, tier: int) -> int:
        """Return the row of the other candidate of a tier with the nearest score; -1 for none."""
        distances = np.abs(self.scores - score)
        distances[self.tiers != tier] = np.inf
        distances[row] = np.inf
        nearest = distances.min()
        # of several that tie, the first one in the problem
        tied = np.flatnonzero(distances <= nearest + TOLERANCE)
        return int(tied[0]) if np.isfinite(nearest) else -1


def _is_before(tiers: NDArray[np.int16], tier: int) -> BoolArray:
    return (tiers >= 0) & (tiers < tier)


@dataclass(frozen=True, eq=False, repr=False)
class Variants:
    """Evaluates changes of a problem, all else staying as it is.

    Only steps and candidates whose verdict a change can touch are judged again. Values are weighted
    sums where the tree is arithmetic and nothing is omitted.

    Parameters
    ----------
    valuation : Valuation
        Of the problem, with the tree and the missing policy to use.
    rules : mapping of guardrail id to steps
        The guardrails in force.
    judged : Judgement, optional
        Of the problem as it is, by these rules; made if left out.
    """

    valuation: Valuation
    rules: Mapping[str, tuple[CompiledStep, ...]]
    judged: Judgement | None = None

    @classmethod
    def of_ranking(cls, ranking: Ranking) -> Variants:
        """Return the variants of a ranking."""
        return cls(ranking.valuation, ranking.framework.compiled_guardrails, ranking.judgement)

    @property
    def problem(self) -> Problem:
        """The problem as it is."""
        return self.valuation.problem

    @frozen_property
    def present(self) -> Judgement:
        """The judgement of the problem as it is."""
        return self.judged or judge(self.valuation, self.rules)

    @property
    def severity(self) -> Codes:
        """Present verdicts, (size,); -1 where the framework is not about the candidate."""
        return self.present.verdicts

    @property
    def tiers(self) -> NDArray[np.int16]:
        """Present order of verdicts before scores; see `Judgement.tiers`."""
        return self.present.tiers

    @frozen_property
    def rivals(self) -> Rivals:
        """Present scores and tiers."""
        scores = 100 * self.valuation.root
        tiers = np.where(np.isnan(scores), np.int8(-1), self.tiers)
        return Rivals(scores, tiers)

    def outcomes(self, changes: Changes) -> Outcomes:
        """Return what becomes of the subjects in each setting.

        Examples
        --------
        Two candidates under two weightings of the top group, then one of them with another rating:

        >>> from collabscore import load_candidates, load_framework
        >>> from collabscore.scoring.problem import Problem
        >>> from collabscore.scoring.ranking import rank
        >>> scale = {"range": [0, 10]}
        >>> framework = load_framework({"collabscore": "framework/1", "id": "f",
        ...     "criteria": {"gain": {"scale": scale}, "trust": {"scale": scale}}})
        >>> listed = [{"id": "a", "ratings": {"gain": 8, "trust": 2}},
        ...     {"id": "b", "ratings": {"gain": 4, "trust": 5}}]
        >>> ranking = rank(Problem.from_candidates(load_candidates(listed, framework), framework))
        >>> variants = Variants.of_ranking(ranking)
        >>> weights = (np.array([[0.5, 0.5], [0.2, 0.8]]),)
        >>> variants.outcomes(Changes(np.arange(2), settings=2, weights=weights)).ranks.tolist()
        [[1, 2], [2, 1]]
        >>> higher = {"trust": points_at(np.arange(2), np.array([6.0, 9.0]))}
        >>> variants.alone(Changes(np.array([1, 1]), entries=higher)).ranks.tolist()
        [1, 1]
        """
        values = self._values(changes)
        severity, tiers = self._verdicts(changes)
        unscored = np.isnan(values)
        if unscored.any():
            tiers = np.where(unscored, np.int8(-1), tiers)
        return Outcomes(values, severity, tiers)

    def alone(self, changes: Changes) -> Alone:
        """Return what becomes of each subject of one setting, all other candidates as they are."""
        found = self.outcomes(changes)
        arrays: tuple[Any, ...] = (found.values, found.severity, found.tiers)
        values, severity, tiers = (array.reshape(changes.rows.shape) for array in arrays)
        return Alone(values, severity, tiers, changes.rows, self.rivals)

    def ranges(self, quantity: Quantity, changes: Changes) -> FloatArray:
        """Return the least and the greatest that a quantity can be, (2, n), in one setting."""
        if isinstance(quantity, Constant):
            return np.full((2, len(changes.rows)), float(quantity.value))
        ranges = np.empty((2, len(changes.rows)))
        for part, subjects in self._blocks(1, np.arange(len(changes.rows))):
            valuation = self._valued(changes.select(part, subjects))
            found = Evaluator(valuation).range_of(quantity)
            for end, numbers in zip(ranges, found, strict=True):
                end[subjects] = numbers
        return ranges

    def touched(self, names: frozenset[str], changes: Changes) -> BoolArray:
        """Return for which subjects changes can touch something that rests on names, (n,)."""
        touched = np.zeros(len(changes.rows), dtype=np.bool_)
        for key in names & changes.entries.keys():
            touched[changes.entries[key].subjects] = True
        everywhere = set(changes.in_place)
        groups = [*list(self.valuation.nodes)[self.valuation.tree.leaves :], ""]
        for group, weights in zip(groups, changes.weights, strict=False):
            if weights.ndim > 1:
                everywhere.add(group)
        return touched | (not names.isdisjoint(everywhere))

    @frozen_property
    def applies(self) -> frozenset[str]:
        """Names that it rests on whether the framework is about a candidate; see `names`."""
        return self._names_behind(self.problem.framework.applies_expression, ())

    @frozen_property
    def names(self) -> dict[str, frozenset[str]]:
        """The names that the verdict of each guardrail in force rests on.

        These are facts, leaf criteria, safeguards, and groups whose weights matter.
        """
        found = {}
        for key, steps in self.rules.items():
            behind = [self._names_behind(step.when, step.step.options) for step in steps]
            found[key] = frozenset().union(*behind)
        return found

    def _names_behind(self, condition: Expression | None, needs: Iterable[Need]) -> frozenset[str]:
        framework = self.problem.framework
        expressions = [] if condition is None else [condition]
        inputs = references(*expressions).inputs
        for key, contradicting in framework.contradiction_expressions.items():
            if not set(inputs).isdisjoint(framework.all_contradictions[key].doubts):
                expressions.append(contradicting)
        named = references(*expressions)
        names = {*named.inputs, *named.safeguards}
        names.update({""}.intersection(named.scores))
        for key, node in framework.nodes.items():
            if not set(named.scores).isdisjoint(("", *node.path)):
                names.add(key)
        names.update(*needs)
        return frozenset(names)

    # values

    def _values(self, changes: Changes) -> FloatArray:
        tree, leaves = self.valuation.tree, self.problem.framework.leaves
        shape = (changes.settings, len(changes.rows))
        if not leaves or tree.rootless:
            return np.full(shape, np.nan)
        values = self._weighted_sums(changes) if tree.arithmetic else np.full(shape, np.nan)
        # where a value is omitted, its candidate has weights of its own
        if np.isnan(values).any():
            for part, subjects in self._blocks(changes.settings, np.arange(len(changes.rows))):
                found = self._means(changes.select(part, subjects))
                values[part, subjects] = found.reshape(-1, len(subjects))
        columns = _ChangedColumns(self.problem.ratings, changes)
        for key in self._refused:
            values[columns[key].unknown.reshape(values.shape)] = np.nan
        return values

    @cached_property
    def _refused(self) -> list[str]:
        """Criteria on which a candidate without a rating has no score."""
        missing, leaves = self.valuation.missing, self.problem.framework.leaves
        return [key for key, node in leaves.items() if (missing or node.missing) == "refuse"]

    def _weighted_sums(self, changes: Changes) -> FloatArray:
        """Return the weighted sums of leaf values, (s, n); NaN where one is omitted."""
        tree = self.valuation.tree
        overall = overall_weights(tree, changes.weights) if changes.weights else tree.overall
        weights = np.atleast_2d(overall[..., : tree.leaves])
        changed = self._changed_values(changes)
        values = np.empty((changes.settings, len(changes.rows)))
        for part in self._parts(len(changes.rows)):
            base = self.valuation.leaf_values[changes.rows[part]]
            for leaf, subjects, _ in changed:
                here = subjects[(subjects >= part.start) & (subjects < part.stop)]
                base[here - part.start, leaf] = 0.0
            values[:, part] = weights @ base.T
        for leaf, subjects, new in changed:
            points = new * weights[:, [leaf]]
            # an index costs more than the sum
            if np.array_equal(subjects, np.arange(len(changes.rows))):
                values += points
            else:
                values[:, subjects] += points
        return values

    def _means(self, changes: Changes) -> FloatArray:
        """Return the values of the subjects of all settings, one after another."""
        tree = self._tree(changes)
        leaf_values = np.empty((tree.leaves, changes.settings, len(changes.rows)))
        leaf_values[:] = self.valuation.leaf_values[changes.rows].T[:, None]
        for leaf, subjects, new in self._changed_values(changes):
            leaf_values[leaf][:, subjects] = new
        return root_values(tree, leaf_values.reshape(tree.leaves, -1).T)

    def _changed_values(self, changes: Changes) -> list[tuple[int, IndexArray, FloatArray]]:
        """Return the leaves that change, each with the subjects (o,) and new values (s, o)."""
        changed = []
        for leaf, key in enumerate(self.problem.framework.leaves):
            if key in changes.entries:
                subjects, column, _ = changes.entries[key]
                values = self.valuation.values_of(key, column)
                changed.append((leaf, subjects, values.reshape(changes.settings, -1)))
        return changed

    # verdicts

    def _verdicts(self, changes: Changes) -> tuple[Codes, NDArray[np.int16]]:
        """Return verdicts and tiers, (n,), or (s, n) where a change can touch them."""
        severity, tiers = self.severity[changes.rows], self.tiers[changes.rows]
        touched = self.touched(self.applies, changes)
        moving = set()
        for key, names in self.names.items():
            here = self.touched(names, changes)
            touched |= here
            if here.any():
                moving.add(key)
        if not touched.any():
            return severity, tiers
        rules, rest = self._apart(frozenset(moving), frozenset(changes.entries))
        severity = np.tile(severity, (changes.settings, 1))
        tiers = np.tile(tiers, (changes.settings, 1))
        for part, subjects in self._blocks(changes.settings, np.flatnonzero(touched)):
            judged = judge(self._valued(changes.select(part, subjects)), rules)
            shape, rows = (-1, len(subjects)), changes.rows[subjects]
            found = np.maximum(judged.severity.reshape(shape), rest.severity[rows])
            severest = np.maximum(judged.severe.reshape(shape), rest.severe[rows])
            found = np.where(judged.applicable.reshape(found.shape), found, np.int8(-1))
            severity[part, subjects] = found
            tiers[part, subjects] = places_of(self.problem.framework, found, severest)
        return severity, tiers

    def _apart(
        self, moving: frozenset[str], changed: frozenset[str]
    ) -> tuple[dict[str, tuple[CompiledStep, ...]], Judgement]:
        """Return the guardrails to judge again, and the judgement by all others.

        Those that share an open name with one that moves are judged with it.
        """
        links = self._open_names | changed
        together: set[str] = set()
        names: set[str] = set()
        near = set(moving)
        while near:
            together |= near
            for key in near:
                names |= self.names[key] & links
            rest = self.rules.keys() - together
            near = {key for key in rest if not names.isdisjoint(self.names[key])}
        found = frozenset(together)
        if found not in self._rest:
            others = {key: steps for key, steps in self.rules.items() if key not in found}
            self._rest[found] = judge(self.valuation, others)
        rules = {key: steps for key, steps in self.rules.items() if key in found}
        return rules, self._rest[found]

    @cached_property
    def _rest(self) -> dict[frozenset[str], Judgement]:
        return {}

    @cached_property
    def _open_names(self) -> frozenset[str]:
        """Facts and ratings that are open for some candidate, or open while they are in doubt."""
        problem, evaluator = self.problem, Evaluator(self.valuation)
        framework = problem.framework
        found = set(framework.facts_doubted)
        for key in (*problem.facts, *problem.ratings):
            if open_where(evaluator, key, framework.atoms_by_fact.get(key, ())).any():
                found.add(key)
        return frozenset(found)

    # blocks

    def _blocks(self, settings: int, subjects: IndexArray) -> Iterator[tuple[slice, IndexArray]]:
        """Yield some settings and some subjects at a time, so that memory is bounded."""
        for some in self._parts(len(subjects)):
            part = subjects[some]
            stride = max(1, self._most_rows // len(part))
            for start in range(0, settings, stride):
                yield slice(start, min(start + stride, settings)), part

    @property
    def _most_rows(self) -> int:
        """Candidates of which the values of all nodes are held at once."""
        return max(1, _CELLS // max(1, self.valuation.tree.nodes))

    def _parts(self, subjects: int) -> Iterator[slice]:
        """Yield as many of some subjects at a time as are held at once."""
        for first in range(0, subjects, self._most_rows):
            yield slice(first, first + self._most_rows)

    def _valued(self, changes: Changes) -> Valuation:
        """Return the valuation of the subjects of all settings, one after another."""
        problem = self.problem
        rows = np.tile(changes.rows, changes.settings)
        in_place = {key: flags[rows] for key, flags in problem.in_place.items()}
        in_place.update({key: flags.ravel() for key, flags in changes.in_place.items()})
        unknown = {}
        for key, entries in changes.entries.items():
            if entries.is_answer is not True:
                unknown[key] = problem.column(key).unknown[rows]
                flags = unknown[key].reshape(changes.settings, -1)
                flags[:, entries.subjects] &= ~np.asarray(entries.is_answer)
        many = Problem(
            problem.framework,
            len(rows),
            ratings=_ChangedColumns(problem.ratings, changes),
            facts=_ChangedColumns(problem.facts, changes),
            in_place=in_place,
            planned={},
            area=problem.area[rows],
            unknown=unknown,
        )
        return Valuation(many, self._tree(changes), self.valuation.missing)

    def _tree(self, changes: Changes) -> Tree:
        """Return the tree with weights for the subjects of all settings, one after another."""
        if not changes.weights and all(group.ndim == 1 for group in self.valuation.tree.weights):
            return self.valuation.tree
        n, weights = len(changes.rows), []
        for group in changes.weights or self.valuation.tree.weights:
            weights.append(np.repeat(group, n, axis=0) if group.ndim > 1 else group)
        return replace(self.valuation.tree, weights=tuple(weights))


@dataclass(frozen=True, eq=False)
class _ChangedColumns(Mapping[str, Any]):
    """Columns of the subjects of all settings, one setting after another, made when asked for."""

    columns: Mapping[str, Column]
    changes: Changes
    made: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        if key not in self.made:
            column: Any = self.columns[key]
            changes = self.changes
            if key in changes.entries:
                subjects, new, _ = changes.entries[key]
                column = column.take(changes.rows).with_rows(subjects, new, changes.settings)
            else:
                column = column.take(np.tile(changes.rows, changes.settings))
            self.made[key] = column
        return self.made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)
