"""Robustness: the ranks, verdicts and bands of all candidates over draws of everything uncertain.

Axis letters: n candidates, m leaf criteria, s draws.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..arrays import (
    FloatArray,
    Frozen,
    IndexArray,
    IntArray,
    frozen_property,
    read_only,
    underflow_is_zero,
)
from ..errors import UsageError, choose_from, refusal_of_value, whole_number
from ..kernels.ranking import TOLERANCE, by_candidate, first_in_draws, ordered_draws
from ..kernels.statistics import mean_error, share_error
from ..models.weight_spaces import Weights, group_weights
from ..output import Field
from ..output.text import capitalised, count_in_words, percent, plural
from ..scoring.ranking import Ranking, RankingResult, whole_ranking
from ..scoring.variants import Outcomes
from ..scoring.wording import badge, quoted_titles
from .uncertainty import (
    Draws,
    Progress,
    choices_of_method,
    open_facts,
    options_of_draws,
    refuse_nothing_to_rank,
    take_draws,
)
from .variance import VarianceShare, variance_shares

__all__ = ["LARGE", "Accumulator", "Counts", "Robustness", "of_draws", "robustness"]

LARGE = 1000
"""The most candidates for which there are tables by ranks, by scores and by one another."""

# numbers that are ranked at once: as many as stay in the cache of a core
_CACHED = 2**16
# the most candidates whose tables by ranks and by one another are in JSON unasked
_IN_JSON = 200
# scores are counted in bins of 0.1 point
_BINS = 1000
# a share of draws within this of 0 or 1 is shown as "<1%" or ">99%": what no draw showed may happen
_NOT_PROVED = 1e-6
# in points: a spread no larger than this is rounding
_NO_SPREAD = 1e-6
_LEVELS = {"q05": 0.05, "q50": 0.5, "q95": 0.95}
# more take days
_MOST_DRAWS = 10_000_000
# for confidence factors, where no precision is asked for
_CONFIDENCE_DRAWS = 2048
# of an event of any probability, that of one half
_MOST_VARIANCE = 0.25
_FACTS = ("unknown", "drawn")


# counts


@dataclass(frozen=True, eq=False, repr=False)
class Counts(Frozen):
    """Counts over draws, candidates in the order of the ranking.

    Parameters
    ----------
    draws : int
    top, leading : int
        The k of "among the first k", and how many leading candidates are looked at; see
        `Accumulator`.
    same_leaders, same_verdicts : int
        The draws in which the leading candidates, and all verdicts, are those of the ranking.
    verdicts_vary : bool
        Whether a verdict depends on anything drawn.
    ranks : integer array of shape (n, n + 1)
        The draws in which each has no rank, rank 1, 2 and so on. Of shape (n, 4) in large sets:
        without rank, first, others up to `top`, those after it.
    rank_ranges : integer array of shape (n, 2)
        The best and the worst rank in any draw; 0 for one never ranked.
    rank_means, rank_errors, score_means, score_errors : arrays of shape (n,)
        Means, and their standard errors; NaN for one never ranked, or never scored.
    scores : integer array of shape (n, 1002)
        By bins of 0.1 point, the last one without score. Without rows in large sets.
    unscored : integer array of shape (n,)
    verdicts : integer array of shape (n, verdicts + 1)
        The last one: the framework is not about the candidate.
    bands : integer array of shape (n, bands)
        The draws in which each is ranked and reaches each threshold, the lowest first.
    weights : array of shape (n, m)
        Sums of overall weights over the draws in which each is first.
    """

    draws: int
    top: int
    leading: int
    same_leaders: int
    same_verdicts: int
    verdicts_vary: bool
    ranks: IntArray
    rank_ranges: IntArray
    rank_means: FloatArray
    rank_errors: FloatArray
    score_means: FloatArray
    score_errors: FloatArray
    scores: IntArray
    unscored: IntArray
    verdicts: IntArray
    bands: IntArray
    weights: FloatArray


class Accumulator:
    """Counts draws, in memory that does not grow with their number.

    Candidates are in the order of the problem.

    Parameters
    ----------
    ranking : Ranking
        Of the candidates that are drawn for.
    top : int
        The k of "among the first k".
    leading : int
        Of how many leading candidates it is counted whether they stay the same; 0 for none.
    """

    def __init__(self, ranking: Ranking, top: int, leading: int = 0) -> None:
        n = len(ranking)
        verdicts = len(ranking.framework.all_verdicts) + 1
        self.order = ranking.order
        self.top = top
        self.leading = leading
        self.leaders = np.zeros(n, dtype=np.bool_)
        self.leaders[ranking.order] = (ranking.ranks > 0) & (ranking.ranks <= leading)
        # the last verdict: the framework is not about the candidate
        self.verdicts_now = ranking.judgement.severity % verdicts
        self.draws = self.same_leaders = self.same_verdicts = 0
        self.verdicts_vary = False
        self.is_large = n > LARGE
        # a large set has four classes of ranks: none, first, others up to `top`, those after it
        self.class_of_rank = np.arange(n + 1)
        if self.is_large:
            self.class_of_rank = np.searchsorted([0, 1, top], self.class_of_rank)
        self.rank_counts = _zeros(n, int(self.class_of_rank[-1]) + 1)
        # of ranks in large sets alone; elsewhere they follow from the counts
        self.ranks = _Moments(*np.zeros((2, n)))
        self.best, self.worst = np.full(n, n + 1), _zeros(n)
        # about the middle of what is possible, so that a score that does not vary stays exact
        self.centres = np.mean(ranking.valuation.root_bounds, axis=0)
        self.values = _Moments(*np.zeros((2, n)))
        self.unscored = _zeros(n)
        self.scores = _zeros(0 if self.is_large else n, _BINS + 2)
        self.verdicts = _zeros(n, verdicts)
        self.thresholds = sorted(ranking.framework.bands.values())
        self.bands = _zeros(n, len(self.thresholds))
        self.weights = np.zeros((n, len(ranking.criteria)))

    def add(self, outcomes: Outcomes, weights: FloatArray) -> None:
        """Count draws.

        Parameters
        ----------
        outcomes : Outcomes
            Of a tile of draws.
        weights : array of shape (s, m)
            Overall weights of the leaves in each draw.
        """
        values, tiers = outcomes.values, outcomes.tiers
        count, n = values.shape
        candidates = np.arange(n)
        self.draws += count
        places, away = values * _BINS, values - self.centres
        unscored = np.isnan(values)
        if unscored.any():
            self.unscored += np.count_nonzero(unscored, axis=0)
            values, away = np.nan_to_num(values), np.nan_to_num(away)
            places[unscored] = _BINS + 1
        self.values.add(away)
        step = max(1, _CACHED // n)
        for start in range(0, count, step):
            rows = slice(start, start + step)
            drawn_tiers = tiers if tiers.ndim == 1 else tiers[rows]
            order, ranks = ordered_draws(values[rows], drawn_tiers)
            self._add_ranks(order, ranks)
            places_of_first = np.flatnonzero(ranks == 1)
            first = order.ravel()[places_of_first, None]
            drawn = weights[start + places_of_first // n]
            _add_to_cells(self.weights, first, np.arange(drawn.shape[1]), drawn)
        if not self.is_large:
            _add_to_cells(self.scores, candidates, places.astype(np.intp))
        verdicts = outcomes.severity % self.verdicts.shape[1]
        times = count if verdicts.ndim == 1 else 1
        _add_to_cells(self.verdicts, candidates, verdicts, times)
        same = np.atleast_2d(verdicts == self.verdicts_now).all(axis=1)
        self.same_verdicts += times * int(np.count_nonzero(same))
        self.verdicts_vary |= verdicts.ndim > 1
        for k, threshold in enumerate(self.thresholds):
            reached = (values >= (threshold - TOLERANCE) / 100) & (tiers >= 0)
            self.bands[:, k] += np.count_nonzero(reached, axis=0)

    def _add_ranks(self, order: IndexArray, ranks: IndexArray) -> None:
        """Count the ranks of candidates in order, as `ordered_draws` returns them."""
        k = self.leading
        among_leaders = (ranks[:, : k + 1] > 0) & (ranks[:, : k + 1] <= k)
        same = (among_leaders.sum(axis=1) == k) & self.leaders[order[:, :k]].all(axis=1)
        self.same_leaders += int(np.count_nonzero(same))
        if not self.is_large:
            _add_to_cells(self.rank_counts, order, ranks)
            return
        _add_to_cells(self.rank_counts, order, self.class_of_rank[ranks])
        ranks = by_candidate(order, ranks)
        self.ranks.add(ranks)
        least = np.where(ranks > 0, ranks, len(self.best) + 1).min(axis=0)
        self.best = np.minimum(self.best, least)
        self.worst = np.maximum(self.worst, ranks.max(axis=0))

    def counts(self) -> Counts:
        """Return what is counted, in the order of the ranking."""
        order, by_rank = self.order, self.rank_counts[:, 1:]
        moments, best, worst = self.ranks, self.best, self.worst
        seen = by_rank > 0
        if not self.is_large:
            ranks = np.arange(1.0, len(order) + 1)
            moments = _Moments(by_rank @ ranks, by_rank @ ranks**2)
            best, worst = seen.argmax(axis=1) + 1, len(order) - seen[:, ::-1].argmax(axis=1)
        ranges = np.column_stack([best, worst]) * np.any(seen, axis=1, keepdims=True)
        rank_means, rank_errors = moments.means(by_rank.sum(axis=1), step=1)
        means, errors = self.values.means(self.draws - self.unscored)
        return Counts(
            draws=self.draws,
            top=self.top,
            leading=self.leading,
            same_leaders=self.same_leaders,
            same_verdicts=self.same_verdicts,
            verdicts_vary=self.verdicts_vary,
            ranks=self.rank_counts[order],
            rank_ranges=ranges[order],
            rank_means=rank_means[order],
            rank_errors=rank_errors[order],
            score_means=100 * (self.centres + means)[order],
            score_errors=100 * errors[order],
            scores=self.scores if self.is_large else self.scores[order],
            unscored=self.unscored[order],
            verdicts=self.verdicts[order],
            bands=self.bands[order],
            weights=self.weights[order],
        )


@dataclass(eq=False)
class _Moments:
    """Sums over draws of numbers, and of their squares, (n,) each."""

    sums: FloatArray
    squares: FloatArray

    def add(self, numbers: NDArray[Any]) -> None:
        """Add numbers of shape (s, n)."""
        self.sums += numbers.sum(axis=0)
        self.squares += np.einsum("sn,sn->n", numbers, numbers)

    def means(self, draws: IntArray | int, step: float = 0.0) -> tuple[FloatArray, FloatArray]:
        """Return means and their standard errors (`mean_error`); NaN where there are no draws."""
        with np.errstate(invalid="ignore", divide="ignore"):
            means = self.sums / draws
            variances = np.maximum(self.squares / draws - means**2, 0.0)
            return means, mean_error(variances, draws, step)


def _zeros(*shape: int) -> IntArray:
    return np.zeros(shape, dtype=np.int64)


def _add_to_cells(
    table: NDArray[Any],
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
    numbers: NDArray[Any] | int = 1,
) -> None:
    """Add numbers to cells of a table, whose rows and columns are broadcast."""
    cells = rows * table.shape[1] + columns
    # faster than `bincount`, whose result is as large as the table, for as few as fit the cache,
    # and in one dimension faster than in two
    np.add.at(table.reshape(-1), cells.ravel(), np.ravel(numbers))


# the result


@dataclass(frozen=True, eq=False, repr=False)
class Robustness(RankingResult):
    """Shares of draws in which each candidate has each rank, verdict and band.

    Arrays are in the order of the ranking. Probabilities are shares of draws; `standard_error`
    gives their precision.

    Parameters
    ----------
    ranking : Ranking
    source : Draws
        The weights, ratings and choices of method that were drawn.
    counts : Counts
    precision : float or None
        The largest standard error that was asked for.
    if_answered : Robustness, optional
        The same draws with every unknown fact answered, if facts were drawn.
    asked_top : int, optional
        The `top` that was asked for, if any.
    narrowed : Ranking, optional
        The candidates in table, records, CSV and JSON, if not all; arrays are of all candidates.
    tables : bool
        Whether tables of n by n were asked for; see `with_tables`.
    """

    kind: ClassVar[str] = "robustness"
    title: ClassVar[str] = "How sure is the order?"

    ranking: Ranking
    source: Draws
    counts: Counts
    precision: float | None = None
    if_answered: Robustness | None = None
    asked_top: int | None = None
    narrowed: Ranking | None = None
    tables: bool = False

    @property
    def draws(self) -> int:
        """The number of draws."""
        return self.counts.draws

    @property
    def top(self) -> int:
        """The k of "among the first k" where none is named."""
        return self.counts.top

    @property
    def is_large(self) -> bool:
        """Whether there are too many candidates for tables of n by n."""
        return not len(self.counts.scores)

    @property
    def leading(self) -> int:
        """Of how many leading candidates `leading_stay` speaks; 0 for none."""
        return self.counts.leading

    @property
    def leading_stay(self) -> float:
        """The share of draws in which the leading candidates are those of the ranking."""
        return self.counts.same_leaders / self.draws

    @property
    def verdicts_stay(self) -> float:
        """The share of draws in which every verdict is that of the ranking."""
        return self.counts.same_verdicts / self.draws

    @property
    def verdicts_vary(self) -> bool:
        """Whether a verdict depends on anything drawn; where none does, that is certain."""
        return self.counts.verdicts_vary

    # ranks

    @frozen_property
    def rank_acceptability(self) -> FloatArray:
        """The share of draws in which each candidate has each rank, (n, n); column r is rank r + 1.

        Rows sum to 1 less `unranked`.

        Raises
        ------
        UsageError
            With more than 1,000 candidates: see `top_probability`, `rank_ranges` and
            `expected_ranks`.
        """
        self._refuse_large(_NO_TABLE)
        return self._shares(self.counts.ranks[:, 1:])

    @frozen_property
    def unranked(self) -> FloatArray:
        """The share of draws in which each is not ranked, (n,)."""
        return self._shares(self.counts.ranks[:, 0])

    def top_probability(self, k: int | None = None) -> FloatArray:
        """Return the share of draws in which each is among the first k, (n,): ``rank <= k``.

        Parameters
        ----------
        k : int, optional
            `top`, if left out; in sets of more than 1,000 only 1 and `top` are there.

        Raises
        ------
        UsageError
            If k is not from 1 to n, or was not counted.
        """
        if k is None:
            k = self.top
        k = whole_number("k", k, 1, len(self.ranking))
        if k not in (1, self.top):
            self._refuse_large(
                f"with more than {LARGE:,} candidates only the first and the top {self.top}"
                " are counted"
            )
        last = min(k, 2) if self.is_large else k
        return self._shares(self.counts.ranks[:, 1 : last + 1].sum(axis=1))

    @frozen_property
    def expected_ranks(self) -> FloatArray:
        """The mean rank of each over the draws in which it is ranked, (n,); NaN if never."""
        return self.counts.rank_means

    @frozen_property
    def expected_rank_errors(self) -> FloatArray:
        """The standard errors of `expected_ranks`, (n,)."""
        return self.counts.rank_errors

    @frozen_property
    def rank_ranges(self) -> IntArray:
        """The best and the worst rank of each in any draw, (n, 2); 0 where it is never ranked."""
        return self.counts.rank_ranges

    @frozen_property
    def rank_quantiles(self) -> IntArray:
        """The ranks not exceeded in 5, 50 and 95 % of the draws in which each is ranked, (n, 3).

        The middle 90 % of the draws lie from the first to the last; 0 where it is never ranked.

        Raises
        ------
        UsageError
            With more than 1,000 candidates.
        """
        self._refuse_large(_NO_TABLE)
        found = _columns_at_levels(self.counts.ranks[:, 1:]) + 1
        return np.where(self.unranked[:, None] < 1, found, 0)

    @frozen_property
    def entropies(self) -> FloatArray:
        """The entropy of the ranks of each, in bits, (n,): 0 where its rank is always the same."""
        shares = np.column_stack([self.unranked, self.rank_acceptability])
        terms = shares * np.log2(np.where(shares > 0, shares, 1.0))
        return np.asarray(-terms.sum(axis=1) + 0.0)

    # scores

    @frozen_property
    def unscored(self) -> FloatArray:
        """The share of draws in which each has no score, (n,): only where `missing` is drawn."""
        return self._shares(self.counts.unscored)

    @frozen_property
    def scored_by_draws(self) -> IntArray:
        """Positions of candidates without a score in the ranking that have one in some draws.

        Draws fill in the missing ratings for which they have none.
        """
        return np.flatnonzero(np.isnan(self.ranking.scores) & (self.unscored < 1))

    @frozen_property
    def score_means(self) -> FloatArray:
        """The mean score of each over the draws in which it has one, (n,); NaN if in none."""
        return self.counts.score_means

    @frozen_property
    def score_errors(self) -> FloatArray:
        """The standard errors of `score_means`, (n,), in points."""
        return self.counts.score_errors

    @frozen_property
    def score_quantiles(self) -> FloatArray:
        """The scores below which 5, 50 and 95 % of the draws lie, (n, 3), right to 0.1 point.

        Of the draws in which each has a score; NaN where it has none.

        Raises
        ------
        UsageError
            With more than 1,000 candidates.
        """
        self._refuse_large(f"quantiles of scores are there for up to {LARGE:,} candidates")
        bins = _columns_at_levels(self.counts.scores[:, :-1])
        middles = 100 * np.minimum((bins + 0.5) / _BINS, 1.0)
        # a score that does not vary, or is not there, is not spread over a bin
        varies = self.score_errors * math.sqrt(self.draws) > _NO_SPREAD
        return np.where(varies[:, None], middles, self.score_means[:, None])

    # verdicts and bands

    @frozen_property
    def verdict_probabilities(self) -> Mapping[str, FloatArray]:
        """The share of draws in which each candidate has each verdict, (n,) a verdict."""
        verdicts = self.ranking.framework.all_verdicts
        return dict(zip(verdicts, self._verdict_shares.T, strict=True))

    @frozen_property
    def band_probabilities(self) -> Mapping[str, FloatArray]:
        """The share of draws in which each candidate is ranked and in each band, (n,) a band."""
        return dict(zip(self._bands, self._band_shares.T, strict=True))

    # weights

    @frozen_property
    def central_weights(self) -> FloatArray:
        """The mean overall weights of leaves with which each is first, (n, m); NaN if never."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.counts.weights / self.counts.ranks[:, [1]])

    @frozen_property
    def confidence_factors(self) -> FloatArray:
        """The share of draws of ratings in which each is first under its central weights, (n,).

        NaN for a candidate that is never first.

        Notes
        -----
        Over 2,048 draws of ratings at most, or as many as a precision asks for, the same for each
        candidate: right to 0.011 (one standard error), or to that precision.
        """
        source = self.source
        count = self.draws if self.precision is not None else min(self.draws, _CONFIDENCE_DRAWS)
        if not source.uncertain and not source.choices:
            count = 1
        factors = np.full(len(self.ranking), math.nan)
        positions = np.flatnonzero(self._first)
        factors[positions] = 0.0
        for batch in take_draws(source.batches(1), count):
            for position in positions:
                shares = source.shares_of(self.central_weights[position])
                found = source.outcomes(replace(batch, shares=shares))
                row = int(self.ranking.order[position])
                first = first_in_draws(np.nan_to_num(found.values), found.tiers, row)
                factors[position] += np.count_nonzero(first) / count
        return factors

    # pairs

    @frozen_property
    def pairwise_wins(self) -> FloatArray:
        """The share of draws in which the row's candidate is ahead of the column's, (n, n).

        The better place counts: tier, then score; ties count for neither, and a ranked candidate is
        ahead of one that is not.

        Raises
        ------
        UsageError
            With more than 1,000 candidates.

        Notes
        -----
        Counted when first asked for, from the same draws, made again.
        """
        self._refuse_large(f"pairs are compared for up to {LARGE:,} candidates")
        n = len(self.ranking)
        wins = _zeros(n, n)
        for batch in take_draws(self.source.batches(), self.draws):
            found = self.source.outcomes(batch)
            ranks = found.ranks
            places = np.where(ranks > 0, ranks, n + 1).astype(np.uint16)
            for candidate in range(n):
                ahead = places[:, [candidate]] < places
                wins[candidate] += np.add.reduce(ahead, axis=0, dtype=np.uint16)
        order = self.ranking.order
        return self._shares(wins[np.ix_(order, order)])

    # precision

    def standard_error(self, probability: FloatArray | float) -> Any:
        """Return the standard errors of probabilities found here, of the same shape.

        Notes
        -----
        ``sqrt(q (1 - q) / s)`` with ``q = (c + 2) / (s + 4)``, `c` being the count among `s` draws:
        never 0, since an event that was never seen may still happen. Two of them hold the
        probability in 95 % of seeds (Agresti and Coull 1998). Confidence factors are of
        fewer draws.
        """
        shares = np.asarray(probability)
        if shares.dtype.kind not in "fiu" or np.any((shares < 0) | (shares > 1)):
            noun, help = "a probability", "give numbers from 0 to 1"
            raise refusal_of_value(probability, noun, "probability", help)
        return share_error(shares, self.draws)

    # sources of the uncertainty

    @frozen_property
    def variance_shares(self) -> tuple[VarianceShare, ...]:
        """Shares of weights, ratings and choices of method in the variance of scores and places."""
        return variance_shares(self.source, self.draws)

    # as a result

    @property
    def rows(self) -> Sequence[int]:
        """Positions in the ranking of the candidates that are shown."""
        if self.narrowed is None:
            return range(len(self.ranking))
        return [self.ranking.place_of(candidate) for candidate in self.narrowed.ids]

    def narrowed_to(self, ranking: Ranking) -> Robustness:
        """Return the result with only the candidates of a narrowed ranking; see `Ranking.select`.

        Raises
        ------
        UsageError
            If it is no ranking, or holds a candidate that was not drawn for.
        """
        if whole_ranking(ranking) is ranking:
            return replace(self, narrowed=None)
        for candidate in ranking.ids:
            self.ranking.place_of(candidate)
        return replace(self, narrowed=ranking)

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        return {
            "weights": {group.group: str(group.space) for group in self.source.groups},
            "draws": self.draws,
            "seed": self.source.seed,
            "precision": self.precision,
            "top": self.top,
            "over": list(self.source.choices),
            "facts": "unknown" if self.if_answered is None else "drawn",
        }

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that is said of each candidate; what takes long is computed when a field is read."""
        return tuple(self._fields())

    def _fields(self) -> Iterator[Field]:
        yield from self.place_fields
        field, share, mapping = self._field, self._share_of_draws, self._mapping
        yield share("first", 1, "First", priority=0)
        yield field(f"top_{self.top}", "_among_first")
        k = self.shown_top
        if k is not None:
            yield share("shown_top", k, f"Top {k}", priority=0, json=False, csv=False)
        yield field("unranked", "unranked", "Not ranked", kind="share", priority=3)
        yield field(
            "expected_rank",
            "expected_ranks",
            "Mean rank",
            kind="number",
            detail="if ranked",
            priority=4,
        )
        yield field("expected_rank_error", "expected_rank_errors")
        yield Field(
            "rank_range",
            "Ranks",
            lambda p: self.rank_ranges[p].tolist() if self.unranked[p] < 1 else None,
            kind="interval",
            digits=0,
            detail="in all draws",
        )
        yield field("score_mean", "score_means", "Mean score", kind="number", priority=4)
        yield field("score_error", "score_errors")
        if "missing" in self.source.choices:
            yield field("unscored", "unscored")
        yield mapping("verdicts", "_verdict_shares", self.ranking.framework.all_verdicts)
        yield mapping("bands", "_band_shares", self._bands)
        yield mapping("central_weights", "central_weights", self.ranking.criteria)
        yield Field("sentence", cell=lambda p: self.sentence(self.ids[p]))
        if self.if_answered is not None:
            yield from self._fields_if_answered(self.if_answered)
        if not self.is_large:
            yield from self._fields_of_quantiles()

    def _fields_of_quantiles(self) -> Iterator[Field]:
        field, mapping = self._field, self._mapping
        yield Field(
            "rank_90",
            "Ranks",
            lambda p: self.rank_quantiles[p, [0, -1]].tolist() if self.unranked[p] < 1 else None,
            kind="interval",
            digits=0,
            priority=0,
            detail="middle 90 %",
            csv=False,
            json=False,
        )
        yield Field(
            "score_90",
            "Score",
            self._middle_of_scores,
            kind="interval",
            digits=0,
            outward=True,
            priority=5,
            detail="middle 90 %",
            csv=False,
            json=False,
        )
        yield Field("rank_quantiles", cell=self._rank_quantiles_at, csv=False)
        for k, key in enumerate(_LEVELS):
            rank = partial(lambda k, p: self.rank_quantiles[p, k].item() or None, k)
            yield Field(f"rank_quantiles_{key}", cell=rank, json=False)
        yield mapping("score_quantiles", "score_quantiles", _LEVELS)
        for k, key in enumerate(_LEVELS):
            score = partial(lambda k, p: self.score_quantiles[p, k].item(), k)
            yield Field(f"score_quantiles_{key}", cell=score, json=False)
        yield field("rank_entropy", "entropies")
        yield field("confidence", "confidence_factors")
        if self.has_tables:
            yield field("rank_acceptability", "rank_acceptability", csv=False)
            yield mapping("pairwise_wins", "pairwise_wins", self.ids)

    def _fields_if_answered(self, answered: Robustness) -> Iterator[Field]:
        verdicts = list(self.ranking.framework.all_verdicts)

        def record(position: int) -> dict[str, Any]:
            shares = answered._verdict_shares[position].tolist()
            return {
                "first": float(answered._first[position]),
                f"top_{self.top}": float(answered._among_first[position]),
                "unranked": float(answered.unranked[position]),
                "verdicts": dict(zip(verdicts, shares, strict=True)),
            }

        yield Field(
            "if_answered",
            "If answered",
            lambda p: answered._verdict_cells(p) if self._open_facts(p) else None,
            record,
            kind="list",
            priority=0,
            least=17,
            csv=False,
        )
        k = self.shown_top
        if k is not None:
            yield answered._share_of_draws(
                "top_if_answered",
                k,
                f"Top {k}",
                detail="if answered",
                priority=3,
                json=False,
                csv=False,
            )

    def _share_of_draws(self, key: str, top: int, head: str, **options: Any) -> Field:
        """Return a field of the share of draws in which a candidate is among the first `top`.

        Readers see 0 and 100 % only where verdicts alone make it certain.
        """

        @cache
        def shares() -> FloatArray:
            return self.top_probability(top)

        def plain(position: int) -> float:
            return float(shares()[position])

        def cell(position: int) -> float | None:
            if self.unranked[position] == 1:
                return None
            best, worst = self._certain_ranks[position].tolist()
            if best > top:
                return 0.0
            if worst <= top:
                return 1.0
            return min(max(plain(position), _NOT_PROVED), 1 - _NOT_PROVED)

        return Field(key, head, cell, plain, kind="share", **options)

    def _middle_of_scores(self, position: int) -> list[float]:
        """Return the interval of the middle 90 % of scores: they lie within these bins."""
        low, _, high = self.score_quantiles[position].tolist()
        if low == high == self.score_means[position]:
            return [low, high]
        return [max(0.0, low - 50 / _BINS), min(100.0, high + 50 / _BINS)]

    def _rank_quantiles_at(self, position: int) -> dict[str, int] | None:
        if self.unranked[position] == 1:
            return None
        return dict(zip(_LEVELS, self.rank_quantiles[position].tolist(), strict=True))

    def _field(self, key: str, name: str, head: str = "", **options: Any) -> Field:
        """Return a field from an array, given by its name, that is in the order of the ranking."""
        return Field(key, head, lambda p: getattr(self, name)[p].tolist(), **options)

    def _mapping(self, key: str, name: str, columns: Iterable[str]) -> Field:
        """Return a field from the rows of an array, as mappings; None for one that is not there."""

        def record(position: int) -> dict[str, float] | None:
            row = getattr(self, name)[position]
            if np.isnan(row).any():
                return None
            return dict(zip(columns, row.tolist(), strict=True))

        return Field(key, cell=record, csv=False)

    @property
    def has_tables(self) -> bool:
        """Whether records and JSON hold the tables of candidates by ranks and by one another."""
        n = len(self.ranking)
        return n <= _IN_JSON or (self.tables and not self.is_large)

    def with_tables(self) -> Robustness:
        """Return the result with the tables by ranks and by one another in its records and JSON.

        Up to 200 candidates they are there unasked.

        Raises
        ------
        UsageError
            With more than 1,000 candidates.
        """
        self._refuse_large(_NO_TABLE)
        return replace(self, tables=True)

    @property
    def shown_top(self) -> int | None:
        """The k of the column "Top k"; None where that would be the first one, or all ranked."""
        k = self.asked_top or (self.top if self.is_large else self.leading)
        return k if 1 < k < np.count_nonzero(self.ranking.ranks) else None

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table."""
        keys = ["rank", "title", "first"]
        if self.ranking.framework.guardrails:
            keys.insert(2, "verdict")
        if self.shown_top is not None:
            keys.append("shown_top")
        if self.if_answered is not None:
            keys.append("if_answered")
            if self.shown_top is not None:
                keys.append("top_if_answered")
        shares = self.unranked[list(self.rows)]
        if np.any((shares > 0) & (shares < 1)):
            keys.append("unranked")
        keys += ["rank_range"] if self.is_large else ["rank_90", "score_90"]
        return (*keys, "id")

    def body(self) -> dict[str, Any]:
        """Return the records, and the sources of the variance: in large sets only of choices."""
        variance = None
        if not self.is_large or self.source.choices:
            variance = [asdict(share) for share in self.variance_shares]
        leading = {"k": self.leading, "same": self.leading_stay} if self.leading else None
        return {
            "leading": leading,
            "verdicts_same": self.verdicts_stay,
            **super().body(),
            "variance": variance,
        }

    def document(self) -> dict[str, Any]:
        """Return the whole result as plain data; a narrowed one says so under `selection`."""
        document = super().document()
        if self.narrowed is not None:
            document["selection"] = self.narrowed.selection_record()
        return document

    # in words

    def sentence(self, candidate: str) -> str:
        """Return in one sentence how sure a candidate's place and verdict are.

        Raises
        ------
        UsageError
            If there is no such candidate.
        """
        position = self.ranking.place_of(candidate, "candidate")
        phrases = [*self._rank_phrases(position), *self._verdict_phrases(position)]
        if position in self.scored_by_draws:
            phrases.append("its missing ratings are drawn, without which it has no score")
        facts = self._open_facts(position)
        if facts:
            titles = quoted_titles(self.ranking.framework, facts[:3])
            more = f" and {plural(len(facts) - 3, 'more fact')}" if len(facts) > 3 else ""
            stay = "stays" if len(facts) == 1 else "stay"
            phrases.append(f"assuming {titles}{more} {stay} unknown")
        return f"{capitalised('; '.join(phrases))}."

    def _open_facts(self, position: int) -> list[str]:
        """Return the unknown facts that could change a finding on a candidate."""
        unknown: dict[str, None] = {}
        for finding in self.ranking[position].findings:
            unknown |= dict.fromkeys(finding.unknown)
        return [name for name in unknown if self.ranking.framework.fact_named(name)]

    def _rank_phrases(self, position: int) -> Iterator[str]:
        unranked = float(self.unranked[position])
        if unranked == 1:
            yield "not ranked in any draw" if self.verdicts_vary else "not ranked"
            return
        if unranked > 0:
            yield f"ranked in {of_draws(1 - unranked)}"
        first = float(self._first[position])
        if first > 0:
            yield f"first in {of_draws(first)}"
        if self.shown_top is not None:
            among = float(self.top_probability(self.shown_top)[position])
            if among > first:
                yield f"in the top {count_in_words(self.shown_top)} in {of_draws(among)}"
        if self.is_large:
            best, worst = self.rank_ranges[position].tolist()
            yield f"{_ranks_in_words(best, worst)} in these draws"
            return
        low, _, high = self.rank_quantiles[position].tolist()
        which = "draws with a rank" if unranked else "draws"
        yield f"{_ranks_in_words(low, high)} in at least 90 % of {which}"

    def _verdict_phrases(self, position: int) -> Iterator[str]:
        words = self._verdicts_in_words(position)
        likely = self._likely_verdicts(position)
        given = self.ranking.verdicts[position]
        if len(likely) > 1:
            yield f"verdict {', '.join(words)} of draws"
        elif likely and given not in likely:
            now = badge(given, self.ranking.framework).word
            yield f'verdict "{words[0]}" once the ratings are known, now "{now}"'
        elif likely and self.unranked[position] == 1:
            yield f'verdict "{words[0]}"'

    def _likely_verdicts(self, position: int) -> dict[str, float]:
        """Return the verdicts that a candidate has in any draw, mild to severe."""
        shares = zip(
            self.verdict_probabilities, self._verdict_shares[position].tolist(), strict=True
        )
        return {key: share for key, share in shares if share > 0}

    def _verdicts_in_words(self, position: int) -> list[str]:
        """Return each verdict that a candidate has in any draw, and how often if not always."""
        likely = self._likely_verdicts(position)
        words = []
        for key, share in likely.items():
            how_often = f" in {percent(share)}" if len(likely) > 1 else ""
            words.append(badge(key, self.ranking.framework).word + how_often)
        return words

    def _verdict_cells(self, position: int) -> list[str]:
        """Return each verdict that a candidate has in any draw, with its share, for a cell."""
        framework, likely = self.ranking.framework, self._likely_verdicts(position)
        if list(likely) == [self.ranking.verdicts[position]]:
            return ["unchanged"]
        cells = []
        for key, share in likely.items():
            text = "<1%" if share < 0.01 else f"{share:.0%}"
            cells.append(f"{text} {badge(key, framework).word}")
        return cells

    # helpers

    @frozen_property
    def _first(self) -> FloatArray:
        return self.top_probability(1)

    @frozen_property
    def _among_first(self) -> FloatArray:
        return self.top_probability()

    @frozen_property
    def _certain_ranks(self) -> IntArray:
        """The best and the worst rank that each can have by its verdict alone, (n, 2).

        Where verdicts depend on what is drawn, that is any.
        """
        n = len(self.ranking)
        if self.verdicts_vary:
            return np.tile([1, n + 1], (n, 1))
        tiers = self.ranking.judgement.tiers[self.ranking.order]
        always = np.sort(tiers[(tiers >= 0) & (self.unranked == 0)])
        at_all = np.sort(tiers[tiers >= 0])
        ahead = np.searchsorted(always, tiers, side="left")
        return np.column_stack([ahead + 1, np.searchsorted(at_all, tiers, side="right")])

    @frozen_property
    def _verdict_shares(self) -> FloatArray:
        return self._shares(self.counts.verdicts[:, :-1])

    @frozen_property
    def _band_shares(self) -> FloatArray:
        return self._shares(-np.diff(self.counts.bands, axis=1, append=0))

    def _shares(self, counts: IntArray) -> FloatArray:
        return read_only(counts / self.draws)

    @property
    def _bands(self) -> list[str]:
        """The bands, the lowest first."""
        bands = self.ranking.framework.bands
        return sorted(bands, key=bands.__getitem__)

    def _refuse_large(self, message: str) -> None:
        if self.is_large:
            raise UsageError(message, help="score fewer candidates")


