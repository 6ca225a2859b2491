"""What if: the ranking that other weights, ratings, facts or safeguards would give, beside the present one.

Axis letter: n candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from pydantic import BaseModel

from ..arrays import BoolArray, IntArray
from ..documents.loading import load_candidates, load_framework
from ..errors import UsageError, did_you_mean
from ..kernels.attribution import contrast
from ..kernels.ranking import TOLERANCE
from ..models.base import title_of, within
from ..models.candidates import Candidate
from ..models.framework import Framework, Node
from ..models.guardrails import STATES
from ..output import ID_COLUMN, Column, Field
from ..output.text import figure
from ..scoring.assessment import Assessment, Finding
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, RankingResult, rank
from ..scoring.wording import badge, known_of, safeguard_title, title_of_word

__all__ = ["Change", "Shift", "WhatIf", "reweighted", "what_if"]

Given: TypeAlias = Mapping[str, Mapping[str, object]]
"""Entries to change, by candidate and then by criterion or fact."""

_MOST_PARTS = 3
_MOST_NAMES = 3


@dataclass(frozen=True)
class Change:
    """One changed weight, rating, fact or list of safeguards.

    Parameters
    ----------
    kind : {"weights", "ratings", "facts", "safeguards"}
    candidate : str
        The id of the candidate; empty for a weight.
    key : str
        The id of the criterion, group or fact; empty for safeguards.
    value : object
        As it was given.
    about, before, after : str
        The changed thing, and its two states, in words.
    real : bool
        Whether the two states differ.
    moves : str
        Added and removed safeguards in words, shown in place of the two states.
    """

    kind: str
    candidate: str
    key: str
    value: object
    about: str
    before: str
    after: str
    real: bool
    moves: str = ""

    def __str__(self) -> str:
        if not self.real:
            return f"{self.about}: {self.before}"
        return f"{self.about}: {self.moves or f'{self.before} -> {self.after}'}"


@dataclass(frozen=True)
class Shift:
    """A candidate whose rank, score, verdict or findings change.

    Parameters
    ----------
    id, title : str
    rank_before, rank_after : int or None
    score_before, score_after : float or None
    verdict_before, verdict_after : str or None
    why : tuple of str
        Changed findings, the parts of a changed score, and overtaken candidates, in words.
    """

    id: str
    title: str
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None
    verdict_before: str | None
    verdict_after: str | None
    why: tuple[str, ...]

    @property
    def change(self) -> float | None:
        """Points gained or lost; None without two scores."""
        if self.score_before is None or self.score_after is None:
            return None
        return self.score_after - self.score_before


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf(RankingResult):
    """A ranking beside the one that other inputs would give. The adopted framework stays as it is.

    Parameters
    ----------
    before, ranking : Ranking
        The present ranking, and the one under the changed inputs.
    changes : tuple of Change
        Everything that was asked for, including changes that make no difference.
    """

    before: Ranking
    ranking: Ranking
    changes: tuple[Change, ...]

    kind: ClassVar[str] = "what-if"

    @cached_property
    def rows(self) -> tuple[Shift, ...]:
        """The candidates that change, in the order of the later ranking."""
        return tuple(_shifts(self))

    @property
    def fields(self) -> tuple[Field, ...]:
        """Rank, score and verdict of each candidate, before and after, and why they change."""
        framework = self.ranking.framework
        title = Column("title", "Candidate", priority=0, least=20, lines=3)
        figures = (
            Field(_figure_column("rank_before", "Rank", "before", 0)),
            Field(_figure_column("rank_after", "Rank", "after", 0)),
            Field(_figure_column("score_before", "Score", "before")),
            Field(_figure_column("score_after", "Score", "after")),
            Field(_figure_column("change", "Change", "points")),
        )
        verdicts = (
            Field(
                Column("verdict_before", "Verdict", kind="badge", priority=0, detail="before"),
                lambda shift: badge(shift.verdict_before, framework),
                attrgetter("verdict_before"),
            ),
            Field(
                Column("verdict_after", "Verdict", kind="badge", priority=0, detail="after"),
                lambda shift: badge(shift.verdict_after, framework),
                attrgetter("verdict_after"),
            ),
        )
        why = Field(Column("why"), csv=False)
        return (Field(ID_COLUMN), Field(title), *figures, *verdicts, why)

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns of the table; ranks and scores only where there is one score for the whole."""
        if not self.ranking.has_total:
            return ("title", "verdict_before", "verdict_after", "id")
        figures = ("rank_before", "rank_after", "score_before", "score_after", "change")
        return ("title", *figures, "verdict_before", "verdict_after", "id")

    @property
    def title(self) -> str:
        """The changes in words, the first three of more than four."""
        said = self.said
        if not said:
            return "What if: nothing is changed"
        if len(said) > 4:
            return f"What if: {'; '.join(said[:3])}; and {len(said) - 3:,} more changes"
        return f"What if: {'; '.join(said)}"

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
        options: dict[str, Any] = {}
        for change in self.changes:
            here: dict[str, Any] = options.setdefault(change.kind, {})
            if change.candidate and change.key:
                here.setdefault(change.candidate, {})[change.key] = change.value
            else:
                here[change.candidate or change.key] = change.value
        return options

    def body(self) -> dict[str, Any]:
        """Return the changes and the candidates that they change."""
        changes = []
        for change in self.changes:
            changes.append({"about": change.about, "before": change.before, "after": change.after})
        return {"changes": changes, **super().body()}


