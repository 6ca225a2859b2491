"""Changes between two runs: in words, made one kind at a time, and the effect of each kind.

Axis letters: n candidates in both runs, m leaf criteria, k kinds of change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, combinations
from typing import Any, Literal, TypeAlias

import numpy as np

from ..arrays import FloatArray, Frozen, number_or_none
from ..checks.completeness import entry_in_words, without_metadata
from ..documents.loading import load_framework
from ..documents.reweighting import plain_framework, reweighted
from ..errors import DocumentError, UsageError, quotable
from ..kernels.attribution import contrast
from ..models.base import has_expired, title_of
from ..models.candidates import Candidate, Candidates
from ..models.conditions import OF_PARTNER
from ..models.framework import Framework, Node
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank
from ..scoring.wording import share_in_words

__all__ = [
    "AppliedChanges",
    "CounterfactualRuns",
    "Kind",
    "Part",
    "counterfactual_runs",
    "element_titles",
    "framework_changes",
    "full_name",
    "parts_of",
]

Kind = Literal[
    "ratings", "facts", "safeguards", "weights", "criteria", "guardrails", "framework", "documents"
]
"""Kind of change; the last two stand for several that cannot be separated."""
AppliedChanges: TypeAlias = frozenset[Kind]
"""Kinds of change that are made in a run; all else is as in the old one."""

# weights may be in other units: their shares are the same but for rounding
_SAME_SHARE = 1e-12
_OF_CANDIDATES: tuple[Kind, ...] = ("ratings", "facts", "safeguards")
_OF_FRAMEWORK: tuple[Kind, ...] = ("guardrails", "criteria", "weights")
# keys of a framework that make scores; `weights` is a space for draws and changes none
_POLICY_KEYS = ("combine", "missing", "scales", "bands", "parties")
_SCORE_KEYS = (*_POLICY_KEYS, "criteria", "weights")
_GUARDRAIL_KEYS = (
    *("guardrails", "verdicts", "defaults", "applies", "conditions", "contradictions"),
    *("facts", "lists", "safeguards", "standing"),
)
_SECTIONS = (
    "guardrails",
    "all_conditions",
    "all_contradictions",
    "all_facts",
    "all_safeguards",
    "all_lists",
    "all_verdicts",
)


@dataclass(frozen=True)
class Part(Frozen):
    """Effect of one kind of change on one candidate.

    Parameters
    ----------
    kind : str
    score : float or None
        In points; None where there is no score.
    place, verdict : float or None
        In ranks (fewer is better) and in steps toward severity.
    criteria : mapping of leaf id to points
        What `score` is the sum of, where it works through criteria; those without effect are left
        out.
    """

    kind: Kind
    score: float | None
    place: float | None
    verdict: float | None
    criteria: Mapping[str, float]


def full_name(framework: Mapping[str, Any]) -> str:
    """Return the id of a framework, with its version if it has one."""
    return f"{framework['id']} {framework['version'] or ''}".rstrip()


def element_titles(elements: Mapping[str, Any]) -> dict[str, str]:
    """Return the titles of parts of a framework, by their ids."""
    titles = {}
    for key, element in elements.items():
        titles[key] = title_of(key, getattr(element, "title", None))
    return titles


# the runs between two


@dataclass(frozen=True, eq=False)
class CounterfactualRuns:
    """Runs between an old and a new one, over the candidates in both, in the same rows.

    Parameters
    ----------
    kinds : tuple of str
        The kinds of change that can be separated, k of them.
    changes : mapping of str to tuple of str
        Changed entries, in words, of each candidate in both, in the order of the new list.
    rankings : mapping of set of kinds to Ranking
        For each set of kinds of change, the run in which these are made and no others.
    """

    kinds: tuple[Kind, ...]
    changes: Mapping[str, tuple[str, ...]]
    rankings: Mapping[AppliedChanges, Ranking]


def counterfactual_runs(old: Ranking, new: Ranking) -> CounterfactualRuns:
    """Return the runs between two, with changes separated as finely as the documents allow.

    Where parts of a framework cannot be changed one without the other (a guardrail that asks for a
    new criterion), it changes as a whole; where words of candidates are known to one framework
    alone, so do the documents.
    """
    old_list = _shared_candidates(old, new.problem.ids or ())
    lists = old_list, _shared_candidates(new, [candidate.id for candidate in old_list.candidates])
    changes: dict[str, tuple[str, ...]] = {}
    found: set[Kind] = set()
    for name, changed in _candidate_changes(old.framework, new.framework, *lists):
        found.update(changed)
        changes[name] = tuple(chain.from_iterable(changed.values()))
    of_candidates = [kind for kind in _OF_CANDIDATES if kind in found]
    of_framework = list(_framework_kinds(old.framework, new.framework))
    whole: list[Kind] = ["framework"]
    for kinds in (of_framework, whole):
        try:
            rankings = _rankings_between(old.framework, new.framework, lists, of_candidates, kinds)
        except (DocumentError, ValueError):
            continue
        return CounterfactualRuns((*of_candidates, *kinds), changes, rankings)
    before = rank(Problem.from_candidates(lists[0], old.framework))
    after = rank(Problem.from_candidates(lists[1], new.framework))
    rankings = {frozenset(): before, frozenset({"documents"}): after}
    return CounterfactualRuns(("documents",), changes, rankings)


def _rankings_between(
    old: Framework,
    new: Framework,
    lists: tuple[Candidates, Candidates],
    of_candidates: Sequence[Kind],
    of_framework: Sequence[Kind],
) -> dict[AppliedChanges, Ranking]:
    """Return the ranking for each set of changes; each list is read once by each framework."""
    problems = {}
    for applied in _subsets_of_kinds(of_framework):
        framework = _mixed_framework(old, new, applied, of_framework)
        problems[applied] = [Problem.from_candidates(each, framework) for each in lists]
    rankings = {}
    for applied in _subsets_of_kinds((*of_candidates, *of_framework)):
        before, after = problems[applied.intersection(of_framework)]
        rankings[applied] = rank(_mixed_problem(before, after, applied))
    return rankings


def _subsets_of_kinds(kinds: Sequence[Kind]) -> Iterator[AppliedChanges]:
    for size in range(len(kinds) + 1):
        yield from map(frozenset, combinations(kinds, size))


def _shared_candidates(ranking: Ranking, ids: Iterable[str]) -> Candidates:
    """Return the list of the candidates of a ranking with some ids, in the order of these."""
    document = ranking.problem.document
    if document is None:
        message = "a ranking made from columns has no list to compare"
        raise UsageError(message, "old, new", "score a list")
    by_id = {candidate.id: candidate for candidate in document.candidates}
    found = [by_id[name] for name in ids if name in by_id]
    return document.model_copy(update={"candidates": found})


def _mixed_problem(old: Problem, new: Problem, applied: AppliedChanges) -> Problem:
    ratings, facts, safeguards = (new if kind in applied else old for kind in _OF_CANDIDATES)
    return replace(
        old,
        ratings=ratings.ratings,
        facts=facts.facts,
        area=facts.area,  # whether it is an area or a project is a fact of its own
        in_place=safeguards.in_place,
        planned=safeguards.planned,
        expired=safeguards.expired,
    )


def _mixed_framework(
    old: Framework, new: Framework, applied: AppliedChanges, kinds: Sequence[Kind]
) -> Framework:
    """Return the framework with the applied changes; `kinds` are all changes of the framework."""
    if not applied:
        return old
    if len(applied) == len(kinds):
        return new
    rules, criteria, weights = (new if kind in applied else old for kind in _OF_FRAMEWORK)
    mixed, scores = plain_framework(rules), plain_framework(criteria)
    for key in _SCORE_KEYS:
        mixed.pop(key, None)
        if key in scores:
            mixed[key] = scores[key]
    # each part may cite the sources of its own framework
    mixed["sources"] = {}
    for framework in (old, new):
        mixed["sources"] |= plain_framework(framework).get("sources", {})
    loaded = load_framework(mixed)
    if "weights" in kinds:
        return reweighted(loaded, _weights_by_id(weights))
    return loaded


def _framework_kinds(old: Framework, new: Framework) -> Iterator[Kind]:
    """Yield the kinds of change of a framework."""
    if old.digest == new.digest:
        return
    before, after = plain_framework(old), plain_framework(new)
    changed = set()
    for key in before | after:
        if before.get(key) != after.get(key):
            changed.add(key)
    if "uses" in changed:
        yield "framework"
        return
    old_weights, new_weights = _weights_by_id(old), _weights_by_id(new)
    if old_weights != new_weights and old_weights.keys() == new_weights.keys():
        yield "weights"
    if _definitions_by_id(old) != _definitions_by_id(new) or changed.intersection(_POLICY_KEYS):
        yield "criteria"
    if changed.intersection(_GUARDRAIL_KEYS):
        yield "guardrails"


def _weights_by_id(framework: Framework) -> dict[str, object]:
    return {key: node.criterion.weight for key, node in framework.nodes.items()}


def _definitions_by_id(framework: Framework) -> dict[str, object]:
    """Return the place and definition of each criterion, without weights."""
    return {key: (node.path, _definition_of(node)) for key, node in framework.nodes.items()}


def _definition_of(node: Node) -> dict[str, Any]:
    return node.criterion.model_dump(exclude={"weight", "weights", "criteria"})


# the changes in words


def _candidate_changes(
    old: Framework, new: Framework, old_list: Candidates, new_list: Candidates
) -> Iterator[tuple[str, dict[Kind, list[str]]]]:
    """Yield each candidate with its changed entries, by kind; the lists have the same ones."""
    titles = {
        "ratings": element_titles(old.nodes) | element_titles(new.nodes),
        "facts": element_titles(old.all_facts) | element_titles(new.all_facts),
        "safeguards": element_titles(old.all_safeguards) | element_titles(new.all_safeguards),
    }
    for one, other in zip(old_list.candidates, new_list.candidates, strict=True):
        changes: dict[Kind, list[str]] = {}
        for kind in _OF_CANDIDATES:
            before = _plain_entries(one, kind, old_list.day)
            after = _plain_entries(other, kind, new_list.day)
            absent = "none" if kind == "safeguards" else None
            for key in before | after:
                was, now = before.get(key, absent), after.get(key, absent)
                if was != now:
                    of_partner = new.fact_named(key) if OF_PARTNER in key else None
                    title = titles[kind].get(key) or title_of(key)
                    if of_partner is not None:
                        title = title_of(key, of_partner.title)
                    words = f"{title}: {entry_in_words(was)} -> {entry_in_words(now)}"
                    changes.setdefault(kind, []).append(words)
            units = old_list.unit_of(one), new_list.unit_of(other)
            if kind == "facts" and units[0] != units[1]:
                changes.setdefault(kind, []).append(" -> ".join(units))
        yield one.id, changes


def _plain_entries(candidate: Candidate, kind: Kind, day: date | None) -> dict[str, object]:
    """Return the entries of a kind as plain data; those that have expired on a day say so."""
    found: dict[str, object] = {}
    if kind == "safeguards":
        for placed in candidate.placed():
            is_expired = has_expired(placed, day)
            found[placed.id] = "expired" if is_expired else placed.status.replace("_", " ")
        return found
    entries = candidate.named_facts() if kind == "facts" else candidate.ratings
    for key, entry in entries.items():
        found[key] = without_metadata(entry)
        if has_expired(entry, day):
            found[key] = f"expired ({entry_in_words(found[key])})"
    return found


def framework_changes(old: Framework, new: Framework) -> Iterator[str]:
    """Yield the changes of a framework, one each."""
    if old.digest == new.digest:
        return
    names = full_name(outline_of(old)), full_name(outline_of(new))
    if names[0] != names[1]:
        yield f"framework: {names[0]} -> {names[1]}"
    yield from _criterion_changes(old.nodes, new.nodes)
    for word in ("combine", "missing"):
        yield from _policy_change(word, getattr(old, word), getattr(new, word), "as by default")
    for section in _SECTIONS:
        word = section.removeprefix("all_").removesuffix("s")
        yield from _section_changes(word, getattr(old, section), getattr(new, section))
    yield from _policy_change("bands", dict(old.bands), dict(new.bands), "{}")
    yield from _policy_change("applies", old.applies, new.applies, "to all")


def _policy_change(word: str, old: object, new: object, default: str) -> Iterator[str]:
    if old != new:
        ends = []
        for value in (old, new):
            ends.append(quotable(value) if value else default)
        yield f"{word}: {' -> '.join(ends)}"


def _criterion_changes(old: Mapping[str, Node], new: Mapping[str, Node]) -> Iterator[str]:
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            yield f"criterion removed: {old[key].title}"
        elif key not in old:
            yield f"criterion added: {new[key].title}"
        else:
            before, after = old[key], new[key]
            if not math.isclose(before.share, after.share, rel_tol=_SAME_SHARE):
                weights = f"{_shares_of_node(before)} -> {_shares_of_node(after)}"
                yield f"weight of {after.title}: {weights}"
            if _definition_of(before) != _definition_of(after):
                yield f"criterion changed: {before.title}"


def _shares_of_node(node: Node) -> str:
    if len(node.path) == 1:
        return share_in_words(node.share)
    return f"{share_in_words(node.share)} of its group ({share_in_words(node.overall)} of all)"


def _section_changes(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    titles = element_titles(old) | element_titles(new)
    for key, title in titles.items():
        if key not in new:
            yield f"{word} removed: {title}"
        elif key not in old:
            yield f"{word} added: {title}"
        elif old[key] != new[key]:
            yield f"{word} changed: {title}"


# the effects


def parts_of(runs: CounterfactualRuns) -> dict[str, tuple[Part, ...]]:
    """Return the effects of each kind of change on each candidate."""
    figures = {applied: _run_figures(runs.rankings[applied]) for applied in runs.rankings}
    parts: dict[str, tuple[Part, ...]] = dict.fromkeys(runs.changes, ())
    for kind in runs.kinds:
        effect = np.zeros((3, len(parts)))
        by_criterion: dict[str, FloatArray] = {}
        for applied, before in runs.rankings.items():
            if kind in applied:
                continue
            # of all orders of the changes, those in which this one comes right after the applied
            share = 1 / (len(runs.kinds) * math.comb(len(runs.kinds) - 1, len(applied)))
            effect += share * (figures[applied | {kind}] - figures[applied])
            after = runs.rankings[applied | {kind}]
            for key, points in _points_by_criterion(kind, before, after).items():
                by_criterion[key] = by_criterion.get(key, 0.0) + share * points
        for row, name in enumerate(parts):
            parts[name] += (_part_at(row, kind, effect, by_criterion),)
    return parts


def _run_figures(ranking: Ranking) -> FloatArray:
    """Return scores, positions and severities of verdicts, (3, n), in the order of the problem."""
    position = np.arange(1, len(ranking) + 1)
    places = np.empty(len(ranking))
    places[ranking.order] = np.where(ranking.ranks > 0, ranking.ranks, position)
    return np.array([100 * ranking.valuation.root, places, ranking.judgement.severity])


def _points_by_criterion(kind: Kind, before: Ranking, after: Ranking) -> dict[str, FloatArray]:
    """Return the points by way of each criterion, (n,); none for changes of guardrails."""
    if not (before.has_total and after.has_total):
        return {}
    if kind in ("facts", "safeguards", "guardrails"):
        return {}
    points: dict[str, FloatArray] = {}
    if kind == "ratings":
        one, other = before.valuation.leaf_values, after.valuation.leaf_values
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        parts = np.zeros(one.shape)
        for row in np.flatnonzero(~same.all(axis=1)):
            parts[row] = 100 * contrast(before.valuation.tree, one[row], other[row])
        return dict(zip(before.criteria, parts.T, strict=True))
    for sign, ranking in ((-100.0, before), (100.0, after)):
        contributions = sign * ranking.valuation.contributions
        for key, column in zip(ranking.criteria, contributions.T, strict=True):
            points[key] = points.get(key, 0.0) + column
    return points


def _part_at(
    row: int, kind: Kind, effect: FloatArray, by_criterion: Mapping[str, FloatArray]
) -> Part:
    score, place, verdict = map(number_or_none, effect[:, row])
    criteria = {}
    if score is not None:
        for key, points in by_criterion.items():
            if points[row] != 0:
                criteria[key] = float(points[row])
    return Part(kind, score, place, verdict, criteria)
