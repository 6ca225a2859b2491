"""Claims: what may stay while a weight moves, whether it does, and what happened where it does not.

Imports scoring and `standings`. Axis letters: p weightings to look at, n candidates in the order of the problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...scoring.ranking import Ranking
from .standings import Standings

__all__ = ["CLAIMS", "Claim", "Claims", "Turn"]

Flags: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.integer]
Places: TypeAlias = NDArray[np.intp]
Claim = Literal["leader", "top", "order"]

CLAIMS: tuple[Claim, ...] = ("leader", "top", "order")
"""First place with one who holds it now, the set of those with a rank up to k, the whole order."""


@dataclass(frozen=True)
class Turn:
    """What happens just beyond the end of a range.

    Parameters
    ----------
    kind : {"overtakes", "verdict"}
    candidate : str
        Who overtakes; or whose verdict turns.
    other : str or None
        Who is overtaken.
    verdicts : pair of str or None
        The verdict before and after; None where the framework is not about the candidate.
    """

    kind: Literal["overtakes", "verdict"]
    candidate: str
    other: str | None = None
    verdicts: tuple[str | None, str | None] | None = None


@dataclass(frozen=True, eq=False)
class Claims:
    """What may stay as it is in a ranking.

    Parameters
    ----------
    ranking : Ranking
        With at least one ranked candidate.
    top : int
        The k of the top k, at least 1.
    """

    ranking: Ranking
    top: int

    @cached_property
    def order(self) -> Places:
        """Rows of the ranked candidates, the first one first."""
        return self.ranking.order[self.ranking.ranks > 0]

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Their ranks."""
        return self.ranking.ranks[self.ranking.ranks > 0]

    @cached_property
    def severity(self) -> Places:
        """The present verdict of each row, (n,); -1 where the framework is not about it."""
        judgement = self.ranking.judgement
        return np.where(judgement.applicable, judgement.severity, -1).astype(np.intp)

    @cached_property
    def ahead(self) -> Places:
        """For each ranked candidate, how many are strictly ahead of it."""
        return self.ranks.astype(np.intp) - 1

    def holds(self, found: Standings) -> dict[Claim, Flags]:
        """Return whether each claim holds under each weighting, (p,)."""
        order, same = self.order, found.severity == self.severity
        leaders, members = order[self.ranks == 1], order[self.ranks <= self.top]
        inside = (found.ranks > 0) & (found.ranks <= self.top)
        belongs = np.isin(np.arange(len(self.severity)), members)
        ranked = np.isin(np.arange(len(self.severity)), order)
        stays = ((found.ranks > 0) == ranked).all(axis=1) & same[:, order].all(axis=1)
        return {
            "leader": ((found.ranks[:, leaders] == 1) & same[:, leaders]).any(axis=1),
            "top": (inside == belongs).all(axis=1) & same[:, members].all(axis=1),
            "order": stays & ~self._passed(found.ranks[:, order]).any(axis=1),
        }

    def _passed(self, ranks: Integers) -> Flags:
        """Return which candidates, in rank order, are now before one who was strictly ahead of them, (p, n)."""
        worst = np.maximum.accumulate(ranks, axis=1)
        before = np.concatenate([np.zeros((len(ranks), 1), dtype=ranks.dtype), worst], axis=1)[
            :, self.ahead
        ]
        passed: Flags = ranks < before
        return passed

    def turn(self, claim: Claim, ranks: Integers, severity: Integers) -> Turn:
        """Return what makes a claim fail: a verdict that turned, else who overtook whom."""
        concerned = {
            "leader": self.order[self.ranks == 1],
            "top": self.order[self.ranks <= self.top],
            "order": self.order,
        }[claim]
        gains, loses = {"leader": self._new_leader, "top": self._newcomer, "order": self._passer}[
            claim
        ](ranks)
        suspects = [row for row in (loses, gains) if row is not None]
        for row in [*suspects, *concerned.tolist()]:
            if severity[row] != self.severity[row]:
                return Turn(
                    "verdict",
                    self._id(row),
                    None,
                    (self._word(self.severity[row]), self._word(severity[row])),
                )
        assert gains is not None
        assert loses is not None
        return Turn("overtakes", self._id(gains), self._id(loses))

    def _new_leader(self, ranks: Integers) -> tuple[int | None, int | None]:
        leaders = self.order[self.ranks == 1]
        best = leaders[np.argmin(np.where(ranks[leaders] > 0, ranks[leaders], len(ranks) + 1))]
        first = np.flatnonzero(ranks == 1)
        return (None if not len(first) or first[0] in leaders else self._foremost(first)), int(best)

    def _newcomer(self, ranks: Integers) -> tuple[int | None, int | None]:
        members = self.order[self.ranks <= self.top]
        inside = np.flatnonzero((ranks > 0) & (ranks <= self.top))
        lost, new = np.setdiff1d(members, inside), np.setdiff1d(inside, members)
        if len(new):  # one that has drawn level has the last of the top beside it
            return self._foremost(new), self._foremost(lost) if len(lost) else int(
                members[np.argmax(ranks[members])]
            )
        if not len(lost):
            return None, None
        # a tie at the end of the top opened, or grew: who was level with the one that is lost, or behind, is ahead now
        present = dict(zip(self.order.tolist(), self.ranks.tolist(), strict=True))
        out = self._foremost(lost)
        risen = [
            row for row in members.tolist() if row not in lost and present[row] >= present[out]
        ]
        return (self._foremost(np.array(risen)) if risen else None), out

    def _passer(self, ranks: Integers) -> tuple[int | None, int | None]:
        mine = ranks[self.order]
        passed = np.flatnonzero(self._passed(mine[None, :])[0] & (mine > 0))
        if not len(passed):
            new = np.setdiff1d(np.flatnonzero(ranks > 0), self.order)
            return (int(new[0]) if len(new) else None), None
        who = passed[0]
        return int(self.order[who]), int(self.order[np.argmax(mine[: self.ahead[who]])])

    def _foremost(self, rows: Places) -> int:
        """Return which of some rows stands first in the ranking."""
        return int(self.ranking.order[np.isin(self.ranking.order, rows)][0])

    def _id(self, row: int) -> str:
        return self.ranking.problem.id_of(int(row))

    def _word(self, severity: int) -> str | None:
        return list(self.ranking.framework.all_verdicts)[severity] if severity >= 0 else None
