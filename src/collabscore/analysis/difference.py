"""Difference: changes between two runs, and the effect of each kind of change.

Axis letters: n candidates in both runs, m leaf criteria, k kinds of change.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, combinations
from operator import methodcaller
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

import numpy as np
from annotated_types import Interval, Len
from pydantic import ConfigDict
from pydantic import Field as ModelField

from ..arrays import FloatArray, Frozen, frozen, frozen_property, number_or_none
from ..documents.loading import PlainDocument, load_framework, read_document
from ..documents.reweighting import plain_framework, reweighted
from ..documents.validation import build_model
from ..errors import Diagnostic, DocumentError, KeyPath, UsageError, did_you_mean, quotable
from ..kernels.attribution import contrast
from ..kernels.ranking import TOLERANCE
from ..models.base import Backed, Document, FrozenMap, Id, Model, Text, title_of
from ..models.candidates import Candidate, Candidates, State
from ..models.framework import Framework, Node
from ..output import ID_FIELD, TITLE_FIELD, VERSION, Field, Result, Table
from ..output.blocks import MISSING
from ..output.text import plural, rounded_parts
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank
from ..scoring.wording import share_in_words, verdict_in_words

__all__ = [
    "AppliedChanges",
    "CandidateDifference",
    "CounterfactualRuns",
    "Difference",
    "Kind",
    "Part",
    "StoredCandidate",
    "StoredFinding",
    "StoredFramework",
    "StoredInput",
    "StoredManifest",
    "StoredRanking",
    "check_stored",
    "counterfactual_runs",
    "diff",
    "element_titles",
    "without_metadata",
]

Kind = Literal[
    "ratings", "facts", "safeguards", "weights", "criteria", "guardrails", "framework", "documents"
]
"""Kind of change; the last two stand for several that cannot be separated."""
AppliedChanges: TypeAlias = frozenset[Kind]
"""Kinds of change that are made in a run; all else is as in the old one."""
Run: TypeAlias = Mapping[str, Any]
"""A ranking, as in its JSON."""
StoredSource: TypeAlias = Run | str | Path | PlainDocument
"""A result as JSON: its content, its file, or a document read from it."""

T = TypeVar("T")

_OF_CANDIDATES: tuple[Kind, ...] = ("ratings", "facts", "safeguards")
# keys of a framework that make scores; `weights` is a space for draws and changes none
_POLICY_KEYS = ("combine", "missing", "scales", "bands", "parties")
_SCORE_KEYS = (*_POLICY_KEYS, "criteria", "weights")
_GUARDRAIL_KEYS = (
    *("guardrails", "verdicts", "defaults", "applies", "conditions"),
    *("facts", "lists", "safeguards", "standing"),
)
_SECTIONS = (
    "guardrails",
    "all_conditions",
    "all_facts",
    "all_safeguards",
    "all_lists",
    "all_verdicts",
)
_OUTCOME_KEYS = ("rank", "score", "verdict", "band")


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


@dataclass(frozen=True)
class CandidateDifference:
    """Changes of one candidate.

    Parameters
    ----------
    id, title : str
    old, new : mapping or None
        Its record in each run, as in JSON; None where it is not in that run.
    changes : tuple of str
        Changed entries of its document, in words.
    parts : tuple of Part
        Effect of each kind of change; empty where it is in one run alone, or only results are
        compared.
    """

    id: str
    title: str
    old: Mapping[str, Any] | None = field(repr=False)
    new: Mapping[str, Any] | None = field(repr=False)
    changes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def points(self) -> float | None:
        """Change of the score in points; None without two scores."""
        if self.old is None or self.new is None:
            return None
        before, after = self.old["score"], self.new["score"]
        if before is None or after is None:
            return None
        return float(after - before)

    @property
    def changed(self) -> tuple[str, ...]:
        """Which of verdict, rank and score differ; none of a candidate that is in one run alone."""
        if self.old is None or self.new is None:
            return ()
        keys = [key for key in ("verdict", "rank", "score") if self.old[key] != self.new[key]]
        if self.points is not None and abs(self.points) <= TOLERANCE and "score" in keys:
            keys.remove("score")
        return tuple(keys)

    @property
    def moved(self) -> bool:
        """Whether verdict, rank or score changed, or it is in one run alone."""
        return self.old is None or self.new is None or bool(self.changed)

    @property
    def findings(self) -> dict[str, tuple[str | None, str | None]]:
        """Old and new state of each guardrail with another finding; None where it is not asked."""
        found: dict[str, tuple[str | None, str | None]] = {}
        if self.old is not None and self.new is not None:
            before, after = _states_in(self.old), _states_in(self.new)
            for key in before | after:
                if before.get(key) != after.get(key):
                    found[key] = (before.get(key), after.get(key))
        return found

    @property
    def rounded_effects(self) -> dict[Kind, float]:
        """Effects on the score with one digit, which sum to the rounded change."""
        effects = {part.kind: part.score for part in self.parts if part.score is not None}
        if self.points is None or not effects:
            return {}
        rounded = rounded_parts(list(effects.values()), self.points)
        return dict(zip(effects, rounded, strict=True))

    def effect_of(self, kind: Kind) -> float | None:
        """Return the effect of a kind of change on the score, in points."""
        for part in self.parts:
            if part.kind == kind:
                return part.score
        return None


def _states_in(record: Mapping[str, Any]) -> dict[str, str]:
    return {finding["guardrail"]: finding["state"] for finding in record["findings"]}


@dataclass(frozen=True, eq=False, repr=False)
class Difference(Result):
    """Changes between two runs, and the effect of each kind of change.

    Parameters
    ----------
    old, new : mapping
        The two runs, as in their JSON.
    candidates : tuple of CandidateDifference
        In the order of the new run; candidates only in the old run come last.
    framework_changes : tuple of str
        Changes of the framework, in words.
    kinds : tuple of str
        The kinds of change that were separated.
    frameworks : tuple of Framework
        Those of both runs, the old one first; empty where only results are compared.
    """

    kind: ClassVar[str] = "difference"

    old: Run
    new: Run
    candidates: tuple[CandidateDifference, ...]
    framework_changes: tuple[str, ...]
    kinds: tuple[Kind, ...] = ()
    frameworks: tuple[Framework, ...] = ()

    @property
    def attributed(self) -> bool:
        """Whether effects are attributed; this needs ratings, which bare results lack."""
        return bool(self.frameworks)

    def __getitem__(self, candidate: str) -> CandidateDifference:
        """Return the changes of a candidate; raises `UsageError` if it is in neither run."""
        for found in self.candidates:
            if found.id == candidate:
                return found
        raise UsageError(f"there is no candidate `{candidate}` in either run")

    @property
    def rows(self) -> tuple[CandidateDifference, ...]:
        """The candidates."""
        return self.candidates

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields of a candidate; CSV has the entries of `old` and `new` side by side."""
        words = {}
        for framework in self.frameworks:
            for key in framework.all_verdicts:
                words[key] = verdict_in_words(key, framework)
        fields = [
            ID_FIELD,
            TITLE_FIELD,
            _new_entry_field("rank", digits=0),
            Field("moved", "Moved", _move_in_words, priority=0, least=14, csv=False, json=False),
            Field(
                "verdicts",
                "Verdict",
                partial(_verdicts_in_words, words),
                priority=0,
                least=13,
                csv=False,
                json=False,
            ),
            _new_entry_field("score", digits=1),
        ]
        for run in ("old", "new"):
            fields.append(Field(run, cell=partial(_outcome_in, run), csv=False))
            for key in _OUTCOME_KEYS:
                fields.append(Field(f"{run}_{key}", cell=partial(_entry_in, run, key), json=False))
        fields.append(Field("score", cell=lambda row: row.points))
        for kind in self.effective_kinds:
            effect = methodcaller("effect_of", kind)
            fields.append(Field(f"by_{kind}", cell=effect, json=False))
        fields += [
            Field("changes"),
            Field("parts", cell=lambda row: [vars(part) for part in row.parts], csv=False),
            Field("findings", csv=False),
        ]
        return tuple(fields)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table."""
        return ("title", "ranks", "moved", "verdicts", "scores", "id")

    @frozen_property
    def effective_kinds(self) -> tuple[Kind, ...]:
        """The kinds of change with an effect on a score."""
        kinds = set()
        for found in self.candidates:
            kinds |= {part.kind for part in found.parts if part.score}
        return tuple(kind for kind in self.kinds if kind in kinds)

    @property
    def title(self) -> str:
        """The frameworks of the two runs."""
        before, after = _full_name(self.old["framework"]), _full_name(self.new["framework"])
        if before == after:
            return f"Changes between two runs, by {after}"
        return f"Changes from {before} to {after}"

    @property
    def outline(self) -> dict[str, Any]:
        """The frameworks of the two runs."""
        outlines = {}
        for key, run in (("framework", self.new), ("old_framework", self.old)):
            digest = run["manifest"]["framework"]["digest"]
            outlines[key] = {**run["framework"], "digest": digest}
        return outlines

    @property
    def manifest(self) -> dict[str, Any]:
        """Version of the package, and the digests of the inputs of both runs, the old one first."""
        old, new = self.old["manifest"], self.new["manifest"]
        return {
            "package": f"collabscore {VERSION}",
            "frameworks": [old["framework"], new["framework"]],
            "candidates": [old["candidates"], new["candidates"]],
        }

    def table(self) -> Table:
        """Return a row for each candidate that changed."""
        table = super().table()
        rows = zip(table.rows, self.candidates, strict=True)
        return replace(table, rows=tuple(row for row, found in rows if found.moved))

    def body(self) -> dict[str, Any]:
        """Return the changes of the framework and of the candidates."""
        return {
            "attributed": self.attributed,
            "kinds": list(self.kinds),
            "framework_changes": list(self.framework_changes),
            **super().body(),
        }


def _outcome_in(run: str, row: CandidateDifference) -> dict[str, Any] | None:
    record = getattr(row, run)
    return None if record is None else {key: record[key] for key in _OUTCOME_KEYS}


def _entry_in(run: str, key: str, row: CandidateDifference) -> Any:
    outcome = _outcome_in(run, row)
    return outcome and outcome[key]


def _new_entry_field(key: str, digits: int) -> Field:
    """Return a figure of the new record for readers."""
    return Field(
        f"{key}s",
        key.title(),
        partial(_entry_in, "new", key),
        kind="number",
        digits=digits,
        priority=0,
        csv=False,
        json=False,
    )


def _verdicts_in_words(words: Mapping[str, str], row: CandidateDifference) -> str:
    """Return the verdicts of both runs; one, if they are the same."""
    verdicts = []
    for record in (row.old, row.new):
        if record is not None:
            verdict = record["verdict"]
            verdicts.append(words.get(verdict, verdict or MISSING))
    return " → ".join(dict.fromkeys(verdicts))


def _move_in_words(row: CandidateDifference) -> str | None:
    """Return how far a candidate moved up or down; None where its rank is the same."""
    if row.old is None or row.new is None:
        return "added" if row.old is None else "removed"
    before, after = row.old["rank"], row.new["rank"]
    if before == after:
        return None
    if before is None or after is None:
        return "ranked" if before is None else "unranked"
    return f"{plural(abs(after - before), 'place')} {'up' if after < before else 'down'}"


def diff(old: Ranking | StoredSource, new: Ranking | StoredSource) -> Difference:
    """Return the changes between two runs, and their effects on scores, verdicts and the order.

    Parameters
    ----------
    old, new : Ranking, or a result as JSON: its file, or its contents
        The differences of two rankings are attributed to ratings, facts, safeguards, weights,
        criteria and guardrails; those of results alone are listed.

    Returns
    -------
    Difference

    Raises
    ------
    DocumentError
        If a result is not of `collabscore score`, with everything wrong with it.
    UsageError
        If a file cannot be read, or a ranking was made from columns.

    Notes
    -----
    The effect of a kind of change is its Shapley value: its average effect over every order in
    which the changes might have been made. The effects sum to the change. That of ratings is
    divided among the criteria by contrasts, that of weights and criteria by the difference of
    contributions.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. In Contributions to the Theory of Games II
    (pp. 307-317). Princeton University Press. doi:10.1515/9781400881970-018

    Examples
    --------
    >>> import collabscore as cs
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "small",
    ...     "scales": {"five": {"range": [1, 5]}},
    ...     "criteria": {"benefit": {"scale": "five"}, "risk": {"scale": "five", "prefer": "low"}},
    ... }
    >>> old = cs.score([{"id": "flu", "ratings": {"benefit": 4, "risk": 2}}], framework)
    >>> new = cs.score([{"id": "flu", "ratings": {"benefit": 5, "risk": 3}}], framework)
    >>> found = diff(old, new)["flu"]
    >>> found.points, dict(found.parts[0].criteria)
    (0.0, {'benefit': 12.5, 'risk': -12.5})
    """
    if isinstance(old, Ranking) and isinstance(new, Ranking):
        return _difference_of_rankings(old.whole, new.whole)
    before, after = frozen(_stored_run(old, "old")), frozen(_stored_run(new, "new"))
    changed: tuple[str, ...] = ()
    if before["manifest"]["framework"]["digest"] != after["manifest"]["framework"]["digest"]:
        names = f"{_full_name(before['framework'])} -> {_full_name(after['framework'])}"
        changed = (f"framework: {names}, of other content",)
    found = _compared_candidates(before, after, {}, {})
    return Difference(before, after, found, changed)


# stored results


class _Stored(Model):
    """A part of a stored result; a later version may add keys."""

    model_config = ConfigDict(extra="ignore")


class StoredFinding(_Stored):
    """The state of a guardrail."""

    guardrail: Id
    state: State
    verdict: Id


class StoredCandidate(_Stored):
    """The outcome of a candidate."""

    id: Id
    title: Text
    rank: Annotated[int, Interval(ge=1)] | None
    score: Annotated[float, Interval(ge=0, le=100)] | None
    verdict: Id | None
    verdict_range: Annotated[list[Id], Len(2, 2)] | None
    band: Id | None
    findings: list[StoredFinding]


class StoredFramework(_Stored):
    """The framework that judged."""

    id: Id
    title: Text
    version: Text | None


class StoredInput(_Stored):
    """An input in a manifest."""

    digest: Text


class StoredManifest(_Stored):
    """The inputs of a result."""

    framework: StoredInput
    candidates: StoredInput


class StoredRanking(Document, _Stored):
    """What a comparison reads in the JSON of a ranking."""

    collabscore: Literal["ranking/1"]
    framework: StoredFramework
    candidates: list[StoredCandidate]
    manifest: StoredManifest
    selection: FrozenMap[str, Any] = ModelField(default_factory=dict)


def check_stored(stored: StoredRanking) -> list[Diagnostic]:
    """Return what is wrong with a stored result whose parts are each well formed."""
    found = []
    seen: set[str] = set()
    for place, candidate in enumerate(stored.candidates):
        path: KeyPath = ("candidates", place)
        if candidate.id in seen:
            message = f"the id `{candidate.id}` is used twice"
            found.append(Diagnostic("duplicate-id", message, (*path, "id"), _WRITE_ANEW))
        seen.add(candidate.id)
        possible = _possible_verdicts(candidate)
        if candidate.verdict not in possible:
            message = f"`{quotable(candidate.verdict)}` does not follow from the findings"
            help = did_you_mean(quotable(candidate.verdict), map(quotable, possible))
            found.append(Diagnostic("unknown-verdict", message, (*path, "verdict"), help))
        counts = Counter(finding.guardrail for finding in candidate.findings)
        for name, count in counts.items():
            if count > 1:
                message = f"the guardrail `{name}` has {count} findings"
                found.append(Diagnostic("duplicate-id", message, (*path, "findings"), _WRITE_ANEW))
    return found


def _possible_verdicts(candidate: StoredCandidate) -> list[str | None]:
    """Return the ends of its verdict range and, if they differ, the verdicts of its findings."""
    if candidate.verdict_range is None:
        return [None]
    mild, severe = candidate.verdict_range
    verdicts = [mild, severe]
    if mild != severe:
        verdicts += [finding.verdict for finding in candidate.findings]
    return list(dict.fromkeys(verdicts))


_WRITE_ANEW = "write the result again: `collabscore score LIST --format json`"


def _stored_run(run: Ranking | StoredSource, name: str) -> Run:
    """Return a result as its JSON has it, with the digits of a stored one."""
    if isinstance(run, Ranking):
        return dict(json.loads(run.to_json()))
    match run:
        case PlainDocument():
            document = run
        case Mapping():
            document = PlainDocument(run)
        case _:
            document = read_document(run)
    wrong: Sequence[Diagnostic]
    if document.get("collabscore") == "ranking/1":
        _, wrong = build_model(StoredRanking, document.data, check_stored)
    else:
        message = f"{name}: this is not a result of `collabscore score` (`ranking/1`)"
        wrong = [Diagnostic("wrong-kind", message, ("collabscore",), _WRITE_ANEW)]
    if wrong:
        helped = [one if one.help else replace(one, help=_WRITE_ANEW) for one in wrong]
        raise document.error(*helped)
    return dict(document.data)


def _full_name(framework: Mapping[str, Any]) -> str:
    """Return the id of a framework, with its version if it has one."""
    return f"{framework['id']} {framework['version'] or ''}".rstrip()


def _compared_candidates(
    old: Run,
    new: Run,
    changes: Mapping[str, tuple[str, ...]],
    parts: Mapping[str, tuple[Part, ...]],
) -> tuple[CandidateDifference, ...]:
    """Return the candidates of two runs, without those that a narrowed one leaves out."""
    before = {record["id"]: record for record in old["candidates"]}
    after = {record["id"]: record for record in new["candidates"]}
    found = []
    for name in after | before:
        was, now = before.get(name), after.get(name)
        if (was is None and "selection" in old) or (now is None and "selection" in new):
            continue
        title = str((now or was or {}).get("title", name))
        said = changes.get(name, ()), parts.get(name, ())
        found.append(CandidateDifference(name, title, was, now, *said))
    return tuple(found)


def _difference_of_rankings(old: Ranking, new: Ranking) -> Difference:
    runs = counterfactual_runs(old, new)
    before, after = frozen(old.document()), frozen(new.document())
    found = _compared_candidates(before, after, runs.changes, _parts_of(runs))
    frameworks = old.framework, new.framework
    changed = tuple(_framework_changes(*frameworks))
    return Difference(before, after, found, changed, runs.kinds, frameworks)


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
    shared : tuple of str
        Ids of the candidates in both, n of them, in the order of the new list.
    changes : mapping of str to tuple of str
        Changed entries of each of these candidates, in words.
    rankings : mapping of set of kinds to Ranking
        For each set of kinds of change, the run in which these are made and no others.
    """

    kinds: tuple[Kind, ...]
    shared: tuple[str, ...]
    changes: Mapping[str, tuple[str, ...]]
    rankings: Mapping[AppliedChanges, Ranking]


