"""Difference: changes between two runs, and the effect of each kind of change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from operator import methodcaller
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from ..arrays import Record, frozen, frozen_property, underflow_is_zero
from ..documents.loading import PlainDocument, document_of
from ..errors import UnknownIdError, did_you_mean
from ..kernels.ranking import TOLERANCE
from ..models.framework import Framework
from ..output import ID_FIELD, TITLE_FIELD, VERSION, Field, Result, Table
from ..output.blocks import MISSING
from ..output.text import plural, rounded_parts
from ..scoring.ranking import Ranking
from ..scoring.wording import verdict_in_words
from .run_changes import (
    Kind,
    Part,
    counterfactual_runs,
    framework_changes,
    full_name,
    parts_of,
)
from .stored import StoredResult, stored_ranking

__all__ = [
    "CandidateDifference",
    "Difference",
    "diff",
]

Run: TypeAlias = Mapping[str, Any]
"""A ranking, as in its JSON."""
StoredSource: TypeAlias = Run | str | Path | PlainDocument | StoredResult
"""A result as JSON: its content, its file, or what was read from it."""

_OUTCOME_KEYS = ("rank", "score", "verdict", "band")


class CandidateDifference(Record):
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
        return next((part.score for part in self.parts if part.kind == kind), None)


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
        by_id = {found.id: found for found in self.candidates}
        if candidate not in by_id:
            message = f"there is no candidate `{candidate}` in either run"
            raise UnknownIdError(message, help=did_you_mean(candidate, by_id))
        return by_id[candidate]

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
        """Keys of the columns of the table; without any score there are no ranks either."""
        entries = chain.from_iterable((row.old, row.new) for row in self.rows)
        if not any(entry is not None and entry["score"] is not None for entry in entries):
            return ("title", "moved", "verdicts", "id")
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
        before, after = full_name(self.old["framework"]), full_name(self.new["framework"])
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
        moved = [found for found in self.candidates if found.moved]
        return replace(super().table(), rows=self.table_of(self.shown, moved).rows)

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
    return record and {key: record[key] for key in _OUTCOME_KEYS}


def _entry_in(run: str, key: str, row: CandidateDifference) -> Any:
    record = getattr(row, run)
    return record and record[key]


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


@underflow_is_zero
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
    before, after = frozen(_run_of(old, "old")), frozen(_run_of(new, "new"))
    changed: tuple[str, ...] = ()
    if before["manifest"]["framework"]["digest"] != after["manifest"]["framework"]["digest"]:
        names = f"{full_name(before['framework'])} -> {full_name(after['framework'])}"
        changed = (f"framework: {names}, of other content",)
    found = _compared_candidates(before, after, {}, {})
    return Difference(before, after, found, changed)


def _run_of(run: Ranking | StoredSource, name: str) -> Run:
    """Return a result as its JSON has it, with the digits of a stored one."""
    if isinstance(run, Ranking):
        return dict(json.loads(run.to_json()))
    if isinstance(run, StoredResult):
        run = run.content
    return stored_ranking(document_of(run, name), name)


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
        if (was is None and old.get("selection")) or (now is None and new.get("selection")):
            continue
        title = (now or was or {})["title"]
        said = changes.get(name, ()), parts.get(name, ())
        found.append(CandidateDifference(name, title, was, now, *said))
    return tuple(found)


def _difference_of_rankings(old: Ranking, new: Ranking) -> Difference:
    runs = counterfactual_runs(old, new)
    before, after = frozen(old.document()), frozen(new.document())
    found = _compared_candidates(before, after, runs.changes, parts_of(runs))
    frameworks = old.framework, new.framework
    changed = tuple(framework_changes(*frameworks))
    return Difference(before, after, found, changed, runs.kinds, frameworks)
