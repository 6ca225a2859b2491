"""Sensitivity: how far each weight and each rating may move before the result changes.

Imports scoring, the table, `stability` and the tornadoes. Axis letter: n candidates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import UsageError, did_you_mean
from ...models.weight_spaces import Weights, group_weights
from ...output import Table, as_json
from ...scoring.manifest import outline_of
from ...scoring.ranking import Ranking
from .influence import Influences, influences_of
from .ranges import CLAIMS, StableRange, WeightStability, stability_of
from .tornado import Tornado
from .tornado_search import Tornadoes
from .words import flat_table, notes_of, sentence_of, table_of

__all__ = ["Sensitivity", "sensitivity"]

_TOP = 5
_DRAWS = 2048


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """How far each weight and each rating may move before the result changes, one at a time.

    Parameters
    ----------
    ranking : Ranking
    top : int
        The k of the top k.
    weights : tuple of WeightStability
        One for each criterion and group, the most fragile first; none where no candidate is ranked.
    spaces : str or mapping of group id to str, optional
        The spaces of weights of `variance`, as in `robustness`.
    draws, seed : int
        Of `variance`.
    """

    ranking: Ranking
    top: int
    weights: tuple[WeightStability, ...]
    spaces: Weights = None
    draws: int = _DRAWS
    seed: int = 0

    @cached_property
    def variance(self) -> Influences:
        """What each group of weights and each rating explains of the variance of scores; drawn when first asked for."""
        return influences_of(self.ranking, weights=self.spaces, draws=self.draws, seed=self.seed)

    def __getitem__(self, criterion: str) -> WeightStability:
        """Return the stability of the weight of a criterion or group.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        found = {weight.id: weight for weight in self.weights}
        if criterion not in found:
            raise UsageError(f"there is no criterion `{criterion}`{_meant(criterion, found)}")
        return found[criterion]

    @property
    def leaders(self) -> tuple[str, ...]:
        """Ids of those at rank 1."""
        return self._upto(1)

    @property
    def top_set(self) -> tuple[str, ...]:
        """Ids of those with a rank up to k, in rank order."""
        return self._upto(self.top)

    def _upto(self, rank: int) -> tuple[str, ...]:
        ranks = self.ranking.ranks.tolist()
        return tuple(
            name for name, found in zip(self.ranking.ids, ranks, strict=True) if 0 < found <= rank
        )

    def tornado(self, candidate: str) -> Tornado:
        """Return what each rating of one candidate does, the largest swing first.

        Raises
        ------
        UsageError
            If there is none of that id.
        """
        row = self.ranking.order[self.ranking.place_of(candidate)]
        return Tornadoes(self.ranking, np.array([row])).tornado(0)

    @cached_property
    def tornadoes(self) -> tuple[Tornado, ...]:
        """The tornadoes of all candidates, in the order of the ranking."""
        if not len(self.ranking):
            return ()
        found = Tornadoes(self.ranking, self.ranking.order)
        return tuple(found.tornado(place) for place in range(len(self.ranking)))

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each weight, the most fragile first."""
        return tuple(sentence_of(weight, self) for weight in self.weights)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return notes_of(self)

    def table(self) -> Table:
        """Return a row for each weight, then for each ranked candidate the rating whose open range matters most."""
        return table_of(self)

    def flat_table(self) -> Table:
        """Return a row for each weight, then for each rating of each candidate, with every number in a column."""
        return flat_table(self)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each weight, then one for each rating of each candidate."""
        ratings = [(tornado.candidate, bar) for tornado in self.tornadoes for bar in tornado]
        return [
            *({"kind": "weight", **self._record(weight)} for weight in self.weights),
            *({"kind": "rating", "candidate": name, **bar.record()} for name, bar in ratings),
        ]

    def _record(self, weight: WeightStability) -> dict[str, Any]:
        return {
            "id": weight.id,
            "title": weight.title,
            "parent": weight.parent,
            "share": weight.share,
            "weight": weight.share * weight.of_whole,
            "method": weight.method,
            **{claim: _range(weight.ranges.get(claim), weight) for claim in CLAIMS},
            "sentence": sentence_of(weight, self),
        }

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits; the same for the same input."""
        framework = self.ranking.framework
        document = {
            "collabscore": "sensitivity/1",
            "framework": outline_of(framework),
            "options": {
                "top": self.top,
                "weights": {space.group: str(space.space) for space in self.variance.source.groups},
                "draws": self.draws,
                "seed": self.seed,
            },
            "leaders": list(self.leaders),
            "top": list(self.top_set),
            "weights": [self._record(weight) for weight in self.weights],
            "ratings": [
                {"candidate": tornado.candidate, "bars": tornado.records()}
                for tornado in self.tornadoes
            ],
            "variance": self.variance.records(),
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }
        return as_json(document)

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def sensitivity(
    ranking: Ranking,
    *,
    top: int | None = None,
    weights: Weights = None,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Sensitivity:
    """Say how far each weight and each rating may move, one at a time, before the result changes.

    Parameters
    ----------
    ranking : Ranking
    top : int, optional
        Of how many first candidates it is asked whether they stay the same; half of those ranked, at most 5, if left
        out.
    weights : str or mapping of group id to str, optional
        The spaces of weights from which the variance of scores is drawn; as in `robustness`.
    draws, seed : int
        How many draws the shares of that variance rest on (from 2,048 to 4,096 are used), and their seed.

    Returns
    -------
    Sensitivity

    Raises
    ------
    UsageError
        If the framework makes no score, or an option is out of its range.

    Notes
    -----
    In words of decision analysis: weight stability intervals (see `stability.stability_of`), tornado diagrams (see
    `tornado_search.Tornadoes`) and, of all that is uncertain at once, variance-based indices (see `influence`).

    Examples
    --------
    >>> from collabscore import score
    >>> scale = {"range": [0, 100]}
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "small",
    ...     "criteria": {"benefit": {"scale": scale, "weight": 3}, "trust": {"scale": scale, "weight": 1}},
    ... }
    >>> listed = [
    ...     {"id": "flu", "ratings": {"benefit": 80, "trust": 20}},
    ...     {"id": "ocean", "ratings": {"benefit": 60, "trust": 60}},
    ... ]
    >>> print(sensitivity(score(listed, framework)).sentences[0])
    Benefit: 75 % of the whole; the leader stays first from 66.7 % up; below, Ocean overtakes
    """
    framework = ranking.framework
    if not framework.leaves:
        raise UsageError(
            f"`{framework.id}` has no criteria, it only gates: there are no weights or scores to test"
        )
    if not ranking.has_total:
        raise UsageError(
            f"`{framework.id}` makes no score of the whole (`combine: none`): there is no order to test"
        )
    ranked = int((ranking.ranks > 0).sum())
    if top is None:
        top = max(1, min(_TOP, math.ceil(ranked / 2)))
    elif not 1 <= top <= len(ranking):
        raise UsageError(f"top: {top} is not from 1 to {len(ranking)}, the number of candidates")
    if draws < 1:
        raise UsageError(f"draws: {draws} is not 1 or more")
    if seed < 0:
        raise UsageError(f"seed: {seed} is negative")
    group_weights(framework, weights)  # says what is wrong before anything is looked for
    return Sensitivity(
        ranking, top, stability_of(ranking, top) if ranked else (), weights, draws, seed
    )


def _range(found: StableRange | None, weight: WeightStability) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "low": found.low,
        "high": found.high,
        "weight_low": found.low * weight.of_whole,
        "weight_high": found.high * weight.of_whole,
        "below": None if found.below is None else vars(found.below),
        "above": None if found.above is None else vars(found.above),
    }


def _meant(word: str, known: dict[str, WeightStability]) -> str:
    help = did_you_mean(word, known)
    return f"; {help}" if help else ""