def counterfactual_runs(old: Ranking, new: Ranking) -> CounterfactualRuns:
    """Return the runs between two, with changes separated as finely as the documents allow.

    Where parts of a framework cannot be changed one without the other (a guardrail that asks for a
    new criterion), it changes as a whole; where words of candidates are known to one framework
    alone, so do the documents.
    """
    old_list = _shared_candidates(old, new.problem.ids or ())
    shared = tuple(candidate.id for candidate in old_list.candidates)
    lists = old_list, _shared_candidates(new, shared)
    changes: dict[str, tuple[str, ...]] = {}
    found: set[Kind] = set()
    by_kind = _candidate_changes(old.framework, new.framework, *lists)
    for name, changed in zip(shared, by_kind, strict=True):
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
        return CounterfactualRuns((*of_candidates, *kinds), shared, changes, rankings)
    before = rank(Problem.from_candidates(lists[0], old.framework))
    after = rank(Problem.from_candidates(lists[1], new.framework))
    rankings = {frozenset(): before, frozenset({"documents"}): after}
    return CounterfactualRuns(("documents",), shared, changes, rankings)


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
        raise UsageError("a ranking made from columns has no list to compare: score a list")
    by_id = {candidate.id: candidate for candidate in document.candidates}
    found = [by_id[name] for name in ids if name in by_id]
    return document.model_copy(update={"candidates": found})


