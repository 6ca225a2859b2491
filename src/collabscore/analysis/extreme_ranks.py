"""Extreme ranks: the best and worst rank that weights can give, and pairs that they never reverse.

Axis letters: n candidates in rank order, r ranked ones, q columns of values, m leaf criteria; in
the search, n candidates of one tier, c competitors of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, ClassVar

import numpy as np

from ..arrays import (
    BoolArray,
    FloatArray,
    IndexArray,
    IntArray,
    frozen_property,
    underflow_is_zero,
)
from ..errors import UsageError, optional
from ..kernels.aggregation import Tree
from ..kernels.ranking import TOLERANCE, ranks_in_draws
from ..kernels.weights import TILE, WeightPolytope, WeightSet
from ..models.expressions import references
from ..models.framework import Framework
from ..models.weight_spaces import GroupWeights, Weights, group_weights, weights_by_group
from ..output import Field
from ..scoring.ranking import Ranking, RankingResult, whole_ranking
from .uncertainty import Progress, refuse_no_progress, refuse_nothing_to_rank

__all__ = [
    "TIE",
    "ExtremeRanks",
    "LinearScores",
    "StoppedSearch",
    "extreme_ranks",
    "min_score_differences",
    "rank_extremes",
]

TIE = TOLERANCE / 100
"""Values no farther apart are equal: the tolerance of scores, in values from 0 to 1."""

# pairs of candidates compared at once
_BLOCK = 2**21
# points of each kind whose ranks are the first bounds
_POINTS = 2048
# rounds of points near the weights of the best ranks so far, and points near each of those
_ROUNDS, _NEARBY = 6, 16
# parts of the first of two competitors in mixtures that show that no weights serve both
_MIXTURES = np.array([0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875, 0.06, 0.94])
# a mixture shows it if it misses by this much, far above rounding and `TIE`
_CLEARLY = 1e-9
# excluded pairs in a programme, for each competitor
_MOST_PAIRS = 20
# the tolerance of solvers for whole numbers and their sums, and beyond it
_WHOLE, _SURPLUS = 1e-6, 1e-4
# a region with fewer open competitors for each weight, or cut so often, is left to the integer
# programme
_FEW, _DEEPEST = 5, 20
_INFEASIBLE = 2


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
    held : tuple of str
        Groups whose weights are as given although others were admitted: with them a score is a sum
        of weight times value, and verdicts do not depend on weights.
    best_ranks, worst_ranks : integer arrays of shape (n,)
        The best and the worst rank that admissible weights give; 0 where unranked or not proved.
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
    proved : int
        The number of candidates, the first ones of the ranking, whose ranks are proved: all that
        are ranked, unless the search was stopped.

    Notes
    -----
    ----- `necessary` and `possible` are the necessary and the possible preference of robust ordinal
    regression: both weak, so that ties count for either candidate. `ahead` is the strict one. A
    better tier is ahead of a worse one whatever the weights.
    """

    kind: ClassVar[str] = "extremes"
    report: ClassVar[str] = "robustness"
    title: ClassVar[str] = "Best and worst ranks"
    shown: ClassVar[tuple[str, ...]] = (
        *("rank", "title", "verdict", "best_rank", "worst_rank", "can_be_first", "id"),
    )

    ranking: Ranking
    groups: tuple[GroupWeights, ...]
    held: tuple[str, ...]
    best_ranks: IntArray
    worst_ranks: IntArray
    best_weights: FloatArray
    worst_weights: FloatArray
    min_score_differences: FloatArray
    necessary: BoolArray
    possible: BoolArray
    proved: int

    @property
    def stopped(self) -> bool:
        """Whether the search was stopped before all ranks were proved."""
        return self.proved < int(np.count_nonzero(self.ranking.ranks))

    @property
    def can_be_first(self) -> BoolArray:
        """Whether some admissible weights make each candidate first, or joint first, (n,)."""
        return np.asarray(self.best_ranks == 1)

    @frozen_property
    def ahead(self) -> BoolArray:
        """Whether the row's candidate is ahead of the column's whatever the weights, (n, n)."""
        ranked = self.ranking.ranks > 0
        return np.asarray(ranked[:, None] & ranked & ~self.possible.T)

    def ahead_of(self, candidate: str) -> tuple[str, ...]:
        """Return the ids of those a candidate is ahead of whatever the weights.

        Raises
        ------
        UsageError
            If there is no such candidate.
        """
        return self._ids_where(self.ahead[self.ranking.place_of(candidate, "candidate")])

    @frozen_property
    def dominance_reduction(self) -> BoolArray:
        """The dominance list as an array, (n, n): who is next below whom, whatever the weights.

        True where the candidate of the row is never behind that of the column and ahead of it for
        some weights, both are of one tier, and nobody is between them in that way: relations that
        follow from others are left out (the transitive reduction).
        """
        over = self.necessary & ~self.necessary.T & ~np.isnan(self.min_score_differences)
        counts = over.astype(np.intp)
        return np.asarray(over & ~(counts @ counts > 0))

    @frozen_property
    def dominance(self) -> tuple[str, ...]:
        """Sentences on candidates that are ahead of others; see `dominance_reduction`."""
        sentences = []
        for place in np.flatnonzero(self.dominance_reduction.any(axis=1)).tolist():
            below, ahead = self.dominance_reduction[place], self.ahead[place]
            parts = []
            for words, chosen in (("ahead of", below & ahead), ("never behind", below & ~ahead)):
                titles = [f'"{self.title_at(below)}"' for below in np.flatnonzero(chosen).tolist()]
                if titles:
                    parts.append(f"{words} {', '.join(titles)}")
            sentences.append(
                f'Whatever the weights, "{self.title_at(place)}" is {" and ".join(parts)}.'
            )
        return tuple(sentences)

    def _ids_where(self, chosen: BoolArray) -> tuple[str, ...]:
        return tuple(self.ids[place] for place in np.flatnonzero(chosen).tolist())

    # the base of results

    @property
    def rows(self) -> Sequence[int]:
        """Places in the ranking."""
        return range(len(self.ranking))

    @frozen_property
    def fields(self) -> tuple[Field, ...]:
        """Ranks of each candidate, weights that give them, and those always behind it."""
        ranking = self.ranking

        def of_ranked(values: Sequence[Any]) -> Callable[[int], Any]:
            return lambda place: values[place] if place < self.proved else None

        def weights(overall: FloatArray) -> Callable[[int], Any]:
            named = [dict(zip(ranking.criteria, row, strict=True)) for row in overall.tolist()]
            return of_ranked(named)

        def ids(relation: BoolArray) -> Callable[[int], Any]:
            return lambda place: list(self._ids_where(relation[place]))

        whole = partial(Field, kind="number", digits=0, priority=0)
        is_first = of_ranked(self.can_be_first.tolist())
        return (
            *self.place_fields,
            whole("best_rank", "Best", of_ranked(self.best_ranks.tolist())),
            whole("worst_rank", "Worst", of_ranked(self.worst_ranks.tolist())),
            Field("can_be_first", "Can be first", is_first, priority=1, least=4),
            Field("best_weights", cell=weights(self.best_weights), csv=False),
            Field("worst_weights", cell=weights(self.worst_weights), csv=False),
            Field("ahead_of", cell=ids(self.ahead), csv=False),
            Field("never_behind", cell=ids(self.necessary), csv=False),
            Field("next_below", cell=ids(self.dominance_reduction), csv=False),
        )

    @property
    def options(self) -> dict[str, Any]:
        """The space of weights of each group, and the groups that had to be held."""
        weights = {part.group: str(part.space) for part in self.groups}
        return {"weights": weights, "held": list(self.held)}

    def body(self) -> dict[str, Any]:
        """Return the records, the dominance list, and the number of candidates proved."""
        return {**super().body(), "dominance": list(self.dominance), "proved": self.proved}


