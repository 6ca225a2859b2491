"""The difference of two runs, and the function that finds it.

Imports scoring, the documents and the other modules of this package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import UsageError
from ...kernels.ranking import TOLERANCE
from ...models.base import title_of
from ...output import Table, as_json
from ...scoring.ranking import Ranking
from .attribution import Attribution, attribute
from .changes import candidate_changes, framework_changes
from .mixing import Kind, mixer_of
from .words import notes_of, table_of

__all__ = ["CandidateDifference", "Difference", "diff"]


@dataclass(frozen=True)
class Part:
    """What one kind of change did to one candidate.

    Parameters
    ----------
    kind : str
    score : float or None
        In points; None where there is no score.
    place, verdict : float or None
        In places (fewer is better) and in steps toward severity; None where it cannot be told.
    criteria : mapping of leaf id to points
        What of the score it did by way of each criterion; those it did not touch are left out.
    """

    kind: str
    score: float | None
    place: float | None
    verdict: float | None
    criteria: Mapping[str, float]


@dataclass(frozen=True)
class CandidateDifference:
    """What changed of one candidate.

    Parameters
    ----------
    id, title : str
    old, new : mapping or None
        What each run says of it, as in its JSON; None where it is not in that run.
    changes : tuple of str
        What is said differently of it.
    parts : tuple of Part
        What each kind of change did; empty where it is in one run alone, or only results are compared.
    findings : mapping of guardrail to (state, state)
        The guardrails that find otherwise; None where one run does not have them.
    """

    id: str
    title: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    changes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    findings: Mapping[str, tuple[str | None, str | None]] | None = None

    @property
    def points(self) -> float | None:
        """By how many points the score changed; None without two scores."""
        if (
            self.old is None
            or self.new is None
            or self.old["score"] is None
            or self.new["score"] is None
        ):
            return None
        return float(self.new["score"] - self.old["score"])

    @property
    def moved(self) -> bool:
        """Whether rank, score or verdict changed, or it is in one run alone."""
        if self.old is None or self.new is None:
            return True
        if any(self.old[key] != self.new[key] for key in ("rank", "verdict")):
            return True
        if (self.old["score"] is None) != (self.new["score"] is None):
            return True
        return abs(self.points or 0.0) > TOLERANCE

    def record(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "id": self.id,
            "title": self.title,
            "old": _outline(self.old),
            "new": _outline(self.new),
            "score": self.points,
            "changes": list(self.changes),
            "parts": [
                {
                    "kind": p.kind,
                    "score": p.score,
                    "place": p.place,
                    "verdict": p.verdict,
                    "criteria": dict(p.criteria),
                }
                for p in self.parts
            ],
            "findings": {key: list(states) for key, states in (self.findings or {}).items()},
        }


@dataclass(frozen=True, eq=False, repr=False)
class Difference:
    """What changed between two runs, and what each change did.

    Parameters
    ----------
    frameworks : tuple of two mappings
        Id, title, version and digest of the framework of each run.
    candidates : tuple of CandidateDifference
        In the order of the new run; those that are in the old one alone come last.
    framework : tuple of str
        What the frameworks say differently.
    kinds : tuple of str
        The kinds of change that were told apart.
    attributed : bool
        Whether the change is attributed; results alone do not say what was rated.
    titles : mapping of str to str
        Of criteria and guardrails, by their ids; ids alone where only results are compared.
    """

    frameworks: tuple[Mapping[str, Any], Mapping[str, Any]]
    candidates: tuple[CandidateDifference, ...]
    framework: tuple[str, ...]
    kinds: tuple[Kind, ...]
    attributed: bool
    titles: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of candidates in either run."""
        return len(self.candidates)

    def __getitem__(self, candidate: str) -> CandidateDifference:
        """Return what changed of a candidate; raises `UsageError` if it is in neither run."""
        for found in self.candidates:
            if found.id == candidate:
                return found
        raise UsageError(f"there is no candidate `{candidate}` in either run")

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return notes_of(self)

    def table(self) -> Table:
        """Return a row for each candidate that changed."""
        return table_of(self)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each candidate."""
        return [candidate.record() for candidate in self.candidates]

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits."""
        document = {
            "collabscore": "difference/1",
            "framework": dict(self.frameworks[1]),
            "old_framework": dict(self.frameworks[0]),
            "options": {},
            "attributed": self.attributed,
            "kinds": list(self.kinds),
            "framework_changes": list(self.framework),
            "candidates": self.records(),
            "notes": list(self.notes),
        }
        return as_json(document)

    def __str__(self) -> str:
        return self.table().to_text(120)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def diff(
    old: Ranking | Mapping[str, Any] | str | Path, new: Ranking | Mapping[str, Any] | str | Path
) -> Difference:
    """Return what changed between two runs, and what each change did to scores, verdicts and the order.

    Parameters
    ----------
    old, new : Ranking, or a result as JSON: its file, or what it holds
        Two rankings have their differences attributed to ratings, facts, safeguards, weights, criteria and guardrails;
        of results alone it is told what differs.

    Returns
    -------
    Difference

    Raises
    ------
    UsageError
        If a file is no result of `collabscore score`, or a ranking was made from columns.

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
        return _of_rankings(old, new)
    one, other = (_stored(run) for run in (old, new))
    return _of_results(one, other)


def _of_rankings(old: Ranking, new: Ranking) -> Difference:
    old, new = old.whole, new.whole
    for ranking in (old, new):
        if ranking.problem.document is None:
            raise UsageError(
                "a ranking made from columns has no documents whose changes could be told apart"
            )
    mixer = mixer_of(old, new)
    parts = attribute(mixer)
    column = {name: k for k, name in enumerate(mixer.shared)}
    records = [{record["id"]: record for record in ranking.records()} for ranking in (old, new)]
    found = []
    for name, title in _titles(old, new).items():
        shared = name in column
        one, other = (record.get(name) for record in records)
        found.append(
            CandidateDifference(
                name,
                title,
                one,
                other,
                candidate_changes(old, new, name) if shared else (),
                tuple(_part(part, column[name]) for part in parts) if shared else (),
                _findings(one, other),
            )
        )
    return Difference(
        (_framework(old), _framework(new)),
        tuple(found),
        framework_changes(old.framework, new.framework),
        tuple(part.kind for part in parts),
        attributed=True,
        titles=_words(old) | _words(new),
    )


def _of_results(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    records = [{record["id"]: record for record in run["candidates"]} for run in (old, new)]
    found = []
    for name in dict.fromkeys([*records[1], *records[0]]):
        one, other = (record.get(name) for record in records)
        title = str((other or one or {}).get("title", name))
        found.append(CandidateDifference(name, title, one, other, findings=_findings(one, other)))
    frameworks = [
        {**run["framework"], "digest": run["manifest"]["framework"]["digest"]} for run in (old, new)
    ]
    changed: tuple[str, ...] = ()
    if frameworks[0]["digest"] != frameworks[1]["digest"]:
        versions = [f"{entry['id']} {entry['version'] or ''}".rstrip() for entry in frameworks]
        changed = (f"framework: {versions[0]} -> {versions[1]}, of other content",)
    return Difference((frameworks[0], frameworks[1]), tuple(found), changed, (), attributed=False)


def _stored(run: Ranking | Mapping[str, Any] | str | Path) -> Mapping[str, Any]:
    if isinstance(run, Ranking):
        return dict(json.loads(run.to_json()))
    if isinstance(run, Mapping):
        document: Any = run
    else:
        try:
            document = json.loads(Path(run).read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(
                f"cannot read `{run}`: {(error.strerror or str(error)).lower()}"
            ) from None
        except ValueError:
            raise UsageError(
                f"`{run}` is no result as JSON; `collabscore score ... --format json` writes one"
            ) from None
    if not isinstance(document, Mapping) or document.get("collabscore") != "ranking/1":
        raise UsageError(
            "a result to compare is one of `collabscore score ... --format json`, of the kind `ranking/1`"
        )
    return document


def _titles(old: Ranking, new: Ranking) -> dict[str, str]:
    found: dict[str, str] = {}
    for ranking in (new, old):
        for row in ranking.order.tolist():
            found.setdefault(ranking.problem.id_of(row), ranking.problem.title_of(row))
    return found


def _part(part: Attribution, k: int) -> Part:
    criteria = {key: float(points[k]) for key, points in part.criteria.items() if points[k] != 0}
    score, place, verdict = (
        _number(array[k]) for array in (part.scores, part.places, part.verdicts)
    )
    return Part(part.kind, score, place, verdict, criteria if score is not None else {})


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _findings(
    one: Mapping[str, Any] | None, other: Mapping[str, Any] | None
) -> dict[str, tuple[str | None, str | None]]:
    states = [
        {f["guardrail"]: f["state"] for f in record["findings"]} if record else {}
        for record in (one, other)
    ]
    if one is None or other is None:
        return {}
    pairs = {
        key: (states[0].get(key), states[1].get(key))
        for key in dict.fromkeys([*states[0], *states[1]])
    }
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _words(ranking: Ranking) -> dict[str, str]:
    nodes = {key: node.title for key, node in ranking.framework.nodes.items()}
    return nodes | {
        key: title_of(key, rule.title) for key, rule in ranking.framework.guardrails.items()
    }


def _framework(ranking: Ranking) -> dict[str, Any]:
    framework = ranking.framework
    return {
        "id": framework.id,
        "title": framework.title,
        "version": framework.version,
        "digest": framework.digest,
    }


def _outline(record: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return (
        None
        if record is None
        else {key: record[key] for key in ("rank", "score", "verdict", "band")}
    )
