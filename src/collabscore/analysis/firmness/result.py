"""Robustness: how sure the order and the verdicts are, given what is uncertain of weights, ratings and method.

Imports scoring, `draws`, `tally` and `spaces`. Axis letters: n candidates, m leaf criteria, s draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError
from ...kernels.ranking import ranks_in_draws
from ...kernels.weights import TILE
from ...models.weight_spaces import Weights, group_weights
from ...output import Table, as_json
from ...scoring.manifest import outline_of
from ...scoring.ranking import Ranking
from ..draws.methods import Outcome, choices_of
from ..draws.streams import Draws, Sources
from ..draws.variance import Share, variance_shares
from .tally import BINS, LARGE, Tally
from .words import notes_of, sentence_of, table_of

__all__ = ["Robustness", "robustness"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Progress: TypeAlias = Callable[[int, int], None]

LEVELS = (0.05, 0.5, 0.95)
"""The quantiles of scores that are reported."""

# fewer draws than these say little of a standard error; more take days
_LEAST, _MOST = 1_000, 10_000_000
_CONFIDENCE_TILES = 8
# places compared with one candidate's at once
_COMPARED = 2**15


@dataclass(frozen=True, eq=False, repr=False)
class Robustness:
    """How often each candidate stands where, over draws of what is uncertain.

    Arrays are in the order of the ranking. Probabilities are shares of draws; `standard_error` says how far off they
    may be.

    Parameters
    ----------
    ranking : Ranking
    source : Draws
        What was drawn from.
    tally : Tally
        What was counted, in the order of the problem.
    top : int
        The k of "among the first k" where none is named.
    precision : float or None
        What was asked of the standard errors.
    """

    ranking: Ranking
    source: Draws
    tally: Tally
    top: int
    precision: float | None = None

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.ranking)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, in the order of the ranking."""
        return self.ranking.ids

    @property
    def draws(self) -> int:
        """How many draws there were."""
        return self.tally.draws

    @property
    def seed(self) -> int:
        """The seed of the draws."""
        return self.source.seed

    @property
    def large(self) -> bool:
        """Whether there are too many candidates for tables of n by n."""
        return self.tally.tables is None

    # where each stands

    @cached_property
    def rank_acceptability(self) -> Floats:
        """How often each candidate takes each rank, (n, n); column r is rank r + 1.

        Rows sum to 1 less `unranked`.

        Raises
        ------
        UsageError
            With more than 1,000 candidates: see `top_probability`, `rank_ranges` and `expected_ranks`.
        """
        return self._share(self._tables[:, 1:])

    @cached_property
    def unranked(self) -> Floats:
        """How often each is not ranked, (n,)."""
        return self._share(self._ordered(self.tally.unranked) if self.large else self._tables[:, 0])

    def top_probability(self, k: int | None = None) -> Floats:
        """Return how often each is among the first k, (n,): ``rank <= k``.

        Parameters
        ----------
        k : int, optional
            `top`, if left out; in sets of more than 1,000 only 1 and `top` are there.

        Raises
        ------
        UsageError
            If k is not from 1 to n, or was not counted.
        """
        k = self.top if k is None else k
        if not 1 <= k <= max(1, len(self)):
            raise UsageError(f"top: {k} is not from 1 to {len(self)}, the number of candidates")
        if not self.large:
            return self._share(self._tables[:, 1 : k + 1].sum(axis=1))
        if k not in (1, self.top):
            raise UsageError(
                f"with more than {LARGE:,} candidates only the first and the top {self.top} are counted"
            )
        return self._share(self._ordered(self.tally.first if k == 1 else self.tally.among))

    @cached_property
    def expected_ranks(self) -> Floats:
        """The mean rank of each over the draws in which it is ranked, (n,); NaN where it never is."""
        return _read_only(self._rank_moments[0])

    @cached_property
    def expected_rank_errors(self) -> Floats:
        """The standard errors of `expected_ranks`, (n,)."""
        mean, square, times = self._rank_moments
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.sqrt(np.maximum(square - mean**2, 0.0) / (times / self.inflation))
        return _read_only(spread)

    @cached_property
    def rank_ranges(self) -> Integers:
        """The best and the worst rank of each in any draw, (n, 2); 0 where it is never ranked."""
        if self.large:
            best, worst = self._ordered(self.tally.best), self._ordered(self.tally.worst)
        else:
            there = self._tables[:, 1:] > 0
            best, worst = there.argmax(axis=1) + 1, len(self) - there[:, ::-1].argmax(axis=1)
        never = self.unranked == 1
        return _read_only(np.where(never[:, None], 0, np.stack([best, worst], axis=1)))

    @cached_property
    def entropies(self) -> Floats:
        """How spread out the ranks of each are, in bits, (n,): 0 where it always stands in the same place."""
        shares = np.column_stack([self.unranked, self.rank_acceptability])
        with np.errstate(divide="ignore", invalid="ignore"):
            return _read_only(
                -np.where(shares > 0, shares * np.log2(shares), 0.0).sum(axis=1) + 0.0
            )

    # scores

    @cached_property
    def score_means(self) -> Floats:
        """The mean score of each, (n,) in [0, 100]."""
        return self._ordered(100 * self.tally.values / self.draws)

    @cached_property
    def score_errors(self) -> Floats:
        """The standard errors of `score_means`, (n,), in points."""
        mean, square = self.tally.values / self.draws, self.tally.value_squares / self.draws
        spread = np.sqrt(np.maximum(square - mean**2, 0.0) * self.inflation / self.draws)
        return self._ordered(100 * spread)

    @cached_property
    def score_quantiles(self) -> Floats:
        """The scores below which 5, 50 and 95 % of the draws lie, (n, 3), right to 0.1 point.

        Raises
        ------
        UsageError
            With more than 1,000 candidates.
        """
        if self.tally.scores is None:
            raise UsageError(f"quantiles of scores are there for up to {LARGE:,} candidates")
        below = np.cumsum(self.tally.scores, axis=1)
        found = np.empty((self.tally.n, len(LEVELS)))
        for k, level in enumerate(LEVELS):
            # the middle of the bin that holds the draw at this level
            found[:, k] = np.minimum(
                (np.argmax(below >= level * self.draws, axis=1) + 0.5) / BINS, 1.0
            )
        # what does not vary is not spread over a bin
        steady = self.score_errors * math.sqrt(self.draws) < 1e-6
        return _read_only(
            np.where(steady[:, None], self.score_means[:, None], 100 * found[self.ranking.order])
        )

    # verdicts and bands

    @cached_property
    def verdict_probabilities(self) -> Mapping[str, Floats]:
        """How often each candidate has each verdict, (n,) a verdict."""
        counts = self._ordered(self.tally.by_verdict)
        return {
            key: self._share(counts[:, k])
            for k, key in enumerate(self.ranking.framework.all_verdicts)
        }

    @cached_property
    def band_probabilities(self) -> Mapping[str, Floats]:
        """How often each candidate is ranked and in each band, (n,) a band."""
        reached = self._ordered(self.tally.by_band)
        beyond = np.column_stack([reached[:, 1:], np.zeros(len(self), dtype=np.int64)])
        return {
            key: self._share((reached - beyond)[:, k])
            for k, (key, _) in enumerate(_bands(self.ranking))
        }

    # weights

    @cached_property
    def central_weights(self) -> Floats:
        """The mean weights with which each is first, (n, m) of leaf criteria; NaN where it never is."""
        with np.errstate(invalid="ignore"):
            return self._ordered(self.tally.weights / self.tally.first[:, None])

    @cached_property
    def central_weight_errors(self) -> Floats:
        """The standard errors of `central_weights`, (n, m)."""
        times = self.tally.first[:, None]
        with np.errstate(invalid="ignore"):
            mean, square = self.tally.weights / times, self.tally.weight_squares / times
            return self._ordered(
                np.sqrt(np.maximum(square - mean**2, 0.0) * self.inflation / times)
            )

    @cached_property
    def confidence_factors(self) -> Floats:
        """In what share of the draws of ratings each is first under its central weights, (n,); NaN where never first.

        Notes
        -----
        Over 2,048 draws of ratings at most, the same for each candidate: right to 0.011 (one standard error).
        """
        return self._ordered(self._confidence())

    # pairs

    @cached_property
    def pairwise_wins(self) -> Floats:
        """How often the candidate of the row stands ahead of that of the column, (n, n); ties count for neither.

        The better place counts: tier, then score; a ranked candidate stands ahead of one that is not.

        Raises
        ------
        UsageError
            With more than 1,000 candidates.

        Notes
        -----
        Counted when first asked for, from the same draws, made again.
        """
        if self.large:
            raise UsageError(f"pairs are compared for up to {LARGE:,} candidates")
        wins = np.zeros((len(self), len(self)), dtype=np.int64)
        for count, outcome in _tiles(self.source, self.draws):
            tiers = outcome.tiers if outcome.tiers.ndim == 1 else outcome.tiers[:count]
            _count_wins(ranks_in_draws(outcome.values[:count], tiers), wins)
        order = self.ranking.order
        return self._share(wins[np.ix_(order, order)])

    # how far off

    @cached_property
    def inflation(self) -> float:
        """By what the variances exceed those of draws made each by itself: 1 but for random walks.

        Notes
        -----
        From the means of tiles: the greatest ratio, over the candidates, of the variance of the mean rank of a tile to
        that which independent draws would have.
        """
        if len(self.tally.tile_ranks) < 3:
            return 1.0
        tiles = np.array(
            self.tally.tile_ranks[: self.draws // TILE]
        )  # the last may be a part of one
        mean, square, _ = self._rank_moments
        alone = np.maximum(square - mean**2, 0.0)[np.argsort(self.ranking.order)] / TILE
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios = tiles.var(axis=0, ddof=1) / alone
        return float(max(1.0, np.max(ratios[np.isfinite(ratios)], initial=1.0)))

    def standard_error(self, probability: Floats | float) -> Any:
        """Return the standard errors of probabilities found here, of the same shape.

        Notes
        -----
        ``sqrt(q (1 - q) / s)`` with ``q = (c + 1/2) / (s + 1)``, `c` being the count among `s` draws: never 0, since
        what was never seen may still happen. Where weights come from a random walk, `s` counts as so many independent
        draws as it is worth.
        """
        s = self.draws / self.inflation
        q = (np.asarray(probability) * s + 0.5) / (s + 1)
        return np.sqrt(q * (1 - q) / s)

    # where the doubt comes from

    @cached_property
    def variance_shares(self) -> tuple[Share, ...]:
        """How much of the variance of scores and places comes from weights, from ratings, from choices of method."""
        return variance_shares(self.source, self.draws)

    @property
    def explains_variance(self) -> bool:
        """Whether the shares of the variance are part of the result: in large sets only where choices are drawn."""
        return not self.large or bool(self.source.choices)

    # one candidate, in words

    def sentence(self, candidate: str) -> str:
        """Return in one sentence how sure a candidate's place and verdict are.

        Raises
        ------
        UsageError
            If there is no such candidate.
        """
        return sentence_of(self, self.ranking.place_of(candidate))

    # as the other results

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return notes_of(self)

    def table(self) -> Table:
        """Return one row for each candidate, in the order of the ranking."""
        return table_of(self)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each candidate, in the order of the ranking."""
        return [self._record(place) for place in range(len(self))]

    def _record(self, place: int) -> dict[str, Any]:
        ranked = self.unranked[place] < 1
        record: dict[str, Any] = {
            "id": self.ids[place],
            "rank": int(self.ranking.ranks[place]) or None,
            "first": float(self.top_probability(1)[place]),
            f"top_{self.top}": float(self.top_probability()[place]),
            "unranked": float(self.unranked[place]),
            "expected_rank": _number(self.expected_ranks[place]),
            "expected_rank_error": _number(self.expected_rank_errors[place]),
            "rank_range": self.rank_ranges[place].tolist() if ranked else None,
            "score_mean": float(self.score_means[place]),
            "score_error": float(self.score_errors[place]),
            "verdicts": {
                key: float(share[place]) for key, share in self.verdict_probabilities.items()
            },
            "bands": {key: float(share[place]) for key, share in self.band_probabilities.items()},
            "central_weights": self._central(place),
            "sentence": sentence_of(self, place),
        }
        if not self.large:
            record |= {
                "score_quantiles": dict(
                    zip(("q05", "q50", "q95"), self.score_quantiles[place].tolist(), strict=True)
                ),
                "rank_entropy": float(self.entropies[place]),
                "confidence": _number(self.confidence_factors[place]),
                "rank_acceptability": self.rank_acceptability[place].tolist(),
                "pairwise_wins": dict(
                    zip(self.ids, self.pairwise_wins[place].tolist(), strict=True)
                ),
            }
        return record

    def _central(self, place: int) -> dict[str, float] | None:
        weights = self.central_weights[place]
        return (
            None
            if np.isnan(weights).any()
            else dict(zip(self.ranking.criteria, weights.tolist(), strict=True))
        )

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits; the same for the same seed."""
        framework = self.ranking.framework
        document = {
            "collabscore": "robustness/1",
            "framework": outline_of(framework),
            "options": self.options,
            "candidates": self.records(),
            "variance": [share.record() for share in self.variance_shares]
            if self.explains_variance
            else None,
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }
        return as_json(document)

    @property
    def options(self) -> dict[str, Any]:
        """What was asked for, as plain data."""
        return {
            "weights": {space.group: str(space.space) for space in self.source.spaces},
            "draws": self.draws,
            "seed": self.seed,
            "precision": self.precision,
            "top": self.top,
            "over": [choice.name for choice in self.source.choices],
        }

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()

    # helpers

    def _ordered(self, array: NDArray[Any]) -> NDArray[Any]:
        return _read_only(array[self.ranking.order])

    def _share(self, counts: Integers) -> Floats:
        return _read_only(counts / self.draws)

    @cached_property
    def _tables(self) -> Integers:
        if self.tally.tables is None:
            raise UsageError(f"there is no table of ranks for more than {LARGE:,} candidates")
        return np.asarray(self.tally.tables[self.ranking.order])

    @cached_property
    def _rank_moments(self) -> tuple[Floats, Floats, Floats]:
        """The mean of the ranks and of their squares, and how often each candidate is ranked, (n,) each."""
        if self.large:
            times = (self.draws - self._ordered(self.tally.unranked)).astype(np.float64)
            totals, squares = (
                self._ordered(self.tally.ranks),
                self._ordered(self.tally.rank_squares),
            )
        else:
            counts, ranks = self._tables[:, 1:], np.arange(1, len(self) + 1)
            times = counts.sum(axis=1).astype(np.float64)
            totals, squares = counts @ ranks, counts @ ranks**2
        with np.errstate(invalid="ignore", divide="ignore"):
            return totals / times, squares / times, times

    def _confidence(self) -> Floats:
        """Return the confidence factors in the order of the problem."""
        factors = np.full(self.tally.n, math.nan)
        tiles = list(
            islice(self.source.sources(1), min(_CONFIDENCE_TILES, math.ceil(self.draws / TILE)))
        )
        for candidate in np.flatnonzero(self.tally.first).tolist():
            central = self.tally.weights[candidate] / self.tally.first[candidate]
            shares = _shares_of(self.source, central)
            firsts = [
                _first_in(self.source.outcome(sources.with_shares(shares)), candidate)
                for sources in tiles
            ]
            factors[candidate] = np.mean(firsts)
        return factors


def robustness(
    ranking: Ranking,
    *,
    weights: Weights = None,
    draws: int = 10_000,
    seed: int = 0,
    precision: float | None = None,
    top: int | None = None,
    over: Sequence[str] = (),
    block: int | None = None,
    progress: Progress | None = None,
) -> Robustness:
    """Return how sure an order and its verdicts are, by draws of all that is uncertain at once.

    Parameters
    ----------
    ranking : Ranking
    weights : str or mapping of group id to str, optional
        The space of weights: "exact", "within 25%", "order", "any" or "intervals", for all groups, or for each by its
        id, the top being "". Where none is named, the framework's own; without one, `intervals` where a weight is an
        interval, else "within 25%".
    draws : int
        How many, at least 1.
    seed : int
        Not negative; the same seed gives the same result.
    precision : float, optional
        In (0, 1): draw on, in steps of `draws`, until no probability has a larger standard error; at least 1,000.
    top : int, optional
        The k of "among the first k"; 10 or the number of candidates, if left out.
    over : sequence of str
        Choices of method to draw as well: "missing", "combine", "guardrail:ID".
    block : int, optional
        How many draws are ranked at once; results do not depend on it.
    progress : callable, optional
        Told how many draws are done, and of how many.

    Returns
    -------
    Robustness

    Raises
    ------
    UsageError
        If there is nothing to rank, or an option is out of its range.

    Notes
    -----
    Stochastic multicriteria acceptability analysis (SMAA-2), with guardrails: in each draw verdicts, and so tiers, are
    found anew wherever a condition looks at what is drawn. An unknown rating is drawn from its whole scale, whatever
    `missing` says; an unknown fact stays unknown.

    References
    ----------
    Lahdelma, R., & Salminen, P. (2001). SMAA-2: Stochastic multicriteria acceptability analysis for group decision
    making. Operations Research, 49(3), 444-454. doi:10.1287/opre.49.3.444.11220
    """
    _refuse_pointless(ranking)
    _refuse_out_of_range(
        len(ranking), draws=draws, seed=seed, precision=precision, top=top, block=block
    )
    source = Draws(
        ranking.problem,
        group_weights(ranking.framework, weights),
        seed,
        choices_of(over, ranking.problem),
    )
    tally = Tally(
        n=len(ranking),
        m=len(ranking.criteria),
        verdicts=len(ranking.framework.all_verdicts),
        bands=[value for _, value in _bands(ranking)],
        top=top if top is not None else min(10, len(ranking)),
        block=block,
        walks=not source.independent,
    )
    # whole tiles where more may follow, so that the draws are the same ones when they are made again
    wanted, tiles = draws if precision is None else _whole(max(draws, _LEAST)), source.sources()
    while True:
        _draw(tally, source, tiles, wanted, progress)
        result = Robustness(ranking, source, tally, tally.top, precision)
        worst = _largest_error(result)
        if precision is None or worst <= precision or wanted >= _MOST:
            return result
        wanted = _whole(min(_MOST, math.ceil(1.05 * wanted * (worst / precision) ** 2)))


def _whole(draws: int) -> int:
    return math.ceil(draws / TILE) * TILE


def _draw(
    tally: Tally, source: Draws, tiles: Iterator[Sources], wanted: int, progress: Progress | None
) -> None:
    """Draw until there are so many; the last tile is used in part, what is left of it never."""
    while tally.draws < wanted:
        sources = next(tiles)
        outcome, weights = source.outcome(sources), source.leaf_weights(sources)
        tally.add(outcome, weights, min(TILE, wanted - tally.draws))
        if progress is not None:
            progress(tally.draws, wanted)


def _largest_error(result: Robustness) -> float:
    """Return the largest standard error of a probability: that of the one nearest to one half."""
    found = [result.top_probability(1), result.top_probability(), result.unranked]
    found += [*result.verdict_probabilities.values(), *result.band_probabilities.values()]
    if not result.large:
        found.append(result.rank_acceptability)
    return max(float(np.max(result.standard_error(share), initial=0.0)) for share in found)


def _refuse_pointless(ranking: Ranking) -> None:
    framework = ranking.framework
    if not len(ranking):
        raise UsageError("there are no candidates: nothing to rank")
    if not framework.leaves:
        raise UsageError(
            f"`{framework.id}` only gates: without criteria there is no order whose firmness could be tested"
        )
    if framework.combine == "none":
        raise UsageError(
            f"`{framework.id}` makes no total of its groups: there is no order whose firmness could be tested"
        )


def _refuse_out_of_range(
    n: int, *, draws: int, seed: int, precision: float | None, top: int | None, block: int | None
) -> None:
    if not 1 <= draws <= _MOST:
        raise UsageError(f"draws: {draws} is not from 1 to {_MOST:,}")
    if seed < 0:
        raise UsageError(f"seed: {seed} is negative")
    if top is not None and not 1 <= top <= n:
        raise UsageError(f"top: {top} is not from 1 to {n}, the number of candidates")
    if block is not None and block < 1:
        raise UsageError(f"block: {block} is not 1 or more")
    if precision is not None:
        # the least that the most draws can reach for a probability of one half
        least = 0.5 / math.sqrt(_MOST)
        if not least <= precision < 1:
            raise UsageError(
                f"precision: {precision!r} is not from {least:.2g}, which takes {_MOST:,} draws, to 1"
            )


def _bands(ranking: Ranking) -> list[tuple[str, float]]:
    return sorted(
        ((key, float(value)) for key, value in ranking.framework.bands.items()),
        key=lambda band: band[1],
    )


def _shares_of(source: Draws, central: Floats) -> tuple[Floats, ...]:
    """Return the weights of each group that give the leaves these overall weights."""
    framework = source.problem.framework
    leaves = list(framework.leaves.values())
    overall = {
        key: sum(w for w, leaf in zip(central, leaves, strict=True) if key in leaf.path)
        for key in framework.nodes
    }
    found = []
    for space in source.spaces:
        parts = np.array([overall[child] for child in space.children])
        found.append(parts / parts.sum())
    return tuple(found)


def _first_in(outcome: Outcome, candidate: int) -> float:
    """Return the share of draws in which a candidate is first."""
    return float(np.mean(ranks_in_draws(outcome.values, outcome.tiers)[:, candidate] == 1))


def _count_wins(ranks: NDArray[np.intp], wins: Integers) -> None:
    """Add to `wins` (n, n) in how many draws the candidate of the row stands ahead of that of the column."""
    n = ranks.shape[1]
    kind: type[np.unsignedinteger[Any]] = np.uint8 if n < 255 else np.uint16
    places: NDArray[np.unsignedinteger[Any]] = np.where(ranks > 0, ranks, n + 1).astype(kind)
    # a byte counts to 255, and what is compared at once should stay in the cache
    step = min(128, max(1, _COMPARED // n))
    for start in range(0, len(places), step):
        part = places[start : start + step]
        for candidate in range(n):
            ahead: NDArray[np.bool_] = part[:, [candidate]] < part
            wins[candidate] += np.add.reduce(ahead.view(np.uint8), axis=0, dtype=np.uint8)


def _tiles(source: Draws, draws: int) -> Iterator[tuple[int, Outcome]]:
    """Yield the outcome of each tile, and how many of its draws count."""
    for start, sources in zip(range(0, draws, TILE), source.sources(), strict=False):
        yield min(TILE, draws - start), source.outcome(sources)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