class StoppedSearch(KeyboardInterrupt):
    """The search for ranks was interrupted; `result` holds those proved so far."""

    def __init__(self, result: ExtremeRanks) -> None:
        super().__init__(result)
        self.result = result


@underflow_is_zero
def extreme_ranks(
    ranking: Ranking, *, weights: Weights = None, progress: Progress | None = None
) -> ExtremeRanks:
    """Return the best and the worst rank of each candidate over a space of weights.

    Parameters
    ----------
    ranking : Ranking
        With a score that is a sum of weight times value, at least of the groups at the top.
    weights : str, mapping of group id to str, or sequence of str, optional
        The space of weights: "exact", "within 25%", "order", "any" or "intervals", for all groups,
        or for each by its id, the top being "" and all others "*". Where none is named, the
        framework's own; without one, `intervals` where a weight is an interval, else "within 25%".
        Groups that do not combine arithmetically, those whose points decide a verdict, and all
        below them, are held as given; see `ExtremeRanks.held`.
    progress : callable, optional
        Called with (done, total): the candidates whose ranks are proved, and all.

    Returns
    -------
    ExtremeRanks

    Raises
    ------
    UsageError
        If there is nothing to rank; if the top does not combine arithmetically, or a verdict rests
        on the score, and weights vary; if a group is given a space of its own that has to be held;
        if a space does not exist or leaves no weights.
    MissingExtraError
        If scipy is not installed.
    StoppedSearch
        If it is interrupted (Ctrl-C), with the ranks proved so far; it is a `KeyboardInterrupt`.

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
    ranking = whole_ranking(ranking)
    refuse_no_progress(progress)
    scores = LinearScores.of(ranking, weights)
    optional("scipy.optimize", "optimize")  # says what is missing before anything is computed
    n, r, m = len(ranking), len(scores.values), len(ranking.criteria)
    ranks, overall = np.zeros((2, n), dtype=np.int64), np.full((2, n, m), np.nan)
    differences = np.full((n, n), np.nan)
    necessary = np.zeros((n, n), dtype=np.bool_)
    # ranked candidates come first, tier by tier
    necessary[:r, :r] = scores.tiers[:, None] < scores.tiers
    possible = necessary.copy()
    searches = []
    for tier in np.unique(scores.tiers):
        members = np.flatnonzero(scores.tiers == tier)
        values, square = scores.values[members], np.ix_(members, members)
        least = min_score_differences(values, scores.polytope)
        differences[square] = 100 * least
        necessary[square] = least >= -TIE
        possible[square] = least.T <= TIE
        searches.append(rank_extremes(values, scores.polytope, least, int(members[0])))
    proved = 0
    try:
        for found, found_weights in chain.from_iterable(searches):
            ranks[:, proved] = found
            overall[:, proved] = found_weights @ scores.membership
            proved += 1
            if progress is not None:
                progress(proved, r)
    except KeyboardInterrupt:
        ranks[:, proved:] = 0
        overall[:, proved:] = np.nan
    result = ExtremeRanks(
        ranking=ranking,
        groups=scores.groups,
        held=scores.held,
        best_ranks=ranks[0],
        worst_ranks=ranks[1],
        best_weights=overall[0],
        worst_weights=overall[1],
        min_score_differences=differences,
        necessary=necessary,
        possible=possible,
        proved=proved,
    )
    if result.stopped:
        raise StoppedSearch(result)
    return result


@dataclass(frozen=True, eq=False, repr=False)
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
    held : tuple of str
        Groups whose weights are held; see `ExtremeRanks`.
    """

    values: FloatArray
    tiers: IntArray
    polytope: WeightPolytope
    membership: FloatArray
    groups: tuple[GroupWeights, ...]
    held: tuple[str, ...]

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
        groups, held = _held_groups(ranking, weights)
        varying = _varying_groups(framework, groups)
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
        return cls(
            values=_column_values(ranking, columns),
            tiers=ranking.judgement.tiers[ranking.order[ranking.ranks > 0]].astype(np.int64),
            polytope=_polytope_of(kept, columns),
            membership=_column_membership(ranking, columns),
            groups=groups,
            held=held,
        )


