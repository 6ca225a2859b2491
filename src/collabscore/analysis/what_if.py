"""What if: the ranking by other weights, ratings, facts or safeguards, beside the present one.

Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel

from ..arrays import BoolArray, IndexArray, IntArray
from ..documents.loading import load_candidates, load_framework
from ..errors import UsageError, did_you_mean
from ..kernels.attribution import contrast
from ..kernels.ranking import TOLERANCE
from ..models.base import title_of, within
from ..models.candidates import Candidate
from ..models.framework import Framework
from ..output import ID_FIELD, TITLE_FIELD, Badge, Field
from ..output.text import figure
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, RankingResult, rank, whole_ranking
from ..scoring.verdicts import Assessment, Finding
from ..scoring.wording import badge, known_of, safeguard_title, title_of_word

__all__ = ["WhatIf", "reweighted", "what_if"]

Given: TypeAlias = Mapping[str, Mapping[str, object]]
"""Entries to change, by candidate and then by criterion or fact."""

_FORMS = {
    "weights": "{criterion or group: weight}",
    "ratings": "{candidate: {criterion: rating}}",
    "facts": "{candidate: {fact: answer}}",
    "safeguards": "{candidate: [safeguard, ...]}",
}
_ENTRIES = ("ratings", "facts", "safeguards")
_MOST_PARTS = 3
_MOST_NAMES = 3


@dataclass(frozen=True)
class Change:
    """One weight, rating, fact or list of safeguards that was asked for.

    Parameters
    ----------
    about, before, after : str
        The thing to change, and its two states, in words.
    moves : str
        Added and removed safeguards in words, shown in place of the two states.
    """

    about: str
    before: str
    after: str
    moves: str = ""

    @property
    def real(self) -> bool:
        """Whether the two states differ."""
        return self.before != self.after

    def __str__(self) -> str:
        if not self.real:
            return f"{self.about}: {self.before}"
        return f"{self.about}: {self.moves or f'{self.before} -> {self.after}'}"


@dataclass(frozen=True)
class Shift:
    """A candidate whose rank, score, verdict or findings change.

    Parameters
    ----------
    before, after : Assessment
    why : tuple of str
        Changed findings, the parts of a changed score, and overtaken candidates, in words.
    """

    before: Assessment
    after: Assessment
    why: tuple[str, ...] = ()

    @property
    def change(self) -> float | None:
        """Points gained or lost; None without two scores."""
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf(RankingResult):
    """A ranking beside the one that other inputs would give. The adopted framework stays as it is.

    Parameters
    ----------
    before, ranking : Ranking
        The present ranking, and the one under the changed inputs.
    changes : tuple of Change
        Everything that was asked for, including changes that make no difference.
    given : mapping of kind of change to mapping
        What was asked for, as plain data.
    """

    before: Ranking
    ranking: Ranking
    changes: tuple[Change, ...]
    given: Mapping[str, Mapping[str, Any]]

    kind: ClassVar[str] = "what-if"
    report: ClassVar[str] = "difference"

    @cached_property
    def rows(self) -> tuple[Shift, ...]:
        """The candidates that change, in the order of the later ranking."""
        return tuple(_shifts(self))

    @property
    def fields(self) -> tuple[Field, ...]:
        """Rank, score and verdict of each candidate, before and after, and why they change."""

        def field(key: str, when: str, digits: int = 1) -> Field:
            state = attrgetter(f"{when}.{key}")
            kind: Literal["badge", "number"] = "number"
            cell: Callable[[Shift], Any] = state
            if key == "verdict":
                kind = "badge"

                def cell(shift: Shift) -> Badge:
                    return badge(state(shift), self.ranking.framework)

            name, head = f"{key}_{when}", key.title()
            return Field(name, head, cell, state, kind=kind, digits=digits, priority=0, detail=when)

        return (
            replace(ID_FIELD, cell=attrgetter("after.id")),
            replace(TITLE_FIELD, cell=attrgetter("after.title")),
            field("rank", "before", 0),
            field("rank", "after", 0),
            field("score", "before"),
            field("score", "after"),
            Field("change", "Change", kind="number", priority=0, detail="points"),
            field("verdict", "before"),
            field("verdict", "after"),
            Field("why", csv=False),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns of the table; ranks and scores only where there is one score for the whole."""
        figures: tuple[str, ...] = ()
        if self.ranking.has_total:
            figures = ("rank_before", "rank_after", "score_before", "score_after", "change")
        return ("title", *figures, "verdict_before", "verdict_after", "id")

    @property
    def title(self) -> str:
        """The changes in words, the first three of more than four."""
        said = self.said
        if len(said) > 4:
            said[3:] = [f"and {len(said) - 3:,} more changes"]
        return f"What if: {'; '.join(said) or 'nothing is changed'}"

    @property
    def said(self) -> list[str]:
        """Every real change in words."""
        return [str(change) for change in self.changes if change.real]

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs before the changes, and the version of the package."""
        return self.before.manifest

    @property
    def options(self) -> dict[str, Any]:
        """The call, as plain data."""
        return {kind: entries for kind, entries in self.given.items() if entries}

    def body(self) -> dict[str, Any]:
        """Return the changes and the candidates that they change."""
        changes = []
        for change in self.changes:
            changes.append({"about": change.about, "before": change.before, "after": change.after})
        return {"changes": changes, **super().body()}


def what_if(
    ranking: Ranking,
    *,
    weights: Mapping[str, float] | None = None,
    ratings: Given | None = None,
    facts: Given | None = None,
    safeguards: Mapping[str, Sequence[object]] | None = None,
) -> WhatIf:
    """Return the ranking that changed inputs would give, beside the present one.

    Parameters
    ----------
    ranking : Ranking
    weights : mapping of criterion or group id to number, optional
        New weights as in a framework: relative to those of the siblings.
    ratings, facts : mapping of candidate id to mapping of id to any entry of a document, optional
        ``{"flu": {"dual_use": [2, 3]}}``, ``{"flu": {"stage": "basic"}}``; all other entries stay.
    safeguards : mapping of candidate id to list of safeguards, optional
        As in a document; each list replaces the candidate's own.

    Returns
    -------
    WhatIf

    Raises
    ------
    UsageError
        If there is no such candidate, criterion, fact or safeguard.
    CandidateError, FrameworkError
        If a document could not contain that rating, fact or weight.

    Examples
    --------
    >>> import collabscore as cs
    >>> ranking = cs.score([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
    >>> changed = what_if(ranking, weights={"mutual_interest": 2})
    >>> changed.title
    'What if: weight of mutual interest: 1 (33% of the whole) -> 2 (50% of the whole)'
    """
    ranking = whole_ranking(ranking)
    before = after = ranking.problem
    named = {"weights": weights, "ratings": ratings, "facts": facts, "safeguards": safeguards}
    given = {kind: _read(kind, entries or {}, ranking) for kind, entries in named.items()}
    if weights:
        after = replace(after, framework=reweighted(after.framework, given["weights"]))
    patches: dict[str, dict[str, Any]] = {}
    for kind in _ENTRIES:
        for name, entries in given[kind].items():
            patches.setdefault(name, {"id": name})[kind] = entries
    row_of = {name: int(ranking.order[ranking.place_of(name)]) for name in patches}
    if patches:
        after = _patched(after, list(patches.values()), np.array(list(row_of.values())))
    changes = tuple(_changes(before, after, given, row_of))
    is_changed = any(change.real for change in changes)
    return WhatIf(ranking, rank(after) if is_changed else ranking, changes, given)


# the call


def _read(kind: str, given: Mapping[str, Any], ranking: Ranking) -> dict[str, Any]:
    """Return changes of one kind as plain data; refuse other forms and unknown names."""
    read: dict[str, Any] = _plain(given)
    form = f"`{kind}` takes {_FORMS[kind]}"
    if not isinstance(read, dict):
        raise UsageError(f"{form}, and it is given {given!r}")
    if kind == "weights":
        _refuse_unknown_names(kind, read, ranking.framework)
        return read
    for name, entries in read.items():
        if not isinstance(entries, list if kind == "safeguards" else dict):
            raise UsageError(f"{form}, and for `{name}` it is given {given[name]!r}")
        ranking.place_of(name)
        _refuse_unknown_names(kind, entries, ranking.framework)
    return read


def _plain(value: Any) -> Any:
    """Return a value in the form that a document would have it."""
    match value:
        case BaseModel():
            return value.model_dump(exclude_unset=True)
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(value)
        case np.generic() | np.ndarray():
            return value.tolist()
        case Sequence() if not isinstance(value, str):
            return [_plain(item) for item in value]
    return value


def _refuse_unknown_names(
    kind: str, entries: Mapping[str, Any] | Sequence[Any], framework: Framework
) -> None:
    known: Mapping[str, object]
    known, word = {
        "weights": (framework.nodes, "criterion or group"),
        "ratings": (framework.leaves, "criterion"),
        "facts": (framework.all_facts, "fact"),
        "safeguards": (framework.all_safeguards, "safeguard"),
    }[kind]
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) else entry
        # what is no text at all is diagnosed as in a document
        if isinstance(name, str) and name not in known:
            help = did_you_mean(name, known)
            message = f"`{name}` is no {word} of `{framework.id}`"
            raise UsageError(
                _place_of_word(kind, name, framework) or f"{message}; {help}".removesuffix("; None")
            )


def _place_of_word(kind: str, name: str, framework: Framework) -> str | None:
    """Return where a name belongs that is known, and none of this kind."""
    if kind == "ratings" and name in framework.groups:
        below = ", ".join(f"`{child}`" for child in framework.nodes[name].children)
        return f"`{name}` is a group and is not rated itself; what is below it is: {below}"
    if kind == "ratings" and name in framework.all_facts:
        return f"`{name}` is a fact: give it as one of `facts`"
    if kind == "facts" and name in framework.leaves:
        return f"`{name}` is a criterion: give it as one of `ratings`"
    return None


# the changed problem


def reweighted(framework: Framework, weights: Mapping[str, object]) -> Framework:
    """Return the framework with other weights, loaded anew so that all of them are checked."""
    data = framework.model_dump(mode="json", exclude_unset=True)
    for key, weight in weights.items():
        entry: dict[str, Any] = data
        for part in framework.nodes[key].path:
            entry = entry["criteria"][part]
        entry["weight"] = weight
    return load_framework(data)


def _patched(problem: Problem, patches: list[dict[str, Any]], rows: IndexArray) -> Problem:
    """Return the problem with new entries in some rows, checked as those of a document."""
    document, framework = problem.document, problem.framework
    data: dict[str, Any] = {}
    if document is not None:
        # evidence may name the sources of the list; its frameworks are at hand
        data = document.model_dump(exclude={"candidates", "framework"}, exclude_unset=True)
    data |= {"collabscore": "candidates/1", "candidates": patches}
    loaded = load_candidates(data, framework)
    new = Problem.from_candidates(loaded, framework)

    def with_entries(kind: str) -> dict[str, Any]:
        columns = dict(getattr(problem, kind))
        for key, column in getattr(new, kind).items():
            given = np.array([key in patch.get(kind, ()) for patch in patches])
            if given.any():
                columns[key] = columns[key].with_rows(rows[given], column.take(given))
        return columns

    def with_safeguards(status: str) -> dict[str, BoolArray]:
        mine, others = getattr(problem, status), getattr(new, status)
        given = np.array(["safeguards" in patch for patch in patches])
        flags = {}
        for key in {**mine, **others}:
            flags[key] = np.array(mine.get(key, np.zeros(problem.size, dtype=np.bool_)))
            flags[key][rows[given]] = key in others and others[key][given]
        return flags

    if document is not None:
        candidates = list(document.candidates)
        for row, patch in zip(rows.tolist(), loaded.candidates, strict=True):
            candidates[row] = _patched_candidate(candidates[row], patch)
        document = document.model_copy(update={"candidates": candidates})
    return replace(
        problem,
        ratings=with_entries("ratings"),
        facts=with_entries("facts"),
        in_place=with_safeguards("in_place"),
        planned=with_safeguards("planned"),
        document=document,
    )


def _patched_candidate(candidate: Candidate, patch: Candidate) -> Candidate:
    update: dict[str, Any] = {}
    for kind in patch.model_fields_set.intersection(_ENTRIES):
        update[kind] = getattr(patch, kind)
        if kind != "safeguards":
            update[kind] = getattr(candidate, kind) | update[kind]
    return candidate.model_copy(update=update)


# the changes in words


def _changes(
    before: Problem,
    after: Problem,
    given: Mapping[str, Mapping[str, Any]],
    row_of: Mapping[str, int],
) -> Iterator[Change]:
    """Yield all that was asked for, with its states before and after."""
    for name, entries in [
        ("", given["weights"]),
        *given["ratings"].items(),
        *given["facts"].items(),
    ]:
        for key, entry in entries.items():
            title = within(title_of_word(before.framework, key))
            about = f"{title} of {name}" if name else f"weight of {title}"
            old, was = _state(before, key, row_of.get(name))
            new, now = _state(after, key, row_of.get(name))
            if old == new and was != now:
                # words have six digits
                new += f" (as given: {entry})"
            yield Change(about, old, new)
    for name in given["safeguards"]:
        yield _changed_safeguards(before, after, name, row_of[name])


def _changed_safeguards(before: Problem, after: Problem, name: str, row: int) -> Change:
    old, new = _safeguards_in_words(before, row), _safeguards_in_words(after, row)
    moves = [f"with {title}" for title in new if title not in old]
    moves += [f"without {title}" for title in old if title not in new]
    words = ", ".join(old) or "none", ", ".join(new) or "none"
    return Change(f"safeguards of {name}", *words, ", ".join(moves))


def _state(problem: Problem, key: str, row: int | None) -> tuple[str, object]:
    """Return the entry of a candidate, or a weight, in words and exactly."""
    if row is None:
        node = problem.framework.nodes[key]
        weight = node.criterion.weight
        ends = weight if isinstance(weight, tuple) else (weight,)
        words = f"{' to '.join(map(figure, ends))} ({100 * node.overall:.0f}% of the whole)"
        return words, (weight, node.overall)
    words = known_of(problem, key, row)
    if key in problem.facts:
        return words, problem.facts[key].answer_at(row)
    column = problem.ratings[key]
    # as text, NaN is equal to NaN
    return words, str([column.low[row], column.value[row], column.high[row]])


def _safeguards_in_words(problem: Problem, row: int) -> list[str]:
    """Return the safeguards of a candidate, some of which the framework need not know."""
    said = []
    for flags, mark in ((problem.in_place, ""), (problem.planned, " (planned)")):
        for key in flags:
            if flags[key][row]:
                known = problem.framework.all_safeguards.get(key)
                said.append(within(title_of(key, known.title if known else None)) + mark)
    return sorted(said)


# the candidates that change


def _shifts(result: WhatIf) -> Iterator[Shift]:
    before, after = result.before, result.ranking
    old_ranks = before.ranks[np.argsort(before.order)][after.order]
    groups = _reweighted_groups(before.framework, after.framework)
    named = {name for kind in _FORMS for name in result.given[kind]}
    for place, name in enumerate(after.ids):
        moved = old_ranks[place] != after.ranks[place]
        # under the same weights all others stay as they are, but for their ranks
        if not (groups or moved or name in named):
            continue
        shift = Shift(before[name], after[place])
        reasons = list(_score_reasons(before, after, shift, groups))
        if moved and not reasons and shift.before.verdict == shift.after.verdict:
            reasons += _overtaking(old_ranks, after, place)
        why = (*_verdict_reasons(shift.before, shift.after, after.framework), *reasons)
        if why:
            yield replace(shift, why=why)


def _reweighted_groups(before: Framework, after: Framework) -> Sequence[str]:
    """Return the children of the smallest group in which all changes of weight are, if any."""
    common: set[str] | None = None
    for key, node in after.nodes.items():
        if abs(node.share - before.nodes[key].share) > TOLERANCE:
            above = set(node.path[:-1])
            common = above if common is None else common & above
    if common is None:
        return ()
    inner = [key for key in after.groups if key in common]
    return after.nodes[inner[-1]].children if inner else tuple(after.criteria or ())


def _verdict_reasons(was: Assessment, is_now: Assessment, framework: Framework) -> Iterator[str]:
    if was.verdict is None and is_now.verdict is not None:
        yield "the framework is about it now"
    elif was.verdict is not None and is_now.verdict is None:
        yield "the framework is not about it any more"
    else:
        for old, new in zip(was.findings, is_now.findings, strict=True):
            if old != new:
                yield _finding_in_words(old, new, framework)
    for name in sorted({*was.standing} ^ {*is_now.standing}):
        state = "missing" if name in is_now.standing else "in place"
        yield f"{safeguard_title(framework, name)}: now {state}"


def _finding_in_words(old: Finding, new: Finding, framework: Framework) -> str:
    state = new.state if old.state == new.state else f"{old.state} -> {new.state}"
    if old.verdict != new.verdict:
        state += f" ({old.verdict} -> {new.verdict})"
    words = [f"{new.title}: {state}"]
    if new.missing and new.missing != old.missing:
        needs = []
        for options in new.missing:
            needs.append(" or ".join(safeguard_title(framework, name) for name in options))
        words.append(f"needed: {', '.join(needs)}")
    if new.unknown and new.unknown != old.unknown:
        titles = [within(title_of_word(framework, name)) for name in new.unknown]
        words.append(f"open: {', '.join(titles)}")
    return ", ".join(words)


def _score_reasons(
    before: Ranking, after: Ranking, shift: Shift, groups: Sequence[str]
) -> Iterator[str]:
    """Yield the parts of a changed score; if it is the same, changed ranges and group scores."""
    if abs(shift.change or 0.0) > TOLERANCE:
        yield _score_parts(before, after, shift, groups)
        return
    old, new = _range_in_words(shift.before), _range_in_words(shift.after)
    if old != new:
        yield f"range of the score: {old} -> {new}"
    for key in () if after.has_total else after.framework.criteria or ():
        old, new = _group_score(before, key, shift), _group_score(after, key, shift)
        if old != new:
            yield f"{within(title_of_word(after.framework, key))}: {old} -> {new}"


def _range_in_words(assessment: Assessment) -> str:
    if assessment.low is None or assessment.high is None:
        return "none"
    return f"{assessment.low:.1f} to {assessment.high:.1f}"


def _group_score(ranking: Ranking, key: str, shift: Shift) -> str:
    score = ranking.node_scores[key][ranking.place_of(shift.after.id)]
    return "none" if np.isnan(score) else f"{score:.1f}"


def _score_parts(before: Ranking, after: Ranking, shift: Shift, groups: Sequence[str]) -> str:
    """Return in words the points by which criteria, or reweighted groups, moved a score.

    Under the same weights the contrast of the two (`kernels.attribution`), else the difference of
    contributions.
    """
    first, last = before.place_of(shift.after.id), after.place_of(shift.after.id)
    if groups:
        points = after.contributions[last] - before.contributions[first]
    else:
        points = 100 * contrast(after.valuation.tree, before.values[first], after.values[last])
    by_leaf = dict(zip(after.criteria, points.tolist(), strict=True))
    parts = {}
    for key in groups or after.criteria:
        parts[key] = sum(by_leaf[leaf] for leaf in after.framework.leaves_below(key))
    said = []
    rest = shift.change or 0.0
    for key in sorted(parts, key=lambda key: -abs(parts[key]))[:_MOST_PARTS]:
        if abs(parts[key]) > TOLERANCE:
            said.append(f"{within(title_of_word(after.framework, key))} {parts[key]:+.1f}")
            rest -= parts[key]
    if abs(rest) >= 0.05:  # less would show as 0.0
        said.append(f"all else {rest:+.1f}")
    return ", ".join(said)


def _overtaking(old_ranks: IntArray, after: Ranking, place: int) -> Iterator[str]:
    """Yield candidates that it overtook, or that overtook it, while its own score stayed the same.

    Parameters
    ----------
    old_ranks : integer array of shape (n,)
        In the order of the later ranking; 0 for none.
    after : Ranking
    place : int
        The candidate.
    """
    was_ahead = (old_ranks > 0) & (old_ranks < old_ranks[place])
    is_ahead = (after.ranks > 0) & (after.ranks < after.ranks[place])
    moved = (("now behind", is_ahead & ~was_ahead), ("now ahead of", was_ahead & ~is_ahead))
    for words, others in moved:
        ids = [f"`{after.ids[other]}`" for other in np.flatnonzero(others)]
        if ids:
            more = f" and {len(ids) - _MOST_NAMES} more" if len(ids) > _MOST_NAMES else ""
            yield f"{words} {', '.join(ids[:_MOST_NAMES])}{more}"
