"""Extreme ranks: the best and worst rank that weights can give, and pairs that they never reverse.

Axis letters: n candidates in rank order, r ranked ones, q columns of values, m leaf criteria.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np

from ..arrays import BoolArray, FloatArray, IntArray, read_only
from ..errors import UsageError, optional
from ..kernels.aggregation import Tree, overall_weights
from ..kernels.weights import WeightPolytope, WeightSet
from ..models.base import title_of
from ..models.expressions import references
from ..models.framework import Framework, GroupWeights, Weights, group_weights
from ..output import Field
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.verdicts import tiers_of
from .rank_search import TIE, min_score_differences, rank_extremes

__all__ = ["ExtremeRanks", "LinearScores", "extreme_ranks"]


@dataclass(frozen=True, eq=False, repr=False)
class ExtremeRanks(RankingResult):
    """The ranks that a space of weights can give: exact, where robustness counts draws.

    Arrays are in the order of the ranking. Ratings are taken at their point values, verdicts as
    they are. Candidates that are not ranked take no part: their rows and columns are 0, False or
    NaN.

    Parameters
    ----------
    ranking : Ranking
    groups : tuple of GroupWeights
        The admissible weights of each group.
    best_ranks, worst_ranks : integer arrays of shape (n,)
        The best and the worst rank that admissible weights give; 0 where unranked.
    best_weights, worst_weights : arrays of shape (n, m)
        Overall weights of the leaf criteria that give them; rows sum to 1. Others may give them
        too.
    min_score_differences : array of shape (n, n)
        The least lead of the candidate of the row over that of the column, in points; negative
        where it can fall behind; NaN between tiers.
    necessary : boolean array of shape (n, n)
        Whether the candidate of the row is never behind that of the column, whatever the weights.
    possible : boolean array of shape (n, n)
        Whether there are weights at which it is not behind.

    Notes
    -----
    ----- `necessary` and `possible` are the necessary and the possible preference of robust ordinal
    regression: both weak, so that ties count for either candidate. `ahead` is the strict one. A
    better tier is ahead of a worse one whatever the weights.
    """

    kind: ClassVar[str] = "extremes"
    report: ClassVar[str] = "robustness"

    ranking: Ranking
    groups: tuple[GroupWeights, ...]
    best_ranks: IntArray
    worst_ranks: IntArray
    best_weights: FloatArray
    worst_weights: FloatArray
    min_score_differences: FloatArray
    necessary: BoolArray
    possible: BoolArray

    @property
    def can_be_first(self) -> BoolArray:
        """Whether some admissible weights make each candidate first, or joint first, (n,)."""
        return np.asarray(self.best_ranks == 1)

    @cached_property
    def ahead(self) -> BoolArray:
        """Whether the row's candidate is ahead of the column's whatever the weights, (n, n)."""
        ranked = self.ranking.ranks > 0
        return read_only(ranked[:, None] & ranked & ~self.possible.T)

    def ahead_of(self, candidate: str) -> tuple[str, ...]:
        """Return the ids of those a candidate is ahead of whatever the weights.

        Raises
        ------
        UsageError
            If there is no such candidate.
        """
        return self._ids_where(self.ahead[self.ranking.place_of(candidate)])

    @cached_property
    def dominance_reduction(self) -> BoolArray:
        """The dominance list as an array, (n, n): who is next below whom, whatever the weights.

        True where the candidate of the row is never behind that of the column and ahead of it for
        some weights, both are of one tier, and nobody is between them in that way: relations that
        follow from others are left out (the transitive reduction).
        """
        over = self.necessary & ~self.necessary.T & ~np.isnan(self.min_score_differences)
        counts = over.astype(np.intp)
        return read_only(over & ~(counts @ counts > 0))

    @cached_property
    def dominance(self) -> tuple[str, ...]:
        """Sentences on candidates that are ahead of others; see `dominance_reduction`."""
        sentences = []
        for place in np.flatnonzero(self.dominance_reduction.any(axis=1)).tolist():
            below, ahead = self.dominance_reduction[place], self.ahead[place]
            parts = []
            for words, chosen in (("ahead of", below & ahead), ("never behind", below & ~ahead)):
                # titles may have commas in them
                titles = "; ".join(map(self.title_at, np.flatnonzero(chosen).tolist()))
                if titles:
                    parts.append(f"{words} {titles}")
            sentences.append(
                f"Whatever the weights, {self.title_at(place)} is {'; and '.join(parts)}."
            )
        return tuple(sentences)

    def _ids_where(self, chosen: BoolArray) -> tuple[str, ...]:
        return tuple(self.ids[place] for place in np.flatnonzero(chosen).tolist())

    # the base of results

    @property
    def rows(self) -> Sequence[int]:
        """Places in the ranking."""
        return range(len(self.ranking))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Ranks of each candidate, weights that give them, and those always behind it."""
        ranking = self.ranking

        def of_ranked(get: Callable[[int], Any]) -> Callable[[int], Any]:
            return lambda place: get(place) if ranking.ranks[place] else None

        def number(ranks: IntArray) -> Callable[[int], Any]:
            return of_ranked(lambda place: int(ranks[place]))

        def weights(overall: FloatArray) -> Callable[[int], Any]:
            return of_ranked(
                lambda place: dict(zip(ranking.criteria, overall[place].tolist(), strict=True))
            )

        def ids(relation: BoolArray) -> Callable[[int], Any]:
            return lambda place: list(self._ids_where(relation[place]))

        whole = partial(Field, kind="number", digits=0, priority=0)
        is_first = of_ranked(lambda place: bool(self.can_be_first[place]))
        return (
            *self.place_fields,
            whole("best_rank", "Best", number(self.best_ranks)),
            whole("worst_rank", "Worst", number(self.worst_ranks)),
            Field("can_be_first", "Can be first", is_first, priority=1, least=4),
            Field("best_weights", cell=weights(self.best_weights), csv=False),
            Field("worst_weights", cell=weights(self.worst_weights), csv=False),
            Field("ahead_of", cell=ids(self.ahead), csv=False),
            Field("never_behind", cell=ids(self.necessary), csv=False),
            Field("next_below", cell=ids(self.dominance_reduction), csv=False),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table: the rank first, the id last."""
        return ("rank", "title", "verdict", "best_rank", "worst_rank", "can_be_first", "id")

    @property
    def title(self) -> str:
        """Title above the table."""
        framework = self.ranking.framework
        return f"What weights can make of it: {title_of(framework.id, framework.title)}"

    @property
    def options(self) -> dict[str, Any]:
        """The space of weights of each group."""
        return {"weights": {part.group: str(part.space) for part in self.groups}}

    def body(self) -> dict[str, Any]:
        """Return the records and the dominance list."""
        return {**super().body(), "dominance": list(self.dominance)}


def extreme_ranks(ranking: Ranking, *, weights: Weights = None) -> ExtremeRanks:
    """Return the best and the worst rank of each candidate over a space of weights.

    Parameters
    ----------
    ranking : Ranking
        With a score that is a sum of weight times value, at least wherever weights are not held
        `exact`.
    weights : str, mapping of group id to str, or sequence of str, optional
        The space of weights: "exact", "within 25%", "order", "any" or "intervals", for all groups,
        or for each by its id, the top being "" and all others "*". Where none is named, the
        framework's own; without one, `intervals` where a weight is an interval, else "within 25%".

    Returns
    -------
    ExtremeRanks

    Raises
    ------
    UsageError
        If there is nothing to rank; if a group whose weights vary, or have some that vary below it,
        does not combine arithmetically; if a verdict rests on points that vary; if a space does not
        exist or leaves no weights.
    MissingExtraError
        If scipy is not installed.

    Notes
    -----
    ----- Spaces are closed: their edges belong to them, a weight of 0 too where the space reaches
    it. Scores no more than 1e-9 points apart are equal. The least lead of one candidate over
    another is found in closed form, group by group; best and worst ranks by mixed-integer
    programmes, each answer confirmed by weights that are ranked again.

    References
    ----------
    ---------- Greco, S., Mousseau, V., Slowinski, R. (2008). Ordinal regression revisited: Multiple
    criteria ranking using a set of additive value functions. European Journal of Operational
    Research 191(2), 416-436. doi:10.1016/j.ejor.2007.08.013 Kadzinski, M., Greco, S., Slowinski, R.
    (2012). Extreme ranking analysis in robust ordinal regression. Omega 40(4), 488-501.
    doi:10.1016/j.omega.2011.09.003
    """
    ranking = ranking.whole
    scores = LinearScores.of(ranking, weights)
    optional("scipy.optimize", "optimize")  # says what is missing before anything is computed
    n, r, m = len(ranking), len(scores.values), len(ranking.criteria)
    best_ranks, worst_ranks = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    best_weights, worst_weights = np.full((n, m), np.nan), np.full((n, m), np.nan)
    differences = np.full((n, n), np.nan)
    necessary = np.zeros((n, n), dtype=np.bool_)
    # ranked candidates come first, tier by tier
    necessary[:r, :r] = scores.tiers[:, None] < scores.tiers
    possible = necessary.copy()
    for tier in np.unique(scores.tiers):
        members = np.flatnonzero(scores.tiers == tier)
        values, square = scores.values[members], np.ix_(members, members)
        least = min_score_differences(values, scores.polytope)
        found = rank_extremes(values, scores.polytope, least)
        best_ranks[members] = members[0] + found.best
        worst_ranks[members] = members[0] + found.worst
        best_weights[members] = found.best_weights @ scores.membership
        worst_weights[members] = found.worst_weights @ scores.membership
        differences[square] = 100 * least
        necessary[square] = least >= -TIE
        possible[square] = least.T <= TIE
    return ExtremeRanks(
        ranking=ranking,
        groups=scores.groups,
        best_ranks=read_only(best_ranks),
        worst_ranks=read_only(worst_ranks),
        best_weights=read_only(best_weights),
        worst_weights=read_only(worst_weights),
        min_score_differences=read_only(differences),
        necessary=read_only(necessary),
        possible=read_only(possible),
    )


@dataclass(frozen=True, eq=False)
class LinearScores:
    """The scores of the ranked candidates, in rank order, as weighted sums of fixed values.

    Parameters
    ----------
    values : array of shape (r, q)
        In [0, 1]: of the criteria, and of the groups whose weights are held.
    tiers : integer array of shape (r,)
        Lower is better.
    polytope : WeightPolytope
        The admissible weights; its leaves are the columns of `values`.
    membership : array of shape (q, m)
        How the weight of each column is divided among the leaf criteria; rows sum to 1.
    groups : tuple of GroupWeights
    """

    values: FloatArray
    tiers: IntArray
    polytope: WeightPolytope
    membership: FloatArray
    groups: tuple[GroupWeights, ...]

    @classmethod
    def of(cls, ranking: Ranking, weights: Weights = None) -> LinearScores:
        """Return the scores of a ranking over a space of weights.

        Parameters
        ----------
        ranking : Ranking
        weights : str, mapping of group id to str, or sequence of str, optional
            See `group_weights`.

        Raises
        ------
        UsageError
            If scores are not linear in the weights, if verdicts depend on them, or if there is
            nothing to rank.
        """
        _require_ranks(ranking)
        framework = ranking.framework
        groups = group_weights(framework, weights)
        varying = set()
        for part in groups:
            if part.free:
                varying |= {"", *(framework.nodes[part.group].path if part.group else ())}
        _require_fixed_verdicts(framework, varying)
        # from the bottom up, as a tree has its groups
        kept = [part for part in reversed(groups) if part.group in varying]
        for part in kept:
            _require_linear(ranking, part.group)
        columns = []
        for part in kept:
            columns += [child for child in part.children if child not in varying]
        # where nothing varies, the score itself is the only column
        columns = columns or [""]
        severity = ranking.judgement.severity[ranking.order[ranking.ranks > 0]]
        return cls(
            values=_column_values(ranking, columns),
            tiers=tiers_of(framework)[severity].astype(np.int64),
            polytope=_polytope_of(kept, columns),
            membership=_column_membership(ranking, columns),
            groups=groups,
        )


def _polytope_of(kept: Sequence[GroupWeights], columns: Sequence[str]) -> WeightPolytope:
    number = {key: k for k, key in enumerate([*columns, *(part.group for part in kept)])}
    sets = [part.weights for part in kept]
    children = [np.array([number[child] for child in part.children]) for part in kept]
    if not kept:
        sets, children = [WeightSet.fixed(np.ones(1))], [np.array([0])]
    equal_weights = tuple(np.full(len(nodes), 1 / len(nodes)) for nodes in children)
    tree = Tree(len(columns), tuple(children), equal_weights, (1.0,) * len(children))
    return WeightPolytope(tree, tuple(sets))


def _column_values(ranking: Ranking, columns: Sequence[str]) -> FloatArray:
    valuation = ranking.valuation
    nodes = [valuation.nodes[key] if key else -1 for key in columns]
    values = valuation.node_values[ranking.order[ranking.ranks > 0]][:, nodes]
    missing = np.argwhere(np.isnan(values))
    if len(missing):
        place, column = missing[0].tolist()
        raise UsageError(
            f"exact ranks need scores that are sums of weight times value; `{ranking.ids[place]}`"
            f" has no value on `{columns[column]}`,"
            " which is omitted, so that its weights are its own"
        )
    return values


def _column_membership(ranking: Ranking, columns: Sequence[str]) -> FloatArray:
    tree, nodes = ranking.valuation.tree, ranking.valuation.nodes
    overall = overall_weights(tree)
    membership = np.zeros((len(columns), tree.leaves))
    for k, column in enumerate(columns):
        whole = overall[nodes[column]] if column else 1.0
        for j, (key, leaf) in enumerate(ranking.framework.leaves.items()):
            if column in ("", *leaf.path):
                membership[k, j] = overall[nodes[key]] / whole
    return membership


# rankings without an exact answer


def _require_ranks(ranking: Ranking) -> None:
    framework = ranking.framework
    if not len(ranking):
        raise UsageError("there are no candidates: nothing to rank")
    if not framework.leaves:
        raise UsageError(f"`{framework.id}` only gates: without criteria nothing has a rank")
    if framework.combine == "none":
        raise UsageError(f"`{framework.id}` makes no total of its groups: nothing has a rank")
    if not ranking.ranks.any():
        raise UsageError("no candidate has a rank: there are none to be found for other weights")


def _require_linear(ranking: Ranking, group: str) -> None:
    framework, tree = ranking.framework, ranking.valuation.tree
    number = ranking.valuation.nodes[group] - tree.leaves if group else -1
    if tree.is_linear(number):
        return
    needed = "exact ranks need scores that are sums of weight times value"
    if not group:
        raise UsageError(f"{needed}; the top combines by `{framework.combine}`")
    combine = framework.nodes[group].criterion.combine
    raise UsageError(
        f"{needed}; `{group}` combines by `{combine}`;"
        f" hold its weights, and those below, with `exact` for `{group}`"
    )


def _require_fixed_verdicts(framework: Framework, varying: set[str]) -> None:
    for words, key in _scores_in_conditions(framework):
        if key in varying:
            raise UsageError(
                "exact ranks need verdicts that do not depend on the weights;"
                f" {words} uses score({key})"
            )


def _scores_in_conditions(framework: Framework) -> Iterator[tuple[str, str]]:
    """Yield each criterion or group whose points a verdict rests on, after its condition."""
    for guardrail, steps in framework.compiled_guardrails.items():
        for step in steps:
            if step.when is not None:
                for key in references(step.when).scores:
                    yield f"guardrail `{guardrail}`", key
    if framework.applies_expression is not None:
        for key in references(framework.applies_expression).scores:
            yield "`applies`", key