def _figure_column(key: str, head: str, detail: str, digits: int = 1) -> Column:
    return Column(key, head, kind="number", digits=digits, priority=0, detail=detail)


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
    ranking = ranking.whole
    requests = [
        *_weight_requests(weights),
        *_entry_requests("ratings", ratings, "criterion: rating"),
        *_entry_requests("facts", facts, "fact: answer"),
        *_safeguard_requests(safeguards),
    ]
    for request in requests:
        _refuse_unknown_names(ranking, request)
    problem = ranking.problem
    new_weights = {request.key: request.value for request in requests if not request.candidate}
    if new_weights:
        problem = replace(problem, framework=reweighted(ranking.framework, new_weights))
    row_of = dict(zip(ranking.ids, ranking.order.tolist(), strict=True))
    if len(new_weights) < len(requests):
        patch = _patch_of(problem, requests)
        rows = [row_of[candidate.id] for candidate in patch.candidates]
        problem = _with_patch(problem, patch, rows)
    changes = []
    for request in requests:
        row = row_of.get(request.candidate)
        changes.append(_change(ranking.problem, problem, row, request))
    after = rank(problem) if any(change.real for change in changes) else ranking
    return WhatIf(ranking, after, tuple(changes))


# the call


class _Request(NamedTuple):
    """One thing to change; a weight has no candidate, a list of safeguards no key."""

    kind: str
    candidate: str
    key: str
    value: Any


def _weight_requests(weights: Mapping[str, float] | None) -> Iterator[_Request]:
    for key, weight in (weights or {}).items():
        yield _Request("weights", "", key, _plain(weight))


def _entry_requests(kind: str, given: Given | None, form: str) -> Iterator[_Request]:
    for name, entries in (given or {}).items():
        if not isinstance(entries, Mapping):
            raise UsageError(
                f"`{kind}` takes {{candidate: {{{form}}}}}, and for `{name}` it is given {entries!r}"
            )
        for key, value in entries.items():
            yield _Request(kind, name, key, _plain(value))


def _safeguard_requests(given: Mapping[str, Sequence[object]] | None) -> Iterator[_Request]:
    for name, listed in (given or {}).items():
        if not isinstance(listed, Sequence) or isinstance(listed, str):
            raise UsageError(
                "`safeguards` takes {candidate: [safeguard, ...]},"
                f" and for `{name}` it is given {listed!r}"
            )
        yield _Request("safeguards", name, "", _plain(listed))


def _plain(value: Any) -> Any:
    """Return a value in the form that a document would have it."""
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


def _refuse_unknown_names(ranking: Ranking, request: _Request) -> None:
    framework = ranking.framework
    if request.candidate:
        ranking.place_of(request.candidate)
    known: Mapping[str, object]
    known, word = {
        "weights": (framework.nodes, "criterion or group"),
        "ratings": (framework.leaves, "criterion"),
        "facts": (framework.all_facts, "fact"),
        "safeguards": (framework.all_safeguards, "safeguard"),
    }[request.kind]
    for entry in [request.key] if request.key else request.value:
        name = entry.get("id") if isinstance(entry, dict) else entry
        # what is no text at all is diagnosed as in a document
        if isinstance(name, str) and name not in known:
            raise UsageError(_why_unknown(framework, request.kind, word, name, known))


