"""Extremes: the best and the worst rank that weights can give each candidate, and who is ahead whatever the weights.

Imports scoring, `contest` and `rank_programmes`. Axis letters: n candidates in rank order, m leaf criteria.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import optional
from ...models.base import title_of
from ...models.weight_spaces import GroupWeights, Weights, describe
from ...output import Column, Table, as_json
from ...scoring.ranking import Ranking, outline_of
from ...scoring.wording import SCOPE_NOTE, badge
from .contest import contest_of
from .rank_programmes import TIE, ends_of, least_leads

__all__ = ["Extremes", "extremes"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# a list of who is ahead of whom that is longer than this is cut below a table; `dominance` has all of it
_LISTED = 20


@dataclass(frozen=True, eq=False, repr=False)
class Extremes:
    """What a space of weights can make of an order: exact, where robustness counts draws.

    Arrays are in the order of the ranking. Ratings are taken at their point values, verdicts as they are. Candidates
    that are not ranked take no part: their rows and columns are 0, False or NaN.

    Parameters
    ----------
    ranking : Ranking
    spaces : tuple of GroupWeights
        The admissible weights of each group.
    best_ranks, worst_ranks : integer arrays of shape (n,)
        The best and the worst rank that admissible weights give; 0 where unranked.
    best_weights, worst_weights : arrays of shape (n, m)
        Overall weights of the leaf criteria that give them; rows sum to 1. Others may give them too.
    can_be_first : boolean array of shape (n,)
        Whether some admissible weights make it first, or joint first.
    least_leads : array of shape (n, n)
        By how many points the candidate of the row leads that of the column at the least; negative where it can
        fall behind; NaN between tiers.
    necessary : boolean array of shape (n, n)
        Whether the candidate of the row never stands behind that of the column, whatever the weights.
    possible : boolean array of shape (n, n)
        Whether there are weights at which it does not stand behind.

    Notes
    -----
    `necessary` and `possible` are the necessary and the possible preference of robust ordinal regression: both weak,
    so that ties count for either candidate. `ahead` is the strict one. A better tier stands ahead of a worse one
    whatever the weights.
    """

    ranking: Ranking
    spaces: tuple[GroupWeights, ...]
    best_ranks: Integers
    worst_ranks: Integers
    best_weights: Floats
    worst_weights: Floats
    can_be_first: Flags
    least_leads: Floats
    necessary: Flags
    possible: Flags

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.ranking)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, in the order of the ranking."""
        return self.ranking.ids

    @cached_property
    def ahead(self) -> Flags:
        """Whether the candidate of the row stands ahead of that of the column whatever the weights, (n, n)."""
        ranked = self.ranking.ranks > 0
        return _read_only(ranked[:, None] & ranked & ~self.possible.T)

    def ahead_of(self, candidate: str) -> tuple[str, ...]:
        """Return the ids of those a candidate stands ahead of whatever the weights, by tier or by score.

        Raises
        ------
        UsageError
            If there is no such candidate.
        """
        return self._named(self.ahead[self.ranking.place_of(candidate)])

    @cached_property
    def direct(self) -> Flags:
        """The dominance list as an array, (n, n): who is next below whom, whatever the weights.

        True where the candidate of the row is never behind that of the column and ahead of it for some weights, both
        are of one tier, and nobody stands between them in that way: what follows from other entries is left out
        (the transitive reduction).
        """
        over = self.necessary & ~self.necessary.T & ~np.isnan(self.least_leads)
        return _read_only(over & ~(over.astype(np.intp) @ over.astype(np.intp) > 0))

    @cached_property
    def dominance(self) -> tuple[str, ...]:
        """Who is ahead of whom whatever the weights, a sentence a candidate; what follows from others is left out."""
        return tuple(self._dominance())

    def _dominance(self) -> Iterator[str]:
        for place in np.flatnonzero(self.direct.any(axis=1)).tolist():
            always = self._titles(self.direct[place] & self.ahead[place])
            mostly = self._titles(self.direct[place] & ~self.ahead[place])
            parts = [f"ahead of {always}"] * bool(always) + [f"never behind {mostly}"] * bool(
                mostly
            )
            yield f"Whatever the weights, {self._title(place)} is {'; and '.join(parts)}."

    def _titles(self, chosen: Flags) -> str:
        # titles may have commas in them
        return "; ".join(self._title(place) for place in np.flatnonzero(chosen).tolist())

    def _title(self, place: int) -> str:
        return self.ranking.problem.title_of(int(self.ranking.order[place]))

    def _named(self, chosen: Flags) -> tuple[str, ...]:
        return tuple(self.ids[place] for place in np.flatnonzero(chosen).tolist())

    # as the other results

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers, and the dominance list."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        yield describe(self.spaces, self.ranking.framework)
        yield (
            "Best and worst are exact: some of these weights give them, and none give a better or a worse rank."
            " Ties share the better rank."
        )
        if not self.ranking.valuation.certain:
            yield "Ratings that are open are taken at their point values; `robustness` draws them too."
        yield from self.dominance[:_LISTED]
        if len(self.dominance) > _LISTED:
            yield f"{len(self.dominance) - _LISTED} more such sentences are in `dominance`."
        if not self.dominance:
            yield "Of no two candidates of one tier is one ahead whatever the weights."
        if np.any(self.ahead & np.isnan(self.least_leads)):
            yield "Candidates of a better tier stand ahead of those of a worse one whatever the weights."
        yield SCOPE_NOTE

    def table(self) -> Table:
        """Return one row for each candidate, in the order of the ranking."""
        ranking = self.ranking
        rows = []
        for place in range(len(self)):
            best, worst = int(self.best_ranks[place]), int(self.worst_ranks[place])
            rank = int(ranking.ranks[place])
            can_be_first = bool(self.can_be_first[place]) if rank else None
            verdict = badge(ranking.verdicts[place], ranking.framework)
            rows.append(
                (
                    rank or None,
                    self._title(place),
                    verdict,
                    best or None,
                    worst or None,
                    can_be_first,
                    self.ids[place],
                )
            )
        return Table(
            columns=(
                Column("rank", "Rank", kind="number", digits=0, priority=0),
                Column("title", "Candidate", priority=0, least=20, lines=3),
                Column("verdict", "Verdict", kind="badge", priority=2),
                Column("best_rank", "Best", kind="number", digits=0, priority=0),
                Column("worst_rank", "Worst", kind="number", digits=0, priority=0),
                Column("can_be_first", "Can be first", priority=1, least=4),
                Column("id", "Id", priority=9, least=8, lines=1),
            ),
            rows=tuple(rows),
            title=f"What weights can make of it: {title_of(ranking.framework.id, ranking.framework.title)}",
            notes=self.notes,
        )

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each candidate, in the order of the ranking."""
        return [self._record(place) for place in range(len(self))]

    def _record(self, place: int) -> dict[str, Any]:
        ranked = bool(self.best_ranks[place])
        return {
            "id": self.ids[place],
            "rank": int(self.ranking.ranks[place]) or None,
            "best_rank": int(self.best_ranks[place]) if ranked else None,
            "worst_rank": int(self.worst_ranks[place]) if ranked else None,
            "can_be_first": bool(self.can_be_first[place]) if ranked else None,
            "best_weights": self._weights(self.best_weights[place]) if ranked else None,
            "worst_weights": self._weights(self.worst_weights[place]) if ranked else None,
            "ahead_of": list(self._named(self.ahead[place])),
            "never_behind": list(self._named(self.necessary[place])),
            "next_below": list(self._named(self.direct[place])),
        }

    def _weights(self, weights: Floats) -> dict[str, float]:
        return dict(zip(self.ranking.criteria, weights.tolist(), strict=True))

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits."""
        framework = self.ranking.framework
        document = {
            "collabscore": "extremes/1",
            "framework": outline_of(framework),
            "options": {"weights": {space.group: str(space.space) for space in self.spaces}},
            "candidates": self.records(),
            "dominance": list(self.dominance),
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }
        return as_json(document)

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def extremes(ranking: Ranking, *, weights: Weights = None) -> Extremes:
    """Return the best and the worst rank that weights can give each candidate, and who is ahead whatever they are.

    Parameters
    ----------
    ranking : Ranking
        With a score that is a sum of weight times value, at least wherever weights are not held `exact`.
    weights : str or mapping of group id to str, optional
        The space of weights: "exact", "within 25%", "order", "any" or "intervals", for all groups, or for each by its
        id, the top being "" and all others "*". Where none is named, the framework's own; without one, `intervals`
        where a weight is an interval, else "within 25%".

    Returns
    -------
    Extremes

    Raises
    ------
    UsageError
        If there is nothing to rank; if a group whose weights vary, or have some that vary below it, does not combine
        arithmetically; if a verdict rests on points that vary; if a space does not exist or leaves no weights.
    MissingExtraError
        If scipy is not installed.

    Notes
    -----
    Spaces are closed: their edges belong to them, a weight of 0 too where the space reaches it. Scores no more than
    1e-9 points apart are equal. Who leads whom at the least is found in closed form, group by group; best and worst
    ranks by mixed-integer programmes, each answer confirmed by weights that are ranked again.

    References
    ----------
    Greco, S., Mousseau, V., Slowinski, R. (2008). Ordinal regression revisited: Multiple criteria ranking using a set
    of additive value functions. European Journal of Operational Research 191(2), 416-436.
    doi:10.1016/j.ejor.2007.08.013
    Kadzinski, M., Greco, S., Slowinski, R. (2012). Extreme ranking analysis in robust ordinal regression. Omega 40(4),
    488-501. doi:10.1016/j.omega.2011.09.003
    """
    ranking = ranking.whole
    contest = contest_of(ranking, weights)
    optional("scipy.optimize", "optimize")  # says what is missing before anything is computed
    n, r, m = len(ranking), len(contest.values), len(ranking.criteria)
    best, worst = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    best_weights, worst_weights = np.full((n, m), np.nan), np.full((n, m), np.nan)
    leads = np.full((n, n), np.nan)
    never_behind = np.zeros((n, n), dtype=np.bool_)
    # what is ranked comes first, tier by tier
    never_behind[:r, :r] = contest.tiers[:, None] < contest.tiers
    possible = never_behind.copy()
    for tier in np.unique(contest.tiers):
        there = np.flatnonzero(contest.tiers == tier)
        values, square = contest.values[there], np.ix_(there, there)
        least = least_leads(values, contest.polytope)
        ends = ends_of(values, contest.polytope, least)
        best[there], worst[there] = there[0] + ends.best, there[0] + ends.worst
        best_weights[there], worst_weights[there] = (
            ends.best_weights @ contest.spread,
            ends.worst_weights @ contest.spread,
        )
        leads[square] = 100 * least
        never_behind[square], possible[square] = least >= -TIE, least.T <= TIE
    return Extremes(
        ranking=ranking,
        spaces=contest.spaces,
        best_ranks=_read_only(best),
        worst_ranks=_read_only(worst),
        best_weights=_read_only(best_weights),
        worst_weights=_read_only(worst_weights),
        can_be_first=_read_only(best == 1),
        least_leads=_read_only(leads),
        necessary=_read_only(never_behind),
        possible=_read_only(possible),
    )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