_NO_TABLE = f"there is no table of ranks for more than {LARGE:,} candidates"


def of_draws(share: float) -> str:
    """Return a share of draws in words: all and none of them are no proof.

    Examples
    --------
    >>> [of_draws(share) for share in (0.0, 0.404, 0.9999, 1.0)]
    ['none of the draws', '40 % of draws', 'more than 99 % of draws', 'all draws']
    """
    if share in (0, 1):
        return "all draws" if share else "none of the draws"
    return f"{percent(share)} of draws"


def _columns_at_levels(counts: IntArray) -> IntArray:
    """Return the columns that hold the draws at 5, 50 and 95 % of each row, (n, 3)."""
    reached = np.cumsum(counts, axis=1)
    columns = [(reached >= level * reached[:, [-1]]).argmax(axis=1) for level in _LEVELS.values()]
    return np.column_stack(columns)


def _ranks_in_words(best: int, worst: int) -> str:
    return f"rank {best}" if best == worst else f"rank {best} to {worst}"


@underflow_is_zero
def robustness(
    ranking: Ranking,
    *,
    weights: Weights = None,
    draws: int = 10_000,
    seed: int = 0,
    precision: float | None = None,
    top: int | None = None,
    method_choices: str | Collection[str] = (),
    facts: str = "unknown",
    progress: Progress | None = None,
) -> Robustness:
    """Return the robustness of an order and its verdicts, by draws of everything uncertain at once.

    Parameters
    ----------
    ranking : Ranking
        A narrowed one gives the same shares and shows only its candidates.
    weights : str or mapping of group id to str, optional
        The space of weights: "exact", "within 25%", "order", "any" or "intervals", for all groups,
        or for each by its id, the top being "". Where none is named, the framework's own; without
        one, `intervals` where a weight is an interval, else "within 25%".
    draws : int
        The number of draws, at least 1.
    seed : int
        Not negative; the same seed gives the same result.
    precision : float, optional
        In (0, 1): draw so often, if `draws` is less, that no probability has a larger standard
        error, whatever it is: of ranks, any top k, pairs, verdicts, bands, confidence factors.
    top : int, optional
        The k of "among the first k"; 10 or the number of candidates, if left out.
    method_choices : str or collection of str
        Choices of method to draw as well: "missing", "combine", "guardrail:ID".
    facts : {"unknown", "drawn"}
        Whether unknown facts only stay unknown, or are also answered in each draw, for
        `Robustness.if_answered`: each possible answer is equally likely, as in `next_questions`.
    progress : callable, optional
        Called with (done, total) draws.

    Returns
    -------
    Robustness

    Raises
    ------
    UsageError
        If there is nothing to rank, or an option is out of its range.

    Notes
    -----
    Stochastic multicriteria acceptability analysis (SMAA-2), with guardrails: in each draw
    verdicts, and so tiers, are found anew wherever a condition looks at a drawn rating or weight.
    An unknown rating is drawn from its whole scale, whatever `missing` says; an unknown fact stays
    unknown, but in `Robustness.if_answered`, where weights and ratings are the same.

    References
    ----------
    Lahdelma, R., & Salminen, P. (2001). SMAA-2: Stochastic multicriteria acceptability analysis for
    group decision making. Operations Research, 49(3), 444-454. doi:10.1287/opre.49.3.444.11220
    """
    narrowed, ranking = ranking, whole_ranking(ranking)
    framework, n = ranking.framework, len(ranking)
    refuse_nothing_to_rank(ranking)
    top, draws, seed = options_of_draws(
        n, top=top, draws=draws, seed=seed, most=_MOST_DRAWS, progress=progress
    )
    _refuse_precision(precision)
    _refuse_unknown_word(facts)
    if precision is not None:
        draws = max(draws, math.ceil(_MOST_VARIANCE / precision**2))
    choices = choices_of_method(method_choices, framework)
    sources = [Draws(ranking.problem, group_weights(framework, weights), seed, choices)]
    if facts == "drawn":
        asked = ranking.judgement.cautious.problem
        sources.append(replace(sources[0], facts=open_facts(asked, or_unknown=False)))
    found = []
    for k, source in enumerate(sources):
        accumulator = Accumulator(ranking, top or min(10, n), _leading(ranking, top))
        for batch in take_draws(source.batches(), draws):
            accumulator.add(source.outcomes(batch), source.leaf_weights(batch))
            if progress is not None:
                progress(k * draws + accumulator.draws, len(sources) * draws)
        found.append(Robustness(ranking, source, accumulator.counts(), precision, asked_top=top))
    result, *answered = found
    return replace(result, if_answered=answered[0] if answered else None).narrowed_to(narrowed)


def _leading(ranking: Ranking, top: int | None) -> int:
    """Return how many leading candidates to speak of: a few, or those asked for, but not all.

    Fewer where a tie would leave open who is among them; 0 for none.
    """
    ranks = ranking.ranks[ranking.ranks > 0]
    most = ranking.few if top is None or top >= len(ranks) else top
    for k in range(min(most, len(ranks) - 1), 0, -1):
        if np.count_nonzero(ranks <= k) == k:
            return k
    return 0


def _refuse_unknown_word(facts: object) -> None:
    if not isinstance(facts, str) or facts not in _FACTS:
        choices = choose_from(_FACTS) or ""
        raise refusal_of_value(facts, "a way to treat unknown facts", "facts", choices)


def _refuse_precision(precision: float | None) -> None:
    least = math.sqrt(_MOST_VARIANCE / _MOST_DRAWS)
    if precision is None:
        return
    if isinstance(precision, bool) or not isinstance(precision, Real) or not least <= precision < 1:
        help = f"give one from {least:.2g}, which takes {_MOST_DRAWS:,} draws, to below 1"
        raise refusal_of_value(precision, "a standard error within reach", "precision", help)
