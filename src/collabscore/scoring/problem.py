"""A problem: one framework and its candidates as columns, ready to be scored.

Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..arrays import BoolArray, FloatArray
from ..errors import CandidateError, Diagnostic, likely
from ..models.base import title_of
from ..models.candidates import Candidate, Candidates
from ..models.framework import Framework
from .columns import (
    Column,
    NumberColumn,
    column_of,
    fact_column,
    facts_of,
    rating_column,
    ratings_of,
)

__all__ = ["Problem"]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be scored: the words of candidates, turned into columns.

    Build it with `from_candidates` or `from_columns`.

    Parameters
    ----------
    framework : Framework
    size : int
        How many candidates there are, n.
    ratings : mapping of leaf id to NumberColumn
        One for each leaf of the framework.
    facts : mapping of fact id to Column
        One for each fact of the framework.
    in_place, planned : mapping of safeguard id to boolean array (n,)
        Only those that some candidate has.
    area : boolean array of shape (n,)
        True for an area, False for a project.
    candidates : sequence of Candidate
        Where they came from; empty for columns.
    ids : sequence of str, optional
        "1" to "n" if left out.
    titles : sequence of str or None, optional
        Made from the ids where there is none.
    """

    framework: Framework
    size: int
    ratings: Mapping[str, NumberColumn]
    facts: Mapping[str, Column]
    in_place: Mapping[str, BoolArray]
    planned: Mapping[str, BoolArray]
    area: BoolArray
    candidates: Sequence[Candidate] = ()
    document: Candidates | None = None
    ids: Sequence[str] | None = None
    titles: Sequence[str | None] | None = None

    @classmethod
    def from_candidates(cls, candidates: Candidates, framework: Framework) -> Problem:
        """Return the problem of a checked list of candidates.

        Examples
        --------
        >>> from collabscore.documents.loading import load_candidates
        >>> listed = load_candidates([{"id": "flu", "ratings": {}}], "guardrail")
        >>> Problem.from_candidates(listed, listed.frameworks[0]).size
        1
        """
        rows = candidates.candidates
        ratings = {}
        for key, node in framework.leaves.items():
            ratings[key] = ratings_of(rows, key, node.scale)
        facts = {}
        for key, fact in framework.all_facts.items():
            facts[key] = facts_of(rows, key, fact, framework.list_members)
        safeguards: dict[str, dict[str, BoolArray]] = {"in_place": {}, "planned": {}}
        area = np.zeros(len(rows), dtype=np.bool_)
        for k, row in enumerate(rows):
            area[k] = candidates.unit_of(row) == "area"
            for safeguard in row.placed():
                columns = safeguards[safeguard.status]
                if safeguard.id not in columns:
                    columns[safeguard.id] = np.zeros(len(rows), dtype=np.bool_)
                columns[safeguard.id][k] = True
        return cls(
            framework,
            len(rows),
            ratings,
            facts,
            safeguards["in_place"],
            safeguards["planned"],
            area,
            rows,
            candidates,
            ids=[row.id for row in rows],
            titles=[row.title for row in rows],
        )

    @classmethod
    def from_columns(
        cls,
        framework: Framework,
        columns: Mapping[str, Any],
        *,
        ids: Sequence[str] | None = None,
        titles: Sequence[str] | None = None,
        unit: Literal["area", "project"] = "project",
        safeguards: Mapping[str, Any] | None = None,
    ) -> Problem:
        """Return the problem of arrays, one for each criterion or fact.

        Parameters
        ----------
        framework : Framework
        columns : mapping of criterion or fact id to array
            Criteria: (n,) points, (n, 2) low and high, or (n, 3) low, value and high; NaN: unknown.
            Facts: see `scoring.columns.fact_column`. Columns left out are unknown.
        ids : sequence of str, optional
            Names of the candidates; "1" to "n" if left out.
        titles : sequence of str, optional
        unit : {"project", "area"}
        safeguards : mapping of safeguard id to boolean array (n,), optional
            Where each is in place.

        Raises
        ------
        CandidateError
            If a column is not defined by the framework or has an invalid value.
        """
        safeguards = safeguards or {}
        known = [*framework.leaves, *framework.all_facts]
        _refuse_unknown(columns, known, "criterion or fact", framework)
        _refuse_unknown(safeguards, list(framework.all_safeguards), "safeguard", framework)
        every = {**columns, **safeguards}
        if ids is not None:
            every["ids"] = ids
        n = _common_length(every)
        _refuse_repeated(ids if ids is not None else ())
        ratings = {}
        for key, node in framework.leaves.items():
            ratings[key] = rating_column(key, columns.get(key, np.full(n, np.nan)), node.scale)
        facts = {}
        for key, fact in framework.all_facts.items():
            if key in columns:
                facts[key] = fact_column(key, columns[key], fact, framework.list_members)
            else:
                facts[key] = column_of([None], fact).take(np.zeros(n, dtype=np.intp))
        in_place = {key: np.asarray(data, dtype=np.bool_) for key, data in safeguards.items()}
        area = np.full(n, unit == "area")
        return cls(framework, n, ratings, facts, in_place, {}, area, ids=ids, titles=titles)

    def rating_bounds(self, key: str) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest possible rating, (n,): the whole scale, if unknown."""
        column, scale = self.ratings[key], self.framework.leaves[key].scale
        if column.complete:
            return column.low, column.low
        least, greatest = scale.range
        low = np.where(column.unknown, float(least), column.low)
        return low, np.where(column.unknown, float(greatest), column.high)

    def id_of(self, row: int) -> str:
        """Return the id of the candidate in a row."""
        return str(self.ids[row]) if self.ids is not None else str(row + 1)

    def title_of(self, row: int) -> str:
        """Return the title of the candidate in a row; made from its id where it has none."""
        title = self.titles[row] if self.titles is not None else None
        return title_of(self.id_of(row), title)


def _common_length(columns: Mapping[str, Any]) -> int:
    n, first = 0, ""
    for name, data in columns.items():
        if not first:
            n, first = len(data), name
        elif len(data) != n:
            message = f"the column `{name}` has {len(data)} rows, and `{first}` has {n}"
            raise CandidateError([Diagnostic("wrong-length", message, (name,))])
    return n


def _refuse_unknown(
    columns: Mapping[str, Any], known: Sequence[str], kind: str, framework: Framework
) -> None:
    wrong = []
    for name in columns:
        if name not in known:
            guess = likely(name, known)
            message = f"`{name}` is not a {kind} of `{framework.id}`"
            help = f"did you mean `{guess}`?" if guess else None
            wrong.append(Diagnostic("unknown-column", message, (name,), help))
    if wrong:
        raise CandidateError(wrong)


def _refuse_repeated(ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for row, name in enumerate(ids):
        if name in seen:
            wrong = Diagnostic("duplicate-id", f"the id `{name}` is taken", ("ids", row))
            raise CandidateError([wrong])
        seen.add(name)