def _varying_groups(framework: Framework, groups: Sequence[GroupWeights]) -> set[str]:
    """Return the groups whose weights vary, or have some that vary below them."""
    varying = set()
    for part in groups:
        if part.free:
            varying |= {"", *_path_of(framework, part.group)}
    return varying


def _path_of(framework: Framework, group: str) -> Sequence[str]:
    """Return a group and those above it; nothing for the top."""
    return framework.nodes[group].path if group else ()


def _held_groups(
    ranking: Ranking, weights: Weights
) -> tuple[tuple[GroupWeights, ...], tuple[str, ...]]:
    """Return the weights with those held that have to be, and the groups that are held for it.

    Of groups that are held within one another only the outermost is named. A group that is given a
    space of its own is not held.
    """
    framework, named = ranking.framework, weights_by_group(weights)
    groups = group_weights(framework, weights)
    reasons = _reasons_to_hold(ranking, groups)
    held, outermost = {}, set()
    for part in groups:
        within = reasons.intersection(_path_of(framework, part.group))
        if within and part.free and part.group not in named:
            held[part.group] = "exact"
            outermost |= within
    if held:
        groups = group_weights(framework, {**named, **held})
    return groups, tuple(group for group in framework.groups if group in outermost)


def _reasons_to_hold(ranking: Ranking, groups: Sequence[GroupWeights]) -> set[str]:
    """Return the outermost groups whose weights vary and that rule out an exact answer."""
    framework = ranking.framework
    varying = _varying_groups(framework, groups)
    judged = {key for _, key in _scores_in_conditions(framework)}
    reasons: set[str] = set()
    for group in framework.groups:
        is_outermost = reasons.isdisjoint(_path_of(framework, group))
        if (
            is_outermost
            and group in varying
            and (group in judged or not _is_linear(ranking, group))
        ):
            reasons.add(group)
    return reasons


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
        message = (
            f"{_SUMS_NEEDED}; `{ranking.ids[place]}` has no value on `{columns[column]}`,"
            " which is omitted, so its weights differ from the others"
        )
        raise UsageError(message, "ranking", "rate it, or use `robustness`")
    return values


