"""A problem: one framework and its candidates as columns, ready to be scored.

Imports the columns of this storey, the models and the loading of documents. Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import CandidateError, Diagnostic, likely
from ..models.base import title_of
from ..models.candidates import Candidate, Candidates
from ..models.framework import Framework
from .columns import FactColumn, RatingColumn, fact_column, facts_of, rating_column, ratings_of

__all__ = ["Problem"]

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be scored: the words of candidates, turned into columns.

    Build it with `from_candidates` or `from_columns`.

    Parameters
    ----------
    framework : Framework
    size : int
        How many candidates there are, n.
    ratings : mapping of leaf id to RatingColumn
        One for each leaf of the framework.
    facts : mapping of fact id to FactColumn
        One for each fact of the framework.
    in_place, planned : mapping of safeguard id to boolean array (n,)
        Only those that some candidate has.
    area : boolean array of shape (n,)
        True for an area, False for a project.
    candidates : sequence of Candidate
        Where they came from; empty for columns.
    names, labels : sequence of str, optional
        Ids and titles of candidates that came as columns.
    """

    framework: Framework
    size: int
    ratings: Mapping[str, RatingColumn]
    facts: Mapping[str, FactColumn]
    in_place: Mapping[str, Flags]
    planned: Mapping[str, Flags]
    area: Flags
    candidates: Sequence[Candidate] = ()
    document: Candidates | None = None
    names: Sequence[str] | None = None
    labels: Sequence[str] | None = field(default=None)

    @classmethod
    def from_candidates(cls, candidates: Candidates, framework: Framework) -> Problem:
        """Return the problem of a checked list of candidates.

        Examples
        --------
        >>> from collabscore.documents.loading import load_candidates
        >>> listed = load_candidates([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
        >>> Problem.from_candidates(listed, listed.words[0]).size
        1
        """
        rows = candidates.candidates
        in_place, planned = _safeguards_of(rows)
        ratings = {
            key: ratings_of(rows, key, node.scale)
            for key, node in framework.leaves.items()
            if node.scale is not None
        }
        return cls(
            framework=framework,
            size=len(rows),
            ratings=ratings,
            facts={
                key: facts_of(rows, key, fact, framework)
                for key, fact in framework.all_facts.items()
            },
            in_place=in_place,
            planned=planned,
            area=np.array([candidates.unit_of(row) == "area" for row in rows], dtype=np.bool_),
            candidates=rows,
            document=candidates,
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
            Criteria: (n,) points, (n, 2) low and high, or (n, 3) low, value and high; NaN is unknown. Facts: see
            `scoring.columns.fact_column`. What is left out is unknown.
        ids : sequence of str, optional
            Names of the candidates; "1" to "n" if left out.
        titles : sequence of str, optional
        unit : {"project", "area"}
        safeguards : mapping of safeguard id to boolean array (n,), optional
            Where each is in place.

        Raises
        ------
        CandidateError
            If a column is not known to the framework, or holds what it does not know.
        """
        _refuse_unknown(
            columns, [*framework.leaves, *framework.all_facts], "criterion or fact", framework
        )
        _refuse_unknown(safeguards or {}, list(framework.all_safeguards), "safeguard", framework)
        n = _length(columns, ids, safeguards)
        _refuse_repeated(ids)
        return cls(
            framework=framework,
            size=n,
            ratings={
                key: rating_column(key, columns[key], node.scale, n)
                if key in columns
                else _unrated(n)
                for key, node in framework.leaves.items()
                if node.scale is not None
            },
            facts={
                key: fact_column(
                    key, columns.get(key, np.full(n, None, dtype=object)), fact, framework, n
                )
                for key, fact in framework.all_facts.items()
            },
            in_place={
                key: np.asarray(data, dtype=np.bool_) for key, data in (safeguards or {}).items()
            },
            planned={},
            area=np.full(n, unit == "area"),
            names=ids,
            labels=titles,
        )

    def take(self, rows: NDArray[np.intp]) -> Problem:
        """Return the problem of some candidates, in that order; one that is named twice is there twice.

        What it says no longer has a document: it is for looking at variants of candidates side by side.
        """
        return replace(
            self,
            size=len(rows),
            ratings={key: column.take(rows) for key, column in self.ratings.items()},
            facts={key: column.take(rows) for key, column in self.facts.items()},
            in_place={key: flags[rows] for key, flags in self.in_place.items()},
            planned={key: flags[rows] for key, flags in self.planned.items()},
            area=self.area[rows],
            candidates=[self.candidates[row] for row in rows.tolist()] if self.candidates else (),
            document=None,
            names=[self.id_of(row) for row in rows.tolist()] if self.names is not None else None,
            labels=[self.title_of(row) for row in rows.tolist()]
            if self.labels is not None
            else None,
        )

    def with_columns(
        self,
        *,
        ratings: Mapping[str, RatingColumn] | None = None,
        facts: Mapping[str, FactColumn] | None = None,
        in_place: Mapping[str, Flags] | None = None,
    ) -> Problem:
        """Return the problem with other columns in place of some; what is left out stays as it is."""
        return replace(
            self,
            ratings={**self.ratings, **(ratings or {})},
            facts={**self.facts, **(facts or {})},
            in_place={**self.in_place, **(in_place or {})},
            document=None,
        )

    def rating_bounds(self, key: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the greatest that each rating on a leaf can be, (n,): the whole scale, if unknown."""
        column, scale = self.ratings[key], self.framework.leaves[key].scale
        low, high = (float(end) for end in scale.range)
        return np.where(column.unknown, low, column.low), np.where(
            column.unknown, high, column.high
        )

    def id_of(self, row: int) -> str:
        """Return the id of the candidate in a row."""
        if self.candidates:
            return self.candidates[row].id
        return str(self.names[row]) if self.names is not None else str(row + 1)

    def title_of(self, row: int) -> str:
        """Return the title of the candidate in a row; made from its id where it has none."""
        if self.candidates:
            candidate = self.candidates[row]
            return title_of(candidate.id, candidate.title)
        return str(self.labels[row]) if self.labels is not None else title_of(self.id_of(row))


def _safeguards_of(rows: Sequence[Candidate]) -> tuple[dict[str, Flags], dict[str, Flags]]:
    columns: dict[str, dict[str, Flags]] = {"in_place": {}, "planned": {}}
    for k, row in enumerate(rows):
        for safeguard in row.placed() if row.safeguards else ():
            column = columns[safeguard.status]
            if safeguard.id not in column:
                column[safeguard.id] = np.zeros(len(rows), dtype=np.bool_)
            column[safeguard.id][k] = True
    return columns["in_place"], columns["planned"]


def _unrated(n: int) -> RatingColumn:
    nothing = np.full(n, np.nan)
    return RatingColumn(nothing, nothing, nothing)


def _length(
    columns: Mapping[str, Any], ids: Sequence[str] | None, safeguards: Mapping[str, Any] | None
) -> int:
    lengths = {name: len(data) for name, data in {**columns, **(safeguards or {})}.items()}
    if ids is not None:
        lengths["ids"] = len(ids)
    if not lengths:
        return 0
    n = next(iter(lengths.values()))
    for name, length in lengths.items():
        if length != n:
            first = next(iter(lengths))
            raise CandidateError(
                [
                    Diagnostic(
                        "wrong-length",
                        f"the column `{name}` has {length} rows, and `{first}` has {n}",
                        (name,),
                    )
                ]
            )
    return n


def _refuse_unknown(
    columns: Mapping[str, Any], known: Sequence[str], kind: str, framework: Framework
) -> None:
    wrong = [
        Diagnostic(
            "unknown-column",
            f"`{name}` is not a {kind} of `{framework.id}`",
            (name,),
            help=f"did you mean `{guess}`?" if (guess := likely(name, known)) else None,
        )
        for name in columns
        if name not in known
    ]
    if wrong:
        raise CandidateError(wrong)


def _refuse_repeated(ids: Sequence[str] | None) -> None:
    if ids is None or len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    for row, name in enumerate(ids):
        if name in seen:
            raise CandidateError(
                [Diagnostic("duplicate-id", f"the id `{name}` is taken", ("ids", row))]
            )
        seen.add(name)
