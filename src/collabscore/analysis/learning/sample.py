"""Learning: everything that is open drawn at once, open facts too, and what comes out of each draw.

Imports the kernels, scoring, `answers`, `cells`, `draws` and `spaces`. Axis letters: n candidates, s draws, f open
facts, u uncertain ratings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...kernels.aggregation import Tree
from ...kernels.ranking import ranks_in_draws
from ...kernels.weights import TILE
from ...models.facts import SetAnswer
from ...models.guardrails import CompiledStep
from ...models.weight_spaces import GroupWeights
from ...scoring.columns import AnswerColumn, FactColumn, NumberColumn, RatingColumn, SetColumn
from ...scoring.evaluation import Evaluator
from ...scoring.problem import Problem
from ...scoring.valuation import Valuation, tree_of
from ...scoring.verdicts import judge
from ..uncertainty import DrawBatch, Draws, UncertainRatings
from .answers import OpenFact, open_facts, words_in

__all__ = ["QUANTILES", "Progress", "Sample", "sample"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Progress: TypeAlias = Callable[[int, int], None]

QUANTILES = 256
"""Of a draw of a rating it is kept in which of so many quantiles it lies."""

# rows that are judged at once, one for each candidate and draw
_ROWS = 200_000
# far from those of weights and ratings, which count from 0
_FACTS = 1_000_003


@dataclass(frozen=True, eq=False)
class Sample:
    """What came out in each draw, in the order of the problem.

    Parameters
    ----------
    problem : Problem
    facts : tuple of OpenFact
    cells : Cells
        The uncertain ratings.
    top : boolean array of shape (s, n), or None
        Who is among the first k; None where there is no order.
    verdicts : integer array of shape (s, n)
        The verdict by its place among the verdicts; -1 where the framework is not about the candidate.
    answers : integer array of shape (s, f)
        Which answer each open fact got.
    quantiles : integer array of shape (s, u)
        Where each uncertain rating lay within what it leaves open, as one of 256 quantiles.
    """

    problem: Problem
    facts: tuple[OpenFact, ...]
    cells: UncertainRatings
    top: Flags | None
    verdicts: NDArray[np.int8]
    answers: NDArray[np.int16]
    quantiles: NDArray[np.uint8]

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """The facts and leaf criteria on which verdicts depend."""
        return words_in(self.problem.framework)

    @cached_property
    def contested(self) -> NDArray[np.uint8]:
        """Who is among the first k, for the candidates that are so in some draws and not in others, (s, any)."""
        if self.top is None:
            return np.zeros((len(self.verdicts), 0), dtype=np.uint8)
        return self.top[:, self.top.any(axis=0) & ~self.top.all(axis=0)].view(np.uint8)


def sample(
    problem: Problem,
    spaces: tuple[GroupWeights, ...],
    *,
    top: int | None,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> Sample:
    """Draw weights, ratings and open facts together, and judge and order all candidates anew in each draw.

    Parameters
    ----------
    problem : Problem
    spaces : tuple of GroupWeights
    top : int or None
        The k of "among the first k"; None where there is no order.
    draws, seed : int
    progress : callable, optional
        Told how many draws are done, and of how many.

    Notes
    -----
    Weights and ratings are those of `robustness` with the same seed; facts have a stream of their own. Everything is
    drawn by inverse transform, row by row.
    """
    source = Draws(problem, spaces, seed)
    facts = tuple(open_facts(problem))
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(_FACTS,))))
    world = _World(problem, spaces, facts, source.uncertain)
    n, f, u = problem.size, len(facts), len(source.uncertain)
    found = Sample(
        problem,
        facts,
        source.uncertain,
        np.empty((draws, n), dtype=np.bool_) if top is not None else None,
        np.empty((draws, n), dtype=np.int8),
        np.empty((draws, f), dtype=np.int16),
        np.empty((draws, u), dtype=np.uint8),
    )
    counts = np.array([len(fact.answers) for fact in facts], dtype=np.float64)
    for start, sources in zip(range(0, draws, TILE), source.batches(), strict=False):
        part = slice(start, min(start + TILE, draws))
        size = part.stop - start
        open_parts = stream.random((TILE, f)) * counts
        world.draw(found, part, sources.take(np.arange(size)), open_parts[:size], top)
        if progress is not None:
            progress(part.stop, draws)
    return found


@dataclass(frozen=True, eq=False)
class _World:
    """The problem with everything that is open filled in, as often as there are draws."""

    problem: Problem
    spaces: tuple[GroupWeights, ...]
    facts: tuple[OpenFact, ...]
    cells: UncertainRatings

    def draw(
        self, found: Sample, part: slice, sources: DrawBatch, open_parts: Floats, top: int | None
    ) -> None:
        """Fill the draws of a part; `open_parts` (s, f) has the answer before the point, the place within behind it."""
        found.answers[part] = open_parts
        found.quantiles[part] = sources.uniform * QUANTILES
        n = self.problem.size
        stride = max(1, _ROWS // max(1, n))
        for start in range(0, len(open_parts), stride):
            rows = np.arange(start, min(start + stride, len(open_parts)))
            here = slice(part.start + start, part.start + start + len(rows))
            severity, values = self._judged(sources.take(rows), open_parts[rows])
            found.verdicts[here] = severity
            if found.top is not None:
                ranks = ranks_in_draws(values, self._tier_of[severity])
                found.top[here] = (ranks > 0) & (ranks <= (top or 0))

    def _judged(self, sources: DrawBatch, open_parts: Floats) -> tuple[NDArray[np.int8], Floats]:
        s, n = len(open_parts), self.problem.size
        many = self._repeated(s).with_columns(
            ratings=dict(self._ratings(self.cells.draw(sources.uniform))),
            facts=dict(self._facts(open_parts)),
        )
        valuation = Valuation(many, self._tree(sources, n))
        judgement = judge(Evaluator(many, valuation), self._rules)
        severity = np.where(judgement.applicable, judgement.severity, np.int8(-1)).reshape(s, n)
        return severity, valuation.root.reshape(s, n)

    def _tree(self, sources: DrawBatch, n: int) -> Tree:
        tree = tree_of(self.problem.framework)
        if not any(space.free for space in self.spaces):
            return tree
        # the tree has the groups in reverse, and the top last
        shares = [np.repeat(part, n, axis=0) if part.ndim > 1 else part for part in sources.shares]
        return replace(tree, weights=(*reversed(shares[1:]), shares[0]))

    def _repeated(self, times: int) -> Problem:
        if times not in self._kept:
            plain = replace(self.problem, candidates=(), names=None, labels=None)
            self._kept.clear()
            self._kept[times] = plain.take(np.tile(np.arange(self.problem.size), times))
        return self._kept[times]

    @cached_property
    def _kept(self) -> dict[int, Problem]:
        return {}

    @cached_property
    def _rules(self) -> Mapping[str, tuple[CompiledStep, ...]]:
        return self.problem.framework.compiled_guardrails

    @cached_property
    def _tier_of(self) -> NDArray[np.int8]:
        """The tier of each verdict, counted from 0; -1 where it is not ranked, and for no verdict, the last."""
        verdicts = list(self.problem.framework.all_verdicts.values())
        tiers = np.unique([verdict.tier for verdict in verdicts], return_inverse=True)[1]
        return np.append(np.where([verdict.ranked for verdict in verdicts], tiers, -1), -1).astype(
            np.int8
        )

    # columns

    def _ratings(self, drawn: Floats) -> Iterator[tuple[str, RatingColumn]]:
        leaves = list(self.problem.framework.leaves)
        for leaf, part in self.cells.by_leaf():
            points = np.tile(self.problem.ratings[leaves[leaf]].value, (len(drawn), 1))
            points[:, self.cells.rows[part]] = drawn[:, part]
            column = points.ravel()
            yield leaves[leaf], RatingColumn(column, column, column)

    def _facts(self, open_parts: Floats) -> Iterator[tuple[str, FactColumn]]:
        for key, (places, table) in self._tables.items():
            chosen = open_parts[:, places]
            yield key, table.filled(chosen)

    @cached_property
    def _tables(self) -> Mapping[str, tuple[NDArray[np.intp], _Table]]:
        """The open facts by their names: their places among all that are open, and what fills their columns."""
        places: dict[str, list[int]] = {}
        for place, fact in enumerate(self.facts):
            places.setdefault(fact.fact, []).append(place)
        return {
            key: (
                np.array(own),
                _Table.of(self.problem.facts[key], [self.facts[place] for place in own]),
            )
            for key, own in places.items()
        }


@dataclass(frozen=True, eq=False)
class _Table:
    """A column with places to fill: (o,) open entries, each with its answers beside those of the others.

    Parameters
    ----------
    column : FactColumn
        Whose table of answers holds those to fill in as well.
    rows : integer array of shape (o,)
    begins : integer array of shape (o,)
        Where the answers of each entry begin.
    parts : array of shape (all answers,) or (all answers, 2)
        The code of each answer; of a number its ends.
    """

    column: FactColumn
    rows: NDArray[np.intp]
    begins: NDArray[np.intp]
    parts: NDArray[np.intp] | Floats

    @classmethod
    def of(cls, column: FactColumn, facts: Sequence[OpenFact]) -> _Table:
        rows = np.array([fact.row for fact in facts], dtype=np.intp)
        ends = np.cumsum([len(fact.answers) for fact in facts])
        begins = np.concatenate([[0], ends[:-1]]).astype(np.intp)
        parts = [answer.part for fact in facts for answer in fact.answers]
        match column:
            case NumberColumn():
                return cls(column, rows, begins, np.array(parts, dtype=np.float64))
            case AnswerColumn(codes, possible):
                # the last row stands for the unknown
                q, k = possible.shape
                table = np.vstack([possible[:-1], np.eye(k, dtype=np.bool_), possible[-1:]])
                wide = AnswerColumn(np.where(codes == q - 1, q - 1 + k, codes), table)
                return cls(wide, rows, begins, q - 1 + np.array(parts, dtype=np.intp))
            case SetColumn(codes, answers):
                sets = list(dict.fromkeys(part for part in parts if isinstance(part, SetAnswer)))
                code = {part: len(answers) + place for place, part in enumerate(sets)}
                chosen = [code[part] for part in parts if isinstance(part, SetAnswer)]
                return cls(
                    SetColumn(codes, (*answers, *sets)),
                    rows,
                    begins,
                    np.array(chosen, dtype=np.intp),
                )

    def filled(self, open_parts: Floats) -> FactColumn:
        """Return the column as often as there are draws, the open entries filled; `open_parts` is (s, o)."""
        s = len(open_parts)
        whole = open_parts.astype(np.intp)
        chosen = self.parts[self.begins + whole]

        def put(
            mine: NDArray[np.float64] | NDArray[np.intp],
            values: NDArray[np.float64] | NDArray[np.intp],
        ) -> object:
            out = np.tile(mine, (s, 1))
            out[:, self.rows] = values
            return out.ravel()

        match self.column:
            case NumberColumn(low, high):
                numbers = chosen[..., 0] + (open_parts - whole) * (chosen[..., 1] - chosen[..., 0])
                return NumberColumn(put(low, numbers), put(high, numbers))  # type: ignore[arg-type]
            case AnswerColumn(codes, possible):
                return AnswerColumn(put(codes, chosen), possible)  # type: ignore[arg-type]
            case SetColumn(codes, answers):
                return SetColumn(put(codes, chosen), answers)  # type: ignore[arg-type]