def _why_unknown(
    framework: Framework, kind: str, word: str, name: str, known: Mapping[str, object]
) -> str:
    if kind == "ratings" and name in framework.groups:
        below = ", ".join(f"`{child}`" for child in framework.nodes[name].children)
        return f"`{name}` is a group and is not rated itself; what is below it is: {below}"
    if kind == "ratings" and name in framework.all_facts:
        return f"`{name}` is a fact: give it as one of `facts`"
    if kind == "facts" and name in framework.leaves:
        return f"`{name}` is a criterion: give it as one of `ratings`"
    help = did_you_mean(name, known)
    hint = f"; {help}" if help else ""
    return f"`{name}` is no {word} of `{framework.id}`{hint}"


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


def _patch_of(problem: Problem, requests: Sequence[_Request]) -> Problem:
    """Return the problem of the changed candidates alone, with nothing but their new entries."""
    patches: dict[str, dict[str, Any]] = {}
    for kind, name, key, value in requests:
        if name:
            patch = patches.setdefault(name, {"id": name})
            if key:
                patch.setdefault(kind, {})[key] = value
            else:
                patch[kind] = value
    data: dict[str, Any] = {}
    if problem.document is not None:
        # evidence may name the sources of the list; its frameworks are at hand
        data = problem.document.model_dump(exclude={"candidates", "framework"}, exclude_unset=True)
    data |= {"collabscore": "candidates/1", "candidates": list(patches.values())}
    checked = load_candidates(data, problem.framework)
    return Problem.from_candidates(checked, problem.framework)


def _with_patch(problem: Problem, patch: Problem, rows: Sequence[int]) -> Problem:
    """Return the problem with the entries of a patch, whose candidates are in some rows."""
    ratings, facts = dict(problem.ratings), dict(problem.facts)
    in_place, planned = dict(problem.in_place), dict(problem.planned)
    candidates = list(problem.candidates)
    for place, (row, new) in enumerate(zip(rows, patch.candidates, strict=True)):
        here, there = np.array([row]), np.array([place])
        for key in new.ratings:
            ratings[key] = ratings[key].with_rows(here, patch.ratings[key].take(there))
        for key in new.facts:
            facts[key] = facts[key].with_rows(here, patch.facts[key].take(there))  # type: ignore[arg-type]
        if "safeguards" in new.model_fields_set:
            _put_safeguards(in_place, row, patch.in_place, place, problem.size)
            _put_safeguards(planned, row, patch.planned, place, problem.size)
        if candidates:
            candidates[row] = _patched_candidate(candidates[row], new)
    document = problem.document
    if document is not None:
        document = document.model_copy(update={"candidates": candidates})
    return replace(
        problem,
        ratings=ratings,
        facts=facts,
        in_place=in_place,
        planned=planned,
        candidates=candidates,
        document=document,
    )


def _put_safeguards(
    flags: dict[str, BoolArray], row: int, patch: Mapping[str, BoolArray], place: int, size: int
) -> None:
    """Put the safeguards of a candidate of the patch, and no others, into a row of `flags`."""
    for key in {**flags, **patch}:
        column = flags.get(key, np.zeros(size, dtype=np.bool_)).copy()
        column[row] = key in patch and patch[key][place]
        flags[key] = column


def _patched_candidate(candidate: Candidate, patch: Candidate) -> Candidate:
    update: dict[str, Any] = {}
    for kind in patch.model_fields_set.intersection(("ratings", "facts")):
        update[kind] = {**getattr(candidate, kind), **getattr(patch, kind)}
    if "safeguards" in patch.model_fields_set:
        update["safeguards"] = patch.safeguards
    return candidate.model_copy(update=update)


# the changes in words


def _change(before: Problem, after: Problem, row: int | None, request: _Request) -> Change:
    """Return a request with its state before and after; `row` is that of its candidate."""
    if row is None:
        return _changed_weight(before.framework, after.framework, request)
    if not request.key:
        return _changed_safeguards(before, after, row, request)
    key = request.key
    was, is_now = known_of(before, key, row), known_of(after, key, row)
    real = not _is_same_entry(before, after, key, row)
    if real and was == is_now:  # words have six digits
        is_now = f"{is_now} (as given: {request.value})"
    about = f"{within(title_of_word(before.framework, key))} of {request.candidate}"
    return Change(*request, about, was, is_now, real)