def _mixed_problem(old: Problem, new: Problem, applied: AppliedChanges) -> Problem:
    source = partial(_choose_run, applied, old, new)
    return replace(
        old,
        ratings=source("ratings").ratings,
        facts=source("facts").facts,
        area=source("facts").area,  # whether it is an area or a project is a fact of its own
        in_place=source("safeguards").in_place,
        planned=source("safeguards").planned,
    )


def _choose_run(applied: AppliedChanges, old: T, new: T, kind: Kind) -> T:
    """Return the new one of two if a kind of change is applied."""
    return new if kind in applied else old


def _mixed_framework(
    old: Framework, new: Framework, applied: AppliedChanges, kinds: Sequence[Kind]
) -> Framework:
    """Return the framework with the applied changes; `kinds` are all changes of the framework."""
    if not applied:
        return old
    if len(applied) == len(kinds):
        return new
    source = partial(_choose_run, applied, old, new)
    mixed, scores = plain_framework(source("guardrails")), plain_framework(source("criteria"))
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
        return reweighted(loaded, _weights_by_id(source("weights")))
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
) -> Iterator[dict[Kind, list[str]]]:
    """Yield the changed entries of each candidate, by kind; the lists have the same candidates."""
    titles = {
        "ratings": element_titles(old.nodes) | element_titles(new.nodes),
        "facts": element_titles(old.all_facts) | element_titles(new.all_facts),
        "safeguards": element_titles(old.all_safeguards) | element_titles(new.all_safeguards),
    }
    for one, other in zip(old_list.candidates, new_list.candidates, strict=True):
        changes: dict[Kind, list[str]] = {}
        for kind in _OF_CANDIDATES:
            before, after = _plain_entries(one, kind), _plain_entries(other, kind)
            for key in before | after:
                was, now = before.get(key), after.get(key)
                if was != now:
                    title = titles[kind].get(key) or title_of(key)
                    words = f"{title}: {_entry_in_words(was, kind)} -> {_entry_in_words(now, kind)}"
                    changes.setdefault(kind, []).append(words)
            units = old_list.unit_of(one), new_list.unit_of(other)
            if kind == "facts" and units[0] != units[1]:
                changes.setdefault(kind, []).append(" -> ".join(units))
        yield changes