def _column_membership(ranking: Ranking, columns: Sequence[str]) -> FloatArray:
    tree, nodes = ranking.valuation.tree, ranking.valuation.nodes
    overall = tree.overall
    membership = np.zeros((len(columns), tree.leaves))
    for k, column in enumerate(columns):
        whole = overall[nodes[column]] if column else 1.0
        for j, (key, leaf) in enumerate(ranking.framework.leaves.items()):
            if column in ("", *leaf.path):
                membership[k, j] = overall[nodes[key]] / whole
    return membership


# rankings without an exact answer

_SUMS_NEEDED = "exact ranks need scores that are weighted sums"


def _require_ranks(ranking: Ranking) -> None:
    refuse_nothing_to_rank(ranking)
    if not ranking.ranks.any():
        message = "no candidate has a rank, so other weights cannot change any rank"
        raise UsageError(message, "ranking", "use `explain` for the reasons")


def _is_linear(ranking: Ranking, group: str) -> bool:
    """Return whether a group, "" being the top, is a sum of weight times value."""
    tree = ranking.valuation.tree
    return tree.is_linear(ranking.valuation.nodes[group] - tree.leaves if group else -1)


def _require_linear(ranking: Ranking, group: str) -> None:
    if _is_linear(ranking, group):
        return
    framework = ranking.framework
    if not group:
        message = f"{_SUMS_NEEDED}; the top combines by `{framework.combine}`"
        raise UsageError(message, "ranking", "use `robustness`")
    combine = framework.nodes[group].criterion.combine
    help = "leave out weights for it and the groups below: they keep the given weights"
    raise UsageError(f"{_SUMS_NEEDED}; `{group}` combines by `{combine}`", "weights", help)