def _changed_weight(before: Framework, after: Framework, request: _Request) -> Change:
    old, new = before.nodes[request.key], after.nodes[request.key]
    about = f"weight of {within(title_of_word(before, request.key))}"
    real = (old.criterion.weight, old.overall) != (new.criterion.weight, new.overall)
    return Change(*request, about, _weight_in_words(old), _weight_in_words(new), real)


def _weight_in_words(node: Node) -> str:
    weight = node.criterion.weight
    ends = weight if isinstance(weight, tuple) else (weight,)
    said = " to ".join(figure(end) for end in ends)
    return f"{said} ({100 * node.overall:.0f}% of the whole)"


def _is_same_entry(before: Problem, after: Problem, key: str, row: int) -> bool:
    if key in before.facts:
        return before.facts[key].answer_at(row) == after.facts[key].answer_at(row)
    ends = []
    for column in (before.ratings[key], after.ratings[key]):
        ends.append([column.low[row], column.value[row], column.high[row]])
    return np.array_equal(ends[0], ends[1], equal_nan=True)


def _changed_safeguards(before: Problem, after: Problem, row: int, request: _Request) -> Change:
    there, then = _safeguards_in_words(before, row), _safeguards_in_words(after, row)
    moves = [f"with {title}" for title in then if title not in there]
    moves += [f"without {title}" for title in there if title not in then]
    was, is_now = ", ".join(there) or "none", ", ".join(then) or "none"
    about = f"safeguards of {request.candidate}"
    return Change(*request, about, was, is_now, there != then, ", ".join(moves))


def _safeguards_in_words(problem: Problem, row: int) -> list[str]:
    defined = problem.framework.all_safeguards
    said = []
    for flags, mark in ((problem.in_place, ""), (problem.planned, " (planned)")):
        for key in flags:
            if flags[key][row]:
                title = defined[key].title if key in defined else None
                said.append(within(title_of(key, title)) + mark)
    return sorted(said)


# the candidates that change


def _shifts(result: WhatIf) -> Iterator[Shift]:
    before, after = result.before, result.ranking
    same = _unchanged_rows(before, after)[after.order]
    old_ranks = _ranks_by_row(before)[after.order]
    named = {change.candidate for change in result.changes}
    for place, name in enumerate(after.ids):
        if same[place] and name not in named:
            continue
        was, is_now = before[name], after[place]
        why = list(_score_reasons(before, after, was, is_now))
        if not why and was.rank != is_now.rank and was.verdict == is_now.verdict:
            why += _overtaking(old_ranks, after.ranks, place, after.ids)
        why = [*_verdict_reasons(was, is_now, after.framework), *why]
        if why:
            ranks = was.rank, is_now.rank
            scores = was.score, is_now.score
            verdicts = was.verdict, is_now.verdict
            yield Shift(name, is_now.title, *ranks, *scores, *verdicts, tuple(why))


def _unchanged_rows(before: Ranking, after: Ranking) -> BoolArray:
    """Return which candidates certainly stay as they are, (n,), in the order of the problem."""
    states = []
    for ranking in (before, after):
        judgement, valuation = ranking.judgement, ranking.valuation
        parts: list[Any] = [_ranks_by_row(ranking), judgement.severity, judgement.mild]
        parts += [judgement.severe, judgement.applicable, judgement.states, judgement.steps]
        if ranking.criteria:
            parts += [valuation.node_values, *valuation.node_bounds]
        states.append(np.column_stack(parts).astype(np.float64))
    close = np.isclose(states[0], states[1], rtol=0, atol=TOLERANCE / 100, equal_nan=True)
    same = np.asarray(close.all(axis=1))
    if before.framework is not after.framework:
        # other weights can decide another part of a condition that stays unknown
        same &= (after.judgement.states != STATES.index("unknown")).all(axis=1)
    return same


def _ranks_by_row(ranking: Ranking) -> IntArray:
    ranks = np.empty(len(ranking), dtype=np.int64)
    ranks[ranking.order] = ranking.ranks
    return ranks


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


