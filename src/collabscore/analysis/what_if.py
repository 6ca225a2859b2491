"""What if: the ranking by other weights, ratings, facts, safeguards or rules, beside the present.

Axis letter: n candidates.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, ClassVar, TypeAlias

import numpy as np

from ..arrays import BoolArray, FloatArray, IndexArray, IntArray, frozen_property, underflow_is_zero
from ..documents.loading import load_candidates
from ..documents.reweighting import GivenWeights, reweighted, without_guardrails
from ..errors import UsageError, names_of, refusal_of_name, refusal_of_value
from ..kernels.attribution import contrast
from ..kernels.ranking import TOLERANCE
from ..models.base import ReadingError, clean_data, title_of
from ..models.candidates import Candidate, Candidates
from ..models.conditions import OF_PARTNER
from ..models.framework import Framework
from ..output import ID_FIELD, TITLE_FIELD, Badge, Field
from ..output.blocks import MISSING
from ..output.text import rounded_parts
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, RankingResult, rank, whole_ranking
from ..scoring.verdicts import Assessment, Finding
from ..scoring.wording import (
    STATES_IN_WORDS,
    badge,
    directed,
    direction_words,
    known_of,
    marks_in_words,
    quoted_titles,
    share_in_words,
    title_of_word,
)

__all__ = ["Change", "Shift", "WhatIf", "what_if"]

Given: TypeAlias = Mapping[str, Mapping[str, object]]
"""Entries to change, by candidate and then by criterion or fact."""

_FORMS = {
    "weights": "{criterion or group: weight}",
    "ratings": "{candidate: {criterion: rating}}",
    "facts": "{candidate: {fact: answer}}",
    "safeguards": "{candidate: [safeguard, ...]}",
    "drop_guardrails": "[guardrail, ...]",
}
_ENTRIES = ("ratings", "facts", "safeguards")
_MOST_PARTS = 3
_MOST_NAMES = 3
# scores that differ by more than the tolerance differ in these
_MOST_DIGITS = 9


@dataclass(frozen=True)
class Change:
    """One weight, rating, fact or list of safeguards that was asked for.

    Parameters
    ----------
    about, before, after : str
        The thing to change, and its two states, in words.
    moves : str
        Added and removed safeguards in words, shown in place of the two states.
    real : bool
        Whether the two states differ, by however little.
    """

    about: str
    before: str
    after: str
    moves: str = ""
    real: bool = True

    def __str__(self) -> str:
        if not self.real:
            return f"{self.about}: {self.before}"
        states = f"{self.before} → {self.after}".replace("_", " ")
        return f"{self.about}: {self.moves or states}"


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
        The present ranking, and the one by the changed inputs, which `select` narrows.
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

    @frozen_property
    def rows(self) -> tuple[Shift, ...]:
        """The candidates that change, in the order of the later ranking."""
        found = tuple(_shifts(self.before, self.ranking.whole, self.given))
        kept = set(self.ranking.ids)
        return tuple(shift for shift in found if shift.after.id in kept)

    @frozen_property
    def order(self) -> tuple[Shift, ...]:
        """All candidates in the new order, the changed ones with their reasons."""
        changed = {shift.after.id: shift for shift in self.rows}
        found = []
        for assessment in self.ranking:
            shift = changed.get(assessment.id)
            found.append(shift or Shift(self.before[assessment.id], assessment))
        return tuple(found)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Rank, score and verdict of each candidate, before and after, and why they change."""
        return (
            replace(ID_FIELD, cell=attrgetter("after.id")),
            replace(TITLE_FIELD, cell=attrgetter("after.title")),
            Field(
                "moved",
                "Rank",
                _ranks_in_words,
                align="right",
                priority=0,
                least=6,
                csv=False,
                json=False,
            ),
            Field("rank_before", cell=attrgetter("before.rank")),
            Field("rank_after", cell=attrgetter("after.rank")),
            Field("score_before", cell=attrgetter("before.score")),
            Field("score_after", "Score", attrgetter("after.score"), kind="number", priority=0),
            Field(
                "change",
                "Change",
                _change_in_words,
                align="right",
                priority=0,
                least=6,
                plain=attrgetter("change"),
            ),
            self._verdict_field("before", "Verdict before", 2),
            self._verdict_field("after", "Verdict", 0),
            Field("why", csv=False),
        )

    def _verdict_field(self, when: str, head: str, priority: int) -> Field:
        verdict_of = attrgetter(f"{when}.verdict")

        def cell(shift: Shift) -> Badge:
            return badge(verdict_of(shift), self.ranking.framework)

        return Field(f"verdict_{when}", head, cell, verdict_of, kind="badge", priority=priority)

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns of the table; ranks and scores only where there is one score for the whole."""
        verdicts = ("verdict_after", "verdict_before") if self.ranking.framework.guardrails else ()
        if not self.ranking.has_total:
            return ("title", *verdicts)
        return ("moved", "title", "score_after", "change", *verdicts)

    def select(self, **filters: Any) -> WhatIf:
        """Return it with fewer candidates, narrowed as `Ranking.select` narrows the new order."""
        return replace(self, ranking=self.ranking.select(**filters))

    @property
    def title(self) -> str:
        """The changes in words, the first three of more than four."""
        said = self.said
        if len(said) > 4:
            said[3:] = [f"{len(said) - 3:,} more changes"]
        return f"What if: {'; '.join(said) or 'nothing is changed'}"

    @property
    def said(self) -> list[str]:
        """Every real change in words."""
        return [str(change) for change in filter(attrgetter("real"), self.changes)]

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

    def document(self) -> dict[str, Any]:
        """Return the whole result as plain data; a narrowed one says so under `selection`."""
        document = super().document()
        if self.ranking.left_out:
            document["selection"] = self.ranking.selection_record()
        return document


@underflow_is_zero
def what_if(
    ranking: Ranking,
    *,
    weights: GivenWeights | None = None,
    ratings: Given | None = None,
    facts: Given | None = None,
    safeguards: Mapping[str, Sequence[object] | Mapping[str, Sequence[object]]] | None = None,
    drop_guardrails: Sequence[str] | None = None,
) -> WhatIf:
    """Return the ranking that changed inputs would give, beside the present one.

    Parameters
    ----------
    ranking : Ranking
    weights : mapping of criterion or group id to weight, optional
        ``"50%"`` is the share among its siblings, which divide the remainder in proportion to their
        weights; a number is a weight as in a framework.
    ratings, facts : mapping of candidate id to mapping of id to any entry of a document, optional
        ``{"flu": {"dual_use": [2, 3]}}``, ``{"flu": {"stage": "basic"}}``; all other entries stay.
    safeguards : mapping of candidate id to list of safeguards, optional
        As in a document; each list replaces the candidate's own. ``{"add": [...], "remove":
        [...]}`` in place of a list keeps the others.
    drop_guardrails : sequence of guardrail id, optional
        Rules to judge without.

    Returns
    -------
    WhatIf

    Raises
    ------
    UsageError
        If there is no such candidate, criterion, fact, safeguard or guardrail, or the shares of a
        group are not possible.
    CandidateError, FrameworkError
        If a document could not contain that rating, fact or weight.

    Examples
    --------
    >>> import collabscore as cs
    >>> ranking = cs.score([{"id": "flu", "ratings": {"global_challenge": 5}}], "guardrail")
    >>> changed = what_if(ranking, weights={"mutual_interest": "50%"})
    >>> changed.title
    'What if: weight of "Mutual interest": 33.3 % → 50 %'
    """
    ranking = whole_ranking(ranking)
    before = after = ranking.problem
    named: dict[str, Any] = {
        "weights": weights,
        "ratings": ratings,
        "facts": facts,
        "safeguards": safeguards,
        "drop_guardrails": drop_guardrails,
    }
    given: dict[str, Any] = {}
    for kind, entries in named.items():
        given[kind] = _read_changes(kind, entries, ranking)
    if given["weights"]:
        after = replace(after, framework=reweighted(after.framework, given["weights"]))
    if given["drop_guardrails"]:
        fewer = without_guardrails(after.framework, given["drop_guardrails"])
        after = replace(after, framework=fewer)
    patches: dict[str, dict[str, Any]] = {}
    for kind in _ENTRIES:
        for name, changed in given[kind].items():
            patches.setdefault(name, {"id": name})[kind] = changed
    row_of = {name: int(ranking.order[ranking.place_of(name)]) for name in patches}
    if patches:
        after = _patched(after, list(patches.values()), np.array(list(row_of.values())))
    changes = tuple(_requested_changes(before, after, given, row_of))
    is_changed = any(change.real for change in changes)
    return WhatIf(ranking, rank(after) if is_changed else ranking, changes, given)


def _ranks_in_words(shift: Shift) -> str:
    """Return the rank, and the one before it where it is another."""
    old, new = (found.rank or MISSING for found in (shift.before, shift.after))
    return str(new) if old == new else f"{old} → {new}"


def _change_in_words(shift: Shift) -> str | None:
    if shift.change is None:
        return None
    return "0.0" if abs(shift.change) <= TOLERANCE else f"{shift.change:+.1f}"


# the call


def _read_changes(kind: str, given: Any, ranking: Ranking) -> Any:
    """Return changes of one kind as plain data; refuse other forms and unknown names."""
    if given is None:
        return [] if kind == "drop_guardrails" else {}
    if kind == "drop_guardrails":  # what is named is checked where it is dropped
        return names_of(kind, given)
    read = _plain_changes(kind, given)
    if not isinstance(read, dict):
        raise refusal_of_value(given, "a mapping of changes", kind, f"give {_FORMS[kind]}")
    if kind == "weights":
        return read
    for name in read:
        place = ranking.place_of(name, kind)
        if kind == "safeguards":
            read[name] = _moved_safeguards(ranking, place, read[name])
        if not isinstance(read[name], list if kind == "safeguards" else dict):
            noun = f"what `{name}` can be given"
            raise refusal_of_value(read[name], noun, kind, f"give {_FORMS[kind]}")
        partners = ranking.problem.names_of_partners(int(ranking.order[place]))
        _refuse_unknown_names(kind, read[name], ranking.framework, partners)
    return read


def _moved_safeguards(ranking: Ranking, place: int, moves: Any) -> Any:
    """Return the safeguards of a candidate as in a document, some added and some removed."""
    if not isinstance(moves, dict) or not moves.keys() <= {"add", "remove"}:
        return moves
    problem, row = ranking.problem, int(ranking.order[place])
    known = ranking.framework.all_safeguards
    present: dict[str, object] = {}
    for key, state in _safeguards_of(problem, row).items():
        if key in known:
            present[key] = {"id": key, "status": "planned"} if state == "planned" else key
            if state == "expired":
                present[key] = {"id": key, "until": problem.until_of(key, row)}
    removed = list(moves.get("remove", ()))
    _refuse_unknown_names("safeguards", removed, ranking.framework)
    for name in removed:
        present.pop(name, None)
    for entry in moves.get("add", ()):
        present[str(_name_of(entry))] = entry
    return list(present.values())


def _name_of(entry: object) -> object:
    """Return the id of a safeguard, in either of its forms."""
    return entry.get("id") if isinstance(entry, dict) else entry


def _plain_changes(kind: str, given: Any) -> Any:
    """Return changes in the form that a document would have them."""
    try:
        return clean_data(given)
    except ReadingError as error:
        raise UsageError(error.diagnostic.message, kind, error.diagnostic.help) from None


def _refuse_unknown_names(
    kind: str,
    entries: Mapping[str, Any] | Sequence[Any],
    framework: Framework,
    of_partners: Sequence[str] = (),
) -> None:
    known: Collection[str]
    known, word = {
        "ratings": ([*framework.leaves], "criterion"),
        "facts": ([*framework.candidate_facts, *of_partners], "fact"),
        "safeguards": ([*framework.all_safeguards], "safeguard"),
    }[kind]
    for entry in entries:
        name = _name_of(entry)
        # what is no text at all is diagnosed as in a document
        if isinstance(name, str) and name not in known:
            misplaced = _place_of_word(kind, name, framework)
            if misplaced is not None:
                raise UsageError(f"`{name}` is a {misplaced[0]}", kind, misplaced[1])
            raise refusal_of_name(f"`{name}` is no {word} of `{framework.id}`", name, known, kind)


def _place_of_word(kind: str, name: str, framework: Framework) -> tuple[str, str] | None:
    """Return what a name is that is known, and none of this kind, and where it belongs."""
    if kind == "ratings" and name in framework.groups:
        below = ", ".join(f"`{child}`" for child in framework.nodes[name].children)
        return "group, which is not rated itself", f"rate what is below it: {below}"
    if kind == "ratings" and name in framework.all_facts:
        return "fact", "give it as one of `facts`"
    if kind == "facts" and name in framework.leaves:
        return "criterion", "give it as one of `ratings`"
    return None


# the changed problem


def _patched(problem: Problem, patches: list[dict[str, Any]], rows: IndexArray) -> Problem:
    """Return the problem with new entries in some rows, checked as those of a document."""
    document, framework = problem.document, problem.framework
    data: dict[str, Any] = {}
    as_of = None
    changed = []
    for patch, row in zip(patches, rows.tolist(), strict=True):
        names = (*patch.get("ratings", ()), *patch.get("facts", ()))
        changed.append({problem.key_at(name, row) for name in names})
        _move_to_partners(problem, patch, row)
    if document is not None:
        as_of = document.given_as_of
        # evidence may name the sources of the list; its frameworks are at hand
        data = document.model_dump(exclude={"candidates", "framework"}, exclude_unset=True)
    data |= {"collabscore": "candidates/1", "candidates": patches}
    loaded = load_candidates(data, framework, as_of=as_of)
    new = Problem.from_candidates(loaded, framework)

    def with_safeguards(status: str) -> dict[str, BoolArray]:
        mine, others = getattr(problem, status), getattr(new, status)
        given = np.array(["safeguards" in patch for patch in patches])
        flags = {}
        for key in {**mine, **others}:
            flags[key] = np.array(mine.get(key, np.zeros(problem.size, dtype=np.bool_)))
            if key in framework.all_safeguards:  # others are no business of this framework
                flags[key][rows[given]] = key in others and others[key][given]
        return flags

    if document is not None:
        document = _patched_document(document, rows, loaded.candidates)
    return replace(
        problem,
        ratings=_patched_columns(problem.ratings, new.ratings, rows, changed),
        facts=_patched_columns(problem.facts, new.facts, rows, changed),
        in_place=with_safeguards("in_place"),
        planned=with_safeguards("planned"),
        expired=with_safeguards("expired"),
        document=document,
    )


def _patched_columns(
    columns: Mapping[str, Any],
    new: Mapping[str, Any],
    rows: IndexArray,
    changed: Sequence[set[str]],
) -> dict[str, Any]:
    """Return columns with the new entries of those that are changed in each of some rows."""
    patched = dict(columns)
    for key, column in new.items():
        given = np.flatnonzero([key in keys for keys in changed])
        if len(given):
            patched[key] = patched[key].with_rows(rows[given], column.take(given))
    return patched


def _move_to_partners(problem: Problem, patch: dict[str, Any], row: int) -> None:
    """Put the changed answers of partners, such as `law@acme`, under all partners of a row."""
    facts = patch.get("facts", {})
    named = [name for name in facts if OF_PARTNER in name]
    if not named or problem.document is None:
        return
    listed = problem.document.candidates[row].partners or ()
    partners = {partner.id: partner.model_dump(exclude_unset=True) for partner in listed}
    for name in named:
        fact, _, partner = name.partition(OF_PARTNER)
        own = partners[partner]
        own["facts"] = {**own.get("facts", {}), fact: facts[name]}
    rest = {name: answer for name, answer in facts.items() if name not in named}
    patch |= {"partners": list(partners.values()), "facts": rest}


def _patched_document(
    document: Candidates, rows: IndexArray, patches: Sequence[Candidate]
) -> Candidates:
    candidates = list(document.candidates)
    for row, patch in zip(rows.tolist(), patches, strict=True):
        update: dict[str, Any] = {}
        for kind in patch.model_fields_set.intersection((*_ENTRIES, "partners")):
            update[kind] = getattr(patch, kind)
            if kind in ("ratings", "facts"):
                update[kind] = getattr(candidates[row], kind) | update[kind]
        candidates[row] = candidates[row].model_copy(update=update)
    return document.model_copy(update={"candidates": candidates})


# the changes in words


def _requested_changes(
    before: Problem, after: Problem, given: Mapping[str, Any], row_of: Mapping[str, int]
) -> Iterator[Change]:
    """Yield all that was asked for, with its states before and after."""
    for name, entries in [
        ("", given["weights"]),
        *given["ratings"].items(),
        *given["facts"].items(),
    ]:
        row = row_of.get(name)
        for key, entry in entries.items():
            old, was = _entry_state(before, key, row)
            new, now = _entry_state(after, key, row)
            if old == new and was != now:
                # words have few digits
                new += f" (as given: {entry})"
            yield Change(_subject_of(before, key, row), old, new, real=was != now)
    for name in given["safeguards"]:
        yield _changed_safeguards(before, after, row_of[name])
    for name in dict.fromkeys(given["drop_guardrails"]):
        title = title_of(name, before.framework.guardrails[name].title)
        yield Change(f'rule "{title}"', "in force", "dropped")


def _subject_of(problem: Problem, key: str, row: int | None) -> str:
    """Return the entry of a candidate, or a weight, as the subject of a change."""
    title = f'"{title_of_word(problem.framework, key)}"'
    if row is not None:
        title = directed(title, direction_words(problem.framework, key))
        return f'{title} of "{problem.title_of(row)}"'
    path = problem.framework.nodes[key].path
    if len(path) > 1:
        title += f' in "{problem.framework.nodes[path[-2]].title}"'
    return f"weight of {title}"


def _changed_safeguards(before: Problem, after: Problem, row: int) -> Change:
    old, new = _safeguards_in_words(before, row), _safeguards_in_words(after, row)
    moves = [f"with {new[key]}" for key in new if new[key] != old.get(key)]
    moves += [f"without {old[key]}" for key in old if old[key] != new.get(key)]
    was, now = (", ".join(sorted(said.values())) or "none" for said in (old, new))
    about = f'safeguards of "{before.title_of(row)}"'
    return Change(about, was, now, ", ".join(moves), real=old != new)


def _entry_state(problem: Problem, key: str, row: int | None) -> tuple[str, object]:
    """Return the entry of a candidate, or a weight, in words and exactly."""
    if row is None:
        node = problem.framework.nodes[key]
        return share_in_words(node.share), node.share
    words, key = known_of(problem, key, row), problem.key_at(key, row)
    if key in problem.facts:
        return words, (words, problem.facts[key].answer_at(row))
    column = problem.ratings[key]
    # as text, NaN is equal to NaN
    return words, (words, str([column.low[row], column.value[row], column.high[row]]))


def _safeguards_in_words(problem: Problem, row: int) -> dict[str, str]:
    """Return the safeguards of a candidate by id, some of which the framework need not know."""
    said = {}
    for key, state in _safeguards_of(problem, row).items():
        marks, title = f" ({state})" if state else "", title_of(key)
        if key in problem.framework.all_safeguards:
            title = title_of(key, problem.framework.all_safeguards[key].title)
            marks = marks_in_words(problem.framework, key, state)
        said[key] = f'"{title}"{marks}'
    return said


def _safeguards_of(problem: Problem, row: int) -> dict[str, str]:
    """Return the safeguards of a candidate, each with "planned", "expired", or "" if in place."""
    found: dict[str, str] = {}
    states = {"": problem.in_place, "planned": problem.planned, "expired": problem.expired}
    for state, flags in states.items():
        found |= {key: state for key in flags if flags[key][row]}
    return found


# the candidates that change


def _shifts(before: Ranking, after: Ranking, given: Mapping[str, Any]) -> Iterator[Shift]:
    old_ranks = before.ranks[np.argsort(before.order)][after.order]
    groups = _reweighted_groups(before.framework, after.framework)
    # under the same weights and rules all others stay as they are, but for their ranks
    all_may_change = bool(groups or given["drop_guardrails"])
    named = {*given["ratings"], *given["facts"], *given["safeguards"]}
    for place, name in enumerate(after.ids):
        moved = old_ranks[place] != after.ranks[place]
        if not (all_may_change or moved or name in named):
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
    above = []
    for key, node in after.nodes.items():
        if node.share != before.nodes[key].share:  # under a harmonic mean, 1e-13 may matter
            above.append({*node.path[:-1]})
    if not above:
        return ()
    inner = [key for key in after.groups if key in set.intersection(*above)]
    return after.nodes[inner[-1]].children if inner else tuple(after.tree)


def _verdict_reasons(was: Assessment, is_now: Assessment, framework: Framework) -> Iterator[str]:
    if (was.verdict is None) == (is_now.verdict is None):
        yield from _finding_reasons(was, is_now, framework)
    else:
        yield f"the framework {'now' if was.verdict is None else 'no longer'} applies"
    for name in sorted({*was.standing} ^ {*is_now.standing}):
        state = "missing" if name in is_now.standing else "in place"
        yield f"{_quoted_safeguard(framework, name)} is now {state}"


def _finding_reasons(was: Assessment, is_now: Assessment, framework: Framework) -> Iterator[str]:
    present = {finding.guardrail: finding for finding in is_now.findings}
    for old in was.findings:
        new = present.get(old.guardrail)
        if new is None and old.state != "clear":
            yield f'"{old.title}" is dropped (was: {STATES_IN_WORDS[old.state]})'
        elif new is not None and old != new:
            yield _finding_in_words(old, new, framework)


def _quoted_safeguard(framework: Framework, key: str) -> str:
    title = title_of(key, framework.all_safeguards[key].title)
    return f'"{title}"{marks_in_words(framework, key)}'


def _finding_in_words(old: Finding, new: Finding, framework: Framework) -> str:
    words = [" → ".join(dict.fromkeys(STATES_IN_WORDS[each.state] for each in (old, new)))]
    if new.lacking and new.lacking != old.lacking:
        needs = []
        for options in new.lacking:
            needs.append(" or ".join(_quoted_safeguard(framework, name) for name in options))
        words.append(f"needs {', '.join(needs)}")
    if new.unknown and new.unknown != old.unknown:
        words.append(f"depends on {quoted_titles(framework, new.unknown)}")
    return f'"{new.title}": {", ".join(words)}'


def _score_reasons(
    before: Ranking, after: Ranking, shift: Shift, groups: Sequence[str]
) -> Iterator[str]:
    """Yield the parts of a changed score; if it is the same, changed ranges and group scores."""
    if abs(shift.change or 0.0) > TOLERANCE:
        yield _score_parts(before, after, shift, groups)
        return
    present = _figures_of(before, shift.before)
    for subject, new in _figures_of(after, shift.after).items():
        old = present[subject]
        if not np.allclose(old, new, rtol=0, atol=TOLERANCE, equal_nan=True):
            words = [_numbers_in_words(numbers, old, new) for numbers in (old, new)]
            yield f"{subject} {' → '.join(words)}"


def _figures_of(ranking: Ranking, assessment: Assessment) -> dict[str, FloatArray]:
    """Return the range of a score; the scores of groups too, where there is none for the whole."""
    ends = np.array([assessment.low, assessment.high], dtype=np.float64)
    figures = {"range of the score": ends}
    if not ranking.has_total:
        place = ranking.place_of(assessment.id)
        for key in ranking.framework.tree:
            title = title_of_word(ranking.framework, key)
            figures[f'"{title}"'] = ranking.node_scores[key][[place]]
    return figures


def _numbers_in_words(numbers: FloatArray, old: FloatArray, new: FloatArray) -> str:
    """Return a number, or the ends of a range, in digits that tell two states apart."""
    if math.isnan(numbers[0]):
        return "none"
    digits = 1
    while digits < _MOST_DIGITS and np.array_equal(np.round(old, digits), np.round(new, digits)):
        digits += 1
    return " to ".join(f"{number:.{digits}f}" for number in numbers)


def _score_parts(before: Ranking, after: Ranking, shift: Shift, groups: Sequence[str]) -> str:
    """Return in words a changed score, and the criteria or groups that moved it most."""
    parts = _points_moved(before, after, shift.after.id, groups)
    largest = sorted(parts, key=lambda key: -abs(parts[key]))[:_MOST_PARTS]
    change = shift.change or 0.0
    points = [parts[key] for key in largest]
    points.append(change - sum(points))
    names = [f'"{title_of_word(after.framework, key)}"' for key in largest]
    said = []
    for name, part in zip([*names, "all else"], rounded_parts(points, change), strict=True):
        if part:
            said.append(f"{name} {part:+.1f}")
    score = f"score {change:+.1f}"
    return f"{score} ({', '.join(said)})" if said else score


def _points_moved(
    before: Ranking, after: Ranking, name: str, groups: Sequence[str]
) -> dict[str, float]:
    """Return the points by which criteria, or reweighted groups, moved the score of a candidate.

    Under the same weights the contrast of the two (`kernels.attribution`), else the difference of
    contributions.
    """
    first, last = before.place_of(name), after.place_of(name)
    if groups:
        points = after.contributions[last] - before.contributions[first]
    else:
        points = 100 * contrast(after.valuation.tree, before.values[first], after.values[last])
    by_leaf = dict(zip(after.criteria, points.tolist(), strict=True))
    parts = {}
    for key in groups or after.criteria:
        parts[key] = sum(by_leaf[leaf] for leaf in after.framework.leaves_below(key))
    return parts


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
        rows = after.order[np.flatnonzero(others)].tolist()
        titles = [f'"{after.problem.title_of(row)}"' for row in rows]
        if titles:
            more = f" and {len(titles) - _MOST_NAMES} more" if len(titles) > _MOST_NAMES else ""
            yield f"{words} {', '.join(titles[:_MOST_NAMES])}{more}"