def _require_fixed_verdicts(framework: Framework, varying: set[str]) -> None:
    for words, key in _scores_in_conditions(framework):
        if key in varying:
            needed = "exact ranks need verdicts that do not depend on the weights"
            scored = f"score({key or framework.id})"
            raise UsageError(f"{needed}; {words} uses {scored}", "ranking", "use `robustness`")


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
    for contradiction, expression in framework.live_contradictions.items():
        for key in references(expression).scores:
            yield f"contradiction `{contradiction}`", key


# the search


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
    values: FloatArray, polytope: WeightPolytope, differences: FloatArray, ahead: int = 0
) -> Iterator[tuple[IntArray, FloatArray]]:
    """Yield the best and the worst rank of each candidate over all admissible weights, once proved.

    Parameters
    ----------
    values : array of shape (n, q)
        In [0, 1].
    polytope : WeightPolytope
    differences : array of shape (n, n)
        From `min_score_differences`.
    ahead : int
        How many candidates of better tiers are ahead.

    Yields
    ------
    ranks : integer array of shape (2,)
        The best one, and the worst.
    weights : array of shape (2, q)
        Weights of the columns that give them; rows sum to 1.

    Notes
    -----
    Competitors that are always or never ahead are counted once and for all. Ranks at vertices of
    the polytope, at drawn weights, at mixtures of vertices and near the best of these are the first
    bounds. Where they leave a gap, branch and bound looks for weights with fewer competitors *out
    of place*: ahead of the candidate, for its best rank, or not ahead of it, for its worst.
    Regions of weights are cut in two until none is left. In each a mixed-integer programme has
    binaries z that say who is out of place, with ``v_a - v_b + M_b z_b >= 0`` or ``v_b - v_a + M_b
    z_b >= 0``, M_b being the greatest shortfall in the region; the smaller the region, the closer
    its relaxation to linear constraints. Pairs of competitors that no weights of the region put in
    place together make it closer still, as rows ``z_b + z_c >= 1``: a mixture of their two
    inequalities then has no solution, which is found in closed form. The programme itself is solved
    for regions that have few open competitors or a relaxation that cannot rise by much. Each answer
    is confirmed: a linear programme finds weights at which the competitors in place are so by the
    widest margin, and these are ranked. If there are none, those that limit the margin are excluded
    together, and the region is looked at again.

    References
    ----------
    Codato, G., Fischetti, M. (2006). Combinatorial Benders' cuts for mixed-integer linear
    programming. Operations Research 54(4), 756-766. doi:10.1287/opre.1060.0286
    Kadzinski, M., Greco, S., Slowinski, R. (2012). Extreme ranking analysis in robust ordinal
    regression. Omega 40(4), 488-501. doi:10.1016/j.omega.2011.09.003
    """
    search = _RankSearch(values, polytope)
    for a in range(len(values)):
        always_ahead = differences[:, a] > TIE
        open_ = np.flatnonzero(~always_ahead & (differences[a] < -TIE))
        rank = 1 + int(always_ahead.sum())
        search.settle(0, a, rank, open_, differences[a, open_])
        search.settle(1, a, -rank - len(open_), open_, differences[open_, a])
        yield ahead + np.abs(search.ranks[:, a]), search.weights[:, a].copy()