def _plain_entries(candidate: Candidate, kind: Kind) -> dict[str, object]:
    if kind == "safeguards":
        return {each.id: each.status.replace("_", " ") for each in candidate.placed()}
    entries: Mapping[str, object] = getattr(candidate, kind)
    return {key: without_metadata(entry) for key, entry in entries.items()}


def without_metadata(entry: object) -> object:
    """Return a rating or fact without evidence, notes and dates; None if it is unknown."""
    if isinstance(entry, Backed):
        entry = entry.model_dump(exclude=set(Backed.model_fields), exclude_none=True)
    if not isinstance(entry, Mapping):
        return None if entry == "unknown" else entry
    if "at_least" in entry:
        return {"at_least": sorted(entry["at_least"])}
    if "low" in entry:
        return [entry[key] for key in ("low", "value", "high") if key in entry]
    return without_metadata(entry.get("value"))


def _entry_in_words(entry: object, kind: Kind) -> str:
    match entry:
        case None:
            return "none" if kind == "safeguards" else "unknown"
        case bool():
            return "yes" if entry else "no"
        case list():
            return f"[{', '.join(_entry_in_words(item, kind) for item in entry)}]"
        case {"at_least": items}:
            return f"at least {_entry_in_words(items, kind)}"
    return str(entry)