def _score_reasons(
    before: Ranking, after: Ranking, was: Assessment, is_now: Assessment
) -> Iterator[str]:
    """Yield the parts of a changed score; if it is the same, its changed range and the changed scores of groups."""
    if abs(_points_moved(was, is_now)) > TOLERANCE:
        yield _score_parts_in_words(before, after, was.id)
        return
    old_range, new_range = _range_in_words(was), _range_in_words(is_now)
    if old_range != new_range:
        yield f"range of the score: {old_range} -> {new_range}"
    if not after.has_total:
        for key in after.framework.criteria or ():
            old, new = _group_score(before, key, was.id), _group_score(after, key, was.id)
            if old != new:
                yield f"{within(title_of_word(after.framework, key))}: {old} -> {new}"


def _points_moved(was: Assessment, is_now: Assessment) -> float:
    """Return points gained or lost; 0 without two scores."""
    if was.score is None or is_now.score is None:
        return 0.0
    return is_now.score - was.score


def _range_in_words(assessment: Assessment) -> str:
    if assessment.low is None or assessment.high is None:
        return "none"
    return f"{assessment.low:.1f} to {assessment.high:.1f}"


def _group_score(ranking: Ranking, key: str, name: str) -> str:
    score = ranking.node_scores[key][ranking.place_of(name)]
    return "none" if np.isnan(score) else f"{score:.1f}"


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


def _score_parts_in_words(before: Ranking, after: Ranking, name: str) -> str:
    parts = _score_parts(before, after, name)
    largest = sorted(parts, key=lambda key: -abs(parts[key]))
    said = []
    for key in largest[:_MOST_PARTS]:
        said.append(f"{within(title_of_word(after.framework, key))} {parts[key]:+.1f}")
    moved = _points_moved(before[name], after[name])
    rest = moved - sum(parts[key] for key in largest[:_MOST_PARTS])
    if abs(rest) >= 0.05:  # less would show as 0.0
        said.append(f"all else {rest:+.1f}")
    return ", ".join(said)


def _score_parts(before: Ranking, after: Ranking, name: str) -> dict[str, float]:
    """Return the points by which criteria moved a score, or groups where weights changed.

    Under the same weights the contrast of the two (`kernels.attribution`), else the difference of contributions.
    """
    first, last = before.place_of(name), after.place_of(name)
    if before.framework is after.framework:
        points = 100 * contrast(after.valuation.tree, before.values[first], after.values[last])
        parts = dict(zip(after.criteria, points.tolist(), strict=True))
    else:
        points = after.contributions[last] - before.contributions[first]
        moved = dict(zip(after.criteria, points.tolist(), strict=True))
        parts = {}
        for key in _reweighted_siblings(before.framework, after.framework):
            parts[key] = sum(moved[leaf] for leaf in after.framework.leaves_below(key))
    return {key: part for key, part in parts.items() if abs(part) > TOLERANCE}


def _reweighted_siblings(before: Framework, after: Framework) -> tuple[str, ...]:
    """Return the children of the smallest group in which all changes of weight are."""
    common: tuple[str, ...] | None = None
    for key, node in after.nodes.items():
        if abs(node.share - before.nodes[key].share) > TOLERANCE:
            path = node.path[:-1]
            if common is None:
                common = path
            while path[: len(common)] != common:
                common = common[:-1]
    if common:
        return after.nodes[common[-1]].children
    return tuple(after.criteria or ())


def _overtaking(
    before: IntArray, after: IntArray, place: int, names: Sequence[str]
) -> Iterator[str]:
    """Yield candidates that it overtook, or that overtook it, while its own score stayed the same.

    Parameters
    ----------
    before, after : arrays of shape (n,)
        Ranks, in the order of the later ranking; 0 for none.
    place : int
        The candidate.
    names : sequence of str
        Ids of the candidates.
    """
    was_ahead = (before > 0) & (before < before[place])
    is_ahead = (after > 0) & (after < after[place])
    for words, others in (
        ("now behind", is_ahead & ~was_ahead),
        ("now ahead of", was_ahead & ~is_ahead),
    ):
        ids = [f"`{names[other]}`" for other in np.flatnonzero(others).tolist()]
        if ids:
            more = f" and {len(ids) - _MOST_NAMES} more" if len(ids) > _MOST_NAMES else ""
            yield f"{words} {', '.join(ids[:_MOST_NAMES])}{more}"