class _RankSearch:
    """The best and worst ranks seen so far, and the search for better and worse ones.

    The worst ranks are counted below 0, so that less is sought at both ends.
    """

    def __init__(self, values: FloatArray, polytope: WeightPolytope) -> None:
        n, q = values.shape
        self.values, self.polytope = values, polytope
        self.ranks, self.weights = np.full((2, n), n + 1), np.zeros((2, n, q))
        rng = np.random.default_rng(0)
        self.points = _admissible_points(values, polytope, rng)
        scores = values @ self.points.T
        self.scores = scores, -scores
        self.rank_at(self.points)
        for _ in range(_ROUNDS):
            nearby = np.repeat(self.weights.reshape(-1, q), _NEARBY, axis=0)
            others = self.points[rng.integers(0, len(self.points), len(nearby))]
            nearby += 0.5 ** rng.uniform(0, 10, (len(nearby), 1)) * (others - nearby)
            self.rank_at(nearby)

    def rank_at(self, weights: FloatArray) -> None:
        """Take note of the ranks that weights give, (any, q)."""
        n = len(self.values)
        for start in range(0, len(weights), TILE):
            tile = weights[start : start + TILE]
            values = np.clip(tile @ self.values.T, 0.0, 1.0)
            ranks = ranks_in_draws(values, np.zeros(n, dtype=np.intp))
            for end, counted in enumerate((ranks, -ranks)):
                rows = counted.argmin(axis=0)
                least = counted[rows, np.arange(n)]
                better = least < self.ranks[end]
                self.ranks[end, better] = least[better]
                self.weights[end, better] = tile[rows[better]]

    def settle(
        self, end: int, a: int, limit: int, competitors: IndexArray, least: FloatArray
    ) -> None:
        """Find an end of the ranks of a candidate, unless the bounds meet already.

        Parameters
        ----------
        end : int
            0 for the best rank, 1 for the worst.
        a : int
            The candidate.
        limit : int
            Its rank with all of them in place, as it is counted.
        competitors : integer array of shape (c,)
            Those that are neither always nor never ahead.
        least : array of shape (c,)
            The least lead over each, or the least of each over the candidate.
        """
        if self.ranks[end, a] == limit:
            return
        sign = 1 - 2 * end
        gaps = sign * (self.values[a] - self.values[competitors])
        in_place = self.scores[end][a] >= self.scores[end][competitors]
        regions = [_Region(gaps, least, self.polytope, self.points, in_place)]
        while regions and (misplaced := int(self.ranks[end, a]) - limit):
            region = regions.pop()
            if region.fewest_out() >= misplaced:
                continue
            weights, out = region.solve(misplaced - 1)
            if (np.minimum(out, 1 - out) > _WHOLE).any():
                if region.worth_cutting:
                    self.rank_at(weights[None, :])
                    regions += region.halves(weights, out)
                    continue
                weights, out = region.solve(misplaced - 1, integral=True)
            in_place = out < 0.5
            if not len(weights):
                continue
            weights, blocking = region.widest_margin(in_place)
            self.rank_at(weights[None, :])
            if self.ranks[end, a] - limit > np.count_nonzero(~in_place):
                region.excluded_sets.append(blocking)
                regions.append(region)


