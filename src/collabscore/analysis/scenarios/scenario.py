"""What if: the same list with other weights, ratings, facts or safeguards, beside the ranking it was.

Imports scoring, the loading of documents, `shifts` and `wording`. Axis letters: n candidates, m leaf criteria.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from pydantic import BaseModel

from ...documents.candidate_loading import candidates_from
from ...documents.loading import load_framework
from ...errors import UsageError, did_you_mean
from ...models.candidates import Candidates
from ...models.framework import Framework
from ...models.sources import title_of, within
from ...output import Table, as_json
from ...output.text import figure
from ...scoring.columns import AnswerColumn, Column, NumberColumn, RatingColumn, SetColumn
from ...scoring.manifest import outline_of
from ...scoring.problem import Problem
from ...scoring.ranking import Ranking
from ...scoring.scorer import rank
from ...scoring.wording import known_of, title_of_word
from .shifts import notes_of, rows_of, table_of

__all__ = ["Change", "WhatIf", "what_if"]

Entries: TypeAlias = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Change:
    """One thing that was changed.

    Parameters
    ----------
    kind : {"weights", "ratings", "facts", "safeguards"}
    candidate : str or None
        The id of the candidate; None for a weight.
    key : str or None
        The id of the criterion, group or fact; None for safeguards.
    value : object
        As it was given.
    before, after : str
        In words.
    about : str
        What is changed, in words.
    moves : str
        What is added and taken away, in words; in place of all that is there before and after.
    """

    kind: str
    candidate: str | None
    key: str | None
    value: object
    before: str
    after: str
    about: str
    moves: str = ""

    @property
    def real(self) -> bool:
        """Whether it was not so already."""
        return self.before != self.after

    def __str__(self) -> str:
        if not self.real:
            return f"{self.about}: {self.before}"
        return f"{self.about}: {self.moves or f'{self.before} -> {self.after}'}"


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf:
    """A ranking beside what it would be if something were otherwise. The framework adopted stays as it is.

    Parameters
    ----------
    before, after : Ranking
    changes : tuple of Change
        What was asked for, also where it was so already.
    """

    before: Ranking
    after: Ranking
    changes: tuple[Change, ...]

    @property
    def ranking(self) -> Ranking:
        """The ranking as it would be."""
        return self.after

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return notes_of(
            self.before, self.after, [str(change) for change in self.changes if not change.real]
        )

    @cached_property
    def title(self) -> str:
        """What is changed, in words."""
        said = [str(change) for change in self.changes if change.real]
        if not said:
            return "What if: nothing is changed"
        more = f"; and {len(said) - 3:,} more changes" if len(said) > 4 else ""
        return f"What if: {'; '.join(said[:3] if more else said)}{more}"

    def table(self) -> Table:
        """Return the candidates whose rank, score or verdict would be another, before and after."""
        table = table_of(self.before, self.after)
        said = [str(change) for change in self.changes if change.real]
        listed = (f"Changed: {'; '.join(said)}.",) if len(said) > 4 else ()
        return replace(table, title=self.title, notes=(*table.notes, *listed, *self.notes))

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each candidate that would stand otherwise, in the new order."""
        return rows_of(self.before, self.after)

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits; the same for the same input."""
        framework = self.before.framework
        document = {
            "collabscore": "what-if/1",
            "framework": outline_of(framework),
            "options": self._options,
            "changes": [
                {"about": c.about, "before": c.before, "after": c.after} for c in self.changes
            ],
            "candidates": self.records(),
            "notes": list(self.notes),
            "manifest": self.before.manifest,
        }
        return as_json(document)

    @cached_property
    def _options(self) -> dict[str, Any]:
        """The call, as plain data."""
        options: dict[str, Any] = {}
        for change in self.changes:
            here: dict[str, Any] = options.setdefault(change.kind, {})
            if change.candidate is not None and change.key is not None:
                here.setdefault(change.candidate, {})[change.key] = change.value
            else:
                here[str(change.key or change.candidate)] = change.value
        return options

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def what_if(
    ranking: Ranking,
    *,
    weights: Mapping[str, float] | None = None,
    ratings: Entries | None = None,
    facts: Entries | None = None,
    safeguards: Mapping[str, Sequence[object]] | None = None,
) -> WhatIf:
    """Return what a ranking would be if something were otherwise, beside what it is.

    Parameters
    ----------
    ranking : Ranking
    weights : mapping of criterion or group id to number, optional
        New weights, as one writes them in the framework: beside those of the siblings.
    ratings, facts : mapping of candidate id to mapping of id to anything a document may say there, optional
        ``{"flu": {"dual_use": [2, 3]}}``, ``{"flu": {"stage": "basic"}}``; what is not named stays.
    safeguards : mapping of candidate id to list of safeguards, optional
        As in a document; each list takes the place of the candidate's own.

    Returns
    -------
    WhatIf

    Raises
    ------
    UsageError
        If there is no such candidate, criterion, fact or safeguard.
    CandidateError, FrameworkError
        If a rating, a fact or a weight is none that a document may say.

    Examples
    --------
    >>> import collabscore as cs
    >>> ranking = cs.score([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
    >>> changed = what_if(ranking, weights={"mutual_interest": 2})
    >>> changed.title
    'What if: weight of mutual interest: 1 (33% of the whole) -> 2 (50% of the whole)'
    """
    entries = {
        "ratings": {
            name: _plain(_mapping("ratings", name, said)) for name, said in (ratings or {}).items()
        },
        "facts": {
            name: _plain(_mapping("facts", name, said)) for name, said in (facts or {}).items()
        },
        "safeguards": {
            name: _plain(_sequence(name, said)) for name, said in (safeguards or {}).items()
        },
    }
    given = dict(weights or {})
    _refuse_unknown(ranking, given, entries)
    framework = _weighted(ranking.framework, given) if given else ranking.framework
    problem = ranking.problem
    if any(entries.values()) or given:
        problem = (
            _listed(problem, framework, entries)
            if problem.document
            else _in_columns(problem, framework, entries)
        )
    changes = tuple(_changes(ranking.problem, problem, given, entries))
    after = rank(problem) if any(change.real for change in changes) else ranking
    return WhatIf(ranking, after, changes)


# what was asked for


def _mapping(kind: str, name: str, said: object) -> Mapping[str, object]:
    if isinstance(said, Mapping):
        return said
    what = "criterion: rating" if kind == "ratings" else "fact: answer"
    raise UsageError(
        f"`{kind}` takes {{candidate: {{{what}}}}}, and for `{name}` it is given {said!r}"
    )


def _sequence(name: str, said: object) -> Sequence[object]:
    if isinstance(said, Sequence) and not isinstance(said, str):
        return said
    raise UsageError(
        f"`safeguards` takes {{candidate: [safeguard, ...]}}, and for `{name}` it is given {said!r}"
    )


def _plain(value: Any) -> Any:
    """Return what is given as a document would have it."""
    match value:
        case BaseModel():
            return value.model_dump(exclude_unset=True)
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case str():
            return value
        case set() | frozenset():
            return sorted(value)
        case np.generic() | np.ndarray():
            return value.tolist()
        case Sequence():
            return [_plain(item) for item in value]
    return value


def _refuse_unknown(
    ranking: Ranking, weights: Mapping[str, object], entries: Mapping[str, Mapping[str, Any]]
) -> None:
    framework = ranking.framework
    for named in entries.values():
        for candidate in named:
            ranking.place_of(candidate)
    _known(weights, framework.nodes, "criterion or group", framework)
    for said in entries["ratings"].values():
        for key in said:
            if key in framework.groups:
                below = ", ".join(f"`{child}`" for child in framework.nodes[key].children)
                raise UsageError(
                    f"`{key}` is a group and is not rated itself; what is below it is: {below}"
                )
            if key in framework.all_facts:
                raise UsageError(f"`{key}` is a fact: give it as one of `facts`")
        _known(said, framework.leaves, "criterion", framework)
    for said in entries["facts"].values():
        for key in said:
            if key in framework.leaves:
                raise UsageError(f"`{key}` is a criterion: give it as one of `ratings`")
        _known(said, framework.all_facts, "fact", framework)
    for said in entries["safeguards"].values():
        names = [entry.get("id") if isinstance(entry, Mapping) else entry for entry in said]
        _known(
            [name for name in names if isinstance(name, str)],
            framework.all_safeguards,
            "safeguard",
            framework,
        )


def _known(
    words: Mapping[str, Any] | Sequence[str],
    known: Mapping[str, Any],
    kind: str,
    framework: Framework,
) -> None:
    for word in words:
        if word not in known:
            help = did_you_mean(word, known)
            raise UsageError(
                f"`{word}` is no {kind} of `{framework.id}`" + (f"; {help}" if help else "")
            )


def _changes(
    before: Problem,
    after: Problem,
    weights: Mapping[str, object],
    entries: Mapping[str, Mapping[str, Any]],
) -> list[Change]:
    framework = before.framework
    found = []
    for key, weight in weights.items():
        was, is_now = (_weight_of(problem.framework, key) for problem in (before, after))
        about = f"weight of {within(title_of_word(framework, key))}"
        found.append(Change("weights", None, key, weight, was, is_now, about))
    row_of = {before.id_of(row): row for row in range(before.size)}
    for kind in ("ratings", "facts"):
        for name, said in entries[kind].items():
            for key, value in said.items():
                was, is_now = (known_of(problem, key, row_of[name]) for problem in (before, after))
                about = f"{within(title_of_word(framework, key))} of {name}"
                found.append(Change(kind, name, key, value, was, is_now, about))
    for name, value in entries["safeguards"].items():
        there, then = (_safeguards_of(problem, row_of[name]) for problem in (before, after))
        was, is_now = (", ".join(titles) or "none" for titles in (there, then))
        moves = [f"with {title}" for title in then if title not in there]
        moves += [f"without {title}" for title in there if title not in then]
        found.append(
            Change(
                "safeguards",
                name,
                None,
                value,
                was,
                is_now,
                f"safeguards of {name}",
                ", ".join(moves),
            )
        )
    return found


def _weight_of(framework: Framework, key: str) -> str:
    node = framework.nodes[key]
    weight = node.criterion.weight
    said = (
        f"{figure(weight[0])} to {figure(weight[1])}"
        if isinstance(weight, tuple)
        else figure(weight)
    )
    return f"{said} ({100 * node.overall:.0f}% of the whole)"


def _safeguards_of(problem: Problem, row: int) -> list[str]:
    titles = problem.framework.all_safeguards
    return sorted(
        within(title_of(name, titles[name].title if name in titles else None)) + mark
        for columns, mark in ((problem.in_place, ""), (problem.planned, " (planned)"))
        for name in sorted(columns)
        if columns[name][row]
    )


# the framework and the list anew, so that everything in them is checked


def _weighted(framework: Framework, weights: Mapping[str, object]) -> Framework:
    data = framework.model_dump(mode="json", exclude_unset=True)
    for key, weight in weights.items():
        here: dict[str, Any] = data
        for part in framework.nodes[key].path:
            here = here["criteria"][part]
        here["weight"] = _plain(weight)
    return load_framework(data)


def _listed(
    problem: Problem, framework: Framework, entries: Mapping[str, Mapping[str, Any]]
) -> Problem:
    """Return the problem of the list with other entries, read and checked as a document is."""
    document = problem.document
    assert document is not None
    data = {"collabscore": document.collabscore, **document.model_dump(exclude_unset=True)}
    # the frameworks it names are at hand, and there may be no file to find them by
    data.pop("framework", None)
    for candidate in data["candidates"]:
        name = candidate["id"]
        for kind in ("ratings", "facts"):
            if name in entries[kind]:
                candidate[kind] = {**candidate.get(kind, {}), **entries[kind][name]}
        if name in entries["safeguards"]:
            candidate["safeguards"] = entries["safeguards"][name]
    others = [words for words in document.words if words.id != framework.id]
    checked: Candidates = candidates_from(data, None, [framework, *others])
    return Problem.from_candidates(
        checked.model_copy(update={"framework": document.framework}), framework
    )


def _in_columns(
    problem: Problem, framework: Framework, entries: Mapping[str, Mapping[str, Any]]
) -> Problem:
    """Return the problem with other entries in its columns: there is no document to read anew, but they are checked."""
    names = list(dict.fromkeys(name for named in entries.values() for name in named))
    listed = [
        {"id": name, **{kind: named[name] for kind, named in entries.items() if name in named}}
        for name in names
    ]
    patch = Problem.from_candidates(candidates_from(listed, None, [framework]), framework)
    row_of = {problem.id_of(row): row for row in range(problem.size)}
    changed: dict[str, dict[str, Any]] = {"ratings": {}, "facts": {}}
    for kind, columns, theirs in (
        ("ratings", problem.ratings, patch.ratings),
        ("facts", problem.facts, patch.facts),
    ):
        for place, name in enumerate(names):
            for key in entries[kind].get(name, {}):
                column: Column = changed[kind].get(key, columns[key])
                changed[kind][key] = _with_entry(column, row_of[name], theirs[key], place)
    rows = {
        row_of[name]: place for place, name in enumerate(names) if name in entries["safeguards"]
    }
    placed = [
        {key: _with_flags(mine, theirs, key, rows, problem.size) for key in {**mine, **theirs}}
        for mine, theirs in ((problem.in_place, patch.in_place), (problem.planned, patch.planned))
    ]
    other = problem.with_columns(ratings=changed["ratings"], facts=changed["facts"])
    return replace(other, framework=framework, in_place=placed[0], planned=placed[1])


def _with_entry(column: Column, row: int, other: Column, place: int) -> Column:
    """Return a column with the entry of another in one row."""

    def put(
        mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any], shift: int = 0
    ) -> np.ndarray[Any, Any]:
        copy = mine.copy()
        copy[row] = theirs[place] + shift
        return copy

    match column, other:
        case RatingColumn(), RatingColumn():
            low, value, high = (
                put(mine, theirs)
                for mine, theirs in (
                    (column.low, other.low),
                    (column.value, other.value),
                    (column.high, other.high),
                )
            )
            points = column.points_only and np.array_equal(low, high, equal_nan=True)
            return RatingColumn(low, low, low) if points else RatingColumn(low, value, high)
        case NumberColumn(), NumberColumn():
            return NumberColumn(put(column.low, other.low), put(column.high, other.high))
        case AnswerColumn(), AnswerColumn():
            # the last row of either table is the one of the unknown
            shift = len(column.possible) - 1
            codes = np.where(column.known, column.codes, shift + len(other.possible) - 1)
            return AnswerColumn(
                put(codes, other.codes, shift), np.vstack([column.possible[:-1], other.possible])
            )
        case SetColumn(), SetColumn():
            codes = put(column.codes, other.codes, len(column.answers))
            return SetColumn(codes, (*column.answers, *other.answers))
    raise AssertionError(
        f"{type(column).__name__} and {type(other).__name__} are of different facts"
    )


def _with_flags(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], key: str, rows: Mapping[int, int], size: int
) -> np.ndarray[Any, Any]:
    flags = mine[key].copy() if key in mine else np.zeros(size, dtype=np.bool_)
    for row, place in rows.items():
        flags[row] = key in theirs and theirs[key][place]
    return flags