def _framework_changes(old: Framework, new: Framework) -> Iterator[str]:
    """Yield the changes of a framework, one each."""
    if old.digest == new.digest:
        return
    names = _full_name(outline_of(old)), _full_name(outline_of(new))
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
            if abs(before.share - after.share) > 1e-12:
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


def _parts_of(runs: CounterfactualRuns) -> dict[str, tuple[Part, ...]]:
    """Return the effects of each kind of change on each candidate."""
    figures = {applied: _run_figures(runs.rankings[applied]) for applied in runs.rankings}
    parts: dict[str, tuple[Part, ...]] = dict.fromkeys(runs.shared, ())
    for kind in runs.kinds:
        effect = np.zeros((3, len(runs.shared)))
        by_criterion: dict[str, FloatArray] = {}
        for applied, before in runs.rankings.items():
            if kind in applied:
                continue
            share = _share_of_orders(len(applied), len(runs.kinds))
            effect += share * (figures[applied | {kind}] - figures[applied])
            after = runs.rankings[applied | {kind}]
            for key, points in _points_by_criterion(kind, before, after).items():
                by_criterion[key] = by_criterion.get(key, 0.0) + share * points
        for row, name in enumerate(runs.shared):
            parts[name] += (_part_at(row, kind, effect, by_criterion),)
    return parts


def _run_figures(ranking: Ranking) -> FloatArray:
    """Return scores, positions and severities of verdicts, (3, n), in the order of the problem."""
    position = np.arange(1, len(ranking) + 1)
    places = np.empty(len(ranking))
    places[ranking.order] = np.where(ranking.ranks > 0, ranking.ranks, position)
    return np.array([100 * ranking.valuation.root, places, ranking.judgement.severity])


def _share_of_orders(before: int, kinds: int) -> float:
    """Return the share of the orders of changes in which one comes right after certain others."""
    return math.factorial(before) * math.factorial(kinds - before - 1) / math.factorial(kinds)


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