class _Region:
    """Some of the admissible weights, and the programmes for the competitors of a candidate there.

    Variables are the q weights and c binaries: 1 for competitors out of place.

    Parameters
    ----------
    gaps : array of shape (c, q)
        A competitor is in place where its weighted sum is not below 0.
    least : array of shape (c,)
        The least of each weighted sum over the admissible weights, below 0.
    polytope : WeightPolytope
    points : array of shape (any, q)
        Some of the admissible weights.
    in_place : boolean array of shape (c, any)
        Which competitors are in place there.
    """

    def __init__(
        self,
        gaps: FloatArray,
        least: FloatArray,
        polytope: WeightPolytope,
        points: FloatArray,
        in_place: BoolArray,
    ) -> None:
        self.gaps, self.shortfalls = gaps, -least
        self.whole = self.polytope = polytope
        self.points, self.in_place = points, in_place
        self.scales = np.abs(gaps).max(axis=1)
        self.open, self.never = least < -TIE, np.zeros(len(gaps), dtype=np.bool_)
        self.excluded_sets: list[IntArray] = []
        self.pairs = self.new_pairs(np.zeros(len(gaps)))
        self.depth = 0

    def new_pairs(self, out: FloatArray) -> IntArray:
        """Return pairs of open competitors that are never in place together, the clearest first.

        Parameters
        ----------
        out : array of shape (c,)
            The binaries that the relaxation of a region around came to: pairs must refute it.
        """
        open_ = np.flatnonzero(self.open)
        bits = np.packbits(self.in_place[open_], axis=1)
        together = (bits[:, None, :] & bits).any(axis=2)
        refuting = out[open_][:, None] + out[open_] < 1 - _WHOLE
        pairs = open_[np.argwhere(np.triu(refuting & ~together, 1))]
        step = _BLOCK // (_MIXTURES.size * self.gaps.shape[1])
        blocks = [pairs[start : start + step] for start in range(0, len(pairs), step)]
        excess = np.concatenate([np.empty(0), *map(self._excesses, blocks)])
        clearest = np.argsort(-excess, kind="stable")
        chosen = clearest[excess[clearest] >= 0][: _MOST_PAIRS * len(out)]
        return np.asarray(pairs[chosen])

    def _excesses(self, pairs: IntArray) -> FloatArray:
        """Return how clearly a mixture shows that pairs are never in place together; or below 0.

        Of several mixtures that show it the first one counts.
        """
        factors = np.stack([_MIXTURES, 1 - _MIXTURES]) / self.scales[pairs][:, :, None]
        mixed = (factors[..., None] * self.gaps[pairs][:, :, None]).sum(axis=1)
        least = self.polytope.least(-mixed.reshape(-1, mixed.shape[-1]))
        excesses = least.reshape(len(pairs), -1) - _CLEARLY * factors.sum(axis=1)
        first = (excesses >= 0).argmax(axis=1)
        return np.asarray(excesses[np.arange(len(pairs)), first])

    def fewest_out(self) -> int:
        """Return a number of competitors that no weights undercut: so many are out of place.

        Of competitors any two of which are never in place together all but one are out of place.
        Open ones are put into groups of that kind, those with the fewest such partners first.
        """
        partners = [0] * len(self.gaps)  # bits, one for each competitor
        for one, other in self.pairs.tolist():
            partners[one] |= 1 << other
            partners[other] |= 1 << one
        open_ = np.flatnonzero(self.open).tolist()
        groups: list[int] = []  # the partners of all members of each
        for competitor in sorted(open_, key=lambda competitor: partners[competitor].bit_count()):
            for k, common in enumerate(groups):
                if common >> competitor & 1:
                    groups[k] &= partners[competitor]
                    break
            else:
                groups.append(partners[competitor])
        return int(np.count_nonzero(self.never)) + len(open_) - len(groups)

    @property
    def worth_cutting(self) -> bool:
        """Whether halves are easier than the integer programme."""
        open_enough = np.count_nonzero(self.open) >= _FEW * self.gaps.shape[1]
        return bool(open_enough and self.depth < _DEEPEST and self.polytope.is_box)

    def halves(self, weights: FloatArray, out: FloatArray) -> Iterator[_Region]:
        """Yield two regions that hold this one, cut at the answer of the relaxation."""
        for polytope in self.polytope.halves(weights):
            half = copy(self)
            half.depth += 1
            half.polytope = polytope
            # not by a product of matrices, for which threads would be started
            margins = np.einsum("sq,kq->sk", self.points, polytope.constraints[0])
            inside = (margins >= -_CLEARLY).all(axis=1)
            half.points, half.in_place = self.points[inside], self.in_place[:, inside]
            least = polytope.least(self.gaps)
            half.shortfalls = np.maximum(-least, 0.0)
            half.never = polytope.least(-self.gaps) > _CLEARLY
            half.open = (least < -TIE) & ~half.never
            known = self.pairs[half.open[self.pairs].all(axis=1)]
            half.pairs = np.concatenate([known, half.new_pairs(out)])[: _MOST_PAIRS * len(out)]
            yield half

    def solve(self, misplaced: int, *, integral: bool = False) -> tuple[FloatArray, FloatArray]:
        """Find weights that put the fewest competitors out of place.

        Parameters
        ----------
        misplaced : int
            The most that may be out of place.
        integral : bool
            Whether competitors are wholly in place or out of it; the relaxation is a bound.

        Returns
        -------
        weights : array of shape (q,)
        out : array of shape (c,)
            In [0, 1]: how far each competitor is out of place. Both are empty if there are no such
            weights.
        """
        optimize = optional("scipy.optimize", "optimize")
        c, q = self.gaps.shape
        scales = np.maximum(self.scales, self.shortfalls)[:, None]
        links = np.hstack([self.gaps / scales, np.diag(self.shortfalls) / scales])
        excluded = np.zeros((len(self.pairs) + len(self.excluded_sets), q + c))
        excluded[np.arange(len(self.pairs)), q + self.pairs.T] = 1.0
        for row, members in zip(excluded[len(self.pairs) :], self.excluded_sets, strict=True):
            row[q + members] = 1.0
        binaries = np.append(np.zeros(q), np.ones(c))
        at_least, equal = self.polytope.constraints
        blocks = (
            _widened(at_least, c),
            _widened(equal, c),
            1.0 - binaries[None, :],
            links,
            excluded,
            binaries[None, :],
        )
        sizes = list(map(len, blocks))
        low = np.repeat([0.0, 0.0, 1.0, 0.0, 1.0, 0.0], sizes)
        high = np.repeat([np.inf, 0.0, 1.0, np.inf, np.inf, misplaced + _SURPLUS], sizes)
        found = optimize.milp(
            binaries,
            integrality=integral * binaries,
            bounds=optimize.Bounds(np.append(np.zeros(q), self.never), 1.0),
            constraints=optimize.LinearConstraint(np.vstack(blocks), low, high),
            options={"disp": False, "mip_rel_gap": 0.0},
        )
        if found.status == _INFEASIBLE:
            return np.empty(0), np.empty(0)
        _require_solved(found)
        weights = np.maximum(found.x[:q], 0.0)
        return weights / weights.sum(), np.asarray(found.x[q:])

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
        at_least, equal = self.whole.constraints
        wanted = np.flatnonzero(in_place)
        q, k = self.gaps.shape[1], len(wanted)
        margins = np.hstack([-self.gaps[wanted], np.ones((k, 1))])
        found = optimize.linprog(
            np.append(np.zeros(q), -1.0),
            A_ub=np.vstack([margins, _widened(-at_least, 1)]),
            b_ub=np.zeros(k + len(at_least)),
            A_eq=_widened(np.vstack([equal, np.ones((1, q))]), 1),
            b_eq=np.append(np.zeros(len(equal)), 1.0),
            bounds=[*[(0.0, 1.0)] * q, (-1.0, 1.0)],
            method="highs-ds",
        )
        _require_solved(found)
        weights = np.maximum(found.x[:q], 0.0)
        blocking = wanted[found.ineqlin.marginals[:k] < 0]
        return weights / weights.sum(), blocking if len(blocking) else wanted


def _admissible_points(
    values: FloatArray, polytope: WeightPolytope, rng: np.random.Generator
) -> FloatArray:
    """Return vertices, drawn weights and mixtures of a few vertices, (any, q)."""
    n, q = values.shape
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


def _widened(rows: FloatArray, more: int) -> FloatArray:
    """Return constraints on weights with columns for other variables."""
    return np.hstack([rows, np.zeros((len(rows), more))])


def _require_solved(found: Any) -> None:
    if not found.success:
        raise ArithmeticError(f"a programme of ranks was not solved: {found.message}")
